//! Random sessions: whatever they send, cut wherever, on whichever servers, each hears what its own server would have said.

use pgtenant::session::conversation::PoolMode;
use proptest::prelude::*;

use super::{
    frames::*,
    model::{Backend, Database},
    world::{Dice, World},
};

/// A message of a batch.
#[derive(Clone, Debug)]
enum Message {
    Parse(&'static str, String),
    Bind(&'static str, &'static str),
    Describe(u8, &'static str),
    Execute(&'static str, u32),
    Close(u8, &'static str),
    Run(String),
    Flush,
}

/// What a client sends in one go.
#[derive(Clone, Debug)]
enum Step {
    Query(String),
    Batch(Vec<Message>),
    CopyIn { text: &'static str, extended: bool, early: bool, rows: usize, fails: bool },
}

/// A step, and whether the client then waits for all that it is owed.
type Script = Vec<(Step, bool)>;

impl Message {
    fn bytes(&self, tag: &str) -> Vec<u8> {
        match self {
            Message::Parse(name, text) => parse(name, &tagged(text, tag)),
            Message::Bind(portal, name) => bind(portal, name, tag.as_bytes()),
            Message::Describe(kind, name) => describe(*kind, name),
            Message::Execute(portal, rows) => execute(portal, *rows),
            Message::Close(kind, name) => close(*kind, name),
            Message::Run(text) => run_unnamed(&tagged(text, tag)),
            Message::Flush => flush(),
        }
    }

    fn changes_names(&self) -> bool {
        match self {
            Message::Parse(name, _) => !name.is_empty(),
            Message::Close(kind, _) => *kind == b'S',
            Message::Run(text) => changes_names(text),
            _ => false,
        }
    }
}

fn changes_names(text: &str) -> bool {
    ["deallocate", "discard", "prepare", "execute"].iter().any(|word| text.contains(word))
}

/// Texts hold their session's tag, so that nobody takes another's reply for his own; some are shared.
fn tagged(text: &str, tag: &str) -> String {
    text.replace('#', tag)
}

impl Step {
    /// What is sent at once, in parts if the client waits for CopyInResponse in between.
    fn parts(&self, tag: &str) -> Vec<Vec<u8>> {
        match self {
            Step::Query(text) => vec![query(&tagged(text, tag))],
            Step::Batch(messages) => {
                // DEALLOCATE and PREPARE as simple queries leave a server's unnamed portal alone, because they don't reach the server as such.
                let bound = messages.iter().position(|message| matches!(message, Message::Bind("", _) | Message::Run(_)));
                let stray = |message: &Message| matches!(message, Message::Execute("", _) | Message::Describe(b'P', ""));
                let kept = messages.iter().enumerate().filter(|(at, message)| !stray(message) || bound.is_some_and(|bound| bound < *at));
                vec![[kept.flat_map(|(_, message)| message.bytes(tag)).collect(), sync()].concat()]
            }
            Step::CopyIn { text, extended, early, rows, fails } => {
                let mut head = if *extended { run_unnamed(text) } else { query(text) };
                let mut data: Vec<u8> = (0..*rows).flat_map(|row| copy_data(format!("{tag} {row}").as_bytes())).collect();
                data.extend(if *fails { copy_fail() } else { copy_done() });
                if *extended {
                    head.extend(if *early { sync() } else { flush() });
                    data.extend(sync());
                }
                vec![head, data]
            }
        }
    }

    fn changes_names(&self) -> bool {
        match self {
            Step::Query(text) => changes_names(text),
            Step::Batch(messages) => messages.iter().any(Message::changes_names),
            Step::CopyIn { .. } => false,
        }
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just("select #"),
        2 => Just("select 'shared'"),
        4 => Just("insert into t values (#)"),
        2 => Just("begin"),
        2 => Just("commit"),
        1 => Just("rollback"),
        1 => Just("select failexec"),
        1 => Just("select failbind"),
        1 => Just("select failparse"),
        1 => Just("nonsense"),
        1 => Just("select notice #"),
        1 => Just("select manyrows #"),
        1 => Just("select failrow"),
        1 => Just(""),
        1 => Just("set work_mem = '7MB'"),
        1 => Just("set work_mem = '#MB'"),
        1 => Just("set timezone = 'Zone/#'"),
        1 => Just("set local work_mem = '1kB'"),
        1 => Just("reset work_mem"),
        1 => Just("reset all"),
        2 => Just("show work_mem"),
        1 => Just("show timezone"),
        1 => Just("copy t to stdout"),
        1 => Just("copy failcopy to stdout"),
        1 => Just("deallocate all"),
        1 => Just("deallocate a"),
    ]
    .prop_map(str::to_owned)
}

fn named_text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("prepare a as select 'shared'"),
        Just("prepare b as insert into t values (#)"),
        Just("prepare a (int) as select #"),
        Just("prepare c as select failexec"),
        Just("prepare c as select failparse"),
        Just("execute a"),
        Just("execute b"),
        Just("execute c"),
        Just("deallocate b"),
        Just("discard all"),
    ]
    .prop_map(str::to_owned)
}

fn name() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec!["a", "b", "c"])
}

fn portal() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec!["", "", "p", "q"])
}

fn message() -> impl Strategy<Value = Message> {
    prop_oneof![
        3 => (name(), text().prop_filter("for EXECUTE", |text| !changes_names(text) && !["", "commit", "rollback"].contains(&text.as_str()))).prop_map(|(name, text)| Message::Parse(name, text)),
        6 => (portal(), name()).prop_map(|(portal, name)| Message::Bind(portal, name)),
        1 => name().prop_map(|name| Message::Describe(b'S', name)),
        2 => portal().prop_map(|portal| Message::Describe(b'P', portal)),
        6 => (portal(), prop_oneof![3 => Just(0u32), 1 => 1u32..9]).prop_map(|(portal, rows)| Message::Execute(portal, rows)),
        1 => name().prop_map(|name| Message::Close(b'S', name)),
        1 => portal().prop_map(|portal| Message::Close(b'P', portal)),
        // Behind an empty statement in a failed transaction the proxy lets DEALLOCATE pass: it could have been a ROLLBACK.
        8 => text().prop_filter("empty", |text| !text.is_empty()).prop_map(Message::Run),
        // DISCARD ALL belongs alone in its batch: what it resets isn't restored when the rest of the batch fails.
        3 => named_text().prop_filter("alone", |text| text != "discard all").prop_map(Message::Run),
        1 => Just(Message::Flush),
    ]
}

fn step() -> impl Strategy<Value = (Step, bool)> {
    let script = proptest::collection::vec(prop_oneof![2 => text(), 1 => named_text()], 1..4).prop_map(|texts| texts.join("; "));
    // What a failed transaction's end and an EXECUTE in one text need can't be loaded before the transaction ends.
    let script =
        script.prop_filter("end and EXECUTE", |text| !text.contains("execute") || !(text.contains("commit") || text.contains("rollback")));
    let copy = (
        proptest::sample::select(vec!["copy t from stdin", "copy failcopy from stdin"]),
        any::<bool>(),
        any::<bool>(),
        0usize..4,
        any::<bool>(),
    );
    let step = prop_oneof![
        3 => prop_oneof![text(), named_text(), script].prop_map(Step::Query),
        5 => proptest::collection::vec(message(), 0..8).prop_map(Step::Batch),
        1 => Just(Step::Batch(vec![Message::Run("discard all".into())])),
        1 => copy.prop_map(|(text, extended, early, rows, fails)| Step::CopyIn { text, extended, early, rows, fails }),
    ];
    (step, any::<bool>())
}

/// The script, so that it ends at rest, and so that a name is used only when what became of it is known: of a pipeline that changes names in
/// one batch, fails, and relies on the names in the next, the proxy gives errors with other codes than a server.
fn finished(script: &Script) -> Script {
    let mut script = script.clone();
    script.push((Step::Query("rollback".into()), true));
    let needs: Vec<bool> = script.iter().map(|(step, _)| step.changes_names()).collect();
    for (number, (_, waits)) in script.iter_mut().enumerate() {
        *waits |= needs[number] || needs.get(number + 1) == Some(&true);
    }
    script
}

/// The script with some other statements: that pin, or that listen.
fn with(mut script: Script, other: &str) -> Script {
    let listen = |text: &mut String| *text = text.replace("select notice #", other);
    for (step, _) in &mut script {
        match step {
            Step::Query(text) => listen(text),
            Step::Batch(messages) => {
                for message in messages {
                    if let Message::Run(text) | Message::Parse(_, text) = message {
                        listen(text);
                    }
                }
            }
            Step::CopyIn { .. } => {}
        }
    }
    script
}

struct Client {
    parts: Vec<(Vec<u8>, bool)>,
    /// How much the direct server has said after each part.
    said: Vec<usize>,
    next: usize,
    heard: Vec<Seen>,
}

/// What counts of a conversation: settings are told when they change, which depends on where they were before.
fn relevant(frames: &[Seen]) -> Vec<Seen> {
    let plain = |frame: &Seen| match frame.tag {
        // Of two names of one statement, the other may be told.
        b'E' if frame.field(b'C') == "42P05" => Seen { tag: b'E', body: b"C42P05\0\0".to_vec() },
        b'E' => Seen { tag: b'E', body: [b"C", frame.field(b'C').as_bytes(), b"\0M", frame.field(b'M').as_bytes(), b"\0\0"].concat() },
        _ => frame.clone(),
    };
    frames.iter().filter(|frame| frame.tag != b'S').map(plain).collect()
}

fn check(scripts: &[Script], servers: usize, mode: PoolMode, capacity: usize, piece: usize, seed: u64) {
    let mut world = World::with_mode(scripts.len(), servers, mode, capacity);
    world.piece = piece;
    let mut dice = Dice::new(seed);
    let direct_database = Database::default();
    let mut expected = Vec::new();
    let mut clients: Vec<Client> = Vec::new();
    for (session, script) in scripts.iter().enumerate() {
        let mut direct = Backend::new(&direct_database);
        let mut parts = Vec::new();
        for (step, waits) in finished(script) {
            let mut pieces = step.parts(&format!("s{session}"));
            let last = pieces.pop().unwrap();
            parts.extend(pieces.into_iter().map(|part| (part, dice.below(3) > 0)));
            parts.push((last, waits));
        }
        let mut said = Vec::new();
        let mut frames = Vec::new();
        for (part, _) in &parts {
            direct.feed(part);
            frames.extend(relevant(&frames_of(&std::mem::take(&mut direct.out))));
            said.push(frames.len());
        }
        direct.assert_idle();
        expected.push(frames);
        clients.push(Client { parts, said, next: 0, heard: Vec::new() });
    }
    loop {
        let mut busy = false;
        for (session, client) in clients.iter_mut().enumerate() {
            let fresh = std::mem::take(&mut world.sessions[session].frames);
            client.heard.extend(relevant(&fresh));
            let Some((part, _)) = client.parts.get(client.next) else { continue };
            let waits = client.next > 0 && client.parts[client.next - 1].1;
            if (!waits || client.heard.len() >= client.said[client.next - 1]) && dice.below(3) == 0 {
                world.sessions[session].sent.extend_from_slice(part);
                client.next += 1;
            }
            busy |= !waits || client.heard.len() >= client.said[client.next - 1];
        }
        if !world.step(&mut dice)
            && !busy
            && clients.iter().zip(&world.sessions).all(|(client, session)| session.frames.is_empty() || client.parts.is_empty())
        {
            break;
        }
    }
    for (session, (client, expected)) in clients.iter().zip(&expected).enumerate() {
        assert_eq!(&client.heard, expected, "session {session}");
        assert_eq!(client.next, client.parts.len(), "session {session} waits for ever");
    }
    world.assert_quiet();
    let of_session = |database: &Database, session: usize| -> Vec<String> {
        let mark = format!("s{session}");
        database.borrow().iter().filter(|row| row.contains(&mark)).cloned().collect()
    };
    for session in 0..scripts.len() {
        assert_eq!(of_session(&world.database, session), of_session(&direct_database, session));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(1500), max_shrink_iters: 20_000,
        max_local_rejects: u32::MAX, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_session_hears_its_own_server(
        scripts in proptest::collection::vec(proptest::collection::vec(step(), 0..10), 1..4),
        servers in 1usize..4,
        capacity in prop_oneof![Just(4usize), Just(100)],
        piece in prop_oneof![Just(usize::MAX), Just(3), Just(40)],
        seed in any::<u64>(),
    ) {
        check(&scripts, servers, PoolMode::Transaction, capacity, piece, seed);
    }

    #[test]
    fn sessions_that_listen_keep_no_server(
        scripts in proptest::collection::vec(proptest::collection::vec(step(), 0..10), 1..4),
        other in prop_oneof![Just("listen news"), Just("unlisten *"), Just("notify news")],
        piece in prop_oneof![Just(usize::MAX), Just(3), Just(40)],
        seed in any::<u64>(),
    ) {
        let scripts: Vec<Script> = scripts.into_iter().map(|script| with(script, other)).collect();
        check(&scripts, 1, PoolMode::Transaction, 100, piece, seed);
    }

    #[test]
    fn every_session_hears_the_server_that_it_keeps(
        scripts in proptest::collection::vec(proptest::collection::vec(step(), 0..10), 1..4),
        mode in prop_oneof![Just(PoolMode::Transaction), Just(PoolMode::Session)],
        capacity in prop_oneof![Just(4usize), Just(100)],
        piece in prop_oneof![Just(usize::MAX), Just(3), Just(40)],
        seed in any::<u64>(),
    ) {
        let scripts: Vec<Script> = scripts.into_iter().map(|script| with(script, "create temp table a (b int)")).collect();
        check(&scripts, scripts.len(), mode, capacity, piece, seed);
    }
}

/// The texts of [`text`] that run alone and leave no transaction open.
fn lone_text() -> impl Strategy<Value = String> {
    text().prop_filter("alone", |text| !["begin", "commit", "rollback"].contains(&text.as_str()))
}

/// A batch or query that a stale statement may be part of: alone, so that nothing of it has run before.
fn lone_step() -> impl Strategy<Value = Step> {
    let by_name = |name: &'static str| vec![Message::Bind("", name), Message::Describe(b'P', ""), Message::Execute("", 0)];
    prop_oneof![
        1 => lone_text().prop_map(Step::Query),
        3 => lone_text().prop_filter("empty", |text| !text.is_empty()).prop_map(|text| Step::Batch(vec![Message::Run(text)])),
        2 => (name(), lone_text()).prop_map(move |(name, text)| {
            let mut messages = vec![Message::Close(b'S', name), Message::Parse(name, text)];
            messages.extend(by_name(name));
            Step::Batch(messages)
        }),
        2 => name().prop_map(move |name| Step::Batch(by_name(name))),
        1 => name().prop_map(|name| Step::Batch(vec![Message::Describe(b'S', name), Message::Bind("p", name), Message::Execute("p", 0)])),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(500), max_shrink_iters: 20_000,
        max_local_rejects: u32::MAX, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn stale_statements_heal(
        steps in proptest::collection::vec((lone_step(), any::<bool>()), 1..12),
        capacity in prop_oneof![Just(4usize), Just(100)],
        piece in prop_oneof![Just(usize::MAX), Just(3), Just(40)],
        seed in any::<u64>(),
    ) {
        let mut world = World::with_mode(1, 1, PoolMode::Transaction, capacity);
        world.piece = piece;
        let mut dice = Dice::new(seed);
        // A batch is sent again as a whole, so it must be there when the server refuses its beginning.
        world.whole_sends = true;
        let mut direct = Backend::new(&Database::default());
        for (step, stale) in &steps {
            let bytes = step.parts("s0").concat();
            direct.feed(&bytes);
            let expected = relevant(&frames_of(&std::mem::take(&mut direct.out)));
            if *stale {
                world.backend(0).make_stale();
            }
            world.sessions[0].sent.extend_from_slice(&bytes);
            world.run(&mut dice);
            prop_assert_eq!(relevant(&std::mem::take(&mut world.sessions[0].frames)), expected);
        }
        world.assert_quiet();
    }

    #[test]
    fn lost_servers_cost_one_answer_each(
        scripts in proptest::collection::vec(proptest::collection::vec(step().prop_filter("copy", |(step, _)| !matches!(step, Step::CopyIn { .. })), 0..10), 1..4),
        servers in 1usize..4,
        piece in prop_oneof![Just(usize::MAX), Just(3), Just(40)],
        seed in any::<u64>(),
    ) {
        let mut world = World::new(scripts.len(), servers);
        world.piece = piece;
        let mut dice = Dice::new(seed);
        let scripts: Vec<Script> = scripts.iter().map(finished).collect();
        let mut next = vec![0; scripts.len()];
        let mut heard: Vec<Vec<Seen>> = vec![Vec::new(); scripts.len()];
        let ends = |frames: &[Seen]| frames.iter().filter(|frame| frame.tag == b'Z').count();
        loop {
            let mut busy = false;
            for session in 0..scripts.len() {
                heard[session].append(&mut world.sessions[session].frames);
                let waits = next[session] > 0 && scripts[session][next[session] - 1].1;
                if world.sessions[session].ended || next[session] == scripts[session].len() || (waits && ends(&heard[session]) < next[session]) {
                    continue;
                }
                busy = true;
                if dice.below(3) == 0 {
                    let bytes = scripts[session][next[session]].0.parts(&format!("s{session}")).concat();
                    world.sessions[session].sent.extend(bytes);
                    next[session] += 1;
                }
            }
            let unlucky = dice.below(scripts.len());
            if dice.below(30) == 0 && world.server_of(unlucky).is_some() {
                world.lose_server(unlucky);
            }
            if !world.step(&mut dice) && !busy && world.sessions.iter().all(|session| session.frames.is_empty()) {
                break;
            }
        }
        for (session, script) in scripts.iter().enumerate() {
            let others = (0..scripts.len()).filter(|other| *other != session).map(|other| format!("s{other}"));
            for other in others {
                let foreign = heard[session].iter().find(|frame| frame.tag == b'D' && String::from_utf8_lossy(&frame.body).contains(&other));
                prop_assert!(foreign.is_none(), "{foreign:?}");
            }
            if !world.sessions[session].ended {
                prop_assert_eq!(ends(&heard[session]), script.len());
            }
        }
        world.assert_quiet();
    }
}
