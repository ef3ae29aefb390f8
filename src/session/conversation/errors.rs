//! Errors of a server: what they mean for the batch or query that they end, and what the client gets to see of them.

use super::{
    super::{ledger::Owed, times},
    Conversation, CopyIn, Fatal, Sink,
    names::Names,
    server::Fate,
    telling::{Positions, names_one_of_ours, told},
};
use crate::{
    backend::Carried,
    error::{Report, Severity, SqlState},
    wire::{
        messages::{ErrorFields, TransactionStatus},
        synthetic,
        tag::server,
    },
};

impl Conversation {
    pub(super) fn error(&mut self, body: &[u8], carried: &mut Carried, sink: &mut Sink<'_>) -> Result<Fate, Fatal> {
        self.copy_in = CopyIn::None;
        if self.awaits_failure() {
            self.desk.tenancy.server_failed();
            return Ok(Fate::Swallow);
        }
        let fields = ErrorFields::read(body);
        let of_limit = self.of_limit(&fields, carried);
        let elsewhere = self.repeats_on_primary(&fields);
        if fields.severity == b"FATAL" || fields.severity == b"PANIC" {
            return Ok(self.fatal_error(of_limit, elsewhere, sink));
        }
        if !matches!(self.ledger.front(), Some(Owed::ReadSettings)) {
            self.settings.failed();
            self.listening.failed();
        }
        self.desk.tenancy.server_failed();
        self.stray_readies += std::mem::take(&mut self.ignored_syncs);
        let Some(due) = self.ledger.front() else { return Err(Fatal::Server(server::ERROR)) };
        self.begun = !due.is_extended();
        if due.is_extended() {
            let is_refusal = matches!(due, Owed::Refusal(_));
            let (limit, knew) = (of_limit.as_ref().map(|report| report.state), self.load_error.is_some());
            let fate = self.batch_error((body, &fields), (of_limit, elsewhere), carried, sink)?;
            // One that is kept for later is counted with the query's, one that is healed isn't told.
            let is_told = !self.replay.is_taken_up() && knew == self.load_error.is_some();
            match is_refusal {
                true => self.tally.undo(),
                false if is_told => self.tally.fail(limit),
                false => {}
            }
            self.copying_may_be_lost();
            return Ok(fate);
        }
        if elsewhere && matches!(due, Owed::Query { .. }) {
            self.replay.take_up().for_each(|undo| self.names.undo(undo));
            self.repeat_elsewhere();
            sink.drop_all();
            return Ok(Fate::Swallow);
        }
        self.undo_changes(carried);
        let Some(due) = self.ledger.front() else { return Ok(Fate::Forward) };
        if matches!(due, Owed::Query { .. }) {
            self.tally.fail(of_limit.as_ref().map(|report| report.state));
        }
        Ok(match due {
            Owed::RefusedQuery(report) => {
                synthetic::error(sink.own(), Severity::Error, report);
                Fate::Swallow
            }
            // A cancel request that came late for what the client ran, or the client's own statement_timeout. Unanswered, what the
            // connection carries would be everybody's.
            Owed::ReadSettings if self.settings.ask_again() => Fate::Swallow,
            // The client's statements must not run under the settings of whoever had the connection before.
            Owed::ApplySettings | Owed::Begin | Owed::ReadSettings => {
                let state = fields.sql_state().unwrap_or(SqlState::INVALID_PARAMETER_VALUE);
                return Err(Fatal::Settings { state, message: String::from_utf8_lossy(fields.message).into_owned() });
            }
            Owed::CopyRows { .. } => {
                let own_terms = told(body, Positions::default(), &self.names);
                self.copying_reply(server::ERROR, own_terms.as_deref().unwrap_or(body), sink);
                Fate::Swallow
            }
            due @ Owed::Query { .. } => match self.load_error.take() {
                None if of_limit.is_some() => {
                    if let Some(report) = of_limit {
                        synthetic::error(sink.own(), Severity::Error, &report);
                    }
                    Fate::Swallow
                }
                Some(earlier) => show(&earlier, Positions::default(), &self.names, sink, true),
                None => show(body, Positions::of(due), &self.names, sink, false),
            },
            due if due.is_visible() => Fate::Forward,
            _ => Fate::Swallow,
        })
    }

    /// The server connection ends.
    fn fatal_error(&mut self, of_limit: Option<Box<Report>>, elsewhere: bool, sink: &mut Sink<'_>) -> Fate {
        if self.has_left_replica() {
            return Fate::Swallow;
        }
        if elsewhere {
            sink.drop_all();
            return Fate::Swallow;
        }
        self.server_said_goodbye = true;
        self.tally.fail(of_limit.as_ref().map(|report| report.state));
        let Some(report) = of_limit else { return Fate::Forward };
        synthetic::error(sink.own(), Severity::Fatal, &report);
        Fate::Swallow
    }

    /// What the client is told where a server has stopped because of the plan's time limits.
    fn of_limit(&mut self, fields: &ErrorFields<'_>, carried: &Carried) -> Option<Box<Report>> {
        let state = fields.sql_state()?;
        if !matches!(state, SqlState::QUERY_CANCELED | SqlState::IDLE_IN_TRANSACTION_TIMEOUT) {
            return None;
        }
        if let Some(report) = self.cancelled.take() {
            return Some(report);
        }
        let name = if state == SqlState::QUERY_CANCELED { "statement_timeout" } else { "idle_in_transaction_session_timeout" };
        // A lower one, which the client has chosen itself, is its own business.
        let limit = self.transactions.reached(name, &carried.settings)?;
        times::of_server(state, std::str::from_utf8(fields.message).ok()?, limit).map(Box::new)
    }

    /// What a simple query that failed hasn't done to names.
    fn undo_changes(&mut self, carried: &mut Carried) {
        if let Some(changes) = self.ledger.changes() {
            // What the server holds after all is in doubt: those it was to deallocate, or the empty ones in their place.
            self.forget_statements |= changes.0.iter().any(|change| change.step.is_none());
            for change in changes.0.drain(..).rev() {
                if let Some(undo) = change.undo {
                    self.names.undo(*undo);
                }
                if let Some(held) = change.held {
                    carried.statements = *held;
                }
            }
        }
    }

    /// What the client is told in place of a server's error, whatever that says. `outdates`: the statement's rows have another shape by now.
    fn own_word(&mut self, stale: bool, outdates: bool, carried: &mut Carried) -> Option<Box<Report>> {
        match self.ledger.front() {
            Some(Owed::Refusal(report)) => Some(report.clone()),
            // The client's own Parse of it has failed before, in the pipeline: then there is no such statement.
            Some(Owed::Load { statement } | Owed::Parse { statement, visible: false, .. })
                if !self.names.mention(statement) && !self.ledger.takes_name_of(statement) =>
            {
                Some(Box::new(Report::new(SqlState::INVALID_STATEMENT_NAME, "prepared statement does not exist")))
            }
            // The connection keeps it, so that the error comes again as it does without a proxy.
            Some(Owed::Bind { statement }) if outdates => {
                statement.outdate();
                None
            }
            Some(Owed::Bind { statement }) if stale => {
                carried.statements.remove(statement);
                self.forget_statements = true;
                None
            }
            _ => {
                self.forget_statements |= stale;
                None
            }
        }
    }

    /// Whether a batch that has failed is sent again.
    fn heals(&self, stale: bool, changed: bool, elsewhere: bool) -> bool {
        // A client that asked for the shape long ago must hear of its change: drivers take this error as the sign to prepare again.
        // What runs may have committed inside, as a CALL can: it isn't run twice.
        let here = stale && (!changed || self.replay.learns_shape()) && !matches!(self.ledger.front(), Some(Owed::Execute { .. }));
        (here || elsewhere) && self.replay.is_possible() && self.status == TransactionStatus::Idle && self.ledger.syncs() == 1
    }

    /// An error in a batch: the server skips to the next Sync, and so does the ledger.
    fn batch_error(
        &mut self,
        (body, fields): (&[u8], &ErrorFields<'_>),
        (of_limit, elsewhere): (Option<Box<Report>>, bool),
        carried: &mut Carried,
        sink: &mut Sink<'_>,
    ) -> Result<Fate, Fatal> {
        let stale = is_stale_statement(fields);
        let changed = stale && fields.sql_state() == Some(SqlState::FEATURE_NOT_SUPPORTED);
        let heal = self.heals(stale, changed, elsewhere);
        let refused = self.own_word(stale, changed && !heal, carried).or(of_limit);
        // The entry goes with those that are skipped.
        let own_terms = self.ledger.front().and_then(|due| told(body, Positions::of(due), &self.names));
        let (names, deliveries, held) = (&mut self.names, &mut self.deliveries, &mut self.held_before);
        let mut doubted = None;
        let mut skipped = Vec::new();
        let mut forget = false;
        let synced = self.ledger.skip_to_sync(|owed| {
            match &owed {
                Owed::Parse { statement, .. } | Owed::Load { statement } => {
                    let comes_again = deliveries.fail(statement.id());
                    if !comes_again {
                        carried.statements.remove(statement);
                    }
                }
                Owed::Execute { forgets: true, .. } => {
                    if let Some(before) = held.take() {
                        doubted = Some(before.1);
                        carried.statements = before.0;
                    }
                }
                // A PREPARE that failed: the connection is believed to hold what it hasn't made.
                Owed::Execute { undo: Some(_), .. } => forget = true,
                Owed::Clear { id } if deliveries.has_arrived(*id) => carried.statements.restore(*id),
                Owed::Context { .. } => Conversation::lost(&mut carried.statements),
                Owed::Evict { id } => {
                    deliveries.left(*id);
                    carried.statements.restore(*id);
                }
                _ => {}
            }
            skipped.push(owed);
        });
        deliveries.tidy();
        self.forget_statements = doubted.unwrap_or(self.forget_statements) | forget;
        let now = self.ledger.reached();
        let hidden = matches!(self.ledger.front(), Some(Owed::Sync { visible: false }));
        let fate = if heal && self.ledger.len() == 1 && !hidden {
            Fate::Swallow
        } else if hidden {
            self.load_error = Some(own_terms.unwrap_or_else(|| body.to_vec()).into());
            Fate::Swallow
        } else if let Some(report) = refused {
            synthetic::error(sink.own(), Severity::Error, &report);
            Fate::Swallow
        } else if let Some(told) = own_terms {
            synthetic::frame(sink.own(), server::ERROR, |out| out.extend_from_slice(&told));
            Fate::Swallow
        } else {
            Fate::Forward
        };
        skipped.into_iter().for_each(|owed| names.undo_owed(owed, now));
        if heal && self.ledger.len() == 1 && !hidden {
            self.replay.take_up().for_each(|undo| self.names.undo(undo));
            if elsewhere {
                self.repeat_elsewhere();
            }
            sink.drop_all();
        }
        if !synced {
            self.skipping = true;
            self.unsynced = true;
        }
        Ok(fate)
    }
}

/// Gives an error to the client in its own terms. `own`: it isn't the frame that the server is sending.
fn show(body: &[u8], positions: Positions<'_>, names: &Names, sink: &mut Sink<'_>, own: bool) -> Fate {
    let told = told(body, positions, names);
    if told.is_none() && !own {
        return Fate::Forward;
    }
    let told = told.as_deref().unwrap_or(body);
    synthetic::frame(sink.own(), server::ERROR, |out| out.extend_from_slice(told));
    Fate::Swallow
}

/// Whether an error says that a statement which the connection was believed to hold can't be used: its table changed
/// (`RevalidateCachedQuery` in `src/backend/utils/cache/plancache.c`), it is gone, or another has its name.
fn is_stale_statement(fields: &ErrorFields<'_>) -> bool {
    match fields.sql_state() {
        Some(SqlState::FEATURE_NOT_SUPPORTED) => fields.routine == b"RevalidateCachedQuery",
        _ => names_one_of_ours(fields),
    }
}
