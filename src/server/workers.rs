//! The IO threads: one single-threaded runtime each, sessions spread over them by load.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread::JoinHandle,
};

use parking_lot::Mutex;
use tokio::{
    runtime::{EnterGuard, Handle},
    sync::{oneshot, watch},
};

use crate::{
    ids::WorkerId,
    net::{Accepted, Listener},
    pool::maintenance,
    session::{
        handshake::{self, Front},
        relay::{Scratch, Worker},
    },
};

/// Parse trees recurse: address space for it, touched only if used.
const STACK: usize = 64 << 20;

/// One IO thread as others see it.
#[derive(Clone)]
struct Lane {
    handle: Handle,
    worker: Arc<Worker>,
    sessions: Arc<AtomicU32>,
}

/// The IO threads.
pub(super) struct Workers {
    lanes: Vec<Lane>,
    ends: Vec<oneshot::Sender<()>>,
    threads: Vec<JoinHandle<()>>,
}

/// The accept loops, to be stopped.
pub(super) struct Accepting {
    stop: watch::Sender<bool>,
}

impl Accepting {
    /// Closes the listening sockets.
    pub(super) fn stop(&self) {
        let _ = self.stop.send(true);
    }
}

/// A session on a lane, counted until dropped.
struct Seat(Arc<AtomicU32>);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Workers {
    /// Starts `count` threads; 0: one per core.
    pub(super) fn start(count: usize) -> io::Result<Self> {
        let count = if count == 0 { std::thread::available_parallelism().map_or(1, usize::from) } else { count };
        let mut workers = Workers { lanes: Vec::new(), ends: Vec::new(), threads: Vec::new() };
        for index in 0..count.min(usize::from(u16::MAX)) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let (end, ended) = oneshot::channel();
            workers.lanes.push(Lane {
                handle: runtime.handle().clone(),
                worker: Arc::new(Worker { id: WorkerId(index as u16), scratch: Mutex::new(Scratch::default()) }),
                sessions: Arc::new(AtomicU32::new(0)),
            });
            workers.ends.push(end);
            let run = move || {
                let _ = runtime.block_on(ended);
                runtime.shutdown_background();
            };
            workers.threads.push(std::thread::Builder::new().name(format!("worker-{index}")).stack_size(STACK).spawn(run)?);
        }
        Ok(workers)
    }

    /// The first thread's runtime, for what registers sockets.
    pub(super) fn enter(&self) -> Option<EnterGuard<'_>> {
        self.lanes.first().map(|lane| lane.handle.enter())
    }

    /// Accepts on the first thread; each connection goes to the thread that has the fewest.
    pub(super) fn accept(&self, listeners: Vec<Listener>, front: &Arc<Front>) -> Accepting {
        let (stop, stopped) = watch::channel(false);
        if let Some(first) = self.lanes.first() {
            for listener in listeners {
                first.handle.spawn(accept(listener, self.lanes.clone(), Arc::clone(front), stopped.clone()));
            }
        }
        Accepting { stop }
    }

    /// Looks after idle server connections.
    pub(super) fn maintain(&self, front: &Arc<Front>) {
        if let Some(first) = self.lanes.first() {
            first.handle.spawn(maintenance::run(Arc::clone(&front.pools), first.worker.id));
        }
    }

    /// Ends all threads, and whatever still runs on them.
    pub(super) fn stop(self) {
        drop(self.ends);
        for thread in self.threads {
            let _ = thread.join();
        }
    }
}

async fn accept(mut listener: Listener, lanes: Vec<Lane>, front: Arc<Front>, mut stopped: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            biased;
            _ = stopped.changed() => return,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => seat(accepted, &lanes, &front),
                Err(error) => {
                    tracing::error!(%error, "accepting failed; this listener is closed");
                    return;
                }
            },
        }
    }
}

fn seat(accepted: Accepted, lanes: &[Lane], front: &Arc<Front>) {
    let Some(lane) = lanes.iter().min_by_key(|lane| lane.sessions.load(Ordering::Relaxed)) else { return };
    lane.sessions.fetch_add(1, Ordering::Relaxed);
    let seat = Seat(Arc::clone(&lane.sessions));
    let (front, worker) = (Arc::clone(front), Arc::clone(&lane.worker));
    lane.handle.spawn(async move {
        handshake::serve(accepted, front, worker).await;
        drop(seat);
    });
}
