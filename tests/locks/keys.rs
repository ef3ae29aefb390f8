//! Keys rotate while sessions go on.

use crate::{
    shards::{Shard, Sharing, pgtenant},
    support::{eventually, wire::Wire},
};

async fn rows(wire: &mut Wire) -> String {
    wire.value("SELECT count(*) FROM orders").await
}

#[tokio::test]
async fn keys_rotate_without_a_stop() {
    let shard = Shard::start(Sharing::Signed).await;
    let mut proxy = shard.serve().await;
    let (mut acme, mut globex) = (proxy.wire().await, proxy.wire_of("globex_app", &[]).await);
    assert_eq!((rows(&mut acme).await, rows(&mut globex).await), ("5".into(), "5".into()));
    let config = proxy.bed.folder().join("pgtenant.toml").display().to_string();
    let rotate = || pgtenant(&["shard", "rotate-key", "east", "--config", &config]);
    assert_eq!(rotate(), "app: 0 keys installed, 0 removed\n");

    // The new key beside the old one.
    let old = "signing_key = \"file:signing_key\"\n";
    assert!(proxy.bed.shards.contains(old));
    proxy.bed.file("new_key", &"5a".repeat(32));
    let map = |proxy: &mut crate::support::proxy::Proxy, before: &str, after: &str| {
        proxy.bed.shards = proxy.bed.shards.replace(before, after);
        proxy.bed.write();
    };
    let beside = "signing_key = \"file:signing_key\"\nsigning_keys = [\"file:new_key\"]\n";
    map(&mut proxy, old, beside);
    proxy.logged("shard map taken", 1).await;
    assert_eq!(rotate(), "app: 1 keys installed, 0 removed\n");
    assert_eq!(rotate(), "app: 0 keys installed, 0 removed\n");
    assert_eq!(rows(&mut acme).await, "5");

    // Proxies sign with it, in sessions that were there before as well.
    let before = acme.value("BEGIN; SELECT current_setting('app.current_tenant')").await;
    let turned = "signing_key = \"file:new_key\"\nsigning_keys = [\"file:signing_key\"]\n";
    map(&mut proxy, beside, turned);
    proxy.logged("shard map taken", 2).await;
    assert_eq!(rows(&mut acme).await, "5");
    acme.query("COMMIT").await;
    assert_eq!((rows(&mut acme).await, rows(&mut globex).await), ("5".into(), "5".into()));
    assert_ne!(acme.value("SELECT current_setting('app.current_tenant')").await, before);

    // And the old one goes.
    map(&mut proxy, turned, "signing_key = \"file:new_key\"\n");
    assert_eq!(rotate(), "app: 0 keys installed, 1 removed\n");
    assert_eq!((rows(&mut acme).await, rows(&mut globex).await), ("5".into(), "5".into()));
    let owner = shard.owner("app").await;
    eventually("one key", || async { owner.query("SELECT FROM pgtenant.signing_keys", &[]).await.unwrap().len() == 1 }).await;
    let log = std::fs::read_to_string(shard.cluster.log_path()).unwrap();
    assert!(!log.contains(&"6c".repeat(32)), "0x5a ^ 0x36");
}

/// A key that the server doesn't take any more shows nothing, rather than another's rows.
#[tokio::test]
async fn a_wrong_key_shows_nothing() {
    let shard = Shard::start(Sharing::Signed).await;
    let bed = shard.bed(shard.cluster.port(), 1);
    bed.file("signing_key", &"77".repeat(32));
    let proxy = bed.serve().await;
    let mut acme = proxy.wire().await;
    assert_eq!(rows(&mut acme).await, "0");
    assert_eq!(crate::support::wire::states(&acme.query("INSERT INTO orders VALUES ('acme', 9, 'x')").await), ["42501"]);
}
