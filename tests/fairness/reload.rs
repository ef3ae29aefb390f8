//! Limits of the shard map count for sessions that are there.

use std::time::{Duration, Instant};

use crate::{
    load::{own_bed, sessions, shared_bed, shared_cluster},
    support::{proxy::Proxy, wire::*},
};

/// How many of a tenant's sessions can be in a transaction at once.
async fn at_once(proxy: &Proxy, tenant: usize) -> usize {
    let mut wires = sessions(proxy, tenant, 4).await;
    let mut begun = 0;
    for wire in &mut wires {
        begun += usize::from(states(&wire.query("BEGIN; SELECT 1").await).is_empty());
    }
    begun
}

async fn limits_follow_the_map(mut proxy: Proxy) {
    let mut held = sessions(&proxy, 0, 4).await;
    held[0].value("BEGIN; SELECT 1").await;
    let begun = Instant::now();
    let late = held[1].query("SELECT 1").await;
    assert_eq!((states(&late), shape(&late).as_str()), (vec!["53300"], "EZ"));
    assert!((Duration::from_millis(290)..Duration::from_secs(3)).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    let detail = late[0].field(b'D').to_owned();
    assert!(detail.contains("number 1 of 1 waiting; 1 of 1 connections of the tenant are in use"), "{detail}");
    // One who waits already gets what the new map gives.
    held[1].send(&query("SELECT 2")).await;
    proxy.bed.tenants = proxy.bed.tenants.replace("max_connections = 1\nmax_wait = \"300ms\"", "max_connections = 3\nmax_wait = \"400ms\"");
    tokio::time::sleep(Duration::from_millis(50)).await;
    proxy.bed.write();
    proxy.logged("shard map taken", 1).await;
    held[1].ready().await;
    assert_eq!(held[1].value("SELECT 3").await, "3");
    held[1].value("BEGIN; SELECT 1").await;
    held[2].value("BEGIN; SELECT 1").await;
    let begun = Instant::now();
    let late = held[3].query("SELECT 1").await;
    assert!(late[0].field(b'D').contains("3 of 3 connections"), "{late:?}");
    assert!(begun.elapsed() >= Duration::from_millis(390));
    drop(held);
    assert_eq!(at_once(&proxy, 0).await, 3);
    proxy.bed.tenants = proxy.bed.tenants.replace("max_connections = 3", "max_connections = 2");
    proxy.bed.write();
    proxy.logged("shard map taken", 2).await;
    assert_eq!(at_once(&proxy, 0).await, 2);
    // The shard's own cap, too.
    proxy.bed.tenants = proxy.bed.tenants.replace("max_connections = 2", "max_connections = 4");
    proxy.bed.shards = proxy.bed.shards.replace("max_connections = 9", "max_connections = 3");
    proxy.bed.write();
    proxy.logged("shard map taken", 3).await;
    assert_eq!(at_once(&proxy, 0).await, 3);
}

const LIMITS: &str = "max_connections = 1\nmax_wait = \"300ms\"";

#[tokio::test]
async fn of_a_pool_of_its_own() {
    limits_follow_the_map(own_bed(9, &[LIMITS, "weight = 2"]).await.serve().await).await;
}

#[tokio::test]
async fn of_a_shared_pool() {
    let cluster = shared_cluster().await;
    limits_follow_the_map(shared_bed(&cluster, 9, &[LIMITS.to_owned(), "weight = 2".to_owned()]).serve().await).await;
}
