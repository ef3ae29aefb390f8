//! What the console's sessions share.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use tokio::sync::{mpsc, oneshot};

use super::{ServerOrder, Shutdown};
use crate::{
    config::Settings,
    error::{Report, SqlState},
    ids::TenantId,
    lifecycle::maps::MapStore,
    session::handshake::Front,
    tenant::usage::Counts,
};

/// How often averages are formed: PgBouncer's `stats_period`.
pub(crate) const STATS_PERIOD: Duration = Duration::from_secs(60);

/// What the console's sessions share.
pub(crate) struct Desk {
    pub(crate) front: Arc<Front>,
    pub(crate) settings: Settings,
    pub(crate) store: MapStore,
    /// The operator has said SUSPEND.
    suspended: AtomicBool,
    orders: mpsc::UnboundedSender<ServerOrder>,
    averages: Mutex<Averages>,
}

/// What tenants did in the last whole period.
#[derive(Default)]
struct Averages {
    last: HashMap<TenantId, Counts>,
    done: HashMap<TenantId, Counts>,
}

impl Desk {
    pub(super) fn new(front: Arc<Front>, settings: Settings, store: MapStore, orders: mpsc::UnboundedSender<ServerOrder>) -> Self {
        Desk { front, settings, store, suspended: AtomicBool::new(false), orders, averages: Mutex::default() }
    }

    /// Forms averages until dropped.
    pub(super) async fn keep_averages(self: Arc<Self>) {
        let mut ticks = tokio::time::interval(STATS_PERIOD);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let now = self.counts();
            let mut averages = self.averages.lock();
            let done = now.iter().filter_map(|(tenant, counts)| {
                let done = counts.since(averages.last.get(tenant).unwrap_or(&Counts::default()));
                (!done.is_zero()).then(|| (tenant.clone(), done))
            });
            averages.done = done.collect();
            averages.last = now;
        }
    }

    /// What all tenants have done so far.
    pub(crate) fn counts(&self) -> HashMap<TenantId, Counts> {
        self.front.pools.settle_usage();
        let mut counts = HashMap::new();
        self.front.metering.for_each(|tenant, meter| {
            counts.insert(tenant.clone(), meter.figures().counts);
        });
        counts
    }

    /// What a tenant did in the last whole period.
    pub(crate) fn done(&self, tenant: &TenantId) -> Counts {
        self.averages.lock().done.get(tenant).copied().unwrap_or_default()
    }

    /// Whether the operator has said SUSPEND.
    pub(crate) fn is_suspended(&self) -> bool {
        self.suspended.load(Ordering::Relaxed)
    }

    pub(crate) fn set_suspended(&self, suspended: bool) {
        self.suspended.store(suspended, Ordering::Relaxed);
    }

    /// Has the files read again.
    pub(crate) async fn reload(&self) -> Result<(), Report> {
        let (tell, told) = oneshot::channel();
        let _ = self.orders.send(ServerOrder::Reload(tell));
        match told.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(why)) => Err(Report::new(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, "RELOAD failed: what isn't right stays as it was")
                .with_detail(why)
                .with_hint("pgtenant check --config FILE tells what is wrong.")),
            Err(_) => Err(Report::new(SqlState::CANNOT_CONNECT_NOW, "the proxy is shutting down")),
        }
    }

    /// Ends the process.
    pub(crate) fn shut_down(&self, how: Shutdown) {
        let _ = self.orders.send(ServerOrder::Shutdown(how));
    }
}
