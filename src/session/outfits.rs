//! What the sessions of a tenant begin with, made once for those that log in at about the same time: a login looks it up.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use dashmap::DashMap;

use super::{gate::Gatekeeper, reading::Routes, times::Times};
use crate::{
    backend::{
        context::Context,
        topology::{Course, Topology},
    },
    ids::TenantId,
    pool::Member,
    shard_map::Tenant,
};

/// An outfit that no login has asked for in this time goes: it keeps its pool and its catalog in use.
const KEPT: Duration = Duration::from_secs(1);

/// What a tenant's sessions have in common.
pub struct Outfit {
    /// Who it is, as the map in force at that time has it.
    pub tenant: Arc<Tenant>,
    /// Its shard's servers.
    pub topology: Arc<Topology>,
    /// Where its writes went when this was made.
    pub course: Course,
    /// Its place in the pool of the server that its writes go to.
    pub member: Arc<Member>,
    /// Judges its texts.
    pub gate: Gatekeeper,
    /// What its transactions begin with, and what settings are held to.
    pub context: Option<Arc<Context>>,
    /// How long its sessions' statements and pauses may last.
    pub times: Option<Times>,
    /// Where its reads may run, if not where its writes do.
    pub routes: Option<Arc<Routes>>,
}

impl Outfit {
    /// Whether writes still go where they went.
    fn is_current(&self) -> bool {
        self.topology.course().epoch == self.course.epoch
    }
}

/// Outfits by tenant.
#[derive(Default)]
pub struct Outfits {
    by_tenant: DashMap<TenantId, Kept>,
}

struct Kept {
    outfit: Arc<Outfit>,
    asked_for: AtomicBool,
}

impl Outfits {
    /// The outfit that was made for this very tenant, and for where its writes go now: another map's is another one.
    pub fn get(&self, tenant: &Arc<Tenant>) -> Option<Arc<Outfit>> {
        let kept = self.by_tenant.get(&tenant.id).filter(|kept| Arc::ptr_eq(&kept.outfit.tenant, tenant) && kept.outfit.is_current())?;
        kept.asked_for.store(true, Ordering::Relaxed);
        Some(Arc::clone(&kept.outfit))
    }

    /// Keeps an outfit for the next logins.
    pub fn put(&self, outfit: &Arc<Outfit>) {
        let kept = Kept { outfit: Arc::clone(outfit), asked_for: AtomicBool::new(true) };
        self.by_tenant.insert(outfit.tenant.id.clone(), kept);
    }

    /// Lets go of outfits that nobody asks for, until dropped.
    pub async fn sweep(&self) {
        loop {
            tokio::time::sleep(KEPT).await;
            self.by_tenant.retain(|_, kept| std::mem::take(kept.asked_for.get_mut()));
        }
    }
}
