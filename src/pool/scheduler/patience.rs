//! Those who have waited for as long as they may.
//!
//! One alarm serves all who wait: most have what they want long before, and a timer for each would cost more than the rest of the queue.

use std::time::Instant;

use super::{Orders, State};

impl<C, W> State<C, W> {
    /// Tells whoever has waited for too long, and has the others looked at when the next one will have.
    pub(super) fn turn_away(&mut self, now: Instant, orders: &mut Orders<C, W>) {
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
            self.arm(next, orders);
        }
    }
}
