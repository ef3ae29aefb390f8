//! What each login is checked against, made ready when a map is taken: PBKDF2 for plain passwords never runs where traffic does.

use std::collections::HashMap;

use crate::{
    auth::secrets::{AuthSecret, SecretError},
    ids::LoginId,
    shard_map::{Login, LoginSecret, ShardMap},
};

/// The secrets of one map's logins.
#[derive(Default)]
pub struct Credentials {
    by_login: HashMap<LoginId, AuthSecret>,
}

/// A login's secret can't be used.
#[derive(Debug, thiserror::Error)]
#[error("login {login}: {source}")]
pub struct CredentialError {
    /// Whose.
    pub login: LoginId,
    /// Why.
    pub source: SecretError,
}

impl Credentials {
    /// Makes all logins' secrets ready. Expensive where passwords are plain: call it off the IO threads.
    ///
    /// # Errors
    /// The first secret that can't be used.
    pub fn prepare(map: &ShardMap, process_secret: &[u8; 32]) -> Result<Self, CredentialError> {
        let mut by_login = HashMap::new();
        for login in map.logins() {
            let secret = prepare(login, process_secret).map_err(|source| CredentialError { login: login.id.clone(), source })?;
            by_login.insert(login.id.clone(), secret);
        }
        Ok(Credentials { by_login })
    }

    /// How to ask a login; one that doesn't exist is asked in vain.
    pub fn get(&self, login: &str, process_secret: &[u8; 32]) -> AuthSecret {
        self.by_login.get(login).cloned().unwrap_or_else(|| AuthSecret::unknown(login, process_secret))
    }
}

fn prepare(login: &Login, process_secret: &[u8; 32]) -> Result<AuthSecret, SecretError> {
    let name = login.id.as_str();
    match &login.secret {
        LoginSecret::Scram(text) | LoginSecret::Md5(text) => AuthSecret::from_stored(text, name, process_secret),
        LoginSecret::Plain(secret) => AuthSecret::from_plain(secret.reveal(), name, process_secret),
        LoginSecret::Jwt => Ok(AuthSecret::Jwt),
        LoginSecret::Certificate => Ok(AuthSecret::Certificate),
        LoginSecret::TrustOnUnixSocket => Ok(AuthSecret::TrustOnUnixSocket),
    }
}
