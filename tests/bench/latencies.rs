//! What users would have waited.

use crate::{
    load::{database, first, number, report},
    support::run,
};

/// A statement that takes no time, but once it takes a second.
const STALLS: &str = "SELECT pg_sleep(CASE WHEN nextval('asked') = 100 THEN 1 ELSE 0 END)";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stall_is_seen_by_all_who_would_have_come_meanwhile() {
    let (name, client) = database().await;
    run(&client, "CREATE SEQUENCE asked").await;
    let open = ["--sql", STALLS, "--clients", "1", "--rate", "100", "--arrivals", "constant", "--duration", "4s"];
    let report = report(&name, &open).await;
    // A hundred of 400 were due while one was running; they waited for between 0 and 1 second.
    let (p90, p99) = (first(&report, "latency_ms/p90"), first(&report, "latency_ms/p99"));
    assert!((450.0..1000.0).contains(&p90) && (800.0..1300.0).contains(&p99), "{report:#}");
    let uncorrected = first(&report, "uncorrected_ms/p99");
    assert!(uncorrected < 100.0, "from the sending on, one of 400 was slow, and the 99th percentile hides it: {uncorrected}");
    assert!((first(&report, "wait_ms") / 125.0 - 1.0).abs() < 0.4, "a quarter waits for half a second: {report:#}");
    assert!((395.0..=400.0).contains(&first(&report, "transactions")), "the backlog is worked off");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_loop_that_knows_its_pace_shows_the_stall_too() {
    let (name, client) = database().await;
    run(&client, "CREATE SEQUENCE asked").await;
    let closed = ["--sql", STALLS, "--clients", "1", "--think-time", "10ms", "--duration", "3s"];
    let plain = report(&name, &closed).await;
    assert!(first(&plain, "latency_ms/p99") < 100.0, "{plain:#}");
    run(&client, "SELECT setval('asked', 1)").await;
    let corrected = report(&name, &[&closed[..], &["--expected-interval", "10ms"]].concat()).await;
    assert!(first(&corrected, "latency_ms/p99") > 700.0, "{corrected:#}");
    assert!(first(&corrected, "uncorrected_ms/p99") < 100.0, "{corrected:#}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rate_holds_and_sleep_takes_its_time() {
    let (name, _client) = database().await;
    let paced = ["--mix", "sleep:0.01", "--clients", "8", "--rate", "200", "--arrivals", "constant", "--duration", "5s"];
    let report = report(&name, &paced).await;
    let per_second = first(&report, "per_second");
    assert!((198.0..=202.0).contains(&per_second), "{per_second}");
    assert!((10.0..40.0).contains(&first(&report, "latency_ms/p50")), "{report:#}");
    assert!(first(&report, "latency_ms/min") >= 9.9, "{report:#}");
    assert_eq!(number(&report, "/total/missed"), 0.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_due_and_cannot_be_sent_is_told() {
    let (name, _client) = database().await;
    let too_much = ["--mix", "sleep:0.1", "--clients", "2", "--rate", "100", "--arrivals", "constant", "--duration", "2s"];
    let report = report(&name, &too_much).await;
    let (done, missed) = (number(&report, "/total/transactions"), number(&report, "/total/missed"));
    assert!((30.0..=42.0).contains(&done), "two clients, ten a second each: {done}");
    assert_eq!(done + missed, 200.0, "nothing that was due is forgotten");
    assert!(first(&report, "latency_ms/max") > 1000.0, "and who came late has waited");
    assert!(report["notes"][0].as_str().unwrap().contains("had no client"), "{report:#}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_answered_is_not_forgotten() {
    let (name, _client) = database().await;
    let report = report(&name, &["--sql", "SELECT pg_sleep(20)", "--clients", "3", "--duration", "1s", "--grace", "500ms"]).await;
    assert_eq!((number(&report, "/total/transactions"), number(&report, "/total/unfinished")), (0.0, 3.0));
    assert!((1400.0..4000.0).contains(&first(&report, "latency_ms/p50")), "as late as is known: {report:#}");
}
