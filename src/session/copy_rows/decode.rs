//! From the bytes of a COPY to its rows, however the bytes are cut into messages.
//!
//! PostgreSQL manual, "COPY", "File Formats"; `src/backend/commands/copyfromparse.c`, whose complaints these are.

mod binary;
mod fields;
mod lines;

use std::ops::Range;

use crate::{
    error::{Report, SqlState},
    sql::copy_from::{CopyColumns, CopyFormat, CopyHeader, CopyOptions},
};
use lines::Lines;

/// A row longer than this is refused: it has to be kept until its end is there.
pub const MAX_ROW: usize = 64 << 20;

/// How much of a line or value a context shows, in bytes (`MAX_COPY_DATA_DISPLAY`).
const SHOWN: usize = 100;

/// A column of the COPY.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CopyColumn {
    /// Its name.
    pub name: Box<str>,
    /// Whether it has a default, so that the sign for it may stand there.
    pub has_default: bool,
}

/// A row's values. Cleared and filled again, so that rows cost no allocations of their own.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CopyRow {
    /// One for each column.
    pub fields: Vec<CopyField>,
    bytes: Vec<u8>,
    /// The line that it begins on; for the binary format its number, each from 1.
    pub line: u64,
}

/// A value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CopyField {
    /// NULL.
    Null,
    /// The column's default.
    Default,
    /// These bytes of the row.
    Value(Range<usize>),
}

impl CopyRow {
    /// A value's bytes.
    pub fn bytes(&self, field: &CopyField) -> Option<&[u8]> {
        match field {
            CopyField::Value(range) => self.bytes.get(range.clone()),
            CopyField::Null | CopyField::Default => None,
        }
    }

    fn clear(&mut self, line: u64) {
        self.fields.clear();
        self.bytes.clear();
        self.line = line;
    }

    fn push(&mut self, value: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(value);
        self.fields.push(CopyField::Value(start..self.bytes.len()));
    }
}

/// Bytes that aren't what the COPY said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CopyFailure {
    /// What is wrong.
    pub report: Report,
    /// Where: `line 3`, `line 3, column a`, with what stands there.
    pub place: String,
}

/// Rows from bytes.
pub struct Decoder {
    columns: Vec<CopyColumn>,
    options: CopyOptions,
    force_null: Vec<bool>,
    force_not_null: Vec<bool>,
    buffer: Vec<u8>,
    /// Where in the buffer the next row begins.
    start: usize,
    /// No more bytes will come.
    at_end: bool,
    /// The end marker was there: what comes behind it doesn't count.
    ended: bool,
    /// Lines or binary rows that were begun.
    line: u64,
    header: CopyHeader,
    lines: Lines,
    binary: binary::State,
    longest: usize,
}

impl Decoder {
    /// For these columns. `end_in_csv`: a line of `\.` ends CSV too, as before PostgreSQL 18.
    pub fn new(columns: Vec<CopyColumn>, options: CopyOptions, end_in_csv: bool) -> Decoder {
        let named = |which: &CopyColumns| match which {
            CopyColumns::All => vec![true; columns.len()],
            CopyColumns::Some(names) => columns.iter().map(|column| names.iter().any(|name| **name == *column.name)).collect(),
        };
        Decoder {
            force_null: named(&options.force_null),
            force_not_null: named(&options.force_not_null),
            lines: Lines::new(&options, end_in_csv),
            header: options.header,
            columns,
            options,
            buffer: Vec::new(),
            start: 0,
            at_end: false,
            ended: false,
            line: 0,
            binary: binary::State::default(),
            longest: MAX_ROW,
        }
    }

    /// Rows are no longer than that.
    pub fn limit(&mut self, bytes: usize) {
        self.longest = bytes.min(MAX_ROW);
    }

    /// What it holds of them.
    pub fn heap_bytes(&self) -> usize {
        self.buffer.capacity()
    }

    /// Takes bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.ended && self.options.format != CopyFormat::Binary {
            return;
        }
        if self.start > 0 && self.start >= self.buffer.len() / 2 {
            self.buffer.drain(..self.start);
            self.lines.shift(self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// No more bytes will come.
    pub fn finish(&mut self) {
        self.at_end = true;
    }

    /// Bytes that wait to be read.
    pub fn waiting(&self) -> usize {
        self.buffer.len().saturating_sub(self.start)
    }

    /// Reads the next row into `row`; `false` where it needs more bytes, or where there is none.
    ///
    /// # Errors
    /// What PostgreSQL says to such bytes. Nothing more can be read then.
    pub fn next(&mut self, row: &mut CopyRow) -> Result<bool, CopyFailure> {
        match self.options.format {
            CopyFormat::Binary => self.next_binary(row),
            CopyFormat::Text | CopyFormat::Csv => loop {
                let Some(line) = self.next_line()? else {
                    // A header that isn't there is an empty line.
                    if (self.at_end || self.ended) && std::mem::take(&mut self.header) == CopyHeader::Match {
                        self.line += 1;
                        self.check_header(self.start..self.start, row)?;
                    }
                    return Ok(false);
                };
                match std::mem::take(&mut self.header) {
                    CopyHeader::Absent => return self.read_fields(line, row).map(|()| true),
                    CopyHeader::Present => {}
                    CopyHeader::Match => self.check_header(line, row)?,
                }
            },
        }
    }

    /// The next line's bytes, without what ends it.
    fn next_line(&mut self) -> Result<Option<Range<usize>>, CopyFailure> {
        if self.ended {
            return Ok(None);
        }
        let found = match self.lines.next(&self.buffer, self.start, self.at_end) {
            Ok(found) => found,
            Err(report) => {
                self.line += 1;
                return Err(self.failure(report, Some(self.start..self.buffer.len())));
            }
        };
        let next = match found {
            lines::Found::More if self.waiting() > self.longest => {
                self.line += 1;
                let message = format!("a row of COPY is longer than {} bytes", self.longest);
                return Err(self.failure(Report::new(SqlState::PROGRAM_LIMIT_EXCEEDED, message), None));
            }
            lines::Found::More => None,
            lines::Found::Line { end, next } => {
                let line = self.start..end;
                self.start = next;
                self.line += 1 + self.lines.breaks_in(self.buffer.get(line.clone()).unwrap_or_default()) as u64;
                Some(line)
            }
            lines::Found::End => {
                self.ended = true;
                self.start = self.buffer.len();
                None
            }
        };
        if let Some(line) = &next
            && let Some(report) = self.buffer.get(line.clone()).and_then(not_utf8)
        {
            return Err(self.failure(report, None));
        }
        Ok(next)
    }

    fn read_fields(&mut self, line: Range<usize>, row: &mut CopyRow) -> Result<(), CopyFailure> {
        row.clear(self.line);
        self.split(line.clone(), row)?;
        let (found, expected) = (row.fields.len(), self.columns.len());
        if found > expected {
            return Err(self.failure(bad("extra data after last expected column"), Some(line)));
        }
        if let Some(column) = self.columns.get(found) {
            return Err(self.failure(bad(format!("missing data for column \"{}\"", column.name)), Some(line)));
        }
        for (at, column) in self.columns.iter().enumerate() {
            let Some(field) = row.fields.get_mut(at) else { break };
            match field {
                CopyField::Default if !column.has_default => {
                    let report = Report::new(SqlState::BAD_COPY_FILE_FORMAT, "unexpected default marker in COPY data");
                    let report = report.with_detail(format!("Column \"{}\" has no default value.", column.name));
                    return Err(self.failure(report, Some(line)));
                }
                CopyField::Null if self.force_not_null.get(at) == Some(&true) => {
                    let start = row.bytes.len();
                    row.bytes.extend_from_slice(self.options.null.as_bytes());
                    *field = CopyField::Value(start..row.bytes.len());
                }
                CopyField::Value(range)
                    if self.force_null.get(at) == Some(&true) && row.bytes.get(range.clone()) == Some(self.options.null.as_bytes()) =>
                {
                    *field = CopyField::Null;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A line's values, unquoted; however many there are.
    fn split(&self, line: Range<usize>, row: &mut CopyRow) -> Result<(), CopyFailure> {
        let bytes = self.buffer.get(line.clone()).unwrap_or_default();
        let split = match self.options.format {
            CopyFormat::Csv => fields::csv(bytes, &self.options, row),
            CopyFormat::Text | CopyFormat::Binary => fields::text(bytes, &self.options, row),
        };
        split.map_err(|report| self.failure(report, Some(line)))
    }

    fn check_header(&mut self, line: Range<usize>, row: &mut CopyRow) -> Result<(), CopyFailure> {
        row.clear(self.line);
        self.split(line, row)?;
        if row.fields.len() != self.columns.len() {
            let message = format!("wrong number of fields in header line: got {}, expected {}", row.fields.len(), self.columns.len());
            return Err(self.failure(bad(message), None));
        }
        for (at, (field, column)) in row.fields.iter().zip(&self.columns).enumerate() {
            let got = match row.bytes(field) {
                Some(name) if name == column.name.as_bytes() => continue,
                Some(name) => format!("\"{}\"", String::from_utf8_lossy(name)),
                None => format!("null value (\"{}\")", self.options.null),
            };
            let message = format!("column name mismatch in header line field {}: got {got}, expected \"{}\"", at + 1, column.name);
            return Err(self.failure(bad(message), None));
        }
        Ok(())
    }

    fn failure(&self, report: Report, shown: Option<Range<usize>>) -> CopyFailure {
        let text = shown.and_then(|range| self.buffer.get(range));
        CopyFailure { report, place: place(self.line, None, text) }
    }
}

/// Where something went wrong, as `CopyFromErrorCallback` words it.
pub(super) fn place(line: u64, column: Option<&str>, text: Option<&[u8]>) -> String {
    let mut place = format!("line {line}");
    if let Some(column) = column {
        place.push_str(&format!(", column {column}"));
    }
    if let Some(text) = text {
        let shown = String::from_utf8_lossy(text.get(..SHOWN).unwrap_or(text));
        place.push_str(&format!(
            ": \"{}{}\"",
            shown.trim_end_matches(['\r', '\n', '\u{fffd}']),
            if text.len() > SHOWN { "..." } else { "" }
        ));
    }
    place
}

fn bad(message: impl Into<std::borrow::Cow<'static, str>>) -> Report {
    Report::new(SqlState::BAD_COPY_FILE_FORMAT, message)
}

/// The complaint about bytes that aren't text, `report_invalid_encoding`'s.
fn not_utf8(bytes: &[u8]) -> Option<Report> {
    let wrong = match std::str::from_utf8(bytes) {
        Ok(_) => memchr::memchr(0, bytes).map(|at| at..at + 1)?,
        Err(error) => {
            let start = error.valid_up_to();
            start..start + error.error_len().unwrap_or(bytes.len() - start)
        }
    };
    let shown = bytes.get(wrong).unwrap_or_default().iter().map(|byte| format!(" {byte:#04x}")).collect::<String>();
    Some(Report::new(SqlState::CHARACTER_NOT_IN_REPERTOIRE, format!("invalid byte sequence for encoding \"UTF8\":{shown}")))
}

#[cfg(test)]
#[path = "decode/tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests;
