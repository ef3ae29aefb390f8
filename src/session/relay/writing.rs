//! Bytes out, to either side: what a socket doesn't take is kept until it does.

use std::task::{Context, Poll};

use super::{End, Progress, Relay, Scratch};
use crate::pool::Checkout;

impl Relay {
    /// Writes `first`, then `second`; what the socket doesn't take is kept.
    pub(super) fn write_client(&mut self, cx: &mut Context<'_>, first: &mut Vec<u8>, second: &[u8]) -> Result<(), End> {
        let mut rest = if first.is_empty() {
            second
        } else {
            first.extend_from_slice(second);
            first.as_slice()
        };
        if rest.is_empty() {
            return Ok(());
        }
        self.conversation.flushed_to_client();
        if self.to_client.is_empty() {
            while !rest.is_empty() {
                match self.client.poll_write(cx, rest) {
                    Poll::Ready(Ok(0) | Err(_)) => return Err(End::ClientLeft),
                    Poll::Ready(Ok(written)) => {
                        self.conversation.tally.bytes_out += written as u64;
                        rest = &rest[written..];
                    }
                    Poll::Pending => break,
                }
            }
            if rest.is_empty() {
                return self.flush_stream(cx);
            }
        }
        self.to_client.extend_from_slice(rest);
        Ok(())
    }

    /// A TLS stream may hold bytes that it has taken: it is flushed with every write, and again when it is ready.
    fn flush_stream(&mut self, cx: &mut Context<'_>) -> Result<(), End> {
        match self.client.poll_flush(cx) {
            Poll::Ready(Err(_)) => Err(End::ClientLeft),
            Poll::Ready(Ok(())) | Poll::Pending => Ok(()),
        }
    }

    pub(super) fn flush_client(&mut self, cx: &mut Context<'_>) -> Progress {
        let mut done = 0;
        while done < self.to_client.len() {
            match self.client.poll_write(cx, &self.to_client[done..]) {
                Poll::Ready(Ok(0) | Err(_)) => return Err(End::ClientLeft),
                Poll::Ready(Ok(written)) => {
                    self.conversation.tally.bytes_out += written as u64;
                    done += written;
                }
                Poll::Pending => break,
            }
        }
        if done > 0 {
            self.has_stirred();
        }
        if done == self.to_client.len() {
            self.to_client = Vec::new();
            self.flush_stream(cx)?;
            return Ok(true);
        }
        self.to_client.drain(..done);
        Ok(false)
    }

    /// Behind a server's replies: rows of a COPY, and what the client has sent behind it, may have waited for them.
    pub(super) fn go_on_copying(&mut self, cx: &mut Context<'_>, to_client: &mut Vec<u8>, to_server: &mut Vec<u8>) -> Result<(), End> {
        self.on_inbound(cx, to_client, to_server)?;
        self.rest(cx, to_server);
        Ok(())
    }

    /// Writes to the server; what the socket doesn't take is kept. A failure shows at the next read, which also has what the server
    /// said before it left.
    pub(super) fn write_server(&mut self, cx: &mut Context<'_>, bytes: &[u8]) {
        let Some(connection) = self.server.as_mut().and_then(Checkout::connection) else { return };
        let mut rest = bytes;
        if self.to_server.is_empty() {
            while !rest.is_empty() {
                match connection.stream.poll_write(cx, rest) {
                    Poll::Ready(Ok(0) | Err(_)) => return,
                    Poll::Ready(Ok(written)) => rest = &rest[written..],
                    Poll::Pending => break,
                }
            }
            if rest.is_empty() {
                let _ = connection.stream.poll_flush(cx);
                return;
            }
        }
        self.to_server.extend_from_slice(rest);
    }

    pub(super) fn flush_server(&mut self, cx: &mut Context<'_>, scratch: &mut Scratch) -> Progress {
        let bytes = std::mem::take(&mut self.to_server);
        let before = bytes.len();
        self.write_server(cx, &bytes);
        if self.to_server.is_empty() {
            self.rest(cx, &mut scratch.to_server);
        }
        Ok(self.to_server.len() < before)
    }
}
