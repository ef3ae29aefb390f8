//! Shards, models, plans, tenants and logins: an immutable, numbered snapshot of what the shard map's file says.
//!
//! A million tenants fit because an entry is a few numbers; a [`Tenant`] is put together when somebody asks for it.
//! Reading the file is `load`'s, comparing two maps `changes`', noticing that the file changed [`Watch`]'s.

mod address;
mod changes;
pub mod edit;
mod load;
mod logins;
mod memo;
mod model;
mod names;
mod parts;
mod placement;
mod raw;
mod reads;
mod split;
mod strands;
mod template;
mod tenants;
mod unique;
mod watch;

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
    sync::Arc,
};

pub use address::{ServerAddress, ServerTls};
pub use changes::Changes;
pub use model::{
    Concurrency, Limits, Lock, Login, LoginScope, LoginSecret, Model, ModelKind, PerMille, Plan, PoolMode, RoleKey, ServerTime, Shard,
    SigningKey, Tenant, TenantStatus,
};
pub use placement::Placement;
pub use reads::{Consistency, ReadReplicas, ReadRules};
pub use strands::strands;
pub use template::Template;
pub use watch::Watch;

use crate::{
    config::{Complaint, ConfigErrors, Environment},
    ids::{LoginId, TenantId},
};
use memo::Memo;
use tenants::TenantTable;

/// A shard map as it stood at one moment.
pub struct ShardMap {
    /// Counts the maps that this process has taken, from 1.
    pub version: u64,
    /// Which version of the map this is, as `pgtenant map` and the map's store count; 0 where nothing has counted it yet.
    pub revision: u64,
    parts: Parts,
    tenants: TenantTable,
    memo: Memo,
    placement: Option<Placement>,
    logins: HashMap<LoginId, Arc<Login>>,
    databases: HashSet<Arc<str>>,
    notes: Vec<Complaint>,
    sources: Vec<PathBuf>,
}

/// What a tenant's entry says, in words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Listed<'m> {
    /// Its id.
    pub id: &'m str,
    /// Where it is.
    pub shard: &'m str,
    /// How it is kept apart.
    pub model: &'m str,
    /// Its limits.
    pub plan: &'m str,
    /// What it may do.
    pub status: TenantStatus,
}

/// What tenants refer to, by number.
#[derive(Default)]
struct Parts {
    shards: Vec<Arc<Shard>>,
    models: Vec<Arc<Model>>,
    plans: Vec<Arc<Plan>>,
    /// For each shard, which server process it is: two shards may be databases of one.
    clusters: Vec<u16>,
}

impl ShardMap {
    /// Reads a map's file. Relative paths in it are relative to its folder.
    ///
    /// # Errors
    /// Every complaint about the file.
    pub fn load(file: &Path) -> Result<ShardMap, ConfigErrors> {
        Self::load_with(file, &Environment::process())
    }

    /// As [`ShardMap::load`], with `env:NAME` looked up elsewhere.
    ///
    /// # Errors
    /// Every complaint about the file.
    pub fn load_with(file: &Path, environment: &Environment) -> Result<ShardMap, ConfigErrors> {
        load::load(file, environment, load::CHUNK_FROM)
    }

    /// Reads a map's text. Complaints call it `name`; relative paths in it are relative to `folder`.
    ///
    /// # Errors
    /// Every complaint about the text.
    pub fn read(text: &str, name: &Path, folder: &Path, environment: &Environment) -> Result<ShardMap, ConfigErrors> {
        load::read_text(text, name, &parts::Reading { folder, environment }, load::CHUNK_FROM)
    }

    /// The login of that name.
    pub fn login(&self, name: &str) -> Option<Arc<Login>> {
        self.logins.get(name).cloned()
    }

    /// All logins, in no order.
    pub fn logins(&self) -> impl Iterator<Item = &Arc<Login>> {
        self.logins.values()
    }

    /// The tenant of that id: its entry, or else where the placement rule puts it.
    pub fn tenant(&self, id: &str) -> Option<Arc<Tenant>> {
        self.memo.tenant(id, || match self.tenants.find(id) {
            Some(number) => self.tenants.resolve(number, &self.parts),
            None => self.placed(id),
        })
    }

    /// The ids of the tenants that have an entry, in the file's order.
    pub fn tenants(&self) -> impl Iterator<Item = TenantId> {
        self.tenants.ids().map(TenantId::from)
    }

    /// Whether a tenant has an entry.
    pub fn has_entry(&self, id: &str) -> bool {
        self.tenants.find(id).is_some()
    }

    /// The tenants that have an entry, in the file's order, without putting them together.
    pub fn listed(&self) -> impl Iterator<Item = Listed<'_>> {
        self.tenants.listed(&self.parts)
    }

    /// How many tenants have an entry.
    pub fn tenant_count(&self) -> usize {
        self.tenants.len()
    }

    /// All shards, in the file's order.
    pub fn shards(&self) -> impl Iterator<Item = &Arc<Shard>> {
        self.parts.shards.iter()
    }

    /// All models, in the file's order.
    pub fn models(&self) -> impl Iterator<Item = &Arc<Model>> {
        self.parts.models.iter()
    }

    /// All plans, in the file's order.
    pub fn plans(&self) -> impl Iterator<Item = &Arc<Plan>> {
        self.parts.plans.iter()
    }

    /// The shard of that id.
    pub fn shard(&self, id: &str) -> Option<&Arc<Shard>> {
        self.parts.shards.iter().find(|shard| shard.id.as_str() == id)
    }

    /// Where tenants without an entry live.
    pub fn placement(&self) -> Option<&Placement> {
        self.placement.as_ref()
    }

    /// The model of tenants without an entry, and the shards that the rule gives some to.
    pub fn placing(&self) -> Option<(&Arc<Model>, impl Iterator<Item = &Arc<Shard>>)> {
        let placement = self.placement.as_ref()?;
        let model = self.parts.models.get(usize::from(placement.model_number()))?;
        let has_some = |number: usize| placement.shards().iter().any(|shard| usize::from(*shard) == number);
        let shards = self.parts.shards.iter().enumerate();
        Some((model, shards.filter(move |(number, _)| has_some(*number)).map(|(_, shard)| shard)))
    }

    /// Whether a shard's own database has this name: then it says nothing about the tenant.
    pub fn is_shard_database(&self, name: &str) -> bool {
        self.databases.contains(name)
    }

    /// What isn't wrong and yet should be known: what isn't available yet, secrets that only some commands need.
    pub fn notes(&self) -> &[Complaint] {
        &self.notes
    }

    /// Watches of the map look at its file, too.
    #[must_use]
    pub(crate) fn kept_in(mut self, file: &Path) -> ShardMap {
        self.sources.insert(0, file.to_path_buf());
        self
    }

    /// The map's file and the files of its secrets: what a watch should look at.
    pub fn sources(&self) -> &[PathBuf] {
        &self.sources
    }

    /// A tenant without an entry, unless one of its names is a tenant's that has one.
    fn placed(&self, id: &str) -> Option<Tenant> {
        let placement = self.placement.as_ref()?;
        if tenants::check_id(id).is_some() || self.is_shard_database(id) {
            return None;
        }
        let tenant = placement.place(id, &self.parts)?;
        (!self.tenants.is_taken(&tenant, &self.parts)).then_some(tenant)
    }
}

impl std::fmt::Debug for ShardMap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ShardMap").field("version", &self.version).field("tenants", &self.tenants.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
