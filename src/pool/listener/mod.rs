//! One server connection that listens for all sessions of a database, so that a client which listens keeps none for itself.
//!
//! It comes from a pool of its own of one connection at most, so it counts against the shard's cap like any other, and is opened when
//! somebody listens and closed when nobody does. When it is lost it is opened again, later each time, and listens to what it listened to;
//! what was notified meanwhile is lost, as it is for clients of a server that restarts.

mod channels;
mod connection;
mod mailbox;

use std::{
    collections::HashMap,
    future::Future,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use tokio::sync::Notify;

pub use mailbox::{Mailbox, Notification, Overflow};

use super::{
    CheckoutError, PoolSession,
    registry::{PoolRegistry, PoolRequest},
};
use crate::{
    backend::{ConnectError, ServerSpec},
    error::{ClientFacing, Report, SqlState},
    ids::WorkerId,
};
use channels::Channels;

/// The first pause before a lost connection is opened again; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// How long a connection stays that nobody needs: whoever reconnects listens again.
const LINGER: Duration = Duration::from_secs(5);

/// Why a channel can't be heard.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// No connection.
    #[error("{0}")]
    Checkout(#[from] CheckoutError),
    /// The server refuses.
    #[error("the server refused LISTEN: {code} {message}")]
    Refused {
        /// SQLSTATE.
        code: SqlState,
        /// The server's words.
        message: String,
    },
    /// The connection was lost, or its server doesn't answer.
    #[error("the connection was lost")]
    Lost,
}

impl ListenError {
    /// Whether the server doesn't let the listener's login in, so that another may be tried.
    fn is_about_login(&self) -> bool {
        matches!(self, ListenError::Checkout(CheckoutError::Down { source, .. }) if matches!(**source, ConnectError::Refused { .. }))
    }
}

impl ClientFacing for ListenError {
    fn report(&self) -> Report {
        let report = match self {
            ListenError::Checkout(error) => return error.report(),
            ListenError::Refused { code, .. } => {
                Report::new(*code, "cannot listen at present").with_detail("The tenant's database server refused it.")
            }
            ListenError::Lost => Report::new(SqlState::CONNECTION_FAILURE, "cannot listen at present")
                .with_detail("The connection to the tenant's database server was lost."),
        };
        report.with_hint("Try again in a moment; if it stays so, tell the operator.")
    }
}

/// All listeners of the process, by what their connections are opened with.
#[derive(Default)]
pub struct Listeners {
    by_spec: Mutex<HashMap<Arc<ServerSpec>, Weak<Listener>>>,
}

impl Listeners {
    /// The listener that a request's connection serves, made on first use.
    pub fn get(&self, request: PoolRequest, pools: &PoolRegistry) -> Arc<Listener> {
        let mut by_spec = self.by_spec.lock();
        if let Some(known) = by_spec.get(&request.spec).and_then(Weak::upgrade) {
            return known;
        }
        by_spec.retain(|_, listener| listener.strong_count() > 0);
        let pool = PoolSession::enter(&pools.enter(request));
        let spec = Arc::clone(&pool.pool().spec);
        let listener = Arc::new(Listener { pool, state: Mutex::default(), changed: Notify::new(), turned_away: AtomicBool::new(false) });
        by_spec.insert(spec, Arc::downgrade(&listener));
        listener
    }
}

/// The listener of a database.
pub struct Listener {
    pool: PoolSession,
    state: Mutex<State>,
    changed: Notify,
    /// The server doesn't let its login in.
    turned_away: AtomicBool,
}

#[derive(Default)]
struct State {
    channels: Channels,
    /// A task looks after the connection.
    running: bool,
}

/// One session hears one channel, until dropped.
pub struct Subscription {
    listener: Arc<Listener>,
    on_server: Box<str>,
    ear: u64,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if self.listener.state.lock().channels.remove(&self.on_server, self.ear) {
            self.listener.changed.notify_one();
        }
    }
}

impl Listener {
    /// Whether the server doesn't let its login in, as far as is known.
    pub fn is_turned_away(&self) -> bool {
        self.turned_away.load(Ordering::Relaxed)
    }

    /// Hears a channel for a session: from when the future is done on, what is notified comes to the mailbox. `on_server` is the
    /// server's name of the channel, `name` the tenant's. To be called on a worker's runtime.
    pub fn subscribe(
        self: &Arc<Self>,
        on_server: &str,
        name: &str,
        mailbox: &Arc<Mailbox>,
        worker: WorkerId,
    ) -> (Subscription, impl Future<Output = Result<(), Arc<ListenError>>> + Send + use<>) {
        let (ear, wait, starts) = {
            let mut state = self.state.lock();
            let (ear, wait) = state.channels.add(on_server, name, mailbox);
            (ear, wait, !std::mem::replace(&mut state.running, true))
        };
        if starts {
            tokio::spawn(Arc::clone(self).run(worker));
        } else if wait.is_some() {
            self.changed.notify_one();
        }
        let subscription = Subscription { listener: Arc::clone(self), on_server: on_server.into(), ear };
        let heard = async move {
            match wait {
                None => Ok(()),
                Some(wait) => wait.await.unwrap_or_else(|_| Err(Arc::new(ListenError::Lost))),
            }
        };
        (subscription, heard)
    }

    /// Looks after the connection as long as anybody listens.
    async fn run(self: Arc<Self>, worker: WorkerId) {
        let mut pause = FIRST_PAUSE;
        loop {
            self.state.lock().channels.forget_connection();
            if self.ends() {
                return;
            }
            let error = match self.pool.member().check_out(worker, None).await {
                Ok(mut checkout) => {
                    self.turned_away.store(false, Ordering::Relaxed);
                    let served = match checkout.connection() {
                        Some(connection) => connection::serve(connection, &self, &mut pause).await,
                        None => Err(ListenError::Lost),
                    };
                    // It listened: nobody else shall have it.
                    drop(checkout);
                    match served {
                        Ok(()) => continue,
                        Err(error) => error,
                    }
                }
                Err(error) => error.into(),
            };
            let error = Arc::new(error);
            self.turned_away.fetch_or(error.is_about_login(), Ordering::Relaxed);
            let heard = {
                let mut state = self.state.lock();
                state.channels.fail(&error);
                state.channels.len()
            };
            let pool = self.pool.pool();
            tracing::warn!(shard = %pool.server().shard, database = %pool.spec.database, channels = heard, %error, retry_in = ?pause,
                "the listener's connection is down: notifications are lost until it is back");
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                // Whoever has just said LISTEN waits for an answer.
                () = self.changed.notified() => tokio::time::sleep(FIRST_PAUSE).await,
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Whether the task may end: nobody listens. The next one who does starts another.
    fn ends(&self) -> bool {
        let mut state = self.state.lock();
        state.running = !state.channels.is_empty();
        !state.running
    }
}
