//! Reads on a real streaming replica: what goes there, that nothing stale is read, that tenants stay apart, and what happens when it breaks.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    dead_code,
    reason = "a test fails on the spot, and shares what it stands on with others"
)]

#[path = "../locks/shards.rs"]
mod shards;
#[path = "../support/mod.rs"]
mod support;

mod consistency;
mod health;
mod isolation;
mod pair;
mod routes;
