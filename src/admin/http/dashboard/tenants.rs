//! Who uses what?

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
    figures::{meter, micros, number, spark},
    page,
    sign_in::Visitor,
};
use crate::{
    admin::view::overview::{Ranking, SAMPLE, SAMPLES, TenantRow},
    ids::TenantId,
    shard_map::ShardMap,
    tenant::usage::Counts,
};

/// Rows of a page.
pub(super) const ROWS: usize = 50;

/// What is asked.
#[derive(Deserialize, Default)]
pub(super) struct Asked {
    #[serde(default)]
    by: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    from: usize,
}

struct Row {
    id: String,
    shard: String,
    plan: String,
    status: &'static str,
    value: String,
    spark: String,
    rate: String,
    sessions: u32,
    refused: String,
    storage: String,
}

#[derive(Template)]
#[template(path = "tenants.html")]
struct TenantsPage {
    frame: Frame,
    rankings: Vec<&'static str>,
    by: &'static str,
    query: String,
    minutes: u64,
    told: String,
    rows: Vec<Row>,
    previous: Option<String>,
    next: Option<String>,
}

/// The page.
pub(super) async fn show(
    State(desk): State<Shared>,
    Extension(visitor): Extension<Visitor>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let Query(asked) = asked.unwrap_or_else(|_| Query(Asked::default()));
    let by = Ranking::names().find(|name| *name == asked.by).unwrap_or("lately");
    let ranking = Ranking::read(by).unwrap_or(Ranking::Lately);
    let map = &desk.front.served.load().map;
    let (found, count) = match asked.q.trim() {
        "" => desk.overview.ranked(ranking, asked.from, ROWS),
        prefix => {
            let ids = map.listed().filter(|entry| entry.id.starts_with(prefix)).skip(asked.from).take(ROWS);
            let rows: Vec<TenantRow> =
                ids.filter_map(|entry| desk.overview.tenant(&TenantId::from(entry.id)).or_else(|| idle(map, entry.id))).collect();
            (rows, map.listed().filter(|entry| entry.id.starts_with(prefix)).count())
        }
    };
    let link = |from: usize| format!("/tenants?by={by}&q={}&from={from}", encoded(asked.q.trim()));
    let told = match asked.q.trim() {
        "" => format!("Tenants that have come of late: {}; in the shard map: {}.", number(count as u64), number(map.tenant_count() as u64)),
        _ => format!("Tenants of the shard map: {}.", number(count as u64)),
    };
    page(&TenantsPage {
        frame: Frame::new("/tenants", &visitor, &desk),
        rankings: Ranking::names().collect(),
        by,
        query: asked.q.trim().to_owned(),
        minutes: SAMPLE.as_secs() * SAMPLES as u64 / 60,
        told,
        rows: found.iter().map(|row| describe(&desk, map, row, ranking)).collect(),
        previous: (asked.from > 0).then(|| link(asked.from.saturating_sub(ROWS))),
        next: (asked.from.saturating_add(ROWS) < count).then(|| link(asked.from.saturating_add(ROWS))),
    })
}

/// For a link's query.
pub(super) fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// One that hasn't come.
fn idle(map: &ShardMap, id: &str) -> Option<TenantRow> {
    let tenant = map.tenant(id)?;
    Some(TenantRow {
        id: tenant.id.clone(),
        shard: tenant.shard.id.clone(),
        counts: Counts::default(),
        refused: 0,
        sessions: 0,
        statements: vec![0; SAMPLES],
        server_micros: vec![0; SAMPLES],
    })
}

fn describe(desk: &Shared, map: &ShardMap, row: &TenantRow, by: Ranking) -> Row {
    let tenant = map.tenant(row.id.as_str());
    let storage = desk.front.storage.measured(&row.id).zip(tenant.as_ref().and_then(|tenant| tenant.limits.storage));
    Row {
        id: row.id.to_string(),
        shard: row.shard.to_string(),
        plan: tenant.as_ref().map_or_else(String::new, |tenant| tenant.plan.id.to_string()),
        status: tenant.as_ref().map_or("", |tenant| tenant.status.as_str()),
        value: value(row, by),
        spark: spark(&row.statements),
        rate: number(rate(&row.statements)),
        sessions: row.sessions,
        refused: number(row.refused),
        storage: storage.map_or_else(String::new, |(measured, limit)| meter(measured.bytes as f64, limit as f64)),
    }
}

/// A second, in the last whole sample.
pub(super) fn rate(course: &[u32]) -> u64 {
    u64::from(course.iter().rev().nth(1).copied().unwrap_or(0)) / SAMPLE.as_secs()
}

fn value(row: &TenantRow, by: Ranking) -> String {
    match by {
        Ranking::Lately => micros(row.server_micros.iter().map(|micros| f64::from(*micros)).sum()),
        Ranking::Count(place) => row.counts.named().nth(place).map_or_else(String::new, |(name, count)| counted(name, count)),
        Ranking::Refused => number(row.refused),
        Ranking::Sessions => row.sessions.to_string(),
    }
}

/// A count in its unit.
pub(super) fn counted(name: &str, count: u64) -> String {
    match name {
        "wait_micros" | "server_micros" => micros(count as f64),
        "bytes_in" | "bytes_out" => crate::tenant::storage::in_words(count),
        _ => number(count),
    }
}
