//! What Patroni says: where to look, and who is outdated before the new primary is found.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::{
    support::{run, text},
    trio::{Trio, WRITES_WHERE, tokens},
};

/// A REST interface that answers whatever it is told to.
async fn patroni(answer: Arc<Mutex<String>>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            let read = socket.read(&mut request).await.unwrap_or(0);
            assert!(request[..read].starts_with(b"GET /cluster "));
            let body = answer.lock().unwrap().clone();
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    });
    port
}

#[tokio::test]
async fn whoever_is_outdated_by_its_word_gets_no_writes() {
    let mut trio = Trio::start(1).await;
    let leader = |port: u16, timeline: u32| {
        format!(
            "{{\"members\": [{{\"name\": \"a\", \"role\": \"leader\", \"state\": \"running\", \"host\": \"127.0.0.1\", \"port\": {port}, \"timeline\": {timeline}}}]}}"
        )
    };
    let answer = Arc::new(Mutex::new(leader(trio.primary.port(), 1)));
    let port = patroni(Arc::clone(&answer)).await;
    let mut bed = trio.bed("", "").await;
    bed.shards.push_str(&format!("patroni = [\"http://127.0.0.1:9\", \"http://127.0.0.1:{port}\"]\n"));
    let proxy = bed.serve().await;
    let client = proxy.client().await;
    run(&client, "INSERT INTO tokens VALUES (1)").await;
    proxy.logged("Patroni says who leads", 1).await;
    // It knows of a promotion that no server has told of yet; the old primary is well and would take everything.
    *answer.lock().unwrap() = leader(trio.replicas[0].port(), 2);
    proxy.logged("the shard has no primary", 1).await;
    let waits = tokio::spawn(async move {
        run(&client, "INSERT INTO tokens VALUES (2)").await;
        client
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(!waits.is_finished());
    trio.promote(0).await;
    let client = tokio::time::timeout(Duration::from_secs(5), waits).await.unwrap().unwrap();
    assert_eq!(text(&client, WRITES_WHERE).await, "replica1");
    assert_eq!(tokens(&trio.primary, &trio.database).await, [1]);
}
