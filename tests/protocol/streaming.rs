//! Hundreds of megabytes in one message, in constant memory; and what an idle session holds.

use std::num::NonZeroUsize;

use pgtenant::{
    backend::{Carried, settings::Settings},
    session::conversation::{Attached, Conversation, PoolMode, Sink, Tools, Want},
};

use super::{
    frames::*,
    world::{World, tools},
};

const SIZE: usize = 300 << 20;
const CHUNK: usize = 64 << 10;

struct Pair {
    conversation: Conversation,
    carried: Carried,
    tools: Tools,
    to_server: usize,
    to_client: usize,
}

impl Pair {
    fn new() -> Self {
        Pair {
            conversation: Conversation::new(Settings::default(), PoolMode::Transaction),
            carried: Carried::new(NonZeroUsize::new(10).unwrap()),
            tools: tools(),
            to_server: 0,
            to_client: 0,
        }
    }

    fn client(&mut self, bytes: &[u8]) {
        let (mut to_server, mut to_client) = (Vec::new(), Vec::new());
        let server = Some(Attached { carried: &mut self.carried, out: &mut to_server });
        let step = self.conversation.on_client(&self.tools, bytes, server, &mut to_client).unwrap();
        assert_eq!((step.consumed, step.want), (bytes.len(), Want::Bytes), "bytes are held");
        assert!(to_server.len() <= bytes.len() + 100, "bytes were held");
        self.to_server += to_server.len();
        self.to_client += to_client.len();
    }

    fn server(&mut self, bytes: &[u8]) {
        let mut to_client = Vec::new();
        let mut sink = Sink::new(&mut to_client, bytes);
        let (done, _) = self.conversation.on_server(bytes, &mut self.carried, &mut sink).unwrap();
        assert_eq!(done, bytes.len(), "bytes are held");
        self.to_client += sink.finish().len() + to_client.len();
    }

    fn client_stream(&mut self, tag: u8, head: &[u8]) {
        self.client(&[&[tag], (SIZE as u32 + 4).to_be_bytes().as_slice(), head].concat());
        let chunk = vec![b'x'; CHUNK];
        let mut left = SIZE - head.len();
        while left > 0 {
            let here = left.min(CHUNK);
            self.client(&chunk[..here]);
            left -= here;
        }
    }

    fn server_stream(&mut self, tag: u8) {
        self.server(&[&[tag], (SIZE as u32 + 4).to_be_bytes().as_slice()].concat());
        let chunk = vec![b'x'; CHUNK];
        let mut left = SIZE;
        while left > 0 {
            let here = left.min(CHUNK);
            self.server(&chunk[..here]);
            left -= here;
        }
    }
}

#[test]
fn a_bind() {
    let mut pair = Pair::new();
    pair.client(&parse("a", "insert into t values ($1)"));
    pair.client_stream(b'B', b"\0a\0");
    pair.client(&[execute("", 0), sync()].concat());
    assert!(pair.to_server > SIZE);
    assert!(!pair.conversation.is_at_rest());
    pair.server(&[frame(b'1', b""), frame(b'2', b""), frame(b'C', b"INSERT 0 1\0"), frame(b'Z', b"I")].concat());
    assert!(pair.conversation.is_at_rest());
}

#[test]
fn a_bind_that_is_refused_or_ours() {
    for head in [b"\0nothing\0".as_slice(), b"\0b\0"] {
        let mut pair = Pair::new();
        pair.client(&parse("b", "deallocate all"));
        let before = pair.to_server;
        pair.client_stream(b'B', head);
        assert!(pair.to_server - before < 100, "nothing of it reaches the server");
    }
}

#[test]
fn copy_data_and_a_query() {
    let mut pair = Pair::new();
    pair.client(&query("copy t from stdin"));
    pair.server(&frame(b'G', b"\0\0\0"));
    pair.client_stream(b'd', b"");
    pair.client(&copy_done());
    pair.server(&[frame(b'C', b"COPY 1\0"), frame(b'Z', b"I")].concat());
    assert!(pair.to_server > SIZE && pair.conversation.is_at_rest());
    pair.client_stream(b'd', b"");
    assert!(pair.to_server < SIZE + 1000, "data that nobody takes is dropped");
    pair.client_stream(b'Q', b"select '");
    assert!(pair.to_server > 2 * SIZE);
    assert!(pair.conversation.pin().is_some(), "nobody has read it");
}

#[test]
fn a_function_call() {
    let mut pair = Pair::new();
    pair.client_stream(b'F', b"");
    assert!(pair.to_server < 100);
}

#[test]
fn rows_and_copy_data_of_a_server() {
    let mut pair = Pair::new();
    pair.client(&query("select 1; copy t to stdout"));
    pair.server(&frame(b'T', b"columns"));
    pair.server_stream(b'D');
    assert!(pair.to_client > SIZE);
    pair.server(&[frame(b'C', b"SELECT 1\0"), frame(b'H', b"\0\0\0")].concat());
    pair.server_stream(b'd');
    pair.server_stream(b'N');
    pair.server_stream(b'E');
    assert!(pair.to_client > 4 * SIZE);
    pair.server(&frame(b'Z', b"I"));
    assert!(pair.conversation.is_at_rest());
}

#[test]
fn long_pipelines_leave_nothing_behind() {
    let mut world = World::new(1, 1);
    let seen = world.talk(0, &[run_unnamed("select 1"), sync()].concat().repeat(2000));
    assert_eq!(tags(&seen), "12TDCZ".repeat(2000));
    world.assert_quiet();
    assert!(world.sessions[0].conversation.heap_bytes() < 600, "{}", world.sessions[0].conversation.heap_bytes());
}

#[test]
fn an_idle_session_is_small() {
    let mut world = World::new(1, 1);
    world.talk(0, &query("select 1"));
    world.talk(0, &[run_unnamed("begin"), sync(), run_unnamed("select 1"), sync(), run_unnamed("commit"), sync()].concat());
    world.talk(0, &query("set timezone = 'UTC'; prepare a as select 1; deallocate all"));
    world.assert_quiet();
    let conversation = &world.sessions[0].conversation;
    let size = size_of::<Conversation>() + conversation.heap_bytes();
    assert!(size < 1400, "{} + {}", size_of::<Conversation>(), conversation.heap_bytes());
}
