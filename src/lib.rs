//! pgtenant: a PostgreSQL proxy that serves many tenants from few databases.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod auth;
pub mod backend;
pub mod cli;
pub mod config;
pub mod error;
pub mod ids;
pub mod keys;
pub mod lifecycle;
pub mod net;
pub mod pool;
pub mod server;
pub mod session;
pub mod shard_map;
pub mod sql;
pub mod tenant;
pub mod wire;
