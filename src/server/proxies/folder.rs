//! A folder with a file for each proxy, written beside and renamed, so that nobody reads half of one. It serves proxies that share a file system
//! on which a rename is seen by all at once: one host, or a volume that doesn't cache names.
//!
//! Each also holds a lock for as long as it lives. Those on one host see by that at once who is gone; locks over a network say nothing for certain.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use super::store::{FORGOTTEN, Found, StoreError, StoreTime};
use crate::tenant::shares::{ProxyId, Record, Seen};

const EXTENSION: &str = "json";
const LOCK: &str = "lock";

/// The folder.
#[derive(Clone)]
pub(super) struct FolderStore {
    folder: PathBuf,
    /// Locked as long as there is one of us.
    lock: Option<Arc<File>>,
}

impl FolderStore {
    /// Makes the folder where there is none.
    pub(super) fn open(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        // Whether it can be written to is known only by writing.
        let probe = folder.join(format!(".{}.probe", std::process::id()));
        fs::write(&probe, b"")?;
        fs::remove_file(&probe)?;
        Ok(FolderStore { folder, lock: None })
    }

    /// Lives, from now on.
    pub(super) fn sign_in(&mut self, id: &ProxyId) -> io::Result<()> {
        let file = File::create(self.file(id, LOCK))?;
        if let Err(error) = file.try_lock() {
            // Then others wait for the time-out.
            tracing::info!(error = %io::Error::from(error), "no locks in the folder of shares");
        }
        self.lock = Some(Arc::new(file));
        Ok(())
    }

    /// Whether a proxy of this host is gone: nobody has its lock.
    fn is_gone(&self, id: &ProxyId) -> bool {
        File::open(self.file(id, LOCK)).is_ok_and(|file| file.try_lock_shared().is_ok())
    }

    pub(super) async fn exchange(&self, record: &Record) -> Result<Found, StoreError> {
        let (store, id, text, system) = (self.clone(), record.id.clone(), record.text(), record.system.clone());
        Ok(tokio::task::spawn_blocking(move || store.write_and_read(&id, &text, &system)).await??)
    }

    pub(super) fn leave(&self, record: &Record, is_alone: bool) -> Result<(), StoreError> {
        let _ = fs::remove_file(self.file(&record.id, LOCK));
        if !is_alone {
            return Ok(self.write(&record.id, &record.text())?);
        }
        fs::remove_file(self.file(&record.id, EXTENSION))?;
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let has_left = |text: String| Record::read(&text).is_ok_and(|record| record.left);
            if let Some(other) = owner(&path).filter(|_| fs::read_to_string(&path).is_ok_and(has_left)) {
                self.clear_away(&other);
            }
        }
        // Others may be about to begin: then it isn't empty.
        let _ = fs::remove_dir(&self.folder);
        Ok(())
    }

    fn file(&self, id: &ProxyId, extension: &str) -> PathBuf {
        self.folder.join(id.as_str()).with_extension(extension)
    }

    fn clear_away(&self, id: &ProxyId) {
        for extension in [LOCK, EXTENSION] {
            let _ = fs::remove_file(self.file(id, extension));
        }
    }

    fn write(&self, id: &ProxyId, text: &str) -> io::Result<()> {
        let fresh = self.folder.join(format!(".{id}.new"));
        match fs::write(&fresh, text) {
            // The last of the others has taken the folder away.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(&self.folder)?;
                fs::write(&fresh, text)?;
            }
            written => written?,
        }
        fs::rename(fresh, self.file(id, EXTENSION))
    }

    fn write_and_read(&self, id: &ProxyId, text: &str, system: &str) -> io::Result<Found> {
        self.write(id, text)?;
        let here = Instant::now();
        // Files are compared by the clock that has stamped them.
        let now = fs::metadata(self.file(id, EXTENSION))?.modified()?;
        let mut seen = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let Some(other) = owner(&path).filter(|other| other != id) else { continue };
            match read(&path, now) {
                Ok((_, age)) if age > FORGOTTEN => self.clear_away(&other),
                Ok((text, age)) => {
                    let is_neighbour = !system.is_empty() && text.contains(system);
                    let is_gone = is_neighbour && self.is_gone(&other);
                    seen.push(Seen { id: other, text, age, is_gone });
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        seen.sort_by(|one, other| one.id.cmp(&other.id));
        let millis = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64;
        Ok(Found { seen, time: StoreTime { millis, here } })
    }
}

fn owner(path: &Path) -> Option<ProxyId> {
    let is_record = path.extension().is_some_and(|extension| extension == EXTENSION);
    path.file_stem().filter(|_| is_record).and_then(|stem| ProxyId::read(stem.to_str()?))
}

fn read(path: &Path, now: SystemTime) -> io::Result<(String, Duration)> {
    let written = fs::metadata(path)?.modified()?;
    let text = String::from_utf8_lossy(&fs::read(path)?).into_owned();
    Ok((text, now.duration_since(written).unwrap_or_default()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn record(number: u8) -> Record {
        Record::new(ProxyId::new([number; 8]), format!("proxy {number}"))
    }

    #[tokio::test]
    async fn each_sees_what_the_others_have_written() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("map.toml.shares");
        let (one, two) = (FolderStore::open(folder.clone()).unwrap(), FolderStore::open(folder.clone()).unwrap());
        assert!(one.exchange(&record(1)).await.unwrap().seen.is_empty());
        fs::write(folder.join("readme"), "no record").unwrap();
        let found = two.exchange(&record(2)).await.unwrap();
        assert_eq!((found.seen.len(), found.seen[0].text.as_str()), (1, record(1).text().as_str()));
        assert!(found.seen[0].age < Duration::from_secs(5));
        assert!(found.time.millis > 1_700_000_000_000);
        // Long gone.
        let old = SystemTime::now() - FORGOTTEN * 2;
        fs::File::options().write(true).open(one.file(&record(1).id, EXTENSION)).unwrap().set_modified(old).unwrap();
        assert!(two.exchange(&record(2)).await.unwrap().seen.is_empty() && !one.file(&record(1).id, EXTENSION).exists());
        fs::remove_file(folder.join("readme")).unwrap();
        two.leave(&record(2), true).unwrap();
        assert!(!folder.exists());
        one.exchange(&record(1)).await.unwrap();
        one.leave(&record(1), false).unwrap();
        assert!(one.file(&record(1).id, EXTENSION).exists());
    }

    #[tokio::test]
    async fn who_is_gone_is_seen_at_once_on_one_host() {
        let folder = tempfile::tempdir().unwrap();
        let here = |number| record(number).on("this one");
        let (mut one, two) = (FolderStore::open(folder.path().into()).unwrap(), FolderStore::open(folder.path().into()).unwrap());
        one.sign_in(&record(1).id).unwrap();
        one.exchange(&here(1)).await.unwrap();
        assert!(!two.exchange(&here(2)).await.unwrap().seen[0].is_gone);
        drop(one);
        assert!(two.exchange(&here(2)).await.unwrap().seen[0].is_gone);
        assert!(!two.exchange(&record(2).on("another")).await.unwrap().seen[0].is_gone, "locks of others say nothing");
    }

    #[test]
    fn a_folder_that_cannot_be_made() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(FolderStore::open(file.path().join("below")).is_err());
    }
}
