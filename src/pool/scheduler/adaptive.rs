//! How many connections a shard can work on at once: as many as don't make everything slower.
//!
//! The gradient of latency: what uses of connections take now beside what the same tenants' uses take when the shard has room. Where they
//! take longer than [`TOLERANCE`] times that, the limit falls; it grows while it is used to the full and they don't.

use std::time::{Duration, Instant};

/// How much longer things may take than with room to spare.
const TOLERANCE: f64 = 2.0;
/// A window closes after so long, and so many uses.
const WINDOW: Duration = Duration::from_millis(100);
const SAMPLES: u32 = 32;
/// A single use counts as so many times its usual time at most: one heavy statement among light ones is no overload.
const OUTLIER: f64 = 8.0;
/// How much of a new limit counts.
const SMOOTHING: f64 = 0.2;
/// The limit never falls below.
const LEAST: f64 = 2.0;

/// The limit of one shard.
#[derive(Debug)]
pub(super) struct Adaptive {
    limit: f64,
    most: f64,
    began: Option<Instant>,
    samples: u32,
    usual: f64,
    taken: f64,
    in_use: u32,
}

impl Adaptive {
    /// Begins with as many as there may be.
    pub(super) fn new(most: u32) -> Self {
        Adaptive { limit: f64::from(most.min(32)), most: f64::from(most), began: None, samples: 0, usual: 0.0, taken: 0.0, in_use: 0 }
    }

    pub(super) fn set_most(&mut self, most: u32) {
        self.most = f64::from(most);
    }

    pub(super) fn limit(&self) -> u32 {
        self.limit.min(self.most).max(1.0).round() as u32
    }

    /// A use is over: what it took, what its tenant's uses take with room to spare, and how many there were at once.
    pub(super) fn sample(&mut self, now: Instant, taken: Duration, usual: Duration, in_use: u32) {
        let usual = usual.as_secs_f64().max(1e-6);
        self.usual += usual;
        self.taken += taken.as_secs_f64().min(usual * OUTLIER);
        self.samples += 1;
        self.in_use = self.in_use.max(in_use);
        let began = *self.began.get_or_insert(now);
        if self.samples < SAMPLES || now.saturating_duration_since(began) < WINDOW {
            return;
        }
        let gradient = (TOLERANCE * self.usual / self.taken.max(1e-9)).clamp(0.5, 1.0);
        let wanted = gradient * self.limit + self.limit.sqrt();
        // A limit that isn't reached says nothing about what would be if it were higher.
        if wanted < self.limit || f64::from(self.in_use) >= self.limit.floor() {
            self.limit = (self.limit + (wanted - self.limit) * SMOOTHING).clamp(LEAST.min(self.most), self.most.max(1.0));
        }
        (self.began, self.samples, self.usual, self.taken, self.in_use) = (None, 0, 0.0, 0.0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A shard with so many processors that share time equally: what a use takes with `load` at once.
    fn run(adaptive: &mut Adaptive, processors: f64, load: u32, rounds: u32) {
        let alone = Duration::from_millis(1);
        let mut now = Instant::now();
        for _ in 0..rounds {
            let at_once = load.min(adaptive.limit());
            let taken = alone.mul_f64((f64::from(at_once) / processors).max(1.0));
            now += taken / at_once.max(1);
            adaptive.sample(now, taken, alone, at_once);
        }
    }

    #[test]
    fn it_comes_down_to_what_the_shard_can_do_and_goes_up_again() {
        let mut adaptive = Adaptive::new(40);
        run(&mut adaptive, 2.0, 40, 60_000);
        assert!((4..=12).contains(&adaptive.limit()), "{}", adaptive.limit());
        run(&mut adaptive, 16.0, 40, 400_000);
        assert!(adaptive.limit() >= 30, "{}", adaptive.limit());
    }

    #[test]
    fn it_stays_where_it_is_while_it_is_not_reached() {
        let mut adaptive = Adaptive::new(40);
        let before = adaptive.limit();
        run(&mut adaptive, 8.0, 3, 10_000);
        assert_eq!(adaptive.limit(), before);
    }
}
