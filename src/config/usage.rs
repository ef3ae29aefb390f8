//! `[usage]`: what is recorded of what tenants do.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;
use toml::{Spanned, de::DeValue};

use super::{
    Period,
    document::{self, Field, Findings},
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What is recorded of tenants' usage.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UsageSettings {
    /// Records go into files of this name with the day in it; none: nothing is recorded.
    pub file: Option<PathBuf>,
    /// How often; intervals end where the clock says.
    pub interval: Duration,
    /// How long files are kept; none: for ever.
    pub keep: Option<Duration>,
    /// The proxy's name in the records.
    pub proxy: String,
}

impl Default for UsageSettings {
    fn default() -> Self {
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        UsageSettings { file: None, interval: Duration::from_secs(3600), keep: None, proxy: host }
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawUsage {
    file: Field<PathBuf>,
    interval: Field<Period>,
    keep: Field<Period>,
    proxy: Field<String>,
}

/// Reads the section; `folder` is the file's.
pub(super) fn read(value: &Spanned<DeValue<'_>>, folder: &Path, findings: &mut Findings) -> UsageSettings {
    let default = UsageSettings::default();
    let raw: RawUsage = document::read(value, findings).unwrap_or_default();
    if raw.file.is_none() && (raw.keep.is_some() || raw.proxy.is_some()) && !findings.has_failed("file") {
        let at = document::place(&raw.keep, document::place(&raw.proxy, 0));
        findings.expect(at, "nothing is recorded without `file`", "a path such as \"usage.jsonl\"");
    }
    let file = raw.file.map(|file| {
        let path = folder.join(file.get_ref());
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if path.file_name().is_none() || path.is_dir() {
            findings.expect(file.span().start, "`file` is a folder", "a file's name such as \"usage.jsonl\"");
        } else if !parent.is_dir() {
            findings.add(file.span().start, format!("the folder of `file`, {}, isn't there", parent.display()));
        }
        path
    });
    let interval = least(&raw.interval, Duration::from_secs(1), findings, ("interval", "at least \"1s\""));
    let keep = least(&raw.keep, DAY, findings, ("keep", "at least \"1d\": there is a file per day"));
    UsageSettings {
        file,
        interval: interval.unwrap_or(default.interval),
        keep,
        proxy: document::value(&raw.proxy).unwrap_or(default.proxy),
    }
}

/// A duration that mustn't be shorter.
fn least(field: &Field<Period>, least: Duration, findings: &mut Findings, (name, expected): (&str, &str)) -> Option<Duration> {
    let period = field.as_ref()?;
    if period.get_ref().0 < least {
        findings.expect(period.span().start, format!("`{name}` is too short"), expected);
    }
    Some(period.get_ref().0)
}
