//! Execute: what a portal does to the session, whoever runs it.

use std::sync::Arc;

use super::{
    super::ledger::Owed,
    Attached, Conversation, Fatal, SessionStatement, Tools, Undo,
    listening::{Hearing, Step},
    refusals::{finished_portal, no_statement},
};
use crate::{
    sql::outcome::{Effects, Verb, Virtual},
    wire::{messages::execute_portal, synthetic},
};

impl Conversation {
    pub(super) fn execute(
        &mut self,
        tools: &Tools,
        body: &[u8],
        frame: &[u8],
        server: &mut Option<Attached<'_>>,
        to_client: &mut Vec<u8>,
    ) -> Result<bool, Fatal> {
        let name = execute_portal(body)?;
        let portal = self.names.portal(name).map(|portal| (portal.own, portal.statement.judged.effects.clone(), portal.target.clone()));
        let (mut undo, mut step, mut passed, mut forgets) = (None, None, None, false);
        if let Some((own, Some(effects), target)) = portal {
            if effects.alone == Some(Virtual::CopyRows) {
                return Ok(self.execute_copying(tools, name, server, to_client));
            }
            if own {
                self.execute_own(name, &effects, server, to_client);
                return Ok(true);
            }
            match self.listening.hearing(&effects) {
                Hearing::Ready => step = Step::of_single(&effects).map(Box::new),
                Hearing::Wanted => return Ok(false),
                Hearing::Refused(report) => return Ok(self.refuse(*report, server, to_client)),
            }
            if let Some(server) = server {
                undo = self.note_execute(&effects, target.as_ref(), server);
                forgets = effects.forgets_statements;
                passed = Some(effects);
            }
        }
        let Some(server) = server else { return Ok(false) };
        server.out.extend_from_slice(frame);
        self.unsynced = true;
        self.executed = true;
        self.ledger.push(Owed::Execute { undo, step, rewritten: self.names.rewritten(name), forgets });
        if let Some(effects) = passed {
            self.pass(&effects, server);
        }
        Ok(true)
    }

    /// Notes what a portal that is being executed may do, and how to take back what that means for names.
    fn note_execute(&mut self, effects: &Effects, target: Option<&Arc<SessionStatement>>, server: &mut Attached<'_>) -> Option<Box<Undo>> {
        self.note(effects);
        if effects.forgets_statements {
            self.names_in_doubt = true;
            let doubted = std::mem::replace(&mut self.forget_statements, true);
            self.held_before = Some(Box::new((server.carried.statements.take(), doubted)));
            return self.names.clear();
        }
        let (target, used) = (target?, effects.names.first()?);
        match used.verb {
            Verb::Prepare if self.names.get(used.name.as_bytes()).is_none() => {
                self.make_room(target, server);
                self.names.set(used.name.as_bytes(), Arc::clone(target), self.ledger.now())
            }
            _ => {
                if let Some(effects) = target.judged.effects.clone() {
                    self.note(&effects);
                }
                None
            }
        }
    }

    /// Executes a portal that no server knows.
    fn execute_own(&mut self, name: &[u8], effects: &Effects, server: &mut Option<Attached<'_>>, to_client: &mut Vec<u8>) {
        match self.names.finish(name).then(|| self.act_alone(effects)) {
            Some(Some((bytes, undo))) => {
                self.names_in_doubt |= undo.is_some() && !self.ledger.is_own();
                self.ledger.push(Owed::Synthetic { bytes: bytes.into(), undo });
            }
            Some(None) => {
                let report = no_statement(effects.alone.as_ref().map_or(b"", Virtual::name));
                self.refuse(report, server, to_client);
            }
            None => {
                self.refuse(finished_portal(name), server, to_client);
            }
        }
    }

    /// Does what a text about virtual state says: the answer, and how to take it back. `None` where it names what isn't there.
    pub(super) fn act_alone(&mut self, effects: &Effects) -> Option<(Vec<u8>, Option<Box<Undo>>)> {
        let mut answer = Vec::with_capacity(24);
        let (command, undo) = match effects.alone.as_ref()? {
            Virtual::DiscardAll => {
                self.desk.tenancy.discard_all();
                self.settings.reset_all();
                self.leasing.reset();
                self.listening.forget();
                self.names.forget_portals(u64::MAX);
                ("DISCARD ALL", self.names.clear())
            }
            Virtual::DeallocateAll => ("DEALLOCATE ALL", self.names.clear()),
            Virtual::Deallocate(name) => ("DEALLOCATE", self.names.remove(name.as_bytes()).ok()?),
            Virtual::Prepare { .. } | Virtual::CopyRows => return None,
        };
        synthetic::command_complete(&mut answer, command);
        Some((answer, undo))
    }

    /// Whether the client's next frame must wait, as names of statements mean what the server is about to say.
    pub(super) fn waits_for_names(&mut self) -> bool {
        if self.names_in_doubt && !self.unsynced {
            self.names_in_doubt = !self.ledger.is_own();
            return self.names_in_doubt;
        }
        false
    }
}
