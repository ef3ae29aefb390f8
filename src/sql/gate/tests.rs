use std::sync::Arc;

use super::*;
use crate::catalog::{Column, Relation};

fn ground(isolation: Isolation) -> Ground {
    let columns = || vec![Column::new("tenant_id", "text"), Column::new("id", "integer")];
    let schema = if isolation == Isolation::Schema { "t_acme" } else { "public" };
    let relations = [
        Relation::table(16_001, schema, "orders", columns()),
        Relation::table(16_002, schema, "customers", columns()),
        Relation::table(16_003, "public", "countries", vec![Column::new("code", "text")]),
        Relation::table(16_004, "public", "shared", vec![Column::new("code", "text")]),
    ];
    Ground {
        catalog: Arc::new(Catalog::new(150_018, relations, [])),
        isolation,
        lock_is_login: true,
        ddl: true,
        functions: vec![],
        reference_tables: vec!["countries".into()],
        global_keys: Vec::new(),
        cache: Cache::default(),
    }
}

fn row() -> Ground {
    ground(Isolation::Row { column: "tenant_id".into() })
}

fn verdict(text: &str, ground: &Ground) -> Result<(), Report> {
    let whose = Whose { key: "acme", schema: Some("t_acme"), role: "t_acme" };
    match judge(text, ground, &whose, Tenancy::Literal).verdict {
        Verdict::Refused(report) => Err(Report::clone(&report)),
        _ => Ok(()),
    }
}

#[track_caller]
fn all_pass(ground: &Ground, texts: &[&str]) {
    let refused: Vec<_> = texts.iter().filter_map(|text| verdict(text, ground).err().map(|report| (text, report))).collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

#[track_caller]
fn none_passes(ground: &Ground, texts: &[&str]) {
    let passed: Vec<_> = texts.iter().filter(|text| verdict(text, ground).is_ok()).collect();
    assert!(passed.is_empty(), "{passed:#?}");
    for text in texts {
        let report = verdict(text, ground).unwrap_err();
        assert!(
            report.hint.is_some() || report.state != crate::error::SqlState::INSUFFICIENT_PRIVILEGE || report.detail.is_some(),
            "{text}: {report:?}"
        );
    }
}

#[test]
fn ordinary_statements_pass() {
    let everywhere = [
        "",
        "SELECT 1; SELECT 2",
        "SELECT o.id, count(*) FILTER (WHERE o.id > 1) OVER w FROM orders o WINDOW w AS (PARTITION BY o.id) ORDER BY 2 DESC NULLS LAST",
        "SELECT EXTRACT(year FROM now() AT TIME ZONE 'UTC'), OVERLAY('a' PLACING 'b' FROM 1), TRIM(BOTH FROM ' a '), SUBSTRING('a' FROM 1 FOR 1)",
        "SELECT age(now()), random(), gen_random_uuid(), current_setting('TimeZone'), version(), pg_backend_pid(), pg_sleep(0)",
        "SELECT * FROM generate_series(1, 3) g(i), unnest(ARRAY[1]) WITH ORDINALITY",
        "SELECT '{}'::jsonb @> '{}', '{}'::json ->> 'a', 'a' ~* 'b', 'a' ILIKE 'b', 1 BETWEEN 0 AND 2, uuid('0'), (ROW(1, 2)).f1",
        "WITH x AS (SELECT 1 AS a) SELECT * FROM x",
        "INSERT INTO orders (id) VALUES (1) ON CONFLICT DO NOTHING RETURNING id",
        "UPDATE orders SET id = 2 WHERE id = 1",
        "DELETE FROM orders USING customers WHERE orders.id = customers.id",
        "BEGIN; SAVEPOINT a; ROLLBACK TO a; COMMIT",
        "START TRANSACTION ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE",
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "SET CONSTRAINTS ALL DEFERRED",
        "SET TIME ZONE 'UTC'",
        "SET NAMES 'UTF8'",
        "SET LOCAL statement_timeout = '1s'",
        "SET enable_seqscan = off",
        "SET cpu_tuple_cost = 1",
        "SET standard_conforming_strings = on",
        "SET client_min_messages TO 'warning'",
        "SET pgtenant.tenant = 'acme'",
        "RESET ALL; RESET TimeZone; DISCARD ALL; DEALLOCATE ALL; CLOSE ALL; UNLISTEN *",
        "SELECT set_config('TimeZone', $1, false)",
        "SHOW search_path",
        "DECLARE c CURSOR FOR SELECT * FROM orders",
        "FETCH 10 FROM c; MOVE c; CLOSE c",
        "PREPARE p (int) AS SELECT $1; EXECUTE p (1); DEALLOCATE p",
        "COPY orders TO STDOUT; COPY (SELECT 1) TO STDOUT WITH (FORMAT csv, HEADER)",
        "EXPLAIN SELECT * FROM orders",
        "EXPLAIN (VERBOSE, FORMAT json) SELECT 1",
        "SELECT nextval('orders_id_seq'), currval('orders_id_seq'), lastval()",
        "SELECT 'orders'::regclass, 'orders'::regclass::oid, to_regclass('orders'), '1'::regtype, current_user::regrole",
        "SELECT c.oid::regclass, pg_get_indexdef(i.indexrelid), pg_get_userbyid(c.relowner) FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid",
        "SELECT * FROM information_schema.tables",
        "SELECT has_table_privilege('orders', 'SELECT'), has_schema_privilege(current_user, 'public', 'USAGE')",
        "SELECT id FROM orders TABLESAMPLE BERNOULLI (10) FOR UPDATE SKIP LOCKED",
        "SELECT a COLLATE \"C\" FROM (VALUES ('a')) v(a) ORDER BY a USING <",
    ];
    all_pass(&row(), &everywhere);
    all_pass(&ground(Isolation::Schema), &everywhere);
    all_pass(&ground(Isolation::Database), &everywhere);
}

#[test]
fn what_leads_out_is_refused_in_every_model() {
    let nowhere = [
        "SET ROLE t_globex",
        "RESET ROLE",
        "SET SESSION AUTHORIZATION t_globex",
        "SET app.current_tenant = 'globex'",
        "SELECT 1 WHERE set_config('app.current_tenant', 'globex', true) IS NOT NULL",
        "SELECT set_config(a, b, false) FROM (VALUES ('a', 'b')) v(a, b)",
        "PREPARE p AS SELECT set_config('role', $1, false)",
        "DECLARE c CURSOR FOR SELECT set_config('role', 'x', false)",
        "EXPLAIN SELECT set_config('role', 'x', false)",
        "COPY (SELECT set_config('role', 'x', false)) TO STDOUT",
        "SELECT (SELECT max(x) FROM (SELECT set_config('role', 'x', false) x) s) ORDER BY 1",
        "SELECT pg_catalog.\"set_config\"('role', 'x', false)",
        "SELECT U&\"\\0073et_config\"('role', 'x', false)",
        "SET client_encoding = 'SJIS'",
        "SET standard_conforming_strings = off",
        "SET session_replication_role = replica",
        "SET seed = 0.5",
        "SET log_statement = 'all'",
        "SET TRANSACTION SNAPSHOT '0-0-1'",
        "SELECT query_to_xml('SELECT 1', true, true, '')",
        "SELECT ts_rewrite('a'::tsquery, 'SELECT 1')",
        "SELECT pg_read_file('a'), 1",
        "SELECT * FROM pg_ls_dir('.')",
        "SELECT lo_import('/etc/passwd')",
        "SELECT pg_terminate_backend(1)",
        "SELECT setseed(1)",
        "SELECT ('SELECT 1').query_to_xml",
        "SELECT (1).pg_terminate_backend",
        "SELECT pg_current_xact_id(), age('1'::xid)",
        "SELECT xmin FROM orders",
        "SELECT rolpassword FROM pg_authid",
        "SELECT * FROM pg_catalog.pg_stat_activity",
        "SELECT * FROM pg_locks",
        "UPDATE pg_settings SET setting = '1' WHERE name = 'statement_timeout'",
        "DELETE FROM pg_class",
        "SELECT 't_globex'::regrole",
        "SELECT regrole('t_globex')",
        "SELECT to_regrole('t_globex')",
        "SELECT has_table_privilege('t_globex', 'orders', 'SELECT')",
        "SELECT pg_input_is_valid('t_globex', 'regrole')",
        "SELECT NULL::int4 AS a, x.* FROM json_to_record('{}') AS x(r regrole)",
        "ALTER ROLE CURRENT_USER PASSWORD 'x'",
        "ALTER SYSTEM SET work_mem = '1GB'",
        "CREATE ROLE evil",
        "CREATE DATABASE evil",
        "CREATE EXTENSION dblink",
        "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p",
        "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
        "GRANT ALL ON orders TO PUBLIC",
        "REASSIGN OWNED BY CURRENT_USER TO t_globex",
        "ALTER TABLE orders OWNER TO t_globex",
        "SECURITY LABEL ON TABLE orders IS 'x'",
        "LOAD 'x'",
        "CHECKPOINT",
        "BEGIN; PREPARE TRANSACTION 'x'",
        "COPY orders FROM '/etc/passwd'",
        "COPY orders TO PROGRAM 'cat'",
        "SELECT * FROM orders TABLESAMPLE evil (1)",
        "SELECT 1; SELECT pg_read_file('a')",
    ];
    none_passes(&row(), &nowhere);
    none_passes(&ground(Isolation::Schema), &nowhere);
    none_passes(&ground(Isolation::Database), &nowhere);
}

#[test]
fn shared_tables_are_nobodys_to_change() {
    let texts = [
        "CREATE TABLE t (a int)",
        "CREATE TEMP TABLE t (a int)",
        "CREATE TABLE t AS SELECT 1",
        "SELECT 1 INTO t",
        "BEGIN; CREATE INDEX ON orders (id)",
        "DROP TABLE orders",
        "TRUNCATE orders",
        "LOCK orders",
        "DO $$BEGIN END$$",
        "CALL p()",
        "COMMENT ON TABLE orders IS ''",
        "VACUUM orders",
        "ANALYZE",
        "CREATE VIEW v AS SELECT 1",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1",
        "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
        "COPY orders FROM STDIN",
        "UPDATE countries SET code = 'x'",
        "EXPLAIN ANALYZE SELECT * FROM orders",
        "EXPLAIN (BUFFERS) SELECT * FROM orders",
        "SELECT ctid FROM orders",
        "SELECT setval('orders_id_seq', 1)",
        "SELECT lo_create(1)",
        "SELECT 1 OPERATOR(public.===) 2",
        "SELECT 1 === 2",
        "SELECT * FROM pg_stats",
        "SELECT n_live_tup FROM pg_stat_user_tables",
        "SELECT * FROM nowhere",
        "SELECT secret.f()",
        "SET search_path = evil, public",
    ];
    none_passes(&row(), &texts);
}

#[test]
fn the_own_schema_is_the_tenants_and_no_other() {
    let schema = ground(Isolation::Schema);
    let own = [
        "CREATE TABLE t (a int PRIMARY KEY, b int REFERENCES orders (id))",
        "ALTER TABLE t_acme.t ADD COLUMN c text",
        "CREATE INDEX ON t (c)",
        "DROP TABLE IF EXISTS t, t_acme.u",
        "TRUNCATE orders",
        "VACUUM ANALYZE orders",
        "CREATE TYPE mood AS ENUM ('a')",
        "CREATE VIEW v AS SELECT * FROM orders",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1",
        "SELECT f()",
        "COMMENT ON COLUMN orders.id IS 'x'",
        "ALTER TABLE t RENAME TO u",
        "CREATE TEMP TABLE t (a int)",
        "CREATE TABLE countries (code text)",
        "CREATE TABLE IF NOT EXISTS shared (a int)",
        "CREATE OR REPLACE VIEW shared AS SELECT 1",
        "CREATE SEQUENCE shared",
        "CREATE TYPE shared AS (a int)",
        "CREATE TABLE shared AS SELECT 1",
        "COPY t FROM STDIN",
        "SELECT * FROM public.countries",
        "SELECT 't_acme.orders'::regclass, 'public.countries'::regclass",
        "SELECT 23 = ANY ('{int,int8, pg_catalog.int2}'::regtype[]), '{orders,t_acme.orders}'::regclass[]",
        "SET search_path TO t_acme, public",
    ];
    all_pass(&schema, &own);
    let foreign = [
        "SELECT * FROM t_globex.orders",
        "SELECT * FROM db.t_globex.orders",
        "SELECT t_globex.f()",
        "SELECT NULL::t_globex.mood",
        "SELECT 'a' COLLATE t_globex.c",
        "SELECT 1 OPERATOR(t_globex.+) 2",
        "SELECT 't_globex.orders'::regclass",
        "SELECT 't_globex'::regnamespace",
        "SELECT CAST('{t_globex.orders}' AS regclass[])",
        "SELECT '{orders,t_globex.orders}'::regclass[]",
        "SELECT '{orders,16384}'::regclass[]",
        "SELECT '{{orders,t_globex.orders}}'::regclass[]",
        "SELECT '{\"t_globex\".orders}'::regclass[]",
        "SELECT E'{t_\\\\globex.orders}'::regclass[]",
        "SELECT '[0:0]={t_globex.orders}'::regclass[]",
        "SELECT '{orders,globex}'::regrole[]",
        "SELECT $1::regclass[]",
        "SELECT nextval('t_globex.s')",
        "SELECT to_regclass('t_globex.orders')",
        "SELECT pg_get_serial_sequence('t_globex.orders', 'id')",
        "SELECT has_schema_privilege('t_globex', 'USAGE')",
        "CREATE TABLE t_globex.t (a int)",
        "CREATE TABLE public.shared (a int)",
        "CREATE TABLE t () INHERITS (shared)",
        "CREATE TABLE t PARTITION OF shared DEFAULT",
        "CREATE TABLE t (LIKE shared)",
        "CREATE TABLE t (a int REFERENCES shared)",
        "CREATE TABLE t AS SELECT * FROM shared",
        "ALTER TABLE shared ADD a int",
        "DROP TABLE shared",
        "CREATE INDEX ON shared (code)",
        "CREATE TABLE t (a int REFERENCES t_globex.orders)",
        "CREATE TABLE t (LIKE t_globex.orders)",
        "CREATE TABLE t () INHERITS (t_globex.orders)",
        "CREATE TABLE t (a t_globex.mood)",
        "ALTER TABLE t SET SCHEMA t_globex",
        "ALTER TABLE t ATTACH PARTITION t_globex.p DEFAULT",
        "ALTER TABLE t INHERIT t_globex.p",
        "ALTER TABLE t_globex.t ADD COLUMN a int",
        "DROP TABLE orders, t_globex.orders",
        "DROP FUNCTION t_globex.f()",
        "DROP TYPE t_globex.mood",
        "DROP TRIGGER a ON t_globex.t",
        "DROP SCHEMA t_globex CASCADE",
        "CREATE SCHEMA t_globex",
        "ALTER SCHEMA t_globex RENAME TO x",
        "COMMENT ON COLUMN t_globex.orders.id IS 'x'",
        "COMMENT ON SCHEMA t_acme IS 'x'",
        "CREATE TRIGGER a BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION t_globex.f()",
        "TRUNCATE t_globex.orders",
        "VACUUM",
        "REINDEX SCHEMA t_globex",
        "UPDATE public.countries SET code = ''",
        "SELECT * FROM public.orders",
        "SET search_path = t_globex",
        "SET search_path = public",
        "SELECT set_config('search_path', 't_globex', true)",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path = t_globex RETURN 1",
    ];
    none_passes(&schema, &foreign);
    let bound = Ground { ddl: false, ..ground(Isolation::Schema) };
    none_passes(
        &bound,
        &["CREATE TABLE t (a int)", "DO $$BEGIN END$$", "SELECT 1 INTO t", "CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1"],
    );
}

#[test]
fn catalogs_show_what_is_ones_own() {
    let sent = |text: &str, isolation| {
        let whose = Whose { key: "acme", schema: Some("t_acme"), role: "t_acme" };
        match judge(text, &ground(isolation), &whose, Tenancy::Literal).verdict {
            Verdict::Rewritten(rewritten) => rewritten.text.to_string(),
            other => panic!("{text}: {other:?}"),
        }
    };
    for text in ["SELECT * FROM pg_roles", "SELECT datname FROM pg_database", "SELECT pg_get_userbyid(10)"] {
        for isolation in [Isolation::Row { column: "tenant_id".into() }, Isolation::Schema, Isolation::Database] {
            let sent = sent(text, isolation);
            assert!(sent.contains("CURRENT_USER") || sent.contains("current_database()"), "{sent}");
        }
    }
    for text in [
        "SELECT relname FROM pg_class",
        "SELECT pg_get_indexdef(x) FROM generate_series(1, 9) x",
        "SELECT x::regclass FROM generate_series(1, 9) x",
        "SELECT CAST(x AS regtype) FROM generate_series(1, 9) x",
        "SELECT a.amproc::regprocedure FROM pg_amproc a",
        "SELECT ('a' || x)::regclass FROM generate_series(1, 9) x",
        "SELECT to_regclass('a' || x) FROM generate_series(1, 9) x",
        "SELECT $1::regclass",
        "SELECT '16384'::regclass",
        "SELECT format_type(16384, NULL), obj_description(16384, 'pg_class')",
    ] {
        assert!(sent(text, Isolation::Schema).contains("current_schemas(true)"), "{text}");
    }
    let row = || Isolation::Row { column: "tenant_id".into() };
    for text in [
        "SELECT reltuples FROM pg_class",
        "SELECT c.relpages FROM pg_class c",
        "SELECT * FROM pg_class",
        "SELECT c FROM pg_class c",
        "SELECT pg_class FROM pg_class",
        "SELECT to_json(x) FROM pg_class x",
        "SELECT c.to_json FROM pg_class c",
        "SELECT n FROM pg_class AS c (a, b, c, d, e, f, g, h, i, j, n)",
        "SELECT 1 FROM pg_class c JOIN (VALUES (1)) v(reltuples) USING (reltuples)",
        "SELECT 1 FROM pg_class c NATURAL JOIN (VALUES (1)) v(x)",
        "SELECT n FROM (pg_class c CROSS JOIN orders) AS j (a, b, c, d, e, f, g, h, i, j, n)",
        "TABLE pg_class",
    ] {
        assert!(sent(text, row()).contains("(-1)"), "{text}");
    }
    let kept = sent("SELECT c.tableoid, pg_catalog.pg_class.oid FROM pg_class c, pg_class", row());
    assert!(kept.contains("current_schemas") && !kept.contains("(-1)"), "{kept}");
    assert!(sent("SELECT pg_total_relation_size('orders')", row()).contains("WHERE false"));
    // Closed databases let nobody call it.
    for isolation in [row(), Isolation::Schema] {
        let sent = sent("SELECT pg_size_pretty(pg_catalog.pg_total_relation_size(c.oid)), 1 FROM pg_class c", isolation);
        assert!(
            sent.contains("NULL::pg_catalog.int8 AS pg_total_relation_size FROM") && !sent.contains("pg_total_relation_size("),
            "{sent}"
        );
    }
    assert_eq!(sent("EXPLAIN VERBOSE SELECT 1", row()), "EXPLAIN (COSTS OFF, VERBOSE) SELECT 1");
    assert_eq!(sent("EXPLAIN (COSTS, VERBOSE) SELECT 1", row()), "EXPLAIN (COSTS, VERBOSE, COSTS OFF) SELECT 1");
    assert_eq!(sent("explain/**/(SELECT 1)", row()), "explain (COSTS OFF)/**/(SELECT 1)");
}

#[test]
fn errors_say_where() {
    let place = |text: &str| verdict(text, &row()).unwrap_err();
    for (text, state, position) in [
        ("SELECT 'é', nowhere(1)", "42883", Some(13)),
        ("DELETE FROM nowhere", "42P01", Some(13)),
        ("SELECT FRO x WHERE", "42601", Some(19)),
        ("SELECT 'é' FROM FROM", "42601", Some(17)),
        ("SELECT a < b <> CASE", "42601", Some(14)),
        ("SELECT 'a", "42601", Some(8)),
        ("SET ROLE x", "42501", None),
    ] {
        let report = place(text);
        assert_eq!((report.state.as_str(), report.position), (state, position), "{text}: {report:?}");
    }
}

#[test]
fn monstrous_texts_end_soon() {
    let started = std::time::Instant::now();
    let texts = [
        format!("SELECT {}1", "1+".repeat(30_000)),
        format!("SELECT 1{}", " UNION SELECT 1".repeat(30_000)),
        format!("SELECT {}1{}", "(".repeat(30_000), ")".repeat(30_000)),
        format!("SELECT {}1", "NOT ".repeat(30_000)),
        format!("SELECT 1{}", "::int".repeat(30_000)),
        format!("SELECT {}1", "- ".repeat(30_000)),
        format!("SELECT {}", "/*".repeat(40_000)),
        format!("SELECT {}1", "CASE WHEN true THEN ".repeat(9_000)),
        format!("SELECT \"{}\"", "x".repeat(8 << 20)),
        "SELECT '\0'".to_owned(),
    ];
    for text in &texts {
        for ground in [row(), ground(Isolation::Schema)] {
            assert!(verdict(text, &ground).is_err(), "{}", text.get(..40).unwrap());
        }
    }
    // Megabytes of a value aren't the grammar's to read.
    assert!(verdict(&format!("SELECT '{}'", "x".repeat(8 << 20)), &row()).is_ok());
    for text in ["SELECT 1;".repeat(30_000), "SELECT id FROM orders;".repeat(3_000), "UPDATE orders SET id = 1;".repeat(3_000)] {
        assert!(verdict(&text, &row()).is_ok());
    }
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}

#[test]
fn a_text_that_comes_again_is_remembered_for_all_tenants_but_not_across_schemas() {
    let judged = |ground: &Ground, text: &str, key: &str, schema: &str| {
        judge(text, ground, &Whose { key, schema: Some(schema), role: schema }, Tenancy::Literal).verdict
    };
    let row = row();
    for key in ["acme", "glo'bex", "acme"] {
        let Verdict::Rewritten(sent) = judged(&row, "SELECT id FROM orders", key, "x") else { panic!() };
        assert!(sent.text.contains(&format!("'{}'", key.replace('\'', "''"))), "{}", sent.text);
    }
    let schema = ground(Isolation::Schema);
    for _ in 0..2 {
        assert_eq!(judged(&schema, "SELECT id FROM t_acme.x", "acme", "t_acme"), Verdict::AsIs);
        assert!(matches!(judged(&schema, "SELECT id FROM t_acme.x", "globex", "t_globex"), Verdict::Refused(_)));
    }
    let parameter = |declared| {
        let whose = Whose { key: "acme", schema: None, role: "pool" };
        match judge("SELECT id FROM orders WHERE id = $2", &row, &whose, Tenancy::Parameter { declared }).verdict {
            Verdict::Rewritten(sent) => sent.tenant_parameter,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!([parameter(0), parameter(2), parameter(5)], [Some(3), Some(3), Some(6)]);
}

#[test]
#[ignore = "by hand: GATE_TEXTS names a file of JSON lines with `model` and `sql`"]
fn by_hand() {
    let Ok(path) = std::env::var("GATE_TEXTS") else { return };
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let isolation = match case["model"].as_str() {
            Some("schema") => Isolation::Schema,
            Some("database") => Isolation::Database,
            _ => Isolation::Row { column: "tenant_id".into() },
        };
        let sql = case["sql"].as_str().unwrap();
        if std::env::var("GATE_SENT").is_ok() {
            let whose = Whose { key: "acme", schema: Some("t_acme"), role: "t_acme" };
            let ground = ground(isolation);
            let judged = judge(sql, &ground, &whose, Tenancy::Literal);
            if let Verdict::Rewritten(rewritten) = judged.verdict {
                println!("SENT {}", serde_json::json!({ "id": case["id"], "model": case["model"], "sql": sql, "sent": rewritten.text }));
            }
            continue;
        }
        let outcome = match verdict(sql, &ground(isolation)) {
            Ok(()) => "pass   ".to_owned(),
            Err(report) => format!("refuse {} {} | {}", report.state, report.message, report.detail.as_deref().unwrap_or_default()),
        };
        println!(
            "{}\t{}\t{}\t{outcome}",
            case["id"].as_str().unwrap_or_default(),
            case["model"],
            sql.replace('\n', " ").chars().take(110).collect::<String>()
        );
    }
}

#[test]
fn literals_beside_names_are_no_numbers() {
    let schema = ground(Isolation::Schema);
    let texts = [
        "SELECT coalesce('16384', 'orders'::regclass)",
        "SELECT coalesce('t_globex.orders', 'orders'::regclass)",
        "SELECT coalesce($1, to_regclass('orders'))",
        "SELECT CASE WHEN true THEN '16384' ELSE pg_typeof(1) END",
        "SELECT greatest('16384', 'orders'::regclass)",
        "SELECT ARRAY['orders'::regclass, ' 16384 ']",
        "SELECT ARRAY['orders'::regclass] || '{16384}'",
        "SELECT array_append(ARRAY['orders'::regclass], '16384')",
        "SELECT lag('orders'::regclass, 1, '16384') OVER ()",
        "VALUES ('orders'::regclass), ('16384')",
        "SELECT 'orders'::regclass UNION ALL SELECT '16384'",
        "(SELECT 'orders'::regclass UNION SELECT NULL) UNION ALL VALUES ('16384')",
        "SELECT typinput FROM pg_type UNION SELECT '16384'",
        "SELECT coalesce(x, '16384') FROM (SELECT * FROM pg_am) t (a, b, x, c)",
        "SELECT coalesce(x, '16384') FROM pg_am t (a, b, x, c)",
        "SELECT coalesce('x', 'public'::regnamespace)",
        "SELECT '{16384}'::_regclass",
        "SELECT * FROM json_to_record('{}') AS x(a _regclass)",
        "SELECT ('(1,x,16384,i)'::pg_am).amhandler",
        "SELECT NULL::_pg_type",
        "SELECT to_tsvector('t_globex.x', 'a')",
        "SELECT ts_lexize('t_globex.x', 'a')",
        "SELECT pg_index_column_has_property('t_globex.x', 1, 'asc')",
        "SET default_text_search_config = 't_globex.x'",
        "SELECT set_config('default_text_search_config', 't_globex.x', true)",
    ];
    none_passes(&schema, &texts);
    for ground in [&schema, &row()] {
        let roles = [
            "SELECT coalesce('16384', current_user::regrole)",
            "SELECT coalesce('t_globex', current_user::regrole)",
            "VALUES (current_user::regrole), ($1)",
            "SELECT '{16384}'::_regrole",
            "SELECT 't_globex=r/t_globex'::aclitem",
            "SELECT * FROM json_to_record('{}') AS x(a aclitem[])",
        ];
        none_passes(ground, &roles);
        let harmless = [
            "SELECT coalesce(note, '16384') FROM orders",
            "SELECT coalesce(c.oid::regclass::text, '') FROM pg_class c",
            "SELECT CASE c.relkind WHEN 'r' THEN 'table' ELSE 'view' END, c.oid::regclass FROM pg_class c WHERE c.oid = 'orders'::regclass",
            "SELECT current_user::regrole, 't_globex'",
            "SELECT c.relnamespace::regnamespace::text, coalesce(c.relname, 'x') FROM pg_class c",
            "SELECT c.relnamespace::regnamespace, CASE c.relkind WHEN 'r' THEN 'table' ELSE 'view' END FROM pg_class c",
            "SELECT t.typinput, coalesce(t.typname, '-') FROM pg_type t UNION ALL SELECT NULL, 'x'",
            "SELECT acldefault('r', c.relowner) FROM pg_class c",
            "VALUES ('1'), ('2')",
            "SELECT to_tsvector('english', 'a.b'), to_tsvector('a.b'), to_tsvector('pg_catalog.english', '1')",
            "SET default_text_search_config = 'pg_catalog.english'",
            "SELECT 'orders'::regclass UNION ALL SELECT 'customers'",
        ];
        all_pass(ground, &harmless);
    }
}
