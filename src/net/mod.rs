//! Sockets: a poll-based stream (TCP, Unix, TLS on either side), the listener that accepts them, the PROXY protocol in front
//! of them, outgoing connections, and the one HTTP request that we make. It moves bytes and knows nothing of what they mean: frames are `wire`'s.

pub mod connect;
pub mod http;
pub mod listener;
mod options;
mod origin;
mod peer;
pub mod proxy_protocol;
mod socket;
mod stream;
pub mod tls;
mod unix_path;

pub use connect::{Target, connect, connect_with};
pub use listener::{Accepted, AcceptedSocket, BindError, Listener, OpenError};
pub use options::{KeepAlive, SocketOptions};
pub use origin::Origin;
pub use peer::{Peer, UnixPeer};
pub use stream::{Quiet, Stream};

#[cfg(test)]
mod tests;
