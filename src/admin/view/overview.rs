//! What all tenants do, summed up at intervals: who asks gets figures that are at most a second old, and asking often costs no more than asking
//! once a second.
//!
//! A tenant's own counts go with it when it has left and all is recorded; the sums here are of what was added since the last look, so they never fall.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;

use crate::{
    ids::{ShardId, TenantId},
    session::handshake::Front,
    shard_map::ShardMap,
    tenant::usage::{Counts, Meter, REFUSALS},
};

/// How often the last minutes' course is continued.
pub const SAMPLE: Duration = Duration::from_secs(5);
/// So many samples are kept.
pub const SAMPLES: usize = 60;
/// Nobody gets older figures.
const FRESH: Duration = Duration::from_secs(1);
/// What remains of a tenant's rank after one sample: half of it after ten minutes.
const FADING: f64 = 0.994_24;

/// Sums over all tenants, and the last minutes of each.
pub struct Overview {
    front: Arc<Front>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    looked: Option<Instant>,
    sampled: Option<Instant>,
    /// How often was looked.
    round: u64,
    /// The sample that is being counted.
    slot: usize,
    /// Of the map that the shards were looked up in.
    version: u64,
    tenants: HashMap<TenantId, Seen>,
    counts: Counts,
    refusals: [u64; REFUSALS],
    by_shard: BTreeMap<ShardId, Counts>,
    /// Of all tenants.
    recent: Recent,
}

/// A tenant as it was seen last.
#[derive(Default)]
struct Seen {
    round: u64,
    counts: Counts,
    refusals: Option<Box<[u64; REFUSALS]>>,
    sessions: u32,
    /// None: the map doesn't have it any more.
    shard: Option<ShardId>,
    /// Server time, in microseconds, of late more than before.
    rank: f64,
    recent: Option<Box<Recent>>,
}

/// The last minutes, as a ring.
struct Recent {
    statements: [u32; SAMPLES],
    server_micros: [u32; SAMPLES],
}

/// All tenants together, since the process began.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// How much was done.
    pub counts: Counts,
    /// How often something was refused, in the order of `Refusal::ALL`.
    pub refusals: [u64; REFUSALS],
    /// How much was done for tenants of each shard, since they are there.
    pub by_shard: BTreeMap<ShardId, Counts>,
    /// Tenants that have come, and of whom not all is recorded or somebody is there.
    pub tenants: usize,
    /// Those of them that have sessions.
    pub present: usize,
    /// Statements in each sample of the last minutes, the oldest first.
    pub statements: Vec<u32>,
    /// Microseconds of server time in each of them.
    pub server_micros: Vec<u32>,
}

/// One tenant.
#[derive(Clone, Debug)]
pub struct TenantRow {
    /// Which.
    pub id: TenantId,
    /// Where it is.
    pub shard: ShardId,
    /// How much was done since the process began.
    pub counts: Counts,
    /// How often something was refused.
    pub refused: u64,
    /// Sessions at present.
    pub sessions: u32,
    /// Statements in each sample of the last minutes, the oldest first.
    pub statements: Vec<u32>,
    /// Microseconds of server time in each of them.
    pub server_micros: Vec<u32>,
}

/// What tenants are ranked by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ranking {
    /// Server time, of late more than before.
    Lately,
    /// A count, by its place in [`Counts::NAMES`].
    Count(usize),
    /// What was refused.
    Refused,
    /// Sessions at present.
    Sessions,
}

impl Ranking {
    /// The ranking of that name: a count's, `refusals`, `sessions`, or `lately`.
    pub fn read(name: &str) -> Option<Self> {
        match name {
            "lately" => Some(Ranking::Lately),
            "refusals" => Some(Ranking::Refused),
            "sessions" => Some(Ranking::Sessions),
            _ => Counts::NAMES.iter().position(|known| *known == name).map(Ranking::Count),
        }
    }

    /// All names.
    pub fn names() -> impl Iterator<Item = &'static str> {
        ["lately"].into_iter().chain(Counts::NAMES.iter().copied()).chain(["refusals", "sessions"])
    }
}

impl Overview {
    /// Nothing seen yet.
    pub fn new(front: Arc<Front>) -> Self {
        Overview { front, state: Mutex::default() }
    }

    /// Continues the course of the last minutes until dropped.
    pub async fn keep(&self) {
        let mut ticks = tokio::time::interval(SAMPLE);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.front.pools.settle_usage();
            self.look(Instant::now(), true);
        }
    }

    /// Looks again, unless that was done just now.
    pub fn refresh(&self) {
        let now = Instant::now();
        if self.state.lock().looked.is_none_or(|looked| now.saturating_duration_since(looked) >= FRESH) {
            self.look(now, false);
        }
    }

    fn look(&self, now: Instant, sample: bool) {
        let map = Arc::clone(&self.front.served.load().map);
        let mut state = self.state.lock();
        let state = &mut *state;
        state.looked = Some(now);
        state.round += 1;
        if sample {
            state.sampled = Some(now);
            state.next_sample();
        }
        let moved = std::mem::replace(&mut state.version, map.version) != map.version;
        self.front.metering.for_each(|tenant, meter| state.see(tenant, meter, &map, moved));
        let round = state.round;
        state.tenants.retain(|_, seen| seen.round == round);
    }

    /// All tenants together.
    pub fn totals(&self) -> Totals {
        self.refresh();
        let state = self.state.lock();
        Totals {
            counts: state.counts,
            refusals: state.refusals,
            by_shard: state.by_shard.clone(),
            tenants: state.tenants.len(),
            present: state.tenants.values().filter(|seen| seen.sessions > 0).count(),
            statements: in_order(&state.recent.statements, state.slot),
            server_micros: in_order(&state.recent.server_micros, state.slot),
        }
    }

    /// Tenants of the map that have come, the first by rank first: so many, behind so many, and how many there are.
    pub fn ranked(&self, by: Ranking, skip: usize, most: usize) -> (Vec<TenantRow>, usize) {
        self.refresh();
        let state = self.state.lock();
        let mut all: Vec<(f64, &TenantId, &Seen)> =
            state.tenants.iter().filter(|(_, seen)| seen.shard.is_some()).map(|(id, seen)| (seen.value(by), id, seen)).collect();
        let count = all.len();
        let order = |a: &(f64, &TenantId, &Seen), b: &(f64, &TenantId, &Seen)| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1));
        let end = skip.saturating_add(most).min(count);
        if 0 < end && end < count {
            all.select_nth_unstable_by(end - 1, order);
            all.truncate(end);
        }
        all.sort_unstable_by(order);
        (all.into_iter().skip(skip).take(most).filter_map(|(_, id, seen)| seen.row(id, state.slot)).collect(), count)
    }

    /// One tenant, if it has come.
    pub fn tenant(&self, id: &TenantId) -> Option<TenantRow> {
        self.refresh();
        let state = self.state.lock();
        state.tenants.get(id)?.row(id, state.slot)
    }
}

impl State {
    fn next_sample(&mut self) {
        self.slot = (self.slot + 1) % SAMPLES;
        self.recent.clear(self.slot);
        for seen in self.tenants.values_mut() {
            seen.rank *= FADING;
            if let Some(recent) = &mut seen.recent {
                recent.clear(self.slot);
                if recent.is_empty() {
                    seen.recent = None;
                }
            }
        }
    }

    fn see(&mut self, tenant: &TenantId, meter: &Meter, map: &ShardMap, moved: bool) {
        let counts = meter.counts();
        let is_new = !self.tenants.contains_key(tenant);
        let seen = self.tenants.entry(tenant.clone()).or_default();
        if is_new || moved {
            seen.shard = map.tenant(tenant.as_str()).map(|tenant| tenant.shard.id.clone());
        }
        seen.round = self.round;
        seen.sessions = meter.sessions();
        if counts != seen.counts {
            // One that has gone and come again begins at nothing.
            let is_another = counts.named().zip(seen.counts.named()).any(|((_, now), (_, before))| now < before);
            let added = if is_another { counts } else { counts.since(&seen.counts) };
            seen.counts = counts;
            self.counts.add(&added);
            if let Some(shard) = &seen.shard {
                match self.by_shard.get_mut(shard) {
                    Some(sum) => sum.add(&added),
                    None => drop(self.by_shard.insert(shard.clone(), added)),
                }
            }
            seen.rank += added.server_micros as f64 + added.statements as f64;
            seen.recent.get_or_insert_default().add(self.slot, &added);
            self.recent.add(self.slot, &added);
        }
        if let Some(now) = meter.refusals() {
            let before = seen.refusals.get_or_insert_with(|| Box::new([0; REFUSALS]));
            for ((sum, now), before) in self.refusals.iter_mut().zip(now).zip(before.iter_mut()) {
                *sum += if now < *before { now } else { now - *before };
                *before = now;
            }
        }
    }
}

impl Seen {
    fn refused(&self) -> u64 {
        self.refusals.as_ref().map_or(0, |refusals| refusals.iter().sum())
    }

    fn value(&self, by: Ranking) -> f64 {
        match by {
            Ranking::Lately => self.rank,
            Ranking::Count(place) => self.counts.named().nth(place).map_or(0.0, |(_, count)| count as f64),
            Ranking::Refused => self.refused() as f64,
            Ranking::Sessions => f64::from(self.sessions),
        }
    }

    fn row(&self, id: &TenantId, slot: usize) -> Option<TenantRow> {
        let none = || vec![0; SAMPLES];
        Some(TenantRow {
            id: id.clone(),
            shard: self.shard.clone()?,
            counts: self.counts,
            refused: self.refused(),
            sessions: self.sessions,
            statements: self.recent.as_ref().map_or_else(none, |recent| in_order(&recent.statements, slot)),
            server_micros: self.recent.as_ref().map_or_else(none, |recent| in_order(&recent.server_micros, slot)),
        })
    }
}

impl Default for Recent {
    fn default() -> Self {
        Recent { statements: [0; SAMPLES], server_micros: [0; SAMPLES] }
    }
}

/// The one that is being counted isn't whole: it comes last.
fn in_order(ring: &[u32; SAMPLES], slot: usize) -> Vec<u32> {
    ring.iter().cycle().skip(slot + 1).take(SAMPLES).copied().collect()
}

impl Recent {
    fn clear(&mut self, slot: usize) {
        self.statements[slot] = 0;
        self.server_micros[slot] = 0;
    }

    fn add(&mut self, slot: usize, added: &Counts) {
        for (slots, added) in [(&mut self.statements, added.statements), (&mut self.server_micros, added.server_micros)] {
            slots[slot] = slots[slot].saturating_add(u32::try_from(added).unwrap_or(u32::MAX));
        }
    }

    fn is_empty(&self) -> bool {
        self.statements.iter().chain(&self.server_micros).all(|count| *count == 0)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::{
        config::Environment,
        tenant::usage::{Metering, Refusal},
    };

    fn look(state: &mut State, metering: &Metering, map: &ShardMap, sample: bool) {
        state.round += 1;
        if sample {
            state.next_sample();
        }
        metering.for_each(|tenant, meter| state.see(tenant, meter, map, false));
        let round = state.round;
        state.tenants.retain(|_, seen| seen.round == round);
    }

    fn map() -> ShardMap {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("map.toml");
        let text = "version = 1\n[shards.east]\nprimary = \"host=h dbname=d\"\nrole_key = \"env:KEY\"\n[plans.p]\n[models.m]\nkind = \"database\"\n\
                    database = \"d_{tenant}\"\nrole = \"r_{tenant}\"\nlock = \"login\"\n[tenants.acme]\nshard = \"east\"\nmodel = \"m\"\nplan = \"p\"\n";
        std::fs::write(&file, text).unwrap();
        ShardMap::load_with(&file, &Environment::fixed([("KEY", "0123456789abcdef0123456789abcdef")])).unwrap()
    }

    fn done(statements: u64) -> Counts {
        Counts { statements, server_micros: statements * 10, ..Counts::default() }
    }

    #[test]
    fn sums_never_fall_and_samples_add_up() {
        let (metering, map, mut state) = (Metering::default(), map(), State::default());
        let (acme, gone) = (TenantId::from("acme"), TenantId::from("gone"));
        metering.of(&acme).add(&done(5));
        metering.of(&gone).add(&done(7));
        metering.of(&gone).refuse(Refusal::Rate);
        look(&mut state, &metering, &map, true);
        look(&mut state, &metering, &map, false);
        assert_eq!((state.counts.statements, state.refusals.iter().sum::<u64>()), (12, 1));
        assert_eq!(state.by_shard.get("east").unwrap().statements, 5, "who isn't in the map has no shard");
        metering.get(&gone).unwrap().take();
        assert!(metering.forget(&gone));
        look(&mut state, &metering, &map, true);
        assert_eq!((state.counts.statements, state.tenants.len()), (12, 1));
        // It comes back.
        metering.of(&gone).add(&done(2));
        metering.of(&acme).add(&done(1));
        look(&mut state, &metering, &map, true);
        assert_eq!(state.counts.statements, 15);
        let row = state.tenants[&acme].row(&acme, state.slot).unwrap();
        assert_eq!((row.statements.len(), &row.statements[SAMPLES - 3..]), (SAMPLES, &[5, 0, 1][..]));
        assert_eq!(row.server_micros.iter().sum::<u32>(), 60);
        assert!(state.tenants[&gone].row(&gone, state.slot).is_none());
        for _ in 0..SAMPLES {
            look(&mut state, &metering, &map, true);
        }
        assert!(state.tenants[&acme].recent.is_none(), "who does nothing takes no room");
    }

    #[test]
    fn rankings_have_names() {
        for name in Ranking::names() {
            assert!(Ranking::read(name).is_some(), "{name}");
        }
        assert_eq!(Ranking::read("nothing"), None);
    }
}
