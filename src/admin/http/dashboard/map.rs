//! Which tenant is where, and how that came about.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Extension,
    extract::{Query, State, rejection::QueryRejection},
    response::Response,
};
use serde::Deserialize;

use super::{
    super::Shared,
    Frame,
    figures::number,
    page,
    sign_in::Visitor,
    tenants::{ROWS, encoded},
};
use crate::{
    shard_map::{ShardMap, TenantStatus},
    telemetry::calendar::Moment,
};

/// Versions that are shown.
const VERSIONS: usize = 20;

/// What is asked.
#[derive(Deserialize, Default)]
pub(super) struct Asked {
    #[serde(default)]
    shard: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    from: usize,
}

#[derive(Default)]
struct ShardRow {
    id: String,
    tenants: usize,
    suspended: usize,
    read_only: usize,
    plans: String,
}

struct Row {
    id: String,
    shard: String,
    model: String,
    plan: String,
    status: &'static str,
}

struct Version {
    version: u64,
    current: bool,
    at: String,
    author: String,
    changes: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "map.html")]
struct MapPage {
    frame: Frame,
    id: String,
    shards: Vec<ShardRow>,
    placement: Option<String>,
    shard: String,
    query: String,
    told: String,
    rows: Vec<Row>,
    previous: Option<String>,
    next: Option<String>,
    away: Option<String>,
    history: Vec<Version>,
}

/// The page.
pub(super) async fn show(
    State(desk): State<Shared>,
    Extension(visitor): Extension<Visitor>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let Query(asked) = asked.unwrap_or_else(|_| Query(Asked::default()));
    let map = std::sync::Arc::clone(&desk.front.served.load().map);
    let prefix = asked.q.trim();
    let (mut rows, mut count) = (Vec::new(), 0);
    for entry in map.listed().filter(|entry| (asked.shard.is_empty() || entry.shard == asked.shard) && entry.id.starts_with(prefix)) {
        if count >= asked.from && rows.len() < ROWS {
            rows.push(Row {
                id: entry.id.to_owned(),
                shard: entry.shard.to_owned(),
                model: entry.model.to_owned(),
                plan: entry.plan.to_owned(),
                status: entry.status.as_str(),
            });
        }
        count += 1;
    }
    let (history, away) = match desk.store.history(VERSIONS).await {
        Ok(history) => (history, None),
        Err(error) => (Vec::new(), Some(format!("The history can't be read: {error}."))),
    };
    let link = |from: usize| format!("/map?shard={}&q={}&from={from}", encoded(&asked.shard), encoded(prefix));
    let versions = history.into_iter().map(|entry| Version {
        version: entry.version,
        current: entry.is_current,
        at: Moment::from_millis(entry.at_millis).to_string(),
        author: entry.author,
        changes: entry.changes,
        reason: entry.reason.unwrap_or_default(),
    });
    page(&MapPage {
        frame: Frame::new("/map", &visitor, &desk),
        id: String::new(),
        shards: shards(&map),
        placement: map.placing().map(|(model, shards)| {
            let shards: Vec<&str> = shards.map(|shard| shard.id.as_str()).collect();
            format!("Tenants without an entry are placed by rule: model {}, on {}.", model.id, shards.join(", "))
        }),
        told: format!("Tenants: {}.", number(count as u64)),
        rows,
        previous: (asked.from > 0).then(|| link(asked.from.saturating_sub(ROWS))),
        next: (asked.from.saturating_add(ROWS) < count).then(|| link(asked.from.saturating_add(ROWS))),
        query: prefix.to_owned(),
        shard: asked.shard.clone(),
        away,
        history: versions.collect(),
    })
}

fn shards(map: &ShardMap) -> Vec<ShardRow> {
    let mut by_shard: BTreeMap<&str, (ShardRow, BTreeMap<&str, usize>)> = BTreeMap::new();
    for entry in map.listed() {
        let (row, plans) = by_shard.entry(entry.shard).or_default();
        row.tenants += 1;
        row.suspended += usize::from(entry.status == TenantStatus::Suspended);
        row.read_only += usize::from(entry.status == TenantStatus::ReadOnly);
        *plans.entry(entry.plan).or_default() += 1;
    }
    map.shards()
        .map(|shard| {
            let (row, plans) = by_shard.remove(shard.id.as_str()).unwrap_or_default();
            let plans: Vec<String> = plans.iter().map(|(plan, count)| format!("{plan} {}", number(*count as u64))).collect();
            ShardRow { id: shard.id.to_string(), plans: plans.join(", "), ..row }
        })
        .collect()
}
