//! A proxy with an operator and a viewer, and what is asked of its console.

use std::{collections::HashMap, process::Command};

use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

use crate::support::{
    bed::{Bed, PASSWORD},
    proxy::Proxy,
};

/// A proxy with tenant `acme`, operator `ops` and viewer `eye`.
pub(crate) async fn proxy() -> Proxy {
    with_operators(Bed::new().await).serve().await
}

pub(crate) fn with_operators(mut bed: Bed) -> Bed {
    bed.login("ops", "role = \"operator\"\nsecret = \"file:secret\"");
    bed.login("eye", "role = \"viewer\"\nsecret = \"file:secret\"");
    bed
}

/// A session at the console.
pub(crate) async fn console(proxy: &Proxy, login: &str) -> Client {
    let (client, connection) = proxy.config(login).dbname("pgtenant").connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Rows by column.
pub(crate) type Rows = Vec<HashMap<String, Option<String>>>;

/// What a statement shows.
pub(crate) async fn ask(console: &Client, statement: &str) -> Rows {
    let messages = console.simple_query(statement).await.unwrap_or_else(|error| panic!("{statement}: {error:?}"));
    let mut rows = Rows::new();
    for message in messages {
        if let SimpleQueryMessage::Row(row) = message {
            let values = row.columns().iter().enumerate();
            rows.push(values.map(|(place, column)| (column.name().to_owned(), row.get(place).map(str::to_owned))).collect());
        }
    }
    rows
}

/// The value of a column of the only row.
pub(crate) async fn one(console: &Client, statement: &str, column: &str) -> String {
    let rows = ask(console, statement).await;
    assert_eq!(rows.len(), 1, "{statement}: {rows:?}");
    rows[0][column].clone().unwrap()
}

/// SQLSTATE and message of a statement that fails.
pub(crate) async fn fails(console: &Client, statement: &str) -> (String, String) {
    let error = console.simple_query(statement).await.err().unwrap_or_else(|| panic!("{statement} succeeds"));
    let error = error.as_db_error().unwrap_or_else(|| panic!("{statement}: {error:?}"));
    (error.code().code().to_owned(), format!("{}; {}", error.message(), error.hint().unwrap_or_default()))
}

/// What psql prints, without adornment.
pub(crate) fn psql(proxy: &Proxy, login: &str, database: &str, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(pgtenant::lifecycle::cluster::Binaries::find().unwrap().program("psql").unwrap());
    command.args(["-X", "-A", "-t", "-h", "127.0.0.1", "-p", &proxy.port().to_string(), "-U", login, "-d", database]).args(arguments);
    let output = command.env("PGPASSWORD", PASSWORD).output().unwrap();
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    (output.status.success(), text)
}
