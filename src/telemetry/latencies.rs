//! How long something took, again and again: a few times are kept as they are, many in a histogram of two digits.
//!
//! Most tenants of a hundred thousand do little in an hour: a histogram of 10 kB for each of them would be a gigabyte.

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// So many are kept one by one.
const FEW: usize = 256;

/// Microseconds, as many as fit: an hour and eleven minutes at most.
pub fn micros(time: std::time::Duration) -> u32 {
    u32::try_from(time.as_micros()).unwrap_or(u32::MAX)
}

/// Times, in microseconds.
#[derive(Clone, Debug, Default)]
pub struct Latencies {
    kept: Kept,
    longest: u32,
}

#[derive(Clone, Debug)]
enum Kept {
    Few(Vec<u32>),
    Many(Box<Histogram<u32>>),
}

impl Default for Kept {
    fn default() -> Self {
        Kept::Few(Vec::new())
    }
}

/// What is told of many times, in microseconds. From a histogram, within a hundredth; the longest is exact.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Percentiles {
    /// Half of them were no longer.
    pub p50: u32,
    /// Nine of ten.
    pub p90: u32,
    /// Ninety-nine of a hundred.
    pub p99: u32,
    /// The longest.
    pub max: u32,
}

impl Latencies {
    /// Adds one.
    pub fn record(&mut self, micros: u32) {
        self.longest = self.longest.max(micros);
        match &mut self.kept {
            Kept::Few(few) if few.len() < FEW => few.push(micros),
            Kept::Few(few) => {
                // Two digits are always to be had.
                let Ok(mut many) = Histogram::new(2) else { return };
                for micros in few.iter().chain([&micros]) {
                    add(&mut many, *micros);
                }
                self.kept = Kept::Many(Box::new(many));
            }
            Kept::Many(many) => add(many, micros),
        }
    }

    /// Adds others.
    pub fn merge(&mut self, others: &Latencies) {
        match (&mut self.kept, &others.kept) {
            (_, Kept::Few(few)) => few.iter().for_each(|micros| self.record(*micros)),
            (Kept::Many(many), Kept::Many(others)) => drop(many.add(&**others)),
            (Kept::Few(few), Kept::Many(_)) => {
                let own = std::mem::take(few);
                self.kept = others.kept.clone();
                own.into_iter().for_each(|micros| self.record(micros));
            }
        }
        self.longest = self.longest.max(others.longest);
    }

    /// How many there are.
    pub fn len(&self) -> u64 {
        match &self.kept {
            Kept::Few(few) => few.len() as u64,
            Kept::Many(many) => many.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What they say; nothing where there is none.
    pub fn percentiles(&self) -> Option<Percentiles> {
        let of = |at: &dyn Fn(f64) -> u32| Percentiles { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: self.longest };
        match &self.kept {
            Kept::Few(few) if few.is_empty() => None,
            Kept::Few(few) => {
                let mut sorted = few.clone();
                sorted.sort_unstable();
                let at = |share: f64| {
                    let rank = (share * sorted.len() as f64).ceil() as usize;
                    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(self.longest)
                };
                Some(of(&at))
            }
            // A histogram tells the end of a value's neighbourhood, which may lie beyond the longest.
            Kept::Many(many) => Some(of(&|share| u32::try_from(many.value_at_quantile(share)).unwrap_or(u32::MAX).min(self.longest))),
        }
    }

    /// What it holds beside itself.
    pub fn heap_bytes(&self) -> usize {
        match &self.kept {
            Kept::Few(few) => few.capacity() * size_of::<u32>(),
            Kept::Many(many) => size_of::<Histogram<u32>>() + many.distinct_values() * size_of::<u32>(),
        }
    }
}

fn add(many: &mut Histogram<u32>, micros: u32) {
    // It grows with what it is given, so that nothing is beyond it.
    let _ = many.record(u64::from(micros));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(times: impl IntoIterator<Item = u32>) -> Latencies {
        let mut latencies = Latencies::default();
        times.into_iter().for_each(|micros| latencies.record(micros));
        latencies
    }

    #[test]
    fn few_are_exact_and_many_nearly() {
        assert_eq!(of([]).percentiles(), None);
        assert_eq!(of([7]).percentiles(), Some(Percentiles { p50: 7, p90: 7, p99: 7, max: 7 }));
        assert_eq!(of((1..=100).rev()).percentiles(), Some(Percentiles { p50: 50, p90: 90, p99: 99, max: 100 }));
        let many = of((1..=100_000).rev());
        let told = many.percentiles().unwrap();
        for (told, exact) in [(told.p50, 50_000_u32), (told.p90, 90_000), (told.p99, 99_000)] {
            assert!(told.abs_diff(exact) * 100 <= exact, "{told} for {exact}");
        }
        assert_eq!((told.max, many.len()), (100_000, 100_000));
        assert!(many.heap_bytes() < 12_000, "{}", many.heap_bytes());
        assert_eq!(
            of((0..300).map(|_| u32::MAX)).percentiles().unwrap(),
            Percentiles { p50: u32::MAX, p90: u32::MAX, p99: u32::MAX, max: u32::MAX }
        );
        assert_eq!(of((0..300).map(|_| 0)).percentiles().unwrap(), Percentiles::default());
        assert_eq!(micros(std::time::Duration::from_secs(1 << 40)), u32::MAX);
    }

    proptest! {
        #[test]
        fn merging_is_recording(ones in proptest::collection::vec(any::<u32>(), 0..600), others in proptest::collection::vec(0..5000_u32, 0..600)) {
            let (mut merged, together) = (of(ones.clone()), of(ones.into_iter().chain(others.clone())));
            merged.merge(&of(others));
            prop_assert_eq!((merged.len(), merged.percentiles().map(|told| told.max)), (together.len(), together.percentiles().map(|told| told.max)));
            let (merged, together) = (merged.percentiles().unwrap_or_default(), together.percentiles().unwrap_or_default());
            for (one, other) in [(merged.p50, together.p50), (merged.p90, together.p90), (merged.p99, together.p99)] {
                prop_assert!(u64::from(one.abs_diff(other)) * 50 <= u64::from(other) + 50, "{} for {}", one, other);
            }
        }
    }
}
