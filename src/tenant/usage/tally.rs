//! What one session has counted since it was last free.

use std::time::Duration;

use super::{Counts, Meter, Refusal};
use crate::{error::SqlState, telemetry::latencies::micros};

/// A session's own counts: nobody else sees them. Small, because each idle session has one.
#[derive(Debug, Default)]
pub struct Tally {
    /// Statements that were let through.
    pub statements: u64,
    /// Rows that were sent.
    pub rows: u64,
    /// Bytes of the client.
    pub bytes_in: u64,
    /// Bytes to the client.
    pub bytes_out: u64,
    /// Server connections that it got.
    pub assignments: u32,
    /// Named statements that its client has prepared.
    pub client_parses: u32,
    /// Statements that were prepared on servers.
    pub server_parses: u32,
    /// Statements that were bound.
    pub binds: u32,
    transactions: u64,
    rollbacks: u32,
    errors: u32,
    /// How long the client waited for the end of a transaction, in microseconds.
    turn: Option<u32>,
    /// How long it waited for a server connection.
    wait: Option<u32>,
    rare: Option<Box<Rare>>,
    outcome: Outcome,
}

/// What few sessions have.
#[derive(Debug, Default)]
struct Rare {
    turns: Vec<u32>,
    waits: Vec<u32>,
    refused: Vec<Refusal>,
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
        let counted = self.statements | self.rows | self.bytes_in | self.bytes_out | self.transactions;
        let rare = self.errors | self.assignments | self.client_parses;
        counted == 0 && rare == 0 && self.turn.is_none() && self.wait.is_none() && self.rare.is_none()
    }

    /// A transaction's server connection went back, so long after it was asked for.
    #[inline]
    pub fn turn(&mut self, time: Duration) {
        if let Some(earlier) = self.turn.replace(micros(time)) {
            self.rare.get_or_insert_default().turns.push(earlier);
        }
    }

    /// A server connection was waited for.
    pub fn waited(&mut self, time: Duration) {
        if let Some(earlier) = self.wait.replace(micros(time)) {
            self.rare.get_or_insert_default().waits.push(earlier);
        }
    }

    /// Something was refused.
    #[cold]
    pub fn refuse(&mut self, why: Refusal) {
        self.rare.get_or_insert_default().refused.push(why);
    }

    /// How much was done.
    #[inline]
    pub fn counts(&self) -> Counts {
        let waits = self.waits();
        Counts {
            statements: self.statements,
            transactions: self.transactions,
            rollbacks: self.rollbacks.into(),
            rows: self.rows,
            bytes_in: self.bytes_in,
            bytes_out: self.bytes_out,
            errors: self.errors.into(),
            assignments: self.assignments.into(),
            client_parses: self.client_parses.into(),
            server_parses: self.server_parses.into(),
            binds: self.binds.into(),
            waits: waits.clone().count() as u64,
            wait_micros: waits.map(u64::from).sum(),
            ..Counts::default()
        }
    }

    /// How long transactions took.
    #[inline]
    pub(super) fn turns(&self) -> impl Iterator<Item = u32> + Clone {
        self.turn.into_iter().chain(self.rare.iter().flat_map(|rare| rare.turns.iter().copied()))
    }

    /// How long server connections were waited for.
    #[inline]
    pub(super) fn waits(&self) -> impl Iterator<Item = u32> + Clone {
        self.wait.into_iter().chain(self.rare.iter().flat_map(|rare| rare.waits.iter().copied()))
    }

    /// What was refused.
    #[inline]
    pub fn refused(&self) -> &[Refusal] {
        self.rare.as_ref().map_or(&[], |rare| &rare.refused)
    }

    /// The proxy has answered a statement with a report of its own.
    #[cold]
    pub fn report(&mut self, state: SqlState) {
        match Refusal::of(state) {
            Some(why) => self.refuse(why),
            None => self.errors += 1,
        }
    }

    /// A server has failed the client's statement; `limit` is what is told in its place, where that was a limit's doing.
    #[cold]
    pub fn fail(&mut self, limit: Option<SqlState>) {
        self.outcome = Outcome::Undone;
        match limit.and_then(Refusal::of_running) {
            Some(why) => self.refuse(why),
            None => self.errors += 1,
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
        self.transactions += u64::from(self.outcome != Outcome::Nothing);
        self.rollbacks += u32::from(self.outcome == Outcome::Undone);
        self.outcome = Outcome::Nothing;
    }

    /// Adds what its session did after its client had left: nobody was sent any rows.
    pub fn settle_unheard(&mut self, meter: &Meter) {
        self.rows = 0;
        meter.settle(self);
    }

    /// What was refused to nobody's session is nobody's.
    pub fn forget_refusals(&mut self) {
        self.rare = None;
    }

    /// What was counted is elsewhere now.
    #[inline]
    pub(super) fn clear(&mut self) {
        *self = Tally { outcome: self.outcome, ..Tally::default() };
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
        (tally.transactions, tally.rollbacks.into())
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

    #[test]
    fn all_times_are_kept() {
        assert!(size_of::<Tally>() <= 96, "{}", size_of::<Tally>());
        let mut tally = Tally::default();
        for micros in 1..=3 {
            tally.turn(Duration::from_micros(micros));
            tally.waited(Duration::from_micros(10 * micros));
        }
        let counts = tally.counts();
        assert_eq!((counts.waits, counts.wait_micros, tally.turns().count(), tally.turns().sum::<u32>()), (3, 60, 3, 6));
        tally.clear();
        assert!(tally.is_empty() && tally.turns().count() == 0);
    }
}
