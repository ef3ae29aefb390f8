//! Where a tenant's server connections go, and what they begin with: the pool that its sessions use.

use std::{collections::HashMap, sync::Arc};

use arc_swap::ArcSwap;
use parking_lot::Mutex;

use super::topologies::servers;
use crate::{
    backend::{
        ServerSpec,
        context::{Context, Proof},
        settings::{Caps, Settings, quote_identifier},
    },
    config::Secret,
    error::{ClientFacing, Report, SqlState},
    ids::{ShardId, TenantId},
    net::{
        Target,
        tls::{ClientTls, ClientTlsFiles, TlsFileError},
    },
    pool::{
        registry::{PoolRequest, Terms},
        scheduler::{self, BudgetRules, PoolLimits, ServerLimits, Share},
    },
    shard_map::{Concurrency, Lock, ModelKind, ServerAddress, Shard, ShardMap, SigningKey, Tenant, TenantStatus},
    tenant::shares::Shares,
};

/// Why a tenant can't be served although it exists.
#[derive(Debug, thiserror::Error)]
pub enum PlacementError {
    /// The shard doesn't say what the model's lock needs. A shard map that is checked doesn't come to that.
    #[error("shard {shard} has no {missing}")]
    Shard {
        /// Which.
        shard: ShardId,
        /// The key.
        missing: &'static str,
    },
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

/// The pool for a tenant's sessions on the server that is its shard's primary, with this proxy's shares of what it may use.
///
/// # Errors
/// See [`PlacementError`].
pub fn pool_of(tenant: &Tenant, primary: &ServerAddress, tls: &ServerTlsCache, shares: &Shares) -> Result<PoolRequest, PlacementError> {
    pool_at(tenant, primary, tls, shares)
}

/// The same on a replica. Nothing is guaranteed there.
///
/// # Errors
/// See [`PlacementError`].
pub fn replica_pool_of(
    tenant: &Tenant,
    replica: &ServerAddress,
    tls: &ServerTlsCache,
    shares: &Shares,
) -> Result<PoolRequest, PlacementError> {
    let mut request = pool_at(tenant, replica, tls, shares)?;
    (request.terms.limits.least, request.terms.share.least) = (0, 0);
    // They are those of the primary's member, which sessions renew with it.
    request.by_plan = false;
    Ok(request)
}

fn pool_at(tenant: &Tenant, address: &ServerAddress, tls: &ServerTlsCache, shares: &Shares) -> Result<PoolRequest, PlacementError> {
    let shared = tenant.model.lock.shares_pools();
    let shard = &tenant.shard;
    let spec = match shared {
        true => {
            let user = shard.user.as_ref().ok_or_else(|| missing(shard, "`user`"))?;
            ServerSpec { shared, ..spec(tenant, address, tls, user, shard.password.clone(), Vec::new())? }
        }
        false => spec(tenant, address, tls, &tenant.role, tenant.password(), search_path(tenant))?,
    };
    let share = share(tenant, shares);
    Ok(PoolRequest {
        spec,
        shard: tenant.shard.id.clone(),
        // Who logs in is the pool's own role.
        label: if shared { TenantId::from("(shared)") } else { tenant.id.clone() },
        tenant: tenant.id.clone(),
        terms: Terms {
            server: server_limits(shard, shares),
            limits: match shared {
                true => PoolLimits { most: u32::MAX, least: 0 },
                false => PoolLimits { most: share.most, least: share.least },
            },
            share,
        },
        by_plan: true,
    })
}

/// This proxy's part of what a shard's server may be used for.
pub fn server_limits(shard: &Shard, shares: &Shares) -> ServerLimits {
    let most = shard.max_connections;
    let cap = shares.server(|| server_of(shard).to_string().into(), most);
    ServerLimits {
        cap,
        reserve: u32::try_from(u64::from(shard.reserve) * u64::from(cap) / u64::from(most.max(1))).unwrap_or(shard.reserve),
        reserve_timeout: shard.reserve_timeout,
        concurrency: match shard.concurrency {
            Concurrency::Unlimited => scheduler::Concurrency::Unlimited,
            Concurrency::Fixed(at_once) => scheduler::Concurrency::Fixed(part(at_once, cap, most)),
            Concurrency::Adaptive => scheduler::Concurrency::Adaptive,
        },
    }
}

/// Where a shard's server is.
pub fn server_of(shard: &Shard) -> Target {
    Target::new(&shard.primary.host, shard.primary.port)
}

/// As large a part of a number as `some` of `all` is, rounded up: what isn't whole is nobody's harm here.
fn part(number: u32, some: u32, all: u32) -> u32 {
    u32::try_from((u64::from(number) * u64::from(some)).div_ceil(u64::from(all.max(1)))).unwrap_or(number)
}

/// A tenant's share of its shard's server connections, through this proxy.
fn share(tenant: &Tenant, shares: &Shares) -> Share {
    let limits = &tenant.limits;
    let all = limits.max_connections.max(1);
    let most = shares.connections(&tenant.id, all);
    let budget = limits.server_time.map(|rate| {
        let time = shares.server_time(&tenant.id, rate.0);
        BudgetRules { milliseconds_per_second: time, burst: limits.server_time_burst(rate) * time / rate.0.max(1) }
    });
    Share { weight: limits.weight, least: part(limits.min_connections, most, all), most, budget, max_wait: limits.max_wait, listens: false }
}

/// Whose connection listens for a tenant's sessions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ListenerLogin {
    /// The shard's `user`: one connection for all tenants that share the database.
    Shared,
    /// The tenant's own role: it shares its database with nobody, or nobody else is let in.
    Own,
}

/// The connection that listens for a tenant's sessions; `None` where the shard has no such login. Its settings keep it apart from others of
/// the same role.
///
/// # Errors
/// See [`PlacementError`].
pub fn listener_of(
    tenant: &Tenant,
    (primary, login): (&ServerAddress, ListenerLogin),
    tls: &ServerTlsCache,
    shares: &Shares,
) -> Result<Option<PoolRequest>, PlacementError> {
    let (user, password) = match (login, &tenant.shard.user) {
        (ListenerLogin::Own, _) => (&tenant.role, tenant.password()),
        (ListenerLogin::Shared, Some(user)) if !matches!(tenant.model.kind, ModelKind::Database { .. }) => {
            (user, tenant.shard.password.clone())
        }
        (ListenerLogin::Shared, _) => return Ok(None),
    };
    let startup = vec![("application_name".into(), "pgtenant listener".into()), ("statement_timeout".into(), "0".into())];
    Ok(Some(PoolRequest {
        spec: spec(tenant, primary, tls, user, password, startup)?,
        shard: tenant.shard.id.clone(),
        label: tenant.id.clone(),
        tenant: tenant.id.clone(),
        terms: Terms {
            server: server_limits(&tenant.shard, shares),
            limits: PoolLimits { most: 1, least: 0 },
            share: Share { weight: 1, least: 0, most: 1, budget: None, max_wait: None, listens: true },
        },
        by_plan: false,
    }))
}

fn spec(
    tenant: &Tenant,
    address: &ServerAddress,
    tls: &ServerTlsCache,
    user: &Arc<str>,
    password: Option<Secret>,
    startup: Vec<(String, String)>,
) -> Result<ServerSpec, PlacementError> {
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
        shared: false,
        keys: Mutex::new(None),
    })
}

/// Whether a shard has its primary where it had it, or the same servers in another order: which of them is the primary is asked, not read.
fn is_same_cluster(before: &Shard, now: &Shard) -> bool {
    let has = |shard: &Shard, address: &ServerAddress| servers(shard).any(|server| server == address);
    before.primary == now.primary || has(now, &before.primary) && has(before, &now.primary)
}

/// Whether a tenant's server connections, and what it may do on them, are the same under both of two maps.
pub fn is_same_place(before: &Tenant, now: &Tenant) -> bool {
    is_same_cluster(&before.shard, &now.shard)
        && (&before.model, before.gate, before.plan.ddl) == (&now.model, now.gate, now.plan.ddl)
        && before.key == now.key
        && (!now.model.lock.shares_pools() || before.shard.user == now.shard.user)
        && (&before.role, &before.database, &before.schema) == (&now.role, &now.database, &now.schema)
}

fn missing(shard: &Shard, missing: &'static str) -> PlacementError {
    PlacementError::Shard { shard: shard.id.clone(), missing }
}

/// What a tenant's transactions begin with and what its sessions' settings are held to; none where that is nothing.
///
/// # Errors
/// The shard has no key to sign it with.
pub fn context_of(tenant: &Tenant, signers: &Signers) -> Result<Option<Arc<Context>>, PlacementError> {
    let signer = match tenant.model.lock {
        Lock::Login => None,
        Lock::Signed => Some(signers.of(&tenant.shard).ok_or_else(|| missing(&tenant.shard, "`signing_key`"))?),
        Lock::Shared => None,
    };
    let proof = match &tenant.model.kind {
        _ if tenant.model.lock == Lock::Login => Proof::Own,
        ModelKind::Row { setting, .. } => Proof::Setting { name: Arc::clone(setting), key: Arc::clone(&tenant.key), signer },
        ModelKind::Schema { .. } | ModelKind::Database { .. } => Proof::Role(Arc::clone(&tenant.role)),
    };
    let read_only = tenant.status == TenantStatus::ReadOnly;
    let limits = &tenant.limits;
    let caps = Caps::default()
        .with("statement_timeout", limits.statement_timeout)
        .with("idle_in_transaction_session_timeout", limits.idle_in_transaction_timeout);
    let mut fixed = if tenant.model.lock == Lock::Login { Pairs::new() } else { search_path(tenant) };
    if read_only {
        fixed.push(("default_transaction_read_only".into(), "on".into()));
    }
    if matches!(proof, Proof::Own) && fixed.is_empty() && caps.is_empty() {
        return Ok(None);
    }
    Ok(Some(Arc::new(Context::new(tenant.id.clone(), proof, read_only, caps, Settings::from_pairs(fixed)))))
}

/// What contexts are signed with, by shard. Sessions sign with what the map in force says, however long they have been there.
#[derive(Default)]
pub struct Signers {
    by_shard: Mutex<HashMap<ShardId, Arc<ArcSwap<SigningKey>>>>,
}

impl Signers {
    fn of(&self, shard: &Shard) -> Option<Arc<ArcSwap<SigningKey>>> {
        let key = shard.signing_keys.first()?;
        let mut signers = self.by_shard.lock();
        let signer = signers.entry(shard.id.clone()).or_insert_with(|| Arc::new(ArcSwap::from_pointee(key.clone())));
        Some(Arc::clone(signer))
    }

    /// Takes the keys of a new map.
    pub fn renew(&self, map: &ShardMap) {
        let mut signers = self.by_shard.lock();
        signers.retain(|_, signer| Arc::strong_count(signer) > 1);
        for (id, signer) in signers.iter() {
            match map.shard(id.as_str()).and_then(|shard| shard.signing_keys.first()) {
                Some(key) if **signer.load() != *key => signer.store(Arc::new(key.clone())),
                _ => {}
            }
        }
    }
}

/// Names and values.
type Pairs = Vec<(String, String)>;

/// Where a tenant's names are looked for, if that isn't where the server looks by itself.
fn search_path(tenant: &Tenant) -> Pairs {
    match (&tenant.model.kind, &tenant.schema) {
        (ModelKind::Schema { .. }, Some(schema)) => {
            let mut path = String::new();
            quote_identifier(&mut path, schema);
            path.push_str(", public, pg_temp");
            vec![("search_path".into(), path)]
        }
        _ => Pairs::new(),
    }
}

fn tls_files(address: &ServerAddress) -> ClientTlsFiles {
    let tls = &address.tls;
    ClientTlsFiles { mode: tls.mode, root_cert: tls.root_cert.clone(), certificate: tls.cert.clone(), key: tls.key.clone() }
}
