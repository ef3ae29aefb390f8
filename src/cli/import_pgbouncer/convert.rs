//! From PgBouncer's settings to pgtenant's two files.

use std::{collections::BTreeMap, path::Path};

use toml_edit::{Array, DocumentMut, Item, Table, value};

use super::{
    ini::{Entry, Ini, Known, User, hba, pairs, users},
    report::{NEEDLESS, Report},
};

/// pgtenant's files.
pub(super) struct Converted {
    pub(super) config: DocumentMut,
    pub(super) map: DocumentMut,
    /// Passwords by their files' names.
    pub(super) secrets: BTreeMap<String, String>,
    pub(super) report: Report,
    pub(super) tenants: usize,
    pub(super) logins: usize,
}

/// `[pgbouncer]` with PgBouncer's defaults.
struct Global<'i>(BTreeMap<&'i str, &'i Entry>);

impl Global<'_> {
    fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(|entry| entry.value.as_str()).filter(|value| !value.is_empty())
    }

    fn number(&self, key: &str, default: i64) -> i64 {
        self.text(key).and_then(|text| text.parse().ok()).unwrap_or(default)
    }

    fn list(&self, key: &str) -> Vec<&str> {
        self.text(key).unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty()).collect()
    }
}

/// What is being made.
struct Making<'i> {
    global: Global<'i>,
    folder: &'i Path,
    done: Converted,
    users: Vec<User>,
    /// Shards by host and port.
    shards: BTreeMap<(String, u16), (String, i64)>,
    /// Tenants of each login.
    reaches: BTreeMap<String, Vec<String>>,
}

/// Reads all that `file` names, and makes the two files of it.
pub(super) fn convert(file: &Path) -> std::io::Result<Converted> {
    let ini = Ini::read(file)?;
    let mut report = Report::default();
    for (at, why) in &ini.wrong {
        report.add(at, "line", why.clone());
    }
    let own = ini.entries.iter().filter(|entry| entry.section == "pgbouncer");
    let global = Global(own.map(|entry| (entry.key.as_str(), entry)).collect());
    let folder = file.parent().unwrap_or(Path::new(""));
    let done = Converted { config: DocumentMut::new(), map: DocumentMut::new(), secrets: BTreeMap::new(), report, tenants: 0, logins: 0 };
    let mut making = Making { global, folder, done, users: Vec::new(), shards: BTreeMap::new(), reaches: BTreeMap::new() };
    making.done.config.insert("shard_map", value("map.toml"));
    making.done.map.insert("version", value(1));
    making.users();
    making.settings();
    making.plans();
    let (modes, sizes) = making.of_users(&ini);
    for entry in ini.entries.iter().filter(|entry| entry.section == "databases") {
        making.database(entry, &modes, &sizes);
    }
    making.write_shards();
    making.write_logins();
    for entry in ini.entries.iter().filter(|entry| !["pgbouncer", "databases", "users"].contains(&entry.section.as_str())) {
        making.done.report.add(&entry.at, &entry.key, format!("[{}] isn't taken over", entry.section));
    }
    Ok(making.done)
}

impl Making<'_> {
    fn note(&mut self, key: &str, why: impl Into<String>) {
        if let Some(entry) = self.global.0.get(key) {
            self.done.report.add(&entry.at, key, why);
        }
    }

    /// `auth_file`.
    fn users(&mut self) {
        let Some(file) = self.global.text("auth_file").map(|file| self.folder.join(file)) else { return };
        match users(&file) {
            Ok((users, wrong)) => {
                self.users = users;
                for (at, why) in wrong {
                    self.done.report.add(&at, "line", why);
                }
            }
            Err(error) => self.note("auth_file", format!("{} can't be read: {error}", file.display())),
        }
    }

    fn set(&mut self, section: &str, key: &str, item: Item) {
        let table = self.done.config.entry(section).or_insert_with(|| Item::Table(Table::new()));
        if let Some(table) = table.as_table_mut() {
            table.insert(key, item);
        }
    }

    /// What `pgtenant.toml` says.
    fn settings(&mut self) {
        self.listen();
        self.client_tls();
        let seconds = [
            ("server_connect_timeout", "pool", "connect_timeout", 15),
            ("query_wait_timeout", "pool", "checkout_timeout", 120),
            ("server_idle_timeout", "pool", "idle_timeout", 600),
            ("server_lifetime", "pool", "lifetime", 3600),
            ("client_login_timeout", "timeouts", "login", 60),
        ];
        for (key, section, own, default) in seconds {
            let text = self.global.text(key).unwrap_or_default().to_owned();
            match text.parse::<f64>() {
                Ok(0.0) => self.note(key, "0 (no limit) isn't possible: PgBouncer's default is taken"),
                Ok(seconds) => {
                    self.set(section, own, value(period(seconds)));
                    continue;
                }
                Err(_) if !text.is_empty() => self.note(key, "not a number of seconds: PgBouncer's default is taken"),
                Err(_) => {}
            }
            self.set(section, own, value(period(f64::from(default))));
        }
        match self.global.number("max_prepared_statements", 200) {
            count @ 1.. => self.set("pool", "prepared_statements", value(count)),
            _ => self.note("max_prepared_statements", "pgtenant always keeps prepared statements; its default, 500, is taken"),
        }
        self.authentication();
        for (key, entry) in self.global.0.clone() {
            let needless = NEEDLESS.iter().find(|(keys, _)| keys.contains(&key));
            match needless {
                Some((_, why)) => self.done.report.add(&entry.at, key, format!("not needed: {why}")),
                None if !TAKEN.contains(&key) => self.done.report.add(&entry.at, key, "pgtenant has nothing like it"),
                None => {}
            }
        }
    }

    fn listen(&mut self) {
        let port = self.global.number("listen_port", 6432);
        let mut addresses = Array::new();
        for host in self.global.list("listen_addr").into_iter().map(str::to_owned).collect::<Vec<_>>() {
            match host.as_str() {
                "*" => addresses.extend([format!("0.0.0.0:{port}"), format!("[::]:{port}")]),
                "localhost" => addresses.push(format!("127.0.0.1:{port}")),
                ip if ip.parse::<std::net::Ipv4Addr>().is_ok() => addresses.push(format!("{ip}:{port}")),
                ip if ip.parse::<std::net::Ipv6Addr>().is_ok() => addresses.push(format!("[{ip}]:{port}")),
                name => self.note("listen_addr", format!("\"{name}\" isn't an IP address")),
            }
        }
        if addresses.is_empty() {
            addresses.push(format!("127.0.0.1:{port}"));
            self.note("listen_addr", "pgtenant listens on TCP at least on 127.0.0.1");
        }
        self.set("listen", "address", value(addresses));
        self.set("listen", "max_clients", value(self.global.number("max_client_conn", 100).max(1)));
        match self.global.text("unix_socket_dir").map(str::to_owned) {
            Some(folder) if Path::new(&folder).is_dir() => self.set("listen", "unix_socket_dir", value(folder)),
            Some(_) => self.note("unix_socket_dir", "there is no such folder"),
            None => {}
        }
    }

    fn client_tls(&mut self) {
        let mode = match self.global.text("client_tls_sslmode").unwrap_or("disable") {
            "disable" => return,
            "allow" | "prefer" => "prefer",
            _ => "require",
        };
        let file = |key| self.global.text(key).map(|file| absolute(self.folder, file));
        let (certificate, key, ca) = (file("client_tls_cert_file"), file("client_tls_key_file"), file("client_tls_ca_file"));
        let verifies = self.global.text("client_tls_sslmode").is_some_and(|mode| mode.starts_with("verify"));
        let (Some(certificate), Some(key)) = (certificate, key) else {
            self.note("client_tls_sslmode", "TLS needs client_tls_cert_file and client_tls_key_file; there is none now");
            return;
        };
        self.set("tls", "certificate", value(certificate));
        self.set("tls", "key", value(key));
        self.set("tls", "mode", value(mode));
        if let (Some(ca), true) = (ca, verifies) {
            self.set("tls", "client_ca", value(ca));
            self.note(
                "client_tls_sslmode",
                "certificates are asked for and checked, but only logins with auth = \"certificate\" must show one",
            );
        }
    }

    /// Who may come, and from where.
    fn authentication(&mut self) {
        match self.global.text("auth_type").unwrap_or("md5") {
            "md5" | "scram-sha-256" | "plain" => {}
            "hba" => self.hba(),
            other => {
                let why = format!("\"{other}\" isn't taken over: logins give their passwords of auth_file");
                self.note("auth_type", why);
            }
        }
        for key in ["auth_query", "auth_user", "auth_dbname", "auth_ident_file", "auth_ldap_options"] {
            self.note(key, "logins are those of auth_file; others have to be entered in the map");
        }
    }

    /// pgtenant has no rules by address, login and database together: those that say no more than its own way are met by it.
    fn hba(&mut self) {
        let Some(file) = self.global.text("auth_hba_file").map(|file| self.folder.join(file)) else { return };
        let lines = match hba(&file) {
            Ok(lines) => lines,
            Err(error) => return self.note("auth_hba_file", format!("{} can't be read: {error}", file.display())),
        };
        for (at, words) in lines {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            match words.as_slice() {
                ["host", "all", "all", "0.0.0.0/0" | "::/0" | "all", "md5" | "scram-sha-256" | "password"]
                | ["local", "all", "all", "md5" | "scram-sha-256" | "password"] => {}
                ["host", "all", "all", network, "reject"] => {
                    let deny = self.done.config.entry("abuse").or_insert_with(|| Item::Table(Table::new()));
                    let deny = deny.as_table_mut().map(|table| table.entry("deny").or_insert_with(|| value(Array::new())));
                    if let Some(list) = deny.and_then(Item::as_array_mut) {
                        list.push(*network);
                    }
                    self.done.report.add(&at, "reject", "taken as [abuse] deny, which counts before all other lines");
                }
                _ => self.done.report.add(
                    &at,
                    &words.join(" "),
                    "pgtenant has no rules by database, login and address together: this line isn't taken over",
                ),
            }
        }
    }

    /// A plan for each pool mode: the rest is a tenant's own.
    fn plans(&mut self) {
        let limits = [
            ("query_timeout", "statement_timeout"),
            ("transaction_timeout", "transaction_timeout"),
            ("idle_transaction_timeout", "idle_in_transaction_timeout"),
            ("client_idle_timeout", "idle_session_timeout"),
        ];
        let mut plans = Table::new();
        plans.set_implicit(true);
        for mode in ["session", "transaction", "statement"] {
            let mut plan = Table::new();
            plan.insert("max_connections", value(self.global.number("default_pool_size", 20).max(1)));
            plan.insert("pool_mode", value(mode));
            for (key, own) in limits {
                if let Some(seconds) = self.global.text(key).and_then(|text| text.parse::<f64>().ok()).filter(|seconds| *seconds > 0.0) {
                    plan.insert(own, value(period(seconds)));
                }
            }
            plans.insert(mode, Item::Table(plan));
        }
        self.done.map.insert("plans", Item::Table(plans));
        let mut models = Table::new();
        models.set_implicit(true);
        let mut model = Table::new();
        for (key, item) in
            [("kind", value("database")), ("database", value("{tenant}")), ("role", value("{tenant}")), ("passthrough", value(true))]
        {
            model.insert(key, item);
        }
        models.insert("passthrough", Item::Table(model));
        self.done.map.insert("models", Item::Table(models));
    }

    /// `[users]`: pool modes and sizes of theirs.
    fn of_users(&mut self, ini: &Ini) -> (BTreeMap<String, String>, BTreeMap<String, i64>) {
        let (mut modes, mut sizes) = (BTreeMap::new(), BTreeMap::new());
        for entry in ini.entries.iter().filter(|entry| entry.section == "users") {
            match pairs(&entry.value) {
                Ok(pairs) => {
                    for (key, text) in pairs {
                        match (key.as_str(), text.parse::<i64>()) {
                            ("pool_mode", _) => drop(modes.insert(entry.key.clone(), text)),
                            ("pool_size", Ok(size @ 1..)) => drop(sizes.insert(entry.key.clone(), size)),
                            _ => self.done.report.add(&entry.at, &key, "limits of a user over several databases aren't taken over"),
                        }
                    }
                }
                Err(why) => self.done.report.add(&entry.at, &entry.key, why),
            }
        }
        (modes, sizes)
    }

    fn database(&mut self, entry: &Entry, modes: &BTreeMap<String, String>, sizes: &BTreeMap<String, i64>) {
        if entry.key == "*" {
            let why = "databases that aren't listed aren't served: list those that are needed";
            return self.done.report.add(&entry.at, "*", why);
        }
        let given: BTreeMap<String, String> = match pairs(&entry.value) {
            Ok(pairs) => pairs.into_iter().collect(),
            Err(why) => return self.done.report.add(&entry.at, &entry.key, why),
        };
        for key in given.keys().filter(|key| !DATABASE.contains(&key.as_str())) {
            self.done.report.add(&entry.at, key, "pgtenant has nothing like it");
        }
        let wanted = match given.get("user") {
            Some(user) => vec![(user.clone(), true)],
            None => self.users.iter().filter(|user| !self.operates(&user.name)).map(|user| (user.name.clone(), false)).collect(),
        };
        if wanted.is_empty() {
            self.done.report.add(&entry.at, &entry.key, "nobody of auth_file may use it: no tenant is made of it");
        }
        let alone = wanted.len() == 1;
        for (role, is_forced) in wanted {
            self.tenant(entry, &given, &role, is_forced, alone, (modes, sizes));
        }
    }

    /// A database as one server role.
    fn tenant(
        &mut self,
        entry: &Entry,
        given: &BTreeMap<String, String>,
        role: &str,
        is_forced: bool,
        alone: bool,
        (modes, sizes): (&BTreeMap<String, String>, &BTreeMap<String, i64>),
    ) {
        let id = if alone { entry.key.clone() } else { format!("{}.{role}", entry.key) };
        let known = match given.get("password") {
            Some(password) => Known::of(password),
            None => self.users.iter().find(|user| user.name == role).map_or(Known::Nothing, |user| user.secret.clone()),
        };
        let Known::Plain(password) = known else {
            let why = format!(
                "the password of role {role} isn't known, only perhaps a hash of it, with which nobody can log in to a server: no tenant is made of it"
            );
            return self.done.report.add(&entry.at, &entry.key, why);
        };
        let Some(id) = tenant_id(&id) else {
            return self.done.report.add(&entry.at, &entry.key, format!("\"{id}\" can't be a tenant's id: no tenant is made of it"));
        };
        let own_mode = given.get("pool_mode").or_else(|| modes.get(role)).map(String::as_str);
        let mode = own_mode.or(self.global.text("pool_mode")).unwrap_or("session").to_owned();
        let own = |key: &str| given.get(key).and_then(|text| text.parse::<i64>().ok());
        let most = own("max_db_connections").filter(|most| *most > 0);
        let size = own("pool_size").or_else(|| sizes.get(role).copied()).filter(|size| *size > 0);
        let standard = self.global.number("default_pool_size", 20).max(1);
        let size = size.unwrap_or(standard).min(most.unwrap_or(i64::MAX));
        let shard = self.shard(given, size);
        let mut tenant = Table::new();
        let secret = self.secret(role, &password, given.contains_key("password").then_some(&entry.key));
        let database = given.get("dbname").unwrap_or(&entry.key).clone();
        for (key, text) in [
            ("shard", shard),
            ("model", "passthrough".to_owned()),
            ("plan", mode),
            ("database", database),
            ("role", role.to_owned()),
            ("role_password", secret),
        ] {
            tenant.insert(key, value(text));
        }
        if !alone || id != entry.key {
            tenant.insert("client_database", value(&entry.key));
        }
        let mut limits = Table::new();
        if size != standard {
            limits.insert("max_connections", value(size));
        }
        if let Some(least) = own("min_pool_size").or_else(|| self.global.text("min_pool_size")?.parse().ok()).filter(|least| *least > 0) {
            limits.insert("min_connections", value(least.min(size)));
        }
        if let Some(clients) = own("max_db_client_connections").filter(|clients| *clients > 0) {
            limits.insert("max_clients", value(clients));
        }
        if !limits.is_empty() {
            tenant.insert("limits", Item::Table(limits));
        }
        let tenants = self.done.map.entry("tenants").or_insert_with(implicit);
        if let Some(tenants) = tenants.as_table_mut() {
            tenants.insert(&id, Item::Table(tenant));
        }
        self.done.tenants += 1;
        let names = self.users.iter().map(|user| user.name.clone()).filter(|name| (is_forced || name == role) && !self.operates(name));
        for name in names.collect::<Vec<String>>() {
            self.reaches.entry(name).or_default().push(id.clone());
        }
    }

    /// The shard of a server, which has room for so many connections more.
    fn shard(&mut self, given: &BTreeMap<String, String>, size: i64) -> String {
        let host = given.get("host").map_or("/var/run/postgresql", String::as_str).to_owned();
        let port = given.get("port").and_then(|port| port.parse().ok()).unwrap_or(5432);
        let count = self.shards.len() + 1;
        let (name, room) = self.shards.entry((host, port)).or_insert_with(|| (format!("server{count}"), 0));
        *room += size;
        name.clone()
    }

    fn write_shards(&mut self) {
        let tls = [
            ("sslmode", "server_tls_sslmode"),
            ("sslrootcert", "server_tls_ca_file"),
            ("sslcert", "server_tls_cert_file"),
            ("sslkey", "server_tls_key_file"),
        ];
        let reserve = self.global.number("reserve_pool_size", 0).max(0);
        let wait = self.global.text("reserve_pool_timeout").and_then(|text| text.parse::<f64>().ok()).filter(|seconds| *seconds > 0.0);
        let mut shards = Table::new();
        shards.set_implicit(true);
        for ((host, port), (name, room)) in &self.shards {
            // No client calls its database so: the shard's own database says nothing of the tenant.
            let mut primary = format!("host={host} port={port} dbname=template1");
            for (keyword, key) in tls {
                let Some(text) = self.global.text(key) else { continue };
                let text = if keyword == "sslmode" {
                    if text == "allow" { "prefer".to_owned() } else { text.to_owned() }
                } else {
                    absolute(self.folder, text)
                };
                primary.push_str(&format!(" {keyword}={text}"));
            }
            let mut shard = Table::new();
            shard.insert("primary", value(primary));
            shard.insert("max_connections", value(room + reserve));
            if reserve > 0 {
                shard.insert("reserve", value(reserve));
                shard.insert("reserve_timeout", value(period(wait.unwrap_or(5.0))));
            }
            shards.insert(name, Item::Table(shard));
        }
        if reserve > 0 {
            self.note("reserve_pool_size", "taken as the reserve of each server, for all of its pools together");
        }
        self.done.map.insert("shards", Item::Table(shards));
    }

    /// Whether a login operates the pooler: then it reaches no tenant.
    fn operates(&self, name: &str) -> bool {
        ["admin_users", "stats_users"].iter().any(|key| self.global.list(key).contains(&name))
    }

    fn write_logins(&mut self) {
        let mut logins = Table::new();
        logins.set_implicit(true);
        for user in self.users.clone() {
            let mut login = Table::new();
            let role = ["admin_users", "stats_users"].into_iter().zip(["operator", "viewer"]);
            let role = role.into_iter().find(|(key, _)| self.global.list(key).contains(&user.name.as_str())).map(|(_, role)| role);
            match (role, self.reaches.get(&user.name)) {
                (Some(role), _) => {
                    login.insert("role", value(role));
                    self.done.report.add(
                        &user.at,
                        &user.name,
                        format!("is {role} here, and reaches no database: give applications another login"),
                    );
                }
                (None, Some(tenants)) => drop(login.insert("tenants", value(tenants.iter().collect::<Array>()))),
                (None, None) => {
                    self.done.report.add(&user.at, &user.name, "reaches no database that was taken over: no login is made of it");
                    continue;
                }
            }
            let secret = match &user.secret {
                Known::Plain(password) => self.secret(&user.name, password, None),
                Known::Hash(hash) => hash.clone(),
                Known::Nothing => {
                    self.done.report.add(&user.at, &user.name, "has no password: no login is made of it");
                    continue;
                }
            };
            login.insert("secret", value(secret));
            logins.insert(&user.name, Item::Table(login));
            self.done.logins += 1;
        }
        for name in
            self.global.list("admin_users").into_iter().chain(self.global.list("stats_users")).map(str::to_owned).collect::<Vec<_>>()
        {
            if !self.users.iter().any(|user| user.name == name) {
                let key = if self.global.list("admin_users").contains(&name.as_str()) { "admin_users" } else { "stats_users" };
                self.note(key, format!("\"{name}\" isn't in auth_file: no login is made of it"));
            }
        }
        self.done.map.insert("logins", Item::Table(logins));
    }

    /// Puts a password into a file of its own; the text that names it.
    fn secret(&mut self, user: &str, password: &str, database: Option<&String>) -> String {
        let whose = database.map_or_else(|| user.to_owned(), |database| format!("{database}.{user}"));
        let name: String = whose.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect();
        let mut file = format!("{name}.password");
        // Two names may look the same without what a file's name can't hold.
        while self.done.secrets.get(&file).is_some_and(|other| other != password) {
            file.insert(0, '_');
        }
        self.done.secrets.insert(file.clone(), password.to_owned());
        format!("file:secrets/{file}")
    }
}

/// Keys of `[pgbouncer]` that are taken over or told of above.
const TAKEN: &[&str] = &[
    "listen_addr",
    "listen_port",
    "unix_socket_dir",
    "max_client_conn",
    "client_tls_sslmode",
    "client_tls_cert_file",
    "client_tls_key_file",
    "client_tls_ca_file",
    "server_connect_timeout",
    "query_wait_timeout",
    "server_idle_timeout",
    "server_lifetime",
    "client_login_timeout",
    "max_prepared_statements",
    "auth_type",
    "auth_file",
    "auth_hba_file",
    "auth_query",
    "auth_user",
    "auth_dbname",
    "auth_ident_file",
    "auth_ldap_options",
    "default_pool_size",
    "min_pool_size",
    "reserve_pool_size",
    "reserve_pool_timeout",
    "pool_mode",
    "query_timeout",
    "transaction_timeout",
    "idle_transaction_timeout",
    "client_idle_timeout",
    "server_tls_sslmode",
    "server_tls_ca_file",
    "server_tls_cert_file",
    "server_tls_key_file",
    "admin_users",
    "stats_users",
];

/// Keys of a database's line that are taken over.
const DATABASE: &[&str] = &[
    "host",
    "port",
    "dbname",
    "user",
    "password",
    "pool_size",
    "min_pool_size",
    "pool_mode",
    "max_db_connections",
    "max_db_client_connections",
];

fn implicit() -> Item {
    let mut table = Table::new();
    table.set_implicit(true);
    Item::Table(table)
}

fn period(seconds: f64) -> String {
    if seconds.fract() == 0.0 { format!("{seconds}s") } else { format!("{}ms", (seconds * 1000.0).round().max(1.0)) }
}

fn absolute(folder: &Path, file: &str) -> String {
    std::path::absolute(folder.join(file)).unwrap_or_else(|_| folder.join(file)).display().to_string()
}

/// A name as a tenant's id, if it can be one.
fn tenant_id(name: &str) -> Option<String> {
    let is_id = name.len() <= 63
        && name.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    is_id.then(|| name.to_owned())
}
