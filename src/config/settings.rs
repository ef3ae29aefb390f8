//! Settings by the module that uses them, as the file `pgtenant.toml` says.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    AbuseSettings, AdminSettings, ConfigErrors, HealthSettings, JwtSettings, LogSettings, MemorySettings, ProxySettings, Secret,
    UsageSettings, settings_file,
};

/// Everything that `pgtenant.toml` says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// Where the shard map is.
    pub shard_map: MapLocation,
    /// Where the map that was taken last is kept for a start without its store; none: nowhere.
    pub shard_map_cache: Option<PathBuf>,
    /// Where clients connect.
    pub listen: ListenSettings,
    /// TLS towards clients; none: plain text only.
    pub tls: Option<TlsSettings>,
    /// How a connection says whose it is.
    pub identity: IdentitySettings,
    /// Whose tokens are passwords; none: nobody's.
    pub jwt: Option<JwtSettings>,
    /// The operator's doors.
    pub admin: Option<AdminSettings>,
    /// The audit trail.
    pub audit: Option<AuditSettings>,
    /// How statements are checked.
    pub gate: GateSettings,
    /// Connections to servers.
    pub pool: PoolSettings,
    /// How tenants' storage is measured.
    pub storage: StorageSettings,
    /// What is recorded of tenants' usage.
    pub usage: UsageSettings,
    /// How long people and sessions are waited for.
    pub timeouts: TimeoutSettings,
    /// What becomes of logins that fail.
    pub abuse: AbuseSettings,
    /// What sessions may hold.
    pub memory: MemorySettings,
    /// How several proxies share limits.
    pub proxies: ProxySettings,
    /// How shards' servers are watched.
    pub health: HealthSettings,
    /// How the log is written.
    pub log: LogSettings,
}

/// Where the shard map is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MapLocation {
    /// A file.
    File(PathBuf),
    /// A table of a PostgreSQL database.
    Postgres {
        /// Which database, and as whom.
        url: Secret,
        /// The folder that relative paths in the map are relative to: that of `pgtenant.toml`.
        folder: PathBuf,
    },
}

/// Where clients connect.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListenSettings {
    /// TCP addresses, at least one.
    pub address: Vec<SocketAddr>,
    /// The folder of the Unix socket, which takes the first address's port for its name.
    pub unix_socket_dir: Option<PathBuf>,
    /// Whether each TCP connection must begin with a PROXY protocol header.
    pub proxy_protocol: bool,
    /// Client connections at once.
    pub max_clients: u32,
    /// Client connections at once from one address; none: no limit.
    pub max_clients_per_address: Option<u32>,
    /// How long sent bytes may stay unacknowledged by a client (`TCP_USER_TIMEOUT`); none: the kernel's limit.
    pub user_timeout: Option<Duration>,
    /// Worker threads; 0: one per core.
    pub workers: usize,
}

/// TLS towards clients.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TlsSettings {
    /// The certificate, with its chain (PEM).
    pub certificate: PathBuf,
    /// Its private key (PEM).
    pub key: PathBuf,
    /// Who signs client certificates; none: none are asked for.
    pub client_ca: Option<PathBuf>,
    /// Whether plain text is served too.
    pub mode: TlsMode,
}

/// Whether plain text is served where TLS is configured.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TlsMode {
    /// The client chooses.
    #[default]
    Prefer,
    /// TLS only (Unix sockets excepted).
    Require,
}

/// How a connection says whose it is; each way can be switched off.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IdentitySettings {
    /// A client certificate's SAN.
    pub certificate: bool,
    /// Domains under which the first label of the TLS server name is the tenant (`db.example.com`); empty: the name says nothing.
    pub server_names: Vec<String>,
    /// `options=-c pgtenant.tenant=…`.
    pub options: bool,
    /// `login@tenant` as the user.
    pub user: bool,
    /// A tenant's id as the database.
    pub database: bool,
    /// `SET pgtenant.tenant` in a session of a login with several tenants.
    pub set: bool,
    /// A comment in sqlcommenter's form at either end of a statement, in such a session.
    pub comment: bool,
}

/// How statements are checked before they run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct GateSettings {
    /// What becomes of a statement that shouldn't run; a tenant of the shard map may be treated more leniently, never more strictly.
    pub mode: GateMode,
    /// Whether sessions may ask with `EXPLAIN (REWRITE)` what becomes of a statement.
    pub explain: bool,
}

/// What becomes of a statement that a tenant shouldn't run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum GateMode {
    /// It is rewritten or refused.
    #[default]
    Enforce,
    /// It runs as it is, is logged and counted. The database is the only lock.
    Observe,
    /// It runs as it is and nobody looks at it: for measurements.
    Off,
}

impl GateMode {
    /// The files' word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            GateMode::Enforce => "enforce",
            GateMode::Observe => "observe",
            GateMode::Off => "off",
        }
    }
}

/// The audit trail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditSettings {
    /// JSON lines are appended here.
    pub file: PathBuf,
    /// A file that is larger gets another name, in bytes.
    pub max_size: u64,
    /// Files older than that are removed; none: never.
    pub keep: Option<Duration>,
}

/// Connections to servers. How many there may be is the shard map's to say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PoolSettings {
    /// Until a new connection is ready for its first query.
    pub connect_timeout: Duration,
    /// How long a session waits for a connection.
    pub checkout_timeout: Duration,
    /// How long a connection is kept that nobody uses.
    pub idle_timeout: Duration,
    /// How long a connection is kept at all (jittered).
    pub lifetime: Duration,
    /// Prepared statements kept per server connection.
    pub prepared_statements: usize,
}

/// How tenants' storage is measured.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StorageSettings {
    /// How often a database is measured; those that are near their limits, or grow fast, more often.
    pub refresh: Duration,
    /// Tenants without a limit are measured as well.
    pub all: bool,
}

/// How long people and sessions are waited for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TimeoutSettings {
    /// From accept to the end of authentication.
    pub login: Duration,
    /// From SIGTERM to the end of the last transaction.
    pub drain: Duration,
    /// How long a client may take no byte while it holds a server connection, or send none in the middle of a message; none: forever.
    pub client_stall: Option<Duration>,
}

impl Default for ListenSettings {
    fn default() -> Self {
        ListenSettings {
            address: vec![SocketAddr::from(([127, 0, 0, 1], 6432))],
            unix_socket_dir: None,
            proxy_protocol: false,
            max_clients: 10_000,
            max_clients_per_address: None,
            user_timeout: None,
            workers: 0,
        }
    }
}

impl Default for IdentitySettings {
    fn default() -> Self {
        IdentitySettings {
            certificate: true,
            server_names: Vec::new(),
            options: true,
            user: true,
            database: true,
            set: true,
            comment: true,
        }
    }
}

impl Default for PoolSettings {
    fn default() -> Self {
        PoolSettings {
            connect_timeout: Duration::from_secs(5),
            checkout_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(600),
            lifetime: Duration::from_secs(3600),
            prepared_statements: 500,
        }
    }
}

impl Default for StorageSettings {
    fn default() -> Self {
        StorageSettings { refresh: Duration::from_secs(300), all: false }
    }
}

impl Default for TimeoutSettings {
    fn default() -> Self {
        TimeoutSettings { login: Duration::from_secs(60), drain: Duration::from_secs(30), client_stall: Some(Duration::from_secs(300)) }
    }
}

impl Settings {
    /// Reads `pgtenant.toml`. Relative paths in it are relative to its folder.
    ///
    /// # Errors
    /// Every complaint about the file.
    pub fn load(path: &Path) -> Result<Settings, ConfigErrors> {
        settings_file::load(path).1
    }

    /// As [`Settings::load`], with the shard map's place also where the rest of the file is wrong, so that both files can be checked at once.
    pub fn inspect(path: &Path) -> (Option<MapLocation>, Result<Settings, ConfigErrors>) {
        settings_file::load(path)
    }

    /// Settings of a map file with every default.
    pub fn new(shard_map: PathBuf) -> Settings {
        Settings {
            shard_map: MapLocation::File(shard_map),
            shard_map_cache: None,
            listen: ListenSettings::default(),
            tls: None,
            identity: IdentitySettings::default(),
            jwt: None,
            admin: None,
            audit: None,
            gate: GateSettings::default(),
            pool: PoolSettings::default(),
            storage: StorageSettings::default(),
            usage: UsageSettings::default(),
            timeouts: TimeoutSettings::default(),
            abuse: AbuseSettings::default(),
            memory: MemorySettings::default(),
            proxies: ProxySettings::default(),
            health: HealthSettings::default(),
            log: LogSettings::default(),
        }
    }
}
