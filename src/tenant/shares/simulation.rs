//! Many proxies, one store, and time that we turn: what is used never exceeds a limit, and nobody who wants something goes without.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

use proptest::prelude::*;

use super::{
    super::rate::{Epoch, Meter, Ticks},
    *,
};

const TIMEOUT: Duration = Duration::from_secs(10);
const STEP: Duration = Duration::from_millis(50);
const PERIOD: u32 = 5;

/// One proxy: its books, what it uses, and what it would like to use.
struct Node {
    ledger: Ledger,
    in_force: InForce,
    used: BTreeMap<Key, u64>,
    want: BTreeMap<Key, u64>,
    alive: bool,
    reaches_store: bool,
    /// Steps between writing and reading.
    lag: u32,
    due: u32,
    reads_in: Option<u32>,
    next: u64,
    text: String,
}

struct World {
    nodes: Vec<Node>,
    store: BTreeMap<ProxyId, (String, Duration)>,
    limits: BTreeMap<Key, u64>,
    began: Instant,
    now: Duration,
    /// Rates may be halved at once; connections come back one by one.
    sticky: bool,
}

fn tenant(name: &str) -> TenantId {
    TenantId::from(name)
}

impl World {
    fn new(count: usize, limits: &[(Key, u64)]) -> World {
        let mut world = World {
            nodes: Vec::new(),
            store: BTreeMap::new(),
            limits: limits.iter().cloned().collect(),
            began: Instant::now(),
            now: Duration::ZERO,
            sticky: false,
        };
        (0..count).for_each(|_| world.join());
        world
    }

    fn join(&mut self) {
        let number = self.nodes.len() as u8;
        let ledger = Ledger::new(Record::new(ProxyId::new([number; 8]), format!("proxy {number}")), TIMEOUT);
        self.nodes.push(Node {
            in_force: ledger.in_force(),
            ledger,
            used: BTreeMap::new(),
            want: BTreeMap::new(),
            alive: true,
            reaches_store: true,
            lag: 0,
            due: 0,
            reads_in: None,
            next: 0,
            text: String::new(),
        });
    }

    fn id(number: usize) -> ProxyId {
        ProxyId::new([number as u8; 8])
    }

    /// A twentieth of a second.
    fn step(&mut self) {
        self.now += STEP;
        let now = self.began + self.now;
        for number in 0..self.nodes.len() {
            if self.nodes[number].alive {
                self.act(number, now);
            }
        }
        for node in self.nodes.iter_mut().filter(|node| node.alive) {
            for (key, limit) in &self.limits {
                let (used, want) = (node.used.entry(key.clone()).or_default(), node.want.get(key).copied().unwrap_or_default());
                let may = node.in_force.amount(key, *limit);
                let floor = if self.sticky && *used > 0 { *used - 1 } else { 0 };
                *used = want.min(may).max(floor);
            }
        }
    }

    fn act(&mut self, number: usize, now: Instant) {
        let limits = self.limits.clone();
        let limit_of = |key: &Key| limits.get(key).copied();
        let seen: Vec<Seen> = self
            .store
            .iter()
            .map(|(id, (text, at))| Seen { id: id.clone(), text: text.clone(), age: self.now - *at, is_gone: false })
            .collect();
        let time = self.now;
        let node = &mut self.nodes[number];
        if let Some(left) = node.reads_in {
            if left > 0 {
                node.reads_in = Some(left - 1);
                return;
            }
            node.reads_in = None;
            if node.reaches_store {
                node.ledger.look(&seen, limit_of, now);
                node.in_force = node.ledger.in_force();
            }
            node.due = if node.ledger.is_in_motion() { 1 } else { PERIOD };
        }
        let fixed = self.sticky;
        let needs: HashMap<Key, Need> = node
            .want
            .iter()
            .map(|(key, want)| {
                let used = node.used.get(key).copied().unwrap_or_default();
                let fixed = if fixed && matches!(key, Key::Clients(_)) { used } else { 0 };
                (key.clone(), Need { want: (*want).max(used), fixed, weight: *want, next: node.next })
            })
            .collect();
        node.due = node.due.saturating_sub(1);
        if node.reaches_store {
            if node.ledger.plan(&needs, limit_of, now) {
                node.due = 0;
            }
            node.in_force = node.ledger.in_force();
        }
        if node.due == 0 {
            let used = node.used.clone();
            // What is used at most until the others read it.
            node.text = node.ledger.record(|key| used.get(key).copied().unwrap_or_default()).text();
            node.reads_in = Some(node.lag);
            node.due = PERIOD;
            if node.reaches_store {
                let text = node.text.clone();
                self.store.insert(World::id(number), (text, time));
            }
        }
    }

    fn run(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.step();
            self.check();
        }
    }

    fn used(&self, key: &Key) -> u64 {
        self.nodes.iter().filter(|node| node.alive).map(|node| node.used.get(key).copied().unwrap_or_default()).sum()
    }

    fn may(&self, key: &Key) -> u64 {
        self.nodes.iter().filter(|node| node.alive).map(|node| node.in_force.amount(key, self.limits[key])).sum()
    }

    fn check(&self) {
        for (key, limit) in &self.limits {
            assert!(self.used(key) <= *limit, "{key}: {} of {limit} are used after {:?}", self.used(key), self.now);
            assert!(self.sticky || self.may(key) <= *limit, "{key}: {} of {limit} may be used after {:?}", self.may(key), self.now);
        }
    }

    fn wants(&mut self, number: usize, key: &Key, want: u64) {
        self.nodes[number].want.insert(key.clone(), want);
    }

    fn shares(&self, key: &Key) -> Vec<u64> {
        self.nodes.iter().map(|node| node.in_force.amount(key, self.limits[key])).collect()
    }
}

/// Three proxies with clients that ask again at once, from the first moment on: how many statements of all get through in ten seconds, and in
/// the ten seconds after.
fn through(per_second: u64, busy: usize, attempt: Duration) -> [u64; 2] {
    let (key, rate) = (Key::Statements(tenant("acme")), Rate::new(per_second, None));
    let limit = rate.pace().millionths;
    let mut world = World::new(3, &[(key.clone(), limit)]);
    world.run(seconds(1.0));
    let epoch = Epoch::default();
    let (begun, base) = (world.now, Instant::now() + seconds(1.0));
    let spacing = is_spaced(&key, limit).then(|| Duration::from_secs(1) / per_second as u32);
    let meters: Vec<Meter> = world.nodes.iter().map(|node| Meter::new(rate.part(node.in_force.amount(&key, limit)))).collect();
    let here = |time: Duration| epoch.at(base + (time - begun));
    let millis = |ticks: Ticks| match ticks.since(here(begun)) {
        Some(later) => (begun + later).as_millis() as u64,
        None => begun.as_millis() as u64,
    };
    let mut passed = [0, 0];
    for round in 0..20 * 20 {
        for (number, meter) in meters.iter().enumerate() {
            let tried = meter.take_tried();
            if tried > 0 {
                world.wants(number, &key, tried * 20 * 1_000_000);
            }
            world.nodes[number].next = spacing.map_or(0, |spacing| millis(meter.next_after(spacing)));
        }
        let until = world.now + STEP;
        let mut now = world.now;
        while now < until {
            for meter in &meters[..busy] {
                passed[round / 200] += u64::from(meter.take(1, here(now)).is_ok());
            }
            now += attempt;
        }
        world.step();
        world.check();
        for (node, meter) in world.nodes.iter().zip(&meters) {
            let pace = rate.part(node.in_force.amount(&key, limit));
            if let (Some(spacing), Some(turns)) = (spacing, node.ledger.turns(&key, limit))
                && (turns.even || meter.pace().millionths == 0)
            {
                let next = meter.next();
                let turn = turns.next(millis(next).max(world.now.as_millis() as u64), spacing);
                meter.reschedule(next, here(Duration::from_millis(turn).max(begun)));
            }
            match spacing.filter(|_| pace.burst <= 1) {
                Some(spacing) => meter.change_single(pace, spacing),
                None => meter.change(pace, here(world.now)),
            }
        }
    }
    passed
}

#[test]
fn a_rate_is_kept_by_three_within_a_twentieth() {
    for (per_second, attempt) in [(1, 2_000), (2, 2_000), (7, 2_000), (1_000, 200), (100_000, 5)] {
        for busy in [3, 2, 1] {
            let passed = through(per_second, busy, Duration::from_micros(attempt));
            println!("{per_second} per second, {busy} of 3 proxies busy: {passed:?} in ten seconds each");
            let most_off = per_second * 10 / 20;
            // Who is alone with its demand has less until it has told the others.
            let begins = if busy == 3 { 0 } else { per_second / 2 + 1 };
            assert!(passed[0] <= per_second * 10 + most_off, "{per_second}, {busy} busy: {passed:?}");
            assert!(passed[0] + most_off + begins >= per_second * 10, "{per_second}, {busy} busy: {passed:?}");
            assert!(passed[1].abs_diff(per_second * 10) <= most_off, "{per_second}, {busy} busy: {passed:?}");
        }
    }
}

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

#[test]
fn one_alone_has_all_at_once() {
    let key = Key::Connections(tenant("acme"));
    let mut world = World::new(1, &[(key.clone(), 7)]);
    world.run(seconds(0.2));
    assert_eq!(world.shares(&key), [7]);
    assert!(world.nodes[0].ledger.is_settled());
}

#[test]
fn three_have_even_parts_and_say_nothing_of_them() {
    let (acme, globex) = (Key::Connections(tenant("acme")), Key::Clients(tenant("globex")));
    let mut world = World::new(3, &[(acme.clone(), 9), (globex.clone(), 2)]);
    world.run(seconds(1.0));
    (0..3).for_each(|number| world.wants(number, &acme, 3));
    world.run(seconds(2.0));
    assert_eq!((world.shares(&acme), world.may(&globex)), (vec![3, 3, 3], 2));
    assert!(world.store.values().all(|(text, _)| text.contains("\"entries\":{}")), "{:?}", world.store);
}

#[test]
fn shares_follow_demand() {
    let key = Key::Bytes(tenant("acme"));
    let mut world = World::new(3, &[(key.clone(), 1000)]);
    world.run(seconds(1.0));
    world.wants(1, &key, 5000);
    world.run(seconds(1.0));
    // The others keep what they need to begin.
    assert_eq!(world.shares(&key), [3, 994, 3]);
    world.wants(0, &key, 5000);
    world.run(seconds(0.8));
    assert!(world.shares(&key)[0].abs_diff(498) <= 2, "{:?}", world.shares(&key));
    // Nobody wants it any more.
    (0..2).for_each(|number| world.wants(number, &key, 0));
    world.run(seconds(30.0));
    let even = world.shares(&key);
    assert!(even.iter().all(|share| (333..=334).contains(share)) && world.nodes[0].ledger.listed().is_empty(), "{even:?}");
}

#[test]
fn a_fraction_of_a_statement_per_second() {
    let key = Key::Statements(tenant("acme"));
    let mut world = World::new(3, &[(key.clone(), 1_000_000)]);
    world.run(seconds(1.0));
    assert_eq!(world.may(&key), 1_000_000, "one of them has it");
    (0..3).for_each(|number| world.wants(number, &key, 900_000_000));
    world.run(seconds(1.5));
    assert_eq!(world.shares(&key), [333_333; 3]);
    let turns: Vec<_> = world.nodes.iter().map(|node| node.ledger.turns(&key, 1_000_000).unwrap()).collect();
    assert!(turns.iter().enumerate().all(|(rank, turns)| (turns.count, turns.rank, turns.even) == (3, rank as u64, true)), "{turns:?}");
}

#[test]
fn one_connection_goes_from_hand_to_hand() {
    let key = Key::Connections(tenant("acme"));
    let mut world = World::new(3, &[(key.clone(), 1)]);
    world.sticky = true;
    (0..3).for_each(|number| world.wants(number, &key, 4));
    let mut had = [0u32; 3];
    for _ in 0..1200 {
        world.step();
        world.check();
        (0..3).for_each(|number| had[number] += u32::from(world.nodes[number].used[&key] > 0));
    }
    assert!(had.iter().all(|had| *had >= 240), "{had:?} of 1200");
    assert!(had.iter().sum::<u32>() >= 900, "{had:?} of 1200");
}

#[test]
fn what_a_dead_proxy_held_goes_to_the_others() {
    let key = Key::Connections(tenant("acme"));
    let mut world = World::new(3, &[(key.clone(), 30)]);
    (0..3).for_each(|number| world.wants(number, &key, 30));
    world.run(seconds(2.0));
    assert_eq!(world.shares(&key), [10, 10, 10]);
    world.nodes[1].alive = false;
    world.run(seconds(9.0));
    assert_eq!((world.shares(&key)[0], world.shares(&key)[2]), (10, 10), "it may still be there");
    world.run(seconds(3.0));
    assert_eq!((world.shares(&key)[0], world.shares(&key)[2]), (15, 15));
    // Another one begins, and finds an old record beside the others.
    world.join();
    world.wants(3, &key, 30);
    world.run(seconds(3.0));
    assert_eq!(world.shares(&key)[3], 10);
}

#[test]
fn without_the_store_each_keeps_what_it_has() {
    let (acme, globex) = (Key::Connections(tenant("acme")), Key::Clients(tenant("globex")));
    let mut world = World::new(3, &[(acme.clone(), 30), (globex.clone(), 30)]);
    world.wants(0, &acme, 24);
    world.run(seconds(2.0));
    let before = (world.shares(&acme), world.shares(&globex));
    world.nodes.iter_mut().for_each(|node| node.reaches_store = false);
    (0..3).for_each(|number| world.wants(number, &globex, 30));
    world.run(seconds(60.0));
    assert_eq!(world.shares(&acme), before.0);
    assert!(world.shares(&globex).iter().zip(&before.1).all(|(now, before)| now <= before));
    // It comes back for one after the other: nobody takes the others for dead.
    for number in 0..3 {
        world.nodes[number].reaches_store = true;
        world.run(seconds(0.7));
    }
    world.run(seconds(2.0));
    assert_eq!(world.may(&globex), 30);
}

#[test]
fn who_leaves_is_gone_at_once() {
    let key = Key::Connections(tenant("acme"));
    let mut world = World::new(2, &[(key.clone(), 10)]);
    (0..2).for_each(|number| world.wants(number, &key, 10));
    world.run(seconds(2.0));
    let text = world.nodes[1].ledger.farewell().text();
    world.nodes[1].alive = false;
    let now = world.now;
    world.store.insert(World::id(1), (text, now));
    world.run(seconds(0.8));
    assert_eq!(world.shares(&key)[0], 10);
}

#[derive(Clone, Debug)]
enum Event {
    Want(usize, usize, u64),
    Lag(usize, u32),
    Outage(usize, bool),
    Join,
    Wait(u32),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        6 => (0usize..5, 0usize..5, prop_oneof![Just(0u64), 1u64..40, Just(100_000_000u64)]).prop_map(|(node, key, want)| Event::Want(node, key, want)),
        2 => (0usize..5, 0u32..12).prop_map(|(node, lag)| Event::Lag(node, lag)),
        1 => (0usize..5, any::<bool>()).prop_map(|(node, up)| Event::Outage(node, up)),
        1 => Just(Event::Join),
        8 => (1u32..60).prop_map(Event::Wait),
    ];
    prop::collection::vec(event, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whatever they want and however late they read: together they use no more than the limit; and once the store has been there for a while,
    /// nobody goes without who wants something, and nothing is left over that somebody wants.
    #[test]
    fn never_more_than_the_limit(script in events(), sticky in any::<bool>()) {
        let keys = [
            (Key::Connections(tenant("acme")), 5),
            (Key::Clients(tenant("acme")), 7),
            (Key::Statements(tenant("acme")), 10_000_000),
            (Key::Server("db:5432".into()), 40),
            (Key::Bytes(tenant("globex")), 1_000_000),
        ];
        let mut world = World::new(2, &keys);
        world.sticky = sticky;
        for event in script {
            match event {
                Event::Want(node, key, want) if node < world.nodes.len() => world.wants(node, &keys[key].0.clone(), want),
                Event::Lag(node, lag) if node < world.nodes.len() => world.nodes[node].lag = lag,
                // Shorter than the time-out: who is away for longer while others aren't is taken for dead.
                Event::Outage(node, up) if node < world.nodes.len() => {
                    world.nodes[node].reaches_store = false;
                    world.run(seconds(if up { 3.0 } else { 7.0 }));
                    world.nodes[node].reaches_store = true;
                    world.run(seconds(1.0));
                }
                Event::Join if world.nodes.len() < 5 => world.join(),
                Event::Wait(steps) => world.run(STEP * steps),
                _ => {}
            }
        }
        world.nodes.iter_mut().for_each(|node| node.lag = 0);
        world.run(seconds(10.0));
        for (key, limit) in &keys {
            let wanted: u64 = world.nodes.iter().map(|node| node.want.get(key).copied().unwrap_or_default()).sum();
            let idle = key.idle_part(*limit) * world.nodes.len() as u64;
            // What isn't worth changing hands for.
            let petty = (limit / 256 + u64::from(key.has_fractions())) * world.nodes.len() as u64;
            let rotates = *limit < world.nodes.len() as u64 * 2;
            let used = world.used(key);
            prop_assert!(rotates || used + idle + petty >= wanted.min(*limit), "{}: {} used, {} wanted of {}", key, used, wanted, limit);
        }
    }
}
