//! State that lives in a server process keeps its session there, and is gone for the next.

use std::time::Duration;

use tokio_postgres::Client;

use crate::support::{bed::Bed, eventually, proxy::Proxy, refusal, run, text, wire::*};

const PID: &str = "SELECT pg_backend_pid()";

async fn proxy(connections: u32, mode: &str) -> Proxy {
    let mut bed = Bed::new().await.observed();
    bed.plan = format!("max_connections = {connections}\npool_mode = \"{mode}\"\n");
    bed.serve().await
}

/// The session stays on one process while others come and go.
async fn stays(proxy: &Proxy, one: &Client, other: &Client) {
    let pid = text(one, PID).await;
    for _ in 0..5 {
        assert_ne!(text(other, PID).await, pid);
        assert_eq!(text(one, PID).await, pid);
    }
    proxy.logged("session keeps its server connection", 1).await;
}

/// Nothing of a session is left once it has gone: the pool's connections are tried one after the other.
async fn left(proxy: &Proxy, what: &str) {
    let count = async || {
        let (one, other) = (proxy.client().await, proxy.client().await);
        run(&one, "BEGIN").await;
        let first = text(&one, what).await;
        let second = text(&other, what).await;
        run(&one, "COMMIT").await;
        (first, second)
    };
    eventually(&format!("nothing is left: {what}"), || async { count().await == ("0".to_owned(), "0".to_owned()) }).await;
}

#[tokio::test]
async fn temporary_tables() {
    let proxy = proxy(2, "transaction").await;
    let (one, other) = (proxy.client().await, proxy.client().await);
    run(&one, "CREATE TEMP TABLE mine (a int); INSERT INTO mine VALUES (1)").await;
    stays(&proxy, &one, &other).await;
    assert_eq!(text(&one, "SELECT count(*) FROM mine").await, "1");
    assert_eq!(refusal(&other, "SELECT * FROM mine").await, "42P01");
    drop(one);
    left(&proxy, "SELECT count(*) FROM pg_class WHERE relname = 'mine'").await;
}

#[tokio::test]
async fn advisory_locks() {
    let proxy = proxy(2, "transaction").await;
    let (one, other) = (proxy.client().await, proxy.client().await);
    run(&one, "SELECT pg_advisory_lock(1)").await;
    stays(&proxy, &one, &other).await;
    assert_eq!(text(&other, "SELECT pg_try_advisory_lock(1)").await, "f");
    drop((one, other));
    left(&proxy, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").await;
    // A transaction's lock doesn't pin.
    let before = proxy.log().matches("session keeps").count();
    run(&proxy.client().await, "BEGIN; SELECT pg_advisory_xact_lock(1); COMMIT").await;
    assert_eq!(proxy.log().matches("session keeps").count(), before);
}

#[tokio::test]
async fn cursors_that_outlive_their_transaction() {
    let proxy = proxy(2, "transaction").await;
    let (one, other) = (proxy.client().await, proxy.client().await);
    run(&one, "BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT generate_series(1, 10); COMMIT").await;
    stays(&proxy, &one, &other).await;
    assert_eq!(text(&one, "FETCH 1 FROM c").await, "1");
    assert_eq!(text(&one, "FETCH 1 FROM c").await, "2");
    drop(one);
    left(&proxy, "SELECT count(*) FROM pg_cursors").await;
}

#[tokio::test]
async fn discard_all_frees_a_pinned_connection() {
    let proxy = proxy(1, "transaction").await;
    let (one, other) = (proxy.client().await, proxy.client().await);
    run(&one, "CREATE TEMP TABLE mine (a int)").await;
    run(&one, "DISCARD ALL").await;
    assert_eq!(text(&other, "SELECT count(*) FROM pg_class WHERE relname = 'mine'").await, "0");
    assert_eq!(refusal(&one, "SELECT * FROM mine").await, "42P01");
}

#[tokio::test]
async fn unknown_settings_pin() {
    let proxy = proxy(2, "transaction").await;
    let (one, other) = (proxy.client().await, proxy.client().await);
    run(&one, "SET my.setting = 'mine'").await;
    stays(&proxy, &one, &other).await;
    assert_eq!(text(&one, "SHOW my.setting").await, "mine");
    drop(one);
    left(&proxy, "SELECT count(*) FROM (SELECT current_setting('my.setting', true) s) x WHERE s <> ''").await;
}

#[tokio::test]
async fn pool_mode_session() {
    let proxy = proxy(1, "session").await;
    let one = proxy.client().await;
    run(&one, "SET work_mem = '7MB'; CREATE TEMP TABLE mine (a int)").await;
    let other = proxy.client().await;
    let waits =
        tokio::spawn(
            async move { (text(&other, PID).await, text(&other, "SHOW work_mem").await, refusal(&other, "SELECT * FROM mine").await) },
        );
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!waits.is_finished());
    let pid = text(&one, PID).await;
    drop(one);
    let (next, work_mem, mine) = waits.await.unwrap();
    assert_eq!((next, work_mem.as_str(), mine.as_str()), (pid, "4MB", "42P01"));
}

#[tokio::test]
async fn pool_mode_statement() {
    let proxy = proxy(1, "statement").await;
    let mut one = proxy.wire().await;
    assert_eq!(one.value("SELECT 1").await, "1");
    assert_eq!(states(&one.query("BEGIN").await), ["0A000"]);
    one.send(&extended("START TRANSACTION", &[])).await;
    assert_eq!(states(&one.ready().await), ["0A000"]);
    // One text is one transaction; what opens a block by another way ends the session.
    assert_eq!(shape(&one.query("CREATE TABLE t (a int); INSERT INTO t VALUES (1)").await), "CCZ");
    assert_eq!(one.value("SELECT count(*) FROM t").await, "1");
    assert_eq!(proxy.client().await.query_one("SELECT $1::int", &[&5]).await.unwrap().get::<_, i32>(0), 5);
}

#[tokio::test]
async fn pool_mode_transaction_shares_connections() {
    let proxy = proxy(1, "transaction").await;
    let mut clients = Vec::new();
    for _ in 0..20 {
        clients.push(proxy.client().await);
    }
    let mut pids = std::collections::BTreeSet::new();
    for client in &clients {
        pids.insert(text(client, PID).await);
    }
    assert_eq!(pids.len(), 1);
}
