//! Tokens as passwords, as drivers give them.

use std::{
    process::Command,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::{Value, json};
use tokio_postgres::NoTls;

use crate::support::{
    bed::Bed,
    proxy::Proxy,
    run, state_of,
    tls::{Authority, ClientSide},
    wire::*,
};

const SECRET: &str = "a secret of thirty-two bytes, at least";

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// A token for some seconds, with further claims or others.
fn token(seconds: i64, more: Value) -> String {
    let mut claims = json!({"iss": "issuer", "aud": "pgtenant", "exp": now().saturating_add_signed(seconds), "tenant": "acme"});
    for (name, value) in more.as_object().unwrap() {
        claims[name] = value.clone();
    }
    encode(&Header::default(), &claims, &EncodingKey::from_secret(SECRET.as_bytes())).unwrap()
}

/// acme and globex, and logins of one and of all that give tokens.
async fn bed() -> Bed {
    let mut bed = Bed::new().await;
    bed.another("globex").await;
    bed.file("jwt.secret", SECRET);
    bed.sections.push_str(
        "[jwt]\nissuer = \"issuer\"\naudience = \"pgtenant\"\nalgorithms = [\"HS256\"]\nsecret = \"file:jwt.secret\"\nleeway = \"0s\"\n",
    );
    bed.login("acme_jwt", "tenant = \"acme\"\nsecret = \"jwt\"");
    bed.login("all", "tenants = [\"*\"]\nsecret = \"jwt\"");
    bed.login("ops", "role = \"operator\"\nsecret = \"jwt\"");
    bed
}

async fn attempt(proxy: &Proxy, login: &str, token: &str, parameters: &[(&str, &str)]) -> Result<Wire, Refused> {
    let mut wire = proxy.dial().await;
    wire.log_in(login, token, parameters).await?;
    Ok(wire)
}

#[tokio::test]
async fn a_token_says_whose_data() {
    let proxy = bed().await.serve().await;
    let value = "SELECT current_user";
    for (login, tenant) in [("acme_jwt", "acme"), ("all", "acme"), ("all", "globex")] {
        let mut wire = attempt(&proxy, login, &token(60, json!({"tenant": tenant})), &[]).await.ok().unwrap();
        assert_eq!(wire.value(value).await, proxy.bed.database(tenant), "{login}");
    }
    // A list says among whom, and something else which one.
    let both = token(60, json!({"tenant": ["acme", "globex"]}));
    let mut wire = attempt(&proxy, "all", &both, &[("options", "-c pgtenant.tenant=globex")]).await.ok().unwrap();
    assert_eq!(wire.value(value).await, proxy.bed.database("globex"));
    for (login, token, parameters, state) in [
        ("acme_jwt", token(60, json!({"tenant": "globex"})), vec![], "28000"),
        ("all", token(60, json!({"tenant": "nobody"})), vec![], "28000"),
        ("all", token(60, json!({"tenant": ["acme"]})), vec![("options", "-c pgtenant.tenant=globex")], "28000"),
        ("all", token(60, json!({})), vec![("options", "-c pgtenant.tenant=globex")], "28000"),
        ("all", token(60, json!({})), vec![("database", "globex")], "28000"),
        ("all@globex", token(60, json!({})), vec![], "28000"),
        ("all", token(60, json!({"tenant": null})), vec![], "28P01"),
        ("acme_jwt", token(-1, json!({})), vec![], "28P01"),
        ("acme_jwt", token(60, json!({"iss": "other"})), vec![], "28P01"),
        ("acme_jwt", token(60, json!({"aud": "other"})), vec![], "28P01"),
        ("acme_jwt", token(60, json!({"nbf": now() + 50})), vec![], "28P01"),
        ("acme_jwt", token(60, json!({"x": "y".repeat(9000)})), vec![], "28P01"),
        ("acme_jwt", "open sesame".to_owned(), vec![], "28P01"),
        ("acme_jwt", String::new(), vec![], "28P01"),
        // Nobody asks for roles, so nobody is an operator.
        ("ops", token(60, json!({"roles": ["operator"]})), vec![], "28P01"),
    ] {
        let refused = attempt(&proxy, login, &token, &parameters).await.err().unwrap_or_else(|| panic!("{login} {parameters:?}"));
        assert_eq!(refused.state(), state, "{login} {parameters:?}: {refused:?}");
    }
    let given = token(60, json!({}));
    assert!(attempt(&proxy, "acme_jwt", &given[..given.len() - 2], &[]).await.is_err());
    let log = proxy.log();
    assert!(!log.contains("eyJ") && !log.contains(SECRET), "{log}");
}

#[tokio::test]
async fn a_real_driver_and_psql() {
    let proxy = bed().await.serve().await;
    let given = token(60, json!({}));
    let (client, connection) = proxy.config("acme_jwt").password(&given).connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    assert_eq!(client.query_one("SELECT current_user::text", &[]).await.unwrap().get::<_, String>(0), proxy.bed.database("acme"));
    let psql = |token: &str| {
        let mut command = Command::new("psql");
        command.args(["-XAtc", "SELECT current_user", "-h", "127.0.0.1", "-p", &proxy.port().to_string(), "-U", "acme_jwt", "-d", "acme"]);
        command.env("PGPASSWORD", token).output().unwrap()
    };
    assert_eq!(String::from_utf8(psql(&given).stdout).unwrap().trim(), proxy.bed.database("acme"));
    let refused = String::from_utf8(psql(&token(-1, json!({}))).stderr).unwrap();
    assert!(refused.contains("The token has expired."), "{refused}");
}

#[tokio::test]
async fn a_session_ends_with_its_token() {
    let proxy = bed().await.serve().await;
    let connect = async || {
        let mut config = proxy.config("acme_jwt");
        let (client, connection) = config.password(token(3, json!({}))).connect(NoTls).await.unwrap();
        (client, tokio::spawn(connection))
    };
    let begin = Instant::now();
    let ((idle, idle_end), (open, open_end), (busy, _busy_end)) = (connect().await, connect().await, connect().await);
    run(&open, "CREATE TABLE t (a int)").await;
    run(&open, "BEGIN; INSERT INTO t VALUES (1)").await;
    let busy = tokio::spawn(async move { busy.batch_execute("SELECT pg_sleep(60)").await.unwrap_err() });
    for end in [idle_end, open_end] {
        let error = tokio::time::timeout(Duration::from_secs(8), end).await.unwrap().unwrap().unwrap_err();
        assert_eq!(state_of(&error), "57P01");
        assert!(error.as_db_error().unwrap().message().contains("token has expired"));
    }
    assert_eq!(state_of(&tokio::time::timeout(Duration::from_secs(5), busy).await.unwrap().unwrap()), "57P01");
    assert!(begin.elapsed() > Duration::from_millis(1900), "{:?}", begin.elapsed());
    assert!(idle.is_closed() && open.is_closed());
    // Nothing of the open transaction stayed, and the server doesn't sleep on.
    let client = proxy.client().await;
    assert_eq!(crate::support::text(&client, "SELECT count(*) FROM t").await, "0");
    let owner = proxy.owner("acme").await;
    crate::support::eventually("pg_sleep is cancelled", || async {
        crate::support::text(&owner, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'").await
            == "0"
    })
    .await;
}

#[tokio::test]
async fn clear_text_stays_on_the_machine() {
    let authority = Authority::new("root");
    let mut bed = bed().await;
    authority.sign("proxy", &["localhost"]).write(bed.folder(), "server");
    bed.sections.push_str("[tls]\ncertificate = \"server.crt\"\nkey = \"server.key\"\n");
    bed.listen.push_str("proxy_protocol = true\n");
    let proxy = bed.serve().await;
    let from = async |address: &str| {
        let mut wire = proxy.dial().await;
        wire.send(format!("PROXY TCP4 {address} 127.0.0.1 4711 5432\r\n").as_bytes()).await;
        wire
    };
    let given = token(60, json!({}));
    let mut near = from("127.0.0.1").await;
    near.log_in("acme_jwt", &given, &[]).await.unwrap();
    let mut far = from("192.0.2.7").await;
    let refused = far.log_in("acme_jwt", &given, &[]).await.unwrap_err();
    assert_eq!((refused.state(), refused.text().contains("encrypted")), ("28000", true), "{refused:?}");
    let mut far = ClientSide::new(&authority).over(from("192.0.2.7").await).await;
    far.log_in("acme_jwt", &given, &[]).await.unwrap();
    assert_eq!(far.value("SELECT current_user").await, proxy.bed.database("acme"));
}
