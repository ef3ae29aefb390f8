//! Those who wait: a queue for each tenant, and one of all by age. Anybody may leave from anywhere.

use std::time::{Duration, Instant};

use super::{AccountKey, Ticket};
use crate::ids::WorkerId;

/// A waiter of another worker goes first once it has waited this much longer: moving a connection costs two system calls.
const CROSS_WORKER_PATIENCE: Duration = Duration::from_millis(5);
/// So many are looked at for one of the connection's own worker.
const LOOKED_AT: usize = 8;
/// No waiter.
const NONE: u32 = u32::MAX;

/// A tenant's waiters, first come first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Queue {
    first: u32,
    last: u32,
    pub(super) length: u32,
}

impl Default for Queue {
    fn default() -> Self {
        Queue { first: NONE, last: NONE, length: 0 }
    }
}

/// A waiter: what it is told with, and where it runs.
#[derive(Debug)]
pub(super) struct Waiter<W> {
    pub(super) tell: W,
    pub(super) worker: WorkerId,
    pub(super) since: Instant,
    /// It waits no longer than until then.
    pub(super) until: Instant,
    pub(super) account: AccountKey,
}

#[derive(Debug)]
struct Seat<W> {
    waiter: Option<Waiter<W>>,
    generation: u32,
    /// Neighbours in the tenant's queue.
    previous: u32,
    next: u32,
    /// Neighbours in the queue of all.
    older: u32,
    newer: u32,
}

/// All waiters of a server.
#[derive(Debug)]
pub(super) struct Waiters<W> {
    seats: Vec<Seat<W>>,
    free: Vec<u32>,
    oldest: u32,
    newest: u32,
    count: u32,
}

impl<W> Waiters<W> {
    pub(super) fn new() -> Self {
        Waiters { seats: Vec::new(), free: Vec::new(), oldest: NONE, newest: NONE, count: 0 }
    }

    pub(super) fn len(&self) -> u32 {
        self.count
    }

    fn seat(&mut self, number: u32) -> Option<&mut Seat<W>> {
        self.seats.get_mut(number as usize)
    }

    fn waiter(&self, number: u32) -> Option<&Waiter<W>> {
        self.seats.get(number as usize)?.waiter.as_ref()
    }

    /// Puts a waiter at the end of its tenant's queue.
    pub(super) fn push(&mut self, queue: &mut Queue, waiter: Waiter<W>) -> Ticket {
        let number = self.free.pop().unwrap_or_else(|| {
            self.seats.push(Seat { waiter: None, generation: 0, previous: NONE, next: NONE, older: NONE, newer: NONE });
            self.seats.len() as u32 - 1
        });
        let (last, newest) = (queue.last, self.newest);
        if let Some(seat) = self.seat(last) {
            seat.next = number;
        } else {
            queue.first = number;
        }
        if let Some(seat) = self.seat(newest) {
            seat.newer = number;
        } else {
            self.oldest = number;
        }
        (queue.last, self.newest) = (number, number);
        queue.length += 1;
        self.count += 1;
        let mut generation = 0;
        if let Some(seat) = self.seat(number) {
            generation = seat.generation;
            *seat = Seat { waiter: Some(waiter), generation, previous: last, next: NONE, older: newest, newer: NONE };
        }
        Ticket { seat: number, generation }
    }

    /// Who has waited longest of all, and of those who came next a few.
    pub(super) fn by_age(&self) -> impl Iterator<Item = &Waiter<W>> {
        self.all().map(|(_, waiter)| waiter).take(LOOKED_AT)
    }

    /// All who wait, by age.
    pub(super) fn all(&self) -> impl Iterator<Item = (Ticket, &Waiter<W>)> {
        let mut number = self.oldest;
        std::iter::from_fn(move || {
            let seat = self.seats.get(number as usize)?;
            let ticket = Ticket { seat: number, generation: seat.generation };
            number = seat.newer;
            seat.waiter.as_ref().map(|waiter| (ticket, waiter))
        })
    }

    /// Takes a queue's next: in order of arrival, but for a waiter of the connection's own worker that came within
    /// [`CROSS_WORKER_PATIENCE`] of the first.
    pub(super) fn pop(&mut self, queue: &mut Queue, worker: WorkerId) -> Option<Waiter<W>> {
        let first = self.waiter(queue.first)?.since;
        let (mut number, mut chosen) = (queue.first, queue.first);
        for _ in 0..LOOKED_AT {
            let Some(waiter) = self.waiter(number).filter(|waiter| waiter.since.saturating_duration_since(first) <= CROSS_WORKER_PATIENCE)
            else {
                break;
            };
            if waiter.worker == worker {
                chosen = number;
                break;
            }
            number = self.seats.get(number as usize).map_or(NONE, |seat| seat.next);
        }
        self.take(queue, chosen)
    }

    /// Whose waiter a ticket is, if it still waits.
    pub(super) fn account_of(&self, ticket: Ticket) -> Option<AccountKey> {
        let seat = self.seats.get(ticket.seat as usize).filter(|seat| seat.generation == ticket.generation)?;
        seat.waiter.as_ref().map(|waiter| waiter.account)
    }

    /// Takes the waiter of a ticket out of its queue.
    pub(super) fn cancel(&mut self, queue: &mut Queue, ticket: Ticket) -> Option<Waiter<W>> {
        self.account_of(ticket)?;
        self.take(queue, ticket.seat)
    }

    /// Since when the first of a queue waits.
    pub(super) fn first_since(&self, queue: &Queue) -> Option<Instant> {
        self.waiter(queue.first).map(|waiter| waiter.since)
    }

    /// A waiter's place in its queue, from 1.
    pub(super) fn position(&self, ticket: Ticket) -> u32 {
        let mut position = 0;
        let mut number = ticket.seat;
        while let Some(seat) = self.seats.get(number as usize) {
            position += 1;
            number = seat.previous;
        }
        position
    }

    /// Takes the first of a queue if it has waited since before `time`.
    pub(super) fn pop_older(&mut self, queue: &mut Queue, is_too_old: impl Fn(Instant) -> bool) -> Option<Waiter<W>> {
        self.waiter(queue.first).filter(|waiter| is_too_old(waiter.since))?;
        self.take(queue, queue.first)
    }

    fn take(&mut self, queue: &mut Queue, number: u32) -> Option<Waiter<W>> {
        let seat = self.seat(number)?;
        let waiter = seat.waiter.take()?;
        seat.generation = seat.generation.wrapping_add(1);
        let (previous, next, older, newer) = (seat.previous, seat.next, seat.older, seat.newer);
        match self.seat(previous) {
            Some(seat) => seat.next = next,
            None => queue.first = next,
        }
        match self.seat(next) {
            Some(seat) => seat.previous = previous,
            None => queue.last = previous,
        }
        match self.seat(older) {
            Some(seat) => seat.newer = newer,
            None => self.oldest = newer,
        }
        match self.seat(newer) {
            Some(seat) => seat.older = older,
            None => self.newest = older,
        }
        queue.length -= 1;
        self.count -= 1;
        self.free.push(number);
        Some(waiter)
    }
}
