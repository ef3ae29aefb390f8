//! What a certificate says: the names in it, and the digest that ties SCRAM to a TLS connection.
//!
//! Whether a certificate is to be trusted, TLS has decided before; here it is only read.

use aws_lc_rs::digest;
use x509_parser::{
    certificate::X509Certificate,
    der_parser::asn1_rs::{Oid, oid},
    extensions::GeneralName,
    prelude::FromDer,
    signature_algorithm::RsaSsaPssParams,
};

/// A certificate that can't be read, or that says something unsafe.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CertificateError {
    /// Not an X.509 certificate in DER, or bytes follow it.
    #[error("certificate is not valid DER")]
    Malformed,
    /// A name that isn't text, or has control characters in it: it could be taken for another one (CVE-2009-4034's class).
    #[error("certificate contains a name with unsafe characters")]
    UnsafeName,
    /// More than one alternative-name extension, or one that can't be read.
    #[error("certificate's alternative names can't be read")]
    AlternativeNames,
}

/// The names that a certificate carries.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CertificateNames {
    /// The subject's common name. `None` also where it has several, because then none is *the* name.
    pub common_name: Option<String>,
    /// DNS names, as spelled.
    pub dns: Vec<String>,
    /// Mail addresses.
    pub emails: Vec<String>,
    /// URIs, such as `spiffe://db.example.com/tenant/acme`.
    pub uris: Vec<String>,
}

impl CertificateNames {
    /// Reads a certificate in DER.
    ///
    /// # Errors
    /// [`CertificateError`]: a certificate with one bad name has no names at all.
    pub fn parse(der: &[u8]) -> Result<Self, CertificateError> {
        let certificate = parse(der)?;
        let mut names = CertificateNames::default();
        let mut common_names = certificate.subject().iter_common_name();
        if let (Some(name), None) = (common_names.next(), common_names.next()) {
            names.common_name = Some(safe(name.as_str().map_err(|_| CertificateError::UnsafeName)?)?);
        }
        let alternatives = certificate.subject_alternative_name().map_err(|_| CertificateError::AlternativeNames)?;
        for name in alternatives.iter().flat_map(|extension| &extension.value.general_names) {
            match name {
                GeneralName::DNSName(name) => names.dns.push(safe(name)?),
                GeneralName::RFC822Name(name) => names.emails.push(safe(name)?),
                GeneralName::URI(name) => names.uris.push(safe(name)?),
                GeneralName::Invalid(..) => return Err(CertificateError::UnsafeName),
                _ => {}
            }
        }
        Ok(names)
    }

    /// Whether the certificate carries that name. DNS names don't mind case. A wildcard equals only itself: it names nobody in particular.
    pub fn has(&self, name: CertificateName<'_>) -> bool {
        match name {
            CertificateName::Common(name) => self.common_name.as_deref() == Some(name),
            CertificateName::Dns(name) => self.dns.iter().any(|own| own.eq_ignore_ascii_case(name)),
            CertificateName::Email(name) => self.emails.iter().any(|own| own == name),
            CertificateName::Uri(name) => self.uris.iter().any(|own| own == name),
        }
    }
}

/// One name to look for, written `CN=name`, `DNS:name`, `email:name` or `URI:name` (OpenSSL's words; case doesn't matter).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CertificateName<'a> {
    /// The subject's common name.
    Common(&'a str),
    /// An alternative name: host.
    Dns(&'a str),
    /// An alternative name: mail address.
    Email(&'a str),
    /// An alternative name: URI.
    Uri(&'a str),
}

impl<'a> CertificateName<'a> {
    /// Reads the written form; `None` for any other text, and for an empty name.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (kind, name) = text.split_at_checked(text.find(['=', ':'])? + 1)?;
        if name.is_empty() {
            return None;
        }
        match kind.to_ascii_lowercase().as_str() {
            "cn=" => Some(CertificateName::Common(name)),
            "dns:" => Some(CertificateName::Dns(name)),
            "email:" => Some(CertificateName::Email(name)),
            "uri:" => Some(CertificateName::Uri(name)),
            _ => None,
        }
    }
}

/// The binding data of `tls-server-end-point`: the hash of the server's whole certificate, with the hash function of its signature, SHA-256 instead of MD5
/// and SHA-1 (RFC 5929 section 4.1; `be_tls_get_certificate_hash`).
///
/// `Ok(None)` where the signature has no hash function of its own (Ed25519): such a certificate has no binding, and -PLUS must not be offered. It depends on
/// nothing but the certificate, so it is computed once per certificate and not per login.
///
/// # Errors
/// [`CertificateError::Malformed`].
pub fn endpoint_digest(der: &[u8]) -> Result<Option<Vec<u8>>, CertificateError> {
    let certificate = parse(der)?;
    let signature = &certificate.signature_algorithm;
    let algorithm = if signature.algorithm == RSASSA_PSS {
        let parameters =
            signature.parameters.as_ref().and_then(|any| RsaSsaPssParams::try_from(any).ok()).ok_or(CertificateError::Malformed)?;
        hash_function(parameters.hash_algorithm_oid())
    } else {
        hash_function(&signature.algorithm)
    };
    Ok(algorithm.map(|algorithm| digest::digest(algorithm, der).as_ref().to_vec()))
}

const RSASSA_PSS: Oid<'static> = oid!(1.2.840.113549.1.1.10);

/// RFC 3279, 4055, 5758: signature algorithms, and (for RSASSA-PSS's parameters) hash functions.
fn hash_function(algorithm: &Oid<'_>) -> Option<&'static digest::Algorithm> {
    let known: [(&[Oid<'static>], &'static digest::Algorithm); 4] = [
        (
            &[
                // md5WithRSA, sha1WithRSA, dsa-with-sha1, ecdsa-with-SHA1, sha1: replaced by SHA-256, as the RFC says.
                oid!(1.2.840.113549.1.1.4),
                oid!(1.2.840.113549.1.1.5),
                oid!(1.2.840.10040.4.3),
                oid!(1.2.840.10045.4.1),
                oid!(1.3.14.3.2.26),
                // sha256WithRSA, dsa-with-sha256, ecdsa-with-SHA256, sha256.
                oid!(1.2.840.113549.1.1.11),
                oid!(2.16.840.1.101.3.4.3.2),
                oid!(1.2.840.10045.4.3.2),
                oid!(2.16.840.1.101.3.4.2.1),
            ],
            &digest::SHA256,
        ),
        (
            &[oid!(1.2.840.113549.1.1.14), oid!(2.16.840.1.101.3.4.3.1), oid!(1.2.840.10045.4.3.1), oid!(2.16.840.1.101.3.4.2.4)],
            &digest::SHA224,
        ),
        (&[oid!(1.2.840.113549.1.1.12), oid!(1.2.840.10045.4.3.3), oid!(2.16.840.1.101.3.4.2.2)], &digest::SHA384),
        (&[oid!(1.2.840.113549.1.1.13), oid!(1.2.840.10045.4.3.4), oid!(2.16.840.1.101.3.4.2.3)], &digest::SHA512),
    ];
    known.into_iter().find(|(oids, _)| oids.contains(algorithm)).map(|(_, function)| function)
}

fn parse(der: &[u8]) -> Result<X509Certificate<'_>, CertificateError> {
    match X509Certificate::from_der(der) {
        Ok(([], certificate)) => Ok(certificate),
        _ => Err(CertificateError::Malformed),
    }
}

fn safe(name: &str) -> Result<String, CertificateError> {
    if name.is_empty() || name.contains(char::is_control) { Err(CertificateError::UnsafeName) } else { Ok(name.to_owned()) }
}

#[cfg(test)]
mod tests;
