//! One connection to a server: its socket, what it carries, and how to cancel what it runs.

use std::{num::NonZeroUsize, sync::Arc, time::Instant};

use super::{cancel::CancelTarget, context::Contexts, settings::Settings, statements::KnownStatements};
use crate::{
    ids::WorkerId,
    net::{Quiet, Stream},
};

/// What a server connection carries from one session to the next.
#[derive(Debug)]
pub struct Carried {
    /// Settings that sessions have chosen on it.
    pub settings: Settings,
    /// Statements that it holds.
    pub statements: KnownStatements,
    /// Whose transactions it runs, where tenants share it.
    pub contexts: Contexts,
}

impl Carried {
    /// A fresh connection's: nothing, and room for so many statements.
    pub fn new(statements: NonZeroUsize) -> Self {
        Carried { settings: Settings::default(), statements: KnownStatements::new(statements), contexts: Contexts::default() }
    }
}

/// The settings that a server reported when the connection began: names and values in its order.
pub type Reported = Arc<[(Box<str>, Box<str>)]>;

/// A connection that is through startup and stands at ReadyForQuery.
pub struct ServerConnection {
    /// The socket, registered with the runtime of `worker`.
    pub stream: Stream,
    /// What it carries.
    pub carried: Carried,
    /// How to cancel what it runs.
    pub cancel: Arc<CancelTarget>,
    /// What it reported at its beginning.
    pub reported: Reported,
    /// The worker whose runtime has the socket.
    pub worker: WorkerId,
    /// When it is old enough to be replaced.
    pub expires: Instant,
    /// How often its pool's connections had been renewed when it was opened.
    pub generation: u32,
}

impl ServerConnection {
    /// Takes the connection over to the runtime that calls.
    ///
    /// # Errors
    /// The socket's.
    pub fn move_to(&mut self, worker: WorkerId) -> std::io::Result<()> {
        if self.worker != worker {
            self.stream.detach()?;
            self.stream.attach()?;
            self.worker = worker;
        }
        Ok(())
    }

    /// Whether an idle connection is still as it was left: the server has neither closed it nor said anything.
    /// No system call where no event has arrived.
    pub fn is_quiet(&mut self) -> bool {
        matches!(self.stream.try_peek_closed(), Quiet::Yes)
    }
}
