//! How often something has happened lately.

use std::time::{Duration, Instant};

/// A number of events, those of the window before fading out as this one grows: as exact as it need be, in the room of one event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Count {
    since: Instant,
    before: u32,
    now: u32,
}

impl Count {
    /// Nothing has happened.
    pub(super) fn new(now: Instant) -> Self {
        Count { since: now, before: 0, now: 0 }
    }

    /// One more. How many that makes.
    pub(super) fn add(&mut self, now: Instant, window: Duration) -> u32 {
        self.turn(now, window);
        self.now = self.now.saturating_add(1);
        self.value(now, window)
    }

    /// How many there have been within the window.
    pub(super) fn value(&mut self, now: Instant, window: Duration) -> u32 {
        self.turn(now, window);
        let left = window.saturating_sub(now.saturating_duration_since(self.since));
        let fading = f64::from(self.before) * left.as_secs_f64() / window.as_secs_f64();
        self.now.saturating_add(fading as u32)
    }

    /// So many don't count any more.
    pub(super) fn forgive(&mut self, events: u32) {
        let rest = events.saturating_sub(self.now);
        self.now = self.now.saturating_sub(events);
        self.before = self.before.saturating_sub(rest);
    }

    /// Whether nothing of it counts any more.
    pub(super) fn is_over(&self, now: Instant, window: Duration) -> bool {
        now.saturating_duration_since(self.since) >= window * 2
    }

    fn turn(&mut self, now: Instant, window: Duration) {
        let passed = now.saturating_duration_since(self.since);
        if passed >= window * 2 {
            *self = Count::new(now);
        } else if passed >= window {
            *self = Count { since: self.since + window, before: self.now, now: 0 };
        }
    }
}
