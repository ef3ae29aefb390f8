//! What is recorded.

use serde::Serialize;

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The trail begins, or goes on after a restart.
    Begin,
    /// The trail goes on in another file.
    Rotated,
    /// The proxy ends.
    End,
    /// Events were dropped: the writer was behind.
    Dropped,
    /// The file was changed by somebody else.
    Tampered,
    /// A session was let in.
    Login,
    /// A session wasn't let in.
    LoginFailed,
    /// A session acts for another tenant.
    Tenant,
    /// Statements were refused.
    Refused,
    /// A session was ended.
    Killed,
    /// An address, or a login from there, isn't let in for a while.
    Banned,
    /// A ban was lifted.
    BanLifted,
    /// Another version of the shard map was taken.
    Map,
    /// An operator has told the proxy to do something.
    Operator,
}

/// An event. What isn't known isn't written.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Event {
    event: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    login: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    peer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    what: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
}

/// Longer texts are cut, in characters.
const LONGEST: usize = 1000;

fn text(text: impl ToString) -> Option<String> {
    let text = text.to_string();
    Some(match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    })
}

impl Event {
    /// An event of a kind.
    pub fn new(event: Kind) -> Self {
        Event { event, login: None, tenant: None, peer: None, session: None, state: None, reason: None, what: None, count: None }
    }

    /// Whose session it is, or who has told the proxy to do it.
    #[must_use]
    pub fn login(self, login: impl ToString) -> Self {
        Event { login: text(login), ..self }
    }

    /// Whose data it is about.
    #[must_use]
    pub fn tenant(self, tenant: Option<impl ToString>) -> Self {
        Event { tenant: tenant.and_then(text), ..self }
    }

    /// Where it came from.
    #[must_use]
    pub fn peer(self, peer: impl ToString) -> Self {
        Event { peer: text(peer), ..self }
    }

    /// The session's number.
    #[must_use]
    pub fn session(self, session: u32) -> Self {
        Event { session: Some(session), ..self }
    }

    /// The SQLSTATE that the client was told.
    #[must_use]
    pub fn state(self, state: impl ToString) -> Self {
        Event { state: text(state), ..self }
    }

    /// Why. Never anything that a client's statement or an operator's file may hold as a secret.
    #[must_use]
    pub fn reason(self, reason: impl ToString) -> Self {
        Event { reason: text(reason), ..self }
    }

    /// What was done.
    #[must_use]
    pub fn what(self, what: impl ToString) -> Self {
        Event { what: text(what), ..self }
    }

    /// How often.
    #[must_use]
    pub fn count(self, count: u64) -> Self {
        Event { count: Some(count), ..self }
    }
}
