//! Asking a client: `src/backend/libpq/auth-scram.c`.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    ChannelBinding, ClientKey, GS2_ENDPOINT, RAW_NONCE_LENGTH, SCRAM_SHA_256, SCRAM_SHA_256_PLUS, Verifier, equal, hmac_sha256,
    message::{ClientFinal, ClientFirst, Gs2Flag, MessageError},
    sha256, xor,
};
use crate::{
    auth::{NoRandomness, random},
    error::{ClientFacing, Report, SqlState},
};

/// Why a client isn't let in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ScramError {
    /// Not SCRAM, or more than SCRAM.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// A mechanism that wasn't offered.
    #[error("client selected an invalid SASL authentication mechanism")]
    Mechanism,
    /// -PLUS without binding data, or binding data without -PLUS.
    #[error("SASL mechanism and SCRAM channel binding flag contradict each other")]
    Contradiction,
    /// A binding type other than `tls-server-end-point`.
    #[error("unsupported SCRAM channel-binding type")]
    BindingType,
    /// The client believes that we can't bind, but we offered it: somebody between us has cut the offer.
    #[error("SCRAM channel binding negotiation error")]
    Downgrade,
    /// The client sees another certificate than ours.
    #[error("SCRAM channel binding check failed")]
    Binding,
    /// The proof is not for our challenge.
    #[error("invalid SCRAM response: nonce does not match")]
    Nonce,
    /// Wrong password, or unknown login.
    #[error("password authentication failed")]
    Refused,
    /// No nonce could be made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

impl ClientFacing for ScramError {
    fn report(&self) -> Report {
        let state = match self {
            ScramError::Message(MessageError::AuthorizationIdentity | MessageError::MandatoryExtension) => SqlState::FEATURE_NOT_SUPPORTED,
            ScramError::Message(MessageError::Malformed(what)) => {
                return Report::new(SqlState::PROTOCOL_VIOLATION, "malformed SCRAM message").with_detail(*what);
            }
            ScramError::Downgrade => {
                return Report::new(SqlState::INVALID_AUTHORIZATION, self.to_string()).with_detail(
                    "The client supports SCRAM channel binding but thinks the server does not. However, this server does support channel binding.",
                );
            }
            ScramError::Mechanism | ScramError::Contradiction | ScramError::BindingType | ScramError::Nonce => SqlState::PROTOCOL_VIOLATION,
            ScramError::Binding => SqlState::INVALID_AUTHORIZATION,
            ScramError::Refused => SqlState::INVALID_PASSWORD,
            ScramError::NoRandomness(_) => SqlState::INTERNAL_ERROR,
        };
        Report::new(state, self.to_string())
    }
}

/// An exchange that hasn't begun: mechanisms are offered, the client's first message is awaited.
///
/// A client that sends its `SASLInitialResponse` without data (length -1) gets an empty `AuthenticationSASLContinue`; its answer to that is its first message.
#[derive(Debug)]
pub struct ScramServer {
    verifier: Arc<Verifier>,
    binding: ChannelBinding,
}

impl ScramServer {
    /// For a login's verifier (see [`Verifier::or_mock`]) over a connection with that binding.
    pub fn new(verifier: Arc<Verifier>, binding: ChannelBinding) -> Self {
        ScramServer { verifier, binding }
    }

    /// What `AuthenticationSASL` lists, best first.
    pub fn mechanisms(&self) -> &'static [&'static str] {
        match self.binding {
            ChannelBinding::None => &[SCRAM_SHA_256],
            ChannelBinding::TlsServerEndPoint(_) => &[SCRAM_SHA_256_PLUS, SCRAM_SHA_256],
        }
    }

    /// Takes the client's choice and first message; returns the body of `AuthenticationSASLContinue` and what comes next.
    ///
    /// # Errors
    /// [`ScramError`], after which the connection ends. None of them depends on who the login is.
    pub fn first(self, mechanism: impl AsRef<[u8]>, client_first: &[u8]) -> Result<(Vec<u8>, AwaitingProof), ScramError> {
        let nonce = STANDARD.encode(random::<RAW_NONCE_LENGTH>()?);
        self.first_with_nonce(mechanism.as_ref(), client_first, &nonce)
    }

    pub(super) fn first_with_nonce(
        self,
        mechanism: &[u8],
        client_first: &[u8],
        nonce: &str,
    ) -> Result<(Vec<u8>, AwaitingProof), ScramError> {
        let bound = self.is_bound(mechanism)?;
        let first = ClientFirst::parse(client_first)?;
        let gs2_header = self.gs2_header(bound, first.flag)?;

        let mut signed = Vec::with_capacity(first.bare.len() + first.nonce.len() + nonce.len() + self.verifier.salt.len() * 2 + 32);
        signed.extend_from_slice(first.bare);
        signed.push(b',');
        let server_first = signed.len();
        signed.extend_from_slice(b"r=");
        signed.extend_from_slice(first.nonce);
        signed.extend_from_slice(nonce.as_bytes());
        let nonce = server_first + 2..signed.len();
        signed.extend_from_slice(b",s=");
        signed.extend_from_slice(STANDARD.encode(&self.verifier.salt).as_bytes());
        signed.extend_from_slice(format!(",i={}", self.verifier.iterations).as_bytes());

        let answer = signed.get(server_first..).unwrap_or_default().to_vec();
        let channel_binding = self.binding.attribute(gs2_header);
        Ok((answer, AwaitingProof { verifier: self.verifier, channel_binding, signed, nonce }))
    }

    /// Whether the mechanism that the client chose binds; it must be one of those that we offered.
    fn is_bound(&self, mechanism: &[u8]) -> Result<bool, ScramError> {
        let chosen = self.mechanisms().iter().find(|offered| offered.as_bytes() == mechanism);
        chosen.map(|chosen| *chosen == SCRAM_SHA_256_PLUS).ok_or(ScramError::Mechanism)
    }

    /// The header that the client must repeat in its last message.
    fn gs2_header(&self, bound: bool, flag: Gs2Flag<'_>) -> Result<&'static str, ScramError> {
        match flag {
            Gs2Flag::Required(_) if !bound => Err(ScramError::Contradiction),
            Gs2Flag::Required(b"tls-server-end-point") => Ok(GS2_ENDPOINT),
            Gs2Flag::Required(_) => Err(ScramError::BindingType),
            Gs2Flag::Unsupported | Gs2Flag::NotOffered if bound => Err(ScramError::Contradiction),
            Gs2Flag::NotOffered if self.binding != ChannelBinding::None => Err(ScramError::Downgrade),
            Gs2Flag::NotOffered => Ok("y,,"),
            Gs2Flag::Unsupported => Ok("n,,"),
        }
    }
}

/// An exchange that has asked: the client's proof is awaited.
#[derive(Debug)]
pub struct AwaitingProof {
    verifier: Arc<Verifier>,
    /// What must stand after `c=`.
    channel_binding: String,
    /// What both sides sign, as far as it is known: the client's first message without header, a comma, ours.
    signed: Vec<u8>,
    /// Where in `signed` the whole nonce is.
    nonce: std::ops::Range<usize>,
}

impl AwaitingProof {
    /// Takes the client's last message; returns the body of `AuthenticationSASLFinal`, and the key that the client has proved.
    ///
    /// # Errors
    /// [`ScramError::Refused`] for a wrong password and for an unknown login alike; others for messages that break the rules.
    pub fn last(self, client_final: &[u8]) -> Result<(Vec<u8>, ClientKey), ScramError> {
        let last = ClientFinal::parse(client_final)?;
        if last.channel_binding != self.channel_binding.as_bytes() {
            return Err(ScramError::Binding);
        }
        if self.signed.get(self.nonce.clone()) != Some(last.nonce) {
            return Err(ScramError::Nonce);
        }
        let signed: [&[u8]; 3] = [&self.signed, b",", last.without_proof];
        let client_key = xor(&last.proof, &hmac_sha256(&self.verifier.stored_key, &signed));
        // Both operands are always computed.
        if !(equal(&sha256(&client_key), &self.verifier.stored_key) & self.verifier.genuine) {
            return Err(ScramError::Refused);
        }
        let mut answer = String::with_capacity(2 + 44);
        answer.push_str("v=");
        STANDARD.encode_string(hmac_sha256(&self.verifier.server_key, &signed), &mut answer);
        Ok((answer.into_bytes(), ClientKey(client_key)))
    }
}
