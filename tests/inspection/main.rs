//! What pgtenant reads of real clusters: catalogs for the gate, and holes in their isolation.

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

mod catalog;
mod copy_rows;
mod holes;
