//! The cap holds on the server, whatever clients do.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use tokio_postgres::{Client, NoTls};

use crate::{
    load::own_bed,
    support::{
        cluster, eventually,
        proxy::Proxy,
        text,
        wire::{cancel, query},
    },
};

const CAP: u32 = 5;
const TENANTS: usize = 4;

/// Server processes of the tenants' roles, but for those that read catalogs.
async fn processes(superuser: &Client, roles: &str) -> u32 {
    let count = format!("SELECT count(*) FROM pg_stat_activity WHERE usename IN ({roles}) AND application_name <> 'pgtenant catalog'");
    text(superuser, &count).await.parse().unwrap()
}

/// One client: it asks for this and that, leaves in the midst of things, cancels, and comes back.
async fn client(proxy: Arc<Proxy>, number: usize, stop: Arc<AtomicBool>) -> (u32, u32) {
    let (mut done, mut left) = (0, 0);
    let mut round = number;
    while !stop.load(Ordering::Relaxed) {
        round += 1;
        let login = format!("t{}_app", number % TENANTS);
        let Ok(mut wire) = proxy.try_wire(&login, &[]).await else { continue };
        match round % 5 {
            0 => {
                // Killed while its statement runs, or waits.
                wire.send(&query("SELECT pg_sleep(0.3)")).await;
                tokio::time::sleep(Duration::from_millis(10 + round as u64 % 7 * 10)).await;
                left += 1;
            }
            1 => {
                wire.send(&query("SELECT pg_sleep(0.5)")).await;
                tokio::time::sleep(Duration::from_millis(20)).await;
                let (process, key) = (wire.process, wire.key.clone());
                cancel(proxy.port(), process, &key).await;
                wire.ready().await;
            }
            2 => {
                wire.send(&query("BEGIN; CREATE TEMPORARY TABLE t (a int)")).await;
                wire.ready().await;
                left += 1;
            }
            _ => {
                for _ in 0..5 {
                    assert_eq!(wire.value("SELECT 7 FROM pg_sleep(0.002)").await, "7");
                    done += 1;
                }
            }
        }
    }
    (done, left)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn never_more_connections_than_the_cap_and_all_free_afterwards() {
    let mut bed = own_bed(CAP, &["max_connections = 5"; TENANTS]).await;
    bed.sections.push_str("[gate]\nmode = \"observe\"\n");
    let proxy = Arc::new(bed.serve().await);
    let roles: Vec<String> = (0..TENANTS).map(|tenant| format!("'{}'", proxy.bed.database(&format!("t{tenant}")))).collect();
    let roles = roles.join(",");
    let superuser = cluster::superuser(cluster::shared(), "postgres").await;
    let stop = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..40).map(|number| tokio::spawn(client(Arc::clone(&proxy), number, Arc::clone(&stop)))).collect();
    let (begun, mut most, mut samples) = (Instant::now(), 0, 0);
    while begun.elapsed() < Duration::from_secs(8) {
        most = most.max(processes(&superuser, &roles).await);
        samples += 1;
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    stop.store(true, Ordering::Relaxed);
    let (mut done, mut left) = (0, 0);
    for client in clients {
        let (its_done, its_left) = client.await.unwrap();
        (done, left) = (done + its_done, left + its_left);
    }
    println!("{done} statements, {left} clients left in the midst of one; at most {most} of {CAP} processes in {samples} looks");
    assert!(done > 100 && left > 40, "{done} statements, {left} who left");
    assert_eq!(most, CAP, "processes on the server");
    // All slots are there: one tenant gets every one of them at once.
    let mut holders = Vec::new();
    for _ in 0..CAP {
        let (client, connection) = proxy.config("t2_app").connect(NoTls).await.unwrap();
        tokio::spawn(connection);
        tokio::time::timeout(Duration::from_secs(10), client.batch_execute("BEGIN")).await.expect("a slot is lost").unwrap();
        holders.push(client);
    }
    assert_eq!(processes(&superuser, &roles).await, CAP);
    drop(holders);
    eventually("all processes of clients that left are clean or gone", || async { processes(&superuser, &roles).await <= CAP }).await;
}
