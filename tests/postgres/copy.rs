//! COPY, in and out, and what goes wrong in its midst.

use crate::support::{bed::Bed, eventually, text, wire::*};

fn data(text: &str) -> Vec<u8> {
    frame(b'd', text.as_bytes())
}

fn done() -> Vec<u8> {
    frame(b'c', b"")
}

#[tokio::test]
async fn in_and_out() {
    let proxy = Bed::new().await.serve().await;
    let mut wire = proxy.wire().await;
    wire.value("CREATE TABLE t (a int, b text)").await;
    wire.send(&query("COPY t FROM STDIN")).await;
    assert_eq!(shape(&wire.until(b'G').await), "G");
    // Rows need not end where frames do.
    wire.send(&[data("1\tone\n2\tt"), data("wo\n"), data("3\tthree\n"), done()].concat()).await;
    assert_eq!(shape(&wire.ready().await), "CZ");
    let out = wire.query("COPY t TO STDOUT").await;
    assert_eq!(shape(&out), "HdcCZ");
    assert_eq!(out.iter().filter(|message| message.tag == b'd').map(|row| row.body.len()).sum::<usize>(), 6 + 6 + 8);
    // All in one write.
    wire.send(&[query("COPY t FROM STDIN"), data("4\tfour\n"), done()].concat()).await;
    assert_eq!(shape(&wire.ready().await), "GCZ");
    assert_eq!(wire.value("SELECT count(*) FROM t").await, "4");
    // In the extended protocol; Sync after CopyDone.
    wire.send(&[parse("", "COPY t FROM STDIN"), bind("", "", &[]), execute("", 0)].concat()).await;
    wire.send(&flush()).await;
    assert_eq!(shape(&wire.until(b'G').await), "12G");
    wire.send(&[data("5\tfive\n"), done(), sync()].concat()).await;
    assert_eq!(shape(&wire.ready().await), "CZ");
    wire.send(&extended("COPY t TO STDOUT", &[])).await;
    assert_eq!(shape(&wire.ready().await), "12HdcCZ");
    // Several statements of one query, COPY among them.
    wire.send(&[query("SELECT 1; COPY t FROM STDIN; SELECT 2"), data("6\tsix\n"), done()].concat()).await;
    assert_eq!(shape(&wire.ready().await), "TDCGCTDCZ");
    assert_eq!(wire.value("SELECT count(*) FROM t").await, "6");
}

#[tokio::test]
async fn in_that_fails_midway() {
    let mut bed = Bed::new().await;
    bed.plan = "max_connections = 1\n".to_owned();
    let proxy = bed.serve().await;
    let mut wire = proxy.wire().await;
    wire.value("CREATE TABLE t (a int)").await;
    // The server refuses a row; more data is on its way, and a query behind it.
    wire.send(&query("COPY t FROM STDIN")).await;
    wire.until(b'G').await;
    let rows = "1\n".repeat(50_000);
    wire.send(&[data("1\nbad\n"), data(&rows), data(&rows), done(), query("SELECT count(*) FROM t")].concat()).await;
    assert_eq!(states(&wire.ready().await), ["22P02"]);
    assert_eq!(firsts(&wire.ready().await), ["0"]);
    // The client gives up.
    wire.send(&[query("COPY t FROM STDIN"), data("1\n"), frame(b'f', b"changed my mind\0")].concat()).await;
    let failed = wire.ready().await;
    assert_eq!((shape(&failed).as_str(), states(&failed)), ("GEZ", vec!["57014"]));
    // A constraint, in a transaction, extended: everything up to Sync is skipped.
    wire.value("CREATE TABLE u (a int UNIQUE)").await;
    wire.value("BEGIN").await;
    wire.send(&[parse("", "COPY u FROM STDIN"), bind("", "", &[]), execute("", 0), flush()].concat()).await;
    wire.until(b'G').await;
    wire.send(&[data("1\n1\n"), done(), sync(), query("ROLLBACK")].concat()).await;
    assert_eq!(states(&wire.ready().await), ["23505"]);
    assert_eq!(shape(&wire.ready().await), "CZ");
    // The client leaves; the next one has the connection's place.
    wire.send(&[query("COPY t FROM STDIN"), data("1\n")].concat()).await;
    wire.until(b'G').await;
    drop(wire);
    let mut next = proxy.wire().await;
    assert_eq!(next.value("SELECT count(*) FROM t").await, "0");
    // A cancel.
    next.send(&[query("COPY t FROM STDIN"), data("1\n")].concat()).await;
    next.until(b'G').await;
    next.cancel(proxy.port()).await;
    // A server that waits for data sees it with the next data only.
    next.send(&data("2\n")).await;
    assert_eq!(states(&next.ready().await), ["57014"]);
    assert_eq!(next.value("SELECT 1").await, "1");
    // Something that isn't COPY data in its midst ends the session, and that only.
    next.send(&[query("COPY t FROM STDIN"), data("1\n"), query("SELECT 1")].concat()).await;
    assert_eq!(states(&next.rest().await), ["08P01"]);
    assert_eq!(proxy.wire().await.value("SELECT count(*) FROM t").await, "0");
}

#[tokio::test]
async fn out_that_fails_midway() {
    let mut bed = Bed::new().await.observed();
    bed.plan = "max_connections = 1\n".to_owned();
    let proxy = bed.serve().await;
    let mut wire = proxy.wire().await;
    let failed = wire.query("COPY (SELECT 1 / (g - 5000) FROM generate_series(1, 10000) g) TO STDOUT").await;
    assert_eq!((shape(&failed).as_str(), states(&failed)), ("HdEZ", vec!["22012"]));
    wire.send(&query("COPY (SELECT repeat('x', 1000), pg_sleep(0.001) FROM generate_series(1, 1000000)) TO STDOUT")).await;
    wire.until(b'd').await;
    wire.cancel(proxy.port()).await;
    let rest = wire.ready().await;
    assert_eq!(states(&rest), ["57014"]);
    assert_eq!(wire.value("SELECT 1").await, "1");
    // The client leaves in its midst: the statement ends on the server too.
    wire.send(&query("COPY (SELECT repeat('x', 1000), pg_sleep(0.001) FROM generate_series(1, 1000000)) TO STDOUT")).await;
    wire.until(b'd').await;
    drop(wire);
    let next = proxy.client().await;
    let running =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active'";
    eventually("the statement ends", || async { text(&next, running).await == "0" }).await;
}

#[tokio::test]
async fn stray_data_is_ignored() {
    let proxy = Bed::new().await.serve().await;
    let mut wire = proxy.wire().await;
    wire.send(&[data("stray"), done(), frame(b'f', b"x\0"), query("SELECT 1")].concat()).await;
    assert_eq!(firsts(&wire.ready().await), ["1"]);
}
