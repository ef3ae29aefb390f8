//! Tenants, for those who look.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{
    super::{Shared, problem::Problem},
    extract::{InPath, InQuery},
    paging::{Page, Paging},
};
use crate::{
    admin::view::{
        health::{Grade, shards},
        limits::limits_of,
        overview::SAMPLE,
        tenants::{TenantView, tenant as look},
    },
    shard_map::{Listed, TenantStatus},
    telemetry::latencies::Percentiles,
    tenant::{storage::Standing, usage::Counts},
};

/// What a tenant may do at present.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    /// Everything.
    Active,
    /// Read.
    ReadOnly,
    /// Nothing.
    Suspended,
}

impl From<TenantStatus> for Status {
    fn from(status: TenantStatus) -> Self {
        match status {
            TenantStatus::Active => Status::Active,
            TenantStatus::ReadOnly => Status::ReadOnly,
            TenantStatus::Suspended => Status::Suspended,
        }
    }
}

/// Which tenants.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct TenantFilter {
    /// On this shard.
    shard: Option<String>,
    /// Of this model.
    model: Option<String>,
    /// With this plan.
    plan: Option<String>,
    /// With this status.
    #[param(inline)]
    status: Option<Status>,
    /// Whose id begins so.
    prefix: Option<String>,
}

/// A tenant in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct TenantSummary {
    /// Its id.
    id: String,
    /// Its shard.
    shard: String,
    /// Its model.
    model: String,
    /// Its plan.
    plan: String,
    /// What it may do at present.
    status: Status,
    /// Sessions at present.
    sessions: u32,
}

/// A tenant as the shard map has it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct TenantDetails {
    /// Its id.
    id: String,
    /// Its shard.
    shard: String,
    /// Its model.
    model: String,
    /// How the model keeps tenants apart: row, schema or database.
    kind: String,
    /// How tenants share server connections: login, signed or shared.
    lock: String,
    /// Its plan.
    plan: String,
    /// What it may do at present.
    status: Status,
    /// Why it may not do everything, in the operator's words.
    reason: Option<String>,
    /// False: it has no entry in the map, a rule places it.
    listed: bool,
    /// Its value in the tenant column.
    key: String,
    /// Its database role.
    role: String,
    /// Its database.
    database: String,
    /// Its schema, in the schema model.
    schema: Option<String>,
}

/// What a tenant may use, in the spelling of the shard map.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct TenantConfig {
    /// Its id.
    id: String,
    /// Its plan.
    plan: String,
    /// When a session gives its server connection back: session, transaction or statement.
    pool_mode: String,
    /// What becomes of statements that it shouldn't run: enforce, observe or off.
    gate: String,
    /// The plan's limits after the tenant's own overrides; those that aren't there don't hold.
    #[schema(value_type = BTreeMap<String, Value>)]
    limits: BTreeMap<&'static str, Value>,
}

/// How long something took, in microseconds.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(super) struct Micros {
    /// Half of them were no longer.
    p50: u32,
    /// Nine of ten.
    p90: u32,
    /// Ninety-nine of a hundred.
    p99: u32,
    /// The longest.
    max: u32,
}

impl From<Percentiles> for Micros {
    fn from(Percentiles { p50, p90, p99, max }: Percentiles) -> Self {
        Micros { p50, p90, p99, max }
    }
}

/// What a tenant has done since the process began, and what it does.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct TenantUsage {
    /// Its id.
    id: String,
    /// How much was done, by what is counted.
    #[schema(value_type = BTreeMap<String, u64>)]
    counts: BTreeMap<&'static str, u64>,
    /// What it asked for and didn't get, by reason.
    #[schema(value_type = BTreeMap<String, u64>)]
    refusals: BTreeMap<&'static str, u64>,
    /// Sessions at present.
    sessions: u32,
    /// The most at once since the last usage record.
    peak_sessions: u32,
    /// Server connections that it uses.
    connections: u32,
    /// Sessions that wait for one.
    waiting: u32,
    /// How long transactions took since the last usage record.
    transactions: Option<Micros>,
    /// How long server connections were waited for since then.
    waits: Option<Micros>,
    /// What its data takes, where it is measured.
    storage_bytes: Option<u64>,
    /// What it may take.
    storage_limit_bytes: Option<u64>,
    /// Statements in each sample of the last minutes, the oldest first.
    statements: Vec<u32>,
    /// How long a sample is, in seconds.
    sample_seconds: u64,
}

/// How a tenant is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct TenantHealth {
    /// Its id.
    id: String,
    /// good, poor or bad.
    status: String,
    /// Why it isn't good.
    reasons: Vec<String>,
}

fn unknown(id: &str) -> Problem {
    Problem::not_found(format!("tenant {id:?} is not in the shard map"))
}

fn found(desk: &Shared, id: &str) -> Result<TenantView, Problem> {
    look(&desk.front, id).ok_or_else(|| unknown(id))
}

/// Tenants that have an entry in the shard map, in its order.
#[utoipa::path(get, path = "/api/v1/tenants", tag = "tenants", params(Paging, TenantFilter), responses((status = 200, body = Page<TenantSummary>)))]
pub(super) async fn list(
    State(desk): State<Shared>,
    InQuery(paging): InQuery<Paging>,
    InQuery(filter): InQuery<TenantFilter>,
) -> Result<Json<Page<TenantSummary>>, Problem> {
    let map = std::sync::Arc::clone(&desk.front.served.load().map);
    let is = |wanted: &Option<String>, value: &str| wanted.as_ref().is_none_or(|wanted| wanted == value);
    let suits = |entry: &Listed<'_>| {
        is(&filter.shard, entry.shard)
            && is(&filter.model, entry.model)
            && is(&filter.plan, entry.plan)
            && filter.status.is_none_or(|wanted| wanted == entry.status.into())
            && filter.prefix.as_ref().is_none_or(|prefix| entry.id.starts_with(prefix.as_str()))
    };
    let summary = |entry: Listed<'_>| TenantSummary {
        id: entry.id.to_owned(),
        shard: entry.shard.to_owned(),
        model: entry.model.to_owned(),
        plan: entry.plan.to_owned(),
        status: entry.status.into(),
        sessions: desk.front.metering.get(&entry.id.into()).map_or(0, |meter| meter.sessions()),
    };
    Ok(Json(paging.cut(map.listed().filter(suits), summary)))
}

/// A tenant.
#[utoipa::path(get, path = "/api/v1/tenants/{id}", tag = "tenants", params(("id" = String, Path, description = "The tenant's id")), responses((status = 200, body = TenantDetails)))]
pub(super) async fn get(State(desk): State<Shared>, InPath(id): InPath<String>) -> Result<Json<TenantDetails>, Problem> {
    Ok(Json(details(&found(&desk, &id)?)))
}

fn details(view: &TenantView) -> TenantDetails {
    let tenant = &view.tenant;
    TenantDetails {
        id: tenant.id.to_string(),
        shard: tenant.shard.id.to_string(),
        model: tenant.model.id.to_string(),
        kind: tenant.model.kind.as_str().to_owned(),
        lock: tenant.model.lock.as_str().to_owned(),
        plan: tenant.plan.id.to_string(),
        status: tenant.status.into(),
        reason: tenant.reason.as_deref().map(str::to_owned),
        listed: view.is_listed,
        key: tenant.key.to_string(),
        role: tenant.role.to_string(),
        database: tenant.database.to_string(),
        schema: tenant.schema.as_deref().map(str::to_owned),
    }
}

/// What a tenant may use.
#[utoipa::path(get, path = "/api/v1/tenants/{id}/config", tag = "tenants", params(("id" = String, Path, description = "The tenant's id")), responses((status = 200, body = TenantConfig)))]
pub(super) async fn config(State(desk): State<Shared>, InPath(id): InPath<String>) -> Result<Json<TenantConfig>, Problem> {
    let tenant = found(&desk, &id)?.tenant;
    Ok(Json(TenantConfig {
        id: tenant.id.to_string(),
        plan: tenant.plan.id.to_string(),
        pool_mode: tenant.plan.pool_mode.as_str().to_owned(),
        gate: tenant.gate.as_str().to_owned(),
        limits: limits_of(&tenant.limits).into_iter().collect(),
    }))
}

/// What a tenant has done since the process began, and what it does.
#[utoipa::path(get, path = "/api/v1/tenants/{id}/usage", tag = "tenants", params(("id" = String, Path, description = "The tenant's id")), responses((status = 200, body = TenantUsage)))]
pub(super) async fn usage(State(desk): State<Shared>, InPath(id): InPath<String>) -> Result<Json<TenantUsage>, Problem> {
    let view = found(&desk, &id)?;
    let recent = desk.overview.tenant(&view.tenant.id);
    let (counts, usage) = (view.usage.as_ref().map(|usage| usage.counts).unwrap_or_default(), view.usage.as_ref());
    Ok(Json(TenantUsage {
        counts: Counts::named(&counts).collect(),
        refusals: usage.iter().flat_map(|usage| &usage.refusals).map(|(why, count)| (why.as_str(), *count)).collect(),
        sessions: usage.map_or(0, |usage| usage.sessions),
        peak_sessions: usage.map_or(0, |usage| usage.peak_sessions),
        connections: view.connections.map_or(0, |(_, queue)| queue.in_use),
        waiting: view.connections.map_or(0, |(_, queue)| queue.waiting),
        transactions: usage.and_then(|usage| usage.turns).map(Micros::from),
        waits: usage.and_then(|usage| usage.waits).map(Micros::from),
        storage_bytes: view.storage.map(|storage| storage.bytes),
        storage_limit_bytes: view.tenant.limits.storage,
        statements: recent.map(|row| row.statements).unwrap_or_default(),
        sample_seconds: SAMPLE.as_secs(),
        id,
    }))
}

/// How a tenant is: whether it may work, whether its shard does, and whether it has used up what it may use.
#[utoipa::path(get, path = "/api/v1/tenants/{id}/health", tag = "tenants", params(("id" = String, Path, description = "The tenant's id")), responses((status = 200, body = TenantHealth)))]
pub(super) async fn health(State(desk): State<Shared>, InPath(id): InPath<String>) -> Result<Json<TenantHealth>, Problem> {
    let view = found(&desk, &id)?;
    let (grade, reasons) = judge(&desk, &view);
    Ok(Json(TenantHealth { id, status: grade.as_str().to_owned(), reasons }))
}

/// How a tenant is, and why it isn't well.
pub(in crate::admin::http) fn judge(desk: &Shared, view: &TenantView) -> (Grade, Vec<String>) {
    let (mut grade, mut reasons) = (Grade::Good, Vec::new());
    let mut add = |worse: Grade, why: String| {
        grade = grade.max(worse);
        reasons.push(why);
    };
    let because = view.tenant.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    match view.tenant.status {
        TenantStatus::Active => {}
        TenantStatus::ReadOnly => add(Grade::Poor, format!("the tenant may only read{because}")),
        TenantStatus::Suspended => add(Grade::Bad, format!("the tenant is suspended{because}")),
    }
    if let Some(shard) = shards(&desk.front).into_iter().find(|shard| shard.id == view.tenant.shard.id) {
        let why = shard.why.unwrap_or_default();
        if shard.grade != Grade::Good {
            add(shard.grade, format!("shard {}: {why}", shard.id));
        }
    }
    match view.standing {
        Standing::Unknown | Standing::Within => {}
        Standing::Warned => add(Grade::Poor, "its storage is nearly used up".to_owned()),
        Standing::Full => add(Grade::Poor, "its storage is used up: it may read and delete".to_owned()),
    }
    if let Some((_, queue)) = view.connections {
        if queue.over_budget {
            add(Grade::Poor, "its server time is used up, and others want the shard".to_owned());
        }
        if queue.waiting > 0 && queue.in_use >= queue.limit {
            add(Grade::Poor, format!("{} sessions wait: it uses all of its {} server connections", queue.waiting, queue.limit));
        }
    }
    (grade, reasons)
}
