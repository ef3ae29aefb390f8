//! What a server connection answers: each frame is held against what is owed, and passed on, replaced or swallowed.

use super::{
    super::{ledger::Owed, pin::Pin},
    Conversation, CopyIn, Fatal, ServerEvent,
};
use crate::{
    backend::{Carried, statements::NAME_PREFIX},
    error::{Severity, SqlState},
    wire::{
        Header, caps,
        frame::HEADER_LEN,
        messages::{ErrorFields, TransactionStatus, parameter_status},
        synthetic,
        tag::server,
    },
};

/// Where the client's bytes are put together: runs of the server's bytes as they came, and our own in between.
/// The last run isn't copied, so that a whole read can be written from where it lies.
pub struct Sink<'a> {
    out: &'a mut Vec<u8>,
    input: &'a [u8],
    run: std::ops::Range<usize>,
}

impl<'a> Sink<'a> {
    /// Appends to `out`, taking from `input`.
    pub fn new(out: &'a mut Vec<u8>, input: &'a [u8]) -> Self {
        Sink { out, input, run: 0..0 }
    }

    #[inline]
    fn forward(&mut self, from: usize, to: usize) {
        if self.run.end == from {
            self.run.end = to;
        } else {
            self.copy_run();
            self.run = from..to;
        }
    }

    fn copy_run(&mut self) {
        self.out.extend_from_slice(&self.input[self.run.clone()]);
        self.run = self.run.end..self.run.end;
    }

    /// Our own bytes, behind what was forwarded so far.
    fn own(&mut self) -> &mut Vec<u8> {
        self.copy_run();
        self.out
    }

    /// Drops everything that isn't written yet.
    fn drop_all(&mut self) {
        self.run = self.run.end..self.run.end;
        self.out.clear();
    }

    /// The run of `input` that is left: it follows what is in `out`.
    pub fn finish(self) -> std::ops::Range<usize> {
        self.run
    }
}

/// What a frame means for the client.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Forward,
    Swallow,
}

impl Conversation {
    /// Works through a server connection's bytes. Bytes that are done with (the rest is an unfinished frame), and what it came to.
    ///
    /// # Errors
    /// [`Fatal::Server`]: the connection sent what nobody asked for; both sides must be closed.
    pub fn on_server(&mut self, input: &[u8], carried: &mut Carried, sink: &mut Sink<'_>) -> Result<(usize, ServerEvent), Fatal> {
        let mut at = 0;
        self.pay_synthetic(sink);
        while at < input.len() {
            if self.server_rest.0 > 0 {
                let here = self.server_rest.0.min(input.len() - at);
                if self.server_rest.1 {
                    sink.forward(at, at + here);
                }
                self.server_rest.0 -= here;
                at += here;
                continue;
            }
            let Some(header) = Header::read(&input[at..]) else { break };
            if header.length < 4 {
                return Err(Fatal::Server(header.tag));
            }
            let end = at + header.frame_len();
            if end > input.len() && !may_stream(header) {
                // No such message is that long: these are no frames, and nothing is worth waiting for.
                if header.length > caps::CONTROL {
                    return Err(Fatal::Server(header.tag));
                }
                break;
            }
            let body = &input[at + HEADER_LEN..end.min(input.len())];
            let fate = self.reply(header.tag, body, carried, sink)?;
            let here = end.min(input.len());
            if fate == Fate::Forward {
                sink.forward(at, here);
            }
            if end > here {
                self.server_rest = (end - here, fate == Fate::Forward);
            }
            at = here;
            self.pay_synthetic(sink);
            if header.tag == server::READY && self.replay.is_taken_up() && self.ledger.is_empty() {
                return Ok((at, ServerEvent::Replay));
            }
        }
        Ok((at, ServerEvent::None))
    }

    fn reply(&mut self, tag: u8, body: &[u8], carried: &mut Carried, sink: &mut Sink<'_>) -> Result<Fate, Fatal> {
        match tag {
            server::NOTICE | server::NOTIFICATION => Ok(self.fate_of_asynchronous()),
            server::PARAMETER_STATUS => {
                let fate = self.fate_of_asynchronous();
                if let (Fate::Forward, Some((name, value))) = (fate, parameter_status(body)) {
                    self.settings.reported(&mut carried.settings, name, value);
                }
                Ok(fate)
            }
            server::ERROR => self.error(body, carried, sink),
            server::READY => self.ready(body),
            tag => self.part(tag, body),
        }
    }

    fn fate_of_asynchronous(&self) -> Fate {
        if self.replay.is_taken_up() || matches!(self.ledger.front(), Some(Owed::ApplySettings | Owed::ReadSettings)) {
            Fate::Swallow
        } else {
            Fate::Forward
        }
    }

    /// A frame of the reply that is due.
    #[inline]
    fn part(&mut self, tag: u8, body: &[u8]) -> Result<Fate, Fatal> {
        let Some(due) = self.ledger.front() else { return Err(Fatal::Server(tag)) };
        if !due.accepts(tag) {
            return Err(Fatal::Server(tag));
        }
        let fate = if due.is_visible() { Fate::Forward } else { Fate::Swallow };
        match tag {
            server::DATA_ROW => {
                if matches!(due, Owed::ReadSettings)
                    && let Some((name, value)) = two_columns(body)
                {
                    self.settings.answer(name, value);
                }
                return Ok(fate);
            }
            server::COPY_IN => {
                self.copy_in = CopyIn::Running;
                self.replay.stop();
                if !self.ledger.ignore_syncs_behind_copy() {
                    return Err(Fatal::OutOfPlace("messages were sent behind a COPY FROM STDIN before its data"));
                }
                return Ok(fate);
            }
            server::COMMAND_COMPLETE => self.command_complete(body),
            _ => {}
        }
        if self.ledger.front().is_some_and(|due| due.is_completed_by(tag)) {
            self.ledger.pop();
        }
        Ok(fate)
    }

    fn command_complete(&mut self, body: &[u8]) {
        if self.settings.is_in_doubt() && self.ledger.front().is_some_and(Owed::is_visible) {
            self.settings.command_complete(body);
        }
        if self.discarding && body.starts_with(b"DISCARD ALL") {
            self.discarding = false;
            if matches!(&self.pin, Some(pin @ Pin::State(_)) if pin.is_discardable()) {
                self.pin = None;
            }
        }
    }

    fn ready(&mut self, body: &[u8]) -> Result<Fate, Fatal> {
        let status = TransactionStatus::read(body).map_err(|_| Fatal::Server(server::READY))?;
        let due = self.ledger.pop().ok_or(Fatal::Server(server::READY))?;
        if !due.accepts(server::READY) {
            return Err(Fatal::Server(server::READY));
        }
        self.status = status;
        self.copy_in = CopyIn::None;
        if status == TransactionStatus::Idle {
            self.names.forget_portals();
        }
        if self.replay.is_taken_up() {
            return Ok(Fate::Swallow);
        }
        if self.ledger.is_empty() {
            self.replay.finish();
        }
        Ok(if due.is_visible() { Fate::Forward } else { Fate::Swallow })
    }

    fn error(&mut self, body: &[u8], carried: &mut Carried, sink: &mut Sink<'_>) -> Result<Fate, Fatal> {
        self.copy_in = CopyIn::None;
        let fields = ErrorFields::read(body);
        if fields.severity == b"FATAL" || fields.severity == b"PANIC" {
            self.server_said_goodbye = true;
            return Ok(Fate::Forward);
        }
        let Some(due) = self.ledger.front() else { return Err(Fatal::Server(server::ERROR)) };
        if !due.is_extended() {
            let refused = match due {
                Owed::RefusedQuery(report) => Some(report.clone()),
                Owed::ApplySettings => {
                    tracing::warn!(code = %String::from_utf8_lossy(fields.code), "a server refused settings of its session");
                    None
                }
                _ => None,
            };
            let visible = due.is_visible();
            if let Some(report) = refused {
                synthetic::error(sink.own(), Severity::Error, &report);
                return Ok(Fate::Swallow);
            }
            return Ok(if visible { Fate::Forward } else { Fate::Swallow });
        }
        self.batch_error(&fields, carried, sink)
    }

    /// An error in a batch: the server skips to the next Sync, and so does the ledger.
    fn batch_error(&mut self, fields: &ErrorFields<'_>, carried: &mut Carried, sink: &mut Sink<'_>) -> Result<Fate, Fatal> {
        let stale = is_stale_statement(fields);
        if stale {
            if let Some(Owed::Bind { statement } | Owed::Parse { statement, .. }) = self.ledger.front() {
                carried.statements.remove(statement);
            }
            self.forget_statements = true;
        }
        let heal = stale && self.replay.is_possible() && self.status == TransactionStatus::Idle && self.ledger.syncs() == 1;
        let refused = match self.ledger.front() {
            Some(Owed::Refusal(report)) => Some(report.clone()),
            _ => None,
        };
        let names = &mut self.names;
        let synced = self.ledger.skip_to_sync(|owed| {
            if let Owed::Parse { statement, .. } = &owed {
                carried.statements.remove(statement);
            }
            names.undo(owed);
        });
        if !synced {
            self.skipping = true;
            self.unsynced = true;
        }
        let hidden = matches!(self.ledger.front(), Some(Owed::Sync { visible: false }));
        if heal && self.ledger.len() == 1 && !hidden {
            self.replay.take_up();
            sink.drop_all();
            return Ok(Fate::Swallow);
        }
        if let Some(report) = refused {
            synthetic::error(sink.own(), Severity::Error, &report);
            return Ok(Fate::Swallow);
        }
        Ok(if hidden { Fate::Swallow } else { Fate::Forward })
    }

    /// Our own bytes that are due.
    #[inline]
    fn pay_synthetic(&mut self, sink: &mut Sink<'_>) {
        while let Some(Owed::Synthetic { .. }) = self.ledger.front() {
            if let Some(Owed::Synthetic { bytes, .. }) = self.ledger.pop() {
                sink.own().extend_from_slice(&bytes);
            }
        }
    }
}

/// Whether a frame may pass before it is all there: what carries data, and what isn't read beyond a size.
#[inline]
fn may_stream(header: Header) -> bool {
    match header.tag {
        server::DATA_ROW | server::COPY_DATA => true,
        server::ERROR | server::NOTICE | server::NOTIFICATION | server::ROW_DESCRIPTION | server::PARAMETER_DESCRIPTION => {
            header.length > caps::CONTROL
        }
        _ => false,
    }
}

/// Whether an error says that a statement which the connection was believed to hold can't be used: its table changed
/// (`RevalidateCachedQuery` in `src/backend/utils/cache/plancache.c`), it is gone, or another has its name.
fn is_stale_statement(fields: &ErrorFields<'_>) -> bool {
    match fields.sql_state() {
        Some(SqlState::FEATURE_NOT_SUPPORTED) => fields.routine == b"RevalidateCachedQuery",
        Some(SqlState::INVALID_STATEMENT_NAME | SqlState::DUPLICATE_STATEMENT) => {
            memchr::memmem::find(fields.message, NAME_PREFIX.as_bytes()).is_some()
        }
        _ => false,
    }
}

/// Name and value of a row of two text columns; `None` where one is NULL.
fn two_columns(body: &[u8]) -> Option<(&str, &str)> {
    let (count, rest) = body.split_first_chunk::<2>()?;
    if *count != [0, 2] {
        return None;
    }
    let column = |bytes: &'_ [u8]| -> Option<(usize, usize)> {
        let length = u32::from_be_bytes(*bytes.first_chunk::<4>()?);
        let end = 4usize.checked_add(usize::try_from(length).ok()?)?;
        (end <= bytes.len()).then_some((4, end))
    };
    let (from, to) = column(rest)?;
    let name = std::str::from_utf8(&rest[from..to]).ok()?;
    let rest = &rest[to..];
    let (from, to) = column(rest)?;
    Some((name, std::str::from_utf8(&rest[from..to]).ok()?))
}
