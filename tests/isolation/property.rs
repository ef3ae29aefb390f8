//! Random statements: what a tenant gets through the proxy is what it gets from a database that holds its rows only.
//!
//! An episode is a seed: the tables are refilled, then batches of either tenant run on both sides. Failing seeds are kept in
//! `seeds` and run first. `PGTENANT_ISOLATION_STATEMENTS` says how many statements, `PGTENANT_ISOLATION_SEED` which.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::PathBuf,
    time::{SystemTime, UNIX_EPOCH},
};

use super::{
    compare::{ask, difference, paste},
    dice::{Dice, smaller},
    found::FOUND,
    generate::Promise,
    script::{Author, Step, Way, batch},
    world::{Locks, TENANTS, World},
};
use crate::support::wire::Wire;

/// Batches of an episode.
const BATCHES: usize = 25;
/// Statements of one property in every run.
const FEW: usize = 1_000;

#[derive(Default)]
struct Count {
    statements: usize,
    failed: usize,
    states: BTreeMap<String, usize>,
}

struct Failure {
    what: String,
    steps: Vec<Step>,
}

fn environment(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|value| value.parse().ok())
}

fn seeds_file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/isolation/seeds")
}

fn kept_seeds() -> Vec<u64> {
    let text = fs::read_to_string(seeds_file()).unwrap_or_default();
    text.lines().filter_map(|line| line.split_whitespace().next()?.parse().ok()).collect()
}

fn author(world: &World, tenant: usize) -> Author {
    Author { me: TENANTS[tenant], other: TENANTS[1 - tenant], implicit: world.implicit, copy_from: world.copy_from }
}

/// Runs a batch on both sides; the first difference.
async fn play(sessions: &mut [Wire; 2], steps: &[Step], count: &mut Count) -> Option<String> {
    for step in steps {
        let [proxied, alone] = sessions;
        let (proxied, alone) = tokio::join!(ask(proxied, step), ask(alone, step));
        count.statements += 1;
        if !alone.state.is_empty() {
            count.failed += 1;
            *count.states.entry(alone.state.clone()).or_default() += 1;
        }
        if let Some(what) = difference(step, &proxied, &alone) {
            return Some(format!("{what}\nin: {}", paste(step)));
        }
    }
    None
}

/// The same in a transaction that is rolled back, so that nothing stays.
async fn rehearse(world: &World, tenant: usize, steps: &[Step]) -> Option<String> {
    let mut sessions = world.sessions(TENANTS[tenant]).await;
    let around = |sql: &str| Step { sql: sql.to_owned(), way: Way::Simple, promise: Promise::default() };
    let mut inner: Vec<Step> = steps.iter().filter(|step| !is_control(&step.sql)).cloned().collect();
    inner.insert(0, around("BEGIN"));
    let found = play(&mut sessions, &inner, &mut Count::default()).await;
    for wire in &mut sessions {
        wire.query("ROLLBACK").await;
    }
    found
}

fn is_control(sql: &str) -> bool {
    ["BEGIN", "START", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"].iter().any(|word| sql.starts_with(word))
}

async fn shrink(world: &World, tenant: usize, choices: Vec<u32>) -> Option<Failure> {
    let mut best: Option<(Vec<u32>, Failure)> = None;
    let mut current = choices;
    let mut tries = 0;
    loop {
        let mut candidates = smaller(&current);
        if best.is_none() {
            candidates.insert(0, current.clone());
        }
        let mut better = None;
        for candidate in candidates {
            tries += 1;
            if tries > 250 {
                break;
            }
            let mut dice = Dice::played(candidate);
            let steps = batch(&mut dice, author(world, tenant));
            let taken = dice.taken();
            if let Some(what) = rehearse(world, tenant, &steps).await {
                better = Some((taken, Failure { what, steps }));
                break;
            }
            // What doesn't show again can't be made small.
            best.as_ref()?;
        }
        match better {
            Some(found) if best.as_ref().is_none_or(|(known, _)| size(&found.0) < size(known)) => {
                current.clone_from(&found.0);
                best = Some(found);
            }
            _ => return best.map(|(_, failure)| failure),
        }
    }
}

fn size(choices: &[u32]) -> (usize, usize) {
    (choices.len(), choices.iter().filter(|choice| **choice != 0).count())
}

async fn episode(world: &World, seed: u64, count: &mut Count) -> Option<String> {
    world.refill().await;
    let mut sessions = [world.sessions(TENANTS[0]).await, world.sessions(TENANTS[1]).await];
    for number in 0..BATCHES {
        let mut dice = Dice::drawn(seed.wrapping_add(number as u64 * 0x1_0000_0001));
        let tenant = dice.below(2);
        let mut dice = Dice::drawn(seed.wrapping_add(number as u64 * 0x1_0000_0001) ^ 0xabcd);
        let steps = batch(&mut dice, author(world, tenant));
        let choices = dice.taken();
        let mut found = play(&mut sessions[tenant], &steps, count).await;
        if found.is_none() {
            found = world.difference().await.map(|(whose, shared, alone)| {
                format!(
                    "contents of {whose} differ after {}\n  shared only: {shared}\n  alone only:  {alone}",
                    steps.iter().map(paste).collect::<Vec<_>>().join("\n")
                )
            });
        }
        if let Some(what) = found {
            let mut text = format!("seed {seed}, batch {number}, tenant {}: {what}", TENANTS[tenant]);
            // One side may have gone on alone: made small, the failure has to show on fresh tables.
            for pair in &mut sessions {
                for wire in pair {
                    wire.query("ROLLBACK").await;
                }
            }
            world.refill().await;
            if let Some(small) = shrink(world, tenant, choices).await {
                text.push_str(&format!("\nsmallest: {}\n{}", small.what, small.steps.iter().map(paste).collect::<Vec<_>>().join("\n")));
            }
            return Some(text);
        }
    }
    None
}

/// What was found before.
async fn found(world: &World, count: &mut Count) -> Vec<String> {
    let mut failures = Vec::new();
    let plain = |sql: &str| Step { sql: sql.to_owned(), way: Way::Simple, promise: Promise::default() };
    for sql in FOUND {
        let mut sessions = world.sessions(TENANTS[0]).await;
        failures.extend(play(&mut sessions, &[plain("BEGIN"), plain(sql), plain("ROLLBACK")], count).await);
    }
    failures
}

async fn property(locks: Locks, statements: usize) {
    let world = World::new(locks).await;
    if !world.implicit {
        eprintln!("the gate isn't there: statements that need it are left out");
    }
    let mut count = Count::default();
    let drawn = environment("PGTENANT_ISOLATION_SEED");
    // The few statements of every run are always the same; more of them are new each time.
    let fresh = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64 >> 8;
    let mut seed = drawn.unwrap_or_else(|| if statements > FEW { fresh() } else { 1 });
    eprintln!("PGTENANT_ISOLATION_SEED={seed}");
    let mut waiting = if drawn.is_some() { Vec::new() } else { kept_seeds() };
    let limit = environment("PGTENANT_ISOLATION_FAILURES").unwrap_or(3) as usize;
    let mut failures = found(&world, &mut count).await;
    while count.statements < statements || !waiting.is_empty() {
        let (now, kept) = match waiting.pop() {
            Some(kept) => (kept, true),
            None => {
                seed = seed.wrapping_add(1);
                (seed, false)
            }
        };
        if let Some(failure) = episode(&world, now, &mut count).await {
            eprintln!("--- {failure}");
            if !kept {
                let file = fs::OpenOptions::new().append(true).create(true).open(seeds_file());
                let _ = file.and_then(|mut file| writeln!(file, "{now}"));
            }
            failures.push(failure);
            if failures.len() >= limit {
                break;
            }
        }
    }
    let share = 100 - 100 * count.failed / count.statements.max(1);
    eprintln!("{locks:?}: {} statements, {share}% without an error; errors: {:?}", count.statements, count.states);
    assert!(failures.is_empty(), "{} failing seeds:\n{}", failures.len(), failures.join("\n"));
    assert!(share >= 80, "only {share}% of the statements are valid");
}

/// How many statements a run takes: all that are asked for, or its share of what `make test` has time for.
fn statements(share: u64) -> usize {
    environment("PGTENANT_ISOLATION_STATEMENTS").unwrap_or(share) as usize
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_is_alone() {
    property(Locks::Login, statements(800)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_is_alone_under_a_signed_context() {
    property(Locks::Signed, statements(300)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_is_alone_under_a_plain_context() {
    property(Locks::Shared, statements(300)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_is_alone_by_the_gate_alone() {
    property(Locks::GateAlone, statements(400)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_is_alone_by_the_database_alone() {
    property(Locks::DatabaseAlone, statements(200)).await;
}
