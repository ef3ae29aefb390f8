//! Limits of clients and connections, time-outs.

use std::time::{Duration, Instant};

use crate::support::{bed::Bed, cluster, eventually, proxy::Proxy, run, text, wire::*};

/// Connections of a tenant's role on the shared cluster.
async fn open(proxy: &Proxy, tenant: &str) -> String {
    let role = proxy.bed.database(tenant);
    let superuser = cluster::superuser(cluster::shared(), "postgres").await;
    text(&superuser, &format!("SELECT count(*) FROM pg_stat_activity WHERE usename = '{role}'")).await
}

#[tokio::test]
async fn clients_of_a_tenant_and_of_the_proxy() {
    let mut bed = Bed::new().await;
    bed.another("globex").await;
    bed.plan = "max_clients = 2\nmax_connections = 2\n".to_owned();
    bed.listen.push_str("max_clients = 3\n");
    let proxy = bed.serve().await;
    let (one, _two) = (proxy.client().await, proxy.wire().await);
    let refused = proxy.try_wire("acme_app", &[]).await.err().unwrap();
    assert_eq!(refused.state(), "53300");
    assert!(refused.0.as_ref().unwrap().field(b'D').contains("2 of 2"), "{refused:?}");
    let _three = proxy.wire_of("globex_app", &[]).await;
    let refused = proxy.try_wire("globex_app", &[]).await.err().unwrap();
    assert_eq!(refused.state(), "53300");
    // A cancel request gets through although the house is full.
    let token = one.cancel_token();
    let running = tokio::spawn(async move { crate::support::refusal(&one, "SELECT pg_sleep(20)").await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    token.cancel_query(tokio_postgres::NoTls).await.unwrap();
    assert_eq!(running.await.unwrap(), "57014");
    // Who leaves makes room.
    eventually("room for another", || async { proxy.try_wire("acme_app", &[]).await.is_ok() }).await;
}

#[tokio::test]
async fn connections_of_a_tenant() {
    let mut bed = Bed::new().await;
    bed.plan = "max_connections = 2\n".to_owned();
    bed.pool.push_str("checkout_timeout = \"300ms\"\n");
    let proxy = bed.serve().await;
    let (mut one, mut two, mut three) = (proxy.wire().await, proxy.wire().await, proxy.wire().await);
    one.value("BEGIN").await;
    two.value("BEGIN").await;
    let begun = Instant::now();
    let late = three.query("SELECT 1").await;
    assert_eq!((states(&late), shape(&late).as_str()), (vec!["53300"], "EZ"));
    assert!(begun.elapsed() < Duration::from_secs(3));
    three.send(&extended("SELECT 1", &[])).await;
    assert_eq!(states(&three.ready().await), ["53300"]);
    assert_eq!(open(&proxy, "acme").await, "2");
    one.value("COMMIT").await;
    assert_eq!(three.value("SELECT 2").await, "2");
}

#[tokio::test]
async fn idle_and_old_connections_close() {
    let mut bed = Bed::new().await;
    bed.another("globex").await;
    bed.pool.push_str("idle_timeout = \"200ms\"\n");
    let proxy = bed.serve().await;
    let (one, mut held) = (proxy.client().await, proxy.wire_of("globex_app", &[]).await);
    held.value("BEGIN").await;
    run(&one, "SELECT 1").await;
    eventually("idle connections close", || async { open(&proxy, "acme").await == "0" }).await;
    assert_eq!(open(&proxy, "globex").await, "1", "one that is in use isn't idle");
    run(&one, "SELECT 1").await;
    // Lifetime.
    let mut bed = Bed::new().await;
    bed.pool.push_str("lifetime = \"300ms\"\n");
    let proxy = bed.serve().await;
    let client = proxy.client().await;
    let pid = text(&client, "SELECT pg_backend_pid()").await;
    let begun = Instant::now();
    eventually("the connection is replaced", || async { text(&client, "SELECT pg_backend_pid()").await != pid }).await;
    assert!(begun.elapsed() > Duration::from_millis(150));
    // Not in the midst of a transaction.
    run(&client, "BEGIN").await;
    let pid = text(&client, "SELECT pg_backend_pid()").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(text(&client, "SELECT pg_backend_pid()").await, pid);
}

#[tokio::test]
async fn minimum_stays_open() {
    let mut bed = Bed::new().await;
    bed.plan = "max_connections = 4\nmin_connections = 1\n".to_owned();
    bed.pool.push_str("idle_timeout = \"100ms\"\n");
    let proxy = bed.serve().await;
    let client = proxy.client().await;
    let pid = text(&client, "SELECT pg_backend_pid()").await;
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(text(&client, "SELECT pg_backend_pid()").await, pid);
    drop(client);
    eventually("without sessions there is no minimum", || async { open(&proxy, "acme").await == "0" }).await;
}

#[tokio::test]
async fn one_cap_for_all_pools_of_a_shard() {
    let mut bed = Bed::new().await;
    bed.shards = bed.shards.replace("max_connections = 60", "max_connections = 3");
    bed.plan = "max_connections = 3\n".to_owned();
    for tenant in ["globex", "initech", "hooli"] {
        bed.another(tenant).await;
    }
    let proxy = bed.serve().await;
    let mut tasks = Vec::new();
    for tenant in ["acme", "globex", "initech", "hooli"] {
        for _ in 0..5 {
            let mut wire = proxy.wire_of(&format!("{tenant}_app"), &[]).await;
            tasks.push(tokio::spawn(async move {
                for number in 0..20 {
                    assert_eq!(wire.value(&format!("SELECT {number} FROM pg_sleep(0.001)")).await, number.to_string());
                }
            }));
        }
    }
    let roles: Vec<_> = ["acme", "globex", "initech", "hooli"].iter().map(|tenant| format!("'{}'", proxy.bed.database(tenant))).collect();
    let superuser = cluster::superuser(cluster::shared(), "postgres").await;
    let count = format!("SELECT count(*) FROM pg_stat_activity WHERE usename IN ({})", roles.join(","));
    let mut most = 0;
    while tasks.iter().any(|task| !task.is_finished()) {
        most = most.max(text(&superuser, &count).await.parse::<u32>().unwrap());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for task in tasks {
        task.await.unwrap();
    }
    // A server process takes a moment to leave after its connection has closed.
    assert!((1..=6).contains(&most), "{most}");
}
