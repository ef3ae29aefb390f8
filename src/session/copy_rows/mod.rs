//! COPY into a table with row security.
//!
//! PostgreSQL refuses COPY FROM where row policies count, so the proxy speaks COPY with the client and INSERT with the server: [`decode`]
//! makes rows of the client's bytes, and each becomes a Bind of one prepared INSERT, whose text the gate has checked as it checks any
//! other. All of them stand in one batch and so in one transaction: the server takes all rows or none.
//!
//! Nothing here reads or writes a socket. What is on its way to the server is bounded ([`WINDOW_ROWS`], [`WINDOW_BYTES`]): beyond it
//! the replies come first.

pub mod decode;
mod target;

use std::collections::VecDeque;

pub use target::Target;

use crate::{
    error::{Report, Severity, SqlState},
    sql::copy_from::{CopyFormat, CopyFrom},
    wire::{
        synthetic,
        tag::{client, server},
    },
};
use decode::{CopyField, CopyRow, Decoder};

/// Rows that may be on their way to the server.
pub const WINDOW_ROWS: usize = 1_024;
/// Their bytes.
pub const WINDOW_BYTES: usize = 256 << 10;

/// Sent where the rows must not stay: an error, so that the server undoes them, whatever transaction they are in.
const UNDO: &[u8] = b"COPY from stdin failed";

/// What the gate made of an INSERT.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checked {
    /// The text to send.
    pub text: Box<str>,
    /// The value of the parameter that the gate has appended, if it has.
    pub appended: Option<Box<[u8]>>,
}

/// What it needs next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Need {
    /// The gate's word on this statement: see [`CopyRows::checked`].
    Check(String),
    /// More of the client's bytes, or that it says there are no more.
    Data,
    /// The server's replies to what was written.
    Replies,
    /// The end of the batch (Sync): everything is written.
    End,
}

/// A COPY under way.
pub struct CopyRows {
    target: Target,
    decoder: Decoder,
    binary: bool,
    /// A row that waits for its statement.
    pending: Option<CopyRow>,
    spare: CopyRow,
    statement: Option<Statement>,
    wanted: Option<Vec<bool>>,
    /// Lines and bytes of rows that the server hasn't answered.
    in_flight: VecDeque<(u64, usize)>,
    bytes_in_flight: usize,
    rows: u64,
    prepared: bool,
    input: Input,
    failure: Option<Failure>,
    /// The server has refused something: it skips the rest of the batch.
    stopped: bool,
}

/// What the server has for the rows.
struct Statement {
    /// Which columns it has DEFAULT for.
    defaults: Vec<bool>,
    /// The value of its last parameter, where the gate has appended one.
    appended: Option<Box<[u8]>>,
}

/// How far the client's data is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Input {
    Open,
    /// All is there.
    Done,
    /// All is written.
    Written,
}

/// Why the COPY fails, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// What is wrong; of a server's error, see [`Failure::fields`].
    pub report: Report,
    /// The whole body of the server's ErrorResponse, where it was the server's.
    pub fields: Option<Vec<u8>>,
    /// `COPY orders, line 3`; none where it is about no row.
    pub context: Option<String>,
}

impl CopyRows {
    /// Begins a COPY into that table; `end_in_csv` as in [`Decoder::new`].
    pub fn new(copy: CopyFrom, target: Target, end_in_csv: bool) -> CopyRows {
        let binary = copy.options.format == CopyFormat::Binary;
        CopyRows {
            decoder: Decoder::new(target.columns(), copy.options, end_in_csv),
            target,
            binary,
            pending: None,
            spare: CopyRow::default(),
            statement: None,
            wanted: None,
            in_flight: VecDeque::new(),
            bytes_in_flight: 0,
            rows: 0,
            prepared: false,
            input: Input::Open,
            failure: None,
            stopped: false,
        }
    }

    /// The same, whose rows take so much at most.
    #[must_use]
    pub fn of_at_most(mut self, bytes: usize) -> CopyRows {
        self.decoder.limit(bytes);
        self
    }

    /// What it holds of the client's data.
    pub fn heap_bytes(&self) -> usize {
        self.decoder.heap_bytes()
    }

    /// Says to the client that its data may come: CopyInResponse (B).
    pub fn greet(&self, out: &mut Vec<u8>) {
        let code = u8::from(self.binary);
        synthetic::frame(out, server::COPY_IN, |out| {
            let count = self.target.len();
            out.push(code);
            out.extend_from_slice(&(count as u16).to_be_bytes());
            for _ in 0..count {
                out.extend_from_slice(&[0, code]);
            }
        });
    }

    /// Takes a CopyData's body.
    pub fn data(&mut self, bytes: &[u8]) {
        if self.failure.is_none() && self.input == Input::Open {
            self.decoder.push(bytes);
        }
    }

    /// The client has no more: CopyDone.
    pub fn done(&mut self) {
        if self.input == Input::Open {
            self.decoder.finish();
            self.input = Input::Done;
        }
    }

    /// The client gives up: CopyFail, with its words.
    pub fn give_up(&mut self, words: &str) {
        let report = Report::new(SqlState::QUERY_CANCELED, format!("COPY from stdin failed: {words}"));
        let line = self.in_flight.back().map_or(0, |(line, _)| *line) + 1;
        self.fail(report, &format!("line {line}"));
        self.done();
    }

    /// The gate's word on the statement of [`Need::Check`].
    pub fn checked(&mut self, checked: Result<Checked, Report>, out: &mut Vec<u8>) {
        let Some(defaults) = self.wanted.take() else { return };
        match checked {
            Ok(Checked { text, appended }) => {
                synthetic::parse(out, b"", text.as_bytes(), &[0, 0]);
                self.statement = Some(Statement { defaults, appended });
            }
            Err(report) => match &self.pending {
                Some(row) => self.fail(report, &format!("line {}", row.line)),
                None => self.failure = Some(Failure { report, fields: None, context: None }),
            },
        }
    }

    /// Writes as many rows as are there and may be on their way.
    pub fn write(&mut self, out: &mut Vec<u8>) -> Need {
        loop {
            if self.input == Input::Written {
                return Need::End;
            }
            if self.failure.is_some() {
                return self.undo(out);
            }
            if self.statement.is_none() {
                let defaults = vec![false; self.target.len()];
                let text = self.target.insert(&defaults);
                self.wanted = Some(defaults);
                return Need::Check(text);
            }
            if self.in_flight.len() >= WINDOW_ROWS || self.bytes_in_flight >= WINDOW_BYTES {
                synthetic::empty(out, client::FLUSH);
                return Need::Replies;
            }
            let row = match self.next_row() {
                Ok(Some(row)) => row,
                Ok(None) if self.input == Input::Open => return Need::Data,
                Ok(None) => {
                    self.input = Input::Written;
                    continue;
                }
                Err(failure) => {
                    self.fail(failure.report, &failure.place);
                    continue;
                }
            };
            if let Some(need) = self.need_statement(&row) {
                self.pending = Some(row);
                return need;
            }
            self.bind(&row, out);
            self.spare = row;
        }
    }

    /// Takes a reply of the server's; whether it was one to this COPY. The others (notices, settings) are the client's.
    pub fn reply(&mut self, tag: u8, body: &[u8]) -> bool {
        match tag {
            server::PARSE_COMPLETE => self.prepared = true,
            server::BIND_COMPLETE => {}
            server::COMMAND_COMPLETE => {
                if let Some((_, bytes)) = self.in_flight.pop_front() {
                    self.bytes_in_flight = self.bytes_in_flight.saturating_sub(bytes);
                    self.rows += inserted(body);
                }
            }
            server::ERROR => {
                self.stopped = true;
                self.refused(body);
            }
            _ => return false,
        }
        true
    }

    /// Whether the server has taken the statement, so that it would take rows: the client is greeted then, and not before, as a COPY
    /// that isn't allowed at all fails without asking for data.
    pub fn is_prepared(&self) -> bool {
        self.prepared
    }

    /// Whether it is known how it went, so that the client can be told. What it still sends is passed over.
    pub fn is_settled(&self) -> bool {
        let by_server = self.failure.as_ref().is_some_and(|failure| failure.fields.is_some());
        by_server || self.input == Input::Written && self.in_flight.is_empty()
    }

    /// Whether the server owes nothing more of it, so that a batch can go on behind it. [`Failure`] or not, see [`CopyRows::failure`].
    pub fn is_over(&self) -> bool {
        self.stopped || self.input == Input::Written && self.in_flight.is_empty() && self.failure.is_none()
    }

    /// Why it fails. A row's error may still come before it, as long as it isn't settled.
    pub fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// Tells the client how it went, but for ReadyForQuery.
    pub fn conclude(&self, out: &mut Vec<u8>) {
        match &self.failure {
            None => synthetic::command_complete(out, &format!("COPY {}", self.rows)),
            Some(failure) => failure.write(out),
        }
    }

    fn next_row(&mut self) -> Result<Option<CopyRow>, decode::CopyFailure> {
        if let Some(row) = self.pending.take() {
            return Ok(Some(row));
        }
        let mut row = std::mem::take(&mut self.spare);
        match self.decoder.next(&mut row)? {
            true => Ok(Some(row)),
            false => {
                self.spare = row;
                Ok(None)
            }
        }
    }

    /// A row with defaults in other places than the last one's needs another statement.
    fn need_statement(&mut self, row: &CopyRow) -> Option<Need> {
        let is_default = |field: &CopyField| *field == CopyField::Default;
        let fits = |defaults: &[bool]| defaults.iter().copied().eq(row.fields.iter().map(is_default));
        if self.statement.as_ref().is_some_and(|statement| fits(&statement.defaults)) {
            return None;
        }
        let defaults: Vec<bool> = row.fields.iter().map(is_default).collect();
        let text = self.target.insert(&defaults);
        self.wanted = Some(defaults);
        Some(Need::Check(text))
    }

    /// Bind and Execute (F) of a row.
    fn bind(&mut self, row: &CopyRow, out: &mut Vec<u8>) {
        let start = out.len();
        let appended = self.statement.as_ref().and_then(|statement| statement.appended.as_deref());
        let given = row.fields.iter().filter(|field| **field != CopyField::Default);
        let count = given.clone().count();
        synthetic::frame(out, client::BIND, |out| {
            out.extend_from_slice(&[0, 0]);
            if self.binary {
                out.extend_from_slice(&((count + usize::from(appended.is_some())) as u16).to_be_bytes());
                (0..count).for_each(|_| out.extend_from_slice(&[0, 1]));
                appended.iter().for_each(|_| out.extend_from_slice(&[0, 0]));
            } else {
                out.extend_from_slice(&[0, 0]);
            }
            out.extend_from_slice(&((count + usize::from(appended.is_some())) as u16).to_be_bytes());
            for value in given.map(|field| row.bytes(field)).chain(appended.map(Some)) {
                match value {
                    None => out.extend_from_slice(&(-1_i32).to_be_bytes()),
                    Some(value) => {
                        out.extend_from_slice(&(value.len() as u32).to_be_bytes());
                        out.extend_from_slice(value);
                    }
                }
            }
            out.extend_from_slice(&[0, 0]);
        });
        synthetic::frame(out, client::EXECUTE, |out| out.extend_from_slice(&[0; 5]));
        let bytes = out.len() - start;
        self.in_flight.push_back((row.line, bytes));
        self.bytes_in_flight += bytes;
    }

    fn fail(&mut self, report: Report, place: &str) {
        if self.failure.is_none() {
            let context = Some(format!("COPY {}, {place}", self.target.name()));
            self.failure = Some(Failure { report, fields: None, context });
        }
    }

    /// Has the server undo what it has. Where it was the server that failed, it has done so.
    fn undo(&mut self, out: &mut Vec<u8>) -> Need {
        if self.input != Input::Written {
            if self.failure.as_ref().is_some_and(|failure| failure.fields.is_none()) {
                synthetic::parse(out, b"", UNDO, &[0, 0]);
            }
            self.input = Input::Written;
        }
        Need::End
    }

    /// The server's error: the first row that it hasn't answered is the one, and comes before what was found out in later ones. Without
    /// such a row it is what was asked for by [`UNDO`], or about the statement.
    fn refused(&mut self, body: &[u8]) {
        let line = self.in_flight.front().filter(|_| self.prepared).map(|(line, _)| *line);
        if self.failure.is_some() && line.is_none() {
            return;
        }
        self.in_flight.clear();
        let context = line.map(|line| format!("COPY {}, line {line}", self.target.name()));
        let report = Report::new(SqlState::INTERNAL_ERROR, "the server refused a row");
        self.failure = Some(Failure { report, fields: Some(body.to_vec()), context });
    }
}

impl Failure {
    /// ErrorResponse (B) with the place as its context. Of a server's error, positions and contexts are of a text that the client never
    /// sent: they are left out.
    pub fn write(&self, out: &mut Vec<u8>) {
        let Some(fields) = &self.fields else {
            let start = out.len();
            synthetic::error(out, Severity::Error, &self.report);
            let mut body = out.split_off(start).split_off(5);
            body.pop();
            return self.frame(&body, out);
        };
        let kept = fields.split(|byte| *byte == 0).filter(|field| !matches!(field.first(), None | Some(b'P' | b'p' | b'q' | b'W')));
        let mut body = Vec::with_capacity(fields.len());
        for field in kept {
            body.extend_from_slice(field);
            body.push(0);
        }
        self.frame(&body, out);
    }

    fn frame(&self, body: &[u8], out: &mut Vec<u8>) {
        synthetic::frame(out, server::ERROR, |out| {
            out.extend_from_slice(body);
            if let Some(context) = &self.context {
                out.push(b'W');
                out.extend_from_slice(context.as_bytes());
                out.push(0);
            }
            out.push(0);
        });
    }
}

/// How many rows a command's tag counts: a trigger may have let none pass.
fn inserted(body: &[u8]) -> u64 {
    let tag = body.strip_suffix(&[0]).unwrap_or(body);
    let count = std::str::from_utf8(tag).ok().and_then(|tag| tag.rsplit(' ').next()).and_then(|count| count.parse().ok());
    count.unwrap_or(0)
}

#[cfg(test)]
mod tests;
