//! The report as a page of its own: pictures and tables, with nothing that has to be fetched.

use std::fmt::Write;

use super::{
    figures::{Figures, GroupFigures, Latency, Report},
    picture, table,
};

/// Tenants of a group in the page's table; the JSON has all of them.
const MOST: usize = 50;

const STYLE: &str = "\
:root{color-scheme:light dark;--paper:#fff;--ink:#1f2933;--faint:#52606d;--grid:#e4e7eb}\
@media(prefers-color-scheme:dark){:root{--paper:#16191d;--ink:#e6e9ed;--faint:#a3adb8;--grid:#2d333b}}\
body{font:14px/1.5 system-ui,sans-serif;background:var(--paper);color:var(--ink);max-width:960px;margin:24px auto;padding:0 16px}\
h1{font-size:22px}h2{font-size:16px;margin-top:28px}svg{max-width:100%;height:auto}p,li{color:var(--faint)}\
.wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums;white-space:nowrap}\
th,td{padding:3px 10px;text-align:right;border-bottom:1px solid var(--grid)}th{color:var(--faint);font-weight:600}\
th:first-child,td:first-child{text-align:left}.of td:first-child{padding-left:24px}";

/// The page.
pub(super) fn html(report: &Report) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>pgtenant bench</title><style>{STYLE}</style></head><body>\n<h1>pgtenant bench</h1>\n<ul>"
    );
    for group in &report.groups {
        let _ = write!(page, "<li>{}</li>", picture::text(&table::facts(group)));
    }
    page.push_str("</ul>\n");
    for note in &report.notes {
        let _ = write!(page, "<p><strong>Note:</strong> {}.</p>", picture::text(note));
    }
    page.push_str(&picture::svg(report));
    for (number, phase) in report.phases.iter().enumerate() {
        let _ = write!(page, "<h2>{}</h2><div class=\"wide\"><table>{HEADER}", picture::text(&table::title(report, number, phase)));
        phase.groups.iter().for_each(|group| group_rows(group, &mut page));
        page.push_str("</table></div>\n");
        for group in &phase.groups {
            if let Some(words) = table::fairness(group) {
                let _ = write!(page, "<p>{}</p>", picture::text(&words));
            }
        }
    }
    beside(report, &mut page);
    errors(report, &mut page);
    page.push_str("</body></html>\n");
    page
}

const HEADER: &str = "<tr><th></th><th>tx</th><th>tx/s</th><th>errors</th><th>p50 ms</th><th>p90 ms</th><th>p99 ms</th><th>p99.9 ms</th>\
                      <th>max ms</th><th>wait ms</th><th>connects</th></tr>";

fn group_rows(group: &GroupFigures, page: &mut String) {
    if let [tenant] = group.tenants.as_slice() {
        row("", &table::name(&group.group, &tenant.tenant), &tenant.figures, page);
        return;
    }
    row("", &format!("{} ({} tenants)", group.group, group.tenants.len()), &group.all, page);
    let mut tenants: Vec<_> = group.tenants.iter().collect();
    tenants.sort_by(|one, other| one.figures.per_second.total_cmp(&other.figures.per_second));
    tenants.iter().take(MOST).for_each(|tenant| row("of", &tenant.tenant, &tenant.figures, page));
    if tenants.len() > MOST {
        let _ = write!(page, "<tr class=\"of\"><td>{} faster ones</td></tr>", tenants.len() - MOST);
    }
}

fn row(class: &str, name: &str, figures: &Figures, page: &mut String) {
    let at = |value: fn(&Latency) -> f64| figures.latency_ms.as_ref().map_or_else(String::new, |latency| table::millis(value(latency)));
    let cells = [
        table::count(figures.transactions),
        table::rate(figures.per_second),
        table::count(figures.failed()),
        at(|latency| latency.p50),
        at(|latency| latency.p90),
        at(|latency| latency.p99),
        at(|latency| latency.p99_9),
        at(|latency| latency.max),
        table::millis(figures.wait_ms),
        table::count(figures.connects),
    ];
    let _ = write!(page, "<tr class=\"{class}\"><td>{}</td>", picture::text(name));
    cells.iter().for_each(|cell| {
        let _ = write!(page, "<td>{cell}</td>");
    });
    page.push_str("</tr>");
}

fn beside(report: &Report, page: &mut String) {
    let Some(first) = report.beside.first() else { return };
    let _ = write!(
        page,
        "<h2>Beside {}</h2><p>As a multiple of what was there before they came.</p>\
         <table><tr><th></th><th>phase</th><th>tx/s</th><th>p50</th><th>p99</th></tr>",
        picture::text(&first.others.join(", "))
    );
    for beside in report.beside.iter().take(MOST) {
        let name = table::name(&beside.group, &beside.tenant);
        let (name, phase) = (picture::text(&name), beside.phase + 1);
        let _ = write!(
            page,
            "<tr><td>{name}</td><td>{phase}</td><td>{:.2}</td><td>{:.2}</td><td>{:.2}</td></tr>",
            beside.per_second, beside.p50, beside.p99
        );
    }
    page.push_str("</table>\n");
}

fn errors(report: &Report, page: &mut String) {
    if report.total.errors.is_empty() {
        return;
    }
    page.push_str("<h2>Errors of the whole run</h2><ul>");
    for (state, error) in &report.total.errors {
        let _ = write!(page, "<li>{} × {}: {}</li>", table::count(error.count), picture::text(state), picture::text(&error.example));
    }
    page.push_str("</ul>");
}
