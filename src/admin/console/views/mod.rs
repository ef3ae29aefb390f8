//! Everything that SHOW shows: names, columns, and where the rows come from.
//!
//! Names, columns, their order and their types of `bouncer`, `sockets` and `stats` are those of PgBouncer 1.25, whose tools read them.

mod bouncer;
mod config;
mod help;
mod own;
mod sockets;
mod stats;

use std::{ops::ControlFlow, time::SystemTime};

pub(super) use config::keys as config_keys;

use super::{
    Desk,
    table::{Column, Kind, Row, Value},
};
use crate::{session::operator::Role, telemetry::calendar::Moment};

/// What `SHOW VERSION` says: tools look for PgBouncer's number in it, to know the columns.
pub(crate) const VERSION: &str = concat!("PgBouncer 1.25.1 compatible (pgtenant ", env!("CARGO_PKG_VERSION"), ")");

/// The names under which the console is a database.
pub(crate) const CONSOLE: [&str; 2] = ["pgtenant", "pgbouncer"];

/// Takes rows; it breaks where no more are wanted.
pub(crate) type Rows<'a> = dyn FnMut(Row) -> ControlFlow<()> + 'a;

/// Something to look at.
pub(crate) struct View {
    pub(crate) name: &'static str,
    /// In a few words.
    pub(crate) about: &'static str,
    pub(crate) needs: Role,
    columns: &'static [(&'static str, Kind)],
    pub(crate) produce: fn(&Desk, &mut Rows<'_>) -> ControlFlow<()>,
}

impl View {
    pub(crate) fn columns(&self) -> Vec<Column> {
        self.columns.iter().map(|(name, kind)| Column { name: (*name).into(), kind: *kind }).collect()
    }
}

/// Every view.
pub(crate) fn all() -> impl Iterator<Item = &'static View> {
    [bouncer::VIEWS, sockets::VIEWS, stats::VIEWS, config::VIEWS, own::VIEWS, help::VIEWS].into_iter().flatten()
}

/// The view of a name.
pub(crate) fn find(name: &str) -> Option<&'static View> {
    all().find(|view| view.name.eq_ignore_ascii_case(name))
}

fn text(text: impl Into<String>) -> Value {
    Value::text(text)
}

fn optional(value: Option<impl Into<String>>) -> Value {
    value.map_or(Value::Null, Value::text)
}

fn word(word: &'static str) -> Value {
    Value::Text(word.into())
}

fn number(number: impl Into<i64>) -> Value {
    Value::Integer(number.into())
}

fn count(count: u64) -> Value {
    Value::count(count)
}

fn maybe(number: Option<impl Into<u64>>) -> Value {
    number.map_or(Value::Null, |number| Value::count(number.into()))
}

fn flag(truth: bool) -> Value {
    Value::Integer(truth.into())
}

/// A time as PgBouncer writes it: `2026-01-31 23:59:59 UTC`.
fn time(at: SystemTime) -> Value {
    let moment = Moment::from(at).to_string();
    let seconds = moment.get(..19).unwrap_or_default().replace('T', " ");
    Value::text(format!("{seconds} UTC"))
}

/// Gives all of these rows.
fn give(rows: impl IntoIterator<Item = Row>, sink: &mut Rows<'_>) -> ControlFlow<()> {
    rows.into_iter().try_for_each(sink)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_of_a_kind() {
        let mut names: Vec<&str> = all().map(|view| view.name).collect();
        names.sort_unstable();
        let mut once = names.clone();
        once.dedup();
        assert_eq!(names, once);
    }

    #[test]
    fn times() {
        let at = SystemTime::UNIX_EPOCH + std::time::Duration::from_millis(1_769_903_999_500);
        assert_eq!(time(at), Value::text("2026-01-31 23:59:59 UTC"));
    }
}
