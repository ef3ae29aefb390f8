//! Tokens as passwords: JWTs of one issuer.
//!
//! A token is believed for its signature only, by a key that was known before or that the configured place tells. What it says about
//! keys itself (`jku`, `jwk`, `x5u`, `x5c`) is never read, its algorithm must be one of the configured ones, and a key's kind decides which of
//! them it checks. `token` is pure, `keys` reads sets of keys, `source` keeps them fresh.

mod keys;
mod source;
mod token;

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use jsonwebtoken::{Algorithm, DecodingKey};

use self::source::KeySource;
pub use self::{
    keys::{KeySet, KeySetError},
    source::{BETWEEN_LOOKS, KeySourceError},
    token::{MAX_BYTES, Token, TokenError, TokenTenants},
};
use crate::config::JwtSettings;

/// Checks tokens of one issuer.
pub struct Jwt {
    settings: JwtSettings,
    secret: Option<DecodingKey>,
    keys: KeySource,
}

/// Who gives a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Holder<'a> {
    /// The login.
    pub login: &'a str,
    /// The word that must be among the token's roles, where roles are asked for.
    pub role: &'a str,
    /// Whether the roles must be asked for: an operator isn't let in for being anybody's.
    pub by_role: bool,
}

impl Jwt {
    /// A checker. A file of keys is read at once; a URL isn't asked before [`Jwt::keep_fresh`] runs or a token comes.
    ///
    /// # Errors
    /// The file of keys, or that of certificates, isn't right.
    pub fn new(settings: &JwtSettings) -> Result<Self, KeySourceError> {
        Jwt::looking_every(settings, BETWEEN_LOOKS)
    }

    /// As [`Jwt::new`], with another pause between two looks at the keys for unknown ones.
    ///
    /// # Errors
    /// See [`Jwt::new`].
    pub fn looking_every(settings: &JwtSettings, between: Duration) -> Result<Self, KeySourceError> {
        let secret = settings.secret.as_ref().map(|secret| DecodingKey::from_secret(secret.reveal().as_bytes()));
        Ok(Jwt { settings: settings.clone(), secret, keys: KeySource::new(settings, between)? })
    }

    /// Keeps the keys fresh, for ever.
    pub async fn keep_fresh(&self) {
        self.keys.keep_fresh().await;
    }

    /// Looks at the keys now.
    pub async fn refresh(&self) {
        self.keys.look_now().await;
    }

    /// Checks a token. An unknown key makes it look at the keys again, not too often.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub async fn check(&self, token: &[u8], holder: Holder<'_>) -> Result<Token, TokenError> {
        if token.len() > MAX_BYTES {
            return Err(TokenError::TooLong);
        }
        let text = std::str::from_utf8(token).map_err(|_| TokenError::Malformed)?;
        let head = token::head(&self.settings, text)?;
        if head.algorithm == Algorithm::HS256 {
            let secret = self.secret.as_ref().ok_or(TokenError::Algorithm)?;
            return self.judge(text, &head, &[secret], holder);
        }
        let id = head.key.as_deref();
        let known = self.keys.known();
        let candidates = known.candidates(id, head.algorithm);
        if !candidates.is_empty() {
            return self.judge(text, &head, &candidates, holder);
        }
        self.keys.look_again().await;
        let known = self.keys.known();
        let candidates = known.candidates(id, head.algorithm);
        if known.is_empty() {
            return Err(TokenError::NoKeys);
        }
        self.judge(text, &head, &candidates, holder)
    }

    fn judge(&self, text: &str, head: &token::Head, keys: &[&DecodingKey], holder: Holder<'_>) -> Result<Token, TokenError> {
        let mut wrong = TokenError::UnknownKey;
        for key in keys {
            match token::claims(&self.settings, text, head, key, SystemTime::now()) {
                Ok((claims, expires)) => {
                    return Ok(Token { tenants: token::holder(&self.settings, &claims, holder)?, expires });
                }
                Err(TokenError::Signature) => wrong = TokenError::Signature,
                Err(error) => return Err(error),
            }
        }
        Err(wrong)
    }
}

impl fmt::Debug for Jwt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jwt").field("settings", &self.settings).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
