//! The servers of a shard: which is the primary, and how far each replica has come. Asked, not configured: the file only says where they are.
//!
//! Each server has one connection on which it is asked again and again ([`watch`]). What came of it is a [`Snapshot`] that sessions read without
//! a lock. The log's position on the primary is kept with the number of the question (a [`Mark`]), so that a session which has written needn't
//! ask where: what it has written lies before the next mark.

mod election;
mod heading;
mod health;
mod hearing;
mod ledger;
pub mod patroni;
pub mod tenants;
pub mod watch;
mod writes;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

pub use self::{
    heading::Course,
    health::{ServerHealth, ShardHealth},
};

use arc_swap::ArcSwap;
use dashmap::DashMap;
use parking_lot::Mutex;
use tokio::sync::Notify;

use self::{heading::Heading, ledger::Ledger, tenants::TenantReads};
use crate::{
    config::HealthSettings,
    ids::{ShardId, TenantId},
    net::Target,
    router::{Breaker, Candidate, Gate, Mark},
    shard_map::ServerAddress,
};

/// What a server is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Role {
    /// It hasn't been asked yet.
    Unknown,
    /// Where writes go.
    Primary,
    /// It takes itself for the primary, and another one is so on a later timeline.
    Outdated,
    /// It follows the primary.
    Replica,
    /// It doesn't answer; why.
    Down(Arc<str>),
    /// It is there, and nobody may ask it; why.
    Untold(Arc<str>),
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Role::Unknown => f.write_str("unknown"),
            Role::Primary => f.write_str("primary"),
            Role::Outdated => f.write_str("outdated primary"),
            Role::Replica => f.write_str("replica"),
            Role::Down(why) => write!(f, "down ({why})"),
            Role::Untold(why) => write!(f, "unknown ({why})"),
        }
    }
}

/// A server as it was when it was asked last.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServerState {
    /// What it is.
    pub role: Role,
    /// Since when.
    pub since: Instant,
    /// Its timeline, where it has said so.
    pub timeline: Option<u32>,
    /// Where the log ends on a primary; how much of it a replica has replayed.
    pub position: u64,
    /// How much of it a replica has received.
    pub received: u64,
    /// The last question that it has answered, or that was in vain.
    pub heard: Mark,
    /// The last mark that it has replayed.
    pub caught: Mark,
    /// How far it is behind, in bytes.
    pub lag_bytes: u64,
    /// The same in time.
    pub lag: Duration,
}

impl ServerState {
    fn unknown(now: Instant) -> Self {
        ServerState {
            role: Role::Unknown,
            since: now,
            timeline: None,
            position: 0,
            received: 0,
            heard: 0,
            caught: 0,
            lag_bytes: 0,
            lag: Duration::ZERO,
        }
    }
}

/// A shard's servers, in the order of the file: the one that it calls primary first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Snapshot {
    /// Each of them.
    pub servers: Box<[ServerState]>,
    /// Which of them is the primary.
    pub primary: Option<usize>,
    /// The last one that was.
    pub incumbent: Option<usize>,
    /// The latest timeline that any of them was ever seen on.
    pub latest: Option<u32>,
}

/// A server, beside its state.
pub struct Server {
    /// Its address, for people.
    pub name: Box<str>,
    /// Its address.
    pub target: Target,
    weight: u16,
    is_near: bool,
    outstanding: AtomicU32,
    breaker: Breaker,
    /// The operator has taken reads away from it.
    drained: AtomicBool,
    /// When it has come back, in milliseconds since the topology began, as long as it hasn't its whole share of reads; 0: it has.
    returned: AtomicU64,
    /// How often it has come back: what was read there before it may be missing.
    life: AtomicU32,
    /// It is to be asked at once.
    ask: Notify,
}

/// What those who use servers have to know.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// Sessions may have to leave the server that they use, or may go on.
    Sessions,
    /// A server is something else by now.
    Server(&'a Target, &'a Role),
}

/// Told of events.
pub type OnEvent = dyn Fn(Event<'_>) + Send + Sync;

/// A whole share of reads, in parts of which a server that has come back gets more and more.
const WHOLE_SHARE: u32 = 256;

/// A shard's servers.
pub struct Topology {
    /// The shard.
    pub shard: ShardId,
    /// Its servers, as in [`Snapshot::servers`].
    pub servers: Box<[Server]>,
    rules: HealthSettings,
    begun: Instant,
    state: ArcSwap<Snapshot>,
    /// The last mark that was given out.
    mark: AtomicU64,
    /// The last one that somebody waits for.
    wanted: AtomicU64,
    /// The primary's log at past marks.
    ledger: Mutex<Ledger>,
    tenants: DashMap<TenantId, Arc<TenantReads>>,
    /// No tenant that isn't among `tenants` has written anything behind it.
    settled: AtomicU64,
    /// Somebody waits for a mark, or for a primary.
    hurry: Notify,
    /// There is a new snapshot.
    news: Notify,
    /// Something may begin on the primary.
    opening: Notify,
    heading: Heading,
    /// Whether servers are asked at all.
    is_watched: bool,
    events: Box<OnEvent>,
}

impl Topology {
    /// Servers that nobody has asked yet: see [`watch::start`]. A shard of a single server isn't watched: that is the primary.
    pub fn new(shard: ShardId, addresses: &[&ServerAddress], rules: HealthSettings, events: Box<OnEvent>) -> Self {
        let now = Instant::now();
        let is_near = |address: &ServerAddress| rules.zone.is_none() || address.zone == rules.zone;
        let server = |address: &&ServerAddress| Server {
            name: format!("{}:{}", address.host, address.port).into(),
            target: Target::new(&address.host, address.port),
            weight: address.weight,
            is_near: is_near(address),
            outstanding: AtomicU32::new(0),
            breaker: Breaker::default(),
            drained: AtomicBool::new(false),
            returned: AtomicU64::new(0),
            life: AtomicU32::new(0),
            ask: Notify::new(),
        };
        let servers = vec![ServerState::unknown(now); addresses.len()].into();
        let is_watched = addresses.len() > 1;
        Topology {
            shard,
            servers: addresses.iter().map(server).collect(),
            rules,
            begun: now,
            state: ArcSwap::from_pointee(Snapshot { servers, primary: None, incumbent: None, latest: None }),
            mark: AtomicU64::new(0),
            wanted: AtomicU64::new(0),
            ledger: Mutex::new(Ledger::default()),
            tenants: DashMap::new(),
            // What was written before anybody watched.
            settled: AtomicU64::new(1),
            hurry: Notify::new(),
            news: Notify::new(),
            opening: Notify::new(),
            heading: Heading::new(!is_watched),
            is_watched,
            events,
        }
    }

    /// The servers as they were when they were asked last.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.state.load_full()
    }

    /// How servers are watched.
    pub fn rules(&self) -> &HealthSettings {
        &self.rules
    }

    /// A mark that lies behind everything that is over by now.
    #[inline]
    pub fn next_mark(&self) -> Mark {
        self.mark.load(Ordering::SeqCst) + 1
    }

    /// Somebody would read on a replica as soon as one has caught that mark.
    #[inline]
    pub fn want(&self, mark: Mark) {
        if self.wanted.load(Ordering::Relaxed) < mark && self.wanted.fetch_max(mark, Ordering::SeqCst) < mark {
            self.hurry.notify_waiters();
        }
    }

    /// A server as the router sees it: a replica, or the primary.
    pub fn candidate(&self, snapshot: &Snapshot, number: usize) -> Candidate {
        let (Some(server), Some(state)) = (self.servers.get(number), snapshot.servers.get(number)) else { return Candidate::NOBODY };
        let fits = match state.role {
            Role::Replica => {
                state.lag <= self.rules.max_lag
                    && self.rules.max_lag_bytes.is_none_or(|most| state.lag_bytes <= most)
                    && snapshot.follows(state)
                    && !server.drained.load(Ordering::Relaxed)
            }
            Role::Primary => snapshot.primary == Some(number),
            _ => false,
        };
        Candidate {
            is_up: fits && server.breaker.state(|| self.begun.elapsed()) != Gate::Closed,
            caught: state.caught,
            lag: state.lag,
            outstanding: server.outstanding.load(Ordering::Relaxed),
            weight: u32::from(server.weight) * self.share(server),
            is_near: server.is_near,
        }
    }

    /// How much of its share of reads a server has: all of it, unless it has come back a moment ago. The clock is read only then.
    fn share(&self, server: &Server) -> u32 {
        let returned = server.returned.load(Ordering::Relaxed);
        if returned == 0 {
            return WHOLE_SHARE;
        }
        let passed = self.begun.elapsed().saturating_sub(Duration::from_millis(returned));
        if passed >= self.rules.slow_start {
            server.returned.store(0, Ordering::Relaxed);
            return WHOLE_SHARE;
        }
        let part = passed.as_secs_f64() / self.rules.slow_start.as_secs_f64() * f64::from(WHOLE_SHARE);
        (part as u32).clamp(1, WHOLE_SHARE)
    }

    /// A server gets reads again, few at first.
    fn begin_slowly(&self, number: usize, now: Instant) {
        if let Some(server) = self.servers.get(number) {
            let at = u64::try_from(now.saturating_duration_since(self.begun).as_millis()).unwrap_or(u64::MAX);
            server.returned.store(at.max(1), Ordering::Relaxed);
        }
    }

    /// How often a server has come back. What was read in an earlier life may be missing there.
    pub fn life(&self, number: usize) -> u32 {
        self.servers.get(number).map_or(0, |server| server.life.load(Ordering::Relaxed))
    }

    /// A session is about to read there. `false`: another one tries already whether it works again.
    pub fn enter(&self, number: usize) -> bool {
        self.servers
            .get(number)
            .is_some_and(|server| server.breaker.state(|| self.begun.elapsed()) == Gate::Open || server.breaker.enter(self.begun.elapsed()))
    }

    /// A read there has come to nothing.
    pub fn failed(&self, number: usize) {
        let Some(server) = self.servers.get(number) else { return };
        if server.breaker.failed(self.begun.elapsed()) {
            tracing::warn!(shard = %self.shard, server = %server.name, "reads leave the server, which fails them");
        }
    }

    /// A read there has gone well.
    #[inline]
    pub fn succeeded(&self, number: usize) {
        let Some(server) = self.servers.get(number) else { return };
        if server.breaker.succeeded() {
            tracing::info!(shard = %self.shard, server = %server.name, "reads come back to the server");
        }
    }

    /// Whether a server doesn't answer, or isn't what reads may go to any more.
    pub fn is_gone(&self, number: usize) -> bool {
        !matches!(self.state.load().servers.get(number).map(|state| &state.role), Some(Role::Replica | Role::Primary))
    }

    /// Waits until a replica has caught a mark, for so long at most.
    pub async fn caught_up(&self, mark: Mark, limit: Duration) {
        let caught = async {
            loop {
                let news = self.news.notified();
                let replicas = &self.state.load().servers;
                if replicas.iter().any(|state| state.role == Role::Replica && state.caught >= mark) {
                    return;
                }
                self.want(mark);
                news.await;
            }
        };
        let _ = tokio::time::timeout(limit, caught).await;
    }
}

/// A read that runs on a server, counted until dropped.
pub struct Busy {
    topology: Arc<Topology>,
    number: usize,
}

impl Busy {
    /// Counts one.
    pub fn on(topology: &Arc<Topology>, number: usize) -> Self {
        if let Some(server) = topology.servers.get(number) {
            server.outstanding.fetch_add(1, Ordering::Relaxed);
        }
        Busy { topology: Arc::clone(topology), number }
    }

    /// The server.
    pub fn number(&self) -> usize {
        self.number
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        if let Some(server) = self.topology.servers.get(self.number) {
            server.outstanding.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
