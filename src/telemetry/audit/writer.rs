//! The thread that writes the trail.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::{Duration, Instant},
};

use super::{
    AuditFiles, Event, Kind,
    chain::{Link, Sealed},
};
use crate::telemetry::calendar::{Day, Moment};

/// What is written is on the disk at the latest after so long.
const SYNC: Duration = Duration::from_secs(1);
/// A file that couldn't be written is tried again after so long.
const AGAIN: Duration = Duration::from_secs(1);
/// Events that are written at once.
const BATCH: usize = 256;

/// Writes lines, and gives full files other names.
pub(super) struct Writer {
    files: AuditFiles,
    file: File,
    day: Day,
    /// How long the file is that we have written: another length is another's doing.
    length: u64,
    link: Link,
    dropped: Arc<AtomicU64>,
    /// So many drops are written already.
    told: u64,
    unsynced_since: Option<Instant>,
    has_failed: bool,
}

impl Writer {
    /// Goes on where the trail has come to. What a crash has cut short is taken off, and said.
    pub(super) fn open(files: AuditFiles, dropped: Arc<AtomicU64>) -> io::Result<Self> {
        let text = match fs::read_to_string(&files.file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        let last = text.get(..whole).unwrap_or_default().lines().next_back();
        let link = match last {
            Some(line) => Sealed::read(line).map(|line| line.link()).ok_or_else(|| not_a_trail(&files.file))?,
            None => before(&files)?,
        };
        let file = OpenOptions::new().create(true).append(true).open(&files.file)?;
        file.try_lock().map_err(|_| io::Error::new(io::ErrorKind::ResourceBusy, "another process writes it"))?;
        file.set_len(whole as u64)?;
        let now = Moment::now();
        // A file goes on being the day's that it was begun on.
        let day =
            file.metadata()?.modified().map_or_else(|_| now.day(), |time| if whole == 0 { now.day() } else { Moment::from(time).day() });
        let mut writer = Writer { files, file, day, length: whole as u64, link, dropped, told: 0, unsynced_since: None, has_failed: false };
        let cut = (whole < text.len()).then_some("a line that was cut short has been taken off");
        let begin = Event::new(Kind::Begin).what(format!("pgtenant {}", env!("CARGO_PKG_VERSION")));
        let begin = match cut {
            Some(cut) => begin.reason(cut),
            None => begin,
        };
        writer.write(&[(now, begin)])?;
        Ok(writer)
    }

    /// Writes until nobody can say anything any more.
    pub(super) fn run(&mut self, queue: &Receiver<(Moment, Event)>) {
        loop {
            let mut batch = Vec::new();
            let ends = match queue.recv_timeout(SYNC) {
                Ok(event) => {
                    batch.push(event);
                    batch.extend(queue.try_iter().take(BATCH - 1));
                    false
                }
                Err(RecvTimeoutError::Timeout) => false,
                Err(RecvTimeoutError::Disconnected) => true,
            };
            let (events, told) = (batch.len() as u64, self.told);
            self.tell_dropped(&mut batch);
            if ends {
                batch.push((Moment::now(), Event::new(Kind::End)));
            }
            if !self.write_patiently(&batch) {
                self.told = told;
                self.dropped.fetch_add(events, Ordering::Relaxed);
            }
            if ends {
                let _ = self.file.sync_data();
                tracing::info!(seq = self.link.seq, hash = self.link.hash, "the audit trail ends");
                return;
            }
            self.sync();
        }
    }

    fn tell_dropped(&mut self, batch: &mut Vec<(Moment, Event)>) {
        let dropped = self.dropped.load(Ordering::Relaxed);
        if dropped > self.told {
            batch.push((Moment::now(), Event::new(Kind::Dropped).count(dropped - self.told)));
            self.told = dropped;
        }
    }

    /// Whether all of it is written. What isn't counts as dropped: the queue must not stand still.
    fn write_patiently(&mut self, batch: &[(Moment, Event)]) -> bool {
        if batch.is_empty() {
            return true;
        }
        match self.rotate_if_due().and_then(|()| self.write(batch)) {
            Ok(()) => {
                if std::mem::take(&mut self.has_failed) {
                    tracing::info!("the audit trail is written again");
                }
                true
            }
            Err(error) => {
                if !std::mem::replace(&mut self.has_failed, true) {
                    tracing::error!(%error, file = %self.files.file.display(), "the audit trail can't be written; what is lost is counted in it");
                }
                std::thread::sleep(AGAIN);
                false
            }
        }
    }

    /// Lines, all of them or none.
    fn write(&mut self, batch: &[(Moment, Event)]) -> io::Result<()> {
        let (mut link, mut text) = (self.link.clone(), String::new());
        let found = self.file.metadata()?.len();
        let tampered = (found != self.length).then(|| {
            let what = format!("the file has {found} bytes, and {} were written", self.length);
            (Moment::now(), Event::new(Kind::Tampered).reason(what))
        });
        for (time, event) in tampered.iter().chain(batch) {
            let line;
            (link, line) = link.line(*time, event, found == 0 && text.is_empty());
            text.push_str(&line);
        }
        self.file.write_all(text.as_bytes()).inspect_err(|_| {
            let _ = self.file.set_len(found);
        })?;
        (self.link, self.length) = (link, found + text.len() as u64);
        self.unsynced_since.get_or_insert_with(Instant::now);
        Ok(())
    }

    fn sync(&mut self) {
        if self.unsynced_since.is_some_and(|since| since.elapsed() >= SYNC) {
            self.unsynced_since = None;
            if let Err(error) = self.file.sync_data() {
                tracing::warn!(%error, "the audit trail isn't known to be on the disk");
            }
        }
    }

    /// A full file, or one of a day that is over, gets another name; the next one begins with the hash that it ends with.
    fn rotate_if_due(&mut self) -> io::Result<()> {
        let today = Moment::now().day();
        if self.length < self.files.max_size && self.day == today || self.length == 0 {
            return Ok(());
        }
        let name = full_name(&self.files.file, self.day, self.link.seq);
        self.file.sync_data()?;
        fs::rename(&self.files.file, &name)?;
        let file = OpenOptions::new().create(true).append(true).open(&self.files.file)?;
        let _ = file.try_lock();
        (self.file, self.length, self.day) = (file, 0, today);
        tracing::info!(file = %name.display(), seq = self.link.seq, hash = self.link.hash, "the audit trail goes on in another file");
        let name = name.file_name().unwrap_or_default().to_string_lossy().into_owned();
        self.write(&[(Moment::now(), Event::new(Kind::Rotated).what(name))])?;
        self.forget_old();
        Ok(())
    }

    fn forget_old(&self) {
        let Some(keep) = self.files.keep else { return };
        let oldest = Moment::now().before(keep);
        for file in full_files(&self.files.file).unwrap_or_default() {
            let changed = fs::metadata(&file).and_then(|meta| meta.modified()).map(Moment::from);
            if changed.is_ok_and(|changed| changed < oldest) {
                tracing::info!(file = %file.display(), "an old file of the audit trail is removed");
                let _ = fs::remove_file(file);
            }
        }
    }
}

/// Where the trail has come to in full files, where the current one is empty: the proxy may have ended in between.
fn before(files: &AuditFiles) -> io::Result<Link> {
    let last = full_files(&files.file)?.into_iter().max_by_key(|file| number(file));
    let Some(last) = last else { return Ok(Link::first()) };
    let text = fs::read_to_string(&last)?;
    let line = text.lines().next_back().and_then(Sealed::read).map(|line| line.link());
    line.ok_or_else(|| not_a_trail(&last))
}

fn not_a_trail(file: &Path) -> io::Error {
    let message = format!("{} doesn't end with a line of an audit trail: move it away, or see `pgtenant audit verify`", file.display());
    io::Error::new(io::ErrorKind::InvalidData, message)
}

/// `audit.jsonl` of a day is `audit-2026-11-21-000000004711.jsonl`, by the number of its last line.
fn full_name(file: &Path, day: Day, seq: u64) -> PathBuf {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let extension = file.extension().map(|extension| format!(".{}", extension.to_string_lossy())).unwrap_or_default();
    file.with_file_name(format!("{stem}-{day}-{seq:012}{extension}"))
}

fn number(full: &Path) -> u64 {
    let stem = full.file_stem().unwrap_or_default().to_string_lossy();
    stem.rsplit_once('-').and_then(|(_, number)| number.parse().ok()).unwrap_or(0)
}

fn full_files(file: &Path) -> io::Result<Vec<PathBuf>> {
    let stem = format!("{}-", file.file_stem().unwrap_or_default().to_string_lossy());
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let is_full = name.strip_prefix(&stem).and_then(|rest| rest.rsplit_once('-')).is_some_and(|(day, number)| {
            day.parse::<Day>().is_ok() && number.len() == 12 && number.bytes().all(|byte| byte.is_ascii_digit())
        });
        if is_full && path.extension() == file.extension() {
            found.push(path);
        }
    }
    Ok(found)
}
