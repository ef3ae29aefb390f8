//! Looks for holes in the isolation of tenants that are set up: what `create` would do again, and what lies outside of what it does.
//!
//! A database is asked from the tenants' side: which rights reach their roles, by whatever way, and what those rights reach. So it also
//! judges databases that others have prepared. Each hole comes with the statement that closes it, and whether that is safe: whether it
//! only takes from tenants what none of them should have, so that nothing of the operator's can depend on it.

mod classes;
mod lints;
pub mod placed;
mod tenants;

use std::{collections::BTreeSet, fmt};

use tokio_postgres::types::ToSql;

use super::create::{self, CreateError, TenantKind, TenantSpec, steps::Steps};
use crate::ids::{ModelId, ShardId};
use lints::Lint;

/// What to look at on one shard.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// The shard.
    pub shard: ShardId,
    /// The connection string of its provisioner.
    pub provisioner: String,
    /// Its models' tenants, database by database.
    pub groups: Vec<Group>,
}

/// A model's tenants in one database.
#[derive(Clone, Debug)]
pub struct Group {
    /// The database.
    pub database: String,
    /// The model.
    pub model: ModelId,
    /// Functions that the model vouches for, as `name` or `schema.name`.
    pub functions: Vec<String>,
    /// Unique keys without the tenant column that the model vouches for, as `table.column` or `table.index`.
    pub global_keys: Vec<String>,
    /// The role that tenants share connections of, under locks that have one.
    pub pool_role: Option<String>,
    /// The tenants, one at least.
    pub tenants: Vec<TenantSpec>,
}

/// Something that leaves a tenant's data open to another tenant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hole {
    /// On which shard.
    pub shard: ShardId,
    /// In which database.
    pub database: String,
    /// What is wrong.
    pub class: &'static str,
    /// With what.
    pub object: String,
    /// What to do.
    pub remedy: Remedy,
}

/// What closes a hole.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Remedy {
    /// This statement, which takes nothing that anybody should have.
    Safe(String),
    /// This statement, once somebody has thought about it.
    ByHand(String),
    /// Setting this tenant up.
    Create(String),
    /// Nothing that could be told from here.
    Unknown,
}

impl fmt::Display for Hole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}: {}: {}", self.shard, self.database, self.class, self.object)?;
        match &self.remedy {
            Remedy::Safe(statement) => write!(f, "\n    {statement};"),
            Remedy::ByHand(statement) => write!(f, "\n    by hand: {statement};"),
            Remedy::Create(tenant) => write!(f, "\n    pgtenant create {tenant}"),
            Remedy::Unknown => Ok(()),
        }
    }
}

/// What was found, and done about it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Findings {
    /// What is open.
    pub holes: Vec<Hole>,
    /// Statements that were run, each after its database.
    pub fixed: Vec<String>,
    /// Statements that should have been run and failed.
    pub failed: Vec<String>,
}

/// Looks at a shard.
///
/// # Errors
/// Where it can't be reached or asked.
pub async fn inspect(inspection: &Inspection) -> Result<Findings, CreateError> {
    let mut holes = Vec::new();
    let admin = Steps::connect(&inspection.provisioner, None).await?;
    for group in &inspection.groups {
        let at = Place { shard: &inspection.shard, group };
        let known = tenants::missing(&admin, &at, &mut holes).await?;
        if known.database {
            let steps = Steps::connect(&inspection.provisioner, Some(&group.database)).await?;
            tenants::schemas(&steps, &at, &mut holes).await?;
            let told = match known.specimen {
                Some(specimen) => unfinished(&at, specimen, &mut holes).await,
                None => false,
            };
            let version = steps.row("SELECT current_setting('server_version_num')::int", &[]).await?.get(0);
            for lint in lints::of(group, version).filter(|lint| !(told && lint.is_told_by_create)) {
                at.run(&steps, lint, &mut holes).await?;
            }
        }
    }
    let mut seen = BTreeSet::new();
    holes.retain(|hole| match &hole.remedy {
        Remedy::Safe(statement) | Remedy::ByHand(statement) => seen.insert((hole.database.clone(), statement.clone())),
        Remedy::Create(_) | Remedy::Unknown => true,
    });
    Ok(Findings { holes, ..Findings::default() })
}

/// Closes what is safe to close, and looks again.
///
/// # Errors
/// As [`inspect`]'s. What fails by itself is in [`Findings::failed`].
pub async fn fix(inspection: &Inspection) -> Result<Findings, CreateError> {
    let before = inspect(inspection).await?;
    let (mut fixed, mut failed) = (Vec::new(), Vec::new());
    for group in &inspection.groups {
        let here: Vec<&Hole> = before.holes.iter().filter(|hole| hole.database == group.database).collect();
        let safe = |hole: &&Hole| matches!(hole.remedy, Remedy::Safe(_));
        if here.iter().any(safe) {
            close(inspection, group, &mut fixed, &mut failed).await?;
        }
    }
    Ok(Findings { holes: inspect(inspection).await?.holes, fixed, failed })
}

/// Sets one of the group's tenants up again, which closes what tenants share, and then what is left and safe. What `create` stumbles
/// over may be among that: it gets a second chance.
async fn close(inspection: &Inspection, group: &Group, fixed: &mut Vec<String>, failed: &mut Vec<String>) -> Result<(), CreateError> {
    let told = |statement: &str| format!("{}: {statement}", group.database);
    let at = Place { shard: &inspection.shard, group };
    let admin = Steps::connect(&inspection.provisioner, None).await?;
    let specimen = tenants::missing(&admin, &at, &mut Vec::new()).await?.specimen;
    let first = set_up(specimen).await;
    let stumbled = first.is_err();
    fixed.extend(first.unwrap_or_default().iter().map(|change| told(change)));
    let only = Inspection { groups: vec![group.clone()], ..inspection.clone() };
    let left = inspect(&only).await?;
    let mut steps = Steps::connect(&inspection.provisioner, Some(&group.database)).await?;
    for hole in left.holes {
        if let Remedy::Safe(statement) = hole.remedy {
            match steps.run(&statement).await {
                Ok(()) => fixed.push(told(&statement)),
                Err(error) => failed.push(told(&error.to_string())),
            }
        }
    }
    if stumbled {
        match set_up(specimen).await {
            Ok(changes) => fixed.extend(changes.iter().map(|change| told(change))),
            Err(error) => failed.push(told(&error.to_string())),
        }
    }
    Ok(())
}

async fn set_up(specimen: Option<&TenantSpec>) -> Result<Vec<String>, CreateError> {
    match specimen {
        Some(specimen) => Ok(create::create(specimen).await?.changes),
        None => Ok(Vec::new()),
    }
}

/// Where holes are looked for.
struct Place<'a> {
    shard: &'a ShardId,
    group: &'a Group,
}

impl Place<'_> {
    fn hole(&self, class: &'static str, object: String, remedy: Remedy) -> Hole {
        Hole { shard: self.shard.clone(), database: self.group.database.clone(), class, object, remedy }
    }

    /// Asks one question. A query returns an object, perhaps a statement, and whether that is safe.
    async fn run(&self, steps: &Steps, lint: &Lint, holes: &mut Vec<Hole>) -> Result<(), CreateError> {
        let group = self.group;
        let roles: Vec<&str> = group.tenants.iter().map(|spec| spec.role.as_str()).chain(group.pool_role.as_deref()).collect();
        let references = group.reference_tables();
        let schemas: Vec<&str> = group.tenants.iter().filter_map(schema_of).collect();
        let column = group.tenant_column();
        let name = format!("pgtenant_{}", group.model);
        let parameters: [&(dyn ToSql + Sync); 8] =
            [&roles, &column, &references, &group.functions, &schemas, &name, &group.pool_role.as_deref(), &group.global_keys];
        for row in steps.rows(lint.query, &parameters).await? {
            let remedy = match (row.get::<_, Option<String>>(1), row.get::<_, bool>(2)) {
                (Some(statement), true) => Remedy::Safe(statement),
                (Some(statement), false) => Remedy::ByHand(statement),
                (None, _) => Remedy::Unknown,
            };
            holes.push(self.hole(lint.class, row.get(0), remedy));
        }
        Ok(())
    }
}

impl Group {
    fn tenant_column(&self) -> Option<&str> {
        match self.tenants.first().map(|spec| &spec.kind) {
            Some(TenantKind::Row { tenant_column, .. }) => Some(tenant_column),
            _ => None,
        }
    }

    /// With their schemas.
    fn reference_tables(&self) -> Vec<String> {
        let names = match self.tenants.first().map(|spec| &spec.kind) {
            Some(TenantKind::Row { reference_tables, .. } | TenantKind::Schema { reference_tables, .. }) => reference_tables.as_slice(),
            _ => &[],
        };
        names.iter().map(|name| if name.contains('.') { name.clone() } else { format!("public.{name}") }).collect()
    }
}

fn schema_of(spec: &TenantSpec) -> Option<&str> {
    match &spec.kind {
        TenantKind::Schema { schema, .. } => Some(schema),
        TenantKind::Row { .. } | TenantKind::Database { .. } => None,
    }
}

/// What `create` would do for a tenant that is set up; whether it could tell.
async fn unfinished(at: &Place<'_>, specimen: &TenantSpec, holes: &mut Vec<Hole>) -> bool {
    match create::missing(specimen).await {
        Ok(missing) => {
            holes.extend(missing.changes.into_iter().map(|statement| {
                let (class, object) = (classes::of(&statement), classes::object(&statement));
                at.hole(class, object, Remedy::Safe(statement))
            }));
            true
        }
        Err(error) => {
            holes.push(at.hole("`create` can't set tenants up", error.to_string(), Remedy::Unknown));
            false
        }
    }
}
