//! Statements and bytes per second, and clients.

use std::time::{Duration, Instant};

use crate::{
    shards::{Shard, Sharing},
    support::{
        bed::Bed,
        eventually,
        proxy::Proxy,
        wire::{Wire, bind, describe, execute, extended, firsts, parse, query, shape, states, sync},
    },
};

async fn served(plan: &str) -> Proxy {
    let mut bed = Bed::new().await;
    bed.plan.push_str(plan);
    bed.serve().await
}

/// How many statements get through in that time from so many clients that ask again and again.
async fn through(proxy: &Proxy, clients: usize, time: Duration, simple: bool) -> u64 {
    let mut tasks = Vec::new();
    for _ in 0..clients {
        let mut wire = proxy.wire().await;
        wire.send(&[parse("s", "SELECT 1"), sync()].concat()).await;
        wire.ready().await;
        tasks.push(wire);
    }
    // What was used to begin with is there again.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let end = Instant::now() + time;
    let run = |mut wire: Wire| async move {
        let bytes = if simple { query("SELECT 1") } else { [bind("", "s", &[]), execute("", 0), sync()].concat() };
        let mut passed = 0;
        while Instant::now() < end {
            wire.send(&bytes).await;
            let answer = wire.ready().await;
            match states(&answer)[..] {
                [] => passed += 1,
                ["53400"] => {}
                _ => panic!("{answer:?}"),
            }
        }
        passed
    };
    let tasks: Vec<_> = tasks.into_iter().map(|wire| tokio::spawn(run(wire))).collect();
    let mut sum = 0;
    for task in tasks {
        sum += task.await.unwrap();
    }
    sum
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rate_is_kept_within_a_hundredth() {
    let proxy = served("queries_per_second = 1000\n").await;
    let passed = through(&proxy, 4, Duration::from_secs(10), true).await;
    assert!(passed.abs_diff(10_000) <= 100, "{passed} in ten seconds at 1000 per second");
    let passed = through(&proxy, 4, Duration::from_secs(3), false).await;
    assert!(passed.abs_diff(3000) <= 90, "{passed} in three seconds at 1000 per second");
}

#[tokio::test]
async fn a_refusal_says_how_much_and_when() {
    let proxy = served("queries_per_second = 1\nburst = 3\n").await;
    let (mut one, mut two) = (proxy.wire().await, proxy.wire().await);
    for _ in 0..2 {
        assert_eq!(two.value("SELECT 1").await, "1");
    }
    assert_eq!(one.value("SELECT 1").await, "1");
    let begun = Instant::now();
    let refused = one.query("SELECT 2").await;
    assert_eq!((states(&refused), shape(&refused).as_str()), (vec!["53400"], "EZ"));
    let detail = refused[0].field(b'D');
    assert!(detail.contains("1 statements per second") && detail.contains("3 of 3 are used") && detail.contains(" ms"), "{detail}");
    assert!(!refused[0].field(b'H').is_empty());
    // A batch, prepared before or not.
    two.send(&extended("SELECT 2", &[])).await;
    assert_eq!(states(&two.ready().await), ["53400"]);
    assert!(begun.elapsed() < Duration::from_millis(500), "at once");
    // Texts of several statements are counted whole, those that never could run are told so.
    let refused = one.query("SELECT 1; SELECT 2; SELECT 3; SELECT 4").await;
    assert!(refused[0].field(b'D').contains("this text holds 4"), "{refused:?}");
    // Another connection is no way out.
    drop((one, two));
    let mut three = proxy.wire().await;
    assert_eq!(states(&three.query("SELECT 1").await), ["53400"]);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(three.value("SELECT 3").await, "3");
}

#[tokio::test]
async fn a_transaction_can_always_be_ended() {
    let proxy = served("queries_per_second = 1\nburst = 3\n").await;
    let mut wire = proxy.wire().await;
    wire.query("BEGIN; CREATE TABLE t (a int)").await;
    assert_eq!(shape(&wire.query("INSERT INTO t VALUES (1)").await), "CZ");
    assert_eq!(shape(&wire.query("COMMIT").await), "CZ");
    assert_eq!(states(&wire.query("SELECT 1").await), ["53400"]);
    tokio::time::sleep(Duration::from_millis(3200)).await;
    assert_eq!(wire.value("SELECT count(*) FROM t").await, "1");
    tokio::time::sleep(Duration::from_millis(1200)).await;
    // What is refused inside fails the transaction.
    wire.query("BEGIN; DELETE FROM t").await;
    let refused = wire.query("SELECT 1").await;
    assert_eq!(states(&refused), ["53400"], "{refused:?}");
    wire.send(&extended("COMMIT", &[])).await;
    assert!(states(&wire.ready().await).is_empty());
    tokio::time::sleep(Duration::from_millis(3200)).await;
    assert_eq!(wire.value("SELECT count(*) FROM t").await, "1", "it was rolled back");
}

#[tokio::test]
async fn rates_are_a_tenants_own_and_follow_the_map() {
    let shard = Shard::start(Sharing::Signed).await;
    let mut bed = shard.bed(shard.cluster.port(), 4);
    bed.tenants.push_str("[tenants.acme.limits]\nqueries_per_second = 1\nburst = 1\n");
    let mut proxy = bed.serve().await;
    let (mut acme, mut globex) = (proxy.wire().await, proxy.wire_of("globex_app", &[]).await);
    acme.query("SELECT 1").await;
    assert_eq!(states(&acme.query("SELECT 1").await), ["53400"]);
    for _ in 0..20 {
        assert_eq!(globex.value("SELECT 1").await, "1");
    }
    proxy.bed.tenants = proxy.bed.tenants.replace("queries_per_second = 1\nburst = 1\n", "queries_per_second = 1000\nburst = 1000\n");
    proxy.bed.write();
    proxy.logged("shard map taken", 1).await;
    for _ in 0..20 {
        assert_eq!(acme.value("SELECT 1").await, "1");
    }
}

/// Results come slower, and whole.
#[tokio::test]
async fn bytes_per_second() {
    let proxy = served("bytes_per_second = \"1MB\"\n").await;
    let (mut one, mut two, mut other) = (proxy.wire().await, proxy.wire().await, proxy.wire().await);
    let begun = Instant::now();
    let text = "SELECT repeat('x', 1000) FROM generate_series(1, 2000)";
    one.send(&query(text)).await;
    two.send(&query(text)).await;
    let (first, second) = tokio::join!(one.ready(), two.ready());
    assert_eq!((firsts(&first).len(), firsts(&second).len()), (2000, 2000));
    let seconds = begun.elapsed().as_secs_f64();
    assert!((3.4..4.6).contains(&seconds), "4 MB at 1 MB/s: {seconds} s");
    assert_eq!(other.value("SELECT 1").await, "1");
    // A cancel request gets through.
    one.send(&query("SELECT repeat('x', 1000) FROM generate_series(1, 1000000)")).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    one.cancel(proxy.port()).await;
    let begun = Instant::now();
    assert_eq!(states(&one.ready().await), ["57014"]);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn clients_of_a_login() {
    let mut bed = Bed::new().await;
    bed.login("few", "tenant = \"acme\"\nsecret = \"file:secret\"\nmax_clients = 2");
    let proxy = bed.serve().await;
    let (_one, two) = (proxy.wire_of("few", &[]).await, proxy.wire_of("few", &[]).await);
    let refused = proxy.try_wire("few", &[]).await.err().unwrap();
    let told = refused.0.as_ref().unwrap();
    assert_eq!((refused.state(), told.field(b'S')), ("53300", "FATAL"));
    assert!(told.field(b'M').contains("login \"few\"") && told.field(b'D').contains("2 of 2") && !told.field(b'H').is_empty(), "{told:?}");
    assert_eq!(proxy.wire().await.value("SELECT 1").await, "1", "others aren't concerned");
    drop(two);
    eventually("room for another", || async { proxy.try_wire("few", &[]).await.is_ok() }).await;
}

/// A result is cut off, and its session goes on: alone and in a block, over both protocols, long and short results.
#[tokio::test]
async fn rows_of_a_result() {
    let mut proxy = served("rows_per_result = 100\n").await;
    let mut wire = proxy.wire().await;
    let rows = |count: u64| format!("SELECT repeat('x', 100) FROM generate_series(1, {count})");
    assert_eq!(firsts(&wire.query(&rows(100)).await).len(), 100);
    for count in [101, 2000, 3_000_000] {
        for bytes in [query(&rows(count)), extended(&rows(count), &[]), query(&format!("COPY ({}) TO STDOUT", rows(count)))] {
            wire.send(&bytes).await;
            let begun = Instant::now();
            let answer = wire.ready().await;
            assert_eq!(states(&answer), ["54000"], "{count}");
            let sent = answer.iter().filter(|message| matches!(message.tag, b'D' | b'd')).count();
            assert_eq!(sent, 100, "{count}");
            let told = answer.iter().find(|message| message.tag == b'E').unwrap();
            assert!(told.field(b'D').contains("allows 100 rows") && !told.field(b'H').is_empty(), "{told:?}");
            assert_eq!(answer.last().unwrap().body, b"I");
            assert!(begun.elapsed() < Duration::from_secs(10));
            assert_eq!(firsts(&wire.query("SELECT n FROM generate_series(1, 100) n").await).len(), 100);
        }
    }
    // Inside of a block the transaction has failed, whether the server had done all of it or not.
    wire.query("CREATE TABLE t (a int)").await;
    for count in [101, 3_000_000] {
        for bytes in [query(&rows(count)), extended(&rows(count), &[])] {
            wire.query("BEGIN; INSERT INTO t VALUES (1)").await;
            wire.send(&bytes).await;
            let answer = wire.ready().await;
            assert_eq!((states(&answer), answer.last().unwrap().body.as_slice()), (vec!["54000"], b"E".as_slice()), "{count}");
            assert_eq!(states(&wire.query("INSERT INTO t VALUES (2)").await), ["25P02"]);
            assert_eq!(shape(&wire.query("COMMIT").await), "CZ");
        }
    }
    assert_eq!(wire.value("SELECT count(*) FROM t").await, "0");
    // What ran behind it although it shouldn't have ends the session.
    wire.send(&query(&format!("{}; INSERT INTO t VALUES (3)", rows(101)))).await;
    assert_eq!(states(&wire.rest().await), ["54000", "54000"]);
    // A cursor reads in parts; other limits count for those who are there.
    let mut wire = proxy.wire().await;
    wire.query(&format!("BEGIN; DECLARE c CURSOR FOR {}", rows(1000))).await;
    for _ in 0..3 {
        assert_eq!(firsts(&wire.query("FETCH 100 FROM c").await).len(), 100);
    }
    wire.query("COMMIT").await;
    proxy.bed.plan = "max_connections = 8\n".to_owned();
    proxy.bed.write();
    proxy.logged("shard map taken", 1).await;
    assert_eq!(firsts(&wire.query(&rows(5000)).await).len(), 5000);
}

/// A batch is refused where its statement stands, and the rest of it is skipped.
#[tokio::test]
async fn a_batch_is_refused_in_its_place() {
    let proxy = served("queries_per_second = 1\nburst = 2\n").await;
    let mut wire = proxy.wire().await;
    let one = [bind("", "s", &[]), describe(b'P', ""), execute("", 0)].concat();
    wire.send(&[parse("s", "SELECT 1"), one.clone(), one.clone(), one.clone(), one, sync()].concat()).await;
    let answer = wire.ready().await;
    assert_eq!(shape(&answer), "12TDC2TDCEZ", "{answer:?}");
    assert_eq!(states(&answer), ["53400"]);
}
