//! Tenants by the dozen, and clients that ask again as soon as they are answered.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use pgtenant::{
    auth::md5::Md5Secret,
    config::Secret,
    lifecycle::{
        cluster::Cluster,
        create::{PoolSpec, TenantKind, TenantSpec, create},
    },
    shard_map::RoleKey,
};
use tokio::task::JoinHandle;

use crate::support::{
    bed::{Bed, PASSWORD},
    cluster::{self, ROLE_PASSWORD},
    proxy::Proxy,
    run,
    wire::{Wire, states},
};

/// The role that all tenants of a shared pool run as.
pub(crate) const POOL: &str = "pool";

/// A cluster with one row model whose tenants share a pool.
pub(crate) async fn shared_cluster() -> Cluster {
    let cluster = cluster::own(&[("max_connections", "200"), ("fsync", "off")]);
    run(&cluster::superuser(&cluster, "postgres").await, "CREATE DATABASE app").await;
    run(&cluster::superuser(&cluster, "app").await, "CREATE TABLE orders (tenant_id text NOT NULL, id int, PRIMARY KEY (tenant_id, id))")
        .await;
    let spec = TenantSpec {
        tenant: "t0".into(),
        model: "shop".into(),
        provisioner: cluster.dsn("postgres"),
        database: "app".to_owned(),
        role: "t_t0".to_owned(),
        password: ROLE_PASSWORD.to_owned(),
        kind: TenantKind::Row {
            tenant_column: "tenant_id".to_owned(),
            key: "t0".to_owned(),
            reference_tables: Vec::new(),
            role_affixes: None,
        },
        pool: Some(PoolSpec {
            role: POOL.to_owned(),
            password: Some(Secret::new(ROLE_PASSWORD)),
            setting: Some("app.current_tenant".to_owned()),
            keys: Vec::new(),
        }),
        meter: None,
    };
    create(&spec).await.unwrap();
    cluster
}

/// Tenants `t0`, `t1` … of a shared pool with so many connections, each with limits of its own.
pub(crate) fn shared_bed(cluster: &Cluster, connections: u32, limits: &[String]) -> Bed {
    let mut bed = Bed::empty();
    let address = format!("host=127.0.0.1 port={} dbname=app sslmode=disable", cluster.port());
    bed.shards = format!(
        "[shards.east]\nprimary = \"{address}\"\nuser = \"{POOL}\"\npassword = \"file:role_secret\"\nmax_connections = {connections}\n"
    );
    bed.tenants = "[models.shop]\nkind = \"row\"\ntenant_column = \"tenant_id\"\nlock = \"shared\"\n".to_owned();
    for (number, limits) in limits.iter().enumerate() {
        bed.tenants.push_str(&format!("[tenants.t{number}]\nshard = \"east\"\nmodel = \"shop\"\nplan = \"basic\"\n"));
        bed.tenants.push_str(&format!("[tenants.t{number}.limits]\n{limits}\n"));
        let login = format!("t{number}_app");
        // Thousands of logins: md5 costs the clients less than SCRAM.
        bed.login(&login, &format!("tenant = \"t{number}\"\nsecret = \"{}\"", Md5Secret::from_password(PASSWORD, &login)));
    }
    bed
}

/// Tenants with a database, a role and so a pool of their own each, on the shared cluster.
pub(crate) async fn own_bed(connections: u32, limits: &[&str]) -> Bed {
    let mut bed = Bed::empty();
    bed.shard("east", &format!("{} sslmode=disable", cluster::shared().address("postgres")), connections);
    for (number, limits) in limits.iter().enumerate() {
        bed.another(&format!("t{number}")).await;
        bed.tenants.push_str(&format!("[tenants.t{number}.limits]\n{limits}\n"));
    }
    bed
}

/// What clients of one kind have done.
#[derive(Default)]
pub(crate) struct Tally {
    stop: AtomicBool,
    latencies: Mutex<Vec<Duration>>,
}

/// Clients at work, until [`Clients::stop`].
pub(crate) struct Clients {
    tally: Arc<Tally>,
    tasks: Vec<JoinHandle<()>>,
}

/// So many sessions of a tenant.
pub(crate) async fn sessions(proxy: &Proxy, tenant: usize, count: usize) -> Vec<Wire> {
    let mut wires = Vec::new();
    for _ in 0..count {
        wires.push(proxy.wire_of(&format!("t{tenant}_app"), &[]).await);
    }
    wires
}

impl Clients {
    /// Sets sessions to work: each runs the statement again and again.
    pub(crate) fn start(wires: Vec<Wire>, sql: &str) -> Clients {
        let tally = Arc::new(Tally::default());
        let work = |mut wire: Wire| {
            let (tally, sql) = (Arc::clone(&tally), sql.to_owned());
            tokio::spawn(async move {
                while !tally.stop.load(Ordering::Relaxed) {
                    let begun = Instant::now();
                    let told = wire.query(&sql).await;
                    assert_eq!(states(&told), [""; 0], "{told:?}");
                    tally.latencies.lock().unwrap().push(begun.elapsed());
                }
            })
        };
        Clients { tasks: wires.into_iter().map(work).collect(), tally }
    }

    /// How many statements are done.
    pub(crate) fn done(&self) -> usize {
        self.tally.latencies.lock().unwrap().len()
    }

    /// How many are done in the time from now on.
    pub(crate) async fn done_in(&self, time: Duration) -> usize {
        let before = self.done();
        tokio::time::sleep(time).await;
        self.done() - before
    }

    /// What was measured since the last time.
    pub(crate) fn take(&self) -> Vec<Duration> {
        std::mem::take(&mut self.tally.latencies.lock().unwrap())
    }

    /// Ends the work. What a client asked for last still counts.
    pub(crate) async fn stop(self) {
        self.tally.stop.store(true, Ordering::Relaxed);
        for task in self.tasks {
            task.await.unwrap();
        }
    }

    /// Ends the work of all: one after the other they would wait behind those who still ask.
    pub(crate) async fn stop_all(all: Vec<Clients>) {
        all.iter().for_each(|clients| clients.tally.stop.store(true, Ordering::Relaxed));
        for clients in all {
            clients.stop().await;
        }
    }
}

/// The 99th percentile.
pub(crate) fn p99(mut latencies: Vec<Duration>) -> Duration {
    assert!(latencies.len() >= 100, "{} are too few", latencies.len());
    latencies.sort_unstable();
    latencies[latencies.len() * 99 / 100]
}

/// What the roles' passwords are made with.
pub(crate) const ROLE_KEY: &str = "a key of roles that is long enough";

/// A role of its own for each of so many tenants, which may read what there is.
pub(crate) async fn roles(cluster: &Cluster, tenants: usize) {
    let key = RoleKey::new(Secret::new(ROLE_KEY));
    let superuser = cluster::superuser(cluster, "app").await;
    let mut script = "CREATE ROLE readers; GRANT CONNECT ON DATABASE app TO readers; GRANT SELECT ON orders TO readers; GRANT USAGE ON SCHEMA public TO readers;".to_owned();
    for tenant in 0..tenants {
        let role = format!("r_t{tenant}");
        script.push_str(&format!("CREATE ROLE {role} LOGIN PASSWORD '{}' IN ROLE readers;", key.password(&role).reveal()));
    }
    run(&superuser, &script).await;
}
