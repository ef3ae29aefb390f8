//! What happens to tenants and shards outside a session: the shard map kept and changed, setting tenants up, finding what leaves them open, and PostgreSQL clusters for the demo and the tests.

pub mod check;
pub mod cluster;
pub mod create;
pub mod maps;
pub mod switchover;
