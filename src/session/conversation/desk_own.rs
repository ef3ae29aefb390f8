//! The client's statements and portals that are answered at the desk.

use std::{collections::BTreeMap, sync::Arc};

use crate::sql::tenancy::Command;

type Named<V> = BTreeMap<Box<[u8]>, V>;

/// All of them. What they take is counted as they come and go.
#[derive(Default)]
pub(super) struct Own {
    statements: Named<Arc<OwnStatement>>,
    portals: Named<OwnPortal>,
    /// Tenants that comments of named statements say.
    comments: Named<String>,
    bytes: usize,
}

pub(super) struct OwnStatement {
    pub(super) command: Command,
    pub(super) text: Box<[u8]>,
    pub(super) types: Box<[u8]>,
}

pub(super) struct OwnPortal {
    pub(super) statement: Arc<OwnStatement>,
    pub(super) value: Option<String>,
    pub(super) done: bool,
}

impl OwnStatement {
    fn weight(&self) -> usize {
        size_of::<OwnStatement>() + self.text.len() + self.types.len()
    }
}

impl OwnPortal {
    /// A portal may be all that keeps its statement.
    fn weight(&self) -> usize {
        size_of::<OwnPortal>() + self.statement.weight() + self.value.as_ref().map_or(0, String::len)
    }
}

/// An entry's room beside its value.
fn entry(name: &[u8]) -> usize {
    name.len() + 64
}

impl Own {
    /// What it holds beside itself.
    #[inline]
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn statement(&self, name: &[u8]) -> Option<&Arc<OwnStatement>> {
        self.statements.get(name)
    }

    pub(super) fn put_statement(&mut self, name: &[u8], statement: OwnStatement) {
        self.remove_statement(name);
        self.bytes += entry(name) + statement.weight();
        self.statements.insert(name.into(), Arc::new(statement));
    }

    /// Whether there was one.
    pub(super) fn remove_statement(&mut self, name: &[u8]) -> bool {
        let removed = self.statements.remove(name);
        self.shrink(removed.as_ref().map(|statement| entry(name) + statement.weight()));
        removed.is_some()
    }

    /// DEALLOCATE ALL, which leaves the unnamed statement alone.
    pub(super) fn forget_named(&mut self) {
        let unnamed = self.statements.remove(&b""[..]);
        self.statements = unnamed.map(|unnamed| (Box::default(), unnamed)).into_iter().collect();
        self.comments.clear();
        self.bytes = self.statements.iter().map(|(name, statement)| entry(name) + statement.weight()).sum::<usize>()
            + self.portals.iter().map(|(name, portal)| entry(name) + portal.weight()).sum::<usize>();
    }

    pub(super) fn portal(&self, name: &[u8]) -> Option<&OwnPortal> {
        self.portals.get(name)
    }

    /// Nothing that it weighs is to be put in by this.
    pub(super) fn portal_mut(&mut self, name: &[u8]) -> Option<&mut OwnPortal> {
        self.portals.get_mut(name)
    }

    pub(super) fn put_portal(&mut self, name: &[u8], portal: OwnPortal) {
        self.remove_portal(name);
        self.bytes += entry(name) + portal.weight();
        self.portals.insert(name.into(), portal);
    }

    /// Whether there was one.
    pub(super) fn remove_portal(&mut self, name: &[u8]) -> bool {
        let removed = self.portals.remove(name);
        self.shrink(removed.as_ref().map(|portal| entry(name) + portal.weight()));
        removed.is_some()
    }

    pub(super) fn forget_portals(&mut self) {
        let portals = std::mem::take(&mut self.portals);
        self.shrink(Some(portals.iter().map(|(name, portal)| entry(name) + portal.weight()).sum()));
    }

    pub(super) fn comment(&self, name: &[u8]) -> Option<&String> {
        self.comments.get(name)
    }

    pub(super) fn put_comment(&mut self, name: &[u8], tenant: String) {
        self.remove_comment(name);
        self.bytes += entry(name) + tenant.len();
        self.comments.insert(name.into(), tenant);
    }

    pub(super) fn remove_comment(&mut self, name: &[u8]) {
        let removed = self.comments.remove(name);
        self.shrink(removed.map(|tenant| entry(name) + tenant.len()));
    }

    fn shrink(&mut self, bytes: Option<usize>) {
        self.bytes = self.bytes.saturating_sub(bytes.unwrap_or(0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_is_counted_out() {
        let mut own = Own::default();
        let statement = || OwnStatement { command: Command::ResetAll, text: b"RESET ALL".as_slice().into(), types: [0, 0].into() };
        for name in [&b"a"[..], b"b", b"a", b""] {
            own.put_statement(name, statement());
            own.put_comment(name, "acme".to_owned());
            let statement = Arc::clone(own.statement(name).unwrap());
            own.put_portal(name, OwnPortal { statement, value: Some("acme".to_owned()), done: false });
        }
        let before = own.bytes();
        assert!(before > 3 * 4 * 64, "{before}");
        own.portal_mut(b"a").unwrap().value = None;
        own.forget_portals();
        own.forget_named();
        assert_eq!(own.bytes(), entry(b"") + statement().weight());
        own.remove_statement(b"");
        assert_eq!(own.bytes(), 0);
    }
}
