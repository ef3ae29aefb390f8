//! The shard map as a whole: its versions, and the way back.

use axum::{Extension, Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    super::{Shared, access::Caller, problem::Problem},
    changes::{Outcome, Rules, signature},
    extract::{InBody, InPath, InQuery},
    paging::{Page, Paging},
};
use crate::{config::Role, lifecycle::maps::HistoryEntry, telemetry::calendar::Moment};

/// Versions of the history that are looked at.
const MOST: usize = 10_000;

/// The map that is served.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct MapView {
    /// Its version in the store; 0: it was never changed through pgtenant.
    version: u64,
    /// How many maps this process has taken.
    taken: u64,
    /// Tenants that have an entry.
    tenants: usize,
    /// Shards.
    shards: usize,
    /// Whether a rule places tenants without an entry.
    placement: bool,
}

/// A version of the map.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct VersionView {
    /// Its number.
    version: u64,
    /// The version that it was made from; 0: none.
    base: u64,
    /// When, RFC 3339.
    at: String,
    /// Who.
    author: String,
    /// Why.
    reason: Option<String>,
    /// What it changed, in words.
    changes: String,
    /// Whether it is the newest one.
    current: bool,
}

impl From<HistoryEntry> for VersionView {
    fn from(entry: HistoryEntry) -> Self {
        VersionView {
            version: entry.version,
            base: entry.base,
            at: Moment::from_millis(entry.at_millis).to_string(),
            author: entry.author,
            reason: entry.reason,
            changes: entry.changes,
            current: entry.is_current,
        }
    }
}

/// A version's text.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct VersionText {
    /// Its number.
    version: u64,
    /// The file.
    text: String,
}

/// A whole new map.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewMap {
    /// The file. Its `revision` says what it was made from, unless `expected_version` does.
    text: String,
    /// Why, for the history.
    #[serde(default)]
    reason: Option<String>,
}

/// Which version comes back.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Back {
    /// Its number.
    version: u64,
    /// Why, for the history.
    #[serde(default)]
    reason: Option<String>,
}

/// The map that is served.
#[utoipa::path(get, path = "/api/v1/map", tag = "map", responses((status = 200, body = MapView)))]
pub(super) async fn get(State(desk): State<Shared>) -> Json<MapView> {
    let map = &desk.front.served.load().map;
    Json(MapView {
        version: map.revision,
        taken: map.version,
        tenants: map.tenant_count(),
        shards: map.shards().count(),
        placement: map.placement().is_some(),
    })
}

/// Takes a whole new map.
#[utoipa::path(put, path = "/api/v1/map", tag = "map", params(Rules), request_body = NewMap, responses((status = 200, body = Outcome)))]
pub(super) async fn put(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    InQuery(rules): InQuery<Rules>,
    InBody(map): InBody<NewMap>,
) -> Result<Json<Outcome>, Problem> {
    let rules = rules.edit_rules();
    let taken = desk.store.apply(&map.text, &signature(&caller, map.reason), rules).await?;
    if !rules.dry_run && taken.is_new {
        tracing::info!(operator = %caller.name, version = taken.version, changes = %taken.changes, "shard map changed");
    }
    Ok(Json(Outcome::new(&taken, rules.dry_run)))
}

/// Versions, the newest first.
#[utoipa::path(get, path = "/api/v1/map/versions", tag = "map", params(Paging), responses((status = 200, body = Page<VersionView>)))]
pub(super) async fn versions(State(desk): State<Shared>, InQuery(paging): InQuery<Paging>) -> Result<Json<Page<VersionView>>, Problem> {
    let history = desk.store.history(MOST).await?;
    Ok(Json(paging.cut(history.into_iter(), VersionView::from)))
}

/// A version's text, for operators: hashes of passwords are in it.
#[utoipa::path(get, path = "/api/v1/map/versions/{version}", tag = "map", params(("version" = u64, Path, description = "Its number")),
    responses((status = 200, body = VersionText)))]
pub(super) async fn version(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    InPath(version): InPath<u64>,
) -> Result<Json<VersionText>, Problem> {
    if caller.role < Role::Operator {
        return Err(Problem::forbidden("hashes of passwords are in it, which are for operators only"));
    }
    Ok(Json(VersionText { version, text: desk.store.text(version).await? }))
}

/// Takes an older version's text again, as a new version.
#[utoipa::path(post, path = "/api/v1/map/rollback", tag = "map", params(Rules), request_body = Back, responses((status = 200, body = Outcome)))]
pub(super) async fn rollback(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    InQuery(rules): InQuery<Rules>,
    InBody(back): InBody<Back>,
) -> Result<Json<Outcome>, Problem> {
    let rules = rules.edit_rules();
    let taken = desk.store.rollback(back.version, &signature(&caller, back.reason), rules).await?;
    if !rules.dry_run && taken.is_new {
        tracing::info!(operator = %caller.name, version = taken.version, changes = %taken.changes, "shard map changed");
    }
    Ok(Json(Outcome::new(&taken, rules.dry_run)))
}
