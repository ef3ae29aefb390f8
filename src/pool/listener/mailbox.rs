//! Notifications on their way to one session.

use std::{collections::VecDeque, sync::Arc, task::Waker};

use atomic_waker::AtomicWaker;
use parking_lot::Mutex;

use crate::wire::{synthetic, tag::server};

/// What may wait for one session, in bytes. The notifications themselves are shared by all sessions that hear them.
const MOST: usize = 4 << 20;

/// A notification as clients get it. All sessions that hear it share it.
#[derive(Debug)]
pub struct Notification {
    /// The channel, as the tenant calls it.
    pub channel: Box<str>,
    /// NotificationResponse.
    pub frame: Box<[u8]>,
}

impl Notification {
    /// The process id is 0, which no session has: the server's process that sent it may have served anybody since, and a client that takes a
    /// notification for its own skips it.
    pub fn new(channel: &str, payload: &[u8]) -> Self {
        let mut frame = Vec::with_capacity(channel.len() + payload.len() + 11);
        synthetic::frame(&mut frame, server::NOTIFICATION, |out| {
            out.extend_from_slice(&[0; 4]);
            out.extend_from_slice(channel.as_bytes());
            out.push(0);
            out.extend_from_slice(payload);
            out.push(0);
        });
        Notification { channel: channel.into(), frame: frame.into() }
    }
}

/// A session's notifications that haven't reached it.
#[derive(Default)]
pub struct Mailbox {
    waker: AtomicWaker,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    mail: VecDeque<Arc<Notification>>,
    bytes: usize,
    overflown: bool,
}

/// More notifications have come than a session may let wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("too many notifications wait for the session")]
pub struct Overflow;

impl Mailbox {
    /// The session that looks is woken by the next notification.
    pub fn register(&self, waker: &Waker) {
        self.waker.register(waker);
    }

    /// What waits, in bytes.
    pub fn bytes(&self) -> usize {
        self.waiting.lock().bytes
    }

    /// Puts a notification in.
    pub(super) fn put(&self, notification: &Arc<Notification>) {
        let mut waiting = self.waiting.lock();
        if waiting.overflown {
            return;
        }
        waiting.bytes += notification.frame.len() + size_of::<Arc<Notification>>();
        if waiting.bytes > MOST {
            *waiting = Waiting { overflown: true, ..Waiting::default() };
        } else {
            waiting.mail.push_back(Arc::clone(notification));
        }
        drop(waiting);
        self.waker.wake();
    }

    /// Drops what the session doesn't hear (any more, or yet). Whether anything is left.
    ///
    /// # Errors
    /// [`Overflow`]: some were lost, and the session must end.
    pub fn sort(&self, mut hears: impl FnMut(&str) -> bool) -> Result<bool, Overflow> {
        let mut waiting = self.waiting.lock();
        if waiting.overflown {
            return Err(Overflow);
        }
        let mut kept = 0;
        waiting.mail.retain(|notification| {
            let keep = hears(&notification.channel);
            if keep {
                kept += notification.frame.len() + size_of::<Arc<Notification>>();
            }
            keep
        });
        waiting.bytes = kept;
        Ok(!waiting.mail.is_empty())
    }

    /// Takes notifications out, about so many bytes.
    pub fn take(&self, most: usize, out: &mut Vec<u8>) {
        let mut waiting = self.waiting.lock();
        while out.len() < most
            && let Some(notification) = waiting.mail.pop_front()
        {
            waiting.bytes = waiting.bytes.saturating_sub(notification.frame.len() + size_of::<Arc<Notification>>());
            out.extend_from_slice(&notification.frame);
        }
        if waiting.mail.is_empty() {
            waiting.mail = VecDeque::new();
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn mail_comes_out_in_order_and_what_nobody_hears_does_not() {
        let mailbox = Mailbox::default();
        for (channel, payload) in [("a", "1"), ("b", "2"), ("a", "3")] {
            mailbox.put(&Arc::new(Notification::new(channel, payload.as_bytes())));
        }
        assert_eq!(mailbox.sort(|channel| channel == "a"), Ok(true));
        let mut out = Vec::new();
        mailbox.take(1, &mut out);
        assert_eq!(out, b"A\0\0\0\x0c\0\0\0\0a\x001\0");
        out.clear();
        mailbox.take(usize::MAX, &mut out);
        assert_eq!(out, b"A\0\0\0\x0c\0\0\0\0a\x003\0");
        assert_eq!(mailbox.sort(|_| true), Ok(false));
    }

    #[test]
    fn a_session_that_does_not_read_holds_no_more_than_its_share() {
        let mailbox = Mailbox::default();
        let large = Arc::new(Notification::new("a", &[b'x'; 7_999]));
        for _ in 0..MOST / 7_999 - 10 {
            mailbox.put(&large);
        }
        assert_eq!(mailbox.sort(|_| true), Ok(true));
        for _ in 0..20 {
            mailbox.put(&large);
        }
        assert_eq!(mailbox.sort(|_| true), Err(Overflow));
        assert_eq!(Arc::strong_count(&large), 1);
    }
}
