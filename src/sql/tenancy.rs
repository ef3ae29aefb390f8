//! What a text says of whom its session acts for: `SET [LOCAL] pgtenant.tenant`, what begins and ends transactions around it, and
//! comments in sqlcommenter's form.
//!
//! Only sessions that may act for several tenants are read so; for others [`super::outcome`] finds SET and SHOW.

use std::ops::Range;

use super::{
    Effect, PinReason, Script, SetScope, SetTo, Statement, TransactionControl,
    effect::DiscardTarget,
    lexer::{Lexer, Token, TokenKind, comments},
    parse,
};

/// The setting's name.
pub const SETTING: &str = "pgtenant.tenant";

/// What the names of all settings of ours begin with.
const PREFIX: &str = "pgtenant.";

/// A text that is one statement about tenant or transaction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// `SET`, `RESET`, or a lone `SELECT set_config(…)`.
    Set {
        /// To what.
        value: Value,
        /// For the transaction only.
        local: bool,
        /// By `set_config`, which gives a row.
        by_call: bool,
    },
    /// `SHOW`.
    Show,
    /// A lone `SELECT current_setting(…)`.
    Current,
    /// `BEGIN`, `START TRANSACTION`.
    Begin {
        /// Its tag.
        tag: &'static str,
    },
    /// `COMMIT`, `END`.
    Commit {
        /// `AND CHAIN`.
        chain: bool,
    },
    /// `ROLLBACK`, `ABORT`.
    Rollback {
        /// `AND CHAIN`.
        chain: bool,
    },
    /// `SET` of a setting that says how the client wants to be talked to.
    Choose {
        /// Its name, as PostgreSQL spells it.
        name: &'static str,
        /// Its value.
        value: String,
    },
    /// `SET`, `RESET` of another setting of ours.
    Wish {
        /// Which.
        which: Own,
        /// To what; none: what the session began with.
        value: Option<String>,
        /// For the transaction only.
        local: bool,
    },
    /// `SHOW` of such a setting.
    ShowWish(Own),
    /// `RESET ALL`.
    ResetAll,
    /// `DISCARD ALL`.
    DiscardAll,
    /// `DEALLOCATE`; `None`: ALL.
    Deallocate(Option<String>),
}

/// A setting of ours that isn't about tenants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Own {
    /// `pgtenant.read`: where reads run.
    Read,
    /// `pgtenant.consistency`: what they mustn't miss.
    Consistency,
}

impl Own {
    /// The setting of that name in lower case.
    pub fn named(name: &str) -> Option<Own> {
        match name {
            "pgtenant.read" => Some(Own::Read),
            "pgtenant.consistency" => Some(Own::Consistency),
            _ => None,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Own::Read => "pgtenant.read",
            Own::Consistency => "pgtenant.consistency",
        }
    }
}

/// A statement with which a pool of connections cleans up, and which has nothing to do where there is no server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cleanup {
    /// `RESET ALL`
    ResetAll,
    /// `UNLISTEN`
    Unlisten,
    /// `CLOSE ALL`
    CloseAll,
    /// `SELECT pg_advisory_unlock_all()`
    UnlockAll,
    /// `DEALLOCATE ALL`
    DeallocateAll,
    /// `ROLLBACK`, outside of a transaction.
    Rollback,
}

/// What the setting becomes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// A name.
    Name(String),
    /// What the session began with.
    Default,
    /// `$1`.
    Parameter,
}

/// What a text is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reading {
    /// Nothing of the kind, or something that only a server judges.
    Plain,
    /// One statement, one command.
    Command(Command),
    /// Nothing but cleaning up.
    Cleanup(Vec<Cleanup>),
    /// One of several statements says the tenant, or in a way that isn't understood.
    SaysInside,
    /// One of several statements ends a transaction, and others follow.
    EndsInside,
}

/// Settings that say how a client wants to be talked to: what drivers set as they connect.
const FORMS: [&str; 8] = [
    "application_name",
    "bytea_output",
    "client_encoding",
    "client_min_messages",
    "DateStyle",
    "extra_float_digits",
    "IntervalStyle",
    "TimeZone",
];

/// First words of texts that may be of interest.
const WORDS: [&str; 13] =
    ["set", "reset", "show", "begin", "start", "commit", "end", "rollback", "abort", "discard", "deallocate", "unlisten", "close"];

/// Reads a text.
pub fn read(text: &[u8]) -> Reading {
    let mut tokens = Lexer::new(text);
    let first = tokens.find(|token| !token.is_symbol(b';'));
    let by_word = first.is_some_and(|first| WORDS.iter().any(|word| first.is_word(text, word)));
    let several = memchr::memchr(b';', text).is_some_and(|at| Lexer::new(text.get(at + 1..).unwrap_or_default()).next().is_some());
    if !by_word && !several && !names_setting(text) {
        return Reading::Plain;
    }
    let Ok(text) = std::str::from_utf8(text) else { return Reading::Plain };
    match parse(text) {
        Ok(script) => of_script(text, &script),
        Err(super::ParseFailure::Syntax(_) | super::ParseFailure::Nul) => Reading::Plain,
        // Nobody knows what it does.
        Err(_) => Reading::SaysInside,
    }
}

/// Reads a text of a session that has one tenant for good: only what says or shows it counts.
pub fn read_of_one(text: &[u8]) -> Reading {
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    if !first.is_some_and(|byte| b"sSrR/-".contains(byte)) || !names(text, PREFIX) {
        return Reading::Plain;
    }
    match read(text) {
        says @ Reading::Command(Command::Set { .. } | Command::Show | Command::Current | Command::Wish { .. } | Command::ShowWish(_)) => {
            says
        }
        _ => Reading::Plain,
    }
}

/// Whether the setting's name may stand in a text, in any case.
fn names_setting(text: &[u8]) -> bool {
    names(text, SETTING)
}

fn names(text: &[u8], word: &str) -> bool {
    let word = word.as_bytes();
    memchr::memchr2_iter(b'p', b'P', text).any(|at| text.get(at..at + word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word)))
}

fn of_script(text: &str, script: &Script) -> Reading {
    match script.statements.as_slice() {
        [] => Reading::Plain,
        [statement] => of_statement(text.as_bytes(), statement),
        [before @ .., _] => {
            let cleanup: Option<Vec<Cleanup>> = script.statements.iter().map(|statement| cleanup(text.as_bytes(), statement)).collect();
            if let Some(cleanup) = cleanup {
                return Reading::Cleanup(cleanup);
            }
            if script.statements.iter().any(says_tenant) {
                return Reading::SaysInside;
            }
            if before.iter().any(ends_transaction) { Reading::EndsInside } else { Reading::Plain }
        }
    }
}

fn says_tenant(statement: &Statement) -> bool {
    statement.effects.iter().any(|effect| match effect {
        Effect::ResetAll | Effect::Discard(DiscardTarget::All) => true,
        Effect::Set(set) => set.name.as_str() == SETTING,
        Effect::Show(name) | Effect::Pin(PinReason::Setting(name)) => name.as_str() == SETTING,
        _ => false,
    })
}

fn ends_transaction(statement: &Statement) -> bool {
    use TransactionControl::{Begin, Commit, Prepare, Release, Rollback, RollbackTo, Savepoint};
    statement.effects.iter().any(|effect| match effect {
        Effect::Transaction(Begin | Savepoint | Release | RollbackTo) => false,
        Effect::Transaction(Commit { .. } | Rollback { .. } | Prepare) => true,
        Effect::Transaction(_) => true,
        _ => false,
    })
}

fn of_statement(text: &[u8], statement: &Statement) -> Reading {
    let own = text.get(statement.span.clone()).unwrap_or_default();
    match command(own, statement) {
        Some(command) => Reading::Command(command),
        None if says_tenant(statement) => Reading::SaysInside,
        // Where it isn't certain that it runs, or whose value isn't.
        None if names_setting(own) && Lexer::new(own).any(|token| token.is_word(own, "set_config")) => Reading::SaysInside,
        None if cleanup(text, statement).is_some() => Reading::Cleanup(cleanup(text, statement).into_iter().collect()),
        None => Reading::Plain,
    }
}

/// The command that a lone statement is.
pub(super) fn command(text: &[u8], statement: &Statement) -> Option<Command> {
    let first = Lexer::new(text).next()?;
    match statement.effects.first() {
        Some(Effect::Transaction(TransactionControl::Begin)) => {
            Some(Command::Begin { tag: if first.is_word(text, "start") { "START TRANSACTION" } else { "BEGIN" } })
        }
        Some(Effect::Transaction(TransactionControl::Commit { chain })) => Some(Command::Commit { chain: *chain }),
        Some(Effect::Transaction(TransactionControl::Rollback { chain })) => Some(Command::Rollback { chain: *chain }),
        Some(Effect::ResetAll) => Some(Command::ResetAll),
        Some(Effect::Discard(DiscardTarget::All)) => Some(Command::DiscardAll),
        Some(Effect::Deallocate(used)) => Some(Command::Deallocate(used.as_ref().map(|used| used.name.clone()))),
        Some(Effect::Show(name)) if name.as_str() == SETTING => Some(Command::Show),
        Some(Effect::Show(name)) if Own::named(name.as_str()).is_some() => Own::named(name.as_str()).map(Command::ShowWish),
        Some(Effect::Set(set)) if Own::named(set.name.as_str()).is_some() && !first.is_word(text, "select") => {
            let value = match &set.to {
                SetTo::Default => None,
                SetTo::Values(values) => match values.as_slice() {
                    [one] => Some(one.clone()),
                    _ => return None,
                },
                SetTo::Computed => return None,
            };
            Some(Command::Wish { which: Own::named(set.name.as_str())?, value, local: set.scope == SetScope::Local })
        }
        Some(Effect::Set(set)) if set.name.as_str() == SETTING && first.is_word(text, "select") => call(text),
        Some(Effect::Set(set)) if set.name.as_str() == SETTING && (first.is_word(text, "set") || first.is_word(text, "reset")) => {
            let value = match &set.to {
                SetTo::Default => Value::Default,
                SetTo::Values(values) => match values.as_slice() {
                    [one] => Value::Name(one.clone()),
                    _ => return None,
                },
                SetTo::Computed => return None,
            };
            Some(Command::Set { value, local: set.scope == SetScope::Local, by_call: false })
        }
        Some(Effect::Set(set)) if first.is_word(text, "set") && set.scope == SetScope::Session && statement.effects.len() == 1 => {
            match (set.name.tracked(), &set.to) {
                (Some(tracked), SetTo::Values(values)) if FORMS.contains(&tracked.name) => match values.as_slice() {
                    [value] => Some(Command::Choose { name: tracked.name, value: value.clone() }),
                    _ => None,
                },
                _ => None,
            }
        }
        Some(Effect::Pin(PinReason::Setting(name))) if name.as_str() == SETTING => call(text),
        None if names_setting(text) => call(text),
        _ => None,
    }
}

/// What a statement cleans up, if that is all it does.
fn cleanup(text: &[u8], statement: &Statement) -> Option<Cleanup> {
    let own = text.get(statement.span.clone())?;
    let spelled = |words: &[&str]| {
        let mut tokens = Lexer::new(own);
        words.iter().all(|word| tokens.next().is_some_and(|token| token.bytes(own).eq_ignore_ascii_case(word.as_bytes())))
            && tokens.next().is_none()
    };
    match statement.effects.as_slice() {
        [Effect::ResetAll] => Some(Cleanup::ResetAll),
        [Effect::Unlisten(_)] => Some(Cleanup::Unlisten),
        [Effect::Deallocate(None)] => Some(Cleanup::DeallocateAll),
        [Effect::Transaction(TransactionControl::Rollback { chain: false })] => Some(Cleanup::Rollback),
        _ if spelled(&["close", "all"]) => Some(Cleanup::CloseAll),
        _ if spelled(&["select", "pg_advisory_unlock_all", "(", ")"]) => Some(Cleanup::UnlockAll),
        _ if spelled(&["select", "pg_catalog", ".", "pg_advisory_unlock_all", "(", ")"]) => Some(Cleanup::UnlockAll),
        _ => None,
    }
}

/// `SELECT [pg_catalog.]set_config('pgtenant.tenant', 'acme' | $1, true | false)` or `…current_setting('pgtenant.tenant'[, true])`,
/// and nothing else.
fn call(text: &[u8]) -> Option<Command> {
    let tokens: Vec<Token> = Lexer::new(text).collect();
    let mut rest = tokens.as_slice();
    let mut next = || -> Option<Token> {
        let (first, others) = rest.split_first()?;
        rest = others;
        Some(*first)
    };
    let is = |token: Token, word: &str| token.is_word(text, word).then_some(());
    is(next()?, "select")?;
    let mut function = next()?;
    if function.is_word(text, "pg_catalog") {
        next().filter(|dot| dot.is_symbol(b'.'))?;
        function = next()?;
    }
    next().filter(|token| token.is_symbol(b'('))?;
    let name = plain_string(text, next()?)?;
    if !name.eq_ignore_ascii_case(SETTING) {
        return None;
    }
    let separator = next()?;
    if function.is_word(text, "current_setting") {
        if separator.is_symbol(b',') {
            let missing_ok = next()?;
            is(missing_ok, "true").or_else(|| is(missing_ok, "false"))?;
            next().filter(|token| token.is_symbol(b')'))?;
        } else if !separator.is_symbol(b')') {
            return None;
        }
        return next().is_none().then_some(Command::Current);
    }
    is(function, "set_config")?;
    separator.is_symbol(b',').then_some(())?;
    let value = next()?;
    let value = match value.kind {
        TokenKind::Parameter if value.bytes(text) == b"$1" => Value::Parameter,
        _ => Value::Name(plain_string(text, value)?),
    };
    next().filter(|token| token.is_symbol(b','))?;
    let local = next()?;
    let local = if local.is_word(text, "true") {
        true
    } else {
        is(local, "false")?;
        false
    };
    next().filter(|token| token.is_symbol(b')'))?;
    next().is_none().then_some(Command::Set { value, local, by_call: true })
}

/// `'…'` without a backslash or another spelling.
fn plain_string(text: &[u8], token: Token) -> Option<String> {
    let inner = token.bytes(text).strip_prefix(b"'")?.strip_suffix(b"'")?;
    let inner = std::str::from_utf8(inner).ok().filter(|inner| token.kind == TokenKind::String && !inner.contains('\\'))?;
    Some(inner.replace("''", "'"))
}

/// What comments at the ends of a text say under the key `tenant`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Said {
    /// Nothing.
    Nothing,
    /// A tenant.
    Tenant(String),
    /// Two of them.
    Several,
}

/// What comments at either end of a text say that are in sqlcommenter's form: `/*key='value',…*/`, both URL-encoded.
pub fn comment(text: &[u8]) -> Said {
    let mut said = Said::Nothing;
    if memchr::memmem::find(text, b"tenant=").is_none() {
        return said;
    }
    let (comments, tokens) = comments(text);
    let first = tokens.first().map_or(text.len(), |token| token.start);
    // A semicolon may stand before the last comment, or behind it.
    let last = tokens.iter().rfind(|token| !token.is_symbol(b';')).map_or(0, |token| token.end);
    for place in comments.into_iter().filter(|place: &Range<usize>| place.end <= first || place.start >= last) {
        for tenant in text.get(place).and_then(tenants_in).unwrap_or_default() {
            said = match said {
                Said::Nothing => Said::Tenant(tenant),
                Said::Tenant(known) if known == tenant => Said::Tenant(known),
                _ => return Said::Several,
            };
        }
    }
    said
}

/// The tenants that a comment in sqlcommenter's form names; `None` where it isn't in that form.
fn tenants_in(comment: &[u8]) -> Option<Vec<String>> {
    let mut rest = std::str::from_utf8(comment).ok()?.strip_prefix("/*")?.strip_suffix("*/")?.trim();
    let mut tenants = Vec::new();
    loop {
        let (key, after) = rest.split_once("='")?;
        let end = after.match_indices('\'').map(|(at, _)| at).find(|&at| !after.get(..at).unwrap_or_default().ends_with('\\'))?;
        let (value, after) = (after.get(..end)?, after.get(end + 1..)?);
        let key = key.trim();
        if key.is_empty() || key.contains(char::is_whitespace) {
            return None;
        }
        if decoded(key)? == "tenant" {
            tenants.push(decoded(&value.replace("\\'", "'"))?);
        }
        match after.trim_start().strip_prefix(',') {
            Some(more) => rest = more,
            None => return after.trim().is_empty().then_some(tenants),
        }
    }
}

/// Takes back URL encoding.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, after) = rest.split_first_chunk::<2>()?;
        let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
        bytes.push(digit(digits[0])? << 4 | digit(digits[1])?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn set(value: &str, local: bool, by_call: bool) -> Reading {
        Reading::Command(Command::Set { value: Value::Name(value.to_owned()), local, by_call })
    }

    #[test]
    fn commands() {
        for (text, reading) in [
            ("SET pgtenant.tenant = 'acme'", set("acme", false, false)),
            ("set PGTENANT.Tenant to acme;", set("acme", false, false)),
            (" /* c */ SET SESSION \"pgtenant\".\"tenant\" = 'o''x' ; ", set("o'x", false, false)),
            ("SET LOCAL pgtenant.tenant TO 'acme'", set("acme", true, false)),
            ("SELECT set_config('pgtenant.tenant', 'acme', true)", set("acme", true, true)),
            ("select pg_catalog.set_config('pgtenant.tenant','acme',false);", set("acme", false, true)),
            ("SHOW pgtenant.tenant", Reading::Command(Command::Show)),
            ("select current_setting('pgtenant.tenant', true)", Reading::Command(Command::Current)),
            ("BEGIN", Reading::Command(Command::Begin { tag: "BEGIN" })),
            ("begin isolation level serializable read only", Reading::Command(Command::Begin { tag: "BEGIN" })),
            ("START TRANSACTION", Reading::Command(Command::Begin { tag: "START TRANSACTION" })),
            ("end", Reading::Command(Command::Commit { chain: false })),
            ("COMMIT AND CHAIN", Reading::Command(Command::Commit { chain: true })),
            ("abort", Reading::Command(Command::Rollback { chain: false })),
            ("RESET ALL", Reading::Command(Command::ResetAll)),
            ("DISCARD ALL", Reading::Command(Command::DiscardAll)),
            ("DEALLOCATE _pg3_1", Reading::Command(Command::Deallocate(Some("_pg3_1".to_owned())))),
            (
                "SELECT pg_advisory_unlock_all();\nCLOSE ALL;\nUNLISTEN *;\nRESET ALL;",
                Reading::Cleanup(vec![Cleanup::UnlockAll, Cleanup::CloseAll, Cleanup::Unlisten, Cleanup::ResetAll]),
            ),
            ("CLOSE ALL", Reading::Cleanup(vec![Cleanup::CloseAll])),
            ("RESET ALL; SELECT 1", Reading::SaysInside),
            ("SELECT 1", Reading::Plain),
            ("SELECT ';'", Reading::Plain),
            ("", Reading::Plain),
            (";;", Reading::Plain),
            ("SET timezone TO 'UTC'", Reading::Command(Command::Choose { name: "TimeZone", value: "UTC".to_owned() })),
            ("SET work_mem = '1MB'", Reading::Plain),
            ("SET extra_float_digits = 3", Reading::Command(Command::Choose { name: "extra_float_digits", value: "3".to_owned() })),
            ("SET search_path = x", Reading::Plain),
            ("SET LOCAL work_mem = '1MB'", Reading::Plain),
            ("SET app.x = '1MB'", Reading::Plain),
            ("ROLLBACK TO s", Reading::Plain),
            ("SELECT 1; COMMIT", Reading::Plain),
            ("SET pgtenant.tenant", Reading::Plain),
            ("SELECT 'pgtenant.tenant'", Reading::Plain),
            ("COMMIT; SELECT 1", Reading::EndsInside),
            ("SELECT 1; ROLLBACK; SELECT 2", Reading::EndsInside),
            ("BEGIN; SET LOCAL pgtenant.tenant = 'acme'; SELECT 1", Reading::SaysInside),
            ("SET pgtenant.tenant = 'a', 'b'", Reading::SaysInside),
            ("SELECT set_config('pgtenant.tenant', 'acme', true) FROM t", Reading::SaysInside),
            ("SELECT set_config('pgtenant.tenant', lower('ACME'), true)", Reading::SaysInside),
            ("SELECT set_config('pgtenant.tenant', E'acme', true)", Reading::SaysInside),
        ] {
            assert_eq!(read(text.as_bytes()), reading, "{text}");
        }
        for text in ["SET pgtenant.tenant TO DEFAULT", "RESET pgtenant.tenant"] {
            assert_eq!(
                read(text.as_bytes()),
                Reading::Command(Command::Set { value: Value::Default, local: false, by_call: false }),
                "{text}"
            );
        }
        for local in [true, false] {
            let parameter = Command::Set { value: Value::Parameter, local, by_call: true };
            assert_eq!(read(format!("SELECT set_config('pgtenant.tenant', $1, {local})").as_bytes()), Reading::Command(parameter));
        }
    }

    #[test]
    fn comments_in_sqlcommenters_form() {
        for (text, said) in [
            ("SELECT 1 /*tenant='acme'*/", Some("acme")),
            ("SELECT 1; /* action='a%20b', tenant='acme' */", Some("acme")),
            ("SELECT 1 /*tenant='acme'*/;", Some("acme")),
            ("/*tenant='acme'*/ SELECT 1", Some("acme")),
            ("/*tenant='acme'*/ SELECT 1 /*tenant='acme'*/", Some("acme")),
            ("SELECT 1 /*traceparent='00-5bd',tenant='a%C3%A9'*/", Some("a\u{e9}")),
            ("SELECT 1 /*x='it\\'s',tenant='acme'*/", Some("acme")),
            ("SELECT 1 /* tenant=acme */", None),
            ("SELECT 1 /* the tenant='acme' of x */", None),
            ("SELECT 1 /*tenant='acme' x*/", None),
            ("SELECT 1 /*tenant='ac%zz'*/", None),
            ("SELECT 1 /*tenant='acme*/", None),
            ("SELECT /*tenant='acme'*/ 1", None),
            ("SELECT '/*tenant=''acme''*/'", None),
            ("SELECT '/*tenant=' /*x='y'*/", None),
            ("SELECT 1 -- /*tenant='acme'*/", None),
            ("SELECT $$ /*tenant='acme'*/", None),
            ("SELECT 1 /* /*tenant='acme'*/ */", None),
            ("SELECT 1 /*tenants='acme'*/", None),
            ("SELECT 1", None),
        ] {
            let said = said.map_or(Said::Nothing, |said| Said::Tenant(said.to_owned()));
            assert_eq!(comment(text.as_bytes()), said, "{text}");
        }
        assert_eq!(comment(b"/*tenant='acme'*/ SELECT 1 /*tenant='globex'*/"), Said::Several);
        assert_eq!(comment(b"SELECT 1 /*tenant='acme',tenant='globex'*/"), Said::Several);
    }
}
