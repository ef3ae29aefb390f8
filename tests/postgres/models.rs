//! Three tenants at work at once, one of each model, on two shards: a row tenant among others' rows, one with a schema beside another's,
//! one with a database of its own. Whatever way they ask, each sees its own rows, all of them, and no others.

use std::sync::Arc;

use pgtenant::lifecycle::{
    cluster::Cluster,
    create::{TenantKind, TenantSpec, create},
};

use crate::support::{
    bed::Bed,
    cluster::{self, ROLE_PASSWORD},
    proxy::Proxy,
    run,
    wire::*,
};

const SHARED: &str = "CREATE TABLE orders (tenant_id text NOT NULL, id int NOT NULL, note text NOT NULL, PRIMARY KEY (tenant_id, id))";
const OWN: &str = "CREATE TABLE orders (id int PRIMARY KEY, note text NOT NULL)";
/// Tenant, its neighbour of the same model, and the model.
const TENANTS: [(&str, &str, &str); 3] = [("acme", "globex", "shop"), ("hooli", "initech", "crm"), ("wayne", "stark", "vault")];
/// Rows that each tenant has from the beginning.
const ROWS: i32 = 5;
const SESSIONS: usize = 3;
const ROUNDS: i32 = 12;

fn spec(cluster: &Cluster, tenant: &str, model: &str) -> TenantSpec {
    let kind = match model {
        "shop" => TenantKind::Row {
            tenant_column: "tenant_id".to_owned(),
            key: tenant.to_owned(),
            reference_tables: Vec::new(),
            role_affixes: Some(("t_".to_owned(), String::new())),
        },
        "crm" => TenantKind::Schema { schema: format!("s_{tenant}"), template: Some("template".to_owned()), reference_tables: Vec::new() },
        _ => TenantKind::Database { template: Some("template_vault".to_owned()) },
    };
    TenantSpec {
        tenant: tenant.into(),
        model: model.into(),
        provisioner: cluster.dsn("postgres"),
        database: if model == "vault" { format!("d_{tenant}") } else { "app".to_owned() },
        role: format!("t_{tenant}"),
        password: ROLE_PASSWORD.to_owned(),
        kind,
        pool: None,
        meter: None,
    }
}

/// Both shards with all tenants' rows, marked by whose they are.
async fn shards() -> [Cluster; 2] {
    let shards = [cluster::own(&[("fsync", "off")]), cluster::own(&[("fsync", "off")])];
    for shard in &shards {
        let postgres = cluster::superuser(shard, "postgres").await;
        run(&postgres, "CREATE DATABASE app").await;
        run(&postgres, "CREATE DATABASE template_vault").await;
        run(&cluster::superuser(shard, "template_vault").await, OWN).await;
        let app = cluster::superuser(shard, "app").await;
        run(&app, &format!("{SHARED}; CREATE SCHEMA template; SET search_path = template; {OWN}")).await;
    }
    for (number, (tenant, neighbour, model)) in TENANTS.into_iter().enumerate() {
        // The neighbours are on both shards.
        let homes = [(tenant, &shards[number % 2]), (neighbour, &shards[0]), (neighbour, &shards[1])];
        for (name, shard) in homes {
            let spec = spec(shard, name, model);
            create(&spec).await.unwrap();
            let owner = cluster::superuser(shard, &spec.database).await;
            let (table, column, value) = match &spec.kind {
                TenantKind::Row { key, .. } => ("orders".to_owned(), "tenant_id, ", format!("'{key}', ")),
                TenantKind::Schema { schema, .. } => (format!("{schema}.orders"), "", String::new()),
                TenantKind::Database { .. } => ("orders".to_owned(), "", String::new()),
            };
            let rows = format!("SELECT {value}n, '{name}-' || n FROM generate_series(1, {ROWS}) n");
            run(&owner, &format!("INSERT INTO {table} ({column}id, note) {rows}")).await;
        }
    }
    shards
}

async fn proxy(shards: &[Cluster; 2]) -> Proxy {
    let mut bed = Bed::empty();
    for (id, shard) in ["east", "west"].into_iter().zip(shards) {
        bed.shard(id, &format!("host=127.0.0.1 port={} dbname=app sslmode=disable", shard.port()), 20);
    }
    bed.models = "[models.shop]\nkind = \"row\"\ntenant_column = \"tenant_id\"\nrole = \"t_{tenant}\"\n\
                  [models.crm]\nkind = \"schema\"\nschema = \"s_{tenant}\"\nrole = \"t_{tenant}\"\n\
                  [models.vault]\nkind = \"database\"\ndatabase = \"d_{tenant}\"\nrole = \"t_{tenant}\"\n"
        .to_owned();
    // Fewer server connections than sessions: they take turns.
    bed.plan = "max_connections = 2\n".to_owned();
    for (number, (tenant, _, model)) in TENANTS.into_iter().enumerate() {
        let shard = ["east", "west"][number % 2];
        bed.tenants.push_str(&format!(
            "[tenants.{tenant}]\nshard = \"{shard}\"\nmodel = \"{model}\"\nplan = \"basic\"\nrole_password = \"file:role_secret\"\n"
        ));
        bed.login(&format!("{tenant}_app"), &format!("tenant = \"{tenant}\"\nsecret = \"file:secret\""));
    }
    bed.serve().await
}

fn mine(tenant: &str) -> Vec<String> {
    (1..=ROWS).map(|number| format!("{tenant}-{number}")).collect()
}

const ALL: &str = "SELECT note FROM orders WHERE id < 1000 ORDER BY id";

/// One session's work with a driver.
async fn work(proxy: &Proxy, tenant: &str, session: usize) {
    let mut client = proxy.client_of(&format!("{tenant}_app")).await;
    let mine = mine(tenant);
    let prepared = client.prepare("SELECT note FROM orders WHERE id = $1").await.unwrap();
    let base = 1_000 * (1 + session as i32);
    for round in 0..ROUNDS {
        let simple = client.simple_query(ALL).await.unwrap();
        let simple: Vec<&str> = simple
            .iter()
            .filter_map(|message| match message {
                tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0),
                _ => None,
            })
            .collect();
        assert_eq!(simple, mine, "{tenant}, simple");
        let extended = client.query("SELECT note FROM orders WHERE id < $1 ORDER BY id", &[&1_000]).await.unwrap();
        assert_eq!(extended.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>(), mine, "{tenant}, extended");
        let number = 1 + round % ROWS;
        let rows = client.query(&prepared, &[&number]).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>(), [format!("{tenant}-{number}")], "prepared");
        let id = base + round;
        for commits in [false, true] {
            let transaction = client.transaction().await.unwrap();
            transaction.execute("INSERT INTO orders (id, note) VALUES ($1, $2)", &[&id, &format!("{tenant} new")]).await.unwrap();
            let seen = transaction.query_one("SELECT count(*), min(note) FROM orders WHERE id = $1", &[&id]).await.unwrap();
            assert_eq!((seen.get::<_, i64>(0), seen.get::<_, String>(1)), (1, format!("{tenant} new")));
            if commits { transaction.commit().await } else { transaction.rollback().await }.unwrap();
        }
        let range = [&base as &(dyn tokio_postgres::types::ToSql + Sync), &(base + 999)];
        let seen = client.query_one("SELECT count(*) FROM orders WHERE id BETWEEN $1 AND $2", &range).await.unwrap();
        assert_eq!(seen.get::<_, i64>(0), i64::from(round) + 1, "{tenant}");
    }
}

/// COPY out, over and over.
async fn copy_out(proxy: &Proxy, tenant: &str) {
    let mut wire = proxy.wire_of(&format!("{tenant}_app"), &[]).await;
    let expected: String = mine(tenant).iter().map(|note| format!("{note}\n")).collect();
    for round in 0..ROUNDS {
        let copy = format!("COPY ({ALL}) TO STDOUT");
        wire.send(&if round % 2 == 0 { query(&copy) } else { extended(&copy, &[]) }).await;
        let heard = wire.ready().await;
        let data = heard.iter().filter(|message| message.tag == b'd').map(|message| String::from_utf8_lossy(&message.body));
        assert_eq!(data.collect::<String>(), expected, "{tenant}: {heard:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_model_on_two_shards_at_once() {
    let shards = shards().await;
    let proxy = Arc::new(proxy(&shards).await);
    let mut at_work = tokio::task::JoinSet::new();
    for (tenant, _, _) in TENANTS {
        for session in 0..SESSIONS {
            let proxy = Arc::clone(&proxy);
            at_work.spawn(async move { work(&proxy, tenant, session).await });
        }
        let proxy = Arc::clone(&proxy);
        at_work.spawn(async move { copy_out(&proxy, tenant).await });
    }
    while let Some(done) = at_work.join_next().await {
        done.unwrap();
    }
    // What each has written is where it belongs, and the neighbours' rows are as they were.
    for (number, (tenant, neighbour, model)) in TENANTS.into_iter().enumerate() {
        let written = i64::from(ROWS) + i64::from(ROUNDS) * SESSIONS as i64;
        let homes = [(tenant, &shards[number % 2], written), (neighbour, &shards[0], ROWS.into()), (neighbour, &shards[1], ROWS.into())];
        for (name, shard, rows) in homes {
            let (database, table, condition) = match model {
                "shop" => ("app".to_owned(), "orders".to_owned(), format!("tenant_id = '{name}'")),
                "crm" => ("app".to_owned(), format!("s_{name}.orders"), "true".to_owned()),
                _ => (format!("d_{name}"), "orders".to_owned(), "true".to_owned()),
            };
            let owner = cluster::superuser(shard, &database).await;
            let count = format!("SELECT count(*), count(*) FILTER (WHERE note LIKE '{name}%') FROM {table} WHERE {condition}");
            let row = owner.query_one(&count, &[]).await.unwrap();
            assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (rows, rows), "{name}");
        }
    }
}
