//! How many columns a query has, as far as text and catalog tell.

use pg_raw_parse::{Node, list::NodeList, nodes, raw};

use super::{
    insert::{is_row_star, is_star},
    scope::ScopeId,
    walk::Walk,
};

/// Queries within queries deeper than this aren't counted.
const MAX_DEPTH: u32 = 16;

impl<'t> Walk<'t, '_> {
    /// The number of a query's columns. `None` where it isn't known, which is always a good answer.
    pub(super) fn width(&mut self, query: &'t nodes::SelectStmt, scope: Option<ScopeId>) -> Option<usize> {
        self.query_width(query, scope, 0)
    }

    fn query_width(&self, query: &'t nodes::SelectStmt, scope: Option<ScopeId>, depth: u32) -> Option<usize> {
        // A query within is counted for each star that stands for it.
        self.spend(64 + 16 * (query.target_list().len() + query.from_clause().len()))?;
        let mut query = query;
        let mut with = query.with_clause();
        while query.op != raw::SetOperation::SETOP_NONE {
            query = query.larg()?;
            with = with.or(query.with_clause());
        }
        if let Some(Node::NodeList(row)) = query.values_lists().get(0) {
            return (!row.iter().any(is_row_star)).then(|| row.len());
        }
        if !query.target_list().iter().any(is_star) {
            return Some(query.target_list().len());
        }
        // Names of its own WITH clause aren't known here.
        if with.is_some() || depth >= MAX_DEPTH {
            return None;
        }
        let mut width = 0;
        for target in query.target_list().iter() {
            width += match target.val() {
                Node::ColumnRef(column) if is_star(target) => {
                    let mut names = column.fields().iter();
                    let of = match (names.next(), names.next(), names.next()) {
                        (Some(Node::A_Star(_)), None, None) => None,
                        (Some(name), Some(Node::A_Star(_)), None) => Some(name.as_str()?),
                        _ => return None,
                    };
                    self.items_width(query.from_clause(), of, scope, depth)?
                }
                value if is_row_star(value) => return None,
                _ => 1,
            };
        }
        Some(width)
    }

    /// The number of columns of a FROM list, or of one of its items.
    fn items_width(&self, items: &'t NodeList, of: Option<&str>, scope: Option<ScopeId>, depth: u32) -> Option<usize> {
        self.spend(16 * items.len())?;
        let mut width = 0;
        let mut found = of.is_none();
        for item in items.iter() {
            let name = match item {
                Node::RangeVar(relation) => relation.alias().map_or(relation.relname(), nodes::Alias::aliasname),
                Node::RangeSubselect(select) => select.alias().and_then(nodes::Alias::aliasname),
                _ => return None,
            };
            if of.is_some() && of != name {
                continue;
            }
            found = true;
            width += match item {
                Node::RangeVar(relation) => self.table_width(relation, scope, depth)?,
                Node::RangeSubselect(select) => match select.subquery() {
                    Node::SelectStmt(query) => self.query_width(query, scope, depth + 1)?,
                    _ => return None,
                },
                _ => return None,
            };
        }
        found.then_some(width)
    }

    fn table_width(&self, relation: &'t nodes::RangeVar, scope: Option<ScopeId>, depth: u32) -> Option<usize> {
        if let Some((query, outer)) = self.scopes().query(scope, relation) {
            return self.with_width(query, outer, depth + 1);
        }
        Some(self.known(relation)?.columns.len())
    }

    /// The number of columns of a WITH query.
    fn with_width(&self, query: &'t nodes::CommonTableExpr, scope: Option<ScopeId>, depth: u32) -> Option<usize> {
        if depth >= MAX_DEPTH || query.search_clause().is_some() || query.cycle_clause().is_some() {
            return None;
        }
        let (relation, alone, returning) = match query.ctequery() {
            Node::SelectStmt(select) => return self.query_width(select, scope, depth),
            Node::InsertStmt(insert) => (insert.relation()?, true, insert.returning_clause()?),
            Node::UpdateStmt(update) => (update.relation()?, update.from_clause().is_empty(), update.returning_clause()?),
            Node::DeleteStmt(delete) => (delete.relation()?, delete.using_clause().is_empty(), delete.returning_clause()?),
            _ => return None,
        };
        let mut width = 0;
        for target in returning.exprs().iter() {
            let Node::ResTarget(target) = target else { return None };
            width += match target.val() {
                Node::ColumnRef(column) if is_star(target) && column.fields().len() == 1 && alone => self.known(relation)?.columns.len(),
                _ if is_star(target) => return None,
                _ => 1,
            };
        }
        Some(width)
    }
}
