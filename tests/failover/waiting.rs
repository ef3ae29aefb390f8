//! What waits for a primary, and what ends the wait.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use tokio_postgres::NoTls;

use crate::{
    support::{refusal, run, state_of, text},
    trio::{Trio, WHERE, WRITES_WHERE, tokens},
};

#[tokio::test]
async fn it_ends_by_cancel_by_time_and_by_a_primary() {
    let mut trio = Trio::start(1).await;
    let proxy = trio.serve("read_replicas = true\n", "failover_timeout = \"4s\"\n").await;
    let (one, two, three, reader) = (proxy.client().await, proxy.client().await, proxy.client().await, proxy.client().await);
    run(&two, "SET statement_timeout = '700ms'").await;
    run(&three, "PREPARE p AS SELECT 1").await;
    trio.primary.kill9();
    proxy.logged("the shard has no primary", 1).await;
    let begun = Instant::now();
    // A cancel request ends one, its own time limit another; reads go on where they can.
    let cancel = one.cancel_token();
    let waits = tokio::spawn(async move { (refusal(&one, "INSERT INTO tokens VALUES (1)").await, one) });
    tokio::time::sleep(Duration::from_millis(200)).await;
    cancel.cancel_query(NoTls).await.unwrap();
    let (state, one) = tokio::time::timeout(Duration::from_secs(2), waits).await.unwrap().unwrap();
    assert_eq!(state, "57014");
    assert_eq!(refusal(&two, "INSERT INTO tokens VALUES (2)").await, "57014");
    assert!(begun.elapsed() > Duration::from_millis(800) && begun.elapsed() < Duration::from_millis(2500), "{:?}", begun.elapsed());
    assert_eq!(text(&reader, WHERE).await, "replica1");
    // Patience ends.
    let begun = Instant::now();
    assert_eq!(refusal(&three, "INSERT INTO tokens VALUES (3)").await, "57P03");
    assert!(begun.elapsed() > Duration::from_millis(3900) && begun.elapsed() < Duration::from_millis(6000), "{:?}", begun.elapsed());
    // Whoever waits goes on, in the same session, and so does a login.
    let waits = tokio::spawn(async move {
        run(&one, "INSERT INTO tokens VALUES (4)").await;
        one
    });
    let login = tokio::spawn({
        let config = proxy.config("acme_app");
        async move {
            let mut config = config;
            config.options("-c work_mem=5MB");
            let (client, connection) = config.connect(NoTls).await.unwrap();
            tokio::spawn(connection);
            text(&client, "SHOW work_mem").await
        }
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(!waits.is_finished() && !login.is_finished());
    trio.primary.start_again().unwrap();
    let one = tokio::time::timeout(Duration::from_secs(5), waits).await.unwrap().unwrap();
    assert_eq!(tokio::time::timeout(Duration::from_secs(5), login).await.unwrap().unwrap(), "5MB");
    assert_eq!(text(&three, "EXECUTE p").await, "1");
    assert_eq!((text(&one, WRITES_WHERE).await, tokens(&trio.primary, &trio.database).await), ("first".to_owned(), vec![4]));
}

#[tokio::test]
async fn clients_that_leave_and_a_proxy_that_stops_wait_for_nobody() {
    let mut trio = Trio::start(1).await;
    let mut proxy = trio.serve("", "").await;
    let (leaves, waits) = (proxy.client().await, proxy.client().await);
    trio.primary.kill9();
    proxy.logged("the shard has no primary", 1).await;
    let left = tokio::spawn(async move {
        let _ = tokio::time::timeout(Duration::from_millis(200), leaves.batch_execute("INSERT INTO tokens VALUES (1)")).await;
    });
    left.await.unwrap();
    let waits = tokio::spawn(async move { refusal(&waits, "INSERT INTO tokens VALUES (2)").await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    proxy.signal(Signal::TERM);
    let begun = Instant::now();
    assert_eq!(waits.await.unwrap(), "57P01");
    proxy.ended(Duration::from_secs(3)).await;
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    // Nothing of it has run, then or later.
    trio.primary.start_again().unwrap();
    assert!(tokens(&trio.primary, &trio.database).await.is_empty());
}

/// A session inside of a block, and one that keeps its server connection, can't go on: they are told, and can begin anew at once.
#[tokio::test]
async fn what_hangs_on_the_old_server_ends() {
    let mut trio = Trio::start(1).await;
    let proxy = trio.serve("", "").await;
    let (block, keeps, listens) = (proxy.client().await, proxy.client().await, proxy.client().await);
    run(&block, "BEGIN; INSERT INTO tokens VALUES (1)").await;
    run(&keeps, "CREATE TEMPORARY TABLE own (n int)").await;
    run(&listens, "LISTEN news").await;
    trio.primary.kill9();
    for client in [&block, &keeps] {
        let error = client.batch_execute("SELECT 1").await.unwrap_err();
        assert!(["08006", "57P01", "closed"].contains(&state_of(&error).as_str()), "{error:?}");
    }
    trio.promote(0).await;
    let client = proxy.client().await;
    assert_eq!(text(&client, WRITES_WHERE).await, "replica1");
    assert_eq!(text(&listens, WRITES_WHERE).await, "replica1");
}
