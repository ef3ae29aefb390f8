//! Tenants that nobody has listed: a rule places them, and what a shard has tells which of them there are.
//!
//! `create` keeps lists in each database that it sets up. Where others have prepared a tenant, its role, schema or database says its
//! id, as far as names do: not those that are `{tenant}` and nothing else, which everybody's could be, nor opaque ones.

use std::collections::BTreeSet;

use super::super::create::{CreateError, steps::Steps};
use crate::{ids::ModelId, shard_map::Template};

/// The tenants to look for on one shard.
#[derive(Clone, Debug)]
pub struct Sought<'a> {
    /// The connection string of the shard's provisioner.
    pub provisioner: &'a str,
    /// The database that tenants share.
    pub database: &'a str,
    /// Their model.
    pub model: &'a ModelId,
    /// Their roles' names, where each has one.
    pub role: Option<&'a Template>,
    /// Their schemas' names, in the schema model.
    pub schema: Option<&'a Template>,
    /// Their databases' names, in the database model.
    pub own_database: Option<&'a Template>,
}

const ROLES: &str = "SELECT rolname::text FROM pg_roles WHERE rolname !~ '^pg_'";
const DATABASES: &str = "SELECT datname::text FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY 1";
const SCHEMAS: &str = "SELECT nspname::text FROM pg_namespace WHERE nspname !~ '^pg_'";
/// Tenants with roles of their own, and those that a shared pool acts for.
const LISTS: [(&str, &str); 2] = [
    ("pgtenant.tenants", "SELECT tenant FROM pgtenant.tenants WHERE model = $1"),
    ("pgtenant.scopes", "SELECT tenant FROM pgtenant.scopes WHERE $1::text IS NOT NULL"),
];

/// Ids that tenants on the shard seem to have. Whether they are placed there is the map's to say.
///
/// # Errors
/// Where the shard can't be reached or asked.
pub async fn seem_to_be_there(sought: &Sought<'_>) -> Result<BTreeSet<String>, CreateError> {
    let admin = Steps::connect(sought.provisioner, None).await?;
    let mut ids = BTreeSet::new();
    if let Some(role) = sought.role {
        ids.extend(named(&admin, ROLES, role).await?);
    }
    let mut databases: Vec<String> = admin.rows(DATABASES, &[]).await?.iter().map(|row| row.get(0)).collect();
    if let Some(own) = sought.own_database {
        ids.extend(databases.iter().filter_map(|name| own.tenant_in(name)).map(str::to_owned));
        // The others may be tenants' by names that don't say it.
        databases.retain(|name| own.tenant_in(name).is_none());
    } else {
        databases.retain(|name| name == sought.database);
    }
    for database in &databases {
        let steps = Steps::connect(sought.provisioner, Some(database)).await?;
        if let Some(schema) = sought.schema {
            ids.extend(named(&steps, SCHEMAS, schema).await?);
        }
        for (list, query) in LISTS {
            if steps.text("SELECT to_regclass($1)::text", &[&list]).await?.is_some() {
                let listed = steps.rows(query, &[&sought.model.as_str()]).await?;
                ids.extend(listed.iter().map(|row| row.get::<_, String>(0)));
            }
        }
    }
    Ok(ids)
}

async fn named(steps: &Steps, query: &str, template: &Template) -> Result<Vec<String>, CreateError> {
    let names = steps.rows(query, &[]).await?;
    Ok(names.iter().filter_map(|row| template.tenant_in(row.get(0))).map(str::to_owned).collect())
}
