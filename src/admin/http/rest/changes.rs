//! Changes of tenants, each with an author, who is the caller, and a reason. What may be changed, and into what, is for the shard map's own
//! loader to say.

use std::collections::BTreeMap;

use axum::{Extension, Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    super::{Shared, access::Caller, problem::Problem},
    extract::{InBody, InPath, InQuery},
};
use crate::{
    error::ClientFacing,
    ids::TenantId,
    lifecycle::maps::{EditRules, MapError, MapErrorKind, Signature, Taken},
    shard_map::edit::{Assignment, Edit, Value},
};

/// How a change is made.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Rules {
    /// Nothing is changed: the answer says what would be.
    #[serde(default)]
    dry_run: bool,
    /// Only if the map is at this version.
    expected_version: Option<u64>,
    /// Also if tenants would be left without their data.
    #[serde(default)]
    force: bool,
}

impl Rules {
    pub(super) fn edit_rules(self) -> EditRules {
        EditRules { expected: self.expected_version, force: self.force, dry_run: self.dry_run }
    }
}

/// What a change has done, or would do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Outcome {
    /// The map's version after it. The proxy serves it within a second.
    version: u64,
    /// What it changes, in words.
    changes: String,
    /// Whether there is anything new.
    changed: bool,
    /// Why `force` was needed, or would be.
    strands: Vec<String>,
    /// Nothing was changed.
    dry_run: bool,
}

impl Outcome {
    pub(super) fn new(taken: &Taken, dry_run: bool) -> Self {
        Outcome {
            version: taken.version,
            changes: taken.changes.to_string(),
            changed: taken.is_new,
            strands: taken.strands.clone(),
            dry_run,
        }
    }
}

/// A value of the map's file.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Setting {
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Another number.
    Float(f64),
    /// A text. Durations and sizes are texts, too.
    Text(String),
    /// Several texts.
    List(Vec<String>),
}

impl From<Setting> for Value {
    fn from(setting: Setting) -> Self {
        match setting {
            Setting::Boolean(value) => Value::Boolean(value),
            Setting::Integer(value) => Value::Integer(value),
            Setting::Float(value) => Value::Float(value),
            Setting::Text(value) => Value::Text(value),
            Setting::List(values) => Value::List(values.into_iter().map(Value::Text).collect()),
        }
    }
}

/// Keys of a tenant's entry, as the shard map has them: `plan`, `limits.max_connections`. Null takes a key away.
type Settings = BTreeMap<String, Option<Setting>>;

fn assignments(settings: Settings) -> Vec<Assignment> {
    settings.into_iter().map(|(key, value)| Assignment { key, value: value.map(Value::from) }).collect()
}

/// A tenant that isn't there yet.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewTenant {
    /// Its id.
    #[schema(min_length = 1, max_length = 63, pattern = "^[A-Za-z0-9_][A-Za-z0-9_.-]*$")]
    id: String,
    /// Its shard.
    shard: String,
    /// Its model.
    model: String,
    /// Its plan.
    plan: String,
    /// Further keys of its entry: `key`, `database`, `limits.max_connections`.
    #[serde(default)]
    settings: Settings,
    /// Why, for the history.
    #[serde(default)]
    reason: Option<String>,
}

/// Other keys of a tenant.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangedTenant {
    /// Keys of its entry, as the shard map has them: `plan`, `limits.max_connections`. Null takes a key away.
    settings: Settings,
    /// Why, for the history.
    #[serde(default)]
    reason: Option<String>,
}

/// Why.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Because {
    /// Why: clients of a suspended tenant are told.
    #[serde(default)]
    reason: Option<String>,
}

/// How a tenant goes.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Going {
    /// Logins that act for it alone go as well, and others act for it no more.
    #[serde(default)]
    cascade: bool,
    /// Why, for the history.
    reason: Option<String>,
}

/// Somebody's change.
pub(in crate::admin::http) fn signature(caller: &Caller, reason: Option<String>) -> Signature {
    Signature { author: caller.name.to_string(), reason }
}

impl From<MapError> for Problem {
    fn from(error: MapError) -> Self {
        let status = match error.kind() {
            MapErrorKind::UnknownTenant | MapErrorKind::UnknownShard | MapErrorKind::NoSuchVersion => StatusCode::NOT_FOUND,
            MapErrorKind::Exists | MapErrorKind::Conflict | MapErrorKind::Strands | MapErrorKind::ReadOnlyStore => StatusCode::CONFLICT,
            MapErrorKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            MapErrorKind::Away => StatusCode::SERVICE_UNAVAILABLE,
        };
        let report = error.report();
        let detail = report.detail.map(|detail| format!(": {detail}")).unwrap_or_default();
        let problem = Problem::new(status, format!("{}{detail}", report.message));
        match report.hint {
            Some(hint) => problem.with_hint(hint),
            None => problem,
        }
    }
}

/// Makes a change, and says so in the log.
pub(in crate::admin::http) async fn make(desk: &Shared, edit: Edit, signature: Signature, rules: EditRules) -> Result<Taken, Problem> {
    let taken = desk.store.edit(&[edit], &signature, rules).await?;
    if !rules.dry_run && taken.is_new {
        tracing::info!(operator = signature.author, reason = signature.reason, version = taken.version, changes = %taken.changes, "shard map changed");
    }
    Ok(taken)
}

async fn one(desk: &Shared, caller: &Caller, edit: Edit, reason: Option<String>, rules: Rules) -> Result<Json<Outcome>, Problem> {
    let taken = make(desk, edit, signature(caller, reason), rules.edit_rules()).await?;
    Ok(Json(Outcome::new(&taken, rules.dry_run)))
}

/// Gives a tenant an entry in the shard map. `pgtenant create` sets it up on its shard.
#[utoipa::path(post, path = "/api/v1/tenants", tag = "tenants", params(Rules), request_body = NewTenant,
    responses((status = 201, body = Outcome), (status = 200, description = "What would be done", body = Outcome)))]
pub(super) async fn create(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    InQuery(rules): InQuery<Rules>,
    InBody(tenant): InBody<NewTenant>,
) -> Result<(StatusCode, Json<Outcome>), Problem> {
    let given = [("shard", tenant.shard), ("model", tenant.model), ("plan", tenant.plan)];
    let given = given.map(|(key, value)| Assignment { key: key.to_owned(), value: Some(Value::Text(value)) });
    let set = given.into_iter().chain(assignments(tenant.settings)).collect();
    let edit = Edit::CreateTenant { tenant: TenantId::from(tenant.id), set };
    let outcome = one(&desk, &caller, edit, tenant.reason, rules).await?;
    Ok((if rules.dry_run { StatusCode::OK } else { StatusCode::CREATED }, outcome))
}

/// Changes keys of a tenant's entry.
#[utoipa::path(patch, path = "/api/v1/tenants/{id}", tag = "tenants", params(("id" = String, Path, description = "The tenant's id"), Rules), request_body = ChangedTenant,
    responses((status = 200, body = Outcome)))]
pub(super) async fn update(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    InPath(id): InPath<String>,
    InQuery(rules): InQuery<Rules>,
    InBody(change): InBody<ChangedTenant>,
) -> Result<Json<Outcome>, Problem> {
    let edit = Edit::AlterTenant { tenant: TenantId::from(id), set: assignments(change.settings) };
    one(&desk, &caller, edit, change.reason, rules).await
}

/// Takes a tenant's entry away. Its data stays where it is.
#[utoipa::path(delete, path = "/api/v1/tenants/{id}", tag = "tenants", params(("id" = String, Path, description = "The tenant's id"), Rules, Going),
    responses((status = 200, body = Outcome)))]
pub(super) async fn delete(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    InPath(id): InPath<String>,
    InQuery(rules): InQuery<Rules>,
    InQuery(going): InQuery<Going>,
) -> Result<Json<Outcome>, Problem> {
    let edit = Edit::DropTenant { tenant: TenantId::from(id), cascade: going.cascade };
    one(&desk, &caller, edit, going.reason, rules).await
}

/// From now on the tenant may do nothing; its sessions end with the reason.
#[utoipa::path(post, path = "/api/v1/tenants/{id}/suspend", tag = "tenants", params(("id" = String, Path, description = "The tenant's id"), Rules), request_body = Because,
    responses((status = 200, body = Outcome)))]
pub(super) async fn suspend(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    InPath(id): InPath<String>,
    InQuery(rules): InQuery<Rules>,
    InBody(because): InBody<Because>,
) -> Result<Json<Outcome>, Problem> {
    let edit = Edit::Suspend { tenant: TenantId::from(id), reason: because.reason.clone() };
    one(&desk, &caller, edit, because.reason, rules).await
}

/// From now on the tenant may do everything again.
#[utoipa::path(post, path = "/api/v1/tenants/{id}/resume", tag = "tenants", params(("id" = String, Path, description = "The tenant's id"), Rules), request_body = Because,
    responses((status = 200, body = Outcome)))]
pub(super) async fn resume(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    InPath(id): InPath<String>,
    InQuery(rules): InQuery<Rules>,
    InBody(because): InBody<Because>,
) -> Result<Json<Outcome>, Problem> {
    one(&desk, &caller, Edit::Resume { tenant: TenantId::from(id) }, because.reason, rules).await
}
