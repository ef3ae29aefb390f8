//! What a worker's sessions have counted since the till was last emptied: no other thread touches it on the way of a transaction.

use std::sync::Arc;

use super::{Counts, Meter, Tally};

/// So many times of one session are kept before they go to its tenant.
const TIMES: usize = 31;

/// One worker's.
#[derive(Debug)]
pub struct Till {
    entries: Vec<Entry>,
    /// How often it was emptied.
    round: u32,
}

impl Default for Till {
    fn default() -> Self {
        Till { entries: Vec::new(), round: 1 }
    }
}

/// Where a session's counts are in its worker's till. A session that goes to another worker has none there.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
    round: u32,
    index: u32,
}

#[derive(Debug)]
struct Entry {
    meter: Arc<Meter>,
    counts: Counts,
    turns: Times,
    waits: Times,
}

#[derive(Clone, Copy, Debug)]
struct Times {
    len: usize,
    micros: [u32; TIMES],
}

impl Times {
    const NONE: Times = Times { len: 0, micros: [0; TIMES] };

    fn kept(&self) -> &[u32] {
        self.micros.get(..self.len).unwrap_or_default()
    }

    /// Adds one; `false` where there is no room.
    #[inline]
    fn push(&mut self, micros: u32) -> bool {
        let room = self.micros.get_mut(self.len);
        let fits = room.is_some();
        if let Some(room) = room {
            *room = micros;
            self.len += 1;
        }
        fits
    }
}

impl Till {
    /// Puts a session's tally in, which is empty then.
    #[inline]
    pub fn put(&mut self, place: &mut Place, meter: &Arc<Meter>, tally: &mut Tally) {
        let known = if place.round == self.round { self.entries.get_mut(place.index as usize) } else { None };
        let entry = match known.filter(|entry| Arc::ptr_eq(&entry.meter, meter)) {
            Some(entry) => entry,
            None => {
                *place = Place { round: self.round, index: u32::try_from(self.entries.len()).unwrap_or(u32::MAX) };
                let (counts, turns, waits) = (Counts::default(), Times::NONE, Times::NONE);
                self.entries.push_mut(Entry { meter: Arc::clone(meter), counts, turns, waits })
            }
        };
        entry.counts.add(&tally.counts());
        for micros in tally.turns() {
            if !entry.turns.push(micros) {
                entry.settle_times();
                entry.turns.push(micros);
            }
        }
        for micros in tally.waits() {
            if !entry.waits.push(micros) {
                entry.settle_times();
                entry.waits.push(micros);
            }
        }
        tally.refused().iter().for_each(|why| meter.refuse(*why));
        tally.clear();
    }

    /// Gives all to the tenants that it belongs to.
    pub fn settle(&mut self) {
        for entry in &mut self.entries {
            entry.meter.add(&entry.counts);
            entry.settle_times();
        }
        self.entries.clear();
        // Many sessions at once are seldom.
        self.entries.shrink_to(1024);
        self.round = self.round.wrapping_add(1).max(1);
    }
}

impl Entry {
    #[cold]
    fn settle_times(&mut self) {
        self.meter.took(self.turns.kept().iter().copied(), self.waits.kept().iter().copied());
        (self.turns.len, self.waits.len) = (0, 0);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn all_that_is_put_in_comes_out() {
        let (mut till, mut other_till) = (Till::default(), Till::default());
        let (acme, globex) = (Arc::new(Meter::default()), Arc::new(Meter::default()));
        let (mut one, mut two) = (Place::default(), Place::default());
        let mut tally = Tally::default();
        for round in 0..100_u64 {
            for _ in 0..7 {
                tally.statements += 1;
                tally.turn(Duration::from_micros(round));
                tally.waited(Duration::from_micros(2));
                till.put(&mut one, &acme, &mut tally);
                assert!(tally.is_empty());
                // Its session acts for another tenant in between, and another one for the same.
                tally.rows += 2;
                till.put(&mut one, &globex, &mut tally);
                tally.rows += 1;
                tally.turn(Duration::from_micros(round));
                till.put(&mut two, &acme, &mut tally);
            }
            if round % 3 == 0 {
                till.settle();
            }
        }
        // A session that moves: its place is no place elsewhere.
        two = Place::default();
        tally.rows += 1;
        other_till.put(&mut two, &acme, &mut tally);
        till.settle();
        other_till.settle();
        till.settle();
        let (acme, globex) = (acme.take().unwrap().told, globex.take().unwrap().told);
        assert_eq!((acme.counts.statements, acme.counts.rows, acme.counts.waits, acme.counts.wait_micros), (700, 701, 700, 1400));
        assert_eq!((globex.counts.statements, globex.counts.rows), (0, 1400));
        assert_eq!((acme.turns.unwrap().max, acme.waits.unwrap().p50), (99, 2));
    }
}
