//! Why the map isn't read or changed.

use std::{io, path::PathBuf};

use super::HistoryEntry;
use crate::{
    backend::control::ControlError,
    config::ConfigErrors,
    error::{ClientFacing, Report, SqlState, explain},
    shard_map::edit::EditError,
    telemetry::calendar::Moment,
};

/// Why the map isn't read or changed.
#[derive(Debug, thiserror::Error)]
pub enum MapError {
    /// An entry can't be changed that way.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The outcome isn't a map that may be taken.
    #[error("{0}")]
    Invalid(#[from] ConfigErrors),
    /// Tenants would be left without their data.
    #[error("{}", .0.join("; "))]
    Strands(Vec<String>),
    /// Somebody has changed it meanwhile.
    #[error("the shard map is at version {is}, not at {expected}{}", by(.last.as_deref()))]
    Conflict {
        /// The version that the change was made for.
        expected: u64,
        /// The version that there is.
        is: u64,
        /// Who made it.
        last: Option<Box<HistoryEntry>>,
    },
    /// The file was edited in place, and the change doesn't know of that.
    #[error("the shard map's file has been edited in place since version {0}")]
    EditedInPlace(u64),
    /// A new text that doesn't say what it was made from.
    #[error("the new map doesn't say which version it was made from, and there is version {0}")]
    NoBase(u64),
    /// Others were faster each time.
    #[error("others keep changing the shard map")]
    Busy,
    /// The history doesn't have it.
    #[error("the history has no version {0}")]
    NoSuchVersion(u64),
    /// The history doesn't hold what it says it does.
    #[error("version {0} of the history is damaged")]
    Damaged(u64),
    /// There is a store, but nothing in it.
    #[error("the shard map's store holds no map yet")]
    Empty,
    /// A file can't be read or written.
    #[error("{}: {source}", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The store can't be reached.
    #[error("the shard map's store is away: {0}")]
    Away(#[from] ControlError),
    /// It doesn't answer in time.
    #[error("the shard map's store is away: no answer within {0:?}")]
    Late(std::time::Duration),
    /// The store refuses.
    #[error("the shard map's store refuses: {}", explain(.0))]
    Refused(#[from] tokio_postgres::Error),
    /// The thread that reads maps is gone.
    #[error("{0}")]
    Thread(#[from] tokio::task::JoinError),
}

/// What kind of error it is, for those who answer in other protocols.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MapErrorKind {
    /// No such tenant.
    UnknownTenant,
    /// No such shard.
    UnknownShard,
    /// There is one already.
    Exists,
    /// Somebody has changed the map meanwhile.
    Conflict,
    /// Tenants would be left without their data, or logins without their tenant.
    Strands,
    /// Not a map that may be taken.
    Invalid,
    /// The history has no such version.
    NoSuchVersion,
    /// The store can't be reached, or holds nothing.
    Away,
    /// The store can be read but not written.
    ReadOnlyStore,
}

fn by(entry: Option<&HistoryEntry>) -> String {
    let Some(entry) = entry else { return String::new() };
    let reason = entry.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    format!(": {} changed it at {}{reason}: {}", entry.author, Moment::from_millis(entry.at_millis), entry.changes)
}

impl MapError {
    /// Its kind.
    pub fn kind(&self) -> MapErrorKind {
        match self {
            MapError::Edit(EditError::UnknownTenant(_)) => MapErrorKind::UnknownTenant,
            MapError::Edit(EditError::UnknownShard(_)) => MapErrorKind::UnknownShard,
            MapError::Edit(EditError::TenantExists(_)) => MapErrorKind::Exists,
            MapError::Edit(EditError::LoginsLeft { .. }) | MapError::Strands(_) => MapErrorKind::Strands,
            MapError::Edit(EditError::BadKey(_) | EditError::Syntax(_)) | MapError::Invalid(_) => MapErrorKind::Invalid,
            MapError::Conflict { .. } | MapError::EditedInPlace(_) | MapError::NoBase(_) | MapError::Busy => MapErrorKind::Conflict,
            MapError::NoSuchVersion(_) | MapError::Damaged(_) => MapErrorKind::NoSuchVersion,
            MapError::File { source, .. }
                if matches!(source.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) =>
            {
                MapErrorKind::ReadOnlyStore
            }
            MapError::Refused(error) if error.code() == Some(&tokio_postgres::error::SqlState::INSUFFICIENT_PRIVILEGE) => {
                MapErrorKind::ReadOnlyStore
            }
            MapError::Empty
            | MapError::File { .. }
            | MapError::Away(_)
            | MapError::Late(_)
            | MapError::Refused(_)
            | MapError::Thread(_) => MapErrorKind::Away,
        }
    }

    /// What helps.
    fn hint(&self) -> Option<&'static str> {
        Some(match self {
            MapError::Edit(EditError::LoginsLeft { .. }) => "Drop them first, or drop the tenant with CASCADE.",
            MapError::Strands(_) => "Move the data first. `pgtenant map apply --force` takes the map all the same.",
            MapError::Conflict { .. } => "Look at it (`pgtenant map diff`), and make the change for the new version.",
            MapError::EditedInPlace(_) => {
                "`pgtenant map apply` of the map's own file gives what was edited in place a version of its own. Then make the change for that."
            }
            MapError::NoBase(_) => "Begin with `pgtenant map show`, whose `revision` says it, or say --expect VERSION.",
            MapError::Empty => "`pgtenant map apply FILE` puts the first one there.",
            MapError::Busy => "Try again.",
            _ => return None,
        })
    }
}

impl ClientFacing for MapError {
    fn report(&self) -> Report {
        let state = match self.kind() {
            MapErrorKind::UnknownTenant | MapErrorKind::UnknownShard | MapErrorKind::NoSuchVersion => SqlState::UNDEFINED_OBJECT,
            MapErrorKind::Exists => SqlState::DUPLICATE_OBJECT,
            MapErrorKind::Conflict => SqlState::SERIALIZATION_FAILURE,
            MapErrorKind::Strands => SqlState::DEPENDENT_OBJECTS_STILL_EXIST,
            MapErrorKind::Invalid => SqlState::INVALID_PARAMETER_VALUE,
            MapErrorKind::Away => SqlState::CONNECTION_FAILURE,
            MapErrorKind::ReadOnlyStore => SqlState::READ_ONLY_SQL_TRANSACTION,
        };
        let report = match self.kind() {
            MapErrorKind::Strands | MapErrorKind::Invalid | MapErrorKind::Away | MapErrorKind::ReadOnlyStore => {
                Report::new(state, "the shard map can't be changed that way").with_detail(self.to_string())
            }
            _ => Report::new(state, self.to_string()),
        };
        match self.hint() {
            Some(hint) => report.with_hint(hint),
            None => report,
        }
    }
}

/// The error and the way out, for a command line.
pub(crate) fn in_full(error: &MapError) -> String {
    match error.hint() {
        Some(hint) => format!("{error}\n{hint}"),
        None => error.to_string(),
    }
}
