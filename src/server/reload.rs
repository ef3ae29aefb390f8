//! Taking a new shard map, new certificates and new keys without a restart: whole, or not at all.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::Notify;

use super::ServeError;
use crate::{
    config::{Environment, GateMode, Settings},
    ids::TenantId,
    lifecycle::maps::{MapErrorKind, MapStore, MapText},
    session::{
        credentials::Credentials,
        gate::check_mode,
        handshake::{Front, Served},
        placement::{self, is_same_place},
        registry::{SessionHandle, Signal},
    },
    shard_map::{Changes, ShardMap, TenantStatus, Watch},
    telemetry::audit::{Event, Kind},
};

/// Whether a login may still act for a tenant, or for anybody.
fn may_still(map: &ShardMap, login: &str, tenant: Option<&TenantId>) -> bool {
    map.login(login).is_some_and(|login| tenant.is_none_or(|tenant| login.scope.covers(tenant.as_str())))
}

/// A store that was away when the map was to be read is tried again after so long.
const AGAIN: Duration = Duration::from_secs(1);

/// The map's text to begin with: the store's, or, where that is away and a cache is configured, the one that was taken last. And whether it is that.
async fn first(store: &MapStore) -> Result<(MapText, bool), ServeError> {
    let error = match store.fetch().await {
        Ok(text) => return Ok((text, false)),
        Err(error) => error,
    };
    if error.kind() != MapErrorKind::Away {
        return Err(error.into());
    }
    match store.cached() {
        None => Err(error.into()),
        Some(Ok(text)) => {
            tracing::warn!(%error, version = text.revision, "beginning with the map that was taken last (shard_map_cache)");
            Ok((text, true))
        }
        Some(Err(source)) => Err(ServeError::NoMap { error, source }),
    }
}

/// Reads a map and makes its logins' secrets ready. Blocks: PBKDF2 runs where passwords are plain.
fn load(text: &MapText, process_secret: &[u8; 32], version: u64, mode: GateMode) -> Result<Served, ServeError> {
    let mut map = text.read(&Environment::process())?;
    check_mode(mode, &map)?;
    map.version = version;
    let credentials = Credentials::prepare(&map, process_secret)?;
    Ok(Served { map: Arc::new(map), credentials })
}

/// The map to begin with, taken, and whether it is a copy, because the store is away.
pub(super) async fn begin(store: &MapStore, process_secret: &[u8; 32], mode: GateMode) -> Result<(Served, bool), ServeError> {
    let (text, is_copy) = first(store).await?;
    let served = load(&text, process_secret, 1, mode)?;
    keep(store, &text);
    Ok((served, is_copy))
}

/// Keeps what was taken for a start without the store. Nobody waits for it, and nothing depends on it until then.
fn keep(store: &MapStore, text: &MapText) {
    if let Err(error) = store.keep(text) {
        tracing::warn!(%error, "shard_map_cache can't be written");
    }
}

/// Logs why the map isn't taken.
fn stays(why: &str, error: &dyn std::fmt::Display) -> String {
    tracing::error!(why, %error, "the shard map stays as it was");
    error.to_string()
}

/// Reloads on demand.
pub(super) struct Reloader {
    front: Arc<Front>,
    config: PathBuf,
    store: MapStore,
    changed: Arc<Notify>,
    version: AtomicU64,
}

impl Reloader {
    pub(super) fn new(front: Arc<Front>, config: PathBuf, store: MapStore) -> Self {
        Reloader { front, config, store, changed: Arc::new(Notify::new()), version: AtomicU64::new(1) }
    }

    /// Follows the map's store for as long as this runtime runs.
    pub(super) fn follow(&self) {
        let (store, changed, seen) = (self.store.clone(), Arc::clone(&self.changed), self.front.served.load().map.revision);
        tokio::spawn(async move { store.follow(seen, || changed.notify_one()).await });
    }

    /// Watches the map's file, and those of its secrets, until the value is dropped.
    pub(super) fn watch(&self) -> Option<Watch> {
        let changed = Arc::clone(&self.changed);
        let watch = Watch::start(self.front.served.load().map.sources().to_vec(), move || changed.notify_one());
        watch.inspect_err(|error| tracing::warn!(%error, "the shard map's file is not watched; SIGHUP reloads it")).ok()
    }

    /// Waits until the file has changed.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Takes the files as they are now. What isn't right stays as it was, and the log says why.
    ///
    /// # Errors
    /// What isn't right, in words.
    pub(super) async fn reload(&self, why: &str) -> Result<(), String> {
        let mut wrong = Vec::new();
        if let Some(tls) = &self.front.tls {
            match tls.reload() {
                Ok(()) => tracing::info!("certificates reloaded"),
                Err(error) => {
                    tracing::error!(%error, "certificates stay as they were");
                    wrong.push(error.to_string());
                }
            }
        }
        self.front.server_tls.reload();
        wrong.extend(self.renew_door().err());
        wrong.extend(self.take_map(why).await.err());
        if let Some(jwt) = &self.front.jwt {
            jwt.refresh().await;
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
    }

    /// The map as it is in its store now.
    async fn take_map(&self, why: &str) -> Result<(), String> {
        let text = match self.store.fetch().await {
            Ok(text) => text,
            Err(error) => {
                if error.kind() == MapErrorKind::Away {
                    let changed = Arc::clone(&self.changed);
                    tokio::spawn(async move {
                        tokio::time::sleep(AGAIN).await;
                        changed.notify_one();
                    });
                }
                return Err(stays(why, &error));
            }
        };
        let version = self.version.load(Ordering::Relaxed) + 1;
        let (store, secret, mode) = (self.store.clone(), self.front.process_secret, self.front.gate.mode);
        let loaded = tokio::task::spawn_blocking(move || {
            let loaded = load(&text, &secret, version, mode)?;
            keep(&store, &text);
            Ok::<_, ServeError>(loaded)
        });
        match loaded.await {
            Ok(Ok(served)) => {
                self.version.store(version, Ordering::Relaxed);
                let before = self.front.served.swap(Arc::new(served));
                let now = self.front.served.load_full();
                self.front.signers.renew(&now.map);
                self.front.topologies.renew(&now.map);
                self.front.pools.renew(|tenant| {
                    let tenant = now.map.tenant(tenant.as_str())?;
                    placement::pool_of(&tenant, self.front.topologies.primary(&tenant.shard), &self.front.server_tls, &self.front.shares)
                        .ok()
                });
                self.end_strangers(&before.map, &now.map);
                let changes = Changes::between(&before.map, &now.map);
                tracing::info!(why, version, revision = now.map.revision, %changes, "shard map taken");
                self.front.audit.record(|| Event::new(Kind::Map).what(&changes).reason(format!("{why}; revision {}", now.map.revision)));
            }
            Ok(Err(error)) => return Err(stays(why, &error)),
            Err(error) => return Err(stays(why, &error)),
        }
        Ok(())
    }

    /// Takes what `pgtenant.toml` says of failed logins and addresses; its other keys count from the next start on. Sessions from addresses that
    /// nobody is served from any more end.
    fn renew_door(&self) -> Result<(), String> {
        match Settings::load(&self.config) {
            Ok(settings) => self.front.door.renew(settings.abuse, &settings.listen),
            Err(errors) => {
                tracing::error!(%errors, "[abuse] stays as it was");
                return Err(errors.to_string());
            }
        }
        for session in self.front.sessions.list() {
            if session.peer.address().is_some_and(|address| self.front.door.guard.denies(address.ip())) {
                self.kill(&session, "nobody is served from its address any more");
            }
        }
        Ok(())
    }

    fn kill(&self, session: &SessionHandle, why: &str) {
        session.send(Signal::Kill);
        self.front.audit.record(|| {
            let event = Event::new(Kind::Killed).login(&session.login).tenant(session.tenant()).peer(session.peer);
            event.session(session.id.0).reason(why)
        });
    }

    /// Ends sessions of tenants that the map doesn't have any more, and, as their transactions end, those of tenants that are elsewhere by
    /// now: their clients come back to where it is right. Where it is what a tenant may do that has changed, its sessions hear of it:
    /// those of suspended tenants end with the operator's reason, others go on with other limits.
    fn end_strangers(&self, before: &ShardMap, now: &ShardMap) {
        for session in self.front.sessions.list() {
            let tenant = session.tenant();
            if session.about.is_local {
                continue;
            }
            if !may_still(now, session.login.as_str(), tenant.as_ref()) {
                self.kill(&session, "the map doesn't let its login act any more");
                continue;
            }
            let Some(id) = tenant.as_ref().map(TenantId::as_str) else { continue };
            let Some(tenant) = now.tenant(id) else {
                self.kill(&session, "its tenant is gone");
                continue;
            };
            let before = before.tenant(id);
            if tenant.status == TenantStatus::Suspended || before.as_ref().is_none_or(|before| **before != *tenant) {
                session.renew();
            }
            if before.is_some_and(|before| !is_same_place(&before, &tenant)) {
                session.send(Signal::Drain);
            }
        }
    }
}
