//! From the map's file to a [`ShardMap`].

use std::{
    collections::{HashMap, HashSet},
    fs,
    num::NonZeroUsize,
    ops::Range,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use toml::de::{DeTable, DeValue};

use super::{
    Login, Parts, Placement, ShardMap,
    logins::{self, ReadLogin},
    memo::Memo,
    names::Names,
    parts::{PartsReader, Reading},
    placement,
    raw::TOP,
    split::split,
    tenants::{TenantReader, TenantTable, check_id},
    unique::{Unique, check_foreign, check_shards},
};
use crate::{
    config::{
        ConfigErrors, Environment, Finding, Source,
        document::{self, Findings},
    },
    ids::LoginId,
};

/// The only version of the file's form.
const VERSION: i64 = 1;

/// Files from this size on are read in pieces.
pub(super) const CHUNK_FROM: usize = 1 << 20;
const CHUNK: usize = 256 << 10;

/// More threads read faster than the rest can follow.
const MOST_THREADS: usize = 4;

/// Entries of one piece of the file.
#[derive(Default)]
struct Entries {
    tenants: TenantTable,
    places: Vec<u64>,
    logins: Vec<ReadLogin>,
    findings: Vec<Finding>,
}

/// Reads a map's file; those of `chunk_from` bytes or more in pieces.
pub(super) fn load(file: &Path, environment: &Environment, chunk_from: usize) -> Result<ShardMap, ConfigErrors> {
    let text = fs::read_to_string(file).map_err(|error| ConfigErrors::unreadable(file, &error))?;
    let reading = Reading { folder: file.parent().unwrap_or(Path::new("")), environment };
    let mut map = read_text(&text, file, &reading, chunk_from)?;
    map.sources.insert(0, file.to_path_buf());
    Ok(map)
}

/// Reads a map's text; complaints name it `name`.
pub(super) fn read_text(text: &str, name: &Path, reading: &Reading<'_>, chunk_from: usize) -> Result<ShardMap, ConfigErrors> {
    let pieces = if text.len() >= chunk_from { split(text, CHUNK.min(chunk_from.max(1))) } else { None };
    let source = Source { file: name, text };
    let outcome = match &pieces {
        Some(pieces) => read(&pieces.rest, pieces.rest_pieces.clone(), &pieces.chunks, text, reading),
        None => read(text, vec![(0, 0)], &[], text, reading),
    };
    match outcome {
        Ok((mut map, notes)) => {
            map.notes = source.complaints(notes);
            Ok(map)
        }
        Err(findings) => Err(ConfigErrors(source.complaints(findings))),
    }
}

/// The map, and what should be known about it.
fn read(
    rest: &str,
    rest_pieces: Vec<(usize, usize)>,
    chunks: &[Range<usize>],
    text: &str,
    reading: &Reading<'_>,
) -> Result<(ShardMap, Vec<Finding>), Vec<Finding>> {
    let mut findings = Findings::of_pieces(rest_pieces.clone());
    let root = document::parse(rest, &mut findings);
    let Some(root) = root else {
        let mut list = findings.into_list();
        for chunk in chunks {
            let mut findings = Findings::from(chunk.start);
            document::parse(text.get(chunk.clone()).unwrap_or_default(), &mut findings);
            list.extend(findings.into_list());
        }
        return Err(list);
    };
    check_top(&root, &mut findings);
    let revision = revision(&root, &mut findings);
    let mut reader = PartsReader {
        reading,
        parts: Parts::default(),
        names: Names::default(),
        notes: Findings::of_pieces(rest_pieces),
        sources: Vec::new(),
    };
    reader.read(&root, &mut findings);
    let PartsReader { parts, names, notes, mut sources, .. } = reader;
    let placement = root
        .get_key_value("placement")
        .and_then(|(key, section)| placement::read(key.span().start, section, &parts, &names, &mut findings));
    let context = Context { reading, parts: &parts, names: &names };
    let first = context.entries(&root, findings);
    let rule = Rule { given: root.contains_key("placement"), placement };
    let mut all = vec![first];
    all.extend(context.chunks(chunks, text));
    sources.extend(all.iter().flat_map(|entries| &entries.logins).filter_map(|login| login.source.clone()));
    let (tenants, logins) = merge(all, &context, &rule)?;
    let databases: HashSet<Arc<str>> = parts.shards.iter().map(|shard| shard.primary.dbname.clone()).collect();
    let map = ShardMap {
        version: 1,
        revision,
        parts,
        tenants,
        memo: Memo::default(),
        placement: rule.placement,
        logins,
        databases,
        notes: Vec::new(),
        sources,
    };
    Ok((map, notes.into_list()))
}

/// The rule as given, and as far as it could be read.
struct Rule {
    given: bool,
    placement: Option<Placement>,
}

/// Keys at the top, and the file's version.
fn check_top(root: &DeTable<'_>, findings: &mut Findings) {
    for key in root.keys() {
        if !TOP.contains(&key.get_ref().as_ref()) {
            findings.expect(key.span().start, format!("unknown key `{}`", key.get_ref()), TOP.map(|key| format!("`{key}`")).join(", "));
        }
    }
    let Some(version) = root.get("version") else {
        findings.expect(0, "`version` is missing", format!("version = {VERSION}"));
        return;
    };
    let number = match version.get_ref() {
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
        _ => None,
    };
    if number != Some(VERSION) {
        findings.expect(version.span().start, "a version that this program doesn't read", format!("version = {VERSION}"));
    }
}

/// Which version of the map this is, as `pgtenant map` counts; 0 where it hasn't been edited that way yet.
fn revision(root: &DeTable<'_>, findings: &mut Findings) -> u64 {
    let Some(revision) = root.get("revision") else { return 0 };
    let number = match revision.get_ref() {
        DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
        _ => None,
    };
    if number.is_none() {
        findings.expect(revision.span().start, "`revision` isn't a version of the map", "a whole number, which `pgtenant map` writes");
    }
    number.unwrap_or(0)
}

/// What entries are read with.
struct Context<'f> {
    reading: &'f Reading<'f>,
    parts: &'f Parts,
    names: &'f Names,
}

impl Context<'_> {
    /// Entries of one parsed piece.
    fn entries(&self, root: &DeTable<'_>, mut findings: Findings) -> Entries {
        let mut tenants = TenantReader::new(self.reading, self.parts, self.names);
        if let Some(section) = root.get("tenants") {
            for (key, value) in document::sections(section, "[tenants.ID] with shard, model and plan", &mut findings) {
                tenants.read(key, value, &mut findings);
            }
        }
        let mut logins = Vec::new();
        if let Some(section) = root.get("logins") {
            for (key, value) in document::sections(section, "[logins.NAME] with tenant and secret", &mut findings) {
                logins.extend(logins::read(key, value, self.reading, &mut findings));
            }
        }
        Entries { tenants: tenants.table, places: tenants.places, logins, findings: findings.into_list() }
    }

    fn chunk(&self, chunk: &Range<usize>, text: &str) -> Entries {
        let mut findings = Findings::from(chunk.start);
        match document::parse(text.get(chunk.clone()).unwrap_or_default(), &mut findings) {
            Some(root) => self.entries(&root, findings),
            None => Entries { findings: findings.into_list(), ..Entries::default() },
        }
    }

    /// Entries of all pieces, in the file's order, read by several threads.
    fn chunks(&self, chunks: &[Range<usize>], text: &str) -> Vec<Entries> {
        let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get).min(MOST_THREADS).min(chunks.len());
        if threads <= 1 {
            return chunks.iter().map(|chunk| self.chunk(chunk, text)).collect();
        }
        let next = AtomicUsize::new(0);
        let work = || {
            let mut read = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                match chunks.get(number) {
                    Some(chunk) => read.push((number, self.chunk(chunk, text))),
                    None => return read,
                }
            }
        };
        let mut all: Vec<(usize, Entries)> = thread::scope(|scope| {
            let helpers: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut all = work();
            for helper in helpers {
                match helper.join() {
                    Ok(read) => all.extend(read),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            all
        });
        all.sort_unstable_by_key(|(number, _)| *number);
        all.into_iter().map(|(_, entries)| entries).collect()
    }
}

type Merged = (TenantTable, HashMap<LoginId, Arc<Login>>);

/// Puts all pieces together and checks what only the whole shows.
fn merge(all: Vec<Entries>, context: &Context<'_>, rule: &Rule) -> Result<Merged, Vec<Finding>> {
    let Context { parts, names, .. } = context;
    let mut whole = Findings::from(0);
    let mut list = Vec::new();
    let mut table = TenantTable::default();
    let mut places: Vec<u64> = Vec::new();
    let mut logins = Vec::new();
    table.reserve(all.iter().map(|entries| entries.places.len()).sum());
    for entries in all {
        list.extend(entries.findings);
        places.extend(entries.places);
        logins.extend(entries.logins);
        match table.append(entries.tenants) {
            Ok(doubles) => {
                for number in doubles {
                    let place = usize::try_from(number).ok().and_then(|number| places.get(number)).copied().unwrap_or(0);
                    whole.add(usize::try_from(place).unwrap_or(0), format!("tenant \"{}\" has two entries", table.id(number)));
                }
            }
            Err(error) => {
                whole.add(0, error.to_string());
                break;
            }
        }
    }
    let unique = Unique::check(&table, &places, parts, &mut whole);
    check_foreign(&table, &places, parts, &mut whole);
    check_shards(&table, parts, names, &mut whole);
    let logins = check_logins(logins, &table, rule.given, &mut whole);
    list.extend(whole.into_list());
    if !list.is_empty() {
        return Err(list);
    }
    if rule.placement.is_some() {
        table.keep(unique);
    }
    Ok((table, logins))
}

/// Logins by name; complains about tenants that don't exist and names that come twice.
fn check_logins(read: Vec<ReadLogin>, table: &TenantTable, placed: bool, findings: &mut Findings) -> HashMap<LoginId, Arc<Login>> {
    let mut logins = HashMap::with_capacity(read.len());
    let mut seen = HashSet::with_capacity(read.len());
    for ReadLogin { id, login, at, tenants, .. } in read {
        for (tenant, at) in tenants {
            let known = table.find(tenant.as_str()).is_some() || placed && check_id(tenant.as_str()).is_none();
            if !known {
                findings.expect(at, format!("tenant \"{tenant}\" doesn't exist"), "a tenant's id, as in [tenants.ID]");
            }
        }
        if !seen.insert(id.clone()) {
            findings.add(at, format!("login \"{id}\" has two entries"));
        }
        logins.extend(login.map(|login| (id, Arc::new(login))));
    }
    logins
}
