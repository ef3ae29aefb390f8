//! Pools of server connections: one per (server, database, role), all pools of a shard server under one cap.
//!
//! `state` decides who gets what, without IO; this module carries it out: it dials, hands over, and closes.

pub mod listener;
pub mod maintenance;
pub mod registry;
pub mod state;

use std::{
    num::NonZeroUsize,
    sync::{
        Arc, Weak,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use tokio::sync::oneshot;

use crate::{
    backend::{ConnectError, ServerConnection, ServerSpec, connection::Reported, context::Context, dial, statements::StatementCache},
    error::{ClientFacing, Report, SqlState},
    ids::{ShardId, TenantId, WorkerId},
    sql::gate::Judged,
};
use state::{Answer, Orders, PoolFigures, PoolIndex, PoolLimits, State, Tell};

/// How pools behave; one for the process.
#[derive(Clone, Debug)]
pub struct PoolRules {
    /// A connection must be open within.
    pub connect_timeout: Duration,
    /// A session waits at most.
    pub checkout_timeout: Duration,
    /// An idle connection closes after.
    pub idle_timeout: Duration,
    /// A connection is replaced after, give or take a tenth, so that they don't all go at once.
    pub lifetime: Duration,
    /// Prepared statements per server connection, and per pool in the cache.
    pub statements: NonZeroUsize,
}

/// Why no connection was to be had.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CheckoutError {
    /// None came free in time.
    #[error("no server connection came free within {waited:?}")]
    TimedOut {
        /// Whose pool.
        tenant: TenantId,
        /// How long.
        waited: Duration,
        /// The pool at that moment.
        figures: PoolFigures,
    },
    /// The server can't be reached, or refuses.
    #[error("shard {shard}: {source}")]
    Down {
        /// Which.
        shard: ShardId,
        /// Why, for the operator.
        source: Arc<ConnectError>,
    },
}

impl ClientFacing for CheckoutError {
    fn report(&self) -> Report {
        match self {
            CheckoutError::TimedOut { waited, figures, .. } => {
                Report::new(SqlState::TOO_MANY_CONNECTIONS, "no server connection came free in time")
                    .with_detail(format!(
                        "Waited {} ms; {} of {} connections are open, {} sessions wait.",
                        waited.as_millis(),
                        figures.open,
                        figures.most,
                        figures.waiting
                    ))
                    .with_hint("End transactions sooner, use fewer clients at once, or ask for a larger plan.")
            }
            CheckoutError::Down { source, .. } => source.report(),
        }
    }
}

type Handover = oneshot::Sender<Result<Checkout, CheckoutError>>;
type ServerState = State<Box<ServerConnection>, Handover>;
type ServerOrders = Orders<Box<ServerConnection>, Handover>;

/// All pools of one shard server.
pub struct ShardServer {
    /// The shard that it belongs to, for messages.
    pub shard: ShardId,
    state: Mutex<ServerState>,
    pools: Mutex<Vec<Option<Weak<Pool>>>>,
    rules: Arc<PoolRules>,
}

/// One pool.
pub struct Pool {
    /// Never given to another pool in this process.
    pub number: u64,
    /// What its connections have in common.
    pub spec: Arc<ServerSpec>,
    /// Whose it is, for messages.
    pub tenant: TenantId,
    /// Statements that its sessions have prepared.
    pub statements: Arc<StatementCache<Judged>>,
    server: Arc<ShardServer>,
    index: PoolIndex,
    failure: Mutex<Option<Arc<ConnectError>>>,
    /// What sessions are greeted with: settings as a fresh connection reports them.
    greeting: Mutex<Option<Reported>>,
    sessions: AtomicU32,
}

impl ShardServer {
    /// A server without pools, with at most `cap` connections.
    pub fn new(shard: ShardId, cap: u32, rules: Arc<PoolRules>) -> Self {
        ShardServer { shard, state: Mutex::new(State::new(cap).with_patience(rules.connect_timeout)), pools: Mutex::new(Vec::new()), rules }
    }

    /// Changes the cap.
    pub fn set_cap(&self, cap: u32) {
        self.state.lock().set_cap(cap);
    }

    /// Connections that are open or being opened.
    pub fn open(&self) -> u32 {
        self.state.lock().open()
    }

    fn pool(&self, index: PoolIndex) -> Option<Arc<Pool>> {
        self.pools.lock().get(index.0)?.as_ref()?.upgrade()
    }

    /// Carries out what the state decided: hands over, dials, and drops what is to be closed.
    fn carry_out(&self, pool: &Arc<Pool>, orders: ServerOrders, worker: WorkerId) {
        for (tell, connection) in orders.hand_over {
            // A waiter may have gone since it was chosen: then the next one has the connection.
            if let Err(Ok(unwanted)) = tell.send(Ok(Checkout { connection: Some(connection), pool: Arc::clone(pool) })) {
                unwanted.check_in();
            }
        }
        for index in orders.dial {
            match if index == pool.index { Some(Arc::clone(pool)) } else { self.pool(index) } {
                Some(pool) => pool.spawn_dial(worker),
                None => {
                    let mut more = Orders::default();
                    self.state.lock().dial_failed(index, Instant::now(), &mut more);
                }
            }
        }
        drop(orders.close);
    }
}

impl Pool {
    /// Adds a pool to a server.
    fn new(server: &Arc<ShardServer>, spec: Arc<ServerSpec>, tenant: TenantId, limits: PoolLimits, numbers: Arc<AtomicU64>) -> Arc<Self> {
        let index = server.state.lock().add_pool(limits);
        let number = numbers.fetch_add(1, Ordering::Relaxed);
        let statements = Arc::new(StatementCache::new(server.rules.statements, numbers));
        let pool = Arc::new(Pool {
            number,
            spec,
            tenant,
            statements,
            server: Arc::clone(server),
            index,
            failure: Mutex::new(None),
            greeting: Mutex::new(None),
            sessions: AtomicU32::new(0),
        });
        let mut pools = server.pools.lock();
        if pools.len() <= index.0 {
            pools.resize_with(index.0 + 1, || None);
        }
        pools[index.0] = Some(Arc::downgrade(&pool));
        drop(pools);
        pool
    }

    /// Figures at this moment.
    pub fn figures(&self) -> PoolFigures {
        self.server.state.lock().figures(self.index)
    }

    /// Changes the limits.
    pub fn set_limits(&self, limits: PoolLimits) {
        self.server.state.lock().set_limits(self.index, limits);
    }

    /// The shard server that the pool belongs to.
    pub fn server(&self) -> &Arc<ShardServer> {
        &self.server
    }

    /// What a fresh connection reports, once there was one.
    pub fn greeting(&self) -> Option<Reported> {
        self.greeting.lock().clone()
    }

    /// Counts a session in; it is counted out when the guard is dropped.
    pub fn enter(self: &Arc<Self>) -> PoolSession {
        self.sessions.fetch_add(1, Ordering::Relaxed);
        PoolSession(Arc::clone(self))
    }

    /// Sessions that use the pool.
    pub fn sessions(&self) -> u32 {
        self.sessions.load(Ordering::Relaxed)
    }

    /// A connection at once, or what to wait for. One that served that context last is preferred.
    pub fn try_check_out(self: &Arc<Self>, worker: WorkerId, context: Option<&Context>) -> Attempt {
        loop {
            let mut orders = Orders::default();
            let mut receiver = None;
            let answer = self.server.state.lock().acquire(
                self.index,
                worker,
                |connection| context.is_none_or(|context| connection.carried.contexts.served(context)),
                Instant::now,
                || {
                    let (sender, waiting) = oneshot::channel();
                    receiver = Some(Waiting(waiting));
                    sender
                },
                &mut orders,
            );
            self.server.carry_out(self, orders, worker);
            match (answer, receiver) {
                (Answer::Ready(mut connection), _) => {
                    if connection.is_quiet() && connection.move_to(worker).is_ok() {
                        return Attempt::Ready(Checkout { connection: Some(connection), pool: Arc::clone(self) });
                    }
                    self.connection_closed(connection, worker);
                }
                (Answer::Wait, Some(receiver)) => return Attempt::Wait(receiver),
                (Answer::Wait | Answer::Down, _) => return Attempt::Down(self.down()),
            }
        }
    }

    /// A connection, waited for as long as the rules say.
    ///
    /// # Errors
    /// See [`CheckoutError`].
    pub async fn check_out(self: &Arc<Self>, worker: WorkerId, context: Option<&Context>) -> Result<Checkout, CheckoutError> {
        match self.try_check_out(worker, context) {
            Attempt::Ready(checkout) => Ok(checkout),
            Attempt::Down(error) => Err(error),
            Attempt::Wait(receiver) => self.wait(receiver, worker).await,
        }
    }

    /// Waits for a connection that [`Pool::try_check_out`] has asked for.
    ///
    /// # Errors
    /// See [`CheckoutError`].
    pub async fn wait(self: &Arc<Self>, mut receiver: Waiting, worker: WorkerId) -> Result<Checkout, CheckoutError> {
        let limit = self.server.rules.checkout_timeout;
        match tokio::time::timeout(limit, &mut receiver.0).await {
            Ok(Ok(Ok(mut checkout))) => match checkout.connection.as_mut().map(|connection| connection.move_to(worker)) {
                Some(Ok(())) => Ok(checkout),
                _ => Err(self.down()),
            },
            Ok(Ok(Err(error))) => Err(error),
            Ok(Err(_)) => Err(self.down()),
            Err(_) => Err(CheckoutError::TimedOut { tenant: self.tenant.clone(), waited: limit, figures: self.figures() }),
        }
    }

    fn down(&self) -> CheckoutError {
        let source = self.failure.lock().clone().unwrap_or_else(|| Arc::new(ConnectError::TimedOut(self.server.rules.connect_timeout)));
        CheckoutError::Down { shard: self.server.shard.clone(), source }
    }

    /// `worker` is the caller's: what is dialed in the connection's place is registered with its runtime.
    fn connection_closed(self: &Arc<Self>, connection: Box<ServerConnection>, worker: WorkerId) {
        drop(connection);
        let mut orders = Orders::default();
        self.server.state.lock().closed(self.index, &mut orders);
        self.server.carry_out(self, orders, worker);
    }

    fn spawn_dial(self: &Arc<Self>, worker: WorkerId) {
        let pool = Arc::clone(self);
        // Connections may also come back while the runtime is shutting down; then nobody dials any more.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            let rules = &pool.server.rules;
            let dial_rules =
                dial::DialRules { connect_timeout: rules.connect_timeout, lifetime: rules.lifetime, statements: rules.statements };
            match dial::dial(&pool.spec, dial_rules, worker).await {
                Ok(connection) => {
                    *pool.greeting.lock() = Some(Arc::clone(&connection.reported));
                    let mut orders = Orders::default();
                    pool.server.state.lock().dialed(pool.index, Box::new(connection), worker, Instant::now(), &mut orders);
                    pool.server.carry_out(&pool, orders, worker);
                }
                Err(error) => pool.dial_failed(error, worker),
            }
        });
    }

    fn dial_failed(self: &Arc<Self>, error: ConnectError, worker: WorkerId) {
        tracing::warn!(shard = %self.server.shard, tenant = %self.tenant, %error, "no connection to the shard");
        let error = Arc::new(error);
        *self.failure.lock() = Some(Arc::clone(&error));
        let mut orders = Orders::default();
        let in_vain = self.server.state.lock().dial_failed(self.index, Instant::now(), &mut orders);
        for tell in in_vain {
            let _ = tell.send(Err(CheckoutError::Down { shard: self.server.shard.clone(), source: Arc::clone(&error) }));
        }
        self.server.carry_out(self, orders, worker);
    }
}

/// What a session waits on. Dropped, it gives back what was handed over and never taken.
pub struct Waiting(oneshot::Receiver<Result<Checkout, CheckoutError>>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.close();
        if let Ok(Ok(unwanted)) = self.0.try_recv() {
            unwanted.check_in();
        }
    }
}

impl Tell for Handover {
    fn is_gone(&self) -> bool {
        self.is_closed()
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

/// Counts a session as a user of its pool.
pub struct PoolSession(Arc<Pool>);

impl PoolSession {
    /// The pool.
    pub fn pool(&self) -> &Arc<Pool> {
        &self.0
    }
}

impl Drop for PoolSession {
    fn drop(&mut self) {
        self.0.sessions.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A connection that a session has. Dropped without [`Checkout::check_in`] it closes: it is in doubt.
pub struct Checkout {
    connection: Option<Box<ServerConnection>>,
    pool: Arc<Pool>,
}

impl Checkout {
    /// The connection.
    pub fn connection(&mut self) -> Option<&mut ServerConnection> {
        self.connection.as_deref_mut()
    }

    /// Gives the connection back in good order. One that is old is closed instead, one for which a cancel request is on its way
    /// waits for that.
    pub fn check_in(mut self) {
        let Some(connection) = self.connection.take() else { return };
        if !connection.cancel.is_clear()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let pool = Arc::clone(&self.pool);
            runtime.spawn(async move {
                connection.cancel.clear().await;
                Checkout { connection: Some(connection), pool }.check_in();
            });
            return;
        }
        let now = Instant::now();
        if connection.expires <= now || connection.cancel.is_in_doubt() {
            let worker = connection.worker;
            return self.pool.connection_closed(connection, worker);
        }
        let mut orders = Orders::default();
        let worker = connection.worker;
        self.pool.server.state.lock().release(self.pool.index, connection, worker, now, &mut orders);
        if !(orders.hand_over.is_empty() && orders.dial.is_empty() && orders.close.is_empty()) {
            self.pool.server.carry_out(&self.pool, orders, worker);
        }
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            let worker = connection.worker;
            self.pool.connection_closed(connection, worker);
        }
    }
}
