//! Whatever happens in whatever order: a model that knows nothing of turns counts slots, waiters and promises.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use proptest::prelude::*;

use super::{
    AccountKey, Answer, BudgetRules, Concurrency, Orders, PoolIndex, PoolLimits, ServerLimits, Share, State, Ticket, Use, simulation::share,
};
use crate::ids::WorkerId;

const ONE: WorkerId = WorkerId(0);
const MOST: u32 = u32::MAX;

#[derive(Clone, Debug)]
enum Step {
    Arrives(usize),
    Finishes(usize),
    /// The client is killed in the midst of something.
    Dies(usize),
    Leaves(usize),
    DialOk(usize),
    DialFails(usize),
    Closed(usize),
    Reaps(usize),
    Wakes,
    Server(ServerLimits),
    Share(usize, Share),
}

fn a_server() -> impl Strategy<Value = ServerLimits> {
    let concurrency =
        prop_oneof![4 => Just(Concurrency::Unlimited), 1 => (1..4u32).prop_map(Concurrency::Fixed), 1 => Just(Concurrency::Adaptive)];
    (2..6u32, 0..2u32, concurrency).prop_map(|(cap, reserve, concurrency)| ServerLimits {
        reserve,
        reserve_timeout: Duration::from_millis(500),
        concurrency,
        ..ServerLimits::cap(cap)
    })
}

fn a_share() -> impl Strategy<Value = Share> {
    let budget = proptest::option::weighted(0.2, (1..2000u32, 0..1000u64));
    (1..5u32, 1..5u32, 0..2u32, budget).prop_map(|(weight, most, least, budget)| Share {
        least,
        budget: budget.map(|(rate, burst)| BudgetRules { milliseconds_per_second: rate, burst: Duration::from_millis(burst) }),
        ..share(weight, most)
    })
}

fn steps() -> impl Strategy<Value = Vec<(Step, u64)>> {
    let step = prop_oneof![
        8 => (0..5usize).prop_map(Step::Arrives),
        8 => (0..20usize).prop_map(Step::Finishes),
        1 => (0..20usize).prop_map(Step::Dies),
        2 => (0..20usize).prop_map(Step::Leaves),
        6 => (0..20usize).prop_map(Step::DialOk),
        1 => (0..20usize).prop_map(Step::DialFails),
        6 => (0..20usize).prop_map(Step::Closed),
        1 => (0..3usize).prop_map(Step::Reaps),
        3 => Just(Step::Wakes),
        1 => a_server().prop_map(Step::Server),
        1 => (0..5usize, a_share()).prop_map(|(account, share)| Step::Share(account, share)),
    ];
    proptest::collection::vec((step, 0..200u64), 0..200)
}

/// What the outside world holds.
struct World {
    state: State<u32, u32>,
    limits: ServerLimits,
    accounts: Vec<(AccountKey, Share)>,
    used: BTreeMap<u32, (AccountKey, Use)>,
    idle: BTreeMap<u32, PoolIndex>,
    dialing: Vec<PoolIndex>,
    closing: Vec<PoolIndex>,
    waiting: BTreeMap<u32, (AccountKey, Ticket)>,
    alarm: Option<Instant>,
    next: u32,
    told: BTreeSet<u32>,
    now: Instant,
}

impl World {
    fn new(limits: ServerLimits) -> Self {
        let now = Instant::now();
        let mut state = State::new(limits, (Duration::from_secs(5), Duration::from_secs(3_600)), now);
        let own = |state: &mut State<u32, u32>, share: Share| {
            let pool = state.add_pool(PoolLimits { most: share.most, least: share.least });
            (state.add_account(pool, share, now), share)
        };
        let mut accounts = vec![own(&mut state, share(1, 2)), own(&mut state, share(2, 3))];
        let shared = state.add_pool(PoolLimits { most: MOST, least: 0 });
        accounts.extend(
            [share(1, 5), share(4, 2), Share { least: 1, ..share(1, 3) }].map(|share| (state.add_account(shared, share, now), share)),
        );
        World {
            state,
            limits,
            accounts,
            used: BTreeMap::new(),
            idle: BTreeMap::new(),
            dialing: Vec::new(),
            closing: Vec::new(),
            waiting: BTreeMap::new(),
            alarm: None,
            next: 0,
            told: BTreeSet::new(),
            now,
        }
    }

    fn obey(&mut self, orders: Orders<u32, u32>) {
        for (who, connection, used) in orders.hand_over {
            let (key, _) = self.waiting.remove(&who).expect("handed to nobody who waits");
            // First come, first served inside a tenant: waiters' numbers are in order of arrival.
            let passed = self.waiting.iter().find(|(other, (their, _))| *their == key && **other < who);
            assert!(passed.is_none(), "{who} passed {passed:?}");
            assert!(self.used.insert(connection, (key, used)).is_none());
            assert!(self.idle.remove(&connection).is_none_or(|pool| pool == key.pool));
        }
        for (pool, connection) in orders.close {
            self.idle.remove(&connection);
            self.closing.push(pool);
        }
        self.dialing.extend(orders.dial);
        self.alarm = orders.wake.or(self.alarm);
    }

    fn pick<T: Clone>(values: impl Iterator<Item = T>, number: usize) -> Option<T> {
        let all: Vec<T> = values.collect();
        all.get(number % all.len().max(1)).cloned()
    }

    fn step(&mut self, step: Step) {
        let (now, mut orders) = (self.now, Orders::default());
        match step {
            Step::Arrives(account) => {
                let key = self.accounts[account].0;
                self.next += 1;
                let who = self.next;
                match self.state.acquire(key, ONE, |_| true, now, || who, &mut orders) {
                    Answer::Ready(connection, used) => {
                        assert_eq!(self.idle.remove(&connection), Some(key.pool));
                        self.used.insert(connection, (key, used));
                    }
                    Answer::Wait(ticket) => drop(self.waiting.insert(who, (key, ticket))),
                    Answer::Down => {}
                }
            }
            Step::Finishes(number) => {
                let Some((connection, (key, used))) = Self::pick(self.used.iter().map(|(a, b)| (*a, *b)), number) else { return };
                self.used.remove(&connection);
                self.idle.insert(connection, key.pool);
                self.state.release(key, used, connection, ONE, now, &mut orders);
            }
            Step::Dies(number) => {
                let Some((connection, (key, used))) = Self::pick(self.used.iter().map(|(a, b)| (*a, *b)), number) else { return };
                self.used.remove(&connection);
                self.closing.push(key.pool);
                self.state.discard(key, used, now, &mut orders);
            }
            Step::Leaves(number) => {
                let Some((who, (_, ticket))) = Self::pick(self.waiting.iter().map(|(a, b)| (*a, *b)), number) else { return };
                self.waiting.remove(&who);
                assert!(self.state.cancel(ticket, now, &mut orders));
                assert!(!self.state.cancel(ticket, now, &mut orders));
            }
            Step::DialOk(number) => {
                if self.dialing.is_empty() {
                    return;
                }
                let pool = self.dialing.swap_remove(number % self.dialing.len());
                self.next += 1;
                self.idle.insert(self.next, pool);
                self.state.dialed(pool, self.next, ONE, Duration::from_millis(5), now, &mut orders);
            }
            Step::DialFails(number) => {
                if self.dialing.is_empty() {
                    return;
                }
                let pool = self.dialing.swap_remove(number % self.dialing.len());
                for who in self.state.dial_failed(pool, now, &mut orders) {
                    assert!(self.waiting.remove(&who).is_some_and(|(key, _)| key.pool == pool));
                    assert!(self.told.insert(who), "told twice");
                }
            }
            Step::Closed(number) => {
                if self.closing.is_empty() {
                    return;
                }
                let pool = self.closing.swap_remove(number % self.closing.len());
                self.state.closed(pool, now, &mut orders);
            }
            Step::Reaps(pool) => self.state.reap(PoolIndex(pool), now, Duration::from_secs(1), |_| false, &mut orders),
            Step::Wakes => self.state.wake(now, &mut orders),
            Step::Server(limits) => {
                self.limits = limits;
                self.state.set_limits(limits, now, &mut orders);
            }
            Step::Share(account, share) => {
                let (key, kept) = &mut self.accounts[account];
                *kept = share;
                if account < 2 {
                    self.state.set_pool_limits(key.pool, PoolLimits { most: share.most, least: share.least }, now, &mut orders);
                }
                self.state.set_share(*key, share, now, &mut orders);
            }
        }
        self.obey(orders);
    }

    fn check(&mut self, open_before: u32) {
        let open = self.state.open();
        let held = self.used.len() + self.idle.len() + self.dialing.len() + self.closing.len();
        assert_eq!(open as usize, held, "slots in the books and in the world");
        assert!(open <= self.limits.cap.max(open_before), "more than the cap was opened");
        assert_eq!(self.state.in_use() as usize, self.used.len());
        assert_eq!(self.state.waiting() as usize, self.waiting.len());
        for (key, share) in &self.accounts {
            let queue = self.state.queue(*key, None);
            assert_eq!(queue.waiting as usize, self.waiting.values().filter(|(other, _)| other == key).count());
            assert_eq!(queue.in_use as usize, self.used.values().filter(|(other, _)| other == key).count());
            let may = queue.waiting > 0 && queue.in_use < share.most && !queue.over_budget;
            if !may || self.state.at_once().is_some_and(|at_once| self.state.in_use() >= at_once) {
                continue;
            }
            // Work conserving: nobody waits beside an idle connection of its pool or a free slot.
            let figures = self.state.figures(key.pool);
            assert!(figures.idle == 0, "{key:?} waits beside an idle connection");
            let rests = self.state.pools[key.pool.0].as_ref().is_some_and(|pool| pool.resting.is_some());
            let demand = self.state.pools[key.pool.0].as_ref().map_or(0, |pool| pool.demand);
            let could = figures.dialing < demand && figures.open < figures.most.min(share.most.max(figures.most)) && !rests;
            assert!(!could || open >= self.limits.cap - self.limits.reserve, "{key:?} waits beside a free slot");
        }
    }
}

proptest! {
    /// No slot is lost or made up, the cap holds, nobody is told twice or passed, nobody waits beside what it could have; and when all
    /// is over, everybody who waited was served and everything is free.
    #[test]
    fn slots_are_conserved(limits in a_server(), steps in steps()) {
        let mut world = World::new(limits);
        for (step, passed) in steps {
            world.now += Duration::from_millis(passed);
            let before = world.state.open();
            world.step(step);
            world.check(before);
        }
        // Nobody else comes. Whatever is under way ends, connections can be opened again, alarms go off.
        let waiting = world.waiting.len();
        for round in 0..(waiting + 20) * 8 {
            world.now += Duration::from_millis(300);
            for step in [Step::Closed(round), Step::DialOk(round), Step::Wakes, Step::Finishes(round)] {
                let before = world.state.open();
                world.step(step);
                world.check(before);
            }
        }
        prop_assert!(world.waiting.is_empty(), "left behind: {:?}", world.waiting);
        prop_assert!(world.used.is_empty() && world.dialing.is_empty() && world.closing.is_empty());
        prop_assert_eq!(world.state.open() as usize, world.idle.len());
    }

    /// Nobody starves: with everybody asking again at once, nobody waits for more uses of others than its weight and theirs explain.
    #[test]
    fn waits_are_bounded(
        cap in 1u32..4,
        weights in proptest::collection::vec(1u32..5, 2..8),
        costs in proptest::collection::vec(1u64..20, 8),
        picks in proptest::collection::vec(any::<u16>(), 400..1200),
    ) {
        let mut now = Instant::now();
        let mut state: State<u32, u32> = State::new(ServerLimits::cap(cap), (Duration::from_secs(5), Duration::from_secs(3_600)), now);
        let pool = state.add_pool(PoolLimits { most: MOST, least: 0 });
        let accounts: Vec<AccountKey> = weights.iter().map(|weight| state.add_account(pool, share(*weight, 9), now)).collect();
        let mut used: Vec<(u32, u32, Use)> = Vec::new();
        let mut last = vec![now; accounts.len()];
        let mut gaps = vec![Duration::ZERO; accounts.len()];
        let mut number = 0;
        let ask = |state: &mut State<u32, u32>, who: u32, now, used: &mut Vec<(u32, u32, Use)>, number: &mut u32| {
            let mut orders = Orders::default();
            let answer = state.acquire(accounts[who as usize % accounts.len()], ONE, |_| true, now, || who, &mut orders);
            assert!(matches!(answer, Answer::Wait(_)), "somebody waits all the time");
            for pool in orders.dial {
                let mut orders = Orders::default();
                *number += 1;
                state.dialed(pool, *number, ONE, Duration::from_millis(1), now, &mut orders);
                used.extend(orders.hand_over);
            }
            used.extend(orders.hand_over);
        };
        for who in 0..accounts.len() as u32 * 9 {
            ask(&mut state, who, now, &mut used, &mut number);
        }
        for pick in picks {
            let (who, connection, held) = used.swap_remove(usize::from(pick) % used.len());
            let account = who as usize % accounts.len();
            // What was picked has run for as long as its tenant's statements do.
            now = now.max(held.since + Duration::from_millis(costs[account]));
            let mut orders = Orders::default();
            state.release(accounts[account], held, connection, ONE, now, &mut orders);
            for (who, _, _) in &orders.hand_over {
                let account = *who as usize % accounts.len();
                gaps[account] = gaps[account].max(now - last[account]);
                last[account] = now;
            }
            prop_assert_eq!(orders.hand_over.len(), 1, "work conserving");
            used.extend(orders.hand_over);
            ask(&mut state, who, now, &mut used, &mut number);
        }
        // In a round each tenant uses what its weight buys, and what it had begun: twenty milliseconds on each connection at most. A tenant
        // may owe for as many connections as there are, four times over against one of weight 4.
        let bound = Duration::from_millis(20) * (4 * 4 * cap + 2) * (accounts.len() as u32 + 1);
        prop_assert!(gaps.iter().all(|gap| *gap <= bound), "{gaps:?} beyond {bound:?}");
    }
}
