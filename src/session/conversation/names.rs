//! A client's own names of prepared statements and portals. They never reach a server.

use std::{collections::BTreeMap, sync::Arc};

use super::{super::ledger::Owed, SessionStatement};

/// How a statement name was before a frame that may fail.
#[derive(Debug)]
pub struct Undo {
    name: Box<[u8]>,
    before: Option<Arc<SessionStatement>>,
}

/// What a client calls its statements.
#[derive(Debug, Default)]
pub(super) struct Names {
    unnamed: Option<Arc<SessionStatement>>,
    named: BTreeMap<Box<[u8]>, Arc<SessionStatement>>,
    /// Portals of statements that do something to the session.
    portals: Vec<(Box<[u8]>, Arc<SessionStatement>)>,
}

impl Names {
    /// The statement of a name.
    #[inline]
    pub(super) fn get(&self, name: &[u8]) -> Option<&Arc<SessionStatement>> {
        if name.is_empty() { self.unnamed.as_ref() } else { self.named.get(name) }
    }

    /// Names a statement. How to take it back, for named ones: a failing Parse removes the unnamed statement in PostgreSQL too.
    pub(super) fn set(&mut self, name: &[u8], statement: Arc<SessionStatement>) -> Option<Box<Undo>> {
        if name.is_empty() {
            self.unnamed = Some(statement);
            return None;
        }
        let before = self.named.insert(name.into(), statement);
        Some(Box::new(Undo { name: name.into(), before }))
    }

    /// Removes a name; `Err` where there is none.
    pub(super) fn remove(&mut self, name: &[u8]) -> Result<Option<Box<Undo>>, ()> {
        if name.is_empty() {
            return self.unnamed.take().map(|_| None).ok_or(());
        }
        let before = self.named.remove(name).ok_or(())?;
        Ok(Some(Box::new(Undo { name: name.into(), before: Some(before) })))
    }

    /// Removes all names: DEALLOCATE ALL.
    pub(super) fn clear(&mut self) {
        self.unnamed = None;
        self.named.clear();
        self.portals.clear();
    }

    /// Takes back what a frame that failed or was skipped had done.
    pub(super) fn undo(&mut self, owed: Owed) {
        let (Owed::Parse { undo, .. } | Owed::Synthetic { undo, .. }) = owed else { return };
        let Some(undo) = undo else { return };
        match undo.before {
            Some(statement) => self.named.insert(undo.name, statement),
            None => self.named.remove(&undo.name),
        };
    }

    /// A portal was bound.
    #[inline]
    pub(super) fn bind(&mut self, portal: &[u8], statement: &Arc<SessionStatement>) {
        if !self.portals.is_empty() {
            self.portals.retain(|(known, _)| **known != *portal);
        }
        if statement.effects.is_some() {
            self.portals.push((portal.into(), Arc::clone(statement)));
        }
    }

    /// The statement of a portal, where it does something to the session.
    #[inline]
    pub(super) fn portal(&self, portal: &[u8]) -> Option<&Arc<SessionStatement>> {
        if self.portals.is_empty() {
            return None;
        }
        self.portals.iter().find(|(known, _)| **known == *portal).map(|(_, statement)| statement)
    }

    /// Portals end with their transaction.
    #[inline]
    pub(super) fn forget_portals(&mut self) {
        if !self.portals.is_empty() {
            self.portals.clear();
        }
    }
}
