use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::{
    catalog::{Catalog, Column, Relation},
    sql::gate::judge,
};

fn ground(isolation: Isolation) -> Ground {
    let schema = if isolation == Isolation::Schema { "t_acme" } else { "public" };
    let columns = ["tenant_id", "id", "note", "amount", "at"].map(|name| Column::new(name, "text"));
    let relations = [Relation::table(1, schema, "orders", columns.to_vec()), Relation::table(2, schema, "customers", columns.to_vec())];
    Ground { catalog: Arc::new(Catalog::new(150_018, relations, [])), isolation, lock_is_login: true, ..Ground::default() }
}

fn row() -> Ground {
    ground(Isolation::Row { column: "tenant_id".into() })
}

fn ask(text: &str, ground: &Ground, tenancy: Tenancy) -> Judged {
    judge(text, ground, &Whose { key: "acme", schema: Some("t_acme"), role: "t_acme" }, tenancy)
}

fn knows(text: &str, ground: &Ground) -> bool {
    let whose = Whose { key: "acme", schema: Some("t_acme"), role: "t_acme" };
    let shaped = Shaped::read(text, ground, &whose, Tenancy::Literal);
    shaped.and_then(|shaped| ground.cache.shapes.known(&shaped, &whose, Tenancy::Literal)).is_some()
}

/// Statements with holes: `$s` a string, `$i` a small number, `$l` a large one, `$d` a decimal, `$n` any name of a type.
const TEXTS: &[&str] = &[
    "SELECT id, $s AS x, -$i FROM orders WHERE note = $s AND id > $i OR amount IN ($i, $l, $d) LIMIT $i OFFSET $i",
    "select o.id from orders o join customers c on c.id = o.id and c.note = $s where o.at between $s and $s::timestamp",
    "SELECT count(*) FROM orders WHERE note LIKE $s GROUP BY $i ORDER BY $i",
    "INSERT INTO orders (id, note, amount) VALUES ($i, $s, -$d), (-$i, $s, $l)",
    "INSERT INTO orders VALUES ($s, $i, $s, $d, $s) ON CONFLICT (id) DO UPDATE SET note = $s WHERE orders.id = $i RETURNING id",
    "UPDATE orders SET note = $s, amount = amount + -$i WHERE id = $i",
    "UPDATE orders SET tenant_id = $s WHERE id = $i",
    "DELETE FROM orders WHERE id = ANY (ARRAY[$i, $i]) AND note ~ $s",
    "SELECT (SELECT max(id) FROM orders WHERE note <> $s), lower($s), date_trunc($s, now()) - $s::interval",
    "WITH x AS (SELECT * FROM orders WHERE id = $i) SELECT * FROM x, customers WHERE x.id + $i = customers.id",
    "SELECT $s::$n FROM orders WHERE note = $s",
    "SELECT CAST($s AS $n), $s::text::$n",
    "SELECT set_config($s, $s, false)",
    "SELECT current_setting($s), current_setting($s::text)",
    "SELECT has_table_privilege($s, $s), to_regclass($s), pg_get_viewdef($s)",
    "SELECT nextval($s), currval($s::regclass)",
    "SELECT * FROM orders WHERE to_date(note, $s) IS NULL AND amount / $i > $d",
    "SELECT pg_input_is_valid($s, $s)",
    "SELECT * FROM pg_class WHERE relname = $s AND oid = $i AND relkind IN ($s, $s)",
    "SELECT pg_advisory_lock($i), pg_sleep($d)",
    "SELECT * FROM orders TABLESAMPLE system ($i) WHERE id = $i",
    "SELECT CASE WHEN note = $s THEN $i ELSE $i END, coalesce(note, $s) FROM orders FETCH FIRST $i ROWS ONLY",
    "SET LOCAL statement_timeout = $i",
    "SELECT dblink($s, $s)",
];
const STRINGS: &[&str] = &[
    "'a'",
    "''",
    "'it''s'",
    "'pg_authid'",
    "'Müller 😀'",
    "'globex'",
    "'acme'",
    "'role'",
    "'public.orders'",
    "'day'",
    "'42'",
    "'-'",
    "'t_acme'",
];
const TYPES: &[&str] = &["regclass", "text", "regrole", "date", "regnamespace", "int4[]", "regproc[]", "mood"];

/// A text with its holes filled, by numbers that are used up from the left.
fn filled(text: &str, picks: &[usize]) -> String {
    let mut picks = picks.iter().copied();
    let mut out = String::new();
    let mut pieces = text.split('$');
    out.extend(pieces.next());
    for piece in pieces {
        let pick = picks.next().unwrap_or(0);
        match piece.as_bytes().first().unwrap() {
            b's' => out.push_str(STRINGS[pick % STRINGS.len()]),
            b'n' => out.push_str(TYPES[pick % TYPES.len()]),
            b'i' => out.push_str(&(pick % 1000).to_string()),
            b'l' => out.push_str(&(3_000_000_000 + pick % 1000).to_string()),
            _ => out.push_str(&format!("{}.{}", pick % 100, pick % 7)),
        }
        out.push_str(&piece[1..]);
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    /// What memory says of a text is what a look at it says.
    #[test]
    fn a_shape_says_what_a_full_look_says(
        text in 0..TEXTS.len(),
        fills in prop::collection::vec(prop::collection::vec(0..1000usize, 10), 2..7),
        several in any::<bool>(),
        model in 0..3usize,
    ) {
        let isolation = || [Isolation::Row { column: "tenant_id".into() }, Isolation::Schema, Isolation::Database][model].clone();
        let tenancy = if several { Tenancy::Parameter { declared: 1 } } else { Tenancy::Literal };
        let warm = ground(isolation());
        for picks in &fills {
            let text = filled(TEXTS[text], picks);
            prop_assert_eq!(ask(&text, &warm, tenancy), ask(&text, &ground(isolation()), tenancy), "{}", text);
        }
    }
}

#[test]
fn what_comes_again_with_other_values_is_known() {
    for text in [TEXTS[0], TEXTS[1], TEXTS[3], TEXTS[4], TEXTS[5], TEXTS[6], TEXTS[9]] {
        let ground = row();
        for pick in 0..3 {
            ask(&filled(text, &[pick; 10]), &ground, Tenancy::Literal);
        }
        assert!(knows(&filled(text, &[7; 10]), &ground), "{text}");
    }
}

#[test]
fn a_literal_that_names_something_is_looked_at_each_time() {
    let ground = ground(Isolation::Schema);
    for _ in 0..4 {
        assert!(!matches!(ask("SELECT 'orders'::regclass", &ground, Tenancy::Literal).verdict, Verdict::Refused(_)));
    }
    let foreign = ask("SELECT 't_globex.orders'::regclass", &ground, Tenancy::Literal);
    assert!(matches!(foreign.verdict, Verdict::Refused(_)), "{foreign:?}");
}

#[test]
fn megabytes_in_a_literal_are_no_trouble() {
    let ground = row();
    let long = format!("'{}'", "ä''x".repeat(1 << 20));
    let text = format!("INSERT INTO orders (note, id) VALUES ({long}, 5) RETURNING id");
    let Verdict::Rewritten(rewritten) = ask(&text, &ground, Tenancy::Literal).verdict else { panic!("not rewritten") };
    let short = ask("INSERT INTO orders (note, id) VALUES ('x', 5) RETURNING id", &ground, Tenancy::Literal).verdict;
    let Verdict::Rewritten(short) = short else { panic!("not rewritten") };
    assert!(*rewritten.text == short.text.replace("'x'", &long));
    let end = u32::try_from(rewritten.text.chars().count()).unwrap();
    assert_eq!(rewritten.map.to_client(end), Some(u32::try_from(text.chars().count()).unwrap()));
    // Where it may decide, it is too long.
    let named = ask(&format!("SELECT to_regclass({long})"), &ground, Tenancy::Literal);
    assert!(matches!(named.verdict, Verdict::Refused(_)));
    let code = ask(&format!("SELECT {}1", "1 + ".repeat(1 << 19)), &ground, Tenancy::Literal);
    assert!(matches!(code.verdict, Verdict::Refused(_)));
}
