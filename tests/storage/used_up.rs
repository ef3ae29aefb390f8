//! Beyond its storage a tenant reads and deletes, in the sessions that it has, until there is room again.

use std::time::Duration;

use crate::{
    support::{
        eventually,
        proxy::Proxy,
        wire::{Message, Wire, bind, execute, extended, parse, query, shape, states, sync},
    },
    world::{Model, World},
};

/// The first error of an answer.
fn error(messages: &[Message]) -> &Message {
    messages.iter().find(|message| message.tag == b'E').unwrap_or_else(|| panic!("no error: {messages:?}"))
}

/// Waits until a statement's SQLSTATE is that; "" is none.
async fn until(wire: &mut Wire, text: &str, state: &str) {
    for _ in 0..150 {
        let answer = wire.query(text).await;
        if states(&answer).first().copied().unwrap_or_default() == state {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("not in fifteen seconds: {state:?} from {text}");
}

/// Puts another limit into the plan, and waits until the proxy has taken it.
async fn limit(proxy: &mut Proxy, storage: &str) {
    let kept: Vec<&str> = proxy.bed.plan.lines().filter(|line| !line.starts_with("storage = ")).collect();
    proxy.bed.plan = kept.join("\n") + &format!("\nstorage = \"{storage}\"\n");
    let times = proxy.log().matches("shard map taken").count();
    proxy.bed.write();
    proxy.logged("shard map taken", times + 1).await;
}

const FILL: &str = "INSERT INTO items (id, note) SELECT n, repeat('x', 100) FROM generate_series(1, 20000) n";
const ONE: &str = "INSERT INTO items (id, note) VALUES (30000, 'y') ON CONFLICT DO NOTHING";

const TAKING: [&str; 6] = [
    ONE,
    "UPDATE items SET note = 'z'",
    "WITH new AS (INSERT INTO items (id, note) VALUES (30001, 'y') RETURNING id) SELECT id FROM new",
    "EXPLAIN ANALYZE UPDATE items SET note = 'z'",
    "COPY items (id, note) FROM STDIN",
    "PREPARE more AS UPDATE items SET note = 'z'",
];

/// 20,000 rows take more than `full`, and none take less; all of them take less than `wide`.
async fn reads_and_deletes(model: Model, full: &str, wide: &str) {
    let world = World::new(model, &format!("storage = \"{full}\"\n")).await;
    let _cluster = world.cluster;
    let mut proxy = world.bed.serve().await;
    let (mut idle, mut open, mut prepared) = (proxy.wire().await, proxy.wire().await, proxy.wire().await);
    let mut globex = proxy.wire_of("globex_app", &[]).await;
    assert_eq!(states(&idle.query(FILL).await), [""; 0]);
    prepared
        .send(
            &[parse("put", ONE), parse("cut", "DELETE FROM items WHERE id = 30000"), bind("", "put", &[]), execute("", 0), sync()].concat(),
        )
        .await;
    prepared.ready().await;
    open.query("BEGIN").await;
    open.value("SELECT count(*) FROM items").await;
    proxy.logged("storage is used up", 1).await;

    for text in TAKING {
        until(&mut idle, text, "53100").await;
        let answer = idle.query(text).await;
        let told = error(&answer);
        assert!(told.field(b'D').contains("acme") && told.field(b'D').contains(full) && told.field(b'H').contains("DELETE"), "{answer:?}");
        idle.send(&extended(text, &[])).await;
        assert_eq!(states(&idle.ready().await), ["53100"], "{text}");
    }
    prepared.send(&[bind("", "put", &[]), execute("", 0), sync()].concat()).await;
    assert_eq!(states(&prepared.ready().await), ["53100"]);
    assert_eq!(states(&open.query(ONE).await), ["53100"]);
    assert_eq!(states(&open.query("SELECT 1").await), ["25P02"]);
    assert_eq!(shape(&open.query("ROLLBACK").await), "CZ");
    assert_eq!(idle.value("SELECT count(*) > 20000 FROM items").await, "t");
    assert_eq!(states(&globex.query(ONE).await), [""; 0]);
    let late = proxy.wire().await;
    assert!(late.notices.iter().any(|notice| notice.state() == "53100" && notice.field(b'S') == "WARNING"), "{:?}", late.notices);
    assert!(proxy.wire_of("globex_app", &[]).await.notices.is_empty());

    // Deleting works, prepared too, in a transaction too; and soon there is room.
    prepared.send(&[bind("", "cut", &[]), execute("", 0), sync()].concat()).await;
    assert_eq!(states(&prepared.ready().await), [""; 0]);
    open.query("BEGIN").await;
    assert_eq!(states(&open.query("DELETE FROM items WHERE id > 100").await), [""; 0]);
    assert_eq!(states(&open.query("COMMIT").await), [""; 0]);
    until(&mut idle, ONE, "").await;
    proxy.logged("has storage again", 1).await;
    prepared.send(&[bind("", "put", &[]), execute("", 0), sync()].concat()).await;
    assert_eq!(states(&prepared.ready().await), [""; 0]);

    // Limits change for the sessions that are there.
    idle.query("DELETE FROM items").await;
    idle.query(FILL).await;
    until(&mut idle, ONE, "53100").await;
    limit(&mut proxy, wide).await;
    until(&mut idle, ONE, "").await;
    assert_eq!(states(&open.query("UPDATE items SET note = note WHERE id = 1").await), [""; 0]);
    limit(&mut proxy, full).await;
    until(&mut open, ONE, "53100").await;
}

#[tokio::test]
async fn rows_of_logins() {
    reads_and_deletes(Model::RowLogin, "2MB", "40MB").await;
}

#[tokio::test]
async fn rows_under_signed_contexts() {
    reads_and_deletes(Model::RowSigned, "2MB", "40MB").await;
}

#[tokio::test]
async fn rows_under_plain_contexts() {
    reads_and_deletes(Model::RowShared, "2MB", "40MB").await;
}

#[tokio::test]
async fn schemas_of_logins() {
    reads_and_deletes(Model::SchemaLogin, "2MB", "40MB").await;
}

#[tokio::test]
async fn schemas_under_a_shared_login() {
    reads_and_deletes(Model::SchemaShared, "2MB", "40MB").await;
}

#[tokio::test]
async fn databases() {
    reads_and_deletes(Model::Database, "10MB", "80MB").await;
}

/// A tenant with a database of its own: definitions, programs, and what gives room back at once.
#[tokio::test]
async fn definitions_and_programs() {
    let world = World::new(Model::Database, "storage = \"10MB\"\n").await;
    let _cluster = world.cluster;
    let proxy = world.bed.serve().await;
    let mut wire = proxy.wire().await;
    let functions = "CREATE FUNCTION put() RETURNS void LANGUAGE sql AS $$ INSERT INTO items VALUES (-1, 'x') $$;
        CREATE FUNCTION known(int) RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT count(*) FROM items WHERE id < $1 $$;
        CREATE PROCEDURE fill() LANGUAGE sql AS $$ INSERT INTO items VALUES (-2, 'x') $$";
    assert_eq!(states(&wire.query(functions).await), [""; 0]);
    wire.query(FILL).await;
    until(&mut wire, ONE, "53100").await;
    for text in [
        "CREATE TABLE more (a int)",
        "CREATE TABLE more AS SELECT * FROM items",
        "SELECT * INTO more FROM items",
        "CREATE INDEX ON items (note)",
        "ALTER TABLE items ADD COLUMN more int DEFAULT 5",
        "CALL fill()",
        "DO $$ begin insert into items values (-3, 'x'); end $$",
        "SELECT put()",
        "BEGIN; DELETE FROM items WHERE id = 1; INSERT INTO items VALUES (1, 'x'); COMMIT",
    ] {
        assert_eq!(states(&wire.query(text).await), ["53100"], "{text}");
        wire.query("ROLLBACK").await;
    }
    for text in [
        "SELECT known(5), lower('X')",
        "ALTER TABLE items ALTER COLUMN note DROP DEFAULT",
        "VACUUM items",
        "ANALYZE items",
        "BEGIN; LOCK TABLE items; COMMIT",
    ] {
        assert_eq!(states(&wire.query(text).await), [""; 0], "{text}");
    }
    assert_eq!(states(&wire.query("TRUNCATE items").await), [""; 0]);
    until(&mut wire, ONE, "").await;
}

/// Nobody could measure: nothing is held against the tenant, and the log says why.
#[tokio::test]
async fn what_is_not_known_is_no_limit() {
    let world = World::new(Model::RowLogin, "storage = \"1MB\"\n").await;
    let owner = crate::support::cluster::superuser(&world.cluster, "app").await;
    crate::support::run(&owner, "DROP FUNCTION pgtenant.storage_of_key(text, text, bool), pgtenant.storage_of_rows(text, int)").await;
    let _cluster = &world.cluster;
    let proxy = world.bed.serve().await;
    let mut wire = proxy.wire().await;
    proxy.logged("storage can't be measured", 1).await;
    assert_eq!(states(&wire.query(FILL).await), [""; 0]);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(states(&wire.query(ONE).await), [""; 0]);
    assert_eq!(proxy.log().matches("storage can't be measured").count(), 1);
}

/// A threshold of warnings: logged once, and told at login.
#[tokio::test]
async fn warnings() {
    let world = World::new(Model::RowLogin, "storage = \"20MB\"\nstorage_warning = 0.1\n").await;
    let _cluster = world.cluster;
    let proxy = world.bed.serve().await;
    let mut wire = proxy.wire().await;
    assert!(wire.notices.is_empty());
    wire.query(FILL).await;
    proxy.logged("beyond the threshold of warnings", 1).await;
    let late = proxy.wire().await;
    let notice = late.notices.first().unwrap();
    assert!(notice.field(b'M').contains("nearly") && notice.field(b'D').contains("of 20MB"), "{notice:?}");
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(proxy.log().matches("beyond the threshold of warnings").count(), 1);
    assert_eq!(states(&wire.query(ONE).await), [""; 0]);
    wire.send(&query("DELETE FROM items")).await;
    wire.ready().await;
    eventually("no warning any more", || async { proxy.wire().await.notices.is_empty() }).await;
}

/// A program that was there before ends, and what it has committed counts.
#[tokio::test]
async fn programs_are_stopped() {
    let world = World::new(Model::Database, "storage = \"10MB\"\n").await;
    let acme = world.tenant("acme");
    let owner = crate::support::cluster::superuser(&world.cluster, &acme.database).await;
    crate::support::run(&owner, &format!("GRANT USAGE ON LANGUAGE plpgsql TO {}", acme.role)).await;
    let _cluster = &world.cluster;
    let proxy = world.bed.serve().await;
    let (mut wire, mut reads) = (proxy.wire().await, proxy.wire().await);
    let program = "DO $$ begin for i in 1..10000 loop
        insert into items select n, repeat('x', 100) from generate_series(i * 1000, i * 1000 + 999) n; commit; perform pg_sleep(0.02); end loop; end $$";
    reads.send(&query("SELECT pg_sleep(8)")).await;
    let answer = wire.query(program).await;
    assert_eq!(states(&answer), ["53100"], "{answer:?}");
    assert_eq!(states(&wire.query(ONE).await), ["53100"]);
    assert_eq!(states(&reads.ready().await), [""; 0]);
}
