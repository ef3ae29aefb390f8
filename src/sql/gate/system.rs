//! The relations of `pg_catalog`: who sees what of them under which model.
//!
//! What holds other tenants' values, text or activity is refused; what lists objects, roles or databases is fenced, so that a tenant finds
//! its own and the server's, and nobody else's. In the row model all tenants share the tables, so their names are no secret, but the statistics
//! over all of their rows are. The names are those of PostgreSQL 13 to 18; one that isn't here is refused.
//!
//! A fence is a predicate that needs no key: the schema model's `search_path` is the proxy's own, and the role is the connection's.

use pg_raw_parse::{Node, nodes};

use super::{Isolation, children::children};

/// How a relation of `pg_catalog` shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shown {
    /// As it is.
    Whole,
    /// Those rows for which this predicate holds; `{a}` stands for the relation's alias.
    Fenced(&'static str),
    /// Through a query in its place, as columns must be hidden.
    Inlined {
        /// The query.
        query: &'static str,
        /// A predicate instead, for statements that read none of those columns and can't do without the catalog's own name.
        stay: Option<&'static str>,
    },
    /// Not at all: why.
    Hidden(Why),
}

/// Why a relation is hidden.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// Values or numbers of other tenants' rows.
    Statistics,
    /// What other sessions do.
    Activity,
    /// Passwords, connection strings, settings of other roles.
    Secrets,
    /// Large objects belong to the database, not to a tenant.
    LargeObjects,
    /// Nothing that an application needs.
    Internal,
}

impl Why {
    /// The cause, for an error's DETAIL.
    pub fn text(self) -> &'static str {
        match self {
            Why::Statistics => "It holds values and numbers taken from all tenants' rows.",
            Why::Activity => "It shows what other sessions do.",
            Why::Secrets => "It holds settings and secrets of other roles.",
            Why::LargeObjects => "Large objects belong to the whole database, not to a tenant.",
            Why::Internal => "It isn't among the catalogs that tenants may read.",
        }
    }
}

/// The schemas whose objects a tenant of the schema model sees: its own, the shared one, the server's.
macro_rules! schemas {
    () => {
        "(SELECT pgt_n.oid FROM pg_catalog.pg_namespace pgt_n \
         WHERE pgt_n.nspname = ANY (pg_catalog.current_schemas(true)) OR pgt_n.nspname = 'information_schema')"
    };
}
macro_rules! in_schemas {
    ($column:literal) => {
        Shown::Fenced(concat!("{a}.", $column, " IN ", schemas!()))
    };
}
macro_rules! of_relations {
    ($column:literal) => {
        Shown::Fenced(concat!(
            "{a}.",
            $column,
            " IN (SELECT pgt_c.oid FROM pg_catalog.pg_class pgt_c WHERE pgt_c.relnamespace IN ",
            schemas!(),
            ")"
        ))
    };
}
macro_rules! of_types {
    ($column:literal) => {
        Shown::Fenced(concat!(
            "{a}.",
            $column,
            " IN (SELECT pgt_t.oid FROM pg_catalog.pg_type pgt_t WHERE pgt_t.typnamespace IN ",
            schemas!(),
            ")"
        ))
    };
}
macro_rules! named_schema {
    () => {
        Shown::Fenced("({a}.schemaname = ANY (pg_catalog.current_schemas(true)) OR {a}.schemaname = 'information_schema')")
    };
}
/// Rights of one's own and of everybody, without those of other roles.
macro_rules! own_rights {
    ($column:literal) => {
        concat!(
            "(SELECT pg_catalog.array_agg(pgt_x.a) FROM pg_catalog.unnest(",
            $column,
            ") pgt_x(a) WHERE pg_catalog.split_part(pgt_x.a::pg_catalog.text, '=', 1) IN ('', CURRENT_USER)) AS ",
            $column
        )
    };
}
macro_rules! masked_class {
    ($counts:literal) => {
        concat!(
            "SELECT oid, relname, relnamespace, reltype, reloftype, relowner, relam, relfilenode, reltablespace, ",
            $counts,
            "reltoastrelid, relhasindex, relisshared, relpersistence, relkind, relnatts, relchecks, relhasrules, relhastriggers, ",
            "relhassubclass, relrowsecurity, relforcerowsecurity, relispopulated, relreplident, relispartition, relrewrite, ",
            "'0'::pg_catalog.xid AS relfrozenxid, '0'::pg_catalog.xid AS relminmxid, ",
            own_rights!("relacl"),
            ", reloptions, relpartbound FROM pg_catalog.pg_class WHERE relnamespace IN ",
            schemas!()
        )
    };
}

/// One relation: how it shows in the row, schema and database models.
struct Entry {
    name: &'static str,
    row: Shown,
    schema: Shown,
    database: Shown,
}

const fn shared(name: &'static str, shown: Shown) -> Entry {
    Entry { name, row: shown, schema: shown, database: shown }
}
/// What lists objects: fenced where other tenants' stand beside the own ones. A database of the row model may have schemas of others, too.
const fn objects(name: &'static str, fenced: Shown) -> Entry {
    Entry { name, row: fenced, schema: fenced, database: Shown::Whole }
}
/// What tells about rows: hidden where they are shared.
const fn numbers(name: &'static str, schema: Shown) -> Entry {
    Entry { name, row: Shown::Hidden(Why::Statistics), schema, database: Shown::Whole }
}
const fn hidden(name: &'static str, why: Why) -> Entry {
    shared(name, Shown::Hidden(why))
}
const fn whole(name: &'static str) -> Entry {
    shared(name, Shown::Whole)
}

const SEEN_CLASS: &str = concat!("{a}.relnamespace IN ", schemas!());
/// Estimates are numbers over all tenants' rows, where tables are shared.
const MASKED_CLASS: Shown = Shown::Inlined {
    query: masked_class!("0 AS relpages, (-1)::pg_catalog.float4 AS reltuples, 0 AS relallvisible, "),
    stay: Some(SEEN_CLASS),
};
const MASKED_CLASS_18: Shown = Shown::Inlined {
    query: masked_class!("0 AS relpages, (-1)::pg_catalog.float4 AS reltuples, 0 AS relallvisible, 0 AS relallfrozen, "),
    stay: Some(SEEN_CLASS),
};
const SEEN_CLASSES: Shown = Shown::Inlined { query: masked_class!("relpages, reltuples, relallvisible, "), stay: Some(SEEN_CLASS) };
const SEEN_CLASSES_18: Shown =
    Shown::Inlined { query: masked_class!("relpages, reltuples, relallvisible, relallfrozen, "), stay: Some(SEEN_CLASS) };
const SEEN_SCHEMAS: Shown = Shown::Inlined {
    query: concat!(
        "SELECT oid, nspname, nspowner, ",
        own_rights!("nspacl"),
        " FROM pg_catalog.pg_namespace WHERE nspname = ANY (pg_catalog.current_schemas(true)) OR nspname = 'information_schema'"
    ),
    stay: Some("({a}.nspname = ANY (pg_catalog.current_schemas(true)) OR {a}.nspname = 'information_schema')"),
};
const OWN_ROLES: Shown = Shown::Fenced("({a}.rolname = CURRENT_USER OR pg_catalog.starts_with({a}.rolname::pg_catalog.text, 'pg_'))");
/// Databases that hold tenants are closed: what the next ones stand for, tenants' roles can't read. The tenant finds what tools look for.
const OWN_USER: Shown = Shown::Inlined {
    query: "SELECT rolname AS usename, oid AS usesysid, rolcreatedb AS usecreatedb, rolsuper AS usesuper, rolreplication AS userepl, \
            rolbypassrls AS usebypassrls, '********'::pg_catalog.text AS passwd, rolvaliduntil AS valuntil, rolconfig AS useconfig \
            FROM pg_catalog.pg_roles WHERE rolname = CURRENT_USER",
    stay: None,
};
const OWN_DATABASE: Shown = Shown::Inlined {
    query: "SELECT NULL::pg_catalog.oid AS oid, pg_catalog.current_database() AS datname, NULL::pg_catalog.oid AS datdba, \
            pg_catalog.pg_char_to_encoding(pg_catalog.current_setting('server_encoding')::pg_catalog.name) AS encoding, \
            'c'::pg_catalog.\"char\" AS datlocprovider, false AS datistemplate, true AS datallowconn, (-1)::pg_catalog.int4 AS datconnlimit, \
            NULL::pg_catalog.oid AS dattablespace, pg_catalog.current_setting('lc_collate', true) AS datcollate, \
            pg_catalog.current_setting('lc_ctype', true) AS datctype, NULL::pg_catalog.text AS daticulocale, NULL::pg_catalog.text AS datlocale, \
            NULL::pg_catalog.text AS daticurules, NULL::pg_catalog.text AS datcollversion, NULL::pg_catalog.aclitem[] AS datacl",
    stay: None,
};
const OWN_MEMBERSHIP: Shown = Shown::Inlined {
    query: "SELECT NULL::pg_catalog.oid AS roleid, NULL::pg_catalog.oid AS member, NULL::pg_catalog.oid AS grantor, \
            false AS admin_option, false AS inherit_option, false AS set_option WHERE false",
    stay: None,
};
const NO_MAPPINGS: Shown = Shown::Inlined {
    query: "SELECT NULL::pg_catalog.oid AS umid, NULL::pg_catalog.oid AS srvid, NULL::pg_catalog.name AS srvname, \
            NULL::pg_catalog.oid AS umuser, NULL::pg_catalog.name AS usename, NULL::pg_catalog.text[] AS umoptions WHERE false",
    stay: None,
};
const NO_LARGE_OBJECTS: Shown = Shown::Inlined {
    query: "SELECT NULL::pg_catalog.oid AS oid, NULL::pg_catalog.oid AS lomowner, NULL::pg_catalog.aclitem[] AS lomacl WHERE false",
    stay: None,
};
const OWN_DEFAULTS: Shown =
    Shown::Fenced("{a}.defaclrole = (SELECT pgt_r.oid FROM pg_catalog.pg_roles pgt_r WHERE pgt_r.rolname = CURRENT_USER)");
const NO_SHARED_TEXT: Shown = Shown::Inlined {
    query: "SELECT NULL::pg_catalog.oid AS objoid, NULL::pg_catalog.oid AS classoid, NULL::pg_catalog.text AS description WHERE false",
    stay: None,
};
const NO_ROWS: Shown = Shown::Fenced("false");
const OWN_ROLE_SETTINGS: Shown = Shown::Inlined {
    query: "SELECT NULL::pg_catalog.oid AS setdatabase, NULL::pg_catalog.oid AS setrole, NULL::pg_catalog.text[] AS setconfig WHERE false",
    stay: None,
};
macro_rules! names_for_statio {
    ($seen:expr) => {
        concat!(
            "SELECT pgt_c.oid AS relid, pgt_s.nspname AS schemaname, pgt_c.relname, 0::pg_catalog.int8 AS heap_blks_read, ",
            "0::pg_catalog.int8 AS heap_blks_hit, 0::pg_catalog.int8 AS idx_blks_read, 0::pg_catalog.int8 AS idx_blks_hit, ",
            "0::pg_catalog.int8 AS toast_blks_read, 0::pg_catalog.int8 AS toast_blks_hit, 0::pg_catalog.int8 AS tidx_blks_read, ",
            "0::pg_catalog.int8 AS tidx_blks_hit FROM pg_catalog.pg_class pgt_c JOIN pg_catalog.pg_namespace pgt_s ",
            "ON pgt_s.oid = pgt_c.relnamespace WHERE pgt_c.relkind IN ('r', 't', 'm')",
            $seen
        )
    };
}
/// An ORM takes the numbers of tables from here; the counters are hidden.
const NAMES_FOR_STATIO: Shown = Shown::Inlined { query: names_for_statio!(concat!(" AND pgt_c.relnamespace IN ", schemas!())), stay: None };
/// A tool finds the names of indexes here; the counters aren't among the columns.
const NAMES_OF_INDEXES: Shown = Shown::Inlined {
    query: concat!(
        "SELECT pgt_c.oid AS relid, pgt_x.indexrelid, pgt_s.nspname AS schemaname, pgt_c.relname, pgt_i.relname AS indexrelname ",
        "FROM pg_catalog.pg_index pgt_x JOIN pg_catalog.pg_class pgt_c ON pgt_c.oid = pgt_x.indrelid ",
        "JOIN pg_catalog.pg_class pgt_i ON pgt_i.oid = pgt_x.indexrelid ",
        "JOIN pg_catalog.pg_namespace pgt_s ON pgt_s.oid = pgt_c.relnamespace ",
        "WHERE pgt_s.nspname NOT IN ('pg_catalog', 'information_schema') AND pgt_c.relnamespace IN ",
        schemas!()
    ),
    stay: None,
};
/// How sequences were made; how far each has come, which tells of all tenants' rows, isn't among the columns.
const MAKE_OF_SEQUENCES: Shown = Shown::Inlined {
    query: concat!(
        "SELECT pgt_s.nspname AS schemaname, pgt_c.relname AS sequencename, (SELECT pgt_r.rolname FROM pg_catalog.pg_roles pgt_r ",
        "WHERE pgt_r.oid = pgt_c.relowner AND pgt_r.rolname = CURRENT_USER) AS sequenceowner, ",
        "pgt_q.seqtypid::pg_catalog.regtype AS data_type, pgt_q.seqstart AS start_value, pgt_q.seqmin AS min_value, ",
        "pgt_q.seqmax AS max_value, pgt_q.seqincrement AS increment_by, pgt_q.seqcycle AS cycle, pgt_q.seqcache AS cache_size ",
        "FROM pg_catalog.pg_sequence pgt_q JOIN pg_catalog.pg_class pgt_c ON pgt_c.oid = pgt_q.seqrelid ",
        "JOIN pg_catalog.pg_namespace pgt_s ON pgt_s.oid = pgt_c.relnamespace WHERE pgt_c.relnamespace IN ",
        schemas!()
    ),
    stay: None,
};
/// Comments hang on objects of many kinds: what the server came with, and those on what is seen.
const SEEN_TEXT: Shown = Shown::Fenced(concat!(
    "({a}.objoid < 16384 OR {a}.objoid IN (SELECT pgt_c.oid FROM pg_catalog.pg_class pgt_c WHERE pgt_c.relnamespace IN ",
    schemas!(),
    " UNION ALL SELECT pgt_p.oid FROM pg_catalog.pg_proc pgt_p WHERE pgt_p.pronamespace IN ",
    schemas!(),
    " UNION ALL SELECT pgt_t.oid FROM pg_catalog.pg_type pgt_t WHERE pgt_t.typnamespace IN ",
    schemas!(),
    " UNION ALL SELECT pgt_k.oid FROM pg_catalog.pg_constraint pgt_k WHERE pgt_k.connamespace IN ",
    schemas!(),
    " UNION ALL ",
    schemas!(),
    "))"
));
/// Dependencies are numbers only, but count: those of relations are told apart.
const SEEN_DEPENDENCIES: Shown = Shown::Fenced(concat!(
    "({a}.classid <> 1259::pg_catalog.oid OR {a}.objid IN (SELECT pgt_c.oid FROM pg_catalog.pg_class pgt_c WHERE pgt_c.relnamespace IN ",
    schemas!(),
    "))"
));

/// Sorted by name.
const RELATIONS: &[Entry] = &[
    objects(
        "pg_aggregate",
        Shown::Fenced(concat!(
            "{a}.aggfnoid::pg_catalog.oid IN (SELECT pgt_p.oid FROM pg_catalog.pg_proc pgt_p WHERE pgt_p.pronamespace IN ",
            schemas!(),
            ")"
        )),
    ),
    hidden("pg_aios", Why::Activity),
    whole("pg_am"),
    whole("pg_amop"),
    whole("pg_amproc"),
    objects("pg_attrdef", of_relations!("adrelid")),
    objects("pg_attribute", of_relations!("attrelid")),
    shared("pg_auth_members", OWN_MEMBERSHIP),
    hidden("pg_authid", Why::Secrets),
    whole("pg_available_extension_versions"),
    whole("pg_available_extensions"),
    hidden("pg_backend_memory_contexts", Why::Activity),
    whole("pg_cast"),
    Entry { name: "pg_class", row: MASKED_CLASS, schema: SEEN_CLASSES, database: Shown::Whole },
    objects("pg_collation", in_schemas!("collnamespace")),
    hidden("pg_config", Why::Internal),
    objects("pg_constraint", in_schemas!("connamespace")),
    objects("pg_conversion", in_schemas!("connamespace")),
    hidden("pg_cursors", Why::Activity),
    shared("pg_database", OWN_DATABASE),
    shared("pg_db_role_setting", OWN_ROLE_SETTINGS),
    shared("pg_default_acl", OWN_DEFAULTS),
    objects("pg_depend", SEEN_DEPENDENCIES),
    objects("pg_description", SEEN_TEXT),
    objects("pg_enum", of_types!("enumtypid")),
    whole("pg_event_trigger"),
    whole("pg_extension"),
    hidden("pg_file_settings", Why::Secrets),
    whole("pg_foreign_data_wrapper"),
    shared("pg_foreign_server", NO_ROWS),
    objects("pg_foreign_table", of_relations!("ftrelid")),
    hidden("pg_group", Why::Secrets),
    hidden("pg_hba_file_rules", Why::Secrets),
    hidden("pg_ident_file_mappings", Why::Secrets),
    objects("pg_index", of_relations!("indrelid")),
    objects("pg_indexes", named_schema!()),
    objects("pg_inherits", of_relations!("inhrelid")),
    whole("pg_init_privs"),
    whole("pg_language"),
    hidden("pg_largeobject", Why::LargeObjects),
    Entry { name: "pg_largeobject_metadata", row: NO_LARGE_OBJECTS, schema: NO_LARGE_OBJECTS, database: Shown::Whole },
    hidden("pg_locks", Why::Activity),
    objects("pg_matviews", named_schema!()),
    objects("pg_namespace", SEEN_SCHEMAS),
    objects("pg_opclass", in_schemas!("opcnamespace")),
    objects("pg_operator", in_schemas!("oprnamespace")),
    objects("pg_opfamily", in_schemas!("opfnamespace")),
    hidden("pg_parameter_acl", Why::Secrets),
    objects("pg_partitioned_table", of_relations!("partrelid")),
    objects("pg_policies", named_schema!()),
    objects("pg_policy", of_relations!("polrelid")),
    hidden("pg_prepared_statements", Why::Activity),
    hidden("pg_prepared_xacts", Why::Activity),
    objects("pg_proc", in_schemas!("pronamespace")),
    whole("pg_publication"),
    objects("pg_publication_namespace", Shown::Fenced(concat!("{a}.pnnspid IN ", schemas!()))),
    objects("pg_publication_rel", of_relations!("prrelid")),
    objects("pg_publication_tables", named_schema!()),
    objects("pg_range", of_types!("rngtypid")),
    hidden("pg_replication_origin", Why::Internal),
    hidden("pg_replication_origin_status", Why::Activity),
    hidden("pg_replication_slots", Why::Activity),
    objects("pg_rewrite", of_relations!("ev_class")),
    shared("pg_roles", OWN_ROLES),
    objects("pg_rules", named_schema!()),
    hidden("pg_seclabel", Why::Internal),
    hidden("pg_seclabels", Why::Internal),
    objects("pg_sequence", of_relations!("seqrelid")),
    Entry { name: "pg_sequences", row: MAKE_OF_SEQUENCES, schema: MAKE_OF_SEQUENCES, database: Shown::Whole },
    whole("pg_settings"),
    hidden("pg_shadow", Why::Secrets),
    hidden("pg_shdepend", Why::Secrets),
    shared("pg_shdescription", NO_SHARED_TEXT),
    hidden("pg_shmem_allocations", Why::Activity),
    hidden("pg_shmem_allocations_numa", Why::Activity),
    hidden("pg_shseclabel", Why::Internal),
    Entry { name: "pg_stat_user_indexes", row: NAMES_OF_INDEXES, schema: NAMES_OF_INDEXES, database: Shown::Whole },
    numbers("pg_stat_user_tables", named_schema!()),
    Entry { name: "pg_statio_all_tables", row: NAMES_FOR_STATIO, schema: NAMES_FOR_STATIO, database: Shown::Whole },
    hidden("pg_statistic", Why::Statistics),
    objects("pg_statistic_ext", in_schemas!("stxnamespace")),
    hidden("pg_statistic_ext_data", Why::Statistics),
    numbers("pg_stats", named_schema!()),
    numbers("pg_stats_ext", named_schema!()),
    numbers("pg_stats_ext_exprs", named_schema!()),
    // Tools ask for these beside other things: they show nothing.
    shared("pg_subscription", NO_ROWS),
    objects("pg_subscription_rel", of_relations!("srrelid")),
    objects("pg_tables", named_schema!()),
    whole("pg_tablespace"),
    whole("pg_timezone_abbrevs"),
    whole("pg_timezone_names"),
    whole("pg_transform"),
    objects("pg_trigger", of_relations!("tgrelid")),
    objects("pg_ts_config", in_schemas!("cfgnamespace")),
    whole("pg_ts_config_map"),
    objects("pg_ts_dict", in_schemas!("dictnamespace")),
    objects("pg_ts_parser", in_schemas!("prsnamespace")),
    objects("pg_ts_template", in_schemas!("tmplnamespace")),
    objects("pg_type", in_schemas!("typnamespace")),
    shared("pg_user", OWN_USER),
    hidden("pg_user_mapping", Why::Secrets),
    shared("pg_user_mappings", NO_MAPPINGS),
    objects("pg_views", named_schema!()),
    hidden("pg_wait_events", Why::Internal),
];

macro_rules! schema_column {
    ($($view:literal: $column:literal,)*) => {
        /// Views of the information schema that list what everybody may use by default, functions and types, in whosever schema it is: their column
        /// with the schema. The others show what the role has rights on. Sorted by name.
        const USABLE_BY_ALL: &[(&str, &str)] = &[$((
            $view,
            concat!("({a}.", $column, " = ANY (pg_catalog.current_schemas(true)) OR {a}.", $column, " = 'information_schema')"),
        )),*];
    };
}
schema_column! {
    "attributes": "udt_schema",
    "collation_character_set_applicability": "collation_schema",
    "collations": "collation_schema",
    "data_type_privileges": "object_schema",
    "domain_constraints": "constraint_schema",
    "domain_udt_usage": "domain_schema",
    "domains": "domain_schema",
    "element_types": "object_schema",
    "parameters": "specific_schema",
    "role_routine_grants": "specific_schema",
    "role_udt_grants": "udt_schema",
    "role_usage_grants": "object_schema",
    "routine_column_usage": "specific_schema",
    "routine_privileges": "specific_schema",
    "routine_routine_usage": "specific_schema",
    "routine_sequence_usage": "specific_schema",
    "routine_table_usage": "specific_schema",
    "routines": "specific_schema",
    "schemata": "schema_name",
    "transforms": "udt_schema",
    "udt_privileges": "udt_schema",
    "usage_privileges": "object_schema",
    "user_defined_types": "user_defined_type_schema",
}

/// What of a view of the information schema shows, where it isn't the whole.
pub fn of_information_schema(name: &str, isolation: &Isolation) -> Option<&'static str> {
    if matches!(isolation, Isolation::Database) {
        return None;
    }
    USABLE_BY_ALL.binary_search_by(|(view, _)| (*view).cmp(name)).ok().and_then(|at| USABLE_BY_ALL.get(at)).map(|(_, predicate)| *predicate)
}

/// The columns that [`Shown::Inlined`] hides.
const MASKED_COLUMNS: &[&str] =
    &["nspacl", "relacl", "relallfrozen", "relallvisible", "relfrozenxid", "relminmxid", "relpages", "reltuples"];

/// Functions that make something of a whole row, and that `c.function` may call.
const OF_ROWS: &[&str] = &[
    "array_agg",
    "concat",
    "format",
    "hstore",
    "json_agg",
    "json_agg_strict",
    "json_build_array",
    "jsonb_agg",
    "jsonb_agg_strict",
    "jsonb_build_array",
    "max",
    "min",
    "quote_literal",
    "quote_nullable",
    "record_out",
    "row_to_json",
    "text",
    "to_json",
    "to_jsonb",
    "varchar",
];

/// Whether an inlined catalog may stay as it is, so that it keeps its name and its system columns: the statement reads none of the hidden columns.
pub fn may_stay(catalog: &nodes::RangeVar, statement: Node<'_>) -> bool {
    catalog.alias().is_none_or(|alias| alias.colnames().is_empty())
        && !may_read_masked(catalog.alias().and_then(nodes::Alias::aliasname).or_else(|| catalog.relname()), statement)
}

/// Whether a statement may read columns that are hidden: by their names, or with all of a row of the catalog that is called so.
fn may_read_masked(called: Option<&str>, statement: Node<'_>) -> bool {
    let mut pending = vec![statement];
    while let Some(node) = pending.pop() {
        let reads = match node {
            // All columns of `(a, b) = (…)` share one source.
            Node::MultiAssignRef(part) if part.colno != 1 => continue,
            Node::A_Star(_) => true,
            Node::String(name) => name.sval().is_none_or(|name| MASKED_COLUMNS.contains(&name)),
            // The last name: the catalog itself for its whole row, or a function that takes it.
            Node::ColumnRef(column) => {
                let last = column.fields().iter().next_back().and_then(Node::as_str);
                last.is_none() || last == called || last.is_some_and(|last| OF_ROWS.contains(&last))
            }
            // A name of its own may come with names for all columns.
            Node::JoinExpr(join) => join.is_natural || join.alias().is_some(),
            _ => false,
        };
        if reads || children(node, &mut pending).is_err() {
            return true;
        }
    }
    false
}

/// How the relation of `pg_catalog` of this name shows; `None` for a name that no version of it has.
pub fn shown(name: &str, isolation: &Isolation, server_version: u32) -> Option<Shown> {
    if let Ok(at) = RELATIONS.binary_search_by(|entry| entry.name.cmp(name)) {
        let entry = RELATIONS.get(at)?;
        let shown = match isolation {
            Isolation::Row { .. } => entry.row,
            Isolation::Schema => entry.schema,
            Isolation::Database => entry.database,
        };
        return Some(match shown {
            MASKED_CLASS if server_version >= 180_000 => MASKED_CLASS_18,
            SEEN_CLASSES if server_version >= 180_000 => SEEN_CLASSES_18,
            shown => shown,
        });
    }
    let counters = ["pg_stat_", "pg_statio_"].iter().any(|prefix| name.starts_with(prefix));
    let own = ["_user_tables", "_user_indexes", "_user_functions", "_user_sequences"].iter().any(|suffix| name.ends_with(suffix));
    match isolation {
        Isolation::Database if counters && own => Some(Shown::Whole),
        _ if counters && !own => Some(Shown::Hidden(Why::Activity)),
        _ if counters => Some(Shown::Hidden(Why::Statistics)),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted() {
        assert!(RELATIONS.is_sorted_by(|a, b| a.name < b.name));
        assert!(USABLE_BY_ALL.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn other_tenants_values_are_hidden_and_their_names_fenced() {
        let row = Isolation::Row { column: "tenant_id".into() };
        for name in
            ["pg_stats", "pg_statistic", "pg_stat_user_tables", "pg_stat_activity", "pg_statio_user_tables", "pg_locks", "pg_authid"]
        {
            assert!(matches!(shown(name, &row, 150_000), Some(Shown::Hidden(_))), "{name}");
        }
        for (name, column) in [("pg_sequences", "last_value"), ("pg_stat_user_indexes", "idx_scan")] {
            for isolation in [&row, &Isolation::Schema] {
                assert!(matches!(shown(name, isolation, 150_000), Some(Shown::Inlined { query, .. }) if !query.contains(column)), "{name}");
            }
        }
        for (name, column) in [("pg_class", "relacl"), ("pg_namespace", "nspacl")] {
            assert!(matches!(shown(name, &Isolation::Schema, 150_000), Some(Shown::Inlined { query, stay: Some(_) })
                if query.contains(&format!("unnest({column})"))));
        }
        for name in ["pg_tables", "pg_proc", "pg_type", "pg_description"] {
            assert!(matches!(shown(name, &Isolation::Schema, 150_000), Some(Shown::Fenced(_))), "{name}");
        }
        for isolation in [row.clone(), Isolation::Schema, Isolation::Database] {
            assert!(matches!(shown("pg_roles", &isolation, 150_000), Some(Shown::Fenced(_))));
            assert!(
                matches!(shown("pg_database", &isolation, 150_000), Some(Shown::Inlined { query, .. }) if !query.contains("pg_catalog.pg_database"))
            );
        }
        assert_eq!(shown("pg_stat_user_tables", &Isolation::Database, 150_000), Some(Shown::Whole));
        assert_eq!(shown("pg_made_up", &row, 150_000), None);
        assert!(matches!(shown("pg_class", &row, 180_000), Some(Shown::Inlined { query, .. }) if query.contains("relallfrozen")));
    }
}
