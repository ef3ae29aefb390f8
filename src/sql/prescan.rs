//! The hot path: can this text have any effect on its session? Bytes only, no parser, no allocation for the texts that drivers send.

use memchr::memchr;

use super::{
    lexer::{Lexer, Token, TokenKind, is_space},
    triggers::{contains_catalog_word, contains_either, contains_trigger},
    words::{SETTINGS_VIEW, function_kind, is_temporary_schema, may_be_known},
};

/// What the bytes of a text tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Prescan {
    /// No statement at all.
    Nothing,
    /// One statement; nothing of it outlives its transaction, except that it may be a `SAVEPOINT` or `RELEASE`.
    Plain,
    /// One statement: `BEGIN` or `START TRANSACTION`.
    Begin,
    /// One statement: `COMMIT`, `ROLLBACK` or their like, without `AND CHAIN`.
    End,
    /// One statement: `ROLLBACK TO`.
    BackTo,
    /// Perhaps several statements, perhaps an effect: ask [`parse`](super::parse).
    NeedsParse,
}

/// What a text can be by its first word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FirstWord {
    /// A query, or a command that can only do what a query inside it does.
    Query,
    /// Opens a transaction.
    Begin,
    /// Ends a transaction, unless `PREPARED` or `CHAIN` follows.
    End,
    /// No statement at all.
    Nothing,
    /// Anything else.
    Other,
}

/// Decides without parsing whether a text can have no effect on its session's state. In doubt it can.
pub fn prescan(text: &[u8]) -> Prescan {
    seen(text, contains_trigger)
}

/// The same for a tenant that has a database of its own, whose queries reach nothing else unless they ask for names beyond it. In doubt
/// they do, and it takes the grammar to tell.
pub fn prescan_confined(text: &[u8]) -> Prescan {
    if !contains_either(text) {
        return seen(text, |_| false);
    }
    if contains_catalog_word(text) { Prescan::NeedsParse } else { prescan(text) }
}

#[inline]
fn seen(text: &[u8], holds_trigger: impl Fn(&[u8]) -> bool) -> Prescan {
    let verdict = match first_word(text) {
        FirstWord::Query => Prescan::Plain,
        FirstWord::Begin => Prescan::Begin,
        FirstWord::End => match ends_how(text) {
            Prescan::NeedsParse => return Prescan::NeedsParse,
            ends => ends,
        },
        FirstWord::Nothing => return Prescan::Nothing,
        FirstWord::Other => return Prescan::NeedsParse,
    };
    let suspicious = holds_trigger(text) || !ends_at_semicolon(text);
    if suspicious && look_closer(text) == Closer::Suspicious { Prescan::NeedsParse } else { verdict }
}

/// The kind of the first token, which drivers write in upper or lower case, rarely behind a comment.
fn first_word(text: &[u8]) -> FirstWord {
    let start = text.iter().position(|&byte| !is_space(byte)).unwrap_or(text.len());
    let rest = text.get(start..).unwrap_or_default();
    let word = rest.split(|byte| !byte.is_ascii_alphabetic()).next().unwrap_or_default();
    let follows_comment = word.is_empty() && matches!(rest.first(), Some(b'-' | b'/'));
    if !follows_comment {
        let whole = rest.get(word.len()).is_none_or(|&next| next < 0x80 && next != b'_' && next != b'$' && !next.is_ascii_digit());
        return if whole { kind_of(word, rest) } else { FirstWord::Other };
    }
    match Lexer::new(rest).next() {
        None => FirstWord::Nothing,
        Some(token) if token.kind == TokenKind::Word || token.is_symbol(b'(') => {
            kind_of(if token.kind == TokenKind::Word { token.bytes(rest) } else { &[] }, rest.get(token.start..).unwrap_or_default())
        }
        Some(_) => FirstWord::Other,
    }
}

/// The kind of a first word; an empty one stands for the symbol that `rest` begins with.
fn kind_of(word: &[u8], rest: &[u8]) -> FirstWord {
    let mut folded = [0u8; 9];
    let Some(folded) = folded.get_mut(..word.len()) else { return FirstWord::Other };
    folded.copy_from_slice(word);
    folded.make_ascii_lowercase();
    match &*folded {
        b"select" | b"insert" | b"update" | b"delete" | b"with" | b"values" | b"table" | b"merge" | b"copy" | b"fetch" | b"move"
        | b"close" | b"savepoint" | b"release" | b"truncate" => FirstWord::Query,
        b"begin" | b"start" => FirstWord::Begin,
        b"commit" | b"end" | b"rollback" | b"abort" => FirstWord::End,
        b"" => match rest.first() {
            None => FirstWord::Nothing,
            Some(b'(') => FirstWord::Query,
            Some(_) => FirstWord::Other,
        },
        _ => FirstWord::Other,
    }
}

/// Whether `COMMIT` or `ROLLBACK` goes without `AND CHAIN` and `PREPARED`, and whether it goes `TO` a savepoint.
fn ends_how(text: &[u8]) -> Prescan {
    let mut how = Prescan::End;
    for token in Lexer::new(text).take(8) {
        if token.is_word(text, "and") || token.is_word(text, "prepared") {
            return Prescan::NeedsParse;
        }
        if token.is_word(text, "to") {
            how = Prescan::BackTo;
        }
    }
    how
}

/// Whether nothing but white space follows the first semicolon.
fn ends_at_semicolon(text: &[u8]) -> bool {
    match memchr(b';', text) {
        None => true,
        Some(at) => text.get(at..).unwrap_or_default().iter().all(|&byte| byte == b';' || is_space(byte)),
    }
}

/// What the tokens of a text tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Closer {
    Harmless,
    Suspicious,
}

/// The second look, for texts that hold a trigger somewhere: literals and comments don't count.
fn look_closer(text: &[u8]) -> Closer {
    let mut before = None;
    let mut ended = false;
    for token in Lexer::new(text) {
        let semicolon = token.is_symbol(b';');
        if (ended && !semicolon) || is_suspicious(text, before, token) {
            return Closer::Suspicious;
        }
        ended |= semicolon;
        before = Some(token);
    }
    Closer::Harmless
}

/// Whether a token (and the one before it) can be a part of an effect that only the parser can tell.
pub(super) fn is_suspicious(text: &[u8], before: Option<Token>, token: Token) -> bool {
    match token.kind {
        TokenKind::Word | TokenKind::Quoted => {
            let bytes = token.bytes(text);
            if token.kind == TokenKind::Word && (bytes.eq_ignore_ascii_case(b"temp") || bytes.eq_ignore_ascii_case(b"temporary")) {
                return before.is_some_and(|before| makes_temporary(text, before));
            }
            may_be_known(bytes)
                && token.name(text).is_none_or(|name| function_kind(&name).is_some() || name == SETTINGS_VIEW || is_temporary_schema(&name))
        }
        TokenKind::UnicodeQuoted | TokenKind::Unterminated => true,
        _ => false,
    }
}

/// Whether `TEMP` after this word makes something temporary.
pub(super) fn makes_temporary(text: &[u8], before: Token) -> bool {
    ["into", "local", "global", "create", "replace"].iter().any(|word| before.is_word(text, word))
}

#[cfg(test)]
#[path = "prescan/tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
