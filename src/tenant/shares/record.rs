//! What a proxy tells the others: which of them it knows, and what it holds of what.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::Key;

/// The form of records; those of another one can't be read.
const FORM: u32 = 1;

/// A proxy, for as long as its process lives.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProxyId(Box<str>);

impl ProxyId {
    /// From random bytes.
    pub fn new(random: [u8; 8]) -> Self {
        ProxyId(hex::encode(random).into())
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// From its text; none for any other.
    pub fn read(text: &str) -> Option<Self> {
        (text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| ProxyId(text.into()))
    }
}

impl fmt::Display for ProxyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a proxy says of one limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Entry {
    /// So much may nobody else have: what it uses at most, from before it says so until it says otherwise.
    #[serde(rename = "h")]
    pub held: u64,
    /// So much it could use.
    #[serde(rename = "w")]
    pub want: u64,
    /// So much of it can't be given up at present: clients that are connected.
    #[serde(rename = "f", default, skip_serializing_if = "is_zero")]
    pub fixed: u64,
    /// Its part of what isn't enough for all, beside others'.
    #[serde(rename = "p")]
    pub weight: u64,
    /// What it has had too little of whole units for some time, in thousandths of a unit times seconds.
    #[serde(rename = "a", default, skip_serializing_if = "is_nothing")]
    pub arrears: i64,
    /// When the next statement of all proxies may come, in milliseconds of the store's time; 0: at any time.
    #[serde(rename = "n", default, skip_serializing_if = "is_zero")]
    pub next: u64,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

fn is_nothing(number: &i64) -> bool {
    *number == 0
}

/// What a proxy says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Record {
    form: u32,
    /// Who says it.
    pub id: ProxyId,
    /// Its name, for people.
    pub name: String,
    /// The system that it runs on, since when that was started; empty where that isn't known.
    #[serde(default)]
    pub system: String,
    /// Another one with each change and each sign of life.
    pub beat: u64,
    /// Among whom it divides evenly whatever isn't listed; itself included. Nobody: it holds nothing that isn't listed.
    pub members: Vec<ProxyId>,
    /// It has gone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left: bool,
    /// What it says of single limits.
    pub entries: BTreeMap<Key, Entry>,
}

/// Why a record can't be read.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// It isn't one.
    #[error("not a record: {0}")]
    Json(#[from] serde_json::Error),
    /// It is one of another form.
    #[error("a record of form {0}, written by another version")]
    Form(u32),
}

impl Record {
    /// A record that says nothing yet.
    pub fn new(id: ProxyId, name: String) -> Self {
        Record { form: FORM, id, name, system: String::new(), beat: 0, members: Vec::new(), left: false, entries: BTreeMap::new() }
    }

    /// The same, of a proxy on that system.
    #[must_use]
    pub fn on(self, system: &str) -> Self {
        Record { system: system.to_owned(), ..self }
    }

    /// Reads one.
    ///
    /// # Errors
    /// See [`RecordError`].
    pub fn read(text: &str) -> Result<Self, RecordError> {
        let record: Record = serde_json::from_str(text)?;
        if record.form == FORM { Ok(record) } else { Err(RecordError::Form(record.form)) }
    }

    /// As it is kept in a store.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
