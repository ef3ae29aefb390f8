//! `[proxies]`: where proxies that serve one shard map tell each other what they use.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;
use toml::{Spanned, de::DeValue};

use super::{
    Environment, Period, Secret, SecretError,
    document::{self, Field, Findings},
    resolve_secret,
};

/// Others look every quarter of a second: a shorter silence says nothing.
const LEAST_TIMEOUT: Duration = Duration::from_secs(2);

/// How proxies that serve one shard map share its limits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProxySettings {
    /// Where they tell each other what they use.
    pub shares: ShareStore,
    /// This one's name, for people; none: its host's.
    pub name: Option<String>,
    /// Who gives no sign of life for so long is gone.
    pub timeout: Duration,
}

/// Where proxies tell each other what they use.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum ShareStore {
    /// In a folder beside the shard map's file, with its name and `.shares`.
    #[default]
    BesideMap,
    /// In this folder.
    Folder(PathBuf),
    /// In a table of a PostgreSQL database.
    Postgres(Secret),
    /// Nowhere: each has all limits for itself.
    Off,
}

impl Default for ProxySettings {
    fn default() -> Self {
        ProxySettings { shares: ShareStore::default(), name: None, timeout: Duration::from_secs(10) }
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawProxies {
    shares: Field<String>,
    name: Field<String>,
    timeout: Field<Period>,
}

/// Reads the section.
pub(super) fn read(value: &Spanned<DeValue<'_>>, folder: &Path, findings: &mut Findings) -> ProxySettings {
    let raw: RawProxies = document::read(value, findings).unwrap_or_default();
    let default = ProxySettings::default();
    let name = raw.name.map(|name| {
        let text = name.get_ref();
        if text.is_empty() || text.len() > 63 || text.contains(char::is_control) {
            findings.expect(name.span().start, format!("{text:?} can't be a proxy's name"), "1 to 63 bytes without control characters");
        }
        name.into_inner()
    });
    let timeout = raw.timeout.map_or(default.timeout, |timeout| {
        if timeout.get_ref().0 < LEAST_TIMEOUT {
            findings.expect(timeout.span().start, "`timeout` is too short", "at least \"2s\"");
        }
        timeout.get_ref().0
    });
    ProxySettings { shares: raw.shares.map_or(default.shares, |shares| store(&shares, folder, findings)), name, timeout }
}

fn store(shares: &Spanned<String>, folder: &Path, findings: &mut Findings) -> ShareStore {
    const EXPECTED: &str = "a folder's path, \"postgres://…\", \"env:NAME\" or \"file:PATH\" with such a URL, or \"off\"";
    let (text, at) = (shares.get_ref().as_str(), shares.span().start);
    match resolve_secret(text, folder, &Environment::process()) {
        Ok(url) if is_postgres(url.reveal()) => return ShareStore::Postgres(url),
        Ok(_) => findings.expect(at, format!("what \"{text}\" holds isn't a URL of PostgreSQL"), "postgres://…"),
        Err(SecretError::PlainText) if text == "off" => return ShareStore::Off,
        Err(SecretError::PlainText) if is_postgres(text) => {
            if has_password(text) {
                findings.expect(at, "a secret in plain text", "\"env:NAME\", \"file:PATH\", or a URL without a password");
            }
            return ShareStore::Postgres(Secret::new(text));
        }
        Err(SecretError::PlainText) if text.is_empty() => findings.expect(at, "`shares` is empty", EXPECTED),
        Err(SecretError::PlainText) if text.contains("://") => {
            let scheme = text.split("://").next().unwrap_or_default();
            findings.expect(at, format!("shares in {scheme} aren't available"), EXPECTED);
        }
        Err(SecretError::PlainText) => return ShareStore::Folder(folder.join(text)),
        Err(error) => findings.add(at, error.to_string()),
    }
    ShareStore::Off
}

pub(super) fn is_postgres(text: &str) -> bool {
    text.starts_with("postgres://") || text.starts_with("postgresql://")
}

pub(super) fn has_password(url: &str) -> bool {
    let after = url.split_once("://").map_or(url, |(_, after)| after);
    let authority = after.split(['/', '?']).next().unwrap_or_default();
    url.contains("password") || authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
}
