//! What a client sends: each frame is checked, its statement names are replaced, and what it will be owed is noted.

use std::sync::Arc;

use super::{
    super::{ledger::Owed, pin::Pin},
    Attached, ClientStep, Conversation, CopyIn, Fatal, Flow, PoolMode, SessionStatement, Tools, Want,
};
use crate::{
    backend::statements::{NAME_PREFIX, Origin},
    error::{Report, Severity, SqlState},
    sql::{
        PinReason,
        outcome::{Effects, NameUse, Verb, Virtual},
    },
    wire::{
        FrameError, Header, caps,
        frame::HEADER_LEN,
        messages::{BindHead, Named, Parse, Target, TransactionStatus, execute_portal, query_text},
        synthetic,
        tag::{client, server as reply},
    },
};

/// Frames up to this size are looked at whole; longer Binds and COPY data stream through.
const WHOLE: usize = 16 << 10;
/// A text that no server parses: what is refused inside a transaction must fail there, so that the transaction fails too.
const FAILING_TEXT: &[u8] = b"pgtenant_refused_statement";

/// What became of one frame.
enum Done {
    /// So many bytes of input are done with.
    Bytes(usize),
    /// It isn't all there.
    Incomplete,
    /// It needs a server connection, and there is none.
    NeedsServer,
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
        while consumed < input.len() {
            let rest = &input[consumed..];
            match self.flow {
                Flow::Frames => {}
                Flow::Discard(left) => {
                    let here = left.min(rest.len());
                    self.flow = if left == here { Flow::Frames } else { Flow::Discard(left - here) };
                    consumed += here;
                    continue;
                }
                Flow::Forward(left) => {
                    let here = left.min(rest.len());
                    if let Some(server) = &mut server {
                        server.out.extend_from_slice(&rest[..here]);
                    }
                    self.flow = if left == here { Flow::Frames } else { Flow::Forward(left - here) };
                    consumed += here;
                    continue;
                }
            }
            match self.frame(tools, rest, &mut server, to_client)? {
                Done::Bytes(bytes) => consumed += bytes,
                Done::Incomplete => break,
                Done::NeedsServer => return Ok(ClientStep { consumed, want: Want::Server }),
                Done::Goodbye => return Ok(ClientStep { consumed, want: Want::Close }),
            }
        }
        self.pay_ahead(to_client);
        Ok(ClientStep { consumed, want: Want::Bytes })
    }

    /// Our own replies that stand before anything a server owes go out now, unless a server's follow: then they share its write.
    fn pay_ahead(&mut self, to_client: &mut Vec<u8>) {
        if !self.ledger.is_all_synthetic() {
            return;
        }
        while let Some(Owed::Synthetic { bytes, .. }) = self.ledger.pop() {
            to_client.extend_from_slice(&bytes);
        }
    }

    fn frame(&mut self, tools: &Tools, input: &[u8], server: &mut Option<Attached<'_>>, to_client: &mut Vec<u8>) -> Result<Done, Fatal> {
        let Some(header) = Header::read(input) else { return Ok(Done::Incomplete) };
        header.check(caps::client_cap(header.tag)?)?;
        if server.is_none() {
            self.pay_ahead(to_client);
        }
        let here = header.frame_len().min(input.len());
        if self.skipping && !matches!(header.tag, client::SYNC | client::TERMINATE) {
            self.flow = if here < header.frame_len() { Flow::Discard(header.frame_len() - here) } else { Flow::Frames };
            return Ok(Done::Bytes(here));
        }
        if self.copy_in == CopyIn::Running {
            return self.frame_in_copy(header, input, here, server);
        }
        match header.tag {
            client::COPY_DATA | client::COPY_DONE | client::COPY_FAIL => return Ok(self.stray_copy(header, here, input, server)),
            client::BIND if header.frame_len() > WHOLE && here < header.frame_len() => {
                return self.long_bind(header, input, server, to_client);
            }
            client::QUERY if header.length > caps::STATEMENT => return Ok(self.endless_query(header, input, server)),
            _ if here < header.frame_len() => return Ok(Done::Incomplete),
            _ => {}
        }
        let frame = &input[..here];
        let body = &frame[HEADER_LEN..];
        if self.ledger.is_empty() && self.status == TransactionStatus::Idle {
            match header.tag {
                client::PARSE | client::BIND => self.replay.start(),
                client::SYNC if server.is_none() => {
                    synthetic::ready(to_client, TransactionStatus::Idle);
                    self.skipping = false;
                    return Ok(Done::Bytes(here));
                }
                _ => {}
            }
        }
        let done = match header.tag {
            client::TERMINATE => return Ok(Done::Goodbye),
            client::QUERY => self.query(tools, body, server, to_client)?,
            client::FUNCTION_CALL => self.refuse_query(&function_call_refused(), server, to_client),
            client::PARSE => self.parse(tools, body, server, to_client)?,
            client::BIND => self.bind(body, header.body_len(), server, to_client)?,
            client::DESCRIBE => self.describe(body, frame, server, to_client)?,
            client::CLOSE => self.close(body, frame, server)?,
            client::EXECUTE => self.execute(body, frame, server, to_client)?,
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
            return Ok(Done::NeedsServer);
        }
        if matches!(header.tag, client::PARSE | client::BIND | client::DESCRIBE | client::CLOSE | client::EXECUTE) {
            self.unsynced |= server.is_some();
        }
        self.replay.add(frame);
        Ok(Done::Bytes(here))
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
            Some(server) if !self.ledger.is_empty() => {
                self.replay.stop();
                server.out.extend_from_slice(&input[..here]);
                self.flow = if rest > 0 { Flow::Forward(rest) } else { Flow::Frames };
            }
            _ => self.flow = if rest > 0 { Flow::Discard(rest) } else { Flow::Frames },
        }
        Done::Bytes(here)
    }

    /// A Bind that is longer than what is held: its names are replaced, the rest streams.
    fn long_bind(
        &mut self,
        header: Header,
        input: &[u8],
        server: &mut Option<Attached<'_>>,
        to_client: &mut Vec<u8>,
    ) -> Result<Done, Fatal> {
        let body = &input[HEADER_LEN..];
        if BindHead::read(body).is_none() {
            return if body.len() > WHOLE { Err(FrameError::Malformed { tag: client::BIND }.into()) } else { Ok(Done::Incomplete) };
        }
        if self.ledger.is_empty() {
            self.replay.stop();
        }
        if !self.bind(body, header.body_len(), server, to_client)? {
            return Ok(Done::NeedsServer);
        }
        self.unsynced |= server.is_some();
        self.replay.stop();
        let rest = header.frame_len() - input.len();
        self.flow = if self.skipping { Flow::Discard(rest) } else { Flow::Forward(rest) };
        Ok(Done::Bytes(input.len()))
    }

    /// A text beyond what is held: it streams unread, so the session keeps its server connection.
    fn endless_query(&mut self, header: Header, input: &[u8], server: &mut Option<Attached<'_>>) -> Done {
        let Some(server) = server else { return Done::NeedsServer };
        self.pin.get_or_insert(Pin::State(PinReason::NotUnderstood));
        self.replay.stop();
        self.unsynced = false;
        server.carried.statements.unnamed = None;
        self.ledger.push(Owed::Query);
        server.out.extend_from_slice(input);
        self.flow = Flow::Forward(header.frame_len() - input.len());
        Done::Bytes(input.len())
    }

    fn query(&mut self, tools: &Tools, body: &[u8], server: &mut Option<Attached<'_>>, to_client: &mut Vec<u8>) -> Result<bool, Fatal> {
        self.replay.stop();
        let text = query_text(body)?;
        let Some(effects) = (tools.effects_of)(text) else {
            let Some(server) = server else { return Ok(false) };
            self.send_query(body, server);
            return Ok(true);
        };
        if self.mode == PoolMode::Statement && effects.begins {
            return Ok(self.refuse_query(&blocks_refused(), server, to_client));
        }
        if self.ledger.is_empty()
            && self.answers_itself(&effects)
            && let Some(mut answer) = self.act_alone(&effects)
        {
            synthetic::ready(&mut answer, self.status);
            to_client.extend_from_slice(&answer);
            return Ok(true);
        }
        let Some(server) = server else { return Ok(false) };
        if let Some(Virtual::Prepare { name, query }) = &effects.alone
            && let Some(query) = text.get(query.clone())
        {
            self.prepare(tools, name, query, server);
            return Ok(true);
        }
        self.note(&effects);
        match self.rename(tools, text, &effects, server) {
            Some(mut renamed) => {
                renamed.push(0);
                self.send_query(&renamed, server);
            }
            None => self.send_query(body, server),
        }
        Ok(true)
    }

    /// Sends a simple query; `body` ends with its NUL. A server's unnamed statement doesn't survive it.
    fn send_query(&mut self, body: &[u8], server: &mut Attached<'_>) {
        server.carried.statements.unnamed = None;
        self.unsynced = false;
        self.ledger.push(Owed::Query);
        synthetic::query_body(server.out, body);
    }

    /// SQL's PREPARE without parameter types is a Parse: its statement is shared like any other.
    fn prepare(&mut self, tools: &Tools, name: &str, query: &[u8], server: &mut Attached<'_>) {
        if self.names.get(name.as_bytes()).is_some() {
            self.fail_query(duplicate_statement(name), server);
            return;
        }
        let statement = tools.statements.parse(query, b"\0\0", false, || (tools.effects_of)(query));
        let undo = self.names.set(name.as_bytes(), Arc::clone(&statement));
        if server.carried.statements.holds(&statement) {
            let mut bytes = Vec::with_capacity(16);
            synthetic::command_complete(&mut bytes, "PREPARE");
            self.ledger.push(Owed::Synthetic { bytes: bytes.into(), undo });
        } else {
            self.send_parse(&statement, false, undo, server);
            let mut bytes = Vec::with_capacity(16);
            synthetic::command_complete(&mut bytes, "PREPARE");
            self.ledger.push(Owed::Synthetic { bytes: bytes.into(), undo: None });
        }
        synthetic::empty(server.out, client::SYNC);
        self.unsynced = false;
        self.ledger.push(Owed::Sync { visible: true });
    }

    /// Notes what a text that is being sent may do.
    fn note(&mut self, effects: &Effects) {
        self.settings.note(effects);
        self.forget_statements |= effects.forgets_statements;
        if effects.forgets_statements {
            self.names.clear();
        }
        if let (None, Some(reason)) = (&self.pin, &effects.pin) {
            self.pin = Some(Pin::State(reason.clone()));
        }
        self.discarding = effects.alone == Some(Virtual::DiscardAll);
    }

    /// Puts the servers' names of statements where a text has the client's; `None` where it has none.
    fn rename(&mut self, tools: &Tools, text: &[u8], effects: &Effects, server: &mut Attached<'_>) -> Option<Vec<u8>> {
        if effects.names.is_empty() {
            return None;
        }
        let mut renamed = Vec::with_capacity(text.len() + 16);
        let mut copied = 0;
        for used in &effects.names {
            let replacement = match used.verb {
                Verb::Prepare => Some(self.prepare_in_text(tools, text, used, server)),
                Verb::Execute => self.load(used, server),
                Verb::Deallocate => {
                    let name = self.load(used, server);
                    if let Some(statement) = self.names.get(used.name.as_bytes()) {
                        server.carried.statements.remove(statement);
                    }
                    let _ = self.names.remove(used.name.as_bytes());
                    name
                }
            };
            renamed.extend_from_slice(&text[copied..used.span.start]);
            match replacement {
                Some(name) => renamed.extend_from_slice(name.as_bytes()),
                // Not the client's: the server must say that it doesn't exist, whatever others have named.
                None if used.name.starts_with(NAME_PREFIX) => renamed.extend_from_slice(b"\"\""),
                None => renamed.extend_from_slice(&text[used.span.clone()]),
            }
            copied = used.span.end;
        }
        renamed.extend_from_slice(&text[copied..]);
        Some(renamed)
    }

    fn prepare_in_text(&mut self, tools: &Tools, text: &[u8], used: &NameUse, server: &mut Attached<'_>) -> String {
        let slice = |range: std::ops::Range<usize>| String::from_utf8_lossy(text.get(range).unwrap_or_default()).into_owned();
        let (before, after) = (slice(used.statement.start..used.span.start), slice(used.span.end..used.statement.end));
        let known = self.names.get(used.name.as_bytes()).cloned();
        let statement = match known {
            // PostgreSQL refuses a name in use: the server does, if it is sent under the name that it knows.
            Some(known) => {
                self.send_if_missing(&known, server);
                known
            }
            None => {
                let statement = tools.statements.prepare(&before, &after, None);
                server.carried.statements.add(&statement);
                self.names.set(used.name.as_bytes(), Arc::clone(&statement));
                statement
            }
        };
        String::from_utf8_lossy(statement.server_name()).into_owned()
    }

    /// The server's name of a statement that a text executes, loaded where it isn't yet.
    fn load(&mut self, used: &NameUse, server: &mut Attached<'_>) -> Option<String> {
        let statement = Arc::clone(self.names.get(used.name.as_bytes())?);
        if self.send_if_missing(&statement, server) && matches!(statement.origin, Origin::Parse { .. }) {
            synthetic::empty(server.out, client::SYNC);
            self.ledger.push(Owed::Sync { visible: false });
        }
        if let Some(effects) = &statement.effects {
            self.note(&Arc::clone(effects));
        }
        Some(String::from_utf8_lossy(statement.server_name()).into_owned())
    }

    fn parse(&mut self, tools: &Tools, body: &[u8], server: &mut Option<Attached<'_>>, to_client: &mut Vec<u8>) -> Result<bool, Fatal> {
        let parse = Parse::read(body)?;
        if !parse.name.is_empty() && self.names.get(parse.name).is_some() {
            return Ok(self.refuse(duplicate_statement(&String::from_utf8_lossy(parse.name)), server, to_client));
        }
        let statement = tools.statements.parse(parse.text, parse.types, parse.name.is_empty(), || (tools.effects_of)(parse.text));
        if let Some(effects) = &statement.effects {
            if self.mode == PoolMode::Statement && effects.begins {
                return Ok(self.refuse(blocks_refused(), server, to_client));
            }
            if effects.alone.as_ref().is_some_and(|alone| !matches!(alone, Virtual::Prepare { .. })) && self.answers_itself(effects) {
                let undo = self.names.set(parse.name, Arc::clone(&statement));
                self.pay(reply::PARSE_COMPLETE, undo);
                return Ok(true);
            }
        }
        let Some(server) = server else { return Ok(false) };
        let undo = self.names.set(parse.name, Arc::clone(&statement));
        if server.carried.statements.holds(&statement) {
            self.pay(reply::PARSE_COMPLETE, undo);
        } else {
            self.send_parse(&statement, true, undo, server);
        }
        Ok(true)
    }

    /// Whether a statement about virtual state is answered without a server: it isn't where its transaction has failed.
    fn answers_itself(&self, effects: &Effects) -> bool {
        match effects.alone {
            Some(Virtual::DiscardAll) => self.status == TransactionStatus::Idle && self.pin.is_none(),
            Some(Virtual::DeallocateAll | Virtual::Deallocate(_)) => self.status != TransactionStatus::Failed,
            _ => false,
        }
    }

    fn bind(&mut self, body: &[u8], body_len: usize, server: &mut Option<Attached<'_>>, to_client: &mut Vec<u8>) -> Result<bool, Fatal> {
        let head = BindHead::read(body).ok_or(FrameError::Malformed { tag: client::BIND })?;
        let Some(statement) = self.names.get(head.statement).cloned() else {
            return Ok(self.refuse(no_statement(head.statement), server, to_client));
        };
        if let Some(effects) = &statement.effects
            && self.answers_itself(effects)
        {
            self.names.bind(head.portal, &statement);
            self.pay(reply::BIND_COMPLETE, None);
            return Ok(true);
        }
        let Some(server) = server else { return Ok(false) };
        if let Some(effects) = &statement.effects
            && !effects.names.is_empty()
        {
            // Its text holds names of the client's: they can only mean something on a connection that the session keeps.
            self.pin.get_or_insert(Pin::State(PinReason::NotUnderstood));
        }
        self.names.bind(head.portal, &statement);
        self.send_if_missing(&statement, server);
        synthetic::bind_head(server.out, head.portal, statement.server_name(), body_len - head.len);
        server.out.extend_from_slice(&body[head.len..]);
        self.ledger.push(Owed::Bind { statement });
        Ok(true)
    }

    fn describe(&mut self, body: &[u8], frame: &[u8], server: &mut Option<Attached<'_>>, to_client: &mut Vec<u8>) -> Result<bool, Fatal> {
        let named = Named::read(client::DESCRIBE, body)?;
        let statement = match named.target {
            Target::Portal => self.names.portal(named.name).cloned(),
            Target::Statement => match self.names.get(named.name).cloned() {
                Some(statement) => Some(statement),
                None => return Ok(self.refuse(no_statement(named.name), server, to_client)),
            },
        };
        if let Some(effects) = statement.as_ref().and_then(|statement| statement.effects.as_ref())
            && self.answers_itself(effects)
        {
            let mut bytes = Vec::with_capacity(12);
            if named.target == Target::Statement {
                bytes.extend_from_slice(&[reply::PARAMETER_DESCRIPTION, 0, 0, 0, 6, 0, 0]);
            }
            synthetic::empty(&mut bytes, reply::NO_DATA);
            self.pay_bytes(bytes, None);
            return Ok(true);
        }
        let Some(server) = server else { return Ok(false) };
        match (named.target, statement) {
            (Target::Statement, Some(statement)) => {
                self.send_if_missing(&statement, server);
                synthetic::named(server.out, client::DESCRIBE, Target::Statement, statement.server_name());
            }
            _ => server.out.extend_from_slice(frame),
        }
        self.ledger.push(Owed::Describe);
        Ok(true)
    }

    /// Closing a statement removes the client's name only: the server keeps the statement for others.
    fn close(&mut self, body: &[u8], frame: &[u8], server: &mut Option<Attached<'_>>) -> Result<bool, Fatal> {
        let named = Named::read(client::CLOSE, body)?;
        if named.target == Target::Statement {
            let undo = self.names.remove(named.name).unwrap_or_default();
            self.pay(reply::CLOSE_COMPLETE, undo);
            return Ok(true);
        }
        let Some(server) = server else { return Ok(false) };
        server.out.extend_from_slice(frame);
        self.ledger.push(Owed::Close { visible: true });
        Ok(true)
    }

    fn execute(&mut self, body: &[u8], frame: &[u8], server: &mut Option<Attached<'_>>, to_client: &mut Vec<u8>) -> Result<bool, Fatal> {
        let portal = execute_portal(body)?;
        if let Some(effects) = self.names.portal(portal).and_then(|statement| statement.effects.clone()) {
            if self.answers_itself(&effects) {
                let Some(answer) = self.act_alone(&effects) else {
                    return Ok(self.refuse(no_statement(b""), server, to_client));
                };
                self.pay_bytes(answer, None);
                return Ok(true);
            }
            if server.is_some() {
                self.note(&effects);
            }
        }
        let Some(server) = server else { return Ok(false) };
        server.out.extend_from_slice(frame);
        self.ledger.push(Owed::Execute);
        Ok(true)
    }

    fn act_alone(&mut self, effects: &Effects) -> Option<Vec<u8>> {
        let mut answer = Vec::with_capacity(24);
        let command = match effects.alone.as_ref()? {
            Virtual::DiscardAll => {
                self.names.clear();
                self.settings.reset_all();
                "DISCARD ALL"
            }
            Virtual::DeallocateAll => {
                self.names.clear();
                "DEALLOCATE ALL"
            }
            Virtual::Deallocate(name) => {
                self.names.remove(name.as_bytes()).ok()?;
                "DEALLOCATE"
            }
            Virtual::Prepare { .. } => return None,
        };
        synthetic::command_complete(&mut answer, command);
        Some(answer)
    }

    fn sync(&mut self, frame: &[u8], server: &mut Option<Attached<'_>>, to_client: &mut Vec<u8>) -> bool {
        self.skipping = false;
        match server {
            Some(server) => {
                server.out.extend_from_slice(frame);
                self.unsynced = false;
                self.ledger.push(Owed::Sync { visible: true });
            }
            None => synthetic::ready(to_client, self.status),
        }
        true
    }

    /// Gives the connection a statement that it doesn't hold. Whether it had to.
    fn send_if_missing(&mut self, statement: &Arc<SessionStatement>, server: &mut Attached<'_>) -> bool {
        if server.carried.statements.holds(statement) {
            return false;
        }
        self.send_parse(statement, false, None, server);
        true
    }

    fn send_parse(&mut self, statement: &Arc<SessionStatement>, visible: bool, undo: Option<Box<super::Undo>>, server: &mut Attached<'_>) {
        if let Some(evicted) = server.carried.statements.add(statement) {
            synthetic::named(server.out, client::CLOSE, Target::Statement, evicted.as_bytes());
            self.ledger.push(Owed::Close { visible: false });
        }
        match &statement.origin {
            Origin::Parse { text, types } => {
                synthetic::parse(server.out, statement.server_name(), text, types);
                self.ledger.push(Owed::Parse { statement: Arc::clone(statement), visible, undo });
            }
            Origin::Prepare { before, after } => {
                let text = format!("{before}{}{after}", String::from_utf8_lossy(statement.server_name()));
                synthetic::query(server.out, text.as_bytes());
                self.ledger.push(Owed::ApplySettings);
            }
        }
    }

    /// Owes a message without a body.
    fn pay(&mut self, tag: u8, undo: Option<Box<super::Undo>>) {
        self.ledger.push(Owed::Synthetic { bytes: Box::new([tag, 0, 0, 0, 4]), undo });
    }

    fn pay_bytes(&mut self, bytes: Vec<u8>, undo: Option<Box<super::Undo>>) {
        self.ledger.push(Owed::Synthetic { bytes: bytes.into(), undo });
    }

    /// Refuses a message of a batch: the rest of the batch is skipped, and an open transaction fails.
    fn refuse(&mut self, report: Report, server: &mut Option<Attached<'_>>, to_client: &mut Vec<u8>) -> bool {
        match server {
            Some(server) => {
                synthetic::parse(server.out, b"", FAILING_TEXT, b"\0\0");
                server.carried.statements.unnamed = None;
                self.ledger.push(Owed::Refusal(Box::new(report)));
            }
            None => synthetic::error(to_client, Severity::Error, &report),
        }
        self.skipping = true;
        true
    }

    /// Refuses a simple query.
    fn refuse_query(&mut self, report: &Report, server: &mut Option<Attached<'_>>, to_client: &mut Vec<u8>) -> bool {
        match server {
            Some(server) => self.fail_query(report.clone(), server),
            None => {
                synthetic::error(to_client, Severity::Error, report);
                synthetic::ready(to_client, self.status);
            }
        }
        true
    }

    fn fail_query(&mut self, report: Report, server: &mut Attached<'_>) {
        synthetic::query(server.out, FAILING_TEXT);
        server.carried.statements.unnamed = None;
        self.unsynced = false;
        self.ledger.push(Owed::RefusedQuery(Box::new(report)));
    }
}

fn function_call_refused() -> Report {
    Report::new(SqlState::FEATURE_NOT_SUPPORTED, "the function call protocol is not supported").with_hint("Use SELECT to call a function.")
}

fn blocks_refused() -> Report {
    Report::new(SqlState::FEATURE_NOT_SUPPORTED, "transaction blocks are not allowed in statement pooling mode")
        .with_detail("The tenant's plan says pool_mode = \"statement\".")
        .with_hint("Ask the operator for pool_mode = \"transaction\".")
}

fn duplicate_statement(name: &str) -> Report {
    Report::new(SqlState::DUPLICATE_STATEMENT, format!("prepared statement \"{name}\" already exists"))
}

fn no_statement(name: &[u8]) -> Report {
    let message = if name.is_empty() {
        "unnamed prepared statement does not exist".into()
    } else {
        format!("prepared statement \"{}\" does not exist", String::from_utf8_lossy(name))
    };
    Report::new(SqlState::INVALID_STATEMENT_NAME, message)
}
