//! Whom a session acts for, as its client says it: at login, for the session, for a transaction, or not at all.
//!
//! Follows what PostgreSQL does with a setting: SET lasts unless its transaction is rolled back, SET LOCAL as long as the transaction, RESET goes back to
//! the login's start. What differs: a transaction that has reached a tenant's server can't go on with another's. BEGIN is
//! therefore answered here and sent together with the first statement that has a server to go to.
//!
//! Pure: texts are read by [`crate::sql::tenancy`], messages are the conversation's.

use std::{fmt, sync::Arc};

use crate::{
    error::{Report, SqlState},
    ids::TenantId,
    sql::tenancy::{Command, Value},
    wire::messages::TransactionStatus,
};

/// Whether a client may act for a tenant, by the map in force; the tenant's id, or why not.
pub type Admits = dyn Fn(&str) -> Result<TenantId, Report> + Send + Sync;

/// What a session that may switch is asked by.
#[derive(Clone)]
pub struct Switching {
    /// Whom it may act for.
    pub admits: Arc<Admits>,
    /// Whether SET counts.
    pub sets: bool,
    /// Whether comments of statements count.
    pub comments: bool,
}

/// Whom a session acts for.
pub struct Tenancy {
    switching: Option<Switching>,
    /// As it logged in.
    start: Option<TenantId>,
    /// Outside of [`Tenancy::local`].
    session: Option<TenantId>,
    /// For the transaction.
    local: Option<Option<TenantId>>,
    /// What `session` was when the transaction began, where it has changed since.
    before: Option<Option<TenantId>>,
    /// What `session` becomes when the transaction is committed: a RESET ALL is under way.
    reset: bool,
    block: Block,
    /// Something has failed since the transaction began.
    failed: bool,
    /// What the server last said of a transaction's end: committed or not.
    ended: Option<bool>,
}

/// The transaction block, as far as no server tells.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
enum Block {
    /// None that we keep: there is none, or a server has it.
    #[default]
    None,
    /// Begun, and no server knows. The BEGIN.
    Deferred(Box<[u8]>),
    /// The same, and something was refused in it.
    Failed,
    /// A server has it.
    Server,
}

/// What stands in the way of another tenant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Nothing.
    Free,
    /// The transaction has reached a server.
    Tied,
    /// The session keeps its server connection; why.
    Pinned(String),
}

/// What a command about tenant or transaction is answered with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// The command's tag.
    pub tag: &'static str,
    /// A row of one text column: its name and value.
    pub row: Option<(&'static str, String)>,
    /// Another setting that it has changed.
    pub setting: Option<(&'static str, String)>,
    /// A warning before it.
    pub warning: Option<Report>,
    /// The transaction's state behind it, where it has changed.
    pub status: Option<TransactionStatus>,
}

impl Answer {
    /// Nothing but the command's tag.
    pub fn tag(tag: &'static str) -> Self {
        Answer { tag, row: None, setting: None, warning: None, status: None }
    }
}

const WORD: &str = "pgtenant.tenant";

impl Tenancy {
    /// A session of one tenant.
    pub fn fixed(tenant: Option<TenantId>) -> Self {
        Tenancy {
            switching: None,
            start: tenant.clone(),
            session: tenant,
            local: None,
            before: None,
            reset: false,
            block: Block::None,
            failed: false,
            ended: None,
        }
    }

    /// A session that may act for several; `start` is what it said at login, if anything.
    pub fn switching(start: Option<TenantId>, switching: Switching) -> Self {
        Tenancy { switching: Some(switching), ..Tenancy::fixed(start) }
    }

    /// Whom it acts for now.
    #[inline]
    pub fn tenant(&self) -> Option<&TenantId> {
        self.local.as_ref().map_or(self.session.as_ref(), Option::as_ref)
    }

    /// Whether it may act for another.
    #[inline]
    pub fn switches(&self) -> bool {
        self.switching.is_some()
    }

    /// Whether comments of statements count.
    pub fn reads_comments(&self) -> bool {
        self.switching.as_ref().is_some_and(|switching| switching.comments)
    }

    /// Whether the end of the transaction can't change whom it acts for.
    #[inline]
    pub fn is_settled(&self) -> bool {
        self.local.is_none() && self.before.is_none() && !self.reset
    }

    /// Whether a block is open that no server knows.
    pub fn is_deferred(&self) -> bool {
        matches!(self.block, Block::Deferred(_) | Block::Failed)
    }

    /// Whether the open block has failed before any server knew of it.
    pub fn has_failed(&self) -> bool {
        self.block == Block::Failed
    }

    /// Whether a command is answered here. What is about a transaction isn't where a server has it.
    pub fn owns(&self, command: &Command, standing: &Standing) -> bool {
        match command {
            Command::Set { .. } | Command::Show | Command::Current | Command::Wish { .. } | Command::ShowWish(_) => true,
            Command::Begin { .. } | Command::Commit { .. } | Command::Rollback { .. } => {
                self.switches() && *standing == Standing::Free && self.block != Block::Server
            }
            Command::ResetAll => self.switches() && self.tenant().is_none(),
            // Kept until there is a server, which may yet refuse it.
            Command::Choose { .. } => {
                self.switches() && self.tenant().is_none() && self.block == Block::None && *standing == Standing::Free
            }
            Command::DiscardAll | Command::Deallocate(_) => false,
        }
    }

    /// Does what a command says. `in_batch`: a batch of the extended protocol is a transaction, though no block.
    ///
    /// # Errors
    /// What the client is told in its place; the transaction fails with it.
    pub fn act(
        &mut self,
        command: &Command,
        value: Option<&str>,
        text: &[u8],
        standing: &Standing,
        in_batch: bool,
    ) -> Result<Answer, Report> {
        if self.has_failed() && !matches!(command, Command::Commit { .. } | Command::Rollback { .. }) {
            return Err(transaction_failed());
        }
        match command {
            Command::Show => Ok(Answer { row: Some((WORD, self.shown())), ..Answer::tag("SHOW") }),
            Command::Current => Ok(Answer { row: Some(("current_setting", self.shown())), ..Answer::tag("SELECT 1") }),
            Command::Set { value: to, local, by_call } => self.set(to, value, *local, *by_call, standing, in_batch),
            Command::Begin { tag } => Ok(self.begin(tag, text)),
            Command::Commit { chain } => Ok(self.end(true, *chain)),
            Command::Rollback { chain } => Ok(self.end(false, *chain)),
            // The conversation has done it.
            Command::Wish { .. } | Command::ShowWish(_) => Ok(Answer::tag("SET")),
            Command::Choose { name, value } => Ok(Answer { setting: Some((name, value.clone())), ..Answer::tag("SET") }),
            Command::ResetAll | Command::DiscardAll | Command::Deallocate(_) => {
                self.remember();
                (self.session, self.local) = (self.start.clone(), None);
                self.settle_outside(in_batch);
                Ok(Answer::tag("RESET"))
            }
        }
    }

    fn shown(&self) -> String {
        self.tenant().map(TenantId::to_string).unwrap_or_default()
    }

    fn set(
        &mut self,
        to: &Value,
        parameter: Option<&str>,
        local: bool,
        by_call: bool,
        standing: &Standing,
        in_batch: bool,
    ) -> Result<Answer, Report> {
        let wanted = match to {
            Value::Default => None,
            Value::Name(name) => Some(name.as_str()),
            Value::Parameter => Some(parameter.ok_or_else(no_value)?),
        };
        let tenant = match wanted {
            None => self.start.clone(),
            Some(_) if self.switching.as_ref().is_some_and(|switching| !switching.sets) => return Err(switched_off()),
            Some(name) => Some(self.admit(name)?),
        };
        self.may_become(tenant.as_ref(), standing)?;
        let mut answer = match (by_call, wanted) {
            (true, _) => Answer {
                row: Some(("set_config", tenant.as_ref().map(TenantId::to_string).unwrap_or_default())),
                ..Answer::tag("SELECT 1")
            },
            (false, None) if !local => Answer::tag("RESET"),
            _ => Answer::tag("SET"),
        };
        let in_block = self.block != Block::None || *standing == Standing::Tied;
        if local {
            if !in_block && !by_call {
                answer.warning = Some(Report::new(SqlState::NO_ACTIVE_TRANSACTION, "SET LOCAL can only be used in transaction blocks"));
            }
            if in_block || in_batch {
                self.local = Some(tenant);
            }
            return Ok(answer);
        }
        self.remember();
        (self.session, self.local) = (tenant, None);
        self.settle_outside(in_batch || in_block);
        Ok(answer)
    }

    /// A tenant that the client names, if it may act for it.
    fn admit(&self, name: &str) -> Result<TenantId, Report> {
        match &self.switching {
            Some(switching) => (switching.admits)(name),
            None => match self.start.as_ref().filter(|own| own.as_str() == name) {
                Some(own) => Ok(own.clone()),
                None => Err(Report::new(SqlState::INSUFFICIENT_PRIVILEGE, "this connection's tenant can't be changed")
                    .with_detail("The login has one tenant, or the connection was opened for one (certificate, host name, token, user@tenant, database).")
                    .with_hint("Open another connection, with a login of several tenants and without naming one, and SET pgtenant.tenant there.")),
            },
        }
    }

    fn may_become(&self, tenant: Option<&TenantId>, standing: &Standing) -> Result<(), Report> {
        if tenant == self.tenant() {
            return Ok(());
        }
        match standing {
            Standing::Free => Ok(()),
            Standing::Tied => {
                Err(Report::new(SqlState::ACTIVE_TRANSACTION, "the tenant can't be changed inside a transaction that has run statements")
                    .with_hint("End the transaction first, or say the tenant right behind BEGIN."))
            }
            Standing::Pinned(why) => Err(Report::new(
                SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE,
                "the tenant can't be changed while the session keeps its server connection",
            )
            .with_detail(format!("It keeps it because of: {why}."))
            .with_hint("Send DISCARD ALL first, or use another connection.")),
        }
    }

    /// What rolling back goes back to.
    fn remember(&mut self) {
        if self.before.is_none() {
            self.before = Some(self.session.clone());
        }
    }

    /// Outside of any transaction a SET can't be rolled back.
    fn settle_outside(&mut self, in_transaction: bool) {
        if !in_transaction && self.block == Block::None {
            self.before = None;
        }
    }

    fn begin(&mut self, tag: &'static str, text: &[u8]) -> Answer {
        if let Block::Deferred(_) = self.block {
            let warning = Some(Report::new(SqlState::ACTIVE_TRANSACTION, "there is already a transaction in progress"));
            return Answer { warning, ..Answer::tag(tag) };
        }
        self.block = Block::Deferred(text.into());
        Answer { status: Some(TransactionStatus::Open), ..Answer::tag(tag) }
    }

    /// COMMIT or ROLLBACK of a block that no server knows, or of none.
    fn end(&mut self, commit: bool, chain: bool) -> Answer {
        let tag = if commit && !self.has_failed() { "COMMIT" } else { "ROLLBACK" };
        let block = std::mem::take(&mut self.block);
        let warning = (block == Block::None).then(|| Report::new(SqlState::NO_ACTIVE_TRANSACTION, "there is no transaction in progress"));
        self.finish(tag == "COMMIT" && block != Block::None);
        let status = match block {
            Block::Deferred(text) if chain => {
                self.block = Block::Deferred(text);
                TransactionStatus::Open
            }
            _ => TransactionStatus::Idle,
        };
        Answer { warning, status: Some(status), ..Answer::tag(tag) }
    }

    /// A statement's comment names a tenant for its transaction.
    ///
    /// # Errors
    /// The client may not act for it, or not now.
    pub fn comment(&mut self, name: &str, standing: &Standing) -> Result<(), Report> {
        if self.tenant().is_some_and(|own| own.as_str() == name) {
            return Ok(());
        }
        let tenant = self.admit(name)?;
        self.may_become(Some(&tenant), standing)?;
        self.local = Some(Some(tenant));
        Ok(())
    }

    /// A statement was refused here: the block fails, if there is one. Whether there is.
    pub fn fail(&mut self) -> bool {
        self.failed = true;
        if let Block::Deferred(_) = self.block {
            self.block = Block::Failed;
        }
        self.block == Block::Failed
    }

    /// A server gets the session's next statement: the BEGIN that it must get before.
    pub fn deferred_begin(&mut self) -> Option<Box<[u8]>> {
        match std::mem::replace(&mut self.block, Block::Server) {
            Block::Deferred(begin) => Some(begin),
            other => {
                self.block = other;
                None
            }
        }
    }

    /// A text that is sent resets all settings.
    pub fn reset_all(&mut self) {
        self.reset |= self.switches();
    }

    /// DISCARD ALL, outside of any transaction.
    pub fn discard_all(&mut self) {
        if self.switches() {
            (self.session, self.local, self.before, self.reset) = (self.start.clone(), None, None, false);
        }
    }

    /// A server has completed a command.
    #[inline]
    pub fn command_complete(&mut self, tag: &[u8]) {
        if self.switching.is_none() {
            return;
        }
        if tag.starts_with(b"COMMIT\0") || tag.starts_with(b"PREPARE TRANSACTION\0") {
            self.ended = Some(true);
        } else if tag.starts_with(b"ROLLBACK\0") {
            self.ended = Some(false);
        }
    }

    /// A server has refused something.
    #[inline]
    pub fn server_failed(&mut self) {
        self.failed = true;
    }

    /// A server says how the transaction stands.
    #[inline]
    pub fn server_ready(&mut self, status: TransactionStatus) {
        if self.switching.is_none() {
            return;
        }
        let ended = self.ended.take();
        if status == TransactionStatus::Idle {
            self.block = Block::None;
            self.finish(ended.unwrap_or(!self.failed));
            return;
        }
        self.block = Block::Server;
        match ended {
            // The next one has begun in the same breath.
            Some(true) => {
                let local = self.local.take();
                self.finish(true);
                self.local = local;
            }
            // ROLLBACK TO, or ROLLBACK AND CHAIN: whatever was set since the beginning is forgotten rather than kept.
            Some(false) => {
                self.failed = false;
                self.reset = false;
                if let Some(before) = self.before.take() {
                    self.session = before;
                }
            }
            None => {}
        }
    }

    /// A batch or query is over that no server has seen anything of; with a block open, its transaction isn't.
    pub fn batch_over(&mut self) {
        if self.block == Block::None {
            self.finish(!self.failed);
        }
    }

    /// The transaction is over.
    fn finish(&mut self, committed: bool) {
        self.local = None;
        let reset = std::mem::take(&mut self.reset);
        self.failed = false;
        self.ended = None;
        match self.before.take() {
            Some(before) if !committed => self.session = before,
            _ if committed && reset => self.session = self.start.clone(),
            _ => {}
        }
    }
}

impl fmt::Debug for Tenancy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tenancy").field("tenant", &self.tenant()).field("block", &self.block).finish_non_exhaustive()
    }
}

/// What a statement is told that needs a tenant where none was said.
pub fn unsaid() -> Report {
    Report::new(SqlState::INSUFFICIENT_PRIVILEGE, "it isn't said which tenant this statement is for")
        .with_detail("The login serves several tenants, and none was named yet.")
        .with_hint("SET pgtenant.tenant = '…', or SET LOCAL behind BEGIN, or connect with options='-c pgtenant.tenant=…'.")
}

/// What statements are told in a failed block.
pub fn transaction_failed() -> Report {
    Report::new(SqlState::IN_FAILED_SQL_TRANSACTION, "current transaction is aborted, commands ignored until end of transaction block")
}

/// A text that says whom it is for, or ends the transaction that says so, in the middle.
pub fn not_alone() -> Report {
    Report::new(SqlState::FEATURE_NOT_SUPPORTED, "the tenant must be said in a statement of its own")
        .with_detail("A text of several statements is sent to one tenant's server.")
        .with_hint("Send SET pgtenant.tenant, and what ends a transaction with SET LOCAL pgtenant.tenant, one by one.")
}

fn switched_off() -> Report {
    Report::new(SqlState::INSUFFICIENT_PRIVILEGE, "SET pgtenant.tenant is switched off")
        .with_detail("The proxy's [identity] says set = false.")
        .with_hint("Connect for one tenant, or name it in a comment: /*tenant='…'*/.")
}

fn no_value() -> Report {
    Report::new(SqlState::INVALID_PARAMETER_VALUE, "pgtenant.tenant can't be NULL").with_hint("Give the tenant's id.")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
