//! The PROXY protocol, versions 1 and 2: who the client is, said by the balancer in front of us.
//!
//! HAProxy, `doc/proxy-protocol.txt`. A listener that expects it takes nothing else: a client could otherwise say who it is.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    str::{self, FromStr},
};

use super::stream::Stream;

/// What begins every header of version 2 (section 2.2).
const V2_SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";
/// What begins every header of version 1 (section 2.1).
const V1_SIGNATURE: &[u8; 6] = b"PROXY ";
/// The longest header of version 1, its line end included.
const V1_LONGEST: usize = 107;
/// Signature, version and command, family, length.
const V2_FIXED: usize = 16;
/// The longest address block: two Unix paths.
const V2_LONGEST_ADDRESSES: usize = 216;
/// The longest header of version 2 that is accepted; a chain of TLVs beyond it is no balancer's.
const V2_LONGEST: usize = 16 * 1024;

/// What a header says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Header {
    /// The balancer speaks for itself (a health check): the socket's own addresses hold.
    Local,
    /// It doesn't know, or the client's family isn't TCP over IP: the socket's own addresses hold.
    Unknown,
    /// The client, and what it connected to.
    Addresses {
        /// The client.
        source: SocketAddr,
        /// Where the client connected to.
        destination: SocketAddr,
    },
}

/// What the first bytes of a connection are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decoded {
    /// The beginning of a header.
    Incomplete,
    /// A header, and how long it is. TLVs count into the length and need not have arrived.
    Complete(Header, usize),
}

/// Why the first bytes of a connection aren't a header.
#[derive(Debug, thiserror::Error)]
pub enum ProxyError {
    /// The connection began with something else.
    #[error("the connection doesn't begin with a PROXY protocol header, which this listener expects")]
    Missing,
    /// It ended in the header.
    #[error("the connection ended in its PROXY protocol header")]
    Truncated,
    /// Version 1, and not as the specification has it.
    #[error("malformed PROXY protocol header: {0}")]
    Malformed(&'static str),
    /// A version, command or family that the specification doesn't know.
    #[error("unknown PROXY protocol {what} {value:#04x}")]
    Unassigned {
        /// Which byte.
        what: &'static str,
        /// Its value.
        value: u8,
    },
    /// Longer than any balancer's.
    #[error("PROXY protocol header of {0} bytes is too long")]
    TooLong(usize),
    /// The socket's error.
    #[error("reading the PROXY protocol header: {0}")]
    Io(#[from] io::Error),
}

/// Reads the header at the beginning of a plain TCP connection: its bytes, and none of what follows.
///
/// # Errors
/// There is no header, or a malformed one; the connection must end.
pub async fn read(stream: &mut Stream) -> Result<Header, ProxyError> {
    let mut bytes = [0; V2_FIXED + V2_LONGEST_ADDRESSES];
    let mut taken = 0;
    loop {
        // What has arrived is looked at first and taken then, as far as it belongs to the header.
        let arrived = match stream.peek(&mut bytes[taken..]).await? {
            0 => return Err(ProxyError::Truncated),
            peeked => taken + peeked,
        };
        let decoded = decode(&bytes[..arrived])?;
        let belongs = match decoded {
            Decoded::Incomplete => arrived,
            Decoded::Complete(_, length) => arrived.min(length),
        };
        take(stream, &mut bytes[taken..belongs]).await?;
        taken = belongs;
        if let Decoded::Complete(header, length) = decoded {
            skip(stream, length - taken).await?;
            return Ok(header);
        }
    }
}

async fn take(stream: &mut Stream, bytes: &mut [u8]) -> Result<(), ProxyError> {
    stream.read_exact(bytes).await.map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => ProxyError::Truncated,
        _ => ProxyError::Io(error),
    })
}

async fn skip(stream: &mut Stream, mut rest: usize) -> Result<(), ProxyError> {
    let mut scratch = [0; 256];
    while rest > 0 {
        let piece = rest.min(scratch.len());
        take(stream, &mut scratch[..piece]).await?;
        rest -= piece;
    }
    Ok(())
}

/// Decodes the first bytes of a connection.
///
/// # Errors
/// As soon as they can't become a header any more.
pub fn decode(bytes: &[u8]) -> Result<Decoded, ProxyError> {
    if starts_like(bytes, V1_SIGNATURE) {
        return decode_v1(bytes);
    }
    if starts_like(bytes, V2_SIGNATURE) {
        return decode_v2(bytes);
    }
    Err(ProxyError::Missing)
}

/// Whether the shorter of the two begins the other.
fn starts_like(bytes: &[u8], signature: &[u8]) -> bool {
    bytes.iter().zip(signature).all(|(byte, expected)| byte == expected)
}

fn decode_v1(bytes: &[u8]) -> Result<Decoded, ProxyError> {
    let window = &bytes[..bytes.len().min(V1_LONGEST)];
    let Some(end) = memchr::memchr(b'\n', window) else {
        return match bytes.len() {
            0..V1_LONGEST => Ok(Decoded::Incomplete),
            _ => Err(ProxyError::Malformed("no line end within 107 bytes")),
        };
    };
    let line = window[..end].strip_suffix(b"\r").ok_or(ProxyError::Malformed("a line feed without a carriage return"))?;
    let line = line.get(V1_SIGNATURE.len()..).ok_or(ProxyError::Malformed("no family"))?;
    let line = str::from_utf8(line).map_err(|_| ProxyError::Malformed("not ASCII"))?;
    Ok(Decoded::Complete(v1_header(line)?, end + 1))
}

fn v1_header(line: &str) -> Result<Header, ProxyError> {
    let mut words = line.split(' ');
    match words.next() {
        Some("TCP4") => v1_addresses::<Ipv4Addr>(words),
        Some("TCP6") => v1_addresses::<Ipv6Addr>(words),
        // The receiver must ignore the rest of the line.
        Some("UNKNOWN") => Ok(Header::Unknown),
        _ => Err(ProxyError::Malformed("the family is none of TCP4, TCP6, UNKNOWN")),
    }
}

fn v1_addresses<'a, A: FromStr + Into<IpAddr>>(mut words: impl Iterator<Item = &'a str>) -> Result<Header, ProxyError> {
    let address = |word: Option<&str>| -> Result<IpAddr, ProxyError> {
        word.and_then(|word| word.parse::<A>().ok()).map(Into::into).ok_or(ProxyError::Malformed("not an address of its family"))
    };
    let (source, destination) = (address(words.next())?, address(words.next())?);
    let (source_port, destination_port) = (v1_port(words.next())?, v1_port(words.next())?);
    if words.next().is_some() {
        return Err(ProxyError::Malformed("more than two addresses and ports"));
    }
    Ok(Header::Addresses { source: SocketAddr::new(source, source_port), destination: SocketAddr::new(destination, destination_port) })
}

/// Decimal, without sign or leading zeros.
fn v1_port(word: Option<&str>) -> Result<u16, ProxyError> {
    word.filter(|word| word.bytes().all(|byte| byte.is_ascii_digit()) && (*word == "0" || !word.starts_with('0')))
        .and_then(|word| word.parse().ok())
        .ok_or(ProxyError::Malformed("not a port"))
}

fn decode_v2(bytes: &[u8]) -> Result<Decoded, ProxyError> {
    // Each byte of the fixed part is refused as soon as it is there.
    let Some(&version_command) = bytes.get(12) else { return Ok(Decoded::Incomplete) };
    if version_command >> 4 != 2 {
        return Err(ProxyError::Unassigned { what: "version", value: version_command >> 4 });
    }
    let command = version_command & 0x0F;
    if command > 1 {
        return Err(ProxyError::Unassigned { what: "command", value: command });
    }
    let Some(&family) = bytes.get(13) else { return Ok(Decoded::Incomplete) };
    let Some(&[high, low]) = bytes.get(14..V2_FIXED) else { return Ok(Decoded::Incomplete) };
    let block = usize::from(u16::from_be_bytes([high, low]));
    let length = V2_FIXED + block;
    if length > V2_LONGEST {
        return Err(ProxyError::TooLong(length));
    }
    if command == 0 {
        return Ok(Decoded::Complete(Header::Local, length));
    }
    let addresses_length = v2_addresses_length(family)?;
    if block < addresses_length {
        return Err(ProxyError::Malformed("shorter than the addresses of its family"));
    }
    let Some(addresses) = bytes.get(V2_FIXED..V2_FIXED + addresses_length) else { return Ok(Decoded::Incomplete) };
    Ok(Decoded::Complete(v2_addresses(family, addresses), length))
}

/// Families times protocols: unspecified, IPv4, IPv6, Unix times unspecified, stream, datagram. The others are reserved.
fn v2_addresses_length(family: u8) -> Result<usize, ProxyError> {
    match (family >> 4, family & 0x0F) {
        (0..=3, 3..) | (4.., _) => Err(ProxyError::Unassigned { what: "family", value: family }),
        (1, _) => Ok(12),
        (2, _) => Ok(36),
        (3, _) => Ok(V2_LONGEST_ADDRESSES),
        _ => Ok(0),
    }
}

fn v2_addresses(family: u8, bytes: &[u8]) -> Header {
    // Only streams over IP count: a Unix client of the balancer's machine is no process of ours.
    match (family, bytes) {
        (0x11, &[a, b, c, d, e, f, g, h, ref ports @ ..]) => {
            v2_header(Ipv4Addr::new(a, b, c, d).into(), Ipv4Addr::new(e, f, g, h).into(), ports)
        }
        (0x21, _) => match (bytes.first_chunk::<16>(), bytes.get(16..).and_then(<[u8]>::first_chunk::<16>)) {
            (Some(source), Some(destination)) => {
                v2_header(Ipv6Addr::from(*source).into(), Ipv6Addr::from(*destination).into(), &bytes[32..])
            }
            _ => Header::Unknown,
        },
        _ => Header::Unknown,
    }
}

fn v2_header(source: IpAddr, destination: IpAddr, ports: &[u8]) -> Header {
    match *ports {
        [a, b, c, d] => Header::Addresses {
            source: SocketAddr::new(source, u16::from_be_bytes([a, b])),
            destination: SocketAddr::new(destination, u16::from_be_bytes([c, d])),
        },
        _ => Header::Unknown,
    }
}

#[cfg(test)]
mod tests;
