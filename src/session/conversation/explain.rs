//! `EXPLAIN (REWRITE) …`: what the gate makes of a text, as a row, without running it.

use std::sync::Arc;

use super::{super::ledger::Owed, Attached, Conversation, SessionStatement, Tools};
use crate::{
    backend::{settings::quote_literal, statements::StatementKey},
    sql::gate::{Access, Judged, PositionMap, Rewritten, Tenancy, Verdict},
    wire::{
        messages::TransactionStatus,
        synthetic,
        tag::{client, server as reply},
    },
};

/// Keeps these statements from sessions that may not ask so.
const EXPLAINS: u64 = 0x6a09_e667_f3bc_c908;

/// PostgreSQL's number of the type `text`.
const TEXT: u32 = 25;

const COLUMNS: [&str; 3] = ["verdict", "reason", "text"];

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

impl Conversation {
    /// The statement of a text of the extended protocol that is an `EXPLAIN (REWRITE)`; `None` outside: it is none. The server gets a
    /// SELECT of the words. `None` inside: the catalog is to be read first.
    pub(super) fn explaining(&mut self, tools: &Tools, text: &[u8], types: &[u8]) -> Option<Option<Arc<SessionStatement>>> {
        let explained = tools.gate.explains().then(|| explained_text(text)).flatten()?;
        let key = StatementKey { text, types, stamp: explaining_stamp(tools) };
        if let Some(known) = tools.statements.find(key) {
            return Some(Some(known));
        }
        let Some(judged) = self.judge(tools, explained, tools.gate.tenancy(types)) else { return Some(None) };
        let words = in_words(&String::from_utf8_lossy(explained), &judged);
        let fixed = Rewritten { text: as_select(&words).into(), map: PositionMap::default(), tenant_parameter: None };
        let judged = Judged { verdict: Verdict::Rewritten(Arc::new(fixed)), effects: None, bound: true, access: Access::Anything };
        Some(Some(tools.statements.add(key, true, judged)))
    }

    /// Whether a statement is such a one, of the rules of now.
    pub(super) fn is_explaining(tools: &Tools, statement: &SessionStatement) -> bool {
        tools.gate.explains() && statement.stamp == explaining_stamp(tools)
    }
}

fn explaining_stamp(tools: &Tools) -> u64 {
    tools.gate.stamps().own ^ EXPLAINS
}

fn as_select(words: &[Option<String>; 3]) -> String {
    let mut text = String::from("SELECT ");
    for (at, (value, name)) in words.iter().zip(COLUMNS).enumerate() {
        text.push_str(if at > 0 { ", " } else { "" });
        match value {
            Some(value) => quote_literal(&mut text, &value.replace('\0', "")),
            None => text.push_str("NULL"),
        }
        text.push_str("::pg_catalog.text AS ");
        text.push_str(name);
    }
    text
}

fn write_row(out: &mut Vec<u8>, values: &[Option<String>; 3]) {
    synthetic::frame(out, reply::ROW_DESCRIPTION, |out| {
        out.extend_from_slice(&3u16.to_be_bytes());
        for name in COLUMNS {
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
    fn words_stay_words() {
        let words = [Some("as is".to_owned()), None, Some("SELECT 'a\\', $$b$$".to_owned())];
        assert_eq!(
            as_select(&words),
            "SELECT 'as is'::pg_catalog.text AS verdict, NULL::pg_catalog.text AS reason,  E'SELECT ''a\\\\'', $$b$$'::pg_catalog.text AS text"
        );
    }

    #[test]
    fn the_words_may_be_written_in_any_way() {
        assert_eq!(explained_text(b"EXPLAIN (REWRITE) select 1"), Some(b"select 1".as_slice()));
        assert_eq!(explained_text(b" explain( rewrite )select 1 "), Some(b"select 1".as_slice()));
        assert_eq!(explained_text(b"explain (analyze) select 1"), None);
        assert_eq!(explained_text(b"explain"), None);
    }
}
