//! The meters of all tenants. A tenant has one from its first session on.

use std::sync::Arc;

use dashmap::DashMap;

use super::{Meter, Snapshot, Spreads};
use crate::ids::TenantId;

/// All tenants' counts.
#[derive(Debug, Default)]
pub struct Metering {
    meters: DashMap<TenantId, Arc<Meter>>,
    spreads: Arc<Spreads>,
}

impl Metering {
    /// A tenant's, made on first use.
    pub fn of(&self, tenant: &TenantId) -> Arc<Meter> {
        if let Some(meter) = self.meters.get(tenant) {
            return Arc::clone(&meter);
        }
        Arc::clone(&self.meters.entry(tenant.clone()).or_insert_with(|| Arc::new(Meter::new(&self.spreads))))
    }

    /// A tenant's, where it has one.
    pub fn get(&self, tenant: &TenantId) -> Option<Arc<Meter>> {
        self.meters.get(tenant).map(|meter| Arc::clone(&meter))
    }

    /// What a tenant has done and does; none where it never came.
    pub fn snapshot(&self, tenant: &TenantId) -> Option<Snapshot> {
        self.get(tenant).map(|meter| meter.snapshot())
    }

    /// All of them at this moment.
    pub fn all(&self) -> Vec<(TenantId, Arc<Meter>)> {
        self.meters.iter().map(|entry| (entry.key().clone(), Arc::clone(entry.value()))).collect()
    }

    /// How long transactions and waits of all tenants took.
    pub fn spreads(&self) -> &Spreads {
        &self.spreads
    }

    /// Looks at all of them. What is done with each must be short.
    pub fn for_each(&self, mut look: impl FnMut(&TenantId, &Meter)) {
        for entry in &self.meters {
            look(entry.key(), entry.value());
        }
    }

    /// How many tenants have come.
    pub fn len(&self) -> usize {
        self.meters.len()
    }

    /// Whether nobody has.
    pub fn is_empty(&self) -> bool {
        self.meters.is_empty()
    }

    /// Forgets a tenant of which all is recorded and that nobody acts for. Whether it is forgotten.
    pub fn forget(&self, tenant: &TenantId) -> bool {
        self.meters.remove_if(tenant, |_, meter| Arc::strong_count(meter) == 1 && meter.is_settled()).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Counts, *};

    #[test]
    fn who_is_gone_is_forgotten_with_the_last_record() {
        let (metering, acme) = (Metering::default(), TenantId::from("acme"));
        assert!(metering.snapshot(&acme).is_none() && metering.is_empty());
        let meter = metering.of(&acme);
        let present = meter.enter();
        present.meter().add(&Counts { rows: 3, ..Counts::default() });
        assert!(!metering.forget(&acme), "somebody holds it");
        drop(present);
        drop(meter);
        assert!(!metering.forget(&acme), "it isn't recorded");
        assert_eq!(metering.get(&acme).unwrap().take().unwrap().told.counts.rows, 3);
        assert_eq!((metering.forget(&acme), metering.len()), (true, 0));
    }
}
