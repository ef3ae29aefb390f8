//! Whom a session acts for at present, and everything that depends on it: pool, statements, the place among the tenant's clients.
//!
//! One value, so that a session that switches tenants between two transactions replaces all of it or nothing.

use std::sync::Arc;

use super::{conversation::Tools, handshake::Front, placement};
use crate::{
    error::{ClientFacing, Report},
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
        let pool = front.pools.enter(request);
        let tools = Tools { statements: Arc::clone(&pool.pool().statements), effects_of: outcome::effects_of };
        Ok(Acting { tenant, pool, tools, front: Arc::clone(front), _client: client })
    }

    /// What the tenant's channels are called on its server.
    pub fn channel_names(&self) -> ChannelNames {
        match (&self.tenant.model.kind, self.tenant.password()) {
            (ModelKind::Database { .. }, _) => ChannelNames::own(),
            (_, password) => {
                let password = password.as_ref().map_or("", |password| password.reveal());
                ChannelNames::scoped(ScopeKey::new(password, self.tenant.id.as_str()))
            }
        }
    }

    /// What listens for the tenant's sessions.
    ///
    /// # Errors
    /// Files of the server's TLS settings.
    pub fn listener(&self) -> Result<Arc<Listener>, Report> {
        let request = placement::listener_of(&self.tenant, &self.front.server_tls).map_err(|error| {
            tracing::error!(tenant = %self.tenant.id, %error, "nobody can listen for the tenant");
            error.report()
        })?;
        Ok(self.front.listeners.get(request, &self.front.pools))
    }
}
