//! Keys over all tenants' rows: PostgreSQL keeps them past every row policy, so that a value which is refused or taken tells of others' rows, and
//! blocks them.
//!
//! **Unique indexes** without the tenant column: a tenant can't be let write them, as whoever writes learns whether the value was there before.
//! What the server itself makes is no question (DEFAULT, sequences), nor is what can't be guessed (`uuid`).
//!
//! **Foreign keys** between tenants' tables that don't pair their tenant columns: a value goes through a check that it is a key of the tenant's own
//! rows. If it isn't, the error is the one that PostgreSQL has for a key that isn't there.

use pg_raw_parse::raw;

use super::{MISSING_KEY, SEPARATOR, fence::KeyType, quote_literal, quote_name};
use crate::{
    catalog::{Column, ForeignKey, Identity, Relation, RelationKind, UniqueIndex},
    error::{Report, SqlState},
    sql::gate::{Ground, Isolation},
};

/// The parents of parents that a table may have.
const MAX_ANCESTORS: usize = 64;

/// What is to be watched when a tenant table is written.
pub(super) struct Watch<'g> {
    table: &'g Relation,
    unique: Vec<&'g UniqueIndex>,
    references: Vec<Reference<'g>>,
}

/// A foreign key that may reach other tenants' rows.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Reference<'g> {
    pub(super) key: &'g ForeignKey,
    /// The table and column that a value has to be in; none where a value alone can't be checked.
    pub(super) to: Option<(&'g Relation, &'g str)>,
}

/// What is to be watched when a column is written.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Watched<'g> {
    pub(super) table: &'g Relation,
    pub(super) column: &'g Column,
    /// The unique index for which the client may not write it.
    pub(super) unique: Option<&'g UniqueIndex>,
    pub(super) references: Vec<Reference<'g>>,
}

impl<'g> Watch<'g> {
    /// `None` where there is nothing to watch, as in every table whose keys have the tenant column.
    pub(super) fn of(ground: &'g Ground, table: &'g Relation) -> Option<Watch<'g>> {
        let Isolation::Row { column: tenant } = &ground.isolation else { return None };
        let is_open = |index: &&UniqueIndex| !is_confined(index, table, tenant) && !is_vouched_for(index, table, ground);
        let unique: Vec<_> = table.unique_indexes.iter().filter(is_open).collect();
        let references: Vec<_> = table.foreign_keys.iter().filter_map(|key| reference(key, ground, tenant)).collect();
        (!unique.is_empty() || !references.is_empty()).then_some(Watch { table, unique, references })
    }

    /// What is to be watched in a column. `overriding`: what an INSERT says of identity columns; none for other writes.
    pub(super) fn column(&self, name: &str, overriding: Option<raw::OverridingKind::Type>) -> Option<Watched<'g>> {
        let (_, column) = self.table.column(name)?;
        let user_value = matches!(overriding, Some(kind) if kind == raw::OverridingKind::OVERRIDING_USER_VALUE);
        let system_value = matches!(overriding, Some(kind) if kind == raw::OverridingKind::OVERRIDING_SYSTEM_VALUE);
        // The server doesn't take the value, or doesn't use it.
        let is_servers = match column.identity {
            Some(Identity::Always) => !system_value,
            Some(Identity::ByDefault) => user_value,
            None => column.generated,
        };
        if is_servers {
            return None;
        }
        let within = |names: &[Box<str>]| names.iter().any(|listed| **listed == *name);
        let unique = self.unique.iter().find(|index| within(&index.columns) || within(&index.others)).copied();
        let references: Vec<_> = self.references.iter().filter(|reference| within(&reference.key.columns)).copied().collect();
        (unique.is_some() || !references.is_empty()).then_some(Watched { table: self.table, column, unique, references })
    }
}

/// Whether conflicts are between rows of one tenant, or of a value that nobody guesses.
fn is_confined(index: &UniqueIndex, table: &Relation, tenant: &str) -> bool {
    let is_unguessable = |name: &str| table.column(name).is_some_and(|(_, column)| &*column.type_name == "uuid");
    index.columns.iter().any(|name| **name == *tenant || is_unguessable(name))
}

/// Whether the model names the index, or all columns of its key, in the table or in one that this is a part of.
fn is_vouched_for(index: &UniqueIndex, table: &Relation, ground: &Ground) -> bool {
    if ground.global_keys.is_empty() {
        return false;
    }
    let mut tables = vec![table];
    let mut next = 0;
    while let Some(table) = tables.get(next).filter(|_| next < MAX_ANCESTORS) {
        tables.extend(table.parents.iter().filter_map(|oid| ground.catalog.relation_by_oid(*oid)).map(|parent| &**parent));
        next += 1;
    }
    let is_listed = |name: &str| {
        ground.global_keys.iter().any(|listed| {
            let rest = listed.strip_suffix(name).and_then(|rest| rest.strip_suffix('.'));
            rest.is_some_and(|rest| {
                let (schema, last) = rest.rsplit_once('.').map_or((None, rest), |(schema, last)| (Some(schema), last));
                tables.iter().any(|table| *table.name == *last && schema.is_none_or(|schema| *table.schema == *schema))
            })
        })
    };
    is_listed(&index.name) || !index.has_expressions && !index.columns.is_empty() && index.columns.iter().all(|name| is_listed(name))
}

/// A foreign key, if it may reach other tenants' rows by a value of the client's choice.
fn reference<'g>(key: &'g ForeignKey, ground: &'g Ground, tenant: &str) -> Option<Reference<'g>> {
    let pairs = || key.columns.iter().zip(&key.referenced_columns);
    if pairs().any(|(own, other)| **own == *tenant && **other == *tenant) || pairs().all(|(own, _)| **own == *tenant) {
        return None;
    }
    // A table that isn't known belongs to somebody, too.
    let table = ground.catalog.relation_by_oid(key.referenced);
    if table.is_some_and(|table| table.column(tenant).is_none()) {
        return None;
    }
    let table = table.filter(|table| matches!(table.kind, RelationKind::Table | RelationKind::Partitioned));
    let to = match (&*key.referenced_columns, table) {
        ([column], Some(table)) => Some((&**table, &**column)),
        _ => None,
    };
    Some(Reference { key, to })
}

impl Watched<'_> {
    /// The refusal of a value that a client writes into a unique key of all tenants.
    pub(super) fn refusal(&self) -> Option<Report> {
        let index = self.unique?;
        let (table, column) = (&self.table.name, &self.column.name);
        let leave = if self.column.has_default || self.column.identity.is_some() {
            "Leave the column out, so that it gets its default; or an"
        } else {
            "An"
        };
        let hint = format!(
            "{leave} operator has the unique index begin with the tenant column, or names \"{table}.{}\" in the model's global_keys.",
            if index.has_expressions || index.columns.len() != 1 { &index.name } else { column }
        );
        let detail = format!(
            "The unique index \"{}\" lacks the tenant column: writing its columns tells what others have, and blocks it.",
            index.name
        );
        Some(denied(&self.table.name, &self.column.name).with_detail(detail).with_hint(hint))
    }

    /// The refusal of a value that can't be checked.
    pub(super) fn unchecked(&self, why: &'static str) -> Report {
        let name = self.references.first().map(|reference| &*reference.key.name).unwrap_or_default();
        denied(&self.table.name, &self.column.name)
            .with_detail(format!("The foreign key \"{name}\" lacks the tenant column, and the value can't be checked. {why}"))
            .with_hint(
                "Write a plain value, or name the columns of a query; or an operator has the foreign key begin with the tenant column.",
            )
    }
}

fn denied(table: &str, column: &str) -> Report {
    Report::new(SqlState::INSUFFICIENT_PRIVILEGE, format!("permission denied for column {column} of table {table}"))
}

/// What stands before and behind a value so that it is a key of the tenant's own rows, or fails. `names`: two that the text doesn't have.
pub(super) fn around(
    watched: &Watched<'_>,
    reference: &Reference<'_>,
    tenant: &KeyType,
    names: (&str, &str),
    column: &str,
) -> Option<(String, String)> {
    let (table, referenced) = reference.to?;
    let (value, row) = names;
    let base = KeyType::base_of(&watched.column.type_name);
    let key = tenant.key();
    let words = [MISSING_KEY, &watched.table.schema, &watched.table.name, &reference.key.name, &watched.column.name, &table.name, ""];
    let words = quote_literal(&words.join(SEPARATOR));
    // As in the check of the tenant column, the planner can't compute it beforehand.
    let failure = format!("CAST(CAST(CAST(pg_catalog.concat({words}, {value}.v) AS pg_catalog.int4) AS pg_catalog.text) AS {base})");
    let (schema, name, referenced) = (quote_name(&table.schema), quote_name(&table.name), quote_name(referenced));
    let before = format!(
        "(SELECT CASE WHEN {value}.v IS NULL OR EXISTS (SELECT FROM {schema}.{name} {row} WHERE {row}.{column} = {key} AND {row}.{referenced} = {value}.v) \
         THEN {value}.v ELSE {failure} END FROM (SELECT CAST("
    );
    Some((before, format!(" AS {base}) AS v) {value})")))
}

#[cfg(test)]
#[path = "watch_tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
