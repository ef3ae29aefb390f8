use std::time::{Duration, Instant};

use super::{AccountKey, Answer, Orders, PoolIndex, PoolLimits, ServerLimits, Share, State, Ticket, Use, simulation::share};
use crate::ids::WorkerId;

type Test = State<u32, u32>;
type TestOrders = Orders<u32, u32>;
const ONE: WorkerId = WorkerId(0);
const TWO: WorkerId = WorkerId(1);
const DIAL: Duration = Duration::from_millis(5);

fn server(limits: ServerLimits) -> (Test, Instant) {
    let now = Instant::now();
    (State::new(limits, (Duration::from_secs(5), Duration::from_secs(3_600)), now), now)
}

fn limits(most: u32) -> PoolLimits {
    PoolLimits { most, least: 0 }
}

/// A pool of one tenant.
fn own_pool(state: &mut Test, share: Share, now: Instant) -> AccountKey {
    let pool = state.add_pool(PoolLimits { most: share.most, least: share.least });
    state.add_account(pool, share, now)
}

fn asks(state: &mut Test, key: AccountKey, who: u32, now: Instant, orders: &mut TestOrders) -> Answer<u32> {
    state.acquire(key, ONE, |_| true, now, || who, orders)
}

fn waits(state: &mut Test, key: AccountKey, who: u32, now: Instant, orders: &mut TestOrders) -> Ticket {
    match asks(state, key, who, now, orders) {
        Answer::Wait(ticket) => ticket,
        other => panic!("{other:?}"),
    }
}

fn handed(orders: &TestOrders) -> Vec<(u32, u32)> {
    orders.hand_over.iter().map(|(who, connection, _)| (*who, *connection)).collect()
}

/// One who waits for a new connection, and gets it.
fn opened(state: &mut Test, key: AccountKey, connection: u32, now: Instant) -> Use {
    let mut orders = Orders::default();
    waits(state, key, 999, now, &mut orders);
    assert_eq!(orders.dial.as_slice(), [key.pool]);
    let mut orders = Orders::default();
    state.dialed(key.pool, connection, ONE, DIAL, now, &mut orders);
    assert_eq!(handed(&orders), [(999, connection)]);
    orders.hand_over[0].2
}

fn back(state: &mut Test, key: AccountKey, used: Use, connection: u32, now: Instant) -> TestOrders {
    let mut orders = Orders::default();
    state.release(key, used, connection, ONE, now, &mut orders);
    orders
}

#[test]
fn the_first_asker_waits_for_a_dial_and_the_next_has_what_is_idle() {
    let (mut state, now) = server(ServerLimits::cap(10));
    let key = own_pool(&mut state, share(1, 2), now);
    let used = opened(&mut state, key, 100, now);
    assert!(back(&mut state, key, used, 100, now).is_empty());
    let mut orders = Orders::default();
    assert!(matches!(asks(&mut state, key, 8, now, &mut orders), Answer::Ready(100, _)));
    assert!(orders.is_empty());
}

#[test]
fn first_come_first_served_inside_a_tenant_but_for_ones_own_worker() {
    let (mut state, now) = server(ServerLimits::cap(1));
    let key = own_pool(&mut state, share(1, 5), now);
    let used = opened(&mut state, key, 100, now);
    let mut orders = Orders::default();
    let at = |millis| now + Duration::from_millis(millis);
    let mut ask = |worker, who, time| assert!(matches!(state.acquire(key, worker, |_| true, time, || who, &mut orders), Answer::Wait(_)));
    ask(TWO, 1, at(0));
    ask(TWO, 2, at(1));
    ask(ONE, 3, at(4));
    ask(ONE, 4, at(20));
    ask(ONE, 5, at(21));
    let mut order = Vec::new();
    let mut held = used;
    for _ in 0..5 {
        let orders = back(&mut state, key, held, 100, at(30));
        order.extend(handed(&orders).iter().map(|(who, _)| *who));
        held = orders.hand_over[0].2;
    }
    // The third came within 5 ms of the first and is of the connection's worker.
    assert_eq!(order, [3, 1, 2, 4, 5]);
}

#[test]
fn who_leaves_the_queue_leaves_no_trace() {
    let (mut state, now) = server(ServerLimits::cap(1));
    let key = own_pool(&mut state, share(1, 5), now);
    let used = opened(&mut state, key, 100, now);
    let mut orders = Orders::default();
    let tickets: Vec<Ticket> = (1..=5).map(|who| waits(&mut state, key, who, now, &mut orders)).collect();
    assert_eq!((state.queue(key, Some(tickets[3])).position, state.queue(key, None).waiting), (4, 5));
    for leaves in [0, 2] {
        assert!(state.cancel(tickets[leaves], now, &mut orders));
        assert!(!state.cancel(tickets[leaves], now, &mut orders));
    }
    assert_eq!((state.queue(key, Some(tickets[3])).position, state.queue(key, None).waiting), (2, 3));
    let orders = back(&mut state, key, used, 100, now);
    assert_eq!(handed(&orders), [(2, 100)]);
    // It has been chosen: too late to leave.
    assert!(!state.cancel(tickets[1], now, &mut Orders::default()));
}

#[test]
fn an_idle_connection_of_another_pool_gives_its_slot_when_the_server_has_let_go() {
    let (mut state, now) = server(ServerLimits::cap(1));
    let (idle, busy) = (own_pool(&mut state, share(1, 5), now), own_pool(&mut state, share(1, 5), now));
    let used = opened(&mut state, idle, 100, now);
    back(&mut state, idle, used, 100, now);
    let later = now + Duration::from_millis(100);
    let mut orders = Orders::default();
    waits(&mut state, busy, 2, later, &mut orders);
    assert_eq!((orders.close.as_slice(), orders.dial.as_slice(), state.open()), ([(idle.pool, 100)].as_slice(), [].as_slice(), 1));
    let mut orders = Orders::default();
    state.closed(idle.pool, later, &mut orders);
    assert_eq!((orders.dial.as_slice(), state.open()), ([busy.pool].as_slice(), 1));
}

#[test]
fn a_connection_that_was_used_just_now_stays_a_moment() {
    let (mut state, now) = server(ServerLimits::cap(1));
    let (idle, busy) = (own_pool(&mut state, share(1, 5), now), own_pool(&mut state, share(1, 5), now));
    let used = opened(&mut state, idle, 100, now);
    back(&mut state, idle, used, 100, now);
    let mut orders = Orders::default();
    waits(&mut state, busy, 2, now, &mut orders);
    let at = orders.wake.unwrap();
    assert!(orders.close.is_empty() && at > now && at < now + Duration::from_millis(50));
    let mut orders = Orders::default();
    state.wake(at, &mut orders);
    assert_eq!(orders.close.as_slice(), [(idle.pool, 100)]);
}

#[test]
fn a_busy_pool_beyond_its_share_gives_slots_up_as_they_come_back() {
    let (mut state, now) = server(ServerLimits::cap(2));
    let (holder, hungry) = (own_pool(&mut state, share(1, 5), now), own_pool(&mut state, share(1, 5), now));
    let held = [opened(&mut state, holder, 100, now), opened(&mut state, holder, 101, now)];
    let mut orders = Orders::default();
    waits(&mut state, holder, 1, now, &mut orders);
    waits(&mut state, hungry, 2, now, &mut orders);
    assert!(orders.is_empty());
    // The holder has waiters of its own, but has used much more.
    let later = now + Duration::from_secs(1);
    assert_eq!(back(&mut state, holder, held[0], 100, later).close.as_slice(), [(holder.pool, 100)]);
    // One is enough for one who waits.
    let orders = back(&mut state, holder, held[1], 101, later);
    assert_eq!((handed(&orders).as_slice(), orders.close.len()), ([(1, 101)].as_slice(), 0));
}

#[test]
fn the_guaranteed_minimum_goes_first() {
    let (mut state, now) = server(ServerLimits::cap(2));
    let pool = state.add_pool(limits(u32::MAX));
    let flood = state.add_account(pool, share(100, 5), now);
    let small = state.add_account(pool, Share { least: 1, ..share(1, 5) }, now);
    let held = [opened(&mut state, flood, 100, now), opened(&mut state, flood, 101, now)];
    let mut orders = Orders::default();
    for who in 0..9 {
        waits(&mut state, flood, who, now, &mut orders);
    }
    for who in 50..53 {
        waits(&mut state, small, who, now, &mut orders);
    }
    let first = back(&mut state, flood, held[0], 100, now);
    assert_eq!(handed(&first), [(50, 100)]);
    // One of its own at any time, whatever it has used.
    let later = now + Duration::from_millis(20);
    assert_eq!(handed(&back(&mut state, small, first.hand_over[0].2, 100, later)), [(51, 100)]);
    // For more than that weights decide.
    assert_eq!(handed(&back(&mut state, flood, held[1], 101, later)), [(0, 101)]);
}

#[test]
fn the_reserve_is_for_those_who_have_waited_for_long() {
    let timeout = Duration::from_secs(1);
    let (mut state, now) = server(ServerLimits { reserve: 1, reserve_timeout: timeout, ..ServerLimits::cap(2) });
    let key = own_pool(&mut state, share(1, 5), now);
    let _held = opened(&mut state, key, 100, now);
    let mut orders = Orders::default();
    waits(&mut state, key, 1, now, &mut orders);
    let at = orders.wake.unwrap();
    assert!(orders.dial.is_empty() && at == now + timeout);
    let mut orders = Orders::default();
    state.wake(at, &mut orders);
    assert_eq!((orders.dial.as_slice(), state.open()), ([key.pool].as_slice(), 2));
    let mut orders = Orders::default();
    state.dialed(key.pool, 101, ONE, DIAL, at, &mut orders);
    assert_eq!(handed(&orders), [(1, 101)]);
    // Who has come just now waits for an ordinary one, and the reserve is restored.
    let used = orders.hand_over[0].2;
    waits(&mut state, key, 2, at, &mut Orders::default());
    let orders = back(&mut state, key, used, 101, at + DIAL);
    assert_eq!((orders.hand_over.len(), orders.close.as_slice()), (0, [(key.pool, 101)].as_slice()));
}

#[test]
fn a_failed_dial_tells_those_who_wait_for_nothing_else_and_rests() {
    let (mut state, now) = server(ServerLimits::cap(10));
    let key = own_pool(&mut state, share(1, 1), now);
    let mut orders = Orders::default();
    waits(&mut state, key, 1, now, &mut orders);
    waits(&mut state, key, 2, now, &mut orders);
    assert_eq!(state.dial_failed(key.pool, now, &mut orders), [1, 2]);
    assert!(matches!(asks(&mut state, key, 3, now, &mut orders), Answer::Down));
    let mut orders = Orders::default();
    waits(&mut state, key, 4, now + Duration::from_secs(2), &mut orders);
    assert_eq!(orders.dial.as_slice(), [key.pool]);
}

#[test]
fn those_who_wait_beside_a_busy_connection_are_served_after_a_failed_dial() {
    let (mut state, now) = server(ServerLimits::cap(10));
    let key = own_pool(&mut state, share(1, 3), now);
    let _held = opened(&mut state, key, 100, now);
    let mut orders = Orders::default();
    waits(&mut state, key, 2, now, &mut orders);
    waits(&mut state, key, 3, now, &mut orders);
    assert_eq!(orders.dial.len(), 2);
    assert!(state.dial_failed(key.pool, now, &mut orders).is_empty());
    assert!(state.dial_failed(key.pool, now, &mut orders).is_empty());
    let mut orders = Orders::default();
    state.reap(key.pool, now, Duration::from_secs(60), |_| false, &mut orders);
    assert!(orders.dial.is_empty(), "not before the back-off is over");
    state.wake(now + Duration::from_secs(1), &mut orders);
    assert_eq!(orders.dial.as_slice(), [key.pool, key.pool]);
    // Nor does anybody wait for the busy one for ever while no other can be opened.
    let late = now + Duration::from_secs(6);
    assert_eq!(state.dial_failed(key.pool, late, &mut orders), [2, 3]);
}

#[test]
fn other_limits_count_at_once() {
    let (mut state, now) = server(ServerLimits::cap(4));
    let key = own_pool(&mut state, share(1, 1), now);
    let held = opened(&mut state, key, 100, now);
    let mut orders = Orders::default();
    waits(&mut state, key, 1, now, &mut orders);
    assert!(orders.is_empty());
    state.set_pool_limits(key.pool, limits(2), now, &mut orders);
    state.set_share(key, share(1, 2), now, &mut orders);
    assert_eq!(orders.dial.as_slice(), [key.pool]);
    state.dialed(key.pool, 101, ONE, DIAL, now, &mut orders);
    // And down again: what comes back beyond the limit closes.
    let mut orders = Orders::default();
    state.set_limits(ServerLimits::cap(1), now, &mut orders);
    assert!(orders.is_empty());
    assert_eq!(back(&mut state, key, held, 100, now).close.as_slice(), [(key.pool, 100)]);
}

#[test]
fn an_idle_connection_that_suits_is_preferred() {
    let (mut state, now) = server(ServerLimits::cap(9));
    let key = own_pool(&mut state, share(1, 9), now);
    let held: Vec<Use> = [100, 101, 102].map(|connection| opened(&mut state, key, connection, now)).into();
    for (used, connection) in held.into_iter().zip([100, 101, 102]) {
        back(&mut state, key, used, connection, now);
    }
    let mut get = |suits: fn(&u32) -> bool| match state.acquire(key, ONE, suits, now, || 2, &mut Orders::default()) {
        Answer::Ready(connection, _) => connection,
        other => panic!("{other:?}"),
    };
    assert_eq!(get(|connection| *connection == 100), 100);
    // None suits: the most recently used one.
    assert_eq!(get(|connection| *connection == 100), 102);
    assert_eq!(get(|_| true), 101);
}

#[test]
fn who_owes_something_is_not_forgotten() {
    let (mut state, now) = server(ServerLimits::cap(2));
    let pool = state.add_pool(limits(u32::MAX));
    let (one, two) = (state.add_account(pool, share(1, 2), now), state.add_account(pool, share(1, 2), now));
    let used = opened(&mut state, one, 100, now);
    assert!(!state.remove_account(one, now), "it uses a connection");
    let later = now + Duration::from_secs(3);
    back(&mut state, one, used, 100, later);
    assert!(!state.remove_account(one, later), "it has just used three seconds");
    assert!(state.remove_account(two, later));
    assert!(state.remove_account(one, later + Duration::from_secs(4)));
    assert!(!state.remove_pool(PoolIndex(pool.0)), "it has a connection");
}

#[test]
fn whoever_waits_for_too_long_is_told_and_the_next_one_is_looked_at_in_time() {
    let begun = Instant::now();
    let at = |millis| begun + Duration::from_millis(millis);
    let mut state: State<u32, u32> = State::new(ServerLimits::cap(1), (Duration::from_secs(5), Duration::from_millis(300)), begun);
    let pool = state.add_pool(PoolLimits { most: 1, least: 0 });
    let hasty = Share { max_wait: Some(Duration::from_millis(100)), ..share(1, 1) };
    let (patient, hasty) = (state.add_account(pool, share(1, 1), begun), state.add_account(pool, hasty, begun));
    let mut orders = Orders::default();
    let ask = |state: &mut State<u32, u32>, key, who, time, orders: &mut Orders<u32, u32>| {
        assert!(matches!(state.acquire(key, WorkerId(0), |_| true, time, || who, orders), Answer::Wait(_)));
    };
    ask(&mut state, patient, 1, at(0), &mut orders);
    assert_eq!(orders.wake, Some(at(300)));
    ask(&mut state, patient, 2, at(50), &mut orders);
    assert_eq!(orders.wake, Some(at(300)), "one alarm serves both");
    ask(&mut state, hasty, 3, at(60), &mut orders);
    assert_eq!(orders.wake, Some(at(160)));

    let mut orders = Orders::default();
    state.wake(at(160), &mut orders);
    let told: Vec<_> =
        orders.expired.iter().map(|(who, waited, queue)| (*who, waited.as_millis(), queue.position, queue.waiting)).collect();
    assert_eq!((told, orders.wake), (vec![(3, 100, 1, 1)], Some(at(300))));

    let mut orders = Orders::default();
    state.wake(at(300), &mut orders);
    let told: Vec<_> = orders.expired.iter().map(|(who, ..)| *who).collect();
    assert_eq!((told, orders.wake, state.waiting()), (vec![1], Some(at(350)), 1));

    let mut orders = Orders::default();
    state.wake(at(350), &mut orders);
    assert_eq!((orders.expired.len(), orders.wake, state.waiting()), (1, None, 0));
}

#[test]
fn a_wait_without_end_ends_some_day() {
    let now = Instant::now();
    assert!(super::patience::end_of(Duration::MAX, now) > now + Duration::from_secs(86_400));
}
