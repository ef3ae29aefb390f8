//! A client that speaks the protocol byte by byte, so that tests can say anything and see everything.

use std::{collections::BTreeMap, path::Path, time::Duration};

use pgtenant::auth::scram::{ChannelBinding, Keys, ScramClient};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, UnixStream},
    time::timeout,
};

/// Nothing that is waited for takes longer.
const LIMIT: Duration = Duration::from_secs(20);

/// Protocol 3.0.
pub const V3_0: u32 = 3 << 16;
/// Protocol 3.2.
pub const V3_2: u32 = (3 << 16) | 2;

/// What a connection runs over.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A message of the other side.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Its type.
    pub tag: u8,
    /// What follows the length.
    pub body: Vec<u8>,
}

impl Message {
    /// A field of ErrorResponse or NoticeResponse; "" where it isn't there.
    pub fn field(&self, code: u8) -> &str {
        let fields = self.body.split(|byte| *byte == 0);
        let found = fields.into_iter().find(|field| field.first() == Some(&code));
        found.map_or("", |field| std::str::from_utf8(&field[1..]).unwrap())
    }

    /// The SQLSTATE of an error.
    pub fn state(&self) -> &str {
        self.field(b'C')
    }

    /// DataRow's values as text.
    pub fn values(&self) -> Vec<Option<String>> {
        assert_eq!(self.tag, b'D');
        let mut values = Vec::new();
        let mut rest = &self.body[2..];
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let length = i32::from_be_bytes(*length);
            match usize::try_from(length) {
                Ok(length) => {
                    values.push(Some(String::from_utf8_lossy(&after[..length]).into_owned()));
                    rest = &after[length..];
                }
                Err(_) => {
                    values.push(None);
                    rest = after;
                }
            }
        }
        values
    }
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = &self.body[..self.body.len().min(200)];
        write!(f, "{:?} {:?}", char::from(self.tag), String::from_utf8_lossy(body))
    }
}

/// Why a login failed: the error, or nothing where the connection just ended.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused(pub Option<Message>);

impl Refused {
    /// The SQLSTATE; "" where the connection just ended.
    pub fn state(&self) -> &str {
        self.0.as_ref().map_or("", Message::state)
    }

    /// The message's text.
    pub fn text(&self) -> &str {
        self.0.as_ref().map_or("", |message| message.field(b'M'))
    }
}

/// Types of messages in their order, rows of a kind told once: `TDCZ`.
pub fn shape(messages: &[Message]) -> String {
    let mut shape = String::new();
    for message in messages.iter().filter(|message| !matches!(message.tag, b'S' | b'N')) {
        let tag = char::from(message.tag);
        if !(matches!(tag, 'D' | 'd') && shape.ends_with(tag)) {
            shape.push(tag);
        }
    }
    shape
}

/// The SQLSTATEs of all errors.
pub fn states(messages: &[Message]) -> Vec<&str> {
    messages.iter().filter(|message| message.tag == b'E').map(Message::state).collect()
}

/// The first value of each row.
pub fn firsts(messages: &[Message]) -> Vec<String> {
    let rows = messages.iter().filter(|message| message.tag == b'D');
    rows.map(|row| row.values().into_iter().next().flatten().unwrap_or_else(|| "NULL".to_owned())).collect()
}

/// A client's end of a connection.
pub struct Wire {
    io: Box<dyn Io>,
    buffer: Vec<u8>,
    /// The process id of BackendKeyData.
    pub process: u32,
    /// Its key.
    pub key: Vec<u8>,
    /// ParameterStatus, kept up to date by every message that is read.
    pub parameters: BTreeMap<String, String>,
    /// Notices, as far as messages have been read.
    pub notices: Vec<Message>,
    /// What the server said to our version, where it did.
    pub negotiated: Option<Message>,
    /// The certificate's digest that SCRAM is tied to.
    pub binding: ChannelBinding,
    /// The mechanism that was used.
    pub mechanism: Option<String>,
    /// The version that is asked for.
    pub version: u32,
}

impl Wire {
    /// Over anything.
    pub fn over(io: impl Io + 'static) -> Wire {
        Wire {
            io: Box::new(io),
            buffer: Vec::new(),
            process: 0,
            key: Vec::new(),
            parameters: BTreeMap::new(),
            notices: Vec::new(),
            negotiated: None,
            binding: ChannelBinding::None,
            mechanism: None,
            version: V3_0,
        }
    }

    /// Over TCP to 127.0.0.1.
    pub async fn tcp(port: u16) -> Wire {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Wire::over(stream)
    }

    /// Over a Unix socket.
    pub async fn unix(path: &Path) -> Wire {
        Wire::over(UnixStream::connect(path).await.unwrap())
    }

    /// Sends bytes. Fails where the other side doesn't take them.
    pub async fn try_send(&mut self, bytes: &[u8]) -> bool {
        let sent = async {
            self.io.write_all(bytes).await?;
            self.io.flush().await
        };
        timeout(LIMIT, sent).await.expect("the other side takes no bytes").is_ok()
    }

    /// Sends bytes.
    pub async fn send(&mut self, bytes: &[u8]) {
        assert!(self.try_send(bytes).await, "the other side has closed");
    }

    /// No more bytes will come from us.
    pub async fn shutdown(&mut self) {
        let _ = self.io.shutdown().await;
    }

    /// One byte, outside of any message: the answer to SSLRequest.
    pub async fn byte(&mut self) -> Option<u8> {
        if self.buffer.is_empty() && !self.fill().await {
            return None;
        }
        Some(self.buffer.remove(0))
    }

    /// The stream under it, for TLS.
    pub fn into_io(self) -> Box<dyn Io> {
        assert!(self.buffer.is_empty(), "bytes before TLS");
        self.io
    }

    async fn fill(&mut self) -> bool {
        let mut chunk = vec![0; 64 << 10];
        let read = timeout(LIMIT, self.io.read(&mut chunk)).await.unwrap_or_else(|_| panic!("no answer in {LIMIT:?}"));
        match read {
            Ok(read) if read > 0 => {
                self.buffer.extend_from_slice(&chunk[..read]);
                true
            }
            _ => false,
        }
    }

    /// The next message; `None` at the end.
    pub async fn message(&mut self) -> Option<Message> {
        loop {
            if let Some(head) = self.buffer.first_chunk::<5>() {
                let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
                if self.buffer.len() > length {
                    let body = self.buffer[5..=length].to_vec();
                    let message = Message { tag: head[0], body };
                    self.buffer.drain(..=length);
                    if message.tag == b'N' {
                        self.notices.push(message.clone());
                    }
                    if message.tag == b'S' {
                        let mut parts = message.body.split(|byte| *byte == 0).map(|part| String::from_utf8_lossy(part).into_owned());
                        self.parameters.insert(parts.next().unwrap(), parts.next().unwrap());
                    }
                    return Some(message);
                }
            }
            if !self.fill().await {
                assert!(self.buffer.is_empty(), "the connection ended in a message: {:?}", &self.buffer[..self.buffer.len().min(100)]);
                return None;
            }
        }
    }

    /// Reads on without looking: how many bytes came. Only the last few are kept.
    pub async fn part(&mut self) -> Option<usize> {
        let before = self.buffer.len();
        if !self.fill().await {
            return None;
        }
        let came = self.buffer.len() - before;
        let spare = self.buffer.len().saturating_sub(64);
        self.buffer.drain(..spare);
        Some(came)
    }

    /// Reads to the end without looking.
    pub async fn drain(&mut self) {
        while self.part().await.is_some() {}
        self.buffer.clear();
    }

    /// Whether what was read last ends so.
    pub fn ends_with(&self, bytes: &[u8]) -> bool {
        self.buffer.ends_with(bytes)
    }

    /// Forgets what was read and not looked at.
    pub fn clear(&mut self) {
        self.buffer.clear();
    }

    /// Whether nothing comes for that long.
    pub async fn is_silent(&mut self, long: Duration) -> bool {
        if !self.buffer.is_empty() {
            return false;
        }
        let mut chunk = [0; 1];
        match timeout(long, self.io.read(&mut chunk)).await {
            Err(_) => true,
            Ok(read) => {
                self.buffer.extend_from_slice(&chunk[..read.unwrap_or(0)]);
                false
            }
        }
    }

    /// All messages up to ReadyForQuery, or to the end.
    pub async fn ready(&mut self) -> Vec<Message> {
        let mut messages = Vec::new();
        while let Some(message) = self.message().await {
            let last = message.tag == b'Z';
            messages.push(message);
            if last {
                break;
            }
        }
        messages
    }

    /// All messages up to one of that type.
    pub async fn until(&mut self, tag: u8) -> Vec<Message> {
        let mut messages = Vec::new();
        loop {
            let Some(message) = self.message().await else { panic!("the end before {:?}: {messages:?}", char::from(tag)) };
            let last = message.tag == tag;
            messages.push(message);
            if last {
                return messages;
            }
        }
    }

    /// All messages to the end.
    pub async fn rest(&mut self) -> Vec<Message> {
        let mut messages = Vec::new();
        while let Some(message) = self.message().await {
            messages.push(message);
        }
        messages
    }

    /// Runs a simple query.
    pub async fn query(&mut self, sql: &str) -> Vec<Message> {
        self.send(&query(sql)).await;
        self.ready().await
    }

    /// The first value of a simple query that must succeed.
    pub async fn value(&mut self, sql: &str) -> String {
        let messages = self.query(sql).await;
        assert_eq!(states(&messages), [""; 0], "{sql}: {messages:?}");
        firsts(&messages).into_iter().next().unwrap_or_default()
    }

    /// Sends the startup packet.
    pub async fn start(&mut self, login: &str, parameters: &[(&str, &str)]) {
        let mut all = vec![("user", login)];
        all.extend_from_slice(parameters);
        let packet = startup(self.version, &all);
        let _ = self.try_send(&packet).await;
    }

    /// From the startup packet to the first ReadyForQuery.
    pub async fn log_in(&mut self, login: &str, password: &str, parameters: &[(&str, &str)]) -> Result<(), Refused> {
        self.start(login, parameters).await;
        self.authenticate(login, password).await
    }

    /// From what follows the startup packet to the first ReadyForQuery.
    pub async fn authenticate(&mut self, login: &str, password: &str) -> Result<(), Refused> {
        loop {
            let Some(message) = self.message().await else { return Err(Refused(None)) };
            match message.tag {
                b'E' => return Err(Refused(Some(message))),
                b'v' => self.negotiated = Some(message),
                b'R' => self.prove(&message.body, login, password).await?,
                b'K' => {
                    let (process, key) = message.body.split_first_chunk::<4>().unwrap();
                    (self.process, self.key) = (u32::from_be_bytes(*process), key.to_vec());
                }
                b'Z' => return Ok(()),
                _ => {}
            }
        }
    }

    async fn prove(&mut self, body: &[u8], login: &str, password: &str) -> Result<(), Refused> {
        let (code, data) = body.split_first_chunk::<4>().unwrap();
        match u32::from_be_bytes(*code) {
            0 => Ok(()),
            3 => {
                self.send(&frame(b'p', &[password.as_bytes(), b"\0"].concat())).await;
                Ok(())
            }
            5 => {
                let stored = pgtenant::auth::md5::Md5Secret::from_password(password, login);
                let answer = stored.answer(data.try_into().unwrap());
                self.send(&frame(b'p', &[answer.as_bytes(), b"\0"].concat())).await;
                Ok(())
            }
            10 => self.scram(data, password).await,
            other => panic!("authentication {other}"),
        }
    }

    async fn scram(&mut self, mechanisms: &[u8], password: &str) -> Result<(), Refused> {
        let client = ScramClient::choose(mechanisms, &self.binding).unwrap();
        self.mechanism = Some(client.mechanism().to_owned());
        let first = client.first();
        let initial = [client.mechanism().as_bytes(), b"\0", &(first.len() as u32).to_be_bytes(), &first].concat();
        self.send(&frame(b'p', &initial)).await;
        let challenge = client.challenge(&self.sasl(11).await?).unwrap();
        let keys = Keys::derive(password, challenge.salt(), challenge.iterations());
        let (answer, proof) = challenge.answer(keys.pair());
        self.send(&frame(b'p', &answer)).await;
        proof.verify(&self.sasl(12).await?).unwrap();
        Ok(())
    }

    async fn sasl(&mut self, wanted: u32) -> Result<Vec<u8>, Refused> {
        let Some(message) = self.message().await else { return Err(Refused(None)) };
        if message.tag == b'E' {
            return Err(Refused(Some(message)));
        }
        let (code, data) = message.body.split_first_chunk::<4>().unwrap();
        assert_eq!((message.tag, u32::from_be_bytes(*code)), (b'R', wanted));
        Ok(data.to_vec())
    }

    /// A request on a connection of its own to cancel what this session runs; returns when the proxy has closed it.
    pub async fn cancel(&self, port: u16) {
        cancel(port, self.process, &self.key).await;
    }

    /// The same for a statement that has just been sent, until something comes of it: a server that hasn't begun with a statement
    /// ignores a cancel, and on a busy machine that takes a while.
    pub async fn cancel_running(&mut self, port: u16) {
        for _ in 0..50 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            self.cancel(port).await;
            if !self.is_silent(Duration::from_millis(300)).await {
                return;
            }
        }
        panic!("nothing comes of the cancels");
    }
}

/// Sends a cancel request and waits until the connection closes.
pub async fn cancel(port: u16, process: u32, key: &[u8]) {
    let mut wire = Wire::tcp(port).await;
    wire.send(&packet(80_877_102, &[&process.to_be_bytes(), key].concat())).await;
    assert_eq!(wire.rest().await, []);
}

/// A message.
pub fn frame(tag: u8, body: &[u8]) -> Vec<u8> {
    [&[tag][..], &(body.len() as u32 + 4).to_be_bytes(), body].concat()
}

/// A first packet.
pub fn packet(code: u32, body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes(), &code.to_be_bytes(), body].concat()
}

/// StartupMessage
pub fn startup(version: u32, parameters: &[(&str, &str)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in parameters {
        body.extend_from_slice(format!("{name}\0{value}\0").as_bytes());
    }
    body.push(0);
    packet(version, &body)
}

/// SSLRequest
pub fn ssl_request() -> Vec<u8> {
    packet(80_877_103, b"")
}

/// GSSENCRequest
pub fn gss_request() -> Vec<u8> {
    packet(80_877_104, b"")
}

/// Query
pub fn query(sql: &str) -> Vec<u8> {
    frame(b'Q', format!("{sql}\0").as_bytes())
}

/// Parse, without parameter types.
pub fn parse(name: &str, sql: &str) -> Vec<u8> {
    frame(b'P', format!("{name}\0{sql}\0\0\0").as_bytes())
}

/// Bind with text parameters and text results.
pub fn bind(portal: &str, statement: &str, parameters: &[&str]) -> Vec<u8> {
    let mut body = format!("{portal}\0{statement}\0\0\0").into_bytes();
    body.extend_from_slice(&(parameters.len() as u16).to_be_bytes());
    for parameter in parameters {
        body.extend_from_slice(&(parameter.len() as u32).to_be_bytes());
        body.extend_from_slice(parameter.as_bytes());
    }
    body.extend_from_slice(&[0, 0]);
    frame(b'B', &body)
}

/// Execute; 0 rows are all.
pub fn execute(portal: &str, rows: u32) -> Vec<u8> {
    frame(b'E', &[portal.as_bytes(), b"\0", &rows.to_be_bytes()].concat())
}

/// Describe of a statement (`S`) or portal (`P`).
pub fn describe(kind: u8, name: &str) -> Vec<u8> {
    frame(b'D', &[&[kind][..], name.as_bytes(), b"\0"].concat())
}

/// Close of a statement (`S`) or portal (`P`).
pub fn close(kind: u8, name: &str) -> Vec<u8> {
    frame(b'C', &[&[kind][..], name.as_bytes(), b"\0"].concat())
}

/// Sync
pub fn sync() -> Vec<u8> {
    frame(b'S', b"")
}

/// Flush
pub fn flush() -> Vec<u8> {
    frame(b'H', b"")
}

/// Parse, Bind, Execute, Sync of the unnamed statement.
pub fn extended(sql: &str, parameters: &[&str]) -> Vec<u8> {
    [parse("", sql), bind("", "", parameters), execute("", 0), sync()].concat()
}
