//! A line of the usage files: what one tenant did in one interval.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Counts, Delta, Labels};
use crate::{
    ids::TenantId,
    telemetry::{calendar::Moment, latencies::Percentiles},
};

/// From when to when, and whose records they are.
#[derive(Clone, Debug)]
pub struct Interval<'a> {
    /// When it began.
    pub begin: Moment,
    /// When it ended.
    pub end: Moment,
    /// The proxy's name.
    pub proxy: &'a str,
}

/// One line.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Record {
    /// Since when.
    pub begin: Moment,
    /// Until when.
    pub end: Moment,
    /// Which proxy counted.
    pub proxy: String,
    /// Whose.
    pub tenant: String,
    /// Where the tenant was at the end of the interval.
    pub shard: String,
    /// How it was kept apart.
    pub model: String,
    /// Which limits it had.
    pub plan: String,
    /// How much was done in the interval.
    #[serde(flatten)]
    pub counts: Counts,
    /// Sessions at its end.
    pub sessions: u32,
    /// The most sessions at once.
    pub peak_sessions: u32,
    /// The most server connections at once.
    pub peak_connections: u32,
    /// What its data took when it was measured last; nothing where it isn't measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage_bytes: Option<u64>,
    /// How often something was refused, by reason.
    #[serde(default)]
    pub refusals: BTreeMap<String, u64>,
    /// How long transactions took, in microseconds; nothing where there was none.
    #[serde(default)]
    pub transaction_micros: Option<Percentiles>,
    /// How long server connections were waited for, those times left out in which there was one at once.
    #[serde(default)]
    pub connection_wait_micros: Option<Percentiles>,
}

impl Record {
    /// What a tenant did in an interval. `labels`: where the map has it now.
    pub fn new(tenant: &TenantId, labels: Option<Labels>, delta: &Delta, interval: &Interval<'_>) -> Self {
        let labels = labels.as_ref().or_else(|| delta.labels());
        let label = |text: fn(&Labels) -> &str| labels.map(text).unwrap_or_default().to_owned();
        let told = &delta.told;
        Record {
            begin: delta.behind.unwrap_or(interval.begin).min(interval.begin),
            end: interval.end,
            proxy: interval.proxy.to_owned(),
            tenant: tenant.to_string(),
            shard: label(|labels| labels.shard.as_str()),
            model: label(|labels| labels.model.as_str()),
            plan: label(|labels| labels.plan.as_str()),
            counts: told.counts,
            sessions: told.sessions,
            peak_sessions: told.peak_sessions,
            peak_connections: told.peak_connections,
            storage_bytes: None,
            refusals: told.refusals.iter().map(|(why, count)| (why.as_str().to_owned(), *count)).collect(),
            transaction_micros: told.turns,
            connection_wait_micros: told.waits,
        }
    }

    /// Appends it as a line.
    pub fn write(&self, lines: &mut Vec<u8>) {
        // Numbers and texts are always JSON.
        if serde_json::to_writer(&mut *lines, self).is_ok() {
            lines.push(b'\n');
        }
    }

    /// Reads a line.
    ///
    /// # Errors
    /// It isn't such a record.
    pub fn read(line: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(line)
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Meter, Refusal},
        *,
    };

    #[test]
    fn a_record_is_one_line_that_can_be_read() {
        let meter = Meter::default();
        meter.add(&Counts { statements: 3, ..Counts::default() });
        meter.refuse(Refusal::Rate);
        meter.took([1200], []);
        let interval =
            Interval { begin: "2026-11-21T20:00:00Z".parse().unwrap(), end: "2026-11-21T21:00:00Z".parse().unwrap(), proxy: "a" };
        let labels = Labels { shard: "east".into(), model: "shop".into(), plan: "basic".into() };
        let record = Record::new(&"acme".into(), Some(labels), &meter.take().unwrap(), &interval);
        let mut line = Vec::new();
        record.write(&mut line);
        let line = String::from_utf8(line).unwrap();
        let expected = "{\"begin\":\"2026-11-21T20:00:00Z\",\"end\":\"2026-11-21T21:00:00Z\",\"proxy\":\"a\",\"tenant\":\"acme\",\"shard\":\"east\",\
            \"model\":\"shop\",\"plan\":\"basic\",\"logins\":0,\"statements\":3,\"transactions\":0,\"rollbacks\":0,\"rows\":0,\"bytes_in\":0,\
            \"bytes_out\":0,\"errors\":0,\"waits\":0,\"wait_micros\":0,\"server_micros\":0,\"assignments\":0,\"client_parses\":0,\"server_parses\":0,\"binds\":0,\"sessions\":0,\"peak_sessions\":0,\
            \"peak_connections\":0,\"refusals\":{\"rate\":1},\"transaction_micros\":{\"p50\":1200,\"p90\":1200,\"p99\":1200,\"max\":1200},\
            \"connection_wait_micros\":null}\n";
        assert_eq!(line, expected);
        assert_eq!(Record::read(&line).unwrap(), record);
        // Later versions count more.
        assert_eq!(Record::read(&line.replace("\"rows\":0,", "\"dreams\":7,")).unwrap(), record);
        assert!(Record::read(&line[..line.len() / 2]).is_err());
    }
}
