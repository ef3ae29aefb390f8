//! TLS on either side of a [`Stream`]: rustls over our own socket, so that a session can still move between runtimes.
//!
//! One provider (aws-lc-rs), always named; TLS 1.2 and 1.3. The stream behind an upgrade must hold nothing unread: bytes that
//! the caller has taken from it already came in clear text, and using them would be CVE-2021-23214.

mod client;
mod files;
mod server;
mod session;
mod verifier;

#[cfg(test)]
mod tests;

use std::{io, sync::Arc};

use rustls::{
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::CertificateDer,
};

pub(super) use client::web_client;
pub use client::{ClientTls, ClientTlsFiles, ClientTlsMode, connect_tls};
pub use files::{TlsFileError, TlsWarning};
pub use server::{ServerTls, ServerTlsFiles, accept_tls};
pub(super) use session::TlsSession;

#[cfg(doc)]
use super::Stream;

/// PostgreSQL's protocol name in ALPN: manual 55.2.11.
pub const ALPN: &[u8] = b"postgresql";

/// Why a stream can't be encrypted.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The peer broke off, or the two sides don't agree; the source is rustls's error where there is one.
    #[error("TLS handshake: {0}")]
    Handshake(#[source] io::Error),
    /// Direct TLS must name the protocol, or an HTTPS client could be made to speak to us.
    #[error("direct TLS without the application protocol \"postgresql\" (ALPN)")]
    NoAlpn,
    /// A stream can be encrypted once.
    #[error("the stream is encrypted already")]
    AlreadyEncrypted,
    /// The mode is `disable`.
    #[error("TLS is disabled for this server")]
    Disabled,
    /// The host can stand in no certificate.
    #[error("\"{0}\" is neither a host name nor an address, so no certificate can be for it")]
    ServerName(String),
}

/// What the handshake settled.
#[derive(Debug, Clone, Copy)]
pub struct TlsInfo<'a> {
    /// The peer's certificates, its own first; none where it showed none.
    pub peer_certificates: &'a [CertificateDer<'static>],
    /// The server name that the client asked for (server side only).
    pub server_name: Option<&'a str>,
    /// The application protocol.
    pub alpn: Option<&'a [u8]>,
    /// The server's certificate (DER), ours or the peer's: what `tls-server-end-point` hashes.
    pub server_certificate: &'a [u8],
    /// `TLSv1.2` or `TLSv1.3`.
    pub version: &'static str,
    /// The cipher suite's name.
    pub cipher: &'static str,
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}
