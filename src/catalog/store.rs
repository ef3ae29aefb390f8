//! Snapshots by database, shared by all sessions: loaded on first use, by one session while others wait for it; read again where a
//! statement names what a snapshot doesn't know, after DDL of a tenant's own, and every minute while in use. While the server is away,
//! the last one stays.
//!
//! A snapshot that reads as the last one did *is* the last one, so that what was worked out from it stays valid.

use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwapOption;
use parking_lot::Mutex;
use tokio::time::{Instant, timeout};

use super::{
    Catalog,
    load::{LoadError, Schemas},
};
use crate::net::Target;

/// How often a snapshot in use is read again.
const FRESH: Duration = Duration::from_secs(60);
/// Between two readings that unknown names ask for, in the long run: a client that makes names up costs no more than this.
const UNKNOWN_INTERVAL: Duration = Duration::from_secs(1);
/// Readings that unknown names may ask for at once.
const UNKNOWN_BURST: u32 = 5;
/// Between a reading that failed and the next one.
const RETRY: Duration = Duration::from_secs(1);
/// A server that hasn't told everything by then isn't there.
const LIMIT: Duration = Duration::from_secs(30);
/// A snapshot that nobody has used for so many rounds of [`FRESH`] goes.
const IDLE_ROUNDS: u32 = 10;

/// Where snapshots come from.
pub trait Source: Send + Sync {
    /// Reads one.
    fn read<'a>(&'a self, schemas: &'a Schemas) -> Pin<Box<dyn Future<Output = Result<Catalog, LoadError>> + Send + 'a>>;
}

/// Which database, and what of it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Place {
    /// The server.
    pub server: Target,
    /// The database on it.
    pub database: Arc<str>,
    /// Its schemas.
    pub schemas: Schemas,
}

/// All snapshots of the process.
#[derive(Default)]
pub struct Catalogs {
    places: Mutex<HashMap<Place, Arc<DatabaseCatalog>>>,
}

/// One database's snapshot, now and later.
pub struct DatabaseCatalog {
    place: Place,
    source: Mutex<Arc<dyn Source>>,
    current: ArcSwapOption<Numbered>,
    /// The current one's number: 0 before the first.
    number: AtomicU64,
    /// Counts what made the snapshot old.
    marks: AtomicU64,
    /// The count when the snapshot was read.
    read_at: AtomicU64,
    /// Held while reading.
    reading: tokio::sync::Mutex<Reading>,
    idle_rounds: AtomicU32,
}

/// A snapshot; a later one that differs has a greater number.
struct Numbered {
    catalog: Arc<Catalog>,
    number: u64,
}

/// How the last readings went.
#[derive(Default)]
struct Reading {
    done: Option<Instant>,
    failed: Option<(Instant, Arc<LoadError>)>,
    /// When the allowance for unknown names is full again.
    full_again: Option<Instant>,
}

impl Catalogs {
    /// The snapshots of a database, to be read from `source` from now on.
    pub fn enter(&self, place: Place, source: Arc<dyn Source>) -> Arc<DatabaseCatalog> {
        let mut places = self.places.lock();
        if let Some(known) = places.get(&place) {
            *known.source.lock() = source;
            return Arc::clone(known);
        }
        let made = Arc::new(DatabaseCatalog::new(place.clone(), source));
        places.insert(place, Arc::clone(&made));
        made
    }

    /// Reads the snapshots in use again, every minute, until dropped.
    pub async fn keep_fresh(&self) {
        loop {
            tokio::time::sleep(FRESH).await;
            for catalog in self.in_use() {
                if let Err(error) = catalog.read_again().await {
                    tracing::warn!(%error, database = %catalog.place.database, server = %catalog.place.server, "the catalog stays as it was");
                }
            }
        }
    }

    /// Says that all snapshots of a server's databases are old.
    pub fn outdate(&self, server: &Target) {
        self.places.lock().values().filter(|catalog| catalog.place.server == *server).for_each(|catalog| catalog.outdate());
    }

    /// The snapshots that sessions hold. The others are taken for old, and go in the end.
    fn in_use(&self) -> Vec<Arc<DatabaseCatalog>> {
        let mut places = self.places.lock();
        let mut used = Vec::new();
        places.retain(|_, catalog| {
            if Arc::strong_count(catalog) > 1 {
                catalog.idle_rounds.store(0, Ordering::Relaxed);
                used.push(Arc::clone(catalog));
                return true;
            }
            catalog.outdate();
            catalog.idle_rounds.fetch_add(1, Ordering::Relaxed) < IDLE_ROUNDS
        });
        used
    }
}

impl DatabaseCatalog {
    fn new(place: Place, source: Arc<dyn Source>) -> Self {
        DatabaseCatalog {
            place,
            source: Mutex::new(source),
            current: ArcSwapOption::empty(),
            number: AtomicU64::new(0),
            marks: AtomicU64::new(0),
            read_at: AtomicU64::new(0),
            reading: tokio::sync::Mutex::default(),
            idle_rounds: AtomicU32::new(0),
        }
    }

    /// The snapshot, where there is one that isn't known to be old: no waiting. Otherwise ask [`DatabaseCatalog::get`].
    pub fn current(&self) -> Option<Arc<Catalog>> {
        self.numbered().map(|(catalog, _)| catalog)
    }

    /// The same with its number.
    pub fn numbered(&self) -> Option<(Arc<Catalog>, u64)> {
        if self.is_old() {
            return None;
        }
        self.current.load().as_ref().map(|current| (Arc::clone(&current.catalog), current.number))
    }

    /// Its number alone; none where there is none, or it is known to be old. Asked for with each text: nothing that is shared is written.
    #[inline]
    pub fn number(&self) -> Option<u64> {
        // Zero as long as nothing was read.
        let number = self.number.load(Ordering::Acquire);
        (number > 0 && !self.is_old()).then_some(number)
    }

    /// The snapshot, read first if need be.
    ///
    /// # Errors
    /// Where there is none and none can be read; within a second of a failure, the same one again.
    pub async fn get(&self) -> Result<Arc<Catalog>, Arc<LoadError>> {
        if let Some(current) = self.current() {
            return Ok(current);
        }
        let mut reading = self.reading.lock().await;
        if let Some(current) = self.current() {
            return Ok(current);
        }
        self.read(&mut reading).await
    }

    /// A newer snapshot than `seen`, which doesn't know a name; `seen` itself where nothing has changed or too much was asked for.
    pub async fn newer_than(&self, seen: &Arc<Catalog>) -> Arc<Catalog> {
        let mut reading = self.reading.lock().await;
        match self.current() {
            Some(current) if !Arc::ptr_eq(&current, seen) => return current,
            Some(_) if !reading.allow_unknown(Instant::now()) => return Arc::clone(seen),
            _ => {}
        }
        self.read(&mut reading).await.unwrap_or_else(|_| Arc::clone(seen))
    }

    /// Says that the snapshot is old: a statement has changed what is there.
    pub fn outdate(&self) {
        self.marks.fetch_add(1, Ordering::AcqRel);
    }

    /// Reads the snapshot again, unless somebody just did.
    ///
    /// # Errors
    /// See [`LoadError`]; the last snapshot stays.
    pub async fn read_again(&self) -> Result<(), Arc<LoadError>> {
        let mut reading = self.reading.lock().await;
        if !self.is_old() && reading.done.is_some_and(|done| done.elapsed() < FRESH / 2) {
            return Ok(());
        }
        self.read(&mut reading).await?;
        match &reading.failed {
            Some((_, error)) => Err(Arc::clone(error)),
            None => Ok(()),
        }
    }

    fn is_old(&self) -> bool {
        self.marks.load(Ordering::Acquire) != self.read_at.load(Ordering::Acquire)
    }

    /// The last snapshot where reading fails and there is one.
    async fn read(&self, reading: &mut Reading) -> Result<Arc<Catalog>, Arc<LoadError>> {
        let known = self.current.load_full();
        let last = known.as_ref().map_or(0, |known| known.number);
        let known = known.map(|known| Arc::clone(&known.catalog));
        if let Some((at, error)) = &reading.failed
            && at.elapsed() < RETRY
        {
            return known.ok_or_else(|| Arc::clone(error));
        }
        let source = Arc::clone(&*self.source.lock());
        // What outdates it from here on may not be in it.
        let marks = self.marks.load(Ordering::Acquire);
        match timeout(LIMIT, source.read(&self.place.schemas)).await.unwrap_or(Err(LoadError::TimedOut)) {
            Ok(catalog) => {
                let catalog = match known {
                    Some(known) if *known == catalog => known,
                    _ => {
                        let catalog = Arc::new(catalog);
                        self.current.store(Some(Arc::new(Numbered { catalog: Arc::clone(&catalog), number: last + 1 })));
                        self.number.store(last + 1, Ordering::Release);
                        catalog
                    }
                };
                self.read_at.store(marks, Ordering::Release);
                (reading.done, reading.failed) = (Some(Instant::now()), None);
                Ok(catalog)
            }
            Err(error) => {
                let error = Arc::new(error);
                reading.failed = Some((Instant::now(), Arc::clone(&error)));
                known.ok_or(error)
            }
        }
    }
}

impl Reading {
    /// Whether an unknown name may have the snapshot read again.
    fn allow_unknown(&mut self, now: Instant) -> bool {
        let full_again = self.full_again.map_or(now, |at| at.max(now)) + UNKNOWN_INTERVAL;
        let allowed = full_again <= now + UNKNOWN_INTERVAL * UNKNOWN_BURST;
        if allowed {
            self.full_again = Some(full_again);
        }
        allowed
    }
}

impl std::fmt::Debug for DatabaseCatalog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DatabaseCatalog").field("place", &self.place).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "store/tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
