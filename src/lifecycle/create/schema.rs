//! The schema model: a schema per tenant that belongs to the tenant's role and to nobody else.

use super::{CreateError, TenantSpec, close, copy, identifier, row, steps::Steps};

pub(super) async fn create(
    steps: &mut Steps,
    spec: &TenantSpec,
    schema: &str,
    template: Option<&str>,
    reference_tables: &[String],
) -> Result<(), CreateError> {
    row::share(steps, spec, reference_tables, &spec.group()).await?;
    shared_schema(steps, &spec.group()).await?;
    let query = "SELECT o.rolname::text FROM pg_namespace n JOIN pg_roles o ON o.oid = n.nspowner WHERE n.nspname = $1";
    match steps.text(query, &[&schema]).await? {
        Some(owner) if owner == spec.role => {}
        Some(other) => return Err(CreateError::Taken { what: "schema", name: schema.to_owned(), other }),
        None => {
            steps.run(&format!("CREATE SCHEMA {} AUTHORIZATION {}", identifier(schema), identifier(&spec.role))).await?;
            if let Some(template) = template {
                copy::schema(steps, template, schema, &spec.database).await?;
            }
        }
    }
    let query = "SELECT format('REVOKE ALL ON SCHEMA %I FROM PUBLIC', n.nspname) FROM pg_namespace n
                  WHERE n.nspname = $1 AND EXISTS (SELECT FROM aclexplode(n.nspacl) a WHERE a.grantee = 0)";
    steps.run_each(query, &[&schema]).await?;
    own(steps, &[schema], &spec.role).await?;
    close::default_privileges(steps, &[&spec.role]).await?;
    search_path(steps, spec, schema).await
}

/// `public` holds what all tenants read; nobody but its owner creates there.
async fn shared_schema(steps: &mut Steps, group: &str) -> Result<(), CreateError> {
    let query = "SELECT format('ALTER SCHEMA public OWNER TO %I', $1::text) FROM pg_namespace n JOIN pg_roles o ON o.oid = n.nspowner
                  WHERE n.nspname = 'public' AND (o.rolsuper OR o.rolname = 'pg_database_owner')";
    steps.run_each(query, &[&super::OWNER_ROLE]).await?;
    let query = "SELECT format('GRANT USAGE ON SCHEMA public TO %I', $1::text)
                  WHERE to_regnamespace('public') IS NOT NULL AND NOT has_schema_privilege($1::text, 'public', 'USAGE')";
    steps.run_each(query, &[&group]).await
}

/// Everything in these schemas belongs to the tenant's role, and nothing in them to everybody. Members of extensions stay.
pub(super) async fn own(steps: &mut Steps, schemas: &[&str], role: &str) -> Result<(), CreateError> {
    let query = "
        WITH s AS (SELECT oid FROM pg_namespace WHERE nspname = ANY ($1)), r AS (SELECT oid, rolname FROM pg_roles WHERE rolname = $2)
        SELECT statement FROM (
            SELECT 1 AS turn, c.oid, format('ALTER %s %s OWNER TO %I', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW'
                   WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, c.oid::regclass, r.rolname) AS statement
              FROM pg_class c, r
             WHERE c.relnamespace IN (SELECT oid FROM s) AND c.relowner <> r.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
               AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                                  AND (d.deptype = 'e' OR c.relkind = 'S' AND d.deptype IN ('a', 'i') AND d.refclassid = 'pg_class'::regclass))
            UNION ALL
            SELECT 2, t.oid, format('ALTER %s %s OWNER TO %I', CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, t.oid::regtype, r.rolname)
              FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid, r
             WHERE t.typnamespace IN (SELECT oid FROM s) AND t.typowner <> r.oid
               AND (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'c' AND c.relkind = 'c')
               AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
            UNION ALL
            SELECT 3, p.oid, format('ALTER ROUTINE %s OWNER TO %I', p.oid::regprocedure, r.rolname) FROM pg_proc p, r
             WHERE p.pronamespace IN (SELECT oid FROM s) AND p.proowner <> r.oid
               AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
            UNION ALL
            SELECT 4, x.oid, format('ALTER STATISTICS %I.%I OWNER TO %I', n.nspname, x.stxname, r.rolname)
              FROM pg_statistic_ext x JOIN pg_namespace n ON n.oid = x.stxnamespace, r
             WHERE n.oid IN (SELECT oid FROM s) AND x.stxowner <> r.oid
        ) all_objects ORDER BY turn, oid";
    steps.run_each(query, &[&schemas, &role]).await?;
    let query = "
        SELECT format('REVOKE ALL ON ROUTINE %s FROM PUBLIC', p.oid::regprocedure)
          FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE n.nspname = ANY ($1) AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee = 0)
           AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
        UNION ALL
        SELECT format('REVOKE ALL ON TYPE %s FROM PUBLIC', t.oid::regtype)
          FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
         WHERE n.nspname = ANY ($1) AND (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'c' AND c.relkind = 'c')
           AND EXISTS (SELECT FROM aclexplode(coalesce(t.typacl, acldefault('T', t.typowner))) a WHERE a.grantee = 0)
           AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
        UNION ALL
        SELECT format('REVOKE ALL ON %s FROM PUBLIC', c.oid::regclass) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND EXISTS (SELECT FROM aclexplode(c.relacl) a WHERE a.grantee = 0)
           AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')";
    steps.run_each(query, &[&schemas]).await
}

/// Own schema, shared schema, temporary tables last: unnamed schemas are searched first, so that a temporary table would shadow.
async fn search_path(steps: &mut Steps, spec: &TenantSpec, schema: &str) -> Result<(), CreateError> {
    let path = format!("{}, public, pg_temp", identifier(schema));
    // The setting is kept quoted as the server quotes it: only where needed.
    let query = "SELECT EXISTS (SELECT FROM pg_db_role_setting s, unnest(s.setconfig) c
                  WHERE s.setrole = (SELECT oid FROM pg_roles WHERE rolname = $1)
                    AND s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
                    AND c IN ('search_path=' || $2, 'search_path=' || quote_ident($3) || ', public, pg_temp'))";
    if !steps.row(query, &[&spec.role, &path, &schema]).await?.get::<_, bool>(0) {
        let (role, database) = (identifier(&spec.role), identifier(&spec.database));
        steps.run(&format!("ALTER ROLE {role} IN DATABASE {database} SET search_path = {path}")).await?;
    }
    Ok(())
}
