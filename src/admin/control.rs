//! The control socket: how commands on this machine reach the proxies that run with a configuration file, without a login.
//!
//! Each proxy listens under a name of the abstract namespace (unix(7)) that is made of the file's path and its process id, and speaks the
//! console's protocol there: psql can use it too, with `host=@NAME`. Who may, the proxy asks the system (`SO_PEERCRED`); so does this side,
//! because anybody may listen under any name.

use std::{
    fs, io,
    os::{
        linux::net::SocketAddrExt,
        unix::{ffi::OsStrExt, fs::MetadataExt, net as unix},
    },
    path::{Path, PathBuf},
};

use aws_lc_rs::digest::{SHA256, digest};
use tokio::net::UnixStream;
use tokio_postgres::{Config, NoTls, SimpleQueryMessage};

use crate::error::explain;

/// The port in the name, which libpq appends: its default.
const PORT: &str = "/.s.PGSQL.5432";
/// Where the kernel lists Unix sockets: proc_net(5).
const SOCKETS: &str = "/proc/net/unix";

/// Why a proxy can't be reached, or didn't do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// The configuration file isn't there.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The socket's.
    #[error("process {pid}: {source}")]
    Io {
        /// Whose.
        pid: u32,
        /// Why.
        source: io::Error,
    },
    /// Somebody else listens under the name.
    #[error("process {pid} isn't a proxy that may be trusted: it is user {uid}'s")]
    Stranger {
        /// The process.
        pid: u32,
        /// Its user.
        uid: u32,
    },
    /// The proxy said no.
    #[error("process {pid}: {}", explain(source))]
    Refused {
        /// Which.
        pid: u32,
        /// What it said.
        source: tokio_postgres::Error,
    },
}

/// A proxy that runs on this machine.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Proxy {
    /// Its process.
    pub pid: u32,
    /// Its control socket's name, without the port: for `host=`, with an `@` before it.
    pub name: String,
}

/// A session of a proxy's console.
pub struct Client {
    /// The proxy's process.
    pub pid: u32,
    client: tokio_postgres::Client,
}

/// What a statement gave.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Rows {
    /// The columns' names.
    pub columns: Vec<String>,
    /// The values as text; none: NULL.
    pub rows: Vec<Vec<Option<String>>>,
}

impl Rows {
    /// The value of a column in a row.
    pub fn get(&self, row: usize, column: &str) -> Option<&str> {
        let place = self.columns.iter().position(|name| name == column)?;
        self.rows.get(row)?.get(place)?.as_deref()
    }
}

/// The name of the control socket of a process that serves a file: first for `host=`, then as the kernel has it.
///
/// # Errors
/// There is no such file.
pub fn name_of(config: &Path, pid: u32) -> io::Result<(String, String)> {
    let name = format!("{}{pid}", prefix(config)?);
    let whole = format!("{name}{PORT}");
    Ok((name, whole))
}

fn prefix(config: &Path) -> io::Result<String> {
    let path = fs::canonicalize(config)?;
    let hash = hex::encode(digest(&SHA256, path.as_os_str().as_bytes()));
    Ok(format!("pgtenant-{}-", hash.get(..16).unwrap_or_default()))
}

/// The proxies that run with a file on this machine, in the order of their process ids. Those in another network namespace aren't seen.
///
/// # Errors
/// The file, or the kernel's list.
pub fn find(config: &Path) -> Result<Vec<Proxy>, ControlError> {
    let failed = |source| ControlError::File { path: config.to_owned(), source };
    let prefix = prefix(config).map_err(failed)?;
    let list = fs::read(SOCKETS).map_err(|source| ControlError::File { path: SOCKETS.into(), source })?;
    Ok(listed(&String::from_utf8_lossy(&list), &prefix))
}

/// The proxies in the kernel's list. Its last column is the name, with `@` for the NUL at its beginning; a connection has its listener's.
fn listed(list: &str, prefix: &str) -> Vec<Proxy> {
    let names = list.lines().filter_map(|line| line.split_whitespace().nth(7)?.strip_prefix('@')?.strip_suffix(PORT));
    let proxy = |name: &str| Some(Proxy { pid: name.strip_prefix(prefix)?.parse().ok()?, name: name.to_owned() });
    let mut proxies: Vec<Proxy> = names.filter_map(proxy).collect();
    proxies.sort();
    proxies.dedup();
    proxies
}

impl Proxy {
    /// Connects as the user that runs this process.
    ///
    /// # Errors
    /// It is gone, isn't to be trusted, or refuses.
    pub async fn connect(&self) -> Result<Client, ControlError> {
        let pid = self.pid;
        let failed = |source| ControlError::Io { pid, source };
        let address = unix::SocketAddr::from_abstract_name(format!("{}{PORT}", self.name)).map_err(failed)?;
        let socket = unix::UnixStream::connect_addr(&address).map_err(failed)?;
        socket.set_nonblocking(true).map_err(failed)?;
        let socket = UnixStream::from_std(socket).map_err(failed)?;
        let peer = socket.peer_cred().map_err(failed)?;
        if !is_trusted(pid, peer.pid(), peer.uid()) {
            return Err(ControlError::Stranger { pid, uid: peer.uid() });
        }
        let mut config = Config::new();
        config.user("local").dbname("pgtenant").application_name("pgtenant");
        let (client, connection) = config.connect_raw(socket, NoTls).await.map_err(|source| ControlError::Refused { pid, source })?;
        tokio::spawn(connection);
        Ok(Client { pid, client })
    }
}

/// Whether the process behind a socket is what the socket's name says, and of somebody who may be told what to do: our own user or root;
/// for root anybody's, if it runs this very program.
fn is_trusted(said: u32, pid: Option<i32>, uid: u32) -> bool {
    if pid.and_then(|pid| u32::try_from(pid).ok()) != Some(said) {
        return false;
    }
    let own = rustix::process::geteuid().as_raw();
    uid == own || uid == 0 || own == 0 && runs_this_program(said)
}

fn runs_this_program(pid: u32) -> bool {
    let file = |path: &str| fs::metadata(path).map(|file| (file.dev(), file.ino())).ok();
    let own = file("/proc/self/exe");
    own.is_some() && own == file(&format!("/proc/{pid}/exe"))
}

impl Client {
    /// Runs one statement of the console's.
    ///
    /// # Errors
    /// What the proxy says.
    pub async fn run(&self, statement: &str) -> Result<Rows, ControlError> {
        let messages = self.client.simple_query(statement).await.map_err(|source| ControlError::Refused { pid: self.pid, source })?;
        let mut rows = Rows::default();
        for message in messages {
            match message {
                SimpleQueryMessage::RowDescription(columns) => {
                    rows.columns = columns.iter().map(|column| column.name().to_owned()).collect()
                }
                SimpleQueryMessage::Row(row) => {
                    rows.rows.push((0..row.len()).map(|place| row.get(place).map(str::to_owned)).collect());
                }
                _ => {}
            }
        }
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_s_list() {
        let list = "Num       RefCount Protocol Flags    Type St Inode Path\n\
            0000000000000000: 00000002 00000000 00010000 0001 01 16000 @pgtenant-0123456789abcdef-71/.s.PGSQL.5432\n\
            0000000000000000: 00000003 00000000 00000000 0001 03 16001 @pgtenant-0123456789abcdef-71/.s.PGSQL.5432\n\
            0000000000000000: 00000002 00000000 00010000 0001 01 16002 @pgtenant-0123456789abcdef-8/.s.PGSQL.5432\n\
            0000000000000000: 00000002 00000000 00010000 0001 01 16003 @pgtenant-0123456789abcdee-9/.s.PGSQL.5432\n\
            0000000000000000: 00000002 00000000 00010000 0001 01 16004 /run/x\n\
            0000000000000000: 00000002 00000000 00000000 0002 01 16005\n";
        let pids: Vec<u32> = listed(list, "pgtenant-0123456789abcdef-").iter().map(|proxy| proxy.pid).collect();
        assert_eq!(pids, [8, 71]);
    }

    #[test]
    fn who_is_trusted() {
        let (own, pid) = (rustix::process::geteuid().as_raw(), std::process::id());
        let signed = i32::try_from(pid).unwrap();
        assert!(is_trusted(pid, Some(signed), own) && is_trusted(pid, Some(signed), 0));
        assert!(!is_trusted(pid + 1, Some(signed), own), "the name says another process");
        assert!(!is_trusted(pid, None, own), "a process of another container");
        assert_eq!(is_trusted(pid, Some(signed), own + 1), own == 0, "root trusts this very program, whoever runs it");
    }
}
