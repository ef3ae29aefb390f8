//! An issuer's public keys: a JWK set (RFC 7517), of which only the keys count that can check signatures of ours.

use std::fmt;

use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse},
};
use serde::Deserialize;

/// Keys that are tried for one token: more of one name and kind are nobody's honest set.
const MOST_CANDIDATES: usize = 4;

/// Public keys by name and kind.
#[derive(Clone, Default)]
pub struct KeySet {
    keys: Vec<Key>,
}

#[derive(Clone)]
struct Key {
    id: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

/// A document that is no set of keys.
#[derive(Debug, thiserror::Error)]
pub enum KeySetError {
    /// Not a JWK set.
    #[error("not a JWK set: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Nothing in it checks RS256, ES256 or EdDSA.
    #[error("none of the {0} keys is for RS256, ES256 or EdDSA")]
    NoKey(usize),
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<serde_json::Value>,
}

impl KeySet {
    /// Reads a JWK set. Keys of other kinds and uses are left out, as RFC 7517 section 5 says; shared secrets (`oct`) too: a secret that is
    /// published is none.
    ///
    /// # Errors
    /// See [`KeySetError`].
    pub fn read(document: &[u8]) -> Result<Self, KeySetError> {
        let document: Document = serde_json::from_slice(document)?;
        let count = document.keys.len();
        let keys: Vec<Key> = document.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).filter_map(usable).collect();
        if keys.is_empty() { Err(KeySetError::NoKey(count)) } else { Ok(KeySet { keys }) }
    }

    /// The keys that may have signed a token. One that doesn't name its key is for the only key of its kind, or for none.
    pub(super) fn candidates(&self, id: Option<&str>, algorithm: Algorithm) -> Vec<&DecodingKey> {
        let fitting = self.keys.iter().filter(|key| key.algorithm == algorithm);
        let found: Vec<&DecodingKey> = match id {
            Some(id) => fitting.filter(|key| key.id.as_deref() == Some(id)).map(|key| &key.key).take(MOST_CANDIDATES).collect(),
            None => fitting.map(|key| &key.key).collect(),
        };
        if id.is_none() && found.len() > 1 { Vec::new() } else { found }
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|key| (&key.id, key.algorithm))).finish()
    }
}

/// The key's kind decides what it checks, never the token: a public key can't become an HMAC secret.
fn usable(jwk: Jwk) -> Option<Key> {
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => Algorithm::ES256,
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => Algorithm::EdDSA,
        _ => return None,
    };
    let common = &jwk.common;
    let signs = common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature)
        && common.key_operations.as_ref().is_none_or(|operations| operations.contains(&KeyOperations::Verify))
        && common.key_algorithm.is_none_or(|own| own == KeyAlgorithm::from(algorithm));
    let key = DecodingKey::from_jwk(&jwk).ok().filter(|_| signs)?;
    Some(Key { id: jwk.common.key_id, algorithm, key })
}
