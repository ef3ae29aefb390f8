//! Whether a tenant's statement may run now, by the rates of its plan.

use std::{sync::Arc, time::Duration};

use super::{
    clients::Usage,
    rate::{Epoch, Exceeded, Rate},
};
use crate::{
    error::{Report, SqlState},
    ids::TenantId,
    shard_map::{Limits, Tenant},
};

/// The rate of a tenant's statements, as a session asks for it.
#[derive(Clone, Debug)]
pub struct Admission {
    tenant: TenantId,
    rate: Rate,
    usage: Arc<Usage>,
    epoch: Epoch,
}

impl Admission {
    /// A tenant's; none where it isn't limited.
    pub fn of(tenant: &Tenant, usage: &Arc<Usage>, epoch: Epoch) -> Option<Self> {
        let Limits { queries_per_second, burst, .. } = tenant.limits;
        let rate = Rate::new(queries_per_second?.into(), burst.map(u64::from));
        Some(Admission { tenant: tenant.id.clone(), rate, usage: Arc::clone(usage), epoch })
    }

    /// Lets so many statements through, or none.
    ///
    /// # Errors
    /// What the client is told.
    pub fn admit(&self, statements: u64) -> Result<(), Report> {
        self.usage.statements.take(statements, self.rate, self.epoch.now()).map_err(|exceeded| self.report(exceeded, statements))
    }

    /// Whether a statement would be let through.
    ///
    /// # Errors
    /// What the client is told.
    pub fn look(&self) -> Result<(), Report> {
        self.usage.statements.look(self.rate, self.epoch.now()).map_err(|exceeded| self.report(exceeded, 1))
    }

    /// Counts a statement that nothing may stop: the end of a transaction.
    pub fn charge(&self) {
        let _ = self.usage.statements.charge(1, self.rate, self.epoch.now());
    }

    fn report(&self, exceeded: Exceeded, statements: u64) -> Report {
        let Rate { per_second, burst } = self.rate;
        let limit = format!(
            "Tenant \"{}\" may run {per_second} statements per second (queries_per_second) and {burst} at once (burst)",
            self.tenant
        );
        let report = Report::new(SqlState::CONFIGURATION_LIMIT_EXCEEDED, "too many statements per second");
        match exceeded.wait {
            Some(wait) => report
                .with_detail(format!("{limit}; {} of {burst} are used. The next may run in {} ms.", exceeded.used, millis(wait)))
                .with_hint("Retry later, send fewer statements, or ask the operator for a larger plan."),
            None => report
                .with_detail(format!("{limit}; this text holds {statements}."))
                .with_hint("Send fewer statements in one text, or ask the operator for a larger burst."),
        }
    }
}

/// The rate of what is sent to a tenant's clients.
#[derive(Clone, Debug)]
pub struct Throughput {
    rate: Rate,
    usage: Arc<Usage>,
    epoch: Epoch,
}

impl Throughput {
    /// A tenant's; none where it isn't limited.
    pub fn of(limits: &Limits, usage: &Arc<Usage>, epoch: Epoch) -> Option<Self> {
        Some(Throughput { rate: Rate::new(limits.bytes_per_second?, None), usage: Arc::clone(usage), epoch })
    }

    /// So many bytes go to a client. How long the session must not read on.
    pub fn charge(&self, bytes: usize) -> Option<Duration> {
        self.usage.bytes.charge(bytes as u64, self.rate, self.epoch.now())
    }
}

/// Rounded up.
fn millis(time: Duration) -> u128 {
    time.as_micros().div_ceil(1000)
}
