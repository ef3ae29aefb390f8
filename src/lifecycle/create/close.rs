//! Closes a database: takes away what PostgreSQL gives to everybody and what betrays or disturbs other tenants.
//!
//! Rights in `pg_catalog` are kept per database and are not copied into new ones from `template0`, so this runs for every
//! database that holds tenants. What psql's `\d`, `pg_dump` and the drivers need stays: `pg_roles`, `pg_class` and their kind.

use super::{CreateError, OWNER_ROLE, steps::Steps};

/// Functions by name. Names that a version doesn't have are no harm.
const FUNCTIONS: &[&str] = &[
    // run SQL given as text, out of the gate's sight
    "ts_stat",
    // signals between sessions of different tenants
    "pg_notify",
    "pg_logical_emit_message",
    "pg_cancel_backend",
    "pg_terminate_backend",
    "pg_export_snapshot",
    "pg_notification_queue_usage",
    "setseed",
    // sizes and places of relations that aren't one's own
    "pg_relation_size",
    "pg_table_size",
    "pg_indexes_size",
    "pg_total_relation_size",
    "pg_database_size",
    "pg_tablespace_size",
    "pg_relation_filenode",
    "pg_relation_filepath",
    "pg_filenode_relation",
    "pg_sequence_last_value",
    "pg_get_sequence_data",
    "currtid2",
    // what others are doing
    "pg_stat_get_activity",
    "pg_lock_status",
    "pg_blocking_pids",
    "pg_safe_snapshot_blocking_pids",
    "pg_prepared_xact",
    "pg_stat_get_progress_info",
    "pg_stat_get_wal_senders",
    "pg_stat_get_wal_receiver",
    "pg_stat_get_subscription",
    "pg_get_replication_slots",
    // counters of the whole cluster
    "pg_current_xact_id",
    "pg_current_xact_id_if_assigned",
    "pg_current_snapshot",
    "pg_current_wal_lsn",
    "pg_current_wal_insert_lsn",
    "pg_current_wal_flush_lsn",
    "pg_available_wal_summaries",
    "pg_wal_summary_contents",
    "pg_get_wal_summarizer_state",
    // text of objects that aren't one's own
    "pg_get_functiondef",
    "pg_get_viewdef",
    "pg_get_ruledef",
];

/// Functions by regular expression: whole families.
const FUNCTION_FAMILIES: &[&str] = &[
    // run SQL given as text
    "^(query|table|schema|database|cursor)_to_xml",
    // locks and large objects are shared by all tenants of a database; transaction ids count everybody's
    // (to give one's own locks back harms nobody, and asyncpg's pool does so with each connection that returns)
    "^pg_(try_)?advisory_(?!unlock_all$)",
    "^lo_",
    "^loread$",
    "^lowrite$",
    "^txid_",
];

/// Statistics functions take a relation or a process of anybody's; these few answer about nobody in particular.
const STATISTICS_KEPT: &str = "backend_(idset|pid)$";

/// Catalogs with contents, texts or names of other tenants.
const CATALOGS: &[&str] = &[
    // values out of tables
    "pg_stats",
    "pg_stats_ext",
    "pg_stats_ext_exprs",
    "pg_sequences",
    "pg_largeobject_metadata",
    // what others are doing
    "pg_stat_activity",
    "pg_locks",
    "pg_prepared_xacts",
    "pg_replication_slots",
    // names and settings of the whole cluster
    "pg_db_role_setting",
    "pg_user",
    "pg_group",
    "pg_auth_members",
    "pg_shdescription",
    "pg_shdepend",
    "pg_user_mappings",
    "pg_database",
];

const REVOKE_FUNCTIONS: &str = "
    SELECT format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', p.oid::regprocedure)
      FROM pg_proc p
     WHERE p.pronamespace = 'pg_catalog'::regnamespace
       AND (p.proname = ANY ($1) OR p.proname ~ ANY ($2)
            OR p.proname = 'ts_rewrite' AND p.pronargs = 2
            OR p.proname ~ '^pg_stat_get_' AND p.pronargs > 0 AND p.proname !~ $3)
       AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                    WHERE a.grantee = 0 AND a.privilege_type = 'EXECUTE')
     ORDER BY p.oid";

const REVOKE_CATALOGS: &str = "
    SELECT format('REVOKE SELECT ON pg_catalog.%I FROM PUBLIC', c.relname)
      FROM pg_class c
     WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind IN ('r', 'v')
       AND (c.relname = ANY ($1) OR c.relkind = 'v' AND c.relname ~ '^pg_stat(io)?_')
       AND EXISTS (SELECT FROM aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a
                    WHERE a.grantee = 0 AND a.privilege_type = 'SELECT')
     ORDER BY c.oid";

/// An UPDATE of `pg_settings` is `set_config` in disguise; a language is a way to run SQL that no gate reads.
const REVOKE_REST: &str = "
    SELECT 'REVOKE UPDATE ON pg_catalog.pg_settings FROM PUBLIC'
      FROM pg_class c, aclexplode(c.relacl) a
     WHERE c.oid = 'pg_catalog.pg_settings'::regclass AND a.grantee = 0 AND a.privilege_type = 'UPDATE'
    UNION ALL
    SELECT format('REVOKE USAGE ON LANGUAGE %I FROM PUBLIC', l.lanname)
      FROM pg_language l, aclexplode(coalesce(l.lanacl, acldefault('l', l.lanowner))) a
     WHERE l.lanname = 'plpgsql' AND a.grantee = 0 AND a.privilege_type = 'USAGE'";

/// What `information_schema.columns` asks for the length of text in bytes reads `pg_database`. As its owner it tells one number, the same for all.
const OWNERS_LENGTH: &str = "
    SELECT 'ALTER FUNCTION information_schema._pg_char_octet_length(oid, integer) SECURITY DEFINER SET search_path = pg_catalog'
      FROM pg_proc p
     WHERE p.oid = to_regprocedure('information_schema._pg_char_octet_length(oid, integer)') AND NOT p.prosecdef";

const REVOKE_SCHEMA_PUBLIC: &str = "
    SELECT 'REVOKE ALL ON SCHEMA public FROM PUBLIC'
      FROM pg_namespace n
     WHERE n.nspname = 'public' AND EXISTS (SELECT FROM aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a WHERE a.grantee = 0)";

/// What these roles create later belongs to nobody else by default. Kept per database.
const DEFAULT_PRIVILEGES: &str = "
    SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE %I REVOKE %s FROM PUBLIC', r.rolname, w.what)
      FROM pg_roles r, (VALUES ('f'::\"char\", 'EXECUTE ON FUNCTIONS'), ('T'::\"char\", 'USAGE ON TYPES')) w(kind, what)
     WHERE r.rolname = ANY ($1)
       AND NOT EXISTS (SELECT FROM pg_default_acl d
                        WHERE d.defaclrole = r.oid AND d.defaclnamespace = 0 AND d.defaclobjtype = w.kind
                          AND NOT EXISTS (SELECT FROM aclexplode(d.defaclacl) a WHERE a.grantee = 0))";

/// Who is who, kept in the database: two tenants never share a role or a key. A tenant sees its own row at most
/// (and only where the row model's policies read it).
const REGISTRY: &[&str] = &[
    "CREATE SCHEMA pgtenant",
    "CREATE TABLE pgtenant.tenants (role name PRIMARY KEY, tenant text NOT NULL UNIQUE, model text NOT NULL, key text)",
    "CREATE UNIQUE INDEX tenants_model_key ON pgtenant.tenants (model, key)",
    "REVOKE ALL ON SCHEMA pgtenant FROM PUBLIC",
    "REVOKE ALL ON pgtenant.tenants FROM PUBLIC",
    "ALTER TABLE pgtenant.tenants ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY own_row ON pgtenant.tenants FOR SELECT USING (role = session_user)",
];

/// Closes the database that `steps` is connected to.
pub(super) async fn database(steps: &mut Steps) -> Result<(), CreateError> {
    steps.run_each(REVOKE_FUNCTIONS, &[&FUNCTIONS, &FUNCTION_FAMILIES, &STATISTICS_KEPT]).await?;
    steps.run_each(REVOKE_CATALOGS, &[&CATALOGS]).await?;
    steps.run_each(REVOKE_REST, &[]).await?;
    steps.run_each(OWNERS_LENGTH, &[]).await?;
    steps.run_each(REVOKE_SCHEMA_PUBLIC, &[]).await?;
    if steps.text("SELECT rolname::text FROM pg_roles WHERE rolname = $1", &[&OWNER_ROLE]).await?.is_none() {
        steps.run(&format!("CREATE ROLE {OWNER_ROLE} NOLOGIN NOINHERIT")).await?;
    }
    if steps.text("SELECT to_regclass('pgtenant.tenants')::text", &[]).await?.is_none() {
        for statement in REGISTRY {
            steps.run(statement).await?;
        }
    }
    let user: String = steps.row("SELECT current_user::text", &[]).await?.get(0);
    default_privileges(steps, &[OWNER_ROLE, &user]).await
}

/// What `roles` create later in this database is nobody else's by default.
pub(super) async fn default_privileges(steps: &mut Steps, roles: &[&str]) -> Result<(), CreateError> {
    steps.run_each(DEFAULT_PRIVILEGES, &[&roles]).await
}
