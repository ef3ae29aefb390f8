//! `WHERE`, `ORDER BY` and `LIMIT` of an operator's statement: read by sqlparser, checked against the columns, evaluated for each row.

use std::cmp::Ordering;

use sqlparser::ast::{BinaryOperator, Expr, Ident, UnaryOperator, Value as Literal};

use super::table::{Column, Kind, Row, Value};
use crate::error::{Report, SqlState};

/// An expression over a view's columns.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Term {
    Column(usize),
    Constant(Value),
    /// By number, from 0.
    Parameter(usize),
    Compare(Box<Term>, Comparison, Box<Term>),
    And(Box<Term>, Box<Term>),
    Or(Box<Term>, Box<Term>),
    Not(Box<Term>),
    IsNull(Box<Term>),
    /// The second value is that of the first, or one of them.
    In(Box<Term>, Vec<Term>),
    Like {
        text: Box<Term>,
        pattern: Box<Term>,
        folds: bool,
    },
}

/// How two values are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Comparison::Equal => ordering.is_eq(),
            Comparison::NotEqual => ordering.is_ne(),
            Comparison::Less => ordering.is_lt(),
            Comparison::LessOrEqual => ordering.is_le(),
            Comparison::Greater => ordering.is_gt(),
            Comparison::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

impl Term {
    /// Its value for a row. Conditions are true, false or NULL, as in SQL.
    pub(crate) fn value(&self, row: &[Value], parameters: &[Value]) -> Value {
        let truth = match self {
            Term::Column(place) => return row.get(*place).cloned().unwrap_or(Value::Null),
            Term::Constant(value) => return value.clone(),
            Term::Parameter(number) => return parameters.get(*number).cloned().unwrap_or(Value::Null),
            Term::Compare(left, how, right) => {
                left.value(row, parameters).compare(&right.value(row, parameters)).map(|ordering| how.holds(ordering))
            }
            Term::And(left, right) => match (left.truth(row, parameters), right.truth(row, parameters)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Term::Or(left, right) => match (left.truth(row, parameters), right.truth(row, parameters)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Term::Not(term) => term.truth(row, parameters).map(|truth| !truth),
            Term::IsNull(term) => Some(term.value(row, parameters) == Value::Null),
            Term::In(term, list) => {
                let value = term.value(row, parameters);
                let mut found = Some(false);
                for one in list {
                    match value.compare(&one.value(row, parameters)) {
                        Some(Ordering::Equal) => found = Some(true),
                        None if found == Some(false) => found = None,
                        _ => {}
                    }
                }
                found
            }
            Term::Like { text, pattern, folds } => {
                let (text, pattern) = (text.value(row, parameters), pattern.value(row, parameters));
                text.to_text().zip(pattern.to_text()).map(|(text, pattern)| match folds {
                    true => is_like(&text.to_lowercase(), &pattern.to_lowercase()),
                    false => is_like(&text, &pattern),
                })
            }
        };
        truth.map_or(Value::Null, Value::Bool)
    }

    fn truth(&self, row: &[Value], parameters: &[Value]) -> Option<bool> {
        match self.value(row, parameters) {
            Value::Bool(truth) => Some(truth),
            _ => None,
        }
    }

    /// Whether a row is wanted.
    pub(crate) fn accepts(&self, row: &[Value], parameters: &[Value]) -> bool {
        self.truth(row, parameters) == Some(true)
    }
}

/// Whether a text is like a pattern: `%` stands for anything, `_` for one character, a backslash takes their meaning away.
fn is_like(text: &str, pattern: &str) -> bool {
    #[derive(Clone, Copy, PartialEq)]
    enum Part {
        Any,
        One,
        Char(char),
    }
    let mut parts = Vec::new();
    let mut chars = pattern.chars();
    while let Some(char) = chars.next() {
        parts.push(match char {
            '%' => Part::Any,
            '_' => Part::One,
            '\\' => Part::Char(chars.next().unwrap_or('\\')),
            char => Part::Char(char),
        });
    }
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut part) = (0, 0);
    let mut again: Option<(usize, usize)> = None;
    while at < text.len() {
        match parts.get(part) {
            Some(Part::Any) => {
                again = Some((at, part + 1));
                part += 1;
            }
            Some(Part::One) => (at, part) = (at + 1, part + 1),
            Some(Part::Char(char)) if text.get(at) == Some(char) => (at, part) = (at + 1, part + 1),
            _ => match again {
                Some((from, behind)) => {
                    again = Some((from + 1, behind));
                    (at, part) = (from + 1, behind);
                }
                None => return false,
            },
        }
    }
    parts.iter().skip(part).all(|part| *part == Part::Any)
}

/// Reads expressions over some columns, and finds out what the parameters must be.
pub(crate) struct Reader<'a> {
    columns: &'a [Column],
    /// What each parameter is; none where nothing has told yet.
    pub(crate) parameters: Vec<Option<Kind>>,
}

impl<'a> Reader<'a> {
    /// `declared`: what the client has said of its parameters.
    pub(crate) fn new(columns: &'a [Column], declared: Vec<Option<Kind>>) -> Self {
        Reader { columns, parameters: declared }
    }

    /// A condition.
    pub(crate) fn condition(&mut self, expression: &Expr) -> Result<Term, Report> {
        let term = self.term(expression)?;
        match self.kind(&term) {
            Some(Kind::Bool) => Ok(term),
            None => {
                self.settle(&term, Kind::Bool);
                Ok(term)
            }
            Some(other) => {
                Err(Report::new(SqlState::SYNTAX_ERROR, format!("argument of WHERE must be type boolean, not type {}", other.as_str())))
            }
        }
    }

    /// The place of a column to sort by: a name, or a number from 1.
    pub(crate) fn sort_key(&self, expression: &Expr) -> Result<usize, Report> {
        match expression {
            Expr::Identifier(name) => self.column(name),
            Expr::Value(value) => match &value.value {
                Literal::Number(number, _) => number
                    .to_string()
                    .parse::<usize>()
                    .ok()
                    .filter(|number| (1..=self.columns.len()).contains(number))
                    .map(|number| number - 1)
                    .ok_or_else(|| {
                        Report::new(SqlState::INVALID_COLUMN_REFERENCE, format!("ORDER BY position {number} is not in select list"))
                    }),
                _ => Err(not_supported(expression)),
            },
            Expr::Nested(inner) => self.sort_key(inner),
            _ => Err(not_supported(expression)),
        }
    }

    /// Any value.
    pub(crate) fn value(&mut self, expression: &Expr) -> Result<Term, Report> {
        self.term(expression)
    }

    /// A number of rows.
    pub(crate) fn count(&mut self, expression: &Expr) -> Result<Term, Report> {
        let term = self.term(expression)?;
        self.fit(term, Kind::Int8)
    }

    fn column(&self, name: &Ident) -> Result<usize, Report> {
        let wanted = if name.quote_style.is_some() { name.value.clone() } else { name.value.to_lowercase() };
        self.columns.iter().position(|column| *column.name == *wanted).ok_or_else(|| {
            let names: Vec<&str> = self.columns.iter().map(|column| &*column.name).collect();
            Report::new(SqlState::UNDEFINED_COLUMN, format!("column \"{wanted}\" does not exist"))
                .with_hint(format!("There are: {}.", names.join(", ")))
        })
    }

    fn term(&mut self, expression: &Expr) -> Result<Term, Report> {
        Ok(match expression {
            Expr::Nested(inner) => self.term(inner)?,
            Expr::Identifier(name) => Term::Column(self.column(name)?),
            Expr::Value(value) => self.literal(&value.value, expression)?,
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => Term::Not(Box::new(self.condition(expr)?)),
            Expr::UnaryOp { op: UnaryOperator::Minus, expr } => match self.term(expr)? {
                Term::Constant(Value::Integer(number)) => Term::Constant(Value::Integer(number.saturating_neg())),
                Term::Constant(Value::Float(number)) => Term::Constant(Value::Float(-number)),
                _ => return Err(not_supported(expression)),
            },
            Expr::IsNull(inner) => Term::IsNull(Box::new(self.term(inner)?)),
            Expr::IsNotNull(inner) => Term::Not(Box::new(Term::IsNull(Box::new(self.term(inner)?)))),
            Expr::BinaryOp { left, op, right } => self.binary(left, op, right, expression)?,
            Expr::InList { expr, list, negated } => {
                let term = self.term(expr)?;
                let list = list.iter().map(|one| self.term(one).and_then(|one| self.fit_to(one, &term))).collect::<Result<_, _>>()?;
                negate(Term::In(Box::new(term), list), *negated)
            }
            Expr::Between { expr, negated, low, high } => {
                let term = self.term(expr)?;
                let low = self.compare(term.clone(), Comparison::GreaterOrEqual, low)?;
                let high = self.compare(term, Comparison::LessOrEqual, high)?;
                negate(Term::And(Box::new(low), Box::new(high)), *negated)
            }
            Expr::Like { negated, expr, pattern, escape_char: None, any: false } => self.like(expr, pattern, false, *negated)?,
            Expr::ILike { negated, expr, pattern, escape_char: None, any: false } => self.like(expr, pattern, true, *negated)?,
            _ => return Err(not_supported(expression)),
        })
    }

    fn literal(&mut self, literal: &Literal, expression: &Expr) -> Result<Term, Report> {
        Ok(Term::Constant(match literal {
            Literal::Null => Value::Null,
            Literal::Boolean(truth) => Value::Bool(*truth),
            Literal::SingleQuotedString(text) | Literal::EscapedStringLiteral(text) => Value::text(text.clone()),
            Literal::Number(number, _) => Value::read(&number.to_string(), Kind::Numeric).ok_or_else(|| not_supported(expression))?,
            Literal::Placeholder(name) => {
                let number = name.strip_prefix('$').and_then(|digits| digits.parse::<u16>().ok()).filter(|number| *number > 0);
                let number = usize::from(number.ok_or_else(|| not_supported(expression))?) - 1;
                if self.parameters.len() <= number {
                    self.parameters.resize(number + 1, None);
                }
                return Ok(Term::Parameter(number));
            }
            _ => return Err(not_supported(expression)),
        }))
    }

    fn binary(&mut self, left: &Expr, op: &BinaryOperator, right: &Expr, whole: &Expr) -> Result<Term, Report> {
        let how = match op {
            BinaryOperator::And => return Ok(Term::And(Box::new(self.condition(left)?), Box::new(self.condition(right)?))),
            BinaryOperator::Or => return Ok(Term::Or(Box::new(self.condition(left)?), Box::new(self.condition(right)?))),
            BinaryOperator::PGLikeMatch => return self.like(left, right, false, false),
            BinaryOperator::PGILikeMatch => return self.like(left, right, true, false),
            BinaryOperator::Eq => Comparison::Equal,
            BinaryOperator::NotEq => Comparison::NotEqual,
            BinaryOperator::Lt => Comparison::Less,
            BinaryOperator::LtEq => Comparison::LessOrEqual,
            BinaryOperator::Gt => Comparison::Greater,
            BinaryOperator::GtEq => Comparison::GreaterOrEqual,
            _ => return Err(not_supported(whole)),
        };
        let left = self.term(left)?;
        self.compare(left, how, right)
    }

    fn compare(&mut self, left: Term, how: Comparison, right: &Expr) -> Result<Term, Report> {
        let right = self.term(right)?;
        let right = self.fit_to(right, &left)?;
        let left = self.fit_to(left, &right)?;
        Ok(Term::Compare(Box::new(left), how, Box::new(right)))
    }

    fn like(&mut self, text: &Expr, pattern: &Expr, folds: bool, negated: bool) -> Result<Term, Report> {
        let (text, pattern) = (self.term(text)?, self.term(pattern)?);
        let pattern = self.fit(pattern, Kind::Text)?;
        Ok(negate(Term::Like { text: Box::new(text), pattern: Box::new(pattern), folds }, negated))
    }

    /// What a term is; none: a parameter of which nothing has told, or NULL.
    fn kind(&self, term: &Term) -> Option<Kind> {
        match term {
            Term::Column(place) => self.columns.get(*place).map(|column| column.kind),
            Term::Constant(Value::Null) => None,
            Term::Constant(Value::Text(_)) => Some(Kind::Text),
            Term::Constant(Value::Integer(_)) => Some(Kind::Int8),
            Term::Constant(Value::Float(_)) => Some(Kind::Float8),
            Term::Constant(Value::Bool(_)) => Some(Kind::Bool),
            Term::Parameter(number) => self.parameters.get(*number).copied().flatten(),
            _ => Some(Kind::Bool),
        }
    }

    fn settle(&mut self, term: &Term, kind: Kind) {
        if let Term::Parameter(number) = term
            && let Some(known) = self.parameters.get_mut(*number)
        {
            known.get_or_insert(kind);
        }
    }

    fn fit_to(&mut self, term: Term, other: &Term) -> Result<Term, Report> {
        match self.kind(other) {
            Some(kind) => self.fit(term, kind),
            None => Ok(term),
        }
    }

    /// Makes a constant or a parameter what it is compared with.
    fn fit(&mut self, term: Term, kind: Kind) -> Result<Term, Report> {
        self.settle(&term, kind);
        Ok(match (term, kind) {
            (Term::Constant(Value::Text(text)), kind) if kind != Kind::Text => {
                // A fraction may be compared with whole numbers.
                let wide = if kind.is_number() { Kind::Numeric } else { kind };
                Term::Constant(Value::read(&text, wide).ok_or_else(|| not_a(&text, kind))?)
            }
            (Term::Constant(value @ (Value::Integer(_) | Value::Float(_))), Kind::Text) => {
                Term::Constant(Value::text(value.to_text().unwrap_or_default().into_owned()))
            }
            (term, kind) => {
                let own = self.kind(&term);
                match own {
                    Some(own) if own != kind && !(own.is_number() && kind.is_number()) => {
                        return Err(Report::new(
                            SqlState::UNDEFINED_FUNCTION,
                            format!("operator does not exist: {} and {}", own.as_str(), kind.as_str()),
                        )
                        .with_hint("Compare a column with a value of its type."));
                    }
                    _ => term,
                }
            }
        })
    }
}

/// A text can't be read as a type.
pub(crate) fn not_a(text: &str, kind: Kind) -> Report {
    Report::new(SqlState::INVALID_TEXT_REPRESENTATION, format!("invalid input syntax for type {}: \"{text}\"", kind.as_str()))
}

fn negate(term: Term, negated: bool) -> Term {
    if negated { Term::Not(Box::new(term)) } else { term }
}

fn not_supported(expression: &Expr) -> Report {
    Report::new(SqlState::FEATURE_NOT_SUPPORTED, format!("the console doesn't evaluate {expression}"))
        .with_hint("Columns, values, AND, OR, NOT, =, <>, <, <=, >, >=, IN, BETWEEN, LIKE, ILIKE, IS NULL.")
}

/// Where rows are sorted by: a column, backwards or not, NULLs first or not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct SortKey {
    pub(crate) column: usize,
    pub(crate) descending: bool,
    pub(crate) nulls_first: bool,
}

/// Which of two rows comes first.
pub(crate) fn order(keys: &[SortKey], one: &Row, other: &Row) -> Ordering {
    let value = |row: &Row, key: &SortKey| row.get(key.column).cloned().unwrap_or(Value::Null);
    for key in keys {
        let (one, other) = (value(one, key), value(other, key));
        let ordering = match (one == Value::Null, other == Value::Null) {
            (true, true) => Ordering::Equal,
            (true, false) if key.nulls_first => Ordering::Less,
            (false, true) if !key.nulls_first => Ordering::Less,
            (true, false) | (false, true) => Ordering::Greater,
            (false, false) => {
                let ordering = one.compare(&other).unwrap_or(Ordering::Equal);
                if key.descending { ordering.reverse() } else { ordering }
            }
        };
        if ordering.is_ne() {
            return ordering;
        }
    }
    Ordering::Equal
}

#[cfg(test)]
mod tests {
    use super::is_like;

    #[test]
    fn patterns() {
        for (text, pattern, fits) in [
            ("acme", "acme", true),
            ("acme", "a%", true),
            ("acme", "%m_", true),
            ("acme", "a_e", false),
            ("acme", "%", true),
            ("", "%", true),
            ("", "_", false),
            ("a%b", r"a\%b", true),
            ("axb", r"a\%b", false),
            ("aaab", "%ab", true),
            ("abcabd", "%ab_", true),
        ] {
            assert_eq!(is_like(text, pattern), fits, "{text} LIKE {pattern}");
        }
    }
}
