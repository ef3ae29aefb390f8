//! Whose a transaction is, said in the same write as its first statement, on connections that tenants share.
//!
//! A simple query gets `SET LOCAL …;` before its text, and again behind each statement of it that ends a transaction while more follows.
//! A batch gets `set_config(…, true)` before its first Bind, in the same implicit transaction. A transaction block gets it with its
//! BEGIN. If it fails, what was to run in it doesn't run: the rest of a query's text, or of a batch up to its Sync. What is predicted
//! wrong, because something failed in a pipeline, leaves a transaction without a context: then it sees no rows.

use std::{sync::Arc, time::Duration};

use smallvec::SmallVec;

use super::{
    super::{ledger::Owed, pin::Pin},
    Attached, Conversation, CopyIn,
};
use crate::{
    backend::{
        Carried,
        context::{Context, Prepared},
        settings::Settings,
        statements::KnownStatements,
    },
    error::{Report, SqlState},
    sql::{
        Course, Effect, Leaves, Prescan, TransactionControl,
        outcome::{Effects, TextEffects},
        parse, prescan,
    },
    wire::{messages::TransactionStatus, tag::server},
};

/// Where the next statement will run, as far as what was sent tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Place {
    /// In a transaction of its own.
    #[default]
    Outside,
    /// In a transaction block, if its BEGIN hasn't failed: the server hasn't answered.
    PerhapsInBlock,
    /// In a transaction block that has a context.
    InBlock,
}

/// What a session knows of the transaction that its next message will find.
#[derive(Debug, Default)]
pub(super) struct Transactions {
    /// What they begin with, and what settings are held to.
    context: Option<Arc<Context>>,
    /// Whether the context has anything to say.
    says: bool,
    /// What the session has chosen, and what a connection carries for it.
    settings: Option<Box<(Settings, Settings)>>,
    place: Place,
    /// The batch that is being sent has set the context of the transaction that it is in.
    said: bool,
}

impl Transactions {
    /// Whether transactions begin with something: whose they are, or that they only read.
    #[inline]
    pub(super) fn are_shared(&self) -> bool {
        self.says
    }

    /// Whether a setting is held to something.
    pub(super) fn limits(&self, name: &str) -> bool {
        self.context.as_ref().is_some_and(|context| context.limits(name))
    }

    /// What a setting is held to, where the connection carries just that.
    pub(super) fn reached(&self, name: &str, carried: &Settings) -> Option<Duration> {
        self.context.as_ref().and_then(|context| context.reached(name, carried))
    }

    /// What a connection carries for a session that has chosen these settings.
    pub(super) fn settings(&mut self, chosen: &Settings) -> Settings {
        let Some(context) = &self.context else { return chosen.clone() };
        match &self.settings {
            Some(known) if known.0.same(chosen) => known.1.clone(),
            _ => {
                let wanted = context.settings(chosen);
                self.settings = Some(Box::new((chosen.clone(), wanted.clone())));
                wanted
            }
        }
    }

    /// The batch ends, and with it a transaction that isn't a block.
    #[inline]
    pub(super) fn end_batch(&mut self) {
        self.said = false;
    }

    /// The server is ready, and nothing else is owed: its word counts.
    #[inline]
    pub(super) fn settle(&mut self, status: TransactionStatus) {
        self.place = if status == TransactionStatus::Idle { Place::Outside } else { Place::InBlock };
    }

    /// A session that keeps its connection signs with what the shard map says now, not when it got it.
    fn renew(&self, carried: &mut Carried) {
        if let Some(context) = self.context.as_ref().filter(|_| self.says) {
            carried.contexts.turn_to(context);
        }
    }

    fn leave(&mut self, leaves: Leaves) {
        self.place = match (leaves, self.place) {
            (Leaves::Nothing, _) => Place::Outside,
            (Leaves::Block, Place::InBlock) => Place::InBlock,
            (Leaves::Block, _) => Place::PerhapsInBlock,
        };
    }
}

/// A change of what transactions begin with, of which the attached connection hasn't heard.
#[derive(Debug)]
pub(super) struct Renewal {
    context: Option<Arc<Context>>,
    /// The open transaction was made read-only behind so many batches.
    guarded: Option<u64>,
}

/// What was put into a simple query's text, and which of its replies belong to that.
#[derive(Debug, Default)]
pub struct Inserted {
    /// Where, in characters of the text that was sent, and how many.
    pieces: SmallVec<[(u32, u32); 1]>,
    /// The completed commands that are ours, by number.
    hidden: SmallVec<[u32; 1]>,
    /// Commands that have completed.
    completed: u32,
}

/// A text with its contexts, where it needs any.
type WithContexts = Option<(Vec<u8>, Box<Inserted>)>;

impl Inserted {
    /// A command has completed. Whether it is one of ours.
    fn complete(&mut self) -> bool {
        let number = self.completed;
        self.completed += 1;
        self.hidden.contains(&number)
    }

    /// A position in the client's text, for one in the text that was sent; both count characters from 1. `None` inside of what was inserted.
    pub fn to_client(&self, position: u32) -> Option<u32> {
        let mut before = 0;
        for (at, length) in &self.pieces {
            if position <= *at {
                break;
            }
            if position <= at + length {
                return None;
            }
            before += length;
        }
        Some(position - before)
    }
}

impl Conversation {
    /// The connection is one that tenants share: it is going to serve this session's. What it needs beside settings.
    pub(super) fn turn(&mut self, context: Option<&Arc<Context>>, server: &mut Attached<'_>) -> Option<&'static str> {
        let settings = self.transactions.settings.take().filter(|_| same(self.transactions.context.as_ref(), context));
        let says = context.is_some_and(|context| context.says_anything());
        self.transactions = Transactions { context: context.cloned(), says, settings, ..Transactions::default() };
        // What currval and lastval tell is another tenant's.
        server.carried.contexts.turn_to(context.filter(|_| says)?).then_some("DISCARD SEQUENCES;")
    }

    /// What the tenant's transactions begin with has changed while the session has a server connection.
    pub fn renew_context(&mut self, context: Option<Arc<Context>>) {
        self.renewal = Some(Box::new(Renewal { context, guarded: None }));
    }

    /// Whether the server connection has yet to hear of a change.
    #[inline]
    pub fn is_renewed(&self) -> bool {
        self.renewal.is_some()
    }

    /// Gives the connection what has changed, as far as it can be done now: all of it between two transactions. A transaction that is open
    /// stays as it began, but for a tenant that may only read now.
    pub fn hear_renewal(&mut self, server: &mut Attached<'_>) {
        let Some(mut renewal) = self.renewal.take() else { return };
        if self.is_at_rest() {
            let place = self.transactions.place;
            let also = self.turn(renewal.context.as_ref(), server).unwrap_or_default();
            self.transactions.place = place;
            if self.pin.is_some() {
                self.apply_settings(also, server);
            }
            return;
        }
        let now = self.ledger.now();
        let reads_only = renewal.context.as_ref().is_some_and(|context| context.read_only);
        // Again behind each statement: a ROLLBACK TO takes it back.
        if reads_only && self.is_idle_in_transaction() && self.copy_in == CopyIn::None && renewal.guarded != Some(now) {
            renewal.guarded = Some(now);
            self.ask("SET LOCAL transaction_read_only = on", Owed::ApplySettings, server);
        }
        self.renewal = Some(renewal);
    }

    /// Whether the client's next frame must wait: in a transaction that has begun before its tenant became read-only, nothing is sent behind
    /// what isn't answered, as it is made read-only again in between.
    pub(super) fn waits_for_guard(&self) -> bool {
        self.reads_only_by_now() && !self.ledger.is_own() && !self.unsynced && self.copy_in == CopyIn::None && self.copying.is_none()
    }

    /// Whether the tenant has become read-only while the client runs what may commit and go on: CALL, DO, definitions, and what stands beside them.
    pub fn runs_program_to_stop(&self) -> bool {
        self.reads_only_by_now() && self.runs_program()
    }

    /// Whether the client runs such a program.
    pub fn runs_program(&self) -> bool {
        self.defines && !self.ledger.is_empty() && !self.ledger.is_own()
    }

    /// Whether it has become so while the client sends rows.
    pub fn takes_rows_to_write(&self) -> bool {
        self.reads_only_by_now() && (self.copy_in != CopyIn::None || self.copying.is_some())
    }

    fn reads_only_by_now(&self) -> bool {
        self.renewal.as_ref().and_then(|renewal| renewal.context.as_ref()).is_some_and(|context| context.read_only)
    }

    /// Why a text may not run in a transaction that has begun before its tenant became read-only: going back to a savepoint takes back that it
    /// only reads, for whatever stands behind it.
    pub(super) fn going_back_refused(&self, text: &[u8]) -> Option<Report> {
        if !self.reads_only_by_now() || !goes_back(text) {
            return None;
        }
        let message = "cannot execute ROLLBACK TO SAVEPOINT together with other statements in a read-only transaction";
        let report = Report::new(SqlState::READ_ONLY_SQL_TRANSACTION, message);
        Some(report.with_detail("The transaction began before the tenant became read-only.").with_hint("End the transaction."))
    }

    /// Whether DISCARD ALL makes the connection fit for others. Among tenants nothing is left to that which isn't their session's
    /// pool mode: what has kept the connection goes with it.
    pub fn leaves_clean(&self) -> bool {
        self.pin.as_ref().is_none_or(|pin| if self.transactions.are_shared() { *pin == Pin::SessionMode } else { pin.is_discardable() })
    }

    /// A simple query's body (with its NUL), with its contexts in it. `None` where it goes as it is.
    ///
    /// # Errors
    /// What can't run outside of a transaction block, and would behind its context.
    pub(super) fn with_contexts(&mut self, body: &[u8], carried: &mut Carried) -> Result<WithContexts, Report> {
        if !self.transactions.are_shared() {
            return Ok(None);
        }
        let text = body.strip_suffix(b"\0").unwrap_or(body);
        let course = Course::of(text);
        if let (Some(command), Place::Outside) = (course.needs_block, self.transactions.place) {
            // The server says so, or what else is wrong. Where names mean nothing without a context it couldn't.
            return if carried.contexts.names_objects() { Err(outside_of_block(command)) } else { Ok(None) };
        }
        let begins = match self.transactions.place {
            Place::Outside => !course.is_empty && !course.is_alone,
            Place::PerhapsInBlock => !course.is_empty && !course.controls_first,
            Place::InBlock => false,
        };
        if let Some(leaves) = course.leaves {
            if !course.beginnings.is_empty() {
                // The block that was open is over, whether the next one comes to be or not.
                self.transactions.leave(Leaves::Nothing);
            }
            self.transactions.leave(leaves);
        }
        if !begins && course.beginnings.is_empty() {
            return Ok(None);
        }
        self.transactions.renew(carried);
        let command = carried.contexts.command();
        let (mut sent, mut inserted) = (Vec::with_capacity(body.len() + command.len() + 1), Box::<Inserted>::default());
        let mut insert = |sent: &mut Vec<u8>, parts: [&str; 3]| {
            let at = characters(sent);
            parts.iter().for_each(|part| sent.extend_from_slice(part.as_bytes()));
            inserted.pieces.push((at, characters(sent) - at));
        };
        let commands = carried.contexts.commands();
        let mut ours = 0;
        let mut hidden = SmallVec::new();
        if begins {
            insert(&mut sent, ["", command, ";"]);
            hidden.extend(0..commands);
            ours = commands;
        }
        let mut copied = 0;
        for beginning in &course.beginnings {
            sent.extend_from_slice(text.get(copied..beginning.bytes).unwrap_or_default());
            insert(&mut sent, [";", command, ""]);
            let first = beginning.statements as u32 + ours;
            hidden.extend(first..first + commands);
            ours += commands;
            copied = beginning.bytes;
        }
        sent.extend_from_slice(body.get(copied..).unwrap_or_default());
        inserted.hidden = hidden;
        Ok(Some((sent, inserted)))
    }

    /// Before a message of a batch that may run or plan something.
    pub(super) fn enter(&mut self, effects: &TextEffects, server: &mut Attached<'_>) {
        if !self.transactions.are_shared() || self.transactions.said || effects.as_ref().is_some_and(|effects| effects.controls) {
            return;
        }
        match self.transactions.place {
            Place::InBlock => {}
            // It fails, and in a transaction that has a context it might not.
            Place::Outside if effects.as_ref().is_some_and(|effects| effects.needs_block) && !server.carried.contexts.names_objects() => {}
            Place::Outside => self.say(true, server),
            // Perhaps the client goes on to choose an isolation level.
            Place::PerhapsInBlock => self.say(false, server),
        }
    }

    /// The same before a message that only names things, where names mean nothing without a context.
    #[inline]
    pub(super) fn enter_to_name(&mut self, effects: &TextEffects, server: &mut Attached<'_>) {
        if self.transactions.are_shared() && server.carried.contexts.names_objects() {
            self.enter(effects, server);
        }
    }

    /// Behind a statement about transactions that a batch executes.
    pub(super) fn pass(&mut self, effects: &Effects, server: &mut Attached<'_>) {
        if !self.transactions.are_shared() {
            return;
        }
        if effects.ends {
            self.transactions.leave(Leaves::Nothing);
            self.transactions.said = false;
        }
        if effects.begins || effects.chains {
            self.transactions.leave(Leaves::Block);
            if !self.transactions.said {
                self.say(false, server);
            }
        }
    }

    /// A BEGIN that is sent by itself, with the context of its block.
    pub(super) fn begin_with_context(&mut self, begin: String, carried: &Carried) -> String {
        if !self.transactions.are_shared() {
            return begin;
        }
        self.transactions.place = Place::InBlock;
        begin + ";" + carried.contexts.command()
    }

    fn say(&mut self, by_call: bool, server: &mut Attached<'_>) {
        self.transactions.renew(server.carried);
        let Carried { contexts, statements, .. } = &mut *server.carried;
        let entering = contexts.enter(by_call, &mut statements.context, server.out);
        if entering.unnamed {
            statements.unnamed = None;
        }
        self.transactions.said = true;
        self.unsynced = true;
        self.ledger.push(Owed::Context { answers: entering.answers, prepares: entering.prepares });
    }

    /// A part of the reply to a context.
    pub(super) fn context_part(&mut self, tag: u8, statements: &mut KnownStatements) {
        if tag == server::PARSE_COMPLETE && matches!(self.ledger.front(), Some(Owed::Context { prepares: true, .. })) {
            statements.context = Prepared::Yes;
        }
        if self.ledger.answer_context() {
            self.ledger.pop();
        }
    }

    /// A command of a simple query has completed. Whether it is one of ours, of which the client hears nothing.
    pub(super) fn is_own_command(&mut self) -> bool {
        self.ledger.inserted().is_some_and(Inserted::complete)
    }

    /// A context that was sent hasn't come to anything.
    pub(super) fn lost(statements: &mut KnownStatements) {
        if statements.context != Prepared::No {
            statements.context = Prepared::Sent;
        }
    }
}

/// Whether a text goes back to a savepoint and has more to say. In doubt it does.
fn goes_back(text: &[u8]) -> bool {
    if prescan(text) != Prescan::NeedsParse {
        return false;
    }
    let Some(script) = std::str::from_utf8(text).ok().and_then(|text| parse(text).ok()) else { return true };
    let is_back = |effect: &Effect| matches!(effect, Effect::Transaction(TransactionControl::RollbackTo));
    script.statements.len() > 1 && script.effects().any(is_back)
}

fn same(one: Option<&Arc<Context>>, other: Option<&Arc<Context>>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if Arc::ptr_eq(one, other))
}

/// As PostgreSQL says it.
fn outside_of_block(command: &str) -> Report {
    Report::new(SqlState::NO_ACTIVE_TRANSACTION, format!("{command} can only be used in transaction blocks"))
}

/// A text that streams unread has no place for its context.
pub(super) fn too_long() -> Report {
    Report::new(SqlState::PROGRAM_LIMIT_EXCEEDED, "statement is too long").with_hint("Send less at once, or use COPY.")
}

/// How many characters a text has, whose bytes are UTF-8.
pub(super) fn characters(text: &[u8]) -> u32 {
    text.iter().filter(|byte| !(0x80..0xc0).contains(*byte)).count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `SET LOCAL x;SELECT é; COMMIT;SET LOCAL x; SELECT 1`, with 12 characters before the text and 12 behind its first 17.
    fn inserted() -> Inserted {
        Inserted { pieces: SmallVec::from_slice(&[(0, 12), (29, 12)]), hidden: SmallVec::from_slice(&[0, 3]), completed: 0 }
    }

    #[test]
    fn positions_are_the_clients() {
        let table = [(1, None), (12, None), (13, Some(1)), (29, Some(17)), (30, None), (41, None), (42, Some(18)), (99, Some(75))];
        for (sent, own) in table {
            assert_eq!(inserted().to_client(sent), own, "{sent}");
        }
        assert_eq!(Inserted::default().to_client(7), Some(7));
    }

    #[test]
    fn commands_of_ours_are_counted() {
        let mut inserted = inserted();
        assert_eq!([(); 5].map(|()| inserted.complete()), [true, false, false, true, false]);
    }

    #[test]
    fn characters_are_not_bytes() {
        assert_eq!(["", "abc", "é", "aé漢😀"].map(|text| characters(text.as_bytes())), [0, 3, 1, 4]);
    }
}
