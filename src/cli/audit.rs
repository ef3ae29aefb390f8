//! `pgtenant audit verify FILE…`: whether an audit trail is whole.

use std::{io, path::PathBuf, process::ExitCode};

use serde_json::json;

use crate::telemetry::audit::verify;

/// What can be done about the trail.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum AuditCommand {
    /// Tell whether files of the trail are whole: no line changed, none missing, none moved. Give all files that follow each other.
    Verify {
        /// Files of the trail, in any order
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// A hash that was noted before (the proxy logs one for each file, and at its end): the trail must hold it
        #[arg(long, value_name = "HASH")]
        holds: Option<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command and tells what it found.
///
/// # Errors
/// A file can't be read.
pub fn run(command: &AuditCommand) -> io::Result<ExitCode> {
    let AuditCommand::Verify { files, holds, json } = command;
    let (text, told) = match verify(files, holds.as_deref())? {
        Err(fault) => {
            let told = json!({ "whole": false, "file": fault.file.display().to_string(), "line": fault.line, "reason": fault.what });
            (fault.to_string(), told)
        }
        Ok(None) => ("no line in these files".to_owned(), json!({ "whole": false, "reason": "no line in these files" })),
        Ok(Some(found)) => {
            let (first, last) = found.numbers;
            let told = json!({ "whole": found.has_known != Some(false), "first": first, "last": last, "hash": found.hash });
            match found.has_known {
                Some(false) => ("the trail doesn't hold that hash: lines are missing at its end, or it is another one".to_owned(), told),
                _ => {
                    print!("{}", if *json { format!("{told}\n") } else { whole(first, last, &found.hash) });
                    return Ok(ExitCode::SUCCESS);
                }
            }
        }
    };
    match json {
        true => println!("{told}"),
        false => eprintln!("pgtenant: {text}"),
    }
    Ok(ExitCode::FAILURE)
}

fn whole(first: u64, last: u64, hash: &str) -> String {
    let begin = if first > 1 { " (what came before isn't in these files)" } else { "" };
    format!("whole: lines {first} to {last}{begin}\nlast hash: {hash}\n")
}
