//! The file of a Unix listening socket: who may take a path, and who removes it.
//!
//! As PostgreSQL does (`src/backend/utils/init/miscinit.c`, `CreateSocketLockFile`), `PATH.lock` stands beside the socket and
//! holds the owner's process id, so that a PostgreSQL server refuses the path too. What decides among ourselves is a lock on
//! that file, which ends with its process; a socket file without a process behind it is replaced.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    process,
};

use rustix::{
    fs::{FlockOperation, flock},
    io::Errno,
    net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with},
};

use super::listener::BindError;

/// How often a lock file that its owner removes at this moment is tried again.
const LOCK_ATTEMPTS: usize = 10;

/// A path that this process may bind. Dropped, it removes what it owns.
#[derive(Debug)]
pub(super) struct UnixPath {
    path: PathBuf,
    lock_path: PathBuf,
    /// Device and inode of the bound socket.
    bound: Option<(u64, u64)>,
    /// Locked as long as it is open.
    _lock: File,
}

impl UnixPath {
    /// Takes the path and clears away what a dead process left there.
    pub(super) fn claim(path: &Path) -> Result<Self, BindError> {
        let failed = |source: io::Error| BindError::Unix { path: path.to_owned(), source };
        let lock_path = lock_path(path);
        let lock = take_lock(&lock_path).map_err(|source| match source.kind() {
            io::ErrorKind::WouldBlock => BindError::InUse { path: path.to_owned() },
            _ => BindError::Unix { path: lock_path.clone(), source },
        })?;
        // From here on what is ours is removed, also where the rest fails.
        let claimed = UnixPath { path: path.to_owned(), lock_path, bound: None, _lock: lock };
        match fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(claimed),
            Err(error) => return Err(failed(error)),
            Ok(found) if !found.file_type().is_socket() => return Err(BindError::NotASocket { path: path.to_owned() }),
            Ok(_) => {}
        }
        if somebody_answers(path).map_err(failed)? {
            return Err(BindError::InUse { path: path.to_owned() });
        }
        fs::remove_file(path).map_err(failed)?;
        Ok(claimed)
    }

    /// Remembers which file is ours, once it is bound.
    pub(super) fn set_bound(&mut self) -> io::Result<()> {
        let found = fs::symlink_metadata(&self.path)?;
        self.bound = Some((found.dev(), found.ino()));
        Ok(())
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for UnixPath {
    fn drop(&mut self) {
        let found = fs::symlink_metadata(&self.path).ok().map(|found| (found.dev(), found.ino()));
        if self.bound.is_some() && self.bound == found {
            let _ = fs::remove_file(&self.path);
        }
        // The lock is held until after this: whoever waits for the file finds it gone and makes a new one.
        let _ = fs::remove_file(&self.lock_path);
    }
}

fn lock_path(path: &Path) -> PathBuf {
    let mut lock = path.as_os_str().to_owned();
    lock.push(".lock");
    PathBuf::from(lock)
}

/// Opens and locks the lock file; `WouldBlock` where another process holds it.
fn take_lock(path: &Path) -> io::Result<File> {
    for _ in 0..LOCK_ATTEMPTS {
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        flock(&file, FlockOperation::NonBlockingLockExclusive)?;
        let ours = file.metadata()?;
        let same = fs::symlink_metadata(path).is_ok_and(|found| found.dev() == ours.dev() && found.ino() == ours.ino());
        if same {
            file.set_len(0)?;
            writeln!(file, "{}", process::id())?;
            return Ok(file);
        }
    }
    Err(io::Error::other("the lock file is replaced again and again"))
}

/// Whether a process listens at the path.
fn somebody_answers(path: &Path) -> io::Result<bool> {
    let address = SocketAddrUnix::new(path)?;
    let probe = socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC | SocketFlags::NONBLOCK, None)?;
    match connect(&probe, &address) {
        Err(Errno::CONNREFUSED | Errno::NOENT) => Ok(false),
        // A full backlog is somebody's backlog.
        Ok(()) | Err(Errno::AGAIN) => Ok(true),
        Err(errno) => Err(errno.into()),
    }
}
