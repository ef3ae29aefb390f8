//! Operators over HTTP: health checks, metrics, REST, dashboard. On a thread and a runtime of its own, so that nobody who asks much keeps
//! clients waiting; all of it reads what the proxy counts anyway.

mod access;
mod dashboard;
mod metrics;
mod probes;
mod problem;
mod rest;
mod serve;

use std::{
    io,
    path::PathBuf,
    sync::{Arc, atomic::AtomicU64},
    time::Instant,
};

use axum::{Router, http::Uri, middleware, routing::get};

use self::{access::Access, dashboard::SignedIn, metrics::Exposition, problem::Problem, rest::Changes};
use super::view::{health::Workers, overview::Overview};
use crate::{
    config::AdminSettings,
    lifecycle::maps::MapStore,
    net::{
        BindError, Listener, SocketOptions,
        tls::{ServerTls, ServerTlsFiles, TlsFileError},
    },
    session::handshake::Front,
    telemetry::calendar::Moment,
};

/// Why operators aren't served.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The address can't be listened on.
    #[error("[admin] http: {0}")]
    Bind(#[from] BindError),
    /// A TLS file isn't right.
    #[error("[admin] {0}")]
    Tls(#[from] TlsFileError),
    /// The thread.
    #[error("[admin] {0}")]
    Io(#[from] io::Error),
}

/// What requests are answered from.
pub(super) struct Desk {
    front: Arc<Front>,
    workers: Workers,
    overview: Overview,
    exposition: Exposition,
    access: Access,
    began: (Instant, Moment),
    store: MapStore,
    changes: Changes,
    signed_in: SignedIn,
    audit_file: Option<PathBuf>,
    /// TLS is served.
    is_encrypted: bool,
}

type Shared = Arc<Desk>;

/// Begins to serve operators, where the settings say an address: until the process ends. `places`: where the shard map is changed, and
/// where the audit trail is; `clocks`: the IO threads' processor times.
///
/// # Errors
/// See [`AdminError`].
pub fn start(
    front: &Arc<Front>,
    settings: &AdminSettings,
    (store, audit_file): (MapStore, Option<PathBuf>),
    clocks: Vec<Arc<AtomicU64>>,
) -> Result<(), AdminError> {
    let Some(address) = settings.http else { return Ok(()) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let listener = {
        let _runtime = runtime.enter();
        Listener::bind_tcp(address, &SocketOptions::default(), false)?
    };
    let tls = settings.tls.as_ref().map(|tls| {
        let files = ServerTlsFiles { certificate: tls.certificate.clone(), key: tls.key.clone(), client_ca: tls.client_ca.clone() };
        ServerTls::for_http(files).map(Arc::new)
    });
    let tls = tls.transpose()?;
    if tls.is_none() && !address.ip().is_loopback() {
        tracing::warn!(%address, "[admin] http is served without TLS: tokens can be read on their way");
    }
    let desk = Arc::new(Desk {
        front: Arc::clone(front),
        workers: Workers::new(clocks),
        overview: Overview::new(Arc::clone(front)),
        exposition: Exposition::new(settings.top_tenants),
        access: Access::new(settings),
        began: (Instant::now(), Moment::now()),
        store,
        changes: Changes::default(),
        signed_in: SignedIn::new(&front.process_secret),
        audit_file,
        is_encrypted: tls.is_some(),
    });
    tracing::info!(address = ?listener.address(), tls = tls.is_some(), "serving operators over HTTP");
    std::thread::Builder::new().name("admin".to_owned()).spawn(move || {
        let router = router(&desk);
        runtime.spawn({
            let desk = Arc::clone(&desk);
            async move { desk.overview.keep().await }
        });
        runtime.block_on(serve::run(listener, tls, router));
    })?;
    Ok(())
}

/// All routes.
fn router(desk: &Shared) -> Router {
    let open = Router::new()
        .route("/health", get(probes::health))
        .route("/health/liveness", get(probes::liveness))
        .route("/health/readiness", get(probes::readiness));
    let guarded = Router::new()
        .route("/health/detailed", get(probes::detailed))
        .route("/metrics", get(metrics::expose))
        .merge(rest::router(desk))
        .route_layer(middleware::from_fn_with_state(Arc::clone(desk), access::authenticate));
    open.merge(guarded)
        .merge(dashboard::router(desk))
        .fallback(|uri: Uri| async move { Problem::not_found(format!("there is nothing at {}", uri.path())) })
        .method_not_allowed_fallback(|| async { Problem::method_not_allowed() })
        .layer(middleware::from_fn_with_state(Arc::clone(desk), access::check_host))
        .with_state(Arc::clone(desk))
}
