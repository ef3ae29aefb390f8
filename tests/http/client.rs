//! Just enough of an HTTP client: one request, one answer.

use pgtenant::lifecycle::cluster::free_port;
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{bed::Bed, proxy::Proxy};

/// A viewer's and an operator's token of [`serve`].
pub const VIEWER: &str = "viewer-0123456789abcdef";
pub const OPERATOR: &str = "operator-0123456789abcdef";

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    /// A header's value; "" where it isn't there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }
}

/// Asks at a port of this machine.
pub struct Http {
    pub port: u16,
    /// Sent as a bearer token.
    pub token: Option<String>,
}

impl Http {
    pub fn as_viewer(&self) -> Http {
        Http { port: self.port, token: Some(VIEWER.to_owned()) }
    }

    pub fn as_operator(&self) -> Http {
        Http { port: self.port, token: Some(OPERATOR.to_owned()) }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "").await
    }

    /// Any request; JSON where there is a body.
    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let mut headers: Vec<(&str, &str)> = headers.to_vec();
        let bearer = self.token.as_ref().map(|token| format!("Bearer {token}"));
        headers.extend(bearer.as_deref().map(|bearer| ("Authorization", bearer)));
        over(stream, method, path, &headers, body).await
    }
}

/// One request over a connection.
pub async fn over(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let has = |name: &str| headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
    let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    if !has("Host") {
        head.push_str("Host: localhost\r\n");
    }
    if !body.is_empty() && !has("Content-Type") {
        head.push_str("Content-Type: application/json\r\n");
    }
    headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
    stream.write_all(format!("{head}\r\n{body}").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A server that doesn't say goodbye in TLS has said enough.
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers =
        lines.map(|line| line.split_once(": ").unwrap()).map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    Answer { status, headers, body: body.to_owned() }
}

/// Serves a bed with a door for operators, open to everybody.
pub async fn serve_open(bed: Bed) -> (Proxy, Http) {
    serve_with(bed, "").await
}

/// The same with tokens.
pub async fn serve(bed: Bed) -> (Proxy, Http) {
    bed.file("viewer.token", VIEWER);
    bed.file("operator.token", OPERATOR);
    let tokens = "tokens = [{ name = \"ann\", role = \"viewer\", token = \"file:viewer.token\" }, \
                  { name = \"bob\", role = \"operator\", token = \"file:operator.token\" }]\n";
    serve_with(bed, tokens).await
}

/// The same with lines of `[admin]`.
pub async fn serve_with(mut bed: Bed, lines: &str) -> (Proxy, Http) {
    let port = free_port().unwrap();
    bed.sections.push_str(&format!("[admin]\nhttp = \"127.0.0.1:{port}\"\n{lines}"));
    (bed.serve().await, Http { port, token: None })
}
