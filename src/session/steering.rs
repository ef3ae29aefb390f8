//! What an operator does to shards while they are served: pausing one, taking a replica out of use. And how they are.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    handshake::Front,
    topologies::{self, servers},
};
use crate::{
    backend::topology::{ServerHealth, ShardHealth, Topology},
    error::{ClientFacing, Report, SqlState},
    ids::{ShardId, TenantId},
    net::Target,
    router::Gate,
    shard_map::{ServerAddress, Shard},
};

/// How often it is looked whether what runs is over.
const LOOK: Duration = Duration::from_millis(5);

/// Why an operator's wish isn't fulfilled.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SteerError {
    /// No such shard.
    #[error("shard \"{0}\" does not exist")]
    NoSuchShard(String),
    /// It runs.
    #[error("shard \"{0}\" is not paused")]
    NotPaused(ShardId),
    /// No shard has such a server.
    #[error("server \"{0}\" does not exist")]
    NoSuchServer(String),
    /// Several servers of one host.
    #[error("server \"{0}\" is not unique")]
    Ambiguous(String),
    /// Writes go there.
    #[error("server \"{server}\" is the primary of shard \"{shard}\"")]
    IsPrimary {
        /// Which.
        server: String,
        /// Whose.
        shard: ShardId,
    },
    /// It isn't drained.
    #[error("server \"{0}\" is not drained")]
    NotDrained(String),
    /// What runs isn't over in time.
    #[error("{running} of {what} still run after {} ms", waited.as_millis())]
    StillBusy {
        /// Transactions or reads, and where.
        what: String,
        /// How many.
        running: u32,
        /// How long they were waited for.
        waited: Duration,
    },
}

impl ClientFacing for SteerError {
    fn report(&self) -> Report {
        let report = |state| Report::new(state, self.to_string());
        match self {
            SteerError::NoSuchShard(_) => report(SqlState::UNDEFINED_OBJECT).with_hint("SHOW SHARDS lists them."),
            SteerError::NoSuchServer(_) => report(SqlState::UNDEFINED_OBJECT).with_hint("SHOW REPLICAS lists them; say host or host:port."),
            SteerError::Ambiguous(_) => report(SqlState::UNDEFINED_OBJECT).with_hint("Say host:port."),
            SteerError::NotPaused(_) | SteerError::NotDrained(_) => report(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE),
            SteerError::IsPrimary { .. } => report(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE)
                .with_detail("Its sessions would have nowhere to write.")
                .with_hint("Switch over to another server first: pgtenant shard switchover."),
            SteerError::StillBusy { .. } => report(SqlState::OBJECT_IN_USE)
                .with_detail("All goes on as before.")
                .with_hint("Wait for them, end them, or allow more time."),
        }
    }
}

/// A shard is paused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Paused {
    /// How long what ran has taken to its end.
    pub took: Duration,
}

/// A server is drained.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Drained {
    /// How long the reads that ran there have taken.
    pub took: Duration,
    /// Which, by shard.
    pub servers: Vec<(ShardId, Box<str>)>,
}

impl Front {
    /// Nothing begins on a shard's primary from now on, what comes waits; reads on replicas go on. Returns when no transaction runs there any more.
    /// After `hold` it goes on by itself: whoever has paused it may have died.
    ///
    /// # Errors
    /// No such shard; or transactions still run after `limit`: then all goes on.
    pub async fn pause_shard(self: &Arc<Self>, shard: &str, limit: Duration, hold: Option<Duration>) -> Result<Paused, SteerError> {
        let begun = Instant::now();
        let shard = self.shard(shard)?;
        let Some(topology) = self.topology(&shard) else { return Err(SteerError::NoSuchShard(shard.id.to_string())) };
        let is_new = topology.pause_writes(true);
        loop {
            let running = self.running(&shard, &topology);
            if running == 0 {
                break;
            }
            if begun.elapsed() >= limit {
                if is_new {
                    topology.pause_writes(false);
                }
                let what = format!("the transactions on the primary of shard \"{}\"", shard.id);
                return Err(SteerError::StillBusy { what, running, waited: limit });
            }
            tokio::time::sleep(LOOK).await;
        }
        if let Some(hold) = hold {
            let topology = Arc::downgrade(&topology);
            tokio::spawn(async move {
                tokio::time::sleep(hold).await;
                if let Some(topology) = topology.upgrade()
                    && resume(&topology).await
                {
                    tracing::warn!(shard = %topology.shard, ?hold, "nobody has resumed the shard: it goes on by itself");
                }
            });
        }
        Ok(Paused { took: begun.elapsed() })
    }

    /// What waits on a shard that is paused goes on, as soon as its servers have been asked anew: another one may be the primary by now.
    ///
    /// # Errors
    /// No such shard, or it isn't paused.
    pub async fn resume_shard(&self, shard: &str) -> Result<(), SteerError> {
        let shard = self.shard(shard)?;
        let topology = self.topologies.get(shard.id.as_str());
        match topology.filter(|topology| topology.course().is_paused) {
            Some(topology) if resume(&topology).await => Ok(()),
            _ => Err(SteerError::NotPaused(shard.id.clone())),
        }
    }

    /// No read begins on a replica from now on, in any shard that has it; and its idle connections are closed. Returns when none runs there any more.
    ///
    /// # Errors
    /// No such server, it is a primary, or reads still run after `limit`: they go on, and it stays drained.
    pub async fn drain_server(self: &Arc<Self>, host: &str, limit: Duration) -> Result<Drained, SteerError> {
        let begun = Instant::now();
        let found = self.servers(host)?;
        if let Some((topology, number)) = found.iter().find(|(topology, number)| topology.course().number == *number) {
            let server = name_of(topology, *number);
            return Err(SteerError::IsPrimary { server: server.into(), shard: topology.shard.clone() });
        }
        for (topology, number) in &found {
            topology.drain(*number, true);
        }
        loop {
            let running: u32 = found.iter().map(|(topology, number)| topology.outstanding(*number)).sum();
            found
                .iter()
                .filter_map(|(topology, number)| topology.servers.get(*number))
                .for_each(|server| self.pools.close_idle_to(&server.target));
            if running == 0 {
                let servers = found.iter().map(|(topology, number)| (topology.shard.clone(), name_of(topology, *number))).collect();
                return Ok(Drained { took: begun.elapsed(), servers });
            }
            if begun.elapsed() >= limit {
                return Err(SteerError::StillBusy { what: format!("the reads on \"{host}\""), running, waited: limit });
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Reads go to a replica again.
    ///
    /// # Errors
    /// No such server, or it isn't drained.
    pub fn undrain_server(&self, host: &str) -> Result<(), SteerError> {
        let found = self.servers(host)?;
        let undrained = found.iter().filter(|(topology, number)| topology.drain(*number, false)).count();
        if undrained > 0 { Ok(()) } else { Err(SteerError::NotDrained(host.to_owned())) }
    }

    /// How all shards of the map are; of those that nobody has used yet little is known.
    pub fn shard_health(&self) -> Vec<ShardHealth> {
        let served = self.served.load_full();
        let known = |shard: &Arc<Shard>| self.topologies.get(shard.id.as_str()).map(|topology| topology.health());
        served.map.shards().map(|shard| known(shard).unwrap_or_else(|| unknown(shard))).collect()
    }

    fn topology(&self, shard: &Arc<Shard>) -> Option<Arc<Topology>> {
        topologies::watch(self, shard, None)
            .inspect_err(|error| tracing::error!(shard = %shard.id, %error, "the shard can't be watched"))
            .ok()
    }

    fn shard(&self, id: &str) -> Result<Arc<Shard>, SteerError> {
        self.served.load().map.shard(id).map(Arc::clone).ok_or_else(|| SteerError::NoSuchShard(id.to_owned()))
    }

    /// Transactions that run on the primary of a shard, or keep it busy otherwise.
    fn running(&self, shard: &Shard, topology: &Topology) -> u32 {
        let Some(server) = topology.servers.get(topology.course().number) else { return 0 };
        let map = Arc::clone(&self.served.load().map);
        let is_of_shard = |id: &TenantId| map.tenant(id.as_str()).is_none_or(|tenant| tenant.shard.id == shard.id);
        self.pools.in_use_on(&server.target, is_of_shard)
    }

    /// Servers of that name in all shards: a host, or a host and a port.
    fn servers(&self, host: &str) -> Result<Vec<(Arc<Topology>, usize)>, SteerError> {
        let served = self.served.load_full();
        let mut found: Vec<(Arc<Topology>, usize)> = Vec::new();
        for shard in served.map.shards() {
            let numbers: Vec<usize> =
                servers(shard).enumerate().filter(|(_, address)| is_called(address, host)).map(|(number, _)| number).collect();
            if numbers.len() > 1 {
                return Err(SteerError::Ambiguous(host.to_owned()));
            }
            if let (Some(number), Some(topology)) = (numbers.first(), self.topology(shard)) {
                found.push((topology, *number));
            }
        }
        if found.is_empty() { Err(SteerError::NoSuchServer(host.to_owned())) } else { Ok(found) }
    }
}

/// Ends a pause. Whether there was one.
async fn resume(topology: &Topology) -> bool {
    topology.ask_all().await;
    topology.pause_writes(false)
}

fn name_of(topology: &Topology, number: usize) -> Box<str> {
    topology.servers.get(number).map(|server| server.name.clone()).unwrap_or_default()
}

/// Whether a server is what somebody calls it.
pub fn is_called(address: &ServerAddress, name: &str) -> bool {
    *address.host == *name
        || format!("{}:{}", address.host, address.port) == name
        || Target::new(&address.host, address.port).to_string() == name
}

/// What the file says of a shard that nobody has used.
fn unknown(shard: &Shard) -> ShardHealth {
    let server = |(number, address): (usize, &ServerAddress)| ServerHealth {
        name: format!("{}:{}", address.host, address.port).into(),
        role: crate::backend::topology::Role::Unknown,
        since: Instant::now(),
        reason: None,
        is_primary: number == 0 && shard.replicas.is_empty(),
        drained: false,
        timeline: None,
        lag_bytes: 0,
        lag: Duration::ZERO,
        breaker: Gate::Open,
        outstanding: 0,
    };
    ShardHealth {
        shard: shard.id.clone(),
        is_watched: false,
        has_primary: shard.replicas.is_empty(),
        paused: false,
        failovers: 0,
        servers: servers(shard).enumerate().map(server).collect(),
    }
}
