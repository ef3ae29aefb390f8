//! One pool as the scheduler sees it: its connections by number, its accounts by turn.

use std::time::{Duration, Instant};

use super::{
    account::Account,
    rounds::{Rounds, Turn},
};
use crate::ids::WorkerId;

/// How many connections a pool may have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PoolLimits {
    /// At most, idle ones counted in.
    pub most: u32,
    /// So many stay open while the pool has sessions.
    pub least: u32,
}

#[derive(Debug)]
pub(super) struct Idle<C> {
    pub(super) connection: C,
    pub(super) worker: WorkerId,
    pub(super) since: Instant,
}

/// Accounts that want a connection, by turn. Most pools have one account, and there are many of them: they cost nothing.
#[derive(Debug)]
enum Order {
    One(Option<Turn>),
    Many(Box<Rounds>),
}

#[derive(Debug)]
pub(super) struct Pool<C> {
    pub(super) limits: PoolLimits,
    /// Connections that are open, being opened or being closed.
    pub(super) open: u32,
    pub(super) dialing: u32,
    /// Virtual time that its only account has paid for those that are being opened.
    pub(super) charged: u64,
    pub(super) closing: u32,
    /// Most recently used last.
    pub(super) idle: Vec<Idle<C>>,
    pub(super) accounts: Vec<Option<Account>>,
    free: Vec<u32>,
    order: Order,
    /// What all of its accounts could use at once.
    pub(super) demand: u32,
    /// What nothing has been done about yet.
    pub(super) unmet: u32,
    /// Where it is filed among the server's pools.
    pub(super) filed: Option<Turn>,
    /// Weights of the accounts that use or want something.
    pub(super) weight: u64,
    /// Nobody opens a connection, after failures.
    pub(super) resting: Option<Instant>,
    pub(super) failures: u32,
}

impl<C> Pool<C> {
    pub(super) fn new(limits: PoolLimits) -> Self {
        Pool {
            limits,
            open: 0,
            dialing: 0,
            charged: 0,
            closing: 0,
            idle: Vec::new(),
            accounts: Vec::new(),
            free: Vec::new(),
            order: Order::One(None),
            demand: 0,
            unmet: 0,
            filed: None,
            weight: 0,
            resting: None,
            failures: 0,
        }
    }

    pub(super) fn account(&mut self, number: u32) -> Option<&mut Account> {
        self.accounts.get_mut(number as usize)?.as_mut()
    }

    pub(super) fn add(&mut self, account: Account) -> u32 {
        let number = match self.free.pop() {
            Some(number) => {
                self.accounts[number as usize] = Some(account);
                number
            }
            None => {
                self.accounts.push(Some(account));
                self.accounts.len() as u32 - 1
            }
        };
        if let (Order::One(filed), true) = (&self.order, self.accounts.len() > 1) {
            let mut rounds = Rounds::new();
            if let Some(turn) = *filed {
                rounds.insert(0, turn);
            }
            self.order = Order::Many(Box::new(rounds));
        }
        number
    }

    pub(super) fn forget(&mut self, number: u32) {
        self.file(number, None);
        if let Some(account @ Some(_)) = self.accounts.get_mut(number as usize) {
            *account = None;
            self.free.push(number);
        }
    }

    /// Whether it is one tenant's alone.
    pub(super) fn has_one_account(&self) -> bool {
        matches!(self.order, Order::One(_))
    }

    /// Connections that are being opened for one account alone.
    pub(super) fn dialing_for_one(&self) -> u32 {
        if self.has_one_account() { self.dialing } else { 0 }
    }

    /// Files an account under its turn, or nowhere.
    pub(super) fn file(&mut self, number: u32, turn: Option<Turn>) {
        match (&mut self.order, turn) {
            (Order::One(filed), turn) => *filed = turn,
            (Order::Many(rounds), Some(turn)) => rounds.insert(number, turn),
            (Order::Many(rounds), None) => drop(rounds.remove(number)),
        }
    }

    /// Which of its accounts is next.
    pub(super) fn first(&mut self) -> Option<(u32, Turn)> {
        match &mut self.order {
            Order::One(filed) => filed.map(|turn| (0, turn)),
            Order::Many(rounds) => rounds.first(),
        }
    }

    /// When it is its turn among all pools. One that has slots of its own, and needs another, has them for a turn each.
    pub(super) fn claim(&mut self, turn_length: u64) -> Option<Turn> {
        let needs_slot = self.has_one_account() && self.idle.is_empty();
        let held = u64::from(if needs_slot { self.open - self.closing } else { 0 });
        let (number, turn) = self.first()?;
        let weight = self.account(number).map_or(1, |account| account.weight());
        Some(match turn {
            Turn::At(tag) => Turn::At(tag.saturating_add(held * turn_length / weight)),
            Turn::Urgent => Turn::Urgent,
        })
    }

    /// The most recently used idle connection: of the asker's own worker if it has any, of those one that suits if there is any.
    pub(super) fn take_idle(&mut self, worker: WorkerId, suits: impl Fn(&C) -> bool) -> Option<Idle<C>> {
        let own = self.idle.iter().rposition(|idle| idle.worker == worker && suits(&idle.connection));
        match own.or_else(|| self.idle.iter().rposition(|idle| idle.worker == worker)) {
            Some(place) => Some(self.idle.remove(place)),
            None => self.idle.pop(),
        }
    }

    /// A connection works: opening others isn't hopeless.
    pub(super) fn works(&mut self) {
        (self.resting, self.failures) = (None, 0);
    }

    /// No connection could be opened.
    pub(super) fn failed(&mut self, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        self.resting = Some(now + back_off(self.failures));
    }
}

/// How long no connection is tried after so many failures in a row.
fn back_off(failures: u32) -> Duration {
    Duration::from_millis(50) * 2u32.pow(failures.saturating_sub(1).min(4))
}
