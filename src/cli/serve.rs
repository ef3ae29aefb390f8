//! `pgtenant serve`

use std::{path::Path, process::ExitCode};

use crate::server;

/// Serves until a signal ends it.
pub(super) fn run(config: &Path) -> ExitCode {
    match server::serve(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pgtenant: {error}");
            ExitCode::FAILURE
        }
    }
}
