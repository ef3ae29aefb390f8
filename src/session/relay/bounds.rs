//! What a client may take of time and memory.

use std::{task::Context, time::Duration};

use super::{Progress, Relay, Scratch};
use crate::tenant::memory::Purse;

/// Flush (F).
const FLUSH: [u8; 5] = [b'H', 0, 0, 0, 4];

/// What a client may take.
pub struct Bounds {
    /// How long it may keep others waiting: see `timeouts.client_stall`.
    pub client_stall: Option<Duration>,
    /// What it may hold.
    pub purse: Purse,
}

impl Relay {
    /// Adds up what the session holds. Only what a client's bytes can make it hold for longer than a moment.
    #[inline]
    pub(super) fn settle_memory(&mut self) {
        let streams = self.to_client.len() + self.to_server.len() + self.from_server.len();
        let own = streams + self.conversation.heap_bytes() + self.waiting_mail();
        let texts = self.conversation.named_texts();
        self.session.handle.note_prepared(self.conversation.named_statements());
        self.bounds.purse.settle(own + self.inbound.len());
        let allowed = self.bounds.purse.allows(own + texts + self.inbound.len());
        // A message that isn't complete counts by its length, not by what of it is there.
        self.conversation.leave_room(allowed, allowed.saturating_sub(own + texts));
    }

    /// Works on through the client's bytes where what they had made by then is written.
    pub(super) fn go_on_writing(&mut self, cx: &mut Context<'_>, scratch: &mut Scratch) -> Progress {
        if !self.to_server.is_empty() || !self.to_client.is_empty() || self.waits() || self.held || self.ending {
            return Ok(false);
        }
        if self.server.is_some() && self.conversation.owes_much() {
            self.hurry(cx);
            return Ok(false);
        }
        (self.full, self.hurried) = (false, false);
        let Scratch { to_client, to_server, .. } = scratch;
        self.on_inbound(cx, to_client, to_server)?;
        Ok(true)
    }

    /// Whether the client has sent so much ahead of the server's replies that it must wait for them.
    pub(super) fn is_ahead_of_server(&mut self, cx: &mut Context<'_>) -> bool {
        if self.server.is_none() || !self.conversation.is_far_ahead() {
            self.hurried = false;
            return false;
        }
        self.hurry(cx);
        true
    }

    /// Without a Sync the server may hold back what the client has to wait for.
    fn hurry(&mut self, cx: &mut Context<'_>) {
        if !std::mem::replace(&mut self.hurried, true) {
            self.write_server(cx, &FLUSH);
        }
    }
}
