//! How long a session's statements, transactions and pauses may last.
//!
//! Statements and pauses inside of transactions are timed by the server as well, and more exactly: its settings are held to the plan's. Here they
//! end where a function has changed those settings, transactions where the server has no such limit, sessions where it would have none. What is
//! seen of a session is looked at when it comes to rest, so that a transaction costs a look at the clock, and no timer is set for it.

use std::time::{Duration, Instant};

use crate::{
    error::{Report, SqlState},
    shard_map::Limits,
    tenant::usage::Refusal,
};

/// The server's own timers go first.
const GRACE: Duration = Duration::from_millis(100);
/// A statement that is cancelled has so long to end.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a tenant's sessions have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Times {
    statement: Option<Duration>,
    transaction: Option<Duration>,
    idle_in_transaction: Option<Duration>,
    idle: Option<Duration>,
}

impl Times {
    /// Those of a tenant; none where nothing is limited.
    pub fn of(limits: &Limits) -> Option<Self> {
        let times = Times {
            statement: limits.statement_timeout,
            transaction: limits.transaction_timeout,
            idle_in_transaction: limits.idle_in_transaction_timeout,
            idle: limits.idle_session_timeout,
        };
        let Times { statement, transaction, idle_in_transaction, idle } = times;
        [statement, transaction, idle_in_transaction, idle].iter().any(Option::is_some).then_some(times)
    }
}

/// What a session does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Nothing, and no transaction is open.
    Rest,
    /// It waits for us: a server connection, the catalog.
    Waiting,
    /// A server works for it.
    Running,
    /// Nothing, with a transaction open.
    IdleInTransaction,
}

/// What can be seen of a session from outside.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sight {
    /// What it does.
    pub phase: Phase,
    /// How many commands have completed.
    pub commands: u32,
    /// How many transactions have ended.
    pub transactions: u32,
}

/// A limit that is reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reached {
    /// The statement is to be cancelled.
    Statement,
    /// It was, and goes on.
    StatementStill,
    /// The transaction.
    Transaction,
    /// The pause inside of one.
    IdleInTransaction,
    /// The pause outside.
    Idle,
}

/// Since when a session does what it does.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    seen: Option<(Sight, Instant)>,
    transaction: Option<Instant>,
    cancelled: bool,
}

impl Clock {
    /// Looks at the session; the time is asked for only where something has changed.
    #[inline]
    pub fn look(&mut self, sight: Sight, now: impl FnOnce() -> Instant) {
        if self.seen.is_some_and(|(seen, _)| seen == sight) {
            return;
        }
        let now = now();
        let ended = self.seen.is_none_or(|(seen, _)| seen.transactions != sight.transactions);
        self.seen = Some((sight, now));
        self.cancelled = false;
        let before = if ended { None } else { self.transaction };
        self.transaction = match sight.phase {
            Phase::Rest => None,
            Phase::Waiting => before,
            Phase::Running | Phase::IdleInTransaction => before.or(Some(now)),
        };
    }

    /// The statement has been cancelled for its time.
    pub fn cancelled(&mut self) {
        self.cancelled = true;
    }

    /// The limit that is reached next if nothing changes, and when.
    pub fn next(&self, times: &Times) -> Option<(Instant, Reached)> {
        let (sight, since) = self.seen?;
        let now_doing = match sight.phase {
            Phase::Rest => times.idle.map(|limit| (since + limit, Reached::Idle)),
            Phase::Waiting => None,
            Phase::Running if self.cancelled => times.statement.map(|limit| (since + limit + GRACE + PATIENCE, Reached::StatementStill)),
            Phase::Running => times.statement.map(|limit| (since + limit + GRACE, Reached::Statement)),
            Phase::IdleInTransaction => times.idle_in_transaction.map(|limit| (since + limit + GRACE, Reached::IdleInTransaction)),
        };
        let transaction = self.transaction.zip(times.transaction).map(|(began, limit)| (began + limit, Reached::Transaction));
        now_doing.into_iter().chain(transaction).min_by_key(|(at, _)| *at)
    }
}

impl Reached {
    /// What it counts as.
    pub fn refusal(self) -> Refusal {
        match self {
            Reached::Statement | Reached::StatementStill => Refusal::StatementTime,
            Reached::Transaction => Refusal::TransactionTime,
            Reached::IdleInTransaction => Refusal::IdleInTransactionTime,
            Reached::Idle => Refusal::IdleSessionTime,
        }
    }

    /// What the client is told.
    pub fn report(self, times: &Times) -> Report {
        let (state, what, limit, detail, hint) = match self {
            Reached::Statement | Reached::StatementStill => (
                SqlState::QUERY_CANCELED,
                "canceling statement due to statement timeout",
                times.statement,
                "for a statement (statement_timeout)",
                "Do less in one statement",
            ),
            Reached::Transaction => (
                SqlState::TRANSACTION_TIMEOUT,
                "terminating connection due to transaction timeout",
                times.transaction,
                "for a transaction (transaction_timeout); it has been rolled back",
                "Do less in one transaction",
            ),
            Reached::IdleInTransaction => (
                SqlState::IDLE_IN_TRANSACTION_TIMEOUT,
                "terminating connection due to idle-in-transaction timeout",
                times.idle_in_transaction,
                "of doing nothing inside of a transaction (idle_in_transaction_timeout); it has been rolled back",
                "End transactions before you wait for anything else",
            ),
            Reached::Idle => (
                SqlState::IDLE_SESSION_TIMEOUT,
                "terminating connection due to idle-session timeout",
                times.idle,
                "of doing nothing (idle_session_timeout)",
                "Close connections that aren't used, or let the pool check them",
            ),
        };
        Report::new(state, what)
            .with_detail(format!("The tenant's plan allows {} {detail}.", spelled(limit.unwrap_or_default())))
            .with_hint(format!("{hint}, or ask the operator for a longer time."))
    }
}

/// What the client is told whose login has taken longer than its tenant's plan allows, with a wait for the tenant's server perhaps.
pub fn login_takes_too_long(limit: Duration) -> Report {
    Report::new(SqlState::QUERY_CANCELED, "canceling authentication due to timeout")
        .with_detail(format!("The tenant's plan allows {} for a login (login_timeout).", spelled(limit)))
        .with_hint("Connect again, or ask the operator for a longer time.")
}

/// What the client is told where a server has ended a statement or session for its time; none where that wasn't the plan's.
pub fn of_server(state: SqlState, message: &str, limit: Duration) -> Option<Report> {
    let limit = Some(limit);
    let none = Times { statement: None, transaction: None, idle_in_transaction: None, idle: None };
    match state {
        SqlState::QUERY_CANCELED if message.contains("statement timeout") => {
            Some(Reached::Statement.report(&Times { statement: limit, ..none }))
        }
        SqlState::IDLE_IN_TRANSACTION_TIMEOUT => Some(Reached::IdleInTransaction.report(&Times { idle_in_transaction: limit, ..none })),
        _ => None,
    }
}

/// A time as the shard map spells it, its largest unit first.
fn spelled(time: Duration) -> String {
    let millis = time.as_millis();
    match millis {
        _ if millis == 0 || !millis.is_multiple_of(1000) => format!("{millis} ms"),
        _ if !millis.is_multiple_of(60_000) => format!("{} s", millis / 1000),
        _ if !millis.is_multiple_of(3_600_000) => format!("{} min", millis / 60_000),
        _ => format!("{} h", millis / 3_600_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn times() -> Times {
        let limits = Limits {
            statement_timeout: Some(seconds(30)),
            transaction_timeout: Some(seconds(60)),
            idle_in_transaction_timeout: Some(seconds(10)),
            idle_session_timeout: Some(seconds(600)),
            ..Limits::default()
        };
        Times::of(&limits).unwrap()
    }

    /// A session that is looked at: after so many seconds it was seen like that, and this is what comes next.
    fn told(sights: &[(u64, Phase, u32, u32)]) -> Vec<Option<(u128, Reached)>> {
        let (begun, mut clock) = (Instant::now(), Clock::default());
        let look = |&(after, phase, commands, transactions): &(u64, Phase, u32, u32)| {
            clock.look(Sight { phase, commands, transactions }, || begun + seconds(after));
            clock.next(&times()).map(|(at, reached)| ((at - begun).as_millis(), reached))
        };
        sights.iter().map(look).collect()
    }

    #[test]
    fn each_thing_has_its_time() {
        let next = told(&[
            (0, Phase::Rest, 0, 0),
            (5, Phase::Waiting, 0, 0),
            (7, Phase::Running, 0, 0),
            (8, Phase::IdleInTransaction, 1, 0),
            (12, Phase::Running, 1, 0),
            (45, Phase::Running, 2, 0),
            (50, Phase::Rest, 3, 1),
        ]);
        let expected = [
            Some((600_000, Reached::Idle)),
            None,
            Some((37_100, Reached::Statement)),
            Some((18_100, Reached::IdleInTransaction)),
            Some((42_100, Reached::Statement)),
            // The transaction began at 7.
            Some((67_000, Reached::Transaction)),
            Some((650_000, Reached::Idle)),
        ];
        assert_eq!(next, expected);
    }

    #[test]
    fn a_pipeline_of_transactions_is_not_one() {
        let next = told(&[(0, Phase::Running, 0, 0), (40, Phase::Running, 7, 5), (55, Phase::Waiting, 9, 5), (56, Phase::Running, 9, 5)]);
        assert_eq!(next[1], Some((70_100, Reached::Statement)));
        assert_eq!(next[2], Some((100_000, Reached::Transaction)));
        assert_eq!(next[3], Some((86_100, Reached::Statement)));
    }

    #[test]
    fn a_statement_that_does_not_hear_ends_its_session() {
        let begun = Instant::now();
        let mut clock = Clock::default();
        let sight = Sight { phase: Phase::Running, commands: 0, transactions: 0 };
        clock.look(sight, || begun);
        clock.cancelled();
        clock.look(sight, || panic!("nothing has changed"));
        assert_eq!(clock.next(&times()), Some((begun + seconds(35) + GRACE, Reached::StatementStill)));
    }

    #[test]
    fn what_is_told() {
        let report = Reached::Transaction.report(&times());
        assert_eq!(report.state, SqlState::TRANSACTION_TIMEOUT);
        assert!(report.detail.unwrap().contains("allows 1 min for a transaction"));
        assert_eq!(of_server(SqlState::QUERY_CANCELED, "canceling statement due to user request", seconds(30)), None);
        let own = of_server(SqlState::QUERY_CANCELED, "canceling statement due to statement timeout", seconds(30)).unwrap();
        assert!(own.detail.unwrap().contains("30 s"));
        assert!(Times::of(&Limits::default()).is_none());
        assert_eq!([1500, 0, 90_000, 7_200_000].map(|ms| spelled(Duration::from_millis(ms))), ["1500 ms", "0 ms", "90 s", "2 h"]);
    }
}
