//! What the demo says: lines to paste, and the same for programs as environment variables.

use std::path::Path;

use super::{
    files::Passwords,
    shards::DemoShard,
    tenants::{APP, FIRST, RESIDENTS, Resident},
};

/// Everything that can be told once the proxy answers.
pub(super) struct Facts<'a> {
    pub(super) folder: &'a Path,
    pub(super) config: &'a Path,
    pub(super) port: u16,
    pub(super) proxy: u32,
    pub(super) shards: &'a [DemoShard],
    pub(super) passwords: &'a Passwords,
}

impl Facts<'_> {
    fn residents(&self) -> impl Iterator<Item = (&'static Resident, &String)> {
        RESIDENTS.iter().zip(&self.passwords.residents)
    }

    fn url(&self, user: &str, password: &str, database: &str) -> String {
        format!("postgresql://{}:{password}@127.0.0.1:{}/{database}", user.replace('@', "%40"), self.port)
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        let mut text = format!("\npgtenant serves on 127.0.0.1:{}. Paste into another terminal:\n\n", self.port);
        for (resident, password) in self.residents() {
            let url = self.url(&resident.login(), password, resident.id);
            let (kind, shard, orders) = (resident.kind.as_str(), resident.shard, resident.orders());
            text.push_str(&format!("  psql '{url}' -c 'select count(*) from orders'   # {kind} model on {shard}: {orders}\n"));
        }
        let (first, any) = (FIRST.id, self.url(&format!("backoffice@{}", FIRST.id), &self.passwords.backoffice, APP));
        text.push_str(&format!("\nThe back office may be any tenant, here {first}:\n\n  psql '{any}'\n"));
        text.push_str("\nA load for two tenants on two shards:\n\n");
        for (resident, password) in self.residents().filter(|(resident, _)| ["acme", "hooli"].contains(&resident.id)) {
            text.push_str(&format!("  pgbench -n -c 16 -T 10 '{}'\n", self.url(&resident.login(), password, resident.id)));
        }
        for shard in self.shards {
            let Some(replica) = &shard.replica else { continue };
            let Some((resident, password)) = self.residents().find(|(resident, _)| resident.shard == shard.id) else { continue };
            let (url, ports) = (self.url(&resident.login(), password, resident.id), (shard.primary.port(), replica.port()));
            text.push_str(&format!(
                "\nReads of {}'s tenants run on its replica (port {}), all else on its primary (port {}):\n\n  psql '{url}' -c \"select current_setting('port')\" -c \"select current_setting('port'), random()\"\n",
                shard.id, ports.1, ports.0
            ));
        }
        text.push_str("\nStraight to the shards, past the proxy, as their superuser:\n\n");
        for shard in self.shards {
            let clusters = [(shard.id.to_owned(), Some(&shard.primary)), (format!("{}'s replica", shard.id), shard.replica.as_ref())];
            for (name, cluster) in clusters {
                if let Some(cluster) = cluster {
                    text.push_str(&format!("  psql '{}'   # {name}\n", cluster.dsn(APP)));
                }
            }
        }
        text.push_str(&format!("\nIts files: {} and beside it.\n", self.config.display()));
        text
    }

    /// For the command of `--exec`: `PG*` points at the first tenant, `PGTENANT_DEMO_*` at everything.
    pub(super) fn environment(&self) -> Vec<(String, String)> {
        let mut set: Vec<(String, String)> = Vec::new();
        let mut put = |name: &str, value: String| set.push((name.to_owned(), value));
        put("PGHOST", "127.0.0.1".to_owned());
        put("PGPORT", self.port.to_string());
        put("PGTENANT_DEMO_HOST", "127.0.0.1".to_owned());
        put("PGTENANT_DEMO_PORT", self.port.to_string());
        put("PGTENANT_DEMO_DIR", self.folder.display().to_string());
        put("PGTENANT_DEMO_CONFIG", self.config.display().to_string());
        put("PGTENANT_DEMO_PID", self.proxy.to_string());
        put("PGTENANT_DEMO_TENANTS", RESIDENTS.map(|resident| resident.id).join(" "));
        for (resident, password) in self.residents() {
            let login = resident.login();
            if resident.id == FIRST.id {
                put("PGUSER", login.clone());
                put("PGPASSWORD", password.clone());
                put("PGDATABASE", resident.id.to_owned());
            }
            let upper = resident.id.to_uppercase();
            let mut put = |what: &str, value: String| put(&format!("PGTENANT_DEMO_{upper}_{what}"), value);
            put("URL", self.url(&login, password, resident.id));
            put("DSN", format!("host=127.0.0.1 port={} user={login} password={password} dbname={}", self.port, resident.id));
            put("USER", login.clone());
            put("PASSWORD", password.clone());
            put("DATABASE", resident.id.to_owned());
            put("MODEL", resident.kind.as_str().to_owned());
            put("SHARD", resident.shard.to_owned());
            put("ORDERS", resident.orders().to_string());
            for shard in self.shards.iter().filter(|shard| shard.id == resident.shard) {
                put("OWNER_DSN", shard.primary.dsn(&resident.database()));
                let (port, role, password) = (shard.primary.port(), resident.role(), shard.role_password(resident));
                put("DIRECT_DSN", format!("host=127.0.0.1 port={port} user={role} password={password} dbname={}", resident.database()));
            }
        }
        for (login, password) in [("backoffice", &self.passwords.backoffice), ("ops", &self.passwords.ops)] {
            let upper = login.to_uppercase();
            put(&format!("PGTENANT_DEMO_{upper}_USER"), login.to_owned());
            put(&format!("PGTENANT_DEMO_{upper}_PASSWORD"), password.clone());
        }
        for shard in self.shards {
            let upper = shard.id.to_uppercase();
            put(&format!("PGTENANT_DEMO_{upper}_OWNER_DSN"), shard.primary.dsn(APP));
            put(&format!("PGTENANT_DEMO_{upper}_PID"), shard.primary.pid().unwrap_or_default().to_string());
            if let Some(replica) = &shard.replica {
                put(&format!("PGTENANT_DEMO_{upper}_REPLICA_DSN"), replica.dsn(APP));
            }
        }
        set
    }
}
