//! A client of the operators' console: let in at the same door as everybody, and handed to whoever serves the console.
//!
//! It counts against none of the limits that are there for tenants, so that an operator comes in where nobody else does any more.

use std::{future::poll_fn, sync::Arc, task::Poll, time::Duration};

use super::{
    deadline::{self, Deadline},
    handshake::{Counted, Front, about, random_key},
    parameters::{self, Wishes},
    registry::{About, Newcomer, Registered, SessionHandle, Signal},
    startup::{self, Opened},
    switcher,
};
use crate::{
    auth::jwt::Token,
    error::{ClientFacing, Report, Severity, SqlState},
    ids::LoginId,
    net::{Accepted, Peer, Stream},
    shard_map::LoginScope,
    tenant::{addresses::AddressSeat, clients::LoginClient},
    wire::{messages::TransactionStatus, synthetic},
};

/// A client on this machine has so long to say who it is.
const LOCAL_PATIENCE: Duration = Duration::from_secs(10);

/// What somebody may do at the console.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Role {
    /// Look.
    Viewer,
    /// Everything.
    Operator,
}

/// A client of the console. Its socket is registered with no runtime: see [`Operator::attach`].
pub struct Operator {
    /// Its connection.
    pub stream: Stream,
    /// What it is called.
    pub name: LoginId,
    registered: Registered,
    front: Arc<Front>,
    _guards: (Option<Deadline>, Option<LoginClient>, Option<AddressSeat>, Option<Counted>),
}

/// A client that has proved who it is and has been told so.
pub(super) struct Prepared {
    name: LoginId,
    pub(super) registered: Registered,
    front: Arc<Front>,
    deadline: Option<Deadline>,
    client: Option<LoginClient>,
}

/// What is known of a client.
pub(super) struct Known<'a> {
    pub(super) name: LoginId,
    pub(super) wishes: &'a Wishes,
    /// Whether its protocol has long cancel keys.
    pub(super) long_key: bool,
    /// Whether it has come through the control socket.
    pub(super) is_local: bool,
}

/// Registers a client and tells it that it is let in; `greeting` are the last words of its authentication.
pub(super) async fn prepare(
    stream: &mut Stream,
    front: &Arc<Front>,
    known: Known<'_>,
    greeting: &mut Vec<u8>,
) -> Result<Prepared, Option<Report>> {
    let Known { name, wishes, long_key, is_local } = known;
    for (name, value) in &told(name.as_str(), wishes) {
        synthetic::parameter_status(greeting, name, value);
    }
    let registered = front.sessions.register(Newcomer {
        tenant: None,
        login: name.clone(),
        peer: *stream.peer(),
        about: About { is_console: true, is_local, ..about(stream, wishes) },
        key: random_key()?,
        long_key,
    });
    synthetic::backend_key(greeting, registered.handle.id.0, registered.handle.key());
    synthetic::ready(greeting, TransactionStatus::Idle);
    stream.write_all(greeting).await.map_err(|_| None)?;
    Ok(Prepared { name, registered, front: Arc::clone(front), deadline: None, client: None })
}

/// What a client is told: drivers look for a PostgreSQL that they know.
fn told(name: &str, wishes: &Wishes) -> switcher::Told {
    let mut told = switcher::defaults(name, wishes.settings.iter());
    if let Some((_, version)) = told.iter_mut().find(|(name, _)| &**name == "server_version") {
        *version = concat!("15.0 (pgtenant ", env!("CARGO_PKG_VERSION"), ")").into();
    }
    told
}

impl Prepared {
    /// Its token ends its session, and its login counts it.
    pub(super) fn guarded(mut self, token: Option<Token>, client: LoginClient) -> Self {
        self.deadline = token.map(|token| Deadline::at(token.expires, &self.registered.handle));
        self.client = Some(client);
        self
    }

    /// The client with its connection.
    pub(super) fn at(self, stream: Stream, seat: Option<AddressSeat>) -> Operator {
        let Prepared { name, registered, front, deadline, client } = self;
        Operator { stream, name, registered, front, _guards: (deadline, client, seat, None) }
    }
}

impl Operator {
    pub(super) fn count(&mut self, counted: Counted) {
        self._guards.3 = Some(counted);
    }

    /// What others may know of its session.
    pub fn handle(&self) -> &Arc<SessionHandle> {
        &self.registered.handle
    }

    /// What it may do at present: whoever has come through the control socket everything, others what the map in force says of their login.
    /// None where it may not even be here any more.
    pub fn role(&self) -> Option<Role> {
        if self.registered.handle.about.is_local {
            return Some(Role::Operator);
        }
        match self.front.served.load().map.login(self.name.as_str())?.scope {
            LoginScope::Operator => Some(Role::Operator),
            LoginScope::Viewer => Some(Role::Viewer),
            LoginScope::Tenant(_) | LoginScope::Tenants(_) | LoginScope::AllTenants => None,
        }
    }

    /// Gives its socket up, so that another runtime can take it.
    ///
    /// # Errors
    /// The socket's.
    pub fn detach(&mut self) -> std::io::Result<()> {
        self.stream.detach()
    }

    /// Takes its socket over to the runtime that calls.
    ///
    /// # Errors
    /// The socket's.
    pub fn attach(&mut self) -> std::io::Result<()> {
        self.stream.attach()
    }

    /// Waits for a word that ends the session, or stops what it does: a cancel request.
    pub async fn told(&self) -> Told {
        told_to(self.handle()).await
    }
}

/// What a session of the console is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Told {
    /// To stop what it does.
    Stop,
    /// To end.
    End(Report),
}

/// Waits for a word to a session.
pub async fn told_to(handle: &Arc<SessionHandle>) -> Told {
    let signal = poll_fn(|cx| match handle.receive(cx.waker()) {
        Signal::None => Poll::Pending,
        signal => Poll::Ready(signal),
    });
    match signal.await {
        Signal::None | Signal::StopWaiting => {
            handle.stopped_waiting();
            Told::Stop
        }
        Signal::Expired => Told::End(deadline::report()),
        Signal::Drain | Signal::Kill => {
            Told::End(Report::new(SqlState::ADMIN_SHUTDOWN, "terminating connection due to administrator command"))
        }
    }
}

/// Lets in who is on this machine as the user that runs the proxy, or as root; `None` where it came to nothing. No password is asked for.
pub async fn admit_local(accepted: Accepted, front: &Arc<Front>) -> Option<Operator> {
    let (counted, _) = Counted::enter(front);
    let mut operator = tokio::time::timeout(LOCAL_PATIENCE, local(accepted, front)).await.ok().flatten()?;
    operator.count(counted);
    Some(operator)
}

async fn local(accepted: Accepted, front: &Arc<Front>) -> Option<Operator> {
    let stream = accepted.open().await.ok()?;
    let opening = match startup::open(stream, None).await {
        Ok(Opened::Session(opening)) => *opening,
        Ok(Opened::Cancel { process, key, .. }) => {
            if let Some(session) = front.sessions.find(process, &key) {
                session.cancel();
            }
            return None;
        }
        Err((error, stream)) => {
            if let (Some(report), Some(stream)) = (error.report(), stream) {
                refuse(stream, &report).await;
            }
            return None;
        }
    };
    let mut stream = opening.stream;
    match let_in(&mut stream, &opening.parameters, opening.version.minor >= 2, front).await {
        Ok(prepared) => Some(prepared.at(stream, None)),
        Err(Some(report)) => {
            tracing::info!(peer = %stream.peer(), state = %report.state, message = %report.message, "login refused");
            refuse(stream, &report).await;
            None
        }
        Err(None) => None,
    }
}

async fn let_in(
    stream: &mut Stream,
    parameters: &[(String, String)],
    long_key: bool,
    front: &Arc<Front>,
) -> Result<Prepared, Option<Report>> {
    /// `AUTH_REQ_OK`, `src/include/libpq/protocol.h`.
    const OK: u32 = 0;
    let wishes = parameters::read(parameters).map_err(|error| Some(error.report()))?;
    if !is_ours(stream.peer()) {
        return Err(Some(
            Report::new(SqlState::INVALID_AUTHORIZATION, "the control socket is for the user that runs the proxy, and for root")
                .with_hint("Connect to the proxy's address with a login of role \"operator\", and dbname=pgtenant."),
        ));
    }
    let mut greeting = Vec::with_capacity(512);
    synthetic::authentication(&mut greeting, OK, &[]);
    let known = Known { name: LoginId::from(wishes.user.as_str()), wishes: &wishes, long_key, is_local: true };
    prepare(stream, front, known, &mut greeting).await
}

/// Whether a process is of the proxy's own user, or root's. One that the proxy can't see is in another container: its users are others,
/// whatever their numbers.
fn is_ours(peer: &Peer) -> bool {
    match peer {
        Peer::Unix(peer) => peer.pid.is_some_and(|pid| pid > 0) && (peer.uid == 0 || peer.uid == rustix::process::geteuid().as_raw()),
        Peer::Tcp(_) => false,
    }
}

async fn refuse(mut stream: Stream, report: &Report) {
    let mut message = Vec::with_capacity(256);
    synthetic::error(&mut message, Severity::Fatal, report);
    let _ = stream.write_all(&message).await;
    let _ = stream.shutdown().await;
}
