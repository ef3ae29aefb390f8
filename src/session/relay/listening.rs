//! A session's part in its tenant's listener: what it waits for, and the notifications that come.

use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use super::{End, Progress, Relay, Scratch};
use crate::{
    error::{ClientFacing, Report, SqlState},
    pool::listener::{ListenError, Listener, Mailbox, Overflow, Subscription},
    session::{acting::Acting, tenancy},
};

/// What is written of notifications in one go.
const CHUNK: usize = 64 << 10;

type Wait = Pin<Box<dyn Future<Output = Result<(), Arc<ListenError>>> + Send>>;

/// What a session that listens has beyond others.
#[derive(Default)]
pub(super) struct Ears {
    mailbox: Arc<Mailbox>,
    subscriptions: HashMap<Box<str>, Subscription>,
    wait: Option<Wait>,
    /// What listens for what is waited for.
    asked: Option<Arc<Listener>>,
    /// When that was chosen: see [`Acting::epoch`].
    epoch: u32,
    /// What wasn't let in.
    turned_away: Option<Arc<Listener>>,
}

impl Relay {
    /// Whether the client's next statement waits for something.
    #[inline]
    pub(super) fn waits(&self) -> bool {
        self.cancelling.is_some() || self.waits_for_us()
    }

    /// Whether it waits for something that its time limits don't count.
    #[inline]
    pub(super) fn waits_for_us(&self) -> bool {
        self.wait.is_some() || self.catalog.is_some() || self.waits_for_channel()
    }

    #[inline]
    pub(super) fn waits_for_channel(&self) -> bool {
        self.ears.as_ref().is_some_and(|ears| ears.wait.is_some())
    }

    /// The client's next statement waits for channels to be heard.
    pub(super) fn want_channels(&mut self) {
        let listener = match self.part.acting.as_ref().map_or_else(|| Err(tenancy::unsaid()), Acting::listener) {
            Ok(listener) => listener,
            Err(report) => {
                self.conversation.answer_channels(Err(report));
                self.ears.get_or_insert_default().wait = Some(Box::pin(std::future::ready(Ok(()))));
                return;
            }
        };
        let epoch = self.part.acting.as_ref().map_or(0, Acting::epoch);
        let ears = self.ears.get_or_insert_default();
        ears.epoch = epoch;
        let mut waits = Vec::new();
        for channel in self.conversation.wanted_channels() {
            let on_server = self.conversation.channel_names().on_server(channel);
            let (subscription, heard) = listener.subscribe(&on_server, channel, &ears.mailbox, self.worker.id);
            ears.subscriptions.insert(channel.into(), subscription);
            waits.push(heard);
        }
        ears.asked = Some(listener);
        ears.wait = Some(Box::pin(async move {
            for heard in waits {
                heard.await?;
            }
            Ok(())
        }));
    }

    /// What listened for the session doesn't any more: another listener does from now on. What is notified before it hears is lost.
    fn listen_anew(&mut self) {
        let Some(Ok(listener)) = self.part.acting.as_ref().map(Acting::listener) else { return };
        let Some(ears) = &mut self.ears else { return };
        ears.epoch = self.part.acting.as_ref().map_or(0, Acting::epoch);
        for (channel, place) in &mut ears.subscriptions {
            let on_server = self.conversation.channel_names().on_server(channel);
            *place = listener.subscribe(&on_server, channel, &ears.mailbox, self.worker.id).0;
        }
    }

    /// The client has cancelled its wait for a channel. Whether there was one.
    pub(super) fn stop_waiting_for_channel(&mut self) -> bool {
        let Some(wait) = self.ears.as_mut().and_then(|ears| ears.wait.as_mut()) else { return false };
        *wait = Box::pin(std::future::ready(Ok(())));
        self.conversation.answer_channels(Err(Report::new(SqlState::QUERY_CANCELED, "canceling statement due to user request")));
        true
    }

    /// Looks whether the channel is heard; then the client's statement goes on.
    pub(super) fn poll_channel(&mut self, cx: &mut Context<'_>, scratch: &mut Scratch) -> Progress {
        let Some(ears) = &mut self.ears else { return Ok(false) };
        let Some(wait) = &mut ears.wait else { return Ok(false) };
        let heard = match wait.as_mut().poll(cx) {
            Poll::Pending => return Ok(false),
            Poll::Ready(heard) => heard,
        };
        ears.wait = None;
        let asked = ears.asked.take();
        if heard.is_err() && asked.as_ref().is_some_and(|asked| asked.is_turned_away()) && ears.turned_away.is_none() {
            // As long as it is known that this one isn't let in, another is asked.
            ears.turned_away = asked;
            self.want_channels();
            return Ok(true);
        }
        ears.turned_away = None;
        // Nothing is wanted any more where the answer was given before.
        if self.conversation.wanted_channels().next().is_some() {
            if heard.is_err() {
                for channel in self.conversation.wanted_channels() {
                    ears.subscriptions.remove(channel);
                }
            }
            self.conversation.answer_channels(heard.map_err(|error| error.report()));
        }
        let Scratch { to_client, to_server, .. } = scratch;
        self.on_inbound(cx, to_client, to_server)?;
        Ok(true)
    }

    /// Notifications for the client, where it stands between two transactions; and what it has stopped listening to. Called when nothing
    /// else is to be done. Whether the session is to be looked at again.
    pub(super) fn mind_channels(&mut self, cx: &mut Context<'_>) -> Progress {
        if self.ears.is_none() || self.ending || self.waits() {
            return Ok(false);
        }
        if !self.conversation.is_at_rest() {
            self.forget_early_mail();
            return Ok(false);
        }
        // Notifications come from the primary only.
        if self.ears.as_ref().zip(self.part.acting.as_ref()).is_some_and(|(ears, acting)| ears.epoch != acting.epoch()) {
            self.listen_anew();
        }
        let surplus = self.conversation.surplus_channels();
        let Some(ears) = &mut self.ears else { return Ok(false) };
        for channel in surplus {
            ears.subscriptions.remove(&channel);
        }
        if ears.subscriptions.is_empty() {
            self.ears = None;
            return Ok(false);
        }
        let mailbox = Arc::clone(&ears.mailbox);
        match mailbox.sort(|channel| self.conversation.hears(channel)) {
            Ok(false) => return Ok(false),
            Ok(true) => {}
            Err(Overflow) => {
                self.end(
                    &Report::new(SqlState::CONFIGURATION_LIMIT_EXCEEDED, "too many notifications wait for the session")
                        .with_detail("It doesn't read them, or is in a transaction for too long. Some are lost.")
                        .with_hint("Reconnect, and read notifications as they come."),
                );
                return Ok(true);
            }
        }
        let mut mail = Vec::new();
        while self.to_client.is_empty() {
            mail.clear();
            mailbox.take(CHUNK, &mut mail);
            if mail.is_empty() {
                break;
            }
            self.write_client(cx, &mut mail, &[]).map_err(|_| End::ClientLeft)?;
        }
        Ok(false)
    }

    /// Bytes of notifications that wait for the client.
    #[inline]
    pub(super) fn waiting_mail(&self) -> usize {
        self.ears.as_ref().map_or(0, |ears| ears.mailbox.bytes())
    }

    /// What is notified before the end of the transaction that listens isn't heard by it.
    fn forget_early_mail(&self) {
        if let (Some(ears), true) = (&self.ears, self.conversation.is_idle_in_transaction()) {
            // Too much of it is told when the transaction is over.
            let _ = ears.mailbox.sort(|channel| self.conversation.hears(channel));
        }
    }

    /// The next notification wakes the session.
    #[inline]
    pub(super) fn await_notifications(&self, cx: &Context<'_>) {
        if let Some(ears) = &self.ears {
            ears.mailbox.register(cx.waker());
        }
    }
}
