//! Names that stand in the tree or in a literal, and whether they lead out of what is the tenant's.

use pg_raw_parse::{Node, list::NodeList};

use super::{Ground, Isolation, Whose};
use crate::sql::lexer::{Lexer, TokenKind};

/// A name with its schema, if it has one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Name<'a> {
    /// The schema.
    pub(super) schema: Option<&'a str>,
    /// The object's own name.
    pub(super) own: &'a str,
}

impl<'a> Name<'a> {
    /// Reads a list of strings: `name`, `schema.name`, `database.schema.name`. `None` for anything else.
    pub(super) fn read(list: impl IntoIterator<Item = Node<'a>>) -> Option<Name<'a>> {
        let mut schema = None;
        let mut own: Option<&str> = None;
        for (place, part) in list.into_iter().enumerate() {
            if place > 2 {
                return None;
            }
            schema = own;
            own = Some(part.as_str()?);
        }
        Some(Name { schema, own: own? })
    }

    /// As [`Name::read`].
    pub(super) fn of(list: &'a NodeList) -> Option<Name<'a>> {
        Name::read(list.iter())
    }
}

/// Reads a name from a literal, as `regclass` and its like do; what follows a parenthesis (arguments) is left out.
pub(super) fn in_literal(text: &str) -> Option<Vec<String>> {
    let bytes = text.as_bytes();
    let mut parts = Vec::new();
    let mut wants_name = true;
    for token in Lexer::new(bytes) {
        match token.kind {
            TokenKind::Word | TokenKind::Quoted if wants_name => parts.push(token.name(bytes)?.into_owned()),
            TokenKind::Symbol(b'.') if !wants_name => {}
            TokenKind::Symbol(b'(' | b'[') if !wants_name => return Some(parts),
            // The second word of a type's name (`double precision`).
            TokenKind::Word if parts.len() == 1 => return Some(parts),
            _ => return None,
        }
        wants_name = !wants_name;
    }
    (!wants_name).then_some(parts)
}

/// Whether a literal names something that the tenant may know of.
pub(super) fn literal_stays_home(text: &str, ground: &Ground, whose: &Whose<'_>) -> bool {
    if !matches!(ground.isolation, Isolation::Schema) {
        return true;
    }
    let Some(parts) = in_literal(text) else { return false };
    match parts.as_slice() {
        [_] => true,
        [schema, _] | [_, schema, _] => may_use(schema, ground, whose),
        _ => false,
    }
}

/// Whether types, functions and the like of a schema may be named.
pub(super) fn may_use(schema: &str, ground: &Ground, whose: &Whose<'_>) -> bool {
    match (schema, &ground.isolation) {
        ("pg_catalog" | "information_schema" | "public", _) => true,
        ("pg_temp", _) => super::relations::own_definitions(ground),
        (schema, _) if schema.starts_with("pg_") => false,
        // The schemas of tenants' tables and of extensions. Others may be those of tenants of another model.
        (schema, Isolation::Row { column }) => {
            ground.catalog.extensions().any(|(_, of)| of == schema)
                || ground.catalog.relations().any(|relation| *relation.schema == *schema && relation.column(column).is_some())
        }
        (schema, Isolation::Schema) => whose.schema == Some(schema),
        (_, Isolation::Database) => true,
    }
}

/// Whether objects of a schema are the tenant's own, to define and to change.
pub(super) fn is_own(schema: &str, ground: &Ground, whose: &Whose<'_>) -> bool {
    match &ground.isolation {
        Isolation::Row { .. } => false,
        Isolation::Schema => whose.schema == Some(schema) || schema == "pg_temp",
        Isolation::Database => !schema.starts_with("pg_") && schema != "information_schema" || schema == "pg_temp",
    }
}
