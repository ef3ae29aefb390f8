//! One shared database behind the proxy, and beside it a database per tenant that holds this tenant's rows only.

use std::sync::atomic::{AtomicU32, Ordering};

use pgtenant::{
    config::Secret,
    lifecycle::{
        cluster::{Cluster, random_hex},
        create::{PoolSpec, TenantKind, TenantSpec, create},
    },
    shard_map::SigningKey,
};
use tokio_postgres::Client;

use super::tables::{DDL, EMPTY, REGIONS, fingerprint, rows};
use crate::support::{
    bed::Bed,
    cluster::{self, ROLE_PASSWORD, superuser},
    proxy::Proxy,
    run, text,
    wire::{Wire, query},
};

pub const TENANTS: [&str; 2] = ["acme", "globex"];

/// Which of the two locks hold, and how tenants share connections.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Locks {
    /// Both, each tenant with a login of its own.
    Login,
    /// Both, over a pool whose context is signed.
    Signed,
    /// Both, over a pool whose context is a plain setting.
    Shared,
    /// Row level security is switched off.
    GateAlone,
    /// The gate only looks on.
    DatabaseAlone,
}

impl Locks {
    /// The pool that tenants share, where they do.
    fn pool(self, number: u32, key: &str) -> Option<PoolSpec> {
        let keys = match self {
            Locks::Signed => vec![SigningKey::read(key).unwrap()],
            Locks::Shared => Vec::new(),
            _ => return None,
        };
        let (role, password) = (format!("i{number}_pool"), Some(Secret::new(ROLE_PASSWORD)));
        Some(PoolSpec { role, password, setting: Some("app.current_tenant".to_owned()), keys })
    }

    /// The lock's name in the map.
    fn name(self) -> &'static str {
        match self {
            Locks::Signed => "signed",
            Locks::Shared => "shared",
            _ => "login",
        }
    }
}

/// Everything that the property needs.
pub struct World {
    pub proxy: Proxy,
    /// INSERT may leave the tenant column out: the gate is there.
    pub implicit: bool,
    /// COPY FROM works.
    pub copy_from: bool,
    shared: String,
    owners: [Client; 3],
}

fn cluster() -> &'static Cluster {
    cluster::shared()
}

/// A tenant's role; roles belong to the cluster, so each world has its own.
fn role(tenant: &str, number: u32) -> String {
    format!("i{number}_{tenant}")
}

fn number() -> u32 {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

impl World {
    pub async fn new(locks: Locks) -> World {
        let number = number();
        let shared = format!("iso{number}_shared");
        let postgres = superuser(cluster(), "postgres").await;
        let names: Vec<String> = std::iter::once(shared.clone()).chain(TENANTS.map(|tenant| format!("iso{number}_{tenant}"))).collect();
        let mut owners = Vec::new();
        for name in &names {
            run(&postgres, &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'")).await;
            let owner = superuser(cluster(), name).await;
            run(&owner, DDL).await;
            run(&owner, REGIONS).await;
            owners.push(owner);
        }
        let mut bed = Bed::empty();
        bed.shard("east", &cluster().address(&shared), 60);
        let key = random_hex(32);
        let pool = locks.pool(number, &key);
        if let Some(pool) = &pool {
            bed.shards.push_str(&format!("user = \"{}\"\npassword = \"file:role_secret\"\n", pool.role));
            if pool.is_signed() {
                bed.file("signing_key", &key);
                bed.shards.push_str("signing_key = \"file:signing_key\"\n");
            }
        }
        bed.models += &format!(
            "[models.shop]\nkind = \"row\"\ntenant_column = \"tenant_id\"\nrole = \"i{number}_{{tenant}}\"\nreference_tables = [\"regions\"]\n\
             lock = \"{}\"\nsetting = \"app.current_tenant\"\n",
            locks.name()
        );
        for (tenant, owner) in TENANTS.iter().zip(&owners[1..]) {
            create(&TenantSpec { pool: pool.clone(), ..spec(tenant, number, &shared) }).await.unwrap_or_else(|error| panic!("{error}"));
            if pool.is_some() {
                run(&postgres, &format!("CREATE ROLE {} LOGIN PASSWORD '{ROLE_PASSWORD}'", role(tenant, number))).await;
            }
            only(owner, tenant, &role(tenant, number)).await;
            bed.tenants.push_str(&format!(
                "[tenants.{tenant}]\nshard = \"east\"\nmodel = \"shop\"\nplan = \"basic\"\nrole_password = \"file:role_secret\"\n"
            ));
            bed.login(&format!("{tenant}_app"), &format!("tenant = \"{tenant}\"\nsecret = \"file:secret\""));
        }
        let grantee = pool.as_ref().map_or("pgtenant_shop", |pool| pool.role.as_str());
        run(
            &owners[0],
            &format!("GRANT SELECT, INSERT, UPDATE, DELETE ON {CHILDREN} TO {grantee}; GRANT SELECT ON open_jobs TO {grantee}"),
        )
        .await;
        // A view of a superuser's would pass all policies.
        run(&owners[0], "ALTER VIEW open_jobs OWNER TO pgtenant_owner").await;
        if locks == Locks::GateAlone {
            switch_row_security_off(&owners[0]).await;
        }
        if locks == Locks::DatabaseAlone {
            bed.sections.push_str("[gate]\nmode = \"observe\"\n");
        }
        let proxy = bed.serve().await;
        let owners = owners.try_into().unwrap_or_else(|_| unreachable!());
        let mut world = World { proxy, implicit: false, copy_from: false, shared, owners };
        world.refill().await;
        let mut wire = world.proxy.wire_of("acme_app", &[]).await;
        wire.send(&query("COPY memos (id, body) FROM STDIN")).await;
        world.copy_from = wire.message().await.is_some_and(|message| message.tag == b'G');
        world.implicit = world
            .proxy
            .client_of("acme_app")
            .await
            .batch_execute("BEGIN; INSERT INTO memos (id, body) VALUES (1, 'x'); ROLLBACK")
            .await
            .is_ok();
        world
    }

    /// All tables as they were in the beginning.
    pub async fn refill(&self) {
        let both: String = TENANTS.iter().zip([1, 2]).map(|(tenant, salt)| rows(tenant, salt)).collect();
        let texts = [both, rows(TENANTS[0], 1), rows(TENANTS[1], 2)];
        for (owner, rows) in self.owners.iter().zip(texts) {
            run(owner, &format!("SET session_replication_role = replica; {EMPTY} {rows}")).await;
        }
    }

    /// The first table contents that differ: (tenant, in the shared database, alone).
    pub async fn difference(&self) -> Option<(&'static str, String, String)> {
        for (at, tenant) in TENANTS.iter().enumerate() {
            let query = fingerprint(tenant);
            let (shared, alone) = (text(&self.owners[0], &query).await, text(&self.owners[at + 1], &query).await);
            if shared != alone {
                let lines = |one: &str, other: &str| {
                    one.lines().filter(|line| !other.lines().any(|known| known == *line)).collect::<Vec<_>>().join(" | ")
                };
                return Some((tenant, lines(&shared, &alone), lines(&alone, &shared)));
            }
        }
        None
    }

    /// A session through the proxy, and one on the database of the tenant alone.
    pub async fn sessions(&self, tenant: &str) -> [Wire; 2] {
        let proxied = self.proxy.wire_of(&format!("{tenant}_app"), &[]).await;
        let mut alone = Wire::tcp(cluster().port()).await;
        let number = self.shared.trim_start_matches("iso").trim_end_matches("_shared");
        let database = format!("iso{number}_{tenant}");
        let role = role(tenant, number.parse().unwrap());
        alone.log_in(&role, ROLE_PASSWORD, &[("database", &database), ("client_encoding", "UTF8")]).await.unwrap();
        [proxied, alone]
    }
}

const CHILDREN: &str = "memos_old, readings_2024, readings_2025, readings_rest";

fn spec(tenant: &str, number: u32, database: &str) -> TenantSpec {
    TenantSpec {
        tenant: tenant.into(),
        model: "shop".into(),
        provisioner: cluster().dsn("postgres"),
        database: database.to_owned(),
        role: role(tenant, number),
        password: ROLE_PASSWORD.to_owned(),
        pool: None,
        kind: TenantKind::Row {
            tenant_column: "tenant_id".to_owned(),
            key: tenant.to_owned(),
            reference_tables: vec!["regions".to_owned()],
            role_affixes: Some((format!("i{number}_"), String::new())),
        },
        meter: None,
    }
}

/// A database for one tenant alone: the same rights, its key as the default, and a trigger that says of other tenants' keys what row
/// level security says.
async fn only(owner: &Client, tenant: &str, role: &str) {
    let tables = ["clients", "jobs", "steps", "readings", "memos", "memos_old", "\"Odd, \"\"Name\"\"\"", "ledger"];
    let mut sql = format!(
        "CREATE FUNCTION only_own() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           IF NEW.tenant_id IS DISTINCT FROM '{tenant}' THEN
             RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('new row violates row-level security policy for table \"%s\"', TG_TABLE_NAME);
           END IF; RETURN NEW; END $$;
         GRANT SELECT ON regions, open_jobs TO {role};"
    );
    for table in tables {
        sql.push_str(&format!(
            "ALTER TABLE {table} ALTER tenant_id SET DEFAULT '{tenant}';
             CREATE TRIGGER only_own BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION only_own();
             GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {role};"
        ));
    }
    sql.push_str(&format!("GRANT SELECT, INSERT, UPDATE, DELETE ON {CHILDREN} TO {role};"));
    run(owner, &sql).await;
}

/// So that the gate is the only lock.
pub async fn switch_row_security_off(owner: &Client) {
    let query = "SELECT string_agg(format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY; ALTER TABLE %s DISABLE ROW LEVEL SECURITY', oid::regclass, oid::regclass), '; ')
                   FROM pg_class WHERE relrowsecurity";
    let off = text(owner, query).await;
    run(owner, &off).await;
}
