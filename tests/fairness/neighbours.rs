//! One tenant beside another that floods the shard.

use std::time::Duration;

use crate::load::{Clients, own_bed, p99, sessions, shared_bed, shared_cluster};
use crate::support::proxy::Proxy;

const PLAN: &str = "max_connections = 6";

/// The other's 99th percentile alone, and beside 60 clients whose statements sleep for 50 ms.
async fn beside_a_flood(proxy: &Proxy) {
    let other = Clients::start(sessions(proxy, 1, 4).await, "SELECT 1");
    let flood = sessions(proxy, 0, 60).await;
    other.take();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let alone = p99(other.take());
    let flood = Clients::start(flood, "SELECT pg_sleep(0.05)");
    tokio::time::sleep(Duration::from_millis(300)).await;
    other.take();
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let beside = p99(other.take());
    flood.stop().await;
    other.stop().await;
    println!("p99 alone {alone:?}, beside a flood {beside:?}");
    // First come, first served would make it half a second. A busy test machine may cost some milliseconds.
    assert!(beside <= alone * 2 + Duration::from_millis(15), "{alone:?} alone, {beside:?} beside a flood");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_in_a_shared_pool_stays_within_its_plan() {
    let cluster = shared_cluster().await;
    let proxy = shared_bed(&cluster, 12, &[PLAN.to_owned(), PLAN.to_owned()]).serve().await;
    beside_a_flood(&proxy).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_in_a_pool_of_its_own_stays_within_its_plan() {
    let proxy = own_bed(12, &[PLAN, PLAN]).await.serve().await;
    beside_a_flood(&proxy).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_free_are_of_no_use_beyond_ones_server_time() {
    let greedy = "max_connections = 10\nserver_seconds_per_second = 1.0\nserver_seconds_burst = \"1s\"";
    let proxy = own_bed(40, &[greedy, "max_connections = 10"]).await.serve().await;
    let flood = Clients::start(sessions(&proxy, 0, 20).await, "SELECT pg_sleep(0.02)");
    tokio::time::sleep(Duration::from_millis(500)).await;
    let second = Duration::from_secs(1);
    let alone = flood.done_in(second).await;
    assert!(alone > 150, "alone it has what it likes, and did {alone} statements in a second");
    let other = Clients::start(sessions(&proxy, 1, 1).await, "SELECT pg_sleep(0.01)");
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let beside = flood.done_in(3 * second).await;
    println!("{alone} statements a second alone, {beside} in three seconds beside another");
    // One second of server time per second: 50 statements of 20 ms.
    assert!((75..=160).contains(&beside), "{beside} in three seconds");
    other.stop().await;
    tokio::time::sleep(2 * second).await;
    let again = flood.done_in(second).await;
    assert!(again > 150, "alone again: {again}");
    flood.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn few_at_once_share_by_weight_although_connections_are_free() {
    let mut bed = own_bed(40, &["max_connections = 10", "max_connections = 10\nweight = 3"]).await;
    bed.shards.push_str("concurrency = 4\n");
    let proxy = bed.serve().await;
    let flood = Clients::start(sessions(&proxy, 0, 20).await, "SELECT pg_sleep(0.005)");
    let other = Clients::start(sessions(&proxy, 1, 8).await, "SELECT pg_sleep(0.005)");
    tokio::time::sleep(Duration::from_millis(1000)).await;
    flood.take();
    let other_done = other.done_in(Duration::from_secs(3)).await;
    let flood_done = flood.done();
    println!("weight 3: {other_done}, weight 1: {flood_done}");
    let share = other_done as f64 / (flood_done + other_done) as f64;
    assert!((0.65..=0.85).contains(&share), "{share:.3} instead of 0.75");
    flood.stop().await;
    other.stop().await;
}
