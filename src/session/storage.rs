//! Who measures a tenant's storage, and what is asked: the login that `create` has made for it, in the tenant's database.

use std::{sync::Arc, time::Duration};

use parking_lot::Mutex;

use super::placement::ServerTlsCache;
use crate::{
    backend::{
        ServerSpec,
        control::{Control, ControlError},
        storage::{MeasureError, Meter},
    },
    net::Target,
    shard_map::{ModelKind, ServerAddress, Tenant},
    tenant::storage::Measured,
};

/// The way of the login that measures to the tenant's database, on the server that the file calls primary.
///
/// # Errors
/// See [`control_at`].
pub fn control_of(tenant: &Tenant, tls: &ServerTlsCache) -> Result<Control, MeasureError> {
    control_at(tenant, &tenant.shard.primary, tls)
}

/// The same on any server of its shard.
///
/// # Errors
/// The shard doesn't say what its password is made with, or its TLS files can't be used.
pub fn control_at(tenant: &Tenant, address: &ServerAddress, tls: &ServerTlsCache) -> Result<Control, MeasureError> {
    let shard = &tenant.shard;
    let (role, password) = shard.meter().ok_or_else(|| MeasureError::NoSecret(shard.id.to_string()))?;
    let server = Target::new(&address.host, address.port);
    let tls = match server.is_unix() {
        true => None,
        false => Some(tls.get(&address.tls.files()).map_err(|source| ControlError::TlsFiles { source: Box::new(source) })?),
    };
    Ok(Control::from_spec(ServerSpec {
        shared: false,
        target: server,
        tls_files: address.tls.files(),
        tls,
        database: Arc::clone(&tenant.database),
        user: role.into(),
        password: Some(Arc::from(password.reveal())),
        startup: Vec::new(),
        keys: Mutex::new(None),
    }))
}

/// Measures one tenant by itself; its rows' number, too, where they lie among others'. `exact`: row by row.
///
/// # Errors
/// See [`MeasureError`].
pub async fn measure(meter: &Meter, tenant: &Tenant, exact: bool) -> Result<(Measured, Option<u64>), MeasureError> {
    let missing = |what, name: &str| MeasureError::Missing { what, name: name.to_owned() };
    match &tenant.model.kind {
        ModelKind::Row { tenant_column, .. } => {
            let found = meter.key(tenant_column, &tenant.key, exact).await?;
            Ok((Measured { bytes: found.bytes, disk: None }, Some(found.rows)))
        }
        ModelKind::Schema { .. } => {
            let schema = tenant.schema.as_deref().unwrap_or_default();
            let found = meter.schemas(&[schema]).await?.remove(schema).ok_or_else(|| missing("schema", schema))?;
            Ok((Measured { bytes: found.bytes, disk: Some(found.disk) }, None))
        }
        ModelKind::Database { .. } => {
            let found = meter.database().await?;
            Ok((Measured { bytes: found.bytes, disk: Some(found.disk) }, None))
        }
    }
}

/// What a tenant may be waited for to be measured.
pub const LIMIT: Duration = Duration::from_secs(60);
