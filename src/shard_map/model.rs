//! What a shard map is made of.

use std::{sync::Arc, time::Duration};

use aws_lc_rs::hmac;

use super::{ReadRules, ServerAddress, Template};
use crate::{
    config::{GateMode, Secret},
    ids::{LoginId, ModelId, PlanId, ShardId, TenantId},
};

/// Separates `{opaque}` from passwords, which are made with the same key: no role's name holds a NUL.
const OPAQUE: &[u8] = b"pgtenant.opaque\0";

/// A PostgreSQL cluster: a primary and its replicas.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shard {
    /// Its name.
    pub id: ShardId,
    /// Where writes go.
    pub primary: ServerAddress,
    /// Where reads may go.
    pub replicas: Vec<ServerAddress>,
    /// Where the shard's Patronis say who leads: URLs of their REST interfaces.
    pub patroni: Vec<Arc<str>>,
    /// The pool's own login: shared and signed locks, catalogs, health.
    pub user: Option<Arc<str>>,
    /// Its password.
    pub password: Option<Secret>,
    /// What tenants' passwords are made with.
    pub role_key: Option<RoleKey>,
    /// What contexts are signed with under `lock = "signed"`: the first one signs, the server accepts them all.
    pub signing_keys: Vec<SigningKey>,
    /// The connection string that create, move and `check --fix` use.
    pub provisioner: Option<Secret>,
    /// Server connections at once, over all pools of this shard.
    pub max_connections: u32,
    /// So many of them only for sessions that have waited for longer than `reserve_timeout`.
    pub reserve: u32,
    /// See `reserve`.
    pub reserve_timeout: Duration,
    /// How many of them work at once.
    pub concurrency: Concurrency,
}

/// Begins the name of the login that measures storage.
const METER_PREFIX: &str = "pgtenant_meter_";

/// What its name is made from.
const METER: &[u8] = b"pgtenant.meter\0";

impl Shard {
    /// The login that measures storage: a role and its password, both made from the shard's `role_key`, or else from the pool's password.
    /// Two shards of one server have two of them, unless their secrets are the same.
    pub fn meter(&self) -> Option<(String, Secret)> {
        match (&self.role_key, &self.password) {
            (Some(key), _) => Some(key.meter()),
            (None, Some(password)) => Some(RoleKey::new(password.clone()).meter()),
            (None, None) => None,
        }
    }
}

/// How many server connections of a shard work at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Concurrency {
    /// As many as there are.
    #[default]
    Unlimited,
    /// So many.
    Fixed(u32),
    /// As many as don't make everything slower.
    Adaptive,
}

/// The key that passwords and opaque names of a shard's tenants are made with.
#[derive(Clone)]
pub struct RoleKey {
    secret: Secret,
    mac: hmac::Key,
}

impl RoleKey {
    /// Takes the key's text.
    pub fn new(secret: Secret) -> Self {
        let mac = hmac::Key::new(hmac::HMAC_SHA256, secret.reveal().as_bytes());
        RoleKey { secret, mac }
    }

    /// A database role's password: hex(HMAC-SHA256(key, role)).
    pub fn password(&self, role: &str) -> Secret {
        Secret::new(&hex::encode(hmac::sign(&self.mac, role.as_bytes())))
    }

    /// The login that measures storage: a role and its password, which nobody says anywhere.
    pub fn meter(&self) -> (String, Secret) {
        let digits = hex::encode(hmac::sign(&self.mac, METER));
        let role = format!("{METER_PREFIX}{}", digits.get(..8).unwrap_or_default());
        let password = self.password(&role);
        (role, password)
    }

    /// What `{opaque}` stands for: 16 hexadecimal digits that betray nothing of the tenant's id.
    pub fn opaque(&self, tenant: &str) -> [u8; 16] {
        let mut context = hmac::Context::with_key(&self.mac);
        context.update(OPAQUE);
        context.update(tenant.as_bytes());
        let mut digits = [b'0'; 16];
        let tag = context.sign();
        for (pair, byte) in digits.chunks_exact_mut(2).zip(tag.as_ref()) {
            pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
        }
        digits
    }

    /// The key's text.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }
}

/// A key that contexts are signed with. 32 bytes or more, which the file gives as hexadecimal digits.
#[derive(Clone)]
pub struct SigningKey {
    bytes: Box<[u8]>,
    mac: hmac::Key,
}

/// The block of SHA-256: HMAC pads its key to it.
const BLOCK: usize = 64;

impl SigningKey {
    /// Reads a key's text: 64 to 128 hexadecimal digits. `None` for any other.
    pub fn read(text: &str) -> Option<Self> {
        let bytes = hex::decode(text.trim()).ok().filter(|bytes| (BLOCK / 2..=BLOCK).contains(&bytes.len()))?;
        let mac = hmac::Key::new(hmac::HMAC_SHA256, &bytes);
        Some(SigningKey { bytes: bytes.into(), mac })
    }

    /// What proves that the proxy has said a server process to act for a tenant: `hex(HMAC-SHA256(key, tenant|process))`.
    pub fn sign(&self, tenant: &str, process: u32) -> String {
        let mut context = hmac::Context::with_key(&self.mac);
        for part in [tenant.as_bytes(), b"|", process.to_string().as_bytes()] {
            context.update(part);
        }
        hex::encode(context.sign())
    }

    /// The key's inner and outer halves (RFC 2104, `K xor ipad` and `K xor opad`): all that who checks signatures needs.
    pub fn halves(&self) -> [[u8; BLOCK]; 2] {
        [0x36, 0x5c].map(|pad| {
            let mut half = [pad; BLOCK];
            half.iter_mut().zip(&self.bytes).for_each(|(place, byte)| *place ^= byte);
            half
        })
    }
}

impl PartialEq for SigningKey {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for SigningKey {}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

fn digit(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }
}

impl PartialEq for RoleKey {
    fn eq(&self, other: &Self) -> bool {
        self.secret == other.secret
    }
}

impl Eq for RoleKey {}

impl std::fmt::Debug for RoleKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RoleKey(..)")
    }
}

/// How tenants are kept apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Model {
    /// Its name.
    pub id: ModelId,
    /// By rows, schemas or databases.
    pub kind: ModelKind,
    /// How tenants share server connections.
    pub lock: Lock,
    /// The tenant's database role.
    pub role: Template,
    /// The schema or database that `create` copies for a new tenant.
    pub template: Option<Arc<str>>,
    /// Functions of the operator's own, by name or `schema.name`, that tenants' statements may call.
    pub functions: Vec<Arc<str>>,
    /// Its tenants may share databases and roles (`kind = "database"`): nothing keeps those apart but what the database lets their roles do.
    pub passthrough: bool,
    /// What becomes of statements that its tenants shouldn't run, where a tenant doesn't say.
    pub gate: GateMode,
}

impl Model {
    /// Whether each tenant has a database role of its own: to log in as, or (`kind = "schema"`, `lock = "shared"`) to act as.
    pub fn has_roles(&self) -> bool {
        self.lock == Lock::Login || matches!(self.kind, ModelKind::Schema { .. })
    }
}

/// What a tenant has for its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ModelKind {
    /// Rows of shared tables.
    Row {
        /// The column that says whose a row is.
        tenant_column: Arc<str>,
        /// The setting that policies of `signed` and `shared` locks read.
        setting: Arc<str>,
        /// Tables that every tenant may read.
        reference_tables: Vec<Arc<str>>,
        /// Unique keys without the tenant column that tenants may write: `table.column` or `table.index`.
        global_keys: Vec<Arc<str>>,
    },
    /// A schema.
    Schema {
        /// Its name.
        schema: Template,
        /// Tables beside the schemas that every tenant may read.
        reference_tables: Vec<Arc<str>>,
    },
    /// A database.
    Database {
        /// Its name.
        database: Template,
    },
}

impl ModelKind {
    /// The file's word for it.
    pub fn as_str(&self) -> &'static str {
        match self {
            ModelKind::Row { .. } => "row",
            ModelKind::Schema { .. } => "schema",
            ModelKind::Database { .. } => "database",
        }
    }
}

/// How tenants of a model share server connections.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Lock {
    /// Each tenant has its own database role, and so its own pool.
    #[default]
    Login,
    /// One pool; the context is signed and the policy checks it.
    Signed,
    /// One pool; the gate is the only lock.
    Shared,
}

impl Lock {
    /// The file's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Lock::Login => "login",
            Lock::Signed => "signed",
            Lock::Shared => "shared",
        }
    }

    /// Whether tenants share server connections under it.
    pub fn shares_pools(self) -> bool {
        !matches!(self, Lock::Login)
    }
}

/// A named set of limits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// Its name.
    pub id: PlanId,
    /// What its tenants may use.
    pub limits: Limits,
    /// When a server connection goes back.
    pub pool_mode: PoolMode,
    /// Whether its tenants may create, alter and drop what is their own: in the schema and database model, under `lock = "login"`.
    pub ddl: bool,
}

/// When a session gives its server connection back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum PoolMode {
    /// At its end.
    Session,
    /// At the end of each transaction.
    #[default]
    Transaction,
    /// After each statement; explicit transactions are refused.
    Statement,
}

impl PoolMode {
    /// The file's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            PoolMode::Session => "session",
            PoolMode::Transaction => "transaction",
            PoolMode::Statement => "statement",
        }
    }
}

/// What a tenant may use; none: no limit of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Client connections at once.
    pub max_clients: Option<u32>,
    /// Server connections at once.
    pub max_connections: u32,
    /// Server connections that it gets before others get more.
    pub min_connections: u32,
    /// Its share of a busy shard, beside others' weights.
    pub weight: u32,
    /// How long a session waits for a server connection.
    pub max_wait: Option<Duration>,
    /// Server time per second, where others want the shard too.
    pub server_time: Option<ServerTime>,
    /// Server time that may be used at once before the rate counts.
    pub server_time_burst: Option<Duration>,
    /// Statements per second.
    pub queries_per_second: Option<u32>,
    /// Statements that may come at once before the rate counts.
    pub burst: Option<u32>,
    /// How long a statement may run.
    pub statement_timeout: Option<Duration>,
    /// How long a transaction may last.
    pub transaction_timeout: Option<Duration>,
    /// How long a transaction may do nothing.
    pub idle_in_transaction_timeout: Option<Duration>,
    /// How long a session may do nothing outside of transactions.
    pub idle_session_timeout: Option<Duration>,
    /// How long a login may take once it is known whose it is.
    pub login_timeout: Option<Duration>,
    /// Bytes of results per second: what comes faster is read slower.
    pub bytes_per_second: Option<u64>,
    /// Rows of one statement's result.
    pub rows_per_result: Option<u64>,
    /// Bytes on the shard.
    pub storage: Option<u64>,
    /// The part of them from which on there are warnings.
    pub storage_warning: PerMille,
    /// Where its reads may go, and how old what they find may be.
    pub reads: ReadRules,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_clients: None,
            max_connections: 10,
            min_connections: 0,
            weight: 1,
            max_wait: None,
            server_time: None,
            server_time_burst: None,
            queries_per_second: None,
            burst: None,
            statement_timeout: None,
            transaction_timeout: None,
            idle_in_transaction_timeout: None,
            idle_session_timeout: None,
            login_timeout: None,
            bytes_per_second: None,
            rows_per_result: None,
            storage: None,
            storage_warning: PerMille::STORAGE_WARNING,
            reads: ReadRules::default(),
        }
    }
}

/// A part of a whole, in thousandths.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct PerMille(pub u16);

impl PerMille {
    /// Where storage is warned of, if nothing is said.
    pub const STORAGE_WARNING: PerMille = PerMille(800);

    /// So much of a whole.
    pub fn of(self, whole: u64) -> u64 {
        u64::try_from(u128::from(whole) * u128::from(self.0) / 1000).unwrap_or(u64::MAX)
    }
}

impl std::fmt::Display for PerMille {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 % 10 {
            0 => write!(f, "{}%", self.0 / 10),
            tenth => write!(f, "{}.{tenth}%", self.0 / 10),
        }
    }
}

/// Thousandths of a server second per second.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ServerTime(pub u32);

impl Limits {
    /// Server time that may be used at once: ten seconds' worth, where nothing is said.
    pub fn server_time_burst(&self, rate: ServerTime) -> Duration {
        self.server_time_burst.unwrap_or_else(|| Duration::from_millis(u64::from(rate.0) * 10))
    }
}

/// What a tenant may do at present.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TenantStatus {
    /// Everything.
    #[default]
    Active,
    /// Read.
    ReadOnly,
    /// Nothing.
    Suspended,
}

impl TenantStatus {
    /// The file's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            TenantStatus::Active => "active",
            TenantStatus::ReadOnly => "read_only",
            TenantStatus::Suspended => "suspended",
        }
    }
}

/// A customer, put together from its entry and what that refers to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Where its data is.
    pub shard: Arc<Shard>,
    /// How it is kept apart.
    pub model: Arc<Model>,
    /// Its plan.
    pub plan: Arc<Plan>,
    /// The plan's limits after its own overrides.
    pub limits: Limits,
    /// What it may do at present.
    pub status: TenantStatus,
    /// Why it may not do everything, in the operator's words.
    pub reason: Option<Arc<str>>,
    /// Its value in the tenant column.
    pub key: Arc<str>,
    /// Its database role.
    pub role: Arc<str>,
    /// The role's password where it isn't made with the shard's `role_key`.
    pub role_password: Option<Secret>,
    /// Its schema, in the schema model.
    pub schema: Option<Arc<str>>,
    /// Its database on the shard.
    pub database: Arc<str>,
    /// What its clients may call it as their database, besides its id.
    pub client_database: Option<Arc<str>>,
    /// What becomes of statements that it shouldn't run.
    pub gate: GateMode,
}

impl Tenant {
    /// The password of its database role: the entry's, or the one made with the shard's `role_key`.
    pub fn password(&self) -> Option<Secret> {
        self.role_password.clone().or_else(|| self.shard.role_key.as_ref().map(|key| key.password(&self.role)))
    }

    /// What the keys of its locks and channels are made with: the password that its server connections log in with, or the shard's key.
    pub fn scope_secret(&self) -> Option<Secret> {
        let password = if self.model.lock.shares_pools() { self.shard.password.clone() } else { self.password() };
        password.or_else(|| self.shard.role_key.as_ref().map(|key| key.secret().clone()))
    }
}

/// Who connects.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Login {
    /// Its name.
    pub id: LoginId,
    /// Whom it may act for.
    pub scope: LoginScope,
    /// What proves it.
    pub secret: LoginSecret,
    /// With [`LoginSecret::Certificate`]: the name that its certificate must carry, as CN or SAN.
    pub certificate: Option<Arc<str>>,
    /// Client connections at once.
    pub max_clients: Option<u32>,
}

/// Whom a login may act for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LoginScope {
    /// One tenant.
    Tenant(TenantId),
    /// Some tenants, at least one.
    Tenants(Vec<TenantId>),
    /// Every tenant.
    AllTenants,
    /// No tenant: it operates the proxy.
    Operator,
    /// No tenant: it looks at the proxy.
    Viewer,
}

impl LoginScope {
    /// Whether it holds a tenant.
    pub fn covers(&self, tenant: &str) -> bool {
        match self {
            LoginScope::Tenant(only) => only.as_str() == tenant,
            LoginScope::Tenants(several) => several.iter().any(|one| one.as_str() == tenant),
            LoginScope::AllTenants => true,
            LoginScope::Operator | LoginScope::Viewer => false,
        }
    }
}

/// What proves a login.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LoginSecret {
    /// A token of the issuer that `[jwt]` of `pgtenant.toml` names.
    Jwt,
    /// A SCRAM-SHA-256 verifier.
    Scram(String),
    /// An md5 hash, `md5` and 32 hexadecimal digits.
    Md5(String),
    /// A password, from the environment or a file.
    Plain(Secret),
    /// A client certificate.
    Certificate,
    /// Nothing, on a Unix socket; elsewhere nothing proves it.
    TrustOnUnixSocket,
}
