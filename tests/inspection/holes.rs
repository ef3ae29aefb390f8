//! `check --live` on real clusters: what `create` leaves is clean, each hole that is opened is found, and its statement closes it.

use pgtenant::lifecycle::{
    check::{Findings, Group, Hole, Inspection, Remedy, fix, inspect},
    cluster::Cluster,
    create::{TenantKind, TenantSpec, create},
};
use tokio_postgres::Client;

use crate::support::{cluster, run};

const COUNTRIES: &str = include_str!("../../src/cli/demo/shop/countries.sql");
const ROW: &str = include_str!("../../src/cli/demo/shop/row.sql");
const OWN: &str = include_str!("../../src/cli/demo/shop/own.sql");

/// What the command reads: its two files, and those with the secrets that they name.
struct Files(tempfile::TempDir);

impl Files {
    fn with_map(cluster: &Cluster, map: &str) -> Files {
        let folder = tempfile::tempdir().unwrap();
        let files = [
            ("pgtenant.toml", "shard_map = \"map.toml\"\n"),
            ("map.toml", map),
            ("key", "a key of sixteen bytes"),
            ("provisioner", &cluster.dsn("postgres")),
        ];
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Files(folder)
    }

    /// Whether the command was content, and what it printed.
    fn pgtenant(&self, arguments: &[&str]) -> (bool, String) {
        let config = self.0.path().join("pgtenant.toml");
        let output =
            std::process::Command::new(env!("CARGO_BIN_EXE_pgtenant")).args(arguments).arg("--config").arg(&config).output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap() + &String::from_utf8_lossy(&output.stderr))
    }
}

/// One cluster with tenants of all models.
struct World {
    cluster: Cluster,
    inspection: Inspection,
}

impl World {
    async fn start() -> World {
        let cluster = cluster::own(&[]);
        let postgres = cluster::superuser(&cluster, "postgres").await;
        for statement in ["CREATE DATABASE app", "CREATE DATABASE vault_template", "CREATE ROLE stranger", "CREATE ROLE somebody LOGIN"] {
            run(&postgres, statement).await;
        }
        let app = format!(
            "{COUNTRIES}{ROW} CREATE SCHEMA tpl; SET search_path = tpl; {OWN}",
            OWN = OWN.replace("REFERENCES countries", "REFERENCES public.countries")
        );
        run(&cluster::superuser(&cluster, "app").await, &app).await;
        run(&cluster::superuser(&cluster, "vault_template").await, &format!("{COUNTRIES}{OWN}")).await;
        let references = || vec!["countries".to_owned()];
        let row = |key: &str| TenantKind::Row {
            tenant_column: "tenant_id".to_owned(),
            key: key.to_owned(),
            reference_tables: references(),
            role_affixes: Some(("t_".to_owned(), String::new())),
        };
        let schema = |name: &str| TenantKind::Schema {
            schema: format!("s_{name}"),
            template: Some("tpl".to_owned()),
            reference_tables: references(),
        };
        let database = || TenantKind::Database { template: Some("vault_template".to_owned()) };
        let tenants = [
            ("acme", "shop", "app", row("acme")),
            ("globex", "shop", "app", row("globex")),
            ("hooli", "crm", "app", schema("hooli")),
            ("initech", "crm", "app", schema("initech")),
            ("wayne", "vault", "d_wayne", database()),
            ("stark", "vault", "d_stark", database()),
        ];
        let mut groups: Vec<Group> = Vec::new();
        for (tenant, model, database, kind) in tenants {
            let spec = TenantSpec {
                tenant: tenant.into(),
                model: model.into(),
                provisioner: cluster.dsn("postgres"),
                database: database.to_owned(),
                role: format!("t_{tenant}"),
                password: "secret".to_owned(),
                kind,
                pool: None,
                meter: None,
            };
            create(&spec).await.unwrap_or_else(|error| panic!("{tenant}: {error}"));
            match groups.iter_mut().find(|group| group.database == database && group.model == spec.model) {
                Some(group) => group.tenants.push(spec),
                None => groups.push(Group {
                    database: database.to_owned(),
                    model: spec.model.clone(),
                    functions: Vec::new(),
                    global_keys: Vec::new(),
                    pool_role: None,
                    tenants: vec![spec],
                }),
            }
        }
        let inspection = Inspection { shard: "east".into(), provisioner: cluster.dsn("postgres"), groups };
        World { cluster, inspection }
    }

    async fn holes(&self) -> Vec<Hole> {
        inspect(&self.inspection).await.unwrap().holes
    }

    async fn client(&self, database: &str) -> Client {
        cluster::superuser(&self.cluster, database).await
    }
}

/// A hole: where, how it is opened, what is said of what.
type Case = (&'static str, &'static str, &'static str, &'static str);

/// Closed by `--fix`.
const FIXED: &[Case] = &[
    // The row model.
    ("app", "ALTER TABLE orders NO FORCE ROW LEVEL SECURITY", "row security is not enabled", "orders"),
    ("app", "ALTER TABLE customers DISABLE ROW LEVEL SECURITY", "row security is not enabled", "customers"),
    ("app", "DROP POLICY tenant_isolation_only ON order_items", "a row policy is missing", "order_items"),
    ("app", "ALTER POLICY tenant_isolation_only ON events USING (true)", "a row policy was changed", "public.events"),
    ("app", "CREATE TABLE fresh (tenant_id text, a int)", "row security is not enabled", "fresh"),
    ("app", "CREATE TABLE bare (a int); GRANT SELECT ON bare TO t_acme", "no tenant column", "bare, for t_acme"),
    ("app", "CREATE TABLE bare2 (a int, b int); GRANT SELECT (b) ON bare2 TO PUBLIC", "rights on columns", "bare2.b, for PUBLIC"),
    ("app", "GRANT SELECT ON events_2024 TO t_acme", "partition or child by its own name", "events_2024"),
    ("app", "CREATE VIEW v AS SELECT * FROM orders; GRANT SELECT ON v TO t_acme", "doesn't ask with their rights", "public.v"),
    (
        "app",
        "CREATE MATERIALIZED VIEW m AS SELECT * FROM orders; GRANT SELECT ON m TO t_acme",
        "no policy guards it",
        "public.m, for t_acme",
    ),
    ("app", "GRANT TRUNCATE, TRIGGER ON orders TO t_acme", "more rights than they need", "orders, for t_acme: TRIGGER, TRUNCATE"),
    ("app", "GRANT INSERT ON countries TO t_acme", "more rights than they need", "countries, for t_acme: INSERT"),
    ("app", "GRANT SELECT ON SEQUENCE orders_id_seq TO t_globex", "read or set a sequence", "orders_id_seq"),
    (
        "app",
        "CREATE FUNCTION definer() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; GRANT EXECUTE ON FUNCTION definer() TO PUBLIC",
        "runs with its owner's rights",
        "definer()",
    ),
    ("app", "CREATE SCHEMA more; GRANT CREATE ON SCHEMA more TO t_hooli", "create in a shared schema", "more, for t_hooli"),
    ("app", "GRANT CREATE ON SCHEMA public TO PUBLIC", "everybody has rights on a schema", "public"),
    ("app", "GRANT TEMPORARY ON DATABASE app TO t_acme", "temporary tables", "app, for t_acme: TEMPORARY"),
    ("app", "GRANT CONNECT ON DATABASE app TO PUBLIC", "everybody may connect", "app"),
    ("app", "ALTER ROLE t_globex BYPASSRLS", "has powers", "t_globex"),
    ("app", "GRANT somebody TO t_globex", "member of a role that is somebody", "t_globex in somebody"),
    ("app", "GRANT t_globex TO t_hooli", "member of a role that is somebody", "t_hooli in t_globex"),
    ("app", "GRANT pg_monitor TO t_globex", "member of a role that is somebody", "t_globex in pg_monitor"),
    ("app", "GRANT USAGE ON LANGUAGE plpgsql TO t_acme", "no gate reads", "plpgsql, for t_acme"),
    // Every model.
    ("app", "GRANT EXECUTE ON FUNCTION pg_notify TO PUBLIC", "everybody may call a function", "pg_notify"),
    ("app", "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO t_acme", "rights in pg_catalog", "pg_read_file(text), for t_acme"),
    ("app", "GRANT SELECT ON pg_stat_activity TO PUBLIC", "a catalog of what others have", "pg_stat_activity"),
    ("d_wayne", "GRANT SELECT ON pg_locks TO PUBLIC", "a catalog of what others have", "pg_locks"),
    ("d_wayne", "GRANT EXECUTE ON FUNCTION query_to_xml TO PUBLIC", "everybody may call a function", "query_to_xml"),
    // The schema model.
    ("app", "GRANT USAGE ON SCHEMA s_hooli TO t_initech", "others have rights on a tenant's schema", "s_hooli, for t_initech"),
    ("app", "GRANT USAGE ON SCHEMA s_initech TO PUBLIC", "others have rights on a tenant's schema", "s_initech, for PUBLIC"),
    (
        "app",
        "GRANT SELECT ON s_initech.customers TO stranger",
        "others have rights in a tenant's schema",
        "s_initech.customers, for stranger",
    ),
    ("app", "ALTER TABLE s_initech.orders OWNER TO stranger", "belongs to another role", "s_initech.orders"),
    // The database model.
    ("d_wayne", "GRANT CONNECT ON DATABASE d_wayne TO PUBLIC", "everybody may connect", "d_wayne"),
    ("d_wayne", "GRANT CONNECT ON DATABASE d_wayne TO t_stark", "another tenant may connect", "d_wayne, for t_stark"),
];

/// These stop `create`, and are closed all the same.
const STOPPING: &[Case] = &[
    ("app", "ALTER ROLE t_acme CREATEROLE", "has powers", "t_acme"),
    ("app", "GRANT somebody TO t_acme", "member of a role that is somebody", "t_acme in somebody"),
    ("app", "ALTER TABLE orders NO FORCE ROW LEVEL SECURITY", "row security is not enabled", "orders"),
    ("app", "DROP POLICY tenant_isolation_only ON order_items", "no restrictive policy", "order_items"),
];

/// Closed by the statement that is printed, once somebody runs it.
const BY_HAND: &[Case] = &[
    ("app", "CREATE POLICY mine ON orders USING (true)", "a permissive policy of somebody else's", "mine on public.orders"),
    (
        "app",
        "CREATE FUNCTION named() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; GRANT EXECUTE ON FUNCTION named() TO t_acme",
        "runs with its owner's rights",
        "named(), for t_acme",
    ),
    (
        "app",
        "CREATE FUNCTION plain() RETURNS int LANGUAGE sql AS 'SELECT 1'; GRANT EXECUTE ON FUNCTION plain() TO PUBLIC",
        "everybody may call a function that the model",
        "plain()",
    ),
    ("app", "CREATE UNIQUE INDEX once ON orders (note) INCLUDE (tenant_id)", "a unique index without", "once on public.orders"),
    ("app", "ALTER TABLE customers ADD CONSTRAINT mail UNIQUE (email)", "a unique index without", "mail on public.customers"),
    (
        "app",
        "ALTER TABLE customers ADD UNIQUE (tenant_id, email, id);
         ALTER TABLE order_items ADD COLUMN customer_id int;
         ALTER TABLE customers ADD CONSTRAINT own_id UNIQUE (id);
         ALTER TABLE order_items ADD CONSTRAINT theirs FOREIGN KEY (customer_id) REFERENCES customers (id)",
        "a foreign key without",
        "theirs on public.order_items",
    ),
    (
        "app",
        "CREATE FUNCTION made() RETURNS text LANGUAGE sql AS 'SELECT 1::text'; ALTER TABLE orders ALTER note SET DEFAULT made()",
        "a default or check calls",
        "orders.note calls",
    ),
    ("app", "CREATE VIEW theirs AS SELECT 1; ALTER VIEW theirs OWNER TO t_globex", "owns what others use", "theirs, of t_globex"),
    ("app", "ALTER SCHEMA s_initech OWNER TO stranger", "a tenant's schema belongs to another role", "s_initech"),
];

/// Closed by `create`, or by putting back what was there.
const MISSING: &[(&str, &str, &str)] = &[
    ("ALTER DATABASE d_wayne RENAME TO elsewhere", "tenant wayne: database", "ALTER DATABASE elsewhere RENAME TO d_wayne"),
    ("ALTER ROLE t_globex RENAME TO t_gone", "tenant globex: role", "ALTER ROLE t_gone RENAME TO t_globex"),
    ("ALTER SCHEMA s_initech RENAME TO gone", "tenant initech: schema s_initech", "ALTER SCHEMA gone RENAME TO s_initech"),
];

async fn open(world: &World, cases: &[Case]) -> Vec<Hole> {
    for (database, opens, ..) in cases {
        run(&world.client(database).await, opens).await;
    }
    let holes = world.holes().await;
    for (database, opens, class, object) in cases {
        let is_it = |hole: &&Hole| hole.database == *database && hole.class.contains(class) && hole.object.contains(object);
        assert!(holes.iter().any(|hole| is_it(&hole)), "{opens}: not found among {holes:#?}");
    }
    holes
}

#[tokio::test]
async fn each_hole_is_found_and_its_statement_closes_it() {
    let world = World::start().await;
    assert_eq!(world.holes().await, [], "what create leaves is clean");

    for cases in [FIXED, STOPPING] {
        open(&world, cases).await;
        let Findings { holes, fixed, failed } = fix(&world.inspection).await.unwrap();
        assert_eq!((holes, failed), (vec![], vec![]), "{fixed:#?}");
    }

    open(&world, BY_HAND).await;
    let kept = fix(&world.inspection).await.unwrap();
    assert!(kept.fixed.is_empty() && kept.failed.is_empty(), "not without being told: {kept:?}");
    for hole in kept.holes.iter().rev() {
        let Remedy::ByHand(statement) = &hole.remedy else { panic!("{hole:?}") };
        // A key that others refer to goes after them, and so may not be there any more.
        let _ = world.client(&hole.database).await.batch_execute(statement).await;
    }
    for hole in world.holes().await {
        let Remedy::ByHand(statement) = &hole.remedy else { panic!("{hole:?}") };
        run(&world.client(&hole.database).await, statement).await;
    }
    assert_eq!(world.holes().await, []);

    for (opens, object, closes) in MISSING {
        let client = world.client(if opens.contains("SCHEMA") { "app" } else { "postgres" }).await;
        run(&client, opens).await;
        let holes = world.holes().await;
        let is_it = |hole: &Hole| hole.object.contains(object) && matches!(hole.remedy, Remedy::Create(_));
        assert!(holes.iter().any(is_it), "{opens}: {holes:#?}");
        run(&client, closes).await;
    }
    assert_eq!(world.holes().await, []);
    let acme = &world.inspection.groups[0].tenants[0];
    let dsn = format!("host=127.0.0.1 port={} user={} password={} dbname=app", world.cluster.port(), acme.role, acme.password);
    let (client, connection) = tokio_postgres::connect(&dsn, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    run(&client, "INSERT INTO customers (id, name, email, country_code) VALUES (1, 'a', 'b', 'DE'); SELECT * FROM events, countries").await;
}

/// What tenants reach through somebody else's group is told, and left alone: others may need it.
#[tokio::test]
async fn what_others_may_need_is_left_alone() {
    let world = World::start().await;
    let app = world.client("app").await;
    run(
        &app,
        "CREATE ROLE staff; CREATE TABLE wages (a int); GRANT SELECT ON wages TO staff; GRANT staff TO t_globex;
         CREATE EXTENSION dblink SCHEMA public; GRANT EXECUTE ON FUNCTION dblink(text, text) TO PUBLIC;
         CREATE FUNCTION vouched() RETURNS int LANGUAGE sql AS 'SELECT 1';
         GRANT EXECUTE ON FUNCTION vouched() TO PUBLIC;
         CREATE UNIQUE INDEX everybodys ON customers (email); CREATE UNIQUE INDEX lowered ON customers (lower(name))",
    )
    .await;
    let before = world.holes().await;
    assert!(before.iter().any(|hole| hole.object == "function public.vouched()" || hole.object == "public.vouched()"), "{before:#?}");
    assert_eq!(before.iter().filter(|hole| hole.class.starts_with("a unique index without")).count(), 2, "{before:#?}");
    let mut inspection = world.inspection.clone();
    for group in &mut inspection.groups {
        group.functions.push("public.vouched".to_owned());
        group.global_keys.extend(["customers.email".to_owned(), "public.customers.lowered".to_owned()]);
    }
    let dblink = |hole: &Hole| hole.object.contains("extension dblink");
    assert!(before.iter().any(dblink));
    let after = fix(&inspection).await.unwrap();
    let [hole] = &after.holes[..] else { panic!("{after:#?}") };
    assert_eq!(hole.object, "public.wages, for staff");
    assert_eq!(hole.remedy, Remedy::ByHand("REVOKE ALL ON public.wages FROM staff".to_owned()));
    assert_eq!(crate::support::text(&app, "SELECT has_table_privilege('staff', 'wages', 'SELECT')").await, "t");
    assert_eq!(crate::support::text(&app, "SELECT has_function_privilege('t_acme', 'dblink(text, text)', 'EXECUTE')").await, "f");
}

/// The command, from files to exit status.
#[tokio::test]
async fn the_command_tells_fixes_and_says_so_by_its_status() {
    let cluster = cluster::own(&[]);
    let app = cluster::superuser(&cluster, "postgres").await;
    run(&app, "CREATE TABLE orders (tenant_id text, id int, PRIMARY KEY (tenant_id, id))").await;
    let map = format!(
        "version = 1\n[shards.east]\nprimary = \"host=127.0.0.1 port={} dbname=postgres\"\nrole_key = \"file:key\"\nprovisioner = \"file:provisioner\"\n\
         [plans.basic]\n[models.shop]\nkind = \"row\"\ntenant_column = \"tenant_id\"\nrole = \"t_{{tenant}}\"\n\
         [tenants]\nacme = {{ shard = \"east\", model = \"shop\", plan = \"basic\" }}\n",
        cluster.port()
    );
    let files = Files::with_map(&cluster, &map);
    let pgtenant = |arguments: &[&str]| files.pgtenant(arguments);
    let (good, text) = pgtenant(&["check", "--live"]);
    assert!(!good && text.contains("tenant acme: role \"t_acme\"\n    pgtenant create acme"), "{text}");
    let (good, text) = pgtenant(&["create", "acme"]);
    assert!(good, "{text}");
    let (good, text) = pgtenant(&["check", "--live"]);
    assert!(good && text.contains("ok: nothing is open on the shards"), "{text}");
    run(&app, "GRANT TRUNCATE ON orders TO t_acme; CREATE UNIQUE INDEX ids ON orders (id)").await;
    let (good, text) = pgtenant(&["check", "--live"]);
    assert!(
        !good && text.contains("    REVOKE TRUNCATE ON public.orders FROM t_acme;") && text.contains("2 holes are open; --fix"),
        "{text}"
    );
    let (good, text) = pgtenant(&["check", "--live", "--fix"]);
    assert!(!good && text.contains("done: postgres: REVOKE TRUNCATE ON public.orders FROM t_acme;"), "{text}");
    assert!(
        text.contains("by hand: DROP INDEX public.ids; CREATE UNIQUE INDEX ids ON public.orders USING btree (tenant_id, id);"),
        "{text}"
    );
    run(&app, "DROP INDEX ids").await;
    assert!(pgtenant(&["check", "--live"]).0);
    assert!(pgtenant(&["check"]).0 && !pgtenant(&["check", "--fix"]).0, "--fix needs --live");
}

/// Tenants that only a rule places: the map doesn't name them, what is on the shard does.
#[tokio::test]
async fn tenants_without_an_entry_are_looked_at() {
    let cluster = cluster::own(&[]);
    let postgres = cluster::superuser(&cluster, "postgres").await;
    let row = "kind = \"row\"\ntenant_column = \"tenant_id\"";
    // Database, model, what opens a hole, and what is said of it.
    let cases = [
        (
            "rows",
            format!("{row}\nrole = \"t_{{tenant}}\""),
            "GRANT TRUNCATE ON orders TO t_zoe",
            "REVOKE TRUNCATE ON public.orders FROM t_zoe",
        ),
        ("bare", format!("{row}\nrole = \"{{tenant}}\""), "GRANT TRUNCATE ON orders TO zoe", "REVOKE TRUNCATE ON public.orders FROM zoe"),
        ("pooled", format!("{row}\nlock = \"shared\""), "ALTER TABLE orders DISABLE ROW LEVEL SECURITY", "ENABLE ROW LEVEL SECURITY"),
        (
            "schemas",
            "kind = \"schema\"\nschema = \"s_{opaque}\"\nrole = \"r_{opaque}\"".to_owned(),
            "DO $$ BEGIN EXECUTE (SELECT format('GRANT USAGE ON SCHEMA %I TO PUBLIC', nspname) FROM pg_namespace WHERE nspname ~ '^s_'); END $$",
            "FROM PUBLIC",
        ),
        (
            "databases",
            "kind = \"database\"\ndatabase = \"d_{tenant}\"\nrole = \"o_{tenant}\"".to_owned(),
            "GRANT CONNECT ON DATABASE d_zoe TO PUBLIC",
            "REVOKE ALL ON DATABASE d_zoe FROM PUBLIC",
        ),
    ];
    for (database, model, opens, remedy) in cases {
        run(&postgres, &format!("CREATE DATABASE {database}")).await;
        let owner = cluster::superuser(&cluster, database).await;
        run(&owner, "CREATE TABLE orders (tenant_id text, id int, PRIMARY KEY (tenant_id, id))").await;
        let map = format!(
            "version = 1\n[shards.east]\nprimary = \"host=127.0.0.1 port={} dbname={database}\"\nrole_key = \"file:key\"\n\
             provisioner = \"file:provisioner\"\nuser = \"pool\"\npassword = \"file:key\"\n[plans.basic]\n[models.it]\n{model}\n\
             [placement]\nmodel = \"it\"\nplan = \"basic\"\nshards = {{ east = \"0-1023\" }}\n",
            cluster.port()
        );
        let files = Files::with_map(&cluster, &map);
        let pgtenant = |arguments: &[&str]| files.pgtenant(arguments);
        let (good, text) = pgtenant(&["create", "zoe"]);
        assert!(good, "{database}: {text}");
        let (good, text) = pgtenant(&["check", "--live"]);
        assert!(good && text.contains("shard east: 1 tenants found that [placement] places there"), "{database}: {text}");
        let at = if database == "databases" { cluster::superuser(&cluster, "d_zoe").await } else { owner };
        run(&at, opens).await;
        let (good, text) = pgtenant(&["check", "--live"]);
        assert!(!good && text.contains(remedy), "{database}: {text}");
        let (good, text) = pgtenant(&["check", "--live", "--fix"]);
        assert!(good && text.contains("done: "), "{database}: {text}");
    }
}
