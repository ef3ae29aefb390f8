//! What a conversation holds of its client's, and what it refuses where that would be too much.
//!
//! Statements and portals that a client names stay until it lets go of them, and a long text is held whole: of these there may be so much. What
//! streams is bounded by what is read at once; replies that are owed, by [`Conversation::is_far_ahead`].

use super::{Attached, Conversation, CopyIn, Done, Flow, client::WHOLE, names::MOST_PORTALS};
use crate::{
    error::{Report, SqlState},
    tenant::memory::too_much,
    wire::{Header, caps, frame::HEADER_LEN, tag::client},
};

/// Names of statements and portals are no longer: PostgreSQL looks at 63 bytes of the first.
const LONGEST_NAME: usize = 1024;
/// What is put together for one side in one go, about. The client's next messages wait until it is written: a short one may make a long one, where
/// it executes a statement that a server doesn't have.
const MOST_OUT: usize = 1 << 20;

/// What a session may hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    /// In all. Sessions are many: four bytes will do, beyond which nothing is bounded.
    allowed: u32,
    /// Beside what it held then.
    left: u32,
    /// What its names and their statements were of that.
    named: u32,
}

impl Default for Room {
    fn default() -> Self {
        Room { allowed: u32::MAX, left: u32::MAX, named: 0 }
    }
}

impl Conversation {
    /// What it holds beside itself, settings and statements, which sessions share, left out.
    pub fn heap_bytes(&self) -> usize {
        self.ledger.heap_bytes()
            + self.names.heap_bytes()
            + self.desk.heap_bytes()
            + self.replay.heap_bytes()
            + self.deliveries.heap_bytes()
            + self.listening.heap_bytes()
            + self.settings.heap_bytes()
            + self.front.heap_bytes()
            + self.copying.as_ref().map_or(0, |copying| copying.heap_bytes())
    }

    /// Statements that the client has named.
    #[inline]
    pub fn named_statements(&self) -> usize {
        self.names.named()
    }

    /// What the statements weigh that the client has names for.
    pub fn named_texts(&self) -> usize {
        self.names.texts()
    }

    /// The session may hold so much in all, and so much beside what it holds.
    #[inline]
    pub fn leave_room(&mut self, allowed: usize, left: usize) {
        self.room = Room { allowed: narrow(allowed), left: narrow(left), named: narrow(self.named()) };
    }

    /// Whether replies of ours take so much that those of the server, behind which they stand, must come first.
    #[inline]
    pub fn owes_much(&self) -> bool {
        self.ledger.bytes() >= MOST_OUT && self.flow == Flow::Frames && self.copy_in == CopyIn::None
    }

    /// What rows of a COPY may take.
    pub(super) fn longest_row(&self) -> usize {
        wide(self.room.allowed)
    }

    /// Whether the client's next message must wait until what was put together is written.
    #[inline]
    pub(super) fn has_put_together_much(&self, server: &Option<Attached<'_>>, to_client: &[u8]) -> bool {
        to_client.len() >= MOST_OUT || self.owes_much() || server.as_ref().is_some_and(|server| server.out.len() >= MOST_OUT)
    }

    /// Refuses a message that the session has no room for. What is done with it then.
    #[inline]
    pub(super) fn refuse_beyond_room(
        &mut self,
        header: Header,
        input: &[u8],
        server: &mut Option<Attached<'_>>,
        to_client: &mut Vec<u8>,
    ) -> Option<Done> {
        let report = match header.tag {
            client::PARSE | client::BIND => {
                let name = input.get(HEADER_LEN..).unwrap_or_default();
                let is_named = name.first().is_some_and(|byte| *byte != 0);
                if !is_named && header.frame_len() <= WHOLE {
                    return None;
                }
                self.look_at_room(header, is_named.then_some(name))?
            }
            client::QUERY if header.frame_len() > WHOLE && header.length <= caps::STATEMENT => self.look_at_room(header, None)?,
            _ => return None,
        };
        self.replay.stop();
        let here = header.frame_len().min(input.len());
        if header.tag == client::QUERY {
            self.refuse_query(&report, server, to_client);
        } else {
            self.refuse(report, server, to_client);
        }
        self.front = super::Front::default();
        self.flow = if here < header.frame_len() { Flow::Discard(header.frame_len() - here) } else { Flow::Frames };
        Some(Done::Bytes(here))
    }

    #[inline]
    fn named(&self) -> usize {
        self.names.heap_bytes() + self.names.texts() + self.desk.heap_bytes()
    }

    fn look_at_room(&self, header: Header, name: Option<&[u8]>) -> Option<Report> {
        let Room { allowed, left, named } = self.room;
        let (allowed, left, named) = (wide(allowed), wide(left), wide(named));
        let left = if left == usize::MAX { left } else { left.saturating_sub(self.named().saturating_sub(named)) };
        let length = header.frame_len();
        if let Some(name) = name
            && memchr::memchr(0, name).is_some_and(|length| length > LONGEST_NAME)
        {
            return Some(
                Report::new(SqlState::PROGRAM_LIMIT_EXCEEDED, "the name of a prepared statement or portal is too long")
                    .with_detail(format!("It may have {LONGEST_NAME} bytes.")),
            );
        }
        match header.tag {
            // Its parameters stream.
            client::BIND if name.is_some() && self.names.portals() >= MOST_PORTALS => Some(
                Report::new(SqlState::PROGRAM_LIMIT_EXCEEDED, "too many portals")
                    .with_detail(format!("A session has {MOST_PORTALS} at most."))
                    .with_hint("Close those that have been read, or end the transaction."),
            ),
            client::BIND if name.is_some() && left == 0 => Some(too_much(allowed)),
            client::BIND => None,
            _ if length > left => Some(too_much(allowed)),
            _ => None,
        }
    }
}

fn narrow(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

fn wide(bytes: u32) -> usize {
    if bytes == u32::MAX { usize::MAX } else { bytes as usize }
}
