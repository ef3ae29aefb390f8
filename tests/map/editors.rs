//! Several editors at once, and editors that are killed.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use pgtenant::{config::Environment, shard_map::ShardMap};
use tempfile::TempDir;

use crate::{command, good, run};

const TENANTS: usize = 8;

fn world(tenants: usize) -> TempDir {
    let folder = tempfile::Builder::new().prefix("map-").tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    fs::write(folder.path().join("pgtenant.toml"), "shard_map = \"map.toml\"\n").unwrap();
    let mut text = "version = 1\n[shards.east]\nprimary = \"host=127.0.0.1 port=5501 dbname=app\"\nrole_key = \"env:NOT_HERE\"\n\
        [plans.basic]\n[models.shop]\nkind = \"row\"\ntenant_column = \"tenant_id\"\n"
        .to_owned();
    for number in 0..tenants {
        text.push_str(&format!("[tenants.t{number}]\nshard = \"east\"\nmodel = \"shop\"\nplan = \"basic\"\n"));
    }
    fs::write(folder.path().join("map.toml"), text).unwrap();
    folder
}

fn load(folder: &Path) -> ShardMap {
    ShardMap::load_with(&folder.join("map.toml"), &Environment::process().with_stand_ins()).unwrap()
}

fn status(map: &ShardMap, id: &str) -> &'static str {
    map.tenant(id).unwrap().status.as_str()
}

#[test]
fn no_edit_is_lost() {
    let folder = world(TENANTS);
    let folder = folder.path();
    thread::scope(|scope| {
        for number in 0..TENANTS {
            scope.spawn(move || {
                let tenant = format!("t{number}");
                good(folder, &["suspend", &tenant, "--reason", "one"]);
                good(folder, &["resume", &tenant, "--reason", "two"]);
                good(folder, &["suspend", &tenant, "--reason", "three"]);
            });
        }
    });
    let map = load(folder);
    assert!((0..TENANTS).all(|number| status(&map, &format!("t{number}")) == "suspended"));
    let history = good(folder, &["map", "history", "--json", "--limit", "100"]);
    let entries: BTreeMap<u64, serde_json::Value> = history
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|entry| (entry["version"].as_u64().unwrap(), entry))
        .collect();
    assert_eq!(entries.len(), 1 + 3 * TENANTS);
    assert!(entries.iter().all(|(version, entry)| entry["base"] == version - 1), "{history}");
    assert_eq!(map.revision, 1 + 3 * TENANTS as u64);
    // Of two who have read the same map, one is told that the other was faster.
    let text = fs::read_to_string(folder.join("map.toml")).unwrap();
    let taken = thread::scope(|scope| {
        let editors: Vec<_> = ["t0", "t1"]
            .map(|tenant| {
                let file = format!("{tenant}.toml");
                let entry = format!("[tenants.{tenant}]\n");
                fs::write(folder.join(&file), text.replace(&entry, &format!("{entry}key = \"{tenant}\"\n"))).unwrap();
                scope.spawn(move || run(folder, &["map", "apply", &file, "--author", tenant]))
            })
            .into();
        editors.into_iter().map(|editor| editor.join().unwrap()).collect::<Vec<_>>()
    });
    let refused: Vec<&str> = taken.iter().filter(|said| !said.good).map(|said| said.err.as_str()).collect();
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(refused[0].contains(&format!("is at version {}, not at {}", map.revision + 1, map.revision)), "{refused:?}");
}

#[test]
fn who_is_killed_leaves_a_whole_map() {
    let folder = world(5000);
    let folder = folder.path();
    let begun = Instant::now();
    good(folder, &["suspend", "t0"]);
    let whole = begun.elapsed();
    let (mut revision, mut killed, mut done) = (load(folder).revision, 0, 0);
    for round in 1..=30u32 {
        let tenant = format!("t{round}");
        let mut child = command(folder, &["suspend", &tenant]).spawn().unwrap();
        thread::sleep(whole * (round % 10 + 3) / 12);
        let _ = child.kill();
        let ended = child.wait().unwrap();
        let map = load(folder);
        match map.revision {
            same if same == revision => assert_eq!(status(&map, &tenant), "active"),
            next => {
                assert!(next > revision && status(&map, &tenant) == "suspended", "{next} after {revision}");
                revision = next;
                done += 1;
            }
        }
        killed += u32::from(!ended.success());
    }
    assert!(killed >= 5, "{killed} of 30 were killed, {done} had changed the map, {whole:?} each");
    // What they left behind is in nobody's way.
    thread::sleep(Duration::from_millis(50));
    good(folder, &["suspend", "t4999"]);
    let map = load(folder);
    assert_eq!(status(&map, "t4999"), "suspended");
    good(folder, &["map", "show", &map.revision.to_string()]);
    good(folder, &["map", "show", &revision.to_string()]);
}
