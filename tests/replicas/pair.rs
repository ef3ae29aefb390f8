//! A primary and its replica, with a proxy before them.

use std::{fs, time::Duration};

use pgtenant::lifecycle::cluster::{Cluster, random_hex};
use rustix::process::{Pid, Signal, kill_process};
use tokio_postgres::Client;

use crate::support::{bed::Bed, cluster, eventually, proxy::Proxy, run, text, wire::Wire};

/// What tells the two apart: the name of the cluster that has answered. It counts as a read.
pub(crate) const WHERE: &str = "SELECT current_setting('cluster_name')";

/// A primary and its replica.
pub(crate) struct Pair {
    pub(crate) primary: Cluster,
    pub(crate) replica: Cluster,
}

/// A replica of a cluster, which replays what is committed so much later.
pub(crate) fn replica_of(primary: &Cluster, delay: &str, connections: &str) -> Cluster {
    let folder = std::env::temp_dir().join(format!("pgtenant-replica-{}", random_hex(6)));
    let settings = [
        ("cluster_name", "replica"),
        ("recovery_min_apply_delay", delay),
        ("max_connections", connections),
        ("fsync", "off"),
        ("max_standby_streaming_delay", "5s"),
    ];
    Cluster::replica_of(primary, &folder, &settings).unwrap()
}

/// The replica in the map, with plans that read there.
pub(crate) fn add_replica(bed: &mut Bed, port: u16, plan: &str) {
    let line = format!("replicas = [\"host=127.0.0.1 port={port} dbname=DB sslmode=disable\"]\n");
    let database = bed.shards.split("dbname=").nth(1).and_then(|rest| rest.split([' ', '"']).next()).unwrap().to_owned();
    bed.shards = bed.shards.replacen("max_connections", &format!("{}max_connections", line.replace("DB", &database)), 1);
    bed.plan.push_str("read_replicas = true\n");
    bed.plan.push_str(plan);
}

impl Pair {
    pub(crate) fn start(delay: &str) -> Pair {
        let primary = cluster::own(&[("cluster_name", "primary"), ("max_connections", "200"), ("fsync", "off")]);
        let replica = replica_of(&primary, delay, "200");
        Pair { primary, replica }
    }

    /// Tenants acme and globex with databases of their own, and a table.
    pub(crate) async fn bed(&self, plan: &str) -> Bed {
        let mut bed = Bed::on(&self.primary).await;
        bed.file("provisioner", &self.primary.dsn("postgres"));
        bed.shards.push_str("provisioner = \"file:provisioner\"\n");
        let database = cluster::database(&self.primary).await;
        bed.tenant("globex", "east", &database);
        for tenant in ["acme", "globex"] {
            let database = bed.database(tenant);
            let owner = cluster::superuser(&self.primary, &database).await;
            run(&owner, &format!("CREATE TABLE t (id int PRIMARY KEY, n bigint NOT NULL); ALTER TABLE t OWNER TO {database}")).await;
            run(&owner, "INSERT INTO t SELECT id, 0 FROM generate_series(0, 99) id").await;
        }
        self.caught_up().await;
        add_replica(&mut bed, self.replica.port(), plan);
        bed
    }

    pub(crate) async fn serve(&self, plan: &str) -> Proxy {
        self.bed(plan).await.serve().await
    }

    /// Waits until the replica has all that is there now.
    pub(crate) async fn caught_up(&self) {
        let (primary, replica) = (cluster::superuser(&self.primary, "postgres").await, cluster::superuser(&self.replica, "postgres").await);
        let position = text(&primary, "SELECT pg_current_wal_lsn()").await;
        eventually("the replica has it", || async {
            text(&replica, &format!("SELECT pg_last_wal_replay_lsn() >= '{position}'")).await == "t"
        })
        .await;
    }

    /// Stops or continues all processes of the replica, as a partition would.
    pub(crate) fn signal(&self, signal: Signal) {
        let parent = self.replica.pid().unwrap();
        let children = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap();
        for pid in std::iter::once(parent).chain(children.split_whitespace().map(|child| child.parse().unwrap())) {
            let _ = kill_process(Pid::from_raw(i32::try_from(pid).unwrap()).unwrap(), signal);
        }
    }
}

/// Waits until a session's reads go to the replica.
pub(crate) async fn reads_there(client: &Client) {
    eventually("reads go to the replica", || async { text(client, WHERE).await == "replica" }).await;
}

/// The same for a raw session.
pub(crate) async fn wire_reads_there(wire: &mut Wire) {
    for _ in 0..500 {
        if wire.value(WHERE).await == "replica" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("reads don't go to the replica");
}
