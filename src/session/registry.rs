//! The sessions of the process: their cancel keys, and how to reach them.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use atomic_waker::AtomicWaker;
use dashmap::{DashMap, mapref::entry::Entry};
use parking_lot::Mutex;

use crate::{
    backend::cancel::{CancelTarget, PendingCancel},
    ids::{LoginId, SessionId, TenantId},
    net::Peer,
};

/// How long a cancel request waits for its turn at most: a server that takes longer to change settings does nothing else either.
const PREPARATION: Duration = Duration::from_secs(5);

/// What somebody else wants of a session; later ones outweigh earlier ones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Signal {
    /// Nothing.
    None = 0,
    /// Stop waiting for a server connection: the client has cancelled.
    StopWaiting = 1,
    /// End when no transaction is open: the proxy shuts down.
    Drain = 2,
    /// End at once: the token that let the client in has expired.
    Expired = 3,
    /// End at once.
    Kill = 4,
}

impl Signal {
    fn from_byte(byte: u8) -> Self {
        match byte {
            1 => Signal::StopWaiting,
            2 => Signal::Drain,
            3 => Signal::Expired,
            4 => Signal::Kill,
            _ => Signal::None,
        }
    }
}

/// Bytes of a cancel key for clients of protocol 3.2; those of 3.0 get the first four.
pub const KEY_LEN: usize = 32;

/// Who comes in.
pub struct Newcomer {
    /// Whose data it reaches, where that is clear.
    pub tenant: Option<TenantId>,
    /// Who it is.
    pub login: LoginId,
    /// From where.
    pub peer: Peer,
    /// What is known of it beside.
    pub about: About,
    /// Random bytes for its cancel key, of which a client of protocol 3.0 gets four.
    pub key: [u8; KEY_LEN],
    /// Whether it gets all of them.
    pub long_key: bool,
}

/// What there is to tell of a client.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// It is at the operators' console: no tenant's.
    pub is_console: bool,
    /// It has come through the control socket: no login of the map's.
    pub is_local: bool,
    /// `application_name` of its startup packet.
    pub application_name: Option<Box<str>>,
    /// Our end of its connection; none for a Unix socket.
    pub local: Option<SocketAddr>,
    /// How it is encrypted: protocol and cipher.
    pub tls: Option<(&'static str, &'static str)>,
}

/// The server connection that a session owns, and when it last began to own one.
#[derive(Default)]
struct Attachment {
    target: Option<Arc<CancelTarget>>,
    since: Option<Instant>,
    waits_since: Option<Instant>,
}

/// What a session does at a moment.
#[derive(Clone, Default)]
pub struct Doing {
    /// The server connection that it owns.
    pub server: Option<Arc<CancelTarget>>,
    /// When it last got one.
    pub since: Option<Instant>,
    /// Since when it waits for one.
    pub waits_since: Option<Instant>,
}

/// What others may know of a session and do to it.
pub struct SessionHandle {
    /// Its number, which its client takes for a process id.
    pub id: SessionId,
    /// Whose data it reaches at present.
    tenant: Mutex<Option<TenantId>>,
    /// Who connected.
    pub login: LoginId,
    /// From where.
    pub peer: Peer,
    /// Since when.
    pub since: Instant,
    /// What its client said and how it came, for those who look.
    pub about: About,
    key: [u8; KEY_LEN],
    key_len: usize,
    signal: AtomicU8,
    /// What its tenant may do has changed.
    renewed: AtomicBool,
    waker: AtomicWaker,
    /// The server connection that the session owns.
    target: Mutex<Attachment>,
    /// The connection runs what the proxy has put before the client's first statement.
    preparing: AtomicBool,
    /// Statements that its client has named.
    prepared: AtomicU32,
    /// Why it keeps its server connection, for people.
    pin: Mutex<Option<Box<str>>>,
}

impl SessionHandle {
    /// The key that its client was given.
    pub fn key(&self) -> &[u8] {
        &self.key[..self.key_len]
    }

    /// Whose data it reaches at present; nobody's before its client has said.
    pub fn tenant(&self) -> Option<TenantId> {
        self.tenant.lock().clone()
    }

    /// It reaches this tenant's data from now on.
    pub fn act_for(&self, tenant: Option<TenantId>) {
        *self.tenant.lock() = tenant;
    }

    /// Tells the session something.
    pub fn send(&self, signal: Signal) {
        self.signal.fetch_max(signal as u8, Ordering::AcqRel);
        self.waker.wake();
    }

    /// Tells the session that its tenant may do something else by now.
    pub fn renew(&self) {
        self.renewed.store(true, Ordering::Release);
        self.waker.wake();
    }

    /// Whether it has been told so since it last asked. To be asked behind [`SessionHandle::receive`].
    #[inline]
    pub fn is_renewed(&self) -> bool {
        self.renewed.load(Ordering::Acquire) && self.renewed.swap(false, Ordering::AcqRel)
    }

    /// What the session has been told; it will be woken at the next.
    #[inline]
    pub fn receive(&self, waker: &std::task::Waker) -> Signal {
        self.waker.register(waker);
        Signal::from_byte(self.signal.load(Ordering::Acquire))
    }

    /// Whether it has been told to end, now or when no transaction is open.
    #[inline]
    pub fn is_told_to_end(&self) -> bool {
        self.signal.load(Ordering::Acquire) >= Signal::Drain as u8
    }

    /// The wish to stop waiting is fulfilled.
    pub fn stopped_waiting(&self) {
        let _ = self.signal.compare_exchange(Signal::StopWaiting as u8, Signal::None as u8, Ordering::AcqRel, Ordering::Acquire);
    }

    /// The session owns a server connection, which may have to be prepared for it first.
    #[inline]
    pub fn attach(&self, target: &Arc<CancelTarget>, since: Option<Instant>, preparing: bool) {
        if preparing {
            self.preparing.store(true, Ordering::Release);
        }
        *self.target.lock() = Attachment { target: Some(Arc::clone(target)), since, waits_since: None };
    }

    /// The session waits for a server connection, or doesn't any more.
    pub fn show_wait(&self, since: Option<Instant>) {
        self.target.lock().waits_since = since;
    }

    /// What it does.
    pub fn doing(&self) -> Doing {
        let Attachment { target, since, waits_since } = &*self.target.lock();
        Doing { server: target.clone(), since: *since, waits_since: *waits_since }
    }

    /// The connection is as the session needs it.
    #[inline]
    pub fn prepared(&self) {
        self.preparing.store(false, Ordering::Release);
    }

    /// Waits until what runs is the client's: a request that is meant for that must not cancel what comes before.
    pub async fn until_prepared(&self) {
        let give_up = Instant::now() + PREPARATION;
        while self.preparing.load(Ordering::Acquire) && Instant::now() < give_up {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// It doesn't any more: no cancel request can begin from here on.
    #[inline]
    pub fn detach(&self) {
        self.prepared();
        self.target.lock().target = None;
    }

    /// Begins to cancel what the session runs; without a server connection it stops waiting for one.
    pub fn cancel(&self) -> Option<PendingCancel> {
        let pending = self.target.lock().target.as_ref().map(CancelTarget::begin);
        if pending.is_none() {
            self.send(Signal::StopWaiting);
        }
        pending
    }

    /// Its client has so many named statements.
    #[inline]
    pub fn note_prepared(&self, statements: usize) {
        self.prepared.store(statements as u32, Ordering::Relaxed);
    }

    /// Statements that its client has named.
    pub fn named_statements(&self) -> u32 {
        self.prepared.load(Ordering::Relaxed)
    }

    /// Shows why the session keeps its server connection.
    pub fn show_pin(&self, pin: Option<String>) {
        *self.pin.lock() = pin.map(String::into_boxed_str);
    }

    /// Why the session keeps its server connection.
    pub fn pin(&self) -> Option<String> {
        self.pin.lock().as_deref().map(str::to_owned)
    }
}

/// All sessions by number.
#[derive(Default)]
pub struct SessionRegistry {
    sessions: DashMap<SessionId, Arc<SessionHandle>>,
    next: AtomicU32,
}

/// A session's place in the registry, until dropped.
pub struct Registered {
    registry: Arc<SessionRegistry>,
    /// The session.
    pub handle: Arc<SessionHandle>,
}

impl SessionRegistry {
    /// Adds a session.
    pub fn register(self: &Arc<Self>, newcomer: Newcomer) -> Registered {
        let Newcomer { tenant, login, peer, about, key, long_key } = newcomer;
        let key_len = if long_key { KEY_LEN } else { 4 };
        loop {
            // Positive as an i32, as clients print it.
            let id = SessionId(self.next.fetch_add(1, Ordering::Relaxed) % 0x7fff_fffe + 1);
            if let Entry::Vacant(vacant) = self.sessions.entry(id) {
                let handle = Arc::new(SessionHandle {
                    id,
                    tenant: Mutex::new(tenant),
                    login,
                    peer,
                    since: Instant::now(),
                    about,
                    key,
                    key_len,
                    signal: AtomicU8::new(0),
                    renewed: AtomicBool::new(false),
                    waker: AtomicWaker::new(),
                    target: Mutex::default(),
                    preparing: AtomicBool::new(false),
                    prepared: AtomicU32::new(0),
                    pin: Mutex::new(None),
                });
                vacant.insert(Arc::clone(&handle));
                return Registered { registry: Arc::clone(self), handle };
            }
        }
    }

    /// The session of a cancel request, if its key is right. Compared in constant time.
    pub fn find(&self, process: u32, key: &[u8]) -> Option<Arc<SessionHandle>> {
        let session = self.sessions.get(&SessionId(process))?;
        aws_lc_rs::constant_time::verify_slices_are_equal(session.value().key(), key).ok()?;
        Some(Arc::clone(session.value()))
    }

    /// The session of a number.
    pub fn get(&self, id: SessionId) -> Option<Arc<SessionHandle>> {
        self.sessions.get(&id).map(|session| Arc::clone(session.value()))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.sessions.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty()
    }

    /// Tells all sessions something.
    pub fn send_all(&self, signal: Signal) {
        for session in &self.sessions {
            session.send(signal);
        }
    }

    /// All sessions at this moment.
    pub fn list(&self) -> Vec<Arc<SessionHandle>> {
        self.sessions.iter().map(|session| Arc::clone(&session)).collect()
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.registry.sessions.remove(&self.handle.id);
    }
}
