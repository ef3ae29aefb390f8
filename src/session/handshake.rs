//! From an accepted socket to a session at its first ReadyForQuery, or to an end that says why.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use tokio::time::Instant;

use super::{
    acting::Acting,
    conversation::{Conversation, Tools},
    credentials::Credentials,
    deadline::Deadline,
    door::{self, Caller, Door, Unwelcome},
    gate::{Grounds, Tallies},
    greeting::Greetings,
    operator::{self, Operator},
    outfits::Outfits,
    parameters::{self, Wishes},
    placement::{ServerTlsCache, Signers},
    proving::{Proof, Proved, prove, still_admitted},
    registry::{About, KEY_LEN, Newcomer, Registered, SessionHandle, SessionRegistry, Signal},
    relay::{Bounds, Part, Relay, Worker},
    startup::{self, Opened, Opening},
    switcher::Switcher,
    times,
    topologies::Topologies,
    welcome::welcome,
};
use crate::{
    auth::jwt::Jwt,
    catalog::store::Catalogs,
    config::{GateSettings, HealthSettings, IdentitySettings, TlsMode},
    error::{ClientFacing, Report, Severity, SqlState},
    net::{Accepted, Stream, tls::ServerTls},
    pool::{listener::Listeners, registry::PoolRegistry},
    shard_map::{Login, PoolMode, ShardMap},
    telemetry::audit::{Audit, Event, Kind},
    tenant::{
        addresses::AddressSeat,
        clients::{Clients, LoginClient, TooManyClients},
        closed::Closed,
        identity::Identified,
        memory::Purse,
        shares::{Key, Shares},
        storage::Gauges,
        usage::{Counts, Metering, Refusal},
    },
    wire::{messages::TransactionStatus, startup::Version, synthetic},
};

/// Connections beyond `max_clients` that may say who they are, so that they can be told, and cancel.
const SPARE: u32 = 1000;

/// So much of a name that nobody has proved is recorded, in characters: PostgreSQL's own are no longer.
const SHOWN: usize = 63;

/// What is left of the time for a login is enough to say why it failed.
const TELLING: Duration = Duration::from_millis(500);

/// A map and what belongs to it, taken together.
pub struct Served {
    /// The map.
    pub map: Arc<ShardMap>,
    /// Its logins' secrets.
    pub credentials: Credentials,
}

/// What sessions share.
pub struct Front {
    /// The map in force.
    pub served: ArcSwap<Served>,
    /// Pools of server connections.
    pub pools: Arc<PoolRegistry>,
    /// What listens for sessions.
    pub listeners: Listeners,
    /// Sessions by cancel key.
    pub sessions: Arc<SessionRegistry>,
    /// Clients by tenant.
    pub clients: Arc<Clients>,
    /// Tenants that take no new ones.
    pub closed: Closed,
    /// How much of each limit is this proxy's.
    pub shares: Arc<Shares>,
    /// What tenants have done.
    pub metering: Arc<Metering>,
    /// What sessions begin with, by tenant.
    pub outfits: Arc<Outfits>,
    /// What tenants' data takes.
    pub storage: Arc<Gauges>,
    /// What clients are greeted with.
    pub greetings: Greetings,
    /// TLS towards clients.
    pub tls: Option<Arc<ServerTls>>,
    /// Whether plain text is served beside it.
    pub tls_mode: TlsMode,
    /// TLS towards servers.
    pub server_tls: ServerTlsCache,
    /// What contexts are signed with.
    pub signers: Signers,
    /// The servers of shards that have replicas.
    pub topologies: Topologies,
    /// How they are watched.
    pub health: HealthSettings,
    /// What is there in the servers' databases.
    pub catalogs: Arc<Catalogs>,
    /// What the gate stands on, by model and database.
    pub grounds: Grounds,
    /// How strict the gate is.
    pub gate: GateSettings,
    /// What it has refused and rewritten.
    pub tallies: Arc<Tallies>,
    /// How a connection says whose it is.
    pub identity: IdentitySettings,
    /// What texts are read with that need no tenant.
    pub nobody: Tools,
    /// Whose tokens are passwords.
    pub jwt: Option<Arc<Jwt>>,
    /// Where security events go.
    pub audit: Audit,
    /// Who is let in by address, and what becomes of failed logins.
    pub door: Door,
    /// From accept to the first ReadyForQuery.
    pub login_timeout: Duration,
    /// How long a client may take no byte while it holds a server connection, or send none in the middle of a message.
    pub client_stall: Option<Duration>,
    /// For salts of unknown logins.
    pub process_secret: [u8; 32],
    /// Connections at once, those that log in counted in.
    pub max_clients: u32,
    /// Connections at present.
    pub connections: AtomicU32,
    /// Nobody is let in any more.
    pub draining: AtomicBool,
}

/// A session that is let in.
pub struct Session {
    /// Boxed: each future that it goes through would keep room for all of it.
    relay: Box<Relay>,
    _guards: Guards,
    _counted: Counted,
}

/// A client that is let in.
pub enum Begun {
    /// A tenant's.
    Session(Session),
    /// The console's. It goes to whoever serves that.
    Operator(Box<Operator>),
}

/// What counts and what watches a session, until it ends.
type Guards = (Option<Deadline>, LoginClient, Option<AddressSeat>);

impl Session {
    /// Runs until the session ends; `Some` where it must go on with another worker.
    pub async fn run(self) -> Option<Self> {
        let Session { relay, _guards, _counted } = self;
        relay.run().await.map(|relay| Session { relay, _guards, _counted })
    }

    /// Takes the session over to the worker whose runtime calls.
    ///
    /// # Errors
    /// The socket's.
    pub fn move_to(&mut self, worker: Arc<Worker>) -> std::io::Result<()> {
        self.relay.move_to(worker)
    }
}

/// One connection, counted until dropped.
pub(super) struct Counted(Arc<Front>);

impl Counted {
    /// Counts one in; beside it how many there were.
    pub(super) fn enter(front: &Arc<Front>) -> (Self, u32) {
        (Counted(Arc::clone(front)), front.connections.fetch_add(1, Ordering::Relaxed))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Brings an accepted connection to its first ReadyForQuery; `None` where it came to nothing.
pub async fn begin(accepted: Accepted, front: &Arc<Front>, worker: &Arc<Worker>) -> Option<Begun> {
    let (counted, before) = Counted::enter(front);
    if before >= front.max_clients.saturating_add(SPARE) {
        return None;
    }
    let arrival = Arrival { full: before >= front.max_clients, at: Instant::now() };
    let admitted = tokio::time::timeout_at(arrival.at + front.login_timeout, admit(accepted, front, worker, arrival)).await;
    Some(match admitted.ok().flatten()? {
        Admitted::Session(relay, guards) => Begun::Session(Session { relay, _guards: guards, _counted: counted }),
        Admitted::Operator(mut operator) => {
            operator.count(counted);
            Begun::Operator(operator)
        }
    })
}

/// Who has come through.
enum Admitted {
    Session(Box<Relay>, Guards),
    Operator(Box<Operator>),
}

/// A connection as it came.
#[derive(Clone, Copy)]
struct Arrival {
    /// There are as many as may be.
    full: bool,
    at: Instant,
}

async fn admit(accepted: Accepted, front: &Arc<Front>, worker: &Arc<Worker>, arrival: Arrival) -> Option<Admitted> {
    let balancer = accepted.address.filter(|_| accepted.proxied);
    let stream = accepted.open().await.inspect_err(|error| tracing::debug!(%error, "connection refused")).ok()?;
    let caller = match front.door.knock(&stream, balancer) {
        Ok(caller) => caller,
        Err(Unwelcome::Told(report)) => {
            tracing::debug!(peer = %stream.peer(), message = %report.message, "connection turned away");
            door::turn_away(stream, &report, front.tls.is_some()).await;
            return None;
        }
        Err(Unwelcome::Silent) => return None,
    };
    let opened = match startup::open(stream, front.tls.as_deref()).await {
        Ok(opened) => opened,
        Err((error, stream)) => {
            tracing::debug!(%error, "connection ended before its startup packet");
            if let (Some(report), Some(stream)) = (error.report(), stream) {
                refuse(stream, &report).await;
            }
            return None;
        }
    };
    match opened {
        Opened::Cancel { process, key, stream } => {
            if let Some(session) = front.sessions.find(process, &key)
                && let Some(pending) = session.cancel()
            {
                session.until_prepared().await;
                pending.send().await;
            }
            drop(stream);
            None
        }
        Opened::Session(opening) => open_session(*opening, front, worker, (caller, arrival)).await,
    }
}

/// Tells a client why it isn't let in.
async fn refuse(mut stream: Stream, report: &Report) {
    let mut message = Vec::with_capacity(256);
    synthetic::error(&mut message, Severity::Fatal, report);
    let _ = stream.write_all(&message).await;
    let _ = stream.shutdown().await;
}

async fn open_session(
    opening: Opening,
    front: &Arc<Front>,
    worker: &Arc<Worker>,
    (mut caller, arrival): (Caller, Arrival),
) -> Option<Admitted> {
    let Opening { mut stream, version, parameters } = opening;
    let prepared = match caller.refused.take() {
        None => prepare(&mut stream, version, &parameters, front, worker, (&caller, arrival)).await,
        refused => Err(refused),
    };
    match prepared {
        Ok(Prepared::Operator(prepared)) => {
            audit_login(worker, &prepared.registered.handle, &stream);
            Some(Admitted::Operator(Box::new(prepared.at(stream, caller.into_seat()))))
        }
        Ok(Prepared::Session(prepared)) => {
            let PreparedSession { registered, conversation, part, purse, guards: (deadline, client) } = *prepared;
            audit_login(worker, &registered.handle, &stream);
            let bounds = Bounds { client_stall: front.client_stall, purse };
            let guards = (deadline, client, caller.into_seat());
            let relay = Relay::new(stream, conversation, part, registered, Arc::clone(worker), bounds);
            Some(Admitted::Session(Box::new(relay), guards))
        }
        Err(Some(report)) => {
            tracing::info!(peer = %stream.peer(), state = %report.state, message = %report.message, "login refused");
            worker.audit.record(|| {
                let user = parameters.iter().find(|(name, _)| name == "user").map_or("", |(_, user)| user);
                let shown: String = user.chars().take(SHOWN).collect();
                Event::new(Kind::LoginFailed).login(shown).peer(stream.peer()).state(report.state).reason(&report.message)
            });
            refuse(stream, &report).await;
            None
        }
        Err(None) => None,
    }
}

/// Who is as good as let in.
enum Prepared {
    Session(Box<PreparedSession>),
    Operator(operator::Prepared),
}

struct PreparedSession {
    registered: Registered,
    conversation: Conversation,
    part: Part,
    purse: Purse,
    guards: (Option<Deadline>, LoginClient),
}

async fn prepare(
    stream: &mut Stream,
    version: Version,
    parameters: &[(String, String)],
    front: &Arc<Front>,
    worker: &Arc<Worker>,
    (caller, arrival): (&Caller, Arrival),
) -> Result<Prepared, Option<Report>> {
    let wishes = parameters::read(parameters).map_err(|error| Some(error.report()))?;
    look_at_encryption(front, stream).map_err(Some)?;
    let served = front.served.load_full();
    let mut greeting = Vec::with_capacity(512);
    let Proved { login, identified, token } = match prove(stream, &wishes, &served, front, caller, &mut greeting).await? {
        Proof::Session(proved) => proved,
        Proof::Operator(login, token) => {
            let client = log_in(front, &login).await.map_err(|error| Some(error.report()))?;
            let known = operator::Known { name: login.id.clone(), wishes: &wishes, long_key: version.minor >= 2, is_local: false };
            return Ok(Prepared::Operator(operator::prepare(stream, front, known, &mut greeting).await?.guarded(token, client)));
        }
    };
    let (purse, client, mut acting) = take_places(front, &login, &identified, arrival.full).await.map_err(Some)?;
    // Whoever waits for a primary is told in time that there is none.
    let give_up = (arrival.at + front.login_timeout.saturating_sub(TELLING)).into_std();
    let welcome = welcome(acting.as_mut(), &wishes, (worker, give_up), &login);
    let welcome = match identified.tenant().and_then(|tenant| tenant.limits.login_timeout) {
        Some(limit) => {
            tokio::time::timeout_at(arrival.at + limit, welcome).await.unwrap_or_else(|_| Err(times::login_takes_too_long(limit)))
        }
        None => welcome.await,
    };
    let welcome = welcome.map_err(|report| Some(refused(front, &identified, Refusal::Unavailable, report)))?;
    welcome.write(&mut greeting);
    let measures_storage = warn_of_storage(acting.as_ref(), &mut greeting);
    let registered = front.sessions.register(Newcomer {
        tenant: identified.tenant().map(|tenant| tenant.id.clone()),
        login: login.id.clone(),
        peer: *stream.peer(),
        about: about(stream, &wishes),
        key: random_key()?,
        long_key: version.minor >= 2,
    });
    if front.draining.load(Ordering::Relaxed) {
        registered.handle.send(Signal::Drain);
    }
    // Whoever watches storage tells sessions that are registered; this one may have begun to act a moment before.
    if measures_storage {
        registered.handle.renew();
    }
    // A reload ends sessions that are registered; this one it may have missed.
    let now = front.served.load_full();
    if !Arc::ptr_eq(&now, &served) {
        still_admitted(stream, &wishes, &served, &now, front, &identified, token.as_ref()).map_err(Some)?;
        registered.handle.renew();
    }
    synthetic::backend_key(&mut greeting, registered.handle.id.0, registered.handle.key());
    synthetic::ready(&mut greeting, TransactionStatus::Idle);
    stream.write_all(&greeting).await.map_err(|_| None)?;
    let mode = identified.tenant().map_or(PoolMode::Transaction, |tenant| tenant.plan.pool_mode);
    let mut conversation = Conversation::new(welcome.settings(), mode);
    conversation.wish(wishes.reads);
    if let Some(acting) = &acting {
        acting.meter().add(&Counts { logins: 1, ..Counts::default() });
        conversation.change_channels(acting.channel_names());
    }
    let switcher = match &identified {
        Identified::One(tenant) => {
            conversation.act_for(tenant.id.clone());
            None
        }
        Identified::Switching { start } => {
            let switcher = Switcher::new(front, login.id.clone(), token.as_ref().map(|token| token.tenants.clone()), welcome.told());
            conversation.may_switch(start.as_ref().map(|tenant| tenant.id.clone()), switcher.switching());
            Some(Box::new(switcher))
        }
    };
    let deadline = token.map(|token| Deadline::at(token.expires, &registered.handle));
    let part = Part { acting, switcher };
    Ok(Prepared::Session(Box::new(PreparedSession { registered, conversation, part, purse, guards: (deadline, client) })))
}

/// Tells a client of a tenant that has taken much of its storage. Whether that is measured.
fn warn_of_storage(acting: Option<&Acting>, greeting: &mut Vec<u8>) -> bool {
    let storage = acting.and_then(|acting| Some((acting.storage.as_ref()?, &acting.tenant.limits)));
    if let Some(warning) = storage.and_then(|(gauge, limits)| gauge.warning(limits)) {
        synthetic::warning(greeting, &warning);
    }
    storage.is_some()
}

/// Notes that a client is let in.
fn audit_login(worker: &Worker, handle: &SessionHandle, stream: &Stream) {
    worker.audit.record(|| {
        let event = Event::new(Kind::Login).login(&handle.login).tenant(handle.tenant()).peer(handle.peer);
        event.session(handle.id.0).what(if stream.is_tls() { "tls" } else { "plain" })
    });
}

/// Whether a connection is as safe as it must be.
fn look_at_encryption(front: &Front, stream: &Stream) -> Result<(), Report> {
    let must_be = front.tls_mode == TlsMode::Require && front.tls.is_some() && !stream.peer().is_unix();
    if !must_be || stream.is_tls() {
        return Ok(());
    }
    Err(Report::new(SqlState::INVALID_AUTHORIZATION, "this server accepts encrypted connections only")
        .with_hint("Connect with sslmode=require or stronger."))
}

/// What there is to tell of a client.
pub(super) fn about(stream: &Stream, wishes: &Wishes) -> About {
    About {
        is_console: false,
        is_local: false,
        application_name: wishes.settings.get("application_name").map(Into::into),
        local: stream.local_address(),
        tls: stream.encryption(),
    }
}

/// Counts a login's client in. What another proxy may have to give is waited for.
async fn log_in(front: &Arc<Front>, login: &Login) -> Result<LoginClient, TooManyClients> {
    let attempt = || {
        let share = front.shares.login_clients(&login.id, login.max_clients);
        front.clients.log_in(&login.id, share).map_err(|error| error.of(login.max_clients))
    };
    let key = || Key::Login(login.id.clone());
    front.shares.retried(key, attempt, |error| error.of_all.is_some()).await
}

/// A session's places: in memory, and among the clients of its login and of its tenant.
async fn take_places(
    front: &Arc<Front>,
    login: &Login,
    identified: &Identified,
    full: bool,
) -> Result<(Purse, LoginClient, Option<Acting>), Report> {
    if full || front.draining.load(Ordering::Relaxed) {
        let why = if full { Refusal::Clients } else { Refusal::Unavailable };
        return Err(refused(front, identified, why, turned_away(front)));
    }
    let purse = front.pools.rules().memory.open();
    let purse = purse.map_err(|error| refused(front, identified, Refusal::Memory, error.report()))?;
    let client = log_in(front, login).await.map_err(|error| refused(front, identified, Refusal::Clients, error.report()))?;
    let acting = match identified.tenant() {
        Some(tenant) => Some(Acting::begin_patiently(front, Arc::clone(tenant)).await?),
        None => None,
    };
    Ok((purse, client, acting))
}

/// Counts what is refused to a tenant's client.
fn refused(front: &Front, identified: &Identified, why: Refusal, report: Report) -> Report {
    if let Some(tenant) = identified.tenant() {
        front.metering.of(&tenant.id).refuse(why);
    }
    report
}

fn turned_away(front: &Front) -> Report {
    if front.draining.load(Ordering::Relaxed) {
        return Report::new(SqlState::CANNOT_CONNECT_NOW, "the proxy is shutting down").with_hint("Connect again in a moment.");
    }
    Report::new(SqlState::TOO_MANY_CONNECTIONS, "sorry, too many clients already")
        .with_detail(format!("The proxy serves {} clients (max_clients).", front.max_clients))
        .with_hint("Close connections that aren't used.")
}

pub(super) fn random_key() -> Result<[u8; KEY_LEN], Option<Report>> {
    let mut key = [0; KEY_LEN];
    aws_lc_rs::rand::fill(&mut key).map_err(|_| Some(Report::new(SqlState::INTERNAL_ERROR, "no random bytes are available")))?;
    Ok(key)
}
