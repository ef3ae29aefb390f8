//! Rows of one statement's result, where the tenant's plan limits them.
//!
//! Beyond the limit the statement is cancelled, and the client gets no more of it but the error. Small results have been sent by then: the server
//! says that all went well, and the error takes that word's place. What the client believes of its transaction must then come true: a block is
//! made to fail, and a session of which the server has run more than the client believes ends.

use super::{Attached, Conversation, Fatal, refusals::FAILING_TEXT, server::Fate};
use crate::{
    error::{Report, Severity, SqlState},
    tenant::usage::Tally,
    wire::{messages::TransactionStatus, synthetic, tag::server},
};

/// How far a result has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Stage {
    /// Within the limit.
    #[default]
    Within,
    /// Beyond it: a cancel request is to be sent.
    Beyond,
    /// It was sent: what comes of the result is dropped.
    Cancelled,
    /// The client has been told, although the server has done all of it.
    Told,
    /// The block that is open is to be made to fail.
    ToFail,
    /// It is on its way.
    Failing,
}

/// The rows of the result that is due.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rows {
    limit: u64,
    left: u64,
    /// What was left when rows were counted last.
    counted: u64,
    stage: Stage,
}

impl Default for Rows {
    fn default() -> Self {
        Rows { limit: u64::MAX, left: u64::MAX, counted: u64::MAX, stage: Stage::Within }
    }
}

impl Conversation {
    /// Limits the rows of results from now on.
    pub fn limit_rows(&mut self, limit: Option<u64>) {
        let limit = limit.unwrap_or(u64::MAX);
        if self.rows.limit != limit {
            self.rows.limit = limit;
            self.rows_over();
        }
    }

    /// What the session has counted for its tenant.
    #[inline]
    pub fn tally(&mut self) -> &mut Tally {
        self.tally.rows += self.rows.counted - self.rows.left;
        self.rows.counted = self.rows.left;
        &mut self.tally
    }

    /// Whether a result has become too long, so that something is to be done about it.
    #[inline]
    pub fn is_beyond_rows(&self) -> bool {
        self.rows.stage != Stage::Within
    }

    /// Whether what runs is to be cancelled, once.
    pub fn takes_cancel(&mut self) -> bool {
        let takes = self.rows.stage == Stage::Beyond;
        if takes {
            self.rows.stage = Stage::Cancelled;
        }
        takes
    }

    /// Makes the open block fail, if that is to be done.
    pub fn fail_block(&mut self, server: &mut Attached<'_>) {
        if self.rows.stage == Stage::ToFail {
            self.rows.stage = Stage::Failing;
            server.carried.statements.unnamed = None;
            synthetic::query(server.out, FAILING_TEXT.as_bytes());
        }
    }

    /// Whether the server waits for what makes its block fail.
    pub(super) fn awaits_failure(&self) -> bool {
        matches!(self.rows.stage, Stage::ToFail | Stage::Failing)
    }

    /// A row of a result that the client asked for. What becomes of it.
    #[inline]
    pub(super) fn row(&mut self) -> Fate {
        match self.rows.left.checked_sub(1) {
            Some(left) => {
                self.rows.left = left;
                Fate::Forward
            }
            None => self.row_beyond(),
        }
    }

    #[cold]
    fn row_beyond(&mut self) -> Fate {
        if self.rows.stage == Stage::Within {
            self.rows.stage = Stage::Beyond;
            self.cancelled = Some(Box::new(too_many_rows(self.rows.limit)));
        }
        Fate::Swallow
    }

    /// A part of a reply behind a row too many; none: nothing is the matter with it.
    pub(super) fn part_beyond(&mut self, tag: u8, out: &mut Vec<u8>) -> Result<Option<Fate>, Fatal> {
        let ends = matches!(tag, server::COMMAND_COMPLETE | server::PORTAL_SUSPENDED);
        match self.rows.stage {
            Stage::Within => Ok(None),
            Stage::Beyond | Stage::Cancelled if ends => {
                self.rows.stage = Stage::Told;
                self.tally.fail(Some(SqlState::PROGRAM_LIMIT_EXCEEDED));
                let report = self.cancelled.take();
                synthetic::error(out, Severity::Error, &report.map_or_else(|| too_many_rows(self.rows.limit), |report| *report));
                Ok(Some(Fate::Swallow))
            }
            // The client believes that this hasn't run.
            Stage::Told if ends => Err(Fatal::Rows),
            _ => Ok(Some(Fate::Swallow)),
        }
    }

    /// A result has ended within the limit.
    #[inline]
    pub(super) fn rows_over(&mut self) {
        self.tally();
        (self.rows.left, self.rows.counted) = (self.rows.limit, self.rows.limit);
    }

    /// The server is ready behind a row too many. Whether the client hears of it.
    pub(super) fn ready_beyond(&mut self, status: TransactionStatus) -> Result<Fate, Fatal> {
        if self.rows.stage == Stage::Told && status == TransactionStatus::Open {
            if self.ledger.len() > 1 {
                return Err(Fatal::Rows);
            }
            self.rows.stage = Stage::ToFail;
            return Ok(Fate::Swallow);
        }
        self.rows.stage = Stage::Within;
        self.rows_over();
        Ok(Fate::Forward)
    }
}

/// What the client is told.
pub(super) fn too_many_rows(limit: u64) -> Report {
    Report::new(SqlState::PROGRAM_LIMIT_EXCEEDED, "the result has too many rows")
        .with_detail(format!("The tenant's plan allows {limit} rows of one result (rows_per_result); there are more."))
        .with_hint("Ask for less with LIMIT, read in parts with a cursor, or ask the operator for more.")
}
