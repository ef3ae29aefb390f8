//! Asks each server of a shard again and again, and draws conclusions.

use std::{
    sync::{Arc, Weak, atomic::Ordering},
    time::{Duration, Instant},
};

use tokio_postgres::{Client, error::SqlState};

use super::{Role, ServerState, Snapshot, Topology};
use crate::{
    backend::control::{Control, ControlError},
    error::explain,
    router::Mark,
};

/// What a server shows as the connection's name.
const APPLICATION: &str = "pgtenant health";

/// On a primary: fails elsewhere. A record that ends with a page is followed by the next page's header of 24 bytes (`SizeOfXLogShortPHD`), which
/// isn't to be waited for. The timeline is the first part of a log file's name.
const OF_PRIMARY: &str = "
    SELECT pg_catalog.pg_is_in_recovery(),
           at - CASE WHEN at % pg_catalog.current_setting('wal_block_size')::bigint = 24 THEN 24 ELSE 0 END,
           0::bigint,
           ('x' || pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 8))::bit(32)::int
      FROM (SELECT (pg_catalog.pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint AS at) x";

/// On a replica; its timeline is that of the last checkpoint that it has replayed.
const OF_REPLICA: &str = "SELECT pg_catalog.pg_is_in_recovery(), coalesce(pg_catalog.pg_last_wal_replay_lsn() - '0/0'::pg_lsn, 0)::bigint,
    coalesce(pg_catalog.pg_last_wal_receive_lsn() - '0/0'::pg_lsn, 0)::bigint, (SELECT timeline_id FROM pg_catalog.pg_control_checkpoint())";

/// A server's answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Answer {
    is_replica: bool,
    position: u64,
    received: u64,
    timeline: Option<u32>,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
enum Silence {
    #[error("{0}")]
    Connect(#[from] ControlError),
    #[error("{}", explain(.0))]
    Sql(#[from] tokio_postgres::Error),
    #[error("no answer in {} ms", .0.as_millis())]
    Late(Duration),
    #[error("nobody may ask it: neither the shard's user nor its provisioner")]
    Nobody,
}

/// Asks a shard's servers until nobody needs the topology any more. `askers`: for each of them, the logins that may ask, the one who may do
/// least first.
pub fn start(topology: &Arc<Topology>, askers: Vec<Vec<Control>>) {
    for (number, logins) in askers.into_iter().enumerate() {
        let watcher = Watcher { topology: Arc::downgrade(topology), number, logins, connected: None, asks_primary: number == 0 };
        tokio::spawn(watcher.run());
    }
}

/// Who asks one server.
struct Watcher {
    topology: Weak<Topology>,
    number: usize,
    logins: Vec<Control>,
    connected: Option<Client>,
    /// What it is believed to be.
    asks_primary: bool,
}

impl Watcher {
    async fn run(mut self) {
        loop {
            let Some(topology) = self.topology.upgrade() else { return };
            let (begun, limit) = (Instant::now(), topology.rules.timeout);
            // Before the question is sent: what is over by now lies before its answer.
            let mark = topology.mark.fetch_add(1, Ordering::SeqCst) + 1;
            let answer = tokio::time::timeout(limit, self.ask()).await.unwrap_or(Err(Silence::Late(limit)));
            if answer.is_err() {
                self.connected = None;
            }
            topology.hear(self.number, mark, begun, answer);
            if self.number == 0 {
                topology.sweep();
            }
            topology.pause(self.number, begun).await;
        }
    }

    async fn ask(&mut self) -> Result<Answer, Silence> {
        if let Some(client) = self.connected.take() {
            let answer = query(&client, &mut self.asks_primary).await?;
            self.connected = Some(client);
            return Ok(answer);
        }
        let mut silence = Silence::Nobody;
        for login in &self.logins {
            let client = match login.connect(APPLICATION).await {
                Ok(client) => client,
                Err(error @ ControlError::Unreachable { .. }) => return Err(error.into()),
                Err(error) => {
                    silence = error.into();
                    continue;
                }
            };
            match query(&client, &mut self.asks_primary).await {
                Ok(answer) => {
                    self.connected = Some(client);
                    return Ok(answer);
                }
                Err(error) if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) => silence = error.into(),
                Err(error) => return Err(error.into()),
            }
        }
        Err(silence)
    }
}

/// Asks in the words for what the server is believed to be, and in the others if it is something else.
async fn query(client: &Client, asks_primary: &mut bool) -> Result<Answer, tokio_postgres::Error> {
    let of = |asks_primary| if asks_primary { OF_PRIMARY } else { OF_REPLICA };
    let mut row = client.query_one(of(*asks_primary), &[]).await;
    let is_other = match &row {
        Ok(row) => row.try_get::<_, bool>(0)? == *asks_primary,
        Err(error) => error.code() == Some(&SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE),
    };
    if is_other {
        *asks_primary = !*asks_primary;
        row = client.query_one(of(*asks_primary), &[]).await;
    }
    let row = row?;
    let number = |column| row.try_get::<_, i64>(column).map(|value| u64::try_from(value).unwrap_or(0));
    Ok(Answer {
        is_replica: row.try_get(0)?,
        position: number(1)?,
        received: number(2)?,
        timeline: row.try_get::<_, Option<i32>>(3)?.and_then(|timeline| u32::try_from(timeline).ok()),
    })
}

impl Topology {
    /// Takes a server's answer, or its silence.
    fn hear(&self, number: usize, mark: Mark, asked: Instant, answer: Result<Answer, Silence>) {
        let now = Instant::now();
        let mut ledger = self.ledger.lock();
        let mut next = (*self.state.load_full()).clone();
        let Some(state) = next.servers.get_mut(number) else { return };
        match &answer {
            Ok(answer) => {
                let role = match (answer.is_replica, &state.role) {
                    (true, _) => Role::Replica,
                    (false, Role::Outdated) => Role::Outdated,
                    (false, _) => Role::Primary,
                };
                let since = if state.role == role { state.since } else { now };
                let (position, received, timeline) = (answer.position, answer.received, answer.timeline);
                *state = ServerState { role, since, position, received, timeline, ..state.clone() };
            }
            Err(silence) if !matches!(state.role, Role::Down(_)) => {
                *state = ServerState { role: Role::Down(silence.to_string().into()), since: now, ..state.clone() };
            }
            Err(_) => {}
        }
        next.elect();
        let is_primary = next.primary == Some(number);
        if let (true, Ok(answer)) = (is_primary, &answer) {
            ledger.add((number, answer.timeline), mark, answer.position, asked);
        }
        next.measure(|position, caught| (ledger.caught(position).unwrap_or(0).max(caught), ledger.lag(position, now)), is_primary, number);
        drop(ledger);
        let next = Arc::new(next);
        let before = self.state.swap(Arc::clone(&next));
        self.news.notify_waiters();
        for (number, (before, now)) in before.servers.iter().zip(&next.servers).enumerate() {
            if before.role != now.role {
                self.tell(number, &before.role, &now.role);
            }
        }
    }

    fn tell(&self, number: usize, before: &Role, now: &Role) {
        let server = self.servers.get(number).map_or("", |server| &server.name);
        let shard = &self.shard;
        if let (Role::Down(_), Some(server)) = (before, self.servers.get(number)) {
            server.breaker.succeeded();
        }
        match now {
            Role::Down(_) | Role::Outdated => tracing::warn!(%shard, %server, %before, "server is {now}"),
            _ => tracing::info!(%shard, %server, %before, "server is {now}"),
        }
        if matches!(before, Role::Replica) {
            (self.on_down)(number);
        }
    }

    /// Until the server is to be asked again.
    async fn pause(&self, number: usize, begun: Instant) {
        let rules = &self.rules;
        let hurried = || {
            let wanted = self.wanted.load(Ordering::SeqCst);
            let snapshot = self.state.load();
            match snapshot.servers.get(number) {
                Some(state) if state.role == Role::Replica => state.caught < wanted,
                Some(state) if state.role == Role::Primary => self.ledger.lock().newest().is_none_or(|newest| newest < wanted),
                Some(state) => state.role == Role::Unknown,
                None => false,
            }
        };
        // Not all servers of all shards at once.
        let whole = rules.interval.mul_f64(0.9 + 0.2 * f64::from(begun.elapsed().subsec_nanos() % 1000) / 1000.0);
        let deadline = begun + whole;
        let soonest = begun + rules.catch_up.min(whole);
        loop {
            let hurry = self.hurry.notified();
            if hurried() {
                tokio::time::sleep_until(soonest.into()).await;
                return;
            }
            tokio::select! {
                () = tokio::time::sleep_until(deadline.into()) => return,
                () = hurry => {}
            }
        }
    }
}

impl Snapshot {
    /// Of those that take themselves for the primary, the one on the latest timeline is; the first, where that is the same.
    fn elect(&mut self) {
        let claims = |state: &ServerState| matches!(state.role, Role::Primary | Role::Outdated);
        let best = self.servers.iter().enumerate().filter(|(_, state)| claims(state));
        let best = best.max_by_key(|(number, state)| (state.timeline, std::cmp::Reverse(*number))).map(|(number, _)| number);
        for (number, state) in self.servers.iter_mut().enumerate().filter(|(_, state)| claims(state)) {
            let role = if Some(number) == best { Role::Primary } else { Role::Outdated };
            if state.role != role {
                (state.role, state.since) = (role, Instant::now());
            }
        }
        self.primary = best;
    }

    /// Measures replicas by the primary's log: all of them where that has just been read, or the one that has answered.
    fn measure(&mut self, by: impl Fn(u64, Mark) -> (Mark, (u64, Duration)), all: bool, number: usize) {
        for (index, state) in self.servers.iter_mut().enumerate() {
            if (all || index == number) && state.role == Role::Replica {
                (state.caught, (state.lag_bytes, state.lag)) = by(state.position, state.caught);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::{config::HealthSettings, shard_map::ServerAddress};

    fn topology() -> Topology {
        let addresses = [1, 2, 3].map(|port| ServerAddress::plain("h", port, "d"));
        Topology::new("east".into(), &addresses.each_ref(), HealthSettings::default(), Box::new(|_| {}))
    }

    fn answer(is_replica: bool, position: u64, timeline: u32) -> Result<Answer, Silence> {
        Ok(Answer { is_replica, position, received: position, timeline: Some(timeline) })
    }

    fn silence() -> Result<Answer, Silence> {
        Err(Silence::Late(Duration::from_secs(1)))
    }

    #[test]
    fn a_replica_catches_marks_and_falls_behind() {
        let topology = topology();
        let now = Instant::now();
        topology.hear(1, 1, now, answer(true, 100, 1));
        assert_eq!((topology.snapshot().primary, topology.snapshot().servers[1].caught), (None, 0));
        topology.hear(0, 2, now, answer(false, 100, 1));
        assert_eq!((topology.snapshot().primary, topology.snapshot().servers[1].caught), (Some(0), 2));
        topology.hear(0, 3, now, answer(false, 150, 1));
        let state = topology.snapshot().servers[1].clone();
        assert_eq!((state.caught, state.lag_bytes), (2, 50));
        topology.hear(1, 4, now, answer(true, 150, 1));
        assert_eq!((topology.snapshot().servers[1].caught, topology.snapshot().servers[1].lag_bytes), (3, 0));
        assert!(topology.candidate(&topology.snapshot(), 1).is_up && !topology.candidate(&topology.snapshot(), 2).is_up);
        topology.hear(1, 5, now, silence());
        assert!(topology.is_gone(1) && !topology.candidate(&topology.snapshot(), 1).is_up);
        assert!(matches!(&topology.snapshot().servers[1].role, Role::Down(why) if why.contains("1000 ms")));
        topology.hear(1, 6, now, answer(true, 150, 1));
        assert!(topology.candidate(&topology.snapshot(), 1).is_up);
    }

    #[test]
    fn of_two_primaries_the_later_timeline_counts() {
        let topology = topology();
        let now = Instant::now();
        topology.hear(0, 1, now, answer(false, 100, 1));
        topology.hear(2, 2, now, answer(true, 100, 1));
        topology.hear(1, 3, now, answer(false, 90, 2));
        let state = topology.snapshot();
        assert_eq!((state.primary, &state.servers[0].role, &state.servers[1].role), (Some(1), &Role::Outdated, &Role::Primary));
        // Whom it follows isn't known: not the one that counts.
        assert!(!topology.candidate(&state, 2).is_up);
        topology.hear(2, 4, now, answer(true, 95, 2));
        assert!(topology.candidate(&topology.snapshot(), 2).is_up);
        // The old one has understood.
        topology.hear(0, 5, now, answer(true, 95, 2));
        assert_eq!((topology.snapshot().primary, &topology.snapshot().servers[0].role), (Some(1), &Role::Replica));
    }

    #[test]
    fn writes_and_what_was_seen_of_them() {
        use super::super::tenants::Writing;
        let topology = topology();
        let reads = topology.tenant(&"acme".into());
        // What it may have written before is behind the first mark.
        assert_eq!((reads.written(), reads.seen(&topology)), (1, 1));
        topology.mark.store(7, Ordering::SeqCst);
        assert_eq!((reads.wrote(&topology), reads.written()), (8, 8));
        topology.mark.store(9, Ordering::SeqCst);
        assert_eq!(reads.seen(&topology), 8);
        let writing = Writing::begin(&reads);
        assert_eq!(reads.seen(&topology), 10, "somebody writes");
        drop(writing);
        assert_eq!(reads.seen(&topology), 8);
        // Kept while it isn't everywhere; and then a newcomer of that name starts behind it.
        drop(reads);
        topology.sweep();
        assert_eq!(topology.tenant(&"acme".into()).written(), 8);
        for number in [1, 2] {
            topology.hear(number, 10, Instant::now(), answer(true, 100, 1));
        }
        topology.hear(0, 11, Instant::now(), answer(false, 100, 1));
        topology.sweep();
        assert!(topology.tenants.is_empty());
        assert_eq!(topology.tenant(&"globex".into()).written(), 8);
    }
}
