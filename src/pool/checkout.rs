//! A connection on loan, the wait for one, and why there may be none.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

use super::{
    Member,
    scheduler::{QueueFigures, Ticket, Use},
};
use crate::{
    backend::{ConnectError, ServerConnection},
    error::{ClientFacing, Report, SqlState},
    ids::{ShardId, WorkerId},
    net::Target,
};

/// Why no connection was to be had.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CheckoutError {
    /// None came free in time.
    #[error("no server connection came free within {waited:?}")]
    TimedOut {
        /// How long.
        waited: Duration,
        /// The tenant's queue at that moment.
        queue: QueueFigures,
    },
    /// The server can't be reached, or refuses.
    #[error("shard {shard}: {source}")]
    Down {
        /// Which.
        shard: ShardId,
        /// Why, for the operator.
        source: Arc<ConnectError>,
    },
    /// No server of the shard has become its primary in time.
    #[error("shard {shard} has had no primary for {waited:?}: {why}")]
    NoPrimary {
        /// Which.
        shard: ShardId,
        /// How long it was waited for.
        waited: Duration,
        /// What its servers are instead.
        why: String,
    },
}

impl CheckoutError {
    /// Whether it is about the server being there at all: another one may take its place, or it may come back.
    pub fn is_outage(&self) -> bool {
        matches!(self, CheckoutError::Down { source, .. } if source.is_outage())
    }
}

impl ClientFacing for CheckoutError {
    fn report(&self) -> Report {
        match self {
            CheckoutError::TimedOut { waited, queue } => {
                let QueueFigures { position, waiting, in_use, limit, over_budget, paused, .. } = queue;
                let why = match (over_budget, in_use >= limit) {
                    _ if *paused => " The operator has paused the tenant.",
                    (true, _) => " The tenant's server time is used up (server_seconds_per_second).",
                    (false, true) => "",
                    (false, false) => " The shard's other connections are in use.",
                };
                Report::new(SqlState::TOO_MANY_CONNECTIONS, "no server connection came free in time")
                    .with_detail(format!(
                        "Waited {} ms; number {position} of {waiting} waiting; {in_use} of {limit} connections of the tenant are in use.{why}",
                        waited.as_millis(),
                    ))
                    .with_hint("End transactions sooner, use fewer clients at once, or ask for a larger plan.")
            }
            CheckoutError::Down { source, .. } => source.report(),
            CheckoutError::NoPrimary { waited, why, .. } => {
                Report::new(SqlState::CANNOT_CONNECT_NOW, "the tenant's database server is not available")
                    .with_detail(format!("Waited {} ms for a primary (health.failover_timeout). {why}", waited.as_millis()))
                    .with_hint("Try again in a moment; if it stays so, tell the operator.")
            }
        }
    }
}

/// What a waiter is told with.
pub(super) struct Handover {
    sender: oneshot::Sender<Result<Checkout, CheckoutError>>,
    member: Arc<Member>,
}

impl Handover {
    /// Whose session waits.
    pub(super) fn member(&self) -> &Arc<Member> {
        &self.member
    }

    pub(super) fn hand_over(self, connection: Box<ServerConnection>, used: Use) {
        // A waiter may have gone since it was chosen: then the next one has the connection.
        if let Err(Ok(unwanted)) = self.sender.send(Ok(Checkout::new(connection, used, self.member))) {
            unwanted.check_in();
        }
    }

    pub(super) fn fail(self, error: CheckoutError) {
        let _ = self.sender.send(Err(error));
    }
}

/// Both ends of a wait.
pub(super) fn handover(member: &Arc<Member>) -> (Handover, Receiver) {
    let (sender, receiver) = oneshot::channel();
    (Handover { sender, member: Arc::clone(member) }, receiver)
}

/// Where a connection, or the reason why there is none, comes in.
pub(super) type Receiver = oneshot::Receiver<Result<Checkout, CheckoutError>>;

/// What a session waits on. Dropped, it leaves the queue, and gives back what was handed over and never taken.
pub struct Waiting {
    receiver: Receiver,
    ticket: Ticket,
    asked: Instant,
    member: Arc<Member>,
    worker: WorkerId,
    over: bool,
}

impl Waiting {
    pub(super) fn new(receiver: Receiver, (ticket, asked): (Ticket, Instant), member: &Arc<Member>, worker: WorkerId) -> Self {
        Waiting { receiver, ticket, asked, member: Arc::clone(member), worker, over: false }
    }

    /// Waits for the connection, as long as the tenant's plan says.
    ///
    /// # Errors
    /// See [`CheckoutError`].
    pub async fn wait(mut self) -> Result<Checkout, CheckoutError> {
        let outcome = (&mut self.receiver).await;
        let down = || self.member.pool().down();
        let outcome = match outcome {
            Ok(Ok(mut checkout)) => match checkout.connection().map(|connection| connection.move_to(self.worker)) {
                Some(Ok(())) => {
                    let begun = checkout.held.as_ref().map_or(self.asked, |(_, used)| used.since);
                    checkout.waited = Some(begun.saturating_duration_since(self.asked));
                    Ok(checkout)
                }
                _ => Err(down()),
            },
            Ok(Err(error)) => Err(error),
            Err(_) => Err(down()),
        };
        self.over = true;
        outcome
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        self.receiver.close();
        let server = Arc::clone(self.member.pool().server());
        let (ticket, worker) = (self.ticket, self.worker);
        if !server.step(worker, |state, now, orders| state.cancel(ticket, now, orders))
            && let Ok(Ok(unwanted)) = self.receiver.try_recv()
        {
            unwanted.check_in();
        }
    }
}

/// What asking for a connection came to.
pub enum Attempt {
    /// Here it is.
    Ready(Checkout),
    /// It will come.
    Wait(Waiting),
    /// It can't be had.
    Down(CheckoutError),
}

/// A connection that a session has. Dropped without [`Checkout::check_in`] it closes: it is in doubt.
pub struct Checkout {
    held: Option<(Box<ServerConnection>, Use)>,
    waited: Option<Duration>,
    member: Arc<Member>,
    /// Its session keeps it and runs nothing on it.
    rests: bool,
}

impl Checkout {
    pub(super) fn new(connection: Box<ServerConnection>, used: Use, member: Arc<Member>) -> Self {
        Checkout { held: Some((connection, used)), waited: None, member, rests: false }
    }

    /// Its session keeps it, and runs nothing on it for now; or runs something again.
    pub fn rest(&mut self, rests: bool) {
        if std::mem::replace(&mut self.rests, rests) == rests {
            return;
        }
        match rests {
            true => self.member.resting.fetch_add(1, Ordering::SeqCst),
            false => self.member.resting.fetch_sub(1, Ordering::SeqCst),
        };
    }

    /// Where it goes.
    pub fn target(&self) -> &Target {
        &self.member.pool().spec.target
    }

    /// How long it was waited for; none: it was there at once.
    pub fn waited(&self) -> Option<Duration> {
        self.waited
    }

    /// Whose it is.
    pub fn member(&self) -> &Arc<Member> {
        &self.member
    }

    /// Since when it is on loan.
    pub fn since(&self) -> Option<Instant> {
        self.held.as_ref().map(|(_, used)| used.since)
    }

    /// The connection.
    pub fn connection(&mut self) -> Option<&mut ServerConnection> {
        self.held.as_mut().map(|(connection, _)| &mut **connection)
    }

    /// Gives the connection back in good order. One that is old is closed instead, one for which a cancel request is on its way
    /// waits for that. How long ago it was asked for.
    pub fn check_in(mut self) -> Duration {
        self.rest(false);
        let Some((connection, used)) = self.held.take() else { return Duration::ZERO };
        let now = Instant::now();
        let turn = now.saturating_duration_since(used.since) + self.waited.unwrap_or_default();
        if !connection.cancel.is_clear()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let member = Arc::clone(&self.member);
            runtime.spawn(async move {
                connection.cancel.clear().await;
                Checkout::new(connection, used, member).check_in();
            });
            return turn;
        }
        if connection.expires <= now || connection.generation != self.member.pool().generation() || connection.cancel.is_in_doubt() {
            self.member.discard(connection, used);
        } else {
            self.member.release(connection, used, now);
        }
        turn
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        self.rest(false);
        if let Some((connection, used)) = self.held.take() {
            self.member.discard(connection, used);
        }
    }
}
