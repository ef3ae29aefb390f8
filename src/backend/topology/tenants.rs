//! What a tenant has written, in marks.

use std::sync::{
    Arc,
    atomic::{AtomicU32, AtomicU64, Ordering},
};

use super::{Role, Topology};
use crate::{ids::TenantId, router::Mark};

/// One tenant's writes over all of its sessions.
#[derive(Debug)]
pub struct TenantReads {
    /// All that is over and known of lies before it.
    written: AtomicU64,
    /// Transactions under way that may write.
    writing: AtomicU32,
}

impl TenantReads {
    /// The mark that a replica must have caught to have all of the tenant's writes that are over.
    #[inline]
    pub fn written(&self) -> Mark {
        self.written.load(Ordering::SeqCst)
    }

    /// A transaction is over that may have written; what it needs of a replica. To be called before anybody hears of its end.
    pub fn wrote(&self, topology: &Topology) -> Mark {
        let mark = topology.next_mark();
        self.written.fetch_max(mark, Ordering::SeqCst);
        topology.want(mark);
        mark
    }

    /// The mark that a replica must have caught to have all that a read which has just ended can have seen of the tenant's own writes.
    ///
    /// A transaction whose writes can be seen is counted among those under way, or its mark is noted: that is looked at last.
    pub fn seen(&self, topology: &Topology) -> Mark {
        if self.writing.load(Ordering::SeqCst) > 0 {
            return topology.next_mark();
        }
        self.written()
    }
}

/// A transaction that may write, counted until dropped.
pub struct Writing(Arc<TenantReads>);

impl Writing {
    /// Counts one; before its first statement is sent.
    pub fn begin(reads: &Arc<TenantReads>) -> Self {
        reads.writing.fetch_add(1, Ordering::SeqCst);
        Writing(Arc::clone(reads))
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.0.writing.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Topology {
    /// A tenant's writes, which all of its sessions share.
    pub fn tenant(&self, id: &TenantId) -> Arc<TenantReads> {
        if let Some(known) = self.tenants.get(id) {
            return Arc::clone(&known);
        }
        let fresh = || {
            let settled = self.settled.load(Ordering::SeqCst);
            self.want(settled);
            Arc::new(TenantReads { written: AtomicU64::new(settled), writing: AtomicU32::new(0) })
        };
        Arc::clone(&self.tenants.entry(id.clone()).or_insert_with(fresh))
    }

    /// Forgets tenants without sessions whose writes are everywhere.
    pub(super) fn sweep(&self) {
        let snapshot = self.snapshot();
        let replicas = snapshot.servers.iter().filter(|state| state.role != Role::Primary);
        let Some(caught) = replicas.map(|state| state.caught).min() else { return };
        self.tenants.retain(|_, reads| {
            let kept = Arc::strong_count(reads) > 1 || reads.written() > caught || reads.writing.load(Ordering::SeqCst) > 0;
            if !kept {
                self.settled.fetch_max(reads.written(), Ordering::SeqCst);
            }
            kept
        });
    }
}
