//! tokio-postgres, as an application uses it, on the server that `PGTENANT_TEST_DSN` names.
//!
//! `tests/drivers/run.sh` sets it and runs this beside the other drivers, through the proxy and directly. Without it there is nothing to do.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails on the spot")]

use std::{
    future::poll_fn,
    pin::pin,
    time::{Duration, Instant},
};
use tokio::sync::mpsc;
use tokio_postgres::{AsyncMessage, Client, Error, NoTls, binary_copy::BinaryCopyInWriter, error::SqlState, types::Type};

const QUERIES: i32 = 200;
const POOL: usize = 20;

/// The server to test, if one is named.
fn dsn() -> Option<String> {
    let dsn = std::env::var("PGTENANT_TEST_DSN").ok();
    if dsn.is_none() {
        eprintln!("PGTENANT_TEST_DSN isn't set: nothing is tested");
    }
    dsn
}

async fn connect(dsn: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(dsn, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// A client, and a table of its own with the rows `(1, 'name 1')` to `(3, 'name 3')`.
async fn with_table(dsn: &str, table: &str) -> Client {
    let client = connect(dsn).await;
    let create = format!(
        "DROP TABLE IF EXISTS {table}; CREATE TABLE {table} (id int PRIMARY KEY, name text NOT NULL);
         INSERT INTO {table} SELECT n, 'name ' || n FROM generate_series(1, 3) n"
    );
    client.batch_execute(&create).await.expect("the login must be allowed to create tables");
    client
}

async fn drop_table(client: &Client, table: &str) {
    client.batch_execute(&format!("DROP TABLE {table}")).await.unwrap();
}

fn expect_state<T>(result: Result<T, Error>, state: &SqlState) {
    match result {
        Ok(_) => panic!("no error, wanted {state:?}"),
        Err(error) => assert_eq!(error.code(), Some(state), "{error:?}"),
    }
}

#[tokio::test]
async fn transactions_commit_and_roll_back() {
    let Some(dsn) = dsn() else { return };
    let table = "drv_tokio_transactions";
    let mut client = with_table(&dsn, table).await;
    let insert = format!("INSERT INTO {table} VALUES ($1, $2)");

    let kept = client.transaction().await.unwrap();
    kept.execute(&insert, &[&10, &"kept"]).await.unwrap();
    kept.commit().await.unwrap();

    let gone = client.transaction().await.unwrap();
    gone.execute(&insert, &[&11, &"gone"]).await.unwrap();
    expect_state(gone.execute(&insert, &[&11, &"twice"]).await, &SqlState::UNIQUE_VIOLATION);
    expect_state(gone.query("SELECT 1", &[]).await, &SqlState::IN_FAILED_SQL_TRANSACTION);
    gone.rollback().await.unwrap();

    let row = client.query_one(&format!("SELECT string_agg(name, ',') FROM {table} WHERE id >= 10"), &[]).await.unwrap();
    assert_eq!(row.get::<_, &str>(0), "kept");
    drop_table(&client, table).await;
}

#[tokio::test]
async fn prepared_statements_on_connections_that_take_turns() {
    let Some(dsn) = dsn() else { return };
    let (mut one, mut two) = (connect(&dsn).await, connect(&dsn).await);
    let plus_one = one.prepare("SELECT $1::int + 1").await.unwrap();
    let plus_two = two.prepare_typed("SELECT $1 + 2", &[Type::INT8]).await.unwrap();
    for number in 0..20 {
        assert_eq!(one.query_one(&plus_one, &[&number]).await.unwrap().get::<_, i32>(0), number + 1);
        assert_eq!(two.query_one(&plus_two, &[&i64::from(number)]).await.unwrap().get::<_, i64>(0), i64::from(number) + 2);
    }
    let (first, second) = (one.transaction().await.unwrap(), two.transaction().await.unwrap());
    assert_eq!(second.query_one(&plus_two, &[&5_i64]).await.unwrap().get::<_, i64>(0), 7);
    assert_eq!(first.query_one(&plus_one, &[&5]).await.unwrap().get::<_, i32>(0), 6);

    let portal = first.bind("SELECT n FROM generate_series(1, 100) n", &[]).await.unwrap();
    let mut found = Vec::new();
    loop {
        let rows = first.query_portal(&portal, 30).await.unwrap();
        if rows.is_empty() {
            break;
        }
        found.extend(rows.iter().map(|row| row.get::<_, i32>(0)));
    }
    assert_eq!(found, (1..=100).collect::<Vec<_>>());
}

#[tokio::test]
async fn copy_in_binary_and_a_copy_that_fails_midway() {
    let Some(dsn) = dsn() else { return };
    let table = "drv_tokio_copy";
    let client = with_table(&dsn, table).await;
    let copy = async |ids: std::ops::Range<i32>| {
        let sink = client.copy_in(&format!("COPY {table} FROM STDIN BINARY")).await?;
        let mut writer = pin!(BinaryCopyInWriter::new(sink, &[Type::INT4, Type::TEXT]));
        for id in ids {
            writer.as_mut().write(&[&id, &"copied"]).await?;
        }
        writer.finish().await
    };
    assert_eq!(copy(100..10_100).await.unwrap(), 10_000);
    expect_state(copy(10_099..20_000).await, &SqlState::UNIQUE_VIOLATION);
    let row = client.query_one(&format!("SELECT count(*) FROM {table}"), &[]).await.unwrap();
    assert_eq!(row.get::<_, i64>(0), 10_003);
    drop_table(&client, table).await;
}

#[tokio::test]
async fn a_cancel_ends_the_statement_and_nothing_else() {
    let Some(dsn) = dsn() else { return };
    let client = connect(&dsn).await;
    let token = client.cancel_token();
    let asked = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let asked = Instant::now();
        token.cancel_query(NoTls).await.unwrap();
        asked
    });
    expect_state(client.batch_execute("SELECT pg_sleep(30)").await, &SqlState::QUERY_CANCELED);
    let took = asked.await.unwrap().elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    // A cancel while nothing runs must not hit what comes next. The driver doesn't wait until its request has been read.
    client.cancel_token().cancel_query(NoTls).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    for number in 0..50 {
        assert_eq!(client.query_one("SELECT $1::int", &[&number]).await.unwrap().get::<_, i32>(0), number);
    }
}

#[tokio::test]
async fn two_hundred_queries_at_once() {
    let Some(dsn) = dsn() else { return };
    let mut clients = Vec::new();
    for _ in 0..POOL {
        clients.push(std::sync::Arc::new(connect(&dsn).await));
    }
    let tasks: Vec<_> = (0..QUERIES)
        .zip(clients.iter().cycle().cloned())
        .map(|(number, client)| tokio::spawn(async move { client.query_one("SELECT $1::int FROM pg_sleep(0.01)", &[&number]).await }))
        .collect();
    for (number, task) in (0..QUERIES).zip(tasks) {
        assert_eq!(task.await.unwrap().unwrap().get::<_, i32>(0), number);
    }
}

#[tokio::test]
async fn listen_hears_notify() {
    let Some(dsn) = dsn() else { return };
    let (listener, mut connection) = tokio_postgres::connect(&dsn, NoTls).await.unwrap();
    let (sender, mut heard) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
            if let AsyncMessage::Notification(note) = message {
                sender.send(note.payload().to_owned()).unwrap();
            }
        }
    });
    listener.batch_execute("LISTEN drv_tokio").await.unwrap();
    connect(&dsn).await.batch_execute("NOTIFY drv_tokio, 'hello'").await.unwrap();
    let payload = tokio::time::timeout(Duration::from_secs(5), heard.recv()).await.unwrap();
    assert_eq!(payload.as_deref(), Some("hello"));
}

#[tokio::test]
async fn a_prepared_statement_whose_table_is_altered() {
    let Some(dsn) = dsn() else { return };
    let table = "drv_tokio_altered";
    let client = with_table(&dsn, table).await;
    client.batch_execute("DECLARE drv_same_server_connection CURSOR WITH HOLD FOR SELECT 1").await.unwrap();
    let sql = format!("SELECT * FROM {table} WHERE id = $1");
    let statement = client.prepare(&sql).await.unwrap();
    for _ in 0..3 {
        assert_eq!(client.query_one(&statement, &[&1]).await.unwrap().len(), 2);
    }
    client.batch_execute(&format!("ALTER TABLE {table} ADD COLUMN extra int DEFAULT 7")).await.unwrap();
    // The driver described the statement once: rows of another shape under it would be worse than the error.
    expect_state(client.query_one(&statement, &[&1]).await, &SqlState::FEATURE_NOT_SUPPORTED);
    let row = client.query_one(&sql, &[&1]).await.unwrap();
    assert_eq!((row.get::<_, &str>("name"), row.get::<_, i32>("extra")), ("name 1", 7));
    drop_table(&client, table).await;
}

#[tokio::test]
async fn errors_between_pipelined_statements_hit_only_their_own() {
    let Some(dsn) = dsn() else { return };
    let client = std::sync::Arc::new(connect(&dsn).await);
    let statement = client.prepare("SELECT 10 / $1::int").await.unwrap();
    let tasks: Vec<_> = (0..60)
        .map(|number| {
            let (client, statement) = (client.clone(), statement.clone());
            tokio::spawn(async move { client.query_one(&statement, &[&(number % 5)]).await })
        })
        .collect();
    for (number, task) in (0..60).zip(tasks) {
        match number % 5 {
            0 => expect_state(task.await.unwrap(), &SqlState::DIVISION_BY_ZERO),
            divisor => assert_eq!(task.await.unwrap().unwrap().get::<_, i32>(0), 10 / divisor),
        }
    }
    expect_state(client.batch_execute("SELECT 1; SELECT 1/0; SELECT 2").await, &SqlState::DIVISION_BY_ZERO);
    assert_eq!(client.query_one(&statement, &[&2]).await.unwrap().get::<_, i32>(0), 5);
}

#[tokio::test]
async fn twenty_megabytes_there_and_back() {
    let Some(dsn) = dsn() else { return };
    let value: String = (0..1_050_000).map(|number| format!("{number:07} ä€😀|")).collect();
    let client = connect(&dsn).await;
    let row = client.query_one("SELECT $1::text", &[&value]).await.unwrap();
    assert!(row.get::<_, &str>(0) == value);
}
