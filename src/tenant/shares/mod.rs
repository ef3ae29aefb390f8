//! Limits over several proxies: each holds a share of each limit, and all together no more than the limit.
//!
//! [`Shares`] is what the rest of the proxy asks: how much of a limit is this proxy's at present. Who is alone has all. How shares change
//! hands is [`Ledger`]'s; where proxies tell each other what they hold, the server's.

mod divide;
mod key;
mod ledger;
mod record;

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use tokio::sync::Notify;

pub use key::{Key, NoKey, Place};
pub use ledger::{Ledger, Need, Seen, Turns, is_spaced};
pub use record::{Entry, ProxyId, Record, RecordError};

use super::rate::{Pace, Rate};
use crate::ids::{LoginId, TenantId};

/// Whoever isn't let in for want of a share waits for so long, because it may be on its way.
pub const SHARE_IS_NEAR: Duration = Duration::from_millis(1500);

/// What this proxy may use, at one moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InForce {
    /// Its place among those who have agreed who they are.
    pub agreed: Place,
    /// Its place among those who live.
    pub members: Place,
    /// What it has of limits that are listed.
    pub amounts: HashMap<Key, u64>,
    /// Limits of which nobody has anything to give.
    pub used_up: HashSet<Key>,
}

impl InForce {
    /// All of everything.
    pub fn alone() -> Self {
        InForce { agreed: Place::ALONE, members: Place::ALONE, amounts: HashMap::new(), used_up: HashSet::new() }
    }

    /// Whether it is that.
    fn is_all(&self) -> bool {
        (self.agreed, self.members) == (Place::ALONE, Place::ALONE) && self.amounts.is_empty()
    }

    /// What the proxy has of a limit.
    pub fn amount(&self, key: &Key, limit: u64) -> u64 {
        match self.amounts.get(key) {
            Some(amount) => limit.min(*amount),
            None => key.even_part(limit, self.agreed).min(key.even_part(limit, self.members)),
        }
    }
}

/// Those who wait for a share of one limit.
#[derive(Clone, Copy, Default)]
struct Waiting {
    count: u32,
    /// Somebody doesn't wait, but may come again until then.
    until: Option<Instant>,
}

/// One who waits, until dropped.
struct WaitingPlace<'s> {
    shares: &'s Shares,
    key: Key,
}

impl<'s> WaitingPlace<'s> {
    fn take(shares: &'s Shares, key: Key) -> Self {
        shares.waiting.lock().entry(key.clone()).or_default().count += 1;
        WaitingPlace { shares, key }
    }
}

impl Drop for WaitingPlace<'_> {
    fn drop(&mut self) {
        if let Some(waiting) = self.shares.waiting.lock().get_mut(&self.key) {
            waiting.count = waiting.count.saturating_sub(1);
        }
    }
}

/// What this proxy may use, for all that ask.
pub struct Shares {
    in_force: ArcSwap<InForce>,
    pressed: AtomicBool,
    waiting: Mutex<HashMap<Key, Waiting>>,
    raised: Notify,
}

impl Shares {
    /// All of everything, until somebody says otherwise.
    pub fn alone() -> Self {
        Shares {
            in_force: ArcSwap::from_pointee(InForce::alone()),
            pressed: AtomicBool::new(false),
            waiting: Mutex::default(),
            raised: Notify::new(),
        }
    }

    /// Another share from now on.
    pub fn set(&self, in_force: InForce) {
        self.in_force.store(Arc::new(in_force));
        self.raised.notify_waiters();
    }

    /// What the proxy has of a limit.
    pub fn amount(&self, key: impl FnOnce() -> Key, limit: u64) -> u64 {
        let in_force = self.in_force.load();
        if in_force.is_all() { limit } else { in_force.amount(&key(), limit) }
    }

    fn small(&self, key: impl FnOnce() -> Key, limit: u32) -> u32 {
        u32::try_from(self.amount(key, limit.into())).unwrap_or(limit)
    }

    /// Of a tenant's clients.
    pub fn clients(&self, tenant: &TenantId, limit: Option<u32>) -> Option<u32> {
        limit.map(|limit| self.small(|| Key::Clients(tenant.clone()), limit))
    }

    /// Of a login's clients.
    pub fn login_clients(&self, login: &LoginId, limit: Option<u32>) -> Option<u32> {
        limit.map(|limit| self.small(|| Key::Login(login.clone()), limit))
    }

    /// Of the server connections that a tenant uses.
    pub fn connections(&self, tenant: &TenantId, limit: u32) -> u32 {
        self.small(|| Key::Connections(tenant.clone()), limit)
    }

    /// Of a tenant's server time, in thousandths.
    pub fn server_time(&self, tenant: &TenantId, limit: u32) -> u32 {
        self.small(|| Key::ServerTime(tenant.clone()), limit)
    }

    /// Of the connections to a server.
    pub fn server(&self, address: impl FnOnce() -> Arc<str>, limit: u32) -> u32 {
        self.small(|| Key::Server(address()), limit)
    }

    /// Of a tenant's statements.
    pub fn statements(&self, tenant: &TenantId, rate: Rate) -> Pace {
        let limit = rate.pace().millionths;
        rate.part(self.amount(|| Key::Statements(tenant.clone()), limit))
    }

    /// Of the bytes to a tenant's clients.
    pub fn bytes(&self, tenant: &TenantId, rate: Rate) -> Pace {
        let share = self.amount(|| Key::Bytes(tenant.clone()), rate.per_second);
        rate.part(share.max(1).saturating_mul(1_000_000))
    }

    /// Somebody has been refused something that another share might allow.
    pub fn press(&self) {
        self.pressed.store(true, Ordering::Relaxed);
    }

    /// Somebody was turned away for want of a share, and may come again.
    pub fn turned_away(&self, key: Key) {
        self.waiting.lock().entry(key).or_default().until = Some(Instant::now() + SHARE_IS_NEAR);
        self.press();
    }

    /// How many wait for a share, of what.
    pub fn waiting(&self) -> HashMap<Key, u32> {
        let now = Instant::now();
        let mut waiting = self.waiting.lock();
        let count = |waiting: &Waiting| waiting.count + u32::from(waiting.until.is_some_and(|until| now < until));
        waiting.retain(|_, waiting| count(waiting) > 0);
        waiting.iter().map(|(key, waiting)| (key.clone(), count(waiting))).collect()
    }

    /// Whether somebody has.
    pub fn is_pressed(&self) -> bool {
        self.pressed.load(Ordering::Relaxed)
    }

    /// From now on, the next who is refused something tells again.
    pub fn hear_again(&self) {
        self.pressed.store(false, Ordering::Relaxed);
    }

    /// Tries again while other shares come in, where that may help: what a limit refuses at once might be another proxy's to give.
    ///
    /// # Errors
    /// The last attempt's.
    pub async fn retried<T, E>(
        &self,
        key: impl Fn() -> Key,
        mut attempt: impl FnMut() -> Result<T, E>,
        is_for_share: impl Fn(&E) -> bool,
    ) -> Result<T, E> {
        let deadline = tokio::time::Instant::now() + SHARE_IS_NEAR;
        let mut place = None;
        loop {
            let raised = self.raised.notified();
            match attempt() {
                Err(error) if is_for_share(&error) && !self.in_force.load().used_up.contains(&key()) => {
                    place.get_or_insert_with(|| WaitingPlace::take(self, key()));
                    self.press();
                    if tokio::time::timeout_at(deadline, raised).await.is_err() {
                        return attempt();
                    }
                }
                done => return done,
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod simulation;
