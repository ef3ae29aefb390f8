//! The shapes of one ground.

use std::{
    hash::{BuildHasher, Hasher},
    num::NonZeroUsize,
    sync::Arc,
};

use lru::LruCache;
use parking_lot::Mutex;

use super::{Shape, Shaped};
use crate::sql::gate::{Ground, Judged, Sightings, Tenancy, Whose};

/// Parts of the store, each under its own lock.
const PARTS: usize = 16;
/// Skeletons that a part keeps.
const KEPT: NonZeroUsize = NonZeroUsize::new(64).unwrap();
/// Slots of a part's once-seen filter: what never comes again isn't learnt.
const SEEN: usize = 256;
/// Longer skeletons aren't kept.
const LONGEST: usize = 4 << 10;
/// What takes more memory isn't kept: the values of literals that may decide, or the edits of a shape.
const HEAVIEST: usize = 8 << 10;
/// How many shapes a skeleton may have, which differ in literals that may decide.
const VARIANTS: usize = 4;
/// So many texts of a skeleton pass before one of them gives way to another: learning costs as much as several looks.
const WORTH: u32 = 32;

/// The shapes of one ground.
pub(crate) struct Shapes {
    parts: [Mutex<Part>; PARTS],
    hasher: foldhash::fast::RandomState,
}

struct Part {
    kept: LruCache<u64, Known>,
    seen: Sightings<SEEN>,
}

/// What is known of a skeleton.
struct Known {
    key: Box<[u8]>,
    /// The literals that may decide.
    fixed: Arc<[usize]>,
    variants: Vec<Variant>,
    /// How many texts have asked since the last one came.
    asked: u32,
}

/// A shape under certain values of what may decide; none where nothing holds for all its texts.
struct Variant {
    fixed: Box<[Box<str>]>,
    shape: Option<Arc<Shape>>,
}

/// What the store says to a text.
enum Found {
    /// This shape, or that there is none.
    Variant(Option<Arc<Shape>>),
    /// Nothing under these values of what may decide.
    Fixed(Arc<[usize]>),
    /// The skeleton is new.
    Nothing,
}

impl Default for Shapes {
    fn default() -> Self {
        let part = |_| {
            let mut kept = LruCache::unbounded();
            kept.resize(KEPT);
            Mutex::new(Part { kept, seen: Sightings::new() })
        };
        Shapes { parts: std::array::from_fn(part), hasher: foldhash::fast::RandomState::default() }
    }
}

impl std::fmt::Debug for Shapes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shapes").finish_non_exhaustive()
    }
}

impl Shapes {
    /// Judges a text by its shape, if that is known or can be learnt now; learning is for what comes the second time.
    pub(crate) fn judge(&self, shaped: &Shaped<'_>, ground: &Ground, whose: &Whose<'_>, tenancy: Tenancy) -> Option<Judged> {
        if shaped.skeleton.key.len() > LONGEST {
            return None;
        }
        let (hash, part) = self.part(shaped);
        let found = part.lock().find(hash, shaped);
        let fixed = match found {
            Found::Variant(shape) => return shaped.render(&*shape?, whose.key, tenancy),
            Found::Fixed(fixed) => {
                if !part.lock().seen.is_again(self.with_fixed(hash, &fixed, shaped)) {
                    return None;
                }
                fixed
            }
            Found::Nothing => {
                if !part.lock().seen.is_again(hash) {
                    return None;
                }
                let Some(fixed) = shaped.fixed() else {
                    // What isn't a single query has no shape, whatever its literals say.
                    part.lock().keep(hash, shaped, Arc::default(), None);
                    return None;
                };
                fixed.into()
            }
        };
        let shape = if shaped.weight_of(&fixed) > HEAVIEST { None } else { shaped.learn(&fixed, ground, whose, tenancy).map(Arc::new) };
        let judged = shape.as_ref().and_then(|shape| shaped.render(shape, whose.key, tenancy));
        let lasting = shape.filter(|shape| shape.is_for_all(ground) && shape.weight() <= HEAVIEST);
        part.lock().keep(hash, shaped, fixed, lasting);
        judged
    }

    /// What it holds of memory, about.
    pub(crate) fn bytes(&self) -> usize {
        self.parts.iter().map(|part| part.lock().kept.iter().map(|(_, known)| known.bytes()).sum::<usize>()).sum()
    }

    /// Forgets all of it.
    pub(crate) fn forget(&self) {
        self.parts.iter().for_each(|part| part.lock().kept.clear());
    }

    /// What is known of a text already.
    #[cfg(test)]
    pub(super) fn known(&self, shaped: &Shaped<'_>, whose: &Whose<'_>, tenancy: Tenancy) -> Option<Judged> {
        let (hash, part) = self.part(shaped);
        match part.lock().find(hash, shaped) {
            Found::Variant(shape) => shaped.render(&*shape?, whose.key, tenancy),
            Found::Fixed(_) | Found::Nothing => None,
        }
    }

    fn part(&self, shaped: &Shaped<'_>) -> (u64, &Mutex<Part>) {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(&shaped.skeleton.key);
        let hash = hasher.finish();
        let [first, rest @ ..] = &self.parts;
        let index = (hash % PARTS as u64) as usize;
        (hash, index.checked_sub(1).and_then(|index| rest.get(index)).unwrap_or(first))
    }

    fn with_fixed(&self, hash: u64, fixed: &[usize], shaped: &Shaped<'_>) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write_u64(hash);
        for &index in fixed {
            hasher.write(shaped.literal(index).unwrap_or_default().as_bytes());
            hasher.write_u8(0);
        }
        hasher.finish()
    }
}

impl Part {
    fn find(&mut self, hash: u64, shaped: &Shaped<'_>) -> Found {
        let Some(known) = self.kept.get_mut(&hash).filter(|known| *known.key == *shaped.skeleton.key) else { return Found::Nothing };
        known.asked = known.asked.saturating_add(1);
        match known.variants.iter().find(|variant| variant.is(&known.fixed, shaped)) {
            Some(variant) => Found::Variant(variant.shape.clone()),
            None if known.variants.len() >= VARIANTS && known.asked < WORTH => Found::Variant(None),
            None => Found::Fixed(Arc::clone(&known.fixed)),
        }
    }

    fn keep(&mut self, hash: u64, shaped: &Shaped<'_>, fixed: Arc<[usize]>, shape: Option<Arc<Shape>>) {
        let values = || fixed.iter().map(|&index| shaped.literal(index).unwrap_or_default().into()).collect();
        let variant = (shaped.weight_of(&fixed) <= HEAVIEST).then(|| Variant { fixed: values(), shape });
        match self.kept.get_mut(&hash).filter(|known| *known.key == *shaped.skeleton.key) {
            Some(known) => {
                known.variants.truncate(VARIANTS - usize::from(variant.is_some()));
                known.variants.splice(0..0, variant);
                known.asked = 0;
            }
            None => {
                let known = Known { key: shaped.skeleton.key.as_slice().into(), fixed, variants: variant.into_iter().collect(), asked: 0 };
                self.kept.put(hash, known);
            }
        }
    }
}

impl Known {
    fn bytes(&self) -> usize {
        let shape = |variant: &Variant| variant.shape.as_ref().map_or(0, |shape| size_of::<Shape>() + shape.weight());
        let fixed = |variant: &Variant| variant.fixed.iter().map(|value| size_of::<Box<str>>() + value.len()).sum::<usize>();
        let variants = self.variants.iter().map(|variant| size_of::<Variant>() + fixed(variant) + shape(variant)).sum::<usize>();
        2 * size_of::<Known>() + self.key.len() + self.fixed.len() * size_of::<usize>() + variants
    }
}

impl Variant {
    fn is(&self, fixed: &[usize], shaped: &Shaped<'_>) -> bool {
        fixed.len() == self.fixed.len() && fixed.iter().zip(&self.fixed).all(|(&index, value)| shaped.literal(index) == Some(value))
    }
}
