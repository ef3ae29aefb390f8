//! LISTEN and UNLISTEN: a session's channels follow its transactions, and its server connection never listens.

use pgtenant::{keys::ScopeKey, sql::outcome::Verb, tenant::channels::ChannelNames};

use super::{
    frames::{bind, execute, frame, parse, query, run_unnamed, sync, tags},
    world::World,
};

fn world() -> World {
    let mut world = World::new(2, 1);
    world.sessions[0].conversation.change_channels(ChannelNames::scoped(ScopeKey::new("secret", "acme")));
    world
}

fn hears(world: &World, channels: &[&str]) -> bool {
    ["a", "b", "c"].iter().all(|channel| world.sessions[0].conversation.hears(channel) == channels.contains(channel))
}

fn commands(world: &mut World, bytes: &[u8]) -> Vec<String> {
    world
        .talk(0, bytes)
        .iter()
        .filter(|seen| seen.tag == b'C')
        .map(|seen| String::from_utf8_lossy(&seen.body).trim_end_matches('\0').to_owned())
        .collect()
}

#[test]
fn a_client_that_listens_keeps_no_server() {
    for extended in [false, true] {
        let send = |text: &str| if extended { [run_unnamed(text), sync()].concat() } else { query(text) };
        let mut world = world();
        assert_eq!(commands(&mut world, &send("listen a")), ["LISTEN"]);
        assert!(hears(&world, &["a"]));
        assert_eq!(world.server_of(0), None);
        assert!(world.sessions[0].conversation.pin().is_none());
        assert_eq!(tags(&world.talk(1, &query("select 1"))), "TDCZ");
        assert_eq!(commands(&mut world, &send("listen b")), ["LISTEN"]);
        assert_eq!(commands(&mut world, &send("unlisten a")), ["UNLISTEN"]);
        assert!(hears(&world, &["b"]));
        assert_eq!(world.sessions[0].conversation.surplus_channels(), ["a".into()]);
        assert_eq!(commands(&mut world, &send("unlisten *")), ["UNLISTEN"]);
        assert!(hears(&world, &[]));
        world.assert_quiet();
    }
}

#[test]
fn channels_follow_transactions() {
    let table: &[(&[&str], &[&str])] = &[
        (&["listen a; listen b"], &["a", "b"]),
        (&["listen a; select failexec"], &[]),
        (&["begin", "listen a", "rollback"], &[]),
        (&["begin", "listen a", "commit"], &["a"]),
        (&["begin; listen a; commit"], &["a"]),
        (&["begin; listen a; rollback; listen b"], &["b"]),
        (&["begin; listen a; commit; begin; listen b; rollback"], &["a"]),
        (&["listen a", "begin", "unlisten a", "rollback"], &["a"]),
        (&["listen a", "begin", "unlisten a", "listen b", "commit"], &["b"]),
        (&["listen a", "begin; unlisten *; listen c; commit"], &["c"]),
        (&["begin", "listen a", "select failexec", "listen b", "commit"], &[]),
        (&["begin", "savepoint s", "listen a", "rollback to s", "listen b", "commit"], &["b"]),
        (&["begin", "listen a", "savepoint s", "listen b", "rollback to s", "listen c", "commit"], &["a", "c"]),
        (&["begin", "listen a", "savepoint s", "listen b", "release s", "commit"], &["a", "b"]),
        (&["begin", "listen a", "savepoint s", "listen b", "rollback"], &[]),
        (&["listen a", "begin", "listen b", "commit and chain", "listen c", "rollback"], &["a", "b"]),
        (&["listen a", "discard all"], &[]),
        (&["listen a", "begin", "discard all", "rollback"], &["a"]),
    ];
    for (texts, expected) in table {
        let mut world = world();
        for text in *texts {
            world.talk(0, &query(text));
        }
        assert!(hears(&world, expected), "{texts:?}");
        world.assert_quiet();
    }
}

#[test]
fn a_batch_that_fails_listens_to_nothing() {
    let mut world = world();
    world.talk(0, &[run_unnamed("listen a"), run_unnamed("select failexec"), sync()].concat());
    assert!(hears(&world, &[]));
    world.talk(0, &[run_unnamed("listen a"), sync(), run_unnamed("select failexec"), sync()].concat());
    assert!(hears(&world, &["a"]));
    // A named statement, executed more than once.
    assert_eq!(tags(&world.talk(0, &[parse("l", "listen b"), bind("", "l", b""), execute("", 0), sync()].concat())), "12CZ");
    world.talk(0, &query("unlisten *"));
    assert_eq!(commands(&mut world, &[bind("", "l", b""), execute("", 0), sync()].concat()), ["LISTEN"]);
    assert!(hears(&world, &["b"]));
    world.assert_quiet();
}

#[test]
fn a_channel_that_cannot_be_heard_is_an_error_in_its_place() {
    let mut world = world();
    world.deaf = true;
    assert_eq!(tags(&world.talk(0, &query("listen a"))), "EZ");
    assert_eq!(tags(&world.talk(0, &[run_unnamed("listen a"), sync()].concat())), "12nEZ");
    world.talk(0, &query("begin"));
    let seen = world.talk(0, &query("listen a"));
    assert_eq!((tags(&seen).as_str(), seen[1].body.as_slice()), ("EZ", b"E".as_slice()), "the transaction fails with it");
    world.talk(0, &query("rollback"));
    assert!(hears(&world, &[]));
    assert_eq!(tags(&world.talk(0, &query("select 1"))), "TDCZ");
    world.assert_quiet();
}

#[test]
fn what_a_server_connection_hears_is_for_nobody() {
    let mut world = world();
    world.talk(0, &query("begin"));
    let server = world.server_of(0).unwrap();
    world.backend(server).push_asynchronous(&frame(b'A', b"\0\0\0\x01a\0b\0"));
    assert_eq!(tags(&world.talk(0, &query("commit"))), "CZ");
    world.assert_quiet();
}

#[test]
fn the_verbs_of_channels_replace_what_they_stand_for() {
    let effects = pgtenant::sql::outcome::effects_of(b"notify News, 'x'; listen b").unwrap();
    let uses: Vec<_> = effects.names.iter().map(|used| (used.verb, used.name.as_str(), used.span.clone())).collect();
    assert_eq!(uses, [(Verb::Notify, "news", 7..11), (Verb::Listen, "b", 18..26)]);
}
