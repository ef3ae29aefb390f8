//! The proof of what [`watch`](super::watch) asks for: a value is one that the tenant's own rows have, whatever it is made of.

use pg_raw_parse::{ConstValue, Node, list::NodeList, nodes, raw};

use super::{
    fence::KeyType,
    proof::{Proof, conjuncts, is_equality},
    watch::{Rule, Watched, holds_alone},
};

impl<'t> Proof<'t, '_> {
    /// Whether a value keeps to what is watched in its column.
    pub(super) fn keeps(&self, value: Node<'t>, watched: &Watched<'_>) -> bool {
        if matches!(value, Node::SetToDefault(_)) {
            return watched.refusal_of_default().is_none();
        }
        // One check within the other.
        let inner = watched.rules.iter().try_fold(value, |value, rule| self.within_check(value, (watched, rule)));
        watched.closed.is_none() && inner.is_some()
    }

    /// The value within the check of a rule:
    /// `(SELECT CASE WHEN s.v IS NULL OR EXISTS (…) THEN s.v ELSE failure END FROM (SELECT CAST(value AS type) AS v OFFSET 0) s)`.
    fn within_check(&self, value: Node<'t>, (watched, rule): (&Watched<'_>, &Rule<'_>)) -> Option<Node<'t>> {
        let Node::SubLink(link) = value else { return None };
        let Node::SelectStmt(query) = link.subselect() else { return None };
        let plain = link.sub_link_type == raw::SubLinkType::EXPR_SUBLINK && self.is_ours(value) && is_plain(query, false);
        let Node::RangeSubselect(source) = only(query.from_clause())? else { return None };
        let Node::SelectStmt(inner) = source.subquery() else { return None };
        let name = source.alias().filter(|alias| alias.colnames().is_empty())?.aliasname()?;
        let (None, Node::None, true) = (inner.from_clause().get(0), inner.where_clause(), is_plain(inner, true) && !source.lateral) else {
            return None;
        };
        let target = one_target(inner).filter(|target| target.name() == Some("v"))?;
        let cast = match target.val() {
            Node::CollateClause(collate) if watched.column.is_collatable && is_collation(collate, "default") => collate.arg(),
            value if !watched.column.is_collatable => value,
            _ => return None,
        };
        let Node::TypeCast(cast) = cast else { return None };
        let Node::CaseExpr(case) = one_target(query)?.val() else { return None };
        let Node::CaseWhen(when) = only_of(case.args().iter())? else { return None };
        let holds = matches!((case.arg(), query.where_clause()), (Node::None, Node::None))
            && is_column(when.result(), name, "v")
            && self.is_ours(case.defresult())
            && self.is_null_or_there(when.expr(), name, (watched, rule));
        (plain && holds).then(|| cast.arg())
    }

    /// `s.v IS NULL OR EXISTS (SELECT FROM table r WHERE r.tenant = key AND r.id = s.v)`
    fn is_null_or_there(&self, condition: Node<'t>, name: &str, rule: (&Watched<'_>, &Rule<'_>)) -> bool {
        let Node::BoolExpr(either) = condition else { return false };
        let mut parts = either.args().iter();
        let (Some(Node::NullTest(null)), Some(Node::SubLink(exists)), None) = (parts.next(), parts.next(), parts.next()) else {
            return false;
        };
        let is_null = null.nulltesttype == raw::NullTestType::IS_NULL && is_column(null.arg(), name, "v");
        let either = either.boolop == raw::BoolExprType::OR_EXPR;
        either && is_null && exists.sub_link_type == raw::SubLinkType::EXISTS_SUBLINK && self.is_there(exists.subselect(), name, rule)
    }

    fn is_there(&self, query: Node<'t>, value: &str, (watched, rule): (&Watched<'_>, &Rule<'_>)) -> bool {
        let (Some((table, column)), Node::SelectStmt(query)) = (rule.to, query) else { return false };
        let Some(Node::RangeVar(relation)) = only(query.from_clause()) else { return false };
        let Some(name) = relation.alias().and_then(nodes::Alias::aliasname).filter(|name| *name != value) else { return false };
        let is_table = relation.schemaname() == Some(&table.schema)
            && relation.relname() == Some(&table.name)
            && relation.catalogname().is_none()
            && relation.inh != holds_alone(table);
        let is_cut = KeyType::base_of(&watched.column.type_name) != *watched.column.type_name;
        let is_stored = |part: Node<'_>| match part {
            Node::TypeCast(cast) => is_cut && self.is_ours(cast.into()) && is_column(cast.arg(), value, "v"),
            part => !is_cut && is_column(part, value, "v"),
        };
        let compares = |part: Node<'_>, exactly: bool| {
            let Node::A_Expr(equal) = part else { return false };
            let left = match equal.lexpr() {
                Node::CollateClause(collate) if exactly && is_collation(collate, "C") => collate.arg(),
                _ if exactly => return false,
                left => left,
            };
            is_equality(equal) && is_column(left, name, column) && is_stored(equal.rexpr())
        };
        let holds = |exactly: bool| conjuncts(query.where_clause()).any(|part| compares(part, exactly));
        let compared = holds(false) && (!rule.is_exact() || holds(true));
        is_plain(query, false) && is_table && self.has_key(query.where_clause(), relation, table) && compared
    }
}

/// Whether a collation is that one of the server's.
fn is_collation(collate: &nodes::CollateClause, name: &str) -> bool {
    let mut parts = collate.collname().iter().map(Node::as_str);
    (parts.next(), parts.next(), parts.next()) == (Some(Some("pg_catalog")), Some(Some(name)), None)
}

/// Whether a query is targets, FROM and WHERE, and nothing else but `OFFSET 0`, by which it is computed once.
fn is_plain(query: &nodes::SelectStmt, once: bool) -> bool {
    let lists = [query.distinct_clause(), query.group_clause(), query.window_clause(), query.values_lists()];
    let parts = [query.having_clause(), query.limit_count()];
    let offset = match query.limit_offset() {
        Node::A_Const(number) => once && matches!(number.val(), Some(ConstValue::Integer(0))),
        offset => !once && matches!(offset, Node::None),
    };
    query.op == raw::SetOperation::SETOP_NONE
        && query.with_clause().is_none()
        && query.sort_clause().is_empty()
        && query.locking_clause().is_empty()
        && lists.into_iter().all(NodeList::is_empty)
        && parts.into_iter().all(|part| matches!(part, Node::None))
        && offset
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
