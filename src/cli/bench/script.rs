//! What a transaction does: statements with variables, pauses, and how they read in each protocol.

use std::{collections::BTreeMap, fmt::Write, time::Duration};

use super::dice::Dice;

/// What a variable stands for, drawn anew for each transaction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Source {
    /// A whole number, both ends included.
    Range(i64, i64),
    /// One of these texts.
    OneOf(Vec<String>),
    /// The tenant's name.
    Tenant,
    /// The client's number within its tenant, from 0.
    Client,
}

impl Source {
    /// `1..100` is a range, everything else a text.
    pub(super) fn parse(text: &str) -> Source {
        let range = text.split_once("..").and_then(|(low, high)| Some((low.trim().parse().ok()?, high.trim().parse().ok()?)));
        match range {
            Some((low, high)) if low <= high => Source::Range(low, high),
            _ => Source::OneOf(vec![text.to_owned()]),
        }
    }

    /// A number needs no quotes in a statement's text.
    fn is_number(&self) -> bool {
        matches!(self, Source::Range(..) | Source::Client)
    }
}

/// Variables by name.
pub(super) type Variables = BTreeMap<String, Source>;

/// A kind of transaction.
#[derive(Clone, Debug)]
pub(super) struct Script {
    pub(super) name: String,
    pub(super) steps: Vec<Step>,
    /// What its statements name, in the order of their variables' numbers.
    sources: Vec<Source>,
}

/// A part of a transaction.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// A statement.
    Sql(Statement),
    /// The client does nothing, inside of its transaction.
    Pause(Duration),
}

/// A statement as each protocol needs it.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    /// Its number among all of a group's statements.
    pub(super) number: usize,
    /// With `$1`, `$2` … in the variables' places.
    pub(super) text: String,
    /// The variable behind each of them.
    parameters: Vec<usize>,
    /// The simple protocol's: texts and the variable behind each, if there is one.
    parts: Vec<(String, Option<usize>)>,
}

impl Script {
    /// A script of statements and pauses. `count` numbers its statements on from there.
    pub(super) fn new(name: &str, steps: &[Written], variables: &Variables, count: &mut usize) -> Script {
        let mut script = Script { name: name.to_owned(), steps: Vec::new(), sources: Vec::new() };
        let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
        for step in steps {
            let step = match step {
                Written::Pause(pause) => Step::Pause(*pause),
                Written::Sql(sql) => {
                    let statement = script.statement(sql, variables, &mut numbers, *count);
                    *count += 1;
                    Step::Sql(statement)
                }
            };
            script.steps.push(step);
        }
        script
    }

    fn statement(&mut self, sql: &str, variables: &Variables, numbers: &mut BTreeMap<String, usize>, number: usize) -> Statement {
        let mut statement = Statement { number, text: String::new(), parameters: Vec::new(), parts: Vec::new() };
        for (text, name) in pieces(sql, variables) {
            statement.text.push_str(text);
            let variable = name.and_then(|name| {
                let source = variables.get(name)?;
                let next = numbers.len();
                let variable = *numbers.entry(name.to_owned()).or_insert(next);
                if variable == self.sources.len() {
                    self.sources.push(source.clone());
                }
                let known = statement.parameters.iter().position(|parameter| *parameter == variable);
                let parameter = known.unwrap_or_else(|| {
                    statement.parameters.push(variable);
                    statement.parameters.len() - 1
                });
                let _ = write!(statement.text, "${}", parameter + 1);
                Some(variable)
            });
            statement.parts.push((text.to_owned(), variable));
        }
        statement
    }

    /// Draws its variables.
    pub(super) fn draw(&self, dice: &mut Dice, tenant: &str, client: usize, values: &mut Vec<String>) {
        values.resize_with(self.sources.len(), String::new);
        for (value, source) in values.iter_mut().zip(&self.sources) {
            value.clear();
            let written = match source {
                Source::Range(low, high) => write!(value, "{}", dice.between(*low, *high)),
                Source::OneOf(texts) => {
                    let chosen = usize::try_from(dice.below(texts.len() as u64)).unwrap_or_default();
                    value.write_str(texts.get(chosen).map_or("", String::as_str))
                }
                Source::Tenant => value.write_str(tenant),
                Source::Client => write!(value, "{client}"),
            };
            // A String takes everything.
            let _ = written;
        }
    }

    /// A statement's text with the values in it, for the simple protocol.
    pub(super) fn render(&self, statement: &Statement, values: &[String], into: &mut String) {
        into.clear();
        for (text, variable) in &statement.parts {
            into.push_str(text);
            let Some(variable) = variable else { continue };
            let value = values.get(*variable).map_or("", String::as_str);
            if self.sources.get(*variable).is_some_and(Source::is_number) {
                into.push_str(value);
            } else {
                let _ = write!(into, "'{}'", value.replace('\'', "''"));
            }
        }
    }
}

impl Statement {
    /// Its values for the extended protocol.
    pub(super) fn bind<'a>(&'a self, values: &'a [String]) -> impl ExactSizeIterator<Item = &'a str> {
        self.parameters.iter().map(|variable| values.get(*variable).map_or("", String::as_str))
    }
}

/// A step as somebody wrote it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Written {
    Sql(String),
    Pause(Duration),
}

/// Cuts a statement before and after its variables: `:name` where a variable has that name. Strings, quoted names and comments are
/// left alone, and so is `::`.
fn pieces<'a>(sql: &'a str, variables: &Variables) -> Vec<(&'a str, Option<&'a str>)> {
    let bytes = sql.as_bytes();
    let (mut found, mut from, mut at) = (Vec::new(), 0, 0);
    while let Some(byte) = bytes.get(at) {
        let rest = sql.get(at..).unwrap_or_default();
        at += match byte {
            b'\'' | b'"' => quoted(rest, char::from(*byte)),
            b'-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            b':' if rest.starts_with("::") => 2,
            b':' => {
                let name = rest.get(1..).unwrap_or_default();
                let name = name.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap_or_default();
                if variables.contains_key(name) {
                    found.push((sql.get(from..at).unwrap_or_default(), Some(name)));
                    from = at + 1 + name.len();
                }
                1 + name.len()
            }
            _ => 1,
        };
    }
    let end = sql.get(from..).unwrap_or_default();
    if !end.is_empty() || found.is_empty() {
        found.push((end, None));
    }
    found
}

fn quoted(rest: &str, quote: char) -> usize {
    rest.get(1..).and_then(|inside| inside.find(quote)).map_or(rest.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(sql: &[&str]) -> Script {
        let sources = [("aid", "5..5"), ("name", "O'Neil"), ("n", "-2..-2")];
        let mut variables: Variables = sources.into_iter().map(|(name, text)| (name.to_owned(), Source::parse(text))).collect();
        variables.insert("tenant".to_owned(), Source::Tenant);
        let written: Vec<Written> = sql.iter().map(|sql| Written::Sql((*sql).to_owned())).collect();
        Script::new("test", &written, &variables, &mut 7)
    }

    /// What each protocol sends: the simple one's text, the extended one's text and values.
    fn sent(sql: &str) -> (String, String, Vec<String>) {
        let script = script(&[sql]);
        let (mut values, mut simple) = (Vec::new(), String::new());
        script.draw(&mut Dice::new(1), "acme", 0, &mut values);
        let Some(Step::Sql(statement)) = script.steps.first() else { panic!("no statement") };
        script.render(statement, &values, &mut simple);
        (simple, statement.text.clone(), statement.bind(&values).map(str::to_owned).collect())
    }

    #[test]
    fn variables_are_put_into_texts_and_bound_as_parameters() {
        let (simple, extended, values) = sent("SELECT :name, x FROM t WHERE a = :aid AND b = :aid AND c = :tenant");
        assert_eq!(simple, "SELECT 'O''Neil', x FROM t WHERE a = 5 AND b = 5 AND c = 'acme'");
        assert_eq!(extended, "SELECT $1, x FROM t WHERE a = $2 AND b = $2 AND c = $3");
        assert_eq!(values, ["O'Neil", "5", "acme"]);
    }

    #[test]
    fn what_is_no_variable_stays() {
        for sql in ["SELECT ':aid', x::aid, \":n\", :unknown, '12:30' -- :aid", "SELECT 1", "SELECT 'open :aid", ""] {
            assert_eq!(sent(sql), (sql.to_owned(), sql.to_owned(), Vec::<String>::new()));
        }
        assert_eq!(sent("SELECT a[1::n]:aid").0, "SELECT a[1::n]5");
    }

    #[test]
    fn statements_of_a_script_share_their_variables_and_are_numbered() {
        let script = script(&["SELECT :n", "SELECT :aid, :n"]);
        let mut values = Vec::new();
        script.draw(&mut Dice::new(1), "t", 0, &mut values);
        assert_eq!(values, ["-2", "5"]);
        let numbers: Vec<usize> = script
            .steps
            .iter()
            .map(|step| match step {
                Step::Sql(statement) => statement.number,
                Step::Pause(_) => 0,
            })
            .collect();
        assert_eq!(numbers, [7, 8]);
    }
}
