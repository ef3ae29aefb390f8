//! The report as a table for people.

use std::fmt::Write;

use super::{
    figures::{Figures, GroupFacts, GroupFigures, Latency, Measure, PhaseFigures, Report},
    scenario::MAIN,
};

const HEADER: [&str; 11] = ["", "tx", "tx/s", "errors", "p50 ms", "p90 ms", "p99 ms", "p99.9 ms", "max ms", "wait ms", "connects/s"];

/// All of it; of a group with more than `top` tenants the slowest.
pub(super) fn text(report: &Report, top: usize) -> String {
    let mut text = String::new();
    for group in &report.groups {
        let _ = writeln!(text, "{}", facts(group));
    }
    for (number, phase) in report.phases.iter().enumerate() {
        let _ = write!(text, "\n{}", phase_text(report, number, phase, top));
    }
    text.push_str(&beside_text(report, top));
    if !report.total.errors.is_empty() {
        text.push_str("\nErrors of the whole run:\n");
    }
    for (state, error) in &report.total.errors {
        let _ = writeln!(text, "  {state}  {}x  {}", count(error.count), error.example);
    }
    let total = &report.total;
    let _ = writeln!(
        text,
        "\nThe whole run, warm-up included: {} transactions, {} failed, {} connections.",
        count(total.transactions),
        count(total.failed),
        count(total.connects)
    );
    for note in &report.notes {
        let _ = writeln!(text, "Note: {note}.");
    }
    text
}

/// What others meant for those who were there before them.
fn beside_text(report: &Report, top: usize) -> String {
    let mut text = String::new();
    for (number, _) in report.phases.iter().enumerate() {
        let mut tenants: Vec<_> = report.beside.iter().filter(|beside| beside.phase == number).collect();
        let Some(first) = tenants.first() else { continue };
        let _ = writeln!(text, "\nBeside {}: phase {} as a multiple of phase 1", first.others.join(", "), number + 1);
        let more = tenants.len().saturating_sub(top);
        tenants.sort_by(|one, other| other.p99.total_cmp(&one.p99));
        let mut rows = vec![["", "tx/s", "p50", "p99"].map(str::to_owned).to_vec()];
        rows.extend(tenants.iter().take(top).map(|tenant| {
            let figures = [tenant.per_second, tenant.p50, tenant.p99].map(|figure| format!("{figure:.2}"));
            std::iter::once(name(&tenant.group, &tenant.tenant)).chain(figures).collect()
        }));
        if more > 0 {
            rows.push(vec![format!("{more} with a lower p99")]);
        }
        text.push_str(&aligned(&rows));
    }
    text
}

/// A tenant by a name that nobody else has.
pub(super) fn name(group: &str, tenant: &str) -> String {
    match group {
        MAIN => tenant.to_owned(),
        group if group.ends_with(tenant) => group.to_owned(),
        group => format!("{group}: {tenant}"),
    }
}

/// What a group was asked to do, in words.
pub(super) fn facts(group: &GroupFacts) -> String {
    let many = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let pace = match group.rate {
        Some(rate) => format!("{rate} tx/s each (open loop)"),
        None => "closed loop".to_owned(),
    };
    let when = if group.start > 0.0 { format!(", from {:.1} s to {:.1} s", group.start, group.stop) } else { String::new() };
    let (tenants, clients) = (many(group.tenants, "tenant"), many(group.clients_per_tenant, "client"));
    format!("{}: {tenants}, {clients} each, {} ({}), {pace}{when}", group.name, group.mix, group.protocol)
}

/// Which part of the run it is.
pub(super) fn title(report: &Report, number: usize, phase: &PhaseFigures) -> String {
    let all = report.phases.len();
    let which = if all > 1 { format!("Phase {} of {all}, ", number + 1) } else { String::new() };
    format!("{which}{:.1} s to {:.1} s", phase.from, phase.to)
}

fn phase_text(report: &Report, number: usize, phase: &PhaseFigures, top: usize) -> String {
    let mut rows = vec![HEADER.map(str::to_owned).to_vec()];
    let seconds = phase.to - phase.from;
    let mut after = String::new();
    for group in &phase.groups {
        rows.extend(group_rows(group, seconds, top));
        if let Some(words) = fairness(group) {
            let _ = writeln!(after, "{words}");
        }
    }
    format!("{}\n{}{after}", title(report, number, phase), aligned(&rows))
}

/// How evenly a group's tenants were served, in words.
pub(super) fn fairness(group: &GroupFigures) -> Option<String> {
    let fairness = group.fairness?;
    let (worst, best) = match fairness.by {
        Measure::PerSecond => (format!("{}/s", rate(fairness.worst)), format!("{}/s", rate(fairness.best))),
        Measure::Answered => {
            let percent = |share: f64| format!("{:.1} %", share * 100.0);
            (format!("{} of what was due", percent(fairness.worst)), percent(fairness.best))
        }
    };
    let (ratio, jain) = (fairness.worst_to_best, fairness.jain);
    Some(format!("{}: worst tenant {worst}, best {best}, worst/best {ratio:.3}, Jain's index {jain:.4}", group.group))
}

fn group_rows(group: &GroupFigures, seconds: f64, top: usize) -> Vec<Vec<String>> {
    if let [tenant] = group.tenants.as_slice() {
        return vec![row(name(&group.group, &tenant.tenant), &tenant.figures, seconds)];
    }
    let mut rows = vec![row(format!("{} ({} tenants)", group.group, group.tenants.len()), &group.all, seconds)];
    let mut tenants: Vec<_> = group.tenants.iter().collect();
    if tenants.len() > top {
        tenants.sort_by(|one, other| one.figures.per_second.total_cmp(&other.figures.per_second));
    }
    rows.extend(tenants.iter().take(top).map(|tenant| row(format!("  {}", tenant.tenant), &tenant.figures, seconds)));
    if tenants.len() > top {
        rows.push(vec![format!("  {} faster ones", tenants.len() - top)]);
    }
    rows
}

fn row(name: String, figures: &Figures, seconds: f64) -> Vec<String> {
    let at = |value: fn(&Latency) -> f64| figures.latency_ms.as_ref().map_or_else(|| "-".to_owned(), |latency| millis(value(latency)));
    let connects = if figures.connects > 0 && seconds > 0.0 { rate(figures.connects as f64 / seconds) } else { String::new() };
    vec![
        name,
        count(figures.transactions),
        rate(figures.per_second),
        count(figures.failed()),
        at(|latency| latency.p50),
        at(|latency| latency.p90),
        at(|latency| latency.p99),
        at(|latency| latency.p99_9),
        at(|latency| latency.max),
        if figures.wait_ms > 0.0 { millis(figures.wait_ms) } else { String::new() },
        connects,
    ]
}

/// Names to the left, figures to the right; columns that say nothing are left out.
fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let cell = |row: &[String], column: usize| row.get(column).cloned().unwrap_or_default();
    let used: Vec<(usize, usize)> = (0..columns)
        .filter(|column| *column == 0 || rows.iter().skip(1).any(|row| !cell(row, *column).is_empty()))
        .map(|column| (column, rows.iter().map(|row| cell(row, column).chars().count()).max().unwrap_or(0)))
        .collect();
    let mut text = String::new();
    for row in rows {
        let cells: Vec<String> = used
            .iter()
            .map(|(column, width)| match column {
                0 => format!("{:<width$}", cell(row, 0)),
                _ => format!("{:>width$}", cell(row, *column)),
            })
            .collect();
        let _ = writeln!(text, "{}", cells.join("  ").trim_end());
    }
    text
}

/// 12,345
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// So many per second.
pub(super) fn rate(value: f64) -> String {
    if value >= 100.0 { count(value.round() as u64) } else { format!("{value:.1}") }
}

/// Three digits or so.
pub(super) fn millis(value: f64) -> String {
    match value {
        value if value >= 1000.0 => count(value.round() as u64),
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_people_write_them() {
        assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([0.05, 9.99, 99.94, 123.4, 4321.0].map(millis), ["0.05", "9.99", "99.9", "123", "4,321"]);
        assert_eq!([3.21, 99.9, 1234.5].map(rate), ["3.2", "99.9", "1,235"]);
    }

    #[test]
    fn tenants_are_told_apart() {
        assert_eq!([name("main", "acme"), name("flood acme", "acme"), name("shop", "acme")], ["acme", "flood acme", "shop: acme"]);
    }

    #[test]
    fn columns_line_up_and_empty_ones_go() {
        let rows = [["", "a", "b", "c"], ["x", "1", "", "22"], ["long", "333", "", ""]];
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
        assert_eq!(aligned(&rows), "        a   c\nx       1  22\nlong  333\n");
    }
}
