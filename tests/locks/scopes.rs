//! Advisory locks and channels of tenants that share server connections: each has its own.

use std::time::Duration;

use crate::{
    shards::{Shard, Sharing},
    support::wire::{Wire, extended, firsts, query, shape, states},
};

async fn heard(wire: &mut Wire) -> String {
    let message = tokio::time::timeout(Duration::from_secs(10), wire.message()).await.expect("a notification").expect("no end");
    assert_eq!(char::from(message.tag), 'A', "{message:?}");
    String::from_utf8_lossy(&message.body[4..]).trim_end_matches('\0').replace('\0', " ")
}

async fn neighbours(sharing: Sharing) {
    let shard = Shard::start(sharing).await;
    let proxy = shard.bed(shard.cluster.port(), 4).serve().await;
    let (mut acme, mut globex) = (proxy.wire_of("acme_app", &[]).await, proxy.wire_of("globex_app", &[]).await);
    let mut again = proxy.wire_of("acme_app", &[]).await;
    for wire in [&mut acme, &mut globex] {
        assert_eq!(shape(&wire.query("LISTEN news").await), "CZ");
    }
    let notify = "SELECT pgtenant.pg_notify('news', 'by function')";
    for words in [query("NOTIFY news, 'by statement'"), extended("NOTIFY news, 'by batch'", &[]), query(notify), extended(notify, &[])] {
        again.send(&words).await;
        let told = again.ready().await;
        assert_eq!(states(&told), [""; 0], "{told:?}");
    }
    for expected in ["statement", "batch", "function", "function"] {
        assert_eq!(heard(&mut acme).await, format!("news by {expected}"));
    }
    assert!(globex.is_silent(Duration::from_millis(300)).await, "{:?}", globex.message().await);

    const TRY: &str = "SELECT pgtenant.pg_try_advisory_xact_lock(1)";
    for wire in [&mut acme, &mut globex] {
        wire.query("BEGIN").await;
        assert_eq!(firsts(&wire.query(TRY).await), ["t"]);
    }
    assert_eq!(firsts(&again.query(TRY).await), ["f"]);
    acme.query("COMMIT").await;
    assert_eq!(firsts(&again.query(TRY).await), ["t"]);
    globex.query("COMMIT").await;
}

#[tokio::test]
async fn neighbours_in_a_signed_pool() {
    neighbours(Sharing::Signed).await;
}

#[tokio::test]
async fn neighbours_in_a_plain_pool() {
    neighbours(Sharing::Plain).await;
}

#[tokio::test]
async fn neighbours_in_a_pool_that_becomes_their_roles() {
    neighbours(Sharing::Roles).await;
}
