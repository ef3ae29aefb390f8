//! What a client sends: each frame is checked, its statement names are replaced, and what it will be owed is noted.

use std::{borrow::Cow, sync::Arc};

use super::{
    super::{ledger::Owed, pin::Pin},
    Attached, Changes, ClientStep, Conversation, CopyIn, Fatal, Flow, Front, PoolMode, SessionStatement, Tools, Want,
    context::too_long,
    desk::Verdict as AtDesk,
    explain::explained_text,
    judging::CatalogStep,
    listening::Hearing,
    prepared::Bound,
    refusals::{blocks_refused, endless_text, function_call_refused},
};
use crate::{
    backend::statements::Origin,
    sql::{
        PinReason,
        gate::{Judged, Rewritten, Tenancy, Verdict},
        outcome::{Effects, Virtual},
    },
    wire::{
        FrameError, Header, caps,
        frame::HEADER_LEN,
        messages::{Named, Target, TransactionStatus, query_text},
        synthetic,
        tag::{client, server as reply},
    },
};

/// Frames up to this size are looked at whole; longer Binds and COPY data stream through.
pub(super) const WHOLE: usize = 16 << 10;
/// The portal that runs a PREPARE once more.
const LOAD_PORTAL: &[u8] = b"pgt_load";

/// What became of one frame.
pub(super) enum Done {
    /// So many bytes of input are done with.
    Bytes(usize),
    /// It waits until nothing is owed.
    Held,
    /// Its tenant's tools are needed.
    NeedsTenant,
    /// It isn't all there.
    Incomplete,
    /// It needs a server connection, and there is none; or a channel that isn't heard.
    NeedsServer,
    /// It needs the catalog.
    NeedsCatalog,
    /// The client said goodbye.
    Goodbye,
}

impl Conversation {
    /// Works through the client's bytes as far as they and the server connection go.
    ///
    /// # Errors
    /// [`Fatal`]: the session must end.
    pub fn on_client(
        &mut self,
        tools: &Tools,
        input: &[u8],
        mut server: Option<Attached<'_>>,
        to_client: &mut Vec<u8>,
    ) -> Result<ClientStep, Fatal> {
        let mut consumed = 0;
        if let Some(server) = &mut server {
            self.go_on_copying(tools, server);
        }
        // Whatever the client sent behind a batch that is to be sent again comes after it.
        while consumed < input.len() && !self.replay.is_taken_up() {
            if self.has_put_together_much(&server, to_client) {
                self.pay_own(to_client);
                return Ok(ClientStep { consumed, want: Want::Room });
            }
            let rest = &input[consumed..];
            match self.flow {
                Flow::Frames => {}
                Flow::Discard(left) => {
                    let here = left.min(rest.len());
                    self.flow = if left == here { Flow::Frames } else { Flow::Discard(left - here) };
                    consumed += here;
                    continue;
                }
                Flow::Copy(left) => match self.more_to_copy(tools, rest, left, &mut server) {
                    0 => break,
                    here => {
                        consumed += here;
                        continue;
                    }
                },
                Flow::Forward(left) => {
                    let here = left.min(rest.len());
                    if let Some(server) = &mut server {
                        self.forward(&rest[..here], left == here, server)?;
                    }
                    self.flow = if left == here { Flow::Frames } else { Flow::Forward(left - here) };
                    consumed += here;
                    continue;
                }
            }
            let done = if self.waits_for_names() || self.waits_for_guard() {
                Done::Held
            } else {
                self.frame(tools, rest, &mut server, to_client)?
            };
            match done {
                Done::Bytes(bytes) => consumed += bytes,
                Done::Held => return Ok(ClientStep { consumed, want: Want::Rest }),
                Done::NeedsTenant => return Ok(ClientStep { consumed, want: Want::Tenant }),
                Done::Incomplete => break,
                Done::NeedsServer if self.listening.wants() => return Ok(ClientStep { consumed, want: Want::Channels }),
                Done::NeedsServer => return Ok(ClientStep { consumed, want: Want::Server }),
                Done::NeedsCatalog => return Ok(ClientStep { consumed, want: Want::Catalog }),
                Done::Goodbye => return Ok(ClientStep { consumed, want: Want::Close }),
            }
        }
        self.pay_own(to_client);
        Ok(ClientStep { consumed, want: Want::Bytes })
    }

    fn frame(&mut self, tools: &Tools, input: &[u8], server: &mut Option<Attached<'_>>, to_client: &mut Vec<u8>) -> Result<Done, Fatal> {
        let Some(header) = Header::read(input) else { return Ok(Done::Incomplete) };
        header.check(caps::client_cap(header.tag)?)?;
        let here = header.frame_len().min(input.len());
        if self.skipping && !matches!(header.tag, client::SYNC | client::TERMINATE) {
            self.flow = if here < header.frame_len() { Flow::Discard(header.frame_len() - here) } else { Flow::Frames };
            self.front = Front::default();
            return Ok(Done::Bytes(here));
        }
        if let Some(done) = self.frame_while_copying(tools, header, input, server)? {
            return Ok(done);
        }
        if self.copy_in == CopyIn::Running {
            return self.frame_in_copy(header, input, here, server);
        }
        if let Some(done) = self.refuse_beyond_room(header, input, server, to_client) {
            return Ok(done);
        }
        if server.is_some() && self.waits_for_lease(header.tag) {
            return Ok(Done::Held);
        }
        self.leasing.runs(header.tag);
        let whole = here == header.frame_len();
        if whole || streams(header) {
            match self.at_desk(tools, header.tag, (&input[HEADER_LEN..here], whole), server, to_client)? {
                AtDesk::Answered => {
                    self.front = Front::default();
                    self.flow = if whole { Flow::Frames } else { Flow::Discard(header.frame_len() - here) };
                    return Ok(Done::Bytes(here));
                }
                AtDesk::Hold => return Ok(Done::Held),
                AtDesk::Tenant => return Ok(Done::NeedsTenant),
                AtDesk::Waits => return Ok(self.needs()),
                AtDesk::Pass | AtDesk::Refuse(_) => {}
            }
        }
        match header.tag {
            client::COPY_DATA | client::COPY_DONE | client::COPY_FAIL => return Ok(self.stray_copy(header, here, input, server)),
            client::BIND if header.frame_len() > WHOLE && here < header.frame_len() => {
                return self.long_bind(tools, header, input, server, to_client);
            }
            client::FUNCTION_CALL => {
                self.refuse_query(&function_call_refused(), server, to_client);
                self.flow = if here < header.frame_len() { Flow::Discard(header.frame_len() - here) } else { Flow::Frames };
                return Ok(Done::Bytes(here));
            }
            client::QUERY if header.length > caps::STATEMENT => return Ok(self.endless_query(tools, header, input, server, to_client)),
            _ if here < header.frame_len() => return Ok(Done::Incomplete),
            _ => {}
        }
        self.whole_frame(tools, header, &input[..here], server, to_client)
    }

    /// A frame that is there in one piece, and that nothing above speaks against.
    fn whole_frame(
        &mut self,
        tools: &Tools,
        header: Header,
        frame: &[u8],
        server: &mut Option<Attached<'_>>,
        to_client: &mut Vec<u8>,
    ) -> Result<Done, Fatal> {
        let body = &frame[HEADER_LEN..];
        if self.ledger.is_empty() && self.status == TransactionStatus::Idle {
            match header.tag {
                client::PARSE | client::BIND | client::DESCRIBE | client::CLOSE if !self.unsynced => self.replay.start(),
                _ => {}
            }
        }
        let done = match header.tag {
            client::TERMINATE => return Ok(Done::Goodbye),
            client::QUERY => self.query(tools, body, server, to_client)?,
            client::PARSE => self.parse(tools, body, server, to_client)?,
            client::BIND => self.bind(tools, body, header.body_len(), server, to_client)? != Bound::Waits,
            client::DESCRIBE => self.describe(tools, body, frame, server, to_client)?,
            client::CLOSE => self.close(body, frame, server)?,
            client::EXECUTE => self.execute(tools, body, frame, server, to_client)?,
            client::SYNC => self.sync(frame, server, to_client),
            client::FLUSH => {
                if let Some(server) = server {
                    server.out.extend_from_slice(frame);
                }
                true
            }
            tag => return Err(FrameError::Unexpected { tag }.into()),
        };
        if !done {
            return Ok(self.needs());
        }
        self.front = Front::default();
        self.replay.add(frame);
        Ok(Done::Bytes(frame.len()))
    }

    /// What the client's frame that is next needs.
    pub(super) fn needs(&self) -> Done {
        if self.front.waits_for_gate() { Done::NeedsCatalog } else { Done::NeedsServer }
    }

    /// A frame while the server takes COPY data. Sync and Flush are ignored there (manual 55.2.7), anything else would be eaten and
    /// never answered.
    fn frame_in_copy(&mut self, header: Header, input: &[u8], here: usize, server: &mut Option<Attached<'_>>) -> Result<Done, Fatal> {
        let Some(server) = server else { return Err(Fatal::OutOfPlace("COPY data without a server connection")) };
        match header.tag {
            client::COPY_DATA | client::COPY_DONE | client::COPY_FAIL => {
                server.out.extend_from_slice(&input[..here]);
                if here < header.frame_len() {
                    self.flow = Flow::Forward(header.frame_len() - here);
                }
                if header.tag != client::COPY_DATA {
                    self.copy_in = CopyIn::None;
                }
                Ok(Done::Bytes(here))
            }
            client::SYNC | client::FLUSH => Ok(Done::Bytes(here)),
            client::TERMINATE => Ok(Done::Goodbye),
            _ => Err(Fatal::OutOfPlace("message during COPY FROM STDIN that is no COPY data")),
        }
    }

    /// COPY data outside of COPY: a server ignores it, so it may stand behind a COPY that has just failed, or before one that has just begun.
    fn stray_copy(&mut self, header: Header, here: usize, input: &[u8], server: &mut Option<Attached<'_>>) -> Done {
        let rest = header.frame_len() - here;
        match server {
            Some(server) if !self.ledger.is_own() => {
                self.replay.stop();
                if header.tag != client::COPY_DATA {
                    self.ledger.push(Owed::CopyEnd);
                }
                server.out.extend_from_slice(&input[..here]);
                self.flow = if rest > 0 { Flow::Forward(rest) } else { Flow::Frames };
            }
            _ => self.flow = if rest > 0 { Flow::Discard(rest) } else { Flow::Frames },
        }
        Done::Bytes(here)
    }

    /// A text beyond what is held: it streams unread, so the session keeps its server connection.
    fn endless_query(
        &mut self,
        tools: &Tools,
        header: Header,
        input: &[u8],
        server: &mut Option<Attached<'_>>,
        to_client: &mut Vec<u8>,
    ) -> Done {
        if !tools.gate.lets_unread_pass() {
            self.refuse_query(&endless_text(), server, to_client);
            self.flow = Flow::Discard(header.frame_len() - input.len());
            return Done::Bytes(input.len());
        }
        if let Err(report) = self.admit_query(tools, b"") {
            self.refuse_query(&report, server, to_client);
            self.flow = Flow::Discard(header.frame_len() - input.len());
            return Done::Bytes(input.len());
        }
        let Some(server) = server else { return Done::NeedsServer };
        if self.transactions.are_shared() {
            self.replay.stop();
            self.fail_query(too_long(), server);
            self.flow = Flow::Discard(header.frame_len() - input.len());
            return Done::Bytes(input.len());
        }
        self.pin_by(PinReason::NotUnderstood);
        self.replay.stop();
        self.end_batch();
        server.carried.statements.unnamed = None;
        self.ledger.push(Owed::Query { changes: None, rewritten: None, inserted: None });
        server.out.extend_from_slice(input);
        self.flow = Flow::Forward(header.frame_len() - input.len());
        Done::Bytes(input.len())
    }

    fn query(&mut self, tools: &Tools, body: &[u8], server: &mut Option<Attached<'_>>, to_client: &mut Vec<u8>) -> Result<bool, Fatal> {
        match server {
            Some(_) if self.may_repeat_query() => self.replay.start(),
            _ => self.replay.stop(),
        }
        let text = query_text(body)?;
        if let Err(report) = self.admit_query(tools, text) {
            return Ok(self.refuse_query(&report, server, to_client));
        }
        if let Some(explained) = tools.gate.explains().then(|| explained_text(text)).flatten() {
            return Ok(self.explain_query(tools, explained, server, to_client));
        }
        let Some(judged) = self.judge_front(tools, text, Tenancy::Literal) else { return Ok(false) };
        if let Verdict::Refused(report) = &judged.verdict {
            let report = match self.begin_copying(tools, text, server) {
                Some(Ok(true)) => return Ok(true),
                Some(Ok(false)) => {
                    self.front.keep(tools, judged);
                    return Ok(false);
                }
                Some(Err(report)) => report,
                None => self.refusal(report, text),
            };
            return Ok(self.refuse_query(&report, server, to_client));
        }
        if let Some(report) = self.going_back_refused(text) {
            return Ok(self.refuse_query(&report, server, to_client));
        }
        let done = self.judged_query(tools, body, &judged, server, to_client);
        if !done && self.front.catalog != CatalogStep::Wanted {
            self.front.keep(tools, judged);
        }
        Ok(done)
    }

    /// Runs a simple query that may run; `body` ends with its NUL.
    fn judged_query(
        &mut self,
        tools: &Tools,
        body: &[u8],
        judged: &Judged,
        server: &mut Option<Attached<'_>>,
        to_client: &mut Vec<u8>,
    ) -> bool {
        self.leasing.runs_only(judged.access);
        let Some(effects) = &judged.effects else {
            let Some(server) = server else { return false };
            self.send_judged(body, judged, server);
            return true;
        };
        if self.mode == PoolMode::Statement && effects.begins {
            return self.refuse_query(&blocks_refused(), server, to_client);
        }
        if self.ledger.is_own()
            && !self.unsynced
            && self.answers_itself(effects)
            && let Some((mut answer, _)) = self.act_alone(effects)
        {
            self.pay_own(to_client);
            self.names.forget_unnamed();
            synthetic::ready(&mut answer, self.status);
            to_client.extend_from_slice(&answer);
            return true;
        }
        match self.listening.hearing(effects) {
            Hearing::Ready => {}
            Hearing::Wanted => return false,
            Hearing::Refused(report) => return self.refuse_query(&report, server, to_client),
        }
        let Some(server) = server else { return false };
        if !effects.names.is_empty() {
            return self.query_with_names(tools, body.strip_suffix(b"\0").unwrap_or(body), judged, effects, server);
        }
        self.note(effects);
        self.send_judged(body, judged, server);
        true
    }

    /// Sends a simple query, as it came or as it was rewritten; `body` ends with its NUL.
    fn send_judged(&mut self, body: &[u8], judged: &Judged, server: &mut Attached<'_>) {
        match &judged.verdict {
            Verdict::Rewritten(rewritten) => self.send_query(rewritten.text.as_bytes(), None, Some(Arc::clone(rewritten)), server),
            _ => self.send_query(body.strip_suffix(b"\0").unwrap_or(body), None, None, server),
        }
    }

    /// Sends a simple query, with its contexts where tenants share the connection. A server's unnamed statement doesn't survive it.
    pub(super) fn send_query(
        &mut self,
        text: &[u8],
        changes: Option<Box<Changes>>,
        rewritten: Option<Arc<Rewritten>>,
        server: &mut Attached<'_>,
    ) {
        server.carried.statements.unnamed = None;
        self.names.forget_unnamed();
        self.end_batch();
        let (text, inserted) = match self.with_contexts(text, server.carried) {
            Ok(Some((text, inserted))) => (Cow::Owned(text), Some(inserted)),
            Ok(None) => (Cow::Borrowed(text), None),
            Err(report) => return self.fail_query(report, server),
        };
        self.ledger.push(Owed::Query { changes, rewritten, inserted });
        synthetic::query(server.out, &text);
    }

    /// Keeps the connection. What DISCARD ALL doesn't undo counts more than what it does.
    fn pin_by(&mut self, reason: PinReason) {
        let pin = Pin::State(reason);
        if self.pin.is_none() || self.pin.as_ref().is_some_and(Pin::is_discardable) && !pin.is_discardable() {
            self.pin = Some(pin);
        }
    }

    /// Notes what a text that is being sent may do.
    pub(super) fn note(&mut self, effects: &Effects) {
        self.settings.note(effects);
        if effects.reset_all {
            self.leasing.reset();
        }
        if let Some(reason) = &effects.pin {
            self.pin_by(reason.clone());
        }
        self.defines |= effects.defines;
        self.discarding = effects.alone == Some(Virtual::DiscardAll);
    }

    /// Whether a statement about virtual state is answered without a server: it isn't where its transaction has failed. DISCARD ALL
    /// isn't either where something else stands before it, which could be a transaction.
    pub(super) fn answers_itself(&self, effects: &Effects) -> bool {
        match effects.alone {
            Some(Virtual::DiscardAll) => {
                self.status == TransactionStatus::Idle && self.pin.is_none() && !self.unsynced && self.ledger.is_own()
            }
            // Behind something else in its batch, which could have ended the failed transaction.
            Some(Virtual::DeallocateAll | Virtual::Deallocate(_)) => self.status != TransactionStatus::Failed || self.executed,
            // No server ever gets it.
            Some(Virtual::CopyRows) => true,
            _ => false,
        }
    }

    /// Closing a statement removes the client's name only: the server keeps the statement for others.
    fn close(&mut self, body: &[u8], frame: &[u8], server: &mut Option<Attached<'_>>) -> Result<bool, Fatal> {
        let named = Named::read(client::CLOSE, body)?;
        if named.target == Target::Statement {
            let undo = self.names.remove(named.name).unwrap_or_default();
            self.ledger.push(Owed::Ack { tag: reply::CLOSE_COMPLETE, undo });
            return Ok(true);
        }
        let Some(server) = server else { return Ok(false) };
        self.names.unbind(named.name);
        server.out.extend_from_slice(frame);
        self.unsynced = true;
        self.ledger.push(Owed::Close);
        Ok(true)
    }

    fn sync(&mut self, frame: &[u8], server: &mut Option<Attached<'_>>, to_client: &mut Vec<u8>) -> bool {
        let skipped = std::mem::take(&mut self.skipping);
        match server {
            Some(server) => {
                server.out.extend_from_slice(frame);
                self.end_batch();
                self.ledger.push(Owed::Sync { visible: true });
                // Not behind a Sync that could itself be followed by COPY data.
                if skipped {
                    self.fence(server);
                }
            }
            None => {
                self.pay_own(to_client);
                self.names.forget_portals(u64::MAX);
                synthetic::ready(to_client, self.status);
            }
        }
        true
    }

    /// Gives the connection a statement that it doesn't hold. Whether it had to.
    pub(super) fn send_if_missing(&mut self, statement: &Arc<SessionStatement>, server: &mut Attached<'_>) -> bool {
        if self.holds(statement, server) {
            return false;
        }
        self.send_parse(statement, false, None, server);
        true
    }

    /// Whether the connection surely holds a statement: one that was sent in an earlier batch may have failed with it.
    pub(super) fn holds(&mut self, statement: &Arc<SessionStatement>, server: &mut Attached<'_>) -> bool {
        server.carried.statements.holds(statement) && !self.deliveries.is_unsure(statement.id(), self.ledger.now())
    }

    pub(super) fn send_parse(
        &mut self,
        statement: &Arc<SessionStatement>,
        visible: bool,
        undo: Option<Box<super::Undo>>,
        server: &mut Attached<'_>,
    ) {
        self.send_parse_at(statement, visible, undo, 0, server);
    }

    /// The same for a statement that stands behind so many characters in the client's text.
    pub(super) fn send_parse_at(
        &mut self,
        statement: &Arc<SessionStatement>,
        visible: bool,
        undo: Option<Box<super::Undo>>,
        offset: u32,
        server: &mut Attached<'_>,
    ) {
        self.enter_to_name(&statement.judged.effects, server);
        self.make_room(statement, server);
        self.unsynced = true;
        let (id, now) = (statement.id(), self.ledger.now());
        if statement.kept && (self.forget_statements || self.deliveries.needs_clearing(id, now)) {
            synthetic::named(server.out, client::CLOSE, Target::Statement, statement.server_name());
            self.ledger.push(Owed::Clear { id });
        }
        self.deliveries.send(id, now);
        match &statement.origin {
            Origin::Parse { text, types } => {
                self.tally.server_parses += 1;
                synthetic::parse(server.out, statement.server_name(), statement.sent(text), types);
                self.ledger.push(Owed::Parse { statement: Arc::clone(statement), visible, undo, offset });
            }
            Origin::Prepare { before, after, .. } => {
                let name = String::from_utf8_lossy(statement.server_name());
                synthetic::run(server.out, LOAD_PORTAL, format!("{before}{name}{after}").as_bytes());
                server.carried.statements.unnamed = None;
                self.ledger.push(Owed::Load { statement: Arc::clone(statement) });
            }
        }
    }
}

/// Whether a frame needn't be held whole.
#[inline]
fn streams(header: Header) -> bool {
    match header.tag {
        client::BIND => header.frame_len() > WHOLE,
        client::QUERY => header.length > caps::STATEMENT,
        _ => false,
    }
}
