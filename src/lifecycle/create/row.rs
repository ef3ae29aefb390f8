//! The row model: shared tables, and policies that let each tenant's login see its own rows.
//!
//! **The policy's expression.** `session_user` is the only thing a tenant can't change, so every policy derives the tenant from it.
//! CPU of the server per statement (primary-key lookup, PostgreSQL 15, permissive and restrictive policy, best of five runs,
//! pipelined so that only parsing, planning and running count; a table without policies: simple 10.9 us, prepared 4.0 us):
//!
//! | how the tenant is found | simple | prepared |
//! |---|---|---|
//! | `substring(session_user::text, 3) COLLATE …` | +3.0 | +0.6 |
//! | the same in a sub-select (InitPlan) | +4.6 | +1.1 |
//! | one policy `TO role` with a literal, 1 tenant | +0.9 | +0.1 |
//! | one policy `TO role` with a literal, 1,000 tenants | +13.8 and 2.9 ms per new connection and table | +0.2 |
//! | sub-select on a table of logins | +10.5 | +2.3 |
//! | `STABLE SECURITY DEFINER` function, plpgsql | +8.2 | +4.9 |
//! | the same in SQL | +13.0 | +10.2 |
//!
//! So: an inline expression where the role's name says the key (template `t_{tenant}`; the planner even uses the tenant's own
//! statistics for it), and the sub-select on the table of logins as soon as one tenant of the database doesn't fit (`{opaque}`,
//! a `role` or `key` of its own). The switch happens by itself and never back. A literal per role would be cheaper for a dozen
//! tenants only, and would hide all rows from views and functions that run as their owner.
//!
//! **Collation.** `session_user` has the collation `"C"`, which wins over a column's default one and makes its indexes useless:
//! the expression names the column's collation.
//!
//! **Who gets rows at all.** The inline expression cuts a prefix off without looking at it (that would cost 1.4 us), so the permissive
//! policy is for the model's group and the table's owner (for its views) only; the restrictive one is for everybody.

use tokio_postgres::Row;

use super::{CreateError, OWNER_ROLE, TenantSpec, identifier, literal, pool, steps::Steps};

/// The permissive policy: opens a tenant's own rows.
const PERMISSIVE: &str = "tenant_isolation";
/// The restrictive policy: closes all others, whatever other policies open.
const RESTRICTIVE: &str = "tenant_isolation_only";

/// What the row model needs beyond the tenant's role.
pub(super) struct RowModel<'a> {
    pub(super) tenant_column: &'a str,
    pub(super) reference_tables: &'a [String],
    pub(super) role_affixes: Option<&'a (String, String)>,
}

/// Every table with the tenant column, children too.
const TENANT_TABLES: &str = "
    SELECT c.oid, c.oid::regclass::text AS name, o.rolname::text AS owner, o.rolsuper,
           format_type(a.atttypid, a.atttypmod) AS type, t.typcategory = 'S' AS is_text,
           (SELECT format('%I.%I', n.nspname, l.collname) FROM pg_collation l JOIN pg_namespace n ON n.oid = l.collnamespace
             WHERE l.oid = a.attcollation) AS collation,
           EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid) AS is_child,
           c.relrowsecurity, c.relforcerowsecurity
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles o ON o.oid = c.relowner
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = $1 AND a.attnum > 0 AND NOT a.attisdropped
      JOIN pg_type t ON t.oid = a.atttypid
     WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'pgtenant')
     ORDER BY is_child, c.oid";

/// A policy as it is, in one line; [`Policy::comment`] keeps it beside what was asked for.
const POLICY_STATE: &str = "
    SELECT concat_ws(' | ', CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END, p.polcmd,
                     ARRAY(SELECT r::regrole::text FROM unnest(p.polroles) r ORDER BY r),
                     pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
      FROM pg_policy p WHERE p.polrelid = $1 AND p.polname = $2";
const POLICY_COMMENT: &str = "SELECT obj_description(p.oid, 'pg_policy') FROM pg_policy p WHERE p.polrelid = $1 AND p.polname = $2";

const FOREIGN_PERMISSIVE: &str = "
    SELECT string_agg(quote_ident(polname), ', ') FROM pg_policy WHERE polrelid = $1 AND polpermissive AND polname <> $2";

struct TenantTable {
    oid: u32,
    name: String,
    owner: String,
    owner_is_superuser: bool,
    column_type: String,
    is_text: bool,
    collation: Option<String>,
    is_child: bool,
    enabled: bool,
    forced: bool,
}

impl From<&Row> for TenantTable {
    fn from(row: &Row) -> Self {
        TenantTable {
            oid: row.get(0),
            name: row.get(1),
            owner: row.get(2),
            owner_is_superuser: row.get(3),
            column_type: row.get(4),
            is_text: row.get(5),
            collation: row.get(6),
            is_child: row.get(7),
            enabled: row.get(8),
            forced: row.get(9),
        }
    }
}

/// `key`: the tenant's key as an expression, where it isn't one of its login.
pub(super) async fn create(steps: &mut Steps, spec: &TenantSpec, model: &RowModel<'_>, key: Option<String>) -> Result<(), CreateError> {
    let rows = steps.rows(TENANT_TABLES, &[&model.tenant_column]).await?;
    let mut tables: Vec<TenantTable> = rows.iter().map(TenantTable::from).collect();
    if tables.is_empty() {
        return Err(CreateError::NoTenantTables { database: spec.database.clone(), column: model.tenant_column.to_owned() });
    }
    let group = spec.group();
    let references = reference_tables(steps, spec, model.reference_tables).await?;
    let oids: Vec<u32> = tables.iter().map(|table| table.oid).chain(references.iter().copied()).collect();
    schemas(steps, &oids, &group).await?;
    for table in &mut tables {
        disown_superuser(steps, table).await?;
    }
    let (groups, key) = match key {
        Some(key) => (vec![group.clone()], key),
        None => {
            pool::refuse_shared(steps, spec).await?;
            let groups = groups(steps).await?;
            let key = key_expression(steps, model, &groups).await?;
            (groups, key)
        }
    };
    for table in &tables {
        fence(steps, table, model, &key, &groups).await?;
    }
    for table in &tables {
        grant_exactly(steps, table.oid, &group, if table.is_child { &[] } else { &["SELECT", "INSERT", "UPDATE", "DELETE"] }).await?;
    }
    share_reference_tables(steps, &references, &group).await?;
    steps.run_each(SEQUENCES, &[&oids, &group]).await?;
    bystanders(steps, &oids, &group).await?;
    definer_functions(steps, &oids).await
}

/// The ids of the reference tables.
async fn reference_tables(steps: &Steps, spec: &TenantSpec, names: &[String]) -> Result<Vec<u32>, CreateError> {
    let mut found = Vec::with_capacity(names.len());
    for name in names {
        let (schema, table) = name.split_once('.').unwrap_or(("public", name));
        let query = "SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                      WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p')";
        match steps.rows(query, &[&schema, &table]).await?.first() {
            Some(row) => found.push(row.get(0)),
            None => return Err(CreateError::Missing { what: "reference table", name: name.clone(), database: spec.database.clone() }),
        }
    }
    Ok(found)
}

/// Tenants read the reference tables and nothing more.
pub(super) async fn share(steps: &mut Steps, spec: &TenantSpec, names: &[String], group: &str) -> Result<(), CreateError> {
    let tables = reference_tables(steps, spec, names).await?;
    schemas(steps, &tables, group).await?;
    share_reference_tables(steps, &tables, group).await
}

async fn share_reference_tables(steps: &mut Steps, tables: &[u32], group: &str) -> Result<(), CreateError> {
    let query = "SELECT format('ALTER TABLE %s OWNER TO %I', c.oid::regclass, $2::text)
                   FROM pg_class c JOIN pg_roles o ON o.oid = c.relowner WHERE c.oid = ANY ($1) AND o.rolsuper";
    steps.run_each(query, &[&tables, &OWNER_ROLE]).await?;
    for table in tables {
        grant_exactly(steps, *table, group, &["SELECT"]).await?;
    }
    Ok(())
}

/// The schemas of these tables: no superuser's, usable by the group, nothing for everybody.
async fn schemas(steps: &mut Steps, tables: &[u32], group: &str) -> Result<(), CreateError> {
    // Since PostgreSQL 15 `public` belongs to whoever owns the database, through this role.
    let query = "SELECT format('ALTER SCHEMA %I OWNER TO %I', n.nspname, $2::text) FROM pg_namespace n JOIN pg_roles o ON o.oid = n.nspowner
                  WHERE n.oid IN (SELECT relnamespace FROM pg_class WHERE oid = ANY ($1)) AND (o.rolsuper OR o.rolname = 'pg_database_owner')";
    steps.run_each(query, &[&tables, &OWNER_ROLE]).await?;
    let query = "SELECT format('REVOKE ALL ON SCHEMA %I FROM PUBLIC', n.nspname) FROM pg_namespace n
                  WHERE n.oid IN (SELECT relnamespace FROM pg_class WHERE oid = ANY ($1))
                    AND EXISTS (SELECT FROM aclexplode(n.nspacl) a WHERE a.grantee = 0)";
    steps.run_each(query, &[&tables]).await?;
    let query = "SELECT format('GRANT USAGE ON SCHEMA %I TO %I', n.nspname, g.rolname) FROM pg_namespace n, pg_roles g
                  WHERE n.oid IN (SELECT relnamespace FROM pg_class WHERE oid = ANY ($1)) AND g.rolname = $2
                    AND NOT EXISTS (SELECT FROM aclexplode(n.nspacl) a WHERE a.grantee = g.oid AND a.privilege_type = 'USAGE')";
    steps.run_each(query, &[&tables, &group]).await
}

/// A superuser's table passes through its views and functions without a policy: it gets an owner that doesn't.
async fn disown_superuser(steps: &mut Steps, table: &mut TenantTable) -> Result<(), CreateError> {
    if table.owner_is_superuser {
        steps.run(&format!("ALTER TABLE {} OWNER TO {OWNER_ROLE}", table.name)).await?;
        table.owner = OWNER_ROLE.to_owned();
    }
    Ok(())
}

/// The groups of all row models of the database: they may share tables.
async fn groups(steps: &Steps) -> Result<Vec<String>, CreateError> {
    let query = "SELECT DISTINCT 'pgtenant_' || model FROM pgtenant.tenants WHERE key IS NOT NULL ORDER BY 1";
    Ok(steps.rows(query, &[]).await?.iter().map(|row| row.get(0)).collect())
}

/// The tenant's key as an expression of `session_user`, of type text.
async fn key_expression(steps: &mut Steps, model: &RowModel<'_>, groups: &[String]) -> Result<String, CreateError> {
    let (before, after) = model.role_affixes.cloned().unwrap_or_default();
    let query = "SELECT count(*) FROM pgtenant.tenants WHERE role::text <> $1 || key || $2";
    let misfits: i64 = steps.row(query, &[&before, &after]).await?.get(0);
    if model.role_affixes.is_some() && misfits == 0 {
        let (before, after) = (before.chars().count(), after.chars().count());
        return Ok(match (before, after) {
            (0, 0) => "session_user::text".to_owned(),
            (_, 0) => format!("substring(session_user::text, {})", before + 1),
            _ => format!("substring(session_user::text, {}, length(session_user::text) - {})", before + 1, before + after),
        });
    }
    // Policies read the table of logins as the tenant: it sees its own row there, and no other.
    let query = "SELECT format('GRANT USAGE ON SCHEMA pgtenant TO %I', g.rolname) FROM pg_roles g
                  WHERE g.rolname = ANY ($1) AND NOT has_schema_privilege(g.oid, 'pgtenant', 'USAGE')
                  UNION ALL
                 SELECT format('GRANT SELECT (role, key) ON pgtenant.tenants TO %I', g.rolname) FROM pg_roles g
                  WHERE g.rolname = ANY ($1) AND NOT has_column_privilege(g.oid, 'pgtenant.tenants', 'key', 'SELECT')";
    let readers: Vec<&str> = groups.iter().map(String::as_str).chain([OWNER_ROLE]).collect();
    steps.run_each(query, &[&readers]).await?;
    Ok("(SELECT t.key FROM pgtenant.tenants t WHERE t.role = session_user)".to_owned())
}

/// RLS, forced, with both policies.
async fn fence(steps: &mut Steps, table: &TenantTable, model: &RowModel<'_>, key: &str, groups: &[String]) -> Result<(), CreateError> {
    let name = &table.name;
    if !table.enabled {
        steps.run(&format!("ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")).await?;
    }
    if !table.forced {
        steps.run(&format!("ALTER TABLE {name} FORCE ROW LEVEL SECURITY")).await?;
    }
    let typed = match (&table.collation, table.is_text) {
        (Some(collation), true) => format!("({key}) COLLATE {collation}"),
        _ => format!("({key})::{}", table.column_type),
    };
    let own_rows = format!("{} = {typed}", identifier(model.tenant_column));
    let to = groups.iter().chain([&table.owner]).map(|role| identifier(role)).collect::<Vec<_>>().join(", ");
    let policies = [
        Policy { name: PERMISSIVE, definition: format!("AS PERMISSIVE FOR ALL TO {to} USING ({own_rows}) WITH CHECK ({own_rows})") },
        Policy { name: RESTRICTIVE, definition: format!("AS RESTRICTIVE FOR ALL TO PUBLIC USING ({own_rows}) WITH CHECK ({own_rows})") },
    ];
    for policy in &policies {
        policy.ensure(steps, table).await?;
    }
    if let Some(others) = steps.text(FOREIGN_PERMISSIVE, &[&table.oid, &PERMISSIVE]).await? {
        steps.warn(format!("{name} has other permissive policies ({others}); {RESTRICTIVE} holds against them"));
    }
    Ok(())
}

struct Policy {
    name: &'static str,
    definition: String,
}

impl Policy {
    /// Leaves a policy alone that was made by the same definition and is still what it became.
    async fn ensure(&self, steps: &mut Steps, table: &TenantTable) -> Result<(), CreateError> {
        let (oid, name) = (table.oid, &table.name);
        let state = steps.text(POLICY_STATE, &[&oid, &self.name]).await?;
        if let Some(state) = state {
            if steps.text(POLICY_COMMENT, &[&oid, &self.name]).await? == Some(self.comment(&state)) {
                return Ok(());
            }
            steps.run(&format!("DROP POLICY {} ON {name}", self.name)).await?;
        }
        steps.run(&format!("CREATE POLICY {} ON {name} {}", self.name, self.definition)).await?;
        let state = steps.text(POLICY_STATE, &[&oid, &self.name]).await?.unwrap_or_default();
        steps.run_quietly(&format!("COMMENT ON POLICY {} ON {name} IS {}", self.name, literal(&self.comment(&state)))).await
    }

    /// What was asked for, and what PostgreSQL made of it: either differs where somebody changed something.
    fn comment(&self, state: &str) -> String {
        format!("pgtenant: {}\n{state}", self.definition)
    }
}

/// Everybody has nothing on the table, the group has `privileges` and no others.
async fn grant_exactly(steps: &mut Steps, table: u32, group: &str, privileges: &[&str]) -> Result<(), CreateError> {
    let query = "SELECT format('REVOKE ALL ON %s FROM PUBLIC', c.oid::regclass) FROM pg_class c
                  WHERE c.oid = $1 AND EXISTS (SELECT FROM aclexplode(c.relacl) a WHERE a.grantee = 0)";
    steps.run_each(query, &[&table]).await?;
    let query =
        "SELECT format('REVOKE %s ON %s FROM %I', string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type), c.oid::regclass, g.rolname)
                   FROM pg_class c, pg_roles g, aclexplode(c.relacl) a
                  WHERE c.oid = $1 AND g.rolname = $2 AND a.grantee = g.oid AND a.privilege_type <> ALL ($3)
                  GROUP BY c.oid, g.rolname";
    steps.run_each(query, &[&table, &group, &privileges]).await?;
    let query = "SELECT format('GRANT %s ON %s TO %I', string_agg(w.what, ', '), c.oid::regclass, g.rolname)
                   FROM pg_class c, pg_roles g, unnest($3::text[]) w(what)
                  WHERE c.oid = $1 AND g.rolname = $2
                    AND NOT EXISTS (SELECT FROM aclexplode(c.relacl) a WHERE a.grantee = g.oid AND a.privilege_type = w.what)
                  GROUP BY c.oid, g.rolname";
    steps.run_each(query, &[&table, &group, &privileges]).await
}

/// Sequences beside the tables, for column defaults: the next value only. Reading or setting them would tell or disturb others.
const SEQUENCES: &str = "
    WITH s AS (SELECT c.oid, c.relacl, o.rolsuper, g.oid AS gid, g.rolname,
                      NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                                     AND d.deptype IN ('a', 'i') AND d.refclassid = 'pg_class'::regclass) AS is_free
                 FROM pg_class c JOIN pg_roles o ON o.oid = c.relowner JOIN pg_roles g ON g.rolname = $2
                WHERE c.relkind = 'S' AND c.relnamespace IN (SELECT relnamespace FROM pg_class WHERE oid = ANY ($1)))
    SELECT format('ALTER SEQUENCE %s OWNER TO pgtenant_owner', oid::regclass) FROM s WHERE rolsuper AND is_free
    UNION ALL
    SELECT format('REVOKE ALL ON SEQUENCE %s FROM PUBLIC', oid::regclass) FROM s
     WHERE EXISTS (SELECT FROM aclexplode(relacl) a WHERE a.grantee = 0)
    UNION ALL
    SELECT format('REVOKE SELECT, UPDATE ON SEQUENCE %s FROM %I', oid::regclass, rolname) FROM s
     WHERE EXISTS (SELECT FROM aclexplode(relacl) a WHERE a.grantee = gid AND a.privilege_type <> 'USAGE')
    UNION ALL
    SELECT format('GRANT USAGE ON SEQUENCE %s TO %I', oid::regclass, rolname) FROM s
     WHERE NOT EXISTS (SELECT FROM aclexplode(relacl) a WHERE a.grantee = gid AND a.privilege_type = 'USAGE')";

/// What else lies beside the tables. A view may be read where it asks with its reader's rights (`security_invoker`, PostgreSQL 15):
/// no other lets policies be trusted. A table without the tenant column is nobody's.
async fn bystanders(steps: &mut Steps, tables: &[u32], group: &str) -> Result<(), CreateError> {
    let query = "SELECT c.oid, c.oid::regclass::text, c.relkind = 'v' AND coalesce(c.reloptions && ARRAY['security_invoker=true', 'security_invoker=on',
                        'security_invoker=1', 'security_invoker=yes'], false), c.relkind IN ('r', 'p')
                   FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relnamespace IN (SELECT relnamespace FROM pg_class WHERE oid = ANY ($1))
                    AND c.oid <> ALL ($1)
                    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
                  ORDER BY c.oid";
    for row in steps.rows(query, &[&tables]).await? {
        let (oid, name, invoker, is_table): (u32, String, bool, bool) = (row.get(0), row.get(1), row.get(2), row.get(3));
        grant_exactly(steps, oid, group, if invoker { &["SELECT"] } else { &[] }).await?;
        match (invoker, is_table) {
            (true, _) => {}
            (_, true) => steps.warn(format!("{name} is not readable by tenants: it has no tenant column and is no reference table")),
            (_, false) => {
                steps.warn(format!(
                    "{name} is not readable by tenants: only views with security_invoker = true are (PostgreSQL 15 or newer)"
                ));
            }
        }
    }
    Ok(())
}

/// Functions that run with their owner's rights are for nobody, unless the operator grants them.
async fn definer_functions(steps: &mut Steps, tables: &[u32]) -> Result<(), CreateError> {
    let query = "SELECT format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC', p.oid::regprocedure) FROM pg_proc p
                  WHERE p.prosecdef AND p.pronamespace IN (SELECT relnamespace FROM pg_class WHERE oid = ANY ($1))
                    AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee = 0)";
    steps.run_each(query, &[&tables]).await
}
