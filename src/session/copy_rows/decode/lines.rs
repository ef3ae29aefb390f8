//! Where lines end. The first line's ending is everybody's.

use crate::{
    error::Report,
    sql::copy_from::{CopyFormat, CopyOptions},
};

use super::bad;

/// How lines end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Unknown,
    Newline,
    Return,
    Both,
}

/// What comes next.
pub(super) enum Found {
    /// It depends on more bytes.
    More,
    /// A line: what ends it isn't part of it.
    Line { end: usize, next: usize },
    /// Nothing.
    End,
}

/// Finds lines. What was looked at once isn't looked at again when more bytes come.
pub(super) struct Lines {
    csv: bool,
    /// Whether `\.` on a line of its own is the end.
    marks_end: bool,
    quote: u8,
    escape: u8,
    ending: Ending,
    /// How lines ended before the last one that was found.
    ending_before: Ending,
    /// Up to where the line that isn't complete yet was looked at.
    seen: usize,
    in_quote: bool,
    after_escape: bool,
}

impl Lines {
    pub(super) fn new(options: &CopyOptions, end_in_csv: bool) -> Lines {
        let csv = options.format == CopyFormat::Csv;
        Lines {
            csv,
            marks_end: !csv || end_in_csv,
            quote: options.quote,
            // A quote that is its own escape is just two of them.
            escape: if options.escape == options.quote { 0 } else { options.escape },
            ending: Ending::Unknown,
            ending_before: Ending::Unknown,
            seen: 0,
            in_quote: false,
            after_escape: false,
        }
    }

    /// So many bytes were taken from the buffer's beginning.
    pub(super) fn shift(&mut self, by: usize) {
        self.seen = self.seen.saturating_sub(by);
    }

    /// How many more lines a row of CSV takes: its values may have line breaks. Counted as PostgreSQL does, which in the first row doesn't
    /// know yet what they are.
    pub(super) fn breaks_in(&self, row: &[u8]) -> usize {
        let byte = if self.ending_before == Ending::Newline { b'\n' } else { b'\r' };
        if self.csv { memchr::memchr_iter(byte, row).count() } else { 0 }
    }

    /// The line that begins at `start`.
    pub(super) fn next(&mut self, buffer: &[u8], start: usize, at_end: bool) -> Result<Found, Report> {
        let mut at = self.seen.max(start);
        self.ending_before = self.ending;
        let found = loop {
            self.seen = at;
            let Some(offset) = buffer.get(at..).and_then(|rest| self.stop(rest)) else {
                self.seen = buffer.len();
                break if !at_end {
                    Found::More
                } else if start < buffer.len() {
                    Found::Line { end: buffer.len(), next: buffer.len() }
                } else {
                    Found::End
                };
            };
            at += offset;
            self.seen = at;
            match buffer.get(at) {
                Some(b'\n') => {
                    self.newline()?;
                    break Found::Line { end: at, next: at + 1 };
                }
                Some(b'\r') => match self.carriage_return(buffer.get(at + 1).copied(), at_end)? {
                    Some(next) => break Found::Line { end: at, next: at + next },
                    None => break Found::More,
                },
                // A backslash: of text, or the first of a line of CSV.
                _ => match self.backslash(buffer, start, at, at_end)? {
                    Backslash::More => break Found::More,
                    Backslash::End => return Ok(Found::End),
                    Backslash::Skip(by) => at += by,
                },
            }
        };
        if let Found::Line { next, .. } = found {
            (self.seen, self.in_quote, self.after_escape) = (next, false, false);
        }
        Ok(found)
    }

    /// The next byte that may mean something; quotes are followed on the way.
    fn stop(&mut self, rest: &[u8]) -> Option<usize> {
        if !self.csv {
            return memchr::memchr3(b'\n', b'\r', b'\\', rest);
        }
        for (at, &byte) in rest.iter().enumerate() {
            let stops = matches!(byte, b'\n' | b'\r') || byte == b'\\' && self.marks_end && self.quote != b'\\';
            if stops && !self.in_quote {
                return Some(at);
            }
            if self.in_quote && byte == self.escape {
                self.after_escape = !self.after_escape;
            }
            if byte == self.quote && !self.after_escape {
                self.in_quote = !self.in_quote;
            }
            if byte != self.escape {
                self.after_escape = false;
            }
        }
        None
    }

    fn newline(&mut self) -> Result<(), Report> {
        if matches!(self.ending, Ending::Return | Ending::Both) {
            return Err(match self.csv {
                false => bad("literal newline found in data").with_hint("Use \"\\n\" to represent newline."),
                true => bad("unquoted newline found in data").with_hint("Use quoted CSV field to represent newline."),
            });
        }
        self.ending = Ending::Newline;
        Ok(())
    }

    /// How many bytes end the line; `None` where the next one decides.
    fn carriage_return(&mut self, next: Option<u8>, at_end: bool) -> Result<Option<usize>, Report> {
        let unfit = match (self.ending, next) {
            (Ending::Unknown | Ending::Both, Some(b'\n')) => {
                self.ending = Ending::Both;
                return Ok(Some(2));
            }
            (Ending::Unknown | Ending::Both, None) if !at_end => return Ok(None),
            (ending, _) => matches!(ending, Ending::Both | Ending::Newline),
        };
        if unfit {
            return Err(match self.csv {
                false => bad("literal carriage return found in data").with_hint("Use \"\\r\" to represent carriage return."),
                true => bad("unquoted carriage return found in data").with_hint("Use quoted CSV field to represent carriage return."),
            });
        }
        self.ending = Ending::Return;
        Ok(Some(1))
    }

    fn backslash(&self, buffer: &[u8], start: usize, at: usize, at_end: bool) -> Result<Backslash, Report> {
        if self.csv && at != start {
            return Ok(Backslash::Skip(1));
        }
        match buffer.get(at + 1) {
            None if at_end => return Ok(Backslash::Skip(1)),
            None => return Ok(Backslash::More),
            Some(b'.') if self.marks_end => {}
            // What a backslash takes the meaning from is no ending. In CSV it takes none.
            Some(_) => return Ok(Backslash::Skip(if self.csv { 1 } else { 2 })),
        }
        let rest = buffer.get(at + 2..).unwrap_or_default();
        let (fits, decided) = match (self.ending, rest) {
            (_, []) => (at_end, at_end),
            (Ending::Both, [b'\r']) => (at_end, at_end),
            (Ending::Both, [b'\r', b'\n', ..]) | (Ending::Newline, [b'\n', ..]) | (Ending::Return, [b'\r', ..]) => (true, true),
            (Ending::Unknown, [b'\r' | b'\n', ..]) => (true, true),
            _ => (false, true),
        };
        match (decided, fits, at == start) {
            (false, ..) => Ok(Backslash::More),
            (true, true, true) => Ok(Backslash::End),
            _ if self.csv => Ok(Backslash::Skip(1)),
            (_, false, true) if matches!(rest.first(), Some(b'\r' | b'\n')) => {
                Err(bad("end-of-copy marker does not match previous newline style"))
            }
            _ => Err(bad("end-of-copy marker is not alone on its line")),
        }
    }
}

/// What a backslash is.
enum Backslash {
    /// It depends on more bytes.
    More,
    /// The end of all rows.
    End,
    /// Part of a value, with so many bytes.
    Skip(usize),
}
