#![allow(clippy::unwrap_used, clippy::panic)]

use std::{
    fs,
    net::IpAddr,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    task::{Context, Poll, Waker},
    time::Duration,
};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, SanType, date_time_ymd};
use rustls::{
    ClientConfig, HandshakeKind,
    client::{Resumption, danger::ServerCertVerifier},
    pki_types::ServerName,
};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsConnector;

use super::{
    verifier::{Trust, Verifier},
    *,
};
use crate::net::{
    Quiet, Stream,
    tests::{block_on, check_quiet, hop_in_traffic, tcp_pair},
};

/// A directory of certificates: a root, and leaves signed by it.
struct Certificates {
    directory: TempDir,
    root: Issuer<'static, KeyPair>,
}

struct Leaf {
    certificate: PathBuf,
    key: PathBuf,
    der: Vec<u8>,
}

impl Certificates {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "root");
        let key = KeyPair::generate().unwrap();
        fs::write(directory.path().join("root.crt"), params.self_signed(&key).unwrap().pem()).unwrap();
        Certificates { directory, root: Issuer::new(params, key) }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn root(&self) -> PathBuf {
        self.path("root.crt")
    }

    /// A leaf with a common name, and alternative names unless there are none.
    fn leaf(&self, file: &str, common_name: &str, alternative: &[&str], adjust: impl FnOnce(&mut CertificateParams)) -> Leaf {
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, common_name);
        params.subject_alt_names = alternative
            .iter()
            .map(|name| match name.parse::<IpAddr>() {
                Ok(address) => SanType::IpAddress(address),
                Err(_) => SanType::DnsName((*name).try_into().unwrap()),
            })
            .collect();
        adjust(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.root).unwrap();
        self.write(file, &certificate, &key)
    }

    fn write(&self, file: &str, certificate: &rcgen::Certificate, key: &KeyPair) -> Leaf {
        let leaf = Leaf {
            certificate: self.path(&format!("{file}.crt")),
            key: self.path(&format!("{file}.key")),
            der: certificate.der().to_vec(),
        };
        fs::write(&leaf.certificate, certificate.pem()).unwrap();
        fs::write(&leaf.key, key.serialize_pem()).unwrap();
        fs::set_permissions(&leaf.key, fs::Permissions::from_mode(0o600)).unwrap();
        leaf
    }

    fn server(&self) -> Leaf {
        self.leaf("server", "server", &["db.example.com", "127.0.0.1"], |_| {})
    }
}

fn server_tls(leaf: &Leaf, client_ca: Option<PathBuf>) -> ServerTls {
    let files = ServerTlsFiles { certificate: leaf.certificate.clone(), key: leaf.key.clone(), client_ca };
    ServerTls::load(files).unwrap()
}

fn client_files(mode: ClientTlsMode, root: Option<PathBuf>, own: Option<&Leaf>) -> ClientTlsFiles {
    ClientTlsFiles { mode, root_cert: root, certificate: own.map(|leaf| leaf.certificate.clone()), key: own.map(|leaf| leaf.key.clone()) }
}

fn client_tls(mode: ClientTlsMode, root: Option<PathBuf>, own: Option<&Leaf>) -> ClientTls {
    ClientTls::load(&client_files(mode, root, own)).unwrap()
}

/// Both sides' handshakes, and a byte each way, so that a refusal after the client's part (TLS 1.3) is seen too.
async fn handshake(server: &ServerTls, direct: bool, client: &ClientTls, host: &str) -> Result<(Stream, Stream), String> {
    let (connecting, accepted) = tcp_pair().await;
    let connecting = async {
        let mut stream = connect_tls(connecting, client, host).await.map_err(|error| format!("client: {error}"))?;
        stream.write_all(b"?").await.map_err(|error| format!("client: {error}"))?;
        let mut byte = [0];
        stream.read_exact(&mut byte).await.map_err(|error| format!("client: {error}"))?;
        Ok(stream)
    };
    let accepting = async {
        let mut stream = accept_tls(accepted, server, direct).await.map_err(|error| format!("server: {error}"))?;
        let mut byte = [0];
        stream.read_exact(&mut byte).await.map_err(|error| format!("server: {error}"))?;
        stream.write_all(b"!").await.map_err(|error| format!("server: {error}"))?;
        Ok(stream)
    };
    match tokio::join!(connecting, accepting) {
        (Ok(client), Ok(server)) => Ok((client, server)),
        (client, server) => {
            let said = |side: Result<Stream, String>| side.err().unwrap_or_default();
            Err(format!("{} / {}", said(client), said(server)))
        }
    }
}

#[test]
fn both_roles_and_what_they_learn() {
    let files = Certificates::new();
    let leaf = files.server();
    let tls = server_tls(&leaf, None);
    assert_eq!(tls.warnings(), []);
    block_on(async {
        for direct in [false, true] {
            let verifying = client_tls(ClientTlsMode::VerifyFull, Some(files.root()), None);
            let (client, mut server) = handshake(&tls, direct, &verifying, "db.example.com").await.unwrap();
            assert!(client.is_tls() && server.is_tls());
            let (at_client, at_server) = (client.tls_info().unwrap(), server.tls_info().unwrap());
            assert_eq!(at_server.server_name, Some("db.example.com"));
            assert_eq!((at_client.alpn, at_server.alpn), (Some(ALPN), Some(ALPN)));
            assert_eq!((at_client.server_certificate, at_server.server_certificate), (&*leaf.der, &*leaf.der));
            assert!(at_server.peer_certificates.is_empty());
            assert_eq!((at_client.version, at_server.version), ("TLSv1.3", "TLSv1.3"));
            assert!(at_server.cipher.starts_with("TLS13_"), "{}", at_server.cipher);
            check_quiet(client, &mut server).await;
        }
        // An address is no server name.
        let (_, server) =
            handshake(&tls, false, &client_tls(ClientTlsMode::VerifyFull, Some(files.root()), None), "127.0.0.1").await.unwrap();
        assert_eq!(server.tls_info().unwrap().server_name, None);
    });
}

#[test]
fn the_client_side_is_quiet_over_session_tickets() {
    let files = Certificates::new();
    let tls = server_tls(&files.server(), None);
    block_on(async {
        let (mut client, server) = handshake(&tls, false, &client_tls(ClientTlsMode::Require, None, None), "db.example.com").await.unwrap();
        check_quiet(server, &mut client).await;
    });
}

#[test]
fn modes_and_hosts() {
    use ClientTlsMode::{Prefer, Require, VerifyCa, VerifyFull};
    let files = Certificates::new();
    let others = Certificates::new();
    let named = server_tls(&files.server(), None);
    let common_name = server_tls(&files.leaf("cn", "db.example.com", &[], |_| {}), None);
    let expired = files.leaf("expired", "db.example.com", &["db.example.com"], |params| params.not_after = date_time_ymd(2020, 1, 1));
    let expired = server_tls(&expired, None);
    assert!(matches!(&*expired.warnings(), [TlsWarning::Expired { .. }]), "{:?}", expired.warnings());
    let self_signed = {
        // As the manual's `openssl req -new -x509` makes it: a root of its own, with a common name only.
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "db.example.com");
        let key = KeyPair::generate().unwrap();
        files.write("self", &params.self_signed(&key).unwrap(), &key)
    };
    let (self_file, self_signed) = (self_signed.certificate.clone(), server_tls(&self_signed, None));
    block_on(async {
        for (server, mode, root, host, good) in [
            (&named, VerifyFull, Some(files.root()), "db.example.com", true),
            (&named, VerifyFull, Some(files.root()), "127.0.0.1", true),
            (&named, VerifyFull, Some(files.root()), "127.0.0.2", false),
            (&named, VerifyFull, Some(files.root()), "other.example.com", false),
            // The common name doesn't count beside alternative names.
            (&named, VerifyFull, Some(files.root()), "server", false),
            (&named, VerifyFull, Some(files.root()), "not a host", false),
            (&named, VerifyFull, Some(others.root()), "db.example.com", false),
            (&named, VerifyCa, Some(files.root()), "other.example.com", true),
            (&named, VerifyCa, Some(files.root()), "not a host", true),
            (&named, VerifyCa, Some(others.root()), "db.example.com", false),
            (&named, Require, None, "other.example.com", true),
            (&named, Require, Some(others.root()), "db.example.com", false),
            (&named, Require, Some(files.root()), "other.example.com", true),
            (&named, Prefer, Some(others.root()), "other.example.com", true),
            (&common_name, VerifyFull, Some(files.root()), "db.example.com", true),
            (&common_name, VerifyFull, Some(files.root()), "db2.example.com", false),
            (&expired, VerifyFull, Some(files.root()), "db.example.com", false),
            (&expired, VerifyCa, Some(files.root()), "db.example.com", false),
            (&expired, Require, None, "db.example.com", true),
            (&self_signed, VerifyFull, Some(self_file.clone()), "db.example.com", true),
            (&self_signed, VerifyFull, Some(self_file.clone()), "other.example.com", false),
            (&self_signed, VerifyCa, Some(self_file.clone()), "other.example.com", true),
            (&self_signed, VerifyCa, Some(files.root()), "db.example.com", false),
        ] {
            let outcome = handshake(server, false, &client_tls(mode, root.clone(), None), host).await.map(|_| ());
            assert_eq!(outcome.is_ok(), good, "{mode} {root:?} {host} at {server:?}: {outcome:?}");
        }
        let (plain, _other) = tcp_pair().await;
        assert!(matches!(connect_tls(plain, &ClientTls::disabled(), "x").await, Err(TlsError::Disabled)));
    });
    for mode in [VerifyCa, VerifyFull] {
        assert!(matches!(ClientTls::load(&client_files(mode, None, None)), Err(TlsFileError::NoRoots(_))));
    }
}

/// A server that holds a certificate whose key it doesn't have is refused in every mode.
#[test]
fn handshake_signatures_are_verified_without_trust() {
    let files = Certificates::new();
    let (shown, held) = (files.leaf("shown", "a", &["a"], |_| {}), files.leaf("held", "b", &["b"], |_| {}));
    let provider = provider();
    let chain = files::certificates(&shown.certificate, &fs::read(&shown.certificate).unwrap()).unwrap();
    let key = files::certified_key(&held.certificate, &held.key, &provider).unwrap().key.clone();
    let impostor = Arc::new(rustls::sign::SingleCertAndKey::from(rustls::sign::CertifiedKey::new(chain, key)));
    block_on(async {
        for versions in [&[&rustls::version::TLS13][..], &[&rustls::version::TLS12]] {
            let config = rustls::ServerConfig::builder_with_provider(provider.clone())
                .with_protocol_versions(versions)
                .unwrap()
                .with_no_client_auth()
                .with_cert_resolver(impostor.clone());
            let (connecting, accepted) = tcp_pair().await;
            let server = tokio_rustls::TlsAcceptor::from(Arc::new(config)).accept(accepted);
            let client_config = client_tls(ClientTlsMode::Require, None, None);
            let client = connect_tls(connecting, &client_config, "a");
            let (client, _server) = tokio::join!(client, server);
            let error = client.err().unwrap().to_string();
            assert!(error.contains("BadSignature"), "{error}");
        }
    });
}

#[test]
fn client_certificates() {
    let (files, others) = (Certificates::new(), Certificates::new());
    let tls = server_tls(&files.server(), Some(files.root()));
    let without_ca = server_tls(&files.server(), None);
    let (own, foreign) = (files.leaf("acme", "acme", &[], |_| {}), others.leaf("acme", "acme", &[], |_| {}));
    block_on(async {
        let mode = ClientTlsMode::Require;
        let (_client, server) = handshake(&tls, false, &client_tls(mode, None, Some(&own)), "h").await.unwrap();
        let shown = server.tls_info().unwrap().peer_certificates;
        assert_eq!(shown.len(), 1);
        assert_eq!(&*shown[0], &*own.der);
        let (_client, server) = handshake(&tls, false, &client_tls(mode, None, None), "h").await.unwrap();
        assert!(server.tls_info().unwrap().peer_certificates.is_empty());
        let refused = handshake(&tls, false, &client_tls(mode, None, Some(&foreign)), "h").await.err().unwrap();
        assert!(refused.contains("server: TLS handshake"), "{refused}");
        // A server that doesn't ask isn't shown one.
        let (_client, server) = handshake(&without_ca, false, &client_tls(mode, None, Some(&own)), "h").await.unwrap();
        assert!(server.tls_info().unwrap().peer_certificates.is_empty());
    });
    let half = ClientTlsFiles { key: None, ..client_files(ClientTlsMode::Require, None, Some(&own)) };
    assert!(matches!(ClientTls::load(&half), Err(TlsFileError::HalfPair { .. })));
}

/// A client of another make, with its own idea of versions and application protocols.
fn foreign_client(versions: &[&'static rustls::SupportedProtocolVersion], alpn: &[&[u8]]) -> ClientConfig {
    let provider = provider();
    let verifier = Verifier::new(Trust::Anybody, provider.signature_verification_algorithms);
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    config
}

async fn foreign_handshake(
    tls: &ServerTls,
    direct: bool,
    config: &Arc<ClientConfig>,
) -> (Result<HandshakeKind, String>, Result<Stream, TlsError>) {
    let (connecting, accepted) = tcp_pair().await;
    let client = async {
        let name = ServerName::try_from("db.example.com").unwrap();
        let mut stream = TlsConnector::from(config.clone()).connect(name, connecting).await.map_err(|error| error.to_string())?;
        stream.write_all(b"?").await.map_err(|error| error.to_string())?;
        stream.flush().await.map_err(|error| error.to_string())?;
        let mut byte = [0];
        stream.read_exact(&mut byte).await.map_err(|error| error.to_string())?;
        Ok(stream.get_ref().1.handshake_kind().unwrap())
    };
    let server = async {
        let mut stream = accept_tls(accepted, tls, direct).await?;
        let mut byte = [0];
        let _ = stream.read_exact(&mut byte).await;
        let _ = stream.write_all(b"!").await;
        Ok(stream)
    };
    tokio::join!(client, server)
}

#[test]
fn application_protocols_and_versions() {
    let files = Certificates::new();
    let tls = server_tls(&files.server(), None);
    let (both, old) = ([&rustls::version::TLS13, &rustls::version::TLS12], [&rustls::version::TLS12]);
    block_on(async {
        for versions in [&both[..], &old[..]] {
            for (alpn, classic, direct) in [
                (&[][..], true, false),
                (&[ALPN][..], true, true),
                (&[&b"h2"[..], ALPN][..], true, true),
                (&[&b"h2"[..]][..], false, false),
                (&[&b"postgresq"[..], b"postgresql "][..], false, false),
            ] {
                let config = Arc::new(foreign_client(versions, alpn));
                for (direct, good) in [(false, classic), (true, direct)] {
                    let (client, server) = foreign_handshake(&tls, direct, &config).await;
                    assert_eq!((client.is_ok(), server.is_ok()), (good, good), "{alpn:?} direct {direct}: {client:?}");
                    if !good {
                        assert!(client.unwrap_err().contains("NoApplicationProtocol"), "{alpn:?} direct {direct}");
                    }
                    if let Ok(server) = server {
                        let version = if versions.len() == 1 { "TLSv1.2" } else { "TLSv1.3" };
                        assert_eq!(server.tls_info().unwrap().version, version);
                    }
                }
            }
        }
    });
}

#[test]
fn garbage_and_early_ends() {
    let files = Certificates::new();
    let tls = server_tls(&files.server(), None);
    block_on(async {
        for bytes in [&b""[..], b"\x16", b"\x16\x03\x01\xff\xff", b"GET / HTTP/1.1\r\n\r\n", b"\0\0\0\x08\x04\xd2\x16\x2f", &[0x16; 4000]] {
            let (mut client, server) = tcp_pair().await;
            client.write_all(bytes).await.unwrap();
            client.shutdown().await.unwrap();
            assert!(matches!(accept_tls(server, &tls, true).await, Err(TlsError::Handshake(_))), "{bytes:?}");
        }
        let (client, server) = handshake(&tls, false, &client_tls(ClientTlsMode::Require, None, None), "h").await.unwrap();
        assert!(matches!(accept_tls(server, &tls, false).await, Err(TlsError::AlreadyEncrypted)));
        drop(client);
    });
}

fn copy(from: &Leaf, to: &Leaf) {
    fs::copy(&from.certificate, &to.certificate).unwrap();
    fs::copy(&from.key, &to.key).unwrap();
}

async fn shown(tls: &ServerTls) -> Vec<u8> {
    let (client, _server) = handshake(tls, false, &client_tls(ClientTlsMode::Require, None, None), "h").await.unwrap();
    client.tls_info().unwrap().server_certificate.to_vec()
}

#[test]
fn reload_shows_the_new_certificate_or_keeps_the_old() {
    let files = Certificates::new();
    let leaf = files.server();
    let tls = server_tls(&leaf, None);
    block_on(async {
        let (mut running, _server) = handshake(&tls, false, &client_tls(ClientTlsMode::Require, None, None), "h").await.unwrap();
        assert_eq!(shown(&tls).await, leaf.der);
        let second = files.leaf("second", "server", &["db.example.com"], |_| {});
        copy(&second, &leaf);
        assert_eq!(shown(&tls).await, leaf.der, "not before the reload");
        tls.reload().unwrap();
        assert_eq!(shown(&tls).await, second.der);
        // A session that runs goes on.
        running.write_all(b"x").await.unwrap();
        // Each way to be wrong names its file and leaves the second certificate in force.
        let third = files.leaf("third", "server", &["db.example.com"], |_| {});
        let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n".to_owned();
        let old_encrypted =
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n"
                .to_owned();
        let third_key = fs::read_to_string(&third.key).unwrap();
        let second_certificate = fs::read_to_string(&second.certificate).unwrap();
        let bad = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for (file, text, complaint) in [
            (&leaf.key, third_key, "doesn't belong to the certificate"),
            (&leaf.key, encrypted, "is encrypted"),
            (&leaf.key, old_encrypted, "is encrypted"),
            (&leaf.key, String::new(), "no private key"),
            (&leaf.key, bad.to_owned(), "no private key"),
            (&leaf.key, bad.replace("CERTIFICATE", "PRIVATE KEY"), "unusable private key"),
            (&leaf.certificate, String::new(), "no certificate"),
            (&leaf.certificate, "-----BEGIN CERTIFICATE-----\nAAAA\n".to_owned(), "malformed PEM"),
            (&leaf.certificate, format!("{second_certificate}{bad}"), "certificate 2 is malformed"),
        ] {
            copy(&second, &leaf);
            fs::write(file, text).unwrap();
            let error = tls.reload().unwrap_err().to_string();
            assert!(error.starts_with(file.to_str().unwrap()) && error.contains(complaint), "{complaint}: {error}");
            assert_eq!(shown(&tls).await, second.der);
        }
        copy(&second, &leaf);
        fs::remove_file(&leaf.key).unwrap();
        let error = tls.reload().unwrap_err().to_string();
        assert!(error.contains("server.key") && error.contains("No such file"), "{error}");
        copy(&third, &leaf);
        fs::set_permissions(&leaf.key, fs::Permissions::from_mode(0o644)).unwrap();
        tls.reload().unwrap();
        assert_eq!(shown(&tls).await, third.der);
        assert!(matches!(&*tls.warnings(), [TlsWarning::KeyOpenToAll { .. }]), "{:?}", tls.warnings());
    });
}

#[test]
fn tickets_outlive_a_reload_but_not_the_clients_roots() {
    let (files, others) = (Certificates::new(), Certificates::new());
    let leaf = files.server();
    let ca = files.path("clients.crt");
    fs::copy(files.root(), &ca).unwrap();
    let tls = server_tls(&leaf, Some(ca.clone()));
    let mut config = foreign_client(&[&rustls::version::TLS13], &[ALPN]);
    config.resumption = Resumption::in_memory_sessions(8);
    let config = Arc::new(config);
    block_on(async {
        let kind = async || foreign_handshake(&tls, true, &config).await.0.unwrap();
        assert_eq!(kind().await, HandshakeKind::Full);
        assert_eq!(kind().await, HandshakeKind::Resumed);
        tls.reload().unwrap();
        assert_eq!(kind().await, HandshakeKind::Resumed);
        fs::copy(others.root(), &ca).unwrap();
        tls.reload().unwrap();
        assert_eq!(kind().await, HandshakeKind::Full);
    });
}

#[test]
fn encrypted_streams_hop_in_traffic() {
    for server_hops in [false, true] {
        hop_in_traffic(async move || {
            let files = Certificates::new();
            let tls = server_tls(&files.server(), None);
            let (client, server) = handshake(&tls, false, &client_tls(ClientTlsMode::Require, None, None), "h").await.unwrap();
            if server_hops { (server, client) } else { (client, server) }
        });
    }
}

/// A writer that outruns its reader: what rustls keeps is bounded, and only the flush gets the last of it out.
#[test]
fn back_pressure_and_flush() {
    let files = Certificates::new();
    let tls = server_tls(&files.server(), None);
    block_on(async {
        let (mut client, mut server) = handshake(&tls, false, &client_tls(ClientTlsMode::Require, None, None), "h").await.unwrap();
        let piece = vec![7; 16 * 1024];
        let mut cx = Context::from_waker(Waker::noop());
        let mut written = 0;
        while let Poll::Ready(taken) = client.poll_write(&mut cx, &piece) {
            written += taken.unwrap();
            assert!(written < 64 * 1024 * 1024, "nothing holds the writer back");
            tokio::task::yield_now().await;
        }
        assert!(client.poll_flush(&mut cx).is_pending());
        let reading = async {
            let (mut read, mut buf, mut largest) = (0, vec![0; 64 * 1024], 0);
            while read < written {
                let taken = server.read_some(&mut buf).await.unwrap();
                assert!(taken > 0 && buf[..taken].iter().all(|byte| *byte == 7));
                largest = largest.max(taken);
                read += taken;
            }
            (read, largest)
        };
        let ((read, largest), flushed) = tokio::join!(reading, client.flush());
        flushed.unwrap();
        assert_eq!(read, written);
        assert!(largest > 16 * 1024, "records that are here already come in one read, not {largest} bytes at most");
        // The end, said properly.
        client.shutdown().await.unwrap();
        assert_eq!(server.read_some(&mut [0; 10]).await.unwrap(), 0);
        assert_eq!(server.try_peek_closed(), Quiet::Closed);
    });
}

/// Readiness means plaintext, also where it lies in rustls and the socket has nothing more to say.
#[test]
fn readiness_sees_what_rustls_holds() {
    let files = Certificates::new();
    let tls = server_tls(&files.server(), None);
    block_on(async {
        let (mut client, mut server) = handshake(&tls, false, &client_tls(ClientTlsMode::Require, None, None), "h").await.unwrap();
        let mut cx = Context::from_waker(Waker::noop());
        assert!(server.poll_read_ready(&mut cx).is_pending());
        client.write_all(b"0123456789").await.unwrap();
        tokio::time::timeout(Duration::from_secs(5), std::future::poll_fn(|cx| server.poll_read_ready(cx))).await.unwrap().unwrap();
        for expected in [b"012", b"345", b"678"] {
            assert!(matches!(server.poll_read_ready(&mut cx), Poll::Ready(Ok(()))));
            let mut buf = [0; 3];
            assert!(matches!(server.poll_read(&mut cx, &mut buf), Poll::Ready(Ok(3))));
            assert_eq!(&buf, expected);
        }
        assert_eq!(server.try_peek_closed(), Quiet::Bytes(b"9".to_vec()));
        assert!(server.poll_read_ready(&mut cx).is_pending());
        // A peer that vanishes without saying so isn't taken for one that said it all.
        drop(client);
        let end = server.read_some(&mut [0; 10]).await;
        assert!(end.is_err(), "{end:?}");
    });
}

#[test]
fn words_of_the_modes() {
    for mode in ["disable", "prefer", "require", "verify-ca", "verify-full"] {
        assert_eq!(mode.parse::<ClientTlsMode>().unwrap().to_string(), mode);
    }
    assert!("allow".parse::<ClientTlsMode>().is_err());
}

/// What `openssl x509 -req` makes, as the manual's section 19.9.5 has it: X.509 version 1, which rustls doesn't know.
/// `testdata` holds a root and a leaf for `db.example.com`, valid for a hundred years, of use for nothing else.
#[test]
fn version_1_certificates() {
    let files = Certificates::new();
    let data = |name: &str| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/net/tls/testdata").join(name);
    let (certificate, key, root) = (data("version_1.crt"), data("version_1.key"), data("root.crt"));
    let tls = ServerTls::load(ServerTlsFiles { certificate: certificate.clone(), key: key.clone(), client_ca: None }).unwrap();
    let provider = provider();
    let resolver = rustls::sign::SingleCertAndKey::from(files::certified_key(&certificate, &key, &provider).unwrap());
    let old = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(resolver));
    let old = tokio_rustls::TlsAcceptor::from(Arc::new(old));
    block_on(async {
        for (mode, root, host, good) in [
            (ClientTlsMode::VerifyFull, Some(root.clone()), "db.example.com", true),
            (ClientTlsMode::VerifyFull, Some(root.clone()), "other.example.com", false),
            (ClientTlsMode::VerifyCa, Some(root), "other.example.com", true),
            (ClientTlsMode::VerifyCa, Some(certificate), "other.example.com", true),
            (ClientTlsMode::VerifyCa, Some(files.root()), "db.example.com", false),
            (ClientTlsMode::Require, None, "other.example.com", true),
        ] {
            let client = client_tls(mode, root, None);
            let outcome = handshake(&tls, true, &client, host).await.map(|_| ());
            assert_eq!(outcome.is_ok(), good, "{mode} {host}: {outcome:?}");
            let (connecting, accepted) = tcp_pair().await;
            let (outcome, _server) = tokio::join!(connect_tls(connecting, &client, host), old.accept(accepted));
            assert_eq!(outcome.is_ok(), good, "TLS 1.2, {mode} {host}: {:?}", outcome.err());
        }
    });
    // Signed by the root's name only.
    let mut forged = files::certificates(&data("version_1.crt"), &fs::read(data("version_1.crt")).unwrap()).unwrap()[0].to_vec();
    *forged.last_mut().unwrap() ^= 1;
    let (roots, certificates) = files::roots(&data("root.crt"), &fs::read(data("root.crt")).unwrap()).unwrap();
    let algorithms = super::provider().signature_verification_algorithms;
    let verifier = Verifier::new(Trust::Roots { roots, certificates, for_host: false }, algorithms);
    let name = ServerName::try_from("db.example.com").unwrap();
    let now = rustls::pki_types::UnixTime::now();
    assert!(verifier.verify_server_cert(&forged.clone().into(), &[], &name, &[], now).is_err());
    *forged.last_mut().unwrap() ^= 1;
    assert!(verifier.verify_server_cert(&forged.clone().into(), &[], &name, &[], now).is_ok());
    let in_two_centuries = rustls::pki_types::UnixTime::since_unix_epoch(Duration::from_secs(240 * 365 * 86_400));
    assert!(verifier.verify_server_cert(&forged.into(), &[], &name, &[], in_two_centuries).is_err());
}
