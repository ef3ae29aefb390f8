//! Simple queries that hold names of prepared statements: PREPARE, EXECUTE, DEALLOCATE, alone or among others.

use std::sync::Arc;

use super::{
    super::ledger::Owed, Attached, Change, Changes, Conversation, SessionStatement, Step, Tools, listening::STAND_IN,
    refusals::duplicate_statement,
};
use crate::{
    backend::{
        settings::quote_identifier,
        statements::{NAME_PREFIX, Origin},
    },
    error::{Report, SqlState},
    sql::outcome::{Effects, NameUse, Verb, Virtual},
    wire::{messages::TransactionStatus, synthetic, tag::client},
};

/// A name that no server knows, for one of ours that isn't the client's.
pub(super) const NOBODYS: &str = "\"unknown prepared statement\"";

impl Conversation {
    /// Sends a simple query that holds names of statements.
    pub(super) fn query_with_names(&mut self, tools: &Tools, text: &[u8], effects: &Effects, server: &mut Attached<'_>) {
        if self.unsynced {
            // What it needs to be loaded would end the batch that is open.
            return self.fail_query(
                Report::new(SqlState::FEATURE_NOT_SUPPORTED, "a query that names prepared statements can't be part of a batch")
                    .with_hint("Send Sync before it."),
                server,
            );
        }
        if let Some(Virtual::Prepare { name, query }) = &effects.alone
            && let Some(query) = text.get(query.clone())
            && self.status != TransactionStatus::Failed
            && self.ledger.keeps_status()
        {
            return self.prepare(tools, name, query, server);
        }
        self.note(effects);
        let (mut renamed, changes) = self.rename(tools, text, effects, server);
        // Some of its own statements had to go for others then, before it made them.
        self.forget_statements |= effects.names.len() > server.carried.statements.capacity();
        if self.unsynced {
            synthetic::empty(server.out, client::SYNC);
            self.ledger.push(Owed::Sync { visible: false });
        }
        renamed.push(0);
        self.send_query(&renamed, (!changes.0.is_empty()).then(|| Box::new(changes)), server);
    }

    /// SQL's PREPARE without parameter types is a Parse: its statement is shared like any other.
    fn prepare(&mut self, tools: &Tools, name: &str, query: &[u8], server: &mut Attached<'_>) {
        if self.names.get(name.as_bytes()).is_some() {
            return self.fail_query(duplicate_statement(name), server);
        }
        let statement = tools.statements.parse(query, b"\0\0", false, || (tools.effects_of)(query));
        let mut undo = self.names.set(name.as_bytes(), Arc::clone(&statement), self.ledger.now());
        self.names.forget_unnamed();
        if !self.holds(&statement, server) {
            self.send_parse(&statement, false, undo.take(), server);
        }
        let mut bytes = Vec::with_capacity(16);
        synthetic::command_complete(&mut bytes, "PREPARE");
        self.ledger.push(Owed::Synthetic { bytes: bytes.into(), undo });
        synthetic::empty(server.out, client::SYNC);
        self.end_batch();
        self.ledger.push(Owed::Sync { visible: true });
    }

    /// Puts the servers' names of statements where a text has the client's, and what its statements do to names.
    fn rename(&mut self, tools: &Tools, text: &[u8], effects: &Effects, server: &mut Attached<'_>) -> (Vec<u8>, Changes) {
        let mut renamed = Vec::with_capacity(text.len() + 16);
        let mut changes = Changes::default();
        let mut copied = 0;
        for used in &effects.names {
            let replacement = match used.verb {
                Verb::Prepare => Some(self.prepare_in_text(tools, text, used, &mut changes, server)),
                Verb::Execute => self.load(used, server),
                Verb::Deallocate => self.deallocate_in_text(tools, used, &mut changes, server),
                Verb::Forget => {
                    let held = Some(Box::new(server.carried.statements.take()));
                    changes.0.push_back(Change { verb: used.verb, undo: self.names.clear(), held, step: None });
                    continue;
                }
                Verb::Listen | Verb::Unlisten => {
                    changes.0.push_back(Change { verb: used.verb, undo: None, held: None, step: Step::of(used.verb, &used.name) });
                    Some(STAND_IN.to_owned())
                }
                Verb::Notify => Some(self.channel_in_text(&used.name)),
            };
            renamed.extend_from_slice(&text[copied..used.span.start]);
            match replacement {
                Some(name) => renamed.extend_from_slice(name.as_bytes()),
                // Not the client's: the server must say that it doesn't exist, whatever others have named.
                None if used.name.starts_with(NAME_PREFIX) => renamed.extend_from_slice(NOBODYS.as_bytes()),
                None => renamed.extend_from_slice(&text[used.span.clone()]),
            }
            copied = used.span.end;
        }
        renamed.extend_from_slice(&text[copied..]);
        (renamed, changes)
    }

    /// The server's name of a channel, as it stands in a text.
    pub(super) fn channel_in_text(&self, channel: &str) -> String {
        let mut text = String::with_capacity(64);
        quote_identifier(&mut text, &self.listening.names().on_server(channel));
        text
    }

    fn prepare_in_text(&mut self, tools: &Tools, text: &[u8], used: &NameUse, changes: &mut Changes, server: &mut Attached<'_>) -> String {
        if let Some(known) = self.names.get(used.name.as_bytes()).cloned() {
            // PostgreSQL refuses a name in use: the server does, if it is sent under the name that it knows.
            self.send_if_missing(&known, server);
            return server_name(&known);
        }
        let slice = |range: std::ops::Range<usize>| String::from_utf8_lossy(text.get(range).unwrap_or_default()).into_owned();
        let (before, after) = (slice(used.statement.start..used.span.start), slice(used.span.end..used.statement.end));
        let statement = tools.statements.prepare(&before, &after, None);
        self.make_room(&statement, server);
        changes.0.push_back(Change {
            verb: used.verb,
            undo: self.names.set(used.name.as_bytes(), Arc::clone(&statement), self.ledger.now()),
            held: None,
            step: None,
        });
        server_name(&statement)
    }

    /// The server's name of a statement that a text executes, loaded where it isn't yet.
    fn load(&mut self, used: &NameUse, server: &mut Attached<'_>) -> Option<String> {
        let statement = Arc::clone(self.names.get(used.name.as_bytes())?);
        self.send_if_missing(&statement, server);
        if let Some(effects) = &statement.effects {
            self.note(&Arc::clone(effects));
            // In which order with what else the text does isn't known.
            self.settings.failed();
        }
        Some(server_name(&statement))
    }

    /// A statement that a text deallocates. A shared one stays: an empty one dies in its place.
    fn deallocate_in_text(&mut self, tools: &Tools, used: &NameUse, changes: &mut Changes, server: &mut Attached<'_>) -> Option<String> {
        let statement = Arc::clone(self.names.get(used.name.as_bytes())?);
        let doomed = match statement.origin {
            Origin::Parse { .. } => {
                let empty = tools.statements.prepare("", "", None);
                synthetic::parse(server.out, empty.server_name(), b"", b"\0\0");
                self.unsynced = true;
                self.ledger.push(Owed::Parse { statement: Arc::clone(&empty), visible: false, undo: None });
                empty
            }
            Origin::Prepare { .. } => {
                self.send_if_missing(&statement, server);
                server.carried.statements.remove(&statement);
                statement
            }
        };
        let undo = self.names.remove(used.name.as_bytes()).ok().flatten();
        changes.0.push_back(Change { verb: used.verb, undo, held: None, step: None });
        Some(server_name(&doomed))
    }
}

fn server_name(statement: &SessionStatement) -> String {
    String::from_utf8_lossy(statement.server_name()).into_owned()
}
