//! The proxy as a process of its own.

use std::{
    fs::{self, File},
    os::unix::process::CommandExt,
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tokio_postgres::{Client, NoTls};

use super::{
    bed::{Bed, PASSWORD},
    cluster, eventually,
    wire::{Refused, Wire},
};

/// A running proxy. It ends with the value; a test fails whose proxy has panicked.
pub struct Proxy {
    child: Child,
    watchdog: (Child, Option<ChildStdin>),
    /// Its files.
    pub bed: Bed,
}

impl Proxy {
    /// Starts it and waits until it listens.
    pub async fn start(bed: Bed) -> Proxy {
        let (child, watchdog) = spawn(&bed);
        let mut proxy = Proxy { child, watchdog, bed };
        proxy.listens().await;
        proxy
    }

    /// Starts it once more, when it has ended, and waits until it listens.
    pub async fn start_again(&mut self) {
        assert!(!self.runs());
        let _ = self.watchdog.0.kill();
        let _ = self.watchdog.0.wait();
        (self.child, self.watchdog) = spawn(&self.bed);
        self.listens().await;
    }

    async fn listens(&mut self) {
        for _ in 0..1000 {
            if self.log().contains("listening") {
                return;
            }
            assert!(self.runs(), "the proxy didn't start:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the proxy doesn't listen:\n{}", self.log());
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.bed.port
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.bed.folder().join("log")).unwrap_or_default()).into_owned()
    }

    /// Waits until it has logged `text` that often.
    pub async fn logged(&self, text: &str, times: usize) {
        eventually(&format!("{text:?} in the log, {times} times"), || async { self.log().matches(text).count() >= times }).await;
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end.
    pub async fn ended(&mut self, limit: Duration) -> ExitStatus {
        let deadline = tokio::time::Instant::now() + limit;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(tokio::time::Instant::now() < deadline, "the proxy didn't end in {limit:?}:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Resident memory in kB.
    pub fn rss_kb(&self) -> u64 {
        self.status_kb("VmRSS:")
    }

    /// The most memory that it ever had, in kB.
    pub fn peak_kb(&self) -> u64 {
        self.status_kb("VmHWM:")
    }

    /// Begins to measure the peak anew. `false` where the kernel doesn't let us.
    pub fn reset_peak(&self) -> bool {
        fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").is_ok()
    }

    fn status_kb(&self, field: &str) -> u64 {
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = text.lines().find(|line| line.starts_with(field)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// How to connect as a login.
    pub fn config(&self, login: &str) -> tokio_postgres::Config {
        let mut config = tokio_postgres::Config::new();
        config.host("127.0.0.1").port(self.port()).user(login).password(PASSWORD).connect_timeout(Duration::from_secs(20));
        config
    }

    /// A session of `acme_app`.
    pub async fn client(&self) -> Client {
        self.client_of("acme_app").await
    }

    /// A session of a login.
    pub async fn client_of(&self, login: &str) -> Client {
        self.try_client(login).await.unwrap_or_else(|error| panic!("{login}: {error:?}\n{}", self.log()))
    }

    /// A session of a login, or why there is none.
    pub async fn try_client(&self, login: &str) -> Result<Client, tokio_postgres::Error> {
        let (client, connection) = self.config(login).connect(NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// A connection on which nothing was said yet.
    pub async fn dial(&self) -> Wire {
        Wire::tcp(self.port()).await
    }

    /// A raw session of `acme_app`.
    pub async fn wire(&self) -> Wire {
        self.wire_of("acme_app", &[]).await
    }

    /// A raw session of a login with further startup parameters.
    pub async fn wire_of(&self, login: &str, parameters: &[(&str, &str)]) -> Wire {
        self.try_wire(login, parameters).await.unwrap_or_else(|refused| panic!("{login}: {refused:?}\n{}", self.log()))
    }

    /// A raw session of a login, or why there is none.
    pub async fn try_wire(&self, login: &str, parameters: &[(&str, &str)]) -> Result<Wire, Refused> {
        let mut wire = self.dial().await;
        wire.log_in(login, PASSWORD, parameters).await?;
        Ok(wire)
    }

    /// A superuser's session on the tenant's database, past the proxy.
    pub async fn owner(&self, tenant: &str) -> Client {
        cluster::superuser(cluster::shared(), &self.bed.database(tenant)).await
    }
}

/// The process, and one that outlives us where we are killed, and then ends it.
fn spawn(bed: &Bed) -> (Child, (Child, Option<ChildStdin>)) {
    let log = File::create(bed.folder().join("log")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_pgtenant"));
    command.arg("serve").arg("--config").arg(bed.folder().join("pgtenant.toml"));
    command
        .env("RUST_LOG", std::env::var("PGTENANT_TEST_LOG").unwrap_or_else(|_| "info".to_owned()))
        .env("RUST_BACKTRACE", "1")
        .env("NO_COLOR", "1");
    let child = command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).process_group(0).spawn().unwrap();
    let mut watchdog = Command::new("/bin/sh");
    watchdog.args(["-c", "read -r _; kill -KILL \"$1\" 2>/dev/null", "sh", &child.id().to_string()]);
    let mut watchdog = watchdog.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0).spawn().unwrap();
    let pipe = watchdog.stdin.take();
    (child, (watchdog, pipe))
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = self.watchdog.0.kill();
        let _ = self.watchdog.0.wait();
        let log = self.log();
        if std::thread::panicking() {
            eprintln!("--- the proxy's log\n{log}");
        } else {
            assert!(!log.contains("panicked"), "the proxy panicked:\n{log}");
        }
    }
}
