//! A million tenants in little room: an entry is an id and some numbers, what only few tenants say lies apart.
//!
//! What a look-up costs is memory that isn't in a cache: one line of the index, one of the entry. So ids lie in their entries as far as they fit.

use std::{hash::BuildHasher, sync::Arc};

use foldhash::fast::RandomState;
use hashbrown::{HashTable, hash_table as table};
use toml::{
    Spanned,
    de::{DeString, DeValue},
};

use super::{
    Limits, Listed, ModelKind, Parts, Tenant, TenantStatus,
    names::{LONGEST_NAME, NameOf, Names, check_form, check_name, reference},
    parts::Reading,
    raw::{RawTenant, gate_mode},
    unique::{Owned, Unique},
};
use crate::{
    config::{
        GateMode, Secret,
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

#[derive(Clone)]
struct Entry {
    id: Id,
    status: TenantStatus,
    shard: u16,
    model: u16,
    plan: u16,
    /// One more than the number in `extras`; 0: none.
    extra: u32,
}

impl Default for Entry {
    fn default() -> Self {
        let id = Id { length: 0, bytes: [0; INLINE] };
        Entry { id, status: TenantStatus::Active, shard: 0, model: 0, plan: 0, extra: 0 }
    }
}

/// The longest id that lies in its entry: a UUID's text.
const INLINE: usize = 36;

/// An id, or where it begins in the table's text if it is long.
#[derive(Clone)]
struct Id {
    length: u8,
    bytes: [u8; INLINE],
}

impl Id {
    fn new(id: &str, text: &mut String) -> Self {
        let mut bytes = [0; INLINE];
        match bytes.get_mut(..id.len()) {
            Some(inline) => inline.copy_from_slice(id.as_bytes()),
            None => {
                Self::set_start(&mut bytes, text.len());
                text.push_str(id);
            }
        }
        Id { length: u8::try_from(id.len()).unwrap_or(u8::MAX), bytes }
    }

    fn bytes<'t>(&'t self, text: &'t str) -> &'t [u8] {
        let length = usize::from(self.length);
        match self.bytes.get(..length) {
            Some(inline) => inline,
            None => text.as_bytes().get(self.start()..self.start() + length).unwrap_or_default(),
        }
    }

    /// Moves an id that isn't inline to a text that follows another.
    fn shift(&mut self, by: usize) {
        if usize::from(self.length) > INLINE {
            let start = self.start() + by;
            Self::set_start(&mut self.bytes, start);
        }
    }

    fn start(&self) -> usize {
        self.bytes.first_chunk().map_or(0, |start| usize::from_ne_bytes(*start))
    }

    fn set_start(bytes: &mut [u8; INLINE], start: usize) {
        if let Some(place) = bytes.first_chunk_mut() {
            *place = start.to_ne_bytes();
        }
    }
}

/// What few tenants say.
#[derive(Default, PartialEq, Eq, Debug)]
pub(super) struct Extra {
    pub(super) key: Option<Arc<str>>,
    pub(super) role: Option<Arc<str>>,
    pub(super) role_password: Option<Secret>,
    pub(super) schema: Option<Arc<str>>,
    pub(super) database: Option<Arc<str>>,
    pub(super) client_database: Option<Arc<str>>,
    pub(super) limits: Option<Limits>,
    pub(super) gate: Option<GateMode>,
    pub(super) reason: Option<Arc<str>>,
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

    pub(super) fn listed<'m>(&'m self, parts: &'m Parts) -> impl Iterator<Item = Listed<'m>> {
        self.entries.iter().filter_map(|entry| {
            Some(Listed {
                id: self.id_of(entry),
                shard: parts.shards.get(usize::from(entry.shard))?.id.as_str(),
                model: parts.models.get(usize::from(entry.model))?.id.as_str(),
                plan: parts.plans.get(usize::from(entry.plan))?.id.as_str(),
                status: entry.status,
            })
        })
    }

    pub(super) fn id(&self, number: u32) -> &str {
        self.entry(number).map_or("", |entry| self.id_of(entry))
    }

    fn entry(&self, number: u32) -> Option<&Entry> {
        self.entries.get(usize::try_from(number).ok()?)
    }

    fn id_of<'t>(&'t self, entry: &'t Entry) -> &'t str {
        std::str::from_utf8(entry.id.bytes(&self.text)).unwrap_or_default()
    }

    fn extra_of(&self, entry: &Entry) -> Option<&Extra> {
        self.extras.get(usize::try_from(entry.extra.checked_sub(1)?).ok()?)
    }

    /// The number of the entry of that id.
    pub(super) fn find(&self, id: &str) -> Option<u32> {
        self.index
            .find(self.hasher.hash_one(id.as_bytes()), |number| bytes_of(*number, &self.entries, &self.text) == id.as_bytes())
            .copied()
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
        let named = |template: &super::Template| template.name(id, shard.role_key.as_ref());
        let role = match given(|extra| &extra.role) {
            // They are served as the pool's.
            _ if !model.has_roles() => shard.user.clone()?,
            Some(role) => role,
            None => named(&model.role)?,
        };
        let schema = match (&model.kind, given(|extra| &extra.schema)) {
            (ModelKind::Schema { .. }, Some(schema)) => Some(schema),
            (ModelKind::Schema { schema, .. }, None) => Some(named(schema)?),
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
            reason: given(|extra| &extra.reason),
            gate: extra.and_then(|extra| extra.gate).unwrap_or(model.gate),
            role,
            role_password: extra.and_then(|extra| extra.role_password.clone()),
            schema,
            database,
            client_database: given(|extra| &extra.client_database),
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
        let extras = u32::try_from(self.extras.len())?;
        let first = u32::try_from(self.entries.len())?;
        let shift = self.text.len();
        self.text.push_str(&part.text);
        self.extras.extend(part.extras);
        self.entries.extend(part.entries.into_iter().map(|mut entry| {
            entry.id.shift(shift);
            entry.extra += if entry.extra > 0 { extras } else { 0 };
            entry
        }));
        let mut doubles = Vec::new();
        let Self { index, entries, text, hasher, .. } = self;
        for number in first..u32::try_from(entries.len())? {
            let id = bytes_of(number, entries, text);
            let same = |other: &u32| bytes_of(*other, entries, text) == id;
            let rehash = |number: &u32| hasher.hash_one(bytes_of(*number, entries, text));
            match index.entry(hasher.hash_one(id), same, rehash) {
                table::Entry::Vacant(place) => drop(place.insert(number)),
                table::Entry::Occupied(_) => doubles.push(number),
            }
        }
        for number in &doubles {
            if let Some(entry) = usize::try_from(*number).ok().and_then(|number| entries.get_mut(number)) {
                entry.shard = BROKEN;
            }
        }
        Ok(doubles)
    }

    /// Room for so many entries, so that the index needn't grow under way.
    pub(super) fn reserve(&mut self, more: usize) {
        let Self { index, entries, text, hasher, .. } = self;
        index.reserve(more, |number| hasher.hash_one(bytes_of(*number, entries, text)));
        entries.reserve_exact(more);
    }

    fn push(&mut self, id: &str, mut entry: Entry, extra: Extra) {
        entry.id = Id::new(id, &mut self.text);
        if extra != Extra::default() {
            self.extras.push(extra);
            entry.extra = u32::try_from(self.extras.len()).unwrap_or(0);
        }
        self.entries.push(entry);
    }
}

fn bytes_of<'t>(number: u32, entries: &'t [Entry], text: &'t str) -> &'t [u8] {
    let entry = usize::try_from(number).ok().and_then(|number| entries.get(number));
    entry.map_or(&[], |entry| entry.id.bytes(text))
}

/// More entries than a table holds.
#[derive(Debug, thiserror::Error)]
#[error("more tenants than a map holds, which is 4 billion")]
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
        let broken = Entry { shard: BROKEN, ..Entry::default() };
        self.table.push(id, entry.unwrap_or(broken), extra);
    }

    fn entry(&self, at: usize, raw: &RawTenant, findings: &mut Findings) -> Option<Entry> {
        let shard = reference(&raw.shard, "shard", &self.names.shards, at, findings);
        let model = reference(&raw.model, "model", &self.names.models, at, findings);
        let plan = reference(&raw.plan, "plan", &self.names.plans, at, findings);
        let status = raw.status.map(TenantStatus::from).unwrap_or_default();
        Some(Entry { status, shard: shard?, model: model?, plan: plan?, ..Entry::default() })
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
            client_database: given(&raw.client_database),
            reason: given(&raw.reason),
            gate: gate_mode(&raw.gate, model.lock, findings),
            limits: raw.limits.as_ref().map(|limits| {
                if let Some(ddl) = &limits.get_ref().ddl {
                    findings.add(ddl.span().start, "`ddl` is a plan's, not a tenant's");
                }
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
            let of_template = what != NameOf::Role && model.template.as_deref() == Some(&self.scratch);
            let wrong = of_template.then(|| format!("\"{}\" is the template that new tenants are copied from", self.scratch));
            if let Some(wrong) =
                wrong.or_else(|| if model.passthrough { check_form(&self.scratch) } else { check_name(what, &self.scratch) })
            {
                let expected = format!("a {} of 1 to {LONGEST_NAME} bytes that is the tenant's alone", what.as_str());
                findings.expect(document::place(field, at), wrong, expected);
            }
        };
        if model.has_roles() || raw.role.is_some() {
            check(NameOf::Role, &raw.role, Some(&model.role));
        }
        let (schema, database) = match kind {
            ModelKind::Row { .. } => (None, None),
            ModelKind::Schema { schema, .. } => (Some(schema), None),
            ModelKind::Database { database } => (None, Some(database)),
        };
        check(NameOf::Schema, &raw.schema, schema);
        check(NameOf::Database, &raw.database, database);
        extra
    }
}
