//! The database model: a database per tenant, made from a template, open to the tenant's role only.
//!
//! `CREATE DATABASE` can't be in a transaction. The new database takes connections of superusers only (`CONNECTION LIMIT 0`)
//! until everything in it is done, so a run that dies on the way leaves nothing open and the next one goes on.

use super::{
    CreateError, Created, TenantSpec, close, identifier, role, schema, scopes,
    steps::{Mode, Steps},
    storage,
};

pub(super) async fn create(spec: &TenantSpec, template: Option<&str>, mut admin: Steps, mode: Mode) -> Result<Created, CreateError> {
    let template = template.unwrap_or("template1");
    let database = identifier(&spec.database);
    let query = "SELECT datconnlimit FROM pg_database WHERE datname = $1";
    if admin.rows(query, &[&spec.database]).await?.is_empty() {
        if mode == Mode::Tell {
            return Err(CreateError::Missing { what: "database", name: spec.database.clone(), database: "any".to_owned() });
        }
        if admin.rows(query, &[&template]).await?.is_empty() {
            return Err(CreateError::Missing { what: "template database", name: template.to_owned(), database: "any".to_owned() });
        }
        admin.run(&format!("CREATE DATABASE {database} TEMPLATE {} CONNECTION LIMIT 0", identifier(template))).await?;
    }
    let mut inside = Steps::connect(&spec.provisioner, Some(&spec.database)).await?;
    inside.begin(mode).await?;
    close::database(&mut inside).await?;
    sole_tenant(&inside, spec).await?;
    role::tenant(&mut inside, spec).await?;
    role::connect_only(&mut inside, &spec.database, &spec.role).await?;
    scopes::own(&mut inside, &spec.role).await?;
    let query = "SELECT n.nspname::text FROM pg_namespace n
                  WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'pgtenant')
                    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e')
                  ORDER BY n.oid";
    let schemas: Vec<String> = inside.rows(query, &[]).await?.iter().map(|row| row.get(0)).collect();
    let schemas: Vec<&str> = schemas.iter().map(String::as_str).collect();
    let query = "SELECT format('ALTER SCHEMA %I OWNER TO %I', n.nspname, r.rolname) FROM pg_namespace n, pg_roles r
                  WHERE n.nspname = ANY ($1) AND r.rolname = $2 AND n.nspowner <> r.oid
                 UNION ALL
                 SELECT format('REVOKE ALL ON SCHEMA %I FROM PUBLIC', n.nspname) FROM pg_namespace n
                  WHERE n.nspname = ANY ($1) AND EXISTS (SELECT FROM aclexplode(n.nspacl) a WHERE a.grantee = 0)";
    inside.run_each(query, &[&schemas, &spec.role]).await?;
    schema::own(&mut inside, &schemas, &spec.role).await?;
    close::default_privileges(&mut inside, &[&spec.role]).await?;
    storage::measurable(&mut inside, spec).await?;
    inside.end(mode).await?;
    inside.after(admin.take());
    let query = "SELECT format('ALTER DATABASE %I CONNECTION LIMIT -1', datname) FROM pg_database WHERE datname = $1 AND datconnlimit = 0";
    if mode == Mode::Do {
        inside.run_each(query, &[&spec.database]).await?;
    }
    Ok(inside.finish())
}

/// A database of this model has one tenant.
async fn sole_tenant(inside: &Steps, spec: &TenantSpec) -> Result<(), CreateError> {
    match inside.text("SELECT tenant FROM pgtenant.tenants WHERE tenant <> $1 LIMIT 1", &[&spec.tenant.as_str()]).await? {
        Some(other) => Err(CreateError::Taken { what: "database", name: spec.database.clone(), other }),
        None => Ok(()),
    }
}
