//! The command line on a map in a file.

use std::{fs, path::Path};

use pgtenant::{config::Environment, shard_map::ShardMap};
use tempfile::TempDir;

use crate::{good, run};

const MAP: &str = r#"# Ours.
version = 1

[shards.east]
primary = "host=127.0.0.1 port=5501 dbname=app"
role_key = "env:NOT_HERE"
[shards.west]
primary = "host=127.0.0.1 port=5502 dbname=app"
role_key = "env:NOT_HERE"

[plans.basic]
[plans.gold]

[models.shop]
kind = "row"
tenant_column = "tenant_id"

[tenants.acme]
shard = "east"
model = "shop"
plan = "basic"   # since May
[tenants.globex]
shard = "west"
model = "shop"
plan = "gold"

[logins.acme_app]
tenant = "acme"
secret = "env:NOT_HERE_EITHER"
"#;

fn world() -> TempDir {
    let folder = tempfile::Builder::new().prefix("map-").tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    fs::write(folder.path().join("pgtenant.toml"), "shard_map = \"map.toml\"\n").unwrap();
    fs::write(folder.path().join("map.toml"), MAP).unwrap();
    folder
}

fn map(folder: &Path) -> String {
    fs::read_to_string(folder.join("map.toml")).unwrap()
}

/// Writes a new text from the map that there is.
fn draft(folder: &Path, from: &str, to: &str) -> String {
    let text = map(folder);
    assert!(text.contains(from), "{from}");
    fs::write(folder.join("new.toml"), text.replace(from, to)).unwrap();
    "new.toml".to_owned()
}

#[test]
fn tenants_are_suspended_and_resumed() {
    let folder = world();
    let folder = folder.path();
    let out = good(folder, &["suspend", "acme", "--tell", "The invoice isn't paid.", "--reason", "ticket 7"]);
    assert_eq!(out, "tenants suspended: acme\ntenants with other overrides: acme\nversion 2\n");
    let text = map(folder);
    assert!(text.contains("# Ours.\nversion = 1\nrevision = 2\n") && text.contains("plan = \"basic\"   # since May\n"), "{text}");
    assert!(text.contains("status = \"suspended\"\nreason = \"The invoice isn't paid.\"\n"), "{text}");
    let listed = good(folder, &["list"]);
    assert!(listed.lines().any(|line| line.contains("acme") && line.contains("suspended") && line.contains("isn't paid")), "{listed}");
    let listed = good(folder, &["list", "--json", "--status", "active"]);
    assert_eq!(
        listed,
        "{\"model\":\"shop\",\"plan\":\"gold\",\"reason\":null,\"shard\":\"west\",\"status\":\"active\",\"tenant\":\"globex\"}\n"
    );
    good(folder, &["resume", "acme", "--author", "anna"]);
    assert_eq!(good(folder, &["resume", "acme"]), "nothing changes\n");
    let history = good(folder, &["map", "history", "--json"]);
    let told: Vec<serde_json::Value> = history.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let brief: Vec<_> =
        told.iter().map(|entry| format!("{} {} {} {}", entry["version"], entry["author"], entry["reason"], entry["changes"])).collect();
    assert_eq!(
        brief,
        [
            "3 \"anna\" null \"tenants resumed: acme; tenants with other overrides: acme\"",
            "2 \"tester\" \"ticket 7\" \"tenants suspended: acme; tenants with other overrides: acme\"",
            "1 \"unknown\" null \"as it was found\"",
        ]
    );
    assert_eq!((&told[0]["current"], &told[1]["current"]), (&true.into(), &false.into()));
    let nobody = run(folder, &["suspend", "hooli"]);
    assert!(!nobody.good && nobody.err == "pgtenant: tenant \"hooli\" is not in the shard map\n", "{}", nobody.err);
    assert_eq!(good(folder, &["map", "show", "1"]).replace("revision = 1\n", ""), MAP);
}

#[test]
fn a_file_is_compared_and_taken() {
    let folder = world();
    let folder = folder.path();
    let file = draft(folder, "plan = \"basic\"", "plan = \"gold\"");
    assert_eq!(good(folder, &["map", "diff", &file]), "tenants of another plan: acme from basic to gold\n");
    assert_eq!(good(folder, &["map", "apply", &file, "--dry-run"]), "tenants of another plan: acme from basic to gold\n");
    assert_eq!(map(folder), MAP);
    let taken = good(folder, &["map", "apply", &file, "--reason", "upgrade"]);
    assert_eq!(taken, "tenants of another plan: acme from basic to gold\nversion 2\n");
    // It was made from the map before: another one has come since.
    let late = run(folder, &["map", "apply", &file]);
    assert!(late.good && late.out == "nothing changes\n", "{}", late.err);
    fs::write(folder.join("new.toml"), MAP).unwrap();
    let late = run(folder, &["map", "apply", &file]);
    assert!(
        !late.good && late.err.contains("the new map doesn't say which version it was made from, and there is version 2"),
        "{}",
        late.err
    );
    let file = draft(folder, "plan = \"gold\"   #", "plan = \"basic\"   #");
    good(folder, &["suspend", "globex", "--reason", "ticket 8"]);
    let late = run(folder, &["map", "apply", &file]);
    let told = "the shard map is at version 3, not at 2: tester changed it at ";
    assert!(!late.good && late.err.contains(told) && late.err.contains(" (ticket 8): tenants suspended: globex\n"), "{}", late.err);
    let compared = run(folder, &["map", "diff", &file]);
    assert!(
        !compared.good && compared.out.contains("tenants resumed: globex\n") && compared.err.contains("it wouldn't be taken"),
        "{}",
        compared.out
    );
    let taken = run(folder, &["map", "apply", &file, "--expect", "3"]);
    assert!(taken.good && taken.out.ends_with("version 4\n"), "{}", taken.err);
    let late = run(folder, &["map", "apply", &file, "--expect", "3"]);
    assert!(!late.good, "{}", late.out);
    let back = good(folder, &["map", "rollback", "2"]);
    assert_eq!(back, "tenants of another plan: acme from basic to gold\nversion 5\n");
    assert_eq!(good(folder, &["map", "show"]), good(folder, &["map", "show", "2"]).replace("revision = 2", "revision = 5"));
    let none = run(folder, &["map", "rollback", "17"]);
    assert!(!none.good && none.err == "pgtenant: the history has no version 17\n", "{}", none.err);
}

#[test]
fn what_would_strand_tenants_is_refused() {
    let folder = world();
    let folder = folder.path();
    let moved = "[tenants.acme]\nshard = \"east\"";
    let west = "[shards.west]\nprimary = \"host=127.0.0.1 port=5502 dbname=app\"\nrole_key = \"env:NOT_HERE\"\n";
    let globex = "[tenants.globex]\nshard = \"west\"\nmodel = \"shop\"\nplan = \"gold\"\n";
    let refused = |from: &str, to: &str, why: &str| {
        let file = draft(folder, from, to);
        for arguments in [&["map", "apply", &file][..], &["map", "diff", &file]] {
            let said = run(folder, arguments);
            assert!(!said.good && said.err.contains(why), "{arguments:?} {}", said.err);
        }
        assert_eq!(map(folder), MAP);
    };
    refused(moved, "[tenants.acme]\nshard = \"west\"", "looked for where their data isn't: acme (shard east -> west)");
    refused("plan = \"basic\"", "plan = \"basic\"\nkey = \"a\"", "acme (key acme -> a)");
    refused("[plans.gold]\n", "", "plan \"gold\" doesn't exist; expected basic");
    refused("[tenants.acme]", "[tenants.hooli]", "tenant \"acme\" doesn't exist");
    let file = draft(folder, west, "");
    let text = fs::read_to_string(folder.join(&file)).unwrap();
    fs::write(folder.join(&file), text.replace(globex, "")).unwrap();
    let said = run(folder, &["map", "apply", &file]);
    assert!(!said.good && said.err.contains("shard west would go, and it holds tenants: globex"), "{}", said.err);
    assert!(said.err.contains("--force"), "{}", said.err);
    // Who has moved the data by other means says so.
    let file = draft(folder, moved, "[tenants.acme]\nshard = \"west\"");
    let forced = run(folder, &["map", "apply", &file, "--force"]);
    assert!(forced.good && forced.out.contains("tenants moved: acme from east to west"), "{}", forced.err);
    // What has come since isn't forgotten by going back.
    let file = draft(folder, globex, &format!("{globex}{}", globex.replace("globex", "initech")));
    good(folder, &["map", "apply", &file]);
    let back = run(folder, &["map", "rollback", "2"]);
    assert!(!back.good && back.err.contains("tenants would lose their entries, and their data stays: initech on west"), "{}", back.err);
    good(folder, &["map", "rollback", "2", "--force"]);
}

#[test]
fn what_is_edited_in_place_is_not_overwritten() {
    let folder = world();
    let folder = folder.path();
    good(folder, &["suspend", "acme"]);
    let file = draft(folder, "plan = \"basic\"", "plan = \"gold\"");
    fs::write(folder.join("map.toml"), map(folder).replace("# Ours.", "# Mine.")).unwrap();
    let late = run(folder, &["map", "apply", &file]);
    assert!(!late.good && late.err.contains("has been edited in place since version 2"), "{}", late.err);
    assert!(good(folder, &["map", "history"]).contains("edited in place since"));
    good(folder, &["map", "apply", "map.toml", "--reason", "mine"]);
    assert!(map(folder).contains("revision = 3") && good(folder, &["map", "history"]).contains("mine"));
    // An entry's change goes into whatever is there.
    fs::write(folder.join("map.toml"), map(folder).replace("# Mine.", "# Whose?")).unwrap();
    good(folder, &["resume", "acme"]);
    assert!(map(folder).contains("# Whose?") && map(folder).contains("revision = 5"), "{}", map(folder));
    assert!(good(folder, &["map", "show", "4"]).contains("# Whose?"));
    // What isn't a map is told of, and can be replaced.
    fs::write(folder.join("map.toml"), "version = 1\n[tenants.acme]\n").unwrap();
    let broken = run(folder, &["suspend", "acme"]);
    assert!(!broken.good && broken.err.contains("map.toml:2:"), "{}", broken.err);
    good(folder, &["map", "rollback", "5"]);
    assert!(map(folder).contains("# Whose?"));
}

#[test]
fn a_large_map_is_edited_in_place() {
    let folder = world();
    let folder = folder.path();
    let mut text = MAP.to_owned();
    for number in 0..20_000 {
        text.push_str(&format!("[tenants.t{number}]\nshard = \"east\"\nmodel = \"shop\"\nplan = \"basic\"\n"));
    }
    fs::write(folder.join("map.toml"), &text).unwrap();
    good(folder, &["suspend", "t9999"]);
    good(folder, &["suspend", "t19999"]);
    let environment = Environment::process().with_stand_ins();
    let map = ShardMap::load_with(&folder.join("map.toml"), &environment).unwrap();
    let status = |id: &str| map.tenant(id).unwrap().status.as_str();
    assert_eq!([status("t9998"), status("t9999"), status("t19999")], ["active", "suspended", "suspended"]);
    // The history keeps what has changed, not the map again and again.
    let history = fs::metadata(folder.join("map.toml.history")).unwrap().len() as usize;
    assert!((text.len()..text.len() * 5 / 4).contains(&history), "{history} bytes for {}", text.len());
}
