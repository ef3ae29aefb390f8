//! `lock = "shared"` in the schema model: the pool becomes the tenant's role for a transaction.

use crate::{
    shards::{Shard, Sharing},
    support::{
        run,
        wire::{extended, firsts, states},
    },
};

#[tokio::test]
async fn a_transaction_is_its_tenants() {
    let shard = Shard::start(Sharing::Roles).await;
    let proxy = shard.serve().await;
    let (mut acme, mut globex) = (proxy.wire().await, proxy.wire_of("globex_app", &[]).await);
    for _ in 0..2 {
        for (wire, tenant) in [(&mut acme, "acme"), (&mut globex, "globex")] {
            assert_eq!(wire.value("SHOW search_path").await, format!("own_{tenant}, public, pg_temp"));
            assert_eq!(wire.value("SELECT current_schema()").await, format!("own_{tenant}"));
            assert_eq!(wire.value("SELECT current_user").await, format!("t_{tenant}"));
            wire.send(&extended("SELECT current_user || ' ' || min(note) FROM orders", &[])).await;
            assert_eq!(firsts(&wire.ready().await), [format!("t_{tenant} {}-1", tenant.to_uppercase())]);
        }
    }
    let stranger = acme.query("SELECT * FROM own_globex.orders").await;
    assert!(matches!(states(&stranger)[..], ["42501" | "42P01"]), "{stranger:?}");
}

/// The pool's own role is nobody: it has no rights of its own, and no tenant's role may log in.
#[tokio::test]
async fn the_pool_is_nobody() {
    let shard = Shard::start(Sharing::Roles).await;
    let mut wire = shard.oracle().await;
    wire.query("RESET ROLE; RESET search_path").await;
    for text in ["SELECT * FROM own_acme.orders", "CREATE TABLE public.x (y int)", "CREATE SCHEMA z", "CREATE TEMP TABLE x (y int)"] {
        assert_eq!(states(&wire.query(text).await), ["42501"], "{text}");
    }
    let owner = shard.owner("app").await;
    let logins =
        owner.query("SELECT rolname::text FROM pg_roles WHERE rolname ~ '^(t_|pool|pgtenant)' AND rolcanlogin", &[]).await.unwrap();
    assert_eq!(logins.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>(), ["pool"]);
    run(&owner, "SET ROLE pool; SET ROLE t_acme").await;
}
