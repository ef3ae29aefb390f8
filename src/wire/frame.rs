//! Frame headers: one type byte, then a length that counts itself but not the type byte.
//! PostgreSQL manual 55.1 "Overview"; `src/backend/libpq/pqcomm.c`, `pq_getmessage`.

/// Bytes of a header: type and length.
pub const HEADER_LEN: usize = 5;

/// A frame's type and size.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Header {
    /// Type byte, see [`super::tag`].
    pub tag: u8,
    /// The length word as sent: it counts itself, so at least 4.
    pub length: u32,
}

/// Why bytes are not a frame. The connection must end: nothing after it can be trusted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FrameError {
    /// A length word below 4.
    #[error("message {tag:?} has length {length}, which is less than its own length word", tag = char::from(*.tag))]
    TooShort {
        /// Type byte.
        tag: u8,
        /// Length word.
        length: u32,
    },
    /// A length beyond the cap of its type.
    #[error("message {tag:?} has {length} bytes, at most {cap} are accepted", tag = char::from(*.tag))]
    TooLong {
        /// Type byte.
        tag: u8,
        /// Length word.
        length: u32,
        /// What is accepted.
        cap: u32,
    },
    /// A type that nobody may send here.
    #[error("message type {tag:?} is not allowed here", tag = char::from(*.tag))]
    Unexpected {
        /// Type byte.
        tag: u8,
    },
    /// A body that doesn't have the shape of its type.
    #[error("message {tag:?} is malformed", tag = char::from(*.tag))]
    Malformed {
        /// Type byte.
        tag: u8,
    },
}

impl Header {
    /// Reads a header, or `None` where fewer than [`HEADER_LEN`] bytes are there.
    #[inline]
    pub fn read(bytes: &[u8]) -> Option<Header> {
        let (head, _) = bytes.split_first_chunk::<HEADER_LEN>()?;
        Some(Header { tag: head[0], length: u32::from_be_bytes([head[1], head[2], head[3], head[4]]) })
    }

    /// The whole frame's size in bytes, type byte included.
    #[inline]
    pub fn frame_len(self) -> usize {
        self.length as usize + 1
    }

    /// The body's size in bytes.
    #[inline]
    pub fn body_len(self) -> usize {
        (self.length as usize).saturating_sub(4)
    }

    /// Refuses lengths outside of `4..=cap`.
    ///
    /// # Errors
    /// [`FrameError::TooShort`], [`FrameError::TooLong`].
    #[inline]
    pub fn check(self, cap: u32) -> Result<(), FrameError> {
        if self.length < 4 {
            return Err(FrameError::TooShort { tag: self.tag, length: self.length });
        }
        if self.length > cap {
            return Err(FrameError::TooLong { tag: self.tag, length: self.length, cap });
        }
        Ok(())
    }
}

/// A complete frame: its type and its body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Frame<'a> {
    /// Type byte.
    pub tag: u8,
    /// What follows the length word.
    pub body: &'a [u8],
}

/// Takes one complete frame off the front of `bytes`; `Ok(None)` where it isn't complete yet.
///
/// # Errors
/// A length outside of `4..=cap`.
#[inline]
pub fn split_frame(bytes: &[u8], cap: u32) -> Result<Option<(Frame<'_>, &[u8])>, FrameError> {
    let Some(header) = Header::read(bytes) else { return Ok(None) };
    header.check(cap)?;
    match bytes.split_at_checked(header.frame_len()) {
        Some((frame, rest)) => Ok(Some((Frame { tag: header.tag, body: &frame[HEADER_LEN..] }, rest))),
        None => Ok(None),
    }
}

/// Takes a NUL-terminated string off the front; `None` where no NUL is there.
#[inline]
pub fn split_cstr(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(0, bytes)?;
    Some((&bytes[..end], &bytes[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_at_the_edges() {
        let bytes = |length: u32| [b"Q".as_slice(), &length.to_be_bytes()].concat();
        assert_eq!(split_frame(&bytes(3), 100), Err(FrameError::TooShort { tag: b'Q', length: 3 }));
        assert_eq!(split_frame(&bytes(101), 100), Err(FrameError::TooLong { tag: b'Q', length: 101, cap: 100 }));
        assert_eq!(split_frame(&bytes(100), 100), Ok(None));
        assert_eq!(split_frame(&bytes(4), 100), Ok(Some((Frame { tag: b'Q', body: b"" }, b"".as_slice()))));
        assert_eq!(split_frame(b"Q\0\0\0", 100), Ok(None));
    }

    #[test]
    fn cstr_needs_its_nul() {
        assert_eq!(split_cstr(b"ab\0c"), Some((b"ab".as_slice(), b"c".as_slice())));
        assert_eq!(split_cstr(b"ab"), None);
    }
}
