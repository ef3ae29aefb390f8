//! Keys over all tenants' rows: PostgreSQL keeps them past every row policy, so that a value which is refused or taken tells of others' rows, and
//! blocks them.
//!
//! **Unique indexes** without the tenant column: whoever writes learns whether the value was there before. So a tenant can't choose a new one, only one
//! that a row of its own has: then the conflict, if there is one, is with that row. What the server itself makes is no question (DEFAULT, sequences),
//! nor is what can't be guessed (`uuid`), nor an index with a foreign key in it that leads to the tenant's own rows.
//!
//! **Foreign keys** between tenants' tables that don't pair their tenant columns: a value must be a key of the tenant's own rows. If it isn't, the
//! error is the one that PostgreSQL has for a key that isn't there. Of a table that tenants don't read, a value must be one that a row of the tenant's
//! own has already.
//!
//! **Defaults** that settings decide on are values of the client's own choice that can't be checked.

use pg_raw_parse::{Node, list::NodeList, raw};

use super::{CHOSEN_KEY, HIDDEN_KEY, MISSING_KEY, SEPARATOR, fence::KeyType, insert::is_row_star, quote_literal, quote_name};
use crate::{
    catalog::{Column, ForeignKey, Identity, Relation, RelationKind, UniqueIndex},
    error::{Report, SqlState},
    sql::gate::{Ground, Isolation, functions::is_named, relations::is_reference},
};

/// The parents of parents that a table may have.
const MAX_ANCESTORS: usize = 64;

/// What is to be watched when a tenant table is written.
pub(super) struct Watch<'g> {
    ground: &'g Ground,
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
    /// To rows of tenants.
    Foreign(&'g ForeignKey),
    /// To rows that tenants don't read.
    Hidden(&'g ForeignKey),
}

impl<'g> Reason<'g> {
    fn foreign(self) -> Option<&'g ForeignKey> {
        match self {
            Reason::Foreign(key) | Reason::Hidden(key) => Some(key),
            Reason::Unique(_) => None,
        }
    }

    /// What it is, and its name.
    fn named(self) -> (&'static str, &'g str) {
        match self {
            Reason::Unique(index) => ("unique index", &index.name),
            Reason::Foreign(key) | Reason::Hidden(key) => ("foreign key", &key.name),
        }
    }
}

/// What is to be watched when a column is written.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Watched<'g> {
    pub(super) table: &'g Relation,
    pub(super) column: &'g Column,
    /// The unique index for which the client may not write it at all.
    pub(super) closed: Option<&'g UniqueIndex>,
    pub(super) rules: Vec<Rule<'g>>,
    /// What in its default settings may decide on.
    default: Option<&'g str>,
}

impl<'g> Watch<'g> {
    /// `None` where there is nothing to watch, as in every table whose keys have the tenant column.
    pub(super) fn of(ground: &'g Ground, table: &'g Relation) -> Option<Watch<'g>> {
        let Isolation::Row { column: tenant } = &ground.isolation else { return None };
        let references: Vec<_> = table.foreign_keys.iter().filter_map(|key| reference(key, table, ground, tenant)).collect();
        let is_open = |index: &&UniqueIndex| !is_confined(index, table, tenant, &references) && !is_vouched_for(index, table, ground);
        let unique: Vec<_> = table.unique_indexes.iter().filter(is_open).collect();
        (!unique.is_empty() || !references.is_empty()).then_some(Watch { ground, table, unique, references })
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
        let within = |names: &[Box<str>]| is_within(name, names);
        let concerned = || self.unique.iter().copied().filter(|index| within(&index.columns) || within(&index.others));
        let alone = |index: &UniqueIndex| {
            index.columns.len() == 1 && index.others.is_empty() && !index.has_expressions && !index.nulls_conflict && !index.of_part
        };
        let mut unique: Vec<_> = concerned().filter(|index| alone(index)).collect();
        // One check serves for all indexes of the column: the strictest.
        unique.sort_by_key(|index| !index.is_coarse);
        let unique = unique.into_iter().map(|index| Rule { reason: Reason::Unique(index), to: Some((self.table, &*column.name)) });
        let concerns = |rule: &&Rule<'_>| rule.reason.foreign().is_some_and(|key| within(&key.columns) || within(&key.others));
        let references = self.references.iter().filter(concerns).copied();
        let watched = Watched {
            table: self.table,
            column,
            closed: concerned().find(|index| !alone(index)),
            rules: unique.take(1).chain(references).collect(),
            default: self.chosen_default(column),
        };
        (watched.closed.is_some() || !watched.rules.is_empty()).then_some(watched)
    }

    /// What settings may decide on in the default of a column.
    fn chosen_default(&self, column: &'g Column) -> Option<&'g str> {
        // Where a number of a sequence is in it, it is another one each time.
        let mut calls = column.default_calls.iter().filter(|_| !column.from_sequence);
        let is_vouched_for = |call: &str| call.split_once('.').is_some_and(|(schema, name)| is_named(schema, name, self.ground));
        calls.find(|call| !is_vouched_for(call)).map(|call| &**call)
    }

    /// The refusal of new rows in which these columns are written, if settings decide on a key that others aren't written for.
    pub(super) fn left(&self, written: &[&str]) -> Option<Report> {
        let is_null = |name: &str| {
            let plain = |column: &Column| !column.has_default && column.identity.is_none() && !column.generated;
            !written.contains(&name) && self.table.column(name).is_some_and(|(_, column)| plain(column))
        };
        let mut left = self.table.columns.iter().filter(|column| !written.contains(&&*column.name) && !column.generated);
        left.find_map(|column| {
            let call = self.chosen_default(column)?;
            let concerns = |names: &[Box<str>], others: &[Box<str>]| is_within(&column.name, names) || is_within(&column.name, others);
            let in_conflict = |index: &&&UniqueIndex| {
                concerns(&index.columns, &index.others) && (index.nulls_conflict || !index.columns.iter().any(|name| is_null(name)))
            };
            let checked = |key: &ForeignKey| concerns(&key.columns, &key.others) && !key.columns.iter().any(|name| is_null(name));
            let foreign = || self.references.iter().map(|rule| rule.reason).find(|reason| reason.foreign().is_some_and(checked));
            let reason = self.unique.iter().find(in_conflict).map(|index| Reason::Unique(index)).or_else(foreign)?;
            Some(by_default(self.table, column, call, reason))
        })
    }
}

fn is_within(name: &str, names: &[Box<str>]) -> bool {
    names.iter().any(|listed| **listed == *name)
}

/// Whether conflicts are between rows of one tenant, or of a value that nobody guesses.
fn is_confined(index: &UniqueIndex, table: &Relation, tenant: &str, references: &[Rule<'_>]) -> bool {
    let is_unguessable = |name: &str| table.column(name).is_some_and(|(_, column)| &*column.type_name == "uuid");
    // Others' rows can't have its value, unless by a default that the operator has given.
    let leads_to_own_row = |name: &str| {
        let checked = references.iter().any(|rule| match rule.reason {
            Reason::Foreign(key) => rule.to.is_some() && !key.of_part && matches!(&*key.columns, [column] if **column == *name),
            Reason::Unique(_) | Reason::Hidden(_) => false,
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

/// A foreign key, if it may reach other tenants' rows, or what no tenant reads, by a value of the client's choice.
fn reference<'g>(key: &'g ForeignKey, own: &'g Relation, ground: &'g Ground, tenant: &str) -> Option<Rule<'g>> {
    let pairs = || key.columns.iter().zip(&key.referenced_columns);
    if pairs().any(|(own, other)| **own == *tenant && **other == *tenant) || pairs().all(|(own, _)| **own == *tenant) {
        return None;
    }
    let table = ground.catalog.relation_by_oid(key.referenced);
    if table.is_some_and(|table| table.column(tenant).is_none() && is_reference(&table.schema, &table.name, ground)) {
        return None;
    }
    let alone = |columns: &'g [Box<str>]| match columns {
        [column] if key.others.is_empty() => Some(&**column),
        _ => None,
    };
    // A table that isn't known belongs to somebody, too.
    match table.filter(|table| table.column(tenant).is_some()) {
        Some(table) => {
            let is_table = matches!(table.kind, RelationKind::Table | RelationKind::Partitioned);
            let to = alone(&key.referenced_columns).filter(|_| is_table).map(|column| (&**table, column));
            Some(Rule { reason: Reason::Foreign(key), to })
        }
        None => Some(Rule { reason: Reason::Hidden(key), to: alone(&key.columns).map(|column| (own, column)) }),
    }
}

impl<'g> Watched<'g> {
    /// The refusal of whatever a client writes into a unique key of all tenants.
    pub(super) fn refusal(&self) -> Option<Report> {
        let index = self.closed?;
        let listed = if index.has_expressions || index.columns.len() != 1 { &index.name } else { &self.column.name };
        Some(chosen(&self.table.name, &self.column.name, &index.name, listed))
    }

    /// The refusal of a value that can't be checked.
    pub(super) fn unchecked(&self, why: &'static str) -> Report {
        let (kind, name) = self.rules.first().map_or(("key", ""), |rule| rule.reason.named());
        denied(&self.table.name, &self.column.name)
            .with_detail(format!("The {kind} \"{name}\" lacks the tenant column, and the value can't be checked. {why}"))
            .with_hint(format!(
                "Write a plain value, and name the columns of a query; or an operator has the {kind} begin with the tenant column."
            ))
    }

    /// The refusal of a default that settings decide on.
    pub(super) fn refusal_of_default(&self) -> Option<Report> {
        let reason = self.closed.map(Reason::Unique).or_else(|| self.rules.first().map(|rule| rule.reason))?;
        Some(by_default(self.table, self.column, self.default?, reason))
    }

    /// What stands before and behind a value so that it keeps to a rule, or fails. `tenant`: the type of the tenant column there, and its name;
    /// `names`: two that the text doesn't have.
    pub(super) fn around(&self, rule: &Rule<'g>, tenant: (&KeyType, &str), names: (&str, &str)) -> Option<(String, String)> {
        let (table, column) = rule.to?;
        let ((key, tenant), (value, row)) = (tenant, names);
        let (own, base, key) = (self.table, KeyType::base_of(&self.column.type_name), key.key());
        let words: &[&str] = match rule.reason {
            Reason::Foreign(key) => &[MISSING_KEY, &own.schema, &own.name, &key.name, &self.column.name, &table.name, ""],
            Reason::Unique(index) => &[CHOSEN_KEY, &own.name, &self.column.name, &index.name],
            Reason::Hidden(key) => &[HIDDEN_KEY, &own.name, &self.column.name, &key.name],
        };
        let words = quote_literal(&words.join(SEPARATOR));
        let told = if matches!(rule.reason, Reason::Foreign(_)) { format!("{words}, {value}.v") } else { words };
        // As in the check of the tenant column, the planner can't compute it beforehand.
        let failure = format!("CAST(CAST(CAST(pg_catalog.concat({told}) AS pg_catalog.int4) AS pg_catalog.text) AS {base})");
        let only = if holds_alone(table) { "ONLY " } else { "" };
        let (schema, name, column, tenant) = (quote_name(&table.schema), quote_name(&table.name), quote_name(column), quote_name(tenant));
        // Compared is what will be stored: an assignment may cut or round, or pad.
        let stored =
            if *self.column.type_name == *base { format!("{value}.v") } else { format!("CAST({value}.v AS {})", self.column.type_name) };
        let exactly = if rule.is_exact() { format!(" AND {row}.{column} COLLATE pg_catalog.\"C\" = {stored}") } else { String::new() };
        let before = format!(
            "(SELECT CASE WHEN {value}.v IS NULL OR EXISTS (SELECT FROM {only}{schema}.{name} {row} WHERE {row}.{tenant} = {key} AND \
             {row}.{column} = {stored}{exactly}) THEN {value}.v ELSE {failure} END FROM (SELECT CAST("
        );
        // The value is computed once, whatever is promised of the functions in it, and leaves it to the column by which collation it is compared.
        let collation = if self.column.is_collatable { " COLLATE pg_catalog.\"default\"" } else { "" };
        Some((before, format!(" AS {base}){collation} AS v OFFSET 0) {value})")))
    }
}

impl Rule<'_> {
    /// Whether only the very same text is the same.
    pub(super) fn is_exact(&self) -> bool {
        matches!(self.reason, Reason::Unique(index) if index.is_coarse)
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

/// The refusal of a key of a table that tenants don't read.
pub(super) fn hidden(table: &str, column: &str, key: &str) -> Report {
    denied(table, column)
        .with_detail(format!("The foreign key \"{key}\" leads to a table that tenants don't read: a key of one's own choice tells what is in it."))
        .with_hint("Write a value that a row of your own has already; or an operator names the table that it leads to among the model's reference_tables.")
}

/// The refusal of a default that settings decide on.
fn by_default(table: &Relation, column: &Column, call: &str, reason: Reason<'_>) -> Report {
    let (kind, name) = reason.named();
    denied(&table.name, &column.name)
        .with_detail(format!("The {kind} \"{name}\" lacks the tenant column, and a client's settings may decide on the column's default, which calls {call}."))
        .with_hint(format!(
            "Write a value of your own; or an operator has the {kind} begin with the tenant column, or names the function among the model's functions."
        ))
}

fn denied(table: &str, column: &str) -> Report {
    Report::new(SqlState::INSUFFICIENT_PRIVILEGE, format!("permission denied for column {column} of table {table}"))
}

#[cfg(test)]
#[path = "watch_tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
