//! Tenants of the shard map, one by one but asked for all at once: are their roles, schemas and databases there, and whose are they?

use tokio_postgres::types::ToSql;

use super::{
    super::create::{CreateError, TenantSpec, steps::Steps},
    Hole, Place, Remedy, schema_of,
};

/// What is there of a group.
pub(super) struct Known<'a> {
    pub(super) database: bool,
    /// A tenant that is set up: what is missing for it is missing for all.
    pub(super) specimen: Option<&'a TenantSpec>,
}

const ROLES: &str = "SELECT rolname::text FROM pg_roles WHERE rolname = ANY ($1)";

/// Roles that aren't there, and the database where it isn't.
pub(super) async fn missing<'a>(admin: &Steps, at: &Place<'a>, holes: &mut Vec<Hole>) -> Result<Known<'a>, CreateError> {
    let group = at.group;
    let database = !admin.rows("SELECT FROM pg_database WHERE datname = $1", &[&group.database]).await?.is_empty();
    let names: Vec<&str> = group.tenants.iter().map(|spec| spec.role.as_str()).collect();
    let found = admin.rows(ROLES, &[&names]).await?;
    let found: std::collections::HashSet<&str> = found.iter().map(|row| row.get(0)).collect();
    for spec in &group.tenants {
        let lacks = match (database, found.contains(spec.role.as_str())) {
            (false, _) => format!("database {:?}", spec.database),
            (true, false) => format!("role {:?}", spec.role),
            (true, true) => continue,
        };
        let object = format!("tenant {}: {lacks}", spec.tenant);
        holes.push(at.hole("a tenant of the shard map is not set up", object, Remedy::Create(spec.tenant.to_string())));
    }
    Ok(Known { database, specimen: group.tenants.iter().find(|spec| database && found.contains(spec.role.as_str())) })
}

/// A schema per tenant: there, the role's own, and nobody else's.
const SCHEMAS: &str = "
    WITH own AS (SELECT u.schema, u.role, u.tenant, n.oid, n.nspowner, n.nspacl, r.oid AS roleid
                   FROM unnest($1::text[], $2::text[], $3::text[]) u(schema, role, tenant)
                   JOIN pg_roles r ON r.rolname = u.role LEFT JOIN pg_namespace n ON n.nspname = u.schema)
    SELECT 'a tenant of the shard map is not set up', format('tenant %s: schema %I', tenant, schema), NULL, false, tenant FROM own WHERE oid IS NULL
    UNION ALL
    SELECT 'a tenant''s schema belongs to another role', format('schema %I, which %I owns', schema, nspowner::regrole), format('ALTER SCHEMA %I OWNER TO %I', schema, role), false, tenant
      FROM own WHERE nspowner <> roleid
    UNION ALL
    SELECT 'others have rights on a tenant''s schema', format('schema %I, for %s', schema, w.name), format('REVOKE ALL ON SCHEMA %I FROM %s', schema, w.name), true, tenant
      FROM own, LATERAL (SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS name
                           FROM aclexplode(nspacl) a WHERE a.grantee NOT IN (roleid, nspowner)) w
    UNION ALL
    SELECT 'something in a tenant''s schema belongs to another role', format('%s, which %s owns', c.oid::regclass, c.relowner::regrole),
           format('ALTER %s %s OWNER TO %I', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
                  WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, c.oid::regclass, own.role), true, tenant
      FROM own JOIN pg_class c ON c.relnamespace = own.oid AND c.relowner <> own.roleid AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
     WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                          AND (d.deptype = 'e' OR c.relkind = 'S' AND d.deptype IN ('a', 'i') AND d.refclassid = 'pg_class'::regclass))
    UNION ALL
    SELECT 'something in a tenant''s schema belongs to another role', format('%s, which %s owns', p.oid::regprocedure, p.proowner::regrole),
           format('ALTER ROUTINE %s OWNER TO %I', p.oid::regprocedure, own.role), true, tenant
      FROM own JOIN pg_proc p ON p.pronamespace = own.oid AND p.proowner <> own.roleid
     WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
    UNION ALL
    SELECT 'others have rights in a tenant''s schema', format('%s, for %s', c.oid::regclass, w.name), format('REVOKE ALL ON %s FROM %s', c.oid::regclass, w.name), true, tenant
      FROM own JOIN pg_class c ON c.relnamespace = own.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S'),
           LATERAL (SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS name
                      FROM aclexplode(c.relacl) a WHERE a.grantee NOT IN (own.roleid, c.relowner)) w
     WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')";

/// What is wrong with the schemas of a group in the schema model.
pub(super) async fn schemas(steps: &Steps, at: &Place<'_>, holes: &mut Vec<Hole>) -> Result<(), CreateError> {
    let own = at.group.tenants.iter().filter_map(|spec| Some((schema_of(spec)?, spec.role.as_str(), spec.tenant.as_str())));
    let (mut schemas, mut roles, mut tenants) = (Vec::new(), Vec::new(), Vec::new());
    for (schema, role, tenant) in own {
        schemas.push(schema);
        roles.push(role);
        tenants.push(tenant);
    }
    if schemas.is_empty() {
        return Ok(());
    }
    let parameters: [&(dyn ToSql + Sync); 3] = [&schemas, &roles, &tenants];
    for row in steps.rows(SCHEMAS, &parameters).await? {
        let remedy = match (row.get::<_, Option<String>>(2), row.get::<_, bool>(3)) {
            (Some(statement), true) => Remedy::Safe(statement),
            (Some(statement), false) => Remedy::ByHand(statement),
            (None, _) => Remedy::Create(row.get(4)),
        };
        holes.push(at.hole(class(row.get(0)), row.get(1), remedy));
    }
    Ok(())
}

/// The query's own words, as constants.
fn class(found: &str) -> &'static str {
    const CLASSES: [&str; 5] = [
        "a tenant of the shard map is not set up",
        "a tenant's schema belongs to another role",
        "others have rights on a tenant's schema",
        "something in a tenant's schema belongs to another role",
        "others have rights in a tenant's schema",
    ];
    CLASSES.into_iter().find(|class| *class == found).unwrap_or("not as `create` leaves it")
}
