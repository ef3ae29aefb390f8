//! The topologies of shards, and who asks their servers.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;

use super::{
    catalogs::server_of,
    handshake::Front,
    placement::{PlacementError, ServerTlsCache},
};
use crate::{
    backend::{
        ServerSpec,
        control::Control,
        topology::{Event, OnEvent, Role, Topology, patroni, watch},
    },
    config::{HealthSettings, Secret},
    ids::ShardId,
    net::{Target, http::HttpClient},
    pool::presence::Presence,
    shard_map::{ServerAddress, Shard, ShardMap, Tenant},
};

/// A database that every cluster has, where rights are as PostgreSQL gives them.
const MAINTENANCE: &str = "postgres";

/// The topologies of shards, from the time on that a tenant of theirs is served.
#[derive(Default)]
pub struct Topologies {
    by_shard: Mutex<HashMap<ShardId, Watched>>,
}

/// A shard as the map had it when it was first watched, and what is known of its servers.
type Watched = (Arc<Shard>, Arc<Topology>);

impl Topologies {
    /// The topology of a shard. `tenant`: one whose login may ask its servers.
    fn of(
        &self,
        (shard, tenant): (&Arc<Shard>, Option<&Tenant>),
        tls: &ServerTlsCache,
        health: &HealthSettings,
        events: impl FnOnce() -> Box<OnEvent>,
    ) -> Result<Arc<Topology>, PlacementError> {
        let mut by_shard = self.by_shard.lock();
        let before = match by_shard.get(&shard.id) {
            Some((known, topology)) if is_watched_alike(known, shard) => return Ok(Arc::clone(topology)),
            before => before.map(|(_, topology)| Arc::clone(topology)),
        };
        let addresses: Vec<&ServerAddress> = servers(shard).collect();
        let topology = Arc::new(Topology::new(shard.id.clone(), &addresses, health.clone(), events()));
        if let Some(before) = before {
            topology.succeed(&before);
        }
        if topology.may_fail_over() {
            let askers = addresses.iter().map(|address| askers((shard, tenant), address, tls)).collect::<Result<Vec<_>, _>>()?;
            watch::start(&topology, askers);
            if !shard.patroni.is_empty() {
                match HttpClient::new(None) {
                    Ok(client) => patroni::start(&topology, shard.patroni.clone(), client),
                    Err(error) => tracing::error!(shard = %shard.id, %error, "Patroni isn't asked"),
                }
            }
        }
        by_shard.insert(shard.id.clone(), (Arc::clone(shard), Arc::clone(&topology)));
        Ok(topology)
    }

    /// Those whose servers are asked: of shards with replicas.
    pub fn list(&self) -> Vec<Arc<Topology>> {
        let by_shard = self.by_shard.lock();
        by_shard.values().filter(|(_, topology)| topology.may_fail_over()).map(|(_, topology)| Arc::clone(topology)).collect()
    }

    /// That of a shard, if a tenant of it has been served.
    pub fn get(&self, shard: &str) -> Option<Arc<Topology>> {
        self.by_shard.lock().get(shard).map(|(_, topology)| Arc::clone(topology))
    }

    /// The server that a shard's writes go to, or went to last: what the file calls primary where nobody has asked.
    pub fn primary<'a>(&self, shard: &'a Shard) -> &'a ServerAddress {
        let by_shard = self.by_shard.lock();
        let known = by_shard.get(&shard.id).filter(|(known, _)| is_watched_alike(known, shard));
        servers(shard).nth(known.map_or(0, |(_, topology)| topology.course().number)).unwrap_or(&shard.primary)
    }

    /// Takes a new map: shards that it hasn't any more are let go of; those whose servers are others are watched anew as soon as they are served.
    pub fn renew(&self, map: &ShardMap) {
        self.by_shard.lock().retain(|id, _| map.shard(id.as_str()).is_some());
    }
}

/// A shard's servers, watched from now on, and what follows when they change. `tenant`: one whose login may ask them.
///
/// # Errors
/// The shard's TLS files.
pub fn watch(front: &Front, shard: &Arc<Shard>, tenant: Option<&Tenant>) -> Result<Arc<Topology>, PlacementError> {
    let events = || -> Box<OnEvent> {
        let (sessions, pools, catalogs) = (Arc::downgrade(&front.sessions), Arc::downgrade(&front.pools), Arc::downgrade(&front.catalogs));
        let place = server_of(shard);
        Box::new(move |event| match event {
            // Whoever uses a server that has gone must leave; nobody else finds anything new.
            Event::Sessions => sessions.upgrade().iter().for_each(|sessions| sessions.list().iter().for_each(|session| session.renew())),
            Event::Server(target, role) => {
                let presence = match role {
                    Role::Down(_) => Presence::Gone,
                    Role::Outdated => Presence::Left,
                    _ => Presence::There,
                };
                pools.upgrade().iter().for_each(|pools| pools.note_presence(target, presence));
                // Definitions that hadn't reached it are lost.
                catalogs.upgrade().iter().filter(|_| *role == Role::Primary).for_each(|catalogs| catalogs.outdate(&place));
            }
        })
    };
    front.topologies.of((shard, tenant), &front.server_tls, &front.health, events)
}

/// A shard's servers, the one that the file calls primary first.
pub fn servers(shard: &Shard) -> impl Iterator<Item = &ServerAddress> {
    std::iter::once(&shard.primary).chain(&shard.replicas)
}

fn is_watched_alike(one: &Shard, other: &Shard) -> bool {
    let parts = |shard: &Shard| (shard.primary.clone(), shard.replicas.clone(), shard.user.clone());
    parts(one) == parts(other) && one.patroni == other.patroni && one.password == other.password && one.provisioner == other.provisioner
}

/// Who may ask a server, the one who may do least first. In a closed database few may see the log's position, elsewhere all.
fn askers(
    (shard, tenant): (&Shard, Option<&Tenant>),
    address: &ServerAddress,
    tls: &ServerTlsCache,
) -> Result<Vec<Control>, PlacementError> {
    let target = Target::new(&address.host, address.port);
    let tls = if target.is_unix() { None } else { Some(tls.get(&address.tls.files())?) };
    let login = |user: &Arc<str>, password: Option<&Secret>, database: &str| {
        Control::from_spec(ServerSpec {
            target: target.clone(),
            tls_files: address.tls.files(),
            tls: tls.clone(),
            database: Arc::from(database),
            user: Arc::clone(user),
            password: password.map(|secret| Arc::from(secret.reveal())),
            startup: Vec::new(),
            shared: false,
            keys: Mutex::new(None),
        })
    };
    let mut askers = Vec::new();
    if let Some(user) = &shard.user {
        askers.extend([MAINTENANCE, &*shard.primary.dbname].map(|database| login(user, shard.password.as_ref(), database)));
    }
    if let Some(text) = &shard.provisioner
        && let Ok(control) = Control::from_text(text.reveal(), None)
    {
        askers.push(control.at(target.clone(), address.tls.files(), tls.clone()));
    }
    if let Some(tenant) = tenant {
        let password = tenant.password();
        askers.extend([MAINTENANCE, &*tenant.database].map(|database| login(&tenant.role, password.as_ref(), database)));
    }
    Ok(askers)
}
