//! Where a server is and as whom to connect: everything that makes one pool's connections alike.

use std::{
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

use arc_swap::ArcSwap;
use parking_lot::Mutex;

use crate::{
    auth::scram::Keys,
    net::{
        Target,
        tls::{ClientTls, ClientTlsFiles},
    },
};

/// What a pool's connections have in common. Two specifications that are equal share a pool.
pub struct ServerSpec {
    /// The server.
    pub target: Target,
    /// How it is encrypted, as the shard map says; identifies the pool.
    pub tls_files: ClientTlsFiles,
    /// The same, loaded; loaded again where the files may have changed.
    pub tls: Option<Arc<ArcSwap<ClientTls>>>,
    /// The database on the server.
    pub database: Arc<str>,
    /// The role to log in as.
    pub user: Arc<str>,
    /// The role's password.
    pub password: Option<Arc<str>>,
    /// Settings that a connection begins with: the tenant's context.
    pub startup: Vec<(String, String)>,
    /// Tenants share its connections: each transaction says whose it is.
    pub shared: bool,
    /// SCRAM keys once derived: PBKDF2 runs once per pool, not once per connection.
    pub keys: Mutex<Option<Keys>>,
}

impl ServerSpec {
    /// Whether connections go to the same place as the same role, whatever they begin with.
    pub fn is_same_login(&self, other: &Self) -> bool {
        (&self.target, &self.database, &self.user, self.shared) == (&other.target, &other.database, &other.user, other.shared)
    }

    fn identity(&self) -> impl Eq + Hash + '_ {
        (&self.target, &self.tls_files, &self.database, &self.user, &self.password, &self.startup, self.shared)
    }
}

impl PartialEq for ServerSpec {
    fn eq(&self, other: &Self) -> bool {
        self.target == other.target
            && self.tls_files == other.tls_files
            && self.database == other.database
            && self.user == other.user
            && self.password == other.password
            && self.startup == other.startup
            && self.shared == other.shared
    }
}

impl Eq for ServerSpec {}

impl Hash for ServerSpec {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl fmt::Debug for ServerSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerSpec")
            .field("target", &self.target)
            .field("database", &self.database)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}
