//! The demo's PostgreSQL: two shards and a replica, with tenants of all three models and their data.

use std::path::Path;

use tokio::task::{JoinError, spawn_blocking};
use tokio_postgres::NoTls;

use super::{
    DemoError,
    tenants::{APP, Kind, RESIDENTS, Resident, SHARDS},
};
use crate::{
    config::Secret,
    keys::role_password,
    lifecycle::{
        cluster::{Binaries, Cluster, Template, random_hex},
        create::{MeterSpec, TenantKind, TenantSpec, create, new_verifier},
    },
    shard_map::RoleKey,
};

const COUNTRIES: &str = include_str!("shop/countries.sql");
const ROW: &str = include_str!("shop/row.sql");
const OWN: &str = include_str!("shop/own.sql");

/// The schema and the database that new tenants' are copied from.
pub(super) const TEMPLATE_SCHEMA: &str = "crm_template";
pub(super) const TEMPLATE_DATABASE: &str = "vault_template";
/// The pool's own login on the shards.
pub(super) const POOL_ROLE: &str = "pgtenant";

/// A shard with what the proxy must know of it.
pub(super) struct DemoShard {
    pub(super) id: &'static str,
    pub(super) primary: Cluster,
    pub(super) replica: Option<Cluster>,
    pub(super) role_key: String,
    pub(super) pool_password: String,
}

impl DemoShard {
    /// The role of a resident and its password.
    pub(super) fn role_password(&self, resident: &Resident) -> String {
        role_password(&self.role_key, &resident.role())
    }

    /// The login that measures storage.
    fn meter(&self) -> MeterSpec {
        let (role, password) = RoleKey::new(Secret::new(&self.role_key)).meter();
        MeterSpec { role, password }
    }
}

/// Starts both shards, side by side.
pub(super) async fn start(binaries: Binaries, folder: &Path) -> Result<Vec<DemoShard>, DemoError> {
    let at = folder.join("template");
    let template = unwind(spawn_blocking(move || Template::prepare(&binaries, &at)).await)??;
    let [first, second] = SHARDS;
    let (first, second) = tokio::try_join!(shard(&template, folder, first, true), shard(&template, folder, second, false))?;
    let _ = std::fs::remove_dir_all(folder.join("template"));
    Ok(vec![first, second])
}

/// A panic in a helper thread goes on in ours.
pub(super) fn unwind<T>(joined: Result<T, JoinError>) -> Result<T, DemoError> {
    joined.map_err(|error| match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(_) => DemoError::Interrupted,
    })
}

async fn shard(template: &Template, folder: &Path, id: &'static str, with_replica: bool) -> Result<DemoShard, DemoError> {
    let (template, folder, primary_at) = (template.clone(), folder.to_path_buf(), folder.join(id));
    let started = spawn_blocking(move || Cluster::start(&template, &primary_at, &[])).await;
    let primary = unwind(started)??;
    let shard = DemoShard { id, primary, replica: None, role_key: random_hex(32), pool_password: random_hex(16) };
    settle(&shard).await?;
    if !with_replica {
        return Ok(shard);
    }
    // In a thread of its own with the primary moved in and out: the copy is taken after the tenants moved in, so that it is whole at once.
    let replica_at = folder.join(format!("{id}-replica"));
    let copied = spawn_blocking(move || Cluster::replica_of(&shard.primary, &replica_at, &[]).map(|replica| (shard, replica))).await;
    let (shard, replica) = unwind(copied)??;
    Ok(DemoShard { replica: Some(replica), ..shard })
}

/// Databases, templates, tenants, data.
async fn settle(shard: &DemoShard) -> Result<(), DemoError> {
    let verifier = new_verifier(&shard.pool_password)?;
    let roles = format!(
        "CREATE ROLE {POOL_ROLE} LOGIN PASSWORD '{verifier}';
         REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;"
    );
    run(shard, "postgres", &roles).await?;
    for database in [APP, TEMPLATE_DATABASE] {
        run(shard, "postgres", &format!("CREATE DATABASE {database}")).await?;
    }
    let app = format!("{COUNTRIES}{ROW}CREATE SCHEMA {TEMPLATE_SCHEMA}; SET search_path = {TEMPLATE_SCHEMA}; {OWN}");
    run(shard, APP, &format!("{app}; GRANT CONNECT ON DATABASE {APP} TO {POOL_ROLE}")).await?;
    run(shard, TEMPLATE_DATABASE, &format!("{COUNTRIES}{OWN}; REVOKE ALL ON DATABASE {TEMPLATE_DATABASE} FROM PUBLIC")).await?;
    for resident in RESIDENTS.iter().filter(|resident| resident.shard == shard.id) {
        create(&spec(shard, resident)).await?;
        run(shard, &resident.database(), &data(resident)).await?;
    }
    run(shard, APP, "ANALYZE").await
}

/// What `pgtenant create` would read from the shard map.
fn spec(shard: &DemoShard, resident: &Resident) -> TenantSpec {
    let reference_tables = vec!["countries".to_owned()];
    let kind = match resident.kind {
        Kind::Row => TenantKind::Row {
            tenant_column: "tenant_id".to_owned(),
            key: resident.id.to_owned(),
            reference_tables,
            role_affixes: Some(("t_".to_owned(), String::new())),
        },
        Kind::Schema => TenantKind::Schema { schema: resident.own_name(), template: Some(TEMPLATE_SCHEMA.to_owned()), reference_tables },
        Kind::Database => TenantKind::Database { template: Some(TEMPLATE_DATABASE.to_owned()) },
    };
    TenantSpec {
        tenant: resident.id.into(),
        model: resident.kind.model().into(),
        provisioner: shard.primary.dsn("postgres"),
        database: resident.database(),
        role: resident.role(),
        password: shard.role_password(resident),
        kind,
        pool: None,
        meter: Some(shard.meter()),
    }
}

/// The same shop for everybody, of another size: three orders a customer, two items an order, events over three years, and pgbench's
/// tables at scale 1.
fn data(resident: &Resident) -> String {
    let (id, customers, orders) = (resident.id, resident.customers, resident.orders());
    // With the tenant column in front, or in the tenant's own schema or database.
    let (column, value) = match resident.kind {
        Kind::Row => ("tenant_id, ".to_owned(), format!("'{id}', ")),
        Kind::Schema | Kind::Database => (String::new(), String::new()),
    };
    let path = match resident.kind {
        Kind::Schema => format!("SET LOCAL search_path = {}, public;", resident.own_name()),
        Kind::Row | Kind::Database => String::new(),
    };
    let status = if resident.kind == Kind::Row { "text" } else { "order_status" };
    format!(
        "BEGIN; {path}
         INSERT INTO customers ({column}id, name, email, country_code)
             SELECT {value}i, initcap('{id}') || ' customer ' || i, 'customer' || i || '@{id}.example',
                    (SELECT code FROM countries ORDER BY code OFFSET i % 10 LIMIT 1) FROM generate_series(1, {customers}) i;
         INSERT INTO orders ({column}id, customer_id, status, placed_at)
             SELECT {value}i, 1 + i % {customers}, (ARRAY['new', 'paid', 'sent', 'void'])[1 + i % 4]::{status},
                    timestamptz '2024-01-01 00:00:00Z' + i * interval '5 hours' FROM generate_series(1, {orders}) i;
         INSERT INTO order_items ({column}order_id, line_no, sku, quantity, price)
             SELECT {value}i, l, 'SKU-' || 100 + (i * 7 + l) % 50, 1 + (i + l) % 5, 5 + (i * 13 + l) % 95
               FROM generate_series(1, {orders}) i, generate_series(1, 2) l;
         INSERT INTO events ({column}id, at, kind, payload)
             SELECT {value}i, date '2024-01-01' + i % 900, (ARRAY['login', 'view', 'buy'])[1 + i % 3], jsonb_build_object('n', i)
               FROM generate_series(1, {orders} * 5) i;
         INSERT INTO pgbench_branches ({column}bid, bbalance) VALUES ({value}1, 0);
         INSERT INTO pgbench_tellers ({column}tid, bid, tbalance) SELECT {value}i, 1, 0 FROM generate_series(1, 10) i;
         INSERT INTO pgbench_accounts ({column}aid, bid, abalance, filler) SELECT {value}i, 1, 0, '' FROM generate_series(1, 100000) i;
         COMMIT;"
    )
}

async fn run(shard: &DemoShard, database: &str, sql: &str) -> Result<(), DemoError> {
    let wrong = |source| DemoError::Sql { shard: shard.id, source };
    let (client, connection) = tokio_postgres::connect(&shard.primary.dsn(database), NoTls).await.map_err(wrong)?;
    let connection = tokio::spawn(connection);
    client.batch_execute(sql).await.map_err(wrong)?;
    drop(client);
    // A database can be a template when nobody is in it any more.
    let _ = connection.await;
    Ok(())
}
