//! `pgtenant serve`

use std::{path::Path, process::ExitCode};

use super::import_pgbouncer::Imported;
use crate::server;

/// Serves until a signal ends it, by a configuration or by a PgBouncer's.
pub(super) fn run(config: Option<&Path>, pgbouncer_ini: Option<&Path>) -> ExitCode {
    // Its files go when it ends.
    let imported = match pgbouncer_ini.map(Imported::of).transpose() {
        Ok(imported) => imported,
        Err(error) => {
            eprintln!("pgtenant: {error}");
            return ExitCode::FAILURE;
        }
    };
    let own = imported.as_ref().map(Imported::config);
    match server::serve(own.as_deref().or(config).unwrap_or(Path::new("pgtenant.toml"))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pgtenant: {error}");
            ExitCode::FAILURE
        }
    }
}
