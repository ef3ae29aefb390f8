//! What a client makes the proxy hold: so much and no more, and the others go on.

use std::time::{Duration, Instant};

use tokio::{io::AsyncWriteExt, time::timeout};

use crate::{
    support::{
        bed::{Bed, PASSWORD},
        eventually,
        proxy::Proxy,
        wire::*,
    },
    told,
};

/// A proxy that has done a little of everything, and its resident memory then, in kB.
async fn served(memory: &str, pool: &str) -> (Proxy, u64) {
    let mut bed = Bed::new().await;
    bed.sections = format!("[memory]\n{memory}\n");
    bed.pool.push_str(pool);
    let proxy = bed.serve().await;
    let mut wire = proxy.wire().await;
    wire.query("SELECT repeat('x', 1000000)").await;
    wire.send(&[parse("s", "SELECT $1::text"), bind("", "s", &["x"]), execute("", 0), sync()].concat()).await;
    wire.ready().await;
    wire.query(&format!("SELECT '{}'", "x".repeat(900_000))).await;
    assert!(proxy.reset_peak(), "the kernel resets VmHWM");
    let before = proxy.rss_kb();
    (proxy, before)
}

fn grew_by_less_than(proxy: &Proxy, before: u64, mb: u64, what: &str) {
    let grown = proxy.peak_kb().saturating_sub(before) >> 10;
    eprintln!("{what}: the proxy's peak grew by {grown} MB");
    assert!(grown < mb, "{what}: {grown} MB");
}

/// Sends for as long as the other side takes it, and reads nothing. How many bytes it took.
async fn pour(wire: Wire, bytes: &[u8], most: usize) -> (usize, Wire) {
    let (mut io, mut sent) = (wire.into_io(), 0);
    while sent < most {
        match timeout(Duration::from_secs(2), io.write(bytes)).await {
            Err(_) | Ok(Err(_)) => break,
            // What a write cuts is no matter: the rest comes in its place.
            Ok(Ok(written)) if written == bytes.len() => sent += written,
            Ok(Ok(written)) => {
                sent += written;
                if timeout(Duration::from_secs(2), io.write_all(&bytes[written..])).await.is_err() {
                    break;
                }
                sent += bytes.len() - written;
            }
        }
    }
    (sent, Wire::over(io))
}

#[tokio::test]
async fn prepared_statements_without_end() {
    let (proxy, before) = served("per_session = \"8MB\"", "").await;
    let mut wire = proxy.wire().await;
    let text = "x".repeat(4000);
    let mut prepared = 0;
    let refused = 'refused: loop {
        let batch: Vec<u8> = (prepared..prepared + 200).flat_map(|n| parse(&format!("s{n}"), &format!("SELECT {n}, '{text}'"))).collect();
        wire.send(&[batch, sync()].concat()).await;
        for message in wire.ready().await {
            match message.tag {
                b'1' => prepared += 1,
                b'E' => break 'refused message,
                _ => {}
            }
        }
        assert!(prepared < 20_000, "nobody stops it");
    };
    assert_eq!((refused.state(), refused.field(b'M')), ("53200", "the session would hold too much memory"), "{refused:?}");
    assert_eq!(refused.field(b'D'), "A session may hold 8MB of statements and messages (memory.per_session).");
    assert!((600..2000).contains(&prepared), "{prepared} of 4 kB, and of what is sent in their place as much");
    grew_by_less_than(&proxy, before, 40, "prepared statements");
    // What is there works, and so does what isn't prepared; letting go of it makes room.
    wire.send(&[bind("", "s7", &[]), execute("", 0), sync()].concat()).await;
    assert_eq!(firsts(&wire.ready().await), ["7"]);
    assert_eq!(wire.value("SELECT 1").await, "1");
    wire.send(&extended("SELECT $1::text", &["x"])).await;
    assert_eq!(firsts(&wire.ready().await), ["x"]);
    wire.query("DEALLOCATE ALL").await;
    wire.send(&[parse("s7", &format!("SELECT 8, '{text}'")), bind("", "s7", &[]), execute("", 0), sync()].concat()).await;
    assert_eq!(firsts(&wire.ready().await), ["8"]);
}

#[tokio::test]
async fn names_without_end() {
    let (proxy, before) = served("per_session = \"2MB\"", "").await;
    let mut wire = proxy.wire().await;
    let mut number = 0;
    let state = 'refused: loop {
        let batch: Vec<u8> = (number..number + 1000).flat_map(|n| parse(&format!("{n}{}", "x".repeat(200)), "SELECT 1")).collect();
        number += 1000;
        wire.send(&[batch, sync()].concat()).await;
        for message in wire.ready().await {
            if message.tag == b'E' {
                break 'refused message.state().to_owned();
            }
        }
        assert!(number < 100_000, "nobody stops it");
    };
    assert_eq!(state, "53200");
    grew_by_less_than(&proxy, before, 16, "names");
    wire.send(&[parse(&"x".repeat(2000), "SELECT 1"), sync()].concat()).await;
    assert_eq!(states(&wire.ready().await), ["54000"]);
}

/// Nothing is read of what is answered: the proxy doesn't read on either.
#[tokio::test]
async fn messages_whose_answers_nobody_reads() {
    let (proxy, before) = served("", "").await;
    let mut other = proxy.wire().await;
    for (what, bytes) in [
        ("queries", query("SELECT repeat('x', 1000)").repeat(500)),
        ("batches", [parse("", "SELECT 1"), bind("", "", &[]), execute("", 0), sync()].concat().repeat(500)),
        ("binds without a Sync", [parse("a", "SELECT $1::text"), flush()].concat()),
        ("syntax errors", query("x").repeat(5000)),
        ("syncs", sync().repeat(5000)),
    ] {
        let mut wire = proxy.wire().await;
        let bytes = if what.starts_with("binds") {
            wire.send(&bytes).await;
            wire.message().await;
            [bind("", "a", &[&"y".repeat(500)]), execute("", 0)].concat().repeat(1000)
        } else {
            bytes
        };
        let (sent, _wire) = pour(wire, &bytes, 300 << 20).await;
        eprintln!("{what}: it took {} kB", sent >> 10);
        assert!(sent < 300 << 20, "{what}: it takes all that comes");
        let begun = Instant::now();
        assert_eq!(other.value("SELECT 1").await, "1");
        assert!(begun.elapsed() < Duration::from_secs(2), "{what}");
        grew_by_less_than(&proxy, before, 48, what);
    }
}

/// A short Bind makes a long Parse where the server connection doesn't hold the statement any more.
#[tokio::test]
async fn short_messages_that_make_long_ones() {
    let (proxy, before) = served("", "prepared_statements = 2\n").await;
    let mut wire = proxy.wire().await;
    let text = "x".repeat(60_000);
    for n in 0..3 {
        wire.send(&[parse(&format!("s{n}"), &format!("SELECT {n}, '{text}' LIMIT $1::int")), sync()].concat()).await;
        assert_eq!(states(&wire.ready().await), [""; 0]);
    }
    const BINDS: usize = 6000;
    let (mut reader, mut writer) = tokio::io::split(wire.into_io());
    let sending = tokio::spawn(async move {
        let all: Vec<u8> = (0..BINDS).flat_map(|n| [bind("", &format!("s{}", n % 3), &["0"]), execute("", 0)].concat()).collect();
        writer.write_all(&[all, sync()].concat()).await.unwrap();
        writer
    });
    let (mut seen, mut chunk) = (Vec::new(), vec![0; 64 << 10]);
    while !seen.ends_with(&frame(b'Z', b"I")) {
        let read =
            timeout(Duration::from_secs(60), tokio::io::AsyncReadExt::read(&mut reader, &mut chunk)).await.expect("an answer").unwrap();
        assert!(read > 0, "the connection ended");
        seen.extend_from_slice(&chunk[..read]);
    }
    sending.await.unwrap();
    let answers = seen.windows(9).filter(|bytes| bytes == b"SELECT 0\0").count();
    assert_eq!(answers, BINDS);
    grew_by_less_than(&proxy, before, 32, "statements that are given again and again");
}

/// Answers of the proxy's own that stand behind one of the server's, and refusals that do.
#[tokio::test]
async fn answers_that_wait_for_others() {
    let mut bed = Bed::new().await;
    bed.sections = "[gate]\nexplain = true\n".to_owned();
    let proxy = bed.serve().await;
    let mut wire = proxy.wire().await;
    let long = format!("EXPLAIN (REWRITE) SELECT '{}'", "x".repeat(900_000));
    wire.send(&[parse("long", &long), sync()].concat()).await;
    assert_eq!(states(&wire.ready().await), [""; 0]);
    assert!(proxy.reset_peak(), "the kernel resets VmHWM");
    let before = proxy.rss_kb();
    for sleep in [true, false] {
        let first = if sleep { [parse("", "SELECT pg_sleep(1)"), bind("", "", &[]), execute("", 0)].concat() } else { Vec::new() };
        let (mut reader, mut writer) = tokio::io::split(wire.into_io());
        let all = [first, [bind("", "long", &[]), execute("", 0)].concat().repeat(500), sync()].concat();
        let sending = tokio::spawn(async move {
            writer.write_all(&all).await.unwrap();
            writer
        });
        let (mut bytes, mut end, mut chunk) = (0, Vec::new(), vec![0; 1 << 20]);
        while !end.ends_with(&frame(b'Z', b"I")) {
            let read =
                timeout(Duration::from_secs(60), tokio::io::AsyncReadExt::read(&mut reader, &mut chunk)).await.expect("an answer").unwrap();
            assert!(read > 0, "the connection ended");
            bytes += read;
            end.extend_from_slice(&chunk[..read]);
            end.drain(..end.len().saturating_sub(16));
        }
        assert!(bytes > 400_000_000, "{bytes}");
        wire = Wire::over(reader.unsplit(sending.await.unwrap()));
    }
    grew_by_less_than(&proxy, before, 32, "answers behind others");
    assert_eq!(wire.value("SELECT 1").await, "1");
    // Refusals with long names in them.
    let refused = [bind("", &"n".repeat(9000), &[]), sync()].concat().repeat(100);
    wire.send(&query("SELECT pg_sleep(60)")).await;
    let (sent, _wire) = pour(wire, &refused, 200 << 20).await;
    assert!(sent < 40 << 20, "it takes {sent}");
    grew_by_less_than(&proxy, before, 32, "refusals behind others");
}

#[tokio::test]
async fn long_texts() {
    let (proxy, before) = served("per_session = \"4MB\"", "").await;
    // What is announced is refused before it has come.
    for tag in [b'Q', b'P'] {
        let mut wire = proxy.wire().await;
        wire.send(&[&[tag][..], &(60_u32 << 20).to_be_bytes(), b"s\0SELECT 'x"].concat()).await;
        let error = wire.until(b'E').await.pop().unwrap();
        assert_eq!(error.state(), "53200", "{error:?}");
        if tag == b'Q' {
            wire.until(b'Z').await;
        }
        let rest = vec![b'x'; 1 << 20];
        for _ in 0..59 {
            wire.send(&rest).await;
        }
        wire.send(&vec![b'x'; (1 << 20) - 4 - 11]).await;
        wire.send(&sync()).await;
        wire.ready().await;
        assert_eq!(wire.value("SELECT 1").await, "1", "the rest was dropped");
        wire.query("BEGIN").await;
        wire.send(&[&[tag][..], &(60_u32 << 20).to_be_bytes()].concat()).await;
        drop(wire);
    }
    // Up to a gigabyte may be announced for what isn't held.
    let mut wire = proxy.wire().await;
    wire.send(&[&b"Q"[..], &(1_u32 << 29).to_be_bytes(), b"SELECT 'x"].concat()).await;
    assert_eq!(wire.until(b'E').await.pop().unwrap().state(), "54000");
    drop(wire);
    // A startup packet, or a password.
    let mut wire = proxy.dial().await;
    wire.send(&[&(100_u32 << 20).to_be_bytes()[..], &V3_0.to_be_bytes()].concat()).await;
    assert_eq!(states(&wire.rest().await), ["08P01"]);
    let mut wire = proxy.dial().await;
    wire.start("acme_app", &[]).await;
    wire.until(b'R').await;
    wire.send(&[&b"p"[..], &(100_u32 << 20).to_be_bytes()].concat()).await;
    assert_eq!(states(&wire.rest().await), ["08P01"]);
    grew_by_less_than(&proxy, before, 24, "long texts");
}

#[tokio::test]
async fn channels_and_notifications() {
    let (proxy, before) = served("per_session = \"4MB\"", "").await;
    let mut wire = proxy.wire().await;
    let mut refused = 0;
    for hundred in 0..20 {
        let texts: Vec<u8> = (0..100).flat_map(|n| query(&format!("LISTEN c{}", hundred * 100 + n))).collect();
        wire.send(&texts).await;
        for _ in 0..100 {
            refused += usize::from(states(&wire.ready().await) == ["53400"]);
        }
    }
    assert_eq!(refused, 1000, "a session listens to 1000");
    // In one transaction, over and over.
    wire.query("BEGIN").await;
    for round in 0..50 {
        let texts: Vec<u8> = (0..1000).flat_map(|n| query(&format!("UNLISTEN c{}", n + round % 2))).collect();
        wire.send(&texts).await;
        for _ in 0..1000 {
            assert_eq!(states(&wire.ready().await), [""; 0]);
        }
    }
    wire.query("ROLLBACK").await;
    grew_by_less_than(&proxy, before, 24, "channels");
    // Nobody reads what comes.
    let mut deaf = Vec::new();
    for _ in 0..5 {
        let mut wire = proxy.wire().await;
        wire.query("LISTEN flood").await;
        deaf.push(wire);
    }
    let payload = "x".repeat(7000);
    let notify = format!("DO $$ BEGIN FOR n IN 1..500 LOOP PERFORM pg_notify('flood', n || '{payload}'); END LOOP; END $$");
    let owner = proxy.owner("acme").await;
    // As the tenant's channels are called on its server.
    let notify_all = async || owner.batch_execute(&notify).await.unwrap();
    for _ in 0..30 {
        notify_all().await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    grew_by_less_than(&proxy, before, 64, "notifications");
    assert_eq!(wire.value("SELECT 1").await, "1");
    for mut wire in deaf {
        // It ends, in the middle of what it didn't read.
        wire.drain().await;
    }
}

#[tokio::test]
async fn when_all_is_used_nobody_new_comes_and_the_others_go_on() {
    let (proxy, _) = served("per_session = \"8MB\"\ntotal = \"24MB\"", "").await;
    let mut other = proxy.wire().await;
    let mut hoarders = Vec::new();
    // Long messages that never end.
    let refused = loop {
        let mut wire = match proxy.try_wire("acme_app", &[]).await {
            Ok(wire) => wire,
            Err(refused) => break refused.0.expect("it is told"),
        };
        wire.send(&[&b"P"[..], &(5_u32 << 20).to_be_bytes(), b"s\0SELECT '"].concat()).await;
        wire.send(&vec![b'x'; 4 << 20]).await;
        hoarders.push(wire);
        assert!(hoarders.len() < 20, "nobody stops them");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!((refused.state(), refused.field(b'M')), ("53200", "the proxy's memory is used up"));
    assert!(refused.field(b'D').starts_with("Sessions hold 2") && refused.field(b'D').ends_with("of 24MB (memory.total)."), "{refused:?}");
    assert!((4..8).contains(&hoarders.len()), "{}", hoarders.len());
    // Who is there goes on.
    for n in 0..50 {
        assert_eq!(other.value(&format!("SELECT {n}")).await, n.to_string());
        other
            .send(&[parse(&format!("s{n}"), "SELECT $1::text"), bind("", &format!("s{n}"), &["x"]), execute("", 0), sync()].concat())
            .await;
        assert_eq!(firsts(&other.ready().await), ["x"]);
    }
    // Who would grow is told so.
    let last = hoarders.last_mut().unwrap();
    last.send(&vec![b'x'; 100_000]).await;
    let error = last.until(b'E').await.pop().unwrap();
    assert_eq!(error.state(), "53200", "{error:?}");
    drop(hoarders);
    eventually("there is room again", || async { proxy.try_wire("acme_app", &[]).await.is_ok() }).await;
    let mut wire = proxy.dial().await;
    assert_eq!(told(wire.log_in("acme_app", &format!("{PASSWORD}x"), &[]).await).state(), "28P01");
}
