//! What a run came to: figures for each tenant, group and phase, how fairly they were served, and the same as JSON.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use serde::Serialize;

use super::{
    plan::{Group, Pace, Phase, Plan, Protocol},
    tally::{Latencies, Row, Tally},
    timeline::Timeline,
};

/// A timer that is later than that with one transaction in a hundred has distorted them.
const LATE_MS: f64 = 10.0;

/// A finished run. Its JSON is documented in docs/bench.md; a change of what is there changes `version`.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Report {
    version: u32,
    pub(super) program: &'static str,
    /// Seconds since 1970.
    pub(super) began: u64,
    pub(super) warm_up: f64,
    /// What was measured, in seconds.
    pub(super) duration: f64,
    pub(super) interrupted: bool,
    pub(super) groups: Vec<GroupFacts>,
    pub(super) phases: Vec<PhaseFigures>,
    /// Everything, warm-up and changes included.
    pub(super) total: Totals,
    pub(super) beside: Vec<Beside>,
    pub(super) timeline: Vec<SecondFigures>,
    pub(super) notes: Vec<String>,
}

/// What a group was asked to do.
#[derive(Clone, Debug, Serialize)]
pub(super) struct GroupFacts {
    pub(super) name: String,
    pub(super) tenants: usize,
    pub(super) clients_per_tenant: usize,
    pub(super) mix: String,
    pub(super) protocol: &'static str,
    /// Transactions per second of each tenant, in an open loop.
    pub(super) rate: Option<f64>,
    /// Seconds after the warm-up; negative within it.
    pub(super) start: f64,
    pub(super) stop: f64,
}

/// A part of the run in which the same groups were at work. Seconds count from the end of the warm-up.
#[derive(Clone, Debug, Serialize)]
pub(super) struct PhaseFigures {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) groups: Vec<GroupFigures>,
}

/// A group in a phase.
#[derive(Clone, Debug, Serialize)]
pub(super) struct GroupFigures {
    pub(super) group: String,
    /// All of its tenants together.
    pub(super) all: Figures,
    /// Between its tenants, where it has several.
    pub(super) fairness: Option<Fairness>,
    pub(super) tenants: Vec<TenantFigures>,
}

/// A tenant in a phase.
#[derive(Clone, Debug, Serialize)]
pub(super) struct TenantFigures {
    pub(super) tenant: String,
    #[serde(flatten)]
    pub(super) figures: Figures,
}

/// What somebody got. Times are milliseconds.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Figures {
    pub(super) transactions: u64,
    pub(super) per_second: f64,
    /// By SQLSTATE.
    pub(super) errors: BTreeMap<String, u64>,
    pub(super) latency_ms: Option<Latency>,
    /// From the sending, where `latency_ms` is corrected for coordinated omission.
    pub(super) uncorrected_ms: Option<Latency>,
    /// How long a transaction that was due waited for one of its tenant's clients, on average.
    pub(super) wait_ms: f64,
    pub(super) connects: u64,
    pub(super) connect_ms: Option<Latency>,
    /// Due and never sent.
    pub(super) missed: u64,
    /// Sent and never answered.
    pub(super) unfinished: u64,
    /// How late the generator's own timer was: the 99th percentile.
    pub(super) generator_late_ms: Option<f64>,
    /// For the pictures: nines (1 is 90 %, 2 is 99 %) and milliseconds.
    #[serde(skip)]
    pub(super) curve: Vec<(f64, f64)>,
}

/// Percentiles.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Latency {
    pub(super) count: u64,
    pub(super) mean: f64,
    pub(super) min: f64,
    pub(super) p50: f64,
    pub(super) p90: f64,
    pub(super) p95: f64,
    pub(super) p99: f64,
    pub(super) p99_9: f64,
    pub(super) p99_99: f64,
    pub(super) max: f64,
}

/// What tenants are compared by.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Measure {
    /// Transactions per second, of a closed loop.
    PerSecond,
    /// What was done of all that was due: chance alone gives tenants of an open loop more or less to do.
    Answered,
}

/// How evenly the tenants of a group were served.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub(super) struct Fairness {
    pub(super) by: Measure,
    pub(super) worst: f64,
    pub(super) best: f64,
    /// 1 where all got the same.
    pub(super) worst_to_best: f64,
    /// Jain's index: 1 where all got the same, 1/n where one of n got all.
    pub(super) jain: f64,
}

/// Sums over the whole run.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Totals {
    pub(super) transactions: u64,
    pub(super) failed: u64,
    pub(super) errors: BTreeMap<String, ErrorFigures>,
    pub(super) connects: u64,
    pub(super) missed: u64,
    pub(super) unfinished: u64,
}

/// An SQLSTATE, and what came with it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ErrorFigures {
    pub(super) count: u64,
    pub(super) example: String,
}

/// A tenant beside others that came later, compared with the phase before they came.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Beside {
    pub(super) group: String,
    pub(super) tenant: String,
    /// Who came.
    pub(super) others: Vec<String>,
    /// The number of the phase.
    pub(super) phase: usize,
    /// New over old.
    pub(super) per_second: f64,
    pub(super) p50: f64,
    pub(super) p99: f64,
}

/// A second of the run, for all groups.
#[derive(Clone, Debug, Serialize)]
pub(super) struct SecondFigures {
    /// When it ended, in seconds after the warm-up.
    pub(super) at: f64,
    pub(super) groups: Vec<GroupSecond>,
}

/// A group's second.
#[derive(Clone, Debug, Serialize)]
pub(super) struct GroupSecond {
    pub(super) transactions: u64,
    pub(super) failed: u64,
    pub(super) p50_ms: Option<f64>,
    pub(super) p99_ms: Option<f64>,
}

impl Latency {
    fn of(latencies: &Latencies) -> Latency {
        let at = |quantile| millis(latencies.value_at_quantile(quantile));
        Latency {
            count: latencies.len(),
            mean: latencies.mean() / 1000.0,
            min: millis(latencies.min()),
            p50: at(0.5),
            p90: at(0.9),
            p95: at(0.95),
            p99: at(0.99),
            p99_9: at(0.999),
            p99_99: at(0.9999),
            max: millis(latencies.max()),
        }
    }
}

fn millis(micros: u64) -> f64 {
    micros as f64 / 1000.0
}

impl Figures {
    fn of(tally: &Tally, seconds: f64) -> Figures {
        let answered = tally.latencies.get();
        let waits = answered.map_or(0, hdrhistogram::Histogram::len);
        Figures {
            transactions: tally.done,
            per_second: if seconds > 0.0 { tally.done as f64 / seconds } else { 0.0 },
            errors: tally.failures.iter().map(|(state, failures)| (state.clone(), failures.count)).collect(),
            latency_ms: answered.map(Latency::of),
            uncorrected_ms: tally.service.get().map(Latency::of),
            wait_ms: if waits > 0 { tally.waited as f64 / waits as f64 / 1000.0 } else { 0.0 },
            connects: tally.connects.get().map_or(0, hdrhistogram::Histogram::len),
            connect_ms: tally.connects.get().map(Latency::of),
            missed: tally.missed,
            unfinished: tally.unfinished,
            generator_late_ms: tally.lateness.get().map(|late| millis(late.value_at_quantile(0.99))),
            curve: answered.map(curve).unwrap_or_default(),
        }
    }

    /// How many failed.
    pub(super) fn failed(&self) -> u64 {
        self.errors.values().sum()
    }
}

/// Percentiles in steps of a tenth of a nine, as far as there are values to tell them apart.
fn curve(latencies: &Latencies) -> Vec<(f64, f64)> {
    let most = (latencies.len() as f64).log10();
    let steps = (0..=70).map(|step| f64::from(step) / 10.0).take_while(|nines| *nines <= most + 0.05);
    steps.map(|nines| (nines, millis(latencies.value_at_quantile(1.0 - 10_f64.powf(-nines))))).collect()
}

impl Fairness {
    /// Of shares that should be equal; `None` where there is nothing to compare.
    pub(super) fn of(by: Measure, shares: &[f64]) -> Option<Fairness> {
        let sum: f64 = shares.iter().sum();
        if shares.len() < 2 || sum <= 0.0 {
            return None;
        }
        let worst = shares.iter().copied().fold(f64::INFINITY, f64::min);
        let best = shares.iter().copied().fold(0.0, f64::max);
        let squares: f64 = shares.iter().map(|share| share * share).sum();
        let jain = sum * sum / (shares.len() as f64 * squares);
        Some(Fairness { by, worst, best, worst_to_best: worst / best, jain })
    }
}

impl Report {
    /// Adds a run up. `ended` is when it was over; rows have the plan's order.
    pub(super) fn new(plan: &Plan, rows: &[Row], timeline: &Timeline, ended: Duration, started: SystemTime) -> Report {
        let seconds = |moment: Duration| moment.as_secs_f64() - plan.warm_up.as_secs_f64();
        let groups = plan.groups.iter().map(|group| facts(group, &seconds)).collect();
        let phases: Vec<PhaseFigures> = plan
            .phases
            .iter()
            .enumerate()
            .filter(|(_, phase)| phase.from < ended)
            .map(|(number, phase)| PhaseFigures {
                from: seconds(phase.from),
                to: seconds(phase.to.min(ended)),
                groups: of_phase(plan, rows, number, phase, ended),
            })
            .collect();
        let mut report = Report {
            version: 1,
            program: concat!("pgtenant ", env!("CARGO_PKG_VERSION")),
            began: started.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs()),
            warm_up: plan.warm_up.as_secs_f64(),
            duration: seconds(ended).max(0.0),
            interrupted: ended < plan.end,
            groups,
            beside: beside(&phases),
            phases,
            total: totals(rows),
            timeline: seconds_of(plan, timeline),
            notes: Vec::new(),
        };
        report.notes = report.take_notes();
        report
    }

    /// As documented.
    pub(super) fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// What makes figures worth less than they look.
    fn take_notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        for group in self.phases.iter().flat_map(|phase| &phase.groups) {
            let name = &group.group;
            if let Some(late) = group.all.generator_late_ms.filter(|late| *late > LATE_MS) {
                notes.push(format!("{name}: the load generator's own timer was {late:.0} ms late (p99): this machine is too busy for it"));
            }
            if group.all.missed > 0 {
                notes.push(format!(
                    "{name}: {} transactions were due and had no client before the end: rate too high, or too few clients",
                    group.all.missed
                ));
            }
            if group.all.unfinished > 0 {
                notes.push(format!(
                    "{name}: {} transactions had no answer in the end; they count as if it had come then",
                    group.all.unfinished
                ));
            }
        }
        if self.interrupted {
            notes.push("interrupted: the figures are of what ran until then".to_owned());
        }
        notes
    }
}

fn facts(group: &Group, seconds: &dyn Fn(Duration) -> f64) -> GroupFacts {
    GroupFacts {
        name: group.name.clone(),
        tenants: group.tenants.len(),
        clients_per_tenant: group.clients,
        mix: group.mix.describe(),
        protocol: match group.protocol {
            Protocol::Simple => "simple",
            Protocol::Extended => "extended",
            Protocol::Prepared => "prepared",
        },
        rate: match group.pace {
            Pace::Open { per_second, .. } => Some(per_second),
            Pace::Closed { .. } => None,
        },
        start: seconds(group.start),
        stop: seconds(group.stop),
    }
}

fn of_phase(plan: &Plan, rows: &[Row], number: usize, phase: &Phase, ended: Duration) -> Vec<GroupFigures> {
    let seconds = phase.to.min(ended).saturating_sub(phase.from).as_secs_f64();
    let mut figures = Vec::new();
    let mut first = 0;
    for (group_number, group) in plan.groups.iter().enumerate() {
        let own = rows.iter().skip(first).take(group.tenants.len());
        first += group.tenants.len();
        if !phase.groups.contains(&group_number) {
            continue;
        }
        let (mut all, mut tenants) = (Tally::default(), Vec::new());
        for (tenant, row) in group.tenants.iter().zip(own) {
            let Some(tally) = row.phases.get(number) else { continue };
            all.add(tally, 3);
            tenants.push(TenantFigures { tenant: tenant.name.clone(), figures: Figures::of(tally, seconds) });
        }
        let by = if matches!(group.pace, Pace::Open { .. }) { Measure::Answered } else { Measure::PerSecond };
        let shares: Vec<f64> = tenants.iter().filter_map(|tenant| share(&tenant.figures, by)).collect();
        let all = Figures::of(&all, seconds);
        figures.push(GroupFigures { group: group.name.clone(), all, fairness: Fairness::of(by, &shares), tenants });
    }
    figures
}

/// What a tenant got, as it is compared with others. `None` where nothing was due.
fn share(figures: &Figures, by: Measure) -> Option<f64> {
    let due = figures.transactions + figures.failed() + figures.missed + figures.unfinished;
    match by {
        Measure::PerSecond => Some(figures.per_second),
        Measure::Answered => (due > 0).then(|| figures.transactions as f64 / due as f64),
    }
}

/// Each tenant in each later phase, beside what it got in its first.
fn beside(phases: &[PhaseFigures]) -> Vec<Beside> {
    let Some((first, later)) = phases.split_first() else { return Vec::new() };
    let before: Vec<&str> = first.groups.iter().map(|group| group.group.as_str()).collect();
    let mut found = Vec::new();
    for (number, phase) in later.iter().enumerate() {
        let came = phase.groups.iter().map(|group| &group.group).filter(|group| !before.contains(&group.as_str()));
        let others: Vec<String> = came.cloned().collect();
        for (old, new) in first.groups.iter().flat_map(|old| phase.groups.iter().map(move |new| (old, new))) {
            if old.group != new.group || others.is_empty() {
                continue;
            }
            for (old, tenant) in old.tenants.iter().zip(&new.tenants) {
                let (Some(was), Some(is)) = (old.figures.latency_ms, tenant.figures.latency_ms) else { continue };
                found.push(Beside {
                    group: new.group.clone(),
                    tenant: tenant.tenant.clone(),
                    others: others.clone(),
                    phase: number + 1,
                    per_second: ratio(tenant.figures.per_second, old.figures.per_second),
                    p50: ratio(is.p50, was.p50),
                    p99: ratio(is.p99, was.p99),
                });
            }
        }
    }
    found
}

fn ratio(new: f64, old: f64) -> f64 {
    if old > 0.0 { new / old } else { 0.0 }
}

fn totals(rows: &[Row]) -> Totals {
    let mut totals = Totals::default();
    for row in rows {
        let total = &row.total;
        totals.transactions += total.done;
        totals.failed += total.failed();
        totals.connects += total.connects.get().map_or(0, hdrhistogram::Histogram::len);
        totals.missed += total.missed;
        totals.unfinished += total.unfinished;
        for (state, failures) in &total.failures {
            let known = totals.errors.entry(state.clone()).or_insert_with(|| ErrorFigures { count: 0, example: failures.example.clone() });
            known.count += failures.count;
        }
    }
    totals
}

fn seconds_of(plan: &Plan, timeline: &Timeline) -> Vec<SecondFigures> {
    let last = usize::try_from(plan.end.as_secs()).unwrap_or(usize::MAX);
    (0..timeline.len(plan.threads).min(last))
        .map(|number| {
            let groups = timeline.second(number).iter().map(|interval| {
                let latencies = interval.latencies.as_ref().filter(|latencies| !latencies.is_empty());
                let at = |quantile| latencies.map(|latencies| millis(latencies.value_at_quantile(quantile)));
                GroupSecond { transactions: interval.done, failed: interval.failed, p50_ms: at(0.5), p99_ms: at(0.99) }
            });
            SecondFigures { at: (number + 1) as f64 - plan.warm_up.as_secs_f64(), groups: groups.collect() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::bench::tally::latencies;

    #[test]
    fn fairness_between_all_and_nothing() {
        let of = |shares: &[f64]| Fairness::of(Measure::PerSecond, shares).map(|fairness| (fairness.worst_to_best, fairness.jain));
        assert_eq!(of(&[5.0, 5.0, 5.0, 5.0]), Some((1.0, 1.0)));
        assert_eq!(of(&[8.0, 0.0, 0.0, 0.0]), Some((0.0, 0.25)));
        let (worst_to_best, jain) = of(&[1.0, 2.0, 3.0]).unwrap();
        assert!((worst_to_best - 1.0 / 3.0).abs() < 1e-9 && (jain - 36.0 / 42.0).abs() < 1e-9);
        assert_eq!(of(&[5.0]), None);
        assert_eq!(of(&[0.0, 0.0]), None);
    }

    #[test]
    fn percentiles_are_milliseconds() {
        let mut histogram = latencies(3).unwrap();
        (1..=1000_u64).for_each(|value| histogram.record(value * 1000).unwrap());
        let latency = Latency::of(&histogram);
        for (found, expected) in
            [(latency.p50, 500.0), (latency.p90, 900.0), (latency.p99, 990.0), (latency.max, 1000.0), (latency.mean, 500.5)]
        {
            assert!((found / expected - 1.0).abs() < 0.002, "{found} {expected}");
        }
        let curve = curve(&histogram);
        let (last, rising) = (curve.last().unwrap(), curve.windows(2).all(|pair| pair[0].1 <= pair[1].1));
        assert!((last.0 - 3.0).abs() < 1e-9 && rising, "three nines of a thousand: {curve:?}");
    }

    #[test]
    fn an_open_loop_is_judged_by_what_was_due() {
        let figures = |done, missed| Figures { transactions: done, missed, per_second: done as f64, ..Figures::default() };
        let share = |done, missed| share(&figures(done, missed), Measure::Answered);
        assert_eq!([share(5, 0), share(9, 0), share(3, 1), share(0, 0)], [Some(1.0), Some(1.0), Some(0.75), None]);
    }

    fn phase(groups: &[(&str, f64, f64)]) -> PhaseFigures {
        let groups = groups.iter().map(|(name, per_second, p99)| {
            let latency_ms = Some(Latency { p50: 1.0, p99: *p99, ..Latency::default() });
            let figures = Figures { per_second: *per_second, latency_ms, ..Figures::default() };
            let tenants = vec![TenantFigures { tenant: (*name).to_owned(), figures: figures.clone() }];
            GroupFigures { group: (*name).to_owned(), all: figures, fairness: None, tenants }
        });
        PhaseFigures { from: 0.0, to: 1.0, groups: groups.collect() }
    }

    #[test]
    fn who_was_there_before_is_compared_with_itself() {
        let found = beside(&[phase(&[("b", 100.0, 2.0)]), phase(&[("b", 50.0, 6.0), ("flood", 9.0, 1.0)]), phase(&[("b", 90.0, 2.0)])]);
        assert_eq!(found.len(), 1, "only where somebody came: {found:?}");
        assert_eq!((found[0].tenant.as_str(), found[0].per_second, found[0].p99, found[0].phase), ("b", 0.5, 3.0, 1));
        assert_eq!(found[0].others, ["flood"]);
    }
}
