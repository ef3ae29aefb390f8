//! `pgtenant list`, `suspend TENANT`, `resume TENANT`.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use comfy_table::{Table, presets};
use serde_json::json;

use super::map::{MapCommandError, Signed, store, tell};
use crate::{
    config::Environment,
    ids::TenantId,
    lifecycle::maps::EditRules,
    shard_map::{ShardMap, Tenant, edit::Edit},
};

/// Which tenants are listed.
#[derive(Clone, Debug, clap::Args)]
pub struct ListArgs {
    /// The file pgtenant.toml
    #[arg(long)]
    config: PathBuf,
    /// Only those of this shard
    #[arg(long)]
    shard: Option<String>,
    /// Only those of this plan
    #[arg(long)]
    plan: Option<String>,
    /// Only those of this model
    #[arg(long)]
    model: Option<String>,
    /// Only those that are active, read_only or suspended
    #[arg(long)]
    status: Option<String>,
    /// JSON lines in place of a table
    #[arg(long)]
    json: bool,
}

/// Whom to suspend.
#[derive(Clone, Debug, clap::Args)]
pub struct SuspendArgs {
    /// The tenant, as the shard map calls it
    tenant: String,
    /// The file pgtenant.toml
    #[arg(long)]
    config: PathBuf,
    /// What its clients are told
    #[arg(long, value_name = "TEXT")]
    tell: Option<String>,
    /// It may still read
    #[arg(long)]
    read_only: bool,
    #[command(flatten)]
    signed: Signed,
}

/// Whom to let in again.
#[derive(Clone, Debug, clap::Args)]
pub struct ResumeArgs {
    /// The tenant, as the shard map calls it
    tenant: String,
    /// The file pgtenant.toml
    #[arg(long)]
    config: PathBuf,
    #[command(flatten)]
    signed: Signed,
}

/// Suspends a tenant.
///
/// # Errors
/// The map's.
pub async fn suspend(args: &SuspendArgs) -> Result<ExitCode, MapCommandError> {
    let (tenant, reason) = (TenantId::from(args.tenant.as_str()), args.tell.clone());
    let edit = if args.read_only { Edit::ReadOnly { tenant, reason } } else { Edit::Suspend { tenant, reason } };
    let taken = store(&args.config)?.edit(&[edit], &args.signed.signature(), EditRules::default()).await?;
    Ok(tell(&taken, false))
}

/// Lets a tenant do everything again.
///
/// # Errors
/// The map's.
pub async fn resume(args: &ResumeArgs) -> Result<ExitCode, MapCommandError> {
    let edit = Edit::Resume { tenant: TenantId::from(args.tenant.as_str()) };
    let taken = store(&args.config)?.edit(&[edit], &args.signed.signature(), EditRules::default()).await?;
    Ok(tell(&taken, false))
}

/// Lists tenants that have an entry.
///
/// # Errors
/// The map's.
pub async fn list(args: &ListArgs) -> Result<ExitCode, MapCommandError> {
    let text = store(&args.config)?.fetch().await?;
    // Secrets aren't needed for this, and needn't be here.
    let map = text.read(&Environment::process().with_stand_ins())?;
    let tenants: Vec<Arc<Tenant>> = listed(&map, args).collect();
    if args.json {
        for tenant in tenants {
            println!("{}", line(&tenant));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["tenant", "status", "shard", "model", "plan", "reason"]);
    for Tenant { id, status, shard, model, plan, reason, .. } in tenants.iter().map(AsRef::as_ref) {
        let reason = reason.as_deref().unwrap_or_default();
        table.add_row([id.as_str(), status.as_str(), shard.id.as_str(), model.id.as_str(), plan.id.as_str(), reason]);
    }
    println!("{}", table.trim_fmt());
    if let Some(rule) = map.placement() {
        println!("and others, placed by rule over {} buckets", rule.bucket_count());
    }
    Ok(ExitCode::SUCCESS)
}

fn listed(map: &ShardMap, args: &ListArgs) -> impl Iterator<Item = Arc<Tenant>> {
    let is = |wanted: &Option<String>, what: &str| wanted.as_ref().is_none_or(|wanted| wanted == what);
    let ids = map.tenants();
    ids.filter_map(|id| map.tenant(id.as_str())).filter(move |tenant| {
        is(&args.shard, tenant.shard.id.as_str())
            && is(&args.plan, tenant.plan.id.as_str())
            && is(&args.model, tenant.model.id.as_str())
            && is(&args.status, tenant.status.as_str())
    })
}

fn line(tenant: &Tenant) -> serde_json::Value {
    json!({
        "tenant": tenant.id.as_str(),
        "status": tenant.status.as_str(),
        "shard": tenant.shard.id.as_str(),
        "model": tenant.model.id.as_str(),
        "plan": tenant.plan.id.as_str(),
        "reason": tenant.reason.as_deref(),
    })
}
