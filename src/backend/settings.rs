//! Settings that a session has chosen and that a server connection carries.
//!
//! A session's settings travel with it from server connection to server connection: on check-out only those that differ are sent.

use std::{sync::Arc, time::Duration};

use smallvec::SmallVec;

/// A name and its value.
type Pair = (Arc<str>, Arc<str>);

/// Chosen settings, sorted by name; cheap to clone and to compare.
#[derive(Clone, Debug, Default)]
pub struct Settings(Option<Arc<[Pair]>>);

impl Settings {
    /// Settings from names (any case) and values; of a repeated name the last counts.
    pub fn from_pairs<N: AsRef<str>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        let mut settings = Settings::default();
        for (name, value) in pairs {
            settings.set(name.as_ref(), value.as_ref());
        }
        settings
    }

    /// Names and values in order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs().iter().map(|(name, value)| (&**name, &**value))
    }

    /// Whether nothing is chosen.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    fn pairs(&self) -> &[Pair] {
        self.0.as_deref().unwrap_or_default()
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.pairs().binary_search_by(|(known, _)| (**known).cmp(name))
    }

    /// A setting's value; `name` in lower case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.place(name).ok().map(|place| &*self.pairs()[place].1)
    }

    /// Chooses a value.
    pub fn set(&mut self, name: &str, value: &str) {
        let name = name.to_ascii_lowercase();
        let mut pairs = self.pairs().to_vec();
        match self.place(&name) {
            Ok(place) if &*pairs[place].1 == value => return,
            Ok(place) => pairs[place].1 = Arc::from(value),
            Err(place) => pairs.insert(place, (Arc::from(name), Arc::from(value))),
        }
        self.0 = Some(Arc::from(pairs));
    }

    /// Goes back to what the server has by itself.
    pub fn unset(&mut self, name: &str) {
        if let Ok(place) = self.place(&name.to_ascii_lowercase()) {
            let mut pairs = self.pairs().to_vec();
            pairs.remove(place);
            self.0 = if pairs.is_empty() { None } else { Some(Arc::from(pairs)) };
        }
    }

    /// Whether both are the same settings. Sessions of one application have equal ones in most cases.
    #[inline]
    pub fn same(&self, other: &Settings) -> bool {
        match (&self.0, &other.0) {
            (None, None) => true,
            (Some(ours), Some(theirs)) => Arc::ptr_eq(ours, theirs) || ours == theirs,
            _ => false,
        }
    }

    /// The statements that turn `self`, which a server connection carries, into `wanted`; `None` where nothing differs.
    ///
    /// `search_path` is a list: its text form inside quotes would name one schema. An empty one can't be written in SQL.
    pub fn change_to(&self, wanted: &Settings) -> Option<String> {
        if self.same(wanted) {
            return None;
        }
        let mut text = String::new();
        for (name, _) in self.iter().filter(|(name, _)| wanted.get(name).is_none()) {
            text.push_str("RESET ");
            quote_identifier(&mut text, name);
            text.push(';');
        }
        for (name, value) in wanted.iter().filter(|(name, value)| self.get(name) != Some(value)) {
            let elements = if name == "search_path" { list_elements(value) } else { vec![value.to_owned()] };
            if elements.is_empty() {
                text.push_str("SELECT pg_catalog.set_config('search_path','',false);");
                continue;
            }
            text.push_str("SET ");
            quote_identifier(&mut text, name);
            for (number, element) in elements.iter().enumerate() {
                text.push(if number == 0 { '=' } else { ',' });
                quote_literal(&mut text, element);
            }
            text.push(';');
        }
        (!text.is_empty()).then_some(text)
    }
}

/// Time limits that a session may lower and never raise: names, and milliseconds.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Caps(SmallVec<[(&'static str, u64); 2]>);

impl Caps {
    /// Adds a limit, where there is one.
    #[must_use]
    pub fn with(mut self, name: &'static str, limit: Option<Duration>) -> Self {
        let limit = limit.map(|limit| u64::try_from(limit.as_millis()).unwrap_or(u64::MAX).max(1));
        self.0.extend(limit.map(|limit| (name, limit)));
        self
    }

    /// Whether nothing is limited.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a setting has a limit.
    pub fn limits(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| *known == name)
    }

    /// A limit, where settings are at just that.
    pub fn reached(&self, name: &str, settings: &Settings) -> Option<Duration> {
        let own = settings.get(name).and_then(milliseconds)?;
        self.0.iter().find(|(known, limit)| *known == name && *limit == own).map(|(_, limit)| Duration::from_millis(*limit))
    }

    /// Brings settings within the limits. No limit at all (0), or a value that can't be read, is the limit.
    pub fn hold(&self, settings: &mut Settings) {
        for (name, limit) in &self.0 {
            let lower = settings.get(name).and_then(milliseconds).is_some_and(|own| (1..=*limit).contains(&own));
            if !lower {
                settings.set(name, &limit.to_string());
            }
        }
    }
}

impl Settings {
    /// A setting that is a time in milliseconds, where it is one and isn't 0, which stands for no limit.
    pub fn time(&self, name: &str) -> Option<Duration> {
        self.get(name).and_then(milliseconds).filter(|time| *time > 0).map(Duration::from_millis)
    }
}

/// A time as `parse_int` in `src/backend/utils/misc/guc.c` reads it for settings in milliseconds; none where it may be anything else.
fn milliseconds(text: &str) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let number: f64 = number.parse().ok()?;
    let factor = match unit.trim_start() {
        "us" => 0.001,
        "" | "ms" => 1.0,
        "s" => 1_000.0,
        "min" => 60_000.0,
        "h" => 3_600_000.0,
        "d" => 86_400_000.0,
        _ => return None,
    };
    let own = number * factor;
    // The server rounds half a millisecond down to 0, which is no limit at all.
    Some(if own < 1.0 { 0 } else { own.round() as u64 })
}

/// The names in a list's text form: `SplitIdentifierString` in `src/backend/utils/adt/varlena.c`. What isn't such a list is one name.
fn list_elements(list: &str) -> Vec<String> {
    let whole = || vec![list.to_owned()];
    let mut elements = Vec::new();
    let mut rest = list.trim_start();
    while !rest.is_empty() || !elements.is_empty() {
        let (name, after) = match rest.strip_prefix('"') {
            Some(quoted) => match quoted_name(quoted) {
                Some(found) => found,
                None => return whole(),
            },
            None => {
                let end = rest.find(|char: char| char == ',' || char.is_ascii_whitespace()).unwrap_or(rest.len());
                let (name, after) = rest.split_at(end);
                if name.is_empty() {
                    return whole();
                }
                (name.to_ascii_lowercase(), after)
            }
        };
        elements.push(name);
        match after.trim_start().strip_prefix(',') {
            Some(more) => rest = more.trim_start(),
            None if after.trim().is_empty() => return elements,
            None => return whole(),
        }
    }
    elements
}

/// A name behind its opening quote, and what follows the closing one.
fn quoted_name(mut rest: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    loop {
        let (part, after) = rest.split_once('"')?;
        name.push_str(part);
        match after.strip_prefix('"') {
            Some(more) => {
                name.push('"');
                rest = more;
            }
            None => return Some((name, after)),
        }
    }
}

/// Appends an identifier in double quotes.
pub fn quote_identifier(out: &mut String, name: &str) {
    out.push('"');
    for char in name.chars().filter(|&char| char != '\0') {
        if char == '"' {
            out.push('"');
        }
        out.push(char);
    }
    out.push('"');
}

/// Appends a string literal that reads the same whatever `standard_conforming_strings` is: `quote_literal_cstr` in
/// `src/backend/utils/adt/quote.c`.
pub fn quote_literal(out: &mut String, value: &str) {
    if value.contains('\\') {
        out.push_str(" E");
    }
    out.push('\'');
    for char in value.chars().filter(|&char| char != '\0') {
        if char == '\'' || char == '\\' {
            out.push(char);
        }
        out.push(char);
    }
    out.push('\'');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_differences_are_sent() {
        let server = Settings::from_pairs([("TimeZone", "UTC"), ("work_mem", "1MB")]);
        let session = Settings::from_pairs([("timezone", "UTC"), ("application_name", "o'clock")]);
        assert_eq!(server.change_to(&session).as_deref(), Some(r#"RESET "work_mem";SET "application_name"='o''clock';"#));
        assert_eq!(server.change_to(&server.clone()), None);
        assert_eq!(Settings::default().change_to(&Settings::default()), None);
    }

    #[test]
    fn lists_keep_their_elements() {
        let table = [
            (r#""$user", public"#, r#"SET "search_path"='$user','public';"#),
            (r#" Own ,"A ""b"",c'","#, r#"SET "search_path"=' Own ,"A ""b"",c''",';"#),
            (r#" Own ,"A ""b"",c'""#, r#"SET "search_path"='own','A "b",c''';"#),
            ("a b", r#"SET "search_path"='a b';"#),
            (r#""a"#, r#"SET "search_path"='"a';"#),
            (r#""""#, r#"SET "search_path"='';"#),
            ("", "SELECT pg_catalog.set_config('search_path','',false);"),
        ];
        for (value, expected) in table {
            let wanted = Settings::from_pairs([("search_path", value)]);
            assert_eq!(Settings::default().change_to(&wanted).as_deref(), Some(expected), "{value}");
        }
    }

    #[test]
    fn limits_are_lowered_and_never_raised() {
        let caps = Caps::default().with("statement_timeout", Some(Duration::from_secs(30))).with("transaction_timeout", None);
        let table = [
            ("10s", "10s"),
            ("30000", "30000"),
            ("500 ms", "500 ms"),
            ("0.5min", "0.5min"),
            ("30001", "30000"),
            ("1min", "30000"),
            ("1h", "30000"),
            ("0", "30000"),
            ("0.1us", "30000"),
            // No limit, as the server rounds them.
            ("0.5", "30000"),
            ("500us", "30000"),
            ("0.5001 ms", "30000"),
            ("0x10", "30000"),
            ("-1", "30000"),
            ("1e9", "30000"),
        ];
        for (chosen, held) in table {
            let mut settings = Settings::from_pairs([("statement_timeout", chosen)]);
            caps.hold(&mut settings);
            assert_eq!((settings.get("statement_timeout"), settings.get("transaction_timeout")), (Some(held), None), "{chosen}");
        }
        let mut settings = Settings::default();
        caps.hold(&mut settings);
        assert_eq!(settings.get("statement_timeout"), Some("30000"));
        let at = |value| caps.reached("statement_timeout", &Settings::from_pairs([("statement_timeout", value)]));
        assert_eq!(
            (at("30s"), at("30000"), at("29s"), at("0")),
            (Some(Duration::from_secs(30)), Some(Duration::from_secs(30)), None, None)
        );
        assert!(Caps::default().with("x", None).is_empty());
    }

    #[test]
    fn backslashes_do_not_open_strings() {
        let mut text = String::new();
        quote_literal(&mut text, r"a\'b");
        assert_eq!(text, r" E'a\\''b'");
    }

    proptest! {
        #[test]
        fn applying_the_change_reaches_the_goal(a in proptest::collection::vec(("[a-c]", "[x-z]"), 0..4), b in proptest::collection::vec(("[a-c]", "[x-z]"), 0..4)) {
            let (from, to) = (Settings::from_pairs(a), Settings::from_pairs(b));
            let mut now = from.clone();
            if let Some(text) = from.change_to(&to) {
                for statement in text.split_terminator(';') {
                    if let Some(name) = statement.strip_prefix("RESET ") {
                        now.unset(name.trim_matches('"'));
                    } else if let Some((name, value)) = statement.strip_prefix("SET ").and_then(|s| s.split_once('=')) {
                        now.set(name.trim_matches('"'), value.trim_matches('\''));
                    }
                }
            }
            prop_assert!(now.same(&to));
        }
    }
}
