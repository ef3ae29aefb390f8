//! Keys over all tenants' rows: PostgreSQL keeps them past every row policy, so that a value which is refused or taken tells of others' rows, and
//! blocks them.
//!
//! **Unique indexes** without the tenant column: whoever writes learns whether the value was there before. So a tenant can't choose a new one, only one
//! that a row of its own has: then the conflict, if there is one, is with that row. What the server itself makes is no question (DEFAULT, sequences),
//! nor is what can't be guessed (`uuid`), nor an index with a foreign key in it that leads to the tenant's own rows.
//!
//! **Foreign keys** between tenants' tables that don't pair their tenant columns: a value must be a key of the tenant's own rows. If it isn't, the
//! error is the one that PostgreSQL has for a key that isn't there.

use pg_raw_parse::{Node, list::NodeList, raw};

use super::{CHOSEN_KEY, MISSING_KEY, SEPARATOR, fence::KeyType, insert::is_row_star, quote_literal, quote_name};
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
    references: Vec<Rule<'g>>,
}

/// That a value is one which the tenant's own rows have in a column.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Rule<'g> {
    reason: Reason<'g>,
    /// The table and column; none where a value alone can't be checked.
    pub(super) to: Option<(&'g Relation, &'g str)>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Reason<'g> {
    Unique(&'g UniqueIndex),
    Foreign(&'g ForeignKey),
}

/// What is to be watched when a column is written.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Watched<'g> {
    pub(super) table: &'g Relation,
    pub(super) column: &'g Column,
    /// The unique index for which the client may not write it at all.
    pub(super) closed: Option<&'g UniqueIndex>,
    pub(super) rules: Vec<Rule<'g>>,
}

impl<'g> Watch<'g> {
    /// `None` where there is nothing to watch, as in every table whose keys have the tenant column.
    pub(super) fn of(ground: &'g Ground, table: &'g Relation) -> Option<Watch<'g>> {
        let Isolation::Row { column: tenant } = &ground.isolation else { return None };
        let references: Vec<_> = table.foreign_keys.iter().filter_map(|key| reference(key, ground, tenant)).collect();
        let is_open = |index: &&UniqueIndex| !is_confined(index, table, tenant, &references) && !is_vouched_for(index, table, ground);
        let unique: Vec<_> = table.unique_indexes.iter().filter(is_open).collect();
        (!unique.is_empty() || !references.is_empty()).then_some(Watch { table, unique, references })
    }

    /// The same for new rows in which these columns are written, which others aren't: with a number of a sequence in its key, a row is in conflict
    /// with none.
    pub(super) fn of_new_rows(mut self, written: &[&str]) -> Watch<'g> {
        let numbers = |name: &str| self.table.column(name).is_some_and(|(_, column)| column.from_sequence) && !written.contains(&name);
        self.unique.retain(|index| index.of_part || !index.columns.iter().any(|name| numbers(name)));
        self
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
        let concerned = || self.unique.iter().copied().filter(|index| within(&index.columns) || within(&index.others));
        let alone = |index: &UniqueIndex| {
            index.columns.len() == 1 && index.others.is_empty() && !index.has_expressions && !index.nulls_conflict && !index.of_part
        };
        let unique = concerned()
            .filter(|index| alone(index))
            .map(|index| Rule { reason: Reason::Unique(index), to: Some((self.table, &*column.name)) });
        let references = self.references.iter().filter(|rule| matches!(rule.reason, Reason::Foreign(key) if within(&key.columns))).copied();
        let watched = Watched {
            table: self.table,
            column,
            closed: concerned().find(|index| !alone(index)),
            // One check serves for all indexes of the column.
            rules: unique.take(1).chain(references).collect(),
        };
        (watched.closed.is_some() || !watched.rules.is_empty()).then_some(watched)
    }
}

/// Whether conflicts are between rows of one tenant, or of a value that nobody guesses.
fn is_confined(index: &UniqueIndex, table: &Relation, tenant: &str, references: &[Rule<'_>]) -> bool {
    let is_unguessable = |name: &str| table.column(name).is_some_and(|(_, column)| &*column.type_name == "uuid");
    // Others' rows can't have its value, unless by a default that the operator has given.
    let leads_to_own_row = |name: &str| {
        let checked = references.iter().any(|rule| match rule.reason {
            Reason::Foreign(key) => rule.to.is_some() && !key.of_part && matches!(&*key.columns, [column] if **column == *name),
            Reason::Unique(_) => false,
        });
        checked && !index.nulls_conflict && !index.of_part && table.column(name).is_some_and(|(_, column)| !column.has_default)
    };
    index.columns.iter().any(|name| **name == *tenant || is_unguessable(name) || leads_to_own_row(name))
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
fn reference<'g>(key: &'g ForeignKey, ground: &'g Ground, tenant: &str) -> Option<Rule<'g>> {
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
    Some(Rule { reason: Reason::Foreign(key), to })
}

impl Watched<'_> {
    /// The refusal of whatever a client writes into a unique key of all tenants.
    pub(super) fn refusal(&self) -> Option<Report> {
        let index = self.closed?;
        let listed = if index.has_expressions || index.columns.len() != 1 { &index.name } else { &self.column.name };
        Some(chosen(&self.table.name, &self.column.name, &index.name, listed))
    }

    /// The refusal of a value that can't be checked.
    pub(super) fn unchecked(&self, why: &'static str) -> Report {
        let (kind, name) = match self.rules.first().map(|rule| rule.reason) {
            Some(Reason::Unique(index)) => ("unique index", &*index.name),
            Some(Reason::Foreign(key)) => ("foreign key", &*key.name),
            None => ("key", ""),
        };
        denied(&self.table.name, &self.column.name)
            .with_detail(format!("The {kind} \"{name}\" lacks the tenant column, and the value can't be checked. {why}"))
            .with_hint(format!(
                "Write a plain value, and name the columns of a query; or an operator has the {kind} begin with the tenant column."
            ))
    }

    /// What stands before and behind a value so that it keeps to a rule, or fails. `tenant`: the type of the tenant column there, and its name;
    /// `names`: two that the text doesn't have.
    pub(super) fn around(&self, rule: &Rule<'_>, tenant: (&KeyType, &str), names: (&str, &str)) -> Option<(String, String)> {
        let (table, column) = rule.to?;
        let ((key, tenant), (value, row)) = (tenant, names);
        let (own, base, key) = (self.table, KeyType::base_of(&self.column.type_name), key.key());
        let words = match rule.reason {
            Reason::Foreign(key) => [MISSING_KEY, &own.schema, &own.name, &key.name, &self.column.name, &table.name, ""].join(SEPARATOR),
            Reason::Unique(index) => [CHOSEN_KEY, &own.name, &self.column.name, &index.name].join(SEPARATOR),
        };
        let words = quote_literal(&words);
        let told = if matches!(rule.reason, Reason::Foreign(_)) { format!("{words}, {value}.v") } else { words };
        // As in the check of the tenant column, the planner can't compute it beforehand.
        let failure = format!("CAST(CAST(CAST(pg_catalog.concat({told}) AS pg_catalog.int4) AS pg_catalog.text) AS {base})");
        let only = if holds_alone(table) { "ONLY " } else { "" };
        let (schema, name, column, tenant) = (quote_name(&table.schema), quote_name(&table.name), quote_name(column), quote_name(tenant));
        let before = format!(
            "(SELECT CASE WHEN {value}.v IS NULL OR EXISTS (SELECT FROM {only}{schema}.{name} {row} WHERE {row}.{tenant} = {key} AND \
             {row}.{column} = {value}.v) THEN {value}.v ELSE {failure} END FROM (SELECT CAST("
        );
        Some((before, format!(" AS {base}) AS v) {value})")))
    }
}

/// The columns of a list into which a client writes values of its own: DEFAULT in every row is none.
pub(super) fn written<'n>(columns: impl Iterator<Item = Option<&'n str>>, rows: &[&NodeList]) -> Vec<&'n str> {
    let is_default =
        |row: &NodeList, place: usize| matches!(row.get(place), Some(Node::SetToDefault(_))) && !row.iter().take(place).any(is_row_star);
    let is_left = |place: usize| !rows.is_empty() && rows.iter().all(|row| is_default(row, place));
    columns.enumerate().filter(|(place, _)| !is_left(*place)).filter_map(|(_, name)| name).collect()
}

/// The names in the list of an INSERT's columns.
pub(super) fn names(columns: &NodeList) -> impl Iterator<Item = Option<&str>> {
    columns.iter().map(|column| if let Node::ResTarget(target) = column { target.name() } else { None })
}

/// The rows of an INSERT's VALUES.
pub(super) fn rows_of(source: Node<'_>) -> Vec<&NodeList> {
    let Node::SelectStmt(source) = source else { return Vec::new() };
    source.values_lists().iter().filter_map(|row| if let Node::NodeList(row) = row { Some(row) } else { None }).collect()
}

/// Whether a table's keys are of its own rows, not of those that inherit from it.
pub(super) fn holds_alone(table: &Relation) -> bool {
    table.kind != RelationKind::Partitioned
}

/// The refusal of a key of the client's choice. `listed`: what the model would vouch for.
pub(super) fn chosen(table: &str, column: &str, index: &str, listed: &str) -> Report {
    denied(table, column)
        .with_detail(format!("The unique index \"{index}\" lacks the tenant column: a key of one's own choice tells what others have, and blocks it."))
        .with_hint(format!(
            "Leave the column to its default; or an operator has the unique index begin with the tenant column, or names \"{table}.{listed}\" in the model's global_keys."
        ))
}

fn denied(table: &str, column: &str) -> Report {
    Report::new(SqlState::INSUFFICIENT_PRIVILEGE, format!("permission denied for column {column} of table {table}"))
}

#[cfg(test)]
#[path = "watch_tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
