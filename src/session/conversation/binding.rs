//! One more value behind the parameters of a Bind (F), which may be longer than what is held. Manual 55.7.

use super::super::conversation::Fatal;
use crate::{
    error::{Report, SqlState},
    wire::{FrameError, tag::client},
};

/// Format codes and the count of parameters are held whole: as many as there can be, and the names.
pub(super) const LONGEST_HEAD: usize = 160 << 10;

/// What stands between a Bind's names and its values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Formats<'a> {
    codes: &'a [u8],
    /// Parameter values.
    pub(super) values: u16,
    /// Bytes, both counts included.
    pub(super) len: usize,
}

impl<'a> Formats<'a> {
    /// Reads what follows the names; `None` where it isn't all there.
    pub(super) fn read(tail: &'a [u8]) -> Option<Self> {
        let (count, rest) = tail.split_first_chunk::<2>()?;
        let (codes, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*count)) * 2)?;
        let values = u16::from_be_bytes(*rest.first_chunk()?);
        Some(Formats { codes, values, len: codes.len() + 4 })
    }

    /// Whether it fits a statement with so many parameters for the client; the report is PostgreSQL's.
    pub(super) fn check(&self, parameters: u16, statement: &[u8]) -> Result<(), Report> {
        let codes = self.codes.len() / 2;
        if codes > 1 && codes != usize::from(self.values) {
            let message = format!("bind message has {codes} parameter formats but {} parameters", self.values);
            return Err(Report::new(SqlState::PROTOCOL_VIOLATION, message));
        }
        if self.values != parameters {
            let name = String::from_utf8_lossy(statement);
            let message =
                format!("bind message supplies {} parameters, but prepared statement \"{name}\" requires {parameters}", self.values);
            return Err(Report::new(SqlState::PROTOCOL_VIOLATION, message));
        }
        Ok(())
    }

    /// The same with one more value, in text format.
    pub(super) fn with_one_more(&self) -> Vec<u8> {
        let more = self.values.saturating_add(1).to_be_bytes();
        let mut out = Vec::with_capacity(self.len + 2);
        match self.codes {
            [] | [0, 0] => {
                out.extend_from_slice(&[0, 0]);
            }
            &[high, low] => {
                out.extend_from_slice(&more);
                out.extend(std::iter::repeat_n([high, low], usize::from(self.values)).flatten());
                out.extend_from_slice(&[0, 0]);
            }
            codes => {
                out.extend_from_slice(&more);
                out.extend_from_slice(codes);
                out.extend_from_slice(&[0, 0]);
            }
        }
        out.extend_from_slice(&more);
        out
    }
}

/// A value on its way behind others.
#[derive(Debug)]
pub(super) struct Appending {
    walk: Walk,
    value: Box<[u8]>,
}

/// Walks over parameter values, however they are cut.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Walk {
    /// Values that have not begun.
    values: u16,
    /// The bytes that have come of a length.
    length: [u8; 4],
    has: u8,
    /// Bytes of the value under way that have not come.
    rest: usize,
}

impl Walk {
    /// How many of these bytes belong to values.
    fn pass(&mut self, bytes: &[u8]) -> Result<usize, FrameError> {
        let mut at = 0;
        while at < bytes.len() && !self.is_done() {
            if self.rest > 0 {
                let here = self.rest.min(bytes.len() - at);
                self.rest -= here;
                at += here;
                continue;
            }
            if let (Some(place), Some(byte)) = (self.length.get_mut(usize::from(self.has)), bytes.get(at)) {
                *place = *byte;
            }
            self.has += 1;
            at += 1;
            if self.has == 4 {
                self.has = 0;
                self.values -= 1;
                let length = i32::from_be_bytes(self.length);
                self.rest = match usize::try_from(length) {
                    Ok(length) => length,
                    Err(_) if length == -1 => 0,
                    Err(_) => return Err(FrameError::Malformed { tag: client::BIND }),
                };
            }
        }
        Ok(at)
    }

    fn is_done(&self) -> bool {
        self.values == 0 && self.rest == 0
    }
}

impl Appending {
    /// A value behind so many.
    pub(super) fn new(values: u16, value: &str) -> Self {
        Appending { walk: Walk { values, length: [0; 4], has: 0, rest: 0 }, value: value.as_bytes().into() }
    }

    /// How many bytes a Bind grows by, its head left out.
    pub(super) fn len(&self) -> usize {
        4 + self.value.len()
    }

    /// Whether all values are in these bytes.
    pub(super) fn fits(&self, bytes: &[u8]) -> bool {
        let mut walk = self.walk;
        walk.pass(bytes).is_ok() && walk.is_done()
    }

    /// Passes bytes on, and the value where its place is among them. Whether it was.
    ///
    /// # Errors
    /// A length that no value has.
    pub(super) fn forward(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<bool, Fatal> {
        let passed = self.walk.pass(bytes)?;
        let (values, rest) = bytes.split_at(passed.min(bytes.len()));
        out.extend_from_slice(values);
        if !self.walk.is_done() {
            return Ok(false);
        }
        out.extend_from_slice(&(self.value.len() as u32).to_be_bytes());
        out.extend_from_slice(&self.value);
        out.extend_from_slice(rest);
        Ok(true)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tail(codes: &[u16], values: &[Option<&[u8]>]) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend((codes.len() as u16).to_be_bytes());
        out.extend(codes.iter().flat_map(|code| code.to_be_bytes()));
        out.extend((values.len() as u16).to_be_bytes());
        for value in values {
            out.extend(value.map_or(-1, |value| value.len() as i32).to_be_bytes());
            out.extend_from_slice(value.unwrap_or_default());
        }
        out.extend([0, 1, 0, 1]);
        out
    }

    fn appended(tail: &[u8], cuts: usize) -> Vec<u8> {
        let formats = Formats::read(tail).unwrap();
        let mut out = formats.with_one_more();
        let mut appending = Some(Appending::new(formats.values, "acme"));
        let grown = tail.len() - formats.len + out.len() + 8;
        let mut rest = &tail[formats.len..];
        // As the frame's first part does, which may be empty.
        if appending.as_mut().unwrap().forward(&[], &mut out).unwrap() {
            appending = None;
        }
        while !rest.is_empty() {
            let (here, after) = rest.split_at(cuts.min(rest.len()));
            match &mut appending {
                Some(appending_now) => {
                    if appending_now.forward(here, &mut out).unwrap() {
                        appending = None;
                    }
                }
                None => out.extend_from_slice(here),
            }
            rest = after;
        }
        assert!(appending.is_none());
        assert_eq!(out.len(), grown);
        out
    }

    #[test]
    fn formats_grow_only_where_they_must() {
        let values = [Some(b"1".as_slice()), None];
        let own = Some(b"acme".as_slice());
        let with = [values[0], values[1], own];
        assert_eq!(appended(&tail(&[], &values), 3), tail(&[], &with));
        assert_eq!(appended(&tail(&[0], &values), 3), tail(&[], &with));
        assert_eq!(appended(&tail(&[1], &values), 3), tail(&[1, 1, 0], &with));
        assert_eq!(appended(&tail(&[1, 0], &values), 3), tail(&[1, 0, 0], &with));
        assert_eq!(appended(&tail(&[], &[]), 3), tail(&[], &[own]));
        assert_eq!(appended(&tail(&[1], &[]), 3), tail(&[0], &[own]));
    }

    #[test]
    fn counts_that_do_not_fit_are_told_as_postgresql_does() {
        let told = |codes: &[u16], values: &[Option<&[u8]>], parameters| {
            Formats::read(&tail(codes, values)).unwrap().check(parameters, b"s").map_err(|report| report.message.into_owned())
        };
        assert_eq!(told(&[], &[None], 1), Ok(()));
        assert_eq!(told(&[], &[None, None], 1).unwrap_err(), "bind message supplies 2 parameters, but prepared statement \"s\" requires 1");
        assert_eq!(told(&[0, 0], &[None], 1).unwrap_err(), "bind message has 2 parameter formats but 1 parameters");
    }

    #[test]
    fn lengths_that_lie_do_not_fit() {
        let appending = Appending::new(1, "acme");
        assert!(appending.fits(&[0, 0, 0, 1, b'x', 0, 0]));
        assert!(!appending.fits(&[0, 0, 0, 9, b'x', 0, 0]));
        assert!(!appending.fits(&[0xff, 0xff, 0xff, 0xfe]));
    }

    proptest! {
        #[test]
        fn cuts_do_not_matter(
            values in proptest::collection::vec(proptest::option::of(proptest::collection::vec(any::<u8>(), 0..20)), 0..6),
            cuts in 1usize..40,
        ) {
            let values: Vec<Option<&[u8]>> = values.iter().map(Option::as_deref).collect();
            let mut with = values.clone();
            with.push(Some(b"acme"));
            prop_assert_eq!(appended(&tail(&[], &values), cuts), tail(&[], &with));
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            if let Some(formats) = Formats::read(&bytes) {
                let _ = Appending::new(formats.values, "x").fits(&bytes[formats.len..]);
            }
        }
    }
}
