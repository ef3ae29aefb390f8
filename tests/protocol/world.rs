//! Sessions, pooled model servers, and what the relay does between them; bytes move in pieces, in an order that a seed decides.

use std::{
    collections::VecDeque,
    num::NonZeroUsize,
    rc::Rc,
    sync::{Arc, atomic::AtomicU64},
};

use pgtenant::{
    backend::{Carried, settings::Settings, statements::StatementCache},
    config::GateMode,
    error::{Report, Severity, SqlState},
    ids::TenantId,
    session::{
        conversation::{Attached, Conversation, Fatal, Loss, PoolMode, ServerEvent, Sink, Tools, Want},
        gate::{Gatekeeper, GroundRules, SharedGround, Whom},
    },
    sql::gate::Isolation,
    wire::synthetic,
};

use super::{
    frames::{Seen, take_frames},
    model::{Backend, Database},
};

/// SplitMix64.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Dice(seed)
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end.max(1) as u64) as usize
    }
}

pub struct Server {
    pub backend: Option<Backend>,
    carried: Carried,
    to_server: Vec<u8>,
    from_server: Vec<u8>,
    taken: bool,
}

pub struct Session {
    pub conversation: Conversation,
    server: Option<usize>,
    waiting: bool,
    /// What was read waits until nothing is owed.
    held: bool,
    inbound: Vec<u8>,
    /// What the client has sent and the proxy not yet read.
    pub sent: Vec<u8>,
    received: Vec<u8>,
    /// What the client has received.
    pub frames: Vec<Seen>,
    pub ended: bool,
    pub fatal: Option<Fatal>,
}

pub struct World {
    pub tools: Tools,
    pub database: Database,
    pub servers: Vec<Server>,
    pub sessions: Vec<Session>,
    queue: VecDeque<usize>,
    /// Statements that a server connection holds.
    pub capacity: usize,
    /// Bytes move in pieces of this size at most.
    pub piece: usize,
    /// No server can be had.
    pub down: bool,
    /// No channel can be heard.
    pub deaf: bool,
    /// What clients send arrives as it was sent.
    pub whole_sends: bool,
}

pub fn tools() -> Tools {
    let numbers = Arc::new(AtomicU64::new(1));
    Tools {
        statements: Arc::new(StatementCache::new(NonZeroUsize::new(1000).unwrap(), numbers)),
        gate: gatekeeper("acme", GateMode::Off, true),
        context: None,
        admission: None,
    }
}

/// The gate for a tenant, over nothing.
pub fn gatekeeper(tenant: &str, mode: GateMode, lock_is_login: bool) -> Gatekeeper {
    let rules = GroundRules {
        isolation: Isolation::Row { column: "tenant_id".into() },
        lock_is_login,
        ddl: false,
        functions: Vec::new(),
        reference_tables: Vec::new(),
        global_keys: Vec::new(),
    };
    let whom = Whom { tenant: TenantId::from(tenant), key: tenant.into(), schema: None, role: "pool".into() };
    Gatekeeper::new(Arc::new(SharedGround::fixed(rules, Arc::default())), whom, mode, Arc::default())
}

pub fn lost() -> Report {
    Report::new(SqlState::CONNECTION_FAILURE, "lost")
}

impl World {
    /// Sessions in transaction mode over so many servers.
    pub fn new(sessions: usize, servers: usize) -> Self {
        World::with_mode(sessions, servers, PoolMode::Transaction, 100)
    }

    pub fn with_mode(sessions: usize, servers: usize, mode: PoolMode, capacity: usize) -> Self {
        let mut world = World {
            tools: tools(),
            database: Rc::default(),
            servers: Vec::new(),
            sessions: Vec::new(),
            queue: VecDeque::new(),
            capacity,
            piece: usize::MAX,
            whole_sends: false,
            down: false,
            deaf: false,
        };
        for _ in 0..sessions {
            world.add_session(Settings::default(), mode);
        }
        for _ in 0..servers {
            world.add_server();
        }
        world
    }

    pub fn add_session(&mut self, settings: Settings, mode: PoolMode) -> usize {
        self.sessions.push(Session {
            conversation: Conversation::new(settings, mode),
            server: None,
            waiting: false,
            held: false,
            inbound: Vec::new(),
            sent: Vec::new(),
            received: Vec::new(),
            frames: Vec::new(),
            ended: false,
            fatal: None,
        });
        self.sessions.len() - 1
    }

    fn add_server(&mut self) {
        self.servers.push(Server {
            backend: Some(Backend::new(&self.database)),
            carried: Carried::new(NonZeroUsize::new(self.capacity).unwrap()),
            to_server: Vec::new(),
            from_server: Vec::new(),
            taken: false,
        });
    }

    pub fn backend(&mut self, server: usize) -> &mut Backend {
        self.servers[server].backend.as_mut().unwrap()
    }

    /// Which server connection a session has.
    pub fn server_of(&self, session: usize) -> Option<usize> {
        self.sessions[session].server
    }

    /// Sends and lets everything happen; what the client received since the last time.
    pub fn talk(&mut self, session: usize, bytes: &[u8]) -> Vec<Seen> {
        self.sessions[session].sent.extend_from_slice(bytes);
        self.run(&mut Dice::new(1));
        std::mem::take(&mut self.sessions[session].frames)
    }

    /// Moves bytes until nothing moves.
    pub fn run(&mut self, dice: &mut Dice) {
        let actors = self.sessions.len() + 2 * self.servers.len();
        loop {
            let first = dice.below(actors);
            let moved = (0..actors).any(|offset| self.act((first + offset) % actors, dice));
            if !moved {
                return;
            }
        }
    }

    /// One move, of whichever actor.
    pub fn step(&mut self, dice: &mut Dice) -> bool {
        let actors = self.sessions.len() + 2 * self.servers.len();
        let first = dice.below(actors);
        (0..actors).any(|offset| self.act((first + offset) % actors, dice))
    }

    fn act(&mut self, actor: usize, dice: &mut Dice) -> bool {
        let sessions = self.sessions.len();
        if actor < sessions {
            self.read_client(actor, dice)
        } else if actor < sessions + self.servers.len() {
            self.read_proxy(actor - sessions, dice)
        } else {
            self.read_server(actor - sessions - self.servers.len(), dice)
        }
    }

    fn cut(&self, length: usize, dice: &mut Dice) -> usize {
        if self.piece == usize::MAX { length } else { (1 + dice.below(self.piece)).min(length) }
    }

    /// The proxy reads from a client.
    fn read_client(&mut self, session: usize, dice: &mut Dice) -> bool {
        let here = &self.sessions[session];
        if here.sent.is_empty() || here.waiting || here.held || here.ended {
            return false;
        }
        let cut = if self.whole_sends { here.sent.len() } else { self.cut(here.sent.len(), dice) };
        let here = &mut self.sessions[session];
        let mut bytes = std::mem::take(&mut here.inbound);
        bytes.extend(here.sent.drain(..cut));
        self.on_client(session, &bytes);
        true
    }

    fn on_client(&mut self, session: usize, mut bytes: &[u8]) {
        let mut to_client = Vec::new();
        let mut to_server = Vec::new();
        loop {
            let here = &mut self.sessions[session];
            let attached = match here.server {
                Some(server) => Some(Attached { carried: &mut self.servers[server].carried, out: &mut to_server }),
                None => None,
            };
            let step = match here.conversation.on_client(&self.tools, bytes, attached, &mut to_client) {
                Ok(step) => step,
                Err(fatal) => return self.broken(session, fatal, &to_client),
            };
            bytes = &bytes[step.consumed..];
            match step.want {
                Want::Bytes => break,
                Want::Close => {
                    here.ended = true;
                    self.drop_server(session);
                    return;
                }
                Want::Tenant => unreachable!("sessions of one tenant"),
                Want::Room => unreachable!("nothing is as long as that"),
                Want::Rest => {
                    here.held = true;
                    break;
                }
                Want::Channels if self.deaf => here.conversation.answer_channels(Err(lost())),
                Want::Channels => here.conversation.answer_channels(Ok(())),
                Want::Catalog => here.conversation.catalog_is_read(),
                Want::Server if self.down => {
                    let done = here.conversation.fail_front(bytes, &lost(), &mut to_client);
                    bytes = &bytes[done..];
                }
                Want::Server => match self.servers.iter().position(|server| !server.taken && server.backend.is_some()) {
                    Some(server) => self.attach(session, server, &mut to_server),
                    None => {
                        self.sessions[session].waiting = true;
                        self.queue.push_back(session);
                        break;
                    }
                },
            }
        }
        self.sessions[session].inbound.extend_from_slice(bytes);
        self.write_client(session, &to_client);
        if let Some(server) = self.sessions[session].server {
            self.servers[server].to_server.extend_from_slice(&to_server);
        } else {
            assert!(to_server.is_empty(), "bytes for a server without one");
        }
    }

    fn attach(&mut self, session: usize, server: usize, to_server: &mut Vec<u8>) {
        let (here, there) = (&mut self.sessions[session], &mut self.servers[server]);
        there.taken = true;
        here.server = Some(server);
        here.conversation.attach(None, &mut Attached { carried: &mut there.carried, out: to_server });
    }

    fn write_client(&mut self, session: usize, bytes: &[u8]) {
        let here = &mut self.sessions[session];
        if bytes.is_empty() {
            return;
        }
        here.conversation.flushed_to_client();
        here.received.extend_from_slice(bytes);
        let mut fresh = take_frames(&mut here.received);
        here.frames.append(&mut fresh);
    }

    fn broken(&mut self, session: usize, fatal: Fatal, to_client: &[u8]) {
        let mut bytes = to_client.to_vec();
        synthetic::error(&mut bytes, Severity::Fatal, &fatal.report());
        self.write_client(session, &bytes);
        self.sessions[session].ended = true;
        self.sessions[session].fatal = Some(fatal);
        self.drop_server(session);
    }

    /// Closes a session's server connection; the pool makes another.
    fn drop_server(&mut self, session: usize) {
        if let Some(server) = self.sessions[session].server.take() {
            self.servers[server].backend = None;
            self.add_server();
            self.serve_queue();
        }
    }

    /// The server reads from the proxy.
    fn read_proxy(&mut self, server: usize, dice: &mut Dice) -> bool {
        let cut = self.cut(self.servers[server].to_server.len(), dice);
        let Server { backend: Some(backend), to_server, .. } = &mut self.servers[server] else { return false };
        if to_server.is_empty() {
            return false;
        }
        let bytes: Vec<u8> = to_server.drain(..cut).collect();
        backend.feed(&bytes);
        true
    }

    /// The proxy reads from a server.
    fn read_server(&mut self, server: usize, dice: &mut Dice) -> bool {
        let Some(session) = self.sessions.iter().position(|session| session.server == Some(server)) else { return false };
        let Some(backend) = &self.servers[server].backend else { return false };
        if backend.out.is_empty() {
            return false;
        }
        let cut = self.cut(backend.out.len(), dice);
        let there = &mut self.servers[server];
        let mut bytes = std::mem::take(&mut there.from_server);
        bytes.extend(there.backend.as_mut().unwrap().out.drain(..cut));
        let mut to_client = Vec::new();
        let mut sink = Sink::new(&mut to_client, &bytes);
        let outcome = self.sessions[session].conversation.on_server(&bytes, &mut there.carried, &mut sink);
        let run = sink.finish();
        to_client.extend_from_slice(&bytes[run]);
        match outcome {
            Ok((done, event)) => {
                self.servers[server].from_server.extend_from_slice(&bytes[done..]);
                self.write_client(session, &to_client);
                match event {
                    ServerEvent::Replay => self.heal(session, server),
                    ServerEvent::None => self.rest(session, server),
                }
                self.go_on(session);
            }
            Err(fatal) => self.broken(session, fatal, &to_client),
        }
        true
    }

    /// What a session has held goes on once nothing is owed.
    fn go_on(&mut self, session: usize) {
        let here = &mut self.sessions[session];
        if here.held && here.conversation.owes_nothing() {
            here.held = false;
            let bytes = std::mem::take(&mut here.inbound);
            self.on_client(session, &bytes);
        }
    }

    fn heal(&mut self, session: usize, server: usize) {
        let (here, there) = (&mut self.sessions[session], &mut self.servers[server]);
        here.conversation.settle(&mut Attached { carried: &mut there.carried, out: &mut there.to_server });
        let mut bytes = here.conversation.take_replay();
        bytes.append(&mut here.inbound);
        self.on_client(session, &bytes);
    }

    fn rest(&mut self, session: usize, server: usize) {
        let (here, there) = (&mut self.sessions[session], &mut self.servers[server]);
        if !here.conversation.is_at_rest() || !there.to_server.is_empty() {
            return;
        }
        if here.conversation.settle(&mut Attached { carried: &mut there.carried, out: &mut there.to_server }) {
            return;
        }
        if here.conversation.pin().is_some() {
            return;
        }
        assert!(here.conversation.may_check_in());
        assert!(there.from_server.is_empty(), "a reply goes on");
        there.backend.as_ref().unwrap().assert_idle();
        here.server = None;
        there.taken = false;
        self.serve_queue();
    }

    fn serve_queue(&mut self) {
        let Some(server) = self.servers.iter().position(|server| !server.taken && server.backend.is_some()) else { return };
        let Some(session) = self.queue.pop_front() else { return };
        self.sessions[session].waiting = false;
        let mut to_server = Vec::new();
        self.attach(session, server, &mut to_server);
        self.servers[server].to_server.extend_from_slice(&to_server);
        let bytes = std::mem::take(&mut self.sessions[session].inbound);
        self.on_client(session, &bytes);
    }

    /// The server connection of a session breaks.
    pub fn lose_server(&mut self, session: usize) -> Loss {
        let server = self.sessions[session].server.take().expect("a server to lose");
        self.servers[server].backend = None;
        self.add_server();
        let mut to_client = Vec::new();
        let loss = self.sessions[session].conversation.server_lost(&lost(), &mut to_client);
        self.write_client(session, &to_client);
        match loss {
            Loss::GoOn => {
                self.sessions[session].held = false;
                let bytes = std::mem::take(&mut self.sessions[session].inbound);
                self.on_client(session, &bytes);
            }
            Loss::Told | Loss::End => self.sessions[session].ended = true,
        }
        self.serve_queue();
        loss
    }

    /// Nothing is under way: every connection is back and clean, but for those that a pin keeps.
    pub fn assert_quiet(&self) {
        for (number, session) in self.sessions.iter().enumerate().filter(|(_, session)| !session.ended) {
            assert!(session.sent.is_empty() && session.inbound.is_empty() && !session.waiting, "session {number} wasn't heard");
            assert!(session.received.is_empty(), "session {number} got half a frame");
            assert!(session.conversation.is_at_rest(), "session {number} isn't at rest");
            assert!(session.server.is_none() || session.conversation.pin().is_some(), "session {number} keeps its server");
        }
        for server in &self.servers {
            if let Some(backend) = &server.backend {
                assert!(server.to_server.is_empty() && server.from_server.is_empty());
                backend.assert_idle();
            }
        }
    }
}
