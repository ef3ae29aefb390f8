//! What each tenant's data takes, as far as it is known, and what follows from it: a warning, and then only reading and deleting.
//!
//! Nothing is measured here; figures come from `server::storage`. Sessions look at a tenant's standing when they begin to act for it and when they
//! are told to look again, never with a statement.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use dashmap::DashMap;
use parking_lot::Mutex;

use crate::{
    config::ByteSize,
    error::{Report, SqlState},
    ids::TenantId,
    shard_map::Limits,
};

/// Who is full stays so until it uses a hundredth less than its limit: figures move a little by themselves.
const RELEASE: u64 = 100;

/// How a tenant stands to its limit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Standing {
    /// Nobody knows, so nothing is held against it.
    #[default]
    Unknown,
    /// There is room, or no limit.
    Within,
    /// Beyond the threshold of warnings.
    Warned,
    /// Its storage is used up.
    Full,
}

/// What was measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Measured {
    /// Bytes that count.
    pub bytes: u64,
    /// Bytes of the files, where they are the tenant's own.
    pub disk: Option<u64>,
}

/// One tenant's storage.
#[derive(Debug)]
pub struct Gauge {
    tenant: TenantId,
    state: Mutex<State>,
    freed: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    measured: Option<(Measured, Instant)>,
    before: Option<(u64, Instant)>,
    limit: Option<u64>,
    standing: Standing,
    /// As it was told last.
    told: Standing,
}

impl Gauge {
    fn new(tenant: TenantId) -> Self {
        Gauge { tenant, state: Mutex::default(), freed: AtomicBool::new(false) }
    }

    /// Whose it is.
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// Takes a new figure. How the tenant stands now.
    pub fn measure(&self, measured: Measured, limits: &Limits, now: Instant) -> Standing {
        let mut state = self.state.lock();
        state.before = state.measured.map(|(before, at)| (before.bytes, at));
        state.measured = Some((measured, now));
        state.stand(limits);
        state.standing
    }

    /// How the tenant stood and stands, where that is another standing than when this was last asked.
    pub fn take_change(&self, limits: &Limits) -> Option<(Standing, Standing)> {
        let mut state = self.state.lock();
        state.stand(limits);
        let now = state.standing;
        let before = std::mem::replace(&mut state.told, now);
        (before != now).then_some((before, now))
    }

    /// How the tenant stands to the limits of now.
    pub fn standing(&self, limits: &Limits) -> Standing {
        let mut state = self.state.lock();
        state.stand(limits);
        state.standing
    }

    /// What was measured last.
    pub fn measured(&self) -> Option<Measured> {
        self.state.lock().measured.map(|(measured, _)| measured)
    }

    /// When it should be looked at again by itself, outside of its database's turn; none where its turn is soon enough. `cost` is what
    /// a look takes.
    pub fn look_in(&self, limits: &Limits, cost: Duration, refresh: Duration) -> Option<Duration> {
        let state = self.state.lock();
        let (measured, at) = state.measured?;
        let limit = limits.storage?;
        let least = cost * COST_SHARE;
        let soon = match state.standing {
            Standing::Full => Some(FULL_EVERY),
            Standing::Warned => Some(refresh / 10),
            Standing::Unknown | Standing::Within => None,
        };
        let by_growth = state.before.and_then(|(bytes, before)| {
            let (grown, room) = (measured.bytes.checked_sub(bytes)?, limit.checked_sub(measured.bytes)?);
            let elapsed = at.checked_duration_since(before)?.as_secs_f64();
            let until_full = Duration::try_from_secs_f64(room as f64 * elapsed / grown as f64).ok()?;
            Some((until_full / 2).max(GROWING_EVERY))
        });
        let wait = soon.into_iter().chain(by_growth).min()?.max(least);
        (wait < refresh).then_some(wait)
    }

    /// A statement that frees storage has come.
    pub fn frees(&self) {
        self.freed.store(true, Ordering::Relaxed);
    }

    /// Whether one has, since this was last asked.
    pub fn take_freed(&self) -> bool {
        self.freed.load(Ordering::Relaxed) && self.freed.swap(false, Ordering::Relaxed)
    }

    /// What a client is told that comes to log in, where there is something to say.
    pub fn warning(&self, limits: &Limits) -> Option<Report> {
        let text = match self.standing(limits) {
            Standing::Unknown | Standing::Within => return None,
            Standing::Warned => "the tenant's storage is nearly used up",
            Standing::Full => USED_UP,
        };
        Some(self.explain(Report::new(SqlState::DISK_FULL, text)))
    }

    /// What a statement is told that may not run.
    pub fn refusal(&self, command: &str) -> Report {
        self.explain(Report::new(SqlState::DISK_FULL, format!("cannot execute {command}: {USED_UP}")))
    }

    fn explain(&self, report: Report) -> Report {
        let state = self.state.lock();
        let (used, limit) = (state.measured.map_or(0, |(measured, _)| measured.bytes), state.limit.unwrap_or(0));
        let detail = format!("Tenant \"{}\" uses {} of {} (storage).", self.tenant, in_words(used), in_words(limit));
        report
            .with_detail(detail)
            .with_hint("DELETE, TRUNCATE and DROP work, and free storage within seconds; or ask the operator for a larger plan.")
    }
}

/// What is told of a tenant without room.
const USED_UP: &str = "the tenant's storage is used up";

/// How often a tenant is looked at that may write again as soon as it has deleted something.
const FULL_EVERY: Duration = Duration::from_secs(2);

/// How often one at most that grows towards its limit.
const GROWING_EVERY: Duration = Duration::from_secs(5);

/// Looking costs a twentieth of a connection's time at most.
const COST_SHARE: u32 = 20;

impl State {
    fn stand(&mut self, limits: &Limits) {
        self.limit = limits.storage;
        self.standing = match (self.measured, limits.storage) {
            (_, None) => Standing::Within,
            (None, Some(_)) => Standing::Unknown,
            (Some((measured, _)), Some(limit)) => standing(measured.bytes, limit, limits.storage_warning.of(limit), self.standing),
        };
    }
}

fn standing(used: u64, limit: u64, warning: u64, before: Standing) -> Standing {
    let full_from = if before == Standing::Full { limit - limit / RELEASE } else { limit };
    match used {
        used if used >= full_from => Standing::Full,
        used if used >= warning => Standing::Warned,
        _ => Standing::Within,
    }
}

/// A number of bytes with three digits or so.
pub fn in_words(bytes: u64) -> String {
    const UNITS: [(&str, u64); 4] = [("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10)];
    match UNITS.iter().find(|(_, factor)| bytes >= *factor) {
        Some((_, factor)) if bytes.is_multiple_of(*factor) => ByteSize(bytes).to_string(),
        Some((unit, factor)) => {
            let number = bytes as f64 / *factor as f64;
            let digits = if number < 10.0 { 2 } else { usize::from(number < 100.0) };
            format!("{number:.digits$}{unit}")
        }
        None => format!("{bytes}B"),
    }
}

/// Tenants whose storage counts.
#[derive(Debug, Default)]
pub struct Gauges {
    by_tenant: DashMap<TenantId, Arc<Gauge>>,
    fresh: Mutex<Vec<Arc<Gauge>>>,
}

impl Gauges {
    /// A tenant's. It is measured from now on, if it wasn't.
    pub fn enter(&self, tenant: &TenantId) -> Arc<Gauge> {
        if let Some(known) = self.by_tenant.get(tenant) {
            return Arc::clone(&known);
        }
        let entry = self.by_tenant.entry(tenant.clone()).or_insert_with(|| {
            let gauge = Arc::new(Gauge::new(tenant.clone()));
            self.fresh.lock().push(Arc::clone(&gauge));
            gauge
        });
        Arc::clone(&entry)
    }

    /// What was measured last of a tenant.
    pub fn measured(&self, tenant: &TenantId) -> Option<Measured> {
        self.by_tenant.get(tenant)?.measured()
    }

    /// Those that have come since this was last asked.
    pub fn take_fresh(&self) -> Vec<Arc<Gauge>> {
        std::mem::take(&mut *self.fresh.lock())
    }

    /// All of them at this moment.
    pub fn list(&self) -> Vec<Arc<Gauge>> {
        self.by_tenant.iter().map(|gauge| Arc::clone(&gauge)).collect()
    }

    /// Forgets a tenant that isn't one any more.
    pub fn forget(&self, tenant: &TenantId) {
        self.by_tenant.remove(tenant);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shard_map::PerMille;

    const MB: u64 = 1 << 20;

    fn limits(storage: Option<u64>) -> Limits {
        Limits { storage, storage_warning: PerMille(750), ..Limits::default() }
    }

    fn measured(bytes: u64) -> Measured {
        Measured { bytes, disk: None }
    }

    #[test]
    fn standings_follow_figures_and_limits() {
        let (gauge, now) = (Gauge::new("acme".into()), Instant::now());
        let limit = limits(Some(100 * MB));
        assert_eq!(gauge.standing(&limit), Standing::Unknown);
        assert_eq!(gauge.warning(&limit), None);
        let table = [
            (74 * MB, Standing::Within),
            (75 * MB, Standing::Warned),
            (100 * MB - 1, Standing::Warned),
            (100 * MB, Standing::Full),
            (99 * MB, Standing::Full),
            (99 * MB - 1, Standing::Warned),
            (99 * MB, Standing::Warned),
            (0, Standing::Within),
        ];
        for (bytes, expected) in table {
            assert_eq!(gauge.measure(measured(bytes), &limit, now), expected, "{bytes}");
        }
        gauge.measure(measured(90 * MB), &limit, now);
        assert_eq!(gauge.standing(&limits(Some(80 * MB))), Standing::Full);
        assert_eq!(gauge.standing(&limits(None)), Standing::Within);
        assert_eq!(gauge.standing(&limits(Some(200 * MB))), Standing::Within);
        assert_eq!(gauge.measure(measured(300 * MB), &limits(Some(200 * MB)), now), Standing::Full);
        assert_eq!(gauge.take_change(&limits(Some(200 * MB))), Some((Standing::Unknown, Standing::Full)));
        assert_eq!(gauge.take_change(&limits(Some(200 * MB))), None);
        assert_eq!(gauge.take_change(&limits(None)), Some((Standing::Full, Standing::Within)));
    }

    #[test]
    fn reports_have_figures_and_a_way_out() {
        let gauge = Gauge::new("acme".into());
        gauge.measure(measured(1536 * MB), &limits(Some(1024 * MB)), Instant::now());
        let report = gauge.refusal("INSERT");
        assert_eq!((report.state, &*report.message), (SqlState::DISK_FULL, "cannot execute INSERT: the tenant's storage is used up"));
        assert_eq!(report.detail.as_deref(), Some("Tenant \"acme\" uses 1.50GB of 1GB (storage)."));
        assert!(gauge.warning(&limits(Some(1024 * MB))).is_some_and(|report| report.message == USED_UP));
        assert!(gauge.warning(&limits(Some(2000 * MB))).is_some_and(|report| report.message.contains("nearly")));
    }

    #[test]
    fn who_is_near_the_limit_or_grows_is_looked_at_sooner() {
        let refresh = Duration::from_secs(300);
        let (limit, cheap) = (limits(Some(100 * MB)), Duration::from_millis(1));
        let (gauge, now) = (Gauge::new("acme".into()), Instant::now());
        assert_eq!(gauge.look_in(&limit, cheap, refresh), None);
        gauge.measure(measured(10 * MB), &limit, now);
        assert_eq!(gauge.look_in(&limit, cheap, refresh), None);
        // A megabyte a second: full in 60 seconds.
        gauge.measure(measured(40 * MB), &limit, now + Duration::from_secs(30));
        assert_eq!(gauge.look_in(&limit, cheap, refresh), Some(Duration::from_secs(30)));
        gauge.measure(measured(40 * MB), &limit, now + Duration::from_secs(60));
        assert_eq!(gauge.look_in(&limit, cheap, refresh), None);
        gauge.measure(measured(80 * MB), &limit, now + Duration::from_secs(70));
        assert_eq!(gauge.look_in(&limit, cheap, refresh), Some(GROWING_EVERY));
        gauge.measure(measured(80 * MB), &limit, now + Duration::from_secs(80));
        assert_eq!(gauge.look_in(&limit, cheap, refresh), Some(Duration::from_secs(30)));
        gauge.measure(measured(100 * MB), &limit, now + Duration::from_secs(8000));
        assert_eq!(gauge.look_in(&limit, cheap, refresh), Some(FULL_EVERY));
        assert_eq!(gauge.look_in(&limit, Duration::from_secs(1), refresh), Some(Duration::from_secs(20)));
        assert_eq!(gauge.look_in(&limit, Duration::from_secs(20), refresh), None);
    }

    #[test]
    fn bytes_in_words() {
        let table = [
            (0, "0B"),
            (1023, "1023B"),
            (1024, "1kB"),
            (1536, "1.50kB"),
            (10 * MB, "10MB"),
            (10 * MB + 52_429, "10.1MB"),
            (1 << 40, "1TB"),
        ];
        for (bytes, words) in table {
            assert_eq!(in_words(bytes), words);
        }
    }

    #[test]
    fn gauges_are_shared_and_told_of_once() {
        let gauges = Gauges::default();
        let (one, same) = (gauges.enter(&"acme".into()), gauges.enter(&"acme".into()));
        assert!(Arc::ptr_eq(&one, &same));
        assert_eq!((gauges.take_fresh().len(), gauges.take_fresh().len(), gauges.list().len()), (1, 0, 1));
        one.frees();
        assert!(same.take_freed() && !same.take_freed());
    }
}
