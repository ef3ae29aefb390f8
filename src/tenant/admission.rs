//! Whether a tenant's statement may run now, by the rates of its plan.

use std::{fmt, sync::Arc, time::Duration};

use super::{
    clients::Usage,
    rate::{Epoch, Exceeded, Pace, Rate},
    shares::{Key, Shares, is_spaced},
};
use crate::{
    error::{Report, SqlState},
    ids::TenantId,
    shard_map::{Limits, Tenant},
};

/// The rate of a tenant's statements, as a session asks for it.
#[derive(Clone)]
pub struct Admission {
    tenant: TenantId,
    rate: Rate,
    usage: Arc<Usage>,
    epoch: Epoch,
    shares: Arc<Shares>,
}

impl fmt::Debug for Admission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admission").field("tenant", &self.tenant).field("rate", &self.rate).finish_non_exhaustive()
    }
}

/// How many statements a tenant may run; none where that isn't limited.
pub fn statement_rate(limits: &Limits) -> Option<Rate> {
    Some(Rate::new(limits.queries_per_second?.into(), limits.burst.map(u64::from)))
}

/// How many bytes its clients may be sent; none where that isn't limited.
pub fn byte_rate(limits: &Limits) -> Option<Rate> {
    Some(Rate::new(limits.bytes_per_second?, None))
}

/// Puts this proxy's share of a tenant's rates in force, for all of its sessions.
pub fn set_rates(tenant: &TenantId, limits: &Limits, usage: &Usage, shares: &Shares, epoch: Epoch) {
    if let Some(rate) = statement_rate(limits) {
        set_pace(tenant, rate, shares.statements(tenant, rate), usage, epoch);
    }
    if let Some(rate) = byte_rate(limits) {
        usage.bytes.change(shares.bytes(tenant, rate), epoch.now());
    }
}

fn set_pace(tenant: &TenantId, rate: Rate, pace: Pace, usage: &Usage, epoch: Epoch) {
    // Another share of the same rate gives nothing away; another rate counts at once.
    if usage.rate.lock().replace(rate).is_some_and(|before| before != rate) && pace.millionths > 0 {
        return usage.statements.replace(pace, epoch.now());
    }
    match spacing(tenant, rate) {
        Some(spacing) if pace.burst <= 1 && usage.statements.pace().burst <= 1 => usage.statements.change_single(pace, spacing),
        _ => usage.statements.change(pace, epoch.now()),
    }
}

/// Of a rate so small that each statement has its moment: from one to the next.
pub fn spacing(tenant: &TenantId, rate: Rate) -> Option<Duration> {
    is_spaced(&Key::Statements(tenant.clone()), rate.pace().millionths).then(|| Duration::from_secs(1).div_f64(rate.per_second as f64))
}

impl Admission {
    /// A tenant's; none where it isn't limited.
    pub fn of(tenant: &Tenant, usage: &Arc<Usage>, shares: &Arc<Shares>, epoch: Epoch) -> Option<Self> {
        let rate = statement_rate(&tenant.limits)?;
        set_pace(&tenant.id, rate, shares.statements(&tenant.id, rate), usage, epoch);
        Some(Admission { tenant: tenant.id.clone(), rate, usage: Arc::clone(usage), epoch, shares: Arc::clone(shares) })
    }

    /// Lets so many statements through, or none.
    ///
    /// # Errors
    /// What the client is told.
    pub fn admit(&self, statements: u64) -> Result<(), Report> {
        self.usage.statements.take(statements, self.epoch.now()).map_err(|exceeded| self.report(exceeded, statements))
    }

    /// Whether a statement would be let through.
    ///
    /// # Errors
    /// What the client is told.
    pub fn look(&self) -> Result<(), Report> {
        self.usage.statements.look(self.epoch.now()).map_err(|exceeded| self.report(exceeded, 1))
    }

    /// Counts a statement that nothing may stop: the end of a transaction.
    pub fn charge(&self) {
        let _ = self.usage.statements.charge(1, self.epoch.now());
    }

    fn report(&self, exceeded: Exceeded, statements: u64) -> Report {
        self.shares.press();
        let Rate { per_second, burst } = self.rate;
        let all = format!(
            "Tenant \"{}\" may run {per_second} statements per second (queries_per_second) and {burst} at once (burst)",
            self.tenant
        );
        let Exceeded { pace, used, wait } = exceeded;
        let is_share = pace != self.rate.pace();
        let limit = if is_share { format!("{all} through all proxies, {} of them through this one at present", told(pace)) } else { all };
        let report = Report::new(SqlState::CONFIGURATION_LIMIT_EXCEEDED, "too many statements per second");
        match wait {
            Some(wait) => report
                .with_detail(format!("{limit}; {used} of {} are used. The next may run in {} ms.", pace.burst, millis(wait)))
                .with_hint("Retry later, send fewer statements, or ask the operator for a larger plan."),
            None => report
                .with_detail(format!("{limit}; this text holds {statements}."))
                .with_hint("Send fewer statements in one text, or ask the operator for a larger burst."),
        }
    }
}

fn told(pace: Pace) -> String {
    let rate = format!("{:.2}", pace.millionths as f64 / 1e6);
    format!("{} per second and {} at once", rate.trim_end_matches('0').trim_end_matches('.'), pace.burst)
}

/// The rate of what is sent to a tenant's clients.
#[derive(Clone, Debug)]
pub struct Throughput {
    usage: Arc<Usage>,
    epoch: Epoch,
}

impl Throughput {
    /// A tenant's; none where it isn't limited.
    pub fn of(tenant: &Tenant, usage: &Arc<Usage>, shares: &Shares, epoch: Epoch) -> Option<Self> {
        usage.bytes.change(shares.bytes(&tenant.id, byte_rate(&tenant.limits)?), epoch.now());
        Some(Throughput { usage: Arc::clone(usage), epoch })
    }

    /// So many bytes go to a client. How long the session must not read on.
    pub fn charge(&self, bytes: usize) -> Option<Duration> {
        self.usage.bytes.charge(bytes as u64, self.epoch.now())
    }
}

/// Rounded up.
fn millis(time: Duration) -> u128 {
    time.as_micros().div_ceil(1000)
}
