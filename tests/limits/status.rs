//! `status` of a tenant: sessions hear of it within a second, whatever they do at the time.

use std::time::{Duration, Instant};

use crate::{
    shards::{Shard, Sharing},
    support::{
        bed::Bed,
        eventually,
        proxy::Proxy,
        run,
        wire::{Message, Wire, bind, execute, extended, firsts, parse, query, shape, states, sync},
    },
};

/// Puts another status into a tenant's entry, and waits until the proxy has taken it; `also` are further lines.
async fn put(proxy: &mut Proxy, tenant: &str, status: &str, also: &str) {
    let section = format!("[tenants.{tenant}]\n");
    let kept: Vec<&str> =
        proxy.bed.tenants.lines().filter(|line| !line.starts_with("status = ") && !line.starts_with("reason = ")).collect();
    let lines = kept.join("\n") + "\n";
    proxy.bed.tenants = lines.replace(&section, &format!("{section}status = \"{status}\"\n{also}"));
    let times = proxy.log().matches("shard map taken").count();
    proxy.bed.write();
    let begun = Instant::now();
    proxy.logged("shard map taken", times + 1).await;
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
}

/// The first error of an answer.
fn error(messages: &[Message]) -> &Message {
    messages.iter().find(|message| message.tag == b'E').unwrap_or_else(|| panic!("no error: {messages:?}"))
}

/// Within a second, and told why.
async fn suspends(mut proxy: Proxy) {
    let (mut idle, mut busy, mut open) = (proxy.wire().await, proxy.wire().await, proxy.wire().await);
    idle.value("SELECT 1").await;
    open.query("BEGIN").await;
    open.value("SELECT 1").await;
    busy.send(&query("SELECT pg_sleep(30)")).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    put(&mut proxy, "acme", "suspended", "reason = \"The invoice of May isn't paid.\"\n").await;
    let begun = Instant::now();
    for wire in [&mut idle, &mut open, &mut busy] {
        let end = wire.rest().await;
        let told = error(&end);
        assert_eq!((told.state(), told.field(b'S')), ("57P01", "FATAL"), "{end:?}");
        assert!(told.field(b'M').contains("acme") && told.field(b'D') == "The invoice of May isn't paid.", "{end:?}");
    }
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    let refused = proxy.try_wire("acme_app", &[]).await.err().unwrap();
    assert_eq!((refused.state(), refused.0.as_ref().unwrap().field(b'D')), ("57P03", "The invoice of May isn't paid."));
    put(&mut proxy, "acme", "active", "").await;
    assert_eq!(proxy.wire().await.value("SELECT 2").await, "2");
}

#[tokio::test]
async fn a_suspended_tenant_is_out() {
    suspends(Bed::new().await.serve().await).await;
}

#[tokio::test]
async fn a_suspended_tenant_is_out_of_a_shared_pool() {
    let shard = Shard::start(Sharing::Signed).await;
    let proxy = shard.bed(shard.cluster.port(), 4).serve().await;
    let mut globex = proxy.wire_of("globex_app", &[]).await;
    suspends(proxy).await;
    // The proxy is gone by now; until then nobody else has noticed.
    assert!(states(&globex.rest().await).is_empty());
}

/// Every way to write that the tenant's own text shows, and some that it doesn't.
const WRITES: [&str; 8] = [
    "INSERT INTO orders (id, note) VALUES (100, 'x')",
    "WITH x AS (UPDATE orders SET note = note RETURNING 1) SELECT * FROM x",
    "DELETE FROM orders",
    "BEGIN READ WRITE",
    "SET transaction_read_only = off",
    "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
    "SELECT set_config('default_transaction_read_only', 'off', false)",
    "COPY orders (id, note) FROM STDIN",
];

async fn writes_nothing(wire: &mut Wire) {
    for text in WRITES {
        let answer = wire.query(text).await;
        assert_eq!(states(&answer), ["25006"], "{text}");
        let told = error(&answer);
        assert!(told.field(b'D').contains("acme") && told.field(b'H').contains("operator"), "{answer:?}");
        if !text.starts_with("BEGIN") {
            wire.send(&extended(text, &[])).await;
            assert_eq!(states(&wire.ready().await), ["25006"], "{text}");
        }
    }
    for (begin, end) in [("BEGIN", "COMMIT"), ("BEGIN ISOLATION LEVEL SERIALIZABLE", "ROLLBACK")] {
        wire.query(begin).await;
        assert_eq!(states(&wire.query("SET TRANSACTION READ WRITE").await), ["25006"]);
        wire.query(end).await;
        wire.query(begin).await;
        assert_eq!(wire.value("SHOW transaction_read_only").await, "on");
        assert_eq!(states(&wire.query("DELETE FROM orders").await), ["25006"]);
        assert_eq!(shape(&wire.query(end).await), "CZ");
    }
    wire.send(&extended("SHOW transaction_read_only", &[])).await;
    assert_eq!(firsts(&wire.ready().await), ["on"]);
    assert_ne!(wire.value("SELECT count(*) FROM orders").await, "0");
}

/// What is open before; a text that leaves less than it seems to; what is sent behind it without waiting.
const PIPELINES: [(&str, &str, &str); 4] = [
    ("SELECT 1", "SELECT lift(); COMMIT; SELECT 1/0; BEGIN", "BEGIN; SELECT put()"),
    ("SELECT 1", "RESET ALL; COMMIT; SELECT 1/0; BEGIN", "BEGIN; SELECT put()"),
    ("BEGIN", "SELECT lift(); COMMIT; SELECT 1/0; BEGIN", "SELECT put()"),
    ("BEGIN", "SELECT lift(); COMMIT; SELECT 1/0; BEGIN", "BEGIN; SELECT put()"),
];

/// Active, read-only, active again: with the same sessions.
async fn reads_only(mut proxy: Proxy) {
    let (mut idle, mut open, mut prepared) = (proxy.wire().await, proxy.wire().await, proxy.wire().await);
    idle.query("INSERT INTO orders (id, note) VALUES (101, 'a')").await;
    open.query("BEGIN; SAVEPOINT a; INSERT INTO orders (id, note) VALUES (102, 'a')").await;
    prepared.send(&[parse("s", "UPDATE orders SET note = note WHERE id = 1"), bind("", "s", &[]), execute("", 0), sync()].concat()).await;
    assert_eq!(states(&prepared.ready().await), [""; 0]);
    put(&mut proxy, "acme", "read_only", "reason = \"Storage is full.\"\n").await;
    writes_nothing(&mut idle).await;
    prepared.send(&[bind("", "s", &[]), execute("", 0), sync()].concat()).await;
    assert_eq!(states(&prepared.ready().await), ["25006"]);
    // What a transaction has written before stays; it writes no more.
    assert_eq!(open.value("SHOW transaction_read_only").await, "on");
    open.query("ROLLBACK TO a").await;
    assert_eq!(open.value("SHOW transaction_read_only").await, "on");
    assert_eq!(states(&open.query("DELETE FROM orders").await), ["25006"]);
    for _ in 0..3 {
        open.send(&["ROLLBACK TO a", "SHOW transaction_read_only", "SHOW transaction_read_only"].map(query).concat()).await;
        open.ready().await;
        assert_eq!((firsts(&open.ready().await), firsts(&open.ready().await)), (vec!["on".to_owned()], vec!["on".to_owned()]));
        open.send(&[extended("ROLLBACK TO a", &[]), extended("SHOW transaction_read_only", &[])].concat()).await;
        open.ready().await;
        assert_eq!(firsts(&open.ready().await), ["on"]);
    }
    assert_eq!(states(&open.query("ROLLBACK TO a; SHOW transaction_read_only").await), ["25006"]);
    open.query("ROLLBACK").await;
    writes_nothing(&mut open).await;
    writes_nothing(&mut proxy.wire().await).await;
    put(&mut proxy, "acme", "active", "").await;
    for wire in [&mut idle, &mut open] {
        assert_eq!(wire.value("SHOW transaction_read_only").await, "off");
        assert_eq!(states(&wire.query("UPDATE orders SET note = note").await), [""; 0]);
    }
    prepared.send(&[bind("", "s", &[]), execute("", 0), sync()].concat()).await;
    assert_eq!(states(&prepared.ready().await), [""; 0]);
}

#[tokio::test]
async fn read_only_databases() {
    let mut proxy = Bed::new().await.serve().await;
    let mut wire = proxy.wire().await;
    wire.query("CREATE TABLE orders (id int, note text); INSERT INTO orders VALUES (1, 'a')").await;
    // Functions do what no text shows: one lifts what makes its connection read-only, the other writes.
    let functions =
        "CREATE FUNCTION lift() RETURNS text LANGUAGE sql AS $$ SELECT set_config('default_transaction_read_only', 'off', false) $$;
        CREATE FUNCTION put() RETURNS void LANGUAGE sql AS $$ INSERT INTO orders VALUES (7, 'x') $$";
    assert_eq!(states(&wire.query(functions).await), [""; 0]);
    put(&mut proxy, "acme", "read_only", "").await;
    for _ in 0..2 {
        wire.query("SELECT lift()").await;
        assert_eq!(states(&wire.query("SELECT put()").await), ["25006"]);
        wire.send(&[extended("SELECT lift()", &[]), extended("SELECT put()", &[])].concat()).await;
        wire.ready().await;
        assert_eq!(states(&wire.ready().await), ["25006"]);
        wire.query("BEGIN").await;
        wire.query("SELECT lift()").await;
        assert_eq!(states(&wire.query("SELECT put()").await), ["25006"]);
        wire.query("ROLLBACK").await;
    }
    assert_eq!(states(&wire.query("DO $$ begin perform lift(); commit; insert into orders values (8, 'x'); end $$").await), ["25006"]);
    assert_eq!(states(&wire.query("SELECT lift(); COMMIT; SELECT put()").await), ["25006"]);
    for (before, between, behind) in PIPELINES {
        wire.query(before).await;
        wire.send(&[query(between), query(behind), query("ROLLBACK")].concat()).await;
        let (first, second) = (wire.ready().await, wire.ready().await);
        wire.ready().await;
        assert_eq!((states(&first), states(&second)), (vec!["22012"], vec!["25006"]), "{between} / {behind}");
    }
    put(&mut proxy, "acme", "active", "").await;
    reads_only(proxy).await;
}

#[tokio::test]
async fn read_only_rows() {
    for sharing in [Sharing::Signed, Sharing::Plain] {
        let shard = Shard::start(sharing).await;
        let proxy = shard.bed(shard.cluster.port(), 4).serve().await;
        let mut globex = proxy.wire_of("globex_app", &[]).await;
        reads_only_beside(proxy, &mut globex).await;
    }
}

#[tokio::test]
async fn read_only_schemas() {
    let shard = Shard::start(Sharing::Roles).await;
    let proxy = shard.bed(shard.cluster.port(), 4).serve().await;
    let mut globex = proxy.wire_of("globex_app", &[]).await;
    reads_only_beside(proxy, &mut globex).await;
}

/// Commits, and goes on.
const PROGRAM: &str = "begin loop insert into orders values (9, 'x'); commit; perform pg_sleep(0.005); end loop; end";

/// What was under way doesn't go on for as long as it likes.
#[tokio::test]
async fn read_only_stops_programs() {
    let mut proxy = Bed::new().await.serve().await;
    let mut wire = proxy.wire().await;
    let stubborn =
        PROGRAM.replace("insert into", "begin insert into").replace("(0.005);", "(0.005); exception when query_canceled then null; end;");
    let stubborn = stubborn.replace(" commit;", "");
    for text in [
        "CREATE TABLE orders (id int, note text)".to_owned(),
        format!("CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$ {PROGRAM} $$"),
        format!("CREATE PROCEDURE fill_on() LANGUAGE plpgsql AS $$ {stubborn} $$"),
    ] {
        assert_eq!(states(&wire.query(&text).await), [""; 0], "{text}");
    }
    let (mut called, mut block, mut bound, mut piped, mut rows, mut reads, mut still) = (
        proxy.wire().await,
        proxy.wire().await,
        proxy.wire().await,
        proxy.wire().await,
        proxy.wire().await,
        proxy.wire().await,
        proxy.wire().await,
    );
    called.send(&query("CALL fill()")).await;
    block.send(&query(&format!("DO $$ {PROGRAM} $$"))).await;
    bound.send(&extended("CALL fill()", &[])).await;
    piped.send(&["CALL fill()", "CALL fill()", "SELECT 5"].map(query).concat()).await;
    rows.send(&query("COPY orders FROM STDIN")).await;
    rows.message().await.unwrap();
    reads.send(&query("SELECT pg_sleep(2)")).await;
    still.send(&query("CALL fill_on()")).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    put(&mut proxy, "acme", "read_only", "").await;
    let begun = Instant::now();
    for wire in [&mut called, &mut block, &mut bound] {
        assert_eq!(states(&wire.ready().await), ["57014"]);
        assert_eq!(states(&wire.query("DELETE FROM orders").await), ["25006"]);
    }
    for _ in 0..2 {
        assert_eq!(states(&piped.ready().await), ["57014"]);
    }
    assert_eq!(firsts(&piped.ready().await), ["5"]);
    for wire in [&mut rows, &mut still] {
        assert_eq!(states(&wire.rest().await), ["57P01"]);
    }
    assert!(begun.elapsed() < Duration::from_millis(1500), "{:?}", begun.elapsed());
    let written = wire.value("SELECT count(*) FROM orders").await;
    assert_ne!(written, "0");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(wire.value("SELECT count(*) FROM orders").await, written);
    assert_eq!(states(&reads.ready().await), [""; 0]);
}

/// Whoever shares the connections goes on writing.
async fn reads_only_beside(proxy: Proxy, globex: &mut Wire) {
    let write = "UPDATE orders SET note = note";
    let other = async {
        let mut times = 0;
        loop {
            let answer = globex.query(write).await;
            if answer.iter().all(|message| message.tag != b'C') {
                return times;
            }
            assert_eq!(states(&answer), [""; 0]);
            times += 1;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        times = other => panic!("globex was stopped after {times}"),
        () = reads_only(proxy) => {}
    }
}

/// The gate only observes, and the tenant may only read all the same.
#[tokio::test]
async fn read_only_where_nothing_is_enforced() {
    let mut proxy = Bed::new().await.observed().serve().await;
    let mut wire = proxy.wire().await;
    wire.query("CREATE TABLE orders (id int, note text); INSERT INTO orders VALUES (1, 'a')").await;
    put(&mut proxy, "acme", "read_only", "").await;
    writes_nothing(&mut wire).await;
}

/// A session that keeps its connection hears of it as well.
#[tokio::test]
async fn read_only_with_a_connection_of_ones_own() {
    let mut bed = Bed::new().await;
    bed.plan.push_str("pool_mode = \"session\"\n");
    let proxy = bed.serve().await;
    let client = proxy.client().await;
    run(&client, "CREATE TABLE orders (id int, note text); INSERT INTO orders VALUES (1, 'a')").await;
    reads_only(proxy).await;
    eventually("the proxy is gone", || async { client.is_closed() }).await;
}
