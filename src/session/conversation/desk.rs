//! What a session answers by itself about its tenant and, where it may act for several, about transactions that no server knows yet.
//!
//! Every frame passes here first. Statements and portals of these commands are kept apart from others: no server ever gets them, but
//! for a COMMIT or the like of a block that a server has.

use std::sync::Arc;

use super::{
    super::{
        ledger::Owed,
        tenancy::{Answer, Standing, Switching, Tenancy, not_alone, transaction_failed, unsaid},
    },
    Attached, Conversation, Fatal, Front, Tools,
    desk_answers::{TEXT, column, write},
    desk_own::{Own, OwnPortal, OwnStatement},
    judging::Meaning,
    refusals::{blocks_refused, duplicate_statement, finished_portal},
};
use crate::{
    error::{Report, SqlState},
    ids::TenantId,
    shard_map::PoolMode,
    sql::{
        is_utf8_encoding,
        tenancy::{Cleanup, Command, Reading, Said, Value, comment, read, read_of_one},
    },
    wire::{
        FrameError,
        messages::{BindHead, Named, Parse, Target, TransactionStatus, execute_portal, first_text_parameter, query_text},
        synthetic,
        tag::{client, server as reply},
    },
};

/// Whom the session acts for, and what it keeps for that.
pub(super) struct Desk {
    pub(super) tenancy: Tenancy,
    /// Whose tools and server connections the conversation is given.
    acting: Option<TenantId>,
    own: Option<Box<Own>>,
    /// The portal of a COMMIT or the like that a server gets, of a transaction that said its tenant.
    end: Option<Box<[u8]>>,
    /// It has been executed: nothing more of the batch may follow.
    ended: bool,
}

/// What is to become of a frame.
pub(super) enum Verdict {
    /// Whoever comes next sees it.
    Pass,
    /// It is dealt with, refusals included.
    Answered,
    /// It is refused.
    Refuse(Report),
    /// It must wait until nothing is owed.
    Hold,
    /// Its tenant's tools are needed.
    Tenant,
    /// It must wait for what [`Conversation::needs`] names.
    Waits,
}

impl Desk {
    pub(super) fn new() -> Self {
        Desk { tenancy: Tenancy::fixed(None), acting: None, own: None, end: None, ended: false }
    }

    fn own(&mut self) -> &mut Own {
        self.own.get_or_insert_default()
    }

    /// What it holds beside itself, about.
    #[inline]
    pub(super) fn heap_bytes(&self) -> usize {
        self.own.as_ref().map_or(0, |own| own.bytes())
    }

    fn statement(&self, name: &[u8]) -> Option<&Arc<OwnStatement>> {
        self.own.as_ref()?.statement(name)
    }

    /// A name that stands for something else from now on.
    fn forget(&mut self, name: &[u8]) {
        if let Some(own) = &mut self.own {
            own.remove_statement(name);
            own.remove_comment(name);
        }
    }

    fn forget_statements(&mut self) {
        if let Some(own) = &mut self.own {
            own.forget_named();
        }
    }

    fn forget_portals(&mut self) {
        if let Some(own) = &mut self.own {
            own.forget_portals();
        }
    }
}

impl Conversation {
    /// Says whom the session acts for, once and for all.
    pub fn act_for(&mut self, tenant: TenantId) {
        self.desk = Desk { tenancy: Tenancy::fixed(Some(tenant.clone())), acting: Some(tenant), own: None, end: None, ended: false };
    }

    /// Lets the session act for several tenants, one at a time; `start`: as it said at login.
    pub fn may_switch(&mut self, start: Option<TenantId>, switching: Switching) {
        self.desk = Desk { tenancy: Tenancy::switching(start.clone(), switching), acting: start, own: None, end: None, ended: false };
    }

    /// Whom the session acts for, as far as the client has said.
    pub fn tenant(&self) -> Option<&TenantId> {
        self.desk.tenancy.tenant()
    }

    /// The conversation is given this tenant's tools and server connections from now on.
    pub fn given(&mut self, tenant: Option<TenantId>, mode: PoolMode) {
        self.desk.acting = tenant;
        self.mode = mode;
        self.front = Front::default();
    }

    /// Whether no server owes anything, so that a held client may go on.
    pub fn owes_nothing(&self) -> bool {
        self.ledger.is_own()
    }

    /// The value that the session has chosen for a setting, by its name in any case.
    pub fn chosen(&self, name: &str) -> Option<&str> {
        self.settings.chosen().get(&name.to_ascii_lowercase())
    }

    /// Looks at a frame of the client before anything else does; `body` isn't all there where `whole` is false.
    pub(super) fn at_desk(
        &mut self,
        tools: &Tools,
        tag: u8,
        (body, whole): (&[u8], bool),
        server: &mut Option<Attached<'_>>,
        to_client: &mut Vec<u8>,
    ) -> Result<Verdict, Fatal> {
        // Nothing that a session of one tenant has begun here.
        let is_plain = !self.desk.tenancy.switches() && self.desk.own.is_none();
        if is_plain && (self.front.has_passed_desk || !matches!(tag, client::QUERY | client::PARSE)) {
            return Ok(Verdict::Pass);
        }
        let verdict = match tag {
            client::QUERY if whole => self.query_at_desk(query_text(body)?, to_client),
            client::PARSE if whole => self.parse_at_desk(body)?,
            client::BIND => self.bind_at_desk(tools, body, whole)?,
            client::DESCRIBE if whole => self.describe_at_desk(body)?,
            client::EXECUTE if whole => self.execute_at_desk(body)?,
            client::CLOSE if whole => self.close_at_desk(body)?,
            client::QUERY => self.needs_tenant(),
            client::SYNC => {
                self.desk.forget_portals();
                (self.desk.end, self.desk.ended) = (None, false);
                if server.is_none() {
                    self.desk.tenancy.batch_over();
                }
                Verdict::Pass
            }
            _ => Verdict::Pass,
        };
        match verdict {
            Verdict::Refuse(report) if tag == client::QUERY => self.refuse_query(&report, server, to_client),
            Verdict::Refuse(report) => self.refuse(report, server, to_client),
            other => {
                // Such a batch can't be sent again: what is answered here isn't kept.
                if matches!(other, Verdict::Answered) {
                    self.replay.stop();
                }
                self.front.has_passed_desk = is_plain && whole && matches!(other, Verdict::Pass);
                return Ok(other);
            }
        };
        Ok(Verdict::Answered)
    }

    /// What stands in the way of another tenant.
    fn standing(&self) -> Standing {
        if self.unsynced || self.status != TransactionStatus::Idle && !self.desk.tenancy.is_deferred() {
            return Standing::Tied;
        }
        self.pin.as_ref().map_or(Standing::Free, |pin| Standing::Pinned(pin.to_string()))
    }

    /// Reads a text: all of it where the session may switch, else for its first word.
    fn reading(&self, text: &[u8]) -> Reading {
        if self.desk.tenancy.switches() { read(text) } else { read_of_one(text) }
    }

    /// Whether replies that are owed must come first: they may change whom the session acts for.
    fn must_wait(&self, says_something: bool) -> bool {
        !self.unsynced && (says_something || !self.desk.tenancy.is_settled()) && !self.ledger.is_own()
    }

    /// A frame that a server gets: whether the conversation has what its tenant needs.
    fn needs_tenant(&self) -> Verdict {
        let tenancy = &self.desk.tenancy;
        if !tenancy.switches() {
            return Verdict::Pass;
        }
        if tenancy.has_failed() {
            return Verdict::Refuse(transaction_failed());
        }
        if self.desk.ended {
            return Verdict::Refuse(not_alone());
        }
        match tenancy.tenant() {
            None => Verdict::Refuse(unsaid()),
            Some(tenant) if self.desk.acting.as_ref() != Some(tenant) && self.pin.is_some() => Verdict::Refuse(pinned()),
            // What is asked of its server, settings for one, is still another's.
            Some(tenant) if self.desk.acting.as_ref() != Some(tenant) && !self.unsynced && !self.ledger.is_own() => Verdict::Hold,
            Some(tenant) if self.desk.acting.as_ref() != Some(tenant) => Verdict::Tenant,
            Some(_) if self.mode == PoolMode::Statement && tenancy.is_deferred() => Verdict::Refuse(blocks_refused()),
            Some(_) => Verdict::Pass,
        }
    }

    fn query_at_desk(&mut self, text: &[u8], to_client: &mut Vec<u8>) -> Verdict {
        let reading = self.reading(text);
        let said = if self.desk.tenancy.reads_comments() { comment(text) } else { Said::Nothing };
        if self.must_wait(reading != Reading::Plain || said != Said::Nothing) {
            return Verdict::Hold;
        }
        let standing = self.standing();
        match &reading {
            Reading::Command(Command::Deallocate(Some(name))) if self.desk.statement(name.as_bytes()).is_some() => {
                self.desk.forget(name.as_bytes());
                return self.answer_query("DEALLOCATE", to_client);
            }
            Reading::Command(command) if self.desk.tenancy.owns(command, &standing) => {
                return match self.act_at_desk(command, None, (text, false), &standing) {
                    Ok(answer) => {
                        if let Some(refused) = self.choose(&answer) {
                            return Verdict::Refuse(refused);
                        }
                        self.pay_own(to_client);
                        self.names.forget_unnamed();
                        write(&answer, true, to_client);
                        self.status = answer.status.unwrap_or(self.status);
                        synthetic::ready(to_client, self.status);
                        Verdict::Answered
                    }
                    Err(report) => Verdict::Refuse(report),
                };
            }
            Reading::Cleanup(statements)
                if self.desk.tenancy.switches() && self.desk.tenancy.tenant().is_none() && self.status == TransactionStatus::Idle =>
            {
                self.clean_up(statements, to_client);
                return Verdict::Answered;
            }
            _ => {}
        }
        self.text_for_server(&reading, said, &standing)
    }

    fn answer_query(&mut self, tag: &str, to_client: &mut Vec<u8>) -> Verdict {
        self.pay_own(to_client);
        synthetic::command_complete(to_client, tag);
        synthetic::ready(to_client, self.status);
        Verdict::Answered
    }

    /// Keeps a setting that an answer has changed. Why not, where it can't be had.
    fn choose(&mut self, answer: &Answer) -> Option<Report> {
        let (name, value) = answer.setting.as_ref()?;
        if *name == "client_encoding" && !is_utf8_encoding(value) {
            return Some(
                Report::new(SqlState::FEATURE_NOT_SUPPORTED, format!("client_encoding \"{value}\" is not supported"))
                    .with_hint("Use UTF8."),
            );
        }
        self.settings.choose(name, value);
        None
    }

    /// There is no server, and so nothing to clean up.
    fn clean_up(&mut self, statements: &[Cleanup], to_client: &mut Vec<u8>) {
        self.pay_own(to_client);
        for statement in statements {
            let tag = match statement {
                Cleanup::ResetAll => {
                    self.settings.reset_all();
                    self.leasing.reset();
                    "RESET"
                }
                Cleanup::Unlisten => "UNLISTEN",
                Cleanup::CloseAll => "CLOSE CURSOR ALL",
                Cleanup::DeallocateAll => {
                    self.names.clear();
                    self.desk.forget_statements();
                    "DEALLOCATE ALL"
                }
                Cleanup::Rollback => "ROLLBACK",
                Cleanup::UnlockAll => {
                    synthetic::text_description(to_client, "pg_advisory_unlock_all");
                    synthetic::text_row(to_client, "");
                    "SELECT 1"
                }
            };
            synthetic::command_complete(to_client, tag);
        }
        synthetic::ready(to_client, self.status);
    }

    /// A text that isn't answered here: whether it may go on its way.
    fn text_for_server(&mut self, reading: &Reading, said: Said, standing: &Standing) -> Verdict {
        let tenancy = &mut self.desk.tenancy;
        if !tenancy.switches() {
            return Verdict::Pass;
        }
        match reading {
            Reading::SaysInside => return Verdict::Refuse(not_alone()),
            Reading::EndsInside | Reading::Command(Command::Commit { chain: true } | Command::Rollback { chain: true })
                if !tenancy.is_settled() =>
            {
                return Verdict::Refuse(not_alone());
            }
            // Answered elsewhere, or a server's business and ours.
            Reading::Command(Command::DiscardAll) => {
                tenancy.reset_all();
                self.desk.forget_statements();
                if self.pin.is_none() && self.status == TransactionStatus::Idle {
                    return Verdict::Pass;
                }
            }
            Reading::Command(Command::Deallocate(name)) => {
                if name.is_none() {
                    self.desk.forget_statements();
                }
                return if self.status == TransactionStatus::Idle { Verdict::Pass } else { self.needs_tenant() };
            }
            Reading::Command(Command::ResetAll) => tenancy.reset_all(),
            Reading::Cleanup(statements) if statements.contains(&Cleanup::ResetAll) => tenancy.reset_all(),
            _ => {}
        }
        match said {
            Said::Tenant(name) => match self.desk.tenancy.comment(&name, standing) {
                Ok(()) => self.needs_tenant(),
                Err(report) => Verdict::Refuse(report),
            },
            Said::Nothing => self.needs_tenant(),
            Said::Several => Verdict::Refuse(not_alone()),
        }
    }

    fn parse_at_desk(&mut self, body: &[u8]) -> Result<Verdict, Fatal> {
        let parse = Parse::read(body)?;
        let reading = self.reading(parse.text);
        let said = if self.desk.tenancy.reads_comments() { comment(parse.text) } else { Said::Nothing };
        match &reading {
            Reading::Command(Command::DiscardAll | Command::Deallocate(_)) => {}
            Reading::Command(command) => {
                if self.desk.tenancy.has_failed() && !matches!(command, Command::Commit { .. } | Command::Rollback { .. }) {
                    return Ok(Verdict::Refuse(transaction_failed()));
                }
                if !parse.name.is_empty() && (self.names.get(parse.name).is_some() || self.desk.statement(parse.name).is_some()) {
                    return Ok(Verdict::Refuse(duplicate_statement(&String::from_utf8_lossy(parse.name))));
                }
                if parse.name.is_empty() {
                    self.names.forget_unnamed();
                }
                let statement = OwnStatement { command: command.clone(), text: parse.text.into(), types: parse.types.into() };
                self.desk.own().put_statement(parse.name, statement);
                self.ledger.push(Owed::Ack { tag: reply::PARSE_COMPLETE, undo: None });
                return Ok(Verdict::Answered);
            }
            _ => {}
        }
        if self.must_wait(said != Said::Nothing) {
            return Ok(Verdict::Hold);
        }
        if !parse.name.is_empty() && self.desk.statement(parse.name).is_some() {
            return Ok(Verdict::Refuse(duplicate_statement(&String::from_utf8_lossy(parse.name))));
        }
        self.desk.forget(parse.name);
        if let Said::Tenant(tenant) = &said {
            self.desk.own().put_comment(parse.name, tenant.clone());
        }
        let standing = self.standing();
        Ok(self.text_for_server(&reading, said, &standing))
    }

    fn bind_at_desk(&mut self, tools: &Tools, body: &[u8], whole: bool) -> Result<Verdict, Fatal> {
        let Some(head) = BindHead::read(body) else {
            return if whole { Err(FrameError::Malformed { tag: client::BIND }.into()) } else { Ok(Verdict::Pass) };
        };
        let Some(statement) = self.desk.statement(head.statement).cloned() else {
            if !self.desk.tenancy.switches() {
                return Ok(Verdict::Pass);
            }
            if self.must_wait(false) {
                return Ok(Verdict::Hold);
            }
            if let Some(own) = &mut self.desk.own {
                own.remove_portal(head.portal);
            }
            // What is refused for its name is, whoever it would be for.
            if self.names.get(head.statement).is_none() {
                return Ok(Verdict::Pass);
            }
            let said = self.desk.own.as_ref().and_then(|own| own.comment(head.statement).cloned());
            let standing = self.standing();
            return Ok(match said.map(|name| self.desk.tenancy.comment(&name, &standing)) {
                Some(Err(report)) => Verdict::Refuse(report),
                _ => self.needs_tenant(),
            });
        };
        if self.must_wait(true) {
            return Ok(Verdict::Hold);
        }
        if !self.desk.tenancy.owns(&statement.command, &self.standing()) {
            // The block is a server's, so it gets the statement after all.
            let verdict = self.needs_tenant();
            return Ok(if matches!(verdict, Verdict::Pass) { self.lend(tools, &head, &statement) } else { verdict });
        }
        if !whole {
            return Ok(Verdict::Refuse(Report::new(SqlState::PROGRAM_LIMIT_EXCEEDED, "the value of pgtenant.tenant is too long")));
        }
        let value = match statement.command {
            Command::Set { value: Value::Parameter, .. } => {
                first_text_parameter(&body[head.len..])?.map(|value| String::from_utf8_lossy(value).into_owned())
            }
            _ => None,
        };
        self.desk.own().put_portal(head.portal, OwnPortal { statement, value, done: false });
        self.ledger.push(Owed::Ack { tag: reply::BIND_COMPLETE, undo: None });
        Ok(Verdict::Answered)
    }

    /// Gives the client's name to a statement that a server may get.
    fn lend(&mut self, tools: &Tools, head: &BindHead<'_>, statement: &OwnStatement) -> Verdict {
        let (text, types, name) = (&statement.text, &statement.types, head.statement);
        let lent = match self.judge_again(tools, text, types, tools.gate.tenancy(types), name.is_empty()) {
            Meaning::Statement(lent) => lent,
            Meaning::Refused(report) => return Verdict::Refuse(*report),
            Meaning::Unknown => return Verdict::Waits,
            Meaning::Nothing => return Verdict::Pass,
        };
        self.desk.own().remove_portal(head.portal);
        match statement.command {
            Command::ResetAll => self.desk.tenancy.reset_all(),
            Command::Commit { .. } | Command::Rollback { .. } if !self.desk.tenancy.is_settled() => {
                self.desk.end = Some(head.portal.into())
            }
            _ => {}
        }
        self.names.set(name, lent, self.ledger.now());
        Verdict::Pass
    }

    fn describe_at_desk(&mut self, body: &[u8]) -> Result<Verdict, Fatal> {
        let named = Named::read(client::DESCRIBE, body)?;
        let own = match named.target {
            Target::Statement => self.desk.statement(named.name).cloned(),
            Target::Portal => self.desk.own.as_ref().and_then(|own| own.portal(named.name)).map(|portal| Arc::clone(&portal.statement)),
        };
        let Some(statement) = own else {
            let known = named.target == Target::Portal || self.names.get(named.name).is_some();
            return Ok(if known { self.needs_tenant() } else { Verdict::Pass });
        };
        let mut bytes = Vec::with_capacity(64);
        if named.target == Target::Statement {
            let parameter = matches!(statement.command, Command::Set { value: Value::Parameter, .. });
            synthetic::parameter_description(&mut bytes, if parameter { &[TEXT] } else { &[] });
        }
        match column(&statement.command) {
            Some(name) => synthetic::text_description(&mut bytes, name),
            None => synthetic::empty(&mut bytes, reply::NO_DATA),
        }
        self.ledger.push(Owed::Synthetic { bytes: bytes.into(), undo: None });
        Ok(Verdict::Answered)
    }

    fn execute_at_desk(&mut self, body: &[u8]) -> Result<Verdict, Fatal> {
        let name = execute_portal(body)?;
        let Some(portal) = self.desk.own.as_mut().and_then(|own| own.portal_mut(name)) else {
            let verdict = self.needs_tenant();
            self.desk.ended |= self.desk.end.as_deref() == Some(name);
            return Ok(verdict);
        };
        if std::mem::replace(&mut portal.done, true) {
            return Ok(Verdict::Refuse(finished_portal(name)));
        }
        let (statement, value) = (Arc::clone(&portal.statement), portal.value.clone());
        let standing = self.standing();
        Ok(match self.act_at_desk(&statement.command, value.as_deref(), (&statement.text, true), &standing) {
            Ok(answer) => {
                if let Some(refused) = self.choose(&answer) {
                    return Ok(Verdict::Refuse(refused));
                }
                let mut bytes = Vec::with_capacity(64);
                write(&answer, false, &mut bytes);
                self.status = answer.status.unwrap_or(self.status);
                self.ledger.push(Owed::Synthetic { bytes: bytes.into(), undo: None });
                Verdict::Answered
            }
            Err(report) => Verdict::Refuse(report),
        })
    }

    fn close_at_desk(&mut self, body: &[u8]) -> Result<Verdict, Fatal> {
        let named = Named::read(client::CLOSE, body)?;
        let own = match (named.target, &mut self.desk.own) {
            (_, None) => false,
            (Target::Statement, Some(own)) => {
                own.remove_comment(named.name);
                let found = own.remove_statement(named.name);
                if found {
                    // Where it was lent.
                    let _ = self.names.remove(named.name);
                }
                found
            }
            (Target::Portal, Some(own)) => own.remove_portal(named.name),
        };
        if own {
            self.ledger.push(Owed::Ack { tag: reply::CLOSE_COMPLETE, undo: None });
            return Ok(Verdict::Answered);
        }
        // A portal that no server knows, since there is none.
        let unknown = named.target == Target::Portal && self.desk.tenancy.switches() && self.desk.tenancy.tenant().is_none();
        if unknown {
            self.ledger.push(Owed::Ack { tag: reply::CLOSE_COMPLETE, undo: None });
            return Ok(Verdict::Answered);
        }
        Ok(if named.target == Target::Portal { self.needs_tenant() } else { Verdict::Pass })
    }

    /// A server gets the session's next statement: it must know of the open block before.
    pub(super) fn begin_deferred(&mut self, server: &mut Attached<'_>) {
        if let Some(begin) = self.desk.tenancy.deferred_begin() {
            let text = self.begin_with_context(String::from_utf8_lossy(&begin).into_owned(), server.carried);
            self.ask(&text, Owed::Begin, server);
        }
    }

    /// Something is refused where no server is: a block that is open fails.
    pub(super) fn fail_deferred(&mut self) {
        if self.desk.tenancy.fail() {
            self.status = TransactionStatus::Failed;
        }
    }
}

fn pinned() -> Report {
    Report::new(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, "the session keeps another tenant's server connection")
        .with_hint("Send DISCARD ALL first, or use another connection.")
}
