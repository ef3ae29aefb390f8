//! What one session has counted since it was last free.

use std::time::Duration;

use smallvec::SmallVec;

use super::{Counts, Meter, Refusal};
use crate::{error::SqlState, telemetry::latencies::micros};

/// A session's own counts: nobody else sees them.
#[derive(Debug, Default)]
pub struct Tally {
    /// How much was done.
    pub counts: Counts,
    /// How long clients waited for the ends of transactions, in microseconds.
    pub(super) turns: SmallVec<[u32; 4]>,
    /// How long they waited for server connections.
    pub(super) waits: SmallVec<[u32; 4]>,
    pub(super) refused: SmallVec<[Refusal; 8]>,
    outcome: Outcome,
}

/// What has become so far of what ran since the last transaction's end.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Outcome {
    /// Nothing ran.
    #[default]
    Nothing,
    /// It will be committed.
    Done,
    /// It won't.
    Undone,
}

impl Tally {
    /// Whether there is nothing to put anywhere.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.counts.is_zero() && self.turns.is_empty() && self.waits.is_empty() && self.refused.is_empty()
    }

    /// A transaction's server connection went back, so long after it was asked for.
    #[inline]
    pub fn turn(&mut self, time: Duration) {
        self.turns.push(micros(time));
    }

    /// A server connection was waited for.
    pub fn waited(&mut self, time: Duration) {
        self.counts.waits += 1;
        self.counts.wait_micros += u64::from(micros(time));
        self.waits.push(micros(time));
    }

    /// Something was refused.
    pub fn refuse(&mut self, why: Refusal) {
        self.refused.push(why);
    }

    /// The proxy has answered a statement with a report of its own.
    #[cold]
    pub fn report(&mut self, state: SqlState) {
        match Refusal::of(state) {
            Some(why) => self.refuse(why),
            None => self.counts.errors += 1,
        }
    }

    /// A server has failed the client's statement; `limit` is what is told in its place, where that was a limit's doing.
    #[cold]
    pub fn fail(&mut self, limit: Option<SqlState>) {
        self.outcome = Outcome::Undone;
        match limit.and_then(Refusal::of_running) {
            Some(why) => self.refuse(why),
            None => self.counts.errors += 1,
        }
    }

    /// What was refused takes what ran before it in the same transaction with it.
    #[cold]
    pub fn undo(&mut self) {
        if self.outcome == Outcome::Done {
            self.outcome = Outcome::Undone;
        }
    }

    /// A command of the client's has ended, with that tag.
    #[inline]
    pub fn command(&mut self, tag: &[u8]) {
        match tag.first() {
            Some(b'R') if tag.starts_with(b"ROLLBACK") => self.outcome = Outcome::Undone,
            Some(b'C') if tag.starts_with(b"COMMIT") => self.outcome = Outcome::Done,
            _ => self.run(),
        }
    }

    /// Something of the client's has run.
    #[inline]
    pub fn run(&mut self) {
        if self.outcome == Outcome::Nothing {
            self.outcome = Outcome::Done;
        }
    }

    /// The server is ready, in an open block that hasn't failed: what was undone was a part of it.
    #[inline]
    pub fn goes_on(&mut self) {
        self.outcome = Outcome::Done;
    }

    /// The server is ready outside of a block.
    #[inline]
    pub fn end(&mut self) {
        self.counts.transactions += u64::from(self.outcome != Outcome::Nothing);
        self.counts.rollbacks += u64::from(self.outcome == Outcome::Undone);
        self.outcome = Outcome::Nothing;
    }

    /// Adds what its session did after its client had left: nobody was sent any rows.
    pub fn settle_unheard(&mut self, meter: &Meter) {
        self.counts.rows = 0;
        meter.settle(self);
    }

    /// What was refused to nobody's session is nobody's.
    pub fn forget_refusals(&mut self) {
        self.refused.clear();
    }

    /// What was counted is elsewhere now.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.counts = Counts::default();
        self.turns.clear();
        self.waits.clear();
        self.refused.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Transactions and rollbacks of what is told of them.
    fn of(told: &[&str]) -> (u64, u64) {
        let mut tally = Tally::default();
        for told in told {
            match *told {
                "idle" => tally.end(),
                "open" => tally.goes_on(),
                "error" => tally.fail(None),
                "refused" => tally.undo(),
                tag => tally.command(tag.as_bytes()),
            }
        }
        (tally.counts.transactions, tally.counts.rollbacks)
    }

    #[test]
    fn transactions_and_what_becomes_of_them() {
        let table: &[(&[&str], (u64, u64))] = &[
            (&["idle", "idle"], (0, 0)),
            (&["SELECT 1", "idle"], (1, 0)),
            (&["error", "idle"], (1, 1)),
            (&["BEGIN", "open", "INSERT 0 1", "open", "COMMIT", "idle"], (1, 0)),
            (&["BEGIN", "open", "INSERT 0 1", "open", "ROLLBACK", "idle"], (1, 1)),
            // A COMMIT of what has failed says ROLLBACK.
            (&["BEGIN", "open", "error", "ROLLBACK", "idle"], (1, 1)),
            (&["BEGIN", "open", "error", "ROLLBACK", "open", "COMMIT", "idle"], (1, 0)),
            (&["BEGIN", "SAVEPOINT", "ROLLBACK", "COMMIT", "idle"], (1, 0)),
            (&["ROLLBACK", "SELECT 1", "idle"], (1, 1)),
            (&["refused", "idle"], (0, 0)),
            (&["INSERT 0 1", "refused", "idle"], (1, 1)),
        ];
        for (told, expected) in table {
            assert_eq!(of(told), *expected, "{told:?}");
        }
    }
}
