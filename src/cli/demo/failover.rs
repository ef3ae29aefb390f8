//! `pgtenant demo --failover`: the primary dies under load, its replica is promoted a second later, and what clients have seen of it is counted.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::{ExitCode, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    process::Command,
    task::{JoinHandle, spawn_blocking},
    time::{Instant, sleep},
};
use tokio_postgres::{Client, NoTls};

use super::{Demo, DemoError, shards::unwind};
use crate::lifecycle::cluster::Cluster;

/// Whose database it is shown on: it lies on the shard that has a replica.
const TENANT: &str = "STARK";
/// Sessions that write numbered rows, beside pgbench's.
const WRITERS: i64 = 8;
/// What pgbench runs for, in seconds.
const SECONDS: u64 = 10;
/// A statement of one's own that begins later than so long after the kill has no reason to fail.
const AT_ONCE: Duration = Duration::from_millis(100);
const SCRIPT: &str = "\\set aid random(1, 100000)\n\\set delta random(-5000, 5000)\nUPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = :aid;\n";

/// What the writers were told.
#[derive(Default)]
struct Told {
    confirmed: BTreeSet<i64>,
    unknown: BTreeSet<i64>,
    /// When each statement began and ended, and how it failed.
    statements: Vec<(Instant, Instant, Option<String>)>,
}

/// Shows it. Whether all was well says the exit code.
///
/// # Errors
/// Where something of it can't be had.
pub(super) async fn show(demo: &mut Demo) -> Result<ExitCode, DemoError> {
    let [dsn, owner] = ["DSN", "OWNER_DSN"].map(|what| variable(demo, what));
    let pgbench = demo.binaries.program("pgbench")?;
    prepare(demo, &owner).await?;
    let script = demo.folder.path.join("failover.sql");
    fs::write(&script, SCRIPT).map_err(|source| DemoError::File { path: script.clone(), source })?;
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<JoinHandle<Told>> = (0..WRITERS).map(|number| tokio::spawn(write(dsn.clone(), number, Arc::clone(&stop)))).collect();
    let mut bench = Command::new(pgbench);
    bench.args(["-n", "-c", "20", "-j", "2", "-R", "200", "-P", "1", "-T", &SECONDS.to_string(), "-f"]).arg(&script).arg(&dsn);
    let bench = bench.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn();
    let bench = bench.map_err(|source| DemoError::Start { what: "pgbench".to_owned(), source })?;
    let bench = tokio::spawn(bench.wait_with_output());
    let begun = Instant::now();
    println!(
        "  0.0 s  pgbench: 20 sessions, 200 statements a second; {WRITERS} more sessions write numbered rows; replication is synchronous"
    );
    sleep(Duration::from_secs(3)).await;
    let (killed, promoted) = fail_over(demo, begun).await?;
    sleep((begun + Duration::from_secs(SECONDS)).saturating_duration_since(Instant::now())).await;
    stop.store(true, Ordering::Relaxed);
    let mut told = Told::default();
    for writer in writers {
        let Told { confirmed, unknown, statements } = unwind(writer.await)?;
        told.confirmed.extend(confirmed);
        told.unknown.extend(unknown);
        told.statements.extend(statements);
    }
    let bench = unwind(bench.await)?.map_err(|source| DemoError::Start { what: "pgbench".to_owned(), source })?;
    let (output, errors) = (String::from_utf8_lossy(&bench.stdout).into_owned(), String::from_utf8_lossy(&bench.stderr).into_owned());
    tell_bench(&output, &errors);
    let rows = rows(demo).await?;
    Ok(if judge(&told, &rows, (killed, promoted)) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What `--exec` would find in its environment.
fn variable(demo: &Demo, what: &str) -> String {
    let name = format!("PGTENANT_DEMO_{TENANT}_{what}");
    demo.facts().environment().into_iter().find(|(known, _)| *known == name).map(|(_, value)| value).unwrap_or_default()
}

/// A table for numbered rows; and what is committed is on the replica, so that nothing can be lost.
async fn prepare(demo: &Demo, owner: &str) -> Result<(), DemoError> {
    let (client, connection) = connect(owner).await?;
    let role = format!("t_{}", TENANT.to_lowercase());
    let table = format!("CREATE TABLE numbered (number bigint NOT NULL); GRANT SELECT, INSERT ON numbered TO {role}");
    client.batch_execute(&table).await.map_err(sql)?;
    // The demo's clusters are told to be quick, not to be safe.
    for setting in ["synchronous_commit = on", "synchronous_standby_names = '*'"] {
        client.batch_execute(&format!("ALTER SYSTEM SET {setting}")).await.map_err(sql)?;
    }
    if let Some(shard) = demo.shards.first() {
        shard.primary.reload();
    }
    let is_synchronous =
        "SELECT current_setting('synchronous_commit') = 'on' AND count(*) > 0 FROM pg_stat_replication WHERE sync_state = 'sync'";
    for _ in 0..200 {
        if client.query_one(is_synchronous, &[]).await.map_err(sql)?.get(0) {
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    drop(client);
    let _ = connection.await;
    Ok(())
}

/// Kills the primary and promotes its replica. When both had happened.
async fn fail_over(demo: &mut Demo, begun: Instant) -> Result<(Instant, Instant), DemoError> {
    let at = || begun.elapsed().as_secs_f64();
    let mut shard = demo.shards.remove(0);
    println!("{:5.1} s  kill -9: the primary of shard {} (port {}) and all its processes", at(), shard.id, shard.primary.port());
    let killed = spawn_blocking(move || {
        shard.primary.kill9();
        shard
    });
    demo.shards.insert(0, unwind(killed.await)?);
    let killed = Instant::now();
    sleep(Duration::from_secs(1)).await;
    let Some(replica) = demo.shards.first().and_then(|shard| shard.replica.as_ref()) else { return Ok((killed, killed)) };
    println!("{:5.1} s  SELECT pg_promote() on the replica (port {})", at(), replica.port());
    let (client, connection) = connect(&replica.dsn("postgres")).await?;
    client.batch_execute("SELECT pg_promote(true, 30)").await.map_err(sql)?;
    drop(client);
    let _ = connection.await;
    let promoted = Instant::now();
    println!("{:5.1} s  it is the primary", at());
    Ok((killed, promoted))
}

/// Writes rows, each with a number of its own, until told to stop.
async fn write(dsn: String, writer: i64, stop: Arc<AtomicBool>) -> Told {
    let mut told = Told::default();
    let mut session: Option<Client> = None;
    let mut number = writer;
    while !stop.load(Ordering::Relaxed) {
        let begun = Instant::now();
        let client = match session.take().filter(|client| !client.is_closed()) {
            Some(client) => client,
            None => match connect(&dsn).await {
                Ok((client, _)) => client,
                Err(error) => {
                    told.statements.push((begun, Instant::now(), Some(format!("login: {error}"))));
                    sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        let done = client.batch_execute(&format!("INSERT INTO numbered VALUES ({number})")).await;
        let error = done.err().map(|error| error.code().map_or_else(|| "closed".to_owned(), |code| code.code().to_owned()));
        if error.is_none() {
            told.confirmed.insert(number)
        } else {
            told.unknown.insert(number)
        };
        told.statements.push((begun, Instant::now(), error));
        (session, number) = (Some(client), number + WRITERS);
        sleep(Duration::from_millis(20)).await;
    }
    told
}

/// The numbered rows that the new primary has, and how often each.
async fn rows(demo: &Demo) -> Result<BTreeMap<i64, i64>, DemoError> {
    let database = format!("tenant_{}", TENANT.to_lowercase());
    let Some(dsn) = demo.shards.first().and_then(|shard| shard.replica.as_ref()).map(|replica: &Cluster| replica.dsn(&database)) else {
        return Ok(BTreeMap::new());
    };
    let (client, _connection) = connect(&dsn).await?;
    let rows = client.query("SELECT number, count(*) FROM numbered GROUP BY number", &[]).await.map_err(sql)?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

fn tell_bench(output: &str, errors: &str) {
    println!("\npgbench, second by second:");
    for line in errors.lines().filter(|line| line.starts_with("progress:")) {
        println!("  {line}");
    }
    let told = output.lines().filter(|line| line.starts_with("number of transactions actually") || line.starts_with("latency average"));
    told.for_each(|line| println!("  {line}"));
    let aborted = errors.lines().filter(|line| line.contains("aborted")).count();
    println!("  {aborted} of its 20 sessions had a statement at the server that died, and were told so (pgbench ends them then)");
}

/// Says what the writers have seen. Whether it is what it should be.
fn judge(told: &Told, rows: &BTreeMap<i64, i64>, (killed, promoted): (Instant, Instant)) -> bool {
    let lost = told.confirmed.iter().filter(|number| !rows.contains_key(number)).count();
    let twice = rows.values().filter(|count| **count > 1).count();
    let after = |moment: Instant| move |(_, ended, error): &&(Instant, Instant, Option<String>)| error.is_none() && *ended > moment;
    let goes_on = told.statements.iter().filter(after(promoted)).map(|(_, ended, _)| *ended).min();
    let longest = told.statements.iter().filter(after(killed)).map(|(begun, ended, _)| *ended - *begun).max().unwrap_or_default();
    let failed: Vec<_> = told.statements.iter().filter(|(_, _, error)| error.is_some()).collect();
    let needless = failed.iter().filter(|(begun, ..)| *begun > killed + AT_ONCE).count();
    let came_through = told.unknown.iter().filter(|number| rows.contains_key(number)).count();
    println!("\nThe {WRITERS} sessions that wrote numbered rows:");
    println!("  {} rows confirmed, of which {lost} are lost and {twice} are there twice", told.confirmed.len());
    let mut states: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, _, error) in &failed {
        *states.entry(error.as_deref().unwrap_or_default()).or_default() += 1;
    }
    println!(
        "  {} errors {states:?}, all but {needless} of them for statements that were at the server when it died ({came_through} of these took effect)",
        failed.len()
    );
    println!("  longest pause {:.2} s", longest.as_secs_f64());
    match goes_on {
        Some(goes_on) => println!("  writes went on {:.0} ms after the promotion", (goes_on - promoted).as_secs_f64() * 1000.0),
        None => println!("  writes did not go on"),
    }
    let well = lost == 0 && twice == 0 && needless == 0 && goes_on.is_some_and(|at| at - promoted < Duration::from_secs(5));
    println!("\n{}", if well { "All is well: what was confirmed is there, once." } else { "NOT as it should be." });
    well
}

async fn connect(dsn: &str) -> Result<(Client, JoinHandle<()>), DemoError> {
    let (client, connection) = tokio_postgres::connect(dsn, NoTls).await.map_err(sql)?;
    let driver = tokio::spawn(async move {
        let _ = connection.await;
    });
    Ok((client, driver))
}

fn sql(source: tokio_postgres::Error) -> DemoError {
    DemoError::Sql { shard: "east", source }
}
