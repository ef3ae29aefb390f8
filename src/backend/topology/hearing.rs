//! What follows from a server's answer, or from its silence; and when it is asked again.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use super::{
    Event, Role, ServerState, Snapshot, Topology,
    watch::{Answer, Silence},
};
use crate::router::Mark;

/// How often servers are asked while the shard has no primary.
const HUNT: Duration = Duration::from_millis(100);
/// A server that somebody has lost a connection to is asked at once, but no more often than that.
const SOONEST: Duration = Duration::from_millis(10);

impl Topology {
    /// Takes a server's answer, or its silence.
    pub(super) fn hear(&self, number: usize, mark: Mark, asked: Instant, answer: Result<Answer, Silence>) {
        let now = Instant::now();
        let mut ledger = self.ledger.lock();
        let before = self.state.load_full();
        let mut next = (*before).clone();
        let Some(state) = next.servers.get_mut(number) else { return };
        state.take(&answer, mark, now);
        next.elect();
        let is_primary = next.primary == Some(number);
        if let (true, Ok(Answer { position: Some(position), timeline, .. })) = (is_primary, &answer) {
            ledger.add((number, *timeline), mark, *position, asked);
        }
        next.measure(|position, caught| (ledger.caught(position).unwrap_or(0).max(caught), ledger.lag(position, now)), is_primary, number);
        let next = Arc::new(next);
        self.state.store(Arc::clone(&next));
        // Under the lock, so that of two answers the later one has the last word.
        let (was, is) = self.heading.steer(next.primary);
        drop(ledger);
        self.tell(&before, &next);
        if was.is_open && !is.is_open {
            // The others are asked more often from now on.
            self.hurry.notify_waiters();
        }
        if is.epoch != was.epoch
            && let Some(server) = self.servers.get(is.number)
        {
            tracing::warn!(shard = %self.shard, server = %server.name, timeline = ?next.latest, "writes go to another server");
        }
        let left = before.servers.iter().zip(&next.servers).any(|(before, now)| before.role == Role::Replica && now.role != Role::Replica);
        if was != is || left {
            (self.events)(Event::Sessions);
        }
        self.news.notify_waiters();
        if is.is_open && (was != is || is_primary) {
            self.opening.notify_waiters();
        }
    }

    /// A timeline that is known of from elsewhere: who is on an earlier one gets no writes.
    pub(super) fn raise_timeline(&self, timeline: u32) {
        let ledger = self.ledger.lock();
        let mut next = (*self.state.load_full()).clone();
        if next.latest >= Some(timeline) {
            return;
        }
        next.latest = Some(timeline);
        next.elect();
        let before = self.state.swap(Arc::new(next.clone()));
        let (was, is) = self.heading.steer(next.primary);
        drop(ledger);
        self.tell(&before, &next);
        if was != is {
            self.hurry.notify_waiters();
            (self.events)(Event::Sessions);
        }
    }

    /// Says what has changed.
    fn tell(&self, before: &Snapshot, now: &Snapshot) {
        let shard = &self.shard;
        for (number, (was, is)) in before.servers.iter().zip(&now.servers).enumerate().filter(|(_, (was, is))| was.role != is.role) {
            let Some(server) = self.servers.get(number) else { continue };
            let (name, was, is) = (&server.name, &was.role, &is.role);
            match is {
                Role::Down(_) | Role::Outdated | Role::Untold(_) => tracing::warn!(%shard, server = %name, before = %was, "server is {is}"),
                _ => tracing::info!(%shard, server = %name, before = %was, "server is {is}"),
            }
            if matches!(was, Role::Down(_)) {
                server.breaker.succeeded();
                server.life.fetch_add(1, Ordering::Relaxed);
            }
            if *is == Role::Replica && !matches!(was, Role::Unknown | Role::Untold(_)) {
                self.begin_slowly(number, Instant::now());
            }
            (self.events)(Event::Server(&server.target, is));
        }
        let claims = |state: &ServerState| matches!(state.role, Role::Outdated);
        if now.primary.is_none() && before.primary.is_some() {
            tracing::warn!(%shard, "the shard has no primary: what writes waits");
        }
        if now.primary.is_none() && now.servers.iter().any(claims) && !before.servers.iter().any(claims) {
            let latest = now.latest;
            tracing::error!(%shard, ?latest, "a server takes itself for the primary, and the shard has been on a later timeline: it gets no writes");
        }
    }

    /// Until the server is to be asked again.
    pub(super) async fn pause(&self, number: usize, begun: Instant) {
        let rules = &self.rules;
        let Some(server) = self.servers.get(number) else { return };
        // Not all servers of all shards at once.
        let whole = rules.interval.mul_f64(0.9 + 0.2 * f64::from(begun.elapsed().subsec_nanos() % 1000) / 1000.0);
        loop {
            let hurry = self.hurry.notified();
            let course = self.course();
            let pause = match () {
                () if self.is_hurried(number) || course.is_paused => whole.min(rules.catch_up),
                () if !course.is_open => whole.min(HUNT),
                () => whole,
            };
            tokio::select! {
                () = tokio::time::sleep_until((begun + pause).into()) => return,
                () = hurry => {}
                () = server.ask.notified() => {
                    tokio::time::sleep_until((begun + SOONEST.min(whole)).into()).await;
                    return;
                }
            }
        }
    }

    /// Whether somebody waits for what the server is asked.
    fn is_hurried(&self, number: usize) -> bool {
        let wanted = self.wanted.load(Ordering::SeqCst);
        let snapshot = self.state.load();
        match snapshot.servers.get(number) {
            Some(state) if state.role == Role::Replica => state.caught < wanted,
            Some(state) if state.role == Role::Primary => self.ledger.lock().newest().is_none_or(|newest| newest < wanted),
            Some(state) => state.role == Role::Unknown,
            None => false,
        }
    }
}

impl ServerState {
    fn take(&mut self, answer: &Result<Answer, Silence>, mark: Mark, now: Instant) {
        self.heard = self.heard.max(mark);
        let role = match answer {
            Ok(answer) if answer.is_replica => Role::Replica,
            // Which of those who say so is the primary is decided elsewhere.
            Ok(_) if self.role == Role::Outdated => Role::Outdated,
            Ok(_) => Role::Primary,
            Err(silence) if silence.is_answer() => match &self.role {
                told @ Role::Untold(_) => told.clone(),
                _ => Role::Untold(silence.to_string().into()),
            },
            Err(silence) => match &self.role {
                down @ Role::Down(_) => down.clone(),
                _ => Role::Down(silence.to_string().into()),
            },
        };
        if let Ok(answer) = answer {
            let position = answer.position.unwrap_or(0);
            // It has been set up anew, from an older copy perhaps.
            if self.role != role || position < self.position || answer.timeline != self.timeline {
                self.caught = 0;
            }
            (self.position, self.received, self.timeline) = (position, answer.received, answer.timeline);
        }
        if self.role != role {
            (self.role, self.since) = (role, now);
        }
    }
}

impl Snapshot {
    /// Measures replicas by the primary's log: all of them where that has just been read, or the one that has answered.
    fn measure(&mut self, by: impl Fn(u64, Mark) -> (Mark, (u64, Duration)), all: bool, number: usize) {
        for (index, state) in self.servers.iter_mut().enumerate() {
            if (all || index == number) && state.role == Role::Replica {
                (state.caught, (state.lag_bytes, state.lag)) = by(state.position, state.caught);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::{config::HealthSettings, shard_map::ServerAddress};

    fn topology() -> Topology {
        let addresses = [1, 2, 3].map(|port| ServerAddress::plain("h", port, "d"));
        Topology::new("east".into(), &addresses.each_ref(), HealthSettings::default(), Box::new(|_| {}))
    }

    fn answer(is_replica: bool, position: u64, timeline: u32) -> Result<Answer, Silence> {
        Ok(Answer { is_replica, position: Some(position), received: position, timeline: Some(timeline) })
    }

    fn silence() -> Result<Answer, Silence> {
        Err(Silence::Late(Duration::from_secs(1)))
    }

    #[test]
    fn a_replica_catches_marks_and_falls_behind() {
        let topology = topology();
        let now = Instant::now();
        topology.hear(1, 1, now, answer(true, 100, 1));
        topology.hear(2, 1, now, silence());
        assert_eq!((topology.snapshot().primary, topology.snapshot().servers[1].caught), (None, 0));
        assert!(!topology.course().is_open);
        topology.hear(0, 2, now, answer(false, 100, 1));
        assert!(topology.course().is_open);
        assert_eq!((topology.snapshot().primary, topology.snapshot().servers[1].caught), (Some(0), 2));
        topology.hear(0, 3, now, answer(false, 150, 1));
        let state = topology.snapshot().servers[1].clone();
        assert_eq!((state.caught, state.lag_bytes), (2, 50));
        topology.hear(1, 4, now, answer(true, 150, 1));
        assert_eq!((topology.snapshot().servers[1].caught, topology.snapshot().servers[1].lag_bytes), (3, 0));
        assert!(topology.candidate(&topology.snapshot(), 1).is_up && !topology.candidate(&topology.snapshot(), 2).is_up);
        topology.hear(1, 5, now, silence());
        assert!(topology.is_gone(1) && !topology.candidate(&topology.snapshot(), 1).is_up);
        assert!(matches!(&topology.snapshot().servers[1].role, Role::Down(why) if why.contains("1000 ms")));
        topology.hear(1, 6, now, answer(true, 150, 1));
        assert!(topology.candidate(&topology.snapshot(), 1).is_up);
    }

    #[test]
    fn of_two_primaries_the_later_timeline_counts() {
        let topology = topology();
        let now = Instant::now();
        topology.hear(0, 1, now, answer(false, 100, 1));
        topology.hear(2, 2, now, answer(true, 100, 1));
        topology.hear(1, 3, now, answer(false, 90, 2));
        let state = topology.snapshot();
        assert_eq!((state.primary, &state.servers[0].role, &state.servers[1].role), (Some(1), &Role::Outdated, &Role::Primary));
        // Whom it follows isn't known: not the one that counts.
        assert!(!topology.candidate(&state, 2).is_up);
        topology.hear(2, 4, now, answer(true, 95, 2));
        assert!(topology.candidate(&topology.snapshot(), 2).is_up);
        // The old one has understood.
        topology.hear(0, 5, now, answer(true, 95, 2));
        assert_eq!((topology.snapshot().primary, &topology.snapshot().servers[0].role), (Some(1), &Role::Replica));
    }

    #[test]
    fn writes_and_what_was_seen_of_them() {
        use super::super::tenants::Writing;
        let topology = topology();
        let reads = topology.tenant(&"acme".into());
        // What it may have written before is behind the first mark.
        assert_eq!((reads.written(), reads.seen(&topology)), (1, 1));
        topology.mark.store(7, Ordering::SeqCst);
        assert_eq!((reads.wrote(&topology), reads.written()), (8, 8));
        topology.mark.store(9, Ordering::SeqCst);
        assert_eq!(reads.seen(&topology), 8);
        let writing = Writing::begin(&reads);
        assert_eq!(reads.seen(&topology), 10, "somebody writes");
        drop(writing);
        assert_eq!(reads.seen(&topology), 8);
        // Kept while it isn't everywhere; and then a newcomer of that name starts behind it.
        drop(reads);
        topology.sweep();
        assert_eq!(topology.tenant(&"acme".into()).written(), 8);
        for number in [1, 2] {
            topology.hear(number, 10, Instant::now(), answer(true, 100, 1));
        }
        topology.hear(0, 11, Instant::now(), answer(false, 100, 1));
        topology.sweep();
        assert!(topology.tenants.is_empty());
        assert_eq!(topology.tenant(&"globex".into()).written(), 8);
    }
}
