//! What a server connection answers: each frame is held against what is owed, and passed on, replaced or swallowed.

use super::{
    super::{
        ledger::{CopyEnds, Owed},
        pin::Pin,
    },
    Conversation, CopyIn, Fatal, ServerEvent,
    telling::{Positions, told},
};
use crate::{
    backend::Carried,
    wire::{
        Header, caps,
        frame::HEADER_LEN,
        messages::{TransactionStatus, parameter_status},
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
    pub(super) fn own(&mut self) -> &mut Vec<u8> {
        self.copy_run();
        self.out
    }

    /// Drops everything that isn't written yet.
    pub(super) fn drop_all(&mut self) {
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
pub(super) enum Fate {
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
            if end > input.len() && !self.may_stream(header)? {
                break;
            }
            // Before a server's part in a batch, not before the first bytes of it, which may tell that the batch must be sent again.
            self.pay_synthetic(sink);
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
            if header.tag == server::READY && self.replay.is_taken_up() && self.ledger.is_empty() {
                return Ok((at, ServerEvent::Replay));
            }
        }
        if self.server_rest.0 == 0 && self.ledger.is_own() {
            self.pay_synthetic(sink);
        }
        Ok((at, ServerEvent::None))
    }

    /// Whether a frame may pass before it is all there: what carries data, and what isn't read beyond a size. All else is held until it
    /// is complete, so it must be something that is due, and small.
    #[inline]
    fn may_stream(&self, header: Header) -> Result<bool, Fatal> {
        match header.tag {
            server::DATA_ROW if matches!(self.ledger.due_from_server(), Some(Owed::ReadSettings)) => {}
            server::DATA_ROW | server::COPY_DATA => return Ok(true),
            server::NOTICE | server::NOTIFICATION | server::PARAMETER_STATUS => return Ok(header.length > caps::CONTROL),
            server::ERROR | server::ROW_DESCRIPTION | server::PARAMETER_DESCRIPTION if header.length > caps::CONTROL => return Ok(true),
            server::ERROR => return Ok(false),
            server::READY if self.stray_readies > 0 => {}
            _ if self.ledger.due_from_server().is_some_and(|due| due.accepts(header.tag)) => {}
            tag => return Err(Fatal::Server(tag)),
        }
        if header.length <= caps::CONTROL { Ok(false) } else { Err(Fatal::Server(header.tag)) }
    }

    fn reply(&mut self, tag: u8, body: &[u8], carried: &mut Carried, sink: &mut Sink<'_>) -> Result<Fate, Fatal> {
        match tag {
            // Whatever made this connection listen, the client hasn't: what it hears comes over the tenant's listener.
            server::NOTIFICATION => Ok(Fate::Swallow),
            server::NOTICE => Ok(self.notice(body, sink)),
            server::PARAMETER_STATUS => {
                let fate = self.fate_of_asynchronous();
                if let (Fate::Forward, Some((name, value))) = (fate, parameter_status(body))
                    && let Some(own) = self.settings.reported(&mut carried.settings, name, value)
                {
                    synthetic::parameter_status(sink.own(), name, &own);
                    return Ok(Fate::Swallow);
                }
                Ok(fate)
            }
            server::ERROR => self.error(body, carried, sink),
            server::READY => {
                if matches!(self.ledger.front(), Some(Owed::CopyRows { in_batch: false })) {
                    self.conclude_copying(sink);
                }
                self.ready(body)
            }
            tag if self.ledger.awaits_context(tag) => {
                self.context_part(tag, &mut carried.statements);
                Ok(Fate::Swallow)
            }
            server::COMMAND_COMPLETE if self.is_own_command() => Ok(Fate::Swallow),
            tag => self.part(tag, body, sink),
        }
    }

    fn notice(&mut self, body: &[u8], sink: &mut Sink<'_>) -> Fate {
        let fate = self.fate_of_asynchronous();
        if self.is_farewell(body) {
            return Fate::Swallow;
        }
        if fate == Fate::Forward
            && let Some(told) = self.ledger.front().and_then(|due| told(body, Positions::of(due), &self.names))
        {
            synthetic::frame(sink.own(), server::NOTICE, |out| out.extend_from_slice(&told));
            return Fate::Swallow;
        }
        fate
    }

    fn fate_of_asynchronous(&self) -> Fate {
        let ours = matches!(self.ledger.front(), Some(Owed::ApplySettings | Owed::Begin | Owed::ReadSettings | Owed::Context { .. }));
        if self.replay.is_taken_up() || ours { Fate::Swallow } else { Fate::Forward }
    }

    /// A frame of the reply that is due.
    #[inline]
    fn part(&mut self, tag: u8, body: &[u8], sink: &mut Sink<'_>) -> Result<Fate, Fatal> {
        let Some(due) = self.ledger.front() else { return Err(Fatal::Server(tag)) };
        if !due.accepts(tag) {
            return Err(Fatal::Server(tag));
        }
        self.begun = true;
        if matches!(due, Owed::CopyRows { .. }) {
            self.copying_reply(tag, body, sink);
            return Ok(Fate::Swallow);
        }
        let mut fate = if due.is_visible() { Fate::Forward } else { Fate::Swallow };
        let (reads_settings, hides_last) = (matches!(due, Owed::ReadSettings), matches!(due, Owed::Describe { hides_last: true }));
        if self.is_beyond_rows()
            && let Some(dropped) = self.part_beyond(tag, sink.own())?
        {
            fate = dropped;
        }
        match tag {
            server::DATA_ROW if reads_settings => {
                if let Some((name, value)) = two_columns(body) {
                    self.settings.answer(name, value);
                }
                return Ok(fate);
            }
            server::DATA_ROW | server::COPY_DATA => return Ok(if fate == Fate::Forward { self.row() } else { fate }),
            server::COPY_IN => {
                self.replay.stop();
                let begins = self.ledger.begin_copy();
                self.ignored_syncs = begins.ignored;
                self.copy_in = match begins.end {
                    CopyEnds::Open => CopyIn::Running,
                    CopyEnds::Sent => CopyIn::None,
                    CopyEnds::OutOfPlace => return Err(Fatal::OutOfPlace("messages were sent behind a COPY FROM STDIN before its data")),
                };
                return Ok(fate);
            }
            server::PARAMETER_DESCRIPTION if hides_last => {
                let types = without_last(body).ok_or(Fatal::Server(tag))?;
                synthetic::frame(sink.own(), tag, |out| out.extend_from_slice(&types));
                return Ok(Fate::Swallow);
            }
            server::PORTAL_SUSPENDED if fate == Fate::Forward => self.tally.run(),
            server::EMPTY_QUERY => self.empty_query(fate),
            server::COMMAND_COMPLETE => {
                let own = self.command_complete(body, fate);
                self.rows_over();
                if let Some(own) = own.filter(|_| fate == Fate::Forward) {
                    synthetic::command_complete(sink.own(), own);
                    fate = Fate::Swallow;
                }
            }
            _ => {}
        }
        if self.ledger.front().is_some_and(|due| due.is_completed_by(tag))
            && let Some(done) = self.ledger.pop()
        {
            self.begun = false;
            if matches!(done, Owed::Execute { .. }) {
                // What ran before a stale statement may have had effects that no rollback undoes.
                self.replay.stop();
            }
            match &done {
                Owed::Parse { statement, .. } | Owed::Load { statement } => {
                    statement.accept();
                    self.deliveries.arrive(statement.id());
                }
                Owed::Execute { forgets: true, .. } => self.held_before = None,
                Owed::Clear { id } => self.deliveries.clear(*id),
                Owed::Evict { id } => self.deliveries.left(*id),
                _ => {}
            }
            self.replay.paid(done.into_undo());
        }
        Ok(fate)
    }

    fn empty_query(&mut self, fate: Fate) {
        self.ledger.see_fence();
        if fate == Fate::Forward {
            self.tally.run();
        }
    }

    /// A command has ended. The tag that the client gets in place of the server's.
    fn command_complete(&mut self, body: &[u8], fate: Fate) -> Option<&'static str> {
        if fate == Fate::Forward {
            self.tally.command(body);
        }
        self.progress.0 = self.progress.0.wrapping_add(1);
        // Others may hear of it before the whole text is done.
        if body.starts_with(b"COMMIT") {
            self.leasing.ended();
        }
        self.ignored_syncs = 0;
        let mut step = self.ledger.take_step();
        if let Some(changes) = self.ledger.changes()
            && changes.0.front().is_some_and(|change| change.is_told_by(body))
        {
            step = changes.0.pop_front().and_then(|change| change.step);
        }
        self.listening.command_complete(body);
        self.settings.command_complete(body);
        self.desk.tenancy.command_complete(body);
        if self.discarding && body.starts_with(b"DISCARD ALL") {
            self.discarding = false;
            if matches!(&self.pin, Some(pin @ Pin::State(_)) if pin.is_discardable()) {
                self.pin = None;
            }
        }
        step.and_then(|step| self.listening.done(step))
    }

    fn ready(&mut self, body: &[u8]) -> Result<Fate, Fatal> {
        let status = TransactionStatus::read(body).map_err(|_| Fatal::Server(server::READY))?;
        self.progress.1 = self.progress.1.wrapping_add(u32::from(status == TransactionStatus::Idle));
        let begun = std::mem::take(&mut self.begun);
        if self.ledger.is_before_fence() || (self.stray_readies > 0 && !begun && !matches!(self.ledger.front(), Some(Owed::Sync { .. }))) {
            return Ok(self.stray_ready(status));
        }
        if self.is_beyond_rows() && self.ready_beyond(status)? == Fate::Swallow {
            return Ok(Fate::Swallow);
        }
        let due = self.ledger.pop().ok_or(Fatal::Server(server::READY))?;
        if !due.accepts(server::READY) {
            return Err(Fatal::Server(server::READY));
        }
        // Behind settings, before the BEGIN: the client believes in the block.
        if !self.ledger.owes_begin() {
            self.status = status;
        }
        self.listening.ready(self.status);
        if self.defines && status == TransactionStatus::Idle {
            self.has_defined = true;
            self.defines = !self.ledger.is_empty();
        }
        if status == TransactionStatus::Idle {
            self.leasing.ended();
        }
        if self.ledger.is_empty() {
            if status == TransactionStatus::Idle {
                self.leasing.settle();
            }
            self.transactions.settle(status);
            self.cancelled = None;
        }
        if due.is_visible() {
            self.desk.tenancy.server_ready(status);
            self.load_error = None;
            match status {
                TransactionStatus::Idle => self.tally.end(),
                TransactionStatus::Open => self.tally.goes_on(),
                TransactionStatus::Failed => {}
            }
        }
        self.copy_in = CopyIn::None;
        if status != TransactionStatus::Open {
            self.names.forget_portals(self.ledger.reached());
        }
        if self.replay.is_taken_up() {
            return Ok(Fate::Swallow);
        }
        if self.ledger.is_empty() {
            self.replay.finish();
        }
        Ok(if due.is_visible() { Fate::Forward } else { Fate::Swallow })
    }

    /// The server has answered a Sync that it could have ignored.
    fn stray_ready(&mut self, status: TransactionStatus) -> Fate {
        self.stray_readies = self.stray_readies.saturating_sub(1);
        if self.ledger.is_empty() {
            self.skipping = false;
            self.end_batch();
            self.transactions.settle(status);
        }
        self.status = status;
        self.desk.tenancy.server_ready(status);
        Fate::Forward
    }

    /// Our own bytes that are due.
    #[inline]
    fn pay_synthetic(&mut self, sink: &mut Sink<'_>) {
        while self.ledger.front().is_some_and(Owed::is_own) {
            if let Some(owed) = self.ledger.pop() {
                self.pay(owed, sink.own());
            }
        }
    }
}

/// ParameterDescription's body without its last type.
fn without_last(body: &[u8]) -> Option<Vec<u8>> {
    let (count, types) = body.split_first_chunk::<2>()?;
    let count = u16::from_be_bytes(*count).checked_sub(1)?;
    Some([&count.to_be_bytes(), types.get(..usize::from(count) * 4)?].concat())
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
