//! The settings that a session has chosen, followed through its statements and transactions.
//!
//! Reported settings come back as ParameterStatus, the others are asked for when the transaction that may have changed them is over:
//! what the server says counts, not what a text seemed to say.

use crate::backend::settings::{Settings, quote_literal};
use crate::sql::outcome::Effects;

/// Settings that servers of all versions report by themselves whenever they change. Manual 55.2.7 "Asynchronous Operations".
const REPORTED: [&str; 6] =
    ["application_name", "client_encoding", "datestyle", "intervalstyle", "standard_conforming_strings", "timezone"];

/// A session's settings.
#[derive(Debug)]
pub struct OwnSettings {
    chosen: Settings,
    startup: Settings,
    doubt: Option<Box<Doubt>>,
    answers: Vec<(String, String)>,
}

/// What statements since the last settling may have changed.
#[derive(Debug, Default)]
struct Doubt {
    set: Vec<String>,
    reset: Vec<String>,
    reset_all: bool,
    rolled_back: bool,
    asked: bool,
}

impl OwnSettings {
    /// Settings as the startup packet says.
    pub fn new(startup: Settings) -> Self {
        OwnSettings { chosen: startup.clone(), startup, doubt: None, answers: Vec::new() }
    }

    /// What the session has chosen.
    pub fn chosen(&self) -> &Settings {
        &self.chosen
    }

    /// Back to the startup packet's.
    pub fn reset_all(&mut self) {
        self.chosen = self.startup.clone();
    }

    /// A statement was sent that may change settings.
    pub fn note(&mut self, effects: &Effects) {
        if effects.set.is_empty() && effects.reset.is_empty() && !effects.reset_all {
            return;
        }
        let doubt = self.doubt.get_or_insert_default();
        doubt.set.extend(effects.set.iter().chain(&effects.reset).filter(|name| !REPORTED.contains(&name.as_str())).cloned());
        doubt.reset.extend(effects.reset.iter().cloned());
        doubt.reset_all |= effects.reset_all;
        doubt.rolled_back = false;
    }

    /// Whether statements that may change settings were sent since the last settling.
    pub fn is_in_doubt(&self) -> bool {
        self.doubt.is_some()
    }

    /// What was under way is lost, and so is what it would have set.
    pub fn forget_doubt(&mut self) {
        self.doubt = None;
        self.answers = Vec::new();
    }

    /// A command ended; a ROLLBACK takes back what was set.
    pub fn command_complete(&mut self, command: &[u8]) {
        if let Some(doubt) = &mut self.doubt {
            doubt.rolled_back = command.starts_with(b"ROLLBACK");
        }
    }

    /// The server reports a setting.
    pub fn reported(&mut self, carried: &mut Settings, name: &str, value: &str) {
        let name = name.to_ascii_lowercase();
        if REPORTED.contains(&name.as_str()) || name == "search_path" {
            self.chosen.set(&name, value);
            carried.set(&name, value);
        }
    }

    /// The transaction is over. The question that must be asked, in SQL, or `None` where everything is known.
    pub fn settle(&mut self, carried: &mut Settings) -> Option<String> {
        let doubt = self.doubt.as_mut()?;
        if !doubt.asked {
            doubt.asked = true;
            if doubt.reset_all {
                doubt.set.extend(self.chosen.iter().chain(carried.iter()).map(|(name, _)| name.to_owned()));
            }
            doubt.set.sort_unstable();
            doubt.set.dedup();
            if !doubt.set.is_empty() {
                return Some(question(&doubt.set));
            }
        }
        let doubt = self.doubt.take()?;
        for (name, value) in std::mem::take(&mut self.answers) {
            self.chosen.set(&name, &value);
            carried.set(&name, &value);
        }
        if !doubt.rolled_back {
            if doubt.reset_all {
                self.chosen = self.startup.clone();
            }
            for name in &doubt.reset {
                match self.startup.get(name) {
                    Some(value) => self.chosen.set(name, &value.to_owned()),
                    None => self.chosen.unset(name),
                }
            }
        }
        None
    }

    /// A row of the answer: name and value.
    pub fn answer(&mut self, name: &str, value: &str) {
        self.answers.push((name.to_owned(), value.to_owned()));
    }
}

fn question(names: &[String]) -> String {
    let mut text = String::from("SELECT n, pg_catalog.current_setting(n, true) FROM pg_catalog.unnest(ARRAY[");
    for (index, name) in names.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        quote_literal(&mut text, name);
    }
    text.push_str("]) n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreported_setting_is_asked_for() {
        let mut own = OwnSettings::new(Settings::default());
        let mut carried = Settings::default();
        own.note(&Effects { set: vec!["work_mem".into()], ..Effects::default() });
        assert!(own.settle(&mut carried).unwrap().contains("'work_mem'"));
        own.answer("work_mem", "8MB");
        assert_eq!(own.settle(&mut carried), None);
        assert_eq!((own.chosen().get("work_mem"), carried.get("work_mem")), (Some("8MB"), Some("8MB")));
        assert!(!own.is_in_doubt());
    }

    #[test]
    fn reset_goes_back_to_the_startup_packet() {
        let mut own = OwnSettings::new(Settings::from_pairs([("timezone", "UTC")]));
        let mut carried = own.chosen().clone();
        own.reported(&mut carried, "TimeZone", "Europe/Rome");
        own.note(&Effects { reset: vec!["timezone".into()], ..Effects::default() });
        own.reported(&mut carried, "TimeZone", "Etc/UTC");
        assert_eq!(own.settle(&mut carried), None);
        assert_eq!((own.chosen().get("timezone"), carried.get("timezone")), (Some("UTC"), Some("Etc/UTC")));
    }

    #[test]
    fn what_is_rolled_back_stays() {
        let mut own = OwnSettings::new(Settings::default());
        let mut carried = Settings::default();
        own.reported(&mut carried, "TimeZone", "Europe/Rome");
        own.note(&Effects { reset: vec!["timezone".into()], ..Effects::default() });
        own.reported(&mut carried, "TimeZone", "Etc/UTC");
        own.reported(&mut carried, "TimeZone", "Europe/Rome");
        own.command_complete(b"ROLLBACK\0");
        own.settle(&mut carried);
        assert_eq!(own.chosen().get("timezone"), Some("Europe/Rome"));
    }
}
