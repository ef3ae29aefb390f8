//! Where a tenant's reads may run, and what a session remembers so that they miss nothing.
//!
//! What decides is [`crate::router`]'s, what is known of the servers [`crate::backend::topology`]'s.

use std::{collections::HashMap, sync::Arc, time::Duration};

use parking_lot::Mutex;

use super::placement::{self, PlacementError, ServerTlsCache};
use crate::{
    backend::{
        ServerSpec,
        control::Control,
        topology::{
            Busy, OnDown, Topology,
            tenants::{TenantReads, Writing},
            watch,
        },
    },
    config::HealthSettings,
    ids::ShardId,
    net::Target,
    pool::{Member, registry::PoolRegistry},
    router::{Asked, Decision, Mark, Wish, decide},
    shard_map::{Consistency, ReadReplicas, ReadRules, ServerAddress, Shard, ShardMap, Tenant},
    sql::gate::Access,
    tenant::shares::Shares,
};

/// A database that every cluster has, where rights are as PostgreSQL gives them.
const MAINTENANCE: &str = "postgres";

/// The topologies of shards that have replicas, from the time on that a tenant of theirs is served.
#[derive(Default)]
pub struct Topologies {
    by_shard: Mutex<HashMap<ShardId, Watched>>,
}

/// A shard as the map had it when it was first watched, and what is known of its servers.
type Watched = (Arc<Shard>, Arc<Topology>);

impl Topologies {
    /// The topology of a tenant's shard; none where that has no replicas.
    ///
    /// # Errors
    /// The shard's TLS files.
    pub fn of(
        &self,
        tenant: &Tenant,
        tls: &ServerTlsCache,
        health: &HealthSettings,
        on_down: impl FnOnce() -> Box<OnDown>,
    ) -> Result<Option<Arc<Topology>>, PlacementError> {
        let shard = &tenant.shard;
        if shard.replicas.is_empty() {
            return Ok(None);
        }
        let mut by_shard = self.by_shard.lock();
        if let Some((known, topology)) = by_shard.get(&shard.id)
            && is_watched_alike(known, shard)
        {
            return Ok(Some(Arc::clone(topology)));
        }
        let addresses: Vec<&ServerAddress> = servers(shard).collect();
        let askers = addresses.iter().map(|address| askers(tenant, address, tls)).collect::<Result<Vec<_>, _>>()?;
        let topology = Arc::new(Topology::new(shard.id.clone(), &addresses, health.clone(), on_down()));
        watch::start(&topology, askers);
        by_shard.insert(shard.id.clone(), (Arc::clone(shard), Arc::clone(&topology)));
        Ok(Some(topology))
    }

    /// Those that there are, by shard.
    pub fn list(&self) -> Vec<Arc<Topology>> {
        self.by_shard.lock().values().map(|(_, topology)| Arc::clone(topology)).collect()
    }

    /// Lets go of shards that a new map hasn't any more.
    pub fn renew(&self, map: &ShardMap) {
        self.by_shard.lock().retain(|id, (known, _)| map.shard(id.as_str()).is_some_and(|shard| is_watched_alike(known, shard)));
    }
}

/// A shard's servers, the one that the file calls primary first.
fn servers(shard: &Shard) -> impl Iterator<Item = &ServerAddress> {
    std::iter::once(&shard.primary).chain(&shard.replicas)
}

fn is_watched_alike(one: &Shard, other: &Shard) -> bool {
    let parts = |shard: &Shard| (shard.primary.clone(), shard.replicas.clone(), shard.user.clone());
    parts(one) == parts(other) && one.password == other.password && one.provisioner == other.provisioner
}

/// Who may ask a server, the one who may do least first. In a closed database few may see the log's position, elsewhere all.
fn askers(tenant: &Tenant, address: &ServerAddress, tls: &ServerTlsCache) -> Result<Vec<Control>, PlacementError> {
    let shard = &tenant.shard;
    let target = Target::new(&address.host, address.port);
    let tls = if target.is_unix() { None } else { Some(tls.get(&address.tls.files())?) };
    let login = |user: &Arc<str>, password: Option<&crate::config::Secret>, database: &str| {
        Control::from_spec(ServerSpec {
            target: target.clone(),
            tls_files: address.tls.files(),
            tls: tls.clone(),
            database: Arc::from(database),
            user: Arc::clone(user),
            password: password.map(|secret| Arc::from(secret.reveal())),
            startup: Vec::new(),
            shared: false,
            keys: Mutex::new(None),
        })
    };
    let mut askers = Vec::new();
    if let Some(user) = &shard.user {
        askers.extend([MAINTENANCE, &*shard.primary.dbname].map(|database| login(user, shard.password.as_ref(), database)));
    }
    if let Some(text) = &shard.provisioner
        && let Ok(control) = Control::from_text(text.reveal(), None)
    {
        askers.push(control.at(target.clone(), address.tls.files(), tls.clone()));
    }
    let password = tenant.password();
    askers.extend([MAINTENANCE, &*tenant.database].map(|database| login(&tenant.role, password.as_ref(), database)));
    Ok(askers)
}

/// Where a tenant's reads may run.
pub struct Routes {
    topology: Arc<Topology>,
    /// Its places in the pools of the replicas.
    members: Box<[Arc<Member>]>,
    tenant: Arc<TenantReads>,
    rules: ReadRules,
}

impl Routes {
    /// Those of a tenant; none where its reads go where its writes do.
    ///
    /// # Errors
    /// The shard's TLS files, or what its lock needs.
    pub fn of(
        tenant: &Tenant,
        topology: Option<Arc<Topology>>,
        pools: &PoolRegistry,
        (tls, shares): (&ServerTlsCache, &Shares),
    ) -> Result<Option<Arc<Routes>>, PlacementError> {
        let Some(topology) = topology.filter(|_| tenant.limits.reads.replicas != ReadReplicas::Never) else { return Ok(None) };
        let member = |address| placement::replica_pool_of(tenant, address, tls, shares).map(|request| pools.enter(request));
        let members = tenant.shard.replicas.iter().map(member).collect::<Result<_, _>>()?;
        let reads = topology.tenant(&tenant.id);
        Ok(Some(Arc::new(Routes { topology, members, tenant: reads, rules: tenant.limits.reads })))
    }

    /// The servers.
    pub fn topology(&self) -> &Arc<Topology> {
        &self.topology
    }

    /// The tenant's place in a replica's pool.
    pub fn member(&self, replica: usize) -> Option<&Arc<Member>> {
        self.members.get(replica)
    }

    /// The replica whose pool that is; none: the primary's.
    pub fn replica_of(&self, member: &Arc<Member>) -> Option<usize> {
        self.members.iter().position(|known| Arc::ptr_eq(known, member))
    }

    /// How long a read may wait for a replica that is behind.
    pub fn wait(&self) -> Duration {
        self.rules.wait
    }

    /// What is asked of the router for a statement.
    pub fn asked(&self, session: &SessionReads, needs: Needs) -> Asked {
        let Needs { access, reads_by_default, wish, consistency } = needs;
        let default = if self.rules.replicas == ReadReplicas::ByDefault { Wish::Replica } else { Wish::Primary };
        Asked {
            access,
            reads_by_default,
            is_tied: false,
            wish: wish.unwrap_or(default),
            consistency: consistency.unwrap_or(self.rules.consistency),
            written: session.written,
            tenant_written: self.tenant.written(),
            seen: session.seen,
            last: session.last,
            max_lag: self.rules.max_lag,
            may_wait: !self.rules.wait.is_zero(),
        }
    }

    /// Where it runs. What no replica has yet is asked for more often from now on.
    pub fn decide(&self, asked: &Asked) -> Decision {
        if asked.wish == Wish::Primary || !asked.reads() {
            return Decision::Primary;
        }
        let snapshot = self.topology.snapshot();
        let primary = self.topology.candidate(&snapshot, 0);
        let replicas: smallvec::SmallVec<[_; 4]> =
            (1..=self.members.len()).map(|number| self.topology.candidate(&snapshot, number)).collect();
        let decision = decide(asked, &primary, &replicas);
        if !matches!(decision, Decision::Replica(_)) {
            self.topology.want(asked.needs().max(asked.seen));
        }
        decision
    }
}

/// What a statement needs, and what its session wants.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Needs {
    /// What a server must be able to do for it.
    pub access: Access,
    /// Transactions begin as read-only ones where they don't say.
    pub reads_by_default: bool,
    /// Where the session wants its reads to run, where it has said so.
    pub wish: Option<Wish>,
    /// What they mustn't miss, where it has said so.
    pub consistency: Option<Consistency>,
}

/// What a session of a tenant with [`Routes`] remembers.
pub struct SessionReads {
    routes: Arc<Routes>,
    written: Mark,
    seen: Mark,
    last: Option<usize>,
    /// Whether what is to run next only reads; in a block of its own.
    pub next: Next,
    /// The replica of whose pool a connection is waited for.
    pub seeking: Option<usize>,
    /// The next read runs on the primary: a replica has failed it.
    pub avoids_replicas: bool,
    /// The replica that has the session's read.
    pub busy: Option<Busy>,
    writing: Option<Writing>,
}

/// What is about to run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Next {
    /// Anything.
    #[default]
    Anything,
    /// What reads.
    Reads,
    /// A block that only reads.
    Block,
}

impl SessionReads {
    /// A session that begins, or that begins to act for a tenant again: then it may have written as that before.
    pub fn new(routes: &Arc<Routes>, again: bool) -> Self {
        let written = if again { routes.tenant.written() } else { 0 };
        SessionReads {
            routes: Arc::clone(routes),
            written,
            seen: written,
            last: None,
            next: Next::Anything,
            seeking: None,
            avoids_replicas: false,
            busy: None,
            writing: None,
        }
    }

    /// The tenant's reads may run elsewhere by now. Marks of other servers' count no more.
    pub fn turn_to(&mut self, routes: &Arc<Routes>) {
        if Arc::ptr_eq(&self.routes, routes) {
            return;
        }
        if !Arc::ptr_eq(&self.routes.topology, &routes.topology) {
            let written = routes.tenant.written().max(routes.topology.next_mark());
            (self.written, self.seen, self.last) = (written, written, None);
        }
        self.routes = Arc::clone(routes);
    }

    /// The routes.
    pub fn routes(&self) -> &Arc<Routes> {
        &self.routes
    }

    /// What may write is about to be sent.
    #[inline]
    pub fn begin_writing(&mut self) {
        if self.writing.is_none() {
            self.writing = Some(Writing::begin(&self.routes.tenant));
        }
    }

    /// A transaction that may have written is over.
    pub fn wrote(&mut self) {
        self.written = self.routes.tenant.wrote(&self.routes.topology);
    }

    /// The session is at rest.
    pub fn rest(&mut self) {
        self.writing = None;
    }

    /// The session gives its server connection back, in good order.
    pub fn done(&mut self) {
        self.writing = None;
        self.last = None;
        if let Some(busy) = self.busy.take() {
            self.routes.topology.succeeded(busy.number());
            self.last = busy.number().checked_sub(1);
        }
        self.seen = self.seen.max(self.routes.tenant.seen(&self.routes.topology));
    }

    /// Whether the server that the session reads on, or is about to, is gone.
    pub fn is_forsaken(&self) -> bool {
        let number = self.busy.as_ref().map(Busy::number).or(self.seeking.map(|replica| replica + 1));
        number.is_some_and(|number| self.routes.topology.is_gone(number))
    }

    /// What is left to be noted when the session ends before its transaction does.
    pub fn aftermath(&mut self) -> Option<Aftermath> {
        let writing = self.writing.take()?;
        Some(Aftermath { routes: Arc::clone(&self.routes), _writing: writing })
    }
}

/// A transaction whose session is over. Dropped when it is over as well.
pub struct Aftermath {
    routes: Arc<Routes>,
    _writing: Writing,
}

impl Drop for Aftermath {
    fn drop(&mut self) {
        self.routes.tenant.wrote(&self.routes.topology);
    }
}
