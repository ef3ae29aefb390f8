//! `[health]`: how a shard's servers are watched.

use std::{sync::Arc, time::Duration};

use serde::Deserialize;
use toml::{Spanned, de::DeValue};

use super::{
    ByteSize, Period,
    document::{self, Field, Findings},
};

/// How a shard's servers are watched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HealthSettings {
    /// How often each server is asked.
    pub interval: Duration,
    /// How often where somebody waits for what has been written to reach a replica.
    pub catch_up: Duration,
    /// A server that hasn't answered by then is down.
    pub timeout: Duration,
    /// No read goes to a replica that is further behind, whatever plans say.
    pub max_lag: Duration,
    /// The same in bytes of the log; none: no limit.
    pub max_lag_bytes: Option<u64>,
    /// Where the proxy stands.
    pub zone: Option<Arc<str>>,
    /// How long what needs a primary waits for one while the shard has none.
    pub failover_timeout: Duration,
    /// How long a replica that comes back takes to have its whole share of reads; none: it has it at once.
    pub slow_start: Duration,
    /// How long bytes for a server may stay unacknowledged (`TCP_USER_TIMEOUT`) before its connections are closed; none: as long as the kernel likes.
    pub user_timeout: Option<Duration>,
}

impl Default for HealthSettings {
    fn default() -> Self {
        HealthSettings {
            interval: Duration::from_millis(500),
            catch_up: Duration::from_millis(25),
            timeout: Duration::from_secs(1),
            max_lag: Duration::from_secs(30),
            max_lag_bytes: None,
            zone: None,
            failover_timeout: Duration::from_secs(30),
            slow_start: Duration::from_secs(10),
            user_timeout: Some(Duration::from_secs(60)),
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawHealth {
    interval: Field<Period>,
    catch_up: Field<Period>,
    timeout: Field<Period>,
    max_lag: Field<Period>,
    max_lag_bytes: Field<ByteSize>,
    zone: Option<String>,
    failover_timeout: Field<Period>,
    slow_start: Field<Period>,
    user_timeout: Field<Period>,
}

/// Reads the section.
pub(super) fn read(value: &Spanned<DeValue<'_>>, findings: &mut Findings) -> HealthSettings {
    let raw: RawHealth = document::read(value, findings).unwrap_or_default();
    let default = HealthSettings::default();
    let mut period = |field: &Field<Period>, name: &str, default: Duration| {
        let Some(period) = field else { return default };
        if period.get_ref().0.is_zero() {
            findings.expect(period.span().start, format!("`{name}` is zero"), "a duration such as \"500ms\"");
        }
        period.get_ref().0
    };
    HealthSettings {
        interval: period(&raw.interval, "interval", default.interval),
        catch_up: period(&raw.catch_up, "catch_up", default.catch_up),
        timeout: period(&raw.timeout, "timeout", default.timeout),
        max_lag: period(&raw.max_lag, "max_lag", default.max_lag),
        max_lag_bytes: document::value(&raw.max_lag_bytes).map(|size| size.0),
        zone: raw.zone.filter(|zone| !zone.is_empty()).map(Arc::from),
        failover_timeout: document::value(&raw.failover_timeout).map_or(default.failover_timeout, |period| period.0),
        slow_start: document::value(&raw.slow_start).map_or(default.slow_start, |period| period.0),
        user_timeout: document::value(&raw.user_timeout)
            .map_or(default.user_timeout, |period| Some(period.0).filter(|time| !time.is_zero())),
    }
}
