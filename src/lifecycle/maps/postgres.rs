//! A map in a table of a PostgreSQL database: a row for each version.
//!
//! Who changes the map inserts the next version; two who do so at once meet in the primary key. Proxies need `SELECT` only. They listen for
//! versions, and look twice a second besides: what notifies doesn't get through every pooler.

use std::{
    future::poll_fn,
    path::PathBuf,
    pin::pin,
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use tokio_postgres::{AsyncMessage, Client, Row, error::SqlState};

use super::{
    Head, MapError, NewVersion,
    record::{Body, Record, Splice, body_of, digest_of, spliced, text_of},
};
use crate::{
    backend::control::{Control, ControlError, Driver},
    telemetry::calendar::Moment,
};

/// Where proxies hear of new versions.
const LISTEN: &str = "LISTEN pgtenant_map";
const TABLE: &str = "CREATE TABLE IF NOT EXISTS pgtenant_map (version bigint PRIMARY KEY, base bigint NOT NULL, \
     at timestamptz NOT NULL, author text NOT NULL, reason text, changes text NOT NULL, digest text NOT NULL, body text, \
     splice_at bigint, splice_cut bigint, splice_put text, CHECK ((body IS NULL) = (splice_put IS NOT NULL)))";
const NEWEST: &str = "SELECT version, digest FROM pgtenant_map ORDER BY version DESC LIMIT 1";
/// From the last version that is kept whole on.
const TEXT: &str = "SELECT version, base, at, author, reason, changes, digest, body, splice_at, splice_cut, splice_put FROM pgtenant_map \
     WHERE version <= $1 AND version >= (SELECT max(version) FROM pgtenant_map WHERE body IS NOT NULL AND version <= $1) ORDER BY version";
const HISTORY: &str = "SELECT version, base, at, author, reason, changes, digest, NULL::text, 0::bigint, 0::bigint, ''::text \
     FROM pgtenant_map ORDER BY version DESC LIMIT $1";
const INSERT: &str = "INSERT INTO pgtenant_map VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
/// A store that doesn't answer by then is away.
const LIMIT: Duration = Duration::from_secs(5);
/// How often proxies look.
const POLL: Duration = Duration::from_millis(500);
/// A store that is away is tried again after so long at first,
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// and after so long at last.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A map in a table.
#[derive(Clone)]
pub(super) struct PostgresStore {
    control: Arc<Control>,
    pub(super) folder: PathBuf,
}

impl PostgresStore {
    pub(super) fn new(url: &str, folder: PathBuf) -> Result<Self, ControlError> {
        Ok(PostgresStore { control: Arc::new(Control::from_text(url, None)?), folder })
    }

    async fn connect(&self) -> Result<Client, MapError> {
        let (client, driver) = self.control.open("pgtenant map", LIMIT).await?;
        tokio::spawn(driver);
        Ok(client)
    }

    /// The newest version; `Empty` where there is none.
    pub(super) async fn head(&self) -> Result<Head, MapError> {
        within(async {
            let client = self.connect().await?;
            let version = newest(&client).await?.ok_or(MapError::Empty)?;
            head(&client, version).await
        })
        .await
    }

    /// The text of a version.
    pub(super) async fn text(&self, version: u64) -> Result<String, MapError> {
        within(async { Ok(head(&self.connect().await?, version).await?.body) }).await
    }

    /// So many of the last versions, newest first.
    pub(super) async fn history(&self, limit: usize) -> Result<Vec<Record>, MapError> {
        within(async {
            let client = self.connect().await?;
            if newest(&client).await?.is_none() {
                return Ok(Vec::new());
            }
            let rows = client.query(HISTORY, &[&i64::try_from(limit).unwrap_or(i64::MAX)]).await?;
            Ok(rows.iter().map(record).collect())
        })
        .await
    }

    /// Takes a new version in the place of `base`; none where that isn't the newest any more.
    pub(super) async fn append(&self, base: &Head, new: NewVersion) -> Result<Option<u64>, MapError> {
        within(async {
            let mut client = self.connect().await?;
            if newest(&client).await?.unwrap_or(0) != base.version {
                return Ok(None);
            }
            let (version, body) = match base.version {
                0 => {
                    client.batch_execute(TABLE).await?;
                    (1, Body::Text(new.body.clone()))
                }
                of => {
                    let records: Vec<Record> = client.query(TEXT, &[&number(of)]).await?.iter().map(record).collect();
                    (of + 1, body_of(&new.body, Some(&base.body), spliced(&records, of)))
                }
            };
            let transaction = client.transaction().await?;
            // What was confirmed has to be there after a crash, however careless the store is otherwise.
            transaction.batch_execute("SET LOCAL synchronous_commit = on").await?;
            match insert(&transaction, version, base.version, &new, &body).await {
                Err(error) if error.code() == Some(&SqlState::UNIQUE_VIOLATION) => return Ok(None),
                inserted => inserted?,
            }
            transaction.execute("SELECT pg_notify('pgtenant_map', $1)", &[&version.to_string()]).await?;
            transaction.commit().await?;
            Ok(Some(version))
        })
        .await
    }

    /// Calls `changed` for each version that comes after `seen`, and goes on doing so when the store has been away. Never returns.
    ///
    /// A store that has lost its last versions numbers others the same, so texts are told apart, too.
    pub(super) async fn follow(&self, seen: u64, changed: impl Fn()) {
        let (mut pause, mut is_away) = (FIRST_PAUSE, false);
        let mut seen = Newest { version: seen, digest: None };
        loop {
            let watched = async {
                let (client, mut driver) = self.control.open("pgtenant map watch", LIMIT).await?;
                watch(&client, &mut driver, |newest| {
                    if std::mem::take(&mut is_away) {
                        tracing::info!("the shard map's store is there again");
                    }
                    pause = FIRST_PAUSE;
                    if newest.version != seen.version || seen.digest.is_some() && newest.digest != seen.digest {
                        changed();
                    }
                    seen = newest;
                })
                .await
            };
            let Err(error) = watched.await else { continue };
            if !std::mem::replace(&mut is_away, true) {
                tracing::warn!(%error, version = seen.version, "the shard map's store is away: going on with the map that there is");
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// Tells the newest version at once, whenever a new one is announced, and from time to time, until the connection fails.
async fn watch(client: &Client, driver: &mut Driver, mut tell: impl FnMut(Newest)) -> Result<(), MapError> {
    match polled(driver, client.batch_execute(LISTEN)).await {
        // A standby refuses to, and is looked at all the same.
        Err(MapError::Refused(error)) if error.as_db_error().is_some() => {
            tracing::debug!(%error, "the shard map's store announces nothing")
        }
        outcome => outcome?,
    }
    loop {
        tell(polled(driver, newest_or_error(client)).await?.unwrap_or_default());
        let announced = poll_fn(|context| driver.poll_message(context));
        match tokio::time::timeout(POLL, announced).await {
            Err(_) | Ok(Some(Ok(AsyncMessage::Notification(_)))) => {}
            Ok(Some(Ok(_))) => {}
            Ok(Some(Err(error))) => return Err(error.into()),
            Ok(None) => return Err(MapError::Late(Duration::ZERO)),
        }
    }
}

/// The answer to a question, with the connection moved by us meanwhile: announcements in between count when it is there.
async fn polled<T>(driver: &mut Driver, question: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T, MapError> {
    let mut question = pin!(question);
    let answered = async {
        loop {
            let message = poll_fn(|context| driver.poll_message(context));
            tokio::select! {
                biased;
                answer = &mut question => return answer.map_err(MapError::from),
                message = message => match message {
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return Err(error.into()),
                    None => return Err(MapError::Late(Duration::ZERO)),
                },
            }
        }
    };
    within(answered).await
}

async fn within<T>(work: impl Future<Output = Result<T, MapError>>) -> Result<T, MapError> {
    tokio::time::timeout(LIMIT, work).await.unwrap_or(Err(MapError::Late(LIMIT)))
}

/// The last version of all.
#[derive(Default)]
struct Newest {
    /// 0: there is none.
    version: u64,
    /// Its text's; none where that isn't known.
    digest: Option<String>,
}

/// None: there is no version, or no table.
async fn newest_or_error(client: &Client) -> Result<Option<Newest>, tokio_postgres::Error> {
    match client.query_opt(NEWEST, &[]).await {
        Ok(row) => Ok(row.and_then(|row| Some(Newest { version: u64::try_from(row.get::<_, i64>(0)).ok()?, digest: Some(row.get(1)) }))),
        Err(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn newest(client: &Client) -> Result<Option<u64>, MapError> {
    Ok(newest_or_error(client).await?.map(|newest| newest.version))
}

async fn head(client: &Client, version: u64) -> Result<Head, MapError> {
    let records: Vec<Record> = client.query(TEXT, &[&number(version)]).await?.iter().map(record).collect();
    Ok(Head { version, body: text_of(&records, version)?, is_unrecorded: false })
}

async fn insert(
    transaction: &tokio_postgres::Transaction<'_>,
    version: u64,
    base: u64,
    new: &NewVersion,
    body: &Body,
) -> Result<(), tokio_postgres::Error> {
    let (text, splice) = match body {
        Body::Text(text) => (Some(text), None),
        Body::Splice(splice) => (None, Some(splice)),
    };
    let at = UNIX_EPOCH + Duration::from_millis(Moment::now().millis());
    let digest = digest_of(&new.body);
    let (splice_at, cut) = (splice.map(|splice| number(splice.at)), splice.map(|splice| number(splice.cut)));
    let put = splice.map(|splice| &splice.put);
    let (author, reason) = (&new.signature.author, &new.signature.reason);
    transaction
        .execute(INSERT, &[&number(version), &number(base), &at, author, reason, &new.changes, &digest, &text, &splice_at, &cut, &put])
        .await?;
    Ok(())
}

fn record(row: &Row) -> Record {
    let count = |column: usize| row.get::<_, Option<i64>>(column).and_then(|number| u64::try_from(number).ok()).unwrap_or(0);
    let body = match row.get::<_, Option<String>>(7) {
        Some(text) => Body::Text(text),
        None => Body::Splice(Splice { at: count(8), cut: count(9), put: row.get::<_, Option<String>>(10).unwrap_or_default() }),
    };
    Record {
        version: count(0),
        base: count(1),
        time: Moment::from(row.get::<_, std::time::SystemTime>(2)),
        author: row.get(3),
        reason: row.get(4),
        changes: row.get(5),
        digest: row.get(6),
        body,
    }
}

fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
