//! The shard map where it is kept: read, changed, its history, and its older versions.
//!
//! Every change is checked whole before it is taken, says who made it and why, and is made for a version: where another one has come
//! meanwhile, it is made anew for that, or refused. Proxies take note by themselves.

mod change;
mod error;
mod file;
mod postgres;
mod record;

use std::{
    io,
    path::{Path, PathBuf},
};

pub(crate) use error::in_full;
pub use error::{MapError, MapErrorKind};
pub use record::Signature;

use crate::{
    config::{ConfigErrors, Environment, MapLocation, Settings},
    shard_map::{
        Changes, ShardMap,
        edit::{Edit, split_revision, with_revision},
    },
};
use change::Change;
use file::FileStore;
use postgres::PostgresStore;
use record::{Record, text_of};

/// How often a change is made anew because others were faster.
const ATTEMPTS: u32 = 20;

/// Where the map is kept. Clones are the same one.
#[derive(Clone)]
pub struct MapStore {
    backend: Backend,
    cache: Option<PathBuf>,
}

#[derive(Clone)]
enum Backend {
    File(FileStore),
    Postgres(PostgresStore),
}

/// The newest version.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Head {
    version: u64,
    /// Without the line that counts versions.
    body: String,
    /// The history doesn't have this text: the file was edited in place.
    is_unrecorded: bool,
}

/// What takes its place.
struct NewVersion {
    body: String,
    signature: Signature,
    changes: String,
}

/// How a change is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct EditRules {
    /// Only if the map is at this version.
    pub expected: Option<u64>,
    /// Also if tenants would be left without their data: it has been moved by other means.
    pub force: bool,
    /// Nothing is changed, only looked at.
    pub dry_run: bool,
}

/// What a change has done, or would do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Taken {
    /// The map's version after it.
    pub version: u64,
    /// What it changes, in words.
    pub changes: Changes,
    /// Whether there is anything new: a text may differ without a change.
    pub is_new: bool,
    /// Why `force` was needed, or would be.
    pub strands: Vec<String>,
}

/// A version of the map.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HistoryEntry {
    /// Its number.
    pub version: u64,
    /// The version that it was made from; 0: none.
    pub base: u64,
    /// When, in milliseconds since 1970.
    pub at_millis: u64,
    /// Who.
    pub author: String,
    /// Why.
    pub reason: Option<String>,
    /// What it changed, in words.
    pub changes: String,
    /// Whether it is the newest one, as it stands in the store.
    pub is_current: bool,
}

/// A map's text, as it came from the store.
pub struct MapText {
    text: String,
    /// Its version.
    pub revision: u64,
    name: PathBuf,
    folder: PathBuf,
    /// The file that holds it: what a watch should look at.
    file: Option<PathBuf>,
}

impl MapStore {
    /// The store that `pgtenant.toml` names.
    ///
    /// # Errors
    /// What it says isn't a connection string.
    pub fn open(settings: &Settings) -> Result<MapStore, MapError> {
        let cache = settings.shard_map_cache.clone();
        Ok(MapStore { cache, ..MapStore::at(&settings.shard_map)? })
    }

    /// The store of a map's location, without a cache.
    ///
    /// # Errors
    /// What it says isn't a connection string.
    pub fn at(location: &MapLocation) -> Result<MapStore, MapError> {
        let backend = match location {
            MapLocation::File(file) => Backend::File(FileStore { file: file.clone() }),
            MapLocation::Postgres { url, folder } => Backend::Postgres(PostgresStore::new(url.reveal(), folder.clone())?),
        };
        Ok(MapStore { backend, cache: None })
    }

    /// The newest map, checked, with this process's secrets.
    ///
    /// # Errors
    /// See [`MapError`].
    pub async fn load(&self) -> Result<ShardMap, MapError> {
        let text = self.fetch().await?;
        tokio::task::spawn_blocking(move || text.read(&Environment::process())).await?.map_err(MapError::Invalid)
    }

    /// The newest map's text.
    ///
    /// # Errors
    /// The store's.
    pub async fn fetch(&self) -> Result<MapText, MapError> {
        let head = match &self.backend {
            // Its own text, so that complaints tell its lines.
            Backend::File(store) => {
                let store = store.clone();
                return tokio::task::spawn_blocking(move || {
                    let text = std::fs::read_to_string(&store.file);
                    let text = text.map_err(|error| MapError::Invalid(ConfigErrors::unreadable(&store.file, &error)))?;
                    let folder = store.file.parent().unwrap_or(Path::new("")).to_owned();
                    let (_, revision) = split_revision(&text);
                    Ok(MapText { text, revision, name: store.file.clone(), folder, file: Some(store.file) })
                })
                .await?;
            }
            Backend::Postgres(store) => store.head().await?,
        };
        Ok(MapText {
            text: with_revision(&head.body, head.version),
            revision: head.version,
            name: self.name(),
            folder: self.folder(),
            file: None,
        })
    }

    /// The map that was kept for a start without its store.
    ///
    /// # Errors
    /// The file's; none where no cache is configured.
    pub fn cached(&self) -> Option<io::Result<MapText>> {
        let file = self.cache.clone()?;
        Some(std::fs::read_to_string(&file).map(|text| {
            let (_, revision) = split_revision(&text);
            MapText { text, revision, name: file, folder: self.folder(), file: None }
        }))
    }

    /// Keeps a map that was taken for a start without its store, if that is configured.
    ///
    /// # Errors
    /// The file's.
    pub fn keep(&self, text: &MapText) -> io::Result<()> {
        match (&self.cache, &self.backend) {
            (Some(file), Backend::Postgres(_)) => file::write_whole(file, &text.text),
            _ => Ok(()),
        }
    }

    /// Calls `changed` for each version after `seen`, whatever becomes of the store meanwhile; never returns. A file has a
    /// [`crate::shard_map::Watch`] instead.
    pub async fn follow(&self, seen: u64, changed: impl Fn()) {
        match &self.backend {
            Backend::File(_) => std::future::pending().await,
            Backend::Postgres(store) => store.follow(seen, changed).await,
        }
    }

    /// Changes entries.
    ///
    /// # Errors
    /// See [`MapError`]: nothing has changed then.
    pub async fn edit(&self, edits: &[Edit], signature: &Signature, rules: EditRules) -> Result<Taken, MapError> {
        self.change(Change::Edits(edits.to_vec()), signature, rules).await
    }

    /// Takes a whole new text. Its `revision` says what it was made from, unless `rules` do.
    ///
    /// # Errors
    /// See [`MapError`]: nothing has changed then.
    pub async fn apply(&self, text: &str, signature: &Signature, rules: EditRules) -> Result<Taken, MapError> {
        self.change(Change::whole(text), signature, rules).await
    }

    /// What a whole new text would change, whatever it was made from. It isn't taken.
    ///
    /// # Errors
    /// See [`MapError`].
    pub async fn compare(&self, text: &str) -> Result<Taken, MapError> {
        let head = self.head().await?;
        let (body, _) = split_revision(text);
        let (name, folder) = (self.name(), self.folder());
        let rules = EditRules { dry_run: true, ..EditRules::default() };
        // As an older version's text: nothing says what that was made from, and tenants that have come since are told of.
        let change = Change::Back { to: 0, body };
        Ok(tokio::task::spawn_blocking(move || change.make(&head, rules, &name, &folder)).await??.1)
    }

    /// Takes the text of an older version again, as a new version.
    ///
    /// # Errors
    /// See [`MapError`]: nothing has changed then.
    pub async fn rollback(&self, to: u64, signature: &Signature, rules: EditRules) -> Result<Taken, MapError> {
        let (body, _) = split_revision(&self.text(to).await?);
        self.change(Change::Back { to, body }, signature, rules).await
    }

    /// So many of the last versions, newest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn history(&self, limit: usize) -> Result<Vec<HistoryEntry>, MapError> {
        let (records, current) = match &self.backend {
            Backend::File(store) => {
                let store = store.clone();
                tokio::task::spawn_blocking(move || {
                    let head = store.head()?;
                    let current = Some(head.version).filter(|_| !head.is_unrecorded);
                    Ok::<_, MapError>((store.records()?.into_iter().rev().take(limit).collect(), current))
                })
                .await??
            }
            Backend::Postgres(store) => {
                let records = store.history(limit).await?;
                let current = records.first().map(|record| record.version);
                (records, current)
            }
        };
        Ok(records.into_iter().map(|record: Record| entry(record, current)).collect())
    }

    /// The text of a version, with its `revision`.
    ///
    /// # Errors
    /// The history doesn't have it, or the store's.
    pub async fn text(&self, version: u64) -> Result<String, MapError> {
        let body = match &self.backend {
            Backend::File(store) => {
                let store = store.clone();
                tokio::task::spawn_blocking(move || text_of(&store.records()?, version)).await??
            }
            Backend::Postgres(store) => store.text(version).await?,
        };
        Ok(with_revision(&body, version))
    }

    /// The text as it stands in the store, with its `revision`.
    ///
    /// # Errors
    /// The store's.
    pub async fn current(&self) -> Result<String, MapError> {
        Ok(self.fetch().await?.text)
    }

    async fn change(&self, change: Change, signature: &Signature, rules: EditRules) -> Result<Taken, MapError> {
        let mut change = change;
        for _ in 0..ATTEMPTS {
            let head = self.head().await?;
            if let Some(expected) = change.expected(&rules).filter(|expected| head.version > 0 && *expected != head.version) {
                let last = self.history(1).await.ok().and_then(|entries| entries.into_iter().next()).map(Box::new);
                return Err(MapError::Conflict { expected, is: head.version, last });
            }
            let (name, folder) = (self.name(), self.folder());
            let made = tokio::task::spawn_blocking(move || {
                let made = change.make(&head, rules, &name, &folder);
                (change, head, made)
            });
            let (same, head, made) = made.await?;
            change = same;
            let (body, taken) = made?;
            if rules.dry_run || !taken.is_new {
                return Ok(taken);
            }
            let new = NewVersion { body, signature: change.sign(signature), changes: change.words(&taken) };
            if let Some(version) = self.append(head, new).await? {
                return Ok(Taken { version, ..taken });
            }
        }
        Err(MapError::Busy)
    }

    async fn head(&self) -> Result<Head, MapError> {
        match &self.backend {
            Backend::File(store) => {
                let store = store.clone();
                tokio::task::spawn_blocking(move || store.head()).await?
            }
            Backend::Postgres(store) => match store.head().await {
                Err(MapError::Empty) => Ok(Head { version: 0, body: String::new(), is_unrecorded: false }),
                head => head,
            },
        }
    }

    async fn append(&self, head: Head, new: NewVersion) -> Result<Option<u64>, MapError> {
        match &self.backend {
            Backend::File(store) => {
                let store = store.clone();
                tokio::task::spawn_blocking(move || store.append(&head, new)).await?
            }
            Backend::Postgres(store) => store.append(&head, new).await,
        }
    }

    /// What complaints call the map.
    fn name(&self) -> PathBuf {
        match &self.backend {
            Backend::File(store) => store.file.clone(),
            Backend::Postgres(_) => PathBuf::from("pgtenant_map"),
        }
    }

    /// What paths in the map are relative to.
    fn folder(&self) -> PathBuf {
        match &self.backend {
            Backend::File(store) => store.file.parent().unwrap_or(Path::new("")).to_owned(),
            Backend::Postgres(store) => store.folder.clone(),
        }
    }
}

impl MapText {
    /// The map that it says.
    ///
    /// # Errors
    /// Every complaint about it.
    pub fn read(&self, environment: &Environment) -> Result<ShardMap, ConfigErrors> {
        let map = ShardMap::read(&self.text, &self.name, &self.folder, environment)?;
        Ok(match &self.file {
            Some(file) => map.kept_in(file),
            None => map,
        })
    }
}

fn entry(record: Record, current: Option<u64>) -> HistoryEntry {
    HistoryEntry {
        version: record.version,
        base: record.base,
        at_millis: record.time.millis(),
        author: record.author,
        reason: record.reason,
        changes: record.changes,
        is_current: current == Some(record.version),
    }
}
