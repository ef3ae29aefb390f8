//! Rates, exactly and without a lock: the generic cell rate algorithm (ITU-T I.371), one number per tenant.
//!
//! The number is when all that was let through will have been paid for at the rate; what would put that too far ahead has to wait. Time is counted
//! in parts of a second that are fine enough for a byte at ten gigabytes per second, in 64 bits for thirty years.
//!
//! The rate stands beside the number: all of a tenant's sessions have the same one, and it may change at any moment, because several proxies
//! share a tenant's rate. What changes gives nobody anything twice.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

/// Parts of a second: 2^34, about 58 picoseconds each.
const SECOND: u64 = 1 << 34;
/// What rates are counted in: shares of small ones are fractions.
const MILLION: u64 = 1_000_000;
/// Whoever has no share at present looks again after so long.
const NO_SHARE: Duration = Duration::from_millis(250);
/// The pace of a meter that was never told one.
const UNTOLD: u64 = u64::MAX;

/// A point in time, or a time, in parts of a second since a beginning that all rates share.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
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

    /// A moment as rates count it.
    pub fn at(&self, instant: Instant) -> Ticks {
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

    /// So much later.
    #[must_use]
    pub fn plus(self, time: Duration) -> Self {
        Ticks(self.0.saturating_add(Ticks::of(time).0))
    }

    /// So much earlier.
    #[must_use]
    pub fn minus(self, time: Duration) -> Self {
        Ticks(self.0.saturating_sub(Ticks::of(time).0))
    }

    /// The time from an earlier moment to this one; none where it isn't earlier.
    pub fn since(self, earlier: Self) -> Option<Duration> {
        self.0.checked_sub(earlier.0).map(|ticks| Ticks(ticks).duration())
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

    /// All of it.
    pub fn pace(self) -> Pace {
        self.part(self.per_second.saturating_mul(MILLION))
    }

    /// The part of it that lets so many millionths per second through, with as large a part of the burst: at least one, because nothing would ever
    /// go through otherwise.
    pub fn part(self, millionths: u64) -> Pace {
        let whole = u128::from(self.per_second) * u128::from(MILLION);
        let burst = u64::try_from(u128::from(self.burst) * u128::from(millionths) / whole).unwrap_or(u64::MAX);
        Pace { millionths, burst: if millionths == 0 { 0 } else { burst.max(1) } }
    }
}

/// What a meter lets through at present.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pace {
    /// Millionths per second; 0: nothing.
    pub millionths: u64,
    /// At once.
    pub burst: u64,
}

impl Pace {
    #[inline]
    fn cost(self, count: u64) -> u64 {
        if self.millionths == 0 {
            return u64::MAX;
        }
        match count.checked_mul(SECOND * MILLION) {
            Some(ticks) => ticks / self.millionths,
            None => u64::try_from(u128::from(count) * u128::from(SECOND * MILLION) / u128::from(self.millionths)).unwrap_or(u64::MAX),
        }
    }

    /// How many ticks are how many.
    fn count(self, ticks: u64) -> f64 {
        ticks as f64 * self.millionths as f64 / (SECOND as f64 * MILLION as f64)
    }
}

/// What doesn't go through now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Exceeded {
    /// The pace that it was held to.
    pub pace: Pace,
    /// How many of the burst are used.
    pub used: u64,
    /// When it would go through; none: it is more than the burst.
    pub wait: Option<Duration>,
}

/// A rate, and what has been let through of it.
#[derive(Debug)]
pub struct Meter {
    paid: AtomicU64,
    millionths: AtomicU64,
    burst: AtomicU64,
    tried: AtomicU64,
    /// How many of those have been asked about.
    told: AtomicU64,
}

impl Default for Meter {
    fn default() -> Self {
        let number = AtomicU64::new;
        Meter { paid: number(0), millionths: number(UNTOLD), burst: number(UNTOLD), tried: number(0), told: number(0) }
    }
}

impl Meter {
    /// One of that pace.
    pub fn new(pace: Pace) -> Self {
        let meter = Meter::default();
        meter.set(pace);
        meter
    }

    /// What it lets through at present.
    #[inline]
    pub fn pace(&self) -> Pace {
        Pace { millionths: self.millionths.load(Ordering::Relaxed), burst: self.burst.load(Ordering::Relaxed) }
    }

    /// How many were asked for since the last call, let through or not. For one caller.
    pub fn take_tried(&self) -> u64 {
        let tried = self.tried.load(Ordering::Relaxed);
        tried.wrapping_sub(self.told.swap(tried, Ordering::Relaxed))
    }

    /// Whether anything is limited here.
    pub fn is_limited(&self) -> bool {
        self.millionths.load(Ordering::Relaxed) != UNTOLD
    }

    fn set(&self, pace: Pace) {
        self.millionths.store(pace.millionths, Ordering::Relaxed);
        self.burst.store(pace.burst, Ordering::Relaxed);
    }

    /// Takes another pace. What is there of the burst stays, up to the new one's; nothing is added.
    pub fn change(&self, pace: Pace, now: Ticks) {
        let before = self.pace();
        if before == pace {
            return;
        }
        if before.millionths != UNTOLD {
            let convert = |paid: u64| {
                let ahead = if before.millionths == 0 { 0.0 } else { before.count(paid.saturating_sub(now.0)) };
                let left = (before.burst as f64 - ahead).min(pace.burst as f64);
                let missing = (pace.burst as f64 - left) * pace.cost(1) as f64;
                // Nothing to convert into: what is there is lost.
                Some(if pace.millionths == 0 { paid } else { now.0.saturating_add(missing as u64) })
            };
            let _ = self.paid.fetch_update(Ordering::Relaxed, Ordering::Relaxed, convert);
        }
        self.set(pace);
    }

    /// Takes the pace of another rate, which the operator has chosen: what has been used of the burst stays used, and the rest is there at once.
    pub fn replace(&self, pace: Pace, now: Ticks) {
        let before = self.pace();
        if before.millionths != UNTOLD && before.millionths > 0 {
            let convert = |paid: u64| {
                let used = before.count(paid.saturating_sub(now.0)) * pace.cost(1) as f64;
                Some(now.0.saturating_add((used as u64).min(pace.cost(pace.burst))))
            };
            let _ = self.paid.fetch_update(Ordering::Relaxed, Ordering::Relaxed, convert);
        }
        self.set(pace);
    }

    /// As [`Meter::change`] for one that lets through one at a time, with `spacing` between those of all proxies: the next may come that much
    /// after the last.
    pub fn change_single(&self, pace: Pace, spacing: Duration) {
        let before = self.pace();
        if before == pace {
            return;
        }
        if before.millionths != UNTOLD {
            let next = |paid: u64| Some(next_by(before, paid, spacing));
            let _ = self.paid.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        }
        self.set(pace);
    }

    /// Of one that lets through one at a time: when the next may come if `spacing` is all that counts.
    pub fn next_after(&self, spacing: Duration) -> Ticks {
        Ticks(next_by(self.pace(), self.paid.load(Ordering::Relaxed), spacing))
    }

    /// Of one that lets through one at a time: when the next goes through.
    pub fn next(&self) -> Ticks {
        Ticks(self.paid.load(Ordering::Relaxed))
    }

    /// Puts the next off, or brings it forward; not where something has gone through meanwhile.
    pub fn reschedule(&self, from: Ticks, to: Ticks) {
        let _ = self.paid.compare_exchange(from.0, to.0, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Lets so many through at once, or none of them.
    ///
    /// # Errors
    /// [`Exceeded`]
    #[inline]
    pub fn take(&self, count: u64, now: Ticks) -> Result<(), Exceeded> {
        self.tried.fetch_add(count, Ordering::Relaxed);
        let pace = self.pace();
        let (cost, most) = (pace.cost(count), pace.cost(pace.burst));
        let admit = |paid: u64| {
            let after = paid.max(now.0).saturating_add(cost);
            (after - now.0 <= most && pace.millionths > 0).then_some(after)
        };
        match self.paid.fetch_update(Ordering::Relaxed, Ordering::Relaxed, admit) {
            Ok(_) => Ok(()),
            Err(paid) => Err(exceeded(paid.saturating_sub(now.0), cost, most, pace)),
        }
    }

    /// Whether one would go through.
    ///
    /// # Errors
    /// [`Exceeded`]
    pub fn look(&self, now: Ticks) -> Result<(), Exceeded> {
        let pace = self.pace();
        let (ahead, cost, most) = (self.paid.load(Ordering::Relaxed).saturating_sub(now.0), pace.cost(1), pace.cost(pace.burst));
        if ahead.saturating_add(cost) <= most && pace.millionths > 0 {
            return Ok(());
        }
        self.tried.fetch_add(1, Ordering::Relaxed);
        Err(exceeded(ahead, cost, most, pace))
    }

    /// So many have gone through already. How long the next has to wait.
    pub fn charge(&self, count: u64, now: Ticks) -> Option<Duration> {
        self.tried.fetch_add(count, Ordering::Relaxed);
        let pace = self.pace();
        if pace.millionths == 0 {
            return Some(NO_SHARE);
        }
        let (cost, most) = (pace.cost(count), pace.cost(pace.burst));
        let add = |paid: u64| Some(paid.max(now.0).saturating_add(cost));
        let paid = self.paid.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add).unwrap_or_default();
        let ahead = paid.max(now.0).saturating_add(cost) - now.0;
        (ahead > most).then(|| Ticks(ahead - most).duration())
    }

    /// Whether nothing is left to be paid.
    pub fn is_settled(&self, now: Ticks) -> bool {
        self.paid.load(Ordering::Relaxed) <= now.0
    }
}

fn next_by(pace: Pace, paid: u64, spacing: Duration) -> u64 {
    if paid == 0 || pace.millionths == 0 {
        return paid;
    }
    paid.saturating_sub(pace.cost(1)).saturating_add(Ticks::of(spacing).0)
}

fn exceeded(ahead: u64, cost: u64, most: u64, pace: Pace) -> Exceeded {
    if pace.millionths == 0 {
        return Exceeded { pace, used: 0, wait: Some(NO_SHARE) };
    }
    let used = pace.count(ahead).ceil() as u64;
    let wait = (cost <= most).then(|| Ticks(ahead.saturating_add(cost).saturating_sub(most)).duration());
    Exceeded { pace, used: used.min(pace.burst), wait }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(nanos: u64) -> Ticks {
        Ticks::of(Duration::from_nanos(nanos))
    }

    #[test]
    fn another_rate_counts_at_once() {
        let meter = Meter::new(Rate::new(1, Some(2)).pace());
        meter.take(1, at(0)).unwrap();
        meter.replace(Rate::new(1000, Some(1000)).pace(), at(0));
        assert_eq!(meter.take(1000, at(0)).unwrap_err().used, 1, "what was used stays used");
        meter.take(999, at(0)).unwrap();
        meter.replace(Rate::new(1, Some(2)).pace(), at(0));
        assert_eq!(meter.take(1, at(0)).unwrap_err().used, 2, "at most the burst");
        meter.take(2, at(2_000_000_001)).unwrap();
    }

    /// How many go through in ten seconds, with an attempt each so many nanoseconds.
    fn passed_in_ten_seconds(rate: Rate, step: u64) -> u64 {
        let passed = Meter::new(rate.pace());
        (0..10_000_000_000 / step).filter(|attempt| passed.take(1, at(attempt * step)).is_ok()).count() as u64
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
        let passed = Meter::new(Rate::new(1000, Some(1)).pace());
        assert!(passed.take(1, at(0)).is_ok());
        let refused = passed.take(1, at(400_000)).unwrap_err();
        assert_eq!((refused.used, refused.wait), (1, Some(Duration::from_nanos(600_001))));
        assert!(passed.take(1, at(1_000_000)).is_ok());
    }

    #[test]
    fn a_burst_comes_at_once_and_again_after_a_pause() {
        let passed = Meter::new(Rate::new(10, Some(5)).pace());
        let second = 1_000_000_000;
        for begun in [second, 3 * second] {
            assert_eq!((0..20).filter(|_| passed.take(1, at(begun)).is_ok()).count(), 5);
            assert_eq!(passed.take(1, at(begun)).unwrap_err().used, 5);
        }
        // All of several, or none of them.
        let begun = 9 * second;
        assert!(passed.take(3, at(begun)).is_ok());
        assert_eq!(passed.take(3, at(begun)).unwrap_err().wait.unwrap().as_millis(), 100);
        assert!(passed.take(2, at(begun)).is_ok());
        assert_eq!(passed.take(6, at(20 * second)).unwrap_err().wait, None);
    }

    #[test]
    fn a_look_changes_nothing() {
        let passed = Meter::new(Rate::new(10, Some(1)).pace());
        assert!(passed.look(at(0)).is_ok() && passed.look(at(0)).is_ok());
        passed.take(1, at(0)).unwrap();
        assert!(passed.look(at(0)).is_err() && passed.look(at(100_000_001)).is_ok());
        assert!(!passed.is_settled(at(99_000_000)) && passed.is_settled(at(100_000_000)));
    }

    #[test]
    fn what_has_gone_through_is_waited_for() {
        let passed = Meter::new(Rate::new(1 << 20, None).pace());
        let mut now = Duration::ZERO;
        for _ in 0..160 {
            now += passed.charge(64 << 10, Ticks::of(now)).unwrap_or_default();
        }
        // Ten megabytes at one per second.
        assert!((now.as_secs_f64() - 10.0).abs() < 0.1, "{now:?}");
    }

    #[test]
    fn many_threads_get_no_more_than_one() {
        let (passed, epoch) = (Meter::new(Rate::new(1, Some(1000)).pace()), Epoch::default());
        let count = || (0..1000).filter(|_| passed.take(1, epoch.at(epoch.0)).is_ok()).count();
        let through: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(count)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(through, 1000);
    }

    #[test]
    fn another_pace_gives_nothing_twice() {
        let rate = Rate::new(1000, Some(100));
        let passed = Meter::new(rate.pace());
        let second = 1_000_000_000;
        let through = |now: u64| (0..200).filter(|_| passed.take(1, at(now)).is_ok()).count();
        assert_eq!(through(second), 100);
        // Half of it: 50 at once, of which none are left.
        passed.change(rate.part(500_000_000), at(second));
        assert_eq!((through(second), through(second + second / 10)), (0, 50));
        // All of it again, and no more for that.
        passed.change(rate.pace(), at(second + second / 10));
        assert_eq!(through(second + second / 10), 0);
        // A full burst stays what it is where less may be had, and isn't more where more may.
        passed.change(rate.part(100_000_000), at(3 * second));
        passed.change(rate.pace(), at(3 * second));
        assert_eq!(through(3 * second), 10);
        // Nothing, and then something.
        passed.change(rate.part(0), at(9 * second));
        let refused = passed.take(1, at(9 * second)).unwrap_err();
        assert_eq!((refused.used, refused.pace.burst, refused.wait), (0, 0, Some(NO_SHARE)));
        assert!(passed.look(at(9 * second)).is_err() && passed.charge(1, at(9 * second)).is_some());
        passed.change(rate.pace(), at(10 * second));
        assert_eq!((through(10 * second), through(10 * second + second / 100)), (0, 10));
        assert!(passed.take_tried() > 1000 && passed.take_tried() == 0);
    }

    #[test]
    fn one_at_a_time_keeps_its_distance_from_the_last() {
        let (rate, spacing) = (Rate::new(1, None), Duration::from_secs(1));
        let passed = Meter::new(rate.pace());
        let tenths = |tenths: u64| at(tenths * 100_000_000);
        passed.take(1, tenths(50)).unwrap();
        // A third of the rate, and the next may still come a second after the last.
        passed.change_single(rate.part(333_333), spacing);
        assert!(passed.take(1, tenths(59)).is_err() && passed.take(1, tenths(60)).is_ok());
        assert!(passed.take(1, tenths(89)).is_err());
        assert_eq!(passed.next_after(spacing).since(tenths(70)), Some(Duration::ZERO));
        let next = passed.next();
        passed.reschedule(next, tenths(80));
        passed.reschedule(next, tenths(0));
        assert!(passed.take(1, tenths(79)).is_err() && passed.take(1, tenths(80)).is_ok());
        passed.change_single(rate.part(0), spacing);
        passed.change_single(rate.pace(), spacing);
        assert!(passed.take(1, tenths(89)).is_err() && passed.take(1, tenths(90)).is_ok());
    }
}
