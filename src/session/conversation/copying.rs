//! COPY FROM STDIN into a table with row security, as rows: see [`copy_rows`](crate::session::copy_rows). The client's COPY of a simple
//! query is one batch of the server's, from the first Parse to a Sync of ours. What a batch of the client's executes stands in that
//! batch: it is over when the server has answered all rows, and the Sync is the client's.

use std::sync::Arc;

use super::{
    Attached, Conversation, Fatal, Flow, Front, SessionStatement, Sink, Tools,
    client::Done,
    judging::CatalogStep,
    refusals::{FAILING_TEXT, finished_portal, transaction_failed},
};
use crate::{
    backend::statements::Origin,
    error::{Report, Severity, SqlState},
    session::{
        copy_rows::{Checked, CopyRows, Need},
        gate::Asked,
        ledger::Owed,
    },
    sql::{
        gate::{Access, Judged, PositionMap, Rewritten, Tenancy, Verdict},
        outcome::{Effects, Virtual},
    },
    wire::{Header, frame::HEADER_LEN, messages::TransactionStatus, synthetic, tag::client},
};

/// A COPY under way.
pub(super) struct Copying {
    rows: CopyRows,
    /// A batch of the client's executes it, and goes on behind it: its Sync is the client's.
    in_batch: bool,
    /// The client was told to send its data.
    greeted: bool,
    /// The server's replies come first.
    full: bool,
    /// The batch's Sync has been sent: what the client sends for the COPY doesn't count any more.
    synced: bool,
    /// The batch has failed before the rows, and the client knows.
    told: bool,
    /// All is written, and the rest of the client's batch waits for the replies.
    ending: bool,
}

impl Copying {
    fn new(rows: CopyRows, in_batch: bool) -> Self {
        Copying { rows, in_batch, greeted: false, full: false, synced: false, told: false, ending: false }
    }

    /// What the client sends stays unread until the server has answered.
    pub(super) fn holds_client(&self) -> bool {
        !self.synced && (self.full || !self.greeted || self.ending)
    }

    /// What it holds beside itself: the beginning of a row.
    pub(super) fn heap_bytes(&self) -> usize {
        self.rows.heap_bytes()
    }

    pub(super) fn is_synced(&self) -> bool {
        self.synced
    }
}

/// Whether a statement is a COPY that the server gets as rows.
pub(super) fn copies_rows(statement: &SessionStatement) -> bool {
    statement.judged.effects.as_ref().is_some_and(|effects| effects.alone == Some(Virtual::CopyRows))
}

impl Conversation {
    /// Begins a COPY of a simple query that the server would refuse; `None` where the text is no such COPY. Whether it is done with the
    /// query.
    pub(super) fn begin_copying(&mut self, tools: &Tools, text: &[u8], server: &mut Option<Attached<'_>>) -> Option<Result<bool, Report>> {
        if self.status == TransactionStatus::Failed || self.skipping || self.copying.is_some() {
            return None;
        }
        let rows = match tools.gate.copy_rows(text)? {
            Ok(rows) => rows,
            Err(report) => return Some(Err(report)),
        };
        let Some(server) = server else { return Some(Ok(false)) };
        self.names.forget_unnamed();
        self.end_batch();
        self.copy(tools, Copying::new(rows.of_at_most(self.longest_row()), false), server);
        Some(Ok(true))
    }

    /// What is said of a text of the extended protocol that was refused: a COPY that the server gets as rows is the proxy's own.
    pub(super) fn as_rows(&self, tools: &Tools, text: &[u8], judged: Judged) -> Judged {
        let failed = self.status == TransactionStatus::Failed && self.ledger.keeps_status();
        if failed || !matches!(judged.verdict, Verdict::Refused(_)) {
            return judged;
        }
        match tools.gate.copy_rows(text) {
            None => judged,
            Some(Err(report)) => {
                Judged { verdict: Verdict::Refused(Arc::new(report)), effects: None, bound: true, access: Access::Anything }
            }
            Some(Ok(_)) => {
                // Whatever way it might find to a server: that fails.
                let fails = Rewritten { text: FAILING_TEXT.into(), map: PositionMap::default(), tenant_parameter: None };
                let effects = Effects { alone: Some(Virtual::CopyRows), ..Effects::default() };
                Judged {
                    verdict: Verdict::Rewritten(Arc::new(fails)),
                    effects: Some(Arc::new(effects)),
                    bound: true,
                    access: Access::Anything,
                }
            }
        }
    }

    /// Executes a portal of such a statement. Whether it could.
    pub(super) fn execute_copying(
        &mut self,
        tools: &Tools,
        portal: &[u8],
        server: &mut Option<Attached<'_>>,
        to_client: &mut Vec<u8>,
    ) -> bool {
        let Some(statement) = self.names.portal(portal).map(|portal| Arc::clone(&portal.statement)) else { return true };
        let Origin::Parse { text, .. } = &statement.origin else { return true };
        if self.status == TransactionStatus::Failed && self.ledger.keeps_status() {
            return self.refuse(transaction_failed(), server, to_client);
        }
        let rows = match tools.gate.copy_rows(text) {
            Some(Ok(rows)) => rows,
            Some(Err(report)) => return self.refuse(report, server, to_client),
            None if self.front.catalog != CatalogStep::Read => {
                self.front.catalog = CatalogStep::Wanted;
                return false;
            }
            None => return self.refuse(unsupported(), server, to_client),
        };
        let Some(attached) = server else { return false };
        if !self.names.finish(portal) {
            return self.refuse(finished_portal(portal), server, to_client);
        }
        self.replay.stop();
        self.unsynced = true;
        self.executed = true;
        self.copy(tools, Copying::new(rows.of_at_most(self.longest_row()), true), attached);
        true
    }

    /// Has the server take the rows' statement. The client is asked for its data once it has.
    fn copy(&mut self, tools: &Tools, copying: Copying, server: &mut Attached<'_>) {
        server.carried.statements.unnamed = None;
        self.enter(&None, server);
        self.ledger.push(Owed::CopyRows { in_batch: copying.in_batch });
        self.copying = Some(Box::new(copying));
        self.go_on_copying(tools, server);
        synthetic::empty(server.out, client::FLUSH);
    }

    /// Whether rows are being copied, so that a server's replies may let more of them go.
    #[inline]
    pub fn copies_rows(&self) -> bool {
        self.copying.is_some()
    }

    /// Sends the rows that may go.
    pub(super) fn go_on_copying(&mut self, tools: &Tools, server: &mut Attached<'_>) {
        let Some(copying) = self.copying.as_deref_mut().filter(|copying| !copying.synced) else { return };
        loop {
            let need = if copying.told { Need::End } else { copying.rows.write(server.out) };
            match need {
                Need::Check(text) => copying.rows.checked(checked(tools, &text), server.out),
                Need::Data => {
                    copying.full = false;
                    return;
                }
                Need::Replies => {
                    copying.full = true;
                    return;
                }
                Need::End if copying.in_batch => {
                    if !std::mem::replace(&mut copying.ending, true) {
                        synthetic::empty(server.out, client::FLUSH);
                    }
                    return;
                }
                Need::End => {
                    synthetic::empty(server.out, client::SYNC);
                    copying.synced = true;
                    self.forget_data();
                    return self.end_batch();
                }
            }
        }
    }

    /// The rest of a CopyData isn't needed.
    fn forget_data(&mut self) {
        if let Flow::Copy(left) = self.flow {
            self.flow = Flow::Discard(left);
        }
    }

    /// A frame of the client's while rows are copied; `None` where it has nothing to do with that.
    pub(super) fn frame_while_copying(
        &mut self,
        tools: &Tools,
        header: Header,
        input: &[u8],
        server: &mut Option<Attached<'_>>,
    ) -> Result<Option<Done>, Fatal> {
        let Some(copying) = self.copying.as_deref_mut() else { return Ok(None) };
        let here = header.frame_len().min(input.len());
        let left = header.frame_len() - here;
        let is_data = matches!(header.tag, client::COPY_DATA | client::COPY_DONE | client::COPY_FAIL);
        if copying.synced {
            if is_data {
                self.flow = if left > 0 { Flow::Discard(left) } else { Flow::Frames };
            }
            return Ok(is_data.then_some(Done::Bytes(here)));
        }
        if header.tag == client::TERMINATE {
            return Ok(Some(Done::Goodbye));
        }
        if copying.holds_client() {
            return Ok(Some(Done::Incomplete));
        }
        let body = input.get(HEADER_LEN..here).unwrap_or_default();
        match header.tag {
            client::COPY_DATA => {
                copying.rows.data(body);
                self.flow = if left > 0 { Flow::Copy(left) } else { Flow::Frames };
            }
            _ if left > 0 => return Ok(Some(Done::Incomplete)),
            client::COPY_DONE => copying.rows.done(),
            client::COPY_FAIL => copying.rows.give_up(&String::from_utf8_lossy(body.strip_suffix(b"\0").unwrap_or(body))),
            // Ignored as a server does (manual 55.2.7).
            client::SYNC | client::FLUSH => {}
            _ => return Err(Fatal::OutOfPlace("message during COPY FROM STDIN that is no COPY data")),
        }
        if let Some(server) = server {
            self.go_on_copying(tools, server);
        }
        self.front = Front::default();
        Ok(Some(Done::Bytes(here)))
    }

    /// More of a CopyData that didn't come at once; how many bytes are done with.
    pub(super) fn more_to_copy(&mut self, tools: &Tools, bytes: &[u8], left: usize, server: &mut Option<Attached<'_>>) -> usize {
        let Some(copying) = self.copying.as_deref_mut().filter(|copying| !copying.full) else { return 0 };
        let here = left.min(bytes.len());
        copying.rows.data(bytes.get(..here).unwrap_or_default());
        self.flow = if left == here { Flow::Frames } else { Flow::Copy(left - here) };
        if let Some(server) = server {
            self.go_on_copying(tools, server);
        }
        here
    }

    /// A server's reply to the rows.
    pub(super) fn copying_reply(&mut self, tag: u8, body: &[u8], sink: &mut Sink<'_>) {
        let Some(copying) = self.copying.as_deref_mut() else { return };
        copying.rows.reply(tag, body);
        copying.full = false;
        if !copying.greeted && copying.rows.is_prepared() {
            copying.greeted = true;
            copying.rows.greet(sink.own());
        }
        if copying.in_batch && copying.rows.is_over() {
            copying.rows.conclude(sink.own());
            match copying.rows.failure() {
                Some(_) => self.tally.fail(None),
                None => self.tally.run(),
            }
            self.skipping |= copying.rows.failure().is_some();
            self.ledger.pop();
            self.begun = false;
            self.drop_copying();
        }
    }

    fn drop_copying(&mut self) {
        self.copying = None;
        self.forget_data();
    }

    /// Something in a batch has failed, and the client has been told. The rows may have been part of that batch.
    pub(super) fn copying_may_be_lost(&mut self) {
        let Some(copying) = self.copying.as_deref_mut() else { return };
        if !copying.in_batch {
            copying.told |= matches!(self.ledger.front(), Some(Owed::CopyRows { .. }));
        } else if !self.ledger.copies_rows() {
            self.drop_copying();
        }
    }

    /// The server is ready: the client is told how it went.
    pub(super) fn conclude_copying(&mut self, sink: &mut Sink<'_>) {
        let Some(copying) = self.copying.take().filter(|copying| !copying.told) else { return };
        if copying.rows.is_settled() {
            copying.rows.conclude(sink.own());
            match copying.rows.failure() {
                Some(_) => self.tally.fail(None),
                None => self.tally.run(),
            }
        } else {
            let report = Report::new(SqlState::INTERNAL_ERROR, "the server has not answered all rows of the COPY");
            synthetic::error(sink.own(), Severity::Error, &report);
        }
    }
}

/// The gate's word on an INSERT of a row.
fn checked(tools: &Tools, text: &str) -> Result<Checked, Report> {
    match tools.gate.judge(text.as_bytes(), Tenancy::Literal, true) {
        Asked::Judged(judged) => match judged.verdict {
            Verdict::Rewritten(rewritten) if rewritten.tenant_parameter.is_none() => {
                Ok(Checked { text: rewritten.text.clone(), appended: None })
            }
            Verdict::Refused(report) => Err((*report).clone()),
            // A row without a check may be anybody's.
            Verdict::AsIs | Verdict::Rewritten(_) => Err(unsupported()),
        },
        Asked::Catalog => Err(unsupported()),
    }
}

/// As PostgreSQL says it.
fn unsupported() -> Report {
    Report::new(SqlState::FEATURE_NOT_SUPPORTED, "COPY FROM not supported with row-level security").with_hint("Use INSERT.")
}
