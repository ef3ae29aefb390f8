//! Why a session keeps its server connection beyond its transactions.

use std::fmt;

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
