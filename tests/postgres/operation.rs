//! Reload, shutdown, and shards that die.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use rustix::process::Signal;
use tokio_postgres::NoTls;

use crate::support::{
    bed::{Bed, PASSWORD},
    cluster, eventually,
    fake_server::FakeServer,
    refusal, run, text,
    wire::*,
};

#[tokio::test]
async fn reload_on_sighup_and_on_file_change() {
    let mut proxy = Bed::new().await.serve().await;
    let mut before = proxy.wire().await;
    let acme = proxy.bed.database("acme");
    before.value("BEGIN").await;
    // A login is added; the file's watch notices.
    proxy.bed.login("second", "tenant = \"acme\"\nsecret = \"file:secret\"");
    assert_eq!(proxy.try_wire("second", &[]).await.err().unwrap().state(), "28P01");
    proxy.bed.write();
    proxy.logged("shard map taken", 1).await;
    assert_eq!(proxy.wire_of("second", &[]).await.value("SELECT current_user").await, acme);
    // A bad file: the old map stays in force, and the log says why.
    let good = proxy.bed.tenants.clone();
    proxy.bed.tenants = good.replace("shard = \"east\"", "shard = \"nowhere\"");
    proxy.bed.write();
    proxy.signal(Signal::HUP);
    proxy.logged("the shard map stays as it was", 1).await;
    assert!(proxy.log().contains("nowhere"), "{}", proxy.log());
    assert_eq!(proxy.wire_of("second", &[]).await.value("SELECT 1").await, "1");
    // A session that was there all the time has noticed nothing.
    assert_eq!(before.value("SELECT 2").await, "2");
    before.value("COMMIT").await;
    // A tenant that is suspended loses its sessions and lets nobody in.
    proxy.bed.tenants = format!("{good}status = \"suspended\"\n");
    proxy.bed.write();
    proxy.signal(Signal::HUP);
    assert_eq!(states(&before.rest().await), ["57P01"]);
    assert_eq!(proxy.try_wire("acme_app", &[]).await.err().unwrap().state(), "57P03");
}

#[tokio::test]
async fn a_reload_counts_for_those_who_log_in() {
    let mut proxy = Bed::new().await.serve().await;
    let mut waiting = Vec::new();
    for _ in 0..3 {
        let mut wire = proxy.dial().await;
        wire.start("acme_app", &[]).await;
        waiting.push(wire);
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let good = proxy.bed.tenants.clone();
    let mut reload = async |tenants: String, times: usize| {
        proxy.bed.tenants = tenants;
        proxy.bed.write();
        proxy.signal(Signal::HUP);
        proxy.logged("shard map taken", times).await;
    };
    // A map that says the same of them lets them in; one that has suspended their tenant doesn't.
    reload(format!("{good}# nothing new\n"), 1).await;
    let mut wire = waiting.pop().unwrap();
    wire.authenticate("acme_app", PASSWORD).await.unwrap();
    assert_eq!(wire.value("SELECT 1").await, "1");
    reload(format!("{good}status = \"suspended\"\n"), 2).await;
    assert_eq!(waiting.pop().unwrap().authenticate("acme_app", PASSWORD).await.unwrap_err().state(), "57P03");
}

#[tokio::test]
async fn sessions_of_a_tenant_under_other_rules_end_with_their_transactions() {
    let mut proxy = Bed::new().await.serve().await;
    let (mut idle, mut busy) = (proxy.wire().await, proxy.wire().await);
    busy.query("CREATE TABLE t (a int); BEGIN; INSERT INTO t VALUES (1)").await;
    proxy.bed.plan.push_str("ddl = false\n");
    proxy.bed.write();
    proxy.signal(Signal::HUP);
    assert_eq!(states(&idle.rest().await), ["57P01"]);
    busy.query("INSERT INTO t VALUES (2)").await;
    busy.send(&query("COMMIT")).await;
    assert_eq!(shape(&busy.rest().await), "CZE");
    let mut wire = proxy.wire().await;
    assert_eq!(wire.value("SELECT count(*) FROM t").await, "2");
    assert_eq!(states(&wire.query("CREATE TABLE u (a int)").await), ["42501"]);
}

#[tokio::test]
async fn limits_follow_the_map() {
    let mut bed = Bed::new().await;
    bed.plan = "max_connections = 1\n".to_owned();
    let mut proxy = bed.serve().await;
    let (one, two) = (proxy.client().await, proxy.client().await);
    run(&one, "BEGIN").await;
    proxy.bed.plan = "max_connections = 2\n".to_owned();
    proxy.bed.write();
    proxy.signal(Signal::HUP);
    proxy.logged("shard map taken", 1).await;
    // A login carries the new limits to the pool.
    let three = proxy.client().await;
    assert_eq!(text(&three, "SELECT 1").await, "1");
    assert_eq!(text(&two, "SELECT 1").await, "1");
}

#[tokio::test]
async fn sigterm_lets_transactions_finish() {
    let mut proxy = Bed::new().await.serve().await;
    let (mut idle, mut busy, mut running, mut pinned) = (proxy.wire().await, proxy.wire().await, proxy.wire().await, proxy.wire().await);
    idle.value("SELECT 1").await;
    pinned.value("CREATE TEMP TABLE t (a int)").await;
    busy.value("BEGIN").await;
    running.send(&query("SELECT 'ran' FROM pg_sleep(0.5)")).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    proxy.signal(Signal::TERM);
    for wire in [&mut idle, &mut pinned] {
        let end = wire.rest().await;
        assert_eq!((states(&end), end[0].field(b'S')), (vec!["57P01"], "FATAL"));
    }
    assert_eq!(busy.value("SELECT 2").await, "2");
    assert!(tokio::net::TcpStream::connect(("127.0.0.1", proxy.port())).await.is_err(), "no new connections");
    assert_eq!(firsts(&running.ready().await), ["ran"]);
    assert_eq!(states(&running.rest().await), ["57P01"]);
    assert!(proxy.runs());
    busy.send(&query("COMMIT")).await;
    let end = busy.rest().await;
    assert_eq!((shape(&end).as_str(), states(&end)), ("CZE", vec!["57P01"]));
    assert_eq!(proxy.ended(Duration::from_secs(3)).await.code(), Some(0));
}

#[tokio::test]
async fn sigterm_waits_no_longer_than_it_may() {
    let mut bed = Bed::new().await;
    bed.timeouts = "drain_timeout = \"300ms\"\n".to_owned();
    let mut proxy = bed.serve().await;
    let mut busy = proxy.wire().await;
    busy.value("BEGIN").await;
    proxy.signal(Signal::TERM);
    assert_eq!(states(&busy.rest().await), ["57P01"]);
    assert_eq!(proxy.ended(Duration::from_secs(3)).await.code(), Some(0));
}

#[tokio::test]
async fn sigint_ends_at_once() {
    let mut proxy = Bed::new().await.serve().await;
    let mut busy = proxy.wire().await;
    busy.value("BEGIN").await;
    let begun = Instant::now();
    proxy.signal(Signal::INT);
    busy.rest().await;
    assert_eq!(proxy.ended(Duration::from_secs(2)).await.code(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(2));
}

/// A hundred clients on two shards; one shard is killed, then comes back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shard_dies_and_comes_back() {
    let mut west = cluster::own(&[]);
    let mut bed = Bed::new().await;
    bed.plan = "max_connections = 50\n".to_owned();
    bed.shard("west", &format!("{} sslmode=disable", west.address("postgres")), 60);
    let database = cluster::database(&west).await;
    bed.tenant("globex", "west", &database);
    let proxy = bed.serve().await;
    let stop = Arc::new(AtomicBool::new(false));
    let (east_runs, west_told, west_back) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (killed, restarted) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let connected = Arc::new(AtomicUsize::new(0));
    let mut tasks = Vec::new();
    for number in 0..100_usize {
        let connected = Arc::clone(&connected);
        let on_west = number % 2 == 1;
        let config = proxy.config(if on_west { "globex_app" } else { "acme_app" });
        let (stop, east_runs, west_told, west_back) =
            (Arc::clone(&stop), Arc::clone(&east_runs), Arc::clone(&west_told), Arc::clone(&west_back));
        let (killed, restarted) = (Arc::clone(&killed), Arc::clone(&restarted));
        tasks.push(tokio::spawn(async move {
            let (mut client, connection) = config.connect(NoTls).await.unwrap();
            tokio::spawn(connection);
            // Some are in the midst of a statement, others in an open transaction, the rest between two.
            if number % 4 == 1 {
                client.batch_execute("BEGIN").await.unwrap();
            }
            connected.fetch_add(1, Ordering::SeqCst);
            let (mut told, mut back) = (false, false);
            while !stop.load(Ordering::Relaxed) {
                let sql = if number % 8 < 2 { "SELECT pg_sleep(0.2)" } else { "SELECT 1" };
                match refusal(&client, sql).await.as_str() {
                    "" if on_west => {
                        if restarted.load(Ordering::SeqCst) && !back {
                            back = true;
                            west_back.fetch_add(1, Ordering::SeqCst);
                        }
                    }
                    "" => drop(east_runs.fetch_add(1, Ordering::Relaxed)),
                    state => {
                        assert!(on_west, "a client of the shard that lives was told {state}");
                        assert!(["57P03", "08006", "57P01", "57P02", "closed"].contains(&state), "{state}");
                        if killed.load(Ordering::SeqCst) && !told {
                            told = true;
                            west_told.fetch_add(1, Ordering::SeqCst);
                        }
                        if client.is_closed()
                            && let Ok((next, connection)) = config.connect(NoTls).await
                        {
                            tokio::spawn(connection);
                            client = next;
                        }
                    }
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }));
    }
    eventually("all are connected", || async { connected.load(Ordering::SeqCst) == 100 }).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    killed.store(true, Ordering::SeqCst);
    let begun = Instant::now();
    west.kill9();
    while west_told.load(Ordering::SeqCst) < 50 {
        assert!(begun.elapsed() < Duration::from_secs(5), "{west_told:?} of 50 clients were told within 5 s");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    eprintln!("all 50 clients of the dead shard were told within {:?}", begun.elapsed());
    west.start_again().unwrap();
    restarted.store(true, Ordering::SeqCst);
    eventually("all are back", || async { west_back.load(Ordering::SeqCst) == 50 }).await;
    let east = east_runs.load(Ordering::Relaxed);
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.unwrap();
    }
    assert!(east > 100, "{east}");
}

#[tokio::test]
async fn a_black_hole_hangs_nobody() {
    let hole = FakeServer::start(|peer| peer.hang()).await;
    let mut bed = Bed::new().await;
    bed.pool = "connect_timeout = \"500ms\"\n".to_owned();
    bed.shard("hole", &hole.address(), 20);
    bed.tenant("globex", "hole", "nothing");
    let proxy = bed.serve().await;
    let other = proxy.client().await;
    let begun = Instant::now();
    let mut attempts = Vec::new();
    for _ in 0..10 {
        let mut wire = proxy.dial().await;
        attempts.push(tokio::spawn(async move { wire.log_in("globex_app", PASSWORD, &[]).await.unwrap_err().state().to_owned() }));
    }
    assert_eq!(text(&other, "SELECT 1").await, "1");
    for attempt in attempts {
        assert_eq!(attempt.await.unwrap(), "57P03");
    }
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    assert_eq!(text(&other, "SELECT 2").await, "2");
}
