//! Bytes that no client or server should send: they end their own session and touch no other.

use std::num::NonZeroUsize;

use pgtenant::{
    backend::{Carried, settings::Settings},
    session::conversation::{Conversation, Fatal, PoolMode, Sink},
    wire::FrameError,
};
use proptest::prelude::*;

use super::{frames::*, world::World};

/// What becomes of a client that sends these bytes behind a good query, beside another that goes on.
#[track_caller]
fn refused(bytes: &[u8]) -> Fatal {
    let mut fatal = None;
    for piece in [usize::MAX, 1, 11] {
        for before in [query("select 1"), query("begin"), query("copy t from stdin"), parse("", "failparse"), Vec::new()] {
            let mut world = World::new(2, 1);
            world.piece = piece;
            world.talk(0, &before);
            let seen = world.talk(0, bytes);
            let last = seen.last().expect("an answer");
            assert_eq!(
                (last.tag, last.field(b'S').as_str(), last.field(b'C').as_str()),
                (b'E', "FATAL", "08P01"),
                "{bytes:?} behind {before:?}"
            );
            assert!(world.sessions[0].ended);
            assert_eq!(tags(&world.talk(1, &query("select 1"))), "TDCZ");
            world.assert_quiet();
            fatal = world.sessions[0].fatal.take();
        }
    }
    fatal.unwrap()
}

#[test]
fn lengths_that_cannot_be() {
    for tag in *b"QPBDECSHFXdcf" {
        for length in 0..4u32 {
            let bytes = [&[tag], length.to_be_bytes().as_slice()].concat();
            assert_eq!(refused(&bytes), Fatal::Client(FrameError::TooShort { tag, length }));
        }
        for length in [0x4000_0000u32, 0x7fff_ffff, 0x8000_0000, u32::MAX] {
            let bytes = [&[tag], length.to_be_bytes().as_slice()].concat();
            assert!(matches!(refused(&bytes), Fatal::Client(FrameError::TooLong { .. })));
        }
    }
    for tag in *b"SHXc" {
        refused(&frame(tag, b"x"));
    }
    for tag in *b"EDCf" {
        refused(&[&[tag], 10_001u32.to_be_bytes().as_slice()].concat());
    }
    refused(&[b"P", ((64u32 << 20) + 1).to_be_bytes().as_slice()].concat());
}

#[test]
fn types_that_clients_do_not_send() {
    for tag in (0..=255u8).filter(|tag| !b"QPBDECSHFXdcf".contains(tag)) {
        assert_eq!(refused(&frame(tag, b"")), Fatal::Client(FrameError::Unexpected { tag }));
    }
}

#[test]
fn bodies_of_another_shape() {
    let long = vec![b'x'; 40_000];
    for bytes in [
        frame(b'Q', b""),
        frame(b'Q', b"select 1"),
        frame(b'Q', b"select 1\0drop table t\0"),
        frame(b'P', b"\0select 1\0"),
        frame(b'P', b"\0select 1\0\0\x01\0\0"),
        frame(b'P', b"\0select 1\0\0\0\0"),
        frame(b'P', b"name"),
        frame(b'B', b""),
        frame(b'B', b"portal\0statement"),
        frame(b'B', &long),
        frame(b'B', &[b"portal\0", long.as_slice()].concat()),
        frame(b'D', b""),
        frame(b'D', b"Xname\0"),
        frame(b'D', b"Sname"),
        frame(b'D', b"Sname\0x"),
        frame(b'C', b"Pname\0\0"),
        frame(b'E', b"portal"),
        frame(b'E', b"portal\0\0\0\0"),
        frame(b'E', b"portal\0\0\0\0\0\0"),
    ] {
        let mut world = World::new(2, 1);
        let seen = world.talk(0, &bytes);
        assert_eq!((tags(&seen).as_str(), seen[0].field(b'C').as_str()), ("E", "08P01"), "{:?}", bytes.iter().take(40).collect::<Vec<_>>());
        assert_eq!(tags(&world.talk(1, &query("select 1"))), "TDCZ");
        world.assert_quiet();
    }
}

#[test]
fn function_calls_are_refused_whatever_their_length() {
    for length in [0, 100, 300_000] {
        let call = frame(b'F', &vec![0; length]);
        for piece in [usize::MAX, 1000] {
            let mut world = World::new(1, 1);
            world.piece = piece;
            let seen = world.talk(0, &[call.clone(), query("select 1")].concat());
            assert_eq!((tags(&seen).as_str(), seen[0].field(b'C').as_str()), ("EZTDCZ", "0A000"));
            world.talk(0, &query("begin"));
            let seen = world.talk(0, &[call.clone(), query("select 1")].concat());
            assert_eq!(tags(&seen), "EZEZ");
            assert_eq!((seen[0].field(b'C').as_str(), seen[2].field(b'C').as_str()), ("0A000", "25P02"));
            world.talk(0, &query("rollback"));
            world.assert_quiet();
        }
    }
}

#[test]
fn goodbye_in_the_middle() {
    let goodbye = frame(b'X', b"");
    for before in [
        query("begin"),
        query("copy t from stdin"),
        run_unnamed("select 1"),
        parse("", "failparse"),
        [query("select 1"), run_unnamed("select 1")].concat(),
    ] {
        for talk_first in [false, true] {
            let mut world = World::new(2, 1);
            if talk_first {
                world.talk(0, &[before.clone(), flush()].concat());
                world.talk(0, &goodbye);
            } else {
                world.talk(0, &[before.clone(), goodbye.clone()].concat());
            }
            assert!(world.sessions[0].ended);
            assert_eq!(tags(&world.talk(1, &query("select 1"))), "TDCZ");
            world.assert_quiet();
        }
    }
}

/// A session whose query is with the server.
fn waiting() -> World {
    let mut world = World::new(2, 1);
    world.talk(0, &query("begin"));
    world
}

#[test]
fn servers_that_say_what_nobody_asked_for() {
    for bytes in [
        frame(b'Z', b"I"),
        frame(b'Z', b"x"),
        frame(b'C', b"SELECT 1\0"),
        frame(b'D', b"\0\0"),
        frame(b'G', b"\0\0\0"),
        frame(b'W', b"\0\0\0"),
        frame(b'R', b"\0\0\0\0"),
        frame(b'V', b""),
        frame(b'1', b""),
        frame(b'E', b"SERROR\0VERROR\0C22012\0Mhm\0\0"),
        vec![b'Z', 0, 0, 0, 3],
        // Held until it is complete, if it were due.
        vec![b'C', 0xff, 0xff, 0xff, 0xff],
        vec![b'?', 0x7f, 0xff, 0xff, 0xff],
    ] {
        let mut world = waiting();
        world.backend(0).push_asynchronous(&bytes);
        let seen = world.talk(0, b"");
        let last = seen.last().expect("an answer");
        assert_eq!((last.field(b'S').as_str(), last.field(b'C').as_str()), ("FATAL", "08006"), "{bytes:?}");
        assert!(matches!(world.sessions[0].fatal, Some(Fatal::Server(_))));
        assert_eq!(tags(&world.talk(1, &query("select 1"))), "TDCZ");
        world.assert_quiet();
    }
}

#[test]
fn asynchronous_messages_pass_at_any_time() {
    let told = [frame(b'N', b"SNOTICE\0C00000\0Mhi\0\0"), frame(b'S', b"in_hot_standby\0off\0")];
    for message in told {
        let mut world = waiting();
        world.backend(0).push_asynchronous(&message);
        assert_eq!(world.talk(0, b""), frames_of(&message));
        let seen = world.talk(0, &[run_unnamed("select 1"), flush()].concat());
        assert_eq!(tags(&seen), "12TDC");
        world.backend(0).push_asynchronous(&message);
        assert_eq!(world.talk(0, b""), frames_of(&message));
        world.talk(0, &[sync(), query("rollback")].concat());
        world.assert_quiet();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn random_bytes_of_a_client(bytes in proptest::collection::vec(any::<u8>(), 0..200), tag in proptest::sample::select(b"QPBDECSHFXdcf".to_vec()), whole in any::<bool>()) {
        let bytes = if whole { frame(tag, &bytes) } else { [&[tag, 0, 0], bytes.as_slice()].concat() };
        let mut world = World::new(2, 1);
        world.talk(0, &[run_unnamed("select 1"), sync()].concat());
        // The model can't read Binds and the like of any shape: so no server is there.
        world.servers[0].backend = None;
        world.talk(0, &bytes);
    }

    #[test]
    fn random_bytes_of_a_server(bytes in proptest::collection::vec(any::<u8>(), 0..100), tag in any::<u8>(), whole in any::<bool>(), parts in 0usize..4) {
        let bytes = if whole { frame(tag, &bytes) } else { bytes };
        let mut conversation = Conversation::new(Settings::default(), PoolMode::Transaction);
        let mut carried = Carried::new(NonZeroUsize::new(5).unwrap());
        let mut out = Vec::new();
        let sent = [run_unnamed("select 1"), sync(), query("copy t from stdin"), query("set work_mem = 1")][..parts].concat();
        let server = Some(pgtenant::session::conversation::Attached { carried: &mut carried, out: &mut Vec::new() });
        conversation.on_client(&super::world::tools(), &sent, server, &mut out).unwrap();
        out.clear();
        let mut sink = Sink::new(&mut out, &bytes);
        if let Ok((done, _)) = conversation.on_server(&bytes, &mut carried, &mut sink) {
            let run = sink.finish();
            prop_assert!(done <= bytes.len() && run.end <= done);
        }
    }
}
