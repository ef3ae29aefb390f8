//! An encrypted session over a socket that can change its runtime.

use std::{
    future::Future,
    io::{self, IoSlice, Read},
    ops::DerefMut,
    pin::{Pin, pin},
    task::{Context, Poll, ready},
};

use rustls::{ConnectionCommon, ProtocolVersion, SideData, pki_types::CertificateDer};
use tokio::io::{AsyncBufRead, AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio_rustls::{TlsStream, client, server};

use super::TlsInfo;
use crate::net::socket::Socket;

/// Ciphertext that is read at once. rustls asks for 4 KiB at a time: a large result would cost a system call for each.
const READ_AHEAD: usize = 32 * 1024;

/// The socket below rustls. It holds ciphertext only between two reads of a burst, and no memory otherwise.
pub(in crate::net) struct Carrier {
    socket: Socket,
    ahead: Vec<u8>,
    taken: usize,
}

impl Carrier {
    pub(super) fn new(socket: Socket) -> Self {
        Carrier { socket, ahead: Vec::new(), taken: 0 }
    }

    fn has_ahead(&self) -> bool {
        self.taken < self.ahead.len()
    }

    /// Moves what was read ahead into `buf`; returns how much.
    fn take_ahead(&mut self, buf: &mut [u8]) -> usize {
        let rest = &self.ahead[self.taken..];
        let moved = rest.len().min(buf.len());
        buf[..moved].copy_from_slice(&rest[..moved]);
        self.consume(moved);
        moved
    }

    fn consume(&mut self, moved: usize) {
        self.taken += moved;
        if !self.has_ahead() {
            self.ahead = Vec::new();
            self.taken = 0;
        }
    }
}

impl AsyncRead for Carrier {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let carrier = self.get_mut();
        if !carrier.has_ahead() {
            ready!(carrier.socket.poll_read_ready(cx))?;
            let mut ahead = Vec::with_capacity(READ_AHEAD);
            ready!(pin!(carrier.socket.read_buf(&mut ahead)).poll(cx))?;
            carrier.ahead = ahead;
        }
        let rest = &carrier.ahead[carrier.taken..];
        let moved = rest.len().min(buf.remaining());
        buf.put_slice(&rest[..moved]);
        carrier.consume(moved);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Carrier {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.get_mut().socket.poll_write(cx, buf)
    }
    fn poll_write_vectored(self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        self.get_mut().socket.poll_write_vectored(cx, bufs)
    }
    fn is_write_vectored(&self) -> bool {
        true
    }
    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().socket.poll_shutdown(cx)
    }
}

/// Reads what has arrived, without a task to wake.
struct TryRead<'a>(&'a mut Carrier);

impl Read for TryRead<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.0.has_ahead() { Ok(self.0.take_ahead(buf)) } else { self.0.socket.try_read(buf) }
    }
}

/// An encrypted session, on either side.
pub(in crate::net) struct TlsSession {
    stream: TlsStream<Carrier>,
    /// Ours, where we are the server.
    certificate: Option<CertificateDer<'static>>,
}

impl TlsSession {
    pub(super) fn server(stream: server::TlsStream<Carrier>, certificate: CertificateDer<'static>) -> Box<Self> {
        Box::new(TlsSession { stream: TlsStream::Server(stream), certificate: Some(certificate) })
    }

    pub(super) fn client(stream: client::TlsStream<Carrier>) -> Box<Self> {
        Box::new(TlsSession { stream: TlsStream::Client(stream), certificate: None })
    }

    pub(in crate::net) fn socket(&self) -> &Socket {
        &self.stream.get_ref().0.socket
    }

    pub(in crate::net) fn socket_mut(&mut self) -> &mut Socket {
        &mut self.stream.get_mut().0.socket
    }

    pub(in crate::net) fn poll_read_ready(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let ready = Pin::new(&mut self.stream).poll_fill_buf(cx).map_ok(|_| ());
        self.answer(cx);
        ready
    }

    pub(in crate::net) fn poll_read_buf(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        // All records that are here already come along; an error behind them is the next read's.
        let outcome = Pin::new(&mut self.stream).poll_read(cx, buf);
        self.answer(cx);
        outcome
    }

    /// Sends what reading made rustls say (a key update's answer, an alert), as far as the socket takes it now.
    #[inline]
    fn answer(&mut self, cx: &mut Context<'_>) {
        if self.stream.get_ref().1.wants_write() {
            // An error here is the next read's or write's error too.
            let _ = self.poll_flush(cx);
        }
    }

    pub(in crate::net) fn poll_write(&mut self, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    pub(in crate::net) fn poll_write_vectored(&mut self, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    pub(in crate::net) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    pub(in crate::net) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    /// Plaintext that is here or has arrived; records without any are consumed.
    pub(in crate::net) fn try_read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match &mut self.stream {
            TlsStream::Client(stream) => {
                let (carrier, connection) = stream.get_mut();
                try_read(carrier, connection, buf)
            }
            TlsStream::Server(stream) => {
                let (carrier, connection) = stream.get_mut();
                try_read(carrier, connection, buf)
            }
        }
    }

    pub(in crate::net) fn info(&self) -> TlsInfo<'_> {
        let (_, connection) = self.stream.get_ref();
        let peer_certificates = connection.peer_certificates().unwrap_or_default();
        let server_certificate = match &self.certificate {
            Some(ours) => ours.as_ref(),
            None => peer_certificates.first().map(AsRef::as_ref).unwrap_or_default(),
        };
        let server_name = match &self.stream {
            TlsStream::Server(stream) => stream.get_ref().1.server_name(),
            TlsStream::Client(_) => None,
        };
        let version = match connection.protocol_version() {
            Some(ProtocolVersion::TLSv1_2) => "TLSv1.2",
            _ => "TLSv1.3",
        };
        let cipher = connection.negotiated_cipher_suite().and_then(|suite| suite.suite().as_str()).unwrap_or("unknown");
        TlsInfo { peer_certificates, server_name, alpn: connection.alpn_protocol(), server_certificate, version, cipher }
    }
}

fn try_read<C, D: SideData>(carrier: &mut Carrier, connection: &mut C, buf: &mut [u8]) -> io::Result<usize>
where
    C: DerefMut<Target = ConnectionCommon<D>>,
{
    loop {
        match connection.reader().read(buf) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            outcome => return outcome,
        }
        if connection.read_tls(&mut TryRead(carrier))? == 0 {
            return Ok(0);
        }
        connection.process_new_packets().map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    }
}
