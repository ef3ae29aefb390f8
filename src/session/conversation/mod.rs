//! The protocol of one session, without IO: frames of a client become bytes for a server connection, and replies come back in order.
//!
//! `client` reads what the client sends, `server` what a server connection answers, `names` keeps the client's prepared statements.
//! The relay moves the bytes and asks [`Conversation`] what they mean.

mod admitting;
mod binding;
mod client;
mod context;
mod copying;
mod deliveries;
mod desk;
mod desk_answers;
mod desk_own;
mod errors;
mod executing;
pub mod explain;
mod fatal;
mod holding;
mod indirect;
mod judging;
mod leasing;
mod listening;
mod names;
mod own_settings;
mod prepared;
mod refusals;
mod replay;
mod row_limit;
mod scripts;
mod server;
mod telling;

use std::sync::Arc;

pub use crate::shard_map::PoolMode;
pub use context::Inserted;
pub use fatal::Fatal;
pub use judging::LongText;
pub use leasing::{Lease, ReadWishes};
pub use listening::Step;
pub use names::{Change, Changes, Undo};
pub use own_settings::OwnSettings;
pub use server::Sink;

use self::{
    binding::Appending,
    client::Done,
    context::{Renewal, Transactions},
    deliveries::Deliveries,
    desk::Desk,
    holding::Room,
    judging::Front,
    leasing::Leasing,
    listening::Listening,
    names::Names,
    replay::Replay,
    row_limit::Rows,
};
use super::{
    gate::Gatekeeper,
    ledger::{Ledger, Owed},
    pin::Pin,
};
use crate::{
    backend::{
        Carried,
        context::Context,
        settings::Settings,
        statements::{KnownStatements, Statement, StatementCache},
    },
    error::{Report, Severity},
    sql::gate::Judged,
    tenant::{admission::Admission, channels::ChannelNames, usage::Tally},
    wire::{messages::TransactionStatus, synthetic, tag},
};

/// A prepared statement, with what the gate says about it and what it does to a session.
pub type SessionStatement = Statement<Judged>;
/// A pool's statements.
pub type SessionStatements = StatementCache<Judged>;

/// The server connection's part in a step.
pub struct Attached<'a> {
    /// What it carries.
    pub carried: &'a mut Carried,
    /// Bytes for it.
    pub out: &'a mut Vec<u8>,
}

/// What the client's bytes need next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Want {
    /// More bytes of the client.
    Bytes,
    /// A server connection.
    Server,
    /// What the tenant needs that [`Conversation::tenant`] names.
    Tenant,
    /// Nothing, until [`Conversation::owes_nothing`].
    Rest,
    /// That the tenant's listener hears [`Conversation::wanted_channels`].
    Channels,
    /// What stands in the database, read anew: see [`Conversation::catalog_is_read`]; or a judgement that is made elsewhere: see
    /// [`Conversation::take_long_text`].
    Catalog,
    /// That what was put together is written: its next messages are worked through then.
    Room,
    /// The end: the client said goodbye.
    Close,
}

/// What a step over the client's bytes did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClientStep {
    /// Bytes that are done with.
    pub consumed: usize,
    /// What to do next.
    pub want: Want,
}

/// What a step over the server's bytes came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ServerEvent {
    /// Nothing special.
    None,
    /// A batch failed on a stale statement and nothing of it has reached the client: it is to be sent again,
    /// see [`Conversation::take_replay`].
    Replay,
}

/// What a lost server connection means for its session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Loss {
    /// Nothing but a lone statement was under way, and the client has been told in its place.
    GoOn,
    /// The session must end; the server has said why already.
    Told,
    /// The session must end with a report.
    End,
}

/// Where the client's bytes go while a frame is longer than what was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Flow {
    /// At a frame's beginning.
    #[default]
    Frames,
    /// So many bytes of a body go to the server.
    Forward(usize),
    /// So many bytes of a CopyData are rows that are copied.
    Copy(usize),
    /// So many bytes are dropped.
    Discard(usize),
}

/// How far a COPY FROM STDIN has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum CopyIn {
    #[default]
    None,
    /// The server takes data.
    Running,
}

/// Replies that a client may be owed before it is read on. Servers hold back less than 8 kB.
const FAR_AHEAD: usize = 64 << 10;

/// The state of one session's protocol.
pub struct Conversation {
    desk: Desk,
    names: Names,
    deliveries: Deliveries,
    listening: Listening,
    settings: OwnSettings,
    ledger: Ledger,
    status: TransactionStatus,
    flow: Flow,
    /// The value that follows the parameters of a Bind which streams.
    appending: Option<Box<Appending>>,
    /// What is known of the client's frame that is next.
    front: Front,
    /// Frames are dropped until Sync: the batch has failed.
    skipping: bool,
    /// The server has messages of a batch whose Sync it hasn't: it is in a transaction, or it skips, whatever was replied.
    unsynced: bool,
    /// An Execute is among them.
    executed: bool,
    copy_in: CopyIn,
    /// A COPY FROM STDIN that the server gets as rows.
    copying: Option<Box<copying::Copying>>,
    /// Syncs that the server is believed to have ignored at the beginning of a COPY FROM STDIN.
    ignored_syncs: u32,
    /// ReadyForQuery messages that may come for such Syncs after all: the COPY failed, perhaps before it read them.
    stray_readies: u32,
    /// Something of the reply that is due has come.
    begun: bool,
    pin: Option<Pin>,
    mode: PoolMode,
    replay: Replay,
    /// Rest of a server's frame that is longer than what was read, and whether the client gets it.
    server_rest: (usize, bool),
    /// Statements on the attached connection are in doubt: all must go before anybody else uses it.
    forget_statements: bool,
    /// What was asked for may take all names of statements, or fail: what names mean isn't known before the server has answered.
    names_in_doubt: bool,
    /// What the connection held, and whether that was in doubt, before it was told to forget it in a batch.
    held_before: Option<Box<(KnownStatements, bool)>>,
    /// DISCARD ALL is under way on a connection that the session keeps: it frees it.
    discarding: bool,
    /// What was sent may change what the gate knows of the database.
    defines: bool,
    /// It may have, and whoever reads the catalog sees it.
    has_defined: bool,
    /// Why a statement that a simple query executes couldn't be given to the server: it is told in place of the query's error.
    load_error: Option<Box<[u8]>>,
    /// The server has sent a FATAL error: its connection ends, and the client knows why.
    server_said_goodbye: bool,
    transactions: Transactions,
    renewal: Option<Box<Renewal>>,
    /// Commands that have completed, and transactions that have ended.
    progress: (u32, u32),
    /// Why we have cancelled what runs.
    cancelled: Option<Box<Report>>,
    room: Room,
    rows: Rows,
    leasing: Leasing,
    /// What was counted for the tenant and isn't its own yet.
    pub tally: Tally,
}

impl Conversation {
    /// A session at its first ReadyForQuery; `settings` are those of its startup packet.
    pub fn new(settings: Settings, mode: PoolMode) -> Self {
        Conversation {
            desk: Desk::new(),
            names: Names::default(),
            deliveries: Deliveries::default(),
            listening: Listening::default(),
            settings: OwnSettings::new(settings),
            ledger: Ledger::default(),
            status: TransactionStatus::Idle,
            flow: Flow::Frames,
            appending: None,
            front: Front::default(),
            skipping: false,
            unsynced: false,
            executed: false,
            copy_in: CopyIn::None,
            copying: None,
            ignored_syncs: 0,
            stray_readies: 0,
            begun: false,
            pin: None,
            mode,
            replay: Replay::default(),
            server_rest: (0, true),
            forget_statements: false,
            names_in_doubt: false,
            held_before: None,
            discarding: false,
            defines: false,
            has_defined: false,
            load_error: None,
            server_said_goodbye: false,
            transactions: Transactions::default(),
            renewal: None,
            progress: (0, 0),
            cancelled: None,
            room: Room::default(),
            rows: Rows::default(),
            leasing: Leasing::default(),
            tally: Tally::default(),
        }
    }

    /// The same, of a tenant whose channels have these names.
    pub fn with_channels(mut self, names: ChannelNames) -> Self {
        self.listening.set_names(names);
        self
    }

    /// The session is another tenant's from now on: it listens to nothing.
    pub fn change_channels(&mut self, names: ChannelNames) {
        self.listening.set_names(names);
    }

    /// What channels are called on the server.
    pub fn channel_names(&self) -> &ChannelNames {
        self.listening.names()
    }

    /// The channels that the client's next statement waits for: see [`Want::Channels`].
    pub fn wanted_channels(&self) -> impl Iterator<Item = &str> {
        self.listening.wanted()
    }

    /// The listener hears the channels that were wanted, or why it can't.
    pub fn answer_channels(&mut self, answer: Result<(), Report>) {
        self.listening.answer(answer);
    }

    /// Whether the session listens to a channel.
    pub fn hears(&self, channel: &str) -> bool {
        self.listening.hears(channel)
    }

    /// For a session at rest: channels that the listener needn't hear for it any more.
    pub fn surplus_channels(&mut self) -> Vec<Box<str>> {
        self.listening.surplus()
    }

    /// Why the session keeps its server connection.
    pub fn pin(&self) -> Option<&Pin> {
        self.pin.as_ref()
    }

    /// The state that the client knows.
    pub fn status(&self) -> TransactionStatus {
        self.status
    }

    /// Nothing is owed, nothing is half sent, no transaction is open: the server connection isn't needed.
    #[inline]
    pub fn is_at_rest(&self) -> bool {
        self.ledger.is_empty()
            && !self.unsynced
            && self.status == TransactionStatus::Idle
            && self.flow == Flow::Frames
            && self.server_rest.0 == 0
            && self.copy_in == CopyIn::None
    }

    /// A transaction is open and nothing is under way in it: its end hasn't even been asked for.
    pub fn is_idle_in_transaction(&self) -> bool {
        self.ledger.is_empty() && !self.unsynced && self.status == TransactionStatus::Open && self.flow == Flow::Frames
    }

    /// Whether the client has begun a transaction and does nothing in it, failed or not, whether a server knows of it or not.
    pub fn is_idle_in_block(&self) -> bool {
        self.ledger.is_empty()
            && !self.unsynced
            && self.status != TransactionStatus::Idle
            && self.flow == Flow::Frames
            && self.copy_in == CopyIn::None
    }

    /// Whether the client has sent a part of a message that goes on its way as it comes.
    #[inline]
    pub fn is_amid_message(&self) -> bool {
        self.flow != Flow::Frames
    }

    /// Whether the client sends the data of a COPY.
    pub fn is_copying_in(&self) -> bool {
        self.copy_in != CopyIn::None || self.copying.is_some()
    }

    /// How many commands have completed and how many transactions have ended, from 0 again behind the highest number.
    pub fn progress(&self) -> (u32, u32) {
        self.progress
    }

    /// What runs has been cancelled, and this is why: the client hears it in place of the server's word.
    pub fn cancelled_for_time(&mut self, report: Report) {
        self.cancelled = Some(Box::new(report));
    }

    /// Whether the server connection may go back to its pool now.
    #[inline]
    pub fn may_check_in(&self) -> bool {
        self.is_at_rest() && self.pin.is_none()
    }

    /// Whether a server still has whole batches or queries to answer, the client's or ours, and needs nothing more of the client for that.
    pub fn runs_on(&self) -> bool {
        let takes_rows = self.copying.as_ref().is_some_and(|copying| !copying.is_synced());
        !takes_rows && !self.awaits_failure() && self.copy_in == CopyIn::None && self.flow == Flow::Frames && self.ledger.owes_ready()
    }

    /// Whether all that runs is ours: what the client asked for is done.
    pub fn runs_for_us_only(&self) -> bool {
        self.runs_on() && self.ledger.visible_readies() == 0 && !self.unsynced && self.status == TransactionStatus::Idle
    }

    /// Whether so much is owed that the client must wait before it sends more: a pipeline of messages that cost the server nothing
    /// would fill the memory.
    #[inline]
    pub fn is_far_ahead(&self) -> bool {
        if self.copying.as_ref().is_some_and(|copying| copying.holds_client()) {
            return true;
        }
        self.ledger.len() >= FAR_AHEAD && self.flow == Flow::Frames && self.copy_in == CopyIn::None
    }

    /// Whether the client's next statement must wait: RESET goes back to the startup packet's values, which the connection gets
    /// once it is known what it has; and no statement runs under a setting that is above its limit.
    #[inline]
    pub fn holds_client(&self) -> bool {
        self.settings.awaits_reset() || self.settings.awaits_any(|name| self.transactions.limits(name))
    }

    /// A server connection was checked out: what it needs before the session's first statement goes to `server.out`.
    pub fn attach(&mut self, context: Option<&Arc<Context>>, server: &mut Attached<'_>) {
        if self.mode == PoolMode::Session && self.pin.is_none() {
            self.pin = Some(Pin::SessionMode);
        }
        self.renewal = None;
        let turn = self.turn(context, server).unwrap_or_default();
        self.apply_settings(turn, server);
        self.begin_deferred(server);
    }

    /// Whether the server connection runs what comes before the client's statements.
    #[inline]
    pub fn is_preparing(&self) -> bool {
        matches!(self.ledger.front(), Some(Owed::ApplySettings))
    }

    /// Gives the connection the session's settings where they differ; `also` is run with that.
    fn apply_settings(&mut self, also: &str, server: &mut Attached<'_>) {
        let wanted = self.transactions.settings(self.settings.chosen());
        match server.carried.settings.change_to(&wanted) {
            Some(change) => self.ask(&(change + also), Owed::ApplySettings, server),
            None if !also.is_empty() => self.ask(also, Owed::ApplySettings, server),
            None => {}
        }
        if !server.carried.settings.same(&wanted) {
            server.carried.settings = wanted;
        }
    }

    /// The server has, or gets, the end of the batch.
    #[inline]
    fn end_batch(&mut self) {
        self.unsynced = false;
        self.executed = false;
        self.transactions.end_batch();
    }

    /// Makes sure that a reply which may or may not come isn't taken for another's.
    fn fence(&mut self, server: &mut Attached<'_>) {
        if std::mem::take(&mut self.stray_readies) > 0 {
            self.ask("", Owed::Fence { seen: false }, server);
        }
    }

    /// Sends a simple query of ours. A server's unnamed statement doesn't survive it.
    fn ask(&mut self, text: &str, owed: Owed, server: &mut Attached<'_>) {
        server.carried.statements.unnamed = None;
        synthetic::query(server.out, text.as_bytes());
        self.ledger.push_before_own(owed);
    }

    /// Before the server connection goes back: what the session's last statements did to it is asked for or undone.
    /// Whether something was sent, so that its reply must be awaited.
    pub fn settle(&mut self, server: &mut Attached<'_>) -> bool {
        self.fence(server);
        if std::mem::take(&mut self.forget_statements) {
            server.carried.statements.clear();
            self.ask("DEALLOCATE ALL", Owed::ApplySettings, server);
        }
        if let Some(question) = self.settings.settle(&mut server.carried.settings) {
            self.ask(&question, Owed::ReadSettings, server);
        } else if self.pin.is_some() {
            // A RESET goes back to the startup packet's values. Otherwise they come with the next check-out.
            self.apply_settings("", server);
        }
        self.ledger.shrink();
        !self.ledger.is_empty()
    }

    /// No server connection could be had for what stands at the front of the client's bytes. Bytes that are done with.
    pub fn fail_front(&mut self, input: &[u8], report: &Report, to_client: &mut Vec<u8>) -> usize {
        self.front = Front::default();
        self.tally.report(report.state);
        self.pay_own(to_client);
        self.fail_deferred();
        synthetic::error(to_client, Severity::Error, report);
        match input.first() {
            Some(&(tag::client::QUERY | tag::client::FUNCTION_CALL)) => {
                self.desk.tenancy.batch_over();
                synthetic::ready(to_client, self.status);
                self.discard_front(input)
            }
            _ => {
                self.skipping = true;
                0
            }
        }
    }

    /// Sends our own replies where no server owes anything.
    #[inline]
    fn pay_own(&mut self, to_client: &mut Vec<u8>) {
        if self.server_rest.0 == 0 && self.ledger.front().is_some_and(Owed::is_own) && self.ledger.is_own() {
            while let Some(owed) = self.ledger.pop() {
                self.pay(owed, to_client);
            }
        }
    }

    /// Sends a reply of ours.
    fn pay(&mut self, owed: Owed, to_client: &mut Vec<u8>) {
        match &owed {
            Owed::Ack { tag, .. } => synthetic::empty(to_client, *tag),
            Owed::Synthetic { bytes, .. } => to_client.extend_from_slice(bytes),
            _ => {}
        }
        self.replay.paid(owed.into_undo());
    }

    fn discard_front(&mut self, input: &[u8]) -> usize {
        let Some(header) = crate::wire::Header::read(input) else { return input.len() };
        let here = header.frame_len().min(input.len());
        if header.frame_len() > here {
            self.flow = Flow::Discard(header.frame_len() - here);
        }
        here
    }

    /// Whether what the client has run may have changed what the gate knows of the database, since this was asked last.
    pub fn take_defined(&mut self) -> bool {
        std::mem::take(&mut self.has_defined)
    }

    /// Whether that may still happen: what runs isn't over.
    pub fn may_define(&self) -> bool {
        self.defines || self.has_defined
    }

    /// The server connection is gone.
    pub fn server_lost(&mut self, report: &Report, to_client: &mut Vec<u8>) -> Loss {
        if self.server_said_goodbye {
            return Loss::Told;
        }
        let can_go_on = self.status == TransactionStatus::Idle
            && self.server_rest.0 == 0
            && self.copy_in == CopyIn::None
            && self.copying.is_none()
            && self.pin.is_none()
            && !matches!(self.flow, Flow::Forward(_))
            && self.ledger.visible_readies() <= 1
            && !self.ledger.asks_for_settings();
        if !can_go_on {
            return Loss::End;
        }
        let in_batch = std::mem::take(&mut self.unsynced);
        let readies = self.ledger.visible_readies();
        if readies == 0 && !in_batch {
            return if self.ledger.is_empty() { Loss::GoOn } else { Loss::End };
        }
        self.drop_owed();
        self.has_defined |= std::mem::take(&mut self.defines);
        self.settings.forget_doubt();
        self.listening.lost();
        self.replay.finish();
        self.desk.tenancy.server_failed();
        if readies > 0 {
            self.desk.tenancy.server_ready(TransactionStatus::Idle);
            synthetic::error(to_client, Severity::Error, report);
            synthetic::ready(to_client, TransactionStatus::Idle);
        }
        if in_batch && !self.skipping {
            synthetic::error(to_client, Severity::Error, report);
        }
        self.skipping = in_batch;
        Loss::GoOn
    }

    /// A transaction block is open although statement pooling refuses them.
    pub fn breaks_mode(&self) -> bool {
        self.mode == PoolMode::Statement && self.status != TransactionStatus::Idle && self.ledger.is_empty()
    }

    /// Bytes of this batch have reached the client: it can't be sent again.
    #[inline]
    pub fn flushed_to_client(&mut self) {
        self.replay.stop();
    }

    /// The frames of a batch that is to be sent again.
    pub fn take_replay(&mut self) -> Vec<u8> {
        self.front = Front::default(); // What was known isn't about the frame that is next now.
        self.replay.take()
    }
}

/// What doesn't change while a session lasts.
#[derive(Clone)]
pub struct Tools {
    /// The statements of the session's pool.
    pub statements: Arc<SessionStatements>,
    /// Judges texts.
    pub gate: Gatekeeper,
    /// What the tenant's transactions begin with, and what settings are held to.
    pub context: Option<Arc<Context>>,
    /// The rate of the tenant's statements, where it is limited.
    pub admission: Option<Admission>,
}
