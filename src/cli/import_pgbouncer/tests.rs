use super::*;
use crate::{
    cli::check::check,
    shard_map::{LoginScope, PoolMode, ShardMap},
};

const INI: &str = r#"
[databases]
; forced user
app = host=10.0.0.1 port=5433 dbname=production user=app_rw password='it''s secret' pool_size=7 pool_mode=transaction connect_query='SELECT 1'
shared = host=10.0.0.1 port=5433
postgres = host=10.0.0.2
* = host=10.0.0.3
[users]
bob = pool_mode=statement max_user_connections=5
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = 7432
auth_type = hba
auth_file = userlist.txt
auth_hba_file = hba.conf
admin_users = root, missing
default_pool_size = 12
query_timeout = 1.5
idle_transaction_timeout = 30
server_lifetime = 0
max_client_conn = 250
logfile = /var/log/pgbouncer.log
nonsense = 1
auth_query = SELECT 1
"#;

const USERS: &str = "\"alice\" \"a's word\"\n\"bob\" \"b\"\n\"hashed\" \"md5d41d8cd98f00b204e9800998ecf8427e\"\n\"root\" \"r\"\nbroken\n";
const HBA: &str =
    "# TYPE DATABASE USER ADDRESS METHOD\nhost all all 0.0.0.0/0 md5\nhost all all 192.0.2.0/24 reject\nhost app bob 10.0.0.0/8 trust\n";

fn world() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("pgbouncer.ini", INI), ("userlist.txt", USERS), ("hba.conf", HBA)] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[test]
fn each_database_becomes_a_tenant() {
    let folder = world();
    let converted = convert(&folder.path().join("pgbouncer.ini")).unwrap();
    let out = folder.path().join("out");
    write(&converted, &out, false).unwrap();
    let report = check(&out.join("pgtenant.toml"));
    assert!(report.is_good(), "{report}\n{}", converted.map);
    let map = ShardMap::load(&out.join("map.toml")).unwrap();
    let mut ids: Vec<String> = map.tenants().map(|id| id.to_string()).collect();
    ids.sort();
    assert_eq!(ids, ["app", "postgres.alice", "postgres.bob", "shared.alice", "shared.bob"]);
    let app = map.tenant("app").unwrap();
    assert_eq!(
        (&*app.role, &*app.database, app.limits.max_connections, app.plan.pool_mode),
        ("app_rw", "production", 7, PoolMode::Transaction)
    );
    assert_eq!(app.role_password.as_ref().unwrap().reveal(), "it's secret");
    assert_eq!(app.shard.primary.to_string(), map.tenant("shared.bob").unwrap().shard.primary.to_string());
    let bob = map.tenant("shared.bob").unwrap();
    assert_eq!((&*bob.role, bob.plan.pool_mode, bob.client_database.as_deref()), ("bob", PoolMode::Statement, Some("shared")));
    assert_eq!(bob.limits.statement_timeout, Some(std::time::Duration::from_millis(1500)));
    let login = map.login("alice").unwrap();
    let LoginScope::Tenants(tenants) = &login.scope else { panic!("{login:?}") };
    assert_eq!(tenants.iter().map(|id| id.as_str()).collect::<Vec<_>>(), ["app", "shared.alice", "postgres.alice"]);
    assert_eq!(map.login("root").unwrap().scope, LoginScope::Operator);
    assert!(map.login("hashed").unwrap().scope.covers("app") && !map.login("hashed").unwrap().scope.covers("shared.alice"));
    assert!(write(&converted, &out, false).unwrap_err().to_string().contains("is there already"));
    assert!(!format!("{}{}", converted.config, converted.map).contains("secret\""));
    // Nobody else may read them.
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(fs::metadata(out.join("secrets/alice.password")).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn what_is_not_taken_over_is_told_with_its_line() {
    let folder = world();
    let converted = convert(&folder.path().join("pgbouncer.ini")).unwrap();
    let prefix = format!("{}/", folder.path().display());
    let told: Vec<String> = converted.report.0.iter().map(|note| note.to_string().replace(&prefix, "")).collect();
    for begin in [
        "userlist.txt:5: line: not \"name\" \"password\"",
        "pgbouncer.ini:4: connect_query: pgtenant has nothing like it",
        "pgbouncer.ini:7: *: databases that aren't listed aren't served",
        "pgbouncer.ini:9: max_user_connections: limits of a user",
        "pgbouncer.ini:20: server_lifetime: 0 (no limit) isn't possible",
        "pgbouncer.ini:22: logfile: not needed: logs go to standard error",
        "pgbouncer.ini:23: nonsense: pgtenant has nothing like it",
        "pgbouncer.ini:24: auth_query: logins are those of auth_file",
        "pgbouncer.ini:16: admin_users: \"missing\" isn't in auth_file",
        "hba.conf:3: reject: taken as [abuse] deny",
        "hba.conf:4: host app bob 10.0.0.0/8 trust: pgtenant has no rules",
        "userlist.txt:4: root: is operator here",
        "pgbouncer.ini:5: shared: the password of role hashed isn't known",
    ] {
        assert!(told.iter().any(|note| note.starts_with(begin)), "{begin}\n{}", told.join("\n"));
    }
    // Of what is taken over nothing is told.
    assert!(!told.iter().any(|note| note.contains("listen_port") || note.contains("hba.conf:2")), "{}", told.join("\n"));
}
