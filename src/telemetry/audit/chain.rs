//! Lines of the trail, and the hashes that tie them together.
//!
//! A line is an object whose last key is `hash`: SHA-256 of the hash before it (64 hexadecimal digits; zeros before the first line) and of the
//! line's own bytes up to the comma before `"hash"`. The first line of each file says the hash before it as `prev`.

use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use super::Event;
use crate::telemetry::calendar::Moment;

/// What stands before the hash.
const SEAL: &str = ",\"hash\":\"";
/// Hexadecimal digits of a hash.
const DIGITS: usize = 64;

/// Where a trail has come to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Link {
    /// The number of the last line.
    pub(super) seq: u64,
    /// Its hash.
    pub(super) hash: String,
}

/// What stands around an event.
#[derive(Serialize)]
struct Line<'a> {
    seq: u64,
    time: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    prev: Option<&'a str>,
    #[serde(flatten)]
    event: &'a Event,
}

/// What a check needs of a line.
#[derive(Deserialize)]
struct Seen {
    seq: u64,
    prev: Option<String>,
}

/// A line of a file.
pub(super) struct Sealed<'a> {
    /// Its number.
    pub(super) seq: u64,
    /// The hash before it, where it says it.
    pub(super) prev: Option<String>,
    /// Its own hash.
    pub(super) hash: &'a str,
    body: &'a str,
}

impl Link {
    /// Before the first line.
    pub(super) fn first() -> Self {
        Link { seq: 0, hash: "0".repeat(DIGITS) }
    }

    /// The next line, with its line break.
    pub(super) fn line(&self, time: Moment, event: &Event, begins_file: bool) -> (Link, String) {
        let line = Line { seq: self.seq + 1, time, prev: begins_file.then_some(self.hash.as_str()), event };
        // Nothing in it can fail to be written as JSON.
        let mut text = serde_json::to_string(&line).unwrap_or_default();
        text.pop();
        let hash = hash(&self.hash, &text);
        text.push_str(&format!("{SEAL}{hash}\"}}\n"));
        (Link { seq: line.seq, hash }, text)
    }
}

impl<'a> Sealed<'a> {
    /// Reads a line without its line break; none where it can't be one.
    pub(super) fn read(line: &'a str) -> Option<Self> {
        let (body, rest) = line.rsplit_once(SEAL)?;
        let hash = rest.strip_suffix("\"}").filter(|hash| hash.len() == DIGITS)?;
        let seen: Seen = serde_json::from_str(line).ok()?;
        Some(Sealed { seq: seen.seq, prev: seen.prev, hash, body })
    }

    /// Whether it follows a hash.
    pub(super) fn follows(&self, before: &str) -> bool {
        hash(before, self.body) == self.hash
    }

    /// Where the trail has come to with it.
    pub(super) fn link(&self) -> Link {
        Link { seq: self.seq, hash: self.hash.to_owned() }
    }
}

fn hash(before: &str, body: &str) -> String {
    let mut context = Context::new(&SHA256);
    context.update(before.as_bytes());
    context.update(body.as_bytes());
    hex::encode(context.finish())
}
