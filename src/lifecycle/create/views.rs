//! Lets tenants' roles read the text of shared views that they may select from, and of no other.
//!
//! The gate puts a view's text in its place, and the proxy reads catalogs as a tenant's role where it has no other. `pg_get_viewdef`
//! tells the text of everybody's views, so it is taken from PUBLIC (`close`), and this function asks first.

use super::{CreateError, OWNER_ROLE, steps::Steps};

/// Called by `catalog::load`. Its owner is no superuser.
const FUNCTION: &str = "
    CREATE FUNCTION pgtenant.view_definitions(views oid[]) RETURNS TABLE (view oid, definition text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$ SELECT c.oid, pg_catalog.pg_get_viewdef(c.oid) FROM pg_catalog.pg_class c
           WHERE c.oid = ANY (views) AND c.relkind IN ('v', 'm') AND pg_catalog.has_table_privilege(session_user, c.oid, 'SELECT') $$";

const RIGHTS: &str = "
    SELECT format('GRANT USAGE ON SCHEMA pgtenant TO %I', g.rolname) FROM pg_roles g
     WHERE g.rolname = $1 AND NOT has_schema_privilege(g.oid, 'pgtenant', 'USAGE')
    UNION ALL
    SELECT format('GRANT EXECUTE ON FUNCTION pgtenant.view_definitions(oid[]) TO %I', g.rolname) FROM pg_roles g
     WHERE g.rolname = $1 AND NOT has_function_privilege(g.oid, 'pgtenant.view_definitions(oid[])', 'EXECUTE')";

pub(super) async fn readable_by(steps: &mut Steps, group: &str) -> Result<(), CreateError> {
    if steps.text("SELECT to_regprocedure('pgtenant.view_definitions(oid[])')::text", &[]).await?.is_none() {
        steps.run(FUNCTION).await?;
        steps.run("REVOKE ALL ON FUNCTION pgtenant.view_definitions(oid[]) FROM PUBLIC").await?;
        steps.run(&format!("GRANT EXECUTE ON FUNCTION pg_catalog.pg_get_viewdef(oid) TO {OWNER_ROLE}")).await?;
        steps.run(&format!("ALTER FUNCTION pgtenant.view_definitions(oid[]) OWNER TO {OWNER_ROLE}")).await?;
    }
    steps.run_each(RIGHTS, &[&group]).await
}
