//! Clients that dawdle: before their login, in the middle of a message, or in front of a result. And those who are gone.

use std::time::{Duration, Instant};

use tokio::net::TcpListener;

use crate::{
    support::{
        bed::{Bed, PASSWORD},
        eventually,
        proxy::Proxy,
        tls::Authority,
        wire::*,
    },
    told,
};

/// Sends a byte now and then until the other side closes; how long that took.
async fn drip(wire: &mut Wire, bytes: &[u8]) -> Duration {
    let begun = Instant::now();
    for byte in bytes {
        if !wire.try_send(&[*byte]).await || !wire.is_silent(Duration::from_millis(50)).await {
            break;
        }
    }
    wire.drain().await;
    begun.elapsed()
}

#[tokio::test]
async fn the_whole_login_has_its_time_however_slowly_bytes_come() {
    let authority = Authority::new("root");
    let mut bed = Bed::new().await;
    authority.sign("proxy", &["localhost"]).write(bed.folder(), "server");
    bed.sections = "[tls]\ncertificate = \"server.crt\"\nkey = \"server.key\"\n".to_owned();
    bed.timeouts.push_str("login = \"1s\"\n");
    let proxy = bed.serve().await;
    let ends_in_time = |elapsed: Duration, what: &str| {
        assert!(elapsed > Duration::from_millis(800) && elapsed < Duration::from_millis(1800), "{what}: {elapsed:?}");
    };
    // Startup packet.
    let mut wire = proxy.dial().await;
    let packet = startup(V3_0, &[("user", "acme_app"), ("application_name", &"x".repeat(300))]);
    ends_in_time(drip(&mut wire, &packet).await, "startup");
    // TLS handshake.
    let mut wire = proxy.dial().await;
    wire.send(&ssl_request()).await;
    assert_eq!(wire.byte().await, Some(b'S'));
    let hello = [&[0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3][..], &[7; 600]].concat();
    ends_in_time(drip(&mut wire, &hello).await, "handshake");
    // Password.
    let mut wire = proxy.dial().await;
    let begun = Instant::now();
    wire.start("acme_app", &[]).await;
    wire.until(b'R').await;
    drip(&mut wire, &frame(b'p', &[b'x'; 400])).await;
    ends_in_time(begun.elapsed(), "password");
    // Nothing at all.
    let mut wire = proxy.dial().await;
    let begun = Instant::now();
    wire.drain().await;
    ends_in_time(begun.elapsed(), "silence");
    assert_eq!(proxy.wire().await.value("SELECT 1").await, "1");
}

#[tokio::test]
async fn so_has_a_header_of_the_proxy_protocol() {
    let mut bed = Bed::new().await;
    bed.listen.push_str("proxy_protocol = true\n");
    bed.timeouts.push_str("login = \"1s\"\n");
    let proxy = bed.serve().await;
    let mut wire = proxy.dial().await;
    let elapsed = drip(&mut wire, b"PROXY TCP4 192.0.2.77 192.0.2.1 1000 ").await;
    assert!(elapsed < Duration::from_millis(2200), "{elapsed:?}");
}

#[tokio::test]
async fn a_plan_shortens_what_follows() {
    let blackhole = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut bed = Bed::new().await;
    bed.pool = "connect_timeout = \"10s\"\n".to_owned();
    bed.shard("dark", &format!("host=127.0.0.1 port={} dbname=x sslmode=disable", blackhole.local_addr().unwrap().port()), 5);
    bed.tenant("globex", "dark", "globex");
    bed.tenants.push_str("[tenants.globex.limits]\nlogin_timeout = \"700ms\"\n");
    let proxy = bed.serve().await;
    let begun = Instant::now();
    let mut wire = proxy.dial().await;
    let refused = told(wire.log_in("globex_app", PASSWORD, &[]).await);
    assert_eq!((refused.state(), refused.field(b'M')), ("57014", "canceling authentication due to timeout"));
    assert!(refused.field(b'D').contains("allows 700 ms for a login"), "{refused:?}");
    assert!(begun.elapsed() > Duration::from_millis(600) && begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    proxy.wire().await;
}

async fn with_one_connection(stall: &str) -> Proxy {
    let mut bed = Bed::new().await;
    bed.plan = "max_connections = 1\n".to_owned();
    bed.timeouts.push_str(&format!("client_stall = \"{stall}\"\n"));
    bed.serve().await
}

const LARGE: &str = "SELECT repeat('x', 1000) FROM generate_series(1, 60000)";

#[tokio::test]
async fn who_takes_nothing_of_a_result_gives_the_server_connection_up() {
    let proxy = with_one_connection("1s").await;
    let (mut lazy, mut other) = (proxy.wire().await, proxy.wire().await);
    lazy.send(&query(LARGE)).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let begun = Instant::now();
    assert_eq!(other.value("SELECT 1").await, "1");
    let elapsed = begun.elapsed();
    assert!(elapsed > Duration::from_millis(400) && elapsed < Duration::from_millis(2500), "{elapsed:?}");
    proxy.logged("client has stalled", 1).await;
}

#[tokio::test]
async fn who_reads_slowly_gets_all_of_it() {
    let proxy = with_one_connection("3s").await;
    let mut slow = proxy.wire().await;
    slow.send(&query(LARGE)).await;
    let (begun, mut bytes) = (Instant::now(), 0);
    // Some 300 kB in a second for a while: the kernel opens its window, and tells of room, only now and then.
    while begun.elapsed() < Duration::from_secs(8) {
        bytes += slow.part().await.expect("the connection has ended");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(bytes < 20_000_000, "nothing was held back: {bytes}");
    while !slow.ends_with(&frame(b'Z', b"I")) {
        bytes += slow.part().await.expect("the connection has ended");
    }
    assert!(bytes > 60_000_000);
    slow.clear();
    assert_eq!(slow.value("SELECT 1").await, "1");
}

#[tokio::test]
async fn who_stops_inside_of_a_message_is_not_waited_for() {
    let proxy = with_one_connection("1s").await;
    let long = parse("s", &format!("SELECT '{}'", "x".repeat(5000)));
    for in_transaction in [true, false] {
        let mut half = proxy.wire().await;
        if in_transaction {
            half.query("BEGIN").await;
            half.value("SELECT 1").await;
        }
        half.send(&long[..3000]).await;
        let begun = Instant::now();
        let end = half.rest().await;
        assert_eq!(states(&end), ["08006"], "{end:?}");
        assert!(end[0].field(b'M').contains("inside of a message"), "{end:?}");
        assert!(begun.elapsed() > Duration::from_millis(800) && begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
        assert_eq!(proxy.wire().await.value("SELECT 1").await, "1", "the server connection is free");
    }
    // A Bind that streams.
    let mut half = proxy.wire().await;
    half.send(&[parse("", "SELECT length($1::text)"), sync()].concat()).await;
    half.ready().await;
    half.send(&bind("", "", &[&"x".repeat(300_000)])[..200_000]).await;
    assert_eq!(states(&half.rest().await), ["08006"]);
    assert_eq!(proxy.wire().await.value("SELECT 1").await, "1");
    // Who goes on now and then isn't cut off.
    let mut slow = proxy.wire().await;
    for chunk in [&long[..], &sync()].concat().chunks(1000) {
        slow.send(chunk).await;
        tokio::time::sleep(Duration::from_millis(400)).await;
    }
    assert_eq!(states(&slow.ready().await), [""; 0]);
}

#[tokio::test]
async fn rows_come_as_slowly_as_they_are_made() {
    let proxy = with_one_connection("1s").await;
    let mut wire = proxy.wire().await;
    wire.query("CREATE TABLE t (a text)").await;
    wire.send(&query("COPY t FROM STDIN")).await;
    wire.until(b'G').await;
    let data = frame(b'd', &[b'x'; 100]);
    wire.send(&data[..50]).await;
    tokio::time::sleep(Duration::from_millis(2500)).await;
    wire.send(&[&data[50..], &frame(b'c', b"")].concat()).await;
    assert_eq!(states(&wire.ready().await), [""; 0]);
    assert_eq!(wire.value("SELECT length(a) FROM t").await, "100");
}

#[tokio::test]
async fn who_is_gone_does_not_wait_for_a_turn() {
    let mut bed = Bed::new().await;
    bed.plan = "max_connections = 1\nmax_clients = 2\n".to_owned();
    let proxy = bed.serve().await;
    let mut holder = proxy.wire().await;
    holder.query("BEGIN").await;
    holder.value("SELECT 1").await;
    let mut waiter = proxy.wire().await;
    waiter.send(&query("SELECT 2")).await;
    assert!(waiter.is_silent(Duration::from_millis(300)).await);
    assert!(proxy.try_wire("acme_app", &[]).await.is_err(), "the plan's clients are there");
    drop(waiter);
    eventually("its place is free while the holder still holds", || async { proxy.try_wire("acme_app", &[]).await.is_ok() }).await;
    holder.query("COMMIT").await;
}
