//! What goes where, by example and by property.

use proptest::prelude::*;

use super::*;

const ASKED: Asked = Asked {
    access: Access::Reads,
    reads_by_default: false,
    is_tied: false,
    wish: Wish::Replica,
    consistency: Consistency::Session,
    written: 0,
    tenant_written: 0,
    seen: 0,
    last: None,
    max_lag: Duration::from_secs(5),
    may_wait: false,
};

const UP: Candidate = Candidate { is_up: true, caught: 10, lag: Duration::ZERO, outstanding: 0, weight: 1, is_near: true };
const DOWN: Candidate = Candidate { is_up: false, ..UP };

fn to(asked: Asked, replicas: &[Candidate]) -> Decision {
    decide(&asked, &UP, replicas)
}

#[test]
fn only_what_surely_reads_goes_to_a_replica() {
    for (access, reads_by_default, expected) in [
        (Access::Reads, false, Decision::Replica(0)),
        (Access::BeginsReading, false, Decision::Replica(0)),
        (Access::Begins, true, Decision::Replica(0)),
        (Access::Begins, false, Decision::Primary),
        (Access::Anything, true, Decision::Primary),
        (Access::Keeps, true, Decision::Primary),
    ] {
        assert_eq!(to(Asked { access, reads_by_default, ..ASKED }, &[UP]), expected, "{access:?} {reads_by_default}");
    }
    assert_eq!(to(Asked { is_tied: true, ..ASKED }, &[UP]), Decision::Primary);
    assert_eq!(to(Asked { wish: Wish::Primary, ..ASKED }, &[UP]), Decision::Primary);
    assert_eq!(to(ASKED, &[]), Decision::Primary);
    assert_eq!(to(ASKED, &[DOWN]), Decision::Primary);
}

#[test]
fn a_read_finds_what_it_must() {
    use Consistency::{Eventual, Session, Tenant};
    for (consistency, written, tenant_written, expected) in [
        (Session, 10, 99, Decision::Replica(0)),
        (Session, 11, 11, Decision::Primary),
        (Tenant, 0, 10, Decision::Replica(0)),
        (Tenant, 0, 11, Decision::Primary),
        (Eventual, 99, 99, Decision::Replica(0)),
    ] {
        let asked = Asked { consistency, written, tenant_written, ..ASKED };
        assert_eq!(to(asked, &[UP]), expected, "{consistency:?} {written} {tenant_written}");
    }
    let lags = Candidate { lag: Duration::from_secs(6), ..UP };
    assert_eq!(to(Asked { consistency: Eventual, ..ASKED }, &[lags]), Decision::Primary);
}

#[test]
fn nobody_goes_back_in_time() {
    let behind = Candidate { caught: 9, ..UP };
    let asked = Asked { seen: 10, ..ASKED };
    assert_eq!(to(asked, &[behind]), Decision::Primary);
    assert_eq!(to(asked, &[behind, UP]), Decision::Replica(1));
    // What was seen there is there.
    assert_eq!(to(Asked { last: Some(0), ..asked }, &[behind]), Decision::Replica(0));
    assert_eq!(to(Asked { last: Some(1), ..asked }, &[behind, DOWN]), Decision::Primary);
}

#[test]
fn a_read_may_wait_for_one_that_will_do() {
    let asked = Asked { written: 12, seen: 14, may_wait: true, ..ASKED };
    assert_eq!(to(asked, &[UP]), Decision::Wait(14));
    assert_eq!(to(Asked { may_wait: false, ..asked }, &[UP]), Decision::Primary);
    assert_eq!(to(asked, &[DOWN]), Decision::Primary);
}

#[test]
fn near_ones_first_then_the_one_with_least_to_do() {
    let far = Candidate { is_near: false, ..UP };
    let busy = Candidate { outstanding: 3, ..UP };
    let strong = Candidate { weight: 4, ..busy };
    assert_eq!(to(ASKED, &[far, busy]), Decision::Replica(1));
    assert_eq!(to(ASKED, &[busy, UP]), Decision::Replica(1));
    assert_eq!(to(ASKED, &[busy, strong]), Decision::Replica(1));
    assert_eq!(to(ASKED, &[Candidate { outstanding: 1, ..UP }, strong]), Decision::Replica(1));
    let nearest = Asked { wish: Wish::Nearest, ..ASKED };
    assert_eq!(to(nearest, &[far]), Decision::Primary);
    assert_eq!(to(nearest, &[busy]), Decision::Primary);
    assert_eq!(decide(&nearest, &busy, &[UP]), Decision::Replica(0));
    assert_eq!(decide(&nearest, &DOWN, &[far]), Decision::Replica(0));
}

#[test]
fn words_of_target_session_attrs_are_understood() {
    for wish in [Wish::Primary, Wish::Replica, Wish::Nearest] {
        assert_eq!(Wish::read(wish.as_str()), Some(wish));
    }
    assert_eq!((Wish::read("prefer-standby"), Wish::read("ANY"), Wish::read("x")), (Some(Wish::Replica), Some(Wish::Nearest), None));
}

fn candidate() -> impl Strategy<Value = Candidate> {
    (any::<bool>(), 0u64..8, 0u64..8, 0u32..5, 1u32..5, any::<bool>()).prop_map(|(is_up, caught, lag, outstanding, weight, is_near)| {
        Candidate { is_up, caught, lag: Duration::from_secs(lag), outstanding, weight, is_near }
    })
}

fn asked() -> impl Strategy<Value = Asked> {
    let access = prop::sample::select(vec![Access::Reads, Access::Begins, Access::BeginsReading, Access::Keeps, Access::Anything]);
    let wish = prop::sample::select(vec![Wish::Primary, Wish::Replica, Wish::Nearest]);
    let consistency = prop::sample::select(vec![Consistency::Session, Consistency::Tenant, Consistency::Eventual]);
    let marks = (0u64..8, 0u64..8, 0u64..8);
    let rest = (prop::option::of(0usize..4), 0u64..8, any::<[bool; 3]>());
    (access, wish, consistency, marks, rest).prop_map(|(access, wish, consistency, (written, tenant_written, seen), (last, lag, flags))| {
        let [reads_by_default, is_tied, may_wait] = flags;
        let max_lag = Duration::from_secs(lag);
        Asked { access, reads_by_default, is_tied, wish, consistency, written, tenant_written, seen, last, max_lag, may_wait }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn no_decision_breaks_a_promise(asked in asked(), primary in candidate(), replicas in prop::collection::vec(candidate(), 0..4)) {
        match decide(&asked, &primary, &replicas) {
            Decision::Replica(number) => {
                let replica = replicas[number];
                prop_assert!(!matches!(asked.access, Access::Anything | Access::Keeps) && !asked.is_tied && asked.wish != Wish::Primary);
                prop_assert!(replica.is_up && replica.lag <= asked.max_lag);
                if asked.consistency != Consistency::Eventual {
                    prop_assert!(replica.caught >= asked.written);
                    prop_assert!(asked.last == Some(number) || replica.caught >= asked.seen);
                }
                if asked.consistency == Consistency::Tenant {
                    prop_assert!(replica.caught >= asked.tenant_written);
                }
                // Nobody is better that would have done.
                for (other, candidate) in replicas.iter().enumerate() {
                    prop_assert!(!(asked.suits(other, candidate) && is_better(candidate, &replica)), "{other}");
                }
            }
            Decision::Wait(mark) => {
                prop_assert!(asked.may_wait && asked.reads() && mark >= asked.needs());
                prop_assert!(!replicas.iter().enumerate().any(|(number, replica)| asked.suits(number, replica)));
            }
            Decision::Primary => {
                let suitable = replicas.iter().enumerate().any(|(number, replica)| asked.suits(number, replica));
                prop_assert!(!(suitable && asked.reads() && asked.wish == Wish::Replica));
            }
        }
    }
}
