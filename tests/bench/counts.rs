//! What is counted is what has happened.

use crate::{
    load::{commits, database, first, number, number_of, report},
    support::{cluster, eventually, run},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transactions_are_those_that_the_server_counted() {
    let (name, client) = database().await;
    run(&client, "CREATE SEQUENCE counted").await;
    drop(client);
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let before = commits(cluster::shared(), &name).await;
    for (protocol, clients) in [("simple", "3"), ("extended", "2"), ("prepared", "5")] {
        let sql = ["--sql", "SELECT nextval('counted')", "--clients", clients, "--protocol", protocol, "--duration", "1s"];
        let report = report(&name, &sql).await;
        let client = cluster::superuser(cluster::shared(), &name).await;
        let counted = number_of(&client, "SELECT last_value FROM counted").await;
        assert!(counted > 50.0, "{counted}");
        assert_eq!(number(&report, "/total/transactions"), counted, "{protocol}");
        let measured = first(&report, "transactions");
        assert!(counted - measured <= clients.parse().unwrap(), "all but those under way at the end: {measured} of {counted}");
        assert_eq!(first(&report, "latency_ms/count"), counted, "and each of them has a latency");
        run(&client, "SELECT setval('counted', 1, false)").await;
    }
    // The same by the server's statistics: here they are transactions of the connections themselves, too.
    let report = report(&name, &["--mix", "one", "--clients", "4", "--duration", "1s"]).await;
    let done = number(&report, "/total/transactions");
    let mut now = 0.0;
    eventually("the server's statistics", || async { commits(cluster::shared(), &name).await - before >= done }).await;
    for _ in 0..10 {
        now = commits(cluster::shared(), &name).await - before;
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert!(now >= done, "{now} commits, {done} transactions");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_servers_statistics_agree() {
    let (name, client) = database().await;
    drop(client);
    let settled = || async {
        let mut last = -1.0;
        for _ in 0..100 {
            let now = commits(cluster::shared(), &name).await;
            if (now - last).abs() < 0.5 {
                return now;
            }
            last = now;
            // Backends tell of their transactions once a second at most, and when they end.
            tokio::time::sleep(std::time::Duration::from_millis(700)).await;
        }
        panic!("the statistics don't come to rest");
    };
    let before = settled().await;
    let report = report(&name, &["--mix", "one", "--clients", "4", "--duration", "1500ms"]).await;
    let (done, commits) = (number(&report, "/total/transactions"), settled().await - before);
    // A connection's start is a transaction for the server.
    assert!((0.0..=8.0).contains(&(commits - done)), "{commits} commits, {done} transactions");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tpcb_is_done_whole_or_not_at_all() {
    let (name, client) = database().await;
    run(
        &client,
        "CREATE TABLE pgbench_branches (bid int PRIMARY KEY, bbalance int); INSERT INTO pgbench_branches VALUES (1, 0);
         CREATE TABLE pgbench_tellers (tid int PRIMARY KEY, tbalance int); INSERT INTO pgbench_tellers SELECT i, 0 FROM generate_series(1, 10) i;
         CREATE TABLE pgbench_accounts (aid int PRIMARY KEY, abalance int); INSERT INTO pgbench_accounts SELECT i, 0 FROM generate_series(1, 100000) i;
         CREATE TABLE pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp)",
    )
    .await;
    let report = report(&name, &["--mix", "tpcb=3,insert=1", "--protocol", "prepared", "--duration", "1s"]).await;
    assert_eq!(number(&report, "/total/failed"), 0.0, "{report:#}");
    assert_eq!(number_of(&client, "SELECT count(*) FROM pgbench_history").await, number(&report, "/total/transactions"));
    let same = "SELECT (sum(abalance) = (SELECT sum(bbalance) FROM pgbench_branches) AND sum(abalance) = (SELECT sum(tbalance) FROM pgbench_tellers))::int";
    assert_eq!(number_of(&client, &format!("{same} FROM pgbench_accounts")).await, 1.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_are_counted_by_their_state() {
    let (name, _client) = database().await;
    let sql = ["--sql", "BEGIN", "--sql", "SELECT 1 / :n", "--sql", "COMMIT", "--var", "n=0..1", "--clients", "2", "--duration", "1s"];
    let report = report(&name, &sql).await;
    let (done, failed) = (number(&report, "/total/transactions"), number(&report, "/total/failed"));
    assert!((0.35..0.65).contains(&(failed / (done + failed))), "half of them divide by zero: {failed} of {}", done + failed);
    assert_eq!(number(&report, "/total/errors/22012/count"), failed);
    assert_eq!(report.pointer("/total/errors").unwrap().as_object().unwrap().len(), 1, "no transaction is left open: {report:#}");
    assert!(report.pointer("/total/errors/22012/example").unwrap().as_str().unwrap().contains("division by zero"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_connects_for_each_transaction() {
    let (name, client) = database().await;
    run(&client, "CREATE TABLE seen (pid int)").await;
    let sql = ["--sql", "INSERT INTO seen SELECT pg_backend_pid()", "--connect", "each", "--clients", "2", "--duration", "1s"];
    let report = report(&name, &sql).await;
    let done = number(&report, "/total/transactions");
    assert_eq!(number(&report, "/total/connects"), done);
    assert_eq!(number_of(&client, "SELECT count(DISTINCT pid) FROM seen").await, done);
    assert!(first(&report, "connect_ms/p50") < first(&report, "latency_ms/p50"), "connecting is part of the latency");
    let left = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgtenant bench' AND datname = current_database()";
    eventually("the end of all connections", || async { number_of(&client, left).await == 0.0 }).await;
}
