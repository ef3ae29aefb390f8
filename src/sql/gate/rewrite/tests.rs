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

const PARAMETER: Tenancy = Tenancy::Parameter { declared: 0 };
const WHOSE: Whose<'static> = Whose { key: "acme", schema: None, role: "t_acme" };

fn rewritten(text: &str, tenancy: Tenancy) -> Result<(Box<str>, PositionMap), Report> {
    // As the gate does, where the grammar trips over a comment.
    let parsed = pg_raw_parse::parse(text).or_else(|_| pg_raw_parse::parse(&text.replace("/* c */", "       "))).unwrap();
    let ground = ground();
    let mut edits = Vec::new();
    for statement in parsed.iter() {
        rewrite(statement, text, &ground, &WHOSE, tenancy, &mut edits)?;
    }
    let template = Template::new(text, edits).unwrap();
    let key = match parsed.iter().next().map(|statement| tenancy_of(statement.stmt(), tenancy)) {
        Some(Tenancy::Parameter { .. }) => Key::Parameter(9),
        _ => Key::Literal("acme"),
    };
    let (sent, map) = template.render(key);
    verify(&parsed, &template, key, &sent, &ground, &WHOSE)?;
    Ok((sent, map))
}

/// What acme's statement becomes.
fn sent(text: &str) -> String {
    rewritten(text, Tenancy::Literal).unwrap_or_else(|report| panic!("{text}: {report:?}")).0.into()
}

const CHECK: &str = "= 'acme' THEN 'acme' ELSE CAST(CAST(CAST(pg_catalog.concat('pgtenant: foreign row in orders') AS pg_catalog.int4) \
                     AS pg_catalog.text) AS text) END";

#[test]
fn reading_is_fenced_where_it_stands() {
    for (text, expected) in [
        ("SELECT id FROM orders", r#"SELECT id FROM orders WHERE "orders".tenant_id = 'acme'"#),
        (
            "SELECT id FROM orders o WHERE id = 1 AND id = 2",
            r#"SELECT id FROM orders o WHERE "o".tenant_id = 'acme' AND id = 1 AND id = 2"#,
        ),
        (
            "SELECT id FROM orders o WHERE id = 1 OR id = 2",
            r#"SELECT id FROM orders o WHERE "o".tenant_id = 'acme' AND ( id = 1 OR id = 2)"#,
        ),
        ("SELECT a FROM orders AS o (a, b)", r#"SELECT a FROM orders AS o (a, b) WHERE "o"."b" = 'acme'"#),
        (
            "SELECT * FROM customers, public.orders LIMIT 1",
            r#"SELECT * FROM customers, public.orders WHERE "public"."customers".tenant_id = 'acme' AND "public"."orders".tenant_id = 'acme' LIMIT 1"#,
        ),
        (
            "SELECT * FROM customers c LEFT JOIN ONLY (orders) /* x */ AS o TABLESAMPLE system (1) ON true",
            r#"SELECT * FROM (customers c JOIN (SELECT) pgt_1 ON "c".tenant_id = 'acme') LEFT JOIN (ONLY (orders) /* x */ AS o TABLESAMPLE system (1) JOIN (SELECT) pgt_2 ON "o".tenant_id = 'acme') ON true"#,
        ),
        (
            "SELECT pgt_ FROM customers JOIN countries ON 1 = 2",
            r#"SELECT pgt_ FROM (customers JOIN (SELECT) pgt__1 ON "customers".tenant_id = 'acme') JOIN countries ON 1 = 2"#,
        ),
        (
            "SELECT 1 FROM orders WHERE id NOT /* c */ IN (2)",
            r#"SELECT 1 FROM orders WHERE "orders".tenant_id = 'acme' AND id NOT /* c */ IN (2)"#,
        ),
        ("TABLE ONLY orders -- all", r#"SELECT * FROM ONLY orders WHERE "orders".tenant_id = 'acme' -- all"#),
        (
            "WITH orders AS (SELECT 1) SELECT * FROM orders, public.orders AS o",
            r#"WITH orders AS (SELECT 1) SELECT * FROM orders, public.orders AS o WHERE "o".tenant_id = 'acme'"#,
        ),
        (
            "SELECT 1 FROM orders WHERE length(note) = 1",
            r#"SELECT 1 FROM orders WHERE "orders".tenant_id = 'acme' AND (pg_catalog.jsonb_object(ARRAY['acme'::text, '']))["orders".tenant_id] IS NOT NULL AND length(note) = 1"#,
        ),
        ("SELECT length(note) FROM orders", r#"SELECT length(note) FROM orders WHERE "orders".tenant_id = 'acme'"#),
        (
            "COPY orders (id, note) TO STDOUT (FORMAT csv)",
            r#"COPY (SELECT "id", "note" FROM ONLY orders WHERE "orders".tenant_id = 'acme') TO STDOUT (FORMAT csv)"#,
        ),
        ("EXPLAIN SELECT 1 FROM orders", r#"EXPLAIN SELECT 1 FROM orders WHERE "orders".tenant_id = 'acme'"#),
    ] {
        assert_eq!(sent(text), expected);
    }
    assert!(
        sent("SELECT * FROM archived a").contains("(SELECT orders.id") || sent("SELECT * FROM archived a").contains("( SELECT orders.id")
    );
    assert_eq!(sent("SELECT * FROM countries"), "SELECT * FROM countries");
}

#[test]
fn writing_is_fenced_and_checked() {
    for (text, expected) in [
        ("DELETE FROM orders", r#"DELETE FROM orders WHERE "orders".tenant_id = 'acme'"#.to_owned()),
        ("DELETE FROM orders WHERE CURRENT OF c", "DELETE FROM orders WHERE CURRENT OF c".to_owned()),
        ("UPDATE orders o SET note = 'x' RETURNING id", r#"UPDATE orders o SET note = 'x' WHERE "o".tenant_id = 'acme' RETURNING id"#.to_owned()),
        (
            "UPDATE orders SET tenant_id = note, id = 1",
            format!(r#"UPDATE orders SET tenant_id = CASE WHEN CAST(note AS text) {CHECK}, id = 1 WHERE "orders".tenant_id = 'acme'"#),
        ),
        (
            "UPDATE orders SET (id, tenant_id) = (1, DEFAULT)",
            r#"UPDATE orders SET (id, tenant_id) = (1, 'acme') WHERE "orders".tenant_id = 'acme'"#.to_owned(),
        ),
        ("INSERT INTO orders (id) VALUES (1), (2)", "INSERT INTO orders (tenant_id, id) VALUES ('acme', 1), ('acme', 2)".to_owned()),
        ("INSERT INTO orders VALUES (1)", "INSERT INTO orders (tenant_id, \"id\") VALUES ('acme', 1)".to_owned()),
        (
            "INSERT INTO orders VALUES (1, 'x')",
            format!("INSERT INTO orders (\"id\", tenant_id) VALUES (1, CASE WHEN CAST('x' AS text) {CHECK})"),
        ),
        ("INSERT INTO orders DEFAULT VALUES", "INSERT INTO orders (tenant_id) VALUES ('acme')".to_owned()),
        ("INSERT INTO orders (id) SELECT 1 FROM countries", "INSERT INTO orders (id, tenant_id) SELECT 1, 'acme' FROM countries".to_owned()),
        ("INSERT INTO uuids (id) SELECT 1", "INSERT INTO uuids (id, tenant_id) SELECT 1, 'acme'::uuid".to_owned()),
        (
            "INSERT INTO orders (id) SELECT 1 UNION SELECT 2",
            "INSERT INTO orders (id, tenant_id) SELECT pgt_1.*, 'acme' FROM (SELECT 1 UNION SELECT 2) AS pgt_1".to_owned(),
        ),
        (
            "INSERT INTO orders (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET id = 2",
            r#"INSERT INTO orders (tenant_id, id) VALUES ('acme', 1) ON CONFLICT (id) DO UPDATE SET id = 2 WHERE "public"."orders".tenant_id = 'acme'"#.to_owned(),
        ),
        (
            "MERGE INTO orders o USING countries c ON o.note = c.code WHEN NOT MATCHED BY SOURCE THEN DELETE WHEN NOT MATCHED THEN INSERT (id) VALUES (1)",
            r#"MERGE INTO orders o USING countries c ON "o".tenant_id = 'acme' AND o.note = c.code WHEN NOT MATCHED BY SOURCE AND "o".tenant_id = 'acme' THEN DELETE WHEN NOT MATCHED THEN INSERT (tenant_id, id) VALUES ('acme', 1)"#.to_owned(),
        ),
    ] {
        assert_eq!(sent(text), expected);
    }
    for (text, state) in [
        ("INSERT INTO orders SELECT * FROM generate_series(1, 2)", SqlState::INSUFFICIENT_PRIVILEGE),
        ("INSERT INTO orders (id, tenant_id, tenant_id) VALUES (1, 'acme', 'x')", SqlState::INSUFFICIENT_PRIVILEGE),
        ("UPDATE orders SET tenant_id[1] = 'x'", SqlState::INSUFFICIENT_PRIVILEGE),
        ("DELETE FROM archived", SqlState::INSUFFICIENT_PRIVILEGE),
        ("SELECT * FROM nowhere", SqlState::UNDEFINED_TABLE),
    ] {
        assert_eq!(rewritten(text, Tenancy::Literal).unwrap_err().state, state, "{text}");
    }
}

#[test]
fn a_key_is_a_parameter_where_the_client_binds_values() {
    let (text, _) = rewritten("SELECT 1 FROM orders o, uuids u WHERE o.id = $1", PARAMETER).unwrap();
    assert_eq!(&*text, r#"SELECT 1 FROM orders o, uuids u WHERE "o".tenant_id = $9::text AND "u".tenant_id = $9::uuid AND o.id = $1"#);
    let (text, _) = rewritten("PREPARE p AS DELETE FROM orders", PARAMETER).unwrap();
    assert_eq!(&*text, r#"PREPARE p AS DELETE FROM orders WHERE "orders".tenant_id = 'acme'"#);
}

#[test]
fn positions_lead_back_in_characters() {
    let text = "SELECT 'ä😀' FROM orders o JOIN countries ON true WHERE nope = 1";
    let (sent, map) = rewritten(text, Tenancy::Literal).unwrap();
    let position = |text: &str, what: &str| u32::try_from(text.find(what).map(|at| text[..at].chars().count()).unwrap() + 1).unwrap();
    for word in ["SELECT", "'ä😀'", "FROM", "orders", "countries", "WHERE", "nope"] {
        assert_eq!(map.to_client(position(&sent, word)), Some(position(text, word)), "{word}");
    }
    assert_eq!(map.to_client(position(&sent, "pgt_1")), None);
    let (sent, map) = rewritten("TABLE orders ORDER BY nope", Tenancy::Literal).unwrap();
    assert_eq!(map.to_client(position(&sent, "nope")), Some(23));
    assert_eq!(map.to_client(1), None);
}

#[test]
fn keys_are_quoted_so_that_they_stay_keys() {
    for (key, expected) in [("a'b", "'a''b'"), ("a\\'b", "E'a\\\\''b'"), ("", "''"), ("ä", "'ä'")] {
        assert_eq!(quote_literal(key), expected);
    }
    let template = Template::new("SELECT 1", vec![Edit::insert(8, format!(" = {KEY}")), Edit::replace(7, 1, format!("{KEY}"))]).unwrap();
    let (text, map) = template.render(Key::Literal("o'x"));
    assert_eq!(&*text, "SELECT 'o''x' = 'o''x'");
    assert_eq!((map.to_client(7), map.to_client(8), map.to_client(23)), (Some(7), None, Some(9)));
    assert_eq!(Template::new("SELECT 1", vec![Edit::replace(2, 4, ""), Edit::insert(3, "x")]), None);
}

#[test]
fn failed_checks_are_told_as_row_policies_are() {
    let message = "invalid input syntax for type integer: \"pgtenant: foreign row in orders\"";
    let report = failed_check(message).unwrap();
    assert_eq!(
        (report.state, &*report.message),
        (SqlState::INSUFFICIENT_PRIVILEGE, "new row violates row-level security policy for table \"orders\"")
    );
    assert_eq!(failed_check("invalid input syntax for type integer: \"x\""), None);
}

/// What a rewrite that went wrong might send.
#[test]
fn wrong_texts_are_not_proved() {
    let client = "UPDATE orders o SET note = 'x' FROM customers c WHERE o.id = c.id OR c.id = 1";
    let good = r#"UPDATE orders o SET note = 'x' FROM customers c WHERE "o".tenant_id = 'acme' AND "c".tenant_id = 'acme' AND ( o.id = c.id OR c.id = 1)"#;
    assert_eq!(sent(client), good);
    let parsed = pg_raw_parse::parse(client).unwrap();
    let ground = ground();
    let proved = |edits: Vec<Edit>| {
        let template = Template::new(client, edits).unwrap();
        let key = Key::Literal("acme");
        let (sent, _) = template.render(key);
        verify(&parsed, &template, key, &sent, &ground, &WHOSE).is_ok()
    };
    let at = |word: &str| client.find(word).unwrap();
    let fences = " o.tenant_id = \0 AND c.tenant_id = \0 AND ";
    let (open, close) = (at(" o.id"), client.len());
    assert!(proved(vec![Edit::insert(open, format!("{fences}(")), Edit::insert(close, ")")]));
    // Without parentheses, for one table only, for another tenant, for another column, with another comparison, with a further statement.
    assert!(!proved(vec![Edit::insert(open, fences)]));
    assert!(!proved(vec![Edit::insert(open, " o.tenant_id = \0 AND ("), Edit::insert(close, ")")]));
    assert!(!proved(vec![Edit::insert(open, " o.tenant_id = 'x' AND c.tenant_id = \0 AND ("), Edit::insert(close, ")")]));
    assert!(!proved(vec![Edit::insert(open, " o.note = \0 AND c.tenant_id = \0 AND ("), Edit::insert(close, ")")]));
    assert!(!proved(vec![Edit::insert(open, " o.tenant_id >= \0 AND c.tenant_id = \0 AND ("), Edit::insert(close, ")")]));
    assert!(!proved(vec![Edit::insert(open, format!("{fences}(")), Edit::insert(close, "); SELECT 1")]));
    // What the client wrote is gone, or means something else.
    assert!(!proved(vec![Edit::insert(open, format!("{fences}(")), Edit::insert(close, ")"), Edit::insert(at("= c.id"), "-- ")]));
    assert!(!proved(vec![Edit::insert(open, format!("{fences}(")), Edit::insert(close, ")"), Edit::insert(at("1"), "c.")]));
}

#[test]
fn nested_statements_take_bounded_effort() {
    let depth = 400;
    let mut text = "SELECT 1 FROM orders WHERE id = 1 OR EXISTS (".repeat(depth);
    text.push_str(&format!("SELECT '{}'", "x".repeat(100_000)));
    text.push_str(&")".repeat(depth));
    assert_eq!(rewritten(&text, Tenancy::Literal).unwrap_err().state, SqlState::STATEMENT_TOO_COMPLEX);
}
