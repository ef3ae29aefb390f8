//! The proof of what [`watch`](super::watch) asks for: a value is one that the tenant's own rows have, whatever it is made of.

use pg_raw_parse::{Node, list::NodeList, nodes, raw};

use super::{
    proof::{Proof, conjuncts, is_equality},
    watch::{Rule, Watched, holds_alone},
};

impl<'t> Proof<'t, '_> {
    /// Whether a value keeps to what is watched in its column.
    pub(super) fn keeps(&self, value: Node<'t>, watched: &Watched<'_>) -> bool {
        if matches!(value, Node::SetToDefault(_)) {
            return true;
        }
        // One check within the other.
        let inner = watched.rules.iter().try_fold(value, |value, rule| self.within_check(value, rule));
        watched.closed.is_none() && inner.is_some()
    }

    /// The value within the check of a rule:
    /// `(SELECT CASE WHEN s.v IS NULL OR EXISTS (…) THEN s.v ELSE failure END FROM (SELECT CAST(value AS type) AS v) s)`.
    fn within_check(&self, value: Node<'t>, rule: &Rule<'_>) -> Option<Node<'t>> {
        let Node::SubLink(link) = value else { return None };
        let Node::SelectStmt(query) = link.subselect() else { return None };
        let plain = link.sub_link_type == raw::SubLinkType::EXPR_SUBLINK && self.is_ours(value) && is_plain(query);
        let Node::RangeSubselect(source) = only(query.from_clause())? else { return None };
        let Node::SelectStmt(inner) = source.subquery() else { return None };
        let name = source.alias().filter(|alias| alias.colnames().is_empty())?.aliasname()?;
        let (None, Node::None, true) = (inner.from_clause().get(0), inner.where_clause(), is_plain(inner) && !source.lateral) else {
            return None;
        };
        let target = one_target(inner).filter(|target| target.name() == Some("v"))?;
        let Node::TypeCast(cast) = target.val() else { return None };
        let Node::CaseExpr(case) = one_target(query)?.val() else { return None };
        let Node::CaseWhen(when) = only_of(case.args().iter())? else { return None };
        let holds = matches!((case.arg(), query.where_clause()), (Node::None, Node::None))
            && is_column(when.result(), name, "v")
            && self.is_ours(case.defresult())
            && self.is_null_or_there(when.expr(), name, rule);
        (plain && holds).then(|| cast.arg())
    }

    /// `s.v IS NULL OR EXISTS (SELECT FROM table r WHERE r.tenant = key AND r.id = s.v)`
    fn is_null_or_there(&self, condition: Node<'t>, name: &str, rule: &Rule<'_>) -> bool {
        let Node::BoolExpr(either) = condition else { return false };
        let mut parts = either.args().iter();
        let (Some(Node::NullTest(null)), Some(Node::SubLink(exists)), None) = (parts.next(), parts.next(), parts.next()) else {
            return false;
        };
        let is_null = null.nulltesttype == raw::NullTestType::IS_NULL && is_column(null.arg(), name, "v");
        let either = either.boolop == raw::BoolExprType::OR_EXPR;
        either && is_null && exists.sub_link_type == raw::SubLinkType::EXISTS_SUBLINK && self.is_there(exists.subselect(), name, rule)
    }

    fn is_there(&self, query: Node<'t>, value: &str, rule: &Rule<'_>) -> bool {
        let (Some((table, column)), Node::SelectStmt(query)) = (rule.to, query) else { return false };
        let Some(Node::RangeVar(relation)) = only(query.from_clause()) else { return false };
        let Some(name) = relation.alias().and_then(nodes::Alias::aliasname).filter(|name| *name != value) else { return false };
        let is_table = relation.schemaname() == Some(&table.schema)
            && relation.relname() == Some(&table.name)
            && relation.catalogname().is_none()
            && relation.inh != holds_alone(table);
        let compares = |part: Node<'_>| {
            matches!(part, Node::A_Expr(equal)
                if is_equality(equal) && is_column(equal.lexpr(), name, column) && is_column(equal.rexpr(), value, "v"))
        };
        is_plain(query) && is_table && self.has_key(query.where_clause(), relation, table) && conjuncts(query.where_clause()).any(compares)
    }
}

/// Whether a query is targets, FROM and WHERE, and nothing else.
fn is_plain(query: &nodes::SelectStmt) -> bool {
    let lists = [query.distinct_clause(), query.group_clause(), query.window_clause(), query.values_lists()];
    let parts = [query.having_clause(), query.limit_count(), query.limit_offset()];
    query.op == raw::SetOperation::SETOP_NONE
        && query.with_clause().is_none()
        && query.sort_clause().is_empty()
        && query.locking_clause().is_empty()
        && lists.into_iter().all(NodeList::is_empty)
        && parts.into_iter().all(|part| matches!(part, Node::None))
}

fn one_target(query: &nodes::SelectStmt) -> Option<&nodes::ResTarget> {
    only_of(query.target_list().iter())
}

fn only(list: &NodeList) -> Option<Node<'_>> {
    only_of(list.iter())
}

fn only_of<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    items.next().filter(|_| items.next().is_none())
}

fn is_column(node: Node<'_>, table: &str, column: &str) -> bool {
    let Node::ColumnRef(reference) = node else { return false };
    let mut fields = reference.fields().iter().map(Node::as_str);
    (fields.next(), fields.next(), fields.next()) == (Some(Some(table)), Some(Some(column)), None)
}
