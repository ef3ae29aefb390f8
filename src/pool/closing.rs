//! Closing a server connection so that its slot is free only when its process is gone.
//!
//! A server process leaves its socket for the kernel to close, so the end of the stream says that it has left pg_stat_activity
//! (`src/backend/libpq/pqcomm.c`, `socket_close`). Before that, another connection in its place would be one more than the cap allows.

use std::{sync::Arc, time::Duration};

use super::{ShardServer, scheduler::PoolIndex};
use crate::{backend::ServerConnection, ids::WorkerId};

/// Terminate (F).
const GOODBYE: [u8; 5] = [b'X', 0, 0, 0, 4];
/// A server that takes longer runs something yet: it is asked to stop.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often it is asked, and how long each time.
const ATTEMPTS: u32 = 6;
const ANSWER: Duration = Duration::from_secs(10);

impl ShardServer {
    /// Says goodbye to the server, and frees the slot when its process has gone; at once where the whole server is gone.
    pub(super) fn close(self: &Arc<Self>, index: PoolIndex, connection: Box<ServerConnection>, worker: WorkerId) {
        let runtime = tokio::runtime::Handle::try_current().ok().filter(|_| !self.is_gone.load(std::sync::atomic::Ordering::Relaxed));
        let Some(runtime) = runtime else {
            drop(connection);
            self.step(worker, |state, now, orders| state.closed(index, now, orders));
            return;
        };
        let server = Arc::clone(self);
        runtime.spawn(async move {
            if !let_go(connection).await {
                tracing::error!(shard = %server.shard, "a server process doesn't end although its connection is closed; it isn't counted any more");
            }
            server.step(worker, |state, now, orders| state.closed(index, now, orders));
        });
    }
}

/// Waits until the server has let go of a connection; `false` where it doesn't.
async fn let_go(mut connection: Box<ServerConnection>) -> bool {
    let cancel = Arc::clone(&connection.cancel);
    let stream = &mut connection.stream;
    let goodbye = async {
        stream.write_all(&GOODBYE).await?;
        stream.shutdown().await
    };
    // Also where it failed, the end of the stream says when the process is gone.
    let _ = tokio::time::timeout(PATIENCE, goodbye).await;
    let mut patience = PATIENCE;
    for _ in 0..ATTEMPTS {
        if tokio::time::timeout(patience, until_end(stream)).await.is_ok() {
            return true;
        }
        cancel.begin().send().await;
        patience = ANSWER;
    }
    false
}

async fn until_end(stream: &mut crate::net::Stream) {
    let mut nobody = [0; 4096];
    while let Ok(1..) = stream.read_some(&mut nobody).await {}
}
