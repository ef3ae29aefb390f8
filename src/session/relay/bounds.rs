//! What a client may take of time and memory.

use std::{task::Context, time::Duration};

use super::{Progress, Relay, Scratch};
use crate::tenant::memory::Purse;

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
        let own = streams + self.conversation.heap_bytes();
        let texts = self.conversation.named_texts();
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
        self.full = false;
        let Scratch { to_client, to_server, .. } = scratch;
        self.on_inbound(cx, to_client, to_server)?;
        Ok(true)
    }
}
