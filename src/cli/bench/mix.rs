//! Which transactions a group of tenants runs, and how often: the kinds that are built in, and people's own.

use std::{collections::BTreeMap, time::Duration};

use super::{
    dice::Dice,
    script::{Script, Source, Variables, Written},
};

/// What there is, for the help and for errors.
pub(super) const KINDS: &str = "select, one, update, insert, tpcb, sleep[:SECONDS], heavy[:ROWS], rows[:ROWSxBYTES], idle[:SECONDS]";

/// Why a mix can't be run.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(super) enum MixError {
    /// Neither built in nor a script of the scenario.
    #[error("there is no transaction {0:?}: expected {KINDS}, or a script of the scenario")]
    Unknown(String),
    /// `sleep:long`.
    #[error("{0:?}: {1:?} isn't what this transaction takes; there are {KINDS}")]
    Parameter(String, String),
    /// `select=none`.
    #[error("{0:?} has no weight above 0 behind its `=`")]
    Weight(String),
    /// A script without a statement.
    #[error("script {0:?} has no statement")]
    Empty(String),
}

/// Where `select` reads, and pgbench's size.
#[derive(Clone, Debug, Default)]
pub(super) struct Tables {
    pub(super) table: Option<String>,
    pub(super) key: Option<String>,
    pub(super) rows: Option<u64>,
    pub(super) scale: Option<u64>,
}

/// Kinds of transactions with their weights.
#[derive(Clone, Debug)]
pub(super) struct Mix {
    scripts: Vec<(u64, Script)>,
    total: u64,
    /// Of all scripts together.
    pub(super) statements: usize,
}

impl Mix {
    /// `select=9,insert` in the words of the command line; `own` are the scenario's scripts.
    pub(super) fn parse(text: &str, own: &BTreeMap<String, Vec<String>>, tables: &Tables, variables: &Variables) -> Result<Mix, MixError> {
        let mut mix = Mix { scripts: Vec::new(), total: 0, statements: 0 };
        for part in text.split(',').map(str::trim) {
            let (name, weight) = match part.split_once('=') {
                None => (part, 1),
                Some((name, weight)) => {
                    let weight = weight.trim().parse().ok().filter(|weight| (1..=1_000_000).contains(weight));
                    (name.trim(), weight.ok_or_else(|| MixError::Weight(part.to_owned()))?)
                }
            };
            let (steps, mut names) = match own.get(name) {
                Some(statements) => (statements.iter().map(|sql| Written::Sql(sql.clone())).collect(), Variables::new()),
                None => built_in(name, tables)?,
            };
            if steps.is_empty() {
                return Err(MixError::Empty(name.to_owned()));
            }
            names.insert("tenant".to_owned(), Source::Tenant);
            names.insert("client".to_owned(), Source::Client);
            names.extend(variables.iter().map(|(name, source)| (name.clone(), source.clone())));
            mix.scripts.push((weight, Script::new(name, &steps, &names, &mut mix.statements)));
            mix.total += weight;
        }
        Ok(mix)
    }

    /// One of them, by weight.
    pub(super) fn choose(&self, dice: &mut Dice) -> Option<&Script> {
        let mut left = if self.scripts.len() > 1 { dice.below(self.total) } else { 0 };
        self.scripts.iter().find_map(|(weight, script)| match left.checked_sub(*weight) {
            None => Some(script),
            Some(rest) => {
                left = rest;
                None
            }
        })
    }

    /// For the report.
    pub(super) fn describe(&self) -> String {
        let alone = self.scripts.len() == 1;
        let words =
            self.scripts.iter().map(|(weight, script)| if alone { script.name.clone() } else { format!("{}={weight}", script.name) });
        words.collect::<Vec<_>>().join(",")
    }
}

/// The steps and the variables of a kind that is built in.
fn built_in(name: &str, tables: &Tables) -> Result<(Vec<Written>, Variables), MixError> {
    let (kind, parameter) = name.split_once(':').map_or((name, None), |(kind, parameter)| (kind, Some(parameter)));
    let wrong = || MixError::Parameter(name.to_owned(), parameter.unwrap_or_default().to_owned());
    let seconds = |default: &str| {
        let text = parameter.unwrap_or(default);
        let seconds = text.parse::<f64>().ok().filter(|seconds| (0.0..=3600.0).contains(seconds));
        seconds.ok_or_else(wrong)
    };
    let sql = |texts: &[&str]| texts.iter().map(|text| Written::Sql((*text).to_owned())).collect::<Vec<_>>();
    if parameter.is_some() && !matches!(kind, "sleep" | "heavy" | "rows" | "idle") {
        return Err(wrong());
    }
    let steps = match kind {
        "select" => return Ok(select(tables)),
        "one" => sql(&["SELECT 1"]),
        "update" => sql(&["UPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = :aid"]),
        "insert" => sql(&[INSERT]),
        "tpcb" => sql(&[
            "BEGIN",
            "UPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = :aid",
            "SELECT abalance FROM pgbench_accounts WHERE aid = :aid",
            "UPDATE pgbench_tellers SET tbalance = tbalance + :delta WHERE tid = :tid",
            "UPDATE pgbench_branches SET bbalance = bbalance + :delta WHERE bid = :bid",
            INSERT,
            "END",
        ]),
        "sleep" => sql(&[&format!("SELECT pg_sleep({})", seconds("0.05")?)]),
        "heavy" => {
            let rows: u32 = parameter.unwrap_or("100000").parse().map_err(|_| wrong())?;
            sql(&[&format!("SELECT sum(sqrt(i)) FROM generate_series(1, {rows}) AS i")])
        }
        "rows" => {
            let (rows, bytes) = parameter.unwrap_or("1000x100").split_once('x').ok_or_else(wrong)?;
            let (rows, bytes): (u32, u32) = rows.parse().ok().zip(bytes.parse().ok()).ok_or_else(wrong)?;
            sql(&[&format!("SELECT repeat('x', {bytes}) FROM generate_series(1, {rows})")])
        }
        "idle" => {
            let pause = Duration::from_secs_f64(seconds("0.1")?);
            [sql(&["BEGIN", "SELECT 1"]), vec![Written::Pause(pause)], sql(&["COMMIT"])].concat()
        }
        _ => return Err(MixError::Unknown(name.to_owned())),
    };
    Ok((steps, pgbench_variables(tables)))
}

const INSERT: &str = "INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (:tid, :bid, :aid, :delta, CURRENT_TIMESTAMP)";

/// A row by its key: pgbench's `-S`, or the same of another table.
fn select(tables: &Tables) -> (Vec<Written>, Variables) {
    let Some(table) = &tables.table else {
        let sql = "SELECT abalance FROM pgbench_accounts WHERE aid = :aid".to_owned();
        return (vec![Written::Sql(sql)], pgbench_variables(tables));
    };
    let key = tables.key.as_deref().unwrap_or("id");
    let variables = [("key".to_owned(), Source::Range(1, number(tables.rows.unwrap_or(1000))))];
    (vec![Written::Sql(format!("SELECT * FROM {table} WHERE {key} = :key"))], variables.into())
}

fn pgbench_variables(tables: &Tables) -> Variables {
    let scale = tables.scale.unwrap_or(1);
    let ranges =
        [("aid", 1, number(scale.saturating_mul(100_000))), ("bid", 1, number(scale)), ("tid", 1, number(scale.saturating_mul(10)))];
    let ranges = ranges.into_iter().chain([("delta", -5000, 5000)]);
    ranges.map(|(name, low, high)| (name.to_owned(), Source::Range(low, high))).collect()
}

fn number(value: u64) -> i64 {
    i64::try_from(value.max(1)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::bench::script::Step;

    fn parse(text: &str) -> Result<Mix, MixError> {
        let own = [("mine".to_owned(), vec!["SELECT :x".to_owned()]), ("empty".to_owned(), Vec::new())].into();
        Mix::parse(text, &own, &Tables::default(), &Variables::new())
    }

    #[test]
    fn weights_are_kept() {
        let mix = parse("select=6, sleep:0.1=3, mine").unwrap();
        assert_eq!((mix.describe().as_str(), mix.statements), ("select=6,sleep:0.1=3,mine=1", 3));
        let mut dice = Dice::new(4);
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for _ in 0..10_000 {
            *counts.entry(mix.choose(&mut dice).unwrap().name.clone()).or_default() += 1;
        }
        for (name, expected) in [("select", 6000), ("sleep:0.1", 3000), ("mine", 1000)] {
            assert!(counts[name].abs_diff(expected) < 200, "{counts:?}");
        }
        assert_eq!(parse("one").unwrap().describe(), "one");
    }

    #[test]
    fn everything_built_in_has_its_statements() {
        for (text, statements, steps) in [
            ("select", 1, 1),
            ("one", 1, 1),
            ("update", 1, 1),
            ("insert", 1, 1),
            ("tpcb", 7, 7),
            ("sleep", 1, 1),
            ("heavy:5", 1, 1),
            ("rows:2x3", 1, 1),
            ("idle:1.5", 3, 4),
        ] {
            let mix = parse(text).unwrap();
            let script = mix.choose(&mut Dice::new(1)).unwrap();
            assert_eq!((mix.statements, script.steps.len()), (statements, steps), "{text}");
            for step in &script.steps {
                let Step::Sql(statement) = step else { continue };
                assert!(!statement.text.contains(':'), "all variables are known: {}", statement.text);
            }
        }
    }

    #[test]
    fn what_cannot_be_run_is_told() {
        for (text, said) in [
            ("selct", "no transaction \"selct\""),
            ("", "no transaction \"\""),
            ("sleep:long", "\"long\" isn't what this transaction takes"),
            ("sleep:-1", "isn't what"),
            ("select:5", "isn't what"),
            ("rows:5", "isn't what"),
            ("one=0", "no weight"),
            ("one=x", "no weight"),
            ("empty", "no statement"),
        ] {
            let error = parse(text).map(|mix| mix.describe()).unwrap_err().to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
