//! What is owed to a client, in order: a server's replies, and our own in between.
//!
//! A proxy that doesn't count the replies that are owed hands the next client another one's answer.

use std::{collections::VecDeque, sync::Arc};

use super::conversation::{Changes, Inserted, SessionStatement, Step, Undo};
use crate::{
    error::Report,
    sql::gate::{PositionMap, Rewritten},
    wire::tag::server,
};

/// One owed reply.
#[derive(Debug)]
pub enum Owed {
    /// ParseComplete. Hidden where the proxy sent Parse by itself.
    Parse {
        /// The statement that the server is given.
        statement: Arc<SessionStatement>,
        /// Whether the client hears of it.
        visible: bool,
        /// What to take back where it fails.
        undo: Option<Box<Undo>>,
        /// Characters of the client's text that stand before the statement's.
        offset: u32,
    },
    /// BindComplete.
    Bind {
        /// The statement, so that a stale one can be healed.
        statement: Arc<SessionStatement>,
    },
    /// ParameterDescription, then RowDescription or NoData.
    Describe {
        /// The client mustn't hear of the last parameter.
        hides_last: bool,
    },
    /// CommandComplete, EmptyQueryResponse or PortalSuspended, rows before it.
    Execute {
        /// What to take back where it fails.
        undo: Option<Box<Undo>>,
        /// What it does to the session's channels.
        step: Option<Box<Step>>,
        /// What runs in place of the client's text.
        rewritten: Option<Arc<Rewritten>>,
        /// It makes the server forget all statements.
        forgets: bool,
    },
    /// CloseComplete.
    Close,
    /// CloseComplete of a statement that has to go for another.
    Evict {
        /// Its number.
        id: u64,
    },
    /// CloseComplete of a statement that may be there or not.
    Clear {
        /// Its number.
        id: u64,
    },
    /// ParseComplete, BindComplete, CommandComplete, CloseComplete: the proxy runs a PREPARE of the client's once more.
    Load {
        /// The statement that it prepares.
        statement: Arc<SessionStatement>,
    },
    /// Whatever a simple query gives, up to ReadyForQuery.
    Query {
        /// What its statements do to names of statements, in their order.
        changes: Option<Box<Changes>>,
        /// What runs in place of the client's text.
        rewritten: Option<Arc<Rewritten>>,
        /// What was put into its text to say whose its transactions are.
        inserted: Option<Box<Inserted>>,
    },
    /// What answers the setting of a context in a batch.
    Context {
        /// So many messages.
        answers: u8,
        /// A statement is prepared for it, and stays.
        prepares: bool,
    },
    /// What rows of a COPY give: all of a simple query, up to ReadyForQuery, or what a batch executes.
    CopyRows {
        /// The client's batch goes on behind it.
        in_batch: bool,
    },
    /// ReadyForQuery of a Sync.
    Sync {
        /// Whether the client hears of it.
        visible: bool,
    },
    /// A message of ours without a body, due when all before it are paid.
    Ack {
        /// Its type.
        tag: u8,
        /// What to take back where the batch fails before.
        undo: Option<Box<Undo>>,
    },
    /// Bytes of ours, due when all before them are paid.
    Synthetic {
        /// The frames.
        bytes: Box<[u8]>,
        /// What to take back where the batch fails before.
        undo: Option<Box<Undo>>,
    },
    /// An error that the server is made to raise, so that its transaction fails, and that is replaced by ours. Part of a batch.
    Refusal(Box<Report>),
    /// The same for a simple query: the error, then ReadyForQuery.
    RefusedQuery(Box<Report>),
    /// Nothing: here the client has sent CopyDone or CopyFail, without waiting for CopyInResponse.
    CopyEnd,
    /// An empty query of the proxy's, behind Syncs that a server may or may not have ignored.
    Fence {
        /// EmptyQueryResponse has come: ReadyForQuery before it belongs to those Syncs.
        seen: bool,
    },
    /// A BEGIN that the client has been answered before.
    Begin,
    /// A simple query of the proxy's that sets settings.
    ApplySettings,
    /// A simple query of the proxy's that asks for settings.
    ReadSettings,
}

impl Owed {
    /// Whether the client hears the replies themselves.
    pub fn is_visible(&self) -> bool {
        match self {
            Owed::Parse { visible, .. } | Owed::Sync { visible } => *visible,
            Owed::ApplySettings
            | Owed::Begin
            | Owed::ReadSettings
            | Owed::Evict { .. }
            | Owed::Clear { .. }
            | Owed::Load { .. }
            | Owed::Fence { .. }
            | Owed::Context { .. } => false,
            _ => true,
        }
    }

    /// Whether an error in it makes the server skip to the next Sync.
    pub fn is_extended(&self) -> bool {
        matches!(
            self,
            Owed::Parse { .. }
                | Owed::Bind { .. }
                | Owed::Describe { .. }
                | Owed::Execute { .. }
                | Owed::Close
                | Owed::Evict { .. }
                | Owed::Clear { .. }
                | Owed::Load { .. }
                | Owed::Context { .. }
                | Owed::Refusal(_)
        )
    }

    /// Whether no server has a part in it.
    pub fn is_own(&self) -> bool {
        matches!(self, Owed::Ack { .. } | Owed::Synthetic { .. } | Owed::CopyEnd)
    }

    /// What to take back if it hadn't happened.
    pub fn into_undo(self) -> Option<Box<Undo>> {
        match self {
            Owed::Parse { undo, .. } | Owed::Ack { undo, .. } | Owed::Synthetic { undo, .. } | Owed::Execute { undo, .. } => undo,
            _ => None,
        }
    }

    /// Where positions lead that a server tells of it, and how many characters of the client's text stand before.
    pub fn positions(&self) -> (Option<&PositionMap>, u32) {
        match self {
            Owed::Parse { statement, offset, .. } => (statement.rewritten().map(|rewritten| &rewritten.map), *offset),
            Owed::Bind { statement } => (statement.rewritten().map(|rewritten| &rewritten.map), 0),
            Owed::Execute { rewritten, .. } | Owed::Query { rewritten, .. } => (rewritten.as_ref().map(|rewritten| &rewritten.map), 0),
            _ => (None, 0),
        }
    }

    /// What a reply of ours takes.
    #[inline]
    fn bytes(&self) -> u32 {
        match self {
            Owed::Synthetic { bytes, .. } => bytes.len() as u32,
            Owed::Refusal(report) | Owed::RefusedQuery(report) => report.bytes() as u32,
            _ => 0,
        }
    }

    fn ends_with_ready(&self) -> bool {
        matches!(
            self,
            Owed::Query { .. }
                | Owed::CopyRows { in_batch: false }
                | Owed::Sync { .. }
                | Owed::RefusedQuery(_)
                | Owed::Fence { .. }
                | Owed::ApplySettings
                | Owed::Begin
                | Owed::ReadSettings
        )
    }

    /// Whether the client hears of its end: a batch or query of the client's.
    fn ends_visibly(&self) -> bool {
        self.is_visible() && self.ends_with_ready()
    }

    /// Whether a frame of this type may be part of the reply.
    pub fn accepts(&self, tag: u8) -> bool {
        if let Owed::Context { .. } = self {
            return matches!(
                tag,
                server::CLOSE_COMPLETE
                    | server::PARSE_COMPLETE
                    | server::BIND_COMPLETE
                    | server::DATA_ROW
                    | server::COMMAND_COMPLETE
                    | server::ERROR
            );
        }
        match tag {
            server::READY => self.ends_with_ready(),
            server::PARSE_COMPLETE | server::BIND_COMPLETE | server::COMMAND_COMPLETE if matches!(self, Owed::CopyRows { .. }) => true,
            server::PARSE_COMPLETE => matches!(self, Owed::Parse { .. } | Owed::Load { .. }),
            server::BIND_COMPLETE => matches!(self, Owed::Bind { .. } | Owed::Load { .. }),
            server::CLOSE_COMPLETE => matches!(self, Owed::Close | Owed::Evict { .. } | Owed::Clear { .. } | Owed::Load { .. }),
            server::PARAMETER_DESCRIPTION | server::NO_DATA => matches!(self, Owed::Describe { .. }),
            server::EMPTY_QUERY if matches!(self, Owed::Fence { .. }) => true,
            server::COMMAND_COMPLETE if matches!(self, Owed::Load { .. } | Owed::Begin) => true,
            server::ROW_DESCRIPTION => {
                matches!(self, Owed::Describe { .. } | Owed::Query { .. } | Owed::ApplySettings | Owed::ReadSettings)
            }
            server::DATA_ROW | server::COMMAND_COMPLETE | server::EMPTY_QUERY => {
                matches!(self, Owed::Execute { .. } | Owed::Query { .. } | Owed::ApplySettings | Owed::ReadSettings)
            }
            server::PORTAL_SUSPENDED => matches!(self, Owed::Execute { .. }),
            server::COPY_IN | server::COPY_OUT | server::COPY_DATA | server::COPY_DONE => {
                matches!(self, Owed::Execute { .. } | Owed::Query { .. })
            }
            server::ERROR => true,
            _ => false,
        }
    }

    /// Whether a frame of this type completes the reply.
    pub fn is_completed_by(&self, tag: u8) -> bool {
        match self {
            Owed::Describe { .. } => matches!(tag, server::ROW_DESCRIPTION | server::NO_DATA),
            Owed::Execute { .. } => matches!(tag, server::COMMAND_COMPLETE | server::EMPTY_QUERY | server::PORTAL_SUSPENDED),
            Owed::Load { .. } => tag == server::CLOSE_COMPLETE,
            Owed::Parse { .. } | Owed::Bind { .. } | Owed::Close | Owed::Evict { .. } | Owed::Clear { .. } => true,
            _ => tag == server::READY,
        }
    }
}

/// What a server's COPY FROM STDIN finds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CopyBegins {
    /// Syncs before the data.
    pub ignored: u32,
    /// The data's end.
    pub end: CopyEnds,
}

/// Where the data of a COPY FROM STDIN ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CopyEnds {
    /// It is still to come.
    Open,
    /// It has been sent already.
    Sent,
    /// Something else has been sent, which the server takes for a broken protocol.
    OutOfPlace,
}

/// The owed replies of one session, oldest first.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: VecDeque<Owed>,
    syncs: u32,
    /// What replies of ours take that are owed.
    bytes: u32,
    /// ReadyForQuery messages that are owed and that the client hears.
    readies: usize,
    /// How many batches and queries of the client's there have been.
    ends: u64,
}

impl Ledger {
    /// Whether nothing is owed.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether no server owes anything.
    #[inline]
    pub fn is_own(&self) -> bool {
        self.entries.iter().all(Owed::is_own)
    }

    /// Whether nothing that is owed can change the transaction's state.
    pub fn keeps_status(&self) -> bool {
        self.entries.iter().all(|owed| owed.is_own() || matches!(owed, Owed::ApplySettings | Owed::ReadSettings))
    }

    /// The changes of names that the simple query which is due has yet to make.
    pub fn changes(&mut self) -> Option<&mut Changes> {
        match self.entries.front_mut() {
            Some(Owed::Query { changes, .. }) => changes.as_deref_mut(),
            _ => None,
        }
    }

    /// What was put into the text of the simple query which is due.
    pub fn inserted(&mut self) -> Option<&mut Inserted> {
        match self.entries.front_mut() {
            Some(Owed::Query { inserted, .. }) => inserted.as_deref_mut(),
            _ => None,
        }
    }

    /// What the Execute that is due does to channels.
    pub fn take_step(&mut self) -> Option<Step> {
        match self.entries.front_mut() {
            Some(Owed::Execute { step, .. }) => step.take().map(|step| *step),
            _ => None,
        }
    }

    /// Whether a frame of this type belongs to the context which is due.
    pub fn awaits_context(&self, tag: u8) -> bool {
        self.entries.front().is_some_and(|due| matches!(due, Owed::Context { .. }) && due.accepts(tag))
    }

    /// A part of the reply to the context which is due has come. Whether it was the last one.
    pub fn answer_context(&mut self) -> bool {
        match self.entries.front_mut() {
            Some(Owed::Context { answers, .. }) => {
                *answers = answers.saturating_sub(1);
                *answers == 0
            }
            _ => false,
        }
    }

    /// Whether a name of this statement goes with something owed, and hasn't gone yet.
    pub fn takes_name_of(&self, statement: &SessionStatement) -> bool {
        let takes = |owed: &Owed| matches!(owed, Owed::Ack { undo: Some(undo), .. } | Owed::Synthetic { undo: Some(undo), .. } if undo.gives_back(statement));
        self.entries.iter().any(takes)
    }

    /// How many entries are owed.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Owes a reply.
    #[inline]
    pub fn push(&mut self, owed: Owed) {
        self.syncs += u32::from(matches!(owed, Owed::Sync { .. }));
        self.readies += usize::from(owed.ends_visibly());
        self.ends += u64::from(owed.ends_visibly());
        self.bytes = self.bytes.saturating_add(owed.bytes());
        self.entries.push_back(owed);
    }

    /// The same, where nothing is owed but our own: it is due before that, so that ours goes out with what follows.
    pub fn push_before_own(&mut self, owed: Owed) {
        self.push(owed);
        if self.entries.len() > 1 && self.entries.iter().rev().skip(1).all(Owed::is_own) {
            self.entries.rotate_right(1);
        }
    }

    /// The number of the batch or query that something asked for now is part of.
    #[inline]
    pub fn now(&self) -> u64 {
        self.ends
    }

    /// The number of the batch or query whose replies are due.
    pub fn reached(&self) -> u64 {
        self.ends - self.readies as u64
    }

    /// What is due next.
    #[inline]
    pub fn front(&self) -> Option<&Owed> {
        self.entries.front()
    }

    /// What the server owes next.
    #[inline]
    pub fn due_from_server(&self) -> Option<&Owed> {
        self.entries.iter().find(|owed| !owed.is_own())
    }

    /// Takes what is due next.
    #[inline]
    pub fn pop(&mut self) -> Option<Owed> {
        let owed = self.entries.pop_front()?;
        self.bytes = self.bytes.saturating_sub(owed.bytes());
        self.syncs -= u32::from(matches!(owed, Owed::Sync { .. }));
        self.readies -= usize::from(owed.ends_visibly());
        Some(owed)
    }

    /// ReadyForQuery messages that are owed for Syncs.
    pub fn syncs(&self) -> u32 {
        self.syncs
    }

    /// ReadyForQuery messages that are owed and that the client hears.
    pub fn visible_readies(&self) -> usize {
        self.readies
    }

    /// Whether a BEGIN is owed that the client believes to have happened.
    pub fn owes_begin(&self) -> bool {
        self.entries.iter().take(4).any(|owed| matches!(owed, Owed::Begin))
    }

    /// Whether any ReadyForQuery is owed.
    pub fn owes_ready(&self) -> bool {
        self.entries.iter().any(Owed::ends_with_ready)
    }

    /// Whether rows of a COPY are under way.
    pub fn copies_rows(&self) -> bool {
        self.entries.iter().any(|owed| matches!(owed, Owed::CopyRows { .. }))
    }

    /// Whether the answer to a question about settings is owed.
    pub fn asks_for_settings(&self) -> bool {
        self.entries.iter().any(|owed| matches!(owed, Owed::ReadSettings))
    }

    /// Drops what an error in a batch makes the server skip: everything before the next Sync, newest first so that it can be undone.
    /// Whether a Sync is owed at all: if not, the client must send one.
    pub fn skip_to_sync(&mut self, mut undo: impl FnMut(Owed)) -> bool {
        let sync = self.entries.iter().position(|owed| matches!(owed, Owed::Sync { .. } | Owed::CopyRows { in_batch: false }));
        let skipped = sync.unwrap_or(self.entries.len());
        for owed in self.entries.drain(..skipped).rev() {
            self.readies -= usize::from(owed.ends_visibly());
            self.bytes = self.bytes.saturating_sub(owed.bytes());
            undo(owed);
        }
        sync.is_some()
    }

    /// The server takes COPY data for what is due. It ignores Syncs until the data's end (manual 55.2.7), so they are dropped.
    pub fn begin_copy(&mut self) -> CopyBegins {
        let behind = self.entries.len().min(1);
        let ignored = self.entries.iter().skip(behind).take_while(|owed| matches!(owed, Owed::Sync { .. })).count();
        self.readies -= self.entries.drain(behind..behind + ignored).filter(Owed::ends_visibly).count();
        self.syncs -= ignored as u32;
        let end = match self.entries.get(behind) {
            None => CopyEnds::Open,
            Some(Owed::CopyEnd) => {
                self.entries.remove(behind);
                CopyEnds::Sent
            }
            Some(_) => CopyEnds::OutOfPlace,
        };
        CopyBegins { ignored: ignored as u32, end }
    }

    /// The fence that is due, as long as nothing of its own reply has come.
    pub fn is_before_fence(&self) -> bool {
        matches!(self.entries.front(), Some(Owed::Fence { seen: false }))
    }

    /// The first part of the reply to the fence that is due.
    pub fn see_fence(&mut self) {
        if let Some(Owed::Fence { seen }) = self.entries.front_mut() {
            *seen = true;
        }
    }

    /// Drops everything: the server that owed it is gone.
    pub fn clear(&mut self, mut undo: impl FnMut(Owed)) {
        (self.syncs, self.readies, self.bytes) = (0, 0, 0);
        for owed in self.entries.drain(..).rev() {
            undo(owed);
        }
    }

    /// What replies of ours take that are owed.
    #[inline]
    pub fn bytes(&self) -> usize {
        self.bytes as usize
    }

    /// What it holds beside itself.
    #[inline]
    pub fn heap_bytes(&self) -> usize {
        self.entries.capacity() * size_of::<Owed>() + self.bytes()
    }

    /// Gives back memory that a long pipeline took.
    pub fn shrink(&mut self) {
        if self.entries.is_empty() && self.entries.capacity() > 8 {
            self.entries = VecDeque::new();
        }
    }
}
