//! Rates, exactly and without a lock: the generic cell rate algorithm (ITU-T I.371), one number per tenant.
//!
//! The number is when all that was let through will have been paid for at the rate; what would put that too far ahead has to wait. Time is counted
//! in parts of a second that are fine enough for a byte at ten gigabytes per second, in 64 bits for thirty years.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

/// Parts of a second: 2^34, about 58 picoseconds each.
const SECOND: u64 = 1 << 34;

/// A point in time, or a time, in parts of a second since a beginning that all rates share.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Ticks(u64);

/// Where time begins.
#[derive(Clone, Copy, Debug)]
pub struct Epoch(Instant);

impl Default for Epoch {
    fn default() -> Self {
        Epoch(Instant::now())
    }
}

impl Epoch {
    /// Now.
    pub fn now(&self) -> Ticks {
        self.at(Instant::now())
    }

    fn at(&self, instant: Instant) -> Ticks {
        Ticks::of(instant.saturating_duration_since(self.0))
    }
}

impl Ticks {
    fn of(time: Duration) -> Self {
        let nanos = u128::from(time.subsec_nanos()) * u128::from(SECOND) / 1_000_000_000;
        Ticks(time.as_secs().saturating_mul(SECOND).saturating_add(nanos as u64))
    }

    /// The time as such; rounded up, so that who waits for it needn't wait again.
    pub fn duration(self) -> Duration {
        let nanos = (u128::from(self.0) * 1_000_000_000).div_ceil(u128::from(SECOND));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

/// So many per second, and so many at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rate {
    /// Per second; at least 1.
    pub per_second: u64,
    /// At once before the rate counts; at least 1.
    pub burst: u64,
}

impl Rate {
    /// A rate; where the burst isn't said, it is a twentieth of a second's.
    pub fn new(per_second: u64, burst: Option<u64>) -> Self {
        let per_second = per_second.max(1);
        Rate { per_second, burst: burst.unwrap_or(per_second / 20).max(1) }
    }

    fn cost(self, count: u64) -> u64 {
        u64::try_from(u128::from(count) * u128::from(SECOND) / u128::from(self.per_second)).unwrap_or(u64::MAX)
    }
}

/// What doesn't go through now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Exceeded {
    /// How many of the burst are used.
    pub used: u64,
    /// When it would go through; none: it is more than the burst.
    pub wait: Option<Duration>,
}

/// What has been let through of one rate.
#[derive(Debug, Default)]
pub struct Passed(AtomicU64);

impl Passed {
    /// Lets so many through at once, or none of them.
    ///
    /// # Errors
    /// [`Exceeded`]
    pub fn take(&self, count: u64, rate: Rate, now: Ticks) -> Result<(), Exceeded> {
        let (cost, most) = (rate.cost(count), rate.cost(rate.burst));
        let admit = |paid: u64| {
            let after = paid.max(now.0).saturating_add(cost);
            (after - now.0 <= most).then_some(after)
        };
        match self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, admit) {
            Ok(_) => Ok(()),
            Err(paid) => Err(exceeded(paid.saturating_sub(now.0), cost, most, rate)),
        }
    }

    /// Whether one would go through.
    ///
    /// # Errors
    /// [`Exceeded`]
    pub fn look(&self, rate: Rate, now: Ticks) -> Result<(), Exceeded> {
        let (ahead, cost, most) = (self.0.load(Ordering::Relaxed).saturating_sub(now.0), rate.cost(1), rate.cost(rate.burst));
        if ahead.saturating_add(cost) <= most { Ok(()) } else { Err(exceeded(ahead, cost, most, rate)) }
    }

    /// So many have gone through already. How long the next has to wait.
    pub fn charge(&self, count: u64, rate: Rate, now: Ticks) -> Option<Duration> {
        let (cost, most) = (rate.cost(count), rate.cost(rate.burst));
        let add = |paid: u64| Some(paid.max(now.0).saturating_add(cost));
        let paid = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add).unwrap_or_default();
        let ahead = paid.max(now.0).saturating_add(cost) - now.0;
        (ahead > most).then(|| Ticks(ahead - most).duration())
    }

    /// Whether nothing is left to be paid.
    pub fn is_settled(&self, now: Ticks) -> bool {
        self.0.load(Ordering::Relaxed) <= now.0
    }
}

fn exceeded(ahead: u64, cost: u64, most: u64, rate: Rate) -> Exceeded {
    let used = (u128::from(ahead) * u128::from(rate.per_second)).div_ceil(u128::from(SECOND));
    let wait = (cost <= most).then(|| Ticks(ahead.saturating_add(cost).saturating_sub(most)).duration());
    Exceeded { used: u64::try_from(used).unwrap_or(u64::MAX).min(rate.burst), wait }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(nanos: u64) -> Ticks {
        Ticks::of(Duration::from_nanos(nanos))
    }

    /// How many go through in ten seconds, with an attempt each so many nanoseconds.
    fn passed_in_ten_seconds(rate: Rate, step: u64) -> u64 {
        let passed = Passed::default();
        (0..10_000_000_000 / step).filter(|attempt| passed.take(1, rate, at(attempt * step)).is_ok()).count() as u64
    }

    #[test]
    fn a_rate_is_kept_within_a_hundredth() {
        for (per_second, step) in [(1, 1_000_000), (3, 1_000_000), (1_000, 10_000), (1_000, 99_000), (100_000, 1_000), (77_777, 1_100)] {
            let through = passed_in_ten_seconds(Rate::new(per_second, None), step);
            let wanted = per_second * 10;
            assert!(through.abs_diff(wanted) * 100 <= wanted, "{per_second} per second, each {step} ns: {through}");
        }
    }

    #[test]
    fn without_a_burst_each_comes_in_its_time() {
        let (rate, passed) = (Rate::new(1000, Some(1)), Passed::default());
        assert!(passed.take(1, rate, at(0)).is_ok());
        let refused = passed.take(1, rate, at(400_000)).unwrap_err();
        assert_eq!((refused.used, refused.wait), (1, Some(Duration::from_nanos(600_001))));
        assert!(passed.take(1, rate, at(1_000_000)).is_ok());
    }

    #[test]
    fn a_burst_comes_at_once_and_again_after_a_pause() {
        let (rate, passed) = (Rate::new(10, Some(5)), Passed::default());
        let second = 1_000_000_000;
        for begun in [second, 3 * second] {
            assert_eq!((0..20).filter(|_| passed.take(1, rate, at(begun)).is_ok()).count(), 5);
            assert_eq!(passed.take(1, rate, at(begun)).unwrap_err().used, 5);
        }
        // All of several, or none of them.
        let begun = 9 * second;
        assert!(passed.take(3, rate, at(begun)).is_ok());
        assert_eq!(passed.take(3, rate, at(begun)).unwrap_err().wait.unwrap().as_millis(), 100);
        assert!(passed.take(2, rate, at(begun)).is_ok());
        assert_eq!(passed.take(6, rate, at(20 * second)).unwrap_err().wait, None);
    }

    #[test]
    fn a_look_changes_nothing() {
        let (rate, passed) = (Rate::new(10, Some(1)), Passed::default());
        assert!(passed.look(rate, at(0)).is_ok() && passed.look(rate, at(0)).is_ok());
        passed.take(1, rate, at(0)).unwrap();
        assert!(passed.look(rate, at(0)).is_err() && passed.look(rate, at(100_000_001)).is_ok());
        assert!(!passed.is_settled(at(99_000_000)) && passed.is_settled(at(100_000_000)));
    }

    #[test]
    fn what_has_gone_through_is_waited_for() {
        let (rate, passed) = (Rate::new(1 << 20, None), Passed::default());
        let mut now = Duration::ZERO;
        for _ in 0..160 {
            now += passed.charge(64 << 10, rate, Ticks::of(now)).unwrap_or_default();
        }
        // Ten megabytes at one per second.
        assert!((now.as_secs_f64() - 10.0).abs() < 0.1, "{now:?}");
    }

    #[test]
    fn many_threads_get_no_more_than_one() {
        let (rate, passed, epoch) = (Rate::new(1, Some(1000)), Passed::default(), Epoch::default());
        let count = || (0..1000).filter(|_| passed.take(1, rate, epoch.at(epoch.0)).is_ok()).count();
        let through: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(count)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(through, 1000);
    }
}
