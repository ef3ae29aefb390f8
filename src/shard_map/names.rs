//! Names: what a tenant's may be in PostgreSQL, and what the map's own names refer to.

use std::collections::HashMap;

use crate::config::document::{Field, Findings};

/// PostgreSQL cuts longer names off (manual 4.1.1).
pub(super) const LONGEST_NAME: usize = 63;

/// What a name is for: each has its reserved words.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum NameOf {
    Role,
    Schema,
    Database,
}

impl NameOf {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            NameOf::Role => "role",
            NameOf::Schema => "schema",
            NameOf::Database => "database",
        }
    }
}

/// Why a name can't be one in PostgreSQL.
pub(super) fn check_form(name: &str) -> Option<String> {
    if name.is_empty() {
        return Some("an empty name".to_owned());
    }
    if name.len() > LONGEST_NAME {
        return Some(format!("\"{name}\" has {} bytes, and PostgreSQL cuts names off at {LONGEST_NAME}", name.len()));
    }
    if name.contains(char::is_control) {
        return Some(format!("{name:?} holds a control character"));
    }
    None
}

/// Why a name can't be a tenant's.
pub(super) fn check_name(what: NameOf, name: &str) -> Option<String> {
    if let Some(wrong) = check_form(name) {
        return Some(wrong);
    }
    let reserved = match what {
        NameOf::Role => name.starts_with("pg_") || ["public", "none", "postgres"].contains(&name),
        NameOf::Schema => name.starts_with("pg_") || ["public", "information_schema"].contains(&name),
        NameOf::Database => ["template0", "template1", "postgres"].contains(&name),
    };
    reserved.then(|| format!("\"{name}\" is PostgreSQL's own {}", what.as_str()))
}

/// What the map refers to while it is read. A section that is there but wrong has no number, so that who refers to it isn't blamed.
#[derive(Default)]
pub(super) struct Names {
    pub(super) shards: HashMap<String, Option<u16>>,
    pub(super) plans: HashMap<String, Option<u16>>,
    pub(super) models: HashMap<String, Option<u16>>,
    /// Where each shard's capacity is said.
    pub(super) capacity_places: Vec<usize>,
    /// Where each shard's section begins.
    pub(super) shard_places: Vec<usize>,
}

/// The number of what a key names; complains where the key is missing or names nothing.
pub(super) fn reference(
    field: &Field<String>,
    what: &str,
    names: &HashMap<String, Option<u16>>,
    section: usize,
    findings: &mut Findings,
) -> Option<u16> {
    match field {
        Some(name) => known(name.get_ref(), name.span().start, what, names, findings),
        None => {
            findings.missing(section, what, format!("`{what}` is missing"), choice(what, names));
            None
        }
    }
}

pub(super) fn known(name: &str, at: usize, what: &str, names: &HashMap<String, Option<u16>>, findings: &mut Findings) -> Option<u16> {
    match names.get(name) {
        Some(number) => *number,
        None => {
            findings.expect(at, format!("{what} \"{name}\" doesn't exist"), choice(what, names));
            None
        }
    }
}

fn choice(what: &str, names: &HashMap<String, Option<u16>>) -> String {
    let mut known: Vec<&str> = names.keys().map(String::as_str).collect();
    known.sort_unstable();
    match known.len() {
        0 => format!("a [{what}s.NAME] section"),
        1..=12 => known.join(", "),
        _ => format!("one of {} {what}s: {} …", known.len(), known.get(..8).unwrap_or_default().join(", ")),
    }
}
