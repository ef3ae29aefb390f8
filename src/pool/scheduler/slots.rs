//! Where slots go: to whom a connection that is free, who gets another one, and whose closes for it.

use std::time::{Duration, Instant};

use super::{
    AccountKey, Orders, PRESENCE, PoolIndex, State, Use,
    account::nanos,
    pools::Idle,
    rounds::{Turn, round_of},
};
use crate::ids::WorkerId;

/// A pool keeps its connections for a turn of so many times what opening one takes, where others wait for their slots.
const DIALS_PER_TURN: u64 = 16;
/// The same, where many wait.
const DIALS_PER_SHORT_TURN: u64 = 4;
/// All should have had a turn within this time.
const ROTATION: u64 = 5_000_000_000;
/// The longest turn.
const LONGEST_TURN: u64 = 250_000_000;
/// An idle connection stays with its pool for so long although others wait, because its client is about to ask for it again.
const SHORTEST_LINGER: u64 = 1_000_000;
/// See [`SHORTEST_LINGER`]: as long as opening another one takes, within these bounds.
const LONGEST_LINGER: u64 = 20_000_000;

impl<C, W> State<C, W> {
    /// Begins a use.
    pub(super) fn begin(&mut self, key: AccountKey, now: Instant) -> Use {
        let next = if self.hungry.len() == 0 { None } else { self.hungry.first().map(|(_, turn)| turn) };
        let Some(pool) = self.pools.get_mut(key.pool.0).and_then(Option::as_mut) else { return Use::nothing(now) };
        let Some(account) = pool.accounts.get_mut(key.number as usize).and_then(Option::as_mut) else { return Use::nothing(now) };
        if account.filed.is_none() {
            account.catch_up(self.clock);
        }
        let tag = account.tag;
        let used = account.begin(now, self.epoch);
        if !account.share.listens {
            self.in_use += 1;
            if !account.present {
                account.present = true;
                self.present += 1;
                pool.weight += account.weight();
            }
        }
        // Time goes on with those who are served, but nobody who waits is left behind.
        match next {
            None => self.clock = self.clock.max(round_of(tag)),
            Some(Turn::At(next)) => self.clock = self.clock.max(round_of(tag.min(next))),
            Some(Turn::Urgent) => {}
        }
        if self.budgets > 0 {
            self.note_recent(key, now);
        }
        used
    }

    /// A connection of a tenant's own pool was idle while others waited for its slot: that is its tenant's time, too.
    pub(super) fn charge_for_slot(&mut self, key: AccountKey, since: Instant, now: Instant) {
        if let Some(pool) = self.pool(key.pool).filter(|pool| pool.has_one_account())
            && let Some(account) = pool.account(key.number)
        {
            account.pay(nanos(now.saturating_duration_since(since)));
        }
    }

    /// Ends a use.
    pub(super) fn end(&mut self, key: AccountKey, used: Use, now: Instant) {
        let contended = self.budgets > 0 && self.is_contended(key, now);
        let Some(pool) = self.pools.get_mut(key.pool.0).and_then(Option::as_mut) else { return };
        let Some(account) = pool.accounts.get_mut(key.number as usize).and_then(Option::as_mut) else { return };
        let taken = account.end(used, contended, now, self.epoch);
        if account.share.listens {
            return;
        }
        if let Some(adaptive) = &mut self.adaptive {
            adaptive.sample(now, Duration::from_nanos(taken), account.unhurried(taken), self.in_use);
            self.at_once = adaptive.limit();
        }
        self.in_use -= 1;
        if account.in_use + account.queue.length == 0 {
            account.present = false;
            self.present -= 1;
            pool.weight = pool.weight.saturating_sub(account.weight());
        }
    }

    /// Counts an account among those that use or want something, or out.
    pub(super) fn note_presence(&mut self, key: AccountKey) {
        let Some(pool) = self.pools.get_mut(key.pool.0).and_then(Option::as_mut) else { return };
        let Some(account) = pool.accounts.get_mut(key.number as usize).and_then(Option::as_mut) else { return };
        let present = !account.share.listens && account.in_use + account.queue.length > 0;
        if present != account.present {
            account.present = present;
            let weight = account.weight();
            match present {
                true => (self.present, pool.weight) = (self.present + 1, pool.weight + weight),
                false => (self.present, pool.weight) = (self.present - 1, pool.weight.saturating_sub(weight)),
            }
        }
    }

    fn note_recent(&mut self, key: AccountKey, now: Instant) {
        if self.recent[0].is_none_or(|(last, _)| last != key) {
            self.recent[1] = self.recent[0];
        }
        self.recent[0] = Some((key, now));
    }

    /// Whether others use the server, or have just now.
    fn is_contended(&mut self, key: AccountKey, now: Instant) -> bool {
        let present = self.account(key).is_some_and(|account| account.present);
        let others = self.recent.iter().flatten().any(|(other, at)| *other != key && now.saturating_duration_since(*at) < PRESENCE);
        others || self.present > u32::from(present)
    }

    /// Whether an account's server time lets it go on. Beyond its budget it has only what nobody else wants.
    pub(super) fn within_budget(&mut self, key: AccountKey, now: Instant) -> bool {
        let epoch = self.epoch;
        self.account(key).is_none_or(|account| account.overdrawn(now, epoch).is_none()) || !self.is_contended(key, now)
    }

    /// Files an account anew after anything about it has changed.
    pub(super) fn refresh(&mut self, key: AccountKey, now: Instant, orders: &mut Orders<C, W>) {
        let (clock, epoch) = (self.clock, self.epoch);
        if self.budgets > 0 || !self.asleep.is_empty() {
            self.look_at_budget(key, now, epoch, orders);
        }
        let Some(pool) = self.pools.get_mut(key.pool.0).and_then(Option::as_mut) else { return };
        let dialing = pool.dialing_for_one();
        let Some(account) = pool.accounts.get_mut(key.number as usize).and_then(Option::as_mut) else { return };
        let room = account.share.most.saturating_sub(account.in_use);
        let demand = if account.asleep.is_some() || account.paused { 0 } else { account.queue.length.min(room) };
        if account.filed.is_none() {
            account.catch_up(clock);
        }
        let filed = (demand > 0).then(|| account.turn(dialing));
        pool.demand = pool.demand + demand - account.demand;
        account.demand = demand;
        if filed != account.filed {
            account.filed = filed;
            pool.file(key.number, filed);
        }
        self.refresh_pool(key.pool);
    }

    fn look_at_budget(&mut self, key: AccountKey, now: Instant, epoch: Instant, orders: &mut Orders<C, W>) {
        let Some(account) = self.account(key) else { return };
        let before = account.asleep.take();
        let wait = if account.queue.length > 0 { account.overdrawn(now, epoch) } else { None };
        if let Some(before) = before {
            self.asleep.remove(&(before, key));
        }
        if let Some(wait) = wait
            && self.is_contended(key, now)
        {
            // Others may be gone before the budget is full.
            let until = now + wait.min(PRESENCE);
            self.asleep.insert((until, key));
            if let Some(account) = self.account(key) {
                account.asleep = Some(until);
            }
            self.arm(until, orders);
        }
    }

    /// Files a pool anew.
    pub(super) fn refresh_pool(&mut self, index: PoolIndex) {
        let turn = self.turn_length();
        let Some(pool) = self.pools.get_mut(index.0).and_then(Option::as_mut) else { return };
        let can = pool.resting.is_none() && (!pool.idle.is_empty() || pool.open < pool.limits.most);
        let unmet = if can { pool.demand.saturating_sub(pool.dialing) } else { 0 };
        self.unmet = self.unmet + unmet - pool.unmet;
        pool.unmet = unmet;
        let wants = unmet > 0 || pool.demand > 0 && !pool.idle.is_empty();
        let filed = if wants { pool.claim(turn) } else { None };
        if filed == pool.filed {
            return;
        }
        pool.filed = filed;
        match filed {
            Some(turn) => self.hungry.insert(index.0 as u32, turn),
            None => drop(self.hungry.remove(index.0 as u32)),
        }
    }

    /// Connections that anybody may have; those beyond are the reserve.
    pub(super) fn ordinary(&self) -> u32 {
        self.limits.cap.saturating_sub(self.limits.reserve)
    }

    /// Serves whoever can be, in the order of their turns.
    pub(super) fn serve(&mut self, now: Instant, orders: &mut Orders<C, W>) {
        while self.waiters.len() > 0 && self.in_use < self.at_once {
            let Some((index, _)) = self.hungry.first() else { return };
            let index = PoolIndex(index as usize);
            if let Some(Idle { connection, worker, since }) = self.pool(index).and_then(|pool| pool.idle.pop()) {
                self.idle -= 1;
                if let Some(connection) = self.hand_over(index, connection, worker, now, orders) {
                    self.keep(index, connection, worker, since);
                    return;
                }
            } else if self.open < self.ordinary() {
                self.order_dial(index, now, orders);
            } else if !self.serve_overdue(now, orders) && !self.reclaim_for(index, now, orders) {
                // Whoever is next needs a slot, and there is none: others may have what they need.
                let Some(index) = self.idle_and_wanted() else { return };
                let Some(Idle { connection, worker, since }) = self.pool(index).and_then(|pool| pool.idle.pop()) else { return };
                self.idle -= 1;
                if let Some(connection) = self.hand_over(index, connection, worker, now, orders) {
                    self.keep(index, connection, worker, since);
                    return;
                }
            }
        }
    }

    /// Of the pools with idle connections that somebody waits for, the one whose turn it is.
    fn idle_and_wanted(&self) -> Option<PoolIndex> {
        if self.idle == 0 {
            return None;
        }
        let wanted = self.active.iter().filter_map(|index| {
            let pool = self.pools.get(index.0)?.as_ref()?;
            (!pool.idle.is_empty()).then_some((pool.filed?, *index))
        });
        wanted.min().map(|(_, index)| index)
    }

    /// Gives a connection of a pool to the next who waits there; back comes one that nobody waits for.
    pub(super) fn hand_over(
        &mut self,
        index: PoolIndex,
        connection: C,
        worker: WorkerId,
        now: Instant,
        orders: &mut Orders<C, W>,
    ) -> Option<C> {
        if self.in_use >= self.at_once {
            return Some(connection);
        }
        match self.pool(index).and_then(super::Pool::first) {
            Some((number, _)) => self.hand_to(AccountKey { pool: index, number }, connection, worker, now, orders),
            None => Some(connection),
        }
    }

    fn hand_to(&mut self, key: AccountKey, connection: C, worker: WorkerId, now: Instant, orders: &mut Orders<C, W>) -> Option<C> {
        let Some(account) = self.pools.get_mut(key.pool.0).and_then(Option::as_mut).and_then(|pool| pool.account(key.number)) else {
            return Some(connection);
        };
        let Some(waiter) = self.waiters.pop(&mut account.queue, worker) else { return Some(connection) };
        let used = self.begin(key, now);
        self.refresh(key, now, orders);
        orders.hand_over.push((waiter.tell, connection, used));
        None
    }

    /// A connection that nobody has is idle.
    pub(super) fn keep(&mut self, index: PoolIndex, connection: C, worker: WorkerId, since: Instant) {
        if let Some(pool) = self.pool(index) {
            pool.idle.push(Idle { connection, worker, since });
            self.idle += 1;
        }
        self.refresh_pool(index);
    }

    /// What becomes of a connection that comes back while others wait.
    pub(super) fn place(&mut self, key: AccountKey, connection: C, worker: WorkerId, now: Instant, orders: &mut Orders<C, W>) {
        let (open, cap) = (self.open, self.limits.cap);
        let beyond = open > cap || self.pool(key.pool).is_none_or(|pool| pool.open > pool.limits.most);
        if beyond {
            return self.close(key.pool, connection, orders);
        }
        if open > self.ordinary() {
            // A connection of the reserve is for those who have waited for long, and nobody else.
            let overdue = self.overdue(now, orders).filter(|overdue| overdue.pool == key.pool && self.in_use < self.at_once);
            let left = match overdue {
                Some(overdue) => self.hand_to(overdue, connection, worker, now, orders),
                None => Some(connection),
            };
            if let Some(connection) = left {
                self.close(key.pool, connection, orders);
            }
            return;
        }
        if self.must_yield(key) {
            return self.close(key.pool, connection, orders);
        }
        if self.at_once < u32::MAX {
            // Whose turn it is to work is decided among all pools.
            return self.keep(key.pool, connection, worker, now);
        }
        if let Some(connection) = self.hand_over(key.pool, connection, worker, now, orders) {
            self.keep(key.pool, connection, worker, now);
        }
    }

    /// Whether a connection that comes back closes, because another pool's turn for its slot has come.
    fn must_yield(&mut self, key: AccountKey) -> bool {
        if self.open < self.ordinary() {
            return false;
        }
        let Some((rival, rival_turn)) = self.hungry.first() else { return false };
        let (closing, unmet, turn) = (self.closing, self.unmet, self.turn_length());
        if rival as usize == key.pool.0 || self.pool(PoolIndex(rival as usize)).is_none_or(|rival| !rival.idle.is_empty()) {
            return false;
        }
        let Some(pool) = self.pool(key.pool) else { return true };
        // Slots for all others are on their way already.
        if closing >= unmet - pool.unmet {
            return false;
        }
        let next = pool.first().map(|(_, turn)| turn);
        let guaranteed = pool.open - pool.closing <= pool.limits.least;
        let own = next.or_else(|| pool.account(key.number).map(|account| Turn::At(account.tag)));
        match (rival_turn, own) {
            (_, None) => true,
            (Turn::Urgent, Some(Turn::At(_))) => next.is_none() || !guaranteed,
            (_, Some(Turn::Urgent)) => false,
            (Turn::At(rival), Some(Turn::At(own))) => own > rival.saturating_add(turn),
        }
    }

    /// How far ahead of those who wait for its slots a pool may be, in virtual time.
    fn turn_length(&self) -> u64 {
        let waiting = self.hungry.len().max(1) as u64;
        let all_get_one = ROTATION.saturating_mul(u64::from(self.limits.cap)) / waiting;
        let longest = (self.dial_cost * DIALS_PER_TURN).min(LONGEST_TURN);
        longest.min(all_get_one.max(self.dial_cost * DIALS_PER_SHORT_TURN))
    }

    fn linger(&self) -> Duration {
        Duration::from_nanos(self.dial_cost.clamp(SHORTEST_LINGER, LONGEST_LINGER))
    }

    /// The account of somebody who has waited for so long that it may have a connection of the reserve.
    fn overdue(&mut self, now: Instant, orders: &mut Orders<C, W>) -> Option<AccountKey> {
        if self.limits.reserve == 0 {
            return None;
        }
        let patience = self.limits.reserve_timeout;
        let mut later = None;
        let mut found = None;
        for waiter in self.waiters.by_age() {
            if now.saturating_duration_since(waiter.since) < patience {
                later = Some(waiter.since + patience);
                break;
            }
            let pool = self.pools.get(waiter.account.pool.0).and_then(Option::as_ref);
            let account = pool.and_then(|pool| pool.accounts.get(waiter.account.number as usize)).and_then(Option::as_ref);
            if account.is_some_and(|account| account.demand > 0) {
                found = Some(waiter.account);
                break;
            }
        }
        if let Some(later) = later {
            self.arm(later, orders);
        }
        found
    }

    /// Opens a connection of the reserve for somebody who has waited for long.
    fn serve_overdue(&mut self, now: Instant, orders: &mut Orders<C, W>) -> bool {
        if self.open >= self.limits.cap {
            return false;
        }
        let Some(key) = self.overdue(now, orders) else { return false };
        if self.pool(key.pool).is_none_or(|pool| pool.unmet == 0) {
            return false;
        }
        self.order_dial(key.pool, now, orders);
        true
    }

    fn order_dial(&mut self, index: PoolIndex, now: Instant, orders: &mut Orders<C, W>) {
        let cost = self.dial_cost;
        self.open += 1;
        orders.dial.push(index);
        let Some(pool) = self.pool(index) else { return };
        pool.open += 1;
        pool.dialing += 1;
        let began = pool.open == 1;
        let next = pool.first();
        if pool.has_one_account()
            && let Some(account) = next.and_then(|(number, _)| pool.account(number))
        {
            // Until it is open, others who have used as much go first.
            let charge = account.pay(cost);
            pool.charged += charge;
        }
        if began {
            self.active.push(index);
        }
        match next {
            Some((number, _)) => self.refresh(AccountKey { pool: index, number }, now, orders),
            None => self.refresh_pool(index),
        }
    }

    /// A connection that was ordered is open, or can't be opened.
    pub(super) fn dial_is_over(&mut self, index: PoolIndex, now: Instant, orders: &mut Orders<C, W>) {
        let Some(pool) = self.pool(index) else { return };
        let charge = pool.charged / u64::from(pool.dialing.max(1));
        pool.charged -= charge;
        pool.dialing = pool.dialing.saturating_sub(1);
        if !pool.has_one_account() {
            return self.refresh_pool(index);
        }
        if let Some(account) = pool.account(0) {
            account.tag = account.tag.saturating_sub(charge);
        }
        self.refresh(AccountKey { pool: index, number: 0 }, now, orders);
    }

    pub(super) fn remove_slot(&mut self, index: PoolIndex) {
        self.open -= 1;
        if let Some(pool) = self.pool(index) {
            pool.open -= 1;
            if pool.open == 0 {
                self.active.retain(|other| *other != index);
            }
        }
    }

    /// Orders a connection that nobody has to be closed. Its slot is free when that is done.
    pub(super) fn close(&mut self, index: PoolIndex, connection: C, orders: &mut Orders<C, W>) {
        self.closing += 1;
        if let Some(pool) = self.pool(index) {
            pool.closing += 1;
        }
        orders.close.push((index, connection));
        self.refresh_pool(index);
    }

    /// Frees a slot by closing the longest idle connection of the pool that holds most beyond its share: first of pools beyond their
    /// minimum, then of any.
    fn reclaim_for(&mut self, index: PoolIndex, now: Instant, orders: &mut Orders<C, W>) -> bool {
        let Some(turn) = self.pool(index).and_then(super::Pool::first).map(|(_, turn)| turn) else { return false };
        if self.idle == 0 || self.closing >= self.unmet {
            return false;
        }
        let (linger, length) = (self.linger(), self.turn_length());
        let mut best: Option<(bool, u128, PoolIndex)> = None;
        let mut later: Option<Instant> = None;
        for other in self.active.iter().copied().filter(|other| *other != index) {
            let Some(pool) = self.pools.get(other.0).and_then(Option::as_ref) else { continue };
            let Some(oldest) = pool.idle.first() else { continue };
            let is_over = match (turn, pool.accounts.as_slice()) {
                (Turn::At(rival), [Some(account)]) => {
                    let idle = nanos(now.saturating_duration_since(oldest.since)) / account.weight();
                    account.tag.saturating_add(idle) > rival.saturating_add(length)
                }
                (Turn::Urgent, _) => true,
                _ => false,
            };
            let free_at = oldest.since + linger;
            if !is_over && now < free_at {
                later = Some(later.map_or(free_at, |later| later.min(free_at)));
                continue;
            }
            let beyond_minimum = pool.open - pool.closing > pool.limits.least;
            let excess = (u128::from(pool.open - pool.closing) << 64) / u128::from(pool.weight.max(1));
            if best.is_none_or(|(beyond, most, _)| (beyond_minimum, excess) > (beyond, most)) {
                best = Some((beyond_minimum, excess, other));
            }
        }
        let Some((_, _, victim)) = best else {
            if let Some(later) = later {
                self.arm(later, orders);
            }
            return false;
        };
        let Some(pool) = self.pool(victim) else { return false };
        let oldest = pool.idle.remove(0);
        self.idle -= 1;
        self.close(victim, oldest.connection, orders);
        true
    }

    /// A pool may have less: its idle connections beyond that close at once.
    pub(super) fn close_beyond_most(&mut self, index: PoolIndex, orders: &mut Orders<C, W>) {
        while let Some(pool) = self.pool(index).filter(|pool| pool.open - pool.closing > pool.limits.most && !pool.idle.is_empty()) {
            let oldest = pool.idle.remove(0);
            self.idle -= 1;
            self.close(index, oldest.connection, orders);
        }
    }

    /// The cap has come down: idle connections beyond it close at once.
    pub(super) fn close_beyond_cap(&mut self, orders: &mut Orders<C, W>) {
        while self.open - self.closing > self.limits.cap && self.idle > 0 {
            let holder = self.active.iter().copied().filter_map(|index| {
                let pool = self.pools.get(index.0)?.as_ref()?;
                (!pool.idle.is_empty()).then_some((pool.open - pool.closing, index))
            });
            let Some((_, index)) = holder.max() else { return };
            let Some(pool) = self.pool(index) else { return };
            let oldest = pool.idle.remove(0);
            self.idle -= 1;
            self.close(index, oldest.connection, orders);
        }
    }
}
