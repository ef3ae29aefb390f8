//! pgtenant: a PostgreSQL wire-protocol proxy that serves many tenants from few databases.
//!
//! The way of a statement, and where each step lives:
//!
//! | step | module |
//! |---|---|
//! | sockets, TLS, PROXY protocol | [`net`] |
//! | frames and messages, without IO | [`wire`] |
//! | files that people edit, checked | [`config`], [`shard_map`] |
//! | what stands in a shard's databases | [`catalog`] |
//! | what is told about the work: times, records | [`telemetry`] |
//! | who connects, and whose data it may reach | [`auth`], [`tenant`] |
//! | what a text does to its session | [`sql`] |
//! | where a statement runs: on the primary or on a replica | [`router`] |
//! | connections to servers, and what they carry | [`backend`] |
//! | who gets which connection | [`pool`] |
//! | one client's protocol, and the loop that moves its bytes | [`session`] |
//! | tenants set up on their shards | [`lifecycle`] |
//! | what an operator sees and turns | [`admin`] |
//! | threads, accept loops, reload, drain | [`server`] |
//! | the command line | [`cli`] |
//!
//! A module imports only what stands further down: `ids, error, keys < wire, net, config < shard_map, catalog, auth, telemetry < sql < tenant, router < backend < pool
//! < session, lifecycle < admin < server < cli`. `tests/architecture.rs` keeps it so.
#![forbid(unsafe_code)]

pub mod admin;
pub mod auth;
pub mod backend;
pub mod catalog;
pub mod cli;
pub mod config;
pub mod error;
pub mod ids;
pub mod keys;
pub mod lifecycle;
pub mod net;
pub mod pool;
pub mod router;
pub mod server;
pub mod session;
pub mod shard_map;
pub mod sql;
pub mod telemetry;
pub mod tenant;
pub mod wire;
