//! Pauses: who gets no server connection until the operator says so. What runs goes on to its end, what comes waits in its queue.

use std::{collections::HashSet, sync::Arc};

use super::{Member, Pool, registry::PoolRegistry};
use crate::ids::{ShardId, TenantId, WorkerId};

/// What is paused, or resumed.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum PauseScope {
    /// Everybody.
    All,
    /// The tenants of a shard, on its primary and its replicas.
    Shard(ShardId),
    /// The same on its primary only.
    Primary(ShardId),
    /// One tenant.
    Tenant(TenantId),
}

impl PauseScope {
    /// Whether a tenant's place in a pool is in it. Who only listens for others is never paused: that is no work, and has no end.
    pub fn covers(&self, member: &Member) -> bool {
        let is_in = match self {
            PauseScope::All => true,
            PauseScope::Shard(shard) => *shard == member.shard,
            PauseScope::Primary(shard) => member.is_on_primary && *shard == member.shard,
            PauseScope::Tenant(tenant) => *tenant == member.tenant,
        };
        is_in && !member.terms().share.listens
    }
}

/// The pauses in force.
#[derive(Clone, Default)]
pub struct Pauses(HashSet<PauseScope>);

impl Pauses {
    /// Whether a tenant has to wait for a pool's connections.
    pub fn cover(&self, member: &Member) -> bool {
        self.0.iter().any(|scope| scope.covers(member))
    }

    /// Whether this very pause is in force.
    pub fn contains(&self, scope: &PauseScope) -> bool {
        self.0.contains(scope)
    }

    /// All of them, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &PauseScope> {
        self.0.iter()
    }
}

/// What is left of those who are paused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Remaining {
    /// Server connections in use: transactions, or sessions in session mode, that haven't ended.
    pub in_use: u32,
    /// Connections of pools that nobody else uses: open, being opened or being closed.
    pub open: u32,
}

impl PoolRegistry {
    /// Nobody in the scope gets a server connection from now on, whoever comes later neither. Idle connections that nobody outside of it
    /// uses close. `false`: it was paused before.
    pub fn pause(&self, scope: &PauseScope, worker: WorkerId) -> bool {
        let is_new = self.hold(scope);
        self.close_idle(scope, worker);
        is_new
    }

    /// The same, and idle connections stay open.
    pub fn hold(&self, scope: &PauseScope) -> bool {
        let is_new = self.lock().pauses.0.insert(scope.clone());
        self.apply_pauses(scope);
        is_new
    }

    /// Ends a pause; whoever another one covers goes on waiting. `false`: there was no such pause.
    pub fn resume(&self, scope: &PauseScope) -> bool {
        let was = self.lock().pauses.0.remove(scope);
        if was {
            self.apply_pauses(scope);
        }
        was
    }

    /// Ends all pauses. How many there were.
    pub fn resume_all(&self) -> usize {
        let ended = std::mem::take(&mut self.lock().pauses.0).len();
        if ended > 0 {
            self.apply_pauses(&PauseScope::All);
        }
        ended
    }

    /// The pauses in force.
    pub fn pauses(&self) -> Pauses {
        self.lock().pauses.clone()
    }

    /// What those in the scope still use.
    pub fn remaining(&self, scope: &PauseScope) -> Remaining {
        let in_use = self.members().iter().filter(|member| scope.covers(member)).map(|member| member.queue(None).in_use).sum();
        let open = self.pools_within(scope).iter().map(|pool| pool.figures().open).sum();
        Remaining { in_use, open }
    }

    /// Closes idle connections of pools that nobody outside of the scope uses.
    pub fn close_idle(&self, scope: &PauseScope, worker: WorkerId) {
        for pool in self.pools_within(scope) {
            pool.close_idle(worker);
        }
    }

    /// Closes all connections of pools with a tenant in the scope: idle ones at once, those in use as they come back.
    pub fn reconnect(&self, scope: &PauseScope, worker: WorkerId) {
        for pool in self.choose_pools(|members| members.iter().any(|member| scope.covers(member))) {
            pool.renew_connections(worker);
        }
    }

    fn apply_pauses(&self, scope: &PauseScope) {
        for member in self.members() {
            if scope.covers(&member) {
                // Looked at for each anew: of two that pause and resume at once, the later one counts for all.
                let inner = self.lock();
                let paused = inner.pauses.cover(&member);
                let orders = member.set_paused(paused);
                drop(inner);
                member.carry_out(orders);
            }
        }
    }

    /// Pools all of whose tenants are in the scope.
    fn pools_within(&self, scope: &PauseScope) -> Vec<Arc<Pool>> {
        self.choose_pools(|members| members.iter().all(|member| scope.covers(member)))
    }
}
