//! A scenario as people write it: a TOML file, or the command line's options in the same form.

use std::{collections::BTreeMap, path::Path};

use serde::Deserialize;

use super::{BenchArgs, BenchError, plan::ConnectWhen, plan::Protocol, schedule::Arrivals};
use crate::config::Period;

/// All of it. The keys are the documentation's (docs/bench.md).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scenario {
    pub(super) dsn: Option<String>,
    pub(super) duration: Option<Period>,
    pub(super) warm_up: Option<Period>,
    pub(super) settle: Option<Period>,
    pub(super) grace: Option<Period>,
    pub(super) threads: Option<usize>,
    pub(super) seed: Option<u64>,
    #[serde(default)]
    pub(super) variables: BTreeMap<String, VariableText>,
    #[serde(default)]
    pub(super) scripts: BTreeMap<String, OneOrMany>,
    #[serde(default)]
    pub(super) groups: BTreeMap<String, GroupText>,
}

/// Tenants that do the same.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupText {
    pub(super) tenant: Option<String>,
    pub(super) tenants: Option<OneOrMany>,
    pub(super) dsn: Option<String>,
    pub(super) clients: Option<usize>,
    pub(super) mix: Option<MixText>,
    pub(super) protocol: Option<Protocol>,
    pub(super) rate: Option<f64>,
    pub(super) arrivals: Option<Arrivals>,
    pub(super) think_time: Option<Period>,
    pub(super) expected_interval: Option<Period>,
    pub(super) connect: Option<ConnectWhen>,
    pub(super) start: Option<Period>,
    pub(super) stop: Option<Period>,
    pub(super) ramp: Option<Period>,
    pub(super) table: Option<String>,
    pub(super) key: Option<String>,
    pub(super) rows: Option<u64>,
    pub(super) scale: Option<u64>,
    #[serde(default)]
    pub(super) variables: BTreeMap<String, VariableText>,
}

/// One text, or a list of them.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub(super) fn texts(&self) -> Vec<String> {
        match self {
            OneOrMany::One(text) => vec![text.clone()],
            OneOrMany::Many(texts) => texts.clone(),
        }
    }
}

/// `"1..100"`, a text, a number, or a list of texts to choose from.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum VariableText {
    Number(i64),
    Text(String),
    Choice(Vec<String>),
}

/// `"select=9,insert=1"`, or the same as a table.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum MixText {
    Words(String),
    Weights(BTreeMap<String, u64>),
}

impl MixText {
    pub(super) fn words(&self) -> String {
        match self {
            MixText::Words(words) => words.clone(),
            MixText::Weights(weights) => weights.iter().map(|(name, weight)| format!("{name}={weight}")).collect::<Vec<_>>().join(","),
        }
    }
}

/// The name of the group that the command line's options make.
pub(super) const MAIN: &str = "main";
/// Whoever the connection string means.
const NOBODY: &str = "default";
/// The name of a script that `--sql` makes.
const SQL: &str = "sql";

impl Scenario {
    /// What the file says, with the options on top.
    ///
    /// # Errors
    /// The file's, or those of an option.
    pub(super) fn read(args: &BenchArgs) -> Result<Scenario, BenchError> {
        let mut scenario = match &args.scenario {
            Some(path) => Scenario::load(path)?,
            None => Scenario::default(),
        };
        scenario.dsn = args.dsn.clone().or(scenario.dsn);
        scenario.duration = args.duration.or(scenario.duration);
        scenario.warm_up = args.warm_up.or(scenario.warm_up);
        scenario.settle = args.settle.or(scenario.settle);
        scenario.grace = args.grace.or(scenario.grace);
        scenario.threads = args.threads.or(scenario.threads);
        scenario.seed = args.seed.or(scenario.seed);
        for text in &args.variables {
            let (name, values) = text.split_once('=').ok_or_else(|| BenchError::Option {
                option: format!("--var {text}"),
                why: "expected NAME=FIRST..LAST or NAME=TEXT".to_owned(),
            })?;
            scenario.variables.insert(name.trim().to_owned(), VariableText::Text(values.to_owned()));
        }
        if args.scenario.is_none() {
            scenario.add_main(args)?;
        }
        for flood in &args.floods {
            scenario.add_flood(flood)?;
        }
        Ok(scenario)
    }

    fn load(path: &Path) -> Result<Scenario, BenchError> {
        let text = std::fs::read_to_string(path).map_err(|source| BenchError::File { path: path.to_owned(), source })?;
        toml::from_str(&text).map_err(|source| BenchError::Scenario { path: path.to_owned(), source: Box::new(source) })
    }

    fn add_main(&mut self, args: &BenchArgs) -> Result<(), BenchError> {
        let mix = if args.sql.is_empty() { args.mix.clone() } else { Some(SQL.to_owned()) };
        if !args.sql.is_empty() {
            self.scripts.insert(SQL.to_owned(), OneOrMany::Many(args.sql.clone()));
        }
        let tenants = if args.tenants.is_empty() { default_tenants() } else { args.tenants.clone() };
        let names_nobody = || self.dsn.as_deref().is_some_and(|dsn| dsn.to_lowercase().contains("{tenant}"));
        if tenants.is_empty() && names_nobody() {
            return Err(BenchError::Option {
                option: "--dsn".to_owned(),
                why: "{tenant} needs --tenants, which says who that is".to_owned(),
            });
        }
        let tenants = if tenants.is_empty() { vec![NOBODY.to_owned()] } else { tenants };
        let group = GroupText {
            tenants: Some(OneOrMany::Many(tenants)),
            clients: args.clients,
            mix: mix.map(MixText::Words),
            protocol: args.protocol,
            rate: args.rate,
            arrivals: args.arrivals,
            think_time: args.think_time,
            expected_interval: args.expected_interval,
            connect: args.connect,
            ramp: args.ramp,
            table: args.table.clone(),
            key: args.key.clone(),
            rows: args.rows,
            scale: args.scale,
            ..GroupText::default()
        };
        self.groups.insert(MAIN.to_owned(), group);
        Ok(())
    }

    /// `TENANT:CLIENTS:TRANSACTION[@START]`. Without a start, the flood comes at half time: what the others had before it is what they have
    /// alone.
    fn add_flood(&mut self, text: &str) -> Result<(), BenchError> {
        let wrong = |why: &str| BenchError::Option { option: format!("--flood {text}"), why: why.to_owned() };
        let form = "expected TENANT:CLIENTS:TRANSACTION[@START], as in acme:200:sleep or acme:200:heavy:50000@10s";
        let (tenant, rest) = text.split_once(':').ok_or_else(|| wrong(form))?;
        let (clients, mix) = rest.split_once(':').ok_or_else(|| wrong(form))?;
        let clients = clients.parse().map_err(|_| wrong(form))?;
        let (mix, start) = match mix.rsplit_once('@') {
            None => (mix, Period(self.duration.unwrap_or(super::plan::DURATION).0 / 2)),
            Some((mix, start)) => (mix, start.parse().map_err(|_| wrong("its start isn't a duration such as 5s"))?),
        };
        let group = GroupText {
            tenants: Some(OneOrMany::One(tenant.to_owned())),
            clients: Some(clients),
            mix: Some(MixText::Words(mix.to_owned())),
            start: Some(start),
            ..GroupText::default()
        };
        match self.groups.insert(format!("flood {tenant}"), group) {
            Some(_) => Err(wrong("this tenant floods already")),
            None => Ok(()),
        }
    }
}

/// In `pgtenant demo --exec`: all of its tenants; elsewhere none.
fn default_tenants() -> Vec<String> {
    let demo = std::env::var("PGTENANT_DEMO_TENANTS").unwrap_or_default();
    demo.split_whitespace().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        args: BenchArgs,
    }

    fn read(arguments: &[&str]) -> Result<Scenario, BenchError> {
        let all = std::iter::once("bench").chain(arguments.iter().copied());
        Scenario::read(&Command::try_parse_from(all).unwrap().args)
    }

    #[test]
    fn options_make_a_group_and_floods() {
        let arguments =
            ["--tenants", "acme,t{1..3}", "--tenants", "x", "--clients", "7", "--sql", "SELECT :a", "--var", "a=1..9", "--duration", "8s"];
        let floods = ["--flood", "acme:200:sleep", "--flood", "x:5:heavy:50000@2s"];
        let scenario = read(&[&arguments[..], &floods[..]].concat()).unwrap();
        let names: Vec<&str> = scenario.groups.keys().map(String::as_str).collect();
        assert_eq!(names, ["flood acme", "flood x", "main"]);
        let main = &scenario.groups["main"];
        assert_eq!(main.tenants.as_ref().unwrap().texts(), ["acme,t{1..3}", "x"]);
        assert_eq!((main.clients, main.mix.as_ref().unwrap().words().as_str()), (Some(7), "sql"));
        assert_eq!(scenario.scripts["sql"].texts(), ["SELECT :a"]);
        let flood = |name: &str| {
            let group = &scenario.groups[name];
            (group.clients.unwrap(), group.mix.as_ref().unwrap().words(), group.start.unwrap().to_string())
        };
        assert_eq!(flood("flood acme"), (200, "sleep".to_owned(), "4s".to_owned()));
        assert_eq!(flood("flood x"), (5, "heavy:50000".to_owned(), "2s".to_owned()));
        for wrong in ["acme", "acme:x:sleep", "acme:5", "acme:5:sleep@soon"] {
            assert!(matches!(read(&["--flood", wrong]), Err(BenchError::Option { .. })), "{wrong}");
        }
        assert!(read(&["--flood", "a:1:one", "--flood", "a:2:one"]).is_err());
        assert!(read(&["--var", "a"]).is_err());
        assert!(read(&["--dsn", "user={TENANT}"]).is_err(), "who?");
        assert!(read(&["--dsn", "user=x"]).is_ok());
    }

    #[test]
    fn a_file_says_more_and_its_mistakes_have_a_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.toml");
        let text = "duration = \"5s\"\n[variables]\nn = 5\nkind = [\"a\", \"b\"]\n[scripts]\nmine = [\"BEGIN\", \"COMMIT\"]\n\
                    [groups.all]\ntenants = [\"t{1..9}\"]\nmix = { select = 9, mine = 1 }\nrate = 10.5\narrivals = \"constant\"\n\
                    connect = \"each\"\nprotocol = \"prepared\"\nstart = \"1s\"\n";
        std::fs::write(&path, text).unwrap();
        let file = path.to_str().unwrap();
        let scenario = read(&["--scenario", file, "--duration", "9s", "--flood", "t1:5:one"]).unwrap();
        assert_eq!(scenario.duration.unwrap().to_string(), "9s");
        assert_eq!(scenario.groups.len(), 2);
        let all = &scenario.groups["all"];
        assert_eq!(all.mix.as_ref().unwrap().words(), "mine=1,select=9");
        assert_eq!((all.rate, all.connect, all.protocol), (Some(10.5), Some(ConnectWhen::Each), Some(Protocol::Prepared)));
        std::fs::write(&path, "duration = \"5s\"\ncolour = 1\n").unwrap();
        let error = read(&["--scenario", file]).unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains("colour"), "{error}");
    }
}
