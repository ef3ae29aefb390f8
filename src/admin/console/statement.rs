//! What an operator may say, read.

use std::{sync::Arc, time::Duration};

use super::{
    condition::{SortKey, Term},
    edits::MapEdit,
    table::{Column, Kind, Value},
    views::View,
};
use crate::{
    error::{Report, SqlState},
    ids::{SessionId, ShardId, TenantId},
    session::operator::Role,
};

/// A statement, checked as far as that can be done without looking at anything.
#[derive(Clone)]
pub(crate) enum Statement {
    /// Nothing but blanks and comments.
    Empty,
    Show(Arc<Show>),
    /// Values that need no view: what drivers ask for at their beginning.
    Values(Vec<(Column, Value)>, &'static str),
    Transaction(Transaction),
    /// A setting of a session of PostgreSQL's, which means nothing here.
    Ignored(&'static str),
    Verb(Arc<Verb>),
}

/// A statement and what it takes.
#[derive(Clone)]
pub(crate) struct Prepared {
    pub(crate) statement: Statement,
    /// The kinds of its parameters.
    pub(crate) parameters: Vec<Kind>,
}

/// `SHOW view [WHERE …] [ORDER BY …] [LIMIT …] [OFFSET …]`
pub(crate) struct Show {
    pub(crate) view: &'static View,
    pub(crate) columns: Vec<Column>,
    pub(crate) filter: Option<Term>,
    pub(crate) order: Vec<SortKey>,
    pub(crate) limit: Option<Term>,
    pub(crate) offset: Option<Term>,
}

/// Blocks, as drivers open them. Nothing in them can be taken back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Transaction {
    Begin,
    Commit,
    Rollback,
}

/// Whom a command is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Target {
    /// The whole proxy.
    All,
    /// The whole proxy, and each part of it by itself.
    Each,
    Tenant(TenantId),
    Shard(ShardId),
}

/// How long a command may take, and how long what it does lasts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Terms {
    pub(crate) within: Option<Duration>,
    pub(crate) hold: Option<Duration>,
}

/// How the process ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shutdown {
    /// At once.
    Immediate,
    /// When no transaction is open.
    WaitForServers,
    /// When all clients have left by themselves.
    WaitForClients,
}

/// What changes something.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Verb {
    Pause(Target, Terms),
    Resume(Target),
    PauseWrites(ShardId, Terms),
    ResumeWrites(ShardId),
    Drain(String, Terms),
    Undrain(String),
    Suspend,
    Disable(TenantId),
    Enable(TenantId),
    Kill(Target),
    KillClient(SessionId),
    Reconnect(Target),
    WaitClose(Target),
    Reload,
    Shutdown(Shutdown),
    Set { key: String, value: String },
    Edit(MapEdit),
}

impl Statement {
    /// What its rows look like; none where it gives none.
    pub(crate) fn columns(&self) -> Option<Vec<Column>> {
        match self {
            Statement::Show(show) => Some(show.columns.clone()),
            Statement::Values(values, _) => Some(values.iter().map(|(column, _)| column.clone()).collect()),
            Statement::Empty | Statement::Transaction(_) | Statement::Ignored(_) | Statement::Verb(_) => None,
        }
    }

    /// Who may run it.
    pub(crate) fn needs(&self) -> Role {
        match self {
            Statement::Verb(_) => Role::Operator,
            Statement::Show(show) => show.view.needs,
            _ => Role::Viewer,
        }
    }

    /// What its end is told with.
    pub(crate) fn tag(&self) -> &'static str {
        match self {
            Statement::Empty => "",
            Statement::Show(_) => "SHOW",
            Statement::Values(_, tag) | Statement::Ignored(tag) => tag,
            Statement::Transaction(Transaction::Begin) => "BEGIN",
            Statement::Transaction(Transaction::Commit) => "COMMIT",
            Statement::Transaction(Transaction::Rollback) => "ROLLBACK",
            Statement::Verb(verb) => verb.tag(),
        }
    }
}

impl Verb {
    pub(crate) fn tag(&self) -> &'static str {
        match self {
            Verb::Pause(..) => "PAUSE",
            Verb::Resume(_) => "RESUME",
            Verb::PauseWrites(..) => "PAUSE WRITES",
            Verb::ResumeWrites(_) => "RESUME WRITES",
            Verb::Drain(..) => "DRAIN",
            Verb::Undrain(_) => "UNDRAIN",
            Verb::Suspend => "SUSPEND",
            Verb::Disable(_) => "DISABLE",
            Verb::Enable(_) => "ENABLE",
            Verb::Kill(_) => "KILL",
            Verb::KillClient(_) => "KILL_CLIENT",
            Verb::Reconnect(_) => "RECONNECT",
            Verb::WaitClose(_) => "WAIT_CLOSE",
            Verb::Reload => "RELOAD",
            Verb::Shutdown(_) => "SHUTDOWN",
            Verb::Set { .. } => "SET",
            Verb::Edit(edit) => edit.tag,
        }
    }

    /// What is done to whom, for the audit trail. The value of a setting isn't in it.
    pub(crate) fn in_words(&self) -> String {
        match self {
            Verb::Pause(target, _) | Verb::Resume(target) | Verb::Kill(target) | Verb::Reconnect(target) | Verb::WaitClose(target) => {
                let whom = match target {
                    Target::All | Target::Each => return self.tag().to_owned(),
                    Target::Tenant(tenant) => format!("TENANT {tenant}"),
                    Target::Shard(shard) => format!("SHARD {shard}"),
                };
                format!("{} {whom}", self.tag())
            }
            Verb::Disable(tenant) | Verb::Enable(tenant) => format!("{} {tenant}", self.tag()),
            Verb::KillClient(session) => format!("KILL_CLIENT {session}"),
            Verb::Shutdown(how) => format!("SHUTDOWN {how:?}"),
            Verb::Set { key, .. } => format!("SET {key}"),
            Verb::PauseWrites(shard, _) | Verb::ResumeWrites(shard) => format!("{} ON SHARD {shard}", self.tag()),
            Verb::Drain(server, _) | Verb::Undrain(server) => format!("{} SERVER {server}", self.tag()),
            Verb::Suspend | Verb::Reload | Verb::Edit(_) => self.tag().to_owned(),
        }
    }
}

/// Who only looks may not do that.
pub(crate) fn operators_only(tag: &str) -> Report {
    Report::new(SqlState::INSUFFICIENT_PRIVILEGE, format!("{tag} is for operators"))
        .with_detail("The login's role is \"viewer\": it may look and changes nothing.")
        .with_hint("Log in as somebody whose role is \"operator\".")
}
