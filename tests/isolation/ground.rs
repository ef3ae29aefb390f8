//! The property's tables as the gate's ground, without a server.

use std::sync::Arc;

use pgtenant::{
    catalog::{Catalog, Column, Relation, RelationKind, View},
    sql::gate::{Cache, Ground, Isolation, Whose},
};

use super::tables::{TABLES, VIEW};

pub const ACME: Whose<'static> = Whose { key: "acme", schema: Some("space_acme"), role: "t_acme" };

/// A name as PostgreSQL keeps it.
pub fn bare(name: &str) -> String {
    if name.starts_with('"') { name[1..name.len() - 1].replace("\"\"", "\"") } else { name.to_owned() }
}

/// All relations but one of them.
pub fn ground(isolation: Isolation, without: Option<&str>) -> Ground {
    let schema = if isolation == Isolation::Schema { "space_acme" } else { "public" };
    let columns = |list: &[(&str, super::tables::Ty)]| {
        list.iter().map(|(name, ty)| Column::new(&bare(name), long_name(ty.name()))).collect::<Vec<_>>()
    };
    let mut relations: Vec<Relation> =
        TABLES.iter().zip(20_001..).map(|(table, oid)| Relation::table(oid, schema, &bare(table.name), columns(table.columns))).collect();
    let mut view = Relation::table(20_100, schema, VIEW.0, columns(VIEW.1));
    view.kind = RelationKind::View;
    let definition = format!(
        "SELECT j.id AS job, c.title AS client, j.cost AS price, j.due AS open_since FROM ({schema}.jobs j LEFT JOIN {schema}.clients c \
         ON (((c.tenant_id = j.tenant_id) AND (c.id = j.client_id)))) WHERE (j.state <> 'done'::text)"
    );
    view.view = Some(View { definition: Some(definition.into()), security_invoker: false });
    relations.push(view);
    relations.retain(|relation| without != Some(&*relation.name));
    Ground {
        catalog: Arc::new(Catalog::new(150_018, relations, [])),
        isolation,
        lock_is_login: true,
        ddl: true,
        functions: Vec::new(),
        reference_tables: vec!["regions".into()],
        global_keys: Vec::new(),
        cache: Cache::default(),
    }
}

fn long_name(name: &str) -> &str {
    match name {
        "int" => "integer",
        "int[]" => "integer[]",
        other => other,
    }
}

pub fn row() -> Isolation {
    Isolation::Row { column: "tenant_id".into() }
}
