//! Where what may write goes: to the primary, or nowhere as long as there is none or the operator says so.

use std::{sync::atomic::Ordering, time::Instant};

use super::{Course, Event, Role, ServerState, Topology};
use crate::router::Mark;

impl Topology {
    /// Where writes go now.
    #[inline]
    pub fn course(&self) -> Course {
        self.heading.load()
    }

    /// Whether another server may become the primary: then who finds none waits for it.
    pub fn may_fail_over(&self) -> bool {
        self.is_watched
    }

    /// The number of the last question that any server was asked. Who has just found the primary gone wants to hear of a later one.
    pub fn last_question(&self) -> Mark {
        self.mark.load(Ordering::SeqCst)
    }

    /// A server has let somebody down: it is asked at once.
    pub fn suspect(&self, number: usize) {
        if let Some(server) = self.servers.get(number) {
            server.ask.notify_one();
        }
    }

    /// Waits until something may begin on the primary, and it has answered a question later than that one.
    pub async fn opened(&self, after: Mark) {
        loop {
            let opening = self.opening.notified();
            if self.is_open(after) {
                return;
            }
            opening.await;
        }
    }

    fn is_open(&self, after: Mark) -> bool {
        let course = self.course();
        let heard = || self.state.load().servers.get(course.number).is_some_and(|state| state.heard > after);
        course.is_open && (!self.is_watched || after == 0 || heard())
    }

    /// Asks all servers anew; returns when all have answered, or were given up. Those that are down aren't waited for.
    pub async fn ask_all(&self) {
        if !self.is_watched {
            return;
        }
        let asked = self.last_question();
        loop {
            let news = self.news.notified();
            let state = self.state.load_full();
            let unheard = |state: &ServerState| state.heard <= asked && !matches!(state.role, Role::Down(_));
            let waiting: Vec<usize> =
                state.servers.iter().enumerate().filter(|(_, state)| unheard(state)).map(|(number, _)| number).collect();
            if waiting.is_empty() {
                return;
            }
            waiting.iter().for_each(|number| self.suspect(*number));
            news.await;
        }
    }

    /// Nothing begins on the primary from now on, or may begin there again. Whether that is new.
    pub fn pause_writes(&self, paused: bool) -> bool {
        let (before, after) = self.heading.pause(paused);
        // Servers are asked more often from now on.
        self.hurry.notify_waiters();
        if after.is_open {
            self.opening.notify_waiters();
        }
        if before != after {
            tracing::info!(shard = %self.shard, "the shard is {}", if paused { "paused: nothing begins on its primary" } else { "resumed" });
            (self.events)(Event::Sessions);
        }
        before.is_paused != paused
    }

    /// No read begins on a server from now on, or may begin there again. Whether that is new.
    pub fn drain(&self, number: usize, drained: bool) -> bool {
        let Some(server) = self.servers.get(number) else { return false };
        let is_new = server.drained.swap(drained, Ordering::SeqCst) != drained;
        if is_new {
            tracing::info!(shard = %self.shard, server = %server.name, "reads {}", if drained { "leave the server" } else { "may go to the server again" });
            if !drained {
                self.begin_slowly(number, Instant::now());
            }
            (self.events)(Event::Sessions);
        }
        is_new
    }

    /// Whether no read goes to a server.
    pub fn is_drained(&self, number: usize) -> bool {
        self.servers.get(number).is_some_and(|server| server.drained.load(Ordering::SeqCst))
    }

    /// Reads that run on a server and could run elsewhere.
    pub fn outstanding(&self, number: usize) -> u32 {
        self.servers.get(number).map_or(0, |server| server.outstanding.load(Ordering::SeqCst))
    }

    /// Takes over what was known of the same shard under another map: its latest timeline, and what the operator has said.
    pub fn succeed(&self, before: &Topology) {
        let shares_server = before.servers.iter().any(|old| self.servers.iter().any(|new| new.target == old.target));
        if shares_server && let Some(timeline) = before.snapshot().latest {
            self.raise_timeline(timeline);
        }
        let home = before.servers.get(before.course().number).map(|server| &server.target);
        if let Some(number) = self.servers.iter().position(|server| Some(&server.target) == home) {
            let known = before.snapshot().incumbent.is_some();
            self.state.rcu(|state| super::Snapshot { incumbent: known.then_some(number), ..(**state).clone() });
            self.heading.begin_with(number);
        }
        if before.course().is_paused {
            self.pause_writes(true);
        }
        for server in &self.servers {
            let was = before.servers.iter().find(|old| old.target == server.target);
            server.drained.store(was.is_some_and(|old| old.drained.load(Ordering::SeqCst)), Ordering::SeqCst);
        }
    }

    /// Why there is nowhere to write, for people.
    pub fn why_closed(&self) -> String {
        if self.course().is_paused {
            return "The operator has paused the shard.".to_owned();
        }
        let snapshot = self.state.load();
        let down = snapshot.servers.iter().filter(|state| matches!(state.role, Role::Down(_))).count();
        let outdated = snapshot.servers.iter().filter(|state| state.role == Role::Outdated).count();
        let all = snapshot.servers.len();
        format!("Of the shard's {all} servers {down} are down, {outdated} outdated, none is the primary.")
    }
}
