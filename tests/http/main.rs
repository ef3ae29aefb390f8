//! What operators get over HTTP: health checks, metrics, and who may ask. Against real servers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    dead_code,
    unreachable_pub,
    reason = "a test fails on the spot, and shares what it stands on with others"
)]

#[path = "../support/mod.rs"]
mod support;

mod access;
mod client;
mod dashboard;
mod metrics;
mod probes;
mod rest;
mod scale;
