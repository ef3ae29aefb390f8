//! Who hears which channel of a server, and what its listener connection still has to be told. No IO.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use tokio::sync::oneshot;

use super::{
    ListenError,
    mailbox::{Mailbox, Notification},
};

/// Statements that go to the server at once.
const BATCH: usize = 500;

/// Tells one that waits for a channel.
type Told = oneshot::Sender<Result<(), Arc<ListenError>>>;
/// What it waits for.
pub(super) type Wait = oneshot::Receiver<Result<(), Arc<ListenError>>>;

/// All channels of one listener, by their names on the server.
#[derive(Default)]
pub(super) struct Channels {
    by_name: HashMap<Box<str>, Channel>,
    /// Those whose state on the server may not be what it should.
    dirty: Vec<Box<str>>,
    next_ear: u64,
}

struct Channel {
    /// What the tenant calls it.
    name: Box<str>,
    ears: BTreeMap<u64, Arc<Mailbox>>,
    place: Place,
    waiting: Vec<Told>,
}

/// What the server's connection makes of a channel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    /// It doesn't listen to it.
    Silent,
    /// It has been told to.
    Asked,
    /// It does.
    Live,
    /// It has been told not to.
    Leaving,
}

/// What the server is to be told in one go, all of it or nothing.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Batch {
    pub(super) listen: Vec<Box<str>>,
    pub(super) unlisten: Vec<Box<str>>,
}

impl Channels {
    /// Whether nobody hears anything.
    pub(super) fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// How many channels are heard.
    pub(super) fn len(&self) -> usize {
        self.by_name.len()
    }

    /// Adds one who hears a channel: its number, and what to wait for unless the channel is heard already.
    pub(super) fn add(&mut self, on_server: &str, name: &str, mailbox: &Arc<Mailbox>) -> (u64, Option<Wait>) {
        self.next_ear += 1;
        let dirty = &mut self.dirty;
        let channel = self.by_name.entry(on_server.into()).or_insert_with(|| {
            dirty.push(on_server.into());
            Channel { name: name.into(), ears: BTreeMap::new(), place: Place::Silent, waiting: Vec::new() }
        });
        channel.ears.insert(self.next_ear, Arc::clone(mailbox));
        if channel.place == Place::Live {
            return (self.next_ear, None);
        }
        let (told, wait) = oneshot::channel();
        channel.waiting.push(told);
        (self.next_ear, Some(wait))
    }

    /// One hears a channel no longer. Whether the server is to be told.
    pub(super) fn remove(&mut self, on_server: &str, ear: u64) -> bool {
        let Some(channel) = self.by_name.get_mut(on_server) else { return false };
        channel.ears.remove(&ear);
        if !channel.ears.is_empty() {
            return false;
        }
        self.dirty.push(on_server.into());
        true
    }

    /// The connection is new, or gone: it listens to nothing.
    pub(super) fn forget_connection(&mut self) {
        self.by_name.retain(|_, channel| {
            channel.place = Place::Silent;
            !channel.ears.is_empty()
        });
        self.dirty = self.by_name.keys().cloned().collect();
    }

    /// No connection is to be had: those who wait are told. Those who have been promised a channel keep it.
    pub(super) fn fail(&mut self, error: &Arc<ListenError>) {
        for channel in self.by_name.values_mut() {
            for told in channel.waiting.drain(..) {
                let _ = told.send(Err(Arc::clone(error)));
            }
        }
    }

    /// What the server has to be told next.
    pub(super) fn batch(&mut self) -> Option<Batch> {
        let mut batch = Batch { listen: Vec::new(), unlisten: Vec::new() };
        while batch.listen.len() + batch.unlisten.len() < BATCH
            && let Some(name) = self.dirty.pop()
        {
            let Some(channel) = self.by_name.get_mut(&name) else { continue };
            match (channel.ears.is_empty(), channel.place) {
                (true, Place::Live) => {
                    channel.place = Place::Leaving;
                    batch.unlisten.push(name);
                }
                (true, Place::Silent) => drop(self.by_name.remove(&name)),
                (false, Place::Silent) => {
                    channel.place = Place::Asked;
                    batch.listen.push(name);
                }
                _ => {}
            }
        }
        (!batch.listen.is_empty() || !batch.unlisten.is_empty()).then_some(batch)
    }

    /// The server has done it.
    pub(super) fn done(&mut self, batch: Batch) {
        for name in batch.listen {
            let Some(channel) = self.by_name.get_mut(&name) else { continue };
            channel.place = Place::Live;
            for told in channel.waiting.drain(..) {
                let _ = told.send(Ok(()));
            }
            if channel.ears.is_empty() {
                self.dirty.push(name);
            }
        }
        for name in batch.unlisten {
            let Some(channel) = self.by_name.get_mut(&name) else { continue };
            channel.place = Place::Silent;
            if channel.ears.is_empty() {
                self.by_name.remove(&name);
            } else {
                self.dirty.push(name);
            }
        }
    }

    /// A notification has come: to everybody who hears its channel.
    pub(super) fn deliver(&self, on_server: &str, payload: &[u8]) {
        let Some(channel) = self.by_name.get(on_server) else { return };
        let notification = Arc::new(Notification::new(&channel.name, payload));
        for mailbox in channel.ears.values() {
            mailbox.put(&notification);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn batch(listen: &[&str], unlisten: &[&str]) -> Option<Batch> {
        let names = |names: &[&str]| names.iter().map(|name| Box::from(*name)).collect();
        Some(Batch { listen: names(listen), unlisten: names(unlisten) })
    }

    fn next(channels: &mut Channels) -> Option<Batch> {
        let mut batch = channels.batch()?;
        batch.listen.sort();
        batch.unlisten.sort();
        Some(batch)
    }

    #[test]
    fn many_ears_are_one_channel() {
        let (mut channels, mailbox) = (Channels::default(), Arc::new(Mailbox::default()));
        let (one, first) = channels.add("pgt_a", "a", &mailbox);
        let (two, _) = channels.add("pgt_a", "a", &mailbox);
        assert_eq!(next(&mut channels), batch(&["pgt_a"], &[]));
        assert_eq!(next(&mut channels), None);
        channels.done(batch(&["pgt_a"], &[]).unwrap());
        assert!(first.unwrap().try_recv().unwrap().is_ok());
        let (three, told) = channels.add("pgt_a", "a", &mailbox);
        assert!(told.is_none());
        assert!(!channels.remove("pgt_a", one));
        assert!(!channels.remove("pgt_a", two));
        assert!(channels.remove("pgt_a", three));
        assert_eq!(next(&mut channels), batch(&[], &["pgt_a"]));
        channels.done(batch(&[], &["pgt_a"]).unwrap());
        assert!(channels.is_empty());
    }

    #[test]
    fn a_change_of_mind_while_the_server_is_told() {
        let (mut channels, mailbox) = (Channels::default(), Arc::new(Mailbox::default()));
        let (one, _) = channels.add("a", "a", &mailbox);
        let listen = channels.batch().unwrap();
        channels.remove("a", one);
        channels.done(listen);
        let unlisten = channels.batch().unwrap();
        assert_eq!(unlisten, batch(&[], &["a"]).unwrap());
        let (_, wait) = channels.add("a", "a", &mailbox);
        // It is about to fall silent: whoever listens now has to wait until it is heard again.
        let mut wait = wait.unwrap();
        channels.done(unlisten);
        assert!(wait.try_recv().is_err());
        let listen = channels.batch().unwrap();
        assert_eq!(listen, batch(&["a"], &[]).unwrap());
        channels.done(listen);
        assert!(wait.try_recv().unwrap().is_ok());
    }

    #[test]
    fn a_new_connection_is_told_everything() {
        let (mut channels, mailbox) = (Channels::default(), Arc::new(Mailbox::default()));
        channels.add("a", "a", &mailbox);
        let (gone, _) = channels.add("b", "b", &mailbox);
        channels.add("c", "c", &mailbox);
        let first = channels.batch().unwrap();
        channels.done(first);
        channels.remove("b", gone);
        channels.forget_connection();
        assert_eq!(next(&mut channels), batch(&["a", "c"], &[]));
        assert_eq!(channels.len(), 2);
    }

    #[test]
    fn those_who_wait_are_told_that_there_is_no_connection() {
        let (mut channels, mailbox) = (Channels::default(), Arc::new(Mailbox::default()));
        let (_, wait) = channels.add("a", "a", &mailbox);
        channels.fail(&Arc::new(ListenError::Lost));
        assert!(wait.unwrap().try_recv().unwrap().is_err());
    }

    #[test]
    fn only_those_who_listen_hear() {
        let mut channels = Channels::default();
        let (one, other) = (Arc::new(Mailbox::default()), Arc::new(Mailbox::default()));
        channels.add("pgt_1", "news", &one);
        channels.add("pgt_2", "news", &other);
        channels.deliver("pgt_1", b"for one");
        channels.deliver("news", b"for nobody");
        assert_eq!(one.sort(|_| true), Ok(true));
        assert_eq!(other.sort(|_| true), Ok(false));
    }
}
