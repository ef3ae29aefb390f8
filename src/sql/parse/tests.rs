use super::*;

#[test]
fn failures_say_what_kind_they_are() {
    assert!(matches!(parse("SELEC 1"), Err(ParseFailure::Syntax(_))));
    assert!(matches!(parse("select 'a"), Err(ParseFailure::Syntax(_))));
    assert_eq!(parse("select '\0'"), Err(ParseFailure::Nul));
    assert!(matches!(parse(&" ".repeat(MAX_BYTES + 1)), Err(ParseFailure::TooComplex(_))));
    assert!(matches!(parse("select E'\\xff'"), Err(ParseFailure::Syntax(_))));
}

#[test]
fn one_failing_statement_fails_the_text() {
    assert!(parse("set work_mem = 1; selec").is_err());
}

#[test]
fn deep_and_long_texts_end_in_an_answer() {
    let deep = |n: usize| format!("select set_config('a.b', '1', false), {}1{}", "(".repeat(n), ")".repeat(n));
    assert!(parse(&deep(MAX_NESTING)).is_ok());
    assert!(matches!(parse(&deep(MAX_NESTING + 1)), Err(ParseFailure::TooComplex(_))));
    assert!(matches!(parse(&deep(200_000)), Err(ParseFailure::TooComplex(_))));
    // Deep without parentheses: the parser's own stack ends, with an error.
    assert!(parse(&format!("select set_config('a.b', '1', false), {} 1", "not ".repeat(100_000))).is_err());
    assert!(parse(&format!("select setseed(1), {} 1 {}", "case when true then ".repeat(20_000), " end".repeat(20_000))).is_err());
    // A chain makes a tree of 100,000 levels, which is walked without recursion.
    let chain = format!("select 1{} + setseed(1)", " + 1".repeat(100_000));
    assert_eq!(parse(&chain).unwrap().pins().collect::<Vec<_>>(), [&PinReason::Seed]);
    let chain = format!("select 1 {} union select setseed(1)", "union select 1 ".repeat(20_000));
    assert_eq!(parse(&chain).unwrap().pins().collect::<Vec<_>>(), [&PinReason::Seed]);
    let many = "select setseed(1);".repeat(20_000);
    assert_eq!(parse(&many).unwrap().statements.len(), 20_000);
}

#[test]
fn slow_texts_are_refused_at_once() {
    let begun = std::time::Instant::now();
    for text in ["/*".repeat(100_000), format!("select 1 {} 1", "+".repeat(200_000)), "/*+".repeat(50_000)] {
        assert!(matches!(parse(&text), Err(ParseFailure::TooComplex(_))));
    }
    assert!(parse(&format!("set x = 1 /* {} */", "/* */".repeat(1_000))).is_ok());
    assert!(begun.elapsed().as_secs() < 5);
}

#[test]
fn parsing_works_on_many_threads_at_once() {
    let threads: Vec<_> = (0..8)
        .map(|_| {
            std::thread::spawn(|| {
                for _ in 0..200 {
                    assert!(parse("prepare p as select 1; set work_mem = 1").is_ok());
                    assert!(parse("selec").is_err());
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn comments_may_stand_anywhere() {
    for text in [
        "select 1 where 1 not /* x */ between 1 and 2; set work_mem = 1",
        "select 1 order by 1 nulls -- c\n first; set work_mem = 1",
        "select * from f() with /* a /* b */ */ ordinality; set work_mem = 1",
        "select '--' || $$/* */$$ || E'a' -- c\n '\\'' from t where x not /**/ in (1); /* y */ set work_mem = 1",
    ] {
        let script = parse(text).unwrap();
        assert_eq!(script.statements.len(), 2);
        assert_eq!(&text[script.statements[1].span.clone()], "set work_mem = 1");
    }
    assert!(parse("select 1 'a' /*\n*/ 'b'").is_err());
}
