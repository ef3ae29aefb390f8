//! TOML text into typed values, with all that is wrong at once.
//!
//! serde stops at the first error of a struct. Here a section that fails is read again without the key that failed, until
//! nothing fails, so each wrong key gets its complaint. All keys are therefore optional for serde, and whoever needs one says so.

use serde::Deserialize;
use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue, Error, ValueDeserializer},
};

use super::complaint::Finding;

/// A key that may be absent, with its place.
pub(crate) type Field<T> = Option<Spanned<T>>;

/// Complaints about one snippet of a file. Offsets that go in are the snippet's, those that come out are the file's.
pub(crate) struct Findings {
    list: Vec<Finding>,
    /// Where pieces of the snippet begin: (offset in the snippet, offset in the file), ascending.
    pieces: Vec<(usize, usize)>,
    /// Keys of the section read last that have been complained about.
    failed: Vec<String>,
}

impl Findings {
    /// For a snippet that is one piece of the file, from `start` on.
    pub(crate) fn from(start: usize) -> Self {
        Findings::of_pieces(vec![(0, start)])
    }

    /// For a snippet made of several pieces.
    pub(crate) fn of_pieces(pieces: Vec<(usize, usize)>) -> Self {
        Findings { list: Vec::new(), pieces, failed: Vec::new() }
    }

    /// A snippet's offset in the file.
    pub(crate) fn in_file(&self, at: usize) -> usize {
        let piece = self.pieces.partition_point(|(start, _)| *start <= at).saturating_sub(1);
        let (start, file) = self.pieces.get(piece).copied().unwrap_or((0, 0));
        file + at.saturating_sub(start)
    }

    /// A complaint at an offset of the snippet.
    pub(crate) fn add(&mut self, at: usize, message: impl Into<String>) {
        let at = self.in_file(at);
        self.list.push(Finding { at, message: message.into(), expected: None });
    }

    /// A complaint that says what was expected.
    pub(crate) fn expect(&mut self, at: usize, message: impl Into<String>, expected: impl Into<String>) {
        let at = self.in_file(at);
        self.list.push(Finding { at, message: message.into(), expected: Some(expected.into()) });
    }

    /// A complaint about a key that isn't there, unless it is and has been complained about.
    pub(crate) fn missing(&mut self, at: usize, key: &str, message: impl Into<String>, expected: impl Into<String>) {
        if !self.has_failed(key) {
            self.expect(at, message, expected);
        }
    }

    /// Whether that key of the section read last has been complained about.
    pub(crate) fn has_failed(&self, key: &str) -> bool {
        self.failed.iter().any(|failed| failed == key)
    }

    pub(crate) fn into_list(self) -> Vec<Finding> {
        self.list
    }

    fn add_error(&mut self, error: &Error, fallback: usize) {
        let at = error.span().map_or(fallback, |span| span.start);
        let message = error.message();
        match message.rsplit_once(", expected ") {
            Some((message, expected)) => self.expect(at, message, in_words(expected)),
            None => self.add(at, message),
        }
    }
}

/// serde's names of types, in words.
fn in_words(expected: &str) -> String {
    match expected {
        "u16" | "u32" | "u64" | "usize" => "a whole number, not negative".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "struct" | "a map" => "a table".to_owned(),
        _ if expected.starts_with("struct ") => "a table".to_owned(),
        _ => expected.to_owned(),
    }
}

/// The document's tables. Where the text isn't TOML, every syntax error is a complaint and there is no table.
pub(crate) fn parse<'t>(text: &'t str, findings: &mut Findings) -> Option<DeTable<'t>> {
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        findings.add_error(error, 0);
    }
    errors.is_empty().then(|| root.into_inner())
}

/// One section as a struct of optional keys; keys that fail are complained about and left out.
pub(crate) fn read<'t, T: Deserialize<'t>>(value: &Spanned<DeValue<'t>>, findings: &mut Findings) -> Option<T> {
    findings.failed.clear();
    let first = match T::deserialize(ValueDeserializer::from(value.clone())) {
        Ok(read) => return Some(read),
        Err(error) => error,
    };
    findings.add_error(&first, value.span().start);
    let mut value = value.clone();
    let mut error = first;
    loop {
        let place = error.span()?;
        let DeValue::Table(table) = value.get_mut() else { return None };
        findings.failed.push(remove(table, place.start)?);
        match T::deserialize(ValueDeserializer::from(value.clone())) {
            Ok(read) => return Some(read),
            Err(next) => error = next,
        }
        findings.add_error(&error, value.span().start);
    }
}

/// Takes out the innermost key that an error's place belongs to.
fn remove(table: &mut DeTable<'_>, at: usize) -> Option<String> {
    let mut failed: Option<Spanned<DeString<'_>>> = None;
    for (key, value) in table.iter() {
        let own = key.span().contains(&at) || value.span().contains(&at);
        if own && !matches!(value.get_ref(), DeValue::Table(_)) {
            failed = Some(key.clone());
        }
    }
    if let Some(key) = failed {
        return table.remove(&key).map(|_| key.into_inner().into_owned());
    }
    let mut inner: Vec<Spanned<DeString<'_>>> = Vec::new();
    for (key, value) in table.iter() {
        if matches!(value.get_ref(), DeValue::Table(_)) {
            inner.push(key.clone());
        }
    }
    for key in inner {
        let Some(mut value) = table.remove(&key) else { continue };
        let own = key.span().contains(&at) || value.span().contains(&at);
        let removed = match value.get_mut() {
            DeValue::Table(inner) => remove(inner, at),
            _ => None,
        };
        if removed.is_some() {
            table.insert(key, value);
            return removed;
        }
        if own {
            return Some(key.into_inner().into_owned());
        }
        table.insert(key, value);
    }
    None
}

/// The entries of a table of named sections (`[shards.NAME]`), in the file's order.
pub(crate) fn sections<'a, 't>(
    value: &'a Spanned<DeValue<'t>>,
    expected: &str,
    findings: &mut Findings,
) -> Vec<(&'a Spanned<DeString<'t>>, &'a Spanned<DeValue<'t>>)> {
    let DeValue::Table(table) = value.get_ref() else {
        findings.expect(value.span().start, format!("{} instead of sections", value.get_ref().type_str()), expected);
        return Vec::new();
    };
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// The value's offset, or that of the section where the key is absent.
pub(crate) fn place<T>(field: &Field<T>, section: usize) -> usize {
    field.as_ref().map_or(section, |value| value.span().start)
}

/// The value without its place.
pub(crate) fn value<T: Clone>(field: &Field<T>) -> Option<T> {
    field.as_ref().map(|value| value.get_ref().clone())
}

/// The keys that a struct accepts, as its derived reader tells them.
#[cfg(test)]
pub(crate) fn keys_of<T: for<'t> Deserialize<'t>>() -> Vec<String> {
    use serde::de::{self, Deserializer, Visitor};

    struct Asker<'a>(&'a mut Vec<String>);
    impl<'de> Deserializer<'de> for Asker<'_> {
        type Error = de::value::Error;

        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
            Err(de::Error::custom("only structs"))
        }
        fn deserialize_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            fields: &'static [&'static str],
            _: V,
        ) -> Result<V::Value, Self::Error> {
            self.0.extend(fields.iter().map(|field| (*field).to_owned()));
            Err(de::Error::custom("asked"))
        }
        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
            newtype_struct seq tuple tuple_struct map enum identifier ignored_any
        }
    }
    let mut keys = Vec::new();
    let asked = T::deserialize(Asker(&mut keys));
    assert!(asked.is_err() && !keys.is_empty());
    keys
}
