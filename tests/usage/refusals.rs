//! What is refused is counted with its reason.

use std::time::Duration;

use crate::{
    shards::{Shard, Sharing},
    support::wire::{bind, execute, extended, parse, query, states, sync},
    told::{Counted, SECTION, bed, end, refused, sum},
};

#[tokio::test]
async fn the_gates() {
    let shard = Shard::start(Sharing::Signed).await;
    let mut bed = shard.bed(shard.cluster.port(), 4);
    bed.sections.push_str(SECTION);
    let mut proxy = bed.serve().await;
    let mut client = Counted::of(&proxy, "acme_app").await;
    assert_eq!(states(&client.query("SELEC 1").await), ["42601"]);
    assert_eq!(states(&client.query("SELECT * FROM nowhere").await), ["42P01"]);
    for _ in 0..3 {
        assert_eq!(states(&client.query("SET ROLE postgres").await), ["42501"]);
    }
    assert_eq!(states(&client.ask(&extended("SET ROLE postgres", &[])).await), ["42501"]);
    // In a block it takes the block with it, in a batch what came before.
    client.query("BEGIN").await;
    client.query("SELECT 1").await;
    assert_eq!(states(&client.query("SET ROLE postgres").await), ["42501"]);
    client.query("COMMIT").await;
    let batch = [parse("", "SELECT 1"), bind("", "", &[]), execute("", 0), parse("", "SET ROLE postgres"), sync()].concat();
    assert_eq!(states(&client.ask(&batch).await), ["42501"]);
    client.leave().await;
    let records = end(&mut proxy, "acme").await;
    let of = |why| refused(&records, why);
    assert_eq!((of("syntax"), of("unknown"), of("forbidden")), (1, 1, 6));
    let counts = sum(&records);
    assert_eq!((counts.errors, counts.transactions, counts.rollbacks, counts.rows), (0, 2, 2, 2));
    assert_eq!((counts.bytes_in, counts.bytes_out), (client.sent, client.received));
}

#[tokio::test]
async fn limits() {
    let mut bed = bed().await;
    bed.plan = "max_clients = 1\nqueries_per_second = 1\nburst = 3\nrows_per_result = 10\n".to_owned();
    let mut proxy = bed.serve().await;
    let mut client = Counted::of(&proxy, "acme_app").await;
    for _ in 0..2 {
        assert!(proxy.try_wire("acme_app", &[]).await.is_err());
    }
    assert_eq!(states(&client.query("SELECT 1; SELECT 2; SELECT 3; SELECT 4").await), ["53400"]);
    assert_eq!(states(&client.query("SELECT n FROM generate_series(1, 11) n").await), ["54000"]);
    assert_eq!(states(&client.query("SELECT n FROM generate_series(1, 1000000) n").await), ["54000"]);
    assert_eq!(states(&client.query("SELECT 1").await), [""; 0]);
    assert_eq!(states(&client.query("SELECT 1").await), ["53400"]);
    client.leave().await;
    let records = end(&mut proxy, "acme").await;
    let of = |why| refused(&records, why);
    assert_eq!((of("clients"), of("rate"), of("rows")), (2, 2, 2));
    let counts = sum(&records);
    assert_eq!((counts.statements, counts.rows, counts.errors, counts.transactions, counts.rollbacks), (3, 21, 0, 3, 2));
}

#[tokio::test]
async fn times() {
    let mut bed = bed().await;
    bed.plan = "statement_timeout = \"300ms\"\nidle_in_transaction_timeout = \"500ms\"\ntransaction_timeout = \"800ms\"\n\
                idle_session_timeout = \"2s\"\n"
        .to_owned();
    let mut proxy = bed.serve().await;
    let mut client = Counted::of(&proxy, "acme_app").await;
    assert_eq!(states(&client.query("SELECT pg_sleep(5)").await), ["57014"]);
    assert_eq!(states(&client.rest().await), ["57P05"]);
    let mut client = Counted::of(&proxy, "acme_app").await;
    client.query("BEGIN; SELECT 1").await;
    assert_eq!(states(&client.rest().await), ["25P03"]);
    let mut client = Counted::of(&proxy, "acme_app").await;
    client.query("BEGIN").await;
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        client.query("SELECT 1").await;
    }
    assert_eq!(states(&client.rest().await), ["25P04"]);
    let records = end(&mut proxy, "acme").await;
    let of = |why| refused(&records, why);
    assert_eq!(
        (of("statement_timeout"), of("idle_session_timeout"), of("idle_in_transaction_timeout"), of("transaction_timeout")),
        (1, 1, 1, 1)
    );
    assert_eq!(sum(&records).errors, 0);
}

#[tokio::test]
async fn status_and_servers_that_are_away() {
    let mut bed = bed().await;
    bed.tenants.push_str("status = \"read_only\"\n");
    bed.tenant("nowhere", "dead", "d_nowhere");
    bed.shard("dead", "host=127.0.0.1 port=1 dbname=postgres sslmode=disable", 4);
    let mut proxy = bed.serve().await;
    let mut client = Counted::of(&proxy, "acme_app").await;
    assert_eq!(states(&client.query("CREATE TABLE t (a int)").await), ["25006"]);
    assert!(proxy.try_wire("nowhere_app", &[]).await.is_err());
    proxy.bed.tenants = proxy.bed.tenants.replace("status = \"read_only\"\n", "status = \"suspended\"\n");
    proxy.bed.write();
    assert_eq!(states(&client.rest().await), ["57P01"]);
    assert!(proxy.try_wire("acme_app", &[]).await.is_err());
    let records = end(&mut proxy, "acme").await;
    assert_eq!((refused(&records, "read_only"), refused(&records, "suspended")), (1, 2));
    assert_eq!(refused(&crate::told::records(proxy.bed.folder(), "nowhere"), "unavailable"), 1);
    let _ = query("");
}
