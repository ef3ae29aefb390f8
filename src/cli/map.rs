//! `pgtenant map diff|apply|history|rollback|show`: the shard map's changes.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use comfy_table::{Table, presets};
use serde_json::json;

use crate::{
    config::{ConfigErrors, Settings},
    lifecycle::maps::{EditRules, HistoryEntry, MapError, MapStore, Signature, Taken, in_full},
    telemetry::calendar::Moment,
};

/// What can be done about the map.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum MapCommand {
    /// Tell what a file would change, and whether it may be taken.
    Diff {
        /// The new map
        file: PathBuf,
        /// Where the map is
        #[command(flatten)]
        place: Place,
    },
    /// Take a file as the new map. It begins as the map that there is (`map show`), whose `revision` says what it was made from.
    Apply {
        /// The new map
        file: PathBuf,
        /// Where the map is
        #[command(flatten)]
        place: Place,
        /// How it is changed
        #[command(flatten)]
        how: How,
    },
    /// Tell the map's versions: who made them, when, why, and what they changed.
    History {
        /// Where the map is
        #[command(flatten)]
        place: Place,
        /// So many of the last ones
        #[arg(long, default_value_t = 20)]
        limit: usize,
        /// JSON lines in place of a table
        #[arg(long)]
        json: bool,
    },
    /// Take an older version again, as a new version.
    Rollback {
        /// Which one
        version: u64,
        /// Where the map is
        #[command(flatten)]
        place: Place,
        /// How it is changed
        #[command(flatten)]
        how: How,
    },
    /// Print the map, or one of its versions.
    Show {
        /// Which one; the newest by default
        version: Option<u64>,
        /// Where the map is
        #[command(flatten)]
        place: Place,
    },
}

/// Where the map is.
#[derive(Clone, Debug, clap::Args)]
pub struct Place {
    /// The file pgtenant.toml
    #[arg(long)]
    config: PathBuf,
}

/// How a change is made.
#[derive(Clone, Debug, clap::Args)]
pub struct How {
    /// Change nothing, only tell
    #[arg(long)]
    dry_run: bool,
    /// Also where tenants would be left without their data, because that has been moved by other means
    #[arg(long)]
    force: bool,
    /// Only if the map is at this version
    #[arg(long, value_name = "VERSION")]
    expect: Option<u64>,
    #[command(flatten)]
    signed: Signed,
}

/// Who changes the map, and why.
#[derive(Clone, Debug, clap::Args)]
pub struct Signed {
    /// Why, for the map's history
    #[arg(long)]
    reason: Option<String>,
    /// Who; the user of this system by default
    #[arg(long)]
    author: Option<String>,
}

impl Signed {
    pub(super) fn signature(&self) -> Signature {
        let author = self.author.clone().filter(|author| !author.is_empty()).unwrap_or_else(user);
        Signature { author, reason: self.reason.clone().filter(|reason| !reason.is_empty()) }
    }
}

/// Who runs this: behind `sudo`, who ran that.
fn user() -> String {
    let named = ["SUDO_USER", "USER", "LOGNAME"].into_iter().filter_map(|name| std::env::var(name).ok());
    named.into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| format!("uid {}", rustix::process::getuid().as_raw()))
}

/// Why the command fails.
#[derive(Debug, thiserror::Error)]
pub enum MapCommandError {
    /// The map isn't read or changed.
    #[error("{}", in_full(.0))]
    Map(MapError),
    /// The new map's file.
    #[error("{}: {source}", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why it can't be read.
        source: io::Error,
    },
}

impl From<MapError> for MapCommandError {
    fn from(error: MapError) -> Self {
        MapCommandError::Map(error)
    }
}

impl From<ConfigErrors> for MapCommandError {
    fn from(errors: ConfigErrors) -> Self {
        MapCommandError::Map(errors.into())
    }
}

/// Runs the command and tells what it did.
///
/// # Errors
/// See [`MapCommandError`].
pub async fn run(command: &MapCommand) -> Result<ExitCode, MapCommandError> {
    match command {
        MapCommand::Diff { file, place } => diff(file, &store(&place.config)?).await,
        MapCommand::Apply { file, place, how } => {
            let text = read(file)?;
            let taken = store(&place.config)?.apply(&text, &how.signed.signature(), how.rules()).await?;
            Ok(tell(&taken, how.dry_run))
        }
        MapCommand::History { place, limit, json } => {
            let store = store(&place.config)?;
            let entries = store.history(*limit).await?;
            print!("{}", if *json { lines(&entries) } else { table(&entries) });
            Ok(ExitCode::SUCCESS)
        }
        MapCommand::Rollback { version, place, how } => {
            let taken = store(&place.config)?.rollback(*version, &how.signed.signature(), how.rules()).await?;
            Ok(tell(&taken, how.dry_run))
        }
        MapCommand::Show { version, place } => {
            let store = store(&place.config)?;
            let text = match version {
                Some(version) => store.text(*version).await?,
                None => store.current().await?,
            };
            print!("{text}");
            Ok(ExitCode::SUCCESS)
        }
    }
}

pub(super) fn store(config: &Path) -> Result<MapStore, MapError> {
    MapStore::open(&Settings::load(config)?)
}

fn read(file: &Path) -> Result<String, MapCommandError> {
    fs::read_to_string(file).map_err(|source| MapCommandError::File { file: file.to_owned(), source })
}

impl How {
    fn rules(&self) -> EditRules {
        EditRules { expected: self.expect, force: self.force, dry_run: self.dry_run }
    }
}

/// A file that was made from an older version is told of as well: what it would take back is what one wants to see.
async fn diff(file: &Path, store: &MapStore) -> Result<ExitCode, MapCommandError> {
    let text = read(file)?;
    let rules = EditRules { dry_run: true, ..EditRules::default() };
    let nobody = Signature { author: String::new(), reason: None };
    let outdated = match store.apply(&text, &nobody, rules).await {
        Ok(taken) => return Ok(tell(&taken, true)),
        Err(error @ (MapError::Conflict { .. } | MapError::EditedInPlace(_) | MapError::NoBase(_))) => error,
        Err(error) => return Err(error.into()),
    };
    let taken = store.compare(&text).await?;
    tell(&taken, true);
    eprintln!("pgtenant: it wouldn't be taken: {}", in_full(&outdated));
    Ok(ExitCode::FAILURE)
}

/// What a change did, or would do.
pub(super) fn tell(taken: &Taken, dry_run: bool) -> ExitCode {
    if taken.changes.is_empty() {
        println!("{}", if taken.is_new { "nothing but the text changes" } else { "nothing changes" });
    }
    print!("{}", told(&taken.changes));
    if !dry_run && taken.is_new {
        println!("version {}", taken.version);
    }
    for reason in &taken.strands {
        eprintln!("{}: {reason}", if dry_run { "refused without --force" } else { "forced" });
    }
    if dry_run && !taken.strands.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// A line for each kind of change.
fn told(changes: &impl fmt::Display) -> String {
    changes.to_string().split("; ").filter(|change| *change != "nothing changed").map(|change| format!("{change}\n")).collect()
}

fn table(entries: &[HistoryEntry]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["version", "time", "author", "reason", "changes"]);
    for entry in entries {
        let version = format!("{}{}", entry.version, if entry.is_current { " *" } else { "" });
        let time = Moment::from_millis(entry.at_millis / 1000 * 1000).to_string();
        let reason = entry.reason.clone().unwrap_or_default();
        table.add_row([version, time, entry.author.clone(), reason, entry.changes.clone()]);
    }
    let mut text = table.trim_fmt() + "\n";
    if !entries.is_empty() && !entries.iter().any(|entry| entry.is_current) {
        text.push_str("The file has been edited in place since; `pgtenant map apply` of it gives that a version.\n");
    }
    text
}

fn lines(entries: &[HistoryEntry]) -> String {
    let line = |entry: &HistoryEntry| {
        json!({
            "version": entry.version,
            "base": entry.base,
            "time": Moment::from_millis(entry.at_millis),
            "author": entry.author,
            "reason": entry.reason,
            "changes": entry.changes,
            "current": entry.is_current,
        })
    };
    entries.iter().map(|entry| format!("{}\n", line(entry))).collect()
}
