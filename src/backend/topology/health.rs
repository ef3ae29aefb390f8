//! How servers are, for people and for machines.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use super::{Role, Topology};
use crate::{ids::ShardId, router::Gate};

/// How a shard is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShardHealth {
    /// Which.
    pub shard: ShardId,
    /// Its servers are asked; others are taken for what the file says.
    pub is_watched: bool,
    /// There is a primary, as far as is known.
    pub has_primary: bool,
    /// The operator has paused it.
    pub paused: bool,
    /// How often its writes have gone to another server since the proxy has known it.
    pub failovers: u32,
    /// Its servers, in the order of the file.
    pub servers: Vec<ServerHealth>,
}

/// How a server is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServerHealth {
    /// Its address, for people.
    pub name: Box<str>,
    /// What it was when it was asked last.
    pub role: Role,
    /// Since when.
    pub since: Instant,
    /// Why it is down, or nothing is known of it.
    pub reason: Option<Arc<str>>,
    /// Writes go there.
    pub is_primary: bool,
    /// The operator has taken reads away from it.
    pub drained: bool,
    /// Its timeline, where it has said so.
    pub timeline: Option<u32>,
    /// How far a replica is behind, in bytes.
    pub lag_bytes: u64,
    /// The same in time.
    pub lag: Duration,
    /// Whether reads that fail there keep others away.
    pub breaker: Gate,
    /// Reads that run there, of those that could run elsewhere.
    pub outstanding: u32,
}

impl Topology {
    /// How the shard is at this moment.
    pub fn health(&self) -> ShardHealth {
        let (snapshot, course) = (self.snapshot(), self.course());
        let primary = if self.is_watched { snapshot.primary } else { Some(course.number) };
        let servers = self.servers.iter().zip(&snapshot.servers).enumerate();
        let servers = servers.map(|(number, (server, state))| ServerHealth {
            name: server.name.clone(),
            role: state.role.clone(),
            since: state.since,
            reason: match &state.role {
                Role::Down(why) | Role::Untold(why) => Some(Arc::clone(why)),
                _ => None,
            },
            is_primary: primary == Some(number),
            drained: server.drained.load(Ordering::Relaxed),
            timeline: state.timeline,
            lag_bytes: state.lag_bytes,
            lag: state.lag,
            breaker: server.breaker.state(|| self.begun.elapsed()),
            outstanding: server.outstanding.load(Ordering::Relaxed),
        });
        ShardHealth {
            shard: self.shard.clone(),
            is_watched: self.is_watched,
            has_primary: primary.is_some(),
            paused: course.is_paused,
            failovers: course.epoch,
            servers: servers.collect(),
        }
    }
}
