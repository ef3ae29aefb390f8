//! Whether a trail is whole.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::chain::{Link, Sealed};

/// What is wrong with a trail, and where.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}:{line}: {what}", file.display())]
pub struct Fault {
    /// The file.
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
    /// What is wrong there.
    pub what: String,
}

/// A trail that is whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verified {
    /// How many lines.
    pub lines: u64,
    /// The numbers of the first and the last one.
    pub numbers: (u64, u64),
    /// The hash that it ends with.
    pub hash: String,
    /// Whether `known`, a hash that was written down elsewhere, is one of its lines'.
    pub has_known: Option<bool>,
}

/// Checks files that follow each other, whatever their order here; `known` is looked for. None: they hold nothing.
///
/// # Errors
/// The outer: a file can't be read. The inner: the first fault.
pub fn verify(files: &[PathBuf], known: Option<&str>) -> io::Result<Result<Option<Verified>, Fault>> {
    let mut texts = Vec::new();
    for file in files {
        let bytes = fs::read(file).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", file.display())))?;
        texts.push((file.as_path(), String::from_utf8_lossy(&bytes).into_owned()));
    }
    texts.retain(|(_, text)| !text.is_empty());
    texts.sort_by_key(|(_, text)| text.lines().next().and_then(Sealed::read).map_or(0, |line| line.seq));
    let mut trail = Trail { link: None, lines: 0, first: 0, known, has_known: false };
    for (file, text) in &texts {
        if let Err(fault) = trail.file(file, text) {
            return Ok(Err(fault));
        }
    }
    let Trail { link, lines, first, has_known, .. } = trail;
    Ok(Ok(link.map(|link| Verified { lines, numbers: (first, link.seq), hash: link.hash, has_known: known.map(|_| has_known) })))
}

struct Trail<'a> {
    link: Option<Link>,
    lines: u64,
    first: u64,
    known: Option<&'a str>,
    has_known: bool,
}

impl Trail<'_> {
    fn file(&mut self, file: &Path, text: &str) -> Result<(), Fault> {
        for (number, line) in text.split_inclusive('\n').enumerate() {
            let wrong = |what: String| Fault { file: file.to_owned(), line: number + 1, what };
            let Some(line) = line.strip_suffix('\n') else {
                return Err(wrong("the line is cut short".to_owned()));
            };
            let sealed = Sealed::read(line).ok_or_else(|| wrong("not a line of an audit trail".to_owned()))?;
            let before = match (&self.link, &sealed.prev) {
                (None, Some(prev)) => {
                    self.first = sealed.seq;
                    Link { seq: sealed.seq.saturating_sub(1), hash: prev.clone() }
                }
                (None, None) => return Err(wrong("the file's first line is missing: it would say the hash before it".to_owned())),
                (Some(link), Some(prev)) if *prev != link.hash => {
                    return Err(wrong(format!("what came before this file is missing: it ended with {prev}, not with {}", link.hash)));
                }
                (Some(link), _) => link.clone(),
            };
            if sealed.seq != before.seq + 1 {
                return Err(wrong(format!("line {} of the trail follows line {}", sealed.seq, before.seq)));
            }
            if !sealed.follows(&before.hash) {
                return Err(wrong(format!("line {} of the trail, or the one before it, has been changed", sealed.seq)));
            }
            self.has_known |= self.known == Some(sealed.hash);
            self.lines += 1;
            self.link = Some(sealed.link());
        }
        Ok(())
    }
}
