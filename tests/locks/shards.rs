//! A shard whose tenants share one server connection.

use std::process::Command;

use pgtenant::{
    config::Secret,
    lifecycle::{
        cluster::{Cluster, random_hex},
        create::{PoolSpec, TenantKind, TenantSpec, create},
    },
    shard_map::SigningKey,
};
use tokio_postgres::Client;

use crate::support::{
    bed::Bed,
    cluster::{self, ROLE_PASSWORD},
    proxy::Proxy,
    run,
    wire::Wire,
};

/// How the tenants share it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sharing {
    Signed,
    Plain,
    Roles,
}

const TABLES: &str = "
    CREATE TABLE orders (tenant_id text NOT NULL, id int NOT NULL, note text, PRIMARY KEY (tenant_id, id));
    CREATE TABLE parts (tenant_id text NOT NULL, id serial, name text, PRIMARY KEY (tenant_id, id));
    INSERT INTO orders SELECT t, n, upper(t) || '-' || n FROM unnest(ARRAY['acme', 'globex']) t, generate_series(1, 5) n;
    INSERT INTO parts (tenant_id, name) SELECT t, upper(t) || '-' || n FROM unnest(ARRAY['acme', 'globex']) t, generate_series(1, 3) n;";

const OWN_TABLES: &str = "
    CREATE SCHEMA template;
    CREATE TABLE template.orders (id int PRIMARY KEY, note text);
    CREATE TABLE template.parts (id serial PRIMARY KEY, name text);";

/// A shard with tenants acme and globex on one server connection.
pub(crate) struct Shard {
    pub(crate) cluster: Cluster,
    pub(crate) sharing: Sharing,
    pub(crate) key: String,
}

impl Shard {
    /// A cluster of its own: the pool's role is the whole cluster's.
    pub(crate) async fn start(sharing: Sharing) -> Shard {
        let shard = Shard { cluster: cluster::own(&[("log_statement", "all"), ("fsync", "off")]), sharing, key: random_hex(32) };
        for database in ["app", "oracle"] {
            run(&shard.owner("postgres").await, &format!("CREATE DATABASE {database}")).await;
            shard.provision(database).await;
        }
        shard
    }

    pub(crate) async fn owner(&self, database: &str) -> Client {
        cluster::superuser(&self.cluster, database).await
    }

    async fn provision(&self, database: &str) {
        let owner = self.owner(database).await;
        run(&owner, if self.sharing == Sharing::Roles { OWN_TABLES } else { TABLES }).await;
        for tenant in ["acme", "globex"] {
            let first = create(&self.spec(tenant, database)).await.unwrap();
            assert!(!first.changes.is_empty() || self.sharing != Sharing::Roles);
            assert_eq!(create(&self.spec(tenant, database)).await.unwrap().changes, [""; 0], "a second run changes nothing");
            if self.sharing == Sharing::Roles {
                let upper = tenant.to_uppercase();
                run(&owner, &format!("INSERT INTO own_{tenant}.orders SELECT n, '{upper}-' || n FROM generate_series(1, 5) n")).await;
                run(&owner, &format!("INSERT INTO own_{tenant}.parts (name) SELECT '{upper}-' || n FROM generate_series(1, 3) n")).await;
            }
        }
    }

    /// What `pgtenant create` is asked for. The roles of two databases are the same ones, so only one of them has tenants by role.
    pub(crate) fn spec(&self, tenant: &str, database: &str) -> TenantSpec {
        let kind = match self.sharing {
            Sharing::Roles => {
                TenantKind::Schema { schema: format!("own_{tenant}"), template: Some("template".to_owned()), reference_tables: Vec::new() }
            }
            _ => TenantKind::Row {
                tenant_column: "tenant_id".to_owned(),
                key: tenant.to_owned(),
                reference_tables: Vec::new(),
                role_affixes: None,
            },
        };
        TenantSpec {
            tenant: tenant.into(),
            model: "shop".into(),
            provisioner: self.cluster.dsn("postgres"),
            database: database.to_owned(),
            role: format!("t_{tenant}"),
            password: ROLE_PASSWORD.to_owned(),
            kind,
            pool: Some(PoolSpec {
                role: "pool".to_owned(),
                password: Some(Secret::new(ROLE_PASSWORD)),
                setting: (self.sharing != Sharing::Roles).then(|| "app.current_tenant".to_owned()),
                keys: match self.sharing {
                    Sharing::Signed => vec![SigningKey::read(&self.key).unwrap()],
                    _ => Vec::new(),
                },
            }),
            meter: None,
        }
    }

    /// The files of a proxy before it, at an address that may be another's.
    pub(crate) fn bed(&self, port: u16, connections: u32) -> Bed {
        let mut bed = Bed::empty();
        bed.file("signing_key", &self.key);
        bed.file("provisioner", &self.cluster.dsn("postgres"));
        let address = format!("host=127.0.0.1 port={port} dbname=app sslmode=disable");
        bed.shards = format!(
            "[shards.east]\nprimary = \"{address}\"\nuser = \"pool\"\npassword = \"file:role_secret\"\nsigning_key = \"file:signing_key\"\n\
             provisioner = \"file:provisioner\"\nmax_connections = {connections}\n"
        );
        let (lock, kind) = match self.sharing {
            Sharing::Signed => ("signed", "kind = \"row\"\ntenant_column = \"tenant_id\""),
            Sharing::Plain => ("shared", "kind = \"row\"\ntenant_column = \"tenant_id\""),
            Sharing::Roles => ("shared", "kind = \"schema\"\nschema = \"own_{tenant}\""),
        };
        bed.tenants = format!("[models.shop]\n{kind}\nlock = \"{lock}\"\n");
        for tenant in ["acme", "globex"] {
            bed.tenants.push_str(&format!("[tenants.{tenant}]\nshard = \"east\"\nmodel = \"shop\"\nplan = \"basic\"\n"));
            bed.login(&format!("{tenant}_app"), &format!("tenant = \"{tenant}\"\nsecret = \"file:secret\""));
        }
        bed
    }

    /// A proxy whose gate refuses nothing, with so many server connections.
    pub(crate) async fn observe(&self, connections: u32) -> Proxy {
        let mut bed = self.bed(self.cluster.port(), connections);
        bed.tenants = bed.tenants.replace("[models.shop]\n", "[models.shop]\ngate = \"observe\"\n");
        bed.serve().await
    }

    /// A proxy with one server connection for both.
    pub(crate) async fn serve(&self) -> Proxy {
        self.bed(self.cluster.port(), 1).serve().await
    }

    /// A connection without a proxy that is acme's for good, to a database of the same contents.
    pub(crate) async fn oracle(&self) -> Wire {
        let mut wire = Wire::tcp(self.cluster.port()).await;
        wire.log_in("pool", ROLE_PASSWORD, &[("database", "oracle")]).await.unwrap();
        let context = match self.sharing {
            Sharing::Signed => {
                let signature = SigningKey::read(&self.key).unwrap().sign("acme", wire.process);
                format!("SET app.current_tenant = 'acme:{signature}'")
            }
            Sharing::Plain => "SET app.current_tenant = 'acme'".to_owned(),
            Sharing::Roles => "SET ROLE t_acme; SET search_path = own_acme, public, pg_temp".to_owned(),
        };
        wire.query(&context).await;
        wire
    }
}

/// Runs the binary; what it printed.
pub(crate) fn pgtenant(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_pgtenant")).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}
