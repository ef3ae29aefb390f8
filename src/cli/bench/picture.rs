//! The report as a picture: percentiles of each tenant in each phase, and what the groups did over time. One SVG, readable in light and dark.

use std::fmt::Write;

use super::{
    figures::{Figures, GroupFigures, PhaseFigures, Report},
    picture_panel::{Axis, HEIGHT, Line, Panel, WIDTH, escape},
    table,
};

/// Tenants of one group that get a line each; more are drawn as a band.
const LINES: usize = 8;

/// Colours by the series' number, and what they stand on. Variables, so that a page may change them.
const STYLE: &str = "\
.pgtenant-bench{--paper:#ffffff;--ink:#1f2933;--faint:#52606d;--grid:#e4e7eb;\
--c0:#2563eb;--c1:#d9480f;--c2:#0b8a66;--c3:#9333ea;--c4:#c2255c;--c5:#857200;--c6:#0b7f9c;--c7:#64748b;\
font-family:system-ui,sans-serif;background:var(--paper)}\
@media(prefers-color-scheme:dark){.pgtenant-bench{--paper:#16191d;--ink:#e6e9ed;--faint:#a3adb8;--grid:#2d333b;\
--c0:#6ea8fe;--c1:#ff9f66;--c2:#4fd1a5;--c3:#c99bff;--c4:#ff8fb3;--c5:#d9c34a;--c6:#5fd0e6;--c7:#a3b1c4}}\
.pgtenant-bench .paper{fill:var(--paper)}.pgtenant-bench text{fill:var(--faint);font-size:12px}\
.pgtenant-bench .title{fill:var(--ink);font-size:14px;font-weight:600}\
.pgtenant-bench .grid{stroke:var(--grid);stroke-width:1}.pgtenant-bench .edge{stroke:var(--faint);stroke-width:1;stroke-dasharray:4 4}\
.pgtenant-bench .line{fill:none;stroke-width:2;stroke-linejoin:round}.pgtenant-bench .band{stroke:none;opacity:.18}";

/// All panels below each other.
pub(super) fn svg(report: &Report) -> String {
    let panels = panels(report);
    let height = HEIGHT * panels.len() as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"pgtenant-bench\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" role=\"img\">\
         <title>pgtenant bench</title><style>{STYLE}</style><rect class=\"paper\" width=\"{WIDTH}\" height=\"{height}\"/>"
    );
    for (number, panel) in panels.iter().enumerate() {
        let _ = write!(svg, "<g transform=\"translate(0 {})\">{}</g>", HEIGHT * number as f64, panel.draw());
    }
    svg.push_str("</svg>\n");
    svg
}

/// Whoever has a line keeps its colour in all panels.
#[derive(Default)]
struct Colors(Vec<String>);

impl Colors {
    fn of(&mut self, name: &str) -> usize {
        self.0.iter().position(|known| known == name).unwrap_or_else(|| {
            self.0.push(name.to_owned());
            self.0.len() - 1
        })
    }
}

fn panels(report: &Report) -> Vec<Panel> {
    let mut colors = Colors::default();
    let mut panels: Vec<Panel> = Vec::new();
    let all: Vec<Vec<Line>> = report.phases.iter().map(|phase| lines(phase, &mut colors)).collect();
    // The same scale for all phases, so that they can be compared.
    let values = || all.iter().flatten().flat_map(Line::values);
    let nines = all.iter().flatten().flat_map(Line::places).fold(2.0, f64::max);
    let y = Axis::logarithmic(values());
    for (number, (phase, lines)) in report.phases.iter().zip(all.clone()).enumerate() {
        let title = format!("Latency by percentile, ms: {}", table::title(report, number, phase));
        panels.push(Panel { title, x: Axis::percentiles(nines), y: y.clone(), lines, edges: Vec::new() });
    }
    panels.extend(over_time(report, &mut colors));
    panels
}

/// A line for each tenant, or one band for many of them.
fn lines(phase: &PhaseFigures, colors: &mut Colors) -> Vec<Line> {
    let mut lines = Vec::new();
    for group in &phase.groups {
        if group.tenants.len() > LINES {
            lines.push(band(group, colors.of(&group.group)));
            continue;
        }
        for tenant in &group.tenants {
            let name = table::name(&group.group, &tenant.tenant);
            lines.push(Line { color: colors.of(&name), name, points: tenant.figures.curve.clone(), band: Vec::new() });
        }
    }
    lines.retain(|line| !line.points.is_empty());
    lines
}

/// The tenants' median, between the fastest and the slowest of them, as far as half of them have values.
fn band(group: &GroupFigures, color: usize) -> Line {
    let name = format!("{}: median of {}", group.group, group.tenants.len());
    let mut line = Line { name, color, points: Vec::new(), band: Vec::new() };
    for step in 0.. {
        let at = |figures: &Figures| figures.curve.get(step).copied();
        let mut points: Vec<(f64, f64)> = group.tenants.iter().filter_map(|tenant| at(&tenant.figures)).collect();
        points.sort_by(|one, other| one.1.total_cmp(&other.1));
        let (Some(low), Some(middle), Some(high)) = (points.first(), points.get(points.len() / 2), points.last()) else { break };
        if points.len() * 2 < group.tenants.len() {
            break;
        }
        line.points.push(*middle);
        line.band.push((low.0, low.1, high.1));
    }
    line
}

/// Throughput and the 99th percentile of each group, second by second.
fn over_time(report: &Report, colors: &mut Colors) -> Vec<Panel> {
    let (Some(first), Some(last)) = (report.timeline.first(), report.timeline.last()) else { return Vec::new() };
    let own: Vec<usize> = report.groups.iter().map(|group| colors.of(&group.name)).collect();
    let of_groups = |value: fn(&super::figures::GroupSecond) -> Option<f64>| -> Vec<Line> {
        let groups = report.groups.iter().zip(&own).enumerate().map(|(number, (group, color))| {
            let at = |second: &super::figures::SecondFigures| Some((second.at, value(second.groups.get(number)?)?));
            let points = report.timeline.iter().filter_map(at).collect();
            Line { name: group.name.clone(), color: *color, points, band: Vec::new() }
        });
        groups.filter(|line| line.points.len() > 1).collect()
    };
    let done = of_groups(|group| Some(group.transactions as f64));
    let slow = of_groups(|group| group.p99_ms);
    let changes = report.groups.iter().flat_map(|group| [group.start, group.stop]).chain([0.0]);
    let edges: Vec<f64> = changes.filter(|change| (0.0..report.duration).contains(change)).collect();
    let x = Axis::seconds(first.at, last.at);
    let throughput = Axis::linear(done.iter().flat_map(Line::values));
    let latency = Axis::logarithmic(slow.iter().flat_map(Line::values));
    let panels = [("Transactions per second over time, s", throughput, done), ("p99 of each second, ms, over time, s", latency, slow)];
    let panels = panels.into_iter().filter(|(_, _, lines)| !lines.is_empty());
    panels.map(|(title, y, lines)| Panel { title: title.to_owned(), x: x.clone(), y, lines, edges: edges.clone() }).collect()
}

/// The tables' captions and the pictures' titles are texts of the user.
pub(super) fn text(text: &str) -> String {
    escape(text)
}
