//! Advisory locks and `pg_notify` through the gate: tenants that share a database write them as ever and never meet.

use std::time::Duration;

use pgtenant::lifecycle::{
    cluster::Cluster,
    create::{TenantKind, TenantSpec, create},
};

use tokio_postgres::Client;

use crate::support::{
    bed::Bed,
    cluster::{self, ROLE_PASSWORD},
    eventually,
    proxy::Proxy,
    run, text,
    wire::*,
};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Row,
    Schema,
    Database,
}

/// Tenants acme and globex, set up as `pgtenant create` does it.
async fn neighbours(kind: Kind, cluster: &Cluster) -> Proxy {
    let mut bed = Bed::empty();
    bed.plan = "max_connections = 3\n".to_owned();
    bed.shard("east", &format!("{} sslmode=disable", cluster.address("app")), 60);
    let owner = cluster::superuser(cluster, "postgres").await;
    run(&owner, "CREATE DATABASE app").await;
    run(&cluster::superuser(cluster, "app").await, "CREATE TABLE orders (tenant_id text NOT NULL, id int, PRIMARY KEY (tenant_id, id))")
        .await;
    let lines = match kind {
        Kind::Row => "kind = \"row\"\ntenant_column = \"tenant_id\"",
        Kind::Schema => "kind = \"schema\"\nschema = \"s_{tenant}\"",
        Kind::Database => "kind = \"database\"\ndatabase = \"d_{tenant}\"",
    };
    bed.tenants = format!("[models.shop]\n{lines}\nrole = \"t_{{tenant}}\"\n");
    for id in ["acme", "globex"] {
        let (database, kind) = match kind {
            Kind::Row => (
                "app".to_owned(),
                TenantKind::Row {
                    tenant_column: "tenant_id".into(),
                    key: id.into(),
                    reference_tables: vec![],
                    role_affixes: Some(("t_".into(), String::new())),
                },
            ),
            Kind::Schema => ("app".to_owned(), TenantKind::Schema { schema: format!("s_{id}"), template: None, reference_tables: vec![] }),
            Kind::Database => (format!("d_{id}"), TenantKind::Database { template: None }),
        };
        let spec = TenantSpec {
            tenant: id.into(),
            model: "shop".into(),
            provisioner: cluster.dsn("postgres"),
            database,
            role: format!("t_{id}"),
            password: ROLE_PASSWORD.to_owned(),
            kind,
            pool: None,
            meter: None,
        };
        create(&spec).await.unwrap();
        bed.tenants.push_str(&format!(
            "[tenants.{id}]\nshard = \"east\"\nmodel = \"shop\"\nplan = \"basic\"\nrole_password = \"file:role_secret\"\n"
        ));
        bed.login(&format!("{id}_app"), &format!("tenant = \"{id}\"\nsecret = \"file:secret\""));
    }
    bed.serve().await
}

async fn heard(wire: &mut Wire) -> String {
    let message = tokio::time::timeout(Duration::from_secs(10), wire.message()).await.expect("a notification").expect("no end");
    assert_eq!(char::from(message.tag), 'A', "{message:?}");
    String::from_utf8_lossy(&message.body[4..]).trim_end_matches('\0').replace('\0', " ")
}

/// Notifications by function, as drivers and people write it.
async fn notifications(proxy: &Proxy) {
    let (mut acme, mut globex) = (proxy.wire_of("acme_app", &[]).await, proxy.wire_of("globex_app", &[]).await);
    let mut again = proxy.wire_of("acme_app", &[]).await;
    for wire in [&mut acme, &mut globex] {
        wire.value("LISTEN news").await;
    }
    let told = again.query("SELECT pg_notify('news', '1')").await;
    assert_eq!(shape(&told), "TDCZ");
    assert!(told[0].body.starts_with(b"\0\x01pg_notify\0"), "the column keeps its name");
    let texts = [
        query("SELECT pg_catalog.pg_notify('news', '2')"),
        query("SELECT count(*) FROM (SELECT pg_notify(c, '3') FROM (VALUES ('news'), ('news')) v(c)) x; SELECT pg_notify('news', '4')"),
        query("BEGIN; SELECT pg_notify('news', 'never'); ROLLBACK"),
        extended("SELECT pg_notify($1, $2)", &["news", "5"]),
        query("PREPARE tell AS SELECT pg_notify('news', $1)"),
        query("EXECUTE tell('6')"),
        query("NOTIFY news, '7'"),
    ];
    for words in texts {
        again.send(&words).await;
        let told = again.ready().await;
        assert_eq!(states(&told), [""; 0], "{told:?}");
    }
    for number in 1..=7 {
        assert_eq!(heard(&mut acme).await, format!("news {number}"));
    }
    assert!(globex.is_silent(Duration::from_millis(300)).await, "{:?}", globex.message().await);
    // Positions of errors are those of the client's text.
    let told = again.query("SELECT pg_notify('news', nowhere)").await;
    assert_eq!((told[0].state(), told[0].field(b'P')), ("42703", "26"), "{told:?}");
}

async fn held(client: &Client, call: &str) -> bool {
    text(client, &format!("SELECT {call}")).await == "t"
}

async fn locks(proxy: &Proxy) {
    let (acme, again, globex) = (proxy.client_of("acme_app").await, proxy.client_of("acme_app").await, proxy.client_of("globex_app").await);
    for arguments in ["1", "1, 2"] {
        let lock = format!("pg_try_advisory_lock({arguments})");
        assert!(held(&acme, &lock).await && held(&globex, &lock).await, "a lock of one's own: {lock}");
        assert!(!held(&again, &lock).await, "{lock}");
        assert!(held(&acme, &format!("pg_advisory_unlock({arguments})")).await);
        assert!(held(&again, &lock).await);
        assert!(held(&again, &format!("pg_catalog.pg_advisory_unlock({arguments})")).await);
        run(&globex, "SELECT pg_advisory_unlock_all()").await;
    }
    assert_eq!(proxy.log().matches("session advisory lock").count(), 3, "{}", proxy.log());
    // A session's end gives its locks back.
    assert!(held(&acme, "pg_try_advisory_lock(7)").await);
    assert!(!held(&again, "pg_try_advisory_xact_lock(7)").await);
    drop(acme);
    eventually("the lock is free", || async { held(&again, "pg_try_advisory_xact_lock(7)").await }).await;
    // A transaction's lock keeps no connection.
    let fresh = proxy.client_of("acme_app").await;
    let before = proxy.log().matches("keeps its server connection").count();
    run(&fresh, "BEGIN; SELECT pg_advisory_xact_lock(8)").await;
    assert!(!held(&again, "pg_try_advisory_xact_lock(8)").await);
    run(&fresh, "COMMIT").await;
    assert!(held(&again, "pg_try_advisory_xact_lock(8)").await);
    assert_eq!(proxy.log().matches("keeps its server connection").count(), before);
}

async fn check(kind: Kind) {
    let cluster = cluster::own(&[("fsync", "off")]);
    let proxy = neighbours(kind, &cluster).await;
    notifications(&proxy).await;
    locks(&proxy).await;
}

#[tokio::test]
async fn row_tenants() {
    check(Kind::Row).await;
}

#[tokio::test]
async fn schema_tenants() {
    check(Kind::Schema).await;
}

#[tokio::test]
async fn database_tenants() {
    check(Kind::Database).await;
}
