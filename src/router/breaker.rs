//! Keeps reads away from a server that fails them: after some failures in a row it is closed, longer each time; then one read at a time may try.

use std::{
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
    time::Duration,
};

/// Failures in a row that close it.
const MOST: u32 = 3;
/// How long it is closed at first.
const FIRST: Duration = Duration::from_secs(1);
/// How long it is closed at most.
const LONGEST: Duration = Duration::from_secs(30);
/// How often one read may try.
const PROBE: Duration = Duration::from_secs(1);

/// A server's breaker. Times are what has passed since some moment of the caller's choice.
#[derive(Debug, Default)]
pub struct Breaker {
    failures: AtomicU32,
    /// In milliseconds; 0: nothing is wrong.
    closed_until: AtomicU64,
}

/// What it says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gate {
    /// Come in.
    Open,
    /// One may try.
    HalfOpen,
    /// Nobody.
    Closed,
}

impl Breaker {
    /// What it says; the clock is read only where something is wrong.
    #[inline]
    pub fn state(&self, now: impl FnOnce() -> Duration) -> Gate {
        match self.closed_until.load(Ordering::Relaxed) {
            0 => Gate::Open,
            until if millis(now()) >= until => Gate::HalfOpen,
            _ => Gate::Closed,
        }
    }

    /// Whether the caller may go on. Where it is half open, one of those who ask at the same time may.
    pub fn enter(&self, now: Duration) -> bool {
        let until = self.closed_until.load(Ordering::Relaxed);
        let next = millis(now + PROBE);
        until == 0 || millis(now) >= until && self.closed_until.compare_exchange(until, next, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// Something has failed. Whether it is closed for that from now on.
    pub fn failed(&self, now: Duration) -> bool {
        // Those who were inside when it closed tell nothing new.
        if self.state(|| now) == Gate::Closed {
            return false;
        }
        let failures = self.failures.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        let Some(times) = failures.checked_sub(MOST) else { return false };
        let pause = FIRST.saturating_mul(1 << times.min(5)).min(LONGEST);
        self.closed_until.store(millis(now + pause), Ordering::Relaxed);
        times == 0
    }

    /// Something has gone well. Whether that opens it.
    #[inline]
    pub fn succeeded(&self) -> bool {
        if self.failures.load(Ordering::Relaxed) == 0 {
            return false;
        }
        self.failures.store(0, Ordering::Relaxed);
        self.closed_until.swap(0, Ordering::Relaxed) != 0
    }
}

/// Never 0, which stands for no time at all.
fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_closes_lets_one_try_and_opens() {
        let breaker = Breaker::default();
        let at = Duration::from_millis;
        assert!(!breaker.failed(at(0)) && !breaker.failed(at(0)));
        assert_eq!(breaker.state(|| at(0)), Gate::Open);
        assert!(breaker.failed(at(10)));
        assert_eq!((breaker.state(|| at(1009)), breaker.enter(at(1009))), (Gate::Closed, false));
        assert_eq!(breaker.state(|| at(1010)), Gate::HalfOpen);
        assert!(breaker.enter(at(1010)) && !breaker.enter(at(1010)), "one at a time");
        assert!(!breaker.failed(at(2010)), "it was closed before");
        assert_eq!(breaker.state(|| at(4009)), Gate::Closed, "for longer than before");
        assert!(breaker.enter(at(4010)));
        assert!(breaker.succeeded() && !breaker.succeeded());
        assert_eq!(breaker.state(|| at(4010)), Gate::Open);
    }

    #[test]
    fn it_is_never_closed_for_long() {
        let breaker = Breaker::default();
        let mut now = Duration::ZERO;
        for _ in 0..100 {
            breaker.failed(now);
            breaker.failed(now);
            now += LONGEST;
            assert_ne!(breaker.state(|| now), Gate::Closed);
        }
    }
}
