//! The audit trail: a line of JSON for each event that somebody may ask about later, each with the hash of all before it.
//!
//! Who has something to say puts it into a queue and goes on; a thread writes. Where the queue is full the event is dropped and counted, and the
//! count is written. What is never said: secrets, texts of statements, their parameters.

mod chain;
mod event;
mod verify;
mod writer;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{SyncSender, sync_channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use parking_lot::Mutex;

use super::calendar::Moment;
pub use event::{Event, Kind};
pub use verify::{Fault, Verified, verify};
use writer::Writer;

/// Events that wait to be written.
const QUEUE: usize = 8192;

/// What is written, and how long it stays.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditFiles {
    /// The file that is written; when it is full it gets another name.
    pub file: PathBuf,
    /// In bytes: a file that is larger is full.
    pub max_size: u64,
    /// Full files older than that are removed; none: never.
    pub keep: Option<Duration>,
}

/// Where events go. Clones are the same one.
#[derive(Clone, Default)]
pub struct Audit(Option<Arc<Queue>>);

struct Queue {
    events: Mutex<Option<SyncSender<(Moment, Event)>>>,
    dropped: Arc<AtomicU64>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Audit {
    /// Nowhere.
    pub fn off() -> Self {
        Audit(None)
    }

    /// Into a file, behind what is there.
    ///
    /// # Errors
    /// The file can't be written, or what is there isn't an audit trail.
    pub fn start(files: AuditFiles) -> std::io::Result<Self> {
        let dropped = Arc::new(AtomicU64::new(0));
        let mut writer = Writer::open(files, Arc::clone(&dropped))?;
        let (events, queue) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new().name("audit".to_owned()).spawn(move || writer.run(&queue))?;
        Ok(Audit(Some(Arc::new(Queue { events: Mutex::new(Some(events)), dropped, thread: Mutex::new(Some(thread)) }))))
    }

    /// Whether anybody listens.
    #[inline]
    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Records what `event` says, which isn't asked where nobody listens. Never waits.
    #[inline]
    pub fn record(&self, event: impl FnOnce() -> Event) {
        if let Some(queue) = &self.0 {
            queue.put(event());
        }
    }

    /// How many events were dropped because the writer was behind.
    pub fn dropped(&self) -> u64 {
        self.0.as_ref().map_or(0, |queue| queue.dropped.load(Ordering::Relaxed))
    }

    /// Writes what is left, and the trail's end. What is recorded later is lost.
    pub fn finish(&self) {
        let Some(queue) = &self.0 else { return };
        drop(queue.events.lock().take());
        if let Some(thread) = queue.thread.lock().take() {
            let _ = thread.join();
        }
    }
}

impl Queue {
    #[cold]
    fn put(&self, event: Event) {
        let sent = self.events.lock().as_ref().is_some_and(|events| events.try_send((Moment::now(), event)).is_ok());
        if !sent {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl std::fmt::Debug for Audit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_on() { "Audit(on)" } else { "Audit(off)" })
    }
}

#[cfg(test)]
mod tests;
