//! Certificates and keys from PEM files, with errors that say which file and what is wrong with it.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    RootCertStore,
    crypto::CryptoProvider,
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject},
    },
    sign::CertifiedKey,
};
use x509_parser::{prelude::FromDer, prelude::X509Certificate, time::ASN1Time};

use super::ClientTlsMode;

/// Why a file of certificates or keys can't be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsFileError {
    /// It can't be read.
    #[error("{}: {source}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It isn't PEM.
    #[error("{}: malformed PEM: {source}", file.display())]
    Pem {
        /// The file.
        file: PathBuf,
        /// What is malformed.
        source: pem::Error,
    },
    /// No certificate in it.
    #[error("{}: no certificate (a block that begins with -----BEGIN CERTIFICATE-----)", file.display())]
    NoCertificate {
        /// The file.
        file: PathBuf,
    },
    /// A block that calls itself a certificate and is none.
    #[error("{}: certificate {number} is malformed", file.display())]
    BadCertificate {
        /// The file.
        file: PathBuf,
        /// Which of the file's certificates, from 1.
        number: usize,
    },
    /// No private key in it.
    #[error("{}: no private key (a block that begins with -----BEGIN PRIVATE KEY-----)", file.display())]
    NoKey {
        /// The file.
        file: PathBuf,
    },
    /// The private key has a passphrase, and nobody is there to type it.
    #[error("{}: the private key is encrypted; a key without a passphrase is needed", file.display())]
    EncryptedKey {
        /// The file.
        file: PathBuf,
    },
    /// A key of a kind that isn't supported.
    #[error("{}: unusable private key: {source}", file.display())]
    BadKey {
        /// The file.
        file: PathBuf,
        /// Why.
        source: rustls::Error,
    },
    /// Key and certificate belong to different pairs.
    #[error("{}: the private key doesn't belong to the certificate in {}", key.display(), certificate.display())]
    KeyMismatch {
        /// The key's file.
        key: PathBuf,
        /// The certificate's file.
        certificate: PathBuf,
    },
    /// A client certificate without its key, or the other way around.
    #[error("{}: certificate and key come in pairs, and the other one isn't given", file.display())]
    HalfPair {
        /// The one that is given.
        file: PathBuf,
    },
    /// Nothing to verify the server's certificate against.
    #[error("sslmode {0} needs sslrootcert: the certificates that it trusts")]
    NoRoots(ClientTlsMode),
    /// rustls refuses the combination.
    #[error("TLS settings: {0}")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What is wrong and yet doesn't stop a file from being used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TlsWarning {
    /// Clients that verify will refuse it.
    #[error("{}: the certificate has expired on {date}", file.display())]
    Expired {
        /// The file.
        file: PathBuf,
        /// Its last day.
        date: String,
    },
    /// Clients that verify refuse it until then.
    #[error("{}: the certificate isn't valid before {date}", file.display())]
    NotYetValid {
        /// The file.
        file: PathBuf,
        /// Its first day.
        date: String,
    },
    /// Every user of the machine may read the private key.
    #[error("{}: the private key can be read by every user of this machine (chmod 600)", file.display())]
    KeyOpenToAll {
        /// The file.
        file: PathBuf,
    },
}

/// Reads a file.
pub(super) fn read(file: &Path) -> Result<Vec<u8>, TlsFileError> {
    fs::read(file).map_err(|source| TlsFileError::Read { file: file.to_owned(), source })
}

/// The certificates in a file's bytes; at least one, each of them parsed once to see that it is one.
pub(super) fn certificates(file: &Path, bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsFileError> {
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(bytes)
        .collect::<Result<_, _>>()
        .map_err(|source| TlsFileError::Pem { file: file.to_owned(), source })?;
    if certificates.is_empty() {
        return Err(TlsFileError::NoCertificate { file: file.to_owned() });
    }
    for (index, certificate) in certificates.iter().enumerate() {
        if X509Certificate::from_der(certificate).is_err() {
            return Err(TlsFileError::BadCertificate { file: file.to_owned(), number: index + 1 });
        }
    }
    Ok(certificates)
}

/// The certificates of a file as those to trust.
pub(super) fn roots(file: &Path, bytes: &[u8]) -> Result<(RootCertStore, Vec<CertificateDer<'static>>), TlsFileError> {
    let certificates = certificates(file, bytes)?;
    let mut roots = RootCertStore::empty();
    for (index, certificate) in certificates.iter().enumerate() {
        roots.add(certificate.clone()).map_err(|_| TlsFileError::BadCertificate { file: file.to_owned(), number: index + 1 })?;
    }
    Ok((roots, certificates))
}

/// A certificate chain and the key that belongs to it.
pub(super) fn certified_key(certificate: &Path, key: &Path, provider: &CryptoProvider) -> Result<Arc<CertifiedKey>, TlsFileError> {
    let chain = certificates(certificate, &read(certificate)?)?;
    let signing = provider
        .key_provider
        .load_private_key(private_key(key)?)
        .map_err(|source| TlsFileError::BadKey { file: key.to_owned(), source })?;
    let public = X509Certificate::from_der(&chain[0]).ok().map(|(_, parsed)| parsed.tbs_certificate.subject_pki.raw);
    if let Some(of_key) = signing.public_key()
        && public != Some(&*of_key)
    {
        return Err(TlsFileError::KeyMismatch { key: key.to_owned(), certificate: certificate.to_owned() });
    }
    Ok(Arc::new(CertifiedKey::new(chain, signing)))
}

fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, TlsFileError> {
    let bytes = read(file)?;
    PrivateKeyDer::from_pem_slice(&bytes).map_err(|source| match source {
        pem::Error::NoItemsFound if is_encrypted(&bytes) => TlsFileError::EncryptedKey { file: file.to_owned() },
        pem::Error::NoItemsFound => TlsFileError::NoKey { file: file.to_owned() },
        // The old form: a key's block with headers, which aren't base64.
        _ if is_encrypted(&bytes) => TlsFileError::EncryptedKey { file: file.to_owned() },
        source => TlsFileError::Pem { file: file.to_owned(), source },
    })
}

fn is_encrypted(bytes: &[u8]) -> bool {
    [&b"BEGIN ENCRYPTED PRIVATE KEY"[..], b"Proc-Type: 4,ENCRYPTED"].iter().any(|mark| memchr::memmem::find(bytes, mark).is_some())
}

/// What an operator should know about a certificate and its key.
pub(super) fn warnings(certificate: &Path, der: &[u8], key: &Path) -> Vec<TlsWarning> {
    let mut warnings = Vec::new();
    if let Ok((_, parsed)) = X509Certificate::from_der(der) {
        let (validity, now) = (parsed.validity(), ASN1Time::now());
        if now > validity.not_after {
            warnings.push(TlsWarning::Expired { file: certificate.to_owned(), date: validity.not_after.to_string() });
        }
        if now < validity.not_before {
            warnings.push(TlsWarning::NotYetValid { file: certificate.to_owned(), date: validity.not_before.to_string() });
        }
    }
    if fs::metadata(key).is_ok_and(|found| found.permissions().mode() & 0o004 != 0) {
        warnings.push(TlsWarning::KeyOpenToAll { file: key.to_owned() });
    }
    warnings
}
