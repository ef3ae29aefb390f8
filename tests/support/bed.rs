//! The two files that the proxy reads, made for one test.

use std::{fs, path::Path};

use pgtenant::lifecycle::cluster::{Cluster, free_port};
use tempfile::TempDir;

use super::{
    cluster::{self, ROLE_PASSWORD},
    proxy::Proxy,
};

/// What clients log in with.
pub const PASSWORD: &str = "open sesame";

/// Settings and shard map of one test. Change the parts, then [`Bed::serve`]; or [`Bed::write`] while the proxy runs.
pub struct Bed {
    folder: TempDir,
    /// Where the proxy listens on 127.0.0.1.
    pub port: u16,
    /// What `shard_map` says; the file `map.toml` is written in any case.
    pub map: String,
    /// Lines of `[listen]`, besides the address.
    pub listen: String,
    /// Lines of `[pool]`.
    pub pool: String,
    /// Lines of `[timeouts]`.
    pub timeouts: String,
    /// Further sections of `pgtenant.toml`.
    pub sections: String,
    /// `[models.*]`
    pub models: String,
    /// `[shards.*]`
    pub shards: String,
    /// Lines of `[plans.basic]`.
    pub plan: String,
    /// `[tenants.*]`
    pub tenants: String,
    /// `[logins.*]`
    pub logins: String,
}

impl Bed {
    /// No shard, no tenant.
    pub fn empty() -> Bed {
        let folder = tempfile::Builder::new().prefix("bed-").tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let bed = Bed {
            folder,
            port: free_port().unwrap(),
            map: "map.toml".to_owned(),
            listen: "workers = 2\n".to_owned(),
            pool: "connect_timeout = \"2s\"\n".to_owned(),
            timeouts: "drain_timeout = \"5s\"\n".to_owned(),
            sections: String::new(),
            models: "[models.own]\nkind = \"database\"\ndatabase = \"d_{tenant}\"\nrole = \"r_{tenant}\"\n".to_owned(),
            shards: String::new(),
            plan: "max_connections = 8\n".to_owned(),
            tenants: String::new(),
            logins: String::new(),
        };
        bed.file("secret", PASSWORD);
        bed.file("role_secret", ROLE_PASSWORD);
        bed
    }

    /// Tenant `acme` with a database of its own on the shared cluster, and its login `acme_app`.
    pub async fn new() -> Bed {
        Bed::on(cluster::shared()).await
    }

    /// The same on a cluster of one's own.
    pub async fn on(cluster: &Cluster) -> Bed {
        let mut bed = Bed::empty();
        bed.shard("east", &format!("{} sslmode=disable", cluster.address("postgres")), 60);
        let database = cluster::database(cluster).await;
        bed.tenant("acme", "east", &database);
        bed
    }

    /// Adds a shard.
    pub fn shard(&mut self, id: &str, primary: &str, cap: u32) {
        self.shards.push_str(&format!("[shards.{id}]\nprimary = \"{primary}\"\nmax_connections = {cap}\n"));
    }

    /// Adds a tenant and its login `{id}_app`; role and database have the same name.
    pub fn tenant(&mut self, id: &str, shard: &str, database: &str) {
        self.tenants.push_str(&format!(
            "[tenants.{id}]\nshard = \"{shard}\"\nmodel = \"own\"\nplan = \"basic\"\n\
             database = \"{database}\"\nrole = \"{database}\"\nrole_password = \"file:role_secret\"\n"
        ));
        self.login(&format!("{id}_app"), &format!("tenant = \"{id}\"\nsecret = \"file:secret\""));
    }

    /// Adds a tenant on the shared cluster. Its database's name.
    pub async fn another(&mut self, id: &str) -> String {
        let database = cluster::database(cluster::shared()).await;
        self.tenant(id, "east", &database);
        database
    }

    /// Adds a login.
    pub fn login(&mut self, name: &str, lines: &str) {
        self.logins.push_str(&format!("[logins.{name}]\n{lines}\n"));
    }

    /// The name of a tenant's database and role.
    pub fn database(&self, tenant: &str) -> String {
        let section = self.tenants.split("[tenants.").find(|section| section.starts_with(&format!("{tenant}]"))).unwrap();
        section.split("database = \"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }

    /// The folder of the files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file beside the two.
    pub fn file(&self, name: &str, text: &str) {
        fs::write(self.folder().join(name), text).unwrap();
    }

    /// Writes both files; the map in one step, as an editor that renames does.
    pub fn write(&self) {
        let Bed { port, map, listen, pool, timeouts, sections, models, shards, plan, tenants, logins, .. } = self;
        self.file(
            "pgtenant.toml",
            &format!(
                "shard_map = \"{map}\"\n[listen]\naddress = \"127.0.0.1:{port}\"\n{listen}[pool]\n{pool}[timeouts]\n{timeouts}{sections}"
            ),
        );
        let text = format!("version = 1\n{shards}[plans.basic]\n{plan}{models}{tenants}{logins}");
        self.file("map.new", &text);
        fs::rename(self.folder().join("map.new"), self.folder().join("map.toml")).unwrap();
    }

    /// The gate only observes: what its tests ask of a server's state would be refused.
    #[must_use]
    pub fn observed(mut self) -> Bed {
        self.sections.push_str("[gate]\nmode = \"observe\"\n");
        self
    }

    /// Starts the proxy.
    pub async fn serve(self) -> Proxy {
        self.write();
        Proxy::start(self).await
    }
}
