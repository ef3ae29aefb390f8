//! Files of lines, one per day in UTC: `usage.jsonl` of the settings is `usage-2026-11-21.jsonl` and so on.
//!
//! Lines are appended whole: what is cut short by a full disk is taken back, and what is cut short by a crash stands on a line of its own.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use super::calendar::{Day, Moment};

/// Files of lines, one per day.
#[derive(Clone, Debug)]
pub struct DayFiles {
    folder: PathBuf,
    /// What stands before the day, and behind it.
    stem: String,
    extension: String,
}

/// A day's file, open and ours alone until dropped.
pub struct Appender {
    file: File,
    folder: PathBuf,
    is_new: bool,
}

impl DayFiles {
    /// Those of a path in the settings.
    pub fn new(path: &Path) -> Self {
        let text = |part: Option<&std::ffi::OsStr>| part.map(|part| part.to_string_lossy().into_owned()).unwrap_or_default();
        let extension = path.extension().map(|_| format!(".{}", text(path.extension()))).unwrap_or_default();
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        DayFiles { folder: folder.to_owned(), stem: text(path.file_stem()), extension }
    }

    /// A day's file.
    pub fn path(&self, day: Day) -> PathBuf {
        self.folder.join(format!("{}-{day}{}", self.stem, self.extension))
    }

    /// The days that there are files of, in their order.
    ///
    /// # Errors
    /// The folder can't be read.
    pub fn days(&self) -> io::Result<Vec<Day>> {
        let mut days: Vec<Day> = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let name = entry?.file_name();
            let day = name.to_str().and_then(|name| name.strip_prefix(&self.stem)?.strip_prefix('-')?.strip_suffix(&self.extension));
            days.extend(day.and_then(|day| day.parse::<Day>().ok()));
        }
        days.sort_unstable();
        Ok(days)
    }

    /// Removes files of days that ended longer ago.
    ///
    /// # Errors
    /// The first file that stays, or the folder's.
    pub fn keep(&self, time: Duration, now: Moment) -> io::Result<()> {
        let oldest = now.before(time).day();
        for day in self.days()?.into_iter().filter(|day| *day < oldest) {
            fs::remove_file(self.path(day))?;
        }
        Ok(())
    }

    /// Opens a day's file for lines at its end. Waits where another process writes to it.
    ///
    /// # Errors
    /// The file's.
    pub fn open(&self, day: Day) -> io::Result<Appender> {
        let path = self.path(day);
        let is_new = !path.exists();
        let mut file = OpenOptions::new().create(true).append(true).read(true).open(&path)?;
        file.lock()?;
        let mut last = [b'\n'];
        if file.seek(SeekFrom::End(0))? > 0 {
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
        }
        let mut appender = Appender { file, folder: self.folder.clone(), is_new };
        if last != *b"\n" {
            appender.append(b"\n")?;
        }
        Ok(appender)
    }
}

impl Appender {
    /// Appends whole lines, or nothing.
    ///
    /// # Errors
    /// The file's: nothing of it stays then.
    pub fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        let end = self.file.metadata()?.len();
        self.file.write_all(lines).inspect_err(|_| {
            let _ = self.file.set_len(end);
        })
    }

    /// Makes sure that what was appended survives a crash of the machine.
    ///
    /// # Errors
    /// The file's: what became of the lines is unknown.
    pub fn finish(self) -> io::Result<()> {
        self.file.sync_data()?;
        if self.is_new { File::open(&self.folder)?.sync_all() } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_file_per_day_that_goes_when_it_is_old() {
        let folder = tempfile::tempdir().unwrap();
        let files = DayFiles::new(&folder.path().join("usage.jsonl"));
        for (text, line) in [("2026-11-20", "one\n"), ("2026-11-21", "two\n"), ("2026-11-21", "three\n")] {
            let mut file = files.open(day(text)).unwrap();
            file.append(line.as_bytes()).unwrap();
            file.finish().unwrap();
        }
        for other in ["usage.jsonl", "usage-2026-11-20.json", "usage-2026-11-31.jsonl", "other-2026-11-20.jsonl", "usage-x.jsonl"] {
            fs::write(folder.path().join(other), "").unwrap();
        }
        assert_eq!(files.days().unwrap(), [day("2026-11-20"), day("2026-11-21")]);
        assert_eq!(fs::read_to_string(folder.path().join("usage-2026-11-21.jsonl")).unwrap(), "two\nthree\n");
        let now = "2026-11-22T10:00:00Z".parse().unwrap();
        files.keep(Duration::from_secs(2 * 86_400), now).unwrap();
        assert_eq!(files.days().unwrap().len(), 2);
        files.keep(Duration::from_secs(86_400), now).unwrap();
        assert_eq!(files.days().unwrap(), [day("2026-11-21")]);
        assert_eq!(DayFiles::new(Path::new("usage")).path(day("2026-01-02")), Path::new("./usage-2026-01-02"));
    }

    #[test]
    fn what_a_crash_cut_short_stands_alone() {
        let folder = tempfile::tempdir().unwrap();
        let files = DayFiles::new(&folder.path().join("usage.jsonl"));
        let path = files.path(day("2026-11-21"));
        fs::write(&path, "whole\nhal").unwrap();
        files.open(day("2026-11-21")).unwrap().append(b"next\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "whole\nhal\nnext\n");
    }
}
