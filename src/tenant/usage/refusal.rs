//! Why a tenant's clients didn't get what they asked for, by the proxy's own word.

use crate::error::SqlState;

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {
        /// Why something was refused.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        pub enum Refusal {$(
            $(#[$doc])*
            $name,
        )*}

        impl Refusal {
            /// All of them.
            pub const ALL: &[Refusal] = &[$(Refusal::$name),*];

            /// The word for it in records.
            pub fn as_str(self) -> &'static str {
                match self {$(Refusal::$name => $word,)*}
            }
        }
    };
}

refusals! {
    /// The gate: the text isn't PostgreSQL's grammar.
    Syntax = "syntax";
    /// The gate: it names what isn't there.
    Unknown = "unknown";
    /// The gate: the tenant may not do that.
    Forbidden = "forbidden";
    /// The proxy doesn't do that.
    Unsupported = "unsupported";
    /// The gate: a text is too long or too deep.
    TooLarge = "too_large";
    /// The tenant is read-only.
    ReadOnly = "read_only";
    /// The tenant is suspended.
    Suspended = "suspended";
    /// `queries_per_second`.
    Rate = "rate";
    /// `max_clients`, the tenant's, its login's or the proxy's.
    Clients = "clients";
    /// No server connection came free in time.
    Queue = "queue";
    /// The tenant's server can't be reached.
    Unavailable = "unavailable";
    /// `statement_timeout`.
    StatementTime = "statement_timeout";
    /// `transaction_timeout`.
    TransactionTime = "transaction_timeout";
    /// `idle_in_transaction_timeout`.
    IdleInTransactionTime = "idle_in_transaction_timeout";
    /// `idle_session_timeout`.
    IdleSessionTime = "idle_session_timeout";
    /// `timeouts.client_stall`: a client kept others waiting.
    ClientStall = "client_stall";
    /// `rows_per_result`.
    Rows = "rows";
    /// `storage`.
    Storage = "storage";
    /// Memory for sessions.
    Memory = "memory";
}

/// How many there are.
pub const REFUSALS: usize = Refusal::ALL.len();

impl Refusal {
    /// What a report of the proxy's to a session's statement stands for; none where a server would say the same.
    pub fn of(state: SqlState) -> Option<Refusal> {
        Some(match state.as_str() {
            "42601" => Refusal::Syntax,
            "42P01" | "42883" => Refusal::Unknown,
            "42501" => Refusal::Forbidden,
            "0A000" => Refusal::Unsupported,
            "54000" | "54001" => Refusal::TooLarge,
            "25006" => Refusal::ReadOnly,
            "53400" => Refusal::Rate,
            "53300" => Refusal::Queue,
            "08006" | "57P03" => Refusal::Unavailable,
            "53100" => Refusal::Storage,
            "53200" => Refusal::Memory,
            _ => return None,
        })
    }

    /// What a report stands for that takes the place of a running statement's outcome.
    pub fn of_running(state: SqlState) -> Option<Refusal> {
        Some(match state {
            SqlState::QUERY_CANCELED => Refusal::StatementTime,
            SqlState::IDLE_IN_TRANSACTION_TIMEOUT => Refusal::IdleInTransactionTime,
            SqlState::PROGRAM_LIMIT_EXCEEDED => Refusal::Rows,
            SqlState::DISK_FULL => Refusal::Storage,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_one_of_a_kind() {
        let mut words: Vec<_> = Refusal::ALL.iter().map(|refusal| refusal.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), REFUSALS);
        assert!(words.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
        assert_eq!(Refusal::of(SqlState::IN_FAILED_SQL_TRANSACTION), None);
        assert_eq!(Refusal::of(SqlState::CONFIGURATION_LIMIT_EXCEEDED), Some(Refusal::Rate));
    }
}
