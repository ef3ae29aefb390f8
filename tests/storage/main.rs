//! What tenants' data takes: measured on real servers in all models, and what becomes of a tenant that has used up its storage.

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

mod figures;
mod rights;
mod used_up;
mod world;
