//! `pgtenant bench` tells the truth: what it counts is what the server counted, rates hold, and a server that stalls looks like one.

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

mod counts;
mod endings;
mod latencies;
mod load;
mod proxied;
