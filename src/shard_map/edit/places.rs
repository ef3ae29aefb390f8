//! Where an entry stands in a map's text.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memmem};

/// Where an entry stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// All of it, from its header to the next entry's.
    Piece(Range<usize>),
    /// Nowhere.
    Absent,
    /// This reader is too simple for such a text: parse it whole.
    Unclear,
}

/// What a line that begins with a bracket begins.
enum Header<'t> {
    /// `[tenants.NAME]`, or a section inside of it.
    Entry(&'t str),
    /// Something else.
    Other,
    Unclear,
}

/// Finds `[table.name]`.
pub(super) fn find(text: &str, table: &str, name: &str) -> Place {
    let (mut found, mut open): (Option<Range<usize>>, bool) = (None, false);
    let walked = walk(text, table, |line, entry| {
        let is_ours = entry == Some(name);
        match (&mut found, is_ours) {
            (Some(found), false) if open => (found.end, open) = (line, false),
            (Some(_), true) if !open => return false,
            (None, true) => (found, open) = (Some(line..text.len()), true),
            _ => {}
        }
        true
    });
    match (walked, found) {
        (false, _) => Place::Unclear,
        (true, Some(piece)) => Place::Piece(piece),
        (true, None) => Place::Absent,
    }
}

/// Where the last entry of a table ends; none where there is no entry, an error where the text must be parsed whole.
pub(super) fn end_of_last(text: &str, table: &str) -> Result<Option<usize>, ()> {
    let (mut last, mut open): (Option<Range<usize>>, bool) = (None, false);
    let walked = walk(text, table, |line, entry| {
        match (&mut last, entry) {
            (Some(last), None) if open => (last.end, open) = (line, false),
            (_, Some(_)) => (last, open) = (Some(line..text.len()), true),
            _ => {}
        }
        true
    });
    let end = |piece: Range<usize>| piece.start + own_end(text.get(piece).unwrap_or_default());
    if walked { Ok(last.map(end)) } else { Err(()) }
}

/// Tells of each section's header: its line's start, and the entry that it belongs to. `false` where the text isn't that simple.
fn walk<'t>(text: &'t str, table: &str, mut tell: impl FnMut(usize, Option<&'t str>) -> bool) -> bool {
    let bytes = text.as_bytes();
    if memmem::find(bytes, b"\"\"\"").is_some() || memmem::find(bytes, b"'''").is_some() {
        return false;
    }
    let mut is_first = true;
    for at in memchr_iter(b'[', bytes) {
        let Some(line) = line_start(bytes, at) else { continue };
        if std::mem::take(&mut is_first) && !is_plain_head(text.get(..line).unwrap_or_default(), table) {
            return false;
        }
        let end = memchr(b'\n', bytes.get(at..).unwrap_or_default()).map_or(text.len(), |length| at + length);
        let entry = match header(text.get(at + 1..end).unwrap_or_default(), table) {
            Header::Entry(name) => Some(name),
            Header::Other => None,
            Header::Unclear => return false,
        };
        if !tell(line, entry) {
            return false;
        }
    }
    !is_first || is_plain_head(text, table)
}

/// Whether no entry of the table stands before the first section.
fn is_plain_head(head: &str, table: &str) -> bool {
    head.lines().all(|line| !line.trim_start().trim_start_matches(['"', '\'']).starts_with(table))
}

/// The start of the line, if only blanks stand before `at`.
fn line_start(bytes: &[u8], at: usize) -> Option<usize> {
    let blanks = bytes.get(..at)?.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let line = at - blanks;
    (line == 0 || bytes.get(line - 1) == Some(&b'\n')).then_some(line)
}

/// Reads what stands behind a line's first bracket.
fn header<'t>(text: &'t str, table: &str) -> Header<'t> {
    let Some(rest) = text.strip_prefix(table) else {
        let unusual = text.trim_start().trim_start_matches(['"', '\'', '[']).starts_with(table);
        return if unusual { Header::Unclear } else { Header::Other };
    };
    let Some(rest) = rest.strip_prefix('.') else {
        let is_word = rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_' || next == '-');
        return if is_word { Header::Other } else { Header::Unclear };
    };
    let (name, after) = match rest.bytes().next() {
        Some(quote @ (b'"' | b'\'')) => {
            let inside = rest.get(1..).unwrap_or_default();
            let Some((name, after)) = inside.split_once(char::from(quote)) else { return Header::Unclear };
            (name, after)
        }
        _ => rest.split_at(rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-').unwrap_or(rest.len())),
    };
    let is_plain = !name.is_empty() && !name.contains('\\') && after.starts_with([']', '.']);
    if is_plain { Header::Entry(name) } else { Header::Unclear }
}

/// How much of a piece is its entry's: its keys, and comments that stand right below them. What follows belongs to the next section.
pub(super) fn own_end(piece: &str) -> usize {
    let (mut end, mut at, mut below) = (0, 0, false);
    for line in piece.split_inclusive('\n') {
        at += line.len();
        let text = line.trim();
        if text.is_empty() {
            below = false;
        } else if !text.starts_with('#') {
            (end, below) = (at, true);
        } else if below {
            end = at;
        }
    }
    end
}

/// Where the comment begins that stands right above a line, unless it stands right below another section's keys.
pub(super) fn with_comment(text: &str, line: usize) -> usize {
    let mut start = line;
    let before = text.get(..line).unwrap_or_default();
    for above in before.split_inclusive('\n').rev() {
        let trimmed = above.trim();
        if trimmed.is_empty() {
            return start;
        }
        if !trimmed.starts_with('#') {
            return line;
        }
        start -= above.len();
    }
    start
}
