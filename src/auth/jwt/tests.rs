//! Tokens made here, of each algorithm, right and wrong in each way.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::UNIX_EPOCH,
};

use aws_lc_rs::{
    encoding::AsDer,
    rsa::{KeyPair as RsaKeyPair, KeySize},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::config::{JwtAlgorithm, JwtKeys, Secret};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// An issuer's private key, and what it publishes of it.
struct Signer {
    algorithm: Algorithm,
    key: EncodingKey,
    jwk: Value,
}

fn b64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Signer {
    fn rsa(id: &str) -> Signer {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let public = pair.public_key();
        let jwk = json!({
            "kty": "RSA", "kid": id, "use": "sig",
            "n": b64(public.modulus().big_endian_without_leading_zero()), "e": b64(public.exponent().big_endian_without_leading_zero()),
        });
        // `from_rsa_der` reads PKCS #1, the private key inside of what aws-lc writes.
        let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = pair.as_der().unwrap();
        Signer { algorithm: Algorithm::RS256, key: EncodingKey::from_rsa_der(pkcs1(der.as_ref())), jwk }
    }

    fn ec(id: &str) -> Signer {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &aws_lc_rs::rand::SystemRandom::new()).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref()).unwrap();
        let point = pair.public_key().as_ref();
        let jwk = json!({"kty": "EC", "crv": "P-256", "kid": id, "x": b64(&point[1..33]), "y": b64(&point[33..65])});
        Signer { algorithm: Algorithm::ES256, key: EncodingKey::from_ec_der(document.as_ref()), jwk }
    }

    fn ed(id: &str) -> Signer {
        let document = Ed25519KeyPair::generate_pkcs8(&aws_lc_rs::rand::SystemRandom::new()).unwrap();
        let pair = Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap();
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "kid": id, "alg": "EdDSA", "x": b64(pair.public_key().as_ref())});
        Signer { algorithm: Algorithm::EdDSA, key: EncodingKey::from_ed_der(document.as_ref()), jwk }
    }

    fn hmac() -> Signer {
        Signer { algorithm: Algorithm::HS256, key: EncodingKey::from_secret(SECRET.as_bytes()), jwk: Value::Null }
    }

    fn sign(&self, id: Option<&str>, claims: &Value) -> String {
        let header = Header { kid: id.map(str::to_owned), ..Header::new(self.algorithm) };
        encode(&header, claims, &self.key).unwrap()
    }
}

/// The PKCS #1 key inside of a PKCS #8 one: the last octet string.
fn pkcs1(pkcs8: &[u8]) -> &[u8] {
    let at = pkcs8.windows(4).position(|window| window[0] == 0x04 && window[1] == 0x82).unwrap();
    &pkcs8[at + 4..]
}

fn settings(algorithms: &[JwtAlgorithm], keys: Option<JwtKeys>) -> JwtSettings {
    JwtSettings {
        issuer: "https://id.example.com/".to_owned(),
        audience: vec!["pgtenant".to_owned(), "other".to_owned()],
        algorithms: algorithms.to_vec(),
        keys,
        ca: None,
        refresh: Duration::from_secs(3600),
        secret: algorithms.contains(&JwtAlgorithm::HS256).then(|| Secret::new(SECRET)),
        tenant_claim: Some("tenant".to_owned()),
        role_claim: None,
        login_claim: None,
        leeway: Duration::from_secs(5),
    }
}

/// Keys in a file, and a checker that takes all four algorithms.
fn checker(signers: &[&Signer]) -> (tempfile::TempDir, Jwt) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    let keys: Vec<&Value> = signers.iter().map(|signer| &signer.jwk).collect();
    std::fs::write(&file, json!({"keys": keys}).to_string()).unwrap();
    let all = [JwtAlgorithm::RS256, JwtAlgorithm::ES256, JwtAlgorithm::EdDSA, JwtAlgorithm::HS256];
    (folder, Jwt::new(&settings(&all, Some(JwtKeys::File(file)))).unwrap())
}

fn good() -> Value {
    json!({"iss": "https://id.example.com/", "aud": "pgtenant", "exp": now() + 60, "iat": now(), "tenant": "acme"})
}

/// The usual claims, with one of them replaced or (null) taken away.
fn but(name: &str, value: Value) -> Value {
    let mut claims = good();
    match value {
        Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
        value => claims[name] = value,
    }
    claims
}

const APP: Holder<'_> = Holder { login: "app", role: "app", by_role: false };

#[tokio::test]
async fn each_algorithm_is_checked_with_its_own_key() {
    let (rsa, ec, ed) = (Signer::rsa("r"), Signer::ec("e"), Signer::ed("d"));
    let (_folder, jwt) = checker(&[&rsa, &ec, &ed]);
    for (signer, id) in [(&rsa, Some("r")), (&ec, Some("e")), (&ed, Some("d")), (&Signer::hmac(), None), (&rsa, None)] {
        let token = jwt.check(signer.sign(id, &good()).as_bytes(), APP).await.unwrap();
        assert_eq!(token.tenants, TokenTenants::One("acme".to_owned()));
        let left = token.expires.duration_since(SystemTime::now()).unwrap().as_secs();
        assert!((63..=65).contains(&left), "{left}");
    }
    // Another key of the same name, and the right key under another's name.
    assert_eq!(jwt.check(Signer::rsa("r").sign(Some("r"), &good()).as_bytes(), APP).await, Err(TokenError::Signature));
    assert_eq!(jwt.check(rsa.sign(Some("e"), &good()).as_bytes(), APP).await, Err(TokenError::UnknownKey));
    assert_eq!(jwt.check(rsa.sign(Some("x"), &good()).as_bytes(), APP).await, Err(TokenError::UnknownKey));
}

#[tokio::test]
async fn only_configured_algorithms_count() {
    let (rsa, ec) = (Signer::rsa("r"), Signer::ec("e"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    std::fs::write(&file, json!({"keys": [rsa.jwk, ec.jwk]}).to_string()).unwrap();
    let jwt = Jwt::new(&settings(&[JwtAlgorithm::ES256], Some(JwtKeys::File(file)))).unwrap();
    assert!(jwt.check(ec.sign(Some("e"), &good()).as_bytes(), APP).await.is_ok());
    for token in [rsa.sign(Some("r"), &good()), Signer::hmac().sign(None, &good())] {
        assert_eq!(jwt.check(token.as_bytes(), APP).await, Err(TokenError::Algorithm));
    }
}

#[tokio::test]
async fn a_public_key_is_no_secret_and_none_is_no_algorithm() {
    let (rsa, ec) = (Signer::rsa("r"), Signer::ec("e"));
    let (_folder, jwt) = checker(&[&rsa, &ec]);
    // Signed by HMAC with what everybody can read: modulus, coordinates, the document.
    let modulus = URL_SAFE_NO_PAD.decode(rsa.jwk["n"].as_str().unwrap()).unwrap();
    for public in [modulus, rsa.jwk["n"].as_str().unwrap().into(), ec.jwk["x"].as_str().unwrap().into(), rsa.jwk.to_string().into()] {
        for id in [None, Some("r"), Some("e")] {
            let forged = Signer { algorithm: Algorithm::HS256, key: EncodingKey::from_secret(&public), jwk: Value::Null };
            assert_eq!(jwt.check(forged.sign(id, &good()).as_bytes(), APP).await, Err(TokenError::Signature));
        }
    }
    let body = b64(good().to_string().as_bytes());
    for alg in ["none", "None", "NONE", "", "RS256 ", "hs256"] {
        let head = b64(json!({"alg": alg, "typ": "JWT"}).to_string().as_bytes());
        for token in [format!("{head}.{body}."), format!("{head}.{body}"), format!("{head}.{body}.{}", b64(b"x"))] {
            assert_eq!(jwt.check(token.as_bytes(), APP).await, Err(TokenError::Malformed), "{alg}");
        }
    }
    // A signed token whose head is replaced, and one whose claims are.
    let token = rsa.sign(Some("r"), &good());
    let parts: Vec<&str> = token.split('.').collect();
    let other = b64(json!({"alg": "RS256", "kid": "r", "extra": 1}).to_string().as_bytes());
    assert_eq!(jwt.check(format!("{other}.{}.{}", parts[1], parts[2]).as_bytes(), APP).await, Err(TokenError::Signature));
    let other = b64(but("tenant", json!("globex")).to_string().as_bytes());
    assert_eq!(jwt.check(format!("{}.{other}.{}", parts[0], parts[2]).as_bytes(), APP).await, Err(TokenError::Signature));
    // Keys that a token brings along are nobody's, and what must be understood and isn't refuses it.
    let mut header = Header { kid: Some("new".to_owned()), ..Header::new(Algorithm::RS256) };
    let stranger = Signer::rsa("new");
    header.jwk = serde_json::from_value(stranger.jwk.clone()).unwrap();
    header.jku = Some("http://127.0.0.1:1/".to_owned());
    let token = encode(&header, &good(), &stranger.key).unwrap();
    assert_eq!(jwt.check(token.as_bytes(), APP).await, Err(TokenError::UnknownKey));
    let header = Header { kid: Some("r".to_owned()), crit: Some(vec!["b64".to_owned()]), ..Header::new(Algorithm::RS256) };
    assert_eq!(jwt.check(encode(&header, &good(), &rsa.key).unwrap().as_bytes(), APP).await, Err(TokenError::Malformed));
}

#[tokio::test]
async fn claims_that_are_wrong_or_missing() {
    let ec = Signer::ec("e");
    let (_folder, jwt) = checker(&[&ec]);
    let claim = |name: &str| TokenError::Claim(name.to_owned());
    for (claims, wrong) in [
        (but("iss", json!("https://id.example.com")), TokenError::Issuer),
        (but("iss", json!(["https://id.example.com/"])), TokenError::Issuer),
        (but("iss", Value::Null), claim("iss")),
        (but("aud", json!("somebody")), TokenError::Audience),
        (but("aud", json!([])), TokenError::Audience),
        (but("aud", Value::Null), claim("aud")),
        (but("exp", json!(now() - 6)), TokenError::Expired),
        (but("exp", json!(0)), TokenError::Expired),
        (but("exp", json!(-5)), claim("exp")),
        (but("exp", json!("tomorrow")), claim("exp")),
        (but("exp", Value::Null), claim("exp")),
        (but("nbf", json!(now() + 30)), TokenError::Early),
        (but("nbf", json!("x")), claim("nbf")),
        (but("iat", json!(now() + 30)), TokenError::Early),
        (but("tenant", Value::Null), claim("tenant")),
        (but("tenant", json!("")), claim("tenant")),
        (but("tenant", json!(7)), claim("tenant")),
        (but("tenant", json!([])), claim("tenant")),
        (but("tenant", json!(["acme", 7])), claim("tenant")),
    ] {
        assert_eq!(jwt.check(ec.sign(Some("e"), &claims).as_bytes(), APP).await, Err(wrong), "{claims}");
    }
    for claims in [
        but("aud", json!(["x", "other"])),
        but("exp", json!(now() as f64 + 0.5)),
        // Clocks differ.
        but("exp", json!(now() - 2)),
        but("nbf", json!(now() + 2)),
        but("iat", json!(now() + 2)),
        but("exp", json!(40_000_000_000u64)),
    ] {
        assert!(jwt.check(ec.sign(Some("e"), &claims).as_bytes(), APP).await.is_ok(), "{claims}");
    }
}

#[tokio::test]
async fn logins_roles_and_tenants() {
    let holder = |login: &'static str, role: &'static str, by_role| Holder { login, role, by_role };
    let of = async |change: fn(&mut JwtSettings), claims: Value, holder: Holder<'_>| {
        let mut own = settings(&[JwtAlgorithm::HS256], None);
        change(&mut own);
        Jwt::new(&own).unwrap().check(Signer::hmac().sign(None, &claims).as_bytes(), holder).await.map(|token| token.tenants)
    };
    let acme = || Ok(TokenTenants::One("acme".to_owned()));
    let by_login = |settings: &mut JwtSettings| settings.login_claim = Some("sub".to_owned());
    assert_eq!(of(by_login, but("sub", json!("app")), APP).await, acme());
    assert_eq!(of(by_login, but("sub", json!("other")), APP).await, Err(TokenError::Login));
    assert_eq!(of(by_login, good(), APP).await, Err(TokenError::Claim("sub".to_owned())));

    let by_role = |settings: &mut JwtSettings| settings.role_claim = Some("realm_access.roles".to_owned());
    let roles = |value: Value| but("realm_access", json!({"roles": value}));
    assert_eq!(of(by_role, roles(json!(["x", "app"])), APP).await, acme());
    assert_eq!(of(by_role, roles(json!("x app")), APP).await, acme());
    assert_eq!(of(by_role, roles(json!(["application"])), APP).await, Err(TokenError::Login));
    assert_eq!(of(by_role, good(), APP).await, Err(TokenError::Claim("realm_access.roles".to_owned())));
    // Nobody becomes an operator because nobody asks.
    assert_eq!(of(|_| {}, good(), holder("ops", "operator", true)).await, Err(TokenError::Login));
    assert_eq!(of(by_role, roles(json!(["operator"])), holder("ops", "operator", true)).await, acme());
    assert_eq!(of(by_role, roles(json!(["viewer"])), holder("ops", "operator", true)).await, Err(TokenError::Login));

    assert_eq!(of(|settings| settings.tenant_claim = None, good(), APP).await, Ok(TokenTenants::Unasked));
    let several = of(|_| {}, but("tenant", json!(["acme", "globex"])), APP).await;
    assert_eq!(several, Ok(TokenTenants::Several(vec!["acme".to_owned(), "globex".to_owned()])));
    // A name with dots counts before a way through tables.
    let url = |settings: &mut JwtSettings| settings.tenant_claim = Some("https://example.com/tenant".to_owned());
    assert_eq!(of(url, but("https://example.com/tenant", json!("acme")), APP).await, acme());
    let deep = |settings: &mut JwtSettings| settings.tenant_claim = Some("a.b.c".to_owned());
    assert_eq!(of(deep, but("a", json!({"b": {"c": "acme"}})), APP).await, acme());
    assert_eq!(of(deep, but("a", json!({"b": 1})), APP).await, Err(TokenError::Claim("a.b.c".to_owned())));
}

#[tokio::test]
async fn garbage_is_refused() {
    let (_folder, jwt) = checker(&[&Signer::ec("e")]);
    let long = Signer::hmac().sign(None, &but("x", json!("y".repeat(MAX_BYTES))));
    assert_eq!(jwt.check(long.as_bytes(), APP).await, Err(TokenError::TooLong));
    for garbage in [&b""[..], b"password", b"..", b"...", b"a.b.c", b"\xff\xfe", b"e30.e30.e30", b"\0", "\u{e9}.\u{e9}.\u{e9}".as_bytes()] {
        assert_eq!(jwt.check(garbage, APP).await, Err(TokenError::Malformed), "{garbage:?}");
    }
    let token = Signer::hmac().sign(None, &good());
    for cut in 0..token.len() {
        assert!(jwt.check(&token.as_bytes()[..cut], APP).await.is_err());
    }
    // Neither errors nor values show it.
    let refused = format!("{:?} {:?}", jwt.check(&token.as_bytes()[..token.len() - 3], APP).await, jwt);
    assert!(!refused.contains(&token[..20]) && !refused.contains(SECRET), "{refused}");
}

#[test]
fn sets_of_keys() {
    let (rsa, ec) = (Signer::rsa("r"), Signer::ec("e"));
    let set =
        |keys: Value| KeySet::read(json!({"keys": keys}).to_string().as_bytes()).map(|set| set.len()).map_err(|error| error.to_string());
    let with = |jwk: &Value, name: &str, value: Value| {
        let mut jwk = jwk.clone();
        jwk[name] = value;
        jwk
    };
    assert_eq!(set(json!([rsa.jwk, ec.jwk])), Ok(2));
    // What isn't for us, and what is published although it is secret.
    let shared = json!({"kty": "oct", "k": b64(SECRET.as_bytes()), "kid": "s", "alg": "HS256"});
    let others = json!([
        shared,
        with(&rsa.jwk, "use", json!("enc")),
        with(&rsa.jwk, "alg", json!("PS256")),
        with(&ec.jwk, "key_ops", json!(["sign"])),
        with(&ec.jwk, "crv", json!("P-384")),
        {"kty": "new"},
        7,
    ]);
    assert_eq!(set(others), Err("none of the 7 keys is for RS256, ES256 or EdDSA".to_owned()));
    assert_eq!(set(json!([ec.jwk, {"kty": "new"}, with(&ec.jwk, "key_ops", json!(["verify"]))])), Ok(2));
    assert!(KeySet::read(b"<html>").is_err());
    let two = KeySet::read(json!({"keys": [ec.jwk, Signer::ec("f").jwk]}).to_string().as_bytes()).unwrap();
    assert_eq!((two.candidates(None, Algorithm::ES256).len(), two.candidates(Some("f"), Algorithm::ES256).len()), (0, 1));
}

/// An HTTP server that answers each request with what `answer` says, and counts them.
async fn serve(answer: impl Fn(usize) -> (u16, String) + Send + 'static) -> (String, std::sync::Arc<AtomicUsize>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/keys.json", listener.local_addr().unwrap());
    let count = std::sync::Arc::new(AtomicUsize::new(0));
    let counter = std::sync::Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = [0; 2048];
            let read = socket.read(&mut request).await.unwrap();
            assert!(request[..read].starts_with(b"GET /keys.json HTTP/1.1\r\n"));
            let (status, body) = answer(counter.fetch_add(1, Ordering::SeqCst));
            let text = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\nlocation: /other\r\n\r\n{body}", body.len());
            socket.write_all(text.as_bytes()).await.unwrap();
        }
    });
    (url, count)
}

#[tokio::test]
async fn an_unknown_key_is_looked_for_but_not_too_often() {
    let (old, new) = (Signer::ec("old"), Signer::ec("new"));
    let documents = [json!({"keys": [old.jwk]}).to_string(), json!({"keys": [old.jwk, new.jwk]}).to_string()];
    let (url, count) = serve(move |number| (200, documents[number.min(1)].clone())).await;
    let own = settings(&[JwtAlgorithm::ES256], Some(JwtKeys::Url(url)));
    let jwt = Jwt::looking_every(&own, Duration::from_millis(200)).unwrap();
    assert!(jwt.check(old.sign(Some("old"), &good()).as_bytes(), APP).await.is_ok());
    // Somebody has just looked.
    for _ in 0..20 {
        assert_eq!(jwt.check(new.sign(Some("new"), &good()).as_bytes(), APP).await, Err(TokenError::UnknownKey));
    }
    assert_eq!(count.load(Ordering::SeqCst), 1);
    tokio::time::sleep(Duration::from_millis(250)).await;
    let tokens: Vec<String> = (0..10).map(|_| new.sign(Some("new"), &good())).collect();
    let all = tokens.iter().map(|token| jwt.check(token.as_bytes(), APP));
    for outcome in futures_join(all).await {
        assert!(outcome.is_ok());
    }
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

/// Runs futures at once.
async fn futures_join<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut pending: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|cx| {
        for (future, outcome) in pending.iter_mut().filter(|(_, outcome)| outcome.is_none()) {
            if let std::task::Poll::Ready(ready) = future.as_mut().poll(cx) {
                *outcome = Some(ready);
            }
        }
        if pending.iter().all(|(_, outcome)| outcome.is_some()) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    pending.into_iter().map(|(_, outcome)| outcome.unwrap()).collect()
}

#[tokio::test]
async fn keys_stay_when_the_issuer_fails() {
    let ec = Signer::ec("e");
    let document = json!({"keys": [ec.jwk]}).to_string();
    let (url, count) = serve(move |number| match number {
        0 => (200, document.clone()),
        1 => (500, document.clone()),
        2 => (302, document.clone()),
        3 => (200, "no keys".to_owned()),
        _ => (200, "x".repeat(2 << 20)),
    })
    .await;
    let jwt = Jwt::new(&settings(&[JwtAlgorithm::ES256], Some(JwtKeys::Url(url)))).unwrap();
    for _ in 0..5 {
        jwt.refresh().await;
        assert!(jwt.check(ec.sign(Some("e"), &good()).as_bytes(), APP).await.is_ok());
    }
    assert_eq!(count.load(Ordering::SeqCst), 5);
    // Nobody there from the beginning.
    let nowhere = Jwt::new(&settings(&[JwtAlgorithm::ES256], Some(JwtKeys::Url("http://127.0.0.1:1/".to_owned())))).unwrap();
    assert_eq!(nowhere.check(ec.sign(Some("e"), &good()).as_bytes(), APP).await, Err(TokenError::NoKeys));
}

/// The same over TLS, with a certificate for 127.0.0.1 that `authority` signs.
async fn serve_encrypted(document: String) -> (String, String) {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair as LeafKey};
    use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = LeafKey::generate().unwrap();
    let authority = params.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(params, key);
    let leaf_key = LeafKey::generate().unwrap();
    let leaf = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().signed_by(&leaf_key, &issuer).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(leaf.pem().as_bytes()).unwrap()],
            PrivateKeyDer::from_pem_slice(leaf_key.serialize_pem().as_bytes()).unwrap(),
        )
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/keys.json", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let Ok(mut socket) = acceptor.accept(socket).await else { continue };
            let mut request = [0; 2048];
            let read = socket.read(&mut request).await.unwrap();
            assert!(request[..read].starts_with(b"GET /keys.json HTTP/1.1\r\n"));
            let text = format!("HTTP/1.1 200 x\r\ncontent-length: {}\r\n\r\n{document}", document.len());
            socket.write_all(text.as_bytes()).await.unwrap();
            socket.flush().await.unwrap();
        }
    });
    (url, authority)
}

#[tokio::test]
async fn keys_over_https_come_from_whom_the_file_vouches_for() {
    let ec = Signer::ec("e");
    let (url, authority) = serve_encrypted(json!({"keys": [ec.jwk]}).to_string()).await;
    let (_, stranger) = serve_encrypted(String::new()).await;
    let folder = tempfile::tempdir().unwrap();
    let of = async |ca: Option<&str>| {
        let file = folder.path().join("ca.pem");
        if let Some(ca) = ca {
            std::fs::write(&file, ca).unwrap();
        }
        let own = JwtSettings { ca: ca.map(|_| file), ..settings(&[JwtAlgorithm::ES256], Some(JwtKeys::Url(url.clone()))) };
        Jwt::new(&own).unwrap().check(ec.sign(Some("e"), &good()).as_bytes(), APP).await.map(|_| ())
    };
    assert_eq!(of(Some(&authority)).await, Ok(()));
    assert_eq!(of(Some(&stranger)).await, Err(TokenError::NoKeys));
    assert_eq!(of(None).await, Err(TokenError::NoKeys));
}
