//! Which server is the primary, of those that take themselves for it. Pure.
//!
//! A promotion begins a timeline (PostgreSQL manual 26.3.5), so of two primaries the one on the later timeline is the one that was promoted. The
//! latest timeline that any server of the shard was ever seen on is remembered: who is on an earlier one gets no writes, whether the server that has
//! been promoted answers or not.

use std::{cmp::Ordering, time::Instant};

use super::{Role, ServerState, Snapshot};

impl Snapshot {
    /// Decides anew, by what servers have said last.
    pub(super) fn elect(&mut self) {
        let answers = |state: &&ServerState| matches!(state.role, Role::Primary | Role::Outdated | Role::Replica);
        let seen = self.servers.iter().filter(answers).filter_map(|state| state.timeline).max();
        self.latest = self.latest.max(seen);
        // A server that hasn't been asked yet may be the one that was promoted: till then nobody is. One that is down has been asked.
        if self.servers.iter().any(|state| state.role == Role::Unknown) {
            self.primary = None;
            return;
        }
        let chosen = self.chosen();
        for (number, state) in self.servers.iter_mut().enumerate().filter(|(_, state)| claims(state)) {
            let role = if Some(number) == chosen { Role::Primary } else { Role::Outdated };
            if state.role != role {
                (state.role, state.since) = (role, Instant::now());
            }
        }
        self.primary = chosen;
        self.incumbent = chosen.or(self.incumbent);
    }

    fn chosen(&self) -> Option<usize> {
        let claimants = || self.servers.iter().enumerate().filter(|(_, state)| claims(state));
        let best = claimants().map(|(_, state)| state.timeline).max();
        let mut at_best = claimants().filter(|(_, state)| Some(state.timeline) == best).map(|(number, _)| number);
        match (best, at_best.next(), at_best.next()) {
            (Some(Some(timeline)), ..) if self.latest.is_some_and(|latest| timeline < latest) => None,
            (Some(_), Some(one), None) => Some(one),
            // Two on one timeline: two were promoted. The one that has had the writes so far goes on; which it was isn't known after a start.
            (Some(_), Some(_), Some(_)) => {
                self.incumbent.filter(|incumbent| claimants().any(|(number, state)| number == *incumbent && Some(state.timeline) == best))
            }
            // It answers and doesn't say what it is: then it is what it was, or what the file says.
            _ => Some(self.incumbent.unwrap_or(0))
                .filter(|number| matches!(self.servers.get(*number).map(|state| &state.role), Some(Role::Untold(_)))),
        }
    }

    /// Whether what a replica shows is the primary's past. A replica of an earlier timeline has followed somebody else, and may have what the
    /// primary hasn't.
    pub(super) fn follows(&self, replica: &ServerState) -> bool {
        let split = self.servers.iter().any(|state| state.role == Role::Outdated);
        let timeline = self.primary.and_then(|number| self.servers.get(number)).and_then(|state| state.timeline).max(self.latest);
        match (timeline, replica.timeline) {
            (Some(timeline), Some(replica)) => replica.cmp(&timeline) == Ordering::Equal,
            _ => !split,
        }
    }
}

fn claims(state: &ServerState) -> bool {
    matches!(state.role, Role::Primary | Role::Outdated)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn state(role: Role, timeline: Option<u32>) -> ServerState {
        ServerState { role, timeline, ..ServerState::unknown(Instant::now()) }
    }

    fn primary(timeline: u32) -> ServerState {
        state(Role::Primary, Some(timeline))
    }

    fn replica(timeline: u32) -> ServerState {
        state(Role::Replica, Some(timeline))
    }

    fn down() -> ServerState {
        state(Role::Down("gone".into()), Some(1))
    }

    fn of(servers: impl Into<Box<[ServerState]>>) -> Snapshot {
        let mut snapshot = Snapshot { servers: servers.into(), primary: None, incumbent: None, latest: None };
        snapshot.elect();
        snapshot
    }

    #[test]
    fn the_later_timeline_wins() {
        let untold = || state(Role::Untold("no login".into()), None);
        for (servers, expected) in [
            (vec![primary(1), replica(1)], Some(0)),
            (vec![replica(1), primary(1)], Some(1)),
            (vec![primary(1), primary(2)], Some(1)),
            (vec![primary(3), primary(2)], Some(0)),
            // The one that was promoted is away, and a replica of its tells.
            (vec![primary(1), down(), replica(2)], None),
            (vec![primary(1), down(), replica(1)], Some(0)),
            (vec![down(), replica(1)], None),
            // Not before all have been asked.
            (vec![primary(1), state(Role::Unknown, None)], None),
            // Two were promoted, and nobody knows which one had the writes.
            (vec![primary(2), primary(2)], None),
            (vec![state(Role::Primary, None), primary(1)], Some(1)),
            (vec![state(Role::Primary, None), replica(1)], Some(0)),
            (vec![state(Role::Primary, None), state(Role::Primary, None)], None),
            (vec![untold(), replica(1)], Some(0)),
            (vec![untold(), primary(1)], Some(1)),
            (vec![replica(1), untold()], None),
        ] {
            let snapshot = of(servers.clone());
            assert_eq!(snapshot.primary, expected, "{servers:?}");
            let all_asked = snapshot.servers.iter().all(|state| state.role != Role::Unknown);
            for (number, state) in snapshot.servers.iter().enumerate().filter(|_| all_asked) {
                assert!(state.role != Role::Primary || Some(number) == expected, "{servers:?}");
            }
        }
    }

    #[test]
    fn an_old_primary_that_comes_back_gets_nothing() {
        let mut snapshot = of([primary(1), replica(1)]);
        snapshot.servers[0] = down();
        snapshot.elect();
        assert_eq!((snapshot.primary, snapshot.incumbent), (None, Some(0)));
        snapshot.servers[1] = primary(2);
        snapshot.elect();
        assert_eq!(snapshot.primary, Some(1));
        // The new one dies, and the old one comes back as it was.
        snapshot.servers[1] = down();
        snapshot.servers[0] = primary(1);
        snapshot.elect();
        assert_eq!((snapshot.primary, &snapshot.servers[0].role), (None, &Role::Outdated));
        // It is promoted once more, behind its own earlier life.
        snapshot.servers[0] = primary(3);
        snapshot.elect();
        assert_eq!(snapshot.primary, Some(0));
    }

    #[test]
    fn of_two_on_one_timeline_the_one_that_had_the_writes_goes_on() {
        let mut snapshot = of([replica(1), primary(2)]);
        snapshot.servers[0] = primary(2);
        snapshot.elect();
        assert_eq!((snapshot.primary, &snapshot.servers[0].role), (Some(1), &Role::Outdated));
    }

    #[test]
    fn only_what_is_on_the_primarys_timeline_is_read() {
        let snapshot = of([primary(2), replica(2), replica(1), state(Role::Replica, None)]);
        let follows: Vec<bool> = snapshot.servers.iter().map(|state| snapshot.follows(state)).collect();
        assert_eq!(follows, [true, true, false, true]);
        let split = of([primary(2), primary(1), state(Role::Replica, None)]);
        assert!(!split.follows(&split.servers[2]));
        // While nobody is the primary, those on the latest timeline are as good as before.
        let away = of([down(), replica(1)]);
        assert!(away.follows(&away.servers[1]));
    }

    proptest! {
        /// Whatever servers say in whatever order: nobody gets writes who is on an earlier timeline than one that was seen.
        #[test]
        fn nobody_writes_on_an_earlier_timeline(steps in prop::collection::vec((0usize..3, 0u8..5, 1u32..4), 1..40)) {
            let mut snapshot = of([replica(1), replica(1), replica(1)]);
            let mut latest = 1;
            for (number, kind, timeline) in steps {
                snapshot.servers[number] = match kind {
                    0 | 1 => primary(timeline),
                    2 | 3 => replica(timeline),
                    _ => down(),
                };
                if kind < 4 {
                    latest = latest.max(timeline);
                }
                snapshot.elect();
                if let Some(chosen) = snapshot.primary {
                    prop_assert_eq!(snapshot.servers[chosen].timeline, Some(latest));
                }
                prop_assert!(snapshot.servers.iter().filter(|state| state.role == Role::Primary).count() <= 1);
            }
        }
    }
}
