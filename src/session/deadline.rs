//! A session ends when the token does that let its client in.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use super::registry::{SessionHandle, Signal};
use crate::error::{Report, SqlState};

/// The clock of the token's time may be set while we wait: it is looked at so often at least.
const LOOK: Duration = Duration::from_secs(60);

/// Watches the clock for one session until dropped.
pub struct Deadline(tokio::task::AbortHandle);

impl Deadline {
    /// Tells the session when its time has come.
    pub fn at(expires: SystemTime, session: &Arc<SessionHandle>) -> Self {
        let session = Arc::downgrade(session);
        let watch = tokio::spawn(async move {
            while let Ok(left) = expires.duration_since(SystemTime::now()) {
                tokio::time::sleep(left.min(LOOK)).await;
            }
            if let Some(session) = session.upgrade() {
                session.send(Signal::Expired);
            }
        });
        Deadline(watch.abort_handle())
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What the client is told.
pub(super) fn report() -> Report {
    Report::new(SqlState::ADMIN_SHUTDOWN, "terminating connection because its token has expired")
        .with_detail("An open transaction has been rolled back.")
        .with_hint("Connect again with a fresh token.")
}
