//! Parse, Bind and Describe: a client's statement under the name that servers know it by, and as the gate lets it run.

use std::sync::Arc;

use super::{
    super::ledger::Owed,
    Attached, Conversation, Fatal, Flow, PoolMode, SessionStatement, Tools,
    binding::{Appending, Formats, LONGEST_HEAD},
    client::{Done, WHOLE},
    indirect::{Translated, named_in},
    judging::{Meaning, add, known},
    refusals::{blocks_refused, duplicate_statement, malformed_bind, no_statement},
};
use crate::{
    sql::{gate::Verdict, outcome::Virtual},
    wire::{
        FrameError, Header,
        frame::HEADER_LEN,
        messages::{BindHead, Named, Parse, Target, TransactionStatus},
        synthetic,
        tag::{client, server as reply},
    },
};

/// What became of a Bind.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    /// It needs a server connection, or something else, which isn't there.
    Waits,
    /// Too little of it is there.
    Incomplete,
    /// The server gets it.
    Sent,
    /// The server gets nothing of it.
    Answered,
}

/// What of a Bind is there.
#[derive(Clone, Copy)]
struct BindBody<'a> {
    head: BindHead<'a>,
    /// What of the rest is there.
    tail: &'a [u8],
    /// How long the rest is in all.
    tail_len: usize,
}

impl Conversation {
    pub(super) fn parse(
        &mut self,
        tools: &Tools,
        body: &[u8],
        server: &mut Option<Attached<'_>>,
        to_client: &mut Vec<u8>,
    ) -> Result<bool, Fatal> {
        let parse = Parse::read(body)?;
        if let Err(report) = self.look_at_rate(tools, server.is_some()) {
            return Ok(self.refuse(report, server, to_client));
        }
        let unnamed = parse.name.is_empty();
        if !unnamed && self.names.get(parse.name).is_some() {
            return Ok(self.refuse(duplicate_statement(&String::from_utf8_lossy(parse.name)), server, to_client));
        }
        let tenancy = tools.gate.tenancy(parse.types);
        // A driver that doesn't name statements sends the same one again and again.
        let again = if unnamed { self.names.unnamed_as(parse.text, parse.types, tools.gate.stamps()).cloned() } else { None };
        let explaining = self.explaining(tools, parse.text, parse.types);
        let statement = match (explaining, again.or_else(|| known(tools, parse.text, parse.types, tenancy))) {
            (Some(Some(statement)), _) | (None, Some(statement)) => statement,
            (Some(None), _) => return Ok(false),
            (None, None) => {
                if let Some(report) = tools.gate.refuses_types(parse.types) {
                    return Ok(self.refuse(self.refusal(&report, parse.text), server, to_client));
                }
                let Some(judged) = self.judge_front(tools, parse.text, tenancy) else { return Ok(false) };
                let judged = self.as_rows(tools, parse.text, judged);
                if let Verdict::Refused(report) = &judged.verdict {
                    let report = self.refusal(report, parse.text);
                    return Ok(self.refuse(report, server, to_client));
                }
                // What will be asked again with a server connection mustn't count as seen twice.
                if server.is_none() && unnamed && judged.effects.is_none() {
                    self.front.keep(tools, judged);
                    return Ok(false);
                }
                add(tools, parse.text, parse.types, tenancy, unnamed, judged)
            }
        };
        if let Some(effects) = &statement.judged.effects {
            if self.mode == PoolMode::Statement && effects.begins {
                return Ok(self.refuse(blocks_refused(), server, to_client));
            }
            if effects.alone.as_ref().is_some_and(|alone| !matches!(alone, Virtual::Prepare { .. })) && self.answers_itself(effects) {
                let undo = self.names.set(parse.name, Arc::clone(&statement), self.ledger.now());
                self.ledger.push(Owed::Ack { tag: reply::PARSE_COMPLETE, undo });
                return Ok(true);
            }
        }
        // A driver that prepares while others of its thread hold all connections would wait for itself.
        if server.is_none() && !unnamed && statement.is_accepted() {
            self.tally.client_parses += 1;
            let undo = self.names.set(parse.name, Arc::clone(&statement), self.ledger.now());
            self.ledger.push(Owed::Ack { tag: reply::PARSE_COMPLETE, undo });
            return Ok(true);
        }
        let Some(server) = server else { return Ok(false) };
        self.tally.client_parses += u32::from(!unnamed);
        let undo = self.names.set(parse.name, Arc::clone(&statement), self.ledger.now());
        // A text that names other statements is sent when it is bound.
        let waits = named_in(&statement).is_some() && self.status != TransactionStatus::Failed;
        if waits || self.holds(&statement, server) {
            self.ledger.push(Owed::Ack { tag: reply::PARSE_COMPLETE, undo });
        } else {
            self.send_parse(&statement, true, undo, server);
        }
        Ok(true)
    }

    pub(super) fn bind(
        &mut self,
        tools: &Tools,
        body: &[u8],
        body_len: usize,
        server: &mut Option<Attached<'_>>,
        to_client: &mut Vec<u8>,
    ) -> Result<Bound, Fatal> {
        let head = BindHead::read(body).ok_or(FrameError::Malformed { tag: client::BIND })?;
        let bind = BindBody { head, tail: body.get(head.len..).unwrap_or_default(), tail_len: body_len - head.len };
        let statement = match self.meaning(tools, head.statement) {
            Meaning::Statement(statement) => statement,
            Meaning::Unknown => return Ok(Bound::Waits),
            Meaning::Nothing => {
                self.refuse(no_statement(head.statement), server, to_client);
                return Ok(Bound::Answered);
            }
            Meaning::Refused(report) => {
                self.refuse(*report, server, to_client);
                return Ok(Bound::Answered);
            }
        };
        self.leasing.runs_only(statement.judged.access);
        if let Err(report) = self.admit_bind(tools, &statement.judged.effects) {
            self.refuse(report, server, to_client);
            return Ok(Bound::Answered);
        }
        if let Some(effects) = &statement.judged.effects
            && self.answers_itself(effects)
        {
            self.names.bind(head.portal, &statement, None, true, self.ledger.now());
            self.ledger.push(Owed::Ack { tag: reply::BIND_COMPLETE, undo: None });
            return Ok(Bound::Answered);
        }
        if let Some(number) = statement.tenant_parameter() {
            return self.bind_with_tenant(tools, bind, &statement, number, server, to_client);
        }
        let Some(server) = server else { return Ok(Bound::Waits) };
        let Some(sent) = self.prepare_bind(tools, head, &statement, server) else { return Ok(Bound::Waits) };
        synthetic::bind_head(server.out, head.portal, sent.server_name(), bind.tail_len);
        server.out.extend_from_slice(bind.tail);
        self.unsynced = true;
        self.ledger.push(Owed::Bind { statement: sent });
        Ok(Bound::Sent)
    }

    /// Gives the server the statement of a Bind. What it is there.
    fn prepare_bind(
        &mut self,
        tools: &Tools,
        head: BindHead<'_>,
        statement: &Arc<SessionStatement>,
        server: &mut Attached<'_>,
    ) -> Option<Arc<SessionStatement>> {
        self.enter(&statement.judged.effects, server);
        let translated = self.translate(tools, statement, server)?;
        let Translated { statement: sent, target, told_by } =
            translated.unwrap_or_else(|| Translated { statement: Arc::clone(statement), target: None, told_by: None });
        self.names.bind(head.portal, statement, target, false, self.ledger.now());
        self.names.tell_by(head.portal, told_by);
        self.send_if_missing(&sent, server);
        Some(sent)
    }

    /// A Bind of a statement whose last parameter carries the tenant, of which the client knows nothing.
    fn bind_with_tenant(
        &mut self,
        tools: &Tools,
        bind: BindBody<'_>,
        statement: &Arc<SessionStatement>,
        number: u16,
        server: &mut Option<Attached<'_>>,
        to_client: &mut Vec<u8>,
    ) -> Result<Bound, Fatal> {
        let whole = bind.tail.len() == bind.tail_len;
        let Some(formats) = Formats::read(bind.tail) else {
            if !whole && bind.tail.len() < LONGEST_HEAD {
                return Ok(Bound::Incomplete);
            }
            self.refuse(malformed_bind(), server, to_client);
            return Ok(Bound::Answered);
        };
        if let Err(report) = formats.check(number.saturating_sub(1), bind.head.statement) {
            self.refuse(report, server, to_client);
            return Ok(Bound::Answered);
        }
        let mut appending = Appending::new(formats.values, tools.gate.key());
        let values = bind.tail.get(formats.len..).unwrap_or_default();
        if whole && !appending.fits(values) {
            self.refuse(malformed_bind(), server, to_client);
            return Ok(Bound::Answered);
        }
        let Some(server) = server else { return Ok(Bound::Waits) };
        let Some(sent) = self.prepare_bind(tools, bind.head, statement, server) else { return Ok(Bound::Waits) };
        let grown = formats.with_one_more();
        let tail_len = bind.tail_len - formats.len + grown.len() + appending.len();
        synthetic::bind_head(server.out, bind.head.portal, sent.server_name(), tail_len);
        server.out.extend_from_slice(&grown);
        if !appending.forward(values, server.out)? {
            self.appending = Some(Box::new(appending));
        }
        self.unsynced = true;
        self.ledger.push(Owed::Bind { statement: sent });
        Ok(Bound::Sent)
    }

    /// Passes on bytes of a frame that streams; `last`: it ends with them.
    pub(super) fn forward(&mut self, bytes: &[u8], last: bool, server: &mut Attached<'_>) -> Result<(), Fatal> {
        let Some(appending) = &mut self.appending else {
            server.out.extend_from_slice(bytes);
            return Ok(());
        };
        if appending.forward(bytes, server.out)? {
            self.appending = None;
        } else if last {
            return Err(FrameError::Malformed { tag: client::BIND }.into());
        }
        Ok(())
    }

    /// A Bind that is longer than what is held: its names are replaced, the rest streams.
    pub(super) fn long_bind(
        &mut self,
        tools: &Tools,
        header: Header,
        input: &[u8],
        server: &mut Option<Attached<'_>>,
        to_client: &mut Vec<u8>,
    ) -> Result<Done, Fatal> {
        let body = input.get(HEADER_LEN..).unwrap_or_default();
        if BindHead::read(body).is_none() {
            return if body.len() > WHOLE { Err(FrameError::Malformed { tag: client::BIND }.into()) } else { Ok(Done::Incomplete) };
        }
        if self.ledger.is_empty() {
            self.replay.stop();
        }
        let rest = header.frame_len() - input.len();
        self.flow = match self.bind(tools, body, header.body_len(), server, to_client)? {
            Bound::Waits => return Ok(self.needs()),
            Bound::Incomplete => return Ok(Done::Incomplete),
            Bound::Sent => Flow::Forward(rest),
            Bound::Answered => Flow::Discard(rest),
        };
        self.front = super::Front::default();
        self.replay.stop();
        Ok(Done::Bytes(input.len()))
    }

    pub(super) fn describe(
        &mut self,
        tools: &Tools,
        body: &[u8],
        frame: &[u8],
        server: &mut Option<Attached<'_>>,
        to_client: &mut Vec<u8>,
    ) -> Result<bool, Fatal> {
        let named = Named::read(client::DESCRIBE, body)?;
        let (statement, own) = match named.target {
            Target::Portal => (None, self.names.portal(named.name).is_some_and(|portal| portal.own)),
            Target::Statement => {
                let statement = match self.meaning(tools, named.name) {
                    Meaning::Statement(statement) => statement,
                    Meaning::Unknown => return Ok(false),
                    Meaning::Nothing => return Ok(self.refuse(no_statement(named.name), server, to_client)),
                    Meaning::Refused(report) => return Ok(self.refuse(*report, server, to_client)),
                };
                let own = statement.judged.effects.as_ref().is_some_and(|effects| self.answers_itself(effects));
                (Some(statement), own)
            }
        };
        if own {
            let mut bytes = Vec::with_capacity(12);
            if named.target == Target::Statement {
                bytes.extend_from_slice(&[reply::PARAMETER_DESCRIPTION, 0, 0, 0, 6, 0, 0]);
            }
            synthetic::empty(&mut bytes, reply::NO_DATA);
            self.ledger.push(Owed::Synthetic { bytes: bytes.into(), undo: None });
            return Ok(true);
        }
        let Some(server) = server else { return Ok(false) };
        let mut hides_last = false;
        match (named.target, statement) {
            (Target::Statement, Some(statement)) => {
                self.enter_to_name(&statement.judged.effects, server);
                let Some(translated) = self.translate(tools, &statement, server) else { return Ok(false) };
                let statement = translated.map_or(statement, |translated| translated.statement);
                hides_last = statement.tenant_parameter().is_some();
                self.send_if_missing(&statement, server);
                synthetic::named(server.out, client::DESCRIBE, Target::Statement, statement.server_name());
            }
            _ => server.out.extend_from_slice(frame),
        }
        self.unsynced = true;
        self.ledger.push(Owed::Describe { hides_last });
        Ok(true)
    }
}
