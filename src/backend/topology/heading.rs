//! Where a shard's writes go at the moment: one word, which sessions look at before each transaction.

use std::sync::atomic::{AtomicU64, Ordering};

/// No server is known to be the primary.
const AWAY: u64 = 1;
/// The operator has paused the shard.
const PAUSED: u64 = 2;

/// Where writes go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Course {
    /// Counts how often they have gone to another server. What a session has from an earlier one is void.
    pub epoch: u32,
    /// The server: the primary, or the last one that there was.
    pub number: usize,
    /// Whether anything may begin there.
    pub is_open: bool,
    /// It may not because the operator says so.
    pub is_paused: bool,
}

/// The word: the epoch, the server's number in 16 bits, flags in 16 bits.
#[derive(Debug)]
pub(super) struct Heading(AtomicU64);

impl Heading {
    /// To the first server. `known`: that needn't be asked for.
    pub(super) fn new(known: bool) -> Self {
        Heading(AtomicU64::new(if known { 0 } else { AWAY }))
    }

    /// Begins with another server than the first, of which nothing is known yet either.
    pub(super) fn begin_with(&self, number: usize) {
        self.change(|word| word & !(0xffff << 16) | (number as u64 & 0xffff) << 16);
    }

    #[inline]
    pub(super) fn load(&self) -> Course {
        Course::read(self.0.load(Ordering::SeqCst))
    }

    /// There is a primary, or none. What counted before, and what counts now.
    pub(super) fn steer(&self, primary: Option<usize>) -> (Course, Course) {
        self.change(|word| match primary {
            None => word | AWAY,
            Some(number) => {
                let course = Course::read(word);
                let epoch = course.epoch.wrapping_add(u32::from(course.number != number));
                u64::from(epoch) << 32 | (number as u64 & 0xffff) << 16 | word & 0xffff & !AWAY
            }
        })
    }

    /// The operator pauses the shard, or lets it go on.
    pub(super) fn pause(&self, paused: bool) -> (Course, Course) {
        self.change(|word| if paused { word | PAUSED } else { word & !PAUSED })
    }

    fn change(&self, change: impl Fn(u64) -> u64) -> (Course, Course) {
        let mut before = self.0.load(Ordering::SeqCst);
        loop {
            let after = change(before);
            match self.0.compare_exchange_weak(before, after, Ordering::SeqCst, Ordering::SeqCst) {
                Ok(_) => return (Course::read(before), Course::read(after)),
                Err(other) => before = other,
            }
        }
    }
}

impl Course {
    fn read(word: u64) -> Self {
        Course {
            epoch: (word >> 32) as u32,
            number: (word >> 16 & 0xffff) as usize,
            is_open: word & 0xffff == 0,
            is_paused: word & PAUSED != 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_server_is_another_epoch() {
        let heading = Heading::new(false);
        let seen = || (heading.load().epoch, heading.load().number, heading.load().is_open);
        assert_eq!(seen(), (0, 0, false));
        heading.steer(Some(0));
        assert_eq!(seen(), (0, 0, true));
        heading.steer(None);
        assert_eq!(seen(), (0, 0, false));
        heading.steer(Some(0));
        assert_eq!(seen(), (0, 0, true), "it is the same one");
        let (before, after) = heading.steer(Some(2));
        assert_eq!((before.epoch, after.epoch), (0, 1));
        assert_eq!(seen(), (1, 2, true));
    }

    #[test]
    fn a_pause_and_a_primary_that_is_away_are_two_things() {
        let heading = Heading::new(true);
        heading.pause(true);
        assert!(!heading.load().is_open && heading.load().is_paused);
        heading.steer(None);
        heading.steer(Some(1));
        assert!(!heading.load().is_open, "paused yet");
        heading.steer(None);
        heading.pause(false);
        assert!(!heading.load().is_open && !heading.load().is_paused, "nobody is there");
        heading.steer(Some(1));
        assert_eq!((heading.load().is_open, heading.load().epoch), (true, 1));
    }
}
