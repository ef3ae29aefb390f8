//! A shard with tenants acme and globex of one model, set up by `pgtenant create` as the map says.

use std::process::Command;

use pgtenant::{
    lifecycle::cluster::{Cluster, random_hex},
    shard_map::{ShardMap, Tenant},
};
use std::sync::Arc;

use crate::support::{bed::Bed, cluster, cluster::ROLE_PASSWORD, run};

/// How its tenants are kept apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Model {
    RowLogin,
    RowSigned,
    RowShared,
    SchemaLogin,
    SchemaShared,
    Database,
}

impl Model {
    pub(crate) fn is_row(self) -> bool {
        matches!(self, Model::RowLogin | Model::RowSigned | Model::RowShared)
    }

    fn lines(self) -> &'static str {
        match self {
            Model::RowLogin => "kind = \"row\"\ntenant_column = \"tenant_id\"\nlock = \"login\"\n",
            Model::RowSigned => "kind = \"row\"\ntenant_column = \"tenant_id\"\nlock = \"signed\"\n",
            Model::RowShared => "kind = \"row\"\ntenant_column = \"tenant_id\"\nlock = \"shared\"\n",
            Model::SchemaLogin => "kind = \"schema\"\nschema = \"own_{tenant}\"\ntemplate_schema = \"template\"\nlock = \"login\"\n",
            Model::SchemaShared => "kind = \"schema\"\nschema = \"own_{tenant}\"\ntemplate_schema = \"template\"\nlock = \"shared\"\n",
            Model::Database => "kind = \"database\"\ndatabase = \"own_{tenant}\"\ntemplate_database = \"template_own\"\n",
        }
    }
}

pub(crate) struct World {
    pub(crate) cluster: Cluster,
    pub(crate) bed: Bed,
}

impl World {
    /// Its tables are there, and its tenants are created; `plan` are further lines of their plan.
    pub(crate) async fn new(model: Model, plan: &str) -> World {
        World::with(model, plan, "CREATE TABLE items (tenant_id text NOT NULL, id int NOT NULL, note text, PRIMARY KEY (tenant_id, id))")
            .await
    }

    /// With other shared tables.
    pub(crate) async fn with(model: Model, plan: &str, tables: &str) -> World {
        let cluster = cluster::own(&[("fsync", "off"), ("autovacuum_naptime", "1s")]);
        let owner = cluster::superuser(&cluster, "postgres").await;
        run(&owner, "CREATE DATABASE app").await;
        run(&owner, "CREATE DATABASE template_own").await;
        let app = cluster::superuser(&cluster, "app").await;
        run(&app, "CREATE SCHEMA template; CREATE TABLE template.items (id int PRIMARY KEY, note text)").await;
        if model.is_row() {
            run(&app, "DROP SCHEMA template CASCADE").await;
            run(&app, tables).await;
        }
        let own = cluster::superuser(&cluster, "template_own").await;
        run(&own, "CREATE TABLE items (id int PRIMARY KEY, note text)").await;
        drop(own);
        // A template that somebody is connected to can't be copied.
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let bed = World::bed(&cluster, model, plan);
        bed.write();
        let world = World { cluster, bed };
        for tenant in ["acme", "globex"] {
            world.pgtenant(&["create", tenant]);
        }
        world
    }

    fn bed(cluster: &Cluster, model: Model, plan: &str) -> Bed {
        let mut bed = Bed::empty();
        bed.file("signing_key", &random_hex(32));
        bed.file("role_key", &random_hex(32));
        bed.file("provisioner", &cluster.dsn("postgres"));
        bed.sections.push_str("[storage]\nrefresh = \"1s\"\n");
        let address = format!("host=127.0.0.1 port={} dbname=app sslmode=disable", cluster.port());
        bed.shards = format!(
            "[shards.east]\nprimary = \"{address}\"\nuser = \"pool\"\npassword = \"file:role_secret\"\nrole_key = \"file:role_key\"\n\
             signing_key = \"file:signing_key\"\nprovisioner = \"file:provisioner\"\nmax_connections = 20\n"
        );
        bed.plan.push_str(plan);
        bed.models = format!("[models.shop]\n{}", model.lines());
        for tenant in ["acme", "globex"] {
            bed.tenants.push_str(&format!("[tenants.{tenant}]\nshard = \"east\"\nmodel = \"shop\"\nplan = \"basic\"\n"));
            bed.login(&format!("{tenant}_app"), &format!("tenant = \"{tenant}\"\nsecret = \"file:secret\""));
        }
        bed
    }

    /// Runs the binary on its files; whether it succeeded, and what it printed.
    pub(crate) fn try_pgtenant(&self, arguments: &[&str]) -> (bool, String) {
        let config = self.bed.folder().join("pgtenant.toml");
        let output = Command::new(env!("CARGO_BIN_EXE_pgtenant")).args(arguments).arg("--config").arg(config).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.success(), text(&output.stdout) + &text(&output.stderr))
    }

    /// The same; it must succeed.
    pub(crate) fn pgtenant(&self, arguments: &[&str]) -> String {
        let (good, text) = self.try_pgtenant(arguments);
        assert!(good, "{arguments:?}: {text}");
        text
    }

    /// A tenant as the map has it.
    pub(crate) fn tenant(&self, id: &str) -> Arc<Tenant> {
        ShardMap::load(&self.bed.folder().join("map.toml")).unwrap().tenant(id).unwrap()
    }

    /// A session as one of the server's roles, past the proxy.
    pub(crate) async fn session(&self, role: &str, password: &str, database: &str) -> tokio_postgres::Client {
        let mut config = tokio_postgres::Config::new();
        config.host("127.0.0.1").port(self.cluster.port()).user(role).password(password).dbname(database);
        let (client, connection) = config.connect(tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    /// As the pool's own login.
    pub(crate) async fn pool(&self) -> tokio_postgres::Client {
        self.session("pool", ROLE_PASSWORD, "app").await
    }
}
