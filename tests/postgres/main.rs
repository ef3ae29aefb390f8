//! The proxy as a process, between real clients and real PostgreSQL clusters.

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

mod authentication;
mod cancel;
mod copy;
mod copy_rows;
mod encryption;
mod fake;
mod fuzz;
mod gate;
mod identity;
mod jwt;
mod large;
mod leaving;
mod limits;
mod listening;
mod models;
mod operation;
mod pins;
mod prepared;
mod protocol;
mod scoped;
mod session_state;
mod switching;
