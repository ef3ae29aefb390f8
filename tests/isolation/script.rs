//! A batch: one to a few statements of one session, perhaps a transaction, in either protocol.

use super::{
    dice::Dice,
    generate::{Generator, Parameter, Promise},
    spelling::respell,
    tables::{TABLES, Ty},
};

/// What is sent at once.
#[derive(Clone)]
pub struct Step {
    pub sql: String,
    pub way: Way,
    pub promise: Promise,
}

/// How.
#[derive(Clone)]
pub enum Way {
    /// A Query message.
    Simple,
    /// Parse, Describe, Bind, Execute, Sync.
    Extended { parameters: Vec<Parameter>, typed: bool, binary: bool, rows: u32, name: &'static str, describe: u8 },
    /// A Query message and the data of its COPY.
    CopyIn(String),
}

impl Step {
    fn simple(sql: impl Into<String>) -> Step {
        Step { sql: sql.into(), way: Way::Simple, promise: Promise::default() }
    }
}

/// Who writes it, and what may be in it.
#[derive(Clone, Copy)]
pub struct Author {
    pub me: &'static str,
    pub other: &'static str,
    /// INSERT may leave out the tenant column: the gate's doing.
    pub implicit: bool,
    /// COPY FROM works.
    pub copy_from: bool,
}

/// A batch of statements.
pub fn batch(dice: &mut Dice, author: Author) -> Vec<Step> {
    match dice.below(10) {
        0..6 => vec![statement(dice, author)],
        6 | 7 => transaction(dice, author),
        8 => cursor(dice, author),
        _ => several(dice, author),
    }
}

fn generator(dice: &mut Dice, author: Author) -> Generator<'_> {
    Generator::new(dice, author.me, author.other)
}

/// One statement in either protocol.
fn statement(dice: &mut Dice, author: Author) -> Step {
    let extended = dice.below(3) == 2;
    let mut with = generator(dice, author);
    if extended {
        with.parameters = Some(Vec::new());
    }
    let sql = match with.dice.below(16) {
        0..9 => with.reading(),
        9..14 => with.writing(author.implicit),
        14 => with.failing(),
        _ => {
            with.parameters = None;
            return copy(dice, author);
        }
    };
    let (promise, parameters) = (with.promise, with.parameters.take());
    let sql = respell(dice, &sql);
    let way = match parameters {
        Some(parameters) => Way::Extended {
            typed: dice.below(3) == 1,
            binary: dice.rarely(4),
            rows: if promise.ordered && dice.rarely(4) { 2 } else { 0 },
            name: dice.pick(&["", "", "named"]),
            describe: dice.pick(b"PSN"),
            parameters,
        },
        None => Way::Simple,
    };
    Step { sql, way, promise }
}

fn copy(dice: &mut Dice, author: Author) -> Step {
    // COPY of a partitioned table is refused by PostgreSQL itself, and works where row policies make a query of it.
    let table = Some(&TABLES[dice.below(TABLES.len())]).filter(|table| table.name != "readings").unwrap_or(&TABLES[0]);
    match dice.below(if author.copy_from { 4 } else { 2 }) {
        0 => {
            let mut with = generator(dice, author);
            let query = with.query(None, 2).0;
            Step::simple(format!("COPY ({query}) TO STDOUT"))
        }
        1 => Step::simple(format!("COPY {} TO STDOUT{}", table.name, dice.pick(&["", " (FORMAT csv, HEADER)", " WITH (DELIMITER '|')"]))),
        2 => {
            let n = 30 + dice.below(50);
            let data = format!("{n}\tcopied\n{}\t\\N\n\\.\n", n + 1);
            Step { sql: "COPY memos (id, body) FROM STDIN".to_owned(), way: Way::CopyIn(data), promise: Promise::default() }
        }
        _ => {
            let whose = if dice.rarely(4) { author.other } else { author.me };
            let data = format!("{}\t4.5\t{whose}\n", 30 + dice.below(50));
            let promise = Promise { foreign: whose == author.other, ..Promise::default() };
            Step { sql: "COPY ledger (id, amount, tenant_id) FROM STDIN".to_owned(), way: Way::CopyIn(data), promise }
        }
    }
}

fn transaction(dice: &mut Dice, author: Author) -> Vec<Step> {
    let mut steps =
        vec![Step::simple(dice.pick(&["BEGIN", "START TRANSACTION", "BEGIN ISOLATION LEVEL REPEATABLE READ", "BEGIN READ ONLY"]))];
    for _ in 0..=dice.below(3) {
        match dice.below(6) {
            4 => {
                steps.push(Step::simple("SAVEPOINT s1"));
                steps.push(statement(dice, author));
                steps.push(Step::simple(dice.pick(&["ROLLBACK TO s1", "RELEASE s1", "ROLLBACK TO SAVEPOINT s1"])));
            }
            5 => steps.push(Step::simple("SET LOCAL work_mem = '5MB'")),
            _ => steps.push(statement(dice, author)),
        }
    }
    steps.push(Step::simple(dice.pick(&["COMMIT", "ROLLBACK", "END", "COMMIT AND CHAIN"])));
    if steps.last().is_some_and(|step| step.sql.ends_with("CHAIN")) {
        steps.push(Step::simple("COMMIT"));
    }
    steps
}

fn cursor(dice: &mut Dice, author: Author) -> Vec<Step> {
    let mut steps = vec![Step::simple("BEGIN")];
    if dice.below(2) == 0 {
        let mut with = generator(dice, author);
        let query = format!("{} ORDER BY 1, 2, 3", with.select(Some(&[Ty::Int, Ty::Text, Ty::Num]), 2).0);
        let promise = Promise { ordered: true, ..with.promise };
        steps.push(Step::simple(respell(dice, &format!("DECLARE c1 SCROLL CURSOR FOR {query}"))));
        for _ in 0..=dice.below(3) {
            let mut step = Step::simple(dice.pick(&[
                "FETCH 2 FROM c1",
                "FETCH ALL FROM c1",
                "MOVE 1 IN c1",
                "FETCH BACKWARD 1 FROM c1",
                "FETCH ABSOLUTE 2 FROM c1",
            ]));
            step.promise = promise;
            steps.push(step);
        }
        steps.push(Step::simple("CLOSE c1"));
    } else {
        let (table, set) = dice.pick(&[("ledger", "amount = amount + 1"), ("memos", "body = 'here'"), ("clients", "born = NULL")]);
        steps.push(Step::simple(respell(dice, &format!("DECLARE c1 CURSOR FOR SELECT * FROM {table} a1 WHERE id = 3 FOR UPDATE"))));
        steps.push(Step::simple("FETCH 1 FROM c1"));
        steps.push(Step::simple(if dice.below(2) == 0 {
            format!("UPDATE {table} SET {set} WHERE CURRENT OF c1")
        } else {
            "DELETE FROM ledger WHERE CURRENT OF c1".to_owned()
        }));
    }
    steps.push(Step::simple(dice.pick(&["COMMIT", "ROLLBACK"])));
    steps
}

/// Several statements in one message, or PREPARE and EXECUTE.
fn several(dice: &mut Dice, author: Author) -> Vec<Step> {
    if dice.below(2) == 0 {
        let mut with = generator(dice, author);
        let (first, second) = (with.reading(), with.writing(author.implicit));
        let last = if with.dice.rarely(4) { with.failing() } else { with.reading() };
        let promise = Promise { ordered: false, ..with.promise };
        let text = format!("{}; {}; {last}", respell(dice, &first).replace("--", "- "), second);
        return vec![Step { sql: text, way: Way::Simple, promise }];
    }
    let mut with = generator(dice, author);
    with.parameters = Some(Vec::new());
    let sql = if with.dice.below(3) < 2 { with.reading() } else { with.writing(author.implicit) };
    let (promise, parameters) = (with.promise, with.parameters.take().unwrap_or_default());
    let types: Vec<&str> = parameters.iter().map(|parameter| parameter.ty.name()).collect();
    let types = if types.is_empty() { String::new() } else { format!(" ({})", types.join(", ")) };
    let mut steps = vec![Step::simple(respell(dice, &format!("PREPARE p1{types} AS {sql}")))];
    for _ in 0..=dice.below(2) {
        let values: Vec<String> = parameters
            .iter()
            .map(|parameter| parameter.value.as_ref().map_or_else(|| "NULL".to_owned(), |value| format!("'{}'", value.replace('\'', "''"))))
            .collect();
        let list = if values.is_empty() { String::new() } else { format!(" ({})", values.join(", ")) };
        steps.push(Step { sql: format!("EXECUTE p1{list}"), way: Way::Simple, promise });
    }
    steps.push(Step::simple("DEALLOCATE p1"));
    steps
}
