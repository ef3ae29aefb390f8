//! A session's time limits: looked at whenever it has nothing to do.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Instant,
};

use tokio::time::Sleep;

use super::{Progress, Relay, Scratch, stalling::Stall, stopping::Stop};
use crate::{
    pool::Checkout,
    session::{
        conversation::Attached,
        times::{Clock, Phase, Reached, Sight, Times},
    },
};

/// A timer that is set anew only where it would come too late: most of what is limited ends long before.
#[derive(Default)]
pub(super) struct Timer {
    sleep: Option<Pin<Box<Sleep>>>,
    armed: Option<Instant>,
}

impl Timer {
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, deadline: Instant) -> Poll<()> {
        loop {
            if self.armed.is_none_or(|at| at > deadline) {
                match &mut self.sleep {
                    Some(sleep) => sleep.as_mut().reset(deadline.into()),
                    None => self.sleep = Some(Box::pin(tokio::time::sleep_until(deadline.into()))),
                }
                self.armed = Some(deadline);
            }
            let Some(sleep) = &mut self.sleep else { return Poll::Pending };
            if sleep.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            self.armed = None;
            if Instant::now() >= deadline {
                return Poll::Ready(());
            }
        }
    }
}

/// What a session knows of its time.
#[derive(Default)]
pub(super) struct Timing {
    clock: Clock,
    timer: Timer,
    /// The server isn't read until then: the tenant's clients have got more than their share.
    pause: Option<Pin<Box<Sleep>>>,
    /// Since when the client's next statement waits for a primary.
    pub(super) without_primary: Option<Instant>,
    /// What runs is to be stopped.
    pub(super) stop: Option<Stop>,
    /// The client keeps others waiting.
    pub(super) stall: Stall,
}

impl Relay {
    /// So many bytes have come for the client. Beyond the tenant's rate the server isn't read on for a while: what it goes on to send fills the
    /// sockets, and then it waits.
    #[inline]
    pub(super) fn charge(&mut self, bytes: usize) {
        let throughput = self.part.acting.as_ref().and_then(|acting| acting.throughput.as_ref());
        if let Some(pause) = throughput.and_then(|throughput| throughput.charge(bytes)) {
            self.timing.get_or_insert_default().pause = Some(Box::pin(tokio::time::sleep(pause)));
        }
    }

    /// Whether the server isn't read now.
    #[inline]
    pub(super) fn is_paused(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(timing) = self.timing.as_deref_mut() else { return false };
        let waits = timing.pause.as_mut().is_some_and(|pause| pause.as_mut().poll(cx).is_pending());
        if !waits {
            timing.pause = None;
        }
        waits
    }

    /// Looks at the limits that run. Whether one was reached.
    #[inline]
    pub(super) fn mind_time(&mut self, cx: &mut Context<'_>) -> bool {
        match self.part.acting.as_ref().and_then(|acting| acting.times) {
            Some(times) if !self.ending => self.keep_to(&times, cx),
            _ => false,
        }
    }

    fn keep_to(&mut self, times: &Times, cx: &mut Context<'_>) -> bool {
        let (commands, transactions) = self.conversation.progress();
        let phase = if self.waits_for_us() {
            Phase::Waiting
        } else if self.conversation.is_idle_in_block() {
            Phase::IdleInTransaction
        } else if self.conversation.is_at_rest() {
            Phase::Rest
        } else {
            Phase::Running
        };
        let timing = self.timing.get_or_insert_default();
        timing.clock.look(Sight { phase, commands, transactions }, Instant::now);
        let Some((deadline, reached)) = timing.clock.next(times) else { return false };
        if timing.timer.poll(cx, deadline).is_pending() {
            return false;
        }
        tracing::info!(session = %self.session.handle.id, tenant = ?self.session.handle.tenant(), ?reached, "a time limit is reached");
        match reached {
            Reached::Statement => self.cancel_for_time(times),
            _ => {
                self.conversation.tally.refuse(reached.refusal());
                self.end(&reached.report(times));
            }
        }
        true
    }

    /// The server's own timer should have ended the statement.
    fn cancel_for_time(&mut self, times: &Times) {
        if let Some(timing) = &mut self.timing {
            timing.clock.cancelled();
        }
        if self.server.is_none() {
            return;
        }
        self.conversation.cancelled_for_time(Reached::Statement.report(times));
        self.cancel_statement();
    }

    /// A result has too many rows: its statement is cancelled, or what the client believes of its block is made true.
    pub(super) fn cut_off(&mut self, cx: &mut Context<'_>) {
        if self.conversation.takes_cancel() {
            self.cancel_statement();
        }
        let Some(connection) = self.server.as_mut().and_then(Checkout::connection) else { return };
        let mut to_server = Vec::new();
        self.conversation.fail_block(&mut Attached { carried: &mut connection.carried, out: &mut to_server });
        self.write_server(cx, &to_server);
    }

    /// Cancels what the server runs. The client's next statements wait until that is through, or it could hit one of them.
    pub(super) fn cancel_statement(&mut self) {
        if self.server.is_some()
            && let Some(pending) = self.session.handle.cancel()
        {
            self.cancelling = Some(tokio::spawn(pending.send()));
        }
    }

    /// Looks whether a cancel request of ours is through; then the client goes on.
    pub(super) fn poll_cancelling(&mut self, cx: &mut Context<'_>, scratch: &mut Scratch) -> Progress {
        let Some(sent) = &mut self.cancelling else { return Ok(false) };
        if Pin::new(sent).poll(cx).is_pending() {
            return Ok(false);
        }
        self.cancelling = None;
        if !self.waits_for_us() {
            let Scratch { to_client, to_server, .. } = scratch;
            self.on_inbound(cx, to_client, to_server)?;
        }
        Ok(true)
    }
}
