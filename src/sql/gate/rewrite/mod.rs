//! The text that runs in the client's place: the client's own, with fences put around what it reads and checks around what it writes.
//!
//! **Reading.** A tenant's table in a FROM list gets `alias.tenant_id = 'acme'` as the first condition of its WHERE. Below a JOIN it becomes
//! `(orders o JOIN (SELECT) pgt_1 ON o.tenant_id = 'acme')`: a parenthesised join with an empty sub-select has the table's columns and no others,
//! keeps whole rows, system columns, row locks and functional dependency on a primary key, holds on every side of any join, and the
//! planner takes it out again.
//!
//! **The order of conditions.** PostgreSQL evaluates conditions by cost, and an equality with a constant after all others of its cost: one that fails on
//! another tenant's row (`to_date(note, 'YYYY') IS NULL`) would tell of it. Statements whose conditions may fail therefore get a second fence that
//! costs nothing (`fence`); among conditions of one cost those that stand deeper in FROM come first, and then those that are written first.
//!
//! **Writing.** The tenant column gets the tenant's key: added where it is missing, and checked where it is given (`write`, `insert`). Keys over all
//! tenants' rows are watched (`watch`).
//!
//! What is done is a list of [`Edit`]s to the client's text. They leave holes where the key goes, so that one [`Template`] serves all tenants; and
//! [`verify`] proves, from the tree of the text to be sent, that the fences stand and nothing else has changed.
//!
//! Triggers of tenant tables are the operator's and run as they are.

mod checks;
mod failing;
mod fence;
mod insert;
mod places;
mod proof;
mod proof_of_keys;
mod scope;
mod verify;
mod walk;
mod watch;
mod width;
mod write;

use std::{borrow::Cow, ops::Range};

use pg_raw_parse::{Node, nodes};

pub use verify::verify;

use super::{Ground, Tenancy, Whose};
use crate::error::{Report, SqlState};

/// The byte that stands for the tenant's key; no text has it.
pub(super) const KEY: char = '\0';

/// A change to the client's text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// Where, in bytes of the client's text.
    pub at: usize,
    /// How many bytes go.
    pub remove: usize,
    /// What comes; a NUL byte in it stands for the tenant's key.
    pub text: Cow<'static, str>,
}

impl Edit {
    /// An insertion.
    pub fn insert(at: usize, text: impl Into<Cow<'static, str>>) -> Self {
        Edit { at, remove: 0, text: text.into() }
    }

    /// A replacement.
    pub fn replace(at: usize, remove: usize, text: impl Into<Cow<'static, str>>) -> Self {
        Edit { at, remove, text: text.into() }
    }
}

/// How the key gets into a statement: PREPARE numbers its parameters itself, and COPY takes none, so these have the literal always.
pub fn tenancy_of(statement: Node<'_>, asked: Tenancy) -> Tenancy {
    match statement {
        Node::PrepareStmt(_) | Node::CopyStmt(_) => Tenancy::Literal,
        _ => asked,
    }
}

/// Lists the edits that a statement needs.
///
/// # Errors
/// What the client is told.
pub fn rewrite<'a>(
    statement: &'a nodes::RawStmt,
    text: &'a str,
    ground: &'a Ground,
    whose: &'a Whose<'a>,
    tenancy: Tenancy,
    edits: &mut Vec<Edit>,
) -> Result<(), Report> {
    let mut walk = walk::Walk::new(statement, text, ground, whose, tenancy_of(statement.stmt(), tenancy));
    walk.run(statement.stmt())?;
    walk.finish(edits);
    Ok(())
}

/// The key, as it goes into a template.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Key<'a> {
    /// As a literal.
    Literal(&'a str),
    /// As the parameter of that number.
    Parameter(u16),
}

impl Key<'_> {
    /// As it stands in the text.
    pub(super) fn render(self) -> String {
        match self {
            Key::Literal(key) => quote_literal(key),
            Key::Parameter(number) => format!("${number}"),
        }
    }
}

/// As PostgreSQL's `quote_literal`: safe whatever `standard_conforming_strings` says.
pub(super) fn quote_literal(value: &str) -> String {
    let escaped = value.contains('\\');
    let mut quoted = String::with_capacity(value.len() + 3);
    quoted.push_str(if escaped { "E'" } else { "'" });
    for character in value.chars() {
        if character == '\'' || character == '\\' {
            quoted.push(character);
        }
        quoted.push(character);
    }
    quoted.push('\'');
    quoted
}

/// A name in double quotes where it needs them.
pub(super) fn quote_name(name: &str) -> Cow<'_, str> {
    let mut bytes = name.bytes();
    let plain = bytes.next().is_some_and(|byte| byte.is_ascii_lowercase() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        // Keywords have no underscore but for those that are functions or internal.
        && (name.contains('_') && !name.starts_with("current_") && name != "session_user" && name != "system_user");
    if plain { Cow::Borrowed(name) } else { Cow::Owned(format!("\"{}\"", name.replace('"', "\"\""))) }
}

/// A rewritten text with holes for the key: the same for all tenants.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Template {
    text: Box<str>,
    insertions: Box<[Insertion]>,
}

/// One edit in a template. All counts are of characters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Insertion {
    /// Where it begins in the template, keys counted as nothing.
    start: u32,
    /// How long it is without its keys.
    length: u32,
    /// How many keys it holds.
    keys: u32,
    /// How much of the client's text it replaces.
    removed: u32,
    /// The same in bytes: its place in the client's text, what it replaces there, and its own length without keys.
    client_at: usize,
    client_bytes: usize,
    bytes: usize,
}

impl Template {
    /// Applies edits, which may come in any order; those at one place keep theirs. `None` where they overlap or don't fit the text.
    pub fn new(text: &str, mut edits: Vec<Edit>) -> Option<Template> {
        edits.sort_by_key(|edit| edit.at);
        let added: usize = edits.iter().map(|edit| edit.text.len()).sum();
        let mut template = String::with_capacity(text.len() + added);
        let mut insertions = Vec::with_capacity(edits.len());
        let mut done = 0;
        let mut characters = 0;
        for edit in &edits {
            let kept = text.get(done..edit.at)?;
            let removed = text.get(edit.at..edit.at.checked_add(edit.remove)?)?;
            characters += count(kept);
            let keys = count_keys(&edit.text);
            let length = count(&edit.text) - keys;
            insertions.push(Insertion {
                start: characters,
                length,
                keys,
                removed: count(removed),
                client_at: edit.at,
                client_bytes: edit.remove,
                bytes: edit.text.len() - keys as usize,
            });
            template.push_str(kept);
            template.push_str(&edit.text);
            characters += length;
            done = edit.at + edit.remove;
        }
        template.push_str(text.get(done..)?);
        Some(Template { text: template.into(), insertions: insertions.into() })
    }

    /// The text for one tenant, and the way back from its positions.
    pub fn render(&self, key: Key<'_>) -> (Box<str>, PositionMap) {
        let key = key.render();
        let key_length = count(&key);
        let mut text = String::with_capacity(self.text.len() + 8 * key.len());
        let mut pieces = self.text.split(KEY);
        text.extend(pieces.next());
        for piece in pieces {
            text.push_str(&key);
            text.push_str(piece);
        }
        let mut keys = 0u32;
        let insertions = self.insertions.iter().map(|insertion| {
            let start = insertion.start.saturating_add(keys.saturating_mul(key_length));
            keys += insertion.keys;
            Shift { start, length: insertion.length.saturating_add(insertion.keys.saturating_mul(key_length)), removed: insertion.removed }
        });
        let map = PositionMap { shifts: insertions.collect() };
        (text.into(), map)
    }

    /// Its edits, in order; `None` among them where text and places disagree.
    pub(super) fn insertions(&self) -> impl Iterator<Item = Option<Inserted<'_>>> {
        let (mut client, mut at) = (0, 0);
        self.insertions.iter().map(move |insertion| {
            let start = at + insertion.client_at.checked_sub(client)?;
            let end = start + insertion.bytes + insertion.keys as usize;
            client = insertion.client_at + insertion.client_bytes;
            at = end;
            Some(Inserted { client: insertion.client_at..client, text: self.text.get(start..end)? })
        })
    }

    /// What it takes of memory, about.
    pub fn weight(&self) -> usize {
        self.text.len() + self.insertions.len() * size_of::<Insertion>()
    }

    /// What in the rendered text isn't the client's.
    fn spans(&self, key: Key<'_>) -> Spans {
        let key = key.render().len();
        let mut sent = 0;
        let mut client = 0;
        let mut spans = Vec::with_capacity(self.insertions.len());
        for insertion in &self.insertions {
            sent += insertion.client_at.saturating_sub(client);
            let end = sent + insertion.bytes + insertion.keys as usize * key;
            client = insertion.client_at + insertion.client_bytes;
            spans.push(Span { start: sent, end, client: insertion.client_at..client });
            sent = end;
        }
        Spans(spans)
    }

    /// Whether it needs the tenant's key at all.
    pub fn has_key(&self) -> bool {
        self.text.contains(KEY)
    }
}

/// An edit of a template, as it is there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Inserted<'t> {
    /// What it replaces of the client's text.
    pub(super) client: Range<usize>,
    /// What comes, with holes for the key.
    pub(super) text: &'t str,
}

/// An insertion or replacement in a rendered text, in bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Span {
    start: usize,
    end: usize,
    /// What it replaces.
    client: Range<usize>,
}

/// All of them, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Spans(Vec<Span>);

impl Spans {
    /// The place in the client's text; `None` inside of what isn't the client's.
    fn to_client(&self, sent: usize) -> Option<usize> {
        let before = self.0.partition_point(|span| span.start <= sent);
        match before.checked_sub(1).and_then(|last| self.0.get(last)) {
            Some(span) if sent < span.end => None,
            Some(span) => Some(span.client.end + (sent - span.end)),
            None => Some(sent),
        }
    }

    /// The place in the client's text before which something was put that begins there: a schema before a function's name.
    fn put_before(&self, sent: usize) -> Option<usize> {
        let span = self.0.get(self.0.partition_point(|span| span.start < sent))?;
        (span.start == sent && span.client.is_empty()).then_some(span.client.start)
    }

    /// Whether that place of the client's text was replaced.
    fn is_replaced(&self, client: usize) -> bool {
        let before = self.0.partition_point(|span| span.client.start <= client);
        self.0
            .iter()
            .take(before)
            .rev()
            .take_while(|span| span.client.end + span.client.len() >= client)
            .any(|span| span.client.contains(&client))
    }
}

/// A text's characters.
pub(super) fn count(text: &str) -> u32 {
    let characters = if text.is_ascii() { text.len() } else { text.chars().count() };
    u32::try_from(characters).unwrap_or(u32::MAX)
}

fn count_keys(text: &str) -> u32 {
    u32::try_from(memchr::memchr_iter(0, text.as_bytes()).count()).unwrap_or(u32::MAX)
}

/// Leads from a position in the text that was sent to one in the client's.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PositionMap {
    shifts: Box<[Shift]>,
}

/// A part of a text that another has taken the place of, in characters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Replacement {
    /// Where it stood.
    pub at: u32,
    /// How long it was.
    pub was: u32,
    /// How long the other is.
    pub now: u32,
}

/// An insertion or replacement in the sent text, in characters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Shift {
    start: u32,
    length: u32,
    removed: u32,
}

impl PositionMap {
    /// A map over insertions, in order: where each begins in the sent text (from 0), and how long it is.
    pub fn new(insertions: impl IntoIterator<Item = (u32, u32)>) -> Self {
        PositionMap { shifts: insertions.into_iter().map(|(start, length)| Shift { start, length, removed: 0 }).collect() }
    }

    /// The same behind replacements in the sent text, which are in order and touch no insertion.
    #[must_use]
    pub fn behind(&self, replacements: &[Replacement]) -> Self {
        let mut shifts = Vec::with_capacity(self.shifts.len() + replacements.len());
        let mut left = replacements.iter().peekable();
        let (mut grown, mut gone) = (0u32, 0u32);
        let moved = |at: u32, grown: u32, gone: u32| at.saturating_add(grown).saturating_sub(gone);
        let mut take = |before: u32, shifts: &mut Vec<Shift>| {
            while let Some(one) = left.next_if(|one| one.at < before) {
                shifts.push(Shift { start: moved(one.at, grown, gone), length: one.now, removed: one.was });
                (grown, gone) = (grown.saturating_add(one.now), gone.saturating_add(one.was));
            }
            (grown, gone)
        };
        for shift in &self.shifts {
            let (grown, gone) = take(shift.start, &mut shifts);
            shifts.push(Shift { start: moved(shift.start, grown, gone), ..*shift });
        }
        take(u32::MAX, &mut shifts);
        PositionMap { shifts: shifts.into() }
    }

    /// A map over edits, in order: where each begins in the sent text, how long it is, and how long what it replaces was.
    pub(super) fn with_removals(edits: impl IntoIterator<Item = (u32, u32, u32)>) -> Self {
        PositionMap { shifts: edits.into_iter().map(|(start, length, removed)| Shift { start, length, removed }).collect() }
    }

    /// The 1-based character position in the client's text; `None` inside of what isn't the client's.
    pub fn to_client(&self, position: u32) -> Option<u32> {
        let at = position.checked_sub(1)?;
        let (mut inserted, mut removed) = (0u32, 0u32);
        for shift in self.shifts.iter().take_while(|shift| shift.start <= at) {
            if at < shift.start.saturating_add(shift.length) {
                return None;
            }
            inserted = inserted.saturating_add(shift.length);
            removed = removed.saturating_add(shift.removed);
        }
        position.checked_sub(inserted)?.checked_add(removed)
    }
}

/// A row for another tenant, in PostgreSQL's words.
pub fn foreign_row(table: &str) -> Report {
    Report::new(SqlState::INSUFFICIENT_PRIVILEGE, format!("new row violates row-level security policy for table \"{table}\""))
        .with_detail("The row's tenant column has another value than the tenant's own.")
        .with_hint("Leave the tenant column out: it is filled in.")
}

/// What begins the message of a check that failed while the statement ran: `invalid input syntax for type integer: "…"`, with
/// [`failed_check`] to read it.
const MARK: &str = "pgtenant: foreign row in ";

/// The same of a check that a key is one of the tenant's own rows. Behind it stand, each behind a [`SEPARATOR`], what [`BrokenKey`] holds.
const MISSING_KEY: &str = "pgtenant: missing key";
/// The same for a key that the client may not choose. Behind it stand the table, the column and the index.
const CHOSEN_KEY: &str = "pgtenant: chosen key";
/// The same for a key of a table that tenants don't read. Behind it stand the table, the column and the foreign key.
const HIDDEN_KEY: &str = "pgtenant: hidden key";
const SEPARATOR: &str = "\t";

/// The report for an error of the server, if it is that of a failed check.
pub fn failed_check(message: &str) -> Option<Report> {
    if let Some(broken) = BrokenKey::read(message) {
        return Some(broken.report());
    }
    let parts = |mark: &str| {
        let (_, rest) = message.split_once(mark)?;
        let mut parts = rest.strip_suffix('"').unwrap_or(rest).strip_prefix(SEPARATOR)?.splitn(3, SEPARATOR);
        Some((parts.next()?, parts.next()?, parts.next()?))
    };
    if let Some((table, column, index)) = parts(CHOSEN_KEY) {
        return Some(watch::chosen(table, column, index, column));
    }
    if let Some((table, column, key)) = parts(HIDDEN_KEY) {
        return Some(watch::hidden(table, column, key));
    }
    let (_, table) = message.split_once(MARK)?;
    Some(foreign_row(table.strip_suffix('"').unwrap_or(table)))
}

/// The report for an error about a query that has another number of columns than what it is assigned to, where that number was put into its text.
pub fn wrong_width(message: &str) -> Option<Report> {
    let (table, counts) = message.strip_prefix("table \"pgt_")?.split_once('"')?;
    let is_ours = table.bytes().all(|byte| byte.is_ascii_digit()) && counts.contains(" columns available but ");
    is_ours.then(|| Report::new(SqlState::SYNTAX_ERROR, "there are more target columns than expressions"))
}

/// A foreign key's value that is no key of the tenant's rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BrokenKey<'m> {
    /// The referencing table's schema.
    pub schema: &'m str,
    /// The referencing table.
    pub table: &'m str,
    /// The foreign key.
    pub constraint: &'m str,
    column: &'m str,
    referenced: &'m str,
    value: &'m str,
}

impl<'m> BrokenKey<'m> {
    /// Reads it from the message of a failed check.
    pub fn read(message: &'m str) -> Option<BrokenKey<'m>> {
        let (_, rest) = message.split_once(MISSING_KEY)?;
        let rest = rest.strip_suffix('"').unwrap_or(rest).strip_prefix(SEPARATOR)?;
        let mut parts = rest.splitn(6, SEPARATOR);
        let mut part = || parts.next();
        Some(BrokenKey { schema: part()?, table: part()?, constraint: part()?, column: part()?, referenced: part()?, value: part()? })
    }

    /// As PostgreSQL tells it: `ri_ReportViolation` in `ri_triggers.c`.
    fn report(&self) -> Report {
        let BrokenKey { table, constraint, column, referenced, value, .. } = self;
        let message = format!("insert or update on table \"{table}\" violates foreign key constraint \"{constraint}\"");
        Report::new(SqlState::FOREIGN_KEY_VIOLATION, message)
            .with_detail(format!("Key ({column})=({value}) is not present in table \"{referenced}\"."))
    }
}

/// The refusal of a write whose tenant column can't be checked.
fn unchecked(why: &'static str, hint: &'static str) -> Report {
    Report::new(SqlState::INSUFFICIENT_PRIVILEGE, "the tenant column of this write can't be checked").with_detail(why).with_hint(hint)
}

/// A defect of ours: tree and text disagree.
fn lost(what: &'static str) -> Report {
    tracing::error!(what, "the gate can't find its way in a statement");
    Report::new(SqlState::INTERNAL_ERROR, "the statement can't be made safe").with_detail(what)
}

#[cfg(test)]
#[path = "tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
