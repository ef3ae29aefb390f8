//! Verdicts of texts that come again: by the text itself, never by a form of it without its literals.

use std::{
    hash::{BuildHasher, Hasher},
    num::NonZeroUsize,
};

use lru::LruCache;
use parking_lot::Mutex;

use super::Reason;
use crate::sql::gate::{Judged, Sightings, Tenancy, Verdict};

/// Parts of the cache, each under its own lock.
const PARTS: usize = 16;
/// Texts that a part keeps.
const KEPT: NonZeroUsize = NonZeroUsize::new(64).unwrap();
/// Slots of a part's once-seen filter: literals that never repeat don't push out what does.
const SEEN_SLOTS: usize = 256;
/// Longer texts aren't kept.
const LONGEST: usize = 2 << 10;

/// Nor is what is sent for them, if it is longer: views may stand in it.
const LONGEST_SENT: usize = 16 << 10;

/// A cache of verdicts.
pub(super) struct Verdicts {
    parts: [Mutex<Part>; PARTS],
    hasher: foldhash::fast::RandomState,
}

struct Part {
    kept: LruCache<u64, Known>,
    seen: Sightings<SEEN_SLOTS>,
}

struct Known {
    text: Box<[u8]>,
    tenancy: Tenancy,
    stamp: u64,
    judged: Judged,
    reason: Option<Reason>,
}

impl Known {
    fn is(&self, text: &[u8], tenancy: Tenancy, stamp: u64) -> bool {
        self.stamp == stamp && self.tenancy == tenancy && *self.text == *text
    }
}

impl Default for Verdicts {
    fn default() -> Self {
        let part = |_| {
            let mut kept = LruCache::unbounded();
            kept.resize(KEPT);
            Mutex::new(Part { kept, seen: Sightings::new() })
        };
        Verdicts { parts: std::array::from_fn(part), hasher: foldhash::fast::RandomState::default() }
    }
}

impl Verdicts {
    /// What is known of a text.
    pub(super) fn get(&self, text: &[u8], tenancy: Tenancy, stamp: u64) -> Option<(Judged, Option<Reason>)> {
        if text.len() > LONGEST {
            return None;
        }
        let (hash, part) = self.part(text, stamp);
        let mut part = part.lock();
        let known = part.kept.get(&hash)?;
        known.is(text, tenancy, stamp).then(|| (known.judged.clone(), known.reason))
    }

    /// Keeps a verdict from the second time on that it is given.
    pub(super) fn put(&self, text: &[u8], tenancy: Tenancy, stamp: u64, judged: &Judged, reason: Option<Reason>) {
        let sent = match &judged.verdict {
            Verdict::Rewritten(rewritten) => rewritten.text.len(),
            Verdict::AsIs | Verdict::Refused(_) => 0,
        };
        if text.len() > LONGEST || sent > LONGEST_SENT {
            return;
        }
        let (hash, part) = self.part(text, stamp);
        let mut part = part.lock();
        if part.seen.is_again(hash) {
            part.kept.put(hash, Known { text: text.into(), tenancy, stamp, judged: judged.clone(), reason });
        }
    }

    /// What it holds of memory, about.
    pub(super) fn bytes(&self) -> usize {
        let known = |known: &Known| {
            let sent = match &known.judged.verdict {
                Verdict::Rewritten(rewritten) => rewritten.text.len(),
                Verdict::AsIs | Verdict::Refused(_) => 256,
            };
            2 * size_of::<Known>() + known.text.len() + sent
        };
        self.parts.iter().map(|part| part.lock().kept.iter().map(|(_, entry)| known(entry)).sum::<usize>()).sum()
    }

    /// Forgets all of it.
    pub(super) fn forget(&self) {
        self.parts.iter().for_each(|part| part.lock().kept.clear());
    }

    fn part(&self, text: &[u8], stamp: u64) -> (u64, &Mutex<Part>) {
        let mut hasher = self.hasher.build_hasher();
        hasher.write_u64(stamp);
        hasher.write(text);
        let hash = hasher.finish();
        let [first, rest @ ..] = &self.parts;
        let index = (hash % PARTS as u64) as usize;
        (hash, index.checked_sub(1).and_then(|index| rest.get(index)).unwrap_or(first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::gate::Access;

    #[test]
    fn a_text_is_kept_from_its_second_sight_under_its_own_rules() {
        let verdicts = Verdicts::default();
        let judged = Judged { verdict: Verdict::AsIs, effects: None, bound: false, access: Access::Anything };
        let put = |text: &[u8]| verdicts.put(text, Tenancy::Literal, 7, &judged, None);
        let known = |text: &[u8], tenancy, stamp| verdicts.get(text, tenancy, stamp).is_some();
        put(b"select 1");
        assert!(!known(b"select 1", Tenancy::Literal, 7));
        put(b"select 1");
        assert!(known(b"select 1", Tenancy::Literal, 7));
        assert!(!known(b"select 1", Tenancy::Literal, 8));
        assert!(!known(b"select 1", Tenancy::Parameter { declared: 0 }, 7));
        assert!(!known(b"select 2", Tenancy::Literal, 7));
    }
}
