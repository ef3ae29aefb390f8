//! Notices that files change, however they are replaced.
//!
//! Editors write a new file and rename it, Kubernetes swaps a symbolic link of the folder: so the folders are watched, and what
//! counts is whether the file that the name leads to is another one than before. Events alone don't suffice (network file
//! systems, links that lead elsewhere, an exhausted inotify), so the files are also looked at from time to time.

use std::{
    collections::BTreeSet,
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use notify::{RecommendedWatcher, RecursiveMode, Watcher};

/// Silence that ends a burst of events: editors and link swaps make several.
const QUIET: Duration = Duration::from_millis(200);
/// A file that is written without a pause is looked at all the same.
const LONGEST_BURST: Duration = Duration::from_secs(2);
/// How often files are looked at without an event.
const POLL: Duration = Duration::from_secs(2);

/// What tells one content of a file from another, without reading it; none: there is no such file.
type Stamp = Option<(i64, i64, u64, u64, u64)>;

enum Message {
    Event,
    Stop,
}

/// Watches files until it is dropped.
pub struct Watch {
    stop: Sender<Message>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Calls `changed` on a thread of its own after each change of any of the files. Changes while it runs lead to another call.
    ///
    /// # Errors
    /// No thread could be started. Folders that can't be watched are polled.
    pub fn start(files: Vec<PathBuf>, changed: impl Fn() + Send + 'static) -> io::Result<Watch> {
        Self::every(files, POLL, changed)
    }

    fn every(files: Vec<PathBuf>, poll: Duration, changed: impl Fn() + Send + 'static) -> io::Result<Watch> {
        let (stop, messages) = channel();
        let events = stop.clone();
        // The first stamps are taken here, so that nothing that follows this call is missed.
        let stamps: Vec<Stamp> = files.iter().map(|file| stamp(file)).collect();
        let watcher = watch_folders(&files, events);
        let run = move || {
            let _watcher = watcher;
            follow(&files, stamps, poll, &messages, &changed);
        };
        let thread = thread::Builder::new().name("map-watch".to_owned()).spawn(run)?;
        Ok(Watch { stop, thread: Some(thread) })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.stop.send(Message::Stop);
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != thread::current().id()
        {
            let _ = thread.join();
        }
    }
}

/// A watcher of the files' folders, and of those that their links lead to; none where the system gives none.
fn watch_folders(files: &[PathBuf], events: Sender<Message>) -> Option<RecommendedWatcher> {
    let handler = move |event: notify::Result<notify::Event>| {
        // Reading is no change: answering it would make a loop of it.
        if event.is_ok_and(|event| !event.kind.is_access()) {
            let _ = events.send(Message::Event);
        }
    };
    let mut watcher = match notify::recommended_watcher(handler) {
        Ok(watcher) => watcher,
        Err(error) => {
            tracing::warn!(%error, "files can't be watched, they are looked at every {} s", POLL.as_secs());
            return None;
        }
    };
    let mut folders = BTreeSet::new();
    for file in files {
        let target = fs::canonicalize(file).ok();
        for path in [Some(file.as_path()), target.as_deref()].into_iter().flatten() {
            folders.insert(folder(path));
        }
    }
    for folder in folders {
        if let Err(error) = watcher.watch(&folder, RecursiveMode::NonRecursive) {
            tracing::warn!(folder = %folder.display(), %error, "this folder can't be watched, its files are looked at every {} s", POLL.as_secs());
        }
    }
    Some(watcher)
}

fn folder(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// Links are followed: a swapped link leads to another inode.
fn stamp(file: &Path) -> Stamp {
    let meta = fs::metadata(file).ok()?;
    Some((meta.mtime(), meta.mtime_nsec(), meta.size(), meta.ino(), meta.dev()))
}

fn follow(files: &[PathBuf], mut stamps: Vec<Stamp>, poll: Duration, messages: &Receiver<Message>, changed: &impl Fn()) {
    loop {
        match messages.recv_timeout(poll) {
            Ok(Message::Event) => {
                if burst_stops(messages) {
                    return;
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return,
        }
        let now: Vec<Stamp> = files.iter().map(|file| stamp(file)).collect();
        if now != stamps {
            stamps = now;
            changed();
        }
    }
}

/// Waits for a burst's end; tells whether the watch ends instead.
fn burst_stops(messages: &Receiver<Message>) -> bool {
    let end = Instant::now() + LONGEST_BURST;
    loop {
        match messages.recv_timeout(QUIET.min(end.saturating_duration_since(Instant::now()))) {
            Ok(Message::Event) => {}
            Err(RecvTimeoutError::Timeout) => return false,
            Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return true,
        }
    }
}

#[cfg(test)]
mod tests;
