//! `pgtenant show TENANT`: where a tenant lives, what it may use, and what its data takes.

use std::{fmt::Write, path::PathBuf, process::ExitCode, time::Duration};

use serde_json::{Value, json};

use crate::{
    admin::view::limits::limits_of,
    backend::{
        control::{Control, ControlError},
        storage::{MeasureError, Meter},
    },
    config::{ConfigErrors, Settings},
    lifecycle::maps::{MapError, MapStore},
    session::{
        placement::ServerTlsCache,
        storage::{LIMIT, control_of, measure},
    },
    shard_map::Tenant,
    tenant::storage::{Measured, in_words},
};

/// What the command line says.
#[derive(Clone, Debug, clap::Args)]
pub struct ShowArgs {
    /// The tenant, as the shard map calls it
    pub tenant: String,
    /// The file pgtenant.toml
    #[arg(long)]
    pub config: PathBuf,
    /// Measure row by row, however long it takes (row model)
    #[arg(long)]
    pub exact: bool,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// Why nothing can be shown.
#[derive(Debug, thiserror::Error)]
pub enum ShowError {
    /// The files have mistakes.
    #[error(transparent)]
    Config(#[from] ConfigErrors),
    /// The map can't be read.
    #[error(transparent)]
    Map(#[from] MapError),
    /// Neither an entry nor a placement rule.
    #[error("tenant {0:?} is not in the shard map")]
    UnknownTenant(String),
}

/// Runs the command. What can't be measured is said so, and the command fails.
///
/// # Errors
/// See [`ShowError`].
pub async fn run(args: &ShowArgs) -> Result<ExitCode, ShowError> {
    let map = MapStore::open(&Settings::load(&args.config)?)?.load().await?;
    let tenant = map.tenant(&args.tenant).ok_or_else(|| ShowError::UnknownTenant(args.tenant.clone()))?;
    let storage = look(&tenant, args.exact).await;
    let failed = storage.is_err();
    let shown = Shown { tenant: &tenant, storage, exact: args.exact };
    print!("{}", if args.json { format!("{:#}\n", shown.json()) } else { shown.text() });
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// As the login that measures, or as the provisioner where that one isn't let in.
async fn look(tenant: &Tenant, exact: bool) -> Result<(Measured, Option<u64>), MeasureError> {
    let limit = if exact { Duration::ZERO } else { LIMIT };
    let first = match control_of(tenant, &ServerTlsCache::default()) {
        Ok(control) => Meter::connect(&control, limit).await,
        Err(error) => Err(error),
    };
    let meter = match (first, &tenant.shard.provisioner) {
        (Ok(meter), _) => meter,
        (Err(MeasureError::Connect(ControlError::Refused { .. }) | MeasureError::NoSecret(_)), Some(provisioner)) => {
            Meter::connect(&Control::from_text(provisioner.reveal(), Some(&tenant.database))?, limit).await?
        }
        (Err(error), _) => return Err(error),
    };
    measure(&meter, tenant, exact).await
}

/// What is shown of a tenant.
struct Shown<'a> {
    tenant: &'a Tenant,
    storage: Result<(Measured, Option<u64>), MeasureError>,
    exact: bool,
}

impl Shown<'_> {
    fn text(&self) -> String {
        let Tenant { id, shard, model, plan, limits, status, reason, database, schema, .. } = self.tenant;
        let mut text = String::new();
        let mut line = |name: &str, value: String| {
            let _ = writeln!(text, "{name:<9} {value}");
        };
        line("tenant", id.to_string());
        let reason = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        line("status", format!("{}{reason}", status.as_str()));
        line("shard", format!("{} ({})", shard.id, shard.primary));
        let schema = schema.as_ref().map(|schema| format!(", schema {schema}")).unwrap_or_default();
        line("model", format!("{} ({}, lock {}), database {database}{schema}", model.id, model.kind.as_str(), model.lock.as_str()));
        line("plan", plan.id.to_string());
        let limited: Vec<String> = limits_of(limits).into_iter().map(|(name, value)| format!("{name} {}", plain(&value))).collect();
        line("limits", limited.join(", "));
        match &self.storage {
            Ok((measured, rows)) => line("storage", self.storage_in_words(measured, *rows)),
            Err(error) => line("storage", format!("unknown: {error}")),
        }
        text
    }

    fn storage_in_words(&self, measured: &Measured, rows: Option<u64>) -> String {
        let limits = &self.tenant.limits;
        let mut text = in_words(measured.bytes);
        if let Some(limit) = limits.storage {
            let percent = measured.bytes as f64 * 100.0 / limit.max(1) as f64;
            let warning = limits.storage_warning.of(limit);
            let standing = match measured.bytes {
                bytes if bytes >= limit => ", used up",
                bytes if bytes >= warning => ", beyond the threshold of warnings",
                _ => "",
            };
            let _ = write!(text, " of {} ({percent:.1}%{standing}), warnings from {} on", in_words(limit), in_words(warning));
        }
        if let Some(disk) = measured.disk {
            let _ = write!(text, "; files {}", in_words(disk));
        }
        if let Some(rows) = rows {
            let how = if self.exact { "each one measured" } else { "counted, widths estimated" };
            let _ = write!(text, "; {rows} rows, {how}");
        }
        text
    }

    fn json(&self) -> Value {
        let Tenant { id, shard, model, plan, limits, status, reason, database, schema, .. } = self.tenant;
        let limited: serde_json::Map<String, Value> = limits_of(limits).into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let storage = match &self.storage {
            Ok((measured, rows)) => json!({
                "bytes": measured.bytes,
                "files": measured.disk,
                "rows": rows,
                "exact": self.exact,
                "limit": limits.storage,
                "warning": limits.storage.map(|limit| limits.storage_warning.of(limit)),
            }),
            Err(error) => json!({ "error": error.to_string(), "limit": limits.storage }),
        };
        json!({
            "tenant": id.as_str(),
            "status": status.as_str(),
            "reason": reason.as_deref(),
            "shard": shard.id.as_str(),
            "primary": shard.primary.to_string(),
            "model": model.id.as_str(),
            "kind": model.kind.as_str(),
            "lock": model.lock.as_str(),
            "database": &**database,
            "schema": schema.as_deref(),
            "plan": plan.id.as_str(),
            "limits": limited,
            "storage": storage,
        })
    }
}

/// Texts without their quotes.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
