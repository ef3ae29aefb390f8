//! What there is to see, as values: read from the running proxy when somebody asks, and formatted elsewhere.

pub mod health;
pub mod limits;
pub mod overview;
pub mod tenants;
