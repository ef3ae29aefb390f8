use std::sync::Arc;

use postgres_protocol::authentication::sasl;
use proptest::{prelude::*, sample::Index};

use super::*;
use crate::error::{ClientFacing, SqlState};

const SECRET: [u8; 32] = [3; 32];
const BOTH: &[u8] = b"SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0";
const PLAIN: &[u8] = b"SCRAM-SHA-256\0\0";

/// Made by PostgreSQL 15: `CREATE ROLE … PASSWORD …`, then `SELECT rolpassword FROM pg_authid`.
const BY_POSTGRESQL: &[(&str, &str)] = &[
    (
        "correct horse battery staple",
        "SCRAM-SHA-256$4096:v8c/yw/JlKV2yQIQjeV8xQ==$O+AOoJMcC0pp0Qzt3D6sVjRk/3lSApWNO8xnMQ9i31c=:eXIkuG4AMTmcW7VIdQ3l0SPnNy6NPTPV+lERVsIFMtU=",
    ),
    (
        "I\u{AD}X",
        "SCRAM-SHA-256$4096:biMPO38zU9H6udp6yGGdLw==$pz0PY3kNJpPL7qsw78dHryeim3cgOV1llKtpRNVRaHM=:GirefsSLPscgg4OGTFmoRx1gNI0SXcsO3cP3JBa5esY=",
    ),
    (
        "\u{AA}",
        "SCRAM-SHA-256$4096:ZA+Gcc3VIbOvWCtk9z3R+w==$k65ksyWSAD1ZOSA1MCPNUb/qsC19r0NBpuzWtjf5s+c=:WzFTHmMLVI0cKxggjq08J4QuHaoXBaVMycpGFrJSP1A=",
    ),
    (
        "\u{2168}",
        "SCRAM-SHA-256$4096:+LPYnkNQLrBa7QQH0r6BSA==$GoIvA7QeVcoNN2sbGH7WxZBGTShZIHnjrMaNAnufr+8=:fGGCSc2xJgAsp4KvGDNGamM4SpFk+KN5yAnLJLJj58k=",
    ),
    (
        "a\u{A0}b\u{3000}c",
        "SCRAM-SHA-256$4096:TR/mcF01xuxiJSuADJWlEQ==$no//nddiloSpwtxlFq0N1DDwngHbvB6zVFmEHp8u+Ls=:LhEAIox1AL5zc4I+5LvMMDP2jrPzGrS1KNyFc8dvuFM=",
    ),
    (
        "\u{627}1",
        "SCRAM-SHA-256$4096:JGG9yIde5E7T4r19iccdcw==$MjIdUmVC2PGhXkqa9CnGPXURNoCAvZjfw+OaeqrKdeo=:ygoU1o/gd7CmZULjYdG/p8cycS3p49/i4ZJXPELZU9I=",
    ),
    (
        "a\u{7}b",
        "SCRAM-SHA-256$4096:7KXOp1wFe/3Ay37C/ysY8A==$hDve/T5u2OVyzfxJw3JpcBuxM+6S37IM/wGSD3M+zUE=:QWbY0c6wwiEgf/FWZ6HqSh8pA5F6X175ynwiraVoi6k=",
    ),
    (
        "key \u{1F511}",
        "SCRAM-SHA-256$4096:4Nong3sbBlTjq/pmU6y5bw==$e3A6VOZTyiAYLgqimr5gM5c4zgvYO3Dw3djtputdcIM=:Uq40VxdqyCKk1K1aZnaiQ0rEVF+pasCNyf1werhdDRc=",
    ),
    (
        "\u{AD}",
        "SCRAM-SHA-256$4096:M2wOMiPrEoR9sRJtwaQtTA==$827dp+0IQNsNfF3+JIt4SBRAe8oFagngnD9tlWYaJdg=:ZZfiE+/2m8Fw9ICsylmngOF2VLCihDJpZoEjnxBKTT0=",
    ),
    (
        "gr\u{FC}\u{DF}e",
        "SCRAM-SHA-256$4096:cayHN5K8Se8Iv9HDX4sRLA==$PWt/73L//R/zKybOnfi73uRMIBlUKtkqckBZpKUEWy0=:PRXf/cfZj4DMXRp4DHOzSAJUMrVWJtWR2OBhL4uHgzI=",
    ),
    (
        "u\u{308}",
        "SCRAM-SHA-256$4096:G/cNsQYmlMK7jrAiRpfHnQ==$uTVYcwYyvsR9hpgsPaluH/sL/syswh7kH+0AulVYvjI=:gKko4hLWdGNR+V8SXifO8bTcSg5DSRzoQfAfW0Tv27o=",
    ),
    (
        "x\u{221}y\u{2168}",
        "SCRAM-SHA-256$4096:ay+cXq2xQu90/INKHwLLFA==$NjXA7rRgVRMUlAoXvDkp6t5eEI2W5obWZtxt0TewuHE=:qQPHGlxdu61E1NR5rTHsXTkWUzID5WsD/OeUq1Di3IE=",
    ),
    (
        "\u{627}\u{644}\u{639}",
        "SCRAM-SHA-256$4096:ebSmxvNjFshc9sWBxwnieQ==$adHPIo1oGt37ddBtbJXcDR7tXIj+d438PyYykUXtXi0=:Ax8kdI0HaubIXVFqqf+LxeogfKQkbbVYdxem26SxlMg=",
    ),
    (
        "x\u{FFFD}\u{2168}",
        "SCRAM-SHA-256$4096:KaCmxv6uSoNMt454Cp+4Nw==$s+xMoklUUk/jb5eVF+euWmRBAptOqZboupgKJlmud7I=:3BHN82Ecconneija04d8s7fUwTbAM4oz8z9Y80TMuso=",
    ),
    (
        "\u{200B}ab\u{2168}",
        "SCRAM-SHA-256$4096:RExtjyDbcudOdD1bgEXnBg==$Mz3bHvV/A6ef/fL45lGwX6V10A/Y2YNUgR+x8JSxrYA=:ifQUxmxvOJPOBn/HADMgZLRAUZwslxInDgmHu7cUYpY=",
    ),
    (
        "x\u{37F}\u{AA}",
        "SCRAM-SHA-256$4096:EHpihhktx9aXmqUgFXBZ4w==$8wjtmlrOGmZC4t9Nyf1Cnzzf1V15Icxntl/bjgC8jPg=:s5HdRPINYF5AYZ/Vfw9e+mau7tZ1sKwxi1Ae9CRzxAU=",
    ),
    (
        "\u{340}\u{AA}",
        "SCRAM-SHA-256$4096:SOSEZQnWUuUQzDsFnMooMA==$/BSN8dnF422+crejckwLRwgIJhJToJwrhu62DFJAX1w=:CSPPV3psMJR168ZRnIKZjR+2jspDEFeuKpG6fyMBT8c=",
    ),
    (
        "\u{1E9E}\u{AA}",
        "SCRAM-SHA-256$4096:92nEqmfh0Xxm7vJt48/xaQ==$/XEQQwZVIOELXBa+h0qliOIViisTa8KiJ5V9OoHx6BE=:HEPcZFGsRpwIU22XgG0UOGOAInklbSvCh6+Gq3Bq5ZQ=",
    ),
    (
        "\u{2135}A",
        "SCRAM-SHA-256$4096:WDsGYbDVSCaZWNFuzK66lw==$zAIt+RkzpXUkv2ivtWYMxD6l5owYaIqYGG6ESNIfpyU=:J6MefnMgcFYK52ukD0wnuyci05qc1c7ROY4680U121E=",
    ),
    (
        "\u{1D3C}",
        "SCRAM-SHA-256$4096:IWFI8fzEgwKuqBJ9RBWEcQ==$EWr2R/KnUUYJIUt6Lesec/GDzzJ/VQOdUh/a8ndUuXc=:fx8vjVU1BKLRDA5e3l5Nj+xPdw/E/dIUEl/lwc3Yp/k=",
    ),
    (
        "\u{627}\u{2168}\u{627}",
        "SCRAM-SHA-256$4096:DXIKtR9gjrv7OfK/c6GMdw==$E2JMxwAJFeDxhlV4H3B3Ahnz7pSUEIIk6KNeNtipl24=:0GUFDigSj7jiZLUv/cOc2GKdx6WQWAYSnZ93heF4dMg=",
    ),
];

fn endpoint(bytes: &[u8]) -> ChannelBinding {
    ChannelBinding::TlsServerEndPoint(bytes.to_vec())
}

fn cheap(password: &str) -> Arc<Verifier> {
    Arc::new(Verifier::from_password(password, b"0123456789abcdef", 2))
}

/// What an exchange says, message by message.
struct Transcript {
    client_first: Vec<u8>,
    server_first: Vec<u8>,
    client_final: Vec<u8>,
    server_final: Vec<u8>,
}

#[derive(Debug, PartialEq)]
enum Failure {
    Server(ScramError),
    Client(ScramClientError),
    /// The exchange asks for more work than a test should do.
    TooCostly,
}

/// Runs our client against our server; `meddle` sees (and may change) each message, numbered from zero.
fn exchange_with(
    server: ScramServer,
    offered: &[u8],
    client_binding: &ChannelBinding,
    password: &str,
    mut meddle: impl FnMut(usize, Vec<u8>) -> Vec<u8>,
) -> Result<Transcript, Failure> {
    let client = ScramClient::choose(offered, client_binding).map_err(Failure::Client)?;
    let client_first = meddle(0, client.first());
    let (server_first, awaiting) = server.first(client.mechanism(), &client_first).map_err(Failure::Server)?;
    let server_first = meddle(1, server_first);
    let challenge = client.challenge(&server_first).map_err(Failure::Client)?;
    if challenge.iterations() > DEFAULT_ITERATIONS {
        return Err(Failure::TooCostly);
    }
    let keys = challenge.derive(password);
    let (client_final, proof) = challenge.answer(keys.pair());
    let client_final = meddle(2, client_final);
    let (server_final, key) = awaiting.last(&client_final).map_err(Failure::Server)?;
    assert_eq!(key, keys.pair.client_key, "the key that was proved is the one that was used");
    let server_final = meddle(3, server_final);
    proof.verify(&server_final).map_err(Failure::Client)?;
    Ok(Transcript { client_first, server_first, client_final, server_final })
}

fn exchange(server: ScramServer, offered: &[u8], client_binding: &ChannelBinding, password: &str) -> Result<Transcript, Failure> {
    exchange_with(server, offered, client_binding, password, |_, message| message)
}

#[test]
fn rfc_7677_server() {
    let verifier = Verifier::from_password("pencil", &STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap(), 4096);
    let server = ScramServer::new(Arc::new(verifier), ChannelBinding::None);
    let (first, awaiting) =
        server.first_with_nonce(b"SCRAM-SHA-256", b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO", "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0").unwrap();
    assert_eq!(first, b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
    let (last, _) = awaiting
        .last(b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
        .unwrap();
    assert_eq!(last, b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
}

#[test]
fn verifiers_are_those_that_postgresql_makes() {
    for (password, stored) in BY_POSTGRESQL {
        let verifier = Verifier::parse(stored).unwrap();
        assert_eq!(verifier.to_string(), *stored);
        assert_eq!(Verifier::from_password(password, &verifier.salt, verifier.iterations), verifier, "{password:?}");
    }
}

#[test]
fn our_client_satisfies_a_verifier_of_postgresqls() {
    for (password, stored) in BY_POSTGRESQL {
        let server = ScramServer::new(Arc::new(Verifier::parse(stored).unwrap()), ChannelBinding::None);
        assert!(exchange(server, PLAIN, &ChannelBinding::None, password).is_ok(), "{password:?}");
    }
}

#[test]
fn broken_verifiers_are_refused() {
    let good = BY_POSTGRESQL[0].1;
    assert!(Verifier::parse(good).is_ok());
    for bad in [
        String::new(),
        "SCRAM-SHA-256".into(),
        good.replace("SHA-256", "SHA-1"),
        good.replace("4096", "0"),
        good.replace("4096", ""),
        good.replace("4096", "+4096"),
        good.replace("4096", "4294967296"),
        good.replace("4096", "2147483648"),
        good.replace("4096:", "4096:!"),
        good.replace("$4096:", "$4096$"),
        good.replace(":v8c/yw/JlKV2yQIQjeV8xQ==", ":"),
        good[..good.len() - 1].into(),
        format!("{good}="),
        format!("{good}\n"),
        format!("{good}:AAAA"),
        good[..good.rfind(':').unwrap()].into(),
    ] {
        assert!(Verifier::parse(&bad).is_err(), "{bad}");
    }
}

/// postgres-protocol's client against our server, with a binding for each.
fn their_client(server: ScramServer, mechanism: &str, password: &[u8], binding: sasl::ChannelBinding) -> Result<(), String> {
    let mut client = sasl::ScramSha256::new(password, binding);
    let (first, awaiting) = server.first(mechanism, client.message()).map_err(|error| error.to_string())?;
    client.update(&first).map_err(|error| error.to_string())?;
    let (last, _) = awaiting.last(client.message()).map_err(|error| error.to_string())?;
    client.finish(&last).map_err(|error| error.to_string())
}

#[test]
fn their_client_is_let_in_by_our_server() {
    let verifier = Arc::new(Verifier::parse(BY_POSTGRESQL[0].1).unwrap());
    let password = BY_POSTGRESQL[0].0.as_bytes();
    let unbound = || ScramServer::new(verifier.clone(), ChannelBinding::None);
    let bound = || ScramServer::new(verifier.clone(), endpoint(b"digest"));
    let theirs = || sasl::ChannelBinding::tls_server_end_point(b"digest".to_vec());
    assert_eq!(their_client(unbound(), SCRAM_SHA_256, password, sasl::ChannelBinding::unsupported()), Ok(()));
    assert_eq!(their_client(unbound(), SCRAM_SHA_256, password, sasl::ChannelBinding::unrequested()), Ok(()));
    assert_eq!(their_client(bound(), SCRAM_SHA_256, password, sasl::ChannelBinding::unsupported()), Ok(()));
    assert_eq!(their_client(bound(), SCRAM_SHA_256_PLUS, password, theirs()), Ok(()));
    assert!(their_client(bound(), SCRAM_SHA_256, password, sasl::ChannelBinding::unrequested()).is_err());
    assert!(their_client(unbound(), SCRAM_SHA_256, b"another", sasl::ChannelBinding::unsupported()).is_err());
    let other = sasl::ChannelBinding::tls_server_end_point(b"another certificate".to_vec());
    assert!(their_client(bound(), SCRAM_SHA_256_PLUS, password, other).is_err());
}

#[test]
fn bindings() {
    let none = ChannelBinding::None;
    let ours = endpoint(b"ours");
    let server = |binding: &ChannelBinding| ScramServer::new(cheap("pw"), binding.clone());
    let table = [
        // server's binding, the list that the client sees, the client's binding, outcome
        (&none, PLAIN, &none, Ok("n,,")),
        (&none, PLAIN, &ours, Ok("y,,")),
        (&ours, BOTH, &ours, Ok("p=tls-server-end-point,,")),
        (&ours, BOTH, &none, Ok("n,,")),
        (&ours, PLAIN, &ours, Err(Failure::Server(ScramError::Downgrade))),
        (&ours, BOTH, &endpoint(b"theirs"), Err(Failure::Server(ScramError::Binding))),
        (&none, BOTH, &ours, Err(Failure::Server(ScramError::Mechanism))),
    ];
    for (index, (server_binding, offered, client_binding, expected)) in table.into_iter().enumerate() {
        let outcome = exchange(server(server_binding), offered, client_binding, "pw");
        match (outcome, expected) {
            (Ok(transcript), Ok(header)) => assert!(transcript.client_first.starts_with(header.as_bytes()), "row {index}"),
            (Err(got), Err(expected)) => assert_eq!(got, expected, "row {index}"),
            _ => panic!("row {index}"),
        }
    }
}

#[test]
fn mechanisms_are_offered_best_first() {
    assert_eq!(ScramServer::new(cheap("pw"), ChannelBinding::None).mechanisms(), [SCRAM_SHA_256]);
    assert_eq!(ScramServer::new(cheap("pw"), endpoint(b"x")).mechanisms(), [SCRAM_SHA_256_PLUS, SCRAM_SHA_256]);
}

#[test]
fn first_messages_that_a_server_refuses() {
    use MessageError::{AuthorizationIdentity, MandatoryExtension};
    let malformed = |what| ScramError::Message(MessageError::Malformed(what));
    let long = [b"n,,n=,r=".as_slice(), &[b'x'; 1024]].concat();
    let table: &[(&str, &[u8], ScramError)] = &[
        ("SCRAM-SHA-1", b"n,,n=,r=abc", ScramError::Mechanism),
        ("", b"n,,n=,r=abc", ScramError::Mechanism),
        ("SCRAM-SHA-256", b"p=tls-server-end-point,,n=,r=abc", ScramError::Contradiction),
        ("SCRAM-SHA-256-PLUS", b"n,,n=,r=abc", ScramError::Contradiction),
        ("SCRAM-SHA-256-PLUS", b"y,,n=,r=abc", ScramError::Contradiction),
        ("SCRAM-SHA-256-PLUS", b"p=tls-unique,,n=,r=abc", ScramError::BindingType),
        ("SCRAM-SHA-256", b"y,,n=,r=abc", ScramError::Downgrade),
        ("SCRAM-SHA-256", b"n,a=postgres,n=,r=abc", AuthorizationIdentity.into()),
        ("SCRAM-SHA-256", b"n,,m=x,n=,r=abc", MandatoryExtension.into()),
        ("SCRAM-SHA-256", b"n,,n=,r=abc,m=x", MandatoryExtension.into()),
        ("SCRAM-SHA-256", b"", malformed("empty")),
        ("SCRAM-SHA-256", b"n", malformed("message ends early")),
        ("SCRAM-SHA-256", b"n,", malformed("message ends early")),
        ("SCRAM-SHA-256", b"n,,", malformed("user name")),
        ("SCRAM-SHA-256", b"n,x,n=,r=abc", malformed("authorization identity")),
        ("SCRAM-SHA-256", b"x,,n=,r=abc", malformed("channel binding flag")),
        ("SCRAM-SHA-256", b"p=,,n=,r=abc", malformed("channel binding flag")),
        ("SCRAM-SHA-256", b"nn,,n=,r=abc", malformed("channel binding flag")),
        ("SCRAM-SHA-256", b"n,,r=abc", malformed("user name")),
        ("SCRAM-SHA-256", b"n,,n=", malformed("nonce")),
        ("SCRAM-SHA-256", b"n,,n=,r=", malformed("nonce")),
        ("SCRAM-SHA-256", b"n,,n=,r=a b", malformed("nonce")),
        ("SCRAM-SHA-256", b"n,,n=,r=a\x7f", malformed("nonce")),
        ("SCRAM-SHA-256", b"n,,n=,r=\xc3\xa9", malformed("nonce")),
        ("SCRAM-SHA-256", b"n,,n=,r=abc,", malformed("attribute")),
        ("SCRAM-SHA-256", b"n,,n=,r=abc,1=x", malformed("attribute")),
        ("SCRAM-SHA-256", b"n,,n=,r=abc\0", malformed("contains NUL")),
        ("SCRAM-SHA-256", &long, malformed("too long")),
    ];
    for (mechanism, message, expected) in table {
        let server = ScramServer::new(cheap("pw"), endpoint(b"ours"));
        let outcome = server.first(mechanism, message).map(|_| ());
        assert_eq!(outcome, Err(*expected), "{}", String::from_utf8_lossy(message));
    }
}

#[test]
fn user_names_and_optional_extensions_are_skipped() {
    for message in [&b"n,,n=*,r=abc"[..], b"n,,n=a=2Cb\xff,r=abc", b"n,,n=,r=abc,x=y,z=1"] {
        assert!(ScramServer::new(cheap("pw"), ChannelBinding::None).first(SCRAM_SHA_256, message).is_ok());
    }
}

#[test]
fn last_messages_that_a_server_refuses() {
    let malformed = |what| ScramError::Message(MessageError::Malformed(what));
    let proof = STANDARD.encode([0; 32]);
    let table = [
        (String::new(), malformed("empty")),
        ("c=biws".into(), malformed("nonce")),
        ("c=biws,r=abcserver".into(), malformed("attribute")),
        ("c=biws,r=abcserver,p=".into(), malformed("proof")),
        ("c=biws,r=abcserver,p=AAAA".into(), malformed("proof")),
        (format!("c=biws,r=abcserver,p={proof},"), malformed("bytes after the proof")),
        (format!("c=biws,r=abcserver,p={proof},x=y"), malformed("bytes after the proof")),
        (format!("c=biws,r=abcserver,p={proof}="), malformed("proof")),
        (format!("c=biws,r=abcserver,m=x,p={proof}"), MessageError::MandatoryExtension.into()),
        (format!("r=abcserver,c=biws,p={proof}"), malformed("channel binding")),
        (format!("c=eSws,r=abcserver,p={proof}"), ScramError::Binding),
        (format!("c=,r=abcserver,p={proof}"), ScramError::Binding),
        (format!("c=biws,r=abc,p={proof}"), ScramError::Nonce),
        (format!("c=biws,r=abcserverX,p={proof}"), ScramError::Nonce),
        (format!("c=biws,r=abcserver,p={proof}"), ScramError::Refused),
        (format!("c=biws,r=abcserver,x=y,p={proof}"), ScramError::Refused),
    ];
    for (message, expected) in table {
        let (_, awaiting) =
            ScramServer::new(cheap("pw"), ChannelBinding::None).first_with_nonce(b"SCRAM-SHA-256", b"n,,n=,r=abc", "server").unwrap();
        assert_eq!(awaiting.last(message.as_bytes()).map(|_| ()), Err(expected), "{message}");
    }
}

#[test]
fn unknown_logins_look_like_wrong_passwords() {
    let server = |verifier| ScramServer::new(verifier, ChannelBinding::None);
    let known = Arc::new(Verifier::from_password("right", &salt_for("known", &SECRET), DEFAULT_ITERATIONS));
    let wrong = exchange(server(known.clone()), PLAIN, &ChannelBinding::None, "wrong").err();
    let unknown = exchange(server(Arc::new(Verifier::mock("ghost", &SECRET))), PLAIN, &ChannelBinding::None, "wrong").err();
    assert_eq!(wrong, Some(Failure::Server(ScramError::Refused)));
    assert_eq!(unknown, wrong);

    let mock = Verifier::mock("ghost", &SECRET);
    assert_eq!((mock.salt.len(), mock.iterations), (known.salt.len(), known.iterations));
    assert_eq!(mock, Verifier::mock("ghost", &SECRET));
    assert_ne!(mock.salt, Verifier::mock("ghost2", &SECRET).salt);
    assert_ne!(mock.salt, Verifier::mock("ghost", &[4; 32]).salt);
    assert_eq!(*Verifier::or_mock(None, "ghost", &SECRET), mock);
    assert_eq!(Verifier::or_mock(Some(known.clone()), "ghost", &SECRET), known);
}

#[test]
fn a_mock_refuses_even_the_keys_it_is_made_of() {
    let genuine = Verifier { genuine: true, ..Verifier::clone(&cheap("pw")) };
    let mock = Verifier { genuine: false, ..genuine.clone() };
    assert!(exchange(ScramServer::new(Arc::new(genuine), ChannelBinding::None), PLAIN, &ChannelBinding::None, "pw").is_ok());
    let outcome = exchange(ScramServer::new(Arc::new(mock), ChannelBinding::None), PLAIN, &ChannelBinding::None, "pw");
    assert_eq!(outcome.err(), Some(Failure::Server(ScramError::Refused)));
}

#[test]
fn a_client_s_key_opens_the_next_server() {
    let verifier = cheap("pw");
    let client = ScramClient::choose(PLAIN, &ChannelBinding::None).unwrap();
    let (server_first, awaiting) = ScramServer::new(verifier.clone(), ChannelBinding::None).first(SCRAM_SHA_256, &client.first()).unwrap();
    let challenge = client.challenge(&server_first).unwrap();
    let keys = challenge.derive("pw");
    let (client_final, _) = challenge.answer(keys.pair());
    let (_, key) = awaiting.last(&client_final).unwrap();

    let pair = verifier.key_pair(key);
    let onward = ScramClient::choose(PLAIN, &ChannelBinding::None).unwrap();
    let (server_first, awaiting) = ScramServer::new(verifier, ChannelBinding::None).first(SCRAM_SHA_256, &onward.first()).unwrap();
    let challenge = onward.challenge(&server_first).unwrap();
    assert!(challenge.fits(&keys));
    assert!(!challenge.fits(&Keys::derive("pw", challenge.salt(), 3)));
    assert!(!challenge.fits(&Keys::derive("pw", b"salt", 2)));
    let (client_final, proof) = challenge.answer(&pair);
    let (server_final, _) = awaiting.last(&client_final).unwrap();
    assert_eq!(proof.verify(&server_final), Ok(()));
}

#[test]
fn key_pairs_are_read_from_base64() {
    let keys = Keys::derive("pw", b"salt", 2);
    let (client, server) = (STANDARD.encode(keys.pair.client_key.0), STANDARD.encode(keys.pair.server_key));
    assert_eq!(KeyPair::from_base64(&client, &server).as_ref(), Some(keys.pair()));
    assert_eq!(KeyPair::from_base64(&client, "AAAA"), None);
    assert_eq!(KeyPair::from_base64("!", &server), None);
}

#[test]
fn empty_passwords_and_zero_iterations_do_not_panic() {
    assert_eq!(Keys::derive("", b"", 0), Keys::derive("", b"", 1));
}

#[test]
fn challenges_that_a_client_refuses() {
    let malformed = |what| ScramClientError::Message(MessageError::Malformed(what));
    let table = [
        ("", malformed("empty")),
        ("r=mineX", malformed("salt")),
        ("r=mineX,s=QUJD", malformed("iteration count")),
        ("r=mineX,s=,i=1", malformed("salt")),
        ("r=mineX,s=Q,i=1", malformed("salt")),
        ("r=mineX,s=QUJD,i=", malformed("iteration count")),
        ("r=mineX,s=QUJD,i=-1", malformed("iteration count")),
        ("r=mineX,s=QUJD,i=1x", malformed("iteration count")),
        ("r=mineX,s=QUJD,i=99999999999999999999", malformed("iteration count")),
        ("r=mineX,s=QUJD,i=1,x=y", malformed("bytes after the end")),
        ("r=mineX,s=QUJD,i=1,", malformed("bytes after the end")),
        ("m=x,r=mineX,s=QUJD,i=1", malformed("nonce")),
        ("r=,s=QUJD,i=1", malformed("nonce")),
        ("r=mine X,s=QUJD,i=1", malformed("nonce")),
        ("r=mine,s=QUJD,i=1", ScramClientError::Nonce),
        ("r=theirs,s=QUJD,i=1", ScramClientError::Nonce),
        ("r=Xmine,s=QUJD,i=1", ScramClientError::Nonce),
        ("r=mineX,s=QUJD,i=0", ScramClientError::Iterations(0)),
        ("r=mineX,s=QUJD,i=10000001", ScramClientError::Iterations(10_000_001)),
    ];
    for (message, expected) in table {
        let client = ScramClient::choose_with_nonce(PLAIN, &ChannelBinding::None, "mine".into()).unwrap();
        assert_eq!(client.challenge(message.as_bytes()).map(|_| ()).unwrap_err(), expected, "{message}");
    }
    let client = ScramClient::choose_with_nonce(PLAIN, &ChannelBinding::None, "mine".into()).unwrap();
    assert_eq!(client.challenge(b"r=mineX,s=QUJD,i=10000000").unwrap().iterations(), 10_000_000);
}

#[test]
fn a_server_that_does_not_know_the_password_is_found_out() {
    let proof = || {
        let client = ScramClient::choose_with_nonce(PLAIN, &ChannelBinding::None, "mine".into()).unwrap();
        let challenge = client.challenge(b"r=mineX,s=QUJD,i=1").unwrap();
        let keys = challenge.derive("pw");
        challenge.answer(keys.pair()).1
    };
    assert_eq!(proof().verify(format!("v={}", STANDARD.encode([0; 32])).as_bytes()), Err(ScramClientError::Signature));
    assert_eq!(proof().verify(b"e=invalid-proof"), Err(ScramClientError::Server("invalid-proof".into())));
    for message in [&b""[..], b"v=", b"e=", b"e=a\nb", b"e=\xff", b"v=AAAA", b"x=y", b"e=a,b=c"] {
        assert!(matches!(proof().verify(message), Err(ScramClientError::Message(_))), "{}", String::from_utf8_lossy(message));
    }
}

#[test]
fn mechanism_lists() {
    let choose = |list: &[u8], binding: &ChannelBinding| ScramClient::choose(list, binding).map(|client| client.mechanism());
    let (none, bound) = (ChannelBinding::None, endpoint(b"x"));
    assert_eq!(choose(BOTH, &none), Ok(SCRAM_SHA_256));
    assert_eq!(choose(BOTH, &bound), Ok(SCRAM_SHA_256_PLUS));
    assert_eq!(choose(b"OAUTHBEARER\0SCRAM-SHA-256\0\0", &bound), Ok(SCRAM_SHA_256));
    assert_eq!(choose(b"SCRAM-SHA-256-PLUS\0\0", &none), Err(ScramClientError::NoMechanism));
    assert_eq!(choose(b"OAUTHBEARER\0\0", &none), Err(ScramClientError::NoMechanism));
    for broken in [&b""[..], b"\0", b"\0\0", b"SCRAM-SHA-256", b"SCRAM-SHA-256\0", b"SCRAM-SHA-256\0\0\0", b"A\0\0SCRAM-SHA-256\0\0"] {
        assert_eq!(choose(broken, &none), Err(ScramClientError::MechanismList), "{broken:?}");
    }
}

#[test]
fn nonces_differ() {
    let client = || ScramClient::choose(PLAIN, &ChannelBinding::None).unwrap().first();
    assert_ne!(client(), client());
    let server = || ScramServer::new(cheap("pw"), ChannelBinding::None).first(SCRAM_SHA_256, b"n,,n=,r=abc").unwrap().0;
    assert_ne!(server(), server());
}

#[test]
fn reports() {
    let state = |error: ScramError| error.report().state;
    assert_eq!(state(ScramError::Refused), SqlState::INVALID_PASSWORD);
    assert_eq!(state(ScramError::Nonce), SqlState::PROTOCOL_VIOLATION);
    assert_eq!(state(ScramError::Downgrade), SqlState::INVALID_AUTHORIZATION);
    assert_eq!(state(ScramError::Binding), SqlState::INVALID_AUTHORIZATION);
    assert_eq!(state(MessageError::AuthorizationIdentity.into()), SqlState::FEATURE_NOT_SUPPORTED);
    assert_eq!(state(MessageError::Malformed("nonce").into()), SqlState::PROTOCOL_VIOLATION);
}

#[test]
fn debug_shows_no_key() {
    let keys = Keys::derive("pw", b"salt", 2);
    let client_key = &keys.pair.client_key;
    let server = ScramServer::new(cheap("pw"), ChannelBinding::None);
    let shown = format!("{keys:?} {:?} {client_key:?} {server:?}", keys.pair);
    assert_eq!(
        shown,
        "Keys { iterations: 2, .. } KeyPair(..) ClientKey(..) ScramServer { verifier: Verifier { iterations: 2, .. }, binding: None }"
    );
}

/// One small change of a message.
#[derive(Clone, Debug)]
enum Mutation {
    Flip(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    Cut(Index),
    Append(Vec<u8>),
    Swap(Index, Index),
}

impl Mutation {
    fn apply(&self, mut message: Vec<u8>) -> Vec<u8> {
        match self {
            Mutation::Flip(at, mask) => {
                let at = at.index(message.len());
                message[at] ^= mask;
            }
            Mutation::Insert(at, byte) => {
                let at = at.index(message.len() + 1);
                message.insert(at, *byte);
            }
            Mutation::Remove(at) => {
                let at = at.index(message.len());
                message.remove(at);
            }
            Mutation::Cut(at) => message.truncate(at.index(message.len())),
            Mutation::Append(bytes) => message.extend(bytes),
            Mutation::Swap(left, right) => {
                let length = message.len();
                message.swap(left.index(length), right.index(length));
            }
        }
        message
    }
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let byte = prop_oneof![any::<u8>(), proptest::sample::select(b",=anyprcsivem0A+/\0".to_vec())];
    prop_oneof![
        (any::<Index>(), 1..=255_u8).prop_map(|(at, mask)| Mutation::Flip(at, mask)),
        (any::<Index>(), byte.clone()).prop_map(|(at, byte)| Mutation::Insert(at, byte)),
        any::<Index>().prop_map(Mutation::Remove),
        any::<Index>().prop_map(Mutation::Cut),
        prop::collection::vec(byte, 1..8).prop_map(Mutation::Append),
        (any::<Index>(), any::<Index>()).prop_map(|(left, right)| Mutation::Swap(left, right)),
    ]
}

/// Bytes that look a little like SCRAM, so that more than the first check is reached.
fn scram_like() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        proptest::sample::select(vec![
            "n",
            "y",
            "",
            "a=x",
            "n=",
            "n=u",
            "r=abc",
            "r=mineX",
            "s=QUJD",
            "i=4096",
            "i=1",
            "c=biws",
            "c=eSws",
            "m=x",
            "x=y",
            "v=",
            "e=x",
            "p=tls-server-end-point",
            "p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..6),
    ];
    prop::collection::vec(part, 0..8).prop_map(|parts| parts.join(&b','))
}

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![prop::collection::vec(any::<u8>(), 0..200), scram_like()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes_to_the_server(mechanism in "SCRAM-SHA-256(-PLUS)?|\\PC*", first in any_bytes(), last in any_bytes(), bound: bool) {
        let binding = if bound { endpoint(b"ours") } else { ChannelBinding::None };
        let server = ScramServer::new(cheap("pw"), binding);
        if let Ok((_, awaiting)) = server.first(&mechanism, &first) {
            prop_assert!(awaiting.last(&last).is_err());
        }
        let (_, awaiting) = ScramServer::new(cheap("pw"), ChannelBinding::None).first(SCRAM_SHA_256, b"n,,n=,r=abc").unwrap();
        prop_assert!(awaiting.last(&last).is_err());
    }

    #[test]
    fn any_bytes_to_the_client(list in prop::collection::vec(any::<u8>(), 0..60), first in any_bytes(), last in any_bytes()) {
        let _ = ScramClient::choose(&list, &ChannelBinding::None);
        let client = ScramClient::choose_with_nonce(PLAIN, &ChannelBinding::None, "mine".into()).unwrap();
        let _ = client.challenge(&first);
        let client = ScramClient::choose_with_nonce(PLAIN, &ChannelBinding::None, "mine".into()).unwrap();
        let challenge = client.challenge(b"r=mineX,s=QUJD,i=1").unwrap();
        let keys = challenge.derive("pw");
        prop_assert!(challenge.answer(keys.pair()).1.verify(&last).is_err());
    }

    #[test]
    fn any_text_is_a_verifier_or_not(text in "\\PC{0,80}|SCRAM-SHA-256\\$[0-9]{0,12}:[A-Za-z0-9+/=]{0,30}\\$[A-Za-z0-9+/=:]{80,95}") {
        if let Ok(verifier) = Verifier::parse(&text) {
            prop_assert_eq!(Verifier::parse(&verifier.to_string()), Ok(verifier));
        }
    }

    #[test]
    fn only_the_right_password_is_let_in(password in "\\PC{0,12}|[ -~]{1,12}", other in "\\PC{0,12}|[ -~]{1,12}", bound: bool) {
        let (binding, offered) = if bound { (endpoint(b"ours"), BOTH) } else { (ChannelBinding::None, PLAIN) };
        let server = || ScramServer::new(cheap(&password), binding.clone());
        prop_assert!(exchange(server(), offered, &binding, &password).is_ok());
        let same = Keys::derive(&password, b"s", 1) == Keys::derive(&other, b"s", 1);
        prop_assert_eq!(exchange(server(), offered, &binding, &other).is_ok(), same);
    }

    /// Whoever changes one message of an exchange, on its way in either direction, makes it fail.
    #[test]
    fn a_changed_message_fails_the_exchange(which in 0..4_usize, change in mutation(), bound: bool) {
        let (binding, offered) = if bound { (endpoint(b"ours"), BOTH) } else { (ChannelBinding::None, PLAIN) };
        let mut changed = false;
        let outcome = exchange_with(ScramServer::new(cheap("pw"), binding.clone()), offered, &binding, "pw", |index, message| {
            if index != which {
                return message;
            }
            let mutated = change.apply(message.clone());
            changed = mutated != message;
            mutated
        });
        prop_assert_eq!(outcome.is_ok(), !changed);
        if let Ok(transcript) = outcome {
            prop_assert!(transcript.server_first.starts_with(b"r=") && transcript.server_final.starts_with(b"v="));
            prop_assert!(transcript.client_final.starts_with(b"c="));
        }
    }

    /// Over characters that RFC 4013 and PostgreSQL prepare alike; see `saslprep.rs` for the others.
    #[test]
    fn their_client_and_ours_agree(password in "[ -~\u{a0}-\u{ac}\u{ae}-\u{ff}]{0,12}") {
        let server = ScramServer::new(cheap(&password), ChannelBinding::None);
        prop_assert_eq!(their_client(server, SCRAM_SHA_256, password.as_bytes(), sasl::ChannelBinding::unsupported()), Ok(()));
    }
}
