//! `pgtenant demo`: PostgreSQL shards, tenants of all models with data, and the proxy in front; all of it gone in the end.
//!
//! The proxy is a process of its own, this program again with `serve`, so that the demo shows what an operator runs. Whatever ends
//! the demo (Ctrl-C, SIGTERM, a closed terminal, `--exec`'s end, an error) takes everything down; should this process be killed,
//! the watchdogs of [`crate::lifecycle::cluster`] do.

use std::{
    ffi::OsString,
    fs::{self, File, Permissions},
    io::{self, IsTerminal},
    net::TcpListener,
    os::unix::{
        fs::PermissionsExt,
        process::{CommandExt, ExitStatusExt},
    },
    path::{Path, PathBuf},
    process::{ExitCode, ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::{
    net::TcpStream,
    process::{Child, Command},
    signal::unix::{self, SignalKind, signal},
    time::{Instant, sleep, timeout},
};

use crate::error::explain;
use crate::lifecycle::{
    cluster::{Binaries, ClusterError, Watchdog, free_port, random_hex},
    create::CreateError,
};

mod failover;
mod files;
mod shards;
mod tell;
mod tenants;

/// Where PgBouncer listens by default, and so do we.
const PORT: u16 = 6432;
/// A proxy that doesn't answer by then won't.
const START_LIMIT: Duration = Duration::from_secs(20);
/// A proxy that hasn't gone by then is killed.
const STOP_LIMIT: Duration = Duration::from_secs(5);
/// What of the caller's environment would lead a libpq program of `--exec` elsewhere.
const MISLEADING: [&str; 9] = [
    "PGHOSTADDR",
    "PGSERVICE",
    "PGOPTIONS",
    "PGSSLMODE",
    "PGREQUIRESSL",
    "PGREQUIREAUTH",
    "PGCHANNELBINDING",
    "PGTARGETSESSIONATTRS",
    "PGPASSFILE",
];

/// What the command line says.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct DemoArgs {
    /// Port of the proxy on 127.0.0.1; 0 takes a free one [default: 6432, or a free one where that is taken]
    #[arg(long)]
    pub port: Option<u16>,
    /// Folder for the demo's files, empty or new; it is kept [default: a temporary one, removed in the end]
    #[arg(long)]
    pub dir: Option<PathBuf>,
    /// Run this command (by `sh -c`) against the demo, then take it down and end with the command's status
    #[arg(long, value_name = "CMD")]
    pub exec: Option<String>,
    /// Kill a primary under load, promote its replica, and show what clients see of it; then take the demo down
    #[arg(long, conflicts_with = "exec")]
    pub failover: bool,
}

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// PostgreSQL is missing or doesn't start.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// A tenant could not be set up.
    #[error(transparent)]
    Create(#[from] CreateError),
    /// The demo's own SQL failed.
    #[error("on shard {shard}: {}", explain(.source))]
    Sql {
        /// Where.
        shard: &'static str,
        /// Why.
        source: tokio_postgres::Error,
    },
    /// A file operation failed.
    #[error("{}: {source}", path.display())]
    File {
        /// On what.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The folder of `--dir` is in use.
    #[error("{} is not empty: give a new folder, or remove this one", folder.display())]
    NotEmpty {
        /// The folder.
        folder: PathBuf,
    },
    /// The port of `--port` is taken.
    #[error("port {port} of 127.0.0.1 is taken: {source}; leave --port out, or use --port 0 for a free one")]
    PortTaken {
        /// Which.
        port: u16,
        /// What binding it said.
        source: io::Error,
    },
    /// A process could not be started.
    #[error("can't start {what}: {source}")]
    Start {
        /// Which.
        what: String,
        /// Why.
        source: io::Error,
    },
    /// The proxy ended, or doesn't answer.
    #[error("the proxy {what}; the end of its log:\n{log}")]
    Proxy {
        /// What happened.
        what: String,
        /// Its last words.
        log: String,
    },
    /// The runtime is going down.
    #[error("interrupted")]
    Interrupted,
}

/// How the demo ended.
enum Ending {
    /// The command of `--exec` ended by itself.
    Command(ExitStatus),
    /// A signal asked for it.
    Signal(i32),
}

/// Runs the demo to its end.
///
/// # Errors
/// Where something of it can't be had, or the proxy ends on its own.
pub async fn run(args: DemoArgs) -> Result<ExitCode, DemoError> {
    let mut signals = Signals::listen()?;
    let interactive = args.exec.is_none();
    let mut demo = tokio::select! {
        started = Demo::start(&args) => started?,
        number = signals.next() => return Ok(code_of_signal(number, interactive)),
    };
    if args.failover {
        let shown = tokio::select! {
            shown = failover::show(&mut demo) => shown,
            number = signals.next() => Ok(code_of_signal(number, false)),
        };
        demo.take_down().await;
        return shown;
    }
    let ending = demo.hold(args.exec.as_deref(), &mut signals).await;
    demo.take_down().await;
    Ok(match ending? {
        Ending::Signal(number) => code_of_signal(number, interactive),
        Ending::Command(status) => match (status.code(), status.signal()) {
            (Some(code), _) => ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX)),
            (None, number) => code_of_signal(number.unwrap_or_default(), false),
        },
    })
}

/// Ctrl-C is how an interactive demo ends well; a command that was cut off is reported as the shell would.
fn code_of_signal(number: i32, ends_well: bool) -> ExitCode {
    if ends_well { ExitCode::SUCCESS } else { ExitCode::from(u8::try_from(128 + number).unwrap_or(u8::MAX)) }
}

/// The signals that end a demo.
struct Signals {
    interrupt: unix::Signal,
    terminate: unix::Signal,
    hang_up: unix::Signal,
}

impl Signals {
    fn listen() -> Result<Signals, DemoError> {
        let listen = |kind| signal(kind).map_err(|source| DemoError::Start { what: "signal handling".to_owned(), source });
        Ok(Signals {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hang_up: listen(SignalKind::hangup())?,
        })
    }

    /// The next one's number.
    async fn next(&mut self) -> i32 {
        let kind = tokio::select! {
            _ = self.interrupt.recv() => SignalKind::interrupt(),
            _ = self.terminate.recv() => SignalKind::terminate(),
            _ = self.hang_up.recv() => SignalKind::hangup(),
        };
        kind.as_raw_value()
    }
}

/// Everything that runs. Fields go in this order: first the proxy, then the shards, then the folder.
struct Demo {
    proxy: Proxy,
    shards: Vec<shards::DemoShard>,
    passwords: files::Passwords,
    binaries: Binaries,
    config: PathBuf,
    port: u16,
    folder: Folder,
}

impl Demo {
    async fn start(args: &DemoArgs) -> Result<Demo, DemoError> {
        let (binaries, reserved) = (Binaries::find()?, reserve_port(args.port)?);
        let port = reserved.local_addr().map_err(|source| DemoError::Start { what: "the proxy".to_owned(), source })?.port();
        let mut folder = Folder::make(args.dir.as_deref())?;
        eprintln!("pgtenant demo: PostgreSQL {} of {}, in {}", binaries.version(), binaries.folder().display(), folder.path.display());
        eprintln!("pgtenant demo: starting two shards and a replica, creating seven tenants with data …");
        let mut shards = shards::start(binaries.clone(), &folder.path).await?;
        if folder.keep {
            let clusters = shards.iter_mut().flat_map(|shard| [Some(&mut shard.primary), shard.replica.as_mut()]);
            clusters.flatten().for_each(crate::lifecycle::cluster::Cluster::keep_folder);
        }
        let passwords = files::Passwords::new();
        let config = files::write(&folder.path, port, &shards, &passwords)
            .map_err(|source| DemoError::File { path: folder.path.clone(), source })?;
        drop(reserved);
        let proxy = Proxy::start(&config, port, &folder).await?;
        folder.complete = true;
        Ok(Demo { proxy, shards, passwords, binaries, config, port, folder })
    }

    fn facts(&self) -> tell::Facts<'_> {
        let Demo { proxy, shards, passwords, config, port, folder, .. } = self;
        tell::Facts { folder: &folder.path, config, port: *port, proxy: proxy.child.id().unwrap_or_default(), shards, passwords }
    }

    /// Until the command ends, a signal comes, or the proxy is gone.
    async fn hold(&mut self, command: Option<&str>, signals: &mut Signals) -> Result<Ending, DemoError> {
        let Some(command) = command else {
            println!("{}\nCtrl-C ends the demo{}.", self.facts().text(), if self.folder.keep { "" } else { " and removes its files" });
            return tokio::select! {
                number = signals.next() => Ok(Ending::Signal(number)),
                gone = self.proxy.gone() => Err(gone),
            };
        };
        let mut child = self.command(command)?;
        let ending = tokio::select! {
            status = child.wait() => return status.map(Ending::Command).map_err(|source| DemoError::Start { what: command.to_owned(), source }),
            number = signals.next() => Ok(Ending::Signal(number)),
            gone = self.proxy.gone() => Err(gone),
        };
        end(&mut child, Signal::TERM).await;
        ending
    }

    /// Starts the command with everything in its environment.
    fn command(&self, command: &str) -> Result<Child, DemoError> {
        let mut path = std::env::var_os("PATH").unwrap_or_default();
        // `pgtenant` is a command in there, too.
        let own = std::env::current_exe().ok();
        for folder in [Some(self.binaries.folder()), own.as_deref().and_then(Path::parent)].into_iter().flatten() {
            path.push(OsString::from(format!(":{}", folder.display())));
        }
        let mut shell = Command::new("/bin/sh");
        shell.arg("-c").arg(command).env("PATH", path).kill_on_drop(true);
        if !io::stdin().is_terminal() {
            // Of its own, so that it can be ended with all its children. At a terminal it must share ours to be able to read.
            shell.process_group(0);
        }
        for name in MISLEADING {
            shell.env_remove(name);
        }
        shell.envs(self.facts().environment());
        shell.spawn().map_err(|source| DemoError::Start { what: command.to_owned(), source })
    }

    async fn take_down(self) {
        let Demo { proxy, shards, folder, .. } = self;
        proxy.stop().await;
        // Stopping waits for processes: not on a thread that others need.
        let _ = tokio::task::spawn_blocking(move || drop((shards, folder))).await;
    }
}

/// Holds the proxy's port while everything else starts. `--port` must be free; the default gives way to a free one.
fn reserve_port(wanted: Option<u16>) -> Result<TcpListener, DemoError> {
    let port = match wanted {
        Some(0) => free_port()?,
        Some(port) => port,
        None => PORT,
    };
    let bind = |port| TcpListener::bind(("127.0.0.1", port)).map_err(|source| DemoError::PortTaken { port, source });
    match (bind(port), wanted) {
        (Err(_), None) => {
            let other = free_port()?;
            eprintln!("pgtenant demo: port {PORT} is taken, the proxy listens on {other} instead");
            bind(other)
        }
        (bound, _) => bound,
    }
}

/// The demo's folder: the caller's, kept; or a temporary one, removed when this value goes.
struct Folder {
    path: PathBuf,
    /// The caller's.
    keep: bool,
    /// Made by us.
    is_new: bool,
    /// All of the demo is in it.
    complete: bool,
}

impl Folder {
    fn make(wanted: Option<&Path>) -> Result<Folder, DemoError> {
        let path = wanted.map_or_else(|| std::env::temp_dir().join(format!("pgtenant-demo-{}", random_hex(4))), Path::to_path_buf);
        let wrong = |source| DemoError::File { path: path.clone(), source };
        let is_new = !path.exists();
        fs::create_dir_all(&path).map_err(wrong)?;
        if fs::read_dir(&path).map_err(wrong)?.next().is_some() {
            return Err(DemoError::NotEmpty { folder: path });
        }
        if is_new {
            // PostgreSQL may run as another user: it must get through to its own folders. What is secret is in folders that are private.
            fs::set_permissions(&path, Permissions::from_mode(0o711)).map_err(wrong)?;
        }
        let path = path.canonicalize().map_err(wrong)?;
        Ok(Folder { path, keep: wanted.is_some(), is_new, complete: false })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.keep || self.is_new && !self.complete {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// The proxy's process.
struct Proxy {
    child: Child,
    watchdog: Watchdog,
    log: PathBuf,
}

impl Proxy {
    async fn start(config: &Path, port: u16, folder: &Folder) -> Result<Proxy, DemoError> {
        let start = |source| DemoError::Start { what: "the proxy".to_owned(), source };
        let log = folder.path.join("serve.log");
        let file = File::create(&log).map_err(start)?;
        let program = std::env::current_exe().map_err(start)?;
        let mut command = std::process::Command::new(program);
        command.arg("serve").arg("--config").arg(config).stdin(Stdio::null());
        command.stdout(file.try_clone().map_err(start)?).stderr(file);
        // A group of its own, or the terminal's Ctrl-C would end it before its clients.
        command.process_group(0);
        let child = Command::from(command).kill_on_drop(true).spawn().map_err(start)?;
        let watched = (!folder.keep).then_some(folder.path.as_path());
        let watchdog = Watchdog::start(child.id().unwrap_or_default(), watched);
        let mut proxy = Proxy { child, watchdog, log };
        let deadline = Instant::now() + START_LIMIT;
        loop {
            let answers = TcpStream::connect(("127.0.0.1", port)).await.is_ok();
            let what = match proxy.child.try_wait().map_err(start)? {
                None if answers => return Ok(proxy),
                Some(status) => format!("ended while it started ({status})"),
                None if Instant::now() > deadline => format!("doesn't answer on port {port}"),
                None => {
                    sleep(Duration::from_millis(20)).await;
                    continue;
                }
            };
            let log = proxy.log_tail();
            proxy.stop().await;
            return Err(DemoError::Proxy { what, log });
        }
    }

    /// Comes back when the proxy has ended on its own.
    async fn gone(&mut self) -> DemoError {
        let what = match self.child.wait().await {
            Ok(status) => format!("ended ({status})"),
            Err(error) => format!("can't be watched: {error}"),
        };
        DemoError::Proxy { what, log: self.log_tail() }
    }

    fn log_tail(&self) -> String {
        let text = fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    /// SIGINT ends the proxy at once.
    async fn stop(mut self) {
        end(&mut self.child, Signal::INT).await;
        self.watchdog.end();
    }
}

/// Asks a process (and its group, if it leads one) to end, and kills it if it doesn't.
async fn end(child: &mut Child, how: Signal) {
    let Some(pid) = child.id().and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw) else { return };
    if kill_process_group(pid, how).is_err() {
        let _ = kill_process(pid, how);
    }
    if timeout(STOP_LIMIT, child.wait()).await.is_err() {
        let _ = kill_process_group(pid, Signal::KILL);
        let _ = child.kill().await;
    }
}
