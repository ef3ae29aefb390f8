//! PgBouncer's views of databases, pools, users and itself. A database is a tenant: see `docs/console.md`.

use std::ops::ControlFlow;

use super::{CONSOLE, Rows, VERSION, View, count, flag, give, number, text, word};
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
    net::Target,
    pool::pause::PauseScope,
    session::operator::Role::Viewer,
    shard_map::PoolMode,
};

/// The pool size that PgBouncer's console has.
const CONSOLE_POOL: i64 = 2;

pub(super) const VIEWS: &[View] = &[
    View {
        name: "databases",
        about: "tenants that have used server connections, with limits and connections",
        needs: Viewer,
        columns: &[
            ("name", Text),
            ("host", Text),
            ("port", Int4),
            ("database", Text),
            ("force_user", Text),
            ("pool_size", Int4),
            ("min_pool_size", Int4),
            ("reserve_pool_size", Int4),
            ("server_lifetime", Int4),
            ("pool_mode", Text),
            ("load_balance_hosts", Text),
            ("max_connections", Int4),
            ("current_connections", Int4),
            ("max_client_connections", Int4),
            ("current_client_connections", Int4),
            ("paused", Int4),
            ("disabled", Int4),
        ],
        produce: databases,
    },
    View {
        name: "pools",
        about: "clients and server connections by tenant and database role",
        needs: Viewer,
        columns: &[
            ("database", Text),
            ("user", Text),
            ("cl_active", Int4),
            ("cl_waiting", Int4),
            ("cl_active_cancel_req", Int4),
            ("cl_waiting_cancel_req", Int4),
            ("sv_active", Int4),
            ("sv_active_cancel", Int4),
            ("sv_being_canceled", Int4),
            ("sv_idle", Int4),
            ("sv_used", Int4),
            ("sv_tested", Int4),
            ("sv_login", Int4),
            ("maxwait", Int4),
            ("maxwait_us", Int4),
            ("pool_mode", Text),
            ("load_balance_hosts", Text),
        ],
        produce: pools_of,
    },
    View {
        name: "users",
        about: "logins, with their clients",
        needs: Viewer,
        columns: &[
            ("name", Text),
            ("pool_size", Text),
            ("reserve_pool_size", Text),
            ("pool_mode", Text),
            ("max_user_connections", Int4),
            ("current_connections", Int4),
            ("max_user_client_connections", Int4),
            ("current_client_connections", Int4),
        ],
        produce: users,
    },
    View { name: "lists", about: "how many of each there are", needs: Viewer, columns: &[("list", Text), ("items", Int4)], produce: lists },
    View {
        name: "state",
        about: "whether the proxy is active, paused or suspended as a whole",
        needs: Viewer,
        columns: &[("key", Text), ("value", Text)],
        produce: state,
    },
    View {
        name: "mem",
        about: "what memory is used for",
        needs: Viewer,
        columns: &[("name", Text), ("size", Int4), ("used", Int4), ("free", Int4), ("memtotal", Int4)],
        produce: memory,
    },
    View { name: "version", about: "the version", needs: Viewer, columns: &[("version", Text)], produce: version },
    View {
        name: "peers",
        about: "PgBouncer's peers: there are none here",
        needs: Viewer,
        columns: &[("peer_id", Int4), ("host", Text), ("port", Int4), ("pool_size", Int4)],
        produce: nothing,
    },
    View {
        name: "peer_pools",
        about: "PgBouncer's peers: there are none here",
        needs: Viewer,
        columns: &[
            ("peer_id", Int4),
            ("cl_active_cancel_req", Int4),
            ("cl_waiting_cancel_req", Int4),
            ("sv_active_cancel", Int4),
            ("sv_login", Int4),
        ],
        produce: nothing,
    },
    View {
        name: "dns_hosts",
        about: "names in a cache of addresses: the system's resolver is asked, there is none here",
        needs: Viewer,
        columns: &[("hostname", Text), ("ttl", Int8), ("addrs", Text)],
        produce: nothing,
    },
    View {
        name: "dns_zones",
        about: "zones in a cache of addresses: there is none here",
        needs: Viewer,
        columns: &[("zonename", Text), ("serial", Int8), ("count", Int4)],
        produce: nothing,
    },
];

fn nothing(_: &Desk, _: &mut Rows<'_>) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// The port that the proxy listens on first.
fn own_port(desk: &Desk) -> i64 {
    desk.settings.listen.address.first().map_or(0, |address| address.port().into())
}

fn console_clients(desk: &Desk) -> u64 {
    desk.front.sessions.list().iter().filter(|session| session.about.is_console).count() as u64
}

fn databases(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    let lifetime = desk.front.pools.rules().lifetime.as_secs();
    for view in pools::databases(&desk.front) {
        let tenant = &view.tenant;
        let (address, limits) = (&tenant.shard.primary, &tenant.limits);
        let shared = tenant.model.lock.shares_pools();
        let user = if shared { tenant.shard.user.as_deref().unwrap_or_default() } else { &tenant.role };
        sink(vec![
            text(tenant.id.as_str()),
            text(&*address.host),
            number(address.port),
            text(&*tenant.database),
            text(user),
            number(limits.max_connections),
            number(limits.min_connections),
            number(tenant.shard.reserve),
            count(lifetime),
            word(tenant.plan.pool_mode.as_str()),
            Value::Null,
            number(limits.max_connections),
            number(view.connections),
            number(limits.max_clients.unwrap_or(0)),
            number(view.clients),
            flag(view.paused),
            flag(view.disabled),
        ])?;
    }
    sink(vec![
        word(CONSOLE[1]),
        Value::Null,
        number(own_port(desk)),
        word(CONSOLE[1]),
        word(CONSOLE[1]),
        number(CONSOLE_POOL),
        number(0),
        number(0),
        count(lifetime),
        word(PoolMode::Statement.as_str()),
        Value::Null,
        number(0),
        number(0),
        number(0),
        count(console_clients(desk)),
        number(0),
        number(0),
    ])
}

fn pools_of(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    let row = |database: &str, user: &str, clients: [u64; 2], servers: [u32; 3], wait: std::time::Duration, mode: PoolMode| {
        let ([active, waiting], [busy, idle, login]) = (clients, servers);
        vec![
            text(database),
            text(user),
            count(active),
            count(waiting),
            number(0),
            number(0),
            number(busy),
            number(0),
            number(0),
            number(idle),
            number(0),
            number(0),
            number(login),
            count(wait.as_secs()),
            number(wait.subsec_micros()),
            word(mode.as_str()),
            Value::Null,
        ]
    };
    for view in pools::pools(&desk.front) {
        let waiting = view.waiting.min(view.clients);
        let clients = [view.clients - waiting, view.waiting].map(u64::from);
        sink(row(&view.database, &view.user, clients, [view.active, view.idle, view.login], view.max_wait, view.mode))?;
    }
    let console = [console_clients(desk), 0];
    sink(row(CONSOLE[1], CONSOLE[1], console, [0; 3], std::time::Duration::ZERO, PoolMode::Statement))
}

fn users(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    let map = &desk.front.served.load().map;
    let mut clients: std::collections::HashMap<_, u32> = std::collections::HashMap::new();
    let mut servers: std::collections::HashMap<_, u32> = std::collections::HashMap::new();
    for session in desk.front.sessions.list() {
        *clients.entry(session.login.clone()).or_default() += 1;
        *servers.entry(session.login.clone()).or_default() += u32::from(session.doing().server.is_some());
    }
    let mut logins: Vec<_> = map.logins().collect();
    logins.sort_by(|one, other| one.id.cmp(&other.id));
    let row = |login: &std::sync::Arc<crate::shard_map::Login>| {
        vec![
            text(login.id.as_str()),
            word(""),
            word(""),
            Value::Null,
            number(0),
            number(servers.get(&login.id).copied().unwrap_or_default()),
            number(login.max_clients.unwrap_or(0)),
            number(clients.get(&login.id).copied().unwrap_or_default()),
        ]
    };
    give(logins.into_iter().map(row), sink)
}

fn lists(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    let front = &desk.front;
    let (pools, sessions) = (pools::pools(front), front.sessions.len() as u64);
    let connections = u64::from(front.connections.load(std::sync::atomic::Ordering::Relaxed));
    let servers: u32 = front.pools.pools().iter().map(|pool| pool.figures().open).sum();
    let items = [
        ("databases", pools::databases(front).len() as u64 + 1),
        ("users", front.served.load().map.logins().count() as u64),
        ("peers", 0),
        ("pools", pools.len() as u64 + 1),
        ("peer_pools", 0),
        ("free_clients", 0),
        ("used_clients", sessions),
        ("login_clients", connections.saturating_sub(sessions)),
        ("free_servers", 0),
        ("used_servers", u64::from(servers)),
        ("dns_names", 0),
        ("dns_zones", 0),
        ("dns_queries", 0),
        ("dns_pending", 0),
    ];
    give(items.map(|(name, items)| vec![word(name), count(items)]), sink)
}

fn state(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    let (suspended, stopped) = (desk.is_suspended(), desk.front.pools.pauses().contains(&PauseScope::All));
    let yes = |truth: bool| word(if truth { "yes" } else { "no" });
    let rows = [("active", !stopped), ("paused", stopped && !suspended), ("suspended", suspended)];
    give(rows.map(|(key, truth)| vec![word(key), yes(truth)]), sink)
}

/// PgBouncer counts objects of a size; here there are bytes by what they are used for, in units that an integer holds.
fn memory(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    const KILOBYTE: u64 = 1024;
    let memory = &desk.front.pools.rules().memory;
    let (held, total) = (memory.held() as u64 / KILOBYTE, memory.total() as u64 / KILOBYTE);
    let bytes = |used: u64| Value::Integer(i64::from(i32::try_from(used.saturating_mul(KILOBYTE)).unwrap_or(i32::MAX)));
    let rows = [("sessions_kb", held, total.saturating_sub(held)), ("gate_texts_kb", desk.front.grounds.bytes() as u64 / KILOBYTE, 0)];
    let row = |(name, used, free): (&'static str, u64, u64)| {
        vec![word(name), count(KILOBYTE), count(used), count(free.min(i32::MAX as u64)), bytes(used)]
    };
    give(rows.map(row), sink)
}

fn version(_: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    sink(vec![word(VERSION)])
}

/// Where a server is, as PgBouncer shows it.
pub(super) fn place(target: &Target) -> (String, u16) {
    match target {
        Target::Tcp(host, port) => (host.to_string(), *port),
        Target::Unix(path) => {
            let port = path.extension().and_then(|port| port.to_str()).and_then(|port| port.parse().ok()).unwrap_or_default();
            ("unix".to_owned(), port)
        }
    }
}
