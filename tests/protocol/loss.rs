//! The server connection breaks, in each state of a session.

use pgtenant::session::conversation::{Loss, PoolMode};

use super::{
    frames::*,
    world::{Dice, World},
};

/// A session that has sent these bytes, of which the server has seen everything or nothing.
fn under_way(bytes: &[u8]) -> World {
    let mut world = World::new(1, 1);
    world.sessions[0].sent = bytes.to_vec();
    let mut dice = Dice::new(1);
    while world.server_of(0).is_none() {
        world.step(&mut dice);
    }
    world
}

fn lose(bytes: &[u8]) -> (Loss, String, World) {
    let mut world = under_way(bytes);
    let loss = world.lose_server(0);
    let frames = std::mem::take(&mut world.sessions[0].frames);
    (loss, tags(&frames), world)
}

#[track_caller]
fn goes_on(mut world: World) {
    assert_eq!(tags(&world.talk(0, &query("select 1"))), "TDCZ");
    assert_eq!(tags(&world.talk(0, &[run_unnamed("select 1"), sync()].concat())), "12TDCZ");
    world.assert_quiet();
}

#[test]
fn a_lone_query_or_batch_fails() {
    for bytes in [query("select 1"), [run_unnamed("select 1"), sync()].concat(), query("copy t to stdout")] {
        let (loss, seen, world) = lose(&bytes);
        assert_eq!((loss, seen.as_str()), (Loss::GoOn, "EZ"));
        goes_on(world);
    }
}

#[test]
fn a_batch_without_its_sync_fails_once() {
    for replied in [false, true] {
        let mut world = World::new(1, 1);
        let batch = [run_unnamed("insert into t values (1)"), flush()].concat();
        if replied {
            assert_eq!(tags(&world.talk(0, &batch)), "12nC");
        } else {
            world = under_way(&batch);
        }
        assert_eq!(world.lose_server(0), Loss::GoOn);
        assert_eq!(tags(&std::mem::take(&mut world.sessions[0].frames)), "E", "the client must not take its batch for committed");
        assert_eq!(
            tags(&world.talk(0, &[run_unnamed("insert into t values (2)"), sync()].concat())),
            "Z",
            "the rest of the batch is skipped"
        );
        assert!(world.database.borrow().is_empty());
        goes_on(world);
    }
}

#[test]
fn a_failed_batch_without_its_sync_has_failed_already() {
    let mut world = World::new(1, 1);
    assert_eq!(tags(&world.talk(0, &[parse("", "failparse"), flush()].concat())), "E");
    assert_eq!(world.lose_server(0), Loss::GoOn);
    assert_eq!(tags(&world.talk(0, &sync())), "Z");
    goes_on(world);
}

#[test]
fn two_answers_owed_end_the_session() {
    let (loss, _, _) = lose(&[query("select 1"), query("select 2")].concat());
    assert_eq!(loss, Loss::End);
    let (loss, seen, world) = lose(&[run_unnamed("select 1"), sync(), run_unnamed("select 2"), flush()].concat());
    assert_eq!((loss, seen.as_str()), (Loss::GoOn, "EZE"));
    let mut world = world;
    assert_eq!(tags(&world.talk(0, &sync())), "Z");
    goes_on(world);
}

#[test]
fn transactions_copies_and_pins_end_the_session() {
    for (first, then) in [
        (query("begin"), query("select 1")),
        (query("copy t from stdin"), copy_data(b"x")),
        (query("create temp table a (b int)"), query("select 1")),
        (query("begin; select failexec"), query("select 1")),
    ] {
        let mut world = World::new(1, 1);
        world.talk(0, &first);
        world.sessions[0].sent = then;
        assert_eq!(world.lose_server(0), Loss::End, "{first:?}");
    }
    let mut world = World::with_mode(1, 1, PoolMode::Session, 10);
    world.talk(0, &query("select 1"));
    assert_eq!(world.lose_server(0), Loss::End);
}

#[test]
fn half_a_row_ends_the_session() {
    let mut world = World::new(1, 1);
    world.piece = 1000;
    world.sessions[0].sent = query("select bigrow");
    let mut dice = Dice::new(5);
    while world.sessions[0].frames.is_empty() {
        world.step(&mut dice);
    }
    for _ in 0..10 {
        world.step(&mut dice);
    }
    assert_eq!(tags(&world.sessions[0].frames), "T");
    assert_eq!(world.lose_server(0), Loss::End);
}

#[test]
fn the_servers_own_words_are_the_last() {
    let mut world = World::new(1, 1);
    world.talk(0, &query("begin"));
    let fatal = frame(b'E', b"SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0");
    world.backend(0).push_asynchronous(&fatal);
    world.run(&mut Dice::new(1));
    assert_eq!(world.lose_server(0), Loss::Told);
    assert_eq!(frames_of(&fatal), world.sessions[0].frames);
}

#[test]
fn settings_that_were_not_told_yet_end_the_session() {
    let mut world = World::new(1, 1);
    world.sessions[0].sent = query("set work_mem = '8MB'");
    let mut dice = Dice::new(1);
    while tags(&world.sessions[0].frames) != "CZ" {
        world.step(&mut dice);
    }
    world.sessions[0].sent = query("select 1");
    assert!(world.server_of(0).is_some(), "the question is under way");
    assert_eq!(world.lose_server(0), Loss::End);
    assert_eq!(tags(&world.sessions[0].frames), "CZ");
}

#[test]
fn no_server_to_be_had() {
    let batch = |text: &str| [run_unnamed(text), sync()].concat();
    let long = [parse("", "insert into t values ($1)"), bind("", "", &vec![b'x'; 100_000]), execute("", 0), sync()].concat();
    for (bytes, seen) in [
        (query("select 1"), "EZ"),
        (query("prepare a as select 1"), "EZ"),
        (query("deallocate all"), "CZ"),
        (batch("select 1"), "EZ"),
        (long, "EZ"),
        (batch("deallocate all"), "12nCZ"),
        ([batch("select 1"), query("select 2"), batch("select 3")].concat(), "EZEZEZ"),
        // Its text was accepted before, so naming it needs no server; running it does.
        ([close(b'S', "a"), parse("a", "select 1"), bind("", "a", b""), execute("", 0), sync()].concat(), "31EZ"),
        ([run_unnamed("discard all"), run_unnamed("select 1"), run_unnamed("discard all"), sync(), sync()].concat(), "12nCEZZ"),
        ([frame(b'F', &[0; 40_000]), query("select 1")].concat(), "EZEZ"),
        ([query("copy t from stdin"), copy_data(b"row"), copy_done(), query("select 1")].concat(), "EZEZ"),
        ([sync(), flush(), copy_data(b"row"), sync()].concat(), "ZZ"),
    ] {
        for piece in [usize::MAX, 1, 1000] {
            let mut world = World::new(2, 1);
            world.talk(0, &[parse("named", "select 1"), sync()].concat());
            world.piece = piece;
            world.down = true;
            assert_eq!(tags(&world.talk(0, &bytes)), seen, "in pieces of {piece}");
            world.down = false;
            assert_eq!(tags(&world.talk(1, &query("select 1"))), "TDCZ");
            goes_on(world);
        }
    }
    // Names that a batch without a server would have changed.
    let mut world = World::new(1, 1);
    world.talk(0, &[parse("a", "select 1"), sync()].concat());
    world.down = true;
    assert_eq!(tags(&world.talk(0, &[bind("", "a", b""), parse("b", "select 2"), close(b'S', "a"), sync()].concat())), "EZ");
    world.down = false;
    assert_eq!(tags(&world.talk(0, &[bind("", "a", b""), execute("", 0), sync()].concat())), "2DCZ");
    assert_eq!(tags(&world.talk(0, &[bind("", "b", b""), execute("", 0), sync()].concat())), "EZ");
}
