//! Arguments that are put behind a condition, so that functions which describe an object by its number, and casts of a number to a name, tell
//! nothing of other tenants' objects: `pg_get_indexdef(x)` becomes `pg_get_indexdef((SELECT … (SELECT (x)::oid) … WHERE x is one of ours))`,
//! which gives NULL for the others. The argument itself stays as it is, in a query level without a FROM list, so that no name of it changes
//! its meaning.

use super::rewrite::Edit;
use crate::sql::lexer::{Lexer, TokenKind};

/// What a number stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// A row of `pg_class`.
    Relation,
    /// A row of `pg_constraint`.
    Constraint,
    /// A row of `pg_trigger`.
    Trigger,
    /// A row of `pg_rewrite`.
    Rule,
    /// A row of `pg_proc`.
    Function,
    /// A row of `pg_type`.
    Type,
    /// A row of `pg_statistic_ext`.
    Statistics,
    /// A row of `pg_namespace`.
    Schema,
    /// A row of any of these.
    Object,
    /// A row of `pg_authid`.
    Role,
    /// A row of `pg_database`.
    Database,
}

const BEFORE: &str = "(SELECT pgt_a.x FROM (SELECT (";

macro_rules! schemas {
    () => {
        "(SELECT pgt_n.oid FROM pg_catalog.pg_namespace pgt_n \
         WHERE pgt_n.nspname = ANY (pg_catalog.current_schemas(true)) OR pgt_n.nspname = 'information_schema')"
    };
}
macro_rules! relations {
    () => {
        concat!("SELECT pgt_c.oid FROM pg_catalog.pg_class pgt_c WHERE pgt_c.relnamespace IN ", schemas!())
    };
}
macro_rules! after {
    ($($condition:expr),*) => {
        concat!(")::pg_catalog.oid) pgt_a(x) WHERE ", $($condition),*, ")")
    };
}
macro_rules! listed {
    ($table:literal, $column:literal) => {
        after!("EXISTS (SELECT FROM pg_catalog.", $table, " pgt_o WHERE pgt_o.oid = pgt_a.x AND pgt_o.", $column, " IN ", schemas!(), ")")
    };
}
macro_rules! of_relation {
    ($table:literal, $column:literal) => {
        after!(
            "EXISTS (SELECT FROM pg_catalog.",
            $table,
            " pgt_o WHERE pgt_o.oid = pgt_a.x AND pgt_o.",
            $column,
            " IN (",
            relations!(),
            "))"
        )
    };
}

impl Kind {
    /// What follows the argument.
    fn after(self) -> &'static str {
        match self {
            Kind::Relation => listed!("pg_class", "relnamespace"),
            Kind::Constraint => listed!("pg_constraint", "connamespace"),
            Kind::Trigger => of_relation!("pg_trigger", "tgrelid"),
            Kind::Rule => of_relation!("pg_rewrite", "ev_class"),
            Kind::Function => listed!("pg_proc", "pronamespace"),
            Kind::Type => listed!("pg_type", "typnamespace"),
            Kind::Statistics => listed!("pg_statistic_ext", "stxnamespace"),
            Kind::Schema => after!("pgt_a.x IN ", schemas!()),
            Kind::Object => after!(
                "pgt_a.x < '16384'::pg_catalog.oid OR pgt_a.x IN (",
                relations!(),
                " UNION ALL SELECT pgt_p.oid FROM pg_catalog.pg_proc pgt_p WHERE pgt_p.pronamespace IN ",
                schemas!(),
                " UNION ALL SELECT pgt_t.oid FROM pg_catalog.pg_type pgt_t WHERE pgt_t.typnamespace IN ",
                schemas!(),
                " UNION ALL SELECT pgt_k.oid FROM pg_catalog.pg_constraint pgt_k WHERE pgt_k.connamespace IN ",
                schemas!(),
                " UNION ALL ",
                schemas!(),
                ")"
            ),
            Kind::Role => after!(
                "EXISTS (SELECT FROM pg_catalog.pg_roles pgt_r WHERE pgt_r.oid = pgt_a.x ",
                "AND (pgt_r.rolname = CURRENT_USER OR pg_catalog.starts_with(pgt_r.rolname::pg_catalog.text, 'pg_')))"
            ),
            Kind::Database => {
                after!("pgt_a.x = (SELECT pgt_d.oid FROM pg_catalog.pg_database pgt_d WHERE pgt_d.datname = pg_catalog.current_database())")
            }
        }
    }
}

/// Puts what stands between two places of the text behind the condition.
pub(super) fn fence(from: usize, to: usize, kind: Kind, edits: &mut Vec<Edit>) {
    edits.push(Edit { at: from, remove: 0, text: BEFORE.into() });
    edits.push(Edit { at: to, remove: 0, text: kind.after().into() });
}

/// Where the first arguments of the call that begins at `call` stand: the one of that number, from 0.
pub(super) fn argument(text: &str, call: usize, number: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes().get(call..)?;
    let mut depth = 0usize;
    let mut commas = 0;
    let mut from = None;
    let mut end = 0;
    for token in Lexer::new(bytes) {
        match token.kind {
            TokenKind::Symbol(b')' | b']') if depth == 1 => return from.map(|from| (call + from, call + end)),
            TokenKind::Symbol(b')' | b']') => depth = depth.checked_sub(1)?,
            TokenKind::Symbol(b',') if depth == 1 && commas == number => return from.map(|from| (call + from, call + end)),
            TokenKind::Symbol(b',') if depth == 1 => {
                commas += 1;
                continue;
            }
            TokenKind::Unterminated => return None,
            _ => {}
        }
        if depth >= 1 && commas == number && from.is_none() {
            from = Some(token.start);
        }
        if matches!(token.kind, TokenKind::Symbol(b'(' | b'[')) {
            depth += 1;
        }
        end = token.end;
    }
    None
}

/// Where a column's name (`c.oid`) or a constant that begins at `from` ends.
pub(super) fn end_of_name(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes().get(from..)?;
    let mut end = None;
    for (place, token) in Lexer::new(bytes).enumerate() {
        match token.kind {
            TokenKind::Symbol(b'.') if place % 2 == 1 => {}
            TokenKind::Symbol(_) | TokenKind::Unterminated => break,
            _ if place % 2 == 0 => end = Some(from + token.end),
            _ => break,
        }
    }
    end
}

/// Where a call that begins at `call` ends, behind its closing parenthesis.
pub(super) fn end_of_call(text: &str, call: usize) -> Option<usize> {
    let mut depth = 0usize;
    for token in Lexer::new(text.as_bytes().get(call..)?) {
        match token.kind {
            TokenKind::Symbol(b'(' | b'[') => depth += 1,
            TokenKind::Symbol(b')' | b']') => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(call + token.end);
                }
            }
            TokenKind::Unterminated => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_found() {
        let text = "SELECT f ( g(a, b[1, 2]) /* , */ , 'x,)' || y ) z";
        let part = |number| argument(text, 7, number).map(|(from, to)| &text[from..to]);
        assert_eq!(part(0), Some("g(a, b[1, 2])"));
        assert_eq!(part(1), Some("'x,)' || y"));
        assert_eq!(part(2), None);
        assert_eq!(argument("f()", 0, 0), None);
        assert_eq!(argument("f(a", 0, 0), None);
    }

    #[test]
    fn names_and_calls_end() {
        let text = "c . \"o\"::regclass";
        assert_eq!(end_of_name(text, 0), Some(7));
        assert_eq!(end_of_name("'16402'::regclass", 0), Some(7));
        assert_eq!(end_of_name("oid FROM x", 0), Some(3));
        assert_eq!(end_of_call("max(a.b(c))::x", 0), Some(11));
    }
}
