//! What the console shows: columns with types, and rows of values.

use std::{borrow::Cow, cmp::Ordering};

use crate::wire::{synthetic::frame, tag::server};

/// A column's type. The object ids: PostgreSQL's `src/include/catalog/pg_type.dat`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// `text`.
    Text,
    /// `int4`.
    Int4,
    /// `int8`.
    Int8,
    /// `numeric`.
    Numeric,
    /// `float8`.
    Float8,
    /// `bool`.
    Bool,
}

impl Kind {
    /// Its object id.
    pub(crate) fn oid(self) -> u32 {
        match self {
            Kind::Text => 25,
            Kind::Int4 => 23,
            Kind::Int8 => 20,
            Kind::Numeric => 1700,
            Kind::Float8 => 701,
            Kind::Bool => 16,
        }
    }

    /// Its size in bytes; -1: it varies.
    fn size(self) -> i16 {
        match self {
            Kind::Text | Kind::Numeric => -1,
            Kind::Int4 => 4,
            Kind::Int8 | Kind::Float8 => 8,
            Kind::Bool => 1,
        }
    }

    /// Whether its values are numbers.
    pub(crate) fn is_number(self) -> bool {
        !matches!(self, Kind::Text | Kind::Bool)
    }

    /// Its name.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Int4 => "integer",
            Kind::Int8 => "bigint",
            Kind::Numeric => "numeric",
            Kind::Float8 => "double precision",
            Kind::Bool => "boolean",
        }
    }
}

/// A column: its name and its type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Column {
    pub(crate) name: Cow<'static, str>,
    pub(crate) kind: Kind,
}

/// A value. Which of them stands in a column, its [`Kind`] says: whole numbers are one variant for all kinds of them.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Value {
    Null,
    Text(Cow<'static, str>),
    Integer(i64),
    Float(f64),
    Bool(bool),
}

/// A row.
pub(crate) type Row = Vec<Value>;

impl Value {
    /// A text.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Value::Text(Cow::Owned(text.into()))
    }

    /// A count, as far as the column's type goes.
    pub(crate) fn count(count: u64) -> Self {
        Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// Which of two comes first; none where one is NULL, or they can't be compared.
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Value::Text(one), Value::Text(other)) => Some(one.cmp(other)),
            (Value::Integer(one), Value::Integer(other)) => Some(one.cmp(other)),
            (Value::Bool(one), Value::Bool(other)) => Some(one.cmp(other)),
            _ => self.number()?.partial_cmp(&other.number()?),
        }
    }

    fn number(&self) -> Option<f64> {
        match self {
            Value::Integer(number) => Some(*number as f64),
            Value::Float(number) => Some(*number),
            Value::Null | Value::Text(_) | Value::Bool(_) => None,
        }
    }

    /// As PostgreSQL writes it; none: NULL.
    pub(crate) fn to_text(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Value::Null => return None,
            Value::Text(text) => Cow::Borrowed(text),
            Value::Integer(number) => Cow::Owned(number.to_string()),
            Value::Float(number) => Cow::Owned(number.to_string()),
            Value::Bool(true) => Cow::Borrowed("t"),
            Value::Bool(false) => Cow::Borrowed("f"),
        })
    }

    /// Reads a text as a type has it; none where it isn't one of its values.
    pub(crate) fn read(text: &str, kind: Kind) -> Option<Self> {
        let trimmed = text.trim();
        Some(match kind {
            Kind::Text => Value::text(text),
            Kind::Int4 => Value::Integer(trimmed.parse::<i32>().ok()?.into()),
            Kind::Int8 => Value::Integer(trimmed.parse().ok()?),
            Kind::Numeric => match trimmed.parse() {
                Ok(number) => Value::Integer(number),
                Err(_) => Value::Float(trimmed.parse().ok()?),
            },
            Kind::Float8 => Value::Float(trimmed.parse().ok()?),
            Kind::Bool => match trimmed.to_ascii_lowercase().as_str() {
                "t" | "true" | "on" | "yes" | "y" | "1" => Value::Bool(true),
                "f" | "false" | "off" | "no" | "n" | "0" => Value::Bool(false),
                _ => return None,
            },
        })
    }

    fn write_binary(&self, kind: Kind, out: &mut Vec<u8>) {
        match (self, kind) {
            (Value::Integer(number), Kind::Int4) => {
                let clamped = i32::try_from(*number).unwrap_or(if *number < 0 { i32::MIN } else { i32::MAX });
                out.extend_from_slice(&clamped.to_be_bytes());
            }
            (Value::Integer(number), Kind::Int8) => out.extend_from_slice(&number.to_be_bytes()),
            (Value::Integer(number), Kind::Numeric) => write_numeric(*number, out),
            (Value::Integer(number), Kind::Float8) => out.extend_from_slice(&(*number as f64).to_be_bytes()),
            (Value::Float(number), Kind::Float8) => out.extend_from_slice(&number.to_be_bytes()),
            (Value::Float(number), Kind::Numeric) => write_numeric(*number as i64, out),
            (Value::Bool(truth), _) => out.push(u8::from(*truth)),
            (other, _) => out.extend_from_slice(other.to_text().unwrap_or_default().as_bytes()),
        }
    }
}

/// A whole number as `numeric_send` writes it: count, weight, sign and scale, then digits to the base of 10,000.
/// `src/backend/utils/adt/numeric.c`.
fn write_numeric(number: i64, out: &mut Vec<u8>) {
    const BASE: u64 = 10_000;
    const NEGATIVE: i16 = 0x4000;
    let mut digits: Vec<i16> = Vec::new();
    let mut rest = number.unsigned_abs();
    while rest > 0 {
        digits.push((rest % BASE) as i16);
        rest /= BASE;
    }
    let count = digits.len() as i16;
    let sign = if number < 0 { NEGATIVE } else { 0 };
    for part in [count, (count - 1).max(0), sign, 0].iter().chain(digits.iter().rev()) {
        out.extend_from_slice(&part.to_be_bytes());
    }
}

/// Which columns are sent in binary: as Bind (F) says it, none for all as text, one for all of them, or one for each.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Formats(pub(crate) Vec<bool>);

impl Formats {
    pub(crate) fn is_binary(&self, column: usize) -> bool {
        match &*self.0 {
            [] => false,
            [all] => *all,
            each => each.get(column).copied().unwrap_or_default(),
        }
    }
}

/// Appends RowDescription (B).
pub(crate) fn write_description(columns: &[Column], formats: &Formats, out: &mut Vec<u8>) {
    frame(out, server::ROW_DESCRIPTION, |out| {
        out.extend_from_slice(&(columns.len() as u16).to_be_bytes());
        for (place, Column { name, kind }) in columns.iter().enumerate() {
            out.extend_from_slice(name.as_bytes());
            // NUL; no table, and no column of one.
            out.extend_from_slice(&[0; 7]);
            out.extend_from_slice(&kind.oid().to_be_bytes());
            out.extend_from_slice(&kind.size().to_be_bytes());
            out.extend_from_slice(&(-1_i32).to_be_bytes());
            out.extend_from_slice(&u16::from(formats.is_binary(place)).to_be_bytes());
        }
    });
}

/// Appends DataRow (B).
pub(crate) fn write_row(columns: &[Column], row: &[Value], formats: &Formats, out: &mut Vec<u8>) {
    frame(out, server::DATA_ROW, |out| {
        out.extend_from_slice(&(columns.len() as u16).to_be_bytes());
        for (place, (column, value)) in columns.iter().zip(row).enumerate() {
            if *value == Value::Null {
                out.extend_from_slice(&(-1_i32).to_be_bytes());
                continue;
            }
            let start = out.len();
            out.extend_from_slice(&[0; 4]);
            match formats.is_binary(place) {
                true => value.write_binary(column.kind, out),
                false => out.extend_from_slice(value.to_text().unwrap_or_default().as_bytes()),
            }
            let length = (out.len() - start - 4) as u32;
            if let Some(place) = out.get_mut(start..start + 4) {
                place.copy_from_slice(&length.to_be_bytes());
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerics_in_binary() {
        let binary = |number| {
            let mut out = Vec::new();
            write_numeric(number, &mut out);
            out.chunks(2).map(|pair| i16::from_be_bytes([pair[0], pair[1]])).collect::<Vec<_>>()
        };
        assert_eq!(binary(0), [0, 0, 0, 0]);
        assert_eq!(binary(12_345_678), [2, 1, 0, 0, 1234, 5678]);
        assert_eq!(binary(-10_000), [2, 1, 0x4000, 0, 1, 0]);
        assert_eq!(binary(i64::MAX), [5, 4, 0, 0, 922, 3372, 368, 5477, 5807]);
    }

    #[test]
    fn values_compare_as_numbers_or_texts() {
        assert_eq!(Value::Integer(9).compare(&Value::Float(9.5)), Some(Ordering::Less));
        assert_eq!(Value::text("b").compare(&Value::text("a")), Some(Ordering::Greater));
        assert_eq!(Value::Null.compare(&Value::Integer(1)), None);
        assert_eq!(Value::read("1.5", Kind::Numeric), Some(Value::Float(1.5)));
        assert_eq!(Value::read("x", Kind::Int4), None);
    }
}
