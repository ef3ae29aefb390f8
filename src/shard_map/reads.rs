//! Where a tenant's reads may go, and how old what they find may be.

use std::time::Duration;

use serde::Deserialize;

/// The part of a plan that is about reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReadRules {
    /// Whether they may go to replicas.
    pub replicas: ReadReplicas,
    /// What they must not miss.
    pub consistency: Consistency,
    /// A replica that is further behind isn't read.
    pub max_lag: Duration,
    /// How long a read waits for a replica to catch up before it goes to the primary.
    pub wait: Duration,
}

impl Default for ReadRules {
    fn default() -> Self {
        ReadRules {
            replicas: ReadReplicas::Never,
            consistency: Consistency::Session,
            max_lag: Duration::from_secs(5),
            wait: Duration::ZERO,
        }
    }
}

/// Whether a tenant's reads may go to replicas.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ReadReplicas {
    /// They don't.
    #[default]
    Never,
    /// Those of sessions that ask for it.
    OnRequest,
    /// All, but for those of sessions that ask for the primary.
    ByDefault,
}

/// What a read must not miss.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Consistency {
    /// What its session has written or seen.
    #[default]
    Session,
    /// What any session of its tenant has written, as far as this proxy knows.
    Tenant,
    /// Nothing in particular: it may be as old as the plan's `max_lag`.
    Eventual,
}

impl Consistency {
    /// The file's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Consistency::Session => "session",
            Consistency::Tenant => "tenant",
            Consistency::Eventual => "eventual",
        }
    }
}
