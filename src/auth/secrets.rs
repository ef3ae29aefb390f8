//! What is on file for a login, ready to check: each text is classified and, where it is a password, turned into a verifier once.

use std::sync::Arc;

use super::{
    NoRandomness,
    md5::{Md5Error, Md5Secret},
    random,
    scram::{DEFAULT_ITERATIONS, Verifier, VerifierError, salt_for},
};

/// How a login is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthSecret {
    /// SCRAM-SHA-256, and -PLUS over TLS.
    Scram(Arc<Verifier>),
    /// The older challenge.
    Md5(Md5Secret),
    /// A token in clear text, over an encrypted connection or none that leaves the machine.
    Jwt,
    /// Only a client certificate that names the login.
    Certificate,
    /// Nothing, on a Unix socket; never over a network.
    TrustOnUnixSocket,
}

/// A stored secret that can't be used. It never shows the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SecretError {
    /// Begins as a SCRAM verifier does. PostgreSQL would take it for a password; here it is a typing error.
    #[error(transparent)]
    Scram(#[from] VerifierError),
    /// Nearly an md5 password.
    #[error(transparent)]
    Md5(#[from] Md5Error),
    /// An empty password lets nobody in: `src/backend/libpq/auth.c`, `recv_password_packet`.
    #[error("an empty password is no password")]
    Empty,
}

impl AuthSecret {
    /// Takes a verifier, an md5 password, or a plain one, told apart as `get_password_type` in `src/backend/libpq/crypt.c` does.
    ///
    /// A plain password costs a run of PBKDF2: call it off the IO threads, once per login and version of the map.
    ///
    /// # Errors
    /// [`SecretError`] for a text that looks like a stored form and isn't, and for an empty one.
    pub fn from_stored(text: &str, login: &str, process_secret: &[u8; 32]) -> Result<Self, SecretError> {
        if text.starts_with("SCRAM-SHA-") {
            return Ok(AuthSecret::Scram(Arc::new(Verifier::parse(text)?)));
        }
        if text.strip_prefix("md5").is_some_and(|hash| hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())) {
            return Ok(AuthSecret::Md5(Md5Secret::parse(text)?));
        }
        AuthSecret::from_plain(text, login, process_secret)
    }

    /// Turns a plain password into a verifier. Runs PBKDF2: call it off the IO threads, once per login and version of the map.
    ///
    /// # Errors
    /// [`SecretError::Empty`].
    pub fn from_plain(password: &str, login: &str, process_secret: &[u8; 32]) -> Result<Self, SecretError> {
        if password.is_empty() {
            return Err(SecretError::Empty);
        }
        let verifier = Verifier::from_password(password, &salt_for(login, process_secret), DEFAULT_ITERATIONS);
        Ok(AuthSecret::Scram(Arc::new(verifier)))
    }

    /// How a login that doesn't exist is asked: by SCRAM, in vain.
    pub fn unknown(login: &str, process_secret: &[u8; 32]) -> Self {
        AuthSecret::Scram(Arc::new(Verifier::mock(login, process_secret)))
    }
}

/// A secret for the salts of unknown logins, where nothing that outlives the process is at hand.
///
/// # Errors
/// [`NoRandomness`].
pub fn random_process_secret() -> Result<[u8; 32], NoRandomness> {
    random()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: [u8; 32] = [9; 32];
    const VERIFIER: &str = "SCRAM-SHA-256$4096:v8c/yw/JlKV2yQIQjeV8xQ==$O+AOoJMcC0pp0Qzt3D6sVjRk/3lSApWNO8xnMQ9i31c=:eXIkuG4AMTmcW7VIdQ3l0SPnNy6NPTPV+lERVsIFMtU=";

    #[test]
    fn stored_forms_are_told_apart() {
        assert!(
            matches!(AuthSecret::from_stored(VERIFIER, "a", &SECRET), Ok(AuthSecret::Scram(verifier)) if verifier.to_string() == VERIFIER)
        );
        assert!(matches!(AuthSecret::from_stored("md569d658838a03aa961a53c9567541caa5", "a", &SECRET), Ok(AuthSecret::Md5(_))));
        let plain = AuthSecret::from_stored("md5 is a hash", "a", &SECRET);
        assert_eq!(plain, Ok(AuthSecret::Scram(Arc::new(Verifier::from_password("md5 is a hash", &salt_for("a", &SECRET), 4096)))));
    }

    #[test]
    fn typing_errors_do_not_become_passwords() {
        assert!(matches!(AuthSecret::from_stored(&VERIFIER[..VERIFIER.len() - 1], "a", &SECRET), Err(SecretError::Scram(_))));
        assert!(matches!(AuthSecret::from_stored("SCRAM-SHA-1$4096:x", "a", &SECRET), Err(SecretError::Scram(_))));
        assert!(matches!(AuthSecret::from_stored("md569D658838A03AA961A53C9567541CAA5", "a", &SECRET), Err(SecretError::Md5(_))));
        assert_eq!(AuthSecret::from_stored("", "a", &SECRET), Err(SecretError::Empty));
    }

    #[test]
    fn debug_shows_no_secret() {
        for secret in [
            AuthSecret::from_stored(VERIFIER, "a", &SECRET).unwrap(),
            AuthSecret::from_stored("md569d658838a03aa961a53c9567541caa5", "a", &SECRET).unwrap(),
        ] {
            let shown = format!("{secret:?}");
            assert!(!shown.contains("O+AO") && !shown.contains("eXIk") && !shown.contains("69d6"), "{shown}");
        }
    }

    #[test]
    fn process_secrets_differ() {
        assert_ne!(random_process_secret().unwrap(), random_process_secret().unwrap());
    }
}
