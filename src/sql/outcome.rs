//! What a whole text does to its session, summed up in the terms that a session acts on.

use std::{ops::Range, sync::Arc};

use super::{
    DiscardTarget, Effect, ParseFailure, PinReason, Prescan, Script, SetScope, SetTo, Statement, TransactionControl, parse,
    parse::script_of, prescan, prescan_confined,
};

/// A text that is one statement about the session's own, virtual state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Virtual {
    /// DISCARD ALL
    DiscardAll,
    /// DEALLOCATE ALL
    DeallocateAll,
    /// DEALLOCATE name
    Deallocate(String),
    /// PREPARE name AS query, without parameter types: `query`'s bytes.
    Prepare {
        /// The client's name.
        name: String,
        /// Where the query stands.
        query: Range<usize>,
    },
    /// COPY FROM STDIN that the server gets as rows. No text says so: it takes a look at the table.
    CopyRows,
}

impl Virtual {
    /// The name that it is about; empty for all.
    pub fn name(&self) -> &[u8] {
        match self {
            Virtual::Deallocate(name) | Virtual::Prepare { name, .. } => name.as_bytes(),
            Virtual::DiscardAll | Virtual::DeallocateAll | Virtual::CopyRows => b"",
        }
    }
}

/// A name in a text that must be replaced by the server's: a prepared statement's, or a channel's. For LISTEN and UNLISTEN it is the
/// whole statement that is replaced.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NameUse {
    /// Which statement it stands in.
    pub verb: Verb,
    /// The client's name, folded as PostgreSQL does.
    pub name: String,
    /// Its bytes in the text.
    pub span: Range<usize>,
    /// The bytes of the statement that it stands in.
    pub statement: Range<usize>,
}

/// What is done with a statement name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verb {
    /// PREPARE
    Prepare,
    /// EXECUTE
    Execute,
    /// DEALLOCATE
    Deallocate,
    /// DEALLOCATE ALL or DISCARD ALL: all names; nothing is to be replaced.
    Forget,
    /// LISTEN
    Listen,
    /// UNLISTEN; an empty name for `*`.
    Unlisten,
    /// NOTIFY
    Notify,
}

/// Everything that a text may do to its session.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Effects {
    /// Settings whose value may have changed: to be asked for when the transaction is over.
    pub set: Vec<String>,
    /// Settings that go back to the session's own default.
    pub reset: Vec<String>,
    /// RESET ALL (or DISCARD ALL among other statements).
    pub reset_all: bool,
    /// State that stays in the server process.
    pub pin: Option<PinReason>,
    /// BEGIN or START TRANSACTION.
    pub begins: bool,
    /// COMMIT, ROLLBACK or their like.
    pub ends: bool,
    /// AND CHAIN: another transaction begins at once.
    pub chains: bool,
    /// It begins with a statement about transactions, which may come where the transaction has failed.
    pub controls: bool,
    /// It is one statement that can't run outside of a transaction block.
    pub needs_block: bool,
    /// What others find in the catalogs may be other than before: see [`Statement::defines`].
    pub defines: bool,
    /// DEALLOCATE ALL or DISCARD ALL among other statements.
    pub forgets_statements: bool,
    /// The text is this one statement.
    pub alone: Option<Virtual>,
    /// Names to be replaced, in the order in which they stand.
    pub names: Vec<NameUse>,
}

impl Effects {
    /// Whether nothing is done.
    pub fn is_none(&self) -> bool {
        *self == Effects::default()
    }
}

/// The effects of a text; `None` for the most: nothing.
pub type TextEffects = Option<Arc<Effects>>;

/// Reads a text.
pub fn effects_of(text: &[u8]) -> TextEffects {
    match prescan(text) {
        Prescan::NeedsParse => {}
        told => return of_prescan(told),
    }
    let Ok(text) = std::str::from_utf8(text) else { return None };
    summed_up(parse(text))
}

/// The effects of a text that its bytes show to be one query or a statement of a transaction, and to ask for no names beyond its own
/// database; `None` where it takes the grammar to tell.
pub fn effects_of_confined(text: &[u8]) -> Option<TextEffects> {
    match prescan_confined(text) {
        Prescan::NeedsParse => None,
        told => Some(of_prescan(told)),
    }
}

/// The effects of a text whose bytes tell all.
fn of_prescan(told: Prescan) -> TextEffects {
    let effects = match told {
        Prescan::Nothing | Prescan::Plain | Prescan::NeedsParse => return None,
        Prescan::Begin => Effects { begins: true, controls: true, ..Effects::default() },
        Prescan::End => Effects { ends: true, controls: true, ..Effects::default() },
        Prescan::BackTo => Effects { controls: true, ..Effects::default() },
    };
    Some(Arc::new(effects))
}

/// The effects of a text whose tree is there already. It may panic where the grammar's crate does.
pub(super) fn effects_of_tree(tree: &pg_raw_parse::ParseResult, text: &str) -> TextEffects {
    match prescan(text.as_bytes()) {
        Prescan::NeedsParse => summed_up(script_of(tree, text)),
        told => of_prescan(told),
    }
}

fn summed_up(script: Result<Script, ParseFailure>) -> TextEffects {
    // What the grammar refuses, the server refuses, and better. What is beyond our caps may do anything.
    let script = match script {
        Ok(script) => script,
        Err(ParseFailure::Syntax(_) | ParseFailure::Nul) => return None,
        Err(_) => return Some(Arc::new(Effects { pin: Some(PinReason::NotUnderstood), ..Effects::default() })),
    };
    let effects = Effects::of_script(&script);
    (!effects.is_none()).then(|| Arc::new(effects))
}

impl Effects {
    fn of_script(script: &Script) -> Self {
        let mut sum = Effects::default();
        for statement in &script.statements {
            sum.defines |= statement.defines;
            for effect in &statement.effects {
                sum.add(statement, effect);
            }
        }
        let first = script.statements.first().map(|first| first.effects.as_slice()).unwrap_or_default();
        sum.controls = first.iter().any(|effect| matches!(effect, Effect::Transaction(_)));
        sum.needs_block = matches!(script.statements.as_slice(), [one] if one.needs_block.is_some());
        if let [statement] = script.statements.as_slice()
            && let [effect] = statement.effects.as_slice()
        {
            sum.alone = alone(effect);
        }
        sum
    }

    fn add(&mut self, statement: &Statement, effect: &Effect) {
        let mut name = |verb, used: &super::NameUse| {
            self.names.push(NameUse { verb, name: used.name.clone(), span: used.span.clone(), statement: statement.span.clone() });
        };
        match effect {
            Effect::Transaction(control) => {
                self.begins |= *control == TransactionControl::Begin;
                self.ends |= control.ends();
                self.chains |= control.chains();
            }
            Effect::Set(set) if set.scope == SetScope::Session => match set.to {
                SetTo::Default => self.reset.push(set.name.as_str().to_owned()),
                _ => self.set.push(set.name.as_str().to_owned()),
            },
            Effect::ResetAll => self.reset_all = true,
            Effect::Discard(DiscardTarget::All) => {
                self.reset_all = true;
                self.forget(statement);
            }
            Effect::Prepare(prepare) => name(Verb::Prepare, &prepare.statement),
            Effect::Execute(used) => name(Verb::Execute, used),
            Effect::Deallocate(Some(used)) => name(Verb::Deallocate, used),
            Effect::Deallocate(None) => self.forget(statement),
            // What DISCARD ALL doesn't undo counts more than what it does.
            Effect::Pin(reason) if self.pin.is_none() || !reason.ends_with_discard_all() => self.pin = Some(reason.clone()),
            Effect::Pin(_) => {}
            Effect::Listen(used) => name(Verb::Listen, used),
            Effect::Unlisten(channel) => {
                name(Verb::Unlisten, &super::NameUse { name: channel.clone().unwrap_or_default(), span: statement.span.clone() });
            }
            Effect::Notify(used) => name(Verb::Notify, used),
            Effect::Set(_) | Effect::Show(_) | Effect::Discard(_) => {}
        }
    }
}

impl Effects {
    fn forget(&mut self, statement: &Statement) {
        self.forgets_statements = true;
        let start = statement.span.start;
        self.names.push(NameUse { verb: Verb::Forget, name: String::new(), span: start..start, statement: statement.span.clone() });
    }

    /// Whether the text holds a name of a statement.
    pub fn has_names(&self) -> bool {
        self.names.iter().any(|used| used.verb != Verb::Forget)
    }
}

fn alone(effect: &Effect) -> Option<Virtual> {
    match effect {
        Effect::Discard(DiscardTarget::All) => Some(Virtual::DiscardAll),
        Effect::Deallocate(None) => Some(Virtual::DeallocateAll),
        Effect::Deallocate(Some(used)) => Some(Virtual::Deallocate(used.name.clone())),
        Effect::Prepare(prepare) if prepare.types.is_none() => {
            Some(Virtual::Prepare { name: prepare.statement.name.clone(), query: prepare.body.clone() })
        }
        _ => None,
    }
}
