//! What no two tenants may share, and what a shard can't give to all of its tenants.
//!
//! A role that two tenants share opens each one's data to the other. Roles belong to a server, so shards that are
//! databases of one server count as one here.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::{Lock, Model, ModelKind, Parts, RoleKey, Shard, Template, Tenant, names::Names, tenants::TenantTable};
use crate::config::document::Findings;

/// A thing that one tenant has for its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Thing {
    Role,
    Schema,
    Database,
    Key,
}

const THINGS: [Thing; 4] = [Thing::Role, Thing::Schema, Thing::Database, Thing::Key];

impl Thing {
    fn in_words(self) -> &'static str {
        match self {
            Thing::Role => "database role",
            Thing::Schema => "schema",
            Thing::Database => "database",
            Thing::Key => "key in the tenant column",
        }
    }
}

/// What an entry claims; names that it doesn't say come from its model.
pub(super) struct Owned<'m> {
    pub(super) id: &'m str,
    pub(super) shard: &'m Shard,
    pub(super) cluster: u16,
    pub(super) model: &'m Model,
    pub(super) model_number: u16,
    pub(super) key: Option<&'m str>,
    pub(super) role: Option<&'m str>,
    pub(super) schema: Option<&'m str>,
    pub(super) database: Option<&'m str>,
}

impl Owned<'_> {
    /// Writes where the thing lies and its name, such that equal texts are the same thing; none where the tenant has no such thing.
    fn identity(&self, thing: Thing, text: &mut String) -> Option<()> {
        text.clear();
        text.extend(char::from_u32(u32::from(self.cluster) + 0x10000));
        let key = self.shard.role_key.as_ref();
        match (thing, &self.model.kind) {
            (Thing::Role, _) if self.model.has_roles() => self.name(self.role, &self.model.role, key, text),
            (Thing::Schema, ModelKind::Schema { schema, .. }) => {
                text.push_str(self.database.unwrap_or(&self.shard.primary.dbname));
                text.push('\0');
                self.name(self.schema, schema, key, text)
            }
            (Thing::Database, ModelKind::Database { database }) => self.name(self.database, database, key, text),
            (Thing::Key, ModelKind::Row { .. }) => {
                text.extend(char::from_u32(u32::from(self.model_number) + 0x10000));
                text.push_str(self.database.unwrap_or(&self.shard.primary.dbname));
                text.push('\0');
                text.push_str(self.key.unwrap_or(self.id));
                Some(())
            }
            _ => None,
        }
    }

    fn name(&self, given: Option<&str>, template: &Template, key: Option<&RoleKey>, text: &mut String) -> Option<()> {
        match given {
            Some(name) => {
                text.push_str(name);
                Some(())
            }
            None => template.render(self.id, key, text),
        }
    }
}

/// Who has what: for each thing a table of tenants' numbers, by the thing's name.
pub(super) struct Unique {
    owners: [HashTable<u32>; 4],
    hasher: RandomState,
}

impl Unique {
    /// Looks through all tenants; complains about what two share.
    pub(super) fn check(table: &TenantTable, places: &[u64], parts: &Parts, findings: &mut Findings) -> Unique {
        let mut unique = Unique { owners: [const { HashTable::new() }; 4], hasher: RandomState::default() };
        let (mut own, mut other) = (String::new(), String::new());
        for (number, place) in (0u32..).zip(places) {
            let Some(owned) = table.owned(number, parts) else { continue };
            for (thing, owners) in THINGS.into_iter().zip(&mut unique.owners) {
                if owned.identity(thing, &mut own).is_none() {
                    continue;
                }
                let hash = unique.hasher.hash_one(&own);
                let same = |number: &u32| {
                    let identity = table.owned(*number, parts).and_then(|owned| owned.identity(thing, &mut other));
                    identity.is_some() && own == other
                };
                if let Some(owner) = owners.find(hash, same) {
                    if owned.model.passthrough && table.owned(*owner, parts).is_some_and(|owner| owner.model.passthrough) {
                        continue;
                    }
                    let (what, first) = (thing.in_words(), table.id(*owner));
                    let message = format!("tenants {first} and {} would share a {what}, and so their data", owned.id);
                    findings.expect(usize::try_from(*place).unwrap_or(0), message, format!("a {what} of its own for each tenant"));
                    continue;
                }
                let hasher = &unique.hasher;
                let rehash = |number: &u32| {
                    let mut text = String::new();
                    let _ = table.owned(*number, parts).and_then(|owned| owned.identity(thing, &mut text));
                    hasher.hash_one(&text)
                };
                if owners.capacity() == 0 {
                    // Growing later would mean to make every name again.
                    owners.reserve(table.len(), rehash);
                }
                owners.insert_unique(hash, number, rehash);
            }
        }
        unique
    }

    /// Whether a tenant without an entry would have a thing of one that has.
    pub(super) fn holds_any_of(&self, tenant: &Tenant, table: &TenantTable, parts: &Parts) -> bool {
        let Some(shard) = parts.shards.iter().position(|shard| shard.id == tenant.shard.id) else { return true };
        let Some(model) = parts.models.iter().position(|model| model.id == tenant.model.id) else { return true };
        let (Some(cluster), Ok(model_number)) = (parts.clusters.get(shard).copied(), u16::try_from(model)) else { return true };
        let owned = Owned {
            id: tenant.id.as_str(),
            shard: &tenant.shard,
            cluster,
            model: &tenant.model,
            model_number,
            key: Some(&tenant.key),
            role: Some(&tenant.role),
            schema: tenant.schema.as_deref(),
            database: Some(&tenant.database),
        };
        let (mut own, mut other) = (String::new(), String::new());
        THINGS.into_iter().zip(&self.owners).any(|(thing, owners)| {
            if owned.identity(thing, &mut own).is_none() {
                return false;
            }
            let same = |number: &u32| {
                let identity = table.owned(*number, parts).and_then(|owned| owned.identity(thing, &mut other));
                identity.is_some() && own == other
            };
            owners.find(self.hasher.hash_one(&own), same).is_some()
        }) || tenant.model.has_roles() && parts.is_pool_login(cluster, &tenant.role)
    }
}

impl Parts {
    /// Whether a server's pool logs in under that role.
    pub(super) fn is_pool_login(&self, cluster: u16, role: &str) -> bool {
        self.shards_of(cluster).any(|shard| shard.user.as_deref() == Some(role))
    }

    fn shards_of(&self, cluster: u16) -> impl Iterator<Item = &Shard> {
        self.shards.iter().zip(&self.clusters).filter(move |(_, of)| **of == cluster).map(|(shard, _)| &**shard)
    }
}

/// What can't be right however unique it is: a pool's own role, a shard's own database, databases of others.
pub(super) fn check_foreign(table: &TenantTable, places: &[u64], parts: &Parts, findings: &mut Findings) {
    let mut text = String::new();
    let overridden = parts.shards.iter().any(|shard| shard.user.is_some());
    let mut databases: std::collections::HashMap<(u16, String), u32> = std::collections::HashMap::new();
    for (number, place) in (0u32..).zip(places) {
        let Some(owned) = table.owned(number, parts) else { continue };
        let place = usize::try_from(*place).unwrap_or(0);
        if overridden && owned.model.has_roles() {
            text.clear();
            let named = owned.name(owned.role, &owned.model.role, owned.shard.role_key.as_ref(), &mut text);
            if named.is_some() && !owned.model.passthrough && parts.is_pool_login(owned.cluster, &text) {
                findings.add(place, format!("tenant {}: the role {text} is the shard's own login", owned.id));
            }
        }
        if let ModelKind::Database { database } = &owned.model.kind {
            text.clear();
            let named = owned.name(owned.database, database, owned.shard.role_key.as_ref(), &mut text);
            if named.is_some() && !owned.model.passthrough && parts.shards_of(owned.cluster).any(|shard| *shard.primary.dbname == *text) {
                findings.add(place, format!("tenant {}: {text} is a shard's own database", owned.id));
            }
            databases.insert((owned.cluster, text.clone()), number);
        }
    }
    if databases.is_empty() {
        return;
    }
    for (number, place) in (0u32..).zip(places) {
        let Some(owned) = table.owned(number, parts) else { continue };
        let (Some(database), false) = (owned.database, matches!(owned.model.kind, ModelKind::Database { .. })) else { continue };
        if let Some(owner) = databases.get(&(owned.cluster, database.to_owned())) {
            let message = format!("tenant {}: the database {database} is tenant {}'s alone", owned.id, table.id(*owner));
            findings.add(usize::try_from(*place).unwrap_or(0), message);
        }
    }
}

/// What each shard is asked for: guaranteed connections, and keys to make passwords and opaque names with.
pub(super) fn check_shards(table: &TenantTable, parts: &Parts, names: &Names, findings: &mut Findings) {
    let mut guaranteed: Vec<u64> = vec![0; parts.shards.len()];
    let mut keyless: Vec<Option<(u32, u32)>> = vec![None; parts.shards.len()];
    let mut unfit: Vec<Option<(u32, Unfit)>> = vec![None; parts.shards.len()];
    for number in (0u32..).take(table.len()) {
        let Some((shard, connections, has_password)) = table.claims(number, parts) else { continue };
        let (Some(owned), Some(sum)) = (table.owned(number, parts), guaranteed.get_mut(usize::from(shard))) else { continue };
        *sum += u64::from(connections);
        if let (Some(first @ None), Some(why)) = (unfit.get_mut(usize::from(shard)), Unfit::of(owned.shard, owned.model)) {
            *first = Some((number, why));
        }
        if owned.shard.role_key.is_some() {
            continue;
        }
        let needs_password = owned.model.lock == Lock::Login && !has_password && owned.shard.primary.tls.cert.is_none();
        if let (true, Some(first)) = (needs_password || needs_name(&owned), keyless.get_mut(usize::from(shard))) {
            *first = Some(first.map_or((number, 1), |(first, count)| (first, count + 1)));
        }
    }
    for (number, shard) in parts.shards.iter().enumerate() {
        let sum = guaranteed.get(number).copied().unwrap_or_default();
        if sum > u64::from(shard.max_connections) {
            let message = format!(
                "shard {}: its tenants' `min_connections` sum up to {sum}, its `max_connections` is {}",
                shard.id, shard.max_connections
            );
            findings.add(names.capacity_places.get(number).copied().unwrap_or(0), message);
        }
        let place = names.shard_places.get(number).copied().unwrap_or(0);
        if let Some(Some((first, why))) = unfit.get(number) {
            let message = format!("shard {} has no {}, and tenant {} can't do without", shard.id, why.missing(), table.id(*first));
            findings.expect(place, message, why.expected());
        }
        if let Some(Some((first, count))) = keyless.get(number) {
            let who = match count {
                1 => format!("tenant {}", table.id(*first)),
                _ => format!("tenant {} and {} more", table.id(*first), count - 1),
            };
            let message = format!("shard {} has no `role_key`, and {who} can't do without", shard.id);
            let expected = "role_key = \"env:NAME\" or \"file:PATH\" (a tenant's password is made with it, unless it has `role_password`; `{opaque}` always)";
            findings.expect(place, message, expected);
        }
    }
}

/// What a shard doesn't say and can't serve a model without whose tenants share connections.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unfit {
    User,
    Password,
    SigningKey,
}

impl Unfit {
    pub(super) fn of(shard: &Shard, model: &Model) -> Option<Unfit> {
        if !model.lock.shares_pools() {
            return None;
        }
        if shard.user.is_none() {
            return Some(Unfit::User);
        }
        if shard.password.is_none() && shard.primary.tls.cert.is_none() {
            return Some(Unfit::Password);
        }
        (model.lock == Lock::Signed && shard.signing_keys.is_empty()).then_some(Unfit::SigningKey)
    }

    /// The key that isn't there.
    pub(super) fn missing(self) -> &'static str {
        match self {
            Unfit::User => "`user`",
            Unfit::Password => "`password`",
            Unfit::SigningKey => "`signing_key`",
        }
    }

    pub(super) fn expected(self) -> &'static str {
        match self {
            Unfit::User => "user = \"…\" (the role that all tenants of lock = \"signed\" and \"shared\" are served as)",
            Unfit::Password => "password = \"env:NAME\" or \"file:PATH\" (of `user`)",
            Unfit::SigningKey => "signing_key = \"env:NAME\" or \"file:PATH\" (lock = \"signed\" signs contexts with it)",
        }
    }
}

/// Whether one of the tenant's names can't be made without a key.
fn needs_name(owned: &Owned<'_>) -> bool {
    let role = owned.model.has_roles() && owned.role.is_none() && owned.model.role.needs_key();
    let other = match &owned.model.kind {
        ModelKind::Row { .. } => false,
        ModelKind::Schema { schema, .. } => owned.schema.is_none() && schema.needs_key(),
        ModelKind::Database { database } => owned.database.is_none() && database.needs_key(),
    };
    role || other
}
