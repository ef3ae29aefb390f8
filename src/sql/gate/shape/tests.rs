mod generated;

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
    ask_as("acme", text, ground, tenancy)
}

fn ask_as(tenant: &str, text: &str, ground: &Ground, tenancy: Tenancy) -> Judged {
    let role = format!("t_{tenant}");
    judge(text, ground, &Whose { key: tenant, schema: Some(&role), role: &role }, tenancy)
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
    // One that isn't a single query has literals that decide, too.
    "EXPLAIN SELECT $s::$n, $i FROM orders WHERE note = $s",
    "DECLARE c CURSOR FOR SELECT $s::$n FROM orders WHERE note = $s",
    "SELECT $s::$n; SELECT pg_input_is_valid($s, $s) LIMIT $i",
    "EXPLAIN SELECT has_table_privilege($s, $s, $s), pg_input_is_valid($s, $s)",
    "PREPARE p AS SELECT $s::$n, $i",
    "DO $s",
    "MERGE INTO orders o USING customers c ON o.id = c.id AND c.note = $s WHEN MATCHED THEN UPDATE SET note = $s::$n::text",
    // What hangs on the role's name is one tenant's.
    "SELECT has_table_privilege($s, $s, $s) FROM orders WHERE note = $s",
    "SELECT $s::regrole, $i WHERE $s = $s",
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
    "'t_globex'",
    "'t_globex.orders'",
    "'regclass'",
    "'begin perform set_config(''a.b'', ''c'', false); end'",
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
            b'1' => out.push_str("$1"),
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
        let with_ddl = || Ground { ddl: true, ..ground(isolation()) };
        let warm = with_ddl();
        for picks in &fills {
            let text = filled(TEXTS[text], picks);
            let tenant = ["acme", "globex"][picks[9] % 2];
            prop_assert_eq!(ask_as(tenant, &text, &warm, tenancy), ask_as(tenant, &text, &with_ddl(), tenancy), "{}", text);
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

#[test]
fn only_a_single_query_has_a_shape() {
    let ground = Ground { ddl: true, ..ground(Isolation::Schema) };
    for (own, foreign) in [
        ("EXPLAIN VERBOSE SELECT 'orders'::regclass", "EXPLAIN VERBOSE SELECT 't_globex.orders'::regclass"),
        ("SELECT 'orders'::regclass; SELECT 1", "SELECT 't_globex.orders'::regclass; SELECT 1"),
        ("DECLARE c CURSOR FOR SELECT 'orders'::regclass", "DECLARE c CURSOR FOR SELECT 't_globex.orders'::regclass"),
    ] {
        for _ in 0..3 {
            assert!(!matches!(ask(own, &ground, Tenancy::Literal).verdict, Verdict::Refused(_)), "{own}");
        }
        assert!(matches!(ask(foreign, &ground, Tenancy::Literal).verdict, Verdict::Refused(_)), "{foreign}");
    }
    for _ in 0..3 {
        assert!(ask("DO 'begin end'", &ground, Tenancy::Literal).effects.is_none_or(|effects| effects.pin.is_none()));
    }
    let pins = ask("DO 'begin perform set_config(''a.b'', ''c'', false); end'", &ground, Tenancy::Literal);
    assert!(pins.effects.is_some_and(|effects| effects.pin.is_some()));
}

#[test]
fn what_hangs_on_a_tenants_role_is_not_anothers() {
    for isolation in [Isolation::Row { column: "tenant_id".into() }, Isolation::Database] {
        let ground = ground(isolation);
        for text in ["SELECT has_table_privilege('t_acme', 'orders', 'select') WHERE 1 = 1", "SELECT 't_acme'::regrole, 5"] {
            for _ in 0..3 {
                assert!(!matches!(ask_as("acme", text, &ground, Tenancy::Literal).verdict, Verdict::Refused(_)), "{text}");
            }
            assert!(matches!(ask_as("globex", text, &ground, Tenancy::Literal).verdict, Verdict::Refused(_)), "{text}");
        }
    }
}

#[test]
fn nested_assignments_of_rows_take_no_longer_than_their_text() {
    let mut text = "SELECT 1, 2, 3".to_owned();
    for _ in 0..14 {
        text = format!("WITH x AS (UPDATE orders SET (id, note, amount) = ({text}) WHERE id = 1) SELECT 1, 2, 3");
    }
    let tree = pg_raw_parse::parse(&text).unwrap();
    let started = std::time::Instant::now();
    let places = free_places(&tree).unwrap();
    assert!(places.is_sorted_by(|a, b| a < b), "a place is found more than once");
    assert!(started.elapsed().as_secs() < 5);
    assert!(ask(&text, &row(), Tenancy::Literal) == ask(&text, &row(), Tenancy::Literal));
}

#[test]
fn what_takes_much_memory_is_not_kept() {
    let ground = row();
    let tables = (0..200).map(|number| format!("pg_description d{number}")).collect::<Vec<_>>().join(", ");
    let text = |pick: usize| format!("SELECT {pick} FROM {tables}");
    for pick in 0..3 {
        assert!(!matches!(ask(&text(pick), &ground, Tenancy::Literal).verdict, Verdict::Refused(_)));
    }
    assert!(!knows(&text(7), &ground));
    let long = "x".repeat(8 << 10);
    let text = |pick: usize| format!("SELECT lower('{long}'), {pick}");
    for pick in 0..3 {
        ask(&text(pick), &ground, Tenancy::Literal);
    }
    assert!(!knows(&text(7), &ground));
}

#[test]
fn a_name_of_ours_in_a_literal_changes_nothing() {
    let text = |value: &str| format!("SELECT o.id FROM orders o JOIN customers c ON c.id = o.id AND c.note = '{value}'");
    let warm = row();
    for value in ["a", "b", "c", "pgt_1", "pgt_"] {
        assert_eq!(ask(&text(value), &warm, Tenancy::Literal), ask(&text(value), &row(), Tenancy::Literal), "{value}");
    }
}

#[test]
fn no_short_text_takes_long() {
    let ground = row();
    let mut stars = "SELECT *, *, *, *, *, *, *, * FROM orders".to_owned();
    for _ in 0..13 {
        stars = format!("SELECT *, *, *, *, *, *, *, * FROM ({stars}) a");
    }
    let mut assigned = "SELECT 1, 2, set_config('a', 'b', true)".to_owned();
    for _ in 0..30 {
        assigned =
            format!("WITH x AS (UPDATE orders SET (id, note, amount) = ({assigned}) WHERE id = 1) SELECT 1, 2, max(oid) FROM pg_class");
    }
    let classes = (0..4000).map(|number| format!("pg_class c{number}")).collect::<Vec<_>>().join(", ");
    let tables = (0..20_000).map(|number| format!("orders o{number}")).collect::<Vec<_>>().join(", ");
    let texts = [
        format!("INSERT INTO orders (id) {stars}"),
        assigned.clone(),
        format!("SELECT 1 FROM {classes}"),
        format!("SELECT 1 FROM {tables}"),
    ];
    for text in &texts {
        let started = std::time::Instant::now();
        ask(text, &ground, Tenancy::Literal);
        let taken = started.elapsed();
        assert!(taken.as_secs() < 5, "{taken:?}: {}", text.get(..200).unwrap());
    }
    let started = std::time::Instant::now();
    crate::sql::outcome::effects_of(assigned.as_bytes());
    assert!(started.elapsed().as_secs() < 5);
}

#[test]
fn many_values_that_decide_are_not_learnt_over_and_over() {
    let ground = row();
    let text = |name: usize, pick: usize| format!("SELECT lower('n{name}') FROM orders WHERE id = {pick}");
    // One after the other: two of them may have the same place in what remembers first sights.
    for (name, pick) in (0..4).flat_map(|name| (0..3).map(move |pick| (name, pick))) {
        ask(&text(name, pick), &ground, Tenancy::Literal);
    }
    for (name, pick) in (4..9).flat_map(|name| (0..2).map(move |pick| (name, pick))) {
        ask(&text(name, pick), &ground, Tenancy::Literal);
    }
    assert!((0..4).all(|name| knows(&text(name, 7), &ground)) && !knows(&text(4, 7), &ground));
}

/// What the grammar makes of a text: its nodes, and behind how many literals those stand that are constants.
fn nodes_of(text: &str, literals: &[Range<usize>]) -> Option<Vec<(&'static str, Option<usize>)>> {
    use crate::sql::gate::children::{children, kind};
    let tree = pg_raw_parse::parse(text).ok()?;
    let mut found = Vec::new();
    for statement in tree.iter() {
        let mut pending = vec![statement.stmt()];
        while let Some(node) = pending.pop() {
            let place = match node {
                pg_raw_parse::Node::A_Const(constant) => usize::try_from(constant.location).ok(),
                _ => None,
            };
            found.push((kind(node), place.map(|at| literals.partition_point(|span| span.end <= at))));
            children(node, &mut pending).ok()?;
        }
    }
    Some(found)
}

const TOKENS: &[&str] = &[
    "1",
    "0",
    "2147483647",
    "2147483648",
    "007",
    "1.50",
    "'a'",
    "'it''s'",
    "'ä'",
    "''",
    "\n'b'",
    " 'c'",
    "-",
    " - ",
    "+",
    "*",
    "@-",
    "||",
    "<",
    "=",
    " ",
    "\n",
    ",",
    "(",
    ")",
    "::text",
    "::regclass",
    "::numeric(5,-2)",
    " date ",
    " interval ",
    " float(30) ",
    " char ",
    " regclass ",
    "\"date\" ",
    " year ",
    " second(3)",
    " and ",
    " or ",
    " not ",
    " in (",
    " between ",
    " like ",
    " escape ",
    " is null",
    " at time zone ",
    " collate \"C\"",
    "array[",
    "]",
    "$1",
    ".5",
    ".",
    "x",
    "\"y\"",
    " as z",
    " from t ",
    " where ",
    " limit ",
    " offset ",
    " order by ",
    " group by ",
    " union select ",
    "f(",
    "row(",
    "extract('year' from ",
    " uescape ",
    "e1",
    "[",
    ":",
    "case when ",
    " then ",
    " else ",
    " end",
    "any(",
    " fetch first ",
    " rows only",
    "U&",
    "~",
    "&",
    "(select ",
    "values(",
    "ä",
    "null",
    "true",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]
    /// Whatever its literals say, the grammar makes the same of a text.
    #[test]
    fn values_do_not_change_a_tree(picks in prop::collection::vec(0..TOKENS.len(), 1..14)) {
        let text: String = std::iter::once("select ").chain(picks.into_iter().map(|pick| TOKENS[pick])).collect();
        let ground = row();
        let whose = Whose { key: "acme", schema: None, role: "t_acme" };
        let Some(shaped) = Shaped::read(&text, &ground, &whose, Tenancy::Literal) else { return Ok(()) };
        let own: Vec<_> = shaped.skeleton.literals.iter().map(|literal| literal.span.clone()).collect();
        let was = nodes_of(&text, &own);
        let Some(fixed) = shaped.fixed() else { return Ok(()) };
        for value in [sample_one, sample_other] {
            let sample = shaped.with_values(&fixed, value).unwrap();
            prop_assert_eq!(&was, &nodes_of(&sample.text, &sample.literals), "{} {}", text, sample.text);
        }
    }
}

#[test]
fn operators_in_a_literal_are_no_trouble() {
    let line = "=".repeat(5_000);
    for text in
        [format!("SELECT id FROM orders WHERE note = '{line}'"), format!("SELECT id, '{}', '{line}' FROM orders", "x".repeat(20_000))]
    {
        let ground = row();
        for _ in 0..3 {
            assert!(matches!(ask(&text, &ground, Tenancy::Literal).verdict, Verdict::Rewritten(_)));
        }
    }
}
