//! A primary and its replicas, with a proxy before them.

use pgtenant::lifecycle::cluster::{Cluster, random_hex};
use tokio_postgres::Client;

use crate::support::{bed::Bed, cluster, eventually, proxy::Proxy, run, text};

/// What tells servers apart: the name of the cluster that has answered.
pub(crate) const WHERE: &str = "SELECT current_setting('cluster_name')";
/// The same on the primary: with a function that is volatile.
pub(crate) const WRITES_WHERE: &str = "SELECT current_setting('cluster_name'), random()";

/// A primary and its replicas.
pub(crate) struct Trio {
    pub(crate) primary: Cluster,
    pub(crate) replicas: Vec<Cluster>,
    /// Where tenant acme's table `tokens` is.
    pub(crate) database: String,
}

impl Trio {
    pub(crate) async fn start(replicas: usize) -> Trio {
        let primary =
            cluster::own(&[("cluster_name", "first"), ("max_connections", "200"), ("wal_keep_size", "64MB"), ("synchronous_commit", "on")]);
        let replica = |number: usize| {
            let folder = std::env::temp_dir().join(format!("pgtenant-failover-{}", random_hex(6)));
            let name = format!("replica{number}");
            Cluster::replica_of(&primary, &folder, &[("cluster_name", &name), ("max_connections", "200")]).unwrap()
        };
        let replicas = (1..=replicas).map(replica).collect();
        Trio { primary, replicas, database: String::new() }
    }

    /// Tenant acme with a table of tokens, which nothing keeps from holding one twice.
    pub(crate) async fn bed(&mut self, plan: &str, health: &str) -> Bed {
        let mut bed = Bed::on(&self.primary).await;
        bed.file("provisioner", &self.primary.dsn("postgres"));
        let addresses: Vec<String> = self
            .replicas
            .iter()
            .map(|replica| format!("\"host=127.0.0.1 port={} dbname=postgres sslmode=disable\"", replica.port()))
            .collect();
        bed.shards.push_str(&format!("replicas = [{}]\nprovisioner = \"file:provisioner\"\n", addresses.join(", ")));
        if plan.contains("max_connections") {
            bed.plan.clear();
        }
        bed.plan.push_str(plan);
        bed.sections.push_str(&format!("[health]\n{health}\n"));
        self.database = bed.database("acme");
        let owner = cluster::superuser(&self.primary, &self.database).await;
        run(&owner, &format!("CREATE TABLE tokens (token bigint NOT NULL); ALTER TABLE tokens OWNER TO {}", self.database)).await;
        self.caught_up().await;
        bed
    }

    pub(crate) async fn serve(&mut self, plan: &str, health: &str) -> Proxy {
        self.bed(plan, health).await.serve().await
    }

    /// What is committed is on a replica.
    pub(crate) async fn synchronous(&self) {
        let client = cluster::superuser(&self.primary, "postgres").await;
        run(&client, "ALTER SYSTEM SET synchronous_standby_names = '*'").await;
        run(&client, "SELECT pg_reload_conf()").await;
        eventually("replication is synchronous", || async { text(&client, "SHOW synchronous_standby_names").await == "*" }).await;
        eventually("a standby is synchronous", || async {
            text(&client, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'").await == "1"
        })
        .await;
    }

    /// Waits until the replicas have all that is there now.
    pub(crate) async fn caught_up(&self) {
        let primary = cluster::superuser(&self.primary, "postgres").await;
        let position = text(&primary, "SELECT pg_current_wal_lsn()").await;
        for replica in &self.replicas {
            let replica = cluster::superuser(replica, "postgres").await;
            eventually("the replica has it", || async {
                text(&replica, &format!("SELECT pg_last_wal_replay_lsn() >= '{position}'")).await == "t"
            })
            .await;
        }
    }

    /// Promotes a replica; returns when it is the primary.
    pub(crate) async fn promote(&self, number: usize) {
        promote(&self.replicas[number]).await;
    }
}

pub(crate) async fn promote(replica: &Cluster) {
    let client = cluster::superuser(replica, "postgres").await;
    assert_eq!(text(&client, "SELECT pg_promote(true, 30)").await, "t");
}

/// Waits until a session's writes go to a server.
pub(crate) async fn writes_at(client: &Client, name: &str) {
    eventually(&format!("writes go to {name}"), || async { text(client, WRITES_WHERE).await == name }).await;
}

/// The tokens that a server holds.
pub(crate) async fn tokens(cluster: &Cluster, database: &str) -> Vec<i64> {
    let client = cluster::superuser(cluster, database).await;
    let rows = client.query("SELECT token FROM tokens ORDER BY token", &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}
