//! Everything that a session may say in turns with another tenant's on the same server connection: it hears what it would hear alone.

use crate::{
    shards::{Shard, Sharing},
    support::wire::{Message, Wire, bind, close, describe, execute, extended, firsts, flush, frame, parse, query, sync},
};

/// Bytes that are sent at once, and how many ReadyForQuery answer them.
struct Step(Vec<u8>, usize);

fn simple(text: &str) -> Step {
    Step(query(text), 1)
}

fn batch(text: &str) -> Step {
    Step([parse("", text), describe(b'S', ""), bind("", "", &[]), describe(b'P', ""), execute("", 0), sync()].concat(), 1)
}

/// Statements of one batch, under one Sync.
fn together(texts: &[&str]) -> Step {
    let mut bytes: Vec<u8> = texts.iter().flat_map(|text| [parse("", text), bind("", "", &[]), execute("", 0)].concat()).collect();
    bytes.extend(sync());
    Step(bytes, 1)
}

/// Steps that don't wait for each other.
fn pipeline(steps: &[Step]) -> Step {
    Step(steps.iter().flat_map(|step| step.0.clone()).collect(), steps.iter().map(|step| step.1).sum())
}

const MINE: &str = "SELECT count(*), min(note), max(note) FROM orders";
const ADD: &str = "INSERT INTO parts (name) VALUES ('mine') RETURNING name";

/// Each with a name, so that a failure says which.
fn scenarios(row: bool) -> Vec<(&'static str, Vec<Step>)> {
    let own = |text: &str| match row {
        true => text.replace("parts (name) VALUES (", "parts (tenant_id, name) VALUES ('acme', "),
        false => text.to_owned(),
    };
    let add = own(ADD);
    let [both, add_and_commit, commit_between, rollback_between] = [
        format!("{MINE}; {MINE}"),
        format!("{add}; COMMIT; SELECT count(*) FROM parts"),
        format!("BEGIN; {add}; COMMIT; {MINE}; BEGIN; {add}; ROLLBACK; SELECT count(*) FROM parts"),
        format!("{add}; ROLLBACK; SELECT count(*) FROM parts; {MINE}"),
    ];
    let mut all: Vec<(&'static str, Vec<Step>)> = Vec::new();
    for way in [simple as fn(&str) -> Step, batch] {
        all.push(("one statement", vec![way(MINE), way(&add), way("SELECT count(*) FROM parts")]));
        all.push(("a block", vec![way("BEGIN"), way(MINE), way(&add), way("COMMIT"), way(MINE)]));
        all.push((
            "isolation levels",
            vec![
                way("BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE"),
                way("SHOW transaction_isolation"),
                way(MINE),
                way("COMMIT"),
                way("BEGIN"),
                way("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"),
                way(MINE),
                way("COMMIT AND CHAIN"),
                way("SHOW transaction_isolation"),
                way(MINE),
                way("ROLLBACK"),
            ],
        ));
        all.push((
            "savepoints",
            vec![
                way("BEGIN"),
                way("SAVEPOINT a"),
                way(MINE),
                way("SELECT 1/0"),
                way(MINE),
                way("ROLLBACK TO a"),
                way(MINE),
                way("SAVEPOINT b"),
                way(&add),
                way("RELEASE b"),
                way("ROLLBACK TO SAVEPOINT a"),
                way("SELECT count(*) FROM parts"),
                way("COMMIT"),
                way(MINE),
            ],
        ));
        all.push((
            "chains",
            vec![
                way("START TRANSACTION"),
                way(&add),
                way("COMMIT AND CHAIN"),
                way(MINE),
                way("SELECT nothing"),
                way("ROLLBACK AND CHAIN"),
                way(MINE),
                way("COMMIT WORK AND NO CHAIN"),
                way(MINE),
                way("COMMIT AND CHAIN"),
                way(MINE),
            ],
        ));
        all.push((
            "errors",
            vec![
                way("SELECT nothing FROM orders"),
                way(MINE),
                way("selec"),
                way("SELECT 'é', 1/0"),
                way("SELECT 'é' nope nope"),
                way("COMMIT"),
                way("ROLLBACK TO a"),
                way("SAVEPOINT a"),
                way("BEGIN"),
                way("SELECT 'ü', nothing FROM orders"),
                way("SELECT 1"),
                way("COMMIT"),
                way(MINE),
            ],
        ));
        all.push(("nothing", vec![way(""), way(" -- x"), way("/* x */"), way(MINE)]));
        all.push(("BEGIN twice", vec![way("BEGIN"), way("BEGIN"), way(MINE), way("COMMIT"), way("COMMIT"), way(MINE)]));
    }
    for text in [
        &*both,
        &add_and_commit,
        &commit_between,
        &rollback_between,
        ";",
        " ; ; ",
        "SELECT 1;;",
        "BEGIN; SELECT 1/0; COMMIT",
        "SELECT 1; SELECT 'ä', nothing; SELECT 2",
        "COMMIT; SELECT count(*) FROM orders; nonsense",
        "COMMIT; SELECT nothing FROM orders",
        "ROLLBACK; COMMIT; SELECT count(*) FROM orders;",
        "SELECT count(*) FROM orders /* ; */; COMMIT -- ;\n; SELECT count(*) FROM orders -- x",
        "SELECT E'\\'; COMMIT;' || count(*) FROM orders; COMMIT; SELECT $$;COMMIT;$$ || count(*) FROM orders",
        "BEGIN; SELECT count(*) FROM orders; COMMIT AND CHAIN; SELECT count(*) FROM orders; ROLLBACK",
    ] {
        all.push(("one text", vec![simple(text), simple("ROLLBACK"), simple(MINE)]));
    }
    all.push((
        "open at the end of a text",
        vec![
            simple("SELECT 1; BEGIN; SELECT 2"),
            simple(MINE),
            simple("COMMIT; BEGIN"),
            simple(MINE),
            simple("ROLLBACK; BEGIN; SELECT 1/0"),
            simple("ROLLBACK; SELECT count(*) FROM orders"),
        ],
    ));
    all.extend(batches(&add));
    all
}

fn batches(add: &str) -> Vec<(&'static str, Vec<Step>)> {
    let named = |name: &str, text: &str| [parse(name, text), describe(b'S', name), sync()].concat();
    let again = |name: &str| [bind("", name, &[]), execute("", 0), sync()].concat();
    vec![
        (
            "in one batch",
            vec![together(&[MINE, add, MINE]), together(&["BEGIN", MINE, "COMMIT", MINE]), together(&[MINE, "BEGIN", MINE, "ROLLBACK"])],
        ),
        ("commits in a batch", vec![together(&["BEGIN", add, "COMMIT AND CHAIN", add, "ROLLBACK", MINE, "COMMIT", MINE])]),
        (
            "an error in a batch",
            vec![
                together(&[add, "SELECT 1/0", add]),
                together(&["SELECT 1/0", "BEGIN"]),
                simple(MINE),
                together(&["BEGIN", "SELECT 1/0", "COMMIT"]),
                batch("COMMIT"),
                batch(MINE),
            ],
        ),
        (
            "named statements",
            vec![
                Step(named("s", MINE), 1),
                Step(again("s"), 1),
                Step(named("t", add), 1),
                Step([again("t"), again("s")].concat(), 2),
                Step([bind("p", "s", &[]), bind("q", "s", &[]), execute("p", 0), execute("q", 0), close(b'P', "q"), sync()].concat(), 1),
                simple("BEGIN"),
                Step(again("s"), 1),
                simple("SELECT 1/0"),
                Step(again("s"), 1),
                simple("ROLLBACK"),
                Step(again("s"), 1),
                Step([close(b'S', "s"), close(b'S', "t"), sync()].concat(), 1),
            ],
        ),
        (
            "portals over several batches",
            vec![
                simple("BEGIN"),
                Step([parse("", "SELECT id FROM orders ORDER BY id"), bind("c", "", &[]), execute("c", 2), sync()].concat(), 1),
                Step([execute("c", 2), sync()].concat(), 1),
                simple("DECLARE d CURSOR FOR SELECT note FROM orders ORDER BY id"),
                simple("FETCH 2 FROM d"),
                batch("FETCH 2 FROM d"),
                simple("COMMIT"),
            ],
        ),
        (
            "SQL's PREPARE",
            vec![
                simple("PREPARE x AS SELECT count(*) FROM orders"),
                simple("EXECUTE x"),
                batch("EXECUTE x"),
                simple("BEGIN; EXECUTE x; COMMIT; EXECUTE x"),
                simple("PREPARE y (int) AS SELECT count(*) FROM orders WHERE id > $1"),
                simple("EXECUTE y (3)"),
                simple("DEALLOCATE x"),
                simple("DEALLOCATE ALL"),
                simple("EXECUTE x"),
            ],
        ),
        (
            "flushed",
            vec![Step(
                [parse("", MINE), bind("", "", &[]), execute("", 0), flush(), parse("", add), bind("", "", &[]), execute("", 0), sync()]
                    .concat(),
                1,
            )],
        ),
        (
            "pipelines",
            vec![
                pipeline(&[simple(MINE), simple(add), batch(MINE), batch(add), simple(MINE)]),
                pipeline(&[simple("BEGIN"), simple(add), simple("COMMIT"), simple(MINE)]),
                pipeline(&[
                    batch("BEGIN"),
                    batch(add),
                    batch("SAVEPOINT a"),
                    batch("SELECT 1/0"),
                    batch("ROLLBACK TO a"),
                    batch(MINE),
                    batch("COMMIT"),
                    batch(MINE),
                ]),
                pipeline(&[
                    simple("BEGIN"),
                    simple("SAVEPOINT a"),
                    simple("SELECT 1/0"),
                    simple("ROLLBACK TO a"),
                    simple(MINE),
                    simple("COMMIT AND CHAIN"),
                    simple(MINE),
                    simple("ROLLBACK"),
                    simple(MINE),
                ]),
                pipeline(&[simple("BEGIN"), simple("SELECT 1/0"), simple(MINE), simple("ROLLBACK"), simple(MINE)]),
                // A BEGIN that fails or is skipped leaves what follows alone, with a context of its own.
                pipeline(&[simple("BEGIN ISOLATION LEVEL NONSENSE"), simple(MINE), batch(MINE)]),
                pipeline(&[together(&["SELECT 1/0", "BEGIN"]), batch(MINE), simple(MINE)]),
                pipeline(&[simple("SELECT 1/0; BEGIN"), simple(MINE), batch(MINE)]),
                // And a COMMIT that is skipped leaves the transaction failed.
                pipeline(&[simple("BEGIN"), simple("SELECT 1/0; COMMIT"), simple(MINE), batch(MINE), batch("ROLLBACK"), batch(MINE)]),
            ],
        ),
        (
            "COPY",
            vec![
                simple("COPY (SELECT note FROM orders ORDER BY id) TO STDOUT"),
                batch("COPY (SELECT note FROM orders ORDER BY id) TO STDOUT"),
                simple("BEGIN; COPY (SELECT note FROM orders ORDER BY id) TO STDOUT; COMMIT; SELECT count(*) FROM orders"),
                simple(MINE),
            ],
        ),
        (
            "out of place",
            vec![
                Step([parse("", MINE), bind("", "", &[]), query(MINE), sync()].concat(), 2),
                Step(frame(b'S', b""), 1),
                Step([bind("", "no such", &[]), execute("", 0), sync()].concat(), 1),
                batch(MINE),
            ],
        ),
    ]
}

/// What was said, in words. The proxy says ParseComplete by itself where it knows the statement, also in a failed transaction.
fn told(messages: &[Message]) -> Vec<String> {
    let heard = messages.iter().filter(|message| !matches!(message.tag, b'S' | b'1'));
    let word = |message: &Message| match message.tag {
        b'E' | b'N' => format!("{} {} {} at {}", char::from(message.tag), message.state(), message.field(b'M'), message.field(b'P')),
        // Numbers of tables differ.
        b'T' => format!("T of {} bytes", message.body.len()),
        tag => format!("{} {:?}", char::from(tag), String::from_utf8_lossy(&message.body)),
    };
    heard.map(word).collect()
}

async fn say(wire: &mut Wire, step: &Step) -> Vec<Message> {
    wire.send(&step.0).await;
    let mut messages = Vec::new();
    for _ in 0..step.1 {
        messages.extend(wire.ready().await);
    }
    messages
}

/// The other tenant's turn on the connection.
async fn turn(other: &mut Wire, number: usize) {
    let text = "SELECT note FROM orders ORDER BY id";
    let steps = [query(text), extended(text, &[]), [query("BEGIN"), query(text), query("COMMIT")].concat()];
    let step = number % steps.len();
    other.send(&steps[step]).await;
    let mut rows = Vec::new();
    for _ in 0..if step == 2 { 3 } else { 1 } {
        rows.extend(firsts(&other.ready().await));
    }
    assert_eq!(rows, ["GLOBEX-1", "GLOBEX-2", "GLOBEX-3", "GLOBEX-4", "GLOBEX-5"]);
}

async fn in_turns(sharing: Sharing) {
    let shard = Shard::start(sharing).await;
    let proxy = shard.serve().await;
    let (mut acme, mut globex, mut oracle) = (proxy.wire().await, proxy.wire_of("globex_app", &[]).await, shard.oracle().await);
    let mut number = 0;
    for (name, steps) in scenarios(sharing != Sharing::Roles) {
        for (at, step) in steps.iter().enumerate() {
            let (heard, expected) = (say(&mut acme, step).await, say(&mut oracle, step).await);
            assert_eq!(told(&heard), told(&expected), "{name}, step {at}: {}", String::from_utf8_lossy(&step.0));
            assert!(!heard.iter().any(|message| String::from_utf8_lossy(&message.body).contains("GLOBEX")));
            if expected.last().unwrap().body == b"I" {
                number += 1;
                turn(&mut globex, number).await;
            }
        }
    }
    let owner = shard.owner("app").await;
    let backends = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'pool' AND datname = 'app'";
    assert_eq!(owner.query_one(backends, &[]).await.unwrap().get::<_, i64>(0), 1);
    let log = std::fs::read_to_string(shard.cluster.log_path()).unwrap();
    // Some pipelines go on behind a BEGIN that was skipped.
    assert!(log.matches("WARNING:  SET LOCAL").count() <= 3);
    assert!(!log.contains(&shard.key) && !log.contains(&hex_of_half(&shard.key)), "no key stands in the log");
}

/// The inner half of a key, as a statement that installs it has it.
fn hex_of_half(key: &str) -> String {
    let bytes = (0..key.len()).step_by(2).map(|at| u8::from_str_radix(&key[at..at + 2], 16).unwrap() ^ 0x36);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn signed() {
    in_turns(Sharing::Signed).await;
}

#[tokio::test]
async fn plain() {
    in_turns(Sharing::Plain).await;
}

#[tokio::test]
async fn by_roles() {
    in_turns(Sharing::Roles).await;
}
