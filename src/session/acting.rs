//! Whom a session acts for at present, and everything that depends on it: pool, statements, the place among the tenant's clients.
//!
//! One value, so that a session that switches tenants between two transactions replaces all of it or nothing.

use std::sync::Arc;

use super::{
    catalogs::catalog_of,
    conversation::Tools,
    gate::{Gatekeeper, GroundRules, Whom},
    handshake::Front,
    placement::{self, ListenerLogin, PlacementError},
};
use crate::{
    error::{ClientFacing, Report, SqlState},
    keys::ScopeKey,
    pool::{PoolSession, listener::Listener},
    shard_map::{Lock, ModelKind, Tenant},
    sql::gate::Isolation,
    tenant::{channels::ChannelNames, clients::Client},
};

/// A tenant's part of a session.
pub struct Acting {
    /// Who it is.
    pub tenant: Arc<Tenant>,
    /// Where its server connections come from.
    pub pool: PoolSession,
    /// What its statements are read with.
    pub tools: Tools,
    front: Arc<Front>,
    _client: Client,
}

impl Acting {
    /// Counts the session among the tenant's clients and enters its pool.
    ///
    /// # Errors
    /// The tenant has its clients already, or can't be served.
    pub fn begin(front: &Arc<Front>, tenant: Arc<Tenant>) -> Result<Self, Report> {
        let client = front.clients.enter(&tenant.id, tenant.limits.max_clients).map_err(|error| error.report())?;
        let request = placement::pool_of(&tenant, &front.server_tls).map_err(|error| {
            tracing::error!(tenant = %tenant.id, %error, "tenant can't be served");
            error.report()
        })?;
        let context = placement::context_of(&tenant, &front.signers).map_err(|error| {
            tracing::error!(tenant = %tenant.id, %error, "tenant can't be served");
            error.report()
        })?;
        let pool = front.pools.enter(request);
        let gate = gatekeeper(front, &tenant).map_err(|error| {
            tracing::error!(tenant = %tenant.id, %error, "tenant can't be served");
            error.report()
        })?;
        let tools = Tools { statements: Arc::clone(&pool.pool().statements), gate, context };
        Ok(Acting { tenant, pool, tools, front: Arc::clone(front), _client: client })
    }

    /// What the tenant's channels are called on its server.
    pub fn channel_names(&self) -> ChannelNames {
        match (&self.tenant.model.kind, self.tenant.scope_secret()) {
            (ModelKind::Database { .. }, _) => ChannelNames::own(),
            (_, password) => {
                let password = password.as_ref().map_or("", |password| password.reveal());
                ChannelNames::scoped(ScopeKey::new(password, self.tenant.id.as_str()))
            }
        }
    }

    /// What listens for the tenant's sessions: with the shard's login where it is let in.
    ///
    /// # Errors
    /// Files of the server's TLS settings.
    pub fn listener(&self) -> Result<Arc<Listener>, Report> {
        let front = &self.front;
        let request = |login| {
            placement::listener_of(&self.tenant, login, &front.server_tls).map_err(|error| {
                tracing::error!(tenant = %self.tenant.id, %error, "nobody can listen for the tenant");
                error.report()
            })
        };
        let shared = request(ListenerLogin::Shared)?.map(|request| front.listeners.get(request, &front.pools));
        if let Some(shared) = shared.filter(|shared| !shared.is_turned_away()) {
            return Ok(shared);
        }
        let own = request(ListenerLogin::Own)?.map(|request| front.listeners.get(request, &front.pools));
        own.ok_or_else(|| Report::new(SqlState::INTERNAL_ERROR, "cannot listen"))
    }
}

/// A tenant's way through the gate.
fn gatekeeper(front: &Front, tenant: &Arc<Tenant>) -> Result<Gatekeeper, PlacementError> {
    let catalog = catalog_of(&front.catalogs, tenant, &front.server_tls)?;
    let ground = front.grounds.enter(ground_rules(tenant), catalog);
    let mode = front.gate.mode.max(tenant.gate);
    Ok(Gatekeeper::new(ground, whom(tenant), mode, Arc::clone(&front.tallies)).explaining(front.gate.explain))
}

/// What the gate knows of a tenant's model.
pub fn ground_rules(tenant: &Tenant) -> GroundRules {
    let (isolation, reference_tables, global_keys) = match &tenant.model.kind {
        ModelKind::Row { tenant_column, reference_tables, global_keys, .. } => {
            (Isolation::Row { column: (**tenant_column).into() }, reference_tables.clone(), global_keys.clone())
        }
        ModelKind::Schema { reference_tables, .. } => (Isolation::Schema, reference_tables.clone(), Vec::new()),
        ModelKind::Database { .. } => (Isolation::Database, Vec::new(), Vec::new()),
    };
    GroundRules {
        isolation,
        lock_is_login: tenant.model.lock == Lock::Login,
        ddl: tenant.plan.ddl,
        functions: tenant.model.functions.clone(),
        reference_tables,
        global_keys,
    }
}

/// Whom the gate takes a tenant for.
pub fn whom(tenant: &Tenant) -> Whom {
    let pools = Some(&tenant.shard.user).filter(|_| tenant.model.lock.shares_pools()).and_then(Option::as_ref);
    let role = Arc::clone(pools.unwrap_or(&tenant.role));
    Whom { tenant: tenant.id.clone(), key: Arc::clone(&tenant.key), schema: tenant.schema.clone(), role }
}
