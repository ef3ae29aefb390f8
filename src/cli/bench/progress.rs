//! What is said while the load runs: a bar at a terminal, lines elsewhere. All of it on standard error.

use std::{io::IsTerminal, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};

use super::{plan::Plan, table, timeline::Timeline};

/// Lines that a run writes where there is no terminal, more or less.
const LINES: u32 = 20;

/// What was chosen.
enum Way {
    Nothing,
    Bar(ProgressBar),
    Lines,
}

/// The voice of a run.
pub(super) struct Progress {
    way: Way,
    /// Seconds between two lines.
    every: u64,
    seconds: u64,
}

impl Progress {
    pub(super) fn new(plan: &Plan, quiet: bool) -> Progress {
        let seconds = plan.end.as_secs().max(1);
        let way = match quiet {
            true => Way::Nothing,
            false if std::io::stderr().is_terminal() => Way::Bar(bar(seconds)),
            false => Way::Lines,
        };
        Progress { way, every: (plan.end / LINES).max(Duration::from_secs(1)).as_secs(), seconds }
    }

    /// So many clients have connected.
    pub(super) fn connecting(&self, done: usize, of: usize) {
        match &self.way {
            Way::Bar(bar) => bar.set_message(format!("connecting {} of {of}", done + 1)),
            Way::Lines if done == 0 => self.say(&format!("connecting {of} clients")),
            Way::Lines | Way::Nothing => {}
        }
    }

    /// A second is over.
    pub(super) fn second(&self, plan: &Plan, timeline: &Timeline, number: usize) {
        let second = number as u64 + 1;
        if second > self.seconds {
            // What ends late is no second of its own.
            return;
        }
        let groups = plan.groups.iter().zip(timeline.second(number)).filter(|(_, interval)| interval.done + interval.failed > 0);
        let words: Vec<String> = groups
            .map(|(group, interval)| {
                let p99 = interval.latencies.as_ref().map_or(0.0, |latencies| latencies.value_at_quantile(0.99) as f64 / 1000.0);
                let failed = if interval.failed > 0 { format!(", {} failed", table::count(interval.failed)) } else { String::new() };
                format!("{}: {}/s, p99 {} ms{failed}", group.name, table::count(interval.done), table::millis(p99))
            })
            .collect();
        let warming = if Duration::from_secs(second) <= plan.warm_up { " (warm-up)" } else { "" };
        let words = if words.is_empty() { "nothing was answered".to_owned() } else { words.join("; ") };
        match &self.way {
            Way::Bar(bar) => {
                bar.set_position(second);
                bar.set_message(format!("{words}{warming}"));
            }
            Way::Lines if second.is_multiple_of(self.every) => self.say(&format!("{second} s{warming}: {words}")),
            Way::Lines | Way::Nothing => {}
        }
    }

    /// A line of its own.
    pub(super) fn say(&self, text: &str) {
        match &self.way {
            Way::Nothing => {}
            Way::Bar(bar) => bar.println(text),
            Way::Lines => eprintln!("pgtenant bench: {text}"),
        }
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        if let Way::Bar(bar) = &self.way {
            bar.finish_and_clear();
        }
    }
}

fn bar(seconds: u64) -> ProgressBar {
    let bar = ProgressBar::new(seconds);
    if let Ok(style) = ProgressStyle::with_template("{elapsed_precise} {bar:30} {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}
