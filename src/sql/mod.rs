//! What a client's text does to the state of its session.
//!
//! Under transaction pooling a server connection changes hands between transactions, so whatever outlives one has to be
//! tracked, virtualised, or else pin the connection to its client. This module only answers the question; it refuses and
//! rewrites nothing. Three steps, each a superset of the next:
//!
//! 1. [`prescan`] looks at the bytes and lets all but a few texts pass, in time that doesn't show;
//! 2. [`parse`] asks the server's own grammar (PostgreSQL 18's, `pg_raw_parse`) and lists the [`Effect`]s of each statement;
//! 3. [`rename`] puts the proxy's names of prepared statements where the client's stood.
//!
//! Both read literals as with `standard_conforming_strings = on` and texts as UTF-8: a client that changes either is pinned, and its texts must not
//! be renamed from then on. What user-defined functions do inside is invisible, as it is to every pooler.

mod calls;
pub mod copy_from;
mod course;
mod effect;
pub mod gate;
mod lexer;
mod literal;
mod names;
pub mod outcome;
mod parse;
mod prescan;
mod settings;
pub mod tenancy;
mod triggers;
mod words;

pub use course::{Beginning, Course, Leaves, count_statements};
pub use effect::{
    DiscardTarget, Effect, Effects, NameUse, PinReason, Prepare, Script, Set, SetScope, SetTo, Statement, TransactionControl,
};
pub use names::{rename, splice};
pub use parse::{MAX_BYTES, MAX_NESTING, ParseFailure, parse};
pub use prescan::{Prescan, prescan, prescan_confined};
pub use settings::{
    SettingName, Tracked, canonical_setting_name, is_tracked_setting, is_utf8_encoding, render_set, tracked, tracked_settings,
};

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod properties;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
