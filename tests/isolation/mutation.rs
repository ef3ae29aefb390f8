//! The gate under texts that nobody would write: mutations of a corpus, and texts made to be long or deep. It answers, in time.

use std::time::{Duration, Instant};

use pgtenant::sql::gate::{Ground, Isolation, Tenancy, judge};

use super::{
    attacks::ATTACKS,
    corpus,
    dice::Dice,
    ground::{ACME, ground, row},
    script::{Author, batch},
};

/// No statement takes longer; a build without optimisation gets ten times that.
const LIMIT: Duration = Duration::from_millis(if cfg!(debug_assertions) { 500 } else { 50 });
/// What is made to be long.
const LONG_LIMIT: Duration = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 2 });

fn seeds() -> Vec<String> {
    let mut texts: Vec<String> = corpus::texts().into_values().flatten().filter(|text| text.len() < 6_000).collect();
    texts.extend(ATTACKS.iter().flat_map(|(_, _, steps, _)| steps.iter()).filter_map(|step| Some(step.split_once(": ")?.1.to_owned())));
    let author = Author { me: "acme", other: "globex", implicit: true, copy_from: true };
    for seed in 0..400 {
        texts.extend(batch(&mut Dice::drawn(seed), author).into_iter().map(|step| step.sql));
    }
    texts
}

/// One change of a text.
fn mutate(dice: &mut Dice, text: &str, other: &str) -> String {
    const PIECES: [&str; 24] = [
        "(",
        ")",
        "'",
        "\"",
        "$$",
        "--",
        "/*",
        "*/",
        ";",
        " SELECT ",
        " FROM ",
        " clients ",
        " WITH ",
        " UNION ",
        "E'",
        "U&'",
        "$1",
        "::",
        ",",
        " JOIN ",
        ".",
        "\\",
        "\u{0}",
        "é",
    ];
    let cut = |dice: &mut Dice, text: &str| {
        let mut at = dice.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (mut a, mut b) = (cut(dice, text), cut(dice, text));
    if a > b {
        std::mem::swap(&mut a, &mut b);
    }
    match dice.below(7) {
        0 => format!("{}{}", &text[..a], &text[b..]),
        1 => format!("{}{}{}", &text[..b], &text[a..b], &text[b..]),
        2 => format!("{}{}{}", &text[..a], dice.pick(&PIECES), &text[a..]),
        3 => format!("{}({}){}", &text[..a], &text[a..b], &text[b..]),
        4 => {
            let at = cut(dice, other);
            format!("{}{}", &text[..a], &other[at..])
        }
        5 => {
            let words: Vec<&str> = text.split(' ').collect();
            let (one, two) = (dice.below(words.len()), dice.below(words.len()));
            let mut words = words;
            words.swap(one, two);
            words.join(" ")
        }
        _ => format!("{}{}{}", &text[..a], dice.pick(&PIECES).repeat(1 + dice.below(30)), &text[b..]),
    }
}

fn grounds() -> [Ground; 3] {
    [ground(row(), None), ground(Isolation::Schema, None), ground(Isolation::Database, None)]
}

fn timed(text: &str, ground: &Ground, limit: Duration) {
    let start = Instant::now();
    let judged = judge(text, ground, &ACME, Tenancy::Literal);
    let took = start.elapsed();
    drop(judged);
    assert!(took < limit, "{took:?} for {}", text.chars().take(600).collect::<String>());
}

/// On a stack as the workers have it.
fn with_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(64 << 20).spawn(work).unwrap().join().unwrap();
}

#[test]
fn mutations_are_answered() {
    with_stack(|| {
        let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
        let count = number("PGTENANT_ISOLATION_MUTATIONS").unwrap_or(6_000);
        let first = number("PGTENANT_ISOLATION_SEED").unwrap_or_else(|| u64::from(std::process::id()));
        eprintln!("PGTENANT_ISOLATION_SEED={first}");
        let (seeds, grounds) = (seeds(), grounds());
        for number in 0..count {
            let mut dice = Dice::drawn(first.wrapping_add(number));
            let mut text = seeds[dice.below(seeds.len())].clone();
            for _ in 0..=dice.below(4) {
                let other = dice.below(seeds.len());
                text = mutate(&mut dice, &text, &seeds[other]);
            }
            let ground = dice.below(grounds.len());
            timed(&text, &grounds[ground], LIMIT);
        }
    });
}

#[test]
fn long_and_deep_texts_are_answered() {
    with_stack(|| {
        let n = 30_000;
        let texts = [
            format!("SELECT 1{}", " + 1".repeat(n)),
            format!("SELECT * FROM clients WHERE id = 1{}", " OR id = 2".repeat(n)),
            format!("SELECT * FROM clients WHERE {}true", "NOT ".repeat(n)),
            format!("SELECT 1{}", " UNION ALL SELECT 1".repeat(n)),
            format!("SELECT {}1{}", "(".repeat(n), ")".repeat(n)),
            format!("SELECT {}", "/*".repeat(n)),
            format!("SELECT {}1", "/* */".repeat(n)),
            format!("SELECT 1{}", "::int".repeat(n)),
            format!("SELECT {}1", "- ".repeat(n)),
            format!("SELECT {}1", "-".repeat(n)),
            format!("SELECT {}", "a.".repeat(n)),
            format!("SELECT a{}", "[1]".repeat(n)),
            format!("SELECT {}1{}", "abs(".repeat(n), ")".repeat(n)),
            format!("SELECT {}1{}", "CASE WHEN true THEN ".repeat(n), " END".repeat(n)),
            format!("SELECT * FROM {}clients{}", "(SELECT * FROM ".repeat(n), ") x".repeat(n)),
            format!("SELECT * FROM clients{}", ", clients".repeat(n)),
            format!("SELECT * FROM clients{}", " CROSS JOIN clients".repeat(n)),
            format!("{}SELECT 1", "WITH x AS (".repeat(n)),
            "SELECT 1;".repeat(n),
            ";".repeat(n * 10),
            format!("SELECT '{}'", "x".repeat(8 << 20)),
            format!("SELECT ARRAY[{}1]", "1,".repeat(n * 10)),
            format!("INSERT INTO memos VALUES {}('acme', 1, 'x')", "('acme', 1, 'x'),".repeat(n)),
            format!("UPDATE memos SET {}id = 1", "(id, body) = (SELECT 1, 'x' FROM memos),".repeat(200)),
            format!("SELECT $${}", "$".repeat(n)),
            "\"".repeat(n),
            "'".repeat(n),
            format!("SELECT {}", "?".repeat(n)),
            format!("SELECT 1 {}", "COLLATE \"C\" ".repeat(n)),
            format!("SELECT 1 {} 1", "<".repeat(n)),
            format!("EXPLAIN {}SELECT 1", "EXPLAIN ".repeat(n)),
            format!("SELECT * FROM memos WHERE (SELECT {}1 FROM memos{})", "(SELECT ".repeat(300), " FROM memos)".repeat(300)),
        ];
        for (ground, text) in grounds().iter().flat_map(|ground| texts.iter().map(move |text| (ground, text))) {
            timed(text, ground, LONG_LIMIT);
        }
    });
}
