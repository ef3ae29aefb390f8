//! What there is to tell about pools and tenants to whom shares their limits with other proxies, and how other shares are put in force.

use std::{sync::Arc, time::Instant};

use super::{
    Member, ShardServer,
    registry::{PoolRegistry, PoolRequest},
    scheduler::{AccountFigures, ServerLimits},
};
use crate::{
    backend::ServerSpec,
    ids::{TenantId, WorkerId},
    net::Target,
};

/// So many of those who wait are looked at.
const MOST_WAITERS: usize = 2000;

/// What a server's connections are used for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ServerDemand {
    /// Connections that are open, being opened or being closed.
    pub open: u32,
    /// Connections that there is work for.
    pub wanted: u32,
    /// Sessions that wait.
    pub waiting: u32,
}

impl ShardServer {
    /// What it is used for.
    pub fn demand(&self) -> ServerDemand {
        let state = self.state.lock();
        ServerDemand { open: state.open(), wanted: state.wanted(), waiting: state.waiting() }
    }

    /// Tenants whose sessions have waited longest.
    pub fn waiting(&self) -> Vec<Arc<Member>> {
        let state = self.state.lock();
        let mut waiting: Vec<Arc<Member>> = Vec::new();
        for member in state.oldest_waiters(MOST_WAITERS).map(|waiter| waiter.member()) {
            if waiting.last().is_none_or(|last| !Arc::ptr_eq(last, member)) {
                waiting.push(Arc::clone(member));
            }
        }
        waiting
    }

    /// Puts other limits in force.
    pub fn limit(self: &Arc<Self>, limits: ServerLimits) {
        self.step(WorkerId::NONE, |state, now, orders| state.set_limits(limits, now, orders));
    }
}

impl Member {
    /// What the tenant has and wants.
    pub fn figures(&self) -> AccountFigures {
        self.pool().server().state.lock().account_figures(self.key(), Instant::now())
    }
}

impl PoolRegistry {
    /// All servers that there are pools of.
    pub fn servers(&self) -> Vec<(Target, Arc<ShardServer>)> {
        self.lock().servers.iter().map(|((target, _), server)| (target.clone(), Arc::clone(server))).collect()
    }

    /// A tenant's place in a pool, if it has one.
    pub fn member(&self, spec: &ServerSpec, tenant: &TenantId) -> Option<Arc<Member>> {
        self.lock().member(spec, tenant)
    }

    /// Puts what a request says in force for a tenant that is there.
    pub fn renew_one(&self, request: &PoolRequest) {
        if request.by_plan
            && let Some(member) = self.member(&request.spec, &request.tenant)
        {
            member.renew(request.terms);
        }
    }
}
