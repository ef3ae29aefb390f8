//! On a replica, tenants are as far apart as on the primary: all models and locks.

use std::time::Duration;

use pgtenant::{
    lifecycle::{
        cluster::random_hex,
        create::{TenantKind, TenantSpec, create},
    },
    shard_map::SigningKey,
};

use crate::{
    pair::{Pair, WHERE, add_replica, reads_there, replica_of, wire_reads_there},
    shards::{Shard, Sharing},
    support::{
        bed::Bed,
        cluster::{self, ROLE_PASSWORD},
        refusal, run, text,
        wire::extended,
    },
};

/// Tenants of the row and the schema model with database roles of their own.
async fn login_bed(pair: &Pair) -> Bed {
    run(&cluster::superuser(&pair.primary, "postgres").await, "CREATE DATABASE app").await;
    let owner = cluster::superuser(&pair.primary, "app").await;
    run(
        &owner,
        "CREATE TABLE orders (tenant_id text NOT NULL, id int NOT NULL, note text, PRIMARY KEY (tenant_id, id));
         INSERT INTO orders SELECT t, n, upper(t) || '-' || n FROM unnest(ARRAY['acme', 'globex']) t, generate_series(1, 5) n;
         CREATE SCHEMA template; CREATE TABLE template.orders (id int PRIMARY KEY, note text);",
    )
    .await;
    let mut bed = Bed::empty();
    bed.file("provisioner", &pair.primary.dsn("postgres"));
    bed.shard("east", &format!("{} sslmode=disable", pair.primary.address("app")), 60);
    bed.shards.push_str("provisioner = \"file:provisioner\"\n");
    bed.models.push_str("[models.shop]\nkind = \"row\"\ntenant_column = \"tenant_id\"\nrole = \"row_{tenant}\"\n");
    bed.models.push_str("[models.crm]\nkind = \"schema\"\nschema = \"own_{tenant}\"\nrole = \"sch_{tenant}\"\n");
    for tenant in ["acme", "globex"] {
        let row =
            TenantKind::Row { tenant_column: "tenant_id".into(), key: tenant.into(), reference_tables: Vec::new(), role_affixes: None };
        let schema =
            TenantKind::Schema { schema: format!("own_{tenant}_s"), template: Some("template".into()), reference_tables: Vec::new() };
        for (id, model, role, kind) in
            [(tenant.to_owned(), "shop", format!("row_{tenant}"), row), (format!("{tenant}_s"), "crm", format!("sch_{tenant}_s"), schema)]
        {
            let spec = TenantSpec {
                tenant: id.as_str().into(),
                model: model.into(),
                provisioner: pair.primary.dsn("postgres"),
                database: "app".into(),
                role,
                password: ROLE_PASSWORD.into(),
                kind,
                pool: None,
                meter: None,
            };
            create(&spec).await.unwrap();
            bed.tenants.push_str(&format!(
                "[tenants.{id}]\nshard = \"east\"\nmodel = \"{model}\"\nplan = \"basic\"\nrole_password = \"file:role_secret\"\n"
            ));
            bed.login(&format!("{id}_app"), &format!("tenant = \"{id}\"\nsecret = \"file:secret\""));
        }
        let upper = tenant.to_uppercase();
        run(&owner, &format!("INSERT INTO own_{tenant}_s.orders SELECT n, '{upper}-' || n FROM generate_series(1, 5) n")).await;
    }
    pair.caught_up().await;
    add_replica(&mut bed, pair.replica.port(), "");
    bed
}

#[tokio::test]
async fn rows_and_schemas_of_others_are_not_there() {
    let pair = Pair::start("0");
    let proxy = login_bed(&pair).await.serve().await;
    for (login, foreign) in
        [("acme_app", "SELECT * FROM orders WHERE tenant_id = 'globex'"), ("acme_s_app", "SELECT * FROM own_globex_s.orders")]
    {
        let client = proxy.client_of(login).await;
        reads_there(&client).await;
        let all = "SELECT string_agg(note, ' ' ORDER BY id) || ' ' || current_setting('cluster_name') FROM orders";
        assert_eq!(text(&client, all).await, "ACME-1 ACME-2 ACME-3 ACME-4 ACME-5 replica", "{login}");
        let row: String = client.query_one(all, &[]).await.unwrap().get(0);
        assert_eq!(row, "ACME-1 ACME-2 ACME-3 ACME-4 ACME-5 replica", "{login}");
        run(&client, "BEGIN READ ONLY").await;
        assert_eq!(text(&client, all).await, "ACME-1 ACME-2 ACME-3 ACME-4 ACME-5 replica", "{login}");
        run(&client, "COMMIT").await;
        match client.simple_query(foreign).await {
            Ok(messages) => assert!(!messages.iter().any(|message| matches!(message, tokio_postgres::SimpleQueryMessage::Row(_)))),
            Err(error) => assert!(["42501", "42P01"].contains(&error.code().unwrap().code()), "{login}: {error:?}"),
        }
        // The gate says the same as ever.
        assert_eq!(refusal(&client, "SELECT pg_read_file('x')").await, "42501");
        assert_eq!(refusal(&client, "SELECT * FROM pg_authid").await, "42501");
        assert_eq!(refusal(&client, "SET search_path = pg_temp").await, "42501");
    }
}

/// One server connection of the replica's serves both tenants in turns.
#[tokio::test]
async fn signed_contexts_hold_on_a_replica() {
    for sharing in [Sharing::Signed, Sharing::Plain, Sharing::Roles] {
        let shard = Shard::start(sharing).await;
        let replica = replica_of(&shard.cluster, "0", "200");
        let mut bed = shard.bed(shard.cluster.port(), 1);
        add_replica(&mut bed, replica.port(), "");
        let proxy = bed.serve().await;
        let (mut acme, mut globex) = (proxy.wire_of("acme_app", &[]).await, proxy.wire_of("globex_app", &[]).await);
        wire_reads_there_named(&mut acme).await;
        wire_reads_there_named(&mut globex).await;
        let all = "SELECT string_agg(note, ' ' ORDER BY id) || ' ' || current_setting('cluster_name') FROM orders";
        for _ in 0..10 {
            for (wire, name) in [(&mut acme, "ACME"), (&mut globex, "GLOBEX")] {
                let expected = (1..=5).map(|n| format!("{name}-{n} ")).collect::<String>() + "replica";
                assert_eq!(wire.value(all).await, expected, "{sharing:?}");
                wire.send(&extended(all, &[])).await;
                let answer = wire.ready().await;
                let values: Vec<_> = answer.iter().filter(|message| message.tag == b'D').flat_map(|message| message.values()).collect();
                assert_eq!(values, [Some(expected)], "{sharing:?} {answer:?}");
            }
        }
        if sharing == Sharing::Signed {
            forged(&shard, replica.port()).await;
        }
        drop((acme, globex));
        drop(proxy);
    }
}

async fn wire_reads_there_named(wire: &mut crate::support::wire::Wire) {
    wire_reads_there(wire).await;
}

/// A signature that is good on the primary for some process is good for that process only, on the replica as well.
async fn forged(shard: &Shard, port: u16) {
    let mut wire = crate::support::wire::Wire::tcp(port).await;
    wire.log_in("pool", ROLE_PASSWORD, &[("database", "app")]).await.unwrap();
    let key = SigningKey::read(&shard.key).unwrap();
    let count = "SELECT count(*) FROM orders";
    for (signature, visible) in [
        (key.sign("acme", wire.process), "5"),
        (key.sign("acme", wire.process + 1), "0"),
        (key.sign("globex", wire.process), "0"),
        (SigningKey::read(&random_hex(32)).unwrap().sign("acme", wire.process), "0"),
    ] {
        wire.query(&format!("SET app.current_tenant = 'acme:{signature}'")).await;
        assert_eq!(wire.value(count).await, visible);
    }
}

/// Which server a plan's settings hold on: both.
#[tokio::test]
async fn limits_hold_on_a_replica() {
    let pair = Pair::start("0");
    let proxy = pair.serve("statement_timeout = \"300ms\"\n").await;
    let client = proxy.client().await;
    reads_there(&client).await;
    run(&client, "SET work_mem = '7MB'").await;
    reads_there(&client).await;
    assert_eq!(text(&client, "SELECT current_setting('work_mem') || current_setting('cluster_name')").await, "7MBreplica");
    run(&client, "BEGIN READ ONLY").await;
    assert_eq!(text(&client, WHERE).await, "replica");
    assert_eq!(refusal(&client, "SELECT pg_sleep(5)").await, "57014");
    run(&client, "ROLLBACK").await;
    tokio::time::sleep(Duration::from_millis(10)).await;
    assert_eq!(text(&client, WHERE).await, "replica");
}
