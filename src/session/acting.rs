//! Whom a session acts for at present, and everything that depends on it: pool, statements, the place among the tenant's clients.
//!
//! One value, so that a session that switches tenants between two transactions replaces all of it or nothing.

use std::sync::Arc;

use super::{
    conversation::Tools,
    handshake::Front,
    placement::{self, ListenerLogin},
};
use crate::{
    error::{ClientFacing, Report, SqlState},
    keys::ScopeKey,
    pool::{PoolSession, listener::Listener},
    shard_map::{ModelKind, Tenant},
    sql::outcome,
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
        let tools = Tools { statements: Arc::clone(&pool.pool().statements), effects_of: outcome::effects_of, context };
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
