//! pgtenant: a PostgreSQL proxy that serves many tenants from few databases.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod cli;
pub mod config;
pub mod error;
pub mod ids;
pub mod net;
pub mod shard_map;
pub mod wire;
