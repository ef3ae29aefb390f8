//! Our own names.

use std::fmt::Result;

use super::sheet::Sheet;
use crate::{
    admin::{
        http::Desk,
        view::{
            health::{Grade, Health, ServerHealth, ShardHealth, health},
            overview::{Ranking, TenantRow, Totals},
        },
    },
    backend::topology::Role,
    session::gate::Reason,
    shard_map::TenantStatus,
    tenant::usage::{Counts, Refusal},
};

/// A count's place in metrics: its name there, what it says, and by what it is divided.
const COUNTS: [(&str, &str, &str, f64); 15] = [
    ("logins", "logins", "Sessions that were let in", 1.0),
    ("statements", "statements", "Statements, each Bind and each of a simple query's text", 1.0),
    ("transactions", "transactions", "Transactions that ended", 1.0),
    ("rollbacks", "rollbacks", "Transactions that did not commit", 1.0),
    ("rows", "rows", "Rows of results sent to clients", 1.0),
    ("bytes_in", "received_bytes", "Bytes of clients", 1.0),
    ("bytes_out", "sent_bytes", "Bytes to clients", 1.0),
    ("errors", "errors", "Errors of servers that clients were told", 1.0),
    ("waits", "waits", "Transactions that had to wait for a server connection", 1.0),
    ("wait_micros", "wait_seconds", "How long they waited", 1e6),
    ("server_micros", "server_seconds", "How long server connections were used", 1e6),
    ("assignments", "assignments", "How often a session got a server connection", 1.0),
    ("client_parses", "client_parses", "Named statements that clients prepared", 1.0),
    ("server_parses", "server_parses", "Statements that were prepared on servers", 1.0),
    ("binds", "binds", "Binds", 1.0),
];

/// Writes everything of ours.
pub(super) fn write(desk: &Desk, top_tenants: usize, sheet: &mut Sheet<'_>) -> Result {
    let totals = desk.overview.totals();
    let health = health(&desk.front, &desk.workers);
    process(desk, &health, sheet)?;
    work(desk, &totals, sheet)?;
    servers(&health, sheet)?;
    tenants(desk, &desk.overview.ranked(Ranking::Lately, 0, top_tenants).0, sheet)
}

fn process(desk: &Desk, health: &Health, sheet: &mut Sheet<'_>) -> Result {
    let map = &desk.front.served.load().map;
    let version = env!("CARGO_PKG_VERSION");
    sheet.gauges(("pgtenant_build_info", "The version"), &[()], |(), put| put(&[("version", version)], 1u64))?;
    sheet.gauge("pgtenant_start_time_seconds", "When the process began", desk.began.1.millis() as f64 / 1e3)?;
    sheet.counters(
        ("pgtenant_worker_cpu_seconds", "Processor time of the threads that move bytes"),
        &numbered(desk.workers.times()),
        |one, put| put(&[("worker", &one.0)], one.1.as_secs_f64()),
    )?;
    let cpu = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    sheet.counter("process_cpu_seconds", "Processor time of the process", cpu.tv_sec as f64 + cpu.tv_nsec as f64 / 1e9)?;
    sheet.gauge("process_resident_memory_bytes", "Resident memory of the process", resident_bytes())?;
    sheet.gauge(
        "pgtenant_health",
        "2: good, 1: poor, 0: bad",
        match health.grade {
            Grade::Good => 2u64,
            Grade::Poor => 1,
            Grade::Bad => 0,
        },
    )?;
    sheet.gauge("pgtenant_draining", "1: no new client is let in, because the process ends", u64::from(health.draining))?;
    sheet.gauge("pgtenant_workers_stuck", "Threads that have not moved for long", health.stuck.len() as u64)?;
    sheet.gauge("pgtenant_connections", "Client connections, those that log in counted in", health.clients.0)?;
    sheet.gauge("pgtenant_connections_limit", "As many as there may be", health.clients.1)?;
    sheet.gauge("pgtenant_sessions", "Sessions that are let in", desk.front.sessions.len() as u64)?;
    sheet.gauge("pgtenant_memory_bytes", "What sessions hold of memory", health.memory.0 as u64)?;
    sheet.gauge("pgtenant_memory_limit_bytes", "What they may hold", health.memory.1 as f64)?;
    sheet.gauge(
        "pgtenant_bans",
        "Addresses and logins that are turned away for failed logins",
        desk.front.door.guard.bans(std::time::Instant::now()).len() as u64,
    )?;
    sheet.counter("pgtenant_audit_dropped", "Events that the audit trail had no room for", desk.front.audit.dropped())?;
    sheet.gauge("pgtenant_map_version", "The shard map that is served, counted from the start of the process", map.version)?;
    sheet.gauge("pgtenant_map_tenants", "Tenants that have an entry in it", map.tenant_count() as u64)
}

fn work(desk: &Desk, totals: &Totals, sheet: &mut Sheet<'_>) -> Result {
    sheet.gauge("pgtenant_tenants", "Tenants that have come of late", totals.tenants as u64)?;
    sheet.gauge("pgtenant_tenants_present", "Tenants that have sessions", totals.present as u64)?;
    for (count, name, help, divisor) in COUNTS {
        sheet.counter(&format!("pgtenant_{name}"), help, value(&totals.counts, count, divisor))?;
    }
    sheet.counters(
        ("pgtenant_refusals", "What tenants asked for and did not get, by the proxy's own word"),
        Refusal::ALL,
        |why, put| put(&[("reason", why.as_str())], totals.refusals.get(*why as usize).copied().unwrap_or(0)),
    )?;
    let tallies = &desk.front.tallies;
    sheet.counters(
        ("pgtenant_gate", "Statements that the gate refused or rewrote, or would have where it only observes"),
        &Reason::ALL,
        |reason, put| {
            put(&[("outcome", reason.as_str()), ("mode", "enforce")], tallies.enforced(*reason))?;
            put(&[("outcome", reason.as_str()), ("mode", "observe")], tallies.observed(*reason))
        },
    )?;
    let spreads = desk.front.metering.spreads();
    sheet.durations("pgtenant_transaction_duration_seconds", "How long transactions took", &spreads.turns.figures())?;
    sheet.durations("pgtenant_connection_wait_duration_seconds", "How long server connections were waited for", &spreads.waits.figures())
}

fn servers(health: &Health, sheet: &mut Sheet<'_>) -> Result {
    sheet.gauges(("pgtenant_shard_health", "2: good, 1: poor, 0: bad"), &health.shards, |shard, put| {
        let grade = match shard.grade {
            Grade::Good => 2u64,
            Grade::Poor => 1,
            Grade::Bad => 0,
        };
        put(&[("shard", shard.id.as_str())], grade)
    })?;
    let all: Vec<(&ShardHealth, &ServerHealth)> =
        health.shards.iter().flat_map(|shard| shard.servers.iter().map(move |server| (shard, server))).collect();
    let watched: Vec<_> = all.iter().filter(|(_, server)| server.role.is_some()).copied().collect();
    sheet.gauges(("pgtenant_server_up", "Whether a server answers, of shards with replicas"), &watched, |(shard, server), put| {
        let (role, up) = match &server.role {
            Some(Role::Primary) => ("primary", 1u64),
            Some(Role::Replica) => ("replica", 1),
            Some(Role::Outdated) => ("outdated", 1),
            Some(Role::Down(_)) => ("down", 0),
            Some(Role::Unknown | Role::Untold(_)) | None => ("unknown", 0),
        };
        put(&[("shard", shard.id.as_str()), ("server", &server.address), ("role", role)], up)
    })?;
    let replicas: Vec<_> = watched.iter().filter(|(_, server)| server.role == Some(Role::Replica)).copied().collect();
    sheet.gauges(("pgtenant_replica_lag_seconds", "How far a replica is behind"), &replicas, |(shard, server), put| {
        put(&[("shard", shard.id.as_str()), ("server", &server.address)], server.lag.as_secs_f64())
    })?;
    sheet.gauges(("pgtenant_replica_lag_bytes", "How far a replica is behind"), &replicas, |(shard, server), put| {
        put(&[("shard", shard.id.as_str()), ("server", &server.address)], server.lag_bytes)
    })?;
    let used: Vec<_> = all.iter().filter_map(|(shard, server)| Some((*shard, *server, server.figures?))).collect();
    sheet.gauges(("pgtenant_server_connections", "Connections to a server"), &used, |(shard, server, figures), put| {
        let busy = figures.in_use + figures.idle;
        for (state, count) in
            [("active", figures.in_use), ("idle", figures.idle), ("opening_or_closing", figures.open.saturating_sub(busy))]
        {
            put(&[("shard", shard.id.as_str()), ("server", &server.address), ("state", state)], count)?;
        }
        Ok(())
    })?;
    sheet.gauges(("pgtenant_server_connections_limit", "As many as this proxy may have"), &used, |(shard, server, figures), put| {
        put(&[("shard", shard.id.as_str()), ("server", &server.address)], figures.cap)
    })?;
    sheet.gauges(("pgtenant_server_waiting_sessions", "Sessions that wait for a connection"), &used, |(shard, server, figures), put| {
        put(&[("shard", shard.id.as_str()), ("server", &server.address)], figures.waiting)
    })?;
    sheet.gauges(
        ("pgtenant_server_longest_wait_seconds", "How long the first of them has waited"),
        &used,
        |(shard, server, figures), put| {
            put(&[("shard", shard.id.as_str()), ("server", &server.address)], figures.longest_wait.as_secs_f64())
        },
    )
}

fn tenants(desk: &Desk, rows: &[TenantRow], sheet: &mut Sheet<'_>) -> Result {
    let map = &desk.front.served.load().map;
    sheet.gauges(("pgtenant_tenant_info", "Where a tenant is, and how it stands"), rows, |row, put| {
        let Some(tenant) = map.tenant(row.id.as_str()) else { return Ok(()) };
        let labels = [
            ("tenant", row.id.as_str()),
            ("shard", tenant.shard.id.as_str()),
            ("plan", tenant.plan.id.as_str()),
            ("status", tenant.status.as_str()),
        ];
        put(&labels, u64::from(tenant.status == TenantStatus::Active))
    })?;
    for (count, name, help, divisor) in COUNTS {
        sheet.counters((&format!("pgtenant_tenant_{name}"), help), rows, |row, put| {
            put(&[("tenant", row.id.as_str())], value(&row.counts, count, divisor))
        })?;
    }
    sheet.counters(("pgtenant_tenant_refusals", "What a tenant asked for and did not get"), rows, |row, put| {
        put(&[("tenant", row.id.as_str())], row.refused)
    })?;
    sheet
        .gauges(("pgtenant_tenant_sessions", "Sessions of a tenant"), rows, |row, put| put(&[("tenant", row.id.as_str())], row.sessions))?;
    sheet.gauges(("pgtenant_tenant_storage_bytes", "What a tenant's data takes"), rows, |row, put| {
        desk.front.storage.measured(&row.id).map_or(Ok(()), |measured| put(&[("tenant", row.id.as_str())], measured.bytes))
    })?;
    sheet.gauges(("pgtenant_tenant_storage_limit_bytes", "What it may take"), rows, |row, put| {
        let limit = map.tenant(row.id.as_str()).and_then(|tenant| tenant.limits.storage);
        limit.map_or(Ok(()), |limit| put(&[("tenant", row.id.as_str())], limit))
    })
}

fn value(counts: &Counts, name: &str, divisor: f64) -> f64 {
    counts.named().find(|(known, _)| *known == name).map_or(0.0, |(_, count)| count as f64 / divisor)
}

fn numbered<T>(of: Vec<T>) -> Vec<(String, T)> {
    of.into_iter().enumerate().map(|(number, one)| (number.to_string(), one)).collect()
}

/// proc(5), `/proc/pid/status`.
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) * 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_count_has_its_place() {
        assert_eq!(COUNTS.map(|(count, ..)| count), Counts::NAMES);
        let counts = Counts { wait_micros: 1_500_000, ..Counts::default() };
        assert!((value(&counts, "wait_micros", 1e6) - 1.5).abs() < 1e-9);
        assert!(resident_bytes() > 1 << 20);
    }
}
