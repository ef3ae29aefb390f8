//! Sets a tenant up on its shard: the database's side of the isolation, for each model.
//!
//! Everything is looked up first and only what is missing is run, so a second run changes nothing and says so. An advisory lock
//! keeps two runs on a shard apart, and all steps of a database share one transaction (`CREATE DATABASE` can't be in one: its
//! steps are repeatable one by one instead). What each part does stands in its module:
//! `close` (a database, once), `role`, `scopes` (locks and channels), `row`, `views`, `schema` with `copy`, `database`, `storage` (how it is measured).

use std::fmt;

use crate::{
    backend::control::ControlError,
    config::Secret,
    error::explain,
    ids::{ModelId, TenantId},
    shard_map::SigningKey,
};

mod close;
mod copy;
mod database;
mod pool;
mod role;
mod row;
mod schema;
mod scopes;
pub(in crate::lifecycle) mod steps;
mod storage;
mod views;

pub use pool::sync_keys;
pub use role::new_verifier;
use steps::{Mode, Steps};
pub use storage::GAUGE_ROLE;

/// Held for a whole run by the provisioner's own connection: `pgtenant` in ASCII.
const ADVISORY_LOCK: i64 = 0x7067_7465_6e61_6e74;

/// Owns what tenants share, so that no superuser does: a view or function of a superuser's passes every row policy.
pub const OWNER_ROLE: &str = "pgtenant_owner";

/// Longer names are cut by the server without a word (`NAMEDATALEN` is 64).
const NAME_MAX: usize = 63;

/// What to set up: one tenant, resolved.
#[derive(Clone, PartialEq, Eq)]
pub struct TenantSpec {
    /// The tenant.
    pub tenant: TenantId,
    /// Its model: names the group role.
    pub model: ModelId,
    /// The connection string of the shard's provisioner, a superuser.
    pub provisioner: String,
    /// The tenant's database on the shard.
    pub database: String,
    /// Its database role.
    pub role: String,
    /// The role's password, or the pool's. Only a SCRAM verifier of it leaves this process, and keys that are made with it.
    pub password: String,
    /// How it is kept apart.
    pub kind: TenantKind,
    /// The pool that it shares with others; none where it logs in itself.
    pub pool: Option<PoolSpec>,
    /// The login that measures storage; none where the shard has no secret to make its password of.
    pub meter: Option<MeterSpec>,
}

/// The login that measures storage.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MeterSpec {
    /// Its role.
    pub role: String,
    /// The role's password. Only a SCRAM verifier of it leaves this process.
    pub password: Secret,
}

/// A pool that tenants share.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PoolSpec {
    /// The role that it logs in as.
    pub role: String,
    /// The role's password. Only a SCRAM verifier of it leaves this process.
    pub password: Option<Secret>,
    /// The setting that says whose a transaction is; none where the pool becomes the tenant's role.
    pub setting: Option<String>,
    /// What the setting is signed with; none where it isn't.
    pub keys: Vec<SigningKey>,
}

impl PoolSpec {
    /// Whether contexts are signed.
    pub fn is_signed(&self) -> bool {
        !self.keys.is_empty()
    }
}

/// What the models need beyond a role.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TenantKind {
    /// Shared tables with a tenant column.
    Row {
        /// The column that makes a table a tenant table.
        tenant_column: String,
        /// Its value for this tenant.
        key: String,
        /// Tables that every tenant may read, as `name` (in `public`) or `schema.name`.
        reference_tables: Vec<String>,
        /// What stands before and after the key in the role names of this model, where its template is `before{tenant}after`;
        /// `None` for others (`{opaque}`).
        role_affixes: Option<(String, String)>,
    },
    /// A schema of its own.
    Schema {
        /// Its name.
        schema: String,
        /// The schema to copy the objects of.
        template: Option<String>,
        /// As in [`TenantKind::Row`].
        reference_tables: Vec<String>,
    },
    /// A database of its own.
    Database {
        /// The database to copy; `template1` if absent.
        template: Option<String>,
    },
}

impl fmt::Debug for TenantSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tenant, model, database, role, kind, .. } = self;
        write!(f, "TenantSpec {{ {tenant} of {model}: role {role:?}, database {database:?}, {kind:?} }}")
    }
}

impl TenantSpec {
    /// The role that holds the rights which all tenants of the model share.
    fn group(&self) -> String {
        match &self.pool {
            Some(pool) if pool.setting.is_some() => pool.role.clone(),
            _ => format!("pgtenant_{}", self.model),
        }
    }

    /// Who connects to the tenant's database.
    fn connects(&self) -> String {
        self.pool.as_ref().map_or_else(|| self.group(), |pool| pool.role.clone())
    }
}

/// What a run did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Created {
    /// Every statement that was run; empty where all was there already. Verifiers are left out.
    pub changes: Vec<String>,
    /// What was left open, and what to do about it.
    pub warnings: Vec<String>,
}

/// Why a tenant could not be set up. The transaction was rolled back.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// No connection as the shard's provisioner.
    #[error("the shard's provisioner: {0}")]
    Connection(#[from] ControlError),
    /// The provisioner may not do what is needed.
    #[error(
        "the provisioner {role:?} is no superuser: taking away what PostgreSQL gives to everybody (functions and views of pg_catalog) needs one"
    )]
    NotSuperuser {
        /// Who it is.
        role: String,
    },
    /// A statement failed.
    #[error("{}\n  in: {statement}", explain(.source))]
    Sql {
        /// The statement, shortened.
        statement: String,
        /// What PostgreSQL said.
        source: tokio_postgres::Error,
    },
    /// A name that PostgreSQL can't hold.
    #[error("{what} {name:?} must have 1 to 63 bytes and not begin with pg_")]
    BadName {
        /// Role, schema or database.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// The role is there, but it isn't a tenant's.
    #[error("role {role:?} exists and {why}; give the tenant another role, or change this one by hand")]
    RoleUnfit {
        /// The role.
        role: String,
        /// What is wrong with it.
        why: String,
    },
    /// Two tenants would be one to the database.
    #[error("{what} {name:?} belongs to tenant {other:?} already")]
    Taken {
        /// Role, key, schema or database.
        what: &'static str,
        /// Its name.
        name: String,
        /// The other tenant.
        other: String,
    },
    /// A database's row models share one lock.
    #[error("model {model:?} can't share the tables of database {database:?}, which are fenced for {others} under another lock")]
    OtherLock {
        /// The model.
        model: String,
        /// The database.
        database: String,
        /// What its tables are fenced for.
        others: String,
    },
    /// No table has the tenant column.
    #[error("no table of database {database:?} has the column {column:?}: create the model's tables first")]
    NoTenantTables {
        /// The database.
        database: String,
        /// The model's tenant column.
        column: String,
    },
    /// A name in the model doesn't exist on the shard.
    #[error("{what} {name:?} doesn't exist in database {database:?}")]
    Missing {
        /// Reference table, template schema or template database.
        what: &'static str,
        /// The name.
        name: String,
        /// Where.
        database: String,
    },
    /// The template schema has something that can't be copied.
    #[error("template schema {template:?} can't be copied: {}", .reasons.join("; "))]
    Template {
        /// The schema.
        template: String,
        /// Everything that stands in the way.
        reasons: Vec<String>,
    },
    /// The operating system has no random numbers for a salt.
    #[error("no random numbers from the operating system")]
    NoRandomness,
}

/// Sets the tenant up on its shard, or finds that it is.
///
/// # Errors
/// See [`CreateError`]; nothing but a new, still closed database may be left behind then, and the next run goes on from it.
pub async fn create(spec: &TenantSpec) -> Result<Created, CreateError> {
    carry_out(spec, Mode::Do).await
}

/// What [`create`] would change, without changing it. The tenant's database must be there.
///
/// # Errors
/// As [`create`]'s; also where a table that something is missing of is locked for seconds.
pub async fn missing(spec: &TenantSpec) -> Result<Created, CreateError> {
    carry_out(spec, Mode::Tell).await
}

async fn carry_out(spec: &TenantSpec, mode: Mode) -> Result<Created, CreateError> {
    spec.check_names()?;
    let admin = Steps::connect(&spec.provisioner, None).await?;
    admin.lock(ADVISORY_LOCK).await?;
    match &spec.kind {
        TenantKind::Database { template } => database::create(spec, template.as_deref(), admin, mode).await,
        TenantKind::Row { .. } | TenantKind::Schema { .. } => {
            let mut steps = Steps::connect(&spec.provisioner, Some(&spec.database)).await?;
            steps.begin(mode).await?;
            close::database(&mut steps).await?;
            if let Some(pool) = &spec.pool {
                pool::role(&mut steps, pool).await?;
            }
            if spec.has_role() {
                role::tenant(&mut steps, spec).await?;
                role::group(&mut steps, spec).await?;
            }
            role::connect_only(&mut steps, &spec.database, &spec.connects()).await?;
            scopes::shared(&mut steps, spec, &spec.group()).await?;
            match &spec.kind {
                TenantKind::Row { tenant_column, reference_tables, role_affixes, .. } => {
                    let model = row::RowModel { tenant_column, reference_tables, role_affixes: role_affixes.as_ref() };
                    match &spec.pool {
                        Some(pool) => pool::row_model(&mut steps, spec, pool, &model).await?,
                        None => row::create(&mut steps, spec, &model, None).await?,
                    }
                    views::readable_by(&mut steps, &spec.group()).await?;
                }
                TenantKind::Schema { schema, template, reference_tables } => {
                    schema::create(&mut steps, spec, schema, template.as_deref(), reference_tables).await?;
                    if let Some(pool) = &spec.pool {
                        pool::may_become(&mut steps, pool, &spec.role).await?;
                        pool::settings(&mut steps, pool).await?;
                    }
                }
                TenantKind::Database { .. } => {}
            }
            storage::measurable(&mut steps, spec).await?;
            steps.end(mode).await?;
            Ok(steps.finish())
        }
    }
}

impl TenantSpec {
    /// Whether the tenant has a database role of its own.
    fn has_role(&self) -> bool {
        self.pool.as_ref().is_none_or(|pool| pool.setting.is_none())
    }

    fn check_names(&self) -> Result<(), CreateError> {
        let schema = match &self.kind {
            TenantKind::Schema { schema, .. } => Some(("schema", schema.as_str())),
            _ => None,
        };
        let group = self.group();
        let names = [("role", self.role.as_str()), ("group role", group.as_str()), ("database", self.database.as_str())];
        for (what, name) in names.into_iter().chain(schema) {
            if name.is_empty() || name.len() > NAME_MAX || name.starts_with("pg_") || name.contains('\0') {
                return Err(CreateError::BadName { what, name: name.to_owned() });
            }
        }
        Ok(())
    }
}

/// An identifier between double quotes.
pub(crate) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A string literal (`standard_conforming_strings` is on in every connection of ours).
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
