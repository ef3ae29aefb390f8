//! One entry of a map's text: changed, added, removed.

use std::ops::Range;

use toml_edit::{DocumentMut, Item, Table};

use super::{
    EditError, parse,
    places::{Place, end_of_last, find, own_end, with_comment},
};

/// Changes `[table.name]`; none where there is no such entry.
pub(super) fn change(
    text: &str,
    table: &str,
    name: &str,
    with: impl FnOnce(&mut Item) -> Result<(), EditError>,
) -> Result<Option<String>, EditError> {
    let (range, mut document) = match find(text, table, name) {
        Place::Absent => return Ok(None),
        Place::Unclear => (0..text.len(), parse(text)?),
        Place::Piece(range) => match text.get(range.clone()).unwrap_or_default().parse::<DocumentMut>() {
            Ok(document) => (range, document),
            // Cut in the middle of something, or no TOML anywhere.
            Err(_) => (0..text.len(), parse(text)?),
        },
    };
    let Some(entry) = document.get_mut(table).and_then(|entries| entries.get_mut(name)) else { return Ok(None) };
    with(entry)?;
    Ok(Some(splice(text, range, &document.to_string())))
}

/// Adds an entry behind the last one of its table; none where there is one of that name.
pub(super) fn add(text: &str, table: &str, name: &str, entry: Item) -> Result<Option<String>, EditError> {
    let place = find(text, table, name);
    let end = end_of_last(text, table);
    match (place, end) {
        (Place::Piece(_), _) => Ok(None),
        (Place::Absent, Ok(end)) => {
            let mut document = DocumentMut::new();
            let mut entries = Table::new();
            entries.set_implicit(true);
            entries.insert(name, entry);
            document.insert(table, Item::Table(entries));
            let end = end.unwrap_or_else(|| text.trim_end().len());
            let line_break = if end > 0 && text.get(..end).is_some_and(|text| !text.ends_with('\n')) { "\n" } else { "" };
            let rest_begins = text.get(end..).is_some_and(|rest| rest.starts_with('\n'));
            let last = if rest_begins && !line_break.is_empty() { end + 1 } else { end };
            Ok(Some(splice(text, end..last, &format!("{line_break}\n{}", document.to_string().trim_start()))))
        }
        (Place::Absent, Err(())) | (Place::Unclear, _) => {
            let mut document = parse(text)?;
            let entries = document.entry(table).or_insert_with(|| {
                let mut entries = Table::new();
                entries.set_implicit(true);
                Item::Table(entries)
            });
            let entries = entries.as_table_like_mut().ok_or_else(|| EditError::BadKey(table.to_owned()))?;
            if entries.contains_key(name) {
                return Ok(None);
            }
            entries.insert(name, entry);
            Ok(Some(document.to_string()))
        }
    }
}

/// Removes an entry with the comments that belong to it; none where there is no such entry.
pub(super) fn remove(text: &str, table: &str, name: &str) -> Result<Option<String>, EditError> {
    let piece = match find(text, table, name) {
        Place::Absent => return Ok(None),
        Place::Piece(range) if is_whole(text, &range) => range,
        Place::Unclear | Place::Piece(_) => {
            let mut document = parse(text)?;
            let removed = document.get_mut(table).and_then(Item::as_table_like_mut).and_then(|entries| entries.remove(name));
            return Ok(removed.map(|_| document.to_string()));
        }
    };
    let start = with_comment(text, piece.start);
    let mut end = piece.start + own_end(text.get(piece.clone()).unwrap_or_default());
    // One of the blank lines around it goes as well.
    if text.get(end..).is_some_and(|rest| rest.starts_with('\n')) {
        end += 1;
    }
    Ok(Some(splice(text, start..end, "")))
}

/// Whether a piece wasn't cut in the middle of something.
fn is_whole(text: &str, range: &Range<usize>) -> bool {
    text.get(range.clone()).is_some_and(|piece| piece.parse::<DocumentMut>().is_ok())
}

fn splice(text: &str, range: Range<usize>, with: &str) -> String {
    let mut spliced = String::with_capacity(text.len() + with.len());
    spliced.push_str(text.get(..range.start).unwrap_or_default());
    spliced.push_str(with);
    spliced.push_str(text.get(range.end..).unwrap_or_default());
    spliced
}
