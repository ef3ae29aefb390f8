//! What every TCP socket is told about dead peers and small packets. Linux manual tcp(7).

use std::{io, os::fd::AsFd, time::Duration};

use socket2::{SockRef, TcpKeepalive};

/// When the kernel probes a silent peer, and when it gives up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeepAlive {
    /// Silence before the first probe.
    pub idle: Duration,
    /// Time between probes.
    pub interval: Duration,
    /// Unanswered probes until the connection counts as dead.
    pub probes: u32,
}

impl KeepAlive {
    /// Towards servers: what they run for a client may take long, and a machine that is gone must not hold it up.
    pub const SERVERS: KeepAlive = KeepAlive { idle: Duration::from_secs(10), interval: Duration::from_secs(5), probes: 3 };
}

impl Default for KeepAlive {
    fn default() -> Self {
        KeepAlive { idle: Duration::from_secs(60), interval: Duration::from_secs(10), probes: 3 }
    }
}

/// Options of a TCP socket; a listening socket hands them down to those that it accepts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SocketOptions {
    /// Probes of a silent peer; none leaves the kernel's default, which is off.
    pub keepalive: Option<KeepAlive>,
    /// How long sent bytes may stay unacknowledged (`TCP_USER_TIMEOUT`); none leaves the kernel's retransmission limit.
    ///
    /// Linux also ends connections whose peer is well and takes no bytes for that long: a client that works on what it has read, a
    /// server whose COPY waits for a lock.
    pub user_timeout: Option<Duration>,
}

impl Default for SocketOptions {
    fn default() -> Self {
        SocketOptions { keepalive: Some(KeepAlive::default()), user_timeout: None }
    }
}

impl SocketOptions {
    /// Sets these options and `TCP_NODELAY` on a socket.
    pub(super) fn apply(&self, socket: &impl AsFd) -> io::Result<()> {
        let socket = SockRef::from(socket);
        socket.set_tcp_nodelay(true)?;
        if let Some(KeepAlive { idle, interval, probes }) = self.keepalive {
            let probing = TcpKeepalive::new().with_time(idle).with_interval(interval).with_retries(probes);
            socket.set_tcp_keepalive(&probing)?;
        }
        if self.user_timeout.is_some() {
            socket.set_tcp_user_timeout(self.user_timeout)?;
        }
        Ok(())
    }
}
