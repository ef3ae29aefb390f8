//! `pgtenant check --config FILE`: both files, without a connection to anything. The shards are [`live`]'s.

pub mod live;

use std::{
    fmt,
    path::{Path, PathBuf},
};

use crate::{
    auth::jwt::Jwt,
    config::{Complaint, Environment, GateMode, MapLocation, Settings, TlsSettings},
    lifecycle::maps::{MapError, MapStore},
    net::tls::{ClientTls, ServerTls, ServerTlsFiles},
    session::gate::check_mode,
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
    let Some(location) = location else { return report };
    match map(location, environment) {
        Ok(map) => check_map(&map, settings.as_ref(), &mut report),
        Err(MapError::Invalid(errors)) => report.complaints.extend(errors.0),
        Err(error) => report.problems.push(error.to_string()),
    }
    report
}

/// The map, wherever it is kept. On a thread of its own: who calls may be on a runtime already.
fn map(location: MapLocation, environment: &Environment) -> Result<ShardMap, MapError> {
    let fetched = std::thread::scope(|scope| {
        let fetching = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.map_err(|source| MapError::File { file: PathBuf::new(), source })?;
            runtime.block_on(async { MapStore::at(&location)?.fetch().await })
        });
        fetching.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    Ok(fetched?.read(environment)?)
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
    if let Some(settings) = settings {
        report.problems.extend(check_mode(settings.gate.mode, map).err().map(|error| error.to_string()));
        report.notes.extend(lenient(settings.gate.mode, map));
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
                LoginSecret::Jwt if settings.jwt.is_none() => {
                    report
                        .problems
                        .push(format!("login {}: secret = \"jwt\" needs [jwt] in pgtenant.toml, which says whose tokens", login.id));
                }
                LoginSecret::Jwt if settings.tls.is_none() && settings.listen.unix_socket_dir.is_none() => {
                    report.notes.push(format!("login {}: without TLS its tokens are taken from this machine only", login.id));
                }
                _ => {}
            }
        }
        if let Some(Err(error)) = settings.jwt.as_ref().map(Jwt::new) {
            report.problems.push(error.to_string());
        }
    }
    report.notes.extend(unmeasured(map));
    report.notes.sort();
    report.problems.sort();
    let placed = map.placement().map(|rule| format!(", others placed by rule over {} buckets", rule.bucket_count())).unwrap_or_default();
    let (shards, models, plans, logins) = (map.shards().count(), map.models().count(), map.plans().count(), map.logins().count());
    let tenants = map.tenant_count();
    let counts = [(shards, "shard"), (models, "model"), (plans, "plan"), (tenants, "tenant"), (logins, "login")];
    let counted = counts.map(|(count, what)| format!("{count} {what}{}", if count == 1 { "" } else { "s" }));
    report.summary = Some(format!("{}{placed}", counted.join(", ")));
}

/// Where statements aren't checked: nobody should be surprised by it.
fn lenient(mode: GateMode, map: &ShardMap) -> Vec<String> {
    let all = (mode != GateMode::Enforce)
        .then(|| format!("[gate] mode = \"{}\": no statement is refused or rewritten, the databases are the only lock", mode.as_str()));
    let models = map.models().filter(|model| model.gate != GateMode::Enforce);
    let models =
        models.map(|model| format!("model {}: gate = \"{}\": the database is its tenants' only lock", model.id, model.gate.as_str()));
    all.into_iter().chain(models).collect()
}

/// Shards whose tenants' storage can't be measured, where a plan limits it.
fn unmeasured(map: &ShardMap) -> Vec<String> {
    if map.plans().all(|plan| plan.limits.storage.is_none()) {
        return Vec::new();
    }
    let without = map.shards().filter(|shard| shard.meter().is_none());
    without
        .map(|shard| {
            format!("shard {}: no `role_key` and no `password`: limits of storage don't hold there, nobody can measure it", shard.id)
        })
        .collect()
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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// What `check` prints about two files, without their folder's name.
    fn printed(config: &str, map: &str) -> (bool, String) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("pgtenant.toml"), config).unwrap();
        fs::write(folder.path().join("map.toml"), map).unwrap();
        let environment = Environment::fixed([("KEY", "0123456789abcdef"), ("PASSWORD", "secret")]);
        let report = check_with(&folder.path().join("pgtenant.toml"), &environment);
        (report.is_good(), report.to_string().replace(&format!("{}/", folder.path().display()), ""))
    }

    const MAP: &str = "version = 1\n[shards.a]\nprimary = \"host=h dbname=d\"\nrole_key = \"env:KEY\"\nprovisioner = \"env:NONE\"\n";

    #[test]
    fn good_files_are_summed_up() {
        let (good, text) = printed("shard_map = \"map.toml\"\n", MAP);
        assert!(good);
        assert_eq!(
            text,
            "note: map.toml:5:15: the environment variable NONE isn't set: create, move and check --fix won't work on this shard; serving will\n\
             ok: 1 shard, 0 models, 0 plans, 0 tenants, 0 logins\n"
        );
    }

    #[test]
    fn both_files_are_complained_about_at_once() {
        let (good, text) = printed("shard_map = \"map.toml\"\nlisten = 5\n", "version = 1\ncolour = 1\n");
        assert!(!good);
        assert_eq!(
            text,
            "pgtenant.toml:2:10: invalid type: integer `5`; expected a table\n\
             map.toml:2:1: unknown key `colour`; expected `version`, `revision`, `shards`, `plans`, `models`, `tenants`, `logins`, `placement`\n\
             2 complaints\n"
        );
    }

    #[test]
    fn what_the_two_files_say_must_fit() {
        let logins = "[logins.c]\nrole = \"viewer\"\nauth = \"certificate\"\n[logins.t]\nrole = \"viewer\"\nauth = \"trust\"\n[logins.j]\nrole = \"viewer\"\nsecret = \"jwt\"\n";
        let models = "[models.m]\nkind = \"row\"\ntenant_column = \"t\"\nsetting = \"a.b\"\nlock = \"shared\"\n";
        let (good, text) = printed("shard_map = \"map.toml\"\n", &format!("{MAP}{models}{logins}"));
        assert!(!good);
        let problems: Vec<&str> = text.lines().filter(|line| !line.starts_with("note: ")).collect();
        assert_eq!(
            problems,
            [
                "login c: auth = \"certificate\" needs `client_ca` in [tls], or nobody can show one",
                "login j: secret = \"jwt\" needs [jwt] in pgtenant.toml, which says whose tokens",
                "login t: auth = \"trust\" serves Unix sockets only, and `unix_socket_dir` isn't set",
                "3 complaints",
            ]
        );
        let (good, text) = printed("shard_map = \"map.toml\"\n[gate]\nmode = \"observe\"\n", &format!("{MAP}{models}"));
        assert!(!good);
        assert!(
            text.contains("[gate] mode = \"observe\" can't be: under lock = \"shared\" of model m the gate is the only lock"),
            "{text}"
        );
        let (good, _) = printed(
            "shard_map = \"map.toml\"\n[listen]\nunix_socket_dir = \".\"\n",
            &format!("{MAP}[logins.t]\nrole = \"viewer\"\nauth = \"trust\"\n"),
        );
        assert!(good);
    }

    #[test]
    fn limits_are_all_enforced() {
        let limits =
            "[plans.p]\nqueries_per_second = 5\nburst = 9\nbytes_per_second = \"1MB\"\nrows_per_result = 9\ntransaction_timeout = \"1s\"\n";
        let (_, text) = printed("shard_map = \"map.toml\"\n", &format!("{MAP}{limits}storage = \"1GB\"\nread_replicas = true\n"));
        assert!(!text.contains("not enforced"), "{text}");
    }

    #[test]
    fn certificates_are_opened() {
        let (good, text) = printed("shard_map = \"map.toml\"\n[tls]\ncertificate = \"map.toml\"\nkey = \"map.toml\"\n", MAP);
        assert!(!good);
        assert!(text.contains("map.toml: no certificate"), "{text}");
    }
}
