//! Hundreds of megabytes pass through in constant memory.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{bed::Bed, proxy::Proxy, wire::*};

const SIZE: usize = 300 << 20;
/// What the proxy may grow by, in kB, the pages of its own code that it hasn't used before among them: some 10 MB without optimisation.
const GROWTH: u64 = 32 << 10;

async fn warm() -> (Proxy, Wire, u64) {
    let proxy = Bed::new().await.serve().await;
    let mut wire = proxy.wire().await;
    assert_eq!(wire.value("SELECT length(repeat('x', 5000000))").await, "5000000");
    wire.query("SELECT repeat('x', 1000000)").await;
    assert!(proxy.reset_peak(), "the kernel resets VmHWM");
    let before = proxy.rss_kb();
    (proxy, wire, before)
}

fn grew(proxy: &Proxy, before: u64, what: &str) {
    let grown = proxy.peak_kb().saturating_sub(before);
    eprintln!("{what} of 300 MB: the proxy's peak grew by {grown} kB");
    assert!(grown < GROWTH, "{what}: {grown} kB");
}

#[tokio::test]
async fn a_row() {
    let (proxy, mut wire, before) = warm().await;
    wire.send(&query(&format!("SELECT repeat('x', {SIZE})"))).await;
    let mut bytes = 0;
    while let Some(part) = wire.part().await {
        bytes += part;
        if wire.ends_with(&frame(b'Z', b"I")) {
            break;
        }
    }
    assert!(bytes > SIZE, "{bytes}");
    grew(&proxy, before, "a row");
    wire.clear();
    assert_eq!(wire.value("SELECT 1").await, "1");
}

#[tokio::test]
async fn a_parameter() {
    let (proxy, mut wire, before) = warm().await;
    wire.send(&[parse("", "SELECT length($1::text)::text || ''"), sync()].concat()).await;
    wire.ready().await;
    let head = [&b"\0\0\0\0\0\x01"[..], &(SIZE as u32).to_be_bytes()].concat();
    let length = head.len() + SIZE + 2 + 4;
    wire.send(&[&b"B"[..], &(length as u32).to_be_bytes(), &head].concat()).await;
    let chunk = vec![b'x'; 1 << 20];
    for _ in 0..SIZE >> 20 {
        wire.send(&chunk).await;
    }
    wire.send(&[&[0, 0][..], &execute("", 0), &sync()].concat()).await;
    assert_eq!(firsts(&wire.ready().await), [SIZE.to_string()]);
    grew(&proxy, before, "a parameter");
}

#[tokio::test]
async fn a_copy() {
    let (proxy, mut wire, before) = warm().await;
    wire.value("CREATE UNLOGGED TABLE t (a text)").await;
    wire.send(&query("COPY t FROM STDIN")).await;
    wire.until(b'G').await;
    let line = frame(b'd', &[vec![b'x'; 999], b"\n".to_vec()].concat().repeat(1000));
    for _ in 0..300 {
        wire.send(&line).await;
    }
    wire.send(&frame(b'c', b"")).await;
    assert_eq!(shape(&wire.ready().await), "CZ");
    grew(&proxy, before, "a COPY in");
    wire.send(&query("COPY t TO STDOUT")).await;
    let mut bytes = 0;
    while let Some(part) = wire.part().await {
        bytes += part;
        if wire.ends_with(&frame(b'Z', b"I")) {
            break;
        }
    }
    assert!(bytes > 300_000_000, "{bytes}");
    grew(&proxy, before, "a COPY out");
}

#[tokio::test]
async fn messages_that_cost_the_server_nothing() {
    const MESSAGES: usize = 2_000_000;
    let (proxy, mut wire, before) = warm().await;
    wire.send(&query("SELECT pg_sleep(1)")).await;
    let (mut reader, mut writer) = tokio::io::split(wire.into_io());
    let sending = tokio::spawn(async move {
        let closes = close(b'S', "x").repeat(1000);
        for _ in 0..MESSAGES / 1000 {
            writer.write_all(&closes).await.unwrap();
        }
        writer.write_all(&sync()).await.unwrap();
        writer
    });
    let mut answers = Vec::new();
    let mut chunk = vec![0; 64 << 10];
    // CloseComplete has five bytes, and so has what stands at the very end but for its status.
    while !answers.ends_with(&frame(b'Z', b"I")) || answers.len() < MESSAGES * 5 {
        let read = tokio::time::timeout(std::time::Duration::from_secs(20), reader.read(&mut chunk)).await.expect("an answer").unwrap();
        assert!(read > 0, "the connection ended");
        answers.extend_from_slice(&chunk[..read]);
    }
    sending.await.unwrap();
    grew(&proxy, before, "messages");
}
