//! Tenants at run time: who is one, and how many clients each has.

pub mod channels;
pub mod clients;
pub mod identity;
