//! A table in a PostgreSQL database, with a row for each proxy. Writing and reading go there together, in one round trip and as two
//! transactions: what others have committed before is read, and so is what they commit in between.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
    time::{Duration, Instant},
};

use tokio_postgres::{Client, Row, Statement, types::ToSql};

use super::store::{FORGOTTEN, Found, StoreError, StoreTime};
use crate::{
    backend::control::{Control, ControlError},
    tenant::shares::{ProxyId, Record, Seen},
};

/// Not logged: what is lost in a crash is written again at once.
const TABLE: &str = "CREATE UNLOGGED TABLE IF NOT EXISTS pgtenant_shares (id text PRIMARY KEY, record text NOT NULL, \
     written timestamptz NOT NULL) WITH (fillfactor = 50)";
const WRITE: &str = "INSERT INTO pgtenant_shares (id, record, written) VALUES ($1, $2, clock_timestamp()) \
     ON CONFLICT (id) DO UPDATE SET record = excluded.record, written = excluded.written";
/// While the server was away nobody could write: that time counts for nobody.
const READ: &str = "SELECT id, record, (extract(epoch FROM now() - greatest(written, pg_postmaster_start_time())) * 1000)::float8, \
     (extract(epoch FROM now()) * 1000)::float8 FROM pgtenant_shares";
/// A server that has gone is tried again after so long.
const PAUSE: Duration = Duration::from_millis(500);

/// The table.
pub(super) struct PostgresStore {
    control: Control,
    connected: Option<Connected>,
    tried: Option<Instant>,
}

struct Connected {
    client: Client,
    write: Statement,
    read: Statement,
}

impl PostgresStore {
    /// A table of the database that a URL names.
    pub(super) fn new(url: &str) -> Result<Self, ControlError> {
        Ok(PostgresStore { control: Control::from_text(url, None)?, connected: None, tried: None })
    }

    async fn connect(&mut self) -> Result<&Connected, StoreError> {
        if self.connected.as_ref().is_none_or(|connected| connected.client.is_closed()) {
            self.connected = None;
            if let Some(tried) = self.tried {
                tokio::time::sleep_until((tried + PAUSE).into()).await;
            }
            self.tried = Some(Instant::now());
            let client = self.control.connect("pgtenant shares").await?;
            let there: bool = client.query_one("SELECT to_regclass('pgtenant_shares') IS NOT NULL", &[]).await?.get(0);
            if !there {
                client.batch_execute(TABLE).await?;
            }
            let forgotten = format!("DELETE FROM pgtenant_shares WHERE written < clock_timestamp() - interval '{} s'", FORGOTTEN.as_secs());
            client.batch_execute(&forgotten).await?;
            let (write, read) = (client.prepare(WRITE).await?, client.prepare(READ).await?);
            self.connected = Some(Connected { client, write, read });
        }
        self.connected.as_ref().ok_or(StoreError::Late)
    }

    /// Forgets a connection that may be in the midst of something.
    pub(super) fn hang_up(&mut self) {
        self.connected = None;
    }

    pub(super) async fn exchange(&mut self, record: &Record) -> Result<Found, StoreError> {
        let Connected { client, write, read } = self.connect().await?;
        let (id, text) = (record.id.as_str(), record.text());
        let begun = Instant::now();
        let mut written = None;
        let parameters: [&(dyn ToSql + Sync); 2] = [&id, &text];
        let mut writing = pin!(client.execute(write, &parameters));
        // It is on its way before the question is, and so is done before that is answered.
        poll_fn(|context| {
            if let Poll::Ready(outcome) = writing.as_mut().poll(context) {
                written = Some(outcome);
            }
            Poll::Ready(())
        })
        .await;
        let rows = client.query(read, &[]).await;
        let written = match written {
            Some(outcome) => outcome,
            None => writing.await,
        };
        written?;
        let rows = rows?;
        let here = begun + begun.elapsed() / 2;
        let millis = rows.first().map_or(0.0, |row| row.get::<_, f64>(3)) as u64;
        Ok(Found { seen: rows.iter().filter_map(seen).collect(), time: StoreTime { millis, here } })
    }

    pub(super) async fn leave(&mut self, record: &Record, is_alone: bool) -> Result<(), StoreError> {
        let Connected { client, write, .. } = self.connect().await?;
        let id = record.id.as_str();
        match is_alone {
            true => client.execute("DELETE FROM pgtenant_shares WHERE id = $1", &[&id]).await?,
            false => client.execute(write, &[&id, &record.text()]).await?,
        };
        Ok(())
    }
}

fn seen(row: &Row) -> Option<Seen> {
    let age = Duration::try_from_secs_f64(row.get::<_, f64>(2).max(0.0) / 1000.0).unwrap_or_default();
    Some(Seen { id: ProxyId::read(row.get(0))?, text: row.get(1), age, is_gone: false })
}
