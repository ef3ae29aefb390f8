//! A change of the map: the text that it makes of the newest version, and whether that may be taken.

use std::path::Path;

use super::{EditRules, Head, MapError, Signature, Taken};
use crate::{
    config::Environment,
    shard_map::{
        Changes, ShardMap,
        edit::{Edit, edit, split_revision},
        strands,
    },
};

/// A change, to be made of whichever version is the newest.
pub(super) enum Change {
    /// Of entries.
    Edits(Vec<Edit>),
    /// A whole text, and the version that it says it was made from; 0: it says none.
    Whole { body: String, from: u64 },
    /// An older version's text again.
    Back { to: u64, body: String },
}

impl Change {
    pub(super) fn whole(text: &str) -> Self {
        let (body, from) = split_revision(text);
        Change::Whole { body, from }
    }

    /// The version that it may be made of; none: any.
    pub(super) fn expected(&self, rules: &EditRules) -> Option<u64> {
        match self {
            Change::Whole { from: from @ 1.., .. } => Some(rules.expected.unwrap_or(*from)),
            _ => rules.expected,
        }
    }

    /// The text, and what it changes.
    pub(super) fn make(&self, head: &Head, rules: EditRules, name: &Path, folder: &Path) -> Result<(String, Taken), MapError> {
        // Who edits needs none of the secrets: the proxies have them.
        let environment = Environment::process().with_stand_ins();
        let read = |text: &str| ShardMap::read(text, name, folder, &environment);
        let is_empty = head.version == 0 && head.body.is_empty();
        let old = if is_empty { Err(MapError::Empty) } else { read(&head.body).map_err(MapError::Invalid) };
        let body = match self {
            Change::Edits(edits) => edit(&head.body, old.as_ref().map_err(again)?, edits)?,
            Change::Whole { body, from } => {
                self.check_base(*from, head, body, rules)?;
                body.clone()
            }
            Change::Back { body, .. } => body.clone(),
        };
        let new = read(&body).map_err(MapError::Invalid)?;
        let (changes, stranded) = match &old {
            Ok(old) => (Changes::between(old, &new), strands(old, &new, matches!(self, Change::Back { .. }))),
            Err(_) => (Changes::default(), Vec::new()),
        };
        if !stranded.is_empty() && !rules.force && !rules.dry_run {
            return Err(MapError::Strands(stranded));
        }
        let is_new = body != head.body || matches!(self, Change::Whole { .. }) && head.is_unrecorded;
        Ok((body, Taken { version: head.version, changes, is_new, strands: stranded }))
    }

    /// A whole text replaces what others have changed, so it must have begun with that.
    fn check_base(&self, from: u64, head: &Head, body: &str, rules: EditRules) -> Result<(), MapError> {
        if *body == head.body || head.version == 0 && (head.body.is_empty() || from == 0 && rules.expected.is_none()) {
            return Ok(());
        }
        if from == 0 && rules.expected.is_none() {
            return Err(MapError::NoBase(head.version));
        }
        if head.is_unrecorded { Err(MapError::EditedInPlace(head.version)) } else { Ok(()) }
    }

    /// Who makes it, and why.
    pub(super) fn sign(&self, signature: &Signature) -> Signature {
        let reason = match (self, &signature.reason) {
            (Change::Back { to, .. }, Some(reason)) => Some(format!("back to version {to}: {reason}")),
            (Change::Back { to, .. }, None) => Some(format!("back to version {to}")),
            (_, reason) => reason.clone(),
        };
        Signature { author: signature.author.clone(), reason }
    }

    /// What it changes, for the history.
    pub(super) fn words(&self, taken: &Taken) -> String {
        match (taken.changes.is_empty(), taken.version) {
            (true, 0) => "the first version".to_owned(),
            (true, _) => "nothing but its text".to_owned(),
            (false, _) => taken.changes.to_string(),
        }
    }
}

/// What is wrong with the map that there is, once more.
fn again(error: &MapError) -> MapError {
    match error {
        MapError::Invalid(errors) => MapError::Invalid(errors.clone()),
        _ => MapError::Empty,
    }
}
