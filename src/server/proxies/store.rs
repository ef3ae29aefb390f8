//! Where proxies tell each other what they hold: write first, then read all. Whatever is written when a read begins is in what is read.

use std::time::{Duration, Instant};

use super::{folder::FolderStore, postgres::PostgresStore};
use crate::{
    backend::control::ControlError,
    error::explain,
    tenant::shares::{Record, Seen},
};

/// Records that nobody has written for so long are cleared away.
pub(super) const FORGOTTEN: Duration = Duration::from_secs(120);
/// A store that doesn't answer by then is away.
const LIMIT: Duration = Duration::from_secs(2);

/// Why a store can't be reached.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoreError {
    /// The folder's.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// There is no connection to the database.
    #[error("{0}")]
    Connect(#[from] ControlError),
    /// It refuses.
    #[error("{}", explain(.0))]
    Refused(#[from] tokio_postgres::Error),
    /// It takes too long.
    #[error("no answer within {LIMIT:?}")]
    Late,
    /// The thread that reads files is gone.
    #[error("{0}")]
    Thread(#[from] tokio::task::JoinError),
}

/// A moment by the store's clock, and by ours.
#[derive(Clone, Copy, Debug)]
pub(super) struct StoreTime {
    /// Milliseconds since 1970.
    pub(super) millis: u64,
    /// The same moment here.
    pub(super) here: Instant,
}

/// What was found.
pub(super) struct Found {
    pub(super) seen: Vec<Seen>,
    pub(super) time: StoreTime,
}

/// A place for records.
pub(super) enum Store {
    Folder(FolderStore),
    Postgres(Box<PostgresStore>),
}

impl Store {
    /// Writes a proxy's record, then reads all.
    pub(super) async fn exchange(&mut self, record: &Record) -> Result<Found, StoreError> {
        let exchanged = async {
            match self {
                Store::Folder(folder) => folder.exchange(record).await,
                Store::Postgres(postgres) => postgres.exchange(record).await,
            }
        };
        let outcome = tokio::time::timeout(LIMIT, exchanged).await.unwrap_or(Err(StoreError::Late));
        if let (Err(_), Store::Postgres(postgres)) = (&outcome, self) {
            postgres.hang_up();
        }
        outcome
    }

    /// Writes the last record of a proxy that leaves; where it is alone, nothing stays.
    pub(super) async fn leave(&mut self, record: &Record, is_alone: bool) -> Result<(), StoreError> {
        let left = async {
            match self {
                Store::Folder(folder) => folder.leave(record, is_alone),
                Store::Postgres(postgres) => postgres.leave(record, is_alone).await,
            }
        };
        tokio::time::timeout(LIMIT, left).await.unwrap_or(Err(StoreError::Late))
    }
}

impl StoreTime {
    /// Milliseconds by the store's clock.
    pub(super) fn at(&self, here: Instant) -> u64 {
        match here.checked_duration_since(self.here) {
            Some(later) => self.millis.saturating_add(later.as_millis() as u64),
            None => self.millis.saturating_sub(self.here.saturating_duration_since(here).as_millis() as u64),
        }
    }

    /// The moment here that is a moment there.
    pub(super) fn here(&self, millis: u64) -> Instant {
        match millis.checked_sub(self.millis) {
            Some(later) => self.here + Duration::from_millis(later),
            None => self.here.checked_sub(Duration::from_millis(self.millis - millis)).unwrap_or(self.here),
        }
    }
}
