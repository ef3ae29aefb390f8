//! One tenant's counts, of all its sessions since the process began, and what of them is recorded.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicU32, AtomicU64, Ordering},
};

use parking_lot::Mutex;

use super::{Counts, Refusal, Tally, counts::SharedCounts, refusal::REFUSALS};
use crate::{
    ids::{ModelId, PlanId, ShardId},
    shard_map::Tenant,
    telemetry::{
        calendar::Moment,
        latencies::{Latencies, Percentiles},
        spread::Spread,
    },
};

type Refusals = [u64; REFUSALS];

/// What a tenant has done. A few hundred bytes; refusals and times take room from the first one on.
#[derive(Debug, Default)]
pub struct Meter {
    counts: SharedCounts,
    refusals: OnceLock<Box<[AtomicU64; REFUSALS]>>,
    sessions: AtomicU32,
    peak_sessions: AtomicU32,
    peak_connections: AtomicU32,
    book: Mutex<Book>,
    /// Where times of all tenants are counted.
    spreads: Arc<Spreads>,
}

/// How long transactions and waits of all tenants took since the process began.
#[derive(Debug, Default)]
pub struct Spreads {
    /// Transactions.
    pub turns: Spread,
    /// Waits for server connections.
    pub waits: Spread,
}

/// What only those touch who record and look.
#[derive(Debug, Default)]
struct Book {
    recorded: Counts,
    refusals: Option<Box<Refusals>>,
    /// How long transactions and waits took since the last record.
    times: Option<Box<Times>>,
    labels: Option<Labels>,
    /// Since when there is something that should have been recorded and couldn't be.
    behind: Option<Moment>,
}

#[derive(Clone, Debug, Default)]
struct Times {
    turns: Latencies,
    waits: Latencies,
}

/// Where a tenant is, for those who look at its counts when the shard map doesn't have it any more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Labels {
    /// Its shard.
    pub shard: ShardId,
    /// How it is kept apart.
    pub model: ModelId,
    /// Its limits.
    pub plan: PlanId,
}

/// A session of a tenant's, counted until dropped.
#[derive(Debug)]
pub struct Present(Arc<Meter>);

/// What a tenant has done since the process began, and what it does.
#[derive(Clone, PartialEq, Debug)]
pub struct Snapshot {
    /// How much was done.
    pub counts: Counts,
    /// How often something was refused: each with its reason, those that never happened left out.
    pub refusals: Vec<(Refusal, u64)>,
    /// Sessions at present.
    pub sessions: u32,
    /// The most at once, since the last record.
    pub peak_sessions: u32,
    /// The most server connections at once, since the last record.
    pub peak_connections: u32,
    /// How long transactions took since the last record.
    pub turns: Option<Percentiles>,
    /// How long server connections were waited for since the last record.
    pub waits: Option<Percentiles>,
}

/// What was done since the last record.
#[derive(Debug)]
pub struct Delta {
    /// How much, refusals, the sessions that there are, and the most of them.
    pub told: Snapshot,
    /// Since when, where that is longer ago than the last record.
    pub behind: Option<Moment>,
    labels: Option<Labels>,
    times: Option<Box<Times>>,
}

impl Labels {
    /// A tenant's.
    pub fn of(tenant: &Tenant) -> Self {
        Labels { shard: tenant.shard.id.clone(), model: tenant.model.id.clone(), plan: tenant.plan.id.clone() }
    }
}

impl Meter {
    /// One whose times are counted with those of others.
    pub(super) fn new(spreads: &Arc<Spreads>) -> Self {
        Meter { spreads: Arc::clone(spreads), ..Meter::default() }
    }

    /// Adds counts.
    pub fn add(&self, counts: &Counts) {
        self.counts.add(counts);
    }

    /// Something was refused.
    pub fn refuse(&self, why: Refusal) {
        let refusals = self.refusals.get_or_init(|| Box::new(std::array::from_fn(|_| AtomicU64::new(0))));
        if let Some(count) = refusals.get(why as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Adds all of a session's tally, which is empty then.
    pub fn settle(&self, tally: &mut Tally) {
        self.counts.add(&tally.counts());
        tally.refused().iter().for_each(|why| self.refuse(*why));
        self.took(tally.turns(), tally.waits());
        tally.clear();
    }

    /// Transactions and waits took so long, in microseconds.
    pub fn took(&self, turns: impl IntoIterator<Item = u32, IntoIter: Clone>, waits: impl IntoIterator<Item = u32, IntoIter: Clone>) {
        let (mut turns, mut waits) = (turns.into_iter().peekable(), waits.into_iter().peekable());
        if turns.peek().is_none() && waits.peek().is_none() {
            return;
        }
        self.spreads.turns.add(turns.clone());
        self.spreads.waits.add(waits.clone());
        let mut book = self.book.lock();
        let times = book.times.get_or_insert_default();
        turns.for_each(|micros| times.turns.record(micros));
        waits.for_each(|micros| times.waits.record(micros));
    }

    /// Server connections were used for so long, and so many at once.
    pub fn served(&self, micros: u64, at_once: u32) {
        self.counts.add(&Counts { server_micros: micros, ..Counts::default() });
        self.peak_connections.fetch_max(at_once, Ordering::Relaxed);
    }

    /// Counts a session in.
    pub fn enter(self: &Arc<Self>) -> Present {
        let sessions = self.sessions.fetch_add(1, Ordering::Relaxed) + 1;
        self.peak_sessions.fetch_max(sessions, Ordering::Relaxed);
        Present(Arc::clone(self))
    }

    /// Where the tenant is.
    pub fn label(&self, tenant: &Tenant) {
        let mut book = self.book.lock();
        let is_known =
            |labels: &Labels| labels.shard == tenant.shard.id && labels.model == tenant.model.id && labels.plan == tenant.plan.id;
        if !book.labels.as_ref().is_some_and(is_known) {
            book.labels = Some(Labels::of(tenant));
        }
    }

    /// What there is to tell at this moment.
    pub fn snapshot(&self) -> Snapshot {
        let times = self.book.lock().times.as_deref().cloned().unwrap_or_default();
        Snapshot { turns: times.turns.percentiles(), waits: times.waits.percentiles(), ..self.figures() }
    }

    /// The same without times.
    pub fn figures(&self) -> Snapshot {
        Snapshot {
            counts: self.counts.load(),
            refusals: named(&self.refused()),
            sessions: self.sessions.load(Ordering::Relaxed),
            peak_sessions: self.peak_sessions.load(Ordering::Relaxed),
            peak_connections: self.peak_connections.load(Ordering::Relaxed),
            turns: None,
            waits: None,
        }
    }

    /// How much was done since the process began: what costs least to ask.
    pub fn counts(&self) -> Counts {
        self.counts.load()
    }

    /// Sessions at present.
    pub fn sessions(&self) -> u32 {
        self.sessions.load(Ordering::Relaxed)
    }

    /// How often something was refused since the process began, in the order of [`Refusal::ALL`]; none where nothing ever was.
    pub fn refusals(&self) -> Option<[u64; REFUSALS]> {
        self.refusals.get().map(|_| self.refused())
    }

    fn refused(&self) -> Refusals {
        let Some(refusals) = self.refusals.get() else { return [0; REFUSALS] };
        std::array::from_fn(|index| refusals.get(index).map_or(0, |count| count.load(Ordering::Relaxed)))
    }

    /// Takes what was done since the last time; none where that is nothing. What is taken counts as recorded, unless [`Meter::give_back`].
    pub fn take(&self) -> Option<Delta> {
        let mut book = self.book.lock();
        let (counts, refused) = (self.counts.load(), self.refused());
        let before = book.refusals.as_deref().copied().unwrap_or([0; REFUSALS]);
        let sessions = self.sessions.load(Ordering::Relaxed);
        let told = Snapshot {
            counts: counts.since(&book.recorded),
            refusals: named(&difference(&refused, &before)),
            sessions,
            peak_sessions: self.peak_sessions.swap(sessions, Ordering::Relaxed),
            peak_connections: self.peak_connections.swap(0, Ordering::Relaxed),
            turns: book.times.as_ref().and_then(|times| times.turns.percentiles()),
            waits: book.times.as_ref().and_then(|times| times.waits.percentiles()),
        };
        book.recorded = counts;
        if refused != before {
            book.refusals = Some(Box::new(refused));
        }
        let nothing = told.counts.is_zero() && told.refusals.is_empty() && told.peak_sessions == 0 && told.peak_connections == 0;
        let (times, behind, labels) = (book.times.take(), book.behind.take(), book.labels.clone());
        (!nothing).then_some(Delta { told, behind, labels, times })
    }

    /// What was taken couldn't be recorded: it is part of what is taken next, and began then.
    pub fn give_back(&self, delta: Delta, began: Moment) {
        let mut book = self.book.lock();
        book.recorded = book.recorded.since(&delta.told.counts);
        if let Some(refusals) = &mut book.refusals {
            for (why, count) in &delta.told.refusals {
                if let Some(recorded) = refusals.get_mut(*why as usize) {
                    *recorded = recorded.wrapping_sub(*count);
                }
            }
        }
        self.peak_sessions.fetch_max(delta.told.peak_sessions, Ordering::Relaxed);
        self.peak_connections.fetch_max(delta.told.peak_connections, Ordering::Relaxed);
        if let Some(times) = delta.times {
            let own = book.times.get_or_insert_default();
            own.turns.merge(&times.turns);
            own.waits.merge(&times.waits);
        }
        book.behind = Some(began);
    }

    /// Whether all is recorded, and nobody is there.
    pub fn is_settled(&self) -> bool {
        let book = self.book.lock();
        let refused = book.refusals.as_deref().copied().unwrap_or([0; REFUSALS]);
        self.sessions.load(Ordering::Relaxed) == 0 && self.counts.load() == book.recorded && self.refused() == refused
    }

    /// What it holds beside itself.
    pub fn heap_bytes(&self) -> usize {
        let book = self.book.lock();
        let times = book.times.as_ref().map_or(0, |times| size_of::<Times>() + times.turns.heap_bytes() + times.waits.heap_bytes());
        let refusals = usize::from(self.refusals.get().is_some()) + usize::from(book.refusals.is_some());
        times + refusals * size_of::<Refusals>()
    }
}

impl Delta {
    /// Where the tenant was when it was looked at last.
    pub fn labels(&self) -> Option<&Labels> {
        self.labels.as_ref()
    }
}

impl Present {
    /// The tenant's counts.
    pub fn meter(&self) -> &Arc<Meter> {
        &self.0
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        self.0.sessions.fetch_sub(1, Ordering::Relaxed);
    }
}

fn named(refusals: &Refusals) -> Vec<(Refusal, u64)> {
    Refusal::ALL.iter().zip(refusals).filter(|(_, count)| **count > 0).map(|(why, count)| (*why, *count)).collect()
}

fn difference(now: &Refusals, before: &Refusals) -> Refusals {
    let mut difference = *now;
    difference.iter_mut().zip(before).for_each(|(count, before)| *count = count.wrapping_sub(*before));
    difference
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(statements: u64) -> Tally {
        let mut tally = Tally::default();
        tally.statements = statements;
        tally.refuse(Refusal::Rate);
        tally.turn(std::time::Duration::from_micros(statements));
        tally
    }

    #[test]
    fn what_is_taken_is_what_was_done_since() {
        let meter = Arc::new(Meter::default());
        assert!(meter.take().is_none() && meter.is_settled());
        let present = meter.enter();
        drop((meter.enter(), meter.enter()));
        meter.settle(&mut tally(5));
        meter.served(7, 2);
        assert!(!meter.is_settled());
        let told = meter.take().unwrap().told;
        assert_eq!(told.counts, Counts { statements: 5, server_micros: 7, ..Counts::default() });
        assert_eq!((told.refusals, told.sessions, told.peak_sessions, told.peak_connections), (vec![(Refusal::Rate, 1)], 1, 3, 2));
        assert_eq!(told.turns.unwrap().max, 5);
        // Who is only connected is there.
        let told = meter.take().unwrap().told;
        assert!(told.counts.is_zero() && told.refusals.is_empty() && told.turns.is_none());
        assert_eq!((told.peak_sessions, told.peak_connections), (1, 0));
        drop(present);
        assert_eq!(meter.take().unwrap().told.peak_sessions, 1);
        assert!(meter.take().is_none() && meter.is_settled());
        assert_eq!(meter.snapshot().counts.statements, 5, "all of it stays known");
    }

    #[test]
    fn what_cannot_be_recorded_comes_again() {
        let meter = Meter::default();
        meter.settle(&mut tally(5));
        meter.served(0, 3);
        let (began, later) = (Moment::from_millis(1), Moment::from_millis(2));
        let delta = meter.take().unwrap();
        meter.settle(&mut tally(2));
        meter.give_back(delta, began);
        let delta = meter.take().unwrap();
        assert_eq!((delta.told.counts.statements, delta.told.refusals.clone(), delta.behind), (7, vec![(Refusal::Rate, 2)], Some(began)));
        assert_eq!((delta.told.peak_connections, delta.told.turns.unwrap().max), (3, 5));
        meter.give_back(delta, later);
        assert_eq!(meter.take().unwrap().told.counts.statements, 7);
        assert!(meter.take().is_none());
    }

    #[test]
    fn a_meter_is_small() {
        assert!(size_of::<Meter>() < 370, "{}", size_of::<Meter>());
        let meter = Meter::default();
        assert_eq!(meter.heap_bytes(), 0);
        meter.settle(&mut tally(1));
        meter.took([1; 255], []);
        assert!(meter.heap_bytes() < 2000, "{}", meter.heap_bytes());
        meter.take();
        assert!(meter.heap_bytes() < 400, "{}", meter.heap_bytes());
    }
}
