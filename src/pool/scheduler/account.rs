//! One tenant's account with a shard server: what it may use, what it uses, what it has used.

use std::time::{Duration, Instant};

use super::{
    budget::{Budget, BudgetRules},
    rounds::Turn,
    waiters::Queue,
};

/// What a use is taken for before one was seen.
const UNKNOWN: u64 = 1_000_000;
/// Virtual time that a tenant may be behind the others when it comes back.
const CREDIT: u64 = 16_000_000;
/// A use is charged with so much at most before it is over.
const MOST_AHEAD: u64 = 1_000_000_000;
/// A tenant that comes back within this time still owes what it owed.
const MEMORY: Duration = Duration::from_secs(60);

/// What a tenant may use of a shard server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Share {
    /// Its part of a busy server, beside others' weights.
    pub weight: u32,
    /// Connections that it gets before others get more.
    pub least: u32,
    /// Connections that it may use at once.
    pub most: u32,
    /// Server time per second.
    pub budget: Option<BudgetRules>,
    /// How long its sessions wait, where its plan says.
    pub max_wait: Option<Duration>,
    /// It only listens on its connections: that is no work for the server.
    pub listens: bool,
}

/// A connection in use: what to give back with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Use {
    /// Since when.
    pub since: Instant,
    /// Virtual time that the tenant was charged with in advance.
    prepaid: u64,
}

impl Use {
    /// Of nobody.
    pub(super) fn nothing(now: Instant) -> Self {
        Use { since: now, prepaid: 0 }
    }
}

#[derive(Debug)]
pub(super) struct Account {
    pub(super) share: Share,
    pub(super) queue: Queue,
    pub(super) in_use: u32,
    /// Connections that it could use at once if there were any.
    pub(super) demand: u32,
    /// What it has used: server time over weight. Whoever has used least is next.
    pub(super) tag: u64,
    /// What one use of it usually takes, as virtual time.
    usual: u64,
    /// What one use takes with room to spare, in nanoseconds.
    unhurried: u64,
    pub(super) budget: Option<Budget>,
    /// When its connections in use were taken, summed up, since the scheduler began.
    started: Duration,
    /// It has used up its budget and others are there.
    pub(super) asleep: Option<Instant>,
    /// The operator lets it have none for now.
    pub(super) paused: bool,
    /// Where it is filed among its pool's accounts.
    pub(super) filed: Option<Turn>,
    /// Counted among those that use or want something.
    pub(super) present: bool,
    /// Server time of uses that are over, in nanoseconds.
    pub(super) spent: u64,
    last: Option<Instant>,
    usage: Usage,
}

/// What the account was used for, to be told from time to time.
#[derive(Debug, Default)]
struct Usage {
    /// Nanoseconds of uses that are over.
    taken: u64,
    /// When those under way were begun, summed up, in nanoseconds since the scheduler began; it may wrap.
    begun: u64,
    /// Microseconds that were told.
    told: u64,
    /// The most connections at once since then.
    most: u32,
}

impl Account {
    pub(super) fn new(share: Share, now: Instant) -> Self {
        Account {
            share,
            queue: Queue::default(),
            in_use: 0,
            demand: 0,
            tag: 0,
            usual: UNKNOWN / u64::from(share.weight.max(1)),
            unhurried: 0,
            budget: share.budget.map(|rules| Budget::new(rules, now)),
            started: Duration::ZERO,
            asleep: None,
            paused: false,
            filed: None,
            present: false,
            spent: 0,
            last: None,
            usage: Usage::default(),
        }
    }

    pub(super) fn weight(&self) -> u64 {
        u64::from(self.share.weight.max(1))
    }

    pub(super) fn has_room(&self) -> bool {
        self.in_use < self.share.most
    }

    /// When it is its turn, with so many connections being opened for it alone.
    pub(super) fn turn(&self, dialing: u32) -> Turn {
        if self.in_use + dialing < self.share.least { Turn::Urgent } else { Turn::At(self.tag) }
    }

    /// What a tenant didn't use while it wanted nothing is gone, but for a little: its clients take a moment to ask again.
    pub(super) fn catch_up(&mut self, clock: u64) {
        self.tag = self.tag.max(clock.saturating_sub(CREDIT));
    }

    /// Begins a use.
    pub(super) fn begin(&mut self, now: Instant, epoch: Instant) -> Use {
        self.tag = self.tag.saturating_add(self.usual);
        self.in_use += 1;
        self.usage.most = self.usage.most.max(self.in_use);
        self.usage.begun = self.usage.begun.wrapping_add(nanos(now.saturating_duration_since(epoch)));
        if self.budget.is_some() {
            self.started += now.saturating_duration_since(epoch);
        }
        Use { since: now, prepaid: self.usual }
    }

    /// Ends a use: what was charged in advance is replaced by what it took, in nanoseconds.
    pub(super) fn end(&mut self, used: Use, contended: bool, now: Instant, epoch: Instant) -> u64 {
        let taken = now.saturating_duration_since(used.since);
        let nanos = nanos(taken);
        self.spent = self.spent.saturating_add(nanos);
        let cost = if self.share.weight <= 1 { nanos } else { nanos / self.weight() };
        self.tag = self.tag.saturating_sub(used.prepaid).saturating_add(cost);
        self.usual = (self.usual - self.usual / 8 + cost / 8).min(MOST_AHEAD);
        self.in_use = self.in_use.saturating_sub(1);
        self.usage.taken += nanos;
        self.usage.begun = self.usage.begun.wrapping_sub(self::nanos(used.since.saturating_duration_since(epoch)));
        if let Some(budget) = &mut self.budget {
            budget.spend(taken, contended, now);
            self.started = self.started.saturating_sub(used.since.saturating_duration_since(epoch));
        }
        self.last = Some(now);
        nanos
    }

    /// Microseconds that it was used for since this was asked last, uses under way counted up to now, and the most connections at once.
    pub(super) fn take_usage(&mut self, now: Instant, epoch: Instant) -> (u64, u32) {
        let running = nanos(now.saturating_duration_since(epoch)).wrapping_mul(u64::from(self.in_use)).wrapping_sub(self.usage.begun);
        let micros = self.usage.taken.wrapping_add(running) / 1000;
        // Looks at the clock by several threads may come in another order than their turns here.
        let fresh = micros.saturating_sub(self.usage.told);
        self.usage.told += fresh;
        (fresh, std::mem::replace(&mut self.usage.most, self.in_use))
    }

    /// What a use took beside what it takes with room to spare: that follows quickly downwards and slowly upwards.
    pub(super) fn unhurried(&mut self, nanos: u64) -> Duration {
        self.unhurried = match self.unhurried {
            0 => nanos,
            usual if nanos < usual => usual - (usual - nanos) / 4,
            usual => usual + (nanos - usual) / 1024,
        };
        Duration::from_nanos(self.unhurried)
    }

    /// Pays for a connection that is being opened, as virtual time.
    pub(super) fn pay(&mut self, cost: u64) -> u64 {
        let charge = cost / self.weight();
        self.tag = self.tag.saturating_add(charge);
        charge
    }

    /// Server time of uses that aren't over, where there is a budget.
    pub(super) fn running(&self, now: Instant, epoch: Instant) -> Duration {
        if self.budget.is_none() {
            return Duration::ZERO;
        }
        (now.saturating_duration_since(epoch) * self.in_use).saturating_sub(self.started)
    }

    /// How long until its budget lets it go on; none: it does.
    pub(super) fn overdrawn(&mut self, now: Instant, epoch: Instant) -> Option<Duration> {
        let running = self.running(now, epoch);
        self.budget.as_mut()?.overdrawn(running, now)
    }

    /// Takes other limits.
    pub(super) fn change(&mut self, share: Share, now: Instant, epoch: Instant) {
        self.share = share;
        self.budget = match (self.budget.take(), share.budget) {
            (_, None) => None,
            (Some(mut budget), Some(rules)) => {
                budget.change(rules, now);
                Some(budget)
            }
            (None, Some(rules)) => {
                // Uses that are under way count from now on.
                self.started = now.saturating_duration_since(epoch) * self.in_use;
                Some(Budget::new(rules, now))
            }
        };
    }

    /// Whether nothing would change if it were forgotten: who owes something can't get rid of it by leaving.
    pub(super) fn is_settled(&mut self, clock: u64, now: Instant) -> bool {
        let owed = Duration::from_nanos(self.tag.saturating_sub(clock)).min(MEMORY);
        let rested = self.last.is_none_or(|last| now.saturating_duration_since(last) >= owed);
        self.in_use == 0 && self.queue.length == 0 && rested && self.budget.as_mut().is_none_or(|budget| budget.is_full(now))
    }
}

pub(super) fn nanos(time: Duration) -> u64 {
    time.as_secs().saturating_mul(1_000_000_000).saturating_add(u64::from(time.subsec_nanos()))
}
