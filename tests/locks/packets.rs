//! A context costs no round trip: what goes over the wire between proxy and server is counted.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{
    shards::{Shard, Sharing},
    support::wire::{Wire, bind, execute, extended, parse, query, sync},
};

/// Stands between proxy and server and counts how often the proxy speaks.
struct Middle {
    port: u16,
    turns: Arc<AtomicUsize>,
}

impl Middle {
    async fn start(server: u16) -> Middle {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let turns = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&turns);
        tokio::spawn(async move {
            while let Ok((proxy, _)) = listener.accept().await {
                tokio::spawn(relay(proxy, server, Arc::clone(&count)));
            }
        });
        Middle { port, turns }
    }

    fn turns(&self) -> usize {
        self.turns.load(Ordering::SeqCst)
    }
}

/// A turn is what the proxy says between two answers.
async fn relay(mut proxy: TcpStream, server: u16, turns: Arc<AtomicUsize>) {
    let mut server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
    let (mut said, mut answered) = (vec![0; 64 << 10], vec![0; 64 << 10]);
    let mut waits = false;
    let mut of_pool = None;
    loop {
        tokio::select! {
            read = proxy.read(&mut said) => {
                let Ok(read @ 1..) = read else { return };
                // What reads the catalog has a name.
                let of_pool = *of_pool.get_or_insert_with(|| !said[..read].windows(16).any(|bytes| bytes == b"application_name"));
                if !waits && of_pool {
                    turns.fetch_add(1, Ordering::SeqCst);
                }
                waits = true;
                server.write_all(&said[..read]).await.unwrap();
            }
            read = server.read(&mut answered) => {
                let Ok(read @ 1..) = read else { return };
                waits = false;
                if proxy.write_all(&answered[..read]).await.is_err() {
                    return;
                }
            }
        }
    }
}

async fn turns_of(middle: &Middle, wire: &mut Wire, bytes: &[u8]) -> usize {
    let before = middle.turns();
    wire.send(bytes).await;
    let messages = wire.ready().await;
    assert!(!messages.iter().any(|message| message.tag == b'E'), "{messages:?}");
    middle.turns() - before
}

async fn counted(sharing: Sharing) {
    let shard = Shard::start(sharing).await;
    let middle = Middle::start(shard.cluster.port()).await;
    let proxy = shard.bed(middle.port, 1).serve().await;
    let (mut acme, mut globex) = (proxy.wire().await, proxy.wire_of("globex_app", &[]).await);
    let text = "SELECT count(*) FROM orders";
    let named = [bind("", "s", &[]), execute("", 0), sync()].concat();
    for wire in [&mut acme, &mut globex] {
        wire.send(&[parse("s", text), sync()].concat()).await;
        wire.ready().await;
    }
    for _ in 0..3 {
        for wire in [&mut acme, &mut globex] {
            for bytes in [query(text), extended(text, &[]), named.clone(), query("SELECT 1; COMMIT; SELECT 2")] {
                assert_eq!(turns_of(&middle, wire, &bytes).await, 1, "{}", String::from_utf8_lossy(&bytes));
            }
            for bytes in [
                query("BEGIN"),
                query(text),
                named.clone(),
                query("SAVEPOINT a"),
                query("COMMIT AND CHAIN"),
                named.clone(),
                query("ROLLBACK"),
            ] {
                assert_eq!(turns_of(&middle, wire, &bytes).await, 1, "{}", String::from_utf8_lossy(&bytes));
            }
        }
    }
}

#[tokio::test]
async fn a_signed_context_costs_none() {
    counted(Sharing::Signed).await;
}

#[tokio::test]
async fn a_role_costs_none() {
    counted(Sharing::Roles).await;
}
