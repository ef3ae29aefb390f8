//! Who isn't let in for a while, and what is told of it.

use std::{
    net::IpAddr,
    time::{Duration, Instant},
};

use crate::{
    error::{ClientFacing, Report, SqlState},
    net::Origin,
};

/// A ban, as long as it lasts and for as long again as the next one would be longer for it.
#[derive(Clone, Debug)]
pub(super) struct Ban {
    /// The address whose failure it was.
    pub(super) address: IpAddr,
    /// The login, as the client said it; none: all of them.
    pub(super) login: Option<Box<str>>,
    /// How many bans there have been, this one counted in.
    pub(super) times: u32,
    failures: u32,
    until: Instant,
    end_is_told: bool,
}

/// A ban, as it is shown to the operator.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BanEntry {
    /// Where it comes from.
    pub origin: Origin,
    /// The login; none: all of them.
    pub login: Option<Box<str>>,
    /// How often it has failed.
    pub failures: u32,
    /// How many bans there have been, this one counted in.
    pub times: u32,
    /// How much longer it lasts.
    pub left: Duration,
}

/// Why somebody isn't let in before anything is asked of him.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TurnedAway {
    /// By the operator's list.
    #[error("connections from this address are not accepted")]
    Denied,
    /// For failures of this login.
    #[error("too many failed logins of user \"{login}\" from this address")]
    Login {
        /// The login.
        login: Box<str>,
        /// How often it has failed.
        failures: u32,
        /// How much longer it lasts.
        left: Duration,
    },
    /// For failures of any logins.
    #[error("too many failed logins from this address")]
    Address {
        /// How many have failed.
        failures: u32,
        /// How much longer it lasts.
        left: Duration,
    },
}

impl ClientFacing for TurnedAway {
    fn report(&self) -> Report {
        let report = Report::new(SqlState::INVALID_AUTHORIZATION, self.to_string());
        match self {
            TurnedAway::Denied => report.with_hint("Ask the operator."),
            TurnedAway::Login { failures, left, .. } | TurnedAway::Address { failures, left } => report
                .with_detail(format!("{failures} logins have failed. The next are looked at in {} s.", left.as_secs() + 1))
                .with_hint("Check the password that is sent, and stop what sends a wrong one."),
        }
    }
}

impl Ban {
    /// From now on, for some time.
    pub(super) fn new(address: IpAddr, login: Option<Box<str>>, failures: u32, times: u32, (now, time): (Instant, Duration)) -> Self {
        Ban { address, login, times, failures, until: now + time, end_is_told: false }
    }

    /// Where it comes from.
    pub(super) fn origin(&self) -> Origin {
        Origin::of_address(self.address)
    }

    /// Why somebody isn't let in; none where the ban is over.
    pub(super) fn report(&self, now: Instant) -> Option<TurnedAway> {
        let left = self.until.checked_duration_since(now).filter(|left| !left.is_zero())?;
        Some(match &self.login {
            Some(login) => TurnedAway::Login { login: login.clone(), failures: self.failures, left },
            None => TurnedAway::Address { failures: self.failures, left },
        })
    }

    /// What is shown of it; none where it is over.
    pub(super) fn entry(&self, now: Instant) -> Option<BanEntry> {
        let left = self.until.checked_duration_since(now).filter(|left| !left.is_zero())?;
        Some(BanEntry { origin: self.origin(), login: self.login.clone(), failures: self.failures, times: self.times, left })
    }

    /// Whether a next one would be the first again.
    pub(super) fn is_forgotten(&self, now: Instant, memory: Duration) -> bool {
        now.saturating_duration_since(self.until) >= memory
    }

    /// Logs its end, once.
    pub(super) fn tell_end(&mut self, now: Instant) {
        if !self.end_is_told && now >= self.until {
            self.end_is_told = true;
            tracing::info!(address = %self.origin(), login = self.login.as_deref(), "ban is over");
        }
    }
}
