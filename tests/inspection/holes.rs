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
            };
            create(&spec).await.unwrap_or_else(|error| panic!("{tenant}: {error}"));
            match groups.iter_mut().find(|group| group.database == database && group.model == spec.model) {
                Some(group) => group.tenants.push(spec),
                None => groups.push(Group {
                    database: database.to_owned(),
                    model: spec.model.clone(),
                    functions: Vec::new(),
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

/// How a hole is expected to be closed.
#[derive(Clone, Copy, PartialEq, Debug)]
enum By {
    /// `--fix`.
    Fix,
    /// The statement that is printed.
    Hand,
    /// This statement of the test's own.
    Own(&'static str),
}

struct Case {
    database: &'static str,
    opens: &'static str,
    class: &'static str,
    object: &'static str,
    by: By,
    /// Takes away what the case has made, where closing the hole leaves it.
    after: &'static str,
}

const fn case(database: &'static str, opens: &'static str, class: &'static str, object: &'static str, by: By, after: &'static str) -> Case {
    Case { database, opens, class, object, by, after }
}

fn cases() -> Vec<Case> {
    use By::{Fix, Hand, Own};
    vec![
        // The row model.
        case("app", "ALTER TABLE orders NO FORCE ROW LEVEL SECURITY", "row security is not enabled", "orders", Fix, ""),
        case("app", "ALTER TABLE orders DISABLE ROW LEVEL SECURITY", "row security is not enabled", "orders", Fix, ""),
        case("app", "DROP POLICY tenant_isolation_only ON orders", "a row policy is missing", "orders", Fix, ""),
        case("app", "ALTER POLICY tenant_isolation_only ON orders USING (true)", "a row policy", "orders", Fix, ""),
        case(
            "app",
            "CREATE POLICY mine ON orders USING (true)",
            "a permissive policy of somebody else's",
            "mine on public.orders",
            Hand,
            "",
        ),
        case("app", "CREATE TABLE fresh (tenant_id text, a int)", "row security is not enabled", "fresh", Fix, "DROP TABLE fresh"),
        case(
            "app",
            "CREATE TABLE bare (a int); GRANT SELECT ON bare TO t_acme",
            "no tenant column",
            "bare, for t_acme",
            Fix,
            "DROP TABLE bare",
        ),
        case(
            "app",
            "CREATE TABLE bare (a int, b int); GRANT SELECT (b) ON bare TO PUBLIC",
            "rights on columns",
            "bare.b, for PUBLIC",
            Fix,
            "DROP TABLE bare",
        ),
        case("app", "GRANT SELECT ON events_2024 TO t_acme", "partition or child by its own name", "events_2024", Fix, ""),
        case(
            "app",
            "CREATE VIEW v AS SELECT * FROM orders; GRANT SELECT ON v TO t_acme",
            "doesn't ask with their rights",
            "public.v",
            Fix,
            "DROP VIEW v",
        ),
        case(
            "app",
            "CREATE MATERIALIZED VIEW m AS SELECT * FROM orders; GRANT SELECT ON m TO PUBLIC",
            "no policy guards it",
            "public.m, for PUBLIC",
            Fix,
            "DROP MATERIALIZED VIEW m",
        ),
        case(
            "app",
            "GRANT TRUNCATE, TRIGGER ON orders TO t_acme",
            "more rights than they need",
            "orders, for t_acme: TRIGGER, TRUNCATE",
            Fix,
            "",
        ),
        case("app", "GRANT INSERT ON countries TO t_acme", "more rights than they need", "countries, for t_acme: INSERT", Fix, ""),
        case("app", "GRANT SELECT ON SEQUENCE orders_id_seq TO t_globex", "read or set a sequence", "orders_id_seq", Fix, ""),
        case(
            "app",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; GRANT EXECUTE ON FUNCTION f() TO t_acme",
            "runs with its owner's rights",
            "f(), for t_acme",
            Hand,
            "DROP FUNCTION f()",
        ),
        case(
            "app",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; GRANT EXECUTE ON FUNCTION f() TO PUBLIC",
            "runs with its owner's rights",
            "f()",
            Fix,
            "DROP FUNCTION f()",
        ),
        case(
            "app",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; GRANT EXECUTE ON FUNCTION f() TO PUBLIC",
            "everybody may call a function that the model",
            "f()",
            Hand,
            "DROP FUNCTION f()",
        ),
        case(
            "app",
            "CREATE UNIQUE INDEX notes_once ON orders (note) INCLUDE (tenant_id)",
            "a unique index without",
            "notes_once on public.orders",
            Hand,
            "DROP INDEX notes_once",
        ),
        case(
            "app",
            "ALTER TABLE customers ADD CONSTRAINT mail UNIQUE (email)",
            "a unique index without",
            "mail on public.customers",
            Hand,
            "ALTER TABLE customers DROP CONSTRAINT mail",
        ),
        case(
            "app",
            "CREATE TABLE a (tenant_id text, id int, PRIMARY KEY (tenant_id, id)); CREATE TABLE b (tenant_id text, a int, x text REFERENCES keyed); ",
            "",
            "",
            Hand,
            "",
        ),
        case(
            "app",
            "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS 'SELECT 1::text'; ALTER TABLE orders ALTER note SET DEFAULT f()",
            "a default or check calls",
            "orders.note calls",
            Hand,
            "DROP FUNCTION f()",
        ),
        case("app", "GRANT CREATE ON SCHEMA public TO t_hooli", "create in a shared schema", "public, for t_hooli", Fix, ""),
        case("app", "GRANT CREATE ON SCHEMA public TO PUBLIC", "", "public", Fix, ""),
        case("app", "GRANT TEMPORARY ON DATABASE app TO t_acme", "temporary tables", "app, for t_acme: TEMPORARY", Fix, ""),
        case("app", "GRANT CONNECT ON DATABASE app TO PUBLIC", "everybody may connect", "app", Fix, ""),
        case("app", "ALTER TABLE orders OWNER TO t_acme", "owns what others use", "orders, of t_acme", Hand, "CREATE TABLE nothing ()"),
        case("app", "ALTER ROLE t_acme BYPASSRLS", "has powers", "t_acme", Fix, ""),
        case("app", "GRANT somebody TO t_acme", "member of a role that is somebody", "t_acme in somebody", Fix, ""),
        case("app", "GRANT t_globex TO t_acme", "member of a role that is somebody", "t_acme in t_globex", Fix, ""),
        case("app", "GRANT pg_monitor TO t_acme", "member of a role that is somebody", "t_acme in pg_monitor", Fix, ""),
        case("app", "GRANT USAGE ON LANGUAGE plpgsql TO t_acme", "no gate reads", "plpgsql, for t_acme", Fix, ""),
        // Every model.
        case("app", "GRANT EXECUTE ON FUNCTION pg_notify TO PUBLIC", "everybody may call a function", "pg_notify", Fix, ""),
        case(
            "app",
            "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO t_acme",
            "rights in pg_catalog",
            "pg_read_file(text), for t_acme",
            Fix,
            "",
        ),
        case("app", "GRANT SELECT ON pg_stat_activity TO PUBLIC", "a catalog of what others have", "pg_stat_activity", Fix, ""),
        case("d_wayne", "GRANT SELECT ON pg_locks TO PUBLIC", "a catalog of what others have", "pg_locks", Fix, ""),
        case("d_wayne", "GRANT EXECUTE ON FUNCTION query_to_xml TO PUBLIC", "everybody may call a function", "query_to_xml", Fix, ""),
        // The schema model.
        case(
            "app",
            "GRANT USAGE ON SCHEMA s_hooli TO t_initech",
            "others have rights on a tenant's schema",
            "s_hooli, for t_initech",
            Fix,
            "",
        ),
        case(
            "app",
            "GRANT USAGE ON SCHEMA s_initech TO PUBLIC",
            "others have rights on a tenant's schema",
            "s_initech, for PUBLIC",
            Fix,
            "",
        ),
        case(
            "app",
            "GRANT SELECT ON s_initech.customers TO stranger",
            "others have rights in a tenant's schema",
            "s_initech.customers, for stranger",
            Fix,
            "",
        ),
        case("app", "ALTER TABLE s_initech.customers OWNER TO stranger", "belongs to another role", "s_initech.customers", Fix, ""),
        case("app", "ALTER SCHEMA s_initech OWNER TO stranger", "a tenant's schema belongs to another role", "s_initech", Hand, ""),
        case(
            "app",
            "ALTER SCHEMA s_initech RENAME TO gone",
            "is not set up",
            "tenant initech: schema s_initech",
            Own("ALTER SCHEMA gone RENAME TO s_initech"),
            "",
        ),
        // The database model.
        case("d_wayne", "GRANT CONNECT ON DATABASE d_wayne TO PUBLIC", "everybody may connect", "d_wayne", Fix, ""),
        case("d_wayne", "GRANT CONNECT ON DATABASE d_wayne TO t_stark", "another tenant may connect", "d_wayne, for t_stark", Fix, ""),
        case(
            "postgres",
            "ALTER DATABASE d_wayne RENAME TO elsewhere",
            "is not set up",
            "tenant wayne: database",
            Own("ALTER DATABASE elsewhere RENAME TO d_wayne"),
            "",
        ),
        case(
            "postgres",
            "ALTER ROLE t_globex RENAME TO t_gone",
            "is not set up",
            "tenant globex: role",
            Own("ALTER ROLE t_gone RENAME TO t_globex"),
            "",
        ),
    ]
}

#[tokio::test]
async fn each_hole_is_found_and_its_statement_closes_it() {
    let world = World::start().await;
    assert_eq!(world.holes().await, [], "what create leaves is clean");
    for Case { database, opens, class, object, by, after } in cases() {
        if class.is_empty() && by == By::Hand {
            continue;
        }
        run(&world.client(database).await, opens).await;
        let holes = world.holes().await;
        let found: Vec<&Hole> = holes.iter().filter(|hole| hole.class.contains(class) && hole.object.contains(object)).collect();
        assert!(!found.is_empty(), "{opens}: not found among {holes:#?}");
        match by {
            By::Fix => {
                let Findings { holes, fixed, failed } = fix(&world.inspection).await.unwrap();
                assert!(!fixed.is_empty() && failed.is_empty(), "{opens}: {fixed:?} {failed:?}");
                assert_eq!(holes, [], "{opens}: --fix closes it");
            }
            By::Hand => {
                for hole in &holes {
                    let Remedy::ByHand(statement) = &hole.remedy else { panic!("{opens}: {hole:?}") };
                    run(&world.client(&hole.database).await, statement).await;
                }
                assert_eq!(world.holes().await, [], "{opens}: its statement closes it");
            }
            By::Own(statement) => run(&world.client(database).await, statement).await,
        }
        if !after.is_empty() {
            run(&world.client(database).await, after).await;
        }
        let left = world.holes().await;
        assert_eq!(left, [], "{opens}: nothing is left");
    }
}
