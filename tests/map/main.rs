//! The shard map's changes: by the command line, by several editors at once, with editors that are killed, and on a store that several
//! proxies follow, under load and without it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test fails on the spot"
)]

#[path = "../support/mod.rs"]
mod support;

mod audit;
mod commands;
mod editors;
mod import;
mod store;

use std::{
    path::Path,
    process::{Command, Output, Stdio},
};

/// The program with these arguments, on a folder's configuration.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pgtenant"));
    command.args(arguments).arg("--config").arg(folder.join("pgtenant.toml")).current_dir(folder);
    command.env("USER", "tester").env_remove("SUDO_USER").env("RUST_LOG", "warn").env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

/// What became of a command.
pub struct Said {
    pub good: bool,
    pub out: String,
    pub err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Said {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Said { good: output.status.success(), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// Runs the program.
pub fn run(folder: &Path, arguments: &[&str]) -> Said {
    command(folder, arguments).output().unwrap().into()
}

/// Runs it where it must succeed; what it prints.
pub fn good(folder: &Path, arguments: &[&str]) -> String {
    let said = run(folder, arguments);
    assert!(said.good, "{arguments:?}: {}{}", said.out, said.err);
    said.out
}
