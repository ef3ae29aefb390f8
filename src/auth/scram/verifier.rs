//! What a server keeps of a password: `pg_authid.rolpassword`'s SCRAM form.

use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{ClientKey, DEFAULT_ITERATIONS, Key, KeyPair, Keys, decode_key, hmac_sha256};

/// Keeps the salts of mock verifiers apart from anything else that is hashed with the same secret.
const SALT_DOMAIN: &[u8] = b"pgtenant scram salt\0";
/// Bytes of a salt: `SCRAM_DEFAULT_SALT_LEN` in `src/include/common/scram-common.h`.
const SALT_LENGTH: usize = 16;
/// Longest salt that is taken from a file, so that a challenge stays below what clients accept.
const MAX_SALT_LENGTH: usize = 512;

/// A text that is not a SCRAM verifier. It says where, and never shows the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a SCRAM verifier: {0} (expected SCRAM-SHA-256$<iterations>:<salt>$<stored key>:<server key>)")]
pub struct VerifierError(&'static str);

/// Checks a password's proof without knowing the password.
#[derive(Clone, PartialEq, Eq)]
pub struct Verifier {
    pub(super) iterations: u32,
    pub(super) salt: Box<[u8]>,
    pub(super) stored_key: Key,
    pub(super) server_key: Key,
    /// False for the stand-in of an unknown login, which no proof satisfies.
    pub(super) genuine: bool,
}

impl Verifier {
    /// Reads the form that PostgreSQL stores: `parse_scram_secret` in `auth-scram.c`.
    ///
    /// # Errors
    /// [`VerifierError`] says which part is wrong.
    pub fn parse(text: &str) -> Result<Self, VerifierError> {
        let rest = text.strip_prefix("SCRAM-SHA-256$").ok_or(VerifierError("mechanism"))?;
        let (iterations, rest) = rest.split_once(':').ok_or(VerifierError("iterations"))?;
        let (salt, keys) = rest.split_once('$').ok_or(VerifierError("salt"))?;
        let (stored_key, server_key) = keys.split_once(':').ok_or(VerifierError("keys"))?;
        let iterations = Some(iterations)
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|text| text.parse::<u32>().ok())
            .filter(|count| (1..=i32::MAX.unsigned_abs()).contains(count))
            .ok_or(VerifierError("iterations"))?;
        let salt = STANDARD.decode(salt).ok().filter(|salt| (1..=MAX_SALT_LENGTH).contains(&salt.len())).ok_or(VerifierError("salt"))?;
        let stored_key = decode_key(stored_key).ok_or(VerifierError("stored key"))?;
        let server_key = decode_key(server_key).ok_or(VerifierError("server key"))?;
        Ok(Verifier { iterations, salt: salt.into(), stored_key, server_key, genuine: true })
    }

    /// Makes the verifier of a password. Runs PBKDF2: call it off the IO threads, once per password.
    pub fn from_password(password: &str, salt: &[u8], iterations: u32) -> Self {
        let keys = Keys::derive(password, salt, iterations);
        let stored_key = keys.pair.client_key.stored_key();
        Verifier { iterations: keys.iterations, salt: keys.salt, stored_key, server_key: keys.pair.server_key, genuine: true }
    }

    /// The stand-in for a login that doesn't exist: it asks the same question each time, takes as long, and no answer is right.
    ///
    /// `mock_scram_secret` in `auth-scram.c`. PostgreSQL keeps its secret in `pg_control`; ours should outlive a restart and be the same on all proxies of a
    /// cluster, or the salts of unknown logins change where those of known ones don't.
    pub fn mock(login: &str, process_secret: &[u8; 32]) -> Self {
        Verifier {
            iterations: DEFAULT_ITERATIONS,
            salt: salt_for(login, process_secret).into(),
            stored_key: Key::default(),
            server_key: Key::default(),
            genuine: false,
        }
    }

    /// The login's verifier, or its stand-in. Makes the stand-in either way, so that both ways take the same time.
    pub fn or_mock(found: Option<Arc<Verifier>>, login: &str, process_secret: &[u8; 32]) -> Arc<Verifier> {
        let mock = std::hint::black_box(Arc::new(Verifier::mock(login, process_secret)));
        found.unwrap_or(mock)
    }

    /// The keys for a server that has the same verifier on file, once the client has proved its own.
    pub fn key_pair(&self, client_key: ClientKey) -> KeyPair {
        KeyPair { client_key, server_key: self.server_key }
    }
}

/// The form that PostgreSQL stores: `scram_build_secret` in `src/common/scram-common.c`.
impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [salt, stored_key, server_key] = [&*self.salt, &self.stored_key, &self.server_key].map(|bytes| STANDARD.encode(bytes));
        write!(f, "SCRAM-SHA-256${}:{salt}${stored_key}:{server_key}", self.iterations)
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("iterations", &self.iterations).finish_non_exhaustive()
    }
}

/// A login's salt where none is on file. Unknown logins and logins with plain passwords get theirs the same way, so that neither stands out by changing.
pub fn salt_for(login: &str, process_secret: &[u8; 32]) -> [u8; SALT_LENGTH] {
    let hash = hmac_sha256(process_secret, &[SALT_DOMAIN, login.as_bytes()]);
    std::array::from_fn(|index| hash[index])
}
