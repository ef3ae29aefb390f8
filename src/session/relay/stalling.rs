//! A client that keeps what it got waiting: it takes nothing of a result while a server connection is its, or stops inside of a message.

use std::{
    task::Context,
    time::{Duration, Instant},
};

use super::{Relay, timing::Timer};
use crate::{
    error::{Report, SqlState},
    tenant::usage::Refusal,
};

/// In how many parts the time is waited for. At the end of each the socket is tried, whatever the kernel says of it: it tells of room only where
/// there is plenty, and a slow reader mustn't be taken for one that doesn't read.
const PARTS: u32 = 4;

/// What is known of a client that keeps others waiting.
#[derive(Default)]
pub(super) struct Stall {
    /// What had been seen of the client then, and when.
    since: Option<(u32, Instant)>,
    parts: u32,
    timer: Timer,
}

impl Relay {
    /// The client has taken or sent something.
    #[inline]
    pub(super) fn has_stirred(&mut self) {
        self.stirs = self.stirs.wrapping_add(1);
    }

    /// Looks whether the client has kept others waiting for too long. Whether the session is to be looked at again.
    #[inline]
    pub(super) fn mind_stall(&mut self, cx: &mut Context<'_>) -> bool {
        let takes_nothing = !self.to_client.is_empty() && self.server.is_some();
        if !takes_nothing && !self.is_amid_message() {
            return false;
        }
        match self.bounds.client_stall {
            Some(limit) if !self.ending => self.watch_stall(limit, takes_nothing, cx),
            _ => false,
        }
    }

    /// Whether the client has sent a part of a message, and it is for it to go on. The data of a COPY comes as slowly as it is made: libpq sends
    /// it in blocks, whatever they cut.
    #[inline]
    fn is_amid_message(&self) -> bool {
        if self.inbound.is_empty() && !self.conversation.is_amid_message() {
            return false;
        }
        self.to_client.is_empty()
            && self.to_server.is_empty()
            && !self.held
            && !self.full
            && !self.waits()
            && !self.conversation.is_copying_in()
            && !self.conversation.holds_client()
            && !self.conversation.is_far_ahead()
    }

    #[cold]
    fn watch_stall(&mut self, limit: Duration, takes_nothing: bool, cx: &mut Context<'_>) -> bool {
        let stirs = self.stirs;
        let stall = &mut self.timing.get_or_insert_default().stall;
        let since = match stall.since {
            Some((seen, since)) if seen == stirs => since,
            _ => {
                let now = Instant::now();
                (stall.since, stall.parts) = (Some((stirs, now)), 0);
                now
            }
        };
        if stall.timer.poll(cx, since + limit * (stall.parts + 1) / PARTS).is_pending() {
            return false;
        }
        stall.parts += 1;
        if stall.parts < PARTS {
            self.client.try_anew();
            return true;
        }
        tracing::info!(session = %self.session.handle.id, tenant = ?self.session.handle.tenant(), peer = %self.session.handle.peer, takes_nothing, "client has stalled");
        self.conversation.tally.refuse(Refusal::ClientStall);
        self.end(&stalled(limit, takes_nothing));
        true
    }
}

/// What the client is told, if it reads it.
fn stalled(limit: Duration, takes_nothing: bool) -> Report {
    let (message, detail) = if takes_nothing {
        ("terminating connection because the client does not take its result", "has taken no byte for")
    } else {
        ("terminating connection because the client has stopped inside of a message", "has sent no more of it for")
    };
    Report::new(SqlState::CONNECTION_FAILURE, message)
        .with_detail(format!("It {detail} {} s (client_stall); an open transaction has been rolled back.", limit.as_secs_f64()))
        .with_hint("Fetch large results in parts, or ask the operator for a longer time.")
}
