//! `[jwt]`: whose tokens are passwords.

use std::{path::PathBuf, time::Duration};

use serde::Deserialize;
use toml::{Spanned, de::DeValue};

use super::{
    Environment, Period, Secret,
    document::{self, Field, Findings},
    resolve_secret,
};

/// Shorter secrets of HS256 can be guessed: RFC 7518, 3.2.
const LEAST_SECRET: usize = 32;

/// Whose tokens are passwords, and what they must say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JwtSettings {
    /// Who must have made them (`iss`).
    pub issuer: String,
    /// Whom they must be for (`aud`): one of these.
    pub audience: Vec<String>,
    /// How they may be signed; at least one.
    pub algorithms: Vec<JwtAlgorithm>,
    /// Where the issuer's public keys are; there unless HS256 is the only algorithm.
    pub keys: Option<JwtKeys>,
    /// Who vouches for the server of the keys (PEM); none: whom the system trusts.
    pub ca: Option<PathBuf>,
    /// How often the keys are looked at again.
    pub refresh: Duration,
    /// HS256's secret; there with HS256 only.
    pub secret: Option<Secret>,
    /// Where a token says its tenant; none: it doesn't.
    pub tenant_claim: Option<String>,
    /// Where it says its roles; none: it doesn't.
    pub role_claim: Option<String>,
    /// Where it says its login; none: it doesn't.
    pub login_claim: Option<String>,
    /// By how much clocks may differ.
    pub leeway: Duration,
}

/// How a token is signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub enum JwtAlgorithm {
    /// RSA, PKCS #1 v1.5, SHA-256.
    RS256,
    /// ECDSA on P-256, SHA-256.
    ES256,
    /// Ed25519.
    EdDSA,
    /// HMAC, SHA-256: whoever can check a token can make one.
    HS256,
}

/// Where an issuer's public keys (a JWK set) are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum JwtKeys {
    /// A file.
    File(PathBuf),
    /// `https://…` or `http://…`.
    Url(String),
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawJwt {
    issuer: Field<String>,
    audience: Field<OneOrMany>,
    keys: Field<String>,
    ca: Field<PathBuf>,
    refresh: Field<Period>,
    algorithms: Field<Vec<JwtAlgorithm>>,
    secret: Field<String>,
    tenant_claim: Option<String>,
    role_claim: Option<String>,
    login_claim: Option<String>,
    leeway: Field<Period>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a string, or a list of them")]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// Reads the section, which begins at `at`.
pub(super) fn read(value: &Spanned<DeValue<'_>>, at: usize, folder: &std::path::Path, findings: &mut Findings) -> Option<JwtSettings> {
    let raw: RawJwt = document::read(value, findings)?;
    let issuer = required(&raw.issuer, "issuer", "the `iss` of the tokens, such as \"https://id.example.com/\"", at, findings);
    let audience = required(&raw.audience, "audience", "the `aud` of tokens that are meant for this proxy", at, findings);
    let audience = match audience {
        Some(OneOrMany::One(one)) => vec![one.clone()],
        Some(OneOrMany::Many(many)) => many.clone(),
        None => Vec::new(),
    };
    if raw.audience.is_some() && (audience.is_empty() || audience.iter().any(String::is_empty)) {
        findings.expect(document::place(&raw.audience, at), "`audience` is empty", "at least one name");
    }
    const ALGORITHMS: &str = "a list of \"RS256\", \"ES256\", \"EdDSA\", \"HS256\"";
    let algorithms = required(&raw.algorithms, "algorithms", ALGORITHMS, at, findings).cloned().unwrap_or_default();
    if raw.algorithms.is_some() && algorithms.is_empty() {
        findings.expect(document::place(&raw.algorithms, at), "`algorithms` is empty", ALGORITHMS);
    }
    let secret = secret(&raw.secret, &algorithms, at, folder, findings);
    let keys = keys(&raw.keys, &algorithms, at, folder, findings);
    let ca = raw.ca.map(|path| folder.join(path.into_inner()));
    let period = |field: &Field<Period>, default| field.as_ref().map_or(default, |period| period.get_ref().0);
    let refresh = period(&raw.refresh, Duration::from_secs(3600));
    if refresh.is_zero() {
        findings.expect(document::place(&raw.refresh, at), "`refresh` is zero", "a duration such as \"1h\"");
    }
    let claim = |text: Option<String>, default: &str| Some(text.unwrap_or_else(|| default.to_owned())).filter(|text| !text.is_empty());
    Some(JwtSettings {
        issuer: issuer?.clone(),
        audience,
        algorithms,
        keys,
        ca,
        refresh,
        secret,
        tenant_claim: claim(raw.tenant_claim, "tenant"),
        role_claim: claim(raw.role_claim, ""),
        login_claim: claim(raw.login_claim, ""),
        leeway: period(&raw.leeway, Duration::from_secs(30)),
    })
}

fn required<'f, T>(field: &'f Field<T>, name: &str, expected: &str, at: usize, findings: &mut Findings) -> Option<&'f T> {
    if field.is_none() {
        findings.missing(at, name, format!("`{name}` is missing in [jwt]"), expected);
    }
    field.as_ref().map(Spanned::get_ref)
}

fn secret(
    field: &Field<String>,
    algorithms: &[JwtAlgorithm],
    at: usize,
    folder: &std::path::Path,
    findings: &mut Findings,
) -> Option<Secret> {
    const EXPECTED: &str = "\"env:NAME\" or \"file:PATH\"";
    let wanted = algorithms.contains(&JwtAlgorithm::HS256);
    let Some(given) = field else {
        if wanted {
            findings.missing(at, "secret", "HS256 needs a `secret`", EXPECTED);
        }
        return None;
    };
    let place = given.span().start;
    if !wanted && !algorithms.is_empty() {
        findings.add(place, "`secret` belongs to algorithm HS256");
    }
    match resolve_secret(given.get_ref(), folder, &Environment::process()) {
        Ok(secret) if secret.reveal().len() < LEAST_SECRET => {
            findings.expect(place, "the secret is too short", format!("at least {LEAST_SECRET} bytes"));
            None
        }
        Ok(secret) => Some(secret),
        Err(super::SecretError::PlainText) => {
            findings.expect(place, "a secret in plain text", EXPECTED);
            None
        }
        Err(error) => {
            findings.add(place, error.to_string());
            None
        }
    }
}

fn keys(
    field: &Field<String>,
    algorithms: &[JwtAlgorithm],
    at: usize,
    folder: &std::path::Path,
    findings: &mut Findings,
) -> Option<JwtKeys> {
    const EXPECTED: &str = "the path of a JWK set, or its URL";
    let wanted = algorithms.iter().any(|algorithm| *algorithm != JwtAlgorithm::HS256);
    let Some(given) = field else {
        if wanted {
            findings.missing(at, "keys", "`keys` is missing in [jwt]", EXPECTED);
        }
        return None;
    };
    let (text, place) = (given.get_ref(), given.span().start);
    if !wanted && !algorithms.is_empty() {
        findings.add(place, "`keys` belongs to algorithms other than HS256");
    }
    match text.split_once("://") {
        Some(("https" | "http", host)) if !host.is_empty() && !host.starts_with('/') => Some(JwtKeys::Url(text.clone())),
        Some(_) => {
            findings.expect(place, format!("\"{text}\" isn't a URL that keys can be fetched from"), "https://… or http://…");
            None
        }
        None if text.is_empty() => {
            findings.expect(place, "`keys` is empty", EXPECTED);
            None
        }
        None => {
            let file = folder.join(text);
            if let Err(error) = std::fs::File::open(&file) {
                findings.add(place, format!("`keys` {} can't be read: {error}", file.display()));
            }
            Some(JwtKeys::File(file))
        }
    }
}
