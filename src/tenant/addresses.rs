//! How many clients each address has, where that is limited.

use std::sync::Arc;

use dashmap::{DashMap, mapref::entry::Entry};

use crate::{
    error::{ClientFacing, Report, SqlState},
    net::Origin,
};

/// Connections beyond the limit that may say what they are for: cancel requests are served, others hear why they aren't.
const SPARE: u32 = 8;

/// Connections by address.
#[derive(Default)]
pub struct Addresses {
    connections: DashMap<Origin, u32>,
}

/// One connection of an address, counted until dropped.
pub struct AddressSeat {
    addresses: Arc<Addresses>,
    origin: Origin,
}

/// An address has as many clients as it may have.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("too many connections from {origin}")]
pub struct Crowded {
    /// The address.
    pub origin: Origin,
    /// How many connections it has, this one left out.
    pub used: u32,
    /// How many it may have.
    pub limit: u32,
    /// It has so many that this one isn't even told.
    pub hopeless: bool,
}

impl ClientFacing for Crowded {
    fn report(&self) -> Report {
        Report::new(SqlState::TOO_MANY_CONNECTIONS, self.to_string())
            .with_detail(format!("{} of {} connections are open (max_clients_per_address).", self.used.min(self.limit), self.limit))
            .with_hint("Close connections that aren't used.")
    }
}

impl Addresses {
    /// Counts a connection in, and says where it is beyond the limit.
    pub fn enter(self: &Arc<Self>, origin: Origin, limit: u32) -> (AddressSeat, Result<(), Crowded>) {
        let mut connections = self.connections.entry(origin).or_default();
        let used = *connections;
        *connections += 1;
        drop(connections);
        let seat = AddressSeat { addresses: Arc::clone(self), origin };
        let crowded = Crowded { origin, used, limit, hopeless: used >= limit.saturating_add(SPARE) };
        (seat, if used < limit { Ok(()) } else { Err(crowded) })
    }
}

impl Drop for AddressSeat {
    fn drop(&mut self) {
        if let Entry::Occupied(mut connections) = self.addresses.connections.entry(self.origin) {
            *connections.get_mut() -= 1;
            if *connections.get() == 0 {
                connections.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_its_own() {
        let addresses = Arc::new(Addresses::default());
        let origin = |text: &str| Origin::of_address(text.parse().unwrap());
        let (here, there) = (origin("192.0.2.1"), origin("192.0.2.2"));
        let mut seats: Vec<_> = (0..2).map(|_| addresses.enter(here, 2)).collect();
        assert!(seats.iter().all(|(_, entered)| entered.is_ok()));
        let (beyond, crowded) = addresses.enter(here, 2);
        let crowded = crowded.unwrap_err();
        assert_eq!(crowded.report().detail.unwrap(), "2 of 2 connections are open (max_clients_per_address).");
        assert!(!crowded.hopeless && addresses.enter(there, 2).1.is_ok());
        drop((beyond, seats.pop()));
        assert!(addresses.enter(here, 2).1.is_ok());
        let many: Vec<_> = (0..20).map(|_| addresses.enter(here, 2)).collect();
        assert!(many[19].1.clone().unwrap_err().hopeless);
        drop((many, seats));
        assert!(addresses.connections.is_empty());
    }
}
