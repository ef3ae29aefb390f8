//! A tenant that may only read from now on, or take no more storage: what its sessions run at the moment, and what may go on to write for as long
//! as it likes.

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
    why: Why,
}

/// Why programs are stopped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    ReadsOnly,
    UsedUp,
}

impl Why {
    fn cause(self) -> &'static str {
        match self {
            Why::ReadsOnly => "the tenant may only read from now on",
            Why::UsedUp => "the tenant's storage is used up",
        }
    }

    fn refusal(self) -> Refusal {
        match self {
            Why::ReadsOnly => Refusal::ReadOnly,
            Why::UsedUp => Refusal::Storage,
        }
    }

    fn canceling(self) -> Report {
        let state = match self {
            Why::ReadsOnly => SqlState::QUERY_CANCELED,
            Why::UsedUp => SqlState::DISK_FULL,
        };
        self.hint(Report::new(state, format!("canceling statement because {}", self.cause())))
    }

    fn terminating(self) -> Report {
        self.hint(Report::new(SqlState::ADMIN_SHUTDOWN, format!("terminating connection because {}", self.cause())))
    }

    fn hint(self, report: Report) -> Report {
        report.with_hint(match self {
            Why::ReadsOnly => "Ask the operator.",
            Why::UsedUp => "DELETE, TRUNCATE and DROP work; or ask the operator for a larger plan.",
        })
    }
}

impl Relay {
    /// Stops what may write on and on.
    pub(super) fn stop_programs(&mut self, why: Why) {
        if why == Why::ReadsOnly && self.server.is_some() && self.conversation.takes_rows_to_write() {
            return self.end_for(why, &why.terminating());
        }
        self.stop_program(why, REQUESTS);
    }

    fn end_for(&mut self, why: Why, report: &Report) {
        self.conversation.tally.refuse(why.refusal());
        self.end(report);
    }

    fn stop_program(&mut self, why: Why, left: u8) {
        let runs = match why {
            Why::ReadsOnly => self.conversation.runs_program_to_stop(),
            Why::UsedUp => self.conversation.runs_program(),
        };
        if self.server.is_none() || !runs {
            return;
        }
        let Some(left) = left.checked_sub(1) else {
            return self.end_for(why, &why.terminating().with_detail("What it runs doesn't stop."));
        };
        self.conversation.cancelled_for_time(why.canceling());
        self.cancel_statement();
        self.timing.get_or_insert_default().stop = Some(Stop { next: Box::pin(tokio::time::sleep(AGAIN)), left, why });
    }

    /// Looks whether what was to be stopped still runs. Whether something was done about it.
    #[inline]
    pub(super) fn mind_stop(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(stop) = self.timing.as_deref_mut().and_then(|timing| timing.stop.as_mut()).filter(|_| !self.ending) else { return false };
        if stop.next.as_mut().poll(cx).is_pending() {
            return false;
        }
        let (left, why) = (stop.left, stop.why);
        if let Some(timing) = &mut self.timing {
            timing.stop = None;
        }
        self.stop_program(why, left);
        true
    }
}
