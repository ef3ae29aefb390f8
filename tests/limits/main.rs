//! What a tenant may use, and what it may do at present: against real servers, in all models and under all locks.

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

mod rates;
mod status;
mod times;
