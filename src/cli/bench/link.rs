//! A client's connection. Its own task moves its bytes: no other has to be woken for an answer.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::{Context, Poll},
    time::Duration,
};

use tokio_postgres::{
    Client, Error,
    types::{Format, IsNull, ToSql, Type, private::BytesMut, to_sql_checked},
};

use super::{
    plan::Protocol,
    script::{Script, Statement},
};
use crate::{
    backend::control::{Control, ControlError, Driver},
    error::explain,
};

/// The name under which a load is seen on the server.
const APPLICATION: &str = "pgtenant bench";
/// Whoever isn't let in by then counts as refused.
const CONNECT_LIMIT: Duration = Duration::from_secs(30);
/// A connection that doesn't close by then is dropped.
const CLOSE_LIMIT: Duration = Duration::from_secs(1);

/// Why a transaction failed: SQLSTATE, or a word where there is none, and what was said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Failure {
    pub(super) state: String,
    pub(super) text: String,
}

impl Failure {
    fn of(error: &Error) -> Failure {
        let state = match error.code() {
            Some(code) => code.code(),
            None if error.is_closed() => "closed",
            None => "lost",
        };
        Failure { state: state.to_owned(), text: explain(error) }
    }
}

impl From<ControlError> for Failure {
    fn from(error: ControlError) -> Failure {
        match &error {
            ControlError::Refused { source, .. } if source.code().is_some() => Failure::of(source),
            ControlError::Refused { .. } => Failure { state: "refused".to_owned(), text: error.to_string() },
            _ => Failure { state: "unreachable".to_owned(), text: error.to_string() },
        }
    }
}

/// A connection.
pub(super) struct Link {
    client: Client,
    driver: Moving,
    /// By the statements' numbers.
    prepared: Vec<Option<tokio_postgres::Statement>>,
    /// For the simple protocol's texts.
    text: String,
}

/// What moves the bytes, until the connection is gone, and what the server said at the end.
struct Moving {
    driver: Option<Driver>,
    last_words: Option<Error>,
}

impl Moving {
    fn poll(&mut self, cx: &mut Context<'_>) {
        let Some(driver) = &mut self.driver else { return };
        if let Poll::Ready(ended) = Pin::new(driver).poll(cx) {
            self.driver = None;
            self.last_words = ended.err();
        }
    }

    /// Waits for `answer` and moves the bytes that it takes.
    async fn until<T>(&mut self, answer: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let mut answer = pin!(answer);
        let outcome = poll_fn(|cx| {
            // What asks, what carries it, and what has come of it.
            if let Poll::Ready(answer) = answer.as_mut().poll(cx) {
                return Poll::Ready(answer);
            }
            self.poll(cx);
            answer.as_mut().poll(cx)
        });
        let outcome = outcome.await;
        outcome.map_err(|error| if error.is_closed() { self.last_words.take().unwrap_or(error) } else { error })
    }
}

impl Link {
    /// Connects.
    pub(super) async fn open(target: &Control, statements: usize) -> Result<Link, Failure> {
        let (client, driver) = target.open(APPLICATION, CONNECT_LIMIT).await?;
        let driver = Moving { driver: Some(driver), last_words: None };
        Ok(Link { client, driver, prepared: vec![None; statements], text: String::new() })
    }

    /// Whether it can be used again.
    pub(super) fn is_open(&self) -> bool {
        self.driver.driver.is_some() && !self.client.is_closed()
    }

    /// Runs a statement; its rows are read and dropped.
    pub(super) async fn run(
        &mut self,
        protocol: Protocol,
        script: &Script,
        statement: &Statement,
        values: &[String],
    ) -> Result<(), Failure> {
        let Link { client, driver, prepared, text } = self;
        let outcome = match protocol {
            Protocol::Simple => {
                script.render(statement, values, text);
                driver.until(client.batch_execute(text)).await
            }
            Protocol::Extended => {
                let parameters: Vec<Text<'_>> = statement.bind(values).map(Text).collect();
                let parameters: Vec<(&(dyn ToSql + Sync), Type)> =
                    parameters.iter().map(|text| (text as &(dyn ToSql + Sync), Type::UNKNOWN)).collect();
                driver.until(client.execute_typed(&statement.text, &parameters)).await.map(|_| ())
            }
            Protocol::Prepared => prepare_and_run(client, driver, prepared, statement, values).await,
        };
        outcome.map_err(|error| Failure::of(&error))
    }

    /// Leaves a transaction that has failed, if there is one.
    pub(super) async fn roll_back(&mut self) -> Result<(), Failure> {
        self.driver.until(self.client.batch_execute("ROLLBACK")).await.map_err(|error| Failure::of(&error))
    }

    /// Says goodbye.
    pub(super) async fn close(self) {
        let Link { client, driver, .. } = self;
        drop(client);
        if let Some(driver) = driver.driver {
            let _ = tokio::time::timeout(CLOSE_LIMIT, driver).await;
        }
    }
}

async fn prepare_and_run(
    client: &Client,
    driver: &mut Moving,
    prepared: &mut [Option<tokio_postgres::Statement>],
    statement: &Statement,
    values: &[String],
) -> Result<(), Error> {
    let known = prepared.get(statement.number).cloned().flatten();
    let ready = match known {
        Some(ready) => ready,
        None => {
            let ready = driver.until(client.prepare(&statement.text)).await?;
            if let Some(place) = prepared.get_mut(statement.number) {
                *place = Some(ready.clone());
            }
            ready
        }
    };
    driver.until(client.execute_raw(&ready, statement.bind(values).map(Text))).await.map(|_| ())
}

/// A value in its text form: whatever type the server makes of its parameter, it reads it.
#[derive(Debug)]
struct Text<'a>(&'a str);

impl ToSql for Text<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        out.extend_from_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    to_sql_checked!();
}
