//! What a session has SET follows it from one server connection to the next, and stays out of others'.

use crate::support::{bed::Bed, run, text, wire::*};

/// A pool of two, whose connections a holder and another take in turns, so that the session under test changes its connection.
async fn two() -> crate::support::proxy::Proxy {
    let mut bed = Bed::new().await.observed();
    bed.plan = "max_connections = 2\n".to_owned();
    // With one worker the connection that was used last is the next one's.
    bed.listen = "workers = 1\n".to_owned();
    bed.serve().await
}

const PID: &str = "SELECT pg_backend_pid()";

#[tokio::test]
async fn set_travels() {
    let proxy = two().await;
    let (one, other) = (proxy.client().await, proxy.client().await);
    run(&one, "SET work_mem = '7MB'; SET TimeZone = 'Asia/Tokyo'; SET application_name = 'one'").await;
    run(&other, "SET work_mem = '9MB'").await;
    let mut seen = std::collections::BTreeSet::new();
    for round in 0..10 {
        // The other's transaction keeps a connection busy every second round.
        if round % 2 == 0 {
            run(&other, "BEGIN").await;
        }
        seen.insert(text(&one, PID).await);
        assert_eq!(text(&one, "SHOW work_mem").await, "7MB");
        assert_eq!(text(&one, "SHOW TimeZone").await, "Asia/Tokyo");
        assert_eq!(text(&one, "SELECT current_setting('application_name')").await, "one");
        if round % 2 == 0 {
            assert_eq!(text(&other, "SHOW work_mem").await, "9MB");
            run(&other, "COMMIT").await;
        } else {
            run(&one, "BEGIN").await;
            assert_eq!(text(&other, "SHOW TimeZone").await, "UTC");
            assert_eq!(text(&other, "SHOW work_mem").await, "9MB");
            run(&one, "COMMIT").await;
        }
    }
    let third = proxy.client().await;
    assert_eq!((text(&third, "SHOW work_mem").await, text(&third, "SHOW TimeZone").await), ("4MB".to_owned(), "UTC".to_owned()));
    assert_eq!(text(&third, "SELECT current_setting('application_name')").await, "");
    assert_eq!(seen.len(), 2, "the session changed its connection");
}

#[tokio::test]
async fn transactions_undo_it() {
    let proxy = two().await;
    let (one, other) = (proxy.client().await, proxy.client().await);
    let value = async |client| text(client, "SHOW work_mem").await;
    run(&one, "SET work_mem = '7MB'").await;
    run(&one, "BEGIN; SET LOCAL work_mem = '1MB'").await;
    assert_eq!(value(&one).await, "1MB");
    run(&one, "COMMIT").await;
    assert_eq!(value(&one).await, "7MB");
    run(&one, "BEGIN; SET work_mem = '2MB'").await;
    assert_eq!(value(&one).await, "2MB");
    run(&one, "ROLLBACK").await;
    assert_eq!((value(&one).await.as_str(), value(&other).await.as_str()), ("7MB", "4MB"));
    run(&one, "BEGIN; SET work_mem = '3MB'; SAVEPOINT a; SET work_mem = '2MB'; ROLLBACK TO a; COMMIT").await;
    assert_eq!((value(&one).await.as_str(), value(&other).await.as_str()), ("3MB", "4MB"));
    // A failed transaction block that ends by COMMIT.
    run(&one, "BEGIN; SET work_mem = '5MB'").await;
    assert!(one.batch_execute("SELECT 1/0").await.is_err());
    run(&one, "COMMIT").await;
    assert_eq!(value(&one).await, "3MB");
    // An error in a text of several statements undoes all of them.
    assert!(one.batch_execute("SET work_mem = '6MB'; SELECT 1/0").await.is_err());
    assert_eq!(value(&one).await, "3MB");
    // set_config in a query, parameters in the extended protocol.
    one.query("SELECT set_config('work_mem', $1, false)", &[&"8MB"]).await.unwrap();
    assert_eq!((value(&one).await.as_str(), value(&other).await.as_str()), ("8MB", "4MB"));
}

#[tokio::test]
async fn reset_and_discard() {
    let proxy = two().await;
    let (one, other) = (proxy.wire_of("acme_app", &[("options", "-c work_mem=5MB"), ("DateStyle", "German")]).await, proxy.client().await);
    let mut one = one;
    assert_eq!(one.parameters["DateStyle"], "German, DMY");
    run(&other, "SET work_mem = '9MB'").await;
    one.value("SET work_mem = '7MB'; SET DateStyle = 'ISO'").await;
    assert_eq!(one.parameters["DateStyle"], "ISO, DMY");
    // RESET goes back to what the startup packet said.
    one.value("RESET work_mem").await;
    assert_eq!(one.value("SHOW work_mem").await, "5MB");
    one.value("SET work_mem TO DEFAULT; RESET DateStyle").await;
    assert_eq!(one.value("SHOW work_mem").await, "5MB");
    assert_eq!(one.parameters["DateStyle"], "German, DMY");
    one.value("SET work_mem = '7MB'").await;
    one.value("RESET ALL").await;
    assert_eq!(one.value("SHOW work_mem").await, "5MB");
    one.value("SET work_mem = '7MB'; SET application_name = 'x'").await;
    assert_eq!(shape(&one.query("DISCARD ALL").await), "CZ");
    assert_eq!((one.value("SHOW work_mem").await.as_str(), one.value("SHOW application_name").await.as_str()), ("5MB", ""));
    assert_eq!(text(&other, "SHOW work_mem").await, "9MB");
    // Also where the session keeps its connection.
    one.value("CREATE TEMP TABLE mine (a int); SET work_mem = '7MB'").await;
    one.value("RESET work_mem").await;
    assert_eq!(one.value("SHOW work_mem").await, "5MB");
    one.value("DISCARD ALL").await;
    assert_eq!(states(&one.query("BEGIN; DISCARD ALL").await), ["25001"]);
    one.value("ROLLBACK").await;
    assert_eq!(states(&one.query("SET work_mem = 'nonsense'").await), ["22023"]);
    assert_eq!(one.value("SHOW work_mem").await, "5MB");
}

#[tokio::test]
async fn application_name_and_reports() {
    let proxy = two().await;
    let mut one = proxy.wire_of("acme_app", &[("application_name", "early")]).await;
    assert_eq!(one.parameters["application_name"], "early");
    one.value("SET application_name = 'late'").await;
    assert_eq!(one.parameters["application_name"], "late");
    let name = "SELECT application_name FROM pg_stat_activity WHERE pid = pg_backend_pid()";
    assert_eq!(one.value(name).await, "late");
    one.value("BEGIN; SET application_name = 'inner'").await;
    assert_eq!(one.parameters["application_name"], "inner");
    one.value("ROLLBACK").await;
    assert_eq!(one.parameters["application_name"], "late");
    for key in [
        "server_version",
        "server_encoding",
        "client_encoding",
        "DateStyle",
        "TimeZone",
        "integer_datetimes",
        "standard_conforming_strings",
    ] {
        assert!(one.parameters.contains_key(key), "{key}");
    }
}

#[tokio::test]
async fn what_a_startup_packet_may_not_ask_for() {
    let proxy = two().await;
    for (name, value, state) in [
        ("replication", "database", "0A000"),
        ("search_path", "pg_temp", "0A000"),
        ("client_encoding", "LATIN1", "0A000"),
        ("session_authorization", "postgres", "0A000"),
        ("options", "-c log_statement=all", "0A000"),
        ("work_mem", "nonsense", "22023"),
    ] {
        let refused = proxy.try_wire("acme_app", &[(name, value)]).await.err().unwrap_or_else(|| panic!("{name}"));
        assert_eq!(refused.state(), state, "{name}: {refused:?}");
    }
    assert_eq!(proxy.wire_of("acme_app", &[("client_encoding", "'utf-8'")]).await.value("SHOW client_encoding").await, "UTF8");
}
