//! What there is to tell about pools and queues.

use std::time::{Duration, Instant};

use super::{AccountKey, PoolIndex, State, Ticket};

/// Figures of one pool.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PoolFigures {
    /// Open, being opened or being closed.
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

/// Figures of all pools of a server.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ServerFigures {
    /// Connections that are open, being opened or being closed.
    pub open: u32,
    /// Those in use.
    pub in_use: u32,
    /// Those not in use.
    pub idle: u32,
    /// As many as there may be.
    pub cap: u32,
    /// Pools.
    pub pools: u32,
    /// Pools that wait before they try again to open a connection, because that failed.
    pub resting: u32,
    /// Sessions that wait.
    pub waiting: u32,
    /// How long the first of them has waited.
    pub longest_wait: Duration,
}

/// A tenant's queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct QueueFigures {
    /// A waiter's place in it, from 1; 0: it doesn't wait.
    pub position: u32,
    /// Sessions that wait.
    pub waiting: u32,
    /// Connections that the tenant uses.
    pub in_use: u32,
    /// As many as it may use at once.
    pub limit: u32,
    /// Its server time is used up, and others want the server.
    pub over_budget: bool,
    /// The operator lets it have none for now.
    pub paused: bool,
    /// Since when the first one waits.
    pub oldest: Option<Instant>,
}

/// What a tenant has, and could use.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct AccountFigures {
    /// Connections that are the tenant's: those of its own pool, or those that it uses of a pool of many.
    pub held: u32,
    /// Connections that it uses or waits for.
    pub wanted: u32,
    /// Server time that it has used so far.
    pub spent: Duration,
    /// It waits for more server time.
    pub over_budget: bool,
}

impl<C, W> State<C, W> {
    /// Connections that the server has work for: those in use, those on their way, and those that somebody waits for.
    pub fn wanted(&self) -> u32 {
        (self.open - self.closing - self.idle).saturating_add(self.unmet)
    }

    /// What those who wait are told with, the oldest first, so many of them.
    pub fn oldest_waiters(&self, most: usize) -> impl Iterator<Item = &W> {
        self.waiters.by_age().take(most).map(|waiter| &waiter.tell)
    }

    /// A tenant's figures.
    pub fn account_figures(&self, key: AccountKey, now: Instant) -> AccountFigures {
        let Some(pool) = self.pools.get(key.pool.0).and_then(Option::as_ref) else { return AccountFigures::default() };
        let Some(account) = pool.accounts.get(key.number as usize).and_then(Option::as_ref) else { return AccountFigures::default() };
        AccountFigures {
            held: if pool.has_one_account() { pool.open } else { account.in_use },
            wanted: account.in_use + account.queue.length,
            spent: Duration::from_nanos(account.spent).saturating_add(account.running(now, self.epoch)),
            over_budget: account.asleep.is_some(),
        }
    }

    /// Figures of all pools.
    pub fn server_figures(&self, now: Instant) -> ServerFigures {
        let oldest = self.waiters.by_age().next();
        ServerFigures {
            open: self.open,
            in_use: self.in_use,
            idle: self.idle,
            cap: self.limits.cap,
            pools: self.pools.len().saturating_sub(self.free.len()) as u32,
            resting: self.resting.len() as u32,
            waiting: self.waiters.len(),
            longest_wait: oldest.map_or(Duration::ZERO, |waiter| now.saturating_duration_since(waiter.since)),
        }
    }

    /// Connections of all pools: open, being opened, being closed.
    pub fn open(&self) -> u32 {
        self.open
    }

    /// Connections in use.
    pub fn in_use(&self) -> u32 {
        self.in_use
    }

    /// Sessions that wait, of all tenants.
    pub fn waiting(&self) -> u32 {
        self.waiters.len()
    }

    /// How many connections may be in use at once; none: no limit beside the cap.
    pub fn at_once(&self) -> Option<u32> {
        (self.at_once < u32::MAX).then_some(self.at_once)
    }

    /// A pool's figures.
    pub fn figures(&self, index: PoolIndex) -> PoolFigures {
        let Some(pool) = self.pools.get(index.0).and_then(Option::as_ref) else { return PoolFigures::default() };
        PoolFigures {
            open: pool.open,
            idle: pool.idle.len() as u32,
            dialing: pool.dialing,
            waiting: pool.accounts.iter().flatten().map(|account| account.queue.length).sum(),
            most: pool.limits.most.min(self.limits.cap),
        }
    }

    /// A pool's idle connections, and since when they are.
    pub fn idle_of(&self, index: PoolIndex) -> impl Iterator<Item = (&C, Instant)> {
        let pool = self.pools.get(index.0).and_then(Option::as_ref);
        pool.into_iter().flat_map(|pool| pool.idle.iter().map(|idle| (&idle.connection, idle.since)))
    }

    /// Microseconds that a tenant used connections for since this was asked last, and the most at once; nothing of those who only listen.
    pub fn take_usage(&mut self, key: AccountKey, now: Instant) -> (u64, u32) {
        let epoch = self.epoch;
        self.account(key).filter(|account| !account.share.listens).map_or((0, 0), |account| account.take_usage(now, epoch))
    }

    /// A tenant's queue, and a waiter's place in it.
    pub fn queue(&self, key: AccountKey, ticket: Option<Ticket>) -> QueueFigures {
        let pool = self.pools.get(key.pool.0).and_then(Option::as_ref);
        let Some(account) = pool.and_then(|pool| pool.accounts.get(key.number as usize)).and_then(Option::as_ref) else {
            return QueueFigures::default();
        };
        let place = ticket.filter(|ticket| self.waiters.account_of(*ticket).is_some());
        QueueFigures {
            position: place.map_or(0, |ticket| self.waiters.position(ticket)),
            waiting: account.queue.length,
            in_use: account.in_use,
            limit: account.share.most,
            over_budget: account.asleep.is_some(),
            paused: account.paused,
            oldest: self.waiters.first_since(&account.queue),
        }
    }
}
