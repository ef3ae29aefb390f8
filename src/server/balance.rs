//! How many IO threads are used, and which of them should send sessions away.
//!
//! A thread that is busy takes more events with each wait and wakes less often: with two threads at half their load a transaction
//! costs a fifth more processor time than with one. So one more is used only where the others are nearly full.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use rustix::time::{ClockId, clock_gettime};

use super::workers::Lanes;
use crate::session::relay::Worker;

/// How often loads are looked at.
const INTERVAL: Duration = Duration::from_millis(200);
/// Above this share of its time a thread is full.
const FULL: f64 = 0.75;
/// One thread less would have to be below this share.
const ROOM: f64 = 0.55;
/// Threads that differ by less are in balance.
const SLACK: f64 = 0.2;

/// Notes the processor time of the thread that it runs on, and gives what its sessions have counted to their tenants.
pub(super) async fn clock(used: Arc<AtomicU64>, worker: Arc<Worker>) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let time = clock_gettime(ClockId::ThreadCPUTime);
        used.store(time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64, Ordering::Relaxed);
        worker.settle_usage();
    }
}

/// Looks at the loads until dropped.
pub(super) async fn run(lanes: Arc<Lanes>) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut before = (tokio::time::Instant::now(), lanes.loads());
    loop {
        ticks.tick().await;
        let now = (tokio::time::Instant::now(), lanes.loads());
        let elapsed = now.0.duration_since(before.0).as_nanos() as f64;
        let loads: Vec<Load> = now
            .1
            .iter()
            .zip(&before.1)
            .map(|((sessions, used), (_, used_before))| Load {
                sessions: *sessions,
                busy: used.saturating_sub(*used_before) as f64 / elapsed.max(1.0),
            })
            .collect();
        let (active, surplus) = decide(&loads, lanes.active());
        lanes.set(active, &surplus);
        before = now;
    }
}

/// One thread's load.
#[derive(Clone, Copy, Debug)]
struct Load {
    sessions: u32,
    /// Share of its time that it worked.
    busy: f64,
}

/// How many threads should be active, and how many sessions each should send away.
fn decide(loads: &[Load], active: usize) -> (usize, Vec<u32>) {
    let total: f64 = loads.iter().map(|load| load.busy).sum();
    let fullest = loads.iter().take(active).map(|load| load.busy).fold(0.0, f64::max);
    let active = if fullest > FULL && active < loads.len() {
        active + 1
    } else if active > 1 && total / (active as f64 - 1.0) < ROOM {
        active - 1
    } else {
        active
    };
    let mean = total / active as f64;
    let surplus = loads.iter().enumerate().map(|(index, load)| {
        if index >= active {
            load.sessions
        } else if load.busy > mean + SLACK / 2.0 && active > 1 {
            (f64::from(load.sessions) * (load.busy - mean) / load.busy / 2.0).round() as u32
        } else {
            0
        }
    });
    (active, surplus.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(loads: &[(u32, f64)], active: usize) -> (usize, Vec<u32>) {
        decide(&loads.iter().map(|(sessions, busy)| Load { sessions: *sessions, busy: *busy }).collect::<Vec<_>>(), active)
    }

    #[test]
    fn threads_are_added_when_full_and_given_up_when_empty() {
        assert_eq!(of(&[(16, 0.6), (0, 0.0)], 1), (1, vec![0, 0]));
        assert_eq!(of(&[(16, 0.9), (0, 0.0)], 1), (2, vec![4, 0]));
        assert_eq!(of(&[(8, 0.45), (8, 0.45)], 2), (2, vec![0, 0]));
        assert_eq!(of(&[(8, 0.2), (8, 0.2)], 2), (1, vec![0, 8]));
        assert_eq!(of(&[(1, 0.9)], 1), (1, vec![0]));
        assert_eq!(of(&[(12, 0.9), (4, 0.3)], 2), (2, vec![2, 0]));
    }
}
