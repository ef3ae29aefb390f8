//! The vocabulary: statements, their effects, and why a session has to keep its server connection.

use std::{fmt, ops::Range};

use smallvec::SmallVec;

use super::settings::SettingName;

/// The statements of one text, in order. Empty statements don't count.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Script {
    /// Each statement.
    pub statements: Vec<Statement>,
}

impl Script {
    /// Whether nothing of it outlives its transaction and none of it opens or ends one.
    pub fn is_plain(&self) -> bool {
        self.statements.iter().all(|statement| statement.effects.is_empty())
    }

    /// All effects in order, those inside prepared bodies left out: they happen at `EXECUTE`.
    pub fn effects(&self) -> impl Iterator<Item = &Effect> {
        self.statements.iter().flat_map(|statement| &statement.effects)
    }

    /// Why the session has to keep its server connection from now on.
    pub fn pins(&self) -> impl Iterator<Item = &PinReason> {
        self.effects().filter_map(Effect::pin)
    }
}

/// One statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// Its bytes in the text, from its first token to its last, without the semicolon.
    pub span: Range<usize>,
    /// What it does to the session; nothing for the plain ones.
    pub effects: Effects,
    /// It may change which tables, views, types and functions there are for others, or what they look like.
    pub defines: bool,
    /// What the server calls it where it can't run outside of a transaction block.
    pub needs_block: Option<&'static str>,
}

/// Effects in the order in which they happen.
pub type Effects = SmallVec<[Effect; 1]>;

/// One thing that a statement does to its session. An effect that pins is there beside what it pins for
/// (`SET app.x = 1` is a [`Effect::Set`] and a [`Effect::Pin`]).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Opens, ends or divides a transaction.
    Transaction(TransactionControl),
    /// Changes a setting: `SET`, `RESET`, or a `set_config` that certainly runs and whose arguments are literals.
    Set(Set),
    /// `RESET ALL`.
    ResetAll,
    /// `SHOW name`; `all` for `SHOW ALL`.
    Show(SettingName),
    /// `DISCARD`.
    Discard(DiscardTarget),
    /// `PREPARE`.
    Prepare(Box<Prepare>),
    /// `EXECUTE`, alone, explained, or as the source of a `CREATE TABLE AS`.
    Execute(NameUse),
    /// `DEALLOCATE name`; `None` for `DEALLOCATE ALL`.
    Deallocate(Option<NameUse>),
    /// `LISTEN channel`; the bytes are the whole statement's.
    Listen(NameUse),
    /// `UNLISTEN channel`; `None` for `UNLISTEN *`.
    Unlisten(Option<String>),
    /// `NOTIFY channel`; the bytes are the channel's.
    Notify(NameUse),
    /// Leaves something behind that can't be carried to another server connection.
    Pin(PinReason),
}

impl Effect {
    /// The reason, if this pins.
    pub fn pin(&self) -> Option<&PinReason> {
        match self {
            Effect::Pin(reason) => Some(reason),
            _ => None,
        }
    }
}

/// A statement of transaction control.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TransactionControl {
    /// `BEGIN` or `START TRANSACTION`.
    Begin,
    /// `COMMIT` or `END`.
    Commit {
        /// `AND CHAIN`: the next transaction begins at once.
        chain: bool,
    },
    /// `ROLLBACK` or `ABORT`.
    Rollback {
        /// `AND CHAIN`: the next transaction begins at once.
        chain: bool,
    },
    /// `SAVEPOINT`.
    Savepoint,
    /// `RELEASE`.
    Release,
    /// `ROLLBACK TO`.
    RollbackTo,
    /// `PREPARE TRANSACTION`.
    Prepare,
    /// `COMMIT PREPARED`.
    CommitPrepared,
    /// `ROLLBACK PREPARED`.
    RollbackPrepared,
}

impl TransactionControl {
    /// Whether the transaction is over after it.
    pub fn ends(self) -> bool {
        matches!(self, TransactionControl::Commit { .. } | TransactionControl::Rollback { .. } | TransactionControl::Prepare)
    }

    /// Whether another begins at once.
    pub fn chains(self) -> bool {
        matches!(self, TransactionControl::Commit { chain: true } | TransactionControl::Rollback { chain: true })
    }
}

/// A change of one setting.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Set {
    /// Which.
    pub name: SettingName,
    /// For how long.
    pub scope: SetScope,
    /// To what.
    pub to: SetTo,
}

/// How long a setting lasts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SetScope {
    /// Until changed; undone if the transaction (or savepoint) is rolled back.
    Session,
    /// Until the transaction ends.
    Local,
}

/// What a setting becomes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SetTo {
    /// These values; more than one only where the setting is a list. None at all is the empty list.
    Values(Vec<String>),
    /// What the session began with.
    Default,
    /// What it is now, made to last (`FROM CURRENT`), or something that only the server can compute (`SET TIME ZONE INTERVAL …`).
    Computed,
}

/// What `DISCARD` throws away.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DiscardTarget {
    /// Everything.
    All,
    /// Cached plans.
    Plans,
    /// `currval` and `lastval`.
    Sequences,
    /// Temporary tables.
    Temporary,
}

/// `PREPARE name (types) AS body`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Prepare {
    /// The statement's name.
    pub statement: NameUse,
    /// The parameter types between their parentheses.
    pub types: Option<Range<usize>>,
    /// The query after `AS`.
    pub body: Range<usize>,
    /// What each `EXECUTE` of it does.
    pub effects: Effects,
}

/// The name of a prepared statement or of a channel, and where the client wrote it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NameUse {
    /// Folded and cut as the server does it.
    pub name: String,
    /// Its bytes in the text.
    pub span: Range<usize>,
}

/// Why a session has to keep its server connection.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum PinReason {
    /// A temporary table, view, sequence, type or function.
    TemporaryObject,
    /// `DECLARE … WITH HOLD`.
    HoldCursor,
    /// An advisory lock that the transaction's end doesn't release.
    AdvisoryLock,
    /// A setting that isn't tracked, or one whose new value can't be told.
    Setting(SettingName),
    /// `set_config` with a name that isn't a literal, or an `UPDATE` of `pg_settings`.
    AnySetting,
    /// `setseed`.
    Seed,
    /// `LOAD`.
    Load,
    /// A `dblink` connection.
    Dblink,
    /// A function that runs SQL which it is given.
    SqlText,
    /// Another function whose effect lasts as long as the session.
    Function(String),
    /// A `DO` block that may do any of these.
    DoBlock,
    /// For callers: a text that [`parse`](super::parse) couldn't judge and the server took.
    NotUnderstood,
}

impl PinReason {
    /// Whether `DISCARD ALL` makes the server connection as good as new. If not, it must be closed after its session.
    pub fn ends_with_discard_all(&self) -> bool {
        match self {
            PinReason::TemporaryObject | PinReason::HoldCursor | PinReason::AdvisoryLock => true,
            PinReason::Setting(_) | PinReason::AnySetting => true,
            PinReason::Seed | PinReason::Load | PinReason::Dblink | PinReason::SqlText => false,
            PinReason::Function(_) | PinReason::DoBlock | PinReason::NotUnderstood => false,
        }
    }
}

impl fmt::Display for PinReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PinReason::TemporaryObject => f.write_str("temporary object"),
            PinReason::HoldCursor => f.write_str("cursor with hold"),
            PinReason::AdvisoryLock => f.write_str("session advisory lock"),
            PinReason::Setting(name) => write!(f, "setting {name}"),
            PinReason::AnySetting => f.write_str("setting that can't be told"),
            PinReason::Seed => f.write_str("random seed"),
            PinReason::Load => f.write_str("loaded library"),
            PinReason::Dblink => f.write_str("dblink"),
            PinReason::SqlText => f.write_str("function that runs SQL text"),
            PinReason::Function(name) => write!(f, "function {name}"),
            PinReason::DoBlock => f.write_str("do block"),
            PinReason::NotUnderstood => f.write_str("statement not understood"),
        }
    }
}
