//! Another server becomes the shard's primary: what waits for it, and what must leave the old one.
//!
//! What has been sent to a server is never sent to another one: whether it took effect is unknown. What hasn't waits.

use std::{
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use super::{Found, Progress, Relay, Scratch, Wait, routing::Sought};
use crate::{
    error::{ClientFacing, Report, SqlState},
    pool::{Attempt, Checkout, CheckoutError},
    router::Mark,
};

impl Relay {
    /// Seeks a connection to the primary; where there is none at present, one is waited for.
    pub(super) fn seek_primary(&mut self) -> Sought {
        let Some(acting) = &self.part.acting else { return Sought::Refused(crate::session::tenancy::unsaid()) };
        if !acting.may_begin() {
            return self.await_primary(0, None);
        }
        let asked = acting.topology.last_question();
        match acting.pool.member().try_check_out(self.worker.id, acting.shared_context().map(Arc::as_ref)) {
            // Whoever pauses a shard closes it first and counts connections in use then: one of the two sees the other.
            Attempt::Ready(checkout) if !acting.may_begin() => {
                checkout.check_in();
                self.await_primary(0, None)
            }
            Attempt::Ready(checkout) => Sought::Ready(checkout),
            Attempt::Wait(waiting) => Sought::Wait(Box::pin(async move { waiting.wait().await.map(Found::Checkout) })),
            Attempt::Down(error) if self.waits_out(&error) => self.await_primary(asked, Some(&error)),
            Attempt::Down(error) => Sought::Refused(error.report()),
        }
    }

    /// Waits until the primary, this one or another, has answered a question later than that one.
    fn await_primary(&mut self, after: Mark, error: Option<&CheckoutError>) -> Sought {
        let Some(acting) = &self.part.acting else { return Sought::Refused(crate::session::tenancy::unsaid()) };
        let topology = Arc::clone(&acting.topology);
        if after > 0 {
            topology.suspect(acting.number());
        }
        let begun = *self.timing.get_or_insert_default().without_primary.get_or_insert_with(Instant::now);
        // What the client wants to run may not wait for longer than it may run.
        let (own, limit) = (self.conversation.statement_timeout(), topology.rules().failover_timeout);
        let is_own = own.is_some_and(|own| own < limit);
        let limit = begun + own.map_or(limit, |own| own.min(limit));
        if Instant::now() >= limit && (is_own || !topology.course().is_paused) {
            let report = match error {
                _ if is_own => timed_out(),
                Some(error) => error.report(),
                None => acting.no_primary(begun.elapsed()).report(),
            };
            self.end_wait_for_primary();
            return Sought::Refused(report);
        }
        let wait: Wait = Box::pin(async move {
            if tokio::time::timeout_at(limit.into(), topology.opened(after)).await.is_err() && !is_own && topology.course().is_paused {
                // However long the operator likes.
                topology.opened(after).await;
            }
            Ok(Found::Again)
        });
        Sought::Wait(wait)
    }

    /// A session waits for a primary no more.
    pub(super) fn end_wait_for_primary(&mut self) {
        if let Some(timing) = &mut self.timing {
            timing.without_primary = None;
        }
    }

    /// Whether the session waits for a primary.
    pub(super) fn waits_for_primary(&self) -> bool {
        self.wait.is_some() && self.timing.as_ref().is_some_and(|timing| timing.without_primary.is_some())
    }

    /// Whether another server may have what this one hasn't.
    pub(super) fn waits_out(&self, error: &CheckoutError) -> bool {
        error.is_outage() && self.part.acting.as_ref().is_some_and(|acting| acting.topology.may_fail_over())
    }

    /// The server has gone while its connection was waited for.
    pub(super) fn seek_again(&mut self, error: &CheckoutError) {
        let asked = self.part.acting.as_ref().map_or(0, |acting| acting.topology.last_question());
        match self.await_primary(asked.max(1), Some(error)) {
            Sought::Wait(wait) => self.wait = Some(wait),
            Sought::Refused(report) => self.fail_front(&report),
            Sought::Ready(checkout) => drop(checkout),
        }
    }

    /// Looks whether a server connection has come, or what else its wait came to.
    pub(super) fn poll_wait(&mut self, cx: &mut Context<'_>, scratch: &mut Scratch) -> Progress {
        let Some(wait) = &mut self.wait else { return Ok(false) };
        let outcome = match wait.as_mut().poll(cx) {
            Poll::Pending => return Ok(false),
            Poll::Ready(outcome) => outcome,
        };
        self.end_wait();
        match outcome {
            Ok(Found::Checkout(checkout)) if self.may_take(&checkout) => {
                let Scratch { to_client, to_server, .. } = scratch;
                let (mut first, mut news) = (Vec::new(), Vec::new());
                self.attach(checkout, &mut first, &mut news);
                self.write_client(cx, &mut news, &[])?;
                if !first.is_empty() {
                    self.write_server(cx, &first);
                }
                self.on_inbound(cx, to_client, to_server)?;
            }
            Ok(found) => {
                if let Found::Checkout(checkout) = found {
                    checkout.check_in();
                }
                self.replay_inbound();
            }
            Err(error) if self.waits_out(&error) => self.seek_again(&error),
            Err(error) => {
                if let CheckoutError::TimedOut { waited, .. } = &error {
                    self.conversation.tally.waited(*waited);
                }
                self.fail_front(&error.report());
            }
        }
        Ok(true)
    }

    /// Whether a connection that was waited for is still of use.
    pub(super) fn may_take(&self, checkout: &Checkout) -> bool {
        let Some(acting) = &self.part.acting else { return false };
        let at = |number: &usize| acting.topology.servers.get(*number).is_some_and(|server| server.target == *checkout.target());
        let on_replica = self.reads.as_deref().and_then(|reads| reads.routes().server_of(checkout.member()));
        match on_replica.filter(|number| *number != acting.number()) {
            Some(number) => !acting.topology.is_drained(number),
            // Whatever pool it is from, it must be the primary's.
            None => acting.may_begin() && at(&acting.number()),
        }
    }

    /// Whether a session that keeps its server connection may begin nothing there at present.
    #[inline]
    pub(super) fn is_held_back(&mut self) -> bool {
        let Some(checkout) = self.server.as_mut().filter(|_| self.conversation.pin().is_some()) else { return false };
        let Some(acting) = &self.part.acting else { return false };
        if !self.conversation.is_at_rest() {
            return false;
        }
        // In this order: whoever pauses closes first and counts then.
        checkout.rest(false);
        let held = !acting.topology.course().is_open;
        checkout.rest(held);
        held
    }

    /// The client says nothing: a session that keeps its server connection runs nothing on it. Never any progress.
    #[inline]
    pub(super) fn rest_again(&mut self) -> bool {
        if let Some(checkout) = self.server.as_mut().filter(|_| self.conversation.pin().is_some() && self.conversation.is_at_rest()) {
            checkout.rest(true);
        }
        false
    }

    /// Where writes go may have changed. Whether the session has left what it used or waited for.
    pub(super) fn leave_primary(&mut self) -> bool {
        let Some(acting) = &self.part.acting else { return false };
        let course = acting.topology.course();
        let reads = self.reads.as_deref();
        if let Some(checkout) = &self.server {
            let is_there = acting.topology.servers.get(course.number).is_some_and(|server| server.target == *checkout.target());
            if is_there || reads.is_some_and(|reads| reads.busy.is_some()) || !acting.is_outdated() {
                return false;
            }
            // What runs there must come to nothing, if it still can.
            if let Some(cancel) = self.session.handle.cancel() {
                tokio::spawn(cancel.send());
            }
            tracing::info!(session = %self.session.handle.id, tenant = ?self.session.handle.tenant(), "session leaves a server that isn't the primary any more");
            return self.server_lost().is_ok();
        }
        let waits = self.wait.is_some() && reads.is_none_or(|reads| reads.seeking.is_none());
        if !waits || acting.may_begin() && !self.waits_for_primary() {
            return false;
        }
        if !acting.may_begin() && self.waits_for_primary() && !acting.is_outdated() {
            return false;
        }
        self.end_wait();
        self.replay_inbound();
        true
    }
}

/// What the client is told whose own limit has passed while there was no primary.
fn timed_out() -> Report {
    Report::new(SqlState::QUERY_CANCELED, "canceling statement due to statement timeout")
        .with_detail("The tenant's database server is not available; nothing of the statement has run.")
        .with_hint("Try again in a moment.")
}
