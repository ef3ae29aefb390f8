//! What must hold for every text: the prescan misses nothing that the parser finds, spans are true, and nothing panics.

use proptest::prelude::*;

use super::{lexer::Lexer, *};

/// A blank or comment, as clients and generators put them between tokens.
fn blank() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => Just(" ".to_owned()),
        1 => Just("\n\t".to_owned()),
        1 => Just("/* ; ' \" $$ /* x */ */".to_owned()),
        1 => Just(" -- ; it's \"\n".to_owned()),
        1 => Just("/**/".to_owned()),
    ]
}

/// Any mixture of cases.
fn cased(word: &'static str) -> impl Strategy<Value = String> {
    prop::collection::vec(any::<bool>(), word.len())
        .prop_map(move |upper| word.chars().zip(upper).map(|(c, upper)| if upper { c.to_ascii_uppercase() } else { c }).collect())
}

/// A name in one of its spellings: bare, quoted, or with Unicode escapes.
fn spelled(name: &'static str) -> impl Strategy<Value = String> {
    prop_oneof![
        4 => cased(name),
        1 => Just(format!("\"{name}\"")),
        1 => (0..name.len()).prop_map(move |at| escaped(name, at, '\\', "")),
        1 => (0..name.len()).prop_map(move |at| escaped(name, at, '!', " UESCAPE '!'")),
    ]
}

fn escaped(name: &str, at: usize, mark: char, clause: &str) -> String {
    let (before, after) = name.split_at(at);
    let code = after.as_bytes()[0];
    format!("U&\"{before}{mark}00{code:02x}{}\"{clause}", &after[1..])
}

fn one_of(words: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(words)
}

/// A string literal in one of its spellings, with things in it that must not count.
fn literal() -> impl Strategy<Value = String> {
    let inside = one_of(&["a", "work_mem", "app.x", "x; set y = 1", "set_config(", "pg_temp", "", "it''s", "/*", "--"]);
    (inside, 0..6).prop_map(|(inside, spelling)| match spelling {
        0 | 1 => format!("'{inside}'"),
        2 => format!("E'{inside}\\''"),
        3 => format!("$tag${inside}$tag$"),
        4 => format!("U&'\\0061{inside}'"),
        _ => format!("E'{inside}' --'\n '\\''"),
    })
}

/// A call that counts, or one that looks like it.
fn call() -> impl Strategy<Value = String> {
    let function = prop_oneof![
        3 => spelled("set_config"),
        1 => spelled("setseed"),
        1 => spelled("pg_advisory_lock"),
        1 => spelled("pg_try_advisory_lock_shared"),
        1 => spelled("pg_advisory_xact_lock"),
        1 => spelled("dblink_exec"),
        1 => spelled("query_to_xml"),
        1 => spelled("set_limit"),
        1 => spelled("lower"),
    ];
    let schema = prop_oneof![3 => Just(String::new()), 1 => Just("pg_catalog.".to_owned()), 1 => Just("\"pg_catalog\" . ".to_owned())];
    (schema, function, blank(), literal(), literal())
        .prop_map(|(schema, function, blank, name, value)| format!("{schema}{function}{blank}({name}, {value}, false)"))
}

fn query() -> impl Strategy<Value = String> {
    (blank(), call(), literal(), blank(), 0..10).prop_map(|(b, call, literal, c, shape)| match shape {
        0 => format!("select{b}{call}"),
        1 => format!("SELECT{b}1, {literal}{c}where {call} is null"),
        2 => format!("insert into t values ({literal},{b}{call})"),
        3 => format!("with{b}x as (select {literal}{c}) select * from x, {call}"),
        4 => format!("update t set x ={b}{call}{c}returning {literal}"),
        5 => format!("delete from t using (values ({call})) v where x = {literal}"),
        6 => format!("({b}select {literal}{c})"),
        7 => format!("copy{b}(select {call}) to stdout"),
        8 => format!("select {literal}{c}order by 1 nulls{b}first"),
        _ => format!("merge into t using (select {call} as y) s on x = y when matched then do{b}nothing"),
    })
}

/// One statement of any kind.
fn statement() -> impl Strategy<Value = String> {
    let command = one_of(&[
        "set work_mem = 1",
        "set local app.x = '1'",
        "reset all",
        "reset role",
        "set role x",
        "show all",
        "discard all",
        "listen c",
        "unlisten *",
        "begin",
        "commit",
        "commit and chain",
        "rollback to a",
        "rollback prepared 'x'",
        "prepare transaction 'x'",
        "savepoint a",
        "deallocate all",
        "deallocate prepare q",
        "execute q(1)",
        "explain execute q",
        "load 'x'",
        "create temp table t (a int)",
        "select 1 into temp t",
        "select 1 into local temporary table t",
        "create temporary view v as select 1",
        "declare c cursor with hold for select 1",
        "update pg_settings set setting = 1",
        "do 'begin set x = 1; end'",
        "create table t as execute q",
        "set search_path = pg_temp",
        "select 1 into pg_temp.t",
        "set session characteristics as transaction read only",
        "set time zone 'UTC'",
        "table t",
        "values (1)",
        "close all",
        "fetch 1 from c",
        "start transaction read only",
        "end",
        "abort",
        "set names 'utf8'",
    ]);
    prop_oneof![
        3 => query(),
        1 => (spelled("p"), blank(), query()).prop_map(|(name, blank, query)| format!("prepare {name}{blank}as {query}")),
        1 => (spelled("p"), blank()).prop_map(|(name, blank)| format!("execute{blank}{name} ")),
        3 => (command, prop::collection::vec(blank(), 8), any::<u8>()).prop_map(|(command, blanks, case)| {
            let mut text = String::new();
            for (index, word) in command.split(' ').enumerate() {
                let word = if case & (1 << (index % 8)) != 0 && !word.contains('\'') { word.to_ascii_uppercase() } else { word.to_owned() };
                text.push_str(if index == 0 { "" } else { &blanks[index % 8] });
                text.push_str(&word);
            }
            text
        }),
    ]
}

/// A text of a few statements.
fn script() -> impl Strategy<Value = String> {
    (prop::collection::vec((blank(), statement(), blank()), 1..4), any::<bool>()).prop_map(|(statements, ended)| {
        let parts: Vec<String> = statements.into_iter().map(|(before, statement, after)| format!("{before}{statement}{after}")).collect();
        parts.join(";") + if ended { ";" } else { "" }
    })
}

/// Bytes that mean something to a scanner, in any order.
fn soup() -> impl Strategy<Value = String> {
    let piece = one_of(&[
        "'",
        "\"",
        "$$",
        "$a$",
        "E'",
        "U&'",
        "U&\"",
        "/*",
        "*/",
        "--",
        "\n",
        ";",
        "(",
        ")",
        "\\",
        "select ",
        "set ",
        "set_config",
        "(",
        "é",
        "$1",
        " 1",
        ".",
        ",",
        "begin",
        "temp ",
        "into ",
        "prepare a as ",
        "execute ",
        "u&",
        "x'",
        "N'",
        "uescape ",
        "as ",
        "::",
        "- ",
        "\0",
        "\u{b}",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// The prescan may pass nothing that the parser finds an effect in, control of the current transaction excepted.
fn agree(text: &str) -> Result<(), TestCaseError> {
    let Ok(script) = parse(text) else { return Ok(()) };
    let simple = |effect: &Effect| {
        use TransactionControl as Control;
        matches!(effect, Effect::Transaction(Control::Savepoint | Control::Release))
    };
    match prescan(text.as_bytes()) {
        Prescan::Plain => {
            prop_assert!(script.effects().all(simple), "{text}: {:?}", script);
            prop_assert!(script.statements.len() <= 1, "{text}: {:?}", script);
        }
        Prescan::Begin => {
            let effects: Vec<&Effect> = script.effects().collect();
            prop_assert!(matches!(effects[..], [Effect::Transaction(TransactionControl::Begin)]), "{text}: {:?}", script);
        }
        Prescan::Nothing => prop_assert!(script.statements.is_empty(), "{text}: {:?}", script),
        Prescan::End => {
            let effects: Vec<&Effect> = script.effects().collect();
            prop_assert!(
                matches!(
                    effects[..],
                    [Effect::Transaction(TransactionControl::Commit { chain: false } | TransactionControl::Rollback { chain: false })]
                ),
                "{text}: {:?}",
                script
            );
        }
        Prescan::BackTo => {
            let effects: Vec<&Effect> = script.effects().collect();
            prop_assert!(matches!(effects[..], [Effect::Transaction(TransactionControl::RollbackTo)]), "{text}: {:?}", script);
        }
        Prescan::NeedsParse => {}
    }
    Ok(())
}

/// Every span is where it says.
fn spans_are_true(text: &str) -> Result<(), TestCaseError> {
    let Ok(script) = parse(text) else { return Ok(()) };
    let mut end = 0;
    for statement in &script.statements {
        prop_assert!(statement.span.start >= end && statement.span.end <= text.len() && !statement.span.is_empty(), "{text}: {:?}", script);
        end = statement.span.end;
        let alone = parse(&text[statement.span.clone()]);
        prop_assert!(alone.is_ok_and(|alone| alone.statements.len() == 1), "{text}: {:?}", statement);
    }
    let names: Vec<(std::ops::Range<usize>, String)> = script
        .effects()
        .filter_map(|effect| match effect {
            Effect::Prepare(prepare) => Some(&prepare.statement),
            Effect::Execute(name) | Effect::Deallocate(Some(name)) => Some(name),
            _ => None,
        })
        .enumerate()
        .map(|(index, name)| (name.span.clone(), format!("new {index}")))
        .collect();
    prop_assert!(rename(text, &names).is_some(), "{text}: {:?}", names);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn prescan_misses_nothing(text in script()) {
        agree(&text)?;
    }

    #[test]
    fn prescan_misses_nothing_in_soup(text in soup()) {
        agree(&text)?;
        spans_are_true(&text)?;
    }

    #[test]
    fn spans_hold(text in script()) {
        spans_are_true(&text)?;
    }

    #[test]
    fn tokens_cover_the_text_in_order(text in soup()) {
        let mut end = 0;
        for token in Lexer::new(text.as_bytes()) {
            prop_assert!(token.start >= end && token.end > token.start && token.end <= text.len());
            end = token.end;
        }
    }

    #[test]
    fn bytes_of_any_kind_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prescan(&bytes);
        let _ = Lexer::new(&bytes).count();
    }

    #[test]
    fn comments_do_not_count(text in script()) {
        let effects = |text: &str| parse(text).map(|script| script.statements.iter().map(|statement| statement.effects.len()).collect::<Vec<_>>());
        let cleaned = lexer::without_comments(&text).unwrap();
        prop_assert_eq!(cleaned.len(), text.len());
        prop_assert_eq!(effects(&cleaned).ok(), effects(&text).ok());
    }

    #[test]
    fn sets_are_read_back(values in prop::collection::vec("[ -~\\n]{0,12}|.{0,6}", 1..4)) {
        prop_assume!(!values.iter().any(|value| value.contains('\0')));
        let text = render_set(&SettingName::new("search_path"), &values);
        let script = parse(&text).unwrap();
        let sets: Vec<&Effect> = script.effects().filter(|effect| effect.pin().is_none()).collect();
        let [Effect::Set(set)] = sets[..] else { panic!("{text}") };
        prop_assert_eq!(&set.to, &SetTo::Values(values));
    }
}

/// The generator has to make texts that the parser takes, or the properties say nothing.
#[test]
fn most_generated_scripts_parse() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let mut parsed = 0;
    let mut with_effects = 0;
    for _ in 0..500 {
        let text = script().new_tree(&mut runner).unwrap().current();
        match parse(&text) {
            Ok(script) => {
                parsed += 1;
                with_effects += usize::from(!script.is_plain());
            }
            Err(failure) => eprintln!("{failure}: {text:?}"),
        }
    }
    assert!(parsed > 450 && with_effects > 300, "{parsed} parsed, {with_effects} with effects");
}
