//! The command line: one file per subcommand.

pub mod check;
mod serve;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

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
        #[arg(long)]
        config: PathBuf,
    },
    /// Check the configuration and the shard map that it names.
    Check {
        /// The file pgtenant.toml.
        #[arg(long)]
        config: PathBuf,
    },
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    start_logging();
    match arguments.command {
        Command::Serve { config } => serve::run(&config),
        Command::Check { config } => {
            let report = check::check(&config);
            print!("{report}");
            if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
    }
}

/// Logs go to standard error; `RUST_LOG` says what, in tracing's syntax.
fn start_logging() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).init();
}
