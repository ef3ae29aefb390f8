//! How many clients each tenant has at once.

use std::sync::Arc;

use dashmap::DashMap;

use crate::{
    error::{ClientFacing, Report, SqlState},
    ids::TenantId,
};

/// Counts of clients, of all and by tenant. Tenants without clients take no room.
#[derive(Default)]
pub struct Clients {
    by_tenant: DashMap<TenantId, u32>,
}

/// One client, counted until dropped.
pub struct Client {
    clients: Arc<Clients>,
    tenant: TenantId,
}

/// A tenant has as many clients as its plan allows.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("tenant \"{tenant}\" has too many clients")]
pub struct TooManyClients {
    /// Whose.
    pub tenant: TenantId,
    /// How many it has.
    pub used: u32,
    /// How many it may have.
    pub limit: u32,
}

impl ClientFacing for TooManyClients {
    fn report(&self) -> Report {
        Report::new(SqlState::TOO_MANY_CONNECTIONS, self.to_string())
            .with_detail(format!("{} of {} clients are connected (max_clients).", self.used, self.limit))
            .with_hint("Close connections that aren't used, or ask for a larger plan.")
    }
}

impl Clients {
    /// Counts a client in, up to the limit.
    ///
    /// # Errors
    /// [`TooManyClients`]
    pub fn enter(self: &Arc<Self>, tenant: &TenantId, limit: Option<u32>) -> Result<Client, TooManyClients> {
        let mut count = self.by_tenant.entry(tenant.clone()).or_insert(0);
        match limit {
            Some(limit) if *count >= limit => Err(TooManyClients { tenant: tenant.clone(), used: *count, limit }),
            _ => {
                *count += 1;
                Ok(Client { clients: Arc::clone(self), tenant: tenant.clone() })
            }
        }
    }

    /// How many clients a tenant has.
    pub fn of(&self, tenant: &TenantId) -> u32 {
        self.by_tenant.get(tenant).map_or(0, |count| *count)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if let Some(mut count) = self.clients.by_tenant.get_mut(&self.tenant) {
            *count -= 1;
        }
        self.clients.by_tenant.remove_if(&self.tenant, |_, count| *count == 0);
    }
}
