//! The old primary comes back, or was never gone: nothing is written there.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::{
    support::{cluster, eventually, proxy::Proxy, run, text},
    trio::{Trio, WHERE, WRITES_WHERE, tokens, writes_at},
};

#[tokio::test]
async fn it_gets_no_writes_when_it_comes_back() {
    let mut trio = Trio::start(1).await;
    let proxy = trio.serve("", "").await;
    let client = proxy.client().await;
    run(&client, "INSERT INTO tokens VALUES (1)").await;
    trio.caught_up().await;
    trio.primary.kill9();
    trio.promote(0).await;
    run(&client, "INSERT INTO tokens VALUES (2)").await;
    trio.primary.start_again().unwrap();
    proxy.logged("server is outdated primary", 1).await;
    for token in 3..30 {
        run(&client, &format!("INSERT INTO tokens VALUES ({token})")).await;
        assert_eq!(text(&client, WHERE).await, "replica1");
    }
    assert_eq!(tokens(&trio.primary, &trio.database).await, [1]);
    // The new one dies: still nothing goes to the old one, whatever it says.
    trio.replicas[0].kill9();
    let refused = tokio::time::timeout(Duration::from_secs(3), client.batch_execute("INSERT INTO tokens VALUES (99)")).await;
    assert!(!matches!(refused, Ok(Ok(()))), "{refused:?}");
    assert_eq!(tokens(&trio.primary, &trio.database).await, [1]);
    trio.replicas[0].start_again().unwrap();
    let client = proxy.client().await;
    writes_at(&client, "replica1").await;
}

/// The file still calls the old one primary, and it answers: who starts asks all servers before it writes.
#[tokio::test]
async fn a_proxy_that_starts_later_finds_out() {
    let mut trio = Trio::start(1).await;
    let bed = trio.bed("", "").await;
    trio.promote(0).await;
    let proxy = bed.serve().await;
    let client = proxy.client().await;
    for token in 0..20 {
        run(&client, &format!("INSERT INTO tokens VALUES ({token})")).await;
    }
    assert_eq!(tokens(&trio.replicas[0], &trio.database).await.len(), 20);
    assert!(tokens(&trio.primary, &trio.database).await.is_empty());
}

/// A partition: the primary stops, a replica is promoted, and it wakes up with transactions open.
#[tokio::test]
async fn a_primary_that_wakes_up_commits_nothing() {
    let mut trio = Trio::start(2).await;
    let proxy = trio.serve("read_replicas = true\n", "").await;
    let (client, open) = (proxy.client().await, proxy.client().await);
    run(&open, "BEGIN; INSERT INTO tokens VALUES (1)").await;
    stop(&trio, Signal::STOP);
    // Found out by silence.
    proxy.logged("server is down (no answer", 1).await;
    let waits = tokio::spawn(async move {
        run(&client, "INSERT INTO tokens VALUES (2)").await;
        client
    });
    trio.promote(0).await;
    let client = tokio::time::timeout(Duration::from_secs(5), waits).await.unwrap().unwrap();
    stop(&trio, Signal::CONT);
    let refused = open.batch_execute("COMMIT").await;
    assert!(refused.is_err(), "a commit on the losing side");
    for token in 3..20 {
        run(&client, &format!("INSERT INTO tokens VALUES ({token})")).await;
        assert_ne!(text(&client, WHERE).await, "first");
    }
    eventually("the old primary has been asked", || async { proxy.log().contains("server is outdated primary") }).await;
    assert!(tokens(&trio.primary, &trio.database).await.is_empty());
    assert_eq!(tokens(&trio.replicas[0], &trio.database).await.len(), 18);
}

/// A second failover, back to the first server: it is set up as a replica of the new primary, and promoted.
#[tokio::test]
async fn there_and_back_again() {
    let mut trio = Trio::start(1).await;
    let proxy = trio.serve("", "").await;
    let client = proxy.client().await;
    trio.primary.stop(pgtenant::lifecycle::cluster::StopMode::Fast);
    trio.promote(0).await;
    writes_at(&client, "replica1").await;
    // A clean stop: the first server has nothing that the second hasn't, so it can follow without being rewound.
    let conninfo = trio.replicas[0].dsn("postgres").replace('\'', "''");
    trio.primary.write_data_file("standby.signal", "").unwrap();
    trio.primary.set("primary_conninfo", &conninfo).unwrap();
    trio.primary.start_again().unwrap();
    run(&client, "INSERT INTO tokens VALUES (1)").await;
    let first = cluster::superuser(&trio.primary, &trio.database).await;
    eventually("the first server follows", || async { text(&first, "SELECT count(*) FROM tokens").await == "1" }).await;
    proxy.logged("server is replica", 2).await;
    drop(first);
    trio.replicas[0].stop(pgtenant::lifecycle::cluster::StopMode::Fast);
    crate::trio::promote(&trio.primary).await;
    writes_at(&client, "first").await;
    run(&client, "INSERT INTO tokens VALUES (2)").await;
    assert_eq!(tokens(&trio.primary, &trio.database).await, [1, 2]);
    assert_eq!(text(&client, WRITES_WHERE).await, "first");
}

/// Stops or continues all processes of the primary, as a partition would.
fn stop(trio: &Trio, signal: Signal) {
    let parent = trio.primary.pid().unwrap();
    let children = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap();
    for pid in std::iter::once(parent).chain(children.split_whitespace().map(|child| child.parse().unwrap())) {
        let _ = kill_process(Pid::from_raw(i32::try_from(pid).unwrap()).unwrap(), signal);
    }
}

/// Two proxies may see different things for a moment; this one's log says what it has seen.
#[allow(dead_code, reason = "for people who look at a failure")]
fn show(proxy: &Proxy) {
    eprintln!("{}", proxy.log());
}
