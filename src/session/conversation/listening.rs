//! The channels that a session listens to, followed through its transactions as PostgreSQL does (`src/backend/commands/async.c`).
//!
//! No server connection of the session's ever listens: where the client says `LISTEN c` the server gets `UNLISTEN *`, which does nothing
//! there, but takes part in its transaction and fails where LISTEN would. What comes of it is told by the server's own command tags.
//! Notifications come over the shared listener connection of the tenant's database (`pool::listener`), which has to listen to a channel before
//! the client's statement goes on: what is notified after the client's commit is heard.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    error::{Report, SqlState},
    sql::outcome::{Effects, Verb},
    tenant::channels::ChannelNames,
    wire::messages::TransactionStatus,
};

/// What a server gets in place of `LISTEN` and `UNLISTEN`.
pub(super) const STAND_IN: &str = "UNLISTEN *";
/// What the server answers to it.
const STAND_IN_TAG: &[u8] = b"UNLISTEN\0";
/// Channels that one session may listen to: each costs a name on the shared listener connection.
const MOST: usize = 1000;
/// Steps of a transaction that are kept one by one; beyond them only what they come to is, as far as savepoints allow.
const STEPS: usize = 4096;
/// What a channel's name takes.
const CHANNEL: usize = 96;

/// What a statement does to a session's channels, once its transaction commits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// LISTEN
    Listen(Box<str>),
    /// UNLISTEN
    Unlisten(Box<str>),
    /// UNLISTEN *
    UnlistenAll,
}

impl Step {
    /// The step that a name in a text stands for.
    pub(super) fn of(verb: Verb, channel: &str) -> Option<Self> {
        match verb {
            Verb::Listen => Some(Step::Listen(channel.into())),
            Verb::Unlisten if channel.is_empty() => Some(Step::UnlistenAll),
            Verb::Unlisten => Some(Step::Unlisten(channel.into())),
            _ => None,
        }
    }

    /// The step of a text that is one statement.
    pub(super) fn of_single(effects: &Effects) -> Option<Self> {
        effects.names.first().and_then(|used| Step::of(used.verb, &used.name))
    }

    /// Whether a command tag says that it is done.
    pub(super) fn is_told_by(tag: &[u8]) -> bool {
        tag == STAND_IN_TAG
    }

    /// The tag that the client waits for, where it is another than the server's.
    fn own_tag(&self) -> Option<&'static str> {
        matches!(self, Step::Listen(_)).then_some("LISTEN")
    }
}

/// Whether a statement that names channels can go on.
#[derive(Debug)]
pub(super) enum Hearing {
    /// All of them are heard.
    Ready,
    /// Some aren't yet: see [`Listening::wanted`].
    Wanted,
    /// They can't be.
    Refused(Box<Report>),
}

/// A session's channels; nothing but a pointer for those that never listen.
#[derive(Debug, Default)]
pub(super) struct Listening {
    names: ChannelNames,
    state: Option<Box<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// Those of committed transactions.
    on: BTreeSet<Box<str>>,
    /// Steps of the transaction that is open.
    pending: Vec<Step>,
    /// How many steps there were at each of its savepoints.
    savepoints: Vec<usize>,
    /// Something of it has failed.
    failed: bool,
    /// Channels that the listener hears for the session.
    heard: BTreeSet<Box<str>>,
    /// Those that the next statement waits for.
    wanted: BTreeSet<Box<str>>,
    /// Why they can't be had.
    refused: Option<Box<Report>>,
    /// `heard` may hold more than `on`.
    has_surplus: bool,
}

impl Listening {
    /// Whose channels they are from now on. The session listens to nothing, and nothing is heard for it any more.
    pub(super) fn set_names(&mut self, names: ChannelNames) {
        self.names = names;
        self.state = None;
    }

    /// What channels are called on the server.
    pub(super) fn names(&self) -> &ChannelNames {
        &self.names
    }

    /// Whether a text's channels are heard, so that it can be sent.
    pub(super) fn hearing(&mut self, effects: &Effects) -> Hearing {
        let mut listens = effects.names.iter().filter(|used| used.verb == Verb::Listen).peekable();
        if listens.peek().is_none() {
            return Hearing::Ready;
        }
        let state = self.state.get_or_insert_default();
        if let Some(refused) = state.refused.take() {
            state.wanted.clear();
            return Hearing::Refused(refused);
        }
        let missing = listens.filter(|used| !state.heard.contains(used.name.as_str())).map(|used| used.name.as_str().into());
        let missing: BTreeSet<Box<str>> = missing.collect();
        if missing.is_empty() {
            return Hearing::Ready;
        }
        if state.heard.len() + missing.len() > MOST {
            return Hearing::Refused(Box::new(
                Report::new(SqlState::CONFIGURATION_LIMIT_EXCEEDED, "too many channels")
                    .with_detail(format!("A session listens to {MOST} channels at most."))
                    .with_hint("UNLISTEN what isn't needed, or tell kinds of events apart by the payload."),
            ));
        }
        state.wanted = missing;
        Hearing::Wanted
    }

    /// The channels that the client's next statement waits for.
    pub(super) fn wanted(&self) -> impl Iterator<Item = &str> {
        self.state.iter().flat_map(|state| state.wanted.iter().map(|channel| &**channel))
    }

    /// Whether there are any.
    #[inline]
    pub(super) fn wants(&self) -> bool {
        self.state.as_ref().is_some_and(|state| !state.wanted.is_empty())
    }

    /// The listener hears the channels that were wanted, or can't.
    pub(super) fn answer(&mut self, answer: Result<(), Report>) {
        let Some(state) = &mut self.state else { return };
        let mut wanted = std::mem::take(&mut state.wanted);
        match answer {
            Ok(()) => state.heard.append(&mut wanted),
            Err(report) => state.refused = Some(Box::new(report)),
        }
        state.has_surplus = true;
    }

    /// A statement has been executed. The tag that the client gets in place of the server's.
    pub(super) fn done(&mut self, step: Step) -> Option<&'static str> {
        let tag = step.own_tag();
        if self.state.is_some() || tag.is_some() {
            let state = self.state.get_or_insert_default();
            // What was never listened to needs no end.
            if !matches!(&step, Step::Unlisten(channel) if !state.heard.contains(channel) && !state.on.contains(channel)) {
                state.pending.push(step);
            }
            if state.pending.len() >= STEPS {
                state.fold();
            }
        }
        tag
    }

    /// A command has ended that may be about transactions.
    #[inline]
    pub(super) fn command_complete(&mut self, tag: &[u8]) {
        let Some(state) = &mut self.state else { return };
        match tag {
            b"COMMIT\0" | b"PREPARE TRANSACTION\0" => state.commit(),
            b"SAVEPOINT\0" => state.savepoints.push(state.pending.len()),
            b"RELEASE\0" => drop(state.savepoints.pop()),
            // Tags don't tell ROLLBACK from ROLLBACK TO, nor to which savepoint: the innermost is assumed, and the whole transaction's
            // steps go when it turns out to be over. At worst a session hears its own tenant's channel that it has rolled back.
            b"ROLLBACK\0" => {
                let from = state.savepoints.last().copied().unwrap_or(0);
                state.pending.truncate(from);
                state.has_surplus = true;
            }
            b"DISCARD ALL\0" => self.forget(),
            _ => {}
        }
    }

    /// Something has failed.
    #[inline]
    pub(super) fn failed(&mut self) {
        if let Some(state) = &mut self.state {
            state.failed = true;
        }
    }

    /// The server is ready for the next query.
    #[inline]
    pub(super) fn ready(&mut self, status: TransactionStatus) {
        let Some(state) = &mut self.state else { return };
        let failed = std::mem::take(&mut state.failed);
        if status == TransactionStatus::Idle {
            if failed || !state.savepoints.is_empty() {
                state.roll_back();
            } else {
                state.commit();
            }
        }
    }

    /// The server connection is lost, and its transaction with it.
    pub(super) fn lost(&mut self) {
        if let Some(state) = &mut self.state {
            state.failed = false;
            state.roll_back();
        }
    }

    /// The session listens to nothing from now on: DISCARD ALL.
    pub(super) fn forget(&mut self) {
        if let Some(state) = &mut self.state {
            state.roll_back();
            state.on.clear();
        }
    }

    /// Whether the session listens to a channel.
    pub(super) fn hears(&self, channel: &str) -> bool {
        self.state.as_ref().is_some_and(|state| state.on.contains(channel))
    }

    /// No transaction is open and nothing is under way: channels that the listener needn't hear for the session any more.
    pub(super) fn surplus(&mut self) -> Vec<Box<str>> {
        let Some(state) = self.state.as_mut().filter(|state| state.has_surplus && state.pending.is_empty()) else { return Vec::new() };
        state.has_surplus = false;
        // What a statement that is still to be sent has waited for stays.
        if !state.wanted.is_empty() {
            return Vec::new();
        }
        let surplus: Vec<Box<str>> = state.heard.difference(&state.on).cloned().collect();
        state.heard.retain(|channel| state.on.contains(channel));
        if state.heard.is_empty() && state.refused.is_none() {
            self.state = None;
        }
        surplus
    }

    /// What it holds beside itself.
    pub(super) fn heap_bytes(&self) -> usize {
        let Some(state) = &self.state else { return 0 };
        size_of::<State>()
            + (state.on.len() + state.heard.len()) * CHANNEL
            + state.pending.capacity() * (size_of::<Step>() + CHANNEL)
            + state.savepoints.capacity() * size_of::<usize>()
    }
}

impl State {
    /// Keeps what the steps since the last savepoint come to.
    fn fold(&mut self) {
        let from = self.savepoints.last().copied().unwrap_or(0);
        let mut all = false;
        let mut last: BTreeMap<Box<str>, bool> = BTreeMap::new();
        for step in self.pending.drain(from..) {
            match step {
                Step::Listen(channel) => drop(last.insert(channel, true)),
                Step::Unlisten(channel) => drop(last.insert(channel, false)),
                Step::UnlistenAll => {
                    all = true;
                    last.clear();
                }
            }
        }
        self.pending.extend(all.then_some(Step::UnlistenAll));
        self.pending.extend(last.into_iter().map(|(channel, on)| if on { Step::Listen(channel) } else { Step::Unlisten(channel) }));
    }

    fn commit(&mut self) {
        self.savepoints.clear();
        for step in self.pending.drain(..) {
            match step {
                Step::Listen(channel) => drop(self.on.insert(channel)),
                Step::Unlisten(channel) => drop(self.on.remove(&channel)),
                Step::UnlistenAll => self.on.clear(),
            }
            self.has_surplus = true;
        }
    }

    fn roll_back(&mut self) {
        self.savepoints.clear();
        self.pending.clear();
        self.has_surplus = true;
    }
}
