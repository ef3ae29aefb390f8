//! Logins that fail: answered later and later, then not at all for a while; and nobody else pays for it.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::{
    from,
    support::{
        bed::{Bed, PASSWORD},
        proxy::Proxy,
        tls::{Authority, ClientSide},
        wire::*,
    },
    told,
};

async fn served(abuse: &str) -> Proxy {
    let mut bed = Bed::new().await;
    bed.sections = format!("[abuse]\n{abuse}\n");
    bed.another("globex").await;
    bed.serve().await
}

/// A wrong password from an address: what is told, and after how long.
async fn wrong(proxy: &Proxy, address: &str, login: &str) -> (Message, Duration) {
    let mut wire = from(address, proxy.port()).await;
    let begun = Instant::now();
    let refused = told(wire.log_in(login, "wrong", &[]).await);
    (refused, begun.elapsed())
}

async fn fail(proxy: &Proxy, address: &str, login: &str, times: usize) {
    for _ in 0..times {
        assert_eq!(wrong(proxy, address, login).await.0.state(), "28P01");
    }
}

async fn right(proxy: &Proxy, address: &str, login: &str) -> Result<(), Refused> {
    from(address, proxy.port()).await.log_in(login, PASSWORD, &[]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_come_later_and_later_whether_or_not_the_login_exists() {
    let proxy = served("").await;
    let series = async |address: &'static str, login: &'static str| {
        let mut times = Vec::new();
        for _ in 0..7 {
            let (message, time) = wrong(&proxy, address, login).await;
            assert_eq!(message.field(b'M'), format!("password authentication failed for user \"{login}\""));
            assert_eq!((message.state(), message.field(b'D'), message.field(b'H')), ("28P01", "", ""));
            times.push(time.as_millis() as i64);
        }
        times
    };
    let (known, unknown) = tokio::join!(series("127.0.0.2", "acme_app"), series("127.0.0.3", "nobody"));
    for (times, login) in [(&known, "known"), (&unknown, "unknown")] {
        for (time, expected) in times.iter().zip([0, 0, 0, 100, 200, 400, 800]) {
            assert!((expected..expected + 90).contains(time), "{login}: {times:?}");
        }
    }
    // Whoever comes from elsewhere, or has another login, is answered at once.
    let begun = Instant::now();
    right(&proxy, "127.0.0.4", "acme_app").await.unwrap();
    right(&proxy, "127.0.0.2", "globex_app").await.unwrap();
    assert!(begun.elapsed() < Duration::from_millis(200), "{:?}", begun.elapsed());
    // So is the right password; and it forgives.
    right(&proxy, "127.0.0.2", "acme_app").await.unwrap();
    assert!(wrong(&proxy, "127.0.0.2", "acme_app").await.1 < Duration::from_millis(90));
}

#[tokio::test]
async fn a_login_is_banned_where_it_fails_and_nowhere_else() {
    let proxy = served("failures = 5\nban = \"2s\"\ndelay = \"0s\"").await;
    let mut there = from("127.0.0.2", proxy.port()).await;
    there.log_in("acme_app", PASSWORD, &[]).await.unwrap();
    for login in ["acme_app", "nobody"] {
        fail(&proxy, "127.0.0.2", login, 5).await;
        // Nothing is asked any more.
        let mut wire = from("127.0.0.2", proxy.port()).await;
        wire.start(login, &[]).await;
        let end = wire.rest().await;
        assert_eq!((shape(&end).as_str(), end[0].state(), end[0].field(b'S')), ("E", "28000", "FATAL"), "{end:?}");
        assert_eq!(end[0].field(b'M'), format!("too many failed logins of user \"{login}\" from this address"));
        assert!(end[0].field(b'D').starts_with("5 logins have failed. The next are looked at in"), "{end:?}");
    }
    assert_eq!(there.value("SELECT 1").await, "1", "who is in stays in");
    right(&proxy, "127.0.0.2", "globex_app").await.unwrap();
    right(&proxy, "127.0.0.3", "acme_app").await.unwrap();
    proxy.logged("banned for failed logins", 2).await;
    tokio::time::sleep(Duration::from_millis(2100)).await;
    right(&proxy, "127.0.0.2", "acme_app").await.unwrap();
    proxy.logged("ban is over", 2).await;
}

#[tokio::test]
async fn the_defaults_hold_for_this_machine_too() {
    let proxy = served("delay = \"0s\"").await;
    fail(&proxy, "127.0.0.1", "acme_app", 19).await;
    right(&proxy, "127.0.0.1", "acme_app").await.unwrap();
    fail(&proxy, "127.0.0.1", "acme_app", 20).await;
    assert_eq!(told(right(&proxy, "127.0.0.1", "acme_app").await).state(), "28000");
    right(&proxy, "127.0.0.1", "globex_app").await.unwrap();
}

/// All guesses at once, none of which had been counted when they were let through.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guesses_at_the_same_time_are_counted_too() {
    let proxy = served("failures = 5\ndelay = \"0s\"").await;
    let mut wires = Vec::new();
    for _ in 0..30 {
        let mut wire = from("127.0.0.2", proxy.port()).await;
        wire.start("acme_app", &[]).await;
        wires.push(wire);
    }
    let mut last = wires.pop().unwrap();
    for wire in &mut wires {
        told(wire.authenticate("acme_app", "wrong").await);
    }
    assert_eq!(told(last.authenticate("acme_app", PASSWORD).await).state(), "28000", "the thirtieth guess is right");
}

#[tokio::test]
async fn who_leaves_has_not_failed() {
    let proxy = served("failures = 5\ndelay = \"0s\"").await;
    for _ in 0..30 {
        // As psql does to ask for the password.
        let mut wire = from("127.0.0.2", proxy.port()).await;
        wire.start("acme_app", &[]).await;
        assert_eq!(wire.message().await.unwrap().tag, b'R');
    }
    right(&proxy, "127.0.0.2", "acme_app").await.unwrap();
    assert!(!proxy.log().contains("banned"));
}

#[tokio::test]
async fn an_address_that_tries_many_logins_is_banned_whole() {
    let mut bed = Bed::new().await;
    bed.sections = "[abuse]\naddress_failures = 8\nban = \"2s\"\ndelay = \"0s\"\n".to_owned();
    let folder = tempfile::tempdir().unwrap();
    bed.listen.push_str(&format!("unix_socket_dir = \"{}\"\n", folder.path().display()));
    let socket = folder.path().join(format!(".s.PGSQL.{}", bed.port));
    let proxy = bed.serve().await;
    for n in 0..8 {
        fail(&proxy, "127.0.0.2", &format!("login{n}"), 1).await;
    }
    for first in [None, Some(ssl_request()), Some(gss_request())] {
        let mut wire = from("127.0.0.2", proxy.port()).await;
        if let Some(first) = first {
            wire.send(&first).await;
            assert_eq!(wire.byte().await, Some(b'N'));
        }
        let refused = told(wire.log_in("acme_app", PASSWORD, &[]).await);
        assert_eq!((refused.state(), refused.field(b'M')), ("28000", "too many failed logins from this address"));
    }
    right(&proxy, "127.0.0.3", "acme_app").await.unwrap();
    // Unix sockets have no address that could be banned.
    for _ in 0..20 {
        told(Wire::unix(&socket).await.log_in("acme_app", "wrong", &[]).await);
    }
    Wire::unix(&socket).await.log_in("acme_app", PASSWORD, &[]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(2100)).await;
    right(&proxy, "127.0.0.2", "acme_app").await.unwrap();
}

#[tokio::test]
async fn no_handshake_is_made_with_who_is_banned() {
    let authority = Authority::new("root");
    let mut bed = Bed::new().await;
    authority.sign("proxy", &["localhost"]).write(bed.folder(), "server");
    bed.sections = "[tls]\ncertificate = \"server.crt\"\nkey = \"server.key\"\n[abuse]\naddress_failures = 2\ndelay = \"0s\"\n".to_owned();
    let proxy = bed.serve().await;
    let client = ClientSide::new(&authority);
    let mut wire = client.request(proxy.port()).await;
    wire.log_in("acme_app", PASSWORD, &[]).await.unwrap();
    fail(&proxy, "127.0.0.1", "nobody", 2).await;
    let mut wire = proxy.dial().await;
    wire.send(&ssl_request()).await;
    let end = wire.rest().await;
    assert_eq!(states(&end), ["28000"], "libpq takes an error for the answer: {end:?}");
    assert!(client.direct(proxy.port()).await.is_err());
}

#[tokio::test]
async fn lists_of_the_operator_are_read_anew() {
    let mut proxy = served("failures = 2\ndelay = \"0s\"\nnever = [\"127.0.0.5\"]\ndeny = [\"127.0.0.6\"]").await;
    fail(&proxy, "127.0.0.5", "acme_app", 10).await;
    right(&proxy, "127.0.0.5", "acme_app").await.unwrap();
    let denied = told(right(&proxy, "127.0.0.6", "acme_app").await);
    assert_eq!((denied.state(), denied.field(b'M')), ("28000", "connections from this address are not accepted"));
    fail(&proxy, "127.0.0.7", "acme_app", 2).await;
    assert_eq!(told(right(&proxy, "127.0.0.7", "acme_app").await).state(), "28000");
    let mut session = from("127.0.0.8", proxy.port()).await;
    session.log_in("acme_app", PASSWORD, &[]).await.unwrap();
    let mut other = from("127.0.0.9", proxy.port()).await;
    other.log_in("acme_app", PASSWORD, &[]).await.unwrap();
    proxy.bed.sections = "[abuse]\nnever = [\"127.0.0.7\"]\ndeny = [\"127.0.0.8/32\"]\n".to_owned();
    proxy.bed.write();
    proxy.signal(Signal::HUP);
    proxy.logged("ban lifted", 1).await;
    right(&proxy, "127.0.0.7", "acme_app").await.unwrap();
    right(&proxy, "127.0.0.6", "acme_app").await.unwrap();
    assert_eq!(states(&session.rest().await), ["57P01"], "a session from an address that is denied by now");
    assert_eq!(told(right(&proxy, "127.0.0.8", "acme_app").await).state(), "28000");
    assert_eq!(other.value("SELECT 1").await, "1");
    // What isn't right stays as it was.
    proxy.bed.sections = "[abuse]\ndeny = [\"nowhere\"]\n".to_owned();
    proxy.bed.write();
    proxy.signal(Signal::HUP);
    proxy.logged("[abuse] stays as it was", 1).await;
    assert_eq!(told(right(&proxy, "127.0.0.8", "acme_app").await).state(), "28000");
}

#[tokio::test]
async fn behind_a_balancer_the_client_is_counted() {
    let mut bed = Bed::new().await;
    bed.listen.push_str("proxy_protocol = true\n");
    bed.sections = "[abuse]\nfailures = 3\naddress_failures = 3\ndelay = \"0s\"\n".to_owned();
    let proxy = bed.serve().await;
    let through = async |source: &str, password: &str| {
        let mut wire = proxy.dial().await;
        let header =
            if source.is_empty() { "PROXY UNKNOWN\r\n".to_owned() } else { format!("PROXY TCP4 {source} 127.0.0.1 4711 5432\r\n") };
        wire.send(header.as_bytes()).await;
        wire.log_in("acme_app", password, &[]).await
    };
    for _ in 0..3 {
        told(through("192.0.2.7", "wrong").await);
    }
    assert_eq!(told(through("192.0.2.7", PASSWORD).await).state(), "28000");
    through("192.0.2.8", PASSWORD).await.unwrap();
    // What the balancer says of itself isn't held against it.
    for _ in 0..10 {
        assert_eq!(told(through("", "wrong").await).state(), "28P01");
    }
    through("", PASSWORD).await.unwrap();
    through("192.0.2.8", PASSWORD).await.unwrap();
}
