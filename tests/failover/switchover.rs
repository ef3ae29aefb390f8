//! A planned switch under load: nobody sees an error.

use std::{
    process::{Command, Output},
    sync::Arc,
    time::Duration,
};

use crate::{
    load::{Load, Style, faults},
    support::{eventually, proxy::Proxy, run, text},
    trio::{Trio, WHERE, WRITES_WHERE, tokens, writes_at},
};

/// What `pgtenant shard …` says and how it ends.
async fn shard(proxy: &Proxy, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pgtenant"));
    command.arg("shard").args(arguments).arg("--config").arg(proxy.bed.folder().join("pgtenant.toml"));
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_sees_an_error() {
    let mut trio = Trio::start(1).await;
    let proxy = Arc::new(trio.serve("max_clients = 100\nmax_connections = 20\n", "").await);
    let keeps = proxy.client().await;
    run(&keeps, "CREATE TEMPORARY TABLE own (n int)").await;
    let load = Load::start(&proxy, &[(Style::Simple, 6), (Style::Prepared, 6), (Style::Block, 6), (Style::Seldom, 4)]).await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    let to = format!("127.0.0.1:{}", trio.replicas[0].port());
    let done = shard(&proxy, &["switchover", "east", "--to", &to]).await;
    let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{said}");
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (events, fates) = load.end().await;
    let errors: Vec<_> = events.iter().filter(|event| event.error.is_some()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let longest = events.iter().map(|event| event.ended - event.begun).max().unwrap();
    println!("{said}{} statements, the longest took {longest:?}", events.len());
    let pause: f64 = said.split("pause: ").nth(1).and_then(|rest| rest.split(" ms").next()).unwrap().parse().unwrap();
    assert!(pause < 1000.0, "{said}");
    let client = proxy.client().await;
    assert_eq!(text(&client, WRITES_WHERE).await, "replica1");
    let faults = faults(&tokens(&trio.replicas[0], &trio.database).await, &fates);
    assert!(faults.is_empty(), "{faults:?}");
    // Who kept a connection has lost what was on it.
    assert!(keeps.batch_execute("SELECT * FROM own").await.is_err());
    // The old primary has what was there before, and nothing else.
    let before = tokens(&trio.primary, &trio.database).await.len();
    run(&client, "INSERT INTO tokens VALUES (-1)").await;
    assert_eq!(tokens(&trio.primary, &trio.database).await.len(), before);
}

#[tokio::test]
async fn what_fails_before_the_promotion_changes_nothing() {
    let mut trio = Trio::start(1).await;
    let proxy = trio.serve("", "").await;
    let (client, open) = (proxy.client().await, proxy.client().await);
    run(&open, "BEGIN; INSERT INTO tokens VALUES (1)").await;
    let to = format!("127.0.0.1:{}", trio.replicas[0].port());
    // A transaction that doesn't end.
    let done = shard(&proxy, &["switchover", "east", "--to", &to, "--within", "500ms"]).await;
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(!done.status.success() && said.contains("still run"), "{said}");
    run(&client, "INSERT INTO tokens VALUES (2)").await;
    run(&open, "COMMIT").await;
    assert_eq!((text(&client, WRITES_WHERE).await, tokens(&trio.primary, &trio.database).await), ("first".to_owned(), vec![1, 2]));
    // To where it is already, to nowhere, of no shard.
    let primary = format!("127.0.0.1:{}", trio.primary.port());
    for (arguments, word) in [
        (["switchover", "east", "--to", &primary], "already"),
        (["switchover", "east", "--to", "10.9.9.9"], "not one of"),
        (["switchover", "west", "--to", &primary], "not in the shard map"),
    ] {
        let done = shard(&proxy, &arguments).await;
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(!done.status.success() && said.contains(word), "{said}");
    }
    run(&client, "INSERT INTO tokens VALUES (3)").await;
}

#[tokio::test]
async fn a_replica_is_drained_and_comes_back() {
    let mut trio = Trio::start(1).await;
    let proxy = trio.serve("read_replicas = true\n", "slow_start = \"1s\"\n").await;
    let client = proxy.client().await;
    eventually("reads go to the replica", || async { text(&client, WHERE).await == "replica1" }).await;
    let host = format!("127.0.0.1:{}", trio.replicas[0].port());
    let done = shard(&proxy, &["drain", &host]).await;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    for _ in 0..20 {
        assert_eq!(text(&client, WHERE).await, "first");
    }
    let replica = crate::support::cluster::superuser(&trio.replicas[0], "postgres").await;
    let open = format!("SELECT count(*) FROM pg_stat_activity WHERE datname = '{}'", trio.database);
    eventually("its connections are closed", || async { text(&replica, &open).await == "0" }).await;
    let primary = format!("127.0.0.1:{}", trio.primary.port());
    let done = shard(&proxy, &["drain", &primary]).await;
    assert!(!done.status.success(), "the primary");
    let done = shard(&proxy, &["drain", "--undo", &host]).await;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    eventually("reads go to the replica", || async { text(&client, WHERE).await == "replica1" }).await;
    writes_at(&client, "first").await;
}
