//! Connections per address.

use std::time::{Duration, Instant};

use crate::{
    from,
    support::{
        bed::{Bed, PASSWORD},
        eventually,
        proxy::Proxy,
        wire::*,
    },
};

async fn served(most: u32) -> Proxy {
    let mut bed = Bed::new().await;
    bed.listen.push_str(&format!("max_clients_per_address = {most}\n"));
    bed.serve().await
}

async fn enter(proxy: &Proxy, address: &str) -> Result<Wire, Refused> {
    let mut wire = from(address, proxy.port()).await;
    wire.log_in("acme_app", PASSWORD, &[]).await?;
    Ok(wire)
}

#[tokio::test]
async fn an_address_has_so_many_connections_and_no_more() {
    let proxy = served(2).await;
    let mut one = enter(&proxy, "127.0.0.2").await.unwrap();
    // One that says nothing counts.
    let silent = from("127.0.0.2", proxy.port()).await;
    eventually("the silent one is counted", || async {
        match enter(&proxy, "127.0.0.2").await {
            Ok(_) => false,
            Err(refused) => {
                let refused = refused.0.unwrap();
                assert_eq!((refused.state(), refused.field(b'M')), ("53300", "too many connections from 127.0.0.2"));
                assert_eq!(refused.field(b'D'), "2 of 2 connections are open (max_clients_per_address).");
                true
            }
        }
    })
    .await;
    enter(&proxy, "127.0.0.3").await.unwrap();
    // A cancel request is served.
    one.send(&query("SELECT pg_sleep(20)")).await;
    let begun = Instant::now();
    loop {
        let mut cancel = from("127.0.0.2", proxy.port()).await;
        cancel.send(&packet(80_877_102, &[&one.process.to_be_bytes()[..], &one.key].concat())).await;
        assert_eq!(cancel.rest().await, []);
        if !one.is_silent(Duration::from_millis(300)).await {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "the cancel requests aren't served");
    }
    assert_eq!(states(&one.ready().await), ["57014"]);
    drop(silent);
    eventually("its place is free", || async { enter(&proxy, "127.0.0.2").await.is_ok() }).await;
    // Beyond a few more nobody is even told.
    let (crowd, mut closed) = (crowd(&proxy, 40).await, 0);
    for mut wire in crowd {
        wire.start("acme_app", &[]).await;
        closed += usize::from(wire.message().await.is_none());
    }
    assert!(closed > 0, "all of the crowd were told");
    assert_eq!(one.value("SELECT 1").await, "1");
}

async fn crowd(proxy: &Proxy, number: usize) -> Vec<Wire> {
    let mut wires = Vec::new();
    for _ in 0..number {
        wires.push(from("127.0.0.2", proxy.port()).await);
    }
    wires
}
