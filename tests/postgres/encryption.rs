//! TLS towards clients and towards servers.

use std::time::Duration;

use rustix::process::Signal;

use crate::support::{
    bed::{Bed, PASSWORD},
    cluster,
    tls::{Authority, ClientSide},
    wire::*,
};

const TLS: &str = "[tls]\ncertificate = \"server.crt\"\nkey = \"server.key\"\n";

async fn bed(authority: &Authority, names: &[&str]) -> Bed {
    let mut bed = Bed::new().await;
    authority.sign("proxy", names).write(bed.folder(), "server");
    bed.sections = TLS.to_owned();
    bed
}

#[tokio::test]
async fn requested_direct_or_none() {
    let authority = Authority::new("root");
    let proxy = bed(&authority, &["localhost"]).await.serve().await;
    let client = ClientSide::new(&authority);
    // SSLRequest; SCRAM is tied to the connection then.
    let mut wire = client.request(proxy.port()).await;
    wire.log_in("acme_app", PASSWORD, &[]).await.unwrap();
    assert_eq!(wire.mechanism.as_deref(), Some("SCRAM-SHA-256-PLUS"));
    assert_eq!(wire.value("SELECT 1").await, "1");
    // Somebody in between has another certificate: the binding doesn't fit.
    let mut wire = client.request(proxy.port()).await;
    wire.binding = pgtenant::auth::scram::ChannelBinding::TlsServerEndPoint(vec![1; 32]);
    assert!(wire.log_in("acme_app", PASSWORD, &[]).await.is_err());
    // Direct TLS, with its protocol's name and without.
    let mut wire = client.direct(proxy.port()).await.unwrap();
    wire.log_in("acme_app", PASSWORD, &[]).await.unwrap();
    assert_eq!(wire.value("SELECT 2").await, "2");
    for alpn in [&["http/1.1"][..], &[]] {
        let end = match (ClientSide { alpn, ..ClientSide::new(&authority) }).direct(proxy.port()).await {
            Err(_) => continue,
            Ok(mut wire) => wire.log_in("acme_app", PASSWORD, &[]).await,
        };
        assert!(end.is_err(), "{alpn:?}");
    }
    // Plain text is served too, and GSS refused; then TLS may still be asked for.
    let mut wire = proxy.dial().await;
    wire.send(&gss_request()).await;
    assert_eq!(wire.byte().await, Some(b'N'));
    wire.send(&ssl_request()).await;
    assert_eq!(wire.byte().await, Some(b'S'));
    assert_eq!(proxy.wire().await.value("SELECT 3").await, "3");
    // Bytes behind SSLRequest are somebody else's.
    let mut wire = proxy.dial().await;
    wire.send(&[ssl_request(), startup(V3_0, &[("user", "acme_app")])].concat()).await;
    assert_eq!(states(&wire.rest().await), ["08P01"]);
    // Twice the same request.
    let mut wire = proxy.dial().await;
    wire.send(&gss_request()).await;
    wire.byte().await;
    wire.send(&gss_request()).await;
    assert_eq!(states(&wire.rest().await), ["08P01"]);
    // A cancel over TLS.
    let mut wire = proxy.wire().await;
    wire.send(&query("SELECT pg_sleep(20)")).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut cancel = client.request(proxy.port()).await;
    cancel.send(&packet(80_877_102, &[&wire.process.to_be_bytes()[..], &wire.key].concat())).await;
    assert_eq!(states(&wire.ready().await), ["57014"]);
}

#[tokio::test]
async fn without_tls_it_is_refused_and_plain_text_goes_on() {
    let proxy = Bed::new().await.serve().await;
    let mut wire = proxy.dial().await;
    wire.send(&ssl_request()).await;
    assert_eq!(wire.byte().await, Some(b'N'));
    wire.send(&gss_request()).await;
    assert_eq!(wire.byte().await, Some(b'N'));
    wire.log_in("acme_app", PASSWORD, &[]).await.unwrap();
    assert_eq!(wire.value("SELECT 1").await, "1");
}

#[tokio::test]
async fn required_and_renewed() {
    let authority = Authority::new("root");
    let mut bed = bed(&authority, &["localhost"]).await;
    bed.sections.push_str("mode = \"require\"\n");
    let proxy = bed.serve().await;
    let refused = proxy.try_wire("acme_app", &[]).await.err().unwrap();
    assert_eq!(refused.state(), "28000");
    let mut before = ClientSide::new(&authority).request(proxy.port()).await;
    before.log_in("acme_app", PASSWORD, &[]).await.unwrap();
    // A new certificate of a new authority, without a restart.
    let next = Authority::new("next");
    next.sign("proxy", &["localhost"]).write(proxy.bed.folder(), "server");
    proxy.signal(Signal::HUP);
    proxy.logged("certificates reloaded", 1).await;
    let mut after = ClientSide::new(&next).request(proxy.port()).await;
    after.log_in("acme_app", PASSWORD, &[]).await.unwrap();
    assert_eq!(before.value("SELECT 1").await, "1");
    // A broken one changes nothing.
    proxy.bed.file("server.crt", "nonsense");
    proxy.signal(Signal::HUP);
    proxy.logged("certificates stay as they were", 1).await;
    ClientSide::new(&next).request(proxy.port()).await.log_in("acme_app", PASSWORD, &[]).await.unwrap();
}

#[tokio::test]
async fn client_certificates() {
    let authority = Authority::new("root");
    let mut bed = bed(&authority, &["localhost"]).await;
    bed.file("clients.crt", &authority.pem);
    bed.sections.push_str("client_ca = \"clients.crt\"\n");
    bed.login("robot", "tenant = \"acme\"\nauth = \"certificate\"");
    bed.login("several", "tenants = [\"*\"]\nauth = \"certificate\"\ncertificate_name = \"fleet\"");
    let proxy = bed.serve().await;
    let leaf = authority.sign("robot", &[]);
    let with = ClientSide { leaf: Some(&leaf), ..ClientSide::new(&authority) };
    let mut wire = with.request(proxy.port()).await;
    wire.log_in("robot", "", &[]).await.unwrap();
    assert_eq!(wire.mechanism, None);
    assert_eq!(wire.value("SELECT 1").await, "1");
    // Somebody else's certificate, none, and plain text.
    let other = authority.sign("other", &[]);
    let wrong = ClientSide { leaf: Some(&other), ..ClientSide::new(&authority) };
    for mut wire in [wrong.request(proxy.port()).await, ClientSide::new(&authority).request(proxy.port()).await, proxy.dial().await] {
        assert_eq!(wire.log_in("robot", PASSWORD, &[]).await.unwrap_err().state(), "28000");
    }
    // A certificate of a stranger doesn't get through TLS.
    let stranger = Authority::new("stranger").sign("robot", &[]);
    let strange = ClientSide { leaf: Some(&stranger), ..ClientSide::new(&authority) };
    match strange.direct(proxy.port()).await {
        Err(_) => {}
        Ok(mut wire) => assert!(wire.log_in("robot", "", &[]).await.is_err()),
    }
    // The certificate's alternative name says the tenant.
    let fleet = authority.sign("fleet", &["spiffe://example.com/tenant/acme"]);
    let fleet = ClientSide { leaf: Some(&fleet), ..ClientSide::new(&authority) };
    let mut wire = fleet.request(proxy.port()).await;
    wire.log_in("several", "", &[]).await.unwrap();
    assert_eq!(wire.value("SELECT current_user").await, proxy.bed.database("acme"));
    let mut wire = fleet.request(proxy.port()).await;
    assert_eq!(wire.log_in("several", "", &[("options", "-c pgtenant.tenant=globex")]).await.unwrap_err().state(), "28000");
}

#[tokio::test]
async fn the_server_name_says_the_tenant() {
    let authority = Authority::new("root");
    let mut bed = bed(&authority, &["*.db.example.com"]).await;
    bed.another("globex").await;
    bed.sections.push_str("[identity]\nserver_names = [\"db.example.com\"]\n");
    bed.login("backoffice", "tenants = [\"*\"]\nsecret = \"file:secret\"");
    let proxy = bed.serve().await;
    for tenant in ["acme", "globex"] {
        let name = format!("{tenant}.db.example.com");
        let client = ClientSide { name: &name, ..ClientSide::new(&authority) };
        let mut wire = client.request(proxy.port()).await;
        wire.log_in("backoffice", PASSWORD, &[]).await.unwrap();
        assert_eq!(wire.value("SELECT current_user").await, proxy.bed.database(tenant));
        let mut wire = client.request(proxy.port()).await;
        let other = if tenant == "acme" { "globex" } else { "acme" };
        let refused = wire.log_in(&format!("backoffice@{other}"), PASSWORD, &[]).await.unwrap_err();
        assert_eq!(refused.state(), "28000");
        assert!(refused.text().contains("different tenants"), "{refused:?}");
    }
    let mut wire = ClientSide { name: "nobody.db.example.com", ..ClientSide::new(&authority) }.request(proxy.port()).await;
    assert_eq!(wire.log_in("backoffice", PASSWORD, &[]).await.unwrap_err().state(), "28000");
}

#[tokio::test]
async fn towards_servers() {
    let authority = Authority::new("root");
    let mut server = cluster::own(&[]);
    let leaf = authority.sign("server", &["127.0.0.1"]);
    server.write_data_file("server.crt", &leaf.certificate).unwrap();
    server.write_data_file("server.key", &leaf.key).unwrap();
    server.set("ssl", "on").unwrap();
    server.restart(pgtenant::lifecycle::cluster::StopMode::Fast).unwrap();
    let database = cluster::database(&server).await;
    let is_encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let serve = async |mode: &str, root: &str| {
        let mut bed = Bed::empty().observed();
        bed.pool = "connect_timeout = \"1s\"\n".to_owned();
        bed.file("root.crt", root);
        bed.shard("east", &format!("{} sslmode={mode} sslrootcert=root.crt", server.address("postgres")), 20);
        bed.tenant("acme", "east", &database);
        bed.serve().await
    };
    for mode in ["verify-full", "require"] {
        let proxy = serve(mode, &authority.pem).await;
        let mut wire = proxy.wire().await;
        assert_eq!(wire.value(is_encrypted).await, "t", "{mode}");
        // Cancel requests go the same way.
        wire.send(&query("SELECT pg_sleep(20)")).await;
        wire.cancel_running(proxy.port()).await;
        assert_eq!(states(&wire.ready().await), ["57014"]);
    }
    let proxy = serve("disable", &authority.pem).await;
    assert_eq!(proxy.wire().await.value(is_encrypted).await, "f");
    // A server that the root doesn't know is refused.
    let proxy = serve("verify-full", &Authority::new("another").pem).await;
    let refused = proxy.try_wire("acme_app", &[]).await.err().unwrap();
    assert_eq!(refused.state(), "57P03");
    assert!(!refused.text().contains("127.0.0.1"), "{refused:?}");
    // Files that are renewed count for pools that there are; those that aren't right don't.
    let proxy = serve("verify-full", &authority.pem).await;
    let mut first = proxy.wire().await;
    first.query("BEGIN").await;
    let mut held = vec![first];
    for (reloads, (root, state)) in
        [("garbage", ""), (&*Authority::new("another").pem, "57P03"), (&*authority.pem, "")].into_iter().enumerate()
    {
        proxy.bed.file("root.crt", root);
        proxy.signal(Signal::HUP);
        proxy.logged("SIGHUP", reloads + 1).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        let mut second = proxy.wire().await;
        // Each keeps its connection, so that the next one needs another.
        let said = second.query("BEGIN").await;
        held.push(second);
        assert_eq!(states(&said).first().copied().unwrap_or_default(), state, "{root}");
    }
}
