//! Bytes of the PostgreSQL protocol, without IO: frames, startup packets, borrowed message views, synthetic messages.
//!
//! PostgreSQL manual, chapter 55 "Frontend/Backend Protocol"; `src/include/libpq/protocol.h`.
//! Data rows are never decoded: their headers are walked, their bytes pass.

pub mod caps;
pub mod frame;
pub mod messages;
pub mod startup;
pub mod synthetic;
pub mod tag;

pub use frame::{FrameError, Header};
