//! What each tenant gets of a shard that is too small for all of them.

use std::time::Duration;

use crate::{
    load::{Clients, ROLE_KEY, own_bed, roles, sessions, shared_bed, shared_cluster},
    support::proxy::Proxy,
};

const WEIGHTS: [u32; 3] = [1, 2, 4];
/// The server sleeps: what is measured is turns, not processors.
const WORK: &str = "SELECT pg_sleep(0.005)";

/// Three tenants that all want everything: each gets what its weight says, within `slack`.
async fn shared_by_weight(proxy: &Proxy, time: Duration, slack: f64) {
    let mut clients = Vec::new();
    for tenant in 0..WEIGHTS.len() {
        clients.push(Clients::start(sessions(proxy, tenant, 14).await, WORK));
    }
    // Until all have their connections.
    tokio::time::sleep(Duration::from_millis(500)).await;
    clients.iter().for_each(|clients| drop(clients.take()));
    tokio::time::sleep(time).await;
    let done: Vec<usize> = clients.iter().map(|clients| clients.take().len()).collect();
    Clients::stop_all(clients).await;
    println!("weights {WEIGHTS:?}: {done:?} statements in {time:?}");
    let (all, weights) = (done.iter().sum::<usize>() as f64, WEIGHTS.iter().sum::<u32>());
    for (done, weight) in done.iter().zip(WEIGHTS) {
        let (is, should) = (*done as f64 / all, f64::from(weight) / f64::from(weights));
        assert!((is / should - 1.0).abs() <= slack, "a tenant of weight {weight} has {is:.3} instead of {should:.3}");
    }
}

async fn in_a_shared_pool(time: Duration, slack: f64) {
    let cluster = shared_cluster().await;
    let limits = WEIGHTS.map(|weight| format!("weight = {weight}\nmax_connections = 10"));
    let proxy = shared_bed(&cluster, 7, &limits).serve().await;
    shared_by_weight(&proxy, time, slack).await;
}

async fn among_pools(time: Duration, slack: f64) {
    let limits = WEIGHTS.map(|weight| format!("weight = {weight}\nmax_connections = 7"));
    let proxy = own_bed(7, &limits.each_ref().map(String::as_str)).await.serve().await;
    shared_by_weight(&proxy, time, slack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn weights_in_a_shared_pool() {
    in_a_shared_pool(Duration::from_secs(4), 0.10).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn weights_among_pools() {
    among_pools(Duration::from_secs(6), 0.15).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "twenty seconds each: make test-fairness"]
async fn weights_within_five_percent() {
    in_a_shared_pool(Duration::from_secs(20), 0.05).await;
    among_pools(Duration::from_secs(20), 0.05).await;
}

/// So many tenants of so many clients each on twenty connections, until they have done so many statements each on average. Turns are by
/// server time, and statements take longer now and then, so that few of them say less.
async fn nobody_starves(tenants: usize, clients: usize, each: usize, least: f64) {
    let cluster = shared_cluster().await;
    let mut bed = shared_bed(&cluster, 20, &vec!["max_connections = 5".to_owned(); tenants]);
    bed.pool.push_str("checkout_timeout = \"300s\"\n");
    let proxy = bed.serve().await;
    let mut wires = Vec::new();
    for tenant in 0..tenants {
        wires.push(sessions(&proxy, tenant, clients).await);
    }
    let clients: Vec<Clients> = wires.into_iter().map(|wires| Clients::start(wires, "SELECT pg_sleep(0.01)")).collect();
    while clients.iter().map(Clients::done).sum::<usize>() < each * tenants {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut done: Vec<usize> = clients.iter().map(Clients::done).collect();
    Clients::stop_all(clients).await;
    done.sort_unstable();
    let [worst, tenth, median, ninetieth, best] = [0, 10, 50, 90, 100].map(|percent| done[(tenants - 1) * percent / 100]);
    println!(
        "{tenants} tenants: {worst} to {best} statements, {tenth} to {ninetieth} without the tenth at either end, half below {median}"
    );
    assert!(worst as f64 / best as f64 >= least, "{worst} to {best}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_tenants_on_twenty_connections() {
    nobody_starves(100, 3, 60, 0.8).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a minute: make test-fairness"]
async fn a_thousand_tenants_on_twenty_connections() {
    nobody_starves(1000, 10, 50, 0.8).await;
}

/// So many tenants of three clients each: statements in the time given.
async fn throughput(proxy: &Proxy, tenants: usize, time: Duration) -> (usize, f64) {
    let mut wires = Vec::new();
    for tenant in 0..tenants {
        wires.push(sessions(proxy, tenant, 3).await);
    }
    println!("{} sessions are there", tenants * 3);
    let clients: Vec<Clients> = wires.into_iter().map(|wires| Clients::start(wires, "SELECT count(*) FROM orders")).collect();
    tokio::time::sleep(Duration::from_secs(2)).await;
    clients.iter().for_each(|clients| drop(clients.take()));
    tokio::time::sleep(time).await;
    let done: Vec<usize> = clients.iter().map(|clients| clients.take().len()).collect();
    Clients::stop_all(clients).await;
    let (worst, best) = (done.iter().min().unwrap(), done.iter().max().unwrap());
    println!("{tenants} tenants: {} statements in {time:?}, {worst} to {best} each", done.iter().sum::<usize>());
    (done.iter().sum(), *worst as f64 / *best as f64)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a minute: make test-fairness"]
async fn pools_of_their_own_take_turns_long_enough_to_pay_for_connections() {
    const TENANTS: usize = 200;
    let cluster = shared_cluster().await;
    let limits = vec!["max_connections = 5\nmax_wait = \"60s\"".to_owned(); TENANTS];
    let time = Duration::from_secs(10);
    let (shared, _) = throughput(&shared_bed(&cluster, 40, &limits).serve().await, TENANTS, time).await;
    let mut bed = shared_bed(&cluster, 40, &limits);
    roles(&cluster, TENANTS).await;
    bed.tenants = bed.tenants.replace("lock = \"shared\"", "lock = \"login\"\nrole = \"r_{tenant}\"");
    bed.shards.push_str("role_key = \"file:role_key\"\n");
    bed.file("role_key", ROLE_KEY);
    let (own, evenly) = throughput(&bed.serve().await, TENANTS, time).await;
    assert!(own as f64 >= 0.5 * shared as f64, "{own} statements in pools of their own, {shared} in a shared one");
    // Ten seconds are a few turns of each.
    assert!(evenly > 0.02, "the worst has {evenly:.2} of the best");
}
