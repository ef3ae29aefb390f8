//! Asks each server of a shard again and again.

use std::{
    sync::{Arc, Weak, atomic::Ordering},
    time::{Duration, Instant},
};

use tokio_postgres::{Client, error::SqlState};

use super::Topology;
use crate::{
    backend::control::{Control, ControlError},
    error::explain,
};

/// What a server shows as the connection's name.
const APPLICATION: &str = "pgtenant health";
/// How often other logins are tried where the first that may ask sees too little.
const AGAIN: Duration = Duration::from_secs(2);

/// On a primary: fails elsewhere. A record that ends with a page is followed by the next page's header of 24 bytes (`SizeOfXLogShortPHD`), which
/// isn't to be waited for. The timeline is the first part of a log file's name.
const OF_PRIMARY: &str = "
    SELECT pg_catalog.pg_is_in_recovery(),
           at - CASE WHEN at % pg_catalog.current_setting('wal_block_size')::bigint = 24 THEN 24 ELSE 0 END,
           0::bigint,
           ('x' || pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 8))::bit(32)::int
      FROM (SELECT (pg_catalog.pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint AS at) x";

/// On a replica. Its timeline is that of the log that it receives, which only those see who may read all statistics; for others that of the last
/// checkpoint that it has replayed, which may be some minutes behind.
const OF_REPLICA: &str = "
    SELECT pg_catalog.pg_is_in_recovery(),
           coalesce(pg_catalog.pg_last_wal_replay_lsn() - '0/0'::pg_lsn, 0)::bigint,
           coalesce(pg_catalog.pg_last_wal_receive_lsn() - '0/0'::pg_lsn, 0)::bigint,
           greatest((SELECT timeline_id FROM pg_catalog.pg_control_checkpoint()),
                    (SELECT max(received_tli) FROM pg_catalog.pg_stat_get_wal_receiver()))";

/// A server's answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Answer {
    pub(super) is_replica: bool,
    /// Where the log ends, or how much of it has been replayed; none: who asks may not know.
    pub(super) position: Option<u64>,
    pub(super) received: u64,
    pub(super) timeline: Option<u32>,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub(super) enum Silence {
    #[error("{0}")]
    Connect(#[from] ControlError),
    #[error("{}", explain(.0))]
    Sql(#[from] tokio_postgres::Error),
    #[error("no answer in {} ms", .0.as_millis())]
    Late(Duration),
    #[error("nobody may ask it: neither the shard's user nor its provisioner")]
    Nobody,
}

impl Silence {
    /// Whether the server is there, and doesn't let anybody in who asks: a wrong password, no such database, no room.
    pub(super) fn is_answer(&self) -> bool {
        let code = match self {
            Silence::Connect(ControlError::Refused { source, .. }) => source.code(),
            Silence::Sql(error) => error.code(),
            Silence::Nobody => return true,
            _ => None,
        };
        code.is_some_and(|code| ["28", "3D", "42", "53"].iter().any(|class| code.code().starts_with(class)))
    }
}

/// Asks a shard's servers until nobody needs the topology any more. `askers`: for each of them, the logins that may ask, the one who may do
/// least first.
pub fn start(topology: &Arc<Topology>, askers: Vec<Vec<Control>>) {
    for (number, logins) in askers.into_iter().enumerate() {
        let topology = Arc::downgrade(topology);
        tokio::spawn(Watcher { topology, number, logins, connected: None, asks_primary: number == 0, tried_all: None }.run());
    }
}

/// How a connection may ask.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Means {
    /// For everything.
    Functions,
    /// For settings only: functions are closed to it.
    Settings,
}

/// Who asks one server.
struct Watcher {
    topology: Weak<Topology>,
    number: usize,
    logins: Vec<Control>,
    connected: Option<(Client, Means)>,
    /// What it is believed to be.
    asks_primary: bool,
    /// When all logins were tried because the first sees too little.
    tried_all: Option<Instant>,
}

impl Watcher {
    async fn run(mut self) {
        loop {
            let Some(topology) = self.topology.upgrade() else { return };
            let (begun, limit) = (Instant::now(), topology.rules.timeout);
            // Before the question is sent: what is over by now lies before its answer.
            let mark = topology.mark.fetch_add(1, Ordering::SeqCst) + 1;
            let latest = topology.snapshot().latest;
            let answer = tokio::time::timeout(limit, self.ask(latest)).await.unwrap_or(Err(Silence::Late(limit)));
            if answer.is_err() {
                self.connected = None;
            }
            topology.hear(self.number, mark, begun, answer);
            if topology.course().number == self.number {
                topology.sweep();
            }
            topology.pause(self.number, begun).await;
        }
    }

    /// Asks on the connection that there is, or on a new one: that one may have been closed alone.
    async fn ask(&mut self, latest: Option<u32>) -> Result<Answer, Silence> {
        if let Some((client, means)) = self.connected.take().filter(|(client, _)| !client.is_closed()) {
            match query(&client, means, &mut self.asks_primary).await {
                Ok(answer) if self.sees_enough(&answer, latest) => {
                    self.connected = Some((client, means));
                    return Ok(answer);
                }
                Ok(_) => {}
                Err(_) if client.is_closed() => {}
                Err(error) => return Err(error.into()),
            }
        }
        let (mut silence, mut poor, mut found) = (Silence::Nobody, None, None);
        for login in &self.logins {
            let client = match self.connect(login).await {
                Ok(client) => client,
                Err(error @ ControlError::Unreachable { .. }) => return Err(error.into()),
                Err(error) => {
                    silence = error.into();
                    continue;
                }
            };
            match query(&client, Means::Functions, &mut self.asks_primary).await {
                Ok(answer) if answer.is_replica && answer.timeline < latest => found = found.or(Some((client, Means::Functions, answer))),
                Ok(answer) => {
                    found = Some((client, Means::Functions, answer));
                    break;
                }
                Err(error) if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) => {
                    silence = error.into();
                    poor = poor.or(Some(client));
                }
                Err(error) => return Err(error.into()),
            }
        }
        if let (None, Some(client)) = (&found, poor) {
            let answer = query(&client, Means::Settings, &mut self.asks_primary).await?;
            found = Some((client, Means::Settings, answer));
        }
        let (client, means, answer) = found.ok_or(silence)?;
        self.connected = Some((client, means));
        Ok(answer)
    }

    /// Whether another login needn't be tried: one that sees more of a replica that seems to have stayed behind on an earlier timeline.
    fn sees_enough(&mut self, answer: &Answer, latest: Option<u32>) -> bool {
        if !answer.is_replica || answer.timeline >= latest || self.tried_all.is_some_and(|at| at.elapsed() < AGAIN) {
            return true;
        }
        self.tried_all = Some(Instant::now());
        false
    }

    /// A connection whose end is noticed at once: the server is asked again then.
    async fn connect(&self, login: &Control) -> Result<Client, ControlError> {
        let (client, driver) = login.open(APPLICATION, LIMIT).await?;
        let (topology, number) = (Weak::clone(&self.topology), self.number);
        tokio::spawn(async move {
            let _ = driver.await;
            if let Some(topology) = topology.upgrade() {
                topology.suspect(number);
            }
        });
        Ok(client)
    }
}

/// More than what an answer may take.
const LIMIT: Duration = Duration::from_secs(15);

/// Asks in the words for what the server is believed to be, and in the others if it is something else.
async fn query(client: &Client, means: Means, asks_primary: &mut bool) -> Result<Answer, tokio_postgres::Error> {
    if means == Means::Settings {
        let is_replica = shows_replica(client).await?;
        return Ok(Answer { is_replica, position: None, received: 0, timeline: None });
    }
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
        position: Some(number(1)?),
        received: number(2)?,
        timeline: row.try_get::<_, Option<i32>>(3)?.and_then(|timeline| u32::try_from(timeline).ok()),
    })
}

/// Whether a server is a replica, asked without a function: `in_hot_standby` is there from version 14 on.
async fn shows_replica(client: &Client) -> Result<bool, tokio_postgres::Error> {
    let row = match client.query_one("SHOW in_hot_standby", &[]).await {
        Err(error) if error.code() == Some(&SqlState::UNDEFINED_OBJECT) => client.query_one("SHOW transaction_read_only", &[]).await?,
        row => row?,
    };
    Ok(row.try_get::<_, &str>(0)? == "on")
}
