//! What proxies share: one limit of one tenant, login or server.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::ids::{LoginId, TenantId};

/// Rates are counted in millionths: shares of small ones are fractions.
const MILLION: u64 = 1_000_000;
/// Who wants nothing keeps this part of a limit, where that is something whole, so that it can begin at once.
const IDLE_PART: u64 = 256;

/// One limit that holds for all proxies together.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Key {
    /// A tenant's statements per second.
    Statements(TenantId),
    /// Bytes per second to a tenant's clients.
    Bytes(TenantId),
    /// A tenant's clients.
    Clients(TenantId),
    /// Server connections that a tenant uses.
    Connections(TenantId),
    /// Thousandths of a second of server time that a tenant uses per second.
    ServerTime(TenantId),
    /// A login's clients.
    Login(LoginId),
    /// Connections to a server, by its address.
    Server(Arc<str>),
}

impl Key {
    /// The smallest part of it that is worth anything by itself, in what it is counted in.
    pub fn unit(&self) -> u64 {
        if matches!(self, Key::Statements(_)) { MILLION } else { 1 }
    }

    /// Whether less than a unit is worth something as well.
    pub fn has_fractions(&self) -> bool {
        self.unit() > 1
    }

    /// What a proxy keeps of a limit that wants nothing of it while others want more than there is.
    pub fn idle_part(&self, limit: u64) -> u64 {
        limit / self.unit() / IDLE_PART * self.unit()
    }

    /// What a proxy holds of a limit that nobody has said anything about: the same for all, and what can't be divided goes to one or the other,
    /// by the key, so that none has it all.
    pub fn even_part(&self, limit: u64, place: Place) -> u64 {
        let Place::Of { rank, count } = place else { return 0 };
        let count = u64::from(count.max(1));
        let whole = limit / self.unit();
        let one_more = (u64::from(rank) + self.spread()) % count < whole % count;
        (whole / count + u64::from(one_more)) * self.unit()
    }

    /// A number that is the same in all proxies, and another one for another key (FNV-1a).
    pub fn spread(&self) -> u64 {
        let hash =
            self.to_string().bytes().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        hash >> 16
    }

    fn parts(&self) -> (char, &str) {
        match self {
            Key::Statements(tenant) => ('q', tenant.as_str()),
            Key::Bytes(tenant) => ('b', tenant.as_str()),
            Key::Clients(tenant) => ('c', tenant.as_str()),
            Key::Connections(tenant) => ('n', tenant.as_str()),
            Key::ServerTime(tenant) => ('t', tenant.as_str()),
            Key::Login(login) => ('l', login.as_str()),
            Key::Server(server) => ('s', server),
        }
    }
}

/// A proxy's place among those that share everything that nobody has said anything about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// Not among them.
    Outside,
    /// The how manieth of how many.
    Of {
        /// From 0.
        rank: u32,
        /// How many there are.
        count: u32,
    },
}

impl Place {
    /// The only one.
    pub const ALONE: Place = Place::Of { rank: 0, count: 1 };
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, name) = self.parts();
        write!(f, "{kind}:{name}")
    }
}

/// Not a key.
#[derive(Debug, thiserror::Error)]
#[error("not a limit's name")]
pub struct NoKey;

impl FromStr for Key {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Self, NoKey> {
        let (kind, name) = text.split_once(':').ok_or(NoKey)?;
        Ok(match kind {
            "q" => Key::Statements(name.into()),
            "b" => Key::Bytes(name.into()),
            "c" => Key::Clients(name.into()),
            "n" => Key::Connections(name.into()),
            "t" => Key::ServerTime(name.into()),
            "l" => Key::Login(name.into()),
            "s" => Key::Server(name.into()),
            _ => return Err(NoKey),
        })
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
