//! The threads that make the load: each has a runtime of its own and its share of the clients, and counts for itself.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    sync::{Semaphore, mpsc::UnboundedSender, watch},
    task::{JoinHandle, LocalSet},
};

use super::{
    client::{Client, Doing, Thread},
    dice::Dice,
    plan::{Pace, Plan},
    schedule::Schedule,
    tally::{Interval, Row},
};

/// How many clients of a thread connect at once before the run. Servers have a backlog, and passwords cost time.
const CONNECTING: usize = 16;
/// From so many tenants on, latencies are kept to two digits instead of three.
const MANY: usize = 64;

/// What the run's thread tells the others.
#[derive(Clone, Copy, Debug)]
pub(super) enum Signal {
    /// Connect, and wait.
    Wait,
    /// The warm-up begins at that moment.
    Go(Instant),
    /// Begin nothing more.
    Stop,
    /// What hasn't been answered by now won't be.
    Cut(Instant),
}

/// What the threads tell it.
pub(super) enum Told {
    /// A client has connected, or was refused, and why.
    Ready { refused: Option<String> },
    /// What a group did in a second that is over.
    Second { second: u64, group: usize, interval: Interval },
    /// A thread has nothing more to do; a row for each of its tenants.
    Ended(Vec<(usize, Row)>),
    /// A thread could not be started.
    Failed(std::io::Error),
}

/// What all threads read.
pub(super) struct Job {
    pub(super) plan: Plan,
    /// A timetable for each tenant of a group with an open loop.
    schedules: Vec<Option<Schedule>>,
}

impl Job {
    pub(super) fn new(plan: Plan) -> Job {
        let groups = plan.groups.iter().flat_map(|group| group.tenants.iter().map(move |_| group));
        let schedules = groups.enumerate().map(|(row, group)| match group.pace {
            Pace::Closed { .. } => None,
            Pace::Open { per_second, arrivals } => {
                Some(Schedule::new(arrivals, per_second, group.start, Dice::numbered(!plan.seed, row as u64)))
            }
        });
        let schedules = schedules.collect();
        Job { plan, schedules }
    }

    /// So many digits are worth keeping.
    pub(super) fn digits(&self) -> u8 {
        if self.plan.rows() < MANY { 3 } else { 2 }
    }

    /// Counts what was due before `end` and never sent. Rows have the plan's order.
    pub(super) fn count_missed(&self, end: Duration, rows: &mut [Row]) {
        let groups = self.plan.groups.iter().flat_map(|group| group.tenants.iter().map(move |_| group));
        for ((row, schedule), group) in rows.iter_mut().zip(&self.schedules).zip(groups) {
            let Some(schedule) = schedule else { continue };
            schedule.rest(end.min(group.stop)).for_each(|due| row.missed(self.plan.phase_at(due)));
        }
    }
}

/// Runs the clients whose number leaves `thread` when it is divided by the threads.
pub(super) fn run(job: &Arc<Job>, thread: usize, signals: watch::Receiver<Signal>, told: &UnboundedSender<Told>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let message = match runtime {
        Ok(runtime) => {
            // The clients borrow the plan: they are tasks, which must not, so each has a handle on all of it.
            let work = LocalSet::new();
            let ended = work.block_on(&runtime, Worker::new(job, thread, told.clone()).work(signals));
            Told::Ended(ended)
        }
        Err(error) => Told::Failed(error),
    };
    let _ = told.send(message);
}

/// A thread's part of the load.
struct Worker {
    job: Arc<Job>,
    thread: Rc<Thread>,
    told: UnboundedSender<Told>,
    /// By their number in the plan.
    rows: HashMap<usize, Rc<RefCell<Row>>>,
    intervals: Vec<Rc<RefCell<Interval>>>,
    clients: Vec<Member>,
}

/// A client at work.
struct Member {
    task: JoinHandle<()>,
    doing: Rc<Cell<Doing>>,
    row: Rc<RefCell<Row>>,
}

impl Worker {
    fn new(job: &Arc<Job>, number: usize, told: UnboundedSender<Told>) -> Worker {
        let thread = Thread { stopped: Cell::new(false), began: Cell::new(None), connecting: Semaphore::new(CONNECTING), number };
        let intervals = job.plan.groups.iter().map(|_| Rc::new(RefCell::new(Interval::new()))).collect();
        Worker { job: Arc::clone(job), thread: Rc::new(thread), told, rows: HashMap::new(), intervals, clients: Vec::new() }
    }

    async fn work(mut self, mut signals: watch::Receiver<Signal>) -> Vec<(usize, Row)> {
        let (go, started) = watch::channel(false);
        self.start_clients(&started);
        drop(started);
        let mut tick = tokio::time::interval(Duration::from_secs(1));
        let mut seconds = 0;
        loop {
            tokio::select! {
                changed = signals.changed() => {
                    let signal = *signals.borrow_and_update();
                    match (changed, signal) {
                        (Err(_), _) => return Vec::new(),
                        (Ok(()), Signal::Wait) => {}
                        (Ok(()), Signal::Go(began)) => {
                            self.thread.began.set(Some(began));
                            tick = tokio::time::interval_at((began + Duration::from_secs(1)).into(), Duration::from_secs(1));
                            let _ = go.send(true);
                        }
                        (Ok(()), Signal::Stop) => self.stop(),
                        (Ok(()), Signal::Cut(now)) => self.cut(now),
                    }
                }
                _ = tick.tick(), if self.thread.began.get().is_some() => {
                    self.tell_second(seconds);
                    seconds += 1;
                }
                () = go.closed(), if self.thread.began.get().is_some() => break,
            }
        }
        self.tell_second(seconds);
        self.clients.clear();
        let rows = self.rows.into_iter();
        rows.map(|(number, row)| (number, row.borrow().clone())).collect()
    }

    fn start_clients(&mut self, started: &watch::Receiver<bool>) {
        let job = Arc::clone(&self.job);
        let (mut number, mut row) = (0, 0);
        for (group_number, group) in job.plan.groups.iter().enumerate() {
            for tenant in 0..group.tenants.len() {
                for client in 0..group.clients {
                    if number % job.plan.threads == self.thread.number {
                        self.start_client(Place { group: group_number, tenant, row, client, number }, started.clone());
                    }
                    number += 1;
                }
                row += 1;
            }
        }
    }

    fn start_client(&mut self, place: Place, mut started: watch::Receiver<bool>) {
        let (phases, digits) = (self.job.plan.phases.len(), self.job.digits());
        let row = Rc::clone(self.rows.entry(place.row).or_insert_with(|| Rc::new(RefCell::new(Row::new(phases, digits)))));
        let Some(interval) = self.intervals.get(place.group).map(Rc::clone) else { return };
        let (job, thread, told) = (Arc::clone(&self.job), Rc::clone(&self.thread), self.told.clone());
        let doing = Rc::new(Cell::new(Doing::Idle));
        let member = (Rc::clone(&doing), Rc::clone(&row));
        let task = tokio::task::spawn_local(async move {
            let found = job.plan.groups.get(place.group).and_then(|group| Some((group, group.tenants.get(place.tenant)?)));
            let Some((group, tenant)) = found else { return };
            let mut client = Client {
                plan: &job.plan,
                group,
                tenant,
                schedule: job.schedules.get(place.row).and_then(Option::as_ref),
                number: place.client,
                thread,
                row,
                interval,
                doing,
                dice: Dice::numbered(job.plan.seed, place.number as u64),
                link: None,
                values: Vec::new(),
            };
            let refused = client.prepare().await.err().map(|failure| failure.text);
            let _ = told.send(Told::Ready { refused });
            if started.wait_for(|started| *started).await.is_ok() {
                client.run().await;
            }
        });
        self.clients.push(Member { task, doing: member.0, row: member.1 });
    }

    fn tell_second(&self, second: u64) {
        for (group, interval) in self.intervals.iter().enumerate() {
            let interval = interval.borrow_mut().take();
            let _ = self.told.send(Told::Second { second, group, interval });
        }
    }

    /// Nobody begins anything more; who is at nothing goes at once.
    fn stop(&mut self) {
        self.thread.stopped.set(true);
        for member in self.clients.iter().filter(|member| member.doing.get() == Doing::Idle) {
            member.task.abort();
        }
    }

    /// Ends all that still runs.
    fn cut(&mut self, now: Instant) {
        self.stop();
        let Some(began) = self.thread.began.get() else { return };
        for member in &self.clients {
            if let Doing::Transaction(due) = member.doing.take() {
                let lasted = now.saturating_duration_since(began).saturating_sub(due);
                member.row.borrow_mut().unfinished(self.job.plan.phase_at(due), lasted);
                member.task.abort();
            }
        }
    }
}

/// Which client it is.
#[derive(Clone, Copy)]
struct Place {
    group: usize,
    tenant: usize,
    row: usize,
    client: usize,
    /// Among all clients of the run.
    number: usize,
}
