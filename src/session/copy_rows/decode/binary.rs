//! PostgreSQL's own bytes: a header, rows that count their values, a trailer.

use crate::error::{Report, SqlState};

use super::{CopyFailure, CopyField, CopyRow, Decoder, MAX_ROW, bad, place};

const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";
/// Flags that a reader must understand.
const CRITICAL: u32 = 0xffff_0000;
/// Rows with oids, as before PostgreSQL 12.
const OIDS: u32 = 1 << 16;

/// Whether the header was read.
#[derive(Default)]
pub(super) struct State {
    header_done: bool,
}

/// What can be read at a place, or how many bytes are missing.
enum Part<T> {
    There(T),
    More,
}

impl Decoder {
    pub(super) fn next_binary(&mut self, row: &mut CopyRow) -> Result<bool, CopyFailure> {
        let failure = |line: u64, report: Report| CopyFailure { report, place: place(line, None, None) };
        if self.ended {
            return match self.waiting() {
                0 => Ok(false),
                _ => Err(failure(self.line, bad("received copy data after EOF marker"))),
            };
        }
        if !self.binary.header_done {
            match header(self.buffer.get(self.start..).unwrap_or_default()).map_err(|report| failure(1, report))? {
                Part::There(length) => {
                    self.start += length;
                    self.binary.header_done = true;
                }
                Part::More if self.at_end => return Err(failure(1, bad("COPY file signature not recognized"))),
                Part::More => return Ok(false),
            }
        }
        if self.at_end && self.waiting() == 0 {
            return Ok(false);
        }
        let rest = self.buffer.get(self.start..).unwrap_or_default();
        match tuple(rest, self.columns.len(), row).map_err(|report| failure(self.line + 1, report))? {
            Part::There(Some(length)) => {
                self.start += length;
                self.line += 1;
                row.line = self.line;
                Ok(true)
            }
            Part::There(None) => {
                self.start += 2;
                self.ended = true;
                self.next_binary(row)
            }
            Part::More if self.at_end => Err(failure(self.line + 1, bad("unexpected EOF in COPY data"))),
            Part::More if self.waiting() > self.longest => {
                let message = format!("a row of COPY is longer than {} bytes", self.longest);
                Err(failure(self.line + 1, Report::new(SqlState::PROGRAM_LIMIT_EXCEEDED, message)))
            }
            Part::More => Ok(false),
        }
    }
}

/// The header's length.
fn header(bytes: &[u8]) -> Result<Part<usize>, Report> {
    let compared = bytes.len().min(SIGNATURE.len());
    if bytes.get(..compared) != SIGNATURE.get(..compared) {
        return Err(bad("COPY file signature not recognized"));
    }
    let (Some(flags), Some(extension)) = (number(bytes, SIGNATURE.len()), number(bytes, SIGNATURE.len() + 4)) else {
        return Ok(Part::More);
    };
    if flags & OIDS != 0 {
        return Err(bad("invalid COPY file header (WITH OIDS)"));
    }
    if flags & CRITICAL != 0 {
        return Err(bad("unrecognized critical flags in COPY file header"));
    }
    let Some(extension) = usize::try_from(extension.cast_signed()).ok().filter(|length| *length <= MAX_ROW) else {
        return Err(bad("invalid COPY file header (wrong length)"));
    };
    let length = SIGNATURE.len() + 8 + extension;
    Ok(if bytes.len() >= length { Part::There(length) } else { Part::More })
}

/// A row's length, read into `row`; `None` for the trailer.
fn tuple(bytes: &[u8], columns: usize, row: &mut CopyRow) -> Result<Part<Option<usize>>, Report> {
    row.clear(0);
    let Some(count) = bytes.first_chunk::<2>() else { return Ok(Part::More) };
    let count = i16::from_be_bytes(*count);
    if count == -1 {
        return Ok(Part::There(None));
    }
    if usize::try_from(count) != Ok(columns) {
        return Err(bad(format!("row field count is {count}, expected {columns}")));
    }
    let mut at = 2;
    for _ in 0..columns {
        let Some(length) = number(bytes, at) else { return Ok(Part::More) };
        at += 4;
        match length.cast_signed() {
            -1 => row.fields.push(CopyField::Null),
            ..-1 => return Err(bad("invalid field size")),
            length => {
                let end = at + length.unsigned_abs() as usize;
                let Some(value) = bytes.get(at..end) else { return Ok(Part::More) };
                row.push(value);
                at = end;
            }
        }
    }
    Ok(Part::There(Some(at)))
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk::<4>().map(|four| u32::from_be_bytes(*four))
}
