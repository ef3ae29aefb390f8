//! A tenant that may only read from now on: what its sessions run at the moment, and what may go on to write for as long as it likes.

use std::{future::Future, pin::Pin, task::Context, time::Duration};

use tokio::time::Sleep;

use super::Relay;
use crate::{
    error::{Report, SqlState},
    tenant::usage::Refusal,
};

/// A program may catch a cancel request, or come behind the one that was hit.
const AGAIN: Duration = Duration::from_millis(200);
/// So many requests, then the session ends.
const REQUESTS: u8 = 4;

/// A program that is being stopped.
pub(super) struct Stop {
    next: Pin<Box<Sleep>>,
    left: u8,
}

impl Relay {
    /// Stops what may write on and on.
    pub(super) fn stop_programs(&mut self) {
        if self.server.is_some() && self.conversation.takes_rows_to_write() {
            let report = Report::new(SqlState::ADMIN_SHUTDOWN, "terminating connection because the tenant may only read from now on");
            self.conversation.tally.refuse(Refusal::ReadOnly);
            return self.end(&report.with_hint("Ask the operator."));
        }
        self.stop_program(REQUESTS);
    }

    fn stop_program(&mut self, left: u8) {
        if self.server.is_none() || !self.conversation.runs_program_to_stop() {
            return;
        }
        let Some(left) = left.checked_sub(1) else {
            let report = Report::new(SqlState::ADMIN_SHUTDOWN, "terminating connection because the tenant may only read from now on");
            self.conversation.tally.refuse(Refusal::ReadOnly);
            return self.end(&report.with_detail("What it runs doesn't stop.").with_hint("Ask the operator."));
        };
        let report = Report::new(SqlState::QUERY_CANCELED, "canceling statement because the tenant may only read from now on");
        self.conversation.cancelled_for_time(report.with_hint("Ask the operator."));
        self.cancel_statement();
        self.timing.get_or_insert_default().stop = Some(Stop { next: Box::pin(tokio::time::sleep(AGAIN)), left });
    }

    /// Looks whether what was to be stopped still runs. Whether something was done about it.
    #[inline]
    pub(super) fn mind_stop(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(stop) = self.timing.as_deref_mut().and_then(|timing| timing.stop.as_mut()).filter(|_| !self.ending) else { return false };
        if stop.next.as_mut().poll(cx).is_pending() {
            return false;
        }
        let left = stop.left;
        if let Some(timing) = &mut self.timing {
            timing.stop = None;
        }
        self.stop_program(left);
        true
    }
}
