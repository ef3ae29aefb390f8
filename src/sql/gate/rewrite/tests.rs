//! Texts before and after.

use std::sync::Arc;

use super::*;
use crate::{
    catalog::{Catalog, Column, Relation, RelationKind, View},
    sql::gate::Isolation,
};

fn table(oid: u32, name: &str, columns: &[(&str, &str)]) -> Relation {
    Relation::table(oid, "public", name, columns.iter().map(|(name, type_name)| Column::new(name, type_name)).collect())
}

fn ground() -> Ground {
    let orders = [("id", "integer"), ("tenant_id", "text"), ("customer_id", "integer"), ("amount", "numeric"), ("note", "text")];
    let mut archived = table(4, "archived", &orders);
    archived.kind = RelationKind::View;
    let definition = " SELECT orders.id,\n    orders.note\n   FROM public.orders\n  WHERE orders.amount < 0::numeric";
    archived.view = Some(View { definition: Some(definition.into()), security_invoker: false });
    let relations = [
        table(1, "orders", &orders),
        table(2, "customers", &[("id", "integer"), ("name", "text"), ("tenant_id", "character varying(20)")]),
        table(3, "countries", &[("code", "text")]),
        archived,
        table(5, "uuids", &[("id", "integer"), ("tenant_id", "uuid")]),
    ];
    Ground {
        catalog: Arc::new(Catalog::new(150_018, relations, [])),
        isolation: Isolation::Row { column: "tenant_id".into() },
        lock_is_login: true,
        ddl: false,
        functions: Vec::new(),
        reference_tables: vec!["countries".into()],
        ..Ground::default()
    }
}

const WHOSE: Whose<'static> = Whose { key: "acme", schema: None, role: "t_acme" };

fn rewritten(text: &str, tenancy: Tenancy) -> Result<(Box<str>, PositionMap), Report> {
    let parsed = pg_raw_parse::parse(text).unwrap();
    let ground = ground();
    let mut edits = Vec::new();
    for statement in parsed.iter() {
        rewrite(statement, text, &ground, &WHOSE, tenancy, &mut edits)?;
    }
    let template = Template::new(text, edits).unwrap();
    let key = match tenancy {
        Tenancy::Literal => Key::Literal("acme"),
        _ => Key::Parameter(9),
    };
    let (sent, map) = template.render(key);
    verify(&parsed, &template, key, &sent, &ground, &WHOSE)?;
    Ok((sent, map))
}

#[test]
fn show() {
    let Ok(file) = std::env::var("SHOW") else { return };
    for line in std::fs::read_to_string(file).unwrap().lines().filter(|line| !line.is_empty()) {
        match rewritten(line, Tenancy::Literal) {
            Ok((text, _)) => println!("-- {line}\n{text};"),
            Err(report) => println!("-- {line}\n-- REFUSED {report:?}"),
        }
    }
}
