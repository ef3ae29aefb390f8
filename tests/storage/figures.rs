//! How good figures are, and what they cost.

use std::time::{Duration, Instant};

use pgtenant::{
    backend::storage::Meter,
    session::{placement::ServerTlsCache, storage::control_of},
};

use crate::{
    support::{cluster, eventually, run},
    world::{Model, World},
};

const TABLES: &str = "
    CREATE TABLE orders (tenant_id text NOT NULL, id int NOT NULL, total numeric, note text, PRIMARY KEY (tenant_id, id));
    CREATE INDEX ON orders (tenant_id, total);
    CREATE TABLE documents (id int PRIMARY KEY, tenant_id text NOT NULL, body text, read_at timestamptz);
    CREATE TABLE tags (tenant_id text NOT NULL, name text) PARTITION BY LIST (tenant_id);
    CREATE TABLE tags_few PARTITION OF tags FOR VALUES IN ('t0', 't1');
    CREATE TABLE tags_rest PARTITION OF tags DEFAULT;";

/// Fifty tenants, the first with a quarter of the rows, the last with a hundredth of a percent; rows are up to forty times as wide as others';
/// orders lie in order of time, documents tenant by tenant, a third of the orders is deleted, and long documents lie beside their table.
const DATA: &str = "
    INSERT INTO orders SELECT 't' || least(49, floor(-12 * ln(1 - random())))::int, n, n, repeat('n', 5 + n % 60) FROM generate_series(1, 300000) n ON CONFLICT DO NOTHING;
    DELETE FROM orders WHERE id % 3 = 0;
    INSERT INTO documents SELECT n, 't' || n / 1000, CASE WHEN n % 200 = 0 THEN (SELECT string_agg(md5((n * i)::text), '') FROM generate_series(1, 300) i)
                                                         ELSE repeat('d', 20 + (n / 1000) * 15) END, now() FROM generate_series(0, 49999) n;
    INSERT INTO tags SELECT 't' || n % 7, 'tag' || n FROM generate_series(1, 5000) n;";

#[tokio::test]
async fn estimates_are_near() {
    let world = World::with(Model::RowLogin, "storage = \"1GB\"\n", TABLES).await;
    let owner = cluster::superuser(&world.cluster, "app").await;
    run(&owner, DATA).await;
    for maintenance in ["", "VACUUM", "ANALYZE"] {
        run(&owner, maintenance).await;
        let control = control_of(&world.tenant("acme"), &ServerTlsCache::default()).unwrap();
        let meter = Meter::connect(&control, Duration::from_secs(60)).await.unwrap();
        let about = meter.rows("tenant_id").await.unwrap();
        assert_eq!(about.len(), 50);
        let mut sum = 0.0;
        for number in 0..50 {
            let key = format!("t{number}");
            let exact = meter.key("tenant_id", &key, true).await.unwrap();
            let counted = meter.key("tenant_id", &key, false).await.unwrap();
            let off = |bytes: u64| bytes as f64 / exact.bytes as f64 - 1.0;
            assert_eq!(counted.rows, exact.rows, "{key}");
            assert!(off(counted.bytes).abs() < 0.1, "{maintenance} {key}: counted {counted:?}, exact {exact:?}");
            assert!(off(about[&key].bytes).abs() < 0.2, "{maintenance} {key}: about {:?}, exact {exact:?}", about[&key]);
            sum += off(about[&key].bytes).abs();
        }
        println!("{maintenance:8} off by {:.1}% on average", sum * 2.0);
    }
}

/// A table that is looked through in parts only.
#[tokio::test]
async fn large_tables_are_sampled() {
    let world = World::with(Model::RowLogin, "storage = \"1GB\"\n", "CREATE TABLE logs (tenant_id text NOT NULL, line text)").await;
    let owner = cluster::superuser(&world.cluster, "app").await;
    run(&owner, "INSERT INTO logs SELECT 't' || least(9, floor(-3 * ln(1 - random())))::int, repeat('l', 10 + n % 400) FROM generate_series(1, 400000) n").await;
    let control = control_of(&world.tenant("acme"), &ServerTlsCache::default()).unwrap();
    let meter = Meter::connect(&control, Duration::from_secs(60)).await.unwrap();
    let about = meter.rows("tenant_id").await.unwrap();
    for number in 0..10 {
        let key = format!("t{number}");
        let exact = meter.key("tenant_id", &key, true).await.unwrap();
        let off = about[&key].bytes as f64 / exact.bytes as f64 - 1.0;
        assert!(off.abs() < 0.2, "{key}: about {:?}, exact {exact:?}", about[&key]);
        let alone = meter.key("tenant_id", &key, false).await.unwrap();
        let off = alone.bytes as f64 / exact.bytes as f64 - 1.0;
        assert!(off.abs() < 0.2, "{key}: alone {alone:?}, exact {exact:?}");
    }
}

/// Schemas and databases count by their live rows, and files by themselves.
#[tokio::test]
async fn deleted_rows_do_not_count() {
    for model in [Model::SchemaLogin, Model::Database] {
        let world = World::new(model, "storage = \"1GB\"\n").await;
        let acme = world.tenant("acme");
        let owner = cluster::superuser(&world.cluster, &acme.database).await;
        let table = acme.schema.as_ref().map_or("public.items".to_owned(), |schema| format!("{schema}.items"));
        run(&owner, &format!("INSERT INTO {table} SELECT n, repeat('x', 100) FROM generate_series(1, 100000) n")).await;
        // A session's counters come a second later, and VACUUM's at once: the rows would count twice.
        tokio::time::sleep(Duration::from_millis(1100)).await;
        run(&owner, "SELECT 1").await;
        run(&owner, &format!("VACUUM ANALYZE {table}")).await;
        let measured = async || {
            let shown: serde_json::Value = serde_json::from_str(&world.pgtenant(&["show", "acme", "--json"])).unwrap();
            (shown["storage"]["bytes"].as_u64().unwrap(), shown["storage"]["files"].as_u64().unwrap())
        };
        let empty = if model == Model::Database { 8 << 20 } else { 0 };
        let (bytes, files) = measured().await;
        assert!(files > (14 << 20) + empty && files < (18 << 20) + empty, "{files}");
        assert!(bytes * 10 > files * 8, "{bytes} of {files}");
        run(&owner, &format!("DELETE FROM {table} WHERE id % 2 = 0")).await;
        tokio::time::sleep(Duration::from_millis(1500)).await;
        for maintenance in ["SELECT 1", &format!("VACUUM ANALYZE {table}")] {
            run(&owner, maintenance).await;
            // The server's counters come a little later.
            eventually(maintenance, || async {
                let (half, same) = measured().await;
                assert!(same >= files, "{files} {same}");
                let (was, is) = ((bytes - empty) as f64, (half.saturating_sub(empty)) as f64);
                (0.4..0.65).contains(&(is / was))
            })
            .await;
        }
    }
}

/// A tenant that holds its tables for itself alone doesn't stop the others from being measured.
#[tokio::test]
async fn locked_tables_do_not_matter() {
    for model in [Model::SchemaLogin, Model::Database] {
        let world = World::new(model, "storage = \"1GB\"\n").await;
        let acme = world.tenant("acme");
        let owner = cluster::superuser(&world.cluster, &acme.database).await;
        let table = acme.schema.as_ref().map_or("public.items".to_owned(), |schema| format!("{schema}.items"));
        run(&owner, &format!("INSERT INTO {table} SELECT n, repeat('x', 100) FROM generate_series(1, 20000) n; ANALYZE {table}")).await;
        run(&owner, &format!("BEGIN; LOCK TABLE {table}")).await;
        let meter = Meter::connect(&control_of(&acme, &ServerTlsCache::default()).unwrap(), Duration::from_secs(60)).await.unwrap();
        let begun = Instant::now();
        let locked = match model {
            Model::Database => meter.database().await.unwrap(),
            _ => {
                let all = meter.schemas(&["own_acme", "own_globex"]).await.unwrap();
                assert!(all["own_globex"].disk < 65536, "{all:?}");
                all["own_acme"]
            }
        };
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        assert!(locked.bytes > 2 << 20 && locked.disk > 2 << 20, "{locked:?}");
    }
}

/// Tenants without a limit, where that is wanted: usage records have the figure.
#[tokio::test]
async fn usage_records_have_it() {
    let mut world = World::new(Model::RowLogin, "").await;
    world.bed.sections = "[storage]\nrefresh = \"1s\"\ntenants = \"all\"\n[usage]\nfile = \"usage.jsonl\"\ninterval = \"1s\"\n".to_owned();
    let _cluster = world.cluster;
    let proxy = world.bed.serve().await;
    let mut wire = proxy.wire().await;
    wire.query("INSERT INTO items (id, note) SELECT n, repeat('x', 100) FROM generate_series(1, 1000) n").await;
    eventually("a record with storage", || async {
        let files = std::fs::read_dir(proxy.bed.folder()).unwrap().filter_map(Result::ok);
        let mut usage = files.filter(|file| file.file_name().to_string_lossy().starts_with("usage"));
        let lines = usage.next().map(|file| std::fs::read_to_string(file.path()).unwrap()).unwrap_or_default();
        let last = lines.lines().rfind(|line| line.contains("\"tenant\":\"acme\"")).map(str::to_owned);
        let record: Option<serde_json::Value> = last.and_then(|line| serde_json::from_str(&line).ok());
        let bytes = record.and_then(|record| record["storage_bytes"].as_u64()).unwrap_or_default();
        (120_000..300_000).contains(&bytes)
    })
    .await;
}

/// What a turn of a thousand tenants with a million rows costs. Run by hand: `cargo test --test storage -- --ignored --nocapture`.
#[tokio::test]
#[ignore = "a measurement"]
async fn what_it_costs() {
    let tables = "CREATE TABLE orders (tenant_id text NOT NULL, id int NOT NULL, total numeric, note text, PRIMARY KEY (tenant_id, id))";
    let world = World::with(Model::RowLogin, "storage = \"1GB\"\n", tables).await;
    let owner = cluster::superuser(&world.cluster, "app").await;
    run(&owner, "INSERT INTO orders SELECT 't' || n % 1000, n, n, repeat('n', 60) FROM generate_series(1, 1000000) n").await;
    let control = control_of(&world.tenant("acme"), &ServerTlsCache::default()).unwrap();
    for maintenance in ["SELECT 1", "VACUUM ANALYZE"] {
        run(&owner, maintenance).await;
        for _ in 0..3 {
            let begun = Instant::now();
            let meter = Meter::connect(&control, Duration::from_secs(60)).await.unwrap();
            let connected = begun.elapsed();
            let tenants = meter.rows("tenant_id").await.unwrap().len();
            let all = begun.elapsed() - connected;
            let begun = Instant::now();
            meter.key("tenant_id", "t7", false).await.unwrap();
            let one = begun.elapsed();
            let begun = Instant::now();
            meter.key("tenant_id", "t7", true).await.unwrap();
            println!(
                "{maintenance}: connect {connected:?}, {tenants} tenants about {all:?}, one counted {one:?}, one exact {:?}",
                begun.elapsed()
            );
        }
    }
    for schemas in [1000] {
        run(&owner, &format!("DO $$ begin for i in 1..{schemas} loop execute format('CREATE SCHEMA s%s', i);
            for j in 1..5 loop execute format('CREATE TABLE s%s.t%s (id int primary key, a text)', i, j); end loop; if i % 50 = 0 then commit; end if; end loop; end $$")).await;
        let names: Vec<String> = (1..=schemas).map(|number| format!("s{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let meter = Meter::connect(&control, Duration::from_secs(60)).await.unwrap();
        for _ in 0..3 {
            let begun = Instant::now();
            let found = meter.schemas(&names).await.unwrap().len();
            println!("{found} schemas with 5 tables each: {:?}", begun.elapsed());
        }
    }
    let names: Vec<String> = (1..=200).map(|number| format!("d{number}")).collect();
    for name in &names {
        run(&owner, &format!("CREATE DATABASE {name}")).await;
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let meter = Meter::connect(&control, Duration::from_secs(60)).await.unwrap();
    for _ in 0..3 {
        let begun = Instant::now();
        let found = meter.databases(&names).await.unwrap().len();
        println!("{found} databases' files: {:?}", begun.elapsed());
    }
}
