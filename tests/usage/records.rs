//! The files: what stands in them, and that it is all there, once.

use std::{
    fs,
    process::Command,
    time::{Duration, Instant},
};

use pgtenant::tenant::usage::Record;
use rustix::process::Signal;

use crate::{
    support::{
        eventually,
        proxy::Proxy,
        wire::{query, states},
    },
    told::{Counted, SECTION, bed, end, lines, records, sum},
};

#[tokio::test]
async fn a_record_says_whose_and_when() {
    let mut proxy = bed().await.serve().await;
    let mut client = Counted::of(&proxy, "acme_app").await;
    client.query("SELECT 1").await;
    eventually("the first record", || async { !records(proxy.bed.folder(), "acme").is_empty() }).await;
    // Nobody does anything but be there.
    tokio::time::sleep(Duration::from_millis(2500)).await;
    client.leave().await;
    let records = end(&mut proxy, "acme").await;
    let first = &records[0];
    assert_eq!((first.proxy.as_str(), first.shard.as_str(), first.model.as_str(), first.plan.as_str()), ("here", "east", "own", "basic"));
    assert!(records.len() >= 3, "who is connected has records: {records:?}");
    for pair in records.windows(2) {
        assert_eq!(pair[0].end, pair[1].begin, "no gap, and nothing twice");
        assert_eq!(pair[0].end.millis() % 1000, 0, "intervals end where the clock says");
    }
    assert!(records.iter().all(|record| record.begin <= record.end && record.peak_sessions == 1));
    let told = records.iter().find_map(|record| record.transaction_micros).unwrap();
    assert!(0 < told.p50 && told.p50 <= told.p90 && told.p90 <= told.p99 && told.p99 <= told.max && told.max < 5_000_000, "{told:?}");
    let name = format!("usage-{}.jsonl", first.begin.day());
    assert!(proxy.bed.folder().join(&name).is_file(), "{name}");
}

/// Clients of several tenants that come and go while the proxy is drained and started again: the sum of all records is what they did.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sums_balance_across_a_restart() {
    let mut bed = bed().await;
    for tenant in ["globex", "initech"] {
        bed.another(tenant).await;
    }
    let tenants = ["acme", "globex", "initech"];
    let mut done = [[0_u64; 5]; 3];
    let mut bed = Some(bed);
    for _ in 0..2 {
        let mut proxy = bed.take().unwrap().serve().await;
        let mut tasks = Vec::new();
        for client in 0..9_usize {
            let login = format!("{}_app", tenants[client % 3]);
            let mut client = Counted::of(&proxy, &login).await;
            tasks.push(tokio::spawn(async move {
                let (mut statements, mut rows) = (0, 0);
                // Until the drain ends it, always between two transactions.
                loop {
                    let (text, counts) =
                        [("SELECT n FROM generate_series(1, 3) n", (1, 3)), ("BEGIN; SELECT 1; COMMIT", (3, 1))][statements as usize % 2];
                    if !client.wire.try_send(&query(text)).await {
                        break;
                    }
                    let answer = client.ready().await;
                    if answer.last().is_none_or(|last| last.tag != b'Z') {
                        assert!(matches!(states(&answer)[..], ["57P01"] | []), "{answer:?}");
                        break;
                    }
                    client.sent += query(text).len() as u64;
                    statements += counts.0;
                    rows += counts.1;
                }
                [1, statements, rows, client.sent, client.received]
            }));
        }
        tokio::time::sleep(Duration::from_millis(2300)).await;
        proxy.signal(Signal::TERM);
        for (client, task) in tasks.into_iter().enumerate() {
            let task = task.await.unwrap();
            done[client % 3].iter_mut().zip(task).for_each(|(sum, count)| *sum += count);
        }
        assert!(proxy.ended(Duration::from_secs(15)).await.success());
        bed = Some(take_bed(proxy).await);
    }
    let bed = bed.unwrap();
    for (tenant, done) in tenants.iter().zip(done) {
        let records = records(bed.folder(), tenant);
        let counts = sum(&records);
        assert!(done[1] > 100, "{tenant}: {done:?}");
        assert_eq!([counts.logins, counts.statements, counts.rows, counts.bytes_out], [done[0], done[1], done[2], done[4]], "{tenant}");
        // What a client sends behind the word of the end may have been read or not.
        assert!((done[3]..=done[3] + 6 * 60).contains(&counts.bytes_in), "{tenant}: {} of {}", counts.bytes_in, done[3]);
        assert_eq!(records.iter().map(|record| record.peak_sessions).max(), Some(3));
    }
}

/// The files of an ended proxy, for another one.
async fn take_bed(mut proxy: Proxy) -> crate::support::bed::Bed {
    let mut other = crate::support::bed::Bed::empty();
    other.sections = proxy.bed.sections.clone();
    std::mem::swap(&mut other, &mut proxy.bed);
    // The proxy looks into its log as it goes.
    proxy.bed.file("log", "");
    other
}

#[tokio::test]
async fn what_cannot_be_written_comes_with_the_next_records() {
    let mut bed = bed().await;
    fs::create_dir(bed.folder().join("records")).unwrap();
    bed.sections = SECTION.replace("usage.jsonl", "records/usage.jsonl");
    let mut proxy = bed.serve().await;
    let folder = proxy.bed.folder().join("records");
    fs::remove_dir(&folder).unwrap();
    let mut client = Counted::of(&proxy, "acme_app").await;
    client.query("SELECT 1").await;
    proxy.logged("usage can't be written", 1).await;
    client.query("SELECT 2").await;
    proxy.logged("usage can't be written", 3).await;
    fs::create_dir(&folder).unwrap();
    eventually("a record", || async { !records(&folder, "acme").is_empty() }).await;
    let first: Record = records(&folder, "acme").remove(0);
    assert_eq!((first.counts.statements, first.counts.logins), (2, 1));
    assert!(first.end.since(first.begin) >= Duration::from_secs(2), "{first:?}");
    client.query("SELECT 3").await;
    client.leave().await;
    proxy.signal(Signal::TERM);
    assert!(proxy.ended(Duration::from_secs(15)).await.success());
    let counts = sum(&records(&folder, "acme"));
    assert_eq!((counts.statements, counts.bytes_in, counts.bytes_out), (3, client.sent, client.received));
}

#[tokio::test]
async fn tenants_that_leave_the_map_vanish_with_their_last_record() {
    let mut bed = bed().await;
    bed.another("globex").await;
    let (with, logins) = (bed.tenants.clone(), bed.logins.clone());
    let mut proxy = bed.serve().await;
    let mut client = Counted::of(&proxy, "globex_app").await;
    client.query("SELECT 1").await;
    proxy.bed.tenants = with.split("[tenants.globex]").next().unwrap().to_owned();
    proxy.bed.logins = logins.split("[logins.globex_app]").next().unwrap().to_owned();
    proxy.bed.write();
    assert_eq!(states(&client.rest().await), ["57P01"]);
    eventually("its record", || async { sum(&records(proxy.bed.folder(), "globex")).statements == 1 }).await;
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let last = records(proxy.bed.folder(), "globex").pop().unwrap();
    assert_eq!((last.shard.as_str(), last.plan.as_str(), last.sessions), ("east", "basic", 0));
    let counts = sum(&records(proxy.bed.folder(), "globex"));
    assert_eq!((counts.statements, counts.bytes_out), (1, client.received));
    proxy.signal(Signal::TERM);
    assert!(proxy.ended(Duration::from_secs(15)).await.success());
}

#[tokio::test]
async fn nothing_is_written_where_nobody_asked() {
    let mut bed = crate::support::bed::Bed::new().await;
    bed.sections.push_str("[usage]\ninterval = \"1s\"\n");
    let mut proxy = bed.serve().await;
    let mut client = Counted::of(&proxy, "acme_app").await;
    client.query("SELECT 1").await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    proxy.signal(Signal::INT);
    assert!(proxy.ended(Duration::from_secs(15)).await.success());
    assert!(lines(proxy.bed.folder()).is_empty());
}

/// What people see of it.
#[tokio::test]
async fn the_command_sums_up() {
    let mut proxy = bed().await.serve().await;
    let mut client = Counted::of(&proxy, "acme_app").await;
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(1500) {
        client.query("SELECT n FROM generate_series(1, 3) n").await;
    }
    client.query("SELECT 1/0").await;
    client.leave().await;
    let counts = sum(&end(&mut proxy, "acme").await);
    let usage = |more: &[&str]| {
        let config = proxy.bed.folder().join("pgtenant.toml");
        let output = Command::new(env!("CARGO_BIN_EXE_pgtenant")).arg("usage").arg("--config").arg(config).args(more).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let table = usage(&[]);
    assert!(table.contains("acme") && table.contains(&counts.statements.to_string()) && table.contains("tenant"), "{table}");
    let told: serde_json::Value = serde_json::from_str(&usage(&["--json", "--by", "plan"])).unwrap();
    assert_eq!((told["plan"].as_str(), told["rows"].as_u64(), told["errors"].as_u64()), (Some("basic"), Some(counts.rows), Some(1)));
    assert_eq!(usage(&["--json", "--tenant", "globex"]), "");
    assert_eq!(usage(&["--json", "--since", "1970-01-02", "--until", "2000-01-01"]), "");
}
