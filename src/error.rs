//! SQLSTATE codes, and what an error may tell a client.
//!
//! Codes: PostgreSQL manual, appendix A; `src/backend/utils/errcodes.txt`.

use std::{borrow::Cow, fmt};

/// A five-character SQLSTATE.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SqlState([u8; 5]);

macro_rules! sql_states {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        impl SqlState {$(
            $(#[$doc])*
            pub const $name: SqlState = SqlState(*$code);
        )*}
    };
}

sql_states! {
    /// A server or replica can't be reached.
    CONNECTION_FAILURE = b"08006";
    /// A message that the protocol doesn't allow.
    PROTOCOL_VIOLATION = b"08P01";
    /// Something that PostgreSQL has and this server doesn't.
    FEATURE_NOT_SUPPORTED = b"0A000";
    /// A prepared statement that doesn't exist.
    INVALID_STATEMENT_NAME = b"26000";
    /// A prepared statement that exists already.
    DUPLICATE_STATEMENT = b"42P05";
    /// Unknown login, or one that may not use what it asks for.
    INVALID_AUTHORIZATION = b"28000";
    /// Wrong password (or unknown login: the two look the same).
    INVALID_PASSWORD = b"28P01";
    /// A database or tenant that doesn't exist.
    INVALID_CATALOG_NAME = b"3D000";
    /// A tenant, a shard or the like that doesn't exist.
    UNDEFINED_OBJECT = b"42704";
    /// A tenant, a shard or the like that exists already.
    DUPLICATE_OBJECT = b"42710";
    /// Something that others depend on.
    DEPENDENT_OBJECTS_STILL_EXIST = b"2BP01";
    /// Somebody else has changed it meanwhile.
    SERIALIZATION_FAILURE = b"40001";
    /// Refused by permission or policy.
    INSUFFICIENT_PRIVILEGE = b"42501";
    /// A text that isn't SQL.
    SYNTAX_ERROR = b"42601";
    /// A key that isn't there to be referenced.
    FOREIGN_KEY_VIOLATION = b"23503";
    /// A relation that doesn't exist.
    UNDEFINED_TABLE = b"42P01";
    /// A function that does not exist.
    UNDEFINED_FUNCTION = b"42883";
    /// An object of another kind than the command takes.
    WRONG_OBJECT_TYPE = b"42809";
    /// Expressions nested beyond what is accepted.
    STATEMENT_TOO_COMPLEX = b"54001";
    /// Bytes that aren't text in the client's encoding.
    CHARACTER_NOT_IN_REPERTOIRE = b"22021";
    /// A text that its type can't read.
    INVALID_TEXT_REPRESENTATION = b"22P02";
    /// Rows of a COPY that aren't in its format.
    BAD_COPY_FILE_FORMAT = b"22P04";
    /// A column that doesn't exist.
    UNDEFINED_COLUMN = b"42703";
    /// A column twice.
    DUPLICATE_COLUMN = b"42701";
    /// A column that can't stand there.
    INVALID_COLUMN_REFERENCE = b"42P10";
    /// A setting's value is out of range.
    INVALID_PARAMETER_VALUE = b"22023";
    /// Storage quota is used up.
    DISK_FULL = b"53100";
    /// More memory than may be used.
    OUT_OF_MEMORY = b"53200";
    /// Too many connections.
    TOO_MANY_CONNECTIONS = b"53300";
    /// A configured limit is exceeded.
    CONFIGURATION_LIMIT_EXCEEDED = b"53400";
    /// A text or a nesting beyond what is accepted.
    PROGRAM_LIMIT_EXCEEDED = b"54000";
    /// A portal that has run, and the like.
    OBJECT_NOT_IN_PREREQUISITE_STATE = b"55000";
    /// Something uses it.
    OBJECT_IN_USE = b"55006";
    /// A setting that can't be changed while the process runs.
    CANT_CHANGE_RUNTIME_PARAM = b"55P02";
    /// A parameter that doesn't exist.
    UNDEFINED_PARAMETER = b"42P02";
    /// A portal that doesn't exist.
    INVALID_CURSOR_NAME = b"34000";
    /// Cancelled by request or time limit.
    QUERY_CANCELED = b"57014";
    /// Ended by the operator.
    ADMIN_SHUTDOWN = b"57P01";
    /// The session has done nothing for too long.
    IDLE_SESSION_TIMEOUT = b"57P05";
    /// Not ready to serve.
    CANNOT_CONNECT_NOW = b"57P03";
    /// A defect of ours.
    INTERNAL_ERROR = b"XX000";
    /// Not inside a transaction that is under way.
    ACTIVE_TRANSACTION = b"25001";
    /// A write where only reading is allowed.
    READ_ONLY_SQL_TRANSACTION = b"25006";
    /// No transaction is under way.
    NO_ACTIVE_TRANSACTION = b"25P01";
    /// The transaction is aborted; commands are ignored until it ends.
    IN_FAILED_SQL_TRANSACTION = b"25P02";
    /// Idle in a transaction for too long.
    IDLE_IN_TRANSACTION_TIMEOUT = b"25P03";
    /// A transaction has lasted for too long.
    TRANSACTION_TIMEOUT = b"25P04";
}

impl SqlState {
    /// The code's five characters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XX000")
    }
    /// Reads a code as a server sent it.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let code: [u8; 5] = bytes.try_into().ok()?;
        code.iter().all(|byte| byte.is_ascii_alphanumeric()).then_some(Self(code))
    }
}

impl fmt::Debug for SqlState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for SqlState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How an error ends: the statement only, or the connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Severity {
    /// The statement (and its transaction) fails, the connection goes on.
    Error,
    /// The connection ends.
    Fatal,
}

impl Severity {
    /// The word in the `S` and `V` fields.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "ERROR",
            Severity::Fatal => "FATAL",
        }
    }
}

/// An error as a client sees it: never a secret, a host or another tenant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// Its code.
    pub state: SqlState,
    /// One sentence, lower case, no full stop.
    pub message: Cow<'static, str>,
    /// The cause, with figures.
    pub detail: Option<Cow<'static, str>>,
    /// The way out.
    pub hint: Option<Cow<'static, str>>,
    /// Where in the client's text, in characters from 1.
    pub position: Option<u32>,
}

impl Report {
    /// What it takes of memory.
    pub fn bytes(&self) -> usize {
        let texts = [Some(&self.message), self.detail.as_ref(), self.hint.as_ref()];
        size_of::<Report>() + texts.into_iter().flatten().map(|text| text.len()).sum::<usize>()
    }

    /// A report without detail or hint.
    pub fn new(state: SqlState, message: impl Into<Cow<'static, str>>) -> Self {
        Report { state, message: message.into(), detail: None, hint: None, position: None }
    }
    /// Adds the cause.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(detail.into());
        self
    }
    /// Adds the way out.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.hint = Some(hint.into());
        self
    }
    /// Adds the place in the client's text, in characters from 1.
    #[must_use]
    pub fn at(mut self, position: u32) -> Self {
        self.position = Some(position);
        self
    }
}

/// Errors that reach a client say how.
pub trait ClientFacing {
    /// What the client is told.
    fn report(&self) -> Report;
}

/// What PostgreSQL said, whole: the error's own text is just "db error".
pub fn explain(error: &tokio_postgres::Error) -> String {
    let Some(said) = error.as_db_error() else {
        let mut text = error.to_string();
        let mut source = std::error::Error::source(error);
        while let Some(inner) = source {
            text.push_str(&format!(": {inner}"));
            source = inner.source();
        }
        return text;
    };
    let mut text = format!("{} (SQLSTATE {})", said.message(), said.code().code());
    for more in [said.detail(), said.hint()].into_iter().flatten() {
        text.push_str(&format!("; {more}"));
    }
    text
}
