//! Who reads the catalog of a tenant's database: the pool's own login, else the shard's provisioner, else the tenant's own role,
//! whichever comes first that the server lets in. The tenant's role sees all that the gate needs.

use std::{future::Future, pin::Pin, sync::Arc};

use arc_swap::ArcSwap;
use parking_lot::Mutex;

use super::placement::{PlacementError, ServerTlsCache};
use crate::{
    backend::{
        ServerSpec,
        control::{Control, ControlError},
    },
    catalog::{
        Catalog,
        load::{LoadError, Schemas, load},
        store::{Catalogs, DatabaseCatalog, Place, Source},
    },
    config::Secret,
    net::{Target, tls::ClientTls},
    shard_map::Tenant,
};

/// What the server shows as the connection's name.
const APPLICATION: &str = "pgtenant catalog";

/// The snapshots of the tenant's database.
///
/// # Errors
/// Where the shard's TLS files can't be used.
pub fn catalog_of(catalogs: &Catalogs, tenant: &Arc<Tenant>, tls: &ServerTlsCache) -> Result<Arc<DatabaseCatalog>, PlacementError> {
    let address = &tenant.shard.primary;
    let server = Target::new(&address.host, address.port);
    let tls = if server.is_unix() { None } else { Some(tls.get(&address.tls.files())?) };
    let place = Place { server, database: Arc::clone(&tenant.database), schemas: Schemas::Shared };
    Ok(catalogs.enter(place, Arc::new(Reader { tenant: Arc::clone(tenant), tls })))
}

/// Reads a tenant's database.
struct Reader {
    tenant: Arc<Tenant>,
    tls: Option<Arc<ArcSwap<ClientTls>>>,
}

impl Reader {
    /// Those who may read, the one who may do least first.
    fn candidates(&self) -> impl Iterator<Item = Result<Control, ControlError>> {
        let shard = &self.tenant.shard;
        let pool = shard.user.as_ref().map(|user| Ok(self.as_role(user, shard.password.as_ref())));
        let provisioner = shard.provisioner.as_ref().map(|text| Control::from_text(text.reveal(), Some(&self.tenant.database)));
        let own = Ok(self.as_role(&self.tenant.role, self.tenant.password().as_ref()));
        pool.into_iter().chain(provisioner).chain([own])
    }

    fn as_role(&self, role: &Arc<str>, password: Option<&Secret>) -> Control {
        let address = &self.tenant.shard.primary;
        Control::from_spec(ServerSpec {
            shared: false,
            target: Target::new(&address.host, address.port),
            tls_files: address.tls.files(),
            tls: self.tls.clone(),
            database: Arc::clone(&self.tenant.database),
            user: Arc::clone(role),
            password: password.map(|secret| Arc::from(secret.reveal())),
            startup: Vec::new(),
            keys: Mutex::new(None),
        })
    }
}

impl Source for Reader {
    fn read<'a>(&'a self, schemas: &'a Schemas) -> Pin<Box<dyn Future<Output = Result<Catalog, LoadError>> + Send + 'a>> {
        Box::pin(async move {
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
        })
    }
}
