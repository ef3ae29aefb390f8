//! What a text does to its session, in the terms that the conversation acts on.
//! The grammar's part is `sql`'s; this is the translation of its findings.

use std::{fmt, ops::Range, sync::Arc};

use crate::sql::PinReason;

/// Why a session keeps its server connection until it ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pin {
    /// The plan says `pool_mode = "session"`.
    SessionMode,
    /// State that lives in the server process.
    State(PinReason),
}

impl Pin {
    /// Whether DISCARD ALL undoes the state, so that the connection can serve others afterwards.
    pub fn is_discardable(&self) -> bool {
        match self {
            Pin::SessionMode => true,
            Pin::State(reason) => reason.ends_with_discard_all(),
        }
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pin::SessionMode => f.write_str("pool mode session"),
            Pin::State(reason) => reason.fmt(f),
        }
    }
}

/// A text that is one statement about the session's own, virtual state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Virtual {
    /// DISCARD ALL
    DiscardAll,
    /// DEALLOCATE ALL
    DeallocateAll,
    /// DEALLOCATE name
    Deallocate(String),
    /// PREPARE name AS query, without parameter types: `query`'s bytes.
    Prepare {
        /// The client's name.
        name: String,
        /// Where the query stands.
        query: Range<usize>,
    },
}

/// A statement name in a text that must be replaced by the server's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NameUse {
    /// Which statement it stands in.
    pub verb: Verb,
    /// The client's name, folded as PostgreSQL does.
    pub name: String,
    /// Its bytes in the text.
    pub span: Range<usize>,
    /// The bytes of the statement that it stands in.
    pub statement: Range<usize>,
}

/// What is done with a statement name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verb {
    /// PREPARE
    Prepare,
    /// EXECUTE
    Execute,
    /// DEALLOCATE
    Deallocate,
}

/// Everything that a text may do to its session.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Effects {
    /// Settings whose value may have changed: to be asked for when the transaction is over.
    pub set: Vec<String>,
    /// Settings that go back to the session's own default.
    pub reset: Vec<String>,
    /// RESET ALL (or DISCARD ALL among other statements).
    pub reset_all: bool,
    /// State that stays in the server process.
    pub pin: Option<Pin>,
    /// BEGIN or START TRANSACTION.
    pub begins: bool,
    /// DEALLOCATE ALL or DISCARD ALL among other statements.
    pub forgets_statements: bool,
    /// The text is this one statement.
    pub alone: Option<Virtual>,
    /// Names to be replaced, in the order in which they stand.
    pub names: Vec<NameUse>,
}

impl Effects {
    /// Whether nothing is done.
    pub fn is_none(&self) -> bool {
        *self == Effects::default()
    }
}

/// The effects of a text; `None` for the most: nothing.
pub type TextEffects = Option<Arc<Effects>>;
