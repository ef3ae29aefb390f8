//! What runs where.

use tokio_postgres::{NoTls, types::Type};

use crate::{
    pair::{Pair, WHERE, reads_there, wire_reads_there},
    support::{
        refusal, run, text,
        wire::{bind, describe, execute, parse, query, shape, states, sync},
    },
};

#[tokio::test]
async fn reads_go_to_the_replica_and_all_else_to_the_primary() {
    let pair = Pair::start("0");
    let proxy = pair.serve("").await;
    let client = proxy.client().await;
    reads_there(&client).await;
    // Prepared, unnamed, inside of a block that only reads.
    let prepared = client.prepare(WHERE).await.unwrap();
    let at: String = client.query_one(&prepared, &[]).await.unwrap().get(0);
    assert_eq!(at, "replica");
    run(&client, "BEGIN READ ONLY").await;
    assert_eq!(text(&client, WHERE).await, "replica");
    assert_eq!(refusal(&client, "UPDATE t SET n = 1").await, "25006");
    run(&client, "ROLLBACK").await;
    run(&client, "BEGIN").await;
    assert_eq!(text(&client, WHERE).await, "primary");
    run(&client, "COMMIT").await;
    reads_there(&client).await;
    for primary in
        ["SELECT current_setting('cluster_name') FROM t WHERE id = 0 FOR UPDATE", "SELECT current_setting('cluster_name'), random()"]
    {
        assert_eq!(text(&client, primary).await, "primary", "{primary}");
        reads_there(&client).await;
    }
    // The same statement, wherever it is bound.
    run(&client, "BEGIN").await;
    let at: String = client.query_one(&prepared, &[]).await.unwrap().get(0);
    assert_eq!(at, "primary");
    run(&client, "COMMIT").await;
    reads_there(&client).await;
    let at: String = client.query_one(&prepared, &[]).await.unwrap().get(0);
    assert_eq!(at, "replica");
    // What is read there is what was written here.
    let update = client.prepare_typed("UPDATE t SET n = $1 WHERE id = 5", &[Type::INT8]).await.unwrap();
    assert_eq!(client.execute(&update, &[&77i64]).await.unwrap(), 1);
    assert_eq!(text(&client, "SELECT n FROM t WHERE id = 5").await, "77");
}

#[tokio::test]
async fn sessions_say_where() {
    let pair = Pair::start("0");
    let proxy = pair.serve("").await;
    let client = proxy.client().await;
    reads_there(&client).await;
    assert_eq!(text(&client, "SHOW pgtenant.read").await, "default");
    run(&client, "SET pgtenant.read = 'primary'").await;
    assert_eq!((text(&client, WHERE).await, text(&client, "SHOW pgtenant.read").await), ("primary".into(), "primary".into()));
    run(&client, "SET pgtenant.read TO nearest").await;
    run(&client, "RESET pgtenant.read").await;
    reads_there(&client).await;
    assert_eq!(refusal(&client, "SET pgtenant.read = 'elsewhere'").await, "22023");
    // Prepared, as some drivers send everything.
    client.execute("SET pgtenant.read = 'primary'", &[]).await.unwrap();
    assert_eq!(text(&client, WHERE).await, "primary");
    run(&client, "DISCARD ALL").await;
    reads_there(&client).await;
    run(&client, "SET pgtenant.consistency = 'tenant'").await;
    assert_eq!(text(&client, "SHOW pgtenant.consistency").await, "tenant");
    let mut config = proxy.config("acme_app");
    config.options("-c pgtenant.read=primary");
    let (asked, connection) = config.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    assert_eq!(text(&asked, WHERE).await, "primary");
    let mut config = proxy.config("acme_app");
    config.options("-c pgtenant.read=sideways");
    assert_eq!(config.connect(NoTls).await.err().unwrap().code().unwrap().code(), "22023");
    // Blocks of a session whose transactions only read by default.
    run(&client, "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY").await;
    // What became of it is asked for.
    reads_there(&client).await;
    run(&client, "BEGIN").await;
    assert_eq!(text(&client, WHERE).await, "replica");
    run(&client, "COMMIT").await;
}

#[tokio::test]
async fn a_plan_says_whether_at_all() {
    let pair = Pair::start("0");
    let mut bed = pair.bed("").await;
    bed.plan = bed.plan.replace("read_replicas = true", "read_replicas = \"on_request\"");
    let proxy = bed.serve().await;
    let client = proxy.client().await;
    assert_eq!(text(&client, WHERE).await, "primary");
    run(&client, "SET pgtenant.read = 'replica'").await;
    reads_there(&client).await;
    drop(client);
    let mut bed = pair.bed("").await;
    bed.plan = bed.plan.replace("read_replicas = true", "read_replicas = false");
    let proxy = bed.serve().await;
    let client = proxy.client().await;
    run(&client, "SET pgtenant.read = 'replica'").await;
    for _ in 0..20 {
        assert_eq!(text(&client, WHERE).await, "primary");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// What is sent behind a read without waiting for its answer runs where it must, and is answered in order.
#[tokio::test]
async fn pipelines_are_kept_in_order() {
    let pair = Pair::start("0");
    let proxy = pair.serve("").await;
    let mut wire = proxy.wire().await;
    wire_reads_there(&mut wire).await;
    for round in 1..50 {
        let update = format!("UPDATE t SET n = {round} WHERE id = 7 RETURNING n");
        let read = "SELECT n FROM t WHERE id = 7";
        wire.send(
            &[query(read), query(&update), query(read), query("BEGIN READ ONLY"), query(read), query("COMMIT"), query(read)].concat(),
        )
        .await;
        let mut values = Vec::new();
        for _ in 0..7 {
            let answer = wire.ready().await;
            assert!(states(&answer).is_empty(), "{answer:?}");
            values.extend(answer.iter().filter(|message| message.tag == b'D').flat_map(|message| message.values()));
        }
        let (before, now) = (Some((round - 1).to_string()), Some(round.to_string()));
        assert_eq!(values, [before, now.clone(), now.clone(), now.clone(), now]);
        // Batches: a read with its Sync, then one that writes.
        let batch = |name: &str, sql: &str| [parse(name, sql), bind("", name, &[]), describe(b'P', ""), execute("", 0), sync()].concat();
        wire.send(&[batch("", read), batch("", "UPDATE t SET n = n WHERE id = 7"), batch("", read)].concat()).await;
        for _ in 0..3 {
            let answer = wire.ready().await;
            assert!(states(&answer).is_empty(), "{}", shape(&answer));
        }
        // A batch that reads and writes is the primary's.
        wire.send(
            &[parse("", read), bind("", "", &[]), execute("", 0), parse("", &update), bind("", "", &[]), execute("", 0), sync()].concat(),
        )
        .await;
        let answer = wire.ready().await;
        assert!(states(&answer).is_empty(), "{answer:?}");
        if round % 10 == 0 {
            wire_reads_there(&mut wire).await;
        }
    }
}

/// Where a replica's own state is in the way, the primary answers.
#[tokio::test]
async fn a_replicas_own_errors_are_nobodys() {
    let pair = Pair::start("0");
    let proxy = pair.serve("consistency = \"eventual\"\n").await;
    let (client, mut wire) = (proxy.client().await, proxy.wire().await);
    reads_there(&client).await;
    // Pauses replay, so that the replica doesn't have the table.
    let replica = crate::support::cluster::superuser(&pair.replica, "postgres").await;
    run(&replica, "SELECT pg_wal_replay_pause()").await;
    run(&client, "CREATE TABLE fresh (id int)").await;
    for _ in 0..5 {
        assert_eq!(text(&client, "SELECT count(*) FROM fresh").await, "0");
        let count: i64 = client.query_one("SELECT count(*) FROM fresh", &[]).await.unwrap().get(0);
        assert_eq!(count, 0);
    }
    assert_eq!(text(&client, WHERE).await, "replica", "and others stay there");
    // What is the statement's own fault is told once, from there.
    assert_eq!(refusal(&client, "SELECT 1 / (id - id) FROM t").await, "22012");
    wire_reads_there(&mut wire).await;
    run(&replica, "SELECT pg_wal_replay_resume()").await;
}
