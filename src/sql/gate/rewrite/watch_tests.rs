//! Writes of keys over all tenants' rows.

use std::sync::Arc;

use super::*;
use crate::{
    catalog::Catalog,
    sql::gate::{
        Tenancy, Verdict, Whose, judge,
        rewrite::{BrokenKey, Edit, Key, Template, failed_check, verify},
    },
};

const WHOSE: Whose<'static> = Whose { key: "acme", schema: None, role: "t_acme" };

fn index(name: &str, columns: &[&str], others: &[&str]) -> UniqueIndex {
    let names = |names: &[&str]| names.iter().map(|name| Box::from(*name)).collect();
    let has_expressions = columns.is_empty();
    UniqueIndex {
        name: name.into(),
        columns: names(columns),
        others: names(others),
        has_expressions,
        nulls_conflict: false,
        is_coarse: false,
        of_part: false,
    }
}

fn key(name: &str, columns: &[&str], referenced: u32, referenced_columns: &[&str]) -> ForeignKey {
    let names = |names: &[&str]| names.iter().map(|name| Box::from(*name)).collect();
    let (columns, referenced_columns) = (names(columns), names(referenced_columns));
    ForeignKey { name: name.into(), columns, referenced, referenced_columns, others: Vec::new(), of_part: false }
}

fn ground(global_keys: &[&str]) -> Ground {
    let table = |oid, name, columns: &[(&str, &str)]| {
        let columns = columns.iter().map(|(name, kind)| Column::new(name, kind)).collect();
        Relation { unique_indexes: vec![index("pkey", &["tenant_id", "id"], &[])], ..Relation::table(oid, "public", name, columns) }
    };
    let mut accounts = table(
        1,
        "accounts",
        &[("id", "bigint"), ("tenant_id", "text"), ("handle", "text"), ("ref", "uuid"), ("active", "boolean"), ("code", "integer")],
    );
    accounts.columns[0].identity = Some(Identity::ByDefault);
    accounts.unique_indexes = vec![
        index("accounts_pkey", &["id"], &[]),
        index("accounts_handle_key", &["handle"], &[]),
        index("accounts_code_key", &["code", "active"], &[]),
        index("accounts_ref_key", &["ref"], &[]),
        index("accounts_lower_idx", &[], &["active"]),
    ];
    let mut invoices =
        table(2, "invoices", &[("tenant_id", "text"), ("id", "integer"), ("account_id", "bigint"), ("a", "integer"), ("b", "date")]);
    invoices.unique_indexes.push(index("invoices_account_key", &["account_id", "id"], &[]));
    invoices.foreign_keys = vec![
        key("account_fkey", &["account_id"], 1, &["id"]),
        key("pair_fkey", &["a", "b"], 1, &["x", "y"]),
        key("own_fkey", &["tenant_id", "id"], 3, &["tenant_id", "id"]),
        key("country_fkey", &["b"], 4, &["code"]),
    ];
    let plain = table(3, "plain", &[("tenant_id", "text"), ("id", "integer")]);
    let countries = Relation::table(4, "public", "countries", vec![Column::new("code", "text")]);
    Ground {
        catalog: Arc::new(Catalog::new(150_018, [accounts, invoices, plain, countries], [])),
        isolation: Isolation::Row { column: "tenant_id".into() },
        reference_tables: vec!["countries".into()],
        global_keys: global_keys.iter().map(|key| Arc::from(*key)).collect(),
        ..Ground::default()
    }
}

fn sent(text: &str, ground: &Ground, tenancy: Tenancy) -> Result<String, Report> {
    match judge(text, ground, &WHOSE, tenancy).verdict {
        Verdict::Refused(report) => Err(Report::clone(&report)),
        Verdict::Rewritten(rewritten) => Ok(rewritten.text.to_string()),
        Verdict::AsIs => panic!("{text} goes as it is"),
    }
}

#[test]
fn unique_keys_of_several_columns_arent_written() {
    let ground = ground(&[]);
    for text in [
        "INSERT INTO accounts (id, code) VALUES (DEFAULT, 5)",
        "INSERT INTO accounts (code) VALUES (5) ON CONFLICT DO NOTHING",
        "INSERT INTO accounts (code) VALUES (DEFAULT), (5)",
        "INSERT INTO accounts VALUES (DEFAULT, 'acme', DEFAULT, NULL, true)",
        "INSERT INTO accounts (id, tenant_id, handle, ref, active) SELECT 1, 'acme', 'x', NULL, true",
        "INSERT INTO accounts (code, ref) SELECT id, gen_random_uuid() FROM plain",
        "INSERT INTO accounts (code) VALUES (1) ORDER BY 1",
        "INSERT INTO accounts (active) VALUES (true)",
        "UPDATE accounts SET code = 1",
        "UPDATE accounts SET (ref, code) = (NULL, 5)",
        "UPDATE accounts SET (ref, code) = (SELECT NULL::uuid, 5)",
        "UPDATE accounts SET code[1] = 'x'",
        "INSERT INTO accounts (ref) VALUES (NULL) ON CONFLICT (ref) DO UPDATE SET code = excluded.code",
        "MERGE INTO accounts a USING plain p ON a.id = p.id WHEN MATCHED THEN UPDATE SET code = 1",
        "MERGE INTO accounts a USING plain p ON a.id = p.id WHEN NOT MATCHED THEN INSERT (code) VALUES (p.id)",
        "WITH w AS (UPDATE accounts SET code = 1 RETURNING id) SELECT * FROM w",
        "PREPARE p AS INSERT INTO accounts (code) VALUES ($1)",
    ] {
        for tenancy in [Tenancy::Literal, Tenancy::Parameter { declared: 0 }] {
            let report = sent(text, &ground, tenancy).expect_err(text);
            assert_eq!(report.state, SqlState::INSUFFICIENT_PRIVILEGE, "{text}: {report:?}");
            assert!(report.detail.as_ref().unwrap().starts_with("The unique index \"accounts_"), "{text}: {report:?}");
        }
    }
    for text in [
        "INSERT INTO accounts DEFAULT VALUES",
        "INSERT INTO accounts (id, ref) VALUES (DEFAULT, 'd7a1bd7c-0000-4000-8000-000000000000')",
        "INSERT INTO accounts (ref) SELECT gen_random_uuid() FROM plain",
        "INSERT INTO accounts (id, ref) OVERRIDING USER VALUE VALUES (5, NULL)",
        "UPDATE accounts SET id = DEFAULT, ref = NULL, code = DEFAULT WHERE handle = 'x'",
        "DELETE FROM accounts WHERE id = 1",
        "UPDATE plain SET id = 5",
        // Nobody else's invoices have an account of one's own.
        "UPDATE invoices SET id = 5",
    ] {
        let sent = sent(text, &ground, Tenancy::Literal).unwrap_or_else(|report| panic!("{text}: {report:?}"));
        assert!(!sent.contains("pgtenant"), "{sent}");
    }
    let report = sent("UPDATE accounts SET code = 1", &ground, Tenancy::Literal).unwrap_err();
    assert_eq!(&*report.message, "permission denied for column code of table accounts");
    assert!(report.hint.unwrap().contains("names \"accounts.accounts_code_key\" in the model's global_keys"));
}

#[test]
fn unique_keys_of_one_column_take_what_own_rows_have() {
    let ground = ground(&[]);
    let sent = |text| sent(text, &ground, Tenancy::Literal).unwrap_or_else(|report| panic!("{text}: {report:?}"));
    assert_eq!(
        sent("INSERT INTO accounts (handle) VALUES (upper('x'))"),
        "INSERT INTO accounts (tenant_id, handle) VALUES ('acme', (SELECT CASE WHEN pgt_1.v IS NULL OR EXISTS (SELECT FROM ONLY \"public\".\"accounts\" \
         pgt_2 WHERE pgt_2.tenant_id = 'acme' AND pgt_2.\"handle\" = pgt_1.v) THEN pgt_1.v ELSE CAST(CAST(CAST(pg_catalog.concat('pgtenant: chosen \
         key\taccounts\thandle\taccounts_handle_key') AS pg_catalog.int4) AS pg_catalog.text) AS text) END FROM (SELECT CAST(upper('x') AS text) AS v OFFSET 0) pgt_1))"
    );
    for text in [
        "UPDATE accounts SET id = id + 1",
        "INSERT INTO accounts (id) SELECT 5",
        "INSERT INTO accounts (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET id = excluded.id",
        "MERGE INTO accounts a USING plain p ON a.id = p.id WHEN NOT MATCHED THEN INSERT (id) VALUES (p.id)",
    ] {
        assert!(sent(text).contains("pgtenant: chosen key"), "{text}");
    }
    let report =
        failed_check("invalid input syntax for type integer: \"pgtenant: chosen key\taccounts\thandle\taccounts_handle_key\"").unwrap();
    assert_eq!(
        (report.state, &*report.message),
        (SqlState::INSUFFICIENT_PRIVILEGE, "permission denied for column handle of table accounts")
    );
    assert!(report.hint.unwrap().contains("\"accounts.handle\""));
}

#[test]
fn numbered_rows_are_in_conflict_with_none() {
    let mut events = Relation::table(1, "public", "events", ["tenant_id", "id", "at"].map(|name| Column::new(name, "integer")).to_vec());
    events.columns[1].from_sequence = true;
    events.unique_indexes = vec![index("events_pkey", &["id", "at"], &[])];
    let ground = Ground { catalog: Arc::new(Catalog::new(150_018, [events], [])), ..ground(&[]) };
    for (text, passes) in [
        ("INSERT INTO events (at) VALUES (1)", true),
        ("INSERT INTO events (at) SELECT 1", true),
        ("INSERT INTO events (id, at) VALUES (DEFAULT, 1), (DEFAULT, 2)", true),
        ("INSERT INTO events VALUES (7, DEFAULT, 1)", true),
        ("INSERT INTO events (id, at) VALUES (DEFAULT, 1), (5, 2)", false),
        ("INSERT INTO events (id, at) VALUES (5, DEFAULT)", false),
        ("INSERT INTO events (id, at) SELECT 1, 2", false),
        ("INSERT INTO events (at) VALUES (1) ON CONFLICT (id, at) DO UPDATE SET at = 2", false),
        ("UPDATE events SET at = 1", false),
        ("MERGE INTO events e USING (SELECT 1) s ON false WHEN NOT MATCHED THEN INSERT (id, at) VALUES (DEFAULT, 1)", true),
        ("MERGE INTO events e USING (SELECT 1) s ON false WHEN NOT MATCHED THEN INSERT (id, at) VALUES (1, 1)", false),
    ] {
        assert_eq!(sent(text, &ground, Tenancy::Literal).map_err(|report| report.state).is_ok(), passes, "{text}");
    }
}

#[test]
fn what_holds_in_parts_only_is_closed() {
    let table = |oid, name| Relation::table(oid, "public", name, vec![Column::new("tenant_id", "text"), Column::new("id", "integer")]);
    for (kind, own, closed) in [
        (RelationKind::Partitioned, false, true),
        (RelationKind::Partitioned, true, false),
        (RelationKind::Table, false, true),
        (RelationKind::Table, true, true),
    ] {
        let mut parent = Relation { kind, ..table(1, "parent") };
        if own {
            parent.unique_indexes = vec![index("parent_id", &["id"], &[])];
        }
        let child = Relation { parents: vec![1], unique_indexes: vec![index("child_id", &["id"], &[])], ..table(2, "child") };
        let catalog = Arc::new(Catalog::new(150_018, [child, parent], []));
        let ground = Ground { catalog, ..super::tests::ground(&[]) };
        assert_eq!(sent("UPDATE parent SET id = 1", &ground, Tenancy::Literal).is_err(), closed, "{kind:?} {own}");
        let child = |ground: &Ground| sent("UPDATE child SET id = 1", ground, Tenancy::Literal).unwrap().contains("pgtenant");
        assert!(child(&ground));
        for (listed, open) in [("parent.id", true), ("child.id", true), ("parent.child_id", true), ("other.id", false)] {
            let ground = Ground { catalog: ground.catalog.clone(), global_keys: vec![listed.into()], ..super::tests::ground(&[]) };
            assert_eq!(child(&ground), !open, "{listed}");
        }
    }
}

#[test]
fn a_model_may_vouch_for_keys() {
    let chosen = "UPDATE accounts SET handle = 'x'";
    for (listed, text, open) in [
        ("accounts.handle", chosen, true),
        ("public.accounts.handle", chosen, true),
        ("accounts.accounts_handle_key", chosen, true),
        ("other.accounts.handle", chosen, false),
        ("xaccounts.handle", chosen, false),
        ("accounts.handle", "UPDATE accounts SET id = 1", false),
        ("accounts.code", "UPDATE accounts SET code = 1", false),
        ("accounts.accounts_code_key", "UPDATE accounts SET code = 1", true),
        ("accounts.id", "INSERT INTO accounts (id) VALUES (1)", true),
    ] {
        let free = sent(text, &ground(&[listed]), Tenancy::Literal).is_ok_and(|sent| !sent.contains("pgtenant"));
        assert_eq!(free, open, "{listed}: {text}");
    }
    let both = ground(&["accounts.code", "accounts.active"]);
    assert!(sent("UPDATE accounts SET code = 1", &both, Tenancy::Literal).is_ok());
}

const FAILURE: &str = "CAST(CAST(CAST(pg_catalog.concat('pgtenant: missing key\tpublic\tinvoices\taccount_fkey\taccount_id\taccounts\t', S.v) \
                       AS pg_catalog.int4) AS pg_catalog.text) AS bigint)";

/// The check around a value.
fn checked(value: &str, source: &str, row: &str, tenant: &str) -> String {
    format!(
        "(SELECT CASE WHEN S.v IS NULL OR EXISTS (SELECT FROM ONLY \"public\".\"accounts\" {row} WHERE {row}.tenant_id = {tenant} AND {row}.\"id\" = S.v) \
         THEN S.v ELSE {FAILURE} END FROM (SELECT CAST({value} AS bigint) AS v OFFSET 0) S)"
    )
    .replace("S.v", &format!("{source}.v"))
    .replace(") S)", &format!(") {source})"))
}

#[test]
fn foreign_keys_are_held_against_own_rows() {
    let ground = ground(&[]);
    let one = |value| checked(value, "pgt_1", "pgt_2", "'acme'");
    for (text, expected) in [
        (
            "INSERT INTO invoices (account_id) VALUES (7), (DEFAULT)",
            format!("INSERT INTO invoices (tenant_id, account_id) VALUES ('acme', {}), ('acme', DEFAULT)", one("7")),
        ),
        (
            "UPDATE invoices SET account_id = account_id + 1",
            format!("UPDATE invoices SET account_id = {} WHERE \"invoices\".tenant_id = 'acme'", one("account_id + 1")),
        ),
        (
            "UPDATE invoices SET (id, account_id) = ROW(1, (SELECT 2)) WHERE id = 1",
            format!(
                "UPDATE invoices SET (id, account_id) = ROW(1, {}) WHERE \"invoices\".tenant_id = 'acme' AND id = 1",
                one("(SELECT 2)")
            ),
        ),
        (
            "INSERT INTO invoices (id, account_id) SELECT 1, x FROM unnest(ARRAY[1]) x ORDER BY x",
            format!(
                "INSERT INTO invoices (id, account_id, tenant_id) SELECT 1, {} AS \"x\", 'acme' FROM unnest(ARRAY[1]) x ORDER BY x",
                one("x")
            ),
        ),
        (
            "INSERT INTO invoices (id, account_id) SELECT '1', count(*) FROM unnest(ARRAY[1]) x",
            format!(
                "INSERT INTO invoices (id, account_id, tenant_id) SELECT CAST(pgt_1.c1 AS integer), {}, 'acme' FROM (SELECT '1', count(*) FROM unnest(ARRAY[1]) x) AS pgt_1 (c1, c2)",
                checked("pgt_1.c2", "pgt_2", "pgt_3", "'acme'")
            ),
        ),
    ] {
        assert_eq!(sent(text, &ground, Tenancy::Literal).unwrap_or_else(|report| panic!("{text}: {report:?}")), expected);
    }
    let text = sent("UPDATE invoices SET account_id = $1", &ground, Tenancy::Parameter { declared: 0 }).unwrap();
    assert_eq!(
        text,
        format!("UPDATE invoices SET account_id = {} WHERE \"invoices\".tenant_id = $2::text", checked("$1", "pgt_1", "pgt_2", "$2::text"))
    );
    for text in [
        "UPDATE invoices SET a = 1",
        "UPDATE invoices SET account_id = DEFAULT, b = now()",
        "INSERT INTO invoices (a) SELECT 1",
        "INSERT INTO invoices (account_id) VALUES ((accounts).*)",
        "UPDATE invoices SET (id, account_id) = ROW(plain.*) FROM plain",
        "WITH w AS (INSERT INTO accounts DEFAULT VALUES RETURNING id) INSERT INTO invoices (account_id) SELECT id FROM w",
    ] {
        let report = sent(text, &ground, Tenancy::Literal).expect_err(text);
        assert_eq!(report.state, SqlState::INSUFFICIENT_PRIVILEGE, "{text}: {report:?}");
    }
    for text in [
        "UPDATE invoices SET account_id = DEFAULT, a = DEFAULT",
        "INSERT INTO invoices (id) VALUES (1)",
        "DELETE FROM invoices WHERE account_id = 1",
        "WITH w AS (DELETE FROM accounts RETURNING id) UPDATE invoices SET account_id = 1",
        "MERGE INTO invoices i USING plain p ON i.id = p.id WHEN MATCHED THEN UPDATE SET account_id = p.id WHEN NOT MATCHED THEN INSERT (account_id) VALUES (p.id)",
        "INSERT INTO invoices (account_id) VALUES (1) ON CONFLICT (id) DO UPDATE SET account_id = excluded.account_id",
        "INSERT INTO invoices (account_id, id) TABLE plain",
        "INSERT INTO invoices (account_id) SELECT 1 UNION SELECT 2",
        "INSERT INTO invoices (id, account_id) SELECT * FROM unnest(ARRAY[1], $1)",
        "INSERT INTO invoices (account_id) SELECT id FROM plain GROUP BY 1",
        "UPDATE invoices SET (account_id, id) = (SELECT max(id), min(id) FROM plain)",
        "UPDATE invoices SET (account_id, tenant_id) = (SELECT 1, 'acme')",
    ] {
        sent(text, &ground, Tenancy::Literal).unwrap_or_else(|report| panic!("{text}: {report:?}"));
    }
}

#[test]
fn a_broken_key_is_told_as_postgresql_tells_it() {
    let message = "invalid input syntax for type integer: \"pgtenant: missing key\tpublic\tinvoices\tf\taccount_id\taccounts\t7\"";
    let report = failed_check(message).unwrap();
    assert_eq!(report.state.as_str(), "23503");
    assert_eq!(&*report.message, "insert or update on table \"invoices\" violates foreign key constraint \"f\"");
    assert_eq!(report.detail.as_deref(), Some("Key (account_id)=(7) is not present in table \"accounts\"."));
    let broken = BrokenKey::read(message).unwrap();
    assert_eq!((broken.schema, broken.table, broken.constraint), ("public", "invoices", "f"));
}

/// What a rewrite that went wrong might send.
#[test]
fn wrong_checks_are_not_proved() {
    let client = "UPDATE invoices SET account_id = 7";
    let ground = ground(&[]);
    let parsed = pg_raw_parse::parse(client).unwrap();
    let proved = |text: &str| {
        let (before, behind) = text.split_once("VALUE").unwrap();
        let edits = vec![
            Edit::insert(client.find('7').unwrap(), before.replace("KEY", "\0")),
            Edit::insert(client.len(), format!("{} WHERE invoices.tenant_id = \0", behind.replace("KEY", "\0"))),
        ];
        let template = Template::new(client, edits).unwrap();
        let (sent, _) = template.render(Key::Literal("acme"));
        verify(&parsed, &template, Key::Literal("acme"), &sent, &ground, &WHOSE).is_ok()
    };
    let good = "(SELECT CASE WHEN s.v IS NULL OR EXISTS (SELECT FROM ONLY public.accounts r WHERE r.tenant_id = KEY AND r.id = s.v) THEN s.v ELSE 1/0 END \
                FROM (SELECT CAST(VALUE AS bigint) AS v OFFSET 0) s)";
    assert!(proved(good));
    for (from, to) in [
        ("r.tenant_id = KEY AND ", ""),
        ("r.tenant_id = KEY", "r.tenant_id = 'x'"),
        ("r.tenant_id = KEY", "r.handle = KEY"),
        ("r.tenant_id = KEY AND", "r.tenant_id = KEY OR"),
        ("r.id = s.v", "r.id >= s.v"),
        ("r.id = s.v", "r.id = r.id"),
        ("s.v IS NULL", "s.v IS NOT NULL"),
        ("s.v IS NULL OR", "s.v IS NULL AND"),
        ("THEN s.v", "THEN 8"),
        ("public.accounts", "public.plain"),
        ("public.accounts", "accounts"),
        ("ONLY ", ""),
        ("EXISTS (", "7 IN ("),
        ("END FROM", "END + 1 FROM"),
        ("AS v OFFSET 0) s", "AS v LIMIT 1) s"),
        ("AS v OFFSET 0) s", "AS v UNION SELECT 1) s"),
        (" OFFSET 0", ""),
        ("OFFSET 0", "OFFSET 1"),
        ("r.id = s.v", "r.id = CAST(s.v AS integer)"),
        ("(SELECT CASE", "1 + (SELECT CASE"),
    ] {
        assert!(good.contains(from), "{from}");
        assert!(!proved(&good.replace(from, to)), "{to}");
    }
    assert!(!proved("VALUE"));
}

/// Tables whose keys are weaker than they look.
fn weak_ground() -> Ground {
    let names = ["tenant_id", "id", "plan", "code", "day", "slug", "bits"];
    let kinds = ["text", "integer", "integer", "character varying(3)", "date", "text", "bit(4)"];
    let columns = names.iter().zip(kinds).map(|(name, kind)| Column::new(name, kind)).collect();
    let mut orders = Relation::table(1, "public", "orders", columns);
    orders.unique_indexes = vec![
        index("orders_pkey", &["tenant_id", "id"], &[]),
        index("orders_day", &["day"], &[]),
        UniqueIndex { is_coarse: true, ..index("orders_slug", &["slug"], &[]) },
    ];
    orders.foreign_keys =
        vec![key("to_plan", &["plan"], 2, &["id"]), key("to_account", &["code"], 3, &["code"]), key("to_bits", &["bits"], 3, &["bits"])];
    for (place, column) in orders.columns.iter_mut().enumerate() {
        column.is_collatable = matches!(place, 0 | 3 | 5);
    }
    let plans = Relation::table(2, "public", "plans", vec![Column::new("id", "integer")]);
    let accounts = ["tenant_id", "code", "bits"].map(|name| Column::new(name, "text")).to_vec();
    let accounts = Relation::table(3, "public", "accounts", accounts);
    Ground { catalog: Arc::new(Catalog::new(150_018, [orders, plans, accounts], [])), ..ground(&[]) }
}

fn with_defaults(calls: &[(&str, &str)]) -> Ground {
    let ground = weak_ground();
    let relations = ground.catalog.relations().map(|relation| {
        let mut relation = Relation::clone(relation);
        for column in &mut relation.columns {
            let own = calls.iter().filter(|(name, _)| *relation.name == *"orders" && *column.name == **name);
            column.default_calls = own.map(|(_, call)| Box::from(*call)).collect();
            column.has_default = !column.default_calls.is_empty();
        }
        relation
    });
    Ground { catalog: Arc::new(Catalog::new(150_018, relations.collect::<Vec<_>>(), [])), ..ground }
}

#[test]
fn keys_of_hidden_tables_are_held_against_own_rows() {
    let hidden = sent("UPDATE orders SET plan = 5", &weak_ground(), Tenancy::Literal).unwrap();
    assert!(
        hidden.contains("FROM ONLY \"public\".\"orders\" pgt_2 WHERE pgt_2.tenant_id = 'acme' AND pgt_2.\"plan\" = pgt_1.v)"),
        "{hidden}"
    );
    let report = failed_check("invalid input syntax for type integer: \"pgtenant: hidden key\torders\tplan\tto_plan\"").unwrap();
    assert_eq!((report.state, &*report.message), (SqlState::INSUFFICIENT_PRIVILEGE, "permission denied for column plan of table orders"));
    for listed in ["plans", "public.plans", "other.plans"] {
        let open = Ground { reference_tables: vec![listed.into()], ..weak_ground() };
        let sent = sent("UPDATE orders SET plan = 5", &open, Tenancy::Literal).unwrap();
        assert_eq!(sent.contains("pgtenant"), listed == "other.plans", "{listed}: {sent}");
    }
}

#[test]
fn what_is_stored_is_what_is_compared() {
    let sent = |text| sent(text, &weak_ground(), Tenancy::Literal).unwrap_or_else(|report| panic!("{text}: {report:?}"));
    for (text, part) in [
        ("UPDATE orders SET code = 'x'", "pgt_2.code = CAST(pgt_1.v AS character varying(3))) THEN pgt_1.v ELSE"),
        ("UPDATE orders SET code = 'x'", "(SELECT CAST('x' AS character varying) COLLATE pg_catalog.\"default\" AS v OFFSET 0) pgt_1)"),
        ("UPDATE orders SET bits = B'1010'", "pgt_2.bits = CAST(pgt_1.v AS bit(4)))"),
        ("UPDATE orders SET bits = B'1010'", "(SELECT CAST(B'1010' AS pg_catalog.\"bit\") AS v OFFSET 0)"),
        ("UPDATE orders SET slug = 'x'", "pgt_2.slug = pgt_1.v AND pgt_2.slug COLLATE pg_catalog.\"C\" = pgt_1.v)"),
    ] {
        let sent = sent(text).replace("\"code\"", "code").replace("\"bits\"", "bits").replace("\"slug\"", "slug");
        assert!(sent.contains(part), "{part}: {sent}");
    }
}

#[test]
fn defaults_that_settings_decide_on_are_not_used() {
    let refused = |text: &str, ground: &Ground| sent(text, ground, Tenancy::Literal).err().and_then(|report| report.detail);
    for (column, of) in [("code", "to_account"), ("plan", "to_plan"), ("day", "orders_day")] {
        let ground = with_defaults(&[(column, "pg_catalog.current_setting")]);
        for text in [
            "INSERT INTO orders (id) VALUES (1)".to_owned(),
            "INSERT INTO orders (id) SELECT 1".to_owned(),
            "INSERT INTO orders VALUES ('acme')".to_owned(),
            "INSERT INTO orders DEFAULT VALUES".to_owned(),
            format!("INSERT INTO orders (id, {column}) VALUES (1, DEFAULT)"),
            format!("INSERT INTO orders (id, {column}) VALUES (1, NULL), (1, DEFAULT)"),
            format!("UPDATE orders SET {column} = DEFAULT"),
            format!("UPDATE orders SET (id, {column}) = (1, DEFAULT)"),
            format!("INSERT INTO orders (id, {column}) VALUES (1, NULL) ON CONFLICT (tenant_id, id) DO UPDATE SET {column} = DEFAULT"),
            "MERGE INTO orders o USING plain p ON o.id = p.id WHEN NOT MATCHED THEN INSERT (id) VALUES (1)".to_owned(),
            "MERGE INTO orders o USING (SELECT 1) p ON false WHEN NOT MATCHED THEN INSERT DEFAULT VALUES".to_owned(),
        ] {
            // There is no table of that name.
            let text = text.replace("plain p", "accounts p").replace("p.id", "1");
            let detail = refused(&text, &ground).unwrap_or_else(|| panic!("{text} passes"));
            assert!(detail.contains(of) && detail.contains("pg_catalog.current_setting"), "{text}: {detail}");
        }
        for text in [format!("INSERT INTO orders (id, {column}) VALUES (1, NULL)"), "UPDATE orders SET id = DEFAULT".to_owned()] {
            assert_eq!(refused(&text, &ground), None, "{text}");
        }
    }
    let insert = "INSERT INTO orders (id) VALUES (1)";
    for (default, functions, open) in [
        (("id", "pg_catalog.current_setting"), None, true),
        (("code", "public.pick"), None, false),
        (("code", "public.pick"), Some("pick"), true),
        (("code", "public.pick"), Some("other.pick"), false),
    ] {
        let ground = Ground { functions: functions.into_iter().map(Arc::from).collect(), ..with_defaults(&[default]) };
        assert_eq!(refused(insert, &ground).is_none(), open, "{default:?} {functions:?}");
    }
    // With a NULL or a new number in its key, a row is in conflict with none.
    let mut orders =
        Relation::clone(with_defaults(&[("code", "pg_catalog.current_setting")]).catalog.relation(None, "orders", &["public"]).unwrap());
    orders.foreign_keys = vec![key("pair", &["code", "plan"], 3, &["code", "bits"])];
    orders.unique_indexes = vec![index("orders_slug", &["slug", "code"], &[])];
    let open = |orders: &Relation| {
        let ground = Ground { catalog: Arc::new(Catalog::new(150_018, [orders.clone()], [])), ..ground(&[]) };
        refused(insert, &ground).is_none()
    };
    assert!(open(&orders));
    orders.columns[5].has_default = true;
    assert!(!open(&orders));
    orders.columns[3].from_sequence = true;
    assert!(open(&orders));
}

#[test]
fn queries_of_unknown_width_are_counted_by_the_server() {
    let ground = ground(&[]);
    for (text, part) in [
        (
            "INSERT INTO invoices (id, account_id) SELECT * FROM unnest(ARRAY[1], $1)",
            ") AS pgt_1 (c1, c2) WHERE true OR EXISTS (VALUES (pgt_1.*), (pgt_1.c1, pgt_1.c2))",
        ),
        (
            "UPDATE invoices SET (id, account_id) = (SELECT * FROM unnest(ARRAY[1], ARRAY[2]))",
            ") AS pgt_1 (c1, c2) WHERE true OR EXISTS (VALUES (pgt_1.*), (pgt_1.c1, pgt_1.c2))",
        ),
        ("INSERT INTO invoices (id, account_id) SELECT 1, 2 UNION SELECT 1, 2", ") AS pgt_1 (c1, c2)"),
    ] {
        let sent = sent(text, &ground, Tenancy::Literal).unwrap_or_else(|report| panic!("{text}: {report:?}"));
        assert!(sent.contains(part), "{sent}");
    }
    let report = crate::sql::gate::rewrite::wrong_width("table \"pgt_1\" has 1 columns available but 2 columns specified").unwrap();
    assert_eq!(report.state, SqlState::SYNTAX_ERROR);
    assert_eq!(crate::sql::gate::rewrite::wrong_width("table \"pgt_x\" has 1 columns available but 2 columns specified"), None);
}
