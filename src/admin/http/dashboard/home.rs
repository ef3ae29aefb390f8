//! Is all well?

use askama::Template;
use axum::{Extension, extract::State, response::Response};

use super::{
    super::Shared,
    Frame,
    figures::{age, meaning, micros, number, spark},
    page,
    sign_in::Visitor,
};
use crate::{
    admin::view::{
        health::{Health, health},
        overview::{SAMPLE, Totals},
    },
    telemetry::spread::SpreadFigures,
    tenant::{storage::in_words, usage::Refusal},
};

struct ServerRow {
    first: bool,
    shard: String,
    grade: &'static str,
    address: String,
    role: String,
    lag: String,
    in_use: String,
    open: String,
    limit: String,
    waiting: String,
    longest: String,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    frame: Frame,
    grade: &'static str,
    notes: Vec<String>,
    clients: String,
    clients_limit: String,
    present: String,
    tenants: String,
    statements_rate: String,
    statements_spark: String,
    busy: String,
    busy_spark: String,
    p50: String,
    p99: String,
    memory: String,
    memory_limit: String,
    servers: Vec<ServerRow>,
    refusals: Vec<(&'static str, String, &'static str)>,
    version: &'static str,
    uptime: String,
    map_version: u64,
}

/// The page.
pub(super) async fn show(State(desk): State<Shared>, Extension(visitor): Extension<Visitor>) -> Response {
    let (health, totals) = (health(&desk.front, &desk.workers), desk.overview.totals());
    let times = desk.front.metering.spreads().turns.figures();
    let map = &desk.front.served.load().map;
    // The last one isn't whole.
    let last = |course: &[u32]| f64::from(course.iter().rev().nth(1).copied().unwrap_or(0)) / SAMPLE.as_secs_f64();
    page(&HomePage {
        frame: Frame::new("/", &visitor, &desk),
        grade: health.grade.as_str(),
        notes: notes(&health),
        clients: number(health.clients.0.into()),
        clients_limit: number(health.clients.1.into()),
        present: number(totals.present as u64),
        tenants: number(map.tenant_count() as u64),
        statements_rate: number(last(&totals.statements) as u64),
        statements_spark: spark(&totals.statements),
        busy: format!("{:.2}", last(&totals.server_micros) / 1e6),
        busy_spark: spark(&totals.server_micros),
        p50: quantile(&times, 0.5),
        p99: quantile(&times, 0.99),
        memory: in_words(health.memory.0 as u64),
        memory_limit: in_words(health.memory.1 as u64),
        servers: servers(&health),
        refusals: refusals(&totals),
        version: env!("CARGO_PKG_VERSION"),
        uptime: age(desk.began.0.elapsed()),
        map_version: health.map_version,
    })
}

fn notes(health: &Health) -> Vec<String> {
    let mut notes = Vec::new();
    if health.draining {
        notes.push("The process ends: no new client is let in.".to_owned());
    }
    if !health.stuck.is_empty() {
        notes.push(format!("{} threads haven't moved for long.", health.stuck.len()));
    }
    if health.clients.0 >= health.clients.1 {
        notes.push("There are as many clients as there may be (listen.max_clients).".to_owned());
    }
    if health.memory.0 >= health.memory.1 {
        notes.push("Sessions hold as much memory as they may (memory.total).".to_owned());
    }
    notes.extend(health.shards.iter().filter_map(|shard| Some(format!("Shard {}: {}.", shard.id, shard.why.as_ref()?))));
    notes
}

fn servers(health: &Health) -> Vec<ServerRow> {
    let rows = health.shards.iter().flat_map(|shard| shard.servers.iter().enumerate().map(move |(index, server)| (shard, index, server)));
    rows.map(|(shard, index, server)| {
        let figure = |of: fn(&crate::pool::ServerFigures) -> u32| {
            server.figures.as_ref().map_or_else(String::new, |figures| of(figures).to_string())
        };
        ServerRow {
            first: index == 0,
            shard: shard.id.to_string(),
            grade: shard.grade.as_str(),
            address: server.address.clone(),
            role: server.role.as_ref().map_or_else(|| "not watched".to_owned(), ToString::to_string),
            lag: if server.lag_bytes > 0 { format!("{} ({})", age(server.lag), in_words(server.lag_bytes)) } else { String::new() },
            in_use: figure(|figures| figures.in_use),
            open: figure(|figures| figures.open),
            limit: figure(|figures| figures.cap),
            waiting: figure(|figures| figures.waiting),
            longest: server
                .figures
                .filter(|figures| figures.waiting > 0)
                .map_or_else(String::new, |figures| micros(figures.longest_wait.as_secs_f64() * 1e6)),
        }
    })
    .collect()
}

fn refusals(totals: &Totals) -> Vec<(&'static str, String, &'static str)> {
    let counted = Refusal::ALL.iter().zip(totals.refusals).filter(|(_, count)| *count > 0);
    let mut counted: Vec<_> = counted.collect();
    counted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counted.into_iter().map(|(why, count)| (why.as_str(), number(count), meaning(*why))).collect()
}

fn quantile(times: &SpreadFigures, share: f64) -> String {
    match times.quantile(share) {
        None => "–".to_owned(),
        Some(end) if end.is_finite() => format!("≤ {}", micros(end)),
        Some(_) => "> 100 s".to_owned(),
    }
}
