//! What clients do is counted, whatever protocol they speak.

use std::time::Duration;

use pgtenant::tenant::usage::Counts;

use crate::{
    shards::{Shard, Sharing},
    support::{
        eventually, run,
        wire::{bind, close, describe, execute, extended, firsts, flush, frame, parse, query, shape, states, sync},
    },
    told::{Counted, SECTION, bed, end, records, sum},
};

/// Runs what is given on a session of its own; what was counted, without times.
async fn counted(run: impl AsyncFnOnce(&mut Counted)) -> Counts {
    let mut proxy = bed().await.serve().await;
    let mut client = Counted::of(&proxy, "acme_app").await;
    run(&mut client).await;
    client.leave().await;
    let counts = sum(&end(&mut proxy, "acme").await);
    assert_eq!((counts.bytes_in, counts.bytes_out), (client.sent, client.received), "bytes");
    assert_eq!((counts.logins, counts.waits), (1, 0));
    assert!(counts.server_micros > 0);
    assert!(counts.assignments > 0 && counts.client_parses <= counts.server_parses + counts.binds + 1, "{counts:?}");
    Counts {
        bytes_in: 0,
        bytes_out: 0,
        logins: 0,
        server_micros: 0,
        waits: 0,
        wait_micros: 0,
        assignments: 0,
        client_parses: 0,
        server_parses: 0,
        binds: 0,
        ..counts
    }
}

#[tokio::test]
async fn simple_queries() {
    let counts = counted(async |client| {
        client.query("CREATE TABLE t (a int)").await;
        assert_eq!(firsts(&client.query("SELECT n FROM generate_series(1, 10) n").await).len(), 10);
        // One text of three statements is one transaction.
        client.query("SELECT 1; INSERT INTO t VALUES (1), (2); SELECT a FROM t;").await;
        client.query("").await;
        client.query("BEGIN").await;
        client.query("INSERT INTO t VALUES (3)").await;
        client.query("COMMIT").await;
        client.query("BEGIN; INSERT INTO t VALUES (4)").await;
        client.query("ROLLBACK").await;
        client.query("BEGIN; SAVEPOINT s; INSERT INTO t VALUES (5); ROLLBACK TO s; COMMIT").await;
    })
    .await;
    let expected = Counts { statements: 1 + 1 + 3 + 1 + 3 + 3 + 5, transactions: 7, rollbacks: 1, rows: 13, ..Counts::default() };
    assert_eq!(counts, expected);
}

#[tokio::test]
async fn errors() {
    let counts = counted(async |client| {
        assert_eq!(states(&client.query("SELECT 1/0").await), ["22012"]);
        assert_eq!(states(&client.query("SELECT 1; SELECT 1/0; SELECT 2").await), ["22012"]);
        assert_eq!(states(&client.ask(&extended("SELECT 1/0", &[])).await), ["22012"]);
        client.query("BEGIN").await;
        assert_eq!(states(&client.query("SELECT 1/0").await), ["22012"]);
        assert_eq!(states(&client.query("SELECT 1").await), ["25P02"]);
        assert_eq!(shape(&client.query("COMMIT").await), "CZ");
        client.query("BEGIN; SAVEPOINT s").await;
        assert_eq!(states(&client.query("SELECT 1/0").await), ["22012"]);
        client.query("ROLLBACK TO s").await;
        client.query("COMMIT").await;
    })
    .await;
    let expected = Counts { statements: 1 + 3 + 1 + 4 + 5, transactions: 5, rollbacks: 4, errors: 6, rows: 1, ..Counts::default() };
    assert_eq!(counts, expected);
}

#[tokio::test]
async fn batches_and_prepared_statements() {
    let counts = counted(async |client| {
        client.ask(&extended("SELECT $1::int", &["7"])).await;
        // Preparing alone runs nothing.
        client.ask(&[parse("s", "SELECT n FROM generate_series(1, 5) n"), describe(b'S', "s"), sync()].concat()).await;
        let one = [bind("", "s", &[]), execute("", 0)].concat();
        client.ask(&[one.clone(), sync()].concat()).await;
        // Three statements of one batch are one transaction, three batches in one write are three.
        client.ask(&[one.clone(), one.clone(), one.clone(), sync()].concat()).await;
        client.send(&[one.clone(), sync(), one.clone(), sync(), one.clone(), sync()].concat()).await;
        for _ in 0..3 {
            client.ready().await;
        }
        // A portal in parts.
        client.query("BEGIN").await;
        client.send(&[bind("p", "s", &[]), execute("p", 2), execute("p", 2), flush()].concat()).await;
        client.ask(&[execute("p", 2), close(b'P', "p"), sync()].concat()).await;
        client.query("COMMIT").await;
        // And one that the end of the batch closes.
        assert_eq!(shape(&client.ask(&[bind("", "s", &[]), execute("", 2), sync()].concat()).await), "2DsZ");
        client.ask(&sync()).await;
    })
    .await;
    let expected =
        Counts { statements: 1 + 1 + 3 + 3 + 3 + 1, transactions: 1 + 1 + 1 + 3 + 1 + 1, rows: 1 + 35 + 5 + 2, ..Counts::default() };
    assert_eq!(counts, expected);
}

/// A statement whose table has changed is sent again: the client hears of no error, and none is counted.
#[tokio::test]
async fn what_is_healed_is_no_error() {
    let mut proxy = bed().await.serve().await;
    let mut client = Counted::of(&proxy, "acme_app").await;
    client.query("CREATE TABLE t AS SELECT n FROM generate_series(1, 5) n").await;
    let read = [bind("", "s", &[]), describe(b'P', ""), execute("", 0), sync()].concat();
    client.ask(&[parse("s", "SELECT * FROM t"), read.clone()].concat()).await;
    run(&proxy.owner("acme").await, "ALTER TABLE t ALTER n TYPE text").await;
    assert_eq!(shape(&client.ask(&read).await), "2TDCZ");
    client.leave().await;
    let counts = sum(&end(&mut proxy, "acme").await);
    assert_eq!((counts.errors, counts.rollbacks, counts.transactions, counts.rows), (0, 0, 3, 10), "{counts:?}");
    assert_eq!((counts.bytes_in, counts.bytes_out), (client.sent, client.received));
}

#[tokio::test]
async fn copies() {
    let counts = counted(async |client| {
        client.query("CREATE TABLE t (a int)").await;
        client.send(&query("COPY t FROM STDIN")).await;
        let data: String = (0..5000).map(|n| format!("{n}\n")).collect();
        client.send(&[frame(b'd', data.as_bytes()), frame(b'c', b"")].concat()).await;
        assert_eq!(shape(&client.ready().await), "GCZ");
        let out = client.query("COPY t TO STDOUT").await;
        assert_eq!(out.iter().filter(|message| message.tag == b'd').count(), 5000);
        client.send(&[query("COPY t FROM STDIN"), frame(b'f', b"no\0")].concat()).await;
        assert_eq!(states(&client.ready().await), ["57014"]);
    })
    .await;
    assert_eq!(counts, Counts { statements: 4, transactions: 4, rollbacks: 1, errors: 1, rows: 5000, ..Counts::default() });
}

/// Large results stream, and are counted as they go: a client that leaves in the middle has had what it was sent.
#[tokio::test]
async fn results_are_counted_as_they_go() {
    let mut proxy = bed().await.serve().await;
    let mut client = Counted::of(&proxy, "acme_app").await;
    client.query("SELECT repeat('x', 1000) FROM generate_series(1, 20000)").await;
    let before = sum(&records(proxy.bed.folder(), "acme"));
    assert!(before.rows <= 20_000);
    client.send(&query("BEGIN; SELECT repeat('x', 1000) FROM generate_series(1, 3000); SELECT pg_sleep(100)")).await;
    // The server holds the last few back until it is done or has more. What runs is in the records before it is over, its server time too.
    eventually("rows and server time of a statement that runs", || async {
        let counts = sum(&records(proxy.bed.folder(), "acme"));
        counts.rows > 22_900 && counts.server_micros > 2_000_000
    })
    .await;
    let counts = sum(&end(&mut proxy, "acme").await);
    assert_eq!((counts.rows > 22_900, counts.statements, counts.transactions), (true, 4, 1), "{counts:?}");
    assert!(counts.server_micros < 60_000_000, "{}", counts.server_micros);
}

/// Rows that a proxy puts in with INSERT, under a lock that all tenants share; and each tenant's own of both.
#[tokio::test]
async fn tenants_that_share_a_connection() {
    for sharing in [Sharing::Signed, Sharing::Roles] {
        let shard = Shard::start(sharing).await;
        let mut bed = shard.bed(shard.cluster.port(), 1);
        bed.sections.push_str(SECTION);
        let mut proxy = bed.serve().await;
        let (mut acme, mut globex) = (Counted::of(&proxy, "acme_app").await, Counted::of(&proxy, "globex_app").await);
        acme.send(&query("COPY orders (id, note) FROM STDIN")).await;
        acme.send(&[frame(b'd', b"100\ta\n101\tb\n"), frame(b'c', b"")].concat()).await;
        let copied = acme.ready().await;
        assert_eq!(shape(&copied), "GCZ", "{copied:?}");
        for _ in 0..10 {
            assert_eq!(firsts(&acme.query("SELECT id FROM orders WHERE id < 3").await).len(), 2);
            assert_eq!(firsts(&globex.ask(&extended("SELECT id FROM orders WHERE id < 2", &[])).await).len(), 1);
        }
        acme.send(&[query("COPY orders (id) FROM STDIN"), frame(b'd', b"100\n"), frame(b'c', b"")].concat()).await;
        assert_eq!(states(&acme.ready().await), ["23505"]);
        acme.leave().await;
        globex.leave().await;
        let records_of_acme = end(&mut proxy, "acme").await;
        let (own, others) = (sum(&records_of_acme), sum(&records(proxy.bed.folder(), "globex")));
        assert_eq!((own.statements, own.transactions, own.rollbacks, own.errors, own.rows), (12, 12, 1, 1, 20), "{sharing:?}");
        assert_eq!(
            (others.statements, others.transactions, others.rollbacks, others.errors, others.rows),
            (10, 10, 0, 0, 10),
            "{sharing:?}"
        );
        assert_eq!((own.bytes_in, own.bytes_out), (acme.sent, acme.received));
        assert_eq!((others.bytes_in, others.bytes_out), (globex.sent, globex.received));
        assert_eq!(records_of_acme.iter().map(|record| record.peak_connections).max(), Some(1));
    }
}

/// A session of a login with several tenants: each gets its own.
#[tokio::test]
async fn sessions_that_switch() {
    let mut bed = bed().await;
    bed.another("globex").await;
    bed.login("both", "tenants = [\"acme\", \"globex\"]\nsecret = \"file:secret\"");
    let mut proxy = bed.serve().await;
    let mut client = Counted::of(&proxy, "both").await;
    let mut bytes = (client.sent, client.received);
    let mut taken = |client: &Counted| {
        let taken = (client.sent - bytes.0, client.received - bytes.1);
        bytes = (client.sent, client.received);
        taken
    };
    client.query("SET pgtenant.tenant = 'acme'").await;
    client.query("SELECT 1").await;
    client.query("SELECT 2").await;
    let acme = taken(&client);
    client.query("SET pgtenant.tenant = 'globex'").await;
    client.query("SELECT n FROM generate_series(1, 3) n").await;
    client.leave().await;
    let globex = taken(&client);
    let records_of_acme = end(&mut proxy, "acme").await;
    let (own, others) = (sum(&records_of_acme), sum(&records(proxy.bed.folder(), "globex")));
    assert_eq!((own.statements, own.transactions, own.rows, own.logins), (2, 2, 2, 0));
    assert_eq!((others.statements, others.transactions, others.rows), (1, 1, 3));
    assert_eq!(own.bytes_in + others.bytes_in, acme.0 + globex.0);
    assert_eq!(own.bytes_out + others.bytes_out, acme.1 + globex.1);
}

/// The most sessions and connections at once, and waits for connections.
#[tokio::test]
async fn peaks_and_waits() {
    let mut bed = bed().await;
    bed.plan = "max_connections = 2\nmax_wait = \"2s\"\n".to_owned();
    let mut proxy = bed.serve().await;
    let mut clients = Vec::new();
    for _ in 0..5 {
        clients.push(Counted::of(&proxy, "acme_app").await);
    }
    clients.pop().unwrap().leave().await;
    for client in &mut clients[..3] {
        client.send(&query("SELECT pg_sleep(0.6)")).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for client in &mut clients[..3] {
        assert_eq!(states(&client.ready().await), [""; 0]);
    }
    // Two take both connections for too long: the third is told.
    for client in &mut clients[..2] {
        client.send(&query("SELECT pg_sleep(3)")).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(states(&clients[2].query("SELECT 1").await), ["53300"]);
    for client in &mut clients[..2] {
        client.ready().await;
    }
    for client in &mut clients {
        client.leave().await;
    }
    let records = end(&mut proxy, "acme").await;
    let counts = sum(&records);
    // The first wait is for the second connection to be opened.
    assert_eq!((counts.logins, counts.waits), (5, 3));
    assert!((2_400_000..3_200_000).contains(&counts.wait_micros), "{}", counts.wait_micros);
    assert!((7_700_000..9_500_000).contains(&counts.server_micros), "{}", counts.server_micros);
    let most = |of: fn(&pgtenant::tenant::usage::Record) -> u32| records.iter().map(of).max().unwrap();
    assert_eq!((most(|record| record.peak_sessions), most(|record| record.peak_connections)), (5, 2));
    let waits: Vec<u32> = records.iter().filter_map(|record| record.connection_wait_micros.map(|told| told.max)).collect();
    assert!(waits.len() >= 2 && waits[0] < 1_000_000 && (2_000_000..2_500_000).contains(&waits[waits.len() - 1]), "{waits:?}");
    let longest = records.iter().filter_map(|record| record.transaction_micros.map(|told| told.max)).max().unwrap();
    assert!((3_000_000..4_000_000).contains(&longest), "{longest}");
    assert_eq!(crate::told::refused(&records, "queue"), 1);
}
