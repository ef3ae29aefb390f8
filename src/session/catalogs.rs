//! Who reads the catalog of a tenant's database: the pool's own login, else the shard's provisioner, else the tenant's own role,
//! whichever comes first that the server lets in. The tenant's role sees all that the gate needs.

use std::{future::Future, pin::Pin, sync::Arc};

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use tokio::time::Instant;

use super::{
    placement::{PlacementError, ServerTlsCache},
    topologies::servers,
};
use crate::{
    backend::{
        ServerSpec,
        control::{Control, ControlError},
        topology::Topology,
    },
    catalog::{
        Catalog,
        load::{LoadError, Schemas, load},
        store::{Catalogs, DatabaseCatalog, Place, Source},
    },
    config::Secret,
    net::{Target, tls::ClientTls},
    shard_map::{ServerAddress, Shard, Tenant},
};

/// What the server shows as the connection's name.
const APPLICATION: &str = "pgtenant catalog";

/// The snapshots of the tenant's database.
///
/// # Errors
/// Where the shard's TLS files can't be used.
pub fn catalog_of(
    catalogs: &Catalogs,
    tenant: &Arc<Tenant>,
    tls: &ServerTlsCache,
    topology: Option<Arc<Topology>>,
) -> Result<Arc<DatabaseCatalog>, PlacementError> {
    let loaded = |address: &ServerAddress| match Target::new(&address.host, address.port).is_unix() {
        true => Ok(None),
        false => tls.get(&address.tls.files()).map(Some),
    };
    let tls = servers(&tenant.shard).map(loaded).collect::<Result<_, _>>()?;
    // The same catalog whichever server is the primary: they are copies of each other.
    let place = Place { server: server_of(&tenant.shard), database: Arc::clone(&tenant.database), schemas: Schemas::Shared };
    Ok(catalogs.enter(place, Arc::new(Reader { tenant: Arc::clone(tenant), tls, topology })))
}

/// What the databases of a shard are known by, whichever of its servers is the primary.
pub fn server_of(shard: &Shard) -> Target {
    Target::new(&shard.primary.host, shard.primary.port)
}

/// Reads a tenant's database.
struct Reader {
    tenant: Arc<Tenant>,
    /// For each of the shard's servers.
    tls: Vec<Option<Arc<ArcSwap<ClientTls>>>>,
    /// Which of them is asked; none: the one that the file calls primary.
    topology: Option<Arc<Topology>>,
}

impl Reader {
    /// Those who may read, the one who may do least first.
    fn candidates(&self) -> impl Iterator<Item = Result<Control, ControlError>> {
        let shard = &self.tenant.shard;
        let number = self.topology.as_ref().map_or(0, |topology| topology.course().number);
        let address = servers(shard).nth(number).unwrap_or(&shard.primary);
        let tls = self.tls.get(number).cloned().flatten();
        let pool = shard.user.as_ref().map(|user| Ok(self.as_role((address, &tls), user, shard.password.as_ref())));
        let provisioner = shard.provisioner.as_ref().map(|text| {
            let control = Control::from_text(text.reveal(), Some(&self.tenant.database))?;
            // The file knows where it is as long as that is the primary which the file names.
            Ok(if number == 0 { control } else { control.at(Target::new(&address.host, address.port), address.tls.files(), tls.clone()) })
        });
        let own = Ok(self.as_role((address, &tls), &self.tenant.role, self.tenant.password().as_ref()));
        pool.into_iter().chain(provisioner).chain([own])
    }

    fn as_role(
        &self,
        (address, tls): (&ServerAddress, &Option<Arc<ArcSwap<ClientTls>>>),
        role: &Arc<str>,
        password: Option<&Secret>,
    ) -> Control {
        Control::from_spec(ServerSpec {
            shared: false,
            target: Target::new(&address.host, address.port),
            tls_files: address.tls.files(),
            tls: tls.clone(),
            database: Arc::clone(&self.tenant.database),
            user: Arc::clone(role),
            password: password.map(|secret| Arc::from(secret.reveal())),
            startup: Vec::new(),
            keys: Mutex::new(None),
        })
    }
}

impl Reader {
    async fn read_now(&self, schemas: &Schemas) -> Result<Catalog, LoadError> {
        let mut refused = None;
        for control in self.candidates() {
            let connected = match control {
                Ok(control) => control.connect(APPLICATION).await,
                Err(error) => Err(error),
            };
            match connected {
                Ok(client) => return load(&client, schemas).await,
                Err(error) => refused = Some(error),
            }
        }
        Err(refused.map_or(LoadError::TimedOut, |error| LoadError::Connect(Box::new(error))))
    }

    /// The same; while there is no primary, one is waited for.
    async fn read_patiently(&self, topology: &Topology, schemas: &Schemas) -> Result<Catalog, LoadError> {
        let limit = Instant::now() + topology.rules().failover_timeout;
        let mut after = 0;
        loop {
            let opened = tokio::time::timeout_at(limit, topology.opened(after)).await;
            (after, _) = (topology.last_question(), opened);
            let number = topology.course().number;
            match self.read_now(schemas).await {
                Err(error) if topology.may_fail_over() && is_outage(&error) && Instant::now() < limit => topology.suspect(number),
                read => return read,
            }
        }
    }
}

/// Whether it is about the server being there at all.
fn is_outage(error: &LoadError) -> bool {
    let is_about = |error: &tokio_postgres::Error| error.code().is_none_or(|code| code.code().starts_with("57P"));
    match error {
        LoadError::Connect(error) => match error.downcast_ref::<ControlError>() {
            Some(ControlError::Unreachable { .. }) => true,
            Some(ControlError::Refused { source, .. }) => is_about(source),
            _ => false,
        },
        LoadError::Sql(error) => is_about(error),
        LoadError::TimedOut => false,
    }
}

impl Source for Reader {
    fn read<'a>(&'a self, schemas: &'a Schemas) -> Pin<Box<dyn Future<Output = Result<Catalog, LoadError>> + Send + 'a>> {
        match &self.topology {
            Some(topology) => Box::pin(self.read_patiently(topology, schemas)),
            None => Box::pin(self.read_now(schemas)),
        }
    }
}
