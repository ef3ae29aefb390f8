//! A primary that dies, a replica that is promoted: what clients see of it, and what must never happen.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    dead_code,
    reason = "a test fails on the spot, and shares what it stands on with others"
)]

#[path = "../support/mod.rs"]
mod support;

mod kill;
mod load;
mod old_primary;
mod patroni;
mod switchover;
mod trio;
mod waiting;
