//! How a text goes through transactions: where one begins and ends among its statements.
//!
//! What a transaction needs from its beginning (whose it is) has to be said again wherever a text begins another.

use smallvec::SmallVec;

use super::{DiscardTarget, Effect, Prescan, Statement, TransactionControl, lexer::Lexer, parse, prescan};

/// A simple query's way through transactions.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Course {
    /// It has no statement: the server's answer is EmptyQueryResponse.
    pub is_empty: bool,
    /// It can't run together with another statement: DISCARD ALL.
    pub is_alone: bool,
    /// It is one statement that can't run outside of a transaction block: what the server calls it.
    pub needs_block: Option<&'static str>,
    /// It begins with a statement about transactions, which may come where the transaction has failed: BEGIN may not, and begins one where
    /// none is open.
    pub controls_first: bool,
    /// Where in it another transaction begins: behind what ends one, where anything follows or AND CHAIN says so.
    pub beginnings: SmallVec<[Beginning; 1]>,
    /// What it leaves a session in; none: in what it finds.
    pub leaves: Option<Leaves>,
}

/// A transaction begins in the middle of a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Beginning {
    /// How many statements stand before it.
    pub statements: usize,
    /// How many bytes, the last of these statements' semicolon not counted.
    pub bytes: usize,
}

/// What a text leaves a session in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Leaves {
    /// A transaction block.
    Block,
    /// None.
    Nothing,
}

impl Course {
    /// Reads a text. What the grammar refuses is taken for one plain statement: the server refuses it too.
    pub fn of(text: &[u8]) -> Course {
        match prescan(text) {
            Prescan::Nothing => return Course { is_empty: true, ..Course::default() },
            Prescan::Plain => return Course::default(),
            Prescan::Begin => return Course { leaves: Some(Leaves::Block), ..Course::default() },
            Prescan::End => return Course { controls_first: true, leaves: Some(Leaves::Nothing), ..Course::default() },
            Prescan::BackTo => return Course { controls_first: true, ..Course::default() },
            Prescan::NeedsParse => {}
        }
        match std::str::from_utf8(text).ok().and_then(|text| parse(text).ok()) {
            Some(script) => Course::of_statements(&script.statements),
            None => Course::default(),
        }
    }

    fn of_statements(statements: &[Statement]) -> Course {
        let mut course = Course { is_empty: statements.is_empty(), ..Course::default() };
        if let [one] = statements {
            course.needs_block = one.needs_block;
        }
        for (number, statement) in statements.iter().enumerate() {
            for effect in &statement.effects {
                match effect {
                    Effect::Transaction(control) => {
                        course.controls_first |= number == 0 && *control != TransactionControl::Begin;
                        course.pass(*control, number + 1, statement.span.end, statements.len());
                    }
                    Effect::Discard(DiscardTarget::All) => course.is_alone |= statements.len() == 1,
                    _ => {}
                }
            }
        }
        course
    }

    fn pass(&mut self, control: TransactionControl, statements: usize, bytes: usize, all: usize) {
        if control == TransactionControl::Begin {
            self.leaves = Some(Leaves::Block);
        }
        if control.ends() {
            self.leaves = Some(if control.chains() { Leaves::Block } else { Leaves::Nothing });
            if control.chains() || statements < all {
                self.beginnings.push(Beginning { statements, bytes });
            }
        }
    }
}

/// How many statements a text holds by its semicolons, empty ones left out; at least one.
pub fn count_statements(text: &[u8]) -> u64 {
    let Some(first) = memchr::memchr(b';', text) else { return 1 };
    if text.iter().skip(first).all(|byte| *byte == b';' || byte.is_ascii_whitespace()) {
        return 1;
    }
    let (mut count, mut inside) = (0, false);
    for token in Lexer::new(text) {
        let ends = token.is_symbol(b';');
        count += u64::from(!ends && !inside);
        inside = !ends;
    }
    count.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_counted() {
        for (text, count) in [
            ("", 1),
            (";;", 1),
            ("SELECT 1", 1),
            ("SELECT 1; ; ", 1),
            ("SELECT 1; SELECT 2", 2),
            (";SELECT ';', $$;$$, \"a;b\" /* ; */; -- ;\n;SELECT 2;SELECT 3", 3),
        ] {
            assert_eq!(count_statements(text.as_bytes()), count, "{text}");
        }
    }

    fn beginnings(text: &str) -> Vec<(usize, &str)> {
        let course = Course::of(text.as_bytes());
        course.beginnings.iter().map(|beginning| (beginning.statements, &text[..beginning.bytes])).collect()
    }

    #[test]
    fn a_transaction_begins_behind_each_end() {
        assert_eq!(beginnings("SELECT 1; SELECT 2"), []);
        assert_eq!(beginnings("COMMIT"), []);
        assert_eq!(beginnings("INSERT INTO t VALUES (1); COMMIT;"), []);
        assert_eq!(beginnings("COMMIT; SELECT ';' "), [(1, "COMMIT")]);
        assert_eq!(beginnings("COMMIT AND CHAIN -- x"), [(1, "COMMIT AND CHAIN")]);
        assert_eq!(
            beginnings(";SELECT 'é;'; ROLLBACK /* ; */; SELECT 1; END; BEGIN"),
            [(2, ";SELECT 'é;'; ROLLBACK"), (4, ";SELECT 'é;'; ROLLBACK /* ; */; SELECT 1; END")]
        );
        assert_eq!(beginnings("ROLLBACK TO a; SAVEPOINT b; RELEASE b; SELECT 1"), []);
        assert_eq!(beginnings("PREPARE TRANSACTION 'x'; SELECT 1"), [(1, "PREPARE TRANSACTION 'x'")]);
    }

    #[test]
    fn what_a_text_leaves() {
        let table = [
            ("SELECT 1", None),
            ("begin", Some(Leaves::Block)),
            ("/* x */ START TRANSACTION READ ONLY", Some(Leaves::Block)),
            ("ROLLBACK AND CHAIN", Some(Leaves::Block)),
            ("COMMIT WORK;", Some(Leaves::Nothing)),
            ("abort", Some(Leaves::Nothing)),
            ("ROLLBACK TO SAVEPOINT s", None),
            ("rollback work to s", None),
            ("BEGIN; SELECT 1; COMMIT", Some(Leaves::Nothing)),
            ("COMMIT; BEGIN; SELECT 1", Some(Leaves::Block)),
            ("SELECT 1; ROLLBACK TO s", None),
            ("COMIT", None),
        ];
        for (text, leaves) in table {
            assert_eq!(Course::of(text.as_bytes()).leaves, leaves, "{text}");
        }
    }

    #[test]
    fn texts_that_take_nothing_before_them() {
        for text in ["", " ", "-- x", "/* x */", ";", " ; ;"] {
            assert!(Course::of(text.as_bytes()).is_empty, "{text:?}");
        }
        for text in ["BEGIN", "START TRANSACTION READ ONLY", "BEGIN; SELECT 1", "SELECT 1; COMMIT"] {
            assert!(!Course::of(text.as_bytes()).controls_first, "{text}");
        }
        for text in ["COMMIT", "rollback to s", "SAVEPOINT x; SELECT 1"] {
            let course = Course::of(text.as_bytes());
            assert!(course.controls_first && !course.is_empty, "{text}");
        }
        assert!(Course::of(b"DISCARD ALL").is_alone && !Course::of(b"DISCARD PLANS").is_alone);
        assert_eq!(Course::of(b"/* x */ declare c CURSOR FOR SELECT 1;").needs_block, Some("DECLARE CURSOR"));
        assert_eq!(Course::of(b"LOCK t").needs_block, Some("LOCK TABLE"));
        for text in ["DECLARE c CURSOR WITH HOLD FOR SELECT 1", "LOCK t; SELECT 1", "SELECT 1"] {
            assert_eq!(Course::of(text.as_bytes()).needs_block, None, "{text}");
        }
    }
}
