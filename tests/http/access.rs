//! Who may ask.

use crate::{
    client::{Http, over, serve, serve_open, serve_with},
    support::{
        bed::Bed,
        proxy::Proxy,
        tls::{Authority, ClientSide, Leaf},
    },
};

#[tokio::test]
async fn tokens_let_in() {
    let (proxy, http) = serve(Bed::new().await).await;
    assert_eq!((http.as_viewer().get("/metrics").await.status, http.as_operator().get("/metrics").await.status), (200, 200));
    for token in ["", "x", "viewer-0123456789abcde", "viewer-0123456789abcdef0", "Viewer-0123456789abcdef"] {
        let wrong = Http { port: http.port, token: Some(token.to_owned()) };
        assert_eq!(wrong.get("/metrics").await.status, 401, "{token}");
    }
    assert_eq!(http.get("/metrics").await.status, 401);
    assert_eq!(http.send("GET", "/metrics", &[("Authorization", "Basic dmlld2VyOng=")], "").await.status, 401);
    assert!(!proxy.log().contains("0123456789abcde"), "{}", proxy.log());
}

/// A page of somebody else's asks through a browser whose resolver says that its host is here.
#[tokio::test]
async fn without_tokens_the_host_must_be_this_machine() {
    let (_proxy, http) = serve_open(Bed::new().await).await;
    assert_eq!(http.get("/metrics").await.status, 200);
    for (host, status) in [("127.0.0.1", 200), ("evil.example.com", 421), ("localhost.evil.example.com", 421), ("", 421)] {
        assert_eq!(http.send("GET", "/metrics", &[("Host", host)], "").await.status, status, "{host}");
    }
}

#[tokio::test]
async fn what_is_not_there_and_what_is_not_meant() {
    let (_proxy, http) = serve_open(Bed::new().await).await;
    let missing = http.get("/nothing").await;
    assert_eq!((missing.status, missing.header("content-type")), (404, "application/problem+json"));
    assert_eq!(missing.json()["detail"], "there is nothing at /nothing");
    let wrong = http.send("POST", "/metrics", &[], "").await;
    assert_eq!((wrong.status, wrong.header("content-type")), (405, "application/problem+json"));
}

async fn ask(proxy: &Proxy, port: u16, authority: &Authority, leaf: Option<&Leaf>) -> u16 {
    let client = ClientSide { leaf, alpn: &["http/1.1"], ..ClientSide::new(authority) };
    let wire = client.direct(port).await.unwrap_or_else(|error| panic!("{error}\n{}", proxy.log()));
    over(wire.into_io(), "GET", "/metrics", &[], "").await.status
}

#[tokio::test]
async fn certificates_let_in() {
    let authority = Authority::new("ours");
    let bed = Bed::new().await;
    authority.sign("proxy", &["localhost"]).write(bed.folder(), "server");
    bed.file("clients.crt", &authority.pem);
    let lines = "certificate = \"server.crt\"\nkey = \"server.key\"\nclient_ca = \"clients.crt\"\n\
                 certificates = [{ name = \"DNS:ops.example.com\", role = \"operator\" }]\n";
    let (proxy, http) = serve_with(bed, lines).await;
    let (ops, other) = (authority.sign("ops", &["ops.example.com"]), authority.sign("other", &["other.example.com"]));
    assert_eq!(ask(&proxy, http.port, &authority, Some(&ops)).await, 200);
    assert_eq!(ask(&proxy, http.port, &authority, Some(&other)).await, 401);
    assert_eq!(ask(&proxy, http.port, &authority, None).await, 401);
}
