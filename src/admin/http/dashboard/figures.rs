//! Numbers as people read them, and small pictures of them.

use std::{fmt::Write, time::Duration};

use crate::tenant::usage::Refusal;

/// A picture's size, in units of its own.
const WIDTH: f64 = 120.0;
const HEIGHT: f64 = 24.0;

/// The course of something, oldest first, as SVG: numbers only, so nothing in it needs escaping.
pub(super) fn spark(course: &[u32]) -> String {
    let most = f64::from(course.iter().copied().max().unwrap_or(0).max(1));
    let step = WIDTH / (course.len().max(2) - 1) as f64;
    let mut points = String::new();
    for (number, value) in course.iter().enumerate() {
        let _ = write!(points, "{:.1},{:.1} ", number as f64 * step, HEIGHT - 1.0 - f64::from(*value) / most * (HEIGHT - 2.0));
    }
    let (last, most) = (course.last().copied().unwrap_or(0), course.iter().max().copied().unwrap_or(0));
    format!(
        "<svg class=\"spark\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"at most {most}, {last} at last\">\
         <polyline points=\"{}\"/></svg>",
        points.trim_end()
    )
}

/// So much of so much.
pub(super) fn meter(used: f64, limit: f64) -> String {
    if limit <= 0.0 {
        return String::new();
    }
    let share = (used / limit).clamp(0.0, 1.0);
    format!("<meter min=\"0\" max=\"1\" low=\"0.75\" high=\"0.9\" optimum=\"0\" value=\"{share:.3}\">{:.0}%</meter>", share * 100.0)
}

/// Microseconds in a unit that fits.
pub(super) fn micros(micros: f64) -> String {
    match micros {
        micros if micros < 1000.0 => format!("{micros:.0} µs"),
        micros if micros < 1e6 => format!("{:.1} ms", micros / 1e3),
        micros => format!("{:.2} s", micros / 1e6),
    }
}

/// A duration in its largest units.
pub(super) fn age(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..86_400 => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds / 3600 % 24),
    }
}

/// With a space between thousands.
pub(super) fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// What a refusal means, in a sentence.
pub(super) fn meaning(why: Refusal) -> &'static str {
    match why {
        Refusal::Syntax => "The text isn't PostgreSQL's grammar.",
        Refusal::Unknown => "It names a table or a function that isn't there.",
        Refusal::Forbidden => "The tenant may not do that: another's data, settings, functions.",
        Refusal::Unsupported => "The proxy doesn't do that.",
        Refusal::TooLarge => "The text is too long or nested too deeply.",
        Refusal::ReadOnly => "The tenant may only read.",
        Refusal::Suspended => "The tenant is suspended.",
        Refusal::Rate => "More statements a second than queries_per_second allows.",
        Refusal::Clients => "More client connections than max_clients allows.",
        Refusal::Queue => "No server connection came free in time (max_wait).",
        Refusal::Unavailable => "The tenant's server can't be reached.",
        Refusal::StatementTime => "A statement ran for longer than statement_timeout.",
        Refusal::TransactionTime => "A transaction lasted for longer than transaction_timeout.",
        Refusal::IdleInTransactionTime => "A transaction did nothing for idle_in_transaction_timeout.",
        Refusal::IdleSessionTime => "A session did nothing for idle_session_timeout.",
        Refusal::ClientStall => "The client took or sent nothing and kept others waiting.",
        Refusal::Rows => "A result had more rows than rows_per_result allows.",
        Refusal::Storage => "The tenant's storage is used up.",
        Refusal::Memory => "Sessions hold as much memory as they may.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_easy_to_read() {
        assert_eq!([number(0), number(999), number(1_234_567)], ["0", "999", "1\u{202f}234\u{202f}567"]);
        assert_eq!([micros(7.4), micros(1500.0), micros(2_500_000.0)], ["7 µs", "1.5 ms", "2.50 s"]);
        assert_eq!(
            [age(Duration::from_secs(59)), age(Duration::from_secs(7260)), age(Duration::from_secs(90_000))],
            ["59 s", "2 h 1 min", "1 d 1 h"]
        );
        assert_eq!(meter(1.0, 0.0), "");
        assert!(meter(5.0, 2.0).contains("value=\"1.000\"") && meter(1.0, 4.0).contains(">25%<"));
        assert!(spark(&[]).contains("points=\"\"") && spark(&[0, 5]).contains("0.0,23.0 120.0,1.0"));
    }
}
