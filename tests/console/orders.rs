//! What operators do, and that nobody else does it.

use std::time::{Duration, Instant};

use crate::{
    ground::{ask, console, fails, one, proxy, with_operators},
    support::{bed::Bed, eventually},
};

#[tokio::test]
async fn pause_waits_for_transactions_and_holds_the_next_ones() {
    let proxy = proxy().await;
    let (acme, ops) = (proxy.client().await, console(&proxy, "ops").await);
    acme.batch_execute("BEGIN; SELECT 1").await.unwrap();
    assert_eq!(fails(&ops, "PAUSE acme WITHIN '200ms'").await.0, "57014");
    assert_eq!(ask(&ops, "SHOW PAUSES").await.len(), 0, "what doesn't come about is taken back");
    acme.batch_execute("SELECT 2").await.unwrap();
    let paused = tokio::spawn(async move {
        let begun = Instant::now();
        ops.simple_query("PAUSE TENANT acme").await.unwrap();
        (ops, begun.elapsed())
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    acme.batch_execute("COMMIT").await.unwrap();
    let (ops, took) = paused.await.unwrap();
    assert!(took >= Duration::from_millis(250), "{took:?}");
    assert_eq!(one(&ops, "SHOW DATABASES WHERE name = 'acme'", "paused").await, "1");
    assert_eq!(one(&ops, "SHOW DATABASES WHERE name = 'acme'", "current_connections").await, "0", "its connections are closed");
    let held = tokio::spawn(async move { acme.query_one("SELECT 3", &[]).await.unwrap().get::<_, i32>(0) });
    let waiting = || async { one(&ops, "SHOW QUEUES WHERE tenant = 'acme'", "waiting").await == "1" };
    eventually("a client that waits", waiting).await;
    assert!(!held.is_finished());
    // Whoever logs in waits as well, and isn't turned away.
    assert_eq!(fails(&ops, "PAUSE acme").await.0, "55000");
    ops.simple_query("RESUME acme").await.unwrap();
    assert_eq!(held.await.unwrap(), 3);
}

#[tokio::test]
async fn the_whole_proxy_and_a_shard() {
    let proxy = proxy().await;
    let (acme, ops) = (proxy.client().await, console(&proxy, "ops").await);
    acme.batch_execute("SELECT 1").await.unwrap();
    for (begin, end) in [("PAUSE", "RESUME"), ("SUSPEND", "RESUME"), ("PAUSE SHARD east", "RESUME SHARD east"), ("PAUSE", "RESUME ALL")] {
        ops.simple_query(begin).await.unwrap();
        assert_eq!(one(&ops, "SHOW SHARDS", "paused").await, "1", "{begin}");
        let limit = tokio::time::timeout(Duration::from_millis(150), acme.batch_execute("SELECT 1"));
        assert!(limit.await.is_err(), "{begin}: it waits");
        ops.simple_query(end).await.unwrap();
        // What was left waiting has run meanwhile; the next one does, too.
        acme.batch_execute("SELECT 1").await.unwrap();
    }
    ops.simple_query("PAUSE SHARD east HOLD '200ms'").await.unwrap();
    acme.batch_execute("SELECT 1").await.unwrap();
    assert_eq!(one(&ops, "SHOW STATE WHERE key = 'active'", "value").await, "yes");
}

#[tokio::test]
async fn a_pause_that_is_cancelled_is_taken_back() {
    let proxy = proxy().await;
    let (acme, ops) = (proxy.client().await, console(&proxy, "ops").await);
    acme.batch_execute("BEGIN; SELECT 1").await.unwrap();
    let cancel = ops.cancel_token();
    let waits = tokio::spawn(async move {
        let error = ops.simple_query("PAUSE").await.unwrap_err();
        (ops, error.code().unwrap().code().to_owned())
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    cancel.cancel_query(tokio_postgres::NoTls).await.unwrap();
    let (ops, state) = waits.await.unwrap();
    assert_eq!(state, "57014");
    assert_eq!(ask(&ops, "SHOW PAUSES").await.len(), 0);
    // The same where the operator leaves.
    let (second, connection) = proxy.config("ops").dbname("pgtenant").connect(tokio_postgres::NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    let waits = tokio::spawn(async move { drop(second.simple_query("PAUSE").await) });
    eventually("a pause", || async { ask(&ops, "SHOW PAUSES").await.len() == 1 }).await;
    connection.abort();
    waits.await.unwrap();
    eventually("no pause", || async { ask(&ops, "SHOW PAUSES").await.is_empty() }).await;
    acme.batch_execute("COMMIT").await.unwrap();
}

#[tokio::test]
async fn disable_enable_kill_and_reconnect() {
    let proxy = proxy().await;
    let (acme, ops) = (proxy.client().await, console(&proxy, "ops").await);
    ops.simple_query("DISABLE acme").await.unwrap();
    acme.batch_execute("SELECT 1").await.unwrap();
    assert_eq!(proxy.try_client("acme_app").await.err().unwrap().code().unwrap().code(), "57P03");
    assert_eq!(one(&ops, "SHOW DATABASES WHERE name = 'acme'", "disabled").await, "1");
    ops.simple_query("ENABLE acme").await.unwrap();
    let second = proxy.client().await;
    let before = process(&second).await;
    second.batch_execute("BEGIN; SELECT 1").await.unwrap();
    ops.simple_query("RECONNECT").await.unwrap();
    assert_eq!(one(&ops, "SHOW SERVERS WHERE state = 'active'", "close_needed").await, "1");
    let waits = tokio::spawn(async move {
        ops.simple_query("WAIT_CLOSE acme").await.unwrap();
        ops
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!waits.is_finished());
    second.batch_execute("COMMIT").await.unwrap();
    let ops = waits.await.unwrap();
    assert_ne!(process(&second).await, before, "it is another connection");
    let id = one(&ops, "SHOW CLIENTS WHERE database = 'acme' ORDER BY id LIMIT 1", "id").await;
    ops.simple_query(&format!("KILL_CLIENT {id}")).await.unwrap();
    eventually("the client's end", || async { acme.is_closed() || acme.batch_execute("SELECT 1").await.is_err() }).await;
    ops.simple_query("KILL acme").await.unwrap();
    eventually("the other's end", || async { second.is_closed() }).await;
    ops.simple_query("RESUME acme").await.unwrap();
    proxy.client().await.batch_execute("SELECT 1").await.unwrap();
}

#[tokio::test]
async fn a_viewer_changes_nothing() {
    let proxy = proxy().await;
    let eye = console(&proxy, "eye").await;
    for statement in [
        "PAUSE",
        "PAUSE acme",
        "PAUSE SHARD east",
        "RESUME",
        "RESUME ALL",
        "SUSPEND",
        "DISABLE acme",
        "ENABLE acme",
        "KILL",
        "KILL acme",
        "KILL_CLIENT 1",
        "RECONNECT",
        "WAIT_CLOSE",
        "RELOAD",
        "SHUTDOWN",
        "SHUTDOWN WAIT_FOR_CLIENTS",
        "SET listen.max_clients = 1",
        "SHOW FDS",
        "SHOW PREPARED",
    ] {
        assert_eq!(fails(&eye, statement).await.0, "42501", "{statement}");
    }
    assert_eq!(ask(&eye, "SHOW PAUSES").await.len(), 0);
    // Whoever isn't an operator has no console.
    let error = proxy.config("acme_app").dbname("pgtenant").connect(tokio_postgres::NoTls).await.err().unwrap();
    assert!(error.code().is_some(), "{error:?}");
}

#[tokio::test]
async fn a_role_counts_as_the_map_in_force_has_it() {
    let mut proxy = proxy().await;
    let ops = console(&proxy, "ops").await;
    ops.simple_query("RELOAD").await.unwrap();
    proxy.bed.logins = proxy.bed.logins.replace("role = \"operator\"", "role = \"viewer\"");
    proxy.bed.write();
    proxy.logged("shard map taken", 2).await;
    assert_eq!(fails(&ops, "PAUSE").await.0, "42501");
    proxy.bed.file("map.toml", "nonsense");
    let other = pgtenant::admin::control::find(&proxy.bed.folder().join("pgtenant.toml")).unwrap()[0].connect().await.unwrap();
    let error = other.run("RELOAD").await.unwrap_err().to_string();
    assert!(error.contains("RELOAD failed") && error.contains("map.toml"), "{error}");
}

#[tokio::test]
async fn shutdown_waits_for_transactions_or_clients() {
    for how in ["WAIT_FOR_SERVERS", "WAIT_FOR_CLIENTS"] {
        let mut proxy = with_operators(Bed::new().await).serve().await;
        let (acme, ops) = (proxy.client().await, console(&proxy, "ops").await);
        acme.batch_execute("BEGIN; SELECT 1").await.unwrap();
        ops.simple_query(&format!("SHUTDOWN {how}")).await.unwrap();
        assert_eq!(one(&ops, "SHOW CLIENTS WHERE database = 'acme'", "state").await, "active", "operators see how it ends");
        acme.batch_execute("COMMIT").await.unwrap();
        if how == "WAIT_FOR_CLIENTS" {
            acme.batch_execute("SELECT 1").await.unwrap();
            assert!(proxy.runs());
            drop(acme);
        }
        assert!(proxy.ended(Duration::from_secs(10)).await.success());
    }
}

/// The server's process that a session's statement runs on.
async fn process(client: &tokio_postgres::Client) -> i32 {
    client.query_one("SELECT pg_backend_pid()", &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn tenants_and_shards_are_edited() {
    let proxy = proxy().await;
    let ops = console(&proxy, "ops").await;
    let acme = proxy.client().await;
    acme.batch_execute("SELECT 1").await.unwrap();
    let status = |tenant: &'static str| {
        let ops = &ops;
        async move { one(ops, &format!("SHOW TENANTS WHERE tenant = '{tenant}'"), "status").await }
    };
    ops.simple_query("ALTER TENANT acme READ ONLY REASON 'late with the rent'").await.unwrap();
    assert_eq!(status("acme").await, "read_only", "it is in force when the statement returns");
    ops.simple_query("SUSPEND TENANT acme REASON 'very late'").await.unwrap();
    assert_eq!(status("acme").await, "suspended");
    eventually("its session's end", || async { acme.is_closed() }).await;
    assert!(proxy.try_client("acme_app").await.is_err());
    ops.simple_query("RESUME TENANT acme").await.unwrap();
    proxy.client().await.batch_execute("SELECT 1").await.unwrap();
    ops.simple_query(
        "CREATE TENANT globex SET shard = east, model = own, plan = basic, role_password = 'file:role_secret', limits.max_connections = 3",
    )
    .await
    .unwrap();
    assert_eq!(status("globex").await, "active");
    ops.simple_query("ALTER SHARD east SET max_connections = 50 REASON 'smaller'").await.unwrap();
    assert_eq!(one(&ops, "SHOW SHARDS", "max_connections").await, "50");
    ops.simple_query("DROP TENANT globex").await.unwrap();
    assert!(ask(&ops, "SHOW TENANTS WHERE tenant = 'globex'").await.is_empty());
    for (statement, state) in [
        ("DROP TENANT nobody", "42704"),
        ("CREATE TENANT x", "42601"),
        ("ALTER TENANT acme", "42601"),
        ("ALTER TENANT acme SET plan", "42601"),
    ] {
        let (found, message) = fails(&ops, statement).await;
        assert!(found == state || statement.starts_with("DROP"), "{statement}: {found} {message}");
    }
    assert_eq!(fails(&ops, "ALTER TENANT acme SET nonsense = 1").await.0, "22023", "the map's own loader refuses it");
    let eye = console(&proxy, "eye").await;
    for statement in
        ["SUSPEND TENANT acme", "DROP TENANT acme CASCADE", "ALTER SHARD east SET max_connections = 1", "CREATE TENANT y SET plan = basic"]
    {
        assert_eq!(fails(&eye, statement).await.0, "42501", "{statement}");
    }
}
