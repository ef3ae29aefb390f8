//! Whose long text is judged next: a few at once, and no tenant has more than one turn while another waits.

use std::{
    collections::VecDeque,
    sync::{Arc, Weak},
};

use parking_lot::Mutex;
use tokio::sync::oneshot;

use crate::ids::TenantId;

/// Turns that tenants take.
#[derive(Debug)]
pub(super) struct Turns {
    at_once: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    running: Vec<TenantId>,
    /// Who waits; a tenant that has had a turn goes to the end.
    waiting: VecDeque<(TenantId, VecDeque<oneshot::Sender<Turn>>)>,
}

impl State {
    /// Takes out who is next: of a tenant without a turn, or else of any.
    fn next(&mut self) -> Option<(TenantId, oneshot::Sender<Turn>)> {
        let idle = self.waiting.iter().position(|(tenant, _)| !self.running.contains(tenant));
        let (tenant, mut waiters) = self.waiting.remove(idle.unwrap_or(0))?;
        let first = waiters.pop_front();
        if !waiters.is_empty() {
            self.waiting.push_back((tenant.clone(), waiters));
        }
        first.map(|first| (tenant, first))
    }
}

/// One turn, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    tenant: TenantId,
    turns: Weak<Turns>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(turns) = self.turns.upgrade() else { return };
        turns.end(&self.tenant);
        turns.go_on();
    }
}

impl Turns {
    /// So many at once.
    pub(super) fn new(at_once: usize) -> Arc<Turns> {
        Arc::new(Turns { at_once, state: Mutex::default() })
    }

    /// Waits for a turn of the tenant's. Whoever stops waiting takes none.
    pub(super) async fn take(self: Arc<Self>, tenant: TenantId) -> Option<Turn> {
        let (sender, receiver) = oneshot::channel();
        {
            let mut state = self.state.lock();
            match state.waiting.iter_mut().find(|(waiting, _)| *waiting == tenant) {
                Some((_, waiters)) => waiters.push_back(sender),
                None => state.waiting.push_back((tenant, VecDeque::from([sender]))),
            }
        }
        self.go_on();
        receiver.await.ok()
    }

    /// Gives the turns that are free.
    fn go_on(self: &Arc<Self>) {
        loop {
            let mut state = self.state.lock();
            if state.running.len() >= self.at_once {
                return;
            }
            let Some((tenant, waiter)) = state.next() else { return };
            state.running.push(tenant.clone());
            drop(state);
            if let Err(mut turn) = waiter.send(Turn { tenant, turns: Arc::downgrade(self) }) {
                // Nobody waits for it any more. Ended here, many of them don't pile up on the stack.
                turn.turns = Weak::new();
                self.end(&turn.tenant);
            }
        }
    }

    fn end(&self, tenant: &TenantId) {
        let mut state = self.state.lock();
        if let Some(place) = state.running.iter().position(|running| running == tenant) {
            state.running.swap_remove(place);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::{
        pin::Pin,
        task::{Context, Poll, Waker},
    };

    use super::*;

    type Waiting = (&'static str, Pin<Box<dyn Future<Output = Option<Turn>>>>);

    fn ask(turns: &Arc<Turns>, name: &'static str) -> Waiting {
        (name, Box::pin(Arc::clone(turns).take(name.into())))
    }

    /// Takes the turns that can be had now.
    fn poll(waiting: &mut Vec<Waiting>) -> Vec<(&'static str, Turn)> {
        let mut had = Vec::new();
        waiting.retain_mut(|(name, one)| match one.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(turn) => {
                had.push((*name, turn.unwrap()));
                false
            }
            Poll::Pending => true,
        });
        had
    }

    #[test]
    fn a_tenant_of_many_texts_lets_others_by() {
        let turns = Turns::new(2);
        let mut waiting: Vec<_> = (0..50).map(|_| ask(&turns, "a")).collect();
        let mut running = poll(&mut waiting);
        // Nobody else waits.
        assert_eq!(running.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["a", "a"]);
        waiting.extend(["b", "b", "c"].map(|name| ask(&turns, name)));
        assert!(poll(&mut waiting).is_empty());
        let mut order = Vec::new();
        for _ in 0..8 {
            running.remove(0);
            running.extend(poll(&mut waiting));
            order.push(running.last().unwrap().0);
        }
        assert_eq!(order, ["b", "a", "c", "b", "a", "a", "a", "a"]);
    }

    #[test]
    fn who_stops_waiting_takes_no_turn() {
        let turns = Turns::new(1);
        let running = poll(&mut vec![ask(&turns, "a")]);
        assert_eq!(running.len(), 1);
        let mut gone: Vec<_> = (0..9).map(|_| ask(&turns, "b")).collect();
        assert!(poll(&mut gone).is_empty());
        let mut waiting = vec![ask(&turns, "c")];
        assert!(poll(&mut waiting).is_empty());
        drop(gone);
        drop(running);
        let running = poll(&mut waiting);
        assert_eq!(running.len(), 1);
        // Given, and never looked at.
        let mut left = vec![ask(&turns, "d")];
        assert!(poll(&mut left).is_empty());
        drop(running);
        drop(left);
        assert_eq!(poll(&mut vec![ask(&turns, "e")]).len(), 1);
    }
}
