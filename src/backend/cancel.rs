//! Cancel requests towards servers: PostgreSQL manual 55.2.9 "Canceling Requests in Progress".

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use smallvec::SmallVec;
use tokio::sync::Notify;

use super::{dial, spec::ServerSpec};
use crate::{net::SocketOptions, wire::synthetic};

/// How long a request may take, connecting included.
const LIMIT: Duration = Duration::from_secs(5);

/// What a cancel request for one server connection needs, and how many are on their way.
///
/// A connection isn't used again while a request for it is on its way: the request would hit the next statement.
pub struct CancelTarget {
    spec: Arc<ServerSpec>,
    process: u32,
    opened: Option<Box<Opened>>,
    key: SmallVec<[u8; 8]>,
    under_way: AtomicU32,
    delivered: Notify,
    /// A request was written and its end wasn't seen: it may yet arrive.
    in_doubt: AtomicBool,
}

/// How a connection began, for those who look at it.
#[derive(Clone, Debug)]
pub struct Opened {
    /// When.
    pub since: Instant,
    /// How often its pool's connections had been renewed then.
    pub generation: u32,
    /// Its own end; none for a Unix socket.
    pub local: Option<SocketAddr>,
    /// How it is encrypted: protocol and cipher; none: it isn't.
    pub tls: Option<(&'static str, &'static str)>,
}

/// A request that must be sent; until then its connection stays where it is.
pub struct PendingCancel {
    target: Arc<CancelTarget>,
    /// Written, and the server hasn't said that it is dealt with.
    open: bool,
}

impl CancelTarget {
    /// From BackendKeyData.
    pub fn new(spec: Arc<ServerSpec>, process: u32, key: &[u8]) -> Self {
        CancelTarget {
            spec,
            process,
            opened: None,
            key: SmallVec::from_slice(key),
            under_way: AtomicU32::new(0),
            delivered: Notify::new(),
            in_doubt: AtomicBool::new(false),
        }
    }

    /// The same, with what there is to tell of the connection.
    #[must_use]
    pub fn opened(mut self, opened: Opened) -> Self {
        self.opened = Some(Box::new(opened));
        self
    }

    /// How the connection began.
    pub fn beginning(&self) -> Option<&Opened> {
        self.opened.as_deref()
    }

    /// Where the connection goes.
    pub fn spec(&self) -> &Arc<ServerSpec> {
        &self.spec
    }

    /// The server's process.
    pub fn process(&self) -> u32 {
        self.process
    }

    /// Begins a request. To be called only while the session owns the connection.
    pub fn begin(self: &Arc<Self>) -> PendingCancel {
        self.under_way.fetch_add(1, Ordering::AcqRel);
        PendingCancel { target: Arc::clone(self), open: false }
    }

    /// Whether no request is on its way.
    #[inline]
    pub fn is_clear(&self) -> bool {
        self.under_way.load(Ordering::Acquire) == 0
    }

    /// Whether a request may still hit whatever the connection runs: it mustn't be used again.
    #[inline]
    pub fn is_in_doubt(&self) -> bool {
        self.in_doubt.load(Ordering::Acquire)
    }

    /// Waits until no request is on its way.
    pub async fn clear(&self) {
        while !self.is_clear() {
            let delivered = self.delivered.notified();
            tokio::pin!(delivered);
            delivered.as_mut().enable();
            if self.is_clear() {
                return;
            }
            delivered.await;
        }
    }
}

impl PendingCancel {
    /// Sends the request and waits for the server to close the connection: it has signalled its process by then.
    pub async fn send(mut self) {
        let mut packet = Vec::with_capacity(24);
        synthetic::cancel(&mut packet, self.target.process, &self.target.key);
        let deliver = async {
            let mut stream = dial::open(&self.target.spec, &SocketOptions::default(), LIMIT).await?;
            self.open = true;
            stream.write_all(&packet).await.map_err(dial::ConnectError::Io)?;
            stream.flush().await.map_err(dial::ConnectError::Io)?;
            let mut end = [0; 16];
            while stream.read_some(&mut end).await.is_ok_and(|read| read > 0) {}
            self.open = false;
            Ok::<(), dial::ConnectError>(())
        };
        match tokio::time::timeout(LIMIT, deliver).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "a cancel request could not be delivered"),
            Err(_) => tracing::warn!("a cancel request was not delivered in time"),
        }
    }
}

impl Drop for PendingCancel {
    fn drop(&mut self) {
        if self.open {
            self.target.in_doubt.store(true, Ordering::Release);
        }
        if self.target.under_way.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.target.delivered.notify_waiters();
        }
    }
}
