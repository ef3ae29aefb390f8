//! The settings that follow a client from one server connection to the next.
//!
//! Names, spelling and the report flag: `src/backend/utils/misc/guc_tables.c` (`guc.c` before 16) of PostgreSQL 13 to 18,
//! of which these are the ones that any user may set, that a server can take at any time, and that reach nothing but the
//! session's own statements. A name that isn't here pins its session instead.

use std::{borrow::Cow, fmt};

/// A setting that is tracked per client.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tracked {
    /// The name as PostgreSQL spells it.
    pub name: &'static str,
    /// Servers announce its value by `ParameterStatus` (`GUC_REPORT`): the version from which on they do.
    pub reported_since: Option<u8>,
    /// The first major version that knows it; 13 stands for "always".
    pub since: u8,
}

const fn plain(name: &'static str) -> Tracked {
    Tracked { name, reported_since: None, since: 13 }
}

const fn reported(name: &'static str) -> Tracked {
    Tracked { name, reported_since: Some(13), since: 13 }
}

const fn newer(name: &'static str, since: u8) -> Tracked {
    Tracked { name, reported_since: None, since }
}

/// In the order of their names without regard to case.
const TRACKED: &[Tracked] = &[
    reported("application_name"),
    plain("bytea_output"),
    reported("client_encoding"),
    plain("client_min_messages"),
    plain("constraint_exclusion"),
    plain("cpu_index_tuple_cost"),
    plain("cpu_operator_cost"),
    plain("cpu_tuple_cost"),
    plain("cursor_tuple_fraction"),
    reported("DateStyle"),
    plain("default_text_search_config"),
    plain("default_transaction_deferrable"),
    plain("default_transaction_isolation"),
    Tracked { name: "default_transaction_read_only", reported_since: Some(14), since: 13 },
    plain("effective_cache_size"),
    newer("enable_async_append", 14),
    plain("enable_bitmapscan"),
    newer("enable_distinct_reordering", 18),
    plain("enable_gathermerge"),
    newer("enable_group_by_reordering", 17),
    plain("enable_hashagg"),
    plain("enable_hashjoin"),
    plain("enable_incremental_sort"),
    plain("enable_indexonlyscan"),
    plain("enable_indexscan"),
    plain("enable_material"),
    newer("enable_memoize", 14),
    plain("enable_mergejoin"),
    plain("enable_nestloop"),
    plain("enable_parallel_append"),
    plain("enable_parallel_hash"),
    plain("enable_partition_pruning"),
    plain("enable_partitionwise_aggregate"),
    plain("enable_partitionwise_join"),
    newer("enable_presorted_aggregate", 16),
    newer("enable_self_join_elimination", 18),
    plain("enable_seqscan"),
    plain("enable_sort"),
    plain("enable_tidscan"),
    plain("escape_string_warning"),
    plain("extra_float_digits"),
    plain("from_collapse_limit"),
    plain("geqo"),
    plain("geqo_effort"),
    plain("geqo_generations"),
    plain("geqo_pool_size"),
    plain("geqo_seed"),
    plain("geqo_selection_bias"),
    plain("geqo_threshold"),
    plain("idle_in_transaction_session_timeout"),
    reported("IntervalStyle"),
    plain("jit"),
    plain("jit_above_cost"),
    plain("jit_expressions"),
    plain("jit_inline_above_cost"),
    plain("jit_optimize_above_cost"),
    plain("jit_tuple_deforming"),
    plain("join_collapse_limit"),
    plain("lc_monetary"),
    plain("lc_numeric"),
    plain("lc_time"),
    plain("lock_timeout"),
    plain("maintenance_work_mem"),
    plain("max_parallel_workers_per_gather"),
    plain("plan_cache_mode"),
    plain("random_page_cost"),
    Tracked { name: "search_path", reported_since: Some(18), since: 13 },
    plain("seq_page_cost"),
    plain("statement_timeout"),
    plain("synchronous_commit"),
    reported("TimeZone"),
    newer("transaction_timeout", 17),
    plain("work_mem"),
    plain("xmloption"),
];

/// Settings that start anew with each transaction, so that setting one leaves nothing behind.
const PER_TRANSACTION: &[&str] = &["transaction_deferrable", "transaction_isolation", "transaction_read_only"];

/// Settings whose value is a list of names, each quoted on its own (`GUC_LIST_QUOTE`).
const LISTS_OF_NAMES: &[&str] = &[
    "local_preload_libraries",
    "search_path",
    "session_preload_libraries",
    "shared_preload_libraries",
    "temp_tablespaces",
    "unix_socket_directories",
];

/// Old names that servers still take: `map_old_guc_names` in `guc.c`.
const OLD_NAMES: &[(&str, &str)] = &[("sort_mem", "work_mem"), ("vacuum_mem", "maintenance_work_mem")];

/// The entry of a name in any case, old names included; `None` where the setting isn't tracked.
pub fn tracked(name: &str) -> Option<&'static Tracked> {
    let name = OLD_NAMES.iter().find(|(old, _)| old.eq_ignore_ascii_case(name)).map_or(name, |(_, new)| new);
    let order =
        |entry: &Tracked| entry.name.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(name.bytes().map(|byte| byte.to_ascii_lowercase()));
    TRACKED.binary_search_by(order).ok().and_then(|at| TRACKED.get(at))
}

/// Whether a setting may be `SET` and carried from one server connection to the next.
pub fn is_tracked_setting(name: &str) -> bool {
    tracked(name).is_some()
}

/// All tracked settings.
pub fn tracked_settings() -> impl Iterator<Item = &'static Tracked> {
    TRACKED.iter()
}

/// A setting's name in the one spelling that we use as a key: PostgreSQL's for tracked ones, else lower case.
pub fn canonical_setting_name(name: &str) -> Cow<'static, str> {
    match tracked(name) {
        Some(entry) => Cow::Borrowed(entry.name),
        None => Cow::Owned(name.to_ascii_lowercase()),
    }
}

/// A setting's name in its canonical spelling.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SettingName(Cow<'static, str>);

impl SettingName {
    /// Folds a name as a client wrote it.
    pub fn new(name: &str) -> Self {
        SettingName(canonical_setting_name(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The setting's entry, if it is carried from one server connection to the next.
    pub fn tracked(&self) -> Option<&'static Tracked> {
        tracked(&self.0)
    }

    /// Whether each transaction begins with its own value of this.
    pub fn is_per_transaction(&self) -> bool {
        PER_TRANSACTION.contains(&self.as_str())
    }

    /// Whether the value is a list of names.
    pub(super) fn is_list_of_names(&self) -> bool {
        LISTS_OF_NAMES.contains(&self.as_str())
    }
}

impl fmt::Display for SettingName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SettingName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a `client_encoding` means UTF-8 (`pg_char_to_encoding` in `src/common/encnames.c` ignores all but letters and digits).
pub fn is_utf8_encoding(name: &str) -> bool {
    let folded: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    matches!(folded.as_str(), "utf8" | "unicode")
}

/// A `SET` of these values for the session, to be replayed on another server connection. Each value is quoted such that it reads the same
/// under either `standard_conforming_strings`.
pub fn render_set(name: &SettingName, values: &[String]) -> String {
    let mut text = String::from("SET ");
    quote_name(&mut text, name.as_str());
    text.push_str(" TO ");
    if values.is_empty() {
        text.push_str("''");
    }
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        quote_literal(&mut text, value);
    }
    text
}

/// Writes a setting's name; a custom one (`app.user`) keeps its dot outside the quotes.
fn quote_name(text: &mut String, name: &str) {
    for (index, part) in name.split('.').enumerate() {
        if index > 0 {
            text.push('.');
        }
        if !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
            text.push_str(part);
        } else {
            text.push('"');
            text.push_str(&part.replace('"', "\"\""));
            text.push('"');
        }
    }
}

fn quote_literal(text: &mut String, value: &str) {
    if value.contains('\\') {
        text.push('E');
    }
    text.push('\'');
    for c in value.chars() {
        if matches!(c, '\'' | '\\') {
            text.push(c);
        }
        text.push(c);
    }
    text.push('\'');
}

/// Cuts a list of names as `SplitIdentifierString` does (`src/backend/utils/adt/varlena.c`); `None` where it is malformed.
pub(super) fn split_names(list: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = list.trim_matches(is_blank);
    if rest.is_empty() {
        return Some(names);
    }
    loop {
        let (name, after) = match rest.strip_prefix('"') {
            Some(quoted) => split_quoted(quoted)?,
            None => {
                let end = rest.find(|c| c == ',' || is_blank(c)).unwrap_or(rest.len());
                let (name, after) = rest.split_at_checked(end)?;
                (name.to_ascii_lowercase(), after)
            }
        };
        if name.is_empty() && !rest.starts_with('"') {
            return None;
        }
        names.push(name);
        rest = after.trim_start_matches(is_blank);
        if rest.is_empty() {
            return Some(names);
        }
        rest = rest.strip_prefix(',')?.trim_start_matches(is_blank);
    }
}

/// A name whose opening quote is behind us, and what follows its closing one.
fn split_quoted(quoted: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut rest = quoted;
    loop {
        let (part, after) = rest.split_once('"')?;
        name.push_str(part);
        match after.strip_prefix('"') {
            Some(more) => {
                name.push('"');
                rest = more;
            }
            None => return Some((name, after)),
        }
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c')
}

#[cfg(test)]
#[path = "settings/tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
