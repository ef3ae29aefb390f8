//! Statements on their way to the server: if a batch fails, those in it that stand behind the failure never arrive.
//!
//! What is sent in the same batch may rely on them, for it fails with them. What a pipeline sends in the next may not.

use std::sync::Arc;

use super::{super::ledger::Owed, Attached, Conversation, SessionStatement};
use crate::{
    backend::statements::server_name,
    wire::{messages::Target, synthetic, tag::client},
};

/// Statements that were sent and aren't confirmed.
#[derive(Debug, Default)]
pub(super) struct Deliveries {
    /// Numbers and batches, in the order in which they were sent.
    sent: Vec<(u64, u64)>,
    /// Of those, the ones that have arrived at least once.
    arrived: Vec<u64>,
    /// Statements that go for others, and when.
    leaving: Vec<(u64, u64)>,
}

impl Deliveries {
    /// A statement is sent, in this batch.
    pub(super) fn send(&mut self, id: u64, batch: u64) {
        self.sent.push((id, batch));
    }

    /// Whether a statement was sent in an earlier batch that may yet fail.
    #[inline]
    pub(super) fn is_unsure(&self, id: u64, batch: u64) -> bool {
        !self.sent.is_empty() && self.sent.iter().rev().find(|(sent, _)| *sent == id).is_some_and(|(_, sent_in)| *sent_in < batch)
    }

    /// A statement is to go, in this batch.
    pub(super) fn leave(&mut self, id: u64, batch: u64) {
        self.leaving.push((id, batch));
    }

    /// A statement that was to go has gone, or hasn't.
    pub(super) fn left(&mut self, id: u64) {
        if let Some(place) = self.leaving.iter().position(|(leaving, _)| *leaving == id) {
            self.leaving.remove(place);
        }
        self.tidy();
    }

    /// Whether a statement has to be cleared away before it can be sent: an earlier batch that may yet fail gives it or takes it.
    pub(super) fn needs_clearing(&self, id: u64, batch: u64) -> bool {
        self.is_unsure(id, batch) || self.leaving.iter().any(|(leaving, leaves_in)| *leaving == id && *leaves_in < batch)
    }

    /// The server has the statement.
    pub(super) fn arrive(&mut self, id: u64) {
        if let Some(place) = self.sent.iter().position(|(sent, _)| *sent == id) {
            self.sent.remove(place);
        }
        if self.sent.iter().any(|(sent, _)| *sent == id) {
            self.arrived.push(id);
        }
        self.tidy();
    }

    /// The server has cleared the statement away.
    pub(super) fn clear(&mut self, id: u64) {
        self.arrived.retain(|arrived| *arrived != id);
    }

    /// A delivery won't arrive. Whether another one is on its way.
    pub(super) fn fail(&mut self, id: u64) -> bool {
        if let Some(place) = self.sent.iter().position(|(sent, _)| *sent == id) {
            self.sent.remove(place);
        }
        self.sent.iter().any(|(sent, _)| *sent == id)
    }

    /// Whether the statement is there by an earlier delivery, now that its clearing away was skipped.
    pub(super) fn has_arrived(&self, id: u64) -> bool {
        self.arrived.contains(&id)
    }

    /// Forgets what doesn't matter any more.
    pub(super) fn tidy(&mut self) {
        if self.sent.is_empty() && self.leaving.is_empty() {
            *self = Deliveries::default();
        }
    }

    /// What it holds beside itself.
    pub(super) fn heap_bytes(&self) -> usize {
        (self.sent.capacity() + self.leaving.capacity()) * size_of::<(u64, u64)>() + self.arrived.capacity() * size_of::<u64>()
    }
}

impl Conversation {
    /// Notes that the connection is being given a statement; where it is full, another goes.
    pub(super) fn make_room(&mut self, statement: &Arc<SessionStatement>, server: &mut Attached<'_>) {
        if let Some(id) = server.carried.statements.add(statement) {
            synthetic::named(server.out, client::CLOSE, Target::Statement, server_name(id).as_bytes());
            self.unsynced = true;
            self.deliveries.leave(id, self.ledger.now());
            self.ledger.push(Owed::Evict { id });
        }
    }
}
