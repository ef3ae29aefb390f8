//! What a session's server connection was lent for: a connection of a replica's runs reads only, and so what follows them waits until it is back.
//!
//! It also knows whether what stands at the front of the client's bytes only reads, and how a read that a replica has failed runs once more.

use super::{
    super::tenancy::{Answer, Standing, transaction_failed},
    Attached, Conversation, Deliveries, PoolMode, Tools,
    judging::known,
};
use crate::{
    backend::Carried,
    error::{Report, SqlState},
    router::Wish,
    session::reading::{Needs, Next},
    shard_map::Consistency,
    sql::{
        gate::Access,
        tenancy::{Command, Own},
    },
    wire::{
        Header,
        frame::HEADER_LEN,
        messages::{BindHead, ErrorFields, Parse, TransactionStatus},
        tag::client,
    },
};

/// Longer batches can't be sent again, so they go to the primary.
const LONGEST: usize = 16 << 10;

/// What the connection is there for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Lease {
    /// Whatever the client sends: there is only one server.
    #[default]
    Unrouted,
    /// The same, on the primary of a tenant whose reads may run elsewhere.
    Anything,
    /// One batch that reads.
    Reads,
    /// A block that only reads.
    Block,
}

/// What a session has said of its reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ReadWishes {
    /// Where they are to run.
    pub read: Option<Wish>,
    /// What they mustn't miss.
    pub consistency: Option<Consistency>,
}

impl ReadWishes {
    /// Takes a value. Whether it is one.
    pub fn set(&mut self, which: Own, value: Option<&str>) -> bool {
        match which {
            Own::Read => self.read = value.and_then(Wish::read),
            Own::Consistency => {
                let all = [Consistency::Session, Consistency::Tenant, Consistency::Eventual];
                self.consistency = value.and_then(|word| all.into_iter().find(|one| one.as_str().eq_ignore_ascii_case(word)));
            }
        }
        value.is_none() || self.is_set(which)
    }

    fn is_set(&self, which: Own) -> bool {
        match which {
            Own::Read => self.read.is_some(),
            Own::Consistency => self.consistency.is_some(),
        }
    }

    /// How a value is shown; `default` where the plan's counts.
    fn shown(&self, which: Own) -> &'static str {
        match which {
            Own::Read => self.read.map_or("default", Wish::as_str),
            Own::Consistency => self.consistency.map_or("default", Consistency::as_str),
        }
    }
}

/// A session's lease, and what it wants of the next ones.
#[derive(Debug, Default)]
pub(super) struct Leasing {
    pub(super) lease: Lease,
    on_replica: bool,
    /// Nothing of the client's has been sent under it.
    is_fresh: bool,
    /// What has been sent since the transaction began may write; and whether that was so before the frame that is being looked at.
    is_dirty: (bool, bool),
    /// A transaction that may have written is over.
    wrote: bool,
    /// What is sent again goes to another server.
    elsewhere: bool,
    wishes: ReadWishes,
    /// As the session began.
    start: ReadWishes,
}

impl Leasing {
    /// A transaction is over, or a COMMIT is.
    #[inline]
    pub(super) fn ended(&mut self) {
        self.wrote |= self.is_dirty.0;
    }

    /// A frame may run something. It counts as writing until more is known.
    #[inline]
    pub(super) fn runs(&mut self, tag: u8) {
        if self.lease == Lease::Anything && matches!(tag, client::QUERY | client::BIND | client::FUNCTION_CALL) {
            self.is_dirty = (true, self.is_dirty.0);
        }
    }

    /// What is known of it.
    #[inline]
    pub(super) fn runs_only(&mut self, access: Access) {
        if access != Access::Anything {
            self.is_dirty.0 = self.is_dirty.1;
        }
    }

    /// The transaction is over, and nothing is under way.
    #[inline]
    pub(super) fn settle(&mut self) {
        self.is_dirty = (false, false);
    }

    /// RESET ALL and DISCARD ALL.
    pub(super) fn reset(&mut self) {
        self.wishes = self.start;
    }
}

impl Conversation {
    /// What the startup packet says of reads.
    pub fn wish(&mut self, wishes: ReadWishes) {
        (self.leasing.wishes, self.leasing.start) = (wishes, wishes);
    }

    /// What the server connection is there for that the conversation gets next.
    pub fn lease(&mut self, next: Option<Next>, on_replica: bool) {
        let lease = match next {
            None => Lease::Unrouted,
            Some(Next::Anything) => Lease::Anything,
            Some(Next::Reads) => Lease::Reads,
            Some(Next::Block) => Lease::Block,
        };
        let leasing = &mut self.leasing;
        (leasing.lease, leasing.on_replica, leasing.is_fresh, leasing.elsewhere) = (lease, on_replica, true, false);
        leasing.settle();
    }

    /// Whether what runs on the connection may write, and somebody wants to know.
    #[inline]
    pub fn may_write(&self) -> bool {
        self.leasing.is_dirty.0
    }

    /// Whether a transaction that may have written has ended since this was asked last.
    #[inline]
    pub fn take_wrote(&mut self) -> bool {
        std::mem::take(&mut self.leasing.wrote)
    }

    /// What stands at the front of the client's bytes needs, and what the session wants. To be asked where it needs a server connection.
    pub fn needs_of(&self, tools: &Tools, input: &[u8]) -> Needs {
        let chosen = self.settings.chosen();
        let serializable = chosen.get("default_transaction_isolation").is_some_and(|level| level.eq_ignore_ascii_case("serializable"));
        let is_on = |value: &str| ["on", "true", "yes", "1", "t", "y"].iter().any(|on| value.eq_ignore_ascii_case(on));
        let reads_only = tools.context.as_ref().is_some_and(|context| context.read_only);
        let access = if serializable { Access::Anything } else { self.access_of(tools, input) };
        let ReadWishes { read: wish, consistency } = self.leasing.wishes;
        let reads_by_default = reads_only || chosen.get("default_transaction_read_only").is_some_and(is_on);
        Needs { access, reads_by_default, wish, consistency }
    }

    /// How long the client lets its statements take, where it has said so.
    pub fn statement_timeout(&self) -> Option<std::time::Duration> {
        self.settings.chosen().time("statement_timeout")
    }

    fn access_of(&self, tools: &Tools, input: &[u8]) -> Access {
        let tied = self.pin.is_some() || self.mode == PoolMode::Session || self.unsynced || self.status != TransactionStatus::Idle;
        let Some(header) = Header::read(input).filter(|header| !tied && header.frame_len() <= LONGEST) else { return Access::Anything };
        match header.tag {
            client::QUERY => self.front.access(),
            client::PARSE | client::BIND => self.access_of_batch(tools, input).unwrap_or_default(),
            _ => Access::Anything,
        }
    }

    /// What a batch needs that is all there, up to its Sync.
    fn access_of_batch(&self, tools: &Tools, input: &[u8]) -> Option<Access> {
        let mut parsed: smallvec::SmallVec<[(&[u8], Access); 2]> = smallvec::SmallVec::new();
        let (mut at, mut sum) = (0, None);
        loop {
            let header = Header::read(input.get(at..)?)?;
            let end = at.checked_add(header.frame_len()).filter(|end| *end <= LONGEST)?;
            let body = input.get(at + HEADER_LEN..end)?;
            let access = match header.tag {
                client::SYNC => return sum,
                client::PARSE => {
                    let parse = Parse::read(body).ok()?;
                    let access = match known(tools, parse.text, parse.types, tools.gate.tenancy(parse.types)) {
                        Some(statement) => statement.judged.access,
                        None if at == 0 => self.front.access(),
                        None => return None,
                    };
                    parsed.push((parse.name, access));
                    Some(access)
                }
                client::BIND => {
                    let head = BindHead::read(body)?;
                    match parsed.iter().rfind(|(name, _)| *name == head.statement) {
                        Some((_, access)) => Some(*access),
                        None => {
                            let statement = self.names.get(head.statement)?;
                            tools.gate.stamps().are_of(statement.stamp).then_some(statement.judged.access)
                        }
                    }
                }
                client::DESCRIBE | client::EXECUTE | client::CLOSE | client::FLUSH => sum,
                _ => return None,
            };
            sum = match (sum, access) {
                (None | Some(Access::Reads), access @ Some(Access::Reads)) => access,
                (begun @ Some(Access::BeginsReading | Access::Begins), Some(Access::Reads)) => begun,
                (None, access) => access,
                (before, access) if before == access => before,
                _ => return None,
            };
            at = end;
        }
    }

    /// Whether a frame must wait until the connection is back: it was lent for what stands before it.
    #[inline]
    pub(super) fn waits_for_lease(&mut self, tag: u8) -> bool {
        matches!(self.leasing.lease, Lease::Reads | Lease::Block) && self.outlasts_lease(tag)
    }

    fn outlasts_lease(&mut self, tag: u8) -> bool {
        if self.unsynced
            || !matches!(tag, client::QUERY | client::PARSE | client::BIND | client::DESCRIBE | client::CLOSE | client::EXECUTE)
        {
            return false;
        }
        if std::mem::take(&mut self.leasing.is_fresh) {
            return false;
        }
        let in_block = self.leasing.lease == Lease::Block && self.status != TransactionStatus::Idle;
        if self.ledger.is_own() && in_block {
            return false;
        }
        if self.leasing.on_replica {
            return !self.ledger.is_own();
        }
        // The primary's is good for anything.
        self.leasing.lease = Lease::Anything;
        false
    }

    /// Whether a query that is being sent may be sent again, as a batch may.
    pub(super) fn may_repeat_query(&self) -> bool {
        self.leasing.on_replica && self.leasing.lease == Lease::Reads
    }

    /// Whether an error is a replica's own business: the primary may know better, and the client has heard nothing yet.
    pub(super) fn repeats_on_primary(&self, fields: &ErrorFields<'_>) -> bool {
        if !self.leasing.on_replica || !self.replay.is_possible() || self.status != TransactionStatus::Idle {
            return false;
        }
        let fatal = fields.severity == b"FATAL" || fields.severity == b"PANIC";
        fatal || fields.sql_state().is_some_and(is_servers_own)
    }

    /// Whether nothing is under way on a replica: what it says then is nobody's.
    pub(super) fn has_left_replica(&self) -> bool {
        self.leasing.on_replica && self.ledger.is_empty() && self.status == TransactionStatus::Idle
    }

    /// Whether a notice is a replica's word before it leaves at once (`quickdie` in `src/backend/tcop/postgres.c`): the client needn't hear it.
    pub(super) fn is_farewell(&self, body: &[u8]) -> bool {
        self.leasing.on_replica
            && (self.replay.is_possible() || self.has_left_replica())
            && ErrorFields::read(body).sql_state().is_some_and(|state| state.as_str().starts_with("57P"))
    }

    /// What failed is to run elsewhere.
    pub(super) fn repeat_elsewhere(&mut self) {
        self.leasing.elsewhere = true;
    }

    /// Whether what is to be sent again goes to another server.
    pub fn repeats_elsewhere(&self) -> bool {
        self.leasing.elsewhere
    }

    /// The replica is gone. Whether what it had to do can run elsewhere, as if it had never been sent: see [`Conversation::take_replay`].
    pub fn take_back(&mut self) -> bool {
        let possible = self.leasing.on_replica
            && self.replay.is_possible()
            && self.status == TransactionStatus::Idle
            && self.server_rest.0 == 0
            && self.flow == super::Flow::Frames;
        if possible {
            self.replay.take_up().for_each(|undo| self.names.undo(undo));
            self.forget_server();
        }
        possible
    }

    /// What servers owe never comes, and names mean what they did before.
    pub(super) fn drop_owed(&mut self) {
        let names = &mut self.names;
        self.ledger.clear(|owed| names.undo_owed(owed, u64::MAX));
        self.names.forget_portals(u64::MAX);
        self.deliveries = Deliveries::default();
        self.held_before = None;
    }

    /// Nothing is owed by a server any more.
    pub fn forget_server(&mut self) {
        self.drop_owed();
        self.forget_statements = false;
        self.settings.forget_doubt();
        self.unsynced = false;
        self.skipping = false;
        self.begun = false;
        self.leasing.lease = Lease::Unrouted;
        self.leasing.settle();
    }

    /// Does what a command says that is answered here.
    pub(super) fn act_at_desk(
        &mut self,
        command: &Command,
        value: Option<&str>,
        (text, in_batch): (&[u8], bool),
        standing: &Standing,
    ) -> Result<Answer, Report> {
        match command {
            Command::Wish { .. } | Command::ShowWish(_) if self.status == TransactionStatus::Failed => Err(transaction_failed()),
            Command::ShowWish(which) => {
                let shown = self.leasing.wishes.shown(*which).to_owned();
                Ok(Answer { row: Some((which.name(), shown)), ..Answer::tag("SHOW") })
            }
            Command::Wish { which, value, local } => self.choose_wish(*which, value.as_deref(), *local),
            _ => self.desk.tenancy.act(command, value, text, standing, in_batch),
        }
    }

    fn choose_wish(&mut self, which: Own, value: Option<&str>, local: bool) -> Result<Answer, Report> {
        let mut wishes = self.leasing.wishes;
        if !wishes.set(which, value) {
            let words = match which {
                Own::Read => "primary, replica, nearest",
                Own::Consistency => "session, tenant, eventual",
            };
            let message = format!("invalid value for parameter \"{}\": \"{}\"", which.name(), value.unwrap_or_default());
            return Err(Report::new(SqlState::INVALID_PARAMETER_VALUE, message).with_hint(format!("Available values: {words}.")));
        }
        let mut answer = Answer::tag(if value.is_none() { "RESET" } else { "SET" });
        if local {
            let message = format!("SET LOCAL {} has no effect: where a transaction runs is decided before it begins", which.name());
            answer.warning = Some(Report::new(SqlState::NO_ACTIVE_TRANSACTION, message));
            return Ok(answer);
        }
        if value.is_none() {
            match which {
                Own::Read => wishes.read = self.leasing.start.read,
                Own::Consistency => wishes.consistency = self.leasing.start.consistency,
            }
        }
        self.leasing.wishes = wishes;
        Ok(answer)
    }

    /// A connection goes back whose read runs elsewhere. Whether it is fit for others.
    pub fn is_fit_for_others(&mut self, carried: &mut Carried) -> bool {
        let mut first = Vec::new();
        self.is_at_rest() && !self.settle(&mut Attached { carried, out: &mut first })
    }
}

/// Whether an error may hang on which server it is: not what the statement itself, its values or its client have done.
fn is_servers_own(state: SqlState) -> bool {
    match state {
        SqlState::QUERY_CANCELED | SqlState::SYNTAX_ERROR => false,
        _ => !["21", "22", "23", "44", "P0"].iter().any(|class| state.as_str().starts_with(class)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_that_a_primary_may_not_have() {
        for state in [b"40001", b"25006", b"57P01", b"53300", b"0A000", b"42P01", b"55000", b"XX000", b"58030"] {
            assert!(SqlState::from_bytes(state).is_some_and(is_servers_own), "{state:?}");
        }
        for state in [b"22012", b"23505", b"42601", b"57014", b"21000", b"P0001"] {
            assert!(!SqlState::from_bytes(state).is_some_and(is_servers_own), "{state:?}");
        }
    }

    #[test]
    fn wishes_are_words() {
        let mut wishes = ReadWishes::default();
        assert!(wishes.set(Own::Read, Some("Replica")) && wishes.set(Own::Consistency, Some("TENANT")));
        assert_eq!((wishes.shown(Own::Read), wishes.shown(Own::Consistency)), ("replica", "tenant"));
        assert!(!wishes.set(Own::Read, Some("elsewhere")) && wishes.set(Own::Read, None));
        assert_eq!(wishes.shown(Own::Read), "default");
    }
}
