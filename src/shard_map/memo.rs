//! Tenants that were put together lately: a login asks for its tenant more than once, and so do the next ones.

use std::hash::BuildHasher;
use std::sync::Arc;

use arc_swap::ArcSwapOption;

use super::Tenant;

/// Tenants that are remembered at most; where two fall on one place, the later one stays.
const PLACES: usize = 4096;

/// The tenants of one map. Whoever asks twice gets the same one, unless another has taken its place.
pub(super) struct Memo {
    places: Box<[ArcSwapOption<Tenant>]>,
    hasher: foldhash::fast::RandomState,
}

impl Default for Memo {
    fn default() -> Self {
        Memo { places: (0..PLACES).map(|_| ArcSwapOption::empty()).collect(), hasher: foldhash::fast::RandomState::default() }
    }
}

impl Memo {
    /// The tenant of that id, put together by `make` if it isn't remembered.
    pub(super) fn tenant(&self, id: &str, make: impl FnOnce() -> Option<Tenant>) -> Option<Arc<Tenant>> {
        let place = usize::try_from(self.hasher.hash_one(id) % PLACES as u64).ok().and_then(|place| self.places.get(place))?;
        if let Some(known) = &*place.load()
            && known.id.as_str() == id
        {
            return Some(Arc::clone(known));
        }
        let made = Arc::new(make()?);
        place.store(Some(Arc::clone(&made)));
        Some(made)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::config::Environment;
    use crate::shard_map::ShardMap;
    use std::sync::Arc;

    #[test]
    fn who_asks_twice_gets_the_same_tenant() {
        let mut text = String::from(
            "version = 1\n[shards.east]\nprimary = \"host=127.0.0.1 port=5501 dbname=app\"\nrole_key = \"env:KEY\"\n[plans.basic]\n[models.vault]\nkind = \"database\"\ndatabase = \"d_{tenant}\"\nrole = \"r_{tenant}\"\n",
        );
        // More than there are places.
        for number in 0..6000 {
            text.push_str(&format!("[tenants.t{number}]\nshard = \"east\"\nmodel = \"vault\"\nplan = \"basic\"\n"));
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let map = ShardMap::load_with(file.path(), &Environment::fixed([("KEY", "0123456789abcdef")])).unwrap();
        let first = map.tenant("t0").unwrap();
        assert!(Arc::ptr_eq(&first, &map.tenant("t0").unwrap()));
        for round in 0..2 {
            for number in 0..6000 {
                let id = format!("t{number}");
                assert_eq!(map.tenant(&id).unwrap().id.as_str(), id, "round {round}");
            }
        }
        assert_eq!(map.tenant("t0").unwrap(), first);
        assert!(map.tenant("t6000").is_none());
    }
}
