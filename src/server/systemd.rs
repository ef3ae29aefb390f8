//! Tells systemd that the proxy listens, that it drains, and that its threads move: sd_notify(3). Without systemd there is nobody to tell.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sd_notify::NotifyState;

/// Says that it ends.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping, NotifyState::Status("draining")]);
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "systemd isn't told");
    }
}

/// Says that the proxy listens, and as often as systemd wants to hear it that all threads have moved since, until dropped. Who hangs is killed by systemd.
pub(super) async fn watch(clocks: Vec<Arc<AtomicU64>>) {
    tell(&[NotifyState::Ready, NotifyState::Status("serving")]);
    let Some(limit) = sd_notify::watchdog_enabled().filter(|limit| !limit.is_zero()) else { return };
    let mut before: Vec<Option<u64>> = vec![None; clocks.len()];
    loop {
        tokio::time::sleep(pause(limit)).await;
        let now: Vec<u64> = clocks.iter().map(|clock| clock.load(Ordering::Relaxed)).collect();
        if now.iter().zip(&before).all(|(now, before)| Some(*now) != *before) {
            tell(&[NotifyState::Watchdog]);
        }
        before = now.into_iter().map(Some).collect();
    }
}

/// Twice within the limit, and slower than the clocks, which are wound five times a second.
fn pause(limit: Duration) -> Duration {
    (limit / 3).max(Duration::from_millis(500))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_in_time() {
        assert_eq!(pause(Duration::from_secs(30)), Duration::from_secs(10));
        assert_eq!(pause(Duration::from_millis(900)), Duration::from_millis(500));
    }
}
