//! Values, secrets and `pgtenant.toml`.

use std::{fs, path::Path, time::Duration};

use proptest::prelude::*;

use super::{
    AbuseSettings, ByteSize, ConfigErrors, Environment, JwtAlgorithm, JwtKeys, MapLocation, MemorySettings, Period, ProxySettings, Role,
    Settings, ShareStore, TlsMode, ValueError,
    abuse::{RawAbuse, RawMemory},
    admin::RawAdmin,
    document::keys_of,
    health::RawHealth,
    jwt::RawJwt,
    log::RawLog,
    proxies::RawProxies,
    resolve_secret,
    settings_file::{RawAudit, RawGate, RawIdentity, RawListen, RawPool, RawStorage, RawTimeouts, RawTls, SECTIONS},
    usage::RawUsage,
};

#[test]
fn durations_as_people_write_them() {
    let table: &[(&str, Result<u64, ValueError>)] = &[
        ("500ms", Ok(500)),
        ("30s", Ok(30_000)),
        ("0s", Ok(0)),
        ("1h30m", Ok(5_400_000)),
        ("1d2h3m4s5ms", Ok(93_784_005)),
        ("90m", Ok(5_400_000)),
        ("3650d", Ok(315_360_000_000)),
        ("3650d1ms", Err(ValueError::TooLarge)),
        ("99999999999999999999s", Err(ValueError::TooLarge)),
        ("18446744073709551615d", Err(ValueError::TooLarge)),
        ("", Err(ValueError::Malformed)),
        ("30", Err(ValueError::Malformed)),
        ("s", Err(ValueError::Malformed)),
        ("-1s", Err(ValueError::Malformed)),
        ("1.5s", Err(ValueError::Malformed)),
        ("30 s", Err(ValueError::Malformed)),
        ("30S", Err(ValueError::Malformed)),
        ("30m1h", Err(ValueError::Malformed)),
        ("1m1m", Err(ValueError::Malformed)),
        ("1m ", Err(ValueError::Malformed)),
        ("1w", Err(ValueError::Malformed)),
    ];
    for (text, expected) in table {
        let parsed = text.parse::<Period>().map(|period| u64::try_from(period.0.as_millis()).unwrap());
        assert_eq!(parsed, *expected, "{text:?}");
    }
}

#[test]
fn sizes_as_people_write_them() {
    let table: &[(&str, Result<u64, ValueError>)] = &[
        ("0B", Ok(0)),
        ("1023B", Ok(1023)),
        ("1kB", Ok(1024)),
        ("10GB", Ok(10 << 30)),
        ("3TB", Ok(3 << 40)),
        ("8388608TB", Err(ValueError::TooLarge)),
        ("99999999999999999999B", Err(ValueError::TooLarge)),
        ("10", Err(ValueError::Malformed)),
        ("GB", Err(ValueError::Malformed)),
        ("10GiB", Err(ValueError::Malformed)),
        ("10KB", Err(ValueError::Malformed)),
        ("1.5GB", Err(ValueError::Malformed)),
        ("1GB1MB", Err(ValueError::Malformed)),
    ];
    for (text, expected) in table {
        assert_eq!(text.parse::<ByteSize>().map(|size| size.0), *expected, "{text:?}");
    }
}

proptest! {
    #[test]
    fn durations_come_back(millis in 0u64..=315_360_000_000) {
        let period = Period(Duration::from_millis(millis));
        prop_assert_eq!(period.to_string().parse::<Period>(), Ok(period));
    }

    #[test]
    fn sizes_come_back(bytes in 0u64..=i64::MAX as u64, shift in 0u32..60) {
        let size = ByteSize(bytes >> shift << shift);
        prop_assert_eq!(size.to_string().parse::<ByteSize>(), Ok(size));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[0-9a-zA-Z ]{0,20}") {
        let _ = text.parse::<Period>();
        let _ = text.parse::<ByteSize>();
    }
}

#[test]
fn secrets_come_from_elsewhere_and_never_show() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("secret"), "from a file\r\n").unwrap();
    fs::write(folder.path().join("two"), "two\n\n").unwrap();
    fs::write(folder.path().join("empty"), "\n").unwrap();
    let environment = Environment::fixed([("NAME", "from the environment"), ("EMPTY", "")]);
    let resolve = |text: &str| match resolve_secret(text, folder.path(), &environment) {
        Ok(secret) => {
            assert_eq!(format!("{secret:?}"), "Secret(..)");
            secret.reveal().to_owned()
        }
        Err(error) => error.to_string().replace(&folder.path().display().to_string(), "DIR"),
    };
    assert_eq!(resolve("env:NAME"), "from the environment");
    assert_eq!(resolve("file:secret"), "from a file");
    assert_eq!(resolve("file:two"), "two\n");
    assert_eq!(resolve("env:OTHER"), "the environment variable OTHER isn't set");
    assert_eq!(resolve("env:EMPTY"), "\"env:EMPTY\" is empty");
    assert_eq!(resolve("file:empty"), "\"file:empty\" is empty");
    assert_eq!(resolve("file:none"), "DIR/none: No such file or directory (os error 2)");
    assert_eq!(resolve("hunter2"), "a secret in plain text");
}

/// Loads a text as `pgtenant.toml` in a folder of its own, where `server.crt` and `server.key` are.
fn load(text: &str) -> (tempfile::TempDir, Result<Settings, ConfigErrors>) {
    let folder = tempfile::tempdir().unwrap();
    for name in ["server.crt", "server.key", "clients.crt"] {
        fs::write(folder.path().join(name), "").unwrap();
    }
    fs::write(folder.path().join("jwt.secret"), "0123456789abcdef0123456789abcdef\n").unwrap();
    let file = folder.path().join("pgtenant.toml");
    fs::write(&file, text).unwrap();
    let settings = Settings::load(&file);
    (folder, settings)
}

fn complaints(text: &str) -> String {
    let (folder, settings) = load(text);
    settings.unwrap_err().to_string().replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn an_almost_empty_file_has_every_default() {
    let (folder, settings) = load("shard_map = \"map.toml\"\n");
    assert_eq!(settings.unwrap(), Settings::new(folder.path().join("map.toml")));
}

#[test]
fn every_key_arrives() {
    let (folder, settings) = load(
        r#"shard_map = "/etc/map.toml"
[listen]
address = ["127.0.0.1:6432", "[::1]:6432"]
unix_socket_dir = "."
proxy_protocol = true
max_clients = 7
max_clients_per_address = 2
user_timeout = "3m"
workers = 3
[tls]
certificate = "server.crt"
key = "server.key"
client_ca = "clients.crt"
mode = "require"
[identity]
certificate = false
server_names = ["DB.example.com"]
options = false
user = false
database = false
set = false
comment = false
[jwt]
issuer = "https://id.example.com/"
audience = ["a", "b"]
keys = "https://id.example.com/keys"
ca = "server.crt"
refresh = "8s"
algorithms = ["ES256", "HS256"]
secret = "file:jwt.secret"
tenant_claim = "app.tenant"
role_claim = "roles"
login_claim = "sub"
leeway = "9s"
[admin]
http = "127.0.0.1:9632"
certificate = "server.crt"
key = "server.key"
client_ca = "clients.crt"
tokens = [{ name = "prometheus", role = "viewer", token = "file:jwt.secret" }]
certificates = [{ name = "DNS:ops.example.com", role = "operator" }]
top_tenants = 7
[audit]
file = "audit.jsonl"
[pool]
connect_timeout = "1s"
checkout_timeout = "2s"
idle_timeout = "3s"
lifetime = "4s"
prepared_statements = 5
[storage]
refresh = "8m"
tenants = "all"
[usage]
file = "usage.jsonl"
interval = "10s"
keep = "2d"
proxy = "east-1"
[timeouts]
login = "6s"
drain_timeout = "7s"
client_stall = "9s"
[abuse]
failures = 3
address_failures = 4
login_failures = 5
window = "6s"
ban = "7s"
max_ban = "8s"
delay = "9ms"
max_delay = "0s"
never = ["10.0.0.0/8", "::ffff:192.0.2.0/120"]
deny = ["192.0.2.1", "2001:db8::/32"]
[memory]
per_session = "1MB"
total = "1GB"
"#,
    );
    let settings = settings.unwrap();
    assert_eq!(settings.shard_map, MapLocation::File("/etc/map.toml".into()));
    let listen = settings.listen;
    assert_eq!(listen.address, ["127.0.0.1:6432".parse().unwrap(), "[::1]:6432".parse().unwrap()]);
    assert_eq!(listen.unix_socket_dir, Some(folder.path().join(".")));
    assert_eq!((listen.proxy_protocol, listen.max_clients, listen.workers), (true, 7, 3));
    let tls = settings.tls.unwrap();
    assert_eq!((tls.certificate, tls.key), (folder.path().join("server.crt"), folder.path().join("server.key")));
    assert_eq!((tls.client_ca, tls.mode), (Some(folder.path().join("clients.crt")), TlsMode::Require));
    let identity = settings.identity;
    assert_eq!(identity.server_names, ["db.example.com"]);
    assert_eq!((identity.certificate, identity.options, identity.user, identity.database), (false, false, false, false));
    assert!(!identity.set && !identity.comment);
    let jwt = settings.jwt.unwrap();
    assert_eq!((jwt.issuer.as_str(), jwt.audience), ("https://id.example.com/", vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!(jwt.keys, Some(JwtKeys::Url("https://id.example.com/keys".to_owned())));
    assert_eq!((jwt.ca, jwt.algorithms), (Some(folder.path().join("server.crt")), vec![JwtAlgorithm::ES256, JwtAlgorithm::HS256]));
    assert_eq!(jwt.secret.unwrap().reveal(), "0123456789abcdef0123456789abcdef");
    assert_eq!((jwt.tenant_claim.as_deref(), jwt.role_claim.as_deref()), (Some("app.tenant"), Some("roles")));
    assert_eq!((jwt.login_claim.as_deref(), jwt.refresh, jwt.leeway), (Some("sub"), Duration::from_secs(8), Duration::from_secs(9)));
    let admin = settings.admin.unwrap();
    assert_eq!((admin.http, admin.top_tenants), (Some("127.0.0.1:9632".parse().unwrap()), 7));
    assert_eq!(admin.tls.unwrap().client_ca, Some(folder.path().join("clients.crt")));
    assert_eq!((admin.tokens[0].name.as_str(), admin.tokens[0].role), ("prometheus", Role::Viewer));
    assert_eq!((admin.certificates[0].name.as_str(), admin.certificates[0].role), ("DNS:ops.example.com", Role::Operator));
    assert_eq!(settings.audit.unwrap().file, folder.path().join("audit.jsonl"));
    let seconds = Duration::from_secs;
    let pool = settings.pool;
    assert_eq!((pool.connect_timeout, pool.checkout_timeout), (seconds(1), seconds(2)));
    assert_eq!((pool.idle_timeout, pool.lifetime, pool.prepared_statements), (seconds(3), seconds(4), 5));
    assert_eq!((settings.storage.refresh, settings.storage.all), (seconds(480), true));
    let usage = settings.usage;
    assert_eq!((usage.file, usage.interval), (Some(folder.path().join("usage.jsonl")), seconds(10)));
    assert_eq!((usage.keep, usage.proxy.as_str()), (Some(seconds(2 * 86_400)), "east-1"));
    assert_eq!((settings.timeouts.login, settings.timeouts.drain), (seconds(6), seconds(7)));
    assert_eq!((listen.max_clients_per_address, listen.user_timeout), (Some(2), Some(seconds(180))));
    assert_eq!(settings.timeouts.client_stall, Some(seconds(9)));
    let network = |text: &str| text.parse::<ipnet::IpNet>().unwrap();
    let expected = AbuseSettings {
        failures: 3,
        address_failures: 4,
        login_failures: 5,
        window: seconds(6),
        ban: seconds(7),
        max_ban: seconds(8),
        delay: Duration::from_millis(9),
        max_delay: Duration::ZERO,
        never: vec![network("10.0.0.0/8"), network("192.0.2.0/24")],
        deny: vec![network("192.0.2.1/32"), network("2001:db8::/32")],
    };
    assert_eq!(settings.abuse, expected);
    assert_eq!(settings.memory, MemorySettings { per_session: 1 << 20, total: Some(1 << 30) });
}

#[test]
fn protection_is_read_with_care() {
    let text = r#"shard_map = "m"
[listen]
max_clients_per_address = 0
[abuse]
failures = 0
window = "0s"
ban = "2h"
never = ["10.0.0.1/8", "nowhere"]
[memory]
per_session = "1kB"
total = "1MB"
"#;
    let expected = r#"pgtenant.toml:3:27: `max_clients_per_address` is 0; expected at least 1
pgtenant.toml:5:12: `failures` is 0; expected at least 1
pgtenant.toml:6:10: `window` is zero; expected a duration such as "10m"
pgtenant.toml:7:7: `ban` is 2h, more than `max_ban`, which is 1h
pgtenant.toml:8:10: "10.0.0.1/8" has bits behind its prefix; expected "10.0.0.0/8"
pgtenant.toml:8:24: "nowhere" isn't a network; expected an address or a network, such as "10.1.2.3", "10.0.0.0/8" or "2001:db8::/32"
pgtenant.toml:10:15: `per_session` is 1kB; expected at least 256kB
pgtenant.toml:11:9: `total` is 1MB; expected at least 8MB"#;
    assert_eq!(complaints(text), expected);
}

#[test]
fn every_complaint_at_once_with_its_place() {
    let text = r#"shard_map = "etcd://10.0.0.1/map"
colour = "red"
[listen]
address = ["127.0.0.1", "127.0.0.1:1", "127.0.0.1:1"]
max_clients = 0
workers = -1
ports = [1]
[tls]
certificate = "missing.crt"
mode = "allow"
[identity]
server_names = ["*.example.com"]
user = "yes"
[admin]
http = 9632
[audit]
[pool]
connect_timeout = "5 s"
idle_timeout = "0s"
lifetime = "4000d"
[timeouts]
login = 60
"#;
    let expected = r#"pgtenant.toml:1:13: a shard map in `etcd://` isn't available; expected a path, "postgres://…", or "env:NAME" or "file:PATH" with such a URL
pgtenant.toml:2:1: unknown key `colour`; expected `shard_map`, `shard_map_cache` or a section: listen, tls, identity, jwt, admin, audit, gate, pool, storage, usage, timeouts, abuse, memory, proxies, health, log
pgtenant.toml:4:11: "127.0.0.1" isn't an address; expected an IP address and a port, such as "127.0.0.1:6432" or "[::]:6432"
pgtenant.toml:4:11: 127.0.0.1:1 is listed twice
pgtenant.toml:5:15: `max_clients` is 0; expected at least 1
pgtenant.toml:6:11: invalid value: integer `-1`; expected a whole number, not negative
pgtenant.toml:7:1: unknown field `ports`; expected one of `address`, `unix_socket_dir`, `proxy_protocol`, `max_clients`, `max_clients_per_address`, `user_timeout`, `workers`
pgtenant.toml:8:2: `key` is missing in [tls]; expected the path of a PEM file
pgtenant.toml:9:15: `certificate` missing.crt can't be read: No such file or directory (os error 2)
pgtenant.toml:10:8: unknown variant `allow`; expected `prefer` or `require`
pgtenant.toml:12:17: "*.example.com" isn't a domain; expected a domain such as "db.example.com" (tenants are its sub-domains)
pgtenant.toml:13:8: invalid type: string "yes"; expected true or false
pgtenant.toml:15:8: invalid type: integer `9632`; expected a string
pgtenant.toml:16:2: `file` is missing in [audit]; expected the path of a file to append to
pgtenant.toml:18:19: invalid value: string "5 s"; expected a duration such as "30s", "1h30m" or "500ms"
pgtenant.toml:19:16: `idle_timeout` is zero; expected a duration such as "30s"
pgtenant.toml:20:12: invalid value: string "4000d"; expected a duration of at most "3650d"
pgtenant.toml:22:9: invalid type: integer `60`; expected a duration such as "30s", "1h30m" or "500ms""#;
    assert_eq!(complaints(text), expected);
}

#[test]
fn records_need_a_place() {
    let of = |lines: &str| complaints(&format!("shard_map = \"m\"\n[usage]\n{lines}\n"));
    assert_eq!(
        of("keep = \"1h\"\ninterval = \"10ms\""),
        "pgtenant.toml:3:8: `keep` is too short; expected at least \"1d\": there is a file per day\n\
         pgtenant.toml:3:8: nothing is recorded without `file`; expected a path such as \"usage.jsonl\"\n\
         pgtenant.toml:4:12: `interval` is too short; expected at least \"1s\""
    );
    assert_eq!(of("file = \".\""), "pgtenant.toml:3:8: `file` is a folder; expected a file's name such as \"usage.jsonl\"");
    assert_eq!(of("file = \"none/usage.jsonl\""), "pgtenant.toml:3:8: the folder of `file`, none, isn't there");
    assert_eq!(of("interval = \"0s\""), "pgtenant.toml:3:12: `interval` is too short; expected at least \"1s\"");
}

#[test]
fn every_syntax_error_has_its_place() {
    assert_eq!(
        complaints("shard_map = \"map.toml\n[listen]\nworkers =\n"),
        "pgtenant.toml:1:22: invalid basic string; expected `\"`\n\
         pgtenant.toml:3:10: string values must be quoted; expected literal string"
    );
    assert_eq!(
        complaints("# nothing\n"),
        "pgtenant.toml:1:1: `shard_map` is missing; expected the path of the shard map's file, or its store's URL"
    );
    assert!(complaints("shard_map = \"a\"\nshard_map = \"b\"\n").starts_with("pgtenant.toml:2:1: duplicate key"));
    assert_eq!(
        complaints("shard_map = \"ü\"\n[listen]\nworkers = 1\nx.ü = { ä = 1 }\nöl = 2"),
        "pgtenant.toml:4:3: invalid unquoted key; expected letters, numbers, `-`, `_`\n\
         pgtenant.toml:4:9: invalid unquoted key; expected letters, numbers, `-`, `_`\n\
         pgtenant.toml:5:1: invalid unquoted key; expected letters, numbers, `-`, `_`"
    );
}

#[test]
fn a_file_that_is_not_there_is_one_complaint() {
    let error = Settings::load(Path::new("/nowhere/pgtenant.toml")).unwrap_err();
    assert_eq!(error.to_string(), "/nowhere/pgtenant.toml: can't be read: No such file or directory (os error 2)");
}

/// The sample with its commented keys and sections made real: `# key = …` and `# [section]`.
fn whole_sample() -> String {
    let sample = include_str!("../../config/pgtenant.toml");
    let uncomment = |line: &str| match line.strip_prefix("# ") {
        Some(rest) if rest.starts_with('[') || rest.split_once(" = ").is_some_and(|(key, _)| !key.contains(' ')) => rest.to_owned(),
        _ => line.to_owned(),
    };
    sample.lines().map(|line| uncomment(line) + "\n").collect()
}

#[test]
fn the_sample_shows_each_key_with_its_default() {
    let sample = whole_sample();
    let tables: toml::Table = sample.parse().unwrap();
    let keys = [
        ("listen", keys_of::<RawListen>()),
        ("tls", keys_of::<RawTls>()),
        ("identity", keys_of::<RawIdentity>()),
        ("jwt", keys_of::<RawJwt>()),
        ("admin", keys_of::<RawAdmin>()),
        ("audit", keys_of::<RawAudit>()),
        ("gate", keys_of::<RawGate>()),
        ("pool", keys_of::<RawPool>()),
        ("storage", keys_of::<RawStorage>()),
        ("usage", keys_of::<RawUsage>()),
        ("timeouts", keys_of::<RawTimeouts>()),
        ("abuse", keys_of::<RawAbuse>()),
        ("memory", keys_of::<RawMemory>()),
        ("proxies", keys_of::<RawProxies>()),
        ("health", keys_of::<RawHealth>()),
        ("log", keys_of::<RawLog>()),
    ];
    assert_eq!(keys.iter().map(|(name, _)| *name).collect::<Vec<_>>(), SECTIONS);
    for (section, keys) in keys {
        let shown: Vec<&str> = tables[section].as_table().unwrap().keys().map(String::as_str).collect();
        let mut keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(shown, keys, "[{section}]");
    }
    assert_eq!(tables.len(), SECTIONS.len() + 2);

    let (folder, settings) = load(&sample.replace("unix_socket_dir = \"/run/pgtenant\"", "unix_socket_dir = \".\""));
    let settings = settings.unwrap();
    let default = Settings::new(folder.path().join("../shard-maps/demo.toml"));
    assert_eq!((settings.tls.as_ref().unwrap().mode, settings.listen.unix_socket_dir.is_some()), (TlsMode::Prefer, true));
    let (_folder, as_it_is) = load(include_str!("../../config/pgtenant.toml"));
    let as_it_is = Settings { shard_map: default.shard_map.clone(), ..as_it_is.unwrap() };
    assert_eq!(as_it_is, default);
}

#[test]
fn tokens_need_keys_that_fit_their_algorithms() {
    let of = |lines: &str| complaints(&format!("shard_map = \"m\"\n[jwt]\nissuer = \"i\"\naudience = \"a\"\n{lines}\n"));
    assert_eq!(
        complaints("shard_map = \"m\"\n[jwt]\n"),
        "pgtenant.toml:2:2: `algorithms` is missing in [jwt]; expected a list of \"RS256\", \"ES256\", \"EdDSA\", \"HS256\"\n\
         pgtenant.toml:2:2: `audience` is missing in [jwt]; expected the `aud` of tokens that are meant for this proxy\n\
         pgtenant.toml:2:2: `issuer` is missing in [jwt]; expected the `iss` of the tokens, such as \"https://id.example.com/\""
    );
    assert_eq!(of("algorithms = [\"RS256\"]"), "pgtenant.toml:2:2: `keys` is missing in [jwt]; expected the path of a JWK set, or its URL");
    assert_eq!(of("algorithms = [\"HS256\"]"), "pgtenant.toml:2:2: HS256 needs a `secret`; expected \"env:NAME\" or \"file:PATH\"");
    assert_eq!(
        of("algorithms = []"),
        "pgtenant.toml:5:14: `algorithms` is empty; expected a list of \"RS256\", \"ES256\", \"EdDSA\", \"HS256\""
    );
    assert!(of("algorithms = [\"none\"]").contains("unknown variant `none`"));
    assert_eq!(
        of("algorithms = [\"RS256\"]\nkeys = \"ftp://x/\"\nsecret = \"file:jwt.secret\""),
        "pgtenant.toml:6:8: \"ftp://x/\" isn't a URL that keys can be fetched from; expected https://… or http://…\n\
         pgtenant.toml:7:10: `secret` belongs to algorithm HS256"
    );
    assert_eq!(
        of("algorithms = [\"HS256\"]\nsecret = \"file:server.key\"\nkeys = \"server.crt\""),
        "pgtenant.toml:6:10: \"file:server.key\" is empty\npgtenant.toml:7:8: `keys` belongs to algorithms other than HS256"
    );
    assert_eq!(
        of("algorithms = [\"HS256\"]\nsecret = \"hunter2\""),
        "pgtenant.toml:6:10: a secret in plain text; expected \"env:NAME\" or \"file:PATH\""
    );
}

#[test]
fn where_proxies_share() {
    let of = |lines: &str| load(&format!("shard_map = \"m\"\n[proxies]\n{lines}\n"));
    assert_eq!(of("").1.unwrap().proxies, ProxySettings::default());
    let (folder, settings) = of("shares = \"s\"\nname = \"one\"\ntimeout = \"5s\"");
    let expected =
        ProxySettings { shares: ShareStore::Folder(folder.path().join("s")), name: Some("one".into()), timeout: Duration::from_secs(5) };
    assert_eq!(settings.unwrap().proxies, expected);
    assert_eq!(of("shares = \"off\"").1.unwrap().proxies.shares, ShareStore::Off);
    assert!(matches!(of("shares = \"postgres://p@h/d\"").1.unwrap().proxies.shares, ShareStore::Postgres(_)));
    let wrong = |lines: &str| complaints(&format!("shard_map = \"m\"\n[proxies]\n{lines}\n"));
    assert_eq!(
        wrong("shares = \"etcd://h\"\nname = \"\"\ntimeout = \"1s\""),
        "pgtenant.toml:3:10: shares in etcd aren't available; expected a folder's path, \"postgres://…\", \"env:NAME\" or \"file:PATH\" with such a URL, or \"off\"\n\
         pgtenant.toml:4:8: \"\" can't be a proxy's name; expected 1 to 63 bytes without control characters\n\
         pgtenant.toml:5:11: `timeout` is too short; expected at least \"2s\""
    );
    for secret in ["postgres://p:hunter2@h/d", "postgresql://h/d?password=hunter2"] {
        assert!(wrong(&format!("shares = \"{secret}\"")).contains("a secret in plain text"), "{secret}");
    }
    assert!(wrong("shares = \"file:server.key\"").contains("is empty"));
}

#[test]
fn the_operators_doors_are_not_left_open() {
    let of = |lines: &str| complaints(&format!("shard_map = \"m\"\n[admin]\n{lines}\n"));
    assert!(of("http = \"0.0.0.0:9632\"\ntokens = []").contains("nobody has to say who he is"));
    for open in ["0.0.0.0:9632", "[::]:9632", "10.0.0.1:9632"] {
        assert_eq!(
            of(&format!("http = \"{open}\"")),
            format!(
                "pgtenant.toml:3:8: {open} can be reached from elsewhere, and nobody has to say who he is; \
                 expected `tokens` or `certificates`, or an address such as \"127.0.0.1:9632\""
            )
        );
    }
    let token = |role: &str, token: &str| format!("{{ name = \"n\", role = \"{role}\", token = \"{token}\" }}");
    let good = format!("http = \"0.0.0.0:9632\"\ntokens = [{}]", token("viewer", "file:jwt.secret"));
    assert!(load(&format!("shard_map = \"m\"\n[admin]\n{good}\n")).1.unwrap().admin.unwrap().is_guarded());
    assert_eq!(
        of(&format!("tokens = [{}]", token("viewer", "hunter2"))),
        "pgtenant.toml:3:50: a secret in plain text; expected \"env:NAME\" or \"file:PATH\""
    );
    assert!(of(&format!("tokens = [{}]", token("root", "file:jwt.secret"))).contains("unknown variant `root`"));
    assert!(of("certificates = [{ name = \"CN=a\", role = \"viewer\" }]").contains("`certificates` needs `client_ca`"));
    assert!(of("certificates = [{ name = \"ops\", role = \"viewer\" }]").contains("\"ops\" isn't a certificate's name"));
    assert!(of("certificate = \"server.crt\"").contains("TLS needs `certificate` and `key`"));
    assert!(of("top_tenants = 100000").contains("`top_tenants` is too large"));
}
