//! Connections to PostgreSQL servers: dialling, startup and authentication, what they carry, cancelling.

mod authenticate;
pub mod cancel;
pub mod connection;
pub mod context;
pub mod control;
pub mod dial;
pub mod settings;
pub mod spec;
pub mod statements;
pub mod storage;
pub mod topology;

pub use connection::{Carried, ServerConnection};
pub use dial::ConnectError;
pub use spec::ServerSpec;
