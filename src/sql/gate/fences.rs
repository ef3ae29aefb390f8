//! Arguments that are put behind a condition, so that functions which describe an object by its number, and casts of a number to a name, tell
//! nothing of other tenants' objects: `pg_get_indexdef(x)` becomes `pg_get_indexdef((SELECT … (SELECT (x)::oid) … WHERE x is one of ours))`,
//! which gives NULL for the others. The argument itself stays as it is, in a query level without a FROM list, so that no name of it changes
//! its meaning.

use std::borrow::Cow;

use super::rewrite::Edit;
use crate::sql::lexer::{Lexer, Token, TokenKind};

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
    /// A database, by its name.
    Database,
    /// What is nobody's.
    Nothing,
}

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
macro_rules! listed {
    ($table:literal, $column:literal) => {
        concat!("EXISTS (SELECT FROM pg_catalog.", $table, " pgt_o WHERE pgt_o.oid = pgt_a.x AND pgt_o.", $column, " IN ", schemas!(), ")")
    };
}
macro_rules! of_relation {
    ($table:literal, $column:literal) => {
        concat!(
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
    /// What holds for the numbers (or, of databases, the names) that a tenant may know: `pgt_a.x`.
    fn condition(self) -> &'static str {
        match self {
            Kind::Relation => listed!("pg_class", "relnamespace"),
            Kind::Constraint => listed!("pg_constraint", "connamespace"),
            Kind::Trigger => of_relation!("pg_trigger", "tgrelid"),
            Kind::Rule => of_relation!("pg_rewrite", "ev_class"),
            Kind::Function => listed!("pg_proc", "pronamespace"),
            Kind::Type => listed!("pg_type", "typnamespace"),
            Kind::Statistics => listed!("pg_statistic_ext", "stxnamespace"),
            Kind::Schema => concat!("pgt_a.x IN ", schemas!()),
            Kind::Object => concat!(
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
            Kind::Role => concat!(
                "EXISTS (SELECT FROM pg_catalog.pg_roles pgt_r WHERE pgt_r.oid = pgt_a.x ",
                "AND (pgt_r.rolname = CURRENT_USER OR pg_catalog.starts_with(pgt_r.rolname::pg_catalog.text, 'pg_')))"
            ),
            // By name alone: closed databases let nobody read `pg_database`.
            Kind::Database => "pgt_a.x::pg_catalog.text = pg_catalog.current_database()::pg_catalog.text",
            Kind::Nothing => "false",
        }
    }
}

/// What stands between two places of the text, and how it is put behind a condition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Fence<'t> {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) kind: Kind,
    pub(super) value: Value<'t>,
}

/// What the value is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Value<'t> {
    /// A number, or what is converted to one.
    Number,
    /// Whatever it is: the condition can tell.
    Any,
    /// A number or a name, to be converted to this type afterwards. A name that means nothing gives NULL, not an error that would tell.
    Name(&'t str),
    /// The same of a column, which may be a function as `regproc`: its name alone doesn't tell which one.
    Column(&'t str),
    /// A name, for a function that looks it up as this type.
    Text(&'t str),
}

impl Fence<'_> {
    /// Notes the edits.
    pub(super) fn put(&self, edits: &mut Vec<Edit>) {
        let condition = self.kind.condition();
        let (before, after) = match self.value {
            Value::Number => ("(SELECT pgt_a.x FROM (SELECT (".into(), format!(")::pg_catalog.oid) pgt_a(x) WHERE {condition})")),
            Value::Any => ("(SELECT pgt_a.x FROM (SELECT (".into(), format!(")) pgt_a(x) WHERE {condition})")),
            Value::Name(type_name) => (looking_up(type_name), format!(")::pg_catalog.text) pgt_s(x)) pgt_a(x) WHERE {condition})")),
            Value::Column(type_name) => (
                format!(
                    "(SELECT pgt_a.x FROM (SELECT CASE WHEN pg_catalog.pg_typeof(pgt_s.x)::pg_catalog.oid = '24' OR pgt_s.x::pg_catalog.text ~ '^[0-9]+$' \
                     THEN pgt_s.x::pg_catalog.oid ELSE pg_catalog.to_{type_name}(pgt_s.x::pg_catalog.text)::pg_catalog.oid END FROM (SELECT ("
                )
                .into(),
                format!(")) pgt_s(x)) pgt_a(x) WHERE {condition})"),
            ),
            Value::Text(type_name) => (
                looking_up(type_name),
                format!(")::pg_catalog.text) pgt_s(x)) pgt_a(x) WHERE {condition})::pg_catalog.{type_name}::pg_catalog.text"),
            ),
        };
        edits.push(Edit { at: self.from, remove: 0, text: before });
        edits.push(Edit { at: self.to, remove: 0, text: after.into() });
    }
}

fn looking_up(type_name: &str) -> Cow<'static, str> {
    format!(
        "(SELECT pgt_a.x FROM (SELECT CASE WHEN pgt_s.x ~ '^[0-9]+$' THEN pgt_s.x::pg_catalog.oid \
         ELSE pg_catalog.to_{type_name}(pgt_s.x)::pg_catalog.oid END FROM (SELECT ("
    )
    .into()
}

/// Keywords that a parenthesised expression may follow.
const BEFORE_PARENTHESIS: &[&str] = &[
    "all",
    "and",
    "between",
    "by",
    "case",
    "distinct",
    "else",
    "having",
    "ilike",
    "in",
    "is",
    "like",
    "not",
    "on",
    "or",
    "returning",
    "select",
    "then",
    "when",
    "where",
];

/// The operand of the cast whose `::` or CAST stands at `cast`; `start` where it begins, if the tree tells.
pub(super) fn operand(text: &str, cast: usize, start: Option<usize>) -> Option<(usize, usize)> {
    let bytes = text.as_bytes().get(cast..)?;
    let mut tokens = Lexer::new(bytes);
    if tokens.next()?.is_word(bytes, "cast") {
        let mut depth = 0usize;
        let (mut from, mut end) = (None, 0);
        for token in tokens {
            match token.kind {
                TokenKind::Symbol(b')' | b']') => depth = depth.checked_sub(1)?,
                TokenKind::Word if depth == 1 && token.is_word(bytes, "as") => return from.map(|from: usize| (cast + from, cast + end)),
                _ => {}
            }
            if depth >= 1 && from.is_none() {
                from = Some(token.start);
            }
            if matches!(token.kind, TokenKind::Symbol(b'(' | b'[')) {
                depth += 1;
            }
            end = token.end;
        }
        return None;
    }
    // A parenthesis that closes before the `::` opens the operand, unless it is a call's.
    let before = text.as_bytes().get(..cast)?;
    let mut open = Vec::new();
    let mut found = None;
    let mut last: Option<Token> = None;
    for token in Lexer::new(before) {
        found = None;
        match token.kind {
            TokenKind::Symbol(b'(' | b'[') => open.push((token, last)),
            TokenKind::Symbol(b')') => found = open.pop(),
            TokenKind::Symbol(b']') => drop(open.pop()),
            _ => {}
        }
        last = Some(token);
    }
    let Some((opening, previous)) = found else { return Some((start?, cast)) };
    let called = previous.is_some_and(|token| match token.kind {
        TokenKind::Quoted | TokenKind::UnicodeQuoted => true,
        TokenKind::Word => !BEFORE_PARENTHESIS.iter().any(|word| token.is_word(before, word)),
        _ => false,
    });
    if called { Some((start?, cast)) } else { opening.is_symbol(b'(').then_some((opening.start, cast)) }
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

/// Where the parentheses of the call that begins at `call` open, and the place behind the closing one.
pub(super) fn parentheses(text: &str, call: usize) -> Option<(usize, usize)> {
    let mut depth = 0usize;
    let mut open = None;
    for token in Lexer::new(text.as_bytes().get(call..)?) {
        match token.kind {
            TokenKind::Symbol(b'(' | b'[') => {
                open = open.or(Some(call + token.start));
                depth += 1;
            }
            TokenKind::Symbol(b')' | b']') => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some((open?, call + token.end));
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
    fn operands_are_found() {
        let operand_of = |text: &str, cast: &str, start| {
            let at = text.rfind(cast).unwrap();
            operand(text, at, start).map(|(from, to)| text[from..to].to_owned())
        };
        assert_eq!(operand_of("SELECT c.oid ::regclass", "::", Some(7)).as_deref(), Some("c.oid "));
        assert_eq!(operand_of("SELECT ('a' || f(x))::regclass", "::", None).as_deref(), Some("('a' || f(x))"));
        assert_eq!(operand_of("SELECT CAST(f(a, 'as') AS regclass)", "CAST", None).as_deref(), Some("f(a, 'as')"));
        assert_eq!(operand_of("SELECT f(c.oid::regclass)", "::", Some(9)).as_deref(), Some("c.oid"));
        assert_eq!(operand_of("SELECT (c.oid)::regclass", "::", Some(8)).as_deref(), Some("(c.oid)"));
        assert_eq!(operand_of("SELECT f(c.oid)::regclass", "::", Some(7)).as_deref(), Some("f(c.oid)"));
        assert_eq!(operand_of("SELECT coalesce(a)::regclass", "::", None), None);
        assert_eq!(operand_of("SELECT a[1]::regclass", "::", None), None);
    }
}
