//! What is counted while a load runs. Each thread counts for itself; it is added up in the end.

use std::{collections::BTreeMap, time::Duration};

use hdrhistogram::Histogram;

/// Microseconds, as many as there are, to so many digits.
pub(super) type Latencies = Histogram<u32>;

/// A histogram that grows as it needs to.
pub(super) fn latencies(digits: u8) -> Option<Latencies> {
    Histogram::new(digits).ok()
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1)
}

/// Histograms that are made with the first value: most tenants of a large scenario never need most of them.
#[derive(Clone, Default)]
pub(super) struct Lazy(Option<Box<Latencies>>);

impl Lazy {
    fn at(&mut self, digits: u8) -> Option<&mut Latencies> {
        if self.0.is_none() {
            self.0 = latencies(digits).map(Box::new);
        }
        self.0.as_deref_mut()
    }

    fn record(&mut self, digits: u8, time: Duration) {
        if let Some(histogram) = self.at(digits) {
            // Nothing is too long for a histogram that grows.
            let _ = histogram.record(micros(time));
        }
    }

    fn add(&mut self, other: &Lazy, digits: u8) {
        if let (Some(other), Some(own)) = (&other.0, self.at_if(other, digits)) {
            let _ = own.add(&**other);
        }
    }

    fn at_if(&mut self, other: &Lazy, digits: u8) -> Option<&mut Latencies> {
        if other.0.is_some() { self.at(digits) } else { None }
    }

    /// What there is.
    pub(super) fn get(&self) -> Option<&Latencies> {
        self.0.as_deref().filter(|histogram| !histogram.is_empty())
    }
}

/// Failures of one SQLSTATE.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Failures {
    pub(super) count: u64,
    /// What the first of them said.
    pub(super) example: String,
}

/// A tenant's share of one phase, or of the whole run.
#[derive(Clone, Default)]
pub(super) struct Tally {
    /// Transactions that were done in it.
    pub(super) done: u64,
    pub(super) failures: BTreeMap<String, Failures>,
    /// Of transactions that were due in it, from then on.
    pub(super) latencies: Lazy,
    /// The same from when they were sent, where that is something else.
    pub(super) service: Lazy,
    /// How long the connecting took.
    pub(super) connects: Lazy,
    /// Transactions that were due and had to wait for a client, in microseconds.
    pub(super) waited: u128,
    /// How late the generator's own timer was.
    pub(super) lateness: Lazy,
    /// Transactions that were due and never sent.
    pub(super) missed: u64,
    /// Transactions that had no answer when the run was over.
    pub(super) unfinished: u64,
}

impl Tally {
    fn fail(&mut self, state: &str, example: &str) {
        match self.failures.get_mut(state) {
            Some(failures) => failures.count += 1,
            None => {
                self.failures.insert(state.to_owned(), Failures { count: 1, example: example.to_owned() });
            }
        }
    }

    /// Takes another's counts.
    pub(super) fn add(&mut self, other: &Tally, digits: u8) {
        self.done += other.done;
        self.waited += other.waited;
        self.missed += other.missed;
        self.unfinished += other.unfinished;
        for (state, failures) in &other.failures {
            let own = self.failures.entry(state.clone()).or_insert_with(|| Failures { count: 0, ..failures.clone() });
            own.count += failures.count;
        }
        self.latencies.add(&other.latencies, digits);
        self.service.add(&other.service, digits);
        self.connects.add(&other.connects, digits);
        self.lateness.add(&other.lateness, digits);
    }

    /// How many failed.
    pub(super) fn failed(&self) -> u64 {
        self.failures.values().map(|failures| failures.count).sum()
    }
}

/// When a transaction was due, sent, and answered. Moments count from the beginning of the run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    pub(super) due: Duration,
    pub(super) sent: Duration,
    pub(super) ended: Duration,
}

/// What a record goes into: the phase in which it was due, and the one in which it ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Phases {
    pub(super) due: Option<usize>,
    pub(super) ended: Option<usize>,
}

/// A row of the report: one tenant in one group.
#[derive(Clone)]
pub(super) struct Row {
    pub(super) phases: Vec<Tally>,
    pub(super) total: Tally,
    digits: u8,
}

impl Row {
    pub(super) fn new(phases: usize, digits: u8) -> Row {
        Row { phases: vec![Tally::default(); phases], total: Tally::default(), digits }
    }

    fn phase(&mut self, number: Option<usize>) -> Option<&mut Tally> {
        self.phases.get_mut(number?)
    }

    /// A transaction that was done. `open` says that it had a time when it was due.
    pub(super) fn done(&mut self, times: Times, phases: Phases, open: bool, expected: Option<Duration>) {
        let digits = self.digits;
        self.total.done += 1;
        if let Some(ended) = self.phase(phases.ended) {
            ended.done += 1;
        }
        let Some(due) = self.phase(phases.due) else { return };
        let latency = times.ended.saturating_sub(times.due);
        match expected {
            None => due.latencies.record(digits, latency),
            Some(expected) => {
                if let Some(histogram) = due.latencies.at(digits) {
                    let _ = histogram.record_correct(micros(latency), micros(expected));
                }
            }
        }
        if open {
            due.waited += times.sent.saturating_sub(times.due).as_micros();
        }
        if open || expected.is_some() {
            due.service.record(digits, times.ended.saturating_sub(times.sent));
        }
    }

    /// A transaction, or a connection, that failed.
    pub(super) fn failed(&mut self, phase: Option<usize>, state: &str, example: &str) {
        self.total.fail(state, example);
        if let Some(phase) = self.phase(phase) {
            phase.fail(state, example);
        }
    }

    /// A connection that was made.
    pub(super) fn connected(&mut self, phase: Option<usize>, time: Duration) {
        let digits = self.digits;
        self.total.connects.record(digits, time);
        if let Some(phase) = self.phase(phase) {
            phase.connects.record(digits, time);
        }
    }

    /// How late the generator itself was with a transaction.
    pub(super) fn late(&mut self, phase: Option<usize>, time: Duration) {
        let digits = self.digits;
        if let Some(phase) = self.phase(phase) {
            phase.lateness.record(digits, time);
        }
    }

    /// A transaction that was due and is never sent.
    pub(super) fn missed(&mut self, phase: Option<usize>) {
        self.total.missed += 1;
        if let Some(phase) = self.phase(phase) {
            phase.missed += 1;
        }
    }

    /// A transaction without an answer. It has lasted for so long, at least.
    pub(super) fn unfinished(&mut self, phase: Option<usize>, lasted: Duration) {
        let digits = self.digits;
        self.total.unfinished += 1;
        if let Some(phase) = self.phase(phase) {
            phase.unfinished += 1;
            phase.latencies.record(digits, lasted);
        }
    }

    /// Takes another thread's counts for the same tenant.
    pub(super) fn add(&mut self, other: &Row) {
        for (own, other) in self.phases.iter_mut().zip(&other.phases) {
            own.add(other, self.digits);
        }
        self.total.add(&other.total, self.digits);
    }
}

/// What a group did in the last second, on one thread.
#[derive(Clone)]
pub(super) struct Interval {
    pub(super) done: u64,
    pub(super) failed: u64,
    pub(super) latencies: Option<Latencies>,
}

impl Interval {
    pub(super) fn new() -> Interval {
        Interval { done: 0, failed: 0, latencies: latencies(2) }
    }

    pub(super) fn record(&mut self, latency: Duration) {
        self.done += 1;
        if let Some(histogram) = &mut self.latencies {
            let _ = histogram.record(micros(latency));
        }
    }

    /// Takes another thread's second.
    pub(super) fn add(&mut self, other: &Interval) {
        self.done += other.done;
        self.failed += other.failed;
        if let (Some(own), Some(other)) = (&mut self.latencies, &other.latencies) {
            let _ = own.add(other);
        }
    }

    /// Hands over what there is, and begins anew.
    pub(super) fn take(&mut self) -> Interval {
        let taken = self.clone();
        self.done = 0;
        self.failed = 0;
        if let Some(histogram) = &mut self.latencies {
            histogram.reset();
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(due: u64, sent: u64, ended: u64) -> Times {
        Times { due: Duration::from_millis(due), sent: Duration::from_millis(sent), ended: Duration::from_millis(ended) }
    }

    #[test]
    fn latency_counts_from_when_it_was_due() {
        let mut row = Row::new(2, 3);
        row.done(at(100, 350, 400), Phases { due: Some(0), ended: Some(1) }, true, None);
        let (first, second) = (&row.phases[0], &row.phases[1]);
        assert_eq!((first.done, second.done, row.total.done), (0, 1, 1), "it is counted where it ended");
        assert_eq!(first.latencies.get().unwrap().max() / 1000, 300);
        assert_eq!(first.service.get().unwrap().max() / 1000, 50);
        assert_eq!(first.waited, 250_000);
        assert!(second.latencies.get().is_none());
    }

    #[test]
    fn a_closed_loop_is_corrected_by_what_was_expected() {
        let mut row = Row::new(1, 3);
        let phases = Phases { due: Some(0), ended: Some(0) };
        row.done(at(0, 0, 100), phases, false, Some(Duration::from_millis(10)));
        let (latencies, service) = (row.phases[0].latencies.get().unwrap(), row.phases[0].service.get().unwrap());
        assert_eq!((latencies.len(), service.len()), (10, 1), "100 ms kept nine others from being asked");
        assert_eq!(latencies.min() / 1000, 10);
    }

    #[test]
    fn threads_are_added_up() {
        let mut row = Row::new(1, 2);
        let phases = Phases { due: Some(0), ended: Some(0) };
        row.done(at(0, 0, 1), phases, false, None);
        row.failed(Some(0), "53300", "first");
        let mut other = Row::new(1, 2);
        other.done(at(0, 0, 5), phases, false, None);
        other.failed(Some(0), "53300", "second");
        other.failed(None, "08006", "gone");
        other.unfinished(Some(0), Duration::from_secs(3));
        other.connected(Some(0), Duration::from_millis(2));
        row.add(&other);
        let phase = &row.phases[0];
        assert_eq!((phase.done, phase.failed(), row.total.failed(), phase.unfinished), (2, 2, 3, 1));
        assert_eq!(phase.failures["53300"], Failures { count: 2, example: "first".to_owned() });
        assert_eq!(phase.latencies.get().unwrap().len(), 3, "an answer that never came is as late as it is known to be");
        assert_eq!(phase.connects.get().unwrap().len(), 1);
    }

    #[test]
    fn a_second_is_handed_over_once() {
        let mut interval = Interval::new();
        interval.record(Duration::from_millis(3));
        interval.failed = 2;
        let mut sum = interval.take();
        sum.add(&interval.take());
        assert_eq!((sum.done, sum.failed, sum.latencies.unwrap().len()), (1, 2, 1));
    }
}
