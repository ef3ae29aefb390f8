//! Chance for a load: fast, of no use for secrets, and the same again for the same seed.

/// A generator of its own for each client (SplitMix64: Steele, Lea, Flood 2014).
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    #[cfg(test)]
    pub(super) fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// One of many that have one seed and don't run alike.
    pub(super) fn numbered(seed: u64, number: u64) -> Dice {
        Dice(Dice(seed ^ number.wrapping_mul(0xd134_2543_de82_ef95)).next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 on, below `bound`; 0 where that is 0.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.next()) * u128::from(bound);
        u64::try_from(wide >> 64).unwrap_or_default()
    }

    /// From `low` to `high`, both of them included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low.wrapping_add_unsigned(self.below(high.abs_diff(low).saturating_add(1)))
    }

    /// Above 0, up to 1.
    fn share(&mut self) -> f64 {
        ((self.next() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    /// The time to the next of events that come independently of each other.
    pub(super) fn exponential(&mut self, mean: f64) -> f64 {
        -self.share().ln() * mean
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_in_their_range_and_reach_its_ends() {
        let mut dice = Dice::new(1);
        let drawn: Vec<i64> = (0..1000).map(|_| dice.between(-2, 3)).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&-2), Some(&3)));
        assert_eq!(dice.between(7, 7), 7);
        assert_eq!(dice.below(0), 0);
        let _ = dice.between(i64::MIN, i64::MAX);
    }

    #[test]
    fn exponential_has_its_mean() {
        let mut dice = Dice::new(2);
        let sum: f64 = (0..100_000).map(|_| dice.exponential(0.5)).sum();
        assert!((sum / 100_000.0 - 0.5).abs() < 0.01, "{sum}");
    }

    #[test]
    fn a_seed_repeats_itself_and_numbers_differ() {
        let draw = |number| (0..4).map(|_| Dice::numbered(9, number).below(1 << 40)).collect::<Vec<_>>();
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }
}
