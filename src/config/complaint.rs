//! What is wrong with a file, and where.

use std::{fmt, io, path::Path, path::PathBuf};

/// How many complaints are kept: a slip of a generator in a million entries must not fill the log.
const MOST_COMPLAINTS: usize = 200;

/// One thing that is wrong with a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Complaint {
    /// The file.
    pub file: PathBuf,
    /// From 1; 0 where the whole file is meant (it can't be read).
    pub line: usize,
    /// In characters, from 1; 0 where the whole file is meant.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What was expected instead.
    pub expected: Option<String>,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file.display(), self.message)?,
            _ => write!(f, "{}:{}:{}: {}", self.file.display(), self.line, self.column, self.message)?,
        }
        match &self.expected {
            Some(expected) => write!(f, "; expected {expected}"),
            None => Ok(()),
        }
    }
}

/// Every complaint about a file, in the file's order, one per line when printed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub struct ConfigErrors(pub Vec<Complaint>);

impl ConfigErrors {
    /// The file as a whole can't be used.
    pub(crate) fn unreadable(file: &Path, source: &io::Error) -> Self {
        ConfigErrors(vec![Complaint {
            file: file.to_path_buf(),
            line: 0,
            column: 0,
            message: format!("can't be read: {source}"),
            expected: None,
        }])
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, complaint) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            complaint.fmt(f)?;
        }
        Ok(())
    }
}

/// Something wrong at a byte of a file: a complaint before lines and columns are counted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Finding {
    pub(crate) at: usize,
    pub(crate) message: String,
    pub(crate) expected: Option<String>,
}

/// A file's name and text.
pub(crate) struct Source<'t> {
    pub(crate) file: &'t Path,
    pub(crate) text: &'t str,
}

impl Source<'_> {
    /// Findings as complaints, in the file's order, those beyond the cap counted in a last line.
    pub(crate) fn complaints(&self, mut findings: Vec<Finding>) -> Vec<Complaint> {
        findings.sort_by(|a, b| (a.at, &a.message).cmp(&(b.at, &b.message)));
        findings.dedup();
        let omitted = findings.len().saturating_sub(MOST_COMPLAINTS);
        findings.truncate(MOST_COMPLAINTS);
        let (mut counted, mut line, mut line_start) = (0, 1, 0);
        let mut complaints: Vec<Complaint> = findings
            .into_iter()
            .map(|finding| {
                let at = self.floor(finding.at);
                for (offset, _) in self.text[counted..at].match_indices('\n') {
                    line += 1;
                    line_start = counted + offset + 1;
                }
                counted = at;
                let column = self.text[line_start..at].chars().count() + 1;
                Complaint { file: self.file.to_path_buf(), line, column, message: finding.message, expected: finding.expected }
            })
            .collect();
        if omitted > 0 {
            let message = format!("{omitted} more complaints of this file aren't shown");
            complaints.push(Complaint { file: self.file.to_path_buf(), line: 0, column: 0, message, expected: None });
        }
        complaints
    }

    /// The nearest start of a character at or before `at`.
    fn floor(&self, at: usize) -> usize {
        self.text.floor_char_boundary(at)
    }
}
