//! What each group did second by second.

use super::tally::Interval;

/// Seconds of the run, warm-up included, in each of them the groups.
pub(super) struct Timeline {
    groups: usize,
    seconds: Vec<Second>,
}

struct Second {
    groups: Vec<Interval>,
    /// What has come in of it.
    reports: usize,
}

impl Timeline {
    pub(super) fn new(groups: usize) -> Timeline {
        Timeline { groups, seconds: Vec::new() }
    }

    /// Takes what one of `threads` tells of one group. The second, where that was the last of it.
    pub(super) fn add(&mut self, second: u64, group: usize, interval: &Interval, threads: usize) -> Option<usize> {
        let number = usize::try_from(second).ok()?;
        while self.seconds.len() <= number {
            self.seconds.push(Second { groups: vec![Interval::new(); self.groups], reports: 0 });
        }
        let second = self.seconds.get_mut(number)?;
        second.groups.get_mut(group)?.add(interval);
        second.reports += 1;
        (second.reports == threads * self.groups).then_some(number)
    }

    /// What the groups did in a second.
    pub(super) fn second(&self, number: usize) -> &[Interval] {
        self.seconds.get(number).map_or(&[], |second| &second.groups)
    }

    /// The seconds of which all threads have told.
    pub(super) fn len(&self, threads: usize) -> usize {
        self.seconds.iter().take_while(|second| second.reports >= threads * self.groups).count()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_second_is_whole_when_all_threads_have_told() {
        let mut timeline = Timeline::new(2);
        let mut interval = Interval::new();
        interval.record(Duration::from_millis(1));
        let told: Vec<_> = [(0, 0), (0, 1), (1, 0), (0, 0), (0, 1)].map(|(second, group)| timeline.add(second, group, &interval, 2)).into();
        assert_eq!(told, [None, None, None, None, Some(0)]);
        assert_eq!(timeline.second(0).iter().map(|group| group.done).collect::<Vec<_>>(), [2, 2]);
        assert_eq!((timeline.len(2), timeline.second(7).len()), (1, 0));
    }
}
