//! The client's side: encrypted connections to PostgreSQL servers, in libpq's modes (manual 34.19).

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
};

use rustls::{
    ClientConfig, RootCertStore,
    client::Resumption,
    pki_types::{IpAddr, Ipv4Addr, ServerName},
};
use tokio_rustls::TlsConnector;

use super::{
    ALPN, TlsError, TlsFileError,
    files::{certified_key, read, roots},
    provider,
    session::{Carrier, TlsSession},
    verifier::{Trust, Verifier},
};
use crate::net::stream::Stream;

/// libpq's `sslmode`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum ClientTlsMode {
    /// Clear text.
    Disable,
    /// Encrypted if the server can, without asking who it is.
    #[default]
    Prefer,
    /// Encrypted. Whose server it is isn't asked, unless a root file is given: then as `verify-ca`, as libpq does.
    Require,
    /// Encrypted, and the certificate comes from the root file.
    VerifyCa,
    /// `verify-ca`, and the certificate is for the host's name.
    VerifyFull,
}

impl ClientTlsMode {
    /// libpq's word.
    pub fn as_str(self) -> &'static str {
        match self {
            ClientTlsMode::Disable => "disable",
            ClientTlsMode::Prefer => "prefer",
            ClientTlsMode::Require => "require",
            ClientTlsMode::VerifyCa => "verify-ca",
            ClientTlsMode::VerifyFull => "verify-full",
        }
    }

    /// Whether to ask the server for TLS at all.
    pub fn asks(self) -> bool {
        self != ClientTlsMode::Disable
    }

    /// Whether clear text is out of the question.
    pub fn insists(self) -> bool {
        !matches!(self, ClientTlsMode::Disable | ClientTlsMode::Prefer)
    }
}

impl fmt::Display for ClientTlsMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is no `sslmode`.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("expected disable, prefer, require, verify-ca or verify-full")]
pub struct UnknownMode;

impl FromStr for ClientTlsMode {
    type Err = UnknownMode;
    fn from_str(word: &str) -> Result<Self, UnknownMode> {
        use ClientTlsMode::{Disable, Prefer, Require, VerifyCa, VerifyFull};
        [Disable, Prefer, Require, VerifyCa, VerifyFull].into_iter().find(|mode| mode.as_str() == word).ok_or(UnknownMode)
    }
}

/// How a server is to be reached, and the files that needs.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct ClientTlsFiles {
    /// `sslmode`.
    pub mode: ClientTlsMode,
    /// `sslrootcert`: the certificates to trust (PEM).
    pub root_cert: Option<PathBuf>,
    /// `sslcert`: our own certificate, where the server wants one (PEM).
    pub certificate: Option<PathBuf>,
    /// `sslkey`: its private key (PEM).
    pub key: Option<PathBuf>,
}

/// [`ClientTlsFiles`], read. Cheap to clone.
#[derive(Clone)]
pub struct ClientTls {
    mode: ClientTlsMode,
    config: Option<Arc<ClientConfig>>,
}

impl fmt::Debug for ClientTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientTls").field("mode", &self.mode).finish_non_exhaustive()
    }
}

impl ClientTls {
    /// Clear text only.
    pub fn disabled() -> Self {
        ClientTls { mode: ClientTlsMode::Disable, config: None }
    }

    /// Reads the files.
    ///
    /// # Errors
    /// Which file, and what is wrong with it.
    pub fn load(files: &ClientTlsFiles) -> Result<Self, TlsFileError> {
        if files.mode == ClientTlsMode::Disable {
            return Ok(Self::disabled());
        }
        let provider = provider();
        let verifier = Verifier::new(trust(files)?, provider.signature_verification_algorithms);
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| TlsFileError::Refused(Box::new(error)))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let mut config = match (&files.certificate, &files.key) {
            (Some(certificate), Some(key)) => {
                let certified = certified_key(certificate, key, &provider)?;
                builder.with_client_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(certified)))
            }
            (None, None) => builder.with_no_client_auth(),
            (Some(file), None) | (None, Some(file)) => return Err(TlsFileError::HalfPair { file: file.clone() }),
        };
        config.alpn_protocols = vec![ALPN.to_vec()];
        // PostgreSQL hands out no tickets: `src/backend/libpq/be-secure-openssl.c`, `be_tls_init`.
        config.resumption = Resumption::disabled();
        Ok(ClientTls { mode: files.mode, config: Some(Arc::new(config)) })
    }

    /// Its mode.
    pub fn mode(&self) -> ClientTlsMode {
        self.mode
    }
}

/// How web servers are believed: certificates of the file, or those that the system trusts, and the host's name.
pub(in crate::net) fn web_client(ca: Option<&Path>) -> Result<ClientConfig, TlsFileError> {
    let trusted = match ca {
        Some(file) => roots(file, &read(file)?)?.0,
        None => {
            let mut trusted = RootCertStore::empty();
            trusted.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            trusted
        }
    };
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| TlsFileError::Refused(Box::new(error)))?
        .with_root_certificates(trusted)
        .with_no_client_auth())
}

fn trust(files: &ClientTlsFiles) -> Result<Trust, TlsFileError> {
    let verifies = match files.mode {
        ClientTlsMode::Disable | ClientTlsMode::Prefer => false,
        ClientTlsMode::Require => files.root_cert.is_some(),
        ClientTlsMode::VerifyCa | ClientTlsMode::VerifyFull => true,
    };
    if !verifies {
        return Ok(Trust::Anybody);
    }
    let Some(file) = &files.root_cert else { return Err(TlsFileError::NoRoots(files.mode)) };
    let (roots, certificates) = roots(file, &read(file)?)?;
    Ok(Trust::Roots { roots, certificates, for_host: files.mode == ClientTlsMode::VerifyFull })
}

/// Encrypts a stream whose server has answered `S` to an SSLRequest. `host` is what the shard map calls the server. The caller
/// bounds the time, and must hold no unread byte of the stream.
///
/// # Errors
/// The handshake failed, or the server isn't who it should be; the connection is closed.
pub async fn connect_tls(stream: Stream, tls: &ClientTls, host: &str) -> Result<Stream, TlsError> {
    let config = tls.config.as_ref().ok_or(TlsError::Disabled)?;
    let name = match ServerName::try_from(host) {
        Ok(name) => name.to_owned(),
        Err(_) if tls.mode == ClientTlsMode::VerifyFull => return Err(TlsError::ServerName(host.to_owned())),
        // Nobody compares it, and an address is sent to nobody.
        Err(_) => ServerName::IpAddress(IpAddr::V4(Ipv4Addr::from([0, 0, 0, 0]))),
    };
    let (socket, peer) = stream.into_plain()?;
    let connected = TlsConnector::from(config.clone()).connect(name, Carrier::new(socket)).await.map_err(TlsError::Handshake)?;
    Ok(Stream::encrypted(TlsSession::client(connected), peer))
}
