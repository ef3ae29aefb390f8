//! The conditions that keep a statement to one tenant's rows.

use std::fmt::Write as _;

use pg_raw_parse::nodes;

use super::{Edit, KEY, quote_name};
use crate::{catalog::Relation, sql::gate::Tenancy};

/// One condition of a fence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Condition {
    /// The tenant column has the tenant's key.
    Tenant {
        /// The column, qualified by what its table is called here.
        column: String,
        /// The key, as it is compared with the column.
        key: String,
        /// The same, so that it is asked before whatever may fail.
        first: String,
    },
    /// Something else, without a key.
    Other(String),
}

impl Condition {
    /// Appends the condition; `twice` where other conditions may fail on rows of other tenants: then it comes in two forms. An equality with a
    /// constant is good for indexes and estimates, but evaluated after all else of its cost. The other form costs nothing, so that nothing comes
    /// before it that isn't written before it.
    fn write(&self, twice: bool, out: &mut String) {
        match self {
            Condition::Tenant { column, key, first } => {
                let _ = write!(out, "{column} = {key}");
                if twice {
                    let _ = write!(out, " AND {first}");
                }
            }
            Condition::Other(predicate) => {
                let _ = write!(out, "({predicate})");
            }
        }
    }
}

/// A place where conditions go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Fence {
    pub(super) at: usize,
    pub(super) before: String,
    pub(super) conditions: Vec<Condition>,
    pub(super) after: &'static str,
}

impl Fence {
    pub(super) fn edit(&self, twice: bool) -> Edit {
        let mut text = self.before.clone();
        for (index, condition) in self.conditions.iter().enumerate() {
            if index > 0 {
                text.push_str(" AND ");
            }
            condition.write(twice, &mut text);
        }
        text.push_str(self.after);
        Edit::insert(self.at, text)
    }
}

/// A tenant column's type, and how the key is written for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct KeyType {
    /// Without length or precision.
    base: String,
    /// Literals are compared with it and assigned to it as they are.
    text: bool,
    tenancy: Tenancy,
}

impl KeyType {
    pub(super) fn of(relation: &Relation, column: &str, tenancy: Tenancy) -> Option<KeyType> {
        let (_, column) = relation.column(column)?;
        let base = base_type(&column.type_name);
        let text = matches!(base.as_str(), "text" | "character varying");
        Some(KeyType { base, text, tenancy })
    }

    /// The key where the other side of a comparison, or the column that it is assigned to, tells its type.
    pub(super) fn key(&self) -> String {
        match self.tenancy {
            Tenancy::Literal => KEY.to_string(),
            // One parameter serves columns of several types.
            Tenancy::Parameter { .. } => self.cast(),
        }
    }

    /// The key with its type, where nothing else tells it.
    pub(super) fn typed_key(&self) -> String {
        match self.tenancy {
            Tenancy::Literal if self.text => KEY.to_string(),
            Tenancy::Literal | Tenancy::Parameter { .. } => self.cast(),
        }
    }

    /// The condition that a column has the key, to be asked before others. What a subscript takes out of a document costs the planner nothing
    /// (`cost_qual_eval_walker` in `costsize.c` knows operators and functions only; PostgreSQL 14 has subscripts for documents). For types that
    /// are none for subscripts, `= ANY` of one element costs half an operator, less than most that can fail; CASE hides it from estimates, which
    /// would count it again.
    pub(super) fn first(&self, column: &str, server_version: u32) -> String {
        if server_version < 140_000 || !self.text && self.base != "integer" {
            return format!("CASE WHEN {column} = ANY (ARRAY[{}]) THEN true END IS NOT NULL", self.typed_key());
        }
        let key = if self.text { format!("{KEY}::text") } else { format!("{KEY}::{}::text", self.base) };
        let document = format!("pg_catalog.jsonb_object(ARRAY[{key}, ''])");
        match self.tenancy {
            // Immutable, so that the planner makes a constant of it.
            Tenancy::Literal => format!("({document})[{column}] IS NOT NULL"),
            // A generic plan would compute it for each row.
            Tenancy::Parameter { .. } => format!("(SELECT {document})[{column}] IS NOT NULL"),
        }
    }

    fn cast(&self) -> String {
        format!("{KEY}::{}", self.base)
    }

    /// The type without length or precision.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// The same of any column's type.
    pub(super) fn base_of(type_name: &str) -> String {
        base_type(type_name)
    }
}

/// A type's name as `format_type` writes it, less length and precision: a cast to it neither cuts nor rounds.
fn base_type(type_name: &str) -> String {
    if type_name == "character" {
        return "bpchar".to_owned();
    }
    if let Some(rest) = type_name.strip_prefix("character(") {
        let rest = rest.split_once(')').map_or("", |(_, rest)| rest);
        return format!("bpchar{rest}");
    }
    // As a keyword, it stands for a single bit.
    if type_name.starts_with("bit(") {
        let rest = type_name.split_once(')').map_or("", |(_, rest)| rest);
        return format!("pg_catalog.\"bit\"{rest}");
    }
    match (type_name.find('('), type_name.find(')')) {
        (Some(open), Some(close)) if open < close && !type_name.contains('"') => {
            let (before, after) = (type_name.get(..open).unwrap_or_default(), type_name.get(close + 1..).unwrap_or_default());
            format!("{before}{after}")
        }
        _ => type_name.to_owned(),
    }
}

/// What the columns of a table are qualified by in its statement. `apart`: other tables stand beside it that may have the same name in
/// another schema, which PostgreSQL allows for tables without alias.
pub(super) fn called(reference: &nodes::RangeVar, relation: Option<&Relation>, apart: bool) -> String {
    match (reference.alias().and_then(nodes::Alias::aliasname), relation) {
        (Some(alias), _) => quote_name(alias).into_owned(),
        (None, Some(relation)) if apart => format!("{}.{}", quote_name(&relation.schema), quote_name(&relation.name)),
        (None, _) => quote_name(reference.relname().unwrap_or_default()).into_owned(),
    }
}

/// The tenant column's name in this reference, which a column list behind the alias may have changed.
pub(super) fn column_here(reference: &nodes::RangeVar, relation: &Relation, column: &str) -> Option<String> {
    let (place, _) = relation.column(column)?;
    let renamed = reference.alias().and_then(|alias| alias.colnames().get(place)?.as_str());
    Some(quote_name(renamed.unwrap_or(column)).into_owned())
}
