//! The gate: whether a statement may run for a tenant, and which text runs.
//!
//! It is the first of two locks; the database is the second, and each must hold alone. A text is parsed with the server's own grammar, every node
//! is looked at, and what isn't known is refused. What passes is sent as it came, or with insertions only ([`rewrite`]): the
//! client's text is never printed anew, so positions in it survive.

mod access;
mod aliens;
mod cache;
mod calls;
pub mod children;
mod commands;
mod expressions;
mod failures;
mod fences;
mod functions;
mod grows;
mod names;
mod opinion;
mod policy;
pub mod relations;
pub mod rewrite;
mod scoped;
mod settings;
mod shape;
mod sightings;
pub mod system;
mod writes;

use std::sync::Arc;

pub use self::{
    access::{Access, of_begin},
    aliens::declared_names,
    cache::Cache,
    grows::{Growth, growth},
    rewrite::{PositionMap, Replacement},
    settings::may_begin_with,
    sightings::Sightings,
    writes::{Writes, writes},
};
use super::outcome::TextEffects;
use crate::{catalog::Catalog, error::Report};

/// What the gate knows about a model on one database; shared by the sessions of all its tenants.
#[derive(Debug, Default)]
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
    /// Unique keys without the tenant column that tenants may write all the same: `table.column` or `table.index`.
    pub global_keys: Vec<Arc<str>>,
    /// What was thought of texts before. It belongs to this ground and no other.
    pub cache: Cache,
}

/// How a model keeps tenants apart.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub enum Isolation {
    /// Shared tables with a tenant column.
    Row {
        /// Its name.
        column: Box<str>,
    },
    /// A schema per tenant.
    Schema,
    /// A database per tenant.
    #[default]
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
    Parameter {
        /// How many parameters the client's Parse gave types for: those count, used or not.
        declared: u16,
    },
}

/// What the gate says about a text.
#[derive(Clone, PartialEq, Debug)]
pub struct Judged {
    /// Whether it may run, and as what.
    pub verdict: Verdict,
    /// What the text that will be sent does to its session.
    pub effects: TextEffects,
    /// The verdict or the sent text holds for this tenant only.
    pub bound: bool,
    /// What a server must be able to do for it.
    pub access: Access,
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

impl Rewritten {
    /// What tells of positions where parts of the sent text, this one or the client's own, have been replaced.
    pub fn behind(this: Option<Arc<Rewritten>>, replacements: &[Replacement]) -> Option<Arc<Rewritten>> {
        if replacements.iter().all(|one| one.was == one.now) {
            return this;
        }
        let (text, map) = this.map_or_else(Default::default, |this| (this.text.clone(), this.map.clone()));
        Some(Arc::new(Rewritten { text, map: map.behind(replacements), tenant_parameter: None }))
    }
}

/// Judges a text.
pub fn judge(text: &str, ground: &Ground, whose: &Whose<'_>, tenancy: Tenancy) -> Judged {
    ground.cache.judge(text, ground, whose, tenancy)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
