//! The map in force, and how another one takes its place.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use arc_swap::ArcSwap;
use parking_lot::Mutex;

use super::{Changes, ShardMap};
use crate::config::{Complaint, ConfigErrors, Environment};

/// The map in force. Who begins a transaction takes [`MapHandle::current`] and keeps it to the transaction's end.
pub struct MapHandle {
    file: PathBuf,
    environment: Environment,
    current: ArcSwap<ShardMap>,
    /// One reload at a time, or an older map could replace a newer one.
    reloading: Mutex<()>,
}

/// What a reload brought.
#[derive(Clone, Debug)]
pub struct ReloadReport {
    /// The version in force now.
    pub version: u64,
    /// What changed; where nothing did, the old map stays in force.
    pub changes: Changes,
    /// What should be known about the map.
    pub notes: Vec<Complaint>,
}

impl MapHandle {
    /// Reads a map's file for the first time.
    ///
    /// # Errors
    /// Every complaint about the file.
    pub fn open(file: &Path) -> Result<MapHandle, ConfigErrors> {
        Self::open_with(file, Environment::process())
    }

    /// As [`MapHandle::open`], with `env:NAME` looked up elsewhere.
    ///
    /// # Errors
    /// Every complaint about the file.
    pub fn open_with(file: &Path, environment: Environment) -> Result<MapHandle, ConfigErrors> {
        let map = ShardMap::load_with(file, &environment)?;
        Ok(MapHandle { file: file.to_path_buf(), environment, current: ArcSwap::from_pointee(map), reloading: Mutex::new(()) })
    }

    /// The map in force.
    pub fn current(&self) -> Arc<ShardMap> {
        self.current.load_full()
    }

    /// The map's file.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Reads the file again and puts the new map in force, whole. It takes as long as reading takes: call it where that may block.
    ///
    /// # Errors
    /// Every complaint about the file; the old map stays in force.
    pub fn reload(&self) -> Result<ReloadReport, ConfigErrors> {
        let _one_at_a_time = self.reloading.lock();
        let mut map = ShardMap::load_with(&self.file, &self.environment)?;
        let old = self.current();
        let changes = Changes::between(&old, &map);
        let notes = map.notes().to_vec();
        if changes.is_empty() {
            return Ok(ReloadReport { version: old.version, changes, notes });
        }
        map.version = old.version + 1;
        let version = map.version;
        self.current.store(Arc::new(map));
        Ok(ReloadReport { version, changes, notes })
    }
}

impl std::fmt::Debug for MapHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MapHandle").field("file", &self.file).field("version", &self.current().version).finish_non_exhaustive()
    }
}
