//! Whom a session acts for at present, and everything that depends on it: pool, statements, the place among the tenant's clients.
//!
//! One value, so that a session that switches tenants between two transactions replaces all of it or nothing.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    catalogs::catalog_of,
    conversation::Tools,
    gate::{Gatekeeper, GroundRules, ReadsOnly, UsedUp, Whom},
    greeting::Greeting,
    handshake::Front,
    outfits::Outfit,
    placement::{self, ListenerLogin, PlacementError, is_same_place},
    reading::Routes,
    times::Times,
    topologies::{self, servers},
};
use crate::{
    backend::{
        context::Context,
        settings::Settings,
        topology::{Course, Topology},
    },
    error::{ClientFacing, Report, SqlState},
    ids::WorkerId,
    keys::ScopeKey,
    pool::{CheckoutError, PoolSession, listener::Listener},
    shard_map::{Lock, ModelKind, ServerAddress, Tenant, TenantStatus},
    sql::gate::Isolation,
    tenant::{
        admission::{Admission, Throughput},
        channels::ChannelNames,
        clients::{Client, TooManyClients},
        shares::Key,
        storage::{Gauge, Standing},
        usage::{Meter, Present, Refusal},
    },
};

/// A tenant's part of a session.
pub struct Acting {
    /// Who it is.
    pub tenant: Arc<Tenant>,
    /// Where its server connections come from.
    pub pool: PoolSession,
    /// What its statements are read with.
    pub tools: Tools,
    /// How long its sessions' statements and pauses may last.
    pub times: Option<Times>,
    /// How much is sent to its clients, where that is limited.
    pub throughput: Option<Throughput>,
    /// Its shard's servers.
    pub topology: Arc<Topology>,
    /// Where its writes went when the pool was chosen.
    course: Course,
    /// Where its reads may run, if not where its writes do.
    pub routes: Option<Arc<Routes>>,
    /// What its data takes, where that is limited.
    pub storage: Option<Arc<Gauge>>,
    front: Arc<Front>,
    client: Client,
    present: Present,
}

impl Acting {
    /// Counts the session among the tenant's clients and enters its pool.
    ///
    /// # Errors
    /// The tenant has its clients already, or can't be served.
    pub fn begin(front: &Arc<Front>, tenant: Arc<Tenant>) -> Result<Self, Report> {
        front.closed.admit(&tenant.id)?;
        let client = enter(front, &tenant).map_err(|error| {
            front.shares.turned_away(Key::Clients(tenant.id.clone()));
            turned_away(front, &tenant, &error)
        })?;
        Self::entered(front, tenant, client)
    }

    /// As [`Acting::begin`], for who can wait: what another proxy may have to give is waited for.
    ///
    /// # Errors
    /// The tenant has its clients already, or can't be served.
    pub async fn begin_patiently(front: &Arc<Front>, tenant: Arc<Tenant>) -> Result<Self, Report> {
        front.closed.admit(&tenant.id)?;
        let is_for_share = |error: &TooManyClients| error.of_all.is_some();
        let key = || Key::Clients(tenant.id.clone());
        let client =
            front.shares.retried(key, || enter(front, &tenant), is_for_share).await.map_err(|error| turned_away(front, &tenant, &error))?;
        Self::entered(front, tenant, client)
    }

    fn entered(front: &Arc<Front>, tenant: Arc<Tenant>, client: Client) -> Result<Self, Report> {
        let storage = gauge(front, &tenant);
        let outfit = outfit_of(front, &tenant)?;
        let (pool, times) = (PoolSession::enter(&outfit.member), outfit.times);
        let tools = tools(front, &outfit, &client, storage.as_ref());
        let throughput = Throughput::of(&tenant, client.usage(), &front.shares, front.clients.epoch());
        let routes = outfit.routes.clone();
        let present = outfit.member.meter().enter();
        let (topology, course) = (Arc::clone(&outfit.topology), outfit.course);
        Ok(Acting { tenant, pool, tools, times, throughput, storage, topology, course, routes, front: Arc::clone(front), client, present })
    }

    /// The server whose pool it is in.
    pub fn number(&self) -> usize {
        self.course.number
    }

    /// Counts how often its shard's writes had gone to another server when its pool was chosen.
    pub fn epoch(&self) -> u32 {
        self.course.epoch
    }

    /// Whether its tenant's writes go to another server by now.
    #[inline]
    pub fn is_outdated(&self) -> bool {
        self.topology.course().epoch != self.course.epoch
    }

    /// Whether something may begin on the server whose pool it is in.
    #[inline]
    pub fn may_begin(&self) -> bool {
        let course = self.topology.course();
        course.is_open && course.epoch == self.course.epoch
    }

    /// Goes to the pool of the server that its tenant's writes go to now. To be called between two transactions.
    ///
    /// # Errors
    /// It can't be served there.
    #[inline]
    pub fn follow(&mut self) -> Result<(), Report> {
        if self.is_outdated() { self.change_to(&outfit_of(&self.front, &self.tenant)?) } else { Ok(()) }
    }

    fn change_to(&mut self, outfit: &Arc<Outfit>) -> Result<(), Report> {
        self.throughput = Throughput::of(&outfit.tenant, self.client.usage(), &self.front.shares, self.front.clients.epoch());
        self.times = outfit.times;
        self.routes.clone_from(&outfit.routes);
        self.tools = tools(&self.front, outfit, &self.client, self.storage.as_ref());
        (self.tenant, self.pool) = (Arc::clone(&outfit.tenant), PoolSession::enter(&outfit.member));
        (self.topology, self.course) = (Arc::clone(&outfit.topology), outfit.course);
        Ok(())
    }

    /// What its clients are greeted with. While there is no primary, one is waited for, until `give_up` at most.
    ///
    /// # Errors
    /// There is none, or the server refuses the settings.
    pub async fn greeting(&mut self, settings: &Settings, worker: WorkerId, give_up: Instant) -> Result<Arc<Greeting>, Report> {
        let begun = Instant::now();
        let limit = give_up.min(begun + self.topology.rules().failover_timeout);
        let mut after = 0;
        loop {
            self.follow()?;
            if let Some(known) = self.front.greetings.known(self.pool.member(), settings) {
                return Ok(known);
            }
            if tokio::time::timeout_at(limit.into(), self.topology.opened(after)).await.is_err() {
                return Err(self.no_primary(begun.elapsed()).report());
            }
            if self.is_outdated() {
                continue;
            }
            after = self.topology.last_question();
            match self.front.greetings.get(self.pool.member(), settings, worker).await {
                Err(error) if self.topology.may_fail_over() && error.is_outage() && Instant::now() < limit => {
                    self.topology.suspect(self.course.number);
                }
                told => return told.map_err(|error| error.report()),
            }
        }
    }

    /// Why nothing can begin on a primary.
    pub fn no_primary(&self, waited: Duration) -> CheckoutError {
        CheckoutError::NoPrimary { shard: self.topology.shard.clone(), waited, why: self.topology.why_closed() }
    }

    /// The tenant's counts.
    #[inline]
    pub fn meter(&self) -> &Arc<Meter> {
        self.present.meter()
    }

    /// Takes what the map in force says of the tenant. One that is elsewhere by now stays as it is: its session is told to end.
    ///
    /// # Errors
    /// It is suspended, or can't be served any more: the session must end.
    pub fn renew(&mut self) -> Result<(), Report> {
        let Some(tenant) = self.front.served.load().map.tenant(self.tenant.id.as_str()) else { return Ok(()) };
        if tenant.status == TenantStatus::Suspended {
            return Err(suspended(&tenant));
        }
        let storage = gauge(&self.front, &tenant);
        let is_used_up = is_used_up(&tenant, storage.as_ref());
        let is_another = *tenant != *self.tenant || is_used_up != self.tools.gate.is_without_storage() || self.is_outdated();
        if is_another && is_same_place(&self.tenant, &tenant) {
            let outfit = outfit_of(&self.front, &tenant)?;
            self.storage = storage;
            self.change_to(&outfit)?;
        }
        Ok(())
    }

    /// What a connection that other tenants use must have served last to be the best for this one.
    pub fn shared_context(&self) -> Option<&Arc<Context>> {
        self.tools.context.as_ref().filter(|context| context.is_shared())
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
            placement::listener_of(&self.tenant, (address_of(&self.tenant, self.course), login), &front.server_tls, &front.shares).map_err(
                |error| {
                    tracing::error!(tenant = %self.tenant.id, %error, "nobody can listen for the tenant");
                    error.report()
                },
            )
        };
        let shared = request(ListenerLogin::Shared)?.map(|request| front.listeners.get(request, &front.pools));
        if let Some(shared) = shared.filter(|shared| !shared.is_turned_away()) {
            return Ok(shared);
        }
        let own = request(ListenerLogin::Own)?.map(|request| front.listeners.get(request, &front.pools));
        own.ok_or_else(|| Report::new(SqlState::INTERNAL_ERROR, "cannot listen"))
    }
}

fn turned_away(front: &Front, tenant: &Tenant, error: &TooManyClients) -> Report {
    front.metering.of(&tenant.id).refuse(Refusal::Clients);
    error.report()
}

/// Counts a client in, up to this proxy's share.
fn enter(front: &Arc<Front>, tenant: &Tenant) -> Result<Client, TooManyClients> {
    let all = tenant.limits.max_clients;
    front.clients.enter(&tenant.id, front.shares.clients(&tenant.id, all)).map_err(|error| error.of(all))
}

/// What the sessions of a tenant begin with: that of the last login, or made now.
fn outfit_of(front: &Front, tenant: &Arc<Tenant>) -> Result<Arc<Outfit>, Report> {
    if let Some(outfit) = front.outfits.get(tenant) {
        return Ok(outfit);
    }
    let outfit = Arc::new(make_outfit(front, tenant).map_err(|error| unserved(tenant, &error))?);
    front.outfits.put(&outfit);
    Ok(outfit)
}

fn make_outfit(front: &Front, tenant: &Arc<Tenant>) -> Result<Outfit, PlacementError> {
    let context = placement::context_of(tenant, &front.signers)?;
    let topology = topologies::watch(front, &tenant.shard, Some(tenant))?;
    // Before the pool is entered: where writes go may change meanwhile, and then this is void.
    let course = topology.course();
    let mut gate = gatekeeper(front, tenant, &topology)?;
    let address = address_of(tenant, course);
    let member = front.pools.enter(placement::pool_of(tenant, address, &front.server_tls, &front.shares)?);
    member.meter().label(tenant);
    let routes = Routes::of(tenant, (&topology, course), (&member, &front.pools), (&front.server_tls, &front.shares))?;
    if routes.is_some() {
        gate = gate.asking_access();
    }
    Ok(Outfit { tenant: Arc::clone(tenant), topology, course, member, gate, context, times: Times::of(&tenant.limits), routes })
}

/// The server that a tenant's writes go to.
fn address_of(tenant: &Tenant, course: Course) -> &ServerAddress {
    servers(&tenant.shard).nth(course.number).unwrap_or(&tenant.shard.primary)
}

/// What a session's statements are read with.
fn tools(front: &Front, outfit: &Outfit, client: &Client, storage: Option<&Arc<Gauge>>) -> Tools {
    let gate = outfit.gate.clone();
    Tools {
        statements: Arc::clone(&outfit.member.pool().statements),
        gate: match storage.filter(|_| is_used_up(&outfit.tenant, storage)) {
            Some(gauge) => gate.without_storage(UsedUp(Arc::clone(gauge))),
            None => gate,
        },
        context: outfit.context.clone(),
        admission: Admission::of(&outfit.tenant, client.usage(), &front.shares, front.clients.epoch()),
    }
}

/// What a tenant's data takes, where that is limited.
fn gauge(front: &Front, tenant: &Tenant) -> Option<Arc<Gauge>> {
    tenant.limits.storage.map(|_| front.storage.enter(&tenant.id))
}

fn is_used_up(tenant: &Tenant, storage: Option<&Arc<Gauge>>) -> bool {
    storage.is_some_and(|gauge| gauge.standing(&tenant.limits) == Standing::Full)
}

fn unserved(tenant: &Tenant, error: &PlacementError) -> Report {
    tracing::error!(tenant = %tenant.id, %error, "tenant can't be served");
    error.report()
}

fn suspended(tenant: &Tenant) -> Report {
    let message = format!("terminating connection because tenant \"{}\" is suspended", tenant.id);
    let report = Report::new(SqlState::ADMIN_SHUTDOWN, message).with_hint("Ask the operator.");
    match &tenant.reason {
        Some(reason) => report.with_detail(reason.to_string()),
        None => report,
    }
}

/// A tenant's way through the gate.
fn gatekeeper(front: &Front, tenant: &Arc<Tenant>, topology: &Arc<Topology>) -> Result<Gatekeeper, PlacementError> {
    let catalog = catalog_of(&front.catalogs, tenant, &front.server_tls, Some(Arc::clone(topology)))?;
    let ground = front.grounds.enter(ground_rules(tenant), catalog);
    let mode = front.gate.mode.max(tenant.gate);
    let gate = Gatekeeper::new(ground, whom(tenant), mode, Arc::clone(&front.tallies)).explaining(front.gate.explain);
    Ok(match tenant.status {
        TenantStatus::ReadOnly => gate.reading_only(ReadsOnly { tenant: tenant.id.clone(), reason: tenant.reason.clone() }),
        TenantStatus::Active | TenantStatus::Suspended => gate,
    })
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
