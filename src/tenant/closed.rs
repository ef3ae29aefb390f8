//! Tenants that no new client is let in for: the operator has said so at the console, until it says otherwise or the proxy ends.

use std::sync::atomic::{AtomicUsize, Ordering};

use dashmap::DashSet;

use crate::{
    error::{Report, SqlState},
    ids::TenantId,
};

/// The tenants.
#[derive(Debug, Default)]
pub struct Closed {
    tenants: DashSet<TenantId>,
    /// How many there are: who comes in looks no further where there is none.
    count: AtomicUsize,
}

impl Closed {
    /// Lets nobody in for a tenant. Sessions that are there go on.
    pub fn close(&self, tenant: &TenantId) {
        self.tenants.insert(tenant.clone());
        self.count.store(self.tenants.len(), Ordering::Relaxed);
    }

    /// Lets clients in again.
    pub fn open(&self, tenant: &TenantId) {
        self.tenants.remove(tenant);
        self.count.store(self.tenants.len(), Ordering::Relaxed);
    }

    /// Whether a tenant is closed.
    #[inline]
    pub fn contains(&self, tenant: &TenantId) -> bool {
        self.count.load(Ordering::Relaxed) > 0 && self.tenants.contains(tenant)
    }

    /// Whether a tenant's client may come in.
    ///
    /// # Errors
    /// What it is told.
    #[inline]
    pub fn admit(&self, tenant: &TenantId) -> Result<(), Report> {
        if !self.contains(tenant) {
            return Ok(());
        }
        Err(Report::new(SqlState::CANNOT_CONNECT_NOW, format!("tenant \"{tenant}\" takes no new connections"))
            .with_detail("The operator has disabled it (DISABLE).")
            .with_hint("Try again later, or ask the operator."))
    }

    /// All of them, in no order.
    pub fn list(&self) -> Vec<TenantId> {
        self.tenants.iter().map(|tenant| tenant.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_until_opened() {
        let (closed, acme) = (Closed::default(), TenantId::from("acme"));
        assert!(closed.admit(&acme).is_ok());
        closed.close(&acme);
        assert_eq!(closed.admit(&acme).unwrap_err().state, SqlState::CANNOT_CONNECT_NOW);
        assert!(closed.admit(&TenantId::from("globex")).is_ok());
        closed.open(&acme);
        assert!(closed.admit(&acme).is_ok() && closed.list().is_empty());
    }
}
