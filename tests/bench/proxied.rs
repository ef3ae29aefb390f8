//! Through the proxy, and in the demo.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::{
    load::{command, output},
    support::bed::{Bed, PASSWORD},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tenants_by_their_logins() {
    let mut bed = Bed::new().await;
    bed.another("globex").await;
    let proxy = bed.serve().await;
    let dsn = format!(
        "host=127.0.0.1 port={} user={{tenant}}_app password={{env:SECRET_{{TENANT}}}} dbname={{tenant}} sslmode=disable",
        proxy.port()
    );
    for protocol in ["simple", "extended", "prepared"] {
        let arguments =
            ["--dsn", &dsn, "--tenants", "acme,globex", "--sql", "SELECT :client::int + :n::int, :tenant::text", "--var", "n=1..9"];
        let more =
            ["--protocol", protocol, "--duration", "1s", "--warm-up", "0s", "--flood", "globex:10:sleep:0.01", "--json", "-", "--quiet"];
        let mut command = command(&[&arguments[..], &more[..]].concat());
        command.env("SECRET_ACME", PASSWORD).env("SECRET_GLOBEX", PASSWORD);
        let output = output(command).await;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["total"]["failed"], 0, "{protocol}: {report:#}");
        for tenant in [0, 1] {
            let done = &report["phases"][0]["groups"][0]["tenants"][tenant]["transactions"];
            assert!(done.as_u64().unwrap() > 20, "{report:#}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_the_demo_it_needs_no_options() {
    let mut demo = Command::new(env!("CARGO_BIN_EXE_pgtenant"));
    demo.args(["demo", "--port", "0", "--exec", "pgtenant bench --duration 2s --warm-up 0s --json - --quiet"]).stdin(Stdio::null());
    let output = output(demo).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let tenants = report["phases"][0]["groups"][0]["tenants"].as_array().unwrap();
    let names: Vec<&str> = tenants.iter().map(|tenant| tenant["tenant"].as_str().unwrap()).collect();
    assert_eq!(names, ["acme", "globex", "initech", "umbrella", "hooli", "wayne", "stark"]);
    assert_eq!(report["total"]["failed"], 0, "{report:#}");
}
