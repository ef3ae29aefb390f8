//! Whether a PostgreSQL server's certificate is good enough for the mode.
//!
//! rustls's own verifier knows `verify-full` only, and not the certificates that PostgreSQL's manual teaches to make: one that
//! signs itself, one whose host stands in the common name (RFC 9525 gave that up, libpq hasn't), one of X.509 version 1.

use rustls::{
    CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_cert_signed_by_trust_anchor, verify_server_name,
    },
    crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature, verify_tls13_signature_with_raw_key},
    pki_types::{CertificateDer, ServerName, SignatureVerificationAlgorithm, SubjectPublicKeyInfoDer, UnixTime},
    server::ParsedCertificate,
};
use x509_parser::{
    prelude::{FromDer, GeneralName, X509Certificate},
    x509::X509Version,
};

/// Whom to trust.
#[derive(Debug)]
pub(super) enum Trust {
    /// Whoever holds the key of the certificate it shows.
    Anybody,
    /// Whoever one of these vouches for, or is.
    Roots {
        /// For chains.
        roots: RootCertStore,
        /// The same as they stand in the file.
        certificates: Vec<CertificateDer<'static>>,
        /// Only if the certificate is for the host we meant.
        for_host: bool,
    },
}

/// Verifies servers' certificates. Handshake signatures are verified in every mode.
#[derive(Debug)]
pub(super) struct Verifier {
    trust: Trust,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Verifier {
    pub(super) fn new(trust: Trust, algorithms: WebPkiSupportedAlgorithms) -> Self {
        Verifier { trust, algorithms }
    }

    /// One of the trusted certificates has signed this one. Version 1 says nothing of what a certificate may be used for, so
    /// nothing may stand between the two.
    fn verify_version_1(&self, leaf: &X509Certificate<'_>, trusted: &[CertificateDer<'_>]) -> Result<(), Error> {
        let (signed, signature) = (leaf.tbs_certificate.as_ref(), &*leaf.signature_value.data);
        let by_trusted = trusted
            .iter()
            .filter_map(|root| parse(root).ok())
            .any(|root| root.subject().as_raw() == leaf.issuer().as_raw() && is_signed(&root, self.algorithms.all, signed, signature));
        if by_trusted { Ok(()) } else { Err(CertificateError::UnknownIssuer.into()) }
    }
}

/// Whether the certificate's key has signed the message, by one of the algorithms.
fn is_signed(signer: &X509Certificate<'_>, algorithms: &[&dyn SignatureVerificationAlgorithm], message: &[u8], signature: &[u8]) -> bool {
    let key = &*signer.tbs_certificate.subject_pki.subject_public_key.data;
    algorithms.iter().any(|algorithm| algorithm.verify_signature(key, message, signature).is_ok())
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Trust::Roots { roots, certificates, for_host } = &self.trust else {
            return Ok(ServerCertVerified::assertion());
        };
        let parsed = parse(end_entity)?;
        if certificates.contains(end_entity) {
            verify_dates(&parsed, now)?;
        } else if parsed.version() == X509Version::V1 {
            verify_dates(&parsed, now)?;
            self.verify_version_1(&parsed, certificates)?;
        } else {
            let parsed = ParsedCertificate::try_from(end_entity)?;
            verify_server_cert_signed_by_trust_anchor(&parsed, roots, intermediates, now, self.algorithms.all)?;
        }
        if *for_host {
            verify_host(end_entity, &parsed, server_name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let parsed = parse(cert)?;
        if parsed.version() == X509Version::V1 {
            let scheme = self.algorithms.mapping.iter().find(|(scheme, _)| *scheme == dss.scheme);
            let candidates = scheme.map(|(_, candidates)| *candidates).unwrap_or_default();
            return match is_signed(&parsed, candidates, message, dss.signature()) {
                true => Ok(HandshakeSignatureValid::assertion()),
                false => Err(CertificateError::BadSignature.into()),
            };
        }
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let parsed = parse(cert)?;
        if parsed.version() == X509Version::V1 {
            let key = SubjectPublicKeyInfoDer::from(parsed.tbs_certificate.subject_pki.raw);
            return verify_tls13_signature_with_raw_key(message, &key, dss, &self.algorithms);
        }
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

fn parse<'a>(certificate: &'a CertificateDer<'_>) -> Result<X509Certificate<'a>, Error> {
    X509Certificate::from_der(certificate).map(|(_, parsed)| parsed).map_err(|_| CertificateError::BadEncoding.into())
}

/// For a certificate that no chain is built for.
fn verify_dates(parsed: &X509Certificate<'_>, now: UnixTime) -> Result<(), Error> {
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    if now < parsed.validity().not_before.timestamp() {
        return Err(CertificateError::NotValidYet.into());
    }
    if now > parsed.validity().not_after.timestamp() {
        return Err(CertificateError::Expired.into());
    }
    Ok(())
}

/// The certificate is for the host, by its subject alternative names or, where it has none, by its common name.
fn verify_host(certificate: &CertificateDer<'_>, parsed: &X509Certificate<'_>, host: &ServerName<'_>) -> Result<(), Error> {
    if has_alternative_names(parsed) {
        return verify_server_name(&ParsedCertificate::try_from(certificate)?, host);
    }
    let host = host.to_str();
    let named = parsed.subject().iter_common_name().filter_map(|name| name.as_str().ok()).any(|name| matches_host(name, &host));
    if named { Ok(()) } else { Err(CertificateError::NotValidForName.into()) }
}

fn has_alternative_names(certificate: &X509Certificate<'_>) -> bool {
    match certificate.subject_alternative_name() {
        Ok(Some(names)) => names.value.general_names.iter().any(|name| matches!(name, GeneralName::DNSName(_) | GeneralName::IPAddress(_))),
        Ok(None) => false,
        // Malformed: let rustls say so.
        Err(_) => true,
    }
}

/// A wildcard stands for the whole first label and nothing else: `*.example.com`.
fn matches_host(name: &str, host: &str) -> bool {
    match name.strip_prefix("*.") {
        Some(domain) => {
            domain.contains('.') && host.split_once('.').is_some_and(|(label, rest)| !label.is_empty() && rest.eq_ignore_ascii_case(domain))
        }
        None => name.eq_ignore_ascii_case(host),
    }
}

#[cfg(test)]
mod tests {
    use super::matches_host;

    #[test]
    fn common_names() {
        for (name, host, matches) in [
            ("db.example.com", "db.example.com", true),
            ("DB.example.com", "db.Example.com", true),
            ("db.example.com", "db2.example.com", false),
            ("*.example.com", "db.example.com", true),
            ("*.example.com", "a.db.example.com", false),
            ("*.example.com", "example.com", false),
            ("*.example.com", ".example.com", false),
            ("*.com", "example.com", false),
            ("*", "example", false),
            ("d*.example.com", "db.example.com", false),
            ("10.0.0.1", "10.0.0.1", true),
            ("", "", true),
        ] {
            assert_eq!(matches_host(name, host), matches, "{name} for {host}");
        }
    }
}
