//! Limits by the names and in the spelling of the shard map, so that what is shown can be written there.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    config::{ByteSize, Period},
    shard_map::Limits,
};

/// Limits that are there, by the names and in the spelling of the shard map.
pub fn limits_of(limits: &Limits) -> Vec<(&'static str, Value)> {
    let time = |time: Option<Duration>| time.map(|time| json!(Period(time).to_string()));
    let size = |size: Option<u64>| size.map(|size| json!(ByteSize(size).to_string()));
    let all = [
        ("max_clients", limits.max_clients.map(|count| json!(count))),
        ("max_connections", Some(json!(limits.max_connections))),
        ("min_connections", Some(json!(limits.min_connections)).filter(|_| limits.min_connections > 0)),
        ("weight", Some(json!(limits.weight))),
        ("max_wait", time(limits.max_wait)),
        ("server_seconds_per_second", limits.server_time.map(|rate| json!(f64::from(rate.0) / 1000.0))),
        ("server_seconds_burst", time(limits.server_time_burst)),
        ("queries_per_second", limits.queries_per_second.map(|count| json!(count))),
        ("burst", limits.burst.map(|count| json!(count))),
        ("statement_timeout", time(limits.statement_timeout)),
        ("transaction_timeout", time(limits.transaction_timeout)),
        ("idle_in_transaction_timeout", time(limits.idle_in_transaction_timeout)),
        ("idle_session_timeout", time(limits.idle_session_timeout)),
        ("bytes_per_second", size(limits.bytes_per_second)),
        ("rows_per_result", limits.rows_per_result.map(|count| json!(count))),
        ("storage", size(limits.storage)),
        ("storage_warning", limits.storage.map(|_| json!(limits.storage_warning.to_string()))),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_told_as_the_map_says_them() {
        let limits = Limits { storage: Some(10 << 30), statement_timeout: Some(Duration::from_secs(90)), ..Limits::default() };
        let told: Vec<String> = limits_of(&limits).iter().map(|(name, value)| format!("{name} {value}")).collect();
        assert_eq!(told, ["max_connections 10", "weight 1", "statement_timeout \"1m30s\"", "storage \"10GB\"", "storage_warning \"80%\""]);
    }
}
