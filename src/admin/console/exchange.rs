//! What the messages of a client at the console mean: which statement it has prepared, which portal it has bound, what is owed to it.
//! PostgreSQL manual 55.2.2 and 55.2.3. No IO: see `serve`.

use std::{collections::HashMap, sync::Arc};

use super::{
    condition::not_a,
    parse,
    statement::{Prepared, Statement},
    table::{self, Formats, Kind, Value},
};
use crate::{
    error::{Report, SqlState},
    wire::{
        frame::split_cstr,
        messages::{Named, Parse, Target, TransactionStatus, declared_type_numbers},
        synthetic,
        tag::{client, server},
    },
};

/// Statements and portals that one client may have.
const MOST_NAMES: usize = 1000;

/// What a client has prepared, and where its transaction stands.
pub(super) struct Exchange {
    statements: HashMap<Box<[u8]>, Arc<Prepared>>,
    portals: HashMap<Box<[u8]>, Portal>,
    pub(super) status: TransactionStatus,
    /// An extended message has failed: what follows is passed over until Sync.
    pub(super) skips: bool,
}

/// A statement with its parameters, ready to run.
pub(super) struct Portal {
    pub(super) prepared: Arc<Prepared>,
    pub(super) parameters: Arc<[Value]>,
    pub(super) formats: Formats,
    pub(super) course: Course,
}

/// How far a portal has come.
pub(super) enum Course {
    New,
    /// Rows that the client hasn't fetched, as DataRow messages, and how many bytes of them it has.
    Rows(Vec<u8>, usize),
    Done,
}

impl Default for Exchange {
    fn default() -> Self {
        Exchange { statements: HashMap::new(), portals: HashMap::new(), status: TransactionStatus::Idle, skips: false }
    }
}

impl Exchange {
    /// Parse (F).
    pub(super) fn parse(&mut self, body: &[u8], out: &mut Vec<u8>) -> Result<(), Report> {
        let Parse { name, text, types } = Parse::read(body).map_err(|_| malformed())?;
        if !name.is_empty() && self.statements.contains_key(name) {
            let message = format!("prepared statement \"{}\" already exists", String::from_utf8_lossy(name));
            return Err(Report::new(SqlState::DUPLICATE_STATEMENT, message));
        }
        room(self.statements.len())?;
        let declared = declared_type_numbers(types).map(declared_kind).collect::<Result<_, _>>()?;
        let prepared = parse::prepare(utf8(text)?, declared)?;
        self.statements.insert(name.into(), Arc::new(prepared));
        synthetic::empty(out, server::PARSE_COMPLETE);
        Ok(())
    }

    /// Bind (F).
    pub(super) fn bind(&mut self, body: &[u8], out: &mut Vec<u8>) -> Result<(), Report> {
        let mut fields = Fields(body);
        let (portal, statement) = (fields.cstr()?, fields.cstr()?);
        let prepared = Arc::clone(self.statement(statement)?);
        let formats = fields.formats()?;
        let count = fields.number16()?;
        if usize::from(count) != prepared.parameters.len() {
            return Err(Report::new(
                SqlState::PROTOCOL_VIOLATION,
                format!("bind message supplies {count} parameters, but the statement requires {}", prepared.parameters.len()),
            ));
        }
        let parameters = prepared.parameters.iter().enumerate();
        let parameters =
            parameters.map(|(place, kind)| value(fields.bytes()?, *kind, formats.is_binary(place))).collect::<Result<_, _>>()?;
        let results = fields.formats()?;
        if !fields.0.is_empty() {
            return Err(malformed());
        }
        if !portal.is_empty() && self.portals.contains_key(portal) {
            let message = format!("portal \"{}\" already exists", String::from_utf8_lossy(portal));
            return Err(Report::new(SqlState::INVALID_CURSOR_NAME, message));
        }
        room(self.portals.len())?;
        self.portals.insert(portal.into(), Portal { prepared, parameters, formats: results, course: Course::New });
        synthetic::empty(out, server::BIND_COMPLETE);
        Ok(())
    }

    /// Describe (F).
    pub(super) fn describe(&self, body: &[u8], out: &mut Vec<u8>) -> Result<(), Report> {
        let Named { target, name } = Named::read(client::DESCRIBE, body).map_err(|_| malformed())?;
        let (statement, formats) = match target {
            Target::Statement => {
                let prepared = self.statement(name)?;
                let types: Vec<u32> = prepared.parameters.iter().map(|kind| kind.oid()).collect();
                synthetic::parameter_description(out, &types);
                (&prepared.statement, Formats::default())
            }
            Target::Portal => {
                let portal = self.portals.get(name).ok_or_else(|| no_portal(name))?;
                (&portal.prepared.statement, portal.formats.clone())
            }
        };
        match statement.columns() {
            Some(columns) => table::write_description(&columns, &formats, out),
            None => synthetic::empty(out, server::NO_DATA),
        }
        Ok(())
    }

    /// Close (F).
    pub(super) fn close(&mut self, body: &[u8], out: &mut Vec<u8>) -> Result<(), Report> {
        let Named { target, name } = Named::read(client::CLOSE, body).map_err(|_| malformed())?;
        match target {
            Target::Statement => drop(self.statements.remove(name)),
            Target::Portal => drop(self.portals.remove(name)),
        }
        synthetic::empty(out, server::CLOSE_COMPLETE);
        Ok(())
    }

    /// Execute (F): the portal, to be put back with [`Exchange::put_back`], its name, and how many rows are wanted; 0: all.
    pub(super) fn take_portal(&mut self, body: &[u8]) -> Result<(Box<[u8]>, Portal, u32), Report> {
        let mut fields = Fields(body);
        let name = fields.cstr()?;
        let rows = fields.number32()?;
        let portal = self.portals.remove(name).ok_or_else(|| no_portal(name))?;
        Ok((name.into(), portal, rows))
    }

    pub(super) fn put_back(&mut self, name: Box<[u8]>, portal: Portal) {
        self.portals.insert(name, portal);
    }

    /// Sync (F), and the end of a simple query: portals live as long as their transaction.
    pub(super) fn sync(&mut self, out: &mut Vec<u8>) {
        self.skips = false;
        if self.status == TransactionStatus::Idle {
            self.portals.clear();
        }
        synthetic::ready(out, self.status);
    }

    /// A statement has failed.
    pub(super) fn fail(&mut self) {
        if self.status == TransactionStatus::Open {
            self.status = TransactionStatus::Failed;
        }
    }

    /// Whether a statement may run where the transaction stands.
    pub(super) fn admit(&self, statement: &Statement) -> Result<(), Report> {
        match statement {
            Statement::Transaction(_) | Statement::Empty => Ok(()),
            _ if self.status != TransactionStatus::Failed => Ok(()),
            _ => Err(Report::new(
                SqlState::IN_FAILED_SQL_TRANSACTION,
                "current transaction is aborted, commands ignored until end of transaction block",
            )),
        }
    }

    /// Forgets the unnamed statement: a simple query does.
    pub(super) fn forget_unnamed(&mut self) {
        self.statements.remove([].as_slice());
        self.portals.remove([].as_slice());
    }

    fn statement(&self, name: &[u8]) -> Result<&Arc<Prepared>, Report> {
        self.statements.get(name).ok_or_else(|| {
            let message = format!("prepared statement \"{}\" does not exist", String::from_utf8_lossy(name));
            Report::new(SqlState::INVALID_STATEMENT_NAME, message)
        })
    }
}

/// Reads a text as UTF-8.
pub(super) fn utf8(text: &[u8]) -> Result<&str, Report> {
    std::str::from_utf8(text).map_err(|_| Report::new(SqlState::CHARACTER_NOT_IN_REPERTOIRE, "invalid byte sequence for encoding \"UTF8\""))
}

fn malformed() -> Report {
    Report::new(SqlState::PROTOCOL_VIOLATION, "invalid message format")
}

fn no_portal(name: &[u8]) -> Report {
    Report::new(SqlState::INVALID_CURSOR_NAME, format!("portal \"{}\" does not exist", String::from_utf8_lossy(name)))
}

fn room(used: usize) -> Result<(), Report> {
    if used < MOST_NAMES {
        return Ok(());
    }
    Err(Report::new(SqlState::PROGRAM_LIMIT_EXCEEDED, "too many prepared statements or portals")
        .with_detail(format!("The console keeps {MOST_NAMES} for a client."))
        .with_hint("Close those that aren't used any more."))
}

/// What a client says that a parameter is: `src/include/catalog/pg_type.dat`. Unsaid, or unknown: the statement tells.
fn declared_kind(oid: u32) -> Result<Option<Kind>, Report> {
    Ok(Some(match oid {
        0 | 705 => return Ok(None),
        25 | 1043 | 1042 | 19 => Kind::Text,
        21 | 23 => Kind::Int4,
        20 => Kind::Int8,
        1700 => Kind::Numeric,
        700 | 701 => Kind::Float8,
        16 => Kind::Bool,
        other => {
            return Err(Report::new(SqlState::FEATURE_NOT_SUPPORTED, format!("the console doesn't take parameters of type {other}"))
                .with_hint("text, integer, bigint, numeric, double precision and boolean."));
        }
    }))
}

/// Reads a parameter's value; none: NULL. Binary numbers are as long as their types are.
fn value(bytes: Option<&[u8]>, kind: Kind, binary: bool) -> Result<Value, Report> {
    let Some(bytes) = bytes else { return Ok(Value::Null) };
    if !binary || kind == Kind::Text {
        let text = utf8(bytes)?;
        return Value::read(text, kind).ok_or_else(|| not_a(text, kind));
    }
    let wrong = || Report::new(SqlState::INVALID_TEXT_REPRESENTATION, format!("incorrect binary data format for {}", kind.as_str()));
    Ok(match (kind, bytes) {
        (Kind::Bool, [truth]) => Value::Bool(*truth != 0),
        (Kind::Int4 | Kind::Int8, [a, b]) => Value::Integer(i16::from_be_bytes([*a, *b]).into()),
        (Kind::Int4 | Kind::Int8, [a, b, c, d]) => Value::Integer(i32::from_be_bytes([*a, *b, *c, *d]).into()),
        (Kind::Float8, [a, b, c, d]) => Value::Float(f32::from_be_bytes([*a, *b, *c, *d]).into()),
        (Kind::Int4 | Kind::Int8, _) => Value::Integer(i64::from_be_bytes(bytes.try_into().map_err(|_| wrong())?)),
        (Kind::Float8, _) => Value::Float(f64::from_be_bytes(bytes.try_into().map_err(|_| wrong())?)),
        _ => {
            return Err(Report::new(
                SqlState::FEATURE_NOT_SUPPORTED,
                format!("the console takes parameters of type {} as text", kind.as_str()),
            ));
        }
    })
}

/// A message's fields, read from the left.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn cstr(&mut self) -> Result<&'a [u8], Report> {
        let (text, rest) = split_cstr(self.0).ok_or_else(malformed)?;
        self.0 = rest;
        Ok(text)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], Report> {
        let (number, rest) = self.0.split_first_chunk::<N>().ok_or_else(malformed)?;
        self.0 = rest;
        Ok(*number)
    }

    fn number16(&mut self) -> Result<u16, Report> {
        self.take().map(u16::from_be_bytes)
    }

    fn number32(&mut self) -> Result<u32, Report> {
        self.take().map(u32::from_be_bytes)
    }

    fn formats(&mut self) -> Result<Formats, Report> {
        let count = self.number16()?;
        let formats = (0..count).map(|_| match self.number16()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(Report::new(SqlState::INVALID_PARAMETER_VALUE, format!("unsupported format code: {other}"))),
        });
        formats.collect::<Result<_, _>>().map(Formats)
    }

    /// A length and so many bytes; none: NULL.
    fn bytes(&mut self) -> Result<Option<&'a [u8]>, Report> {
        let length = self.take().map(i32::from_be_bytes)?;
        if length == -1 {
            return Ok(None);
        }
        let (bytes, rest) = usize::try_from(length).ok().and_then(|length| self.0.split_at_checked(length)).ok_or_else(malformed)?;
        self.0 = rest;
        Ok(Some(bytes))
    }
}
