//! A tenant in a pool: what its sessions ask for connections.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Instant,
};

use parking_lot::Mutex;

use super::{
    Attempt, Checkout, CheckoutError, Pool, ServerOrders, Waiting, checkout,
    registry::Terms,
    scheduler::{AccountKey, Answer, Orders, QueueFigures, Ticket, Use},
};
use crate::{
    backend::{ServerConnection, context::Context},
    ids::{ShardId, TenantId, WorkerId},
    tenant::usage::Meter,
};

/// One tenant's account with a pool. Its sessions share it.
pub struct Member {
    /// Who it is.
    pub tenant: TenantId,
    /// Its shard.
    pub shard: ShardId,
    /// Whether it is a place for its sessions on the shard's primary: not a replica's, nor a listener's.
    pub is_on_primary: bool,
    pool: Arc<Pool>,
    key: AccountKey,
    terms: Mutex<Terms>,
    meter: Arc<Meter>,
    /// Connections that sessions keep and run nothing on.
    pub(super) resting: AtomicU32,
}

impl Member {
    pub(super) fn new(
        pool: &Arc<Pool>,
        (tenant, shard, is_on_primary): (TenantId, ShardId, bool),
        terms: Terms,
        meter: Arc<Meter>,
    ) -> Self {
        let key = pool.server.state.lock().add_account(pool.index, terms.share, Instant::now());
        Member { tenant, shard, is_on_primary, pool: Arc::clone(pool), key, terms: Mutex::new(terms), meter, resting: AtomicU32::new(0) }
    }

    /// The tenant's counts.
    pub fn meter(&self) -> &Arc<Meter> {
        &self.meter
    }

    /// Gives what connections were used for since the last time to the tenant's counts, those in use counted up to now.
    pub fn settle_usage(&self) {
        let (micros, at_once) = self.pool.server.state.lock().take_usage(self.key, Instant::now());
        if micros > 0 || at_once > 0 {
            self.meter.served(micros, at_once);
        }
    }

    /// The pool.
    pub fn pool(&self) -> &Arc<Pool> {
        &self.pool
    }

    /// Whether it is the place of who listens for others.
    pub(super) fn only_listens(&self) -> bool {
        self.terms.lock().share.listens
    }

    /// Its place in the scheduler.
    pub(super) fn key(&self) -> AccountKey {
        self.key
    }

    /// Takes what the shard map says now.
    pub(super) fn renew(&self, terms: Terms) {
        if std::mem::replace(&mut *self.terms.lock(), terms) != terms {
            self.pool.server.step(WorkerId::NONE, |state, now, orders| {
                state.set_limits(terms.server, now, orders);
                state.set_pool_limits(self.pool.index, terms.limits, now, orders);
                state.set_share(self.key, terms.share, now, orders);
            });
        }
    }

    /// What the tenant may use of the pool.
    pub fn terms(&self) -> Terms {
        *self.terms.lock()
    }

    /// Its sessions get no connection any more, or get them again. What comes of it is to be carried out.
    pub(super) fn set_paused(&self, paused: bool) -> ServerOrders {
        let mut orders = ServerOrders::default();
        self.pool.server.state.lock().set_paused(self.key, paused, Instant::now(), &mut orders);
        orders
    }

    /// Carries out what a step has said.
    pub(super) fn carry_out(&self, orders: ServerOrders) {
        if !orders.is_empty() {
            self.pool.server.carry_out(orders, WorkerId::NONE);
        }
    }

    /// Gives the tenant's place back; `false` where it still uses or owes something.
    pub(super) fn forget(&self) -> bool {
        self.settle_usage();
        self.pool.server.state.lock().remove_account(self.key, Instant::now())
    }

    /// The tenant's queue, and a waiter's place in it.
    pub fn queue(&self, ticket: Option<Ticket>) -> QueueFigures {
        self.pool.server.state.lock().queue(self.key, ticket)
    }

    /// A connection at once, or what to wait for. One that served that context last is preferred.
    pub fn try_check_out(self: &Arc<Self>, worker: WorkerId, context: Option<&Context>) -> Attempt {
        let server = &self.pool.server;
        loop {
            let mut orders = Orders::default();
            let mut receiver = None;
            let now = Instant::now();
            let answer = server.state.lock().acquire(
                self.key,
                worker,
                |connection| context.is_none_or(|context| connection.carried.contexts.served(context)),
                now,
                || {
                    let (handover, waiting) = checkout::handover(self);
                    receiver = Some(waiting);
                    handover
                },
                &mut orders,
            );
            if !orders.is_empty() {
                server.carry_out(orders, worker);
            }
            match (answer, receiver) {
                (Answer::Ready(mut connection, used), _) => {
                    if connection.is_quiet() && connection.move_to(worker).is_ok() {
                        return Attempt::Ready(Checkout::new(connection, used, Arc::clone(self)));
                    }
                    self.discard(connection, used);
                }
                (Answer::Wait(ticket), Some(receiver)) => return Attempt::Wait(Waiting::new(receiver, (ticket, now), self, worker)),
                (Answer::Wait(_) | Answer::Down, _) => return Attempt::Down(self.pool.down()),
            }
        }
    }

    /// A connection, waited for as long as the tenant's plan says.
    ///
    /// # Errors
    /// See [`CheckoutError`].
    pub async fn check_out(self: &Arc<Self>, worker: WorkerId, context: Option<&Context>) -> Result<Checkout, CheckoutError> {
        match self.try_check_out(worker, context) {
            Attempt::Ready(checkout) => Ok(checkout),
            Attempt::Down(error) => Err(error),
            Attempt::Wait(waiting) => waiting.wait().await,
        }
    }

    pub(super) fn release(&self, connection: Box<ServerConnection>, used: Use, now: Instant) {
        let worker = connection.worker;
        let mut orders = Orders::default();
        self.pool.server.state.lock().release(self.key, used, connection, worker, now, &mut orders);
        if !orders.is_empty() {
            self.pool.server.carry_out(orders, worker);
        }
    }

    /// A connection is in doubt: it closes, and its slot is free when it has.
    pub(super) fn discard(&self, connection: Box<ServerConnection>, used: Use) {
        let server = &self.pool.server;
        let worker = connection.worker;
        server.step(worker, |state, now, orders| state.discard(self.key, used, now, orders));
        server.close(self.pool.index, connection, worker);
    }
}

/// Counts a session as a user of its pool.
pub struct PoolSession(Arc<Member>);

impl PoolSession {
    /// Counts a session in; it is counted out when the value is dropped.
    pub fn enter(member: &Arc<Member>) -> Self {
        if member.pool.sessions.fetch_add(1, Ordering::Relaxed) == 0 {
            // Without sessions there is no minimum.
            let least = member.terms.lock().limits.least;
            member.pool.server.state.lock().set_least(member.pool.index, least);
        }
        PoolSession(Arc::clone(member))
    }

    /// The pool.
    pub fn pool(&self) -> &Arc<Pool> {
        &self.0.pool
    }

    /// The tenant in the pool.
    pub fn member(&self) -> &Arc<Member> {
        &self.0
    }
}

impl Drop for PoolSession {
    fn drop(&mut self) {
        self.0.pool.sessions.fetch_sub(1, Ordering::Relaxed);
    }
}
