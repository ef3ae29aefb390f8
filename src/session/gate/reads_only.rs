//! A tenant that may only read: what it is told where it writes. The server's transactions are read-only as well.

use std::sync::Arc;

use crate::{
    error::{Report, SqlState},
    ids::TenantId,
    sql::gate::{Writes, writes},
};

/// That a tenant may only read, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReadsOnly {
    /// Whose statements.
    pub tenant: TenantId,
    /// The operator's words.
    pub reason: Option<Arc<str>>,
}

impl ReadsOnly {
    /// Why a text may not run; nothing where it only reads. `unread_pass`: what isn't read here is refused by nobody else, so that it
    /// counts as writing: a server may have another grammar.
    pub(super) fn refusal(&self, text: &[u8], unread_pass: bool) -> Option<Report> {
        let found = match std::str::from_utf8(text) {
            Ok(readable) => writes(readable, unread_pass)?,
            Err(_) if unread_pass => Writes::Unread,
            Err(_) => return None,
        };
        let message = match found {
            Writes::Command(command) => format!("cannot execute {command} in a read-only transaction"),
            Writes::ReadWrite => "cannot set transaction read-write mode: the tenant is read-only".to_owned(),
            Writes::Unread => "cannot execute a statement that can't be read in a read-only transaction".to_owned(),
        };
        Some(self.explain(Report::new(SqlState::READ_ONLY_SQL_TRANSACTION, message)))
    }

    /// Cause and way out.
    fn explain(&self, report: Report) -> Report {
        let reason = self.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        report.with_detail(format!("Tenant \"{}\" may only read{reason}.", self.tenant)).with_hint("Ask the operator.")
    }
}
