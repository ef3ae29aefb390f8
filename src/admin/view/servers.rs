//! Connections to servers.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Instant, SystemTime},
};

use crate::{
    backend::{ServerSpec, cancel::CancelTarget},
    ids::{SessionId, ShardId, TenantId},
    pool::Pool,
    session::handshake::Front,
};

/// What a connection does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ServerState {
    /// A session owns it.
    Active,
    /// Nobody does.
    Idle,
    /// It is being opened.
    New,
}

impl ServerState {
    /// PgBouncer's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            ServerState::Active => "active",
            ServerState::Idle => "idle",
            ServerState::New => "new",
        }
    }
}

/// A connection.
#[derive(Clone)]
pub struct ServerView {
    /// Its pool's number.
    pub pool: u64,
    /// Whose the pool is; none: several tenants'.
    pub tenant: Option<TenantId>,
    /// Its shard.
    pub shard: ShardId,
    /// Where it goes, and as whom.
    pub spec: Arc<ServerSpec>,
    /// What it does.
    pub state: ServerState,
    /// The server's process; 0: it isn't open yet.
    pub process: u32,
    /// When it was opened.
    pub connected: SystemTime,
    /// When it was taken or given back last.
    pub requested: SystemTime,
    /// Our end of it; none for a Unix socket.
    pub local: Option<SocketAddr>,
    /// How it is encrypted: protocol and cipher.
    pub tls: Option<(&'static str, &'static str)>,
    /// The session that owns it.
    pub client: Option<SessionId>,
    /// What that has called itself when it came.
    pub application_name: Option<Box<str>>,
    /// Statements that are prepared on it, as far as that can be seen: while nobody owns it.
    pub statements: usize,
    /// It closes as soon as it comes back.
    pub is_outdated: bool,
}

/// All connections, by pool.
pub fn servers(front: &Front) -> Vec<ServerView> {
    let (now, clock) = (Instant::now(), SystemTime::now());
    let at = |instant: Instant| clock - now.saturating_duration_since(instant);
    let pools = front.pools.pools();
    let mut servers = Vec::new();
    for pool in &pools {
        pool.each_idle(|connection, since| {
            servers.push(ServerView {
                requested: at(since),
                statements: connection.carried.statements.len(),
                ..server(pool, ServerState::Idle, &connection.cancel, &at)
            });
        });
        for _ in 0..pool.figures().dialing {
            servers.push(ServerView { requested: clock, ..new(pool, clock) });
        }
    }
    for session in front.sessions.list() {
        let doing = session.doing();
        let Some(target) = doing.server else { continue };
        let Some(pool) = pools.iter().find(|pool| Arc::ptr_eq(&pool.spec, target.spec())) else { continue };
        servers.push(ServerView {
            requested: doing.since.map_or(clock, at),
            client: Some(session.id),
            application_name: session.about.application_name.clone(),
            ..server(pool, ServerState::Active, &target, &at)
        });
    }
    servers.sort_by_key(|server| (server.pool, server.process));
    servers
}

fn server(pool: &Pool, state: ServerState, target: &CancelTarget, at: &impl Fn(Instant) -> SystemTime) -> ServerView {
    let opened = target.beginning();
    let connected = opened.map_or_else(SystemTime::now, |opened| at(opened.since));
    ServerView {
        state,
        process: target.process(),
        local: opened.and_then(|opened| opened.local),
        tls: opened.and_then(|opened| opened.tls),
        is_outdated: opened.is_some_and(|opened| opened.generation != pool.generation()),
        ..new(pool, connected)
    }
}

fn new(pool: &Pool, connected: SystemTime) -> ServerView {
    ServerView {
        pool: pool.number,
        tenant: (!pool.spec.shared).then(|| pool.label.clone()),
        shard: pool.server().shard.clone(),
        spec: Arc::clone(&pool.spec),
        state: ServerState::New,
        process: 0,
        connected,
        requested: connected,
        local: None,
        tls: None,
        client: None,
        application_name: None,
        statements: 0,
        is_outdated: false,
    }
}
