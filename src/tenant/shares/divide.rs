//! How a limit is divided among those who want of it: pure, and the same in every proxy that knows the same.

/// One who may have something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Part {
    /// As much as it could use.
    pub(super) want: u64,
    /// What it can't give up.
    pub(super) fixed: u64,
    /// Its part of what isn't enough for all.
    pub(super) weight: u64,
    /// Where units can't be divided: whoever has most gets one first.
    pub(super) arrears: i64,
    /// Whether it has one more than what is whole of its part already: a bonus, so that units don't go to and fro.
    pub(super) holds: u64,
}

/// Parts of a unit that are counted.
const FINE: u128 = 1000;
/// Whoever has a unit keeps it until others have waited for so much longer (thousandths of a unit times seconds).
const BONUS: i64 = 1000;

/// What each should have, in thousandths: first what it can't give up, then what it wants in the proportion of weights (nobody more than it wants),
/// and what nobody wants goes to all evenly.
pub(super) fn ideal(limit: u64, parts: &[Part]) -> Vec<u128> {
    let limit = u128::from(limit) * FINE;
    let fixed: u128 = parts.iter().map(|part| u128::from(part.fixed) * FINE).sum();
    if fixed > limit {
        return parts.iter().map(|part| u128::from(part.fixed) * FINE * limit / fixed).collect();
    }
    let mut given: Vec<u128> = parts.iter().map(|part| u128::from(part.fixed) * FINE).collect();
    let mut left = limit - fixed;
    let mut hungry: Vec<usize> = (0..parts.len()).collect();
    loop {
        let unmet = |index: &usize| {
            let part = parts.get(*index)?;
            let unmet = (u128::from(part.want) * FINE).checked_sub(*given.get(*index)?)?;
            (unmet > 0).then_some((*index, unmet, u128::from(part.weight.max(1))))
        };
        let waiting: Vec<(usize, u128, u128)> = hungry.iter().filter_map(unmet).collect();
        let weights: u128 = waiting.iter().map(|(_, _, weight)| weight).sum();
        if waiting.is_empty() || left == 0 {
            break;
        }
        let (met, others): (Vec<_>, Vec<_>) = waiting.iter().partition(|(_, unmet, weight)| *unmet <= left * weight / weights);
        let all_get_their_part = met.is_empty();
        let before = left;
        for (index, unmet, weight) in if all_get_their_part { &others } else { &met } {
            let amount = if all_get_their_part { before * weight / weights } else { *unmet };
            if let Some(given) = given.get_mut(*index) {
                *given += amount;
            }
            left -= amount;
        }
        if all_get_their_part {
            return given;
        }
        hungry = others.iter().map(|(index, _, _)| *index).collect();
    }
    let count = given.len().max(1) as u128;
    given.iter_mut().for_each(|given| *given += left / count);
    given
}

/// What each should have in whole units: no more together than the limit. What is left over goes to those who have waited longest for it.
pub(super) fn whole(limit: u64, ideal: &[u128], parts: &[Part]) -> Vec<u64> {
    let mut given: Vec<u64> = ideal.iter().map(|fine| u64::try_from(fine / FINE).unwrap_or(u64::MAX)).collect();
    let mut left = limit.saturating_sub(given.iter().fold(0, |sum: u64, given| sum.saturating_add(*given)));
    let mut order: Vec<usize> = (0..parts.len()).filter(|index| ideal.get(*index).is_some_and(|fine| fine % FINE > 0)).collect();
    order.sort_by_key(|index| {
        let (fraction, part, floor) = (ideal.get(*index).map_or(0, |fine| fine % FINE), parts.get(*index), given.get(*index));
        let claim = part.zip(floor).map_or(0, |(part, floor)| {
            let bonus = if part.holds > *floor { BONUS } else { 0 };
            part.arrears.saturating_add(bonus).saturating_add(i64::try_from(fraction).unwrap_or(0))
        });
        std::cmp::Reverse(claim)
    });
    for index in order {
        if left == 0 {
            break;
        }
        if let Some(given) = given.get_mut(index) {
            *given += 1;
            left -= 1;
        }
    }
    given
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn part(want: u64, weight: u64) -> Part {
        Part { want, fixed: 0, weight, arrears: 0, holds: 0 }
    }

    fn divided(limit: u64, parts: &[Part]) -> Vec<u64> {
        whole(limit, &ideal(limit, parts), parts)
    }

    #[test]
    fn by_need_then_by_weight() {
        assert_eq!(divided(100, &[part(10, 1), part(1000, 1), part(1000, 1)]), [10, 45, 45]);
        assert_eq!(divided(100, &[part(1000, 1), part(1000, 3)]), [25, 75]);
        assert_eq!(divided(100, &[part(10, 1), part(20, 9)]), [45, 55]);
        assert_eq!(divided(100, &[part(0, 1), part(0, 1), part(0, 1)]), [34, 33, 33]);
        assert_eq!(divided(1, &[part(5, 1), part(5, 1), part(5, 1)]), [1, 0, 0]);
        assert_eq!(divided(0, &[part(5, 1)]), [0]);
    }

    #[test]
    fn what_is_fixed_stays() {
        let fixed = |fixed, want| Part { fixed, ..part(want, 1) };
        assert_eq!(divided(10, &[fixed(7, 7), fixed(0, 20), fixed(1, 20)]), [7, 1, 2]);
        assert_eq!(divided(10, &[fixed(20, 20), fixed(20, 20)]), [5, 5]);
    }

    #[test]
    fn whoever_waits_is_next() {
        let mut parts = [part(1, 1), part(1, 1), part(1, 1)];
        parts[0].holds = 1;
        assert_eq!(divided(1, &parts), [1, 0, 0]);
        parts[2].arrears = 900;
        assert_eq!(divided(1, &parts), [1, 0, 0]);
        parts[2].arrears = 1100;
        assert_eq!(divided(1, &parts), [0, 0, 1]);
    }

    proptest! {
        #[test]
        fn never_more_than_there_is_and_nothing_is_left(
            limit in 0u64..2000,
            parts in prop::collection::vec((0u64..500, 0u64..50, 0u64..20, -2000i64..2000, 0u64..100), 1..9),
        ) {
            let parts: Vec<Part> = parts.into_iter()
                .map(|(want, fixed, weight, arrears, holds)| Part { want, fixed: fixed.min(want), weight, arrears, holds }).collect();
            let given = divided(limit, &parts);
            prop_assert_eq!(given.iter().sum::<u64>(), limit);
            let wanted: u64 = parts.iter().map(|part| part.want).sum();
            if wanted <= limit {
                prop_assert!(given.iter().zip(&parts).all(|(given, part)| *given >= part.want));
            }
        }
    }
}
