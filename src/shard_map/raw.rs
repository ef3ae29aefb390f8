//! The map's file as people write it. Every key is optional here; who needs one says so, with its place.

use serde::Deserialize;
use toml::Spanned;

use super::{Concurrency, Consistency, Limits, Lock, PerMille, PoolMode, ReadReplicas, ReadRules, ServerTime, TenantStatus};
use crate::config::{
    ByteSize, GateMode, Period,
    document::{Field, Findings, place, value},
};

/// The file's keys at the top.
pub(super) const TOP: [&str; 8] = ["version", "revision", "shards", "plans", "models", "tenants", "logins", "placement"];

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawShard {
    pub(super) primary: Field<String>,
    pub(super) replicas: Option<Vec<Spanned<String>>>,
    pub(super) patroni: Option<Vec<Spanned<String>>>,
    pub(super) user: Field<String>,
    pub(super) password: Field<String>,
    pub(super) role_key: Field<String>,
    pub(super) signing_key: Field<String>,
    pub(super) signing_keys: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) provisioner: Field<String>,
    pub(super) max_connections: Field<u32>,
    pub(super) reserve: Field<u32>,
    pub(super) reserve_timeout: Field<Period>,
    pub(super) concurrency: Field<RawConcurrency>,
}

#[derive(Deserialize, Clone)]
#[serde(untagged, expecting = "how many connections work at once, \"unlimited\" or \"adaptive\"")]
pub(super) enum RawConcurrency {
    Fixed(u32),
    Word(RawConcurrencyWord),
}

#[derive(Deserialize, Clone)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawConcurrencyWord {
    Unlimited,
    Adaptive,
}

impl From<RawConcurrency> for Concurrency {
    fn from(raw: RawConcurrency) -> Self {
        match raw {
            RawConcurrency::Fixed(at_once) => Concurrency::Fixed(at_once),
            RawConcurrency::Word(RawConcurrencyWord::Unlimited) => Concurrency::Unlimited,
            RawConcurrency::Word(RawConcurrencyWord::Adaptive) => Concurrency::Adaptive,
        }
    }
}

#[derive(Deserialize, Clone)]
#[serde(untagged, expecting = "a percentage such as \"80%\", or a number such as 0.8")]
pub(super) enum RawPart {
    Number(f64),
    Text(String),
}

impl RawPart {
    /// In thousandths; none where it isn't more than nothing and at most all.
    fn per_mille(&self) -> Option<PerMille> {
        let part = match self {
            RawPart::Number(number) => *number,
            RawPart::Text(text) => text.strip_suffix('%')?.trim().parse::<f64>().ok()? / 100.0,
        };
        let thousandths = (part * 1000.0).round();
        (1.0..=1000.0).contains(&thousandths).then_some(PerMille(thousandths as u16))
    }
}

/// A plan's keys; a tenant's `limits` are the same without `pool_mode` and `ddl`.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPlan {
    pub(super) max_clients: Field<u32>,
    pub(super) max_connections: Field<u32>,
    pub(super) min_connections: Field<u32>,
    pub(super) weight: Field<u32>,
    pub(super) max_wait: Field<Period>,
    pub(super) server_seconds_per_second: Field<f64>,
    pub(super) server_seconds_burst: Field<Period>,
    pub(super) queries_per_second: Field<u32>,
    pub(super) burst: Field<u32>,
    pub(super) statement_timeout: Field<Period>,
    pub(super) transaction_timeout: Field<Period>,
    pub(super) idle_in_transaction_timeout: Field<Period>,
    pub(super) idle_session_timeout: Field<Period>,
    pub(super) login_timeout: Field<Period>,
    pub(super) bytes_per_second: Field<ByteSize>,
    pub(super) rows_per_result: Field<u64>,
    pub(super) storage: Field<ByteSize>,
    pub(super) storage_warning: Field<RawPart>,
    pub(super) read_replicas: Field<RawReadReplicas>,
    pub(super) consistency: Field<Consistency>,
    pub(super) max_lag: Field<Period>,
    pub(super) replica_wait: Field<Period>,
    pub(super) pool_mode: Field<RawPoolMode>,
    pub(super) ddl: Field<bool>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(untagged, expecting = "true, false or \"on_request\"")]
pub(super) enum RawReadReplicas {
    Always(bool),
    Word(RawOnRequest),
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(super) enum RawOnRequest {
    OnRequest,
}

impl From<RawReadReplicas> for ReadReplicas {
    fn from(raw: RawReadReplicas) -> Self {
        match raw {
            RawReadReplicas::Always(false) => ReadReplicas::Never,
            RawReadReplicas::Always(true) => ReadReplicas::ByDefault,
            RawReadReplicas::Word(RawOnRequest::OnRequest) => ReadReplicas::OnRequest,
        }
    }
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawPoolMode {
    Session,
    Transaction,
    Statement,
}

impl From<RawPoolMode> for PoolMode {
    fn from(raw: RawPoolMode) -> Self {
        match raw {
            RawPoolMode::Session => PoolMode::Session,
            RawPoolMode::Transaction => PoolMode::Transaction,
            RawPoolMode::Statement => PoolMode::Statement,
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawModel {
    pub(super) kind: Field<RawKind>,
    pub(super) lock: Field<RawLock>,
    pub(super) role: Field<String>,
    pub(super) tenant_column: Field<String>,
    pub(super) setting: Field<String>,
    pub(super) reference_tables: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) global_keys: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) schema: Field<String>,
    pub(super) database: Field<String>,
    pub(super) template_schema: Field<String>,
    pub(super) template_database: Field<String>,
    pub(super) functions: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) passthrough: Field<bool>,
    pub(super) gate: Field<RawGate>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawKind {
    Row,
    Schema,
    Database,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawLock {
    Login,
    Signed,
    Shared,
}

impl From<RawLock> for Lock {
    fn from(raw: RawLock) -> Self {
        match raw {
            RawLock::Login => Lock::Login,
            RawLock::Signed => Lock::Signed,
            RawLock::Shared => Lock::Shared,
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTenant {
    pub(super) shard: Field<String>,
    pub(super) model: Field<String>,
    pub(super) plan: Field<String>,
    pub(super) status: Option<RawStatus>,
    pub(super) reason: Field<String>,
    pub(super) gate: Field<RawGate>,
    pub(super) key: Field<String>,
    pub(super) role: Field<String>,
    pub(super) role_password: Field<String>,
    pub(super) schema: Field<String>,
    pub(super) database: Field<String>,
    pub(super) client_database: Field<String>,
    pub(super) limits: Option<Spanned<RawPlan>>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawGate {
    Enforce,
    Observe,
}

/// What a model or tenant says about the gate, checked.
pub(super) fn gate_mode(field: &Field<RawGate>, lock: Lock, findings: &mut Findings) -> Option<GateMode> {
    let mode = match value(field)? {
        RawGate::Enforce => GateMode::Enforce,
        RawGate::Observe => GateMode::Observe,
    };
    if lock == Lock::Shared && mode != GateMode::Enforce {
        findings.expect(place(field, 0), "under lock = \"shared\" the gate is the only lock", "gate = \"enforce\"");
    }
    Some(mode)
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(super) enum RawStatus {
    Active,
    ReadOnly,
    Suspended,
}

impl From<RawStatus> for TenantStatus {
    fn from(raw: RawStatus) -> Self {
        match raw {
            RawStatus::Active => TenantStatus::Active,
            RawStatus::ReadOnly => TenantStatus::ReadOnly,
            RawStatus::Suspended => TenantStatus::Suspended,
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLogin {
    pub(super) tenant: Field<String>,
    pub(super) tenants: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) role: Field<RawOperatorRole>,
    pub(super) secret: Field<String>,
    pub(super) auth: Field<RawAuth>,
    pub(super) certificate_name: Field<String>,
    pub(super) max_clients: Field<u32>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawOperatorRole {
    Operator,
    Viewer,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawAuth {
    Password,
    Certificate,
    Trust,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPlacement {
    pub(super) model: Field<String>,
    pub(super) plan: Field<String>,
    pub(super) buckets: Field<u32>,
    pub(super) shards: Option<Spanned<std::collections::BTreeMap<Spanned<String>, Spanned<RawRanges>>>>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a range of buckets such as \"0-511\", or a list of them")]
pub(super) enum RawRanges {
    One(String),
    Many(Vec<String>),
}

impl RawPlan {
    /// `base` with what is given here, checked.
    pub(super) fn limits(&self, base: Limits, section: usize, findings: &mut Findings) -> Limits {
        let positive = |field: &Field<u32>, name: &str, findings: &mut Findings| {
            if value(field) == Some(0) {
                findings.expect(place(field, section), format!("`{name}` is 0"), "at least 1");
            }
            value(field)
        };
        let period = |field: &Field<Period>, base| match field {
            Some(period) => Some(period.get_ref().0).filter(|period| !period.is_zero()),
            None => base,
        };
        let limits = Limits {
            max_clients: positive(&self.max_clients, "max_clients", findings).or(base.max_clients),
            max_connections: positive(&self.max_connections, "max_connections", findings).unwrap_or(base.max_connections),
            min_connections: value(&self.min_connections).unwrap_or(base.min_connections),
            weight: positive(&self.weight, "weight", findings).unwrap_or(base.weight),
            max_wait: period(&self.max_wait, base.max_wait),
            server_time: self.server_time(section, findings).or(base.server_time),
            server_time_burst: period(&self.server_seconds_burst, base.server_time_burst),
            queries_per_second: positive(&self.queries_per_second, "queries_per_second", findings).or(base.queries_per_second),
            burst: positive(&self.burst, "burst", findings).or(base.burst),
            statement_timeout: period(&self.statement_timeout, base.statement_timeout),
            transaction_timeout: period(&self.transaction_timeout, base.transaction_timeout),
            idle_in_transaction_timeout: period(&self.idle_in_transaction_timeout, base.idle_in_transaction_timeout),
            idle_session_timeout: period(&self.idle_session_timeout, base.idle_session_timeout),
            login_timeout: period(&self.login_timeout, base.login_timeout),
            bytes_per_second: value(&self.bytes_per_second).map(|size| size.0).or(base.bytes_per_second),
            rows_per_result: value(&self.rows_per_result).or(base.rows_per_result),
            storage: value(&self.storage).map(|size| size.0).or(base.storage),
            storage_warning: self.storage_warning(section, findings).unwrap_or(base.storage_warning),
            reads: ReadRules {
                replicas: value(&self.read_replicas).map_or(base.reads.replicas, ReadReplicas::from),
                consistency: value(&self.consistency).unwrap_or(base.reads.consistency),
                max_lag: self.max_lag.as_ref().map_or(base.reads.max_lag, |period| period.get_ref().0),
                wait: self.replica_wait.as_ref().map_or(base.reads.wait, |period| period.get_ref().0),
            },
        };
        if self.storage_warning.is_some() && limits.storage.is_none() {
            findings.add(place(&self.storage_warning, section), "`storage_warning` without `storage`");
        }
        if limits.min_connections > limits.max_connections {
            let given = if self.min_connections.is_some() { &self.min_connections } else { &self.max_connections };
            let (least, most) = (limits.min_connections, limits.max_connections);
            let message = format!("`min_connections` is {least}, more than `max_connections`, which is {most}");
            findings.add(place(given, section), message);
        }
        if limits.server_time_burst.is_some() && limits.server_time.is_none() {
            findings.add(place(&self.server_seconds_burst, section), "`server_seconds_burst` without `server_seconds_per_second`");
        }
        for (none, name, at) in [
            (limits.bytes_per_second == Some(0), "bytes_per_second", place(&self.bytes_per_second, section)),
            (limits.rows_per_result == Some(0), "rows_per_result", place(&self.rows_per_result, section)),
            (limits.storage == Some(0), "storage", place(&self.storage, section)),
        ] {
            if none {
                findings.expect(at, format!("`{name}` is 0"), "at least 1");
            }
        }
        if limits.burst.is_some() && limits.queries_per_second.is_none() {
            findings.add(place(&self.burst, section), "`burst` without `queries_per_second`");
        }
        limits
    }

    /// Where storage is warned of, checked.
    fn storage_warning(&self, section: usize, findings: &mut Findings) -> Option<PerMille> {
        let part = value(&self.storage_warning)?;
        if part.per_mille().is_none() {
            let expected = "a percentage such as \"80%\", or a number such as 0.8; more than nothing and at most all";
            findings.expect(place(&self.storage_warning, section), "not a part of `storage`", expected);
        }
        part.per_mille()
    }

    /// The rate in thousandths, checked.
    fn server_time(&self, section: usize, findings: &mut Findings) -> Option<ServerTime> {
        let rate = value(&self.server_seconds_per_second)?;
        if !(0.001..=100_000.0).contains(&rate) {
            let message = format!("`server_seconds_per_second` is {rate}");
            findings.expect(place(&self.server_seconds_per_second, section), message, "0.001 to 100000 seconds of server time per second");
        }
        Some(ServerTime((rate * 1000.0).clamp(1.0, 1e8).round() as u32))
    }
}
