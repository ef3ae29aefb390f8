//! One tenant: what the map says of it, what it does, and what it could.

use std::sync::Arc;

use crate::{
    ids::TenantId,
    pool::scheduler::{AccountFigures, QueueFigures},
    session::{handshake::Front, placement, registry::SessionHandle},
    shard_map::Tenant,
    tenant::{
        storage::{Measured, Standing},
        usage::Snapshot,
    },
};

/// What there is to see of a tenant.
pub struct TenantView {
    /// As the map has it.
    pub tenant: Arc<Tenant>,
    /// Whether it has an entry there; otherwise a rule places it.
    pub is_listed: bool,
    /// What it has done and does; none where it hasn't come.
    pub usage: Option<Snapshot>,
    /// What its data takes, where that was measured.
    pub storage: Option<Measured>,
    /// How that stands to its limit.
    pub standing: Standing,
    /// Server connections that it has, uses and waits for; none where it has no place in a pool.
    pub connections: Option<(AccountFigures, QueueFigures)>,
}

/// Looks at a tenant; none where the map doesn't have it.
pub fn tenant(front: &Front, id: &str) -> Option<TenantView> {
    let map = Arc::clone(&front.served.load().map);
    let tenant = map.tenant(id)?;
    let member = placement::pool_of(&tenant, front.topologies.primary(&tenant.shard), &front.server_tls, &front.shares)
        .ok()
        .and_then(|request| front.pools.member(&request.spec, &tenant.id));
    if let Some(member) = &member {
        member.settle_usage();
    }
    let measured = front.storage.measured(&tenant.id);
    let standing = measured.map_or(Standing::Unknown, |_| front.storage.enter(&tenant.id).standing(&tenant.limits));
    Some(TenantView {
        is_listed: map.has_entry(id),
        usage: front.metering.snapshot(&tenant.id),
        storage: measured,
        standing,
        connections: member.map(|member| (member.figures(), member.queue(None))),
        tenant,
    })
}

/// Sessions at present, of one tenant or all, by number.
pub fn sessions(front: &Front, of: Option<&TenantId>) -> Vec<Arc<SessionHandle>> {
    let mut sessions = front.sessions.list();
    if let Some(tenant) = of {
        sessions.retain(|session| session.tenant().as_ref() == Some(tenant));
    }
    sessions.sort_unstable_by_key(|session| session.id);
    sessions
}
