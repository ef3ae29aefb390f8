//! Nothing stale is read: what a session, or a tenant, has written is there, and nobody goes back in time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio_postgres::Client;

use crate::{
    pair::{Pair, WHERE, reads_there},
    support::{proxy::Proxy, run, text},
};

/// How many writes are followed by reads.
fn rounds() -> i64 {
    std::env::var("PGTENANT_REPLICA_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(1500)
}

async fn clients(proxy: &Proxy, count: usize) -> Vec<Client> {
    let mut clients = Vec::new();
    for _ in 0..count {
        clients.push(proxy.client().await);
    }
    clients
}

async fn number(client: &Client, sql: &str) -> i64 {
    text(client, sql).await.parse().unwrap()
}

/// So that some reads fall before, some behind the moment at which the replica has caught up.
async fn pause(round: i64) {
    if round % 50 == 0 {
        tokio::time::sleep(Duration::from_millis(180 + (round as u64 * 7) % 120)).await;
    }
}

/// Which reads went to the replica, and how many there were.
#[derive(Default)]
struct Tally {
    there: AtomicU64,
    all: AtomicU64,
}

impl Tally {
    fn count(&self, at: &str) {
        self.all.fetch_add(1, Ordering::Relaxed);
        self.there.fetch_add(u64::from(at == "replica"), Ordering::Relaxed);
    }

    fn share(&self) -> f64 {
        self.there.load(Ordering::Relaxed) as f64 / self.all.load(Ordering::Relaxed) as f64
    }
}

/// A read that also tells where it ran.
async fn read(client: &Client, id: i64, tally: &Tally) -> i64 {
    let row = client.simple_query(&format!("SELECT n, current_setting('cluster_name') FROM t WHERE id = {id}")).await.unwrap();
    let row = row.iter().find_map(|message| match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let row = row.unwrap();
    tally.count(row.get(1).unwrap());
    row.get(0).unwrap().parse().unwrap()
}

/// A write, then at once reads of eight other sessions of the tenant; meanwhile a quiet tenant reads.
async fn no_stale_read_in_the_tenant(delay: &str) {
    let pair = Pair::start(delay);
    let proxy = pair.serve("consistency = \"tenant\"\n").await;
    let (writer, readers) = (proxy.client().await, clients(&proxy, 8).await);
    let quiet = proxy.client_of("globex_app").await;
    reads_there(&readers[0]).await;
    reads_there(&quiet).await;
    let (busy, calm) = (Tally::default(), Tally::default());
    for round in 1..=rounds() {
        run(&writer, &format!("UPDATE t SET n = {round} WHERE id = 1")).await;
        let reads = readers.iter().map(|reader| read(reader, 1, &busy));
        let mut all = Vec::new();
        for read in reads {
            all.push(read);
        }
        for value in join(all).await {
            assert!(value >= round, "stale: {value} after {round}");
        }
        if round % 3 == 0 {
            assert_eq!(read(&quiet, 1, &calm).await, 0);
        }
        pause(round).await;
        if round % 50 == 0 {
            assert!(read(&readers[0], 1, &busy).await >= round);
        }
    }
    println!(
        "{delay}: {:.1} % of {} reads of the busy tenant went to the replica, {:.1} % of the quiet one's",
        busy.share() * 100.0,
        busy.all.load(Ordering::Relaxed),
        calm.share() * 100.0
    );
    assert!(calm.share() >= 0.9, "{}", calm.share());
    assert!(busy.share() > 0.0, "the replica was never asked, so that nothing is shown");
}

/// Waits for all of some futures, which go on side by side.
async fn join<T, F: Future<Output = T>>(futures: Vec<F>) -> Vec<T> {
    let mut pending: Vec<(std::pin::Pin<Box<F>>, Option<T>)> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|cx| {
        for (future, value) in pending.iter_mut().filter(|(_, value)| value.is_none()) {
            if let std::task::Poll::Ready(done) = future.as_mut().poll(cx) {
                *value = Some(done);
            }
        }
        if pending.iter().all(|(_, value)| value.is_some()) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    pending.into_iter().filter_map(|(_, value)| value).collect()
}

#[tokio::test]
async fn no_stale_read_in_the_tenant_behind_a_slow_replica() {
    no_stale_read_in_the_tenant("200ms").await;
}

#[tokio::test]
async fn no_stale_read_in_the_tenant_behind_a_fast_replica() {
    no_stale_read_in_the_tenant("0").await;
}

/// Each session finds what it has written itself, over both protocols.
#[tokio::test]
async fn no_stale_read_in_the_session() {
    let pair = Pair::start("200ms");
    let proxy = Arc::new(pair.serve("").await);
    let tally = Arc::new(Tally::default());
    let mut tasks = Vec::new();
    for id in 10..18i64 {
        let (client, tally) = (proxy.client().await, Arc::clone(&tally));
        tasks.push(tokio::spawn(async move {
            reads_there(&client).await;
            let update = client.prepare("UPDATE t SET n = $1 WHERE id = $2").await.unwrap();
            let select = client.prepare("SELECT n, current_setting('cluster_name') FROM t WHERE id = $1").await.unwrap();
            for round in 1..=rounds() / 8 {
                if round % 2 == 0 {
                    run(&client, &format!("BEGIN; UPDATE t SET n = {round} WHERE id = {id}; COMMIT")).await;
                } else {
                    client.execute(&update, &[&round, &(id as i32)]).await.unwrap();
                }
                let row = client.query_one(&select, &[&(id as i32)]).await.unwrap();
                assert_eq!(row.get::<_, i64>(0), round);
                tally.count(row.get(1));
                assert_eq!(read(&client, id, &tally).await, round);
                pause(round + id).await;
                assert_eq!(read(&client, id, &tally).await, round);
            }
            // As soon as it has caught up.
            reads_there(&client).await;
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    println!("session: {:.1} % of {} reads went to the replica", tally.share() * 100.0, tally.all.load(Ordering::Relaxed));
}

/// Readers who wander between the servers never see a number fall, while others write.
#[tokio::test]
async fn nobody_goes_back_in_time() {
    for consistency in ["session", "tenant"] {
        let pair = Pair::start("20ms");
        let proxy = pair.serve(&format!("consistency = \"{consistency}\"\n")).await;
        let (writer, readers) = (proxy.client().await, clients(&proxy, 6).await);
        reads_there(&readers[0]).await;
        let highest = Arc::new(AtomicI64::new(0));
        let tally = Arc::new(Tally::default());
        let tasks: Vec<_> = readers
            .into_iter()
            .enumerate()
            .map(|(index, client)| {
                let (highest, tally) = (Arc::clone(&highest), Arc::clone(&tally));
                tokio::spawn(async move {
                    let mut last = 0;
                    while highest.load(Ordering::Relaxed) >= 0 {
                        let value = read(&client, 1, &tally).await;
                        assert!(value >= last, "reader {index} went back from {last} to {value}");
                        last = value;
                        // Sometimes it writes itself, and so reads on the primary for a while.
                        if last % 10 == index as i64 {
                            run(&client, &format!("UPDATE t SET n = n + 1 WHERE id = {}", 50 + index)).await;
                        }
                        tokio::time::sleep(Duration::from_millis(index as u64 * 3)).await;
                    }
                })
            })
            .collect();
        for round in 1..=rounds() / 10 {
            run(&writer, &format!("UPDATE t SET n = {round} WHERE id = 1")).await;
            tokio::time::sleep(Duration::from_millis((round as u64 * 13) % 60)).await;
        }
        highest.store(-1, Ordering::Relaxed);
        for task in tasks {
            task.await.unwrap();
        }
        println!("{consistency}: {:.1} % of {} reads went to the replica", tally.share() * 100.0, tally.all.load(Ordering::Relaxed));
        assert!(tally.share() > 0.0);
    }
}

/// A read may wait for the replica instead of going to the primary; and may be as old as the plan lets it be.
#[tokio::test]
async fn reads_may_wait_or_be_old() {
    let pair = Pair::start("150ms");
    let proxy = pair.serve("replica_wait = \"3s\"\n").await;
    let client = proxy.client().await;
    reads_there(&client).await;
    for round in 1..5 {
        run(&client, &format!("UPDATE t SET n = {round} WHERE id = 2")).await;
        let tally = Tally::default();
        assert_eq!(read(&client, 2, &tally).await, round);
        assert_eq!(tally.share(), 1.0);
    }
    run(&client, "SET pgtenant.consistency = 'eventual'").await;
    run(&client, "UPDATE t SET n = 99 WHERE id = 2").await;
    assert_eq!((number(&client, "SELECT n FROM t WHERE id = 2").await, text(&client, WHERE).await), (4, "replica".into()));
}
