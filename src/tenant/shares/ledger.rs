//! What a proxy holds of what all share, and how that changes hands: pure, without IO and clocks.
//!
//! A proxy says in its record how much it holds. It uses no more than that, from before it has said so until after it has said less; and it takes
//! more only once it has said so and *then* has seen that all hold no more than the limit together. Whoever comes second sees the first, so two
//! that want the same at one moment both wait. From the same records each proxy computes the same division, gives up what it holds beyond
//! its part as soon as somebody else wants it, and so makes room.
//!
//! Most limits aren't listed in any record: nobody uses more of them than an even part. The even parts follow the list of members, and count
//! once all members have said the same list.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::{Duration, Instant},
};

use super::{
    InForce, Key, Place,
    divide::{self, Part},
    record::{Entry, ProxyId, Record},
};

/// Without a look at the store for so long, what was seen before says nothing about who lives.
const LONGEST_BLINK: Duration = Duration::from_secs(2);
/// A newcomer takes those whose records are old for gone after it has seen no sign of life for so long.
const FIRST_LOOK: Duration = Duration::from_secs(1);
/// What somebody wanted at most counts half after so long.
const WANT_HALVES: Duration = Duration::from_millis(250);
/// A limit that nobody has wanted more of for so long goes back to even parts.
const QUIET: Duration = Duration::from_secs(10);
/// What is less than this part of a limit changes hands for nobody.
const PETTY_PART: u64 = 256;
/// Arrears are no more than that.
const MOST_ARREARS: i64 = 5000;
/// Whole rates up to this are spaced: each statement has its moment.
const MOST_SPACED: u64 = 16;
/// Clocks differ by as much at most, and statements come late by as much.
const LATE: Duration = Duration::from_millis(100);
/// A record lists no more limits.
const MOST_ENTRIES: usize = 20_000;

/// What a proxy needs of a limit at present.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Need {
    /// As much as it could use.
    pub want: u64,
    /// So much of it can't be given up.
    pub fixed: u64,
    /// Its part of what isn't enough, beside others'.
    pub weight: u64,
    /// When the next statement of all may come, by the last one here: milliseconds of the store's time; 0: at any time.
    pub next: u64,
}

/// A record as it was found in the store.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Whose.
    pub id: ProxyId,
    /// Its text.
    pub text: String,
    /// How long ago it was written, by the store's clock.
    pub age: Duration,
    /// Its proxy is known to be gone, whatever it says.
    pub is_gone: bool,
}

/// Whose moment is when, for a small rate that several proxies want more of than there is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Turns {
    /// How many take turns.
    pub count: u64,
    /// Which of them this proxy is, from 0.
    pub rank: u64,
    /// No statement before: milliseconds of the store's time.
    pub not_before: u64,
    /// Whether this proxy has what each of them should have.
    pub even: bool,
}

impl Turns {
    /// When this proxy's first turn is that isn't before `earliest`, give or take a little: statements come late and clocks differ. There is a turn
    /// each `spacing`, to one proxy after the other. In milliseconds of the store's time.
    pub fn next(&self, earliest: u64, spacing: Duration) -> u64 {
        let slack = LATE.min(spacing / 4).as_millis() as u64;
        let spacing = spacing.as_secs_f64() * 1000.0;
        let first = (earliest.max(self.not_before).saturating_sub(slack) as f64 / spacing).ceil() as u64;
        let turn = first + (self.rank + self.count - first % self.count) % self.count;
        (turn as f64 * spacing).round() as u64
    }
}

#[derive(Debug)]
struct Holding {
    limit: u64,
    claim: u64,
    in_force: u64,
    want: u64,
    need: Need,
    arrears: i64,
    /// When somebody last wanted more than an even part.
    needed: Instant,
}

#[derive(Debug)]
struct Peer {
    text: String,
    /// None where it can't be read.
    record: Option<Record>,
    /// When its last sign of life was seen.
    changed: Instant,
    /// It has given one since it was first seen.
    moved: bool,
}

/// A proxy's books.
#[derive(Debug)]
pub struct Ledger {
    record: Record,
    timeout: Duration,
    /// Those who have last agreed on who they are.
    agreed: Vec<ProxyId>,
    /// Those who live.
    members: Vec<ProxyId>,
    holdings: BTreeMap<Key, Holding>,
    peers: BTreeMap<ProxyId, Peer>,
    /// The last words of those who are gone, as long as they stand in the store.
    buried: BTreeMap<ProxyId, String>,
    looked: Option<Instant>,
    planned: Option<Instant>,
}

impl Ledger {
    /// A proxy that knows of nobody, and holds nothing. Others are taken for gone after `timeout`.
    pub fn new(record: Record, timeout: Duration) -> Self {
        Ledger {
            record,
            timeout,
            agreed: Vec::new(),
            members: Vec::new(),
            holdings: BTreeMap::new(),
            peers: BTreeMap::new(),
            buried: BTreeMap::new(),
            looked: None,
            planned: None,
        }
    }

    /// Whether all that live have agreed on who they are.
    pub fn is_settled(&self) -> bool {
        !self.members.is_empty() && self.agreed == self.members
    }

    /// How many share; 0 before that is known.
    pub fn count(&self) -> usize {
        self.members.len()
    }

    /// Whether everything of everything is its own.
    pub fn is_alone(&self) -> bool {
        self.peers.is_empty() && self.holdings.is_empty() && self.is_settled()
    }

    /// The names of the others.
    pub fn others(&self) -> impl Iterator<Item = &str> {
        self.peers.iter().map(|(id, peer)| peer.record.as_ref().map_or(id.as_str(), |record| record.name.as_str()))
    }

    /// Limits that this proxy or another one has listed.
    pub fn listed(&self) -> BTreeSet<Key> {
        let others = self.peers.values().filter_map(|peer| peer.record.as_ref()).flat_map(|record| record.entries.keys());
        self.holdings.keys().chain(others).cloned().collect()
    }

    /// What this proxy may use.
    pub fn in_force(&self) -> InForce {
        let amounts: HashMap<Key, u64> = self.holdings.iter().map(|(key, holding)| (key.clone(), holding.in_force)).collect();
        let used_up = self.holdings.iter().filter(|(key, holding)| self.is_used_up(key, holding)).map(|(key, _)| key.clone()).collect();
        InForce { agreed: self.place_in(&self.agreed), members: self.place_in(&self.members), amounts, used_up }
    }

    /// Whether all of it is where nobody can give it up.
    fn is_used_up(&self, key: &Key, holding: &Holding) -> bool {
        let fixed = |peer: &Peer| peer.record.as_ref()?.entries.get(key).map(|entry| entry.fixed);
        let others: u64 = self.peers.values().filter_map(fixed).sum();
        others.saturating_add(holding.need.fixed) >= holding.limit
    }

    fn place_in(&self, members: &[ProxyId]) -> Place {
        place(&self.record.id, members)
    }

    /// Decides what to hold from now on, by what this proxy needs and what the others have said. What it gives up it may not use any more
    /// when this returns: see [`Ledger::in_force`]. Whether there is something new to say.
    pub fn plan(&mut self, needs: &HashMap<Key, Need>, limit_of: impl Fn(&Key) -> Option<u64>, now: Instant) -> bool {
        let passed = self.planned.map_or(Duration::ZERO, |before| now.saturating_duration_since(before));
        self.planned = Some(now);
        let mut keys = self.listed();
        keys.extend(needs.keys().cloned());
        let mut changed = false;
        for key in keys {
            let need = needs.get(&key).copied().unwrap_or_default();
            match limit_of(&key) {
                Some(limit) => changed |= self.plan_one(&key, limit, need, passed, now),
                None => changed |= self.holdings.remove(&key).is_some(),
            }
        }
        changed
    }

    fn plan_one(&mut self, key: &Key, limit: u64, need: Need, passed: Duration, now: Instant) -> bool {
        let even = key.even_part(limit, self.place_in(&self.members));
        let even_in_force = even.min(key.even_part(limit, self.place_in(&self.agreed)));
        let others: Vec<(&ProxyId, Entry)> = self.peers.iter().map(|(id, peer)| (id, self.said_by(peer, id, key, limit))).collect();
        let held_by_others = others.iter().fold(0, |sum: u64, (_, entry)| sum.saturating_add(entry.held));
        let is_wanted = others.iter().any(|(_, entry)| entry.want > entry.held);
        let is_listed = self.peers.values().any(|peer| self.is_out_of_line(peer, key, limit));
        let is_new = !self.holdings.contains_key(key);
        if is_new && !is_listed && (need.want <= even || self.holdings.len() >= MOST_ENTRIES) {
            return false;
        }
        let before = self.holdings.get(key);
        let fresh = (even, even_in_force, 0, 0, now);
        let (claim, in_force, want, arrears, needed) =
            before.map_or(fresh, |holding| (holding.claim, holding.in_force, holding.want, holding.arrears, holding.needed));
        // Clients are counted, whatever else is measured fluctuates.
        let want = if matches!(key, Key::Clients(_) | Key::Login(_)) { need.want } else { need.want.max(faded(want, passed)) };
        let own = Entry { held: claim, want, fixed: need.fixed, weight: need.weight, arrears, next: need.next };
        let (target, ideal) = target(key, limit, (&self.record.id, own), &others);
        let is_short = claim.saturating_add(held_by_others) > limit;
        let is_hungry = want > claim;
        let needed = if is_wanted || want > even { now } else { needed };
        let is_quiet = self.peers.is_empty() || now.saturating_duration_since(needed) >= QUIET;
        let free = limit.saturating_sub(held_by_others);
        let goal = if is_quiet { even } else { target };
        let petty = limit / PETTY_PART;
        let next_claim = if goal < claim && (is_short || is_quiet || is_wanted && claim - goal >= petty) {
            goal.max(need.fixed)
        } else if goal > claim && (is_hungry || is_quiet) {
            goal.min(free.max(claim))
        } else {
            claim.min(limit.max(need.fixed))
        };
        let scarce = is_wanted || is_hungry;
        // Whoever has one of a kind anyway needn't take turns for another.
        let arrears = if scarce && ideal < 1000 && !key.has_fractions() { in_arrears(arrears, ideal, in_force, passed) } else { 0 };
        let in_force = in_force.min(next_claim);
        let is_in_line = next_claim == even && in_force == even && self.agreed == self.members && want <= even;
        if is_quiet && is_in_line && !is_listed {
            return self.holdings.remove(key).is_some();
        }
        self.holdings.insert(key.clone(), Holding { limit, claim: next_claim, in_force, want, need, arrears, needed });
        next_claim != claim || is_new
    }

    /// What somebody else has said of a limit, or holds of it without saying.
    fn said_by(&self, peer: &Peer, id: &ProxyId, key: &Key, limit: u64) -> Entry {
        let evenly = |members: &[ProxyId]| Entry { held: key.even_part(limit, place(id, members)), ..Entry::default() };
        match &peer.record {
            Some(record) => record.entries.get(key).copied().unwrap_or_else(|| evenly(&record.members)),
            None => evenly(&self.members),
        }
    }

    /// Whether somebody else has said something of a limit that isn't what all have who say nothing.
    fn is_out_of_line(&self, peer: &Peer, key: &Key, limit: u64) -> bool {
        let Some(record) = &peer.record else { return false };
        let even = || key.even_part(limit, place(&record.id, &self.members));
        record.entries.get(key).is_some_and(|entry| entry.held != even() || entry.want > entry.held)
    }

    /// What to tell the others now. `used` is what the proxy uses of a limit at this moment, which may be more than it holds: then nobody else may
    /// have that.
    pub fn record(&mut self, used: impl Fn(&Key) -> u64) -> &Record {
        let entry = |(key, holding): (&Key, &Holding)| {
            let Need { fixed, weight, next, .. } = holding.need;
            let held = holding.claim.max(holding.in_force).max(used(key));
            (key.clone(), Entry { held, want: holding.want, fixed, weight, arrears: holding.arrears, next })
        };
        self.record.entries = self.holdings.iter().map(entry).collect();
        self.record.members = self.members.clone();
        self.record.beat += 1;
        &self.record
    }

    /// The last thing to tell the others: this proxy holds nothing any more.
    pub fn farewell(&mut self) -> &Record {
        self.record.entries.clear();
        self.record.members.clear();
        self.record.left = true;
        self.record.beat += 1;
        &self.record
    }

    /// Takes what stands in the store, as it was read after [`Ledger::record`] was written there. Whether this proxy may use something else now.
    pub fn look(&mut self, seen: &[Seen], limit_of: impl Fn(&Key) -> Option<u64>, now: Instant) -> bool {
        if self.looked.is_none_or(|before| now.saturating_duration_since(before) > LONGEST_BLINK.min(self.timeout / 2)) {
            // Nobody could be seen to live meanwhile.
            self.peers.values_mut().for_each(|peer| peer.changed = now);
        }
        self.looked = Some(now);
        for record in seen {
            self.note(record, now);
        }
        self.bury(seen, now);
        self.follow_others(&limit_of, now);
        let mut changed = self.note_members();
        let keys: Vec<Key> = self.holdings.keys().cloned().collect();
        for key in keys {
            let Some(limit) = limit_of(&key) else { continue };
            let held = self.peers.iter().fold(0, |sum: u64, (id, peer)| sum.saturating_add(self.said_by(peer, id, &key, limit).held));
            if let Some(holding) = self.holdings.get_mut(&key) {
                let may = holding.claim.min(limit.saturating_sub(held));
                changed |= may > holding.in_force;
                holding.in_force = holding.in_force.max(may);
            }
        }
        changed
    }

    fn note(&mut self, seen: &Seen, now: Instant) {
        if seen.id == self.record.id || self.buried.get(&seen.id) == Some(&seen.text) {
            return;
        }
        match self.peers.get_mut(&seen.id) {
            Some(peer) if peer.text == seen.text => {}
            known => {
                let record = Record::read(&seen.text);
                if let Err(error) = &record
                    && known.as_ref().is_none_or(|peer| peer.record.is_some())
                {
                    tracing::warn!(proxy = %seen.id, %error, "another proxy's record can't be read: it is taken for one that holds its even part of all");
                }
                let moved = known.is_some();
                self.peers.insert(seen.id.clone(), Peer { text: seen.text.clone(), record: record.ok(), changed: now, moved });
            }
        }
    }

    /// Forgets those who have left, and those who have given no sign of life for too long.
    fn bury(&mut self, seen: &[Seen], now: Instant) {
        let (timeout, buried) = (self.timeout, &mut self.buried);
        buried.retain(|id, _| seen.iter().any(|seen| seen.id == *id));
        let has_ended = |id: &ProxyId, peer: &Peer| {
            let found = seen.iter().find(|seen| seen.id == *id);
            if peer.record.as_ref().is_some_and(|record| record.left) {
                return true;
            }
            if found.is_some_and(|seen| seen.is_gone) {
                tracing::warn!(proxy = %id, "another proxy has ended without a word: what it held goes to those who are left");
                return true;
            }
            let silent = now.saturating_duration_since(peer.changed);
            let is_old = found.is_none_or(|seen| seen.age > timeout);
            let patience = if peer.moved { timeout } else { FIRST_LOOK.min(timeout) };
            let lives = !is_old || silent < patience;
            if !lives {
                tracing::warn!(proxy = %id, silent = ?silent, "another proxy gives no sign of life: what it held goes to those who are left");
            }
            !lives
        };
        self.peers.retain(|id, peer| {
            let has_ended = has_ended(id, peer);
            if has_ended {
                buried.insert(id.clone(), peer.text.clone());
            }
            !has_ended
        });
    }

    /// What others have listed is no matter of even parts any more: here it stays what it is, until others make room.
    fn follow_others(&mut self, limit_of: impl Fn(&Key) -> Option<u64>, now: Instant) {
        let mut found = Vec::new();
        for record in self.peers.values().filter_map(|peer| peer.record.as_ref()) {
            for key in record.entries.keys().filter(|key| !self.holdings.contains_key(*key)) {
                let Some(limit) = limit_of(key) else { continue };
                let even = |members: &[ProxyId]| key.even_part(limit, self.place_in(members));
                if self.peers.values().any(|peer| self.is_out_of_line(peer, key, limit)) {
                    found.push((key.clone(), even(&self.record.members), even(&self.members).min(even(&self.agreed))));
                }
            }
        }
        for (key, claim, in_force) in found {
            let in_force = in_force.min(claim);
            let limit = limit_of(&key).unwrap_or_default();
            self.holdings.insert(key, Holding { limit, claim, in_force, want: 0, need: Need::default(), arrears: 0, needed: now });
        }
    }

    fn note_members(&mut self) -> bool {
        let mut members: Vec<ProxyId> = self.peers.keys().cloned().chain([self.record.id.clone()]).collect();
        members.sort();
        let mut changed = members != self.members;
        self.members = members;
        let said_by_all = self.record.members == self.members
            && self.peers.values().all(|peer| peer.record.as_ref().is_none_or(|record| record.members == self.members));
        if said_by_all && self.agreed != self.members {
            self.agreed.clone_from(&self.members);
            changed = true;
        }
        changed
    }

    /// Whether there is something that this proxy would use if it had it, or that it is about to give up: then the next look shouldn't be late.
    pub fn is_in_motion(&self) -> bool {
        self.agreed != self.members || self.holdings.values().any(|holding| holding.in_force != holding.claim)
    }

    /// Whose moment is when, where a limit is a small rate that this proxy has too little of.
    pub fn turns(&self, key: &Key, limit: u64) -> Option<Turns> {
        let holding = self.holdings.get(key).filter(|_| is_spaced(key, limit))?;
        let enough = limit / self.members.len().max(1) as u64;
        let mut hungry: Vec<&ProxyId> = Vec::new();
        let mut not_before = holding.need.next;
        for (id, peer) in &self.peers {
            let entry = self.said_by(peer, id, key, limit);
            not_before = not_before.max(entry.next);
            if entry.want >= enough {
                hungry.push(id);
            }
        }
        if holding.want < enough || holding.in_force == 0 {
            return None;
        }
        let rank = hungry.partition_point(|id| **id < self.record.id) as u64;
        let count = hungry.len() as u64 + 1;
        let even = limit / count;
        Some(Turns { count, rank, not_before, even: holding.in_force.abs_diff(even) <= even / 50 })
    }
}

/// Whether each of its statements has its moment.
pub fn is_spaced(key: &Key, limit: u64) -> bool {
    matches!(key, Key::Statements(_)) && limit / key.unit() <= MOST_SPACED
}

fn place(id: &ProxyId, members: &[ProxyId]) -> Place {
    match members.iter().position(|member| member == id) {
        Some(rank) => Place::Of { rank: rank as u32, count: members.len() as u32 },
        None => Place::Outside,
    }
}

/// This proxy's part of a limit, and the same in thousandths.
fn target(key: &Key, limit: u64, own: (&ProxyId, Entry), others: &[(&ProxyId, Entry)]) -> (u64, u128) {
    let mut all: Vec<(&ProxyId, Entry)> = others.to_vec();
    all.push(own);
    all.sort_by_key(|(id, _)| *id);
    let idle = key.idle_part(limit);
    let part = |(_, entry): &(&ProxyId, Entry)| Part {
        want: entry.want.max(idle),
        fixed: entry.fixed.min(entry.want).max(idle),
        weight: if is_spaced(key, limit) { 1 } else { entry.weight },
        arrears: entry.arrears,
        holds: entry.held,
    };
    let parts: Vec<Part> = all.iter().map(part).collect();
    let ideal = divide::ideal(limit, &parts);
    let rank = all.iter().position(|(id, _)| *id == own.0).unwrap_or_default();
    let own_ideal = ideal.get(rank).copied().unwrap_or_default();
    if key.has_fractions() {
        return (u64::try_from(own_ideal / 1000).unwrap_or(u64::MAX), own_ideal);
    }
    (divide::whole(limit, &ideal, &parts).get(rank).copied().unwrap_or_default(), own_ideal)
}

fn faded(want: u64, passed: Duration) -> u64 {
    let halves = passed.as_secs_f64() / WANT_HALVES.as_secs_f64();
    (want as f64 * 0.5f64.powf(halves)) as u64
}

/// What has become of arrears in the time that has passed.
fn in_arrears(arrears: i64, ideal: u128, in_force: u64, passed: Duration) -> i64 {
    let owed = i64::try_from(ideal).unwrap_or(i64::MAX).saturating_sub(i64::try_from(in_force).unwrap_or(i64::MAX).saturating_mul(1000));
    let millis = i64::try_from(passed.as_millis()).unwrap_or(i64::MAX);
    arrears.saturating_add(owed.saturating_mul(millis) / 1000).clamp(-MOST_ARREARS, MOST_ARREARS)
}
