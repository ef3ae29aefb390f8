//! What a client sends first: SSLRequest, GSSENCRequest, CancelRequest, StartupMessage.
//! PostgreSQL manual 55.2.1, 55.7; `ProcessStartupPacket` in `src/backend/tcop/backend_startup.c`.

use super::{caps, frame::split_cstr};

/// `NEGOTIATE_SSL_CODE`
pub const SSL_REQUEST: u32 = 80_877_103;
/// `NEGOTIATE_GSS_CODE`
pub const GSSENC_REQUEST: u32 = 80_877_104;
/// `CANCEL_REQUEST_CODE`
pub const CANCEL_REQUEST: u32 = 80_877_102;
/// The newest protocol that is spoken: 3.2 has long cancel keys.
pub const LATEST: Version = Version { major: 3, minor: 2 };

/// A protocol version.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Version {
    /// 3.
    pub major: u16,
    /// 0, or 2 since PostgreSQL 18.
    pub minor: u16,
}

/// A first packet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FirstPacket<'a> {
    /// Asks for TLS.
    Ssl,
    /// Asks for GSSAPI encryption.
    Gss,
    /// Asks to cancel what the holder of the key runs.
    Cancel {
        /// The process id of BackendKeyData.
        process: u32,
        /// The secret of BackendKeyData: 4 to 256 bytes.
        key: &'a [u8],
    },
    /// Begins a session.
    Startup(Startup<'a>),
}

/// StartupMessage.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Startup<'a> {
    /// What the client speaks.
    pub version: Version,
    /// Names and values in the order sent.
    pub parameters: Vec<(&'a str, &'a str)>,
}

/// Why a first packet is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum StartupError {
    /// A length below 8 or above PostgreSQL's cap.
    #[error("invalid length of startup packet")]
    Length,
    /// Neither a request code nor protocol 3.
    #[error("unsupported frontend protocol {major}.{minor}: server supports 3.0 to 3.2")]
    Version {
        /// Major.
        major: u16,
        /// Minor.
        minor: u16,
    },
    /// Parameters that aren't pairs of strings, or aren't UTF-8.
    #[error("invalid startup packet layout: expected terminator as last byte")]
    Layout,
    /// One name twice: two readers could take different ones.
    #[error("startup parameter is given twice")]
    Duplicate,
}

/// Size in bytes of the packet that begins with `head`'s length word.
///
/// # Errors
/// [`StartupError::Length`]
pub fn packet_len(head: [u8; 4]) -> Result<usize, StartupError> {
    let length = u32::from_be_bytes(head);
    if !(8..=caps::STARTUP).contains(&length) {
        return Err(StartupError::Length);
    }
    Ok(length as usize)
}

/// Reads a whole first packet, length word included.
///
/// # Errors
/// See [`StartupError`].
pub fn read(packet: &[u8]) -> Result<FirstPacket<'_>, StartupError> {
    let (head, rest) = packet.split_first_chunk::<4>().ok_or(StartupError::Length)?;
    if packet_len(*head)? != packet.len() {
        return Err(StartupError::Length);
    }
    let (code, body) = rest.split_first_chunk::<4>().ok_or(StartupError::Length)?;
    match u32::from_be_bytes(*code) {
        SSL_REQUEST if body.is_empty() => Ok(FirstPacket::Ssl),
        GSSENC_REQUEST if body.is_empty() => Ok(FirstPacket::Gss),
        SSL_REQUEST | GSSENC_REQUEST => Err(StartupError::Length),
        CANCEL_REQUEST => {
            let (process, key) = body.split_first_chunk::<4>().ok_or(StartupError::Length)?;
            if !(4..=256).contains(&key.len()) {
                return Err(StartupError::Length);
            }
            Ok(FirstPacket::Cancel { process: u32::from_be_bytes(*process), key })
        }
        code => {
            let version = Version { major: (code >> 16) as u16, minor: (code & 0xffff) as u16 };
            if version.major != 3 {
                return Err(StartupError::Version { major: version.major, minor: version.minor });
            }
            Ok(FirstPacket::Startup(Startup { version, parameters: parameters(body)? }))
        }
    }
}

fn parameters(mut body: &[u8]) -> Result<Vec<(&str, &str)>, StartupError> {
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    loop {
        let (name, rest) = split_cstr(body).ok_or(StartupError::Layout)?;
        if name.is_empty() {
            return if rest.is_empty() { Ok(pairs) } else { Err(StartupError::Layout) };
        }
        let (value, rest) = split_cstr(rest).ok_or(StartupError::Layout)?;
        let name = std::str::from_utf8(name).map_err(|_| StartupError::Layout)?;
        let value = std::str::from_utf8(value).map_err(|_| StartupError::Layout)?;
        if pairs.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
            return Err(StartupError::Duplicate);
        }
        pairs.push((name, value));
        body = rest;
    }
}

/// Why an `options` value is refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum OptionsError {
    /// Something other than `-c name=value` or `--name=value`.
    #[error("unrecognized option {0:?} in the startup parameter \"options\"")]
    Unrecognized(String),
}

/// Splits the startup parameter `options` as `pg_split_opts` in `src/backend/utils/init/postinit.c` does (backslash escapes
/// a space) and reads its `-c name=value`, `-cname=value` and `--name=value`.
///
/// # Errors
/// [`OptionsError::Unrecognized`]: other switches of the server's command line are nobody's business.
pub fn read_options(options: &str) -> Result<Vec<(String, String)>, OptionsError> {
    let words = split_words(options);
    let mut settings = Vec::new();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let assignment = if word == "-c" {
            words.next().unwrap_or_default()
        } else if let Some(rest) = word.strip_prefix("--").or_else(|| word.strip_prefix("-c")) {
            rest.to_owned()
        } else {
            return Err(OptionsError::Unrecognized(word));
        };
        match assignment.split_once('=') {
            Some((name, value)) if !name.is_empty() => settings.push((name.replace('-', "_"), value.to_owned())),
            _ => return Err(OptionsError::Unrecognized(assignment)),
        }
    }
    Ok(settings)
}

fn split_words(options: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut chars = options.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => word.extend(chars.next()),
            space if space.is_ascii_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            other => word.push(other),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn packet(code: u32, body: &[u8]) -> Vec<u8> {
        [&(body.len() as u32 + 8).to_be_bytes(), &code.to_be_bytes(), body].concat()
    }

    #[test]
    fn startup_parameters() {
        let bytes = packet(3 << 16, b"user\0acme\0database\0shop\0\0");
        assert_eq!(
            read(&bytes),
            Ok(FirstPacket::Startup(Startup {
                version: Version { major: 3, minor: 0 },
                parameters: vec![("user", "acme"), ("database", "shop")]
            }))
        );
        assert_eq!(read(&packet(3 << 16, b"user\0acme\0user\0eve\0\0")), Err(StartupError::Duplicate));
        assert_eq!(read(&packet(3 << 16, b"user\0acme\0\0x")), Err(StartupError::Layout));
        assert_eq!(read(&packet(3 << 16, b"user\0acme\0")), Err(StartupError::Layout));
        assert_eq!(read(&packet(2 << 16, b"")), Err(StartupError::Version { major: 2, minor: 0 }));
    }

    #[test]
    fn requests() {
        assert_eq!(read(&packet(SSL_REQUEST, b"")), Ok(FirstPacket::Ssl));
        assert_eq!(read(&packet(SSL_REQUEST, b"x")), Err(StartupError::Length));
        assert_eq!(read(&packet(CANCEL_REQUEST, b"\0\0\0\x07abcd")), Ok(FirstPacket::Cancel { process: 7, key: b"abcd" }));
        assert_eq!(read(&packet(CANCEL_REQUEST, b"\0\0\0\x07abc")), Err(StartupError::Length));
    }

    #[test]
    fn options() {
        let pairs = |text| read_options(text).map(|pairs| pairs.into_iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>());
        assert_eq!(
            pairs("-c pgtenant.tenant=acme --work-mem=1MB  -cgeqo=off"),
            Ok(vec!["pgtenant.tenant=acme".into(), "work_mem=1MB".into(), "geqo=off".into()])
        );
        assert_eq!(pairs(r"-c application_name=a\ b"), Ok(vec!["application_name=a b".into()]));
        assert_eq!(pairs("-d 5"), Err(OptionsError::Unrecognized("-d".into())));
        assert_eq!(pairs("-c"), Err(OptionsError::Unrecognized(String::new())));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..120), text in ".{0,60}") {
            let _ = read(&bytes);
            let _ = read(&packet(3 << 16, &bytes));
            let _ = read_options(&text);
        }
    }
}
