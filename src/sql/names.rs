//! Where a client wrote the names of its prepared statements and channels, and how to put others there.
//!
//! The parser tells names but not their places, the lexer tells places but not what they mean: a place counts only where both agree.

use std::ops::Range;

use super::{
    effect::{Effect, NameUse},
    lexer::{Lexer, Token, TokenKind},
    parse::parse,
};

/// The places in `PREPARE name (types) AS body`.
pub(super) struct PreparePlaces {
    pub(super) name: Range<usize>,
    pub(super) types: Option<Range<usize>>,
    /// Index of the body's first token.
    pub(super) body: usize,
}

/// Finds the parts of a `PREPARE` whose tokens are these.
pub(super) fn find_prepare(text: &[u8], tokens: &[Token], name: &str) -> Option<PreparePlaces> {
    tokens.first().filter(|token| token.is_word(text, "prepare"))?;
    let (span, mut at) = name_at(text, tokens, 1, name)?;
    let mut types = None;
    if tokens.get(at)?.is_symbol(b'(') {
        let close = closing(tokens, at)?;
        types = Some(tokens.get(at)?.end..tokens.get(close)?.start);
        at = close + 1;
    }
    tokens.get(at).filter(|token| token.is_word(text, "as"))?;
    tokens.get(at + 1)?;
    Some(PreparePlaces { name: span, types, body: at + 1 })
}

/// Finds the name in `EXECUTE name`, which may stand behind `EXPLAIN …` or `CREATE TABLE … AS`.
pub(super) fn find_execute(text: &[u8], tokens: &[Token], name: &str) -> Option<Range<usize>> {
    let mut depth = 0usize;
    let mut before: Option<&Token> = None;
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Symbol(b'(') => depth += 1,
            TokenKind::Symbol(b')') => depth = depth.saturating_sub(1),
            TokenKind::Word if depth == 0 && token.is_word(text, "execute") && may_precede_execute(text, before) => {
                if let Some((span, _)) = name_at(text, tokens, index + 1, name) {
                    return Some(span);
                }
            }
            _ => {}
        }
        before = Some(token);
    }
    None
}

fn may_precede_execute(text: &[u8], before: Option<&Token>) -> bool {
    before.is_none_or(|token| {
        token.is_symbol(b')') || ["as", "explain", "analyze", "analyse", "verbose"].iter().any(|word| token.is_word(text, word))
    })
}

/// Finds the name in `DEALLOCATE [PREPARE] name`.
pub(super) fn find_deallocate(text: &[u8], tokens: &[Token], name: &str) -> Option<Range<usize>> {
    tokens.first().filter(|token| token.is_word(text, "deallocate"))?;
    let named = |at: usize| name_at(text, tokens, at, name).filter(|(_, end)| *end == tokens.len()).map(|(span, _)| span);
    named(1).or_else(|| tokens.get(1).filter(|token| token.is_word(text, "prepare")).and_then(|_| named(2)))
}

/// Finds the channel in `NOTIFY channel`.
pub(super) fn find_notify(text: &[u8], tokens: &[Token], channel: &str) -> Option<Range<usize>> {
    tokens.first().filter(|token| token.is_word(text, "notify"))?;
    name_at(text, tokens, 1, channel).map(|(span, _)| span)
}

/// The place of `name` at a token, `UESCAPE` included, and the index of the token after it.
fn name_at(text: &[u8], tokens: &[Token], at: usize, name: &str) -> Option<(Range<usize>, usize)> {
    let token = tokens.get(at)?;
    if token.kind != TokenKind::UnicodeQuoted {
        return (token.name(text)? == name).then(|| (token.span(), at + 1));
    }
    match (tokens.get(at + 1), tokens.get(at + 2)) {
        (Some(uescape), Some(mark)) if uescape.is_word(text, "uescape") && mark.kind == TokenKind::String => {
            Some((token.start..mark.end, at + 3))
        }
        _ => Some((token.span(), at + 1)),
    }
}

/// The index of the parenthesis that closes the one at `open`.
fn closing(tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        match token.kind {
            TokenKind::Symbol(b'(') => depth += 1,
            TokenKind::Symbol(b')') => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(index);
                }
            }
            _ => {}
        }
    }
    None
}

/// The text with other bytes at `span`. Unchanged where the span isn't one of the text's.
pub fn splice(text: &str, span: Range<usize>, replacement: &str) -> String {
    match (text.get(..span.start), text.get(span.end..)) {
        (Some(before), Some(after)) if span.start <= span.end => [before, replacement, after].concat(),
        _ => text.to_owned(),
    }
}

/// The text with other names of prepared statements at the given places, which must be [`NameUse::span`]s of its [`parse`]. The names are
/// written in quotes. `None` unless the new text provably differs in these names only: same tokens elsewhere, and the parser finds the new ones.
pub fn rename<N: AsRef<str>>(text: &str, renames: &[(Range<usize>, N)]) -> Option<String> {
    let mut renames: Vec<(Range<usize>, &str)> = renames.iter().map(|(span, name)| (span.clone(), name.as_ref())).collect();
    renames.sort_by_key(|(span, _)| span.start);
    let mut renamed = String::with_capacity(text.len() + 32 * renames.len());
    let mut places = Vec::with_capacity(renames.len());
    let mut done = 0;
    for (span, name) in &renames {
        renamed.push_str(text.get(done..span.start)?);
        let start = renamed.len();
        renamed.push('"');
        renamed.push_str(&name.replace('"', "\"\""));
        renamed.push('"');
        places.push((start..renamed.len(), *name));
        done = span.end;
    }
    renamed.push_str(text.get(done..)?);
    let spans: Vec<Range<usize>> = renames.into_iter().map(|(span, _)| span).collect();
    (same_tokens(text, &spans, &renamed, &places) && names_found(&renamed, &places)).then_some(renamed)
}

/// Whether two texts have the same tokens outside of the places where one was renamed.
fn same_tokens(old: &str, spans: &[Range<usize>], new: &str, places: &[(Range<usize>, &str)]) -> bool {
    let mut fresh = Lexer::new(new.as_bytes());
    let mut pending = spans.iter().zip(places).peekable();
    for token in Lexer::new(old.as_bytes()) {
        if let Some((span, (place, _))) = pending.peek() {
            if token.start == span.start && fresh.next().is_none_or(|other| other.kind != TokenKind::Quoted || other.span() != *place) {
                return false;
            }
            if token.start >= span.start && token.end <= span.end {
                if token.end == span.end {
                    pending.next();
                }
                continue;
            }
        }
        let same = |other: Token| other.kind == token.kind && other.bytes(new.as_bytes()) == token.bytes(old.as_bytes());
        if !fresh.next().is_some_and(same) {
            return false;
        }
    }
    pending.next().is_none() && fresh.next().is_none()
}

/// Whether the parser finds each new name in its place.
fn names_found(text: &str, places: &[(Range<usize>, &str)]) -> bool {
    let Ok(script) = parse(text) else { return false };
    let found: Vec<&NameUse> = script.effects().filter_map(name_use).collect();
    places.iter().all(|(place, name)| found.iter().any(|found| found.span == *place && found.name == *name))
}

/// The name of a prepared statement in an effect.
fn name_use(effect: &Effect) -> Option<&NameUse> {
    match effect {
        Effect::Prepare(prepare) => Some(&prepare.statement),
        Effect::Execute(name) | Effect::Deallocate(Some(name)) => Some(name),
        _ => None,
    }
}

#[cfg(test)]
#[path = "names/tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
