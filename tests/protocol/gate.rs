//! What the gate refuses and rewrites, in every state of a session and on both protocols. The judge is a scripted one: a text with `secret` is refused,
//! `orders` is fenced with the tenant's key, `nonsense` isn't SQL, and nobody knows `unknown`.

use std::sync::Arc;

use pgtenant::{
    config::GateMode,
    error::{Report, SqlState},
    session::{
        conversation::PoolMode,
        gate::{Gatekeeper, Reason},
    },
    sql::{
        gate::{
            Access, Ground, Judged, Rewritten, Tenancy, Verdict, Whose,
            rewrite::{Edit, Key, Template},
        },
        outcome::effects_of,
    },
};

use super::{
    batches::plain,
    frames::*,
    world::{Dice, World, gatekeeper},
};

fn judge(text: &str, _ground: &Ground, whose: &Whose<'_>, tenancy: Tenancy) -> Judged {
    let effects = effects_of(text.as_bytes());
    let refused =
        |report: Report| Judged { verdict: Verdict::Refused(Arc::new(report)), effects: None, bound: false, access: Access::Anything };
    if let Some(at) = text.find("nonsense") {
        let report = Report::new(SqlState::SYNTAX_ERROR, "syntax error at or near \"nonsense\"");
        return refused(report.at(text[..at].chars().count() as u32 + 1));
    }
    if text.contains("secret") {
        let report = Report::new(SqlState::INSUFFICIENT_PRIVILEGE, "permission denied for table secret");
        return refused(report.with_detail("It is secret.").with_hint("Ask somebody."));
    }
    if text.contains("unknown") {
        return refused(Report::new(SqlState::UNDEFINED_TABLE, "relation \"unknown\" does not exist"));
    }
    let Some(at) = text.find("orders").map(|at| at + 6) else {
        return Judged { verdict: Verdict::AsIs, effects, bound: false, access: Access::Anything };
    };
    let used = (1..9u16).filter(|number| text.contains(&format!("${number}"))).max().unwrap_or(0);
    let template = Template::new(text, vec![Edit { at, remove: 0, text: " [\0]".into() }]).unwrap();
    let (key, tenant_parameter) = match tenancy {
        Tenancy::Literal => (Key::Literal(whose.key), None),
        Tenancy::Parameter { declared } => (Key::Parameter(used.max(declared) + 1), Some(used.max(declared) + 1)),
    };
    let (sent, map) = template.render(key);
    let effects = effects_of(sent.as_bytes());
    Judged {
        verdict: Verdict::Rewritten(Arc::new(Rewritten { text: sent, map, tenant_parameter })),
        effects,
        bound: false,
        access: Access::Anything,
    }
}

fn gate(tenant: &str, mode: GateMode, lock_is_login: bool) -> Gatekeeper {
    gatekeeper(tenant, mode, lock_is_login).with_judge(judge)
}

fn guarded(lock_is_login: bool) -> World {
    let mut world = World::new(2, 1);
    world.tools.gate = gate("acme", GateMode::Enforce, lock_is_login);
    world
}

fn batch(parts: &[Vec<u8>]) -> Vec<u8> {
    [parts.concat(), sync()].concat()
}

fn run(text: &str) -> Vec<u8> {
    batch(&[parse("", text), bind("", "", b"x"), execute("", 0)])
}

fn tags(frames: &[Seen]) -> String {
    frames.iter().map(|frame| char::from(frame.tag)).collect()
}

fn error(frames: &[Seen]) -> &Seen {
    frames.iter().find(|frame| frame.tag == b'E').expect("an error")
}

fn status(frames: &[Seen]) -> u8 {
    frames.last().filter(|frame| frame.tag == b'Z').expect("ReadyForQuery").body[0]
}

/// What the model echoes: the text that it ran, and the Bind's tail.
fn echo(frames: &[Seen]) -> String {
    let row = frames.iter().find(|frame| frame.tag == b'D').unwrap_or_else(|| panic!("no row in {frames:?}"));
    String::from_utf8_lossy(&row.body).into_owned()
}

#[test]
fn outside_of_transactions_nothing_of_it_reaches_the_server() {
    for refused in [query("select secret"), run("select secret"), batch(&[parse("a", "select secret")])] {
        let mut world = guarded(true);
        let seen = world.talk(0, &refused);
        assert_eq!((tags(&seen).as_str(), status(&seen)), ("EZ", b'I'));
        let told = error(&seen);
        assert_eq!(
            (told.field(b'C'), told.field(b'D'), told.field(b'H')),
            ("42501".into(), "It is secret.".into(), "Ask somebody.".into())
        );
        assert_eq!((world.backend(0).queries.len(), world.backend(0).parses), (0, 0));
        world.assert_quiet();
        assert_eq!(tags(&world.talk(0, &query("select 1"))), "TDCZ");
    }
}

#[test]
fn a_transaction_fails_as_it_does_in_postgresql() {
    for refused in [query("select secret"), run("select secret"), batch(&[parse("a", "select secret")]), query("select 1; select nonsense")]
    {
        let mut world = guarded(true);
        world.talk(0, &query("begin"));
        world.talk(0, &query("insert one"));
        let seen = world.talk(0, &refused);
        assert_eq!((tags(&seen).as_str(), status(&seen)), ("EZ", b'E'));
        assert!(["42501", "42601"].contains(&error(&seen).field(b'C').as_str()));
        assert_eq!(error(&world.talk(0, &query("select 1"))).field(b'C'), "25P02");
        // In a failed transaction, PostgreSQL looks at the grammar only.
        for (text, code) in [("select secret", "25P02"), ("select nonsense", "42601")] {
            for again in [query(text), run(text)] {
                let seen = world.talk(0, &again);
                assert_eq!((error(&seen).field(b'C').as_str(), status(&seen)), (code, b'E'), "{text}");
            }
        }
        assert_eq!(status(&world.talk(0, &query("rollback"))), b'I');
        assert_eq!(*world.database.borrow(), Vec::<String>::new());
        world.assert_quiet();
    }
}

#[test]
fn the_rest_of_a_batch_is_skipped() {
    let mut world = guarded(true);
    let parts = [
        parse("", "insert one"),
        bind("", "", b"x"),
        execute("", 0),
        parse("s", "select secret"),
        bind("", "s", b"x"),
        execute("", 0),
        parse("t", "insert two"),
    ];
    let seen = world.talk(0, &batch(&parts));
    assert_eq!((tags(&seen).as_str(), status(&seen)), ("12CEZ", b'I'));
    assert_eq!(*world.database.borrow(), Vec::<String>::new(), "the batch is one transaction");
    for name in ["s", "t"] {
        assert_eq!(error(&world.talk(0, &batch(&[bind("", name, b"x")]))).field(b'C'), "26000");
    }
    world.assert_quiet();
}

#[test]
fn a_refusal_has_its_place_among_replies() {
    for piece in [usize::MAX, 1, 5] {
        let mut world = guarded(true);
        world.piece = piece;
        let bytes = [
            query("select 1"),
            query("select secret"),
            query("insert two"),
            run("select 3"),
            run("select secret"),
            query("select nonsense"),
            run("insert four"),
            query("begin"),
            query("select secret"),
            query("rollback"),
        ];
        let seen = world.talk(0, &bytes.concat());
        assert_eq!(tags(&seen), "TDCZEZCZ12DCZEZEZ12CZCZEZCZ");
        assert_eq!(world.database.borrow().len(), 2);
        world.assert_quiet();
    }
}

#[test]
fn of_several_statements_none_runs() {
    let mut world = guarded(true);
    let seen = world.talk(0, &query("insert one; select secret; insert two"));
    assert_eq!(tags(&seen), "EZ");
    assert_eq!(error(&seen).field(b'D'), "It is secret. Nothing of the text has run, none of its other statements either.");
    assert_eq!(*world.database.borrow(), Vec::<String>::new());
}

#[test]
fn what_is_not_there_is_looked_up_once_and_then_refused() {
    let mut world = guarded(true);
    for bytes in [query("select unknown"), run("select unknown")] {
        assert_eq!(error(&world.talk(0, &bytes)).field(b'C'), "42P01");
    }
    world.assert_quiet();
}

#[test]
fn sql_prepare_is_judged_by_its_body() {
    let mut world = guarded(true);
    assert_eq!(error(&world.talk(0, &query("prepare s as select secret"))).field(b'C'), "42501");
    assert_eq!(error(&world.talk(0, &query("execute s"))).field(b'C'), "26000");
    assert_eq!(tags(&world.talk(0, &query("prepare s as select orders"))), "CZ");
    assert!(echo(&world.talk(0, &query("execute s"))).contains("select orders ['acme']"));
    assert!(echo(&world.talk(0, &batch(&[bind("", "s", b"x"), execute("", 0)]))).contains("select orders ['acme']"));
    assert_eq!(tags(&world.talk(0, &query("prepare t (int) as select orders; select 1"))), "CTDCZ");
    assert!(echo(&world.talk(0, &query("execute t(1)"))).contains("select orders ['acme']"));
    assert_eq!(tags(&world.talk(0, &query("deallocate t; deallocate s"))), "CCZ");
}

#[test]
fn positions_lead_into_the_clients_text() {
    let position = |bytes: &[u8]| {
        let mut world = guarded(true);
        error(&world.talk(0, bytes)).field(b'P')
    };
    assert_eq!(position(&query("select nonsense")), "8");
    assert_eq!(position(&query("select 'ä', failat")), "13");
    assert_eq!(position(&query("select 'ä', orders, failat")), "21");
    assert_eq!(position(&run("select orders, failat")), "16");
    assert_eq!(position(&query("prepare s as select orders, failat")), "29");
}

#[test]
fn a_server_keeps_one_statement_per_text_that_runs() {
    let mut world = guarded(true);
    for session in [0, 1] {
        let seen = world.talk(session, &batch(&[parse("a", "select orders $1"), describe(b'S', "a"), bind("", "a", b"x"), execute("", 0)]));
        assert!(echo(&seen).contains("select orders ['acme'] $1"));
        assert_eq!(seen.iter().find(|frame| frame.tag == b't').unwrap().body, b"\0\x01\0\0\0\x19", "no parameter is added");
    }
    assert_eq!(world.backend(0).parses, 1);
}

#[test]
fn a_statement_is_judged_again_under_other_rules() {
    for lock_is_login in [true, false] {
        let mut world = guarded(lock_is_login);
        world.talk(0, &batch(&[parse("a", "select orders"), parse("b", "select 1")]));
        world.talk(0, &query("prepare c (int) as select orders; select 1"));
        world.tools.gate = gate("globex", GateMode::Enforce, lock_is_login);
        for bytes in [batch(&[bind("", "a", b"x"), execute("", 0)]), query("execute a"), query("execute c(1)")] {
            // A Bind with a value too many for the shared statement.
            let bytes = if lock_is_login || bytes[0] == b'Q' { bytes } else { batch(&[bind_values("", "a", &[], &[]), execute("", 0)]) };
            let seen = echo(&world.talk(0, &bytes));
            assert!(seen.contains("globex") && !seen.contains("acme"), "{seen}");
        }
        fn refuses_all(text: &str, ground: &Ground, whose: &Whose<'_>, tenancy: Tenancy) -> Judged {
            judge(&text.replace("orders", "secret"), ground, whose, tenancy)
        }
        world.tools.gate = gatekeeper("initech", GateMode::Enforce, lock_is_login).with_judge(refuses_all);
        for bytes in [batch(&[bind("", "a", b"x"), execute("", 0)]), query("execute a"), batch(&[describe(b'S', "a")])] {
            assert_eq!(error(&world.talk(0, &bytes)).field(b'C'), "42501");
        }
        world.assert_quiet();
    }
}

fn bind_values(portal: &str, statement: &str, codes: &[u16], values: &[&[u8]]) -> Vec<u8> {
    let mut body = cstrs(&[portal.as_bytes(), statement.as_bytes()]);
    body.extend((codes.len() as u16).to_be_bytes());
    body.extend(codes.iter().flat_map(|code| code.to_be_bytes()));
    body.extend((values.len() as u16).to_be_bytes());
    for value in values {
        body.extend((value.len() as u32).to_be_bytes());
        body.extend_from_slice(value);
    }
    body.extend([0, 0]);
    frame(b'B', &body)
}

/// The tail of a Bind as the model echoes it, in a row's text.
fn tail(codes: &[u16], values: &[&[u8]]) -> String {
    let bind = bind_values("", "", codes, values);
    String::from_utf8_lossy(&bind[7..]).into_owned()
}

#[test]
fn the_tenant_is_one_more_value_of_which_the_client_hears_nothing() {
    for piece in [usize::MAX, 1, 7] {
        let mut world = guarded(false);
        world.piece = piece;
        let seen = world.talk(0, &batch(&[parse("a", "select orders $1"), describe(b'S', "a")]));
        assert_eq!(seen[1].body, b"\0\0", "the model's only parameter is the last");
        for (codes, sent) in [(vec![], vec![]), (vec![0], vec![]), (vec![1], vec![1, 0])] {
            let seen = world.talk(0, &batch(&[bind_values("", "a", &codes, &[b"v"]), execute("", 0)]));
            let row = echo(&seen);
            assert!(row.contains("select orders [$2] $1"), "{row}");
            assert!(row.contains(&tail(&sent, &[b"v", b"acme"])), "{row}");
        }
        // A value that streams.
        let long = vec![b'x'; 100_000];
        let seen = world.talk(0, &batch(&[bind_values("", "a", &[], &[&long]), execute("", 0)]));
        assert!(echo(&seen).contains(&tail(&[], &[&long, b"acme"])));
        world.assert_quiet();
    }
}

#[test]
fn a_bind_that_would_shift_the_tenants_place_is_refused() {
    let mut world = guarded(false);
    world.talk(0, &batch(&[parse("a", "select orders $1")]));
    for values in [&[][..], &[b"v".as_slice(), b"globex"]] {
        let seen = world.talk(0, &batch(&[bind_values("", "a", &[], values), execute("", 0)]));
        let told = error(&seen);
        let message = format!("bind message supplies {} parameters, but prepared statement \"a\" requires 1", values.len());
        assert_eq!((told.field(b'C'), told.field(b'M')), ("08P01".into(), message));
    }
    let mut lying = bind_values("", "a", &[], &[b"value"]);
    let length = lying.len();
    lying[length - 10] = 9;
    assert_eq!(error(&world.talk(0, &batch(&[lying]))).field(b'C'), "08P01");
    // Types that are declared and not used are parameters too.
    let declared = frame(b'P', b"b\0select orders\0\0\x01\0\0\0\x19");
    let seen = world.talk(0, &batch(&[declared, bind_values("", "b", &[], &[b"v"]), execute("", 0)]));
    assert!(echo(&seen).contains("select orders [$2]"));
    world.assert_quiet();
}

#[test]
fn a_streaming_bind_that_lies_ends_the_session() {
    let mut world = guarded(false);
    world.talk(0, &batch(&[parse("a", "select orders $1")]));
    let mut lying = bind_values("", "a", &[], &[&vec![b'x'; 100_000]]);
    // Longer than the message.
    lying[5 + 3 + 2 + 2] = 1;
    world.piece = 1000;
    let seen = world.talk(0, &lying);
    assert_eq!(error(&seen).field(b'C'), "08P01");
    assert!(world.sessions[0].ended);
    world.assert_quiet();
}

#[test]
fn all_tenants_of_a_shared_pool_share_a_statement() {
    let mut world = guarded(false);
    for tenant in ["acme", "globex"] {
        let ground = world.tools.gate.clone();
        world.tools.gate =
            ground.for_whom(pgtenant::session::gate::Whom { tenant: tenant.into(), key: tenant.into(), schema: None, role: "pool".into() });
        let parts = [parse("", "select orders"), bind_values("", "", &[], &[]), execute("", 0)];
        for _ in 0..3 {
            assert!(echo(&world.talk(0, &batch(&parts))).contains(&tail(&[], &[tenant.as_bytes()])));
        }
        assert!(echo(&world.talk(0, &query("select orders"))).contains(&format!("['{tenant}']")));
    }
    assert_eq!(world.backend(0).parses, 2, "unnamed, then kept for all");
}

#[test]
fn execute_needs_the_tenant_in_the_text() {
    let mut world = guarded(false);
    world.talk(0, &batch(&[parse("a", "select orders $1")]));
    assert!(echo(&world.talk(0, &query("execute a(1)"))).contains("select orders ['acme'] $1"));
    let seen = world.talk(0, &batch(&[parse("", "execute a(1)"), bind_values("", "", &[], &[]), execute("", 0)]));
    assert!(echo(&seen).contains("select orders ['acme'] $1"));
    assert_eq!(tags(&world.talk(0, &query("prepare b as select orders"))), "CZ");
    assert!(echo(&world.talk(0, &batch(&[bind("", "b", b"x"), execute("", 0)]))).contains("select orders ['acme']"));
}

#[test]
fn observed_tenants_are_only_counted() {
    let mut world = guarded(true);
    let tallies = Arc::default();
    world.tools.gate = gate("acme", GateMode::Observe, true).with_tallies(Arc::clone(&tallies));
    assert!(echo(&world.talk(0, &query("select secret"))).contains("select secret"));
    assert!(echo(&world.talk(0, &run("select secret"))).contains("select secret"));
    assert!(echo(&world.talk(0, &query("select orders"))).contains("select orders "));
    let direct = super::batches::direct(&query("nonsense"));
    assert_eq!(plain(&world.talk(0, &query("nonsense"))), plain(&direct), "the server says it");
    let counts = [Reason::Forbidden, Reason::Rewritten, Reason::Syntax].map(|reason| (tallies.observed(reason), tallies.enforced(reason)));
    assert_eq!(counts, [(2, 0), (1, 0), (1, 0)]);
    // What comes again is counted again.
    for _ in 0..3 {
        world.talk(0, &query("select secret"));
    }
    assert_eq!(tallies.observed(Reason::Forbidden), 5);
    world.assert_quiet();
}

#[test]
fn a_text_beyond_measure_is_not_sent_unread() {
    let mut world = guarded(true);
    let mut long = query("select 1");
    long[1..5].copy_from_slice(&((64u32 << 20) + 100).to_be_bytes());
    world.sessions[0].sent.extend_from_slice(&long);
    world.run(&mut Dice::new(1));
    let seen = std::mem::take(&mut world.sessions[0].frames);
    assert_eq!(error(&seen).field(b'C'), "54000");
    assert_eq!(world.backend(0).queries.len(), 0);
}

#[test]
fn explain_rewrite_tells_and_runs_nothing() {
    let mut world = guarded(true);
    let asked = |text: &str| query(&format!("EXPLAIN (REWRITE) {text}"));
    assert_eq!(error(&world.talk(0, &asked("select 1"))).field(b'C'), "42601", "unless it is switched on");
    world.tools.gate = gate("acme", GateMode::Enforce, true).explaining(true);
    assert!(echo(&world.talk(0, &asked("select orders"))).contains("select orders ['acme']"));
    let seen = world.talk(0, &asked("select secret"));
    assert_eq!(tags(&seen), "TDCZ");
    assert!(echo(&seen).contains("42501: permission denied for table secret; It is secret.; Ask somebody."));
    world.talk(0, &query("begin"));
    assert_eq!(tags(&world.talk(0, &[query("select 1"), asked("insert orders"), query("commit")].concat())), "TDCZTDCZCZ");
    assert_eq!(*world.database.borrow(), Vec::<String>::new());
    world.assert_quiet();
}

#[test]
fn statement_mode_still_refuses_blocks() {
    let mut world = World::with_mode(1, 1, PoolMode::Statement, 100);
    world.tools.gate = gate("acme", GateMode::Enforce, true);
    assert_eq!(error(&world.talk(0, &query("begin"))).field(b'C'), "0A000");
    assert!(echo(&world.talk(0, &query("select orders"))).contains("['acme']"));
    world.assert_quiet();
}
