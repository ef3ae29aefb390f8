//! What tenants have done: counted to the last byte, and recorded so that nothing is missing and nothing is there twice.

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

mod counting;
mod records;
mod refusals;
mod scale;
mod told;
