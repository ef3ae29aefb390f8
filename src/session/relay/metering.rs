//! What the session has counted goes to its tenant: into the worker's till whenever the session has nothing more to do.

use super::Relay;
use crate::{
    telemetry::audit::{Event, Kind},
    tenant::usage::{Refusal, Till},
};

/// What a tenant may not do, as against what is too much, too late, or a slip of the pen.
const AUDITED: &[Refusal] =
    &[Refusal::Forbidden, Refusal::Unknown, Refusal::Unsupported, Refusal::TooLarge, Refusal::ReadOnly, Refusal::Suspended];

impl Relay {
    /// Puts what was counted into the till. What is said before it is known for whom counts for the tenant that is said next.
    #[inline]
    pub(super) fn put_into(&mut self, till: &mut Till) {
        let tally = self.conversation.tally();
        if tally.is_empty() {
            return;
        }
        if !tally.refused().is_empty() {
            self.audit_refusals();
        }
        let tally = &mut self.conversation.tally;
        match &self.part.acting {
            Some(acting) => till.put(&mut self.place, acting.meter(), tally),
            None => tally.forget_refusals(),
        }
    }

    /// What was refused since the session last came to rest, an event for each reason that is one of security: neither what the client said
    /// nor what it was told is in it.
    #[cold]
    fn audit_refusals(&self) {
        let refused = self.conversation.tally.refused();
        for why in AUDITED {
            let count = refused.iter().filter(|refusal| *refusal == why).count();
            if count > 0 {
                let handle = &self.session.handle;
                self.worker.audit.record(|| {
                    let event = Event::new(Kind::Refused).login(&handle.login).tenant(handle.tenant()).session(handle.id.0);
                    event.peer(handle.peer).reason(why.as_str()).count(count as u64)
                });
            }
        }
    }

    /// The session is another tenant's from now on.
    pub(super) fn settle_usage(&mut self) {
        if !self.conversation.tally.refused().is_empty() {
            self.audit_refusals();
        }
        if let Some(acting) = &self.part.acting {
            acting.meter().settle(self.conversation.tally());
        }
    }
}
