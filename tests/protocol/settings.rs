//! Settings that travel with their session, and state that can't.

use pgtenant::{
    backend::settings::Settings,
    session::{
        conversation::{Fatal, PoolMode},
        pin::Pin,
    },
};

use super::{
    frames::*,
    model::Backend,
    world::{Dice, World},
};

const STARTUP: [(&str, &str); 2] = [("application_name", "shop"), ("timezone", "Asia/Tokyo")];

/// A session with a startup packet and one without, over two servers, compared with the first's direct connection: replies and, in the
/// end, the values that the client has been told of.
#[track_caller]
fn same_as_direct(mode: PoolMode, steps: &[Vec<u8>]) {
    for piece in [usize::MAX, 1, 30] {
        let mut world = World::with_mode(0, 2, mode, 100);
        world.piece = piece;
        world.add_session(Settings::from_pairs(STARTUP), mode);
        world.add_session(Settings::default(), PoolMode::Transaction);
        let mut direct = Backend::with_settings(&Default::default(), &STARTUP);
        for (number, step) in steps.iter().enumerate() {
            direct.feed(step);
            let said = frames_of(&std::mem::take(&mut direct.out));
            assert_eq!(world.talk(0, step), said, "at step {number} in pieces of {piece}");
            world.talk(1, &query("set timezone = 'Europe/Rome'; set work_mem = '1GB'; set search_path = other"));
            if world.server_of(0).is_none() {
                world.talk(1, &query(if number % 2 == 0 { "begin" } else { "rollback" }));
            }
        }
        if world.server_of(1).is_some() {
            world.talk(1, &query("rollback"));
        }
        world.assert_quiet();
    }
}

fn show() -> Vec<u8> {
    query("show application_name; show timezone; show work_mem; show search_path; show datestyle")
}

#[test]
fn settings_travel() {
    for mode in [PoolMode::Transaction, PoolMode::Session] {
        same_as_direct(mode, &[show(), query("set work_mem = '8MB'"), show(), query("set timezone = 'UTC'"), show(), show()]);
        same_as_direct(
            mode,
            &[
                [run_unnamed("set work_mem = '8MB'"), run_unnamed("set datestyle = 'German'"), sync()].concat(),
                show(),
                [run_unnamed("set work_mem = '9MB'"), run_unnamed("select failexec"), sync()].concat(),
                show(),
                query("set session search_path to 'a, b'; set application_name = 'x'"),
                show(),
            ],
        );
    }
}

#[test]
fn transactions_take_settings_back() {
    for mode in [PoolMode::Transaction, PoolMode::Session] {
        same_as_direct(
            mode,
            &[
                query("set work_mem = '8MB'"),
                query("begin"),
                query("set work_mem = '9MB'"),
                query("set timezone = 'UTC'"),
                query("set local application_name = 'local'"),
                query("show work_mem"),
                query("rollback"),
                show(),
                query("begin; set local work_mem = '7MB'; set local timezone = 'UTC'; show work_mem"),
                query("commit"),
                show(),
                query("set work_mem = '10MB'; select failexec"),
                show(),
            ],
        );
    }
}

#[test]
fn resets_go_back_to_the_startup_packet() {
    for mode in [PoolMode::Transaction, PoolMode::Session] {
        for reset in ["reset all", "reset timezone; reset work_mem; reset application_name; reset search_path; reset datestyle"] {
            for script in [reset.to_owned(), format!("begin; {reset}; commit")] {
                let mut world = World::with_mode(0, 1, mode, 100);
                world.add_session(Settings::from_pairs(STARTUP), mode);
                world.talk(
                    0,
                    &query("set timezone = 'Europe/Rome'; set application_name = 'x'; set work_mem = '8MB'; set datestyle = 'German'"),
                );
                let told = world.talk(0, &query(&script));
                let values: Vec<_> =
                    told.iter().filter(|frame| frame.tag == b'S').map(|frame| String::from_utf8_lossy(&frame.body).into_owned()).collect();
                assert_eq!(values, ["application_name\0shop\0", "DateStyle\0ISO, MDY\0", "TimeZone\0Asia/Tokyo\0"]);
                let mut direct = Backend::with_settings(&Default::default(), &STARTUP);
                direct.feed(&show());
                assert_eq!(world.talk(0, &show()), frames_of(&direct.out), "{script}");
            }
        }
    }
}

#[test]
fn resets_that_are_rolled_back_change_nothing() {
    for script in ["reset work_mem; select failexec", "begin; reset all; select failexec", "begin; reset work_mem; rollback"] {
        same_as_direct(
            PoolMode::Transaction,
            &[query("set work_mem = '8MB'; set datestyle = 'German'"), query(script), query("rollback"), show()],
        );
    }
}

#[test]
fn resets_and_sets_in_one_transaction() {
    same_as_direct(
        PoolMode::Transaction,
        &[
            query("set work_mem = '8MB'"),
            query("begin"),
            query("reset work_mem"),
            query("set work_mem = '9MB'"),
            query("commit"),
            show(),
            query("reset work_mem; set work_mem = '10MB'"),
            show(),
            query("set work_mem = '11MB'; reset work_mem"),
            show(),
            query("reset datestyle; set datestyle = 'German'"),
            show(),
        ],
    );
}

#[test]
fn settings_changed_while_the_last_ones_are_asked_for() {
    for seed in 0..100 {
        let mut world = World::new(2, 1);
        world.piece = 60;
        world.sessions[0].sent =
            [query("set work_mem = '8MB'"), query("set search_path = a"), query("set work_mem = '9MB'"), query("select 1")].concat();
        world.run(&mut Dice::new(seed));
        world.sessions[0].frames.clear();
        world.talk(1, &query("select 1"));
        let seen = world.talk(0, &query("show work_mem; show search_path"));
        let rows: Vec<_> =
            seen.iter().filter(|frame| frame.tag == b'D').map(|frame| String::from_utf8_lossy(&frame.body[6..]).into_owned()).collect();
        assert_eq!(rows, ["9MB", "a"], "seed {seed}");
        world.assert_quiet();
    }
}

#[test]
fn a_question_that_a_late_cancel_request_hits_is_asked_again() {
    for fails in [1, 2] {
        let mut world = World::new(2, 1);
        world.talk(0, &query("select 1"));
        world.backend(0).fails_questions = fails;
        assert_eq!(tags(&world.talk(0, &query("set work_mem = '8MB'; set search_path = a"))), "CCZ");
        let show = query("show work_mem; show search_path");
        let values = |seen: &[Seen]| {
            let rows = seen.iter().filter(|frame| frame.tag == b'D').map(|frame| String::from_utf8_lossy(&frame.body[6..]).into_owned());
            rows.collect::<Vec<_>>()
        };
        let (other, own) = (world.talk(1, &show), world.talk(0, &show));
        assert_ne!(values(&other)[0], "8MB", "another session runs under it");
        assert_eq!(values(&own), ["8MB", "a"]);
        world.assert_quiet();
    }
    let mut world = World::new(1, 1);
    world.talk(0, &query("select 1"));
    world.backend(0).fails_questions = 1000;
    world.talk(0, &query("set work_mem = '8MB'"));
    assert!(matches!(world.sessions[0].fatal, Some(Fatal::Settings { .. })), "nobody knows what the connection has");
}

#[test]
fn only_what_differs_is_sent() {
    let mut world = World::new(2, 1);
    world.talk(0, &query("set work_mem = '8MB'"));
    let before = world.backend(0).queries.len();
    for _ in 0..3 {
        world.talk(0, &query("select 1"));
    }
    assert_eq!(world.backend(0).queries.len(), before + 3);
    world.talk(1, &query("select 1"));
    assert_eq!(world.backend(0).queries.len(), before + 5);
}

#[test]
fn a_session_whose_settings_are_refused_ends() {
    let mut world = World::with_mode(0, 1, PoolMode::Transaction, 100);
    world.add_session(Settings::from_pairs([("timezone", "invalid")]), PoolMode::Transaction);
    world.add_session(Settings::default(), PoolMode::Transaction);
    let seen = world.talk(0, &query("insert into t values (1)"));
    assert_eq!(tags(&seen), "E");
    assert_eq!((seen[0].field(b'S').as_str(), seen[0].field(b'C').as_str()), ("FATAL", "22023"));
    assert!(matches!(world.sessions[0].fatal, Some(Fatal::Settings { .. })));
    assert_eq!(tags(&world.talk(1, &query("select 1"))), "TDCZ");
}

#[test]
fn settings_of_ours_do_not_take_the_unnamed_statement_along() {
    let mut world = World::with_mode(0, 1, PoolMode::Transaction, 100);
    world.add_session(Settings::from_pairs(STARTUP), PoolMode::Transaction);
    world.add_session(Settings::default(), PoolMode::Transaction);
    world.talk(1, &[parse("a", "select 2"), sync()].concat());
    world.talk(0, &[parse("", "select 1"), sync()].concat());
    assert_eq!(tags(&world.talk(1, &[bind("", "a", b""), execute("", 0), sync()].concat())), "2DCZ");
    assert_eq!(tags(&world.talk(0, &[bind("", "", b""), execute("", 0), sync()].concat())), "2DCZ");
}

#[test]
fn state_that_cannot_travel_pins() {
    for extended in [false, true] {
        let send = |text: &str| if extended { [run_unnamed(text), sync()].concat() } else { query(text) };
        let mut world = World::new(2, 2);
        world.talk(0, &send("create temp table a (b int)"));
        assert!(world.sessions[0].conversation.pin().is_some());
        assert_eq!(tags(&world.talk(1, &query("select 1"))), "TDCZ");
        world.talk(0, &[parse("n", "select 1"), sync()].concat());
        assert!(tags(&world.talk(0, &send("discard all"))).ends_with("CZ"));
        assert!(world.sessions[0].conversation.pin().is_none(), "DISCARD ALL frees");
        assert_eq!(world.server_of(0), None);
        assert_eq!(tags(&world.talk(0, &[bind("", "n", b""), sync()].concat())), "EZ");
        world.assert_quiet();
    }
}

#[test]
fn what_discard_all_does_not_undo_keeps_its_pin() {
    for first in ["create temp table a (b int)", "select 1"] {
        for mode in [PoolMode::Transaction, PoolMode::Session] {
            for text in ["select setseed(0.5)", "create temp table b (c int); select setseed(0.5)"] {
                let mut world = World::with_mode(1, 1, mode, 10);
                world.talk(0, &query(first));
                world.talk(0, &query(text));
                assert!(!world.sessions[0].conversation.pin().is_some_and(Pin::is_discardable), "{first}, {text}");
                world.talk(0, &query("discard all"));
                assert!(world.sessions[0].conversation.pin().is_some());
                world.assert_quiet();
            }
        }
    }
}

#[test]
fn session_mode_keeps_its_server() {
    let mut world = World::with_mode(2, 2, PoolMode::Session, 10);
    for session in [0, 1] {
        world.talk(session, &query("select 1"));
        assert_eq!(world.server_of(session), Some(session));
        world.talk(session, &query("discard all"));
        assert_eq!(world.sessions[session].conversation.pin(), Some(&Pin::SessionMode));
    }
    world.assert_quiet();
}

#[test]
fn statement_mode_refuses_blocks() {
    let mut world = World::with_mode(1, 1, PoolMode::Statement, 10);
    for text in ["begin", "start transaction", "begin; select 1; commit"] {
        let seen = world.talk(0, &query(text));
        assert_eq!((tags(&seen).as_str(), seen[0].field(b'C').as_str()), ("EZ", "0A000"), "{text}");
        assert_eq!(tags(&world.talk(0, &[run_unnamed("begin"), sync()].concat())), "EZ");
    }
    assert_eq!(tags(&world.talk(0, &query("select 1; select 2"))), "TDCTDCZ");
    world.assert_quiet();
}
