//! A planned switch of a shard's primary: writes are held back, the replica replays the last of them, is promoted, and writes go on there.
//!
//! Whatever fails before the promotion, all goes on as it was. From the promotion on the old primary is on an earlier timeline, so proxies write
//! nothing there; besides, its new transactions only read, as far as the provisioner's rights allow to say so.

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use tokio_postgres::Client;

use crate::{
    backend::control::{Control, ControlError},
    error::explain,
    net::{
        Target,
        tls::{ClientTls, TlsFileError},
    },
    shard_map::{ServerAddress, Shard},
};

/// What servers show as the connection's name.
const APPLICATION: &str = "pgtenant switchover";
/// How often it is looked whether the replica has replayed everything.
const LOOK: Duration = Duration::from_millis(5);
/// A replica that is further behind would keep writes waiting for long.
const MOST_LAG: i64 = 16 << 20;
/// What is left for the promotion itself, beyond the time for what comes before it.
const PROMOTION: Duration = Duration::from_secs(10);

/// Others' sessions on the old primary: what they have open must not go on there.
const END_OTHERS: &str = "SELECT count(pg_catalog.pg_terminate_backend(pid)) FROM pg_catalog.pg_stat_activity
     WHERE backend_type = 'client backend' AND pid <> pg_catalog.pg_backend_pid()";

/// Why there was no switch.
#[derive(Debug, thiserror::Error)]
pub enum SwitchError {
    /// The map doesn't say who may do it.
    #[error("the shard has no `provisioner`: the connection string of a superuser, who may call pg_promote()")]
    NoProvisioner,
    /// A server can't be asked.
    #[error("{server}: {source}")]
    Connect {
        /// Which.
        server: String,
        /// Why.
        source: ControlError,
    },
    /// Its TLS files.
    #[error(transparent)]
    Tls(#[from] TlsFileError),
    /// A server refuses something.
    #[error("{server}: {}", explain(.source))]
    Sql {
        /// Which.
        server: String,
        /// Why.
        source: tokio_postgres::Error,
    },
    /// It is what it is to become.
    #[error("{0} is the primary already")]
    IsPrimary(String),
    /// No server is the primary, or several are.
    #[error("{0} of the shard's servers take themselves for the primary: a switch needs exactly one")]
    NotOnePrimary(usize),
    /// It doesn't follow the primary.
    #[error("{server} doesn't stream from the primary: its WAL receiver is {status}")]
    NotStreaming {
        /// Which.
        server: String,
        /// What it says instead.
        status: String,
    },
    /// It would take too long.
    #[error("{server} is {bytes} bytes behind, more than {MOST_LAG}: writes would wait for that")]
    FarBehind {
        /// Which.
        server: String,
        /// How far.
        bytes: i64,
    },
    /// The proxies can't hold writes back.
    #[error("{0}; all goes on as before")]
    Proxies(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The replica hasn't replayed in time.
    #[error("{server} has not replayed everything within {} ms; all goes on as before", .limit.as_millis())]
    ReplayLate {
        /// Which.
        server: String,
        /// How long it was waited for.
        limit: Duration,
    },
    /// It is unknown whether the replica will become the primary.
    #[error("{server} was told to become the primary and has not done so within {} s: look at its log; proxies write where the later timeline is", PROMOTION.as_secs())]
    PromotionUnknown {
        /// Which.
        server: String,
    },
}

/// Those who can hold writes back: the proxies that serve the shard.
pub trait Proxies {
    /// Holds back what writes, until [`Proxies::resume`], or for `hold`: returns when nothing runs any more; fails, with all going on, where that
    /// takes longer than `within`.
    fn pause(&self, within: Duration, hold: Duration) -> impl Future<Output = Result<(), Box<dyn std::error::Error + Send + Sync>>> + Send;
    /// Lets it go on, wherever the primary is by now.
    fn resume(&self) -> impl Future<Output = Result<(), Box<dyn std::error::Error + Send + Sync>>> + Send;
}

/// What has happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Switched {
    /// The old primary.
    pub from: String,
    /// The new one.
    pub to: String,
    /// How long what ran took to its end.
    pub transactions: Duration,
    /// How long the replica took to replay the rest.
    pub replay: Duration,
    /// How long its promotion took.
    pub promotion: Duration,
    /// From the first statement that was held back to the first that could go on.
    pub pause: Duration,
    /// The old primary's new transactions only read, and so many of its sessions have been ended; none: the provisioner may not do that.
    pub fenced: Option<i64>,
}

/// Switches a shard's primary to the server of that number, in the order of the map.
///
/// # Errors
/// See [`SwitchError`].
pub async fn switch(shard: &Shard, to: &ServerAddress, within: Duration, proxies: &impl Proxies) -> Result<Switched, SwitchError> {
    let (old, new) = find(shard, to).await?;
    let begun = Instant::now();
    proxies.pause(within, within * 2 + PROMOTION).await.map_err(SwitchError::Proxies)?;
    let transactions = begun.elapsed();
    let fenced = old.fence().await;
    let promoted = promote(&old, &new, within).await;
    match promoted {
        Ok((replay, promotion)) => {
            proxies.resume().await.map_err(SwitchError::Proxies)?;
            let pause = begun.elapsed();
            Ok(Switched { from: old.name, to: new.name, transactions, replay, promotion, pause, fenced })
        }
        Err(error) => {
            if !matches!(error, SwitchError::PromotionUnknown { .. }) {
                old.unfence().await;
            }
            // Where this fails they go on by themselves.
            let _ = proxies.resume().await;
            Err(error)
        }
    }
}

/// A server that is asked and told.
struct Party {
    name: String,
    client: Client,
}

impl Party {
    async fn connect(shard: &Shard, address: &ServerAddress) -> Result<Party, SwitchError> {
        let name = format!("{}:{}", address.host, address.port);
        let provisioner = shard.provisioner.as_ref().ok_or(SwitchError::NoProvisioner)?;
        let wrong = |source| SwitchError::Connect { server: name.clone(), source };
        let target = Target::new(&address.host, address.port);
        let tls = match target.is_unix() {
            true => None,
            false => Some(Arc::new(ArcSwap::from_pointee(ClientTls::load(&address.tls.files())?))),
        };
        let control = Control::from_text(provisioner.reveal(), None).map_err(wrong)?.at(target, address.tls.files(), tls);
        let client = control.connect(APPLICATION).await.map_err(wrong)?;
        Ok(Party { name, client })
    }

    fn wrong(&self, source: tokio_postgres::Error) -> SwitchError {
        SwitchError::Sql { server: self.name.clone(), source }
    }

    async fn value<T: for<'a> tokio_postgres::types::FromSql<'a>>(&self, sql: &str) -> Result<T, SwitchError> {
        let row = self.client.query_one(sql, &[]).await.map_err(|source| self.wrong(source))?;
        row.try_get(0).map_err(|source| self.wrong(source))
    }

    /// New transactions only read from now on, and those of others end. How many sessions were ended, if that is allowed.
    async fn fence(&self) -> Option<i64> {
        for statement in ["ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_catalog.pg_reload_conf()"] {
            self.client.batch_execute(statement).await.ok()?;
        }
        self.value(END_OTHERS).await.ok()
    }

    /// All is as it was before [`Party::fence`].
    async fn unfence(&self) {
        let _ = self.client.batch_execute("ALTER SYSTEM RESET default_transaction_read_only").await;
        let _ = self.client.batch_execute("SELECT pg_catalog.pg_reload_conf()").await;
    }
}

/// The primary, and the replica that is to take its place and can.
async fn find(shard: &Shard, to: &ServerAddress) -> Result<(Party, Party), SwitchError> {
    let (mut primaries, mut new) = (Vec::new(), None);
    for address in std::iter::once(&shard.primary).chain(&shard.replicas) {
        let party = match Party::connect(shard, address).await {
            Ok(party) => party,
            // Another replica that is down doesn't matter.
            Err(SwitchError::Connect { .. }) if address != to => continue,
            Err(error) => return Err(error),
        };
        match party.value::<bool>("SELECT pg_catalog.pg_is_in_recovery()").await? {
            true if address == to => new = Some(party),
            true => {}
            false if address == to => return Err(SwitchError::IsPrimary(party.name)),
            false => primaries.push(party),
        }
    }
    let count = primaries.len();
    let (Some(old), Some(new), 1) = (primaries.pop(), new, count) else { return Err(SwitchError::NotOnePrimary(count)) };
    let status: String = new.value("SELECT coalesce((SELECT status FROM pg_catalog.pg_stat_wal_receiver), 'not running')").await?;
    if status != "streaming" {
        return Err(SwitchError::NotStreaming { server: new.name, status });
    }
    let position: String = old.value("SELECT pg_catalog.pg_current_wal_lsn()::text").await?;
    let bytes: i64 = new.value(&format!("SELECT ('{position}'::pg_lsn - pg_catalog.pg_last_wal_replay_lsn())::bigint")).await?;
    if bytes > MOST_LAG {
        return Err(SwitchError::FarBehind { server: new.name, bytes });
    }
    Ok((old, new))
}

/// Waits for the replay, then promotes. How long either took.
async fn promote(old: &Party, new: &Party, within: Duration) -> Result<(Duration, Duration), SwitchError> {
    let begun = Instant::now();
    // A commit that is flushed takes all before it along, also what was committed without waiting for that.
    let flush = "SET default_transaction_read_only = off; SET synchronous_commit = local";
    old.client.batch_execute(flush).await.map_err(|source| old.wrong(source))?;
    old.value::<String>("SELECT pg_catalog.pg_logical_emit_message(true, 'pgtenant', 'switchover')::text").await?;
    // A record that ends with a page is followed by the next page's header of 24 bytes; the commit itself is longer than that.
    let position: i64 = old.value("SELECT (pg_catalog.pg_current_wal_flush_lsn() - '0/0'::pg_lsn - 24)::bigint").await?;
    let has_replayed = format!("SELECT (pg_catalog.pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint >= {position}");
    while !new.value::<bool>(&has_replayed).await? {
        if begun.elapsed() > within {
            return Err(SwitchError::ReplayLate { server: new.name.clone(), limit: within });
        }
        tokio::time::sleep(LOOK).await;
    }
    let replay = begun.elapsed();
    let promoting = Instant::now();
    let unknown = || SwitchError::PromotionUnknown { server: new.name.clone() };
    let call = format!("SELECT pg_catalog.pg_promote(true, {})", PROMOTION.as_secs());
    match new.client.query_one(&call, &[]).await {
        Ok(row) if row.get::<_, bool>(0) => Ok((replay, promoting.elapsed())),
        Ok(_) => Err(unknown()),
        // It has said no, and so it isn't promoted; without an answer nobody knows.
        Err(source) if source.code().is_some() => Err(new.wrong(source)),
        Err(_) => Err(unknown()),
    }
}
