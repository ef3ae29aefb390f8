//! Which literals of a statement decide nothing: those that are compared, computed with, stored or given back, and no more.

use pg_raw_parse::{Node, ParseResult, list::CastNodeList, nodes};

use super::super::{
    aliens::{gives_names, is_naming_catalog},
    children::children,
    names::Name,
};

/// Types whose values name nothing in the catalogs: a literal may be cast to them.
const PLAIN_TYPES: &[&str] = &[
    "bit",
    "bool",
    "bpchar",
    "bytea",
    "cidr",
    "date",
    "float4",
    "float8",
    "inet",
    "int2",
    "int4",
    "int8",
    "interval",
    "json",
    "jsonb",
    "macaddr",
    "money",
    "numeric",
    "text",
    "time",
    "timestamp",
    "timestamptz",
    "timetz",
    "uuid",
    "varbit",
    "varchar",
];

/// Where the literals stand that decide nothing, in order. A negative number stands where its sign does. `None` for what isn't one
/// SELECT, INSERT, UPDATE or DELETE.
pub(super) fn free_places(tree: &ParseResult) -> Option<Vec<usize>> {
    let mut statements = tree.iter();
    let (Some(raw), None) = (statements.next(), statements.next()) else { return None };
    let statement = raw.stmt();
    if !matches!(statement, Node::SelectStmt(_) | Node::InsertStmt(_) | Node::UpdateStmt(_) | Node::DeleteStmt(_)) {
        return None;
    }
    let mut places = Vec::new();
    let mut pending = vec![statement];
    while let Some(node) = pending.pop() {
        // All columns of `(a, b) = (…)` share one source.
        if matches!(node, Node::MultiAssignRef(part) if part.colno != 1) {
            continue;
        }
        // Beside an object's name, a literal may be one.
        if gives_names(node).is_some() || matches!(node, Node::RangeVar(relation) if is_naming_catalog(relation)) {
            return None;
        }
        below(node, &mut places);
        children(node, &mut pending).ok()?;
    }
    places.sort_unstable();
    Some(places)
}

/// Notes the free literals right below a node.
fn below(node: Node<'_>, places: &mut Vec<usize>) {
    match node {
        Node::A_Expr(expression) => {
            note(expression.lexpr(), places);
            note_all(expression.rexpr(), places);
        }
        Node::ResTarget(target) => note(target.val(), places),
        Node::SelectStmt(select) => {
            select.values_lists().iter().for_each(|row| note_all(row, places));
            note(select.limit_count(), places);
            note(select.limit_offset(), places);
        }
        _ => {}
    }
}

/// An operand, or the list that IN and BETWEEN have for one.
fn note_all(node: Node<'_>, places: &mut Vec<usize>) {
    match node {
        Node::NodeList(list) => list.iter().for_each(|node| note(node, places)),
        other => note(other, places),
    }
}

fn note(node: Node<'_>, places: &mut Vec<usize>) {
    let mut node = node;
    while let Node::TypeCast(cast) = node
        && cast.type_name().is_some_and(is_plain)
    {
        node = cast.arg();
    }
    if let Node::A_Const(constant) = node {
        places.extend(usize::try_from(constant.location).ok());
    }
}

fn is_plain(name: &nodes::TypeName) -> bool {
    let named = named(name.names());
    !name.setof && !name.pct_type && named.is_some_and(|own| PLAIN_TYPES.binary_search(&own).is_ok())
}

fn named(names: &CastNodeList<nodes::String>) -> Option<&str> {
    let name = Name::read(names.iter().map(Node::from))?;
    matches!(name.schema, None | Some("pg_catalog")).then_some(name.own)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn free(text: &str) -> Option<Vec<&str>> {
        let tree = pg_raw_parse::parse(text).unwrap();
        let word = |at: usize| text.get(at..).unwrap().split([' ', ',', ')', ':']).next().unwrap();
        Some(free_places(&tree)?.into_iter().map(word).collect())
    }

    #[test]
    fn types_are_sorted() {
        assert!(PLAIN_TYPES.is_sorted());
    }

    #[test]
    fn operands_values_and_results_are_free() {
        assert_eq!(free("select 1, -2 from t where a = 'x' and b in (3, 4) and c between 5 and 6 limit 7 offset 8").unwrap().len(), 9);
        assert_eq!(free("insert into t values ('a', 1), ('b', -2)").unwrap(), ["'a'", "1", "'b'", "-2"]);
        assert_eq!(free("update t set a = a + 1, b = 'x'::timestamp where c = CAST('y' AS uuid)").unwrap(), ["1", "'x'", "'y'"]);
        assert_eq!(free("delete from t where not (a <> 1 or b like '%x')").unwrap(), ["1", "'%x'"]);
    }

    #[test]
    fn what_names_something_or_goes_to_a_function_is_not() {
        for text in [
            "select f('x')",
            "select f('x'::text)",
            "select a from t group by 1 order by 1",
            "select array['x']",
            "select f(a => 'x')",
            "select 'x'::s.date",
            "select a[1] from t",
            "select cast(a as varchar(10)) from t",
            "select a from t tablesample system (1)",
            "select case when a then 'x' end from t",
            "select 'x'::mytype",
        ] {
            assert_eq!(free(text).unwrap(), Vec::<&str>::new(), "{text}");
        }
        for text in ["select 'x'::regclass, 'y'", "select 'x'::text::regclass", "select 'x' union select typinput from pg_type"] {
            assert_eq!(free(text), None, "{text}");
        }
        assert_eq!(free("select 1; select 2"), None);
        assert_eq!(free("set a = 1"), None);
        assert_eq!(free("prepare p as select 1"), None);
        assert_eq!(free("explain select 1"), None);
    }
}
