//! Whom a session acts for at present, and everything that depends on it: pool, statements, the place among the tenant's clients.
//!
//! One value, so that a session that switches tenants between two transactions replaces all of it or nothing.

use std::sync::Arc;

use super::{conversation::Tools, handshake::Front, placement};
use crate::{
    error::{ClientFacing, Report},
    pool::PoolSession,
    shard_map::Tenant,
    sql::outcome,
    tenant::clients::Client,
};

/// A tenant's part of a session.
pub struct Acting {
    /// Who it is.
    pub tenant: Arc<Tenant>,
    /// Where its server connections come from.
    pub pool: PoolSession,
    /// What its statements are read with.
    pub tools: Tools,
    _client: Client,
}

impl Acting {
    /// Counts the session among the tenant's clients and enters its pool.
    ///
    /// # Errors
    /// The tenant has its clients already, or can't be served.
    pub fn begin(front: &Front, tenant: Arc<Tenant>) -> Result<Self, Report> {
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
        Ok(Acting { tenant, pool, tools, _client: client })
    }
}
