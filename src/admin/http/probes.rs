//! Health checks: for load balancers and orchestrators, who need no token, and for people.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::Shared;
use crate::admin::view::health::{Grade, Health, ServerHealth, ShardHealth, health as look};

/// Whether anything works.
pub(super) async fn health(State(desk): State<Shared>) -> Response {
    let health = look(&desk.front, &desk.workers);
    let status = if health.grade == Grade::Bad { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    (status, Json(json!({ "status": health.grade.as_str() }))).into_response()
}

/// Whether the process should go on: its threads move.
pub(super) async fn liveness(State(desk): State<Shared>) -> Response {
    let stuck = desk.workers.stuck();
    let status = if stuck.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "alive": stuck.is_empty(), "stuck_workers": stuck }))).into_response()
}

/// Whether new clients should come here. A shard that is down is no reason to send them elsewhere: it is down there too.
pub(super) async fn readiness(State(desk): State<Shared>) -> Response {
    let draining = desk.front.draining.load(std::sync::atomic::Ordering::Relaxed);
    let is_ready = !draining && desk.workers.stuck().is_empty();
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "ready": is_ready, "draining": draining }))).into_response()
}

/// Everything there is to say.
pub(super) async fn detailed(State(desk): State<Shared>) -> Response {
    let health = look(&desk.front, &desk.workers);
    let status = if health.grade == Grade::Bad { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    let mut told = in_words(&health);
    told["version"] = json!(env!("CARGO_PKG_VERSION"));
    told["since"] = json!(desk.began.1);
    told["uptime_seconds"] = json!(desk.began.0.elapsed().as_secs());
    (status, Json(told)).into_response()
}

fn in_words(health: &Health) -> Value {
    json!({
        "status": health.grade.as_str(),
        "draining": health.draining,
        "stuck_workers": health.stuck,
        "map_version": health.map_version,
        "clients": { "connected": health.clients.0, "limit": health.clients.1 },
        "memory_bytes": { "held": health.memory.0, "limit": health.memory.1 },
        "shards": health.shards.iter().map(shard).collect::<Vec<_>>(),
    })
}

fn shard(shard: &ShardHealth) -> Value {
    json!({
        "shard": shard.id.as_str(),
        "status": shard.grade.as_str(),
        "reason": shard.why,
        "servers": shard.servers.iter().map(server).collect::<Vec<_>>(),
    })
}

fn server(server: &ServerHealth) -> Value {
    let mut told = json!({
        "address": server.address,
        "role": server.role.as_ref().map(ToString::to_string),
        "lag_seconds": server.lag.as_secs_f64(),
        "lag_bytes": server.lag_bytes,
    });
    if let Some(figures) = server.figures {
        told["connections"] = json!({
            "open": figures.open, "in_use": figures.in_use, "idle": figures.idle, "limit": figures.cap,
            "waiting_sessions": figures.waiting, "longest_wait_seconds": figures.longest_wait.as_secs_f64(),
        });
    }
    told
}
