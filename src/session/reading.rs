//! Where a tenant's reads may run, and what a session remembers so that they miss nothing.
//!
//! What decides is [`crate::router`]'s, what is known of the servers [`crate::backend::topology`]'s.

use std::{sync::Arc, time::Duration};

use super::{
    placement::{self, PlacementError, ServerTlsCache},
    topologies::servers,
};
use crate::{
    backend::topology::{
        Busy, Course, Topology,
        tenants::{TenantReads, Writing},
    },
    pool::{Member, registry::PoolRegistry},
    router::{Asked, Candidate, Decision, Mark, Wish, decide},
    shard_map::{Consistency, ReadReplicas, ReadRules, Tenant},
    sql::gate::Access,
    tenant::shares::Shares,
};

/// Where a tenant's reads may run, for as long as its writes go to the same server.
pub struct Routes {
    topology: Arc<Topology>,
    /// Its places in the pools of all servers, as the topology numbers them.
    members: Box<[Arc<Member>]>,
    tenant: Arc<TenantReads>,
    rules: ReadRules,
}

impl Routes {
    /// Those of a tenant whose writes go to the pool of `primary`; none where its reads always go there as well.
    ///
    /// # Errors
    /// The shard's TLS files, or what its lock needs.
    pub fn of(
        tenant: &Tenant,
        (topology, course): (&Arc<Topology>, Course),
        (primary, pools): (&Arc<Member>, &PoolRegistry),
        (tls, shares): (&ServerTlsCache, &Shares),
    ) -> Result<Option<Arc<Routes>>, PlacementError> {
        if tenant.shard.replicas.is_empty() || tenant.limits.reads.replicas == ReadReplicas::Never {
            return Ok(None);
        }
        let member = |(number, address)| match number == course.number {
            true => Ok(Arc::clone(primary)),
            false => placement::replica_pool_of(tenant, address, tls, shares).map(|request| pools.enter(request)),
        };
        let members = servers(&tenant.shard).enumerate().map(member).collect::<Result<_, PlacementError>>()?;
        let reads = topology.tenant(&tenant.id);
        Ok(Some(Arc::new(Routes { topology: Arc::clone(topology), members, tenant: reads, rules: tenant.limits.reads })))
    }

    /// The servers.
    pub fn topology(&self) -> &Arc<Topology> {
        &self.topology
    }

    /// The tenant's place in a server's pool.
    pub fn member(&self, number: usize) -> Option<&Arc<Member>> {
        self.members.get(number)
    }

    /// The server whose pool that is.
    pub fn server_of(&self, member: &Arc<Member>) -> Option<usize> {
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
            last: session.last.filter(|(number, life)| self.topology.life(*number) == *life).map(|(number, _)| number),
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
        let candidate = |number| self.topology.candidate(&snapshot, number);
        let primary = snapshot.primary.map_or(Candidate::NOBODY, candidate);
        let mut replicas: smallvec::SmallVec<[_; 4]> = (0..self.members.len()).map(candidate).collect();
        if let Some(itself) = snapshot.primary.and_then(|number| replicas.get_mut(number)) {
            itself.is_up = false;
        }
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
    /// The replica that it has read last, and which of its lives that was.
    last: Option<(usize, u32)>,
    /// Whether what is to run next only reads; in a block of its own.
    pub next: Next,
    /// The server of whose pool a connection is waited for, where that isn't the primary.
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
            self.last = Some((busy.number(), self.routes.topology.life(busy.number())));
        }
        self.seen = self.seen.max(self.routes.tenant.seen(&self.routes.topology));
    }

    /// Whether the server that the session reads on, or is about to, is gone.
    pub fn is_forsaken(&self) -> bool {
        let number = self.busy.as_ref().map(Busy::number).or(self.seeking);
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
