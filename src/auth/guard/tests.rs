//! With a clock of its own: nothing here waits.

use super::*;
use crate::error::ClientFacing;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn guard(change: impl FnOnce(&mut AbuseSettings)) -> Arc<Guard> {
    let mut rules = AbuseSettings::default();
    change(&mut rules);
    Arc::new(Guard::new(rules))
}

/// Fails so often at one moment; how long each answer is held back, in milliseconds.
fn fail(guard: &Arc<Guard>, address: &str, login: &str, times: u32, now: Instant) -> Vec<u128> {
    (0..times).map(|_| guard.failed(ip(address), login, now).map_or(0, |held| held.time.as_millis())).collect()
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn answers_come_later_and_later() {
    let guard = guard(|_| {});
    let now = Instant::now();
    assert_eq!(fail(&guard, "192.0.2.1", "app", 11, now), [0, 0, 0, 100, 200, 400, 800, 1600, 3200, 5000, 5000]);
    assert_eq!(fail(&guard, "192.0.2.1", "other", 3, now), [0, 0, 0], "another login is another's mistake");
    assert_eq!(fail(&guard, "192.0.2.2", "app", 3, now), [0, 0, 0], "and so is another address");
    // What counts fades.
    assert_eq!(fail(&guard, "192.0.2.2", "app", 1, now + 1200 * SECOND), [0]);
    // A success forgives its own.
    guard.succeeded(ip("192.0.2.1"), "app", now).unwrap();
    assert_eq!(fail(&guard, "192.0.2.1", "app", 4, now), [0, 0, 0, 100]);
}

#[test]
fn many_logins_from_one_address_are_slowed_down_too() {
    let guard = guard(|_| {});
    let now = Instant::now();
    let delays: Vec<u128> = (0..18).flat_map(|n| fail(&guard, "192.0.2.1", &format!("login{n}"), 1, now)).collect();
    assert_eq!(delays[..15], [0; 15]);
    assert_eq!(delays[15..], [100, 200, 400]);
}

#[test]
fn a_pair_is_banned_and_each_time_for_longer() {
    let guard = guard(|rules| rules.failures = 4);
    let mut now = Instant::now();
    for (times, seconds) in [(1, 60), (2, 120), (3, 240), (4, 480), (5, 960), (6, 1920), (7, 3600), (8, 3600)] {
        assert_eq!(guard.admit(ip("192.0.2.1"), Some("app"), now), Ok(()));
        fail(&guard, "192.0.2.1", "app", 4, now);
        let told = guard.admit(ip("192.0.2.1"), Some("app"), now).unwrap_err();
        assert_eq!(told, TurnedAway::Login { login: "app".into(), failures: 4, left: seconds * SECOND }, "{times}");
        assert_eq!(guard.bans(now)[0].times, times);
        assert_eq!(guard.admit(ip("192.0.2.1"), None, now), Ok(()), "other logins go on");
        assert_eq!(guard.admit(ip("192.0.2.1"), Some("other"), now), Ok(()));
        assert_eq!(guard.admit(ip("192.0.2.2"), Some("app"), now), Ok(()), "and so does the login elsewhere");
        now += seconds * SECOND;
        guard.sweep(now);
        assert_eq!(guard.bans(now), []);
    }
    // Who has been quiet for long begins anew.
    now += 3601 * SECOND;
    guard.sweep(now);
    assert_eq!(guard.banned.load(Ordering::Relaxed), 0);
    fail(&guard, "192.0.2.1", "app", 4, now);
    assert_eq!(guard.bans(now)[0].times, 1);
}

#[test]
fn the_default_bans_after_twenty() {
    let guard = guard(|_| {});
    let now = Instant::now();
    fail(&guard, "127.0.0.1", "app", 19, now);
    assert_eq!(guard.admit(ip("127.0.0.1"), Some("app"), now), Ok(()));
    fail(&guard, "127.0.0.1", "app", 1, now);
    let report = guard.admit(ip("127.0.0.1"), Some("app"), now + 20 * SECOND).unwrap_err().report();
    assert_eq!(report.state.as_str(), "28000");
    assert_eq!(report.message, "too many failed logins of user \"app\" from this address");
    assert_eq!(report.detail.unwrap(), "20 logins have failed. The next are looked at in 41 s.");
}

#[test]
fn an_address_is_banned_for_what_it_does_to_many() {
    let guard = guard(|_| {});
    let now = Instant::now();
    for n in 0..99 {
        fail(&guard, "192.0.2.1", &format!("login{n}"), 1, now);
    }
    assert_eq!(guard.admit(ip("192.0.2.1"), None, now), Ok(()));
    fail(&guard, "192.0.2.1", "more", 1, now);
    assert_eq!(guard.admit(ip("192.0.2.1"), None, now), Err(TurnedAway::Address { failures: 100, left: 60 * SECOND }));
    assert!(guard.admit(ip("192.0.2.1"), Some("innocent"), now).is_err());
    assert_eq!(guard.lift(Origin::of_address(ip("192.0.2.1")), None), 1);
    assert_eq!(guard.admit(ip("192.0.2.1"), None, now), Ok(()));
}

#[test]
fn one_good_password_does_not_clear_the_way_for_guessing_others() {
    let guard = guard(|_| {});
    let now = Instant::now();
    for n in 0..100 {
        fail(&guard, "192.0.2.1", &format!("victim{n}"), 1, now);
        let _ = guard.succeeded(ip("192.0.2.1"), "mine", now);
    }
    assert!(guard.admit(ip("192.0.2.1"), None, now).is_err());
    // But an office of people who mistype now and then is none of that.
    for n in 0..300 {
        let login = format!("colleague{}", n % 40);
        fail(&guard, "192.0.2.9", &login, 2, now);
        guard.succeeded(ip("192.0.2.9"), &login, now).unwrap();
    }
    assert_eq!(fail(&guard, "192.0.2.9", "one", 1, now), [0]);
}

#[test]
fn a_login_is_never_locked() {
    let guard = guard(|_| {});
    let now = Instant::now();
    for n in 0..5000u32 {
        fail(&guard, &format!("10.{}.{}.1", n / 250, n % 250), "app", 1, now);
    }
    assert_eq!(guard.admit(ip("192.0.2.1"), Some("app"), now), Ok(()));
    assert_eq!(guard.succeeded(ip("192.0.2.1"), "app", now), Ok(()));
    // Guessing on takes fewer failures to be banned for.
    fail(&guard, "10.0.0.1", "app", 4, now);
    assert!(guard.admit(ip("10.0.0.1"), Some("app"), now).is_err(), "five of them");
    fail(&guard, "192.0.2.1", "app", 4, now);
    assert_eq!(guard.succeeded(ip("192.0.2.1"), "app", now), Ok(()), "who mistypes four times");
}

#[test]
fn what_was_under_way_at_a_ban_does_not_get_in() {
    let guard = guard(|rules| rules.failures = 4);
    let now = Instant::now();
    fail(&guard, "192.0.2.1", "app", 4, now);
    assert!(guard.succeeded(ip("192.0.2.1"), "app", now).is_err(), "the fifth of five guesses at once");
}

#[test]
fn lists_of_the_operator() {
    let network = |text: &str| text.parse().unwrap();
    let guard = guard(|rules| {
        rules.failures = 2;
        rules.never = vec![network("10.0.0.0/8")];
        rules.deny = vec![network("192.0.2.0/24"), network("2001:db8::/32")];
    });
    let now = Instant::now();
    assert_eq!(fail(&guard, "10.1.2.3", "app", 50, now), [0; 50]);
    assert_eq!(guard.admit(ip("10.1.2.3"), Some("app"), now), Ok(()));
    for denied in ["192.0.2.7", "::ffff:192.0.2.7", "2001:db8::7"] {
        assert_eq!(guard.admit(ip(denied), None, now), Err(TurnedAway::Denied), "{denied}");
    }
    fail(&guard, "11.1.2.3", "app", 2, now);
    assert!(guard.admit(ip("11.1.2.3"), Some("app"), now).is_err());
    guard.renew(AbuseSettings { never: vec![network("11.0.0.0/8")], ..AbuseSettings::default() });
    assert_eq!(guard.admit(ip("11.1.2.3"), Some("app"), now), Ok(()), "lifted");
    assert_eq!(guard.admit(ip("192.0.2.7"), None, now), Ok(()));
}

#[test]
fn what_is_held_is_bounded() {
    let guard = guard(|_| {});
    let now = Instant::now();
    for n in 0..200_000u32 {
        let address = IpAddr::from(n.to_be_bytes());
        guard.failed(address, &format!("login{n}"), now);
    }
    let state = guard.state.lock();
    assert_eq!(state.counts.len(), COUNTS.get());
    drop(state);
    guard.sweep(now + Duration::from_secs(1200));
    assert_eq!(guard.counted.load(Ordering::Relaxed), 0, "what is over goes");
}

#[test]
fn few_answers_to_one_address_are_held_back_at_once() {
    let guard = guard(|rules| rules.failures = 1000);
    let now = Instant::now();
    let held: Vec<_> = (0..40).filter_map(|_| guard.failed(ip("192.0.2.1"), "app", now)).collect();
    assert_eq!(held.len(), 16);
    drop(held);
    assert!(guard.state.lock().held_back.is_empty());
    assert!(guard.failed(ip("192.0.2.1"), "app", now).is_some());
}

#[test]
fn failures_fade_as_the_window_passes() {
    let guard = guard(|rules| (rules.failures, rules.window) = (5, 10 * SECOND));
    let begun = Instant::now();
    // One in three seconds never makes five in ten.
    for n in 0..100 {
        fail(&guard, "192.0.2.1", "app", 1, begun + n * 3 * SECOND);
    }
    assert_eq!(guard.bans(begun + 300 * SECOND), []);
    for n in 0..10 {
        fail(&guard, "192.0.2.2", "app", 1, begun + n * SECOND);
    }
    assert_eq!(guard.bans(begun + 10 * SECOND).len(), 1);
}
