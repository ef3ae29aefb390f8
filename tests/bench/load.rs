//! Runs the program and reads its report.

use std::process::{Command, Output, Stdio};

use pgtenant::lifecycle::cluster::Cluster;
use serde_json::Value;

use crate::support::cluster;

/// A command with an environment of its own.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pgtenant"));
    command.arg("bench").args(arguments).stdin(Stdio::null());
    for name in ["PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGTENANT_DEMO_TENANTS"] {
        command.env_remove(name);
    }
    command
}

/// Runs it to its end, while the test's own connections go on.
pub(crate) async fn output(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// The report of a run on a database of the shared cluster.
pub(crate) async fn report(database: &str, arguments: &[&str]) -> Value {
    let dsn = cluster::shared().dsn(database);
    let common = ["--dsn", &dsn, "--json", "-", "--quiet", "--warm-up", "0s"];
    let output = output(command(&[&common[..], arguments].concat())).await;
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {} {errors}", String::from_utf8_lossy(&output.stdout)))
}

/// A value by its path.
pub(crate) fn number(report: &Value, pointer: &str) -> f64 {
    report.pointer(pointer).and_then(Value::as_f64).unwrap_or_else(|| panic!("no number at {pointer}: {report:#}"))
}

/// The first tenant's figures.
pub(crate) const FIRST: &str = "/phases/0/groups/0/tenants/0";

/// A figure of the first tenant.
pub(crate) fn first(report: &Value, name: &str) -> f64 {
    number(report, &format!("{FIRST}/{name}"))
}

/// A database of one's own, and a superuser in it.
pub(crate) async fn database() -> (String, tokio_postgres::Client) {
    let name = cluster::database(cluster::shared()).await;
    let client = cluster::superuser(cluster::shared(), &name).await;
    (name, client)
}

/// What a statement says.
pub(crate) async fn number_of(client: &tokio_postgres::Client, sql: &str) -> f64 {
    crate::support::text(client, sql).await.parse().unwrap()
}

/// The cluster's own counters are told with a delay.
pub(crate) async fn commits(cluster: &Cluster, database: &str) -> f64 {
    let client = cluster::superuser(cluster, "postgres").await;
    number_of(&client, &format!("SELECT xact_commit FROM pg_stat_database WHERE datname = '{database}'")).await
}
