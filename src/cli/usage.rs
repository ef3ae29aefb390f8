//! `pgtenant usage`: what tenants have done, summed up from the records of a configuration's proxy, or of several.

mod table;

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
    str::FromStr,
};

use serde::Serialize;

use crate::{
    config::{ConfigErrors, Period, Settings},
    telemetry::{
        calendar::{Moment, NoMoment},
        day_files::DayFiles,
        latencies::Percentiles,
    },
    tenant::usage::{Counts, Record},
};

/// What to sum up, and how.
#[derive(Clone, Debug, clap::Args)]
pub struct UsageArgs {
    /// The file pgtenant.toml, whose `usage.file` is read
    #[arg(long, required_unless_present = "file")]
    config: Option<PathBuf>,
    /// A file of records, in place of those that the configuration names; may be given several times
    #[arg(long, conflicts_with = "config")]
    file: Vec<PathBuf>,
    /// Only records that begin then or later: 2026-11-21, 2026-11-21T20:00:00Z, or how long ago: 24h
    #[arg(long)]
    since: Option<When>,
    /// Only records that begin before
    #[arg(long)]
    until: Option<When>,
    /// Only this tenant
    #[arg(long)]
    tenant: Option<String>,
    /// A line for each
    #[arg(long, value_enum, default_value = "tenant")]
    by: By,
    /// JSON lines in place of a table
    #[arg(long)]
    json: bool,
}

/// What makes a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
enum By {
    Tenant,
    Plan,
    Shard,
    Proxy,
    Day,
    Hour,
}

/// A moment, or how long ago it was.
#[derive(Clone, Copy, Debug)]
struct When(Moment);

impl FromStr for When {
    type Err = NoMoment;

    fn from_str(text: &str) -> Result<Self, NoMoment> {
        let ago = text.parse::<Period>().map(|ago| Moment::now().before(ago.0));
        text.parse().or_else(|error| ago.map_err(|_| error)).map(When)
    }
}

/// Why nothing can be told.
#[derive(Debug, thiserror::Error)]
pub enum UsageError {
    /// The file has mistakes.
    #[error(transparent)]
    Config(#[from] ConfigErrors),
    /// Nothing is recorded.
    #[error("{0} records no usage: it has no [usage] file")]
    NotRecorded(PathBuf),
    /// A file can't be read.
    #[error("{0}: {1}")]
    Unreadable(PathBuf, io::Error),
}

/// What a line of the output tells.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub(super) struct Sum {
    /// Since when.
    pub(super) begin: Moment,
    /// Until when.
    pub(super) end: Moment,
    #[serde(flatten)]
    pub(super) counts: Counts,
    pub(super) refusals: BTreeMap<String, u64>,
    /// The most that a record tells of one tenant and proxy.
    pub(super) peak_sessions: u32,
    pub(super) peak_connections: u32,
    /// The worst of any record: percentiles can't be summed up.
    pub(super) worst_transaction_micros: Option<Percentiles>,
    pub(super) worst_connection_wait_micros: Option<Percentiles>,
    records: u64,
}

/// Sums up, and prints it.
///
/// # Errors
/// See [`UsageError`].
pub(super) fn run(arguments: &UsageArgs) -> Result<ExitCode, UsageError> {
    let (sums, unread) = summed(arguments)?;
    if unread > 0 {
        eprintln!("pgtenant: {unread} lines are no records (a crash may have cut one short) and were left out");
    }
    if arguments.json {
        for (name, sum) in &sums {
            let mut line = serde_json::json!({ label(arguments.by): name });
            if let (Some(line), Ok(serde_json::Value::Object(sum))) = (line.as_object_mut(), serde_json::to_value(sum)) {
                line.extend(sum);
            }
            println!("{line}");
        }
    } else {
        print!("{}", table::of(label(arguments.by), &sums));
    }
    Ok(ExitCode::SUCCESS)
}

fn label(by: By) -> &'static str {
    match by {
        By::Tenant => "tenant",
        By::Plan => "plan",
        By::Shard => "shard",
        By::Proxy => "proxy",
        By::Day => "day",
        By::Hour => "hour",
    }
}

/// The sums by name, and how many lines couldn't be read.
fn summed(arguments: &UsageArgs) -> Result<(BTreeMap<String, Sum>, u64), UsageError> {
    let (since, until) = (arguments.since.map(|when| when.0), arguments.until.map(|when| when.0));
    let (mut sums, mut unread) = (BTreeMap::<String, Sum>::new(), 0);
    for path in files(arguments)? {
        let text = fs::read(&path).map_err(|error| UsageError::Unreadable(path.clone(), error))?;
        for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let Some(record) = std::str::from_utf8(line).ok().and_then(|line| Record::read(line).ok()) else {
                unread += 1;
                continue;
            };
            let within = since.is_none_or(|since| record.begin >= since) && until.is_none_or(|until| record.begin < until);
            if within && arguments.tenant.as_ref().is_none_or(|tenant| record.tenant == *tenant) {
                sums.entry(name(&record, arguments.by)).or_default().add(&record);
            }
        }
    }
    Ok((sums, unread))
}

/// The files that may hold what is asked for.
fn files(arguments: &UsageArgs) -> Result<Vec<PathBuf>, UsageError> {
    let Some(config) = &arguments.config else { return Ok(arguments.file.clone()) };
    let settings = Settings::load(config)?;
    let file = settings.usage.file.ok_or_else(|| UsageError::NotRecorded(config.clone()))?;
    let files = DayFiles::new(&file);
    let unreadable = |error| UsageError::Unreadable(file.parent().unwrap_or(Path::new("")).to_owned(), error);
    let mut days = files.days().map_err(unreadable)?;
    // A record that had to wait for room stands in a later day's file.
    days.retain(|day| arguments.since.is_none_or(|since| *day >= since.0.day()));
    Ok(days.into_iter().map(|day| files.path(day)).collect())
}

fn name(record: &Record, by: By) -> String {
    match by {
        By::Tenant => record.tenant.clone(),
        By::Plan => record.plan.clone(),
        By::Shard => record.shard.clone(),
        By::Proxy => record.proxy.clone(),
        By::Day => record.begin.day().to_string(),
        By::Hour => record.begin.to_string().chars().take("2026-11-21T20".len()).collect(),
    }
}

impl Sum {
    fn add(&mut self, record: &Record) {
        self.begin = if self.records == 0 { record.begin } else { self.begin.min(record.begin) };
        self.end = self.end.max(record.end);
        self.counts.add(&record.counts);
        for (why, count) in &record.refusals {
            *self.refusals.entry(why.clone()).or_default() += count;
        }
        self.peak_sessions = self.peak_sessions.max(record.peak_sessions);
        self.peak_connections = self.peak_connections.max(record.peak_connections);
        worst(&mut self.worst_transaction_micros, record.transaction_micros);
        worst(&mut self.worst_connection_wait_micros, record.connection_wait_micros);
        self.records += 1;
    }
}

fn worst(known: &mut Option<Percentiles>, other: Option<Percentiles>) {
    *known = match (*known, other) {
        (Some(one), Some(other)) => Some(Percentiles {
            p50: one.p50.max(other.p50),
            p90: one.p90.max(other.p90),
            p99: one.p99.max(other.p99),
            max: one.max.max(other.max),
        }),
        (known, other) => known.or(other),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = r#"{"begin":"2026-11-20T23:00:00Z","end":"2026-11-21T00:00:00Z","proxy":"a","tenant":"acme","shard":"east","model":"shop","plan":"basic","statements":3,"rows":1,"server_micros":1500000,"sessions":1,"peak_sessions":4,"peak_connections":2,"refusals":{"rate":1},"transaction_micros":{"p50":1,"p90":2,"p99":3,"max":9}}
{"begin":"2026-11-21T00:00:00Z","end":"2026-11-21T01:00:00Z","proxy":"b","tenant":"acme","shard":"west","model":"shop","plan":"large","statements":4,"sessions":1,"peak_sessions":2,"peak_connections":3,"refusals":{"rate":2,"queue":1},"transaction_micros":{"p50":2,"p90":2,"p99":2,"max":2}}
{"begin":"2026-11-21T00:00:00Z","end":"2026-11-21T01:00:00Z","proxy":"b","tena
{"begin":"2026-11-21T00:00:00Z","end":"2026-11-21T01:00:00Z","proxy":"b","tenant":"globex","shard":"west","model":"shop","plan":"large","statements":5,"sessions":0,"peak_sessions":1,"peak_connections":1}
"#;

    fn statements(more: impl FnOnce(&mut UsageArgs)) -> Vec<(String, u64)> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("records");
        fs::write(&file, LINES).unwrap();
        let mut arguments =
            UsageArgs { config: None, file: vec![file], since: None, until: None, tenant: None, by: By::Tenant, json: false };
        more(&mut arguments);
        let (sums, unread) = summed(&arguments).unwrap();
        assert_eq!(unread, 1);
        sums.into_iter().map(|(name, sum)| (name, sum.counts.statements)).collect()
    }

    #[test]
    fn records_are_summed_up() {
        let of = |sums: &[(&str, u64)]| sums.iter().map(|(name, sum)| ((*name).to_owned(), *sum)).collect::<Vec<_>>();
        assert_eq!(statements(|_| {}), of(&[("acme", 7), ("globex", 5)]));
        assert_eq!(statements(|arguments| arguments.by = By::Plan), of(&[("basic", 3), ("large", 9)]));
        assert_eq!(statements(|arguments| arguments.by = By::Hour), of(&[("2026-11-20T23", 3), ("2026-11-21T00", 9)]));
        assert_eq!(statements(|arguments| arguments.tenant = Some("globex".to_owned())), of(&[("globex", 5)]));
        assert_eq!(statements(|arguments| arguments.since = "2026-11-21".parse().ok()), of(&[("acme", 4), ("globex", 5)]));
        assert_eq!(statements(|arguments| arguments.until = "2026-11-21".parse().ok()), of(&[("acme", 3)]));
        assert_eq!(statements(|arguments| arguments.since = "1ms".parse().ok()), of(&[]));
        assert!("yesterday".parse::<When>().is_err());
    }

    #[test]
    fn the_worst_is_told() {
        let mut sum = Sum::default();
        for line in LINES.lines().filter_map(|line| Record::read(line).ok()).take(2) {
            sum.add(&line);
        }
        assert_eq!(sum.worst_transaction_micros, Some(Percentiles { p50: 2, p90: 2, p99: 3, max: 9 }));
        assert_eq!((sum.peak_sessions, sum.peak_connections, sum.refusals.get("rate")), (4, 3, Some(&3)));
        assert_eq!((sum.begin.to_string().as_str(), sum.end.to_string().as_str()), ("2026-11-20T23:00:00Z", "2026-11-21T01:00:00Z"));
        let table = table::of("tenant", &[("acme".to_owned(), sum)].into_iter().collect());
        for word in ["tenant", "acme", "1.5", "rate 3, queue 1", "0.003", "7"] {
            assert!(table.contains(word), "{word} in\n{table}");
        }
    }
}
