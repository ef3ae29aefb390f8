//! What happens to connections that nobody uses: closed when idle for too long, too old, or gone.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use super::{Pool, registry::PoolRegistry};
use crate::{backend::ServerConnection, ids::WorkerId};

/// How often idle connections are looked at.
const INTERVAL: Duration = Duration::from_millis(500);

/// Looks after all pools until dropped. To be spawned on `worker`.
pub async fn run(registry: Arc<PoolRegistry>, worker: WorkerId) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        for pool in registry.pools() {
            pool.reap(worker);
        }
        registry.sweep();
    }
}

impl Pool {
    /// Closes idle connections that are too old, idle for too long, closed by the server or not as they were left.
    fn reap(self: &Arc<Self>, worker: WorkerId) {
        let idle_timeout = self.server.rules.idle_timeout;
        self.server.step(worker, |state, now, orders| {
            if self.sessions() == 0 {
                state.set_least(self.index, 0);
            }
            let is_due = |connection: &mut Box<ServerConnection>| connection.expires <= now || !connection.is_quiet();
            state.reap(self.index, now, idle_timeout, is_due, orders);
        });
    }

    /// Closes all idle connections.
    pub(super) fn close_idle(self: &Arc<Self>, worker: WorkerId) {
        let idle_timeout = self.server.rules.idle_timeout;
        self.server.step(worker, |state, now, orders| state.reap(self.index, now, idle_timeout, |_| true, orders));
    }

    /// Closes all connections: idle ones now, others as they come back.
    pub(super) fn renew_connections(self: &Arc<Self>, worker: WorkerId) {
        self.generation.fetch_add(1, Ordering::Relaxed);
        self.close_idle(worker);
    }

    /// Looks at each idle connection.
    pub fn each_idle(&self, mut look: impl FnMut(&ServerConnection, Instant)) {
        let state = self.server.state.lock();
        state.idle_of(self.index).for_each(|(connection, since)| look(connection, since));
    }

    /// Gives the pool's place back; `false` where it still has connections.
    pub(super) fn remove(&self) -> bool {
        let removed = self.server.state.lock().remove_pool(self.index);
        if removed && let Some(slot) = self.server.pools.lock().get_mut(self.index.0) {
            *slot = None;
        }
        removed
    }
}
