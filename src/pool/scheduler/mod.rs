//! Who gets which connection: the tenants and pools of one shard server, their slots and their waiters, without IO.
//!
//! One value under one short mutex. Each step returns [`Orders`], which the caller carries out after the mutex is free: connections to
//! hand over, to dial and to close. The time is an argument.
//!
//! Waiting tenants take turns by deficit round robin in server time used, weighted (`rounds`); a tenant below its guaranteed minimum
//! goes first. All pools live under one cap: what a tenant may have beyond what is free comes from the pools that hold most beyond their
//! share (`slots`). A slot is free when its connection is gone on the server, not when we wish it were.

mod account;
mod adaptive;
mod budget;
mod figures;
mod patience;
mod pools;
mod rounds;
mod slots;
mod waiters;

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use smallvec::SmallVec;

pub use account::{Share, Use};
pub use budget::BudgetRules;
pub use figures::{AccountFigures, PoolFigures, QueueFigures, ServerFigures};
pub use pools::PoolLimits;

use crate::ids::WorkerId;
use account::Account;
use adaptive::Adaptive;
use pools::{Idle, Pool};
use rounds::Rounds;
use waiters::{Waiter, Waiters};

/// Whoever has used a server within this time is still there.
const PRESENCE: Duration = Duration::from_secs(1);
/// What opening a connection is taken for before one was opened.
const DIAL_COST: Duration = Duration::from_millis(5);

/// A pool's place in its server's state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PoolIndex(pub usize);

/// A tenant's place in its pool.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AccountKey {
    /// The pool.
    pub pool: PoolIndex,
    /// The tenant's number in it.
    pub number: u32,
}

/// A waiter's place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ticket {
    seat: u32,
    generation: u32,
}

/// How many connections a server works on at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Concurrency {
    /// As many as there are.
    #[default]
    Unlimited,
    /// So many.
    Fixed(u32),
    /// As many as don't make everything slower.
    Adaptive,
}

/// What a shard server may be used for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ServerLimits {
    /// Connections at most, of all pools.
    pub cap: u32,
    /// So many of them only for those who have waited for long.
    pub reserve: u32,
    /// For how long.
    pub reserve_timeout: Duration,
    /// How many of them work at once.
    pub concurrency: Concurrency,
}

impl ServerLimits {
    /// A cap and nothing else.
    pub fn cap(cap: u32) -> Self {
        ServerLimits { cap, reserve: 0, reserve_timeout: Duration::from_secs(5), concurrency: Concurrency::Unlimited }
    }
}

/// What the caller must do, without the mutex.
#[derive(Debug)]
pub struct Orders<C, W> {
    /// Hand these over.
    pub hand_over: SmallVec<[(W, C, Use); 1]>,
    /// Open a connection for each of these pools, then call [`State::dialed`] or [`State::dial_failed`].
    pub dial: SmallVec<[PoolIndex; 1]>,
    /// Close these, and call [`State::closed`] for each when the server has let go of it.
    pub close: SmallVec<[(PoolIndex, C); 1]>,
    /// Tell these that none has come free in time: how long they have waited, and what their queue was like.
    pub expired: Vec<(W, Duration, QueueFigures)>,
    /// Call [`State::wake`] then.
    pub wake: Option<Instant>,
}

impl<C, W> Default for Orders<C, W> {
    fn default() -> Self {
        Orders { hand_over: SmallVec::new(), dial: SmallVec::new(), close: SmallVec::new(), expired: Vec::new(), wake: None }
    }
}

impl<C, W> Orders<C, W> {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.hand_over.is_empty() && self.dial.is_empty() && self.close.is_empty() && self.expired.is_empty() && self.wake.is_none()
    }
}

/// What asking for a connection came to.
#[derive(Debug)]
pub enum Answer<C> {
    /// Here it is.
    Ready(C, Use),
    /// It will be handed over, unless that takes longer than the plan lets a session wait: see [`Orders::expired`].
    Wait(Ticket),
    /// Connections can't be opened at present, and none is there to wait for.
    Down,
}

/// All pools of one shard server.
#[derive(Debug)]
pub struct State<C, W> {
    epoch: Instant,
    limits: ServerLimits,
    /// Whoever has waited for so long when a connection can't be opened doesn't wait for those in use any more.
    patience: Duration,
    /// How long others wait, where their plan doesn't say.
    max_wait: Duration,
    /// Before then, nobody has waited for too long.
    patient_until: Option<Instant>,
    /// Connections of all pools, those that are being opened or closed counted in.
    open: u32,
    closing: u32,
    idle: u32,
    in_use: u32,
    /// So many may be in use at once.
    at_once: u32,
    adaptive: Option<Adaptive>,
    /// Virtual time: nobody who waits has used less.
    clock: u64,
    pools: Vec<Option<Pool<C>>>,
    free: Vec<usize>,
    /// Pools with connections: at most as many as the cap.
    active: Vec<PoolIndex>,
    /// Pools in which no connection could be opened.
    resting: Vec<PoolIndex>,
    /// Pools that want more connections than are on their way, by turn.
    hungry: Rounds,
    /// How many they want.
    unmet: u32,
    waiters: Waiters<W>,
    /// Accounts that use or want something.
    present: u32,
    /// Accounts with a budget of server time.
    budgets: u32,
    /// The last two accounts that have used something, where there are budgets.
    recent: [Option<(AccountKey, Instant)>; 2],
    asleep: BTreeSet<(Instant, AccountKey)>,
    /// What opening a connection takes, in nanoseconds.
    dial_cost: u64,
    alarm: Option<Instant>,
}

impl<C, W> State<C, W> {
    /// No pool yet. `patience`: waiters give up after so long where connections can't be opened, and after `max_wait` in any case, unless
    /// their plan says otherwise.
    pub fn new(limits: ServerLimits, (patience, max_wait): (Duration, Duration), now: Instant) -> Self {
        let mut state = State {
            epoch: now,
            limits,
            patience,
            max_wait,
            patient_until: None,
            open: 0,
            closing: 0,
            idle: 0,
            in_use: 0,
            at_once: u32::MAX,
            adaptive: None,
            clock: 0,
            pools: Vec::new(),
            free: Vec::new(),
            active: Vec::new(),
            resting: Vec::new(),
            hungry: Rounds::new(),
            unmet: 0,
            waiters: Waiters::new(),
            present: 0,
            budgets: 0,
            recent: [None; 2],
            asleep: BTreeSet::new(),
            dial_cost: u64::try_from(DIAL_COST.as_nanos()).unwrap_or(0),
            alarm: None,
        };
        state.take_limits(limits);
        state
    }

    fn take_limits(&mut self, limits: ServerLimits) {
        match (limits.concurrency, &mut self.adaptive) {
            (Concurrency::Adaptive, Some(adaptive)) => adaptive.set_most(limits.cap),
            (Concurrency::Adaptive, none) => *none = Some(Adaptive::new(limits.cap)),
            (_, any) => *any = None,
        }
        self.at_once = match limits.concurrency {
            Concurrency::Unlimited => u32::MAX,
            Concurrency::Fixed(at_once) => at_once.max(1),
            Concurrency::Adaptive => self.adaptive.as_ref().map_or(u32::MAX, Adaptive::limit),
        };
        self.limits = limits;
    }

    /// Takes other limits; what is open beyond them closes as it comes back.
    pub fn set_limits(&mut self, limits: ServerLimits, now: Instant, orders: &mut Orders<C, W>) {
        if limits != self.limits {
            self.take_limits(limits);
            self.close_beyond_cap(orders);
            self.serve(now, orders);
        }
    }

    /// Adds a pool.
    pub fn add_pool(&mut self, limits: PoolLimits) -> PoolIndex {
        let pool = Some(Pool::new(limits));
        match self.free.pop() {
            Some(index) => {
                self.pools[index] = pool;
                PoolIndex(index)
            }
            None => {
                self.pools.push(pool);
                PoolIndex(self.pools.len() - 1)
            }
        }
    }

    /// Changes a pool's limits.
    pub fn set_pool_limits(&mut self, index: PoolIndex, limits: PoolLimits, now: Instant, orders: &mut Orders<C, W>) {
        if let Some(pool) = self.pool(index) {
            pool.limits = limits;
            self.close_beyond_most(index, orders);
            self.refresh_pool(index);
            self.serve(now, orders);
        }
    }

    /// Changes how many connections stay open.
    pub fn set_least(&mut self, index: PoolIndex, least: u32) {
        if let Some(pool) = self.pool(index) {
            pool.limits.least = least;
        }
    }

    /// Removes a pool that has no connections and no accounts; `false` where it has.
    pub fn remove_pool(&mut self, index: PoolIndex) -> bool {
        match self.pools.get_mut(index.0) {
            Some(slot @ Some(_)) if slot.as_ref().is_some_and(|pool| pool.open == 0 && pool.accounts.iter().all(Option::is_none)) => {
                *slot = None;
                self.free.push(index.0);
                self.hungry.remove(index.0 as u32);
                true
            }
            _ => false,
        }
    }

    /// Adds a tenant to a pool.
    pub fn add_account(&mut self, pool: PoolIndex, share: Share, now: Instant) -> AccountKey {
        self.budgets += u32::from(share.budget.is_some());
        let account = Account::new(share, now);
        let number = self.pool(pool).map_or(0, |pool| pool.add(account));
        AccountKey { pool, number }
    }

    /// Changes what a tenant may use.
    pub fn set_share(&mut self, key: AccountKey, share: Share, now: Instant, orders: &mut Orders<C, W>) {
        let epoch = self.epoch;
        let Some(pool) = self.pool(key.pool) else { return };
        let Some(account) = pool.account(key.number) else { return };
        let (before, had) = (account.weight(), account.budget.is_some());
        account.change(share, now, epoch);
        let (after, present) = (account.weight(), account.present);
        if present {
            pool.weight = (pool.weight + after).saturating_sub(before);
        }
        self.budgets = self.budgets + u32::from(share.budget.is_some()) - u32::from(had);
        self.refresh(key, now, orders);
        self.serve(now, orders);
    }

    /// Forgets a tenant that neither uses nor wants nor owes anything; `false` where it does.
    pub fn remove_account(&mut self, key: AccountKey, now: Instant) -> bool {
        let clock = self.clock;
        let Some(pool) = self.pool(key.pool) else { return true };
        let Some(account) = pool.account(key.number) else { return true };
        if !account.is_settled(clock, now) {
            return false;
        }
        let budget = account.budget.is_some();
        pool.forget(key.number);
        self.budgets -= u32::from(budget);
        true
    }

    fn pool(&mut self, index: PoolIndex) -> Option<&mut Pool<C>> {
        self.pools.get_mut(index.0)?.as_mut()
    }

    fn account(&mut self, key: AccountKey) -> Option<&mut Account> {
        self.pool(key.pool)?.account(key.number)
    }

    /// Asks for a connection, of those that are idle one that `suits` if there is any. `tell` is asked only where the asker must wait.
    pub fn acquire(
        &mut self,
        key: AccountKey,
        worker: WorkerId,
        suits: impl Fn(&C) -> bool,
        now: Instant,
        tell: impl FnOnce() -> W,
        orders: &mut Orders<C, W>,
    ) -> Answer<C> {
        let may = self.in_use < self.at_once && (self.budgets == 0 || self.within_budget(key, now));
        let Some(pool) = self.pool(key.pool) else { return Answer::Down };
        let Some(account) = pool.account(key.number) else { return Answer::Down };
        if may
            && !account.paused
            && account.queue.length == 0
            && account.has_room()
            && let Some(Idle { connection, since, .. }) = pool.take_idle(worker, suits)
        {
            self.idle -= 1;
            if self.hungry.len() > 0 {
                self.charge_for_slot(key, since, now);
            }
            let used = self.begin(key, now);
            return Answer::Ready(connection, used);
        }
        if pool.resting.is_some_and(|until| now >= until) {
            pool.resting = None;
        }
        if pool.resting.is_some() && pool.open == pool.dialing + pool.closing {
            return Answer::Down;
        }
        let max_wait = self.max_wait;
        let Some(account) = self.pools.get_mut(key.pool.0).and_then(Option::as_mut).and_then(|pool| pool.account(key.number)) else {
            return Answer::Down;
        };
        let until = patience::end_of(account.share.max_wait.unwrap_or(max_wait), now);
        let ticket = self.waiters.push(&mut account.queue, Waiter { tell: tell(), worker, since: now, until, account: key });
        self.note_presence(key);
        self.be_patient(until, orders);
        self.refresh(key, now, orders);
        self.serve(now, orders);
        Answer::Wait(ticket)
    }

    /// A tenant gets no connection any more, or gets them again. What it has in use it keeps until it comes back.
    pub fn set_paused(&mut self, key: AccountKey, paused: bool, now: Instant, orders: &mut Orders<C, W>) {
        if let Some(account) = self.account(key).filter(|account| account.paused != paused) {
            account.paused = paused;
            self.refresh(key, now, orders);
            self.serve(now, orders);
        }
    }

    /// A waiter goes; `false` where it has got its connection in the meantime.
    pub fn cancel(&mut self, ticket: Ticket, now: Instant, orders: &mut Orders<C, W>) -> bool {
        let Some(key) = self.waiters.account_of(ticket) else { return false };
        let Some(account) = self.pools.get_mut(key.pool.0).and_then(Option::as_mut).and_then(|pool| pool.account(key.number)) else {
            return false;
        };
        self.waiters.cancel(&mut account.queue, ticket);
        self.note_presence(key);
        self.refresh(key, now, orders);
        self.serve(now, orders);
        true
    }

    /// A connection comes back in good order.
    pub fn release(&mut self, key: AccountKey, used: Use, connection: C, worker: WorkerId, now: Instant, orders: &mut Orders<C, W>) {
        self.end(key, used, now);
        let ordinary = self.ordinary();
        let (open, waiting) = (self.open, self.waiters.len());
        let Some(pool) = self.pool(key.pool) else {
            orders.close.push((key.pool, connection));
            return;
        };
        pool.works();
        if waiting == 0 && open <= ordinary && pool.open <= pool.limits.most {
            pool.idle.push(Idle { connection, worker, since: now });
            self.idle += 1;
            return;
        }
        self.refresh(key, now, orders);
        self.place(key, connection, worker, now, orders);
        self.serve(now, orders);
    }

    /// A connection that was in use is in doubt: the caller closes it, then calls [`State::closed`].
    pub fn discard(&mut self, key: AccountKey, used: Use, now: Instant, orders: &mut Orders<C, W>) {
        self.end(key, used, now);
        self.closing += 1;
        if let Some(pool) = self.pool(key.pool) {
            pool.closing += 1;
        }
        self.refresh(key, now, orders);
        self.serve(now, orders);
    }

    /// The server has let go of a connection.
    pub fn closed(&mut self, index: PoolIndex, now: Instant, orders: &mut Orders<C, W>) {
        self.closing -= 1;
        if let Some(pool) = self.pool(index) {
            pool.closing -= 1;
        }
        self.remove_slot(index);
        self.refresh_pool(index);
        self.serve(now, orders);
    }

    /// A connection that was ordered is open. Who waits for it has it even where others wait for slots: pools that take slots from each
    /// other before anybody was served would do nothing else.
    pub fn dialed(&mut self, index: PoolIndex, connection: C, worker: WorkerId, took: Duration, now: Instant, orders: &mut Orders<C, W>) {
        let took = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.dial_cost = self.dial_cost - self.dial_cost / 8 + took / 8;
        let (open, ordinary) = (self.open, self.ordinary());
        let Some(pool) = self.pool(index) else {
            orders.close.push((index, connection));
            return;
        };
        pool.works();
        let beyond = open > ordinary || pool.open > pool.limits.most;
        self.dial_is_over(index, now, orders);
        if let Some(connection) = self.hand_over(index, connection, worker, now, orders) {
            if beyond {
                self.close(index, connection, orders);
            } else {
                self.keep(index, connection, worker, now);
            }
        }
        self.serve(now, orders);
    }

    /// A connection that was ordered couldn't be opened. Those who wait for nothing else any more are returned, to be told why.
    pub fn dial_failed(&mut self, index: PoolIndex, now: Instant, orders: &mut Orders<C, W>) -> Vec<W> {
        let mut in_vain = Vec::new();
        self.remove_slot(index);
        self.dial_is_over(index, now, orders);
        let patience = self.patience;
        let (mut changed, mut rests_until) = (Vec::new(), None);
        if let Some(pool) = self.pools.get_mut(index.0).and_then(Option::as_mut) {
            pool.failed(now);
            rests_until = pool.resting;
            let hopeless = pool.open == pool.closing;
            for (number, account) in pool.accounts.iter_mut().enumerate() {
                let Some(account) = account.as_mut().filter(|account| account.queue.length > 0) else { continue };
                let is_too_old = |since| hopeless || now.saturating_duration_since(since) >= patience;
                let before = in_vain.len();
                while let Some(waiter) = self.waiters.pop_older(&mut account.queue, is_too_old) {
                    in_vain.push(waiter.tell);
                }
                if in_vain.len() > before {
                    changed.push(AccountKey { pool: index, number: number as u32 });
                }
            }
        }
        for key in changed {
            self.note_presence(key);
            self.refresh(key, now, orders);
        }
        if let Some(until) = rests_until {
            if !self.resting.contains(&index) {
                self.resting.push(index);
            }
            self.arm(until, orders);
        }
        self.refresh_pool(index);
        self.serve(now, orders);
        in_vain
    }

    /// Closes idle connections that should: those that `is_due` names, and beyond the minimum those idle for longer than `idle_timeout`.
    pub fn reap(
        &mut self,
        index: PoolIndex,
        now: Instant,
        idle_timeout: Duration,
        mut is_due: impl FnMut(&mut C) -> bool,
        orders: &mut Orders<C, W>,
    ) {
        let Some(pool) = self.pool(index) else { return };
        let mut spare = (pool.open - pool.closing).saturating_sub(pool.limits.least);
        let mut kept = Vec::with_capacity(pool.idle.len());
        let mut gone: SmallVec<[C; 4]> = SmallVec::new();
        for mut idle in pool.idle.drain(..) {
            let idle_too_long = spare > 0 && now.saturating_duration_since(idle.since) >= idle_timeout;
            if idle_too_long || is_due(&mut idle.connection) {
                spare = spare.saturating_sub(1);
                gone.push(idle.connection);
            } else {
                kept.push(idle);
            }
        }
        pool.idle = kept;
        if pool.resting.is_some_and(|until| now >= until) {
            pool.resting = None;
        }
        self.idle -= gone.len() as u32;
        for connection in gone {
            self.close(index, connection, orders);
        }
        self.refresh_pool(index);
        self.serve(now, orders);
    }

    /// The server is there again: connections may be opened at once, however often that has failed.
    pub fn revive(&mut self, now: Instant, orders: &mut Orders<C, W>) {
        for index in std::mem::take(&mut self.resting) {
            if let Some(pool) = self.pool(index) {
                pool.works();
            }
            self.refresh_pool(index);
        }
        self.serve(now, orders);
    }

    /// The time has come that [`Orders::wake`] told.
    pub fn wake(&mut self, now: Instant, orders: &mut Orders<C, W>) {
        if self.alarm.is_some_and(|alarm| alarm <= now) {
            self.alarm = None;
        }
        self.turn_away(now, orders);
        while let Some((until, key)) = self.asleep.first().copied().filter(|(until, _)| *until <= now) {
            self.asleep.remove(&(until, key));
            if let Some(account) = self.account(key) {
                account.asleep = None;
            }
            self.refresh(key, now, orders);
        }
        if let Some((until, _)) = self.asleep.first().copied() {
            self.arm(until, orders);
        }
        for index in std::mem::take(&mut self.resting) {
            match self.pool(index).and_then(|pool| pool.resting) {
                Some(until) if until > now => {
                    self.resting.push(index);
                    self.arm(until, orders);
                }
                _ => {
                    if let Some(pool) = self.pool(index) {
                        pool.resting = None;
                    }
                    self.refresh_pool(index);
                }
            }
        }
        self.serve(now, orders);
    }

    fn arm(&mut self, at: Instant, orders: &mut Orders<C, W>) {
        if self.alarm.is_none_or(|alarm| at < alarm) {
            self.alarm = Some(at);
            orders.wake = Some(at);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod model;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod simulation;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
