//! A map in a file, and beside it its history: `demo.toml.history`, JSON lines, one for each version.
//!
//! A change is written in this order: its line of the history, the new text under another name, and then that name is changed. Whoever is
//! stopped anywhere leaves the old map; a line of the history that never came into force is one that no other says to be made from.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, BufRead, BufReader, Write},
    os::unix::fs::{MetadataExt, PermissionsExt, fchown},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use super::{
    Head, MapError, NewVersion,
    record::{Body, Record, body_of, digest_of, spliced},
};
use crate::{
    shard_map::edit::{split_revision, with_revision},
    telemetry::calendar::Moment,
};

/// Whoever writes holds the history's lock for some milliseconds; so long is waited for it.
const LOCK_LIMIT: Duration = Duration::from_secs(10);
/// The author of what was edited in place.
const NOBODY: &str = "unknown";

/// A map in a file.
#[derive(Clone, Debug)]
pub(super) struct FileStore {
    /// As the settings say: complaints name it, and its folder is what paths in it are relative to.
    pub(super) file: PathBuf,
}

impl FileStore {
    /// The file itself, where a link leads to it: a link isn't replaced.
    fn target(&self) -> PathBuf {
        fs::canonicalize(&self.file).unwrap_or_else(|_| self.file.clone())
    }

    fn beside(&self, begin: &str, end: &str) -> PathBuf {
        let target = self.target();
        let mut name = std::ffi::OsString::from(begin);
        name.push(target.file_name().unwrap_or_default());
        name.push(end);
        target.with_file_name(name)
    }

    fn history_file(&self) -> PathBuf {
        self.beside("", ".history")
    }

    /// The newest version.
    pub(super) fn head(&self) -> Result<Head, MapError> {
        let raw = fs::read_to_string(&self.file).map_err(|source| self.failed(&self.file, source))?;
        let records = match File::open(self.history_file()) {
            Ok(file) => read(&file, &self.history_file())?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(self.failed(&self.history_file(), error)),
        };
        Ok(head_of(&raw, &records))
    }

    /// All versions, oldest first, whether or not they came into force.
    pub(super) fn records(&self) -> Result<Vec<Record>, MapError> {
        match File::open(self.history_file()) {
            Ok(file) => read(&file, &self.history_file()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(self.failed(&self.history_file(), error)),
        }
    }

    /// Takes a new version in the place of `base`; none where that isn't the newest any more.
    pub(super) fn append(&self, base: &Head, new: NewVersion) -> Result<Option<u64>, MapError> {
        let history = self.lock()?;
        let raw = fs::read_to_string(&self.file).map_err(|source| self.failed(&self.file, source))?;
        let records = read(&history, &self.history_file())?;
        let head = head_of(&raw, &records);
        if (head.version, &head.body) != (base.version, &base.body) {
            return Ok(None);
        }
        let mut last = records.iter().map(|record| record.version).max().unwrap_or(0).max(head.version);
        let mut lines = Vec::new();
        let mut base_version = head.version;
        if head.is_unrecorded {
            last += 1;
            lines.push(self.found(&head, last));
            base_version = last;
        }
        let version = last + 1;
        if !(head.is_unrecorded && head.body == new.body) {
            // What was edited in place is there whole, right before.
            let size = if head.is_unrecorded { 0 } else { spliced(&records, head.version) };
            let body = body_of(&new.body, Some(&head.body), size);
            let digest = digest_of(&new.body);
            let (author, reason) = (new.signature.author, new.signature.reason);
            lines.push(Record { version, base: base_version, time: Moment::now(), author, reason, changes: new.changes, digest, body });
        } else if let Some(found) = lines.first_mut() {
            (found.author, found.reason) = (new.signature.author, new.signature.reason);
        }
        let version = lines.last().map_or(head.version, |record| record.version);
        self.write_lines(&history, &lines)?;
        self.replace(&with_revision(&new.body, version))?;
        Ok(Some(version))
    }

    /// What was edited in place, as a version of its own.
    fn found(&self, head: &Head, version: u64) -> Record {
        let time = fs::metadata(&self.file).and_then(|meta| meta.modified()).map_or_else(|_| Moment::now(), Moment::from);
        let changes = if head.version == 0 { "as it was found" } else { "edited in place" }.to_owned();
        let (digest, body) = (digest_of(&head.body), Body::Text(head.body.clone()));
        Record { version, base: head.version, time, author: NOBODY.to_owned(), reason: None, changes, digest, body }
    }

    /// The history, ours alone until dropped.
    fn lock(&self) -> Result<File, MapError> {
        let path = self.history_file();
        let opened = OpenOptions::new().create(true).append(true).read(true).open(&path);
        let file = opened.map_err(|source| self.failed(&path, source))?;
        let begun = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) if begun.elapsed() < LOCK_LIMIT => std::thread::sleep(Duration::from_millis(5)),
                Err(TryLockError::WouldBlock) => return Err(MapError::Busy),
                Err(TryLockError::Error(source)) => return Err(self.failed(&path, source)),
            }
        }
    }

    fn write_lines(&self, mut history: &File, records: &[Record]) -> Result<(), MapError> {
        let path = self.history_file();
        let mut text = String::new();
        for record in records {
            let line = serde_json::to_string(record).map_err(|error| self.failed(&path, error.into()))?;
            text.push_str(&line);
            text.push('\n');
        }
        let written = (|| {
            let end = history.metadata()?.len();
            // What a crash has cut short gets a line of its own.
            if end > 0 && !ends_with_line_break(&path)? {
                text.insert(0, '\n');
            }
            history.write_all(text.as_bytes()).inspect_err(|_| {
                let _ = history.set_len(end);
            })?;
            history.sync_data()
        })();
        written.map_err(|source| self.failed(&path, source))
    }

    /// Puts a new text in the file's place: there is the old one, or the new one.
    fn replace(&self, text: &str) -> Result<(), MapError> {
        let (target, new) = (self.target(), self.beside(".", ".new"));
        write_new(&new, text, &target).map_err(|source| self.failed(&new, source))?;
        let renamed = fs::rename(&new, &target).and_then(|()| sync_folder(&target));
        renamed.map_err(|source| self.failed(&target, source))
    }

    fn failed(&self, file: &Path, source: io::Error) -> MapError {
        MapError::File { file: file.to_owned(), source }
    }
}

/// Writes a file that another one is to be replaced with: it belongs to the same user and may be read by the same.
fn write_new(new: &Path, text: &str, old: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).write(true).truncate(true).open(new)?;
    if let Ok(meta) = fs::metadata(old) {
        file.set_permissions(fs::Permissions::from_mode(meta.mode() & 0o7777))?;
        let own = file.metadata()?;
        if (own.uid(), own.gid()) != (meta.uid(), meta.gid()) {
            fchown(&file, Some(meta.uid()), Some(meta.gid()))?;
        }
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Writes a file so that there is all of it or what was there before.
pub(super) fn write_whole(file: &Path, text: &str) -> io::Result<()> {
    let mut name = std::ffi::OsString::from(".");
    name.push(file.file_name().unwrap_or_default());
    name.push(".new");
    let new = file.with_file_name(name);
    write_new(&new, text, file)?;
    fs::rename(&new, file)?;
    sync_folder(file)
}

fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

fn ends_with_line_break(path: &Path) -> io::Result<bool> {
    use std::io::{Read, Seek, SeekFrom};
    let mut file = File::open(path)?;
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

fn head_of(raw: &str, records: &[Record]) -> Head {
    let (body, version) = split_revision(raw);
    let digest = digest_of(&body);
    let is_recorded = records.iter().any(|record| record.version == version && record.digest == digest);
    Head { version, body, is_unrecorded: !is_recorded }
}

/// A history's lines. Those that a crash has cut short are none.
fn read(file: &File, path: &Path) -> Result<Vec<Record>, MapError> {
    let failed = |source| MapError::File { file: path.to_owned(), source };
    let mut records = Vec::new();
    for line in BufReader::new(file).split(b'\n') {
        let line = line.map_err(failed)?;
        if let Ok(record) = serde_json::from_slice(&line) {
            records.push(record);
        }
    }
    Ok(records)
}

#[cfg(test)]
mod tests;
