//! Asks a database for the storage of its tenants, through the functions that `lifecycle::create` puts there.

use std::{collections::HashMap, time::Duration};

use tokio_postgres::{Client, Row, types::ToSql};

use super::control::{Control, ControlError};
use crate::error::explain;

/// What the server shows as the connection's name.
const APPLICATION: &str = "pgtenant storage";

/// Pages that are looked through of a table which isn't small: 16 MB.
const PAGES: i32 = 2048;

/// Why storage can't be measured.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// No connection.
    #[error("{0}")]
    Connect(#[from] ControlError),
    /// The server refused, or took too long.
    #[error("measuring storage: {}{}", explain(.0), way_out(.0))]
    Sql(#[from] tokio_postgres::Error),
    /// Nothing comes of it.
    #[error("measuring storage takes too long")]
    TimedOut,
    /// The functions have nothing to say.
    #[error("there is no {what} {name:?}")]
    Missing {
        /// Schema or database.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// The shard says nothing that the login's password could be made of.
    #[error("shard {0} has neither `role_key` nor `password`, which the login that measures storage is made with")]
    NoSecret(String),
}

/// What to do where the database isn't set up.
fn way_out(error: &tokio_postgres::Error) -> &'static str {
    match error.code().map(tokio_postgres::error::SqlState::code) {
        Some("42883" | "3F000" | "42501") => " (`pgtenant check --live --fix` sets the database up for it)",
        _ => "",
    }
}

/// Bytes of what is a tenant's alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Files {
    /// What live rows take.
    pub bytes: u64,
    /// What the files take.
    pub disk: u64,
}

/// A tenant's rows in shared tables.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rows {
    /// How many.
    pub rows: u64,
    /// What they take, their part of indexes included.
    pub bytes: u64,
}

/// A connection that measures.
pub struct Meter {
    client: Client,
    limit: Option<Duration>,
}

/// Beyond the server's own limit an answer is waited for so long.
const GRACE: Duration = Duration::from_secs(10);

impl Meter {
    /// Connects; nothing may take longer than `limit`, zero: as long as it takes.
    ///
    /// # Errors
    /// See [`MeasureError`].
    pub async fn connect(control: &Control, limit: Duration) -> Result<Meter, MeasureError> {
        let client = control.connect(APPLICATION).await?;
        let millis = limit.as_millis();
        let settings = format!("SET statement_timeout = {millis}; SET default_transaction_read_only = on; SET work_mem = '16MB'");
        client.batch_execute(&settings).await?;
        Ok(Meter { client, limit: Some(limit + GRACE).filter(|_| !limit.is_zero()) })
    }

    async fn ask(&self, query: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, MeasureError> {
        let asked = self.client.query(query, parameters);
        match self.limit {
            Some(limit) => Ok(tokio::time::timeout(limit, asked).await.map_err(|_| MeasureError::TimedOut)??),
            None => Ok(asked.await?),
        }
    }

    /// Schemas of this database, by name. Those that aren't there are left out.
    ///
    /// # Errors
    /// See [`MeasureError`].
    pub async fn schemas(&self, names: &[&str]) -> Result<HashMap<String, Files>, MeasureError> {
        let query = "SELECT s.name, s.bytes, s.disk FROM pgtenant.storage_of_schemas($1) s";
        let rows = self.ask(query, &[&names]).await?;
        Ok(rows.iter().map(|row| (row.get(0), Files { bytes: unsigned(row.get(1)), disk: unsigned(row.get(2)) })).collect())
    }

    /// This database.
    ///
    /// # Errors
    /// See [`MeasureError`].
    pub async fn database(&self) -> Result<Files, MeasureError> {
        let rows = self.ask("SELECT s.bytes, s.disk FROM pgtenant.storage_of_database() s", &[]).await?;
        let files = rows.first().map(|row| Files { bytes: unsigned(row.get(0)), disk: unsigned(row.get(1)) });
        files.ok_or(MeasureError::TimedOut)
    }

    /// The files of databases of this server, by name. Those that aren't there are left out.
    ///
    /// # Errors
    /// See [`MeasureError`].
    pub async fn databases(&self, names: &[&str]) -> Result<HashMap<String, u64>, MeasureError> {
        let query = "SELECT s.name, s.disk FROM pgtenant.storage_of_databases($1) s WHERE s.disk IS NOT NULL";
        let rows = self.ask(query, &[&names]).await?;
        Ok(rows.iter().map(|row| (row.get(0), unsigned(row.get(1)))).collect())
    }

    /// All tenants with rows in this database's tables, by their value in the tenant column: about.
    ///
    /// # Errors
    /// See [`MeasureError`].
    pub async fn rows(&self, tenant_column: &str) -> Result<HashMap<String, Rows>, MeasureError> {
        let query = "SELECT s.key, sum(s.rows)::bigint, sum(s.bytes)::bigint FROM pgtenant.storage_of_rows($1, $2) s GROUP BY 1";
        let rows = self.ask(query, &[&tenant_column, &PAGES]).await?;
        Ok(rows.iter().map(|row| (row.get(0), Rows { rows: unsigned(row.get(1)), bytes: unsigned(row.get(2)) })).collect())
    }

    /// One tenant: its rows are counted. `exact`: each one's bytes, too.
    ///
    /// # Errors
    /// See [`MeasureError`].
    pub async fn key(&self, tenant_column: &str, key: &str, exact: bool) -> Result<Rows, MeasureError> {
        let query = "SELECT s.rows, s.bytes FROM pgtenant.storage_of_key($1, $2, $3) s";
        let rows = self.ask(query, &[&tenant_column, &key, &exact]).await?;
        Ok(rows.first().map(|row| Rows { rows: unsigned(row.get(0)), bytes: unsigned(row.get(1)) }).unwrap_or_default())
    }
}

fn unsigned(bytes: i64) -> u64 {
    bytes.try_into().unwrap_or(0)
}
