//! Servers that go and come back: what becomes of their connections, and what is in use on one.

use std::sync::{Arc, atomic::Ordering};

use super::{Member, ShardServer, registry::PoolRegistry};
use crate::{
    ids::{TenantId, WorkerId},
    net::Target,
};

/// How a server is, as far as its connections go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Presence {
    /// It answers.
    There,
    /// It answers, and nobody has anything to do there any more.
    Left,
    /// It doesn't answer: nothing is waited for that it should do.
    Gone,
}

impl PoolRegistry {
    /// Takes note of how a server is. Idle connections to one that has been left close; connections to one that is gone are dropped, so that
    /// nobody waits for its goodbye; and one that is there again may be dialed at once.
    pub fn note_presence(&self, target: &Target, presence: Presence) {
        let servers: Vec<Arc<ShardServer>> =
            self.lock().servers.iter().filter(|((known, _), _)| known == target).map(|(_, server)| Arc::clone(server)).collect();
        for server in &servers {
            server.is_gone.store(presence == Presence::Gone, Ordering::Relaxed);
            if presence == Presence::There {
                server.step(WorkerId::NONE, |state, now, orders| state.revive(now, orders));
            }
        }
        if presence != Presence::There {
            self.close_idle_to(target);
        }
    }

    /// Closes all idle connections to a server.
    pub fn close_idle_to(&self, target: &Target) {
        self.pools().iter().filter(|pool| pool.spec.target == *target).for_each(|pool| pool.close_idle(WorkerId::NONE));
    }

    /// Connections in use on a server by these tenants, without those of sessions that keep one and run nothing on it.
    pub fn in_use_on(&self, target: &Target, suits: impl Fn(&TenantId) -> bool) -> u32 {
        let members = self.members();
        let there = members.iter().filter(|member| member.pool().spec.target == *target && !member.only_listens() && suits(&member.tenant));
        there.map(|member| member.busy()).sum()
    }
}

impl Member {
    /// Connections that its sessions use, and don't only keep.
    fn busy(&self) -> u32 {
        // A session that takes its own up between the two looks once more whether it may: see `Relay::is_held_back`.
        let resting = self.resting.load(Ordering::SeqCst);
        self.queue(None).in_use.saturating_sub(resting)
    }
}
