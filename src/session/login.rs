//! Proving who a client is: SCRAM-SHA-256 and -PLUS, md5, token, certificate, trust on a Unix socket. PostgreSQL manual 55.3.

use std::io;

use crate::{
    auth::{
        Refusal,
        certificate::{CertificateNames, endpoint_digest},
        jwt::{Holder, Jwt, Token, TokenError},
        md5::Md5Secret,
        scram::{ChannelBinding, ScramError, ScramServer, Verifier},
        secrets::AuthSecret,
    },
    error::{ClientFacing, Report, SqlState},
    ids::LoginId,
    net::Stream,
    wire::{Header, caps, frame::HEADER_LEN, synthetic, tag::client},
};
use std::sync::Arc;

/// `AUTH_REQ_*`, `src/include/libpq/protocol.h`.
mod request {
    pub(super) const OK: u32 = 0;
    pub(super) const CLEARTEXT: u32 = 3;
    pub(super) const MD5: u32 = 5;
    pub(super) const SASL: u32 = 10;
    pub(super) const SASL_CONTINUE: u32 = 11;
    pub(super) const SASL_FINAL: u32 = 12;
}

/// Why a client isn't let in.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// The socket's, or the client left.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Wrong password or unknown login.
    #[error(transparent)]
    Refused(Refusal),
    /// SCRAM went wrong.
    #[error(transparent)]
    Scram(ScramError),
    /// No certificate, or one of somebody else.
    #[error("certificate authentication failed for user \"{0}\"")]
    Certificate(LoginId),
    /// Trust is for Unix sockets only.
    #[error("login \"{0}\" may connect over a Unix socket only")]
    NotUnix(LoginId),
    /// A token may not travel in clear text.
    #[error("login \"{0}\" gives a token, which needs an encrypted connection")]
    Unencrypted(LoginId),
    /// A token that isn't taken.
    #[error(transparent)]
    Token(TokenError),
    /// Not the message that was due.
    #[error("expected password response, got message type {0:?}")]
    Unexpected(char),
}

impl LoginError {
    /// Whether somebody has tried to get in who isn't let in: who leaves, psql for one to ask for the password, has not.
    pub fn is_failed_attempt(&self) -> bool {
        match self {
            LoginError::Refused(_) | LoginError::Certificate(_) => true,
            LoginError::Token(error) => !matches!(error, TokenError::NoKeys),
            LoginError::Io(_) | LoginError::Scram(_) | LoginError::NotUnix(_) | LoginError::Unencrypted(_) | LoginError::Unexpected(_) => {
                false
            }
        }
    }

    /// What the client is told; nothing where it is gone.
    pub fn report(&self) -> Option<Report> {
        Some(match self {
            LoginError::Io(_) => return None,
            LoginError::Refused(refusal) => refusal.report(),
            LoginError::Scram(error) => error.report(),
            LoginError::Certificate(_) => Report::new(SqlState::INVALID_AUTHORIZATION, self.to_string())
                .with_hint("Connect with TLS and a client certificate that names the login."),
            LoginError::NotUnix(_) => Report::new(SqlState::INVALID_AUTHORIZATION, self.to_string()).with_hint("Give the login a secret."),
            LoginError::Unencrypted(_) => Report::new(SqlState::INVALID_AUTHORIZATION, self.to_string())
                .with_hint("Connect with sslmode=verify-full, over a Unix socket, or from the proxy's own machine."),
            LoginError::Token(error) => error.report(),
            LoginError::Unexpected(_) => Report::new(SqlState::PROTOCOL_VIOLATION, self.to_string()),
        })
    }
}

/// Who says what he is, and by what that can be proved.
#[derive(Clone, Copy)]
pub struct Claimant<'a> {
    /// The login.
    pub login: &'a LoginId,
    /// The names of its verified certificate.
    pub certificate: Option<&'a CertificateNames>,
    /// The name that the certificate must carry, where it is the proof.
    pub certificate_name: &'a str,
    /// Whose tokens are taken.
    pub jwt: Option<&'a Jwt>,
    /// The word that a token's roles must hold, and whether they must be asked for: see [`Holder`].
    pub role: (&'a str, bool),
}

/// Asks the client and checks its answer; the token, where that was the proof. The last messages, AuthenticationOk among them, are appended to `greeting`:
/// they go out in one write with what follows.
///
/// # Errors
/// See [`LoginError`].
pub async fn authenticate(
    stream: &mut Stream,
    claimant: Claimant<'_>,
    secret: AuthSecret,
    greeting: &mut Vec<u8>,
) -> Result<Option<Token>, LoginError> {
    let Claimant { login, certificate, certificate_name, .. } = claimant;
    let mut token = None;
    match secret {
        AuthSecret::Jwt => token = Some(jwt(stream, claimant).await?),
        AuthSecret::Scram(verifier) => scram(stream, login, verifier, greeting).await?,
        AuthSecret::Md5(secret) => md5(stream, login, &secret).await?,
        AuthSecret::Certificate => {
            let names = certificate.ok_or_else(|| LoginError::Certificate(login.clone()))?;
            if !names_login(names, certificate_name) {
                return Err(LoginError::Certificate(login.clone()));
            }
        }
        AuthSecret::TrustOnUnixSocket if stream.peer().is_unix() => {}
        AuthSecret::TrustOnUnixSocket => return Err(LoginError::NotUnix(login.clone())),
    }
    synthetic::authentication(greeting, request::OK, &[]);
    Ok(token)
}

/// A token is as good as a password until it ends, so it is asked for only where nobody else can read it.
async fn jwt(stream: &mut Stream, claimant: Claimant<'_>) -> Result<Token, LoginError> {
    let own_machine = stream.peer().address().is_none_or(|address| address.ip().to_canonical().is_loopback());
    if !stream.is_tls() && !own_machine {
        return Err(LoginError::Unencrypted(claimant.login.clone()));
    }
    let Some(issuer) = claimant.jwt else {
        tracing::error!(login = %claimant.login, "the login's secret is a token, and there is no [jwt] in pgtenant.toml");
        return Err(LoginError::Token(TokenError::NoKeys));
    };
    send(stream, request::CLEARTEXT, &[]).await?;
    let answer = password_message(stream).await?;
    let token = answer.strip_suffix(b"\0").unwrap_or(&answer);
    let (role, by_role) = claimant.role;
    let holder = Holder { login: claimant.login.as_str(), role, by_role };
    issuer.check(token, holder).await.map_err(LoginError::Token)
}

fn names_login(names: &CertificateNames, wanted: &str) -> bool {
    use crate::auth::certificate::CertificateName;
    if let Some(name) = CertificateName::parse(wanted) {
        return names.has(name);
    }
    [CertificateName::Common(wanted), CertificateName::Dns(wanted), CertificateName::Email(wanted), CertificateName::Uri(wanted)]
        .into_iter()
        .any(|name| names.has(name))
}

async fn scram(stream: &mut Stream, login: &LoginId, verifier: Arc<Verifier>, greeting: &mut Vec<u8>) -> Result<(), LoginError> {
    let binding = match stream.tls_info() {
        Some(tls) => endpoint_digest(tls.server_certificate).ok().flatten().map_or(ChannelBinding::None, ChannelBinding::TlsServerEndPoint),
        None => ChannelBinding::None,
    };
    let server = ScramServer::new(verifier, binding);
    let mut offer = Vec::with_capacity(48);
    for mechanism in server.mechanisms() {
        offer.extend_from_slice(mechanism.as_bytes());
        offer.push(0);
    }
    offer.push(0);
    send(stream, request::SASL, &offer).await?;
    let initial = password_message(stream).await?;
    let (mechanism, rest) = crate::wire::frame::split_cstr(&initial).ok_or(LoginError::Unexpected('p'))?;
    let (length, data) = rest.split_first_chunk::<4>().ok_or(LoginError::Unexpected('p'))?;
    let later;
    let first: &[u8] = match i32::from_be_bytes(*length) {
        -1 if data.is_empty() => {
            send(stream, request::SASL_CONTINUE, &[]).await?;
            later = password_message(stream).await?;
            &later
        }
        length if usize::try_from(length) == Ok(data.len()) => data,
        _ => return Err(LoginError::Unexpected('p')),
    };
    let (challenge, awaiting) = server.first(mechanism, first).map_err(|error| scram_error(error, login))?;
    send(stream, request::SASL_CONTINUE, &challenge).await?;
    let proof = password_message(stream).await?;
    let (last, _key) = awaiting.last(&proof).map_err(|error| scram_error(error, login))?;
    synthetic::authentication(greeting, request::SASL_FINAL, &last);
    Ok(())
}

fn scram_error(error: ScramError, login: &LoginId) -> LoginError {
    match error {
        ScramError::Refused => LoginError::Refused(Refusal { login: login.clone() }),
        other => LoginError::Scram(other),
    }
}

async fn md5(stream: &mut Stream, login: &LoginId, secret: &Md5Secret) -> Result<(), LoginError> {
    let salt = Md5Secret::salt().map_err(|error| LoginError::Scram(error.into()))?;
    send(stream, request::MD5, &salt).await?;
    let answer = password_message(stream).await?;
    let answer = answer.strip_suffix(b"\0").unwrap_or(&answer);
    if secret.accepts(salt, answer) { Ok(()) } else { Err(LoginError::Refused(Refusal { login: login.clone() })) }
}

async fn send(stream: &mut Stream, code: u32, data: &[u8]) -> Result<(), LoginError> {
    let mut message = Vec::with_capacity(data.len() + 16);
    synthetic::authentication(&mut message, code, data);
    Ok(stream.write_all(&message).await?)
}

/// Reads exactly one password message: nothing may follow it unanswered.
async fn password_message(stream: &mut Stream) -> Result<Vec<u8>, LoginError> {
    let mut buffer = vec![0; 512];
    let mut have = 0;
    loop {
        match stream.read_some(&mut buffer[have..]).await? {
            0 => return Err(LoginError::Io(io::ErrorKind::UnexpectedEof.into())),
            read => have += read,
        }
        if buffer[0] != client::PASSWORD {
            return Err(LoginError::Unexpected(char::from(buffer[0])));
        }
        let Some(header) = Header::read(&buffer[..have]) else { continue };
        header.check(caps::AUTH).map_err(|_| LoginError::Unexpected('p'))?;
        if have > header.frame_len() {
            return Err(LoginError::Unexpected('p'));
        }
        if have == header.frame_len() {
            buffer.truncate(have);
            buffer.drain(..HEADER_LEN);
            return Ok(buffer);
        }
        // Room comes with the bytes: whoever hasn't proved anything gets none by announcing much.
        if have == buffer.len() {
            buffer.resize(header.frame_len().min(2 * have), 0);
        }
    }
}
