//! What a client is told of a text that can't be judged.

use crate::{
    error::{Report, SqlState},
    sql::{ParseFailure, lexer::Lexer, parse::tree_of},
};

/// Longer texts don't get a position: it takes a handful of parses to find.
const MAX_SEARCHED: usize = 16 * 1024;

/// The error for a text that has no tree.
pub(super) fn report(failure: &ParseFailure, text: &str) -> Report {
    match failure {
        ParseFailure::Syntax(message) => {
            let message = message.strip_prefix("Invalid statement: ").unwrap_or(message);
            let report = Report::new(SqlState::SYNTAX_ERROR, message.to_owned());
            match place(failure, text) {
                Some(position) => report.at(position),
                None => report,
            }
        }
        ParseFailure::Nul => Report::new(SqlState::CHARACTER_NOT_IN_REPERTOIRE, "invalid byte sequence for encoding \"UTF8\": 0x00"),
        ParseFailure::TooComplex(what) => Report::new(SqlState::PROGRAM_LIMIT_EXCEEDED, "statement too complex")
            .with_detail(format!("Found that {what}."))
            .with_hint("Pass long values as parameters, and long lists as arrays or with COPY."),
        ParseFailure::NotUnderstood(_) => not_understood(),
    }
}

/// A defect of ours, or of the grammar's crate.
pub(super) fn not_understood() -> Report {
    Report::new(SqlState::INTERNAL_ERROR, "the statement isn't understood")
        .with_detail("What isn't understood doesn't run.")
        .with_hint("Write it in another way.")
}

/// Where the grammar gave up, in characters from 1: at the first token with which the text up to there fails in the same way.
fn place(failure: &ParseFailure, text: &str) -> Option<u32> {
    if text.len() > MAX_SEARCHED {
        return None;
    }
    let characters = |end: usize| text.get(..end).and_then(|part| u32::try_from(part.chars().count()).ok()?.checked_add(1));
    let ParseFailure::Syntax(message) = failure else { return None };
    if message.ends_with("at end of input") {
        return characters(text.len());
    }
    let tokens: Vec<_> = Lexer::new(text.as_bytes()).collect();
    let fails = |end: usize| text.get(..end).is_some_and(|part| matches!(tree_of(part), Err(found) if found == *failure));
    let first = tokens.partition_point(|token| !fails(token.end));
    let token = tokens.get(first)?;
    // An operator is more than one token here.
    let named = message.rsplit_once(" near \"").and_then(|(_, named)| named.strip_suffix('"'));
    let start = named.filter(|named| text.get(..token.end).is_some_and(|part| part.ends_with(named))).map(|named| token.end - named.len());
    characters(start.unwrap_or(token.start))
}

/// A report whose position counts bytes, with one that counts characters.
pub(super) fn in_characters(report: Report, text: &str) -> Report {
    let Some(position) = report.position else { return report };
    let bytes = usize::try_from(position).unwrap_or(usize::MAX).saturating_sub(1);
    let position = text.get(..bytes).and_then(|part| u32::try_from(part.chars().count()).ok()?.checked_add(1));
    Report { position, ..report }
}
