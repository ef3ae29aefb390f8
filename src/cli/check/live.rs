//! `pgtenant check --config FILE --live [--fix]`: the shards too, for everything that leaves tenants open to each other.

use std::{
    collections::{BTreeMap, HashSet},
    fmt::Write,
    path::Path,
    sync::Arc,
};

use crate::{
    cli::create::spec_of,
    config::Settings,
    ids::{ModelId, TenantId},
    lifecycle::{
        check::{
            Findings, Group, Inspection, fix, inspect,
            placed::{Sought, seem_to_be_there},
        },
        maps::{MapError, MapStore},
    },
    shard_map::{Lock, ModelKind, Shard, ShardMap, Tenant},
};

/// What was found on all shards, in words, and whether nothing is left open.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LiveReport {
    /// What is open or couldn't be looked at.
    pub open: usize,
    /// What the command prints.
    pub text: String,
}

/// Looks at the shards of the map, and closes what is safe if told so. The files must be right.
pub async fn check_live(config: &Path, closing: bool) -> LiveReport {
    let mut report = LiveReport::default();
    let map = match load(config).await {
        Ok(map) => map,
        Err(error) => {
            report.problem(&error.to_string());
            return report;
        }
    };
    let mut by_shard: BTreeMap<String, Vec<Arc<Tenant>>> = BTreeMap::new();
    for tenant in map.tenants().filter_map(|id| map.tenant(id.as_str())) {
        by_shard.entry(tenant.shard.id.to_string()).or_default().push(tenant);
    }
    report.placed(&map, &mut by_shard).await;
    for shard in map.shards() {
        if let Some(tenants) = by_shard.remove(shard.id.as_str()) {
            report.shard(shard, &tenants, closing).await;
        }
    }
    report.sum_up(closing);
    report
}

async fn load(config: &Path) -> Result<ShardMap, MapError> {
    MapStore::open(&Settings::load(config)?)?.load().await
}

impl LiveReport {
    /// Adds the tenants that have no entry in the map, as far as shards tell.
    async fn placed(&mut self, map: &ShardMap, by_shard: &mut BTreeMap<String, Vec<Arc<Tenant>>>) {
        let Some((model, shards)) = map.placing() else { return };
        let listed: HashSet<TenantId> = map.tenants().collect();
        for shard in shards {
            let tenants = by_shard.entry(shard.id.to_string()).or_default();
            let Some(provisioner) = &shard.provisioner else { continue };
            let (schema, own_database) = match &model.kind {
                ModelKind::Row { .. } => (None, None),
                ModelKind::Schema { schema, .. } => (Some(schema), None),
                ModelKind::Database { database } => (None, Some(database)),
            };
            let sought = Sought {
                provisioner: provisioner.reveal(),
                database: &shard.primary.dbname,
                model: &model.id,
                role: model.has_roles().then_some(&model.role),
                schema,
                own_database,
            };
            let ids = match seem_to_be_there(&sought).await {
                Ok(ids) => ids,
                Err(error) => {
                    self.problem(&format!("shard {}: {error}", shard.id));
                    continue;
                }
            };
            let found =
                ids.iter().filter_map(|id| map.tenant(id)).filter(|tenant| tenant.shard.id == shard.id && !listed.contains(&tenant.id));
            let before = tenants.len();
            tenants.extend(found);
            let _ = writeln!(self.text, "shard {}: {} tenants found that [placement] places there", shard.id, tenants.len() - before);
        }
    }

    async fn shard(&mut self, shard: &Shard, tenants: &[Arc<Tenant>], closing: bool) {
        let Some(provisioner) = &shard.provisioner else {
            return self
                .problem(&format!("shard {}: no `provisioner`, the connection string of a superuser: it can't be looked at", shard.id));
        };
        let mut groups: BTreeMap<(String, ModelId), Group> = BTreeMap::new();
        for tenant in tenants {
            match spec_of(tenant) {
                Ok(spec) => {
                    let key = (spec.database.clone(), spec.model.clone());
                    groups.entry(key).or_insert_with(|| group(tenant)).tenants.push(spec);
                }
                Err(error) => self.problem(&format!("shard {}: {error}", shard.id)),
            }
        }
        let groups = groups.into_values().collect();
        let inspection = Inspection { shard: shard.id.clone(), provisioner: provisioner.reveal().to_owned(), groups };
        match if closing { fix(&inspection).await } else { inspect(&inspection).await } {
            Ok(findings) => self.take(&findings),
            Err(error) => self.problem(&format!("shard {}: {error}", shard.id)),
        }
    }

    fn take(&mut self, findings: &Findings) {
        for statement in &findings.fixed {
            let _ = writeln!(self.text, "done: {statement};");
        }
        for failure in &findings.failed {
            let _ = writeln!(self.text, "failed: {failure}");
        }
        for hole in &findings.holes {
            let _ = writeln!(self.text, "{hole}");
        }
        self.open += findings.holes.len();
    }

    fn problem(&mut self, text: &str) {
        let _ = writeln!(self.text, "{text}");
        self.open += 1;
    }

    fn sum_up(&mut self, closing: bool) {
        let hint = if closing { "" } else { "; --fix closes what is safe to close" };
        let _ = match self.open {
            0 => writeln!(self.text, "ok: nothing is open on the shards"),
            1 => writeln!(self.text, "1 hole is open{hint}"),
            open => writeln!(self.text, "{open} holes are open{hint}"),
        };
    }
}

fn group(tenant: &Tenant) -> Group {
    let shares_connections = tenant.model.lock != Lock::Login;
    Group {
        database: tenant.database.to_string(),
        model: tenant.model.id.clone(),
        functions: tenant.model.functions.iter().map(ToString::to_string).collect(),
        global_keys: match &tenant.model.kind {
            ModelKind::Row { global_keys, .. } => global_keys.iter().map(ToString::to_string).collect(),
            ModelKind::Schema { .. } | ModelKind::Database { .. } => Vec::new(),
        },
        pool_role: tenant.shard.user.as_ref().filter(|_| shares_connections).map(ToString::to_string),
        tenants: Vec::new(),
    }
}
