//! One panel of a picture: axes, lines and bands, and the lines' names at their ends.

use std::fmt::Write;

/// Of a panel with all that is around it.
pub(super) const WIDTH: f64 = 960.0;
pub(super) const HEIGHT: f64 = 340.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 210.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 34.0;
/// Names need so much room, one below the other.
const NAME_HEIGHT: f64 = 14.0;
/// As many colours as there are.
const COLORS: usize = 8;

/// Points that belong together.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) name: String,
    pub(super) color: usize,
    pub(super) points: Vec<(f64, f64)>,
    /// Place, lower and upper value.
    pub(super) band: Vec<(f64, f64, f64)>,
}

impl Line {
    pub(super) fn values(&self) -> impl Iterator<Item = f64> {
        self.points.iter().map(|point| point.1).chain(self.band.iter().flat_map(|band| [band.1, band.2]))
    }

    pub(super) fn places(&self) -> impl Iterator<Item = f64> {
        self.points.iter().map(|point| point.0)
    }
}

/// What a direction of a panel stands for.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    min: f64,
    max: f64,
    logarithmic: bool,
    ticks: Vec<(f64, String)>,
}

impl Axis {
    /// Nines: 1 is 90 %, 2 is 99 %. That makes it logarithmic in what is left above.
    pub(super) fn percentiles(max: f64) -> Axis {
        let names = ["0 %", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %", "99.9999 %"];
        let mut ticks: Vec<(f64, String)> = names.iter().enumerate().map(|(nines, name)| (nines as f64, (*name).to_owned())).collect();
        ticks.push((std::f64::consts::LOG10_2, "50 %".to_owned()));
        ticks.retain(|(nines, _)| *nines <= max + 0.01);
        Axis { min: 0.0, max, logarithmic: false, ticks }
    }

    /// From the first to the last second.
    pub(super) fn seconds(first: f64, last: f64) -> Axis {
        let (min, max) = (first.min(0.0), last.max(first + 1.0));
        let step = round_up((max - min) / 10.0).max(1.0);
        let begin = (min / step).ceil();
        let count = ((max - begin * step) / step).floor().max(0.0) as u32;
        let ticks = (0..=count).map(|number| (begin + f64::from(number)) * step).map(|at| (at, plain(at))).collect();
        Axis { min, max, logarithmic: false, ticks }
    }

    /// From 0 to more than the highest value.
    pub(super) fn linear(values: impl Iterator<Item = f64>) -> Axis {
        let step = round_up(values.fold(0.0, f64::max).max(1.0) / 5.0);
        let ticks = (0..=5).map(|number| f64::from(number) * step).map(|at| (at, plain(at))).collect();
        Axis { min: 0.0, max: step * 5.0, logarithmic: false, ticks }
    }

    /// From below the lowest to above the highest value, in steps of 1, 2 and 5.
    pub(super) fn logarithmic(values: impl Iterator<Item = f64>) -> Axis {
        let (low, high) = values
            .filter(|value| *value > 0.0)
            .fold((f64::INFINITY, 0.0), |(low, high): (f64, f64), value| (low.min(value), high.max(value)));
        let (low, high) = if high > 0.0 { (low.max(0.001), high.max(0.002)) } else { (0.1, 1.0) };
        let (min, max) = (round_up(low / 2.5), round_up(high * 1.05));
        let many = (max / min).log10() > 2.5;
        let mut ticks = Vec::new();
        let mut decade = 10_f64.powf(min.log10().floor());
        while decade <= max * 1.001 {
            for factor in [1.0, 2.0, 5.0] {
                let at = decade * factor;
                if (min * 0.999..=max * 1.001).contains(&at) && (factor < 1.5 || !many) {
                    ticks.push((at, plain(at)));
                }
            }
            decade *= 10.0;
        }
        Axis { min, max, logarithmic: true, ticks }
    }

    /// From 0 at its beginning to 1 at its end.
    fn place(&self, value: f64) -> f64 {
        let place = match self.logarithmic {
            true => (value.max(self.min).log10() - self.min.log10()) / (self.max.log10() - self.min.log10()),
            false => (value - self.min) / (self.max - self.min),
        };
        place.clamp(0.0, 1.0)
    }
}

/// The next of 1, 2, 5, 10, 20 and so on.
fn round_up(value: f64) -> f64 {
    let decade = 10_f64.powf(value.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * decade).find(|round| *round >= value * 0.999_999).unwrap_or(value)
}

/// A number without more digits than it needs.
fn plain(value: f64) -> String {
    if value >= 10_000.0 {
        return format!("{}k", plain(value / 1000.0));
    }
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A panel.
pub(super) struct Panel {
    pub(super) title: String,
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) lines: Vec<Line>,
    /// Places that are marked from top to bottom.
    pub(super) edges: Vec<f64>,
}

impl Panel {
    pub(super) fn draw(&self) -> String {
        let mut svg = format!("<text class=\"title\" x=\"{LEFT}\" y=\"24\">{}</text>", escape(&self.title));
        let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
        for (at, name) in &self.y.ticks {
            let y = self.y_of(*at);
            let _ = write!(svg, "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{right}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>");
            let _ = write!(svg, "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>", LEFT - 8.0, y + 4.0, escape(name));
        }
        for (at, name) in &self.x.ticks {
            let x = self.x_of(*at);
            let _ = write!(svg, "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{bottom}\"/>");
            let _ = write!(svg, "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>", bottom + 18.0, escape(name));
        }
        for at in &self.edges {
            let x = self.x_of(*at);
            let _ = write!(svg, "<line class=\"edge\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{bottom}\"/>");
        }
        self.lines.iter().for_each(|line| self.draw_line(line, &mut svg));
        self.draw_names(&mut svg);
        svg
    }

    fn x_of(&self, value: f64) -> f64 {
        LEFT + self.x.place(value) * (WIDTH - RIGHT - LEFT)
    }

    fn y_of(&self, value: f64) -> f64 {
        let bottom = HEIGHT - BOTTOM;
        bottom - self.y.place(value) * (bottom - TOP)
    }

    fn draw_line(&self, line: &Line, svg: &mut String) {
        let color = line.color % COLORS;
        if !line.band.is_empty() {
            let upper = line.band.iter().map(|(at, _, high)| (*at, *high));
            let lower = line.band.iter().rev().map(|(at, low, _)| (*at, *low));
            let _ = write!(svg, "<polygon class=\"band\" style=\"fill:var(--c{color})\" points=\"{}\"/>", self.points(upper.chain(lower)));
        }
        // Beyond the colours, dashes tell the lines apart.
        let dashes = if line.color >= COLORS { ";stroke-dasharray:6 4" } else { "" };
        let _ = write!(
            svg,
            "<polyline class=\"line\" style=\"stroke:var(--c{color}){dashes}\" points=\"{}\"><title>{}</title></polyline>",
            self.points(line.points.iter().copied()),
            escape(&line.name)
        );
    }

    fn points(&self, points: impl Iterator<Item = (f64, f64)>) -> String {
        let words: Vec<String> = points.map(|(x, y)| format!("{:.1},{:.1}", self.x_of(x), self.y_of(y))).collect();
        words.join(" ")
    }

    /// Each name beside its line's end, moved down where another stands there already.
    fn draw_names(&self, svg: &mut String) {
        let mut ends: Vec<(f64, f64, &Line)> = Vec::new();
        for line in &self.lines {
            if let Some((x, y)) = line.points.last() {
                ends.push((self.y_of(*y), self.x_of(*x), line));
            }
        }
        ends.sort_by(|one, other| one.0.total_cmp(&other.0));
        let lowest = HEIGHT - BOTTOM - NAME_HEIGHT * (ends.len() as f64 - 1.0).max(0.0);
        let mut next = TOP;
        for (number, (y, x, line)) in ends.iter().enumerate() {
            let most = lowest + NAME_HEIGHT * number as f64;
            let y_name = y.max(next).min(most.max(next));
            next = y_name + NAME_HEIGHT;
            let right = WIDTH - RIGHT + 8.0;
            let color = line.color % COLORS;
            let _ = write!(
                svg,
                "<line style=\"stroke:var(--c{color})\" stroke-opacity=\".5\" x1=\"{x:.1}\" y1=\"{y:.1}\" x2=\"{:.1}\" y2=\"{y_name:.1}\"/>\
                 <text x=\"{right:.1}\" y=\"{:.1}\" style=\"fill:var(--c{color})\">{}</text>",
                right - 3.0,
                y_name + 4.0,
                escape(&shortened(&line.name))
            );
        }
    }
}

/// What fits beside a panel.
fn shortened(name: &str) -> String {
    const MOST: usize = 30;
    if name.chars().count() <= MOST { name.to_owned() } else { name.chars().take(MOST - 1).chain(['…']).collect() }
}

/// Text in XML.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // XML has no way to write them.
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, name)| name.as_str()).collect()
    }

    #[test]
    fn axes_have_round_numbers() {
        assert_eq!(names(&Axis::linear([3.0, 870.0].into_iter())), ["0", "200", "400", "600", "800", "1000"]);
        assert_eq!(names(&Axis::linear([60_000.0].into_iter())).last(), Some(&"100k"));
        assert_eq!(names(&Axis::logarithmic([0.3, 9.0].into_iter())), ["0.2", "0.5", "1", "2", "5", "10"]);
        assert_eq!(names(&Axis::logarithmic([0.1, 900.0].into_iter())), ["0.1", "1", "10", "100", "1000"]);
        assert_eq!(names(&Axis::logarithmic(std::iter::empty())).first(), Some(&"0.05"));
        assert_eq!(names(&Axis::seconds(0.0, 20.0)), ["0", "2", "4", "6", "8", "10", "12", "14", "16", "18", "20"]);
        assert_eq!(names(&Axis::percentiles(2.3)), ["0 %", "90 %", "99 %", "50 %"]);
    }

    #[test]
    fn places_follow_the_scale() {
        let axis = Axis::logarithmic([1.0, 90.0].into_iter());
        assert_eq!((axis.min, axis.max), (0.5, 100.0));
        assert!((axis.place(100.0) - 1.0).abs() < 1e-9 && axis.place(0.0) < 1e-9);
        assert!((axis.place(7.071) - 0.5).abs() < 0.001, "the middle of 0.5 and 100 is their root");
    }

    #[test]
    fn names_do_not_stand_on_each_other_and_are_text() {
        let line = |name: &str| Line { name: name.to_owned(), color: 0, points: vec![(0.0, 1.0), (2.0, 5.0)], band: vec![(0.0, 1.0, 2.0)] };
        let lines = vec![line("<b>"), line("b&c"), line(&"x".repeat(50))];
        let panel = Panel {
            title: "t".to_owned(),
            x: Axis::percentiles(2.0),
            y: Axis::logarithmic([1.0, 5.0].into_iter()),
            lines,
            edges: vec![1.0],
        };
        let svg = panel.draw();
        assert!(svg.contains("&lt;b&gt;") && svg.contains("b&amp;c") && svg.contains('…') && !svg.contains("<b>"));
        let names = svg.split("<text x=\"758.0\" y=\"").skip(1).map(|text| text.split('"').next().unwrap().parse::<f64>().unwrap());
        let names: Vec<f64> = names.collect();
        assert_eq!(names.len(), 3);
        assert!(names.windows(2).all(|pair| pair[1] - pair[0] >= NAME_HEIGHT), "{names:?}");
    }
}
