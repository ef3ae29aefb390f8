//! A million tenants in little room: an entry is numbers, names lie in one text, what only few tenants say lies apart.

use std::{hash::BuildHasher, sync::Arc};

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use toml::{
    Spanned,
    de::{DeString, DeValue},
};

use super::{
    Limits, Lock, ModelKind, Parts, Tenant, TenantStatus,
    names::{LONGEST_NAME, NameOf, Names, check_name, reference},
    parts::Reading,
    raw::RawTenant,
    unique::{Owned, Unique},
};
use crate::{
    config::{
        Secret,
        document::{self, Field, Findings, value},
    },
    ids::TenantId,
};

/// The shard of an entry that was complained about.
const BROKEN: u16 = u16::MAX;

/// All tenants that have an entry.
#[derive(Default)]
pub(super) struct TenantTable {
    text: String,
    entries: Vec<Entry>,
    extras: Vec<Extra>,
    index: HashTable<u32>,
    hasher: RandomState,
    /// What the entries' names are, kept where a rule places further tenants.
    taken: Option<Unique>,
}

struct Entry {
    start: u32,
    length: u8,
    status: TenantStatus,
    shard: u16,
    model: u16,
    plan: u16,
    /// One more than the number in `extras`; 0: none.
    extra: u32,
}

/// What few tenants say.
#[derive(Default, PartialEq, Eq, Debug)]
pub(super) struct Extra {
    pub(super) key: Option<Arc<str>>,
    pub(super) role: Option<Arc<str>>,
    pub(super) role_password: Option<Secret>,
    pub(super) schema: Option<Arc<str>>,
    pub(super) database: Option<Arc<str>>,
    pub(super) limits: Option<Limits>,
}

/// An entry in words, for comparisons.
#[derive(PartialEq, Eq)]
pub(super) struct Said<'m> {
    pub(super) shard: &'m str,
    pub(super) model: &'m str,
    pub(super) plan: &'m str,
    pub(super) status: TenantStatus,
    pub(super) extra: Option<&'m Extra>,
}

impl TenantTable {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| self.id_of(entry))
    }

    pub(super) fn id(&self, number: u32) -> &str {
        self.entry(number).map_or("", |entry| self.id_of(entry))
    }

    fn entry(&self, number: u32) -> Option<&Entry> {
        self.entries.get(usize::try_from(number).ok()?)
    }

    fn id_of(&self, entry: &Entry) -> &str {
        let start = usize::try_from(entry.start).unwrap_or(usize::MAX);
        self.text.get(start..start.saturating_add(usize::from(entry.length))).unwrap_or_default()
    }

    fn extra_of(&self, entry: &Entry) -> Option<&Extra> {
        self.extras.get(usize::try_from(entry.extra.checked_sub(1)?).ok()?)
    }

    /// The number of the entry of that id.
    pub(super) fn find(&self, id: &str) -> Option<u32> {
        self.index.find(self.hasher.hash_one(id), |number| self.id(*number) == id).copied()
    }

    /// What an entry says.
    pub(super) fn said<'m>(&'m self, number: u32, parts: &'m Parts) -> Option<Said<'m>> {
        let entry = self.entry(number)?;
        Some(Said {
            shard: parts.shards.get(usize::from(entry.shard))?.id.as_str(),
            model: parts.models.get(usize::from(entry.model))?.id.as_str(),
            plan: parts.plans.get(usize::from(entry.plan))?.id.as_str(),
            status: entry.status,
            extra: self.extra_of(entry),
        })
    }

    /// The tenant that an entry stands for.
    pub(super) fn resolve(&self, number: u32, parts: &Parts) -> Option<Tenant> {
        let entry = self.entry(number)?;
        let id = self.id_of(entry);
        let shard = parts.shards.get(usize::from(entry.shard))?.clone();
        let model = parts.models.get(usize::from(entry.model))?.clone();
        let plan = parts.plans.get(usize::from(entry.plan))?.clone();
        let extra = self.extra_of(entry);
        let given = |pick: fn(&Extra) -> &Option<Arc<str>>| extra.and_then(|extra| pick(extra).clone());
        let shared_id: Arc<str> = Arc::from(id);
        let named = |template: &super::Template| {
            let mut name = String::with_capacity(LONGEST_NAME);
            template.render(id, shard.role_key.as_ref(), &mut name)?;
            Some(Arc::<str>::from(name.as_str()))
        };
        let role = match given(|extra| &extra.role) {
            Some(role) => role,
            None => named(&model.role)?,
        };
        let schema = match (&model.kind, given(|extra| &extra.schema)) {
            (ModelKind::Schema { .. }, Some(schema)) => Some(schema),
            (ModelKind::Schema { schema }, None) => Some(named(schema)?),
            _ => None,
        };
        let database = match (given(|extra| &extra.database), &model.kind) {
            (Some(database), _) => database,
            (None, ModelKind::Database { database }) => named(database)?,
            (None, _) => shard.primary.dbname.clone(),
        };
        let limits = extra.and_then(|extra| extra.limits).unwrap_or(plan.limits);
        Some(Tenant {
            id: TenantId::from(shared_id.clone()),
            key: given(|extra| &extra.key).unwrap_or(shared_id),
            limits,
            status: entry.status,
            role,
            role_password: extra.and_then(|extra| extra.role_password.clone()),
            schema,
            database,
            shard,
            model,
            plan,
        })
    }

    /// What an entry claims for itself alone, without putting the tenant together.
    pub(super) fn owned<'m>(&'m self, number: u32, parts: &'m Parts) -> Option<Owned<'m>> {
        let entry = self.entry(number)?;
        let extra = self.extra_of(entry);
        Some(Owned {
            id: self.id_of(entry),
            shard: parts.shards.get(usize::from(entry.shard))?,
            cluster: *parts.clusters.get(usize::from(entry.shard))?,
            model: parts.models.get(usize::from(entry.model))?,
            model_number: entry.model,
            key: extra.and_then(|extra| extra.key.as_deref()),
            role: extra.and_then(|extra| extra.role.as_deref()),
            schema: extra.and_then(|extra| extra.schema.as_deref()),
            database: extra.and_then(|extra| extra.database.as_deref()),
        })
    }

    /// The shard's number, the guaranteed connections, and whether the password is the entry's own.
    pub(super) fn claims(&self, number: u32, parts: &Parts) -> Option<(u16, u32, bool)> {
        let entry = self.entry(number)?;
        let extra = self.extra_of(entry);
        let plan = parts.plans.get(usize::from(entry.plan))?;
        let limits = extra.and_then(|extra| extra.limits).unwrap_or(plan.limits);
        let guaranteed = if entry.status == TenantStatus::Suspended { 0 } else { limits.min_connections };
        Some((entry.shard, guaranteed, extra.is_some_and(|extra| extra.role_password.is_some())))
    }

    /// Keeps what the entries' names are, for [`TenantTable::is_taken`].
    pub(super) fn keep(&mut self, unique: Unique) {
        self.taken = Some(unique);
    }

    /// Whether a tenant without an entry would have a name of one that has.
    pub(super) fn is_taken(&self, tenant: &Tenant, parts: &Parts) -> bool {
        self.taken.as_ref().is_some_and(|taken| taken.holds_any_of(tenant, self, parts))
    }

    /// Takes another table's entries and indexes them; gives the numbers of those whose id is there already.
    pub(super) fn append(&mut self, part: TenantTable) -> Result<Vec<u32>, TooMany> {
        let (text, extras) = (u32::try_from(self.text.len())?, u32::try_from(self.extras.len())?);
        u32::try_from(self.text.len() + part.text.len())?;
        let first = u32::try_from(self.entries.len())?;
        self.text.push_str(&part.text);
        self.extras.extend(part.extras);
        self.entries.extend(part.entries.into_iter().map(|mut entry| {
            entry.start += text;
            entry.extra += if entry.extra > 0 { extras } else { 0 };
            entry
        }));
        let mut doubles = Vec::new();
        for number in first..u32::try_from(self.entries.len())? {
            if self.find(self.id(number)).is_some() {
                doubles.push(number);
                if let Some(entry) = usize::try_from(number).ok().and_then(|number| self.entries.get_mut(number)) {
                    entry.shard = BROKEN;
                }
            } else {
                let hash = self.hasher.hash_one(self.id(number));
                let Self { index, entries, text, hasher, .. } = self;
                index.insert_unique(hash, number, |number| hash_of(*number, entries, text, hasher));
            }
        }
        Ok(doubles)
    }

    /// Room for so many entries, so that the index needn't grow under way.
    pub(super) fn reserve(&mut self, more: usize) {
        let Self { index, entries, text, hasher, .. } = self;
        index.reserve(more, |number| hash_of(*number, entries, text, hasher));
        entries.reserve_exact(more);
    }

    fn push(&mut self, id: &str, entry: Entry, extra: Extra) {
        let mut entry =
            Entry { start: u32::try_from(self.text.len()).unwrap_or(u32::MAX), length: u8::try_from(id.len()).unwrap_or(0), ..entry };
        self.text.push_str(id);
        if extra != Extra::default() {
            self.extras.push(extra);
            entry.extra = u32::try_from(self.extras.len()).unwrap_or(0);
        }
        self.entries.push(entry);
    }
}

fn hash_of(number: u32, entries: &[Entry], text: &str, hasher: &RandomState) -> u64 {
    let id = usize::try_from(number).ok().and_then(|number| entries.get(number)).and_then(|entry| {
        let start = usize::try_from(entry.start).ok()?;
        text.get(start..start + usize::from(entry.length))
    });
    hasher.hash_one(id.unwrap_or_default())
}

/// More text than a table holds.
#[derive(Debug, thiserror::Error)]
#[error("the ids of all tenants together are longer than 4 GiB")]
pub(super) struct TooMany;

impl From<std::num::TryFromIntError> for TooMany {
    fn from(_: std::num::TryFromIntError) -> Self {
        TooMany
    }
}

/// What a tenant's id must look like, if this one doesn't.
pub(super) fn check_id(id: &str) -> Option<&'static str> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let begins = id.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric() || first == b'_');
    match begins && id.len() <= LONGEST_NAME && id.bytes().all(allowed) {
        true => None,
        false => Some("at most 63 letters (a-z, A-Z), digits, `_`, `-` and `.`, beginning with a letter, a digit or `_`"),
    }
}

/// Reads `[tenants.*]`: one reader per piece of the file.
pub(super) struct TenantReader<'f> {
    pub(super) reading: &'f Reading<'f>,
    pub(super) parts: &'f Parts,
    pub(super) names: &'f Names,
    pub(super) table: TenantTable,
    /// Where each entry is in the file.
    pub(super) places: Vec<u64>,
    scratch: String,
}

impl<'f> TenantReader<'f> {
    pub(super) fn new(reading: &'f Reading<'f>, parts: &'f Parts, names: &'f Names) -> Self {
        TenantReader { reading, parts, names, table: TenantTable::default(), places: Vec::new(), scratch: String::new() }
    }

    pub(super) fn read(&mut self, key: &Spanned<DeString<'_>>, section: &Spanned<DeValue<'_>>, findings: &mut Findings) {
        let (id, at) = (key.get_ref().as_ref(), key.span().start);
        self.places.push(u64::try_from(findings.in_file(at)).unwrap_or(u64::MAX));
        if let Some(expected) = check_id(id) {
            findings.expect(at, format!("{id:?} can't be a tenant's id"), expected);
        }
        if self.parts.shards.iter().any(|shard| &*shard.primary.dbname == id) {
            findings.add(
                at,
                format!("a tenant can't be called as a shard's own database is, \"{id}\": its name says nothing about the tenant"),
            );
        }
        let raw: Option<RawTenant> = document::read(section, findings);
        let entry = raw.as_ref().and_then(|raw| self.entry(at, raw, findings));
        let mut extra = Extra::default();
        if let (Some(raw), Some(entry)) = (&raw, &entry) {
            extra = self.extra(id, at, raw, entry, findings);
        }
        let broken = Entry { start: 0, length: 0, status: TenantStatus::Active, shard: BROKEN, model: 0, plan: 0, extra: 0 };
        self.table.push(id, entry.unwrap_or(broken), extra);
    }

    fn entry(&self, at: usize, raw: &RawTenant, findings: &mut Findings) -> Option<Entry> {
        let shard = reference(&raw.shard, "shard", &self.names.shards, at, findings);
        let model = reference(&raw.model, "model", &self.names.models, at, findings);
        let plan = reference(&raw.plan, "plan", &self.names.plans, at, findings);
        let status = raw.status.map(TenantStatus::from).unwrap_or_default();
        Some(Entry { start: 0, length: 0, status, shard: shard?, model: model?, plan: plan?, extra: 0 })
    }

    fn extra(&mut self, id: &str, at: usize, raw: &RawTenant, entry: &Entry, findings: &mut Findings) -> Extra {
        let parts = self.parts;
        let found = parts.shards.get(usize::from(entry.shard)).zip(parts.models.get(usize::from(entry.model)));
        let (Some((shard, model)), Some(plan)) = (found, parts.plans.get(usize::from(entry.plan))) else { return Extra::default() };
        let given = |field: &Field<String>| value(field).map(Arc::<str>::from);
        let extra = Extra {
            key: given(&raw.key),
            role: given(&raw.role),
            role_password: self.reading.secret(&raw.role_password, "\"env:NAME\" or \"file:PATH\"", findings),
            schema: given(&raw.schema),
            database: given(&raw.database),
            limits: raw.limits.as_ref().map(|limits| {
                if let Some(mode) = &limits.get_ref().pool_mode {
                    findings.add(mode.span().start, "`pool_mode` is a plan's, not a tenant's");
                }
                limits.get_ref().limits(plan.limits, limits.span().start, findings)
            }),
        };
        let kind = &model.kind;
        if let (Some(key), false) = (&raw.key, matches!(kind, ModelKind::Row { .. })) {
            findings.add(key.span().start, format!("`key` is the tenant column's value, and a {} model has none", kind.as_str()));
        }
        if raw.key.as_ref().is_some_and(|key| key.get_ref().is_empty() || key.get_ref().contains('\0')) {
            findings.add(document::place(&raw.key, at), "`key` is empty or holds a NUL");
        }
        if let (Some(schema), false) = (&raw.schema, matches!(kind, ModelKind::Schema { .. })) {
            findings.add(schema.span().start, format!("a {} model has no schema per tenant", kind.as_str()));
        }
        let key = shard.role_key.as_ref();
        let mut check = |what: NameOf, field: &Field<String>, template: Option<&super::Template>| {
            self.scratch.clear();
            match (field, template) {
                (Some(name), _) => self.scratch.push_str(name.get_ref()),
                (None, Some(template)) => drop(template.render(id, key, &mut self.scratch)),
                (None, None) => return,
            }
            if self.scratch.is_empty() && field.is_none() {
                return;
            }
            if let Some(wrong) = check_name(what, &self.scratch) {
                let expected = format!("a {} of 1 to {LONGEST_NAME} bytes that is the tenant's alone", what.as_str());
                findings.expect(document::place(field, at), wrong, expected);
            }
        };
        if model.lock == Lock::Login || raw.role.is_some() {
            check(NameOf::Role, &raw.role, Some(&model.role));
        }
        let (schema, database) = match kind {
            ModelKind::Row { .. } => (None, None),
            ModelKind::Schema { schema } => (Some(schema), None),
            ModelKind::Database { database } => (None, Some(database)),
        };
        check(NameOf::Schema, &raw.schema, schema);
        check(NameOf::Database, &raw.database, database);
        extra
    }
}
