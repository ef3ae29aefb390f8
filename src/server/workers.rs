//! The IO threads: one single-threaded runtime each. Few threads that are busy cost less per transaction than many that are not,
//! so sessions fill one before they spread to the next; `balance` decides.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering},
    },
    thread::JoinHandle,
};

use tokio::{
    runtime::{EnterGuard, Handle},
    sync::{oneshot, watch},
};

use crate::{
    admin::console::Console,
    ids::WorkerId,
    net::{Accepted, Listener},
    pool::maintenance,
    session::{
        handshake::{self, Begun, Front, Session},
        keeping,
        relay::Worker,
    },
    telemetry::audit::Audit,
};

use super::balance;

/// Parse trees recurse: address space for it, touched only if used.
const STACK: usize = 64 << 20;

/// One IO thread as others see it.
#[derive(Clone)]
pub(super) struct Lane {
    handle: Handle,
    worker: Arc<Worker>,
    sessions: Arc<AtomicU32>,
    /// Processor time that the thread has used, in nanoseconds.
    used: Arc<AtomicU64>,
}

/// The IO threads as those that place sessions see them.
pub(super) struct Lanes {
    lanes: Vec<Lane>,
    /// New sessions go to the first so many.
    active: AtomicUsize,
}

/// The IO threads.
pub(super) struct Workers {
    lanes: Arc<Lanes>,
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
    pub(super) fn start(count: usize, audit: &Audit) -> io::Result<Self> {
        let count = if count == 0 { std::thread::available_parallelism().map_or(1, usize::from) } else { count };
        let (mut lanes, mut ends, mut threads) = (Vec::new(), Vec::new(), Vec::new());
        for index in 0..count.min(usize::from(u16::MAX)) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().thread_stack_size(STACK).build()?;
            let (end, ended) = oneshot::channel();
            let used = Arc::new(AtomicU64::new(0));
            let worker = Arc::new(Worker::new(WorkerId(index as u16), audit.clone()));
            lanes.push(Lane {
                handle: runtime.handle().clone(),
                worker: Arc::clone(&worker),
                sessions: Arc::new(AtomicU32::new(0)),
                used: Arc::clone(&used),
            });
            ends.push(end);
            let run = move || {
                runtime.spawn(balance::clock(used, worker));
                let _ = runtime.block_on(ended);
                runtime.shutdown_background();
            };
            threads.push(std::thread::Builder::new().name(format!("worker-{index}")).stack_size(STACK).spawn(run)?);
        }
        Ok(Workers { lanes: Arc::new(Lanes { lanes, active: AtomicUsize::new(1) }), ends, threads })
    }

    /// The processor time of each thread, in nanoseconds, kept up to date.
    pub(super) fn clocks(&self) -> Vec<Arc<AtomicU64>> {
        self.lanes.lanes.iter().map(|lane| Arc::clone(&lane.used)).collect()
    }

    /// The first thread's runtime, for what registers sockets.
    pub(super) fn enter(&self) -> Option<EnterGuard<'_>> {
        self.lanes.lanes.first().map(|lane| lane.handle.enter())
    }

    /// Accepts on the first thread; each connection goes to the active thread that has the fewest.
    pub(super) fn accept(&self, listeners: Vec<Listener>, front: &Arc<Front>, console: &Console) -> Accepting {
        let (stop, stopped) = watch::channel(false);
        if let Some(first) = self.lanes.lanes.first() {
            for listener in listeners {
                first.handle.spawn(accept(listener, Arc::clone(&self.lanes), Arc::clone(front), console.clone(), stopped.clone()));
            }
        }
        Accepting { stop }
    }

    /// Looks after idle server connections, catalogs, and the load of the threads.
    pub(super) fn maintain(&self, front: &Arc<Front>) {
        if let Some(first) = self.lanes.lanes.first() {
            first.handle.spawn(maintenance::run(Arc::clone(&front.pools), first.worker.id));
            let outfits = Arc::clone(&front.outfits);
            first.handle.spawn(async move { outfits.sweep().await });
            let catalogs = Arc::clone(&front.catalogs);
            first.handle.spawn(async move { catalogs.keep_fresh().await });
            first.handle.spawn(keeping::keep(Arc::clone(front)));
            if self.lanes.lanes.len() > 1 {
                first.handle.spawn(balance::run(Arc::clone(&self.lanes)));
            }
        }
    }

    /// Ends all threads, and whatever still runs on them.
    pub(super) fn stop(self) {
        drop(self.ends);
        for thread in self.threads {
            let _ = thread.join();
        }
        self.lanes.lanes.iter().for_each(|lane| lane.worker.settle_usage());
    }
}

impl Lanes {
    /// Sessions and processor time of each thread.
    pub(super) fn loads(&self) -> Vec<(u32, u64)> {
        self.lanes.iter().map(|lane| (lane.sessions.load(Ordering::Relaxed), lane.used.load(Ordering::Relaxed))).collect()
    }

    /// How many threads new sessions go to.
    pub(super) fn active(&self) -> usize {
        self.active.load(Ordering::Relaxed)
    }

    /// Takes the balance's decision: how many threads are active, and how many sessions each should send away.
    pub(super) fn set(&self, active: usize, surplus: &[u32]) {
        self.active.store(active, Ordering::Relaxed);
        for (lane, surplus) in self.lanes.iter().zip(surplus) {
            lane.worker.surplus.store(*surplus, Ordering::Relaxed);
        }
    }

    /// The active thread with the fewest sessions.
    fn emptiest(&self) -> Option<&Lane> {
        self.lanes.iter().take(self.active().max(1)).min_by_key(|lane| lane.sessions.load(Ordering::Relaxed))
    }
}

impl Lane {
    fn take_seat(&self) -> Seat {
        self.sessions.fetch_add(1, Ordering::Relaxed);
        Seat(Arc::clone(&self.sessions))
    }
}

async fn accept(mut listener: Listener, lanes: Arc<Lanes>, front: Arc<Front>, console: Console, mut stopped: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            biased;
            _ = stopped.changed() => return,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => begin(accepted, &lanes, &front, &console),
                Err(error) => {
                    tracing::error!(%error, "accepting failed; this listener is closed");
                    return;
                }
            },
        }
    }
}

fn begin(accepted: Accepted, lanes: &Arc<Lanes>, front: &Arc<Front>, console: &Console) {
    let Some(lane) = lanes.emptiest() else { return };
    let (seat, worker) = (lane.take_seat(), Arc::clone(&lane.worker));
    let (front, lanes, console) = (Arc::clone(front), Arc::clone(lanes), console.clone());
    lane.handle.spawn(async move {
        // Boxed, so that an idle session doesn't carry the room that its login took.
        let session = Box::pin(handshake::begin(accepted, &front, &worker)).await;
        drop((front, worker));
        match session {
            Some(Begun::Session(session)) => live(session, lanes, seat).await,
            Some(Begun::Operator(operator)) => console.take(operator),
            None => {}
        }
    });
}

/// A session's life on one thread after the other.
async fn live(session: Session, lanes: Arc<Lanes>, seat: Seat) {
    let moves = session.run().await;
    drop(seat);
    if let Some(session) = moves {
        go_on(session, lanes);
    }
}

fn go_on(mut session: Session, lanes: Arc<Lanes>) {
    let Some(lane) = lanes.emptiest() else { return };
    let (seat, worker) = (lane.take_seat(), Arc::clone(&lane.worker));
    let handle = lane.handle.clone();
    let life: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move {
        match session.move_to(worker) {
            Ok(()) => live(session, lanes, seat).await,
            Err(error) => tracing::error!(%error, "a session could not be moved to another thread and ends"),
        }
    });
    handle.spawn(life);
}
