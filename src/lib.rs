//! pgtenant: a PostgreSQL proxy that serves many tenants from few databases.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod error;
pub mod ids;
pub mod keys;
pub mod lifecycle;
pub mod net;
pub mod wire;
