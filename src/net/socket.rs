//! A plain socket whose registration with a runtime can be given up and taken up elsewhere.
//!
//! Reads and writes go through tokio's cached readiness, so that a short read or write is the last system call of its burst:
//! tokio clears the readiness itself, no read that only says `EAGAIN` follows.

use std::{
    io::{self, IoSlice, Read},
    mem, net,
    os::{
        fd::{AsFd, BorrowedFd},
        unix::net as unix,
    },
    pin::Pin,
    task::{Context, Poll, ready},
};

use rustix::{
    io::Errno,
    net::{RecvFlags, SendFlags, recv, send},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, Interest, ReadBuf},
    net::{TcpStream, UnixStream},
    runtime::Handle,
};

use super::peer::{Peer, UnixPeer};

/// A connected TCP or Unix socket.
pub(super) struct Socket {
    state: State,
    /// The last write was taken whole, or there was none yet: the next is tried at once, without the runtime. A socket registered a
    /// moment ago isn't known to it as writable before its next look at its events, and asking costs more than the attempt.
    writable: bool,
}

enum State {
    Tcp(TcpStream),
    Unix(UnixStream),
    DetachedTcp(net::TcpStream),
    DetachedUnix(unix::UnixStream),
    /// Registering or deregistering failed; the socket is closed.
    Lost,
}

/// Does `$on_tokio` with the registered socket, or refuses.
macro_rules! registered {
    ($socket:expr, $stream:ident => $on_tokio:expr) => {
        match &mut $socket.state {
            State::Tcp($stream) => $on_tokio,
            State::Unix($stream) => $on_tokio,
            State::DetachedTcp(_) | State::DetachedUnix(_) | State::Lost => Poll::Ready(Err(unregistered())),
        }
    };
}

#[cold]
fn unregistered() -> io::Error {
    io::Error::new(io::ErrorKind::NotConnected, "the socket is not registered with a runtime")
}

fn without_runtime() -> io::Error {
    io::Error::other("a socket can be registered only inside a runtime")
}

impl Socket {
    /// A socket that `connect` just opened.
    pub(super) fn connected_tcp(stream: TcpStream) -> Self {
        Socket { state: State::Tcp(stream), writable: true }
    }

    /// A Unix socket that `connect` just opened.
    pub(super) fn connected_unix(stream: UnixStream) -> Self {
        Socket { state: State::Unix(stream), writable: true }
    }

    /// An accepted socket (non-blocking), not yet registered.
    pub(super) fn detached_tcp(stream: net::TcpStream) -> Self {
        Socket { state: State::DetachedTcp(stream), writable: true }
    }

    /// An accepted Unix socket (non-blocking), not yet registered.
    pub(super) fn detached_unix(stream: unix::UnixStream) -> Self {
        Socket { state: State::DetachedUnix(stream), writable: true }
    }

    #[inline]
    pub(super) fn poll_read_ready(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        registered!(self, stream => stream.poll_read_ready(cx))
    }

    #[inline]
    pub(super) fn poll_read_buf(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        registered!(self, stream => Pin::new(stream).poll_read(cx, buf))
    }

    #[inline]
    pub(super) fn poll_write(&mut self, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if self.writable
            && let Some(outcome) = self.write_at_once(buf)
        {
            return Poll::Ready(outcome);
        }
        registered!(self, stream => Pin::new(stream).poll_write(cx, buf))
    }

    #[inline]
    pub(super) fn poll_write_vectored(&mut self, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        if self.writable
            && let [only] = bufs
            && let Some(outcome) = self.write_at_once(only)
        {
            return Poll::Ready(outcome);
        }
        registered!(self, stream => Pin::new(stream).poll_write_vectored(cx, bufs))
    }

    /// The next write doesn't ask the runtime.
    pub(super) fn try_anew(&mut self) {
        self.writable = true;
    }

    pub(super) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        registered!(self, stream => Pin::new(stream).poll_shutdown(cx))
    }

    /// Copies what has arrived and leaves it there.
    pub(super) fn poll_peek(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        match &mut self.state {
            State::Tcp(stream) => stream.poll_peek(cx, &mut ReadBuf::new(buf)),
            State::Unix(stream) => loop {
                ready!(stream.poll_read_ready(cx))?;
                let peeked = stream.try_io(Interest::READABLE, || Ok(recv(&*stream, &mut *buf, RecvFlags::PEEK)?.0));
                match peeked {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    peeked => return Poll::Ready(peeked),
                }
            },
            _ => Poll::Ready(Err(unregistered())),
        }
    }

    /// Reads what has arrived; without a system call where no event has come since the last short read.
    pub(super) fn try_read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match &mut self.state {
            State::Tcp(stream) => stream.try_read(buf),
            State::Unix(stream) => stream.try_read(buf),
            State::DetachedTcp(stream) => stream.read(buf),
            State::DetachedUnix(stream) => stream.read(buf),
            State::Lost => Err(unregistered()),
        }
    }

    /// Writes without asking the runtime; none where the kernel's buffer is full.
    #[inline]
    fn write_at_once(&mut self, buf: &[u8]) -> Option<io::Result<usize>> {
        let fd = match &self.state {
            State::Tcp(stream) => stream.as_fd(),
            State::Unix(stream) => stream.as_fd(),
            _ => return None,
        };
        match send(fd, buf, SendFlags::NOSIGNAL | SendFlags::DONTWAIT) {
            Ok(written) => {
                self.writable = written == buf.len();
                Some(Ok(written))
            }
            Err(Errno::AGAIN | Errno::INTR) => {
                self.writable = false;
                None
            }
            Err(errno) => Some(Err(errno.into())),
        }
    }

    /// Gives up the registration with the runtime; the socket stays open.
    pub(super) fn detach(&mut self) -> io::Result<()> {
        self.state = match mem::replace(&mut self.state, State::Lost) {
            State::Tcp(stream) => State::DetachedTcp(stream.into_std()?),
            State::Unix(stream) => State::DetachedUnix(stream.into_std()?),
            detached => detached,
        };
        Ok(())
    }

    /// Registers with the current runtime.
    pub(super) fn attach(&mut self) -> io::Result<()> {
        if Handle::try_current().is_err() {
            return Err(without_runtime());
        }
        self.state = match mem::replace(&mut self.state, State::Lost) {
            State::DetachedTcp(stream) => {
                self.writable = true;
                State::Tcp(TcpStream::from_std(stream)?)
            }
            State::DetachedUnix(stream) => {
                self.writable = true;
                State::Unix(UnixStream::from_std(stream)?)
            }
            State::Lost => return Err(unregistered()),
            attached => attached,
        };
        Ok(())
    }

    /// Who the kernel says is on the other end.
    pub(super) fn peer(&self) -> io::Result<Peer> {
        match &self.state {
            State::Tcp(stream) => stream.peer_addr().map(Peer::Tcp),
            State::DetachedTcp(stream) => stream.peer_addr().map(Peer::Tcp),
            State::Unix(stream) => {
                let credentials = stream.peer_cred()?;
                let pid = credentials.pid().filter(|pid| *pid != 0);
                Ok(Peer::Unix(UnixPeer { pid, uid: credentials.uid(), gid: credentials.gid() }))
            }
            State::DetachedUnix(_) | State::Lost => Err(unregistered()),
        }
    }

    /// The descriptor; none once it is lost.
    pub(super) fn fd(&self) -> Option<BorrowedFd<'_>> {
        match &self.state {
            State::Tcp(stream) => Some(stream.as_fd()),
            State::Unix(stream) => Some(stream.as_fd()),
            State::DetachedTcp(stream) => Some(stream.as_fd()),
            State::DetachedUnix(stream) => Some(stream.as_fd()),
            State::Lost => None,
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.get_mut().poll_read_buf(cx, buf)
    }
}
