//! Logging in to a server: trust, clear text over TLS, md5, SCRAM-SHA-256 and -PLUS. PostgreSQL manual 55.2.1, 55.3.

use super::{
    dial::{ConnectError, Startup},
    spec::ServerSpec,
};
use crate::{
    auth::{
        certificate::{CertificateError, endpoint_digest},
        md5::Md5Secret,
        scram::{Challenge, ChannelBinding, Keys, ScramClient, ScramClientError},
    },
    wire::tag::server,
};

/// `AUTH_REQ_*` of `src/include/libpq/protocol.h`.
mod request {
    pub(super) const OK: u32 = 0;
    pub(super) const PASSWORD: u32 = 3;
    pub(super) const MD5: u32 = 5;
    pub(super) const SASL: u32 = 10;
    pub(super) const SASL_CONTINUE: u32 = 11;
    pub(super) const SASL_FINAL: u32 = 12;
}

/// Why we don't log in.
#[derive(Debug, thiserror::Error)]
pub enum AuthenticationError {
    /// The server asks for a password, and the shard map has none.
    #[error("the server asks for a password and none is configured")]
    NoPassword,
    /// A password in clear text over a plain socket would be everybody's.
    #[error("the server asks for the password in clear text, and the connection isn't encrypted")]
    ClearText,
    /// Kerberos, LDAP and their like.
    #[error("the server asks for authentication method {0}, which is not supported")]
    Unsupported(u32),
    /// The server's SCRAM isn't right.
    #[error(transparent)]
    Scram(#[from] ScramClientError),
    /// Its certificate can't be read.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The server says yes before it has proved that it knows the password.
    #[error("the server skipped the end of SCRAM authentication")]
    Unproved,
}

/// Answers the server until it lets us in.
pub(super) async fn run(startup: &mut Startup, spec: &ServerSpec) -> Result<(), ConnectError> {
    loop {
        let (code, data) = next(startup).await?;
        match code {
            request::OK => return Ok(()),
            request::PASSWORD => {
                if !startup.stream.is_tls() && !spec.target.is_unix() {
                    return Err(AuthenticationError::ClearText.into());
                }
                startup.send_password(&[password(spec)?.as_bytes(), b"\0"].concat()).await?;
            }
            request::MD5 => {
                let salt: [u8; 4] = data.as_slice().try_into().map_err(|_| ConnectError::Protocol('R'))?;
                let answer = Md5Secret::from_password(password(spec)?, &spec.user).answer(salt);
                startup.send_password(&[answer.as_bytes(), b"\0"].concat()).await?;
            }
            request::SASL => scram(startup, spec, &data).await?,
            code => return Err(AuthenticationError::Unsupported(code).into()),
        }
    }
}

fn password(spec: &ServerSpec) -> Result<&str, AuthenticationError> {
    spec.password.as_deref().ok_or(AuthenticationError::NoPassword)
}

async fn next(startup: &mut Startup) -> Result<(u32, Vec<u8>), ConnectError> {
    loop {
        let (tag, body) = startup.message().await?;
        match tag {
            server::AUTHENTICATION => {
                let (code, data) = body.split_first_chunk::<4>().ok_or(ConnectError::Protocol('R'))?;
                return Ok((u32::from_be_bytes(*code), data.to_vec()));
            }
            server::NOTICE | server::NEGOTIATE_VERSION => {}
            tag => return Err(ConnectError::Protocol(char::from(tag))),
        }
    }
}

async fn scram(startup: &mut Startup, spec: &ServerSpec, mechanisms: &[u8]) -> Result<(), ConnectError> {
    let password = password(spec)?;
    let digest = match startup.stream.tls_info() {
        Some(tls) => endpoint_digest(tls.server_certificate).map_err(AuthenticationError::from)?,
        None => None,
    };
    let binding = digest.map_or(ChannelBinding::None, ChannelBinding::TlsServerEndPoint);
    let client = ScramClient::choose(mechanisms, &binding).map_err(AuthenticationError::from)?;
    let first = client.first();
    let mut message = [client.mechanism().as_bytes(), b"\0"].concat();
    message.extend_from_slice(&(first.len() as u32).to_be_bytes());
    message.extend_from_slice(&first);
    startup.send_password(&message).await?;
    let (code, data) = next(startup).await?;
    if code != request::SASL_CONTINUE {
        return Err(AuthenticationError::Unproved.into());
    }
    let challenge = client.challenge(&data).map_err(AuthenticationError::from)?;
    let keys = keys(spec, &challenge, password).await;
    let (answer, proof) = challenge.answer(keys.pair());
    startup.send_password(&answer).await?;
    let (code, data) = next(startup).await?;
    if code != request::SASL_FINAL {
        return Err(AuthenticationError::Unproved.into());
    }
    proof.verify(&data).map_err(AuthenticationError::from)?;
    *spec.keys.lock() = Some(keys);
    Ok(())
}

/// The keys for a challenge: those of the last connection, or derived on a thread where PBKDF2 stalls nobody.
async fn keys(spec: &ServerSpec, challenge: &Challenge, password: &str) -> Keys {
    if let Some(keys) = spec.keys.lock().clone()
        && challenge.fits(&keys)
    {
        return keys;
    }
    let (owned, salt, iterations) = (password.to_owned(), challenge.salt().to_vec(), challenge.iterations());
    match tokio::task::spawn_blocking(move || Keys::derive(&owned, &salt, iterations)).await {
        Ok(keys) => keys,
        Err(_) => challenge.derive(password),
    }
}
