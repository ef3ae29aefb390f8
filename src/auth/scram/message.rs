//! The grammar of SCRAM's four messages: RFC 5802, section 7. Parses, and decides nothing.
//!
//! Read strictly: each attribute in its place, no empty nonce, no byte left over. The one liberty is PostgreSQL's own: a user name is skipped unread, because
//! the startup packet has named the login already and clients put anything there (`read_client_first_message`).

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{Key, decode_key};

/// Longest message of a client: `PG_MAX_SASL_MESSAGE_LENGTH` in `src/backend/libpq/auth-sasl.c`.
const MAX_CLIENT_MESSAGE: usize = 1024;
/// Longest message of a server. libpq's cap for authentication requests is 2000 bytes too.
const MAX_SERVER_MESSAGE: usize = 2000;

/// A message that isn't SCRAM, or asks for what nobody has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum MessageError {
    /// The bytes don't follow the grammar.
    #[error("malformed SCRAM message: {0}")]
    Malformed(&'static str),
    /// `a=`: acting for somebody else.
    #[error("client uses authorization identity, but it is not supported")]
    AuthorizationIdentity,
    /// `m=`: an extension that must be understood.
    #[error("client requires an unsupported SCRAM extension")]
    MandatoryExtension,
}

use MessageError::Malformed;

/// What the GS2 header says of channel binding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Gs2Flag<'a> {
    /// `n`: the client can't.
    Unsupported,
    /// `y`: the client could, but thinks that the server can't.
    NotOffered,
    /// `p=NAME`: the client does.
    Required(&'a [u8]),
}

#[derive(Debug)]
pub(super) struct ClientFirst<'a> {
    pub(super) flag: Gs2Flag<'a>,
    /// The message without its GS2 header; part of what both sides sign.
    pub(super) bare: &'a [u8],
    pub(super) nonce: &'a [u8],
}

#[derive(Debug)]
pub(super) struct ClientFinal<'a> {
    pub(super) channel_binding: &'a [u8],
    pub(super) nonce: &'a [u8],
    /// The message up to the proof's comma; part of what both sides sign.
    pub(super) without_proof: &'a [u8],
    pub(super) proof: Key,
}

#[derive(Debug)]
pub(super) struct ServerFirst<'a> {
    pub(super) nonce: &'a str,
    pub(super) salt: Vec<u8>,
    /// Any number that the text can hold; what is sane, the client decides.
    pub(super) iterations: u64,
}

#[derive(Debug)]
pub(super) enum ServerFinal<'a> {
    Signature(Key),
    /// `e=`: the server's word for why not.
    Error(&'a str),
}

impl<'a> ClientFirst<'a> {
    pub(super) fn parse(message: &'a [u8]) -> Result<Self, MessageError> {
        let mut reader = Reader::new(message, MAX_CLIENT_MESSAGE)?;
        let flag = match reader.token() {
            b"n" => Gs2Flag::Unsupported,
            b"y" => Gs2Flag::NotOffered,
            token => {
                Gs2Flag::Required(token.strip_prefix(b"p=").filter(|name| is_binding_name(name)).ok_or(Malformed("channel binding flag"))?)
            }
        };
        match reader.token() {
            b"" => {}
            token if token.starts_with(b"a=") => return Err(MessageError::AuthorizationIdentity),
            _ => return Err(Malformed("authorization identity")),
        }
        let bare = reader.rest().ok_or(Malformed("message ends early"))?;
        if bare.starts_with(b"m=") {
            return Err(MessageError::MandatoryExtension);
        }
        reader.attribute(b'n', "user name")?;
        let nonce = reader.attribute(b'r', "nonce")?;
        if !is_nonce(nonce) {
            return Err(Malformed("nonce"));
        }
        while reader.rest().is_some() {
            extension(reader.token())?;
        }
        Ok(ClientFirst { flag, bare, nonce })
    }
}

impl<'a> ClientFinal<'a> {
    pub(super) fn parse(message: &'a [u8]) -> Result<Self, MessageError> {
        let mut reader = Reader::new(message, MAX_CLIENT_MESSAGE)?;
        let channel_binding = reader.attribute(b'c', "channel binding")?;
        let nonce = reader.attribute(b'r', "nonce")?;
        loop {
            let before = reader.taken();
            let token = reader.token();
            let Some(proof) = token.strip_prefix(b"p=") else {
                extension(token)?;
                continue;
            };
            if reader.rest().is_some() {
                return Err(Malformed("bytes after the proof"));
            }
            let without_proof = message.get(..before.saturating_sub(1)).unwrap_or_default();
            return Ok(ClientFinal { channel_binding, nonce, without_proof, proof: decode_key(proof).ok_or(Malformed("proof"))? });
        }
    }
}

impl<'a> ServerFirst<'a> {
    pub(super) fn parse(message: &'a [u8]) -> Result<Self, MessageError> {
        let mut reader = Reader::new(message, MAX_SERVER_MESSAGE)?;
        let nonce = reader.attribute(b'r', "nonce")?;
        let nonce = std::str::from_utf8(nonce).ok().filter(|nonce| is_nonce(nonce.as_bytes())).ok_or(Malformed("nonce"))?;
        let salt = STANDARD.decode(reader.attribute(b's', "salt")?).ok().filter(|salt| !salt.is_empty()).ok_or(Malformed("salt"))?;
        let iterations = number(reader.attribute(b'i', "iteration count")?).ok_or(Malformed("iteration count"))?;
        reader.end()?;
        Ok(ServerFirst { nonce, salt, iterations })
    }
}

impl<'a> ServerFinal<'a> {
    pub(super) fn parse(message: &'a [u8]) -> Result<Self, MessageError> {
        let mut reader = Reader::new(message, MAX_SERVER_MESSAGE)?;
        let token = reader.token();
        reader.end()?;
        if let Some(error) = token.strip_prefix(b"e=") {
            let printable = std::str::from_utf8(error).ok().filter(|text| !text.is_empty() && !text.contains(char::is_control));
            return Ok(ServerFinal::Error(printable.ok_or(Malformed("error"))?));
        }
        let signature = token.strip_prefix(b"v=").and_then(decode_key).ok_or(Malformed("server signature"))?;
        Ok(ServerFinal::Signature(signature))
    }
}

/// Walks the comma-separated parts of a message. No part is ever read twice, none is skipped.
struct Reader<'a> {
    message: &'a [u8],
    /// Where the next part begins; beyond the message's end once its last part is taken.
    next: usize,
}

impl<'a> Reader<'a> {
    fn new(message: &'a [u8], longest: usize) -> Result<Self, MessageError> {
        match message {
            [] => Err(Malformed("empty")),
            _ if message.len() > longest => Err(Malformed("too long")),
            _ if message.contains(&0) => Err(Malformed("contains NUL")),
            _ => Ok(Reader { message, next: 0 }),
        }
    }

    /// What has not been taken; `None` where the last part is gone, as against a message that ends in a comma.
    fn rest(&self) -> Option<&'a [u8]> {
        self.message.get(self.next..)
    }

    fn taken(&self) -> usize {
        self.next
    }

    /// The bytes up to the next comma or the end. Empty at the end, which no caller accepts as an attribute.
    fn token(&mut self) -> &'a [u8] {
        let rest = self.rest().unwrap_or_default();
        let token = rest.split(|byte| *byte == b',').next().unwrap_or_default();
        self.next = self.next.saturating_add(token.len() + 1);
        token
    }

    /// The value of the next part, which must be `name=value`.
    fn attribute(&mut self, name: u8, what: &'static str) -> Result<&'a [u8], MessageError> {
        match self.token() {
            [first, b'=', value @ ..] if *first == name => Ok(value),
            _ => Err(Malformed(what)),
        }
    }

    fn end(&self) -> Result<(), MessageError> {
        if self.rest().is_some() { Err(Malformed("bytes after the end")) } else { Ok(()) }
    }
}

/// Optional extensions are ignored, as PostgreSQL does, but they must be attributes: `attr-val = ALPHA "=" value`.
fn extension(token: &[u8]) -> Result<(), MessageError> {
    match token {
        [b'm', b'=', ..] => Err(MessageError::MandatoryExtension),
        [name, b'=', _, ..] if name.is_ascii_alphabetic() => Ok(()),
        _ => Err(Malformed("attribute")),
    }
}

/// `is_scram_printable` in `auth-scram.c`, and not empty. Commas never get here.
fn is_nonce(nonce: &[u8]) -> bool {
    !nonce.is_empty() && nonce.iter().all(|byte| (0x21..=0x7e).contains(byte) && *byte != b',')
}

/// `cb-name = 1*(ALPHA / DIGIT / "." / "-")`
fn is_binding_name(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
}

/// `posit-number`: digits without sign; the caller refuses zero.
fn number(text: &[u8]) -> Option<u64> {
    if !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}
