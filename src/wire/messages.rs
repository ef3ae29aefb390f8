//! Borrowed views of the messages that the proxy looks into. PostgreSQL manual 55.7 "Message Formats".

use super::{
    frame::{FrameError, split_cstr},
    tag::{client, server},
};
use crate::error::SqlState;

/// A prepared statement or a portal: the first byte of Describe and Close.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// `S`
    Statement,
    /// `P`
    Portal,
}

/// Parse (F).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Parse<'a> {
    /// Destination statement; empty = unnamed.
    pub name: &'a [u8],
    /// The text, without its NUL.
    pub text: &'a [u8],
    /// Count and OIDs of the parameter types, as sent.
    pub types: &'a [u8],
}

impl<'a> Parse<'a> {
    /// # Errors
    /// [`FrameError::Malformed`]
    pub fn read(body: &'a [u8]) -> Result<Self, FrameError> {
        let malformed = FrameError::Malformed { tag: client::PARSE };
        let (name, rest) = split_cstr(body).ok_or(malformed)?;
        let (text, types) = split_cstr(rest).ok_or(malformed)?;
        let (count, oids) = types.split_first_chunk::<2>().ok_or(malformed)?;
        if oids.len() != usize::from(u16::from_be_bytes(*count)) * 4 {
            return Err(malformed);
        }
        Ok(Parse { name, text, types })
    }
}

/// How many types there are in what stands for them in Parse (F): see [`Parse::types`].
pub fn declared_types(types: &[u8]) -> u16 {
    types.first_chunk().map_or(0, |count| u16::from_be_bytes(*count))
}

/// The numbers of these types.
pub fn declared_type_numbers(types: &[u8]) -> impl Iterator<Item = u32> {
    types.get(2..).unwrap_or_default().chunks_exact(4).filter_map(|number| number.first_chunk().map(|number| u32::from_be_bytes(*number)))
}

/// The names at the head of Bind (F). What follows them isn't looked into and may not be there yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BindHead<'a> {
    /// Destination portal; empty = unnamed.
    pub portal: &'a [u8],
    /// Source statement; empty = unnamed.
    pub statement: &'a [u8],
    /// Bytes of the body that the two names and their NULs take.
    pub len: usize,
}

impl<'a> BindHead<'a> {
    /// Reads the names from the beginning of a body; `None` where a NUL is missing.
    #[inline]
    pub fn read(body: &'a [u8]) -> Option<Self> {
        let (portal, rest) = split_cstr(body)?;
        let (statement, tail) = split_cstr(rest)?;
        Some(BindHead { portal, statement, len: body.len() - tail.len() })
    }
}

/// The only parameter's value in what follows the names in Bind (F), which must be all there; `None`: NULL. Text is the same in both formats.
///
/// # Errors
/// [`FrameError::Malformed`], also where there isn't exactly one.
pub fn first_text_parameter(tail: &[u8]) -> Result<Option<&[u8]>, FrameError> {
    let malformed = FrameError::Malformed { tag: client::BIND };
    let (formats, rest) = tail.split_first_chunk::<2>().ok_or(malformed)?;
    let rest = rest.get(2 * usize::from(u16::from_be_bytes(*formats))..).ok_or(malformed)?;
    let (count, rest) = rest.split_first_chunk::<2>().ok_or(malformed)?;
    let (length, rest) = rest.split_first_chunk::<4>().filter(|_| *count == [0, 1]).ok_or(malformed)?;
    match i32::from_be_bytes(*length) {
        -1 => Ok(None),
        length => usize::try_from(length).ok().and_then(|length| rest.get(..length)).map(Some).ok_or(malformed),
    }
}

/// Describe (F) and Close (F).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Named<'a> {
    /// Which kind of thing.
    pub target: Target,
    /// Its name; empty = unnamed.
    pub name: &'a [u8],
}

impl<'a> Named<'a> {
    /// # Errors
    /// [`FrameError::Malformed`]
    #[inline]
    pub fn read(tag: u8, body: &'a [u8]) -> Result<Self, FrameError> {
        let malformed = FrameError::Malformed { tag };
        let (kind, rest) = body.split_first().ok_or(malformed)?;
        let target = match kind {
            b'S' => Target::Statement,
            b'P' => Target::Portal,
            _ => return Err(malformed),
        };
        match split_cstr(rest) {
            Some((name, b"")) => Ok(Named { target, name }),
            _ => Err(malformed),
        }
    }
}

/// The portal of Execute (F).
///
/// # Errors
/// [`FrameError::Malformed`]
#[inline]
pub fn execute_portal(body: &[u8]) -> Result<&[u8], FrameError> {
    match split_cstr(body) {
        Some((portal, rest)) if rest.len() == 4 => Ok(portal),
        _ => Err(FrameError::Malformed { tag: client::EXECUTE }),
    }
}

/// The text of Query (F): one string that fills the body.
///
/// # Errors
/// [`FrameError::Malformed`], also for a NUL inside, behind which a second statement could hide.
#[inline]
pub fn query_text(body: &[u8]) -> Result<&[u8], FrameError> {
    match split_cstr(body) {
        Some((text, b"")) => Ok(text),
        _ => Err(FrameError::Malformed { tag: client::QUERY }),
    }
}

/// The state that ReadyForQuery (B) tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TransactionStatus {
    /// `I`: no transaction block.
    Idle,
    /// `T`: in a transaction block.
    Open,
    /// `E`: in a failed transaction block.
    Failed,
}

impl TransactionStatus {
    /// The byte as sent.
    pub fn byte(self) -> u8 {
        match self {
            TransactionStatus::Idle => b'I',
            TransactionStatus::Open => b'T',
            TransactionStatus::Failed => b'E',
        }
    }

    /// Reads ReadyForQuery's body.
    ///
    /// # Errors
    /// [`FrameError::Malformed`]
    #[inline]
    pub fn read(body: &[u8]) -> Result<Self, FrameError> {
        match body {
            b"I" => Ok(TransactionStatus::Idle),
            b"T" => Ok(TransactionStatus::Open),
            b"E" => Ok(TransactionStatus::Failed),
            _ => Err(FrameError::Malformed { tag: server::READY }),
        }
    }
}

/// Name and value of ParameterStatus (B); `None` where it isn't two UTF-8 strings.
pub fn parameter_status(body: &[u8]) -> Option<(&str, &str)> {
    let (name, rest) = split_cstr(body)?;
    let (value, rest) = split_cstr(rest)?;
    if !rest.is_empty() {
        return None;
    }
    Some((std::str::from_utf8(name).ok()?, std::str::from_utf8(value).ok()?))
}

/// The fields of ErrorResponse and NoticeResponse (B) that the proxy reads. Manual 55.8.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ErrorFields<'a> {
    /// `C`
    pub code: &'a [u8],
    /// `M`
    pub message: &'a [u8],
    /// `R`: the C function that raised it, which no translation changes.
    pub routine: &'a [u8],
    /// `V`: severity, untranslated.
    pub severity: &'a [u8],
}

impl<'a> ErrorFields<'a> {
    /// Reads what is there; unknown fields are passed over, as the manual demands.
    pub fn read(body: &'a [u8]) -> Self {
        let mut fields = ErrorFields::default();
        for (kind, value) in ErrorFields::all(body) {
            match kind {
                b'C' => fields.code = value,
                b'M' => fields.message = value,
                b'R' => fields.routine = value,
                b'V' => fields.severity = value,
                _ => {}
            }
        }
        fields
    }

    /// All fields in their order, each with its type.
    pub fn all(mut body: &'a [u8]) -> impl Iterator<Item = (u8, &'a [u8])> {
        std::iter::from_fn(move || {
            let (&kind, rest) = body.split_first().filter(|(kind, _)| **kind != 0)?;
            let (value, next) = split_cstr(rest)?;
            body = next;
            Some((kind, value))
        })
    }

    /// The code, where it is one.
    pub fn sql_state(&self) -> Option<SqlState> {
        SqlState::from_bytes(self.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parse_wants_all_its_oids() {
        assert!(Parse::read(b"s\0select $1\0\0\x01\0\0\0\x17").is_ok());
        assert!(Parse::read(b"s\0select $1\0\0\x02\0\0\0\x17").is_err());
        assert!(Parse::read(b"s\0select 1").is_err());
    }

    #[test]
    fn a_second_statement_behind_a_nul_is_refused() {
        assert_eq!(query_text(b"select 1\0"), Ok(b"select 1".as_slice()));
        assert!(query_text(b"select 1\0drop table t\0").is_err());
        assert!(query_text(b"select 1").is_err());
    }

    proptest! {
        #[test]
        fn no_view_panics(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = Parse::read(&bytes);
            let _ = BindHead::read(&bytes);
            let _ = Named::read(client::CLOSE, &bytes);
            let _ = first_text_parameter(&bytes);
            let _ = execute_portal(&bytes);
            let _ = query_text(&bytes);
            let _ = TransactionStatus::read(&bytes);
            let _ = parameter_status(&bytes);
            let _ = ErrorFields::read(&bytes);
        }
    }
}
