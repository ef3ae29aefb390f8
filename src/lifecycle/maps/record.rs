//! A version of the map as its history keeps it: who, when, why, and what the text is, whole or as a splice of the version before.

use std::collections::HashMap;

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use super::MapError;
use crate::telemetry::calendar::Moment;

/// Splices are added up: what they take may not exceed the text itself by more than this before the text is kept whole again, in bytes.
const SLACK: u64 = 64 << 10;

/// A version of the map.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) version: u64,
    /// The version that it was made from; 0: none.
    pub(super) base: u64,
    pub(super) time: Moment,
    pub(super) author: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
    /// What it changed, in words.
    pub(super) changes: String,
    /// SHA-256 of the text, in hexadecimal digits.
    pub(super) digest: String,
    #[serde(flatten)]
    pub(super) body: Body,
}

/// A text, without the line that counts versions.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Body {
    Text(String),
    Splice(Splice),
}

/// What differs from the base's text.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Splice {
    /// Bytes that stay before it.
    pub(super) at: u64,
    /// Bytes that go.
    pub(super) cut: u64,
    /// What comes instead.
    pub(super) put: String,
}

/// Who changes the map.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signature {
    /// A name.
    pub author: String,
    /// For those who read the history.
    pub reason: Option<String>,
}

pub(super) fn digest_of(text: &str) -> String {
    hex::encode(digest(&SHA256, text.as_bytes()))
}

impl Splice {
    /// What makes `new` of `old`.
    pub(super) fn between(old: &str, new: &str) -> Splice {
        let equal = |one: &u8, other: &u8| one == other;
        let mut same = old.bytes().zip(new.bytes()).take_while(|(one, other)| equal(one, other)).count();
        while !old.is_char_boundary(same) || !new.is_char_boundary(same) {
            same -= 1;
        }
        let (old_rest, new_rest) = (&old[same..], &new[same..]);
        let mut tail = old_rest.bytes().rev().zip(new_rest.bytes().rev()).take_while(|(one, other)| equal(one, other)).count();
        while !old_rest.is_char_boundary(old_rest.len() - tail) || !new_rest.is_char_boundary(new_rest.len() - tail) {
            tail -= 1;
        }
        Splice {
            at: same as u64,
            cut: (old_rest.len() - tail) as u64,
            put: new_rest.get(..new_rest.len() - tail).unwrap_or_default().to_owned(),
        }
    }

    fn apply(&self, text: &str) -> Option<String> {
        let at = usize::try_from(self.at).ok()?;
        let end = at.checked_add(usize::try_from(self.cut).ok()?)?;
        let (before, after) = (text.get(..at)?, text.get(end..)?);
        Some([before, &self.put, after].concat())
    }
}

/// The text of a version, put together from records that hold it and those that it was made from.
pub(super) fn text_of(records: &[Record], version: u64) -> Result<String, MapError> {
    let by_version: HashMap<u64, &Record> = records.iter().map(|record| (record.version, record)).collect();
    let last = by_version.get(&version).ok_or(MapError::NoSuchVersion(version))?;
    let (mut splices, mut at) = (Vec::new(), *last);
    let mut text = loop {
        match &at.body {
            Body::Text(text) => break text.clone(),
            Body::Splice(splice) => splices.push(splice),
        }
        // A base is older, so this ends.
        let base = by_version.get(&at.base).filter(|base| base.version < at.version);
        at = base.ok_or(MapError::NoSuchVersion(version))?;
    };
    for splice in splices.into_iter().rev() {
        text = splice.apply(&text).ok_or(MapError::Damaged(version))?;
    }
    if digest_of(&text) == last.digest { Ok(text) } else { Err(MapError::Damaged(version)) }
}

/// The body of a new version: whole where there is nothing to splice, or where splices have become many.
pub(super) fn body_of(text: &str, base: Option<&str>, spliced: u64) -> Body {
    let Some(base) = base else { return Body::Text(text.to_owned()) };
    let splice = Splice::between(base, text);
    let size = spliced.saturating_add(splice.put.len() as u64);
    if size > text.len() as u64 + SLACK { Body::Text(text.to_owned()) } else { Body::Splice(splice) }
}

/// Bytes of splices since the text was kept whole, up to a version.
pub(super) fn spliced(records: &[Record], version: u64) -> u64 {
    let since = records.iter().rev().skip_while(|record| record.version > version).map(|record| match &record.body {
        Body::Text(_) => None,
        Body::Splice(splice) => Some(splice.put.len() as u64 + 200),
    });
    since.map_while(|size| size).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record(version: u64, base: u64, text: &str, body: Body) -> Record {
        let (time, author, changes) = (Moment::default(), String::new(), String::new());
        Record { version, base, time, author, reason: None, changes, digest: digest_of(text), body }
    }

    proptest! {
        #[test]
        fn any_text_becomes_any_other(old in "[aä\u{1F600}b\n]{0,12}", new in "[aä\u{1F600}b\n]{0,12}") {
            let splice = Splice::between(&old, &new);
            prop_assert_eq!(splice.apply(&old), Some(new.clone()));
            let records = [record(1, 0, &old, Body::Text(old.clone())), record(4, 1, &new, Body::Splice(splice))];
            prop_assert_eq!(text_of(&records, 4).unwrap(), new);
            prop_assert_eq!(text_of(&records, 1).unwrap(), old);
        }
    }

    #[test]
    fn a_small_change_is_kept_as_such() {
        let old = format!("{}status = \"active\"\n{}", "x = 1\n".repeat(1000), "y = 2\n".repeat(1000));
        let new = old.replace("active", "suspended");
        let Body::Splice(splice) = body_of(&new, Some(&old), 0) else { panic!() };
        assert!(splice.put.len() < 12, "{}", splice.put);
        assert!(matches!(body_of(&new, None, 0), Body::Text(_)));
        assert!(matches!(body_of(&new, Some(&old), 1 << 20), Body::Text(_)));
    }

    #[test]
    fn what_is_damaged_is_not_given_out() {
        let damaged = [record(1, 0, "one", Body::Text("two".to_owned()))];
        assert!(matches!(text_of(&damaged, 1), Err(MapError::Damaged(1))));
        assert!(matches!(text_of(&damaged, 2), Err(MapError::NoSuchVersion(2))));
        let splice = Splice { at: 9, cut: 0, put: String::new() };
        let beyond = [record(1, 0, "one", Body::Text("one".to_owned())), record(2, 1, "one", Body::Splice(splice))];
        assert!(matches!(text_of(&beyond, 2), Err(MapError::Damaged(2))));
        let orphan = [record(2, 2, "one", Body::Splice(Splice { at: 0, cut: 0, put: String::new() }))];
        assert!(matches!(text_of(&orphan, 2), Err(MapError::NoSuchVersion(2))));
    }
}
