//! Whose turn it is: deficit round robin, with the rounds laid out in a ring.
//!
//! A plain list of tenants would be gone round once for each quantum that somebody is in debt: after a statement of ten seconds ten
//! thousand times. Here whoever has used more than its quantum is filed under the round in which its debt is paid, so a decision
//! looks at one list's head, however many wait and whatever they owe. Within a round it is first come, first served.

/// Virtual time per round, as a power of two of nanoseconds: about a millisecond.
const QUANTUM_BITS: u32 = 20;
/// Rounds that have a list of their own; later ones share one.
const RING: u64 = 4096;
const WORDS: usize = (RING / 64) as usize;
/// No entry.
const NONE: u32 = u32::MAX;
/// Places beside the ring's.
const URGENT: u32 = RING as u32;
const FAR: u32 = URGENT + 1;
const LISTS: usize = FAR as usize + 1;

/// When the round of a virtual time began. Within a round nobody is ahead of anybody.
pub(super) fn round_of(tag: u64) -> u64 {
    tag >> QUANTUM_BITS << QUANTUM_BITS
}

/// When it is somebody's turn.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Turn {
    /// Before all others: it has less than it was promised.
    Urgent,
    /// By what it has used, in virtual nanoseconds: server time over weight.
    At(u64),
}

#[derive(Clone, Copy, Debug)]
struct Link {
    previous: u32,
    next: u32,
    list: u32,
    tag: u64,
}

const LOOSE: Link = Link { previous: NONE, next: NONE, list: NONE, tag: 0 };

/// Entries by small numbers, in the order of their turns.
#[derive(Debug)]
pub(super) struct Rounds {
    links: Vec<Link>,
    heads: Box<[u32]>,
    tails: Box<[u32]>,
    /// Which lists of the ring hold anything, and which of these words aren't 0.
    words: [u64; WORDS],
    summary: u64,
    /// No entry of the ring is of an earlier round.
    base: u64,
    /// No entry of the ring is of a later round.
    top: u64,
    /// The base when the far list was last looked through.
    looked: u64,
    in_ring: usize,
    length: usize,
}

impl Rounds {
    pub(super) fn new() -> Self {
        Rounds {
            links: Vec::new(),
            heads: vec![NONE; LISTS].into(),
            tails: vec![NONE; LISTS].into(),
            words: [0; WORDS],
            summary: 0,
            base: 0,
            top: 0,
            looked: 0,
            in_ring: 0,
            length: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// Files an entry anew, at the end of its round.
    pub(super) fn insert(&mut self, id: u32, turn: Turn) {
        self.remove(id);
        if self.links.len() <= id as usize {
            self.links.resize(id as usize + 1, LOOSE);
        }
        self.length += 1;
        match turn {
            Turn::Urgent => self.append(id, URGENT, 0),
            Turn::At(tag) => self.file(id, tag),
        }
    }

    fn file(&mut self, id: u32, tag: u64) {
        let round = tag >> QUANTUM_BITS;
        let has_far = self.heads[FAR as usize] != NONE;
        if self.in_ring == 0 {
            if !has_far {
                self.looked = round;
            } else if round >= self.looked + RING {
                return self.append(id, FAR, tag);
            }
            (self.base, self.top) = (round, round);
            // What goes to the far list from now on is measured from here.
            self.looked = self.looked.min(round);
        } else if round < self.base {
            self.look_back(round);
        } else if round >= self.base + RING {
            return self.append(id, FAR, tag);
        }
        self.top = self.top.max(round);
        self.in_ring += 1;
        let place = round % RING;
        self.append(id, place as u32, tag);
        self.words[(place / 64) as usize] |= 1 << (place % 64);
        self.summary |= 1 << (place / 64);
    }

    fn append(&mut self, id: u32, list: u32, tag: u64) {
        let last = self.tails[list as usize];
        self.links[id as usize] = Link { previous: last, next: NONE, list, tag };
        match last {
            NONE => self.heads[list as usize] = id,
            last => self.links[last as usize].next = id,
        }
        self.tails[list as usize] = id;
    }

    /// Takes an entry out, wherever it is. Whether it was there.
    pub(super) fn remove(&mut self, id: u32) -> bool {
        let Some(link) = self.links.get(id as usize).copied().filter(|link| link.list != NONE) else { return false };
        self.unlink(id, link);
        self.length -= 1;
        true
    }

    fn unlink(&mut self, id: u32, link: Link) {
        match link.previous {
            NONE => self.heads[link.list as usize] = link.next,
            previous => self.links[previous as usize].next = link.next,
        }
        match link.next {
            NONE => self.tails[link.list as usize] = link.previous,
            next => self.links[next as usize].previous = link.previous,
        }
        self.links[id as usize] = LOOSE;
        if link.list < URGENT {
            self.in_ring -= 1;
            if self.heads[link.list as usize] == NONE {
                let word = (link.list / 64) as usize;
                self.words[word] &= !(1 << (link.list % 64));
                if self.words[word] == 0 {
                    self.summary &= !(1 << word);
                }
            }
        }
    }

    /// Whose turn it is, and since when it could have been.
    pub(super) fn first(&mut self) -> Option<(u32, Turn)> {
        if self.heads[URGENT as usize] != NONE {
            return Some((self.heads[URGENT as usize], Turn::Urgent));
        }
        if self.length == 0 {
            return None;
        }
        if self.in_ring == 0 {
            self.jump();
        }
        let mut round = self.earliest()?;
        if round >= self.looked + RING / 2 && self.heads[FAR as usize] != NONE {
            // What is far may be as near as this by now.
            self.bring_near(self.base);
            round = self.earliest()?;
        }
        self.base = round;
        let id = self.heads[(round % RING) as usize];
        Some((id, Turn::At(self.links.get(id as usize)?.tag)))
    }

    /// The first round of the ring that holds anything.
    fn earliest(&self) -> Option<u64> {
        let start = self.base % RING;
        let (word, bit) = ((start / 64) as usize, start % 64);
        let rest = self.words[word] & (u64::MAX << bit);
        let place = if rest != 0 {
            word as u64 * 64 + u64::from(rest.trailing_zeros())
        } else {
            let later = self.summary & (u64::MAX << word << 1);
            let found = if later != 0 { later } else { self.summary };
            if found == 0 {
                return None;
            }
            let word = found.trailing_zeros();
            u64::from(word) * 64 + u64::from(self.words[word as usize].trailing_zeros())
        };
        Some(self.base + (place + RING - start) % RING)
    }

    /// Nothing is near: goes on to the first round of those that are far.
    fn jump(&mut self) {
        let mut id = self.heads[FAR as usize];
        let mut least = u64::MAX;
        while let Some(link) = self.links.get(id as usize) {
            least = least.min(link.tag);
            id = link.next;
        }
        let round = least >> QUANTUM_BITS;
        (self.base, self.top) = (round, round);
        self.bring_near(round);
    }

    /// Somebody comes whose round is before that of all others in the ring: who is too far ahead of it leaves the ring.
    fn look_back(&mut self, round: u64) {
        if self.top - round >= RING {
            self.top = round;
            for place in 0..RING as u32 {
                let mut id = self.heads[place as usize];
                while let Some(link) = self.links.get(id as usize).copied() {
                    if link.tag >> QUANTUM_BITS >= round + RING {
                        self.unlink(id, link);
                        self.append(id, FAR, link.tag);
                    } else {
                        self.top = self.top.max(link.tag >> QUANTUM_BITS);
                    }
                    id = link.next;
                }
            }
        }
        self.base = round;
        self.looked = self.looked.min(round);
    }

    /// Files what is in reach of `base` in the ring.
    fn bring_near(&mut self, base: u64) {
        self.looked = base;
        let (mut id, last) = (self.heads[FAR as usize], self.tails[FAR as usize]);
        while let Some(link) = self.links.get(id as usize).copied() {
            if link.tag >> QUANTUM_BITS < base + RING {
                self.unlink(id, link);
                self.file(id, link.tag);
            }
            // What comes to stand behind it meanwhile is far from those that are filed: looking at it again would never end.
            if id == last {
                break;
            }
            id = link.next;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(round: u64) -> Turn {
        Turn::At(round << QUANTUM_BITS)
    }

    #[test]
    fn within_a_round_the_first_who_came_is_first() {
        let mut rounds = Rounds::new();
        for (id, turn) in [(3, at(7)), (1, at(5)), (2, Turn::At((5 << QUANTUM_BITS) + 9)), (0, at(5)), (9, Turn::Urgent)] {
            rounds.insert(id, turn);
        }
        let mut order = Vec::new();
        while let Some((id, _)) = rounds.first() {
            order.push(id);
            rounds.remove(id);
        }
        assert_eq!(order, [9, 1, 2, 0, 3]);
        assert_eq!(rounds.len(), 0);
    }

    #[test]
    fn who_comes_before_all_that_is_far_does_not_hide_what_is_nearer() {
        let mut rounds = Rounds::new();
        for (id, round) in [(0, 18_220), (12, 12_864), (12, 16_960), (33, 0), (2, 4_096)] {
            rounds.insert(id, at(round));
        }
        rounds.remove(33);
        rounds.insert(0, at(3_774));
        let mut order = Vec::new();
        while let Some((id, _)) = rounds.first() {
            order.push(id);
            rounds.remove(id);
        }
        assert_eq!(order, [0, 2, 12]);
    }

    proptest! {
        /// Compared with a sorted list: the round of the first is the least one, whatever is filed where and when.
        #[test]
        fn the_first_is_of_the_earliest_round(steps in proptest::collection::vec((0u32..40, 0u64..20_000, 0u8..4), 1..400)) {
            let mut rounds = Rounds::new();
            let mut model: std::collections::BTreeMap<u32, u64> = std::collections::BTreeMap::new();
            let mut floor = 0;
            for (id, ahead, what) in steps {
                match what {
                    // Nobody is ever filed before the round that was served last.
                    0 | 1 => {
                        let round = floor + ahead * u64::from(what) + ahead / 100;
                        rounds.insert(id, at(round));
                        model.insert(id, round);
                    }
                    2 => prop_assert_eq!(rounds.remove(id), model.remove(&id).is_some()),
                    _ => {
                        let least = model.values().min().copied();
                        let first = rounds.first();
                        prop_assert_eq!(first.is_some(), least.is_some());
                        if let (Some((id, Turn::At(tag))), Some(least)) = (first, least) {
                            prop_assert_eq!(tag >> QUANTUM_BITS, least);
                            prop_assert_eq!(model.remove(&id), Some(least));
                            rounds.remove(id);
                            floor = least;
                        }
                    }
                }
                prop_assert_eq!(rounds.len(), model.len());
            }
        }
    }
}
