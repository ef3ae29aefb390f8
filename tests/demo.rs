//! `pgtenant demo` as a person starts it: what it serves, how it ends, and that nothing is left of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

fn demo(exec: Option<&str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pgtenant"));
    command.args(["demo", "--port", "0"]).stdin(Stdio::null());
    if let Some(exec) = exec {
        command.args(["--exec", exec]);
    }
    command
}

fn run(exec: &str) -> (Output, String) {
    let output = demo(Some(exec)).output().unwrap();
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    (output, text)
}

/// Processes whose command line names `folder`.
fn processes(folder: &str) -> Vec<String> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let lines = entries.filter_map(|entry| fs::read_to_string(entry.path().join("cmdline")).ok());
    lines.map(|line| line.replace('\0', " ")).filter(|line| line.contains(folder)).collect()
}

fn gone(folder: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while Path::new(folder).exists() || !processes(folder).is_empty() {
        assert!(Instant::now() < deadline, "{folder}: {}, {:?}", Path::new(folder).exists(), processes(folder));
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn every_tenant_sees_its_own_orders() {
    let script = r#"
        echo "$PGTENANT_DEMO_DIR"
        psql -Atc 'select count(*) from orders' || exit 1
        for tenant in $PGTENANT_DEMO_TENANTS; do
            upper=$(echo "$tenant" | tr a-z A-Z)
            eval "url=\$PGTENANT_DEMO_${upper}_URL orders=\$PGTENANT_DEMO_${upper}_ORDERS direct=\$PGTENANT_DEMO_${upper}_DIRECT_DSN"
            sql="select count(*) = $orders from orders, countries where code = 'DE'"
            echo "$tenant $(psql "$url" -Atc "$sql") $(psql "$direct" -Atc "$sql") $(psql "$url" -Atc 'select sum(abalance) from pgbench_accounts')"
        done
        PGUSER=backoffice@hooli PGDATABASE=app PGPASSWORD=$PGTENANT_DEMO_BACKOFFICE_PASSWORD psql -Atc 'select count(*) from orders'
        psql "$PGTENANT_DEMO_EAST_REPLICA_DSN" -Atc 'select pg_is_in_recovery()'
        "$PGTENANT" create acme --config "$PGTENANT_DEMO_CONFIG"
        "$PGTENANT" create umbrella --config "$PGTENANT_DEMO_CONFIG"
        "$PGTENANT" create wayne --config "$PGTENANT_DEMO_CONFIG"
        "$PGTENANT" create nobody --config "$PGTENANT_DEMO_CONFIG" 2>/dev/null || echo refused
        exit 7"#;
    let output = demo(Some(script)).env("PGTENANT", env!("CARGO_BIN_EXE_pgtenant")).env("PGSERVICE", "elsewhere").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines = text.lines();
    let folder = lines.next().unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&output.stderr))).to_owned();
    let nothing = "all is there already, nothing changed";
    let mut expected = vec!["120".to_owned()];
    expected.extend(["acme", "globex", "initech", "umbrella", "hooli", "wayne", "stark"].map(|tenant| format!("{tenant} t t 0")));
    expected.extend(["150".to_owned(), "t".to_owned()]);
    expected.extend(["acme", "umbrella", "wayne"].map(|tenant| format!("{tenant}: {nothing}")));
    expected.push("refused".to_owned());
    assert_eq!(lines.collect::<Vec<_>>(), expected, "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(7), "the command's status is the demo's");
    gone(&folder);
}

#[test]
fn a_command_that_fails_or_is_cut_off_leaves_nothing() {
    let (output, folder) = run("echo $PGTENANT_DEMO_DIR; kill -9 $$");
    assert_eq!(output.status.code(), Some(128 + 9));
    gone(folder.trim());
}

/// Starts an interactive demo and gives its process and its folder.
fn interactive() -> (Child, String) {
    let mut child = demo(None).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let (mut line, mut text) = (String::new(), String::new());
    while !line.contains("Ctrl-C") {
        line.clear();
        if output.read_line(&mut line).unwrap() == 0 {
            let mut errors = String::new();
            child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
            panic!("ended early: {text}\n{errors}");
        }
        text.push_str(&line);
    }
    assert_eq!(
        text.matches("psql 'postgresql://").count(),
        9,
        "a line to paste for every tenant, for the back office and for the replica: {text}"
    );
    let folder = text.split("Its files: ").nth(1).unwrap().split("/config/").next().unwrap().to_owned();
    assert!(!processes(&folder).is_empty());
    (child, folder)
}

#[test]
fn signals_take_it_down() {
    // TERM and HUP go the same way as INT.
    for (signal, status) in [("INT", Some(0)), ("KILL", None)] {
        let (mut child, folder) = interactive();
        Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
        assert_eq!(child.wait().unwrap().code(), status, "{signal}");
        gone(&folder);
    }
}
