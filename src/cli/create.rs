//! `pgtenant create TENANT`: sets up on the shard what the shard map says of a tenant.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use crate::{
    config::{ConfigErrors, Settings},
    lifecycle::{
        create::{CreateError, Created, MeterSpec, PoolSpec, TenantKind, TenantSpec, create},
        maps::{MapError, MapStore},
    },
    shard_map::{Lock, ModelKind, Tenant},
};

/// What the command line says.
#[derive(Clone, Debug, clap::Args)]
pub struct CreateArgs {
    /// The tenant, as the shard map calls it
    pub tenant: String,
    /// The file pgtenant.toml
    #[arg(long)]
    pub config: PathBuf,
    /// Print the statements that were run
    #[arg(long, short)]
    pub verbose: bool,
}

/// Why a tenant of the map can't be set up.
#[derive(Debug, thiserror::Error)]
pub enum CreateCommandError {
    /// The files have mistakes.
    #[error(transparent)]
    Config(#[from] ConfigErrors),
    /// Neither an entry nor a placement rule.
    #[error("tenant {tenant:?} is not in the shard map: enter it there first")]
    UnknownTenant {
        /// The tenant.
        tenant: String,
    },
    /// The map can't be read.
    #[error(transparent)]
    Map(#[from] MapError),
    /// The shard says nobody who may.
    #[error("shard {shard:?} of the shard map has no `provisioner`: the connection string of a superuser")]
    NoProvisioner {
        /// The shard.
        shard: String,
    },
    /// No password to give to the role.
    #[error("tenant {tenant:?} has no password for its role: give shard {shard:?} a `role_key`, or the tenant a `role_password`")]
    NoPassword {
        /// The tenant.
        tenant: String,
        /// Its shard.
        shard: String,
    },
    /// The shard refused.
    #[error(transparent)]
    Create(#[from] CreateError),
}

/// Runs the command and tells what it did.
///
/// # Errors
/// See [`CreateCommandError`].
pub async fn run(args: &CreateArgs) -> Result<ExitCode, CreateCommandError> {
    let spec = spec(&args.config, &args.tenant).await?;
    let created = create(&spec).await?;
    print!("{}", report(&args.tenant, &created, args.verbose));
    for warning in &created.warnings {
        eprintln!("warning: {warning}");
    }
    Ok(ExitCode::SUCCESS)
}

fn report(tenant: &str, created: &Created, verbose: bool) -> String {
    if created.changes.is_empty() {
        return format!("{tenant}: all is there already, nothing changed\n");
    }
    let statements = created.changes.iter().filter(|_| verbose).map(|statement| format!("  {statement};\n"));
    format!("{tenant}: created, {} statements\n{}", created.changes.len(), statements.collect::<String>())
}

/// What the files say of the tenant.
async fn spec(config: &Path, tenant: &str) -> Result<TenantSpec, CreateCommandError> {
    let map = MapStore::open(&Settings::load(config)?)?.load().await?;
    let unknown = || CreateCommandError::UnknownTenant { tenant: tenant.to_owned() };
    let tenant = map.tenant(tenant).ok_or_else(unknown)?;
    spec_of(&tenant)
}

/// What is to be set up for a tenant.
pub(super) fn spec_of(tenant: &Tenant) -> Result<TenantSpec, CreateCommandError> {
    let (id, shard, model) = (tenant.id.to_string(), &tenant.shard, &tenant.model);
    let provisioner = shard.provisioner.as_ref().ok_or_else(|| CreateCommandError::NoProvisioner { shard: shard.id.to_string() })?;
    let pool = pool_of(tenant);
    let password = match &pool {
        Some(_) => tenant.scope_secret().as_ref().map_or("", |secret| secret.reveal()).to_owned(),
        None => {
            let missing = || CreateCommandError::NoPassword { tenant: id, shard: shard.id.to_string() };
            tenant.password().ok_or_else(missing)?.reveal().to_owned()
        }
    };
    let texts = |names: &[std::sync::Arc<str>]| names.iter().map(|name| name.to_string()).collect();
    let template = model.template.as_deref().map(str::to_owned);
    let kind = match &model.kind {
        ModelKind::Row { tenant_column, reference_tables, .. } => TenantKind::Row {
            tenant_column: tenant_column.to_string(),
            key: tenant.key.to_string(),
            reference_tables: texts(reference_tables),
            role_affixes: role_affixes(model.role.as_str()),
        },
        ModelKind::Schema { reference_tables, .. } => TenantKind::Schema {
            schema: tenant.schema.as_deref().unwrap_or_default().to_owned(),
            template,
            reference_tables: texts(reference_tables),
        },
        ModelKind::Database { .. } => TenantKind::Database { template },
    };
    Ok(TenantSpec {
        tenant: tenant.id.clone(),
        model: model.id.clone(),
        provisioner: provisioner.reveal().to_owned(),
        database: tenant.database.to_string(),
        role: tenant.role.to_string(),
        password,
        kind,
        pool,
        meter: shard.meter().map(|(role, password)| MeterSpec { role, password }),
    })
}

/// The pool that the tenant shares with others.
fn pool_of(tenant: &Tenant) -> Option<PoolSpec> {
    let (shard, model) = (&tenant.shard, &tenant.model);
    let role = shard.user.as_ref().filter(|_| model.lock.shares_pools())?;
    Some(PoolSpec {
        role: role.to_string(),
        password: shard.password.clone(),
        setting: match &model.kind {
            ModelKind::Row { setting, .. } => Some(setting.to_string()),
            ModelKind::Schema { .. } | ModelKind::Database { .. } => None,
        },
        keys: if model.lock == Lock::Signed { shard.signing_keys.clone() } else { Vec::new() },
    })
}

/// What stands around the tenant in its role's name, where nothing else does.
fn role_affixes(template: &str) -> Option<(String, String)> {
    let (before, after) = template.split_once("{tenant}")?;
    (!before.contains('{') && !after.contains('{')).then(|| (before.to_owned(), after.to_owned()))
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn the_role_says_the_tenant_where_the_template_is_plain() {
        assert_eq!(role_affixes("t_{tenant}"), Some(("t_".to_owned(), String::new())));
        assert_eq!(role_affixes("{tenant}-rw"), Some((String::new(), "-rw".to_owned())));
        for other in ["{opaque}", "t_{tenant}_{opaque}", "{tenant}{tenant}", "shared"] {
            assert_eq!(role_affixes(other), None, "{other}");
        }
    }

    const MAP: &str = r#"
        version = 1
        [shards.east]
        primary = "host=127.0.0.1 port=5501 dbname=app"
        role_key = "file:key"
        provisioner = "file:provisioner"
        max_connections = 40
        [plans.basic]
        [models.shop]
        kind = "row"
        tenant_column = "tenant_id"
        role = "t_{tenant}"
        reference_tables = ["countries"]
        [models.crm]
        kind = "schema"
        schema = "s_{opaque}"
        role = "r_{opaque}"
        template_schema = "crm_template"
        reference_tables = ["countries"]
        [models.vault]
        kind = "database"
        database = "d_{tenant}"
        template_database = "vault_template"
        [tenants]
        acme = { shard = "east", model = "shop", plan = "basic", key = "a" }
        hooli = { shard = "east", model = "crm", plan = "basic" }
        wayne = { shard = "east", model = "vault", plan = "basic" }
    "#;

    fn files(map: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let texts = [
            ("pgtenant.toml", "shard_map = \"map.toml\"\n"),
            ("map.toml", map),
            ("key", "a key of sixteen bytes"),
            ("provisioner", "host=h user=p"),
        ];
        for (name, text) in texts {
            std::fs::write(folder.path().join(name), text).expect("a file");
        }
        folder
    }

    fn now<T>(spec: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(spec)
    }

    #[test]
    fn the_map_says_everything() {
        let folder = files(MAP);
        let spec = |tenant| now(spec(&folder.path().join("pgtenant.toml"), tenant));
        let acme = spec("acme").expect("acme");
        let reference_tables = vec!["countries".to_owned()];
        let role_affixes = Some(("t_".to_owned(), String::new()));
        let kind = TenantKind::Row { tenant_column: "tenant_id".to_owned(), key: "a".to_owned(), reference_tables, role_affixes };
        assert_eq!(
            (acme.kind, acme.role.as_str(), acme.database.as_str(), acme.provisioner.as_str()),
            (kind, "t_acme", "app", "host=h user=p")
        );
        assert_eq!(acme.password, crate::keys::role_password("a key of sixteen bytes", "t_acme"));
        let hooli = spec("hooli").expect("hooli");
        let TenantKind::Schema { schema, template, reference_tables } = hooli.kind else { panic!("{hooli:?}") };
        assert_eq!((template.as_deref(), reference_tables.len()), (Some("crm_template"), 1));
        assert!(schema.len() == 18 && hooli.role.len() == 18 && !schema.contains("hooli"));
        let wayne = spec("wayne").expect("wayne");
        assert_eq!(
            (wayne.database.as_str(), wayne.kind),
            ("d_wayne", TenantKind::Database { template: Some("vault_template".to_owned()) })
        );
        assert!(matches!(spec("nobody"), Err(CreateCommandError::UnknownTenant { .. })));
    }

    #[test]
    fn a_template_belongs_to_its_kind() {
        let folder = files(&MAP.replace("tenant_column = ", "template_schema = \"x\"\n        tenant_column = "));
        let error = now(spec(&folder.path().join("pgtenant.toml"), "acme")).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("`template_schema` belongs to kind = \"schema\""), "{error}");
    }
}
