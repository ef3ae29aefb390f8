//! Clients that don't wait for the end: what they sent before their goodbye happens, as it does without a proxy.

use std::time::Duration;

use crate::support::{bed::Bed, eventually, text, wire::*};

fn goodbye() -> Vec<u8> {
    frame(b'X', b"")
}

#[tokio::test]
async fn what_was_sent_before_a_goodbye_happens() {
    let mut bed = Bed::new().await;
    bed.plan = "max_connections = 2\n".to_owned();
    let proxy = bed.serve().await;
    let client = proxy.client().await;
    client.batch_execute("CREATE TABLE kept (a text)").await.unwrap();
    let insert = |what: &str| format!("INSERT INTO kept VALUES ('{what}')");
    // In one piece with the goodbye, in two, in a transaction, as a batch, slowly; what lacks its Sync or COMMIT doesn't count.
    let simple = query(&insert("simple"));
    let slow = query(&format!("SELECT pg_sleep(0.3); {}", insert("slow")));
    let batch = [extended(&insert("batch"), &[]), goodbye()].concat();
    let block = [query("BEGIN"), query(&insert("block")), query("COMMIT")].concat();
    let open = [query("BEGIN"), query(&insert("open"))].concat();
    let unsynced = [parse("", &insert("unsynced")), bind("", "", &[]), execute("", 0)].concat();
    for (bytes, apart) in
        [(simple, false), (slow.clone(), true), (slow, false), (batch, true), (block, false), (open, false), (unsynced, false)]
    {
        let mut wire = proxy.wire().await;
        if apart {
            wire.send(&bytes).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
            wire.send(&goodbye()).await;
        } else {
            wire.send(&[bytes, goodbye()].concat()).await;
        }
        wire.rest().await;
    }
    eventually("all is done", || async {
        text(&client, "SELECT string_agg(a, ',' ORDER BY a) FROM kept").await == "batch,block,simple,slow,slow"
    })
    .await;
    // Their connections serve others.
    let (one, two) = (proxy.client().await, proxy.client().await);
    for client in [&one, &two] {
        client.batch_execute("BEGIN").await.unwrap();
        assert_eq!(text(client, "SELECT count(*)::text FROM kept").await, "5");
    }
}

#[tokio::test]
async fn a_session_that_leaves_does_not_take_its_server_connection_along() {
    let mut bed = Bed::new().await;
    bed.plan = "max_connections = 1\n".to_owned();
    let proxy = bed.serve().await;
    let mut first = String::new();
    for number in 0..20 {
        let mut wire = proxy.wire().await;
        let pid = wire.value("SELECT pg_backend_pid()").await;
        if number == 0 {
            first.clone_from(&pid);
        }
        assert_eq!(pid, first, "after {number}");
        assert_eq!(wire.value("SHOW work_mem").await, "4MB");
        // Its settings are still asked for as it leaves, with a goodbye or without.
        wire.query("SET work_mem = '8MB'").await;
        if number % 2 == 0 {
            wire.send(&goodbye()).await;
        }
    }
}

#[tokio::test]
async fn a_goodbye_may_wait_for_a_connection() {
    let mut bed = Bed::new().await;
    bed.plan = "max_connections = 1\n".to_owned();
    let proxy = bed.serve().await;
    let client = proxy.client().await;
    client.batch_execute("CREATE TABLE kept (a text); BEGIN").await.unwrap();
    for leaves in [true, false] {
        let mut wire = proxy.wire().await;
        let last = if leaves { goodbye() } else { Vec::new() };
        wire.send(&[query(&format!("INSERT INTO kept VALUES ('{leaves}')")), last].concat()).await;
        wire.shutdown().await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    client.batch_execute("COMMIT").await.unwrap();
    eventually("the statement is done", || async { text(&client, "SELECT string_agg(a, ',') FROM kept").await == "true" }).await;
}
