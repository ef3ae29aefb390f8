//! How a run begins and ends: scenarios, files, signals, and servers that aren't there.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use pgtenant::lifecycle::cluster::free_port;
use rustix::process::{Pid, Signal, kill_process};

use crate::{
    load::{command, database, number, output, report},
    support::{cluster, run},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_comes_in_the_middle_and_others_are_compared_with_before() {
    let (name, client) = database().await;
    run(&client, "CREATE TABLE names (tenant text, kind text)").await;
    let folder = tempfile::tempdir().unwrap();
    let scenario = folder.path().join("s.toml");
    let text = "duration = \"3s\"\nsettle = \"200ms\"\n[variables]\nkind = [\"a\", \"o'b\"]\n\
                [scripts]\nname = \"INSERT INTO names VALUES (:tenant, :kind)\"\n\
                [groups.steady]\ntenants = [\"s{1..3}\", \"x\"]\nclients = 1\nmix = { name = 9, one = 1 }\nthink_time = \"5ms\"\nprotocol = \"extended\"\n\
                [groups.flood]\ntenant = \"noisy\"\nclients = 20\nmix = \"sleep:0.02\"\nstart = \"1s\"\n";
    std::fs::write(&scenario, text).unwrap();
    let (html, svg) = (folder.path().join("r.html"), folder.path().join("r.svg"));
    let files = ["--html", html.to_str().unwrap(), "--svg", svg.to_str().unwrap()];
    let report = report(&name, &[&["--scenario", scenario.to_str().unwrap()][..], &files[..]].concat()).await;
    let phases = report["phases"].as_array().unwrap();
    assert_eq!(phases.len(), 2);
    assert_eq!((phases[0]["groups"].as_array().unwrap().len(), phases[1]["groups"].as_array().unwrap().len()), (1, 2), "{report:#}");
    let flood = number(&report, "/phases/1/groups/0/all/per_second");
    assert!((200.0..=1000.0).contains(&flood), "20 clients of 20 ms: {flood}");
    let compared: Vec<&str> = report["beside"].as_array().unwrap().iter().map(|beside| beside["tenant"].as_str().unwrap()).collect();
    assert_eq!(compared, ["s1", "s2", "s3", "x"]);
    assert!(number(&report, "/phases/0/groups/0/fairness/jain") > 0.8);
    let seen =
        crate::support::text(&client, "SELECT string_agg(DISTINCT tenant || ' ' || kind, ',' ORDER BY tenant || ' ' || kind) FROM names")
            .await;
    assert_eq!(seen, "s1 a,s1 o'b,s2 a,s2 o'b,s3 a,s3 o'b,x a,x o'b");
    let page = std::fs::read_to_string(html).unwrap();
    assert_eq!(page.matches("<polyline").count(), 4 + 5 + 2 * 2, "a line for each tenant and phase, and two over time for each group");
    assert!(
        !page.contains("http") || page.matches("http").count() == page.matches("http://www.w3.org/2000/svg").count(),
        "nothing is fetched"
    );
    assert!(std::fs::read_to_string(svg).unwrap().ends_with("</svg>\n"));
    assert_eq!(report["timeline"].as_array().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupt_ends_it_early_with_its_report() {
    let (name, _client) = database().await;
    let dsn = cluster::shared().dsn(&name);
    let mut command = command(&["--dsn", &dsn, "--mix", "sleep:0.005", "--duration", "1h", "--warm-up", "0s", "--flood", "a:2:one@30m"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    let began = Instant::now();
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    let (text, errors) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(0), "{errors}");
    assert!(text.contains("default") && text.contains("Note: interrupted"), "{text}");
    assert!(errors.contains("connecting 6 clients") && errors.contains("ending early"), "{errors}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nobody_gets_in_it_fails_at_once() {
    let port = free_port().unwrap().to_string();
    let nobody = format!("host=127.0.0.1 port={port} user=nobody");
    let stranger = format!("host=127.0.0.1 port={} user=nobody_here password=x dbname=postgres", cluster::shared().port());
    for (dsn, connect, said) in
        [(&nobody, "before", "reach"), (&nobody, "each", "reach"), (&stranger, "before", "28P01"), (&stranger, "start", "28P01")]
    {
        let began = Instant::now();
        let output = output(command(&["--dsn", dsn, "--connect", connect, "--duration", "1s", "--warm-up", "0s", "--quiet"])).await;
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{connect}: {errors}");
        assert!(errors.contains("none of 4 clients could connect") && errors.contains(said), "{connect}: {errors}");
        assert!(began.elapsed() < Duration::from_secs(10));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_end_are_made_again() {
    let (name, client) = database().await;
    let (cut, name_of) = (client, name.clone());
    let killer = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        run(
            &cut,
            &format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name_of}' AND pid <> pg_backend_pid()"),
        )
        .await;
    });
    let report = report(&name, &["--mix", "sleep:0.01", "--clients", "3", "--duration", "2s"]).await;
    killer.await.unwrap();
    assert_eq!((number(&report, "/total/connects"), number(&report, "/total/errors/57P01/count")), (6.0, 3.0), "{report:#}");
    assert!(number(&report, "/total/transactions") > 150.0, "{report:#}");
}
