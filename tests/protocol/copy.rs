//! COPY in and out, whole and failing midway, in both protocols, and data that comes early or late.

use super::{
    batches::plain,
    frames::*,
    model::Backend,
    world::{Dice, World},
};

#[track_caller]
fn same_as_direct(steps: &[Vec<u8>]) {
    for piece in [usize::MAX, 1, 9] {
        let mut world = World::new(2, 1);
        world.piece = piece;
        let mut direct = Backend::new(&Default::default());
        for (number, step) in steps.iter().enumerate() {
            direct.feed(step);
            let said = frames_of(&std::mem::take(&mut direct.out));
            assert_eq!(plain(&world.talk(0, step)), plain(&said), "at step {number} in pieces of {piece}");
        }
        assert_eq!(tags(&world.talk(1, &query("select 1"))), "TDCZ");
        world.assert_quiet();
    }
}

fn rows(count: usize) -> Vec<u8> {
    (0..count).flat_map(|row| copy_data(format!("row {row}\n").as_bytes())).collect()
}

fn extended(text: &str) -> Vec<u8> {
    run_unnamed(text)
}

#[test]
fn in_and_out() {
    for text in ["copy t from stdin", "copy failcopy from stdin"] {
        for end in [copy_done(), copy_fail()] {
            same_as_direct(&[query(text), rows(1), [rows(3), end.clone()].concat(), query("select 1")]);
            same_as_direct(&[query(text), end.clone(), query("select 1")]);
            same_as_direct(&[query(text), [rows(5), end.clone(), query("select 1")].concat()]);
            // libpq: everything up to Sync at once, a second Sync behind the data.
            same_as_direct(&[[extended(text), sync()].concat(), rows(1), [rows(3), end.clone(), sync()].concat(), query("select 1")]);
            // Others: no Sync before the data.
            same_as_direct(&[[extended(text), flush()].concat(), rows(2), [end.clone(), sync()].concat(), query("select 1")]);
        }
    }
    same_as_direct(&[query("copy t to stdout"), query("copy failcopy to stdout"), query("select 1")]);
    same_as_direct(&[
        [extended("copy t to stdout"), extended("copy failcopy to stdout"), extended("select 1"), sync()].concat(),
        query("select 1"),
    ]);
}

#[test]
fn data_that_does_not_wait_for_the_server() {
    for text in ["copy t from stdin", "copy failcopy from stdin", "copy t to stdout", "select failparse", "select 1"] {
        for end in [copy_done(), copy_fail()] {
            same_as_direct(&[[query(text), rows(4), end.clone()].concat(), query("select 1")]);
            same_as_direct(&[[query(text), rows(4), end.clone(), query("select 2"), query("select 3")].concat()]);
            same_as_direct(&[[extended(text), rows(4), end.clone(), sync()].concat(), query("select 1")]);
            same_as_direct(&[[extended(text), rows(4), end.clone(), sync(), extended("select 2"), sync()].concat()]);
        }
    }
    same_as_direct(&[[extended("copy t from stdin"), sync(), rows(4), copy_done(), sync()].concat(), query("select 1")]);
    same_as_direct(&[[
        query("copy t from stdin; copy t from stdin; select 1"),
        rows(2),
        copy_done(),
        rows(2),
        copy_done(),
        query("select 2"),
    ]
    .concat()]);
}

#[test]
fn two_copies_in_a_script() {
    same_as_direct(&[query("copy t from stdin; select 1; copy t from stdin"), [rows(2), copy_done()].concat(), rows(2), copy_done()]);
    same_as_direct(&[
        query("copy t from stdin; select 1; copy t from stdin"),
        [rows(2), copy_fail()].concat(),
        rows(2),
        copy_done(),
        query("select 1"),
    ]);
    same_as_direct(&[query("copy t to stdout; copy t from stdin"), [rows(2), copy_done()].concat()]);
}

#[test]
fn in_transactions() {
    same_as_direct(&[
        query("begin"),
        query("copy failcopy from stdin"),
        [rows(4), copy_done()].concat(),
        query("select 1"),
        query("rollback"),
    ]);
    same_as_direct(&[
        query("begin"),
        [extended("copy t from stdin"), sync()].concat(),
        [rows(4), copy_done(), sync()].concat(),
        query("commit"),
    ]);
}

#[test]
fn stray_data_is_nobodys() {
    same_as_direct(&[[rows(3), copy_done()].concat(), query("select 1"), copy_fail(), [extended("select 1"), sync()].concat(), rows(1)]);
    same_as_direct(&[query("begin"), rows(3), copy_done(), query("commit")]);
}

#[test]
fn flush_and_sync_inside_are_ignored() {
    same_as_direct(&[query("copy t from stdin"), [rows(1), sync(), flush(), rows(1), sync(), copy_done()].concat(), query("select 1")]);
}

#[test]
fn anything_else_inside_ends_the_session() {
    for other in [query("select 1"), parse("", "select 1"), execute("", 0)] {
        let mut world = World::new(2, 1);
        world.talk(0, &query("copy t from stdin"));
        let seen = world.talk(0, &[rows(1), other].concat());
        assert_eq!((tags(&seen).as_str(), seen[0].field(b'C').as_str(), seen[0].field(b'S').as_str()), ("E", "08P01", "FATAL"));
        assert!(world.sessions[0].ended);
        assert!(world.database.borrow().is_empty());
        assert_eq!(tags(&world.talk(1, &query("select 1"))), "TDCZ");
    }
}

#[test]
fn a_sync_that_the_server_may_or_may_not_have_ignored() {
    // The server fails between CopyInResponse and reading on: it answers both Syncs, not only the last.
    for seed in 0..200 {
        let mut world = World::new(2, 1);
        let mut dice = Dice::new(seed);
        world.backend(0).fails_before_data = true;
        world.piece = 20;
        world.sessions[0].sent = [extended("copy t from stdin"), sync()].concat();
        while !tags(&world.sessions[0].frames).contains('G') {
            world.step(&mut dice);
        }
        // In half of the cases the client knows of the failure when it goes on.
        if seed % 2 == 0 {
            world.run(&mut dice);
        }
        world.sessions[0].sent.extend([rows(1), copy_done(), sync(), query("select 2")].concat());
        world.sessions[1].sent = query("select 1");
        world.run(&mut dice);
        // A Sync that comes behind CopyInResponse doesn't go to the server, and isn't answered either.
        let seen = tags(&std::mem::take(&mut world.sessions[0].frames));
        assert!(["12nGEZZTDCZ", "12nGEZTDCZ"].contains(&seen.as_str()), "seed {seed}: {seen}");
        assert_eq!(tags(&std::mem::take(&mut world.sessions[1].frames)), "TDCZ");
        world.assert_quiet();
    }
}
