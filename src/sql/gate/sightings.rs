//! What has been seen once: a text is worth remembering when it comes again, and those with their values in them never do.

/// Hashes of what was seen last, each at the place that it gives. Forgets by overwriting.
#[derive(Debug, Default)]
pub struct Sightings<const PLACES: usize> {
    /// Made on first use.
    seen: Vec<u64>,
}

impl<const PLACES: usize> Sightings<PLACES> {
    /// None yet.
    pub fn new() -> Self {
        Sightings { seen: Vec::new() }
    }

    /// Whether that was seen before, as far as is remembered; from now on it was. The upper half of the hash gives the place: callers choose
    /// by the lower one which of several they ask.
    pub fn is_again(&mut self, hash: u64) -> bool {
        if self.seen.is_empty() {
            self.seen = vec![0; PLACES];
        }
        let place = usize::try_from((hash >> 32) % PLACES as u64).unwrap_or(0);
        self.seen.get_mut(place).is_some_and(|seen| std::mem::replace(seen, hash) == hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_time_is_again_until_another_takes_the_place() {
        let mut sightings = Sightings::<4>::new();
        let (first, elsewhere, in_its_place) = (5 << 32 | 1, 6 << 32 | 1, 9 << 32 | 1);
        assert!(!sightings.is_again(first) && !sightings.is_again(elsewhere));
        assert!(sightings.is_again(first) && sightings.is_again(elsewhere));
        assert!(!sightings.is_again(in_its_place) && !sightings.is_again(first));
    }
}
