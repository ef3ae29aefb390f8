//! Pools as PgBouncer's users know them: for each tenant and database role one, and one for what several tenants share.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    ids::{ShardId, TenantId},
    pool::Member,
    session::handshake::Front,
    shard_map::{PoolMode, Tenant},
};

/// A tenant's use of a pool, or a pool that several tenants use.
#[derive(Clone, Debug)]
pub struct PoolView {
    /// The tenant's id, or `shard/database`.
    pub database: Arc<str>,
    /// The role that its connections log in as.
    pub user: Arc<str>,
    /// The tenant; none: several.
    pub tenant: Option<TenantId>,
    /// The shard.
    pub shard: ShardId,
    /// Sessions.
    pub clients: u32,
    /// Of these, those that wait for a connection.
    pub waiting: u32,
    /// Connections in use.
    pub active: u32,
    /// Connections that are open and not in use.
    pub idle: u32,
    /// Connections that are being opened.
    pub login: u32,
    /// How long the first of those who wait has been waiting.
    pub max_wait: Duration,
    /// When a session gives its connection back.
    pub mode: PoolMode,
    /// Nobody gets a connection, by an operator's order.
    pub paused: bool,
}

/// All pools, by database and role. What a tenant has on a shard's primary and its replicas is one.
pub fn pools(front: &Front) -> Vec<PoolView> {
    let (map, now) = (Arc::clone(&front.served.load().map), Instant::now());
    let mut views: BTreeMap<(Arc<str>, Arc<str>), PoolView> = BTreeMap::new();
    for pool in front.pools.pools().iter().filter(|pool| pool.spec.shared) {
        let figures = pool.figures();
        let view = views.entry((shared_name(&pool.server().shard, &pool.spec.database), Arc::clone(&pool.spec.user)));
        let view = view.or_insert_with_key(|key| empty(key, None, pool.server().shard.clone(), PoolMode::Transaction));
        (view.idle, view.login) = (view.idle + figures.idle, view.login + figures.dialing);
    }
    for member in front.pools.members() {
        let spec = &member.pool().spec;
        let is_listener = member.terms().share.listens;
        let tenant = map.tenant(member.tenant.as_str());
        let database: Arc<str> = if is_listener { shared_name(&member.shard, &spec.database) } else { Arc::from(member.tenant.as_str()) };
        let view = views.entry((database, Arc::clone(&spec.user))).or_insert_with_key(|key| {
            let whose = (!is_listener).then(|| member.tenant.clone());
            let mode = tenant.as_ref().map_or(PoolMode::Transaction, |tenant| tenant.plan.pool_mode);
            let clients = whose.as_ref().map_or(0, |tenant| sessions(front, tenant));
            PoolView { clients, ..empty(key, whose, member.shard.clone(), mode) }
        });
        add(view, &member, now);
    }
    views.into_values().collect()
}

fn add(view: &mut PoolView, member: &Member, now: Instant) {
    let queue = member.queue(None);
    view.waiting += queue.waiting;
    view.active += queue.in_use;
    view.paused |= queue.paused;
    view.max_wait = view.max_wait.max(queue.oldest.map_or(Duration::ZERO, |since| now.saturating_duration_since(since)));
    if !member.pool().spec.shared {
        let figures = member.pool().figures();
        view.idle += figures.idle;
        view.login += figures.dialing;
    }
}

fn empty((database, user): &(Arc<str>, Arc<str>), tenant: Option<TenantId>, shard: ShardId, mode: PoolMode) -> PoolView {
    PoolView {
        database: Arc::clone(database),
        user: Arc::clone(user),
        tenant,
        shard,
        clients: 0,
        waiting: 0,
        active: 0,
        idle: 0,
        login: 0,
        max_wait: Duration::ZERO,
        mode,
        paused: false,
    }
}

fn shared_name(shard: &ShardId, database: &str) -> Arc<str> {
    Arc::from(format!("{shard}/{database}"))
}

fn sessions(front: &Front, tenant: &TenantId) -> u32 {
    front.metering.get(tenant).map_or(0, |meter| meter.figures().sessions)
}

/// A tenant that has used its pool lately, as a database.
#[derive(Clone)]
pub struct DatabaseView {
    /// The tenant, as the map in force has it.
    pub tenant: Arc<Tenant>,
    /// Server connections: open in its own pools, or in use of shared ones.
    pub connections: u32,
    /// Its clients.
    pub clients: u32,
    /// It gets no server connection for now.
    pub paused: bool,
    /// It takes no new clients for now.
    pub disabled: bool,
}

/// Tenants that have a place in a pool or that an operator has paused or disabled, by their ids.
pub fn databases(front: &Front) -> Vec<DatabaseView> {
    let map = Arc::clone(&front.served.load().map);
    let mut found: BTreeMap<TenantId, (u32, bool)> = front.closed.list().into_iter().map(|tenant| (tenant, (0, false))).collect();
    for member in front.pools.members() {
        if member.terms().share.listens {
            continue;
        }
        let queue = member.queue(None);
        let own = if member.pool().spec.shared { queue.in_use } else { member.pool().figures().open };
        let (connections, paused) = found.entry(member.tenant.clone()).or_default();
        *connections += own;
        *paused |= queue.paused;
    }
    for pause in front.pools.pauses().iter() {
        if let crate::pool::pause::PauseScope::Tenant(tenant) = pause {
            found.entry(tenant.clone()).or_default().1 = true;
        }
    }
    let views = found.into_iter().filter_map(|(id, (connections, paused))| {
        let (clients, disabled) = (sessions(front, &id), front.closed.contains(&id));
        Some(DatabaseView { tenant: map.tenant(id.as_str())?, connections, clients, paused, disabled })
    });
    views.collect()
}
