//! A scenario that has been checked: who runs what, when, and the phases that the run falls into.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use serde::Deserialize;

use super::{
    BenchError,
    mix::{Mix, Tables},
    names,
    scenario::{GroupText, OneOrMany, Scenario, VariableText},
    schedule::Arrivals,
    script::{Source, Variables},
    target::{Environment, target},
};
use crate::{backend::control::Control, config::Period};

/// How long a run measures where nobody says.
pub(super) const DURATION: Period = Period(Duration::from_secs(10));
const WARM_UP: Period = Period(Duration::from_secs(1));
const SETTLE: Period = Period(Duration::from_millis(500));
const GRACE: Period = Period(Duration::from_secs(10));
const CLIENTS: usize = 4;

/// How statements are sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// Text with the values in it
    #[default]
    Simple,
    /// Parsed each time, with parameters
    Extended,
    /// Parsed once per connection, with parameters
    Prepared,
}

/// When clients connect.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum ConnectWhen {
    /// Before the run begins
    #[default]
    Before,
    /// When their group starts
    Start,
    /// For each transaction: a storm
    Each,
}

/// How a client goes from one transaction to the next.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Pace {
    /// When the last one is done, after a pause. Where `expected` is given, what a slower answer kept from being asked is counted too.
    Closed { think: Duration, expected: Option<Duration> },
    /// When they are due, so many per second of each tenant.
    Open { per_second: f64, arrivals: Arrivals },
}

/// Tenants that do the same.
pub(super) struct Group {
    pub(super) name: String,
    pub(super) tenants: Vec<Tenant>,
    /// Of each tenant.
    pub(super) clients: usize,
    pub(super) mix: Mix,
    pub(super) protocol: Protocol,
    pub(super) pace: Pace,
    pub(super) connect: ConnectWhen,
    /// Counted from the beginning of the warm-up.
    pub(super) start: Duration,
    pub(super) stop: Duration,
    pub(super) ramp: Duration,
}

/// One of them.
pub(super) struct Tenant {
    pub(super) name: String,
    pub(super) target: Arc<Control>,
}

/// A part of the run in which the same groups are at work.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Phase {
    /// Counted from the beginning of the warm-up.
    pub(super) from: Duration,
    pub(super) to: Duration,
    /// Numbers of the groups.
    pub(super) groups: Vec<usize>,
}

/// The whole run.
pub(super) struct Plan {
    pub(super) groups: Vec<Group>,
    pub(super) phases: Vec<Phase>,
    pub(super) warm_up: Duration,
    /// Counted from the beginning of the warm-up.
    pub(super) end: Duration,
    pub(super) grace: Duration,
    pub(super) threads: usize,
    pub(super) seed: u64,
}

impl Plan {
    /// Checks a scenario.
    ///
    /// # Errors
    /// The first thing that is wrong, and in which group.
    pub(super) fn new(scenario: &Scenario, environment: Environment<'_>) -> Result<Plan, BenchError> {
        let duration = scenario.duration.unwrap_or(DURATION).0;
        let warm_up = scenario.warm_up.unwrap_or(WARM_UP).0;
        if duration.is_zero() {
            return Err(BenchError::NoTime);
        }
        let end = warm_up + duration;
        let mut groups = Vec::new();
        for (name, text) in &scenario.groups {
            groups.push(Checker { scenario, name, text, environment, warm_up, end }.group()?);
        }
        if groups.is_empty() {
            return Err(BenchError::NoGroup);
        }
        let phases = phases(&groups, warm_up, end, scenario.settle.unwrap_or(SETTLE).0);
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let plan = Plan {
            phases,
            warm_up,
            end,
            grace: scenario.grace.unwrap_or(GRACE).0,
            threads: scenario.threads.unwrap_or(cores).clamp(1, 256),
            seed: scenario.seed.unwrap_or(1),
            groups,
        };
        Ok(plan)
    }

    /// The phase that a moment belongs to. The warm-up, and the time after a change, belong to none.
    pub(super) fn phase_at(&self, moment: Duration) -> Option<usize> {
        self.phases.iter().position(|phase| phase.from <= moment && moment < phase.to)
    }

    /// How many tenants, once for each group that they are in.
    pub(super) fn rows(&self) -> usize {
        self.groups.iter().map(|group| group.tenants.len()).sum()
    }

    /// How many clients.
    pub(super) fn clients(&self) -> usize {
        self.groups.iter().map(|group| group.tenants.len() * group.clients).sum()
    }
}

/// A new phase begins where a group starts or stops. What happens within `settle` of that is in no phase.
fn phases(groups: &[Group], warm_up: Duration, end: Duration, settle: Duration) -> Vec<Phase> {
    let mut edges: Vec<Duration> = groups.iter().flat_map(|group| [group.start, group.stop]).chain([warm_up, end]).collect();
    edges.retain(|edge| (warm_up..=end).contains(edge));
    edges.sort_unstable();
    edges.dedup();
    let between = edges.iter().zip(edges.iter().skip(1));
    let phases = between.map(|(from, to)| {
        let at_work = |(_, group): &(usize, &Group)| group.start <= *from && group.stop >= *to;
        let groups = groups.iter().enumerate().filter(at_work).map(|(number, _)| number).collect();
        let from = if *from == warm_up { *from } else { *from + settle };
        Phase { from, to: *to, groups }
    });
    phases.filter(|phase| phase.from < phase.to).collect()
}

/// What it takes to check one group.
struct Checker<'a> {
    scenario: &'a Scenario,
    name: &'a str,
    text: &'a GroupText,
    environment: Environment<'a>,
    warm_up: Duration,
    end: Duration,
}

impl Checker<'_> {
    fn wrong(&self, why: impl Into<String>) -> BenchError {
        BenchError::Group { group: self.name.to_owned(), why: why.into() }
    }

    fn group(&self) -> Result<Group, BenchError> {
        let text = self.text;
        let clients = text.clients.unwrap_or(CLIENTS);
        if clients == 0 {
            return Err(self.wrong("`clients` is 0"));
        }
        let (start, stop) = self.times()?;
        let group = Group {
            name: self.name.to_owned(),
            tenants: self.tenants()?,
            clients,
            mix: self.mix()?,
            protocol: text.protocol.unwrap_or_default(),
            pace: self.pace()?,
            connect: text.connect.unwrap_or_default(),
            start,
            stop,
            ramp: text.ramp.map_or(Duration::ZERO, |ramp| ramp.0),
        };
        if group.start + group.ramp > group.stop {
            return Err(self.wrong("`ramp` lasts longer than the group runs"));
        }
        Ok(group)
    }

    /// A group that starts at once takes part in the warm-up.
    fn times(&self) -> Result<(Duration, Duration), BenchError> {
        let start = self.text.start.filter(|start| !start.0.is_zero()).map_or(Duration::ZERO, |start| self.warm_up + start.0);
        let stop = self.text.stop.map_or(self.end, |stop| (self.warm_up + stop.0).min(self.end));
        if start >= stop {
            return Err(self.wrong("it starts after its end, or after the run's"));
        }
        Ok((start, stop))
    }

    fn tenants(&self) -> Result<Vec<Tenant>, BenchError> {
        let patterns = match (&self.text.tenant, &self.text.tenants) {
            (Some(one), None) => vec![one.clone()],
            (None, Some(list)) => list.texts(),
            _ => return Err(self.wrong("it needs `tenant` or `tenants`, one of the two")),
        };
        let dsn = self.text.dsn.as_deref().or(self.scenario.dsn.as_deref());
        let mut tenants = Vec::new();
        for pattern in patterns {
            for name in names::expand(&pattern).map_err(|error| self.wrong(error.to_string()))? {
                let target = target(dsn, &name, self.environment).map_err(|error| self.wrong(error.to_string()))?;
                tenants.push(Tenant { name, target: Arc::new(target) });
            }
        }
        Ok(tenants)
    }

    fn mix(&self) -> Result<Mix, BenchError> {
        let text = self.text;
        let tables = Tables { table: text.table.clone(), key: text.key.clone(), rows: text.rows, scale: text.scale };
        let own: BTreeMap<String, Vec<String>> =
            self.scenario.scripts.iter().map(|(name, steps)| (name.clone(), OneOrMany::texts(steps))).collect();
        let both = self.scenario.variables.iter().chain(&text.variables);
        let variables: Variables = both.map(|(name, value)| (name.clone(), source(value))).collect();
        let words = text.mix.as_ref().map_or_else(|| "select".to_owned(), super::scenario::MixText::words);
        Mix::parse(&words, &own, &tables, &variables).map_err(|error| self.wrong(error.to_string()))
    }

    fn pace(&self) -> Result<Pace, BenchError> {
        let text = self.text;
        match text.rate {
            Some(rate) if !(rate.is_finite() && rate > 0.0 && rate <= 1e7) => Err(self.wrong("`rate` must be above 0")),
            Some(_) if text.think_time.is_some() || text.expected_interval.is_some() => {
                Err(self.wrong("`rate` makes an open loop, `think_time` and `expected_interval` belong to a closed one"))
            }
            Some(per_second) => Ok(Pace::Open { per_second, arrivals: text.arrivals.unwrap_or_default() }),
            None if text.arrivals.is_some() => Err(self.wrong("`arrivals` needs `rate`")),
            None => {
                let think = text.think_time.map_or(Duration::ZERO, |think| think.0);
                Ok(Pace::Closed {
                    think,
                    expected: text.expected_interval.map(|expected| expected.0).filter(|expected| !expected.is_zero()),
                })
            }
        }
    }
}

fn source(value: &VariableText) -> Source {
    match value {
        VariableText::Number(number) => Source::Range(*number, *number),
        VariableText::Text(text) => Source::parse(text),
        VariableText::Choice(texts) => Source::OneOf(texts.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(text: &str) -> Result<Plan, String> {
        let scenario: Scenario = toml::from_str(text).map_err(|error| error.to_string())?;
        let environment = |name: &str| (name == "PGHOST").then(|| "localhost".to_owned());
        Plan::new(&scenario, &environment).map_err(|error| error.to_string())
    }

    fn millis(phase: &Phase) -> (u128, u128, Vec<usize>) {
        (phase.from.as_millis(), phase.to.as_millis(), phase.groups.clone())
    }

    #[test]
    fn a_flood_in_the_middle_makes_three_phases() {
        let plan = plan(
            "duration = \"9s\"\n[groups.a]\ntenant = \"a\"\nmix = \"one\"\n[groups.flood]\ntenants = \"b{1..3}\"\nmix = \"sleep\"\n\
             start = \"3s\"\nstop = \"6s\"\nclients = 10\n",
        );
        let plan = plan.unwrap();
        let phases: Vec<_> = plan.phases.iter().map(millis).collect();
        assert_eq!(phases, [(1000, 4000, vec![0]), (4500, 7000, vec![0, 1]), (7500, 10_000, vec![0])]);
        assert_eq!((plan.rows(), plan.clients()), (4, 34));
        let at = |millis| plan.phase_at(Duration::from_millis(millis));
        assert_eq!(
            [at(999), at(1000), at(3999), at(4000), at(4500), at(9999), at(10_000)],
            [None, Some(0), Some(0), None, Some(1), Some(2), None]
        );
    }

    #[test]
    fn without_a_change_there_is_one_phase() {
        let plan = plan("warm_up = \"0s\"\n[groups.a]\ntenant = \"a\"\nstart = \"0s\"\n").unwrap();
        assert_eq!(plan.phases.iter().map(millis).collect::<Vec<_>>(), [(0, 10_000, vec![0])]);
        assert_eq!(plan.groups[0].start, Duration::ZERO);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (text, said) in [
            ("", "no group"),
            ("duration = \"0s\"\n[groups.a]\ntenant = \"a\"", "duration"),
            ("[groups.a]\n", "needs `tenant`"),
            ("[groups.a]\ntenant = \"a\"\ntenants = \"b\"", "one of the two"),
            ("[groups.a]\ntenant = \"a\"\nclients = 0", "`clients` is 0"),
            ("[groups.a]\ntenant = \"a\"\nrate = 0.0", "above 0"),
            ("[groups.a]\ntenant = \"a\"\nrate = 1.0\nthink_time = \"1s\"", "closed one"),
            ("[groups.a]\ntenant = \"a\"\narrivals = \"poisson\"", "needs `rate`"),
            ("[groups.a]\ntenant = \"a\"\nstart = \"10s\"", "starts after"),
            ("[groups.a]\ntenant = \"a\"\nstart = \"5s\"\nramp = \"6s\"", "`ramp`"),
            ("[groups.a]\ntenant = \"a\"\nmix = \"none\"", "no transaction"),
            ("[groups.a]\ntenant = \"a{\"", "braces"),
            ("[groups.a]\ntenant = \"a\"\ndsn = \"nonsense\"", "tenant a"),
        ] {
            let error = plan(text).map(|_| ()).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
