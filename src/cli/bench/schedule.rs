//! When the transactions of an open loop are due: a tenant's clients share one timetable, and whoever is free takes the next line of it.
//!
//! The timetable doesn't wait for anybody. A transaction that was due while all clients were busy is late, and its latency counts from
//! the moment when it was due: that is what a user would have waited (Tene, "coordinated omission").

use std::time::Duration;

use parking_lot::Mutex;
use serde::Deserialize;

use super::dice::Dice;

/// How transactions of an open loop follow each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Arrivals {
    /// Independently, as those of many users do
    #[default]
    Poisson,
    /// As a clock ticks
    Constant,
}

/// A tenant's timetable.
#[derive(Debug)]
pub(super) struct Schedule {
    state: Mutex<State>,
    arrivals: Arrivals,
    /// Seconds between two transactions, on average.
    mean: f64,
    begin: f64,
}

#[derive(Debug)]
struct State {
    taken: u64,
    /// Of the next transaction, in seconds after the beginning.
    due: f64,
    dice: Dice,
}

impl Schedule {
    /// Lines from `begin` on, `per_second` of them.
    pub(super) fn new(arrivals: Arrivals, per_second: f64, begin: Duration, mut dice: Dice) -> Schedule {
        let mean = 1.0 / per_second;
        let due = match arrivals {
            Arrivals::Poisson => dice.exponential(mean),
            Arrivals::Constant => 0.0,
        };
        Schedule { state: Mutex::new(State { taken: 0, due, dice }), arrivals, mean, begin: begin.as_secs_f64() }
    }

    /// The next line: when its transaction is due, counted from the run's beginning. `None` where that isn't before `end`.
    pub(super) fn take(&self, end: Duration) -> Option<Duration> {
        let mut state = self.state.lock();
        let due = Duration::try_from_secs_f64(self.begin + state.due).ok().filter(|due| *due < end)?;
        state.taken += 1;
        state.due = match self.arrivals {
            Arrivals::Poisson => state.due + state.dice.exponential(self.mean),
            Arrivals::Constant => state.taken as f64 * self.mean,
        };
        Some(due)
    }

    /// Takes what was due by `end` and nobody came to.
    pub(super) fn rest(&self, end: Duration) -> impl Iterator<Item = Duration> {
        std::iter::from_fn(move || self.take(end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_clock_ticks_evenly_from_its_beginning_to_the_end() {
        let schedule = Schedule::new(Arrivals::Constant, 4.0, SECOND, Dice::new(1));
        let due: Vec<u128> = std::iter::from_fn(|| schedule.take(2 * SECOND)).map(|due| due.as_millis()).collect();
        assert_eq!(due, [1000, 1250, 1500, 1750]);
        assert_eq!(schedule.rest(4 * SECOND).count(), 8, "what nobody took");
    }

    #[test]
    fn chance_has_the_rate_and_no_memory() {
        let schedule = Schedule::new(Arrivals::Poisson, 1000.0, Duration::ZERO, Dice::new(3));
        let due: Vec<f64> = std::iter::from_fn(|| schedule.take(100 * SECOND)).map(|due| due.as_secs_f64()).collect();
        assert!((99_000..=101_000).contains(&due.len()), "{}", due.len());
        let gaps: Vec<f64> = due.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / gaps.len() as f64;
        // An exponential distribution's standard deviation is its mean.
        assert!((variance.sqrt() / mean - 1.0).abs() < 0.03, "{mean} {variance}");
    }
}
