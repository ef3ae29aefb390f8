//! Pools of server connections: one per (server, database, role), all pools of a shard server under one cap.
//!
//! [`scheduler`] decides who gets what, without IO; this module carries it out: it dials, hands over, and closes.

pub mod checkout;
pub mod closing;
pub mod demand;
pub mod listener;
pub mod maintenance;
pub mod member;
pub mod pause;
pub mod presence;
pub mod registry;
pub mod scheduler;

use std::{
    num::NonZeroUsize,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use parking_lot::Mutex;

pub use checkout::{Attempt, Checkout, CheckoutError, Waiting};
pub use member::{Member, PoolSession};
pub use scheduler::ServerFigures;

use crate::{
    backend::{ConnectError, ServerConnection, ServerSpec, connection::Reported, dial, statements::StatementCache},
    ids::{ShardId, TenantId, WorkerId},
    net::SocketOptions,
    sql::gate::Judged,
    tenant::memory::Memory,
};
use checkout::Handover;
use scheduler::{Orders, PoolFigures, PoolIndex, PoolLimits, ServerLimits, State};

/// How pools behave; one for the process.
#[derive(Clone, Debug)]
pub struct PoolRules {
    /// A connection must be open within.
    pub connect_timeout: Duration,
    /// A session waits at most, where its plan doesn't say.
    pub checkout_timeout: Duration,
    /// An idle connection closes after.
    pub idle_timeout: Duration,
    /// A connection is replaced after, give or take a tenth, so that they don't all go at once.
    pub lifetime: Duration,
    /// Prepared statements per server connection, and per pool in the cache.
    pub statements: NonZeroUsize,
    /// Where their texts are counted.
    pub memory: Arc<Memory>,
    /// How dead servers are found out.
    pub sockets: SocketOptions,
}

type ServerState = State<Box<ServerConnection>, Handover>;
type ServerOrders = Orders<Box<ServerConnection>, Handover>;

/// All pools of one shard server.
pub struct ShardServer {
    /// The shard that it belongs to, for messages.
    pub shard: ShardId,
    state: Mutex<ServerState>,
    pools: Mutex<Vec<Option<Weak<Pool>>>>,
    rules: Arc<PoolRules>,
    /// It doesn't answer.
    is_gone: AtomicBool,
}

/// One pool.
pub struct Pool {
    /// Never given to another pool in this process.
    pub number: u64,
    /// What its connections have in common.
    pub spec: Arc<ServerSpec>,
    /// Whose it is, for messages.
    pub label: TenantId,
    /// Statements that its sessions have prepared.
    pub statements: Arc<StatementCache<Judged>>,
    server: Arc<ShardServer>,
    index: PoolIndex,
    failure: Mutex<Option<Arc<ConnectError>>>,
    /// What sessions are greeted with: settings as a fresh connection reports them.
    greeting: Mutex<Option<Reported>>,
    sessions: AtomicU32,
    /// How often its connections have been renewed.
    generation: AtomicU32,
}

impl ShardServer {
    /// A server without pools.
    pub fn new(shard: ShardId, limits: ServerLimits, rules: Arc<PoolRules>) -> Self {
        let state = State::new(limits, (rules.connect_timeout, rules.checkout_timeout), Instant::now());
        ShardServer { shard, state: Mutex::new(state), pools: Mutex::new(Vec::new()), rules, is_gone: AtomicBool::new(false) }
    }

    /// Connections that are open, being opened or being closed.
    pub fn open(&self) -> u32 {
        self.state.lock().open()
    }

    /// Figures of all its pools at this moment.
    pub fn figures(&self) -> ServerFigures {
        self.state.lock().server_figures(Instant::now())
    }

    fn pool(&self, index: PoolIndex) -> Option<Arc<Pool>> {
        self.pools.lock().get(index.0)?.as_ref()?.upgrade()
    }

    /// Takes a step of the scheduler and carries out what it says. `worker` is the caller's: what is dialed is registered with its runtime.
    fn step<T>(self: &Arc<Self>, worker: WorkerId, step: impl FnOnce(&mut ServerState, Instant, &mut ServerOrders) -> T) -> T {
        let mut orders = Orders::default();
        let now = Instant::now();
        let outcome = step(&mut self.state.lock(), now, &mut orders);
        if !orders.is_empty() {
            self.carry_out(orders, worker);
        }
        outcome
    }

    /// Carries out what the scheduler decided: hands over, dials, and closes.
    fn carry_out(self: &Arc<Self>, orders: ServerOrders, worker: WorkerId) {
        for (tell, connection, used) in orders.hand_over {
            tell.hand_over(connection, used);
        }
        for index in orders.dial {
            match self.pool(index) {
                Some(pool) => pool.spawn_dial(worker),
                None => drop(self.step(worker, |state, now, orders| state.dial_failed(index, now, orders))),
            }
        }
        for (index, connection) in orders.close {
            self.close(index, connection, worker);
        }
        for (tell, waited, queue) in orders.expired {
            tell.fail(CheckoutError::TimedOut { waited, queue });
        }
        if let Some(at) = orders.wake {
            self.wake_at(at, worker);
        }
    }

    fn wake_at(self: &Arc<Self>, at: Instant, worker: WorkerId) {
        // While the runtime is shutting down, nobody waits any more.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let server = Arc::downgrade(self);
        runtime.spawn(async move {
            tokio::time::sleep_until(at.into()).await;
            if let Some(server) = server.upgrade() {
                server.step(worker, |state, now, orders| state.wake(now, orders));
            }
        });
    }
}

impl Pool {
    /// Adds a pool to a server.
    fn new(server: &Arc<ShardServer>, spec: Arc<ServerSpec>, label: TenantId, limits: PoolLimits, numbers: Arc<AtomicU64>) -> Arc<Self> {
        let index = server.state.lock().add_pool(limits);
        let number = numbers.fetch_add(1, Ordering::Relaxed);
        let statements = Arc::new(StatementCache::new(server.rules.statements, numbers).counted_in(&server.rules.memory));
        let pool = Arc::new(Pool {
            number,
            spec,
            label,
            statements,
            server: Arc::clone(server),
            index,
            failure: Mutex::new(None),
            greeting: Mutex::new(None),
            sessions: AtomicU32::new(0),
            generation: AtomicU32::new(0),
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

    /// The shard server that the pool belongs to.
    pub fn server(&self) -> &Arc<ShardServer> {
        &self.server
    }

    /// What a fresh connection reports, once there was one.
    pub fn greeting(&self) -> Option<Reported> {
        self.greeting.lock().clone()
    }

    /// Sessions that use the pool.
    pub fn sessions(&self) -> u32 {
        self.sessions.load(Ordering::Relaxed)
    }

    /// How often its connections have been renewed: those of an earlier generation close as they come back.
    #[inline]
    pub fn generation(&self) -> u32 {
        self.generation.load(Ordering::Relaxed)
    }

    fn down(&self) -> CheckoutError {
        let source = self.failure.lock().clone().unwrap_or_else(|| Arc::new(ConnectError::TimedOut(self.server.rules.connect_timeout)));
        CheckoutError::Down { shard: self.server.shard.clone(), source }
    }

    fn spawn_dial(self: &Arc<Self>, worker: WorkerId) {
        let pool = Arc::clone(self);
        // Connections may also come back while the runtime is shutting down; then nobody dials any more.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            let rules = &pool.server.rules;
            let dial_rules = dial::DialRules {
                connect_timeout: rules.connect_timeout,
                lifetime: rules.lifetime,
                statements: rules.statements,
                sockets: rules.sockets,
                generation: pool.generation(),
            };
            let begun = Instant::now();
            match dial::dial(&pool.spec, dial_rules, worker).await {
                Ok(connection) => {
                    *pool.greeting.lock() = Some(Arc::clone(&connection.reported));
                    let index = pool.index;
                    pool.server.step(worker, |state, now, orders| {
                        state.dialed(index, Box::new(connection), worker, now.saturating_duration_since(begun), now, orders);
                    });
                }
                Err(error) => pool.dial_failed(error, worker),
            }
        });
    }

    fn dial_failed(self: &Arc<Self>, error: ConnectError, worker: WorkerId) {
        tracing::warn!(shard = %self.server.shard, tenant = %self.label, %error, "no connection to the shard");
        let error = Arc::new(error);
        *self.failure.lock() = Some(Arc::clone(&error));
        let in_vain = self.server.step(worker, |state, now, orders| state.dial_failed(self.index, now, orders));
        for tell in in_vain {
            tell.fail(CheckoutError::Down { shard: self.server.shard.clone(), source: Arc::clone(&error) });
        }
    }
}
