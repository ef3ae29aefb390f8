//! The running proxy: listeners, workers, reload, drain.

mod balance;
mod proxies;
mod reload;
mod storage;
mod systemd;
mod usage;
mod workers;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use tokio::{
    signal::unix::{SignalKind, signal},
    time::Instant,
};

use crate::{
    admin::{
        self,
        console::{self, Console, ServerOrder, Shutdown},
        control,
        http::AdminError,
    },
    auth::{
        NoRandomness,
        jwt::{Jwt, KeySourceError},
        secrets::random_process_secret,
    },
    backend::control::ControlError,
    config::{AuditSettings, ConfigErrors, GateMode, ProxySettings, Settings, TlsMode, TlsSettings},
    lifecycle::maps::{MapError, MapStore},
    net::{
        BindError, KeepAlive, Listener, SocketOptions,
        tls::{ServerTls, ServerTlsFiles, TlsFileError},
    },
    pool::{PoolRules, listener::Listeners, registry::PoolRegistry},
    session::{
        credentials::CredentialError,
        door::Door,
        gate::{Grounds, TooLenient},
        greeting::Greetings,
        handshake::{Front, Served},
        placement::{ServerTlsCache, Signers},
        registry::{SessionHandle, SessionRegistry, Signal},
        switcher,
        topologies::Topologies,
    },
    shard_map::LoginSecret,
    telemetry::{
        audit::{Audit, AuditFiles},
        calendar::Moment,
    },
    tenant::{clients::Clients, closed::Closed, memory::Memory, shares::Shares, usage::Metering},
};
use proxies::Proxies;
use reload::Reloader;
use usage::Recorder;
use workers::Workers;

/// Why the proxy doesn't start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// A file isn't right.
    #[error("{0}")]
    Config(#[from] ConfigErrors),
    /// Where the map is kept.
    #[error("{0}")]
    Map(#[from] MapError),
    /// Where the map is kept is away, and nobody has kept it here.
    #[error("{error}; and there is no map in shard_map_cache: {source}")]
    NoMap {
        /// What became of the store.
        error: MapError,
        /// What became of the cache.
        source: std::io::Error,
    },
    /// A login's secret isn't right.
    #[error("{0}")]
    Credential(#[from] CredentialError),
    /// A TLS file isn't right.
    #[error("{0}")]
    Tls(#[from] TlsFileError),
    /// An address can't be listened on.
    #[error("{0}")]
    Bind(#[from] BindError),
    /// The keys of tokens.
    #[error("{0}")]
    Jwt(#[from] KeySourceError),
    /// Threads, signals.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The gate can't be as lenient as that for these tenants.
    #[error("{0}")]
    Gate(#[from] TooLenient),
    /// The audit trail.
    #[error("[audit] file {}: {source}", file.display())]
    Audit {
        /// Its file.
        file: PathBuf,
        /// Why it can't be written.
        source: std::io::Error,
    },
    /// No random bytes.
    #[error("{0}")]
    Random(#[from] NoRandomness),
    /// Operators can't be served.
    #[error("{0}")]
    Admin(#[from] AdminError),
    /// Where proxies share limits.
    #[error("[proxies] shares: {0}")]
    Shares(#[from] ControlError),
}

/// Serves until a signal ends it: SIGTERM drains, SIGINT ends at once, SIGHUP reloads.
///
/// # Errors
/// See [`ServeError`]: nothing was served then.
pub fn serve(config: &Path) -> Result<(), ServeError> {
    let settings = Settings::load(config)?;
    raise_file_limit();
    let process_secret = random_process_secret()?;
    let main = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let store = MapStore::open(&settings)?;
    let (served, is_copy) = main.block_on(reload::begin(&store, &process_secret, settings.gate.mode))?;
    let tls = server_tls(&settings)?;
    warn_of_gate(settings.gate.mode);
    let jwt = settings.jwt.as_ref().map(Jwt::new).transpose()?.map(Arc::new);
    if jwt.is_none() && served.map.logins().any(|login| login.secret == LoginSecret::Jwt) {
        tracing::warn!("logins with secret = \"jwt\" are refused: there is no [jwt] in pgtenant.toml");
    }
    let audit = start_audit(settings.audit.as_ref())?;
    let metering = Arc::new(Metering::default());
    let pools = Arc::new(PoolRegistry::new(pool_rules(&settings), Arc::clone(&metering)));
    let front = front_of(&settings, (served, process_secret), (pools, metering), (tls, jwt), &audit);
    // Before the first client: who doesn't know the others doesn't know what it may use.
    let proxies = match is_copy {
        false => main.block_on(Proxies::join(&front, &settings.proxies, &settings.shard_map))?,
        // Where the map's store is away the others are hardly to be found: it was asked to begin all the same.
        true => Proxies::open(&front, &settings.proxies, &settings.shard_map)?,
    };
    let workers = Workers::start(settings.listen.workers, &audit)?;
    let listeners = bind(&workers, &settings)?;
    // Who is told to be ready can be reached.
    if let Some(admin) = &settings.admin {
        let audit_file = settings.audit.as_ref().map(|audit| audit.file.clone());
        admin::http::start(&front, admin, (store.clone(), audit_file), workers.clocks())?;
    }
    let control = control::name_of(config, std::process::id()).map(|(_, name)| name).ok();
    let (console, orders) =
        Console::start(console::Parts { front: Arc::clone(&front), settings: settings.clone(), store: store.clone(), control })?;
    let accepting = workers.accept(listeners, &front, console.console());
    workers.maintain(&front);
    main.spawn(systemd::watch(workers.clocks()));
    let reloader = Reloader::new(Arc::clone(&front), config.to_owned(), store);
    main.spawn(storage::run(Arc::clone(&front), settings.storage.clone()));
    let recorder = Recorder::new(Arc::clone(&front), settings.usage);
    main.spawn(Arc::clone(&recorder).run());
    let until_end = until_end(&front, reloader, (accepting, orders), settings.timeouts.drain);
    let (proxies, ended) = main.block_on(sharing(proxies, is_copy.then_some(settings.proxies), until_end));
    console.stop();
    workers.stop();
    if let Some(proxies) = proxies {
        main.block_on(proxies.leave());
    }
    recorder.record(Moment::now());
    audit.finish();
    ended
}

/// What all sessions share.
fn front_of(
    settings: &Settings,
    (served, process_secret): (Served, [u8; 32]),
    (pools, metering): (Arc<PoolRegistry>, Arc<Metering>),
    (tls, jwt): (Option<Arc<ServerTls>>, Option<Arc<Jwt>>),
    audit: &Audit,
) -> Arc<Front> {
    let tallies = Arc::default();
    Arc::new(Front {
        nobody: switcher::nobody(&pools, &tallies),
        served: ArcSwap::from_pointee(served),
        pools,
        listeners: Listeners::default(),
        sessions: Arc::new(SessionRegistry::default()),
        clients: Arc::new(Clients::default()),
        closed: Closed::default(),
        shares: Arc::new(Shares::alone()),
        metering,
        outfits: Arc::default(),
        storage: Arc::default(),
        greetings: Greetings::default(),
        tls,
        tls_mode: settings.tls.as_ref().map_or(TlsMode::Prefer, |tls| tls.mode),
        server_tls: ServerTlsCache::default(),
        signers: Signers::default(),
        topologies: Topologies::default(),
        health: settings.health.clone(),
        catalogs: Arc::default(),
        grounds: Grounds::default(),
        gate: settings.gate,
        tallies,
        identity: settings.identity.clone(),
        jwt,
        door: Door::new(&settings.abuse, &settings.listen, audit.clone()),
        audit: audit.clone(),
        login_timeout: settings.timeouts.login,
        client_stall: settings.timeouts.client_stall,
        process_secret,
        max_clients: settings.listen.max_clients,
        connections: AtomicU32::new(0),
        draining: AtomicBool::new(false),
    })
}

/// Where security events go: a trail that can't be written stops the proxy from starting.
fn start_audit(settings: Option<&AuditSettings>) -> Result<Audit, ServeError> {
    let Some(AuditSettings { file, max_size, keep }) = settings else { return Ok(Audit::off()) };
    let files = AuditFiles { file: file.clone(), max_size: *max_size, keep: *keep };
    Audit::start(files).map_err(|source| ServeError::Audit { file: file.clone(), source })
}

/// Nobody should switch the gate off unawares.
fn warn_of_gate(mode: GateMode) {
    match mode {
        GateMode::Enforce => {}
        GateMode::Observe => {
            tracing::warn!("[gate] mode = \"observe\": no statement is refused or rewritten, the databases are the only lock");
        }
        GateMode::Off => tracing::warn!(
            "[gate] mode = \"off\": NO STATEMENT IS LOOKED AT, the databases are the only lock. This is for measurements, not for serving tenants"
        ),
    }
}

fn pool_rules(settings: &Settings) -> PoolRules {
    let pool = &settings.pool;
    PoolRules {
        connect_timeout: pool.connect_timeout,
        checkout_timeout: pool.checkout_timeout,
        idle_timeout: pool.idle_timeout,
        lifetime: pool.lifetime,
        statements: std::num::NonZeroUsize::new(pool.prepared_statements).unwrap_or(std::num::NonZeroUsize::MIN),
        memory: Arc::new(Memory::new(settings.memory)),
        sockets: SocketOptions { keepalive: Some(KeepAlive::SERVERS), user_timeout: settings.health.user_timeout },
    }
}

fn bind(workers: &Workers, settings: &Settings) -> Result<Vec<Listener>, ServeError> {
    let _runtime = workers.enter();
    let options = SocketOptions { user_timeout: settings.listen.user_timeout, ..SocketOptions::default() };
    let mut listeners = Vec::new();
    for address in &settings.listen.address {
        listeners.push(Listener::bind_tcp(*address, &options, settings.listen.proxy_protocol)?);
    }
    if let (Some(directory), Some(first)) = (&settings.listen.unix_socket_dir, settings.listen.address.first()) {
        listeners.push(Listener::bind_unix(directory, first.port())?);
    }
    for listener in &listeners {
        match (listener.address(), listener.path()) {
            (Some(address), _) => tracing::info!(%address, "listening"),
            (_, Some(path)) => tracing::info!(path = %path.display(), "listening"),
            _ => {}
        }
    }
    Ok(listeners)
}

fn server_tls(settings: &Settings) -> Result<Option<Arc<ServerTls>>, TlsFileError> {
    let Some(TlsSettings { certificate, key, client_ca, .. }) = settings.tls.clone() else { return Ok(None) };
    Ok(Some(Arc::new(ServerTls::load(ServerTlsFiles { certificate, key, client_ca })?)))
}

/// Every client and every server connection is a file descriptor: as many as the system allows.
fn raise_file_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
}

/// Shares limits with other proxies until all is over; `late`: they have to be found first.
async fn sharing<T>(proxies: Option<Proxies>, late: Option<ProxySettings>, until_end: impl Future<Output = T>) -> (Option<Proxies>, T) {
    let (end, mut ended) = tokio::sync::oneshot::channel();
    let sharing = proxies.map(|proxies| {
        tokio::spawn(async move {
            let proxies = match late {
                None => proxies,
                Some(settings) => tokio::select! {
                    joined = proxies.join_late(&settings) => joined,
                    _ = &mut ended => return None,
                },
            };
            Some(proxies.run(ended).await)
        })
    });
    let outcome = until_end.await;
    drop(end);
    let proxies = match sharing {
        Some(sharing) => sharing.await.ok().flatten(),
        None => None,
    };
    (proxies, outcome)
}

type Orders = tokio::sync::mpsc::UnboundedReceiver<ServerOrder>;

/// How the process ends.
enum Ending {
    /// All sessions end at once.
    AtOnce,
    /// Sessions end as their transactions do, within the time that the file gives them.
    Drain,
    /// The same, however long that takes.
    Servers,
    /// When all clients have left by themselves.
    Clients,
}

async fn until_end(
    front: &Arc<Front>,
    reloader: Reloader,
    (accepting, mut orders): (workers::Accepting, Orders),
    drain: Duration,
) -> Result<(), ServeError> {
    let mut term = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let _watch = reloader.watch();
    reloader.follow();
    if let Some(jwt) = front.jwt.clone() {
        tokio::spawn(async move { jwt.keep_fresh().await });
    }
    let ending = loop {
        tokio::select! {
            _ = hangup.recv() => drop(reloader.reload("SIGHUP").await),
            () = reloader.changed() => drop(reloader.reload("file changed").await),
            _ = interrupt.recv() => break Ending::AtOnce,
            _ = term.recv() => break Ending::Drain,
            Some(order) = orders.recv() => match order {
                ServerOrder::Reload(tell) => drop(tell.send(reloader.reload("RELOAD").await)),
                ServerOrder::Shutdown(Shutdown::Immediate) => break Ending::AtOnce,
                ServerOrder::Shutdown(Shutdown::WaitForServers) => break Ending::Servers,
                ServerOrder::Shutdown(Shutdown::WaitForClients) => break Ending::Clients,
            },
        }
    };
    front.draining.store(true, Ordering::SeqCst);
    accepting.stop();
    let limit = match ending {
        Ending::AtOnce => {
            tracing::info!("ending at once");
            front.sessions.send_all(Signal::Kill);
            wait_for_sessions(front, Duration::from_millis(200)).await;
            return Ok(());
        }
        Ending::Drain => {
            systemd::stopping();
            tracing::info!(sessions = front.sessions.len(), timeout = ?drain, "SIGTERM: draining");
            front.sessions.send_all(Signal::Drain);
            Some(drain)
        }
        Ending::Servers => {
            tracing::info!(sessions = front.sessions.len(), "SHUTDOWN WAIT_FOR_SERVERS");
            clients(front).for_each(|session| session.send(Signal::Drain));
            None
        }
        Ending::Clients => {
            tracing::info!(sessions = front.sessions.len(), "SHUTDOWN WAIT_FOR_CLIENTS");
            None
        }
    };
    let waits = matches!(ending, Ending::Clients);
    tokio::select! {
        () = until_gone(front, limit) => {}
        _ = interrupt.recv() => {}
        _ = term.recv(), if waits => {}
        Some(ServerOrder::Shutdown(Shutdown::Immediate)) = orders.recv() => {}
    }
    if !front.sessions.is_empty() {
        tracing::warn!(sessions = front.sessions.len(), "sessions are cut off");
        front.sessions.send_all(Signal::Kill);
        wait_for_sessions(front, Duration::from_millis(200)).await;
    }
    Ok(())
}

/// The sessions of clients, without those of operators.
fn clients(front: &Front) -> impl Iterator<Item = Arc<SessionHandle>> {
    front.sessions.list().into_iter().filter(|session| !session.about.is_console)
}

/// Waits for the end of all sessions; without a limit operators' don't count: they are there to see how the others end.
async fn until_gone(front: &Front, limit: Option<Duration>) {
    match limit {
        Some(limit) => wait_for_sessions(front, limit).await,
        None => {
            while clients(front).next().is_some() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }
}

async fn wait_for_sessions(front: &Front, limit: Duration) {
    let deadline = Instant::now() + limit;
    while front.connections.load(Ordering::Relaxed) > 0 && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
