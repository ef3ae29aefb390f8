//! The command line: one file per subcommand.

pub mod audit;
pub mod bench;
pub mod check;
mod completions;
pub mod create;
pub mod demo;
pub mod explain_rewrite;
pub mod import_pgbouncer;
pub mod map;
mod serve;
pub mod shard;
pub mod show;
pub mod tenants;
pub mod usage;

use std::{
    convert::Infallible,
    fmt::Display,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{CommandFactory, Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, Settings};

/// A PostgreSQL proxy that serves many tenants from few databases.
#[derive(Parser)]
#[command(name = "pgtenant", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve clients. SIGHUP reloads, SIGTERM drains, SIGINT ends at once.
    Serve {
        /// The file pgtenant.toml.
        #[arg(long, required_unless_present = "pgbouncer_ini")]
        config: Option<PathBuf>,
        /// A PgBouncer's configuration in place of it: see import-pgbouncer.
        #[arg(long, value_name = "FILE", conflicts_with = "config")]
        pgbouncer_ini: Option<PathBuf>,
    },
    /// Make pgtenant's files of a PgBouncer's, and tell line by line what can't be taken over.
    ImportPgbouncer(import_pgbouncer::ImportArgs),
    /// Set a tenant of the shard map up on its shard. A second run changes nothing.
    Create(create::CreateArgs),
    /// Show where a tenant lives, what it may use, and what its data takes.
    Show(show::ShowArgs),
    /// List the tenants of the shard map.
    List(tenants::ListArgs),
    /// Let a tenant do nothing any more, on all proxies: its sessions end. Its data stays.
    Suspend(tenants::SuspendArgs),
    /// Let a tenant that was suspended, or could only read, do everything again.
    Resume(tenants::ResumeArgs),
    /// Look at the shard map's changes, make some, take them back.
    #[command(subcommand)]
    Map(map::MapCommand),
    /// Check the audit trail.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Change something about a whole shard.
    #[command(subcommand)]
    Shard(shard::ShardCommand),
    /// Try it: PostgreSQL shards, tenants of all models with data, and the proxy; all of it gone in the end.
    Demo(demo::DemoArgs),
    /// Load a pgtenant, another pooler or a server with many tenants at once, and tell what each of them got.
    Bench(Box<bench::BenchArgs>),
    /// Tell what becomes of a tenant's statement, without running it: verdict, reason, and the text that would run.
    ExplainRewrite(explain_rewrite::ExplainRewriteArgs),
    /// Write a shell's completions to standard output.
    Completions {
        /// For which shell.
        shell: clap_complete::Shell,
    },
    /// Write the manual's page to standard output: `pgtenant man | man -l -`.
    Man,
    /// Sum up what tenants have done, from the usage records.
    Usage(usage::UsageArgs),
    /// Check the configuration and the shard map that it names, and perhaps the shards.
    Check {
        /// The file pgtenant.toml.
        #[arg(long)]
        config: PathBuf,
        /// Look for holes in the isolation of the tenants on their shards, too.
        #[arg(long)]
        live: bool,
        /// Close those that are safe to close.
        #[arg(long, requires = "live")]
        fix: bool,
    },
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    start_logging(arguments.command.log_format());
    match arguments.command {
        Command::Serve { config, pgbouncer_ini } => serve::run(config.as_deref(), pgbouncer_ini.as_deref()),
        Command::ImportPgbouncer(arguments) => finish(std::future::ready(import_pgbouncer::run(&arguments))),
        Command::Create(arguments) => finish(create::run(&arguments)),
        Command::Show(arguments) => finish(show::run(&arguments)),
        Command::List(arguments) => finish(tenants::list(&arguments)),
        Command::Suspend(arguments) => finish(tenants::suspend(&arguments)),
        Command::Resume(arguments) => finish(tenants::resume(&arguments)),
        Command::Map(command) => finish(map::run(&command)),
        Command::Audit(command) => finish(std::future::ready(audit::run(&command))),
        Command::Shard(command) => finish(shard::run(&command)),
        Command::Demo(arguments) => finish(demo::run(arguments)),
        Command::Bench(arguments) => finish(bench::run(*arguments)),
        Command::ExplainRewrite(arguments) => finish(explain_rewrite::run(&arguments)),
        Command::Completions { shell } => {
            finish(std::future::ready(completions::completions(shell, Arguments::command()).map(|()| ExitCode::SUCCESS)))
        }
        Command::Man => finish(std::future::ready(completions::man(Arguments::command()).map(|()| ExitCode::SUCCESS))),
        Command::Usage(arguments) => finish(std::future::ready(usage::run(&arguments))),
        Command::Check { config, live, fix } => {
            let report = check::check(&config);
            print!("{report}");
            if !report.is_good() {
                return ExitCode::FAILURE;
            }
            if live { finish(look(&config, fix)) } else { ExitCode::SUCCESS }
        }
    }
}

async fn look(config: &Path, fix: bool) -> Result<ExitCode, Infallible> {
    let report = check::live::check_live(config, fix).await;
    print!("{}", report.text);
    Ok(if report.open == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs a command that isn't the server, on this thread.
fn finish<E: Display>(command: impl Future<Output = Result<ExitCode, E>>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome =
        runtime.map_err(|error| error.to_string()).and_then(|runtime| runtime.block_on(command).map_err(|error| error.to_string()));
    outcome.unwrap_or_else(|error| {
        eprintln!("pgtenant: {error}");
        ExitCode::FAILURE
    })
}

/// Logs go to standard error; `RUST_LOG` says what, in tracing's syntax.
fn start_logging(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}

impl Command {
    /// As the file of the server says; what is wrong with that is told when it is read for good.
    fn log_format(&self) -> LogFormat {
        match self {
            Command::Serve { config: Some(config), .. } => Settings::load(config).map(|settings| settings.log.format).unwrap_or_default(),
            _ => LogFormat::default(),
        }
    }
}
