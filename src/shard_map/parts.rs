//! Shards, plans and models: from what the file says to what tenants refer to.

use std::{path::Path, path::PathBuf, sync::Arc, time::Duration};

use toml::{Spanned, de::DeTable, de::DeValue};

use super::{
    Concurrency, Lock, Model, ModelKind, Parts, Plan, RoleKey, ServerAddress, Shard, SigningKey, Template,
    address::{AddressError, KEYWORDS},
    names::Names,
    raw::{RawKind, RawModel, RawPlan, RawShard, gate_mode},
};
use crate::{
    config::{
        Environment, GateMode, Secret, SecretError,
        document::{self, Field, Findings, place, value},
        resolve_secret,
    },
    ids::{ModelId, PlanId, ShardId},
};

/// Server connections of a shard that doesn't say how many.
const MAX_CONNECTIONS: u32 = 40;

/// Who has waited for so long may draw on the reserve, where the shard doesn't say.
const RESERVE_TIMEOUT: Duration = Duration::from_secs(5);

/// The setting that holds the context where the model doesn't say.
const SETTING: &str = "app.current_tenant";

/// A tenant's database role where the model doesn't say.
const ROLE: &str = "t_{tenant}";

/// What is needed to read any section.
pub(super) struct Reading<'f> {
    pub(super) folder: &'f Path,
    pub(super) environment: &'f Environment,
}

impl Reading<'_> {
    /// The secret that a field points to; `plain` says what to do about one in plain text.
    pub(super) fn secret(&self, field: &Field<String>, plain: &str, findings: &mut Findings) -> Option<Secret> {
        let field = field.as_ref()?;
        match resolve_secret(field.get_ref(), self.folder, self.environment) {
            Ok(secret) => Some(secret),
            Err(SecretError::PlainText) => {
                findings.expect(field.span().start, "a secret in plain text", plain);
                None
            }
            Err(error) => {
                findings.add(field.span().start, error.to_string());
                None
            }
        }
    }
}

/// What the file says besides tenants and logins.
pub(super) struct PartsReader<'f> {
    pub(super) reading: &'f Reading<'f>,
    pub(super) parts: Parts,
    pub(super) names: Names,
    pub(super) notes: Findings,
    pub(super) sources: Vec<PathBuf>,
}

impl PartsReader<'_> {
    pub(super) fn read(&mut self, root: &DeTable<'_>, findings: &mut Findings) {
        if let Some(shards) = root.get("shards") {
            self.shards(shards, findings);
        }
        if let Some(plans) = root.get("plans") {
            for (key, value) in document::sections(plans, "[plans.NAME] with max_connections, weight …", findings) {
                let plan = plan(key.get_ref(), value, findings);
                let number = number(&mut self.parts.plans, plan);
                self.names.plans.insert(key.get_ref().to_string(), number);
            }
        }
        if let Some(models) = root.get("models") {
            for (key, value) in document::sections(models, "[models.NAME] with kind = \"row\", \"schema\" or \"database\"", findings) {
                let model = self.model(key.get_ref(), key.span().start, value, findings);
                let number = number(&mut self.parts.models, model);
                self.names.models.insert(key.get_ref().to_string(), number);
            }
        }
    }

    fn shards(&mut self, shards: &Spanned<DeValue<'_>>, findings: &mut Findings) {
        let mut servers: Vec<(Arc<str>, u16)> = Vec::new();
        for (key, value) in document::sections(shards, "[shards.NAME] with primary = \"host=… port=… dbname=…\"", findings) {
            let raw: RawShard = document::read(value, findings).unwrap_or_default();
            let at = key.span().start;
            let shard = self.shard(key.get_ref(), at, &raw, findings);
            if let Some(shard) = &shard {
                let server = (shard.primary.host.clone(), shard.primary.port);
                let cluster = servers.iter().position(|known| *known == server).unwrap_or(servers.len());
                let twin = self.parts.shards.iter().find(|other| {
                    let other = &other.primary;
                    (&other.host, other.port, &other.dbname) == (&server.0, server.1, &shard.primary.dbname)
                });
                if let Some(twin) = twin {
                    let message = format!("shard {} is the same database as shard {}: {}", shard.id, twin.id, shard.primary);
                    findings.add(place(&raw.primary, at), message);
                }
                if cluster == servers.len() {
                    servers.push(server);
                }
                self.parts.clusters.push(u16::try_from(cluster).unwrap_or(u16::MAX));
                self.names.capacity_places.push(findings.in_file(place(&raw.max_connections, at)));
                self.names.shard_places.push(findings.in_file(at));
            }
            let number = number(&mut self.parts.shards, shard);
            self.names.shards.insert(key.get_ref().to_string(), number);
        }
    }

    fn shard(&mut self, id: &str, at: usize, raw: &RawShard, findings: &mut Findings) -> Option<Shard> {
        const PLAIN: &str = "\"env:NAME\" or \"file:PATH\"";
        for text in [&raw.password, &raw.role_key, &raw.provisioner].into_iter().flatten() {
            self.sources.extend(crate::config::secret_file(text.get_ref(), self.reading.folder));
        }
        let password = self.reading.secret(&raw.password, PLAIN, findings);
        let role_key = self.reading.secret(&raw.role_key, PLAIN, findings);
        if let (Some(key), Some(given)) = (&role_key, &raw.role_key)
            && key.reveal().len() < 16
        {
            findings.expect(given.span().start, "`role_key` is short, and every tenant's password hangs on it", "at least 16 bytes");
        }
        let provisioner = self.provisioner(&raw.provisioner, findings);
        if raw.password.is_some() && raw.user.is_none() {
            findings.add(place(&raw.password, at), "`password` without `user`");
        }
        if raw.primary.is_none() {
            findings.missing(at, "primary", "`primary` is missing", "a keyword string such as \"host=10.0.0.1 port=5432 dbname=app\"");
        }
        let max_connections = value(&raw.max_connections).unwrap_or(MAX_CONNECTIONS);
        if max_connections == 0 {
            findings.expect(place(&raw.max_connections, at), "`max_connections` is 0", "at least 1");
        }
        let (reserve, reserve_timeout, concurrency) = parallelism(raw, at, max_connections, findings);
        let primary = raw.primary.as_ref().and_then(|text| self.address(text, findings));
        let mut replicas: Vec<ServerAddress> = Vec::new();
        for text in raw.replicas.iter().flatten() {
            let Some(replica) = self.address(text, findings) else { continue };
            let Some(primary) = &primary else { continue };
            let start = text.span().start;
            if replica.dbname != primary.dbname {
                findings.expect(start, format!("a replica of another database: {}", replica.dbname), format!("dbname={}", primary.dbname));
            }
            let same = |other: &ServerAddress| (&other.host, other.port) == (&replica.host, replica.port);
            if same(primary) || replicas.iter().any(same) {
                findings.add(start, format!("the server host={} port={} is listed twice", replica.host, replica.port));
            }
            replicas.push(replica);
        }
        let mut patroni: Vec<Arc<str>> = Vec::new();
        for url in raw.patroni.iter().flatten() {
            if !["http://", "https://"].iter().any(|scheme| url.get_ref().starts_with(scheme)) {
                findings.expect(url.span().start, "`patroni` isn't the URL of a REST interface", "such as \"http://10.0.0.1:8008\"");
            }
            patroni.push(url.get_ref().as_str().into());
        }
        let user = value(&raw.user).filter(|user| !user.is_empty()).map(Arc::from);
        let role_key = role_key.map(RoleKey::new);
        let signing_keys = self.signing_keys(raw, findings);
        let id = ShardId::from(id);
        Some(Shard {
            id,
            primary: primary?,
            replicas,
            patroni,
            user,
            password,
            role_key,
            signing_keys,
            provisioner,
            max_connections,
            reserve,
            reserve_timeout,
            concurrency,
        })
    }

    /// The key that signs contexts, and those that the server takes beside it while keys rotate.
    fn signing_keys(&mut self, raw: &RawShard, findings: &mut Findings) -> Vec<SigningKey> {
        const EXPECTED: &str = "\"env:NAME\" or \"file:PATH\" of 64 to 128 hexadecimal digits (`openssl rand -hex 32`)";
        let several = raw.signing_keys.as_ref().map(|keys| keys.get_ref().as_slice()).unwrap_or_default();
        if let (None, Some(given)) = (&raw.signing_key, &raw.signing_keys) {
            findings.add(given.span().start, "`signing_keys` without `signing_key`, which signs");
        }
        let mut keys: Vec<SigningKey> = Vec::new();
        for field in raw.signing_key.iter().chain(several) {
            self.sources.extend(crate::config::secret_file(field.get_ref(), self.reading.folder));
            let Some(secret) = self.reading.secret(&Some(field.clone()), EXPECTED, findings) else { continue };
            match SigningKey::read(secret.reveal()) {
                Some(key) if keys.contains(&key) => findings.add(field.span().start, "this key is there twice"),
                Some(key) => keys.push(key),
                None => findings.expect(field.span().start, "not a signing key", EXPECTED),
            }
        }
        keys
    }

    fn address(&self, text: &Spanned<String>, findings: &mut Findings) -> Option<ServerAddress> {
        match ServerAddress::parse(text.get_ref(), self.reading.folder) {
            Ok(address) => Some(address),
            Err(error) => {
                let expected = match error {
                    AddressError::Unknown(_) => KEYWORDS,
                    _ => "a keyword string such as \"host=10.0.0.1 port=5432 dbname=app\"",
                };
                findings.expect(text.span().start, error.to_string(), expected);
                None
            }
        }
    }

    /// A connection string without a password may stand in the file. Serving needs none of it, so one that isn't there is a note.
    fn provisioner(&mut self, field: &Field<String>, findings: &mut Findings) -> Option<Secret> {
        let given = field.as_ref()?;
        match resolve_secret(given.get_ref(), self.reading.folder, self.reading.environment) {
            Ok(secret) => Some(secret),
            Err(SecretError::PlainText) if !given.get_ref().contains("password") && given.get_ref().contains('=') => {
                Some(Secret::new(given.get_ref()))
            }
            Err(SecretError::PlainText) => {
                let expected = "\"env:NAME\", \"file:PATH\", or a connection string without a password";
                findings.expect(given.span().start, "a secret in plain text", expected);
                None
            }
            Err(error) => {
                let message = format!("{error}: create, move and check --fix won't work on this shard; serving will");
                self.notes.add(given.span().start, message);
                None
            }
        }
    }

    fn model(&mut self, id: &str, at: usize, value: &Spanned<DeValue<'_>>, findings: &mut Findings) -> Option<Model> {
        let raw: RawModel = document::read(value, findings)?;
        let Some(kind) = &raw.kind else {
            findings.missing(at, "kind", "`kind` is missing", "kind = \"row\", \"schema\" or \"database\"");
            return None;
        };
        let lock: Lock = document::value(&raw.lock).map(Lock::from).unwrap_or_default();
        let role_given = document::value(&raw.role).unwrap_or_else(|| ROLE.to_owned());
        let role = template(&role_given, place(&raw.role, at), "role", lock == Lock::Login || *kind.get_ref() == RawKind::Schema, findings);
        let kind = *kind.get_ref();
        foreign_keys(&raw, kind, findings);
        let locks = match kind {
            RawKind::Row => &[Lock::Login, Lock::Signed, Lock::Shared][..],
            RawKind::Schema => &[Lock::Login, Lock::Shared],
            RawKind::Database => &[Lock::Login],
        };
        if !locks.contains(&lock) {
            let expected: Vec<&str> = locks.iter().map(|lock| lock.as_str()).collect();
            findings.expect(place(&raw.lock, at), format!("this kind has no lock \"{}\"", lock.as_str()), expected.join(", "));
        }
        let kind = model_kind(&raw, kind, at, findings);
        let template = document::value(&raw.template_schema)
            .or(document::value(&raw.template_database))
            .filter(|name| !name.is_empty())
            .map(Arc::from);
        let functions = raw.functions.as_ref().map(|names| names.get_ref().as_slice()).unwrap_or_default();
        let functions = functions.iter().map(|name| Arc::from(name.get_ref().as_str())).collect();
        let passthrough = document::value(&raw.passthrough).unwrap_or(false);
        if passthrough && !matches!(kind, Some(ModelKind::Database { .. })) {
            findings.add(place(&raw.passthrough, at), "`passthrough` belongs to kind = \"database\"");
        }
        let lenient = if passthrough { GateMode::Observe } else { GateMode::default() };
        let gate = gate_mode(&raw.gate, lock, findings).unwrap_or(lenient);
        Some(Model { id: ModelId::from(id), kind: kind?, lock, role: role?, template, functions, passthrough, gate })
    }
}

/// How the shard's connections are used: the reserve, when it is drawn on, and how many work at once.
fn parallelism(raw: &RawShard, at: usize, max_connections: u32, findings: &mut Findings) -> (u32, Duration, Concurrency) {
    let reserve = value(&raw.reserve).unwrap_or(0);
    if reserve > 0 && reserve >= max_connections {
        let message = format!("`reserve` is {reserve}, and there are {max_connections} connections in all");
        findings.expect(place(&raw.reserve, at), message, "less than `max_connections`");
    }
    if raw.reserve_timeout.is_some() && reserve == 0 {
        findings.add(place(&raw.reserve_timeout, at), "`reserve_timeout` without `reserve`");
    }
    let concurrency = value(&raw.concurrency).map(Concurrency::from).unwrap_or_default();
    if concurrency == Concurrency::Fixed(0) {
        findings.expect(place(&raw.concurrency, at), "`concurrency` is 0", "at least 1, \"unlimited\" or \"adaptive\"");
    }
    (reserve, value(&raw.reserve_timeout).map_or(RESERVE_TIMEOUT, |period| period.0), concurrency)
}

fn number<T>(parts: &mut Vec<Arc<T>>, part: Option<T>) -> Option<u16> {
    let number = u16::try_from(parts.len()).ok()?;
    parts.push(Arc::new(part?));
    Some(number)
}

fn plan(id: &str, value: &Spanned<DeValue<'_>>, findings: &mut Findings) -> Option<Plan> {
    let raw: RawPlan = document::read(value, findings)?;
    let limits = raw.limits(super::Limits::default(), value.span().start, findings);
    let pool_mode = document::value(&raw.pool_mode).map(super::PoolMode::from).unwrap_or_default();
    let ddl = document::value(&raw.ddl).unwrap_or(true);
    Some(Plan { id: PlanId::from(id), limits, pool_mode, ddl })
}

/// Keys that belong to other kinds.
fn foreign_keys(raw: &RawModel, kind: RawKind, findings: &mut Findings) {
    let given = [
        ("tenant_column", &[RawKind::Row][..], raw.tenant_column.as_ref().map(|given| given.span().start)),
        ("setting", &[RawKind::Row], raw.setting.as_ref().map(|given| given.span().start)),
        ("reference_tables", &[RawKind::Row, RawKind::Schema], raw.reference_tables.as_ref().map(|given| given.span().start)),
        ("global_keys", &[RawKind::Row], raw.global_keys.as_ref().map(|given| given.span().start)),
        ("schema", &[RawKind::Schema], raw.schema.as_ref().map(|given| given.span().start)),
        ("database", &[RawKind::Database], raw.database.as_ref().map(|given| given.span().start)),
        ("template_schema", &[RawKind::Schema], raw.template_schema.as_ref().map(|given| given.span().start)),
        ("template_database", &[RawKind::Database], raw.template_database.as_ref().map(|given| given.span().start)),
    ];
    for (name, belongs, at) in given {
        if let (Some(at), false) = (at, belongs.contains(&kind)) {
            let kinds: Vec<String> = belongs.iter().map(|kind| format!("kind = \"{}\"", kind_name(*kind))).collect();
            findings.add(at, format!("`{name}` belongs to {}", kinds.join(" or ")));
        }
    }
}

fn kind_name(kind: RawKind) -> &'static str {
    match kind {
        RawKind::Row => "row",
        RawKind::Schema => "schema",
        RawKind::Database => "database",
    }
}

fn model_kind(raw: &RawModel, kind: RawKind, at: usize, findings: &mut Findings) -> Option<ModelKind> {
    let named = |field: &Field<String>, name: &'static str, findings: &mut Findings| {
        let Some(text) = field else {
            let expected = format!("a name with {{tenant}} or {{opaque}}, such as {name} = \"tenant_{{tenant}}\"");
            findings.missing(at, name, format!("`{name}` is missing for kind = \"{name}\""), expected);
            return None;
        };
        template(text.get_ref(), text.span().start, name, true, findings)
    };
    let listed = raw.reference_tables.as_ref().map(|tables| tables.get_ref().as_slice()).unwrap_or_default();
    let reference_tables = listed.iter().map(|table| Arc::from(table.get_ref().as_str())).collect();
    match kind {
        RawKind::Row => {
            let column = value(&raw.tenant_column).filter(|column| !column.is_empty());
            if column.is_none() {
                let expected = "the name of the column that says whose a row is";
                findings.missing(place(&raw.tenant_column, at), "tenant_column", "`tenant_column` is missing for kind = \"row\"", expected);
            }
            if let Some(setting) = &raw.setting
                && !is_setting(setting.get_ref())
            {
                let message = "not the name of a setting of one's own: it has a dot, and letters, digits and `_` on both sides";
                findings.expect(setting.span().start, message, format!("a name such as \"{SETTING}\""));
            }
            let setting = Arc::from(value(&raw.setting).unwrap_or_else(|| SETTING.to_owned()));
            let global_keys = global_keys(raw, findings);
            Some(ModelKind::Row { tenant_column: column?.into(), setting, reference_tables, global_keys })
        }
        RawKind::Schema => Some(ModelKind::Schema { schema: named(&raw.schema, "schema", findings)?, reference_tables }),
        RawKind::Database => Some(ModelKind::Database { database: named(&raw.database, "database", findings)? }),
    }
}

/// Keys that tenants may write over all tenants' rows.
fn global_keys(raw: &RawModel, findings: &mut Findings) -> Vec<Arc<str>> {
    let listed = raw.global_keys.as_ref().map(|keys| keys.get_ref().as_slice()).unwrap_or_default();
    for key in listed.iter().filter(|key| !key.get_ref().contains('.')) {
        findings.expect(key.span().start, "not a key of a table", "a table with a column or a unique index, such as \"accounts.handle\"");
    }
    listed.iter().map(|key| Arc::from(key.get_ref().as_str())).collect()
}

/// Whether a name is of the kind that every server takes: `valid_custom_variable_name` in `src/backend/utils/misc/guc.c`.
fn is_setting(name: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && word.chars().all(|char| char.is_ascii_alphanumeric() || char == '_')
    };
    name.split_once('.').is_some_and(|(class, rest)| is_word(class) && is_word(rest))
}

fn template(text: &str, at: usize, name: &str, each_its_own: bool, findings: &mut Findings) -> Option<Template> {
    let expected = "text with {tenant} or {opaque}";
    let template = match Template::parse(text) {
        Ok(template) => template,
        Err(error) => {
            findings.expect(at, format!("`{name}`: {error}"), expected);
            return None;
        }
    };
    if each_its_own && !template.names_the_tenant() {
        findings.expect(at, format!("`{name}`: every tenant would have the same, \"{text}\""), expected);
    }
    Some(template)
}
