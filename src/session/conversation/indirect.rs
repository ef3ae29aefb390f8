//! Statements of the extended protocol whose text names other statements (EXECUTE, PREPARE, DEALLOCATE) or channels (LISTEN, UNLISTEN, NOTIFY).
//!
//! A name means what it means when the statement runs, so the text is translated at each Bind.

use std::sync::Arc;

use super::{
    Attached, Conversation, SessionStatement, Tools,
    context::characters,
    judging::{Meaning, nothing_to_say},
    listening::STAND_IN,
    scripts::NOBODYS,
};
use crate::{
    backend::statements::{NAME_PREFIX, Origin, StatementKey},
    sql::{
        gate::{Replacement, Rewritten},
        outcome::{NameUse, Verb},
    },
};

/// Keeps texts that hold servers' names apart from what clients send.
const OURS: u64 = 0x5bd1_e995_9d1b_54a5;

/// What such a statement comes to, here and now.
pub(super) struct Translated {
    /// What the server gets.
    pub(super) statement: Arc<SessionStatement>,
    /// What it executes or prepares.
    pub(super) target: Option<Arc<SessionStatement>>,
    /// What tells of positions in its text.
    pub(super) told_by: Option<Arc<Rewritten>>,
}

impl Conversation {
    /// The statement that a server gets in place of this one, after what it executes; inside, `None` where it is the same. `None` outside:
    /// what it executes must be judged again, and the catalog is to be read first.
    pub(super) fn translate(
        &mut self,
        tools: &Tools,
        statement: &SessionStatement,
        server: &mut Attached<'_>,
    ) -> Option<Option<Translated>> {
        let Some(used) = named_in(statement) else { return Some(None) };
        let Origin::Parse { text: own, types } = &statement.origin else { return Some(None) };
        let text = statement.sent(own);
        let known = match used.verb {
            Verb::Execute | Verb::Prepare => match self.meaning(tools, used.name.as_bytes()) {
                Meaning::Unknown => return None,
                Meaning::Statement(known) => self.for_execute(tools, known),
                Meaning::Nothing | Meaning::Refused(_) => None,
            },
            _ => None,
        };
        let target = match (used.verb, known) {
            // PREPARE of a name in use is refused by the server, if it is sent under the name that it knows.
            (Verb::Execute | Verb::Prepare, Some(known)) => {
                self.send_if_missing(&known, server);
                Some(known)
            }
            (Verb::Prepare, None) => {
                let part = |range| String::from_utf8_lossy(text.get(range).unwrap_or_default()).into_owned();
                let (before, after) = (part(used.statement.start..used.span.start), part(used.span.end..used.statement.end));
                Some(tools.statements.prepare([&before, &after, &String::from_utf8_lossy(own)], nothing_to_say(), tools.gate.stamps().own))
            }
            _ => None,
        };
        let channel;
        let name = match &target {
            Some(target) => target.server_name(),
            None if used.verb == Verb::Notify => {
                channel = self.channel_in_text(&used.name);
                channel.as_bytes()
            }
            None if matches!(used.verb, Verb::Listen | Verb::Unlisten) => STAND_IN.as_bytes(),
            None if used.name.starts_with(NAME_PREFIX) => NOBODYS.as_bytes(),
            None => text.get(used.span.clone()).unwrap_or_default(),
        };
        let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default();
        let (before, was) = (part(0..used.span.start), part(used.span.clone()));
        let place = Replacement { at: characters(before), was: characters(was), now: characters(name) };
        let told_by = Rewritten::behind(statement.rewritten().cloned(), &[place]);
        let text = [before, name, part(used.span.end..text.len())].concat();
        // A text that prepares is another one each time.
        let unnamed = !statement.kept || used.verb == Verb::Prepare;
        let key = StatementKey { text: &text, types, stamp: tools.gate.stamps().own ^ OURS };
        Some(Some(Translated { statement: tools.statements.add(key, unnamed, nothing_to_say()), target, told_by }))
    }
}

/// The name in a statement's text. There is one at most: the extended protocol takes single statements.
pub(super) fn named_in(statement: &SessionStatement) -> Option<&NameUse> {
    statement.judged.effects.as_ref()?.names.iter().find(|used| used.verb != Verb::Forget)
}
