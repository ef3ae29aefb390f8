//! The first packets of a connection: TLS or not, cancel or session. PostgreSQL manual 55.2.1, 55.2.9 to 55.2.11.

use std::io;

use crate::{
    error::{ClientFacing, Report, SqlState},
    net::{
        Stream,
        tls::{ServerTls, TlsError, accept_tls},
    },
    wire::{
        caps,
        startup::{self, FirstPacket, LATEST, StartupError, Version},
        synthetic,
    },
};

/// First byte of a TLS handshake record: direct TLS. No length word of a first packet begins so.
const TLS_HANDSHAKE: u8 = 0x16;

/// What a connection is for.
pub enum Opened {
    /// A session.
    Session(Box<Opening>),
    /// A cancel request.
    Cancel {
        /// The process id of BackendKeyData.
        process: u32,
        /// Its secret.
        key: Vec<u8>,
        /// The client's end: it takes the connection's end for the sign that the request has been dealt with.
        stream: Box<Stream>,
    },
}

/// A session that has said who it is and hasn't proved it.
pub struct Opening {
    /// The socket, encrypted if the client asked for it.
    pub stream: Stream,
    /// The protocol that both speak.
    pub version: Version,
    /// Names and values of the startup packet, without protocol options.
    pub parameters: Vec<(String, String)>,
}

/// Why a connection ends before it has said who it is.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The socket's.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// TLS failed.
    #[error("TLS: {0}")]
    Tls(#[from] TlsError),
    /// The packet isn't one.
    #[error("{0}")]
    Packet(#[from] StartupError),
    /// The client left, or only looked whether the port is open.
    #[error("client left before it said who it is")]
    Left,
    /// Bytes behind a packet that must be answered first (CVE-2021-23214's class).
    #[error("received unencrypted data after SSL request")]
    Ahead,
    /// More requests than there are kinds.
    #[error("encryption was requested twice")]
    Twice,
}

impl OpenError {
    /// What the client is told, if it can be told anything.
    pub fn report(&self) -> Option<Report> {
        match self {
            OpenError::Packet(error @ StartupError::Version { .. }) => {
                Some(Report::new(SqlState::FEATURE_NOT_SUPPORTED, error.to_string()).with_hint("Use a client that speaks protocol 3."))
            }
            OpenError::Packet(error) => Some(Report::new(SqlState::PROTOCOL_VIOLATION, error.to_string())),
            OpenError::Ahead => Some(
                Report::new(SqlState::PROTOCOL_VIOLATION, self.to_string())
                    .with_detail("This could be either a client-software bug or evidence of an attempted man-in-the-middle attack."),
            ),
            OpenError::Twice => Some(Report::new(SqlState::PROTOCOL_VIOLATION, self.to_string())),
            OpenError::Io(_) | OpenError::Tls(_) | OpenError::Left => None,
        }
    }
}

impl ClientFacing for OpenError {
    fn report(&self) -> Report {
        OpenError::report(self).unwrap_or_else(|| Report::new(SqlState::PROTOCOL_VIOLATION, self.to_string()))
    }
}

/// Reads first packets until a session or a cancel request begins. On an error the stream is handed back where the client may be told.
///
/// # Errors
/// See [`OpenError`].
pub async fn open(mut stream: Stream, tls: Option<&ServerTls>) -> Result<Opened, (OpenError, Option<Stream>)> {
    if let Some(tls) = tls
        && !stream.is_tls()
    {
        let mut first = [0; 1];
        match stream.peek(&mut first).await {
            Ok(1) if first[0] == TLS_HANDSHAKE => stream = accept_tls(stream, tls, true).await.map_err(|error| (error.into(), None))?,
            Ok(0) | Err(_) => return Err((OpenError::Left, None)),
            Ok(_) => {}
        }
    }
    let (mut asked_tls, mut asked_gss) = (stream.is_tls(), false);
    loop {
        let packet = match read_packet(&mut stream).await {
            Ok(packet) => packet,
            Err(error) => return Err((error, Some(stream))),
        };
        match startup::read(&packet) {
            Ok(FirstPacket::Ssl) if !asked_tls => {
                asked_tls = true;
                stream = answer_ssl(stream, tls).await?;
            }
            Ok(FirstPacket::Gss) if !asked_gss => {
                asked_gss = true;
                if let Err(error) = stream.write_all(b"N").await {
                    return Err((error.into(), None));
                }
            }
            Ok(FirstPacket::Ssl | FirstPacket::Gss) => return Err((OpenError::Twice, Some(stream))),
            Ok(FirstPacket::Cancel { process, key }) => return Ok(Opened::Cancel { process, key: key.to_vec(), stream: Box::new(stream) }),
            Ok(FirstPacket::Startup(startup)) => return session(stream, &startup).await,
            Err(error) => return Err((error.into(), Some(stream))),
        }
    }
}

async fn answer_ssl(mut stream: Stream, tls: Option<&ServerTls>) -> Result<Stream, (OpenError, Option<Stream>)> {
    let Some(tls) = tls else {
        return match stream.write_all(b"N").await {
            Ok(()) => Ok(stream),
            Err(error) => Err((error.into(), None)),
        };
    };
    if let Err(error) = stream.write_all(b"S").await {
        return Err((error.into(), None));
    }
    accept_tls(stream, tls, false).await.map_err(|error| (error.into(), None))
}

/// Takes the startup packet's parameters; protocol options and versions that aren't known are negotiated away at once.
async fn session(mut stream: Stream, startup: &startup::Startup<'_>) -> Result<Opened, (OpenError, Option<Stream>)> {
    let unknown: Vec<&str> = startup.parameters.iter().map(|(name, _)| *name).filter(|name| name.starts_with("_pq_.")).collect();
    if startup.version > LATEST || !unknown.is_empty() {
        let mut answer = Vec::with_capacity(32);
        synthetic::negotiate_version(&mut answer, startup.version.min(LATEST), &unknown);
        if let Err(error) = stream.write_all(&answer).await {
            return Err((error.into(), None));
        }
    }
    let parameters = startup.parameters.iter().filter(|(name, _)| !name.starts_with("_pq_."));
    let parameters = parameters.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Ok(Opened::Session(Box::new(Opening { stream, version: startup.version.min(LATEST), parameters })))
}

/// Reads exactly one packet. Nothing may follow it: the client has to wait for an answer.
pub(super) async fn read_packet(stream: &mut Stream) -> Result<Vec<u8>, OpenError> {
    let mut packet = vec![0; 1024];
    let mut have = 0;
    loop {
        match stream.read_some(&mut packet[have..]).await? {
            0 => return Err(OpenError::Left),
            read => have += read,
        }
        let Some(head) = packet[..have].first_chunk::<4>() else { continue };
        let length = startup::packet_len(*head)?;
        if have > length {
            return Err(OpenError::Ahead);
        }
        if have == length {
            packet.truncate(have);
            return Ok(packet);
        }
        if packet.len() < length.min(caps::STARTUP as usize) {
            packet.resize(length, 0);
        }
    }
}
