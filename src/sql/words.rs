//! Functions of PostgreSQL and its contributed modules that leave something behind in the session that calls them.
//!
//! They are known by their last name, whatever the schema: a false alarm pins a session, a miss mixes two clients' state.

use super::triggers::contains_trigger;

/// What a call does to the session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum FunctionKind {
    /// `set_config(name, value, is_local)`.
    SetConfig,
    /// Takes a lock that the transaction's end doesn't release.
    AdvisoryLock,
    /// `setseed`.
    Seed,
    /// Opens or uses a connection that belongs to the session.
    Dblink,
    /// Runs SQL that stands in one of its arguments.
    RunsText,
    /// Sets a setting under a name of its own (`pg_trgm`'s `set_limit`).
    SetsLimit,
    /// Something else that lasts as long as the session.
    Session,
}

/// Sorted by name.
const FUNCTIONS: &[(&str, FunctionKind)] = &[
    ("connectby", FunctionKind::RunsText),
    ("crosstab", FunctionKind::RunsText),
    ("crosstab2", FunctionKind::RunsText),
    ("crosstab3", FunctionKind::RunsText),
    ("crosstab4", FunctionKind::RunsText),
    ("crosstabn", FunctionKind::RunsText),
    ("pg_advisory_lock", FunctionKind::AdvisoryLock),
    ("pg_advisory_lock_shared", FunctionKind::AdvisoryLock),
    ("pg_backup_start", FunctionKind::Session),
    ("pg_copy_logical_replication_slot", FunctionKind::Session),
    ("pg_copy_physical_replication_slot", FunctionKind::Session),
    ("pg_create_logical_replication_slot", FunctionKind::Session),
    ("pg_create_physical_replication_slot", FunctionKind::Session),
    ("pg_replication_origin_session_setup", FunctionKind::Session),
    ("pg_start_backup", FunctionKind::Session),
    ("pg_try_advisory_lock", FunctionKind::AdvisoryLock),
    ("pg_try_advisory_lock_shared", FunctionKind::AdvisoryLock),
    ("query_to_xml", FunctionKind::RunsText),
    ("query_to_xml_and_xmlschema", FunctionKind::RunsText),
    ("query_to_xmlschema", FunctionKind::RunsText),
    ("set_config", FunctionKind::SetConfig),
    ("set_limit", FunctionKind::SetsLimit),
    ("setseed", FunctionKind::Seed),
    ("ts_rewrite", FunctionKind::RunsText),
    ("ts_stat", FunctionKind::RunsText),
    ("xpath_table", FunctionKind::RunsText),
];

/// What a function of this (folded) name does to the session, if anything.
pub(super) fn function_kind(name: &str) -> Option<FunctionKind> {
    if name.starts_with("dblink") {
        return Some(FunctionKind::Dblink);
    }
    FUNCTIONS.binary_search_by(|(known, _)| known.cmp(&name)).ok().and_then(|at| FUNCTIONS.get(at)).map(|(_, kind)| *kind)
}

/// The view whose `UPDATE` is a `set_config` (rule `pg_settings_u` in `system_views.sql`).
pub(super) const SETTINGS_VIEW: &str = "pg_settings";

/// Whether a schema is the session's temporary one.
pub(super) fn is_temporary_schema(name: &str) -> bool {
    name.strip_prefix("pg_temp").is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}

/// A quick look at a name's bytes (quotes included): false for nearly all that no table here holds.
pub(super) fn may_be_known(bytes: &[u8]) -> bool {
    let first = bytes.iter().find(|&&byte| byte != b'"').map(u8::to_ascii_lowercase);
    bytes.len() >= 6 && matches!(first, Some(b'c' | b'd' | b'p' | b'q' | b's' | b't' | b'x')) && contains_trigger(bytes)
}

/// Words that make the body of a `DO` block suspect. `execute` may run anything.
pub(super) const BODY_WORDS: &[&str] =
    &["set", "reset", "discard", "listen", "load", "temp", "temporary", "execute", "prepare", "hold", "call"];

#[cfg(test)]
mod tests {
    use super::{super::triggers::contains_either, *};

    #[test]
    fn functions_are_sorted() {
        assert!(FUNCTIONS.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn every_known_name_holds_a_trigger() {
        for name in FUNCTIONS.iter().map(|(name, _)| *name).chain([SETTINGS_VIEW, "pg_temp", "pg_temp_3", "dblink", "dblink_connect"]) {
            assert!(contains_trigger(name.as_bytes()) && may_be_known(name.as_bytes()), "{name}");
            assert!(contains_either(name.as_bytes()), "{name}");
            assert!(may_be_known(format!("\"{name}\"").as_bytes()), "{name}");
        }
        for name in ["temp", "temporary", "u&\"x"] {
            assert!(contains_trigger(name.to_ascii_uppercase().as_bytes()) && contains_either(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn locks_of_a_transaction_are_not_the_sessions() {
        assert_eq!(function_kind("pg_advisory_xact_lock"), None);
        assert_eq!(function_kind("pg_advisory_unlock_all"), None);
        assert_eq!(function_kind("pg_try_advisory_lock"), Some(FunctionKind::AdvisoryLock));
        assert_eq!(function_kind("dblink_connect"), Some(FunctionKind::Dblink));
    }

    #[test]
    fn temporary_schemas() {
        for (name, expected) in
            [("pg_temp", true), ("pg_temp_12", true), ("pg_temper", false), ("public", false), ("pg_toast_temp_1", false)]
        {
            assert_eq!(is_temporary_schema(name), expected, "{name}");
        }
    }
}
