//! `pgtenant bench`: loads a pgtenant, another pooler or a server with many tenants at once, and tells what each of them got.
//!
//! It speaks to whatever speaks PostgreSQL's protocol, by ordinary connection strings. What its figures mean is said in docs/bench.md.

use std::{
    io,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::{mpsc, watch};

use crate::config::Period;

mod client;
mod dice;
mod figures;
mod link;
mod mix;
mod names;
mod page;
mod picture;
mod picture_panel;
mod plan;
mod progress;
mod scenario;
mod schedule;
mod script;
mod table;
mod tally;
mod target;
mod timeline;
mod worker;

pub use plan::{ConnectWhen, Protocol};
pub use schedule::Arrivals;

use figures::Report;
use plan::Plan;
use progress::Progress;
use tally::Row;
use timeline::Timeline;
use worker::{Job, Signal, Told};

/// What a scenario says for each of its groups.
const GROUP_OPTIONS: [&str; 11] =
    ["tenants", "clients", "mix", "sql", "table", "scale", "protocol", "rate", "think_time", "expected_interval", "connect"];

/// What the command line says.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct BenchArgs {
    /// A file with groups of tenants and what each does (see docs/bench.md); the options on top of it
    #[arg(long, value_name = "FILE", conflicts_with_all = GROUP_OPTIONS)]
    pub scenario: Option<PathBuf>,
    /// Connection string or URI; {tenant} stands for the tenant's name, {env:NAME} for a variable [default: PGHOST, PGUSER and so on]
    #[arg(long, value_name = "DSN")]
    pub dsn: Option<String>,
    /// Tenants, as in acme,globex or t{1..1000} [default: in `pgtenant demo --exec` all of the demo's]
    #[arg(long, value_name = "LIST")]
    pub tenants: Vec<String>,
    /// Clients of each tenant [default: 4]
    #[arg(long, short, value_name = "N")]
    pub clients: Option<usize>,
    /// What they run, with weights if it is several: select=9,insert=1. There are select, one, update, insert, tpcb,
    /// `sleep[:SECONDS]`, `heavy[:ROWS]`, `rows[:ROWSxBYTES]`, `idle[:SECONDS]` [default: select]
    #[arg(long, short, value_name = "MIX", conflicts_with = "sql")]
    pub mix: Option<String>,
    /// A statement of your own, with :variables; several make one transaction's
    #[arg(long, value_name = "SQL")]
    pub sql: Vec<String>,
    /// A variable: NAME=1..100000 is drawn anew for each transaction; :tenant and :client are there already
    #[arg(long = "var", value_name = "NAME=VALUES")]
    pub variables: Vec<String>,
    /// The table that `select` reads by its key [default: pgbench_accounts]
    #[arg(long)]
    pub table: Option<String>,
    /// Its key column [default: id]
    #[arg(long, requires = "table")]
    pub key: Option<String>,
    /// Its keys go from 1 to that [default: 1000]
    #[arg(long, requires = "table", value_name = "N")]
    pub rows: Option<u64>,
    /// Scale that pgbench's tables were made with [default: 1]
    #[arg(long, value_name = "N")]
    pub scale: Option<u64>,
    /// How statements are sent [default: simple]
    #[arg(long, value_enum)]
    pub protocol: Option<Protocol>,
    /// Open loop: so many transactions per second of each tenant, whether the last ones are answered or not
    #[arg(long, value_name = "PER_SECOND", conflicts_with_all = ["think_time", "expected_interval"])]
    pub rate: Option<f64>,
    /// How they follow each other [default: poisson]
    #[arg(long, value_enum, requires = "rate")]
    pub arrivals: Option<Arrivals>,
    /// Closed loop: pause between a client's transactions, on average [default: none]
    #[arg(long, value_name = "DURATION")]
    pub think_time: Option<Period>,
    /// Closed loop: what a client would have asked meanwhile, at this interval, is counted with a slow answer
    #[arg(long, value_name = "DURATION")]
    pub expected_interval: Option<Period>,
    /// When clients connect; `each`: for each transaction [default: before]
    #[arg(long, value_enum)]
    pub connect: Option<ConnectWhen>,
    /// Clients start one after the other over this time
    #[arg(long, value_name = "DURATION", conflicts_with = "scenario")]
    pub ramp: Option<Period>,
    /// A noisy neighbour: `TENANT:CLIENTS:TRANSACTION[@START]`, as in acme:200:sleep [start: half time]
    #[arg(long = "flood", value_name = "FLOOD")]
    pub floods: Vec<String>,
    /// How long to measure [default: 10s]
    #[arg(long, short, value_name = "DURATION")]
    pub duration: Option<Period>,
    /// Load before that which isn't counted [default: 1s]
    #[arg(long, value_name = "DURATION")]
    pub warm_up: Option<Period>,
    /// What isn't counted after a group of tenants starts or stops [default: 500ms]
    #[arg(long, value_name = "DURATION")]
    pub settle: Option<Period>,
    /// How long to wait in the end for answers that are owed [default: 10s]
    #[arg(long, value_name = "DURATION")]
    pub grace: Option<Period>,
    /// Threads that make the load [default: one per core]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// The same number draws the same variables
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Write the report as JSON; - writes it to standard output in place of the table
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write the report with pictures, as a page of its own
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Write the pictures alone
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
    /// Tenants of a group in the table: the slowest of those that are more [default: 20]
    #[arg(long, value_name = "N", default_value_t = 20, hide_default_value = true)]
    pub top: usize,
    /// Say nothing while it runs
    #[arg(long, short)]
    pub quiet: bool,
}

/// Why there is no load.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// A file operation failed.
    #[error("{}: {source}", path.display())]
    File {
        /// On what.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The scenario has mistakes.
    #[error("{}: {source}", path.display())]
    Scenario {
        /// Which file.
        path: PathBuf,
        /// Where, and what.
        source: Box<toml::de::Error>,
    },
    /// An option can't be read.
    #[error("{option}: {why}")]
    Option {
        /// Which.
        option: String,
        /// Why not.
        why: String,
    },
    /// A group of tenants can't be.
    #[error("group {group:?}: {why}")]
    Group {
        /// Which.
        group: String,
        /// Why not.
        why: String,
    },
    /// Nothing to do.
    #[error("the scenario has no group of tenants")]
    NoGroup,
    /// No time to do it in.
    #[error("the duration is 0")]
    NoTime,
    /// Nobody got in.
    #[error("none of {clients} clients could connect: {why}")]
    NobodyConnected {
        /// How many tried.
        clients: usize,
        /// What one of them was told.
        why: String,
    },
    /// A thread could not be started.
    #[error("can't start a thread: {0}")]
    Thread(io::Error),
    /// Somebody changed their mind.
    #[error("interrupted before the load began")]
    Interrupted,
}

/// Runs the load and tells what came of it.
///
/// # Errors
/// Where it can't begin. What fails while it runs is part of the report.
pub async fn run(args: BenchArgs) -> Result<ExitCode, BenchError> {
    let scenario = scenario::Scenario::read(&args)?;
    let plan = Plan::new(&scenario, &|name| std::env::var(name).ok())?;
    raise_file_limit();
    let progress = Progress::new(&plan, args.quiet);
    let report = Run::start(Job::new(plan), progress)?.finish().await?;
    report.table_or_json(&args)?;
    let write = |path: &Option<PathBuf>, text: &dyn Fn() -> String| match path {
        Some(path) => std::fs::write(path, text()).map_err(|source| BenchError::File { path: path.clone(), source }),
        None => Ok(()),
    };
    write(&args.html, &|| page::html(&report))?;
    write(&args.svg, &|| picture::svg(&report))?;
    Ok(ExitCode::SUCCESS)
}

impl Report {
    fn table_or_json(&self, args: &BenchArgs) -> Result<(), BenchError> {
        let to_output = args.json.as_deref() == Some(Path::new("-"));
        if to_output {
            println!("{}", self.json());
            return Ok(());
        }
        print!("{}", table::text(self, args.top));
        match &args.json {
            Some(path) => std::fs::write(path, self.json() + "\n").map_err(|source| BenchError::File { path: path.clone(), source }),
            None => Ok(()),
        }
    }
}

/// Ten thousand clients are ten thousand files. Where the limit can't be raised, connecting will say so.
fn raise_file_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
}

/// A load with its threads.
struct Run {
    job: Arc<Job>,
    signals: watch::Sender<Signal>,
    told: mpsc::UnboundedReceiver<Told>,
    progress: Progress,
    timeline: Timeline,
    /// In the plan's order.
    rows: Vec<Row>,
    /// Threads that are at work.
    threads: usize,
}

impl Run {
    fn start(job: Job, progress: Progress) -> Result<Run, BenchError> {
        let job = Arc::new(job);
        let (signals, heard) = watch::channel(Signal::Wait);
        let (tell, told) = mpsc::unbounded_channel();
        let threads = job.plan.threads;
        for thread in 0..threads {
            let (job, heard, tell) = (Arc::clone(&job), heard.clone(), tell.clone());
            let work = move || worker::run(&job, thread, heard, &tell);
            std::thread::Builder::new().name(format!("load-{thread}")).spawn(work).map_err(BenchError::Thread)?;
        }
        let rows = vec![Row::new(job.plan.phases.len(), job.digits()); job.plan.rows()];
        let timeline = Timeline::new(job.plan.groups.len());
        Ok(Run { job, signals, told, progress, timeline, rows, threads })
    }

    async fn finish(mut self) -> Result<Report, BenchError> {
        self.connect().await?;
        let began = Instant::now();
        let started = std::time::SystemTime::now();
        let _ = self.signals.send(Signal::Go(began));
        let ended = self.measure(began).await?;
        self.progress.finish();
        let (planned, job) = (self.job.plan.end, Arc::clone(&self.job));
        job.count_missed(ended.min(planned), &mut self.rows);
        let connected = self.rows.iter().any(|row| row.total.connects.get().is_some());
        if !connected {
            return Err(self.nobody());
        }
        Ok(Report::new(&job.plan, &self.rows, &self.timeline, ended, started))
    }

    /// Until every client that connects before the run has tried to.
    async fn connect(&mut self) -> Result<(), BenchError> {
        let clients = self.job.plan.clients();
        let mut interrupt = std::pin::pin!(tokio::signal::ctrl_c());
        let mut all_refused = None;
        for ready in 0..clients {
            self.progress.connecting(ready, clients);
            let message = tokio::select! {
                message = self.told.recv() => message,
                _ = &mut interrupt => return Err(BenchError::Interrupted),
            };
            match message {
                Some(Told::Failed(error)) => return Err(BenchError::Thread(error)),
                Some(Told::Ready { refused }) if ready == 0 => all_refused = refused,
                Some(Told::Ready { refused: None }) => all_refused = None,
                Some(_) => {}
                None => return Err(BenchError::Interrupted),
            }
        }
        match all_refused {
            Some(why) => Err(BenchError::NobodyConnected { clients, why }),
            None => Ok(()),
        }
    }

    /// Until all threads have ended. When that was, or when Ctrl-C cut it short; counted from the beginning.
    async fn measure(&mut self, began: Instant) -> Result<Duration, BenchError> {
        let plan = &Arc::clone(&self.job).plan;
        let mut ended = None;
        let cut = tokio::time::sleep_until((began + plan.end + plan.grace).into());
        let mut cut = std::pin::pin!(cut);
        while self.threads > 0 {
            tokio::select! {
                message = self.told.recv() => match message {
                    None => break,
                    Some(Told::Failed(error)) => return Err(BenchError::Thread(error)),
                    Some(message) => self.take(message, plan),
                },
                () = &mut cut => {
                    let _ = self.signals.send(Signal::Cut(Instant::now()));
                    cut.as_mut().reset((began + plan.end + plan.grace * 2 + Duration::from_secs(3600)).into());
                }
                _ = tokio::signal::ctrl_c() => {
                    if ended.is_some() {
                        // Twice: not even what is owed is of interest.
                        let _ = self.signals.send(Signal::Cut(Instant::now()));
                        continue;
                    }
                    self.progress.say("ending early; Ctrl-C again gives up what isn't answered yet");
                    ended = Some(began.elapsed());
                    let _ = self.signals.send(Signal::Stop);
                    cut.as_mut().reset((Instant::now() + plan.grace).into());
                }
            }
        }
        Ok(ended.unwrap_or(plan.end).min(plan.end))
    }

    fn take(&mut self, message: Told, plan: &Plan) {
        match message {
            Told::Ready { .. } | Told::Failed(_) => {}
            Told::Second { second, group, interval } => {
                if let Some(second) = self.timeline.add(second, group, &interval, plan.threads) {
                    self.progress.second(plan, &self.timeline, second);
                }
            }
            Told::Ended(rows) => {
                self.threads -= 1;
                for (number, row) in rows {
                    if let Some(own) = self.rows.get_mut(number) {
                        own.add(&row);
                    }
                }
            }
        }
    }

    fn nobody(&self) -> BenchError {
        let failures = self.rows.iter().flat_map(|row| row.total.failures.values());
        let why = failures.map(|failures| failures.example.clone()).next().unwrap_or_else(|| "it wasn't tried".to_owned());
        BenchError::NobodyConnected { clients: self.job.plan.clients(), why }
    }
}
