//! What a token must be, and what it says: RFC 7519, RFC 8725 "best current practices". No clock, no IO.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header, errors::ErrorKind};
use serde_json::{Map, Value};

use super::Holder;
use crate::{
    config::{JwtAlgorithm, JwtSettings},
    error::{ClientFacing, Report, SqlState},
};

/// Longer tokens aren't looked at.
pub const MAX_BYTES: usize = 8 << 10;
/// Nobody's session lasts as long: sums of times stay in range.
const FOREVER: f64 = 4e9;

/// A token that was checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token {
    /// Whom its holder may act for.
    pub tenants: TokenTenants,
    /// When it ends, difference of clocks included.
    pub expires: SystemTime,
}

/// Whom a token's holder may act for, among the login's tenants.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TokenTenants {
    /// The issuer isn't asked.
    Unasked,
    /// This one.
    One(String),
    /// One of these, to be said otherwise.
    Several(Vec<String>),
}

/// Why a token isn't taken. It never shows the token.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TokenError {
    /// Longer than [`MAX_BYTES`].
    #[error("the token is longer than {MAX_BYTES} bytes")]
    TooLong,
    /// Not a JWT, or one that asks for what isn't understood.
    #[error("the password isn't a JWT")]
    Malformed,
    /// Signed in a way that isn't configured.
    #[error("the token is signed with an algorithm that isn't accepted")]
    Algorithm,
    /// No key of this name and kind.
    #[error("the token's key is unknown")]
    UnknownKey,
    /// The signature is wrong.
    #[error("the token's signature is wrong")]
    Signature,
    /// It is over.
    #[error("the token has expired")]
    Expired,
    /// It isn't valid yet (`nbf`, `iat`).
    #[error("the token is not valid yet")]
    Early,
    /// Somebody else's.
    #[error("the token is from another issuer")]
    Issuer,
    /// For somebody else.
    #[error("the token is for another audience")]
    Audience,
    /// A claim isn't there, or isn't what it should be.
    #[error("the token's claim \"{0}\" is missing or malformed")]
    Claim(String),
    /// It isn't this login's.
    #[error("the token is not for this login")]
    Login,
    /// No keys to check it with.
    #[error("tokens can't be checked at present")]
    NoKeys,
}

impl ClientFacing for TokenError {
    fn report(&self) -> Report {
        let mut detail = self.to_string();
        if let Some(first) = detail.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        let report = Report::new(SqlState::INVALID_PASSWORD, "token authentication failed").with_detail(format!("{detail}."));
        match self {
            TokenError::Expired | TokenError::Early => report.with_hint("Get a fresh token, and check the clocks."),
            TokenError::NoKeys => report.with_hint("Tell the operator; the proxy's log says why."),
            TokenError::Login => report.with_hint("Connect as the login that the token names."),
            _ => report.with_hint("Give a token of the configured issuer as the password."),
        }
    }
}

/// A token's head, taken apart and not yet believed.
pub(super) struct Head {
    pub(super) algorithm: Algorithm,
    pub(super) key: Option<String>,
}

/// Takes a token's head apart.
pub(super) fn head(settings: &JwtSettings, token: &str) -> Result<Head, TokenError> {
    if token.len() > MAX_BYTES {
        return Err(TokenError::TooLong);
    }
    // `none` is no algorithm that the reader knows.
    let header: Header = decode_header(token).map_err(|_| TokenError::Malformed)?;
    // What must be understood and isn't: RFC 7515, 4.1.11.
    if header.crit.is_some() || header.enc.is_some() || header.zip.is_some() || header.extras.inner().contains_key("b64") {
        return Err(TokenError::Malformed);
    }
    if !settings.algorithms.iter().any(|own| algorithm(*own) == header.alg) {
        return Err(TokenError::Algorithm);
    }
    Ok(Head { algorithm: header.alg, key: header.kid })
}

pub(super) fn algorithm(own: JwtAlgorithm) -> Algorithm {
    match own {
        JwtAlgorithm::RS256 => Algorithm::RS256,
        JwtAlgorithm::ES256 => Algorithm::ES256,
        JwtAlgorithm::EdDSA => Algorithm::EdDSA,
        JwtAlgorithm::HS256 => Algorithm::HS256,
    }
}

/// Checks signature, issuer and audience, then the times. What it says is believed from here on.
pub(super) fn claims(
    settings: &JwtSettings,
    token: &str,
    head: &Head,
    key: &DecodingKey,
    now: SystemTime,
) -> Result<(Map<String, Value>, SystemTime), TokenError> {
    let mut rules = Validation::new(head.algorithm);
    rules.set_issuer(&[&settings.issuer]);
    rules.set_audience(&settings.audience);
    rules.set_required_spec_claims(&["exp", "iss", "aud"]);
    // By our own clock, below.
    rules.validate_exp = false;
    let claims: Map<String, Value> = decode(token, key, &rules).map_err(|error| refusal(error.kind()))?.claims;
    if !claims.get("iss").is_some_and(Value::is_string) {
        return Err(TokenError::Issuer);
    }
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    let leeway = settings.leeway.as_secs_f64();
    let time = |name: &str| match claims.get(name) {
        None => Ok(None),
        Some(value) => value.as_f64().filter(|time| *time >= 0.0).map(Some).ok_or_else(|| TokenError::Claim(name.to_owned())),
    };
    let end = time("exp")?.ok_or_else(|| TokenError::Claim("exp".to_owned()))? + leeway;
    if now >= end {
        return Err(TokenError::Expired);
    }
    if [time("nbf")?, time("iat")?].into_iter().flatten().any(|begin| begin > now + leeway) {
        return Err(TokenError::Early);
    }
    Ok((claims, UNIX_EPOCH + Duration::from_secs_f64(end.min(FOREVER))))
}

fn refusal(kind: &ErrorKind) -> TokenError {
    match kind {
        ErrorKind::InvalidSignature | ErrorKind::InvalidKeyFormat | ErrorKind::InvalidEcdsaKey | ErrorKind::InvalidEddsaKey => {
            TokenError::Signature
        }
        ErrorKind::InvalidRsaKey(_) | ErrorKind::Provider(_) => TokenError::Signature,
        ErrorKind::InvalidAlgorithm | ErrorKind::UnsupportedAlgorithm => TokenError::Algorithm,
        ErrorKind::InvalidIssuer => TokenError::Issuer,
        ErrorKind::InvalidAudience => TokenError::Audience,
        ErrorKind::MissingRequiredClaim(name) | ErrorKind::InvalidClaimFormat(name) => TokenError::Claim(name.clone()),
        _ => TokenError::Malformed,
    }
}

/// What the claims say about login, role and tenant.
pub(super) fn holder(settings: &JwtSettings, claims: &Map<String, Value>, holder: Holder<'_>) -> Result<TokenTenants, TokenError> {
    let missing = |path: &str| TokenError::Claim(path.to_owned());
    if let Some(path) = &settings.login_claim
        && find(claims, path).and_then(Value::as_str).ok_or_else(|| missing(path))? != holder.login
    {
        return Err(TokenError::Login);
    }
    match &settings.role_claim {
        None if holder.by_role => return Err(TokenError::Login),
        None => {}
        Some(path) => {
            let roles = find(claims, path).and_then(words).ok_or_else(|| missing(path))?;
            if !roles.iter().any(|own| own == holder.role) {
                return Err(TokenError::Login);
            }
        }
    }
    let Some(path) = &settings.tenant_claim else { return Ok(TokenTenants::Unasked) };
    match find(claims, path).ok_or_else(|| missing(path))? {
        Value::String(one) if !one.is_empty() => Ok(TokenTenants::One(one.clone())),
        several => Ok(TokenTenants::Several(words(several).filter(|names| !names.is_empty()).ok_or_else(|| missing(path))?)),
    }
}

/// A claim that is one word or a list of words.
fn words(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(one) => Some(one.split_ascii_whitespace().map(str::to_owned).collect()),
        Value::Array(several) => several.iter().map(|word| word.as_str().filter(|word| !word.is_empty()).map(str::to_owned)).collect(),
        _ => None,
    }
}

/// A claim by its path. A name with dots in it (`https://example.com/tenant`) counts before a way through nested ones.
fn find<'c>(claims: &'c Map<String, Value>, path: &str) -> Option<&'c Value> {
    if let Some(value) = claims.get(path) {
        return Some(value);
    }
    path.match_indices('.').find_map(|(at, _)| find(claims.get(path.get(..at)?)?.as_object()?, path.get(at + 1..)?))
}
