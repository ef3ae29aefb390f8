#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;

use super::*;
use crate::net::tests::{block_on, tcp_pair};

fn addresses(source: &str, destination: &str) -> Header {
    Header::Addresses { source: source.parse().unwrap(), destination: destination.parse().unwrap() }
}

fn v2(version_command: u8, family: u8, length: u16, block: &[u8]) -> Vec<u8> {
    [V2_SIGNATURE, &[version_command, family][..], &length.to_be_bytes(), block].concat()
}

const V4_BLOCK: [u8; 12] = [192, 0, 2, 1, 198, 51, 100, 2, 0xC3, 0x50, 0x15, 0x38];

fn v6_block() -> Vec<u8> {
    let (source, destination): (Ipv6Addr, Ipv6Addr) = ("2001:db8::1".parse().unwrap(), "::ffff:10.0.0.1".parse().unwrap());
    [&source.octets()[..], &destination.octets(), &[0, 1, 255, 255]].concat()
}

#[test]
fn version_1() {
    let good: [(&str, Header); 9] = [
        ("TCP4 192.0.2.1 198.51.100.2 50000 5432", addresses("192.0.2.1:50000", "198.51.100.2:5432")),
        ("TCP4 0.0.0.0 255.255.255.255 0 65535", addresses("0.0.0.0:0", "255.255.255.255:65535")),
        ("TCP6 2001:db8::1 ::1 50000 5432", addresses("[2001:db8::1]:50000", "[::1]:5432")),
        ("TCP6 ::ffff:192.0.2.1 ::1 1 2", addresses("[::ffff:192.0.2.1]:1", "[::1]:2")),
        (
            "TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535",
            addresses("[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"),
        ),
        ("UNKNOWN", Header::Unknown),
        ("UNKNOWN ", Header::Unknown),
        ("UNKNOWN what ever 1 2 3", Header::Unknown),
        ("UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535", Header::Unknown),
    ];
    for (line, header) in good {
        let bytes = format!("PROXY {line}\r\n");
        assert!(bytes.len() <= V1_LONGEST);
        assert_eq!(decode(bytes.as_bytes()).unwrap(), Decoded::Complete(header, bytes.len()), "{line}");
        let followed = format!("{bytes}payload\r\n");
        assert_eq!(decode(followed.as_bytes()).unwrap(), Decoded::Complete(header, bytes.len()), "{line}");
        for cut in 0..bytes.len() {
            assert_eq!(decode(&bytes.as_bytes()[..cut]).unwrap(), Decoded::Incomplete, "{line} cut at {cut}");
        }
    }
    for bad in [
        "PROXY \r\n",
        "PROXY TCP4\r\n",
        "PROXY TCP5 1.1.1.1 2.2.2.2 1 2\r\n",
        "PROXY tcp4 1.1.1.1 2.2.2.2 1 2\r\n",
        "PROXY  TCP4 1.1.1.1 2.2.2.2 1 2\r\n",
        "PROXY TCP4  1.1.1.1 2.2.2.2 1 2\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 2 \r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 2 3\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 65536\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 01 2\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 +1 2\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 -1 2\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.256 1 2\r\n",
        "PROXY TCP4 1.1.1 2.2.2.2 1 2\r\n",
        "PROXY TCP4 01.1.1.1 2.2.2.2 1 2\r\n",
        "PROXY TCP4 ::1 ::1 1 2\r\n",
        "PROXY TCP6 1.1.1.1 2.2.2.2 1 2\r\n",
        "PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n",
        "PROXY TCP6 [::1] ::1 1 2\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 \u{e9}\r\n",
        "PROXY UNKNOWNX\r\n",
        "PROXY \n",
    ] {
        assert!(matches!(decode(bad.as_bytes()), Err(ProxyError::Malformed(_))), "{bad:?}: {:?}", decode(bad.as_bytes()));
    }
    let endless = format!("PROXY UNKNOWN {}", "x".repeat(200));
    assert_eq!(decode(&endless.as_bytes()[..V1_LONGEST - 1]).unwrap(), Decoded::Incomplete);
    assert!(matches!(decode(&endless.as_bytes()[..V1_LONGEST]), Err(ProxyError::Malformed(_))));
    let one_too_long = format!("PROXY UNKNOWN {}\r\n", "x".repeat(V1_LONGEST - 15));
    assert_eq!(one_too_long.len(), V1_LONGEST + 1);
    assert!(decode(one_too_long.as_bytes()).is_err());
}

#[test]
fn version_2() {
    let v4 = addresses("192.0.2.1:50000", "198.51.100.2:5432");
    let v6 = addresses("[2001:db8::1]:1", "[::ffff:10.0.0.1]:65535");
    let good: [(u8, u8, u16, Vec<u8>, Header); 13] = [
        (0x21, 0x11, 12, V4_BLOCK.to_vec(), v4),
        (0x21, 0x11, 20, [&V4_BLOCK[..], &[0; 8]].concat(), v4),
        (0x21, 0x21, 36, v6_block(), v6),
        (0x21, 0x21, 36 + 7, [v6_block(), vec![4, 0, 4, 1, 2, 3, 4]].concat(), v6),
        (0x21, 0x12, 12, V4_BLOCK.to_vec(), Header::Unknown),
        (0x21, 0x10, 12, V4_BLOCK.to_vec(), Header::Unknown),
        (0x21, 0x22, 36, v6_block(), Header::Unknown),
        (0x21, 0x31, 216, vec![b'/'; 216], Header::Unknown),
        (0x21, 0x00, 0, vec![], Header::Unknown),
        (0x21, 0x00, 3, vec![1, 2, 3], Header::Unknown),
        (0x20, 0x00, 0, vec![], Header::Local),
        (0x20, 0x11, 12, V4_BLOCK.to_vec(), Header::Local),
        (0x20, 0xFF, 1, vec![9], Header::Local),
    ];
    for (version_command, family, length, block, header) in good {
        let bytes = v2(version_command, family, length, &block);
        assert_eq!(decode(&bytes).unwrap(), Decoded::Complete(header, bytes.len()), "{bytes:02x?}");
        for cut in 0..bytes.len() {
            match decode(&bytes[..cut]).unwrap() {
                Decoded::Incomplete => {}
                // What isn't needed, TLVs or ignored addresses, need not be here.
                early => assert_eq!(early, Decoded::Complete(header, bytes.len()), "{bytes:02x?} cut at {cut}"),
            }
        }
    }
    for (version_command, family, length) in [
        (0x11, 0x11, 12),
        (0x31, 0x11, 12),
        (0x01, 0x11, 12),
        (0x22, 0x11, 12),
        (0x2F, 0x11, 12),
        (0x21, 0x13, 12),
        (0x21, 0x41, 12),
        (0x21, 0x03, 12),
    ] {
        let bytes = v2(version_command, family, length, &V4_BLOCK);
        assert!(matches!(decode(&bytes), Err(ProxyError::Unassigned { .. })), "{bytes:02x?}: {:?}", decode(&bytes));
    }
    for (family, length) in [(0x11, 11), (0x21, 35), (0x31, 215), (0x12, 0)] {
        assert!(matches!(decode(&v2(0x21, family, length, &[0; 216])), Err(ProxyError::Malformed(_))), "{family:#x} {length}");
    }
    assert!(matches!(decode(&v2(0x21, 0x11, u16::MAX, &V4_BLOCK)), Err(ProxyError::TooLong(65551))));
}

#[test]
fn other_beginnings_are_refused_at_their_first_wrong_byte() {
    for bytes in [&b"\0\0\0\x08\x04\xd2\x16\x2f"[..], b"\x16\x03\x01", b"G", b"PROXY\t", b"\r\n\r\n\0\r\nQUIT\r", b"PROXX"] {
        assert!(matches!(decode(bytes), Err(ProxyError::Missing)), "{bytes:?}");
        assert_eq!(decode(&bytes[..bytes.len() - 1]).is_ok(), !bytes.starts_with(b"\0\0") && !bytes.starts_with(b"\x16"), "{bytes:?}");
    }
    assert_eq!(decode(b"").unwrap(), Decoded::Incomplete);
}

/// Sends `bytes` in pieces, reads a header, and returns it with what is left in the stream.
fn read_in_pieces(bytes: &[u8], cuts: &[usize]) -> (Result<Header, ProxyError>, Vec<u8>) {
    block_on(async {
        let (mut client, mut server) = tcp_pair().await;
        let writing = async {
            let mut from = 0;
            for cut in cuts.iter().copied().chain([bytes.len()]) {
                if cut > from {
                    client.write_all(&bytes[from..cut]).await.unwrap();
                    from = cut;
                    // Lets the reader see this piece alone.
                    for _ in 0..3 {
                        tokio::task::yield_now().await;
                    }
                }
            }
            client.shutdown().await.unwrap();
        };
        let reading = async {
            let header = read(&mut server).await;
            let mut rest = Vec::new();
            let mut piece = [0; 512];
            while let Ok(taken @ 1..) = server.read_some(&mut piece).await {
                rest.extend_from_slice(&piece[..taken]);
            }
            (header, rest)
        };
        tokio::join!(reading, writing).0
    })
}

#[test]
fn reading_leaves_the_payload() {
    let long_tlvs = v2(0x21, 0x11, 12 + 3000, &[&V4_BLOCK[..], &[7; 3000]].concat());
    for (header, expected) in [
        (b"PROXY TCP4 192.0.2.1 198.51.100.2 50000 5432\r\n".to_vec(), addresses("192.0.2.1:50000", "198.51.100.2:5432")),
        (b"PROXY UNKNOWN\r\n".to_vec(), Header::Unknown),
        (v2(0x21, 0x11, 12, &V4_BLOCK), addresses("192.0.2.1:50000", "198.51.100.2:5432")),
        (v2(0x20, 0, 0, &[]), Header::Local),
        (long_tlvs, addresses("192.0.2.1:50000", "198.51.100.2:5432")),
    ] {
        for payload in [&b""[..], b"x", b"\0\0\0\x08\x04\xd2\x16\x2f", &[b'\n'; 700]] {
            let bytes = [&header[..], payload].concat();
            for cuts in [vec![], vec![header.len()], vec![1, 5, 13, 15], (1..header.len().min(60)).collect()] {
                let (read, rest) = read_in_pieces(&bytes, &cuts);
                assert_eq!(read.unwrap(), expected);
                assert_eq!(rest, payload);
            }
        }
        for cut in [0, 1, header.len() - 1] {
            assert!(matches!(read_in_pieces(&header[..cut], &[]).0, Err(ProxyError::Truncated)));
        }
    }
    let (refused, rest) = read_in_pieces(b"\0\0\0\x08\x04\xd2\x16\x2f", &[]);
    assert!(matches!(refused, Err(ProxyError::Missing)));
    assert_eq!(rest.len(), 8);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes(start in 0usize..3, tail in proptest::collection::vec(any::<u8>(), 0..300)) {
        let prefix = [&b""[..], V1_SIGNATURE, V2_SIGNATURE][start];
        let bytes = [prefix, &tail].concat();
        // Once decided, more bytes never change it; and no length beyond the caps.
        let mut decided: Option<String> = None;
        for cut in 0..=bytes.len() {
            let now = format!("{:?}", decode(&bytes[..cut]));
            if let Ok(Decoded::Complete(_, length)) = decode(&bytes[..cut]) {
                prop_assert!(length <= V2_LONGEST);
            }
            match &decided {
                Some(before) => prop_assert_eq!(before.as_str(), now.as_str()),
                None if !now.contains("Incomplete") => decided = Some(now),
                None => {}
            }
        }
    }

    #[test]
    fn any_addresses(source: SocketAddrParts, destination: SocketAddrParts, v6: bool, version_2: bool) {
        let (source, destination) = (source.of(v6), destination.of(v6));
        let bytes = if version_2 {
            let octets = |address: IpAddr| match address { IpAddr::V4(a) => a.octets().to_vec(), IpAddr::V6(a) => a.octets().to_vec() };
            let block = [octets(source.ip()), octets(destination.ip()), source.port().to_be_bytes().to_vec(), destination.port().to_be_bytes().to_vec()].concat();
            v2(0x21, if v6 { 0x21 } else { 0x11 }, u16::try_from(block.len()).unwrap(), &block)
        } else {
            format!("PROXY TCP{} {} {} {} {}\r\n", if v6 { 6 } else { 4 }, source.ip(), destination.ip(), source.port(), destination.port()).into_bytes()
        };
        prop_assert_eq!(decode(&bytes).unwrap(), Decoded::Complete(Header::Addresses { source, destination }, bytes.len()));
    }
}

#[derive(Debug, Clone)]
struct SocketAddrParts(u128, u16);

impl SocketAddrParts {
    fn of(&self, v6: bool) -> SocketAddr {
        match v6 {
            true => (Ipv6Addr::from(self.0), self.1).into(),
            #[allow(clippy::cast_possible_truncation)]
            false => (Ipv4Addr::from(self.0 as u32), self.1).into(),
        }
    }
}

impl Arbitrary for SocketAddrParts {
    type Parameters = ();
    type Strategy = BoxedStrategy<Self>;
    fn arbitrary_with((): ()) -> Self::Strategy {
        any::<(u128, u16)>().prop_map(|(ip, port)| SocketAddrParts(ip, port)).boxed()
    }
}
