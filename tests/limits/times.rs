//! Time limits: what a plan allows holds, whatever a tenant sets, and hears of a reload.

use std::time::{Duration, Instant};

use crate::{
    shards::{Shard, Sharing},
    support::{
        bed::Bed,
        proxy::Proxy,
        wire::{Message, Wire, bind, execute, extended, flush, parse, query, states},
    },
};

async fn served(plan: &str) -> Proxy {
    let mut bed = Bed::new().await;
    bed.plan.push_str(plan);
    bed.serve().await
}

/// The first error, and how long it took.
async fn timed(wire: &mut Wire, bytes: &[u8]) -> (Message, Duration) {
    let begun = Instant::now();
    wire.send(bytes).await;
    let mut found = None;
    while let Some(message) = wire.message().await {
        match message.tag {
            b'E' => found = Some(message),
            b'Z' => break,
            _ => {}
        }
    }
    (found.expect("no error"), begun.elapsed())
}

fn is_about(elapsed: Duration, seconds: f64) {
    let elapsed = elapsed.as_secs_f64();
    assert!(elapsed > seconds * 0.9 && elapsed < seconds + 1.0, "{elapsed} s, not {seconds}");
}

/// A statement of 20 seconds ends after one.
async fn ends_after_one(wire: &mut Wire, what: &str) {
    for bytes in [query("SELECT pg_sleep(20)"), extended("SELECT pg_sleep(20)", &[])] {
        let (error, elapsed) = timed(wire, &bytes).await;
        assert_eq!((error.state(), error.field(b'M')), ("57014", "canceling statement due to statement timeout"), "{what}: {error:?}");
        assert!(error.field(b'D').contains("allows 1 s for a statement") && !error.field(b'H').is_empty(), "{what}: {error:?}");
        is_about(elapsed, 1.0);
    }
}

async fn statements_end(proxy: &Proxy) {
    let mut wire = proxy.wire().await;
    ends_after_one(&mut wire, "by itself").await;
    for raise in
        ["SET statement_timeout = 0", "SET statement_timeout = '1h'", "SELECT set_config('statement_timeout', '0', false)", "RESET ALL"]
    {
        // Where the transaction's role is the tenant's own, it may call nothing that sets.
        let answer = wire.query(raise).await;
        assert!(matches!(states(&answer)[..], [] | ["42501"]), "{raise}: {answer:?}");
        if raise.starts_with("SET") {
            assert_eq!(wire.value("SHOW statement_timeout").await, "1s", "{raise}, at once");
        }
        ends_after_one(&mut wire, raise).await;
        assert_eq!(wire.value("SHOW statement_timeout").await, "1s", "{raise}");
    }
    // In the transaction that raised it, the proxy's own timer ends it.
    for raise in ["SET LOCAL statement_timeout = 0", "SET statement_timeout = '2h'"] {
        wire.query(&format!("BEGIN; {raise}")).await;
        let (error, elapsed) = timed(&mut wire, &query("SELECT pg_sleep(20)")).await;
        assert_eq!((error.state(), error.field(b'M')), ("57014", "canceling statement due to statement timeout"), "{raise}: {error:?}");
        assert!(error.field(b'D').contains("allows 1 s"), "{error:?}");
        is_about(elapsed, 1.1);
        assert_eq!(states(&wire.query("SELECT 1").await), ["25P02"]);
        wire.query("ROLLBACK").await;
    }
    let mut greedy = proxy.wire_of("acme_app", &[("options", "-c statement_timeout=0")]).await;
    ends_after_one(&mut greedy, "options").await;
    // Lower is the tenant's own choice.
    wire.query("SET statement_timeout = '200ms'").await;
    let (error, elapsed) = timed(&mut wire, &query("SELECT pg_sleep(20)")).await;
    assert_eq!((error.state(), error.field(b'D')), ("57014", ""));
    assert!(elapsed < Duration::from_millis(800), "{elapsed:?}");
}

#[tokio::test]
async fn a_statement_ends_in_time() {
    let proxy = served("statement_timeout = \"1s\"\n").await;
    statements_end(&proxy).await;
    // What no text shows.
    let mut wire = proxy.wire().await;
    wire.query("CREATE FUNCTION lift() RETURNS text LANGUAGE sql AS $$ SELECT set_config('statement_timeout', '0', false) $$").await;
    wire.query("SELECT lift()").await;
    let (error, elapsed) = timed(&mut wire, &query("SELECT pg_sleep(20)")).await;
    assert_eq!(error.state(), "57014");
    is_about(elapsed, 1.1);
}

#[tokio::test]
async fn a_statement_ends_in_time_in_a_shared_pool() {
    for sharing in [Sharing::Signed, Sharing::Roles] {
        let shard = Shard::start(sharing).await;
        let mut bed = shard.bed(shard.cluster.port(), 4);
        bed.tenants.push_str("[tenants.acme.limits]\nstatement_timeout = \"1s\"\n");
        let proxy = bed.serve().await;
        let mut globex = proxy.wire_of("globex_app", &[]).await;
        statements_end(&proxy).await;
        assert_eq!(globex.value("SHOW statement_timeout").await, "0");
        assert_eq!(states(&globex.query("SELECT pg_sleep(1.5)").await), [""; 0]);
    }
}

#[tokio::test]
async fn a_transaction_ends_in_time() {
    let proxy = served("transaction_timeout = \"1s\"\n").await;
    let (mut one, mut two, mut three) = (proxy.wire().await, proxy.wire().await, proxy.wire().await);
    three.query("CREATE TABLE t (a int)").await;
    one.query("BEGIN; LOCK TABLE t").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    two.query("BEGIN").await;
    // It waits for the lock until its own time is up; the lock's holder has gone before.
    let begun = Instant::now();
    two.send(&query("LOCK TABLE t")).await;
    let end = one.rest().await;
    let told = end.iter().find(|message| message.tag == b'E').unwrap();
    assert_eq!((told.state(), told.field(b'S')), ("25P04", "FATAL"), "{end:?}");
    assert!(told.field(b'D').contains("allows 1 s for a transaction") && !told.field(b'H').is_empty(), "{end:?}");
    is_about(begun.elapsed() + Duration::from_millis(500), 1.0);
    assert_eq!(states(&two.ready().await), [""; 0]);
    let begun = Instant::now();
    assert_eq!(states(&three.query("SELECT count(*) FROM t").await), [""; 0], "the locks are gone");
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert_eq!(states(&two.rest().await), ["25P04"]);
    // A statement outside of a block is a transaction too, and ends on the server.
    let mut four = proxy.wire().await;
    four.send(&query("SELECT pg_sleep(20)")).await;
    let begun = Instant::now();
    assert_eq!(states(&four.rest().await), ["25P04"]);
    is_about(begun.elapsed(), 1.0);
    let gone = async || three.query("SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query ~ 'pg_sleep.20'").await.len() < 4;
    let mut gone = gone;
    for _ in 0..50 {
        if gone().await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(gone().await, "the server goes on");
    // Many short ones are no long one, pipelined or not.
    let begun = Instant::now();
    let mut five = proxy.wire().await;
    while begun.elapsed() < Duration::from_millis(2500) {
        five.send(&query("SELECT pg_sleep(0.2)").repeat(3)).await;
        for _ in 0..3 {
            assert_eq!(states(&five.ready().await), [""; 0]);
        }
    }
}

#[tokio::test]
async fn pauses_end_in_time() {
    let proxy = served("idle_in_transaction_timeout = \"1s\"\nidle_session_timeout = \"2s\"\n").await;
    let (mut one, mut two, mut three, mut four) = (proxy.wire().await, proxy.wire().await, proxy.wire().await, proxy.wire().await);
    one.query("BEGIN").await;
    let begun = Instant::now();
    // What lifts the server's own limit doesn't lift the plan's.
    two.query("BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0").await;
    three.query("BEGIN").await;
    three.query("SELECT 1/0").await;
    for wire in [&mut one, &mut two, &mut three] {
        let end = wire.rest().await;
        let told = end.iter().find(|message| message.tag == b'E').unwrap();
        assert_eq!((told.state(), told.field(b'S')), ("25P03", "FATAL"), "{end:?}");
        assert!(told.field(b'D').contains("allows 1 s"), "{end:?}");
        is_about(begun.elapsed(), 1.0);
    }
    let end = four.rest().await;
    let told = end.iter().find(|message| message.tag == b'E').unwrap();
    assert_eq!((told.state(), told.field(b'S')), ("57P05", "FATAL"), "{end:?}");
    is_about(begun.elapsed(), 2.0);
    // Who does something now and then stays.
    let mut five = proxy.wire().await;
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_millis(700)).await;
        assert_eq!(five.value("SELECT 1").await, "1");
    }
}

#[tokio::test]
async fn a_reload_counts_for_those_who_are_there() {
    let mut proxy = served("statement_timeout = \"1s\"\ntransaction_timeout = \"1h\"\n").await;
    let (mut one, mut two) = (proxy.wire().await, proxy.wire().await);
    ends_after_one(&mut one, "before").await;
    two.query("BEGIN").await;
    two.value("SELECT 1").await;
    proxy.bed.plan = "max_connections = 8\nstatement_timeout = \"3s\"\ntransaction_timeout = \"1s\"\n".to_owned();
    proxy.bed.write();
    proxy.logged("shard map taken", 1).await;
    assert_eq!(states(&two.rest().await), ["25P04"], "a transaction that was open");
    assert_eq!(one.value("SHOW statement_timeout").await, "3s");
    proxy.bed.plan = "max_connections = 8\n".to_owned();
    proxy.bed.write();
    proxy.logged("shard map taken", 2).await;
    assert_eq!(one.value("SHOW statement_timeout").await, "0");
    assert_eq!(states(&one.query("SELECT pg_sleep(1.5)").await), [""; 0]);
}

/// Messages that arrive one by one, and a batch without its end.
#[tokio::test]
async fn a_batch_that_does_not_end() {
    let proxy = served("transaction_timeout = \"1s\"\n").await;
    let mut wire = proxy.wire().await;
    wire.send(&[parse("", "SELECT 1"), bind("", "", &[]), execute("", 0), flush()].concat()).await;
    let begun = Instant::now();
    assert_eq!(states(&wire.rest().await), ["25P04"]);
    is_about(begun.elapsed(), 1.0);
}
