//! Where in a text the parts of a statement begin and end.
//!
//! The tree says what is there but only sometimes where, and never up to where; so a part is looked for among the tokens behind a place that the
//! tree does tell. A wrong guess here can't do harm: what comes of it is parsed again and compared.

use std::{cell::Cell, rc::Rc};

use crate::sql::lexer::{Lexer, Token, TokenKind};

/// How many bytes may be looked at for one statement, however often the same ones: what is nested is read again for each level.
const MAX_BYTES: usize = 8 << 20;

/// What is left of the effort for one statement.
#[derive(Clone, Debug)]
pub(super) struct Budget(Rc<Cell<usize>>);

impl Budget {
    pub(super) fn new() -> Self {
        Budget(Rc::new(Cell::new(MAX_BYTES)))
    }

    /// Whether nothing is left.
    pub(super) fn is_spent(&self) -> bool {
        self.0.get() == 0
    }

    /// Takes from it; `None` where nothing is left then.
    pub(super) fn spend(&self, bytes: usize) -> Option<()> {
        self.0.set(self.0.get().saturating_sub(bytes));
        (!self.is_spent()).then_some(())
    }
}

/// Where a table reference stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct ReferencePlace {
    /// Its first byte, `ONLY` included.
    pub(super) start: usize,
    /// Behind the name and what belongs to it: `ONLY (name)`, `name *`.
    pub(super) named: usize,
    /// Behind alias, column list and TABLESAMPLE.
    pub(super) end: usize,
}

/// What the tree says of a table reference.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct ReferenceShape {
    /// Where its name begins.
    pub(super) location: usize,
    /// Where its statement begins, or anything before it.
    pub(super) from: usize,
    pub(super) only: bool,
    pub(super) alias: bool,
    pub(super) columns: bool,
    pub(super) sample: bool,
}

/// Why a run of tokens ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stop {
    /// Behind the last token of the run.
    pub(super) end: usize,
    /// The token that ended it; none at the text's end.
    pub(super) token: Option<Token>,
}

/// The tokens of a text behind a place, with one of look-ahead.
pub(super) struct Tokens<'t> {
    text: &'t [u8],
    lexer: Lexer<'t>,
    budget: Budget,
    next: Option<Token>,
    /// Behind the last token that was taken.
    pub(super) end: usize,
}

impl<'t> Tokens<'t> {
    pub(super) fn new(text: &'t str, at: usize, budget: &Budget) -> Self {
        let mut lexer = Lexer::starting_at(text.as_bytes(), at);
        let next = lexer.next();
        Tokens { text: text.as_bytes(), lexer, budget: budget.clone(), next, end: at }
    }

    pub(super) fn peek(&self) -> Option<Token> {
        self.next
    }

    pub(super) fn take(&mut self) -> Option<Token> {
        let token = self.next?;
        if self.budget.spend(token.end.saturating_sub(self.end)).is_none() {
            self.next = None;
            return None;
        }
        self.end = token.end;
        self.next = self.lexer.next();
        Some(token)
    }

    pub(super) fn take_word(&mut self, word: &str) -> Option<Token> {
        self.next.filter(|token| token.is_word(self.text, word))?;
        self.take()
    }

    pub(super) fn take_symbol(&mut self, symbol: u8) -> Option<Token> {
        self.next.filter(|token| token.is_symbol(symbol))?;
        self.take()
    }

    /// Takes a name, with the `UESCAPE '…'` that may belong to it.
    pub(super) fn take_name(&mut self) -> Option<Token> {
        self.next.filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::Quoted | TokenKind::UnicodeQuoted))?;
        let name = self.take()?;
        if name.kind == TokenKind::UnicodeQuoted && self.take_word("uescape").is_some() {
            self.take()?;
        }
        Some(name)
    }

    /// Takes `name` or `name.name`, and so on.
    fn take_qualified(&mut self) -> Option<()> {
        self.take_name()?;
        while self.take_symbol(b'.').is_some() {
            self.take_name()?;
        }
        Some(())
    }

    /// Takes what stands in parentheses, which must come next; gives the closing one.
    pub(super) fn take_group(&mut self) -> Option<Token> {
        self.take_symbol(b'(')?;
        let mut depth = 1usize;
        loop {
            let token = self.take()?;
            match token.kind {
                TokenKind::Symbol(b'(') => depth += 1,
                TokenKind::Symbol(b')') => depth -= 1,
                TokenKind::Unterminated => return None,
                _ => {}
            }
            if depth == 0 {
                return Some(token);
            }
        }
    }

    /// Takes tokens up to one of these words, or to a comma if asked for, or to the end of the parenthesis or statement: all of them outside of
    /// inner parentheses and CASE expressions. A word behind a point or behind AS is a name. Nothing else than the end of the run
    /// is taken.
    pub(super) fn run_to(&mut self, words: &[&str], comma: bool) -> Stop {
        self.run(words, comma, false)
    }

    fn run(&mut self, words: &[&str], comma: bool, any: bool) -> Stop {
        let mut depth = 0usize;
        let mut cases = 0usize;
        let mut before: Option<Token> = None;
        while let Some(token) = self.peek() {
            let is_name = before.is_some_and(|before| before.is_symbol(b'.') || before.is_word(self.text, "as"));
            match token.kind {
                TokenKind::Symbol(b'(' | b'[') => depth += 1,
                TokenKind::Symbol(b')' | b']' | b';') if depth == 0 => break,
                TokenKind::Symbol(b')' | b']') => depth -= 1,
                TokenKind::Symbol(b',') if comma && depth == 0 && cases == 0 => break,
                TokenKind::Word if depth == 0 && !is_name => {
                    if token.is_word(self.text, "case") {
                        cases += 1;
                    } else if token.is_word(self.text, "end") {
                        cases = cases.saturating_sub(1);
                    } else if cases == 0
                        && words.iter().any(|word| token.is_word(self.text, word))
                        && (any || !self.belongs_to(token, before))
                    {
                        break;
                    }
                }
                _ => {}
            }
            before = self.take();
        }
        Stop { end: self.end, token: self.peek() }
    }

    /// Takes tokens up to one of these words, whatever stands before it.
    pub(super) fn run_to_any(&mut self, words: &[&str]) -> Stop {
        self.run(words, false, true)
    }

    /// Whether a word ends no clause after all: `IS DISTINCT FROM`, `WITHIN GROUP`, and every ON but `ON CONFLICT`.
    fn belongs_to(&self, token: Token, before: Option<Token>) -> bool {
        let pair =
            |first: &str, second: &str| token.is_word(self.text, second) && before.is_some_and(|before| before.is_word(self.text, first));
        let of_join = token.is_word(self.text, "on")
            && Lexer::starting_at(self.text, token.end).next().is_none_or(|next| !next.is_word(self.text, "conflict"));
        pair("distinct", "from") || pair("within", "group") || of_join
    }
}

/// What may follow a WHERE or a FROM list at the same depth.
pub(super) const AFTER_WHERE: &[&str] = &[
    "group",
    "having",
    "window",
    "union",
    "intersect",
    "except",
    "order",
    "limit",
    "offset",
    "fetch",
    "for",
    "returning",
    "on",
    "when",
    "do",
];

/// What may follow a list of targets at the same depth.
pub(super) const AFTER_TARGETS: &[&str] = &[
    "into",
    "from",
    "where",
    "group",
    "having",
    "window",
    "union",
    "intersect",
    "except",
    "order",
    "limit",
    "offset",
    "fetch",
    "for",
    "returning",
    "on",
    "when",
];

/// Finds a table reference.
pub(super) fn reference(text: &str, shape: ReferenceShape, budget: &Budget) -> Option<ReferencePlace> {
    let mut start = shape.location;
    let mut closing = false;
    if shape.only {
        (start, closing) = only_before(text, shape, budget)?;
    }
    let mut tokens = Tokens::new(text, shape.location, budget);
    tokens.take_qualified()?;
    if closing {
        tokens.take_symbol(b')')?;
    }
    tokens.take_symbol(b'*');
    let named = tokens.end;
    if shape.alias {
        tokens.take_word("as");
        tokens.take_name()?;
        if shape.columns {
            tokens.take_group()?;
        }
    }
    if shape.sample {
        tokens.take_word("tablesample")?;
        tokens.take_qualified()?;
        tokens.take_group()?;
        if tokens.take_word("repeatable").is_some() {
            tokens.take_group()?;
        }
    }
    Some(ReferencePlace { start, named, end: tokens.end })
}

/// Where the ONLY before a name begins, and whether there is a parenthesis between the two.
fn only_before(text: &str, shape: ReferenceShape, budget: &Budget) -> Option<(usize, bool)> {
    let bytes = text.as_bytes();
    budget.spend(shape.location.saturating_sub(shape.from))?;
    let mut two: [Option<Token>; 2] = [None, None];
    for token in Lexer::starting_at(bytes, shape.from).take_while(|token| token.start < shape.location) {
        two = [two[1], Some(token)];
    }
    let [before, last] = two;
    let last = last?;
    if last.is_word(bytes, "only") {
        return Some((last.start, false));
    }
    let before = before?;
    (last.is_symbol(b'(') && before.is_word(bytes, "only")).then_some((before.start, true))
}

/// Where the word begins that is the last of its kind before a place.
pub(super) fn last_word_before(text: &str, from: usize, word: &str, place: usize, budget: &Budget) -> Option<Token> {
    let bytes = text.as_bytes();
    budget.spend(place.saturating_sub(from))?;
    Lexer::starting_at(bytes, from).take_while(|token| token.start < place).filter(|token| token.is_word(bytes, word)).last()
}

/// Where the expression of a target ends that has a label, between these places.
pub(super) fn label(text: &str, from: usize, to: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let tokens: Vec<Token> = Lexer::starting_at(bytes, from).take_while(|token| token.end <= to).collect();
    let mut label = tokens.len().checked_sub(1)?;
    if tokens.get(label)?.kind == TokenKind::String {
        // U&"…" UESCAPE '…'
        label = label.checked_sub(2)?;
    }
    let mut last = label.checked_sub(1)?;
    if tokens.get(last)?.is_word(bytes, "as") {
        last = last.checked_sub(1)?;
    }
    tokens.get(last).map(|token| token.end)
}
