//! Statements of the extended protocol whose text names other statements (EXECUTE, PREPARE, DEALLOCATE) or channels (LISTEN, UNLISTEN, NOTIFY).
//!
//! A name means what it means when the statement runs, so the text is translated at each Bind.

use std::sync::Arc;

use super::{Attached, Conversation, SessionStatement, Tools, listening::STAND_IN, scripts::NOBODYS};
use crate::{
    backend::statements::{NAME_PREFIX, Origin},
    sql::outcome::{NameUse, Verb},
};

/// What such a statement comes to, here and now.
pub(super) struct Translated {
    /// What the server gets.
    pub(super) statement: Arc<SessionStatement>,
    /// What it executes or prepares.
    pub(super) target: Option<Arc<SessionStatement>>,
}

impl Conversation {
    /// The statement that a server gets in place of this one, after what it executes; `None` where it is the same.
    pub(super) fn translate(&mut self, tools: &Tools, statement: &SessionStatement, server: &mut Attached<'_>) -> Option<Translated> {
        let used = named_in(statement)?;
        let Origin::Parse { text, types } = &statement.origin else { return None };
        let target = match (used.verb, self.names.get(used.name.as_bytes())) {
            // PREPARE of a name in use is refused by the server, if it is sent under the name that it knows.
            (Verb::Execute | Verb::Prepare, Some(known)) => {
                let known = Arc::clone(known);
                self.send_if_missing(&known, server);
                Some(known)
            }
            (Verb::Prepare, None) => {
                let part = |range| String::from_utf8_lossy(text.get(range).unwrap_or_default()).into_owned();
                let (before, after) = (part(used.statement.start..used.span.start), part(used.span.end..used.statement.end));
                Some(tools.statements.prepare(&before, &after, None))
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
            None => text.get(used.span.clone())?,
        };
        let text = [text.get(..used.span.start)?, name, text.get(used.span.end..)?].concat();
        let effects = statement.effects.clone();
        // A text that prepares is another one each time.
        let unnamed = !statement.kept || used.verb == Verb::Prepare;
        Some(Translated { statement: tools.statements.parse(&text, types, unnamed, || effects), target })
    }
}

/// The name in a statement's text. There is one at most: the extended protocol takes single statements.
pub(super) fn named_in(statement: &SessionStatement) -> Option<&NameUse> {
    statement.effects.as_ref()?.names.iter().find(|used| used.verb != Verb::Forget)
}
