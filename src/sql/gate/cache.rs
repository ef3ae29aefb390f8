//! What was thought of texts before, so that a text that comes again costs a look-up.
//!
//! Two generations: what is asked for moves to the younger one, and when that is full, the older one goes. So what is used stays, and
//! nothing is kept in order. What comes for the first time isn't kept.

use std::{
    borrow::Cow,
    collections::HashMap,
    hash::BuildHasher,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use foldhash::fast::RandomState;

use super::{
    Ground, Isolation, Judged, Tenancy, Whose,
    opinion::Opinion,
    shape::{Shaped, Shapes},
    sightings::Sightings,
};
/// Longer texts aren't kept: they rarely come twice.
const MAX_TEXT: usize = 16 * 1024;

/// What both generations may hold, about.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// How many texts are known to have been seen once. A text is kept when it comes again: those with their values in them never do.
const SEEN: usize = 4096;

/// What an entry costs beside its text.
const ENTRY_BYTES: usize = 192;

/// The opinions of one ground.
#[derive(Debug, Default)]
pub struct Cache {
    generations: Mutex<Generations>,
    pub(super) shapes: Shapes,
}

type Opinions = HashMap<Box<str>, Entry, RandomState>;

#[derive(Debug, Default)]
struct Generations {
    young: Opinions,
    old: Opinions,
    young_bytes: usize,
    old_bytes: usize,
    /// Texts that were judged and not kept.
    seen: Sightings<SEEN>,
}

/// The opinions of a text, as it was asked for.
#[derive(Clone, Debug, Default)]
struct Entry {
    literal: Option<Arc<Opinion>>,
    parameter: Option<Arc<Opinion>>,
}

impl Entry {
    fn opinion(&self, tenancy: Tenancy) -> Option<&Arc<Opinion>> {
        match tenancy {
            Tenancy::Literal => self.literal.as_ref(),
            Tenancy::Parameter { .. } => self.parameter.as_ref(),
        }
    }
}

impl Cache {
    /// Judges a text, by memory if it may.
    pub(super) fn judge(&self, text: &str, ground: &Ground, whose: &Whose<'_>, tenancy: Tenancy) -> Judged {
        if text.len() > MAX_TEXT {
            let opinion = Opinion::of(text, ground, whose, tenancy);
            return by_length(&opinion, text, ground, whose, tenancy).unwrap_or_else(|| opinion.render(whose.key, tenancy));
        }
        let by_shape = Shaped::read(text, ground, whose, tenancy).and_then(|shaped| self.shapes.judge(&shaped, ground, whose, tenancy));
        if let Some(judged) = by_shape {
            return judged;
        }
        let key = key(text, ground, whose);
        if let Some(known) = self.find(&key, tenancy) {
            return known.render(whose.key, tenancy);
        }
        let opinion = Arc::new(Opinion::of(text, ground, whose, tenancy));
        if let Some(judged) = by_length(&opinion, text, ground, whose, tenancy) {
            return judged;
        }
        let judged = opinion.render(whose.key, tenancy);
        // What hangs on names of the tenant's own isn't another tenant's.
        if !opinion.is_personal() || matches!(ground.isolation, Isolation::Schema) {
            self.keep(&key, tenancy, opinion);
        }
        judged
    }

    /// What it holds of memory, about.
    pub fn bytes(&self) -> usize {
        let generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        let opinions = generations.young_bytes + generations.old_bytes;
        drop(generations);
        opinions + self.shapes.bytes()
    }

    /// Forgets all of it.
    pub fn forget(&self) {
        *self.generations.lock().unwrap_or_else(PoisonError::into_inner) = Generations::default();
        self.shapes.forget();
    }

    fn find(&self, text: &str, tenancy: Tenancy) -> Option<Arc<Opinion>> {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = generations.young.get(text) {
            return entry.opinion(tenancy).cloned();
        }
        let (text, entry) = generations.old.remove_entry(text)?;
        let opinion = entry.opinion(tenancy).cloned();
        generations.insert(text, entry);
        opinion
    }

    fn keep(&self, text: &str, tenancy: Tenancy, opinion: Arc<Opinion>) {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if !generations.comes_again(text) {
            return;
        }
        let mut entry = generations.young.remove(text).unwrap_or_default();
        match tenancy {
            Tenancy::Literal => entry.literal = Some(opinion),
            Tenancy::Parameter { .. } => entry.parameter = Some(opinion),
        }
        generations.insert(text.into(), entry);
    }
}

/// Judges a text that is beyond what the grammar is asked for, if only its values are.
fn by_length(opinion: &Opinion, text: &str, ground: &Ground, whose: &Whose<'_>, tenancy: Tenancy) -> Option<Judged> {
    if !opinion.is_beyond_limits() {
        return None;
    }
    Shaped::read(text, ground, whose, tenancy)?.judge_long(ground, whose, tenancy)
}

/// What a text is kept under: in the schema model, the names of schema and role may decide.
fn key<'t>(text: &'t str, ground: &Ground, whose: &Whose<'_>) -> Cow<'t, str> {
    match (&ground.isolation, whose.schema) {
        (Isolation::Schema, schema) => format!("{}\0{}\0{text}", schema.unwrap_or_default(), whose.role).into(),
        _ => text.into(),
    }
}

impl Generations {
    /// Whether the text was seen before, as far as is remembered.
    fn comes_again(&mut self, text: &str) -> bool {
        let hash = self.young.hasher().hash_one(text);
        self.seen.is_again(hash)
    }

    fn insert(&mut self, text: Box<str>, entry: Entry) {
        let opinions = [&entry.literal, &entry.parameter];
        let weight: usize = opinions.into_iter().flatten().map(|opinion| opinion.weight()).sum();
        self.young_bytes = self.young_bytes.saturating_add(ENTRY_BYTES + text.len() + weight);
        self.young.insert(text, entry);
        if self.young_bytes > MAX_BYTES / 2 {
            self.old = mem::take(&mut self.young);
            self.old_bytes = mem::take(&mut self.young_bytes);
        }
    }
}
