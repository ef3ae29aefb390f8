//! Runs statements on one connection and remembers them.

use tokio_postgres::{Client, Row, types::ToSql};

use super::{CreateError, Created};
use crate::backend::control::Control;

/// How much of a statement an error shows.
const STATEMENT_SHOWN: usize = 300;

/// Whether what is missing is done, or only found out: done and undone, behind locks that nobody waits long for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::lifecycle) enum Mode {
    Do,
    Tell,
}

/// One connection of the provisioner, and what was changed over it.
pub(in crate::lifecycle) struct Steps {
    client: Client,
    done: Created,
}

impl Steps {
    /// Connects as the provisioner, to `database` or to the one its connection string names.
    pub(in crate::lifecycle) async fn connect(provisioner: &str, database: Option<&str>) -> Result<Steps, CreateError> {
        let client = Control::from_text(provisioner, database)?.connect("pgtenant create").await?;
        let steps = Steps { client, done: Created::default() };
        // Names are printed with their schema, whatever the role's or database's own search_path says.
        steps.run_quietly("SET search_path = pg_catalog; SET standard_conforming_strings = on; SET client_min_messages = warning").await?;
        let row = steps.row("SELECT current_user::text, rolsuper FROM pg_roles WHERE rolname = current_user", &[]).await?;
        match row.get::<_, bool>(1) {
            true => Ok(steps),
            false => Err(CreateError::NotSuperuser { role: row.get(0) }),
        }
    }

    /// Waits for the lock; it goes with the connection.
    pub(in crate::lifecycle) async fn lock(&self, key: i64) -> Result<(), CreateError> {
        self.row("SELECT pg_advisory_lock($1)::text", &[&key]).await.map(|_| ())
    }

    pub(in crate::lifecycle) async fn begin(&self, mode: Mode) -> Result<(), CreateError> {
        self.run_quietly(if mode == Mode::Do { "BEGIN" } else { "BEGIN; SET LOCAL lock_timeout = '3s'" }).await
    }

    pub(in crate::lifecycle) async fn end(&self, mode: Mode) -> Result<(), CreateError> {
        self.run_quietly(if mode == Mode::Do { "COMMIT" } else { "ROLLBACK" }).await
    }

    /// Runs a statement that changes something worth telling.
    pub(in crate::lifecycle) async fn run(&mut self, statement: &str) -> Result<(), CreateError> {
        self.run_quietly(statement).await?;
        self.done.changes.push(statement.to_owned());
        Ok(())
    }

    /// Runs a statement whose text must not be shown; `told` is.
    pub(in crate::lifecycle) async fn run_secretly(&mut self, statement: &str, told: String) -> Result<(), CreateError> {
        self.client.batch_execute(statement).await.map_err(|source| CreateError::Sql { statement: told.clone(), source })?;
        self.done.changes.push(told);
        Ok(())
    }

    /// Runs a statement that nobody needs to hear about.
    pub(in crate::lifecycle) async fn run_quietly(&self, statement: &str) -> Result<(), CreateError> {
        self.client.batch_execute(statement).await.map_err(|source| failed(statement, source))
    }

    /// Runs every statement that `query` returns in its first column: the query knows what is missing.
    pub(in crate::lifecycle) async fn run_each(&mut self, query: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<(), CreateError> {
        for row in self.rows(query, parameters).await? {
            self.run(row.get(0)).await?;
        }
        Ok(())
    }

    pub(in crate::lifecycle) async fn rows(&self, query: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, CreateError> {
        self.client.query(query, parameters).await.map_err(|source| failed(query, source))
    }

    pub(in crate::lifecycle) async fn row(&self, query: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Row, CreateError> {
        self.client.query_one(query, parameters).await.map_err(|source| failed(query, source))
    }

    /// The first column of the only row, if there is one.
    pub(in crate::lifecycle) async fn text(&self, query: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Option<String>, CreateError> {
        let row = self.client.query_opt(query, parameters).await.map_err(|source| failed(query, source))?;
        Ok(row.and_then(|row| row.get(0)))
    }

    pub(in crate::lifecycle) fn warn(&mut self, warning: String) {
        self.done.warnings.push(warning);
    }

    /// Takes over what another connection has done before.
    pub(in crate::lifecycle) fn after(&mut self, earlier: Created) {
        self.done.changes.splice(0..0, earlier.changes);
        self.done.warnings.splice(0..0, earlier.warnings);
    }

    /// What was done so far, for [`Steps::after`].
    pub(in crate::lifecycle) fn take(&mut self) -> Created {
        std::mem::take(&mut self.done)
    }

    pub(in crate::lifecycle) fn finish(self) -> Created {
        self.done
    }
}

fn failed(statement: &str, source: tokio_postgres::Error) -> CreateError {
    let mut words = statement.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((cut, _)) = words.char_indices().nth(STATEMENT_SHOWN) {
        words.truncate(cut);
        words.push('…');
    }
    CreateError::Sql { statement: words, source }
}
