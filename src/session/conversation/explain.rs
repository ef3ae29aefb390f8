//! `EXPLAIN (REWRITE) …`: what the gate makes of a text, as a row, without running it.

use super::{super::ledger::Owed, Attached, Conversation, Tools};
use crate::{
    sql::gate::{Judged, Tenancy, Verdict},
    wire::{
        messages::TransactionStatus,
        synthetic,
        tag::{client, server as reply},
    },
};

/// PostgreSQL's number of the type `text`.
const TEXT: u32 = 25;

/// The text behind `EXPLAIN (REWRITE)`.
pub(super) fn explained_text(text: &[u8]) -> Option<&[u8]> {
    let mut rest = text;
    for word in [b"explain".as_slice(), b"(", b"rewrite", b")"] {
        rest = rest.trim_ascii_start();
        let (head, tail) = rest.split_at_checked(word.len())?;
        if !head.eq_ignore_ascii_case(word) {
            return None;
        }
        rest = tail;
    }
    Some(rest.trim_ascii())
}

/// A verdict in words: what it is, why, and what runs.
pub fn in_words<'j>(text: &'j str, judged: &'j Judged) -> [Option<String>; 3] {
    let said = |verdict: &str, reason: Option<String>, text: Option<&str>| [Some(verdict.to_owned()), reason, text.map(str::to_owned)];
    match &judged.verdict {
        Verdict::AsIs => said("as is", None, Some(text)),
        Verdict::Rewritten(rewritten) => {
            let reason = rewritten.tenant_parameter.map(|number| format!("the tenant is ${number}"));
            said("rewritten", reason, Some(&rewritten.text))
        }
        Verdict::Refused(report) => {
            let mut reason = format!("{}: {}", report.state, report.message);
            for more in [&report.detail, &report.hint].into_iter().flatten() {
                reason.push_str("; ");
                reason.push_str(more);
            }
            said("refused", Some(reason), None)
        }
    }
}

impl Conversation {
    /// Answers `EXPLAIN (REWRITE)`, in its place among what is owed. Whether it could.
    pub(super) fn explain_query(&mut self, tools: &Tools, text: &[u8], server: &mut Option<Attached<'_>>, to_client: &mut Vec<u8>) -> bool {
        let Some(judged) = self.judge_front(tools, text, Tenancy::Literal) else { return false };
        let mut rows = Vec::with_capacity(256);
        write_row(&mut rows, &in_words(&String::from_utf8_lossy(text), &judged));
        match server {
            None => {
                self.pay_own(to_client);
                to_client.extend_from_slice(&rows);
                synthetic::ready(to_client, self.status);
            }
            Some(_) if self.status == TransactionStatus::Failed => {
                return self.refuse_query(&super::refusals::transaction_failed(), server, to_client);
            }
            Some(server) => {
                self.ledger.push(Owed::Synthetic { bytes: rows.into(), undo: None });
                synthetic::empty(server.out, client::SYNC);
                self.end_batch();
                self.ledger.push(Owed::Sync { visible: true });
            }
        }
        true
    }
}

fn write_row(out: &mut Vec<u8>, values: &[Option<String>; 3]) {
    synthetic::frame(out, reply::ROW_DESCRIPTION, |out| {
        out.extend_from_slice(&3u16.to_be_bytes());
        for name in ["verdict", "reason", "text"] {
            out.extend_from_slice(name.as_bytes());
            // Table and column: none; length and modifier: as they come; format: text.
            out.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0]);
            out.extend_from_slice(&TEXT.to_be_bytes());
            out.extend_from_slice(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0]);
        }
    });
    synthetic::frame(out, reply::DATA_ROW, |out| {
        out.extend_from_slice(&3u16.to_be_bytes());
        for value in values {
            match value {
                None => out.extend_from_slice(&(-1i32).to_be_bytes()),
                Some(value) => {
                    out.extend_from_slice(&(value.len() as u32).to_be_bytes());
                    out.extend_from_slice(value.as_bytes());
                }
            }
        }
    });
    synthetic::command_complete(out, "EXPLAIN");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_may_be_written_in_any_way() {
        assert_eq!(explained_text(b"EXPLAIN (REWRITE) select 1"), Some(b"select 1".as_slice()));
        assert_eq!(explained_text(b" explain( rewrite )select 1 "), Some(b"select 1".as_slice()));
        assert_eq!(explained_text(b"explain (analyze) select 1"), None);
        assert_eq!(explained_text(b"explain"), None);
    }
}
