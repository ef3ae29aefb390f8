//! What integration tests stand on: PostgreSQL clusters, the proxy as a process of its own, and clients.

#![allow(dead_code, unreachable_pub, reason = "each test crate uses its part of it")]

pub mod bed;
pub mod cluster;
pub mod fake_server;
pub mod proxy;
pub mod tls;
pub mod wire;

use std::{future::Future, time::Duration};

/// Waits until `condition` holds; fails with `what` where it doesn't in ten seconds.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut condition: impl FnMut() -> F) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
    while !condition().await {
        assert!(tokio::time::Instant::now() < deadline, "not in ten seconds: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The SQLSTATE that a statement of tokio-postgres failed with; "closed" where the connection ended without one.
pub fn state_of(error: &tokio_postgres::Error) -> String {
    error.code().map_or_else(|| "closed".to_owned(), |code| code.code().to_owned())
}

/// A statement's SQLSTATE; "" where it succeeds.
pub async fn refusal(client: &tokio_postgres::Client, sql: &str) -> String {
    client.batch_execute(sql).await.err().map(|error| state_of(&error)).unwrap_or_default()
}

/// The only value of a statement, as text, over the simple protocol.
pub async fn text(client: &tokio_postgres::Client, sql: &str) -> String {
    let messages = client.simple_query(sql).await.unwrap_or_else(|error| panic!("{error:?} in {sql}"));
    let row = messages.iter().find_map(|message| match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or("NULL").to_owned()),
        _ => None,
    });
    row.unwrap_or_else(|| panic!("no row: {sql}"))
}

/// Runs statements that must succeed.
pub async fn run(client: &tokio_postgres::Client, sql: &str) {
    if let Err(error) = client.batch_execute(sql).await {
        panic!("{error:?} in {sql}");
    }
}
