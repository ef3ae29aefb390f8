//! All pools of the process, found by what their connections have in common.

use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    sync::{Arc, atomic::AtomicU64},
};

use parking_lot::{Mutex, MutexGuard};

use super::{
    Member, Pool, PoolRules, ShardServer,
    pause::Pauses,
    scheduler::{PoolLimits, ServerLimits, Share},
};
use crate::{
    backend::{ServerSpec, statements::StatementCache},
    ids::{ShardId, TenantId, WorkerId},
    net::{Target, tls::ClientTlsFiles},
    sql::gate::Judged,
    tenant::usage::Metering,
};

/// What a pool is asked for with.
pub struct PoolRequest {
    /// What its connections have in common.
    pub spec: ServerSpec,
    /// The shard of its server.
    pub shard: ShardId,
    /// Whose the pool is, for messages.
    pub label: TenantId,
    /// Who asks.
    pub tenant: TenantId,
    /// What it may use.
    pub terms: Terms,
    /// Whether the terms are those of the tenant's plan, and change with it.
    pub by_plan: bool,
}

/// What a tenant may use of its pool, the pool of its server, and all of the server's pools together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Terms {
    /// All pools.
    pub server: ServerLimits,
    /// The pool.
    pub limits: PoolLimits,
    /// The tenant.
    pub share: Share,
}

struct BySpec(Arc<ServerSpec>);

impl PartialEq for BySpec {
    fn eq(&self, other: &Self) -> bool {
        *self.0 == *other.0
    }
}
impl Eq for BySpec {}
impl Hash for BySpec {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl std::borrow::Borrow<ServerSpec> for BySpec {
    fn borrow(&self) -> &ServerSpec {
        &self.0
    }
}

/// The pools, and the servers that they belong to.
pub struct PoolRegistry {
    inner: Mutex<Inner>,
    rules: Arc<PoolRules>,
    numbers: Arc<AtomicU64>,
    nobodys: Arc<StatementCache<Judged>>,
    metering: Arc<Metering>,
}

#[derive(Default)]
pub(super) struct Inner {
    pools: HashMap<BySpec, Entry>,
    pub(super) servers: HashMap<(Target, ClientTlsFiles), Arc<ShardServer>>,
    pub(super) pauses: Pauses,
}

impl Inner {
    /// A tenant's place in a pool, if it has one.
    pub(super) fn member(&self, spec: &ServerSpec, tenant: &TenantId) -> Option<Arc<Member>> {
        self.pools.get(spec)?.members.get(tenant).map(|(member, _)| Arc::clone(member))
    }
}

/// Who comes to a pool.
struct Newcomer {
    tenant: TenantId,
    shard: ShardId,
    terms: Terms,
    by_plan: bool,
}

struct Entry {
    pool: Arc<Pool>,
    members: HashMap<TenantId, (Arc<Member>, bool)>,
}

impl Entry {
    /// The tenant's place, made on first use. The request's terms count from now on.
    fn enter(&mut self, newcomer: Newcomer, pauses: &Pauses, metering: &Metering) -> Arc<Member> {
        let Newcomer { tenant, shard, terms, by_plan } = newcomer;
        if let Some((member, is_by_plan)) = self.members.get_mut(&tenant) {
            // A replica's that has become the primary's, or the other way round.
            *is_by_plan = by_plan;
            member.renew(terms);
            return Arc::clone(member);
        }
        let member = Arc::new(Member::new(&self.pool, (tenant.clone(), shard, by_plan), terms, metering.of(&tenant)));
        if pauses.cover(&member) {
            let orders = member.set_paused(true);
            member.carry_out(orders);
        }
        self.members.insert(tenant, (Arc::clone(&member), by_plan));
        member
    }
}

impl PoolRegistry {
    /// No pool yet. What tenants use is counted in `metering`.
    pub fn new(rules: PoolRules, metering: Arc<Metering>) -> Self {
        let numbers = Arc::new(AtomicU64::new(1));
        let nobodys = Arc::new(StatementCache::new(rules.statements, Arc::clone(&numbers)).counted_in(&rules.memory));
        PoolRegistry { inner: Mutex::new(Inner::default()), rules: Arc::new(rules), numbers, nobodys, metering }
    }

    /// Statements of sessions that haven't said their tenant: no server ever gets them.
    pub fn nobodys(&self) -> Arc<StatementCache<Judged>> {
        Arc::clone(&self.nobodys)
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock()
    }

    /// How the pools behave.
    pub fn rules(&self) -> &PoolRules {
        &self.rules
    }

    /// A tenant's place in its pool, both made on first use. The request's terms count from now on.
    pub fn enter(&self, request: PoolRequest) -> Arc<Member> {
        let PoolRequest { spec, shard, label, tenant, terms, by_plan } = request;
        let newcomer = Newcomer { tenant, shard: shard.clone(), terms, by_plan };
        let mut inner = self.inner.lock();
        let Inner { pools, pauses, .. } = &mut *inner;
        if let Some(entry) = pools.get_mut(&spec) {
            return entry.enter(newcomer, pauses, &self.metering);
        }
        let key = (spec.target.clone(), spec.tls_files.clone());
        let new = || Arc::new(ShardServer::new(shard, terms.server, Arc::clone(&self.rules)));
        let server = Arc::clone(inner.servers.entry(key).or_insert_with(new));
        let spec = Arc::new(spec);
        let pool = Pool::new(&server, Arc::clone(&spec), label, terms.limits, Arc::clone(&self.numbers));
        server.step(WorkerId::NONE, |state, now, orders| state.set_limits(terms.server, now, orders));
        let mut entry = Entry { pool, members: HashMap::new() };
        let member = entry.enter(newcomer, &inner.pauses, &self.metering);
        inner.pools.insert(BySpec(spec), entry);
        member
    }

    /// Takes a new shard map: whoever is still in its place has what its plan says now, with the sessions that it has. `request` gives what
    /// a tenant would be let in with.
    pub fn renew(&self, request: impl Fn(&TenantId) -> Option<PoolRequest>) {
        let members: Vec<Arc<Member>> = {
            let inner = self.inner.lock();
            let members = inner.pools.values().flat_map(|entry| entry.members.values());
            members.filter(|(_, by_plan)| *by_plan).map(|(member, _)| Arc::clone(member)).collect()
        };
        for member in members {
            if let Some(request) = request(&member.tenant).filter(|request| request.spec.is_same_login(&member.pool().spec)) {
                member.renew(request.terms);
            }
        }
    }

    /// Gives what connections were used for to their tenants' counts. It looks at each tenant that is there: for records and people.
    pub fn settle_usage(&self) {
        self.members().iter().for_each(|member| member.settle_usage());
    }

    /// All tenants' places in all pools.
    pub fn members(&self) -> Vec<Arc<Member>> {
        let inner = self.inner.lock();
        inner.pools.values().flat_map(|entry| entry.members.values()).map(|(member, _)| Arc::clone(member)).collect()
    }

    /// The pools whose tenants are as asked for; those without tenants are left out.
    pub(super) fn choose_pools(&self, suits: impl Fn(&[&Member]) -> bool) -> Vec<Arc<Pool>> {
        let inner = self.inner.lock();
        let entries = inner.pools.values().filter(|entry| !entry.members.is_empty());
        let suits = |entry: &&Entry| suits(&entry.members.values().map(|(member, _)| &**member).collect::<Vec<_>>());
        entries.filter(suits).map(|entry| Arc::clone(&entry.pool)).collect()
    }

    /// All pools.
    pub fn pools(&self) -> Vec<Arc<Pool>> {
        self.inner.lock().pools.values().map(|entry| Arc::clone(&entry.pool)).collect()
    }

    /// Removes tenants without sessions, and pools that have neither tenants nor connections: they cost nothing while idle.
    pub fn sweep(&self) {
        let mut inner = self.inner.lock();
        inner.pools.retain(|_, entry| {
            entry.members.retain(|_, (member, _)| Arc::strong_count(member) > 1 || !member.forget());
            !entry.members.is_empty() || entry.pool.sessions() > 0 || Arc::strong_count(&entry.pool) > 1 || !entry.pool.remove()
        });
        inner.servers.retain(|_, server| Arc::strong_count(server) > 1);
    }
}
