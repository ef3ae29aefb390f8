//! Those who have waited for as long as they may.
//!
//! One alarm serves all who wait: most have what they want long before, and a timer for each would cost more than the rest of the queue.

use std::time::{Duration, Instant};

use super::{Orders, State};

/// A wait beyond what clocks can tell ends then.
const FOREVER: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// When a wait is too long that begins now.
pub(super) fn end_of(limit: Duration, now: Instant) -> Instant {
    now.checked_add(limit).unwrap_or(now + FOREVER)
}

impl<C, W> State<C, W> {
    /// Somebody waits no longer than until then.
    pub(super) fn be_patient(&mut self, until: Instant, orders: &mut Orders<C, W>) {
        self.patient_until = Some(self.patient_until.map_or(until, |known| known.min(until)));
        self.arm(until, orders);
    }

    /// Tells whoever has waited for too long, and has the others looked at when the next one will have. The alarm rings for other reasons, too,
    /// and often: all who wait are gone through only when one of them may be told.
    pub(super) fn turn_away(&mut self, now: Instant, orders: &mut Orders<C, W>) {
        match self.patient_until {
            Some(until) if until <= now => {}
            Some(until) => return self.arm(until, orders),
            None => return,
        }
        self.patient_until = None;
        let mut next: Option<Instant> = None;
        let mut overdue = Vec::new();
        for (ticket, waiter) in self.waiters.all() {
            if waiter.until <= now {
                overdue.push((ticket, waiter.account));
            } else {
                next = Some(next.map_or(waiter.until, |next| next.min(waiter.until)));
            }
        }
        for (ticket, key) in overdue {
            let figures = self.queue(key, Some(ticket));
            let Some(account) = self.pools.get_mut(key.pool.0).and_then(Option::as_mut).and_then(|pool| pool.account(key.number)) else {
                continue;
            };
            if let Some(waiter) = self.waiters.cancel(&mut account.queue, ticket) {
                orders.expired.push((waiter.tell, now.saturating_duration_since(waiter.since), figures));
            }
            self.note_presence(key);
            self.refresh(key, now, orders);
        }
        if let Some(next) = next {
            self.be_patient(next, orders);
        }
    }
}
