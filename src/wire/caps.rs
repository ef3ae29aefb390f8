//! Length caps per message type: what isn't streamed is held in memory, so it is small or bounded.
//!
//! PostgreSQL's own caps: `PQ_SMALL_MESSAGE_LIMIT` (10,000) and `PQ_LARGE_MESSAGE_LIMIT` (1 GiB - 1),
//! `src/include/libpq/libpq.h`; which type has which: `SocketBackend` in `src/backend/tcop/postgres.c`.

use super::{frame::FrameError, tag::client};

/// `PQ_SMALL_MESSAGE_LIMIT`: messages of fixed shape.
pub const SMALL: u32 = 10_000;
/// `PQ_LARGE_MESSAGE_LIMIT`: messages that carry data.
pub const LARGE: u32 = 0x3fff_ffff;
/// `PG_MAX_AUTH_TOKEN_LENGTH`: passwords and SASL messages before authentication.
pub const AUTH: u32 = 65_535;
/// `MAX_STARTUP_PACKET_LENGTH`.
pub const STARTUP: u32 = 10_000;
/// A statement's text is held whole (it is looked at before it runs): 64 MiB.
pub const STATEMENT: u32 = 64 << 20;
/// A server's control message that is looked at (errors, notices, settings): beyond it, it passes unread.
pub const CONTROL: u32 = 1 << 20;

/// The cap for a type that an authenticated client sends.
///
/// # Errors
/// [`FrameError::Unexpected`] for a type that no authenticated client may send.
#[inline]
pub fn client_cap(tag: u8) -> Result<u32, FrameError> {
    match tag {
        client::QUERY | client::BIND | client::COPY_DATA | client::FUNCTION_CALL => Ok(LARGE),
        client::PARSE => Ok(STATEMENT),
        client::SYNC | client::FLUSH | client::TERMINATE | client::COPY_DONE => Ok(4),
        client::EXECUTE | client::DESCRIBE | client::CLOSE | client::COPY_FAIL => Ok(SMALL),
        tag => Err(FrameError::Unexpected { tag }),
    }
}
