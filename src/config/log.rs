//! `[log]`: how the log is written.

use serde::Deserialize;
use toml::{Spanned, de::DeValue};

use super::document::{self, Findings};

/// How the log is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LogSettings {
    /// What a line looks like.
    pub format: LogFormat,
}

/// What a line of the log looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// A JSON object.
    Json,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLog {
    format: Option<LogFormat>,
}

/// Reads the section.
pub(super) fn read(value: &Spanned<DeValue<'_>>, findings: &mut Findings) -> LogSettings {
    let raw: RawLog = document::read(value, findings).unwrap_or_default();
    LogSettings { format: raw.format.unwrap_or_default() }
}
