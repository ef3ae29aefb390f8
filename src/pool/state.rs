//! Who gets which connection: the pools of one shard server, their slots and their waiters, without IO.
//!
//! One value under one short mutex. Each step returns [`Orders`], which the caller carries out after the mutex is free:
//! connections to hand over, to dial and to close.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use smallvec::SmallVec;

use crate::ids::WorkerId;

/// A waiter of another worker goes first once it has waited this much longer: moving a connection costs two system calls.
const CROSS_WORKER_PATIENCE: Duration = Duration::from_millis(5);

/// Fewer waiters aren't looked through for those that are gone.
const SWEEP_FROM: usize = 64;

/// A pool's place in its server's state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PoolIndex(pub usize);

/// How many connections a pool may have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PoolLimits {
    /// At most, idle ones counted in.
    pub most: u32,
    /// So many stay open while the pool has sessions.
    pub least: u32,
}

/// A waiter: what it is told with, and where it runs.
#[derive(Debug)]
struct Waiter<W> {
    tell: W,
    worker: WorkerId,
    since: Instant,
}

#[derive(Debug)]
struct Idle<C> {
    connection: C,
    worker: WorkerId,
    since: Instant,
}

#[derive(Debug)]
struct Pool<C, W> {
    limits: PoolLimits,
    /// Connections that are open or being opened.
    open: u32,
    dialing: u32,
    /// Most recently used last.
    idle: Vec<Idle<C>>,
    waiters: VecDeque<Waiter<W>>,
    /// So many waiters are looked through for those that are gone.
    sweep_at: usize,
    starving: bool,
    /// Nobody opens a connection before, after failures.
    not_before: Option<Instant>,
    failures: u32,
}

/// What the caller must do, without the mutex.
#[derive(Debug)]
pub struct Orders<C, W> {
    /// Hand these over.
    pub hand_over: SmallVec<[(W, C); 1]>,
    /// Open a connection for each of these pools, then call [`State::dialed`] or [`State::dial_failed`].
    pub dial: SmallVec<[PoolIndex; 1]>,
    /// Close these; their slots are accounted for already.
    pub close: SmallVec<[C; 1]>,
}

impl<C, W> Default for Orders<C, W> {
    fn default() -> Self {
        Orders { hand_over: SmallVec::new(), dial: SmallVec::new(), close: SmallVec::new() }
    }
}

/// What asking for a connection came to.
#[derive(Debug)]
pub enum Answer<C> {
    /// Here it is.
    Ready(C),
    /// It will be handed over.
    Wait,
    /// Connections can't be opened at present, and none is there to wait for.
    Down,
}

/// Figures of one pool.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PoolFigures {
    /// Open or being opened.
    pub open: u32,
    /// Not in use.
    pub idle: u32,
    /// Being opened.
    pub dialing: u32,
    /// Sessions that wait.
    pub waiting: u32,
    /// At most.
    pub most: u32,
}

/// How a waiter is told.
pub trait Tell {
    /// Whether nobody listens any more: a connection for it would be lost on it.
    fn is_gone(&self) -> bool;
}

/// All pools of one shard server.
#[derive(Debug)]
pub struct State<C, W> {
    cap: u32,
    /// Whoever has waited for so long when a connection can't be opened doesn't wait for those in use any more.
    patience: Duration,
    open: u32,
    pools: Vec<Option<Pool<C, W>>>,
    free: Vec<usize>,
    /// Pools with open connections: at most `cap`.
    active: Vec<PoolIndex>,
    /// Pools that may open a connection but for the cap, longest waiting first.
    starving: VecDeque<PoolIndex>,
}

impl<C, W: Tell> State<C, W> {
    /// No pool yet, at most `cap` connections in all.
    pub fn new(cap: u32) -> Self {
        State { cap, patience: Duration::MAX, open: 0, pools: Vec::new(), free: Vec::new(), active: Vec::new(), starving: VecDeque::new() }
    }

    /// The same, with waiters that give up after so long where connections can't be opened.
    pub fn with_patience(self, patience: Duration) -> Self {
        State { patience, ..self }
    }

    /// Changes the cap; what is open beyond it closes as it comes back.
    pub fn set_cap(&mut self, cap: u32) {
        self.cap = cap;
    }

    /// Connections that are open or being opened, of all pools.
    pub fn open(&self) -> u32 {
        self.open
    }

    /// Adds a pool.
    pub fn add_pool(&mut self, limits: PoolLimits) -> PoolIndex {
        let pool = Pool {
            limits,
            open: 0,
            dialing: 0,
            idle: Vec::new(),
            waiters: VecDeque::new(),
            sweep_at: SWEEP_FROM,
            starving: false,
            not_before: None,
            failures: 0,
        };
        match self.free.pop() {
            Some(index) => {
                self.pools[index] = Some(pool);
                PoolIndex(index)
            }
            None => {
                self.pools.push(Some(pool));
                PoolIndex(self.pools.len() - 1)
            }
        }
    }

    /// Changes a pool's limits.
    pub fn set_limits(&mut self, index: PoolIndex, limits: PoolLimits) {
        if let Some(pool) = self.pool(index) {
            pool.limits = limits;
        }
    }

    /// Changes how many connections stay open.
    pub fn set_least(&mut self, index: PoolIndex, least: u32) {
        if let Some(pool) = self.pool(index) {
            pool.limits.least = least;
        }
    }

    /// Removes a pool that has no connections and no waiters; `false` where it has.
    pub fn remove_pool(&mut self, index: PoolIndex) -> bool {
        match self.pools.get_mut(index.0) {
            Some(slot @ Some(_)) if slot.as_ref().is_some_and(|pool| pool.open == 0 && pool.waiters.is_empty()) => {
                *slot = None;
                self.free.push(index.0);
                self.starving.retain(|other| *other != index);
                true
            }
            _ => false,
        }
    }

    /// A pool's figures.
    pub fn figures(&self, index: PoolIndex) -> PoolFigures {
        match self.pools.get(index.0).and_then(Option::as_ref) {
            Some(pool) => PoolFigures {
                open: pool.open,
                idle: pool.idle.len() as u32,
                dialing: pool.dialing,
                waiting: pool.waiters.iter().filter(|waiter| !waiter.tell.is_gone()).count() as u32,
                most: pool.limits.most,
            },
            None => PoolFigures::default(),
        }
    }

    fn pool(&mut self, index: PoolIndex) -> Option<&mut Pool<C, W>> {
        self.pools.get_mut(index.0)?.as_mut()
    }

    /// Asks for a connection, of those that are idle one that `suits` if there is any. `now` is asked only where none is idle, `tell` only
    /// where the asker must wait.
    pub fn acquire(
        &mut self,
        index: PoolIndex,
        worker: WorkerId,
        suits: impl Fn(&C) -> bool,
        now: impl FnOnce() -> Instant,
        tell: impl FnOnce() -> W,
        orders: &mut Orders<C, W>,
    ) -> Answer<C> {
        let Some(pool) = self.pool(index) else { return Answer::Down };
        if let Some(connection) = pool.take_idle(worker, suits) {
            return Answer::Ready(connection);
        }
        let now = now();
        let resting = pool.not_before.is_some_and(|time| now < time);
        if resting && pool.open == pool.dialing {
            return Answer::Down;
        }
        pool.sweep();
        pool.waiters.push_back(Waiter { tell: tell(), worker, since: now });
        if !resting {
            self.open_for(index, orders);
        }
        Answer::Wait
    }

    /// Opens a connection for a pool whose waiters outnumber what is being opened, within its limit and the cap.
    fn open_for(&mut self, index: PoolIndex, orders: &mut Orders<C, W>) {
        let (open_in_all, cap) = (self.open, self.cap);
        let Some(pool) = self.pool(index) else { return };
        if pool.open >= pool.limits.most || pool.dialing as usize >= pool.waiters.len() {
            return;
        }
        if open_in_all >= cap && !self.evict_for(index, orders) {
            if let Some(pool) = self.pool(index)
                && !pool.starving
            {
                pool.starving = true;
                self.starving.push_back(index);
            }
            return;
        }
        self.add_slot(index);
        if let Some(pool) = self.pool(index) {
            pool.dialing += 1;
        }
        orders.dial.push(index);
    }

    fn add_slot(&mut self, index: PoolIndex) {
        self.open += 1;
        if let Some(pool) = self.pool(index) {
            pool.open += 1;
            if pool.open == 1 {
                self.active.push(index);
            }
        }
    }

    fn remove_slot(&mut self, index: PoolIndex) {
        self.open -= 1;
        if let Some(pool) = self.pool(index) {
            pool.open -= 1;
            if pool.open == 0 {
                self.active.retain(|other| *other != index);
            }
        }
    }

    /// Frees a slot by closing the longest idle connection of another pool: first of pools beyond their minimum, then of any.
    fn evict_for(&mut self, index: PoolIndex, orders: &mut Orders<C, W>) -> bool {
        let candidate = |state: &Self, beyond_minimum: bool| {
            let pools = state.active.iter().filter(|other| **other != index);
            pools
                .filter_map(|other| {
                    let pool = state.pools.get(other.0)?.as_ref()?;
                    let oldest = pool.idle.first()?;
                    (!beyond_minimum || pool.open > pool.limits.least).then_some((oldest.since, *other))
                })
                .min()
        };
        let Some((_, victim)) = candidate(self, true).or_else(|| candidate(self, false)) else { return false };
        let Some(pool) = self.pool(victim) else { return false };
        let oldest = pool.idle.remove(0);
        self.remove_slot(victim);
        orders.close.push(oldest.connection);
        true
    }

    /// A connection comes back in good order.
    pub fn release(&mut self, index: PoolIndex, connection: C, worker: WorkerId, now: Instant, orders: &mut Orders<C, W>) {
        if self.open > self.cap || self.must_yield(index) || self.pool(index).is_none_or(|pool| pool.open > pool.limits.most) {
            orders.close.push(connection);
            self.closed(index, orders);
            return;
        }
        let Some(pool) = self.pool(index) else { return };
        pool.not_before = None;
        pool.failures = 0;
        match pool.next_waiter(worker) {
            Some(waiter) => orders.hand_over.push((waiter.tell, connection)),
            None => pool.idle.push(Idle { connection, worker, since: now }),
        }
    }

    /// Whether a pool must give a slot up to one that starves: it holds more than its share, or nobody waits in it.
    fn must_yield(&mut self, index: PoolIndex) -> bool {
        let Some(first) = self.starving.iter().copied().find(|other| *other != index) else { return false };
        let starving_now = self.pool(first).is_some_and(|pool| pool.open < pool.limits.most && pool.waiters.len() > pool.dialing as usize);
        if !starving_now {
            self.starving.retain(|other| *other != first);
            if let Some(pool) = self.pool(first) {
                pool.starving = false;
            }
            return self.starving.iter().any(|other| *other != index) && self.must_yield(index);
        }
        let starving_without = self
            .starving
            .iter()
            .filter(|other| self.pools.get(other.0).and_then(Option::as_ref).is_some_and(|pool| pool.open == 0))
            .count();
        let share = (self.cap as usize / (self.active.len() + starving_without).max(1)).max(1);
        self.pool(index).is_some_and(|pool| pool.waiters.is_empty() || pool.open as usize > share)
            || (self.open >= self.cap && starving_without > 0 && self.active.len() >= self.cap as usize)
    }

    /// A connection of the pool is gone, however it came to that.
    pub fn closed(&mut self, index: PoolIndex, orders: &mut Orders<C, W>) {
        self.remove_slot(index);
        self.feed_starving(index, orders);
        self.open_for(index, orders);
    }

    /// Gives free slots to pools that starve, longest waiting first; the one that has just lost a connection comes last.
    fn feed_starving(&mut self, last: PoolIndex, orders: &mut Orders<C, W>) {
        while self.open < self.cap {
            let Some(place) = self.starving.iter().position(|other| *other != last) else { return };
            let Some(next) = self.starving.remove(place) else { return };
            if let Some(pool) = self.pool(next) {
                pool.starving = false;
            }
            self.open_for(next, orders);
        }
    }

    /// A connection that was ordered is open. Who waits for it has it even where others starve: pools that take slots from each
    /// other before anybody was served would do nothing else.
    pub fn dialed(&mut self, index: PoolIndex, connection: C, worker: WorkerId, now: Instant, orders: &mut Orders<C, W>) {
        if let Some(pool) = self.pool(index) {
            pool.dialing -= 1;
            if let Some(waiter) = pool.next_waiter(worker) {
                pool.not_before = None;
                pool.failures = 0;
                orders.hand_over.push((waiter.tell, connection));
                return;
            }
        }
        self.release(index, connection, worker, now, orders);
    }

    /// A connection that was ordered couldn't be opened. Those who wait for nothing else any more are returned, to be told why.
    pub fn dial_failed(&mut self, index: PoolIndex, now: Instant, orders: &mut Orders<C, W>) -> Vec<W> {
        let mut in_vain = Vec::new();
        let patience = self.patience;
        if let Some(pool) = self.pool(index) {
            pool.dialing -= 1;
            pool.failures = pool.failures.saturating_add(1);
            pool.not_before = Some(now + back_off(pool.failures));
            if pool.open == pool.dialing + 1 && pool.dialing == 0 {
                in_vain.extend(pool.waiters.drain(..).map(|waiter| waiter.tell));
            }
            while let Some(waiter) = pool.waiters.pop_front_if(|waiter| now.saturating_duration_since(waiter.since) >= patience) {
                in_vain.push(waiter.tell);
            }
        }
        self.remove_slot(index);
        self.feed_starving(index, orders);
        in_vain
    }

    /// Takes idle connections that should close: those that `is_due` names, and beyond the minimum those idle for longer than `idle_timeout`.
    pub fn reap(
        &mut self,
        index: PoolIndex,
        now: Instant,
        idle_timeout: Duration,
        mut is_due: impl FnMut(&mut C) -> bool,
        orders: &mut Orders<C, W>,
    ) {
        let Some(pool) = self.pool(index) else { return };
        let mut spare = pool.open.saturating_sub(pool.limits.least);
        let mut kept = Vec::with_capacity(pool.idle.len());
        let mut gone = 0;
        for mut idle in pool.idle.drain(..) {
            let idle_too_long = spare > 0 && now.saturating_duration_since(idle.since) >= idle_timeout;
            if idle_too_long || is_due(&mut idle.connection) {
                spare = spare.saturating_sub(1);
                gone += 1;
                orders.close.push(idle.connection);
            } else {
                kept.push(idle);
            }
        }
        pool.idle = kept;
        for _ in 0..gone {
            self.closed(index, orders);
        }
        self.serve_waiters(index, now, orders);
    }

    /// Opens what waiters have waited for since opening failed, or since the limit was lower: nothing else may come to wake them.
    fn serve_waiters(&mut self, index: PoolIndex, now: Instant, orders: &mut Orders<C, W>) {
        if self.pool(index).is_none_or(|pool| pool.waiters.is_empty() || pool.not_before.is_some_and(|time| now < time)) {
            return;
        }
        let mut before = usize::MAX;
        while orders.dial.len() != before {
            before = orders.dial.len();
            self.open_for(index, orders);
        }
    }

    /// Takes all idle connections of a pool: its server or its login has changed.
    pub fn close_idle(&mut self, index: PoolIndex, orders: &mut Orders<C, W>) {
        let Some(pool) = self.pool(index) else { return };
        let idle: Vec<_> = pool.idle.drain(..).collect();
        for idle in idle {
            orders.close.push(idle.connection);
            self.closed(index, orders);
        }
    }
}

impl<C, W: Tell> Pool<C, W> {
    /// The most recently used idle connection: of the asker's own worker if it has any, of those one that suits if there is any.
    fn take_idle(&mut self, worker: WorkerId, suits: impl Fn(&C) -> bool) -> Option<C> {
        let own = self.idle.iter().rposition(|idle| idle.worker == worker && suits(&idle.connection));
        match own.or_else(|| self.idle.iter().rposition(|idle| idle.worker == worker)) {
            Some(place) => Some(self.idle.remove(place).connection),
            None => self.idle.pop().map(|idle| idle.connection),
        }
    }

    /// Who is next: in order of arrival, but a waiter of the connection's own worker may pass others within [`CROSS_WORKER_PATIENCE`].
    fn next_waiter(&mut self, worker: WorkerId) -> Option<Waiter<W>> {
        // A session that is canceled or leaves while it waits doesn't leave its place.
        while self.waiters.front()?.tell.is_gone() {
            self.waiters.pop_front();
        }
        let oldest = self.waiters.front()?.since;
        let place = self
            .waiters
            .iter()
            .take_while(|waiter| waiter.since.duration_since(oldest) <= CROSS_WORKER_PATIENCE)
            .position(|waiter| waiter.worker == worker && !waiter.tell.is_gone());
        self.waiters.remove(place.unwrap_or(0))
    }

    /// Removes waiters that are gone once they may be half of all.
    fn sweep(&mut self) {
        if self.waiters.len() >= self.sweep_at {
            self.waiters.retain(|waiter| !waiter.tell.is_gone());
            self.sweep_at = (self.waiters.len() * 2).max(SWEEP_FROM);
        }
    }
}

/// How long no connection is tried after so many failures in a row.
fn back_off(failures: u32) -> Duration {
    Duration::from_millis(50) * 2u32.pow(failures.saturating_sub(1).min(4))
}

#[cfg(test)]
mod tests;
