//! Client sessions: from the first packet to the last byte.

pub mod acting;
pub mod catalogs;
pub mod conversation;
pub mod copy_rows;
pub mod credentials;
pub mod deadline;
pub mod door;
pub mod gate;
pub mod greeting;
pub mod handshake;
pub mod keeping;
pub mod ledger;
pub mod login;
pub mod outfits;
pub mod parameters;
pub mod pin;
pub mod placement;
pub mod reading;
pub mod registry;
pub mod relay;
mod reset;
pub mod startup;
pub mod storage;
pub mod switcher;
pub mod tenancy;
pub mod times;
