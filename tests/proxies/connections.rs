//! Server connections, counted on the server, through three proxies.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use tokio_postgres::Client;

use crate::{
    group::{Group, Shares},
    support::{
        bed::Bed,
        cluster, eventually, text,
        wire::{cancel, query, states},
    },
};

const CAP: u32 = 6;
const TENANTS: usize = 3;

/// Server processes of the tenants' roles, but for those that read catalogs.
async fn processes(superuser: &Client, roles: &str) -> u32 {
    let count = format!("SELECT count(*) FROM pg_stat_activity WHERE usename IN ({roles}) AND application_name <> 'pgtenant catalog'");
    text(superuser, &count).await.parse().unwrap()
}

/// One client: it asks for this and that through this proxy and that one, leaves in the midst of things, cancels, and comes back.
async fn client(group: Arc<Group>, number: usize, stop: Arc<AtomicBool>) -> [u32; 3] {
    let mut done = [0; 3];
    let mut round = number;
    while !stop.load(Ordering::Relaxed) {
        round += 1;
        let at = round % 3;
        let proxy = &group.proxies[at];
        let login = format!("t{}_app", number % TENANTS);
        let Ok(mut wire) = proxy.try_wire(&login, &[]).await else { continue };
        match round % 4 {
            0 => {
                wire.send(&query("SELECT pg_sleep(0.2)")).await;
                tokio::time::sleep(Duration::from_millis(10 + round as u64 % 7 * 10)).await;
            }
            1 => {
                wire.send(&query("SELECT pg_sleep(0.3)")).await;
                tokio::time::sleep(Duration::from_millis(20)).await;
                cancel(proxy.port(), wire.process, &wire.key.clone()).await;
                wire.ready().await;
            }
            _ => {
                for _ in 0..5 {
                    assert_eq!(wire.value("SELECT 7 FROM pg_sleep(0.002)").await, "7");
                    done[at] += 1;
                }
            }
        }
    }
    done
}

async fn bed(cap: u32, limits: &str) -> Bed {
    let mut bed = Bed::empty();
    bed.shard("east", &format!("{} sslmode=disable", cluster::shared().address("postgres")), cap);
    for number in 0..TENANTS {
        bed.another(&format!("t{number}")).await;
        bed.tenants.push_str(&format!("[tenants.t{number}.limits]\n{limits}\n"));
    }
    bed.sections.push_str("[gate]\nmode = \"observe\"\n");
    bed
}

fn roles(group: &Group) -> String {
    let role = |tenant| format!("'{}'", group.proxies[0].bed.database(&format!("t{tenant}")));
    (0..TENANTS).map(role).collect::<Vec<_>>().join(",")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn never_more_connections_than_the_cap() {
    let group = Arc::new(Group::start(bed(CAP, "max_connections = 6").await, 3, Shares::BesideMap).await);
    let roles = roles(&group);
    let superuser = cluster::superuser(cluster::shared(), "postgres").await;
    let stop = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..30).map(|number| tokio::spawn(client(Arc::clone(&group), number, Arc::clone(&stop)))).collect();
    let (begun, mut most, mut samples) = (Instant::now(), 0, 0);
    while begun.elapsed() < Duration::from_secs(10) {
        most = most.max(processes(&superuser, &roles).await);
        samples += 1;
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    stop.store(true, Ordering::Relaxed);
    let mut done = [0; 3];
    for client in clients {
        let its = client.await.unwrap();
        (0..3).for_each(|at| done[at] += its[at]);
    }
    println!("{done:?} statements through three proxies; at most {most} of {CAP} processes in {samples} looks");
    assert!(done.iter().all(|done| *done > 20), "{done:?}");
    assert!((CAP - 1..=CAP).contains(&most), "{most} processes on the server");
    // One proxy gets all slots where the others need none.
    let mut holders = Vec::new();
    for _ in 0..CAP {
        let mut wire = group.proxies[2].wire_of("t1_app", &[]).await;
        tokio::time::timeout(Duration::from_secs(10), wire.query("BEGIN")).await.expect("a slot is lost");
        holders.push(wire);
    }
    assert_eq!(processes(&superuser, &roles).await, CAP);
}

/// A tenant's only connection serves the clients of three proxies in turns.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_only_connection_goes_from_hand_to_hand() {
    let group = Group::start(bed(40, "max_connections = 1").await, 3, Shares::BesideMap).await;
    let superuser = cluster::superuser(cluster::shared(), "postgres").await;
    let role = format!("'{}'", group.proxies[0].bed.database("t0"));
    let stop = Arc::new(AtomicBool::new(false));
    let mut tasks = Vec::new();
    for proxy in &group.proxies {
        let mut wire = proxy.wire_of("t0_app", &[]).await;
        let stop = Arc::clone(&stop);
        tasks.push(tokio::spawn(async move {
            let (mut done, mut longest) = (0, Duration::ZERO);
            while !stop.load(Ordering::Relaxed) {
                let begun = Instant::now();
                let answer = wire.query("SELECT pg_sleep(0.01)").await;
                assert!(states(&answer).is_empty(), "{answer:?}");
                longest = longest.max(begun.elapsed());
                done += 1;
            }
            (done, longest)
        }));
    }
    let (begun, mut most) = (Instant::now(), 0);
    while begun.elapsed() < Duration::from_secs(12) {
        most = most.max(processes(&superuser, &role).await);
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    stop.store(true, Ordering::Relaxed);
    let mut told = Vec::new();
    for task in tasks {
        told.push(task.await.unwrap());
    }
    println!("one connection for three proxies: {told:?} (statements, longest wait)");
    assert_eq!(most, 1, "processes on the server");
    assert!(told.iter().all(|(done, longest)| *done >= 50 && *longest < Duration::from_secs(8)), "{told:?}");
}

/// A change of the map is a change of what they share.
#[tokio::test]
async fn another_limit_counts_for_all() {
    let mut group = Group::start(bed(40, "max_connections = 2").await, 3, Shares::BesideMap).await;
    let hold = async |group: &Group, at: usize| {
        let begun = async {
            let mut wire = group.proxies[at].wire_of("t0_app", &[]).await;
            wire.query("BEGIN").await;
            wire
        };
        tokio::time::timeout(Duration::from_secs(3), begun).await.ok()
    };
    let holders: Vec<_> = [hold(&group, 0).await, hold(&group, 1).await].into_iter().flatten().collect();
    assert!(holders.len() == 2 && hold(&group, 2).await.is_none());
    let bed = &mut group.proxies[0].bed;
    bed.tenants = bed.tenants.replace("max_connections = 2", "max_connections = 4");
    bed.write();
    let holders = std::cell::RefCell::new(holders);
    eventually("two more", || async {
        let more = hold(&group, 2).await;
        holders.borrow_mut().extend(more);
        holders.borrow().len() == 4
    })
    .await;
    assert!(hold(&group, 0).await.is_none());
}
