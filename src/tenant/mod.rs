//! Tenants at run time: who is one, and what each uses of what its plan allows.

pub mod addresses;
pub mod admission;
pub mod channels;
pub mod clients;
pub mod closed;
pub mod identity;
pub mod memory;
pub mod rate;
pub mod shares;
pub mod storage;
pub mod usage;
