//! Which names of a statement are those of WITH queries.

use pg_raw_parse::nodes;

/// The number of a scope. Scopes are kept in one list for the whole statement, so that its parts can be visited in any order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct ScopeId(u32);

#[derive(Debug)]
struct Scope<'t> {
    outer: Option<ScopeId>,
    name: &'t str,
}

/// All scopes of a statement: each adds one name to those of its outer scope.
#[derive(Debug, Default)]
pub(super) struct Scopes<'t> {
    scopes: Vec<Scope<'t>>,
}

impl<'t> Scopes<'t> {
    /// The scope without names.
    pub(super) const NONE: Option<ScopeId> = None;

    /// A scope with one more name.
    pub(super) fn with(&mut self, outer: Option<ScopeId>, name: &'t str) -> Option<ScopeId> {
        let id = ScopeId(u32::try_from(self.scopes.len()).ok()?);
        self.scopes.push(Scope { outer, name });
        Some(id)
    }

    /// Whether a table reference is that of a WITH query: only an unqualified one can be.
    pub(super) fn shadows(&self, scope: Option<ScopeId>, relation: &nodes::RangeVar) -> bool {
        if relation.schemaname().is_some() || relation.catalogname().is_some() {
            return false;
        }
        let Some(name) = relation.relname() else { return false };
        let mut at = scope;
        while let Some(scope) = at.and_then(|id| self.scopes.get(id.0 as usize)) {
            if scope.name == name {
                return true;
            }
            at = scope.outer;
        }
        false
    }
}
