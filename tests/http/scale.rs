//! Ten thousand tenants: what a scrape costs, and how soon pages answer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use crate::{
    client::{Http, serve_with},
    support::{bed::Bed, cluster, proxy::Proxy, run},
};

const TENANTS: usize = 10_000;
const ROUND: Duration = Duration::from_secs(4);
const ROUNDS: usize = 8;

/// They share a pool: what a scrape looks at is their counts.
async fn bed() -> Bed {
    let database = cluster::database(cluster::shared()).await;
    let mut bed = Bed::empty();
    bed.shards = format!(
        "[shards.east]\nprimary = \"{} sslmode=disable\"\nuser = \"{database}\"\npassword = \"file:role_secret\"\nmax_connections = 20\n",
        cluster::shared().address(&database)
    );
    bed.models =
        "[models.own]\nkind = \"row\"\ntenant_column = \"tenant_id\"\nsetting = \"app.current_tenant\"\nlock = \"shared\"\n".to_owned();
    bed.tenants =
        (0..TENANTS).map(|number| format!("[tenants.c{number}]\nshard = \"east\"\nmodel = \"own\"\nplan = \"basic\"\n")).collect();
    bed.login("app", "tenants = [\"*\"]\nsecret = \"file:secret\"");
    bed
}

/// Statements that eight clients get done in a round.
async fn work(clients: &[Arc<tokio_postgres::Client>]) -> u64 {
    let (done, end) = (Arc::new(AtomicU64::new(0)), Instant::now() + ROUND);
    let tasks = clients.iter().cloned().map(|client| {
        let done = Arc::clone(&done);
        tokio::spawn(async move {
            while Instant::now() < end {
                run(&client, "SELECT 1").await;
                done.fetch_add(1, Ordering::Relaxed);
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    done.load(Ordering::Relaxed)
}

async fn come(proxy: &Proxy) {
    let tasks = (0..20).map(|part| {
        let mut config = proxy.config("app");
        tokio::spawn(async move {
            for number in (part..TENANTS).step_by(20) {
                let (client, connection) = config.dbname(format!("c{number}")).connect(tokio_postgres::NoTls).await.unwrap();
                let connection = tokio::spawn(connection);
                run(&client, "SELECT 1").await;
                drop(client);
                connection.await.unwrap().unwrap();
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}

/// The slowest of some answers.
async fn slowest(http: &Http, path: &str) -> Duration {
    let mut slowest = Duration::ZERO;
    for _ in 0..10 {
        let begun = Instant::now();
        assert_eq!(http.get(path).await.status, 200, "{path}");
        slowest = slowest.max(begun.elapsed());
    }
    slowest
}

/// Rounds with and without a scrape every 100 ms take turns. Figures are printed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures: to be run alone"]
async fn scrapes_and_pages_with_ten_thousand_tenants() {
    let (proxy, http) = serve_with(bed().await, "").await;
    come(&proxy).await;
    let scraped = http.get("/metrics").await.body;
    assert!(scraped.contains(&format!("pgtenant_tenants {TENANTS}\n")), "{scraped}");
    for path in ["/", "/tenants", "/tenants?by=rows&from=9950", "/tenants/c77", "/map", "/api/v1/tenants?limit=1000"] {
        let time = slowest(&http, path).await;
        println!("{path}: {time:?} at most");
        assert!(time < Duration::from_millis(200), "{path}: {time:?}");
    }
    let mut clients = Vec::new();
    for number in 0..8 {
        let (client, connection) = proxy.config("app").dbname(format!("c{number}")).connect(tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        clients.push(Arc::new(client));
    }
    work(&clients).await;
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        without.push(work(&clients).await);
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, port) = (Arc::clone(&stop), http.port);
        let scraping = tokio::spawn(async move {
            let (http, mut ticks, mut count) = (Http { port, token: None }, tokio::time::interval(Duration::from_millis(100)), 0);
            while !stopped.load(Ordering::Relaxed) {
                ticks.tick().await;
                assert_eq!(http.get("/metrics").await.status, 200);
                count += 1;
            }
            count
        });
        with.push(work(&clients).await);
        stop.store(true, Ordering::Relaxed);
        let scrapes = scraping.await.unwrap();
        assert!(scrapes > 35, "{scrapes}");
    }
    without.sort_unstable();
    with.sort_unstable();
    let (alone, scraped) = (without[ROUNDS / 2] as f64, with[ROUNDS / 2] as f64);
    println!(
        "statements in {ROUND:?}: {without:?} without, {with:?} with a scrape every 100 ms: {:+.1} %",
        (scraped / alone - 1.0) * 100.0
    );
}
