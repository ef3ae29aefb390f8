//! Which settings a tenant may change, and to what.

use pg_raw_parse::{Node, nodes, raw};

use super::{Ground, Isolation, Whose, names::in_literal};
use crate::{
    error::{Report, SqlState},
    sql::{literal::Literal, settings::SettingName, settings::is_utf8_encoding, settings::split_names},
};

/// What any user may set and what reaches nothing but the session's own statements.
const ALLOWED: &[&str] = &[
    "application_name",
    "bytea_output",
    "constraint_exclusion",
    "cursor_tuple_fraction",
    "datestyle",
    "default_text_search_config",
    "default_transaction_deferrable",
    "default_transaction_isolation",
    "default_transaction_read_only",
    "effective_cache_size",
    "escape_string_warning",
    "extra_float_digits",
    "from_collapse_limit",
    "idle_in_transaction_session_timeout",
    "intervalstyle",
    "join_collapse_limit",
    "lc_monetary",
    "lc_numeric",
    "lc_time",
    "lock_timeout",
    "maintenance_work_mem",
    "max_parallel_workers_per_gather",
    "parallel_setup_cost",
    "parallel_tuple_cost",
    "plan_cache_mode",
    "random_page_cost",
    "seq_page_cost",
    "statement_timeout",
    "timezone",
    "transaction_deferrable",
    "transaction_isolation",
    "transaction_read_only",
    "transaction_timeout",
    "work_mem",
    "xmloption",
];

/// Beginnings of names of such.
const ALLOWED_PREFIXES: &[&str] = &["enable_", "geqo", "jit"];

/// Beginnings that look like those and aren't.
const REFUSED_PREFIXES: &[&str] = &["jit_debug", "jit_dump", "jit_profiling", "jit_provider"];

/// What a setting is set to.
enum To {
    /// These words.
    Values(Vec<String>),
    /// Its default.
    Default,
    /// Something that only the server will know.
    Computed,
}

/// `SET`, `SET LOCAL`, `RESET` and their other spellings.
///
/// # Errors
/// What the client is told.
pub(super) fn check_set(set: &nodes::VariableSetStmt, ground: &Ground, whose: &Whose<'_>) -> Result<(), Report> {
    use raw::VariableSetKind as Kind;
    let name = set.name().unwrap_or_default();
    let to = match set.kind {
        Kind::VAR_RESET_ALL => return Ok(()),
        Kind::VAR_SET_MULTI if name == "TRANSACTION SNAPSHOT" => {
            return Err(denied("transaction_snapshot", "A snapshot belongs to another session."));
        }
        // The transaction's characteristics.
        Kind::VAR_SET_MULTI => return Ok(()),
        Kind::VAR_SET_VALUE => values(set).map_or(To::Computed, To::Values),
        Kind::VAR_SET_CURRENT => To::Computed,
        _ => To::Default,
    };
    check(name, &to, &ground.isolation, whose)
}

/// Whether a session may begin with a setting, whosever it is.
pub fn may_begin_with(name: &str, value: &str) -> bool {
    let whose = Whose { key: "", schema: None, role: "" };
    !name.eq_ignore_ascii_case("search_path") && check(name, &To::Values(vec![value.to_owned()]), &Isolation::Database, &whose).is_ok()
}

fn values(set: &nodes::VariableSetStmt) -> Option<Vec<String>> {
    let word = |node| match Literal::read(node)? {
        Literal::Text(text) => Some(text),
        Literal::Bool(value) => Some(if value { "on" } else { "off" }.to_owned()),
        Literal::Null => None,
    };
    set.args().iter().map(word).collect()
}

/// `set_config(name, value, is_local)`, whose name must be a literal.
///
/// # Errors
/// What the client is told.
pub(super) fn check_set_config(call: &nodes::FuncCall, ground: &Ground, whose: &Whose<'_>) -> Result<(), Report> {
    let arguments: Vec<Node<'_>> = call.args().iter().collect();
    let [Node::A_Const(_) | Node::TypeCast(_), value, _] = arguments.as_slice() else {
        return Err(unreadable());
    };
    let name = match arguments.first().copied().and_then(Literal::read) {
        Some(Literal::Text(name)) => name,
        _ => return Err(unreadable()),
    };
    let to = match Literal::read(*value) {
        Some(Literal::Text(text)) if SettingName::new(&name).is_list_of_names() => split_names(&text).map_or(To::Computed, To::Values),
        Some(Literal::Text(text)) => To::Values(vec![text]),
        Some(Literal::Null) => To::Default,
        _ => To::Computed,
    };
    check(&name, &to, &ground.isolation, whose)
}

fn unreadable() -> Report {
    Report::new(SqlState::INSUFFICIENT_PRIVILEGE, "permission denied for function set_config")
        .with_detail("Its first argument isn't a literal, so the gate can't tell which setting it changes.")
        .with_hint("Use SET or SET LOCAL.")
}

fn check(name: &str, to: &To, isolation: &Isolation, whose: &Whose<'_>) -> Result<(), Report> {
    let folded = name.to_ascii_lowercase();
    let word = |allowed: &[&str]| match to {
        To::Values(values) => values.iter().all(|value| allowed.iter().any(|word| value.eq_ignore_ascii_case(word))),
        To::Default => true,
        To::Computed => false,
    };
    let accepted = match folded.as_str() {
        "client_encoding" | "names" => match to {
            To::Values(values) => values.iter().all(|value| is_utf8_encoding(value)),
            To::Default => true,
            To::Computed => false,
        },
        "standard_conforming_strings" | "row_security" => word(&["on", "true", "yes", "1"]),
        "client_min_messages" => word(&["notice", "warning", "error"]),
        "search_path" => return check_path(to, isolation, whose),
        // The server says whether there is such a schema.
        "default_text_search_config" if *isolation == Isolation::Schema => match to {
            To::Values(values) => values.iter().all(|value| stays_home(value, whose)),
            To::Default => true,
            To::Computed => false,
        },
        "role" | "session_authorization" => {
            return Err(denied(name, "The role of a session is the proxy's to choose."));
        }
        _ if folded.starts_with("pgtenant.") => true,
        _ if folded.contains('.') => {
            return Err(denied(name, "Settings with a dot in their names may carry the tenant's identity.")
                .with_hint("Keep such values in a table of your own. The tenant is chosen with SET pgtenant.tenant."));
        }
        _ => {
            let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| folded.starts_with(prefix));
            let cost = folded.starts_with("cpu_") && folded.ends_with("_cost");
            ALLOWED.contains(&folded.as_str()) || cost || (starts(ALLOWED_PREFIXES) && !starts(REFUSED_PREFIXES))
        }
    };
    let known = matches!(
        folded.as_str(),
        "default_text_search_config" | "client_encoding" | "names" | "standard_conforming_strings" | "row_security" | "client_min_messages"
    );
    match accepted {
        true => Ok(()),
        false if known => Err(denied(name, "The value isn't among those that tenants may choose.")),
        false => Err(denied(name, "It isn't among the settings that tenants may change.")),
    }
}

/// Whether a name has no schema, or one that all have or the tenant's own.
fn stays_home(name: &str, whose: &Whose<'_>) -> bool {
    match in_literal(name).as_deref() {
        Some([_]) => true,
        Some([schema, _]) => whose.schema == Some(schema) || matches!(schema.as_str(), "pg_catalog" | "public"),
        _ => false,
    }
}

/// `search_path` is the proxy's. What says what it is anyway passes.
fn check_path(to: &To, isolation: &Isolation, whose: &Whose<'_>) -> Result<(), Report> {
    let same = match (to, isolation) {
        (To::Default, _) => true,
        (To::Computed, _) => false,
        // There is nobody else's schema in the tenant's own database, but names must not hide the server's own.
        (To::Values(names), Isolation::Database) => !names.iter().any(|name| name.starts_with("pg_")),
        (To::Values(names), Isolation::Row { .. }) => {
            names.iter().all(|name| name == "public" || name == "$user") && names.iter().any(|name| name == "public")
        }
        (To::Values(names), Isolation::Schema) => {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            matches!(names.as_slice(), [own] | [own, "public"] if whose.schema == Some(own))
        }
    };
    if same {
        return Ok(());
    }
    Err(denied("search_path", "The search path is the proxy's to choose.")
        .with_hint("Names without a schema find your own tables; leave search_path alone."))
}

fn denied(name: &str, why: &'static str) -> Report {
    Report::new(SqlState::INSUFFICIENT_PRIVILEGE, format!("permission denied to set parameter \"{name}\"")).with_detail(why)
}
