//! Listening sockets. What they accept belongs to no runtime yet, so that any worker can take it.

use std::{
    fs, io,
    net::{self, SocketAddr},
    os::{
        fd::{AsFd, OwnedFd},
        unix::{fs::PermissionsExt, net as unix},
    },
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use rustix::{
    io::Errno,
    net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, acceptfrom_with, bind, listen, socket_with},
};
use socket2::{Domain, Protocol, Type};
use tokio::io::{Interest, unix::AsyncFd};

use super::{
    options::SocketOptions,
    peer::Peer,
    proxy_protocol::{self, Header},
    socket::Socket,
    stream::Stream,
    unix_path::UnixPath,
};

/// Connections that wait to be accepted; the kernel lowers it to `net.core.somaxconn`.
const BACKLOG: i32 = 4096;
/// How long accepting rests when descriptors or memory have run out.
const EXHAUSTED_PAUSE: Duration = Duration::from_millis(100);
/// How often that is logged.
const EXHAUSTED_LOG_EVERY: Duration = Duration::from_secs(1);
/// The longest path that a Unix socket's address can hold: `sun_path` less its final NUL.
const LONGEST_UNIX_PATH: usize = 107;
/// Everybody may connect; who they are is asked afterwards.
const UNIX_MODE: u32 = 0o777;

/// Why a listening socket can't be had.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The address is taken, not ours, or not permitted.
    #[error("can't listen on {address}: {source}")]
    Tcp {
        /// What was asked for.
        address: SocketAddr,
        /// What the kernel said.
        source: io::Error,
    },
    /// The path can't be bound.
    #[error("can't listen on {}: {source}", path.display())]
    Unix {
        /// What was asked for.
        path: PathBuf,
        /// What the kernel said.
        source: io::Error,
    },
    /// Another live process has the path.
    #[error("can't listen on {}: another process does", path.display())]
    InUse {
        /// What was asked for.
        path: PathBuf,
    },
    /// Something else lies at the path; it is left alone.
    #[error("can't listen on {}: there is a file of that name that is no socket", path.display())]
    NotASocket {
        /// What was asked for.
        path: PathBuf,
    },
    /// The path doesn't fit into a socket's address.
    #[error("can't listen on {}: the path is longer than {LONGEST_UNIX_PATH} bytes", path.display())]
    TooLong {
        /// What was asked for.
        path: PathBuf,
    },
}

/// Why an accepted connection doesn't become a stream.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The socket's error.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The PROXY protocol was expected and didn't come.
    #[error(transparent)]
    Proxy(#[from] proxy_protocol::ProxyError),
}

/// A listening socket. It lives on the runtime it was bound in.
#[derive(Debug)]
pub struct Listener {
    socket: AsyncFd<OwnedFd>,
    place: Place,
    exhausted_logged: Option<Instant>,
}

#[derive(Debug)]
enum Place {
    Tcp { address: SocketAddr, proxied: bool },
    Unix(UnixPath),
    Abstract,
}

/// A connection that was accepted and is registered nowhere yet.
#[derive(Debug)]
pub struct Accepted {
    /// Its socket.
    pub socket: AcceptedSocket,
    /// Where it comes from as the kernel says; none for a Unix socket.
    pub address: Option<SocketAddr>,
    /// Whether a PROXY protocol header must come first.
    pub proxied: bool,
}

/// The socket of an accepted connection: non-blocking, closed on exec.
#[derive(Debug)]
pub enum AcceptedSocket {
    /// TCP.
    Tcp(net::TcpStream),
    /// Unix.
    Unix(unix::UnixStream),
}

impl Listener {
    /// Listens on an address. `proxied`: refuse connections that don't begin with a PROXY protocol header.
    ///
    /// Must be called inside a runtime.
    ///
    /// # Errors
    /// The address is in use, or not permitted.
    pub fn bind_tcp(address: SocketAddr, options: &SocketOptions, proxied: bool) -> Result<Self, BindError> {
        let bound = || -> io::Result<Self> {
            let socket = socket2::Socket::new(Domain::for_address(address), Type::STREAM.nonblocking().cloexec(), Some(Protocol::TCP))?;
            socket.set_reuse_address(true)?;
            if address.is_ipv6() {
                // So that 0.0.0.0 and [::] can stand side by side.
                socket.set_only_v6(true)?;
            }
            options.apply(&socket)?;
            socket.bind(&address.into())?;
            socket.listen(BACKLOG)?;
            let address = socket.local_addr()?.as_socket().unwrap_or(address);
            Self::register(socket.into(), Place::Tcp { address, proxied })
        };
        bound().map_err(|source| BindError::Tcp { address, source })
    }

    /// Listens on `DIR/.s.PGSQL.PORT`, where libpq looks for a server of that port.
    ///
    /// Must be called inside a runtime. The file is removed when the listener is dropped.
    ///
    /// # Errors
    /// Another live process has the path, or the directory isn't ours to write.
    pub fn bind_unix(directory: &Path, port: u16) -> Result<Self, BindError> {
        let path = directory.join(format!(".s.PGSQL.{port}"));
        if path.as_os_str().len() > LONGEST_UNIX_PATH {
            return Err(BindError::TooLong { path });
        }
        let mut claimed = UnixPath::claim(&path)?;
        let bound = || -> io::Result<Self> {
            let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
            let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
            bind(&socket, &SocketAddrUnix::new(&path)?)?;
            claimed.set_bound()?;
            fs::set_permissions(&path, fs::Permissions::from_mode(UNIX_MODE))?;
            listen(&socket, BACKLOG)?;
            Self::register(socket, Place::Unix(claimed))
        };
        bound().map_err(|source| BindError::Unix { path: path.clone(), source })
    }

    /// Listens under a name of Linux's abstract namespace, which leaves no file behind: unix(7).
    ///
    /// Must be called inside a runtime.
    ///
    /// # Errors
    /// Another process has the name, or it is longer than an address can hold.
    pub fn bind_abstract(name: &str) -> Result<Self, BindError> {
        let path = || PathBuf::from(format!("@{name}"));
        if name.len() > LONGEST_UNIX_PATH {
            return Err(BindError::TooLong { path: path() });
        }
        let bound = || -> io::Result<Self> {
            let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
            let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
            bind(&socket, &SocketAddrUnix::new_abstract_name(name.as_bytes())?)?;
            listen(&socket, BACKLOG)?;
            Self::register(socket, Place::Abstract)
        };
        bound().map_err(|source| BindError::Unix { path: path(), source })
    }

    fn register(socket: OwnedFd, place: Place) -> io::Result<Self> {
        #[expect(deprecated, reason = "its successor is unsafe for types whose descriptor may change; an OwnedFd's can't")]
        let socket = AsyncFd::with_interest(socket, Interest::READABLE)?;
        Ok(Listener { socket, place, exhausted_logged: None })
    }

    /// The address it listens on (with the port that the kernel chose for port 0); none for Unix sockets.
    pub fn address(&self) -> Option<SocketAddr> {
        match &self.place {
            Place::Tcp { address, .. } => Some(*address),
            Place::Unix(_) | Place::Abstract => None,
        }
    }

    /// The path it listens on; none for TCP and abstract names.
    pub fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::Tcp { .. } | Place::Abstract => None,
            Place::Unix(claimed) => Some(claimed.path()),
        }
    }

    /// The next connection. It may be dropped at any await: no connection is lost.
    ///
    /// Where descriptors or memory have run out it waits and tries again; a connection that ended before it was accepted is
    /// passed over.
    ///
    /// # Errors
    /// Only what makes the listening socket itself useless.
    pub async fn accept(&mut self) -> io::Result<Accepted> {
        loop {
            // A storm of connections must leave the runtime's other tasks their turns.
            tokio::task::consume_budget().await;
            let mut ready = self.socket.readable().await?;
            match acceptfrom_with(self.socket.get_ref(), SocketFlags::CLOEXEC | SocketFlags::NONBLOCK) {
                Ok((fd, address)) => return Ok(self.accepted(fd, address.and_then(|address| address.try_into().ok()))),
                Err(Errno::AGAIN) => ready.clear_ready(),
                Err(errno) if is_exhaustion(errno) => {
                    drop(ready);
                    self.log_exhaustion(errno);
                    tokio::time::sleep(EXHAUSTED_PAUSE).await;
                }
                Err(errno) if is_of_one_connection(errno) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    fn accepted(&self, fd: OwnedFd, address: Option<SocketAddr>) -> Accepted {
        match self.place {
            Place::Tcp { proxied, .. } => Accepted { socket: AcceptedSocket::Tcp(fd.into()), address, proxied },
            Place::Unix(_) | Place::Abstract => Accepted { socket: AcceptedSocket::Unix(fd.into()), address: None, proxied: false },
        }
    }

    fn log_exhaustion(&mut self, errno: Errno) {
        let now = Instant::now();
        if self.exhausted_logged.is_none_or(|logged| now.duration_since(logged) >= EXHAUSTED_LOG_EVERY) {
            self.exhausted_logged = Some(now);
            tracing::error!(error = %io::Error::from(errno), "can't accept connections; trying again every {EXHAUSTED_PAUSE:?}");
        }
    }
}

/// The process or the machine has run out of something; the connection waits in the backlog.
fn is_exhaustion(errno: Errno) -> bool {
    matches!(errno, Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM)
}

/// Errors of the connection that would have been accepted: accept(2), "Error handling".
fn is_of_one_connection(errno: Errno) -> bool {
    matches!(
        errno,
        Errno::INTR
            | Errno::CONNABORTED
            | Errno::PERM
            | Errno::PROTO
            | Errno::NETDOWN
            | Errno::NOPROTOOPT
            | Errno::HOSTDOWN
            | Errno::NONET
            | Errno::HOSTUNREACH
            | Errno::OPNOTSUPP
            | Errno::NETUNREACH
            | Errno::TIMEDOUT
    )
}

impl AcceptedSocket {
    /// Registers with the current runtime.
    ///
    /// # Errors
    /// Outside a runtime, or where the peer has gone already.
    pub fn into_stream(self) -> io::Result<Stream> {
        Stream::plain(self.register()?)
    }

    fn register(self) -> io::Result<Socket> {
        let mut socket = match self {
            AcceptedSocket::Tcp(socket) => Socket::detached_tcp(socket),
            AcceptedSocket::Unix(socket) => Socket::detached_unix(socket),
        };
        socket.attach()?;
        Ok(socket)
    }

    /// Whether it came through a Unix socket.
    pub fn is_unix(&self) -> bool {
        matches!(self, AcceptedSocket::Unix(_))
    }
}

impl AsFd for AcceptedSocket {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        match self {
            AcceptedSocket::Tcp(socket) => socket.as_fd(),
            AcceptedSocket::Unix(socket) => socket.as_fd(),
        }
    }
}

impl Accepted {
    /// Registers with the current runtime and reads the PROXY protocol header where one is due; the stream's peer is then
    /// the client that it names. The caller bounds the time.
    ///
    /// # Errors
    /// The socket's, or a header that is missing or malformed.
    pub async fn open(self) -> Result<Stream, OpenError> {
        let mut stream = match self.address {
            // Accepting has told who it is; another system call needn't.
            Some(address) => Stream::plain_from(self.socket.register()?, Peer::Tcp(address)),
            None => self.socket.into_stream()?,
        };
        if self.proxied
            && let Header::Addresses { source, .. } = proxy_protocol::read(&mut stream).await?
        {
            stream.set_peer(Peer::Tcp(source));
        }
        Ok(stream)
    }
}
