//! What a worker lends to its sessions: buffers, and the till that their counts go into.

use std::sync::atomic::{AtomicU32, Ordering};

use parking_lot::Mutex;

use super::READ;
use crate::{ids::WorkerId, telemetry::audit::Audit, tenant::usage::Till};

/// Buffers of one worker, lent to whichever session is being polled.
pub struct Scratch {
    pub(super) input: Vec<u8>,
    pub(super) to_client: Vec<u8>,
    pub(super) to_server: Vec<u8>,
    /// What they have counted.
    pub(super) till: Till,
}

impl Default for Scratch {
    fn default() -> Self {
        let (to_client, to_server) = (Vec::with_capacity(4096), Vec::with_capacity(4096));
        Scratch { input: vec![0; READ], to_client, to_server, till: Till::default() }
    }
}

/// What a worker lends to its sessions.
pub struct Worker {
    /// Which worker.
    pub id: WorkerId,
    /// Its buffers; only its own thread takes them.
    pub scratch: Mutex<Scratch>,
    /// Where security events go.
    pub audit: Audit,
    /// So many of its sessions should go to another worker as they come to rest.
    pub surplus: AtomicU32,
}

impl Worker {
    /// A worker with fresh buffers.
    pub fn new(id: WorkerId, audit: Audit) -> Self {
        Worker { id, scratch: Mutex::new(Scratch::default()), audit, surplus: AtomicU32::new(0) }
    }

    /// Gives what its sessions have counted to their tenants. To be called a few times a second, and in the end.
    pub fn settle_usage(&self) {
        self.scratch.lock().till.settle();
    }

    /// Whether the session that asks is to go.
    #[inline]
    pub(super) fn sends_away(&self) -> bool {
        self.surplus.load(Ordering::Relaxed) > 0
            && self.surplus.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| count.checked_sub(1)).is_ok()
    }
}
