//! The audit trail of a running proxy.

use std::{fs, time::Duration};

use rustix::process::Signal;
use serde_json::Value;

use crate::{
    good, run,
    support::{bed::Bed, eventually, refusal, text},
};

fn lines(folder: &std::path::Path) -> Vec<Value> {
    let text = fs::read_to_string(folder.join("audit.jsonl")).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
}

/// Events of a kind, by the fields that are asked for.
fn events(folder: &std::path::Path, kind: &str, fields: &[&str]) -> Vec<String> {
    let lines = lines(folder);
    let of_kind = lines.iter().filter(|line| line["event"] == kind);
    of_kind.map(|line| fields.iter().map(|field| line[*field].to_string().replace('"', "")).collect::<Vec<_>>().join(" ")).collect()
}

#[tokio::test]
async fn what_happens_is_written() {
    let mut bed = Bed::new().await;
    bed.another("globex").await;
    bed.login("both", "tenants = [\"acme\", \"globex\"]\nsecret = \"file:secret\"");
    bed.sections.push_str("[audit]\nfile = \"audit.jsonl\"\n[abuse]\nfailures = 3\ndelay = \"0s\"\n");
    let mut proxy = bed.serve().await;
    let folder = proxy.bed.folder().to_owned();
    let client = proxy.client().await;
    for _ in 0..50 {
        assert_eq!(text(&client, "SELECT 'literal-secret4711'").await, "literal-secret4711");
    }
    assert_eq!(refusal(&client, "CREATE ROLE literal_4712 PASSWORD 'literal-secret4712'").await, "42501");
    assert_eq!(refusal(&client, "SELEC 'literal-secret4713'").await, "42601");
    let both = proxy.client_of("both").await;
    assert_eq!(refusal(&both, "SET pgtenant.tenant = 'globex'").await, "");
    assert_eq!(text(&both, "SELECT 1").await, "1");
    assert_eq!(refusal(&both, "SET pgtenant.tenant = 'hooli'").await, "42501");
    for _ in 0..3 {
        let mut wire = proxy.dial().await;
        assert!(wire.log_in("acme_app", "password-secret4714", &[]).await.is_err());
    }
    good(&folder, &["suspend", "acme", "--reason", "ticket"]);
    let has = |kind: &'static str, count: usize| {
        let folder = folder.clone();
        async move { eventually(kind, || async { events(&folder, kind, &[]).len() >= count }).await }
    };
    has("map", 1).await;
    has("banned", 1).await;
    eventually("the session ends", || async { !refusal(&client, "SELECT 1").await.is_empty() }).await;
    has("refused", 3).await;
    drop(both);
    proxy.signal(Signal::TERM);
    assert!(proxy.ended(Duration::from_secs(20)).await.success());

    assert_eq!(events(&folder, "login", &["login", "tenant", "what"]), ["acme_app acme plain", "both null plain"]);
    assert_eq!(events(&folder, "tenant", &["login", "tenant", "state"]), ["both globex null"]);
    let refused = events(&folder, "refused", &["login", "tenant", "reason", "count"]);
    assert_eq!(refused, ["acme_app acme forbidden 1", "both globex forbidden 1", "acme_app acme suspended 1"]);
    let failed = events(&folder, "login_failed", &["login", "state"]);
    assert_eq!(failed, ["acme_app 28P01", "acme_app 28P01", "acme_app 28P01"]);
    assert_eq!(events(&folder, "banned", &["login", "count", "reason"]), ["acme_app 3 failed logins; for 60 s"]);
    assert_eq!(events(&folder, "map", &["what"]), ["tenants suspended: acme"]);
    assert!(events(&folder, "login", &["peer"]).iter().all(|peer| peer.starts_with("127.0.0.1:")));
    let kinds: Vec<String> = lines(&folder).iter().map(|line| line["event"].as_str().unwrap().to_owned()).collect();
    assert_eq!((kinds.first().unwrap().as_str(), kinds.last().unwrap().as_str()), ("begin", "end"));
    // Fifty statements have written nothing.
    assert_eq!(kinds.len(), 2 + 2 + 1 + 3 + 3 + 1 + 1, "{kinds:?}");
    let whole = fs::read_to_string(folder.join("audit.jsonl")).unwrap();
    assert!(
        !whole.contains("secret4711") && !whole.contains("secret4712") && !whole.contains("secret4713") && !whole.contains("secret4714"),
        "{whole}"
    );

    let verify = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_pgtenant"));
        crate::Said::from(command.args(["audit", "verify"]).args(arguments).current_dir(&folder).output().unwrap())
    };
    let said = verify(&["audit.jsonl"]);
    assert!(said.good && said.out.starts_with(&format!("whole: lines 1 to {}\nlast hash: ", kinds.len())), "{}{}", said.out, said.err);
    let hash = said.out.split("last hash: ").nth(1).unwrap().trim().to_owned();
    assert!(proxy.log().contains(&hash));
    assert!(verify(&["audit.jsonl", "--holds", &hash]).good);
    // One letter, and the end.
    fs::write(folder.join("edited.jsonl"), whole.replacen("acme_app", "acme_apq", 1)).unwrap();
    let said = verify(&["edited.jsonl"]);
    assert!(
        !said.good && said.err == "pgtenant: edited.jsonl:2: line 2 of the trail, or the one before it, has been changed\n",
        "{}",
        said.err
    );
    let end = whole.trim_end().rfind('\n').unwrap() + 1;
    fs::write(folder.join("cut.jsonl"), &whole[..end]).unwrap();
    assert!(verify(&["cut.jsonl"]).good);
    let said = verify(&["cut.jsonl", "--holds", &hash]);
    assert!(!said.good && said.err.contains("lines are missing at its end"), "{}", said.err);
}

#[tokio::test]
async fn a_trail_that_cannot_be_written_stops_the_start() {
    let mut bed = Bed::new().await;
    bed.sections.push_str("[audit]\nfile = \"audit.jsonl\"\n");
    bed.file("audit.jsonl", "somebody else's\n");
    bed.write();
    let said = run(bed.folder(), &["serve"]);
    assert!(!said.good && said.err.contains("doesn't end with a line of an audit trail"), "{}", said.err);
}
