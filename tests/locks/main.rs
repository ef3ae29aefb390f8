//! The locks that share server connections: two tenants on one connection, each beside a connection that nobody else uses.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test fails on the spot"
)]

#[path = "../support/mod.rs"]
mod support;

mod forged;
mod keys;
mod packets;
mod roles;
mod scopes;
mod sequences;
mod shards;
mod state;
mod switching;
