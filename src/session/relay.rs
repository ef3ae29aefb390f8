//! The one loop that moves bytes: reads the client and the server connection, asks the conversation what they mean, writes.
//!
//! Everything happens in one poll of one task. Buffers belong to the worker; a session owns bytes only while a socket takes no more
//! or a frame isn't complete.

mod bounds;
mod failing_over;
mod leaving;
mod listening;
mod metering;
mod routing;
mod stalling;
mod stopping;
mod switching;
mod timing;
mod worker;
mod writing;

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::task::JoinHandle;

pub use self::{
    bounds::Bounds,
    switching::Part,
    worker::{Scratch, Worker},
};
use self::{listening::Ears, routing::Sought, timing::Timing};
use super::{
    conversation::{Attached, Conversation, ServerEvent, Sink, Want},
    deadline,
    gate::Asked,
    reading::SessionReads,
    registry::{Registered, Signal},
};
use crate::{
    error::{Report, Severity, SqlState},
    net::Stream,
    pool::{Checkout, CheckoutError},
    tenant::usage::Place,
    wire::synthetic,
};

/// What one read takes at most. PgBouncer's 4 kB make large results 2.4 times dearer.
const READ: usize = 64 << 10;
/// Client bytes that are held while a server connection is waited for.
const AHEAD: usize = 64 << 10;
/// Terminate (F).
const GOODBYE: [u8; 5] = [b'X', 0, 0, 0, 4];

/// How a session ended.
#[derive(Debug)]
pub enum End {
    /// The client said goodbye. What it sent before still runs.
    Goodbye,
    /// The client left without a goodbye.
    ClientLeft,
    /// We ended it and told the client why.
    Told,
    /// It isn't over: it goes to another worker.
    Moves,
}

type Wait = Pin<Box<dyn Future<Output = Result<Found, CheckoutError>> + Send>>;

/// What a wait for a server connection came to.
enum Found {
    /// Here it is.
    Checkout(Checkout),
    /// It is to be asked for once more: where is another question by now.
    Again,
}

/// What the gate waits for: an answer about a long text, or none where it was the catalog.
type CatalogWait = Pin<Box<dyn Future<Output = Option<Asked>> + Send>>;

/// A session between its first ReadyForQuery and its end.
pub struct Relay {
    client: Stream,
    conversation: Conversation,
    part: Part,
    session: Registered,
    worker: Arc<Worker>,
    server: Option<Checkout>,
    wait: Option<Wait>,
    /// The catalog is being read, for the client's next statement.
    catalog: Option<CatalogWait>,
    /// A cancel request of ours is on its way: what the client sends next must not be hit by it.
    cancelling: Option<JoinHandle<()>>,
    /// Time limits that run.
    timing: Option<Box<Timing>>,
    /// Channels that the client listens to.
    ears: Option<Box<Ears>>,
    /// What is remembered so that reads elsewhere miss nothing.
    reads: Option<Box<SessionReads>>,
    /// Bytes of the client that aren't done with.
    inbound: Vec<u8>,
    /// Bytes that a socket didn't take yet.
    to_client: Vec<u8>,
    to_server: Vec<u8>,
    /// An unfinished frame of the server.
    from_server: Vec<u8>,
    /// The end is decided; what is left is to write `to_client`.
    ending: bool,
    pin_shown: bool,
    /// The server connection isn't as the session needs it yet.
    preparing: bool,
    /// Goes to another worker as soon as nothing is half done.
    moves: bool,
    /// The client won't send any more: what it sent before its goodbye waits for a server connection.
    closed: bool,
    /// The server has been asked for the replies that it holds back.
    hurried: bool,
    /// The client's next frame waits until nothing is owed.
    held: bool,
    /// Where in the worker's till its counts are.
    place: Place,
    /// How often the client has taken or sent something.
    stirs: u32,
    /// The client's next messages wait until what they have made so far is written.
    full: bool,
    bounds: Bounds,
}

/// Whether a step changed anything, so that another round may change more.
type Progress = Result<bool, End>;

impl Relay {
    /// A relay; `inbound` are bytes that the client sent behind its startup.
    pub fn new(client: Stream, conversation: Conversation, part: Part, session: Registered, worker: Arc<Worker>, bounds: Bounds) -> Self {
        Relay {
            client,
            conversation,
            part,
            session,
            worker,
            server: None,
            wait: None,
            catalog: None,
            cancelling: None,
            timing: None,
            ears: None,
            reads: None,
            inbound: Vec::new(),
            to_client: Vec::new(),
            to_server: Vec::new(),
            from_server: Vec::new(),
            ending: false,
            pin_shown: false,
            preparing: false,
            moves: false,
            closed: false,
            hurried: false,
            held: false,
            place: Place::default(),
            stirs: 0,
            full: false,
            bounds,
        }
    }

    /// Runs until the session ends; `Some` where it must go on with another worker instead, see [`Relay::move_to`].
    pub async fn run(mut self: Box<Self>) -> Option<Box<Self>> {
        match std::future::poll_fn(|cx| self.poll(cx)).await {
            End::Moves if self.client.detach().is_ok() => Some(self),
            end => {
                let defines = self.conversation.may_define();
                let gate = self.part.tools().filter(|_| defines).map(|tools| tools.gate.clone());
                // Boxed, so that an idle session doesn't carry the room that its end takes.
                Box::pin(self.leave(&end)).await;
                if let Some(gate) = gate {
                    gate.outdate_catalog();
                }
                None
            }
        }
    }

    /// Takes the session over to the worker whose runtime calls.
    ///
    /// # Errors
    /// The socket's.
    pub fn move_to(&mut self, worker: Arc<Worker>) -> io::Result<()> {
        self.client.attach()?;
        // Timers are a runtime's own.
        self.timing = None;
        self.place = Place::default();
        self.worker = worker;
        Ok(())
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        let worker = Arc::clone(&self.worker);
        let mut scratch = worker.scratch.lock();
        let polled = self.rounds(cx, &mut scratch);
        self.put_into(&mut scratch.till);
        polled
    }

    fn rounds(&mut self, cx: &mut Context<'_>, scratch: &mut Scratch) -> Poll<End> {
        self.await_notifications(cx);
        let mut obeyed = !self.ending && self.obey(cx);
        loop {
            match self.round(cx, scratch, std::mem::take(&mut obeyed)) {
                Ok(true) => {}
                // What was under way when the word came may be over now, and nothing else will wake the session.
                Ok(false) if !self.ending && self.session.handle.is_told_to_end() && self.obey(cx) => obeyed = true,
                Ok(false) => match self.mind_channels(cx) {
                    Ok(true) => {}
                    Ok(false) if self.mind_time(cx) || self.mind_stop(cx) || self.mind_stall(cx) => {}
                    Ok(false) => {
                        self.settle_memory();
                        return Poll::Pending;
                    }
                    Err(end) => return Poll::Ready(end),
                },
                Err(end) => return Poll::Ready(end),
            }
        }
    }

    /// One look at everything that may have happened. Whether another look may find more.
    fn round(&mut self, cx: &mut Context<'_>, scratch: &mut Scratch, obeyed: bool) -> Progress {
        if !self.to_client.is_empty() && !self.flush_client(cx)? {
            // A client that doesn't read can't hold up its own end.
            return if self.ending { Err(End::Told) } else { Ok(false) };
        }
        if self.ending {
            return Err(End::Told);
        }
        if obeyed {
            return Ok(true);
        }
        if self.moves && self.server.is_none() && !self.waits() && self.inbound.is_empty() && self.to_client.is_empty() {
            self.moves = false;
            return Err(End::Moves);
        }
        let mut progress = false;
        if !self.to_server.is_empty() {
            progress |= self.flush_server(cx, scratch)?;
        }
        if self.wait.is_some() {
            progress |= self.poll_wait(cx, scratch)?;
        }
        if self.waits_for_channel() {
            progress |= self.poll_channel(cx, scratch)?;
        }
        if self.catalog.is_some() {
            progress |= self.poll_catalog(cx, scratch)?;
        }
        if self.cancelling.is_some() {
            progress |= self.poll_cancelling(cx, scratch)?;
        }
        // What comes before the sockets needs no second look, unless it has left something to be written.
        let before = std::mem::take(&mut progress);
        if self.server.is_some() && !self.is_paused(cx) {
            progress |= self.poll_server(cx, scratch)?;
        }
        if self.held && self.conversation.owes_nothing() && !self.waits() && !self.ending {
            self.held = false;
            let Scratch { to_client, to_server, .. } = scratch;
            self.on_inbound(cx, to_client, to_server)?;
            progress = true;
        }
        progress |= self.full && self.go_on_writing(cx, scratch)?;
        if self.to_server.is_empty() && self.to_client.is_empty() && !self.ending {
            let read = self.poll_client(cx, scratch)?;
            // With the client waited for and no server connection, nothing else can happen.
            let goes_on = self.server.is_some() || self.waits() || self.ending || self.moves || self.full || !self.to_client.is_empty();
            progress = read || (progress && goes_on);
        }
        Ok(progress || (before && self.is_unsettled()))
    }

    /// Whether something waits that the next look may take further.
    #[inline]
    fn is_unsettled(&self) -> bool {
        let unwritten = !self.to_server.is_empty() || !self.to_client.is_empty();
        unwritten || self.waits() || self.ending || self.moves || self.full || self.held
    }

    /// Does what somebody else wants of the session; whether there was something.
    fn obey(&mut self, cx: &mut Context<'_>) -> bool {
        let signal = self.session.handle.receive(cx.waker());
        if self.session.handle.is_renewed() && self.renew(cx) {
            return true;
        }
        match signal {
            Signal::None => false,
            Signal::StopWaiting => {
                self.session.handle.stopped_waiting();
                if self.stop_waiting_for_channel() {
                    return true;
                }
                if self.end_wait().is_none() && self.catalog.take().is_none() {
                    return false;
                }
                let report = Report::new(SqlState::QUERY_CANCELED, "canceling statement due to user request");
                self.fail_front(&report);
                true
            }
            Signal::Drain if self.waits_for_primary() => {
                self.end(&Report::new(SqlState::ADMIN_SHUTDOWN, "terminating connection due to administrator command"));
                true
            }
            Signal::Drain if !self.conversation.is_at_rest() || self.waits() || !self.to_client.is_empty() => false,
            Signal::Expired => {
                self.end(&deadline::report());
                true
            }
            Signal::Drain | Signal::Kill => {
                self.end(&Report::new(SqlState::ADMIN_SHUTDOWN, "terminating connection due to administrator command"));
                true
            }
        }
    }

    /// Ends the session with a report, after what is still to be written.
    fn end(&mut self, report: &Report) {
        synthetic::error(&mut self.to_client, Severity::Fatal, report);
        self.ending = true;
    }

    fn poll_client(&mut self, cx: &mut Context<'_>, scratch: &mut Scratch) -> Progress {
        if self.is_held_back() {
            return Ok(false);
        }
        if self.held || self.full || self.conversation.holds_client() || self.waits() && self.inbound.len() >= AHEAD {
            return Ok(false);
        }
        if self.closed {
            return if self.waits() { Ok(false) } else { Err(End::ClientLeft) };
        }
        if self.is_ahead_of_server(cx) {
            return Ok(false);
        }
        let read = match self.client.poll_read(cx, &mut scratch.input[..READ]) {
            Poll::Pending => return Ok(self.rest_again()),
            Poll::Ready(Ok(0)) if self.waits() && self.inbound.ends_with(&GOODBYE) => {
                self.closed = true;
                return Ok(false);
            }
            Poll::Ready(Ok(0) | Err(_)) => return Err(End::ClientLeft),
            Poll::Ready(Ok(read)) => read,
        };
        self.conversation.tally.bytes_in += read as u64;
        self.has_stirred();
        if self.waits() {
            self.inbound.extend_from_slice(&scratch.input[..read]);
            return Ok(true);
        }
        let Scratch { input, to_client, to_server, .. } = scratch;
        if self.inbound.is_empty() {
            let done = self.on_client(cx, &input[..read], to_client, to_server)?;
            self.inbound.extend_from_slice(&input[done..read]);
        } else {
            self.inbound.extend_from_slice(&input[..read]);
            self.on_inbound(cx, to_client, to_server)?;
        }
        Ok(true)
    }

    /// Works through the client's bytes that are kept.
    fn on_inbound(&mut self, cx: &mut Context<'_>, to_client: &mut Vec<u8>, to_server: &mut Vec<u8>) -> Result<(), End> {
        let bytes = std::mem::take(&mut self.inbound);
        let done = self.on_client(cx, &bytes, to_client, to_server)?;
        // A long frame that isn't complete stays where it is: it is looked at again with every read.
        self.inbound = if done == 0 { bytes } else { bytes[done..].to_vec() };
        Ok(())
    }

    /// Works through the client's bytes. How many are done with; the caller keeps the others in `inbound`.
    fn on_client(&mut self, cx: &mut Context<'_>, input: &[u8], to_client: &mut Vec<u8>, to_server: &mut Vec<u8>) -> Result<usize, End> {
        let mut bytes = input;
        to_client.clear();
        to_server.clear();
        loop {
            let attached = self
                .server
                .as_mut()
                .and_then(Checkout::connection)
                .map(|connection| Attached { carried: &mut connection.carried, out: to_server });
            let Some(tools) = self.part.tools() else { return Err(End::ClientLeft) };
            let step = match self.conversation.on_client(tools, bytes, attached, to_client) {
                Ok(step) => step,
                Err(fatal) => {
                    self.to_client.extend_from_slice(to_client);
                    self.broken(&fatal);
                    return Ok(input.len());
                }
            };
            bytes = &bytes[step.consumed..];
            let refused = match step.want {
                Want::Bytes => break,
                Want::Close => {
                    self.write_server(cx, to_server);
                    return Err(End::Goodbye);
                }
                Want::Channels => {
                    self.want_channels();
                    break;
                }
                Want::Catalog => {
                    self.want_catalog();
                    break;
                }
                Want::Rest => {
                    self.held = true;
                    break;
                }
                Want::Room => {
                    self.full = true;
                    break;
                }
                Want::Tenant => match self.switch() {
                    Ok(()) => continue,
                    Err(report) => report,
                },
                Want::Server => match self.seek(bytes) {
                    Sought::Ready(checkout) => {
                        // What was answered before isn't a part of what may be sent again.
                        if self.reads.is_some() && !to_client.is_empty() {
                            self.write_client(cx, to_client, &[])?;
                            to_client.clear();
                        }
                        self.attach(checkout, to_server, to_client);
                        continue;
                    }
                    Sought::Wait(wait) => {
                        self.begin_wait(wait);
                        break;
                    }
                    Sought::Refused(report) => report,
                },
            };
            let done = self.conversation.fail_front(bytes, &refused, to_client);
            bytes = &bytes[done..];
        }
        self.note_writing();
        self.write_client(cx, to_client, &[])?;
        self.write_server(cx, to_server);
        Ok(input.len() - bytes.len())
    }

    /// The client's next statement can't have a server connection. What follows it in `inbound` is read on in the next round.
    fn fail_front(&mut self, report: &Report) {
        self.end_wait_for_primary();
        let done = self.conversation.fail_front(&self.inbound, report, &mut self.to_client);
        self.inbound.drain(..done);
        self.replay_inbound();
    }

    fn poll_server(&mut self, cx: &mut Context<'_>, scratch: &mut Scratch) -> Progress {
        let Scratch { input, to_client, to_server, .. } = scratch;
        let Some(connection) = self.server.as_mut().and_then(Checkout::connection) else { return Ok(false) };
        let kept = self.from_server.len();
        if input.len() < kept + READ / 2 {
            input.resize(kept + READ, 0);
        }
        let read = match connection.stream.poll_read(cx, &mut input[kept..]) {
            Poll::Pending => return Ok(false),
            Poll::Ready(Ok(0) | Err(_)) => return self.server_lost(),
            Poll::Ready(Ok(read)) => read,
        };
        if kept > 0 {
            input[..kept].copy_from_slice(&self.from_server);
            self.from_server = Vec::new();
        }
        let bytes = &input[..kept + read];
        to_client.clear();
        let mut sink = Sink::new(to_client, bytes);
        let copies_rows = self.conversation.copies_rows();
        let outcome = self.conversation.on_server(bytes, &mut connection.carried, &mut sink);
        let run = &bytes[sink.finish()];
        if self.preparing && !self.conversation.is_preparing() {
            self.preparing = false;
            self.session.handle.prepared();
        }
        // Before the client hears that it is done, and tells others.
        if self.conversation.take_defined()
            && let Some(tools) = self.part.tools()
        {
            tools.gate.outdate_catalog();
        }
        self.note_written();
        match outcome {
            Ok((done, event)) => {
                self.from_server.extend_from_slice(&bytes[done..]);
                self.write_client(cx, to_client, run)?;
                if self.conversation.is_beyond_rows() {
                    self.cut_off(cx);
                }
                match event {
                    ServerEvent::Replay => self.heal(cx, to_client, to_server)?,
                    ServerEvent::None if copies_rows => self.go_on_copying(cx, to_client, to_server)?,
                    ServerEvent::None => self.rest(cx, to_server),
                }
            }
            Err(fatal) => {
                self.to_client.extend_from_slice(to_client);
                self.to_client.extend_from_slice(run);
                self.broken(&fatal);
            }
        }
        if input.len() > READ {
            input.truncate(READ);
            input.shrink_to_fit();
        }
        self.charge(read);
        Ok(true)
    }

    /// Sends a batch again that failed on a stale statement.
    fn heal(&mut self, cx: &mut Context<'_>, to_client: &mut Vec<u8>, to_server: &mut Vec<u8>) -> Result<(), End> {
        let mut first = Vec::new();
        self.prepare_healing(&mut first);
        self.write_server(cx, &first);
        let mut bytes = self.conversation.take_replay();
        bytes.append(&mut self.inbound);
        self.inbound = bytes;
        self.on_inbound(cx, to_client, to_server)
    }

    /// Gives the server connection back where the session doesn't need it any more.
    fn rest(&mut self, cx: &mut Context<'_>, to_server: &mut Vec<u8>) {
        if self.conversation.breaks_mode() {
            self.end(
                &Report::new(SqlState::FEATURE_NOT_SUPPORTED, "transaction blocks are not allowed in statement pooling mode")
                    .with_hint("Ask the operator for pool_mode = \"transaction\"."),
            );
            return;
        }
        if self.conversation.is_renewed() {
            self.pass_renewal(cx);
        }
        if !self.conversation.is_at_rest() || !self.to_server.is_empty() {
            return;
        }
        let Some(connection) = self.server.as_mut().and_then(Checkout::connection) else { return };
        to_server.clear();
        if self.conversation.settle(&mut Attached { carried: &mut connection.carried, out: to_server }) {
            self.write_server(cx, to_server);
            return;
        }
        if let Some(pin) = self.conversation.pin() {
            if !self.pin_shown {
                tracing::info!(session = %self.session.handle.id, tenant = ?self.session.handle.tenant(), %pin, "session keeps its server connection");
                self.session.handle.show_pin(Some(pin.to_string()));
                self.pin_shown = true;
            }
            if let Some(reads) = self.reads.as_deref_mut() {
                reads.rest();
            }
            if let Some(checkout) = &mut self.server {
                checkout.rest(true);
            }
            return;
        }
        // The beginning of a message that nobody asked for: whoever has the connection next couldn't read the rest.
        if !self.from_server.is_empty() {
            return;
        }
        if self.pin_shown {
            self.session.handle.show_pin(None);
            self.pin_shown = false;
        }
        self.session.handle.detach();
        if let Some(checkout) = self.server.take() {
            let turn = checkout.check_in();
            self.conversation.tally.turn(turn);
        }
        if let Some(reads) = self.reads.as_deref_mut() {
            reads.done();
        }
        // A client that says its tenant for each transaction is nobody's in between.
        if self.conversation.tenant().is_none() {
            self.forget_tenant();
        }
        self.moves = self.worker.sends_away();
    }
}
