//! What measures tenants' storage: functions that tell sizes and nothing else, and a login that may call them.
//!
//! Sizes of others are taken from everybody (`close`), and row policies hide rows from everybody, tables' owners too. So there is a role that
//! passes policies and that nobody can log in as or become, [`GAUGE_ROLE`]: it reads tenant tables and owns the functions. The login that may
//! call them belongs to the proxy alone (`shard_map::Shard::meter`): it has no other right, and no tenant's statement ever runs as it.
//! `backend::storage` calls the functions and says what they mean.

use aws_lc_rs::digest;

use super::{
    CreateError, TenantKind, TenantSpec, identifier, literal,
    role::{self, new_verifier, powers, verifies},
    steps::Steps,
};

/// Owns the functions: reads what it measures and is nobody.
pub const GAUGE_ROLE: &str = "pgtenant_gauge";

/// The comment of the login's role.
const MARK: &str = "pgtenant: measures storage";

/// Functions of the server's that the functions call, and that `close` takes from everybody.
const SERVER_FUNCTIONS: &[&str] = &[
    "pg_relation_size",
    "pg_table_size",
    "pg_indexes_size",
    "pg_total_relation_size",
    "pg_database_size",
    "pg_stat_get_live_tuples",
    "pg_stat_get_dead_tuples",
    "pg_stat_get_ins_since_vacuum",
    "pg_lock_status",
];

const SERVER_RIGHTS: &str = "
    SELECT format('GRANT EXECUTE ON FUNCTION pg_catalog.%s TO %I', p.oid::regprocedure, r.rolname) FROM pg_proc p, pg_roles r
     WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname = ANY ($1) AND r.rolname = $2
       AND NOT EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = r.oid AND a.privilege_type = 'EXECUTE')
    UNION ALL
    SELECT format('GRANT SELECT ON pg_catalog.%I TO %I', c, $2::text) FROM unnest(ARRAY['pg_database', 'pg_locks']) c
     WHERE NOT has_table_privilege($2::text, 'pg_catalog.' || c, 'SELECT')
    UNION ALL
    SELECT format('GRANT SELECT (starelid, stainherit, stanullfrac, stawidth) ON pg_catalog.pg_statistic TO %I', $2::text)
     WHERE NOT has_column_privilege($2::text, 'pg_catalog.pg_statistic', 'stawidth', 'SELECT')";

/// Tenant tables, as `row` finds them.
const TABLE_RIGHTS: &str = "
    WITH t AS (SELECT c.oid, c.relnamespace FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = $1 AND a.attnum > 0 AND NOT a.attisdropped
                WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'pgtenant'))
    SELECT format('GRANT USAGE ON SCHEMA %I TO %I', n.nspname, $2::text) FROM pg_namespace n
     WHERE n.oid IN (SELECT relnamespace FROM t) AND NOT has_schema_privilege($2::text, n.oid, 'USAGE')
    UNION ALL
    SELECT format('GRANT SELECT ON %s TO %I', t.oid::regclass, $2::text) FROM t WHERE NOT has_table_privilege($2::text, t.oid, 'SELECT')";

/// Name, arguments, what it returns, body; whether the login may call it.
struct Function {
    name: &'static str,
    arguments: &'static str,
    returns: &'static str,
    body: &'static str,
    for_meter: bool,
}

/// A relation's files, with those of its indexes and long values. Where somebody holds it for himself alone, it is as large as it was when it was
/// last looked through.
const SIZE: &str = "
BEGIN
  IF locked THEN
    RAISE lock_not_available;
  END IF;
  total := coalesce(pg_total_relation_size(relation), 0);
  heap := coalesce(pg_relation_size(relation), 0);
EXCEPTION WHEN lock_not_available THEN
  SELECT coalesce(sum(r.relpages::bigint), 0) * current_setting('block_size')::bigint INTO total FROM pg_class c, pg_class r
   WHERE c.oid = relation AND r.oid = ANY (ARRAY[c.oid, c.reltoastrelid] || ARRAY(SELECT i.indexrelid FROM pg_index i WHERE i.indrelid IN (c.oid, c.reltoastrelid)));
  heap := total;
END";

/// Schemas' relations: bytes of their files, and those of them that live rows take. Files keep what deleted rows have had, until somebody
/// takes it; so a table counts by its live rows (the server's counters, and the widths of its statistics), but by a quarter of its files at least,
/// and wholly where the counters can't be believed.
const OF_NAMESPACES: &str = "
BEGIN
  RETURN QUERY
  SELECT m.relnamespace, sum(CASE WHEN m.total <= 65536 THEN m.total
                                  ELSE greatest(m.total / 4, least(m.total, ceil(m.total * m.share))) END)::bigint, sum(m.total)::bigint
    FROM (SELECT s.relnamespace, s.total,
                 CASE WHEN s.live + s.dead = 0 AND s.reltuples = 0 AND s.relpages > 0 THEN 0
                      WHEN s.live + s.dead < s.reltuples / 2 OR s.live + s.dead = 0 THEN 1
                      WHEN s.heap <= 65536 OR s.width IS NULL OR s.inserted > s.live / 2 THEN s.live / (s.live + s.dead)
                      ELSE least(s.live / (s.live + s.dead), (s.live * (s.width + 28) * 1.1 + 65536) / s.heap) END AS share
            FROM (SELECT c.relnamespace, z.total, z.heap, c.reltuples, c.relpages,
                         pg_stat_get_live_tuples(c.oid)::float8 AS live, pg_stat_get_dead_tuples(c.oid)::float8 AS dead,
                         pg_stat_get_ins_since_vacuum(c.oid)::float8 AS inserted,
                         (SELECT sum(w.stawidth * (1 - w.stanullfrac)) FROM pg_statistic w WHERE w.starelid = c.oid AND NOT w.stainherit) AS width
                    FROM pg_class c LEFT JOIN (SELECT DISTINCT l.relation FROM pg_locks l WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock') l
                      ON l.relation = c.oid, LATERAL pgtenant.storage_size(c.oid, l.relation IS NOT NULL) z
                   WHERE c.relnamespace = ANY (namespaces) AND c.relkind IN ('r', 'm', 'S')) s) m
   GROUP BY m.relnamespace;
END";

const OF_SCHEMAS: &str = "
BEGIN
  RETURN QUERY SELECT n.nspname::text, coalesce(s.bytes, 0), coalesce(s.disk, 0)
    FROM pg_namespace n LEFT JOIN pgtenant.storage_of_namespaces(ARRAY(SELECT o.oid FROM pg_namespace o WHERE o.nspname = ANY (names))) s ON s.namespace = n.oid
   WHERE n.nspname = ANY (names);
END";

/// The database that is connected to.
const OF_DATABASE: &str = "
DECLARE
  spare bigint;
BEGIN
  disk := pg_database_size(current_database());
  SELECT coalesce(sum(s.disk - s.bytes), 0) INTO spare FROM pgtenant.storage_of_namespaces(ARRAY(
    SELECT n.oid FROM pg_namespace n WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'pgtenant'))) s;
  bytes := greatest(disk - spare, 0);
END";

const OF_DATABASES: &str = "
BEGIN
  RETURN QUERY SELECT d.datname::text, pg_database_size(d.oid) FROM pg_database d WHERE d.datname = ANY (names);
END";

/// Tenant tables, and what is needed to look through them.
const TABLES: &str = "
BEGIN
  RETURN QUERY
  SELECT c.oid, c.oid::regclass::text, quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
         pg_relation_size(c.oid), pg_indexes_size(c.oid), pg_table_size(c.oid), greatest(c.reltuples, 0)::float8,
         EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indkey[0] = a.attnum AND i.indisvalid AND i.indpred IS NULL),
         (SELECT string_agg(format('coalesce(pg_column_size(t.%I), 0)', w.attname), ' + ') FROM pg_attribute w
           WHERE w.attrelid = c.oid AND w.attnum > 0 AND NOT w.attisdropped)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = tenant_column AND a.attnum > 0 AND NOT a.attisdropped
   WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'pgtenant')
     AND has_table_privilege(c.oid, 'SELECT');
END";
const TABLES_RETURN: &str = "TABLE (id oid, name text, tenant text, type text, heap bigint, indexes bigint, files bigint, tuples float8, is_indexed bool, width text)";

/// All tenants of the database. Small tables are read whole; of large ones rows are counted in the index, and widths are those of some pages; of huge
/// ones, and large ones without an index, all is told from some pages. Indexes are shared out by rows, as far as live rows fill the table.
const OF_ROWS: &str = "
DECLARE
  t record;
  block bigint := current_setting('block_size')::bigint;
  part float8;
  counted text;
BEGIN
  FOR t IN SELECT * FROM pgtenant.storage_tables(tenant_column) LOOP
    part := least(100, 100.0 * pages * block / greatest(t.heap, 1));
    IF part >= 100 THEN
      counted := format('SELECT %s AS k, count(*)::float8 AS n, sum(%s)::float8 AS w FROM ONLY %s t GROUP BY 1', t.tenant, t.width, t.name);
    ELSIF t.is_indexed AND t.tuples <= 1e7 THEN
      counted := format('
        WITH c AS (SELECT %1$s AS k, count(*)::float8 AS n FROM ONLY %2$s t GROUP BY 1),
             s AS (SELECT %1$s AS k, count(*)::float8 AS n, sum(%3$s)::float8 AS w FROM ONLY %2$s t TABLESAMPLE SYSTEM (%4$s) GROUP BY 1),
             a AS (SELECT coalesce(sum(w) / nullif(sum(n), 0), 0) AS average FROM s)
        SELECT c.k, c.n, c.n * (coalesce(s.w, 0) + 20 * a.average) / (coalesce(s.n, 0) + 20) AS w FROM a, c LEFT JOIN s USING (k)',
        t.tenant, t.name, t.width, part / 2);
    ELSE
      counted := format('SELECT %1$s AS k, count(*)::float8 * 100 / %4$s AS n, sum(%3$s)::float8 * 100 / %4$s AS w FROM ONLY %2$s t TABLESAMPLE SYSTEM (%4$s) GROUP BY 1',
        t.tenant, t.name, t.width, least(100, part * 2));
    END IF;
    RETURN QUERY EXECUTE format('
      SELECT k::text, round(n)::bigint,
             ceil(w + 28 * n + $1 * least(1, 1.1 * sum(w + 28 * n) OVER () / greatest($2, 1)) * n / sum(n) OVER ())::bigint
        FROM (%s) r WHERE k IS NOT NULL', counted) USING t.indexes, t.files;
  END LOOP;
END";

/// One tenant: its rows are counted, and their widths are those of twenty thousand of them, or of all where that is asked for. Where nothing
/// leads to them in a large table, both are told from some pages.
const OF_KEY: &str = "
DECLARE
  t record;
  found record;
  counted text;
  pages bigint := 4096;
  block bigint := current_setting('block_size')::bigint;
BEGIN
  rows := 0;
  bytes := 0;
  FOR t IN SELECT * FROM pgtenant.storage_tables(tenant_column) LOOP
    IF exact THEN
      counted := format('SELECT count(*)::float8 AS n, sum(pg_column_size(t.*) + 4)::float8 AS b FROM ONLY %2$s t WHERE %1$s = $1::%3$s', t.tenant, t.name, t.type);
    ELSIF NOT t.is_indexed AND t.heap > pages * block THEN
      counted := format('
        SELECT count(*)::float8 * 100 / %5$s AS n, coalesce(sum(%4$s + 28), 0)::float8 * 100 / %5$s AS b FROM ONLY %2$s t TABLESAMPLE SYSTEM (%5$s) WHERE %1$s = $1::%3$s',
        t.tenant, t.name, t.type, t.width, 100.0::float8 * pages * block / t.heap);
    ELSE
      counted := format('
        SELECT c.n, c.n * (s.w / nullif(s.n, 0) + 28) AS b
          FROM (SELECT count(*)::float8 AS n FROM ONLY %2$s t WHERE %1$s = $1::%3$s) c,
               (SELECT count(*)::float8 AS n, sum(w)::float8 AS w FROM (SELECT %4$s AS w FROM ONLY %2$s t WHERE %1$s = $1::%3$s LIMIT 20000) f) s',
        t.tenant, t.name, t.type, t.width);
    END IF;
    EXECUTE counted INTO found USING key;
    IF found.n > 0 THEN
      rows := rows + found.n::bigint;
      bytes := bytes + ceil(found.b + t.indexes * least(1, 1.1 * found.b / found.n * greatest(t.tuples, found.n) / greatest(t.files, 1))
                                      * found.n / greatest(t.tuples, found.n))::bigint;
    END IF;
  END LOOP;
END";

const FUNCTIONS: &[Function] = &[
    Function {
        name: "storage_size",
        arguments: "relation oid, locked bool, OUT total bigint, OUT heap bigint",
        returns: "record",
        body: SIZE,
        for_meter: false,
    },
    Function {
        name: "storage_of_namespaces",
        arguments: "namespaces oid[]",
        returns: "TABLE (namespace oid, bytes bigint, disk bigint)",
        body: OF_NAMESPACES,
        for_meter: false,
    },
    Function { name: "storage_tables", arguments: "tenant_column text", returns: TABLES_RETURN, body: TABLES, for_meter: false },
    Function {
        name: "storage_of_schemas",
        arguments: "names text[]",
        returns: "TABLE (name text, bytes bigint, disk bigint)",
        body: OF_SCHEMAS,
        for_meter: true,
    },
    Function {
        name: "storage_of_database",
        arguments: "OUT bytes bigint, OUT disk bigint",
        returns: "record",
        body: OF_DATABASE,
        for_meter: true,
    },
    Function {
        name: "storage_of_databases",
        arguments: "names text[]",
        returns: "TABLE (name text, disk bigint)",
        body: OF_DATABASES,
        for_meter: true,
    },
    Function {
        name: "storage_of_rows",
        arguments: "tenant_column text, pages int",
        returns: "TABLE (key text, rows bigint, bytes bigint)",
        body: OF_ROWS,
        for_meter: true,
    },
    Function {
        name: "storage_of_key",
        arguments: "tenant_column text, key text, exact bool, OUT rows bigint, OUT bytes bigint",
        returns: "record",
        body: OF_KEY,
        for_meter: true,
    },
];

impl Function {
    /// Its name and the types of what it takes.
    fn signature(&self) -> String {
        let taken = self.arguments.split(", ").filter(|argument| !argument.starts_with("OUT "));
        let types: Vec<&str> = taken.filter_map(|argument| argument.split_once(' ')).map(|(_, kind)| kind).collect();
        format!("pgtenant.{}({})", self.name, types.join(", "))
    }

    fn statements(&self) -> [String; 3] {
        let (signature, body) = (self.signature(), literal(self.body));
        // What runs inside of others, and often, runs as they do.
        let settings = match self.name {
            "storage_size" => "",
            _ => {
                "SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '500ms' SET max_parallel_workers_per_gather = 0 SET jit = off"
            }
        };
        [
            format!(
                "CREATE OR REPLACE FUNCTION pgtenant.{}({}) RETURNS {} LANGUAGE plpgsql STABLE {settings} AS {body}",
                self.name, self.arguments, self.returns
            ),
            format!("ALTER FUNCTION {signature} OWNER TO {GAUGE_ROLE}"),
            format!("REVOKE ALL ON FUNCTION {signature} FROM PUBLIC"),
        ]
    }
}

/// What the functions were made from: another version makes others.
fn mark() -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    FUNCTIONS.iter().flat_map(Function::statements).for_each(|statement| context.update(statement.as_bytes()));
    format!("pgtenant: {}", hex::encode(context.finish().as_ref().get(..8).unwrap_or_default()))
}

/// Sets the database up that `steps` is connected to, where the shard has a secret to make the login's password of.
pub(super) async fn measurable(steps: &mut Steps, spec: &TenantSpec) -> Result<(), CreateError> {
    let Some(meter) = &spec.meter else { return Ok(()) };
    gauge(steps).await?;
    login(steps, &meter.role, meter.password.reveal()).await?;
    role::connect_only(steps, &spec.database, &meter.role).await?;
    steps.run_each(SERVER_RIGHTS, &[&SERVER_FUNCTIONS, &GAUGE_ROLE]).await?;
    let query = "SELECT format('GRANT USAGE ON SCHEMA pgtenant TO %I', r) FROM unnest($1::text[]) r WHERE NOT has_schema_privilege(r, 'pgtenant', 'USAGE')";
    steps.run_each(query, &[&[GAUGE_ROLE, meter.role.as_str()].as_slice()]).await?;
    let query = "SELECT obj_description(to_regprocedure('pgtenant.storage_of_database()'), 'pg_proc')";
    if steps.text(query, &[]).await?.as_ref() != Some(&mark()) {
        for statement in FUNCTIONS.iter().flat_map(Function::statements) {
            steps.run(&statement).await?;
        }
        steps.run_quietly(&format!("COMMENT ON FUNCTION pgtenant.storage_of_database() IS {}", literal(&mark()))).await?;
    }
    let signatures: Vec<String> = FUNCTIONS.iter().filter(|function| function.for_meter).map(Function::signature).collect();
    let query = "SELECT format('GRANT EXECUTE ON FUNCTION %s TO %I', f::regprocedure, $1::text) FROM unnest($2::text[]) f
                  WHERE NOT has_function_privilege($1::text, f, 'EXECUTE')";
    steps.run_each(query, &[&meter.role, &signatures]).await?;
    let query = "SELECT format('REVOKE ALL ON FUNCTION %s FROM %s', f.oid::regprocedure, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
                   FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace, LATERAL aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a
                  WHERE n.nspname = 'pgtenant' AND f.proname LIKE 'storage\\_%' AND a.grantee <> f.proowner
                    AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = a.grantee AND r.rolname = $1)";
    steps.run_each(query, &[&meter.role]).await?;
    match &spec.kind {
        TenantKind::Row { tenant_column, .. } => steps.run_each(TABLE_RIGHTS, &[tenant_column, &GAUGE_ROLE]).await,
        TenantKind::Schema { .. } | TenantKind::Database { .. } => Ok(()),
    }
}

/// The role that measures. It asks for sizes of databases that it may not connect to.
async fn gauge(steps: &mut Steps) -> Result<(), CreateError> {
    let query = "SELECT rolbypassrls AND rolinherit, rolcanlogin OR rolsuper FROM pg_roles WHERE rolname = $1";
    match steps.rows(query, &[&GAUGE_ROLE]).await?.first() {
        None => steps.run(&format!("CREATE ROLE {GAUGE_ROLE} NOLOGIN INHERIT BYPASSRLS")).await?,
        Some(row) if row.get::<_, bool>(1) => {
            return Err(CreateError::RoleUnfit { role: GAUGE_ROLE.to_owned(), why: "may log in, or is a superuser".to_owned() });
        }
        Some(row) if !row.get::<_, bool>(0) => steps.run(&format!("ALTER ROLE {GAUGE_ROLE} INHERIT BYPASSRLS")).await?,
        Some(_) => {}
    }
    let query = "SELECT format('GRANT pg_read_all_stats TO %I', r.rolname) FROM pg_roles r WHERE r.rolname = $1 AND NOT pg_has_role(r.oid, 'pg_read_all_stats', 'USAGE')";
    steps.run_each(query, &[&GAUGE_ROLE]).await?;
    let query = "SELECT string_agg(m.member::regrole::text, ', ') FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
                  JOIN pg_roles o ON o.oid = m.member WHERE r.rolname = $1 AND NOT o.rolsuper";
    match steps.text(query, &[&GAUGE_ROLE]).await? {
        Some(members) => Err(CreateError::RoleUnfit { role: GAUGE_ROLE.to_owned(), why: format!("has members: {members}") }),
        None => Ok(()),
    }
}

/// The login, with no power of its own.
async fn login(steps: &mut Steps, name: &str, password: &str) -> Result<(), CreateError> {
    let role = identifier(name);
    let query = "SELECT rolcanlogin AND NOT rolinherit, rolpassword, shobj_description(oid, 'pg_authid'),
                        rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_authid WHERE rolname = $1";
    let found = steps.rows(query, &[&name]).await?;
    let verifier = || Ok::<_, CreateError>(literal(&new_verifier(password)?.to_string()));
    let Some(found) = found.first() else {
        let rights = "LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS";
        let statement = |password: &str| format!("CREATE ROLE {role} {rights} PASSWORD {password}");
        steps.run_secretly(&statement(&verifier()?), statement("…")).await?;
        return steps.run_quietly(&format!("COMMENT ON ROLE {role} IS {}", literal(MARK))).await;
    };
    let unfit = |why: &str| Err(CreateError::RoleUnfit { role: name.to_owned(), why: why.to_owned() });
    if let Some(power) = powers(found, 3) {
        return unfit(power);
    }
    if found.get::<_, Option<&str>>(2) != Some(MARK) {
        return unfit("isn't pgtenant's own");
    }
    if !found.get::<_, bool>(0) {
        steps.run(&format!("ALTER ROLE {role} LOGIN NOINHERIT")).await?;
    }
    if !found.get::<_, Option<&str>>(1).is_some_and(|stored| verifies(stored, password)) {
        let statement = |password: &str| format!("ALTER ROLE {role} PASSWORD {password}");
        steps.run_secretly(&statement(&verifier()?), statement("…")).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_leave_out_what_is_returned() {
        let signatures: Vec<String> = FUNCTIONS.iter().map(Function::signature).collect();
        assert_eq!(
            signatures,
            [
                "pgtenant.storage_size(oid, bool)",
                "pgtenant.storage_of_namespaces(oid[])",
                "pgtenant.storage_tables(text)",
                "pgtenant.storage_of_schemas(text[])",
                "pgtenant.storage_of_database()",
                "pgtenant.storage_of_databases(text[])",
                "pgtenant.storage_of_rows(text, int)",
                "pgtenant.storage_of_key(text, text, bool)",
            ]
        );
    }
}
