//! Which names of a statement are those of WITH queries.

use pg_raw_parse::nodes;

/// The most names of WITH queries in a statement.
const MAX_NAMES: usize = 1_000;

/// The number of a scope. Scopes are kept in one list for the whole statement, so that its parts can be visited in any order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct ScopeId(u32);

#[derive(Debug)]
struct Scope<'t> {
    outer: Option<ScopeId>,
    query: &'t nodes::CommonTableExpr,
}

/// All scopes of a statement: each adds one name to those of its outer scope.
#[derive(Debug, Default)]
pub(super) struct Scopes<'t> {
    scopes: Vec<Scope<'t>>,
}

impl<'t> Scopes<'t> {
    /// The scope without names.
    pub(super) const NONE: Option<ScopeId> = None;

    /// A scope with one more name. A statement that has too many of them gets none of the rest: what they mean is then looked for among
    /// the tables, so that looking names up takes bounded time.
    pub(super) fn with(&mut self, outer: Option<ScopeId>, query: &'t nodes::CommonTableExpr) -> Option<ScopeId> {
        if self.scopes.len() >= MAX_NAMES {
            return outer;
        }
        let id = ScopeId(u32::try_from(self.scopes.len()).ok()?);
        self.scopes.push(Scope { outer, query });
        Some(id)
    }

    /// All of the statement's WITH queries that were met so far.
    pub(super) fn queries(&self) -> impl Iterator<Item = &'t nodes::CommonTableExpr> {
        self.scopes.iter().map(|scope| scope.query)
    }

    /// Whether a table reference is that of a WITH query: only an unqualified one can be.
    pub(super) fn shadows(&self, scope: Option<ScopeId>, relation: &nodes::RangeVar) -> bool {
        self.query(scope, relation).is_some()
    }

    /// The WITH query that a table reference means, and the scope around it.
    pub(super) fn query(
        &self,
        scope: Option<ScopeId>,
        relation: &nodes::RangeVar,
    ) -> Option<(&'t nodes::CommonTableExpr, Option<ScopeId>)> {
        if scope.is_none() || relation.schemaname().is_some() || relation.catalogname().is_some() {
            return None;
        }
        let name = relation.relname()?;
        let mut at = scope;
        while let Some(scope) = at.and_then(|id| self.scopes.get(id.0 as usize)) {
            if scope.query.ctename() == Some(name) {
                return Some((scope.query, scope.outer));
            }
            at = scope.outer;
        }
        None
    }
}
