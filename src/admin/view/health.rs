//! Is all well? Looked at when somebody asks; nothing is tried out for it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use parking_lot::Mutex;

use crate::{
    backend::topology::Role,
    ids::ShardId,
    pool::ServerFigures,
    session::{handshake::Front, placement::server_of},
};

/// A worker that hasn't moved for so long hangs.
const STUCK: Duration = Duration::from_secs(10);
/// Who waits longer than this for a connection waits for long.
const LONG_WAIT: Duration = Duration::from_secs(5);

/// How well something is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Grade {
    /// As it should be.
    Good,
    /// It works, and somebody should look at it.
    Poor,
    /// It doesn't work.
    Bad,
}

impl Grade {
    /// A word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Grade::Good => "good",
            Grade::Poor => "poor",
            Grade::Bad => "bad",
        }
    }
}

/// A server of a shard.
#[derive(Clone, Debug)]
pub struct ServerHealth {
    /// Its address.
    pub address: String,
    /// What it is, where servers are watched: those of shards with replicas.
    pub role: Option<Role>,
    /// How far it is behind.
    pub lag: Duration,
    /// The same in bytes.
    pub lag_bytes: u64,
    /// Connections to it, where there are pools.
    pub figures: Option<ServerFigures>,
}

/// A shard.
#[derive(Clone, Debug)]
pub struct ShardHealth {
    /// Which.
    pub id: ShardId,
    /// How well it is.
    pub grade: Grade,
    /// Why it isn't good, in words.
    pub why: Option<String>,
    /// Its servers, the primary of the file first.
    pub servers: Vec<ServerHealth>,
}

/// The threads that move bytes, watched through the processor time that they note a few times a second.
pub struct Workers {
    clocks: Vec<Arc<AtomicU64>>,
    seen: Mutex<Vec<(u64, Instant)>>,
}

impl Workers {
    /// Threads by their clocks.
    pub fn new(clocks: Vec<Arc<AtomicU64>>) -> Self {
        let now = Instant::now();
        let seen = clocks.iter().map(|_| (0, now)).collect();
        Workers { clocks, seen: Mutex::new(seen) }
    }

    /// Processor time of each.
    pub fn times(&self) -> Vec<Duration> {
        self.clocks.iter().map(|clock| Duration::from_nanos(clock.load(Ordering::Relaxed))).collect()
    }

    /// Threads that haven't moved for long.
    pub fn stuck(&self) -> Vec<usize> {
        let now = Instant::now();
        let mut seen = self.seen.lock();
        let mut stuck = Vec::new();
        for (number, (clock, (before, since))) in self.clocks.iter().zip(seen.iter_mut()).enumerate() {
            let time = clock.load(Ordering::Relaxed);
            if time != *before {
                (*before, *since) = (time, now);
            } else if now.saturating_duration_since(*since) > STUCK {
                stuck.push(number);
            }
        }
        stuck
    }
}

/// Everything.
#[derive(Clone, Debug)]
pub struct Health {
    /// The worst of all.
    pub grade: Grade,
    /// No new client is let in, because the process ends.
    pub draining: bool,
    /// Threads that hang.
    pub stuck: Vec<usize>,
    /// Each shard of the map.
    pub shards: Vec<ShardHealth>,
    /// Client connections, and how many there may be.
    pub clients: (u32, u32),
    /// What sessions hold of memory, and what they may.
    pub memory: (usize, usize),
    /// The map that is served.
    pub map_version: u64,
}

/// Looks at everything.
pub fn health(front: &Front, workers: &Workers) -> Health {
    let shards = shards(front);
    let memory = &front.pools.rules().memory;
    let mut health = Health {
        grade: Grade::Good,
        draining: front.draining.load(Ordering::Relaxed),
        stuck: workers.stuck(),
        shards,
        clients: (front.connections.load(Ordering::Relaxed), front.max_clients),
        memory: (memory.held(), memory.total()),
        map_version: front.served.load().map.version,
    };
    let own = match &health {
        _ if !health.stuck.is_empty() => Grade::Bad,
        _ if health.draining || health.clients.0 >= health.clients.1 || memory.is_used_up() => Grade::Poor,
        _ => Grade::Good,
    };
    health.grade = health.shards.iter().map(|shard| shard.grade).max().map_or(own, |worst| {
        // One shard of many doesn't take the proxy down.
        let all_bad = health.shards.iter().all(|shard| shard.grade == Grade::Bad);
        own.max(if all_bad { worst } else { worst.min(Grade::Poor) })
    });
    health
}

/// Looks at each shard of the map.
pub fn shards(front: &Front) -> Vec<ShardHealth> {
    let map = Arc::clone(&front.served.load().map);
    let (servers, topologies) = (front.pools.servers(), front.topologies.list());
    let shards = map.shards().map(|shard| {
        let figures_at = |address: &str| {
            let found = servers.iter().find(|(target, _)| target.to_string() == address);
            found.map(|(_, server)| server.figures())
        };
        let unwatched =
            |address: String| ServerHealth { figures: figures_at(&address), address, role: None, lag: Duration::ZERO, lag_bytes: 0 };
        let servers = match topologies.iter().find(|topology| topology.shard == shard.id) {
            Some(topology) => {
                let states = topology.snapshot();
                let watched = topology.servers.iter().zip(&states.servers);
                watched
                    .map(|(server, state)| ServerHealth {
                        address: server.name.to_string(),
                        role: Some(state.role.clone()),
                        lag: state.lag,
                        lag_bytes: state.lag_bytes,
                        figures: figures_at(&server.name),
                    })
                    .collect()
            }
            None => std::iter::once(server_of(shard).to_string())
                .chain(shard.replicas.iter().map(|replica| crate::net::Target::new(&replica.host, replica.port).to_string()))
                .map(unwatched)
                .collect::<Vec<_>>(),
        };
        let (grade, why) = grade(&servers);
        ShardHealth { id: shard.id.clone(), grade, why, servers }
    });
    shards.collect()
}

fn grade(servers: &[ServerHealth]) -> (Grade, Option<String>) {
    let is_watched =
        servers.iter().any(|server| matches!(server.role, Some(Role::Primary | Role::Replica | Role::Outdated | Role::Down(_))));
    if is_watched && !servers.iter().any(|server| server.role == Some(Role::Primary)) {
        return (Grade::Bad, Some("no server is the primary".to_owned()));
    }
    let failing = |server: &&ServerHealth| server.figures.is_some_and(|figures| figures.resting > 0);
    if !is_watched && let Some(server) = servers.iter().find(failing) {
        let is_dead = server.figures.is_some_and(|figures| figures.in_use == 0 && figures.idle == 0);
        let grade = if is_dead { Grade::Bad } else { Grade::Poor };
        return (grade, Some(format!("connections to {} fail", server.address)));
    }
    let poor = servers.iter().find_map(|server| match (&server.role, server.figures) {
        (Some(Role::Down(why)), _) => Some(format!("{} is down ({why})", server.address)),
        (Some(Role::Outdated), _) => Some(format!("{} takes itself for the primary, and isn't any more", server.address)),
        (_, Some(figures)) if figures.longest_wait > LONG_WAIT => {
            let seconds = figures.longest_wait.as_secs();
            Some(format!("{} sessions wait for a connection to {}, the first of them for {seconds} s", figures.waiting, server.address))
        }
        _ => None,
    });
    (if poor.is_some() { Grade::Poor } else { Grade::Good }, poor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(role: Option<Role>, figures: Option<ServerFigures>) -> ServerHealth {
        ServerHealth { address: "h:1".to_owned(), role, lag: Duration::ZERO, lag_bytes: 0, figures }
    }

    #[test]
    fn shards_are_as_well_as_their_servers() {
        let down = || Some(Role::Down("why".into()));
        let resting = ServerFigures { resting: 1, ..ServerFigures::default() };
        let waiting = ServerFigures { waiting: 3, longest_wait: Duration::from_secs(6), ..ServerFigures::default() };
        let table = [
            (vec![server(None, None)], Grade::Good),
            (vec![server(Some(Role::Unknown), None)], Grade::Good),
            (vec![server(Some(Role::Primary), None), server(Some(Role::Replica), None)], Grade::Good),
            (vec![server(Some(Role::Primary), None), server(down(), None)], Grade::Poor),
            (vec![server(down(), None), server(Some(Role::Replica), None)], Grade::Bad),
            (vec![server(Some(Role::Primary), None), server(Some(Role::Outdated), None)], Grade::Poor),
            (vec![server(None, Some(resting))], Grade::Bad),
            (vec![server(None, Some(ServerFigures { in_use: 1, ..resting }))], Grade::Poor),
            (vec![server(None, Some(waiting))], Grade::Poor),
        ];
        for (servers, expected) in table {
            assert_eq!(grade(&servers).0, expected, "{servers:?}");
        }
    }
}
