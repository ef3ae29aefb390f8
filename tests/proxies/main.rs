//! Several proxies that serve one shard map, as processes of their own: together they keep every limit, whatever becomes of one of them, or of
//! the place where they tell each other what they use.

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

mod connections;
mod group;
mod outages;
mod rates;
