//! PgBouncer's statistics, by tenant. Averages are those of the last whole minute.

use std::{collections::BTreeMap, ops::ControlFlow};

use super::{Rows, View, count, give, text, word};
use crate::{
    admin::console::{
        Desk,
        desk::STATS_PERIOD,
        table::{
            Kind::{Numeric, Text},
            Row,
        },
    },
    session::operator::Role::Viewer,
    tenant::usage::Counts,
};

/// What is counted, in PgBouncer's order.
const FIGURES: usize = 12;
type Figures = [u64; FIGURES];

pub(super) const VIEWS: &[View] = &[
    View {
        name: "stats",
        about: "what tenants have done, since the beginning and on average",
        needs: Viewer,
        columns: &[
            ("database", Text),
            ("total_server_assignment_count", Numeric),
            ("total_xact_count", Numeric),
            ("total_query_count", Numeric),
            ("total_received", Numeric),
            ("total_sent", Numeric),
            ("total_xact_time", Numeric),
            ("total_query_time", Numeric),
            ("total_wait_time", Numeric),
            ("total_client_parse_count", Numeric),
            ("total_server_parse_count", Numeric),
            ("total_bind_count", Numeric),
            ("total_client_login_count", Numeric),
            ("avg_server_assignment_count", Numeric),
            ("avg_xact_count", Numeric),
            ("avg_query_count", Numeric),
            ("avg_recv", Numeric),
            ("avg_sent", Numeric),
            ("avg_xact_time", Numeric),
            ("avg_query_time", Numeric),
            ("avg_wait_time", Numeric),
            ("avg_client_parse_count", Numeric),
            ("avg_server_parse_count", Numeric),
            ("avg_bind_count", Numeric),
            ("avg_client_login_count", Numeric),
        ],
        produce: stats,
    },
    View {
        name: "stats_totals",
        about: "what tenants have done since the beginning",
        needs: Viewer,
        columns: BARE,
        produce: totals_by_tenant,
    },
    View {
        name: "stats_averages",
        about: "what tenants did on average in the last whole minute",
        needs: Viewer,
        columns: BARE,
        produce: averages_by_tenant,
    },
    View {
        name: "totals",
        about: "the same of all tenants together",
        needs: Viewer,
        columns: &[("name", Text), ("value", Numeric)],
        produce: totals,
    },
];

const BARE: &[(&str, crate::admin::console::table::Kind)] = &[
    ("database", Text),
    ("server_assignment_count", Numeric),
    ("xact_count", Numeric),
    ("query_count", Numeric),
    ("bytes_received", Numeric),
    ("bytes_sent", Numeric),
    ("xact_time", Numeric),
    ("query_time", Numeric),
    ("wait_time", Numeric),
    ("client_parse_count", Numeric),
    ("server_parse_count", Numeric),
    ("bind_count", Numeric),
    ("client_login_count", Numeric),
];

/// The names in `SHOW TOTALS`.
const TOTALS: [[&str; FIGURES]; 2] = [
    [
        "total_server_assignment_count",
        "total_xact_count",
        "total_query_count",
        "total_received",
        "total_sent",
        "total_xact_time",
        "total_query_time",
        "total_wait_time",
        "total_client_parse_count",
        "total_server_parse_count",
        "total_bind_count",
        "total_client_login_count",
    ],
    [
        "avg_server_assignment_count",
        "avg_xact_count",
        "avg_query_count",
        "avg_recv",
        "avg_sent",
        "avg_xact_time",
        "avg_query_time",
        "avg_wait_time",
        "avg_client_parse_count",
        "avg_server_parse_count",
        "avg_bind_count",
        "avg_client_login_count",
    ],
];

/// Counts as PgBouncer names them. Time in transactions and in statements is one: that of server connections in use.
fn figures(counts: &Counts) -> Figures {
    [
        counts.assignments,
        counts.transactions,
        counts.statements,
        counts.bytes_in,
        counts.bytes_out,
        counts.server_micros,
        counts.server_micros,
        counts.wait_micros,
        counts.client_parses,
        counts.server_parses,
        counts.binds,
        counts.logins,
    ]
}

/// Per second; times per transaction, statement and assignment.
fn averages(done: &Counts) -> Figures {
    let mut averages = figures(done).map(|total| total / STATS_PERIOD.as_secs());
    let per = |time: u64, events: u64| time / events.max(1);
    averages[5] = per(done.server_micros, done.transactions);
    averages[6] = per(done.server_micros, done.statements);
    averages[7] = per(done.wait_micros, done.assignments);
    averages
}

fn by_tenant(desk: &Desk) -> BTreeMap<crate::ids::TenantId, Counts> {
    desk.counts().into_iter().collect()
}

fn row(database: &str, parts: &[Figures]) -> Row {
    std::iter::once(text(database)).chain(parts.iter().flatten().map(|figure| count(*figure))).collect()
}

fn stats(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    let rows = by_tenant(desk);
    give(rows.iter().map(|(tenant, counts)| row(tenant.as_str(), &[figures(counts), averages(&desk.done(tenant))])), sink)
}

fn totals_by_tenant(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    give(by_tenant(desk).iter().map(|(tenant, counts)| row(tenant.as_str(), &[figures(counts)])), sink)
}

fn averages_by_tenant(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    give(by_tenant(desk).keys().map(|tenant| row(tenant.as_str(), &[averages(&desk.done(tenant))])), sink)
}

fn totals(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    let (mut all, mut done) = (Counts::default(), Counts::default());
    for (tenant, counts) in &by_tenant(desk) {
        all.add(counts);
        done.add(&desk.done(tenant));
    }
    let rows = TOTALS.iter().flatten().zip([figures(&all), averages(&done)].concat());
    give(rows.map(|(name, figure)| vec![word(name), count(figure)]), sink)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn averages_are_per_second_and_per_event() {
        let done =
            Counts { transactions: 120, statements: 240, server_micros: 24_000, wait_micros: 600, assignments: 60, ..Counts::default() };
        let averages = averages(&done);
        assert_eq!((averages[0], averages[1], averages[2]), (1, 2, 4));
        assert_eq!((averages[5], averages[6], averages[7]), (200, 100, 10));
    }
}
