//! Server time per second: a token bucket that may be overdrawn, because what a statement takes is known when it is over.

use std::time::{Duration, Instant};

/// What a tenant's plan says about its server time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BudgetRules {
    /// Thousandths of a server second per second.
    pub milliseconds_per_second: u32,
    /// What may be used at once.
    pub burst: Duration,
}

/// What a tenant may owe: who has run a statement for hours isn't kept out for as long.
const MOST_OWED: Duration = Duration::from_secs(60);

/// A tenant's bucket.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    rules: BudgetRules,
    /// Nanoseconds of server time; below 0 it is overdrawn.
    level: i64,
    at: Instant,
}

impl Budget {
    /// A full one.
    pub(super) fn new(rules: BudgetRules, now: Instant) -> Self {
        Budget { rules, level: nanos(rules.burst), at: now }
    }

    /// Takes other rules; what is owed stays owed.
    pub(super) fn change(&mut self, rules: BudgetRules, now: Instant) {
        self.refill(now);
        self.rules = rules;
        self.level = self.level.min(nanos(rules.burst));
    }

    fn refill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.at);
        let earned = nanos(passed) / 1000 * i64::from(self.rules.milliseconds_per_second);
        self.level = self.level.saturating_add(earned).min(nanos(self.rules.burst));
        self.at = self.at.max(now);
    }

    /// Server time was used. What nobody else wanted leaves no debt.
    pub(super) fn spend(&mut self, used: Duration, contended: bool, now: Instant) {
        self.refill(now);
        let least = if contended { -nanos(MOST_OWED) } else { 0 };
        self.level = self.level.saturating_sub(nanos(used)).max(least.min(self.level));
    }

    /// How long until it isn't overdrawn any more, with so much being used at the moment; none: it isn't.
    pub(super) fn overdrawn(&mut self, running: Duration, now: Instant) -> Option<Duration> {
        self.refill(now);
        let debt = nanos(running).saturating_sub(self.level);
        if debt < 0 {
            return None;
        }
        let rate = i64::from(self.rules.milliseconds_per_second.max(1));
        Some(Duration::from_nanos((debt.saturating_add(1) / rate).saturating_mul(1000).unsigned_abs()).max(Duration::from_millis(1)))
    }

    /// Whether nothing of it is missing.
    pub(super) fn is_full(&mut self, now: Instant) -> bool {
        self.refill(now);
        self.level >= nanos(self.rules.burst)
    }
}

fn nanos(time: Duration) -> i64 {
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_lets_the_burst_through_and_then_the_rate() {
        let start = Instant::now();
        let rules = BudgetRules { milliseconds_per_second: 500, burst: Duration::from_secs(2) };
        let mut budget = Budget::new(rules, start);
        assert_eq!(budget.overdrawn(Duration::ZERO, start), None);
        budget.spend(Duration::from_secs(3), true, start);
        // A second owed at half a second per second.
        let wait = budget.overdrawn(Duration::ZERO, start).unwrap_or_default();
        assert!((Duration::from_millis(1999)..=Duration::from_millis(2001)).contains(&wait), "{wait:?}");
        assert_eq!(budget.overdrawn(Duration::ZERO, start + Duration::from_millis(2010)), None);
        // What runs counts before it is over.
        assert!(budget.overdrawn(Duration::from_secs(1), start + Duration::from_millis(2010)).is_some());
        assert!(budget.is_full(start + Duration::from_secs(60)));
        budget.change(BudgetRules { burst: Duration::from_secs(1), ..rules }, start + Duration::from_secs(60));
        // Alone it may use what it likes.
        budget.spend(Duration::from_secs(3600), false, start + Duration::from_secs(60));
        budget.refill(start + Duration::from_secs(62));
        budget.spend(Duration::from_millis(999), true, start + Duration::from_secs(62));
        assert_eq!(budget.overdrawn(Duration::ZERO, start + Duration::from_secs(62)), None);
        budget.spend(Duration::from_millis(2), true, start + Duration::from_secs(62));
        assert!(budget.overdrawn(Duration::ZERO, start + Duration::from_secs(62)).is_some());
    }
}
