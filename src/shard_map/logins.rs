//! `[logins.*]`: who connects.

use std::{path::PathBuf, sync::Arc};

use aws_lc_rs::digest::SHA256_OUTPUT_LEN;
use base64::{Engine, engine::general_purpose::STANDARD};
use toml::{
    Spanned,
    de::{DeString, DeValue},
};

use super::{
    Login, LoginScope, LoginSecret,
    parts::Reading,
    raw::{RawAuth, RawLogin, RawOperatorRole},
};
use crate::{
    config::{
        Secret, SecretError,
        document::{self, Field, Findings, place, value},
        resolve_secret, secret_file,
    },
    ids::{LoginId, TenantId},
};

const SCRAM: &str = "SCRAM-SHA-256$";

/// The word for: a token instead of a secret.
const JWT: &str = "jwt";

/// What a secret in the file may look like.
const FORMS: &str = "a SCRAM verifier (\"SCRAM-SHA-256$…\", as PostgreSQL keeps it in pg_authid.rolpassword), \"md5…\", \"jwt\", \"env:NAME\" or \"file:PATH\"";

/// A login, with the places of the tenants that it names.
pub(super) struct ReadLogin {
    pub(super) id: LoginId,
    /// None where it has been complained about.
    pub(super) login: Option<Login>,
    pub(super) at: usize,
    pub(super) tenants: Vec<(TenantId, usize)>,
    /// The secret's file.
    pub(super) source: Option<PathBuf>,
}

/// Reads one login; places in what it gives are the file's.
pub(super) fn read(
    key: &Spanned<DeString<'_>>,
    section: &Spanned<DeValue<'_>>,
    reading: &Reading<'_>,
    findings: &mut Findings,
) -> Option<ReadLogin> {
    let (id, at) = (key.get_ref().as_ref(), key.span().start);
    let raw: RawLogin = document::read(section, findings)?;
    if id.is_empty() || id.len() > 63 || id.contains(char::is_control) {
        findings.expect(at, format!("{id:?} can't be a login's name"), "1 to 63 bytes without control characters");
    }
    let mut tenants = Vec::new();
    let scope = scope(&raw, at, &mut tenants, findings);
    let proof = proof(id, at, &raw, reading, findings);
    let tenants = tenants.into_iter().map(|(tenant, at)| (tenant, findings.in_file(at))).collect();
    let id = LoginId::from(id);
    let max_clients = value(&raw.max_clients);
    if max_clients == Some(0) {
        findings.expect(place(&raw.max_clients, at), "`max_clients` is 0", "at least 1");
    }
    let login = scope.zip(proof).map(|(scope, (secret, certificate))| Login { id: id.clone(), scope, secret, certificate, max_clients });
    let source = raw.secret.as_ref().and_then(|secret| secret_file(secret.get_ref(), reading.folder));
    Some(ReadLogin { id, login, at: findings.in_file(at), tenants, source })
}

fn scope(raw: &RawLogin, at: usize, tenants: &mut Vec<(TenantId, usize)>, findings: &mut Findings) -> Option<LoginScope> {
    const EXPECTED: &str =
        "one of tenant = \"acme\", tenants = [\"acme\", \"globex\"], tenants = [\"*\"], role = \"operator\" or \"viewer\"";
    match (&raw.tenant, &raw.tenants, &raw.role) {
        (Some(tenant), None, None) => {
            let id = TenantId::from(tenant.get_ref().as_str());
            tenants.push((id.clone(), tenant.span().start));
            Some(LoginScope::Tenant(id))
        }
        (None, Some(listed), None) => {
            let names = listed.get_ref();
            if names.iter().any(|name| name.get_ref() == "*") {
                if names.len() > 1 {
                    findings.expect(listed.span().start, "\"*\" and others", "[\"*\"] alone, or a list of tenants");
                }
                return Some(LoginScope::AllTenants);
            }
            if names.is_empty() {
                findings.expect(listed.span().start, "`tenants` is empty", "at least one tenant, or [\"*\"]");
            }
            for name in names {
                let id = TenantId::from(name.get_ref().as_str());
                if tenants.iter().any(|(listed, _)| *listed == id) {
                    findings.add(name.span().start, format!("tenant \"{id}\" is listed twice"));
                }
                tenants.push((id, name.span().start));
            }
            Some(LoginScope::Tenants(tenants.iter().map(|(id, _)| id.clone()).collect()))
        }
        (None, None, Some(role)) => Some(match role.get_ref() {
            RawOperatorRole::Operator => LoginScope::Operator,
            RawOperatorRole::Viewer => LoginScope::Viewer,
        }),
        (None, None, None) => {
            if !["tenant", "tenants", "role"].into_iter().any(|key| findings.has_failed(key)) {
                findings.expect(at, "nobody that this login may act for", EXPECTED);
            }
            None
        }
        _ => {
            findings.expect(at, "`tenant`, `tenants` and `role` exclude each other", EXPECTED);
            None
        }
    }
}

fn proof(id: &str, at: usize, raw: &RawLogin, reading: &Reading<'_>, findings: &mut Findings) -> Option<(LoginSecret, Option<Arc<str>>)> {
    let auth = value(&raw.auth).unwrap_or(RawAuth::Password);
    if let (Some(name), false) = (&raw.certificate_name, matches!(auth, RawAuth::Certificate)) {
        findings.add(name.span().start, "`certificate_name` without auth = \"certificate\"");
    }
    if let (Some(secret), false) = (&raw.secret, matches!(auth, RawAuth::Password)) {
        findings.add(secret.span().start, "`secret` belongs to auth = \"password\"");
    }
    match auth {
        RawAuth::Trust => Some((LoginSecret::TrustOnUnixSocket, None)),
        RawAuth::Certificate => {
            let name = value(&raw.certificate_name).unwrap_or_else(|| id.to_owned());
            if name.is_empty() {
                findings.add(place(&raw.certificate_name, at), "`certificate_name` is empty");
            }
            Some((LoginSecret::Certificate, Some(Arc::from(name))))
        }
        RawAuth::Password => Some((secret(&raw.secret, at, reading, findings)?, None)),
    }
}

fn secret(field: &Field<String>, section: usize, reading: &Reading<'_>, findings: &mut Findings) -> Option<LoginSecret> {
    let Some(given) = field else {
        findings.missing(section, "secret", "`secret` is missing", format!("{FORMS}; or auth = \"certificate\" or \"trust\""));
        return None;
    };
    let (text, at) = (given.get_ref(), given.span().start);
    if text == JWT {
        return Some(LoginSecret::Jwt);
    }
    if text.starts_with(SCRAM) || is_md5(text) {
        return form(text, at, findings);
    }
    match resolve_secret(text, reading.folder, reading.environment) {
        Ok(secret) if secret.reveal().starts_with(SCRAM) || is_md5(secret.reveal()) => form(secret.reveal(), at, findings),
        Ok(secret) => Some(LoginSecret::Plain(Secret::new(secret.reveal()))),
        Err(SecretError::PlainText) => {
            findings.expect(at, "a secret in plain text", FORMS);
            None
        }
        Err(error) => {
            findings.add(at, error.to_string());
            None
        }
    }
}

fn form(text: &str, at: usize, findings: &mut Findings) -> Option<LoginSecret> {
    if is_md5(text) {
        return Some(LoginSecret::Md5(text.to_owned()));
    }
    match check_verifier(text) {
        None => Some(LoginSecret::Scram(text.to_owned())),
        Some(wrong) => {
            findings.expect(at, format!("malformed SCRAM verifier: {wrong}"), "SCRAM-SHA-256$ITERATIONS:SALT$STORED_KEY:SERVER_KEY");
            None
        }
    }
}

/// `md5` and 32 lower-case hexadecimal digits: `src/common/md5_common.c`.
fn is_md5(text: &str) -> bool {
    text.strip_prefix("md5").is_some_and(|hex| hex.len() == 32 && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')))
}

/// What is wrong with a SCRAM verifier: PostgreSQL's `src/backend/libpq/auth-scram.c`, `parse_scram_secret`.
fn check_verifier(text: &str) -> Option<&'static str> {
    let fields = text.strip_prefix(SCRAM).and_then(|rest| {
        let (left, right) = rest.split_once('$')?;
        Some((left.split_once(':')?, right.split_once(':')?))
    });
    let Some(((iterations, salt), (stored, server))) = fields else { return Some("it has not four parts") };
    let key = |text: &str| STANDARD.decode(text).is_ok_and(|key| key.len() == SHA256_OUTPUT_LEN);
    if iterations.parse::<u32>().ok().filter(|count| *count > 0 && i32::try_from(*count).is_ok()).is_none() {
        return Some("the iterations aren't a number from 1 on");
    }
    if !STANDARD.decode(salt).is_ok_and(|salt| !salt.is_empty()) {
        return Some("the salt isn't base64");
    }
    match key(stored) && key(server) {
        true => None,
        false => Some("a key isn't 32 bytes in base64"),
    }
}
