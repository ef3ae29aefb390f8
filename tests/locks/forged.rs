//! What a tenant may try to become another, without the gate: a signed context can't be forged, a plain one and a role can.

use crate::{
    shards::{Shard, Sharing},
    support::wire::{Wire, bind, execute, extended, firsts, parse, query, states, sync},
};

/// Ways to another context for one who speaks to the server as the pool's role, with `{c}` where the context stands. Each is followed by a
/// look at all rows in the same transaction, unless it looks itself.
const WAYS: &[&str] = &[
    "SET app.current_tenant = '{c}'",
    "SET LOCAL app.current_tenant = '{c}'",
    "SET SESSION \"app\".\"current_tenant\" TO '{c}'",
    "SET app.current_tenant TO DEFAULT",
    "RESET app.current_tenant",
    "RESET ALL",
    "SELECT set_config('app.current_tenant', '{c}', false)",
    "SELECT set_config('app.current_tenant', '{c}', true)",
    "SELECT pg_catalog.set_config('APP.Current_Tenant', '{c}', true)",
    "SELECT set_config('app.' || 'current_tenant', '{c}', true)",
    "SELECT \"set_config\"(U&'app\\002ecurrent_tenant', '{c}', true)",
    "SELECT note FROM orders WHERE set_config('app.current_tenant', '{c}', false) IS NOT NULL",
    "SELECT note FROM orders ORDER BY set_config('app.current_tenant', '{c}', true)",
    "SELECT o.note FROM (SELECT set_config('app.current_tenant', '{c}', true) OFFSET 0) c, orders o",
    "SELECT o.note FROM set_config('app.current_tenant', '{c}', true) c, orders o",
    "WITH c AS MATERIALIZED (SELECT set_config('app.current_tenant', '{c}', true)) SELECT o.note FROM c, orders o",
    "SELECT o.note FROM (VALUES (1)) v(x) CROSS JOIN LATERAL (SELECT set_config('app.current_tenant', '{c}', true)) c CROSS JOIN orders o",
    "SELECT CASE WHEN set_config('app.current_tenant', '{c}', true) = '' THEN '' ELSE (SELECT string_agg(note, ',') FROM orders) END",
    "SELECT (SELECT note FROM orders WHERE id = n LIMIT 1) FROM (SELECT n, set_config('app.current_tenant', '{c}', true) FROM generate_series(1, 5) n) x",
    "UPDATE orders SET note = set_config('app.current_tenant', '{c}', true) || note RETURNING note",
    "INSERT INTO orders VALUES (split_part(set_config('app.current_tenant', '{c}', true), ':', 1), 99, 'x') RETURNING note",
    "DELETE FROM orders WHERE set_config('app.current_tenant', '{c}', true) IS NULL RETURNING note",
    "PREPARE x AS SELECT set_config('app.current_tenant', '{c}', true); EXECUTE x",
    "DECLARE c CURSOR FOR SELECT set_config('app.current_tenant', '{c}', true), note FROM orders; FETCH ALL FROM c",
    "SAVEPOINT a; SET LOCAL app.current_tenant = '{c}'; RELEASE a",
    "COMMIT; SET app.current_tenant = '{c}'; BEGIN",
    "COMMIT; BEGIN; SET app.current_tenant = '{c}'",
    "UPDATE pg_settings SET setting = '{c}' WHERE name = 'app.current_tenant'",
    "DO $$ BEGIN PERFORM set_config('app.current_tenant', '{c}', true); END $$",
    "ALTER ROLE CURRENT_USER SET app.current_tenant = '{c}'",
    "SET ROLE pgtenant_signer",
    "SET ROLE pgtenant_owner",
    "SET SESSION AUTHORIZATION postgres",
    "SET row_security = off",
    "SELECT encode(inner_half, 'hex') AS note FROM pgtenant.signing_keys",
    "TABLE pgtenant.signing_keys",
    "ALTER TABLE orders DISABLE ROW LEVEL SECURITY",
    "CREATE OR REPLACE FUNCTION pgtenant.context(text) RETURNS text LANGUAGE sql AS 'SELECT ''globex'''",
    "CREATE SCHEMA evil; CREATE FUNCTION evil.sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT $1'; SET search_path = evil, pg_catalog",
    "CREATE TEMP TABLE signing_keys (inner_half bytea, outer_half bytea); SET search_path = pg_temp, pg_catalog",
    "SELECT pgtenant.context('app.current_tenant')",
    "COPY orders TO STDOUT",
];

/// What a forger may know: shapes of contexts, its own and that of another process.
fn contexts(own: &str) -> Vec<String> {
    let signature = own.split_once(':').map_or("", |(_, signature)| signature);
    vec![
        "globex".to_owned(),
        "globex:".to_owned(),
        format!("globex:{signature}"),
        format!("acme:globex:{signature}"),
        format!("globex|acme:{signature}"),
        "globex:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".to_owned(),
        format!("globex{}", " ".repeat(65)),
        String::new(),
    ]
}

async fn rows(wire: &mut Wire, bytes: &[u8]) -> String {
    wire.send(bytes).await;
    let messages = wire.ready().await;
    messages
        .iter()
        .filter(|message| matches!(message.tag, b'D' | b'd' | b'E'))
        .map(|message| String::from_utf8_lossy(&message.body).into_owned())
        .collect()
}

#[tokio::test]
async fn a_signed_context_can_not_be_forged() {
    let shard = Shard::start(Sharing::Signed).await;
    let proxy = shard.observe(1).await;
    let mut globex = proxy.wire_of("globex_app", &[]).await;
    let mut acme = proxy.wire().await;
    let own = acme.value("SELECT current_setting('app.current_tenant')").await;
    assert!(own.starts_with("acme:") && own.len() == 69);
    let mut acme_rows = 0;
    for way in WAYS {
        for context in contexts(&own) {
            let text = way.replace("{c}", &context);
            let look = "SELECT tenant_id || ' ' || note FROM orders";
            // In a block; in a text; in a batch. A session that has done such a thing keeps its connection, so it leaves after each.
            let mut acme = proxy.wire().await;
            let mut heard = rows(&mut acme, &query("BEGIN")).await;
            heard += &rows(&mut acme, &query(&text)).await;
            heard += &rows(&mut acme, &query(look)).await;
            heard += &rows(&mut acme, &query("ROLLBACK")).await;
            drop(acme);
            let mut acme = proxy.wire().await;
            heard += &rows(&mut acme, &query(&format!("{text}; {look}"))).await;
            let batch =
                [parse("", &text), bind("", "", &[]), execute("", 0), parse("", look), bind("", "", &[]), execute("", 0), sync()].concat();
            heard += &rows(&mut acme, &batch).await;
            heard += &rows(&mut acme, &query(look)).await;
            assert!(!heard.contains("GLOBEX"), "{text}: {heard}");
            acme_rows += heard.matches("acme ACME-1").count();
            drop(acme);
        }
        // Whatever is left of it doesn't touch the other.
        let seen = firsts(&globex.query("SELECT tenant_id || note FROM orders ORDER BY id").await);
        assert_eq!(seen, ["globexGLOBEX-1", "globexGLOBEX-2", "globexGLOBEX-3", "globexGLOBEX-4", "globexGLOBEX-5"], "{way}");
    }
    assert!(acme_rows > 100, "acme's own rows are there, {acme_rows} times: nothing is hidden by mistake");
}

/// A context is good for one process: what a tenant learns of its own on one connection is nothing on another.
#[tokio::test]
async fn a_context_is_good_for_one_connection() {
    let shard = Shard::start(Sharing::Signed).await;
    let proxy = shard.observe(2).await;
    let (mut one, mut two) = (proxy.wire_of("globex_app", &[]).await, proxy.wire().await);
    one.query("BEGIN").await;
    let foreign = one.value("SELECT current_setting('app.current_tenant')").await;
    two.query("BEGIN").await;
    assert_ne!(one.value("SELECT pg_backend_pid()").await, two.value("SELECT pg_backend_pid()").await);
    two.query(&format!("SET LOCAL app.current_tenant = '{foreign}'")).await;
    assert_eq!(two.value("SELECT count(*) FROM orders").await, "0");
    two.query("ROLLBACK").await;
    assert_eq!(two.value("SELECT count(*) FROM orders").await, "5");
}

/// What can't be held against somebody who changes it is told as it is: the gate has to hold.
#[tokio::test]
async fn a_plain_context_is_no_lock() {
    let shard = Shard::start(Sharing::Plain).await;
    let proxy = shard.serve().await;
    let mut acme = proxy.wire().await;
    let heard = acme.query("BEGIN; SET LOCAL app.current_tenant = 'globex'; SELECT note FROM orders ORDER BY id LIMIT 1; ROLLBACK").await;
    if states(&heard).is_empty() {
        assert_eq!(firsts(&heard), ["GLOBEX-1"]);
    }
    // Without one nothing is seen, and writing fails.
    let mut direct = shard.oracle().await;
    assert_eq!(direct.value("RESET app.current_tenant; SELECT count(*) FROM orders").await, "0");
    direct.send(&extended("INSERT INTO orders VALUES ('acme', 7, 'x')", &[])).await;
    assert_eq!(states(&direct.ready().await), ["42501"]);
}
