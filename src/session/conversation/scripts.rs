//! Simple queries that hold names of prepared statements: PREPARE, EXECUTE, DEALLOCATE, alone or among others.

use std::{ops::Range, sync::Arc};

use super::{
    super::ledger::Owed,
    Attached, Change, Changes, Conversation, SessionStatement, Step, Tools,
    context::characters,
    judging::{Meaning, nothing_to_say},
    listening::STAND_IN,
    refusals::duplicate_statement,
};
use crate::{
    backend::{
        settings::quote_identifier,
        statements::{NAME_PREFIX, Origin},
    },
    error::{Report, SqlState},
    sql::{
        gate::{Judged, Replacement, Rewritten, Tenancy, Verdict},
        outcome::{Effects, NameUse, Verb, Virtual, effects_of},
    },
    wire::{messages::TransactionStatus, synthetic, tag::client},
};

/// A name that no server knows, for one of ours that isn't the client's.
pub(super) const NOBODYS: &str = "\"unknown prepared statement\"";

/// A text as it is sent, and as the client wrote it.
#[derive(Clone, Copy)]
struct Texts<'a> {
    sent: &'a [u8],
    own: &'a [u8],
    is_own: bool,
}

/// A text with the servers' names in it.
struct Renamed {
    text: Vec<u8>,
    /// Where they stand.
    places: Vec<Replacement>,
    changes: Changes,
}

impl Texts<'_> {
    /// The statement that holds a name, as the client wrote it: names stand in the same order in both.
    fn own_statement(self, number: usize, used: &NameUse) -> String {
        let span = if self.is_own {
            Some(used.statement.clone())
        } else {
            effects_of(self.own).and_then(|effects| effects.names.get(number).map(|used| used.statement.clone()))
        };
        String::from_utf8_lossy(span.and_then(|span| self.own.get(span)).unwrap_or_default()).into_owned()
    }
}

impl Conversation {
    /// Sends a simple query that holds names of statements. Whether it could: not before the catalog has been read, if one of the
    /// statements must be judged again.
    pub(super) fn query_with_names(
        &mut self,
        tools: &Tools,
        text: &[u8],
        judged: &Judged,
        effects: &Effects,
        server: &mut Attached<'_>,
    ) -> bool {
        if self.unsynced {
            // What it needs to be loaded would end the batch that is open.
            self.fail_query(
                Report::new(SqlState::FEATURE_NOT_SUPPORTED, "a query that names prepared statements can't be part of a batch")
                    .with_hint("Send Sync before it."),
                server,
            );
            return true;
        }
        if let Some(Virtual::Prepare { name, .. }) = &effects.alone
            && let Some(query) = own_query(text)
            && self.status != TransactionStatus::Failed
            && self.ledger.keeps_status()
        {
            return self.prepare(tools, name, text, query, server);
        }
        for used in effects.names.iter().filter(|used| used.verb == Verb::Execute) {
            match self.meaning(tools, used.name.as_bytes()) {
                Meaning::Unknown => return false,
                Meaning::Refused(report) => {
                    self.fail_query(*report, server);
                    return true;
                }
                Meaning::Statement(_) | Meaning::Nothing => {}
            }
        }
        let own = text;
        let (text, rewritten) = match &judged.verdict {
            Verdict::Rewritten(rewritten) => (rewritten.text.as_bytes(), Some(Arc::clone(rewritten))),
            _ => (text, None),
        };
        self.note(effects);
        let Renamed { text, places, changes } = self.rename(tools, Texts { sent: text, own, is_own: rewritten.is_none() }, effects, server);
        // Some of its own statements had to go for others then, before it made them.
        self.forget_statements |= effects.names.len() > server.carried.statements.capacity();
        if self.unsynced {
            synthetic::empty(server.out, client::SYNC);
            self.ledger.push(Owed::Sync { visible: false });
        }
        let rewritten = Rewritten::behind(rewritten, &places);
        self.send_query(&text, (!changes.0.is_empty()).then(|| Box::new(changes)), rewritten, server);
        true
    }

    /// SQL's PREPARE without parameter types is a Parse: its statement is shared like any other. What could be done.
    fn prepare(&mut self, tools: &Tools, name: &str, text: &[u8], query: Range<usize>, server: &mut Attached<'_>) -> bool {
        if self.names.get(name.as_bytes()).is_some() {
            self.fail_query(duplicate_statement(name), server);
            return true;
        }
        let before = text.get(..query.start).unwrap_or_default();
        let offset = String::from_utf8_lossy(before).chars().count().try_into().unwrap_or(u32::MAX);
        let statement = match self.judge_again(tools, text.get(query).unwrap_or_default(), b"\0\0", Tenancy::Literal, false) {
            Meaning::Statement(statement) => statement,
            Meaning::Unknown => return false,
            Meaning::Refused(report) => {
                self.fail_query(*report, server);
                return true;
            }
            Meaning::Nothing => return true,
        };
        let mut undo = self.names.set(name.as_bytes(), Arc::clone(&statement), self.ledger.now());
        self.names.forget_unnamed();
        if !self.holds(&statement, server) {
            self.send_parse_at(&statement, false, undo.take(), offset, server);
        }
        let mut bytes = Vec::with_capacity(16);
        synthetic::command_complete(&mut bytes, "PREPARE");
        self.ledger.push(Owed::Synthetic { bytes: bytes.into(), undo });
        synthetic::empty(server.out, client::SYNC);
        self.end_batch();
        self.ledger.push(Owed::Sync { visible: true });
        true
    }

    /// Puts the servers' names of statements where a text has the client's, and what its statements do to names.
    fn rename(&mut self, tools: &Tools, texts: Texts<'_>, effects: &Effects, server: &mut Attached<'_>) -> Renamed {
        let text = texts.sent;
        let mut renamed = Vec::with_capacity(text.len() + 16);
        let mut changes = Changes::default();
        let mut places = Vec::new();
        let (mut copied, mut at) = (0, 0);
        for (number, used) in effects.names.iter().enumerate() {
            let replacement = match used.verb {
                Verb::Prepare => Some(self.prepare_in_text(tools, texts, number, used, &mut changes, server)),
                Verb::Execute => self.load(tools, used, server),
                Verb::Deallocate => self.deallocate_in_text(tools, used, &mut changes, server),
                Verb::Forget => {
                    self.names_in_doubt = true;
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
            let name = match &replacement {
                Some(name) => name.as_bytes(),
                // Not the client's: the server must say that it doesn't exist, whatever others have named.
                None if used.name.starts_with(NAME_PREFIX) => NOBODYS.as_bytes(),
                None => &text[used.span.clone()],
            };
            at += characters(&text[copied..used.span.start]);
            let place = Replacement { at, was: characters(&text[used.span.clone()]), now: characters(name) };
            at += place.was;
            places.push(place);
            renamed.extend_from_slice(name);
            copied = used.span.end;
        }
        renamed.extend_from_slice(&text[copied..]);
        Renamed { text: renamed, places, changes }
    }

    /// The server's name of a channel, as it stands in a text.
    pub(super) fn channel_in_text(&self, channel: &str) -> String {
        let mut text = String::with_capacity(64);
        quote_identifier(&mut text, &self.listening.names().on_server(channel));
        text
    }

    fn prepare_in_text(
        &mut self,
        tools: &Tools,
        texts: Texts<'_>,
        number: usize,
        used: &NameUse,
        changes: &mut Changes,
        server: &mut Attached<'_>,
    ) -> String {
        if let Some(known) = self.names.get(used.name.as_bytes()).cloned() {
            // PostgreSQL refuses a name in use: the server does, if it is sent under the name that it knows.
            self.send_if_missing(&known, server);
            return server_name(&known);
        }
        let slice = |range: std::ops::Range<usize>| String::from_utf8_lossy(texts.sent.get(range).unwrap_or_default()).into_owned();
        let (before, after) = (slice(used.statement.start..used.span.start), slice(used.span.end..used.statement.end));
        let statement =
            tools.statements.prepare([&before, &after, &texts.own_statement(number, used)], nothing_to_say(), tools.gate.stamps().own);
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
    fn load(&mut self, tools: &Tools, used: &NameUse, server: &mut Attached<'_>) -> Option<String> {
        let named = Arc::clone(self.names.get(used.name.as_bytes())?);
        let statement = self.for_execute(tools, named)?;
        self.send_if_missing(&statement, server);
        if let Some(effects) = &statement.judged.effects {
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
                let empty = tools.statements.prepare(["", "", ""], nothing_to_say(), tools.gate.stamps().own);
                synthetic::parse(server.out, empty.server_name(), b"", b"\0\0");
                self.unsynced = true;
                self.ledger.push(Owed::Parse { statement: Arc::clone(&empty), visible: false, undo: None, offset: 0 });
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

/// Where the query stands in a client's PREPARE.
fn own_query(text: &[u8]) -> Option<Range<usize>> {
    match &effects_of(text)?.alone {
        Some(Virtual::Prepare { query, .. }) => Some(query.clone()),
        _ => None,
    }
}

fn server_name(statement: &SessionStatement) -> String {
    String::from_utf8_lossy(statement.server_name()).into_owned()
}
