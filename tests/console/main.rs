//! The operators' console and the control socket, on real clusters, with psql and tokio-postgres.

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

mod columns;
mod control;
mod extended;
mod ground;
mod orders;
mod views;
