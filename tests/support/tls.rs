//! Certificates made for a test, and TLS on the client's side.

use std::{fs, path::Path, sync::Arc};

use pgtenant::auth::{certificate::endpoint_digest, scram::ChannelBinding};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, SanType};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject},
};
use tokio_rustls::TlsConnector;

use super::wire::{Wire, ssl_request};

/// An authority, and what it signs.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its certificate.
    pub pem: String,
}

/// A certificate and its key, in PEM.
pub struct Leaf {
    /// The certificate.
    pub certificate: String,
    /// The key.
    pub key: String,
}

impl Authority {
    /// A new one.
    pub fn new(name: &str) -> Authority {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Authority { issuer: Issuer::new(params, key), pem }
    }

    /// A certificate with a common name and DNS names (127.0.0.1 among them where `names` has it).
    pub fn sign(&self, common_name: &str, names: &[&str]) -> Leaf {
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, common_name);
        for name in names {
            params.subject_alt_names.push(match name.parse() {
                Ok(address) => SanType::IpAddress(address),
                Err(_) if name.contains("://") => SanType::URI((*name).try_into().unwrap()),
                Err(_) => SanType::DnsName((*name).try_into().unwrap()),
            });
        }
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Leaf { certificate: certificate.pem(), key: key.serialize_pem() }
    }
}

impl Leaf {
    /// Writes `NAME.crt` and `NAME.key`.
    pub fn write(&self, folder: &Path, name: &str) {
        use std::os::unix::fs::PermissionsExt;
        fs::write(folder.join(format!("{name}.crt")), &self.certificate).unwrap();
        let key = folder.join(format!("{name}.key"));
        fs::write(&key, &self.key).unwrap();
        fs::set_permissions(key, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

/// How a client does TLS.
pub struct ClientSide<'a> {
    /// Whom it believes.
    pub authority: &'a Authority,
    /// Who it is.
    pub leaf: Option<&'a Leaf>,
    /// The name that it connects to.
    pub name: &'a str,
    /// Application protocols.
    pub alpn: &'a [&'a str],
}

impl<'a> ClientSide<'a> {
    /// Without a certificate, to `localhost`.
    pub fn new(authority: &'a Authority) -> ClientSide<'a> {
        ClientSide { authority, leaf: None, name: "localhost", alpn: &["postgresql"] }
    }

    /// Asks for TLS and does it.
    pub async fn request(&self, port: u16) -> Wire {
        self.over(Wire::tcp(port).await).await
    }

    /// The same on a connection on which only a PROXY header was sent.
    pub async fn over(&self, mut wire: Wire) -> Wire {
        wire.send(&ssl_request()).await;
        assert_eq!(wire.byte().await, Some(b'S'));
        self.handshake(wire).await.unwrap()
    }

    /// Begins with TLS.
    pub async fn direct(&self, port: u16) -> std::io::Result<Wire> {
        self.handshake(Wire::tcp(port).await).await
    }

    async fn handshake(&self, wire: Wire) -> std::io::Result<Wire> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.authority.pem.as_bytes()).unwrap()).unwrap();
        let builder =
            ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider())).with_safe_default_protocol_versions().unwrap();
        let builder = builder.with_root_certificates(roots);
        let mut config = match self.leaf {
            Some(leaf) => {
                let chain = vec![CertificateDer::from_pem_slice(leaf.certificate.as_bytes()).unwrap()];
                builder.with_client_auth_cert(chain, PrivateKeyDer::from_pem_slice(leaf.key.as_bytes()).unwrap()).unwrap()
            }
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = self.alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        let name = ServerName::try_from(self.name.to_owned()).unwrap();
        let stream = TlsConnector::from(Arc::new(config)).connect(name, wire.into_io()).await?;
        let certificate = stream.get_ref().1.peer_certificates().unwrap()[0].clone();
        let mut wire = Wire::over(stream);
        if let Some(digest) = endpoint_digest(&certificate).unwrap() {
            wire.binding = ChannelBinding::TlsServerEndPoint(digest);
        }
        Ok(wire)
    }
}
