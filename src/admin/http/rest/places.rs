//! What the shard map has beside tenants: shards, plans, logins. Never a secret.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    super::{Shared, problem::Problem},
    extract::{InPath, InQuery},
    paging::{Page, Paging},
};
use crate::{
    admin::view::{
        health::{ServerHealth, ShardHealth, shards as look},
        limits::limits_of,
    },
    shard_map::{Login, LoginScope, LoginSecret, Plan, ShardMap},
};

/// A shard.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct ShardView {
    /// Its name.
    id: String,
    /// good, poor or bad.
    status: String,
    /// Why it isn't good.
    reason: Option<String>,
    /// Server connections at once, over all pools of all proxies.
    max_connections: u32,
    /// Its servers, the primary of the file first.
    servers: Vec<ServerView>,
}

/// A server of a shard.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct ServerView {
    /// Host and port.
    address: String,
    /// What it is, where servers are watched: those of shards with replicas.
    role: Option<String>,
    /// How far it is behind.
    lag_seconds: f64,
    /// The same in bytes.
    lag_bytes: u64,
    /// Connections to it, where it is used.
    connections: Option<ConnectionsView>,
}

/// Connections to a server.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(super) struct ConnectionsView {
    /// In use.
    in_use: u32,
    /// Not in use.
    idle: u32,
    /// Those, and those that are being opened or closed.
    open: u32,
    /// As many as this proxy may have.
    limit: u32,
    /// Sessions that wait for one.
    waiting: u32,
    /// How long the first of them has waited.
    longest_wait_seconds: f64,
}

impl ShardView {
    fn new(health: ShardHealth, map: &ShardMap) -> Self {
        ShardView {
            status: health.grade.as_str().to_owned(),
            reason: health.why,
            max_connections: map.shard(health.id.as_str()).map_or(0, |shard| shard.max_connections),
            servers: health.servers.into_iter().map(ServerView::from).collect(),
            id: health.id.to_string(),
        }
    }
}

impl From<ServerHealth> for ServerView {
    fn from(server: ServerHealth) -> Self {
        ServerView {
            role: server.role.as_ref().map(ToString::to_string),
            lag_seconds: server.lag.as_secs_f64(),
            lag_bytes: server.lag_bytes,
            connections: server.figures.map(|figures| ConnectionsView {
                in_use: figures.in_use,
                idle: figures.idle,
                open: figures.open,
                limit: figures.cap,
                waiting: figures.waiting,
                longest_wait_seconds: figures.longest_wait.as_secs_f64(),
            }),
            address: server.address,
        }
    }
}

/// A plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct PlanView {
    /// Its name.
    id: String,
    /// When a session gives its server connection back: session, transaction or statement.
    pool_mode: String,
    /// Whether its tenants may create, alter and drop what is their own.
    ddl: bool,
    /// What its tenants may use, in the spelling of the shard map.
    #[schema(value_type = BTreeMap<String, Value>)]
    limits: BTreeMap<&'static str, Value>,
}

impl From<&Plan> for PlanView {
    fn from(plan: &Plan) -> Self {
        PlanView {
            id: plan.id.to_string(),
            pool_mode: plan.pool_mode.as_str().to_owned(),
            ddl: plan.ddl,
            limits: limits_of(&plan.limits).into_iter().collect(),
        }
    }
}

/// A login. What proves it is never shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct LoginView {
    /// Its name.
    id: String,
    /// operator or viewer; null: it acts for tenants.
    role: Option<String>,
    /// The tenants that it may act for; `*` stands for all.
    tenants: Vec<String>,
    /// How it proves itself: scram, md5, password, jwt, certificate or peer.
    proof: String,
    /// Client connections at once.
    max_clients: Option<u32>,
}

impl From<&Login> for LoginView {
    fn from(login: &Login) -> Self {
        let (role, tenants) = match &login.scope {
            LoginScope::Tenant(only) => (None, vec![only.to_string()]),
            LoginScope::Tenants(several) => (None, several.iter().map(ToString::to_string).collect()),
            LoginScope::AllTenants => (None, vec!["*".to_owned()]),
            LoginScope::Operator => (Some("operator".to_owned()), Vec::new()),
            LoginScope::Viewer => (Some("viewer".to_owned()), Vec::new()),
        };
        let proof = match login.secret {
            LoginSecret::Jwt => "jwt",
            LoginSecret::Scram(_) => "scram",
            LoginSecret::Md5(_) => "md5",
            LoginSecret::Plain(_) => "password",
            LoginSecret::Certificate => "certificate",
            LoginSecret::TrustOnUnixSocket => "peer",
        };
        LoginView { id: login.id.to_string(), role, tenants, proof: proof.to_owned(), max_clients: login.max_clients }
    }
}

fn map(desk: &Shared) -> Arc<ShardMap> {
    Arc::clone(&desk.front.served.load().map)
}

/// Shards.
#[utoipa::path(get, path = "/api/v1/shards", tag = "places", params(Paging), responses((status = 200, body = Page<ShardView>)))]
pub(super) async fn shards(State(desk): State<Shared>, InQuery(paging): InQuery<Paging>) -> Json<Page<ShardView>> {
    let map = map(&desk);
    Json(paging.cut(look(&desk.front).into_iter(), |shard| ShardView::new(shard, &map)))
}

/// A shard.
#[utoipa::path(get, path = "/api/v1/shards/{id}", tag = "places", params(("id" = String, Path, description = "Its name")), responses((status = 200, body = ShardView)))]
pub(super) async fn shard(State(desk): State<Shared>, InPath(id): InPath<String>) -> Result<Json<ShardView>, Problem> {
    let found = look(&desk.front).into_iter().find(|shard| shard.id.as_str() == id);
    let shard = found.ok_or_else(|| Problem::not_found(format!("shard {id:?} is not in the shard map")))?;
    Ok(Json(ShardView::new(shard, &map(&desk))))
}

/// Plans.
#[utoipa::path(get, path = "/api/v1/plans", tag = "places", params(Paging), responses((status = 200, body = Page<PlanView>)))]
pub(super) async fn plans(State(desk): State<Shared>, InQuery(paging): InQuery<Paging>) -> Json<Page<PlanView>> {
    Json(paging.cut(map(&desk).plans(), |plan| PlanView::from(&**plan)))
}

/// A plan.
#[utoipa::path(get, path = "/api/v1/plans/{id}", tag = "places", params(("id" = String, Path, description = "Its name")), responses((status = 200, body = PlanView)))]
pub(super) async fn plan(State(desk): State<Shared>, InPath(id): InPath<String>) -> Result<Json<PlanView>, Problem> {
    let map = map(&desk);
    let plan = map.plans().find(|plan| plan.id.as_str() == id);
    plan.map(|plan| Json(PlanView::from(&**plan))).ok_or_else(|| Problem::not_found(format!("plan {id:?} is not in the shard map")))
}

/// Logins, by name.
#[utoipa::path(get, path = "/api/v1/logins", tag = "places", params(Paging), responses((status = 200, body = Page<LoginView>)))]
pub(super) async fn logins(State(desk): State<Shared>, InQuery(paging): InQuery<Paging>) -> Json<Page<LoginView>> {
    let map = map(&desk);
    let mut logins: Vec<&Arc<Login>> = map.logins().collect();
    logins.sort_unstable_by(|one, other| one.id.cmp(&other.id));
    Json(paging.cut(logins.into_iter(), |login| LoginView::from(&**login)))
}

/// A login.
#[utoipa::path(get, path = "/api/v1/logins/{id}", tag = "places", params(("id" = String, Path, description = "Its name")), responses((status = 200, body = LoginView)))]
pub(super) async fn login(State(desk): State<Shared>, InPath(id): InPath<String>) -> Result<Json<LoginView>, Problem> {
    let login = map(&desk).login(&id);
    login.map(|login| Json(LoginView::from(&*login))).ok_or_else(|| Problem::not_found(format!("login {id:?} is not in the shard map")))
}
