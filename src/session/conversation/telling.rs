//! Errors and notices of a server in the client's terms: its own names of statements, positions in its own text, nothing of what was inserted.

use super::{super::ledger::Owed, context::Inserted, names::Names};
use crate::{
    backend::statements::NAME_PREFIX,
    error::{Severity, SqlState},
    sql::gate::{
        PositionMap,
        rewrite::{self, BrokenKey},
    },
    wire::{messages::ErrorFields, synthetic},
};

/// Where positions of a text lead that a server was sent.
#[derive(Clone, Copy, Default)]
pub(super) struct Positions<'a> {
    /// To the text as it was before its contexts were put into it.
    pub(super) inserted: Option<&'a Inserted>,
    /// From there to the text that the client sent.
    pub(super) map: Option<&'a PositionMap>,
    /// Characters of the client's text that stand before it.
    pub(super) offset: u32,
}

impl<'a> Positions<'a> {
    /// Those that a server tells of something owed.
    pub(super) fn of(owed: &'a Owed) -> Self {
        let (map, offset) = owed.positions();
        let inserted = if let Owed::Query { inserted, .. } = owed { inserted.as_deref() } else { None };
        Positions { inserted, map, offset }
    }

    fn is_the_same(&self) -> bool {
        self.inserted.is_none() && self.map.is_none() && self.offset == 0
    }

    /// The client's position, for the one that a server has told.
    fn to_client(self, position: &[u8]) -> Option<u32> {
        let position: u32 = std::str::from_utf8(position).ok()?.parse().ok()?;
        let position = self.inserted.map_or(Some(position), |inserted| inserted.to_client(position))?;
        let own = self.map.map_or(Some(position), |map| map.to_client(position))?;
        own.checked_add(self.offset)
    }
}

/// The body of an error or a notice as the client gets it, where that is another than the server's.
pub(super) fn told(body: &[u8], positions: Positions<'_>, names: &Names) -> Option<Vec<u8>> {
    if let Some(out) = failed_check(body) {
        return Some(out);
    }
    let names_ours = memchr::memmem::find(body, NAME_PREFIX.as_bytes()).is_some();
    if positions.is_the_same() && !names_ours {
        return None;
    }
    let fields = ErrorFields::read(body);
    let names_statement = names_ours && names_one_of_ours(&fields);
    let mut out = Vec::with_capacity(body.len());
    for (kind, value) in ErrorFields::all(body) {
        let mut put = |value: &[u8]| {
            out.push(kind);
            out.extend_from_slice(value);
            out.push(0);
        };
        match kind {
            b'P' => {
                if let Some(position) = positions.to_client(value) {
                    put(position.to_string().as_bytes());
                }
            }
            _ if names_statement && contains(value) => put(&with_clients_name(value, names)),
            // What would explain an error by something that the client hasn't written.
            b'D' | b'H' | b'W' | b'q' if positions.map.is_some() && contains(value) => {}
            _ => put(value),
        }
    }
    out.push(0);
    Some(out)
}

/// What stands for an error that an inserted check has raised: PostgreSQL's own words for a row that isn't the tenant's, or a key of no row.
fn failed_check(body: &[u8]) -> Option<Vec<u8>> {
    let fields = ErrorFields::read(body);
    let message = || std::str::from_utf8(fields.message).ok();
    let report = match fields.sql_state() {
        Some(SqlState::INVALID_TEXT_REPRESENTATION) => rewrite::failed_check(message()?)?,
        Some(SqlState::INVALID_COLUMN_REFERENCE) => rewrite::wrong_width(message()?)?,
        _ => return None,
    };
    let message = message()?;
    let mut out = Vec::with_capacity(192);
    synthetic::error_body(&mut out, Severity::Error, &report);
    if let Some(broken) = BrokenKey::read(message) {
        // The terminator comes behind.
        out.pop();
        for (kind, name) in [(b's', broken.schema), (b't', broken.table), (b'n', broken.constraint)] {
            out.push(kind);
            out.extend_from_slice(name.as_bytes());
            out.push(0);
        }
        out.push(0);
    }
    Some(out)
}

/// Whether an error is about a statement's name that we have given.
pub(super) fn names_one_of_ours(fields: &ErrorFields<'_>) -> bool {
    matches!(fields.sql_state(), Some(SqlState::INVALID_STATEMENT_NAME | SqlState::DUPLICATE_STATEMENT)) && contains(fields.message)
}

fn contains(text: &[u8]) -> bool {
    memchr::memmem::find(text, NAME_PREFIX.as_bytes()).is_some()
}

/// A text with the client's name of a statement where it holds ours: `"pgt_1f"`.
fn with_clients_name(text: &[u8], names: &Names) -> Vec<u8> {
    let Some(at) = memchr::memmem::find(text, NAME_PREFIX.as_bytes()) else { return text.to_vec() };
    let digits = text.iter().skip(at + NAME_PREFIX.len()).take_while(|byte| byte.is_ascii_hexdigit()).count();
    let end = at + NAME_PREFIX.len() + digits;
    let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default();
    let name = names.name_of(part(at..end)).unwrap_or_default();
    [part(0..at), name, part(end..text.len())].concat()
}
