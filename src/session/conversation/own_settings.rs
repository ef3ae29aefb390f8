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

/// What statements since the last settling may have changed. Names in lower case.
#[derive(Debug, Default)]
struct Doubt {
    /// Servers don't report these by themselves.
    ask: Vec<String>,
    /// These go back to the session's own default.
    reset: Vec<String>,
    /// So do all but those set since.
    reset_all: bool,
    set: Vec<String>,
    /// Something failed or was rolled back: only the server knows what came of it.
    failed: bool,
    asked: bool,
    /// How often the question has failed.
    unanswered: u8,
}

/// A question that fails more often isn't asked again.
const TRIES: u8 = 10;

impl OwnSettings {
    /// Settings as the startup packet says.
    pub fn new(startup: Settings) -> Self {
        OwnSettings { chosen: startup.clone(), startup, doubt: None, answers: Vec::new() }
    }

    /// What the session has chosen.
    pub fn chosen(&self) -> &Settings {
        &self.chosen
    }

    /// The client has chosen a value, and no server has seen it yet.
    pub fn choose(&mut self, name: &str, value: &str) {
        self.chosen.set(name, value);
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
        doubt.asked = false;
        if effects.reset_all {
            doubt.reset_all = true;
            doubt.set.clear();
        }
        let mut add = |names: &[String], set: bool| {
            for name in names.iter().map(|name| name.to_ascii_lowercase()) {
                doubt.set.retain(|known| *known != name);
                doubt.reset.retain(|known| *known != name);
                if !REPORTED.contains(&name.as_str()) {
                    doubt.ask.push(name.clone());
                }
                if set { doubt.set.push(name) } else { doubt.reset.push(name) }
            }
        };
        add(&effects.reset, false);
        add(&effects.set, true);
    }

    /// What was under way is lost, and so is what it would have set.
    pub fn forget_doubt(&mut self) {
        self.doubt = None;
        self.answers = Vec::new();
    }

    /// Whether what a RESET came to is asked for: until the answer is there, it isn't known what the connection still needs.
    pub fn awaits_reset(&self) -> bool {
        self.doubt.as_ref().is_some_and(|doubt| doubt.asked && (doubt.reset_all || !doubt.reset.is_empty()))
    }

    /// Whether what the server makes of one of these settings is asked for.
    pub fn awaits_any(&self, limited: impl Fn(&str) -> bool) -> bool {
        self.doubt.as_ref().is_some_and(|doubt| doubt.asked && doubt.ask.iter().any(|name| limited(name)))
    }

    /// A command ended; a ROLLBACK takes back what was set.
    #[inline]
    pub fn command_complete(&mut self, command: &[u8]) {
        if self.doubt.is_some() && command.starts_with(b"ROLLBACK") {
            self.failed();
        }
    }

    /// A statement failed.
    #[inline]
    pub fn failed(&mut self) {
        if let Some(doubt) = &mut self.doubt {
            doubt.failed = true;
        }
    }

    /// The question has failed. Whether it is asked once more.
    pub fn ask_again(&mut self) -> bool {
        self.answers = Vec::new();
        self.doubt.as_mut().is_some_and(|doubt| {
            doubt.asked = false;
            doubt.unanswered += 1;
            doubt.unanswered < TRIES
        })
    }

    /// The server reports a setting. What the client must be told in its place, where that is something else: a RESET goes
    /// back to the startup packet's value, of which the server knows nothing.
    pub fn reported(&mut self, carried: &mut Settings, name: &str, value: &str) -> Option<String> {
        let lower = name.to_ascii_lowercase();
        if !REPORTED.contains(&lower.as_str()) && lower != "search_path" {
            return None;
        }
        carried.set(&lower, value);
        let own = self.startup.get(&lower).filter(|own| *own != value && self.goes_back(&lower)).map(str::to_owned);
        self.chosen.set(&lower, own.as_deref().unwrap_or(value));
        own
    }

    fn goes_back(&self, name: &str) -> bool {
        self.doubt.as_ref().is_some_and(|doubt| {
            let is_in = |names: &[String]| names.iter().any(|known| known == name);
            !doubt.failed && (is_in(&doubt.reset) || (doubt.reset_all && !is_in(&doubt.set)))
        })
    }

    /// The transaction is over. The question that must be asked, in SQL, or `None` where everything is known.
    pub fn settle(&mut self, carried: &mut Settings) -> Option<String> {
        let doubt = self.doubt.as_mut()?;
        if !doubt.asked {
            doubt.asked = true;
            if doubt.reset_all {
                doubt.ask.extend(self.chosen.iter().chain(carried.iter()).map(|(name, _)| name.to_owned()));
            }
            doubt.ask.sort_unstable();
            doubt.ask.dedup();
            if !doubt.ask.is_empty() {
                return Some(question(&doubt.ask));
            }
        }
        let doubt = self.doubt.take()?;
        let before = self.chosen.clone();
        for (name, value) in std::mem::take(&mut self.answers) {
            self.chosen.set(&name, &value);
            carried.set(&name, &value);
        }
        if doubt.failed {
            return None;
        }
        if doubt.reset_all {
            let mut kept = self.startup.clone();
            doubt
                .set
                .iter()
                .filter_map(|name| self.chosen.get(name).map(|value| (name, value)))
                .for_each(|(name, value)| kept.set(name, value));
            self.chosen = kept;
        }
        for name in &doubt.reset {
            match self.startup.get(name) {
                Some(value) => self.chosen.set(name, value),
                None => self.chosen.unset(name),
            }
        }
        // Equal settings that are the same in memory compare faster.
        if before.same(&self.chosen) {
            self.chosen = before;
        }
        None
    }

    /// What it holds beside itself, settings left out.
    pub fn heap_bytes(&self) -> usize {
        self.answers.capacity() * size_of::<(String, String)>() + self.doubt.as_ref().map_or(0, |_| size_of::<Doubt>())
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
}
