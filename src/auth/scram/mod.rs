//! SCRAM-SHA-256 and SCRAM-SHA-256-PLUS: RFC 5802, RFC 7677, RFC 5929 (`tls-server-end-point`).
//!
//! [`ScramServer`] asks clients and behaves as PostgreSQL's `src/backend/libpq/auth-scram.c`; [`ScramClient`] answers servers and behaves as
//! `src/interfaces/libpq/fe-auth-scram.c`. Each step consumes its state and returns the next one, so no message can be taken out of turn or twice.

use std::{fmt, num::NonZeroU32};

use aws_lc_rs::{constant_time, digest, hmac, pbkdf2};
use base64::{Engine, engine::general_purpose::STANDARD};

mod client;
mod message;
mod saslprep;
mod server;
#[cfg(test)]
mod tests;
mod verifier;

pub use client::{Challenge, ScramClient, ScramClientError, ServerProof};
pub use message::MessageError;
pub use server::{AwaitingProof, ScramError, ScramServer};
pub use verifier::{Verifier, VerifierError, salt_for};

/// The mechanism without channel binding.
pub const SCRAM_SHA_256: &str = "SCRAM-SHA-256";
/// The mechanism that is tied to the TLS connection below it.
pub const SCRAM_SHA_256_PLUS: &str = "SCRAM-SHA-256-PLUS";

/// PostgreSQL's default: `SCRAM_SHA_256_DEFAULT_ITERATIONS` in `src/include/common/scram-common.h`.
pub const DEFAULT_ITERATIONS: u32 = 4096;

/// Bytes of a SHA-256 hash, and so of every key.
const KEY_LENGTH: usize = 32;
/// Random bytes of a nonce: `SCRAM_RAW_NONCE_LEN` in `src/include/common/scram-common.h`.
const RAW_NONCE_LENGTH: usize = 18;
/// The GS2 header with channel binding; the only binding type that PostgreSQL knows.
const GS2_ENDPOINT: &str = "p=tls-server-end-point,,";

type Key = [u8; KEY_LENGTH];

/// What an exchange can be tied to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum ChannelBinding {
    /// No TLS, or a certificate that has no binding (see [`super::certificate::endpoint_digest`]).
    #[default]
    None,
    /// The digest of the server's certificate, RFC 5929 section 4.1.
    TlsServerEndPoint(Vec<u8>),
}

impl ChannelBinding {
    /// The text after `c=` for a GS2 header and, where the header is [`GS2_ENDPOINT`], the data behind it.
    fn attribute(&self, gs2_header: &str) -> String {
        match self {
            ChannelBinding::TlsServerEndPoint(digest) if gs2_header == GS2_ENDPOINT => {
                STANDARD.encode([gs2_header.as_bytes(), digest].concat())
            }
            _ => STANDARD.encode(gs2_header),
        }
    }
}

/// What proves a password to a server. It is learned from a client's proof or derived from a password.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientKey(Key);

impl ClientKey {
    /// What a server keeps of this key.
    fn stored_key(&self) -> Key {
        sha256(&self.0)
    }
}

impl fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientKey(..)")
    }
}

/// All that one needs to authenticate to a server instead of its password: proof of ours, check of the server's.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyPair {
    client_key: ClientKey,
    server_key: Key,
}

impl KeyPair {
    /// Keys as files keep them: two base64 texts, the form of PostgreSQL 18's `scram_client_key` and `scram_server_key`.
    pub fn from_base64(client_key: &str, server_key: &str) -> Option<Self> {
        Some(KeyPair { client_key: ClientKey(decode_key(client_key)?), server_key: decode_key(server_key)? })
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyPair(..)")
    }
}

/// A password's keys for one salt and iteration count. A pool keeps them, so that PBKDF2 runs once and not per connection.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    salt: Box<[u8]>,
    iterations: u32,
    pair: KeyPair,
}

impl Keys {
    /// Runs PBKDF2: milliseconds at 4096 iterations. Call it off the IO threads.
    ///
    /// The password is prepared by SASLprep, or taken as it is where SASLprep refuses it, as `pg_saslprep`'s callers do. Zero iterations count as one.
    pub fn derive(password: &str, salt: &[u8], iterations: u32) -> Self {
        let rounds = NonZeroU32::new(iterations).unwrap_or(NonZeroU32::MIN);
        let password = saslprep::prepare(password);
        let mut salted: Key = [0; KEY_LENGTH];
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, salt, password.as_bytes(), &mut salted);
        let pair =
            KeyPair { client_key: ClientKey(hmac_sha256(&salted, &[b"Client Key"])), server_key: hmac_sha256(&salted, &[b"Server Key"]) };
        Keys { salt: salt.into(), iterations: rounds.get(), pair }
    }

    /// The keys without what they were derived with.
    pub fn pair(&self) -> &KeyPair {
        &self.pair
    }

    /// Whether these are the keys for that salt and count.
    pub fn fit(&self, salt: &[u8], iterations: u32) -> bool {
        *self.salt == *salt && self.iterations == iterations
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("iterations", &self.iterations).finish_non_exhaustive()
    }
}

/// HMAC over the concatenation of `parts`.
fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> Key {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    for part in parts {
        context.update(part);
    }
    let mut out = [0; KEY_LENGTH];
    out.copy_from_slice(context.sign().as_ref());
    out
}

fn sha256(bytes: &[u8]) -> Key {
    let mut out = [0; KEY_LENGTH];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

/// `key XOR signature`: makes a proof of a key, and the key of a proof.
fn xor(left: &Key, right: &Key) -> Key {
    std::array::from_fn(|index| left[index] ^ right[index])
}

fn equal(left: &Key, right: &Key) -> bool {
    constant_time::verify_slices_are_equal(left, right).is_ok()
}

fn decode_key(text: impl AsRef<[u8]>) -> Option<Key> {
    let mut out: Key = [0; KEY_LENGTH];
    (text.as_ref().len() == KEY_LENGTH.div_ceil(3) * 4 && STANDARD.decode_slice(text, &mut out) == Ok(KEY_LENGTH)).then_some(out)
}
