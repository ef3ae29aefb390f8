//! One client of a load, from its connection to the end of the run.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::sync::Semaphore;

use super::{
    dice::Dice,
    link::{Failure, Link},
    plan::{ConnectWhen, Group, Pace, Plan, Tenant},
    schedule::Schedule,
    script::{Script, Step},
    tally::{Interval, Phases, Row, Times},
};

/// After a connection that failed.
const BACK_OFF: Duration = Duration::from_millis(100);

/// What the clients of a thread share.
pub(super) struct Thread {
    /// Somebody wants the run to end now.
    pub(super) stopped: Cell<bool>,
    /// The beginning of the warm-up, once there is one.
    pub(super) began: Cell<Option<Instant>>,
    /// Its number among the threads.
    pub(super) number: usize,
    /// Whoever waits for a turn to connect before the run.
    pub(super) connecting: Semaphore,
}

impl Thread {
    /// The time since the beginning; zero before it.
    pub(super) fn now(&self) -> Duration {
        self.began.get().map_or(Duration::ZERO, |began| began.elapsed())
    }

    async fn sleep_until(&self, moment: Duration) {
        if let Some(began) = self.began.get() {
            tokio::time::sleep_until((began + moment).into()).await;
        }
    }
}

/// What a client is at, for whoever ends the run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Doing {
    /// Nothing that anybody would miss.
    #[default]
    Idle,
    /// A transaction that was due then.
    Transaction(Duration),
}

/// A client.
pub(super) struct Client<'a> {
    pub(super) plan: &'a Plan,
    pub(super) group: &'a Group,
    pub(super) tenant: &'a Tenant,
    pub(super) schedule: Option<&'a Schedule>,
    /// Its number within its tenant.
    pub(super) number: usize,
    pub(super) thread: Rc<Thread>,
    pub(super) row: Rc<RefCell<Row>>,
    pub(super) interval: Rc<RefCell<Interval>>,
    pub(super) doing: Rc<Cell<Doing>>,
    pub(super) dice: Dice,
    pub(super) link: Option<Link>,
    pub(super) values: Vec<String>,
}

impl Client<'_> {
    /// What is done before the run begins.
    pub(super) async fn prepare(&mut self) -> Result<(), Failure> {
        if self.group.connect != ConnectWhen::Before {
            return Ok(());
        }
        let thread = Rc::clone(&self.thread);
        let _turn = thread.connecting.acquire().await;
        self.connect().await
    }

    /// The run, until the group stops.
    pub(super) async fn run(mut self) {
        self.thread.sleep_until(self.begin()).await;
        while let Some((due, waited)) = self.next().await {
            self.doing.set(Doing::Transaction(due));
            self.transaction(due, waited).await;
            self.doing.set(Doing::Idle);
        }
        if let Some(link) = self.link.take() {
            link.close().await;
        }
    }

    /// When this one starts: one after the other while the group ramps up.
    fn begin(&self) -> Duration {
        let (number, clients) = (self.number as f64, self.group.clients as f64);
        self.group.start + self.group.ramp.mul_f64(number / clients)
    }

    /// When the next transaction is due, and whether the client had to wait for that. `None` when the group has stopped.
    async fn next(&mut self) -> Option<(Duration, bool)> {
        let thread = Rc::clone(&self.thread);
        let moment = match (self.group.pace, self.schedule) {
            (Pace::Open { .. }, Some(schedule)) => {
                let due = schedule.take(self.group.stop)?;
                if due > thread.now() {
                    thread.sleep_until(due).await;
                    (due, true)
                } else {
                    (due, false)
                }
            }
            (Pace::Closed { think, .. }, _) if !think.is_zero() => {
                // Clients that think for the same time would march in step.
                let half = u64::try_from(think.as_micros() / 2).unwrap_or(u64::MAX);
                let jitter = Duration::from_micros(self.dice.below(half.saturating_mul(2)));
                let due = thread.now() + think / 2 + jitter;
                thread.sleep_until(due.min(self.group.stop)).await;
                (thread.now(), false)
            }
            _ => (thread.now(), false),
        };
        // Where the timer was late at the very end, the transaction was due all the same.
        let over = thread.stopped.get() || !moment.1 && thread.now() >= self.group.stop;
        if over && self.schedule.is_some() {
            self.row.borrow_mut().missed(self.plan.phase_at(moment.0));
        }
        (!over).then_some(moment)
    }

    async fn transaction(&mut self, due: Duration, waited: bool) {
        let sent = self.thread.now();
        let due = if waited {
            // Nobody was in the way: only our timer was late, and that is told apart.
            self.row.borrow_mut().late(self.plan.phase_at(due), sent.saturating_sub(due));
            sent
        } else {
            due
        };
        let outcome = self.attempt().await;
        let times = Times { due, sent, ended: self.thread.now() };
        let ended = self.plan.phase_at(times.ended);
        match outcome {
            Ok(()) => {
                let (open, expected) = match self.group.pace {
                    Pace::Open { .. } => (true, None),
                    Pace::Closed { expected, .. } => (false, expected),
                };
                self.row.borrow_mut().done(times, Phases { due: self.plan.phase_at(due), ended }, open, expected);
                self.interval.borrow_mut().record(times.ended.saturating_sub(due));
            }
            Err(failure) => {
                self.row.borrow_mut().failed(ended, &failure.state, &failure.text);
                self.interval.borrow_mut().failed += 1;
                if self.link.as_ref().is_none_or(|link| !link.is_open()) {
                    self.link = None;
                    tokio::time::sleep(BACK_OFF).await;
                }
            }
        }
        if self.group.connect == ConnectWhen::Each
            && let Some(link) = self.link.take()
        {
            link.close().await;
        }
    }

    /// Connects where it has to, and runs a script of the mix.
    async fn attempt(&mut self) -> Result<(), Failure> {
        if self.link.as_ref().is_none_or(|link| !link.is_open()) {
            self.connect().await?;
        }
        let group = self.group;
        let (Some(script), Some(link)) = (group.mix.choose(&mut self.dice), &mut self.link) else { return Ok(()) };
        script.draw(&mut self.dice, &self.tenant.name, self.number, &mut self.values);
        let outcome = run_script(link, group, script, &self.values).await;
        if outcome.is_err() && script.steps.len() > 1 && link.is_open() {
            link.roll_back().await?;
        }
        outcome
    }

    async fn connect(&mut self) -> Result<(), Failure> {
        self.link = None;
        let began = Instant::now();
        let opened = Link::open(&self.tenant.target, self.group.mix.statements).await;
        let phase = self.thread.began.get().and_then(|_| self.plan.phase_at(self.thread.now()));
        let link = opened.inspect_err(|failure| {
            // Within the run its transaction fails with it, and is counted for both.
            if self.thread.began.get().is_none() {
                self.row.borrow_mut().failed(None, &failure.state, &failure.text);
            }
        })?;
        self.row.borrow_mut().connected(phase, began.elapsed());
        self.link = Some(link);
        Ok(())
    }
}

async fn run_script(link: &mut Link, group: &Group, script: &Script, values: &[String]) -> Result<(), Failure> {
    for step in &script.steps {
        match step {
            Step::Pause(pause) => tokio::time::sleep(*pause).await,
            Step::Sql(statement) => link.run(group.protocol, script, statement, values).await?,
        }
    }
    Ok(())
}
