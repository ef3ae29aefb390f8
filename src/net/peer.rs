//! Who is on the other end of a socket.

use std::{fmt, net::SocketAddr};

/// The other end of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Peer {
    /// An address: the socket's own, or what the PROXY protocol said it is.
    Tcp(SocketAddr),
    /// A process on this machine.
    Unix(UnixPeer),
}

/// What the kernel says of the process behind a Unix socket (`SO_PEERCRED`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UnixPeer {
    /// Its process id; none where it lives in another process id namespace.
    pub pid: Option<i32>,
    /// Its user.
    pub uid: u32,
    /// Its group.
    pub gid: u32,
}

impl Peer {
    /// Whether it came through a Unix socket.
    pub fn is_unix(&self) -> bool {
        matches!(self, Peer::Unix(_))
    }

    /// Its address, if it has one.
    pub fn address(&self) -> Option<SocketAddr> {
        match self {
            Peer::Tcp(address) => Some(*address),
            Peer::Unix(_) => None,
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Peer::Tcp(address) => fmt::Display::fmt(address, f),
            Peer::Unix(UnixPeer { pid: Some(pid), uid, .. }) => write!(f, "unix:pid={pid},uid={uid}"),
            Peer::Unix(UnixPeer { pid: None, uid, .. }) => write!(f, "unix:uid={uid}"),
        }
    }
}
