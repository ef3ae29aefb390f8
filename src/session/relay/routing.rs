//! Which server the client's next statement runs on, and what is noted of it, for tenants whose reads may run elsewhere than their writes.

use std::{sync::Arc, time::Instant};

use super::{Found, Relay, Wait};
use crate::{
    backend::{context::Context, topology::Busy},
    error::Report,
    ids::WorkerId,
    pool::{Attempt, Checkout, CheckoutError, Member},
    router::{Asked, Decision, Mark},
    session::{
        acting::Acting,
        conversation::Attached,
        reading::{Next, Routes, SessionReads},
        tenancy,
    },
    sql::gate::Access,
};

/// What asking for a server connection came to.
pub(super) enum Sought {
    /// Here it is.
    Ready(Checkout),
    /// It will come.
    Wait(Wait),
    /// There is none.
    Refused(Report),
}

impl Relay {
    /// Seeks a server connection for what stands at the front of the client's bytes.
    pub(super) fn seek(&mut self, bytes: &[u8]) -> Sought {
        let Some(acting) = &mut self.part.acting else { return Sought::Refused(tenancy::unsaid()) };
        if let Err(report) = acting.follow() {
            return Sought::Refused(report);
        }
        let acting = &*acting;
        if let Some(routes) = &acting.routes {
            let needs = self.conversation.needs_of(&acting.tools, bytes);
            let again = self.part.switcher.is_some();
            let reads = self.reads.get_or_insert_with(|| Box::new(SessionReads::new(routes, again)));
            reads.turn_to(routes);
            let asked = routes.asked(reads, needs);
            reads.next = match (asked.reads(), needs.access) {
                (false, _) => Next::Anything,
                (true, Access::Reads) => Next::Reads,
                (true, _) => Next::Block,
            };
            reads.seeking = None;
            if !std::mem::take(&mut reads.avoids_replicas)
                && let Some(sought) = seek_replica(routes, reads, &asked, acting, self.worker.id)
            {
                return sought;
            }
        }
        self.seek_primary()
    }

    /// The session waits for a server connection from now on.
    pub(super) fn begin_wait(&mut self, wait: Wait) {
        self.session.handle.show_wait(Some(Instant::now()));
        self.wait = Some(wait);
    }

    /// It doesn't any more.
    pub(super) fn end_wait(&mut self) -> Option<Wait> {
        let wait = self.wait.take();
        if wait.is_some() {
            self.session.handle.show_wait(None);
        }
        wait
    }

    /// The conversation is given a connection: what for.
    pub(super) fn take_lease(&mut self, checkout: &Checkout) {
        let Some(reads) = self.reads.as_deref_mut() else { return };
        if self.part.acting.as_ref().is_none_or(|acting| acting.routes.is_none()) {
            return self.conversation.lease(None, false);
        }
        let routes = Arc::clone(reads.routes());
        let primary = self.part.acting.as_ref().map(Acting::number);
        let replica = routes.server_of(checkout.member()).filter(|number| Some(*number) != primary);
        reads.seeking = None;
        reads.busy = replica.map(|replica| Busy::on(routes.topology(), replica));
        self.conversation.lease(Some(reads.next), replica.is_some());
    }

    /// The client's bytes have been worked through, and what came of them is about to be sent.
    #[inline]
    pub(super) fn note_writing(&mut self) {
        if let Some(reads) = self.reads.as_deref_mut()
            && self.server.is_some()
            && self.conversation.may_write()
        {
            reads.begin_writing();
        }
    }

    /// The server has answered, and the client is about to hear it.
    #[inline]
    pub(super) fn note_written(&mut self) {
        if self.conversation.take_wrote()
            && let Some(reads) = self.reads.as_deref_mut()
        {
            reads.wrote();
        }
    }

    /// The server connection is lost. Whether the read that it had runs on the primary.
    pub(super) fn repeat_on_primary(&mut self) -> bool {
        let Some(reads) = self.reads.as_deref_mut() else { return false };
        if self.conversation.may_write() {
            reads.wrote();
        }
        reads.rest();
        let Some(busy) = reads.busy.take() else { return false };
        let topology = reads.routes().topology();
        if !topology.is_gone(busy.number()) {
            topology.failed(busy.number());
        }
        if !self.conversation.take_back() {
            return false;
        }
        reads.avoids_replicas = true;
        let mut bytes = self.conversation.take_replay();
        bytes.append(&mut self.inbound);
        self.inbound = bytes;
        self.replay_inbound();
        true
    }

    /// A replica has failed a read: its connection goes back, and the read is about to be sent to the primary.
    pub(super) fn leave_replica(&mut self) {
        self.session.handle.detach();
        if let Some(reads) = self.reads.as_deref_mut() {
            (reads.busy, reads.avoids_replicas) = (None, true);
        }
        let Some(mut checkout) = self.server.take() else { return };
        let is_fit = checkout.connection().is_some_and(|connection| self.conversation.is_fit_for_others(&mut connection.carried));
        if is_fit && self.from_server.is_empty() && self.to_server.is_empty() {
            checkout.check_in();
        }
        (self.from_server, self.to_server) = (Vec::new(), Vec::new());
        self.conversation.forget_server();
    }

    /// A server may be gone. Whether the session has left it.
    pub(super) fn leave_if_forsaken(&mut self) -> bool {
        let Some(reads) = self.reads.as_deref_mut().filter(|reads| reads.is_forsaken()) else { return false };
        if reads.busy.is_some() {
            return self.server_lost().is_ok();
        }
        if self.end_wait().is_none() {
            return false;
        }
        if let Some(reads) = self.reads.as_deref_mut() {
            (reads.seeking, reads.avoids_replicas) = (None, true);
        }
        self.replay_inbound();
        true
    }

    /// Sends a batch again that failed on a stale statement, or on a replica.
    pub(super) fn prepare_healing(&mut self, first: &mut Vec<u8>) {
        if self.conversation.repeats_elsewhere() {
            return self.leave_replica();
        }
        if let Some(connection) = self.server.as_mut().and_then(Checkout::connection) {
            self.conversation.settle(&mut Attached { carried: &mut connection.carried, out: first });
        }
    }
}

fn seek_replica(routes: &Arc<Routes>, reads: &mut SessionReads, asked: &Asked, acting: &Acting, worker: WorkerId) -> Option<Sought> {
    match routes.decide(asked) {
        Decision::Primary => None,
        Decision::Replica(replica) => {
            let topology = routes.topology();
            let member = routes.member(replica).filter(|_| topology.enter(replica))?;
            let seeker = Seeker::new(routes, acting, worker);
            match member.try_check_out(worker, acting.shared_context().map(Arc::as_ref)) {
                Attempt::Ready(checkout) => Some(Sought::Ready(checkout)),
                Attempt::Wait(waiting) => {
                    reads.seeking = Some(replica);
                    Some(Sought::Wait(Box::pin(async move {
                        let found = match waiting.wait().await {
                            Err(_) => seeker.fall_back(replica).await,
                            found => found,
                        };
                        found.map(Found::Checkout)
                    })))
                }
                Attempt::Down(_) => {
                    topology.failed(replica);
                    None
                }
            }
        }
        Decision::Wait(mark) => {
            let (seeker, asked) = (Seeker::new(routes, acting, worker), Asked { may_wait: false, ..*asked });
            Some(Sought::Wait(Box::pin(async move { seeker.when_caught_up(mark, asked).await.map(Found::Checkout) })))
        }
    }
}

/// Seeks a connection while its session waits.
struct Seeker {
    routes: Arc<Routes>,
    primary: Arc<Member>,
    context: Option<Arc<Context>>,
    worker: WorkerId,
}

impl Seeker {
    fn new(routes: &Arc<Routes>, acting: &Acting, worker: WorkerId) -> Self {
        let (primary, context) = (Arc::clone(acting.pool.member()), acting.shared_context().cloned());
        Seeker { routes: Arc::clone(routes), primary, context, worker }
    }

    /// A connection of the primary's, since the replica has none to give.
    async fn fall_back(self, replica: usize) -> Result<Checkout, CheckoutError> {
        self.routes.topology().failed(replica);
        self.primary.check_out(self.worker, self.context.as_deref()).await
    }

    /// A connection of whichever replica has caught up by then, or of the primary's.
    async fn when_caught_up(self, mark: Mark, asked: Asked) -> Result<Checkout, CheckoutError> {
        self.routes.topology().caught_up(mark, self.routes.wait()).await;
        let Decision::Replica(replica) = self.routes.decide(&asked) else {
            return self.primary.check_out(self.worker, self.context.as_deref()).await;
        };
        let Some(member) = self.routes.member(replica).filter(|_| self.routes.topology().enter(replica)).cloned() else {
            return self.primary.check_out(self.worker, self.context.as_deref()).await;
        };
        match member.check_out(self.worker, self.context.as_deref()).await {
            Err(_) => self.fall_back(replica).await,
            found => found,
        }
    }
}
