//! Copies a template schema's objects into an empty schema.
//!
//! The DDL comes from the catalogs while `search_path` holds the template alone: PostgreSQL then prints the template's own names
//! without a schema and all others with theirs, so that the text, run with the new schema as `search_path`, builds the same there.
//! Nothing is replaced inside of a text. The statements run in the order of their dependencies (`pg_depend`), and in the end the
//! catalogs are asked whether anything in the copy still depends on the template.
//!
//! Copied: enums, domains, composite and range types, sequences with their owners, tables (identity, generated columns, defaults,
//! storage, inheritance, partitions), constraints, indexes, foreign keys, extended statistics, views, materialized views (empty),
//! functions and procedures, triggers, comments. Not copied: rows, grants (all belongs to the tenant), replica identity, clustering.
//! What else a schema can hold is refused by name (`queries::REFUSALS`).

use std::collections::{BTreeMap, BTreeSet};

use super::{CreateError, identifier, steps::Steps};

mod queries;

/// A thing that one statement makes: its kind (a letter) and its id.
type Node = (String, u32);

/// Fills `schema` from `template`.
pub(super) async fn schema(steps: &mut Steps, template: &str, schema: &str, database: &str) -> Result<(), CreateError> {
    if steps.rows("SELECT FROM pg_namespace WHERE nspname = $1", &[&template]).await?.is_empty() {
        return Err(CreateError::Missing { what: "template schema", name: template.to_owned(), database: database.to_owned() });
    }
    let refused = |reasons: Vec<String>| CreateError::Template { template: template.to_owned(), reasons };
    steps.run_quietly(&format!("SET LOCAL search_path = {}; SET LOCAL check_function_bodies = off", identifier(template))).await?;
    let reasons: Vec<String> = steps.rows(queries::REFUSALS, &[&template]).await?.iter().map(|row| row.get(0)).collect();
    if !reasons.is_empty() {
        return Err(refused(reasons));
    }
    let statements = in_order(nodes(steps, template).await?, &edges(steps, template).await?).map_err(refused)?;
    let mut finishing = Vec::new();
    for query in queries::FINISHING {
        finishing.extend(steps.rows(query, &[&template]).await?.iter().map(|row| row.get::<_, String>(0)));
    }
    steps.run_quietly(&format!("SET LOCAL search_path = {}", identifier(schema))).await?;
    for statement in statements.into_iter().chain(finishing) {
        steps.run(&statement).await?;
    }
    steps.run_quietly("SET LOCAL search_path = pg_catalog").await?;
    let left = steps.rows(queries::STILL_DEPENDS, &[&template, &schema]).await?;
    match left.iter().map(|row| row.get(0)).collect::<Vec<String>>() {
        left if left.is_empty() => Ok(()),
        left => Err(refused(left)),
    }
}

/// Every statement that makes something, by what it makes; sorted by the turn that a thing of its kind has.
async fn nodes(steps: &Steps, template: &str) -> Result<BTreeMap<(usize, Node), String>, CreateError> {
    let mut nodes = BTreeMap::new();
    for (turn, (kind, query)) in queries::NODES.iter().enumerate() {
        for row in steps.rows(query, &[&template]).await? {
            nodes.insert((turn, ((*kind).to_owned(), row.get(0))), row.get(1));
        }
    }
    Ok(nodes)
}

/// Who needs whom.
async fn edges(steps: &Steps, template: &str) -> Result<BTreeMap<Node, BTreeSet<Node>>, CreateError> {
    let mut edges: BTreeMap<Node, BTreeSet<Node>> = BTreeMap::new();
    for row in steps.rows(queries::EDGES, &[&template]).await? {
        edges.entry((row.get(0), row.get(1))).or_default().insert((row.get(2), row.get(3)));
    }
    Ok(edges)
}

/// The statements, each after those it needs; among equals by kind and age.
fn in_order(mut nodes: BTreeMap<(usize, Node), String>, edges: &BTreeMap<Node, BTreeSet<Node>>) -> Result<Vec<String>, Vec<String>> {
    let mut ordered = Vec::with_capacity(nodes.len());
    let mut waiting: BTreeSet<Node> = nodes.keys().map(|(_, node)| node.clone()).collect();
    while !nodes.is_empty() {
        let free = |node: &Node| edges.get(node).is_none_or(|needs| needs.iter().all(|need| !waiting.contains(need)));
        let Some(key) = nodes.keys().find(|(_, node)| free(node)).cloned() else {
            return Err(nodes.into_values().map(|statement| format!("depends on itself in a circle: {statement}")).collect());
        };
        waiting.remove(&key.1);
        ordered.extend(nodes.remove(&key));
    }
    Ok(ordered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(kind: &str, oid: u32) -> Node {
        (kind.to_owned(), oid)
    }

    #[test]
    fn statements_wait_for_what_they_need() {
        let nodes = BTreeMap::from([
            ((0, node("t", 1)), "type".to_owned()),
            ((1, node("f", 2)), "function of view".to_owned()),
            ((2, node("r", 3)), "table".to_owned()),
            ((3, node("r", 4)), "view".to_owned()),
        ]);
        let edges =
            BTreeMap::from([(node("f", 2), BTreeSet::from([node("r", 4)])), (node("r", 4), BTreeSet::from([node("r", 3), node("x", 9)]))]);
        assert_eq!(in_order(nodes, &edges).unwrap_or_default(), ["type", "table", "view", "function of view"]);
    }

    #[test]
    fn a_circle_is_refused() {
        let nodes = BTreeMap::from([((0, node("f", 1)), "a".to_owned()), ((0, node("f", 2)), "b".to_owned())]);
        let edges = BTreeMap::from([(node("f", 1), BTreeSet::from([node("f", 2)])), (node("f", 2), BTreeSet::from([node("f", 1)]))]);
        assert_eq!(in_order(nodes, &edges).map_err(|reasons| reasons.len()), Err(2));
    }
}
