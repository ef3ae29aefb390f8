//! A replica that stops, breaks or comes back.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use pgtenant::lifecycle::cluster::StopMode;
use rustix::process::Signal;

use crate::{
    pair::{Pair, WHERE, reads_there},
    support::{proxy::Proxy, text},
};

/// Reads without a pause. What they found where, when they were sent and how long they took; errors end the test.
struct Load {
    stop: Arc<AtomicBool>,
    seen: Arc<Mutex<Vec<(Instant, Duration, String)>>>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Load {
    async fn start(proxy: &Proxy, clients: usize) -> Load {
        let (stop, seen) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let mut tasks = Vec::new();
        for index in 0..clients {
            let client = proxy.client().await;
            reads_there(&client).await;
            let (stop, seen) = (Arc::clone(&stop), Arc::clone(&seen));
            tasks.push(tokio::spawn(async move {
                let prepared = client.prepare(WHERE).await.unwrap();
                while !stop.load(Ordering::Relaxed) {
                    let begun = Instant::now();
                    let at = match index % 2 {
                        0 => text(&client, WHERE).await,
                        _ => client.query_one(&prepared, &[]).await.unwrap().get(0),
                    };
                    seen.lock().unwrap().push((begun, begun.elapsed(), at));
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
            }));
        }
        Load { stop, seen, tasks }
    }

    /// Where reads ran that were sent in that time, and the longest of them.
    fn between(&self, from: Instant, to: Instant) -> (usize, usize, Duration) {
        let seen = self.seen.lock().unwrap();
        let those: Vec<_> = seen.iter().filter(|(at, _, _)| *at >= from && *at < to).collect();
        let there = those.iter().filter(|(_, _, at)| at == "replica").count();
        (there, those.len(), those.iter().map(|(_, took, _)| *took).max().unwrap_or_default())
    }

    async fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        for task in self.tasks {
            task.await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_partition_is_left_within_two_seconds_and_healing_noticed() {
    let pair = Pair::start("0");
    let proxy = pair.serve("").await;
    let load = Load::start(&proxy, 8).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let stopped = Instant::now();
    pair.signal(Signal::STOP);
    tokio::time::sleep(Duration::from_secs(4)).await;
    let continued = Instant::now();
    pair.signal(Signal::CONT);
    tokio::time::sleep(Duration::from_secs(4)).await;
    let ended = Instant::now();
    let (_, _, longest) = load.between(stopped - Duration::from_secs(1), ended);
    println!("the longest read took {longest:?}");
    assert!(longest < Duration::from_secs(2), "{longest:?}");
    let (there, all, _) = load.between(stopped + Duration::from_secs(2), continued);
    assert!(there == 0 && all > 100, "{there} of {all}");
    let (there, all, _) = load.between(continued + Duration::from_secs(2), ended);
    assert!(there * 10 > all * 9 && all > 100, "{there} of {all}");
    load.end().await;
    proxy.logged("server is down", 1).await;
    proxy.logged("server is replica", 2).await;
}

#[tokio::test]
async fn a_replica_that_dies_is_nobodys_error() {
    let mut pair = Pair::start("0");
    let proxy = pair.serve("").await;
    let load = Load::start(&proxy, 8).await;
    for mode in [StopMode::Immediate, StopMode::Fast] {
        tokio::time::sleep(Duration::from_millis(300)).await;
        pair.replica.stop(mode);
        tokio::time::sleep(Duration::from_secs(2)).await;
        let begun = Instant::now();
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(load.between(begun, Instant::now()).0, 0);
        pair.replica.start_again().unwrap();
        // Breakers let reads in again one by one.
        tokio::time::sleep(Duration::from_secs(5)).await;
        let begun = Instant::now();
        tokio::time::sleep(Duration::from_millis(500)).await;
        let (there, all, _) = load.between(begun, Instant::now());
        assert!(there * 10 > all * 8, "{there} of {all}");
    }
    load.end().await;
}

#[tokio::test]
async fn reads_cancelled_by_replay_run_on_the_primary() {
    let pair = Pair::start("0");
    let proxy = pair.serve("consistency = \"eventual\"\n").await;
    let client = proxy.client().await;
    reads_there(&client).await;
    let replica = crate::support::cluster::superuser(&pair.replica, "postgres").await;
    let database = proxy.bed.database("acme");
    let load = Load::start(&proxy, 4).await;
    for _ in 0..20 {
        let sql = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}' AND usename = '{database}'");
        replica.batch_execute(&sql).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    load.end().await;
}

/// A promoted replica isn't one any more: writes go there, and nothing goes to the old primary, although it is well.
#[tokio::test]
async fn a_promoted_replica_is_the_primary() {
    let pair = Pair::start("0");
    let proxy = pair.serve("").await;
    let client = proxy.client().await;
    reads_there(&client).await;
    let replica = crate::support::cluster::superuser(&pair.replica, "postgres").await;
    replica.batch_execute("SELECT pg_promote()").await.unwrap();
    proxy.logged("server is outdated primary", 1).await;
    proxy.logged("writes go to another server", 1).await;
    for id in 1000..1020 {
        crate::support::run(&client, &format!("INSERT INTO t VALUES ({id}, 1)")).await;
        assert_eq!(text(&client, WHERE).await, "replica");
    }
    let old = crate::support::cluster::superuser(&pair.primary, &proxy.bed.database("acme")).await;
    assert_eq!(text(&old, "SELECT count(*) FROM t WHERE id >= 1000").await, "0");
}
