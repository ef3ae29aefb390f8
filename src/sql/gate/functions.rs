//! Which functions may be called.
//!
//! The server's own stand in `policy/functions.txt`, one a line and sorted: `name class`, or `name class@from-to` where only some versions of 13 to
//! 18 have it. `+` may be called; any other class says why not. What isn't there doesn't exist.

use std::cmp::Ordering;

use super::Ground;
use crate::catalog::{Function, Volatility};

/// The list.
const LIST: &str = include_str!("policy/functions.txt");

/// The newest version that the list knows.
const NEWEST: u32 = 18;

/// Extensions that reach beyond the database's tables, read by name or run text: nothing of them may be called.
const DANGEROUS_EXTENSIONS: &[&str] = &[
    "adminpack",
    "amcheck",
    "auto_explain",
    "dblink",
    "file_fdw",
    "lo",
    "old_snapshot",
    "pageinspect",
    "pg_buffercache",
    "pg_cron",
    "pg_freespacemap",
    "pg_logicalinspect",
    "pg_prewarm",
    "pg_stat_statements",
    "pg_surgery",
    "pg_visibility",
    "pg_walinspect",
    "pgrowlocks",
    "pgstattuple",
    "plperl",
    "plperlu",
    "plpgsql",
    "plpython3u",
    "plpythonu",
    "pltcl",
    "pltclu",
    "postgres_fdw",
    "xml2",
];

/// Volatile functions of extensions that make values and do nothing else.
const HARMLESS_VOLATILE: &[&str] = &[
    "gen_random_bytes",
    "gen_random_uuid",
    "gen_salt",
    "normal_rand",
    "pgp_pub_encrypt",
    "pgp_pub_encrypt_bytea",
    "pgp_sym_encrypt",
    "pgp_sym_encrypt_bytea",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
];

/// Functions of otherwise harmless extensions that run text, read relations by name or change settings.
const DANGEROUS_BY_NAME: &[&str] = &[
    "addgeometrycolumn",
    "connectby",
    "crosstab",
    "crosstab2",
    "crosstab3",
    "crosstab4",
    "crosstabn",
    "dropgeometrycolumn",
    "dropgeometrytable",
    "find_srid",
    "isn_weak",
    "populate_geometry_columns",
    "set_limit",
    "st_estimatedextent",
    "st_findextent",
    "updategeometrysrid",
    "xpath_table",
];

/// Why a function may not be called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reason {
    /// The class that the list gives.
    Class(&'static str),
    /// It reads relations by name or runs SQL that it is given.
    ReadsByName,
    /// It may do anything.
    Volatile,
    /// It runs with its owner's rights.
    Definer,
    /// The model doesn't name it.
    NotListed,
}

impl Reason {
    /// The cause, for an error's DETAIL.
    pub(super) fn text(self) -> &'static str {
        match self {
            Reason::Class("activity_stats") => "It shows what other sessions do, or numbers over all tenants' rows.",
            Reason::Class("backend_control") => "It acts on other sessions.",
            Reason::Class("definition_source") => "It shows the definitions of objects that may be another tenant's.",
            Reason::Class("file") => "It reaches the server's files.",
            Reason::Class("guc_state") => "It changes or shows settings beside the proxy.",
            Reason::Class("large_object") => "Large objects belong to the whole database, not to a tenant.",
            Reason::Class("lock") => "The lock's key is the same for all tenants.",
            Reason::Class("name_oracle") => "It tells whether names of other tenants exist.",
            Reason::Class("notify") => "Channels are the same for all tenants.",
            Reason::Class("replication_wal") => "It shows or controls replication and the write-ahead log.",
            Reason::Class("sequence") => "The sequence counts for all tenants.",
            Reason::Class("size_location") => "It shows the size or place of what all tenants share.",
            Reason::Class("sql_text" | "sql_text_2arg") | Reason::ReadsByName => "It runs SQL from a string, which the gate can't read.",
            Reason::Class("stats_write") => "It changes statistics.",
            Reason::Class("xid") => "It counts the transactions of all tenants.",
            Reason::Class(_) => "It is one of the server's internal functions.",
            Reason::Volatile => "It isn't declared stable or immutable, so it may do anything.",
            Reason::Definer => "It runs with its owner's rights.",
            Reason::NotListed => "It isn't among the functions that tenants may call.",
        }
    }

    /// The way out, for an error's HINT.
    pub(super) fn hint(self) -> &'static str {
        match self {
            Reason::Class("guc_state") => "Use SET or SET LOCAL.",
            Reason::Class("name_oracle" | "definition_source") => "Use the information schema, or write the name as a literal.",
            Reason::Class("sequence") => "Use RETURNING to learn a generated value.",
            Reason::Class("sql_text" | "sql_text_2arg") | Reason::ReadsByName => "Write the query itself in its place.",
            Reason::Class("xid") => "Use a column of your own as a version number.",
            Reason::Class(_) => "There is no way to call it through this proxy.",
            Reason::Volatile | Reason::Definer | Reason::NotListed => "An operator can name it among the model's functions.",
        }
    }
}

/// What the gate knows about a function's name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Known {
    /// It may be called.
    Allowed,
    /// It may not.
    Refused(Reason),
    /// There is no such function, as far as is known.
    Missing,
}

/// What a function of `pg_catalog` is to a tenant, by the list.
pub(super) fn of_server(name: &str, server_version: u32) -> Known {
    let major = (server_version / 10_000).min(NEWEST);
    let Some(classes) = find(name) else { return Known::Missing };
    for class in classes.split(' ') {
        let (class, range) = class.split_once('@').unwrap_or((class, "-"));
        let (from, to) = range.split_once('-').unwrap_or((range, range));
        let from = from.parse().unwrap_or(0);
        let to = to.parse().unwrap_or(u32::MAX);
        if (from..=to).contains(&major) {
            return if class == "+" { Known::Allowed } else { Known::Refused(Reason::Class(class)) };
        }
    }
    Known::Missing
}

/// The classes in the line that begins with the name.
fn find(name: &str) -> Option<&'static str> {
    let (mut from, mut to) = (0, LIST.len());
    while from < to {
        let middle = from + (to - from) / 2;
        let start = LIST.get(from..middle)?.rfind('\n').map_or(from, |at| from + at + 1);
        let end = LIST.get(middle..to)?.find('\n').map_or(to, |at| middle + at);
        let (found, classes) = LIST.get(start..end)?.split_once(' ')?;
        match found.cmp(name) {
            Ordering::Equal => return Some(classes),
            Ordering::Less => from = end + 1,
            Ordering::Greater => to = start,
        }
    }
    None
}

/// Whether the model names a function: `name` or `schema.name`.
fn is_listed(function: &Function, ground: &Ground) -> bool {
    is_named(&function.schema, &function.name, ground)
}

/// The same for a function's schema and name.
pub(super) fn is_named(schema: &str, name: &str, ground: &Ground) -> bool {
    ground.functions.iter().any(|listed| match listed.rsplit_once('.') {
        Some((of, listed)) => of == schema && listed == name,
        None => **listed == *name,
    })
}

/// What a user's or extension's function is to a tenant. Under `own`, what stands in that schema is the tenant's own.
pub(super) fn of_user(function: &Function, ground: &Ground, own: impl Fn(&str) -> bool) -> Known {
    if is_listed(function, ground) {
        return Known::Allowed;
    }
    match &function.extension {
        Some(extension) if DANGEROUS_EXTENSIONS.contains(&&**extension) => Known::Refused(Reason::ReadsByName),
        Some(_) if DANGEROUS_BY_NAME.contains(&&*function.name) => Known::Refused(Reason::ReadsByName),
        Some(_) if function.security_definer => Known::Refused(Reason::Definer),
        Some(_) if function.volatility == Volatility::Volatile && !HARMLESS_VOLATILE.contains(&&*function.name) => {
            Known::Refused(Reason::Volatile)
        }
        Some(_) => Known::Allowed,
        None if own(&function.schema) => Known::Allowed,
        None if function.security_definer => Known::Refused(Reason::Definer),
        None => Known::Refused(Reason::NotListed),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_every_line_is_found() {
        let names: Vec<&str> = LIST.lines().map(|line| line.split_once(' ').unwrap().0).collect();
        assert!(names.is_sorted_by(|a, b| a < b));
        for line in LIST.lines() {
            let (name, classes) = line.split_once(' ').unwrap();
            assert_eq!(find(name), Some(classes), "{name}");
        }
        for name in ["", "a", "zzz", "lower\n", "lowe", "lowerx"] {
            assert_eq!(find(name), None, "{name}");
        }
    }

    #[test]
    fn classes_depend_on_the_version() {
        assert_eq!(of_server("lower", 130_000), Known::Allowed);
        assert_eq!(of_server("any_value", 150_000), Known::Missing);
        assert_eq!(of_server("any_value", 160_000), Known::Allowed);
        assert_eq!(of_server("any_value", 190_000), Known::Allowed);
        assert_eq!(of_server("query_to_xml", 150_000), Known::Refused(Reason::Class("sql_text")));
        assert_eq!(of_server("set_config", 180_000), Known::Refused(Reason::Class("guc_state")));
        assert_eq!(of_server("int4in", 150_000), Known::Refused(Reason::Class("internal")));
    }
}
