//! `SHOW CONFIG`: what `pgtenant.toml` says, key by key, and the same under PgBouncer's names where there is such a thing.

use std::{fmt::Display, ops::ControlFlow, path::Path, time::Duration};

use super::{Rows, View, give, text, word};
use crate::{
    admin::console::{Desk, desk::STATS_PERIOD, table::Kind::Text},
    config::{MapLocation, Settings, TlsMode},
    session::operator::Role::Viewer,
};

pub(super) const VIEWS: &[View] = &[View {
    name: "config",
    about: "settings of pgtenant.toml, and under PgBouncer's names those that it has, too",
    needs: Viewer,
    columns: &[("key", Text), ("value", Text), ("default", Text), ("changeable", Text)],
    produce: config,
}];

/// Every key.
pub(in crate::admin::console) fn keys(settings: &Settings) -> impl Iterator<Item = String> {
    entries(settings).into_iter().map(|(key, _)| key)
}

fn config(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    let mut unchanged = Settings::new(std::path::PathBuf::new());
    unchanged.shard_map = desk.settings.shard_map.clone();
    let defaults = entries(&unchanged);
    let rows = entries(&desk.settings).into_iter().zip(defaults).map(|((key, value), (_, default))| {
        // While the proxy runs, by RELOAD.
        let changeable = if key.starts_with("abuse.") { "yes" } else { "no" };
        vec![text(key), text(value), text(default), word(changeable)]
    });
    give(rows, sink)
}

/// Where the shard map is, without the secret that leads there.
pub(super) fn store(location: &MapLocation) -> String {
    match location {
        MapLocation::File(path) => path.display().to_string(),
        MapLocation::Postgres { .. } => "postgres".to_owned(),
    }
}

/// Keys and values, as people write them.
#[derive(Default)]
struct Entries(Vec<(String, String)>);

impl Entries {
    fn add(&mut self, key: &str, value: impl Display) {
        self.0.push((key.to_owned(), value.to_string()));
    }

    fn path(&mut self, key: &str, path: Option<&Path>) {
        self.add(key, path.map(|path| path.display().to_string()).unwrap_or_default());
    }

    fn time(&mut self, key: &str, time: Duration) {
        let millis = time.as_millis();
        if millis.is_multiple_of(1000) { self.add(key, format!("{}s", millis / 1000)) } else { self.add(key, format!("{millis}ms")) }
    }

    fn list<T: Display>(&mut self, key: &str, list: &[T]) {
        self.add(key, list.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    }
}

/// All settings; a setting that there is none of is empty. Secrets aren't among them.
fn entries(settings: &Settings) -> Vec<(String, String)> {
    let mut entries = Entries::default();
    listening(settings, &mut entries);
    rest(settings, &mut entries);
    bouncer(settings, &mut entries);
    entries.0
}

fn listening(settings: &Settings, entries: &mut Entries) {
    entries.add("shard_map", store(&settings.shard_map));
    let listen = &settings.listen;
    entries.list("listen.address", &listen.address);
    entries.path("listen.unix_socket_dir", listen.unix_socket_dir.as_deref());
    entries.add("listen.proxy_protocol", listen.proxy_protocol);
    entries.add("listen.max_clients", listen.max_clients);
    entries.add("listen.max_clients_per_address", listen.max_clients_per_address.map(|most| most.to_string()).unwrap_or_default());
    entries.add("listen.workers", listen.workers);
    let tls = settings.tls.as_ref();
    entries.path("tls.certificate", tls.map(|tls| tls.certificate.as_path()));
    entries.path("tls.client_ca", tls.and_then(|tls| tls.client_ca.as_deref()));
    entries.add("tls.mode", tls.map_or("", |tls| if tls.mode == TlsMode::Require { "require" } else { "prefer" }));
    let identity = &settings.identity;
    for (key, value) in [
        ("identity.certificate", identity.certificate),
        ("identity.options", identity.options),
        ("identity.user", identity.user),
        ("identity.database", identity.database),
        ("identity.set", identity.set),
        ("identity.comment", identity.comment),
    ] {
        entries.add(key, value);
    }
    entries.list("identity.server_names", &identity.server_names);
    entries.add("gate.mode", settings.gate.mode.as_str());
    entries.add("gate.explain", settings.gate.explain);
}

fn rest(settings: &Settings, entries: &mut Entries) {
    let pool = &settings.pool;
    entries.time("pool.connect_timeout", pool.connect_timeout);
    entries.time("pool.checkout_timeout", pool.checkout_timeout);
    entries.time("pool.idle_timeout", pool.idle_timeout);
    entries.time("pool.lifetime", pool.lifetime);
    entries.add("pool.prepared_statements", pool.prepared_statements);
    entries.time("storage.refresh", settings.storage.refresh);
    entries.add("storage.tenants", if settings.storage.all { "all" } else { "limited" });
    entries.path("usage.file", settings.usage.file.as_deref());
    entries.time("usage.interval", settings.usage.interval);
    entries.time("timeouts.login", settings.timeouts.login);
    entries.time("timeouts.drain_timeout", settings.timeouts.drain);
    entries.time("timeouts.client_stall", settings.timeouts.client_stall.unwrap_or_default());
    let abuse = &settings.abuse;
    entries.add("abuse.failures", abuse.failures);
    entries.add("abuse.address_failures", abuse.address_failures);
    entries.add("abuse.login_failures", abuse.login_failures);
    entries.time("abuse.window", abuse.window);
    entries.time("abuse.ban", abuse.ban);
    entries.time("abuse.max_ban", abuse.max_ban);
    entries.time("abuse.delay", abuse.delay);
    entries.time("abuse.max_delay", abuse.max_delay);
    entries.list("abuse.never", &abuse.never);
    entries.list("abuse.deny", &abuse.deny);
    entries.add("memory.per_session", settings.memory.per_session);
    entries.add("memory.total", settings.memory.total.map(|total| total.to_string()).unwrap_or_default());
    entries.time("proxies.timeout", settings.proxies.timeout);
    let health = &settings.health;
    entries.time("health.interval", health.interval);
    entries.time("health.catch_up", health.catch_up);
    entries.time("health.timeout", health.timeout);
    entries.time("health.max_lag", health.max_lag);
}

/// The keys that dashboards for PgBouncer look for. Sizes of pools are plans' here, so the largest default stands for them: none.
fn bouncer(settings: &Settings, entries: &mut Entries) {
    let listen = &settings.listen;
    let first = listen.address.first();
    let seconds = |time: Duration| time.as_secs();
    entries.add("listen_addr", first.map(|address| address.ip().to_string()).unwrap_or_default());
    entries.add("listen_port", first.map_or(0, |address| address.port()));
    entries.path("unix_socket_dir", listen.unix_socket_dir.as_deref());
    entries.add("max_client_conn", listen.max_clients);
    entries.add("default_pool_size", crate::shard_map::Limits::default().max_connections);
    entries.add("min_pool_size", 0);
    entries.add("reserve_pool_size", 0);
    entries.add("max_db_connections", 0);
    entries.add("max_db_client_connections", 0);
    entries.add("max_user_connections", 0);
    entries.add("max_user_client_connections", 0);
    entries.add("pool_mode", crate::shard_map::PoolMode::default().as_str());
    entries.add("max_prepared_statements", settings.pool.prepared_statements);
    entries.add("query_wait_timeout", seconds(settings.pool.checkout_timeout));
    entries.add("server_connect_timeout", seconds(settings.pool.connect_timeout));
    entries.add("server_idle_timeout", seconds(settings.pool.idle_timeout));
    entries.add("server_lifetime", seconds(settings.pool.lifetime));
    entries.add("client_login_timeout", seconds(settings.timeouts.login));
    entries.add("stats_period", STATS_PERIOD.as_secs());
    entries.add("admin_users", "logins with role = \"operator\"");
    entries.add("stats_users", "logins with role = \"viewer\"");
}
