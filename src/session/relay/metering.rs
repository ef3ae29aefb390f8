//! What the session has counted goes to its tenant: into the worker's till whenever the session has nothing more to do.

use super::Relay;
use crate::tenant::usage::Till;

impl Relay {
    /// Puts what was counted into the till. What is said before it is known for whom counts for the tenant that is said next.
    #[inline]
    pub(super) fn put_into(&mut self, till: &mut Till) {
        let tally = self.conversation.tally();
        if tally.is_empty() {
            return;
        }
        match &self.part.acting {
            Some(acting) => till.put(&mut self.place, acting.meter(), tally),
            None => tally.forget_refusals(),
        }
    }

    /// The session is another tenant's from now on.
    pub(super) fn settle_usage(&mut self) {
        if let Some(acting) = &self.part.acting {
            acting.meter().settle(self.conversation.tally());
        }
    }
}
