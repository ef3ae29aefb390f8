//! Who somebody is: the pure parts of authentication, towards clients and towards servers.
//!
//! Everything here but [`jwt`], which has keys to fetch, and [`guard`], which counts, is bytes in, bytes out: no IO, no clock, no lookups, and no panic on any input. The only costly calls are those that run PBKDF2
//! ([`scram::Keys::derive`], [`scram::Verifier::from_password`], [`secrets::AuthSecret::from_stored`] with a plain password); they say so, and belong on a
//! blocking thread. A login with a kept verifier, and a connection to a server with kept keys, costs a few hashes.
//!
//! `session` asks clients, `backend` answers servers, `shard_map` says what is on file.

use crate::{
    error::{ClientFacing, Report, SqlState},
    ids::LoginId,
};

pub mod certificate;
pub mod guard;
pub mod jwt;
pub mod md5;
pub mod scram;
pub mod secrets;

/// A password that didn't fit, or a login that doesn't exist. Which of the two, neither answer nor time tells.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("password authentication failed for user \"{login}\"")]
pub struct Refusal {
    /// The name that the client gave.
    pub login: LoginId,
}

impl ClientFacing for Refusal {
    fn report(&self) -> Report {
        Report::new(SqlState::INVALID_PASSWORD, self.to_string())
    }
}

/// The operating system gave no random bytes, so no challenge can be made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("no random bytes are available")]
pub struct NoRandomness;

/// Fresh random bytes for nonces and salts.
fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}
