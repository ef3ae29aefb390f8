//! Sums of usage as a table for people.

use std::collections::BTreeMap;

use comfy_table::{CellAlignment, Table, presets};

use super::Sum;

const HEADER: [&str; 14] = [
    "sessions",
    "connections",
    "statements",
    "transactions",
    "rolled back",
    "rows",
    "kB in",
    "kB out",
    "server s",
    "waits",
    "waited s",
    "p99 ms",
    "errors",
    "refused",
];

/// The table, one line for each sum. `label`: what they are sums of.
pub(super) fn of(label: &str, sums: &BTreeMap<String, Sum>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([label].into_iter().chain(HEADER));
    for (name, sum) in sums {
        let counts = &sum.counts;
        table.add_row([
            name.clone(),
            sum.peak_sessions.to_string(),
            sum.peak_connections.to_string(),
            counts.statements.to_string(),
            counts.transactions.to_string(),
            counts.rollbacks.to_string(),
            counts.rows.to_string(),
            (counts.bytes_in / 1024).to_string(),
            (counts.bytes_out / 1024).to_string(),
            seconds(counts.server_micros),
            counts.waits.to_string(),
            seconds(counts.wait_micros),
            sum.worst_transaction_micros.map(|told| seconds(u64::from(told.p99) * 1000)).unwrap_or_default(),
            counts.errors.to_string(),
            refused(&sum.refusals),
        ]);
    }
    for column in table.column_iter_mut().skip(1).take(HEADER.len() - 1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.trim_fmt() + "\n"
}

/// Three digits behind the point, those that are nothing left out.
fn seconds(micros: u64) -> String {
    let text = format!("{}.{:03}", micros / 1_000_000, micros % 1_000_000 / 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The most frequent reason first.
fn refused(refusals: &BTreeMap<String, u64>) -> String {
    let mut all: Vec<_> = refusals.iter().collect();
    all.sort_by_key(|(why, count)| (std::cmp::Reverse(**count), *why));
    all.into_iter().map(|(why, count)| format!("{why} {count}")).collect::<Vec<_>>().join(", ")
}
