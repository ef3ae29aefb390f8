//! What the running proxy needs of limits, and how its shares of them are put in force: the same values that a new shard map sets.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use super::store::StoreTime;
use crate::{
    ids::{LoginId, TenantId},
    net::Target,
    pool::{registry::PoolRequest, scheduler::AccountFigures},
    session::{
        handshake::Front,
        placement::{pool_of, server_limits, server_of},
    },
    shard_map::{Limits, Shard, ShardMap, Tenant},
    tenant::{
        admission::{set_rates, spacing, statement_rate},
        clients::Usage,
        shares::{Key, Ledger, Need},
    },
};

/// Rates are wanted a little higher than they are used, so that they can grow.
const HEADROOM: f64 = 1.25;
/// A moment is the same moment when it differs by less.
const JITTER: Duration = Duration::from_millis(2);
/// Counters are looked at after so long at the earliest: a rate of less time says little.
const LEAST_WINDOW: Duration = Duration::from_millis(40);
/// And after so long at the latest.
const MOST_WINDOW: Duration = Duration::from_millis(200);
/// Looking at many tenants takes no more of a processor than one part in so many.
const PART_OF_TIME: u32 = 20;

/// The running proxy, as one among several.
pub(super) struct System {
    front: Arc<Front>,
    /// When rates were last looked at, and what they were.
    scanned: Instant,
    /// What that took.
    took: Duration,
    needs: HashMap<Key, Need>,
    /// Server time that tenants had used, and when.
    spent: HashMap<TenantId, (Duration, Instant)>,
}

impl System {
    pub(super) fn new(front: Arc<Front>) -> Self {
        System { front, scanned: Instant::now(), took: Duration::ZERO, needs: HashMap::new(), spent: HashMap::new() }
    }

    /// The limit that a key stands for, in the map in force.
    pub(super) fn limits(&self) -> impl Fn(&Key) -> Option<u64> + use<> {
        let served = self.front.served.load_full();
        move |key| limit_of(&served.map, key)
    }

    /// Whether sessions wait for server connections.
    pub(super) fn is_waiting(&self) -> bool {
        self.front.pools.servers().iter().any(|(_, server)| server.demand().waiting > 0)
    }

    /// What is needed of limits that are listed, and of those that may be too small.
    pub(super) fn needs(&mut self, listed: &BTreeSet<Key>, time: Option<StoreTime>, now: Instant) -> &HashMap<Key, Need> {
        let passed = now.saturating_duration_since(self.scanned);
        if passed < (self.took * PART_OF_TIME).clamp(LEAST_WINDOW, MOST_WINDOW) {
            return &self.needs;
        }
        self.scanned = now;
        let mut needs = HashMap::new();
        self.of_tenants(listed, passed, time, &mut needs);
        self.of_clients(listed, &mut needs);
        self.of_servers(&mut needs);
        self.of_connections(listed, now, &mut needs);
        self.needs = needs;
        self.took = now.elapsed();
        &self.needs
    }

    fn of_tenants(&self, listed: &BTreeSet<Key>, passed: Duration, time: Option<StoreTime>, needs: &mut HashMap<Key, Need>) {
        let named: HashSet<&TenantId> = listed.iter().filter_map(tenant_of).collect();
        let per_second = |count: u64| count as f64 / passed.as_secs_f64() * HEADROOM;
        let mut spaced = Vec::new();
        self.front.clients.each_tenant(|id, usage| {
            let statements = (per_second(usage.statements.take_tried()) * 1e6) as u64;
            let bytes = per_second(usage.bytes.take_tried()) as u64;
            let weight = u64::from(usage.clients()).max(1);
            let is_named = named.contains(id);
            if usage.statements.is_limited() && (is_named || statements > usage.statements.pace().millionths) {
                needs.insert(Key::Statements(id.clone()), Need { want: statements, weight, ..Need::default() });
                spaced.push(id.clone());
            }
            if usage.bytes.is_limited() && (is_named || bytes > usage.bytes.pace().millionths / 1_000_000) {
                needs.insert(Key::Bytes(id.clone()), Need { want: bytes, weight, ..Need::default() });
            }
        });
        for id in spaced {
            if let (Some(time), Some(need)) = (time, needs.get_mut(&Key::Statements(id.clone()))) {
                need.next = self.next_statement(&id, time).unwrap_or_default();
            }
        }
    }

    /// Of a rate whose statements each have their moment: when the next of all proxies may come, by the last one here.
    fn next_statement(&self, id: &TenantId, time: StoreTime) -> Option<u64> {
        let tenant = self.front.served.load().map.tenant(id.as_str())?;
        let spacing = spacing(id, statement_rate(&tenant.limits)?)?;
        let meter = &self.front.clients.usage(id)?.statements;
        let (next, here) = (meter.next_after(spacing), self.front.clients.epoch().at(time.here));
        Some(match (next.since(here), here.since(next)) {
            (Some(later), _) => time.millis + later.as_millis() as u64,
            (None, Some(earlier)) => time.millis.saturating_sub(earlier.as_millis() as u64),
            _ => 0,
        })
    }

    /// Clients that are there, and those that wait.
    fn of_clients(&self, listed: &BTreeSet<Key>, needs: &mut HashMap<Key, Need>) {
        let waiting = self.front.shares.waiting();
        for key in listed.iter().chain(waiting.keys()) {
            let usage = match key {
                Key::Clients(tenant) => self.front.clients.usage(tenant),
                Key::Login(login) => self.front.clients.usage_of_login(login),
                _ => continue,
            };
            let clients = usage.map_or(0, |usage| u64::from(usage.clients()));
            let want = clients + waiting.get(key).map_or(0, |count| u64::from(*count));
            needs.insert(key.clone(), Need { want, fixed: clients, weight: want, next: 0 });
        }
    }

    fn of_servers(&self, needs: &mut HashMap<Key, Need>) {
        for (target, server) in self.front.pools.servers() {
            let wanted = u64::from(server.demand().wanted);
            let need = needs.entry(Key::Server(self.known_as(&target).to_string().into())).or_default();
            need.want += wanted + wanted / 8;
            need.weight = need.want.max(1);
        }
    }

    fn of_connections(&mut self, listed: &BTreeSet<Key>, now: Instant, needs: &mut HashMap<Key, Need>) {
        let mut tenants: HashSet<TenantId> = HashSet::new();
        tenants.extend(listed.iter().filter(|key| matches!(key, Key::Connections(_) | Key::ServerTime(_))).filter_map(tenant_of).cloned());
        for (_, server) in self.front.pools.servers() {
            tenants.extend(server.waiting().into_iter().map(|member| member.tenant.clone()));
        }
        self.spent.retain(|tenant, _| tenants.contains(tenant));
        for id in tenants {
            let Some((request, limits)) = self.request(&id) else { continue };
            let Some(figures) = self.front.pools.member(&request.spec, &id).map(|member| member.figures()) else { continue };
            let wanted = u64::from(figures.wanted);
            needs.insert(Key::Connections(id.clone()), Need { want: wanted, fixed: 0, weight: wanted.max(1), next: 0 });
            if limits.server_time.is_some() {
                let want = self.server_time(&id, figures, now);
                needs.insert(Key::ServerTime(id), Need { want, fixed: 0, weight: wanted.max(1), next: 0 });
            }
        }
    }

    /// Server time per second that a tenant has used lately, in thousandths; more, where it waits for more.
    fn server_time(&mut self, id: &TenantId, figures: AccountFigures, now: Instant) -> u64 {
        let (before, at) = *self.spent.get(id).unwrap_or(&(figures.spent, now));
        let passed = now.saturating_duration_since(at);
        if passed >= Duration::from_secs(1) || passed.is_zero() {
            self.spent.insert(id.clone(), (figures.spent, now));
        }
        let used = figures.spent.saturating_sub(before).as_secs_f64() / passed.as_secs_f64().max(0.05) * 1000.0;
        let waits = if figures.over_budget { 1000.0 * f64::from(figures.wanted) } else { 0.0 };
        (used * HEADROOM + waits) as u64
    }

    /// What is used of a limit at this moment, if it is of a kind that can't be taken back at once.
    pub(super) fn used(&self, key: &Key) -> u64 {
        let clients = |usage: Option<Arc<Usage>>| usage.map_or(0, |usage| usage.clients().into());
        match key {
            Key::Clients(tenant) => clients(self.front.clients.usage(tenant)),
            Key::Login(login) => clients(self.front.clients.usage_of_login(login)),
            Key::Server(address) => {
                let servers = self.front.pools.servers();
                servers
                    .iter()
                    .filter(|(target, _)| *self.known_as(target).to_string() == **address)
                    .map(|(_, server)| u64::from(server.demand().open))
                    .sum()
            }
            Key::Connections(tenant) => self
                .request(tenant)
                .map_or(0, |(request, _)| self.front.pools.member(&request.spec, tenant).map_or(0, |member| member.figures().held.into())),
            Key::Statements(_) | Key::Bytes(_) | Key::ServerTime(_) => 0,
        }
    }

    fn request(&self, id: &TenantId) -> Option<(PoolRequest, Limits)> {
        let tenant = self.front.served.load().map.tenant(id.as_str())?;
        Some((self.pool_of(&tenant)?, tenant.limits))
    }

    fn pool_of(&self, tenant: &Tenant) -> Option<PoolRequest> {
        let front = &self.front;
        pool_of(tenant, front.topologies.primary(&tenant.shard), &front.server_tls, &front.shares).ok()
    }

    /// The server that a shard is known by, by the one that is its primary at present.
    fn known_as(&self, target: &Target) -> Target {
        let served = self.front.served.load();
        let is_there = |shard: &&Arc<Shard>| {
            let primary = self.front.topologies.primary(shard);
            *target == Target::new(&primary.host, primary.port)
        };
        served.map.shards().filter(is_there).last().map_or_else(|| target.clone(), |shard| server_of(shard))
    }

    /// Puts this proxy's shares in force: those of the limits that are listed, and where `all` is set, of all others.
    pub(super) fn apply(&self, ledger: &Ledger, listed: &BTreeSet<Key>, time: Option<StoreTime>, all: bool) {
        let served = self.front.served.load_full();
        if let Some(time) = time {
            listed.iter().for_each(|key| self.give_turn(ledger, &served.map, key, time));
        }
        self.front.shares.set(ledger.in_force());
        if all {
            self.apply_all(&served.map);
        }
        let tenants: BTreeSet<&TenantId> = listed.iter().filter_map(tenant_of).collect();
        for id in tenants {
            let Some(tenant) = served.map.tenant(id.as_str()) else { continue };
            self.apply_rates(&tenant);
            if let Some(request) = self.pool_of(&tenant) {
                self.front.pools.renew_one(&request);
            }
        }
        for (target, server) in self.front.pools.servers() {
            if let Some(shard) = shard_of(&served.map, &self.known_as(&target).to_string()) {
                server.limit(server_limits(shard, &self.front.shares));
            }
        }
    }

    fn apply_all(&self, map: &ShardMap) {
        let front = &self.front;
        let mut there = Vec::new();
        front.clients.each_tenant(|id, _| there.push(id.clone()));
        there.iter().filter_map(|id| map.tenant(id.as_str())).for_each(|tenant| self.apply_rates(&tenant));
        front.pools.renew(|id| self.pool_of(&*map.tenant(id.as_str())?));
    }

    fn apply_rates(&self, tenant: &Tenant) {
        if let Some(usage) = self.front.clients.usage(&tenant.id) {
            set_rates(&tenant.id, &tenant.limits, &usage, &self.front.shares, self.front.clients.epoch());
        }
    }

    /// Where proxies take turns at a rate of a few statements per second, the next one here comes in this proxy's turn.
    fn give_turn(&self, ledger: &Ledger, map: &ShardMap, key: &Key, time: StoreTime) {
        let Key::Statements(id) = key else { return };
        let Some(rate) = map.tenant(id.as_str()).and_then(|tenant| statement_rate(&tenant.limits)) else { return };
        let (Some(spacing), Some(turns)) = (spacing(id, rate), ledger.turns(key, rate.pace().millionths)) else { return };
        let Some(usage) = self.front.clients.usage(id) else { return };
        let pace = usage.statements.pace();
        let begins = pace.millionths == 0;
        if pace.burst > 1 || !(turns.even || begins) {
            return;
        }
        let epoch = self.front.clients.epoch();
        let (next, now) = (usage.statements.next(), Instant::now());
        let from_now = next.since(epoch.at(now)).unwrap_or_default();
        let at = epoch.at(time.here(turns.next(time.at(now + from_now), spacing)));
        let differs = at.since(next).or_else(|| next.since(at)).unwrap_or_default() > JITTER;
        if differs {
            usage.statements.reschedule(next, at);
        }
    }
}

fn tenant_of(key: &Key) -> Option<&TenantId> {
    match key {
        Key::Statements(id) | Key::Bytes(id) | Key::Clients(id) | Key::Connections(id) | Key::ServerTime(id) => Some(id),
        Key::Login(_) | Key::Server(_) => None,
    }
}

/// The shard of a server; of several on one server, the one that the map names last counts.
fn shard_of<'m>(map: &'m ShardMap, address: &str) -> Option<&'m Arc<Shard>> {
    map.shards().filter(|shard| server_of(shard).to_string() == address).last()
}

fn limit_of(map: &ShardMap, key: &Key) -> Option<u64> {
    let limits = |id: &TenantId| map.tenant(id.as_str()).map(|tenant| tenant.limits);
    let login = |id: &LoginId| map.login(id.as_str())?.max_clients;
    match key {
        Key::Statements(id) => Some(statement_rate(&limits(id)?)?.pace().millionths),
        Key::Bytes(id) => limits(id)?.bytes_per_second,
        Key::Clients(id) => limits(id)?.max_clients.map(u64::from),
        Key::Connections(id) => Some(limits(id)?.max_connections.max(1).into()),
        Key::ServerTime(id) => limits(id)?.server_time.map(|rate| rate.0.into()),
        Key::Login(id) => login(id).map(u64::from),
        Key::Server(address) => shard_of(map, address).map(|shard| shard.max_connections.into()),
    }
}
