//! Client sessions: from the first packet to the last byte.

pub mod conversation;
pub mod ledger;
pub mod pin;
pub mod registry;
pub mod relay;
mod reset;
