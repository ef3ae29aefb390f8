//! What the gate knows of each model on each database: one value that all its tenants' sessions share, renewed with the catalog.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash},
    sync::{
        Arc, Weak,
        atomic::{AtomicU64, Ordering},
    },
};

use arc_swap::ArcSwapOption;
use parking_lot::Mutex;

use super::{turns::Turns, verdicts::Verdicts};
use crate::{
    catalog::{Catalog, store::DatabaseCatalog},
    sql::gate::{Ground, Isolation},
};

/// How many long texts are judged at once.
const LONG_AT_ONCE: usize = 2;

/// What a ground is made of, the catalog left out.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct GroundRules {
    /// How tenants are kept apart.
    pub isolation: Isolation,
    /// Each tenant has a database role and a pool of its own.
    pub lock_is_login: bool,
    /// Tenants may define objects in what is theirs alone.
    pub ddl: bool,
    /// User functions that the model names as safe.
    pub functions: Vec<Arc<str>>,
    /// Tables that every tenant may read.
    pub reference_tables: Vec<Arc<str>>,
    /// Unique keys without the tenant column that tenants may write all the same.
    pub global_keys: Vec<Arc<str>>,
}

/// One model on one database.
pub struct SharedGround {
    rules: GroundRules,
    source: Source,
    standing: ArcSwapOption<Standing>,
    /// The number of the catalog that it stands on, and its own.
    stood_on: AtomicU64,
    stamp: AtomicU64,
    /// Held while it goes over to another catalog.
    moving: Mutex<()>,
    verdicts: Verdicts,
    long_texts: Arc<Turns>,
    hasher: foldhash::fast::RandomState,
}

enum Source {
    /// Read from a server, now and later.
    Server(Arc<DatabaseCatalog>),
    /// Given once.
    Fixed,
}

/// A ground, and the number that tells it from all others of its kind.
pub(super) struct Standing {
    pub(super) ground: Ground,
    pub(super) stamp: u64,
}

impl SharedGround {
    /// A ground whose catalog is read from a server.
    pub fn new(rules: GroundRules, catalog: Arc<DatabaseCatalog>) -> Self {
        SharedGround::from_source(rules, Source::Server(catalog))
    }

    /// A ground whose catalog never changes.
    pub fn fixed(rules: GroundRules, catalog: Arc<Catalog>) -> Self {
        let ground = SharedGround::from_source(rules, Source::Fixed);
        ground.stand_on(catalog, 1);
        ground
    }

    fn from_source(rules: GroundRules, source: Source) -> Self {
        SharedGround {
            rules,
            source,
            standing: ArcSwapOption::empty(),
            stood_on: AtomicU64::new(0),
            stamp: AtomicU64::new(0),
            moving: Mutex::new(()),
            verdicts: Verdicts::default(),
            long_texts: Turns::new(LONG_AT_ONCE),
            hasher: foldhash::fast::RandomState::default(),
        }
    }

    /// What it is made of.
    pub fn rules(&self) -> &GroundRules {
        &self.rules
    }

    pub(super) fn hasher(&self) -> &impl BuildHasher {
        &self.hasher
    }

    /// Turns of long texts.
    pub(super) fn long_texts(&self) -> Arc<Turns> {
        Arc::clone(&self.long_texts)
    }

    pub(super) fn verdicts(&self) -> &Verdicts {
        &self.verdicts
    }

    /// The ground as it is now; none where the catalog is to be read first.
    pub(super) fn standing(&self) -> Option<Arc<Standing>> {
        let Source::Server(catalog) = &self.source else { return self.standing.load_full() };
        let (current, number) = catalog.numbered()?;
        match self.standing.load_full() {
            Some(standing) if Arc::ptr_eq(&standing.ground.catalog, &current) => Some(standing),
            _ => Some(self.stand_on(current, number)),
        }
    }

    /// The number of the ground as it is now; none where the catalog is to be read first. Asked for with each text: nothing that is
    /// shared is written for it.
    #[inline]
    pub(super) fn stamp(&self) -> Option<u64> {
        let is_current = match &self.source {
            Source::Fixed => true,
            Source::Server(catalog) => catalog.number().is_some_and(|number| number == self.stood_on.load(Ordering::Acquire)),
        };
        if is_current { Some(self.stamp.load(Ordering::Acquire)) } else { self.standing().map(|standing| standing.stamp) }
    }

    /// Stands on a catalog from now on, unless it does on a later one already.
    fn stand_on(&self, catalog: Arc<Catalog>, number: u64) -> Arc<Standing> {
        let _one_at_a_time = self.moving.lock();
        let before = self.standing.load_full();
        if let Some(before) = before.as_ref().filter(|_| number <= self.stood_on.load(Ordering::Acquire)) {
            return Arc::clone(before);
        }
        let rules = self.rules.clone();
        let stamp = self.hasher.hash_one((Arc::as_ptr(&catalog) as usize, before.map(|before| before.stamp)));
        let ground = Ground {
            catalog,
            isolation: rules.isolation,
            lock_is_login: rules.lock_is_login,
            ddl: rules.ddl,
            functions: rules.functions,
            reference_tables: rules.reference_tables,
            global_keys: rules.global_keys,
            ..Ground::default()
        };
        let standing = Arc::new(Standing { ground, stamp });
        self.standing.store(Some(Arc::clone(&standing)));
        // In this order: whoever sees the number sees its stamp, or that of a later one.
        self.stamp.store(stamp, Ordering::Release);
        self.stood_on.store(number, Ordering::Release);
        standing
    }

    pub(super) async fn read(&self) {
        let Source::Server(catalog) = &self.source else { return };
        match catalog.current() {
            Some(seen) => drop(catalog.newer_than(&seen).await),
            None => {
                if let Err(error) = catalog.get().await {
                    tracing::warn!(%error, "the catalog can't be read");
                }
            }
        }
    }

    pub(super) fn outdate(&self) {
        if let Source::Server(catalog) = &self.source {
            catalog.outdate();
        }
    }
}

impl std::fmt::Debug for SharedGround {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SharedGround").field("rules", &self.rules).finish_non_exhaustive()
    }
}

/// All grounds in use.
#[derive(Default)]
pub struct Grounds {
    known: Mutex<HashMap<(GroundRules, usize), Weak<SharedGround>>>,
}

impl SharedGround {
    /// What is remembered of texts, in bytes, about.
    fn bytes(&self) -> usize {
        self.verdicts.bytes() + self.standing.load().as_ref().map_or(0, |standing| standing.ground.cache.bytes())
    }

    fn forget_texts(&self) {
        self.verdicts.forget();
        if let Some(standing) = &*self.standing.load() {
            standing.ground.cache.forget();
        }
    }
}

impl Grounds {
    /// What all of them remember of texts, in bytes, about.
    pub fn bytes(&self) -> usize {
        self.all().iter().map(|ground| ground.bytes()).sum()
    }

    /// Forgets what was thought of texts: it is thought again.
    pub fn forget_texts(&self) {
        self.all().iter().for_each(|ground| ground.forget_texts());
    }

    fn all(&self) -> Vec<Arc<SharedGround>> {
        self.known.lock().values().filter_map(Weak::upgrade).collect()
    }

    /// The ground of these rules on that database's catalog.
    pub fn enter(&self, rules: GroundRules, catalog: Arc<DatabaseCatalog>) -> Arc<SharedGround> {
        let mut known = self.known.lock();
        // A ground holds its catalog, so that the address is no other's as long as the ground is there.
        let key = (rules, Arc::as_ptr(&catalog) as usize);
        if let Some(ground) = known.get(&key).and_then(Weak::upgrade) {
            return ground;
        }
        known.retain(|_, ground| ground.strong_count() > 0);
        let ground = Arc::new(SharedGround::new(key.0.clone(), catalog));
        known.insert(key, Arc::downgrade(&ground));
        ground
    }
}
