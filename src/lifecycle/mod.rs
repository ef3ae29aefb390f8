//! What happens to tenants and shards outside a session: setting tenants up, and PostgreSQL clusters for the demo and the tests.

pub mod cluster;
pub mod create;
