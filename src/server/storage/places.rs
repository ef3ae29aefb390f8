//! What one statement measures several tenants of.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    backend::storage::{MeasureError, Meter},
    session::{
        handshake::Front,
        storage::{LIMIT, control_at, measure as measure_one},
    },
    shard_map::{ModelKind, Tenant},
    tenant::storage::{Gauge, Measured},
};

/// Beyond so many hundredths of its limit a tenant is counted for itself before anything is held against it.
const NEAR: u64 = 70;

/// Databases that are tried for a question that each of them can answer.
const TRIES: usize = 3;

/// Where tenants are measured together.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Place {
    host: Arc<str>,
    port: u16,
    /// None: the tenants have databases of their own.
    database: Option<Arc<str>>,
    /// The tenant column; none: the tenants have schemas of their own.
    column: Option<Arc<str>>,
}

/// A tenant there.
pub(super) struct Member {
    pub(super) tenant: Arc<Tenant>,
    pub(super) gauge: Arc<Gauge>,
}

/// What has come of a turn.
#[derive(Default)]
pub(super) struct Outcome {
    /// Tenants with their figures, and what it took to measure each by itself, or together.
    pub(super) measured: Vec<(Arc<Member>, Measured, Duration)>,
    /// Why not all were.
    pub(super) failure: Option<MeasureError>,
    /// What it took.
    pub(super) took: Duration,
}

impl Place {
    pub(super) fn of(tenant: &Tenant) -> Place {
        let address = &tenant.shard.primary;
        let (database, column) = match &tenant.model.kind {
            ModelKind::Row { tenant_column, .. } => (Some(Arc::clone(&tenant.database)), Some(Arc::clone(tenant_column))),
            ModelKind::Schema { .. } => (Some(Arc::clone(&tenant.database)), None),
            ModelKind::Database { .. } => (None, None),
        };
        Place { host: Arc::clone(&address.host), port: address.port, database, column }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.database {
            Some(database) => write!(f, "{}:{}/{database}", self.host, self.port),
            None => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

/// Measures tenants of a place; `all`: it is the turn of the whole place.
pub(super) async fn measure(front: &Front, place: &Place, members: &[Arc<Member>], all: bool) -> Outcome {
    let begun = Instant::now();
    let mut outcome = Outcome::default();
    let done = match (&place.database, &place.column) {
        (None, _) => databases(front, members, all, &mut outcome).await,
        (Some(_), None) => schemas(front, members, &mut outcome).await,
        (Some(_), Some(column)) => rows(front, members, column, all, &mut outcome).await,
    };
    if let Err(error) = done {
        outcome.failure = Some(error);
    }
    outcome.took = begun.elapsed();
    outcome
}

async fn connect(front: &Front, member: &Member) -> Result<Meter, MeasureError> {
    Meter::connect(&control_at(&member.tenant, front.topologies.primary(&member.tenant.shard), &front.server_tls)?, LIMIT).await
}

/// All databases in one statement, which any of them answers; the live part only of those where it matters.
async fn databases(front: &Front, members: &[Arc<Member>], all: bool, outcome: &mut Outcome) -> Result<(), MeasureError> {
    let mut near: Vec<&Arc<Member>> = members.iter().collect();
    if all && members.len() > 1 {
        let names: Vec<&str> = members.iter().map(|member| &*member.tenant.database).collect();
        let mut disks = Err(None);
        for member in members.iter().take(TRIES) {
            disks = match connect(front, member).await {
                Ok(meter) => meter.databases(&names).await.map_err(Some),
                Err(error) => Err(Some(error)),
            };
            if disks.is_ok() {
                break;
            }
        }
        let disks = match disks {
            Ok(disks) => disks,
            Err(Some(error)) => return Err(error),
            Err(None) => return Ok(()),
        };
        near.clear();
        for member in members {
            let Some(disk) = disks.get(&*member.tenant.database) else { continue };
            if is_near(member, *disk) {
                near.push(member);
            } else {
                outcome.measured.push((Arc::clone(member), Measured { bytes: *disk, disk: Some(*disk) }, Duration::ZERO));
            }
        }
    }
    for member in near {
        let begun = Instant::now();
        let found = match connect(front, member).await {
            Ok(meter) => measure_one(&meter, &member.tenant, false).await,
            Err(error) => Err(error),
        };
        match found {
            Ok((measured, _)) => outcome.measured.push((Arc::clone(member), measured, begun.elapsed())),
            Err(error) => outcome.failure = Some(error),
        }
    }
    Ok(())
}

/// All schemas in one statement.
async fn schemas(front: &Front, members: &[Arc<Member>], outcome: &mut Outcome) -> Result<(), MeasureError> {
    let Some(first) = members.first() else { return Ok(()) };
    let meter = connect(front, first).await?;
    let names: Vec<&str> = members.iter().filter_map(|member| member.tenant.schema.as_deref()).collect();
    let begun = Instant::now();
    let found = meter.schemas(&names).await?;
    let took = begun.elapsed();
    for member in members {
        if let Some(files) = member.tenant.schema.as_deref().and_then(|schema| found.get(schema)) {
            outcome.measured.push((Arc::clone(member), Measured { bytes: files.bytes, disk: Some(files.disk) }, took));
        }
    }
    Ok(())
}

/// All tenants about, and those by themselves that are near their limits. Who has no rows has no storage.
async fn rows(front: &Front, members: &[Arc<Member>], column: &str, all: bool, outcome: &mut Outcome) -> Result<(), MeasureError> {
    let Some(first) = members.first() else { return Ok(()) };
    let meter = connect(front, first).await?;
    let about = if all { Some(meter.rows(column).await?) } else { None };
    for member in members {
        let estimate = about.as_ref().map(|about| about.get(&*member.tenant.key).copied().unwrap_or_default().bytes);
        if let Some(bytes) = estimate.filter(|bytes| !is_near(member, *bytes)) {
            outcome.measured.push((Arc::clone(member), Measured { bytes, disk: None }, Duration::ZERO));
            continue;
        }
        let begun = Instant::now();
        match (measure_one(&meter, &member.tenant, false).await, estimate) {
            (Ok((measured, _)), _) => outcome.measured.push((Arc::clone(member), measured, begun.elapsed())),
            (Err(error), Some(bytes)) => {
                tracing::debug!(tenant = %member.tenant.id, %error, "a tenant's rows can't be counted by themselves");
                outcome.measured.push((Arc::clone(member), Measured { bytes, disk: None }, begun.elapsed()));
            }
            (Err(error), None) => outcome.failure = Some(error),
        }
    }
    Ok(())
}

fn is_near(member: &Member, bytes: u64) -> bool {
    let limits = &member.tenant.limits;
    limits.storage.is_some_and(|limit| bytes / NEAR >= limit / 100 || bytes >= limits.storage_warning.of(limit))
}
