//! Why a session must end, and what its client is told.

use super::row_limit::too_many_rows;
use crate::{
    error::{Report, SqlState},
    wire::FrameError,
};

/// Why a session must end.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Fatal {
    /// The client broke the protocol.
    #[error("{0}")]
    Client(#[from] FrameError),
    /// The client sent something that isn't allowed where it did.
    #[error("{0}")]
    OutOfPlace(&'static str),
    /// A server refused settings that the session has chosen.
    #[error("settings of the session can't be applied: {message}")]
    Settings {
        /// Its code.
        state: SqlState,
        /// Its message.
        message: String,
    },
    /// A server has run more behind a result that was cut off than the client believes.
    #[error("statements were sent behind one whose result has too many rows")]
    Rows,
    /// The server connection sent what nobody asked for.
    #[error("server connection sent message {:?} out of place", char::from(*.0))]
    Server(u8),
}

impl Fatal {
    /// What the client is told.
    pub fn report(&self) -> Report {
        match self {
            Fatal::Client(error) => Report::new(SqlState::PROTOCOL_VIOLATION, error.to_string()),
            Fatal::OutOfPlace(what) => Report::new(SqlState::PROTOCOL_VIOLATION, *what),
            Fatal::Settings { state, message } => Report::new(*state, message.clone())
                .with_detail("A server connection doesn't take the session's settings. The outcome of what was running is unknown.")
                .with_hint("Check the settings of the startup packet (options), then reconnect."),
            Fatal::Rows => Report::new(SqlState::PROGRAM_LIMIT_EXCEEDED, too_many_rows(0).message)
                .with_detail("Statements that were sent behind it have run, although it has failed: the connection can't go on.")
                .with_hint("Wait for a result before you send more, or ask for less with LIMIT."),
            Fatal::Server(_) => Report::new(SqlState::CONNECTION_FAILURE, "server connection broke the protocol")
                .with_detail("The outcome of what was running is unknown.")
                .with_hint("Reconnect and retry."),
        }
    }
}
