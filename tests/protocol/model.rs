//! A model of a server connection: the message flow of PostgreSQL 15, a small language of statements, and transactions over what they wrote.
//!
//! Magic words in a text: `failat` (with its position), `failparse`, `failbind`, `failexec` (at that step), `failrow` (after two rows), `notice`, `manyrows` (seven rows),
//! `bigrow`.

use std::{
    cell::RefCell,
    collections::{BTreeMap, VecDeque},
    rc::Rc,
};

use super::frames::{cstrs, frame};

type Failure = (&'static str, String);
type Names = BTreeMap<String, String>;

/// What transactions have committed, in order; shared by all connections of a database.
pub type Database = Rc<RefCell<Vec<String>>>;

const DEFAULTS: [(&str, &str); 5] =
    [("application_name", ""), ("datestyle", "ISO, MDY"), ("timezone", "UTC"), ("work_mem", "4MB"), ("search_path", "\"$user\", public")];
/// Those that are reported, with the server's spelling.
const REPORTED: [(&str, &str); 3] = [("application_name", "application_name"), ("datestyle", "DateStyle"), ("timezone", "TimeZone")];

#[derive(Clone, Debug)]
struct Prepared {
    text: String,
    stale: bool,
}

#[derive(Clone, Debug)]
struct Portal {
    text: String,
    parameters: Vec<u8>,
    rows: Option<VecDeque<Vec<u8>>>,
    done: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Block {
    None,
    Open,
    Failed,
}

#[derive(Debug)]
struct CopyIn {
    text: String,
    rows: Vec<Vec<u8>>,
    extended: bool,
}

enum Outcome {
    Empty,
    Command(String),
    Rows(VecDeque<Vec<u8>>, Option<Failure>),
    CopyIn(String),
    CopyOut(bool),
}

pub struct Backend {
    database: Database,
    settings: Names,
    local: Names,
    before: Option<Names>,
    reported: Names,
    prepared: BTreeMap<String, Prepared>,
    unnamed: Option<Prepared>,
    portals: BTreeMap<String, Portal>,
    block: Block,
    in_transaction: bool,
    writes: Vec<String>,
    skipping: bool,
    copy: Option<CopyIn>,
    script: VecDeque<String>,
    in_script: bool,
    alone: bool,
    input: Vec<u8>,
    unflushed: Vec<u8>,
    /// Bytes on their way to the client.
    pub out: Vec<u8>,
    /// Statements parsed so far, of any kind.
    pub parses: usize,
    /// Texts with `fragile` can't be parsed any more.
    pub fragile_is_gone: bool,
    /// COPY FROM STDIN fails once before any of its data is read.
    pub fails_before_data: bool,
    /// So many questions about settings fail, as if a cancel request came late.
    pub fails_questions: u32,
    /// Texts of simple queries, as received.
    pub queries: Vec<String>,
}

impl Backend {
    pub fn new(database: &Database) -> Self {
        let mut backend = Backend {
            database: Rc::clone(database),
            settings: Names::new(),
            local: Names::new(),
            before: None,
            reported: Names::new(),
            prepared: BTreeMap::new(),
            unnamed: None,
            portals: BTreeMap::new(),
            block: Block::None,
            in_transaction: false,
            writes: Vec::new(),
            skipping: false,
            copy: None,
            script: VecDeque::new(),
            in_script: false,
            alone: false,
            input: Vec::new(),
            unflushed: Vec::new(),
            out: Vec::new(),
            parses: 0,
            fails_before_data: false,
            fails_questions: 0,
            fragile_is_gone: false,
            queries: Vec::new(),
        };
        for (name, _) in REPORTED {
            backend.reported.insert(name.into(), backend.value(name));
        }
        backend
    }

    /// As after a startup packet with these settings.
    pub fn with_settings(database: &Database, settings: &[(&str, &str)]) -> Self {
        let mut backend = Backend::new(database);
        for (name, value) in settings {
            backend.settings.insert((*name).into(), (*value).into());
        }
        for (name, _) in REPORTED {
            backend.reported.insert(name.into(), backend.value(name));
        }
        backend
    }

    /// Everything that a connection must have behind it before somebody else may use it.
    pub fn assert_idle(&self) {
        assert!(self.input.is_empty(), "unfinished message in the server");
        assert!(self.unflushed.is_empty() && self.out.is_empty(), "unread replies in the server");
        assert!(!self.skipping, "the server skips to a Sync");
        assert!(self.copy.is_none() && self.script.is_empty(), "the server is in a COPY");
        assert!(self.block == Block::None && !self.in_transaction, "the server is in a transaction");
        assert!(self.writes.is_empty() && self.local.is_empty());
    }

    /// All statements that it holds have become stale, as by an ALTER TABLE.
    pub fn make_stale(&mut self) {
        self.prepared.values_mut().for_each(|prepared| prepared.stale = true);
    }

    /// Names of statements that it holds.
    pub fn statement_names(&self) -> Vec<String> {
        self.prepared.keys().cloned().collect()
    }

    /// The value of a setting as it is now.
    pub fn value(&self, name: &str) -> String {
        let default = DEFAULTS.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
        self.local.get(name).or_else(|| self.settings.get(name)).cloned().unwrap_or_else(|| default.to_owned())
    }

    /// Something that nobody asked for.
    pub fn push_asynchronous(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    pub fn feed(&mut self, bytes: &[u8]) {
        self.input.extend_from_slice(bytes);
        loop {
            let Some(head) = self.input.get(..5) else { return };
            let (tag, length) = (head[0], u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize);
            assert!(length >= 4, "the server got a length of {length}");
            if self.input.len() < length + 1 {
                return;
            }
            let message: Vec<u8> = self.input.drain(..length + 1).collect();
            self.message(tag, &message[5..]);
        }
    }

    fn send(&mut self, tag: u8, body: &[u8]) {
        self.unflushed.extend_from_slice(&frame(tag, body));
    }

    fn flush(&mut self) {
        self.out.append(&mut self.unflushed);
    }

    fn message(&mut self, tag: u8, body: &[u8]) {
        if self.copy.is_some() {
            return self.copy_message(tag, body);
        }
        if self.skipping && tag != b'S' {
            assert!(b"PBDECHQdcf".contains(&tag));
            return;
        }
        let outcome = match tag {
            b'Q' => {
                let text = text(body);
                self.queries.push(text.clone());
                self.unnamed = None;
                self.portals.remove("");
                self.script = split(&text);
                self.in_script = true;
                if self.script.is_empty() {
                    self.send(b'I', b"");
                }
                self.alone = self.script.len() == 1;
                self.begin_implicit();
                let syntax: Result<(), Failure> = self.script.iter().try_for_each(|text| check_syntax(text));
                if let Err(failure) = syntax {
                    self.fail(&failure);
                    self.script.clear();
                }
                self.run_script();
                return;
            }
            b'P' => self.parse(body),
            b'B' => self.bind(body),
            b'D' => self.describe(body),
            b'E' => self.execute_portal(body),
            b'C' => {
                let name = text(&body[1..]);
                match body[0] {
                    b'S' if name.is_empty() => self.unnamed = None,
                    b'S' => drop(self.prepared.remove(&name)),
                    _ => drop(self.portals.remove(&name)),
                }
                self.send(b'3', b"");
                Ok(())
            }
            b'H' => {
                self.flush();
                Ok(())
            }
            b'S' => {
                self.skipping = false;
                self.finish_implicit();
                self.ready();
                Ok(())
            }
            b'd' | b'c' | b'f' => Ok(()),
            other => panic!("the server got a message {:?}", char::from(other)),
        };
        if let Err(failure) = outcome {
            self.fail(&failure);
            self.skipping = true;
        }
    }

    fn fail(&mut self, (code, message): &Failure) {
        let routine = if message.contains("cached plan") { "RevalidateCachedQuery" } else { "model" };
        let fields = ["SERROR".into(), "VERROR".into(), format!("C{code}"), format!("M{message}"), format!("R{routine}")];
        let mut fields = fields.to_vec();
        if let Some((_, position)) = message.split_once("failat at ") {
            fields.push(format!("P{position}"));
        }
        let mut body = cstrs(&fields.iter().map(String::as_bytes).collect::<Vec<_>>());
        body.push(0);
        self.send(b'E', &body);
        self.flush();
        if self.block == Block::None {
            self.end_transaction(false);
        } else {
            self.block = Block::Failed;
        }
        self.portals.clear();
    }

    fn ready(&mut self) {
        for (name, spelling) in REPORTED {
            let value = self.value(name);
            if self.reported.insert(name.into(), value.clone()).as_ref() != Some(&value) {
                self.send(b'S', &cstrs(&[spelling.as_bytes(), value.as_bytes()]));
            }
        }
        let status = match self.block {
            Block::None => b"I",
            Block::Open => b"T",
            Block::Failed => b"E",
        };
        self.send(b'Z', status);
        self.flush();
    }

    // Transactions.

    fn begin_implicit(&mut self) {
        if !self.in_transaction {
            self.in_transaction = true;
            self.before = Some(self.settings.clone());
        }
    }

    fn finish_implicit(&mut self) {
        if self.block == Block::None {
            self.end_transaction(true);
        }
    }

    fn end_transaction(&mut self, commit: bool) {
        let before = self.before.take();
        if commit {
            self.database.borrow_mut().append(&mut self.writes);
        } else if let Some(before) = before {
            self.settings = before;
        }
        self.writes.clear();
        self.local.clear();
        self.portals.clear();
        self.in_transaction = false;
        self.block = Block::None;
    }

    // Simple queries.

    fn run_script(&mut self) {
        while let Some(text) = self.script.pop_front() {
            self.begin_implicit();
            if self.fails_questions > 0 && text.contains("current_setting") {
                self.fails_questions -= 1;
                self.fail(&("57014", "canceling statement due to user request".into()));
                self.script.clear();
                continue;
            }
            let outcome = self.check_parse(&text).and_then(|()| self.execute(&text, b"", self.alone && !self.in_block()));
            match outcome.and_then(|outcome| self.show(outcome, true)) {
                Ok(true) => return,
                Ok(false) => {}
                Err(failure) => {
                    self.fail(&failure);
                    self.script.clear();
                }
            }
        }
        self.in_script = false;
        self.finish_implicit();
        self.ready();
    }

    fn in_block(&self) -> bool {
        self.block != Block::None
    }

    /// Sends what a statement of a simple query, or an Execute without limit, gives. Whether COPY data must come first.
    fn show(&mut self, outcome: Outcome, describe: bool) -> Result<bool, Failure> {
        match outcome {
            Outcome::Empty => self.send(b'I', b""),
            Outcome::Command(tag) => self.send(b'C', &cstrs(&[tag.as_bytes()])),
            Outcome::Rows(rows, failure) => {
                if describe {
                    self.send(b'T', b"\0\x01columns\0");
                }
                let count = rows.len();
                for row in rows {
                    self.send(b'D', &row);
                }
                if let Some(failure) = failure {
                    return Err(failure);
                }
                self.send(b'C', &cstrs(&[format!("SELECT {count}").as_bytes()]));
            }
            Outcome::CopyIn(text) => {
                self.send(b'G', b"\0\0\0");
                self.flush();
                if std::mem::take(&mut self.fails_before_data) {
                    return Err(("57014", "canceling statement due to user request".into()));
                }
                self.copy = Some(CopyIn { text, rows: Vec::new(), extended: !self.in_script });
                return Ok(true);
            }
            Outcome::CopyOut(fails) => {
                self.send(b'H', b"\0\0\0");
                for row in 0..3 {
                    self.send(b'd', format!("row {row}\n").as_bytes());
                    if fails && row == 1 {
                        return Err(("22012", "failed in COPY OUT".into()));
                    }
                }
                self.send(b'c', b"");
                self.send(b'C', b"COPY 3\0");
            }
        }
        Ok(false)
    }

    fn copy_message(&mut self, tag: u8, body: &[u8]) {
        let copy = self.copy.as_mut().unwrap();
        let failure = match tag {
            b'd' => {
                copy.rows.push(body.to_vec());
                if !(copy.text.contains("failcopy") && copy.rows.len() > 1) {
                    return;
                }
                Some(("22P04", "bad COPY row".into()))
            }
            b'S' | b'H' => return,
            b'c' => None,
            b'f' => Some(("57014", format!("COPY from stdin failed: {}", text(body)))),
            other => panic!("the server got a message {:?} in COPY", char::from(other)),
        };
        let copy = self.copy.take().unwrap();
        match failure {
            Some(failure) => {
                self.fail(&failure);
                self.script.clear();
                self.skipping = copy.extended;
            }
            None => {
                let count = copy.rows.len();
                self.writes.extend(copy.rows.into_iter().map(|row| String::from_utf8_lossy(&row).into_owned()));
                self.send(b'C', &cstrs(&[format!("COPY {count}").as_bytes()]));
            }
        }
        if !copy.extended {
            self.run_script();
        }
    }

    // Extended protocol.

    fn parse(&mut self, body: &[u8]) -> Result<(), Failure> {
        let (name, rest) = cut(body);
        let (text, types) = cut(rest);
        assert!(types.len() >= 2);
        self.parses += 1;
        if name.is_empty() {
            self.unnamed = None;
        }
        self.begin_implicit();
        if split(&text).len() > 1 {
            return Err(("42601", "cannot insert multiple commands into a prepared statement".into()));
        }
        let text = text.trim().trim_end_matches(';').to_owned();
        // PostgreSQL looks at the text first. The proxy doesn't, and of two errors either is right.
        self.check_name(&name)?;
        check_syntax(&text)?;
        // PostgreSQL refuses this in a failed transaction already, the proxy leaves it to Bind where the server holds the statement.
        let gone = self.fragile_is_gone && text.contains("fragile");
        if (gone || text.contains("failparse")) && !lower(&text).starts_with("prepare") {
            return Err(("42P01", "relation \"failparse\" does not exist".into()));
        }
        let prepared = Prepared { text, stale: false };
        if name.is_empty() {
            self.unnamed = Some(prepared);
        } else {
            self.add_prepared(name, prepared)?;
        }
        self.send(b'1', b"");
        Ok(())
    }

    fn add_prepared(&mut self, name: String, prepared: Prepared) -> Result<(), Failure> {
        self.check_name(&name)?;
        self.prepared.insert(name, prepared);
        Ok(())
    }

    fn check_name(&self, name: &str) -> Result<(), Failure> {
        if self.prepared.contains_key(name) {
            return Err(("42P05", format!("prepared statement \"{name}\" already exists")));
        }
        Ok(())
    }

    fn find(&self, name: &str) -> Result<Prepared, Failure> {
        let found = if name.is_empty() { self.unnamed.as_ref() } else { self.prepared.get(name) };
        found.cloned().ok_or_else(|| {
            let what = if name.is_empty() { "unnamed prepared statement".to_owned() } else { format!("prepared statement \"{name}\"") };
            ("26000", format!("{what} does not exist"))
        })
    }

    fn bind(&mut self, body: &[u8]) -> Result<(), Failure> {
        let (portal, rest) = cut(body);
        let (name, parameters) = cut(rest);
        let prepared = self.find(&name)?;
        self.begin_implicit();
        self.check_aborted(&prepared.text)?;
        if prepared.text.contains("failbind") {
            return Err(("22P02", "bad parameter".into()));
        }
        if prepared.stale {
            return Err(("0A000", "cached plan must not change result type".into()));
        }
        if !portal.is_empty() && self.portals.contains_key(&portal) {
            return Err(("42P03", format!("cursor \"{portal}\" already exists")));
        }
        self.portals.insert(portal, Portal { text: prepared.text, parameters: parameters.to_vec(), rows: None, done: false });
        self.send(b'2', b"");
        Ok(())
    }

    fn describe(&mut self, body: &[u8]) -> Result<(), Failure> {
        let name = text(&body[1..]);
        self.begin_implicit();
        let described = if body[0] == b'S' {
            let prepared = self.find(&name)?;
            if prepared.stale {
                return Err(("0A000", "cached plan must not change result type".into()));
            }
            // PostgreSQL describes what gives no rows here too; the proxy may have to load it first, which fails.
            self.check_aborted(&prepared.text)?;
            let parameters = if prepared.text.contains('$') { b"\0\x01\0\0\0\x19".as_slice() } else { b"\0\0" };
            self.send(b't', parameters);
            prepared.text
        } else {
            let portal = self.portals.get(&name).ok_or_else(|| ("34000", format!("portal \"{name}\" does not exist")))?;
            portal.text.clone()
        };
        if returns_rows(&described) {
            self.send(b'T', b"\0\x01columns\0");
        } else {
            self.send(b'n', b"");
        }
        Ok(())
    }

    fn execute_portal(&mut self, body: &[u8]) -> Result<(), Failure> {
        let (name, rest) = cut(body);
        let limit = u32::from_be_bytes(rest.try_into().unwrap()) as usize;
        let portal = self.portals.get(&name).ok_or_else(|| ("34000", format!("portal \"{name}\" does not exist")))?;
        let (text, parameters, ran) = (portal.text.clone(), portal.parameters.clone(), portal.rows.is_some());
        let done = portal.done;
        self.begin_implicit();
        self.check_aborted(&text)?;
        if done {
            return Err(("55000", format!("portal \"{name}\" cannot be run")));
        }
        if !ran {
            match self.execute(&text, &parameters, !self.in_block())? {
                Outcome::Rows(rows, None) => {
                    let Some(portal) = self.portals.get_mut(&name) else { return Ok(()) };
                    portal.rows = Some(rows);
                }
                other => {
                    if let Some(portal) = self.portals.get_mut(&name) {
                        portal.done = true;
                    }
                    return self.show(other, false).map(|_| ());
                }
            }
        }
        let Some(portal) = self.portals.get_mut(&name) else { return Ok(()) };
        let rows = portal.rows.as_mut().unwrap();
        let take = if limit == 0 { rows.len() } else { limit.min(rows.len()) };
        let now: Vec<Vec<u8>> = rows.drain(..take).collect();
        let suspended = limit > 0 && take == limit;
        for row in now {
            self.send(b'D', &row);
        }
        if suspended {
            self.send(b's', b"");
        } else {
            self.send(b'C', &cstrs(&[format!("SELECT {take}").as_bytes()]));
        }
        Ok(())
    }

    // Statements.

    fn check_aborted(&self, text: &str) -> Result<(), Failure> {
        let ends = ["commit", "rollback", "end", "abort"].iter().any(|word| lower(text).starts_with(word));
        if self.block == Block::Failed && !ends && !text.is_empty() {
            return Err(("25P02", "current transaction is aborted, commands ignored until end of transaction block".into()));
        }
        Ok(())
    }

    fn check_parse(&self, text: &str) -> Result<(), Failure> {
        check_syntax(text)?;
        self.check_aborted(text)?;
        let gone = self.fragile_is_gone && text.contains("fragile");
        if (gone || text.contains("failparse")) && !lower(text).starts_with("prepare") {
            return Err(("42P01", "relation \"failparse\" does not exist".into()));
        }
        Ok(())
    }

    /// Runs one statement. `alone`: it isn't in a transaction block.
    fn execute(&mut self, text: &str, parameters: &[u8], alone: bool) -> Result<Outcome, Failure> {
        let folded = lower(text);
        let mut words = folded.split_whitespace();
        let runs = !folded.starts_with("prepare");
        if runs && text.contains("notice") {
            self.send(b'N', b"SNOTICE\0VNOTICE\0C00000\0Mby the way\0\0");
        }
        if runs && text.contains("failexec") {
            return Err(("22012", "division by zero".into()));
        }
        let command = |tag: &str| Ok(Outcome::Command(tag.into()));
        match (words.next().unwrap_or_default(), words.next().unwrap_or_default()) {
            ("", _) => Ok(Outcome::Empty),
            ("begin" | "start", _) => {
                self.block = if self.block == Block::None { Block::Open } else { self.block };
                command("BEGIN")
            }
            ("commit", _) => {
                let commits = self.block != Block::Failed;
                self.end_transaction(commits);
                if folded.ends_with("and chain") {
                    self.block = Block::Open;
                }
                command(if commits { "COMMIT" } else { "ROLLBACK" })
            }
            ("rollback", "to") => {
                self.block = Block::Open;
                command("ROLLBACK")
            }
            ("rollback", _) => {
                self.end_transaction(false);
                command("ROLLBACK")
            }
            ("create", _) => command("CREATE TABLE"),
            ("savepoint", _) => command("SAVEPOINT"),
            ("set", _) => self.set(text),
            ("reset", "all") => {
                self.settings.clear();
                self.local.clear();
                command("RESET")
            }
            ("reset", name) => {
                self.settings.remove(unquote(name).as_str());
                self.local.remove(unquote(name).as_str());
                command("RESET")
            }
            ("show", name) => Ok(rows([self.value(name)])),
            ("discard", "all") if !alone => Err(("25001", "DISCARD ALL cannot run inside a transaction block".into())),
            ("discard", "all") => {
                self.settings.clear();
                self.prepared.clear();
                self.portals.clear();
                command("DISCARD ALL")
            }
            ("deallocate", "all") => {
                self.prepared.clear();
                command("DEALLOCATE ALL")
            }
            ("deallocate", name) => {
                let name = unquote(if name == "prepare" { words.next().unwrap() } else { name });
                self.find(&name)?;
                self.prepared.remove(&name);
                command("DEALLOCATE")
            }
            ("prepare", _) => {
                let (head, body) = text.split_at(folded.find(" as ").unwrap());
                let name = head.split_whitespace().nth(1).unwrap().split('(').next().unwrap();
                let body = body[4..].trim().to_owned();
                self.parses += 1;
                self.check_name(&unquote(name))?;
                self.check_parse(&body)?;
                self.add_prepared(unquote(name), Prepared { text: body, stale: false })?;
                command("PREPARE")
            }
            ("execute", _) => {
                let name = unquote(text.split_whitespace().nth(1).unwrap().split('(').next().unwrap());
                let prepared = self.find(&name)?;
                if prepared.stale {
                    return Err(("0A000", "cached plan must not change result type".into()));
                }
                self.execute(&prepared.text, b"", alone)
            }
            ("insert", _) => {
                self.writes.push(format!("{text} {}", String::from_utf8_lossy(parameters)));
                command("INSERT 0 1")
            }
            ("listen" | "unlisten" | "notify" | "close" | "release", _) => {
                command(&folded.split_whitespace().next().unwrap().to_uppercase())
            }
            ("copy", _) if folded.contains("from stdin") => Ok(Outcome::CopyIn(text.to_owned())),
            ("copy", _) => Ok(Outcome::CopyOut(folded.contains("failcopy"))),
            _ => self.select(text, parameters),
        }
    }

    fn select(&mut self, text: &str, parameters: &[u8]) -> Result<Outcome, Failure> {
        if let Some((_, rest)) = text.split_once("ARRAY[") {
            let names = rest.split(']').next().unwrap().split(',').map(unquote);
            return Ok(Outcome::Rows(names.map(|name| row(&[&name, &self.value(&name)])).collect(), None));
        }
        if let Some((_, rest)) = text.split_once("set_config('search_path','") {
            let value = rest.split("',false").next().unwrap().to_owned();
            self.settings.insert("search_path".into(), value.clone());
            return Ok(rows([value]));
        }
        let shown = String::from_utf8_lossy(parameters).into_owned();
        if text.contains("bigrow") {
            return Ok(rows(["x".repeat(200_000)]));
        }
        if text.contains("failrow") {
            return Ok(Outcome::Rows([row(&["1"]), row(&["2"])].into(), Some(("22012", "division by zero in row 3".into()))));
        }
        if text.contains("manyrows") {
            return Ok(rows((0..7).map(|number| format!("{text} {shown} {number}")).collect::<Vec<_>>()));
        }
        Ok(rows([format!("{text} {shown} {}", self.value("work_mem"))]))
    }

    fn set(&mut self, text: &str) -> Result<Outcome, Failure> {
        let mut rest = text[3..].trim();
        let mut local = false;
        for (word, is_local) in [("local ", true), ("session ", false)] {
            if lower(rest).starts_with(word) {
                local = is_local;
                rest = rest[word.len()..].trim();
            }
        }
        let end = rest.find('=').or_else(|| lower(rest).find(" to ")).unwrap();
        let name = unquote(&rest[..end]);
        let value = rest[end..].trim_start_matches(['=', ' ']).trim();
        let value = if lower(value).starts_with("to ") { value[3..].trim() } else { value };
        // A list's elements.
        let value = &*value.replace("','", ", ");
        if value.contains("invalid") {
            return Err(("22023", format!("invalid value for parameter \"{name}\"")));
        }
        if lower(value) == "default" {
            self.settings.remove(&name);
        } else if local {
            if self.block != Block::None {
                self.local.insert(name, literal(value));
            }
        } else {
            self.local.remove(&name);
            self.settings.insert(name, literal(value));
        }
        Ok(Outcome::Command("SET".into()))
    }
}

fn check_syntax(text: &str) -> Result<(), Failure> {
    const KNOWN: [&str; 21] = [
        "select",
        "insert",
        "begin",
        "commit",
        "rollback",
        "set",
        "reset",
        "show",
        "discard",
        "deallocate",
        "prepare",
        "execute",
        "copy",
        "listen",
        "start",
        "savepoint",
        "unlisten",
        "notify",
        "release",
        "create",
        "close",
    ];
    let first = lower(text).split(|c: char| !c.is_ascii_lowercase()).next().unwrap_or_default().to_owned();
    if let Some(at) = text.find("failat").filter(|_| first != "prepare") {
        return Err(("42703", format!("no failat at {}", text[..at].chars().count() + 1)));
    }
    if !text.is_empty() && !KNOWN.contains(&first.as_str()) {
        return Err(("42601", format!("syntax error at or near \"{first}\"")));
    }
    Ok(())
}

fn rows<S: AsRef<str>>(values: impl IntoIterator<Item = S>) -> Outcome {
    Outcome::Rows(values.into_iter().map(|value| row(&[value.as_ref()])).collect(), None)
}

fn row(columns: &[&str]) -> Vec<u8> {
    let mut body = (columns.len() as u16).to_be_bytes().to_vec();
    for column in columns {
        body.extend_from_slice(&(column.len() as u32).to_be_bytes());
        body.extend_from_slice(column.as_bytes());
    }
    body
}

fn returns_rows(text: &str) -> bool {
    ["select", "show", "execute"].iter().any(|word| lower(text).starts_with(word))
}

fn split(text: &str) -> VecDeque<String> {
    text.split(';').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

fn lower(text: &str) -> String {
    text.trim().to_ascii_lowercase()
}

fn text(body: &[u8]) -> String {
    cut(body).0
}

fn cut(bytes: &[u8]) -> (String, &[u8]) {
    let end = bytes.iter().position(|byte| *byte == 0).expect("a string's NUL");
    (String::from_utf8_lossy(&bytes[..end]).into_owned(), &bytes[end + 1..])
}

/// A name or literal without its quotes; names fold.
fn unquote(text: &str) -> String {
    let text = text.trim();
    match text.chars().next() {
        Some(quote @ ('"' | '\'')) => text.trim_matches(quote).to_owned(),
        _ => text.to_ascii_lowercase(),
    }
}

fn literal(text: &str) -> String {
    if text.starts_with('\'') { text.trim_matches('\'').replace("''", "'") } else { text.to_owned() }
}
