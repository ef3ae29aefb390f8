//! `[admin]`: where operators find REST, metrics and the dashboard, and who may use them.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use toml::{Spanned, de::DeValue};

use super::{
    Environment, Secret,
    document::{self, Field, Findings, place},
    resolve_secret,
};

/// Shorter tokens can be guessed.
const LEAST_TOKEN: usize = 20;

/// Tenants that have labels of their own in metrics, where nothing is said.
const TOP_TENANTS: usize = 50;

/// The operator's doors.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AdminSettings {
    /// REST, metrics and the dashboard.
    pub http: Option<SocketAddr>,
    /// TLS for them; none: plain HTTP.
    pub tls: Option<AdminTls>,
    /// Who may come with a bearer token.
    pub tokens: Vec<AdminToken>,
    /// Who may come with a client certificate.
    pub certificates: Vec<AdminCertificate>,
    /// So many tenants have labels of their own in metrics, those that used most server time of late.
    pub top_tenants: usize,
}

impl Default for AdminSettings {
    fn default() -> Self {
        AdminSettings { http: None, tls: None, tokens: Vec::new(), certificates: Vec::new(), top_tenants: TOP_TENANTS }
    }
}

impl AdminSettings {
    /// Whether anybody has to say who he is.
    pub fn is_guarded(&self) -> bool {
        !self.tokens.is_empty() || !self.certificates.is_empty()
    }
}

/// TLS of the operator's doors.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AdminTls {
    /// The certificate, with its chain (PEM).
    pub certificate: PathBuf,
    /// Its private key (PEM).
    pub key: PathBuf,
    /// Who signs operators' certificates; none: none are asked for.
    pub client_ca: Option<PathBuf>,
}

/// What somebody may do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Look.
    Viewer,
    /// Look and change.
    Operator,
}

impl Role {
    /// The file's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Viewer => "viewer",
            Role::Operator => "operator",
        }
    }
}

/// A bearer token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AdminToken {
    /// Who has it, for the log and the audit trail.
    pub name: String,
    /// What he may do.
    pub role: Role,
    /// The token.
    pub token: Secret,
}

/// A name that a client certificate may carry: `CN=…`, `DNS:…`, `email:…`, `URI:…`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AdminCertificate {
    /// The name.
    pub name: String,
    /// What its holder may do.
    pub role: Role,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAdmin {
    http: Field<String>,
    certificate: Field<PathBuf>,
    key: Field<PathBuf>,
    client_ca: Field<PathBuf>,
    tokens: Field<Vec<Spanned<RawToken>>>,
    certificates: Field<Vec<Spanned<RawCertificate>>>,
    top_tenants: Field<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawToken {
    name: String,
    role: Role,
    token: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCertificate {
    name: String,
    role: Role,
}

/// Reads the section, which begins at `at`; `folder` is the file's.
pub(super) fn read(value: &Spanned<DeValue<'_>>, at: usize, folder: &Path, findings: &mut Findings) -> Option<AdminSettings> {
    let raw: RawAdmin = document::read(value, findings)?;
    let http = raw.http.as_ref().and_then(|text| address(text, findings));
    let tls = tls(&raw, at, folder, findings);
    let settings = AdminSettings {
        http,
        tls,
        tokens: tokens(&raw.tokens, folder, findings),
        certificates: certificates(&raw, at, findings),
        top_tenants: document::value(&raw.top_tenants).unwrap_or(TOP_TENANTS),
    };
    // Those with mistakes have been complained about.
    let is_said = [raw.tokens.as_ref().map(|list| list.get_ref().len()), raw.certificates.as_ref().map(|list| list.get_ref().len())]
        .into_iter()
        .flatten()
        .any(|count| count > 0);
    if let Some(address) = settings.http.filter(|address| !address.ip().is_loopback())
        && !is_said
    {
        let message = format!("{address} can be reached from elsewhere, and nobody has to say who he is");
        findings.expect(place(&raw.http, at), message, "`tokens` or `certificates`, or an address such as \"127.0.0.1:9632\"");
    }
    if settings.top_tenants > 1000 {
        let expected = "at most 1000: each of them has 16 time series in every proxy";
        findings.expect(place(&raw.top_tenants, at), "`top_tenants` is too large", expected);
    }
    Some(settings)
}

fn address(text: &Spanned<String>, findings: &mut Findings) -> Option<SocketAddr> {
    let parsed = text.get_ref().parse().ok();
    if parsed.is_none() {
        let message = format!("\"{}\" isn't an address", text.get_ref());
        findings.expect(text.span().start, message, "an IP address and a port, such as \"127.0.0.1:9632\" or \"[::1]:9632\"");
    }
    parsed
}

fn tls(raw: &RawAdmin, at: usize, folder: &Path, findings: &mut Findings) -> Option<AdminTls> {
    let mut file = |field: &Field<PathBuf>, name: &str| {
        let field = field.as_ref()?;
        let path = folder.join(field.get_ref());
        if let Err(error) = std::fs::File::open(&path) {
            findings.add(field.span().start, format!("`{name}` {} can't be read: {error}", path.display()));
        }
        Some(path)
    };
    let (certificate, key) = (file(&raw.certificate, "certificate"), file(&raw.key, "key"));
    let client_ca = file(&raw.client_ca, "client_ca");
    match (certificate, key) {
        (Some(certificate), Some(key)) => Some(AdminTls { certificate, key, client_ca }),
        (None, None) if client_ca.is_none() => None,
        _ => {
            findings.expect(at, "TLS needs `certificate` and `key`", "the paths of two PEM files");
            None
        }
    }
}

fn tokens(field: &Field<Vec<Spanned<RawToken>>>, folder: &Path, findings: &mut Findings) -> Vec<AdminToken> {
    let mut tokens: Vec<AdminToken> = Vec::new();
    for entry in field.iter().flat_map(|list| list.get_ref()) {
        let RawToken { name, role, token } = entry.get_ref();
        let at = token.span().start;
        check_name(name, entry.span().start, findings);
        match resolve_secret(token.get_ref(), folder, &Environment::process()) {
            Ok(secret) if secret.reveal().len() < LEAST_TOKEN => {
                findings.expect(
                    at,
                    "the token is too short",
                    format!("at least {LEAST_TOKEN} bytes, such as `openssl rand -hex 32` gives"),
                );
            }
            Ok(secret) if !secret.reveal().bytes().all(|byte| byte.is_ascii_graphic()) => {
                findings.expect(at, "the token can't stand in a header", "letters, digits and signs of ASCII, no space");
            }
            Ok(secret) if tokens.iter().any(|other| other.token == secret) => findings.add(at, "the token is another one's already"),
            Ok(secret) => tokens.push(AdminToken { name: name.clone(), role: *role, token: secret }),
            Err(error) => findings.expect(at, error.to_string(), "\"env:NAME\" or \"file:PATH\""),
        }
    }
    tokens
}

fn certificates(raw: &RawAdmin, at: usize, findings: &mut Findings) -> Vec<AdminCertificate> {
    let list = raw.certificates.iter().flat_map(|list| list.get_ref());
    let found: Vec<AdminCertificate> = list
        .map(|entry| {
            let name = &entry.get_ref().name;
            let kind = name.find(['=', ':']).and_then(|end| name.get(..=end)).unwrap_or_default().to_ascii_lowercase();
            if !["cn=", "dns:", "email:", "uri:"].contains(&kind.as_str()) || name.len() == kind.len() {
                let expected = "a kind and a name, such as \"CN=ops\", \"DNS:ops.example.com\", \"email:…\" or \"URI:…\"";
                findings.expect(entry.span().start, format!("{name:?} isn't a certificate's name"), expected);
            }
            AdminCertificate { name: entry.get_ref().name.clone(), role: entry.get_ref().role }
        })
        .collect();
    if !found.is_empty() && raw.client_ca.is_none() {
        findings.expect(place(&raw.certificates, at), "`certificates` needs `client_ca`", "the path of a PEM file");
    }
    found
}

fn check_name(name: &str, at: usize, findings: &mut Findings) {
    if name.is_empty() || name.len() > 255 || name.chars().any(char::is_control) {
        findings.expect(at, format!("{name:?} can't be a name"), "1 to 255 bytes without control characters");
    }
}
