//! PostgreSQL clusters on this machine: found, made, started, killed and removed by us.
//!
//! The demo and the integration tests live on them. Everything here is synchronous and starts plain processes; SQL goes over
//! `tokio-postgres` by whoever needs it. A cluster belongs to one folder (`data`, `log`, and a socket where its path is short
//! enough) and goes with its [`Cluster`] value, also when this process is killed (a watchdog waits on a pipe of ours).
//!
//! PostgreSQL refuses to run as root, so root runs it as the system's user `postgres` (or `nobody`) by way of `setpriv`.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::error::explain;

mod binaries;
mod process;
mod replica;
mod template;
#[cfg(test)]
mod tests;

pub use binaries::{Binaries, ServerUser};
pub use process::{Cluster, StopMode, Watchdog, free_port};
pub use template::Template;

/// The superuser of every cluster made here.
pub const SUPERUSER: &str = "postgres";

/// Why a cluster could not be made, started or stopped.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// No PostgreSQL on this machine.
    #[error(
        "PostgreSQL's server programs (postgres, initdb) were not found in {}; install the package `postgresql` \
         (Debian, Ubuntu: apt-get install postgresql; Fedora: dnf install postgresql-server postgresql-contrib; Alpine: apk add postgresql) \
         or set PGTENANT_PG_BIN to the folder that holds them",
        list(.looked)
    )]
    NoBinaries {
        /// The folders that were tried.
        looked: Vec<PathBuf>,
    },
    /// A PostgreSQL that lacks a program that is needed now.
    #[error("{} has no {program}; install PostgreSQL's client programs of the same version (Debian, Ubuntu: apt-get install postgresql-client)", folder.display())]
    NoProgram {
        /// What is missing.
        program: &'static str,
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// We are root, and there is nobody to run the server as.
    #[error(
        "PostgreSQL doesn't run as root, and neither a user `postgres` nor `nobody` exists here, or `setpriv` (package util-linux) is missing: {reason}"
    )]
    NoServerUser {
        /// What `id` or `setpriv` said.
        reason: String,
    },
    /// The folder can't be reached by the user that runs the server.
    #[error("the user {user} that runs PostgreSQL can't write to {}: choose a folder outside of private directories, for example under /tmp", folder.display())]
    FolderOutOfReach {
        /// The user.
        user: String,
        /// The folder.
        folder: PathBuf,
    },
    /// A file or folder operation failed.
    #[error("can't {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A program of PostgreSQL's failed.
    #[error("{program} failed ({status}): {output}")]
    Failed {
        /// Which one.
        program: String,
        /// How it ended.
        status: String,
        /// What it said.
        output: String,
    },
    /// The primary refused to be copied.
    #[error("can't copy the primary: {}", explain(.source))]
    Sql {
        /// What it said.
        source: tokio_postgres::Error,
    },
    /// The server ended, or didn't become ready in time.
    #[error("PostgreSQL in {} {what}; the end of its log:\n{log}", folder.display())]
    NotReady {
        /// The cluster's folder.
        folder: PathBuf,
        /// What happened instead.
        what: &'static str,
        /// The log's last lines.
        log: String,
    },
    /// No port could be bound on 127.0.0.1.
    #[error("no free port on 127.0.0.1 between 20000 and 32000")]
    NoPort,
}

impl ClusterError {
    fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ClusterError {
        let path = path.to_path_buf();
        move |source| ClusterError::Io { action, path, source }
    }
}

fn list(folders: &[PathBuf]) -> String {
    folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// `bytes` random bytes as lower-case hex: passwords and names of folders.
pub fn random_hex(bytes: usize) -> String {
    let mut buffer = vec![0_u8; bytes];
    if aws_lc_rs::rand::fill(&mut buffer).is_err() {
        // Only reachable where the system has no random source at all; the process id keeps names apart, and passwords
        // of throw-away clusters on the loopback are all this serves.
        let salt = std::process::id().to_le_bytes();
        buffer.iter_mut().zip(salt.iter().cycle()).for_each(|(byte, salt)| *byte ^= salt);
    }
    hex::encode(buffer)
}
