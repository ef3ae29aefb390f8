//! Outgoing connections, towards PostgreSQL servers.

use std::{fmt, io, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use tokio::{
    net::{TcpSocket, UnixStream, lookup_host},
    time::{Instant, sleep, timeout_at},
};

use super::{options::SocketOptions, socket::Socket, stream::Stream};

/// How long to wait when a Unix socket's backlog is full: Linux refuses then, instead of letting the client wait.
const UNIX_BACKLOG_PAUSE: Duration = Duration::from_millis(5);

/// Where a server is.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Target {
    /// A name or an address, and a port.
    Tcp(Arc<str>, u16),
    /// A Unix socket's whole path.
    Unix(PathBuf),
}

impl Target {
    /// What libpq makes of a host and a port: a host that begins with `/` is a Unix socket's directory.
    pub fn new(host: &str, port: u16) -> Self {
        match host.starts_with('/') {
            true => Target::Unix(PathBuf::from(format!("{}/.s.PGSQL.{port}", host.trim_end_matches('/')))),
            false => Target::Tcp(Arc::from(host), port),
        }
    }

    /// Whether it is a Unix socket.
    pub fn is_unix(&self) -> bool {
        matches!(self, Target::Unix(_))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Tcp(host, port) if host.contains(':') => write!(f, "[{host}]:{port}"),
            Target::Tcp(host, port) => write!(f, "{host}:{port}"),
            Target::Unix(path) => fmt::Display::fmt(&path.display(), f),
        }
    }
}

/// Connects within `limit`, with the default socket options.
///
/// # Errors
/// The last address's error, the resolver's, or `TimedOut`.
pub async fn connect(target: &Target, limit: Duration) -> io::Result<Stream> {
    connect_with(target, &SocketOptions::default(), limit).await
}

/// Connects within `limit`. A name with several addresses is tried address by address, each with its share of what is left.
///
/// # Errors
/// The last address's error, the resolver's, or `TimedOut`.
pub async fn connect_with(target: &Target, options: &SocketOptions, limit: Duration) -> io::Result<Stream> {
    let deadline = Instant::now() + limit;
    match target {
        Target::Unix(path) => loop {
            match timeout_at(deadline, UnixStream::connect(path)).await? {
                Ok(socket) => return Stream::plain(Socket::connected_unix(socket)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock && Instant::now() < deadline => {
                    sleep(UNIX_BACKLOG_PAUSE).await;
                }
                Err(error) => return Err(error),
            }
        },
        Target::Tcp(host, port) => {
            let addresses: Vec<SocketAddr> = timeout_at(deadline, lookup_host((&**host, *port))).await??.collect();
            let mut outcome = Err(io::Error::new(io::ErrorKind::NotFound, "the host's name has no address"));
            for (tried, address) in addresses.iter().enumerate() {
                let shares = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
                let now = Instant::now();
                let until = now + deadline.saturating_duration_since(now) / shares;
                outcome = match timeout_at(until, connect_tcp(*address, options)).await {
                    Ok(Ok(stream)) => return Ok(stream),
                    Ok(Err(error)) => Err(error),
                    Err(elapsed) => Err(elapsed.into()),
                };
            }
            outcome
        }
    }
}

async fn connect_tcp(address: SocketAddr, options: &SocketOptions) -> io::Result<Stream> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    options.apply(&socket)?;
    Stream::plain(Socket::connected_tcp(socket.connect(address).await?))
}
