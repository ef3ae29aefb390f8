//! Where a tenant's server connections go, and what they begin with: the pool that its sessions use.

use std::{collections::HashMap, sync::Arc};

use arc_swap::ArcSwap;
use parking_lot::Mutex;

use crate::{
    backend::{ServerSpec, settings::quote_identifier},
    config::Secret,
    error::{ClientFacing, Report, SqlState},
    net::{
        Target,
        tls::{ClientTls, ClientTlsFiles, TlsFileError},
    },
    pool::{registry::PoolRequest, state::PoolLimits},
    shard_map::{Lock, ModelKind, ServerAddress, Tenant, TenantStatus},
};

/// Why a tenant can't be served although it exists.
#[derive(Debug, thiserror::Error)]
pub enum PlacementError {
    /// The model's lock isn't served by this version.
    #[error("lock \"{0}\" is not available in this version")]
    Lock(&'static str),
    /// Files of the server's TLS settings.
    #[error("{0}")]
    Tls(#[from] TlsFileError),
}

impl ClientFacing for PlacementError {
    fn report(&self) -> Report {
        Report::new(SqlState::CANNOT_CONNECT_NOW, "the tenant can't be served at present")
            .with_hint("Tell the operator; the proxy's log says why.")
    }
}

/// TLS settings of servers, each loaded once.
#[derive(Default)]
pub struct ServerTlsCache {
    loaded: Mutex<HashMap<ClientTlsFiles, Arc<ArcSwap<ClientTls>>>>,
}

impl ServerTlsCache {
    pub(super) fn get(&self, files: &ClientTlsFiles) -> Result<Arc<ArcSwap<ClientTls>>, TlsFileError> {
        if let Some(known) = self.loaded.lock().get(files) {
            return Ok(Arc::clone(known));
        }
        let tls = Arc::new(ArcSwap::from_pointee(ClientTls::load(files)?));
        self.loaded.lock().insert(files.clone(), Arc::clone(&tls));
        Ok(tls)
    }

    /// Reads all files again, for pools that there are and those to come. What isn't right stays as it was, and the log says why.
    pub fn reload(&self) {
        let mut loaded = self.loaded.lock();
        loaded.retain(|_, tls| Arc::strong_count(tls) > 1);
        for (files, tls) in loaded.iter() {
            match ClientTls::load(files) {
                Ok(fresh) => tls.store(Arc::new(fresh)),
                Err(error) => tracing::error!(%error, "TLS towards servers stays as it was"),
            }
        }
    }
}

/// The pool for a tenant's sessions.
///
/// # Errors
/// See [`PlacementError`].
pub fn pool_of(tenant: &Tenant, tls: &ServerTlsCache) -> Result<PoolRequest, PlacementError> {
    match tenant.model.lock {
        Lock::Login => {}
        Lock::Signed => return Err(PlacementError::Lock("signed")),
        Lock::Shared => return Err(PlacementError::Lock("shared")),
    }
    let spec = spec(tenant, tls, &tenant.role, tenant.password(), context(tenant))?;
    Ok(PoolRequest {
        spec,
        shard: tenant.shard.id.clone(),
        cap: tenant.shard.max_connections,
        tenant: tenant.id.clone(),
        limits: PoolLimits { most: tenant.limits.max_connections.max(1), least: tenant.limits.min_connections },
    })
}

/// The connection that listens for a tenant's sessions, and for those of all tenants that share its database where the shard has a `user`.
/// Who shares nothing, or has nobody to share it with, has one of its own. Its settings keep it apart from others of the same role.
///
/// # Errors
/// See [`PlacementError`].
pub fn listener_of(tenant: &Tenant, tls: &ServerTlsCache) -> Result<PoolRequest, PlacementError> {
    let (user, password) = match &tenant.shard.user {
        Some(user) if !matches!(tenant.model.kind, ModelKind::Database { .. }) => (user, tenant.shard.password.clone()),
        _ => (&tenant.role, tenant.password()),
    };
    let startup = vec![("application_name".into(), "pgtenant listener".into()), ("statement_timeout".into(), "0".into())];
    Ok(PoolRequest {
        spec: spec(tenant, tls, user, password, startup)?,
        shard: tenant.shard.id.clone(),
        cap: tenant.shard.max_connections,
        tenant: tenant.id.clone(),
        limits: PoolLimits { most: 1, least: 0 },
    })
}

fn spec(
    tenant: &Tenant,
    tls: &ServerTlsCache,
    user: &Arc<str>,
    password: Option<Secret>,
    startup: Vec<(String, String)>,
) -> Result<ServerSpec, PlacementError> {
    let address = &tenant.shard.primary;
    let tls_files = tls_files(address);
    let target = Target::new(&address.host, address.port);
    let tls = if target.is_unix() { None } else { Some(tls.get(&tls_files)?) };
    Ok(ServerSpec {
        target,
        tls_files,
        tls,
        database: Arc::clone(&tenant.database),
        user: Arc::clone(user),
        password: password.map(|secret| Arc::from(secret.reveal())),
        startup,
        keys: Mutex::new(None),
    })
}

/// Whether a tenant's server connections, and what it may do on them, are the same under both of two maps.
pub fn is_same_place(before: &Tenant, now: &Tenant) -> bool {
    before.shard.primary == now.shard.primary
        && (&before.model, before.gate, before.plan.ddl) == (&now.model, now.gate, now.plan.ddl)
        && (&before.role, &before.database, &before.schema, before.status) == (&now.role, &now.database, &now.schema, now.status)
}

/// What a server connection carries for a tenant from its beginning: RESET goes back to it.
fn context(tenant: &Tenant) -> Vec<(String, String)> {
    let mut startup = Vec::new();
    if let (ModelKind::Schema { .. }, Some(schema)) = (&tenant.model.kind, &tenant.schema) {
        let mut path = String::new();
        quote_identifier(&mut path, schema);
        path.push_str(", public, pg_temp");
        startup.push(("search_path".into(), path));
    }
    if tenant.status == TenantStatus::ReadOnly {
        startup.push(("default_transaction_read_only".into(), "on".into()));
    }
    let timeouts = [
        ("statement_timeout", tenant.limits.statement_timeout),
        ("idle_in_transaction_session_timeout", tenant.limits.idle_in_transaction_timeout),
    ];
    for (name, limit) in timeouts {
        if let Some(limit) = limit {
            startup.push((name.into(), limit.as_millis().max(1).to_string()));
        }
    }
    startup
}

fn tls_files(address: &ServerAddress) -> ClientTlsFiles {
    let tls = &address.tls;
    ClientTlsFiles { mode: tls.mode, root_cert: tls.root_cert.clone(), certificate: tls.cert.clone(), key: tls.key.clone() }
}
