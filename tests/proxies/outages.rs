//! What becomes of shares when a proxy dies, when the store is away, and when nobody else is there.

use std::{
    fs,
    time::{Duration, Instant},
};

use pgtenant::lifecycle::cluster::StopMode;
use rustix::process::Signal;

use crate::{
    group::{Group, Shares, database},
    support::{
        bed::Bed,
        cluster, eventually,
        proxy::Proxy,
        wire::{Wire, states},
    },
};

async fn bed(plan: &str) -> Bed {
    let mut bed = Bed::new().await;
    bed.plan.push_str(plan);
    bed
}

/// As many clients as a proxy lets in.
async fn fill(proxy: &Proxy, most: usize) -> Vec<Wire> {
    let mut inside = Vec::new();
    while inside.len() < most {
        match proxy.try_wire("acme_app", &[]).await {
            Ok(wire) => inside.push(wire),
            Err(_) => break,
        }
    }
    inside
}

#[tokio::test]
async fn nothing_is_left_behind_by_one_alone() {
    let mut proxy = bed("max_clients = 3\n").await.serve().await;
    let folder = proxy.bed.folder().join("map.toml.shares");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 2, "a record and a lock");
    assert_eq!(fill(&proxy, 4).await.len(), 3, "all of it is its own");
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(!proxy.log().contains("shard map taken"), "what is written there is no change of the map: {}", proxy.log());
    proxy.signal(Signal::TERM);
    proxy.ended(Duration::from_secs(10)).await;
    assert!(!folder.exists());
}

#[tokio::test]
async fn without_a_folder_it_goes_on_alone() {
    let mut bed = bed("max_clients = 3\n").await;
    bed.file("taken", "");
    bed.sections.push_str("[proxies]\nshares = \"taken/below\"\n");
    let proxy = bed.serve().await;
    proxy.logged("can't find each other", 1).await;
    assert_eq!(fill(&proxy, 4).await.len(), 3);
}

#[tokio::test]
async fn what_a_killed_proxy_held_goes_to_the_others() {
    let mut group = Group::start(bed("max_clients = 6\n").await, 2, database().await).await;
    let held = fill(&group.proxies[1], 6).await;
    assert_eq!(held.len(), 6);
    let killed = group.proxies.pop().unwrap();
    let begun = Instant::now();
    killed.signal(Signal::KILL);
    // It may still be there.
    assert!(fill(&group.proxies[0], 1).await.is_empty());
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    group.proxies[0].logged("no sign of life", 1).await;
    assert!(begun.elapsed() > Duration::from_secs(2), "{:?}", begun.elapsed());
    assert_eq!(fill(&group.proxies[0], 7).await.len(), 6);
    drop((held, killed));
    // Another one takes its place.
    group.join().await;
    group.proxies[1].logged("limits are shared proxies=2", 1).await;
    eventually("room on both", || async { fill(&group.proxies[0], 3).await.len() + fill(&group.proxies[1], 3).await.len() == 6 }).await;
}

/// On one host it is seen at once that a process is gone: one that is restarted after a crash has everything.
#[tokio::test]
async fn who_is_killed_beside_the_others_is_missed_at_once() {
    let mut group = Group::start(bed("max_clients = 6\n").await, 2, Shares::BesideMap).await;
    let held = fill(&group.proxies[1], 6).await;
    let killed = group.proxies.pop().unwrap();
    killed.signal(Signal::KILL);
    let begun = Instant::now();
    group.proxies[0].logged("has ended without a word", 1).await;
    eventually("all of it", || async { fill(&group.proxies[0], 7).await.len() == 6 }).await;
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    drop((held, killed));
}

#[tokio::test]
async fn one_that_ends_leaves_all_at_once() {
    let mut group = Group::start(bed("max_clients = 6\n").await, 2, Shares::BesideMap).await;
    drop(fill(&group.proxies[1], 6).await);
    let mut leaves = group.proxies.pop().unwrap();
    leaves.signal(Signal::TERM);
    leaves.ended(Duration::from_secs(10)).await;
    let begun = Instant::now();
    eventually("all of it", || async { fill(&group.proxies[0], 7).await.len() == 6 }).await;
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    group.proxies[0].signal(Signal::TERM);
    group.proxies[0].ended(Duration::from_secs(10)).await;
    assert!(!group.folder().exists(), "nothing is left behind");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_store_each_keeps_its_share() {
    let mut store = cluster::own(&[]);
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("store-{}", std::process::id()));
    fs::write(&file, format!("{}?sslmode=disable", url(&store))).unwrap();
    let shares = Shares::Postgres(format!("file:{}", file.display()));
    let group = Group::start(bed("max_clients = 9\nqueries_per_second = 300\n").await, 3, shares).await;
    let five = fill(&group.proxies[0], 5).await;
    assert_eq!(five.len(), 5);
    store.stop(StopMode::Immediate);
    for proxy in &group.proxies {
        proxy.logged("the store of shares is away", 1).await;
    }
    // Longer than the time-out: nobody takes the others for dead.
    let mut others = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(6) {
        others.extend(fill(&group.proxies[1], 9).await);
        others.extend(fill(&group.proxies[2], 9).await);
        assert!(five.len() + others.len() <= 9, "{} and {}", five.len(), others.len());
    }
    let mut wire = others.pop().expect("each keeps its share");
    assert!(states(&wire.query("SELECT 1").await).is_empty());
    drop((five, others, wire));
    store.start_again().unwrap();
    for proxy in &group.proxies {
        proxy.logged("the store of shares is there again", 1).await;
    }
    eventually("all of it wherever they come", || async { fill(&group.proxies[2], 10).await.len() == 9 }).await;
    assert!(group.proxies.iter().all(|proxy| !proxy.log().contains("no sign of life")));
    fs::remove_file(file).unwrap();
}

/// The superuser's, with the password in it.
fn url(cluster: &pgtenant::lifecycle::cluster::Cluster) -> String {
    format!("postgres://postgres:{}@127.0.0.1:{}/postgres", cluster.password(), cluster.port())
}
