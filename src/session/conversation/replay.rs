//! The client's frames of the batch under way, kept until its first reply: a batch that fails on a stale statement is sent again.

use super::Undo;
use crate::wire::tag::client;

/// Longer batches aren't kept.
const MOST: usize = 16 << 10;

/// What an idle session may hold of room for the next batch.
const SMALL: usize = 192;

/// The frames of one batch.
#[derive(Debug, Default)]
pub(super) struct Replay {
    frames: Vec<u8>,
    /// How to take back what its paid replies stood for, oldest first.
    undos: Vec<Undo>,
    on: bool,
    healed: bool,
    /// The batch asks for the shape of its rows, or prepares what it runs: rows of a new shape don't surprise the client.
    learns_shape: bool,
    /// The batch has failed and is to be sent again once the server has skipped to its Sync.
    taken_up: bool,
}

impl Replay {
    /// A batch begins while nothing is owed and no transaction is open.
    #[inline]
    pub(super) fn start(&mut self) {
        self.frames.clear();
        self.undos.clear();
        self.on = true;
        self.learns_shape = false;
    }

    /// A reply of the batch has been paid, but hasn't reached the client.
    #[inline]
    pub(super) fn paid(&mut self, undo: Option<Box<Undo>>) {
        if self.on
            && let Some(undo) = undo
        {
            self.undos.push(*undo);
        }
    }

    /// Another frame of the batch.
    #[inline]
    pub(super) fn add(&mut self, frame: &[u8]) {
        if !self.on {
            return;
        }
        if self.frames.len() + frame.len() > MOST {
            self.stop();
        } else {
            self.learns_shape |= matches!(frame.first(), Some(&(client::DESCRIBE | client::PARSE)));
            self.frames.extend_from_slice(frame);
        }
    }

    /// The batch can't be sent again.
    #[inline]
    pub(super) fn stop(&mut self) {
        if self.on {
            self.on = false;
            self.undos = Vec::new();
            self.frames.clear();
            self.frames.shrink_to(SMALL);
        }
    }

    /// The batch is over.
    #[inline]
    pub(super) fn finish(&mut self) {
        self.stop();
        self.healed = false;
        self.taken_up = false;
    }

    /// Whether the batch could be sent again: once.
    pub(super) fn is_possible(&self) -> bool {
        self.on && !self.healed
    }

    /// Whether the client hears the shape of the rows that it gets, or can't have heard of another.
    pub(super) fn learns_shape(&self) -> bool {
        self.learns_shape
    }

    /// The batch is to be sent again. What must be taken back first, newest first.
    pub(super) fn take_up(&mut self) -> impl Iterator<Item = Undo> + use<> {
        self.taken_up = true;
        std::mem::take(&mut self.undos).into_iter().rev()
    }

    /// Whether the batch is to be sent again.
    #[inline]
    pub(super) fn is_taken_up(&self) -> bool {
        self.taken_up
    }

    /// What it holds beside itself.
    pub(super) fn heap_bytes(&self) -> usize {
        self.frames.capacity() + self.undos.capacity() * size_of::<Undo>()
    }

    /// The frames, to be sent again.
    pub(super) fn take(&mut self) -> Vec<u8> {
        self.on = false;
        self.taken_up = false;
        self.healed = true;
        std::mem::take(&mut self.frames)
    }
}
