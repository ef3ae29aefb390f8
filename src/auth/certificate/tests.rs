use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::STANDARD};
use proptest::prelude::*;
use rcgen::{CertificateParams, DnType, KeyPair, SanType};

use super::*;

/// Self-signed with each kind of signature (OpenSSL's `req -x509`); rcgen makes fewer kinds.
const SIGNED: &[(&str, &str)] = &[
    (
        "sha1",
        "MIIBGDCBwAIUMw4XTwDKnK07Rs0yo6b5T/2l0hgwCQYHKoZIzj0EATAPMQ0wCwYDVQQDDARzaGExMCAXDTI2MTEyMTExNDU1NloYDzIxMjYxMDI4MTE0NTU2WjAPMQ0wCwYDVQQDDARzaGExMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAErXAcl4YHJBJ61wIH1TntyGVd0oMcr4l3hUWIJa0b4Ln5RZdZwHfze3XFL2Uk0Ws6FaO3xZP4XpAoz0b1Mq71vTAJBgcqhkjOPQQBA0gAMEUCIQC6xuhVU68uehZ0emMdK5jc76WBZDFN5NlsvG7RuhqPNAIgSyDtjzri8nVOtFOOj7ssIHNBFdCgB5N81YUqL4HQbYI=",
    ),
    (
        "sha224",
        "MIIBHjCBxQIUdjwAcI8p0BzdBB83R/60wOvtFFMwCgYIKoZIzj0EAwEwETEPMA0GA1UEAwwGc2hhMjI0MCAXDTI2MTEyMTExNDU1NloYDzIxMjYxMDI4MTE0NTU2WjARMQ8wDQYDVQQDDAZzaGEyMjQwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAStcByXhgckEnrXAgfVOe3IZV3SgxyviXeFRYglrRvguflFl1nAd/N7dcUvZSTRazoVo7fFk/hekCjPRvUyrvW9MAoGCCqGSM49BAMBA0gAMEUCIERkC4R5sSr64pP+d4/0m2LWvWdbrPZolq1LY7YQEevsAiEAz+DM0Sz1AoQqXxmId+srT/dQssOJyys7KqJtpZmL8PQ=",
    ),
    (
        "sha256",
        "MIIBHjCBxQIUSSMc6K42M+kv1aB9yYjW6Gx9etQwCgYIKoZIzj0EAwIwETEPMA0GA1UEAwwGc2hhMjU2MCAXDTI2MTEyMTExNDU1NloYDzIxMjYxMDI4MTE0NTU2WjARMQ8wDQYDVQQDDAZzaGEyNTYwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAStcByXhgckEnrXAgfVOe3IZV3SgxyviXeFRYglrRvguflFl1nAd/N7dcUvZSTRazoVo7fFk/hekCjPRvUyrvW9MAoGCCqGSM49BAMCA0gAMEUCIQCEpblaEVyrwNem/EB9oQRV9DJUeXHVhBAHurJkiUwl1wIgGdG4oBIDCd02Ezo9N5sovDKFKdRVv1WKw52m3ZY4BLA=",
    ),
    (
        "sha384",
        "MIIBHjCBxQIUB++MTr/3TURDKiVlh4UKanfLKAEwCgYIKoZIzj0EAwMwETEPMA0GA1UEAwwGc2hhMzg0MCAXDTI2MTEyMTExNDU1NloYDzIxMjYxMDI4MTE0NTU2WjARMQ8wDQYDVQQDDAZzaGEzODQwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAStcByXhgckEnrXAgfVOe3IZV3SgxyviXeFRYglrRvguflFl1nAd/N7dcUvZSTRazoVo7fFk/hekCjPRvUyrvW9MAoGCCqGSM49BAMDA0gAMEUCIA2/M0ej1VQKrDqMSWM8WEYqd0YjxZGREzHnv8wa/IYBAiEA2qHnnAPkyNyTbD+4FMVM+2P7We9rBgQy7u6eKq7t8uc=",
    ),
    (
        "sha512",
        "MIIBHjCBxQIUZdeQShAjsFT3MSLEiZnrYcUU1yAwCgYIKoZIzj0EAwQwETEPMA0GA1UEAwwGc2hhNTEyMCAXDTI2MTEyMTExNDU1NloYDzIxMjYxMDI4MTE0NTU2WjARMQ8wDQYDVQQDDAZzaGE1MTIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAStcByXhgckEnrXAgfVOe3IZV3SgxyviXeFRYglrRvguflFl1nAd/N7dcUvZSTRazoVo7fFk/hekCjPRvUyrvW9MAoGCCqGSM49BAMEA0gAMEUCIQCtRpTuqE75t5woCHzY2y3VQIZd38WSIfGen+qCSlkuIwIgK0KkHCwHDYbRaO7NXMwTdN6g3n/jlKJeqiapx+amd0M=",
    ),
    (
        "ed25519",
        "MIHgMIGTAhQmgi3FiN5jZzQtb4XKU6xft9GeczAFBgMrZXAwEjEQMA4GA1UEAwwHZWQyNTUxOTAgFw0yNjExMjExMTQ1NTZaGA8yMTI2MTAyODExNDU1NlowEjEQMA4GA1UEAwwHZWQyNTUxOTAqMAUGAytlcAMhAJXYT2h43LRnKO4zMjXNqW8HFqv4jxaOsn+msDHgUKrUMAUGAytlcANBAOkeVA5InLLfc9+z7uPDrH5XX2blolyxtH636knCCGE8XsC1mdqqkjUHCyAsvFbdKYvpOAnV/TXFyBYaVDVhvw0=",
    ),
    (
        "md5",
        "MIIBoDCCAQkCFBbbzd/50quXE03jqNoOY7vc7KecMA0GCSqGSIb3DQEBBAUAMA4xDDAKBgNVBAMMA21kNTAgFw0yNjExMjExMTQ1NTZaGA8yMTI2MTAyODExNDU1NlowDjEMMAoGA1UEAwwDbWQ1MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCinrjtGfv9+sxaLiD7nvMv2C0OnY1W8b7gIlzoN8MzPpCEqIM9exD3uw3Bmd2mHagk40RjNZPGcjsOr8iCsIE3gWUJOTg08mtDbhuJ9RGz2/banscFgKlKZwkjYtBNxcxcCJ3p6Y0cFp08ANlyC+G3Q1qB19zvQFTZwLppGaiIHwIDAQABMA0GCSqGSIb3DQEBBAUAA4GBAFfU83QwDhLzuJcaUGtUHRfg24IiNUclgEZ5vF8wJ8UBEm1if/SpoB7rMTLNWw4FLe38/u4se9V+QjYL6LPQxQHHhRcJpKi1Qn+cpfpbueuiei5JEJ+4LeiJrjucMTOezE93WZIBVAC9rbyelU21UGAmLVLV9YiOY1EikXIPxAwh",
    ),
    (
        "rsa384",
        "MIIBpjCCAQ8CFBy+YoHtGwjfCSA8QHKxSOGXOY4NMA0GCSqGSIb3DQEBDAUAMBExDzANBgNVBAMMBnJzYTM4NDAgFw0yNjExMjExMTQ1NTZaGA8yMTI2MTAyODExNDU1NlowETEPMA0GA1UEAwwGcnNhMzg0MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCinrjtGfv9+sxaLiD7nvMv2C0OnY1W8b7gIlzoN8MzPpCEqIM9exD3uw3Bmd2mHagk40RjNZPGcjsOr8iCsIE3gWUJOTg08mtDbhuJ9RGz2/banscFgKlKZwkjYtBNxcxcCJ3p6Y0cFp08ANlyC+G3Q1qB19zvQFTZwLppGaiIHwIDAQABMA0GCSqGSIb3DQEBDAUAA4GBAAvN6TbBzjLW4Ioy+Nz733a+OpFVW5ahi2O4umiMbAhAAy6PVXaD5GqI3mjQH5T0wO203Ab7i5AAb3MB6G9MdQuTf3pcTI6mf1jOkJU9OHaiyv+fo13hEKFk0DvQAUdH7lPMqOD4yahjn13UGQWQabog28WAIb/ASQniCK5svS6t",
    ),
    (
        "pss1",
        "MIIBojCCAQsCFE3aueXf0tySfTEGtUNV98cs9zZcMA0GCSqGSIb3DQEBCjAAMA8xDTALBgNVBAMMBHBzczEwIBcNMjYxMTIxMTE0NTU2WhgPMjEyNjEwMjgxMTQ1NTZaMA8xDTALBgNVBAMMBHBzczEwgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBAKKeuO0Z+/36zFouIPue8y/YLQ6djVbxvuAiXOg3wzM+kISogz17EPe7DcGZ3aYdqCTjRGM1k8ZyOw6vyIKwgTeBZQk5ODTya0NuG4n1EbPb9tqexwWAqUpnCSNi0E3FzFwInenpjRwWnTwA2XIL4bdDWoHX3O9AVNnAumkZqIgfAgMBAAEwDQYJKoZIhvcNAQEKMAADgYEAbP6VNrFw5ax/IS6VhKjgHmk3NeD9pO7jiZJWM2Aa6e8dk1DPkrSCJXM5TDTYxknWGr0qIBOB0u2NGnz32zzPdDkJTPP+e/nIQCNOuFtUqNqe2FD1M2O+begkuwSQN1vsmF5msb0RVILy82GTr9ROIoUPv75a9YwNdOwHjSHQbgg=",
    ),
    (
        "pss512",
        "MIICDjCCAUMCFESPoBGEEKQ8PReXyfXkvYiRW6gFMEEGCSqGSIb3DQEBCjA0oA8wDQYJYIZIAWUDBAIDBQChHDAaBgkqhkiG9w0BAQgwDQYJYIZIAWUDBAIDBQCiAwIBIDARMQ8wDQYDVQQDDAZwc3M1MTIwIBcNMjYxMTIxMTE0NTU2WhgPMjEyNjEwMjgxMTQ1NTZaMBExDzANBgNVBAMMBnBzczUxMjCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEAop647Rn7/frMWi4g+57zL9gtDp2NVvG+4CJc6DfDMz6QhKiDPXsQ97sNwZndph2oJONEYzWTxnI7Dq/IgrCBN4FlCTk4NPJrQ24bifURs9v22p7HBYCpSmcJI2LQTcXMXAid6emNHBadPADZcgvht0Nagdfc70BU2cC6aRmoiB8CAwEAATBBBgkqhkiG9w0BAQowNKAPMA0GCWCGSAFlAwQCAwUAoRwwGgYJKoZIhvcNAQEIMA0GCWCGSAFlAwQCAwUAogMCASADgYEAEtGBlq9UpWdOxDRX3TuFvrK/nPJMBr3eHaFnCFI8b6tXqumDKaeFAL65NCli/zs4ADNA4G0NWUoG9RTTL8qMCv8xRSdKZ3e4fVsCJtP/5nsnX/guwOWj47CHT7mLFpaQFEwxPWPgqrwihcTKBRPj7VPF9uaQHrKpqVanmuu/OBw=",
    ),
];

fn signed(kind: &str) -> Vec<u8> {
    let (_, text) = SIGNED.iter().find(|(name, _)| *name == kind).unwrap();
    STANDARD.decode(text).unwrap()
}

fn certificate(common_names: &[&str], alternatives: Vec<SanType>) -> Vec<u8> {
    let mut params = CertificateParams::default();
    for name in common_names {
        params.distinguished_name.push(DnType::CommonName, *name);
    }
    params.subject_alt_names = alternatives;
    params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
}

#[test]
fn names_are_read() {
    let der = certificate(
        &["acme_app"],
        vec![
            SanType::DnsName("Acme.db.example.com".try_into().unwrap()),
            SanType::DnsName("*.example.com".try_into().unwrap()),
            SanType::Rfc822Name("ops@example.com".try_into().unwrap()),
            SanType::URI("spiffe://db/tenant/acme".try_into().unwrap()),
            SanType::IpAddress("127.0.0.1".parse().unwrap()),
        ],
    );
    let names = CertificateNames::parse(&der).unwrap();
    assert_eq!(
        names,
        CertificateNames {
            common_name: Some("acme_app".into()),
            dns: vec!["Acme.db.example.com".into(), "*.example.com".into()],
            emails: vec!["ops@example.com".into()],
            uris: vec!["spiffe://db/tenant/acme".into()],
        }
    );
    let has = |text: &str| names.has(CertificateName::parse(text).unwrap());
    for name in ["CN=acme_app", "cn=acme_app", "DNS:acme.DB.example.com", "email:ops@example.com", "URI:spiffe://db/tenant/acme"] {
        assert!(has(name), "{name}");
    }
    for name in ["CN=Acme_app", "CN=acme", "DNS:acme_app", "DNS:other.example.com", "email:OPS@example.com", "URI:spiffe://db/tenant/acme2"]
    {
        assert!(!has(name), "{name}");
    }
}

#[test]
fn a_certificate_may_have_no_names() {
    let names = CertificateNames::parse(&certificate(&[], vec![])).unwrap();
    assert_eq!((names.dns.len(), names.emails.len(), names.uris.len()), (0, 0, 0));
    assert!(!names.has(CertificateName::Common("")));
}

#[test]
fn unsafe_names_spoil_a_certificate() {
    let parse = |names: &[&str], alternatives| CertificateNames::parse(&certificate(names, alternatives));
    assert_eq!(parse(&["acme\0.evil"], vec![]), Err(CertificateError::UnsafeName));
    assert_eq!(parse(&["acme\n"], vec![]), Err(CertificateError::UnsafeName));
    assert_eq!(parse(&[""], vec![]), Err(CertificateError::UnsafeName));
    let uri = SanType::URI("spiffe://db/acme\0evil".try_into().unwrap());
    assert_eq!(parse(&["acme"], vec![uri]), Err(CertificateError::UnsafeName));
}

#[test]
fn several_common_names_are_none() {
    let der = STANDARD.decode(TWO_COMMON_NAMES).unwrap();
    assert_eq!(CertificateNames::parse(&der).unwrap().common_name, None);
}

/// `openssl req -x509 -subj /CN=acme/CN=other`; rcgen keeps one name of a kind.
const TWO_COMMON_NAMES: &str = "MIIBOzCB4QIUafA7682mukCdiVhOXeJLFRVrx4UwCgYIKoZIzj0EAwIwHzENMAsGA1UEAwwEYWNtZTEOMAwGA1UEAwwFb3RoZXIwIBcNMjYxMTIxMTE1MDI0WhgPMjEyNjEwMjgxMTUwMjRaMB8xDTALBgNVBAMMBGFjbWUxDjAMBgNVBAMMBW90aGVyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAErXAcl4YHJBJ61wIH1TntyGVd0oMcr4l3hUWIJa0b4Ln5RZdZwHfze3XFL2Uk0Ws6FaO3xZP4XpAoz0b1Mq71vTAKBggqhkjOPQQDAgNJADBGAiEAzpk8dWTGUr7oCmxSqNp/4myguP9DAPVX5VVAPGn2xAICIQCNwXCtI7A+hoyb0O4WHX+eGSsrQ15z+2szpPWD0blfVw==";

#[test]
fn written_names() {
    assert_eq!(CertificateName::parse("CN=a=b"), Some(CertificateName::Common("a=b")));
    assert_eq!(CertificateName::parse("uri:spiffe://x"), Some(CertificateName::Uri("spiffe://x")));
    for text in ["", "acme", "CN=", "CN:acme", "DNS=acme", "IP:127.0.0.1", "=", ":x", "\u{e9}:x"] {
        assert_eq!(CertificateName::parse(text), None, "{text}");
    }
}

#[test]
fn endpoint_digests_follow_the_signature() {
    let table: [(&str, Option<&'static digest::Algorithm>); 10] = [
        ("md5", Some(&digest::SHA256)),
        ("sha1", Some(&digest::SHA256)),
        ("sha224", Some(&digest::SHA224)),
        ("sha256", Some(&digest::SHA256)),
        ("sha384", Some(&digest::SHA384)),
        ("sha512", Some(&digest::SHA512)),
        ("rsa384", Some(&digest::SHA384)),
        ("pss1", Some(&digest::SHA256)),
        ("pss512", Some(&digest::SHA512)),
        ("ed25519", None),
    ];
    for (kind, algorithm) in table {
        let der = signed(kind);
        let expected = algorithm.map(|algorithm| digest::digest(algorithm, &der).as_ref().to_vec());
        assert_eq!(endpoint_digest(&der), Ok(expected), "{kind}");
        assert_eq!(CertificateNames::parse(&der).unwrap().common_name.as_deref(), Some(kind));
    }
}

#[test]
fn bytes_around_a_certificate_are_refused() {
    let der = signed("sha256");
    for bytes in [&[][..], &der[1..], &der[..der.len() - 1], &[der.clone(), vec![0]].concat()] {
        assert_eq!(endpoint_digest(bytes), Err(CertificateError::Malformed));
        assert_eq!(CertificateNames::parse(bytes), Err(CertificateError::Malformed));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes(bytes: Vec<u8>) {
        prop_assert!(CertificateNames::parse(&bytes).is_err());
        prop_assert!(endpoint_digest(&bytes).is_err());
    }

    #[test]
    fn damaged_certificates(which in 0..SIGNED.len(), damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut der = STANDARD.decode(SIGNED[which].1).unwrap();
        for (at, byte) in damage {
            let at = at.index(der.len());
            der[at] = byte;
        }
        if let Ok(names) = CertificateNames::parse(&der) {
            let texts = names.common_name.iter().chain(&names.dns).chain(&names.emails).chain(&names.uris);
            prop_assert!(texts.into_iter().all(|name| !name.is_empty() && !name.contains(char::is_control)));
        }
        let _ = endpoint_digest(&der);
    }

    #[test]
    fn any_written_name(text in "\\PC*|(CN|DNS|email)[=:]\\PC*") {
        let _ = CertificateName::parse(&text);
    }
}
