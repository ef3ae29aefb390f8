//! Where a statement runs: on the primary, on a replica, or on one as soon as it has caught up. Pure: values in, a value out.
//!
//! Moments of a shard's history are counted in *marks*: numbers of the times at which the primary was asked how far its log has come. A write that is
//! over has all of itself before the next mark; a replica has *caught* a mark when it has replayed that much.

mod breaker;

use std::time::Duration;

pub use breaker::{Breaker, Gate};

use crate::{shard_map::Consistency, sql::gate::Access};

/// A moment of a shard's history.
pub type Mark = u64;

/// Where a session wants its reads to run.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Wish {
    /// On the primary.
    #[default]
    Primary,
    /// On a replica, if one will do.
    Replica,
    /// On whichever server is nearest, the primary included.
    Nearest,
}

impl Wish {
    /// What a client says; the words of `target_session_attrs` count as well.
    pub fn read(word: &str) -> Option<Wish> {
        match word.to_ascii_lowercase().as_str() {
            "primary" | "read-write" => Some(Wish::Primary),
            "replica" | "standby" | "prefer-standby" | "read-only" => Some(Wish::Replica),
            "nearest" | "any" => Some(Wish::Nearest),
            _ => None,
        }
    }

    /// How it is shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Wish::Primary => "primary",
            Wish::Replica => "replica",
            Wish::Nearest => "nearest",
        }
    }
}

/// What is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Asked {
    /// What the statement needs of its server.
    pub access: Access,
    /// Transactions begin as read-only ones where they don't say.
    pub reads_by_default: bool,
    /// A transaction is open, or the session keeps its server connection.
    pub is_tied: bool,
    /// What the session wants.
    pub wish: Wish,
    /// What the read mustn't miss.
    pub consistency: Consistency,
    /// The last that the session has written.
    pub written: Mark,
    /// The last that any session of the tenant has written.
    pub tenant_written: Mark,
    /// The last that the session can have seen.
    pub seen: Mark,
    /// The replica that it has read last: that one hasn't gone back since.
    pub last: Option<usize>,
    /// A replica that is further behind doesn't do.
    pub max_lag: Duration,
    /// Whether it may wait.
    pub may_wait: bool,
}

/// A server that a read could run on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// It is a replica (or the primary, in the primary's place) that answers.
    pub is_up: bool,
    /// The last mark that it has caught.
    pub caught: Mark,
    /// How far it is behind.
    pub lag: Duration,
    /// Reads that run on it.
    pub outstanding: u32,
    /// Its share.
    pub weight: u32,
    /// It is in the proxy's own zone.
    pub is_near: bool,
}

impl Candidate {
    /// A server that there isn't.
    pub const NOBODY: Candidate = Candidate { is_up: false, caught: 0, lag: Duration::MAX, outstanding: 0, weight: 1, is_near: false };
}

/// Where to go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decision {
    /// To the primary.
    Primary,
    /// To the replica of that number.
    Replica(usize),
    /// To a replica, as soon as one has caught that mark.
    Wait(Mark),
}

impl Asked {
    /// Whether a server that can't write would do.
    pub fn reads(&self) -> bool {
        match self.access {
            _ if self.is_tied => false,
            Access::Reads | Access::BeginsReading => true,
            Access::Begins => self.reads_by_default,
            Access::Anything | Access::Keeps => false,
        }
    }

    /// What a replica must have caught.
    pub fn needs(&self) -> Mark {
        match self.consistency {
            Consistency::Session => self.written,
            Consistency::Tenant => self.tenant_written.max(self.written),
            Consistency::Eventual => 0,
        }
    }

    fn suits(&self, number: usize, replica: &Candidate) -> bool {
        let goes_back = self.consistency != Consistency::Eventual && self.last != Some(number) && replica.caught < self.seen;
        replica.is_up && replica.lag <= self.max_lag && replica.caught >= self.needs() && !goes_back
    }
}

/// Decides.
pub fn decide(asked: &Asked, primary: &Candidate, replicas: &[Candidate]) -> Decision {
    if asked.wish == Wish::Primary || !asked.reads() {
        return Decision::Primary;
    }
    let mut best: Option<(usize, &Candidate)> = None;
    for (number, replica) in replicas.iter().enumerate().filter(|(number, replica)| asked.suits(*number, replica)) {
        if best.is_none_or(|(_, other)| is_better(replica, other)) {
            best = Some((number, replica));
        }
    }
    match best {
        Some((_, replica)) if asked.wish == Wish::Nearest && primary.is_up && is_better(primary, replica) => Decision::Primary,
        Some((number, _)) => Decision::Replica(number),
        None if asked.may_wait && replicas.iter().any(|replica| replica.is_up && replica.lag <= asked.max_lag) => {
            let seen = if asked.consistency == Consistency::Eventual { 0 } else { asked.seen };
            Decision::Wait(asked.needs().max(seen))
        }
        None => Decision::Primary,
    }
}

/// Nearer, or, as near, with less to do for its weight.
fn is_better(one: &Candidate, other: &Candidate) -> bool {
    if one.is_near != other.is_near {
        return one.is_near;
    }
    let load = |this: &Candidate, that: &Candidate| (u64::from(this.outstanding) + 1) * u64::from(that.weight.max(1));
    load(one, other) < load(other, one)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests;
