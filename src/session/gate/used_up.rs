//! A tenant whose storage is used up: what takes more is refused, whatever gives some back runs.

use std::sync::Arc;

use crate::{
    error::Report,
    sql::gate::{Ground, growth},
    tenant::storage::Gauge,
};

/// That a tenant may not take more storage.
#[derive(Clone, Debug)]
pub struct UsedUp(pub Arc<Gauge>);

impl UsedUp {
    /// Why a text may not run; nothing where it takes no storage. `unread_pass`: what isn't read here is refused by nobody else.
    pub(super) fn refusal(&self, text: &[u8], ground: Option<&Ground>, unread_pass: bool) -> Option<Report> {
        let growth = match std::str::from_utf8(text) {
            Ok(readable) => growth(readable, ground, unread_pass),
            Err(_) if unread_pass => return Some(self.0.refusal("a statement that can't be read")),
            Err(_) => return None,
        };
        if growth.gives {
            self.0.frees();
        }
        growth.takes.map(|command| self.0.refusal(&command))
    }
}
