//! Constants in parse trees.

use pg_raw_parse::{ConstValue, Node, nodes};

/// An expression, if it is a constant that we can read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Literal {
    /// A string, or a number as it was spelled.
    Text(String),
    /// `true` or `false`.
    Bool(bool),
    /// `NULL`.
    Null,
}

impl Literal {
    /// Reads a constant, with or without a cast to text or boolean.
    pub(super) fn read(node: Node<'_>) -> Option<Literal> {
        match node {
            Node::A_Const(constant) => Literal::from_constant(constant),
            Node::TypeCast(cast) => {
                let inner = match cast.arg() {
                    Node::A_Const(constant) => Literal::from_constant(constant)?,
                    _ => return None,
                };
                match (cast.type_name().and_then(type_name)?, inner) {
                    (_, Literal::Null) => Some(Literal::Null),
                    ("text" | "varchar", Literal::Text(text)) => Some(Literal::Text(text)),
                    ("bool", Literal::Text(text)) => parse_bool(&text).map(Literal::Bool),
                    ("bool", Literal::Bool(value)) => Some(Literal::Bool(value)),
                    _ => None,
                }
            }
            Node::NamedArgExpr(argument) => match argument.arg() {
                Node::NamedArgExpr(_) => None,
                inner => Literal::read(inner),
            },
            _ => None,
        }
    }

    fn from_constant(constant: &nodes::A_Const) -> Option<Literal> {
        Some(match constant.val() {
            None => Literal::Null,
            Some(ConstValue::Integer(number)) => Literal::Text(number.to_string()),
            Some(ConstValue::Float(number)) => Literal::Text(number.to_owned()),
            Some(ConstValue::Boolean(value)) => Literal::Bool(value),
            Some(ConstValue::String(text)) => Literal::Text(text.to_owned()),
            Some(_) => return None,
        })
    }

    /// The value as a boolean argument reads it.
    pub(super) fn as_bool(&self) -> Option<bool> {
        match self {
            Literal::Bool(value) => Some(*value),
            Literal::Text(text) => parse_bool(text),
            Literal::Null => None,
        }
    }
}

/// The last part of a type's name, where it has no modifier and no array bounds.
fn type_name(name: &nodes::TypeName) -> Option<&str> {
    let bare = name.typmods().is_empty() && name.array_bounds().is_empty() && !name.setof && !name.pct_type;
    let last = name.names().iter().next_back().and_then(string)?;
    bare.then_some(last)
}

/// The text of a `String` node in any list of names.
fn string<'a>(node: impl Into<Node<'a>>) -> Option<&'a str> {
    node.into().as_str()
}

/// `parse_bool_with_len` in `src/backend/utils/adt/bool.c`: unambiguous beginnings of words, any case, blanks around.
fn parse_bool(text: &str) -> Option<bool> {
    let word = text.trim_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']).to_ascii_lowercase();
    let begins = |full: &str, least: usize| word.len() >= least && full.starts_with(&word);
    if begins("true", 1) || begins("yes", 1) || begins("on", 2) || word == "1" {
        Some(true)
    } else if begins("false", 1) || begins("no", 1) || begins("off", 2) || word == "0" {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans_as_the_server_reads_them() {
        for text in ["t", "TRUE", "tr", "y", "yes", "on", "1", " true "] {
            assert_eq!(parse_bool(text), Some(true), "{text}");
        }
        for text in ["f", "False", "n", "no", "of", "off", "0"] {
            assert_eq!(parse_bool(text), Some(false), "{text}");
        }
        for text in ["", "o", "2", "truee", "yess", "null"] {
            assert_eq!(parse_bool(text), None, "{text}");
        }
    }
}
