//! Answering a server: `src/interfaces/libpq/fe-auth-scram.c`.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    ChannelBinding, GS2_ENDPOINT, Key, KeyPair, Keys, RAW_NONCE_LENGTH, SCRAM_SHA_256, SCRAM_SHA_256_PLUS, equal, hmac_sha256,
    message::{MessageError, ServerFinal, ServerFirst},
    xor,
};
use crate::auth::{NoRandomness, random};

/// Most iterations that a server may ask for; PBKDF2 over more would be an attack on us.
const MAX_ITERATIONS: u64 = 10_000_000;

/// Why we don't go on with a server.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ScramClientError {
    /// The server's message is not SCRAM.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// The list of mechanisms is not a list of names.
    #[error("malformed list of SASL mechanisms")]
    MechanismList,
    /// Nothing in the list is known here.
    #[error("none of the server's SASL authentication mechanisms are supported")]
    NoMechanism,
    /// The nonce isn't ours with something added.
    #[error("invalid SCRAM challenge: nonce does not extend ours")]
    Nonce,
    /// An iteration count that nobody means.
    #[error("invalid SCRAM challenge: {0} iterations")]
    Iterations(u64),
    /// The server's own word.
    #[error("server refused SCRAM authentication: {0}")]
    Server(Box<str>),
    /// It doesn't know our password: it is not the server that we mean.
    #[error("incorrect server signature")]
    Signature,
    /// No nonce could be made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// An exchange that begins.
#[derive(Debug)]
pub struct ScramClient {
    mechanism: &'static str,
    gs2_header: &'static str,
    /// What goes after `c=`.
    channel_binding: String,
    nonce: String,
}

impl ScramClient {
    /// Chooses from the body of `AuthenticationSASL` (after its type code): names that each end in NUL, ended by an empty one.
    /// -PLUS is taken where it is offered and `binding` has the digest of the server's certificate.
    ///
    /// # Errors
    /// [`ScramClientError::MechanismList`], [`ScramClientError::NoMechanism`].
    pub fn choose(mechanisms: &[u8], binding: &ChannelBinding) -> Result<Self, ScramClientError> {
        let nonce = STANDARD.encode(random::<RAW_NONCE_LENGTH>()?);
        Self::choose_with_nonce(mechanisms, binding, nonce)
    }

    pub(super) fn choose_with_nonce(mechanisms: &[u8], binding: &ChannelBinding, nonce: String) -> Result<Self, ScramClientError> {
        let mut names = mechanisms.strip_suffix(b"\0\0").ok_or(ScramClientError::MechanismList)?.split(|byte| *byte == 0);
        let (mut plain, mut plus) = (false, false);
        if names.any(|name| {
            plain |= name == SCRAM_SHA_256.as_bytes();
            plus |= name == SCRAM_SHA_256_PLUS.as_bytes();
            name.is_empty()
        }) {
            return Err(ScramClientError::MechanismList);
        }
        let (mechanism, gs2_header) = match binding {
            ChannelBinding::TlsServerEndPoint(_) if plus => (SCRAM_SHA_256_PLUS, GS2_ENDPOINT),
            // "I could, you don't offer it": a server that did offer it learns that the offer was cut.
            ChannelBinding::TlsServerEndPoint(_) if plain => (SCRAM_SHA_256, "y,,"),
            ChannelBinding::None if plain => (SCRAM_SHA_256, "n,,"),
            _ => return Err(ScramClientError::NoMechanism),
        };
        Ok(ScramClient { mechanism, gs2_header, channel_binding: binding.attribute(gs2_header), nonce })
    }

    /// The name that `SASLInitialResponse` carries.
    pub fn mechanism(&self) -> &'static str {
        self.mechanism
    }

    /// The data that `SASLInitialResponse` carries. The user name is empty, as libpq's: the startup packet has named it.
    pub fn first(&self) -> Vec<u8> {
        format!("{}n=,r={}", self.gs2_header, self.nonce).into_bytes()
    }

    /// Takes the body of `AuthenticationSASLContinue`.
    ///
    /// # Errors
    /// [`ScramClientError`]; nothing that depends on the password has been sent by then.
    pub fn challenge(self, server_first: &[u8]) -> Result<Challenge, ScramClientError> {
        let first = ServerFirst::parse(server_first)?;
        if first.nonce.strip_prefix(&self.nonce).is_none_or(str::is_empty) {
            return Err(ScramClientError::Nonce);
        }
        if !(1..=MAX_ITERATIONS).contains(&first.iterations) {
            return Err(ScramClientError::Iterations(first.iterations));
        }
        let iterations = u32::try_from(first.iterations).map_err(|_| ScramClientError::Iterations(first.iterations))?;
        let without_proof = format!("c={},r={}", self.channel_binding, first.nonce);
        let mut signed = format!("n=,r={},", self.nonce).into_bytes();
        signed.extend_from_slice(server_first);
        signed.push(b',');
        signed.extend_from_slice(without_proof.as_bytes());
        Ok(Challenge { salt: first.salt, iterations, signed, without_proof })
    }
}

/// The server's question. Answer it with kept keys if they [`Keys::fit`], else derive them first.
#[derive(Debug)]
pub struct Challenge {
    salt: Vec<u8>,
    iterations: u32,
    /// What both sides sign.
    signed: Vec<u8>,
    without_proof: String,
}

impl Challenge {
    /// Whether kept keys answer this challenge. They don't once the password was set anew: the salt is another one then.
    pub fn fits(&self, keys: &Keys) -> bool {
        keys.fit(&self.salt, self.iterations)
    }

    /// The server's salt.
    pub fn salt(&self) -> &[u8] {
        &self.salt
    }

    /// The server's iteration count, from one to ten millions.
    pub fn iterations(&self) -> u32 {
        self.iterations
    }

    /// Derives the keys for this challenge. Runs PBKDF2: call it off the IO threads (or [`Keys::derive`] with [`Self::salt`] and [`Self::iterations`]).
    pub fn derive(&self, password: &str) -> Keys {
        Keys::derive(password, &self.salt, self.iterations)
    }

    /// Returns the data of `SASLResponse`, and what checks the server's answer to it.
    pub fn answer(self, keys: &KeyPair) -> (Vec<u8>, ServerProof) {
        let proof = xor(&keys.client_key.0, &hmac_sha256(&keys.client_key.stored_key(), &[&self.signed]));
        let mut answer = self.without_proof;
        answer.push_str(",p=");
        STANDARD.encode_string(proof, &mut answer);
        (answer.into_bytes(), ServerProof { signature: hmac_sha256(&keys.server_key, &[&self.signed]) })
    }
}

/// What the server must say to show that it knows the password too. An `AuthenticationOk` before [`ServerProof::verify`] has returned `Ok` is an impostor's.
#[must_use]
pub struct ServerProof {
    signature: Key,
}

impl std::fmt::Debug for ServerProof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServerProof(..)")
    }
}

impl ServerProof {
    /// Takes the body of `AuthenticationSASLFinal`.
    ///
    /// # Errors
    /// [`ScramClientError::Signature`] from a server that doesn't know the password; the connection must end.
    pub fn verify(self, server_final: &[u8]) -> Result<(), ScramClientError> {
        match ServerFinal::parse(server_final)? {
            ServerFinal::Signature(signature) if equal(&signature, &self.signature) => Ok(()),
            ServerFinal::Signature(_) => Err(ScramClientError::Signature),
            ServerFinal::Error(text) => Err(ScramClientError::Server(text.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7677, section 3. The example names its user, which we don't, so the texts that are signed are set by hand.
    #[test]
    fn rfc_7677_client() {
        let server_first = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
        let client = ScramClient::choose_with_nonce(b"SCRAM-SHA-256\0\0", &ChannelBinding::None, "rOprNGfwEbeRWgbNEkqO".into()).unwrap();
        let mut challenge = client.challenge(server_first.as_bytes()).unwrap();
        challenge.signed = format!("n=user,r=rOprNGfwEbeRWgbNEkqO,{server_first},{}", challenge.without_proof).into_bytes();
        let keys = challenge.derive("pencil");
        let (answer, proof) = challenge.answer(keys.pair());
        assert_eq!(
            String::from_utf8(answer).unwrap(),
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        );
        assert_eq!(proof.verify(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="), Ok(()));
    }
}
