//! Prepared statements under transaction pooling.

use crate::support::{bed::Bed, proxy::Proxy, refusal, run, text, wire::*};

async fn proxy(connections: u32) -> Proxy {
    let mut bed = Bed::new().await.observed();
    bed.plan = format!("max_connections = {connections}\n");
    bed.serve().await
}

#[tokio::test]
async fn on_connections_that_take_turns() {
    let proxy = proxy(2).await;
    let (one, other) = (proxy.client().await, proxy.client().await);
    let plus_one = one.prepare("SELECT $1::int + 1, pg_backend_pid()").await.unwrap();
    let same = other.prepare("SELECT $1::int + 1, pg_backend_pid()").await.unwrap();
    let mut pids = std::collections::BTreeSet::new();
    for number in 0..10 {
        let holder = if number % 2 == 0 { &other } else { &one };
        run(holder, "BEGIN").await;
        for (client, statement) in [(&one, &plus_one), (&other, &same)] {
            let row = client.query_one(statement, &[&number]).await.unwrap();
            assert_eq!(row.get::<_, i32>(0), number + 1);
            pids.insert(row.get::<_, i32>(1));
        }
        run(holder, "COMMIT").await;
    }
    assert_eq!(pids.len(), 2);
    // One text is one statement on each server connection, whoever prepared it and under which name.
    let parsed = text(&one, "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%+ 1, pg_backend%' AND name <> ''").await;
    assert_eq!(parsed, "1");
}

#[tokio::test]
async fn names_are_the_clients_own() {
    let proxy = proxy(1).await;
    let (mut one, mut other) = (proxy.wire().await, proxy.wire().await);
    one.send(&[parse("s", "SELECT 'one'"), sync()].concat()).await;
    other.send(&[parse("s", "SELECT 'other'"), sync()].concat()).await;
    assert_eq!((shape(&one.ready().await), shape(&other.ready().await)), ("1Z".to_owned(), "1Z".to_owned()));
    for (wire, value) in [(&mut one, "one"), (&mut other, "other")] {
        wire.send(&[bind("", "s", &[]), execute("", 0), sync()].concat()).await;
        assert_eq!(firsts(&wire.ready().await), [value]);
        wire.send(&[parse("s", "SELECT 1"), sync()].concat()).await;
        assert_eq!(states(&wire.ready().await), ["42P05"]);
    }
    one.send(&[close(b'S', "s"), parse("s", "SELECT 'again'"), bind("", "s", &[]), execute("", 0), sync()].concat()).await;
    assert_eq!(firsts(&one.ready().await), ["again"]);
    other.send(&[bind("", "s", &[]), execute("", 0), sync()].concat()).await;
    assert_eq!(firsts(&other.ready().await), ["other"]);
    // A Parse that fails names nothing, and may be tried again.
    one.send(&[parse("bad", "SELECT * FROM nowhere"), sync(), bind("", "bad", &[]), sync()].concat()).await;
    assert_eq!(states(&one.ready().await), ["42P01"]);
    assert_eq!(states(&one.ready().await), ["26000"]);
    one.send(&[parse("bad", "SELECT 5"), bind("", "bad", &[]), execute("", 0), sync()].concat()).await;
    assert_eq!(firsts(&one.ready().await), ["5"]);
}

#[tokio::test]
async fn sql_prepare_execute_deallocate() {
    let proxy = proxy(2).await;
    let (one, other) = (proxy.client().await, proxy.client().await);
    run(&one, "PREPARE p AS SELECT 10; PREPARE q (int) AS SELECT $1 * 2").await;
    run(&one, "PREPARE r AS SELECT 11").await;
    run(&one, "PREPARE s (int) AS SELECT $1 * 3").await;
    for round in 0..4 {
        let holder = if round % 2 == 0 { &one } else { &other };
        run(holder, "BEGIN").await;
        assert_eq!(text(&one, "EXECUTE p").await, "10");
        assert_eq!(text(&one, "EXECUTE q(4)").await, "8");
        assert_eq!(text(&one, "EXECUTE r").await, "11");
        assert_eq!(text(&one, "EXECUTE s(4)").await, "12");
        run(holder, "COMMIT").await;
        assert_eq!(refusal(&other, "EXECUTE p").await, "26000");
    }
    assert_eq!(refusal(&one, "PREPARE r AS SELECT 1").await, "42P05");
    run(&one, "DEALLOCATE r").await;
    assert_eq!(refusal(&one, "EXECUTE r").await, "26000");
    assert_eq!(refusal(&one, "DEALLOCATE r").await, "26000");
    run(&one, "DEALLOCATE ALL").await;
    assert_eq!(refusal(&one, "EXECUTE p").await, "26000");
    run(&one, "PREPARE p AS SELECT 12").await;
    assert_eq!(text(&one, "EXECUTE p").await, "12");
    run(&one, "DISCARD ALL").await;
    assert_eq!(refusal(&one, "EXECUTE p").await, "26000");
}

#[tokio::test]
async fn deallocate_all_leaves_others_alone() {
    let proxy = proxy(1).await;
    let (one, other) = (proxy.client().await, proxy.client().await);
    let statement = other.prepare("SELECT $1::int").await.unwrap();
    run(&one, "DEALLOCATE ALL").await;
    assert_eq!(other.query_one(&statement, &[&1]).await.unwrap().get::<_, i32>(0), 1);
    run(&one, "BEGIN; DEALLOCATE ALL; COMMIT").await;
    assert_eq!(other.query_one(&statement, &[&2]).await.unwrap().get::<_, i32>(0), 2);
    run(&one, "DISCARD ALL").await;
    assert_eq!(other.query_one(&statement, &[&3]).await.unwrap().get::<_, i32>(0), 3);
}

#[tokio::test]
async fn heal_after_the_table_has_changed() {
    let proxy = proxy(2).await;
    let mut one = proxy.wire().await;
    let other = proxy.client().await;
    run(&other, "CREATE TABLE t (a int); INSERT INTO t VALUES (1)").await;
    // The unnamed statement, which the proxy keeps on the server by a name of its own: a client that describes each time.
    let all = [parse("", "SELECT * FROM t"), bind("", "", &[]), describe(b'P', ""), execute("", 0), sync()].concat();
    for column in ["b", "c"] {
        for _ in 0..2 {
            one.send(&all).await;
            let answer = one.ready().await;
            assert_eq!(shape(&answer), "12TDCZ", "{answer:?}");
        }
        run(&other, &format!("ALTER TABLE t ADD COLUMN {column} int DEFAULT 5")).await;
    }
    one.send(&all).await;
    let healed = one.ready().await;
    assert_eq!(states(&healed), [""; 0], "{healed:?}");
    assert_eq!(healed.iter().find(|message| message.tag == b'D').unwrap().values().len(), 3);
    // A named one, described in the same batch.
    one.send(&[parse("n", "SELECT * FROM t"), sync()].concat()).await;
    one.ready().await;
    let named = [bind("", "n", &[]), describe(b'P', ""), execute("", 0), sync()].concat();
    one.send(&named).await;
    assert_eq!(shape(&one.ready().await), "2TDCZ");
    run(&other, "ALTER TABLE t DROP COLUMN b").await;
    one.send(&named).await;
    let healed = one.ready().await;
    assert_eq!((shape(&healed).as_str(), states(&healed)), ("2TDCZ", vec![]), "{healed:?}");
    // In a transaction it can't: the client must see the error, and all is well afterwards.
    run(&other, "ALTER TABLE t DROP COLUMN c").await;
    one.value("BEGIN").await;
    one.send(&named).await;
    assert_eq!(states(&one.ready().await), ["0A000"]);
    one.value("ROLLBACK").await;
    one.send(&named).await;
    assert_eq!(states(&one.ready().await), [""; 0]);
    assert_eq!(other.query("SELECT a FROM t", &[]).await.unwrap().len(), 1);
}

#[tokio::test]
async fn more_statements_than_a_connection_holds() {
    let mut bed = Bed::new().await.observed();
    bed.plan = "max_connections = 1\n".to_owned();
    bed.pool.push_str("prepared_statements = 5\n");
    let proxy = bed.serve().await;
    let client = proxy.client().await;
    let mut statements = Vec::new();
    for number in 0..20 {
        statements.push(client.prepare(&format!("SELECT {number} + $1::int")).await.unwrap());
    }
    for _ in 0..2 {
        for (number, statement) in statements.iter().enumerate() {
            assert_eq!(client.query_one(statement, &[&1]).await.unwrap().get::<_, i32>(0), number as i32 + 1);
        }
    }
    let held: i32 = text(&client, "SELECT count(*) FROM pg_prepared_statements WHERE name <> ''").await.parse().unwrap();
    assert!(held <= 5, "{held}");
}

/// Errors inside of PREPARE and beside EXECUTE stand where the client wrote them, however long the names are that servers know.
#[tokio::test]
async fn errors_point_into_the_clients_text() {
    let proxy = proxy(1).await;
    let mut wire = proxy.wire().await;
    for text in [
        "PREPARE p (int) AS SELECT nope, $1",
        "PREPARE a_name_that_is_longer_than_any_of_the_servers_own (int) AS SELECT nope",
        "/* ä */ PREPARE \"ö\" (nowhere) AS SELECT 1",
        "SELECT 'ä'; PREPARE q (int) AS SELECT nope",
        "PREPARE known AS SELECT 1; EXECUTE known; EXECUTE known; SELECT nope",
    ] {
        // The extended protocol takes single statements.
        for message in [Some(query(text)), (!text.contains(';')).then(|| extended(text, &[]))].into_iter().flatten() {
            wire.send(&message).await;
            let heard = wire.ready().await;
            let Some(error) = heard.iter().find(|message| message.tag == b'E') else { panic!("{text}: {heard:?}") };
            let place = text.find("nope").or(text.find("nowhere")).unwrap();
            assert_eq!(error.field(b'P'), (text[..place].chars().count() + 1).to_string(), "{text}: {error:?}");
            wire.query("DEALLOCATE ALL").await;
        }
    }
}
