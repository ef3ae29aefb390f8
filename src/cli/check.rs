//! `pgtenant check --config FILE`: both files, without a connection to anything.

use std::{fmt, path::Path};

use crate::{
    config::{Complaint, Environment, MapLocation, Settings, TlsSettings},
    net::tls::{ClientTls, ServerTls, ServerTlsFiles},
    shard_map::{LoginSecret, ServerAddress, ShardMap},
};

/// What `check` found; printed it is the command's output.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CheckReport {
    /// What stops the files from being used.
    pub complaints: Vec<Complaint>,
    /// What is wrong and isn't a place in a file: certificates, combinations of both files.
    pub problems: Vec<String>,
    /// What should be known.
    pub notes: Vec<String>,
    /// What a usable map holds.
    pub summary: Option<String>,
}

impl CheckReport {
    /// Whether `serve` would begin with these files.
    pub fn is_good(&self) -> bool {
        self.complaints.is_empty() && self.problems.is_empty()
    }
}

/// Checks a configuration file and the map that it names.
pub fn check(config: &Path) -> CheckReport {
    check_with(config, &Environment::process())
}

/// As [`check`], with `env:NAME` looked up elsewhere.
pub fn check_with(config: &Path, environment: &Environment) -> CheckReport {
    let mut report = CheckReport::default();
    let (location, settings) = Settings::inspect(config);
    let settings = settings.map_err(|errors| report.complaints.extend(errors.0)).ok();
    if let Some(tls) = settings.as_ref().and_then(|settings| settings.tls.as_ref()) {
        check_tls(tls, &mut report);
    }
    let Some(MapLocation::File(file)) = location else { return report };
    match ShardMap::load_with(&file, environment) {
        Ok(map) => check_map(&map, settings.as_ref(), &mut report),
        Err(errors) => report.complaints.extend(errors.0),
    }
    report
}

fn check_tls(tls: &TlsSettings, report: &mut CheckReport) {
    let TlsSettings { certificate, key, client_ca, .. } = tls.clone();
    match ServerTls::load(ServerTlsFiles { certificate, key, client_ca }) {
        Ok(tls) => report.notes.extend(tls.warnings().iter().map(ToString::to_string)),
        Err(error) => report.problems.push(error.to_string()),
    }
}

fn check_map(map: &ShardMap, settings: Option<&Settings>, report: &mut CheckReport) {
    report.notes.extend(map.notes().iter().map(ToString::to_string));
    for shard in map.shards() {
        for address in std::iter::once(&shard.primary).chain(&shard.replicas) {
            check_address(shard.id.as_str(), address, report);
        }
    }
    let unavailable = map.models().filter(|model| !model.lock.is_available());
    for model in unavailable {
        let message = format!("model {}: lock = \"{}\" isn't available yet, its tenants are refused", model.id, model.lock.as_str());
        report.problems.push(message);
    }
    if let Some(settings) = settings {
        for login in map.logins() {
            match login.secret {
                LoginSecret::TrustOnUnixSocket if settings.listen.unix_socket_dir.is_none() => {
                    let message = "auth = \"trust\" serves Unix sockets only, and `unix_socket_dir` isn't set";
                    report.problems.push(format!("login {}: {message}", login.id));
                }
                LoginSecret::Certificate if settings.tls.as_ref().is_none_or(|tls| tls.client_ca.is_none()) => {
                    let message = "auth = \"certificate\" needs `client_ca` in [tls], or nobody can show one";
                    report.problems.push(format!("login {}: {message}", login.id));
                }
                _ => {}
            }
        }
    }
    report.notes.extend(not_yet(map, settings));
    report.notes.sort();
    report.problems.sort();
    let placed = map.placement().map(|rule| format!(", others placed by rule over {} buckets", rule.bucket_count())).unwrap_or_default();
    let (shards, models, plans, logins) = (map.shards().count(), map.models().count(), map.plans().count(), map.logins().count());
    let tenants = map.tenant_count();
    report.summary = Some(format!("{shards} shards, {models} models, {plans} plans, {tenants} tenants{placed}, {logins} logins"));
}

/// What the files say and this version doesn't do: nobody should believe that it protects them.
fn not_yet(map: &ShardMap, settings: Option<&Settings>) -> Vec<String> {
    let mut notes = Vec::new();
    for plan in map.plans() {
        let limits = &plan.limits;
        let ignored = [
            ("weight", limits.weight != 1),
            ("queries_per_second", limits.queries_per_second.is_some()),
            ("burst", limits.burst.is_some()),
            ("transaction_timeout", limits.transaction_timeout.is_some()),
            ("storage", limits.storage.is_some()),
            ("read_replicas", limits.read_replicas),
        ];
        let names: Vec<&str> = ignored.iter().filter(|(_, set)| *set).map(|(name, _)| *name).collect();
        if !names.is_empty() {
            notes.push(format!("plan {}: not enforced yet: {}", plan.id, names.join(", ")));
        }
    }
    if let Some(settings) = settings {
        let sections = [("admin", settings.admin.is_some()), ("audit", settings.audit.is_some())];
        notes.extend(sections.iter().filter(|(_, set)| *set).map(|(name, _)| format!("[{name}] isn't served yet")));
    }
    notes
}

fn check_address(shard: &str, address: &ServerAddress, report: &mut CheckReport) {
    if let Err(error) = ClientTls::load(&address.tls.files()) {
        report.problems.push(format!("shard {shard}: {error}"));
    }
}

impl fmt::Display for CheckReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for complaint in &self.complaints {
            writeln!(f, "{complaint}")?;
        }
        for problem in &self.problems {
            writeln!(f, "{problem}")?;
        }
        for note in &self.notes {
            writeln!(f, "note: {note}")?;
        }
        match (&self.summary, self.complaints.len() + self.problems.len()) {
            (Some(summary), 0) => writeln!(f, "ok: {summary}"),
            (_, 1) => writeln!(f, "1 complaint"),
            (_, count) => writeln!(f, "{count} complaints"),
        }
    }
}
