//! Keeps figures of tenants' storage fresh, and tells sessions where a tenant's standing has changed.
//!
//! Tenants are grouped by where one statement measures several of them: a database, or for tenants with databases of their own a server. Each
//! such place has its turn once per `[storage] refresh`, over one connection that is opened for it; a few places have theirs at a time. In between only
//! those are looked at again that are new, near their limits, growing towards them, or beyond them. What can't be measured keeps its last figure;
//! without one nothing is held against a tenant.

mod places;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::{Semaphore, mpsc};

use self::places::{Member, Outcome, Place};
use crate::{
    config::StorageSettings,
    ids::TenantId,
    session::handshake::Front,
    shard_map::ShardMap,
    tenant::storage::{Gauge, Standing, in_words},
};

/// How often is looked whose turn it is.
const TICK: Duration = Duration::from_millis(500);

/// Places that are measured at a time.
const AT_ONCE: usize = 4;

/// So many that want to be looked at by themselves make it a turn of the whole place.
const TOGETHER: usize = 32;

/// The pause behind a turn that has failed.
const RETRY: Duration = Duration::from_secs(30);

/// After a deletion a look may cost a quarter of it.
const FREED_SHARE: u32 = 4;

/// A turn costs a twentieth of a connection's time at most.
const COST_SHARE: u32 = 20;

/// Runs until the process ends.
pub(super) async fn run(front: Arc<Front>, settings: StorageSettings) {
    let (finished, mut turns) = mpsc::unbounded_channel();
    let permits = Arc::new(Semaphore::new(AT_ONCE));
    let mut keeper = Keeper { front, settings, places: HashMap::new(), version: 0, jitter: 0 };
    loop {
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            Some(turn) = turns.recv() => keeper.finish(turn),
        }
        keeper.renew();
        for (place, members, all) in keeper.due(Instant::now()) {
            let (front, finished, permits) = (Arc::clone(&keeper.front), finished.clone(), Arc::clone(&permits));
            tokio::spawn(async move {
                let Ok(_permit) = permits.acquire().await else { return };
                let outcome = places::measure(&front, &place, &members, all).await;
                let _ = finished.send(Turn { place, all, outcome });
            });
        }
    }
}

/// What has come of a turn.
struct Turn {
    place: Place,
    all: bool,
    outcome: Outcome,
}

struct Keeper {
    front: Arc<Front>,
    settings: StorageSettings,
    places: HashMap<Place, Schedule>,
    /// Of the map that the places were made from.
    version: u64,
    jitter: u64,
}

/// When a place has its turns.
#[derive(Default)]
struct Schedule {
    members: HashMap<TenantId, Arc<Member>>,
    /// The next turn of all.
    next: Option<Instant>,
    /// The end of the last one, and what it took.
    last: Option<(Instant, Duration)>,
    /// Tenants that are looked at by themselves.
    sooner: HashMap<TenantId, Look>,
    is_busy: bool,
    has_failed: bool,
}

/// When a tenant is looked at by itself.
#[derive(Clone, Copy)]
struct Look {
    at: Instant,
    /// It costs too much before that.
    not_before: Instant,
}

impl Keeper {
    /// Takes in who has come, and another map.
    fn renew(&mut self) {
        let served = self.front.served.load_full();
        let fresh = self.front.storage.take_fresh();
        if served.map.version == self.version {
            for gauge in fresh {
                self.enter(&served.map, gauge);
            }
            return;
        }
        self.version = served.map.version;
        if self.settings.all {
            served.map.tenants().for_each(|tenant| drop(self.front.storage.enter(&tenant)));
            self.front.storage.take_fresh();
        }
        for schedule in self.places.values_mut() {
            schedule.members.clear();
        }
        for gauge in self.front.storage.list() {
            self.enter(&served.map, gauge);
        }
        self.places.retain(|_, schedule| !schedule.members.is_empty() || schedule.is_busy);
        self.judge_anew();
    }

    /// Limits may have changed.
    fn judge_anew(&mut self) {
        let mut changed = HashSet::new();
        for schedule in self.places.values_mut() {
            let members: Vec<Arc<Member>> = schedule.members.values().cloned().collect();
            for member in members {
                tell(&member, &mut changed);
                schedule.look_again(&self.front, &self.settings, &member, Duration::ZERO);
            }
        }
        self.renew_sessions(&changed);
    }

    fn enter(&mut self, map: &ShardMap, gauge: Arc<Gauge>) {
        let Some(tenant) = map.tenant(gauge.tenant().as_str()) else { return self.front.storage.forget(gauge.tenant()) };
        if tenant.limits.storage.is_none() && !self.settings.all {
            return;
        }
        let schedule = self.places.entry(Place::of(&tenant)).or_default();
        if gauge.measured().is_none() {
            let now = Instant::now();
            schedule.sooner.insert(tenant.id.clone(), Look { at: now, not_before: now });
        }
        schedule.members.insert(tenant.id.clone(), Arc::new(Member { tenant, gauge }));
    }

    /// Whose turn it is.
    fn due(&mut self, now: Instant) -> Vec<(Place, Vec<Arc<Member>>, bool)> {
        let mut due = Vec::new();
        for (place, schedule) in &mut self.places {
            if schedule.is_busy || schedule.members.is_empty() {
                continue;
            }
            schedule.hear_of_freed(now);
            let waiting: Vec<TenantId> =
                schedule.sooner.iter().filter(|(_, look)| look.at <= now).map(|(tenant, _)| tenant.clone()).collect();
            let may_again = schedule.last.is_none_or(|(at, took)| now >= at + took * COST_SHARE);
            let all = schedule.next.is_none_or(|next| now >= next) || waiting.len() > TOGETHER && may_again;
            if waiting.is_empty() && !all {
                continue;
            }
            let members = match all {
                true => schedule.members.values().cloned().collect(),
                false => waiting.iter().take(TOGETHER).filter_map(|tenant| schedule.members.get(tenant).cloned()).collect(),
            };
            for tenant in &waiting {
                schedule.sooner.remove(tenant);
            }
            schedule.is_busy = true;
            due.push((place.clone(), members, all));
        }
        due
    }

    /// Takes what has come of a turn.
    fn finish(&mut self, turn: Turn) {
        let Turn { place, all, outcome } = turn;
        let wait = self.with_jitter();
        let Some(schedule) = self.places.get_mut(&place) else { return };
        let now = Instant::now();
        schedule.is_busy = false;
        match &outcome.failure {
            Some(error) if !schedule.has_failed => {
                tracing::warn!(%place, %error, "storage can't be measured: figures stay as they were, and tenants without one aren't limited");
            }
            Some(error) => tracing::debug!(%place, %error, "storage can't be measured"),
            None if schedule.has_failed => tracing::info!(%place, "storage is measured again"),
            None => tracing::debug!(%place, all, tenants = outcome.measured.len(), took = ?outcome.took, "storage measured"),
        }
        schedule.has_failed = outcome.failure.is_some();
        if all {
            let pause = if schedule.has_failed { wait.min(RETRY) } else { wait };
            schedule.next = Some(now + pause.max(outcome.took * COST_SHARE));
            schedule.last = Some((now, outcome.took));
        }
        if !all && schedule.has_failed {
            schedule.next = Some(schedule.next.map_or(now + RETRY, |next| next.min(now + RETRY)));
        }
        let mut changed = HashSet::new();
        for (member, measured, took) in outcome.measured {
            member.gauge.measure(measured, &member.tenant.limits, now);
            tell(&member, &mut changed);
            schedule.look_again(&self.front, &self.settings, &member, took);
        }
        self.renew_sessions(&changed);
    }

    /// Tells the sessions of these tenants that their gate is another now.
    fn renew_sessions(&self, changed: &HashSet<TenantId>) {
        if changed.is_empty() {
            return;
        }
        for session in self.front.sessions.list() {
            if session.tenant().is_some_and(|tenant| changed.contains(&tenant)) {
                session.renew();
            }
        }
    }

    /// The time to the next turn: never the same, so that places don't keep step.
    fn with_jitter(&mut self) -> Duration {
        self.jitter = self.jitter.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let percent = 90 + (self.jitter >> 33) % 21;
        self.settings.refresh * u32::try_from(percent).unwrap_or(100) / 100
    }
}

impl Schedule {
    /// Decides when a tenant is looked at by itself; `took`: what the last look has taken.
    fn look_again(&mut self, front: &Front, settings: &StorageSettings, member: &Member, took: Duration) {
        let tenant = &member.tenant;
        let Some(wait) = member.gauge.look_in(&tenant.limits, took, settings.refresh) else { return };
        // Nobody waits for it.
        let wait = if front.clients.of(&tenant.id) == 0 { wait.max(settings.refresh / 10) } else { wait };
        let now = Instant::now();
        self.sooner.insert(tenant.id.clone(), Look { at: now + wait, not_before: now + (took * FREED_SHARE).max(TICK) });
    }

    /// Who is full and deletes is looked at soon after.
    fn hear_of_freed(&mut self, now: Instant) {
        for (tenant, look) in &mut self.sooner {
            let sooner = look.not_before.max(now + TICK);
            if look.at > sooner && self.members.get(tenant).is_some_and(|member| member.gauge.take_freed()) {
                look.at = sooner;
            }
        }
    }
}

/// Says once where a tenant stands now, and keeps it in mind where its sessions must know.
fn tell(member: &Member, changed: &mut HashSet<TenantId>) {
    let tenant = &member.tenant;
    let Some((before, standing)) = member.gauge.take_change(&tenant.limits) else { return };
    if before == Standing::Full || standing == Standing::Full {
        changed.insert(tenant.id.clone());
    }
    let (Some(measured), Some(limit)) = (member.gauge.measured(), tenant.limits.storage) else { return };
    let (used, limit) = (in_words(measured.bytes), in_words(limit));
    match (before, standing) {
        (_, Standing::Full) => tracing::warn!(tenant = %tenant.id, used, limit, "a tenant's storage is used up: it reads and deletes"),
        (Standing::Full, _) | (Standing::Warned, Standing::Within) => {
            tracing::info!(tenant = %tenant.id, used, limit, "a tenant has storage again");
        }
        (_, Standing::Warned) => {
            let threshold = tenant.limits.storage_warning;
            tracing::warn!(tenant = %tenant.id, used, limit, %threshold, "a tenant's storage is beyond the threshold of warnings");
        }
        _ => {}
    }
}
