//! Prepared statements: names that travel, statements that servers share, SQL's own PREPARE and its kin, stale statements.

use pgtenant::session::conversation::PoolMode;

use super::{
    batches::plain,
    frames::*,
    model::Backend,
    world::{Dice, World},
};

fn batch(parts: &[Vec<u8>]) -> Vec<u8> {
    [parts.concat(), sync()].concat()
}

/// Runs the steps on a pool of two servers, another session stirring in between, and directly: the replies are equal.
#[track_caller]
fn same_as_direct(steps: &[Vec<u8>]) {
    let mut world = World::new(2, 2);
    let mut direct = Backend::new(&Default::default());
    for (number, step) in steps.iter().enumerate() {
        direct.feed(step);
        let said = frames_of(&std::mem::take(&mut direct.out));
        let seen = world.talk(0, step);
        assert_eq!(plain(&seen), plain(&said), "at step {number}");
        // Takes the first server for the next transaction of the other, and so on in turn.
        if world.server_of(0).is_none() {
            let other = if number % 2 == 0 { "begin" } else { "rollback" };
            world.talk(1, &query(other));
        }
    }
    if world.server_of(1).is_some() {
        world.talk(1, &query("rollback"));
    }
    world.assert_quiet();
}

fn use_named(name: &str) -> Vec<u8> {
    batch(&[bind("", name, b"1"), describe(b'P', ""), execute("", 0)])
}

#[test]
fn names_travel() {
    same_as_direct(&[
        batch(&[parse("a", "select $1"), describe(b'S', "a")]),
        use_named("a"),
        use_named("a"),
        batch(&[parse("a", "select 2")]),
        batch(&[describe(b'S', "a")]),
        batch(&[close(b'S', "a"), close(b'S', "a")]),
        use_named("a"),
        batch(&[parse("a", "select 2")]),
        use_named("a"),
    ]);
}

#[test]
fn a_parse_that_fails_or_is_skipped_names_nothing() {
    same_as_direct(&[
        batch(&[parse("a", "failparse")]),
        use_named("a"),
        batch(&[parse("b", "select 1"), parse("c", "failparse"), parse("d", "select 1"), close(b'S', "b")]),
        use_named("b"),
        use_named("c"),
        use_named("d"),
        batch(&[parse("d", "select 5"), bind("", "nothing", b""), execute("", 0), parse("e", "select 1")]),
        use_named("d"),
        use_named("e"),
    ]);
}

#[test]
fn unnamed_statements() {
    same_as_direct(&[
        batch(&[parse("", "select 1")]),
        batch(&[bind("", "", b""), execute("", 0)]),
        query("select 2"),
        batch(&[bind("", "", b""), execute("", 0)]),
        batch(&[parse("", "failparse")]),
        batch(&[bind("", "", b""), execute("", 0)]),
        batch(&[parse("", "select 1")]),
        batch(&[parse("", "select 1")]),
        batch(&[bind("", "", b""), execute("", 0)]),
        batch(&[close(b'S', ""), bind("", "", b"")]),
    ]);
}

#[test]
fn a_server_parses_a_shared_text_once() {
    let mut world = World::new(3, 1);
    for session in [0, 1, 2] {
        let name = format!("s{session}");
        world.talk(session, &batch(&[parse(&name, "select 1")]));
        for _ in 0..3 {
            assert_eq!(tags(&world.talk(session, &use_named(&name))), "2TDCZ");
            assert_eq!(tags(&world.talk(session, &batch(&[run_unnamed("select 1")]))), "12TDCZ");
        }
    }
    assert_eq!(world.backend(0).parses, 1);
    world.assert_quiet();
}

#[test]
fn what_the_client_says_acts_on_its_own_names() {
    for forget in ["deallocate all", "discard all", "deallocate a", "DEALLOCATE PREPARE \"a\""] {
        for extended in [false, true] {
            let forget = if extended { batch(&[run_unnamed(forget)]) } else { query(forget) };
            same_as_direct(&[
                batch(&[parse("a", "select 1")]),
                query("prepare b as select 2"),
                forget,
                use_named("a"),
                use_named("b"),
                query("execute b"),
            ]);
        }
    }
    same_as_direct(&[
        query("deallocate a"),
        batch(&[run_unnamed("deallocate a")]),
        query("begin"),
        query("deallocate a"),
        query("rollback"),
    ]);
    let mut world = World::new(2, 1);
    world.talk(0, &batch(&[parse("a", "select 1")]));
    world.talk(1, &query("discard all"));
    world.talk(1, &batch(&[run_unnamed("deallocate all")]));
    assert_eq!(tags(&world.talk(0, &use_named("a"))), "2TDCZ");
    assert_eq!(world.backend(0).parses, 1);
}

#[test]
fn forgetting_in_a_batch_that_fails_is_taken_back() {
    same_as_direct(&[
        batch(&[parse("a", "select 1")]),
        batch(&[bind("", "nothing", b""), run_unnamed("deallocate all")]),
        use_named("a"),
        batch(&[run_unnamed("select failexec"), run_unnamed("deallocate a")]),
        use_named("a"),
        batch(&[run_unnamed("select 1"), run_unnamed("deallocate a"), run_unnamed("select 2")]),
        use_named("a"),
    ]);
}

#[test]
fn sql_prepare_and_execute() {
    same_as_direct(&[
        query("prepare a as select 1"),
        query("execute a"),
        query("prepare a as select 2"),
        use_named("a"),
        batch(&[parse("b", "select 3")]),
        query("execute b"),
        query("execute c"),
        query("prepare c (text) as select $1"),
        query("execute c(1)"),
        query("execute c(1)"),
        query("deallocate c"),
        query("execute c(1)"),
        query("prepare d as select failparse"),
        query("execute d"),
    ]);
}

#[test]
fn sql_prepare_in_transactions() {
    same_as_direct(&[
        query("begin"),
        query("prepare a as select 1"),
        query("select failexec"),
        query("prepare b as select 1"),
        query("execute a"),
        query("rollback"),
        query("execute a"),
        query("execute b"),
    ]);
}

#[test]
fn names_in_scripts() {
    same_as_direct(&[
        query("prepare a as select 1; execute a; prepare b (int) as select 2; execute b(1)"),
        query("execute a; execute b(1)"),
        query("deallocate a; prepare a as select 3; execute a"),
        query("execute a; deallocate all; select 1"),
        query("execute a"),
        query("prepare a as select 4; select failexec; prepare b as select 5"),
        query("execute a"),
        query("execute b"),
        query("prepare b as select 6"),
        query("execute b"),
        query("select failexec; deallocate all"),
        query("execute b"),
        query("deallocate b; deallocate a; deallocate a"),
        query("execute b"),
        query("prepare a as select 7; deallocate all; prepare b as select 8"),
        query("execute a"),
        query("execute b"),
    ]);
}

#[test]
fn two_names_of_one_statement() {
    same_as_direct(&[
        batch(&[parse("a", "select 1"), parse("b", "select 1")]),
        query("deallocate a; select 1"),
        use_named("a"),
        use_named("b"),
        batch(&[parse("a", "select 1")]),
        query("deallocate a; deallocate b"),
        use_named("a"),
        use_named("b"),
    ]);
}

#[test]
fn others_names_are_nobodys() {
    let mut world = World::new(2, 1);
    world.talk(0, &batch(&[parse("a", "select 'secret'")]));
    let names = world.backend(0).statement_names();
    for text in [format!("execute {}", names[0]), format!("deallocate {}; select 1", names[0]), format!("execute \"{}\"", names[0])] {
        let seen = world.talk(1, &query(&text));
        assert_eq!(plain(&seen)[0], "E(26000)", "{text}");
    }
    assert_eq!(tags(&world.talk(0, &use_named("a"))), "2TDCZ");
    assert_eq!(world.backend(0).parses, 1);
}

#[test]
fn our_names_never_show() {
    let mut world = World::new(1, 1);
    let mut said = Vec::new();
    for text in [
        "prepare a as select 1",
        "prepare a (int) as select 2",
        "deallocate a; prepare a (int) as select 2",
        "prepare a (int) as select 3; select 1",
        "deallocate all; execute a",
    ] {
        said.extend(world.talk(0, &query(text)));
    }
    said.extend(world.talk(0, &[parse("z", "failparse"), sync(), bind("", "z", b""), sync()].concat()));
    world.backend(0).make_stale();
    said.extend(world.talk(0, &[parse("x", "select 1"), sync(), bind("", "x", b""), execute("", 0), sync()].concat()));
    let errors: Vec<_> = said.iter().filter(|frame| frame.tag == b'E').collect();
    assert!(errors.len() > 3);
    for error in errors {
        assert!(!error.field(b'M').contains("pgt_"), "{error:?}");
    }
}

#[test]
fn stale_statements_heal_unseen() {
    for batch in [
        use_named("a"),
        batch(&[describe(b'S', "a"), bind("", "a", b""), execute("", 0)]),
        batch(&[parse("", "select 1"), bind("", "", b""), execute("", 0)]),
        batch(&[parse("other", "select 1"), bind("", "other", b""), execute("", 0)]),
        batch(&[close(b'S', "a"), parse("a", "select 1"), bind("", "a", b""), execute("", 0)]),
    ] {
        for piece in [usize::MAX, 3] {
            let mut world = World::new(2, 1);
            world.talk(0, &[parse("a", "select 1"), sync()].concat());
            let first = world.talk(0, &use_named("a"));
            assert_eq!(tags(&first), "2TDCZ");
            world.backend(0).make_stale();
            let mut direct = Backend::new(&Default::default());
            direct.feed(&[parse("a", "select 1"), sync()].concat());
            direct.out.clear();
            direct.feed(&batch);
            // In small pieces the first replies may have left before the error comes: then it shows.
            world.piece = usize::MAX;
            assert_eq!(plain(&world.talk(0, &batch)), plain(&frames_of(&direct.out)), "pieces of {piece}");
            assert_eq!(tags(&world.talk(1, &query("select 2"))), "TDCZ");
            world.assert_quiet();
        }
    }
}

#[test]
fn what_follows_a_stale_batch_runs_once_and_after_it() {
    for seed in 0..200 {
        let mut world = World::new(1, 1);
        world.talk(0, &batch(&[parse("a", "insert into t values (1)"), parse("b", "insert into t values (2)")]));
        world.talk(0, &[use_named("a"), use_named("b")].concat());
        world.backend(0).make_stale();
        world.piece = 40;
        world.sessions[0].sent = [use_named("a"), use_named("b"), query("insert into t values (3)")].concat();
        world.run(&mut Dice::new(seed));
        let seen = std::mem::take(&mut world.sessions[0].frames);
        let ends = plain(&seen).iter().filter(|frame| frame.starts_with("Z(")).count();
        assert_eq!(ends, 3, "{seen:?}");
        let done = seen.iter().filter(|frame| frame.tag == b'C').count();
        assert_eq!(world.database.borrow().len(), 2 + done, "{seen:?}");
        assert_eq!(done + seen.iter().filter(|frame| frame.tag == b'E').count(), 3);
        world.assert_quiet();
    }
}

#[test]
fn what_has_run_is_not_run_again() {
    let mut world = World::new(1, 1);
    world.talk(0, &batch(&[parse("a", "select 1")]));
    world.talk(0, &use_named("a"));
    world.backend(0).make_stale();
    let seen = world.talk(0, &batch(&[run_unnamed("begin"), bind("", "a", b""), execute("", 0)]));
    assert_eq!(tags(&seen), "12nCEZ");
    assert_eq!(seen.last().unwrap().body, b"E");
    world.talk(0, &query("rollback"));
    assert_eq!(tags(&world.talk(0, &use_named("a"))), "2TDCZ");
    world.assert_quiet();
}

#[test]
fn a_full_server_gives_statements_up() {
    let mut world = World::with_mode(2, 1, PoolMode::Transaction, 3);
    for round in 0..3 {
        for number in 0..5 {
            let name = format!("s{number}");
            if round == 0 {
                assert_eq!(tags(&world.talk(0, &batch(&[parse(&name, &format!("select {number}"))]))), "1Z");
            }
            assert_eq!(tags(&world.talk(0, &use_named(&name))), "2TDCZ");
            assert_eq!(
                tags(&world.talk(1, &query(&format!("prepare p{round}{number} (int) as select {number}; execute p{round}{number}(1)")))),
                "CTDCZ"
            );
            let failing =
                batch(&[bind("", "s0", b""), bind("", "s1", b""), parse("", "failparse"), bind("", "s2", b""), bind("", "s3", b"")]);
            world.talk(0, &failing);
            world.talk(0, &batch(&[parse("", "failparse"), bind("", "s2", b""), bind("", "s3", b"")]));
        }
    }
    assert!(!world.backend(0).queries.contains(&"DEALLOCATE ALL".into()), "the connection had to be cleaned");
    assert!(world.backend(0).statement_names().len() <= 3, "{:?}", world.backend(0).statement_names());
    world.assert_quiet();
}

#[test]
fn a_setting_on_the_way_does_not_take_the_unnamed_statement_along() {
    let mut world = World::new(2, 1);
    world.talk(0, &batch(&[parse("", "select 1")]));
    world.talk(1, &query("set timezone = 'Europe/Rome'"));
    assert_eq!(tags(&world.talk(0, &batch(&[bind("", "", b""), execute("", 0)]))), "2DCZ");
}

#[test]
fn a_long_bind_of_a_statement_of_ours_goes_nowhere() {
    for text in ["deallocate all", "discard all"] {
        for piece in [usize::MAX, 5_000] {
            let mut world = World::new(1, 1);
            world.piece = piece;
            world.talk(0, &query("select 1"));
            let evil = query("insert into t values (1)").repeat(2_000);
            let seen = world.talk(0, &batch(&[parse("", text), bind("", "", &evil), execute("", 0)]));
            assert_eq!(tags(&seen), "12CZ");
            assert_eq!(world.backend(0).queries.len(), 1);
            assert!(world.database.borrow().is_empty());
            world.assert_quiet();
        }
    }
}

#[test]
fn executing_what_was_prepared_the_other_way() {
    let run = |text: &str| batch(&[run_unnamed(text)]);
    same_as_direct(&[query("prepare a as select 1"), run("execute a"), run("execute a"), query("deallocate a"), run("execute a")]);
    same_as_direct(&[batch(&[parse("a", "select 1")]), run("execute a"), query("execute a")]);
    same_as_direct(&[
        run("prepare a as select 1"),
        query("execute a"),
        use_named("a"),
        run("prepare a as select 2"),
        run("deallocate a"),
        query("execute a"),
    ]);
    same_as_direct(&[
        run("prepare a (int) as select 1"),
        run("execute a(1)"),
        run("execute a(1)"),
        query("begin; select failexec"),
        run("execute a(1)"),
        query("rollback"),
        run("execute a(1)"),
    ]);
    same_as_direct(&[run("prepare a as select failparse"), run("execute a"), run("prepare a as select 2"), run("execute a")]);
    same_as_direct(&[
        batch(&[
            run_unnamed("prepare a as select 1"),
            run_unnamed("execute a"),
            run_unnamed("deallocate a"),
            run_unnamed("prepare a as select 2"),
            run_unnamed("execute a"),
        ]),
        run("execute a"),
    ]);
    // A name means what it means when the statement runs.
    same_as_direct(&[
        batch(&[parse("x", "execute a")]),
        use_named("x"),
        query("prepare a as select 1"),
        use_named("x"),
        batch(&[describe(b'S', "x")]),
        query("deallocate a; prepare a as select 2"),
        use_named("x"),
    ]);
    let mut world = World::new(1, 1);
    for text in ["prepare a as select 1", "execute a", "deallocate a"] {
        world.talk(0, &run(text));
    }
    assert!(world.sessions[0].conversation.pin().is_none());
}

#[test]
fn others_names_are_nobodys_in_batches() {
    let mut world = World::new(2, 1);
    world.talk(0, &batch(&[parse("a", "select 'secret'")]));
    let names = world.backend(0).statement_names();
    for text in [format!("execute {}", names[0]), format!("execute \"{}\"", names[0]), format!("deallocate {}", names[0])] {
        let seen = world.talk(1, &batch(&[run_unnamed(&text)]));
        assert!(plain(&seen).contains(&"E(26000)".to_owned()), "{text}: {seen:?}");
        world.talk(1, &query("begin; select failexec"));
        world.talk(1, &batch(&[run_unnamed("rollback"), run_unnamed(&text)]));
        world.talk(1, &query("rollback"));
    }
    assert_eq!(tags(&world.talk(0, &use_named("a"))), "2TDCZ");
}

#[test]
fn a_statement_that_cannot_be_loaded_tells_why() {
    for prepare in ["prepare a as select fragile", "prepare a (int) as select fragile"] {
        for (text, block) in [("execute a", false), ("insert into t values (1); execute a", false), ("execute a", true)] {
            let mut world = World::new(2, 2);
            world.talk(0, &query(prepare));
            let first = if world.backend(0).statement_names().is_empty() { 1 } else { 0 };
            // The other server's turn.
            world.talk(1, &query("begin"));
            assert_eq!(world.server_of(1), Some(first));
            if block {
                world.talk(0, &query("begin"));
            }
            world.backend(1 - first).fragile_is_gone = true;
            let seen = world.talk(0, &query(text));
            let codes: Vec<_> = seen.iter().filter(|frame| frame.tag == b'E').map(|frame| frame.field(b'C')).collect();
            assert_eq!(codes, ["42P01"], "{prepare}, {text}: {seen:?}");
            assert_eq!(seen.last().unwrap().body, if block { b"E" } else { b"I" });
            world.talk(0, &query("rollback"));
            assert!(world.database.borrow().is_empty());
            // It isn't told again.
            assert_eq!(plain(&world.talk(0, &query("select failexec")))[0], "E(22012)");
            world.talk(1, &query("rollback"));
            world.assert_quiet();
        }
    }
}

#[test]
fn a_pipeline_goes_on_behind_what_failed() {
    let mut world = World::new(1, 1);
    // The second batch's statement should have come with the first, the fourth's with the third.
    let failing = batch(&[parse("", "failparse"), parse("a", "select 1"), parse("b", "select 2")]);
    let seen = world.talk(
        0,
        &[
            failing.clone(),
            batch(&[run_unnamed("select 1")]),
            failing,
            batch(&[run_unnamed("select 2")]),
            batch(&[run_unnamed("select 2")]),
        ]
        .concat(),
    );
    assert_eq!(tags(&seen), "EZ12TDCZEZ12TDCZ12TDCZ");
    // Where a statement was to be cleared away for another try and that was skipped, it is there.
    let all = [
        batch(&[parse("c", "select 3")]),
        batch(&[run_unnamed("select failexec"), bind("", "c", b"")]),
        batch(&[run_unnamed("select failexec"), bind("", "c", b"")]),
    ];
    assert_eq!(tags(&world.talk(0, &all.concat())), "1Z12TEZ12TEZ");
    assert_eq!(tags(&world.talk(0, &query("begin"))), "CZ");
    assert_eq!(tags(&world.talk(0, &use_named("c"))), "2TDCZ");
    world.talk(0, &query("rollback"));
    world.assert_quiet();
}

#[test]
fn a_copy_with_an_early_sync_does_not_hinder_healing() {
    let mut world = World::new(1, 1);
    world.talk(0, &batch(&[parse("a", "select 1")]));
    assert_eq!(tags(&world.talk(0, &batch(&[run_unnamed("copy t from stdin")]))), "12nG");
    assert_eq!(tags(&world.talk(0, &[copy_done(), sync()].concat())), "CZ");
    world.backend(0).make_stale();
    assert_eq!(tags(&world.talk(0, &use_named("a"))), "2TDCZ");
}
