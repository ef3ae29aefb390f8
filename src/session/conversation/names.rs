//! A client's own names of prepared statements and portals. They never reach a server.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use super::{super::ledger::Owed, SessionStatement, Step};
use crate::{
    backend::statements::{KnownStatements, Origin},
    session::gate::Stamps,
    sql::{gate::Rewritten, outcome::Verb},
    wire::tag::server,
};

/// What a name takes beside its bytes: its entry, and how to take it back.
const ENTRY: usize = 160;
/// Portals that a session may have open at once, of those that must be known here.
pub(super) const MOST_PORTALS: usize = 10_000;

type Statements = BTreeMap<Box<[u8]>, Arc<SessionStatement>>;

/// How statement names were before a frame that may fail.
#[derive(Debug)]
pub struct Undo(Before);

#[derive(Debug)]
enum Before {
    One { name: Box<[u8]>, statement: Option<Arc<SessionStatement>> },
    All(Statements),
}

impl Undo {
    /// Whether taking it back gives a name to this statement.
    pub fn gives_back(&self, statement: &SessionStatement) -> bool {
        match &self.0 {
            Before::One { statement: before, .. } => before.as_ref().is_some_and(|before| before.id() == statement.id()),
            Before::All(before) => before.values().any(|before| before.id() == statement.id()),
        }
    }
}

/// What a statement of a simple query does to names, once it is done.
#[derive(Debug)]
pub struct Change {
    pub(super) verb: Verb,
    /// How to take it back if it doesn't come to that.
    pub(super) undo: Option<Box<Undo>>,
    /// What the server holds then.
    pub(super) held: Option<Box<KnownStatements>>,
    /// What it does to channels, which isn't about names of statements.
    pub(super) step: Option<Step>,
}

/// The changes that a query has yet to make.
#[derive(Debug, Default)]
pub struct Changes(pub(super) VecDeque<Change>);

impl Change {
    /// Whether a command tag says that it is done.
    pub(super) fn is_told_by(&self, tag: &[u8]) -> bool {
        match self.verb {
            Verb::Prepare => tag == b"PREPARE\0",
            Verb::Deallocate => tag == b"DEALLOCATE\0",
            Verb::Forget => matches!(tag, b"DEALLOCATE ALL\0" | b"DISCARD ALL\0"),
            Verb::Listen | Verb::Unlisten => Step::is_told_by(tag),
            Verb::Execute | Verb::Notify => false,
        }
    }
}

/// A portal of a statement that does something to the session.
#[derive(Debug)]
pub(super) struct Portal {
    name: Box<[u8]>,
    /// What it runs.
    pub(super) statement: Arc<SessionStatement>,
    /// What its statement executes or prepares.
    pub(super) target: Option<Arc<SessionStatement>>,
    /// No server knows it: it acts on the session's own state.
    pub(super) own: bool,
    /// What tells of positions in what the server runs, if not the statement.
    told_by: Option<Arc<Rewritten>>,
    done: bool,
    /// When it was bound: see [`super::super::ledger::Ledger::now`].
    bound: u64,
}

/// A sum of bytes in four: sessions are many, and none holds that much.
#[derive(Clone, Copy, Debug, Default)]
struct Bytes(u32);

impl Bytes {
    fn add(&mut self, bytes: usize) {
        self.0 = self.0.saturating_add(bytes as u32);
    }

    fn sub(&mut self, bytes: usize) {
        self.0 = self.0.saturating_sub(bytes as u32);
    }

    fn get(self) -> usize {
        self.0 as usize
    }
}

/// What a client calls its statements.
#[derive(Debug, Default)]
pub(super) struct Names {
    unnamed: Option<Arc<SessionStatement>>,
    /// When it was named: see [`super::super::ledger::Ledger::now`].
    unnamed_at: u64,
    named: Statements,
    portals: Vec<Portal>,
    /// What the unnamed portal runs, if that isn't the client's own text: see [`Names::rewritten`].
    unnamed_portal: Option<Arc<SessionStatement>>,
    /// What names take.
    bytes: Bytes,
    /// What the statements weigh that they stand for.
    texts: Bytes,
}

impl Names {
    /// The statement of a name.
    #[inline]
    pub(super) fn get(&self, name: &[u8]) -> Option<&Arc<SessionStatement>> {
        if name.is_empty() { self.unnamed.as_ref() } else { self.named.get(name) }
    }

    /// Statements that the client has named.
    pub(super) fn named(&self) -> usize {
        self.named.len()
    }

    /// Whether the client has a name for the statement, or for one of the same text.
    pub(super) fn mention(&self, statement: &SessionStatement) -> bool {
        let same = |known: &SessionStatement| known.id() == statement.id() || known.origin == statement.origin;
        self.unnamed.iter().chain(self.named.values()).any(|known| same(known))
    }

    /// The unnamed statement, if it is kept by servers and is this one.
    #[inline]
    pub(super) fn unnamed_as(&self, text: &[u8], types: &[u8], stamps: Stamps) -> Option<&Arc<SessionStatement>> {
        self.unnamed.as_ref().filter(|statement| {
            statement.kept
                && stamps.are_of(statement.stamp)
                && matches!(&statement.origin, Origin::Parse { text: own, types: own_types } if **own == *text && **own_types == *types)
        })
    }

    /// Names a statement. How to take it back, for named ones: a failing Parse removes the unnamed statement in PostgreSQL too.
    pub(super) fn set(&mut self, name: &[u8], statement: Arc<SessionStatement>, now: u64) -> Option<Box<Undo>> {
        if name.is_empty() {
            self.unnamed = Some(statement);
            self.unnamed_at = now;
            return None;
        }
        self.count_in(name, &statement);
        let before = self.named.insert(name.into(), statement);
        if let Some(before) = &before {
            self.count_out(name, before);
        }
        Some(Box::new(Undo(Before::One { name: name.into(), statement: before })))
    }

    /// Puts a statement in another's place under its name.
    pub(super) fn replace(&mut self, name: &[u8], statement: Arc<SessionStatement>) {
        if name.is_empty() {
            self.unnamed = Some(statement);
        } else if let Some(known) = self.named.get_mut(name) {
            self.texts.add(statement.weight());
            self.texts.sub(known.weight());
            *known = statement;
        }
    }

    /// Removes a name; `Err` where there is none.
    pub(super) fn remove(&mut self, name: &[u8]) -> Result<Option<Box<Undo>>, ()> {
        if name.is_empty() {
            return self.unnamed.take().map(|_| None).ok_or(());
        }
        let before = self.named.remove(name).ok_or(())?;
        self.count_out(name, &before);
        Ok(Some(Box::new(Undo(Before::One { name: name.into(), statement: Some(before) }))))
    }

    /// Forgets the unnamed statement, as a server does at each simple query.
    #[inline]
    pub(super) fn forget_unnamed(&mut self) {
        self.unnamed = None;
    }

    /// Removes all names: DEALLOCATE ALL, which leaves the unnamed statement alone.
    pub(super) fn clear(&mut self) -> Option<Box<Undo>> {
        let before = std::mem::take(&mut self.named);
        before.iter().for_each(|(name, statement)| self.count_out(name, statement));
        (!before.is_empty()).then(|| Box::new(Undo(Before::All(before))))
    }

    /// Takes back what a reply that isn't to come stood for. `now`: the batch that it was part of.
    pub(super) fn undo_owed(&mut self, owed: Owed, now: u64) {
        // An unnamed Parse that fails removes the unnamed statement; one that is skipped is as good as that.
        if self.unnamed_at <= now
            && matches!(&owed, Owed::Parse { visible: true, undo: None, .. } | Owed::Ack { tag: server::PARSE_COMPLETE, undo: None })
        {
            self.unnamed = None;
        }
        if let Some(undo) = owed.into_undo() {
            self.undo(*undo);
        }
    }

    /// What the client calls a statement that servers know by this name.
    pub(super) fn name_of(&self, server_name: &[u8]) -> Option<&[u8]> {
        self.named.iter().find(|(_, statement)| statement.server_name() == server_name).map(|(name, _)| &**name)
    }

    /// Takes one step back.
    pub(super) fn undo(&mut self, undo: Undo) {
        match undo.0 {
            Before::One { name, statement: Some(statement) } => drop(self.set(&name, statement, 0)),
            Before::One { name, statement: None } => drop(self.remove(&name)),
            Before::All(named) => {
                self.clear();
                named.iter().for_each(|(name, statement)| self.count_in(name, statement));
                self.named = named;
            }
        }
    }

    /// A portal was bound.
    #[inline]
    pub(super) fn bind(
        &mut self,
        name: &[u8],
        statement: &Arc<SessionStatement>,
        target: Option<Arc<SessionStatement>>,
        own: bool,
        now: u64,
    ) {
        self.unbind(name);
        let rewritten = statement.rewritten().is_some();
        if name.is_empty() {
            self.unnamed_portal = rewritten.then(|| Arc::clone(statement));
        }
        if statement.judged.effects.is_some() || rewritten && !name.is_empty() {
            self.texts.add(statement.weight());
            self.bytes.add(name.len() + size_of::<Portal>());
            self.portals.push(Portal {
                name: name.into(),
                statement: Arc::clone(statement),
                target,
                own,
                told_by: None,
                done: false,
                bound: now,
            });
        }
    }

    /// Its text holds names that aren't the client's.
    pub(super) fn tell_by(&mut self, name: &[u8], told_by: Option<Arc<Rewritten>>) {
        if told_by.is_some()
            && let Some(portal) = self.portals.iter_mut().find(|known| *known.name == *name)
        {
            portal.told_by = told_by;
        }
    }

    /// A portal was closed.
    #[inline]
    pub(super) fn unbind(&mut self, portal: &[u8]) {
        if !self.portals.is_empty() {
            self.drop_portals(|known| *known.name != *portal);
        }
    }

    fn drop_portals(&mut self, keep: impl Fn(&Portal) -> bool) {
        let (bytes, texts) = (&mut self.bytes, &mut self.texts);
        self.portals.retain(|portal| {
            let kept = keep(portal);
            if !kept {
                bytes.sub(portal.name.len() + size_of::<Portal>());
                texts.sub(portal.statement.weight());
            }
            kept
        });
    }

    fn count_in(&mut self, name: &[u8], statement: &SessionStatement) {
        self.bytes.add(ENTRY + 2 * name.len());
        self.texts.add(statement.weight());
    }

    fn count_out(&mut self, name: &[u8], statement: &SessionStatement) {
        self.bytes.sub(ENTRY + 2 * name.len());
        self.texts.sub(statement.weight());
    }

    /// Portals that are known here.
    pub(super) fn portals(&self) -> usize {
        self.portals.len()
    }

    /// What runs in place of the text that a portal executes.
    #[inline]
    pub(super) fn rewritten(&self, name: &[u8]) -> Option<Arc<Rewritten>> {
        if let Some(told_by) = self.portal(name).and_then(|portal| portal.told_by.as_ref()) {
            return Some(Arc::clone(told_by));
        }
        let statement = if name.is_empty() { self.unnamed_portal.as_ref() } else { self.portal(name).map(|portal| &portal.statement) };
        statement.and_then(|statement| statement.rewritten().cloned())
    }

    /// Marks a portal as done; whether it wasn't.
    pub(super) fn finish(&mut self, name: &[u8]) -> bool {
        let portal = self.portals.iter_mut().find(|known| *known.name == *name);
        portal.is_some_and(|portal| !std::mem::replace(&mut portal.done, true))
    }

    /// A portal, where its statement does something to the session.
    #[inline]
    pub(super) fn portal(&self, name: &[u8]) -> Option<&Portal> {
        if self.portals.is_empty() {
            return None;
        }
        self.portals.iter().find(|known| *known.name == *name)
    }

    /// What it holds beside itself, statements left out.
    #[inline]
    pub(super) fn heap_bytes(&self) -> usize {
        self.bytes.get()
    }

    /// What the statements weigh that it names. Other sessions may hold them as well.
    #[inline]
    pub(super) fn texts(&self) -> usize {
        self.texts.get() + self.unnamed.as_ref().map_or(0, |unnamed| unnamed.weight())
    }

    /// Portals end with their transaction: those that were bound before.
    #[inline]
    pub(super) fn forget_portals(&mut self, before: u64) {
        self.unnamed_portal = None;
        if !self.portals.is_empty() {
            self.drop_portals(|portal| portal.bound >= before);
            if self.portals.is_empty() {
                self.portals = Vec::new();
            }
        }
    }
}
