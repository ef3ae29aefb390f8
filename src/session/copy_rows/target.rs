//! The table of a COPY: its columns in the order of the data, and the INSERT that a row becomes.

use super::decode::CopyColumn;
use crate::{
    backend::settings::quote_identifier,
    catalog::{Column, Identity, Relation, RelationKind},
    error::{Report, SqlState},
    sql::copy_from::{CopyColumns, CopyFrom},
};

/// Where the rows go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    name: Box<str>,
    /// Qualified and quoted.
    table: String,
    columns: Vec<Column>,
}

impl Target {
    /// The columns that a COPY is for, in their order.
    ///
    /// # Errors
    /// What PostgreSQL says to such a table or such columns.
    pub fn new(copy: &CopyFrom, relation: &Relation) -> Result<Target, Report> {
        let name = &relation.name;
        let what = match relation.kind {
            RelationKind::Table | RelationKind::Partitioned if relation.has_rules => {
                let message = format!("COPY into table \"{name}\" with rules is not available");
                return Err(Report::new(SqlState::FEATURE_NOT_SUPPORTED, message).with_hint("Use INSERT."));
            }
            RelationKind::Table | RelationKind::Partitioned => None,
            RelationKind::View => Some("view"),
            RelationKind::MaterializedView => Some("materialized view"),
            RelationKind::Sequence => Some("sequence"),
            RelationKind::Foreign => Some("foreign table"),
            RelationKind::Composite => Some("non-table relation"),
        };
        if let Some(what) = what {
            return Err(Report::new(SqlState::WRONG_OBJECT_TYPE, format!("cannot copy to {what} \"{name}\"")));
        }
        let columns = columns(copy, relation)?;
        for (option, named) in [("FORCE_NOT_NULL", &copy.options.force_not_null), ("FORCE_NULL", &copy.options.force_null)] {
            let CopyColumns::Some(named) = named else { continue };
            for column in named {
                if relation.column(column).is_none() {
                    return Err(unknown(column, name));
                }
                if !columns.iter().any(|there| *there.name == **column) {
                    let message = format!("{option} column \"{column}\" not referenced by COPY");
                    return Err(Report::new(SqlState::INVALID_COLUMN_REFERENCE, message));
                }
            }
        }
        let mut table = String::new();
        quote_identifier(&mut table, &relation.schema);
        table.push('.');
        quote_identifier(&mut table, name);
        Ok(Target { name: name.clone(), table, columns })
    }

    /// The table's name as errors have it.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn len(&self) -> usize {
        self.columns.len()
    }

    pub(super) fn columns(&self) -> Vec<CopyColumn> {
        let has_default = |column: &Column| column.has_default || column.identity.is_some();
        self.columns.iter().map(|column| CopyColumn { name: column.name.clone(), has_default: has_default(column) }).collect()
    }

    /// The INSERT of a row that has defaults in these places. COPY writes identity columns whoever they belong to.
    pub fn insert(&self, defaults: &[bool]) -> String {
        let (mut names, mut values, mut number) = (String::new(), String::new(), 0);
        for (at, column) in self.columns.iter().enumerate() {
            if at > 0 {
                names.push_str(", ");
                values.push_str(", ");
            }
            quote_identifier(&mut names, &column.name);
            if defaults.get(at) == Some(&true) {
                values.push_str("DEFAULT");
            } else {
                number += 1;
                values.push_str(&format!("${number}"));
            }
        }
        let overriding =
            if self.columns.iter().any(|column| column.identity == Some(Identity::Always)) { " OVERRIDING SYSTEM VALUE" } else { "" };
        format!("INSERT INTO {} ({names}){overriding} VALUES ({values})", self.table)
    }
}

fn columns(copy: &CopyFrom, relation: &Relation) -> Result<Vec<Column>, Report> {
    if copy.columns.is_empty() {
        return Ok(relation.columns.iter().filter(|column| !column.generated).cloned().collect());
    }
    let mut columns: Vec<Column> = Vec::with_capacity(copy.columns.len());
    for name in &copy.columns {
        let Some((_, column)) = relation.column(name) else { return Err(unknown(name, &relation.name)) };
        if column.generated {
            let report = Report::new(SqlState::INVALID_COLUMN_REFERENCE, format!("column \"{name}\" is a generated column"));
            return Err(report.with_detail("Generated columns cannot be used in COPY."));
        }
        if columns.iter().any(|known| known.name == column.name) {
            return Err(Report::new(SqlState::DUPLICATE_COLUMN, format!("column \"{name}\" specified more than once")));
        }
        columns.push(column.clone());
    }
    Ok(columns)
}

fn unknown(column: &str, table: &str) -> Report {
    Report::new(SqlState::UNDEFINED_COLUMN, format!("column \"{column}\" of relation \"{table}\" does not exist"))
}
