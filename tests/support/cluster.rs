//! Real PostgreSQL clusters: one that a test crate shares, and some that a test has for itself.

use std::{
    path::Path,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use pgtenant::lifecycle::cluster::{Binaries, Cluster, ClusterError, Template};
use tokio_postgres::{Client, NoTls};

/// What tenants' database roles log in with.
pub const ROLE_PASSWORD: &str = "of-the-role";

/// The cluster that all tests of a crate share, each with databases of its own. It ends with the process.
pub fn shared() -> &'static Cluster {
    static SHARED: OnceLock<Cluster> = OnceLock::new();
    SHARED.get_or_init(|| own(&[("max_connections", "900")]))
}

/// A cluster of one's own.
pub fn own(settings: &[(&str, &str)]) -> Cluster {
    Cluster::temporary(template(), settings).unwrap()
}

/// `initdb` runs once for all test crates; each cluster is a copy. Where the target folder is out of the server's reach (a clone
/// in root's home), the template lies among the temporary files.
fn template() -> &'static Template {
    static TEMPLATE: OnceLock<Template> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let binaries = Binaries::find().unwrap();
        match Template::prepare(&binaries, &Path::new(env!("CARGO_TARGET_TMPDIR")).join("clusters")) {
            Err(ClusterError::FolderOutOfReach { .. }) => {
                Template::prepare(&binaries, &std::env::temp_dir().join("pgtenant-test-clusters")).unwrap()
            }
            other => other.unwrap(),
        }
    })
}

/// A superuser's session on a database, past the proxy.
pub async fn superuser(cluster: &Cluster, database: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(&cluster.dsn(database), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// A new role with a new database of its own, of one name that nobody else has.
pub async fn database(cluster: &Cluster) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    let name = format!("t_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let client = superuser(cluster, "postgres").await;
    super::run(&client, &format!("CREATE ROLE {name} LOGIN PASSWORD '{ROLE_PASSWORD}'")).await;
    super::run(&client, &format!("CREATE DATABASE {name} OWNER {name} TEMPLATE template0")).await;
    name
}
