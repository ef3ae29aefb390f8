//! A text without the values of its literals: where they stand, of which kind they are, and all that is around them.
//!
//! Only texts whose tokens can't be mistaken have one: no comments, no backslashes, no prefixed or dollar-quoted strings, no
//! numbers in other notations. Two texts of one skeleton have the same tokens but for what their literals say.

use std::ops::Range;

use memchr::memchr;

use crate::sql::parse::MAX_BYTES;

/// What a literal is to the grammar: another kind would give another tree, or other types in the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Class {
    /// `'…'`
    String = 1,
    /// Digits that fit in 32 bits.
    Int4 = 2,
    /// Digits that fit in 64 bits only.
    Int8 = 3,
    /// Digits with a point among them.
    Decimal = 4,
}

/// A literal's place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Literal {
    pub(super) class: Class,
    pub(super) span: Range<usize>,
}

/// A text's literals, and its bytes with one that stands for each of them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Skeleton {
    pub(super) key: Vec<u8>,
    pub(super) literals: Vec<Literal>,
}

/// More literals aren't looked at.
const MAX_LITERALS: usize = 100_000;

/// Nor are texts with more than that beside their literals: no grammar would read them. Megabytes are only skipped in literals.
const MAX_BETWEEN: usize = 2 * MAX_BYTES;

/// What a byte begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    /// Blanks, punctuation, operators.
    Plain,
    Word,
    Digit,
    Quote,
    QuotedName,
    /// `-`, `/`, `&`, `$`, `.`: what follows tells.
    Careful,
    /// Nothing that is certain.
    Doubtful,
}

const STARTS: [Start; 256] = starts();

const fn starts() -> [Start; 256] {
    let mut starts = [Start::Doubtful; 256];
    let mut byte = 0u8;
    loop {
        starts[byte as usize] = match byte {
            b'\t' | b'\n' | b'\r' | b' '..=b'~' if !matches!(byte, b'\\') => match byte {
                b'\'' => Start::Quote,
                b'"' => Start::QuotedName,
                b'-' | b'/' | b'&' | b'$' | b'.' => Start::Careful,
                b'0'..=b'9' => Start::Digit,
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => Start::Word,
                _ => Start::Plain,
            },
            0x80..=0xff => Start::Word,
            _ => Start::Doubtful,
        };
        if byte == u8::MAX {
            return starts;
        }
        byte += 1;
    }
}

fn start_of(byte: u8) -> Start {
    STARTS.get(usize::from(byte)).copied().unwrap_or(Start::Doubtful)
}

const fn is_name_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

impl Skeleton {
    /// Reads a text behind a prefix that tells its kind from others'. `None` where its tokens aren't certain.
    pub(super) fn read(prefix: &[u8], text: &[u8]) -> Option<Skeleton> {
        let mut key = Vec::with_capacity(prefix.len() + text.len().min(64 << 10));
        key.extend_from_slice(prefix);
        let mut reader = Reader { text, at: 0, copied: 0, skeleton: Skeleton { key, literals: Vec::with_capacity(8) } };
        while let Some(&byte) = text.get(reader.at) {
            reader.step(byte)?;
            if reader.at - reader.copied > MAX_BETWEEN {
                return None;
            }
        }
        reader.copy(text.len())?;
        Some(reader.skeleton)
    }
}

struct Reader<'t> {
    text: &'t [u8],
    at: usize,
    /// Up to where the key has the text.
    copied: usize,
    skeleton: Skeleton,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(b' ')
    }

    fn step(&mut self, byte: u8) -> Option<()> {
        match start_of(byte) {
            Start::Plain => self.at += 1,
            Start::Word => {
                self.skip(is_name_part);
                // E'…', N'…' and their like.
                if self.peek(0) == b'\'' {
                    return None;
                }
            }
            Start::Digit => self.number()?,
            Start::Quote => self.string()?,
            Start::QuotedName => self.at = self.closing(b'"')?,
            Start::Careful => self.careful(byte)?,
            Start::Doubtful => return None,
        }
        Some(())
    }

    fn careful(&mut self, byte: u8) -> Option<()> {
        let next = self.peek(1);
        match (byte, next) {
            (b'-', b'-') | (b'/', b'*') | (b'&', b'\'' | b'"') => return None,
            // `.5`
            (b'.', b'0'..=b'9') => return None,
            (b'$', b'0'..=b'9') => {
                self.at += 1;
                self.skip(|byte| byte.is_ascii_digit());
                if is_name_part(self.peek(0)) {
                    return None;
                }
                return Some(());
            }
            (b'$', _) => return None,
            _ => self.at += 1,
        }
        Some(())
    }

    fn skip(&mut self, goes_on: impl Fn(u8) -> bool) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at += rest.iter().position(|&byte| !goes_on(byte)).unwrap_or(rest.len());
    }

    fn number(&mut self) -> Option<()> {
        let start = self.at;
        self.skip(|byte| byte.is_ascii_digit());
        let mut class = class_of(self.text.get(start..self.at)?);
        if self.peek(0) == b'.' {
            self.at += 1;
            let fraction = self.at;
            self.skip(|byte| byte.is_ascii_digit());
            class = (self.at > fraction).then_some(Class::Decimal);
        }
        if is_name_part(self.peek(0)) || self.peek(0) == b'.' {
            return None;
        }
        self.literal(class?, start)
    }

    fn string(&mut self) -> Option<()> {
        let start = self.at;
        self.at = self.closing(b'\'')?;
        // `'…'U&'…'` and `'…'abc` are nobody's.
        if is_name_part(self.peek(0)) {
            return None;
        }
        self.literal(Class::String, start)
    }

    /// The place behind the quote that closes what begins here; a doubled quote doesn't.
    fn closing(&self, quote: u8) -> Option<usize> {
        let mut at = self.at + 1;
        loop {
            at += memchr(quote, self.text.get(at..)?)? + 1;
            if self.text.get(at) != Some(&quote) {
                break;
            }
            at += 1;
        }
        // With backslashes, the end depends on a setting; no text holds a NUL byte.
        memchr::memchr2(b'\\', 0, self.text.get(self.at..at)?).is_none().then_some(at)
    }

    fn literal(&mut self, class: Class, start: usize) -> Option<()> {
        self.copy(start)?;
        self.skeleton.key.push(class as u8);
        self.copied = self.at;
        self.skeleton.literals.push(Literal { class, span: start..self.at });
        (self.skeleton.literals.len() <= MAX_LITERALS).then_some(())
    }

    fn copy(&mut self, to: usize) -> Option<()> {
        self.skeleton.key.extend_from_slice(self.text.get(self.copied..to)?);
        (self.skeleton.key.len() <= MAX_BETWEEN).then_some(())
    }
}

/// The kind of a whole number, by its size.
fn class_of(digits: &[u8]) -> Option<Class> {
    if digits.len() > 18 {
        return None;
    }
    let value = digits.iter().fold(0u64, |value, digit| value * 10 + u64::from(digit - b'0'));
    Some(if value <= i32::MAX as u64 { Class::Int4 } else { Class::Int8 })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::sql::lexer::{Lexer, TokenKind};
    use proptest::prelude::*;

    fn key(text: &str) -> Option<String> {
        let skeleton = Skeleton::read(b"", text.as_bytes())?;
        Some(skeleton.key.iter().map(|&byte| if byte < 5 { char::from(b'0' + byte) } else { char::from(byte) }).collect())
    }

    #[test]
    fn literals_give_way_to_their_kinds() {
        assert_eq!(key("select a1, $2 from t where x = 'it''s' and y=-5").as_deref(), Some("select a1, $2 from t where x = 1 and y=-2"));
        assert_eq!(key("values (2147483647,2147483648,1.50,'')").as_deref(), Some("values (2,3,4,1)"));
        assert_eq!(key("select \"a'b\" from \"x\"\"y\"").as_deref(), Some("select \"a'b\" from \"x\"\"y\""));
    }

    #[test]
    fn what_could_be_read_in_two_ways_has_no_skeleton() {
        for text in [
            "select E'a'",
            "select 'a\\'",
            "select n'x'",
            "select U&'x'",
            "select u&\"x\"",
            "select 1 -- x",
            "select /* */ 1",
            "select $$a$$",
            "select $a$b$a$",
            "select 1e5",
            "select .5",
            "select 1.",
            "select 0x1F",
            "select 1_000",
            "select 1a",
            "select 'open",
            "select \"open",
            "select '\0'",
            "select 1\u{1}",
            "select 12345678901234567890",
            "select $1a",
            "select 'a'b",
            "select 1..2",
            "select x'1f'",
        ] {
            assert_eq!(key(text), None, "{text}");
        }
    }

    proptest! {
        /// What it takes for literals is what the lexer takes for them, and the rest of the text is in the key.
        #[test]
        fn literals_are_the_lexers(text in r#"([a-z1-9'" .,=$&E\-+*/()]|''|'[a-z]*'|[0-9]{1,12}| and |\n){0,24}"#) {
            if let Some(skeleton) = Skeleton::read(b"", text.as_bytes()) {
                let tokens: Vec<_> = Lexer::new(text.as_bytes())
                    .filter(|token| matches!(token.kind, TokenKind::String | TokenKind::Number))
                    .map(|token| token.span())
                    .collect();
                let literals: Vec<_> = skeleton.literals.iter().map(|literal| literal.span.clone()).collect();
                prop_assert_eq!(&literals, &tokens);
                let spared: usize = literals.iter().map(|span| span.len() - 1).sum();
                prop_assert_eq!(skeleton.key.len() + spared, text.len());
                prop_assert!(Lexer::new(text.as_bytes()).all(|token| token.kind != TokenKind::Unterminated));
            }
        }
    }
}
