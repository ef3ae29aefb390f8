//! How often the gate refused or rewrote, and how often it would have.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::{
    config::GateMode,
    error::SqlState,
    sql::gate::{Judged, Verdict},
};

/// Why a text isn't sent as it came.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reason {
    /// It runs with insertions.
    Rewritten,
    /// It isn't PostgreSQL's grammar.
    Syntax,
    /// It names what isn't there.
    Unknown,
    /// The tenant may not do that.
    Forbidden,
    /// The proxy doesn't do that.
    Unsupported,
    /// It is too long or too deep.
    Limit,
    /// Anything else.
    Other,
}

impl Reason {
    /// All of them.
    pub const ALL: [Reason; 7] =
        [Reason::Rewritten, Reason::Syntax, Reason::Unknown, Reason::Forbidden, Reason::Unsupported, Reason::Limit, Reason::Other];

    /// The word for it in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Rewritten => "rewritten",
            Reason::Syntax => "syntax",
            Reason::Unknown => "unknown",
            Reason::Forbidden => "forbidden",
            Reason::Unsupported => "unsupported",
            Reason::Limit => "limit",
            Reason::Other => "other",
        }
    }

    /// Why a verdict isn't that the text passes as it is.
    pub(super) fn of(judged: &Judged) -> Option<Reason> {
        match &judged.verdict {
            Verdict::AsIs => None,
            Verdict::Rewritten(_) => Some(Reason::Rewritten),
            Verdict::Refused(report) => Some(match report.state {
                SqlState::SYNTAX_ERROR => Reason::Syntax,
                SqlState::UNDEFINED_TABLE | SqlState::UNDEFINED_FUNCTION => Reason::Unknown,
                SqlState::INSUFFICIENT_PRIVILEGE => Reason::Forbidden,
                SqlState::FEATURE_NOT_SUPPORTED => Reason::Unsupported,
                SqlState::PROGRAM_LIMIT_EXCEEDED | SqlState::STATEMENT_TOO_COMPLEX => Reason::Limit,
                _ => Reason::Other,
            }),
        }
    }
}

/// Counts by reason, of all sessions.
#[derive(Debug, Default)]
pub struct Tallies {
    enforced: [AtomicU64; Reason::ALL.len()],
    observed: [AtomicU64; Reason::ALL.len()],
}

impl Tallies {
    pub(super) fn count(&self, reason: Reason, mode: GateMode) {
        let counts = if mode == GateMode::Enforce { &self.enforced } else { &self.observed };
        if let Some(count) = counts.get(reason as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How often texts were refused or rewritten for that reason.
    pub fn enforced(&self, reason: Reason) -> u64 {
        self.enforced.get(reason as usize).map_or(0, |count| count.load(Ordering::Relaxed))
    }

    /// How often they would have been, were their tenants not observed only.
    pub fn observed(&self, reason: Reason) -> u64 {
        self.observed.get(reason as usize).map_or(0, |count| count.load(Ordering::Relaxed))
    }
}
