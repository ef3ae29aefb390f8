//! kill -9 of the primary under load, and a replica that is promoted a second later.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    load::{Fate, Load, Style, faults, first_success},
    support::text,
    trio::{Trio, WRITES_WHERE, tokens},
};

/// What is sent within so long of the kill may have been sent to a server that was about to die.
const AT_ONCE: Duration = Duration::from_millis(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_clients_see_a_pause() {
    let mut trio = Trio::start(1).await;
    let proxy = Arc::new(trio.serve("max_clients = 100\nmax_connections = 30\n", "").await);
    trio.synchronous().await;
    let load = Load::start(&proxy, &[(Style::Simple, 12), (Style::Prepared, 12), (Style::Block, 16), (Style::Seldom, 10)]).await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let kill = Instant::now();
    trio.primary.kill9();
    let killed = Instant::now();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let asked = Instant::now();
    trio.promote(0).await;
    let promoted = Instant::now();
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let (events, fates) = load.end().await;

    // Who had nothing under way has seen a pause and no error.
    let errors: Vec<_> = events.iter().filter(|event| event.error.is_some()).collect();
    for event in &errors {
        assert!(event.begun < killed + AT_ONCE, "{:?} after the kill: {event:?}", event.begun - killed);
        assert!(event.ended > kill, "before the kill: {event:?}");
        assert!(["08006", "57P01", "closed"].contains(&event.error.as_deref().unwrap()), "{event:?}");
    }
    let waited = events.iter().filter(|event| event.begun < asked && event.ended > asked && event.error.is_none()).count();
    // The others were logging in again.
    assert!(waited >= 25, "{waited} of 50 waited");
    // Work goes on within a second.
    let pause = first_success(&events, promoted).unwrap();
    let from_request = first_success(&events, asked).unwrap();
    let slowest = events.iter().filter(|event| event.begun < promoted && event.error.is_none()).map(|event| event.ended).max().unwrap();
    let count = |fate| fates.values().filter(|is| **is == fate).count();
    println!(
        "{} committed, {} unknown, {} abandoned; {} errors, {waited} waited; work goes on {pause:?} after the promotion ({from_request:?} after it was \
         asked for), the last that waited is done after {:?}; {:?} after the kill",
        count(Fate::Committed),
        count(Fate::Unknown),
        count(Fate::Abandoned),
        errors.len(),
        slowest.saturating_duration_since(promoted),
        slowest.duration_since(killed),
    );
    assert!(pause < Duration::from_secs(1), "{pause:?}");
    // Nothing is lost, nothing is there twice.
    let faults = faults(&tokens(&trio.replicas[0], &trio.database).await, &fates);
    assert!(faults.is_empty(), "{faults:?}");
    let client = proxy.client().await;
    assert_eq!(text(&client, WRITES_WHERE).await, "replica1");
    proxy.logged("writes go to another server", 1).await;
}
