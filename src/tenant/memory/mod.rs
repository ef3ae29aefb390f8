//! What sessions hold, one by one and in all.
//!
//! A session adds up what it holds by itself and tells the total only when that has changed by much, so that a statement costs no more than a few
//! additions. What sessions share, texts of prepared statements, is told when it is made and when it goes.

mod machine;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use crate::{
    config::{ByteSize, MemorySettings},
    error::{ClientFacing, Report, SqlState},
};

/// A session tells the total of a change of so many bytes.
const STEP: usize = 64 << 10;
/// What a session takes that holds nothing: its state, its task, its socket's.
const SESSION: usize = 12 << 10;
/// So much each session may hold even where the total is reached: small statements go on.
const FLOOR: usize = 256 << 10;

/// What sessions may hold, and what they do.
#[derive(Debug)]
pub struct Memory {
    per_session: usize,
    total: usize,
    held: AtomicUsize,
    /// What is remembered for all, counted in.
    memories: AtomicUsize,
}

/// One session's part of it, until dropped.
#[derive(Debug)]
pub struct Purse {
    memory: Arc<Memory>,
    told: usize,
}

/// Bytes that sessions share, counted until dropped.
#[derive(Debug)]
pub struct Shared {
    memory: Arc<Memory>,
    bytes: usize,
}

/// Sessions hold as much as they may.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the proxy's memory is used up")]
pub struct UsedUp {
    /// What they hold.
    pub held: usize,
    /// What they may.
    pub total: usize,
}

impl ClientFacing for UsedUp {
    fn report(&self) -> Report {
        Report::new(SqlState::OUT_OF_MEMORY, self.to_string())
            .with_detail(format!("Sessions hold {} of {} (memory.total).", rounded(self.held), rounded(self.total)))
            .with_hint("Connect again in a moment.")
    }
}

impl Default for Memory {
    /// Without bounds.
    fn default() -> Self {
        Memory { per_session: usize::MAX, total: usize::MAX, held: AtomicUsize::new(0), memories: AtomicUsize::new(0) }
    }
}

impl Memory {
    /// As the settings say.
    pub fn new(settings: MemorySettings) -> Self {
        let bytes = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        let total = settings.total.map(bytes).or_else(|| machine::memory().map(|memory| bytes(memory / 2))).unwrap_or(usize::MAX);
        Memory { per_session: bytes(settings.per_session), total, held: AtomicUsize::new(0), memories: AtomicUsize::new(0) }
    }

    /// What sessions may hold in all.
    pub fn total(&self) -> usize {
        self.total
    }

    /// What they hold, about.
    pub fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    /// Whether no session may grow.
    pub fn is_used_up(&self) -> bool {
        self.held() >= self.total
    }

    /// What is remembered for all sessions takes so much by now: looked at now and then, by one only.
    pub fn note_memories(&self, bytes: usize) {
        let before = self.memories.swap(bytes, Ordering::Relaxed);
        self.held.fetch_add(bytes, Ordering::Relaxed);
        self.held.fetch_sub(before, Ordering::Relaxed);
    }

    /// A session begins.
    ///
    /// # Errors
    /// [`UsedUp`]
    pub fn open(self: &Arc<Self>) -> Result<Purse, UsedUp> {
        if self.is_used_up() {
            return Err(UsedUp { held: self.held(), total: self.total });
        }
        self.held.fetch_add(SESSION, Ordering::Relaxed);
        Ok(Purse { memory: Arc::clone(self), told: 0 })
    }

    /// Bytes that sessions share.
    pub fn share(self: &Arc<Self>, bytes: usize) -> Shared {
        self.held.fetch_add(bytes, Ordering::Relaxed);
        Shared { memory: Arc::clone(self), bytes }
    }
}

impl Purse {
    /// The session holds so much by itself.
    #[inline]
    pub fn settle(&mut self, held: usize) {
        if held.abs_diff(self.told) >= STEP {
            self.tell(held);
        }
    }

    #[cold]
    fn tell(&mut self, held: usize) {
        if held >= self.told {
            self.memory.held.fetch_add(held - self.told, Ordering::Relaxed);
        } else {
            self.memory.held.fetch_sub(self.told - held, Ordering::Relaxed);
        }
        self.told = held;
    }

    /// What a session may hold that holds so much, shared texts counted in. The total is looked at for those only that hold more than a little.
    #[inline]
    pub fn allows(&self, held: usize) -> usize {
        if held > FLOOR && self.memory.is_used_up() { FLOOR } else { self.memory.per_session }
    }
}

impl Drop for Purse {
    fn drop(&mut self) {
        self.memory.held.fetch_sub(self.told + SESSION, Ordering::Relaxed);
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.memory.held.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// What a session is told that would hold more than it may: so much at present.
pub fn too_much(allowed: usize) -> Report {
    let report = Report::new(SqlState::OUT_OF_MEMORY, "the session would hold too much memory");
    if allowed <= FLOOR {
        return report
            .with_detail("The proxy's memory is used up (memory.total): no session may grow.")
            .with_hint("Try again in a moment, with a shorter statement, or with fewer that are prepared.");
    }
    report
        .with_detail(format!("A session may hold {} of statements and messages (memory.per_session).", rounded(allowed)))
        .with_hint("Send less at once, or prepare fewer statements: DEALLOCATE frees them.")
}

fn rounded(bytes: usize) -> ByteSize {
    let unit = if bytes >= 10 << 20 { 1 << 20 } else { 1 << 10 };
    ByteSize(bytes.div_ceil(unit) as u64 * unit as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(per_session: u64, total: u64) -> Arc<Memory> {
        Arc::new(Memory::new(MemorySettings { per_session, total: Some(total) }))
    }

    #[test]
    fn sessions_tell_what_has_changed_by_much() {
        let memory = memory(1 << 20, 100 << 20);
        let mut one = memory.open().unwrap();
        one.settle(STEP - 1);
        assert_eq!(memory.held(), SESSION);
        one.settle(STEP + 5);
        assert_eq!(memory.held(), SESSION + STEP + 5);
        one.settle(6);
        assert_eq!(memory.held(), SESSION + STEP + 5);
        one.settle(5);
        assert_eq!(memory.held(), SESSION + 5);
        let text = memory.share(1000);
        drop(one);
        assert_eq!(memory.held(), 1000);
        drop(text);
        assert_eq!(memory.held(), 0);
    }

    #[test]
    fn when_all_is_used_nobody_new_comes_and_only_small_ones_grow() {
        let memory = memory(32 << 20, 16 << 20);
        let (mut large, small) = (memory.open().unwrap(), memory.open().unwrap());
        assert_eq!((large.allows(20 << 20), small.allows(0)), (32 << 20, 32 << 20));
        large.settle(20 << 20);
        assert_eq!((large.allows(20 << 20), small.allows(0)), (FLOOR, 32 << 20));
        let refused = memory.open().unwrap_err().report();
        assert_eq!((refused.state.as_str(), refused.detail.as_deref()), ("53200", Some("Sessions hold 21MB of 16MB (memory.total).")));
        large.settle(0);
        assert!(memory.open().is_ok());
        memory.note_memories(17 << 20);
        assert!(memory.open().is_err());
        memory.note_memories(1 << 20);
        assert!(memory.open().is_ok());
    }

    #[test]
    fn a_machine_has_memory() {
        let memory = Memory::new(MemorySettings::default());
        assert!(memory.total() > 64 << 20, "{}", memory.total());
    }
}
