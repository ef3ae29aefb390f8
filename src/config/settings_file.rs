//! `pgtenant.toml` as people write it, and its way to [`Settings`].

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;
use toml::{Spanned, de::DeValue};

use super::{
    AuditSettings, ByteSize, ConfigErrors, Environment, GateMode, GateSettings, IdentitySettings, ListenSettings, MapLocation, Period,
    PoolSettings, Secret, SecretError, Settings, StorageSettings, TimeoutSettings, TlsMode, TlsSettings, abuse, admin,
    complaint::Source,
    document::{self, Field, Findings},
    health, jwt, log,
    proxies::{self, has_password, is_postgres},
    resolve_secret, usage,
};

/// The file's sections, besides the keys `shard_map` and `shard_map_cache`.
pub(super) const SECTIONS: [&str; 16] = [
    "listen", "tls", "identity", "jwt", "admin", "audit", "gate", "pool", "storage", "usage", "timeouts", "abuse", "memory", "proxies",
    "health", "log",
];

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawListen {
    address: Field<OneOrMany>,
    unix_socket_dir: Field<PathBuf>,
    proxy_protocol: Option<bool>,
    max_clients: Field<u32>,
    max_clients_per_address: Field<u32>,
    user_timeout: Field<Period>,
    workers: Field<usize>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "an address such as \"127.0.0.1:6432\", or a list of them")]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTls {
    certificate: Field<PathBuf>,
    key: Field<PathBuf>,
    client_ca: Field<PathBuf>,
    mode: Option<RawTlsMode>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum RawTlsMode {
    Prefer,
    Require,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawIdentity {
    certificate: Option<bool>,
    server_names: Option<Vec<Spanned<String>>>,
    options: Option<bool>,
    user: Option<bool>,
    database: Option<bool>,
    set: Option<bool>,
    comment: Option<bool>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAudit {
    file: Field<PathBuf>,
    max_size: Field<ByteSize>,
    keep: Field<Period>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGate {
    mode: Option<RawGateMode>,
    explain: Option<bool>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum RawGateMode {
    Enforce,
    Observe,
    Off,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPool {
    connect_timeout: Field<Period>,
    checkout_timeout: Field<Period>,
    idle_timeout: Field<Period>,
    lifetime: Field<Period>,
    prepared_statements: Field<usize>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStorage {
    refresh: Field<Period>,
    tenants: Option<RawMeasured>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum RawMeasured {
    Limited,
    All,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTimeouts {
    login: Field<Period>,
    drain_timeout: Field<Period>,
    client_stall: Field<Period>,
}

/// A file of the audit trail is full from this size on where nothing is said, in bytes.
const AUDIT_SIZE: u64 = 100 << 20;

/// The settings, and the shard map's place as far as the file says it.
pub(super) fn load(file: &Path) -> (Option<MapLocation>, Result<Settings, ConfigErrors>) {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => return (None, Err(ConfigErrors::unreadable(file, &error))),
    };
    let folder = file.parent().unwrap_or(Path::new(""));
    let mut reader = Reader { folder, findings: Findings::from(0) };
    let settings = reader.settings(&text);
    let map = settings.as_ref().map(|settings| settings.shard_map.clone()).filter(|map| *map != MapLocation::File(PathBuf::new()));
    let complaints = Source { file, text: &text }.complaints(reader.findings.into_list());
    match settings {
        Some(settings) if complaints.is_empty() => (map, Ok(settings)),
        _ => (map, Err(ConfigErrors(complaints))),
    }
}

struct Reader<'f> {
    folder: &'f Path,
    findings: Findings,
}

impl Reader<'_> {
    fn settings(&mut self, text: &str) -> Option<Settings> {
        let root = document::parse(text, &mut self.findings)?;
        let mut settings = Settings::new(PathBuf::new());
        let mut map_seen = false;
        let mut entries: Vec<_> = root.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in entries {
            let at = key.span().start;
            match key.get_ref().as_ref() {
                "shard_map" => {
                    map_seen = true;
                    if let Some(map) = self.map(value) {
                        settings.shard_map = map;
                    }
                }
                "shard_map_cache" => settings.shard_map_cache = self.cache(value),
                "listen" => settings.listen = self.listen(value),
                "tls" => settings.tls = self.tls(value, at),
                "identity" => settings.identity = self.identity(value),
                "jwt" => settings.jwt = jwt::read(value, at, self.folder, &mut self.findings),
                "admin" => settings.admin = admin::read(value, at, self.folder, &mut self.findings),
                "audit" => settings.audit = self.audit(value, at),
                "gate" => settings.gate = self.gate(value),
                "pool" => settings.pool = self.pool(value),
                "storage" => settings.storage = self.storage(value),
                "usage" => settings.usage = usage::read(value, self.folder, &mut self.findings),
                "timeouts" => settings.timeouts = self.timeouts(value),
                "abuse" => settings.abuse = abuse::read(value, &mut self.findings),
                "memory" => settings.memory = abuse::read_memory(value, &mut self.findings),
                "proxies" => settings.proxies = proxies::read(value, self.folder, &mut self.findings),
                "health" => settings.health = health::read(value, &mut self.findings),
                "log" => settings.log = log::read(value, &mut self.findings),
                other => {
                    let known = format!("`shard_map`, `shard_map_cache` or a section: {}", SECTIONS.join(", "));
                    self.findings.expect(at, format!("unknown key `{other}`"), known);
                }
            }
        }
        if !map_seen {
            self.findings.expect(0, "`shard_map` is missing", "the path of the shard map's file, or its store's URL");
        }
        Some(settings)
    }

    fn map(&mut self, value: &Spanned<DeValue<'_>>) -> Option<MapLocation> {
        const EXPECTED: &str = "a path, \"postgres://…\", or \"env:NAME\" or \"file:PATH\" with such a URL";
        let at = value.span().start;
        let Some(text) = value.get_ref().as_str() else {
            self.findings.expect(at, "`shard_map` isn't a string", EXPECTED);
            return None;
        };
        let store = |url| Some(MapLocation::Postgres { url, folder: self.folder.to_owned() });
        match resolve_secret(text, self.folder, &Environment::process()) {
            Ok(url) if is_postgres(url.reveal()) => return store(url),
            Ok(_) => self.findings.expect(at, format!("what \"{text}\" holds isn't a URL of PostgreSQL"), "postgres://…"),
            Err(SecretError::PlainText) if text.is_empty() => self.findings.expect(at, "`shard_map` is empty", EXPECTED),
            Err(SecretError::PlainText) if is_postgres(text) && has_password(text) => {
                self.findings.expect(at, "a secret in plain text", "\"env:NAME\", \"file:PATH\", or a URL without a password");
            }
            Err(SecretError::PlainText) if is_postgres(text) => return store(Secret::new(text)),
            Err(SecretError::PlainText) => match text.split_once("://") {
                Some((scheme, _)) => self.findings.expect(at, format!("a shard map in `{scheme}://` isn't available"), EXPECTED),
                None => return Some(MapLocation::File(self.folder.join(text))),
            },
            Err(error) => self.findings.add(at, error.to_string()),
        }
        None
    }

    fn cache(&mut self, value: &Spanned<DeValue<'_>>) -> Option<PathBuf> {
        let path = value.get_ref().as_str().filter(|path| !path.is_empty());
        if path.is_none() {
            self.findings.expect(value.span().start, "`shard_map_cache` isn't a path", "the path of a file");
        }
        path.map(|path| self.folder.join(path))
    }

    fn listen(&mut self, value: &Spanned<DeValue<'_>>) -> ListenSettings {
        let default = ListenSettings::default();
        let raw: RawListen = document::read(value, &mut self.findings).unwrap_or_default();
        let address = match &raw.address {
            Some(listed) => self.addresses(listed),
            None => default.address,
        };
        let max_clients = self.positive(&raw.max_clients, "max_clients", default.max_clients);
        let max_clients_per_address =
            raw.max_clients_per_address.as_ref().map(|_| self.positive(&raw.max_clients_per_address, "max_clients_per_address", 0));
        let user_timeout = raw.user_timeout.as_ref().map(|time| time.get_ref().0).filter(|time| !time.is_zero());
        let workers = document::value(&raw.workers).unwrap_or(default.workers);
        if workers > 1024 {
            self.findings.expect(document::place(&raw.workers, 0), "too many workers", "at most 1024; 0 is one per core");
        }
        let unix_socket_dir = raw.unix_socket_dir.map(|dir| {
            let path = self.folder.join(dir.get_ref());
            if !path.is_dir() {
                self.findings.add(dir.span().start, format!("`unix_socket_dir` {} isn't a folder", path.display()));
            }
            path
        });
        ListenSettings {
            address,
            unix_socket_dir,
            proxy_protocol: raw.proxy_protocol.unwrap_or(default.proxy_protocol),
            max_clients,
            max_clients_per_address,
            user_timeout,
            workers,
        }
    }

    fn addresses(&mut self, listed: &Spanned<OneOrMany>) -> Vec<SocketAddr> {
        let at = listed.span().start;
        let texts = match listed.get_ref() {
            OneOrMany::One(text) => std::slice::from_ref(text),
            OneOrMany::Many(texts) => texts,
        };
        if texts.is_empty() {
            self.findings.expect(at, "`address` is empty", "at least one address such as \"127.0.0.1:6432\"");
        }
        let mut addresses: Vec<SocketAddr> = Vec::new();
        for text in texts {
            let Some(address) = self.address(text, at) else { continue };
            if address.port() != 0 && addresses.contains(&address) {
                self.findings.add(at, format!("{address} is listed twice"));
            }
            addresses.push(address);
        }
        addresses
    }

    fn address(&mut self, text: &str, at: usize) -> Option<SocketAddr> {
        let parsed = text.parse().ok();
        if parsed.is_none() {
            let expected = "an IP address and a port, such as \"127.0.0.1:6432\" or \"[::]:6432\"";
            self.findings.expect(at, format!("\"{text}\" isn't an address"), expected);
        }
        parsed
    }

    fn tls(&mut self, value: &Spanned<DeValue<'_>>, section: usize) -> Option<TlsSettings> {
        let raw: RawTls = document::read(value, &mut self.findings)?;
        let certificate = self.required_file(&raw.certificate, "certificate", section);
        let key = self.required_file(&raw.key, "key", section);
        let client_ca = raw.client_ca.as_ref().map(|path| self.file(path, "client_ca"));
        let mode = match raw.mode {
            Some(RawTlsMode::Require) => TlsMode::Require,
            Some(RawTlsMode::Prefer) => TlsMode::Prefer,
            None => TlsMode::default(),
        };
        Some(TlsSettings { certificate: certificate?, key: key?, client_ca, mode })
    }

    fn required_file(&mut self, path: &Field<PathBuf>, name: &str, section: usize) -> Option<PathBuf> {
        if path.is_none() {
            self.findings.missing(section, name, format!("`{name}` is missing in [tls]"), "the path of a PEM file");
        }
        path.as_ref().map(|path| self.file(path, name))
    }

    fn file(&mut self, path: &Spanned<PathBuf>, name: &str) -> PathBuf {
        let file = self.folder.join(path.get_ref());
        if let Err(error) = fs::File::open(&file) {
            self.findings.add(path.span().start, format!("`{name}` {} can't be read: {error}", file.display()));
        }
        file
    }

    fn identity(&mut self, value: &Spanned<DeValue<'_>>) -> IdentitySettings {
        let default = IdentitySettings::default();
        let raw: RawIdentity = document::read(value, &mut self.findings).unwrap_or_default();
        let mut server_names = Vec::new();
        for name in raw.server_names.unwrap_or_default() {
            let text = name.get_ref().to_ascii_lowercase();
            let label = |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            if !text.split('.').all(label) {
                let message = format!("\"{}\" isn't a domain", name.get_ref());
                self.findings.expect(name.span().start, message, "a domain such as \"db.example.com\" (tenants are its sub-domains)");
            }
            server_names.push(text);
        }
        IdentitySettings {
            certificate: raw.certificate.unwrap_or(default.certificate),
            server_names,
            options: raw.options.unwrap_or(default.options),
            user: raw.user.unwrap_or(default.user),
            database: raw.database.unwrap_or(default.database),
            set: raw.set.unwrap_or(default.set),
            comment: raw.comment.unwrap_or(default.comment),
        }
    }

    fn audit(&mut self, value: &Spanned<DeValue<'_>>, section: usize) -> Option<AuditSettings> {
        let raw: RawAudit = document::read(value, &mut self.findings)?;
        if raw.file.is_none() {
            self.findings.missing(section, "file", "`file` is missing in [audit]", "the path of a file to append to");
        }
        let max_size = self.positive(&raw.max_size.map(|size| Spanned::new(size.span(), size.get_ref().0)), "max_size", AUDIT_SIZE);
        let keep = raw.keep.as_ref().map(|_| self.period(&raw.keep, "keep", Duration::ZERO));
        raw.file.map(|file| AuditSettings { file: self.folder.join(file.into_inner()), max_size, keep })
    }

    fn gate(&mut self, value: &Spanned<DeValue<'_>>) -> GateSettings {
        let default = GateSettings::default();
        let raw: RawGate = document::read(value, &mut self.findings).unwrap_or_default();
        let mode = raw.mode.map_or(default.mode, |mode| match mode {
            RawGateMode::Enforce => GateMode::Enforce,
            RawGateMode::Observe => GateMode::Observe,
            RawGateMode::Off => GateMode::Off,
        });
        GateSettings { mode, explain: raw.explain.unwrap_or(default.explain) }
    }

    fn pool(&mut self, value: &Spanned<DeValue<'_>>) -> PoolSettings {
        let default = PoolSettings::default();
        let raw: RawPool = document::read(value, &mut self.findings).unwrap_or_default();
        PoolSettings {
            connect_timeout: self.period(&raw.connect_timeout, "connect_timeout", default.connect_timeout),
            checkout_timeout: self.period(&raw.checkout_timeout, "checkout_timeout", default.checkout_timeout),
            idle_timeout: self.period(&raw.idle_timeout, "idle_timeout", default.idle_timeout),
            lifetime: self.period(&raw.lifetime, "lifetime", default.lifetime),
            prepared_statements: self.positive(&raw.prepared_statements, "prepared_statements", default.prepared_statements),
        }
    }

    fn storage(&mut self, value: &Spanned<DeValue<'_>>) -> StorageSettings {
        let default = StorageSettings::default();
        let raw: RawStorage = document::read(value, &mut self.findings).unwrap_or_default();
        let refresh = self.period(&raw.refresh, "refresh", default.refresh);
        StorageSettings { refresh, all: raw.tenants.map_or(default.all, |tenants| matches!(tenants, RawMeasured::All)) }
    }

    fn timeouts(&mut self, value: &Spanned<DeValue<'_>>) -> TimeoutSettings {
        let default = TimeoutSettings::default();
        let raw: RawTimeouts = document::read(value, &mut self.findings).unwrap_or_default();
        TimeoutSettings {
            login: self.period(&raw.login, "login", default.login),
            drain: self.period(&raw.drain_timeout, "drain_timeout", default.drain),
            client_stall: match &raw.client_stall {
                Some(time) => Some(time.get_ref().0).filter(|time| !time.is_zero()),
                None => default.client_stall,
            },
        }
    }

    fn period(&mut self, field: &Field<Period>, name: &str, default: Duration) -> Duration {
        let Some(period) = field else { return default };
        if period.get_ref().0.is_zero() {
            self.findings.expect(period.span().start, format!("`{name}` is zero"), "a duration such as \"30s\"");
        }
        period.get_ref().0
    }

    fn positive<N: Copy + Default + PartialEq>(&mut self, field: &Field<N>, name: &str, default: N) -> N {
        let Some(number) = field else { return default };
        if *number.get_ref() == N::default() {
            self.findings.expect(number.span().start, format!("`{name}` is 0"), "at least 1");
        }
        *number.get_ref()
    }
}
