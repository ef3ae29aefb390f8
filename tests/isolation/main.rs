//! Isolation, as a tenant may try it: a property over random statements, and a battery of attacks, both through the proxy.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub,
    reason = "a test fails on the spot"
)]

#[path = "../support/mod.rs"]
mod support;

mod attacks;
mod battery;
mod compare;
mod corpus;
mod dice;
mod facts;
mod found;
mod generate;
mod ground;
mod mutation;
mod oracles;
mod order;
mod property;
mod script;
mod spelling;
mod tables;
mod weak_keys;
mod world;
mod write;
