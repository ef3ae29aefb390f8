//! What there is to see, as values: read from the running proxy when somebody asks, and formatted elsewhere.

pub mod clients;
pub mod health;
pub mod limits;
pub mod overview;
pub mod pools;
pub mod servers;
pub mod tenants;
