//! Servers that do what no real one does: the client gets a clear error, and no other session notices.

use std::time::Duration;

use crate::support::{
    bed::Bed,
    fake_server::{FakeServer, Peer, one_row, ready},
    proxy::Proxy,
    wire::*,
};

/// No catalog can be read from these servers, without which nothing passes the gate.
const NO_GATE: &str = "[gate]\nmode = \"off\"\n";

/// A proxy with a real tenant and one on a fake server.
async fn beside(fake: &FakeServer) -> Proxy {
    let mut bed = Bed::new().await;
    bed.sections.push_str(NO_GATE);
    bed.pool = "connect_timeout = \"500ms\"\n".to_owned();
    bed.shard("fake", &fake.address(), 20);
    bed.tenant("globex", "fake", "nothing");
    bed.serve().await
}

/// Serves `SELECT 'ok'`; any other statement gets `bytes`, then the connection stays open or closes.
async fn answering(bytes: Vec<u8>, closes: bool) -> FakeServer {
    FakeServer::start(move |mut peer: Peer| {
        let bytes = bytes.clone();
        async move {
            if !peer.let_in().await {
                return;
            }
            while let Some((_, body)) = peer.message().await {
                if body.starts_with(b"SELECT 'ok'") || body.starts_with(b"DISCARD") {
                    peer.send(&one_row("ok")).await;
                } else {
                    peer.send(&bytes).await;
                    if closes {
                        return;
                    }
                }
            }
        }
    })
    .await
}

/// A broken answer ends in an error of class 08 (FATAL or not), and the next statement works.
async fn is_told(bytes: Vec<u8>, closes: bool, what: &str) {
    let fake = answering(bytes, closes).await;
    let proxy = beside(&fake).await;
    let (mut other, mut wire) = (proxy.wire().await, proxy.wire_of("globex_app", &[]).await);
    other.value("BEGIN").await;
    assert_eq!(wire.value("SELECT 'ok'").await, "ok");
    wire.send(&query("SELECT 'broken'")).await;
    let mut told = Vec::new();
    while let Some(message) = wire.message().await {
        let last = matches!(message.tag, b'Z' | b'E');
        told.push(message);
        if last {
            break;
        }
    }
    let states = states(&told);
    assert!(states.len() == 1 && states[0].starts_with("08"), "{what}: {told:?}");
    assert_eq!(other.value("SELECT 1").await, "1");
    assert_eq!(proxy.wire_of("globex_app", &[]).await.value("SELECT 'ok'").await, "ok", "{what}");
}

#[tokio::test]
async fn dies_before_or_in_its_answer() {
    let whole = one_row("value");
    is_told(Vec::new(), true, "nothing").await;
    is_told(whole[..20].to_vec(), true, "in the description").await;
    // After the description; in a header; in a row. What follows would be taken for the row's rest, so the session must end.
    is_told(whole[..29].to_vec(), true, "before the row").await;
    is_told(whole[..whole.len() - 6].to_vec(), true, "before ReadyForQuery").await;
}

#[tokio::test]
async fn dies_in_the_midst_of_a_long_row() {
    let row = [&b"D\0\x0f\x42\x40\0\x01\0\x0f\x42\x36"[..], &[b'x'; 100_000]].concat();
    let description = one_row("x")[..27].to_vec();
    let fake = answering([description, row].concat(), true).await;
    let proxy = beside(&fake).await;
    let mut wire = proxy.wire_of("globex_app", &[]).await;
    wire.send(&query("SELECT 'broken'")).await;
    // No error can be told inside a row: the connection ends, and nothing is made up.
    let mut bytes = 0;
    while let Some(part) = wire.part().await {
        bytes += part;
    }
    assert!((100_000..101_000).contains(&bytes), "{bytes}");
    assert_eq!(proxy.wire_of("globex_app", &[]).await.value("SELECT 'ok'").await, "ok");
}

#[tokio::test]
async fn sends_garbage_or_what_nobody_asked_for() {
    is_told(b"\xff\xff\xff\xff\xff\xff\xff\xff garbage".to_vec(), false, "garbage").await;
    is_told(b"Z\0\0\0\x03".to_vec(), false, "a length below 4").await;
    is_told(frame(b'R', &[0; 4]), false, "authentication after the start").await;
    is_told(frame(b'2', b""), false, "BindComplete for a simple query").await;
}

#[tokio::test]
async fn speaks_out_of_turn() {
    // A second answer behind the first must not reach whoever has the connection next.
    let fake = FakeServer::start(|mut peer: Peer| async move {
        if !peer.let_in().await {
            return;
        }
        while let Some((_, body)) = peer.message().await {
            if body.starts_with(b"SELECT 'twice'") {
                peer.send(&one_row("first")).await;
                tokio::time::sleep(Duration::from_millis(50)).await;
                peer.send(&one_row("stolen")).await;
            } else {
                peer.send(&one_row("ok")).await;
            }
        }
    })
    .await;
    let proxy = beside(&fake).await;
    let (mut one, mut two) = (proxy.wire_of("globex_app", &[]).await, proxy.wire_of("globex_app", &[]).await);
    assert_eq!(one.value("SELECT 'twice'").await, "first");
    tokio::time::sleep(Duration::from_millis(150)).await;
    for _ in 0..3 {
        assert_eq!(two.value("SELECT 'ok'").await, "ok");
        assert_eq!(one.value("SELECT 'ok'").await, "ok");
    }
}

#[tokio::test]
async fn a_message_that_nobody_asked_for_comes_in_two_pieces() {
    let fake = FakeServer::start(|mut peer: Peer| async move {
        if !peer.let_in().await {
            return;
        }
        while let Some((_, body)) = peer.message().await {
            peer.send(&one_row("ok")).await;
            if body.starts_with(b"SELECT 'notice'") {
                let notice = frame(b'N', b"SNOTICE\0C00000\0Mhere\0\0");
                peer.send(&notice[..7]).await;
                tokio::time::sleep(Duration::from_millis(60)).await;
                peer.send(&notice[7..]).await;
            }
        }
    })
    .await;
    let proxy = beside(&fake).await;
    let (mut one, mut two) = (proxy.wire_of("globex_app", &[]).await, proxy.wire_of("globex_app", &[]).await);
    for _ in 0..3 {
        // The first ReadyForQuery and the notice's beginning come in one read or in two: try both.
        assert_eq!(one.value("SELECT 'notice'").await, "ok");
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(two.value("SELECT 'ok'").await, "ok");
        assert_eq!(one.value("SELECT 'ok'").await, "ok");
        tokio::time::sleep(Duration::from_millis(80)).await;
    }
}

#[tokio::test]
async fn fails_at_the_start() {
    async fn refused(fake: &FakeServer, what: &str) {
        let proxy = beside(fake).await;
        let mut other = proxy.wire().await;
        let refused = proxy.try_wire("globex_app", &[]).await.err().unwrap();
        assert_eq!(refused.state(), "57P03", "{what}");
        assert_eq!(other.value("SELECT 1").await, "1");
    }
    let closes = FakeServer::start(|mut peer: Peer| async move { drop(peer.packet().await) }).await;
    refused(&closes, "closes").await;
    for bytes in [
        b"garbage garbage garbage".to_vec(),
        frame(b'R', &[0, 0, 0, 99]),
        frame(b'R', &[0, 0, 0, 3]),
        frame(b'D', b"\0\0"),
        [frame(b'R', &[0; 4]), ready()].concat(),
        frame(b'R', &[0, 0, 0, 12, b'v', b'=', b'x']),
        frame(b'E', b"SFATAL\0C53300\0Msorry, too many clients already\0\0"),
    ] {
        let what = format!("{bytes:?}");
        let fake = FakeServer::start(move |mut peer: Peer| {
            let bytes = bytes.clone();
            async move {
                peer.packet().await;
                peer.send(&bytes).await;
                peer.hang().await;
            }
        })
        .await;
        refused(&fake, &what).await;
    }
}

#[tokio::test]
async fn sends_bytes_before_tls() {
    let fake = FakeServer::start(|mut peer: Peer| async move {
        peer.packet().await;
        peer.send(&[&b"S"[..], &frame(b'E', b"SFATAL\0C28000\0Minjected\0\0")].concat()).await;
        peer.hang().await;
    })
    .await;
    let mut bed = Bed::empty();
    bed.sections.push_str(NO_GATE);
    bed.shard("fake", &fake.address().replace("disable", "require"), 20);
    bed.tenant("globex", "fake", "nothing");
    let proxy = bed.serve().await;
    let refused = proxy.try_wire("globex_app", &[]).await.err().unwrap();
    assert_eq!(refused.state(), "57P03");
    assert!(!format!("{refused:?}").contains("injected"));
    proxy.logged("before TLS", 1).await;
}

#[tokio::test]
async fn answers_late() {
    let fake = FakeServer::start(|mut peer: Peer| async move {
        if !peer.let_in().await {
            return;
        }
        while peer.message().await.is_some() {
            // Byte by byte: no frame comes whole.
            for byte in one_row("slow") {
                peer.send(&[byte]).await;
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
    })
    .await;
    let proxy = beside(&fake).await;
    let mut wire = proxy.wire_of("globex_app", &[]).await;
    for _ in 0..3 {
        assert_eq!(wire.value("SELECT 'ok'").await, "slow");
    }
}
