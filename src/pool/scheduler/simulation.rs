//! A shard server in simulated time: clients that ask again as soon as they are answered, connections that take time to open and to close.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    time::{Duration, Instant},
};

use super::{AccountKey, Answer, BudgetRules, Orders, PoolIndex, PoolLimits, ServerLimits, Share, State, Use};
use crate::ids::WorkerId;

const ONE: WorkerId = WorkerId(0);
const DIAL: Duration = Duration::from_millis(5);
const CLOSE: Duration = Duration::from_millis(1);

pub(super) fn share(weight: u32, most: u32) -> Share {
    Share { weight, least: 0, most, budget: None, max_wait: None, listens: false }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Event {
    Asks(u32),
    Done(u32),
    Dialed(PoolIndex),
    Closed(PoolIndex),
    Wakes,
}

struct Client {
    account: usize,
    takes: Duration,
    /// Between an answer and the next question.
    thinks: Duration,
    asked: Instant,
    has: Option<(u32, Use)>,
}

#[derive(Default, Clone, Debug)]
struct Tenant {
    done: u32,
    used: Duration,
    waited_most: Duration,
}

struct Simulation {
    state: State<u32, u32>,
    cap: u32,
    now: Instant,
    events: BinaryHeap<Reverse<(Instant, u64, Event)>>,
    number: u64,
    accounts: Vec<(AccountKey, Tenant)>,
    clients: Vec<Client>,
    dials: u32,
    dial: Duration,
    close: Duration,
}

impl Simulation {
    fn new(limits: ServerLimits) -> Self {
        let now = Instant::now();
        let state = State::new(limits, (Duration::from_secs(5), Duration::from_secs(3_600)), now);
        let (cap, events) = (limits.cap, BinaryHeap::new());
        Simulation { state, cap, now, events, number: 0, accounts: Vec::new(), clients: Vec::new(), dials: 0, dial: DIAL, close: CLOSE }
    }

    fn pool(&mut self, most: u32) -> PoolIndex {
        self.state.add_pool(PoolLimits { most, least: 0 })
    }

    /// A tenant with so many clients whose statements take so long.
    fn tenant(&mut self, pool: PoolIndex, share: Share, clients: u32, takes: Duration, thinks: Duration) -> usize {
        self.accounts.push((self.state.add_account(pool, share, self.now), Tenant::default()));
        let account = self.accounts.len() - 1;
        for _ in 0..clients {
            self.clients.push(Client { account, takes, thinks, asked: self.now, has: None });
            self.at(self.now, Event::Asks(self.clients.len() as u32 - 1));
        }
        account
    }

    fn at(&mut self, time: Instant, event: Event) {
        self.number += 1;
        self.events.push(Reverse((time, self.number, event)));
    }

    fn run(&mut self, length: Duration) {
        let end = self.now + length;
        while let Some(Reverse((time, _, event))) = self.events.pop() {
            if time > end {
                self.events.push(Reverse((time, 0, event)));
                break;
            }
            self.now = time;
            self.step(event);
            assert!(self.state.open() <= self.cap, "more than the cap");
        }
        self.now = end;
    }

    fn step(&mut self, event: Event) {
        let (now, mut orders) = (self.now, Orders::default());
        match event {
            Event::Asks(client) => {
                let key = self.accounts[self.clients[client as usize].account].0;
                self.clients[client as usize].asked = now;
                match self.state.acquire(key, ONE, |_| true, now, || client, &mut orders) {
                    Answer::Ready(connection, used) => self.gets(client, connection, used),
                    Answer::Wait(_) => {}
                    Answer::Down => panic!("down"),
                }
            }
            Event::Done(client) => {
                let client_of = &mut self.clients[client as usize];
                let (connection, used) = client_of.has.take().unwrap();
                let (key, tenant) = &mut self.accounts[client_of.account];
                tenant.done += 1;
                tenant.used += now - used.since;
                self.state.release(*key, used, connection, ONE, now, &mut orders);
                let next = now + client_of.thinks;
                self.at(next, Event::Asks(client));
            }
            Event::Dialed(pool) => {
                self.dials += 1;
                self.state.dialed(pool, self.dials, ONE, self.dial, now, &mut orders);
            }
            Event::Closed(pool) => self.state.closed(pool, now, &mut orders),
            Event::Wakes => self.state.wake(now, &mut orders),
        }
        for (client, connection, used) in orders.hand_over {
            self.gets(client, connection, used);
        }
        for pool in orders.dial {
            self.at(now + self.dial, Event::Dialed(pool));
        }
        for (pool, _) in orders.close {
            self.at(now + self.close, Event::Closed(pool));
        }
        if let Some(at) = orders.wake {
            self.at(at.max(now), Event::Wakes);
        }
    }

    fn gets(&mut self, client: u32, connection: u32, used: Use) {
        let waiting = &mut self.clients[client as usize];
        assert!(waiting.has.replace((connection, used)).is_none());
        let tenant = &mut self.accounts[waiting.account].1;
        tenant.waited_most = tenant.waited_most.max(self.now - waiting.asked);
        let done = self.now + waiting.takes;
        self.at(done, Event::Done(client));
    }

    fn used(&self, account: usize) -> f64 {
        self.accounts[account].1.used.as_secs_f64()
    }
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

const NO_TIME: Duration = Duration::ZERO;
const SHORT: Duration = Duration::from_micros(200);

/// Each part of the whole is as large as its weight says, within `slack`.
fn assert_shares(used: &[f64], weights: &[f64], slack: f64) {
    let (all, weight): (f64, f64) = (used.iter().sum(), weights.iter().sum());
    for (part, own) in used.iter().zip(weights) {
        let (is, should) = (part / all, own / weight);
        assert!((is / should - 1.0).abs() <= slack, "{is:.4} instead of {should:.4} in {used:?}");
    }
}

#[test]
fn server_time_is_shared_by_weight_in_a_shared_pool() {
    let mut simulation = Simulation::new(ServerLimits::cap(4));
    let pool = simulation.pool(u32::MAX);
    let tenants = [1, 2, 4].map(|weight| simulation.tenant(pool, share(weight, 10), 12, SHORT, Duration::from_micros(100)));
    simulation.run(millis(5000));
    assert_shares(&tenants.map(|tenant| simulation.used(tenant)), &[1.0, 2.0, 4.0], 0.02);
}

#[test]
fn server_time_is_shared_by_weight_among_pools_that_take_slots_from_each_other() {
    let mut simulation = Simulation::new(ServerLimits::cap(4));
    let tenants = [1, 2, 4].map(|weight| {
        let pool = simulation.pool(10);
        simulation.tenant(pool, share(weight, 10), 12, SHORT, Duration::from_micros(100))
    });
    simulation.run(millis(20_000));
    assert_shares(&tenants.map(|tenant| simulation.used(tenant)), &[1.0, 2.0, 4.0], 0.03);
}

#[test]
fn long_statements_are_paid_for() {
    let mut simulation = Simulation::new(ServerLimits::cap(4));
    let pool = simulation.pool(u32::MAX);
    let heavy = simulation.tenant(pool, share(1, 10), 20, millis(300), NO_TIME);
    let light = simulation.tenant(pool, share(1, 10), 20, SHORT, NO_TIME);
    simulation.run(millis(60_000));
    assert_shares(&[simulation.used(heavy), simulation.used(light)], &[1.0, 1.0], 0.03);
}

#[test]
fn a_thousand_tenants_get_the_same() {
    let mut simulation = Simulation::new(ServerLimits::cap(20));
    let pool = simulation.pool(u32::MAX);
    // Greedy ones and modest ones.
    let tenants: Vec<usize> =
        (0..1000).map(|number| simulation.tenant(pool, share(1, 10), 2 + number % 9, SHORT, Duration::from_micros(50))).collect();
    simulation.run(millis(2000));
    let done: Vec<u32> = tenants.iter().map(|tenant| simulation.accounts[*tenant].1.done).collect();
    let (least, most) = (done.iter().min().unwrap(), done.iter().max().unwrap());
    assert!(f64::from(*least) / f64::from(*most) >= 0.9, "{least} to {most}: {:?}", done.iter().take(20).collect::<Vec<_>>());
    // A round is 1,000 statements on 20 connections: 10 ms. The longest queue has ten.
    let longest = tenants.iter().map(|tenant| simulation.accounts[*tenant].1.waited_most).max().unwrap();
    assert!(longest < millis(250), "{longest:?}");
}

#[test]
fn pools_of_their_own_have_turns_long_enough_to_pay_for_a_connection() {
    let mut simulation = Simulation::new(ServerLimits::cap(40));
    let tenants: Vec<usize> = (0..200)
        .map(|_| {
            let pool = simulation.pool(5);
            simulation.tenant(pool, share(1, 5), 3, millis(2), Duration::from_micros(300))
        })
        .collect();
    simulation.run(millis(20_000));
    let done: Vec<u32> = tenants.iter().map(|tenant| simulation.accounts[*tenant].1.done).collect();
    let (least, most) = (done.iter().min().unwrap(), done.iter().max().unwrap());
    assert!(f64::from(*least) / f64::from(*most) >= 0.8, "{least} to {most}");
    let used: f64 = tenants.iter().map(|tenant| simulation.used(*tenant)).sum();
    assert!(used > 0.8 * 40.0 * 20.0, "{used:.1} of 800 server seconds were used, {} connections opened", simulation.dials);
    let longest = tenants.iter().map(|tenant| simulation.accounts[*tenant].1.waited_most).max().unwrap();
    assert!(longest < millis(2000), "{longest:?}");
}

#[test]
fn a_single_client_keeps_its_connection_between_statements_for_its_turn() {
    let mut simulation = Simulation::new(ServerLimits::cap(4));
    for _ in 0..12 {
        let pool = simulation.pool(2);
        simulation.tenant(pool, share(1, 2), 1, SHORT, Duration::from_micros(300));
    }
    simulation.run(millis(10_000));
    let done: u32 = simulation.accounts.iter().map(|(_, tenant)| tenant.done).sum();
    assert!(done / simulation.dials > 20, "{done} statements, {} connections opened", simulation.dials);
    assert!(simulation.accounts.iter().all(|(_, tenant)| tenant.done > 1000));
}

#[test]
fn nobody_waits_behind_a_flood() {
    let mut simulation = Simulation::new(ServerLimits::cap(10));
    let pool = simulation.pool(u32::MAX);
    simulation.tenant(pool, share(1, 10), 200, millis(5), NO_TIME);
    let modest = simulation.tenant(pool, share(1, 10), 4, SHORT, millis(1));
    simulation.run(millis(10_000));
    // The next connection that comes back is its own: ten of them within 5 ms.
    let tenant = &simulation.accounts[modest].1;
    assert!(tenant.waited_most <= millis(11), "{:?}", tenant.waited_most);
    assert!(tenant.done > 7_000, "{}", tenant.done);
}

#[test]
fn beyond_its_budget_a_tenant_has_only_what_nobody_else_wants() {
    let mut simulation = Simulation::new(ServerLimits::cap(20));
    let (one, two) = (simulation.pool(10), simulation.pool(10));
    let budget = Some(BudgetRules { milliseconds_per_second: 2000, burst: millis(1000) });
    let greedy = simulation.tenant(one, Share { budget, ..share(1, 10) }, 30, millis(20), NO_TIME);
    simulation.run(millis(5000));
    let alone = simulation.used(greedy);
    assert!(alone > 48.0, "alone it has everything: {alone}");
    simulation.tenant(two, share(1, 10), 2, SHORT, millis(1));
    // What it had alone is forgotten.
    simulation.run(millis(2000));
    let before = simulation.used(greedy);
    simulation.run(millis(10_000));
    let used = simulation.used(greedy) - before;
    assert!((18.0..22.0).contains(&used), "{used} server seconds in ten");
}

#[test]
fn few_at_once_share_by_weight_although_connections_are_free() {
    let limits = ServerLimits { concurrency: super::Concurrency::Fixed(4), ..ServerLimits::cap(40) };
    let mut simulation = Simulation::new(limits);
    let (one, two) = (simulation.pool(10), simulation.pool(10));
    let flood = simulation.tenant(one, share(1, 10), 100, millis(2), NO_TIME);
    let other = simulation.tenant(two, share(3, 10), 10, millis(2), NO_TIME);
    simulation.run(millis(5000));
    assert_shares(&[simulation.used(flood), simulation.used(other)], &[1.0, 3.0], 0.05);
    assert!(simulation.used(flood) + simulation.used(other) > 0.98 * 4.0 * 5.0, "all four work all the time");
}

/// What a decision costs with so many tenants waiting, in nanoseconds.
fn cost_of_a_decision(tenants: u32) -> u128 {
    let now = Instant::now();
    let mut state: State<u32, u32> = State::new(ServerLimits::cap(8), (Duration::from_secs(5), Duration::from_secs(3_600)), now);
    let pool = state.add_pool(PoolLimits { most: u32::MAX, least: 0 });
    let accounts: Vec<AccountKey> = (0..tenants).map(|_| state.add_account(pool, share(1, 10), now)).collect();
    let mut used: BTreeMap<u32, (u32, Use)> = BTreeMap::new();
    let mut orders = Orders::default();
    for round in 0..3 {
        for number in 0..tenants {
            let mut orders = Orders::default();
            let _ = state.acquire(accounts[number as usize], ONE, |_| true, now, || number, &mut orders);
            if round == 0 {
                for (connection, pool) in orders.dial.into_iter().enumerate() {
                    let mut orders = Orders::default();
                    state.dialed(pool, number * 10 + connection as u32, ONE, DIAL, now, &mut orders);
                    used.extend(orders.hand_over.into_iter().map(|(who, connection, held)| (connection, (who, held))));
                }
            }
        }
    }
    let mut best = u128::MAX;
    let mut time = now;
    for _ in 0..20 {
        let begun = Instant::now();
        for _ in 0..2000 {
            let (connection, (who, held)) = used.pop_first().unwrap();
            // Some take long, so that they owe for many rounds.
            time += Duration::from_micros(if who % 97 == 0 { 5000 } else { 30 });
            state.release(accounts[who as usize], held, connection, ONE, time, &mut orders);
            let _ = state.acquire(accounts[who as usize], ONE, |_| true, time, || who, &mut orders);
            used.extend(orders.hand_over.drain(..).map(|(who, connection, held)| (connection, (who, held))));
        }
        best = best.min(begun.elapsed().as_nanos() / 2000);
    }
    best
}

#[test]
fn a_decision_costs_the_same_however_many_wait() {
    let few = (0..3).map(|_| cost_of_a_decision(10)).min().unwrap();
    let many = (0..3).map(|_| cost_of_a_decision(10_000)).min().unwrap();
    println!("a release and the next asking: {few} ns with 10 tenants waiting, {many} ns with 10,000");
    assert!(many <= few * 3, "{few} ns with 10 tenants waiting, {many} ns with 10,000");
}

#[test]
fn slow_clients_and_slow_dials_are_shared_out_as_well() {
    let mut simulation = Simulation::new(ServerLimits::cap(40));
    (simulation.dial, simulation.close) = (millis(60), millis(20));
    let tenants: Vec<usize> = (0..200)
        .map(|_| {
            let pool = simulation.pool(5);
            simulation.tenant(pool, share(1, 5), 3, Duration::from_micros(300), millis(8))
        })
        .collect();
    simulation.run(millis(3000));
    let before: Vec<u32> = tenants.iter().map(|tenant| simulation.accounts[*tenant].1.done).collect();
    simulation.run(millis(20_000));
    let done: Vec<u32> = tenants.iter().zip(before).map(|(tenant, before)| simulation.accounts[*tenant].1.done - before).collect();
    let (least, most) = (done.iter().min().unwrap(), done.iter().max().unwrap());
    println!("{least} to {most}, {} in all, {} dials", done.iter().sum::<u32>(), simulation.dials);
    assert!(f64::from(*least) / f64::from(*most) >= 0.7, "{least} to {most}");
}
