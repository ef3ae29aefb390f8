//! What Patroni says of a shard: who leads, and on which timeline. A hint where to look at once, and a lower bound for what counts; who is the
//! primary is decided by what servers themselves answer.
//!
//! Patroni's REST API, `GET /cluster`: <https://patroni.readthedocs.io/en/latest/rest_api.html>.

use std::{
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use serde::Deserialize;

use super::Topology;
use crate::net::{
    Target,
    http::{HttpClient, HttpError},
};

/// An answer comes within, and isn't longer than.
const LIMIT: Duration = Duration::from_millis(500);
const MOST: usize = 256 << 10;
/// How often it is asked while the shard has no primary.
const HUNT: Duration = Duration::from_millis(100);

/// Its answer, as far as it is of interest.
#[derive(Deserialize)]
struct Cluster {
    #[serde(default)]
    members: Vec<Member>,
}

#[derive(Deserialize)]
struct Member {
    role: String,
    #[serde(default)]
    host: Option<String>,
    #[serde(default)]
    port: Option<u16>,
    /// A number, or "unknown".
    #[serde(default)]
    timeline: Option<serde_json::Value>,
}

/// Who leads.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Leader {
    target: Target,
    timeline: Option<u32>,
}

/// Why it isn't known.
#[derive(Debug, thiserror::Error)]
enum Silence {
    #[error("{0}")]
    Http(#[from] HttpError),
    #[error("not the answer of a Patroni: {0}")]
    Json(#[from] serde_json::Error),
    #[error("there is no leader")]
    NoLeader,
}

fn leader_of(answer: &[u8]) -> Result<Leader, Silence> {
    let cluster: Cluster = serde_json::from_slice(answer)?;
    let leads = |member: &Member| matches!(member.role.as_str(), "leader" | "master" | "primary");
    let found = cluster.members.into_iter().find(leads).and_then(|member| {
        let target = Target::new(&member.host?, member.port.unwrap_or(5432));
        let timeline = member.timeline.and_then(|timeline| timeline.as_u64()).and_then(|timeline| u32::try_from(timeline).ok());
        Some(Leader { target, timeline })
    });
    found.ok_or(Silence::NoLeader)
}

/// Asks until nobody needs the topology any more: the first of the addresses that answers, where the last one doesn't.
pub fn start(topology: &Arc<Topology>, addresses: Vec<Arc<str>>, client: HttpClient) {
    tokio::spawn(run(Arc::downgrade(topology), addresses, client));
}

async fn run(topology: Weak<Topology>, addresses: Vec<Arc<str>>, client: HttpClient) {
    let (mut last, mut said, mut first) = (None, None, 0);
    loop {
        let begun = Instant::now();
        let mut outcome = Err(Silence::NoLeader);
        for number in (0..addresses.len()).map(|step| (first + step) % addresses.len()) {
            let Some(address) = addresses.get(number) else { break };
            outcome = client
                .get(&format!("{}/cluster", address.trim_end_matches('/')), LIMIT, MOST)
                .await
                .map_err(Silence::from)
                .and_then(|answer| leader_of(&answer));
            if outcome.is_ok() {
                first = number;
                break;
            }
        }
        let Some(topology) = topology.upgrade() else { return };
        match outcome {
            Ok(leader) => {
                said = None;
                if last.as_ref() != Some(&leader) {
                    topology.hear_leader(&leader);
                    last = Some(leader);
                }
            }
            Err(silence) => {
                let silence = silence.to_string();
                if said.as_ref() != Some(&silence) {
                    tracing::warn!(shard = %topology.shard, error = %silence, "Patroni doesn't say who leads");
                    said = Some(silence);
                }
            }
        }
        let interval = topology.rules.interval;
        let pause = if topology.course().is_open { interval } else { interval.min(HUNT) };
        drop(topology);
        tokio::time::sleep_until((begun + pause).into()).await;
    }
}

impl Topology {
    /// Another server leads, or on another timeline.
    fn hear_leader(&self, leader: &Leader) {
        tracing::info!(shard = %self.shard, leader = %leader.target, timeline = ?leader.timeline, "Patroni says who leads");
        let Some(number) = self.servers.iter().position(|server| server.target == leader.target) else {
            tracing::warn!(shard = %self.shard, leader = %leader.target, "Patroni's leader is none of the shard's servers in the shard map");
            return;
        };
        if let Some(timeline) = leader.timeline {
            self.raise_timeline(timeline);
        }
        for asked in [number, self.course().number] {
            self.suspect(asked);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_leader_is_found() {
        let answer = br#"{"members": [
            {"name": "a", "role": "replica", "state": "streaming", "api_url": "http://10.0.0.1:8008/patroni", "host": "10.0.0.1", "port": 5432, "timeline": 4, "lag": 0},
            {"name": "b", "role": "leader", "state": "running", "host": "10.0.0.2", "port": 5433, "timeline": 5}], "scope": "east"}"#;
        assert_eq!(leader_of(answer).unwrap(), Leader { target: Target::new("10.0.0.2", 5433), timeline: Some(5) });
        let unknown = br#"{"members": [{"role": "master", "host": "h", "timeline": "unknown"}]}"#;
        assert_eq!(leader_of(unknown).unwrap(), Leader { target: Target::new("h", 5432), timeline: None });
        for wrong in [&br#"{"members": [{"role": "replica", "host": "h"}]}"#[..], b"{}", b"[]", b"<html>"] {
            assert!(leader_of(wrong).is_err());
        }
    }
}
