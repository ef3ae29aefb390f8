//! Connections of operators: accepted, encrypted, bounded in number and in patience.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::Request, http::StatusCode, response::IntoResponse};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::Semaphore;
use tower::ServiceExt;

use super::{access::Connection, problem::Problem};
use crate::{
    auth::certificate::CertificateNames,
    net::{
        Accepted, Listener, Stream,
        tls::{ServerTls, accept_tls},
    },
};

/// Connections at once: an operator's browser has six, Prometheus one.
const MOST: usize = 256;
/// How long a TLS handshake may take, and the head of a request.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the rest of it may take, and its answer.
const ANSWERED: Duration = Duration::from_secs(60);

/// Serves until dropped.
pub(super) async fn run(mut listener: Listener, tls: Option<Arc<ServerTls>>, router: Router) {
    let seats = Arc::new(Semaphore::new(MOST));
    loop {
        let Ok(seat) = Arc::clone(&seats).acquire_owned().await else { return };
        let accepted = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::error!(%error, "operators aren't served any more");
                return;
            }
        };
        let (tls, router) = (tls.clone(), router.clone());
        tokio::spawn(async move {
            let _seat = seat;
            match tokio::time::timeout(PATIENCE, open(accepted, tls.as_deref())).await {
                Ok(Ok(stream)) => serve(stream, router).await,
                Ok(Err(error)) => tracing::debug!(%error, "an operator's connection"),
                Err(_) => tracing::debug!("an operator's connection: no handshake in time"),
            }
        });
    }
}

async fn open(accepted: Accepted, tls: Option<&ServerTls>) -> Result<Stream, Box<dyn std::error::Error + Send + Sync>> {
    let stream = accepted.open().await?;
    match tls {
        Some(tls) => Ok(accept_tls(stream, tls, false).await?),
        None => Ok(stream),
    }
}

async fn serve(stream: Stream, router: Router) {
    let certificate = stream.tls_info().and_then(|tls| tls.peer_certificates.first().cloned());
    let names = certificate.and_then(|certificate| CertificateNames::parse(&certificate).ok()).map(Arc::new);
    let connection = Connection { peer: *stream.peer(), names };
    let answer = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(connection.clone());
        let router = router.clone();
        async move {
            match tokio::time::timeout(ANSWERED, router.oneshot(request.map(Body::new))).await {
                Ok(answered) => answered,
                // A change that has begun goes on.
                Err(_) => Ok::<_, Infallible>(Problem::new(StatusCode::REQUEST_TIMEOUT, "it took too long").into_response()),
            }
        }
    });
    let served =
        http1::Builder::new().timer(TokioTimer::new()).header_read_timeout(PATIENCE).serve_connection(TokioIo::new(stream), answer);
    if let Err(error) = served.await {
        tracing::debug!(%error, "an operator's connection");
    }
}
