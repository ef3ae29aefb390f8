//! What PgBouncer doesn't have: tenants and what they may, shards and their servers, queues, refusals, bans.

use std::{ops::ControlFlow, sync::Arc, time::Instant};

use super::{Rows, View, count, flag, give, maybe, number, optional, text, word};
use crate::{
    admin::{
        console::{
            Desk,
            table::{
                Kind::{Int4, Int8, Text},
                Value,
            },
        },
        view::pools,
    },
    backend::statements::Origin,
    pool::pause::PauseScope,
    session::{
        gate::Reason,
        operator::Role::{Operator, Viewer},
    },
    shard_map::{Concurrency, Limits, LoginScope, LoginSecret, ReadReplicas},
};

pub(super) const VIEWS: &[View] = &[
    View {
        name: "tenants",
        about: "tenants of the shard map: where they are, how they are kept apart, what they may",
        needs: Viewer,
        columns: &[
            ("tenant", Text),
            ("shard", Text),
            ("model", Text),
            ("plan", Text),
            ("status", Text),
            ("reason", Text),
            ("database", Text),
            ("schema", Text),
            ("role", Text),
            ("clients", Int4),
        ],
        produce: tenants,
    },
    View {
        name: "shards",
        about: "shards, with their connections",
        needs: Viewer,
        columns: &[
            ("shard", Text),
            ("host", Text),
            ("port", Int4),
            ("database", Text),
            ("replicas", Int4),
            ("max_connections", Int4),
            ("reserve", Int4),
            ("concurrency", Text),
            ("open", Int4),
            ("idle", Int4),
            ("opening", Int4),
            ("waiting", Int4),
            ("paused", Int4),
        ],
        produce: shards,
    },
    View {
        name: "replicas",
        about: "servers of shards that have replicas, as they were when they were asked last",
        needs: Viewer,
        columns: &[
            ("shard", Text),
            ("server", Text),
            ("role", Text),
            ("is_primary", Int4),
            ("timeline", Int8),
            ("lag_bytes", Int8),
            ("lag_ms", Int8),
            ("since_s", Int8),
        ],
        produce: replicas,
    },
    View {
        name: "plans",
        about: "plans and their limits; none: no limit",
        needs: Viewer,
        columns: &[
            ("plan", Text),
            ("pool_mode", Text),
            ("max_clients", Int4),
            ("max_connections", Int4),
            ("min_connections", Int4),
            ("weight", Int4),
            ("queries_per_second", Int4),
            ("burst", Int4),
            ("max_wait_ms", Int8),
            ("statement_timeout_ms", Int8),
            ("transaction_timeout_ms", Int8),
            ("idle_in_transaction_timeout_ms", Int8),
            ("storage", Int8),
            ("read_replicas", Text),
            ("ddl", Int4),
        ],
        produce: plans,
    },
    View {
        name: "quotas",
        about: "what tenants that are here use of their limits",
        needs: Viewer,
        columns: &[
            ("tenant", Text),
            ("plan", Text),
            ("clients", Int4),
            ("max_clients", Int4),
            ("connections", Int4),
            ("max_connections", Int4),
            ("min_connections", Int4),
            ("weight", Int4),
            ("queries_per_second", Int4),
            ("storage_bytes", Int8),
            ("storage", Int8),
        ],
        produce: quotas,
    },
    View {
        name: "queues",
        about: "who waits for server connections, and why",
        needs: Viewer,
        columns: &[
            ("tenant", Text),
            ("shard", Text),
            ("host", Text),
            ("waiting", Int4),
            ("in_use", Int4),
            ("max_connections", Int4),
            ("oldest_ms", Int8),
            ("over_budget", Int4),
            ("paused", Int4),
        ],
        produce: queues,
    },
    View { name: "usage", about: "what tenants have done since the proxy began", needs: Viewer, columns: USAGE, produce: usage },
    View {
        name: "refusals",
        about: "what was refused to tenants, by reason",
        needs: Viewer,
        columns: &[("tenant", Text), ("reason", Text), ("count", Int8)],
        produce: refusals,
    },
    View {
        name: "rewrites",
        about: "what the gate has rewritten and refused, or would have",
        needs: Viewer,
        columns: &[("reason", Text), ("enforced", Int8), ("observed", Int8)],
        produce: rewrites,
    },
    View {
        name: "map",
        about: "the shard map in force",
        needs: Viewer,
        columns: &[
            ("version", Int8),
            ("revision", Int8),
            ("source", Text),
            ("shards", Int4),
            ("models", Int4),
            ("plans", Int4),
            ("tenants", Int8),
            ("logins", Int4),
            ("placement", Int4),
        ],
        produce: map,
    },
    View {
        name: "logins",
        about: "who may connect, and for whom",
        needs: Viewer,
        columns: &[("login", Text), ("scope", Text), ("tenants", Text), ("proof", Text), ("max_clients", Int4)],
        produce: logins,
    },
    View {
        name: "prepared",
        about: "statements that servers keep for tenants, with their texts",
        needs: Operator,
        columns: &[
            ("tenant", Text),
            ("user", Text),
            ("host", Text),
            ("database", Text),
            ("name", Text),
            ("accepted", Int4),
            ("bytes", Int8),
            ("statement", Text),
        ],
        produce: prepared,
    },
    View {
        name: "bans",
        about: "who isn't let in after failed logins",
        needs: Viewer,
        columns: &[("address", Text), ("login", Text), ("failures", Int4), ("bans", Int4), ("left_s", Int8)],
        produce: bans,
    },
    View {
        name: "pauses",
        about: "what operators have paused",
        needs: Viewer,
        columns: &[("scope", Text), ("name", Text), ("in_use", Int4), ("open", Int4)],
        produce: pauses,
    },
];

const USAGE: &[(&str, crate::admin::console::table::Kind)] = &[
    ("tenant", Text),
    ("logins", Int8),
    ("statements", Int8),
    ("transactions", Int8),
    ("rollbacks", Int8),
    ("rows", Int8),
    ("bytes_in", Int8),
    ("bytes_out", Int8),
    ("errors", Int8),
    ("waits", Int8),
    ("wait_micros", Int8),
    ("server_micros", Int8),
    ("assignments", Int8),
    ("client_parses", Int8),
    ("server_parses", Int8),
    ("binds", Int8),
    ("sessions", Int4),
    ("peak_sessions", Int4),
    ("peak_connections", Int4),
    ("transaction_p50_us", Int8),
    ("transaction_p99_us", Int8),
    ("transaction_max_us", Int8),
    ("wait_p50_us", Int8),
    ("wait_p99_us", Int8),
    ("wait_max_us", Int8),
];

fn millis(time: Option<std::time::Duration>) -> Value {
    time.map_or(Value::Null, |time| count(u64::try_from(time.as_millis()).unwrap_or(u64::MAX)))
}

fn tenants(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    let map = Arc::clone(&desk.front.served.load().map);
    for id in map.tenants() {
        let Some(tenant) = map.tenant(id.as_str()) else { continue };
        let clients = desk.front.metering.get(&id).map_or(0, |meter| meter.figures().sessions);
        sink(vec![
            text(id.as_str()),
            text(tenant.shard.id.as_str()),
            text(tenant.model.id.as_str()),
            text(tenant.plan.id.as_str()),
            word(tenant.status.as_str()),
            optional(tenant.reason.as_deref()),
            text(&*tenant.database),
            optional(tenant.schema.as_deref()),
            text(&*tenant.role),
            number(clients),
        ])?;
    }
    ControlFlow::Continue(())
}

fn shards(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    let map = Arc::clone(&desk.front.served.load().map);
    let (pools, pauses) = (desk.front.pools.pools(), desk.front.pools.pauses());
    for shard in map.shards() {
        let (mut open, mut idle, mut opening, mut waiting) = (0, 0, 0, 0);
        for pool in pools.iter().filter(|pool| pool.server().shard == shard.id) {
            let figures = pool.figures();
            (open, idle) = (open + figures.open, idle + figures.idle);
            (opening, waiting) = (opening + figures.dialing, waiting + figures.waiting);
        }
        let scopes = [PauseScope::All, PauseScope::Shard(shard.id.clone()), PauseScope::Primary(shard.id.clone())];
        sink(vec![
            text(shard.id.as_str()),
            text(&*shard.primary.host),
            number(shard.primary.port),
            text(&*shard.primary.dbname),
            count(shard.replicas.len() as u64),
            number(shard.max_connections),
            number(shard.reserve),
            match shard.concurrency {
                Concurrency::Unlimited => word("unlimited"),
                Concurrency::Fixed(most) => text(most.to_string()),
                Concurrency::Adaptive => word("adaptive"),
            },
            number(open),
            number(idle),
            number(opening),
            number(waiting),
            flag(scopes.iter().any(|scope| pauses.contains(scope))),
        ])?;
    }
    ControlFlow::Continue(())
}

fn replicas(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    let mut topologies = desk.front.topologies.list();
    topologies.sort_by(|one, other| one.shard.cmp(&other.shard));
    for topology in topologies {
        let snapshot = topology.snapshot();
        for (place, (server, state)) in topology.servers.iter().zip(&snapshot.servers).enumerate() {
            sink(vec![
                text(topology.shard.as_str()),
                text(&*server.name),
                text(state.role.to_string()),
                flag(snapshot.primary == Some(place)),
                maybe(state.timeline),
                count(state.lag_bytes),
                millis(Some(state.lag)),
                count(state.since.elapsed().as_secs()),
            ])?;
        }
    }
    ControlFlow::Continue(())
}

fn plans(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    let map = Arc::clone(&desk.front.served.load().map);
    for plan in map.plans() {
        let Limits { max_clients, max_connections, min_connections, weight, .. } = plan.limits;
        sink(vec![
            text(plan.id.as_str()),
            word(plan.pool_mode.as_str()),
            maybe(max_clients),
            number(max_connections),
            number(min_connections),
            number(weight),
            maybe(plan.limits.queries_per_second),
            maybe(plan.limits.burst),
            millis(plan.limits.max_wait),
            millis(plan.limits.statement_timeout),
            millis(plan.limits.transaction_timeout),
            millis(plan.limits.idle_in_transaction_timeout),
            maybe(plan.limits.storage),
            word(match plan.limits.reads.replicas {
                ReadReplicas::Never => "never",
                ReadReplicas::ByDefault => "default",
                ReadReplicas::OnRequest => "on_request",
            }),
            flag(plan.ddl),
        ])?;
    }
    ControlFlow::Continue(())
}

fn quotas(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    for view in pools::databases(&desk.front) {
        let (tenant, limits) = (&view.tenant, &view.tenant.limits);
        sink(vec![
            text(tenant.id.as_str()),
            text(tenant.plan.id.as_str()),
            number(view.clients),
            maybe(limits.max_clients),
            number(view.connections),
            number(limits.max_connections),
            number(limits.min_connections),
            number(limits.weight),
            maybe(limits.queries_per_second),
            desk.front.storage.measured(&tenant.id).map_or(Value::Null, |measured| count(measured.bytes)),
            maybe(limits.storage),
        ])?;
    }
    ControlFlow::Continue(())
}

fn queues(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    let mut members = desk.front.pools.members();
    members.sort_by(|one, other| one.tenant.cmp(&other.tenant));
    for member in members.iter().filter(|member| !member.terms().share.listens) {
        let queue = member.queue(None);
        sink(vec![
            text(member.tenant.as_str()),
            text(member.shard.as_str()),
            text(member.pool().spec.target.to_string()),
            number(queue.waiting),
            number(queue.in_use),
            number(queue.limit),
            millis(queue.oldest.map(|since| Instant::now().saturating_duration_since(since))),
            flag(queue.over_budget),
            flag(queue.paused),
        ])?;
    }
    ControlFlow::Continue(())
}

fn usage(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    desk.front.pools.settle_usage();
    let mut tenants = desk.front.metering.all();
    tenants.sort_by(|(one, _), (other, _)| one.cmp(other));
    for (tenant, meter) in tenants {
        let snapshot = meter.snapshot();
        let mut row = vec![text(tenant.as_str())];
        row.extend(snapshot.counts.named().map(|(_, figure)| count(figure)));
        row.extend([snapshot.sessions, snapshot.peak_sessions, snapshot.peak_connections].map(number));
        for times in [snapshot.turns, snapshot.waits] {
            row.extend(
                [times.as_ref().map(|times| times.p50), times.as_ref().map(|times| times.p99), times.as_ref().map(|times| times.max)]
                    .map(maybe),
            );
        }
        sink(row)?;
    }
    ControlFlow::Continue(())
}

fn refusals(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    let mut tenants = desk.front.metering.all();
    tenants.sort_by(|(one, _), (other, _)| one.cmp(other));
    for (tenant, meter) in tenants {
        for (why, times) in meter.figures().refusals {
            sink(vec![text(tenant.as_str()), word(why.as_str()), count(times)])?;
        }
    }
    ControlFlow::Continue(())
}

fn rewrites(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    let tallies = &desk.front.tallies;
    give(Reason::ALL.map(|reason| vec![word(reason.as_str()), count(tallies.enforced(reason)), count(tallies.observed(reason))]), sink)
}

fn map(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    let map = Arc::clone(&desk.front.served.load().map);
    sink(vec![
        count(map.version),
        count(map.revision),
        text(super::config::store(&desk.settings.shard_map)),
        count(map.shards().count() as u64),
        count(map.models().count() as u64),
        count(map.plans().count() as u64),
        count(map.tenant_count() as u64),
        count(map.logins().count() as u64),
        flag(map.placement().is_some()),
    ])
}

fn logins(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    let map = Arc::clone(&desk.front.served.load().map);
    let mut logins: Vec<_> = map.logins().collect();
    logins.sort_by(|one, other| one.id.cmp(&other.id));
    for login in logins {
        let (scope, tenants) = match &login.scope {
            LoginScope::Tenant(tenant) => ("tenant", Some(tenant.to_string())),
            LoginScope::Tenants(tenants) => ("tenants", Some(tenants.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))),
            LoginScope::AllTenants => ("tenants", Some("*".to_owned())),
            LoginScope::Operator => ("operator", None),
            LoginScope::Viewer => ("viewer", None),
        };
        let proof = match &login.secret {
            LoginSecret::Jwt => "jwt",
            LoginSecret::Scram(_) => "scram",
            LoginSecret::Md5(_) => "md5",
            LoginSecret::Plain(_) => "password",
            LoginSecret::Certificate => "certificate",
            LoginSecret::TrustOnUnixSocket => "trust",
        };
        sink(vec![text(login.id.as_str()), word(scope), optional(tenants), word(proof), maybe(login.max_clients)])?;
    }
    ControlFlow::Continue(())
}

fn prepared(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    for pool in desk.front.pools.pools() {
        let spec = &pool.spec;
        for statement in pool.statements.list() {
            let said = match &statement.origin {
                Origin::Parse { text, .. } => String::from_utf8_lossy(text).into_owned(),
                Origin::Prepare { own, .. } => own.to_string(),
            };
            sink(vec![
                text(pool.label.as_str()),
                text(&*spec.user),
                text(spec.target.to_string()),
                text(&*spec.database),
                text(String::from_utf8_lossy(statement.server_name())),
                flag(statement.is_accepted()),
                count(statement.weight() as u64),
                text(said),
            ])?;
        }
    }
    ControlFlow::Continue(())
}

fn bans(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    let bans = desk.front.door.guard.bans(Instant::now());
    let rows = bans.into_iter().map(|ban| {
        vec![text(ban.origin.to_string()), optional(ban.login), number(ban.failures), number(ban.times), count(ban.left.as_secs())]
    });
    give(rows, sink)
}

fn pauses(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    for scope in desk.front.pools.pauses().iter() {
        let (kind, name) = match scope {
            PauseScope::All => ("all", None),
            PauseScope::Shard(shard) => ("shard", Some(shard.to_string())),
            PauseScope::Primary(shard) => ("primary", Some(shard.to_string())),
            PauseScope::Tenant(tenant) => ("tenant", Some(tenant.to_string())),
        };
        let left = desk.front.pools.remaining(scope);
        sink(vec![word(kind), optional(name), number(left.in_use), number(left.open)])?;
    }
    ControlFlow::Continue(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::usage::Counts;

    #[test]
    fn usage_has_a_column_for_each_count() {
        let names: Vec<&str> = USAGE.iter().skip(1).take(Counts::NAMES.len()).map(|(name, _)| *name).collect();
        assert_eq!(names, Counts::NAMES);
    }
}
