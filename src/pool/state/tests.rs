use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use proptest::prelude::*;

use super::{Answer, Orders, PoolIndex, PoolLimits, State, Tell};
use crate::ids::WorkerId;

type Test = State<u32, u32>;
/// Waiters from this number on are gone.
const GONE: u32 = 1_000_000;
const ONE: WorkerId = WorkerId(0);
const TWO: WorkerId = WorkerId(1);

impl Tell for u32 {
    fn is_gone(&self) -> bool {
        *self >= GONE
    }
}

fn limits(most: u32) -> PoolLimits {
    PoolLimits { most, least: 0 }
}

fn acquire(state: &mut Test, pool: PoolIndex, waiter: u32, orders: &mut Orders<u32, u32>) -> Answer<u32> {
    state.acquire(pool, ONE, |_| true, Instant::now, || waiter, orders)
}

#[test]
fn the_first_asker_waits_for_a_dial_and_gets_it() {
    let mut state = Test::new(10);
    let pool = state.add_pool(limits(2));
    let mut orders = Orders::default();
    assert!(matches!(acquire(&mut state, pool, 7, &mut orders), Answer::Wait));
    assert_eq!(orders.dial.as_slice(), [pool]);
    let mut orders = Orders::default();
    state.dialed(pool, 100, ONE, Instant::now(), &mut orders);
    assert_eq!(orders.hand_over.as_slice(), [(7, 100)]);
    let mut orders = Orders::default();
    state.release(pool, 100, ONE, Instant::now(), &mut orders);
    assert!(matches!(acquire(&mut state, pool, 8, &mut orders), Answer::Ready(100)));
}

#[test]
fn waiters_that_are_gone_are_passed_over_and_forgotten() {
    let mut state = Test::new(1);
    let pool = state.add_pool(limits(1));
    let mut orders = Orders::default();
    acquire(&mut state, pool, 1, &mut orders);
    state.dialed(pool, 100, ONE, Instant::now(), &mut orders);
    for number in 0..1000 {
        acquire(&mut state, pool, GONE + number, &mut orders);
    }
    acquire(&mut state, pool, 2, &mut orders);
    acquire(&mut state, pool, GONE, &mut orders);
    assert_eq!(state.figures(pool).waiting, 1);
    assert!(state.pool(pool).unwrap().waiters.len() < 200);
    let mut orders = Orders::default();
    state.release(pool, 100, TWO, Instant::now(), &mut orders);
    assert_eq!(orders.hand_over.as_slice(), [(2, 100)]);
    let mut orders = Orders::default();
    state.release(pool, 100, TWO, Instant::now(), &mut orders);
    assert!(orders.hand_over.is_empty());
    assert_eq!(state.figures(pool).idle, 1);
}

#[test]
fn an_idle_connection_of_another_pool_gives_its_slot() {
    let mut state = Test::new(1);
    let (idle, busy) = (state.add_pool(limits(5)), state.add_pool(limits(5)));
    let mut orders = Orders::default();
    acquire(&mut state, idle, 1, &mut orders);
    state.dialed(idle, 100, ONE, Instant::now(), &mut orders);
    let mut orders = Orders::default();
    state.release(idle, 100, ONE, Instant::now(), &mut orders);
    acquire(&mut state, busy, 2, &mut orders);
    assert_eq!((orders.close.as_slice(), orders.dial.as_slice()), ([100].as_slice(), [busy].as_slice()));
    assert_eq!(state.open(), 1);
}

#[test]
fn a_starving_pool_gets_the_next_slot_that_comes_back() {
    let mut state = Test::new(1);
    let (holder, hungry) = (state.add_pool(limits(5)), state.add_pool(limits(5)));
    let mut orders = Orders::default();
    acquire(&mut state, holder, 1, &mut orders);
    state.dialed(holder, 100, ONE, Instant::now(), &mut orders);
    let mut orders = Orders::default();
    assert!(matches!(acquire(&mut state, hungry, 2, &mut orders), Answer::Wait));
    assert!(orders.dial.is_empty());
    // The holder has waiters of its own, and still it must yield: the other has nothing.
    acquire(&mut state, holder, 3, &mut orders);
    state.release(holder, 100, ONE, Instant::now(), &mut orders);
    assert_eq!((orders.close.as_slice(), orders.dial.as_slice()), ([100].as_slice(), [hungry].as_slice()));
}

#[test]
fn a_failed_dial_tells_those_who_wait_for_nothing_else_and_rests() {
    let mut state = Test::new(10);
    let pool = state.add_pool(limits(1));
    let mut orders = Orders::default();
    acquire(&mut state, pool, 1, &mut orders);
    acquire(&mut state, pool, 2, &mut orders);
    let now = Instant::now();
    assert_eq!(state.dial_failed(pool, now, &mut orders), [1, 2]);
    assert!(matches!(state.acquire(pool, ONE, |_| true, || now, || 3, &mut orders), Answer::Down));
    let mut orders = Orders::default();
    assert!(matches!(state.acquire(pool, ONE, |_| true, || now + Duration::from_secs(2), || 4, &mut orders), Answer::Wait));
    assert_eq!(orders.dial.len(), 1);
}

#[test]
fn those_who_wait_beside_a_busy_connection_are_served_after_a_failed_dial() {
    let mut state = Test::new(10);
    let pool = state.add_pool(limits(3));
    let now = Instant::now();
    let mut orders = Orders::default();
    acquire(&mut state, pool, 1, &mut orders);
    state.dialed(pool, 100, ONE, now, &mut orders);
    acquire(&mut state, pool, 2, &mut orders);
    acquire(&mut state, pool, 3, &mut orders);
    // The first connection is in use for as long as its session likes.
    assert!(state.dial_failed(pool, now, &mut orders).is_empty());
    assert!(state.dial_failed(pool, now, &mut orders).is_empty());
    let mut orders = Orders::default();
    state.reap(pool, now, Duration::from_secs(60), |_| false, &mut orders);
    assert!(orders.dial.is_empty(), "not before the back-off is over");
    state.reap(pool, now + Duration::from_secs(1), Duration::from_secs(60), |_| false, &mut orders);
    assert_eq!(orders.dial.as_slice(), [pool, pool]);
}

#[test]
fn a_busy_connection_is_not_waited_for_while_no_other_can_be_opened() {
    let mut state = Test::new(10).with_patience(Duration::from_secs(5));
    let pool = state.add_pool(limits(3));
    let start = Instant::now();
    let mut orders = Orders::default();
    state.acquire(pool, ONE, |_| true, || start, || 1, &mut orders);
    state.dialed(pool, 100, ONE, start, &mut orders);
    state.acquire(pool, ONE, |_| true, || start, || 2, &mut orders);
    state.acquire(pool, ONE, |_| true, || start + Duration::from_secs(4), || 3, &mut orders);
    let mut orders = Orders::default();
    assert!(state.dial_failed(pool, start + Duration::from_secs(4), &mut orders).is_empty());
    assert_eq!(state.dial_failed(pool, start + Duration::from_secs(5), &mut orders), [2]);
    assert_eq!((state.figures(pool).waiting, state.figures(pool).open), (1, 1));
}

#[test]
fn ones_own_worker_goes_first_but_not_for_long() {
    let mut state = Test::new(1);
    let pool = state.add_pool(limits(1));
    let mut orders = Orders::default();
    let start = Instant::now();
    state.acquire(pool, ONE, |_| true, || start, || 0, &mut orders);
    state.dialed(pool, 100, ONE, start, &mut orders);
    state.acquire(pool, TWO, |_| true, || start, || 2, &mut orders);
    state.acquire(pool, ONE, |_| true, || start + Duration::from_millis(1), || 1, &mut orders);
    let mut orders = Orders::default();
    state.release(pool, 100, ONE, start, &mut orders);
    assert_eq!(orders.hand_over.as_slice(), [(1, 100)]);
    state.acquire(pool, ONE, |_| true, || start + Duration::from_millis(50), || 3, &mut orders);
    let mut orders = Orders::default();
    state.release(pool, 100, ONE, start, &mut orders);
    assert_eq!(orders.hand_over.as_slice(), [(2, 100)]);
}

#[derive(Clone, Debug)]
enum Step {
    Acquire(usize, bool),
    Release(usize),
    Close(usize),
    DialOk(usize),
    DialFail(usize),
    Reap(usize),
    Cap(u32),
    Limit(usize, u32),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..3usize, any::<bool>()).prop_map(|(pool, worker)| Step::Acquire(pool, worker)),
        4 => (0..20usize).prop_map(Step::Release),
        1 => (0..20usize).prop_map(Step::Close),
        4 => (0..20usize).prop_map(Step::DialOk),
        1 => (0..20usize).prop_map(Step::DialFail),
        1 => (0..3usize).prop_map(Step::Reap),
        1 => (1..6u32).prop_map(Step::Cap),
        1 => (0..3usize, 1..5u32).prop_map(|(pool, most)| Step::Limit(pool, most)),
    ];
    proptest::collection::vec(step, 0..120)
}

/// What the outside world holds: the model against which slots are counted.
#[derive(Default)]
struct World {
    used: BTreeMap<u32, PoolIndex>,
    idle: BTreeSet<u32>,
    dialing: Vec<PoolIndex>,
    waiting: BTreeMap<u32, PoolIndex>,
    closed: u32,
    next: u32,
    told: BTreeSet<u32>,
}

impl World {
    fn obey(&mut self, orders: Orders<u32, u32>, of: PoolIndex) {
        for (waiter, connection) in orders.hand_over {
            assert_eq!(self.waiting.remove(&waiter), Some(of), "handed to nobody who waits");
            assert!(self.used.insert(connection, of).is_none());
            self.idle.remove(&connection);
        }
        for connection in orders.close {
            self.idle.remove(&connection);
            self.used.remove(&connection);
            self.closed += 1;
        }
        self.dialing.extend(orders.dial);
    }
}

proptest! {
    /// No slot is lost or made up, the cap holds, nobody is told twice, whatever happens in whatever order.
    #[test]
    fn slots_are_conserved(steps in steps()) {
        let start = Instant::now();
        let mut cap = 4;
        let mut state = Test::new(cap);
        let pools = [state.add_pool(limits(2)), state.add_pool(limits(3)), state.add_pool(limits(5))];
        let mut world = World::default();
        for (tick, step) in steps.into_iter().enumerate() {
            let now = start + Duration::from_millis(tick as u64 * 300);
            let mut orders = Orders::default();
            let before = state.open();
            let mut of = pools[0];
            match step {
                Step::Acquire(pool, second) => {
                    of = pools[pool];
                    world.next += 1;
                    let waiter = world.next;
                    match state.acquire(of, if second { TWO } else { ONE }, |_| true, || now, || waiter, &mut orders) {
                        Answer::Ready(connection) => { world.idle.remove(&connection); world.used.insert(connection, of); }
                        Answer::Wait => { world.waiting.insert(waiter, of); }
                        Answer::Down => {}
                    }
                }
                Step::Release(pick) => {
                    let Some((&connection, &pool)) = world.used.iter().nth(pick % world.used.len().max(1)) else { continue };
                    of = pool;
                    world.used.remove(&connection);
                    world.idle.insert(connection);
                    state.release(pool, connection, ONE, now, &mut orders);
                }
                Step::Close(pick) => {
                    let Some((&connection, &pool)) = world.used.iter().nth(pick % world.used.len().max(1)) else { continue };
                    of = pool;
                    world.used.remove(&connection);
                    state.closed(pool, &mut orders);
                }
                Step::DialOk(pick) => {
                    if world.dialing.is_empty() { continue }
                    of = world.dialing.swap_remove(pick % world.dialing.len());
                    world.next += 1;
                    world.idle.insert(world.next);
                    state.dialed(of, world.next, ONE, now, &mut orders);
                }
                Step::DialFail(pick) => {
                    if world.dialing.is_empty() { continue }
                    of = world.dialing.swap_remove(pick % world.dialing.len());
                    for waiter in state.dial_failed(of, now, &mut orders) {
                        prop_assert_eq!(world.waiting.remove(&waiter), Some(of));
                        prop_assert!(world.told.insert(waiter));
                    }
                }
                Step::Reap(pool) => state.reap(pools[pool], now, Duration::from_secs(1), |_| false, &mut orders),
                Step::Cap(new) => { cap = new; state.set_cap(new); }
                Step::Limit(pool, most) => state.set_limits(pools[pool], limits(most)),
            }
            world.obey(orders, of);
            let held = world.used.len() + world.idle.len() + world.dialing.len();
            prop_assert_eq!(state.open() as usize, held, "slots in the books and in the world");
            prop_assert!(state.open() <= cap.max(before), "more than the cap was opened");
            for pool in pools {
                let figures = state.figures(pool);
                prop_assert_eq!(figures.waiting as usize, world.waiting.values().filter(|other| **other == pool).count());
                // Whoever waits has something to wait for: a connection of the pool, or a turn at the cap.
                prop_assert!(figures.waiting == 0 || figures.open > 0 || state.starving.contains(&pool) || state.open() >= cap, "{:?} waits for nothing", pool);
            }
        }
    }
}

#[test]
fn a_new_connection_serves_before_it_yields() {
    let mut state = Test::new(1);
    let (one, two) = (state.add_pool(limits(1)), state.add_pool(limits(1)));
    let mut orders = Orders::default();
    acquire(&mut state, one, 1, &mut orders);
    acquire(&mut state, two, 2, &mut orders);
    let mut orders = Orders::default();
    state.dialed(one, 100, ONE, Instant::now(), &mut orders);
    assert_eq!((orders.hand_over.as_slice(), orders.close.len()), ([(1, 100)].as_slice(), 0));
    let mut orders = Orders::default();
    state.release(one, 100, ONE, Instant::now(), &mut orders);
    assert_eq!((orders.close.as_slice(), orders.dial.as_slice()), ([100].as_slice(), [two].as_slice()));
}

proptest! {
    /// More busy pools than slots: as long as connections come back, everybody who waits gets one in the end.
    #[test]
    fn nobody_waits_forever(cap in 1u32..4, pools in 1usize..6, most in 1u32..4, picks in proptest::collection::vec(any::<u16>(), 3000)) {
        let mut state = Test::new(cap);
        let indexes: Vec<PoolIndex> = (0..pools).map(|_| state.add_pool(limits(most))).collect();
        // Sessions by number: pool is number % pools; each runs ten statements.
        let sessions = pools as u32 * 3;
        let mut left: BTreeMap<u32, u32> = (0..sessions).map(|session| (session, 10)).collect();
        let (mut used, mut dials, mut number): (Vec<(u32, u32)>, Vec<PoolIndex>, u32) = (Vec::new(), Vec::new(), 0);
        let of = |session: u32| indexes[session as usize % pools];
        let mut begin: Vec<u32> = (0..sessions).collect();
        for pick in picks {
            let mut orders = Orders::default();
            let choices = begin.len() + used.len() + dials.len();
            if choices == 0 {
                break;
            }
            let choice = usize::from(pick) % choices;
            if choice < begin.len() {
                let session = begin.swap_remove(choice);
                match acquire(&mut state, of(session), session, &mut orders) {
                    Answer::Ready(connection) => used.push((session, connection)),
                    Answer::Wait => {}
                    Answer::Down => prop_assert!(false, "down"),
                }
            } else if choice < begin.len() + used.len() {
                let (session, connection) = used.swap_remove(choice - begin.len());
                let count = left.get_mut(&session).unwrap();
                *count -= 1;
                if *count == 0 {
                    left.remove(&session);
                } else {
                    begin.push(session);
                }
                state.release(of(session), connection, ONE, Instant::now(), &mut orders);
            } else {
                let pool = dials.swap_remove(choice - begin.len() - used.len());
                number += 1;
                state.dialed(pool, number, ONE, Instant::now(), &mut orders);
            }
            used.extend(orders.hand_over.drain(..));
            dials.extend(orders.dial.drain(..));
        }
        prop_assert!(left.is_empty() || !(begin.is_empty() && used.is_empty() && dials.is_empty()), "stalled: {left:?}");
    }
}

#[test]
fn an_idle_connection_that_suits_is_preferred() {
    let (mut state, mut orders, now) = (Test::new(9), Orders::default(), Instant::now());
    let pool = state.add_pool(PoolLimits { most: 9, least: 0 });
    for connection in [100, 101, 102] {
        assert!(matches!(acquire(&mut state, pool, 1, &mut orders), Answer::Wait));
        state.dialed(pool, connection, ONE, now, &mut orders);
    }
    for connection in [100, 101, 102] {
        state.release(pool, connection, ONE, now, &mut orders);
    }
    let mut get = |suits: fn(&u32) -> bool| match state.acquire(pool, ONE, suits, Instant::now, || 2, &mut orders) {
        Answer::Ready(connection) => connection,
        other => panic!("{other:?}"),
    };
    assert_eq!(get(|connection| *connection == 100), 100);
    // None suits: the most recently used one.
    assert_eq!(get(|connection| *connection == 100), 102);
    assert_eq!(get(|_| true), 101);
}
