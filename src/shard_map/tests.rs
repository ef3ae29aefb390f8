//! Maps as people write them, right and wrong.

use std::{fs, path::Path, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use tempfile::TempDir;

use super::{
    Changes, Concurrency, Limits, Lock, LoginScope, LoginSecret, ModelKind, PerMille, PoolMode, ReadReplicas, ReadRules, RoleKey,
    ServerTime, ShardMap, Template, TenantStatus, load,
    raw::{RawLogin, RawModel, RawPlacement, RawPlan, RawShard, RawTenant, TOP},
    split::split,
};
use crate::config::{ConfigErrors, Environment, Secret, document::keys_of};

const SAMPLE: &str = include_str!("../../shard-maps/demo.toml");

/// What the tests' maps begin with.
const HEAD: &str = r#"version = 1
[shards.east]
primary = "host=127.0.0.1 port=5501 dbname=app"
role_key = "env:EAST_ROLE_KEY"
[shards.west]
primary = "host=127.0.0.1 port=5511 dbname=app"
role_key = "env:EAST_ROLE_KEY"
[plans.basic]
[models.shop]
kind = "row"
tenant_column = "tenant_id"
[models.crm]
kind = "schema"
schema = "tenant_{tenant}"
[models.vault]
kind = "database"
database = "tenant_{tenant}"
"#;

fn environment() -> Environment {
    Environment::fixed([
        ("EAST_PASSWORD", "east password"),
        ("EAST_ROLE_KEY", "0123456789abcdef"),
        ("EAST_PROVISIONER", "host=/tmp user=postgres"),
        ("BACKOFFICE_SECRET", "md5d41d8cd98f00b204e9800998ecf8427e"),
        ("OPS_SECRET", "a password"),
        ("ACME_ROLE_PASSWORD", "acme's own"),
        ("SHORT", "short"),
        ("EAST_SIGNING_KEY", "0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d"),
        ("EAST_NEXT_SIGNING_KEY", "0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e"),
        ("NEW_KEY", "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"),
        ("OLD_KEY", "0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c"),
    ])
}

/// A map's text in a folder of its own, read with that environment, in pieces from `chunk_from` bytes on.
fn load_from(text: &str, chunk_from: usize) -> (TempDir, Result<ShardMap, ConfigErrors>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("map.toml");
    fs::write(&file, text).unwrap();
    let map = load::load(&file, &environment(), chunk_from);
    (folder, map)
}

fn map(text: &str) -> ShardMap {
    load_from(text, usize::MAX).1.unwrap_or_else(|errors| panic!("{errors}"))
}

fn printed(folder: &TempDir, errors: &ConfigErrors) -> String {
    errors.to_string().replace(&format!("{}/", folder.path().display()), "")
}

/// The complaints about `HEAD` and some text, which are the same however the file is cut.
fn complaints(text: &str) -> String {
    let text = format!("{HEAD}{text}");
    let (folder, outcome) = load_from(&text, usize::MAX);
    let whole = printed(&folder, &outcome.expect_err("the map is accepted"));
    let (folder, outcome) = load_from(&text, 1);
    assert_eq!(printed(&folder, &outcome.expect_err("the map is accepted in pieces")), whole, "in pieces");
    whole
}

/// The sample with its commented keys and sections made real.
fn whole_sample() -> String {
    let uncomment = |line: &str| match line.strip_prefix("# ") {
        Some(rest) if rest.starts_with('[') || rest.split_once(" = ").is_some_and(|(key, _)| !key.contains(' ')) => rest.to_owned(),
        _ => line.to_owned(),
    };
    SAMPLE.lines().map(|line| uncomment(line) + "\n").collect()
}

#[test]
fn the_sample_is_a_map() {
    let map = map(SAMPLE);
    assert_eq!(map.version, 1);
    assert_eq!(map.tenants().map(|id| id.to_string()).collect::<Vec<_>>(), ["acme", "globex", "initech"]);
    let acme = map.tenant("acme").unwrap();
    assert_eq!((acme.shard.id.as_str(), acme.model.id.as_str(), acme.plan.id.as_str()), ("east", "shop", "basic"));
    assert_eq!((&*acme.key, &*acme.role, acme.schema.as_deref(), &*acme.database), ("acme", "t_acme", None, "app"));
    assert_eq!(acme.status, TenantStatus::Active);
    assert_eq!(acme.plan.pool_mode, PoolMode::Transaction);
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    let basic = Limits {
        max_clients: Some(50),
        max_connections: 5,
        min_connections: 1,
        weight: 1,
        max_wait: seconds(30),
        server_time: Some(ServerTime(4000)),
        server_time_burst: seconds(40),
        queries_per_second: Some(200),
        burst: Some(400),
        statement_timeout: seconds(30),
        transaction_timeout: seconds(60),
        idle_in_transaction_timeout: seconds(60),
        idle_session_timeout: seconds(8 * 3600),
        login_timeout: seconds(10),
        bytes_per_second: Some(50 << 20),
        rows_per_result: None,
        storage: Some(10 << 30),
        storage_warning: PerMille(800),
        reads: ReadRules { replicas: ReadReplicas::ByDefault, ..ReadRules::default() },
    };
    assert_eq!(acme.plan.limits, basic);
    assert_eq!(acme.limits, Limits { max_connections: 8, ..basic });
    // hex(HMAC-SHA256("0123456789abcdef", "t_acme")), by Python's hmac.
    assert_eq!(acme.password().unwrap().reveal(), "b383ec292f003b5d4bb36a88719c94d4e9950b50bce38eba1108cf50de54ccdd");
    let shop = &acme.model;
    let ModelKind::Row { tenant_column, setting, reference_tables, global_keys } = &shop.kind else { panic!("{shop:?}") };
    assert_eq!((&**tenant_column, &**setting), ("tenant_id", "app.current_tenant"));
    assert_eq!(reference_tables.iter().map(|table| &**table).collect::<Vec<_>>(), ["countries"]);
    assert!(global_keys.is_empty());
    assert_eq!(shop.lock, Lock::Login);

    let globex = map.tenant("globex").unwrap();
    assert_eq!((&*globex.role, globex.schema.as_deref(), &*globex.database), ("t_globex", Some("tenant_globex"), "app"));
    let initech = map.tenant("initech").unwrap();
    assert_eq!((&*initech.role, initech.schema.as_deref(), &*initech.database), ("t_initech", None, "tenant_initech"));
    assert_eq!(map.tenant("nobody"), None);

    let east = map.shard("east").unwrap();
    assert_eq!((&*east.primary.host, east.primary.port, &*east.primary.dbname), ("127.0.0.1", 5501, "app"));
    assert_eq!((east.replicas.len(), east.replicas[0].port, east.max_connections), (1, 5502, 40));
    assert_eq!((east.user.as_deref(), east.password.as_ref().unwrap().reveal()), (Some("pgtenant"), "east password"));
    assert_eq!((east.reserve, east.reserve_timeout, east.concurrency), (2, Duration::from_secs(5), Concurrency::Unlimited));
    assert_eq!(east.provisioner.as_ref().unwrap().reveal(), "host=/tmp user=postgres");
    assert!(map.is_shard_database("app") && !map.is_shard_database("acme"));

    let app = map.login("acme_app").unwrap();
    assert_eq!(app.scope, LoginScope::Tenant("acme".into()));
    assert!(matches!(&app.secret, LoginSecret::Scram(verifier) if verifier.starts_with("SCRAM-SHA-256$4096:")));
    let backoffice = map.login("backoffice").unwrap();
    assert_eq!(backoffice.scope, LoginScope::AllTenants);
    assert_eq!(backoffice.secret, LoginSecret::Md5("md5d41d8cd98f00b204e9800998ecf8427e".to_owned()));
    let ops = map.login("ops").unwrap();
    assert_eq!((&ops.scope, &ops.secret), (&LoginScope::Operator, &LoginSecret::Plain(Secret::new("a password"))));
    assert_eq!(map.login("nobody"), None);
    assert!(map.notes().is_empty());
}

#[test]
fn the_samples_password_is_the_one_it_says() {
    let verifier = SAMPLE.lines().find_map(|line| line.strip_prefix("secret = \"SCRAM-SHA-256$4096:")).unwrap().trim_end_matches('"');
    let (salt, keys) = verifier.split_once('$').unwrap();
    let mut salted = [0u8; 32];
    let iterations = std::num::NonZeroU32::new(4096).unwrap();
    let salt = STANDARD.decode(salt).unwrap();
    aws_lc_rs::pbkdf2::derive(aws_lc_rs::pbkdf2::PBKDF2_HMAC_SHA256, iterations, &salt, b"acme", &mut salted);
    let mac = |text: &[u8]| aws_lc_rs::hmac::sign(&aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &salted), text);
    let stored = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, mac(b"Client Key").as_ref());
    assert_eq!(keys, format!("{}:{}", STANDARD.encode(stored), STANDARD.encode(mac(b"Server Key"))));
}

#[test]
fn the_sample_shows_every_key() {
    let sample = whole_sample();
    map(&sample);
    let tables: toml::Table = sample.parse().unwrap();
    let mut top: Vec<&str> = tables.keys().map(String::as_str).collect();
    top.sort_unstable();
    let mut expected = TOP;
    expected.sort_unstable();
    assert_eq!(top, expected);
    let sections = [
        ("shards", keys_of::<RawShard>()),
        ("plans", keys_of::<RawPlan>()),
        ("models", keys_of::<RawModel>()),
        ("tenants", keys_of::<RawTenant>()),
        ("logins", keys_of::<RawLogin>()),
    ];
    for (section, mut keys) in sections {
        let entries = tables[section].as_table().unwrap().values();
        let mut shown: Vec<&String> = entries.flat_map(|entry| entry.as_table().unwrap().keys()).collect();
        shown.sort_unstable();
        shown.dedup();
        keys.sort_unstable();
        assert_eq!(shown, keys.iter().collect::<Vec<_>>(), "[{section}.*]");
    }
    let mut keys = keys_of::<RawPlacement>();
    keys.sort_unstable();
    assert_eq!(tables["placement"].as_table().unwrap().keys().collect::<Vec<_>>(), keys.iter().collect::<Vec<_>>());
}

#[test]
fn defaults_and_overrides() {
    let map = map(&format!(
        r#"{HEAD}
[tenants.a]
shard = "east"
model = "shop"
plan = "basic"
key = "42"
role = "someone"
role_password = "env:ACME_ROLE_PASSWORD"
database = "other"
status = "read_only"
limits = {{ statement_timeout = "0s", weight = 3 }}
[tenants.b]
shard = "west"
model = "crm"
plan = "basic"
schema = "bs"
status = "suspended"
[tenants."c.d"]
shard = "west"
model = "vault"
plan = "basic"
database = "cs"
"#
    ));
    let a = map.tenant("a").unwrap();
    assert_eq!((&*a.key, &*a.role, &*a.database, a.status), ("42", "someone", "other", TenantStatus::ReadOnly));
    assert_eq!(a.password().unwrap().reveal(), "acme's own");
    assert_eq!(a.limits, Limits { weight: 3, ..Limits::default() });
    let b = map.tenant("b").unwrap();
    assert_eq!((b.schema.as_deref(), &*b.database, b.status), (Some("bs"), "app", TenantStatus::Suspended));
    assert_eq!(&*map.tenant("c.d").unwrap().database, "cs");
    assert_eq!(map.shard("west").unwrap().max_connections, 40);
}

/// Each text of the file after `HEAD`, whose last line is 17, and every complaint about it.
#[test]
fn every_complaint_has_its_place_and_what_was_expected() {
    let mut cases = include_str!("tests/complaints.txt").split("=== ").skip(1);
    let mut count = 0;
    for case in &mut cases {
        let (topic, case) = case.split_once('\n').unwrap();
        let (text, expected) = case.split_once(">>>\n").unwrap();
        assert_eq!(complaints(text), expected.trim_end(), "{topic}:\n{text}");
        count += 1;
    }
    assert!(count > 20);
}

/// What is wrong at the top, without `HEAD`.
#[test]
fn the_top_is_checked() {
    let complaints = |text: &str| {
        let (folder, outcome) = load_from(text, usize::MAX);
        printed(&folder, &outcome.unwrap_err())
    };
    assert_eq!(complaints(""), "map.toml:1:1: `version` is missing; expected version = 1");
    assert_eq!(
        complaints("version = 2\ncolour = 3\nshards = 4\ntenants = 5\n[[logins]]\nx = 1\n"),
        "map.toml:1:11: a version that this program doesn't read; expected version = 1\n\
         map.toml:2:1: unknown key `colour`; expected `version`, `revision`, `shards`, `plans`, `models`, `tenants`, `logins`, `placement`\n\
         map.toml:3:10: integer instead of sections; expected [shards.NAME] with primary = \"host=… port=… dbname=…\"\n\
         map.toml:4:11: integer instead of sections; expected [tenants.ID] with shard, model and plan\n\
         map.toml:5:1: array instead of sections; expected [logins.NAME] with tenant and secret"
    );
    let file = Path::new("/nowhere/map.toml");
    assert_eq!(ShardMap::load(file).unwrap_err().to_string(), "/nowhere/map.toml: can't be read: No such file or directory (os error 2)");
}

#[test]
fn too_many_complaints_are_counted() {
    let tenants: String = (0..1000).map(|number| format!("[tenants.t{number}]\nshard = \"north\"\n")).collect();
    let all = complaints(&tenants);
    assert_eq!(all.lines().count(), 201);
    assert!(all.ends_with("\nmap.toml: 2800 more complaints of this file aren't shown"), "{all}");
}

#[test]
fn names_that_betray_nothing() {
    let opaque = "[models.o]\nkind = \"database\"\ndatabase = \"d_{opaque}\"\nrole = \"{opaque}_r\"\n";
    let tenant = "[tenants.acme]\nshard = \"east\"\nmodel = \"o\"\nplan = \"basic\"\n";
    let acme = map(&format!("{HEAD}{opaque}{tenant}")).tenant("acme").unwrap();
    // HMAC-SHA256("0123456789abcdef", "pgtenant.opaque\\0acme"), by Python's hmac.
    assert_eq!((&*acme.database, &*acme.role), ("d_545c59a2424e5c48", "545c59a2424e5c48_r"));
    let keyless = format!(
        "[shards.bare]\nprimary = \"host=h dbname=d\"\n{opaque}{}role_password = \"env:OPS_SECRET\"\n",
        tenant.replace("east", "bare")
    );
    assert!(complaints(&keyless).starts_with("map.toml:18:9: shard bare has no `role_key`, and tenant acme can't do without"));
    let key = RoleKey::new(Secret::new("0123456789abcdef"));
    assert_eq!(format!("{key:?}"), "RoleKey(..)");
    let mut name = String::new();
    assert_eq!(Template::parse("x").unwrap().render("acme", None, &mut name), Some(()));
    assert_eq!(Template::parse("{opaque}").unwrap().render("acme", None, &mut name), None);
}

#[test]
fn secrets_never_show() {
    let map = map(SAMPLE);
    let all = format!("{map:?} {:?} {:?} {:?}", map.shard("east"), map.tenant("acme"), map.login("ops"));
    for secret in ["east password", "0123456789abcdef", "a password", "/tmp user"] {
        assert!(!all.contains(secret), "{all}");
    }
}

const PLACEMENT: &str = r#"[placement]
model = "shop"
plan = "basic"
buckets = 8
shards = { east = ["0-3", "7"], west = "4-6" }
"#;

#[test]
fn tenants_without_an_entry_live_where_the_rule_says() {
    let map = map(&format!(
        r#"{HEAD}{PLACEMENT}
[tenants.acme]
shard = "east"
model = "shop"
plan = "basic"
role = "t_ROLETWIN"
[tenants.globex]
shard = "east"
model = "shop"
plan = "basic"
key = "KEYTWIN"
[logins.placed]
tenants = ["zoe", "acme"]
secret = "env:OPS_SECRET"
"#
    ));
    assert_eq!(map.tenant_count(), 2);
    // By Python: int.from_bytes(sha256(id).digest()[:8], "big") % 8
    let table = [("zoe", 7), ("yan", 0), ("xia", 1), ("wim", 7), ("vic", 2), ("x-1", 1), ("Y_2", 6)];
    let rule = map.placement().unwrap();
    for (id, bucket) in table {
        assert_eq!(rule.bucket(id), bucket, "{id}");
        let tenant = map.tenant(id).unwrap();
        let shard = if (4..7).contains(&bucket) { "west" } else { "east" };
        assert_eq!((tenant.shard.id.as_str(), &*tenant.role, &*tenant.key, &*tenant.database), (shard, &*format!("t_{id}"), id, "app"));
        assert_eq!((tenant.status, tenant.limits), (TenantStatus::Active, Limits::default()));
    }
    for id in ["", "a b", "a@b", "app", "-x", "ROLETWIN", "KEYTWIN", &"x".repeat(62), "ü", "a\0b"] {
        assert_eq!(map.tenant(id), None, "{id:?}");
    }
    assert_eq!(&*map.tenant("acme").unwrap().role, "t_ROLETWIN");
}

#[test]
fn tenants_of_a_shared_pool_are_served_as_its_role() {
    let shard =
        "user = \"pool\"\npassword = \"env:EAST_PASSWORD\"\nsigning_key = \"env:NEW_KEY\"\nsigning_keys = [\"env:OLD_KEY\"]\n[shards.west]";
    let map = map(&format!(
        "{}[models.s]\nkind = \"row\"\ntenant_column = \"t\"\nsetting = \"a.b\"\nlock = \"signed\"\nrole = \"all\"\n\
         [models.r]\nkind = \"schema\"\nschema = \"s_{{tenant}}\"\nlock = \"shared\"\n[tenants]\na = {{ shard = \"east\", model = \"s\", plan = \"basic\", role = \"x\" }}\n\
         b = {{ shard = \"east\", model = \"r\", plan = \"basic\" }}\n[placement]\nmodel = \"s\"\nplan = \"basic\"\nshards = {{ east = \"0-1023\" }}\n",
        HEAD.replace("[shards.west]", shard)
    ));
    for (tenant, role) in [("a", "pool"), ("b", "t_b"), ("placed", "pool")] {
        assert_eq!(&*map.tenant(tenant).unwrap().role, role);
    }
    let keys = &map.shard("east").unwrap().signing_keys;
    assert_eq!((keys.len(), keys[0] == super::SigningKey::read(&"0b".repeat(32)).unwrap()), (2, true));
    assert!(map.sources().len() == 1 && map.notes().is_empty());
}

#[test]
fn contexts_are_signed_with_hmac() {
    let key = super::SigningKey::read(&"0B".repeat(32)).unwrap();
    // printf 'acme|4711' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0b0b…
    assert_eq!(key.sign("acme", 4711), "39a7feda80cdf4057a11fdf25799ab01a0faade4433e4f9f4c9931a4a072f6d0");
    let [inner, outer] = key.halves();
    let digest = |half: &[u8], rest: &[u8]| aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &[half, rest].concat());
    assert_eq!(hex::encode(digest(&outer, digest(&inner, b"acme|4711").as_ref())), key.sign("acme", 4711));
    for wrong in ["", "0b", &"0b".repeat(31), &"0b".repeat(65), &"xy".repeat(32)] {
        assert_eq!(super::SigningKey::read(wrong), None, "{wrong}");
    }
}

#[test]
fn a_provisioner_that_is_not_there_is_noted() {
    let missing = HEAD.replace("[plans.basic]", "provisioner = \"env:NOT_THERE\"\n[plans.basic]");
    let map = self::map(&missing);
    assert!(map.notes()[0].message.starts_with("the environment variable NOT_THERE isn't set: create, move"), "{:?}", map.notes());
}

#[test]
fn addresses_as_libpq_reads_them() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("root.crt"), "").unwrap();
    let parse = |text: &str| super::ServerAddress::parse(text, folder.path()).unwrap();
    let address = parse(" host = '/var/run/my pg'  dbname='it\\'s' port=5433 sslmode=verify-full sslrootcert=root.crt ");
    assert_eq!((&*address.host, address.port, &*address.dbname, address.is_unix()), ("/var/run/my pg", 5433, "it's", true));
    assert_eq!(address.tls.mode.as_str(), "verify-full");
    assert_eq!(address.tls.root_cert, Some(folder.path().join("root.crt")));
    let plain = parse("host=db-1.example.com dbname=app");
    assert_eq!(
        (plain.port, plain.tls.mode.as_str(), plain.to_string()),
        (5432, "prefer", "host=db-1.example.com port=5432 dbname=app".to_owned())
    );
    assert_eq!(&*parse("host=2001:db8::1 dbname=a").host, "2001:db8::1");
}

/// A map that has everything that pieces could get wrong.
fn large(tenants: usize) -> String {
    let mut text = HEAD.to_owned();
    for number in 0..tenants {
        let id = if number % 7 == 0 { format!("\"t.{number}\"") } else { format!("t{number}") };
        text += &format!(
            "[tenants.{id}]\nshard = \"{}\"\nmodel = \"shop\"\nplan = \"basic\" # [tenants.no]\n",
            if number % 3 == 0 { "east" } else { "west" }
        );
        if number % 5 == 0 {
            text += &format!("  [tenants.{id}.limits]\n  weight = {}\n", number + 1);
        }
        if number % 11 == 0 {
            text += &format!("[plans.p{number}]\nweight = 2\n");
        }
        if number % 4 == 0 {
            text += &format!(
                "[logins.l{number}]\ntenants = [\n  {id_text},\n]\nsecret = \"env:OPS_SECRET\"\n",
                id_text = if id.starts_with('"') { id.clone() } else { format!("\"{id}\"") }
            );
        }
    }
    text
}

#[test]
fn pieces_make_the_same_map() {
    let text = large(100);
    let whole = map(&text);
    for chunk in [1, 50, 333, 5000] {
        let (_folder, pieces) = load_from(&text, chunk);
        let pieces = pieces.unwrap();
        assert!(super::Changes::between(&whole, &pieces).is_empty());
        assert_eq!(pieces.tenants().collect::<Vec<_>>(), whole.tenants().collect::<Vec<_>>());
        for id in whole.tenants() {
            assert_eq!(pieces.tenant(id.as_str()), whole.tenant(id.as_str()));
        }
    }
    assert!(split(&text, 50).unwrap().chunks.len() > 50);
}

#[test]
fn what_a_cut_could_change_is_not_cut() {
    assert!(split("[tenants.a]\n[tenants.b]\n", 1).is_some());
    assert!(split("x = \"\"\"\n[tenants.a]\n\"\"\"", 1).is_none());
    assert!(split("x = '''\n[tenants.a]\n'''", 1).is_none());
    assert!(split("[tenants.a]\n[tenants.b]\n[tenants.a.limits]\n", 1).is_none());
    assert!(split("[tenants.a]\n[plans.x]\n[tenants.a.limits]\n", 1).is_none());
    assert!(split("[tenants.\"a\\u0062\"]\n", 1).is_none());
    assert!(split("[tenants. a]\n", 1).is_none());
    // An entry that is given twice is a complaint, however far apart.
    let far =
        "[tenants.a]\nshard = \"east\"\nmodel = \"shop\"\nplan = \"basic\"\n[logins.l]\nrole = \"viewer\"\nsecret = \"env:OPS_SECRET\"\n";
    let (folder, outcome) = load_from(&format!("{HEAD}{far}{far}"), 1);
    let expected = "map.toml:25:10: tenant \"a\" has two entries\n\
                    map.toml:29:9: login \"l\" has two entries";
    assert_eq!(printed(&folder, &outcome.unwrap_err()), expected);
    // Scattered sections of one entry are one entry, as TOML has it.
    let scattered = "[tenants.a]\nshard = \"east\"\nmodel = \"shop\"\nplan = \"basic\"\n[plans.p]\n[tenants.a.limits]\nweight = 9\n";
    let map = load_from(&format!("{HEAD}{scattered}"), 1).1.unwrap();
    assert_eq!(map.tenant("a").unwrap().limits.weight, 9);
}

#[test]
fn what_changed_between_two_maps_is_said_in_words() {
    let tenant =
        |id: &str, shard: &str, more: &str| format!("[tenants.{id}]\nshard = \"{shard}\"\nmodel = \"shop\"\nplan = \"basic\"\n{more}");
    let read = |text: String| load_from(&format!("{HEAD}{text}"), 1).1.unwrap();
    let before = read(tenant("a", "east", "") + &tenant("b", "east", "") + &tenant("c", "east", "status = \"suspended\"\n"));
    assert_eq!(Changes::between(&before, &before).to_string(), "nothing changed");

    let many: String = (0..12).map(|number| tenant(&format!("n{number}"), "west", "")).collect();
    let after = read(
        tenant("a", "west", "status = \"read_only\"\n")
            + &tenant("c", "east", "limits = { weight = 2 }\n")
            + &many
            + "[plans.more]\n[logins.ops]\nrole = \"operator\"\nsecret = \"env:OPS_SECRET\"\n"
            + PLACEMENT,
    );
    assert_eq!(
        Changes::between(&before, &after).to_string(),
        "logins added: ops; placement rule: added; plans added: more; \
         tenants added: n0, n1, n2, n3, n4, n5, n6, n7, n8, n9 and 2 more; tenants made read-only: a; \
         tenants moved: a from east to west; tenants removed: b; tenants resumed: c; tenants with other overrides: c"
    );
}

#[test]
fn ids_of_every_length() {
    let ids: Vec<String> = (1..=60).map(|length| "i".repeat(length)).collect();
    let text: String = ids.iter().map(|id| format!("[tenants.{id}]\nshard = \"east\"\nmodel = \"shop\"\nplan = \"basic\"\n")).collect();
    for chunk_from in [1, 300, usize::MAX] {
        let map = load_from(&format!("{HEAD}{text}"), chunk_from).1.unwrap();
        assert_eq!(map.tenants().map(|id| id.to_string()).collect::<Vec<_>>(), ids);
        assert!(ids.iter().all(|id| map.tenant(id).unwrap().id.as_str() == id));
    }
}

#[test]
fn ddl_is_a_plans_and_functions_are_a_models() {
    let changed = HEAD.replace("[plans.basic]\n", "[plans.basic]\nddl = false\n[plans.free]\n");
    let changed = changed.replace("kind = \"row\"\n", "kind = \"row\"\nfunctions = [\"total\", \"shop.fee\"]\n");
    let tenant = |id: &str, plan: &str| format!("[tenants.{id}]\nshard = \"east\"\nmodel = \"shop\"\nplan = \"{plan}\"\n");
    let map = map(&format!("{changed}{}{}", tenant("acme", "basic"), tenant("globex", "free")));
    let (acme, globex) = (map.tenant("acme").unwrap(), map.tenant("globex").unwrap());
    assert_eq!((acme.plan.ddl, globex.plan.ddl), (false, true));
    assert_eq!(acme.model.functions.iter().map(|name| &**name).collect::<Vec<_>>(), ["total", "shop.fee"]);
    let own = format!("{}[tenants.acme.limits]\nddl = true\n", tenant("acme", "basic"));
    assert!(complaints(&own).contains("`ddl` is a plan's, not a tenant's"));
}
