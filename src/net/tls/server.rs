//! The server's side: clients that ask for TLS, by SSLRequest or directly.

use std::{fmt, path::PathBuf, sync::Arc};

use arc_swap::ArcSwap;
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs::Ticketer,
    pki_types::CertificateDer,
    server::{Acceptor, ClientHello, NoServerSessionStorage, ProducesTickets, WebPkiClientVerifier},
    sign::SingleCertAndKey,
};
use tokio::io::AsyncWriteExt;
use tokio_rustls::LazyConfigAcceptor;

use super::{
    ALPN, TlsError, TlsFileError, TlsWarning,
    files::{certified_key, read, roots, warnings},
    provider,
    session::{Carrier, TlsSession},
};
use crate::net::stream::Stream;

/// A fatal `no_application_protocol` alert in a record of its own (RFC 8446 6, RFC 7301 3.2).
const NO_APPLICATION_PROTOCOL: [u8; 7] = [21, 3, 3, 0, 2, 2, 120];
/// Session tickets per TLS 1.3 handshake. libpq uses none, pgjdbc's pool one at a time.
const TICKETS: usize = 1;

/// Where certificate and key are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServerTlsFiles {
    /// Our certificate and those between it and a root (PEM).
    pub certificate: PathBuf,
    /// Its private key (PEM).
    pub key: PathBuf,
    /// The certificates that clients' certificates must come from (PEM). A client without one is still served.
    pub client_ca: Option<PathBuf>,
}

/// What clients are shown. It can be read anew at any time; sessions that run go on with what they had.
pub struct ServerTls {
    files: ServerTlsFiles,
    protocol: &'static [u8],
    in_force: ArcSwap<InForce>,
}

struct InForce {
    config: Arc<ServerConfig>,
    certificate: CertificateDer<'static>,
    /// The bytes of the clients' roots.
    client_ca: Option<Vec<u8>>,
    warnings: Vec<TlsWarning>,
}

impl ServerTls {
    /// Reads the files. Warnings are logged and kept.
    ///
    /// # Errors
    /// Which file, and what is wrong with it.
    pub fn load(files: ServerTlsFiles) -> Result<Self, TlsFileError> {
        Self::of(files, ALPN)
    }

    /// The same for HTTP/1.1.
    ///
    /// # Errors
    /// Which file, and what is wrong with it.
    pub fn for_http(files: ServerTlsFiles) -> Result<Self, TlsFileError> {
        Self::of(files, b"http/1.1")
    }

    fn of(files: ServerTlsFiles, protocol: &'static [u8]) -> Result<Self, TlsFileError> {
        let in_force = InForce::load(&files, protocol, None)?;
        Ok(ServerTls { files, protocol, in_force: ArcSwap::from_pointee(in_force) })
    }

    /// Reads the files again; new connections see the new certificate.
    ///
    /// # Errors
    /// Which file, and what is wrong with it; what was in force stays so.
    pub fn reload(&self) -> Result<(), TlsFileError> {
        let in_force = InForce::load(&self.files, self.protocol, Some(&self.in_force.load()))?;
        self.in_force.store(Arc::new(in_force));
        Ok(())
    }

    /// What the operator should know about the files that are in force.
    pub fn warnings(&self) -> Vec<TlsWarning> {
        self.in_force.load().warnings.clone()
    }

    /// The files it reads.
    pub fn files(&self) -> &ServerTlsFiles {
        &self.files
    }
}

impl fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerTls").field("files", &self.files).finish_non_exhaustive()
    }
}

impl InForce {
    fn load(files: &ServerTlsFiles, protocol: &[u8], before: Option<&InForce>) -> Result<Self, TlsFileError> {
        let refused = |error: rustls::Error| TlsFileError::Refused(Box::new(error));
        let provider = provider();
        let certified = certified_key(&files.certificate, &files.key, &provider)?;
        let certificate = certified.cert[0].clone();
        let client_ca = files.client_ca.as_deref().map(read).transpose()?;
        let verifier = match (&files.client_ca, &client_ca) {
            (Some(file), Some(bytes)) => {
                let (roots, _) = roots(file, bytes)?;
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
                    .allow_unauthenticated()
                    .build()
                    .map_err(|error| TlsFileError::Refused(Box::new(error)))?
            }
            _ => WebPkiClientVerifier::no_client_auth(),
        };
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(refused)?
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
        config.alpn_protocols = vec![protocol.to_vec()];
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = TICKETS;
        config.ticketer = ticketer(&client_ca, before).map_err(refused)?;
        let warnings = warnings(&files.certificate, &certificate, &files.key);
        for warning in &warnings {
            tracing::warn!("{warning}");
        }
        Ok(InForce { config: Arc::new(config), certificate, client_ca, warnings })
    }
}

/// Tickets outlive a reload, unless the clients' roots have changed: a resumed session isn't verified again.
fn ticketer(client_ca: &Option<Vec<u8>>, before: Option<&InForce>) -> Result<Arc<dyn ProducesTickets>, rustls::Error> {
    match before {
        Some(before) if before.client_ca == *client_ca => Ok(before.config.ticketer.clone()),
        _ => Ticketer::new(),
    }
}

/// Encrypts a stream whose client asked for it. `direct`: it began with the handshake, without an SSLRequest; then it must
/// name PostgreSQL as its application protocol. The caller bounds the time, and must hold no unread byte of the stream.
///
/// # Errors
/// The handshake failed; the connection is closed.
pub async fn accept_tls(stream: Stream, tls: &ServerTls, direct: bool) -> Result<Stream, TlsError> {
    let (socket, peer) = stream.into_plain()?;
    let in_force = tls.in_force.load_full();
    let mut start = LazyConfigAcceptor::new(Acceptor::default(), Carrier::new(socket)).await.map_err(TlsError::Handshake)?;
    if direct && !names_postgresql(&start.client_hello()) {
        // The alert is a courtesy: the connection ends either way.
        let _ = start.io.write_all(&NO_APPLICATION_PROTOCOL).await;
        return Err(TlsError::NoAlpn);
    }
    let accepted = start.into_stream(in_force.config.clone()).await.map_err(TlsError::Handshake)?;
    Ok(Stream::encrypted(TlsSession::server(accepted, in_force.certificate.clone()), peer))
}

fn names_postgresql(hello: &ClientHello<'_>) -> bool {
    hello.alpn().is_some_and(|mut names| names.any(|name| name == ALPN))
}
