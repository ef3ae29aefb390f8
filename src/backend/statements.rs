//! Prepared statements that server connections share: one server name per text and parameter types.
//!
//! A pool has one cache; a client's own names point into it. The first sight of an unnamed text goes to the server unnamed,
//! from the second on it is kept under a server name, so that PostgreSQL parses and plans it once per connection.

use std::{
    hash::{BuildHasher, Hasher},
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use lru::LruCache;
use parking_lot::Mutex;

use super::context::Prepared;
use crate::tenant::memory::{Memory, Shared};

/// What begins every server name of ours. A client's own names never reach a server, so nothing else begins with it.
pub const NAME_PREFIX: &str = "pgt_";

/// The server name of a number.
pub fn server_name(id: u64) -> String {
    format!("{NAME_PREFIX}{id:x}")
}

/// How a statement comes to be on a server.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Origin {
    /// Parse (F): text, and count and OIDs of the parameter types as sent.
    Parse {
        /// The text.
        text: Box<[u8]>,
        /// The types.
        types: Box<[u8]>,
    },
    /// SQL's PREPARE: what stands before its name, and what follows it.
    Prepare {
        /// `PREPARE ` and comments.
        before: Box<str>,
        /// Types, AS and the query.
        after: Box<str>,
        /// The whole statement as the client wrote it.
        own: Box<str>,
    },
}

impl Origin {
    fn weight(&self) -> usize {
        let text = match self {
            Origin::Parse { text, types } => text.len() + types.len(),
            Origin::Prepare { before, after, own } => before.len() + after.len() + own.len(),
        };
        BESIDES + 2 * text
    }
}

/// What a statement is found by: what the client sent, and the rules under which it was judged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StatementKey<'a> {
    /// The client's text.
    pub text: &'a [u8],
    /// Count and OIDs of the parameter types as sent.
    pub types: &'a [u8],
    /// A number that stands for the rules. Other rules, another statement.
    pub stamp: u64,
}

/// A statement that clients have prepared.
#[derive(Debug)]
pub struct Statement<E> {
    id: u64,
    name: Box<str>,
    /// How it comes to be: what the client sent, which isn't what a server is sent where `judged` says otherwise.
    pub origin: Origin,
    /// Whether servers keep it under its name; else it travels unnamed.
    pub kept: bool,
    /// What the session found out about it.
    pub judged: E,
    /// See [`StatementKey::stamp`].
    pub stamp: u64,
    /// Its rows have another shape by now than those who prepared it were told.
    outdated: AtomicBool,
    /// A server has accepted it.
    accepted: AtomicBool,
    weight: usize,
    _held: Option<Shared>,
}

impl<E> Statement<E> {
    fn new(id: u64, origin: Origin, kept: bool, judged: E, stamp: u64, memory: &Arc<Memory>) -> Self {
        // What isn't kept goes with its session's next statement.
        let (weight, held) = (origin.weight(), kept.then(|| memory.share(origin.weight())));
        Statement {
            id,
            name: server_name(id).into_boxed_str(),
            origin,
            kept,
            judged,
            stamp,
            outdated: AtomicBool::new(false),
            accepted: AtomicBool::new(false),
            weight,
            _held: held,
        }
    }

    /// What it takes of memory, about: its text, and what is sent in its place.
    pub fn weight(&self) -> usize {
        self.weight
    }

    /// A server has accepted it.
    pub fn accept(&self) {
        self.accepted.store(true, Ordering::Relaxed);
    }

    /// Whether a server has accepted it before.
    pub fn is_accepted(&self) -> bool {
        self.accepted.load(Ordering::Relaxed)
    }

    /// Its number: never used again in this process.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Whoever prepares its text from now on gets a statement of its own; those who have this one are told by the server.
    pub fn outdate(&self) {
        self.outdated.store(true, Ordering::Relaxed);
    }

    /// Its name on servers; empty where it isn't kept.
    pub fn server_name(&self) -> &[u8] {
        if self.kept { self.name.as_bytes() } else { b"" }
    }
}

/// A pool's statements by text and types.
pub struct StatementCache<E> {
    parts: Mutex<Parts<E>>,
    numbers: Arc<AtomicU64>,
    memory: Arc<Memory>,
}

struct Parts<E> {
    kept: LruCache<u64, Arc<Statement<E>>>,
    /// Their weight.
    bytes: usize,
    /// Hashes of unnamed texts that were seen once; made on first use.
    seen: Vec<u64>,
    hasher: foldhash::fast::RandomState,
}

/// Longer statements are their session's own.
const LONGEST_SHARED: usize = 64 << 10;

/// What a pool's statements may weigh, beyond which the longest unused go.
const MOST_BYTES: usize = 16 << 20;

/// What a statement takes beside its text.
const BESIDES: usize = 512;

/// Slots of the once-seen filter; a collision only delays keeping.
const SEEN_SLOTS: usize = 512;

impl<E> StatementCache<E> {
    /// A cache of at most `capacity` statements, numbered from `numbers`.
    pub fn new(capacity: NonZeroUsize, numbers: Arc<AtomicU64>) -> Self {
        let parts = Parts { kept: LruCache::unbounded(), bytes: 0, seen: Vec::new(), hasher: foldhash::fast::RandomState::default() };
        let cache = StatementCache { parts: Mutex::new(parts), numbers, memory: Arc::default() };
        cache.parts.lock().kept.resize(capacity);
        cache
    }

    /// The same, whose statements are counted there.
    #[must_use]
    pub fn counted_in(mut self, memory: &Arc<Memory>) -> Self {
        self.memory = Arc::clone(memory);
        self
    }

    /// The statement of a Parse message, where servers keep it.
    pub fn find(&self, key: StatementKey<'_>) -> Option<Arc<Statement<E>>> {
        let mut parts = self.parts.lock();
        let hash = parts.hash(key);
        parts.find(key, hash)
    }

    /// Notes a statement of a Parse message and what was found out about it. `unnamed` ones are kept from their second sight on.
    pub fn add(&self, key: StatementKey<'_>, unnamed: bool, judged: E) -> Arc<Statement<E>> {
        let mut parts = self.parts.lock();
        let hash = parts.hash(key);
        if let Some(known) = parts.find(key, hash) {
            return known;
        }
        // A long text isn't worth its room for others: with it, one client could fill the memory.
        let shared = key.text.len() + key.types.len() <= LONGEST_SHARED;
        let keep = !unnamed || (shared && parts.seen_before(hash));
        let origin = Origin::Parse { text: key.text.into(), types: key.types.into() };
        let statement = Arc::new(Statement::new(self.number(), origin, keep, judged, key.stamp, &self.memory));
        if keep && shared {
            parts.keep(hash, &statement, self.memory.is_used_up());
        }
        statement
    }

    /// A statement of SQL's PREPARE: what stands before its name, what follows, and all of it as the client wrote it. It isn't shared: its name stands in a text that may run anywhere.
    pub fn prepare(&self, [before, after, own]: [&str; 3], judged: E, stamp: u64) -> Arc<Statement<E>> {
        let origin = Origin::Prepare { before: before.into(), after: after.into(), own: own.into() };
        Arc::new(Statement::new(self.number(), origin, true, judged, stamp, &self.memory))
    }

    /// Those that are kept for others, the most recently used first.
    pub fn list(&self) -> Vec<Arc<Statement<E>>> {
        self.parts.lock().kept.iter().map(|(_, statement)| Arc::clone(statement)).collect()
    }

    /// Keeps none for others any more: who has one goes on with it.
    pub fn forget(&self) {
        let mut parts = self.parts.lock();
        parts.kept.clear();
        parts.bytes = 0;
    }

    fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }
}

impl<E> Parts<E> {
    fn hash(&self, key: StatementKey<'_>) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(key.text);
        hasher.write_u8(0xff);
        hasher.write(key.types);
        hasher.write_u64(key.stamp);
        hasher.finish()
    }

    fn find(&mut self, key: StatementKey<'_>, hash: u64) -> Option<Arc<Statement<E>>> {
        let known = self.kept.get(&hash)?;
        let same = matches!(&known.origin, Origin::Parse { text, types } if **text == *key.text && **types == *key.types);
        (same && known.stamp == key.stamp && !known.outdated.load(Ordering::Relaxed)).then(|| Arc::clone(known))
    }

    /// Keeps a statement for others; where memory is used up, none is kept.
    fn keep(&mut self, hash: u64, statement: &Arc<Statement<E>>, none: bool) {
        if let Some((_, gone)) = self.kept.push(hash, Arc::clone(statement)) {
            self.bytes = self.bytes.saturating_sub(gone.weight());
        }
        self.bytes += statement.weight();
        let most = if none { 0 } else { MOST_BYTES };
        while self.bytes > most
            && let Some((_, gone)) = self.kept.pop_lru()
        {
            self.bytes = self.bytes.saturating_sub(gone.weight());
        }
    }

    fn seen_before(&mut self, hash: u64) -> bool {
        if self.seen.is_empty() {
            self.seen = vec![0; SEEN_SLOTS];
        }
        let slot = &mut self.seen[(hash % SEEN_SLOTS as u64) as usize];
        let known = *slot == hash;
        *slot = hash;
        known
    }
}

/// The statements that one server connection holds, by number, least recently used first to go.
#[derive(Debug)]
pub struct KnownStatements {
    kept: LruCache<u64, ()>,
    /// Which statement the connection's unnamed one is.
    pub unnamed: Option<u64>,
    /// Whether it holds the one that sets contexts.
    pub context: Prepared,
}

impl KnownStatements {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// At most `capacity` statements.
    pub fn new(capacity: NonZeroUsize) -> Self {
        let mut kept = LruCache::unbounded();
        kept.resize(capacity);
        KnownStatements { kept, unnamed: None, context: Prepared::No }
    }

    /// How many it holds at most.
    pub fn capacity(&self) -> usize {
        self.kept.cap().get()
    }

    /// Whether the connection holds this statement; marks it used.
    #[inline]
    pub fn holds<E>(&mut self, statement: &Statement<E>) -> bool {
        if !statement.kept {
            return self.unnamed == Some(statement.id);
        }
        // One batch asks for the same statement several times.
        self.kept.peek_mru().is_some_and(|(id, ())| *id == statement.id) || self.kept.get(&statement.id).is_some()
    }

    /// Notes that the connection is being given this statement; the number of the one that must go for it.
    pub fn add<E>(&mut self, statement: &Statement<E>) -> Option<u64> {
        if !statement.kept {
            self.unnamed = Some(statement.id);
            return None;
        }
        let evicted = self.kept.push(statement.id, ())?.0;
        (evicted != statement.id).then_some(evicted)
    }

    /// Notes that a statement is there after all.
    pub fn restore(&mut self, id: u64) {
        if self.kept.len() < self.kept.cap().get() && !self.kept.contains(&id) {
            self.kept.put(id, ());
        }
    }

    /// Notes that the connection doesn't hold this statement (any more).
    pub fn remove<E>(&mut self, statement: &Statement<E>) {
        if statement.kept {
            self.kept.pop(&statement.id);
        } else if self.unnamed == Some(statement.id) {
            self.unnamed = None;
        }
    }

    /// Forgets all of them, and gives them out in case that they are still there.
    #[must_use]
    pub fn take(&mut self) -> KnownStatements {
        let empty = KnownStatements::new(self.kept.cap());
        std::mem::replace(self, empty)
    }

    /// Forgets all of them.
    pub fn clear(&mut self) {
        self.kept.clear();
        self.unnamed = None;
        self.context = Prepared::No;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key<'a>(text: &'a [u8], types: &'a [u8]) -> StatementKey<'a> {
        StatementKey { text, types, stamp: 0 }
    }

    fn cache() -> StatementCache<()> {
        StatementCache::new(NonZeroUsize::new(2).unwrap(), Arc::new(AtomicU64::new(1)))
    }

    #[test]
    fn an_unnamed_text_is_kept_from_its_second_sight() {
        let cache = cache();
        let first = cache.add(key(b"select 1", b"\0\0"), true, ());
        let second = cache.add(key(b"select 1", b"\0\0"), true, ());
        let third = cache.add(key(b"select 1", b"\0\0"), true, ());
        assert_eq!((first.kept, second.kept), (false, true));
        assert_eq!(first.server_name(), b"");
        assert_eq!(second.id(), third.id());
    }

    #[test]
    fn long_texts_are_not_kept_for_others() {
        let cache = cache();
        let long = vec![b' '; LONGEST_SHARED];
        let named = [0, 1].map(|_| cache.add(key(&long, b"\0\0"), false, ()));
        assert!(named.iter().all(|statement| statement.kept));
        assert_ne!(named[0].id(), named[1].id());
        let unnamed = [0, 1, 2].map(|_| cache.add(key(&long, b"\0\0"), true, ()));
        assert!(unnamed.iter().all(|statement| !statement.kept));
        assert!(cache.parts.lock().kept.is_empty());
    }

    #[test]
    fn an_outdated_statement_is_not_given_out() {
        let cache = cache();
        let old = cache.add(key(b"select * from t", b"\0\0"), false, ());
        old.outdate();
        let new = cache.add(key(b"select * from t", b"\0\0"), false, ());
        assert_ne!(old.server_name(), new.server_name());
        assert_eq!(cache.add(key(b"select * from t", b"\0\0"), false, ()).id(), new.id());
    }

    #[test]
    fn other_rules_are_another_statement() {
        let cache = cache();
        let here = cache.add(key(b"select 1", b"\0\0"), false, ());
        let elsewhere = StatementKey { stamp: 1, ..key(b"select 1", b"\0\0") };
        assert_eq!(cache.find(elsewhere).map(|found| found.id()), None);
        assert_ne!(cache.add(elsewhere, false, ()).id(), here.id());
        assert_eq!(cache.find(key(b"select 1", b"\0\0")).map(|found| found.id()), Some(here.id()));
    }

    #[test]
    fn other_types_are_another_statement() {
        let cache = cache();
        let text = cache.add(key(b"select $1", b"\0\x01\0\0\0\x19"), false, ());
        let number = cache.add(key(b"select $1", b"\0\x01\0\0\0\x17"), false, ());
        assert_ne!(text.id(), number.id());
    }

    #[test]
    fn a_connection_tells_what_must_go() {
        let cache = cache();
        let [a, b, c] = [b"a", b"b", b"c"].map(|text| cache.add(key(text, b"\0\0"), false, ()));
        let mut known = KnownStatements::new(NonZeroUsize::new(2).unwrap());
        assert_eq!(known.add(&a), None);
        assert_eq!(known.add(&b), None);
        assert!(known.holds(&a));
        assert_eq!(known.add(&c).map(|id| server_name(id).into_bytes()).as_deref(), Some(b.server_name()));
        assert!(!known.holds(&b));
        assert_eq!(known.add(&c), None);
    }
}
