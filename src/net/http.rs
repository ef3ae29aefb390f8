//! Fetching a small document over HTTP or HTTPS: one request on a connection of its own, bounded in time and size.
//!
//! Redirects aren't followed: what is fetched are keys, and whoever may say where they are could be anybody.

use std::{io, path::Path, sync::Arc, time::Duration};

use http_body_util::{BodyExt, Empty, Limited};
use hyper::{Request, StatusCode, Uri, body::Bytes, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};
use tokio_rustls::TlsConnector;

use super::{
    Target, connect,
    tls::{TlsFileError, web_client},
};

/// Why a document couldn't be fetched.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Not a URL with a host, or another scheme.
    #[error("the URL isn't one of http:// or https:// with a host")]
    Url,
    /// The connection or its encryption.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The protocol.
    #[error("{0}")]
    Protocol(#[from] hyper::Error),
    /// Anything but 200.
    #[error("the server answered {0}")]
    Status(StatusCode),
    /// The document is larger than it may be, or broke off.
    #[error("the document is longer than {0} bytes, or broke off")]
    Body(usize),
    /// It took too long.
    #[error("no answer in {0:?}")]
    Timeout(Duration),
}

/// A client. Cheap to clone.
#[derive(Clone)]
pub struct HttpClient {
    tls: Arc<ClientConfig>,
}

impl HttpClient {
    /// A client that believes servers which the file's certificates vouch for, or those that the system trusts.
    ///
    /// # Errors
    /// The file isn't there, or holds no certificates.
    pub fn new(ca: Option<&Path>) -> Result<Self, TlsFileError> {
        Ok(HttpClient { tls: Arc::new(web_client(ca)?) })
    }

    /// Gets a document of at most `most` bytes within `limit`.
    ///
    /// # Errors
    /// See [`HttpError`].
    pub async fn get(&self, url: &str, limit: Duration, most: usize) -> Result<Bytes, HttpError> {
        timeout(limit, self.fetch(url, limit, most)).await.unwrap_or(Err(HttpError::Timeout(limit)))
    }

    async fn fetch(&self, url: &str, limit: Duration, most: usize) -> Result<Bytes, HttpError> {
        let uri: Uri = url.parse().map_err(|_| HttpError::Url)?;
        let (scheme, authority) = (uri.scheme_str().ok_or(HttpError::Url)?, uri.authority().ok_or(HttpError::Url)?);
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let encrypted = scheme == "https";
        let port = authority.port_u16().unwrap_or(if encrypted { 443 } else { 80 });
        let stream = connect(&Target::Tcp(Arc::from(host), port), limit).await?;
        let request = Request::get(uri.path_and_query().map_or("/", |path| path.as_str()))
            .header(header::HOST, authority.as_str())
            .header(header::ACCEPT, "application/json")
            .header(header::USER_AGENT, "pgtenant")
            .header(header::CONNECTION, "close")
            .body(Empty::<Bytes>::new())
            .map_err(|_| HttpError::Url)?;
        if !encrypted {
            return exchange(stream, request, most).await;
        }
        let name = ServerName::try_from(host.to_owned()).map_err(|_| HttpError::Url)?;
        let stream = TlsConnector::from(Arc::clone(&self.tls)).connect(name, stream).await?;
        exchange(stream, request, most).await
    }
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Empty<Bytes>>,
    most: usize,
) -> Result<Bytes, HttpError> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let outcome = async {
        let answer = sender.send_request(request).await?;
        if answer.status() != StatusCode::OK {
            return Err(HttpError::Status(answer.status()));
        }
        let body = Limited::new(answer.into_body(), most).collect().await.map_err(|_| HttpError::Body(most))?;
        Ok(body.to_bytes())
    };
    let outcome = outcome.await;
    connection.abort();
    outcome
}
