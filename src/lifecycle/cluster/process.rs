//! A running PostgreSQL server and the folder that goes with it.

use std::{
    fs::{self, File},
    net::TcpListener,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use super::{
    Binaries, ClusterError, SUPERUSER, Template, random_hex, replica,
    template::{SETTINGS_FILE, write_private},
};

/// A server that isn't ready by then won't be.
const START_LIMIT: Duration = Duration::from_secs(60);
/// A server that hasn't stopped by then is killed.
const STOP_LIMIT: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(10);
/// `sun_path` holds 108 bytes; the rest is `/.s.PGSQL.65535` and its terminator.
const SOCKET_FOLDER_MAX: usize = 90;
/// Below Linux's ephemeral ports (32768 and up): nobody's outgoing connection sits on the port of a stopped cluster.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// How a server stops: PostgreSQL manual 19.5.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StopMode {
    /// Waits for its clients to leave.
    Smart,
    /// Ends its clients, writes a checkpoint.
    Fast,
    /// Ends at once; the next start recovers.
    Immediate,
}

impl StopMode {
    fn signal(self) -> Signal {
        match self {
            StopMode::Smart => Signal::TERM,
            StopMode::Fast => Signal::INT,
            StopMode::Immediate => Signal::QUIT,
        }
    }
}

/// A PostgreSQL cluster of ours. Dropping it kills the server and removes the folder.
#[derive(Debug)]
pub struct Cluster {
    binaries: Binaries,
    folder: PathBuf,
    socket_folder: PathBuf,
    port: u16,
    password: String,
    settings: Vec<(String, String)>,
    running: Option<Running>,
    keep: bool,
}

#[derive(Debug)]
struct Running {
    server: Child,
    watchdog: Watchdog,
}

impl Cluster {
    /// Copies the template into `folder` (made here; it must not hold a cluster yet) and starts it on a free port of 127.0.0.1 and
    /// a Unix socket, with `settings` on top of the template's.
    ///
    /// # Errors
    /// Where the folder can't be used or the server doesn't become ready.
    pub fn start(template: &Template, folder: &Path, settings: &[(&str, &str)]) -> Result<Cluster, ClusterError> {
        let mut cluster = Cluster::new(template.binaries(), template.password(), folder, settings)?;
        template.copy_to(&cluster.data_folder())?;
        cluster.start_on_some_port()?;
        Ok(cluster)
    }

    /// [`Cluster::start`] in a new folder under the system's folder for temporary files.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub fn temporary(template: &Template, settings: &[(&str, &str)]) -> Result<Cluster, ClusterError> {
        Cluster::start(template, &temporary_folder(), settings)
    }

    /// A streaming replica of `primary` (with a slot of its own) in `folder`. It copies while the primary runs.
    ///
    /// # Errors
    /// As [`Cluster::start`]; and where the primary can't be copied.
    pub fn replica_of(primary: &Cluster, folder: &Path, settings: &[(&str, &str)]) -> Result<Cluster, ClusterError> {
        let mut replica = Cluster::new(&primary.binaries, &primary.password, folder, settings)?;
        replica::copy(&primary.dsn("postgres"), primary.binaries.user(), &primary.data_folder(), &replica.data_folder())?;
        replica.start_on_some_port()?;
        Ok(replica)
    }

    fn new(binaries: &Binaries, password: &str, folder: &Path, settings: &[(&str, &str)]) -> Result<Cluster, ClusterError> {
        let folder = binaries.user().make_folder(folder)?;
        let own_socket = folder.join("socket");
        let socket_folder = if own_socket.as_os_str().len() <= SOCKET_FOLDER_MAX { own_socket } else { temporary_folder() };
        let socket_folder = binaries.user().make_folder(&socket_folder)?;
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let password = password.to_owned();
        Ok(Cluster { binaries: binaries.clone(), folder, socket_folder, port: 0, password, settings, running: None, keep: false })
    }

    /// A port that was free may be taken before the server has it: another one is tried then.
    fn start_on_some_port(&mut self) -> Result<(), ClusterError> {
        let mut attempts_left = 5;
        loop {
            self.port = free_port()?;
            match self.start_again() {
                Err(ClusterError::NotReady { log, .. }) if attempts_left > 0 && log.contains("could not bind") => attempts_left -= 1,
                other => return other,
            }
        }
    }

    /// Starts the stopped server on its port; does nothing while it runs.
    ///
    /// # Errors
    /// Where it doesn't become ready.
    pub fn start_again(&mut self) -> Result<(), ClusterError> {
        if self.running.is_some() {
            return Ok(());
        }
        self.write_settings()?;
        let log_path = self.log_path();
        let log = File::options().create(true).append(true).open(&log_path).map_err(ClusterError::io("open", &log_path))?;
        let errors = log.try_clone().map_err(ClusterError::io("open", &log_path))?;
        let mut command = self.binaries.command("postgres")?;
        // A group of its own, or Ctrl-C at the terminal would reach it before us.
        command.arg("-D").arg(self.data_folder()).stdout(log).stderr(errors).process_group(0);
        let server = command.spawn().map_err(ClusterError::io("start PostgreSQL in", &self.folder))?;
        let watchdog = Watchdog::start(server.id(), (!self.keep).then_some(self.folder.as_path()));
        self.running = Some(Running { server, watchdog });
        self.wait_ready()
    }

    fn write_settings(&self) -> Result<(), ClusterError> {
        let mut text =
            format!("listen_addresses = '127.0.0.1'\nport = {}\nunix_socket_directories = '{}'\n", self.port, self.socket_folder.display());
        for (name, value) in &self.settings {
            text.push_str(&format!("{name} = '{}'\n", value.replace('\'', "''")));
        }
        self.write_data_file(SETTINGS_FILE, &text)
    }

    /// The eighth line of `postmaster.pid` says how far the server is (`src/include/utils/pidfile.h`); `pg_ctl` reads it too.
    fn wait_ready(&mut self) -> Result<(), ClusterError> {
        let deadline = Instant::now() + START_LIMIT;
        let pid_path = self.data_folder().join("postmaster.pid");
        let what = loop {
            let Some(running) = &mut self.running else { break "isn't running" };
            if !matches!(running.server.try_wait(), Ok(None)) {
                break "ended while it started";
            }
            let text = fs::read_to_string(&pid_path).unwrap_or_default();
            let mut lines = text.lines();
            let own = lines.next().and_then(|pid| pid.trim().parse().ok()) == Some(running.server.id());
            if own && lines.nth(6).is_some_and(|status| matches!(status.trim(), "ready" | "standby")) {
                return Ok(());
            }
            if Instant::now() > deadline {
                break "didn't become ready in a minute";
            }
            thread::sleep(POLL);
        };
        let log = self.log_tail();
        self.finish(Signal::KILL);
        Err(ClusterError::NotReady { folder: self.folder.clone(), what, log })
    }

    /// Stops the server; does nothing where it is stopped. The folder and the port stay for [`Cluster::start_again`].
    pub fn stop(&mut self, mode: StopMode) {
        self.finish(mode.signal());
    }

    /// Kills the server and all its processes at once (SIGKILL), as a machine that dies would.
    pub fn kill9(&mut self) {
        let children = self.pid().map(children_of).unwrap_or_default();
        if let Some(running) = &self.running {
            signal(running.server.id(), Signal::KILL);
        }
        for child in &children {
            signal(*child, Signal::KILL);
        }
        self.finish(Signal::KILL);
        // The next start looks whether anybody is still attached to the shared memory.
        let deadline = Instant::now() + STOP_LIMIT;
        while children.iter().any(|child| is_alive(*child)) && Instant::now() < deadline {
            thread::sleep(POLL);
        }
    }

    /// Stops and starts on the same port.
    ///
    /// # Errors
    /// Where it doesn't become ready again.
    pub fn restart(&mut self, mode: StopMode) -> Result<(), ClusterError> {
        self.stop(mode);
        self.start_again()
    }

    /// Makes the server read its files again (settings, `pg_hba.conf`).
    pub fn reload(&self) {
        if let Some(pid) = self.pid() {
            signal(pid, Signal::HUP);
        }
    }

    fn finish(&mut self, how: Signal) {
        let Some(Running { mut server, watchdog }) = self.running.take() else { return };
        signal(server.id(), how);
        let deadline = Instant::now() + STOP_LIMIT;
        while matches!(server.try_wait(), Ok(None)) {
            if Instant::now() > deadline {
                let _ = server.kill();
                let _ = server.wait();
                break;
            }
            thread::sleep(POLL);
        }
        watchdog.end();
    }

    /// The server's process id while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.running.as_ref().map(|running| running.server.id())
    }

    /// Its TCP port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder of its Unix socket.
    pub fn socket_folder(&self) -> &Path {
        &self.socket_folder
    }

    /// The cluster's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// PostgreSQL's data folder.
    pub fn data_folder(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Which PostgreSQL it runs.
    pub fn binaries(&self) -> &Binaries {
        &self.binaries
    }

    /// The superuser's password.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// The superuser's connection string to `database` over TCP, in keywords: libpq, `tokio-postgres` and a shard map read it.
    pub fn dsn(&self, database: &str) -> String {
        format!("host=127.0.0.1 port={} user={SUPERUSER} password={} dbname={database}", self.port, self.password)
    }

    /// The address without who connects, as a shard map's `primary` and `replicas` want it.
    pub fn address(&self, database: &str) -> String {
        format!("host=127.0.0.1 port={} dbname={database}", self.port)
    }

    /// Changes a setting for the next start or [`Cluster::reload`].
    ///
    /// # Errors
    /// Where the settings' file can't be written.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), ClusterError> {
        self.settings.retain(|(known, _)| known != name);
        self.settings.push((name.to_owned(), value.to_owned()));
        self.write_settings()
    }

    /// Writes a file into the data folder as the server's user, readable by it only: `pg_hba.conf`, `server.crt`, `server.key`.
    ///
    /// # Errors
    /// Where it can't be written.
    pub fn write_data_file(&self, name: &str, text: &str) -> Result<(), ClusterError> {
        let path = self.data_folder().join(name);
        write_private(&path, text)?;
        self.binaries.user().own(&path)
    }

    /// Leaves the folder where it is when this value goes. Call it before the server is started again, or right after the start.
    pub fn keep_folder(&mut self) {
        self.keep = true;
        if let Some(running) = &mut self.running {
            let watchdog = Watchdog::start(running.server.id(), None);
            std::mem::replace(&mut running.watchdog, watchdog).end();
        }
    }

    /// The server's log file.
    pub fn log_path(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// The last lines of the server's log.
    pub fn log_tail(&self) -> String {
        let text = fs::read(self.log_path()).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop(if self.keep { StopMode::Fast } else { StopMode::Immediate });
        if !self.keep {
            let _ = fs::remove_dir_all(&self.folder);
        }
        if !self.socket_folder.starts_with(&self.folder) {
            let _ = fs::remove_dir_all(&self.socket_folder);
        }
    }
}

/// A shell that waits until our end of its standard input closes, which also happens when this process is killed: then it ends
/// the server and removes the folder. `PR_SET_PDEATHSIG` would not do: it fires when the *thread* that started the server ends.
#[derive(Debug)]
pub struct Watchdog(Option<(Child, ChildStdin)>);

impl Watchdog {
    const SCRIPT: &'static str = r#"trap '' INT TERM HUP
read -r _
kill -QUIT "$1" 2>/dev/null
n=0
while kill -0 "$1" 2>/dev/null && [ $n -lt 50 ]; do sleep 0.1; n=$((n + 1)); done
kill -KILL "$1" 2>/dev/null
n=0
while [ -n "$2" ] && [ -e "$2" ] && [ $n -lt 50 ]; do rm -rf -- "$2" 2>/dev/null || sleep 0.2; n=$((n + 1)); done"#;

    /// Watches over the process `server` and `folder`. Whoever ends the process says [`Watchdog::end`] then.
    pub fn start(server: u32, folder: Option<&Path>) -> Watchdog {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", Self::SCRIPT, "sh"]).arg(server.to_string()).arg(folder.unwrap_or(Path::new("")));
        command.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        // Without it a killed process leaves its servers behind; nothing else changes.
        Watchdog(command.spawn().ok().and_then(|mut child| child.stdin.take().map(|stdin| (child, stdin))))
    }

    /// The server has ended: nothing to watch any more. Killed before its pipe closes, so that it signals nobody.
    pub fn end(self) {
        if let Some((mut shell, stdin)) = self.0 {
            let _ = shell.kill();
            let _ = shell.wait();
            drop(stdin);
        }
    }
}

/// A port of 127.0.0.1 that nobody listens on right now, outside of the range for outgoing connections.
///
/// # Errors
/// Where a thousand random ones are taken.
pub fn free_port() -> Result<u16, ClusterError> {
    let span = PORTS.end - PORTS.start;
    for _ in 0..1000 {
        let random = u16::from_str_radix(&random_hex(2), 16).unwrap_or(0);
        let port = PORTS.start + random % span;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    Err(ClusterError::NoPort)
}

fn temporary_folder() -> PathBuf {
    std::env::temp_dir().join(format!("pgtenant-{}", random_hex(6)))
}

fn signal(pid: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, signal);
    }
}

fn children_of(pid: u32) -> Vec<u32> {
    let text = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    text.split_whitespace().filter_map(|child| child.parse().ok()).collect()
}

/// A process that waits to be reaped by its new parent is dead enough.
fn is_alive(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|rest| !rest.trim().is_empty() && !rest.trim_start().starts_with(['Z', 'X']))
}
