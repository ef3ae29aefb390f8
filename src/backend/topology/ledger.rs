//! How far the primary's log had come at past marks, so that a replica's position says which of them it has replayed.

use std::time::{Duration, Instant};

use crate::router::Mark;

/// Marks that are kept. Where there are more, every second of the older ones goes, so that they reach back ever further.
const MOST: usize = 256;

/// One answer of the primary's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Entry {
    mark: Mark,
    position: u64,
    at: Instant,
}

/// The primary's answers, oldest first.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    entries: Vec<Entry>,
    /// Whose answers they are: the server and its timeline.
    of: Option<(usize, Option<u32>)>,
}

impl Ledger {
    /// The primary has answered the question of that number, which was asked at that time. Answers of another primary count no more.
    pub(super) fn add(&mut self, of: (usize, Option<u32>), mark: Mark, position: u64, at: Instant) {
        if self.of != Some(of) {
            self.entries.clear();
            self.of = Some(of);
        }
        self.entries.push(Entry { mark, position, at });
        if self.entries.len() > MOST {
            let mut index = 0;
            self.entries.retain(|_| {
                index += 1;
                index > MOST / 2 || index % 2 == 1
            });
        }
    }

    /// The last mark that is known.
    pub(super) fn newest(&self) -> Option<Mark> {
        self.entries.last().map(|entry| entry.mark)
    }

    /// The last mark that a replica has replayed which has come so far; the caller remembers what it had replayed before.
    pub(super) fn caught(&self, position: u64) -> Option<Mark> {
        self.entries.iter().rev().find(|entry| entry.position <= position).map(|entry| entry.mark)
    }

    /// How far such a replica is behind, in bytes and in time.
    pub(super) fn lag(&self, position: u64, now: Instant) -> (u64, Duration) {
        let Some(newest) = self.entries.last() else { return (0, Duration::ZERO) };
        let bytes = newest.position.saturating_sub(position);
        if bytes == 0 {
            return (0, Duration::ZERO);
        }
        let behind = self.entries.partition_point(|entry| entry.position <= position);
        // It may miss what was written right behind the last answer that it has all of.
        let since = behind.checked_sub(1).and_then(|last| self.entries.get(last)).or(self.entries.first());
        (bytes, since.map_or(Duration::ZERO, |entry| now.saturating_duration_since(entry.at)))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const PRIMARY: (usize, Option<u32>) = (0, Some(1));

    #[test]
    fn positions_tell_marks() {
        let (mut ledger, begun) = (Ledger::default(), Instant::now());
        let at = |seconds| begun + Duration::from_secs(seconds);
        assert_eq!((ledger.caught(99), ledger.lag(99, begun)), (None, (0, Duration::ZERO)));
        for (mark, position) in [(1, 100), (2, 100), (5, 300)] {
            ledger.add(PRIMARY, mark, position, at(mark));
        }
        for (position, caught) in [(99, None), (100, Some(2)), (299, Some(2)), (300, Some(5)), (301, Some(5))] {
            assert_eq!(ledger.caught(position), caught, "{position}");
        }
        assert_eq!(ledger.newest(), Some(5));
        assert_eq!(ledger.lag(300, at(9)), (0, Duration::ZERO));
        assert_eq!(ledger.lag(250, at(9)), (50, Duration::from_secs(7)));
        assert_eq!(ledger.lag(0, at(9)), (300, Duration::from_secs(8)));
        // Another primary, or the same one on another timeline.
        ledger.add((0, Some(2)), 6, 200, at(10));
        assert_eq!((ledger.caught(199), ledger.caught(200)), (None, Some(6)));
    }

    #[test]
    fn they_reach_back_further_and_further() {
        let (mut ledger, begun) = (Ledger::default(), Instant::now());
        for mark in 1..=10_000u64 {
            ledger.add(PRIMARY, mark, mark * 10, begun);
            assert!(ledger.entries.len() <= MOST && ledger.entries.is_sorted_by_key(|entry| entry.mark));
        }
        assert_eq!((ledger.newest(), ledger.caught(99_995)), (Some(10_000), Some(9_999)));
        assert!(ledger.caught(20_000).unwrap_or(0) <= 2_000);
        assert!(ledger.entries.first().unwrap().mark < 9_000);
    }
}
