//! Clients that write tokens which are never written twice, and remember what they were told of each.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio_postgres::Client;

use crate::support::{proxy::Proxy, state_of};

/// What became of a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fate {
    /// Its commit was confirmed.
    Committed,
    /// It failed before its commit was asked for.
    Abandoned,
    /// Its commit was asked for, or it was its own: nobody knows.
    Unknown,
}

/// How a client works.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Style {
    /// A statement by itself, over the simple protocol.
    Simple,
    /// The same, prepared.
    Prepared,
    /// Two statements in a block.
    Block,
    /// A statement now and then: between them it is outside of everything.
    Seldom,
}

/// Something that a client asked for.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) style: Style,
    pub(crate) begun: Instant,
    pub(crate) ended: Instant,
    /// Its SQLSTATE; none: it succeeded.
    pub(crate) error: Option<String>,
    /// It was the only statement of its transaction.
    pub(crate) alone: bool,
}

/// Clients that write.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    record: Arc<Record>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

/// What they have seen.
#[derive(Default)]
pub(crate) struct Record {
    next: AtomicI64,
    fates: Mutex<BTreeMap<i64, Fate>>,
    events: Mutex<Vec<Event>>,
}

impl Load {
    pub(crate) async fn start(proxy: &Arc<Proxy>, clients: &[(Style, usize)]) -> Load {
        let (stop, record) = (Arc::new(AtomicBool::new(false)), Arc::new(Record::default()));
        let mut tasks = Vec::new();
        for (style, count) in clients {
            for _ in 0..*count {
                let client = proxy.client().await;
                let worker = Worker { proxy: Arc::clone(proxy), style: *style, stop: Arc::clone(&stop), record: Arc::clone(&record) };
                tasks.push(tokio::spawn(worker.run(client)));
            }
        }
        Load { stop, record, tasks }
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        self.record.events.lock().unwrap().clone()
    }

    /// Stops all of them; what they were told.
    pub(crate) async fn end(self) -> (Vec<Event>, BTreeMap<i64, Fate>) {
        self.stop.store(true, Ordering::Relaxed);
        for task in self.tasks {
            tokio::time::timeout(Duration::from_secs(40), task).await.expect("a client hangs").unwrap();
        }
        let (events, fates) = (self.record.events.lock().unwrap().clone(), self.record.fates.lock().unwrap().clone());
        (events, fates)
    }
}

struct Worker {
    proxy: Arc<Proxy>,
    style: Style,
    stop: Arc<AtomicBool>,
    record: Arc<Record>,
}

impl Worker {
    async fn run(self, mut client: Client) {
        while !self.stop.load(Ordering::Relaxed) {
            if client.is_closed() {
                // It retries at once, and is let in as soon as there is a primary.
                let begun = Instant::now();
                match self.proxy.try_client("acme_app").await {
                    Ok(fresh) => client = fresh,
                    Err(error) => self.note(begun, Some(format!("login {}", state_of(&error))), true),
                }
                continue;
            }
            match self.style {
                Style::Block => self.block(&client).await,
                Style::Simple | Style::Prepared => self.alone(&client).await,
                Style::Seldom => {
                    self.alone(&client).await;
                    tokio::time::sleep(Duration::from_millis(100 + (self.token() as u64 * 37) % 400)).await;
                }
            }
        }
    }

    fn token(&self) -> i64 {
        self.record.next.fetch_add(1, Ordering::Relaxed)
    }

    fn note(&self, begun: Instant, error: Option<String>, alone: bool) {
        let event = Event { style: self.style, begun, ended: Instant::now(), error, alone };
        self.record.events.lock().unwrap().push(event);
    }

    fn settle(&self, token: i64, fate: Fate) {
        self.record.fates.lock().unwrap().insert(token, fate);
    }

    async fn alone(&self, client: &Client) {
        let (token, begun) = (self.token(), Instant::now());
        let done = match self.style {
            Style::Prepared => client.execute("INSERT INTO tokens VALUES ($1)", &[&token]).await.map(|_| ()),
            _ => client.batch_execute(&format!("INSERT INTO tokens VALUES ({token})")).await,
        };
        self.settle(token, if done.is_ok() { Fate::Committed } else { Fate::Unknown });
        self.note(begun, done.err().map(|error| state_of(&error)), true);
    }

    async fn block(&self, client: &Client) {
        let tokens = [self.token(), self.token()];
        let settle = |fate| tokens.iter().for_each(|token| self.settle(*token, fate));
        let statements = [
            "BEGIN".to_owned(),
            format!("INSERT INTO tokens VALUES ({})", tokens[0]),
            format!("INSERT INTO tokens VALUES ({})", tokens[1]),
        ];
        let begun = Instant::now();
        for statement in statements {
            if let Err(error) = client.batch_execute(&statement).await {
                settle(Fate::Abandoned);
                self.note(begun, Some(state_of(&error)), false);
                if !client.is_closed() {
                    let _ = client.batch_execute("ROLLBACK").await;
                }
                return;
            }
        }
        let done = client.batch_execute("COMMIT").await;
        settle(if done.is_ok() { Fate::Committed } else { Fate::Unknown });
        self.note(begun, done.err().map(|error| state_of(&error)), false);
    }
}

/// What is wrong with what a server holds, by what clients were told: a token that is lost, one that is there twice, one that can't be there.
pub(crate) fn faults(held: &[i64], fates: &BTreeMap<i64, Fate>) -> Vec<String> {
    let mut faults: Vec<String> =
        held.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| format!("{} is there twice", pair[0])).collect();
    let there: BTreeSet<i64> = held.iter().copied().collect();
    for (token, fate) in fates {
        match fate {
            Fate::Committed if !there.contains(token) => faults.push(format!("{token} was committed and is lost")),
            Fate::Abandoned if there.contains(token) => faults.push(format!("{token} was never committed and is there")),
            _ => {}
        }
    }
    faults.extend(there.iter().filter(|token| !fates.contains_key(token)).map(|token| format!("{token} is nobody's")));
    faults
}

/// How long it took until something that began after a moment was done.
pub(crate) fn first_success(events: &[Event], after: Instant) -> Option<Duration> {
    events.iter().filter(|event| event.error.is_none() && event.ended > after).map(|event| event.ended - after).min()
}
