//! All pools of the process, found by what their connections have in common.

use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    sync::{Arc, atomic::AtomicU64},
};

use parking_lot::Mutex;

use super::{Pool, PoolRules, PoolSession, ShardServer, state::PoolLimits};
use crate::{
    backend::{ServerSpec, statements::StatementCache},
    ids::{ShardId, TenantId},
    net::{Target, tls::ClientTlsFiles},
    sql::gate::Judged,
};

/// What a pool is asked for with.
pub struct PoolRequest {
    /// What its connections have in common.
    pub spec: ServerSpec,
    /// The shard of its server, and the cap over all pools of that server.
    pub shard: ShardId,
    /// See [`PoolRequest::shard`].
    pub cap: u32,
    /// Whose it is.
    pub tenant: TenantId,
    /// Its limits.
    pub limits: PoolLimits,
}

struct BySpec(Arc<ServerSpec>);

impl PartialEq for BySpec {
    fn eq(&self, other: &Self) -> bool {
        *self.0 == *other.0
    }
}
impl Eq for BySpec {}
impl Hash for BySpec {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl std::borrow::Borrow<ServerSpec> for BySpec {
    fn borrow(&self) -> &ServerSpec {
        &self.0
    }
}

/// The pools, and the servers that they belong to.
pub struct PoolRegistry {
    inner: Mutex<Inner>,
    rules: Arc<PoolRules>,
    numbers: Arc<AtomicU64>,
    nobodys: Arc<StatementCache<Judged>>,
}

#[derive(Default)]
struct Inner {
    pools: HashMap<BySpec, Arc<Pool>>,
    servers: HashMap<(Target, ClientTlsFiles), Arc<ShardServer>>,
}

impl PoolRegistry {
    /// No pool yet.
    pub fn new(rules: PoolRules) -> Self {
        let numbers = Arc::new(AtomicU64::new(1));
        let nobodys = Arc::new(StatementCache::new(rules.statements, Arc::clone(&numbers)));
        PoolRegistry { inner: Mutex::new(Inner::default()), rules: Arc::new(rules), numbers, nobodys }
    }

    /// Statements of sessions that haven't said their tenant: no server ever gets them.
    pub fn nobodys(&self) -> Arc<StatementCache<Judged>> {
        Arc::clone(&self.nobodys)
    }

    /// How the pools behave.
    pub fn rules(&self) -> &PoolRules {
        &self.rules
    }

    /// The pool for a session, made on first use. Limits and cap of the request count from now on.
    pub fn enter(&self, request: PoolRequest) -> PoolSession {
        let mut inner = self.inner.lock();
        if let Some(pool) = inner.pools.get(&request.spec) {
            pool.set_limits(request.limits);
            pool.server.set_cap(request.cap);
            return pool.enter();
        }
        let key = (request.spec.target.clone(), request.spec.tls_files.clone());
        let server =
            inner.servers.entry(key).or_insert_with(|| Arc::new(ShardServer::new(request.shard, request.cap, Arc::clone(&self.rules))));
        server.set_cap(request.cap);
        let spec = Arc::new(request.spec);
        let pool = Pool::new(server, Arc::clone(&spec), request.tenant, request.limits, Arc::clone(&self.numbers));
        let session = pool.enter();
        inner.pools.insert(BySpec(spec), pool);
        session
    }

    /// All pools.
    pub fn pools(&self) -> Vec<Arc<Pool>> {
        self.inner.lock().pools.values().cloned().collect()
    }

    /// Removes pools that have neither sessions nor connections: pools cost nothing while idle.
    pub fn sweep(&self) {
        let mut inner = self.inner.lock();
        inner.pools.retain(|_, pool| pool.sessions() > 0 || Arc::strong_count(pool) > 1 || !pool.remove());
        inner.servers.retain(|_, server| Arc::strong_count(server) > 1);
    }
}
