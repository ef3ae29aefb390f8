//! Several proxies that serve one shard map: what each of them may use of every limit.
//!
//! A quarter of a second apart, and at once where somebody is short of something, each writes down what it holds and reads what the others hold;
//! nobody asks for anything while a statement waits. Who is alone has all, and does no more than look whether that is still so.

mod folder;
mod postgres;
mod store;
mod system;

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

use crate::{
    auth::NoRandomness,
    config::{MapLocation, ProxySettings, ShareStore},
    session::handshake::Front,
    tenant::shares::{Key, Ledger, ProxyId, Record},
};
use folder::FolderStore;
use postgres::PostgresStore;
use store::{Store, StoreTime};
use system::System;

use super::ServeError;

/// How often who is alone looks whether it still is.
const ALONE: Duration = Duration::from_secs(1);
/// How often the store is looked at.
const PERIOD: Duration = Duration::from_millis(250);
/// How often where something changes hands, and how soon what is short is noticed.
const HASTE: Duration = Duration::from_millis(50);
/// What doesn't come to rest for so long is looked at less often again.
const LONGEST_HASTE: Duration = Duration::from_secs(3);
/// Who begins waits for so much longer than the time-out until the others know it.
const PATIENCE: Duration = Duration::from_secs(2);
/// Everything is put in force again so many times after the members have changed: a session that began meanwhile may have had the old shares.
const AGAIN: u32 = 3;

/// This proxy among the others.
pub(super) struct Proxies {
    front: Arc<Front>,
    system: System,
    ledger: Ledger,
    store: Store,
    time: Option<StoreTime>,
    is_away: bool,
    looked: Instant,
    hasty_since: Option<Instant>,
    places_due: u32,
    settled: (usize, bool),
}

impl Proxies {
    /// Finds the others, and waits until they know of this one; none where limits aren't shared.
    ///
    /// # Errors
    /// The store's URL isn't one.
    pub(super) async fn join(front: &Arc<Front>, settings: &ProxySettings, map: &MapLocation) -> Result<Option<Self>, ServeError> {
        let Some(mut proxies) = Self::open(front, settings, map)? else { return Ok(None) };
        proxies.front.shares.set(proxies.ledger.in_force());
        proxies.get_known(settings.timeout + PATIENCE).await;
        Ok(Some(proxies))
    }

    /// The same for a proxy that serves already, because it has begun without the map's store: alone until the others can be found.
    pub(super) async fn join_late(mut self, settings: &ProxySettings) -> Self {
        loop {
            self.exchange().await;
            if !self.is_away {
                break;
            }
            tokio::time::sleep(ALONE).await;
        }
        self.get_known(settings.timeout + PATIENCE).await;
        self
    }

    /// Where the others are to be found; none where limits aren't shared.
    ///
    /// # Errors
    /// The store's URL isn't one.
    pub(super) fn open(front: &Arc<Front>, settings: &ProxySettings, map: &MapLocation) -> Result<Option<Self>, ServeError> {
        let Some(mut store) = open(settings, map)? else { return Ok(None) };
        let mut random = [0; 8];
        aws_lc_rs::rand::fill(&mut random).map_err(|_| NoRandomness)?;
        let name = settings.name.clone().unwrap_or_else(host);
        let id = ProxyId::new(random);
        if let Store::Folder(folder) = &mut store {
            folder.sign_in(&id)?;
        }
        let record = Record::new(id, name).on(&system_id());
        let ledger = Ledger::new(record, settings.timeout);
        let front = Arc::clone(front);
        let proxies = Proxies {
            system: System::new(Arc::clone(&front)),
            front,
            ledger,
            store,
            time: None,
            is_away: false,
            looked: Instant::now(),
            hasty_since: None,
            places_due: 0,
            settled: (0, false),
        };
        Ok(Some(proxies))
    }

    /// Waits until the others know of this one, or those that left a record behind are known to be gone.
    async fn get_known(&mut self, limit: Duration) {
        let mut found: Option<Instant> = None;
        while found.is_none_or(|at| at.elapsed() < limit) {
            self.exchange().await;
            if self.ledger.is_settled() {
                return;
            }
            match (self.is_away, self.ledger.count()) {
                (true, _) => tokio::time::sleep(PERIOD).await,
                // It has said that it is alone, and must look once more.
                (false, 0..=1) => {}
                (false, others) => {
                    if found.is_none() {
                        tracing::info!(proxies = others, "waiting for the other proxies to take note of this one");
                    }
                    tokio::time::sleep(HASTE).await;
                }
            }
            if !self.is_away {
                found.get_or_insert_with(Instant::now);
            }
        }
    }

    /// Shares until told to end.
    pub(super) async fn run(mut self, mut end: oneshot::Receiver<()>) -> Self {
        let mut ticks = tokio::time::interval(HASTE);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = &mut end => return self,
                _ = ticks.tick() => self.act().await,
            }
        }
    }

    /// Gives everything back. To be called when nothing is used any more.
    pub(super) async fn leave(mut self) {
        if self.is_away {
            return;
        }
        let is_alone = self.ledger.count() <= 1;
        if let Err(error) = self.store.leave(self.ledger.farewell(), is_alone).await {
            tracing::warn!(%error, "the other proxies aren't told that this one has left");
        }
    }

    async fn act(&mut self) {
        let now = Instant::now();
        let pause = match self.ledger.is_alone() {
            _ if self.is_hasty(now) => HASTE / 2,
            true => ALONE,
            false => PERIOD,
        };
        let is_due = now.saturating_duration_since(self.looked) >= pause;
        if !self.ledger.is_alone() && !self.is_away && (is_due || self.is_short()) {
            self.front.shares.hear_again();
            let listed = self.ledger.listed();
            let limits = self.system.limits();
            let needs = self.system.needs(&listed, self.time, now);
            let is_news = self.ledger.plan(needs, limits, now);
            // What is given up is given up before anybody is told.
            self.apply(false);
            if is_news || is_due {
                self.exchange().await;
            }
        } else if is_due {
            self.exchange().await;
        }
    }

    fn is_short(&self) -> bool {
        self.front.shares.is_pressed() || self.system.is_waiting()
    }

    fn is_hasty(&mut self, now: Instant) -> bool {
        if !self.ledger.is_in_motion() || self.is_away {
            self.hasty_since = None;
            return false;
        }
        now.saturating_duration_since(*self.hasty_since.get_or_insert(now)) < LONGEST_HASTE
    }

    /// Tells the others, looks what they say, and puts in force what follows.
    async fn exchange(&mut self) {
        self.looked = Instant::now();
        let record = self.ledger.record(|key| self.system.used(key));
        match self.store.exchange(record).await {
            Ok(found) => {
                if std::mem::take(&mut self.is_away) {
                    tracing::info!("the store of shares is there again");
                }
                self.time = Some(found.time);
                let before = self.ledger.in_force();
                let changed = self.ledger.look(&found.seen, self.system.limits(), Instant::now());
                let after = self.ledger.in_force();
                if (before.agreed, before.members) != (after.agreed, after.members) {
                    self.places_due = AGAIN;
                }
                if changed || self.places_due > 0 {
                    self.apply(self.places_due > 0);
                    self.places_due = self.places_due.saturating_sub(1);
                }
                self.tell();
            }
            Err(error) => {
                if !std::mem::replace(&mut self.is_away, true) {
                    tracing::warn!(%error, "the store of shares is away: each proxy keeps the shares that it has");
                }
            }
        }
    }

    fn apply(&self, all: bool) {
        let listed: BTreeSet<Key> = self.ledger.listed();
        self.system.apply(&self.ledger, &listed, self.time, all);
    }

    /// The log says who shares.
    fn tell(&mut self) {
        let settled = (self.ledger.count(), self.ledger.is_settled());
        if settled.1 && settled != self.settled && (settled.0 > 1 || self.settled.0 > 1) {
            let others: Vec<&str> = self.ledger.others().collect();
            tracing::info!(proxies = settled.0, others = others.join(", "), "limits are shared");
        }
        if settled.1 {
            self.settled = settled;
        }
    }
}

fn open(settings: &ProxySettings, map: &MapLocation) -> Result<Option<Store>, ServeError> {
    let folder = match &settings.shares {
        ShareStore::Off => return Ok(None),
        ShareStore::Postgres(url) => return Ok(Some(Store::Postgres(Box::new(PostgresStore::new(url.reveal())?)))),
        ShareStore::Folder(folder) => folder.clone(),
        ShareStore::BesideMap => match map {
            MapLocation::Postgres { url, .. } => return Ok(Some(Store::Postgres(Box::new(PostgresStore::new(url.reveal())?)))),
            MapLocation::File(file) => {
                let mut name = file.clone().into_os_string();
                name.push(".shares");
                name.into()
            }
        },
    };
    match FolderStore::open(folder.clone()) {
        Ok(store) => Ok(Some(Store::Folder(store))),
        Err(error) => {
            tracing::warn!(
                folder = %folder.display(), %error,
                "proxies that share this map can't find each other here: this one has all limits for itself. [proxies] shares says where they can"
            );
            Ok(None)
        }
    }
}

/// The running system: all that have the same share its locks.
fn system_id() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id").map(|id| id.trim().to_owned()).unwrap_or_default()
}

/// The host's name.
fn host() -> String {
    let name = rustix::system::uname();
    name.nodename().to_string_lossy().into_owned()
}
