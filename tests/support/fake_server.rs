//! A server that does what no real one would.

use std::{future::Future, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use super::wire::frame;

/// Listens until dropped; each connection is served by `serve`.
pub struct FakeServer {
    /// Where.
    pub port: u16,
    task: JoinHandle<()>,
}

impl FakeServer {
    /// Starts one.
    pub async fn start<F, S>(serve: F) -> FakeServer
    where
        F: Fn(Peer) -> S + Send + 'static,
        S: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(Peer { stream, buffer: Vec::new() }));
            }
        });
        FakeServer { port, task }
    }

    /// Its address for a shard map.
    pub fn address(&self) -> String {
        format!("host=127.0.0.1 port={} dbname=fake sslmode=disable", self.port)
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The proxy, as the fake server sees it.
pub struct Peer {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Peer {
    async fn fill(&mut self) -> bool {
        let mut chunk = [0; 16 << 10];
        match self.stream.read(&mut chunk).await {
            Ok(read) if read > 0 => {
                self.buffer.extend_from_slice(&chunk[..read]);
                true
            }
            _ => false,
        }
    }

    /// A packet without a type: the startup packet, SSLRequest, a cancel request.
    pub async fn packet(&mut self) -> Option<Vec<u8>> {
        loop {
            if let Some(head) = self.buffer.first_chunk::<4>() {
                let length = u32::from_be_bytes(*head) as usize;
                if self.buffer.len() >= length {
                    return Some(self.buffer.drain(..length).collect());
                }
            }
            if !self.fill().await {
                return None;
            }
        }
    }

    /// A message.
    pub async fn message(&mut self) -> Option<(u8, Vec<u8>)> {
        loop {
            if let Some(head) = self.buffer.first_chunk::<5>() {
                let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
                if self.buffer.len() > length {
                    let frame: Vec<u8> = self.buffer.drain(..=length).collect();
                    return Some((frame[0], frame[5..].to_vec()));
                }
            }
            if !self.fill().await {
                return None;
            }
        }
    }

    /// Sends bytes.
    pub async fn send(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes).await;
    }

    /// Lets anybody in, up to the first ReadyForQuery. `false` for a cancel request.
    pub async fn let_in(&mut self) -> bool {
        let Some(packet) = self.packet().await else { return false };
        if packet[4..8] == 80_877_102_u32.to_be_bytes() {
            return false;
        }
        self.send(
            &[frame(b'R', &[0; 4]), frame(b'S', b"server_version\x0015.0\0"), frame(b'K', &[0, 0, 0, 9, 1, 2, 3, 4]), ready()].concat(),
        )
        .await;
        true
    }

    /// Does nothing for long.
    pub async fn hang(self) {
        tokio::time::sleep(Duration::from_secs(600)).await;
        drop(self);
    }
}

/// ReadyForQuery, idle.
pub fn ready() -> Vec<u8> {
    frame(b'Z', b"I")
}

/// A whole answer of one row.
pub fn one_row(value: &str) -> Vec<u8> {
    let description = [&[0, 1][..], b"x\0", &[0; 6], &25_u32.to_be_bytes(), &[0xff, 0xff], &[0xff; 4], &[0, 0]].concat();
    let row = [&[0, 1][..], &(value.len() as u32).to_be_bytes(), value.as_bytes()].concat();
    [frame(b'T', &description), frame(b'D', &row), frame(b'C', b"SELECT 1\0"), ready()].concat()
}
