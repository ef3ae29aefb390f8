//! A connected socket as the relay sees it: plain or TLS, client's side or server's.
//!
//! It is poll-based, so that one task can drive both directions of a session, and it holds no plaintext of its own: what
//! isn't read stays in the kernel (or, for TLS, in rustls). So an idle plain session costs no buffer at all.

use std::{
    future::poll_fn,
    io::{self, IoSlice},
    net::SocketAddr,
    os::fd::BorrowedFd,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{
    peer::Peer,
    socket::Socket,
    tls::{TlsError, TlsInfo, TlsSession},
};

/// Most bytes that [`Stream::try_peek_closed`] takes at once.
const QUIET_READ: usize = 256;

/// A connected socket.
pub struct Stream {
    io: Io,
    peer: Peer,
}

enum Io {
    Plain(Socket),
    Tls(Box<TlsSession>),
}

/// What an idle connection did in the meantime.
#[derive(Debug, PartialEq, Eq)]
pub enum Quiet {
    /// Nothing.
    Yes,
    /// It sent these (there may be more): a notice, a parameter's new value, or an error that says why it ends.
    Bytes(Vec<u8>),
    /// It ended.
    Closed,
}

impl Stream {
    /// A plain stream over a registered socket.
    pub(super) fn plain(socket: Socket) -> io::Result<Self> {
        let peer = socket.peer()?;
        Ok(Stream::plain_from(socket, peer))
    }

    /// The same, whose peer is known.
    pub(super) fn plain_from(socket: Socket, peer: Peer) -> Self {
        Stream { io: Io::Plain(socket), peer }
    }

    /// An encrypted stream.
    pub(super) fn encrypted(session: Box<TlsSession>, peer: Peer) -> Self {
        Stream { io: Io::Tls(session), peer }
    }

    /// The socket of a plain stream, to be encrypted.
    pub(super) fn into_plain(self) -> Result<(Socket, Peer), TlsError> {
        match self.io {
            Io::Plain(socket) => Ok((socket, self.peer)),
            Io::Tls(_) => Err(TlsError::AlreadyEncrypted),
        }
    }

    /// Ready when a read would give something: bytes, the end or an error. It holds no buffer meanwhile.
    ///
    /// For TLS that is decrypted plaintext: a record that carries none (a session ticket, a key update) is consumed here.
    #[inline]
    pub fn poll_read_ready(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.io {
            Io::Plain(socket) => socket.poll_read_ready(cx),
            Io::Tls(session) => session.poll_read_ready(cx),
        }
    }

    /// Reads; 0 is the end.
    #[inline]
    pub fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        let mut buf = ReadBuf::new(buf);
        ready!(self.poll_read_buf(cx, &mut buf))?;
        Poll::Ready(Ok(buf.filled().len()))
    }

    /// Reads into a buffer that need not be initialised.
    #[inline]
    pub fn poll_read_buf(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match &mut self.io {
            Io::Plain(socket) => socket.poll_read_buf(cx, buf),
            Io::Tls(session) => session.poll_read_buf(cx, buf),
        }
    }

    /// Writes. For TLS the bytes may be encrypted and kept: [`Stream::poll_flush`] must be driven until it is ready.
    #[inline]
    pub fn poll_write(&mut self, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.io {
            Io::Plain(socket) => socket.poll_write(cx, buf),
            Io::Tls(session) => session.poll_write(cx, buf),
        }
    }

    /// Writes several pieces in one system call.
    #[inline]
    pub fn poll_write_vectored(&mut self, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        match &mut self.io {
            Io::Plain(socket) => socket.poll_write_vectored(cx, bufs),
            Io::Tls(session) => session.poll_write_vectored(cx, bufs),
        }
    }

    /// Ready when everything written has reached the kernel; at once for a plain stream.
    #[inline]
    pub fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.io {
            Io::Plain(_) => Poll::Ready(Ok(())),
            Io::Tls(session) => session.poll_flush(cx),
        }
    }

    /// The next write is tried whatever the runtime knows of the socket: it hears of room only where there is plenty.
    pub fn try_anew(&mut self) {
        self.socket_mut().try_anew();
    }

    /// Says that no more bytes will be written (TLS: `close_notify` first).
    pub fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.io {
            Io::Plain(socket) => socket.poll_shutdown(cx),
            Io::Tls(session) => session.poll_shutdown(cx),
        }
    }

    /// Whether an idle connection is still there, without a system call where no event has arrived for it.
    ///
    /// Bytes that it sent are taken out of the stream and returned. It disturbs nobody who waits on the stream.
    pub fn try_peek_closed(&mut self) -> Quiet {
        let mut bytes = [0; QUIET_READ];
        let read = match &mut self.io {
            Io::Plain(socket) => socket.try_read(&mut bytes),
            Io::Tls(session) => session.try_read(&mut bytes),
        };
        match read {
            Ok(0) => Quiet::Closed,
            Ok(read) => Quiet::Bytes(bytes[..read].to_vec()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Quiet::Yes,
            Err(_) => Quiet::Closed,
        }
    }

    /// Gives up the registration with the runtime it lives on. Until [`Stream::attach`] every read and write is an error.
    ///
    /// # Errors
    /// The socket is lost where the kernel refuses.
    pub fn detach(&mut self) -> io::Result<()> {
        self.socket_mut().detach()
    }

    /// Registers with the current runtime; nothing happens where it is registered already.
    ///
    /// # Errors
    /// Outside a runtime (the stream stays as it is), or where the kernel refuses (the socket is lost).
    pub fn attach(&mut self) -> io::Result<()> {
        self.socket_mut().attach()
    }

    /// Who is on the other end.
    pub fn peer(&self) -> &Peer {
        &self.peer
    }

    /// What the PROXY protocol said about the other end.
    pub(super) fn set_peer(&mut self, peer: Peer) {
        self.peer = peer;
    }

    /// Whether it is encrypted.
    pub fn is_tls(&self) -> bool {
        matches!(self.io, Io::Tls(_))
    }

    /// What its TLS handshake settled; none for a plain stream.
    pub fn tls_info(&self) -> Option<TlsInfo<'_>> {
        match &self.io {
            Io::Plain(_) => None,
            Io::Tls(session) => Some(session.info()),
        }
    }

    /// Its encryption's protocol and cipher; none for a plain stream.
    pub fn encryption(&self) -> Option<(&'static str, &'static str)> {
        self.tls_info().map(|info| (info.version, info.cipher))
    }

    /// Its own address; none for a Unix socket, and where it is lost.
    pub fn local_address(&self) -> Option<SocketAddr> {
        rustix::net::getsockname(self.fd()?).ok()?.try_into().ok()
    }

    /// The socket's descriptor, for its options; none where it is lost.
    pub fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.socket().fd()
    }

    /// Reads what there is, waiting for the first byte; 0 is the end.
    ///
    /// # Errors
    /// The socket's, or TLS's.
    pub async fn read_some(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        poll_fn(|cx| self.poll_read(cx, buf)).await
    }

    /// Fills the whole of `buf`.
    ///
    /// # Errors
    /// The socket's, TLS's, or `UnexpectedEof`.
    pub async fn read_exact(&mut self, buf: &mut [u8]) -> io::Result<()> {
        let mut filled = 0;
        while filled < buf.len() {
            match self.read_some(&mut buf[filled..]).await? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => filled += read,
            }
        }
        Ok(())
    }

    /// Writes all of `buf` and flushes it.
    ///
    /// # Errors
    /// The socket's, or TLS's.
    pub async fn write_all(&mut self, mut buf: &[u8]) -> io::Result<()> {
        while !buf.is_empty() {
            match poll_fn(|cx| self.poll_write(cx, buf)).await? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                written => buf = &buf[written..],
            }
        }
        self.flush().await
    }

    /// Waits until everything written has reached the kernel.
    ///
    /// # Errors
    /// The socket's, or TLS's.
    pub async fn flush(&mut self) -> io::Result<()> {
        poll_fn(|cx| self.poll_flush(cx)).await
    }

    /// Says that no more bytes will be written.
    ///
    /// # Errors
    /// The socket's, or TLS's.
    pub async fn shutdown(&mut self) -> io::Result<()> {
        poll_fn(|cx| self.poll_shutdown(cx)).await
    }

    /// Copies what has arrived and leaves it there, waiting for the first byte; 0 is the end. So a direct TLS handshake
    /// (first byte 0x16) can be told from a startup packet without taking it away from [`accept_tls`](super::tls::accept_tls).
    ///
    /// # Errors
    /// The socket's; `Unsupported` where the stream is encrypted.
    pub async fn peek(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match &mut self.io {
            Io::Plain(socket) => poll_fn(|cx| socket.poll_peek(cx, buf)).await,
            Io::Tls(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    fn socket(&self) -> &Socket {
        match &self.io {
            Io::Plain(socket) => socket,
            Io::Tls(session) => session.socket(),
        }
    }

    fn socket_mut(&mut self) -> &mut Socket {
        match &mut self.io {
            Io::Plain(socket) => socket,
            Io::Tls(session) => session.socket_mut(),
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.get_mut().poll_read_buf(cx, buf)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Stream::poll_write(self.get_mut(), cx, buf)
    }
    fn poll_write_vectored(self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        Stream::poll_write_vectored(self.get_mut(), cx, bufs)
    }
    fn is_write_vectored(&self) -> bool {
        true
    }
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Stream::poll_flush(self.get_mut(), cx)
    }
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Stream::poll_shutdown(self.get_mut(), cx)
    }
}
