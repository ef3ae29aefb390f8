//! Batches of the extended protocol: pipelines, Flush, several Syncs, errors that skip, portals with row limits.

use super::{
    frames::*,
    model::Backend,
    world::{Dice, World},
};

/// What the model says to these bytes directly.
pub fn direct(bytes: &[u8]) -> Vec<Seen> {
    let mut backend = Backend::new(&Default::default());
    backend.feed(bytes);
    frames_of(&backend.out)
}

/// Codes and types, without messages, which may hold names of ours.
pub fn plain(frames: &[Seen]) -> Vec<String> {
    frames
        .iter()
        .map(|frame| match frame.tag {
            b'E' | b'N' => format!("{}({})", char::from(frame.tag), frame.field(b'C')),
            _ => format!("{frame:?}"),
        })
        .collect()
}

#[track_caller]
fn same_as_direct(steps: &[Vec<u8>]) {
    for piece in [usize::MAX, 1, 7] {
        let mut world = World::new(1, 1);
        world.piece = piece;
        let mut seen = Vec::new();
        for step in steps {
            seen.extend(world.talk(0, step));
        }
        assert_eq!(plain(&seen), plain(&direct(&steps.concat())), "in pieces of {piece}");
        world.assert_quiet();
    }
}

#[test]
fn one_batch_or_query() {
    same_as_direct(&[query("select 1")]);
    same_as_direct(&[query("")]);
    same_as_direct(&[query("select 1; select failexec; select 3")]);
    same_as_direct(&[[run_unnamed("select 1"), sync()].concat()]);
    same_as_direct(&[
        [run_unnamed("select 1"), sync()].concat(),
        [run_unnamed("select 1"), sync()].concat(),
        [run_unnamed("select 1"), sync()].concat(),
    ]);
    same_as_direct(&[sync(), sync(), [sync(), sync()].concat()]);
}

#[test]
fn pipelines() {
    let all = [
        parse("a", "select 1"),
        sync(),
        bind("", "a", b"p"),
        execute("", 0),
        bind("", "a", b"q"),
        execute("", 0),
        sync(),
        query("select 2"),
    ];
    same_as_direct(&[all.concat()]);
    same_as_direct(&[[
        run_unnamed("select 1"),
        sync(),
        run_unnamed("select failexec"),
        run_unnamed("select 3"),
        sync(),
        run_unnamed("select 4"),
        sync(),
    ]
    .concat()]);
}

#[test]
fn a_flush_without_sync_keeps_the_transaction_together() {
    same_as_direct(&[
        [run_unnamed("insert into t values (1)"), flush()].concat(),
        [run_unnamed("select failexec"), flush()].concat(),
        sync(),
    ]);
    let mut world = World::new(2, 1);
    let frames = world.talk(0, &[run_unnamed("insert into t values (1)"), flush()].concat());
    assert_eq!(tags(&frames), "12nC");
    world.sessions[1].sent = query("select 2");
    world.run(&mut Dice::new(3));
    assert!(world.sessions[1].frames.is_empty(), "another session in the midst of a transaction");
    assert_eq!(tags(&world.talk(0, &sync())), "Z");
    assert_eq!(tags(&std::mem::take(&mut world.sessions[1].frames)), "TDCZ");
    assert_eq!(world.database.borrow().len(), 1);
    world.assert_quiet();
}

#[test]
fn an_error_keeps_the_connection_until_sync() {
    let mut world = World::new(2, 1);
    assert_eq!(tags(&world.talk(0, &[parse("", "failparse"), flush()].concat())), "E");
    world.sessions[1].sent = query("select 2");
    world.run(&mut Dice::new(3));
    assert_eq!(tags(&world.talk(0, &sync())), "Z");
    assert_eq!(tags(&world.sessions[1].frames), "TDCZ");
    world.assert_quiet();
}

#[test]
fn row_limits() {
    let portal = [parse("", "select manyrows"), bind("p", "", b""), execute("p", 3)].concat();
    same_as_direct(&[[portal.clone(), execute("p", 3), execute("p", 3), execute("p", 3), sync()].concat()]);
    same_as_direct(&[
        [run_unnamed("begin"), sync()].concat(),
        [portal, sync()].concat(),
        [execute("p", 2), sync()].concat(),
        [close(b'P', "p"), execute("p", 2), sync()].concat(),
        query("rollback"),
    ]);
}

/// Sends all at once, so that nothing has been answered when the last of it is read.
#[track_caller]
fn same_at_once(steps: &[Vec<u8>]) {
    let bytes = steps.concat();
    let mut world = World::new(1, 1);
    assert_eq!(plain(&world.talk(0, &bytes)), plain(&direct(&bytes)));
    world.assert_quiet();
}

/// DISCARD ALL fails in a transaction block: what it would have taken is still there for what was sent behind it.
#[test]
fn names_outlive_a_discard_that_fails() {
    let discard = || [run_unnamed("discard all"), sync()].concat();
    let uses = || [bind("", "c", b""), execute("", 0), run_unnamed("deallocate all"), sync()].concat();
    same_at_once(&[query("prepare c as select 1; set work_mem = '7MB'"), query("begin"), discard(), uses(), query("rollback"), uses()]);
    same_at_once(&[query("prepare c as select 1"), query("begin"), query("discard all"), uses(), query("rollback"), uses()]);
    same_at_once(&[query("prepare c as select 1"), discard(), uses()]);
    let again = || [run_unnamed("prepare c (int) as select 1"), run_unnamed("deallocate all"), sync()].concat();
    let block = [run_unnamed("begin"), run_unnamed("prepare c (int) as select 1"), sync()].concat();
    same_at_once(&[block, discard(), again(), query("rollback")]);
}
