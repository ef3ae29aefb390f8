//! Cancel requests.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio_postgres::NoTls;

use crate::support::{bed::Bed, refusal, wire::*};

#[tokio::test]
async fn of_a_running_statement() {
    let proxy = Bed::new().await.serve().await;
    let mut wire = proxy.wire().await;
    let begun = Instant::now();
    wire.send(&query("SELECT pg_sleep(30)")).await;
    wire.cancel_running(proxy.port()).await;
    assert_eq!(states(&wire.ready().await), ["57014"]);
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(wire.value("SELECT 1").await, "1");
    // In a transaction, extended.
    wire.value("BEGIN").await;
    wire.send(&extended("SELECT pg_sleep(30)", &[])).await;
    wire.cancel_running(proxy.port()).await;
    let failed = wire.ready().await;
    assert_eq!((states(&failed), failed.last().unwrap().body.as_slice()), (vec!["57014"], &b"E"[..]));
    assert_eq!(shape(&wire.query("ROLLBACK").await), "CZ");
    // With nothing running it does nothing, not even to what comes next; nor does a wrong key, nor a key of nobody.
    for _ in 0..20 {
        wire.cancel(proxy.port()).await;
        assert_eq!(wire.value("SELECT 2").await, "2");
    }
    wire.send(&query("SELECT pg_sleep(0.3)")).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut wrong = wire.key.clone();
    wrong[0] ^= 1;
    cancel(proxy.port(), wire.process, &wrong).await;
    cancel(proxy.port(), wire.process, &[wire.key.as_slice(), &[0; 28]].concat()).await;
    cancel(proxy.port(), wire.process + 1, &wire.key).await;
    assert_eq!(states(&wire.ready().await), [""; 0]);
}

#[tokio::test]
async fn works_while_the_pool_is_exhausted_and_the_session_waits() {
    let mut bed = Bed::new().await;
    bed.plan = "max_connections = 1\n".to_owned();
    let proxy = bed.serve().await;
    let (mut holder, mut waiter, mut third) = (proxy.wire().await, proxy.wire().await, proxy.wire().await);
    holder.value("BEGIN").await;
    let begun = Instant::now();
    waiter.send(&[query("SELECT 'first'"), query("SELECT 'second'")].concat()).await;
    third.send(&extended("SELECT 'third'", &[])).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    waiter.cancel(proxy.port()).await;
    let canceled = waiter.ready().await;
    assert_eq!((shape(&canceled).as_str(), states(&canceled)), ("EZ", vec!["57014"]));
    third.cancel(proxy.port()).await;
    let canceled = third.ready().await;
    assert_eq!((shape(&canceled).as_str(), states(&canceled)), ("EZ", vec!["57014"]));
    assert!(begun.elapsed() < Duration::from_secs(2));
    // What stood behind it still runs, when it can.
    assert!(waiter.is_silent(Duration::from_millis(50)).await);
    // The holder's own statement can be canceled too.
    holder.send(&query("SELECT pg_sleep(30)")).await;
    holder.cancel_running(proxy.port()).await;
    assert_eq!(states(&holder.ready().await), ["57014"]);
    holder.value("ROLLBACK").await;
    assert_eq!(firsts(&waiter.ready().await), ["second"]);
    assert_eq!(third.value("SELECT 3").await, "3");
}

/// 200 sessions on 8 connections; cancels fly at random; nobody gets one that wasn't meant for him.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn never_hits_another_session() {
    let mut bed = Bed::new().await;
    bed.plan = "max_connections = 8\n".to_owned();
    let proxy = bed.serve().await;
    let stop = Arc::new(AtomicBool::new(false));
    let (hit, run) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut tasks = Vec::new();
    for number in 0..200_usize {
        let (stop, hit, run) = (Arc::clone(&stop), Arc::clone(&hit), Arc::clone(&run));
        let config = proxy.config("acme_app");
        tasks.push(tokio::spawn(async move {
            let (client, connection) = config.connect(NoTls).await.unwrap();
            tokio::spawn(connection);
            // One in ten is canceled now and then, the others never.
            let victim = number % 10 == 0;
            while !stop.load(Ordering::Relaxed) {
                let sql = if number % 3 == 0 { "SELECT pg_sleep(0.003)" } else { "SELECT 1" };
                if victim {
                    let token = client.cancel_token();
                    let delay = Duration::from_micros((number as u64 * 37) % 4000);
                    let cancel = tokio::spawn(async move {
                        tokio::time::sleep(delay).await;
                        token.cancel_query(NoTls).await.unwrap();
                    });
                    match refusal(&client, sql).await.as_str() {
                        "" => {}
                        "57014" => drop(hit.fetch_add(1, Ordering::Relaxed)),
                        other => panic!("{other}"),
                    }
                    cancel.await.unwrap();
                    tokio::time::sleep(Duration::from_millis(30)).await;
                } else {
                    client.batch_execute(sql).await.unwrap_or_else(|error| panic!("session {number}, never canceled: {error:?}"));
                    run.fetch_add(1, Ordering::Relaxed);
                }
            }
        }));
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.unwrap();
    }
    assert!(hit.load(Ordering::Relaxed) > 0 && run.load(Ordering::Relaxed) > 200, "{hit:?} {run:?}");
}
