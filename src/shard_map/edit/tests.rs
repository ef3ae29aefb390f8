use std::path::Path;

use super::*;
use crate::config::Environment;

const MAP: &str = r#"# The demo's map.

version = 1

[shards.east]
primary = "host=127.0.0.1 port=5501 dbname=app"  # the first one
role_key = "env:KEY"
[shards.west]
primary = "host=127.0.0.1 port=5502 dbname=app"
role_key = "env:KEY"

[plans.basic]
max_connections = 5
[plans.gold]

[models.shop]
kind = "row"
tenant_column = "tenant_id"

# Acme, since 2019.
[tenants.acme]
shard = "east"
model = "shop"
plan  = "basic"          # until May
# status = "active"

[tenants.acme.limits]    # more than the plan
max_connections = 8

# Globex.
[tenants.globex]
shard = "west"
model = "shop"
plan = "basic"
# The end of Globex.

# Others.
[tenants."a.b"]
shard = "west"
model = "shop"
plan = "basic"

# Logins.
[logins.acme_app]
tenant = "acme"
secret = "env:KEY"
[logins.both]
tenants = ["acme", "globex"]
secret = "env:KEY"
"#;

fn load(text: &str) -> ShardMap {
    let environment = Environment::fixed([]).with_stand_ins();
    ShardMap::read(text, Path::new("map"), Path::new(""), &environment).unwrap_or_else(|errors| panic!("{errors}\n{text}"))
}

fn changed(text: &str, edits: &[Edit]) -> String {
    let new = edit(text, &load(text), edits).unwrap();
    load(&new);
    new
}

fn set(key: &str, value: impl Into<Option<Value>>) -> Assignment {
    Assignment { key: key.to_owned(), value: value.into() }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn tenant(id: &str) -> TenantId {
    TenantId::from(id)
}

/// Lines that went, and lines that came.
fn lines(old: &str, new: &str) -> (Vec<String>, Vec<String>) {
    let only = |these: &str, those: &str| {
        let mut rest: Vec<&str> = those.lines().collect();
        let mut own = Vec::new();
        for line in these.lines() {
            match rest.iter().position(|other| *other == line) {
                Some(at) => drop(rest.remove(at)),
                None => own.push(line.to_owned()),
            }
        }
        own
    };
    (only(old, new), only(new, old))
}

#[test]
fn only_what_changes_changes() {
    let suspend = Edit::Suspend { tenant: tenant("acme"), reason: Some("The invoice isn't paid.".to_owned()) };
    let new = changed(MAP, &[suspend]);
    let came = ["status = \"suspended\"", "reason = \"The invoice isn't paid.\""];
    assert_eq!(lines(MAP, &new), (vec![], came.map(str::to_owned).to_vec()));
    assert!(new.find("status = \"suspended\"") < new.find("[tenants.acme.limits]"));
    let back = changed(&new, &[Edit::Resume { tenant: tenant("acme") }]);
    assert_eq!(lines(MAP, &back), (vec![], vec!["status = \"active\"".to_owned()]));

    let plan = Edit::AlterTenant { tenant: tenant("acme"), set: vec![set("plan", text("gold"))] };
    let (went, came) = lines(MAP, &changed(MAP, &[plan]));
    assert_eq!((went[0].as_str(), came[0].as_str()), ("plan  = \"basic\"          # until May", "plan  = \"gold\"          # until May"));
    let shard = Edit::AlterShard { shard: ShardId::from("east"), set: vec![set("max_connections", Value::Integer(90))] };
    assert_eq!(lines(MAP, &changed(MAP, &[shard])), (vec![], vec!["max_connections = 90".to_owned()]));
}

#[test]
fn limits_come_and_go() {
    let alter = |id: &str, key: &str, value: Option<Value>| Edit::AlterTenant { tenant: tenant(id), set: vec![set(key, value)] };
    let more = changed(MAP, &[alter("acme", "limits.max_connections", Some(Value::Integer(9)))]);
    assert_eq!(load(&more).tenant("acme").unwrap().limits.max_connections, 9);
    assert!(more.contains("[tenants.acme.limits]    # more than the plan\nmax_connections = 9\n"), "{more}");
    let none = changed(MAP, &[alter("acme", "limits.max_connections", None)]);
    assert_eq!(load(&none).tenant("acme").unwrap().limits.max_connections, 5);
    assert!(!none.contains("limits]"), "{none}");
    let first = changed(MAP, &[alter("globex", "limits.weight", Some(Value::Integer(3)))]);
    assert_eq!(load(&first).tenant("globex").unwrap().limits.weight, 3);
    assert_eq!(load(&first).tenant("a.b").unwrap().limits.weight, 1);
    let bad = edit(MAP, &load(MAP), &[alter("acme", "limits.", None)]);
    assert_eq!(bad, Err(EditError::BadKey("limits.".to_owned())));
    assert_eq!(edit(MAP, &load(MAP), &[alter("acme", "plan.x", Some(text("y")))]), Err(EditError::BadKey("plan.x".to_owned())));
}

#[test]
fn tenants_come_behind_the_others() {
    let keys =
        vec![set("shard", text("east")), set("model", text("shop")), set("plan", text("gold")), set("limits.weight", Value::Integer(2))];
    let create = Edit::CreateTenant { tenant: tenant("hooli"), set: keys };
    let new = changed(MAP, std::slice::from_ref(&create));
    let section = "plan = \"basic\"\n\n[tenants.hooli]\nshard = \"east\"\nmodel = \"shop\"\nplan = \"gold\"\n\n[tenants.hooli.limits]\nweight = 2\n\n# Logins.\n";
    assert!(new.contains(section), "{new}");
    assert_eq!(lines(MAP, &new).0, Vec::<String>::new());
    assert_eq!(edit(&new, &load(&new), &[create]), Err(EditError::TenantExists(tenant("hooli"))));
    let bare = "version = 1\n[shards.east]\nprimary = \"host=h dbname=d\"\nrole_key = \"env:K\"\n[models.shop]\nkind = \"row\"\ntenant_column = \"t\"\n[plans.gold]";
    let keys = vec![set("shard", text("east")), set("model", text("shop")), set("plan", text("gold"))];
    let first = changed(bare, &[Edit::CreateTenant { tenant: tenant("a.b"), set: keys }]);
    assert_eq!(first, format!("{bare}\n\n[tenants.\"a.b\"]\nshard = \"east\"\nmodel = \"shop\"\nplan = \"gold\"\n"));
}

#[test]
fn tenants_go_with_what_is_theirs() {
    let drop = |id: &str, cascade| Edit::DropTenant { tenant: tenant(id), cascade };
    let left = edit(MAP, &load(MAP), &[drop("acme", false)]);
    let logins = vec![LoginId::from("acme_app"), LoginId::from("both")];
    assert_eq!(left, Err(EditError::LoginsLeft { tenant: tenant("acme"), logins }));
    let gone = changed(MAP, &[drop("acme", true)]);
    assert!(
        !gone.contains("Acme")
            && !gone.contains("acme")
            && gone.contains("tenants = [ \"globex\"]") | gone.contains("tenants = [\"globex\"]"),
        "{gone}"
    );
    assert!(gone.contains("# Globex.\n[tenants.globex]"), "{gone}");
    let both = changed(MAP, &[drop("globex", true), drop("a.b", true)]);
    assert!(!both.contains("Globex") && both.contains("# Logins.\n[logins.acme_app]"), "{both}");
    assert_eq!(edit(MAP, &load(MAP), &[drop("nobody", true)]), Err(EditError::UnknownTenant(tenant("nobody"))));
}

#[test]
fn other_forms_are_understood_as_well() {
    let head = "version = 1\nshards.east = { primary = \"host=h dbname=d\", role_key = \"env:K\" }\n[models.shop]\nkind = \"row\"\ntenant_column = \"t\"\n[plans.gold]\n";
    let entries = [
        "[tenants]\nacme = { shard = \"east\", model = \"shop\", plan = \"gold\" } # mine\n",
        "[tenants]\nacme.shard = \"east\" # mine\nacme.model = \"shop\"\nacme.plan = \"gold\"\n",
        "[ tenants . acme ] # mine\nshard = \"east\"\nmodel = \"shop\"\nplan = \"gold\"\n",
        "[tenants.\"\\u0061cme\"] # mine\nshard = \"east\"\nmodel = \"shop\"\nplan = \"gold\"\n",
        "[tenants.acme.limits]\nweight = 2\n[tenants.x]\nshard = \"east\"\nmodel = \"shop\"\nplan = \"gold\"\n[tenants.acme] # mine\nshard = \"east\"\nmodel = \"shop\"\nplan = \"gold\"\n",
        "[tenants.acme] # mine\nshard = \"east\"\nmodel = \"shop\"\nplan = \"gold\"\nreason = \"\"\"\n[tenants.acme]\n\"\"\"\n",
    ];
    for entry in entries {
        let map = format!("{head}{entry}");
        let new = changed(&map, &[Edit::Suspend { tenant: tenant("acme"), reason: None }]);
        assert_eq!(load(&new).tenant("acme").unwrap().status, super::super::TenantStatus::Suspended, "{new}");
        assert!(new.contains("# mine"), "{new}");
        let dropped = changed(&map, &[Edit::DropTenant { tenant: tenant("acme"), cascade: false }]);
        assert!(load(&dropped).tenant("acme").is_none(), "{dropped}");
        let keys = vec![set("shard", text("east")), set("model", text("shop")), set("plan", text("gold"))];
        let more = changed(&map, &[Edit::CreateTenant { tenant: tenant("hooli"), set: keys.clone() }]);
        assert!(load(&more).tenant("hooli").is_some(), "{more}");
        let again = edit(&map, &load(&map), &[Edit::CreateTenant { tenant: tenant("acme"), set: keys }]);
        assert_eq!(again, Err(EditError::TenantExists(tenant("acme"))), "{map}");
        let shard = Edit::AlterShard { shard: ShardId::from("east"), set: vec![set("max_connections", Value::Integer(7))] };
        assert_eq!(load(&changed(&map, &[shard])).shard("east").unwrap().max_connections, 7);
    }
    assert!(matches!(edit("x = [", &load(head), &[Edit::Resume { tenant: tenant("acme") }]), Err(EditError::UnknownTenant(_))));
}

#[test]
fn a_placed_tenant_gets_an_entry_where_it_is() {
    let rule = "\n[placement]\nmodel = \"shop\"\nplan = \"gold\"\nbuckets = 2\nshards = { east = \"0\", west = \"1\" }\n";
    let map = format!("{MAP}{rule}");
    for id in ["initech", "umbrella", "wayne", "stark"] {
        let before = load(&map).tenant(id).unwrap();
        let after = load(&changed(&map, &[Edit::Suspend { tenant: tenant(id), reason: None }])).tenant(id).unwrap();
        assert_eq!((&before.shard.id, &before.plan.id), (&after.shard.id, &after.plan.id));
        assert_eq!(after.status, super::super::TenantStatus::Suspended);
    }
    assert_eq!(edit(MAP, &load(MAP), &[Edit::Resume { tenant: tenant("wayne") }]), Err(EditError::UnknownTenant(tenant("wayne"))));
}

#[test]
fn versions_have_a_line_of_their_own() {
    let first = with_revision(MAP, 7);
    assert!(first.contains("version = 1\nrevision = 7\n\n[shards.east]"), "{first}");
    assert_eq!(split_revision(&first), (MAP.to_owned(), 7));
    assert_eq!(with_revision(&first, 8), first.replace("revision = 7", "revision = 8"));
    assert_eq!(load(&first).revision, 7);
    assert_eq!(split_revision(MAP), (MAP.to_owned(), 0));
    assert_eq!(
        split_revision("version = 1\n revision=12 # mine\n[plans.x]\nrevision = 3\n"),
        ("version = 1\n[plans.x]\nrevision = 3\n".to_owned(), 12)
    );
    assert_eq!(with_revision("version = 1", 2), "version = 1\nrevision = 2\n");
    assert_eq!(with_revision("", 2), "revision = 2\n");
}
