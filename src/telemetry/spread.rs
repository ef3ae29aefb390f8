//! How many of very many durations were how long: counts in fixed steps, for dashboards that add them up over processes and time.

use std::sync::atomic::{AtomicU64, Ordering};

/// The ends of the steps, in microseconds, each part of its step; what is longer is in none of them.
pub const STEPS: [u32; 19] = [
    100,
    200,
    500,
    1_000,
    2_000,
    5_000,
    10_000,
    20_000,
    50_000,
    100_000,
    200_000,
    500_000,
    1_000_000,
    2_000_000,
    5_000_000,
    10_000_000,
    20_000_000,
    50_000_000,
    100_000_000,
];

/// Durations counted by steps, by several threads.
#[derive(Debug, Default)]
pub struct Spread {
    steps: [AtomicU64; STEPS.len()],
    beyond: AtomicU64,
    micros: AtomicU64,
}

/// The same at one moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SpreadFigures {
    /// How many ended in each of [`STEPS`].
    pub steps: [u64; STEPS.len()],
    /// How many there were.
    pub count: u64,
    /// Their sum, in microseconds.
    pub micros: u64,
}

impl Spread {
    /// Adds durations, in microseconds.
    pub fn add(&self, times: impl IntoIterator<Item = u32>) {
        let mut sum = 0;
        for micros in times {
            sum += u64::from(micros);
            let step = STEPS.partition_point(|end| *end < micros);
            self.steps.get(step).unwrap_or(&self.beyond).fetch_add(1, Ordering::Relaxed);
        }
        if sum > 0 {
            self.micros.fetch_add(sum, Ordering::Relaxed);
        }
    }

    /// What there is at this moment.
    pub fn figures(&self) -> SpreadFigures {
        let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let steps = self.steps.each_ref().map(load);
        SpreadFigures { steps, count: steps.iter().sum::<u64>() + load(&self.beyond), micros: load(&self.micros) }
    }
}

impl SpreadFigures {
    /// The end of the step that such a share of them is within, in microseconds; nothing where there is none, and infinity beyond the last step.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let wanted = (self.count as f64 * share).ceil();
        let mut seen = 0;
        for (count, end) in self.steps.iter().zip(STEPS) {
            seen += count;
            if seen as f64 >= wanted && self.count > 0 {
                return Some(f64::from(end));
            }
        }
        (self.count > 0).then_some(f64::INFINITY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_fall_into_their_steps() {
        assert!(STEPS.is_sorted());
        let spread = Spread::default();
        spread.add([0, 100, 101, 1_000, 100_000_000, 100_000_001, u32::MAX]);
        let figures = spread.figures();
        assert_eq!((figures.steps[0], figures.steps[1], figures.steps[3], figures.steps[18], figures.count), (2, 1, 1, 1, 7));
        assert_eq!([0.1, 0.3, 0.5, 1.0].map(|share| figures.quantile(share)), [100.0, 200.0, 1000.0, f64::INFINITY].map(Some));
        assert_eq!(Spread::default().figures().quantile(0.5), None);
        assert_eq!(figures.micros, 1_201 + 200_000_001 + u64::from(u32::MAX));
    }
}
