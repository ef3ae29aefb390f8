//! No tenant can hurt another: shares, floods and caps, measured on real PostgreSQL clusters.
//!
//! What the tests ask of a noisy machine in a few seconds is less than what `make test-fairness` asks in twenty.

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

mod load;
mod neighbours;
mod reload;
mod shares;
mod storm;
