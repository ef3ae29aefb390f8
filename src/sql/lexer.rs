//! Where PostgreSQL's tokens begin and end, without their meaning.
//!
//! Follows `src/backend/parser/scan.l` with `standard_conforming_strings = on`, and errs on the side of more tokens:
//! `1e5` is a number and a word, as on servers before 15. Comments and white space vanish.

use std::{borrow::Cow, ops::Range};

use memchr::{memchr, memchr2};

/// PostgreSQL's `NAMEDATALEN` less its NUL: longer names are cut.
const NAME_BYTES: usize = 63;

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum TokenKind {
    /// A keyword or an unquoted name.
    Word,
    /// `"name"`.
    Quoted,
    /// `U&"name"`: escapes depend on a `UESCAPE` that may follow.
    UnicodeQuoted,
    /// A string of any spelling: `'…'`, `E'…'`, `U&'…'`, `B'…'`, `X'…'`, `$tag$…$tag$`.
    String,
    /// Digits, points and underscores.
    Number,
    /// `$1`.
    Parameter,
    /// One byte of an operator or of punctuation.
    Symbol(u8),
    /// A string, name or comment without its end; reaches to the end of the text.
    Unterminated,
}

/// A token and where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Token {
    /// The token's place in the text.
    pub(super) fn span(&self) -> Range<usize> {
        self.start..self.end
    }

    /// The token's bytes.
    pub(super) fn bytes<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        text.get(self.span()).unwrap_or_default()
    }

    /// Whether this is the unquoted `word` (given in lower case).
    pub(super) fn is_word(&self, text: &[u8], word: &str) -> bool {
        self.kind == TokenKind::Word && self.bytes(text).eq_ignore_ascii_case(word.as_bytes())
    }

    /// Whether this is the one-byte token `symbol`.
    pub(super) fn is_symbol(&self, symbol: u8) -> bool {
        self.kind == TokenKind::Symbol(symbol)
    }

    /// The name that this token spells, folded and cut as the server does it. `None` for what isn't a name, and for
    /// `U&"…"`, whose escapes (perhaps under a `UESCAPE`) only the parser can tell.
    pub(super) fn name<'a>(&self, text: &'a [u8]) -> Option<Cow<'a, str>> {
        let spelled = std::str::from_utf8(self.bytes(text)).ok()?;
        let name: Cow<'a, str> = match self.kind {
            TokenKind::Word if spelled.bytes().any(|byte| byte.is_ascii_uppercase()) => spelled.to_ascii_lowercase().into(),
            TokenKind::Word => spelled.into(),
            TokenKind::Quoted => unquote(spelled.strip_prefix('"')?.strip_suffix('"')?),
            _ => return None,
        };
        Some(cut(name))
    }
}

fn unquote(inner: &str) -> Cow<'_, str> {
    if inner.contains('"') { inner.replace("\"\"", "\"").into() } else { inner.into() }
}

/// Cuts a name to 63 bytes at a character's border: `truncate_identifier` in `src/backend/parser/scansup.c`.
fn cut(name: Cow<'_, str>) -> Cow<'_, str> {
    if name.len() <= NAME_BYTES {
        return name;
    }
    let end = (0..=NAME_BYTES).rev().find(|&at| name.is_char_boundary(at)).unwrap_or(0);
    match name {
        Cow::Borrowed(name) => Cow::Borrowed(name.get(..end).unwrap_or_default()),
        Cow::Owned(mut name) => {
            name.truncate(end);
            Cow::Owned(name)
        }
    }
}

/// Walks the tokens of a text.
pub(super) struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    /// Where comments were, if somebody wants to know.
    comments: Option<Vec<Range<usize>>>,
}

/// The text with spaces in place of its comments, so that every token keeps its place.
pub(super) fn without_comments(text: &str) -> Option<String> {
    let mut lexer = Lexer { comments: Some(Vec::new()), ..Lexer::new(text.as_bytes()) };
    while lexer.next().is_some() {}
    let mut cleaned = String::with_capacity(text.len());
    let mut done = 0;
    for comment in lexer.comments? {
        cleaned.push_str(text.get(done..comment.start)?);
        cleaned.extend(std::iter::repeat_n(' ', comment.len()));
        done = comment.end;
    }
    cleaned.push_str(text.get(done..)?);
    Some(cleaned)
}

/// Where a text's comments are, and its tokens.
pub(super) fn comments(text: &[u8]) -> (Vec<Range<usize>>, Vec<Token>) {
    let mut lexer = Lexer { comments: Some(Vec::new()), ..Lexer::new(text) };
    let tokens = lexer.by_ref().collect();
    (lexer.comments.unwrap_or_default(), tokens)
}

impl<'a> Lexer<'a> {
    /// Starts at the text's first byte.
    pub(super) fn new(text: &'a [u8]) -> Self {
        Lexer { text, at: 0, comments: None }
    }

    /// Starts at a byte that begins a token, or blanks.
    pub(super) fn starting_at(text: &'a [u8], at: usize) -> Self {
        Lexer { text, at: at.min(text.len()), comments: None }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Skips white space and comments; false where a comment has no end.
    fn skip_blanks(&mut self) -> bool {
        while let Some(&byte) = self.text.get(self.at) {
            let start = self.at;
            match byte {
                _ if is_space(byte) => {
                    self.at += 1;
                    continue;
                }
                b'-' if self.peek(1) == b'-' => self.skip_line(),
                b'/' if self.peek(1) == b'*' => {
                    if !self.skip_block() {
                        return false;
                    }
                }
                _ => return true,
            }
            self.note_comment(start);
        }
        true
    }

    fn note_comment(&mut self, start: usize) {
        if let Some(comments) = &mut self.comments {
            comments.push(start..self.at);
        }
    }

    /// Skips `-- …` up to, not past, its line's end.
    fn skip_line(&mut self) {
        self.at += memchr2(b'\n', b'\r', self.rest()).unwrap_or(self.rest().len());
    }

    /// Skips `/* … */`, which nests.
    fn skip_block(&mut self) -> bool {
        let mut depth = 0usize;
        while let Some(found) = memchr2(b'*', b'/', self.rest()) {
            self.at += found;
            match (self.peek(0), self.peek(1)) {
                (b'/', b'*') => {
                    depth += 1;
                    self.at += 2;
                }
                (b'*', b'/') => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return true;
                    }
                }
                _ => self.at += 1,
            }
        }
        false
    }

    fn token(&mut self, kind: TokenKind, start: usize) -> Token {
        self.at = self.at.min(self.text.len());
        Token { kind, start, end: self.at }
    }

    fn unterminated(&mut self, start: usize) -> Token {
        self.at = self.text.len();
        self.token(TokenKind::Unterminated, start)
    }

    /// Past the closing `quote` of a literal whose first inner byte is at `self.at`; a doubled quote is a part of it.
    fn close(&mut self, quote: u8) -> bool {
        while let Some(found) = memchr(quote, self.rest()) {
            self.at += found + 1;
            if self.peek(0) != quote {
                return true;
            }
            self.at += 1;
        }
        false
    }

    fn quoted(&mut self, kind: TokenKind, prefix: usize, start: usize) -> Token {
        self.at += prefix;
        let quote = if kind == TokenKind::String { b'\'' } else { b'"' };
        if self.close(quote) { self.token(kind, start) } else { self.unterminated(start) }
    }

    /// `E'…'`, and the pieces on following lines that continue it with the same escapes.
    fn escape_string(&mut self, start: usize) -> Token {
        self.at += 2;
        loop {
            let Some(found) = memchr2(b'\\', b'\'', self.rest()) else { return self.unterminated(start) };
            self.at += found;
            match (self.peek(0), self.peek(1)) {
                (b'\\', _) | (_, b'\'') => self.at += 2,
                _ => {
                    self.at += 1;
                    let (end, comments) = (self.at, self.comments.as_ref().map_or(0, Vec::len));
                    if !self.continues() {
                        self.at = end;
                        self.comments.iter_mut().for_each(|noted| noted.truncate(comments));
                        return self.token(TokenKind::String, start);
                    }
                }
            }
        }
    }

    /// Past the opening quote of a piece that continues a string: white space and `--` comments with a line's end in them, then `'`.
    fn continues(&mut self) -> bool {
        let mut line_ended = false;
        loop {
            let start = self.at;
            match self.peek(0) {
                b'\n' | b'\r' => {
                    line_ended = true;
                    self.at += 1;
                }
                b'\'' if line_ended => {
                    self.at += 1;
                    return true;
                }
                b'-' if self.peek(1) == b'-' => {
                    self.skip_line();
                    self.note_comment(start);
                }
                byte if is_space(byte) => self.at += 1,
                _ => return false,
            }
        }
    }

    /// `$1`, `$tag$…$tag$`, or a lone dollar.
    fn dollar(&mut self, start: usize) -> Token {
        if self.peek(1).is_ascii_digit() {
            self.at += 1;
            while self.peek(0).is_ascii_digit() {
                self.at += 1;
            }
            return self.token(TokenKind::Parameter, start);
        }
        let mut tag = 1;
        while is_name_start(self.peek(tag)) || (tag > 1 && self.peek(tag).is_ascii_digit()) {
            tag += 1;
        }
        if self.peek(tag) != b'$' {
            self.at += 1;
            return self.token(TokenKind::Symbol(b'$'), start);
        }
        let delimiter = self.text.get(start..=start + tag).unwrap_or_default();
        self.at += delimiter.len();
        match memchr::memmem::find(self.rest(), delimiter) {
            Some(found) => {
                self.at += found + delimiter.len();
                self.token(TokenKind::String, start)
            }
            None => self.unterminated(start),
        }
    }

    fn word(&mut self, start: usize) -> Token {
        while is_name_part(self.peek(0)) {
            self.at += 1;
        }
        self.token(TokenKind::Word, start)
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let from = self.at;
        if !self.skip_blanks() {
            return Some(self.unterminated(from));
        }
        let start = self.at;
        let byte = *self.text.get(start)?;
        Some(match (byte, self.peek(1)) {
            (b'\'', _) => self.quoted(TokenKind::String, 1, start),
            (b'"', _) => self.quoted(TokenKind::Quoted, 1, start),
            (b'e' | b'E', b'\'') => self.escape_string(start),
            (b'b' | b'B' | b'x' | b'X' | b'n' | b'N', b'\'') => self.quoted(TokenKind::String, 2, start),
            (b'u' | b'U', b'&') if self.peek(2) == b'\'' => self.quoted(TokenKind::String, 3, start),
            (b'u' | b'U', b'&') if self.peek(2) == b'"' => self.quoted(TokenKind::UnicodeQuoted, 3, start),
            (b'$', _) => self.dollar(start),
            (b'0'..=b'9', _) => {
                while matches!(self.peek(0), b'0'..=b'9' | b'.') {
                    self.at += 1;
                }
                self.token(TokenKind::Number, start)
            }
            _ if is_name_start(byte) => self.word(start),
            _ => {
                self.at += 1;
                self.token(TokenKind::Symbol(byte), start)
            }
        })
    }
}

/// `space` in `scan.l` (vertical tab since PostgreSQL 16).
pub(super) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

const fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

const fn is_name_part(byte: u8) -> bool {
    is_name_start(byte) || byte.is_ascii_digit() || byte == b'$'
}

#[cfg(test)]
#[path = "lexer/tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
