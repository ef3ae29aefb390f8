//! Opening a connection to a server: socket, TLS, startup, authentication. PostgreSQL manual 55.2.1.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    authenticate::{self, AuthenticationError},
    cancel::{CancelTarget, Opened},
    connection::{Carried, Reported, ServerConnection},
    context::Contexts,
    spec::ServerSpec,
};
use crate::{
    error::{ClientFacing, Report, SqlState},
    ids::WorkerId,
    net::{
        SocketOptions, Stream, Target, connect_with,
        tls::{TlsError, connect_tls},
    },
    wire::{
        caps,
        frame::{HEADER_LEN, Header},
        messages::{ErrorFields, parameter_status},
        startup::SSL_REQUEST,
        synthetic,
        tag::server,
    },
};

/// Why a connection to a server couldn't be opened. For the operator: clients are told less.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The socket's error.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// Not within the time that was given.
    #[error("no connection within {0:?}")]
    TimedOut(Duration),
    /// TLS failed.
    #[error("TLS: {0}")]
    Tls(#[from] TlsError),
    /// The server speaks no TLS, and the shard map demands it.
    #[error("the server doesn't speak TLS, and sslmode demands it")]
    NoTls,
    /// Bytes came before TLS did: somebody is in between (CVE-2021-23214's class).
    #[error("the server sent bytes before TLS began")]
    BytesBeforeTls,
    /// Authentication failed on our side of it.
    #[error("authentication: {0}")]
    Authentication(#[from] AuthenticationError),
    /// The server said no.
    #[error("the server refused: {code} {message}")]
    Refused {
        /// SQLSTATE.
        code: SqlState,
        /// The server's words.
        message: String,
    },
    /// The server doesn't follow the protocol.
    #[error("the server sent {0:?} during startup")]
    Protocol(char),
}

impl ClientFacing for ConnectError {
    fn report(&self) -> Report {
        let report = Report::new(SqlState::CANNOT_CONNECT_NOW, "the tenant's database server is not available");
        let report = match self {
            ConnectError::Refused { code, .. } => report.with_detail(format!("The server refused the connection with SQLSTATE {code}.")),
            ConnectError::TimedOut(limit) => report.with_detail(format!("No connection within {} ms.", limit.as_millis())),
            ConnectError::Io(_) => report.with_detail("The server can't be reached."),
            ConnectError::Tls(_) | ConnectError::NoTls | ConnectError::BytesBeforeTls => {
                report.with_detail("No secure connection to the server.")
            }
            ConnectError::Authentication(_) | ConnectError::Protocol(_) => {
                report.with_detail("The server and the proxy don't understand each other.")
            }
        };
        report.with_hint("Try again in a moment; if it stays so, tell the operator.")
    }
}

impl ConnectError {
    /// Whether it is about the server being there at all, not about who asks or how.
    pub fn is_outage(&self) -> bool {
        match self {
            ConnectError::Io(_) | ConnectError::TimedOut(_) => true,
            // Starting, stopping, recovering from a crash, standing by (`src/backend/postmaster/postmaster.c`).
            ConnectError::Refused { code, .. } => code.as_str().starts_with("57P"),
            _ => false,
        }
    }
}

/// What a connection is opened with besides its specification.
#[derive(Clone, Copy, Debug)]
pub struct DialRules {
    /// It must be open within.
    pub connect_timeout: Duration,
    /// It is replaced after.
    pub lifetime: Duration,
    /// Prepared statements that it may hold.
    pub statements: std::num::NonZeroUsize,
    /// How a dead server is found out.
    pub sockets: SocketOptions,
    /// How often the pool's connections have been renewed so far.
    pub generation: u32,
}

/// Opens the socket, encrypted as the specification says.
///
/// # Errors
/// See [`ConnectError`].
pub async fn open(spec: &ServerSpec, sockets: &SocketOptions, limit: Duration) -> Result<Stream, ConnectError> {
    let mut stream = connect_with(&spec.target, sockets, limit).await?;
    let (Some(tls), Target::Tcp(host, _)) = (&spec.tls, &spec.target) else { return Ok(stream) };
    let tls = tls.load_full();
    if !tls.mode().asks() {
        return Ok(stream);
    }
    let mut request = Vec::with_capacity(8);
    request.extend_from_slice(&8u32.to_be_bytes());
    request.extend_from_slice(&SSL_REQUEST.to_be_bytes());
    stream.write_all(&request).await?;
    let mut answer = [0; 2];
    match stream.read_some(&mut answer).await? {
        0 => Err(ConnectError::Io(std::io::ErrorKind::UnexpectedEof.into())),
        1 if answer[0] == b'S' => Ok(connect_tls(stream, &tls, host).await?),
        1 if answer[0] == b'N' && !tls.mode().insists() => Ok(stream),
        1 if answer[0] == b'N' => Err(ConnectError::NoTls),
        1 => Err(ConnectError::Protocol(char::from(answer[0]))),
        _ => Err(ConnectError::BytesBeforeTls),
    }
}

/// Opens a connection and brings it to ReadyForQuery.
///
/// # Errors
/// See [`ConnectError`].
pub async fn dial(spec: &Arc<ServerSpec>, rules: DialRules, worker: WorkerId) -> Result<ServerConnection, ConnectError> {
    let limit = rules.connect_timeout;
    tokio::time::timeout(limit, start(spec, rules, worker)).await.unwrap_or(Err(ConnectError::TimedOut(limit)))
}

async fn start(spec: &Arc<ServerSpec>, rules: DialRules, worker: WorkerId) -> Result<ServerConnection, ConnectError> {
    let stream = open(spec, &rules.sockets, rules.connect_timeout).await?;
    let mut startup = Startup { stream, buffer: Vec::with_capacity(1024) };
    let mut packet = Vec::with_capacity(256);
    let mut parameters = vec![("user", &*spec.user), ("database", &*spec.database), ("client_encoding", "UTF8")];
    parameters.extend(spec.startup.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    synthetic::startup(&mut packet, &parameters);
    startup.stream.write_all(&packet).await?;
    authenticate::run(&mut startup, spec).await?;
    let mut reported: Vec<(Box<str>, Box<str>)> = Vec::new();
    let mut key: Option<(u32, Vec<u8>)> = None;
    loop {
        let (tag, body) = startup.message().await?;
        match tag {
            server::PARAMETER_STATUS => {
                if let Some((name, value)) = parameter_status(&body) {
                    reported.push((name.into(), value.into()));
                }
            }
            server::BACKEND_KEY => {
                if let Some((process, secret)) = body.split_first_chunk::<4>() {
                    key = Some((u32::from_be_bytes(*process), secret.to_vec()));
                }
            }
            server::READY => break,
            server::NOTICE => {}
            tag => return Err(ConnectError::Protocol(char::from(tag))),
        }
    }
    let (process, secret) = key.ok_or(ConnectError::Protocol('Z'))?;
    let mut carried = Carried::new(rules.statements);
    if spec.shared {
        carried.contexts = Contexts::new(process, startup.asks(MAY_CALL).await?);
    }
    if !startup.buffer.is_empty() {
        return Err(ConnectError::Protocol('Z'));
    }
    let (local, tls) = (startup.stream.local_address(), startup.stream.encryption());
    let opened = Opened { since: Instant::now(), generation: rules.generation, local, tls };
    Ok(ServerConnection {
        stream: startup.stream,
        carried,
        cancel: Arc::new(CancelTarget::new(Arc::clone(spec), process, &secret).opened(opened)),
        reported: Reported::from(reported),
        worker,
        expires: Instant::now() + jittered(rules.lifetime, process),
        generation: rules.generation,
    })
}

/// A lifetime of 90 to 110 %, so that connections which were opened together don't all close together.
fn jittered(lifetime: Duration, process: u32) -> Duration {
    lifetime.mul_f64(0.9 + f64::from(process.wrapping_mul(2_654_435_761) >> 16) / f64::from(u16::MAX) * 0.2)
}

/// Whether contexts can be set by a function. Where they can't, each batch outside of a transaction block leaves a warning in the
/// server's log.
const MAY_CALL: &[u8] = b"SELECT pg_catalog.has_function_privilege('pg_catalog.set_config(text,text,boolean)', 'EXECUTE')";

/// A connection before its first ReadyForQuery: whole messages, in and out.
pub struct Startup {
    /// The socket.
    pub stream: Stream,
    buffer: Vec<u8>,
}

impl Startup {
    /// The next message. An ErrorResponse is an error.
    ///
    /// # Errors
    /// The socket's, and [`ConnectError::Refused`].
    pub async fn message(&mut self) -> Result<(u8, Vec<u8>), ConnectError> {
        loop {
            if let Some(header) = Header::read(&self.buffer) {
                header.check(caps::CONTROL).map_err(|_| ConnectError::Protocol(char::from(header.tag)))?;
                if self.buffer.len() >= header.frame_len() {
                    let rest = self.buffer.split_off(header.frame_len());
                    let frame = std::mem::replace(&mut self.buffer, rest);
                    let body = frame[HEADER_LEN..].to_vec();
                    if header.tag == server::ERROR {
                        return Err(refusal(&body));
                    }
                    return Ok((header.tag, body));
                }
            }
            let mut chunk = [0; 1024];
            match self.stream.read_some(&mut chunk).await? {
                0 => return Err(ConnectError::Io(std::io::ErrorKind::UnexpectedEof.into())),
                read => self.buffer.extend_from_slice(&chunk[..read]),
            }
        }
    }

    /// The answer to a question whose only value is true or not.
    async fn asks(&mut self, question: &[u8]) -> Result<bool, ConnectError> {
        let mut query = Vec::with_capacity(question.len() + 8);
        synthetic::query(&mut query, question);
        self.stream.write_all(&query).await?;
        let mut answer = false;
        loop {
            match self.message().await? {
                (server::DATA_ROW, body) => answer = body.last() == Some(&b't'),
                (server::READY, _) => return Ok(answer),
                (server::ROW_DESCRIPTION | server::COMMAND_COMPLETE | server::NOTICE | server::PARAMETER_STATUS, _) => {}
                (tag, _) => return Err(ConnectError::Protocol(char::from(tag))),
            }
        }
    }

    /// Sends what belongs to authentication.
    ///
    /// # Errors
    /// The socket's.
    pub async fn send_password(&mut self, data: &[u8]) -> Result<(), ConnectError> {
        let mut message = Vec::with_capacity(data.len() + 8);
        synthetic::password(&mut message, data);
        Ok(self.stream.write_all(&message).await?)
    }
}

fn refusal(body: &[u8]) -> ConnectError {
    let fields = ErrorFields::read(body);
    ConnectError::Refused {
        code: fields.sql_state().unwrap_or(SqlState::CONNECTION_FAILURE),
        message: String::from_utf8_lossy(fields.message).into_owned(),
    }
}
