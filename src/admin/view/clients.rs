//! Clients that are connected.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use crate::{
    backend::cancel::CancelTarget,
    ids::{LoginId, SessionId, TenantId},
    net::Peer,
    session::{handshake::Front, registry::SessionHandle},
};

/// What a client does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClientState {
    /// It owns a server connection.
    Active,
    /// It has asked for one.
    Waiting,
    /// Neither.
    Idle,
}

impl ClientState {
    /// PgBouncer's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            ClientState::Active => "active",
            ClientState::Waiting => "waiting",
            ClientState::Idle => "idle",
        }
    }
}

/// A client.
#[derive(Clone)]
pub struct ClientView {
    /// Its session.
    pub id: SessionId,
    /// Who it is.
    pub login: LoginId,
    /// Whose data it reaches; none: nobody's, or not yet.
    pub tenant: Option<TenantId>,
    /// It is at the console.
    pub is_console: bool,
    /// What it does.
    pub state: ClientState,
    /// Where it is.
    pub peer: Peer,
    /// Where it came to; none for a Unix socket.
    pub local: Option<SocketAddr>,
    /// Since when it is connected.
    pub connected: SystemTime,
    /// When its last transaction began, or else when it came.
    pub requested: SystemTime,
    /// How long it has been waiting.
    pub waits: Duration,
    /// The server connection that it owns.
    pub server: Option<Arc<CancelTarget>>,
    /// How its connection is encrypted: protocol and cipher.
    pub tls: Option<(&'static str, &'static str)>,
    /// What it has called itself when it came.
    pub application_name: Option<Box<str>>,
    /// Statements that it has named.
    pub prepared: u32,
    /// Why it keeps its server connection.
    pub pin: Option<String>,
}

/// All clients, the oldest first.
pub fn clients(front: &Front) -> Vec<ClientView> {
    let (now, clock) = (Instant::now(), SystemTime::now());
    let mut clients: Vec<ClientView> = front.sessions.list().iter().map(|session| client(session, now, clock)).collect();
    clients.sort_by_key(|client| client.id);
    clients
}

fn client(session: &SessionHandle, now: Instant, clock: SystemTime) -> ClientView {
    let doing = session.doing();
    let at = |instant: Instant| clock - now.saturating_duration_since(instant);
    let state = match (&doing.server, doing.waits_since) {
        (Some(_), _) => ClientState::Active,
        (None, Some(_)) => ClientState::Waiting,
        // Whoever looks is at work.
        (None, None) if session.about.is_console => ClientState::Active,
        (None, None) => ClientState::Idle,
    };
    ClientView {
        id: session.id,
        login: session.login.clone(),
        tenant: session.tenant(),
        is_console: session.about.is_console,
        state,
        peer: session.peer,
        local: session.about.local,
        connected: at(session.since),
        requested: at(doing.since.unwrap_or(session.since)),
        waits: doing.waits_since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since)),
        server: doing.server,
        tls: session.about.tls,
        application_name: session.about.application_name.clone(),
        prepared: session.named_statements(),
        pin: session.pin(),
    }
}
