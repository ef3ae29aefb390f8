//! What each tenant uses at present, in all of its sessions: its clients, and what its rates have let through. And the clients of each login.

use std::{
    hash::Hash,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use dashmap::DashMap;
use parking_lot::Mutex;

use super::rate::{Epoch, Meter, Rate};
use crate::{
    error::{ClientFacing, Report, SqlState},
    ids::{LoginId, TenantId},
};

/// What is used, by tenant and login. Tenants without clients take no room, as soon as their rates are paid for.
#[derive(Default)]
pub struct Clients {
    by_tenant: DashMap<TenantId, Arc<Usage>>,
    by_login: DashMap<LoginId, Arc<Usage>>,
    /// Where the time of rates begins.
    epoch: Epoch,
    entries: AtomicU32,
}

/// What one of them uses.
#[derive(Debug, Default)]
pub struct Usage {
    clients: AtomicU32,
    /// Statements that were let through.
    pub statements: Meter,
    /// The rate that they are held to in all proxies together.
    pub rate: Mutex<Option<Rate>>,
    /// Bytes that were sent to clients.
    pub bytes: Meter,
}

impl Usage {
    /// Clients at present.
    pub fn clients(&self) -> u32 {
        self.clients.load(Ordering::Relaxed)
    }
}

/// One client of a tenant, counted until dropped.
pub struct Client {
    clients: Arc<Clients>,
    tenant: TenantId,
    usage: Arc<Usage>,
}

/// One client of a login, counted until dropped.
pub struct LoginClient {
    clients: Arc<Clients>,
    login: LoginId,
    usage: Arc<Usage>,
}

/// There are as many clients as there may be.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{whose} has too many clients")]
pub struct TooManyClients {
    /// Whose.
    pub whose: String,
    /// How many there are.
    pub used: u32,
    /// How many there may be.
    pub limit: u32,
    /// Where several proxies share the limit: how many there may be of all.
    pub of_all: Option<u32>,
}

impl TooManyClients {
    /// What is said where the limit was a share of `all`.
    #[must_use]
    pub fn of(mut self, all: Option<u32>) -> Self {
        self.of_all = all.filter(|all| *all != self.limit);
        self
    }
}

impl ClientFacing for TooManyClients {
    fn report(&self) -> Report {
        let TooManyClients { used, limit, .. } = self;
        let detail = match self.of_all {
            None => format!("{used} of {limit} clients are connected (max_clients)."),
            Some(all) => format!("{used} of {limit} clients are connected, of {all} through all proxies (max_clients)."),
        };
        Report::new(SqlState::TOO_MANY_CONNECTIONS, self.to_string())
            .with_detail(detail)
            .with_hint("Close connections that aren't used, or ask for a larger plan.")
    }
}

/// How often those are looked for that nobody uses any more.
const SWEEP: u32 = 1024;

impl Clients {
    /// Counts a tenant's client in, up to the limit.
    ///
    /// # Errors
    /// [`TooManyClients`]
    pub fn enter(self: &Arc<Self>, tenant: &TenantId, limit: Option<u32>) -> Result<Client, TooManyClients> {
        if self.entries.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            self.sweep();
        }
        let usage = count_in(&self.by_tenant, tenant, limit).map_err(|(used, limit)| TooManyClients {
            whose: format!("tenant \"{tenant}\""),
            used,
            limit,
            of_all: None,
        })?;
        Ok(Client { clients: Arc::clone(self), tenant: tenant.clone(), usage })
    }

    /// Counts a login's client in, up to the limit.
    ///
    /// # Errors
    /// [`TooManyClients`]
    pub fn log_in(self: &Arc<Self>, login: &LoginId, limit: Option<u32>) -> Result<LoginClient, TooManyClients> {
        let usage = count_in(&self.by_login, login, limit).map_err(|(used, limit)| TooManyClients {
            whose: format!("login \"{login}\""),
            used,
            limit,
            of_all: None,
        })?;
        Ok(LoginClient { clients: Arc::clone(self), login: login.clone(), usage })
    }

    /// How many clients a tenant has.
    pub fn of(&self, tenant: &TenantId) -> u32 {
        self.by_tenant.get(tenant).map_or(0, |usage| usage.clients.load(Ordering::Relaxed))
    }

    /// Where the time of rates begins.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// What a tenant uses; none where it has no clients and owes nothing.
    pub fn usage(&self, tenant: &TenantId) -> Option<Arc<Usage>> {
        self.by_tenant.get(tenant).map(|usage| Arc::clone(&usage))
    }

    /// What a login uses; none where it has no clients.
    pub fn usage_of_login(&self, login: &LoginId) -> Option<Arc<Usage>> {
        self.by_login.get(login).map(|usage| Arc::clone(&usage))
    }

    /// Looks at all tenants.
    pub fn each_tenant(&self, mut look: impl FnMut(&TenantId, &Usage)) {
        self.by_tenant.iter().for_each(|entry| look(entry.key(), entry.value()));
    }

    /// Forgets tenants that have left without paying, where that is long ago.
    fn sweep(&self) {
        self.by_tenant.retain(|_, usage| !self.is_unused(usage));
        self.by_login.retain(|_, usage| usage.clients() > 0);
    }

    /// Who comes back at once must find its rates as it left them.
    fn is_unused(&self, usage: &Usage) -> bool {
        let now = self.epoch.now();
        usage.clients.load(Ordering::Relaxed) == 0 && usage.statements.is_settled(now) && usage.bytes.is_settled(now)
    }
}

/// Under the entry's lock, so that nobody forgets it meanwhile.
fn count_in<K: Clone + Eq + Hash>(all: &DashMap<K, Arc<Usage>>, key: &K, limit: Option<u32>) -> Result<Arc<Usage>, (u32, u32)> {
    let usage = all.entry(key.clone()).or_default();
    let used = usage.clients.load(Ordering::Relaxed);
    match limit {
        Some(limit) if used >= limit => Err((used, limit)),
        _ => {
            usage.clients.store(used + 1, Ordering::Relaxed);
            Ok(Arc::clone(&usage))
        }
    }
}

fn count_out<K: Eq + Hash>(all: &DashMap<K, Arc<Usage>>, key: &K, usage: &Usage, is_unused: impl Fn(&Usage) -> bool) {
    let entry = all.get_mut(key);
    usage.clients.fetch_sub(1, Ordering::Relaxed);
    drop(entry);
    all.remove_if(key, |_, usage| is_unused(usage));
}

impl Client {
    /// What the tenant uses, in all of its sessions.
    pub fn usage(&self) -> &Arc<Usage> {
        &self.usage
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        count_out(&self.clients.by_tenant, &self.tenant, &self.usage, |usage| self.clients.is_unused(usage));
    }
}

impl Drop for LoginClient {
    fn drop(&mut self) {
        count_out(&self.clients.by_login, &self.login, &self.usage, |usage| usage.clients.load(Ordering::Relaxed) == 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_counted_by_tenant_and_login() {
        let clients = Arc::new(Clients::default());
        let (acme, app) = (TenantId::from("acme"), LoginId::from("app"));
        let one = clients.enter(&acme, Some(2)).unwrap();
        let two = clients.enter(&acme, Some(2)).unwrap();
        let refused = clients.enter(&acme, Some(2)).map(|_| ()).unwrap_err();
        assert_eq!((refused.used, refused.limit, refused.to_string().as_str()), (2, 2, "tenant \"acme\" has too many clients"));
        assert!(Arc::ptr_eq(one.usage(), two.usage()));
        drop(one);
        assert_eq!(clients.of(&acme), 1);
        let _three = clients.enter(&acme, Some(2)).unwrap();
        let in_one = clients.log_in(&app, Some(1)).unwrap();
        assert_eq!(clients.log_in(&app, Some(1)).map(|_| ()).unwrap_err().to_string(), "login \"app\" has too many clients");
        drop(in_one);
        assert!(clients.log_in(&app, Some(1)).is_ok() && clients.by_login.is_empty());
    }

    #[test]
    fn who_leaves_and_comes_back_has_not_paid() {
        let clients = Arc::new(Clients::default());
        let (acme, rate) = (TenantId::from("acme"), Rate::new(1, Some(1)));
        let one = clients.enter(&acme, None).unwrap();
        one.usage().statements.change(rate.pace(), clients.epoch().now());
        one.usage().statements.take(1, clients.epoch().now()).unwrap();
        drop(one);
        let again = clients.enter(&acme, None).unwrap();
        assert!(again.usage().statements.take(1, clients.epoch().now()).is_err());
        drop(again);
        drop(clients.enter(&TenantId::from("globex"), None).unwrap());
        assert_eq!(clients.by_tenant.len(), 1, "who owes nothing is forgotten");
    }
}
