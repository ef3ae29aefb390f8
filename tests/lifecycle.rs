//! `create` on a real PostgreSQL: what it sets up, that a second run changes nothing, and what tenants can reach directly on the server.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use pgtenant::backend::control::ControlError;
use pgtenant::lifecycle::{
    cluster::{Binaries, Cluster, StopMode, Template, random_hex},
    create::{CreateError, Created, TenantKind, TenantSpec, create},
};
use tokio_postgres::{Client, NoTls};

const COUNTRIES: &str = include_str!("../src/cli/demo/shop/countries.sql");
const ROW: &str = include_str!("../src/cli/demo/shop/row.sql");
const OWN: &str = include_str!("../src/cli/demo/shop/own.sql");

struct Shard {
    cluster: Cluster,
    cache: std::path::PathBuf,
}

impl Drop for Shard {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.cache);
    }
}

impl Shard {
    async fn start(database_sql: &[(&str, String)]) -> Shard {
        let cache = std::env::temp_dir().join(format!("pgtenant-lifecycle-{}", random_hex(4)));
        let template = Template::prepare(&Binaries::find().unwrap(), &cache).unwrap();
        // What is logged is searched for passwords.
        let cluster = Cluster::temporary(&template, &[("log_statement", "all")]).unwrap();
        let shard = Shard { cluster, cache };
        for (database, sql) in database_sql {
            if *database != "postgres" {
                run(&shard.owner("postgres").await, &format!("CREATE DATABASE {database}")).await;
            }
            run(&shard.owner(database).await, sql).await;
        }
        shard
    }

    async fn owner(&self, database: &str) -> Client {
        connect(&self.cluster.dsn(database)).await.unwrap()
    }

    async fn tenant(&self, spec: &TenantSpec) -> Result<Client, tokio_postgres::Error> {
        let TenantSpec { database, role, password, .. } = spec;
        connect(&format!("host=127.0.0.1 port={} user={role} password={password} dbname={database}", self.cluster.port())).await
    }

    fn spec(&self, tenant: &str, model: &str, database: &str, kind: TenantKind) -> TenantSpec {
        TenantSpec {
            tenant: tenant.into(),
            model: model.into(),
            provisioner: self.cluster.dsn("postgres"),
            database: database.to_owned(),
            role: format!("t_{tenant}"),
            password: format!("secret-of-{tenant}"),
            kind,
            pool: None,
            meter: None,
        }
    }

    fn row(&self, tenant: &str) -> TenantSpec {
        self.spec(tenant, "shop", "app", row_kind(tenant, Some(("t_", ""))))
    }

    fn schema(&self, tenant: &str) -> TenantSpec {
        let kind = TenantKind::Schema {
            schema: format!("tenant_{tenant}"),
            template: Some("tpl".to_owned()),
            reference_tables: vec!["countries".to_owned()],
        };
        self.spec(tenant, "crm", "app", kind)
    }

    fn database(&self, tenant: &str) -> TenantSpec {
        let kind = TenantKind::Database { template: Some("vault_template".to_owned()) };
        self.spec(tenant, "vault", &format!("tenant_{tenant}"), kind)
    }
}

/// Which PostgreSQL the tests run on: some of what they try is newer than 13.
fn major() -> u32 {
    Binaries::find().unwrap().major()
}

fn row_kind(key: &str, affixes: Option<(&str, &str)>) -> TenantKind {
    TenantKind::Row {
        tenant_column: "tenant_id".to_owned(),
        key: key.to_owned(),
        reference_tables: vec!["countries".to_owned()],
        role_affixes: affixes.map(|(before, after)| (before.to_owned(), after.to_owned())),
    }
}

async fn connect(dsn: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(dsn, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

async fn run(client: &Client, sql: &str) {
    if let Err(error) = client.batch_execute(sql).await {
        panic!("{error:?} in {sql}");
    }
}

async fn number(client: &Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).await.unwrap_or_else(|error| panic!("{error:?} in {sql}")).get(0)
}

/// The SQLSTATE that a statement fails with; "" where it doesn't.
async fn refusal(client: &Client, sql: &str) -> String {
    client.batch_execute(sql).await.err().and_then(|error| error.code().map(|code| code.code().to_owned())).unwrap_or_default()
}

/// Creates, and creates again: the second run must find nothing to do.
async fn create_twice(spec: &TenantSpec) -> Created {
    let first = create(spec).await.unwrap_or_else(|error| panic!("{spec:?}: {error}"));
    assert!(!first.changes.is_empty());
    let second = create(spec).await.unwrap_or_else(|error| panic!("{spec:?} again: {error}"));
    assert_eq!(second.changes, [""; 0], "a second run changes nothing");
    first
}

fn sample_rows() -> String {
    let mut sql = String::new();
    for tenant in ["acme", "globex"] {
        sql.push_str(&format!(
            "INSERT INTO customers SELECT '{tenant}', i, 'n' || i, 'e' || i, 'DE' FROM generate_series(1, 10) i;
             INSERT INTO orders (tenant_id, id, customer_id) SELECT '{tenant}', i, i FROM generate_series(1, 10) i;
             INSERT INTO events SELECT '{tenant}', i, date '2024-06-01' + i::int * 100, 'k' FROM generate_series(1, 10) i;"
        ));
    }
    sql + "INSERT INTO orders (tenant_id, id, customer_id) VALUES ('globex', 11, 1)"
}

/// What no tenant may do in any model.
async fn closed_to_tenants(client: &Client) {
    for sql in [
        "SELECT query_to_xml('select 1', true, true, '')",
        "SELECT pg_notify('a', 'b')",
        "SELECT pg_advisory_lock(1)",
        "SELECT lo_create(0)",
        "SELECT * FROM pg_stat_activity",
        "SELECT * FROM pg_stats",
        "SELECT * FROM pg_database",
        "SELECT pg_relation_size('pg_class')",
        "UPDATE pg_settings SET setting = 'x' WHERE name = 'application_name'",
        "DO $$ BEGIN END $$",
        "SELECT rolpassword FROM pg_authid",
        "CREATE TEMPORARY TABLE t (a int)",
        "CREATE SCHEMA mine",
        "CREATE TABLE public.mine_in_public (a int)",
        "SELECT * FROM pgtenant.tenants",
        "CREATE ROLE other",
    ] {
        assert_eq!(refusal(client, sql).await, "42501", "{sql}");
    }
    assert_eq!(number(client, "SELECT count(*) FROM pg_class WHERE relname = 'pg_class'").await, 1, "drivers still introspect");
    let sql = "SELECT count(*) FROM (SELECT * FROM information_schema.columns) c WHERE character_octet_length IS NULL";
    assert!(number(client, sql).await >= 0, "ORMs ask for all columns of that view");
}

#[tokio::test]
async fn row_tenants_see_their_own_rows() {
    // Before PostgreSQL 15 no view asks with its reader's rights.
    let my_orders = if major() < 15 { "" } else { "CREATE VIEW my_orders WITH (security_invoker = on) AS SELECT * FROM orders;" };
    let view = format!(
        "CREATE VIEW all_orders AS SELECT * FROM orders; {my_orders} GRANT ALL ON orders TO PUBLIC;
         CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM orders';
         CREATE TABLE bookkeeping (a int); GRANT SELECT ON bookkeeping TO PUBLIC;"
    );
    let shard = Shard::start(&[("app", format!("{COUNTRIES}{ROW}{view}{}", sample_rows()))]).await;
    let (acme, globex) = (shard.row("acme"), shard.row("globex"));
    let created = create_twice(&acme).await;
    assert!(created.warnings.iter().any(|warning| warning.contains("all_orders")), "{:?}", created.warnings);
    let second = create_twice(&globex).await;
    assert!(second.changes.iter().all(|change| !change.contains("POLICY")), "a second tenant needs no new policy: {:?}", second.changes);

    let client = shard.tenant(&acme).await.unwrap();
    closed_to_tenants(&client).await;
    for (sql, count) in [
        ("SELECT count(*) FROM orders", 10),
        ("SELECT count(*) FROM events", 10),
        (if my_orders.is_empty() { "SELECT 10::bigint" } else { "SELECT count(*) FROM my_orders" }, 10),
        ("SELECT count(*) FROM countries", 10),
        ("SELECT count(*) FROM orders WHERE tenant_id = 'globex'", 0),
    ] {
        assert_eq!(number(&client, sql).await, count, "{sql}");
    }
    run(
        &client,
        "INSERT INTO orders (customer_id, note) VALUES (1, 'mine'); UPDATE orders SET note = 'x'; DELETE FROM orders WHERE id = 10",
    )
    .await;
    for sql in [
        "INSERT INTO orders (tenant_id, customer_id) VALUES ('globex', 1)",
        "UPDATE orders SET tenant_id = 'globex'",
        "SELECT * FROM all_orders",
        "SELECT * FROM events_2024",
        "SELECT peek()",
        "TRUNCATE orders",
        "INSERT INTO countries VALUES ('XX', 'x')",
        "SELECT * FROM orders_id_seq",
        "ALTER TABLE orders DISABLE ROW LEVEL SECURITY",
        "SET SESSION AUTHORIZATION t_globex",
        "SET ROLE t_globex",
        "COPY orders (customer_id) FROM STDIN",
        "SELECT * FROM bookkeeping",
    ] {
        // COPY FROM of a table under RLS is "not supported" (0A000), not "not permitted".
        let expected = if sql.starts_with("COPY") { "0A000" } else { "42501" };
        assert_eq!(refusal(&client, sql).await, expected, "{sql}");
    }
    assert_eq!(number(&shard.tenant(&globex).await.unwrap(), "SELECT count(*) FROM orders").await, 11);

    let owner = shard.owner("app").await;
    assert_eq!(number(&owner, "SELECT count(*) FROM orders WHERE note = 'x'").await, 10, "acme's update met acme's rows only");
    // The restrictive policy holds against a careless permissive one, and create says so.
    run(&owner, "CREATE POLICY oops ON orders USING (true)").await;
    assert_eq!(number(&client, "SELECT count(*) FROM orders").await, 10);
    let again = create(&acme).await.unwrap();
    assert!(again.changes.is_empty() && again.warnings.iter().any(|warning| warning.contains("oops")), "{again:?}");
    // What somebody undid is done again: a policy, a grant, a right of PUBLIC's.
    run(
        &owner,
        "ALTER POLICY tenant_isolation ON orders USING (true); GRANT SELECT ON events_2024 TO pgtenant_shop;
         GRANT EXECUTE ON FUNCTION pg_notify TO PUBLIC; ALTER TABLE customers NO FORCE ROW LEVEL SECURITY",
    )
    .await;
    assert_eq!(create_twice(&acme).await.changes.len(), 5);
    // An index on the tenant column serves the policy, whatever the database's collation.
    let plan: Vec<String> =
        client.query("EXPLAIN SELECT * FROM orders WHERE id = 5", &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    assert!(plan.join("\n").contains("Index Cond: ((tenant_id = "), "{plan:?}");
    let log = std::fs::read_to_string(shard.cluster.log_path()).unwrap();
    assert!(log.contains("CREATE ROLE \"t_acme\"") && !log.contains("secret-of-"), "only verifiers reach the server");
}

#[tokio::test]
async fn a_tenant_whose_role_does_not_say_its_key_switches_the_policies() {
    let shard = Shard::start(&[("app", format!("{COUNTRIES}{ROW}{}", sample_rows()))]).await;
    let acme = shard.row("acme");
    create_twice(&acme).await;
    let mut globex = shard.row("globex");
    globex.role = "r_9f8e7d".to_owned();
    let created = create_twice(&globex).await;
    assert!(created.changes.iter().any(|change| change.contains("pgtenant.tenants t WHERE t.role = session_user")), "{created:?}");
    assert!(create(&acme).await.unwrap().changes.is_empty(), "the switch holds for all");
    assert_eq!(number(&shard.tenant(&acme).await.unwrap(), "SELECT count(*) FROM orders").await, 10);
    let client = shard.tenant(&globex).await.unwrap();
    assert_eq!(number(&client, "SELECT count(*) FROM orders").await, 11);
    assert_eq!(number(&client, "SELECT count(*) FROM (SELECT key FROM pgtenant.tenants) t WHERE key = 'globex'").await, 1);
    assert_eq!(number(&client, "SELECT count(*) FROM (SELECT key FROM pgtenant.tenants) t").await, 1, "its own row only");
    assert_eq!(refusal(&client, "INSERT INTO orders (tenant_id, customer_id) VALUES ('acme', 1)").await, "42501");
}

#[tokio::test]
async fn tenants_are_not_mixed_up() {
    let shard = Shard::start(&[("app", format!("{COUNTRIES}{ROW}")), ("empty", String::new())]).await;
    create_twice(&shard.row("acme")).await;
    let with = |change: &dyn Fn(&mut TenantSpec)| {
        let mut spec = shard.row("globex");
        change(&mut spec);
        spec
    };
    let same_role = with(&|spec| spec.role = "t_acme".to_owned());
    assert!(matches!(create(&same_role).await, Err(CreateError::Taken { what: "role", .. })));
    let same_key = with(&|spec| spec.kind = row_kind("acme", None));
    assert!(matches!(create(&same_key).await, Err(CreateError::Taken { what: "key", .. })));
    let superuser = with(&|spec| spec.role = "postgres".to_owned());
    assert!(matches!(create(&superuser).await, Err(CreateError::RoleUnfit { .. })));
    let long = with(&|spec| spec.role = "x".repeat(64));
    assert!(matches!(create(&long).await, Err(CreateError::BadName { what: "role", .. })));
    let no_tables = with(&|spec| spec.database = "empty".to_owned());
    assert!(matches!(create(&no_tables).await, Err(CreateError::NoTenantTables { .. })));
    let other_database = with(&|spec| {
        spec.role = "t_acme".to_owned();
        spec.database = "empty".to_owned();
    });
    assert!(matches!(create(&other_database).await, Err(CreateError::RoleUnfit { .. })), "roles are the cluster's");
    let owner = shard.owner("app").await;
    run(&owner, "CREATE ROLE boss; CREATE ROLE t_globex LOGIN IN ROLE boss").await;
    assert!(matches!(create(&shard.row("globex")).await, Err(CreateError::RoleUnfit { .. })), "a member of another role");
    assert_eq!(number(&owner, "SELECT count(*) FROM pgtenant.tenants").await, 1, "failures leave nothing behind");
    let mut nobody = shard.row("acme");
    nobody.provisioner = nobody.provisioner.replace("user=postgres", "user=t_acme").replace(shard.cluster.password(), "secret-of-acme");
    nobody.provisioner = nobody.provisioner.replace("dbname=postgres", "dbname=app");
    assert!(matches!(create(&nobody).await, Err(CreateError::NotSuperuser { .. })));
}

#[tokio::test]
async fn many_at_once_do_not_trip_over_each_other() {
    let shard = Shard::start(&[("app", format!("{COUNTRIES}{ROW}CREATE SCHEMA tpl; SET search_path = tpl; {OWN}"))]).await;
    let mut specs: Vec<TenantSpec> = (0..4).map(|i| shard.row(&format!("c{i}"))).collect();
    specs.extend((0..4).map(|i| shard.schema(&format!("s{i}"))));
    specs.extend([shard.row("c0"), shard.schema("s0")]);
    let runs: Vec<_> = specs.into_iter().map(|spec| tokio::spawn(async move { create(&spec).await })).collect();
    for run in runs {
        run.await.unwrap().unwrap_or_else(|error| panic!("{error}"));
    }
    assert_eq!(number(&shard.owner("app").await, "SELECT count(*) FROM pgtenant.tenants").await, 8);
}

/// One of everything that a template may hold.
const RICH: &str = r#"
    CREATE SCHEMA "Tpl 2"; SET search_path = "Tpl 2";
    CREATE TYPE mood AS ENUM ('so', 'it''s'); CREATE DOMAIN positive AS int DEFAULT 1 CHECK (VALUE > 0);
    CREATE TYPE pair AS (a int, b mood); CREATE TYPE span AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = float8mi);
    CREATE SEQUENCE free_seq INCREMENT 5 START 7;
    CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n * 2';
    CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note := 'stamped'; RETURN NEW; END $$;
    CREATE PROCEDURE noop() LANGUAGE sql AS '';
    CREATE TABLE "Base" (id bigint GENERATED BY DEFAULT AS IDENTITY (START 50) PRIMARY KEY, s serial, m mood DEFAULT 'so', p positive, r span,
        doubled int GENERATED ALWAYS AS (twice(3)) STORED, note text COLLATE "C", f int DEFAULT nextval('free_seq'), CONSTRAINT odd CHECK (twice(s) > 0)) WITH (fillfactor = 70);
    CREATE TABLE child (extra pair[] DEFAULT '{}', UNIQUE (s) DEFERRABLE INITIALLY DEFERRED) INHERITS ("Base");
    CREATE TABLE parts (k int NOT NULL, at date NOT NULL, base bigint REFERENCES "Base" ON DELETE SET NULL, PRIMARY KEY (k, at)) PARTITION BY RANGE (at);
    CREATE TABLE parts_a PARTITION OF parts FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY LIST (k);
    CREATE TABLE parts_a1 PARTITION OF parts_a FOR VALUES IN (1, 2); CREATE TABLE parts_d PARTITION OF parts DEFAULT;
    CREATE INDEX parts_base ON parts (base) WHERE base > 0; CREATE INDEX "Weird Index" ON "Base" USING btree (lower(note) DESC, twice(s));
    CREATE STATISTICS st (dependencies) ON s, f FROM "Base";
    CREATE VIEW v AS SELECT b.id, b.note, sum(twice(b.s)) AS total FROM "Base" b GROUP BY b.id;
"#;

fn rich() -> String {
    let more = r#"
    CREATE VIEW w WITH (security_barrier = true) AS SELECT * FROM v WHERE id > 1; CREATE MATERIALIZED VIEW mv AS SELECT * FROM w; CREATE UNIQUE INDEX mvi ON mv (id);
    CREATE FUNCTION of_view(v) RETURNS bigint LANGUAGE sql AS 'SELECT $1.id'; CREATE FUNCTION atomic() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM w; END;
    CREATE TRIGGER stamp BEFORE INSERT ON "Base" FOR EACH ROW WHEN (NEW.note IS NULL) EXECUTE FUNCTION stamp();
    CREATE TRIGGER off AFTER UPDATE ON parts FOR EACH ROW EXECUTE FUNCTION stamp(); ALTER TABLE parts DISABLE TRIGGER off;
    ALTER TABLE "Base" ALTER note SET STORAGE EXTERNAL; ALTER TABLE "Base" ALTER f SET STATISTICS 77;
    COMMENT ON TABLE "Base" IS 'it''s the base'; COMMENT ON COLUMN "Base".note IS 'n'; COMMENT ON FUNCTION twice(int) IS 't'; COMMENT ON CONSTRAINT odd ON "Base" IS 'o';
    COMMENT ON TYPE mood IS 'm'; COMMENT ON INDEX parts_base IS 'i'; COMMENT ON VIEW v IS 'v'; COMMENT ON TRIGGER stamp ON "Base" IS 's'; RESET search_path;
    "#;
    let atomic = "CREATE FUNCTION atomic() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM w; END;";
    let text = RICH.to_owned() + more;
    if major() < 14 { text.replace(atomic, "") } else { text }
}

/// A dump of one schema with its name taken out, for comparison; none where pg_dump is older than the server.
fn dump(shard: &Shard, schema: &str) -> Vec<String> {
    let program = shard.cluster.binaries().program("pg_dump").unwrap();
    let version = std::process::Command::new(&program).arg("--version").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let major = version.split_whitespace().nth(2).and_then(|version| version.split('.').next()).and_then(|major| major.parse().ok());
    if major < Some(shard.cluster.binaries().major()) {
        return Vec::new();
    }
    let output = std::process::Command::new(program)
        .args(["--schema-only", "--no-owner", "--no-privileges", "-n", schema, &shard.cluster.dsn("app")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap().replace(&schema.replace("\"\"", "\""), "SCHEMA");
    let text = text.replace("\"SCHEMA\"", "SCHEMA");
    // Objects may come in another order, and statement by statement is how to compare them.
    let lines = text.lines().filter(|line| !line.starts_with("--") && !line.starts_with('\\') && !line.is_empty());
    let mut statements: Vec<String> =
        lines.collect::<Vec<_>>().join("\n").split(";\n").map(|statement| statement.trim().to_owned()).collect();
    statements.sort();
    statements
}

#[tokio::test]
async fn a_schema_is_copied_whole() {
    let shard = Shard::start(&[("app", format!("{COUNTRIES}{}", rich()))]).await;
    let mut acme = shard.schema("acme");
    let quoted = r#""Tpl 2""#;
    acme.kind = TenantKind::Schema {
        schema: "tenant_acme".to_owned(),
        template: Some("Tpl 2".to_owned()),
        reference_tables: vec!["countries".to_owned()],
    };
    create_twice(&acme).await;
    let (template, copy) = (dump(&shard, quoted).join("\n"), dump(&shard, "tenant_acme").join("\n"));
    let template = template.replace("Tpl 2", "SCHEMA").replace("\"SCHEMA\"", "SCHEMA");
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
    let (template, copy) = (lines(&template), lines(&copy));
    let missing: Vec<_> = template.difference(&copy).collect();
    let added: Vec<_> = copy.difference(&template).collect();
    assert!(
        missing.is_empty() && added.is_empty() && (template.is_empty() || template.len() > 100),
        "missing {missing:#?}\nadded {added:#?}"
    );

    let client = shard.tenant(&acme).await.unwrap();
    run(
        &client,
        r#"INSERT INTO "Base" (s) VALUES (1); REFRESH MATERIALIZED VIEW mv; CREATE TABLE mine (a int); DROP TABLE child; CALL noop()"#,
    )
    .await;
    assert_eq!(number(&client, r#"SELECT id FROM "Base" WHERE note = 'stamped' AND doubled = 6 AND f = 7"#).await, 50);
    assert_eq!(number(&client, "SELECT count(*) FROM countries").await, 10);
    // A range's constructors and its multirange are PostgreSQL's own business: they can't be given away.
    let others = "SELECT coalesce(string_agg(o, ', '), '') FROM (
          SELECT 'relation ' || oid::regclass FROM pg_class WHERE relnamespace = 'tenant_acme'::regnamespace AND relowner <> 't_acme'::regrole
          UNION ALL SELECT 'routine ' || oid::regprocedure FROM pg_proc WHERE pronamespace = 'tenant_acme'::regnamespace AND proowner <> 't_acme'::regrole
          UNION ALL SELECT 'type ' || oid::regtype FROM pg_type WHERE typnamespace = 'tenant_acme'::regnamespace AND typowner <> 't_acme'::regrole
          ) x(o) WHERE o !~ 'span_multirange|routine .*span[(]'";
    let others: String = shard.owner("app").await.query_one(others, &[]).await.unwrap().get(0);
    assert_eq!(others, "", "all of it is the tenant's");
}

#[tokio::test]
async fn what_can_not_be_copied_is_named() {
    let sql = r#"CREATE SCHEMA tpl; CREATE TABLE tpl.t (a int); CREATE RULE r AS ON DELETE TO tpl.t DO INSTEAD NOTHING;
        CREATE FUNCTION tpl.f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM tpl.t'; CREATE COLLATION tpl.c FROM "C";
        CREATE AGGREGATE tpl.a(int) (SFUNC = int4pl, STYPE = int);"#;
    let shard = Shard::start(&[("app", format!("{COUNTRIES}{sql}"))]).await;
    let Err(CreateError::Template { reasons, .. }) = create(&shard.schema("acme")).await else { panic!("copied") };
    for word in ["rule r", "function f", "collation", "aggregate a"] {
        assert!(reasons.iter().any(|reason| reason.contains(word)), "{word}: {reasons:?}");
    }
    assert_eq!(number(&shard.owner("app").await, "SELECT count(*) FROM pg_namespace WHERE nspname = 'tenant_acme'").await, 0);
}

#[tokio::test]
async fn schema_tenants_own_theirs_and_nothing_else() {
    let shard = Shard::start(&[(
        "app",
        format!("{COUNTRIES}{ROW}CREATE SCHEMA tpl; SET search_path = tpl; {OWN}; RESET search_path; {}", sample_rows()),
    )])
    .await;
    let (umbrella, hooli) = (shard.schema("umbrella"), shard.schema("hooli"));
    create_twice(&shard.row("acme")).await;
    create_twice(&umbrella).await;
    create_twice(&hooli).await;
    let client = shard.tenant(&umbrella).await.unwrap();
    closed_to_tenants(&client).await;
    run(&client, "INSERT INTO customers VALUES (1, 'n', 'e', 'DE'); INSERT INTO orders (customer_id) VALUES (1)").await;
    assert_eq!(number(&client, "SELECT id::bigint FROM orders").await, 100_000);
    assert_eq!(number(&client, "SELECT count(*) FROM customers WHERE current_schema = 'tenant_umbrella'").await, 1);
    for sql in [
        "SELECT * FROM tenant_hooli.orders",
        "SELECT * FROM tpl.orders",
        "SELECT * FROM public.orders",
        "SELECT nextval('tenant_hooli.orders_id_seq')",
        "SELECT 'new'::tenant_hooli.order_status",
        "GRANT t_hooli TO t_umbrella",
        "ALTER SCHEMA tenant_umbrella OWNER TO t_hooli",
    ] {
        assert_eq!(refusal(&client, sql).await, "42501", "{sql}");
    }
    run(&client, "CREATE TABLE more (a int); DROP TABLE more; TRUNCATE orders CASCADE").await;
    assert_eq!(number(&shard.tenant(&hooli).await.unwrap(), "SELECT count(*) FROM customers").await, 0);
    let mut thief = shard.schema("thief");
    thief.kind = umbrella.kind.clone();
    assert!(matches!(create(&thief).await, Err(CreateError::Taken { what: "schema", .. })));
}

#[tokio::test]
async fn database_tenants_have_their_own_alone() {
    let shard = Shard::start(&[("vault_template", format!("{COUNTRIES}{OWN}"))]).await;
    let (wayne, stark) = (shard.database("wayne"), shard.database("stark"));
    create_twice(&wayne).await;
    create_twice(&stark).await;
    let client = shard.tenant(&wayne).await.unwrap();
    for sql in
        ["SELECT lo_create(0)", "SELECT * FROM pg_database", "CREATE TEMPORARY TABLE t (a int)", "CREATE SCHEMA mine", "DO $$ BEGIN END $$"]
    {
        assert_eq!(refusal(&client, sql).await, "42501", "{sql}");
    }
    run(
        &client,
        "INSERT INTO customers VALUES (1, 'n', 'e', 'DE'); INSERT INTO orders (customer_id) VALUES (1); CREATE TABLE mine (a int)",
    )
    .await;
    assert_eq!(number(&shard.tenant(&stark).await.unwrap(), "SELECT count(*) FROM customers").await, 0);
    let elsewhere = TenantSpec { database: stark.database.clone(), ..wayne.clone() };
    assert_eq!(shard.tenant(&elsewhere).await.err().unwrap().code().unwrap().code(), "42501", "CONNECT is the other tenant's");
    assert!(matches!(create(&elsewhere).await, Err(CreateError::Taken { what: "database", .. })));
    let unknown = TenantSpec {
        kind: TenantKind::Database { template: Some("nowhere".to_owned()) },
        database: "new".to_owned(),
        ..shard.database("new")
    };
    assert!(matches!(create(&unknown).await, Err(CreateError::Missing { .. })));
}

#[tokio::test]
async fn the_provisioner_may_insist_on_tls() {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, SanType};
    let mut shard = Shard::start(&[("vault_template", COUNTRIES.to_owned())]).await;
    let (authority_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = authority.self_signed(&authority_key).unwrap().pem();
    let mut leaf = CertificateParams::default();
    leaf.subject_alt_names.push(SanType::IpAddress([127, 0, 0, 1].into()));
    let leaf = leaf.signed_by(&key, &Issuer::new(authority, authority_key)).unwrap().pem();
    let root_file = shard.cache.join("root.crt");
    std::fs::write(&root_file, root).unwrap();
    let mut wayne = shard.database("wayne");
    let with = |rest: &str| format!("{} {rest}", shard.cluster.dsn("postgres"));
    let demanding = [with("sslmode=require"), with(&format!("sslmode=verify-full sslrootcert='{}'", root_file.display()))];
    for provisioner in &demanding {
        wayne.provisioner = provisioner.clone();
        assert!(matches!(create(&wayne).await, Err(CreateError::Connection(ControlError::Unreachable { .. }))), "no TLS there yet");
    }
    shard.cluster.write_data_file("server.crt", &leaf).unwrap();
    shard.cluster.write_data_file("server.key", &key.serialize_pem()).unwrap();
    shard.cluster.write_data_file("pg_hba.conf", "hostssl all all 127.0.0.1/32 scram-sha-256\n").unwrap();
    shard.cluster.set("ssl", "on").unwrap();
    shard.cluster.restart(StopMode::Fast).unwrap();
    for provisioner in demanding {
        wayne.provisioner = provisioner;
        create(&wayne).await.unwrap_or_else(|error| panic!("{error}"));
    }
    wayne.provisioner = wayne.provisioner.replace("host=127.0.0.1", "host=localhost");
    assert!(
        matches!(create(&wayne).await, Err(CreateError::Connection(ControlError::Unreachable { .. }))),
        "the certificate is another host's"
    );
    wayne.provisioner = wayne.provisioner.replace("verify-full", "disable");
    assert!(matches!(create(&wayne).await, Err(CreateError::Connection(ControlError::Refused { .. }))), "pg_hba.conf wants TLS");
}

/// Advisory locks and notifications of tenants that share a database never meet, whatever they are called.
#[tokio::test]
async fn neighbours_have_locks_and_channels_of_their_own() {
    use pgtenant::{keys::ScopeKey, tenant::channels::ChannelNames};
    let shard = Shard::start(&[("app", format!("{COUNTRIES}{ROW}{}", sample_rows()))]).await;
    let (acme, globex, mut umbrella) = (shard.row("acme"), shard.row("globex"), shard.schema("umbrella"));
    umbrella.kind =
        TenantKind::Schema { schema: "tenant_umbrella".to_owned(), template: None, reference_tables: vec!["countries".to_owned()] };
    for spec in [&acme, &globex, &umbrella] {
        create_twice(spec).await;
    }
    let (one, again, other) =
        (shard.tenant(&acme).await.unwrap(), shard.tenant(&acme).await.unwrap(), shard.tenant(&globex).await.unwrap());
    let third = shard.tenant(&umbrella).await.unwrap();
    let held = async |client: &Client, arguments: &str| {
        number(client, &format!("SELECT pgtenant.pg_try_advisory_lock({arguments})::int::bigint")).await
    };
    for arguments in ["1", "-1", "9223372036854775807", "0, 1", "1, 0"] {
        assert_eq!(held(&one, arguments).await, 1);
        assert_eq!(held(&again, arguments).await, 0, "a tenant's own sessions exclude each other: {arguments}");
        assert_eq!((held(&other, arguments).await, held(&third, arguments).await), (1, 1), "others' don't: {arguments}");
        assert_eq!(number(&one, &format!("SELECT pgtenant.pg_advisory_unlock({arguments})::int::bigint")).await, 1);
        assert_eq!(held(&again, arguments).await, 1);
        run(&again, "SELECT pg_advisory_unlock_all()").await;
    }
    run(&one, "BEGIN; SELECT pgtenant.pg_advisory_xact_lock_shared(7)").await;
    assert_eq!(number(&again, "SELECT pgtenant.pg_try_advisory_xact_lock_shared(7)::int::bigint").await, 1);
    assert_eq!(number(&again, "SELECT pgtenant.pg_try_advisory_xact_lock(7)::int::bigint").await, 0);
    run(&one, "COMMIT").await;
    assert_eq!(number(&again, "SELECT pgtenant.pg_try_advisory_xact_lock(7)::int::bigint").await, 1);
    assert_eq!(number(&one, "SELECT count(pgtenant.pg_advisory_lock(NULL))").await, 0, "NULL does nothing, as PostgreSQL's do");

    // Channels are those that the proxy listens to, and errors are PostgreSQL's.
    let name = ChannelNames::scoped(ScopeKey::new(&acme.password, "acme")).on_server("Grüße");
    let (sender, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let (listener, mut connection) = tokio_postgres::connect(&shard.cluster.dsn("app"), NoTls).await.unwrap();
    tokio::spawn(async move {
        while let Some(Ok(message)) = std::future::poll_fn(|context| connection.poll_message(context)).await {
            if let tokio_postgres::AsyncMessage::Notification(note) = message {
                sender.send(note.payload().to_owned()).unwrap();
            }
        }
    });
    run(&listener, &format!("LISTEN {name}")).await;
    run(&one, "SELECT pgtenant.pg_notify('Grüße', 'from acme')").await;
    run(&other, "SELECT pgtenant.pg_notify('Grüße', 'from globex')").await;
    run(&one, "BEGIN; SELECT pgtenant.pg_notify('Grüße', 'never'); ROLLBACK; SELECT pgtenant.pg_notify('Grüße', NULL)").await;
    assert_eq!((heard.recv().await.unwrap().as_str(), heard.recv().await.unwrap().as_str()), ("from acme", ""));
    drop(listener);
    for (arguments, state) in
        [("NULL, 'x'", "22023"), ("'', 'x'", "22023"), ("repeat('x', 64), ''", "22023"), ("'a', repeat('x', 8000)", "22023")]
    {
        assert_eq!(refusal(&one, &format!("SELECT pgtenant.pg_notify({arguments})")).await, state, "{arguments}");
    }
    for sql in [
        "SELECT pgtenant.scope_key()",
        "SELECT pgtenant.lock_key('1')",
        "SELECT pgtenant.channel('a')",
        "SELECT * FROM pgtenant.scopes",
        "SELECT pg_advisory_lock(1)",
        "SELECT pg_notify('a', 'b')",
    ] {
        assert_eq!(refusal(&one, sql).await, "42501", "{sql}");
    }
    let nobody = shard.owner("app").await;
    assert_eq!(refusal(&nobody, "SELECT pgtenant.pg_advisory_lock(1)").await, "42501", "a superuser is no tenant");

    let log = std::fs::read_to_string(shard.cluster.log_path()).unwrap();
    let key = ScopeKey::new(&acme.password, "acme").as_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert!(log.contains("pgtenant.scopes") && !log.contains(&key), "no key in the server's log");

    // A new password is a new key.
    let renewed = TenantSpec { password: "another".to_owned(), ..acme.clone() };
    create_twice(&renewed).await;
    assert_eq!(number(&one, "SELECT count(pgtenant.pg_notify('a', ''))").await, 1);
}
