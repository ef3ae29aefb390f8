//! Choices: drawn from a seed, kept, and played again with some of them changed, which is how a failure is made small.

/// The source of every choice of a generated script. Zero is always the simplest alternative.
pub struct Dice {
    seed: Option<u64>,
    choices: Vec<u32>,
    at: usize,
}

impl Dice {
    /// Draws anew.
    pub fn drawn(seed: u64) -> Dice {
        Dice { seed: Some(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1), choices: Vec::new(), at: 0 }
    }

    /// Plays these choices; where they end, the simplest alternatives.
    pub fn played(choices: Vec<u32>) -> Dice {
        Dice { seed: None, choices, at: 0 }
    }

    /// The choices that were made.
    pub fn taken(mut self) -> Vec<u32> {
        self.choices.truncate(self.at);
        self.choices
    }

    /// One of `count` alternatives.
    pub fn below(&mut self, count: usize) -> usize {
        if self.at == self.choices.len() {
            let choice = self.seed.as_mut().map_or(0, |seed| {
                // xorshift64*
                *seed ^= *seed >> 12;
                *seed ^= *seed << 25;
                *seed ^= *seed >> 27;
                (seed.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as u32
            });
            self.choices.push(choice);
        }
        let choice = self.choices[self.at];
        self.at += 1;
        choice as usize % count.max(1)
    }

    /// One time in `times`; the simplest alternative is no.
    pub fn rarely(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    /// One of a list.
    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

/// Smaller lists of choices to try instead of `choices`, largest cuts first.
pub fn smaller(choices: &[u32]) -> Vec<Vec<u32>> {
    let mut tries = Vec::new();
    let mut width = choices.len() / 2;
    while width > 0 {
        let mut start = 0;
        while start + width <= choices.len() {
            tries.push([&choices[..start], &choices[start + width..]].concat());
            start += width;
        }
        width /= 2;
        if tries.len() > 400 {
            break;
        }
    }
    for (at, choice) in choices.iter().enumerate().filter(|(_, choice)| **choice != 0) {
        let mut changed = choices.to_vec();
        changed[at] = 0;
        tries.push(changed);
        if *choice > 1 {
            let mut changed = choices.to_vec();
            changed[at] = choice / 2;
            tries.push(changed);
        }
    }
    tries
}
