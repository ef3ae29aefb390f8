//! Who is let in, and by which proof.

use std::time::{Duration, Instant};

use crate::support::{
    bed::{Bed, PASSWORD},
    proxy::Proxy,
    wire::*,
};

async fn attempt(proxy: &Proxy, login: &str, password: &str) -> Result<Wire, Refused> {
    let mut wire = proxy.dial().await;
    wire.log_in(login, password, &[]).await?;
    Ok(wire)
}

#[tokio::test]
async fn scram_verifiers_md5_and_plain() {
    let mut bed = Bed::new().await;
    let salt = [7; 16];
    let verifier = pgtenant::auth::scram::Verifier::from_password(PASSWORD, &salt, 4096).to_string();
    bed.login("verified", &format!("tenant = \"acme\"\nsecret = \"{verifier}\""));
    let stored = pgtenant::auth::md5::Md5Secret::from_password(PASSWORD, "old").to_string();
    bed.login("old", &format!("tenant = \"acme\"\nsecret = \"{stored}\""));
    bed.login("trusted", "tenant = \"acme\"\nauth = \"trust\"");
    let proxy = bed.serve().await;
    for login in ["acme_app", "verified", "old"] {
        assert_eq!(attempt(&proxy, login, PASSWORD).await.ok().unwrap().value("SELECT 1").await, "1", "{login}");
        let refused = attempt(&proxy, login, "wrong").await.err().unwrap();
        assert_eq!((refused.state(), refused.text()), ("28P01", format!("password authentication failed for user \"{login}\"").as_str()));
    }
    // Trust is for Unix sockets only.
    assert_eq!(attempt(&proxy, "trusted", PASSWORD).await.err().unwrap().state(), "28000");
}

#[tokio::test]
async fn unknown_logins_look_like_wrong_passwords() {
    let proxy = Bed::new().await.serve().await;
    // The exchange of a login, with what is random taken out: types, lengths, and the salt's constancy.
    let exchange = async |login: &str| {
        let mut wire = proxy.dial().await;
        wire.start(login, &[]).await;
        let offer = wire.message().await.unwrap();
        let first = b"n,,n=,r=abcdefghijklmnopqrstuvwx";
        wire.send(&frame(b'p', &[b"SCRAM-SHA-256\0", &(first.len() as u32).to_be_bytes()[..], first].concat())).await;
        let challenge = String::from_utf8(wire.message().await.unwrap().body[4..].to_vec()).unwrap();
        let nonce = challenge[2..].split(',').next().unwrap().to_owned();
        let proof = "A".repeat(43) + "=";
        wire.send(&frame(b'p', format!("c=biws,r={nonce},p={proof}").as_bytes())).await;
        let end = wire.rest().await;
        let salt = challenge.split(",s=").nth(1).unwrap().to_owned();
        (
            offer.body,
            nonce.len(),
            salt,
            end.iter()
                .map(|message| (message.tag, message.state().to_owned(), message.field(b'M').replace(login, "X")))
                .collect::<Vec<_>>(),
        )
    };
    let (known, unknown, again) = (exchange("acme_app").await, exchange("nobody").await, exchange("nobody").await);
    assert_eq!(unknown.2, again.2, "an unknown login has a salt that stays");
    assert_eq!((known.0, known.1, known.2.len(), known.3), (unknown.0, unknown.1, unknown.2.len(), unknown.3));
    // Nor is the tenant told of, whose name is in the user.
    let refused = attempt(&proxy, "nobody@acme", PASSWORD).await.err().unwrap();
    assert_eq!(refused.state(), "28P01");
}

#[tokio::test]
async fn an_exchange_out_of_order_is_refused() {
    let proxy = Bed::new().await.serve().await;
    for bytes in [
        query("SELECT 1"),
        frame(b'p', b""),
        frame(b'p', b"SCRAM-SHA-256"),
        frame(b'p', b"SCRAM-SHA-256\0\xff\xff\xff\xfe"),
        frame(b'p', b"PLAIN\0\0\0\0\x01x"),
        frame(b'p', b"SCRAM-SHA-256-PLUS\0\0\0\0\x01x"),
        b"p\0\0\0\x03".to_vec(),
        b"p\x7f\0\0\0".to_vec(),
        frame(b'p', &[b'x'; 70_000]),
    ] {
        let mut wire = proxy.dial().await;
        wire.start("acme_app", &[]).await;
        wire.message().await.unwrap();
        let _ = wire.try_send(&bytes).await;
        let end = wire.rest().await;
        assert_eq!(end.len(), 1, "{end:?}");
        assert!(["08P01", "28000", "28P01"].contains(&end[0].state()), "{end:?}");
    }
}

#[tokio::test]
async fn unix_sockets_and_trust() {
    let mut bed = Bed::new().await;
    let folder = tempfile::tempdir().unwrap();
    bed.listen.push_str(&format!("unix_socket_dir = \"{}\"\n", folder.path().display()));
    bed.login("trusted", "tenant = \"acme\"\nauth = \"trust\"");
    let mut proxy = bed.serve().await;
    let path = folder.path().join(format!(".s.PGSQL.{}", proxy.port()));
    for login in ["trusted", "acme_app"] {
        let mut wire = Wire::unix(&path).await;
        wire.log_in(login, PASSWORD, &[]).await.unwrap();
        assert_eq!(wire.value("SELECT 1").await, "1");
        assert_eq!(wire.mechanism.is_some(), login == "acme_app");
    }
    proxy.signal(rustix::process::Signal::TERM);
    proxy.ended(Duration::from_secs(5)).await;
    assert!(!path.exists(), "the socket's file goes with the proxy");
}

#[tokio::test]
async fn proxy_protocol() {
    let mut bed = Bed::new().await;
    bed.listen.push_str("proxy_protocol = true\n");
    let proxy = bed.serve().await;
    let v2 = [&b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c"[..], &[192, 0, 2, 9, 192, 0, 2, 1, 1, 0, 2, 0]].concat();
    for header in [b"PROXY TCP4 192.0.2.7 192.0.2.1 1000 5432\r\n".to_vec(), b"PROXY UNKNOWN\r\n".to_vec(), v2] {
        // Header and startup packet in one write, as balancers do.
        let mut wire = proxy.dial().await;
        wire.send(&[header, startup(V3_0, &[("user", "acme_app")])].concat()).await;
        wire.authenticate("acme_app", PASSWORD).await.unwrap();
        assert_eq!(wire.value("SELECT 1").await, "1");
    }
    let mut wire = proxy.dial().await;
    wire.send(&[&b"PROXY TCP4 192.0.2.77 192.0.2.1 1000 5432\r\n"[..], &startup(V3_0, &[("user", "acme_app")])].concat()).await;
    assert_eq!(wire.authenticate("acme_app", "wrong").await.unwrap_err().state(), "28P01");
    proxy.logged("192.0.2.77", 1).await;
    // Without one, or with nonsense: closed without a word.
    for bytes in [startup(V3_0, &[("user", "acme_app")]), b"PROXY TCP4 nonsense\r\n".to_vec(), b"GET / HTTP/1.1\r\n\r\n".to_vec()] {
        let mut wire = proxy.dial().await;
        wire.send(&bytes).await;
        assert_eq!(wire.rest().await, []);
    }
}

#[tokio::test]
async fn a_login_takes_no_longer_than_it_may() {
    let mut bed = Bed::new().await;
    bed.timeouts.push_str("login = \"300ms\"\n");
    let proxy = bed.serve().await;
    let (mut silent, mut half) = (proxy.dial().await, proxy.dial().await);
    half.start("acme_app", &[]).await;
    let begun = Instant::now();
    assert_eq!(silent.rest().await, []);
    half.rest().await;
    assert!(begun.elapsed() < Duration::from_secs(3));
    assert_eq!(proxy.wire().await.value("SELECT 1").await, "1");
}
