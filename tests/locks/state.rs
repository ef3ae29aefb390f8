//! What a session leaves behind on a shared connection: nothing that another tenant meets.

use std::time::Duration;

use crate::{
    shards::{Shard, Sharing},
    support::{
        eventually,
        wire::{Message, Wire, bind, execute, extended, firsts, frame, parse, query, shape, states, sync},
    },
};

async fn process(wire: &mut Wire) -> String {
    wire.value("SELECT pg_backend_pid()").await
}

/// Whether the connection that globex gets next is fit for it.
async fn is_fit(globex: &mut Wire) {
    let seen = firsts(&globex.query("SELECT note FROM orders ORDER BY id").await);
    assert_eq!(seen, ["GLOBEX-1", "GLOBEX-2", "GLOBEX-3", "GLOBEX-4", "GLOBEX-5"]);
    globex.send(&extended("SELECT note FROM orders ORDER BY id", &[])).await;
    assert_eq!(firsts(&globex.ready().await).len(), 5);
}

#[tokio::test]
async fn sequences_tell_nothing_of_others() {
    let shard = Shard::start(Sharing::Signed).await;
    let proxy = shard.observe(1).await;
    let (mut acme, mut globex) = (proxy.wire().await, proxy.wire_of("globex_app", &[]).await);
    for way in [query as fn(&str) -> Vec<u8>, |text| extended(text, &[])] {
        acme.send(&way("INSERT INTO parts (tenant_id, name) VALUES ('acme', 'x')")).await;
        assert_eq!(states(&acme.ready().await), [""; 0]);
        assert_ne!(acme.value("SELECT lastval()").await, "");
        for text in ["SELECT lastval()", "SELECT currval('parts_id_seq')"] {
            globex.send(&way(text)).await;
            assert_eq!(states(&globex.ready().await), ["55000"], "{text}");
        }
    }
}

#[tokio::test]
async fn settings_stay_with_their_session() {
    let shard = Shard::start(Sharing::Signed).await;
    let proxy = shard.serve().await;
    let (mut acme, mut globex) = (proxy.wire().await, proxy.wire_of("globex_app", &[]).await);
    acme.query("SET statement_timeout = '1ms'").await;
    acme.query("SET extra_float_digits = 0; SET TimeZone = 'Asia/Tokyo'").await;
    assert_eq!(globex.value("SHOW statement_timeout").await, "0");
    assert_eq!(globex.value("SHOW TimeZone").await, globex.parameters["TimeZone"]);
    is_fit(&mut globex).await;
    assert_eq!(acme.value("SHOW statement_timeout").await, "1ms");
}

/// State that can't be carried keeps the connection; when the session goes, so does the connection.
#[tokio::test]
async fn what_stays_goes_with_its_connection() {
    let shard = Shard::start(Sharing::Signed).await;
    crate::support::run(
        &shard.owner("app").await,
        "GRANT TEMPORARY ON DATABASE app TO pool; GRANT EXECUTE ON FUNCTION pg_catalog.setseed(float8) TO pool",
    )
    .await;
    let proxy = shard.observe(1).await;
    for left in [
        "CREATE TEMP TABLE left_over AS SELECT 'ACME' AS note",
        "BEGIN; DECLARE left_over CURSOR WITH HOLD FOR SELECT note FROM orders; COMMIT",
        "SELECT setseed(0.5)",
        "SET app.current_tenant = 'globex:x'",
        "SET search_path = pg_catalog, public",
    ] {
        let mut acme = proxy.wire().await;
        let mut globex = proxy.wire_of("globex_app", &[]).await;
        let before = process(&mut globex).await;
        let heard = acme.query(left).await;
        if !states(&heard).is_empty() {
            assert_eq!(states(&heard), ["42501"], "{left}: refused, or kept apart");
            continue;
        }
        drop(acme);
        is_fit(&mut globex).await;
        assert!(!states(&globex.query("SELECT * FROM left_over").await).is_empty());
        assert!(!states(&globex.query("FETCH 1 FROM left_over").await).is_empty());
        if left != "SET search_path = pg_catalog, public" {
            assert_ne!(process(&mut globex).await, before, "{left}");
        }
    }
}

#[tokio::test]
async fn clients_that_vanish_leave_nothing() {
    let shard = Shard::start(Sharing::Signed).await;
    let proxy = shard.serve().await;
    let mut globex = proxy.wire_of("globex_app", &[]).await;
    let look = "SELECT note FROM orders";
    let batch = [parse("", look), bind("", "", &[]), execute("", 1)].concat();
    let unfinished: [Vec<Vec<u8>>; 7] = [
        vec![query("BEGIN")],
        vec![query("BEGIN"), query("UPDATE orders SET note = 'GONE'")],
        vec![query("BEGIN; SELECT 1/0")],
        vec![batch.clone()],
        vec![query("BEGIN"), batch],
        vec![query("SELECT pg_sleep(0.2), note FROM orders")],
        vec![query("COPY (SELECT note FROM orders, generate_series(1, 200000)) TO STDOUT")],
    ];
    for (number, messages) in unfinished.into_iter().enumerate() {
        let mut acme = proxy.wire().await;
        let last = messages.len() - 1;
        for (at, message) in messages.iter().enumerate() {
            acme.send(message).await;
            if at < last {
                acme.ready().await;
            }
        }
        tokio::time::sleep(Duration::from_millis(if number % 2 == 0 { 30 } else { 0 })).await;
        drop(acme);
        is_fit(&mut globex).await;
    }
    let mut acme = proxy.wire().await;
    assert_eq!(acme.value("SELECT string_agg(note, ',' ORDER BY id) FROM orders").await, "ACME-1,ACME-2,ACME-3,ACME-4,ACME-5");
}

#[tokio::test]
async fn cancelled_statements_leave_nothing() {
    let shard = Shard::start(Sharing::Signed).await;
    let proxy = shard.serve().await;
    let mut globex = proxy.wire_of("globex_app", &[]).await;
    for bytes in [query("SELECT pg_sleep(9)"), extended("SELECT pg_sleep(9)", &[]), query("BEGIN; SELECT pg_sleep(9)")] {
        let mut acme = proxy.wire().await;
        acme.send(&bytes).await;
        acme.cancel_running(proxy.port()).await;
        assert_eq!(states(&acme.ready().await), ["57014"]);
        acme.query("ROLLBACK").await;
        is_fit(&mut globex).await;
        assert_eq!(acme.value("SELECT count(*) FROM orders").await, "5");
    }
    // Cancelled again and again while short statements run: whenever it comes, it stops a whole statement, its context included.
    let mut acme = proxy.wire().await;
    for round in 0..60 {
        acme.send(&if round % 2 == 0 { query("SELECT count(*) FROM orders") } else { extended("SELECT count(*) FROM orders", &[]) }).await;
        acme.cancel(proxy.port()).await;
        let heard = acme.ready().await;
        assert!(states(&heard) == ["57014"] || firsts(&heard) == ["5"], "{heard:?}");
        is_fit(&mut globex).await;
    }
}

/// Where the pool's role may not call set_config, batches say SET LOCAL: the server warns in its log, and nothing else is different.
#[tokio::test]
async fn contexts_need_no_function() {
    let shard = Shard::start(Sharing::Signed).await;
    crate::support::run(&shard.owner("app").await, "REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM pool").await;
    let proxy = shard.serve().await;
    let (mut acme, mut globex) = (proxy.wire().await, proxy.wire_of("globex_app", &[]).await);
    for _ in 0..3 {
        is_fit(&mut globex).await;
        let named = [parse("", "SELECT note FROM orders WHERE id = 3"), bind("", "", &[]), execute("", 0), sync()].concat();
        acme.send(&named).await;
        let heard = acme.ready().await;
        assert!(heard.iter().all(|message| message.tag != b'N') && firsts(&heard) == ["ACME-3"], "{heard:?}");
    }
    eventually("a warning", || async { std::fs::read_to_string(shard.cluster.log_path()).unwrap().contains("WARNING:  SET LOCAL") }).await;
}

/// Tenants' limits go with their sessions, although the connection is everybody's.
#[tokio::test]
async fn limits_are_the_tenants() {
    let shard = Shard::start(Sharing::Signed).await;
    let mut bed = shard.bed(shard.cluster.port(), 1);
    bed.tenants.push_str("[tenants.globex.limits]\nstatement_timeout = \"7s\"\n[tenants.initech]\nshard = \"east\"\nmodel = \"shop\"\nplan = \"basic\"\nstatus = \"read_only\"\n");
    bed.login("initech_app", "tenant = \"initech\"\nsecret = \"file:secret\"");
    let proxy = bed.serve().await;
    let (mut acme, mut globex, mut initech) =
        (proxy.wire().await, proxy.wire_of("globex_app", &[]).await, proxy.wire_of("initech_app", &[]).await);
    for _ in 0..2 {
        assert_eq!(acme.value("SHOW statement_timeout").await, "0");
        assert_eq!(globex.value("SHOW statement_timeout").await, "7s");
        assert_eq!(states(&initech.query("DELETE FROM orders").await), ["25006"]);
        assert_eq!(states(&acme.query("UPDATE orders SET note = note").await), [""; 0]);
    }
    globex.query("SET statement_timeout = '3s'").await;
    acme.query("SELECT 1").await;
    assert_eq!(globex.value("SHOW statement_timeout").await, "3s");
}

/// A parallel worker is another process, for which nothing is signed: it takes what its leader found.
#[tokio::test]
async fn parallel_workers_see_the_same_rows() {
    let shard = Shard::start(Sharing::Signed).await;
    let more =
        "INSERT INTO orders SELECT t, n, upper(t) FROM unnest(ARRAY['acme', 'globex']) t, generate_series(6, 30000) n; ANALYZE orders";
    crate::support::run(&shard.owner("oracle").await, more).await;
    let mut direct = shard.oracle().await;
    for setting in [
        "parallel_setup_cost = 0",
        "parallel_tuple_cost = 0",
        "min_parallel_table_scan_size = 0",
        "max_parallel_workers_per_gather = 4",
        // Its name up to PostgreSQL 15, and since.
        "force_parallel_mode = on",
        "debug_parallel_query = on",
    ] {
        direct.query(&format!("SET {setting}")).await;
    }
    let question = "SELECT count(*), count(DISTINCT tenant_id) FROM orders WHERE length(note) > 0";
    let plan = firsts(&direct.query(&format!("EXPLAIN {question}")).await).join("\n");
    assert!(plan.contains("Workers Planned") || plan.contains("Gather"), "{plan}");
    let heard = direct.query(question).await;
    let counts = heard.iter().find(|message| message.tag == b'D').unwrap().values();
    assert_eq!(counts, [Some("30000".to_owned()), Some("1".to_owned())], "{plan}");
    // Nested, so that what is computed once per query stands below the workers' node if anywhere.
    let nested = "SELECT (SELECT count(*) FROM orders i WHERE i.id = o.id) FROM orders o WHERE o.id < 4 ORDER BY 1";
    assert_eq!(firsts(&direct.query(nested).await), ["1", "1", "1"]);
}

/// The rows of a COPY are under the tenant's context as any other statement is.
#[tokio::test]
async fn a_copy_is_the_tenants_own() {
    let shard = Shard::start(Sharing::Signed).await;
    let proxy = shard.serve().await;
    let (mut acme, mut globex) = (proxy.wire().await, proxy.wire_of("globex_app", &[]).await);
    for before in ["", "BEGIN"] {
        acme.query(before).await;
        acme.send(&[query("COPY parts (name) FROM STDIN"), frame(b'd', b"new\n"), frame(b'c', b"")].concat()).await;
        assert_eq!(states(&acme.ready().await), [""; 0], "{before}");
        acme.send(&[query("COPY parts (tenant_id, name) FROM STDIN"), frame(b'd', b"globex\tx\n"), frame(b'c', b"")].concat()).await;
        assert_eq!(states(&acme.ready().await), ["42501"], "{before}");
        acme.query("ROLLBACK").await;
        acme.query(before).await;
        for (text, row, state) in
            [("COPY parts (name) FROM STDIN", "more\n", ""), ("COPY parts (tenant_id, name) FROM STDIN", "globex\tx\n", "42501")]
        {
            acme.send(&[parse("", text), bind("", "", &[]), execute("", 0), sync()].concat()).await;
            assert_eq!(shape(&acme.until(b'G').await), "12G", "{text}");
            acme.send(&[frame(b'd', row.as_bytes()), frame(b'c', b""), sync()].concat()).await;
            assert_eq!(states(&acme.ready().await).concat(), state, "{before} {text}");
        }
        acme.query("ROLLBACK").await;
    }
    assert_eq!(acme.value("SELECT count(*) FROM parts WHERE name = 'new'").await, "1");
    assert_eq!(acme.value("SELECT count(*) FROM parts WHERE name = 'more'").await, "1");
    assert_eq!(globex.value("SELECT count(*) FROM parts").await, "3");
}

/// Tenants share a plan: the same statement is prepared once on their connection, and each sees its own rows.
#[tokio::test]
async fn tenants_share_plans() {
    let shard = Shard::start(Sharing::Signed).await;
    let proxy = shard.serve().await;
    let (mut acme, mut globex) = (proxy.wire().await, proxy.wire_of("globex_app", &[]).await);
    for wire in [&mut acme, &mut globex] {
        wire.send(&[parse("s", "SELECT note AS shared_plan FROM orders WHERE id = $1"), sync()].concat()).await;
        wire.ready().await;
    }
    for round in 1..4 {
        for (wire, tenant) in [(&mut acme, "ACME"), (&mut globex, "GLOBEX")] {
            wire.send(&[bind("", "s", &[&round.to_string()]), execute("", 0), sync()].concat()).await;
            assert_eq!(firsts(&wire.ready().await), [format!("{tenant}-{round}")]);
        }
    }
    let log = std::fs::read_to_string(shard.cluster.log_path()).unwrap();
    let runs = log.lines().filter(|line| line.contains("shared_plan")).filter_map(|line| line.split_once("execute pgt_"));
    let names: Vec<&str> = runs.filter_map(|(_, rest)| rest.split_once(':')).map(|(name, _)| name).collect();
    assert!(names.len() == 6 && names.iter().all(|name| *name == names[0]), "{names:?}");
    // Nor does anybody read what others have prepared, without the gate.
    let mut direct = shard.oracle().await;
    for text in ["SELECT * FROM pg_prepared_statements", "SELECT * FROM pg_prepared_statement()"] {
        assert_eq!(states(&direct.query(text).await), ["42501"], "{text}");
    }
}

/// What needs a transaction block doesn't find one in what says whose a transaction is.
#[tokio::test]
async fn what_needs_a_block_says_so() {
    for sharing in [Sharing::Signed, Sharing::Plain, Sharing::Roles] {
        let shard = Shard::start(sharing).await;
        let proxy = shard.serve().await;
        let (mut acme, mut oracle) = (proxy.wire().await, shard.oracle().await);
        let declare = "DECLARE c CURSOR FOR SELECT note FROM orders WHERE id < 3 ORDER BY id";
        let told = |heard: &[Message]| -> Vec<String> {
            heard.iter().filter(|message| message.tag == b'E').map(|error| format!("{} {}", error.state(), error.field(b'M'))).collect()
        };
        let several = format!("{declare}; FETCH ALL c");
        let mut texts = vec![declare, "declare c cursor for select 1;", several.as_str()];
        match sharing {
            // The gate has no say in locks there.
            Sharing::Roles => texts.extend(["LOCK orders", "LOCK TABLE orders IN SHARE MODE; SELECT 1"]),
            _ => texts.extend(["DECLARE c CURSOR FOR SELECT nope FROM orders", "DECLARE c CURSOR FOR SELECT * FROM nowhere"]),
        }
        for text in texts {
            let expected = oracle.query(text).await;
            for _ in 0..2 {
                let heard = acme.query(text).await;
                assert_eq!((told(&heard), firsts(&heard)), (told(&expected), firsts(&expected)), "{sharing:?}: {text}");
            }
        }
        if sharing != Sharing::Roles {
            acme.send(&extended(declare, &[])).await;
            assert_eq!(states(&acme.ready().await), ["25P01"], "{sharing:?}");
        }
        acme.query("BEGIN").await;
        assert_eq!(states(&acme.query(declare).await), [""; 0]);
        assert_eq!(firsts(&acme.query("FETCH ALL c").await), ["ACME-1", "ACME-2"]);
        acme.query("COMMIT").await;
        acme.send(&[query("BEGIN"), query(declare), query("FETCH ALL c"), query("COMMIT")].concat()).await;
        for rows in [0, 0, 2, 0] {
            assert_eq!(firsts(&acme.ready().await).len(), rows, "{sharing:?}");
        }
    }
}

/// Texts that are judged on a thread of their own: their order, their transactions and their refusals are those of all others.
#[tokio::test]
async fn long_texts_are_statements_like_others() {
    for sharing in [Sharing::Signed, Sharing::Plain] {
        let shard = Shard::start(sharing).await;
        let proxy = shard.serve().await;
        let mut acme = proxy.wire().await;
        let long = "x".repeat(100_000);
        let count = format!("SELECT count(*) FROM orders WHERE '{long}' <> 'y' /* {long} */");
        // The first of the process: the catalog is read for it.
        assert_eq!(acme.value(&count).await, "5");
        assert_eq!(firsts(&acme.query(&format!("SELECT 1; {count}; SELECT 3")).await), ["1", "5", "3"]);
        acme.send(&[extended(&count, &[]), extended("SELECT 2", &[]), extended(&count, &[])].concat()).await;
        for expected in ["5", "2", "5"] {
            assert_eq!(firsts(&acme.ready().await), [expected]);
        }
        acme.query(&format!("PREPARE long AS {count}")).await;
        assert_eq!(acme.value("EXECUTE long").await, "5");
        acme.query("BEGIN").await;
        acme.query("DELETE FROM orders").await;
        assert_eq!(acme.value(&count).await, "0");
        let refused = acme.query(&format!("SELECT pg_read_file('{long}')")).await;
        assert_eq!((states(&refused), refused.last().unwrap().body.as_slice()), (vec!["42501"], &b"E"[..]));
        acme.query("ROLLBACK").await;
        assert_eq!(acme.value(&count).await, "5");
    }
}
