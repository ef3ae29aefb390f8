//! Simple and extended protocol, pipelines, versions.

use std::time::Duration;

use crate::support::{bed::Bed, wire::*};

#[tokio::test]
async fn simple_queries() {
    let proxy = Bed::new().await.serve().await;
    let mut wire = proxy.wire().await;
    assert_eq!(shape(&wire.query("SELECT 1").await), "TDCZ");
    assert_eq!(shape(&wire.query("").await), "IZ");
    assert_eq!(shape(&wire.query("SELECT 1; SELECT 2 WHERE false; CREATE TABLE t (a int)").await), "TDCTCCZ");
    let failed = wire.query("SELECT 1; SELECT 1/0; SELECT 2").await;
    assert_eq!((shape(&failed).as_str(), states(&failed)), ("TDCEZ", vec!["22012"]));
    assert_eq!(states(&wire.query("SELEC 1").await), ["42601"]);
    let noticed = wire.query("DO $$ BEGIN RAISE NOTICE 'hello'; END $$").await;
    assert_eq!(noticed.iter().find(|message| message.tag == b'N').unwrap().field(b'M'), "hello");
    // Two at once, and a frame that comes byte by byte.
    wire.send(&[query("SELECT 'a'"), query("SELECT 'b'")].concat()).await;
    assert_eq!(firsts(&wire.ready().await), ["a"]);
    assert_eq!(firsts(&wire.ready().await), ["b"]);
    for byte in query("SELECT 'slow'") {
        wire.send(&[byte]).await;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(firsts(&wire.ready().await), ["slow"]);
    // FunctionCall is refused; the session goes on.
    wire.send(&frame(b'F', &[0; 14])).await;
    assert_eq!(states(&wire.ready().await), ["0A000"]);
    assert_eq!(wire.value("SELECT 3").await, "3");
    wire.send(&frame(b'X', b"")).await;
    assert_eq!(wire.rest().await, []);
}

#[tokio::test]
async fn transactions_and_their_states() {
    let proxy = Bed::new().await.serve().await;
    let mut wire = proxy.wire().await;
    let status = |messages: Vec<Message>| messages.last().map(|message| char::from(message.body[0])).unwrap();
    assert_eq!(status(wire.query("BEGIN").await), 'T');
    assert_eq!(status(wire.query("CREATE TABLE t (a int)").await), 'T');
    assert_eq!(status(wire.query("SELECT 1/0").await), 'E');
    assert_eq!(states(&wire.query("SELECT 1").await), ["25P02"]);
    assert_eq!(status(wire.query("ROLLBACK").await), 'I');
    assert_eq!(states(&wire.query("SELECT * FROM t").await), ["42P01"]);
    assert_eq!(status(wire.query("BEGIN; CREATE TABLE t (a int); COMMIT").await), 'I');
    assert_eq!(status(wire.query("SAVEPOINT a").await), 'I');
    assert_eq!(wire.value("SELECT count(*) FROM t").await, "0");
}

#[tokio::test]
async fn extended_protocol() {
    let proxy = Bed::new().await.serve().await;
    let mut wire = proxy.wire().await;
    wire.send(&[parse("", "SELECT $1::int + 1"), describe(b'S', ""), sync()].concat()).await;
    assert_eq!(shape(&wire.ready().await), "1tTZ");
    wire.send(&[bind("", "", &["41"]), describe(b'P', ""), execute("", 0), sync()].concat()).await;
    let answer = wire.ready().await;
    assert_eq!((shape(&answer).as_str(), firsts(&answer)), ("2TDCZ", vec!["42".to_owned()]));
    // A statement without rows, an empty one.
    wire.send(&[extended("CREATE TABLE t (a int)", &[]), extended("", &[])].concat()).await;
    assert_eq!(shape(&wire.ready().await), "12CZ");
    assert_eq!(shape(&wire.ready().await), "12IZ");
    // Portals with row limits.
    let all =
        [parse("", "SELECT generate_series(1, 25)"), bind("p", "", &[]), execute("p", 10), execute("p", 10), execute("p", 10), sync()]
            .concat();
    wire.send(&all).await;
    let answer = wire.ready().await;
    assert_eq!((shape(&answer).as_str(), firsts(&answer).len()), ("12DsDsDCZ", 25));
    // Over several round trips in one transaction, closed at the end.
    wire.send(&[query("BEGIN"), parse("", "SELECT generate_series(1, 25)"), bind("p", "", &[]), execute("p", 3), sync()].concat()).await;
    assert_eq!(shape(&wire.ready().await), "CZ");
    assert_eq!(shape(&wire.ready().await), "12DsZ");
    wire.send(&[execute("p", 4), sync()].concat()).await;
    assert_eq!(firsts(&wire.ready().await), ["4", "5", "6", "7"]);
    wire.send(&[close(b'P', "p"), sync(), query("COMMIT")].concat()).await;
    assert_eq!(shape(&wire.ready().await), "3Z");
    assert_eq!(shape(&wire.ready().await), "CZ");
    // Flush asks for answers without ending the batch.
    wire.send(&[parse("", "SELECT 7"), bind("", "", &[]), execute("", 0), flush()].concat()).await;
    assert_eq!(shape(&wire.until(b'C').await), "12DC");
    assert!(wire.is_silent(Duration::from_millis(50)).await);
    wire.send(&sync()).await;
    assert_eq!(shape(&wire.ready().await), "Z");
    // Sync alone, often.
    wire.send(&[sync(), sync(), sync()].concat()).await;
    for _ in 0..3 {
        assert_eq!(shape(&wire.ready().await), "Z");
    }
}

#[tokio::test]
async fn errors_skip_to_sync() {
    let proxy = Bed::new().await.serve().await;
    let mut wire = proxy.wire().await;
    let bad = [extended("SELECT 1", &[]), parse("", "SELECT 1/0"), bind("", "", &[]), execute("", 0)].concat();
    let skipped = [bind("", "nowhere", &[]), query("SELECT 'not run'"), parse("x", "SELECT 1"), sync()].concat();
    wire.send(&[bad, skipped, extended("SELECT 3", &[])].concat()).await;
    assert_eq!(shape(&wire.ready().await), "12DCZ");
    let failed = wire.ready().await;
    assert_eq!((shape(&failed).as_str(), states(&failed)), ("1EZ", vec!["22012"]), "planning finds it, in Bind");
    assert_eq!(firsts(&wire.ready().await), ["3"]);
    // What was skipped isn't there.
    wire.send(&[bind("", "x", &[]), sync()].concat()).await;
    assert_eq!(states(&wire.ready().await), ["26000"]);
    // A syntax error in Parse; a Bind with too few parameters; unknown portals and statements.
    for (messages, state) in [
        ([parse("", "SELEC"), sync()].concat(), "42601"),
        ([parse("", "SELECT $1::int"), bind("", "", &[]), sync()].concat(), "08P01"),
        ([describe(b'S', "nobody"), sync()].concat(), "26000"),
        ([describe(b'P', "nobody"), sync()].concat(), "34000"),
        ([execute("nobody", 0), sync()].concat(), "34000"),
    ] {
        wire.send(&messages).await;
        let answer = wire.ready().await;
        assert_eq!(states(&answer), [state], "{answer:?}");
        assert_eq!(wire.value("SELECT 1").await, "1");
    }
    // An implicit transaction: the first statement of a failed batch is undone.
    wire.send(&query("CREATE TABLE t (a int)")).await;
    wire.ready().await;
    let insert = [parse("", "INSERT INTO t VALUES (1)"), bind("", "", &[]), execute("", 0)].concat();
    wire.send(&[insert.clone(), parse("", "SELECT 1/0"), bind("", "", &[]), execute("", 0), sync(), insert, sync()].concat()).await;
    assert_eq!(states(&wire.ready().await), ["22012"]);
    assert_eq!(shape(&wire.ready().await), "12CZ");
    assert_eq!(wire.value("SELECT count(*) FROM t").await, "1");
}

#[tokio::test]
async fn long_pipelines_keep_their_order() {
    let mut bed = Bed::new().await;
    bed.plan = "max_connections = 2\n".to_owned();
    let proxy = bed.serve().await;
    let mut tasks = Vec::new();
    for client in 0..6 {
        let mut wire = proxy.wire().await;
        tasks.push(tokio::spawn(async move {
            let mut bytes = Vec::new();
            for number in 0..500 {
                match number % 5 {
                    0 => bytes.extend(query(&format!("SELECT '{client}.{number}'"))),
                    1 => bytes.extend(extended("SELECT 1/($1::int - $1::int)", &["1"])),
                    _ => bytes.extend(extended("SELECT $1::text", &[&format!("{client}.{number}")])),
                }
            }
            wire.send(&bytes).await;
            for number in 0..500 {
                let answer = wire.ready().await;
                match number % 5 {
                    1 => assert_eq!(states(&answer), ["22012"]),
                    _ => assert_eq!(firsts(&answer), [format!("{client}.{number}")], "{answer:?}"),
                }
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn versions_are_negotiated() {
    let proxy = Bed::new().await.serve().await;
    // 3.0: no negotiation, a key of four bytes.
    let wire = proxy.wire().await;
    assert!(wire.negotiated.is_none());
    assert_eq!(wire.key.len(), 4);
    // 3.2: a long key, which cancels.
    let mut wire = proxy.dial().await;
    wire.version = V3_2;
    wire.log_in("acme_app", "open sesame", &[]).await.unwrap();
    assert!(wire.negotiated.is_none());
    assert_eq!(wire.key.len(), 32);
    wire.send(&query("SELECT pg_sleep(20)")).await;
    wire.cancel_running(proxy.port()).await;
    assert_eq!(states(&wire.ready().await), ["57014"]);
    // What is newer is answered with 3.2, options that aren't known are named.
    let mut wire = proxy.dial().await;
    wire.version = (3 << 16) | 9999;
    wire.log_in("acme_app", "open sesame", &[("_pq_.unheard", "of")]).await.unwrap();
    let negotiated = wire.negotiated.clone().unwrap().body;
    assert_eq!(negotiated, [&V3_2.to_be_bytes()[..], &1_u32.to_be_bytes(), b"_pq_.unheard\0"].concat());
    assert_eq!(wire.value("SELECT 1").await, "1");
    // 3.0 with an unknown option stays 3.0.
    let mut wire = proxy.dial().await;
    wire.log_in("acme_app", "open sesame", &[("_pq_.unheard", "of")]).await.unwrap();
    assert_eq!(wire.negotiated.clone().unwrap().body[..4], V3_0.to_be_bytes());
    assert_eq!(wire.key.len(), 4);
    // 2.0 and 4.0 are refused.
    for version in [2 << 16, 4 << 16] {
        let mut wire = proxy.dial().await;
        wire.version = version;
        assert_eq!(wire.log_in("acme_app", "open sesame", &[]).await.unwrap_err().state(), "0A000");
    }
}

#[tokio::test]
async fn malformed_frames_end_their_connection_only() {
    let proxy = Bed::new().await.serve().await;
    let mut other = proxy.wire().await;
    other.value("BEGIN; SELECT 1").await;
    for bytes in [
        frame(b'?', b""),
        b"Q\0\0\0\x03".to_vec(),
        b"Q\xff\xff\xff\xff".to_vec(),
        b"S\0\0\0\x05x".to_vec(),
        frame(b'Q', b"SELECT 1"),
        frame(b'Q', b"SELECT 1\0DROP TABLE t\0"),
        frame(b'P', b"name"),
        frame(b'B', b"\0"),
        frame(b'E', b"p\0"),
        frame(b'D', b"X\0"),
        frame(b'p', b"secret\0"),
    ] {
        let mut wire = proxy.wire().await;
        wire.send(&bytes).await;
        let end = wire.rest().await;
        assert_eq!(states(&end), ["08P01"], "{bytes:?}: {end:?}");
        assert_eq!(end[0].field(b'S'), "FATAL", "{bytes:?}");
        assert_eq!(other.value("SELECT 2").await, "2");
    }
}
