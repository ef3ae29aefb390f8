//! What the proxy refuses by itself, in its place among the replies and so that a server's transaction fails with it.

use super::{super::ledger::Owed, Attached, Conversation};
use crate::{
    error::{Report, Severity, SqlState},
    wire::synthetic,
};

/// A text that no server parses: what is refused inside a transaction must fail there, so that the transaction fails too.
pub(super) const FAILING_TEXT: &str = "pgtenant_refused_statement";

impl Conversation {
    /// Refuses a message of a batch: the rest of the batch is skipped, and an open transaction fails.
    pub(super) fn refuse(&mut self, report: Report, server: &mut Option<Attached<'_>>, to_client: &mut Vec<u8>) -> bool {
        self.tally.report(report.state);
        match server {
            Some(server) => {
                synthetic::parse(server.out, b"", FAILING_TEXT.as_bytes(), b"\0\0");
                server.carried.statements.unnamed = None;
                self.unsynced = true;
                self.ledger.push(Owed::Refusal(Box::new(report)));
            }
            None => {
                self.pay_own(to_client);
                self.fail_deferred();
                synthetic::error(to_client, Severity::Error, &report);
            }
        }
        self.skipping = true;
        true
    }

    /// Refuses a simple query.
    pub(super) fn refuse_query(&mut self, report: &Report, server: &mut Option<Attached<'_>>, to_client: &mut Vec<u8>) -> bool {
        match server {
            Some(server) => self.fail_query(report.clone(), server),
            None => {
                self.tally.report(report.state);
                self.pay_own(to_client);
                self.fail_deferred();
                synthetic::error(to_client, Severity::Error, report);
                self.desk.tenancy.batch_over();
                synthetic::ready(to_client, self.status);
            }
        }
        true
    }

    pub(super) fn fail_query(&mut self, report: Report, server: &mut Attached<'_>) {
        self.tally.report(report.state);
        synthetic::query(server.out, FAILING_TEXT.as_bytes());
        server.carried.statements.unnamed = None;
        self.end_batch();
        self.ledger.push(Owed::RefusedQuery(Box::new(report)));
    }
}

pub(super) fn function_call_refused() -> Report {
    Report::new(SqlState::FEATURE_NOT_SUPPORTED, "the function call protocol is not supported").with_hint("Use SELECT to call a function.")
}

/// As PostgreSQL says it.
pub(super) fn transaction_failed() -> Report {
    let message = "current transaction is aborted, commands ignored until end of transaction block";
    Report::new(SqlState::IN_FAILED_SQL_TRANSACTION, message)
}

/// A text beyond what is looked at.
pub(super) fn endless_text() -> Report {
    Report::new(SqlState::PROGRAM_LIMIT_EXCEEDED, "the statement is too long")
        .with_detail("It is longer than 64 MB, and isn't sent unread.")
        .with_hint("Send the data with COPY, or in several statements.")
}

/// As PostgreSQL says it.
pub(super) fn malformed_bind() -> Report {
    Report::new(SqlState::PROTOCOL_VIOLATION, "insufficient data left in message")
}

pub(super) fn blocks_refused() -> Report {
    Report::new(SqlState::FEATURE_NOT_SUPPORTED, "transaction blocks are not allowed in statement pooling mode")
        .with_detail("The tenant's plan says pool_mode = \"statement\".")
        .with_hint("Ask the operator for pool_mode = \"transaction\".")
}

pub(super) fn duplicate_statement(name: &str) -> Report {
    Report::new(SqlState::DUPLICATE_STATEMENT, format!("prepared statement \"{name}\" already exists"))
}

pub(super) fn finished_portal(name: &[u8]) -> Report {
    Report::new(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, format!("portal \"{}\" cannot be run", String::from_utf8_lossy(name)))
}

pub(super) fn no_statement(name: &[u8]) -> Report {
    let message = if name.is_empty() {
        "unnamed prepared statement does not exist".into()
    } else {
        format!("prepared statement \"{}\" does not exist", String::from_utf8_lossy(name))
    };
    Report::new(SqlState::INVALID_STATEMENT_NAME, message)
}
