//! The names of prometheus-community/pgbouncer_exporter 0.11 (its collector.go), so that dashboards and alerts that know PgBouncer go on. A
//! database of theirs is a shard here: one per tenant would be too many series.

use std::{fmt::Result, sync::Arc};

use super::sheet::Sheet;
use crate::{admin::http::Desk, ids::ShardId, pool::ServerFigures, session::placement::server_of, shard_map::Shard, tenant::usage::Counts};

/// The user of all pools of a shard.
const USER: &str = "pgtenant";

/// A gauge of a shard's pools.
type OfPools = (&'static str, &'static str, fn(&ServerFigures) -> u32);

const POOLS: [OfPools; 7] = [
    ("client_active_connections", "Sessions that use a server connection", |figures| figures.in_use),
    ("client_waiting_connections", "Sessions that wait for a server connection", |figures| figures.waiting),
    ("server_active_connections", "Server connections in use", |figures| figures.in_use),
    ("server_idle_connections", "Server connections not in use", |figures| figures.idle),
    ("server_used_connections", "Always 0: idle connections are not tested", |_| 0),
    ("server_testing_connections", "Always 0: idle connections are not tested", |_| 0),
    ("server_login_connections", "Server connections being opened or closed", |figures| {
        figures.open.saturating_sub(figures.in_use + figures.idle)
    }),
];

/// A counter of a shard.
type OfStats = (&'static str, &'static str, fn(&Counts) -> f64);

const STATS: [OfStats; 8] = [
    ("queries_pooled", "Statements", |counts| counts.statements as f64),
    ("queries", "Statements", |counts| counts.statements as f64),
    ("sql_transactions_pooled", "Transactions", |counts| counts.transactions as f64),
    ("received_bytes", "Bytes of clients", |counts| counts.bytes_in as f64),
    ("sent_bytes", "Bytes to clients", |counts| counts.bytes_out as f64),
    ("client_wait_seconds", "How long server connections were waited for", |counts| counts.wait_micros as f64 / 1e6),
    ("queries_duration_seconds", "How long server connections were used", |counts| counts.server_micros as f64 / 1e6),
    ("server_in_transaction_seconds", "How long server connections were used", |counts| counts.server_micros as f64 / 1e6),
];

/// Writes them.
pub(super) fn write(desk: &Desk, sheet: &mut Sheet<'_>) -> Result {
    let map = Arc::clone(&desk.front.served.load().map);
    let servers = desk.front.pools.servers();
    let figures_of = |shard: &Arc<Shard>| {
        let found = servers.iter().find(|(target, _)| *target == server_of(shard));
        (Arc::clone(shard), found.map(|(_, server)| server.figures()).unwrap_or_default())
    };
    let shards: Vec<(Arc<Shard>, ServerFigures)> = map.shards().map(figures_of).collect();
    sheet.gauge("pgbouncer_up", "Always 1: who answers is up", 1u64)?;
    let version = concat!("pgtenant ", env!("CARGO_PKG_VERSION"));
    sheet.gauges(("pgbouncer_version_info", "The version"), &[()], |(), put| put(&[("version", version)], 1u64))?;
    lists(desk, map.logins().count(), &shards, sheet)?;
    for (name, help, figure) in POOLS {
        sheet.gauges((&format!("pgbouncer_pools_{name}"), help), &shards, |(shard, figures), put| {
            put(&[("database", shard.id.as_str()), ("user", USER)], figure(figures))
        })?;
    }
    let oldest = ("pgbouncer_pools_client_maxwait_seconds", "How long the first of those who wait has waited");
    sheet.gauges(oldest, &shards, |(shard, figures), put| {
        put(&[("database", shard.id.as_str()), ("user", USER)], figures.longest_wait.as_secs_f64())
    })?;
    let by_shard: Vec<(ShardId, Counts)> = {
        let totals = desk.overview.totals().by_shard;
        shards.iter().map(|(shard, _)| (shard.id.clone(), totals.get(&shard.id).copied().unwrap_or_default())).collect()
    };
    for (name, help, count) in STATS {
        sheet.counters((&format!("pgbouncer_stats_totals_{name}"), help), &by_shard, |(shard, counts), put| {
            put(&[("database", shard.as_str())], count(counts))
        })?;
    }
    databases(&shards, sheet)
}

fn lists(desk: &Desk, logins: usize, shards: &[(Arc<Shard>, ServerFigures)], sheet: &mut Sheet<'_>) -> Result {
    let connections = desk.front.connections.load(std::sync::atomic::Ordering::Relaxed);
    let sessions = u32::try_from(desk.front.sessions.len()).unwrap_or(u32::MAX);
    let sum = |figure: fn(&ServerFigures) -> u32| shards.iter().map(|(_, figures)| figure(figures)).sum::<u32>();
    sheet.gauge("pgbouncer_databases", "Shards", shards.len() as u64)?;
    sheet.gauge("pgbouncer_users", "Logins", logins as u64)?;
    sheet.gauge("pgbouncer_pools", "Pools", sum(|figures| figures.pools))?;
    sheet.gauge("pgbouncer_used_clients", "Client connections", connections)?;
    sheet.gauge("pgbouncer_login_clients", "Client connections that log in", connections.saturating_sub(sessions))?;
    sheet.gauge("pgbouncer_free_clients", "Always 0", 0u64)?;
    sheet.gauge("pgbouncer_used_servers", "Server connections", sum(|figures| figures.open))?;
    sheet.gauge("pgbouncer_free_servers", "Server connections not in use", sum(|figures| figures.idle))?;
    sheet.gauge("pgbouncer_config_max_client_connections", "Client connections at once", desk.front.max_clients)?;
    sheet.gauge("pgbouncer_config_max_user_connections", "Always 0: no limit of this kind", 0u64)
}

fn databases(shards: &[(Arc<Shard>, ServerFigures)], sheet: &mut Sheet<'_>) -> Result {
    type Figure = fn(&(Arc<Shard>, ServerFigures)) -> u32;
    let families: [(&str, &str, Figure); 6] = [
        ("pool_size", "Server connections that this proxy may have", |(_, figures)| figures.cap),
        ("reserve_pool", "Of these, only for those who have waited for long", |(shard, _)| shard.reserve),
        ("max_connections", "Server connections that all proxies together may have", |(shard, _)| shard.max_connections),
        ("current_connections", "Server connections", |(_, figures)| figures.open),
        ("paused", "Always 0", |_| 0),
        ("disabled", "Always 0", |_| 0),
    ];
    for (name, help, figure) in families {
        sheet.gauges((&format!("pgbouncer_databases_{name}"), help), shards, |one, put| {
            let (shard, port) = (&one.0, one.0.primary.port.to_string());
            let labels = [
                ("name", shard.id.as_str()),
                ("host", &*shard.primary.host),
                ("port", &port),
                ("database", &*shard.primary.dbname),
                ("force_user", ""),
                ("pool_mode", "transaction"),
            ];
            put(&labels, figure(one))
        })?;
    }
    Ok(())
}
